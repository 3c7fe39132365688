"""Who signed: the surname at a telegram's end, its post and its date, held against a table of offices.

A telegram bears the surname of the chief of mission, or of whoever acts for him; one from the Department
that of the Secretary, or of who acts for him (handbook 01, section 2; 05, section 3). The table says who
held which office when; it is the owner's (`reftel authorities add FILE`), with the columns of the list of
principal officers and chiefs of mission. What it does not tell is not guessed: of two who may be meant,
neither is named.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Literal

import msgspec

from reftel import words
from reftel.cable import Cable
from reftel.citing import SERIES
from reftel.errors import Unreadable, UsageError
from reftel.stations import token
from reftel.tables import rows

Outcome = Literal["resolved", "several", "nobody", "no-list", "no-date", "unsigned"]

_COLUMNS = (
    *("appointment_id", "person_id", "surname", "forename", "generation", "appointment_class"),
    *("role_title", "mission_id", "mission_name", "appointed", "arrived", "started", "ended"),
)
_SERVED = {"chief-of-mission": "post", "chief-of-mission-org": "post", "department-principal": "STATE"}
_LAST = "9999-12-31"


class Term(msgspec.Struct, frozen=True):
    """One person in one office, from one day to another."""

    person: str  # the table's own name for the person: boeker-paul-harold
    surname: str
    forename: str
    generation: str  # Jr.
    office: str  # Ambassador Extraordinary and Plenipotentiary
    mission: str  # bolivia; of the Department's officers the office: secretary
    place: str  # as the table writes it
    began: str  # 1977-10-26, as exact as the table has it; "" where it does not say
    ended: str  # "" where it does not say
    source: str  # the row: bo-1977-boek-01

    @property
    def name(self) -> str:
        """`Paul Harold Boeker`."""
        return " ".join(part for part in (self.forename, self.surname, self.generation) if part)


class Signer(msgspec.Struct, frozen=True):
    """What a signature comes to: one person, or why nobody is named."""

    signature: str | None
    outcome: Outcome
    sentence: str
    term: Term | None = None


class BadRow(msgspec.Struct, frozen=True):
    """A row of a table that says nothing sure, and why."""

    line: int
    message: str


# -- the table ------------------------------------------------------------------------------------------


def load(path: Path) -> tuple[tuple[Term, ...], tuple[BadRow, ...]]:
    """The terms in a CSV table of offices, and the rows that were left out.

    Raises Unreadable, and UsageError where the columns are not those of such a table.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _terms(path, csv.DictReader(file, strict=True))
    except OSError as error:
        raise Unreadable(
            f"{path}: cannot be read ({error.strerror}); check the name and its rights"
        ) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path}: no table in CSV and UTF-8 ({error}); save it as such") from None


def _terms(path: Path, table: "csv.DictReader[str]") -> tuple[tuple[Term, ...], tuple[BadRow, ...]]:
    missing = [column for column in _COLUMNS if column not in (table.fieldnames or ())]
    if missing:
        raise UsageError(
            f"{path}: not a table of offices: no column {missing[0]}; it must have {', '.join(_COLUMNS)}"
        )
    terms: list[Term] = []
    bad: list[BadRow] = []
    for row in table:
        wrong = _wrong(row)
        if wrong:
            bad.append(BadRow(table.line_num, wrong))
        elif row["appointment_class"] in _SERVED:
            terms.append(_term(row))
    return tuple(terms), tuple(bad)


_DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")


def _wrong(row: Mapping[str, str | None]) -> str | None:
    """What is wrong with a row, for people; None where nothing is."""
    if any(row[column] is None for column in _COLUMNS):
        return "it has fewer columns than the first line"
    if not row["surname"] or not row["person_id"]:
        return "it names nobody (surname, person_id)"
    if not row["appointment_id"]:
        return "it has no name of its own (appointment_id)"
    for column in ("appointed", "arrived", "started", "ended"):
        if row[column] and not _DATE.fullmatch(row[column] or ""):
            return f"{column} is no date: {row[column]!r} (1977, 1977-10 and 1977-10-26 are)"
    began, ended = _began(row), row["ended"] or ""
    if began and ended and _last_day(ended) < began:
        return f"it ends ({ended}) before it begins ({began})"
    return None


