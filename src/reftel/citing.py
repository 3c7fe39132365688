"""How one telegram cites another: years that are not written, dates behind a number, words for telegrams.

Authority: handbook 02, sections 1.1, 1.2 and 2.
"""

import re
from typing import NamedTuple

from reftel import dtg
from reftel.cable import Mrn
from reftel.tables import rows


class Series(NamedTuple):
    """A word that says who numbered a telegram: EMBTEL 593, SECTO 15 (`tables/series.csv`).

    `sender` and `addressee` are stations, or `own`, `addressee` and `embassy`: the sender of the citing
    cable, the one it is addressed to, and whichever of the two is not the Department.
    """

    word: str
    sender: str
    addressee: str | None


SERIES: dict[str, Series] = {
    row["word"]: Series(row["word"], row["sender"], row["addressee"] or None) for row in rows("series")
}
"""By word, in capitals and in the singular."""

_words: dict[str, set[str]] = {}
for _row in rows("citing"):
    _words.setdefault(_row["role"], set()).add(_row["word"])
WORDS: dict[str, frozenset[str]] = {role: frozenset(words) for role, words in _words.items()}
"""Words around the number of a telegram by what they do there (`tables/citing.csv`), in capitals.

`department`, `embassy`, `own`, `addressee` say who sent it; `telegram` what it is; `between` stands before
the number, `follows` behind it; `sent-to` and `not-to` tell to whom it went; `no-post` and `month` name no
sender.
"""

FIRST_NUMBERED_BY_YEAR = "1973-07"
"""Before, telegrams were numbered by direction, so that post, year and serial name none (handbook 02, 1)."""


class Citing(NamedTuple):
    """The citing cable, as far as it tells the years of what it cites."""

    mrn: Mrn
    sent: str | None

    def year_of(self, post: str, serial: int, day: str = "") -> int | None:
        """The year meant where none is stated: the cable's own, or the one before (handbook 02, 1.1).

        `day` is the month and day that the entry gives, `-08-18`: one later in the year than the citing
        cable is of last year. Serials restart each January, so one above the citing post's own, or a
        high one cited when the year is young, is of last year too.
        """
        year = self.mrn.year
        if year is None:
            return None
        if day:
            return year - 1 if self.sent and len(self.sent) >= 10 and day > self.sent[4:10] else year
        if post == self.mrn.station:
            return year - 1 if self.mrn.serial is not None and serial > self.mrn.serial else year
        young = self.sent is not None and self.sent[4:8] in ("-01-", "-02-", "-01", "-02")
        return year - 1 if young and serial > (20_000 if post == "STATE" else 2_500) else year

    def id_of(self, year: int | None, post: str, serial: int) -> str | None:
        """The id of a telegram; None where the year is not known or numbers went by direction."""
        if year is None or year < 1973:
            return None
        if year == 1973 and self.sent and self.sent < FIRST_NUMBERED_BY_YEAR:
            return None
        return f"{year}{post}{serial}"

    def is_past(self, year: int) -> bool:
        """Whether a two-digit or four-digit year can be the year of something this cable cites."""
        full = dtg.full_year(year)
        return 1960 <= full <= (self.mrn.year or 2059)


class Dated(NamedTuple):
    """A date behind a number: `OF AUGUST 18, 1977`, `310241Z AUG 77`, `DTD 3/4/07`."""

    end: int
    day: str  # -08-18, or -08; empty where only a day of the month and an hour are told
    clock: str  # T02:41Z, or empty
    year: int | None

    def sent(self, year: int | None) -> str | None:
        """The date in ISO form, of a year that is stated or inferred; None where it is not told."""
        return f"{year:04d}{self.day}{self.clock}" if year is not None and self.day else None


