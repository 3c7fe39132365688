"""The distribution lines: which offices got a telegram, with how many copies (handbook 01, section 1).

    ACTION ARA-15
    INFO  OCT-01  ADS-00  INR-10  /026 W

The total behind the stroke is the sum of all copies: a checksum of the lines.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from reftel.cable import Defect, Distribution, Office, Span
from reftel.telegram.common.header import Line

_LABEL = re.compile(r"(?P<label>ACTION|ORIGIN|INFO)\s+(?=[A-Z][A-Z0-9/]{0,7}-\d)")
_OFFICE = re.compile(r"(?P<code>[A-Z][A-Z0-9/]{0,7})-(?P<copies>\d{1,3})(?=\s|/|$)")
_TOTAL = re.compile(r"/(?P<total>\d{3})(?:\s+[WR])?\s*$")
_SPACING = re.compile(r"[\s,]*")
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
    while position < len(lines):
        words, start = lines[position].text, lines[position].start
        if not words:
            position += 1
            continue
        labelled = _LABEL.match(words)
        if labelled:
            label = "info" if labelled["label"] == "INFO" else "action"
            direction = direction or _DIRECTIONS.get(labelled["label"])
        at = labelled.end() if labelled else 0
        offices = list(_offices(words, at))
        summed = _TOTAL.search(words, offices[-1].end() if offices else at)
        if total is not None or not (offices or (summed and not words[: summed.start()].strip())):
            break
        for office in offices:
            spans[f"/distribution/{label}/{len(found[label])}"] = (
                (start + office.start(), start + office.end()),
            )
            found[label].append(Office(office["code"], int(office["copies"])))
        if summed:
            total = int(summed["total"])
            place = (start + summed.start("total"), start + summed.end("total"))
            spans["/distribution/total"] = (place,)
        position += 1
        after = position
    read_ = Distribution(direction, tuple(found["action"]), tuple(found["info"]), total)
    return Reading(read_, spans, _checked(read_, spans), after)


def _offices(words: str, at: int) -> Iterator[re.Match[str]]:
    """The offices that stand one behind the other from a place of a line on."""
    while match := _OFFICE.match(words, _after(words, at)):
        yield match
        at = match.end()


def _after(words: str, at: int) -> int:
    spacing = _SPACING.match(words, at)
    return spacing.end() if spacing else at


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
