"""A long cable, shown a part at a time: whole paragraphs, and its copies on pages of their own.

A page with its text and its copy is to stay under 200 KB. One paragraph longer than a part is cut at the end
of a line or a word. A permalink says the paragraph twice, `?at=7#p7`: the first finds the part.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from reftel.cable import Cable, Paragraph, Part
from reftel.views.cable import Stretch
from reftel.views.copies import Passage, Run

LONG = 140_000  # weight of a cable that is shown in parts
MOST = 60_000  # weight of one part
COPY = 90_000  # letters of the copy on one page
COMPARED = 90_000  # weight of what is compared on one page
_EACH = 450  # weight of what stands around a paragraph
_RUN = 70  # and around words of one copy alone


class Parts(msgspec.Struct, frozen=True):
    """The parts of a cable, and the one that is shown."""

    cable: Cable  # with the paragraphs of this part alone
    number: int  # from 1
    spans: tuple[tuple[str, str], ...]  # the first and the last paragraph of each part: their anchors


def is_long(cable: Cable) -> bool:
    """Whether a cable is shown in parts: its text stands on a page twice, as read and as received."""
    return sum(_EACH + 2 * len(each.text) for each in cable.paragraphs) > LONG


def in_parts(cable: Cable, number: int = 1, anchor: str | None = None) -> Parts:
    """The part of a long cable with that number, or that with a paragraph; the first where there is none."""
    parts = [*_parts(cable.paragraphs)]
    has = (at for at, part in enumerate(parts, 1) if any(each.anchor == anchor for each in part))
    number = next(has, 1) if anchor is not None else min(max(number, 1), len(parts))
    spans = tuple((part[0].anchor, part[-1].anchor) for part in parts)
    return Parts(replace(cable, paragraphs=parts[number - 1]), number, spans)


def _parts(paragraphs: Iterable[Paragraph]) -> Iterator[tuple[Paragraph, ...]]:
    part, weight = list[Paragraph](), 0
    for paragraph in paragraphs:
        for at, piece in enumerate(_pieces(paragraph)):
            own = _EACH + len(piece.text)
            if part and (at or weight + own > MOST):
                yield tuple(part)
                part, weight = [], 0
            part.append(piece)
            weight += own
    if part:
        yield tuple(part)


def _pieces(paragraph: Paragraph) -> Iterator[Paragraph]:
    """The paragraph, in pieces where it is longer than a part."""
    if len(paragraph.text) <= MOST:
        yield paragraph
        return
    some, size = list[Part](), 0
    first = paragraph
    for part in paragraph.parts or (Part(None, paragraph.voice, paragraph.text, ()),):
        for text in cut(part.text, MOST) or ("",):
            if some and size + len(text) > MOST:
                yield _piece(first, some)
                first, some, size = replace(paragraph, heading=None, heading_withheld=False), [], 0
            some.append(replace(part, text=text))
            size += len(text)
    yield _piece(first, some)


def _piece(paragraph: Paragraph, parts: Sequence[Part]) -> Paragraph:
    return replace(paragraph, parts=tuple(parts), text=" ".join(part.text for part in parts))


def cut(text: str, most: int) -> list[str]:
    """A text in pieces no longer than `most`, at the ends of lines, else of words; together they are it."""
    pieces, at = [], 0
    while len(text) - at > most:
        end = max(text.rfind("\n", at + most // 2, at + most), -1) + 1
        end = end or text.rfind(" ", at + most // 2, at + most) + 1 or at + most
        pieces.append(text[at:end])
        at = end
    return [*pieces, text[at:]] if text[at:] else pieces


def of_copy(stretches: Iterable[Stretch]) -> Iterator[tuple[Stretch, ...]]:
    """The copy as received, as much as one page holds at a time."""
    pieces = (
        Stretch(text, stretch.fields)
        for stretch in stretches
        for text in cut(stretch.text, COPY) or [stretch.text]
    )
    return _filled(((piece, len(piece.text)) for piece in pieces), COPY)


def of_passages(passages: Iterable[Passage]) -> Iterator[tuple[Passage, ...]]:
    """What is compared of two copies, as much as one page holds at a time."""
    pieces = (piece for passage in passages for piece in _cut_passage(passage))
    weights = ((piece, _EACH + sum(_RUN + len(run.words) for run in piece.runs)) for piece in pieces)
    return _filled(weights, COMPARED)


_Piece = TypeVar("_Piece")


def _filled(pieces: Iterable[tuple[_Piece, int]], most: int) -> Iterator[tuple[_Piece, ...]]:
    """Pieces in order, with their weights, as many on a page as it bears."""
    page, size = list[_Piece](), 0
    for piece, weight in pieces:
        if page and size + weight > most:
            yield tuple(page)
            page, size = [], 0
        page.append(piece)
        size += weight
    if page:
        yield tuple(page)


def _cut_passage(passage: Passage) -> Iterator[Passage]:
    some, size = list[Run](), 0
    for run in passage.runs:
        for words in cut(run.words, COMPARED // 2) or (run.words,):
            if some and size + _RUN + len(words) > COMPARED:
                yield replace(passage, runs=tuple(some))
                some, size = [], 0
            some.append(replace(run, words=words))
            size += _RUN + len(words)
    yield replace(passage, runs=tuple(some))
