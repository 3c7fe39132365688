"""The place in a cable where what was sought stands, with the words marked."""

import re
from collections.abc import Iterator, Sequence

import msgspec

from reftel import words
from reftel.cable import Cable, Span
from reftel.query import Phrase, Prefix, Textual, Word

LENGTH = 240  # characters of an excerpt, more or less
_BEFORE = 60  # of them in front of the first word that is marked
_CUT = "…"


class Excerpt(msgspec.Struct, frozen=True):
    """Some words of a paragraph, and which of them were sought."""

    paragraph: str  # its anchor
    text: str
    marks: tuple[Span, ...]


class _Hit(msgspec.Struct, frozen=True, order=True):
    start: int
    end: int
    sought: int  # which of the things sought it is


class Seeker:
    """Looks for the same words in many cables. What counts as a word is what counts in the index."""

    def __init__(self, sought: Sequence[Textual]) -> None:
        self._patterns = tuple(re.compile(_pattern(each)) for each in sought)

    def marks(self, text: str) -> tuple[Span, ...]:
        """Where what is sought stands in a text, in order."""
        hits = self._hits(text)
        return tuple(_merged(sorted(words.unfold(text, [(hit.start, hit.end) for hit in hits]))))

    def excerpt(self, cable: Cable) -> Excerpt | None:
        """From the paragraph where most of what is sought stands, else the beginning of the first."""
        best, best_hits, most = None, list[_Hit](), (0, 0)
        for paragraph in cable.paragraphs:
            hits = self._hits(paragraph.text)
            all_hits = [*hits, *self._hits(paragraph.heading)] if paragraph.heading else hits
            found = (len({hit.sought for hit in all_hits}), len(all_hits)) if all_hits else (0, 0)
            if paragraph.text and (best is None or found > most):
                best, best_hits, most = paragraph, hits, found
        if best is None:
            return None
        places = words.unfold(best.text, [(hit.start, hit.end) for hit in best_hits])
        hits = [_Hit(*place, hit.sought) for place, hit in zip(places, best_hits, strict=True)]
        return _cut(best.anchor, best.text, sorted(hits))

    def _hits(self, text: str) -> list[_Hit]:
        """Where what is sought stands in the folded text."""
        folded = f" {words.fold(text)} "
        return [
            _Hit(match.start(), match.end() - 1, which)  # as if there were no blank in front
            for which, pattern in enumerate(self._patterns)
            for match in pattern.finditer(folded)
        ]


def _pattern(sought: Textual) -> str:
    """A pattern for folded text with blanks around it; that it begins with letters makes it quick."""
    match sought:
        case Prefix(text):
            return f" {re.escape(''.join(words.split(text)))}[^ ]*"
        case Word(text) | Phrase(text):
            return " " + " +".join(map(re.escape, words.split(text))) + "(?= )"


def _cut(anchor: str, text: str, hits: list[_Hit]) -> Excerpt:
    """The stretch of the text that holds most of the hits."""
    reach = LENGTH - _BEFORE
    windows = [[hit for hit in hits if first.start <= hit.start < first.start + reach] for first in hits]
    window = max(windows, key=lambda some: (len({hit.sought for hit in some}), len(some)), default=[])
    start, end = 0, min(len(text), LENGTH)
    if window:
        start = max(0, window[0].start - _BEFORE)
        end = max(window[0].end, min(len(text), start + LENGTH))
    if start:
        blank = text.find(" ", start, window[0].start)
        start = blank + 1 if blank >= 0 else start
    if end < len(text):
        blank = text.rfind(" ", window[0].end if window else start, end)
        end = blank if blank > start else end
    before, behind = _CUT if start else "", _CUT if end < len(text) else ""
    shift = len(before) - start
    marks = [(hit.start + shift, min(hit.end, end) + shift) for hit in hits if start <= hit.start < end]
    return Excerpt(anchor, before + _one_line(text[start:end]) + behind, tuple(_merged(marks)))


def _one_line(text: str) -> str:
    return text.replace("\n", " ")  # letter for letter: the marks are counted already


def _merged(spans: Sequence[Span]) -> Iterator[Span]:
    """Spans in order, those that overlap made one."""
    last: Span | None = None
    for span in spans:
        if last is not None and span[0] < last[1]:
            last = last[0], max(last[1], span[1])
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last
