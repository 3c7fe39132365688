"""The archiving system of 1973-79: what is written is read again, every kind of line; damage is told."""

import msgspec
import pytest
from hypothesis import given, settings

from reftel import sources, telegram
from reftel.cable import Cable, Defect, Drafting, Hand, Office
from reftel.telegram import sas
from reftel.telegram.common import authority, distribution, drafting
from reftel.telegram.common.faircopy import FairCopy
from reftel.telegram.common.header import lines
from reftel.telegram.common.mending import label_as_meant
from strategies import archived_telegrams
from test_acp127 import codes, read, record

TOP = """\
CONFIDENTIAL

PAGE 01        ZENDA  06049  132315Z
ACTION EUR-15

INFO  OCT-01  ADS-00  /016 W
                    ------------------072524  132316Z /11
O R 132225Z JUL 79 ZFF4
FM AMEMBASSY ZENDA
TO SECSTATE WASHDC IMMEDIATE 7251
INFO AMEMBASSY STRELSAU
"""
BLOCK = """
C O N F I D E N T I A L ZENDA 6049

EXDIS

E.O. 12065: GDS 7/2/85 (SAPT, HUGO V.) OR-M
TAGS: OVIP (ELPHBERG, RUDOLF), PFOR
SUBJECT: THE KING'S JOURNEY

REF: (A) STRELSAU 207, (B) STATE 12

"""
FOOT = """

CONFIDENTIAL




NNN

"""
PAGE = """CONFIDENTIAL

CONFIDENTIAL

PAGE 02        ZENDA  06049  132315Z

"""


def whole(body: str, top: str = TOP, block: str = BLOCK) -> Cable:
    """The cable in a specimen whose text is `body`."""
    return read(top + block + body + FOOT)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(cable=archived_telegrams)
def test_what_is_written_is_read_again(cable):
    """read(write(cable)) is the cable, but for its copy, key, spans, bases and page-line defects."""
    assert record(read(sas.write(cable))) == record(cable)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(cable=archived_telegrams)
def test_sections_of_a_given_length(cable):
    """However it is cut, the text is the same, and no section is missing."""
    cut = read(sas.write(cable, length=30))
    texts = [(paragraph.number, paragraph.text) for paragraph in cut.paragraphs]
    assert texts == [(paragraph.number, paragraph.text) for paragraph in cable.paragraphs]
    assert cut.sections is None or cut.sections.present == tuple(range(1, cut.sections.of + 1))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(cable=archived_telegrams)
def test_every_place_is_where_it_says(cable):
    """Spans slice what they are the place of, over page and section breaks too."""
    text = sas.write(cable)
    found = read(text)
    cut = {
        pointer: " ".join(" ".join(text[a:b] for a, b in places).split())
        for pointer, places in found.spans.items()
    }
    assert cut["/subject"] == found.subject
    assert cut["/signature"] == found.signature
    assert cut["/from/name"] == found.from_.name
    assert found.distribution is not None
    assert cut["/distribution/total"] == f"{found.distribution.total:03d}"
    assert [int(cut[f"/distribution/info/{n}"][-2:]) for n in range(len(found.distribution.info))] == [
        office.copies for office in found.distribution.info
    ]
    assert [cut[f"/tags_persons/{n}"] for n in range(len(found.tags_persons))] == list(found.tags_persons)
    assert all(text[slice(*one.span)] == one.text for one in found.references)
    end = 0
    for paragraph in found.paragraphs:
        assert paragraph.spans[0][0] >= end
        end = paragraph.spans[-1][1]
        inside = "".join("".join(text[a:b].split()) for a, b in paragraph.spans)
        assert inside.endswith("".join(paragraph.text.split()))
        assert "PAGE" not in inside


