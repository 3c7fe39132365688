"""Words and sentences that the machine cut: what to take out so that they are whole again (handbook 01, D9).

A line held 69 signs: of a longer one the rest went on a line of its own, be it half a word. Blank lines
stand where paper was changed; in capitals there is no sign of it but a full line that ends no sentence.
"""

import re
from typing import NamedTuple

from reftel.cable import Span
from reftel.telegram.common.wording import ends_sentence

_MOST_SIGNS = 69
_FULL_LINE = 50  # characters at least: a shorter line may end on purpose
_CUT = re.compile(
    r"""
    \n (?:
        (?P<gap> [ ]{0,9}\n (?: [ ]{0,9}\n )? ) [ ]{0,9} (?= (?P<word> [A-Z'-]{1,30} ),?[ ][^\n]{12} )
      | (?= [A-Z-] [^\n]{0,16}+ \n )  # a short line
    )
    """,
    re.VERBOSE,
)
_ITEM = re.compile(r"\s*(?:\(?[A-Z]{1,2}[.)]|--?)\s")
_OPENERS = frozenset(
    {"BEGIN", "COMMENT", "END", "FOLLOWING", "NOTE", "QUOTE", "REF", "SUBJECT", "SUMMARY", "TEXT", "UNQUOTE"}
)
_IN_SENTENCE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ,")


class Cut(NamedTuple):
    """What to take out, and whether it parts a sentence or a word only."""

    span: Span
    of_sentence: bool


def cuts(text: str, start: int) -> list[Cut]:
    """The line ends inside words, and the blank lines inside sentences, behind an offset."""
    found: list[Cut] = []
    for match in _CUT.finditer(text, start):
        at = match.start()
        if text[at - 1] not in _IN_SENTENCE:
            continue
        if match["gap"] is None:
            if text.rfind("\n", start, at) == at - _MOST_SIGNS - 1:
                found.append(Cut((at, at + 1), of_sentence=False))
        elif match["word"] not in _OPENERS and _goes_on(text, start, at):
            found.append(Cut(match.span("gap"), of_sentence=True))
    return found


def _goes_on(text: str, start: int, end: int) -> bool:
    """Whether the line that ends at an offset has more to come: it is full, or the scrap of a full one."""
    line, first = _line(text, start, end)
    if "   " in line.strip():  # a table
        return False
    above, first = _line(text, start, first - 1)
    if len(line) >= _FULL_LINE:
        return bool(above) or not _ITEM.match(line)
    higher, _ = _line(text, start, first - 1)
    return len(above) >= _FULL_LINE and bool(higher) and not ends_sentence(above)


def _line(text: str, start: int, end: int) -> tuple[str, int]:
    """The line that ends at an offset, and where it begins; an empty one above the first."""
    if end < start:
        return "", start
    first = max(text.rfind("\n", start, end) + 1, start)
    return text[first:end].rstrip(), first
