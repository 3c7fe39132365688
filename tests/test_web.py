"""The reading room on the web: pages and JSON of a real archive, and what holds for every answer."""

import asyncio
import json
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from reftel import clearance, custody
from reftel import release as deciding
from reftel.archive import Archive
from reftel.cable import to_json
from reftel.clearance import ALL, Reader
from reftel.errors import ArchiveError
from reftel.findings.signers import Term
from reftel.forge import sample
from reftel.ingest import ingest
from reftel.query import Query
from reftel.readingroom import ReadingRoom
from reftel.views.search import timeline
from reftel.web import narrowing
from reftel.web.app import make_app
from reftel.web.door import HEADERS

# Everything a page could take for its own markup, wherever a cable has room for it.
HOSTILE = """C O N F I D E N T I A L ZENDA 000012

SIPDIS

STATE FOR <img src=x onerror=alert(1)> & EUR

E.O. 12958: DECL: 02/12/2019
TAGS: PREL, RT, "ONMOUSEOVER=ALERT(1)
SUBJECT: <script>alert("subject")</script> & 'QUOTES'

REF: A. ZENDA 7

B. <b>ZENDA</b> 8

Classified By: Consul "Bobby" <i>Tables</i>: 1.4 (B),(D)

1. (C) SUMMARY: </pre></span><script>alert(1)</script> END SUMMARY.

<SCRIPT>ALERT("HEADING")</SCRIPT>

2. (C) Said "quote" 'apostrophe' & ampersand, \u0645\u0631\u062d\u0628\u0627
and \u202eturned. {{ 7*7 }} {% x %} \x07 bell

3. (C) COMMENT: <style>*{display:none}</style> <a href="javascript:alert(1)">x</a> END COMMENT.
TARLEN
"""
SHOWN = HOSTILE.replace("\x07", "").replace(
    "\u202e", "\ufffd"
)  # the first is left out, the second no eye would see
HOSTILE_NAME = '<img src=x onerror=alert(2)>"&.txt'

WHOLE = """VZCZCXRO0007
PP RUEHBI
DE RUEHZN #0007 0121840
ZNY CCCCC ZZH
P 121840Z JAN 04
FM AMCONSUL ZENDA
TO RUEHC/SECSTATE WASHDC PRIORITY 4590
INFO RUEHXSL/AMEMBASSY STRELSAU ROUTINE 0012
RUEHGX/AMEMBASSY EDELWEISS ROUTINE
C O N F I D E N T I A L ZENDA 000007

SIPDIS

E.O. 12958: DECL: 01/12/2014
TAGS: PREL, ELTN, RT, OOPS
SUBJECT: SURVEYORS IN THE SNOW: THE KRONA LEASE HAS
TWELVE MONTHS TO RUN

REF: A. 03 ZENDA 241
B. 03 STRELSAU 1688

Classified By: Consul Anna Tarlen: 1.4 (B),(D)

1. (C) SUMMARY: With less than twelve months to run, surveyors have appeared along the line. END SUMMARY.

PARKAS

2. (C) Three teams with theodolites were at work. (COMMENT: They did not hide. END COMMENT.)

3. (U) The mayor was calm. What they told us they want:

-- a road without a queue;

-- and no soldiers.

4. (C) COMMENT: The date is printed in every schoolbook. END COMMENT.
TARLEN
"""
CITING = """S E C R E T STRELSAU 000031

SIPDIS

E.O. 12958: DECL: 01/14/2014
TAGS: PGOV, RT
SUBJECT: KING MISSES AUDIENCE

REF: 04 ZENDA 7

Classified By: Ambassador Corliss: 1.4 (B)

1. (S) The king did not receive. He is said to be ill.

2. (U) The weather was fine.
CORLISS
"""


