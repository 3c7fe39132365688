"""The ACP-127 era: what is written is read again; what is damaged is told."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from reftel import sources, telegram
from reftel.cable import Cable
from reftel.telegram import acp127
from strategies import telegrams

APART = frozenset({"copy", "key", "spans", "span", "basis", "sent_basis"})


def read(text: str, name: str = "cable.txt") -> Cable:
    """Read one cable out of a text."""
    (copy,) = sources.copies(text.encode(), name)
    return telegram.read(copy)


def bare(value: Any) -> Any:
    """A record without what differs between two copies of a cable."""
    if isinstance(value, dict):
        return {name: bare(inner) for name, inner in value.items() if name not in APART}
    if isinstance(value, list | tuple):
        return [bare(inner) for inner in value]
    return value


def record(cable: Cable) -> dict[str, Any]:
    """A cable to compare with another: all but copy, key, spans, bases and page-line defects."""
    kept = tuple(defect for defect in cable.defects if defect.code != "page-line")
    fields: dict[str, Any] = bare(msgspec.to_builtins(msgspec.structs.replace(cable, defects=kept)))
    return fields


@settings(max_examples=150, deadline=None, derandomize=True)
@given(cable=telegrams)
def test_what_is_written_is_read_again(cable):
    """read(write(cable)) is the cable, but for its copy, key, spans, bases and page-line defects."""
    assert record(read(acp127.write(cable))) == record(cable)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(cable=telegrams)
def test_every_place_is_where_it_says(cable):
    """Spans slice what they are the place of, and no two paragraphs share a letter."""
    text = acp127.write(cable)
    found = read(text)
    cut = {
        pointer: " ".join(" ".join(text[a:b] for a, b in places).split())
        for pointer, places in found.spans.items()
    }
    assert cut["/subject"] == found.subject
    assert cut["/signature"] == found.signature
    assert cut["/to/0/name"] == "SECSTATE WASHDC"
    assert all(text[slice(*one.span)] == one.text for one in found.references)
    ends = [0]
    for paragraph in found.paragraphs:
        assert text[paragraph.spans[0][0] :].startswith(f"{paragraph.number}.")
        assert paragraph.spans[0][0] >= ends[-1]
        ends.append(paragraph.spans[-1][1])
        inside = "".join("".join(text[a:b].split()) for a, b in paragraph.spans)
        assert inside.endswith("".join(paragraph.text.split()))


HEADER = """\
C O N F I D E N T I A L ZENDA 000012

SIPDIS

E.O. 12958: DECL: 03/24/2015
TAGS: PREL RT
SUBJECT: THE KING
  IS AWAY

REF: STRELSAU 7

Classified By: Consul Fritz Tarlenheim, reasons 1.4 (b) and (d).

"""


def codes(cable: Cable) -> list[str]:
    """The codes of a cable's damage, in order."""
    return [defect.code for defect in cable.defects]


def test_a_page_line_inside_a_sentence():
    """The page line is taken out, the sentence is whole, and two fragments give it."""
    found = read(HEADER + "1. (C) The king left\n\nZENDA 00000012  002 OF 002\n\nFor Letinje.\n\nSAPT\n")
    (paragraph,) = found.paragraphs
    assert paragraph.text == "The king left For Letinje."
    assert len(paragraph.spans) == 2
    assert found.sections is not None
    assert found.sections.present == (1, 2)
    assert codes(found) == ["page-line", "year-inferred"]


@pytest.mark.parametrize(
    ("body", "numbers", "damage"),
    [
        ("1. (C) A.\n\n2. (C) B.\n\n3. (C) C.\n", [1, 2, 3], []),
        ("11. (C) A.\n\n12. (C) B.\n\n13. (C) C.\n", [1, 2, 3], ["number-repaired"] * 3),
        ("¶1. (C) A.\n\n¶2. (C) B.\n", [1, 2], []),  # the sign that the drafter wrote
        ("[1](#)1. (C) A.\n\n12. (C) B.\n", [1, 2], ["number-repaired"] * 2),
        ("1. (C) A.\n\n2. (C) B.\n\n4. (C) D.\n", [1, 2, 4], ["missing-paragraph"]),
        ("1. (C) A.\n\n2. (C) B.\n\n6. (C) F.\n", [1, 2, 6], ["missing-paragraph"]),
        ("2. (C) B.\n\n3. (C) C.\n", [2, 3], ["missing-paragraph"]),
        ("1. (C) A sum of\n24. It was paid.\n\n2. (C) B.\n", [1, 2], []),  # a wrapped number is no paragraph
        ("1. (C) A.\n2. (C) B.\n3. (C) C.\n", [1, 2, 3], []),  # no blank lines at all
    ],
)
def test_numbers_as_meant(body, numbers, damage):
    """Each number counts on from the one before; what is printed otherwise is repaired or a gap."""
    found = read(HEADER + body + "\nSAPT\n\nNNNN\n")
    assert [paragraph.number for paragraph in found.paragraphs] == numbers
    assert [code for code in codes(found) if code != "year-inferred"] == damage


