"""A cable as plain text: its head, its paragraphs with their marks, what is withheld, its footnote."""

import pytest

import build
from reftel.cable import Part
from reftel.views.transcript import transcript

FOOTNOTE = "Embassy Zenda to State, telegram 12."


def test_paragraphs_stand_with_their_marks_and_headings() -> None:
    """A part of another mark says so; numbers are as written."""
    parts = (
        Part("C", "reporting", "The king is away.", ((0, 1),)),
        Part("S", "comment", "He fled.", ((1, 2),)),
    )
    cable = build.cable(
        "2005ZENDA12",
        build.paragraph("The king is away.", 1, marking="C", heading="SNOW", parts=parts),
        build.paragraph("Nothing more.", None, anchor="0"),
        subject="THE KING\nIS AWAY",
        classification="SECRET",
        handling=("NOFORN",),
        signature="RASSENDYLL",
    )
    told = transcript(cable, FOOTNOTE)
    assert "subject         THE KING IS AWAY\n" in told
    assert "sent as         SECRET NOFORN\n" in told
    assert "\n\nSNOW\n\n1. (C) The king is away.\n\n(S) He fled.\n\nNothing more.\n\n" in told
    assert told.endswith(f"\n\nRASSENDYLL\n\n{FOOTNOTE}\n")


def test_what_is_withheld_says_so_with_its_mark() -> None:
    """Subject, heading, paragraph and part, each in its place."""
    withheld = Part("S//NF", "reporting", "", (), withheld=True)
    open_ = Part("U", "reporting", "Snow fell.", ((0, 1),))
    cable = build.cable(
        "2005ZENDA12",
        build.paragraph("", 1, marking="S", withheld=True, heading=None, heading_withheld=True, parts=()),
        build.paragraph("Snow fell.", 2, marking="U", parts=(open_, withheld)),
        subject=None,
        subject_withheld=True,
        subject_marking="C",
    )
    told = transcript(cable, FOOTNOTE)
    assert "subject         Subject (C): withheld from this reader.\n" in told
    assert "[Heading, without a mark: withheld from this reader.]" in told
    assert "1. [Paragraph (S): withheld from this reader.]" in told
    assert "2. (U) Snow fell.\n\n[Part (S//NF): withheld from this reader.]" in told


@pytest.mark.parametrize(
    ("classification", "mark", "said"),
    [
        ("SECRET", "C", "SECRET"),
        (None, "SBU", "SENSITIVE BUT UNCLASSIFIED"),
        (None, "C", "CONFIDENTIAL"),
        (None, None, "level unknown"),
    ],
)
def test_it_is_sent_as_the_page_says(classification: str | None, mark: str | None, said: str) -> None:
    """Where the line is lost or not for its reader, as the highest of what he sees is marked."""
    cable = build.cable(
        "2005ZENDA12", build.paragraph("The king is away.", 1, marking=mark), classification=classification
    )
    assert f"sent as         {said}\n" in transcript(cable, FOOTNOTE)