class Page(HTMLParser):
    """A page as a browser takes it: its elements, with the text of some."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "input", "br", "path", "rect"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        for tag in {*self._open}:
            self.texts[tag] = self.texts.get(tag, "") + data

    def links(self) -> list[str]:
        return [attrs["href"] or "" for tag, attrs in self.tags if tag == "a" and "href" in attrs]

    def ids(self) -> list[str]:
        return [attrs["id"] or "" for _, attrs in self.tags if "id" in attrs]


def answer(app: Starlette, address: str, method: str = "GET", **headers: str) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8042") as client:
            return await client.request(method, address, headers=headers)

    return asyncio.run(asked())


def close(app: Starlette) -> None:
    async def ended() -> None:
        async with app.router.lifespan_context(app):
            pass

    asyncio.run(ended())


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    """An archive of a few cables: one whole, one that cites it, one hostile."""
    folder = tmp_path_factory.mktemp("cables")
    (folder / "04ZENDA7.txt").write_text(WHOLE)
    (folder / "04STRELSAU31.txt").write_text(CITING)
    (folder / HOSTILE_NAME).write_text(HOSTILE)
    (folder / "again.txt").write_text(HOSTILE.replace("ZENDA 000012", "ZENDA 000012 "))
    path = tmp_path_factory.mktemp("archive") / "archive"
    assert ingest(path, [folder], collection="leaks", status="leaked", workers=1).kept == 4
    return path


@pytest.fixture(scope="module")
def app(path) -> Iterator[Starlette]:
    """The reading room of that archive, for its owner."""
    app = make_app(path, ALL)
    yield app
    close(app)


@pytest.fixture(scope="module")
def hostile(path) -> str:
    """The key of the hostile cable."""
    with Archive.open(path) as held:
        found = {cable.copy.locator: cable.key for _, cable, _, _ in held.store.cables() if cable.copy}
    return found[HOSTILE_NAME]


def page(app: Starlette, address: str, status: int = 200) -> Page:
    got = answer(app, address)
    assert got.status_code == status, got.text
    assert got.headers["content-type"] == "text/html; charset=utf-8"
    return Page(got.text)


# -- home ---------------------------------------------------------------------------------------------


def test_home_shows_what_is_held(app):
    """How many cables, from when; the newest with their badges; bars by year and post."""
    home = page(app, "/")
    assert "4 cables" in home.texts["h1"]
    assert "/search?q=from%3AZENDA" in home.links()
    assert any(link.startswith("/cable/2004ZENDA7") for link in home.links())
    assert "Leaked" in home.texts["span"]
    assert [attrs for tag, attrs in home.tags if tag == "rect"]


def test_examples_on_home_find_something(app):
    """What is offered as an example has hits here."""
    examples = json.loads(answer(app, "/index.json").text)["examples"]
    assert len(examples) >= 4
    for each in examples:
        found = answer(app, f"/search.json?q={quote(each['query'])}").json()
        assert found["total"] > 0, each


def test_an_archive_without_cables_says_how_to_begin(tmp_path):
    """Home and search are one calm page with the command; JSON says nought."""
    Archive.create(tmp_path / "archive").close()
    app = make_app(tmp_path / "archive", ALL)
    for address in ("/", "/search?q=lease"):
        assert "Nothing to read yet" in page(app, address).texts["h1"]
        assert "reftel ingest" in page(app, address).texts["pre"]
    assert answer(app, "/index.json").json()["total"] == 0
    close(app)


def test_no_archive_is_an_error_at_the_start(tmp_path):
    """The application is not even made."""
    with pytest.raises(ArchiveError, match="no archive there"):
        make_app(tmp_path / "nowhere", ALL)


# -- search -------------------------------------------------------------------------------------------


def test_search_shows_hits_with_the_words_marked(app):
    """A hit links to its best paragraph, carries the query along, and shows why it was found."""
    found = page(app, "/search?q=theodolites")
    assert found.texts["h1"].strip() == "1 cable"
    assert "/cable/2004ZENDA7?q=theodolites#p2" in found.links()
    assert found.texts["mark"] == "theodolites"
    assert "12 January 2004, 18:40 Z" in found.texts["time"]


def test_search_says_the_total_in_words_and_pages(app):
    """Pages follow one another by links; the address is the state."""
    first = page(app, "/search?q=&limit=3")
    assert first.texts["h1"].strip() == "4 cables, page 1 of 2"
    assert "/search?q=&limit=3&page=2" in first.links()
    second = page(app, "/search?q=&limit=3&page=2")
    assert "/search?q=&limit=3" in second.links()
    assert "There is no page 9" in page(app, "/search?q=&limit=3&page=9").texts["p"]


def test_facets_narrow_and_let_go(app):
    """A facet adds a clause to the query; once chosen, its link takes it away again."""
    wide = page(app, "/search?q=lease+OR+king")
    assert "/search?q=%28lease+OR+king%29+from%3AZENDA" in wide.links()
    narrow = page(app, "/search?q=king+from:STRELSAU")
    assert "/search?q=king" in narrow.links()
    assert "from:STRELSAU" in narrow.texts["code"]


def test_facets_combine_and_leave_out(app):
    """A second post is an alternative to the first; each value may be left out, and taken in again."""
    posts = page(app, "/search?q=-absent+from:ZENDA")
    assert "/search?q=-absent+%28from%3AZENDA+OR+from%3ASTRELSAU%29" in posts.links()
    assert "/search?q=-absent+from%3AZENDA+-tag%3APREL" in posts.links()
    both = page(app, "/search?q=from:ZENDA+OR+from:STRELSAU")
    assert "/search?q=from%3AZENDA" in both.links()
    without = page(app, "/search?q=king+-status:released")
    assert "/search?q=king" in without.links()
    assert "/search?q=king+-status%3Areleased+-status%3Aleaked" in without.links()


def test_a_bar_of_time_narrows():
    """It takes the place of the dates that it lies in; what stands in no bar is a link of its own."""
    found = timeline(4, [("2005", 3)], {(20050301, 20050301): 2, (20050101, 20051231): 1})
    assert found is not None
    *months, vague = narrowing.stretches(Query.parse("lease 2000.. -2005-04-01"), found)
    assert (months[2].query, months[2].count) == ("lease -2005-04-01 2005-03", 2)
    assert vague.vague
    assert vague.query.startswith("lease 2000.. -2005-04-01 2005 -(2005-01 OR 2005-02")
    for each in (*months, vague):
        assert str(Query.parse(each.query)) == each.query


def test_a_table_is_the_same_results(app):
    """As many rows as cables; every link keeps to it."""
    shown = page(app, "/search?q=king&view=table")
    assert {"table", "thead", "th"} <= {tag for tag, _ in shown.tags}
    assert any(link.startswith("/cable/") and link.endswith("?q=king#p1") for link in shown.links())
    assert all("view=table" in link for link in shown.links() if link.startswith("/search?q=king+"))


def test_what_was_sought_is_marked_in_the_cable(app):
    """In whichever case; nothing where nothing was sought, or the query is not understood."""
    for query, marked in (("lease+schoolbook", 1), ('"near+nothing"', 0), ("", 0), ('"', 0)):
        shown = page(app, f"/cable/2004ZENDA7?q={query}")
        marks = [attrs for tag, attrs in shown.tags if tag == "mark"]
        assert len(marks) == marked
    assert "3 places marked" not in page(app, "/cable/2004ZENDA7?q=lease").texts.get("span", "")


def test_help_teaches_by_examples(app):
    """All of the language, and questions that find something here."""
    shown = page(app, "/help")
    assert "-status:leaked" in shown.texts["code"]
    assert any(link.startswith("/search?q=") for link in shown.links())
    assert answer(app, "/help.json").json()["lessons"][0] == {
        "examples": ["lease krona"],
        "asks": "both words",
    }


def test_suggestions_are_what_is_held(app):
    """Posts, TAGS and numbers, each with the query that it makes."""
    found = answer(app, "/suggest.json?q=king+from:str").json()["suggestions"]
    assert [each["query"] for each in found] == ["king from:STRELSAU "]
    clauses = [each["clause"] for each in answer(app, "/suggest.json?q=-ze").json()["suggestions"]]
    assert clauses[:1] == ["from:ZENDA"]
    assert "id:2004ZENDA7" in str(answer(app, "/suggest.json?q=04zenda").json())
    assert "tag:PREL" in str(answer(app, "/suggest.json?q=external").json())
    for nothing in ("", "k", "foo:bar", '"', "king%20", "x*", "%00"):
        assert answer(app, f"/suggest.json?q={nothing}").json()["suggestions"] == []


def test_every_link_of_a_search_leads_somewhere(app):
    """No facet, chip or sort leads to a query that is not understood, garbled TAGS included."""
    for address in (
        "/search?q=",
        "/search?q=lease+tag:PREL+2004",
        "/search?q=king&sort=date&limit=1",
        "/search?q=&view=table",
    ):
        for link in page(app, address).links():
            if link.startswith(("/search", "/cable")):
                assert answer(app, link).status_code == 200, link


def test_nothing_found_says_what_would_be(app):
    """The queries offered are wider and have hits."""
    none = page(app, "/search?q=theodolites+zebra+from:ZENDA")
    assert none.texts["h1"].strip() == "No cables"
    assert "Nothing here answers" in none.texts["p"]
    assert "/search?q=theodolites+from%3AZENDA" in none.links()
    assert "/search?q=theodolites+zebra" in none.links()  # lets the post go


def test_a_number_typed_as_a_query_offers_its_cable(app):
    """Whoever types a number wants that cable."""
    assert "/cable/2004ZENDA7" in page(app, "/search?q=04ZENDA7").links()


def test_a_query_that_is_not_understood_shows_the_place(app):
    """Status 400; the caret stands under the place, and a sentence says why; JSON tells both."""
    shown = page(app, '/search?q=king+from:"NEW', 400)
    line, caret = shown.texts["pre"].splitlines()[:2]
    assert line == 'king from:"NEW'
    assert caret.index("^") == line.index('"')
    assert "This quote is never closed." in shown.texts["p"]
    got = answer(app, '/search.json?q=king+from:"NEW')
    assert (got.status_code, got.json()) == (400, {"error": "This quote is never closed.", "at": 10})


@pytest.mark.parametrize("state", ["page=0", "page=x", "limit=0", "limit=999", "sort=colour", "page=²"])
def test_a_state_that_cannot_be_is_a_sentence(app, state):
    """Pages, limits and orders that do not exist are said so, not guessed."""
    got = answer(app, f"/search?q=king&{state}")
    assert got.status_code == 400
    assert state.partition("=")[2] in got.text
    assert answer(app, f"/search.json?q=king&{state}").status_code == 400


def test_search_json_is_the_view(app):
    """The fields are those of the contract, and what the page shows."""
    found = answer(app, "/search.json?q=theodolites").json()
    assert (found["query"], found["total"], found["pages"]) == ("theodolites", 1, 1)
    (hit,) = found["hits"]
    assert (hit["key"], hit["id"], hit["date"]) == ("2004ZENDA7", "2004ZENDA7", "2004-01-12T18:40Z")
    assert (hit["post"], hit["level"], hit["status"], hit["paragraph"]) == ("ZENDA", "C", "leaked", "2")
    assert {"subject", "snippet", "score", "marks"} <= set(hit)
    assert dict(found["facets"]["post"]) == {"ZENDA": 1}


# -- a cable ------------------------------------------------------------------------------------------


def test_a_cable_reads_as_a_page(app):
    """Header, paragraphs with number, mark and permalink, heading, comment set apart, signature."""
    shown = page(app, "/cable/2004ZENDA7")
    assert "SURVEYORS IN THE SNOW: THE KRONA LEASE HAS TWELVE MONTHS TO RUN" in shown.texts["h1"]
    for words in ("AMCONSUL ZENDA", "SECSTATE WASHDC", "no. 4590", "12 January 2004, 18:40 Z", "E.O. 12958"):
        assert words in shown.texts["dd"]
    assert "routine to all 2" in shown.texts["dd"]
    assert [ident for ident in shown.ids() if re.fullmatch(r"p\d", ident)] == ["p1", "p2", "p3", "p4"]
    assert {"#p1", "#p2", "#p3", "#p4"} <= set(shown.links())
    assert "PARKAS" in shown.texts["h2"]
    voices = [
        attrs["class"] for tag, attrs in shown.tags if tag == "div" and "voice" in (attrs.get("class") or "")
    ]
    assert voices == ["voice summary", "voice report", "voice comment", "voice report", "voice comment"]
    badges = [attrs["class"] for tag, attrs in shown.tags if "badge " in (attrs.get("class") or "")]
    assert badges[:2] == ["badge level-C", "badge status status-leaked"]
    assert {*badges[2:]} == {"badge status status-leaked"}  # of those before it, after it and citing it
    assert "TARLEN" in shown.texts["p"]


def test_tags_and_references_are_links(app):
    """TAGS lead to their pages, and from there to searches; a REF leads to its cable, or says that it is not
    here; citers are counted."""
    shown = page(app, "/cable/2004ZENDA7")
    assert {"/tag/PREL", "/tag/OOPS", "/post/ZENDA"} <= {*shown.links()}
    assert "/search?q=tag%3APREL" in page(app, "/tag/PREL").links()
    assert shown.texts["li"].count("not in this archive") == 2
    assert "/search?q=ref%3A2004ZENDA7" in shown.links()
    assert "1 cable" in shown.texts["dd"]
    (key,) = answer(app, "/search.json?q=audience").json()["hits"]
    citing = page(app, f"/cable/{key['key']}")
    assert "/cable/2004ZENDA7" in citing.links()


def test_each_field_links_to_its_place_in_the_copy(app):
    """Without scripts, too: every such link has its target, and no target stands twice."""
    shown = page(app, "/cable/2004ZENDA7")
    ids = shown.ids()
    assert len(ids) == len(set(ids))
    places = {link[1:] for link in shown.links() if link.startswith("#s-")}
    assert {
        "s-from-name",
        "s-to-0-name",
        "s-info-1-name",
        "s-sent",
        "s-p2",
        "s-tags",
        "s-signature",
    } <= places
    assert places <= set(ids)


def test_the_copy_is_shown_line_for_line(app):
    """What stands in the copy's element is the copy's text."""
    shown = page(app, "/cable/2004ZENDA7")
    assert shown.texts["pre"].removeprefix("\n") == WHOLE


def test_damage_is_said_in_words_and_leads_to_its_place(app):
    """Each defect is a sentence; where it has a place, a link."""
    shown = page(app, "/cable/2004ZENDA7")
    assert "OOPS on the TAGS line is no TAGS of any era." in shown.texts["li"]
    assert any(link.startswith("#s-d") for link in shown.links())


def test_cable_json_is_the_record(app, path):
    """The record as it is printed elsewhere, and beside its fields what only the archive knows."""
    got = answer(app, "/cable/2004ZENDA7.json").json()
    with Archive.open(path) as held:
        cable = held.store.load("2004ZENDA7")
    assert cable is not None
    record = json.loads(to_json(cable))
    assert {name: got[name] for name in record} == record
    assert got["copy_text"] == WHOLE
    assert (got["collection"], got["cited_by"], got["held"]) == ("leaks", 1, {})
    first, end = got["spans"]["/signature"][0]
    assert got["copy_text"][first:end] == "TARLEN"


@pytest.mark.parametrize("spelling", ["04ZENDA7", "2004zenda7", "ZENDA 000007", "2004ZENDA0007"])
def test_any_spelling_leads_to_the_key(app, spelling):
    """In pages and in JSON; the query that led here is kept."""
    got = answer(app, f"/cable/{quote(spelling)}?q=snow")
    assert (got.status_code, got.headers["location"]) == (302, "/cable/2004ZENDA7?q=snow")
    got = answer(app, f"/cable/{quote(spelling)}.json")
    assert (got.status_code, got.headers["location"]) == (302, "/cable/2004ZENDA7.json")


def test_a_spelling_of_several_cables_is_a_choice(app, hostile):
    """Two cables under one uncertain number: both are offered, in JSON as keys; each names the other."""
    got = answer(app, "/cable/2009ZENDA12")
    assert got.status_code == 300
    links = [link for link in Page(got.text).links() if link.startswith("/cable/x")]
    assert len(links) == 2
    assert len(answer(app, "/cable/2009ZENDA12.json").json()["keys"]) == 2
    other = next(link for link in links if link != f"/cable/{hostile}")
    assert other in page(app, f"/cable/{hostile}").links()


def test_a_post_has_a_page(app):
    """Bars by year that lead to searches, TAGS, names that sign; the same in JSON; any spelling leads."""
    shown = page(app, "/post/ZENDA")
    assert "Zenda" in shown.texts["h1"]
    assert {"/search?q=from%3AZENDA", "/search?q=from%3AZENDA+2004", "/tag/PREL"} <= {*shown.links()}
    assert "/search?q=from%3AZENDA+tag%3APREL" in shown.links()
    assert "TARLEN" in shown.texts["span"]
    told = answer(app, "/post/ZENDA.json").json()
    assert (told["total"], told["years"]) == (3, [["2004", 1]])
    assert [each["name"] for each in told["unlisted"]] == ["TARLEN"]
    got = answer(app, "/post/amconsul%20zenda")
    assert (got.status_code, got.headers["location"]) == (302, "/post/ZENDA")
    assert answer(app, "/post/zenda.json").headers["location"] == "/post/ZENDA.json"


def test_a_tag_has_a_page(app):
    """Meanings with their authority, use by year and post; a garbled word has one too, without a meaning."""
    shown = page(app, "/tag/PREL")
    assert "External Political Relations" in shown.texts["dt"]
    assert {"/post/ZENDA", "/search?q=from%3AZENDA+tag%3APREL"} <= {*shown.links()}
    assert answer(app, "/tag/prel").headers["location"] == "/tag/PREL"
    assert answer(app, "/tag/prel.json").headers["location"] == "/tag/PREL.json"
    assert answer(app, "/tag/PREL.json").json()["posts"] == [["ZENDA", 3]]
    assert "no table of TAGS" in page(app, "/tag/OOPS").texts["p"]
    assert "No cable here bears it" in page(app, "/tag/ENRG").texts["p"]


@pytest.mark.parametrize("address", ["/post/NOWHERE", "/post/123", "/post/a%2Fb", "/tag/ZZZZZ", "/tag/%22"])
def test_a_post_or_tag_that_is_not_here_is_said_calmly(app, address):
    """404, as a page and as JSON; post and code as they were asked for."""
    shown = page(app, address.replace("a%2Fb", "AB"), 404)
    assert "Not in this archive" in shown.texts["h1"]
    assert "error" in answer(app, f"{address.replace('a%2Fb', 'AB')}.json").json()


def test_a_search_for_a_post_or_tag_leads_to_its_page(app):
    """Where all that is found has it; not where it is left out, or nothing is found."""
    assert {"/post/ZENDA", "/tag/PREL"} <= {*page(app, "/search?q=from:ZENDA+tag:PREL").links()}
    assert "/tag/PREL" not in page(app, "/search?q=-tag:PREL").links()
    assert "/post/NOWHERE" not in page(app, "/search?q=from:NOWHERE").links()


def test_who_signed_stands_beside_the_signature(tmp_path, path):
    """One line, on the page and in JSON, for who sees the signature; nothing where there is no table."""
    shutil.copytree(path, tmp_path / "archive")
    tarlen = Term("tarlen-a", "Tarlen", "Anna", "", "Consul", "zenda", "zenda", "2003", "2005", "z-1")
    with Archive.open(tmp_path / "archive", write=True) as held:
        held.store.add_terms([tarlen])
    for reader, told in ((ALL, True), (clearance.reader("U"), False)):
        app = make_app(tmp_path / "archive", reader)
        shown = page(app, "/cable/2004ZENDA7")
        assert ("Anna Tarlen, Consul, 2003 to 2005." in shown.texts["p"]) == told
        signer = answer(app, "/cable/2004ZENDA7.json").json()["signer"]
        assert (signer["term"]["person"] if signer else None) == ("tarlen-a" if told else None)
        assert ("Anna Tarlen" in page(app, "/post/ZENDA").texts.get("b", "")) == told
        close(app)


def test_an_unknown_id_offers_what_is_near(app):
    """404, calmly; other cables of that post, those that cite it; words are searched for."""
    shown = page(app, "/cable/2004ZENDA9999", 404)
    assert "Not in this archive" in shown.texts["h1"]
    assert "/search?q=from%3AZENDA+2004" in shown.links()
    assert "/search?q=ref%3A2003STRELSAU1688" in page(app, "/cable/03STRELSAU1688", 404).links()
    assert "/search?q=theodolites" in page(app, "/cable/theodolites", 404).links()
    got = answer(app, "/cable/2004ZENDA9999.json")
    assert got.status_code == 404
    assert "2004ZENDA9999" in got.json()["error"]


def test_back_to_the_results(app):
    """A cable opened from a search leads back to it, and keeps the query in the box."""
    shown = page(app, "/cable/2004ZENDA7?q=snow")
    assert "/search?q=snow" in shown.links()
    assert any(attrs.get("value") == "snow" for tag, attrs in shown.tags if tag == "input")


def test_an_enclosure_is_told_apart(tmp_path):
    """An enclosure that numbers anew has its own paragraph 1, with its own permalink."""
    further = "5. (C) Enclosure follows.\n\n1. (U) Article one.\n\n2. (U) Article two.\nTARLEN\n"
    (tmp_path / "enclosing.txt").write_text(WHOLE.replace("TARLEN\n", f"\n{further}"))
    ingest(tmp_path / "archive", [tmp_path / "enclosing.txt"], workers=1)
    app = make_app(tmp_path / "archive", ALL)
    shown = page(app, "/cable/2004ZENDA7")
    assert {"p1", "p5", "penc1.1", "penc1.2"} <= set(shown.ids())
    assert shown.texts["p"].count("Enclosure 1") == 1
    close(app)


def test_what_is_ingested_meanwhile_is_there(tmp_path):
    """A server that runs shows new cables on the next page."""
    (tmp_path / "one.txt").write_text(WHOLE)
    (tmp_path / "two.txt").write_text(CITING)
    ingest(tmp_path / "archive", [tmp_path / "one.txt"], workers=1)
    app = make_app(tmp_path / "archive", ALL)
    assert page(app, "/").texts["h1"].strip() == "1 cable"
    ingest(tmp_path / "archive", [tmp_path / "two.txt"], workers=1)
    assert page(app, "/").texts["h1"].strip() == "2 cables"
    assert page(app, "/search?q=audience").texts["h1"].strip() == "1 cable"
    close(app)


# -- readers ------------------------------------------------------------------------------------------


def only(path: Path, reader: Reader, address: str) -> httpx.Response:
    app = make_app(path, reader)
    try:
        return answer(app, address)
    finally:
        close(app)


def test_what_is_not_held_and_what_is_not_permitted_are_one_answer(path, app):
    """A cable that is for others is told apart from none at all by nothing but its name."""
    (hit,) = answer(app, "/search.json?q=audience").json()["hits"]
    shown = only(path, clearance.reader("U"), f"/cable/{hit['key']}")
    assert shown.status_code == 200  # one paragraph is (U)
    assert "weather was fine" in shown.text
    for hidden in ("king", "KING", "receive", "ZENDA 7", "CORLISS", "as received", ".txt", "SECRET"):
        assert hidden not in shown.text
    reader = Reader("U", frozenset())
    with Archive.open(path) as held:
        hidden_whole = [
            cable.key
            for _, cable, _, _ in held.store.cables()
            if ReadingRoom(held, reader).cable(cable.key) is None
        ]
    assert hidden_whole
    for key in hidden_whole:
        for form in ("", ".json"):
            hidden = only(path, reader, f"/cable/{key}{form}")
            unknown = only(path, reader, f"/cable/x0123456789ab{form}")
            assert hidden.status_code == unknown.status_code == 404
            assert hidden.text.replace(key, "KEY") == unknown.text.replace("x0123456789ab", "KEY")


def test_the_copy_is_not_on_a_page_of_which_something_is_hidden(path):
    """No copy, no places, no damage, no file name, no word that something is missing; JSON neither."""
    shown = only(path, clearance.reader("U"), "/cable/2004ZENDA7")
    assert shown.status_code == 200
    assert "The mayor was calm" in shown.text
    for hidden in ("received", "data-f=", "theodolites", "04ZENDA7.txt", "Damage", "SURVEYORS", "limited"):
        assert hidden not in shown.text
    record = only(path, clearance.reader("U"), "/cable/2004ZENDA7.json").json()
    assert (record["copy"], record["copy_text"], record["spans"], record["defects"]) == (None, None, {}, [])
    assert record["collection"] is None


def test_the_reader_sees_how_he_is_cleared(path, app):
    """Said on every page, but for the owner, who reads all."""
    assert "Read as cleared to <b>SECRET</b>" in only(path, clearance.reader("S"), "/").text
    assert "Read as cleared" not in answer(app, "/").text


# -- hostile text -------------------------------------------------------------------------------------


def test_cable_text_is_never_markup(app, hostile):
    """Nothing of a cable becomes an element, an attribute or a script; all of it is there to read."""
    for address in (
        f"/cable/{hostile}",
        "/",
        "/search?q=alert",
        "/cable/2009ZENDA12",
        f"/search?q={HOSTILE_NAME}",
    ):
        got = answer(app, address)
        shown = Page(got.text)
        assert {tag for tag, _ in shown.tags} <= ELEMENTS
        scripts = [attrs for tag, attrs in shown.tags if tag == "script"]
        assert [(attrs["src"] or "").partition("?")[0] for attrs in scripts] == [
            "/static/reftel.js",
            "/static/finding.js",
        ]
        assert all(attrs.keys() == {"src", "defer"} for attrs in scripts)
        assert "script" not in shown.texts
        assert not re.search("[\x07\u202e]", got.text)
        for _, attrs in shown.tags:
            assert not [name for name in attrs if name.startswith("on") or name == "style"]
            assert not (attrs.get("href") or "").lower().startswith("javascript:")
    shown = page(app, f"/cable/{hostile}")
    assert shown.texts["pre"].removeprefix("\n") == SHOWN
    assert "<script>alert(\"subject\")</script> & 'QUOTES'" in shown.texts["h1"]
    assert "{{ 7*7 }} {% x %}" in shown.texts["p"]


ELEMENTS = frozenset(
    "html head meta title link script body a header form label input button p main section aside article div"
    " h1 h2 h3 ul ol li dl dt dd span time code pre mark bdi b br cite details summary footer kbd dialog svg"
    " path rect nav select option textarea".split()
)


def test_text_of_either_direction_is_kept_apart(app, hostile):
    """Subject, paragraphs and copy find their own direction."""
    shown = page(app, f"/cable/{hostile}")
    assert {tag for tag, attrs in shown.tags if attrs.get("dir") == "auto"} >= {"h1", "p", "pre", "dd"}


def test_json_is_never_taken_for_a_page(app, hostile):
    """JSON says that it is JSON, and browsers may not guess."""
    got = answer(app, f"/cable/{hostile}.json")
    assert got.headers["content-type"] == "application/json"
    assert got.headers["x-content-type-options"] == "nosniff"


# -- codes, citations, what is beside a cable -------------------------------------------------------------


def test_the_words_of_the_for_line_and_of_an_addressee_say_what_they_mean(tmp_path):
    """Offices and posts of the one, JCS of the other, and the letters of the security line."""
    text = WHOLE.replace("E.O. 12958", "STATE FOR EUR, S/S-O\n\nE.O. 12958")
    (tmp_path / "cable.txt").write_text(text.replace("RUEHGX/AMEMBASSY EDELWEISS", "RUEKJCS/JCS"))
    ingest(tmp_path / "archive", [tmp_path / "cable.txt"], collection="x", status="leaked", workers=1)
    app = make_app(tmp_path / "archive", ALL)
    shown = page(app, "/cable/2004ZENDA7")
    close(app)
    for words in (
        "Operations Center",
        "Bureau of European",
        "Joint Chiefs of Staff",
        "the message is CONFIDENTIAL",
    ):
        assert words in shown.texts["span"], words
    assert "STATE FOR EUR, S/S-O" in shown.texts["pre"]


def test_every_code_says_what_it_means(app):
    """Each is described by its meaning, which stands right behind it with its authority."""
    shown = page(app, "/cable/2004ZENDA7")
    described = {
        attrs["aria-describedby"] for tag, attrs in shown.tags if tag == "a" and "aria-describedby" in attrs
    }
    assert described
    assert described <= set(shown.ids())
    for words in (
        "in its turn",  # ROUTINE
        "E.O. 12958; handbook 03 section 1",  # by which CONFIDENTIAL was marked in 2004
        "restricts nobody",  # SIPDIS
        "External Political Relations",  # PREL
        "executive order on classification",
        "information of foreign governments",  # 1.4(B)
        "a classified message",  # ZNY
        "Zenda, Ruritania",  # RUEHZN
    ):
        assert words in shown.texts["span"], words
    explained = [link for link in shown.links() if link.startswith("/explain")]
    assert {"/explain/PREL", "/explain/SIPDIS", "/explain/%28C%29"} <= {*explained}
    for link in explained:
        assert answer(app, link).status_code == 200, link


def test_a_word_of_the_text_is_explained_where_it_first_stands(tmp_path):
    """Once for the page; the text itself stays as it was."""
    text = "1. (C) The DCM asked. The DCM left. Reported septel. ZENDA MAP. <b>NFI</b>"
    (tmp_path / "04ZENDA7.txt").write_text(WHOLE.replace("1. (C) SUMMARY:", f"{text}\n\n2. (C) SUMMARY:"))
    ingest(tmp_path / "archive", [tmp_path], workers=1)
    app = make_app(tmp_path / "archive", ALL)
    got = answer(app, "/cable/2004ZENDA7").text
    assert [
        got.count(f'<a class="code" href="/explain/{term}"') for term in ("DCM", "septel", "NFI", "MAP")
    ] == [
        *(1, 1, 1),
        0,
    ]
    assert "&lt;b&gt;" in got
    close(app)


def test_a_term_has_a_page(app):
    """With kind, authority, doubt; a TAG and a post lead to their cables; what is unknown is not guessed."""
    shown = page(app, "/explain/PREL")
    assert "External Political Relations" in shown.texts["p"]
    assert "/search?q=tag%3APREL" in shown.links()
    assert "unsure" in page(app, "/explain?term=ROGER+CHANNEL").texts["b"]
    assert "Not releasable" in page(app, "/explain?term=(S//NF)").texts["p"]
    assert "/search?q=from%3AZENDA" in page(app, "/explain/AMCONSUL%20ZENDA").links()
    assert "nothing is guessed" in page(app, "/explain/QQQQX", 404).texts["p"]
    got = answer(app, "/explain/GDS.json").json()
    assert (got["term"], got["meanings"][0]["unsure"]) == ("GDS", False)
    assert got == answer(app, "/explain.json?term=GDS").json()
    hostile = answer(app, f"/explain?term={quote('<script>alert(1)</script>')}")
    assert hostile.status_code == 404
    assert "<script>alert" not in hostile.text


def test_a_cable_is_cited_on_its_page(app):
    """Each form as text; metadata in the head; a paragraph quoted where it is asked for."""
    shown = page(app, "/cable/2004ZENDA7")
    for words in (
        "U.S. Consulate Zenda to Department of State",
        "@misc{cable2004ZENDA7",
        "TY  - PCOMM",
        '"id"',
    ):
        assert words in shown.texts["div"]
    told = {attrs["name"]: attrs["content"] for tag, attrs in shown.tags if tag == "meta" and "name" in attrs}
    assert told["DC.creator"] == "U.S. Consulate Zenda"
    assert told["DC.date"] == "2004-01-12"
    assert {f"/cable/2004ZENDA7.{ending}" for ending in ("bib", "ris", "csl.json")} <= set(shown.links())
    assert "?quote=3#cite" in shown.links()
    assert "para. 3" not in shown.texts["div"]
    quoted = page(app, "/cable/2004ZENDA7?quote=3").texts["div"]
    assert "“The mayor was calm." in quoted
    assert "para. 3" in quoted
    assert "para." not in page(app, "/cable/2004ZENDA7?quote=99").texts["div"]
    said = answer(app, "/cable/2004ZENDA7.json?quote=3").json()["citation"]
    assert said["quotation"].startswith("“The mayor")
    assert said["bibtex"] == answer(app, "/cable/2004ZENDA7.bib").text


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        ("bib", "application/x-bibtex"),
        ("ris", "application/x-research-info-systems"),
        ("csl.json", "application/vnd.citationstyles.csl+json"),
    ],
)
def test_a_citation_is_a_file_for_reference_managers(app, ending, kind):
    """By its own type and with a name; any spelling leads to it, and of what is not held there is none."""
    got = answer(app, f"/cable/2004ZENDA7.{ending}")
    assert got.headers["content-type"].startswith(kind)
    assert got.headers["content-disposition"] == f'attachment; filename="2004ZENDA7.{ending}"'
    assert answer(app, f"/cable/04ZENDA7.{ending}").headers["location"] == f"/cable/2004ZENDA7.{ending}"
    assert answer(app, f"/cable/1999NOWHERE1.{ending}").status_code == 404
    assert answer(app, f"/cable/2009ZENDA12.{ending}").status_code == 404  # of two, neither


def test_the_collection_is_named_to_who_sees_the_whole(path, app):
    """In no form to anybody else."""
    addresses = [f"/cable/2004ZENDA7{ending}" for ending in ("", ".json", ".bib", ".ris", ".csl.json")]
    few = make_app(path, Reader("U"))
    for address in addresses:
        assert "leaks" in answer(app, address).text, address
        got = answer(few, address)
        assert got.status_code == 200
        assert "leaks" not in got.text, address
    assert answer(few, "/cable/2004ZENDA7?quote=3").text.count("para. 3") == 1
    assert "para." not in answer(few, "/cable/2004ZENDA7?quote=1").text  # not for him
    close(few)


def test_then_and_now_stand_side_by_side(tmp_path):
    """How it was marked when sent; what has been decided since, by whom and when."""
    (tmp_path / "04ZENDA7.txt").write_text(WHOLE)
    archive = tmp_path / "archive"
    ingest(archive, [tmp_path / "04ZENDA7.txt"], workers=1)
    app = make_app(archive, ALL)
    assert "nothing is known of a decision to release it" in page(app, "/cable/2004ZENDA7").texts["dd"]
    custody.release(
        archive, "2004ZENDA7", deciding.released("UNCLASSIFIED"), by="Duke of Strelsau", on="2020-05-06"
    )
    shown = page(app, "/cable/2004ZENDA7").texts["dd"]
    assert "CONFIDENTIAL" in shown
    assert "now UNCLASSIFIED, by Duke of Strelsau, on 6 May 2020" in shown
    assert "as decided here" in shown
    close(app)


def test_the_same_post_s_cables_and_the_citers_are_links(tmp_path):
    """Before and after, and by name who cites it; of what is not for a reader, nothing."""
    for number, day in ((7, "12"), (8, "13"), (9, "14")):
        level = "S E C R E T" if number == 9 else "C O N F I D E N T I A L"
        text = WHOLE.replace("ZENDA 000007", f"ZENDA 00000{number}").replace("121840Z", f"{day}1840Z")
        text = text.replace("C O N F I D E N T I A L", level).replace("#0007", f"#000{number}")
        (tmp_path / f"04ZENDA{number}.txt").write_text(text)
    (tmp_path / "04STRELSAU31.txt").write_text(CITING)
    ingest(tmp_path / "archive", [tmp_path], workers=1)
    app, few = make_app(tmp_path / "archive", ALL), make_app(tmp_path / "archive", Reader("C"))
    assert {"/cable/2004ZENDA7", "/cable/2004ZENDA9"} <= {*page(app, "/cable/2004ZENDA8").links()}
    (citer,) = answer(app, "/cable/2004ZENDA7.json").json()["citing"]
    assert f"/cable/{citer['key']}" in page(app, "/cable/2004ZENDA7").links()
    got = answer(few, "/cable/2004ZENDA8.json").json()
    assert got["before"]["key"] == "2004ZENDA7"
    assert got["after"] is None or got["after"]["subject"] is None  # its paragraph (U) alone is his
    close(app)
    close(few)


def test_a_cable_s_page_is_less_than_200_kb(tmp_path):
    """With every code and citation in it: the sample's and one of two hundred paragraphs."""
    long = "\n\n".join(f"{n}. (C) The DCM saw the envoy, reported septel. NFI." for n in range(5, 205))
    (tmp_path / "04ZENDA7.txt").write_text(WHOLE.replace("TARLEN\n", f"{long}\nTARLEN\n"))
    ingest(tmp_path / "archive", [tmp_path], workers=1)
    app = make_app(tmp_path / "archive", ALL)
    assert len(answer(app, "/cable/2004ZENDA7").content) < 200_000
    close(app)