def test_every_line_of_the_head():
    """Distribution, signals, addressees, authority, persons: each in its field."""
    found = whole("1. THE KING LEFT.\nSAPT\n")
    assert found.id == "1979ZENDA6049"
    assert found.era == "sas"
    assert found.sent == "1979-07-13T22:25Z"
    assert found.precedence == ("IMMEDIATE", "ROUTINE")
    assert found.operating_signals == ("ZFF4",)
    assert found.distribution is not None
    assert found.distribution.direction == "incoming"
    assert found.distribution.action == (Office("EUR", 15),)
    assert found.distribution.info == (Office("OCT", 1), Office("ADS", 0))
    assert [one.name for one in (*found.to, *found.info)] == ["SECSTATE WASHDC", "AMEMBASSY STRELSAU"]
    assert found.captions == ("EXDIS",)
    assert found.tags == ("OVIP", "PFOR")
    assert found.tags_persons == ("ELPHBERG, RUDOLF",)
    assert [one.id for one in found.references] == ["1979STRELSAU207", "1979STATE12"]
    assert found.signature == "SAPT"
    assert codes(found) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("E.O. 11652: GDS", ("11652", "GDS", (), None, None, None)),
        ("E.O. 11652: XGDS-2", ("11652", "XGDS", ("2",), None, None, None)),
        ("E.O. 11652: ADS, DECLAS 12/31/79", ("11652", "ADS", (), "1979-12-31", None, None)),
        ("E.O. 11652: ADS DECEMBER 31, 1979", ("11652", "ADS", (), "1979-12-31", None, None)),
        ("E.O. 11652: ADS, DECLAS UPON SIGNATURE", ("11652", "ADS", (), None, "UPON SIGNATURE", None)),
        ("E.O. 11652: N/A", ("11652", None, (), None, None, None)),
        ("E.O. 11652: N:A", ("11652", None, (), None, None, None)),
        ("EO 12065: NA", ("12065", None, (), None, None, None)),
        ("E.OM 11652: GDS", ("11652", "GDS", (), None, None, None)),
        ("E.O. XGDS", (None, "XGDS", (), None, None, None)),
        ("E.O. 12065: GDS, 12/26/85 (HELSING, E.)", ("12065", "GDS", (), "1985-12-26", None, "HELSING, E.")),
        ("E.O. 12065: GDS 1-8-85 (SAPT, H.) OR-E", ("12065", "GDS", (), "1985-01-08", None, "SAPT, H.")),
        (
            "E.O. 12065: RDS-4 6/5/99 (SAPT, H.) OR-M",
            ("12065", "RDS", ("4",), "1999-06-05", None, "SAPT, H."),
        ),
        ("E.O. 12065: XDS-1 10/6/99", ("12065", "XDS", ("1",), "1999-10-06", None, None)),
        ("E.O. 12356: DECL: OADR", ("12356", "OADR", ("OADR",), None, None, None)),
    ],
)
def test_every_form_of_the_order_line(line, expected):
    """Order, schedule, exemption, date, event and classifier, each with its place."""
    found = authority.read_line(line)
    one = found.authority
    assert (
        one.order,
        one.schedule,
        one.exemptions,
        one.declassify_on,
        one.declassify_event,
        one.name,
    ) == expected
    for field, places in found.places:
        value = " ".join(line[a:b] for a, b in places)
        if field == "exemptions":
            assert all(code in value for code in one.exemptions)
        else:
            assert field == "declassify_on" or value == getattr(one, field)


def test_copies_that_do_not_add_up():
    """The total of the distribution lines is a checksum."""
    found = whole("1. THE KING LEFT.\nSAPT\n", TOP.replace("/016 W", "/017 W"))
    assert codes(found) == ["copy-count"]


@pytest.mark.parametrize(
    ("printed", "codes_and_copies", "total"),
    [
        ("ACTION EUR-15\n\nINFO  OCT-01  ADS-00\n\n      L-03  /019 W", 19, 19),
        ("ORIGIN SS-10\n \nINFO  OCT-00\n      /010 R", 10, 10),
        ("ACTION EB-11 EUR-04\nINFO  OCT-01  ( ISO ) W", 16, None),
        ("ACTION SS-30\n", 30, None),
    ],
)
def test_distribution_lines(printed, codes_and_copies, total):
    """Over several lines, with blank ones between; a total that was not printed is null."""
    found = distribution.read(lines(printed, 0, len(printed)), 0)
    assert found is not None
    assert distribution.copies(found.distribution) == codes_and_copies
    assert found.distribution.total == total
    assert not found.defects


