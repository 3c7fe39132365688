"""Posts and offices that issue telegrams, and all their spellings.

A station token is letters only, upper case, without the mission word: NEWDELHI, STATE, USNATO
(handbook 02, section 1.2). A place that is in no table is still a station: its own letters are its token.
"""

import re
from functools import lru_cache

import msgspec

from reftel.tables import rows


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
    r"^(?:AM ?EMBASSY|AM ?CONSUL(?:ATE)?|AMCONGEN|US ?MISSION|USINT|USLO|US ?OFFICE|EMBASSY"
    r"|CONSULATE(?: GENERAL)?|MISSION)\s*(?=[A-Z])"
)
_GLUED = re.compile(r"^(?:EFTO|NOFORN|AMEMBASSY|AMCONSUL)(?=[A-Z]{3})")
_NO_LETTERS = re.compile(r"[^A-Z0-9]")


@lru_cache(maxsize=8192)
def token(name: str) -> str | None:
    """The station token of any spelling of a post; None where no letter is left.

    `AMEMBASSY NEW DELHI`, `NEWDE` and `New Delhi` give NEWDELHI; `SECSTATE WASHDC` gives STATE.
    """
    upper = name.upper().strip()
    letters = _NO_LETTERS.sub("", _MISSION.sub("", upper, count=1))
    known = _TOKEN_OF.get(letters)
    if known is None:
        letters = _GLUED.sub("", letters)
        known = _TOKEN_OF.get(letters)
    if known is not None:
        return known
    return letters if any(letter.isalpha() for letter in letters) else None


def is_known(name: str) -> bool:
    """Whether a spelling names a station of the table."""
    return token(name) in STATIONS


def title(station: str) -> str:
    """A station's name for people: `New Delhi` for NEWDELHI, the token itself where it is not known."""
    known = STATIONS.get(station)
    return known.name if known else station
