"""Dates written with the name of their month, or as ISO does: those that cannot be mistaken."""

import re
from datetime import date

from reftel.cable import Span
from reftel.dtg import MONTHS

# 12 February 2009 | Feb 12, 2009 | 12-FEB-2009 | 2009-02-12
_DATE = re.compile(
    r"""
    \b (?: (?P<day>\d{1,2}) [ -] (?P<month>[A-Z]{3})[A-Z]{0,6}\.? [ -],?[ ]? (?P<year>\d{4})
    |  (?P<month2>[A-Z]{3})[A-Z]{0,6}\.? [ ] (?P<day2>\d{1,2}) ,?[ ] (?P<year2>\d{4})
    |  (?P<year3>\d{4}) - (?P<month3>\d\d) - (?P<day3>\d\d) ) \b
    """,
    re.VERBOSE | re.IGNORECASE,
)


def written(text: str, start: int, end: int) -> tuple[str, Span] | None:
    """The first date between two offsets, as ISO, and its place; None where none of the calendar stands.

    `02/03/2009` is none: in what order day and month stand, it does not say.
    """
    for match in _DATE.finditer(text, start, end):
        year = int(match["year"] or match["year2"] or match["year3"])
        day = int(match["day"] or match["day2"] or match["day3"])
        name = (match["month"] or match["month2"] or "").upper()
        month = int(match["month3"]) if match["month3"] else MONTHS.get(name, 0)
        try:
            return date(year, month, day).isoformat(), match.span()
        except ValueError:
            continue
    return None
