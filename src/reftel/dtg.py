"""Date-time groups, and dates no more exact than written."""

import re
from datetime import date

import msgspec

MONTHS = {
    name: number
    for number, name in enumerate(
        ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"), start=1
    )
}
PRECEDENCES = {"Z": "FLASH", "O": "IMMEDIATE", "P": "PRIORITY", "R": "ROUTINE"}

# O 120516Z FEB 09, O R 132225Z JUL 79 ZFF4
_DTG = re.compile(
    r"""
    (?P<precedence> [ZOPRY]{1,2} (?:\ +[ZOPRY])* ) \s+
    (?P<day>\d\d) (?P<hour>\d\d) (?P<minute>\d\d) \s? Z \s+
    (?P<month> JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC ) [A-Z]* \s+
    (?P<year> \d{4} | \d\d )
    (?P<signals> (?:\s+\S+)* ) \s*
    """,
    re.VERBOSE | re.IGNORECASE,
)


def full_year(year: int) -> int:
    """`5` is 2005, `79` is 1979: cables are of 1960 at the earliest (handbook 02, section 1.1)."""
    if year > 99:
        return year
    return 2000 + year if year < 60 else 1900 + year


class Dtg(msgspec.Struct, frozen=True):
    """A date-time group line: when it was filed for sending, and how urgently."""

    sent: str  # 2009-02-12T05:16Z
    year: int
    day_of_year: int
    precedence: tuple[str, ...]
    signals: tuple[str, ...] = ()  # operating signals: ZFF4, ZDK
    letters: int = 0  # length of the precedence letters on the line
    end: int = 0  # where on the line the group ends and the signals begin


def read(line: str) -> Dtg | None:
    """The date-time group on a line; None where there is none or its date does not exist."""
    match = _DTG.fullmatch(line)
    if match is None:
        return None
    year = full_year(int(match["year"]))
    month, day = MONTHS[match["month"].upper()], int(match["day"])
    try:
        day_of_year = date(year, month, day).toordinal() - date(year, 1, 1).toordinal() + 1
    except ValueError:
        return None
    hour, minute = match["hour"], match["minute"]
    if hour > "23" or minute > "59":
        return None
    precedence = tuple(
        PRECEDENCES[letter]
        for letter in dict.fromkeys(match["precedence"].upper().replace(" ", ""))
        if letter in PRECEDENCES
    )
    sent = f"{year:04d}-{month:02d}-{day:02d}T{hour}:{minute}Z"
    signals = tuple(match["signals"].split())
    return Dtg(sent, year, day_of_year, precedence, signals, match.end("precedence"), match.end("year"))


_AMERICAN = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4}|\d\d)")
_NAMES = "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"
_WORDED = re.compile(
    rf"""
    \b (?: (?P<day>\d\d?) \s+ (?P<month>{_NAMES}) [A-Z]{{0,6}} | (?P<first>{_NAMES}) [A-Z]{{0,6}}\.?
       \s+ (?P<second>\d\d?) )
    [\s,]+ (?P<year> \d{{4}} | \d\d ) \b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ISO = re.compile(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})")


def read_date(text: str) -> str | None:
    """An ISO date from `02/12/2019`, `3/24/15`, `2015/03/24`, `12 JUL 85`, `DECEMBER 31, 1979`.

    None where it is no date of the calendar.
    """
    if iso := _ISO.search(text):
        year, month, day = int(iso[1]), int(iso[2]), int(iso[3])
    elif american := _AMERICAN.search(text):
        month, day, year = int(american[1]), int(american[3]), full_year(int(american[4]))
    elif worded := _WORDED.search(text):
        month = MONTHS[(worded["month"] or worded["first"]).upper()]
        day, year = int(worded["day"] or worded["second"]), full_year(int(worded["year"]))
    else:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
