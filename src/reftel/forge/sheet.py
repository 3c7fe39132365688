"""A telegram on its way to us: its text as it now stands, and what a perfect reader makes of it."""

import msgspec

from reftel.cable import Cable, Paragraph
from reftel.telegram.common.printing import paragraph_lines


class Sheet(msgspec.Struct, frozen=True):
    """One copy in the making. Every change of the text is a change of what can be read in it."""

    text: str
    cable: Cable  # as it can now be read
    defects: tuple[str, ...] = ()  # codes of what a perfect reader notes, each once


def reprinted(sheet: Sheet, text: str, *codes: str, **fields: object) -> Sheet:
    """The sheet with another text, the fields that now read otherwise, and what there is to note."""
    cable = msgspec.structs.replace(sheet.cable, **fields) if fields else sheet.cable
    return Sheet(text, cable, tuple(dict.fromkeys((*sheet.defects, *codes))))


def printed(paragraph: Paragraph) -> list[str]:
    """The lines in which a paragraph was printed, without its heading."""
    bare = msgspec.structs.replace(paragraph, heading=None) if paragraph.heading else paragraph
    return paragraph_lines(bare, f"{paragraph.number}.")


def text_starts(sheet: Sheet) -> int:
    """Where the text of the telegram begins: at its first heading or number."""
    first = sheet.cable.paragraphs[0]
    number = sheet.text.index(f"\n{first.number}. (") + 1
    if first.heading:
        return sheet.text.rindex(first.heading.split(" ", 1)[0], 0, number)
    return number


def header_starts(sheet: Sheet) -> int:
    """Where the classification line stands."""
    number = f"{sheet.cable.mrn.station} {sheet.cable.mrn.serial:06d}\n"
    return sheet.text.rfind("\n", 0, sheet.text.index(number)) + 1
