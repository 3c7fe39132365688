"""Several cables in one file: cut where the signs are clear, said where they are not."""

import pytest

from reftel import clearance, sources, telegram
from reftel.archive import Archive
from reftel.cable import Cable
from reftel.errors import NotACable
from reftel.ingest import ingest
from reftel.readingroom import ReadingRoom
from reftel.upkeep import rebuild

RELAY = """\
VZCZCXRO0001
PP RUEHXSL
DE RUEHZN #{serial:04d}{part} 0430516
ZNR UUUUU ZZH
P 120516Z FEB 09
FM AMCONSUL ZENDA
TO SECSTATE WASHDC PRIORITY 0100
"""
BLOCK = """\
UNCLAS {section}ZENDA {serial:06d}

E.O. 12958: N/A
TAGS: PREL RT
SUBJECT: THE KING {serial}

"""
TEXT = "1. (U) The king left.\n\n2. (U) He came back.\n\nSAPT\n"
END = "\nNNNN\n"


def cable(serial: int, *, relayed: bool = True, section: str = "", text: str = TEXT) -> str:
    """An invented telegram without its end mark."""
    part = f"/{section.split()[1]}" if section else ""
    relay = RELAY.format(serial=serial, part=part) if relayed else ""
    return relay + BLOCK.format(serial=serial, section=section) + text


def read(text: str, encoding: str = "utf-8") -> list[Cable]:
    """The cables of a file."""
    return [telegram.read(copy) for copy in sources.copies(text.encode(encoding), "file.txt")]


def doubts(cables: list[Cable]) -> list[str]:
    """Defects that say a second cable may begin."""
    return [defect.code for one in cables for defect in one.defects if defect.code == "second-cable"]


TWO = {
    "an end mark": cable(12) + END + "\n" + cable(13) + END,
    "an end mark before an extract": cable(12) + END + "\n" + cable(13, relayed=False) + END,
    "extracts": cable(12, relayed=False) + END + "\n" + cable(13, relayed=False),
    "a form feed": cable(12) + "\f" + cable(13),
    "a form feed on its line": cable(12) + "\n\f\n" + cable(13),
    "a ruled line": cable(12) + "\n==========================\n\n" + cable(13),
    "a banner between": cable(12) + END + "\nUNCLASSIFIED\n\n" + cable(13),
    "a channel line behind a signature": cable(12) + "\n" + cable(13),
    "the same telegram twice": cable(12) + END + cable(12),
    "an end mark of three": cable(12) + "NNN\n\n" + cable(13),
    "windows": (cable(12) + END + "\n" + cable(13)).replace("\n", "\r\n"),
    "carriage returns": (cable(12) + END + "\n" + cable(13)).replace("\n", "\r"),
}


@pytest.mark.parametrize("text", TWO.values(), ids=TWO)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "cp1252"])
def test_two_cables_where_the_signs_are_clear(text, encoding):
    """Each is a copy with its own bytes and place, which can be read again by itself."""
    text = text.replace("king left", "king left Orléans")
    found = sources.copies(text.encode(encoding), "file.txt")
    assert [copy.locator for copy in found] == ["file.txt#1", "file.txt#2"]
    assert "".join(copy.text for copy in found).replace("\n", "\r") == text.replace("\n", "\r")
    cables = [telegram.read(copy) for copy in found]
    serials = [12, 12] if "twice" in text or text.count("KING 12") == 2 else [12, 13]
    assert [one.mrn.serial for one in cables] == serials
    assert [one.signature for one in cables] == ["SAPT", "SAPT"]
    assert [len(one.paragraphs) for one in cables] == [2, 2]
    assert doubts(cables) == []
    for copy in found:  # what an archive does when it reads its copies again
        assert sources.copies(copy.raw, copy.locator) == (copy,)


def test_an_archive_keeps_each_cable_of_a_file(tmp_path):
    """Each with its own bytes: whoever may see one sees nothing of the other, and all can be read again."""
    secret = cable(13).replace("UNCLAS", "S E C R E T").replace("(U)", "(S)")
    (tmp_path / "two.txt").write_text(cable(12) + END + "\n" + secret + END)
    assert ingest(tmp_path / "archive", [tmp_path / "two.txt"]).kept == 2
    assert ingest(tmp_path / "archive", [tmp_path / "two.txt"]).known == 2
    assert rebuild(tmp_path / "archive").unrenewed == ()
    with Archive.open(tmp_path / "archive") as archive:
        room = ReadingRoom(archive, clearance.reader("U"))
        text = room.copy_text("2009ZENDA12")
        assert text == cable(12) + END
        assert room.copy_text("2009ZENDA13") is None


def test_many_cables():
    """As many as there are, each with its own spans."""
    cables = read("".join(cable(serial) + END for serial in range(1, 40)))
    assert [one.mrn.serial for one in cables] == list(range(1, 40))
    assert {one.spans["/subject"] for one in cables[:9]} == {cables[0].spans["/subject"]}


