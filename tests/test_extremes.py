"""Long cables, thousands of facet values, text of either direction: each has a page made for it."""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

import build
import invented
from reftel.cable import Reference
from reftel.clearance import ALL, reader
from reftel.ingest import ingest
from reftel.query import Query
from reftel.web import narrowing, parts
from reftel.web.app import make_app
from serving import IN_A_BROWSER, chromium, is_as_wide_as, served
from test_web import WHOLE, Page, answer, close

SAID = "The envoy said that the lease of the Krona base would not be renewed before the snow had gone. "
ARABIC = "\u0642\u0627\u0644 \u0627\u0644\u0648\u0632\u064a\u0631 \u0625\u0646 \u0627\u0644\u062b\u0644\u062c"
LARGE = 200_000  # bytes of a page


def with_further(text: str, serial: str = "000007") -> str:
    """The whole cable with more paragraphs before its signature."""
    return WHOLE.replace("ZENDA 000007", f"ZENDA {serial}").replace("TARLEN\n", f"{text}\nTARLEN\n")


MANY = with_further("\n\n".join(f"{n}. (C) {SAID * 8}Number {n}." for n in range(5, 405)))
ONE = with_further("5. (C) " + "\n".join([SAID] * 3200), "000008")
TURNED = with_further(f"5. (U) {ARABIC} (KRONA 2004).\n\n6. (U) He said {ARABIC} twice.", "000009").replace(
    "SURVEYORS IN THE SNOW: THE KRONA LEASE HAS\nTWELVE MONTHS TO RUN", f"{ARABIC}\nTAGS NO MORE"
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with a cable of 300 KB in 400 paragraphs, one with a paragraph of 300 KB, one in Arabic."""
    folder = tmp_path_factory.mktemp("held") / "cables"
    folder.mkdir()
    for name, text in (("04ZENDA7", MANY), ("04ZENDA8", ONE), ("04ZENDA9", TURNED)):
        (folder / f"{name}.txt").write_text(text)
    assert ingest(folder.with_name("archive"), [folder], workers=1).kept == 3
    return folder.with_name("archive")


@pytest.fixture(scope="module")
def app(path: Path) -> Iterator[Starlette]:
    """Its reading room."""
    app = make_app(path, ALL)
    yield app
    close(app)


# -- long cables ------------------------------------------------------------------------------------------


def test_a_long_cable_is_read_in_parts(app):
    """Each under 200 KB; together they hold every paragraph once; the copy stands apart, and is whole."""
    assert len(MANY) > 280_000
    first = answer(app, "/cable/2004ZENDA7").text
    of = int(re.search(r"part 1 of (\d+)", first)[1])  # type: ignore[index]
    found = []
    for part in range(1, of + 1):
        got = answer(app, f"/cable/2004ZENDA7?part={part}")
        assert len(got.content) < LARGE
        assert f"part {part} of {of}" in got.text
        assert 'class="received"' not in got.text
        found += re.findall(r'class="paragraph" id="p(\d+)"', got.text)
    assert found == [str(number) for number in range(1, 405)]


def test_the_copy_of_a_long_cable_stands_apart(app):
    """A part at a time, letter for letter, with a link back."""
    copy = ""
    for part in (1, 2, 3, 4):
        got = answer(app, f"/cable/2004ZENDA7?copy=1&part={part}")
        assert len(got.content) < LARGE
        shown = Page(got.text)
        assert "/cable/2004ZENDA7" in shown.links()
        copy += shown.texts["pre"].removeprefix("\n")
    assert copy == MANY


def test_a_permalink_finds_its_part(app):
    """`?at=300#p300`, a quotation, and a hit: each shows the part in which it stands."""
    links = Page(answer(app, "/cable/2004ZENDA7?part=2").text).links()
    assert "?at=100#p100" in links
    assert 'id="p100"' in answer(app, "/cable/2004ZENDA7?at=100").text
    assert 'id="p300"' in answer(app, "/cable/2004ZENDA7?at=300").text
    assert "Number 250." in answer(app, "/cable/2004ZENDA7?quote=250").text
    assert 'id="p333"' in answer(app, "/cable/2004ZENDA7?q=%22number+333%22").text
    for nowhere in ("?at=9999", "?at=%3Cb%3E", "?part=999999"):
        assert answer(app, f"/cable/2004ZENDA7{nowhere}").status_code == 200
    assert answer(app, "/cable/2004ZENDA7?part=x").status_code == 400


def test_all_of_a_long_cable_is_one_link_away(app):
    """As plain text, for who wants to search or print the whole."""
    assert "/cable/2004ZENDA7/text" in Page(answer(app, "/cable/2004ZENDA7").text).links()
    whole = answer(app, "/cable/2004ZENDA7/text")
    assert whole.headers["content-type"] == "text/plain; charset=utf-8"
    assert all(f"\n\n{number}. " in whole.text for number in range(1, 405))


def test_one_paragraph_longer_than_a_page_is_cut_between_lines(app):
    """Its pieces together are its text."""
    words = 0
    for part in range(1, 99):
        got = answer(app, f"/cable/2004ZENDA8?part={part}")
        assert len(got.content) < LARGE
        assert Page(got.text).ids().count("p5") <= 1
        words += got.text.count("envoy")
        if f"part {part} of {part}." in got.text:
            break
    assert words == 3200


def test_a_cable_of_usual_length_is_one_page(app):
    """With its copy beside it, and no word of parts."""
    shown = answer(app, "/cable/2004ZENDA9").text
    assert 'class="received"' in shown
    assert "A long cable" not in shown


def test_two_long_copies_are_compared_in_parts(tmp_path):
    """Every paragraph once, in the parts together."""
    folder = tmp_path / "cables"
    folder.mkdir()
    (folder / "one.txt").write_text(MANY)
    (folder / "other.txt").write_text(MANY.replace("snow", "ice"))
    assert ingest(tmp_path / "archive", [folder], workers=1).kept == 2
    app = make_app(tmp_path / "archive", ALL)
    first = answer(app, "/cable/2004ZENDA7/copies").text
    of = int(re.search(r"part 1 of (\d+)", first)[1])  # type: ignore[index]
    assert of > 2
    found = set()
    for part in range(1, of + 1):
        got = answer(app, f"/cable/2004ZENDA7/copies?with=2&part={part}")
        assert len(got.content) < LARGE
        found |= {*re.findall(r"Number (\d+)\.", got.text)}
        assert ("Where their headers differ" in got.text) <= (part == 1)
    assert found == {str(number) for number in range(5, 405)}
    assert answer(app, "/cable/2004ZENDA7/copies?part=x").status_code == 400
    close(app)


def test_very_many_and_very_long_notes_make_no_large_page(path):
    """Their beginnings, and where the rest is."""
    app = make_app(path, ALL)
    book = app.state.room().notebook
    for number in range(60):
        book.write("2004ZENDA7", str(5 + number // 4), "very long " * 1990)
        book.put_in_set(f"set {number}", ["2004ZENDA7"])
        book.tag(["2004ZENDA7"], [f"tag {number}"])
    for address in ("/notes", "/notes?page=2", "/cable/2004ZENDA7"):
        assert len(answer(app, address).content) < LARGE
    shown = answer(app, "/notes").text
    assert "The whole note, 19,899 letters" in shown
    assert "and 10 more" in shown
    assert "10 more tags" in answer(app, "/cable/2004ZENDA7").text
    (whole,) = {each.id for each in book.notes()[:1]}
    assert answer(app, f"/notes/{whole}").text.count("very long") >= 1990
    close(app)


def test_a_reader_who_may_see_no_copy_is_told_of_none(path):
    """Parts of what he sees, counted over that alone."""
    app = make_app(path, reader("U"))
    assert "A long cable" not in answer(app, "/cable/2004ZENDA7").text
    assert answer(app, "/cable/2004ZENDA7?copy=1").status_code == 404
    close(app)


@given(st.text(alphabet="ab \n", max_size=300), st.integers(1, 40))
def test_pieces_of_a_text_are_the_text(text, most):
    """None is longer than it may be."""
    pieces = parts.cut(text, most)
    assert "".join(pieces) == text
    assert all(0 < len(piece) <= most for piece in pieces)


@given(st.lists(st.integers(0, 200_000), min_size=1, max_size=12))
def test_parts_of_a_cable_are_the_cable(lengths):
    """Every paragraph in order; none but one that is cut stands in two parts; each part is found."""
    cable = build.cable("2009ZENDA1", *("word " * (length // 5) for length in lengths))
    first = parts.in_parts(cable)
    all_parts = [parts.in_parts(cable, number) for number in range(1, len(first.spans) + 1)]
    words = [each.text.split() for part in all_parts for each in part.cable.paragraphs]
    assert [*chain(*words)] == [*chain(*(each.text.split() for each in cable.paragraphs))]
    for part in all_parts:
        anchors = [each.anchor for each in part.cable.paragraphs]
        assert len({*anchors}) == len(anchors)
    for each in cable.paragraphs:
        found = parts.in_parts(cable, anchor=each.anchor).cable.paragraphs
        assert each.anchor in [one.anchor for one in found]


# -- many cables, many values, either direction ----------------------------------------------------------


def cited(id: str, title: str) -> Reference:
    return Reference(f"{id[2:4]} {id[4:]}", (0, 1), "telegram", id=id, title=title)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starlette]:
    """A reading room of 120 cables with long subjects, each of which cites others that are not held."""
    title = "The lease of the Krona base, the survey of the northern valleys and what the envoys said of both"
    cables = [
        build.cable(
            f"2004ZENDA{number}",
            SAID * 3,
            subject=f"{title}, {number}",
            references=tuple(cited(f"2004HENTZAU{number // 4 * 3 + at}", title) for at in range(3)),
        )
        for number in range(1, 121)
    ]
    cables += [
        build.cable(
            f"2005ZENDA{number}",
            subject=f"{title}, {number}",
            references=(cited("2004ZENDA1", title), cited(f"2005ZENDA{number - 1}", title)),
        )
        for number in range(2, 400)
    ]
    archive = invented.archive(tmp_path_factory.mktemp("many") / "archive", cables)
    app = make_app(archive.path, ALL)
    yield app
    close(app)


@pytest.mark.parametrize(
    ("address", "most"),
    [("/search?q=lease", 100), ("/search?q=lease&view=table", 100), ("/missing?q=", 50)],
)
def test_no_page_is_larger_than_its_limit(many, address, most):
    """However many are asked for; as data there may be more."""
    assert 40_000 < len(answer(many, f"{address}&limit={most}").content) < LARGE
    assert answer(many, f"{address}&limit={most + 1}").status_code == 400
    data = address.replace("?", ".json?")
    assert answer(many, f"{data}&limit={most + 1}").status_code == 200


@pytest.mark.parametrize("key", ["2004ZENDA1", "2005ZENDA200"])
def test_a_thread_of_hundreds_is_cut_on_the_page(many, key):
    """And says so; other programs are told more of it."""
    shown = answer(many, f"/refs/{key}?depth=6")
    assert len(shown.content) < LARGE
    assert "Cut off, since more stand around" in shown.text
    assert len(answer(many, f"/refs/{key}.json?depth=6").json()["papers"]) > shown.text.count('class="turn')


def test_of_thousands_of_values_the_common_ones_are_told():
    """The rest is counted, so that nobody takes the list for all."""
    counts = {"post": [(f"POST{number}", 10_000 - number) for number in range(5_000)]}
    (facet,) = narrowing.facets(Query.parse(""), counts)
    assert len(facet.choices) + len(facet.further) == narrowing.MOST
    assert facet.beyond == 5_000 - narrowing.MOST


@IN_A_BROWSER[0]
@IN_A_BROWSER[1]
def test_the_direction_of_a_text_is_its_own(path):
    """A paragraph and a subject in Arabic run from the right; what stands around them does not.

    And a link to a paragraph finds the part of a long cable in which it stands.
    """
    with served(make_app(path, ALL)) as address, chromium() as browser:
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.goto(f"{address}/cable/2004ZENDA9")
        turned = "node => getComputedStyle(node).direction"
        assert page.locator("h1").evaluate(turned) == "rtl"
        assert page.locator("#p5 .voice p").evaluate(turned) == "rtl"
        assert page.locator("#p6 .voice p").evaluate(turned) == "ltr"
        assert page.locator("#p5 .margin").evaluate(turned) == "ltr"
        assert page.locator("main").evaluate(turned) == "ltr"
        is_as_wide_as(page, 390)
        page.goto(f"{address}/search?q=krona")
        directions = page.locator(".hits .of").evaluate_all(
            "all => all.map(n => getComputedStyle(n).direction)"
        )
        assert "rtl" in directions
        page.goto(f"{address}/cable/2004ZENDA7#p300")
        page.wait_for_url("**?at=300#p300")
        page.locator("#p300").wait_for()
