"""The National Archives' packaging: invented documents, and 300 real ones that the project does not hold."""

import gzip
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from reftel import sources, telegram
from reftel.cable import Cable, Copy, Release
from reftel.telegram.common.distribution import copies
from test_acp127 import codes

STAMP = " Declassified/Released US Department of State EO Systematic Review 30 JUN 2005 \n"
SIGNED = (
    " \tFritz Sapt  \tDeclassified/Released  \tUS Department of State \tEO Systematic Review \t20 Mar 2014\n"
)
TEXT = """\
CONFIDENTIAL

PAGE 01  ZENDA 00080  051326Z

50
ACTION PM-03

INFO  OCT-01  SS-14  /018 W
                       ---------------------     025739
R 041937Z JAN 74
FM AMEMBASSY ZENDA
TO SECSTATE WASHDC 1871

C O N F I D E N T I A L ZENDA 0080

LIMDIS

E.O. 11652: GDS 1/4/80
TAGS: MASS BL
SUBJ: PATROL CRAFT FOR THE KING

1. THE KING WAS TOLD THAT HIS PATROL CRAFT ARE ON THE LAKE AND
"""
REST = """\
WILL BE PAINTED BLUE.
SAPT


CONFIDENTIAL




NNN

"""
ATTRIBUTES = """\
Message Attributes
Automatic Decaptioning: Z
Current Classification: UNCLASSIFIED
Concepts: n/a
Draft Date: 04 JAN 1974
Decaption Date: 01 JAN 1960
Document Number: 1974ZENDA00080
Drafter: n/a
Executive Order: GS
From: ZENDA
Locator: TEXT ON-LINE
Office: ACTION PM
Original Classification: CONFIDENTIAL
Original Handling Restrictions: LIMDIS
Reference: n/a
Review Markings:

Declassified/Released
30 JUN 2005

Review Transfer Date:
Subject: PATROL CRAFT FOR  THE KING
TAGS: MASS, BL, US, (ELPHBERG, RUDOLF)
To: STATE     STRELSAU
Type: TE
"""
DOCUMENT = f"{STAMP}{STAMP}Message Text\n \n{TEXT}\n{STAMP}{STAMP}{REST}\n{STAMP}{STAMP}{ATTRIBUTES}"


def unpack(text: str) -> Copy:
    """The one copy in a document."""
    (copy,) = sources.copies(text.encode(), "1974ZENDA00080.txt")
    return copy


def test_the_attributes_are_the_catalogue():
    """Each has its key as printed; what is empty, n/a or of 1 January 1960 is left out."""
    copy = unpack(DOCUMENT)
    said = copy.catalogue
    assert copy.source == "aad"
    assert said is not None
    assert (said.id, said.created) == ("1974ZENDA00080", "1974-01-04")
    assert (said.classification, said.from_) == ("CONFIDENTIAL", "ZENDA")
    assert said.title == "PATROL CRAFT FOR THE KING"
    assert said.to == ("STATE", "STRELSAU")
    assert said.tags == ("MASS", "BL", "US", "(ELPHBERG, RUDOLF)")
    assert said.attributes["Review Markings"] == "Declassified/Released\n30 JUN 2005"
    assert not said.attributes.keys() & {"Concepts", "Decaption Date", "Drafter", "Reference"}


@pytest.mark.parametrize(
    ("document", "release"),
    [
        (
            DOCUMENT,
            Release(
                "released",
                "UNCLASSIFIED",
                "US Department of State EO Systematic Review",
                "2005-06-30",
                "attributes",
            ),
        ),
        (
            DOCUMENT.replace(STAMP, SIGNED),
            Release(
                "released",
                "UNCLASSIFIED",
                "Fritz Sapt, US Department of State EO Systematic Review",
                "2014-03-20",
                "attributes",
            ),
        ),
        (
            DOCUMENT[: DOCUMENT.index("Message Attributes")],
            Release("released", None, "US Department of State EO Systematic Review", "2005-06-30", "stamp"),
        ),
        (DOCUMENT.replace(STAMP, ""), Release("unknown", "UNCLASSIFIED", basis="attributes")),
        (f"Message Text\n{TEXT}{REST}", Release()),
    ],
)
def test_what_has_been_released(document, release):
    """Stamps and attributes say it; what was marked when sent is another fact."""
    cable = telegram.read(unpack(document))
    assert cable.release == release
    assert cable.classification == "CONFIDENTIAL"
    assert cable.era == "sas"


