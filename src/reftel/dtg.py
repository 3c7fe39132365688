"""Date-time groups, and dates no more exact than written."""

import re
from datetime import date
from functools import lru_cache

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
    (?P<precedence> [ZOPRY]{1,2} (?:\ +[ZOPRY]{1,2})* ) \s*
    (?P<day>\d\d) (?P<hour>\d\d) (?P<minute>\d\d) \s? Z \s*
    (?P<month> JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC ) [A-Z]* \.? \s*
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
    letters, day, hour, minute, month_name, written, behind = match.groups()
    if hour > "23" or minute > "59":
        return None
    year, month = full_year(int(written)), MONTHS[month_name.upper()]
    try:
        day_of_year = date(year, month, int(day)).toordinal() - date(year, 1, 1).toordinal() + 1
    except ValueError:
        return None
    sent = f"{year:04d}-{month:02d}-{int(day):02d}T{hour}:{minute}Z"
    signals = tuple(behind.split()) if behind else ()
    return Dtg(sent, year, day_of_year, _precedence(letters), signals, len(letters), match.end("year"))


@lru_cache(maxsize=128)
def _precedence(letters: str) -> tuple[str, ...]:
    """The words of precedence letters, each once: `O R` gives IMMEDIATE and ROUTINE."""
    several = dict.fromkeys(letters.upper().replace(" ", ""))
    return tuple(PRECEDENCES[letter] for letter in several if letter in PRECEDENCES)


_MONTH = r"(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]*\.?"
_DATE = re.compile(
    rf"""
    (?<![\d/]) (?:
        (?P<year>\d{{4}}) \s?[-/.]\s? (?P<month>\d{{1,2}}) \s?[-/.]\s? (?P<day>\d{{1,2}})  # 2015/03/24
      | (?P<first>\d{{1,2}}) \s?[-/.]{{1,2}}\s? (?P<second>\d{{1,2}}) \s?[-/.]{{1,2}}\s?
        (?P<third>\d{{4}}|\d\d)  # 3/24/15
      | (?P<day_of>\d{{1,2}}) (?:ST|ND|RD|TH)? [\s-]* (?P<of_month>{_MONTH}) [\s,-]* (?P<of>\d{{4}}|\d\d)
      | (?P<eight>(?:19|20)\d{{6}})  # 20150324
      | \b (?P<named>{_MONTH}) \s* (?P<named_day>\d{{1,2}}) (?:ST|ND|RD|TH)? [\s,]+
        '? (?P<in>\d{{4}}|\d\d)  # MARCH 24, 2015
    ) (?!\d)
    """,
    re.VERBOSE | re.IGNORECASE,
)


class FoundDate(msgspec.Struct, frozen=True):
    """A date as it stands in a text: ISO, or None where no calendar has it."""

    iso: str | None
    span: tuple[int, int]


def find_date(text: str, start: int = 0) -> FoundDate | None:
    """The first date written out in a text: `02/12/2019`, `2015/03/24`, `MARCH 24, 2015`, `24 MAR 15`."""
    match = _DATE.search(text, start)
    if match is None:
        return None
    if match["year"]:
        parts = int(match["year"]), int(match["month"]), int(match["day"])
    elif match["first"]:
        parts = full_year(int(match["third"])), int(match["first"]), int(match["second"])
    elif match["day_of"]:
        parts = full_year(int(match["of"])), MONTHS[match["of_month"][:3].upper()], int(match["day_of"])
    elif match["eight"]:
        parts = int(match["eight"][:4]), int(match["eight"][4:6]), int(match["eight"][6:])
    else:
        parts = full_year(int(match["in"])), MONTHS[match["named"][:3].upper()], int(match["named_day"])
    return FoundDate(_iso(*parts), match.span())


def _iso(year: int, month: int, day: int) -> str | None:
    """Months come first, as Americans write; where that is no month and the day may be one, the day does."""
    if month > 12:
        month, day = day, month
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def read_date(text: str) -> str | None:
    """An ISO date from `02/12/2019`, `3/24/15`, `2015/03/24`; None where it is no date of the calendar."""
    found = find_date(text)
    return found.iso if found else None