_MONTH = "(?:JAN|FEB|MAR|APR|MAY|JUNE?|JULY?|AUG|SEPT?|OCT|NOV|DEC)"
_MONTH += "(?:UARY|RUARY|CH|IL|UST|EMBER|TEMBER|OBER)?\\.?"
_DATE = re.compile(
    rf"""
    (?P<lead> [\s,(]{{0,8}} ) (?P<word> (?:OF|DTD|DATED|DTG|ON)\b[.:]?\s* )?
    (?:
        (?P<dd>\d\d) (?P<hour>[01]\d|2[0-3]) (?P<minute>[0-5]\d) Z
            (?: \s{{0,16}} (?P<mon>{_MONTH}) ,?\s? (?P<yy>\d{{4}}|\d\d) )?     # 310241Z AUG 77
      | (?P<month>{_MONTH}) \s? (?P<day>\d{{1,2}}) (?: ,?\s+ '?(?P<year>\d{{4}}|\d\d) )?  # AUGUST 18, 1977
      | (?P<before>\d{{1,2}}) \s? (?P<after>{_MONTH}) (?: ,?\s? (?P<then>\d{{4}}|\d\d) )?  # 18 AUG 77
      | (?P<m>\d{{1,2}}) / (?P<d>\d{{1,2}}) (?: / (?P<y>\d{{4}}|\d\d) )?   # 11/30/73
      | (?P<whole>{_MONTH}) ,?\s (?P<of>\d{{4}})                           # JULY 1973
    )
    (?![\w/]) (?P<close> \s?\) )?
    """,
    re.VERBOSE | re.IGNORECASE,
)
# what every date with a year has; much quicker to see, in capitals
_MAY_HAVE_YEAR = re.compile(r"/\d\d?/\d\d|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC")
_ENDS = re.compile(r"\s*(?:$|[\n;,.:()\[\]\"“]|(?:AND|TO|RPTD|REPEATED|NOTAL)\b|&)", re.IGNORECASE)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def date_behind(text: str, at: int, end: int) -> Dated | None:
    """The date that stands behind a number, and belongs to it; None where there is none.

    A bare date, without `OF` or a bracket, must end what is said: `PARIS 5, 3/24 TELCON` dates the call.
    """
    match = _DATE.match(text, at, end)
    if match is None:
        return None
    bracketed = "(" in match["lead"]
    if bracketed != bool(match["close"]):
        if match["close"] is None or bracketed:
            return None
        stop = match.start("close")
    else:
        stop = match.end()
    bare = match["word"] is None and not bracketed and match["dd"] is None
    if bare and ("\n" in match["lead"] or _ENDS.match(text, stop, end) is None):
        return None
    return _dated(match, stop)


def date_in(text: str, at: int, end: int) -> str | None:
    """The first whole date in a text, in ISO form: `LETTER OF MAY 3, 2005`; None where no year is written."""
    if not _MAY_HAVE_YEAR.search(text[at:end].upper()):
        return None
    for match in _DATE.finditer(text, at, end):
        first = match.end("word") if match["word"] else match.end("lead")
        if first and text[first - 1].isalnum():
            continue
        dated = _dated(match, match.end())
        if dated and dated.year is not None:
            return dated.sent(dated.year)
    return None


def _dated(match: re.Match[str], stop: int) -> Dated | None:
    """What a match of the pattern says; None where the calendar has no such day."""
    name = match["mon"] or match["month"] or match["after"] or match["whole"]
    month = dtg.MONTHS[name[:3].upper()] if name else int(match["m"] or 0)
    day = int(match["dd"] or match["day"] or match["before"] or match["d"] or 0)
    stated = match["yy"] or match["year"] or match["then"] or match["y"] or match["of"]
    year = dtg.full_year(int(stated)) if stated else None
    clock = f"T{match['hour']}:{match['minute']}Z" if match["dd"] else ""
    if match["dd"] and not name:
        return Dated(stop, "", clock, None)
    if not 1 <= month <= 12 or day > _DAYS[month - 1]:
        return None
    return Dated(stop, f"-{month:02d}-{day:02d}" if day else f"-{month:02d}", clock, year)