def test_a_stamp_inside_a_paragraph():
    """Stamps are the packaging's: they are cut out, and are no damage."""
    copy = unpack(DOCUMENT)
    cable = telegram.read(copy)
    (paragraph,) = cable.paragraphs
    said = "THE KING WAS TOLD THAT HIS PATROL CRAFT ARE ON THE LAKE AND WILL BE PAINTED BLUE."
    assert paragraph.text == said
    assert len(paragraph.spans) == 2
    assert all("Declassified" in copy.text[slice(*stamp)] for stamp in copy.stamps)
    assert cable.id == "1974ZENDA80"
    assert cable.aliases == ("1974ZENDA00080", "74ZENDA80")
    assert codes(cable) == ["catalogue-disagrees"]  # the analysts' US


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("Original Classification: CONFIDENTIAL", "Original Classification: SECRET"),
        ("Draft Date: 04 JAN 1974", "Draft Date: 14 JAN 1974"),
        ("From: ZENDA", "From: STRELSAU"),
        ("Restrictions: LIMDIS", "Restrictions: EXDIS"),
        ("Subject: PATROL", "Subject: CONTROL"),
        ("Executive Order: GS", "Executive Order: GS 19800105 SAPT, H"),
        ("Number: 1974ZENDA00080", "Number: 1974ZENDA00081"),
    ],
)
def test_where_text_and_catalogue_disagree(was, now):
    """Both are kept, and a defect says so."""
    document = DOCUMENT.replace("MASS, BL, US", "MASS, BL")
    assert codes(telegram.read(unpack(document))) == []
    cable = telegram.read(unpack(document.replace(was, now)))
    assert codes(cable) == ["catalogue-disagrees"]
    assert cable.mrn.serial == 80
    assert cable.subject == "PATROL CRAFT FOR THE KING"


def test_a_document_without_text():
    """What was never converted is known by its catalogue, and a defect says so; the text's lines are null."""
    bare = f"{STAMP}{STAMP}{ATTRIBUTES}".replace("Reference: n/a", "Reference: STATE 812")
    cable = telegram.read(unpack(bare))
    assert cable.id == "1974ZENDA80"
    assert cable.sent == "1974-01-04"
    assert cable.sent_basis == "catalogue"
    assert cable.classification == "CONFIDENTIAL"
    assert cable.subject == "PATROL CRAFT FOR THE KING"
    assert cable.tags == ("MASS", "BL", "US")
    assert bare[slice(*cable.spans["/subject"][0])].split() == cable.subject.split()
    assert (cable.to, cable.references, cable.distribution) == ((), (), None)
    assert cable.catalogue is not None
    assert cable.catalogue.to == ("STATE", "STRELSAU")
    assert cable.catalogue.references == ("STATE 812",)
    assert cable.paragraphs == ()
    assert codes(cable)[0] == "missing-text"
    assert set(codes(cable)[1:]) == {"from-catalogue"}


