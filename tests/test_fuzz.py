"""A little of `make fuzz`, the same each time; and what it has found."""

import pytest
from msgspec.structs import replace
from quality import fuzz

from reftel import sources, telegram

SEED = 7
INPUTS = 1_500


def test_damaged_texts_give_records_or_one_error():
    """Mutated specimens of every era: no other exception, no span that is out of place, no hang."""
    texts = fuzz.specimens()
    found = [
        (index, failure.kind, failure.message, failure.raw[:500])
        for index, failure in fuzz.failures(SEED, texts, lambda index: index < INPUTS)
        if failure
    ]
    assert found == []


def test_the_same_seed_makes_the_same_input():
    """An input is named by its seed and its number."""
    texts = fuzz.specimens()
    assert [fuzz.mutated(3, n, texts) for n in range(50)] == [fuzz.mutated(3, n, texts) for n in range(50)]
    assert fuzz.mutated(3, 1, texts) != fuzz.mutated(4, 1, texts)


@pytest.mark.parametrize(
    "raw",
    [
        b"8.Telegram From\n\r\nFM\nTO\r\n\r\nSUBJ\rE",  # a label alone on its line, of another line end
        b"p 301702zjun85 f\nunclas section 1 of 0o 7",  # an operating signal written small
        b"TAG:\nSUBJECT:O\xad ;",  # a soft hyphen in a word
        b"PAGE 01 Z 0015 091826\nEO11652 REF:TENSSORO, MNR CHIEF\nPAGE 02 Z 0015 091826\nTE",  # over a page
        b"\nMessage AttributesSubject:.\nDocument Number:9\nSubject:F",  # a subject given twice
    ],
)
def test_what_was_found_stays_mended(raw):
    """Each of these had a field whose place held something else."""
    assert fuzz.check(raw) is None


CABLE = (
    b"UNCLAS ZENDA 000012\n\nTAGS: PREL\nSUBJECT: THE KING\n\nREF: STRELSAU 7\n\n"
    b"1. (U) A.\n\n2. (U) B.\n\nSAPT\n"
)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda cable: {"spans": {"/subject": ((0, 5_000),)}}, "field /subject"),
        (lambda cable: {"spans": {"/subject": ((9, 12), (3, 5))}}, "field /subject"),
        (lambda cable: {"spans": cable.spans | {"/subject": ((0, 5),)}}, "words of subject"),
        (lambda cable: {"paragraphs": cable.paragraphs[::-1]}, "paragraph"),
        (
            lambda cable: {"paragraphs": (replace(cable.paragraphs[0], anchor="2"), cable.paragraphs[1])},
            "anchors",
        ),
        (lambda cable: {"references": (replace(cable.references[0], span=(0, 4)),)}, "reference"),
        (lambda cable: {"defects": (replace(cable.defects[0], code="oops"),)}, "code"),
        (lambda cable: {"defects": (replace(cable.defects[0], span=(5, 9_999)),)}, "defect year-inferred"),
    ],
)
def test_what_a_record_promises_is_checked(change, kind):
    """Each promise, broken, is seen."""
    (copy,) = sources.copies(CABLE, "09ZENDA12.txt")
    cable = telegram.read(copy)
    assert list(fuzz.wrongs(copy, cable)) == []
    broken = next(fuzz.wrongs(copy, replace(cable, **change(cable))))
    assert broken.split(":")[0] == kind


def test_a_failure_is_made_small(monkeypatch):
    """Lines and bytes that it does not need are left out."""

    def stumble(copy):
        if "#" in copy.text:
            raise ZeroDivisionError("stumbled")
        return read(copy)

    read = telegram.read
    monkeypatch.setattr(telegram, "read", stumble)
    failure = fuzz.check(CABLE.replace(b"B.", b"B#."))
    assert failure is not None
    assert failure.kind.startswith("ZeroDivisionError")
    assert len(fuzz.minimised(failure, 5).raw) < len(CABLE) / 2


@pytest.mark.parametrize(
    "raw",
    [
        b"UNCLAS E 2\nSUBJECT:\nCable title:\nTags: PG\npdf how-to read a cable\n",  # a head without lines
        # a doubtful beginning in the second of two
        b"R 242118Z JAN 74\nFM AZ\nTAG:\n==========\nFM BZ\nSECRET Z 6\nR 242118Z JAN 74\nFM EM",
        b"Created\nTag:\nhow-to read a cable\nPAGE 01 E 0012",  # a date that is none
        b"2005-18-16 10:00\nhow-to read a cable\nPAGE 01 A 0080 051326\nR 041937ZJAN74\nFM A",
        # a line that might be a heading, alone behind a page line
        b"TAG:\nSUBJECT:E\n\nA 00000012 002 OF 002\n)\n1.(",
    ],
)
def test_what_was_found(raw):
    """What once went wrong."""
    assert fuzz.check(raw) is None
