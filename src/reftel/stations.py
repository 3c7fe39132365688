"""Posts and offices that issue telegrams, and all their spellings.

A station token is letters only, upper case, without the mission word: NEWDELHI, STATE, USNATO
(handbook 02, section 1.2). A place that is in no table is still a station: its own letters are its token.
"""

import re
from functools import lru_cache

import msgspec

from reftel.spelling import Spellings
from reftel.tables import rows
from reftel.words import unaccented


class Station(msgspec.Struct, frozen=True):
    """One row of `tables/stations.csv`."""

    token: str
    name: str
    kind: str
    country: str
    routing: tuple[str, ...]
    truncated: tuple[str, ...]  # as the 1973-79 archive cut it: the first six characters, blanks out


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


STATIONS: dict[str, Station] = {}
"""Every station we know, by token."""
_TOKEN_OF: dict[str, str] = {}  # each spelling, letters only
for _row in rows("stations"):
    _station = Station(
        _row["station"],
        _row["name"],
        _row["kind"],
        _row["country"],
        _listed(_row["routing"]),
        _listed(_row["truncated"]),
    )
    STATIONS[_station.token] = _station
    for _spelling in (*_station.truncated, *_listed(_row["spellings"])):
        _TOKEN_OF.setdefault(re.sub(r"[^A-Z0-9]", "", _spelling.upper()), _station.token)
for _token in STATIONS:
    _TOKEN_OF[_token] = _token  # a token's own spelling wins over another's nickname

# In front of the place: AMEMBASSY ASTANA, USMISSION USNATO, Embassy Astana, US Office Almaty
_MISSION = re.compile(
    r"^(?:AM ?EM[BD]ASSY|AM ?CONSUL(?:ATE)?(?: GENERAL)?|AMCONGEN|U\.?S\.? ?MISSION|USINT|USLO|US ?OFFICE"
    r"|(?:U\.?S\.? ?)?EMBASSY|CONSULATE(?: GENERAL)?|MISSION)\s*(?=[A-Z])"
)
_GLUED = re.compile(r"^(?:EFTO|NOFORN|AMEMBASSY|AMCONSUL|AMCONGEN|USMISSION)(?=[A-Z]{3})")
# words that stand glued before a post, and begin other words too: only before a post that is known
_GLUED_BEFORE_KNOWN = re.compile(
    r"^(?:SIPDIS|EXDIS|NODIS|LIMDIS|STADIS|SENSITIVE|CORRECTED|COPY|UNCLAS(?:SIFIED)?|CONFIDENTIAL|SECRET|FM|EMBASSY)+"
)
_NO_LETTERS = re.compile(r"[^A-Z0-9]")
_LETTERS_OF_DIGITS = (str.maketrans("015", "OIS"), str.maketrans("015", "OLS"))  # 0SLO, L1SBON, M1LAN


@lru_cache(maxsize=8192)
def token(name: str) -> str | None:
    """The station token of any spelling of a post; None where no letter is left.

    `AMEMBASSY NEW DELHI`, `NEWDE` and `New Delhi` give NEWDELHI; `SECSTATE WASHDC` gives STATE. A post that
    is misspelt keeps its letters: `nearest` says what it may have been. Accents do not count.
    """
    upper = unaccented(name).upper().strip()
    letters = _NO_LETTERS.sub("", _MISSION.sub("", upper, count=1))
    known = _TOKEN_OF.get(letters)
    if known is None:
        letters = _GLUED.sub("", letters)
        known = _TOKEN_OF.get(letters)
    if known is None:
        known = _TOKEN_OF.get(_GLUED_BEFORE_KNOWN.sub("", letters))
    if known is None and not letters.isalpha():
        readings = (_TOKEN_OF.get(letters.translate(digits)) for digits in _LETTERS_OF_DIGITS)
        known = next((one for one in readings if one), None)
    if known is not None:
        return known
    return letters if any(letter.isalpha() for letter in letters) else None


_SHORTEST_CUT = 5  # letters left of a name that was cut


@lru_cache(maxsize=8192)
def nearest(name: str) -> str | None:
    """The one station of the table that a misspelt or cut name means; None where none is, or several are.

    `LSIBON`, `AGREB` and `PORT LOU` give LISBON, ZAGREB and PORTLOUIS: letters wrong, lost, added or swapped,
    two at most, or lost at the end.
    """
    letters = token(name) or ""
    if letters in STATIONS:
        return letters
    near = _spellings().nearest(letters)
    if near or len(letters) < _SHORTEST_CUT:
        return near
    whole = [station for station in STATIONS if station.startswith(letters)]
    return whole[0] if len(whole) == 1 else None


@lru_cache(maxsize=1)  # made when the first misspelt name is met, not at every start of a command
def _spellings() -> Spellings:
    return Spellings(STATIONS)


def is_known(name: str) -> bool:
    """Whether a spelling names a station of the table."""
    return token(name) in STATIONS


def title(station: str) -> str:
    """A station's name for people: `New Delhi` for NEWDELHI, the token itself where it is not known."""
    known = STATIONS.get(station)
    return known.name if known else station
