"""Lines of the relay that stand in the text and are no part of it: page lines and banners."""

import re
from collections.abc import Iterator

import msgspec

from reftel.cable import Span
from reftel.markings import is_banner

# ASTANA 00000253  002 OF 002; in a first section also 001.2 OF 003; a digit may be lost
_PAGE_LINE = re.compile(
    r"""
    [ \t]* (?P<station> [A-Z] [A-Z .'-]{0,40}? ) \s+ (?P<serial> \d{5,8} ) \s+
    (?P<section> \d{2,3} ) (?: \.\d )? [ ] OF [ ] (?P<of> \d{2,3} ) [ \t\r]*
    """,
    re.VERBOSE,
)
# PAGE 02 RUEHTA0253 C O N F I D E N T I A L | PAGE 02        ASTANA 00253  01 OF 02  082030Z
_NUMBERED_PAGE = re.compile(
    r"""
    \n [ ]* PAGE\ +\d\d\ + (?:
        R[A-Z]{3,7} \ * \d{3,5} [A-Z /]{0,40} (?:SECTION\ \d\d?\ OF\ \d\d?[A-Z .'-]{0,40}\d{0,8})?
      | [A-Z][A-Z .'&-]{0,30}? \ + \d{4,6} (?:\ + (?P<section>\d\d)\ OF\ (?P<of>\d\d) )? (?:\ +\d{6}Z?)?
        (?:\ +[A-Z][A-Z0-9 ]{0,30})?
    ) [ ]* (?=\n)
    """,
    re.VERBOSE,
)
# Sheryl P. Walter Declassified/Released US Department of State EO Systematic Review 20 Mar 2014
_STAMP = re.compile(
    r"\n[^\n]{0,40}Declassified/Released US Department of State EO Systematic Review[^\n]{0,30}(?=\n|\Z)"
)
_RELEASED = frozenset(("Released US",))
_RELAYED = re.compile(r"\n[ ]*VZCZC[A-Z]{3}\d{4}[ ]*(?=\n)")  # the relay's first line, of a further section
# a line of the header block, which some relays print on every page
_OF_HEADER = re.compile(r"\n(?P<line>(?:TAGS|SUBJ|E\.O\.|SIPDIS|NOFORN)[^\n]*)(?=\n)")
# C O N F I D E N T I A L alone, at the foot and head of a page, or the line that begins a further section
_BANNER = re.compile(
    r"\n(?:C O N F|S E C R|T O P|CONFIDENTIAL|SECRET|TOP SECRET|UNCLAS|LIMITED OFF)"
    r"[A-Z /]{0,30}(?P<section>SECTION (?P<number>\d\d?) OF (?P<of>\d\d?)[A-Z .'-]{0,40}\d{0,8})?[ \r]*(?=\n)"
)

# How a line begins that may be one; much quicker to look for, and seldom there.
_OPENING = re.compile(
    r"\n(?:C(?: O N F|ONFIDENTIAL)|S(?: E C R|ECRET|UBJ|IPDIS)|T(?: O P|OP SECRET|AGS)|UNCLAS|LIMITED OFF"
    r"|PAGE \d|VZCZC|E\.O\.|NOFORN)"
)


class Noise(msgspec.Struct, frozen=True):
    """A line to be left out of the text; `section` and `of` where it is a page line that tells them.

    `relayed` is the first line of a relay's block, with which a further section begins.
    """

    span: Span
    section: int | None = None
    of: int | None = None
    relayed: bool = False


def noise(text: str, start: int, end: int, head: int | None = None) -> list[Noise]:
    """The page lines, banners and stamps between two offsets, in order.

    So too the lines that stand in the header already, which begins at `head`.
    """
    noises = list(page_lines(text, start, end))
    if stands(text, "/", _RELEASED, start, end):
        noises += [Noise(stripped(text, *one.span())) for one in _STAMP.finditer(text, start, end)]
    if _OPENING.search(text, start, end):
        noises += _opened(text, start, end, start if head is None else head)
    noises.sort(key=lambda one: one.span)
    return noises


def _opened(text: str, start: int, end: int, head: int) -> Iterator[Noise]:
    """What is told by how its line begins."""
    for match in _NUMBERED_PAGE.finditer(text, start, end):
        of = match["of"]
        yield Noise(
            stripped(text, *match.span()), int(match["section"]) if of else None, int(of) if of else None
        )
    for match in _RELAYED.finditer(text, start, end):
        yield Noise(stripped(text, *match.span()), relayed=True)
    said: frozenset[str] | None = None
    for match in _OF_HEADER.finditer(text, start, end):
        if said is None:
            said = frozenset(line.strip() for line in text[head:start].split("\n"))
        if match["line"].strip() in said:
            yield Noise(stripped(text, *match.span()))
    for match in _BANNER.finditer(text, start, end):
        place = stripped(text, match.start(), match.end())
        if match["section"]:
            yield Noise(place, int(match["number"]), int(match["of"]))
        elif is_banner(match.group()):
            yield Noise(place)


def stands(text: str, sign: str, rests: frozenset[str], start: int, end: int) -> bool:
    """Whether a rare sign between two offsets is followed by one of some words, all of one length."""
    length = len(next(iter(rests))) + 1
    at = text.find(sign, start, end)
    while at >= 0:
        if text[at + 1 : at + length] in rests:
            return True
        at = text.find(sign, at + 1, end)
    return False


def places_of(text: str, sign: str, rests: frozenset[str], start: int, end: int) -> Iterator[int]:
    """Where a rare sign between two offsets is followed by one of some words, all of one length.

    Much quicker than to look for the words: a sign alone is found in no time.
    """
    length = len(next(iter(rests))) + 1
    at = text.find(sign, start)
    while -1 < at < end:
        if text[at + 1 : at + length] in rests:
            yield at
        at = text.find(sign, at + 1)


def page_lines(text: str, start: int, end: int) -> Iterator[Noise]:
    """The page lines of the relay between two offsets: `ASTANA 00000253  002 OF 002`."""
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
    if text.find("\n", start, end) < 0:
        span = stripped(text, start, end)
        return (span,) if span[0] < span[1] else ()
    spans = []
    at = start
    for line in text[start:end].split("\n"):
        span = stripped(text, at, at + len(line))
        if span[0] < span[1]:
            spans.append(span)
        at += len(line) + 1
    return tuple(spans)