QUOTED = {
    "between begin and end": (
        f"1. (U) Begin text:\n\n{cable(7)}{END}\n{cable(8)}{END}\nEnd text.\n\n2. (U) He left.\n\nSAPT\n"
    ),
    "in a paragraph": (
        f"1. (U) Here is the text of ZENDA 7:\n\n{cable(7, relayed=False)}\n2. (U) He left.\n\nSAPT\n"
    ),
}


@pytest.mark.parametrize("text", QUOTED.values(), ids=QUOTED)
def test_a_cable_inside_a_cable_is_one(text):
    """A telegram that is quoted whole is a part of the one that quotes it."""
    cables = read(cable(12, text=text) + END)
    assert [one.mrn.serial for one in cables] == [12]
    assert doubts(cables) == []


@pytest.mark.parametrize(
    "text",
    [
        cable(12).replace("SAPT\n", "") + "\n" + cable(13),  # a head behind a sentence
        cable(12) + "\n" + cable(13, relayed=False),  # no end mark, no relay
        cable(12) + "\n" + cable(13).split("ZZH\n")[1],
    ],
)
def test_doubt_leaves_one_record_with_a_defect(text):
    """The place where another may begin is shown."""
    cables = read(text)
    assert len(cables) == 1
    assert doubts(cables) == ["second-cable"]
    place = next(defect.span for defect in cables[0].defects if defect.code == "second-cable")
    assert place is not None
    assert text[slice(*place)] in {"VZCZCXRO0001", "UNCLAS ZENDA 000013", "P 120516Z FEB 09"}


@pytest.mark.parametrize(
    "text",
    [
        cable(12).replace("SUBJECT", "UNCLAS ZENDA 000012\n\nTAGS: RT\nSUBJECT"),  # the block twice
        cable(12) + END + "\nSIPDIS\nNOTE BY OC/T: LATE.\n" + "a mirror's footer " * 30,
        cable(12, text="1. (U) Radio:\n\nFM STATIONS WERE SHUT.\nFM STATIONS OPENED.\n\nSAPT\n"),
        cable(12, text="1. (U) Title\n==========\n\nThe king left.\n\f\n2. (U) He came.\n\nSAPT\n"),
    ],
)
def test_one_cable_stays_one(text):
    """Headers printed twice, footers, page breaks and ruled headings begin no other cable."""
    cables = read(text)
    assert len(cables) == 1
    assert doubts(cables) == []


SECTIONS = (
    cable(12, section="SECTION 01 OF 02 ", text="1. (U) The king left\n")
    + END
    + "\n"
    + cable(12, section="SECTION 02 OF 02 ", text="for Letinje.\n\n2. (U) He came back.\n\nSAPT\n")
    + END
)


def test_sections_of_one_message_are_one_copy():
    """The copy's body reaches over all its sections; both transmission heads stand in its text."""
    (copy,) = sources.copies(SECTIONS.encode(), "file.txt")
    assert (copy.locator, copy.body) == ("file.txt", (0, len(SECTIONS)))


@pytest.mark.parametrize(
    "text",
    [
        SECTIONS,
        SECTIONS.replace("\nNNNN\n", "\n"),
        SECTIONS.replace("VZCZCXRO0001\n", ""),
        SECTIONS.replace("ZENDA 000012\n", "ZENDA 000012\n\nSIPDIS\n"),
    ],
)
def test_sections_of_one_message_are_one_cable(text):
    """Both sections' text is one; the heads of further sections are noise."""
    (one,) = read(text)
    assert one.sections is not None
    assert (one.sections.present, one.sections.of) == ((1, 2), 2)
    assert [p.text for p in one.paragraphs] == ["The king left for Letinje.", "He came back."]


def test_a_section_that_stands_twice():
    """The same section again is still the same message."""
    second = SECTIONS[SECTIONS.index("\nVZCZCXRO0001") :]
    assert len(sources.copies((SECTIONS + second).encode(), "file.txt")) == 1


def test_a_message_sent_twice_in_sections():
    """A first section behind a later one begins the message again."""
    assert [one.mrn.serial for one in read(SECTIONS + "\n" + SECTIONS)] == [12, 12]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (RELAY.format(serial=12, part="") + BLOCK.format(serial=12, section=""), "missing-text"),
        (TEXT, "missing-header"),
    ],
)
def test_half_a_cable(text, code):
    """A header and no text, a text and no header: records that say so."""
    (one,) = read(text)
    assert code in [defect.code for defect in one.defects]


def test_a_list_is_no_cable():
    """Numbers alone do not make a text a cable."""
    with pytest.raises(NotACable):
        read("1. Bread\n\n2. Wine\n")