def test_an_enclosure_numbers_anew():
    """Paragraphs of an enclosed text have anchors of their own."""
    body = "1. (C) The note:\n\n2. (C) Begin text:\n\n1. First.\n\n2. Second.\n\n3. (C) End text.\n\nSAPT\n"
    assert [p.anchor for p in read(HEADER + body).paragraphs] == ["1", "2", "enc1.1", "enc1.2", "3"]


def test_an_enclosure_right_behind_the_first_paragraph():
    """Numbers without marks, in a cable whose own have them, are those of an enclosed text."""
    body = "1. (C) A.\n\nBegin text:\n\n1. First.\n\n2. Second.\n\nEnd text.\n\n2. (C) B.\n\nSAPT\n"
    assert [p.anchor for p in read(HEADER + body).paragraphs] == ["1", "enc1.1", "enc1.2", "2"]


def test_the_line_that_begins_a_section():
    """A classification line with a section's number is no text and no heading, and tells of the section."""
    text = HEADER.replace("L ZENDA", "L SECTION 01 OF 03 ZENDA")
    line = "C O N F I D E N T I A L SECTION 02 OF 03 ZENDA 000012"
    found = read(f"{text}1. (C) A.\n\n{line}\n\n2. (C) B.\n\nSAPT\n")
    assert [(p.text, p.heading) for p in found.paragraphs] == [("A.", None), ("B.", None)]
    assert found.sections is not None
    assert (found.sections.present, found.sections.of) == ((1, 2), 3)
    assert codes(found) == ["page-line", "year-inferred", "missing-section"]


@pytest.mark.parametrize("blank", ["\xa0", "\t", "\u202f"])
def test_blanks_of_every_kind(blank):
    """A blank is a blank; places stay those of the text as it is."""
    text = (HEADER + "1. (C) The king left.\n\nSAPT\n").replace(" ", blank)
    found = read(text)
    assert (found.classification, found.subject) == ("CONFIDENTIAL", "THE KING IS AWAY")
    assert found.paragraphs[0].text == "The king left."
    assert text[slice(*found.spans["/signature"][0])] == "SAPT"


@pytest.mark.parametrize("change", [str.upper, str.lower, lambda text: text.replace("\n", "\r\n")])
def test_capitals_and_line_ends(change):
    """A copy in one case, or with the line ends of another system, is read alike."""
    found = read(change(HEADER + "1. (C) The king left.\n\n2. (C) He came.\n\nSAPT\n"))
    assert (found.classification, found.captions, found.tags) == ("CONFIDENTIAL", ("SIPDIS",), ("PREL", "RT"))
    assert [p.number for p in found.paragraphs] == [1, 2]
    assert found.references[0].id == "2005STRELSAU7"


def test_text_without_numbers():
    """A telegram of one paragraph is not numbered; it has an address all the same."""
    found = read(HEADER + "The king left for Letinje.\n\nSAPT\n")
    (paragraph,) = found.paragraphs
    assert (paragraph.number, paragraph.anchor, paragraph.text) == (None, "0", "The king left for Letinje.")
    assert found.signature == "SAPT"


def test_the_relay_contradicts_the_cable():
    """Serial, day and security line are checked against number, date and classification."""
    relay = (
        "DE RUEHZN #0013/01 0440516\nZNR UUUUU ZZH\nO 120516Z FEB 09\nFM AMCONSUL ZENDA\nTO SECSTATE WASHDC\n"
    )
    found = read(relay + HEADER + "1. (C) A.\n\nSAPT\n")
    assert codes(found) == ["serial-disagrees", "date-disagrees", "security-disagrees"]


def test_a_comment_inside_a_paragraph():
    """A comment in parentheses ends where it closes, with an end mark or without."""
    body = "1. (C) He left. (Comment: He (the king) will be back.) He took a train. (Note: Late. End note.)\n"
    (paragraph,) = read(HEADER + body + "\nSAPT\n").paragraphs
    assert [(part.voice, part.text) for part in paragraph.parts] == [
        ("report", "He left."),
        ("comment", "(Comment: He (the king) will be back.)"),
        ("report", "He took a train."),
        ("note", "(Note: Late. End note.)"),
    ]


def test_markup_in_a_cable_is_only_text():
    """Nothing is taken out of a text that looks like markup."""
    found = read(HEADER + "1. (C) <script>alert('x')</script> & \"more\".\n\nSAPT\n")
    assert found.paragraphs[0].text == "<script>alert('x')</script> & \"more\"."


