"""One cable opened for a reader: its record, what it is tied to here, and where in the copy it all stands."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from reftel import clearance, protection
from reftel.cable import Cable, Span
from reftel.findings.signers import Signer
from reftel.markings import Level
from reftel.query import Field, Query
from reftel.readingroom import ReadingRoom


class Stretch(msgspec.Struct, frozen=True):
    """A stretch of the copy's text, and the fields that were read from it, the widest first.

    A field is named by its JSON pointer with `-` for `/` (`subject`, `to-0-name`), a paragraph by its
    anchor (`p7`, and `p7-1` for its second part), a defect by its place in the list (`d0`).
    """

    text: str
    fields: tuple[str, ...] = ()


class Opened(msgspec.Struct, frozen=True):
    """A cable as its reader may see it, with what binds it to others in the same archive."""

    cable: Cable
    collection: str | None  # of the copy, for whom the copy is
    level: Level | None  # to show beside it: as sent, or the highest he may see
    held: Mapping[str, str]  # the references that are here: id to key
    alike: tuple[str, ...]  # keys of others under the same number, which may be the same telegram
    cited_by: int  # how many cables here name it in their REF
    copy: tuple[Stretch, ...] | None  # the copy as received; None where it is not for him
    signer: Signer | None  # whom the signature means; None where nothing is known of it

    @property
    def copy_text(self) -> str | None:
        """The copy's text as one."""
        return None if self.copy is None else "".join(stretch.text for stretch in self.copy)

    @property
    def names_protected(self) -> bool:
        """Whether names are masked in it, so that nobody is shown the copy."""
        return protection.is_masked(self.cable)

    @property
    def places(self) -> frozenset[str]:
        """The fields that have a place in the copy."""
        return frozenset(field for stretch in self.copy or () for field in stretch.fields)

    def record(self) -> dict[str, object]:
        """What is told in JSON: the record itself, and beside its fields what only the archive knows."""
        return {
            **msgspec.to_builtins(self.cable),
            "collection": self.collection,
            "held": dict(self.held),
            "may_be_same": list(self.alike),
            "cited_by": self.cited_by,
            "copy_text": self.copy_text,
            "names_protected": self.names_protected,
            "signer": self.signer,
        }


def opened(room: ReadingRoom, key: str) -> Opened | None:
    """The cable with that key; None where it is not held or not for this reader."""
    held = room.cable(key)
    if held is None:
        return None
    cable = held.cable
    text = room.copy_text(key)
    return Opened(
        cable=cable,
        collection=held.collection if cable.copy else None,
        level=clearance.shown_level(cable),
        held=room.held(reference.id for reference in cable.references if reference.id),
        alike=tuple(other for other in room.find(cable.id) if other != key) if cable.id else (),
        cited_by=_cited_by(room, cable),
        copy=None if text is None else tuple(stretches(text, places(cable))),
        signer=signer(room, cable),
    )


def signer(room: ReadingRoom, cable: Cable) -> Signer | None:
    """Whom a cable's signature means."""
    (found,) = room.signers([cable])
    return found


def _cited_by(room: ReadingRoom, cable: Cable) -> int:
    if cable.id is None:
        return 0
    return room.search(Query(Field("ref", cable.id)), sort="date", page=1, limit=1).total


# -- the copy, taken apart by what was read from it -------------------------------------------------------


def places(cable: Cable) -> Iterator[tuple[str, Sequence[Span]]]:
    """Every field that was read from the copy, with its fragments."""
    for pointer, spans in cable.spans.items():
        yield pointer.removeprefix("/").replace("/", "-"), spans
    for at, reference in enumerate(cable.references):
        yield f"references-{at}", (reference.span,)
    for paragraph in cable.paragraphs:
        yield f"p{paragraph.anchor}", paragraph.spans
        if len(paragraph.parts) > 1:
            for at, part in enumerate(paragraph.parts):
                yield f"p{paragraph.anchor}-{at}", part.spans
    for at, defect in enumerate(cable.defects):
        if defect.span is not None:
            yield f"d{at}", (defect.span,)


def stretches(text: str, places: Iterable[tuple[str, Sequence[Span]]]) -> Iterator[Stretch]:
    """The text cut at every border of a place, in one sweep.

    Together the stretches are the text. Places may lie in one another or overlap; those that reach
    outside the text are cut to it. An empty place is an empty stretch.
    """
    waiting = sorted(_fragments(text, places), key=lambda place: (place[0], -place[1]))
    waiting.reverse()
    open_: list[tuple[int, int, str]] = []  # in the order they opened, the widest first
    at = 0
    while waiting or open_:
        border = min([place[1] for place in open_] + [place[0] for place in waiting[-1:]])
        if border > at:
            yield Stretch(text[at:border], tuple(place[2] for place in open_))
            at = border
        open_ = [place for place in open_ if place[1] > at]
        while waiting and waiting[-1][0] == at:
            place = waiting.pop()
            if place[1] == at:
                yield Stretch("", (*(each[2] for each in open_), place[2]))
            else:
                open_.append(place)
    if at < len(text):
        yield Stretch(text[at:])


def _fragments(text: str, places: Iterable[tuple[str, Sequence[Span]]]) -> Iterator[tuple[int, int, str]]:
    """Each fragment with its field; those of one field with nothing but blanks between them are one."""
    for field, spans in places:
        last: tuple[int, int] | None = None
        for first, end in sorted(spans):
            start, stop = max(0, min(first, len(text))), max(0, min(end, len(text)))
            if last is not None and not text[last[1] : start].strip():
                last = (last[0], max(last[1], stop))
                continue
            if last is not None:
                yield *last, field
            last = (start, max(start, stop))
        if last is not None:
            yield *last, field
