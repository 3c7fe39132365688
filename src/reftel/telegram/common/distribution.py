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
_OFFICE = re.compile(r"(?P<code>[A-Z][A-Z0-9/]{0,7})-(?P<copies>\d{1,3})")
# /026 W | ( ISO ) W where the total was not printed
_END = re.compile(r"(?:/(?P<total>\d{3})|\([A-Z ]{1,9}\))?\s*[WR]?$")
_LONGEST_END = 16
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
        position += 1
        if not words:
            continue
        said = _line(words)
        if said.label:
            label = "info" if said.label == "INFO" else "action"
            direction = direction or _DIRECTIONS.get(said.label)
        if said.other:
            break
        offices = found[label]
        order = len(offices)
        pointers = _POINTERS[label][order : order + len(said.places)]
        for pointer, (begin, stop) in zip(pointers, said.places, strict=False):
            spans[pointer] = ((start + begin, start + stop),)
        offices += said.offices
        if said.total:
            total = int(words[slice(*said.total)])
            spans["/distribution/total"] = ((start + said.total[0], start + said.total[1]),)
        after = position
    read_ = Distribution(direction, tuple(found["action"]), tuple(found["info"]), total)
    return Reading(read_, spans, _checked(read_, spans), after)


class _Line(NamedTuple):
    """One of the lines: its label, its offices, the total behind them; places are offsets into the line."""

    label: str | None
    offices: tuple[Office, ...]
    places: tuple[Span, ...]  # of the offices
    total: Span | None
    other: bool  # whether anything but offices stands on it: the lines end above it


@lru_cache(maxsize=4096)  # every other line is that of other telegrams to the same offices
def _line(words: str) -> _Line:
    """A distribution line taken apart."""
    labelled = _LABEL.match(words) if words[0] in "AOI" else None
    at = labelled.end() if labelled else 0
    end, total = _total(words, at)
    offices: list[Office] = []
    places: list[Span] = []
    other = False
    for token in words[at:end].replace(",", " ").split():
        office = _office(token)
        if office is None:
            other = True
            break
        at = words.index(token, at)
        offices.append(office)
        places.append((at, at + len(token)))
        at += len(token)
    return _Line(labelled["label"] if labelled else None, tuple(offices), tuple(places), total, other)


def _total(words: str, at: int) -> tuple[int, Span | None]:
    """Where the offices end, and the total behind them if it is printed."""
    if words[-1] not in "WR)" and words[-4:-3] != "/":  # nearly all lines but the last
        return len(words), None
    match = _END.search(words, max(at, len(words) - _LONGEST_END))
    if match is None:
        return len(words), None
    return match.start(), match.span("total") if match["total"] else None


@lru_cache(maxsize=4096)  # some hundreds of offices, each with a few numbers of copies
def _office(words: str) -> Office | None:
    match = _OFFICE.fullmatch(words)
    return Office(match["code"], int(match["copies"])) if match else None


def copies(distribution: Distribution) -> int:
    """The sum of all copies."""
    return sum([office.copies or 0 for office in (*distribution.action, *distribution.info)])


def _checked(read_: Distribution, spans: dict[str, tuple[Span, ...]]) -> tuple[Defect, ...]:
    if read_.total is None or (sent := copies(read_)) == read_.total:
        return ()
    message = f"the distribution lines give {sent} copies, their total says {read_.total}"
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
