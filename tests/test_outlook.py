"""The room as another reader sees it, and without a status or a collection: kept from page to page."""

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

import asking
import build
import invented
import taken_out
from reftel import clearance, profiles
from reftel.archive import Archive
from reftel.clearance import ALL, Policy, Reader
from reftel.markings import Marking
from reftel.readingroom import levels_within
from reftel.web.app import make_app
from reftel.web.outlook import kept, place
from test_web import answer, close

SEED = 5
MADE = re.compile(
    r'<aside class="outlook".*?</aside>\s*|<form class="look".*?</form>\s*', re.DOTALL
)  # what a preview says of itself
PROFILE = profiles.profile("Rassendyll", "S", ["NOFORN"], ["EXDIS"])


@pytest.fixture(scope="module")
def path() -> Iterator[Path]:
    """A small archive in which everything varies, with a reader of its own."""
    with taken_out.folder() as folder:
        taken_out.whole(folder / "archive", invented.small(SEED), Policy(withheld="marked"))
        with Archive.open(folder / "archive", write=True) as held:
            held.store.put_readers([PROFILE], anew=True)
        yield folder / "archive"


def addresses(path: Path, app: Starlette) -> list[str]:
    """Every route, asked in every way."""
    with Archive.open(path) as held:
        cables = [cable for _, cable, _, _ in held.store.cables()]
    chance = Random(SEED)
    asked = asking.asked(cables, chance, 3)
    made = dict.fromkeys(asking.routes(app, asked, chance))
    return [each for each in made if not each.startswith(("/as/", "/without/", "/look", "/static"))]


def served(app: Starlette, address: str, prefix: str = "") -> tuple[int, str, str]:
    """Status, where it leads, and what it shows, but for the steps of its address and what they say."""
    got = answer(app, prefix + address)
    text = MADE.sub("", got.text)
    if prefix:
        text = text.replace(prefix, "")
    return got.status_code, got.headers.get("location", "").replace(prefix or "\n", ""), text


@pytest.mark.parametrize(
    ("own", "who", "as_"),
    [
        (ALL, "C", Reader("C")),
        (ALL, "Rassendyll", PROFILE.reader()),
        (Reader("S", frozenset({"NOFORN"})), "C", Reader("C")),
    ],
    ids=["owner", "by name", "a reader"],
)
def test_a_preview_is_what_that_reader_is_served(path, own, who, as_):
    """Every page, list and file, to the letter."""
    app, his = make_app(path, own), make_app(path, as_)
    asked = addresses(path, app)
    assert len(asked) > 50
    for address in asked:
        assert served(app, address, f"/as/{who}") == served(his, address), address
    close(app)
    close(his)


def test_a_preview_never_widens(path):
    """Above one's own level there is nobody to look as; nor are there other readers, by name."""
    app = make_app(path, Reader("C", frozenset({"NOFORN"})))
    nobody = answer(app, "/as/Hentzau/")
    assert nobody.status_code == 404
    for who in ("S", "TS", "Rassendyll", "SECRET"):
        got = answer(app, f"/as/{who}/")
        assert got.status_code == 404
        assert got.text == nobody.text.replace("Hentzau", who)
    assert answer(app, "/as/C/").status_code == 200
    assert "Rassendyll" not in answer(app, "/").text
    assert "Rassendyll" in answer(make_app(path, ALL), "/").text
    assert answer(app, "/as/U/as/C/").status_code == 404
    close(app)


MARKINGS = [
    Marking(level, restrictions)
    for level in (None, "U", "SBU", "C", "S", "TS")
    for restrictions in ((), ("NOFORN",), ("EXDIS",), ("REL RURITANIA",), ("EXDIS", "NOFORN"))
]
READERS = st.builds(
    Reader,
    st.sampled_from([None, "U", "SBU", "C", "S", "TS"]),
    st.frozensets(st.sampled_from(["SBU", "NOFORN", "EXDIS", "REL RURITANIA"])),
)


@given(READERS, READERS)
def test_who_looks_as_another_may_see_what_both_may(one, other):
    """Nothing that not each of them may see, and all that a bare level of both may."""
    both = clearance.both(one, other)
    for marking in MARKINGS:
        if clearance.may_read(both, marking):
            assert clearance.may_read(one, marking)
            assert clearance.may_read(other, marking)
    if other.level in levels_within(one) and not other.holds:
        assert all(clearance.may_read(both, m) == clearance.may_read(other, m) for m in MARKINGS)


# -- without a status or a collection ------------------------------------------------------------------


@pytest.fixture(scope="module")
def sides() -> Iterator[tuple[Path, Path]]:
    """An archive with leaked and released cables, and one with the released alone."""
    given = [
        build.pair(
            build.cable(
                f"2004ZENDA{at}", "(U) See Zenda telegram 2.", sent=f"2004-03-{at:02}", tags=("PREL",)
            ),
            raw=b"%d" % at,
        )
        for at in range(1, 9)
    ]
    with taken_out.folder() as folder:
        for name in ("all", "released"):
            with Archive.create(folder / name) as made:
                made.store.put(given[::2], "nara", "released")
                if name == "all":
                    made.store.put(given[1::2], "newspaper", "leaked")
                made.catch_up()
        yield folder / "all", folder / "released"


SAID = re.compile(r'<aside class="outlook".*?</aside>\s*|<p class="switches">.*?</p>\s*', re.DOTALL)


