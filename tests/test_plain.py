"""Plain text in doubt: what plainly is something is read, nothing is guessed."""

import pytest

from reftel import sources, telegram
from reftel.cable import Cable

LETTER = """\
Strelsau, 12 February 2009

12 February 2009

To whom it may concern

TAGS: PREL RT
SUBJECT: THE KING IS AWAY
REF: ZENDA 12

1. (U) The king left.

2. (U) He came back.

SAPT
"""


def read(text: str, name: str = "note.txt") -> Cable:
    """The one cable of a text."""
    (copy,) = sources.copies(text.encode(), name)
    return telegram.read(copy)


def codes(cable: Cable) -> list[str]:
    """The codes of a cable's damage, in order."""
    return [defect.code for defect in cable.defects]


def test_what_says_what_it_is():
    """Labelled lines, paragraphs, a date; what is not there is said."""
    cable = read(LETTER)
    assert (cable.era, cable.id, cable.classification) == ("plain", None, None)
    assert (cable.sent, cable.sent_basis) == ("2009-02-12", "text")
    assert (cable.subject, cable.tags) == ("THE KING IS AWAY", ("PREL", "RT"))
    assert [one.text for one in cable.paragraphs] == ["The king left.", "He came back."]
    assert [(one.text, one.id) for one in cable.references] == [("ZENDA 12", None)]
    assert (cable.captions, cable.passing, cable.to) == ((), (), ())
    assert cable.signature == "SAPT"
    assert codes(cable) == ["missing-classification"]


def test_the_name_of_a_file_tells_nothing():
    """No year and no number is inferred."""
    cable = read(LETTER, "09ZENDA12.txt")
    assert (cable.id, cable.mrn.year, cable.mrn.station) == (None, None, None)
    assert cable.key.startswith("x")


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("09NOWHERE12", "id", None),  # a station that is in no table
        ("09PARIS12", "id", "2009PARIS12"),
        ("SECRET", "classification", "SECRET"),
        ("CONFIDENTIAL", "classification", "CONFIDENTIAL"),
        ("Secret meetings are held", "classification", None),
        ("02/03/2009", "sent", None),  # the day or the month first?
        ("Date: March 2, 2009", "sent", "2009-03-02"),
        ("31 February 2009", "sent", None),
        ("He left on 3 March 2009 and came back on 12 March.", "sent", None),
    ],
)
def test_lines_above_the_header(line, field, value):
    """A line above the labels is a field only where it is that and nothing else."""
    text = line + LETTER[LETTER.index("\n\nTo whom") :]
    assert getattr(read(text), field) == value


def test_a_text_without_a_header():
    """Marked paragraphs make a text a cable; what stands above them is shown as no header."""
    cable = read("A note of the consul.\n\n1. (C) The king left.\n\n2. (C) He came back.\n\nSAPT\n")
    assert (cable.era, [one.marking for one in cable.paragraphs]) == ("plain", ["C", "C"])
    assert codes(cable)[0] == "missing-header"
    assert cable.defects[0].span == (0, 21)


def test_a_header_without_a_text():
    """Said, where labels are all there is."""
    assert "missing-text" in codes(read("TAGS: PREL\nSUBJECT: THE KING\n"))


@pytest.mark.parametrize(
    ("text", "era"),
    [
        (LETTER, "plain"),
        ("UNCLAS ZENDA 000012\n" + LETTER, "acp127"),
        ("FM AMCONSUL ZENDA\nTO SECSTATE WASHDC\n" + LETTER, "acp127"),
        ("VZCZCXRO9782\n" + LETTER, "acp127"),
        ("MRN: 23 PARIS 12\nFrom: AMEMBASSY PARIS\nAction: WASHDC, SECSTATE\n" + LETTER, "smart"),
    ],
)
def test_the_order_of_the_eras(text, era):
    """Each era is known by its own signs; what has none is plain."""
    assert read(text).era == era
