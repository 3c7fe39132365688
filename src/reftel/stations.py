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


_SHORTEST = 5  # letters; of a shorter name a letter more or less makes another word


@lru_cache(maxsize=8192)
def nearest(name: str) -> str | None:
    """The one known station that a damaged name can mean; None where there is none, or more than one.

    A name cut short is the one that begins so (`SAN SALV`, `PORT LOU`); a misspelt one is the one within
    two edits (`CARCAS`, `KHATMANDU`), a swap of neighbours counting as one (handbook 07, "Identifiers").
    """
    letters = token(name)
    if letters is None or letters in STATIONS:
        return letters
    if len(letters) < _SHORTEST or len(letters) > 24:
        return None
    begun = [station for station in STATIONS if station.startswith(letters)]
    if begun:
        return begun[0] if len(begun) == 1 else None
    near: dict[int, set[str]] = {1: set(), 2: set()}
    for key in _without_letters(letters):
        for station in _shortened().get(key, ()):
            distance = _edits(letters, station)
            if distance <= 2:
                near[distance].add(station)
    if near[1]:
        return near[1].pop() if len(near[1]) == 1 else None
    alike = [one for one in near[2] if one[0] == letters[0]] if len(letters) > _SHORTEST + 1 else []
    return alike[0] if len(alike) == 1 else None


@lru_cache(maxsize=1)
def _shortened() -> dict[str, list[str]]:
    """Each station under its name and under the name with one or two letters gone."""
    found: dict[str, list[str]] = {}
    for station in STATIONS:
        if len(station) >= _SHORTEST - 1:
            for key in _without_letters(station):
                found.setdefault(key, []).append(station)
    return found


def _without_letters(word: str) -> set[str]:
    once = {word[:at] + word[at + 1 :] for at in range(len(word))}
    return {word} | once | {one[:at] + one[at + 1 :] for one in once for at in range(len(one))}


def _edits(left: str, right: str) -> int:
    """How many letters must be put in, taken out, changed or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, letter in enumerate(left, start=1):
        before, above, row = row, before, [i]
        for j, other in enumerate(right, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == right[j - 2] and left[i - 2] == other:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
    return row[-1]


def is_known(name: str) -> bool:
    """Whether a spelling names a station of the table."""
    return token(name) in STATIONS


def title(station: str) -> str:
    """A station's name for people: `New Delhi` for NEWDELHI, the token itself where it is not known."""
    known = STATIONS.get(station)
    return known.name if known else station
