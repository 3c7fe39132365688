"""The copies of one cable beside one another: which words only one of two has, paragraph by paragraph.

Words are compared without regard to capitals, since many copies are all in capitals. Time grows with the
length of the text, whatever stands in it: words that stand once in both tie the two texts together, and only
what lies between them, if it is short, is compared word for word.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

import msgspec

from reftel.cable import Cable, Paragraph, Status
from reftel.readingroom import ReadingRoom, Witness

Kind = Literal["same", "first", "second"]
_SHORT = 80  # words on a side that are compared each with each
_DEEPEST = 30  # times that what lies between two words that tie is tied anew


class Run(msgspec.Struct, frozen=True):
    """Words that both copies have, or one alone."""

    kind: Kind
    words: str


class Passage(msgspec.Struct, frozen=True):
    """One paragraph of either copy, or of both, or one field of their headers."""

    name: str  # the paragraph's number as printed, or its anchor; of a header: subject, sent, TAGS ...
    of: Literal["header", "text"]
    runs: tuple[Run, ...]

    @property
    def is_same(self) -> bool:
        """Whether both copies say the same here."""
        return all(run.kind == "same" for run in self.runs)


class OneCopy(msgspec.Struct, frozen=True):
    """A copy of the cable, as far as a list says."""

    number: int  # from 1, which is the one that the cable is read from
    sha256: str
    source: str
    locator: str
    collection: str
    status: Status
    words: int


class Copies(msgspec.Struct, frozen=True):
    """The copies of a cable, and how two of them differ."""

    key: str
    id: str | None
    subject: str | None
    copies: tuple[OneCopy, ...]
    first: int
    second: int
    passages: tuple[Passage, ...]
    words: dict[Kind, int]  # of the text: how many both have, and each alone


def copies(room: ReadingRoom, key: str, second: int = 2) -> Copies | None:
    """How the copy that a cable is read from differs from another; None where there are not these two.

    Only copies that the reader may see whole are there.
    """
    found = room.copies(key)
    if not 2 <= second <= len(found):
        return None
    one, other = found[0], found[second - 1]
    passages = (*_headers(one.cable, other.cable), *_texts(one.cable, other.cable))
    counts: Counter[Kind] = Counter()
    for passage in passages:
        for run in passage.runs if passage.of == "text" else ():
            counts[run.kind] += len(run.words.split())
    told = tuple(_told(number, each) for number, each in enumerate(found, 1))
    words: dict[Kind, int] = {"same": counts["same"], "first": counts["first"], "second": counts["second"]}
    return Copies(one.cable.key, one.cable.id, one.cable.subject, told, 1, second, passages, words)


def _told(number: int, each: Witness) -> OneCopy:
    words = sum(len(_text(one).split()) for one in each.cable.paragraphs)
    return OneCopy(number, each.sha256, each.source, each.locator, each.collection, each.status, words)


def together(passages: Sequence[Passage]) -> Iterator[tuple[Passage, ...]]:
    """The passages in order, those beside one another that are the same in both in one."""
    for _, some in groupby(enumerate(passages), lambda each: -1 if each[1].is_same else each[0]):
        yield tuple(passage for _, passage in some)


# -- what is compared with what --------------------------------------------------------------------------


def _headers(one: Cable, other: Cable) -> Iterator[Passage]:
    """The fields of the header in which they differ."""
    for (name, first), (_, second) in zip(_fields(one), _fields(other), strict=True):
        passage = Passage(name, "header", tuple(runs(first, second)))
        if not passage.is_same:
            yield passage


def _fields(cable: Cable) -> Iterator[tuple[str, str]]:
    yield "subject", cable.subject or ""
    yield "sent as", " ".join((cable.classification or "", *cable.handling, *cable.captions))
    yield "now", cable.release.current or ""  # the status is told of each copy
    yield "sent", (cable.sent or "").replace("T", " ")
    yield "from", cable.from_.name or ""
    yield "to", ", ".join(each.name for each in cable.to)
    yield "info", ", ".join(each.name for each in cable.info)
    yield "TAGS", " ".join((*cable.tags, *cable.tags_unknown))
    yield "refers to", "; ".join(each.text for each in cable.references)
    yield "signature", cable.signature or ""


def _texts(one: Cable, other: Cable) -> Iterator[Passage]:
    """The paragraphs, those that are the same in both first tied together."""
    first, second = one.paragraphs, other.paragraphs
    words = [_key(" ".join(_text(each).split())) for each in first]
    others = [_key(" ".join(_text(each).split())) for each in second]
    at = before = 0
    for i, j in (*_tied(words, others), (len(first), len(second))):
        yield from _between(first[at:i], second[before:j])
        if i < len(first):
            yield _passage(first[i], second[j])
        at, before = i + 1, j + 1


def _between(first: Sequence[Paragraph], second: Sequence[Paragraph]) -> Iterator[Passage]:
    """Paragraphs of which none is the same in both: those with one anchor belong together."""
    anchors = [each.anchor for each in first]
    at = 0
    for other in second:
        if other.anchor in anchors[at:]:
            own = anchors.index(other.anchor, at)
            yield from (_passage(each, None) for each in first[at:own])
            yield _passage(first[own], other)
            at = own + 1
        else:
            yield _passage(None, other)
    yield from (_passage(each, None) for each in first[at:])


def _passage(one: Paragraph | None, other: Paragraph | None) -> Passage:
    named = one or other
    assert named is not None
    compared = runs(_text(one) if one else "", _text(other) if other else "")
    return Passage(named.anchor, "text", tuple(compared))


def _text(paragraph: Paragraph) -> str:
    """The words of a paragraph with its mark and the heading above it."""
    mark = f"({paragraph.marking})" if paragraph.marking else ""
    return " ".join(filter(None, (paragraph.heading, mark, paragraph.text)))


# -- words -----------------------------------------------------------------------------------------------


def runs(first: str, second: str) -> Iterator[Run]:
    """Two texts as one: what both say, in the words of the first, and what one alone says."""
    one, other = first.split(), second.split()
    keys, others = [*map(_key, one)], [*map(_key, other)]
    said: list[tuple[Kind, list[str]]] = []
    for kind, start, end in _steps(keys, others, 0, 0, _DEEPEST):
        words = other[start:end] if kind == "second" else one[start:end]
        if said and said[-1][0] == kind:
            said[-1][1].extend(words)
        else:
            said.append((kind, words))
    yield from (Run(kind, " ".join(words)) for kind, words in said)


def _key(word: str) -> str:
    return word.casefold()


Step = tuple[Kind, int, int]


def _steps(one: Sequence[str], other: Sequence[str], at: int, by: int, deep: int) -> Iterator[Step]:
    """What both have, from where to where in the first; what one alone has, in its own; in order.

    The words of the two sides begin at `at` and at `by` of their texts.
    """
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    if start:
        yield "same", at, at + start
    inner, outer = one[start : len(one) - end], other[start : len(other) - end]
    yield from _inner(inner, outer, at + start, by + start, deep)
    if end:
        yield "same", at + len(one) - end, at + len(one)


def _inner(one: Sequence[str], other: Sequence[str], at: int, by: int, deep: int) -> Iterator[Step]:
    """The same of two sides that neither begin nor end alike."""
    if len(one) <= _SHORT and len(other) <= _SHORT:
        for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
            if kind == "equal":
                yield "same", at + a, at + b
                continue
            if b > a:
                yield "first", at + a, at + b
            if d > c:
                yield "second", by + c, by + d
        return
    ties = _tied(one, other) if deep else []
    if not ties:
        yield from (("first", at, at + len(one)),) if one else ()
        yield from (("second", by, by + len(other)),) if other else ()
        return
    left = right = 0
    for i, j in (*ties, (len(one), len(other))):
        yield from _steps(one[left:i], other[right:j], at + left, by + right, deep - 1)
        if i < len(one):
            yield "same", at + i, at + i + 1
        left, right = i + 1, j + 1


def _tied(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """The places of what stands once on each side, as many as are in the same order on both."""
    once, places = Counter(one), Counter(other)
    where = {word: j for j, word in enumerate(other) if places[word] == 1}
    met = [(i, where[word]) for i, word in enumerate(one) if once[word] == 1 and word in where]
    tails: list[int] = []  # the least end of a run of each length: the longest run that goes up
    ends: list[int] = []
    before: list[int | None] = []
    for order, (_, j) in enumerate(met):
        length = bisect_left(tails, j)
        before.append(ends[length - 1] if length else None)
        tails[length : length + 1] = [j]
        ends[length : length + 1] = [order]
    found = []
    at = ends[-1] if ends else None
    while at is not None:
        found.append(met[at])
        at = before[at]
    return found[::-1]
