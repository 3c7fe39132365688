"""How copies of telegrams are packed: as text, as a mirror's page with its head, as a page in Markdown.

A packaging keeps what it keeps of a telegram (`kept`), lays it out (`lay`), and puts its page around the
sheet (`pack`) when it has been damaged.
"""

from collections.abc import Callable, Iterator
from random import Random

import msgspec

from reftel.cable import Cable, Catalogue, Sender
from reftel.forge.sheet import Sheet, header_starts, reprinted, text_starts
from reftel.forge.world import MISSIONS
from reftel.mrn import short
from reftel.sources.packaging import PARTIAL_EXTRACT

_LINKS = (  # what a page has at its head before anything of the cable
    "reading room ico\xa0\xa0Home shelf ico\xa0\xa0Cables mirror and other papers privacy policy\xa0Privacy",
    "cable mirror ico\xa0\xa0Start ico\xa0\xa0Browse by origin about this mirror\xa0About",
)
_HOW_TO = "pdf\xa0how-to read a cable"
_LABELLED = ("E.O. ", "TAGS: ", "SUBJECT: ", "REF: ", "Classified By: ")


class Packaging(msgspec.Struct, frozen=True):
    """One way in which copies come to us."""

    name: str
    whole: bool  # the transmission header too
    dated: bool  # the page says when the telegram was sent
    lay: Callable[[Sheet], Sheet]
    pack: Callable[[Sheet, Cable, Random], Sheet]

    def kept(self, cable: Cable) -> Cable:
        """The cable as far as such a copy has it."""
        if self.whole:
            return cable
        return msgspec.structs.replace(
            cable,
            extract=True,
            precedence=(),
            transmission=None,
            from_=Sender(None, cable.from_.station),
            to=(),
            info=(),
            sections=cable.sections if self.dated else None,
            sent=cable.sent[:16] if self.dated and cable.sent else None,
            sent_basis="catalogue" if self.dated else None,
        )


def _as_sent(sheet: Sheet) -> Sheet:
    return sheet


def _plain(sheet: Sheet, sent: Cable, random: Random) -> Sheet:
    return sheet


# -- a mirror's page as text -------------------------------------------------------------------------


def _spread(sheet: Sheet) -> Sheet:
    """Two blank lines before each number, as pages with a catalogue head have them."""
    text = sheet.text
    for one in sheet.cable.paragraphs:
        text = text.replace(f"\n\n{one.number}. (", f"\n\n\n{one.number}. (", 1)
    return reprinted(sheet, text)


def _spread_headings(sheet: Sheet) -> Sheet:
    """Two blank lines behind each heading, one everywhere else."""
    text = sheet.text
    for one in sheet.cable.paragraphs:
        if one.heading:
            text = text.replace(f"\n\n{one.number}. (", f"\n\n\n{one.number}. (", 1)
    return reprinted(sheet, text)


def _catalogue_page(sheet: Sheet, sent: Cable, random: Random) -> Sheet:
    """Four labels in a column and four values in the next, the title's first line, the TAGS."""
    title = _title(sent)
    tags = (*sent.tags, *sheet.cable.tags_unknown)
    catalogue = Catalogue(
        id=short(sent.mrn),
        created=f"{(sent.sent or '')[:16]}:00",
        classification=_page_level(sent),
        origin=MISSIONS[sent.mrn.station or ""].origin,
        title=title,
        tags=tags,
    )
    lines = ["Identifier", "Created", "Classification", "Origin"]
    values = (
        catalogue.id,
        (catalogue.created or "").replace("T", " "),
        catalogue.classification,
        catalogue.origin,
    )
    lines += [value or "" for value in values]
    lines += ["Cable title:\xa0\xa0", "", title, "", f"Tags:\xa0\xa0{chr(0xA0).join(tags)}\xa0", _HOW_TO]
    if not sheet.cable.transmission:
        lines.append(PARTIAL_EXTRACT)
    codes: list[str] = []
    fields: dict[str, object] = {"catalogue": catalogue}
    if sheet.cable.subject is None:
        fields["subject"] = title
        codes.append("from-catalogue")
    elif title != sheet.cable.subject:
        codes.append("cut-title")
    if not sheet.cable.tags:
        fields["tags"] = sent.tags
        codes.append("from-catalogue")
    page = "\n".join([*lines, _ragged(sheet)]).rstrip("\n")
    return reprinted(sheet, page, *codes, **fields)


