"""Lines of the relay that stand in the text and are no part of it: page lines and banners."""

import re
from collections.abc import Iterator

import msgspec

from reftel.cable import Span
from reftel.markings import is_banner

# ASTANA 00000253  002 OF 002; in a first section also 001.2 OF 003
_PAGE_LINE = re.compile(
    r"""
    [ \t]* (?P<station> [A-Z] [A-Z .'-]{0,40}? ) \s+ (?P<serial> \d{8} ) \s+
    (?P<section> \d{3} ) (?: \.\d )? [ ] OF [ ] (?P<of> \d{3} ) [ \t\r]*
    """,
    re.VERBOSE,
)
# C O N F I D E N T I A L alone, at the foot and head of a page, or the line that begins a further section
_BANNER = re.compile(
    r"\n(?:C O N F|S E C R|T O P|CONFIDENTIAL|SECRET|TOP SECRET|UNCLAS|LIMITED OFF)"
    r"[A-Z /]{0,30}(?P<section>SECTION (?P<number>\d\d?) OF (?P<of>\d\d?)[A-Z .'-]{0,40}\d{0,8})?[ \r]*(?=\n)"
)

# How a line begins that may be one; much quicker to look for, and seldom there.
_OPENING = re.compile(r"\n(?:C O N F|S E C R|T O P|CONFIDENTIAL|SECRET|TOP SECRET|UNCLAS|LIMITED OFF)")


class Noise(msgspec.Struct, frozen=True):
    """A line to be left out of the text; `section` and `of` where it is a page line that tells them."""

    span: Span
    section: int | None = None
    of: int | None = None


def noise(text: str, start: int, end: int) -> list[Noise]:
    """The page lines and banners between two offsets, in order."""
    found = list(_page_lines(text, start, end))
    if not _OPENING.search(text, start, end):
        return found
    for match in _BANNER.finditer(text, start, end):
        place = stripped(text, match.start(), match.end())
        if match["section"]:
            found.append(Noise(place, int(match["number"]), int(match["of"])))
        elif is_banner(match.group()):
            found.append(Noise(place))
    found.sort(key=lambda one: one.span)
    return found


def _page_lines(text: str, start: int, end: int) -> Iterator[Noise]:
    at = text.find(" OF 0", start, end)
    while at >= 0:
        line_start = text.rfind("\n", start, at) + 1 or start
        line_end = text.find("\n", at, end)
        line_end = end if line_end < 0 else line_end
        match = _PAGE_LINE.fullmatch(text, line_start, line_end) if line_end - line_start < 100 else None
        if match:
            span = (match.start("station"), match.end("of"))
            yield Noise(span, int(match["section"]), int(match["of"]))
        at = text.find(" OF 0", line_end, end)


def stripped(text: str, start: int, end: int) -> Span:
    """The range without the white space at its ends."""
    piece = text[start:end]
    bare = piece.strip()
    if not bare:
        return (start, start)
    first = start + piece.index(bare[0])
    return (first, first + len(bare))


def fragments(text: str, start: int, end: int) -> tuple[Span, ...]:
    """The parts of the lines between two offsets that are not blank, a span each."""
    found = []
    at = start
    for line in text[start:end].split("\n"):
        span = stripped(text, at, at + len(line))
        if span[0] < span[1]:
            found.append(span)
        at += len(line) + 1
    return tuple(found)
