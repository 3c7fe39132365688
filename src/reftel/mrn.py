"""Message reference numbers: read any spelling, print one (handbook 02, sections 1 and 4)."""

import re

from reftel.cable import Mrn
from reftel.dtg import full_year
from reftel.stations import token

# 05ALMATY1109, 2005ALMATY00347, 1975STATE012345, 05 ALMATY 1109, ALMATY 001109, 05ALMATY1109_a
_SPELLING = re.compile(
    r"""
    (?P<year> (?:19|20)\d\d | \d\d )?  \s*
    (?: (?:SECTION|ECTION|SCTION|SECTIO) \d\d OF \d\d )?   # a section marker glued into the id
    (?P<station> [A-Z] [A-Z .'&/-]*? )  \s* [#]?
    (?P<serial> \d{1,8} )
    (?: _[A-E] )?                                          # the page names of one archive
    """,
    re.VERBOSE,
)


def read(spelling: str, year: int | None = None) -> Mrn | None:
    """The number that a spelling means; `year` is taken where the spelling states none.

    None where it is no message reference number. The basis is `stated` where a year was written.
    """
    match = _SPELLING.fullmatch(spelling.strip().upper())
    if match is None:
        return None
    station, serial = token(match["station"]), int(match["serial"])
    if station is None or not serial:
        return None
    if match["year"]:
        return Mrn(full_year(int(match["year"])), station, serial, "stated")
    return Mrn(year, station, serial, "context" if year else None)


def short(mrn: Mrn) -> str | None:
    """`05ALMATY1109`, as the archives of the 2000s print it; None where a part is not known."""
    if mrn.year is None or mrn.station is None or mrn.serial is None:
        return None
    return f"{mrn.year % 100:02d}{mrn.station}{mrn.serial}"
