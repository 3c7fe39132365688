"""What the owner decides of a copy: what may be said, and what it makes of the cable."""

from typing import Any

import pytest
from msgspec.structs import replace

from build import cable, paragraph
from reftel import release
from reftel.cable import Cable, Part, Release
from reftel.clearance import ALL, governing, reader, visible
from reftel.errors import UsageError
from reftel.release import Decision, Mark, Released, applied, header_mark, mark, portions, released

SENT = cable(
    "2005ZENDA1", "(C) The king left.", "(S) By night.", paragraph("(C) He is back.", 3, heading="(U) NEWS")
)


def decided(value: Released | Mark | None, **fields: Any) -> Decision:
    """A decision about the copy of SENT."""
    known: dict[str, Any] = {
        "id": 1,
        "what": "release" if isinstance(value, Released) else "mark",
        "cable": "2005ZENDA1",
        "copy": "ab" * 32,
        "value": value,
        "by": "The archives of Zenda",
        "on": "2026-11-27",
        "why": None,
        "made_at": "2026-11-27T10:00:00Z",
    }
    return Decision(**(known | fields))


def texts(left: Cable | None) -> list[str]:
    return [each.text for each in left.paragraphs] if left else []


def test_what_is_released_is_governed_by_its_level_of_today():
    """With who and when; what was marked when it was sent stays as it was."""
    now = applied(SENT, [decided(released("unclassified"))])
    assert now.release == Release(
        "released", "UNCLASSIFIED", "The archives of Zenda", "2026-11-27", "decision"
    )
    assert replace(now, release=SENT.release) == SENT
    assert texts(visible(now, reader("U"))) == texts(SENT)
    assert texts(visible(SENT, reader("U"))) == []
    later = applied(SENT, [decided(released("UNCLASSIFIED")), decided(released("SECRET"), id=2)])
    assert texts(visible(later, reader("C"))) == []


def test_what_is_undone_counts_for_nothing():
    """As if it had never been decided."""
    undone = decided(released("UNCLASSIFIED"), undone_at="2026-11-28T10:00:00Z")
    assert applied(SENT, [undone, decided(mark("p9", "U"), undone_at="2026-11-28T10:00:00Z")]) == SENT


@pytest.mark.parametrize(
    ("value", "left"),
    [
        (mark("p1", "U"), ["The king left."]),
        (mark("p2", "(U)"), ["By night."]),
        (mark("p2", "U//FOUO"), []),
        (header_mark("UNCLASSIFIED", None, None), []),
        (mark("subject", "U"), []),
    ],
)
def test_a_mark_that_was_read_wrongly_is_corrected(value, left):
    """That portion alone changes, for a reader of U."""
    assert texts(visible(applied(SENT, [decided(value)]), reader("U"))) == left


def test_a_subject_and_a_header_have_marks_too():
    """The subject by a mark, the header by classification, handling and captions, each alone if wanted."""
    now = applied(SENT, [decided(mark("subject", "U"))])
    left = visible(now, reader("U"))
    assert left is not None and left.subject == SENT.subject
    now = applied(
        SENT, [decided(header_mark("Secret", ["noforn"], None)), decided(header_mark(None, None, ["exdis"]))]
    )
    assert (now.classification, now.handling, now.captions) == ("SECRET", ("NOFORN",), ("EXDIS",))
    assert applied(now, [decided(header_mark(None, [], []))]).handling == ()
    assert governing(now).header.label == "S/EXDIS/NOFORN"


def test_a_heading_is_marked_where_it_stands():
    """Its mark is written before its words, as the rules read it."""
    for heading in ("(U) NEWS", "NEWS"):
        of = replace(SENT, paragraphs=(paragraph("(U) He is back.", 1, heading=heading),))
        (only,) = applied(of, [decided(mark("h1", "S//NF"))]).paragraphs
        assert only.heading == "(S//NF) NEWS"


