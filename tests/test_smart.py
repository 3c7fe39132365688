"""The SMART era: labels at the head and at the foot, and the text between."""

import pytest

from reftel import sources, telegram
from reftel.cable import Addressee, Cable, Drafting, Hand
from reftel.errors import NotACable

PRINTED = """\
UNCLASSIFIED
SBU

MRN:            23 STRELSAU 2544
Date/DTG:       Sep 15, 2023 / 152131Z SEP 23
From:           AMEMBASSY STRELSAU
Action:         WASHDC, SECSTATE ROUTINE
Info:           ZENDA, AMCONSUL PRIORITY
                EUROPEAN POLITICAL COLLECTIVE ROUTINE
XMT Post:       LETINJE, AMEMBASSY
E.O.:           13526
TAGS:           PREL, PGOV, RT
Captions:       SENSITIVE, SIPDIS
Reference:      A) 23 STRELSAU 2500
                B) 22 STATE 120345
Pass Line:      STATE FOR EUR/CE
Subject:        (SBU) The King Opens the Border
                Railway

1. (SBU) Summary: The King opened the railway. End summary.

The Railway

2. (SBU) He cut a ribbon
Page 2 of 3
that was blue.

Signature:      Helsing

Drafted By:     STRELSAU_POL:Tarlenheim, Fritz
Cleared By:     STRELSAU_ECON:Sapt, Otto (INFO)
                STRELSAU_MGT:Bersonin, Carl
Approved By:    EXEC:Helsing, Anna
Released By:    STRELSAU_IRM:Strofzin, Rolf
UNCLASSIFIED
SBU
Page 3 of 3
"""


def read(text: str) -> Cable:
    """The one cable of a text."""
    (copy,) = sources.copies(text.encode(), "print.txt")
    return telegram.read(copy)


def codes(cable: Cable) -> list[str]:
    """The codes of a cable's damage, in order."""
    return [defect.code for defect in cable.defects]


def test_every_field():
    """A print whole: number, date, addressees, markings, references, text, and whose work it is."""
    cable = read(PRINTED)
    assert (cable.era, cable.id, cable.key, cable.mrn.basis) == (
        "smart",
        "2023STRELSAU2544",
        "2023STRELSAU2544",
        "stated",
    )
    assert (cable.sent, cable.sent_basis) == ("2023-09-15T21:31Z", "dtg")
    assert (cable.from_.name, cable.from_.station) == ("AMEMBASSY STRELSAU", "STRELSAU")
    assert cable.to == (Addressee("WASHDC, SECSTATE", None, "ROUTINE"),)
    assert cable.info == (
        Addressee("ZENDA, AMCONSUL", None, "PRIORITY"),
        Addressee("EUROPEAN POLITICAL COLLECTIVE", None, "ROUTINE", None, ("LETINJE", "AMEMBASSY")),
    )
    assert cable.precedence == ("ROUTINE", "PRIORITY")
    assert (cable.classification, cable.handling, cable.captions) == (
        "UNCLASSIFIED",
        ("SENSITIVE",),
        ("SIPDIS",),
    )
    assert cable.authority is not None
    assert (cable.authority.order, cable.authority.declassify_on) == ("13526", None)
    assert (cable.tags, cable.passing) == (("PREL", "PGOV", "RT"), ("STATE FOR EUR/CE",))
    assert (cable.subject, cable.subject_marking) == ("The King Opens the Border Railway", "SBU")
    assert [(one.letter, one.id) for one in cable.references] == [
        ("A", "2023STRELSAU2500"),
        ("B", "2022STATE120345"),
    ]
    assert [(one.number, one.marking, one.heading, one.voice) for one in cable.paragraphs] == [
        (1, "SBU", None, "summary"),
        (2, "SBU", "The Railway", "report"),
    ]
    assert cable.paragraphs[1].text == "He cut a ribbon that was blue."
    assert cable.signature == "Helsing"
    assert cable.drafting == Drafting(
        Hand("STRELSAU_POL:Tarlenheim, Fritz", "STRELSAU_POL", "Tarlenheim, Fritz"),
        Hand("EXEC:Helsing, Anna", "EXEC", "Helsing, Anna"),
        Hand("STRELSAU_IRM:Strofzin, Rolf", "STRELSAU_IRM", "Strofzin, Rolf"),
        (
            Hand("STRELSAU_ECON:Sapt, Otto (INFO)", "STRELSAU_ECON", "Sapt, Otto", "INFO"),
            Hand("STRELSAU_MGT:Bersonin, Carl", "STRELSAU_MGT", "Bersonin, Carl"),
        ),
    )
    assert codes(cable) == []