def test_the_drafting_block():
    """Who drafted, approved and cleared it, with notes, and who shall get it."""
    printed = (
        "DRAFTED BY EUR/NCE - FTARLENHEIM:LEE\nAPPROVED BY EUR:SAPT\nNSC:RHELSING (INFO)\n"
        "S/S;BERSONIN\nDESIRED DISTRIBUTION\nPM, EUR ONLY"
    )
    found = drafting.read(lines(printed, 0, len(printed)))
    assert found.drafting == Drafting(
        Hand("EUR/NCE - FTARLENHEIM:LEE", "EUR/NCE", "FTARLENHEIM"),
        Hand("EUR:SAPT", "EUR", "SAPT"),
        cleared_by=(
            Hand("NSC:RHELSING (INFO)", "NSC", "RHELSING", "INFO"),
            Hand("S/S;BERSONIN", "S/S", "BERSONIN"),
        ),
        desired_distribution="PM, EUR ONLY",
    )
    assert [printed[a:b] for ((a, b),) in found.spans.values()][-1] == "PM, EUR ONLY"


def test_a_page_break_inside_a_sentence():
    """Banners, page line and the blank line below are cut out; two fragments give the paragraph."""
    found = whole(
        f"1. THE KING AND THE COUSIN OF THE KING LEFT BY TRAIN\n{PAGE}FOR LETINJE.\n\n2. HE WENT.\nSAPT\n"
    )
    assert [paragraph.text for paragraph in found.paragraphs] == [
        "THE KING AND THE COUSIN OF THE KING LEFT BY TRAIN FOR LETINJE.",
        "HE WENT.",
    ]
    assert [len(paragraph.spans) for paragraph in found.paragraphs] == [2, 1]
    assert codes(found) == ["page-line"]


def test_a_page_break_inside_the_header():
    """A REF block goes on over a page line."""
    block = BLOCK.replace("(B) STATE 12\n", f"\n{PAGE}(B) STATE 12\n")
    found = whole("1. THE KING LEFT.\nSAPT\n", block=block)
    assert [one.letter for one in found.references] == ["A", "B"]
    assert [paragraph.text for paragraph in found.paragraphs] == ["THE KING LEFT."]


def section(number: int, of: int, body: str, sign: str = "") -> str:
    """One section as its own transmission; the header block in the first alone."""
    top = TOP.replace("132315Z", f"{number:02d} OF {of:02d}  132315Z")
    block = BLOCK if number == 1 else "\nC O N F I D E N T I A L ZENDA 6049\n\nEXDIS\n\n"
    block = block.replace("L ZENDA 6049", f"L SECTION {number} OF {of} ZENDA 6049")
    return f"{top}{block}{body}\n{sign}{FOOT}"


def test_sections_are_put_together():
    """Two transmissions give one text; the signature below each is one; a sentence goes on."""
    one = section(1, 2, "1. THE KING\nAND THE COUSIN OF THE KING LEFT FOR LETINJE BECAUSE OF", "SAPT\n")
    two = section(2, 2, "THE RAILWAY.\n\n2. HE WILL RETURN.", "SAPT\n")
    found = read(one + two)
    assert [(paragraph.number, paragraph.text) for paragraph in found.paragraphs] == [
        (1, "THE KING AND THE COUSIN OF THE KING LEFT FOR LETINJE BECAUSE OF THE RAILWAY."),
        (2, "HE WILL RETURN."),
    ]
    assert found.sections is not None
    assert found.sections.present == (1, 2)
    assert found.signature == "SAPT"
    assert codes(found) == ["page-line"]


