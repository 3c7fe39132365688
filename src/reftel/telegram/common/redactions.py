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
_MORE_X = frozenset(("XXX",))
_BLOCKS = re.compile(r"█+(?:[ \t]+█+)*")


def find(text: str, start: int, end: int, paragraphs: Sequence[Paragraph] = ()) -> tuple[Redaction, ...]:
    """The redactions between two offsets, in order, each with the anchor of the paragraph it stands in."""
    text_at = paragraphs[0].spans[0][0] if paragraphs else start
    found = list(_places(text, start, text_at, end))
    if not found:
        return ()
    found.sort(key=_place)
    starts = [paragraph.spans[0][0] for paragraph in paragraphs]
    return tuple(
        Redaction(kind, text[slice(*place)], place, _anchor(place[0], starts, paragraphs))
        for kind, place in found
    )


def _place(found: tuple[RedactionKind, Span]) -> Span:
    return found[1]


def _places(text: str, start: int, text_at: int, end: int) -> Iterator[tuple[RedactionKind, Span]]:
    """Each sign is looked for by itself before any pattern: most cables have none."""
    if stands(text, "X", _MORE_X, start, end) or text.find("xxxxxx", start, end) >= 0:
        for match in _RUN.finditer(text, start, end):
            yield "x-run", match.span()
    if _has_brackets(text, text_at, end):  # notes stand in the text; the header's are a mirror's links
        for match in _BRACKETED.finditer(text, text_at, end):
            words = match.group()
            if _NOT_DECLASSIFIED.search(words):
                yield "not-declassified", match.span()
            elif _EXCISED.search(words):
                yield "excised", match.span()
    if text.find("(b)(", start, end) >= 0:  # as reviewers write it
        for match in _EXEMPTION.finditer(text, start, end):
            yield "excised", match.span()
    if text.find("█", start, end) >= 0:
        for match in _BLOCKS.finditer(text, start, end):
            yield "excised", match.span()


def _has_brackets(text: str, start: int, end: int) -> bool:
    """Whether a square bracket opens between two offsets that is not the paragraph sign of a mirror."""
    at = text.find("[", start)
    while -1 < at < end:
        if text[at + 1 : at + 5] != "1](#":
            return True
        at = text.find("[", at + 1)
    return False


def _anchor(at: int, starts: Sequence[int], paragraphs: Sequence[Paragraph]) -> str | None:
    index = bisect_right(starts, at) - 1
    if index < 0 or at >= paragraphs[index].spans[-1][1]:
        return None
    return paragraphs[index].anchor