@pytest.mark.parametrize(
    "text",
    [
        HEADER,  # a header and no body
        "SUBJECT: X\nTAGS: PREL\n",
        HEADER.replace("03/24/2015", "02/30/2015") + "1. (?) A.",
        HEADER + "1.\n\n2. (C)\n\n3. (\n",
        "UNCLAS ZENDA 1",
        HEADER + "(((((" * 50 + "1. (C) COMMENT: " * 50,
    ],
)
def test_half_a_cable_is_read(text):
    """Reading never raises: what is missing is a defect."""
    assert read(text).defects


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ("1. (U) A.\n\n2. (U) B.\n\n2. (S) C.\n", [("U", "A."), ("U", "B."), ("S", "2. (S) C.")]),
        ("1. (U) A.\n\n(S) B.\n\n2 (S) C.\n", [("U", "A."), ("S", "(S) B."), ("S", "2 (S) C.")]),
        ("1. (U) A.\n\n80. (S) B.\n", [("U", "A."), ("S", "80. (S) B.")]),
        ("1. (U) A:\n\n-- (S) B.\n-- (U) C.\n", [("U", "A:"), ("S", "-- (S) B."), ("U", "-- (U) C.")]),
        ("1. (U) Summary. (S) B. End summary.\n", [("U", "Summary."), ("S", "(S) B. End summary.")]),
    ],
)
def test_a_mark_inside_a_paragraph_is_not_lost(body, parts):
    """What has a mark of its own is a part of its own, whatever became of its number."""
    found = read(HEADER + body + "\nSAPT\n")
    assert [(part.marking, part.text) for p in found.paragraphs for part in p.parts] == parts


@pytest.mark.parametrize(
    ("line", "handling", "captions"),
    [
        ("S E C R E T NOFORN ZENDA 000012", ("NOFORN",), ("SIPDIS",)),
        ("S E C R E T EXDIS ZENDA 000012", (), ("EXDIS", "SIPDIS")),
        ("S E C R E T ZENDA 000012 NOFORN SIPDIS", ("NOFORN",), ("SIPDIS",)),
        ("S E C R E T//NOFORN SECTION 01 OF 01 ZENDA 000012", ("NOFORN",), ("SIPDIS",)),
        ("S E C R E T ZENDA 000012\n\nEXDIS - NOFORN", ("NOFORN",), ("EXDIS", "SIPDIS")),
        ("S E C R E T ZENDA 000012\n\nSTATE FOR EUR\nNOFORN", ("NOFORN",), ("SIPDIS",)),
        ("S E C R E T ZENDA 000012\n\nEYES ONLY FOR SAPT", (), ("EYES ONLY FOR SAPT", "SIPDIS")),
    ],
)
def test_what_binds_the_reader_is_read_wherever_it_stands(line, handling, captions):
    """Handling words and captions beside the classification, and on lines of their own or with others."""
    found = read(HEADER.replace("C O N F I D E N T I A L ZENDA 000012", line) + "1. (C) A.\n\nSAPT\n")
    assert (found.classification, found.handling, found.captions) == ("SECRET", handling, captions)
    assert (found.mrn.station, found.mrn.serial, found.subject) == ("ZENDA", 12, "THE KING IS AWAY")


@pytest.mark.parametrize("line", ["SUBJECT: THE KING\nNOFORN", "SUBJECT: THE KING\n\nREF: ROME 7\nNOFORN"])
def test_a_handling_word_ends_what_it_stands_behind(line):
    """NOFORN is never a word of the subject, nor a document that is cited."""
    found = read(HEADER.replace("SUBJECT: THE KING\n  IS AWAY", line) + "1. (C) A.\n\nSAPT\n")
    assert (found.subject, found.handling) == ("THE KING", ("NOFORN",))
    assert {one.kind for one in found.references} == {"telegram"}


def test_a_subject_is_not_read_twice():
    """Prose that begins with the word is prose."""
    found = read(
        "UNCLAS ZENDA 000012\n\nTAGS: PREL\nSUBJECT: OIL\n\nSubject of the talks was coal.\n\nSAPT\n"
    )
    assert (found.subject, found.paragraphs[0].text) == ("OIL", "Subject of the talks was coal.")


@pytest.mark.parametrize(
    "tail",
    ["SAPT\nBT\n#0253\nNNNN", "SAPT\n\nSIPDIS\n", "SAPT##", "SAPT\n\nNOTE BY OC/T: LATE.\n", "SAPT\n\x03"],
)
def test_what_stands_behind_a_signature(tail):
    """End marks, captions and notes of the relay are not the signer's."""
    assert read(HEADER + "1. (C) He left.\n\n" + tail).signature == "SAPT"


def test_paragraphs_without_blank_lines_or_marks():
    """Numbers that count on behind a full stop begin paragraphs; indented ones too."""
    found = read(HEADER + "    1. HE CAME.\n    2. HE LEFT.\n3. HE SLEPT.\n\nSAPT\n")
    assert [p.text for p in found.paragraphs] == ["HE CAME.", "HE LEFT.", "HE SLEPT."]


def test_reasons_are_only_what_is_named():
    """Letters of other words are no reasons."""
    found = read(HEADER.replace("1.4 (b) and (d).", "1.4(b, d) of E.O. 12958") + "1. (C) A.\n\nSAPT\n")
    assert found.authority is not None
    assert found.authority.reasons == ("1.4(b)", "1.4(d)")