def test_a_section_that_is_missing():
    """What this copy lacks is told, and what stands in it is read."""
    found = read(section(2, 3, "4. HE WILL RETURN.", "SAPT\n"))
    assert found.sections is not None
    assert (found.sections.present, found.sections.of) == ((2,), 3)
    assert "missing-section" in codes(found)
    assert [paragraph.number for paragraph in found.paragraphs] == [4]


def test_a_section_that_stands_twice():
    """The second is left out, page by page."""
    one, two = section(1, 2, "1. THE KING LEFT."), section(2, 2, "2. HE WILL RETURN.", "SAPT\n")
    again = two.replace("132315Z", "132315Z   POSS DUPE").replace("RETURN.", f"RETURN\n{PAGE}SOON.")
    found = read(one + two + again)
    assert [paragraph.text for paragraph in found.paragraphs] == ["THE KING LEFT.", "HE WILL RETURN."]
    assert codes(found) == ["repeated-section", "page-line"]


def test_another_distribution_further_on():
    """The record holds the first section's distribution; another one further on is told."""
    two = section(2, 2, "2. HE WILL RETURN.", "SAPT\n").replace("OCT-01", "OCT-02").replace("/016", "/017")
    found = read(section(1, 2, "1. THE KING LEFT.") + two)
    assert found.distribution is not None
    assert found.distribution.total == 16
    assert "distribution-disagrees" in codes(found)


@pytest.mark.parametrize(
    ("was", "now", "damage"),
    [
        ("L ZENDA 6049", "L ZENDA 6094", ["serial-disagrees"]),
        ("132315Z\n", "132315Z   POSS DUPE\n", ["possible-duplicate"]),
        ("C O N F I D E N T I A L ZENDA", "C O N F I D E N S I A L ZENDA", []),
        ("C O N F I D E N T I A L ZENDA", "C $ N F # D * N S I & L ZENDA", ["missing-classification"]),
        ("C O N F I D E N T I A L ZENDA 6049", "CONFIDENTIAL 6049", []),
        ("ZENDA 6049\n", "ZENDA 6049/1\n", []),
        ("TAGS:", "TAOS:", []),
        ("SUBJECT:", "USBJ:", []),
        ("E.O. 12065:", "EMO. 12065:", []),
        ("E.O. 12065:", "E.O. 12)65:", []),
        ("E.O. 12065:", "E.O. 11)065:", []),
        ("132225Z JUL", "132225 Z JUL", []),
    ],
)
def test_damaged_lines(was, now, damage):
    """A line that is damaged is read as meant, or the damage is told; all else is read as ever."""
    body = "1. THE KING LEFT.\nSAPT\n"
    text = TOP + BLOCK + body + FOOT
    assert was in text
    found = read(text.replace(was, now, 1))
    sound = whole(body)
    assert codes(found) == damage
    for field in ("id", "sent", "classification", "captions", "tags", "subject", "to", "info", "paragraphs"):
        ours, theirs = (msgspec.to_builtins(getattr(one, field)) for one in (found, sound))
        assert str(ours).count("THE KING") == str(theirs).count("THE KING")
        assert field == "paragraphs" or ours == theirs
    assert found.authority is not None
    assert found.authority.schedule == "GDS"


def test_a_telegram_of_one_paragraph():
    """A single paragraph is not numbered; what asks to pass it on stands below the subject."""
    block = BLOCK.replace("REF: (A) STRELSAU 207, (B) STATE 12\n", "ZENDA FOR AGATT\n\nREF: STATE 12\n")
    found = whole("THE KING LEFT FOR LETINJE AND ASKED THAT HIS COUSIN BE TOLD.\nSAPT\n", block=block)
    (paragraph,) = found.paragraphs
    assert (paragraph.number, paragraph.anchor) == (None, "0")
    assert paragraph.text == "THE KING LEFT FOR LETINJE AND ASKED THAT HIS COUSIN BE TOLD."
    assert found.passing == ("ZENDA FOR AGATT",)
    assert [one.id for one in found.references] == ["1979STATE12"]


