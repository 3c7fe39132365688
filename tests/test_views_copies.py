"""The copies of one cable beside one another, word for word."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import asking
from reftel import clearance, custody
from reftel.archive import Archive
from reftel.cable import copy_name
from reftel.clearance import ALL
from reftel.ingest import ingest
from reftel.readingroom import ReadingRoom
from reftel.sources import SOURCES
from reftel.views.copies import Copies, Passage, Run, copies, runs, together
from reftel.web.app import make_app
from test_web import answer, close, page

TERMS = Path(__file__).resolve().parent.parent / "docs/terms.md"
ONE = """R 151200Z MAR 05
FM AMEMBASSY STRELSAU
TO SECSTATE WASHDC
UNCLAS STRELSAU 000017

SIPDIS

E.O. 12958: N/A
TAGS: PREL, RT
SUBJECT: THE BRIDGE AT TARLEN

1. (U) The bridge at Tarlen is open again after nineteen days.

2. (U) Mayor Hallik cut the ribbon and said that nobody had asked him to.

3. (U) The toll is forty crowns, and is to be paid on the far side.

OAKDEN
"""
OTHER = ONE.replace("Mayor Hallik", "XXXXX XXXXXX").replace("nineteen days", "nineteen long days")
CLOSED = ONE.replace("3. (U) The toll", "3. (S) The toll")
LISTED = ONE.replace("SUBJECT: THE", "SUBJECT: ON THE")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return kept(tmp_path, released=ONE, leaked=OTHER)


def kept(folder: Path, **texts: str) -> Path:
    """An archive of copies of one cable, each in a collection named for its status, in this order."""
    for status, text in texts.items():
        (folder / f"05STRELSAU17-{status}.txt").write_text(text)
        files = [folder / f"05STRELSAU17-{status}.txt"]
        ingest(folder / "archive", files, collection=status, status=status, workers=1)  # type: ignore[arg-type]
    return folder / "archive"


def compared(path: Path, level: str | None = None, second: int = 2) -> Copies | None:
    with Archive.open(path) as held:
        room = ReadingRoom(held, clearance.reader(level) if level else ALL)
        (key,) = room.find("STRELSAU 17")
        return copies(room, key, second)


def test_what_one_copy_alone_says(path):
    """Words struck out of one, words added in the other; the rest is the same."""
    found = compared(path)
    assert found
    assert [(each.collection, each.status) for each in found.copies] == [
        ("released", "released"), ("leaked", "leaked"),
    ]  # fmt: skip
    assert [passage.name for passage in found.passages if not passage.is_same] == ["1", "2"]
    first, second = (passage for passage in found.passages if not passage.is_same)
    assert first.runs == (
        Run("same", "(U) The bridge at Tarlen is open again after nineteen"),
        Run("second", "long"),
        Run("same", "days."),
    )
    assert second.runs[:3] == (
        Run("same", "(U)"),
        Run("first", "Mayor Hallik"),
        Run("second", "XXXXX XXXXXX"),
    )
    assert (found.words["first"], found.words["second"]) == (2, 3)


def test_headers_are_told_where_they_differ(tmp_path):
    """A field that is the same in both is not told."""
    found = compared(kept(tmp_path, released=ONE, leaked=LISTED))
    assert found
    assert [(each.name, each.runs) for each in found.passages if each.of == "header"] == [
        ("subject", (Run("second", "ON"), Run("same", "THE BRIDGE AT TARLEN")))
    ]


def test_a_copy_that_is_not_for_a_reader_is_not_there(tmp_path):
    """One (S) paragraph closes a copy; to him there is then but one, and so nothing to compare."""
    path = kept(tmp_path, released=ONE, leaked=CLOSED)
    assert compared(path)
    assert compared(path, "S")
    assert compared(path, "C") is None
    everyone, few = make_app(path, ALL), make_app(path, clearance.reader("C"))
    key = answer(everyone, "/search.json?q=").json()["hits"][0]["key"]
    assert answer(everyone, f"/cable/{key}/copies").status_code == 200
    assert answer(everyone, f"/cable/{key}.json").json()["copies"] == 2
    assert answer(few, f"/cable/{key}.json").json()["copies"] == 1
    assert f"/cable/{key}/copies" not in page(few, f"/cable/{key}").links()
    gone = answer(few, f"/cable/{key}/copies")
    assert gone.status_code == 404
    absent = answer(few, "/cable/2005STRELSAU18/copies")
    assert absent.text == gone.text.replace("STRELSAU17", "STRELSAU18")
    close(everyone)
    close(few)


def test_a_reader_of_one_copy_is_told_what_he_would_be_told_without_the_other(tmp_path):
    """Every route and command answers as in the archive that never held it."""
    whole, left = tmp_path / "whole", tmp_path / "left"
    whole.mkdir(), left.mkdir()
    archives = [kept(whole, released=ONE, leaked=CLOSED), kept(left, released=ONE)]
    with Archive.open(archives[0]) as held:
        cables = [cable for _, cable, _, _ in held.store.cables()]
    names = ("2005STRELSAU17", "STRELSAU 17", *(cable.key for cable in cables))
    asked = asking.Asked(("", "toll", "hallik"), names)
    for level in ("U", "C"):
        reader = clearance.reader(level)
        answers = [asking.answers(archive, reader, level, asked, 1) for archive in archives]
        assert any("/copies" in ask for ask in answers[0])
        assert not asking.differences(*answers)


def test_no_copies_where_names_are_masked(path):
    """Nobody, the owner neither, is shown a copy that tells a name to be protected."""
    custody.protect(path, "Hallik")
    found = compared(path)
    assert found is None or "Hallik" not in repr(found)
    assert compared(path, "U") is None


def test_the_page_says_it_without_colour(path):
    """Words of one alone stand in <del> and <ins>, and are named too; the rest is folded."""
    app = make_app(path, ALL)
    key = answer(app, "/search.json?q=").json()["hits"][0]["key"]
    shown = page(app, f"/cable/{key}/copies")
    assert f"/cable/{key}/copies" in page(app, f"/cable/{key}").links()
    text = answer(app, f"/cable/{key}/copies").text
    assert '<del><span class="unseen">first copy alone: </span>Mayor Hallik</del>' in text
    assert "<ins>" in text
    assert "Paragraph 3: the same in both" in shown.texts["summary"]
    assert answer(app, f"/cable/{key}/copies?with=3").status_code == 404
    assert answer(app, f"/cable/{key}/copies?with=x").status_code == 400
    assert answer(app, "/cable/STRELSAU 17/copies").headers["location"] == f"/cable/{key}/copies"
    assert "copy, collection" in shown.texts["span"]
    told = answer(app, f"/cable/{key}/copies.json").json()
    assert told["passages"]
    assert {each["source"] for each in told["copies"]} == {"text"}  # by its own name, for machines
    close(app)


def test_paragraphs_alike_are_told_together():
    """Runs of passages that are the same in both; each that differs by itself."""
    same, other = (Run("same", "a"),), (Run("first", "b"),)
    passages = [Passage(str(at), "text", said) for at, said in enumerate((same, same, other, other, same))]
    assert [len(some) for some in together(passages)] == [2, 1, 1, 1]


def test_a_paragraph_more_in_one(tmp_path):
    """The rest still stands beside its like, whatever number it has there."""
    shorter = ONE.replace(
        "2. (U) Mayor Hallik cut the ribbon and said that nobody had asked him to.\n\n3.", "2."
    )
    found = compared(kept(tmp_path, released=ONE, leaked=shorter))
    assert found
    assert [(each.name, {run.kind for run in each.runs}) for each in found.passages] == [
        ("1", {"same"}),
        ("2", {"first"}),
        ("3", {"same"}),
    ]


WORDS = st.lists(st.sampled_from("the king of Ruritania is away at Zenda and a b c".split()), max_size=200)


@given(WORDS, WORDS)
def test_nothing_is_lost_of_either_text(one, other):
    """What both have and what one alone has make up each of the two, the second but for capitals."""
    found = [*runs(" ".join(one), " ".join(other))]
    assert " ".join(run.words for run in found if run.kind != "second") == " ".join(one)
    second = " ".join(run.words for run in found if run.kind != "first")
    assert second.casefold() == " ".join(other).casefold()


def test_capitals_are_not_compared():
    """A copy all in capitals says the same."""
    assert [*runs("THE KING IS AWAY", "The King is away")] == [Run("same", "THE KING IS AWAY")]


@pytest.mark.parametrize(
    ("source", "called"),
    [
        ("aad", "NARA copy"),
        ("frus", "FRUS print"),
        ("mirror-text", "mirror copy"),
        ("mirror-markdown", "mirror copy"),
        ("text", "copy"),
    ],
)
def test_a_copy_is_called_by_where_it_is_from(source, called):
    """By the name that docs/terms.md defines, and by no name of ours for a source."""
    assert source in {each.NAME for each in SOURCES}
    assert copy_name(source) == called
    assert called == "copy" or f"| **{called}** |" in TERMS.read_text(encoding="utf-8")