# -- what holds for every answer ------------------------------------------------------------------------

ADDRESSES = {
    "/": 200,
    "/index.json": 200,
    "/search": 200,
    "/search?q=king": 200,
    "/search.json?q=king": 200,
    '/search?q="': 400,
    "/search?q=king&page=x": 400,
    '/search.json?q="': 400,
    "/search/": 307,
    "/search?q=king&view=table": 200,
    "/search?q=king&view=x": 400,
    "/search.csv?q=king": 200,
    "/search.jsonl?q=king": 200,
    "/search.txt?q=king": 200,
    "/suggest.json?q=ki": 200,
    "/help": 200,
    "/help.json": 200,
    "/cable/2004ZENDA7": 200,
    "/cable/2004ZENDA7.json": 200,
    "/cable/2004ZENDA7.bib": 200,
    "/cable/2004ZENDA7.ris": 200,
    "/cable/2004ZENDA7.csl.json": 200,
    "/cable/04ZENDA7.bib": 302,
    "/cable/1999NOWHERE1.bib": 404,
    "/cable/1999NOWHERE1.csl.json": 404,
    "/cable/2004ZENDA7?quote=2": 200,
    "/cable/2004ZENDA7/copies": 404,
    "/cable/2004ZENDA7/copies.json": 404,
    "/look?as=C&at=/search": 302,
    "/as/C/search?q=king": 200,
    "/as/nobody/": 404,
    "/without/status:leaked/": 200,
    "/cable/2004ZENDA7?copy=1": 200,
    "/cable/2004ZENDA7/text": 200,
    "/cable/04ZENDA7/text": 302,
    "/cable/1999NOWHERE1/text": 404,
    "/cable/2004ZENDA7?part=x": 400,
    "/cable/2004ZENDA7?at=2&part=2": 200,
    "/explain": 200,
    "/explain?term=GDS": 200,
    "/explain.json?term=GDS": 200,
    "/explain/PREL": 200,
    "/explain/PREL.json": 200,
    "/explain/QQQQX": 404,
    "/explain/QQQQX.json": 404,
    "/cable/04ZENDA7": 302,
    "/cable/2009ZENDA12": 300,
    "/cable/1999NOWHERE1": 404,
    "/cable/1999NOWHERE1.json": 404,
    "/cable/": 404,
    "/cable/..%2F..%2Fetc%2Fpasswd": 404,
    "/post/ZENDA": 200,
    "/post/ZENDA.json": 200,
    "/post/Zenda": 302,
    "/post/NOWHERE": 404,
    "/post/": 404,
    "/tag/PREL": 200,
    "/tag/PREL.json": 200,
    "/tag/prel.json": 302,
    "/tag/..%2F..": 404,
    "/tag/": 404,
    "/refs/2004ZENDA7": 200,
    "/refs/2004ZENDA7?depth=1&direction=cites": 200,
    "/refs/2004ZENDA7?depth=9": 400,
    "/refs/2004ZENDA7?direction=up": 400,
    "/refs/2004ZENDA7.json": 200,
    "/refs/2004ZENDA7.gexf": 200,
    "/refs/2004ZENDA7.graphml": 200,
    "/refs/04ZENDA7": 302,
    "/refs/04ZENDA7.gexf": 302,
    "/refs/2009ZENDA12": 300,
    "/refs/2009ZENDA12.json": 300,
    "/refs/2003ZENDA241": 404,
    "/refs/1999NOWHERE1.json": 404,
    "/timeline": 200,
    "/timeline?q=king&by=status": 200,
    "/timeline?q=2004-01": 200,
    "/timeline?q=zebra": 200,
    "/timeline?by=post": 400,
    "/timeline?q=%22": 400,
    "/timeline.json": 200,
    "/missing": 200,
    "/missing?q=king&post=zenda&year=2003": 200,
    "/missing?q=%22": 400,
    "/missing?year=x": 400,
    "/missing.json": 200,
    "/missing.csv": 200,
    "/missing.txt": 200,
    "/notes": 200,
    "/notes?page=0": 400,
    "/notes.json": 200,
    "/notes.jsonl": 200,
    "/notes/0123456789abcdef": 404,
    "/notes/0123456789abcdef.json": 404,
    "/set/nothing": 404,
    "/set/nothing.json": 404,
    "/saved/nothing": 404,
    "/saved/nothing.json": 404,
    "/tags": 405,
    "/sets": 405,
    "/saved": 405,
    "/read": 405,
    "/static/reftel.css": 200,
    "/static/reftel.js": 200,
    "/static/reftel.svg": 200,
    "/static/nothing.css": 404,
    "/static/..%2Fapp.py": 404,
    "/nowhere": 404,
    "/nowhere.json": 404,
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_has_the_headers(app, address):
    """Each route, each error: a strict policy, nothing kept by browsers but styles and scripts."""
    got = answer(app, address)
    assert got.status_code == ADDRESSES[address]
    assert {name: got.headers[name] for name in HEADERS} == HEADERS
    policy = got.headers["content-security-policy"].split("; ")
    assert policy == [
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
    static = address.startswith("/static/") and got.status_code == 200
    assert got.headers["cache-control"] == ("no-cache" if static else "private, no-store")
    if got.headers.get("content-type", "").startswith("text/html"):
        assert '<html lang="en">' in got.text
        assert "Traceback" not in got.text


def test_every_route_is_walked(app):
    """The list above leaves out no route."""
    for route in app.routes:
        assert isinstance(route, Route)
        assert any(route.path_regex.match(address.partition("?")[0]) for address in ADDRESSES)


def test_pages_load_nothing_from_elsewhere(app):
    """On every page style, script and icon are ours, named by their content, and may be kept for ever."""
    got = {address: answer(app, address) for address in ADDRESSES}
    pages = [
        each.text for each in got.values() if each.headers.get("content-type", "").startswith("text/html")
    ]
    assert len(pages) > 30
    for html in pages:
        _loads_nothing_from_elsewhere(app, Page(html))


def _loads_nothing_from_elsewhere(app: Starlette, shown: Page) -> None:
    loaded = [attrs.get("src") or attrs.get("href") for tag, attrs in shown.tags if tag in ("link", "script")]
    assert len(loaded) >= 3
    for each in loaded:
        assert each is not None
        assert each.startswith("/")
        if each.startswith("/static/"):
            got = answer(app, each)
            assert got.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert not [tag for tag, _ in shown.tags if tag in ("img", "iframe", "style", "object", "embed")]


@pytest.mark.parametrize(
    "address", ["/", "/search?q=king", "/cable/2004ZENDA7", "/refs/2004ZENDA7", "/missing"]
)
def test_every_page_names_its_json(app, address):
    """The same result in JSON is linked in the head, and is there."""
    shown = page(app, address)
    (alternate,) = (attrs for tag, attrs in shown.tags if tag == "link" and attrs["rel"] == "alternate")
    assert alternate["type"] == "application/json"
    assert answer(app, alternate["href"] or "").headers["content-type"] == "application/json"


READ_ONLY = [address for address, status in ADDRESSES.items() if status == 200 and address != "/notes"]


@pytest.mark.parametrize("address", READ_ONLY)  # but for notes, which are written there (test_notes.py)
def test_head_and_other_methods(app, address):
    """HEAD is GET without its body; whatever would change something is refused in a sentence."""
    assert answer(app, address, "HEAD").status_code == 200
    got = answer(app, address, "POST")
    assert got.status_code == 405
    assert {*got.headers["allow"].split(", ")} == {"GET", "HEAD"}
    assert "only read" in got.text


@pytest.mark.parametrize(
    ("host", "hosts", "status"),
    [
        ("localhost:8042", (), 200),
        ("127.0.0.1", (), 200),
        ("[::1]:8042", (), 200),
        ("LOCALHOST", (), 200),
        ("evil.example", (), 421),
        ("localhost.evil.example", (), 421),
        ("192.168.1.2", (), 421),
        ("", (), 421),
        ("archive.example:8042", ("archive.example",), 200),
        ("192.168.1.2:8042", ("0.0.0.0",), 200),  # the number of an interface: nobody can rebind it
        ("[fe80::1]", ("::",), 200),
        ("evil.example", ("0.0.0.0",), 421),
    ],
)
def test_only_our_own_names_are_answered(path, host, hosts, status):
    """A name that somebody else made point to this machine is refused: no web page may read the archive."""
    app = make_app(path, ALL, hosts=hosts)
    got = answer(app, "/", host=host)
    assert got.status_code == status
    assert ("4 cables" in got.text) == (status == 200)
    close(app)


def test_a_fault_is_a_page_without_a_trace(path, caplog, monkeypatch):
    """500 says what to do and nothing of our code; the log names the fault, not what was asked for."""
    monkeypatch.delenv("REFTEL_DEBUG", raising=False)
    app = make_app(path, ALL)

    class Broken:
        reader = ALL

        def __getattr__(self, name: str) -> object:
            raise RuntimeError("the secret of the archive")

    app.state.room = Broken
    for address in ("/", "/search?q=king", "/cable/2004ZENDA7", "/cable/2004ZENDA7.json"):
        got = answer(app, address)
        assert got.status_code == 500
        assert "fault of the program" in got.text
        assert "secret" not in got.text
        assert "RuntimeError" not in got.text
        assert {name: got.headers[name] for name in HEADERS} == HEADERS
    assert "RuntimeError" in caplog.text
    assert "Traceback" not in caplog.text
    assert "king" not in caplog.text
    close(app)


def test_an_archive_that_fails_is_said_without_its_place(path, caplog):
    """503; where the archive lies is told where the server runs, not to whoever reads."""
    app = make_app(path, ALL)

    class Gone:
        reader = ALL

        def search(self, *_: object, **__: object) -> object:
            raise ArchiveError("/srv/archive: damaged; put a backup in its place")

    app.state.room = Gone
    got = answer(app, "/search?q=king")
    assert got.status_code == 503
    assert "/srv/archive" not in got.text
    assert "/srv/archive: damaged" in caplog.text
    close(app)


def test_pages_are_small(app):
    """What every page loads, style and script together, is less than 44 KB."""
    assert sum(len(answer(app, f"/static/{name}").content) for name in ("reftel.css", "reftel.js")) < 44_000


def test_the_whole_sample_can_be_read(tmp_path):
    """Every cable of the sample is a page whose links to places hold, and every link in it has an answer.

    Of a number that is not held, it is the page that says who cites it.
    """
    for forged in sample():
        (tmp_path / forged.name).write_bytes(forged.text)
    ingest(tmp_path / "archive", [tmp_path], workers=1)
    app = make_app(tmp_path / "archive", ALL)
    hits = answer(app, "/search.json?q=&limit=200").json()["hits"]
    assert len(hits) >= 60
    for hit in hits:
        shown = page(app, f"/cable/{hit['key']}")
        ids = shown.ids()
        assert len(ids) == len(set(ids))
        assert {link[1:] for link in shown.links() if link.startswith("#")} <= set(ids)
    for link in {link for hit in hits[:10] for link in page(app, f"/cable/{hit['key']}").links()}:
        if link.startswith("/"):
            found = answer(app, link)
            assert found.status_code == 200 or "It is cited by" in found.text, link
    close(app)


def test_query_parsing_is_that_of_the_room(app):
    """What the page says it looked for is the query that was asked."""
    found = answer(app, "/search.json?q=KING++from:strelsau").json()
    assert Query.parse(found["query"]) == Query.parse("KING from:STRELSAU")


# -- a thread, and what is cited and not held -------------------------------------------------------------


def test_a_cable_leads_to_its_thread(app):
    """Lanes, papers as links with titles, a text alternative, and no style in it."""
    assert "/refs/2004ZENDA7" in page(app, "/cable/2004ZENDA7").links()
    shown = page(app, "/refs/2004ZENDA7?depth=1")
    tags = [tag for tag, _ in shown.tags]
    assert {"svg", "desc", "circle", "marker"} <= {*tags}
    assert not [attrs for _, attrs in shown.tags if "style" in attrs]
    drawn = answer(app, "/refs/2004ZENDA7?depth=1").text.partition("<svg class")[2].partition("</svg>")[0]
    assert drawn.count("<a href") == 4
    assert "<title>2004STRELSAU31: KING MISSES AUDIENCE" in drawn
    assert "2003ZENDA241, 2003, not in this archive" in drawn
    assert {"/cable/2003ZENDA241", "/refs/2004ZENDA7.gexf?depth=1"} <= {*shown.links()}


def test_a_number_that_is_cited_and_not_held_says_who_cites_it(app, path):
    """On its page and in JSON; for a reader who does not see the citing cable it is just not here."""
    shown = page(app, "/cable/03ZENDA241", 404)
    assert "/cable/2004ZENDA7" in shown.links()
    assert "/missing?post=ZENDA&year=2003" in shown.links()
    assert answer(app, "/cable/03ZENDA241.json").json()["missing"]["cited_by"] == 1
    assert "missing" not in only(path, Reader("U"), "/cable/03ZENDA241.json").json()


def test_a_number_that_a_text_names_says_where(tmp_path):
    """With a permalink to the paragraph and the sentence; nothing else is known of it."""
    text = WHOLE.replace("REF: A. 03 ZENDA 241\nB. 03 STRELSAU 1688\n\n", "")
    (tmp_path / "04ZENDA7.txt").write_text(
        text.replace("They did not", "As said in Zenda 241, they <i>did</i> not")
    )
    ingest(tmp_path / "archive", [tmp_path / "04ZENDA7.txt"], workers=1)
    app = make_app(tmp_path / "archive", ALL)
    shown = page(app, "/cable/2003ZENDA241", 404)
    assert "/cable/2004ZENDA7#p2" in shown.links()
    assert "Zenda 241" in shown.texts["mark"]
    assert "i" not in {tag for tag, _ in shown.tags}
    told = answer(app, "/cable/2003ZENDA241.json").json()
    assert "missing" not in told
    assert told["named_in"]["cables"][0]["key"] == "2004ZENDA7"
    assert told["named_in"]["cut"] is False
    close(app)


def test_the_missing_are_listed_with_what_they_are_counted_out_of(app, path):
    """For him who reads all; nothing is cited for a reader of U, to whom these headers are closed."""
    shown = page(app, "/missing")
    assert "2003ZENDA241" in shown.texts["span"]
    told = answer(app, "/missing.json").json()
    assert told["reader"] == "one who reads all"
    assert told["total"] == len(told["missing"]) <= told["cited"]
    low = only(path, Reader("U"), "/missing.json").json()
    assert (low["total"], low["reader"]) == (0, "a reader of U")


def test_the_missing_are_asked_for(app):
    """As a request in plain text, and as a table."""
    request = answer(app, "/missing.txt?post=ZENDA&year=2003")
    assert request.headers["content-type"] == "text/plain; charset=utf-8"
    assert "1. 2003ZENDA241: telegram 241 of ZENDA, 2003" in request.text
    assert "Cited in 2004ZENDA7 of 2004-01-12 (leaked)." in request.text
    said = answer(app, "/missing.csv?q=schoolbook&post=ZENDA").text.partition("number,post,year,serial,")[0]
    assert said.startswith("#,query,schoolbook\n#,post,ZENDA\n#,asked on,20")
    assert "\n#,read as,one who reads all\n#,found,1 out of 2\n#,cables whose REF was counted,1\n" in said
    assert "\n#,fingerprint of what is held," in said
    rows = answer(app, "/missing.csv").text.splitlines()
    assert any(row.startswith("2003ZENDA241,ZENDA,2003,241,absent,1,") for row in rows)


def test_all_the_missing_are_asked_for_at_once(app):
    """Not those of a page alone; where there are more than fit, it is said."""
    shown = page(app, "/missing?limit=1")
    assert {"/missing.txt?limit=1000", "/missing.csv?limit=1000"} <= {*shown.links()}
    assert re.search(r"To ask for all \d+: <a", answer(app, "/missing?limit=1").text)
    assert '\n#,told,"1 to 1, the most cited first"\n' in answer(app, "/missing.csv?limit=1").text


def test_where_nothing_is_missing_no_reason_is_told(app):
    """Nor an end of the sentence that would tell it."""
    text = answer(app, "/missing?post=nowhere").text
    assert "held is what this reader may see.</p>" in text
    assert "Counted from REF lines, as one who reads all" in text


def test_what_cables_say_of_the_missing_is_never_markup(app, hostile):
    """On the thread and the ledger too."""
    for address in ("/missing", f"/refs/{hostile}"):
        assert not [tag for tag, _ in page(app, address).tags if tag in ("img", "i", "iframe")]
        assert "<script>alert" not in answer(app, address).text
