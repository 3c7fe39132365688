"""Why a reader may or may not see each portion of a cable: for the archive's owner."""

from collections.abc import Iterator

import msgspec

from reftel import clearance
from reftel.cable import Cable, Paragraph
from reftel.clearance import RULES, Reader, Ruling
from reftel.errors import NotHeld
from reftel.readingroom import ReadingRoom


class Stated(msgspec.Struct, frozen=True):
    """A rule in a sentence, and on whose authority."""

    rule: str
    sentence: str
    authority: str


class Verdict(msgspec.Struct, frozen=True):
    """What governs one portion, by which rules, and whether the reader may see it."""

    portion: str  # "header", "subject", "heading of 4", "paragraph 4", "paragraph 4, part 2", "copy"
    mark: str | None  # as sent
    governed_by: str  # a label: S/NOFORN; ? where it is not understood
    rules: tuple[str, ...]  # names in `Explained.rules`
    may_read: bool
    lacks: tuple[str, ...]  # what the reader would need besides; ("?",) where nothing would do


class Explained(msgspec.Struct, frozen=True):
    """A cable portion by portion, for one reader."""

    id: str | None
    key: str
    status: str
    level: str | None  # of the reader; None for him who reads all
    holds: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    rules: tuple[Stated, ...]  # those that the verdicts name, in the order of the table


def explained(room: ReadingRoom, key: str, reader: Reader) -> Explained:
    """What holds for a reader of the cable with that key; `room` must be that of one who reads all of it."""
    held = room.cable(key)
    if held is None:
        raise NotHeld(f"{key}: not in this archive; try `reftel search` with words of its subject")
    cable = held.cable
    verdicts = tuple(_verdict(portion, mark, ruling, reader) for portion, mark, ruling in _rulings(cable))
    named = {rule for verdict in verdicts for rule in verdict.rules}
    rules = tuple(
        Stated(name, rule.sentence, rule.authority) for name, rule in RULES.items() if name in named
    )
    return Explained(
        cable.id, cable.key, cable.release.status, reader.level, tuple(sorted(reader.holds)), verdicts, rules
    )


def _rulings(cable: Cable) -> Iterator[tuple[str, str | None, Ruling]]:
    """Each portion, its mark as sent, and what governs it."""
    yield "header", _line(cable), clearance.header_ruling(cable)
    if cable.subject is not None:
        yield "subject", cable.subject_marking, clearance.subject_ruling(cable)
    for paragraph in cable.paragraphs:
        name = paragraph.anchor
        if paragraph.heading is not None:
            mark = clearance.mark_of_heading(paragraph.heading)
            yield f"heading of {name}", mark, clearance.heading_ruling(cable, paragraph)
        rulings = clearance.paragraph_rulings(cable, paragraph)
        if len(rulings) == 1 and rulings[0] is not None:
            yield f"paragraph {name}", _marks(paragraph), rulings[0]
            continue
        for at, (part, ruling) in enumerate(zip(paragraph.parts, rulings, strict=False), 1):
            if ruling is not None:
                mark = clearance.mark_of_part(paragraph, part)
                yield f"paragraph {name}, part {at}", mark, ruling
    yield "copy", None, Ruling(clearance.join(clearance.markings(cable)), ("copy",))


def _line(cable: Cable) -> str | None:
    """The words of the header that mark the cable: `CONFIDENTIAL, NOFORN, EXDIS`."""
    words = (cable.classification, *cable.handling, *cable.captions)
    return ", ".join(word for word in words if word) or None


def _marks(paragraph: Paragraph) -> str | None:
    """The marks of a paragraph that is governed as one: its own, else those of its parts."""
    if paragraph.marking is not None:
        return paragraph.marking
    return ", ".join(dict.fromkeys(part.marking for part in paragraph.parts if part.marking)) or None


def _verdict(portion: str, mark: str | None, ruling: Ruling, reader: Reader) -> Verdict:
    lacks = clearance.lacks(reader, ruling.marking)
    above = ("level",) if ruling.marking.level is not None and ruling.marking.level in lacks else ()
    return Verdict(portion, mark, ruling.marking.label, (*ruling.rules, *above), not lacks, lacks)
