"""The distribution lines: which offices got a telegram, with how many copies (handbook 01, section 1).

    ACTION ARA-15
    INFO  OCT-01  ADS-00  INR-10  /026 W

The total behind the stroke is the sum of all copies: a checksum of the lines.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from reftel.cable import Defect, Distribution, Office, Span
from reftel.telegram.common.header import Line

_LABEL = re.compile(r"(?P<label>ACTION|ORIGIN|INFO)\s+(?=[A-Z][A-Z0-9/]{0,7}-\d)")
_OFFICE = re.compile(r"[A-Z][A-Z0-9/]{0,7}-\d{1,3}\b")
# OCT-01  ADS-00  INR-10  /026 W | ( ISO ) W where the total was not printed
_OFFICES = re.compile(
    r"""
    (?P<offices> (?: [\s,]* [A-Z][A-Z0-9/]{0,7}-\d{1,3}\b )* )
    \s* (?: /(?P<total>\d{3}) | \([A-Z ]{1,9}\) )? \s* [WR]? \s*
    """,
    re.VERBOSE,
)
_POINTERS = {
    label: tuple(f"/distribution/{label}/{order}" for order in range(400)) for label in ("action", "info")
}
_DIRECTIONS: dict[str, Literal["incoming", "outgoing"]] = {"ACTION": "incoming", "ORIGIN": "outgoing"}


class Reading(NamedTuple):
    """What the distribution lines say, and where."""

    distribution: Distribution
    spans: dict[str, tuple[Span, ...]]
    defects: tuple[Defect, ...]
    after: int  # the line behind them


def read(lines: Sequence[Line], position: int) -> Reading | None:
    """The distribution lines that begin at a line; None where none does."""
    first = _LABEL.match(lines[position].text)
    if first is None:
        return None
    found: dict[str, list[Office]] = {"action": [], "info": []}
    spans: dict[str, tuple[Span, ...]] = {}
    direction: Literal["incoming", "outgoing"] | None = None
    total, after = None, position
    label = "info"
    while position < len(lines) and total is None:
        words, start = lines[position].text, lines[position].start
        if not words:
            position += 1
            continue
        labelled = _LABEL.match(words)
        if labelled:
            label = "info" if labelled["label"] == "INFO" else "action"
            direction = direction or _DIRECTIONS.get(labelled["label"])
        match = _OFFICES.fullmatch(words, labelled.end() if labelled else 0)
        if match is None:
            break
        offices, pointers = found[label], _POINTERS[label]
        for one in _OFFICE.finditer(words, *match.span("offices")):
            if len(offices) < len(pointers):
                spans[pointers[len(offices)]] = ((start + one.start(), start + one.end()),)
            offices.append(_office(one.group()))
        if match["total"]:
            total = int(match["total"])
            spans["/distribution/total"] = ((start + match.start("total"), start + match.end("total")),)
        position += 1
        after = position
    read_ = Distribution(direction, tuple(found["action"]), tuple(found["info"]), total)
    return Reading(read_, spans, _checked(read_, spans), after)


@lru_cache(maxsize=4096)  # some hundreds of offices, each with a few numbers of copies
def _office(words: str) -> Office:
    code, _, number = words.rpartition("-")
    return Office(code, int(number))


def copies(distribution: Distribution) -> int:
    """The sum of all copies."""
    return sum(office.copies or 0 for office in (*distribution.action, *distribution.info))


def _checked(read_: Distribution, spans: dict[str, tuple[Span, ...]]) -> tuple[Defect, ...]:
    if read_.total is None or copies(read_) == read_.total:
        return ()
    message = f"the distribution lines give {copies(read_)} copies, their total says {read_.total}"
    return (Defect("copy-count", message, spans["/distribution/total"][0]),)


def write(distribution: Distribution, width: int = 62) -> list[str]:
    """The lines as the archiving system printed them: action alone, info wrapped, the total last."""
    label = "ORIGIN" if distribution.direction == "outgoing" else "ACTION"
    lines = [" ".join((label, *map(_printed, distribution.action)))] if distribution.action else []
    if distribution.info or distribution.total is not None:
        line = "INFO"
        for office in distribution.info:
            if len(line) + 9 > width:
                lines.append(line)
                line = "    "
            line += f"  {_printed(office)}"
        if distribution.total is not None:
            letter = "R" if distribution.direction == "outgoing" else "W"
            line += f"  /{distribution.total:03d} {letter}"
        lines.append(line)
    return lines


def _printed(office: Office) -> str:
    return f"{office.code}-{office.copies or 0:02d}"