@pytest.mark.parametrize("out", ["status:leaked", "collection:newspaper"])
def test_what_is_left_out_is_as_if_it_were_not_held(sides, out):
    """Counts, lists, neighbours, suggestions and references are those of the archive without it."""
    app, bare = (make_app(path, ALL) for path in sides)
    for address in (
        *("/index.json", "/search.json?q=zenda&sort=date", "/post/ZENDA.json", "/tag/PREL.json"),
        *("/missing.json", "/suggest.json?q=from:", "/cable/2004ZENDA3.json", "/refs/2004ZENDA3.json"),
        *("/cable/2004ZENDA2.json", "/cable/2004ZENDA3", "/missing", "/post/ZENDA", "/tag/PREL"),
    ):
        got, expected = answer(app, f"/without/{out}{address}"), answer(bare, address)
        text = SAID.sub("", got.text).replace(f"/without/{out}", "").replace(f", leaving out {out}", "")
        assert (got.status_code, re.sub(r'"score":[\d.]+', "", text)) == (
            expected.status_code,
            re.sub(r'"score":[\d.]+', "", SAID.sub("", expected.text)),
        ), address
    close(app)
    close(bare)


def test_pages_say_out_of_how_many(sides):
    """What is left out, how many are left, and the way back."""
    app = make_app(sides[0], ALL)
    for address in ("/", "/search?q=zenda", "/post/ZENDA", "/tag/PREL", "/missing", "/cable/2004ZENDA3"):
        got = answer(app, f"/without/status:leaked{address}").text
        assert "Left out on every page: leaked." in got, address
        assert "4 of 8 cables" in got, address
        assert f'<a data-plain href="{address}">Take it in again</a>' in got
    assert "It may be among what is left out" in answer(app, "/without/status:leaked/cable/2004ZENDA2").text
    listed = answer(app, "/without/status:leaked/search.csv?q=").text
    assert "#,found,4 out of 4" in listed
    assert "leaving out status:leaked" in answer(app, "/without/status:leaked/missing").text
    assert "#,left out,status:leaked" in listed
    assert "left out" not in answer(app, "/search.csv?q=").text
    assert "/without/status:leaked/search" in answer(app, "/search?q=zenda").text
    assert 'href="/without/status:leaked/"' in answer(app, "/").text
    close(app)


# -- addresses ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "prefix", ["/as/C", "/without/status:internal", "/as/C/without/collection:a%2Fb%20c"]
)
def test_every_link_looks_at_the_room_in_the_same_way(path, prefix):
    """But for those that end a preview or take in again what is left out, and for style and script."""
    app = make_app(path, ALL)
    hits = answer(app, f"{prefix}/search.json?q=").json()["hits"]
    for address in (
        "/",
        "/search?q=",
        "/missing",
        "/help",
        "/explain/PREL",
        f"/cable/{hits[0]['key']}",
        "/x",
    ):
        text = answer(app, prefix + address).text
        assert 'class="outlook"' in text
        for plain, link in re.findall(r'(data-plain )?(?:href|action)="(/[^"]*)"', text):
            assert plain or link.startswith((f"{prefix}/", "/static/")), link
    found = answer(app, f"{prefix}/cable/{hits[0]['key'].lower()}")
    assert found.status_code in (200, 302, 404)
    if found.status_code == 302:
        assert found.headers["location"].startswith(f"{prefix}/cable/")
    close(app)


def test_the_way_to_a_preview(path):
    """A form without scripts; it never leads elsewhere."""
    app = make_app(path, ALL)
    for asked, to in {
        "as=C&at=/search%3Fq%3Dking": "/as/C/search?q=king",
        "as=C&at=/without/collection:a%252Fb/x": "/as/C/without/collection:a%2Fb/x",
        "as=&at=/search": "/search",
        "as=&at=//elsewhere.example": "/",
        "as=&at=/%5Celsewhere.example": "/",
        "as=&at=https://elsewhere.example": "/",
        "as=a/b": "/as/a%2Fb/",
    }.items():  # fmt: skip
        got = answer(app, f"/look?{asked}")
        assert (got.status_code, got.headers["location"]) == (302, to)
    assert '<a data-plain href="/">End the preview</a>' in answer(app, "/as/C//elsewhere.example").text
    close(app)


def test_places_and_links():
    """Only a template's own quotation mark stands before an address."""
    assert [place(each) for each in ("/a?b=%22", "//a", "/\\a", "a", "/a\nb", "")] == ["/a?b=%22", *5 * ["/"]]
    page = (
        '<a href="/a"> <link href="/static/x"> <a data-plain href="/b"> href=&#34;/c&#34; <form action="/d">'
    )
    assert kept(page, "/as/C") == page.replace('"/a"', '"/as/C/a"').replace('"/d"', '"/as/C/d"')
    assert kept(page, "") == page


def test_steps_that_say_nothing_lead_nowhere(path):
    """A status that is none, the same twice, too many, or no place behind them."""
    app = make_app(path, ALL)
    many = "".join(f"/without/collection:{at}" for at in range(9))
    for steps in ("/as", "/as/", "/without/status:open", "/without/x", "/without/collection:", many):
        assert answer(app, f"{steps}/help").status_code == 404, steps
    assert answer(app, f"{2 * '/without/status:leaked'}/help").status_code == 404
    assert answer(app, "/as/C").status_code == 404
    close(app)