@pytest.mark.parametrize(
    ("was", "now", "ids"),
    [
        (
            "REF: (A) STRELSAU 207, (B) STATE 12\n",
            "A. STRELSAU 207\nB. STATE 12\n",
            ["1979STRELSAU207", "1979STATE12"],
        ),
        (
            "REF: (A) STRELSAU 207, (B) STATE 12\n",
            "REFS: 1. STRELSAU 207\n    2. STATE 12\n",
            ["1979STRELSAU207", "1979STATE12"],
        ),
        (
            "(B) STATE 12\n",
            "(B) STATE 12;\n\nDEPARTMENT PASS OPIC\n",
            ["1979STRELSAU207", "1979STATE12"],
        ),
    ],
)
def test_references_without_a_label_or_with_numbers(was, now, ids):
    """Lettered lines below the subject, and a numbered list, are references; a passing line below is none."""
    assert was in BLOCK
    found = whole("1. THE KING LEFT.\nSAPT\n", block=BLOCK.replace(was, now))
    assert [one.id for one in found.references] == ids
    assert [paragraph.text for paragraph in found.paragraphs] == ["THE KING LEFT."]
    assert found.passing == (("DEPARTMENT PASS OPIC",) if "PASS" in now else ())


def test_a_damaged_letter_and_a_letter_that_is_no_caption():
    """The parenthesis behind a reference's letter is told; one letter alone on a line is nothing."""
    block = BLOCK.replace("(A) STRELSAU", "(AL STRELSAU").replace("OR-M\n", "OR-M\nG\n")
    found = whole("1. THE KING LEFT.\nSAPT\n", block=block)
    assert (found.references[0].letter, found.references[0].id) == ("A", "1979STRELSAU207")
    assert found.captions == ("EXDIS",)
    assert codes(found) == ["letter-repaired"]


def test_a_subject_in_quotation_marks():
    """They end it: what stands below is text."""
    block = BLOCK.replace("SUBJECT: THE KING'S JOURNEY\n\nREF: (A) STRELSAU 207, (B) STATE 12\n\n", "")
    block += 'SUBJECT: "THE KING\'S JOURNEY"\n'
    found = whole("RECOMMENDED: FRITZ VON TARLENHEIM.\nSAPT\n", block=block)
    assert found.subject == '"THE KING\'S JOURNEY"'
    assert [paragraph.text for paragraph in found.paragraphs] == ["RECOMMENDED: FRITZ VON TARLENHEIM."]


def test_no_number_yet():
    """`0000` stands where the addressee's number was to be filled in."""
    found = whole("1. THE KING LEFT.\nSAPT\n", TOP.replace("7251", "0000"))
    assert [one.number for one in found.to] == [None]


def test_sentences_that_were_cut():
    """A blank line behind a full line that ends no sentence is taken out; one behind a heading is not."""
    full = "1. THE KING LEFT STRELSAU AT NOON AND WAS EXPECTED IN ZENDA"
    found = whole(f"{full}\n \nBEFORE THE NIGHT FELL.\n\nWHAT NEXT\n\n2. HE WENT.\nSAPT\n")
    assert found.paragraphs[0].text == f"{full[3:]} BEFORE THE NIGHT FELL."
    assert found.paragraphs[1].heading == "WHAT NEXT"
    assert codes(found) == ["rejoined-sentence"]
    table = "1. HORSES  11    12    13    14    15    16    17  AND MORE OF THEM"
    assert "rejoined-sentence" not in codes(whole(f"{table}\n\nCOWS AND SHEEP, SHEEP.\nSAPT\n"))


def test_words_that_were_cut():
    """A line of 69 signs went on with a scrap of its last word: no blank stands between."""
    line = "1. THE KING LEFT STRELSAU".ljust(60, "E") + " AT NOON O"
    found = whole(f"{line[:69]}\nN FOOT\nAND ALONE.\nSAPT\n")
    assert found.paragraphs[0].text == f"{line[3:69]}N FOOT AND ALONE."
    assert codes(found) == []


