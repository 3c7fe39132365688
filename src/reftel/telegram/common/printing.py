"""Printing a cable as a drafter's terminal did: wrapped lines, lists kept, page lines between sections."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from reftel.cable import Paragraph
from reftel.telegram.common.wording import ends_sentence

WIDTH = 65


@lru_cache(maxsize=8)
def _filled(width: int) -> re.Pattern[str]:
    """As many words as fit; a line ends neither in a dash nor before one."""
    end = r"(?<![\s-])(?=[ ][^-]|$)"
    return re.compile(rf"(\S.{{0,{width - 1}}}{end}|\S.*?{end}|\S.*)[ ]?")


def wrap(words: str, width: int = WIDTH) -> list[str]:
    """Words filled into lines. No line begins with a dash or ends in one: there it would mean something."""
    return _filled(width).findall(" ".join(words.split()))


def paragraph_lines(paragraph: Paragraph, number: str) -> list[str]:
    """The lines of a paragraph, its heading above it; `number` is printed as given."""
    lines: list[str] = []
    if paragraph.heading:
        lines += [*wrap(paragraph.heading, 90), ""]
    lead = f"{number} ({paragraph.marking}) " if paragraph.marking else f"{number} "
    text = (lead if number else lead.lstrip()) + paragraph.text
    for order, block in enumerate(text.split("\n\n")):
        if order:
            lines.append("")
        for item in block.split("\n"):
            lines += wrap(item)
    return lines


def with_page_lines(blocks: Sequence[list[str]], page_lines: Sequence[str]) -> Iterator[str]:
    """The lines of all blocks, a blank line between them, and page lines at about even distances.

    A page line stands between two blocks, or where a line ends inside a sentence: there a reader can
    tell that the text goes on.
    """
    total = sum(len(block) + 1 for block in blocks)
    due = [total * (order + 1) // (len(page_lines) + 1) for order in range(len(page_lines))]
    waiting = list(page_lines)
    printed = 0
    for block in blocks:
        for line, following in zip(block, (*block[1:], ""), strict=True):
            yield line
            printed += 1
            if (
                waiting
                and printed >= due[len(page_lines) - len(waiting)]
                and _inside_sentence(line, following)
            ):
                yield from ("", waiting.pop(0), "")
        if waiting and printed >= due[len(page_lines) - len(waiting)]:
            yield from ("", waiting.pop(0), "")
        yield ""
        printed += 1
    for page_line in waiting:
        yield from (page_line, "")


def sectioned(lines: Sequence[str], most: int) -> list[list[str]]:
    """The lines of a text in sections of at most so many, each ended where a reader can join it to the next.

    That is before a numbered paragraph, where one begins in the latter half of a section; else inside a
    sentence; else wherever the section is full.
    """
    found: list[list[str]] = []
    at = 0
    while len(lines) - at > most:
        stop = _section_end(lines, at, at + most)
        found.append(list(lines[at:stop]))
        at = stop
    return [*found, list(lines[at:])]


_NUMBERED = re.compile(r"\d{1,3}\. ")


def _section_end(lines: Sequence[str], start: int, full: int) -> int:
    latter_half = range(full, start + (full - start) // 2, -1)
    for at in latter_half:
        if not lines[at - 1] and _NUMBERED.match(lines[at]):
            return at
    for at in range(full, start, -1):
        if _inside_sentence(lines[at - 1], lines[at].lower()):
            return at
    return full


def _inside_sentence(line: str, following: str) -> bool:
    return (
        len(line) > WIDTH * 3 // 4
        and following[:1].isalpha()
        and following[:1].islower()
        and not ends_sentence(line)
        and not line.startswith("-")
    )