def _title(cable: Cable) -> str:
    """The first line of the SUBJECT as printed, which is all that the page shows."""
    words, title = (cable.subject or "").split(), "SUBJECT:"
    for word in words:
        if len(title) + 1 + len(word) > 65:
            break
        title = f"{title} {word}"
    return title[9:]


def _page_level(cable: Cable) -> str:
    """The level in the archive's own words."""
    if "SENSITIVE" in cable.handling:
        return "UNCLASSIFIED//FOR OFFICIAL USE ONLY"
    return "//".join((cable.classification or "", *cable.handling))


def _ragged(sheet: Sheet) -> str:
    """The telegram with the stray blank that such pages have behind the classification line."""
    end = sheet.text.index("\n", header_starts(sheet))
    return f"{sheet.text[:end]} {sheet.text[end:]}"


def _dated_page(sheet: Sheet, sent: Cable, random: Random) -> Sheet:
    """Links, the date, the origin, and no title; the classification line is pushed in by tabs."""
    catalogue = Catalogue(
        created=f"{(sent.sent or '')[:16]}:00", origin=MISSIONS[sent.mrn.station or ""].origin
    )
    head = [random.choice(_LINKS), (catalogue.created or "").replace("T", " "), catalogue.origin or ""]
    head += ["Cable title:\xa0\xa0", "", "", _HOW_TO, PARTIAL_EXTRACT]
    page = "\n".join([*head, f"\t\t\t\t\t\t{_ragged(sheet)}"]).rstrip("\n")
    return reprinted(sheet, page, catalogue=catalogue)


# -- a page turned to Markdown -----------------------------------------------------------------------


def _markdown_page(sheet: Sheet, sent: Cable, random: Random) -> Sheet:
    """TAGS as links, one physical line a paragraph, a blank line between all that is not one sentence."""
    start = text_starts(sheet)
    lines = [*_markdown_header(sheet.text[:start]), *_markdown_body(sheet, start)]
    return reprinted(sheet, "\n".join(["", "", PARTIAL_EXTRACT, "", *lines]).rstrip("\n"))


def _markdown_header(block: str) -> Iterator[str]:
    """Each line of the header block for itself, its wraps joined; those of the SUBJECT kept by two blanks."""
    for part in block.split("\n\n"):
        fields: list[list[str]] = []
        for line in part.strip("\n").split("\n"):
            if not fields or line.startswith(_LABELLED) or line[1:3] == ". ":
                fields.append([line])
            else:
                fields[-1].append(line)
        for lines in fields:
            if lines[0].startswith("TAGS: "):
                yield "TAGS: " + " ".join(f"[{tag}](#)" for tag in " ".join(lines)[6:].split())
            elif lines[0]:
                yield ("  \n" if lines[0].startswith("SUBJECT: ") else " ").join(lines)
            if lines[0]:
                yield ""


def _markdown_body(sheet: Sheet, start: int) -> Iterator[str]:
    """Each block on one line; items set apart; lines that end on purpose kept by two blanks."""
    kept = {
        line
        for one in sheet.cable.paragraphs
        for block in one.text.split("\n\n")
        if "\n" in block and not block.startswith("-- ")
        for line in block.split("\n")
    }
    name = sheet.cable.signature
    blocks = [block for block in sheet.text[start:].strip("\n").split("\n\n") if block.strip()]
    for order, block in enumerate(blocks):
        lines = block.strip("\n").split("\n")
        signed = bool(name) and blocks[order + 1 : order + 2] == [name]
        behind = "  " if signed else ""
        if lines == [name]:
            yield name or ""
        elif lines[0] in kept:
            yield "  \n".join(lines) + behind
        elif lines[0].startswith("-- "):
            yield "\n\n".join(_items(lines)) + behind
        else:
            yield " ".join(lines) + behind
        if not signed:
            yield ""


def _items(lines: list[str]) -> Iterator[str]:
    item = ""
    for line in lines:
        if item and line.startswith("-- "):
            yield item
            item = line
        else:
            item = f"{item} {line}" if item else line
    yield item


PACKAGINGS: dict[str, Packaging] = {
    one.name: one
    for one in (
        Packaging("plain", True, True, _as_sent, _plain),
        Packaging("catalogue-whole", True, True, _spread, _catalogue_page),
        Packaging("catalogue", False, True, _spread, _catalogue_page),
        Packaging("dated", False, True, _spread_headings, _dated_page),
        Packaging("markdown", False, False, _as_sent, _markdown_page),
    )
}
"""Every packaging by its name."""
