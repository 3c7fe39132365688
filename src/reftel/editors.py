"""What editors print around a telegram: the head line, the place and date line (handbook 06, section 4).

`113. Telegram From the Embassy in Iraq to the Department of State` and `Baghdad, August 3, 1958, 2 p.m.`
are words of the edition, not of the telegram: the telegram's own address block is seldom printed.
"""

import re
from datetime import date
from functools import lru_cache
from typing import Literal

import msgspec

from reftel.cable import Span
from reftel.dtg import MONTHS

Kind = Literal["telegram", "airgram", "backchannel"]

# 113. Telegram | Circular Telegram | Text of Telegram | Draft Telegram | Backchannel Message
_OPENING = re.compile(
    r"""
    \s* (?: \[? (?P<document> \d{1,4} [A-Za-z]? ) \]? \. \s* )?
    (?: [A-Z][a-z]+ \s+ (?: of \s+ (?: an? \s+ )? )? ){0,3}?
    (?P<kind> Telegram | Airgram | Backchannel (?: \s+ (?: Message | Telegram ) )? ) \b
    """,
    re.VERBOSE,
)
# Telegram 5055 From | Airgram A-45 From | Telegram 240920/Tosec 107 From | Backchannel Message HAKTO 12 From
_NUMBER = re.compile(
    r"""
    [\s,]* (?: No\.? \s* )?
    (?P<number>
        (?: [A-Z][A-Za-z]{0,11} (?: \s | \s?[-–—]\s? ) )? \d{1,7}
        (?: \s? / \s? (?: [A-Z][A-Za-z]{1,11} \s )? \d{1,7} )?
    ) (?= [\s,] )
    """,
    re.VERBOSE,
)
_FROM = re.compile(r"\s*,?\s*\b[Ff]rom\s+(?:(?:the\s+)?the\s*(?=[A-Z]|\[))?")
_TO = re.compile(r"\s+to\s+(?:(?:the\s+)?the\s*(?=[A-Z]|\[))?")
# Offices that are themselves accredited to somebody: Mission to the United Nations
_ACCREDITED = re.compile(
    r"\b(?:Mission|Delegation|Delegate|Representative|Representation|Ambassador|Observer|Adviser|Advisor"
    r"|Assistant|Envoy|Liaison|Counselor|Office|Aide)$"
)
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
# August 3, 1958, 2 p.m. | January 30, 1955—4:18 p.m | May 2/3, 1957 | August 22, 1972, 0927Z | 12 May 1958
_WRITTEN = re.compile(
    r"(?:(?P<first>\d{1,2})\s+)?\b(?P<month>" + "|".join(_MONTHS) + r")(?![a-z])"
    r"""
    [.,]? \s* (?: (?P<day> \d{1,2} ) (?! \d ) (?: \s? [/–-] \s? \d{1,2} )? )?
    (?: \s* \[ [^\]\n]{1,12} \] )? [\s,]* (?P<year> (?:18|19|20)\d\d ) \b
    (?: [\s,.—–-]{1,4}
        (?: (?P<zulu> \d{3,4} ) Z\b
          | (?P<hour> \d{1,2} ) (?: : (?P<minute> \d\d ) )? (?: \[\?\] )? \s? (?P<half> [ap] ) \.?\s?m\b\.?
          | (?P<word> noon | midnight ) \b
          | \d{1,2}:\d\d \b                           # of the morning or the evening: not told
          | (?: \[ [^\]\n]{1,12} \] )? \s? [ap]\.?\s?m\b\.?   # an hour that could not be read
        )
    )?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PLACE = re.compile(r",\s+(?:[A-Z][^\s,]+\s){0,2}[A-Z][^\s,]+,\s*\Z")  # ..., Addis Ababa, September 3, 1970
_LONGEST = 600  # characters of a head; longer ones name an office of many words


class Head(msgspec.Struct, frozen=True):
    """A head line: what kind of message, its number, who to whom; offsets into the line."""

    kind: Kind
    title: Span  # the line without the number of the document
    numbered: bool = False  # whether the line begins with the number of the document
    number: Span | None = None
    sender: Span | None = None
    receiver: Span | None = None
    dated: Span | None = None  # place and date, which some heads end with

    @property
    def certain(self) -> bool:
        """Whether it names who sent it to whom, or begins with a number and names the sender: no prose."""
        return self.receiver is not None or (self.sender is not None and self.numbered)


@lru_cache(maxsize=16)  # the packaging asks, then the era
def read_head(line: str) -> Head | None:
    """The head line of a telegram, airgram or backchannel message; None where a line is none.

    `113. Telegram From the Embassy in Iraq to the Department of State`; a line break is a blank. Words that
    only begin like one (`Telegram service is slow.`) give a head without sender and receiver.
    """
    line = line[:_LONGEST]
    opening = _OPENING.match(line)
    if opening is None:
        return None
    kind = _kind(opening["kind"])
    begin = opening.end("document") + 1 if opening["document"] else 0
    title = _bare(line, begin, len(line))
    at = opening.end()
    number = _NUMBER.match(line, at)
    if number:
        at = number.end()
    numbered = number.span("number") if number else None
    of_document = opening["document"] is not None
    sender = _FROM.match(line, at)
    if sender is None:
        return Head(kind, title, of_document, numbered)
    start, end = sender.end(), _end_of_names(line)
    dated = _bare(line, end, len(line)) if end < len(line) else None
    cut = _cut(line, start, end)
    if cut is None:
        return Head(kind, title, of_document, numbered, _bare(line, start, end), None, dated)
    return Head(
        kind, title, of_document, numbered, _bare(line, start, cut[0]), _bare(line, cut[1], end), dated
    )


def _kind(word: str) -> Kind:
    if word.startswith("B"):
        return "backchannel"
    return "airgram" if word == "Airgram" else "telegram"


def _cut(line: str, start: int, end: int) -> Span | None:
    """Where the sender ends and the receiver begins: the first `to`, or the second behind `Mission to`."""
    found: Span | None = None
    for match in _TO.finditer(line, start, end):
        found = match.span()
        if not _ACCREDITED.search(line, start, match.start()):
            break
    return found


def _end_of_names(line: str) -> int:
    """Where the names end: some heads go on with place and date."""
    if not any(sign.isdigit() for sign in line[-8:]):  # nearly all
        return len(line)
    dated = max(_WRITTEN.finditer(line), key=re.Match.start, default=None)
    if dated is None or line[dated.end() :].strip(" .\n"):
        return len(line)
    place = _PLACE.search(line, max(0, dated.start() - 60), dated.start())
    return place.start() if place else dated.start()


def _bare(line: str, start: int, end: int) -> Span:
    """The stretch without blanks and commas at its ends."""
    piece = line[start:end]
    bare = piece.strip(" \n\t,;.")
    first = start + piece.index(bare) if bare else start
    return first, first + len(bare)


class Dateline(msgspec.Struct, frozen=True):
    """A date as written, and what stands before it: the place. Offsets into the line."""

    sent: str  # 1958-08-03T14:00: local time, as exact as written
    date: Span
    place: Span | None = None


def read_dateline(line: str) -> Dateline | None:
    """`Baghdad, August 3, 1958, 2 p.m.`: place and date; None where no date of the calendar stands."""
    match = _WRITTEN.search(line[:_LONGEST])
    if match is None:
        return None
    sent = _sent(match)
    if sent is None:
        return None
    place = _bare(line, 0, match.start())
    return Dateline(sent, match.span(), place if place[0] < place[1] else None)


def _sent(match: re.Match[str]) -> str | None:
    """The ISO date and hour; noon is 12:00, and midnight 00:00 of the day that is named with it."""
    month = MONTHS[match["month"][:3].upper()]
    day = match["day"] or match["first"]
    if day is None:
        return f"{match['year']}-{month:02d}"
    try:
        sent = date(int(match["year"]), month, int(day)).isoformat()
    except ValueError:
        return None
    if match["zulu"]:
        clock = match["zulu"].zfill(4)
        return f"{sent}T{clock[:2]}:{clock[2:]}Z" if clock < "2400" and clock[2:] < "60" else sent
    if match["word"]:
        return sent + ("T12:00" if match["word"].lower() == "noon" else "T00:00")
    if match["hour"] and int(match["hour"]) < 24 and (match["minute"] or "0") < "60":
        hour = int(match["hour"])
        if hour <= 12:  # 18:39 p.m. has been met too
            hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
        return f"{sent}T{hour:02d}:{match['minute'] or '00'}"
    return sent