@pytest.mark.parametrize(
    ("before", "new", "after"),
    [
        ("C C S C", "S//NF", ["S//NF", "S//NF", "S", "C"]),  # it holds until another stands
        ("C C S C", "U", ["U", "C", "S", "C"]),  # the second may bear its own
        ("S C", "C//NF", ["C//NF", "C"]),  # neither higher nor lower
        ("C C", "C", ["C", "C"]),
        ("? ?", "C", ["C", "?"]),
    ],
)
def test_a_mark_at_the_head_of_a_paragraph(before, new, after):
    """Made higher it binds what follows under the same mark; made lower it opens the first part alone."""
    parts = tuple(Part(each, "report", "One.", ()) for each in before.split())
    of = cable("2005ZENDA1", paragraph("One.", 1, marking=before.split()[0], parts=parts))
    (only,) = applied(of, [decided(mark("p1", new))]).paragraphs
    assert [part.marking for part in only.parts] == after
    assert only.marking == new


def test_a_part_is_marked_alone():
    """A paragraph's mark is its first part's too; the others have their own."""
    parts = (Part("C", "report", "One.", ()), Part("S", "report", "Two.", ()))
    of = cable("2005ZENDA1", paragraph("(C) One. Two.", 7, anchor="7", parts=parts))
    assert list(portions(of)) == ["header", "subject", "p7", "p7.1", "p7.2"]

    def marks(*values: Mark) -> list[str | None]:
        (only,) = applied(of, [decided(value) for value in values]).paragraphs
        return [only.marking, *(part.marking for part in only.parts)]

    assert marks(mark("p7.2", "U")) == ["C", "C", "U"]
    assert marks(mark("p7", "U")) == ["U", "U", "S"]
    assert marks(mark("p7", "U"), mark("p7.2", "U")) == ["U", "U", "U"]


@pytest.mark.parametrize(
    "value", [mark("p9", "U"), mark("p2.1", "U"), mark("h1", "U"), Mark("p1"), Mark("header"), None]
)
def test_a_mark_without_its_portion_closes_the_cable(value):
    """Reading better may give portions other names: in doubt all is closed, and the owner is told."""
    now = applied(SENT, [decided(value, id=4)])
    assert visible(now, reader("TS")) is None
    assert visible(now, ALL) == now
    (told,) = now.defects
    assert told.code == "decision-without-place"
    assert "undo it (reftel undo 4) and decide again" in told.message
    assert {part.marking for each in now.paragraphs for part in each.parts} == {"?"}
    both = applied(SENT, [decided(released("UNCLASSIFIED")), decided(value)])
    assert texts(visible(both, reader("U"))) == texts(SENT)


def test_a_release_that_is_not_understood_releases_nothing():
    """An empty or a broken rule opens nothing."""
    assert applied(SENT, [decided(None, what="release")]) == SENT
    for current in ("", "OPEN", "UNCLASSIFIED AND MORE"):
        now = applied(SENT, [decided(Released(current))])
        assert visible(now, reader("TS")) is None


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (lambda: released("OPEN"), "no level is called 'OPEN': say one of UNCLASSIFIED"),
        (lambda: released("UNCLASSIFIED, I THINK"), "no level is called"),
        (lambda: released(""), "no level is called"),
        (lambda: mark("p1", "HAH"), "'HAH' is no mark of a portion; write it as in a cable"),
        (lambda: mark("p1", ""), "is no mark of a portion"),
        (lambda: mark("p1", "?"), "is no mark of a portion"),
        (lambda: header_mark(None, None, None), "say how the header is marked: --classification"),
        (lambda: header_mark("OPEN", None, None), "no level is called 'OPEN'"),
        (lambda: header_mark("SECRET//NOFORN", None, None), "no level is called"),
        (lambda: header_mark(None, ["WHISKY"], None), "handling WHISKY is not understood: say SENSITIVE"),
        (lambda: header_mark(None, None, ["WHISKY"]), "no caption is called 'WHISKY': say one of"),
        (lambda: release.day("yesterday"), "'yesterday' is no date; write it as 2026-11-27"),
        (lambda: release.day("2026-02-30"), "is no date"),
        (
            lambda: release.day("9999-12-31"),
            "9999-12-31 is yet to come; enter the decision when",
        ),
        (lambda: release.said(" ", "--by"), "--by says nothing that can be kept"),
        (lambda: release.said("\x1b", "--why"), "--why says nothing that can be kept"),
    ],
)
def test_what_cannot_be_decided_is_said_in_a_sentence(said, sentence):
    """What is wrong, and what can be said."""
    with pytest.raises(UsageError, match=sentence):
        said()