def test_no_blank_line_between_reference_and_text():
    """SUMMARY and full lines end the REF block; its own items and wraps do not."""
    block = BLOCK.rstrip("\n").replace("(B) STATE 12", "\n(B) STATE 12 (NOTAL)\nSAPT-HELSING TELECON MARCH 9")
    found = whole("\nSUMMARY: THE KING LEFT. END SUMMARY.\n1. HE WENT.\nSAPT\n", block=block)
    assert [one.kind for one in found.references][:2] == ["telegram", "telegram"]
    assert [paragraph.text for paragraph in found.paragraphs] == [
        "SUMMARY: THE KING LEFT. END SUMMARY.",
        "HE WENT.",
    ]
    assert found.paragraphs[0].voice == "summary"


@pytest.mark.parametrize(
    "end",
    ["\nSAPT", "  SAPT", ".\nSAPT\nNOTE BY OC/T: PASSED TO ABOVE ADDRESSEE.", "\n\nDE LA CRUZ"],
)
def test_signatures(end):
    """Below the text, behind its last sentence, above a note of the communications centre."""
    found = whole(f"1. THE KING LEFT.{end}\n")
    assert found.signature in ("SAPT", "DE LA CRUZ")
    assert found.paragraphs[0].text.rstrip(".") == "THE KING LEFT"


@pytest.mark.parametrize("last", ["NNN", "NNNN", "<< END OF DOCUMENT >>", "NNNNMAFVVZCZ"])
def test_end_marks(last):
    """No end mark is text, nor a banner with a sign wrong above it."""
    foot = FOOT.replace("NNN", last).replace("CONFIDENTIAL", "CONFID*NTIAL")
    found = read(f"{TOP}{BLOCK}1. THE KING LEFT.\nSAPT\n{foot}")
    assert found.signature == "SAPT"
    assert codes(found) == []


@pytest.mark.parametrize(
    ("damaged", "meant"),
    [
        ("USBJ: X", "SUBJ: X"),
        ("XIBJ: X", "SUBJ: X"),
        ("TGAS: PFOR", "TAGS: PFOR"),
        ("EMO. 11652: GDS", "E.O. 11652: GDS"),
        ("PASS: STATE", "PASS: STATE"),
        ("TEXT: A", "TEXT: A"),
        ("THE KING", "THE KING"),
        ("", ""),
    ],
)
def test_labels_as_meant(damaged, meant):
    """A damaged label is mended in its place; other words are left."""
    assert label_as_meant(damaged) == meant


def test_a_fair_copy_knows_its_places():
    """Cuts of cuts: every place is told in the copy, in fragments that leave out what was cut."""
    copy = "AA\nxx\nBB\nyy\nCC\n"
    fair = FairCopy(copy, 0, len(copy), [(3, 6)]).without([(6, 9)])
    assert fair.text == "AA\nBB\nCC\n"
    assert fair.spans([(0, 8)]) == ((0, 2), (6, 8), (12, 14))
    assert [copy[slice(*fair.span((at, at + 2)))] for at in (0, 3, 6)] == ["AA", "BB", "CC"]


@pytest.mark.parametrize("lost", range(0, len(TOP + BLOCK) + 60, 7))
def test_half_a_telegram_is_read(lost):
    """Cut anywhere, at either end, a telegram gives a record; nothing is raised."""
    text = TOP + BLOCK + "1. THE KING LEFT.\n" + PAGE + "2. HE WENT.\nSAPT\n" + FOOT
    for piece in (text[lost:], text[:-lost] if lost else text):
        for copy in sources.SOURCES[-1].copies(piece.encode(), piece, "half.txt", "0" * 64):
            found = telegram.read(copy)
            assert all(isinstance(defect, Defect) for defect in found.defects)
            assert all(0 <= a <= b <= len(piece) for places in found.spans.values() for a, b in places)
