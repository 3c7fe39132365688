"""Message reference numbers: read any spelling, print one (handbook 02, sections 1 and 4; 07)."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from reftel.cable import Mrn
from reftel.dtg import full_year
from reftel.stations import STATIONS, nearest, token
from reftel.words import unaccented

# 05ALMATY1109, 2005ALMATY00347, 1975STATE012345, 05 ALMATY 1109, ALMATY 001109, 08SECTION02OF03BAKU55,
# and behind the serial what was glued to it: 05ALMATY1109_a, 91STATE88213TOSEC50021, 05QUITO000831ZDK
_SPELLING = re.compile(
    r"""
    (?P<year> \d{2,8} )?  \s*
    (?P<section> [SECTION]{3,7} \s? \d{1,2} \s? OF \s? \d{1,2} )? \s*   # a section marker glued into the id
    (?P<station> [A-Z] [A-Z .'’&/-]*? )  \s* [#]?
    (?P<serial> \d{1,8} )
    (?: _[A-E] | (?P<behind> [A-Z] [A-Z\d]{0,60} ) )?
    """,
    re.VERBOSE,
)
# 05ALMATY1109, 2005ALMATY1109: nearly all
_USUAL = re.compile(r"(?P<year>(?:19|20)\d\d|\d\d)(?P<station>[A-Z]+)(?P<serial>[1-9]\d{0,7})")
# 0TTAWA, COTON0U, OSLO l2: digits for letters of a post that is known, letters for digits
_MIXED = re.compile(
    r"""
    (?P<year> (?:19|20)\d\d | \d\d )?  \s*
    (?P<station> (?:[01](?=[A-Z]) | [A-Z]) (?: [A-Z .'’&/-] | [015](?=[A-Z]) )*? )  \s* [#]?
    (?P<serial> [OIL]? \d [\dOIL]{0,7} )
    """,
    re.VERBOSE,
)
# 04-SOFIA-318, '04 SOFIA 318, (04) SOFIA 318, SOFIA (04) 318, SOFIA 318 (04), SOFIA 00318/04, SOFIA NO. 318
_YEAR = r"\d\d | (?:19|20)\d\d"
_LOOSE = re.compile(
    rf"""
    (?: [(']* (?P<before> 0\d\d | {_YEAR} ) \)? [ -]* )?
    (?P<station> [A-Z] [A-Z .'’&-]*? ) [ -]*
    (?: \( '? (?P<between> {_YEAR} ) \) \s* )?
    (?: \# \s* | NO\.? \s* | NUMBER \s )?
    (?P<serial> \d{{1,8}} )
    (?: \s* [(/ -] \s* '? (?P<behind> {_YEAR} ) \)? )?
    """,
    re.VERBOSE,
)
_NUMBER_FIRST = re.compile(r"(?P<serial>\d{1,8})\s+(?P<station>[A-Z][A-Z .'’&-]*)")
# what is certain where the serial is lost: 04TUNIS, 86BERN
_CUT = re.compile(r"(?P<year>(?:19|20)\d\d|\d\d)\s*(?P<station>[A-Z][A-Z .'’&/-]*)")
_DIGITS_OF_LETTERS = str.maketrans("OIL", "011")
# what archives and the relay print behind a serial, whatever the post
_BEHIND = re.compile(r"Z[A-Z]{2}\d?|(?:TOSEC|SECTO)\d*|SUSPECTED|CORRECTED|SECTION|NOTAL")
_LONGEST = 120  # characters; no identifier is longer, with all that may be glued to it


class Spelt(NamedTuple):
    """The number that an identifier means, as far as it is certain, and how the spelling was damaged."""

    mrn: Mrn
    damage: tuple[str, ...] = ()  # in plain words


def read(spelling: str, year: int | None = None) -> Mrn | None:
    """The number that a spelling means; `year` is taken where the spelling states none.

    None where it is no message reference number. The basis is `stated` where a year was written.
    """
    found = examine(spelling)
    if found is None or not found.mrn.serial or found.mrn.station is None:
        return None
    if found.mrn.year:
        return found.mrn
    return Mrn(year, found.mrn.station, found.mrn.serial, "context" if year else None)


@lru_cache(maxsize=1024)  # a packaging and a file's name give the same one
def examine(identifier: str) -> Spelt | None:
    """What an identifier means and how it is damaged, its parts as far as they are certain.

    `08SECTION02OF03SKOPJE211` is 2008SKOPJE211, `09AGREB77` the one known post within two edits, `04TUNIS`
    a year and a post without serial. None where it has not even two parts.
    """
    upper = unaccented(identifier).strip().upper()
    usual = _USUAL.fullmatch(upper)
    if usual and usual["station"] in STATIONS:
        return Spelt(_number(int(usual["year"]), usual["station"], int(usual["serial"])))
    if len(upper) > _LONGEST:
        return None
    first: Spelt | None = None
    for found in _readings(upper):
        if found.mrn.station in STATIONS:
            return found
        first = first or found
    return first


def _readings(upper: str) -> Iterator[Spelt]:
    """The ways to read a spelling, the likeliest first; one with a known post is preferred."""
    match = _SPELLING.fullmatch(upper)
    plain = _plain(match) if match and int(match["serial"]) else None
    if match and plain and len(match["year"] or "") != 3 and token(match["station"]) == plain.mrn.station:
        yield plain
    yield from _of_known_posts(_MIXED, upper)  # before a post is repaired, a digit is: 050TTAWA12, 05OSLOL2
    if plain:
        yield plain
    yield from _of_known_posts(_LOOSE, upper)
    yield from _of_known_posts(_NUMBER_FIRST, upper)
    cut = _CUT.fullmatch(upper)
    if cut and (station := token(cut["station"])) in STATIONS:
        yield Spelt(_number(int(cut["year"]), station, None), ("the serial is lost",))


def _of_known_posts(pattern: re.Pattern[str], upper: str) -> Iterator[Spelt]:
    match = pattern.fullmatch(upper)
    if match and (station := token(match["station"])) in STATIONS:
        parts = match.groupdict()
        serial = int(parts["serial"].translate(_DIGITS_OF_LETTERS))
        years = (parts.get(name) for name in ("year", "before", "between", "behind"))
        stated = next((int(one) for one in years if one), None)
        if serial:
            yield Spelt(_number(stated, station, serial))


def _plain(match: re.Match[str]) -> Spelt | None:
    """Year, post and serial in this order, with what may be glued before, between and behind."""
    damage: list[str] = []
    year, written = None, match["year"]
    if written:
        year, said = _year(written)
        if year is None and not said:
            return None
        damage += [said] if said else []
    if match["section"]:
        damage.append(f"the section marker {match['section']} is glued into it")
    name = match["station"]
    station = token(name)
    if station is None:
        return None
    if station not in STATIONS and written and (meant := nearest(name)):
        damage.append(f"the post is written {station}")
        station = meant
    behind = match["behind"]
    if behind:
        if station not in STATIONS and not _BEHIND.match(behind):
            return None
        damage.append(f"{behind} stands behind the serial")
    return Spelt(_number(year, station, int(match["serial"])), tuple(damage))


def _year(digits: str) -> tuple[int | None, str | None]:
    """The year that the digits in front mean, and what is damaged in them: `8686` is 86, written twice."""
    if len(digits) == 2 or (len(digits) == 4 and digits[:2] in ("19", "20")):
        return int(digits), None
    half = len(digits) // 2
    if len(digits) in (4, 8) and digits[:half] == digits[half:]:
        return int(digits[:half]), "the year is written twice"
    if len(digits) == 6 and digits[:2] in ("19", "20") and digits[2:4] == digits[4:]:
        return int(digits[:4]), "the year is written twice"
    if len(digits) == 3 and digits[0] == "0":
        return int(digits[1:]), "a digit too many stands in the year"
    return None, "the year cannot be read" if len(digits) < 4 else None


def _number(year: int | None, station: str | None, serial: int | None) -> Mrn:
    return Mrn(None if year is None else full_year(year), station, serial, None if year is None else "stated")


def short(mrn: Mrn) -> str | None:
    """`05ALMATY1109`, as the archives of the 2000s print it; None where a part is not known."""
    if mrn.year is None or mrn.station is None or mrn.serial is None:
        return None
    return f"{mrn.year % 100:02d}{mrn.station}{mrn.serial}"
