"""A fair copy: the telegram without the lines that are no part of it, and where each stretch of it stands.

Page lines, banners and stamps interrupt header and text alike. They are cut out once, the rest is read as
if they had never been there, and every place is then told as fragments of the copy.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

from reftel.cable import Span
from reftel.telegram.common.lines import stripped


class FairCopy:
    """What is left of a copy's text between two offsets when `cuts` are taken out of it."""

    __slots__ = ("_kept", "_starts", "_whole", "cuts", "end", "start", "text")

    def __init__(self, whole: str, start: int, end: int, cuts: Iterable[Span] = ()) -> None:
        self._whole = whole
        self.start, self.end = start, end
        self.cuts = tuple(sorted(cuts))
        kept: list[Span] = []
        at = start
        for first, last in self.cuts:
            if first > at:
                kept.append((at, first))
            at = last if last > at else at  # much quicker than max, here and below
        kept.append((at, end if end > at else at))
        self._kept = kept
        self._starts = [0, *accumulate([last - first for first, last in kept])]
        self.text = "".join([whole[first:last] for first, last in kept])

    def without(self, cuts: Sequence[Span]) -> "FairCopy":
        """A fair copy with further cuts, which are places in the text of this one."""
        if not cuts:
            return self
        further = ((self.at(first), self.at(last - 1) + 1) for first, last in cuts if first < last)
        return FairCopy(self._whole, self.start, self.end, (*self.cuts, *further))

    def at(self, offset: int) -> int:
        """Where in the copy the character at an offset of the text stands."""
        piece = bisect_right(self._starts, offset) - 1
        if piece == len(self._kept):
            piece -= 1
        return self._kept[piece][0] + offset - self._starts[piece]

    def span(self, span: Span) -> Span:
        """Where in the copy a stretch of the text begins and ends, whatever was cut out between."""
        first, last = span
        return (self.at(first), self.at(last - 1) + 1 if last > first else self.at(first))

    def all_spans(self, spans: Mapping[str, tuple[Span, ...]]) -> dict[str, tuple[Span, ...]]:
        """Where in the copy the stretches of a record's fields stand."""
        first_cut, offset = self._starts[1], self._kept[0][0]
        found: dict[str, tuple[Span, ...]] = {}
        for pointer, places in spans.items():
            if len(places) == 1:  # nearly all, above the first cut; much quicker
                ((first, last),) = places
                if last <= first_cut:
                    found[pointer] = ((first + offset, last + offset),)
                    continue
            found[pointer] = self.spans(places)
        return found

    def spans(self, spans: Iterable[Span]) -> tuple[Span, ...]:
        """Where in the copy stretches of the text stand: fragments that leave out what was cut."""
        found: list[Span] = []
        starts, kept = self._starts, self._kept
        for first, last in spans:
            piece = bisect_right(starts, first) - 1
            if piece < len(kept) and last <= starts[piece + 1]:
                offset = kept[piece][0] - starts[piece]
                found.append((first + offset, last + offset))
                continue
            begin = first
            while piece < len(kept) and starts[piece] < last:
                offset, stop = kept[piece][0] - starts[piece], starts[piece + 1]
                fragment = stripped(self._whole, begin + offset, (stop if stop < last else last) + offset)
                if fragment[0] < fragment[1]:
                    found.append(fragment)
                begin = stop
                piece += 1
        return tuple(found)