def test_every_place_is_where_it_says():
    """Spans slice what they are the place of."""
    cable = read(PRINTED)
    cut = {
        pointer: " ".join(PRINTED[a:b] for a, b in places).replace("\n", " ")
        for pointer, places in cable.spans.items()
    }
    assert cut["/mrn"] == "23 STRELSAU 2544"
    assert cut["/sent"] == "152131Z SEP 23"
    assert cut["/subject"] == "The King Opens the Border Railway"
    assert cut["/to/0/name"] == "WASHDC, SECSTATE"
    assert cut["/info/1/name"] == "EUROPEAN POLITICAL COLLECTIVE"
    assert cut["/handling/0"] == "SBU"
    assert cut["/captions/0"] == "SIPDIS"
    assert cut["/authority/order"] == "13526"
    assert cut["/signature"] == "Helsing"
    assert cut["/drafting/cleared_by/1"] == "STRELSAU_MGT:Bersonin, Carl"
    assert all(PRINTED[slice(*one.span)] == one.text for one in cable.references)
    assert [len(one.spans) for one in cable.paragraphs] == [1, 2]


def test_a_classified_print():
    """Classifier, reasons and date have labels of their own, or stand on the E.O. line."""
    text = PRINTED.replace("UNCLASSIFIED\nSBU", "SECRET//NOFORN").replace(
        "13526\n",
        "13526: DECL: 09/15/2033\nClassified By:  Anna Helsing, Ambassador\nReason:         1.4 (b), (d)\n",
    )
    cable = read(text)
    assert (cable.classification, cable.handling) == ("SECRET", ("NOFORN", "SENSITIVE"))
    assert cable.authority is not None
    assert cable.authority.declassify_on == "2033-09-15"
    assert (cable.authority.name, cable.authority.title) == ("Anna Helsing", "Ambassador")
    assert cable.authority.reasons == ("1.4(b)", "1.4(d)")
    assert text[slice(*cable.spans["/authority/name"][0])] == "Anna Helsing"
    other = read(text.replace("13526: DECL: 09/15/2033", "13526\nDeclassify On:  09/15/2033"))
    assert other.authority == cable.authority


@pytest.mark.parametrize(
    ("label", "field", "code"),
    [
        ("MRN:", "id", None),
        ("Date/DTG:", "sent", None),
        ("From:", "from_", None),
        ("TAGS:", "tags", "missing-tags"),
        ("Subject:", "subject", "missing-subject"),
        ("Signature:", "signature", "missing-signature"),
    ],
)
def test_no_label_is_required(label, field, code):
    """A label that is not there leaves its field empty, and the rest as it is."""
    lines = [line for line in PRINTED.split("\n") if not line.startswith(label) and line.strip() != "Railway"]
    whole, cable = read(PRINTED), read("\n".join(lines))
    assert cable.era == "smart"
    assert getattr(cable, field) != getattr(whole, field)
    assert codes(cable) == ([code] if code else [])
    assert [one.text for one in cable.paragraphs] == [one.text for one in whole.paragraphs]
    assert cable.drafting == whole.drafting


@pytest.mark.parametrize(
    "change", [str.upper, lambda text: text.replace("\n", "\r\n"), lambda t: t.replace(":  ", ":\t")]
)
def test_capitals_blanks_and_line_ends(change):
    """However it was printed."""
    cable, whole = read(change(PRINTED)), read(PRINTED)
    assert (cable.id, cable.tags, cable.sent) == (whole.id, whole.tags, whole.sent)
    assert [one.number for one in cable.paragraphs] == [1, 2]
    assert cable.drafting is not None
    assert len(cable.drafting.cleared_by) == 2
    assert codes(cable) == []


def test_labels_inside_the_text_are_text():
    """A line of a paragraph that looks like a label at the foot is none while paragraphs follow."""
    text = PRINTED.replace("He cut a ribbon\n", "He asked:\nApproved By: whom?\n\n3. (SBU) Nobody knew.\n")
    cable = read(text)
    assert [one.number for one in cable.paragraphs] == [1, 2, 3]
    assert "Approved By: whom?" in cable.paragraphs[1].text
    assert cable.drafting is not None
    assert cable.drafting.approved_by == Hand("EXEC:Helsing, Anna", "EXEC", "Helsing, Anna")


def test_two_digits_of_a_year_are_of_this_century_here():
    """In this form alone (handbook 02, section 1.1)."""
    assert read(PRINTED.replace("23 STRELSAU 2544", "11 STRELSAU 7")).id == "2011STRELSAU7"


def test_a_print_without_labels_at_the_foot():
    """The signature below the text is read as in other eras."""
    cable = read(PRINTED[: PRINTED.index("Signature:")] + "HELSING\n")
    assert (cable.signature, cable.drafting) == ("HELSING", None)


@pytest.mark.parametrize("end", range(0, len(PRINTED), 97))
def test_cut_anywhere(end):
    """Half a print gives a record, with defects where its text is cut, or is no cable."""
    try:
        (copy,) = sources.copies(PRINTED[:end].encode(), "half.txt")
    except NotACable:
        return
    assert telegram.read(copy).defects or end > PRINTED.index("Drafted By")
