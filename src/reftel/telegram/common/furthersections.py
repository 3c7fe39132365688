"""The heads of further sections of one message, where a file holds them one after another.

Each section is a transmission of its own: the end mark of the one before, relay's lines, FM, TO, INFO,
classification line, perhaps the header block again (handbook 01, section 2; 02, section 1.3). Between the
words of two sections all of that is noise.
"""

import re
from collections.abc import Iterator, Sequence

from reftel.markings import CAPTIONS
from reftel.telegram.common.header import Line, lines, starts_block
from reftel.telegram.common.lines import Noise, stripped
from reftel.telegram.common.wording import blocks

_HEAD = 8_000  # characters from an FM line to the classification line, at most
_BLOCK = 3_000  # characters of a header block that is printed again
# VZCZCXRO9782 | OO RUEHBI RUEHCI | DE RUEHTA #0253/02 0430516 | ZNY CCCCC ZZH | O 120516Z FEB 09 | NNNN | BT
_RELAYED = re.compile(
    r"VZCZC\S+|[ZOPR]{2} R[A-Z].*|R[A-Z]{3,7}(?: +R[A-Z]{3,7})*|DE R[A-Z].*|ZN[RY] .*"
    r"|[ZOPRY]{1,2}(?: [ZOPR])* \d{6}Z .*|#?N{3,4}|BT|#\d{4}"
)


def heads(text: str, start: int, section_lines: Sequence[Noise]) -> Iterator[Noise]:
    """What stands around the classification lines of further sections, to be left out of the text with them.

    `section_lines` are the lines behind `start`, where the text begins, that name a section, in order. Each
    stretch between blank lines is one piece of noise.
    """
    done = start
    for line in section_lines:
        first, last = line.span
        if line.section is None or first < done:
            continue
        sender = text.rfind("\nFM ", max(done, first - _HEAD), last)  # in the line's own noise, or above it
        if sender >= 0:
            yield from _pieces(text, _above(text, min(sender + 1, first), done), first)
            done = _block_end(text, last)
            yield from _pieces(text, last, done)
        done = max(done, last)


def _pieces(text: str, first: int, last: int) -> Iterator[Noise]:
    for begin, stop in blocks(text[first:last]):
        place = stripped(text, first + begin, first + stop)
        if place[0] < place[1]:
            yield Noise(place)


def _above(text: str, at: int, start: int) -> int:
    """Where the relay's lines and the end marks above an FM line begin."""
    found = at
    while at > start:
        above = text.rfind("\n", start, at - 1) + 1
        line = text[above : at - 1].strip()
        if above <= start or (line and not _RELAYED.fullmatch(line)):
            break
        at = above
        found = at if line else found
    return found


def _block_end(text: str, at: int) -> int:
    """Where a header block that is printed again behind a section's first line ends."""
    found, labelled = at, False
    for line in lines(text, at, min(len(text), at + _BLOCK)):
        if not line.text:
            labelled = False
        elif _is_of_block(line) or labelled:
            labelled = labelled or starts_block(line.text)
            found = line.end
        else:
            break
    return found


def _is_of_block(line: Line) -> bool:
    return starts_block(line.text) or line.text.upper() in CAPTIONS
