"""Pages as the archiving system of 1973-79 printed them: page lines, banners, what a page break cuts in two.

CONFIDENTIAL

CONFIDENTIAL

PAGE 02        LA PAZ 06049  01 OF 02  132315Z
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from reftel.cable import Span
from reftel.markings import is_banner as is_bare_banner

# PAGE 01  LA PAZ 06049  01 OF 02  132315Z   POSS DUPE
PAGE_LINE = re.compile(
    r"""
    PAGE\s+ (?P<page>\d\d) \s+ (?P<post> [A-Z] [A-Z .'&-]{0,30}? ) \s+ (?P<serial>\d{4,6})
    (?: \s+ (?P<section>\d\d) \s OF \s (?P<of>\d\d) )?
    (?: \s+ (?P<received>\d{6}Z?) )?
    (?: \s+ (?P<note> [A-Z] [A-Z0-9 ]{0,30} ) )? \s*
    """,
    re.VERBOSE,
)
END_MARK = re.compile(r"N{3,4}\w*|<< END OF DOCUMENT >>")
_BANNERS = frozenset("UCSTLOR")  # first letters of classifications
_LONGEST_BANNER = 60
_DUPLICATE = re.compile(r"\s+POSS DUPE\s*$")


class Page(NamedTuple):
    """A page line, and where it stands."""

    span: Span
    page: int
    post: str
    serial: int
    section: int | None
    of: int | None
    note: str | None


def pages(text: str) -> Iterator[Page]:
    at = text.find("PAGE ")
    while at >= 0:
        stop = text.find("\n", at)
        stop = stop if stop >= 0 else len(text)
        match = PAGE_LINE.fullmatch(text, at, stop) if stop - at < 120 and begins_line(text, at, 0) else None
        if match:
            page, post, serial, section, of, _, note = match.groups()
            yield Page(
                (at, stop),
                int(page),
                post,
                int(serial),
                int(section) if section else None,
                int(of) if of else None,
                note and note.strip(),
            )
        at = text.find("PAGE ", stop)


def begins_line(text: str, at: int, start: int) -> bool:
    return text[at - 1] == "\n" or not text[text.rfind("\n", start, at) + 1 or start : at].strip()


def page_break(text: str, page: Span, floor: int) -> Span:
    """From the banner at a page's foot to the blank line below the next page line; never above `floor`."""
    return (foot(text, page[0], floor), below(text, page[1]))


def foot(text: str, page_at: int, floor: int) -> int:
    """Where the banners and end marks above a page line begin; blank lines above those belong to the text.

    Not above `floor`, the page or section before, so that many pages cost no more than their text.
    """
    found = at = page_at
    while at > floor:
        line_at = text.rfind("\n", floor, at - 1) + 1 or floor
        line = text[line_at : at - 1].strip()
        if line and not _is_of_page(line):
            break
        at = line_at
        if line:
            found = at
    if found == page_at and page_at > floor:
        above = text.rfind("\n", floor, page_at - 1) + 1 or floor  # no banner: the blank line is the page's
        found = above if not text[above:page_at].strip() else page_at
    return found


def _is_of_page(line: str) -> bool:
    """A banner, an end mark, or the page line of a page that holds nothing."""
    if line[0] == "P":
        return line.startswith("PAGE ") and PAGE_LINE.fullmatch(line) is not None
    if line[0] in "N<":
        return len(line) <= _LONGEST_BANNER and END_MARK.fullmatch(line) is not None
    return is_banner(line)


def is_banner(line: str) -> bool:
    """A banner: `LIMITED OFFICIAL USE    POSS DUPE`."""
    return bool(line) and line[0] in _BANNERS and len(line) <= _LONGEST_BANNER and _is_banner(line)


@lru_cache(maxsize=1024)  # a handful, and the short lines that they are told from
def _is_banner(line: str) -> bool:
    return is_bare_banner(_DUPLICATE.sub("", line) if "POSS" in line else line)


def below(text: str, at: int) -> int:
    """Behind a line's end, and behind the one blank line below it."""
    if at >= len(text):
        return at
    stop = text.find("\n", at + 1)
    return stop + 1 if stop >= 0 and not text[at + 1 : stop].strip() else at + 1
