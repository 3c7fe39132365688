"""What was taken out of a text before this copy of it was made (handbook 01, D15; 03, section 5).

Names made runs of X, editors' notes of what is not declassified, words excised for a release. The words
that stand in their place stay in the text; here they are told from the drafter's own.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from reftel.cable import Paragraph, Redaction, RedactionKind, Span
from reftel.telegram.common.lines import stands

_RUN = re.compile(r"(?<![A-Za-z])(?:X{4,}|x{6,})")  # three are a number: XXX
# [2 lines not declassified] | [1 paragraph (5 lines of source text) not declassified] | [EXCISED]
_BRACKETED = re.compile(r"\[[^\[\]]{1,200}\]")
_NOT_DECLASSIFIED = re.compile(r"\bnot\s+declassified\b", re.IGNORECASE)
_EXCISED = re.compile(r"\b(?:excised|deleted|redacted|withheld|sanitized)\b", re.IGNORECASE)
_EXEMPTION = re.compile(r"(?<![\w)])\([bB]\)\s?\(\d\)(?:\([A-Fa-f]\))?")  # (b)(1), (b)(7)(C): FOIA
# what stands between its letter and its number; not the reasons of a classifier line: 1.4 (b) and (d)
_EXEMPT = frozenset((*(f" ({digit}" for digit in range(1, 10)), *(f"({digit})" for digit in range(1, 10))))
_MORE_X = frozenset(("XXX",))
_BLOCKS = re.compile(r"█+(?:[ \t]+█+)*")


def find(text: str, start: int, end: int, paragraphs: Sequence[Paragraph] = ()) -> tuple[Redaction, ...]:
    """The redactions between two offsets, in order, each with the anchor of the paragraph it stands in."""
    found = sorted(_places(text, start, end), key=lambda one: one[1])
    if not found:
        return ()
    starts = [paragraph.spans[0][0] for paragraph in paragraphs]
    return tuple(
        Redaction(kind, text[slice(*place)], place, _anchor(place[0], starts, paragraphs))
        for kind, place in found
    )


def _places(text: str, start: int, end: int) -> Iterator[tuple[RedactionKind, Span]]:
    """Each sign is looked for by itself before any pattern: most cables have none."""
    if text.find("xxxxxx", start, end) >= 0 or stands(text, "X", _MORE_X, start, end):
        for match in _RUN.finditer(text, start, end):
            yield "x-run", match.span()
    if text.find("[", start, end) >= 0 and text.count("[", start, end) > text.count("](#)", start, end):
        for match in _BRACKETED.finditer(text, start, end):
            words = match.group()
            if _NOT_DECLASSIFIED.search(words):
                yield "not-declassified", match.span()
            elif _EXCISED.search(words):
                yield "excised", match.span()
    if stands(text, ")", _EXEMPT, start, end):
        for match in _EXEMPTION.finditer(text, start, end):
            yield "excised", match.span()
    if text.find("█", start, end) >= 0:
        for match in _BLOCKS.finditer(text, start, end):
            yield "excised", match.span()


def _anchor(at: int, starts: Sequence[int], paragraphs: Sequence[Paragraph]) -> str | None:
    index = bisect_right(starts, at) - 1
    if index < 0 or at >= paragraphs[index].spans[-1][1]:
        return None
    return paragraphs[index].anchor
