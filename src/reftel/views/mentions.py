"""What the text of a cable names, as its reader sees the text, and where each mention leads."""

from collections.abc import Iterator, Mapping

import msgspec

from reftel.cable import Cable, ReferenceKind, Span, date_of
from reftel.findings import references
from reftel.readingroom import ReadingRoom

LOOKED_UP = 200  # numbers of one cable that are looked for here, with the year that is not written


class Mentioned(msgspec.Struct, frozen=True):
    """A document named in what a reader sees of a paragraph, and what it leads to."""

    paragraph: str  # its anchor
    part: int  # of the paragraph's parts
    span: Span  # where it stands in the text of that part
    text: str  # as written
    kind: ReferenceKind
    letter: str | None  # the A of "ref A"
    refers_to: tuple[int, ...]  # entries of the cable's `references`, by their order
    id: str | None  # of a telegram; None where nothing tells
    inferred: tuple[str, ...]  # "post", "year": what the words do not say
    key: str | None  # of the cable that it names, where that is held

    @property
    def leads(self) -> bool:
        """Whether there is anything to go to: an entry of the REF block, or a number."""
        return bool(self.refers_to) or self.id is not None


Places = Mapping[tuple[str, int], tuple[Mentioned, ...]]
"""Mentions by the paragraph and the part they stand in, in order."""


def mentions(room: ReadingRoom, cable: Cable) -> tuple[Mentioned, ...]:
    """What a cable names, in the order of its text; `cable` as the room's reader sees it.

    A mention belongs to the portion it stands in: it is found in the words that the reader sees, one portion
    at a time, and in nothing else.
    """
    places = [*_texts(cable)]
    found = [*references.in_texts(cable, (text for _, _, text in places))]
    known = _Known(room)
    said: list[Mentioned] = []
    for (anchor, part, _), some in zip(places, found, strict=True):
        resolved = references.resolve(cable, some, known)
        for one, meant in zip(some, resolved, strict=True):
            key = known.keys.get(meant.id or "") if meant.held else None
            said.append(
                Mentioned(
                    anchor,
                    part,
                    one.span,
                    one.text,
                    one.kind,
                    one.letter,
                    one.refers_to,
                    meant.id,
                    meant.inferred,
                    key,
                )
            )
    return tuple(said)


def by_place(some: tuple[Mentioned, ...]) -> Places:
    """The mentions that lead somewhere, by the part of a paragraph in which they stand."""
    found: dict[tuple[str, int], list[Mentioned]] = {}
    for one in some:
        if one.leads:
            found.setdefault((one.paragraph, one.part), []).append(one)
    return {place: tuple(each) for place, each in found.items()}


def _texts(cable: Cable) -> Iterator[tuple[str, int, str]]:
    for paragraph in cable.paragraphs:
        if not paragraph.parts and not paragraph.withheld:
            yield paragraph.anchor, 0, paragraph.text
        for order, part in enumerate(paragraph.parts):
            if not part.withheld:
                yield paragraph.anchor, order, part.text


class _Known:
    """When the telegrams that a cable names were sent, for those that its reader has here."""

    def __init__(self, room: ReadingRoom) -> None:
        self.keys: dict[str, str] = {}
        self._room = room
        self._asked: dict[str, str | None] = {}

    def __call__(self, post: str, serial: int, year: int) -> str | None:
        number = f"{year}{post}{serial}"
        if number not in self._asked and len(self._asked) < LOOKED_UP:
            self._asked[number] = self._sent(number)
        return self._asked.get(number)

    def _sent(self, number: str) -> str | None:
        key = self._room.held([number]).get(number)
        held = self._room.cable(key) if key else None
        if key is None or held is None:
            return None
        self.keys[number] = key
        return date_of(held.cable) or ""
