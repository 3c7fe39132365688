"""The lines above the classification line: the relay's own, date-time group, FM, TO and INFO.

Format lines 1 to 8 of ACP-127 (handbook 01, section 2; 5 FAH-2 H-320). Any of them may be lost.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from reftel import dtg
from reftel.cable import Addressee, Span, Transmission
from reftel.telegram.common import header as heads
from reftel.telegram.common.header import Line

_CHANNEL = re.compile(r"VZCZC[A-Z]{3}\d{4}")
_ROUTING = re.compile(r"[ZOPR]{2} (?P<routing>R[A-Z]{3,7}(?: +R[A-Z]{3,7})*)")
_MORE_ROUTING = re.compile(r"R[A-Z]{3,7}(?: +R[A-Z]{3,7})*")
# DE RUEHTA #0253/01 0430516: originator, serial modulo 10000, section, day of the year, time
_DE = re.compile(r"DE (?P<originator>R[A-Z]{3,7}) #(?P<serial>\d{4})(?:/\d\d)? (?P<julian>\d{3})\d{4}Z?")
_INDICATOR = re.compile(r"\s*(?P<routing>R[A-Z]{3,7})\s*/\s*")
# exceptions go on behind a comma, and behind the name of a mission without its place
_UNFINISHED = re.compile(r"(?:,|\bXMT|\bAMEMBASSY|\bAMCONSUL|\bAMCONGEN|\bUSMISSION)\s*$")
_LONGEST_EXCEPTIONS = 2_000
_OWN = ("VZ", "DE ", "ZN", "ZZ ", "OO ", "PP ", "RR ")  # how lines of the relay's own begin, and no others
_LABELS = ("TO ", "INFO ")
_LETTERS = frozenset("ZOPRYzopry")
_PRECEDENCES = frozenset({"FLASH", "NIACT", "IMMEDIATE", "PRIORITY", "ROUTINE"})


class Relay(msgspec.Struct):
    """What the lines above the classification line say, and where."""

    channel: str | None = None
    routing: list[str] = []
    originator: str | None = None
    station_serial: str | None = None
    julian: int | None = None
    security: str | None = None
    group: dtg.Dtg | None = None
    sender: str | None = None
    to: list[Addressee] = []
    info: list[Addressee] = []
    spans: dict[str, tuple[Span, ...]] = {}
    unfinished: str | None = None  # an addressee whose exceptions go on over the line's end

    @property
    def transmission(self) -> Transmission | None:
        """Format lines 1 to 4; None where none of them stands."""
        if not (self.channel or self.routing or self.originator or self.security):
            return None
        routing = tuple(self.routing)
        return Transmission(self.channel, routing, self.originator, self.station_serial, self.security)


def read(lines: Sequence[Line]) -> tuple[Relay, int]:
    """Read to the classification line, or to what stands behind it; also the index of that line."""
    if _is_lower(lines):
        return _read_lower(lines)
    relay = Relay()
    receiving: list[Addressee] | None = None
    for index, line in enumerate(lines):
        words = line.text
        if not words:
            continue
        if receiving is not None:
            if words[0] == "R" and "/" in words[:10]:
                _address(relay, receiving, line, 0)
                continue
        elif words.startswith(_OWN):
            _relayed(relay, line)
            continue
        if words.startswith(_LABELS):
            receiving = relay.to if words[0] == "T" else relay.info
            _address(relay, receiving, line, words.index(" ") + 1)
        elif words.startswith("FM "):
            relay.sender = " ".join(words[3:].split())
            relay.spans["/from/name"] = ((line.end - len(words[3:].lstrip()), line.end),)
        elif words in ("TO", "INFO"):  # the label alone on its line
            receiving = relay.to if words == "TO" else relay.info
        elif (
            relay.group is None and words[1:2] == " " and words[0] in _LETTERS and (group := dtg.read(words))
        ):
            relay.group = group
            relay.spans["/precedence"] = ((line.start, line.start + group.letters),)
            relay.spans["/sent"] = ((line.start + group.letters + 1, line.start + group.end),)
        elif heads.is_classification_line(words) or heads.starts_block(words):
            return relay, index
        elif receiving is not None:
            _address(relay, receiving, line, 0)
        else:
            _relayed(relay, line)
    return relay, len(lines)


def _is_lower(lines: Sequence[Line]) -> bool:
    """Whether a copy is in small letters throughout: its first line with letters, and all others."""
    for line in lines:
        if line.text:
            return line.text.islower() and not any(one.text.isupper() for one in lines)
    return False


def _read_lower(lines: Sequence[Line]) -> tuple[Relay, int]:
    """The lines of a copy in small letters throughout; names stay as they are written."""
    relay, after = read([Line(line.text.upper(), line.start, line.end) for line in lines])
    relay.sender = relay.sender and relay.sender.lower()
    relay.to = [replace(one, name=one.name.lower()) for one in relay.to]
    relay.info = [replace(one, name=one.name.lower()) for one in relay.info]
    return relay, after


def _relayed(relay: Relay, line: Line) -> None:
    """A line of the relay's own: channel, routing, DE, security."""
    words = line.text
    whole = ((line.start, line.end),)
    if words.startswith("VZ") and _CHANNEL.fullmatch(words):
        relay.channel = words
        relay.spans["/transmission/id"] = whole
    elif words[2:3] == " " and (match := _ROUTING.fullmatch(words)):
        relay.routing = match["routing"].split()
        relay.spans["/transmission/routing"] = ((line.start + match.start("routing"), line.end),)
    elif relay.routing and _MORE_ROUTING.fullmatch(words):
        relay.routing += words.split()
        relay.spans["/transmission/routing"] += whole
    elif words.startswith("DE ") and (match := _DE.fullmatch(words)):
        relay.originator, relay.station_serial = match["originator"], match["serial"]
        relay.julian = int(match["julian"])
        relay.spans["/transmission/originator"] = (_place(line, match, "originator"),)
        relay.spans["/transmission/station_serial"] = (_place(line, match, "serial"),)
    elif words.startswith(("ZNY", "ZNR")):
        relay.security = " ".join(words.split())
        relay.spans["/transmission/security"] = whole