# -- the real ones -------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _real(shared: Path) -> tuple[tuple[dict[str, Any], Copy, Cable], ...]:
    """Each document with the copy and the cable in it."""
    found = []
    with gzip.open(shared / "data/raw-cables/aad-cables.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            document = json.loads(line)
            (copy,) = sources.copies(document["raw_text"].encode(), f"{document['id']}.txt")
            found.append((document, copy, telegram.read(copy)))
    return tuple(found)


@pytest.fixture
def real(shared):
    """The 300 documents, unpacked and read."""
    return _real(shared)


def test_every_document_is_read(real):
    """All of them, none of them as another era, each under the archive's own number."""
    assert len(real) == 300
    assert {(copy.source, cable.era) for _, copy, cable in real} == {("aad", "sas")}
    for document, _, cable in real:
        assert cable.catalogue is not None
        assert cable.catalogue.id == document["id"]
        assert document["id"] in cable.aliases or document["id"] == cable.id
        assert cable.release.status == "released"


def test_every_attribute_is_kept(real):
    """The catalogue has every attribute that has a value, word for word."""
    for document, _, cable in real:
        assert cable.catalogue is not None
        expected = {
            key: value.split()
            for key, value in document["attributes"].items()
            if value.strip().lower() not in ("", "n/a", "01 jan 1960")
        }
        kept = {key: value.split() for key, value in cable.catalogue.attributes.items()}
        assert {key: value for key, value in kept.items() if key != "Review Markings"} == {
            key: value for key, value in expected.items() if key != "Review Markings"
        }


def test_copies_add_up(real):
    """The checksum of the distribution lines holds wherever a total is printed."""
    totals = [cable.distribution for _, _, cable in real if cable.distribution and cable.distribution.total]
    assert len(totals) > 280
    assert [copies(one) for one in totals] == [one.total for one in totals]
    assert not [cable.id for _, _, cable in real if "copy-count" in codes(cable)]


def test_places_slice_what_they_are_the_place_of(real):
    """References, subjects, signatures, offices; paragraphs overlap nowhere and give their text."""
    for _, copy, cable in real:
        text = copy.text
        for one in cable.references:
            assert text[slice(*one.span)].split() == one.text.split()
        for pointer, places in cable.spans.items():
            assert all(0 <= a < b <= len(text) for a, b in places), pointer
        if "/subject" in cable.spans:
            words = "".join(text[a:b] for a, b in cable.spans["/subject"])
            assert letters(words) == letters(cable.subject)  # a word broken at a line end is healed
        if cable.signature:
            assert text[slice(*cable.spans["/signature"][0])] == cable.signature
        end = 0
        for paragraph in cable.paragraphs:
            assert paragraph.spans[0][0] >= end
            end = paragraph.spans[-1][1]
            inside = "".join("".join(text[a:b].split()) for a, b in paragraph.spans)
            words = "".join(paragraph.text.split())
            assert len(inside) - 8 - len(paragraph.marking or "") <= len(words) + inside.count("-")


def letters(words):
    """The words without blanks and hyphens."""
    return "".join(words.replace("-", "").split())


NOISE = re.compile(
    r"PAGE \d\d +[A-Z]|Declassified/Released|EO Systematic Review|POSS DUPE|/\d{3} W$"
    r"|(?:^|\n)(?:UNCLASSIFIED|LIMITED OFFICIAL USE|CONFIDENTIAL|SECRET)\s*(?:\n|$)|(?:^|\n)N{3,4}(?:\n|$)"
)


def test_no_text_holds_page_lines_banners_or_stamps(real):
    """Neither a paragraph's words nor what its spans slice."""
    for _, copy, cable in real:
        for paragraph in cable.paragraphs:
            assert not NOISE.search(paragraph.text), (cable.id, paragraph.anchor)
            assert not NOISE.search(paragraph.heading or ""), (cable.id, paragraph.anchor)
            for first, last in paragraph.spans:
                assert not NOISE.search(copy.text[first:last]), (cable.id, paragraph.anchor)


LEFT_OUT = re.compile(
    r"PAGE \d\d|\d\d(?:[-/]\d\d)?$|-{15}|.*Declassified/Released|N{3,4}$|<< END|\*\*\*|NOTE BY OC|\( ISO \)"
    r"|(?:LIMITED OFFICIAL USE|UNCLASSIFIED|CONFID.NTIAL|SECRET)(?:\s+POSS DUPE)?$"
    r"|(?:REFS?|REFERENCE|TAGS)\b|E\.O\."
)


def test_nothing_is_lost(real):
    """In telegrams of one section every line is in some field, or is one of those that are no text."""
    for _, copy, cable in real:
        if cable.sections and len(cable.sections.present) > 1:
            continue
        held = bytearray(len(copy.text))
        places = [place for paragraph in cable.paragraphs for place in paragraph.spans]
        places += [place for those in cable.spans.values() for place in those]
        places += [one.span for one in cable.references]
        for first, last in places:
            held[first:last] = b"\1" * (last - first)
        at = copy.body[0]
        lost = []
        for line in copy.text[slice(*copy.body)].split("\n"):
            bare = line.strip()
            if bare and not any(held[at : at + len(line)]) and not LEFT_OUT.match(bare):
                lost.append(bare)
            at += len(line) + 1
        assert len(lost) <= 1, (cable.id, lost)