def _began(row: Mapping[str, str | None]) -> str:
    """The first day known on which an office was held: presented credentials, else arrived, else named."""
    return row["started"] or row["arrived"] or row["appointed"] or ""


def _term(row: Mapping[str, str]) -> Term:
    return Term(
        person=row["person_id"],
        surname=row["surname"],
        forename=row["forename"],
        generation=row["generation"],
        office=row["role_title"],
        mission=row["mission_id"],
        place=row["mission_name"] if _SERVED[row["appointment_class"]] == "post" else "",
        began=_began(row),
        ended=row["ended"],
        source=row["appointment_id"],
    )


# -- who is meant ---------------------------------------------------------------------------------------


class _Mission(msgspec.Struct, frozen=True):
    """A mission that a station was the seat of, and in which years."""

    name: str
    first: str
    last: str


_MISSIONS: dict[str, tuple[_Mission, ...]] = {
    station: tuple(_Mission(row["mission"], row["from"], row["to"] or "9999") for row in of_station)
    for station, of_station in groupby(rows("missions"), key=lambda row: row["station"])
}
"""Which missions each station was the seat of."""


class Authorities:
    """Who held which office when, to be asked for the signer of a telegram."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._by: dict[str, dict[str, list[Term]]] = {}
        self._department: dict[str, list[Term]] = {}
        for term in _with_ends(terms):
            name = _letters(term.surname)
            if term.place:
                self._by.setdefault(term.mission, {}).setdefault(name, []).append(term)
            else:
                self._department.setdefault(name, []).append(term)
        # a mission that the table calls by its post: the list of seats need not know it
        self._at: dict[str, list[dict[str, list[Term]]]] = {}
        for mission, by_name in self._by.items():
            self._at.setdefault(token(mission) or "", []).append(by_name)

    def signer(self, cable: Cable) -> Signer:
        """The person whose name stands at the end of a cable."""
        station = cable.from_.station or cable.mrn.station or token(cable.place or "")
        if station in SERIES:  # TOSEC 177: a series, and no post
            station = token(cable.from_.name or "")
        country = _EMBASSY.fullmatch(cable.from_.name or "")
        return self.named(cable.signature, station, cable.sent, country["country"] if country else None)

    def named(
        self, signature: str | None, station: str | None, sent: str | None, country: str | None = None
    ) -> Signer:
        """The person whom a signature means at a station on a day, as exact as it is known.

        `country` is that of the embassy, where the words say so and not the place.
        """
        given = _Given.read(signature or "")
        if given is None:
            return Signer(signature, "unsigned", "It bears no signature.")
        holders = self._holders(station, sent or "") or self._of_country(country)
        if holders is None:
            return Signer(
                signature, "no-list", "No list of chiefs of mission is known for where it came from."
            )
        if not sent:
            return Signer(signature, "no-date", "It has no date to hold the signature against.")
        name, day, until = given.surname, sent[:10], _last_day(sent[:10])
        meant = [
            term
            for by_name in holders
            for term in by_name.get(name, ())
            if term.began
            and term.began <= until
            and day <= _last_day(term.ended or _LAST)
            and given.fits(term)
        ]
        persons = {term.person for term in meant}
        if not persons:
            officer = (
                "principal officer of the Department" if station == "STATE" else "chief of mission there"
            )
            said = f"No {officer} named {given.words} is listed for that day"
            return Signer(signature, "nobody", f"{said}; whoever acts for one signs too.")
        if len(persons) > 1:
            return Signer(
                signature, "several", f"More than one officer named {given.words} is listed for that day."
            )
        term = max(meant, key=lambda each: each.began)
        return Signer(signature, "resolved", f"{term.name}, {term.office}{_dates(term)}.", term)

    def _holders(self, station: str | None, sent: str) -> list[dict[str, list[Term]]] | None:
        """By surname, the chiefs of what was seated at a station; None where that is not known."""
        if station == "STATE":
            return [self._department] if self._department else None
        year = sent[:4]
        seated = [each for each in _MISSIONS.get(station or "", ()) if each.first <= year <= each.last]
        found = [self._by[each.name] for each in seated if each.name in self._by]
        if not found and station not in _MISSIONS:
            found = self._at.get(station or "", [])
        return found or None

    def _of_country(self, country: str | None) -> list[dict[str, list[Term]]] | None:
        mission = words.fold(country or "").strip().replace(" ", "-")
        return [self._by[mission]] if mission in self._by else None


# Embassy in Israel, Embassy in the Congo: how printed texts name the sender
_EMBASSY = re.compile(r"(?:the )?Embassy in (?:the )?(?P<country>[^,(]+)", re.IGNORECASE)


def _with_ends(terms: Iterable[Term]) -> Iterator[Term]:
    """The terms, those without an end ended by whoever followed in the office."""
    for _, of_office in groupby(sorted(terms, key=lambda term: (term.mission, term.office)), key=_office):
        ordered = sorted(of_office, key=lambda term: term.began)
        for term, following in zip(ordered, [*ordered[1:], None], strict=True):
            ended = term.ended or (following.began if following else "")
            yield msgspec.structs.replace(term, ended=ended)


def _office(term: Term) -> tuple[str, str]:
    return term.mission, term.office


def _dates(term: Term) -> str:
    return f", {term.began} to {term.ended}" if term.ended else f", from {term.began}"


def _last_day(date: str) -> str:
    """The last day of a date that may be a month or a year; as good as that for comparing."""
    return f"{date}{'-12-31'[len(date) - 4 :]}" if len(date) < len(_LAST) else date


def surname(signature: str | None) -> str | None:
    """The surname that a signature gives, in plain capital letters: `HOLLEN`; None where it gives none."""
    given = _Given.read(signature or "")
    return given.surname if given else None


# -- the words of a signature ---------------------------------------------------------------------------

# ACTING | STEDMAN UNQUOTE | [Johnson]: no name, words behind a name, a name that editors put there
_NO_NAME = frozenset("ACTING UNSIGNED UNQUOTE SIGNED".split())
_GENERATION = frozenset({"JR", "SR", "II", "III", "IV"})


class _Given(msgspec.Struct, frozen=True):
    """A signature's surname, letters only, and what it says of the forenames."""

    surname: str
    initials: str
    words: str  # as written

    @classmethod
    def read(cls, signature: str) -> "_Given | None":
        """`BOEKER`, `J. Wesley Jones`, `O'SHAUGHNESSY`, `STEDMAN, W.P.`; None where no name stands."""
        signature = signature.rpartition("\n")[2].strip()  # below that of a letter which is quoted whole
        if signature.startswith("["):
            return None
        last, comma, first = signature.partition(",")
        names = [_letters(word) for word in re.split(r"[\s.]+", last) if _letters(word)]
        names = [name for name in names if name not in _NO_NAME and name not in _GENERATION]
        if not names:
            return None
        forenames = names[:-1]
        if comma:
            forenames += [_letters(word) for word in re.split(r"[\s.]+", first) if _letters(word)]
        forenames = [name for name in forenames if name not in _GENERATION]
        if forenames and any(len(name) > 1 for name in forenames) and not comma:
            whole = "".join(names)  # VAN HOLLEN, MC GHEE: words of one surname
            surname = whole if len(names) == 2 and names[0] in _PARTICLES else names[-1]
            return cls(surname, _first(forenames), signature)
        return cls(names[-1], _first(forenames), signature)

    def fits(self, term: Term) -> bool:
        """Whether the forenames that are given are those of a person."""
        forenames = iter(_letters(name)[:1] for name in re.split(r"[\s.(]+", term.forename))
        return all(initial in forenames for initial in self.initials)  # in their order


_PARTICLES = frozenset("VAN VON DE DU LA LE MC MAC ST SAN DEL".split())


def _first(forenames: list[str]) -> str:
    return "".join(name[0] for name in forenames if name not in _PARTICLES)


def _letters(name: str) -> str:
    """A name as it is compared: plain capital letters alone."""
    return words.fold(name).replace(" ", "").upper()