def _place(line: Line, match: re.Match[str], group: str) -> Span:
    return line.start + match.start(group), line.start + match.end(group)


def _address(relay: Relay, receiving: list[Addressee], line: Line, label: int) -> None:
    """`RUEHC/SECSTATE WASHDC IMMEDIATE 4590`: indicator, name, precedence, continuity number."""
    words, number = line.text[label:], None
    if relay.unfinished and not label and "/" not in words[:10]:
        _go_on(relay, receiving, line)
        return
    if words[-5:-4] == " " and words[-4:].isdigit():
        words, number = words[:-5], words[-4:] if words[-4:] != "0000" else None
        relay.unfinished = None
        found = _addressee(words)
    else:
        found = _addressee(words)
        relay.unfinished = words if found and found.unfinished else None
    if found is None:
        return
    one = found.addressee
    pointer = f"/{'to' if receiving is relay.to else 'info'}/{len(receiving)}/name"
    offset = line.start + label
    relay.spans[pointer] = ((offset + found.name_at[0], offset + found.name_at[1]),)
    receiving.append(Addressee(one.name, one.routing, one.precedence, number, one.except_) if number else one)


def _go_on(relay: Relay, receiving: list[Addressee], line: Line) -> None:
    """The wrap of a line of exceptions: `..., XMT, AMEMBASSY` and below it `ASTANA PRIORITY`."""
    words = f"{relay.unfinished} {line.text}"
    found = _addressee(words) if len(words) < _LONGEST_EXCEPTIONS else None
    if found:
        number = receiving[-1].number
        one = found.addressee
        receiving[-1] = replace(one, number=number) if number else one
    relay.unfinished = words if found and found.unfinished else None


class _Named(NamedTuple):
    """An addressee without its number, where in the line the name stands, and whether the line goes on."""

    addressee: Addressee
    name_at: Span
    unfinished: bool


@lru_cache(maxsize=16384)  # the same addressees recur in all traffic
def _addressee(line: str) -> _Named | None:
    """The addressee on a line that has no number; None where no name stands."""
    indicator = _INDICATOR.match(line)
    at = indicator.end() if indicator else len(line) - len(line.lstrip())
    words = line[at:].split()
    precedence = None
    if len(words) > 1 and words[-1] in _PRECEDENCES:
        precedence = words.pop()
        if precedence == "IMMEDIATE" and len(words) > 1 and words[-1] == "NIACT":
            precedence = f"{words.pop()} {precedence}"
    if not words:
        return None
    name, _, posts = " ".join(words).partition("XMT")
    exempt = tuple(post.strip() for post in posts.split(",") if post.strip())
    name = name.rstrip(" ,") if exempt else " ".join(words)
    end = at + len(name) if line.startswith(name, at) else len(line.rstrip())
    one = Addressee(name, indicator["routing"] if indicator else None, precedence, None, exempt)
    return _Named(one, (at, end), "XMT" in line and _UNFINISHED.search(line) is not None)


def signals(text: str, above: Relay, spans: dict[str, tuple[Span, ...]]) -> tuple[str, ...]:
    """The operating signals behind the date-time group, and their places."""
    if above.group is None or "/sent" not in spans:
        return ()
    at = spans["/sent"][0][1]
    for order, signal in enumerate(above.group.signals):
        found = re.compile(re.escape(signal), re.IGNORECASE).search(text, at)  # it may be written small
        if found:
            spans[f"/operating_signals/{order}"] = (found.span(),)
            at = found.end()
    return above.group.signals
