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
        words, start, _ = lines[position]
        if not words:
            position += 1
            continue
        labelled = _LABEL.match(words) if words[0] in "AOI" else None
        if labelled:
            label = "info" if labelled["label"] == "INFO" else "action"
            direction = direction or _DIRECTIONS.get(labelled["label"])
        at = labelled.end() if labelled else 0
        end, printed = _total(words, at)
        offices, pointers = found[label], _POINTERS[label]
        tokens = words[at:end].replace(",", " ").split()
        said = [_office(token) for token in tokens]
        if None in said:
            break
        for token, pointer in zip(tokens, pointers[len(offices) : len(offices) + len(tokens)], strict=False):
            at = words.find(token, at)
            stop = at + len(token)
            spans[pointer] = ((start + at, start + stop),)
            at = stop
        offices += [office for office in said if office]
        if printed:
            total = int(printed)
            spans["/distribution/total"] = ((start + end + 1, start + end + 1 + len(printed)),)
        position += 1
        after = position
    read_ = Distribution(direction, tuple(found["action"]), tuple(found["info"]), total)
    return Reading(read_, spans, _checked(read_, spans), after)


def _total(words: str, at: int) -> tuple[int, str]:
    """Where the offices end, and the total behind them; an empty one where it is not printed."""
    if words[-1] not in "WR)" and words[-4:-3] != "/":  # nearly all lines but the last
        return len(words), ""
    match = _END.search(words, max(at, len(words) - _LONGEST_END))
    return (match.start(), match["total"] or "") if match else (len(words), "")


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
