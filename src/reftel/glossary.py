"""What a code or word of a telegram means, by which authority, and where that is unsure.

All of it is rows: `tables/glossary.csv`, `abbreviations.csv`, `offices.csv`, and the tables of captions,
TAGS, stations, schedules and orders, which the reader of telegrams uses too.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

import msgspec

from reftel import mrn, stations, tags
from reftel.tables import rows


class Meaning(msgspec.Struct, frozen=True):
    """One meaning of a term; a term may have several, by place and year."""

    term: str  # as it stands in the table: GDS
    kind: str  # precedence, caption, TAGS (subject), post, office, abbreviation ...
    words: str
    authority: str
    years: str = ""  # in which it was used so, where that is known: 1974|1973-79

    @property
    def unsure(self) -> bool:
        """Whether the authority itself, or the meaning, is in doubt."""
        return "unsure" in self.authority or "unsure" in self.words


def explain(term: str) -> tuple[Meaning, ...]:
    """Every meaning of a term, the likeliest first; nothing for what is in no table.

    `GDS`, `(S//NF)`, `1.4 (b)`, `PREL`, `RUEHC`, `AMEMBASSY ASTANA`, `EUR/RUS`, `nfi`, `09ASTANA253`.
    """
    return tuple(dict.fromkeys(_meanings(" ".join(term.split()))))


def _meanings(term: str) -> Iterator[Meaning]:
    known = _known()
    for spelling in _spellings(term):
        yield from known.get(spelling, ())
    yield from _tags(term.upper())
    yield from _posts(term)
    yield from _of_parts(term)
    yield from _number(term)


def _spellings(term: str) -> Iterator[str]:
    upper = term.upper().rstrip(".,;:")
    yield upper
    yield upper.replace(" ", "")  # 1.4 (b), E F T O
    yield upper.replace(".", "")


@cache
def _known() -> dict[str, list[Meaning]]:
    """Every row by its term in capital letters."""
    found: dict[str, list[Meaning]] = {}
    for meaning in _rows():
        found.setdefault(meaning.term.upper(), []).append(meaning)
    return found


def _rows() -> Iterator[Meaning]:
    for row in rows("glossary"):
        yield Meaning(row["term"], row["kind"], row["meaning"], row["authority"])
    for row in rows("captions"):
        binds = "restricts who may read" if row["restricts"] == "yes" else "restricts nobody"
        yield Meaning(row["caption"], "caption", f"{row['meaning']}; {binds}", row["authority"])
    for row in rows("schedules"):
        years = ", ".join(f"E.O. {order}" for order in row["orders"].split("|"))
        yield Meaning(row["schedule"], "declassification", row["meaning"], row["authority"], years)
    for row in rows("orders"):
        words = f"executive order on classification, {row['in_force']}"
        yield Meaning(f"E.O. {row['order']}", "order", words, row["authority"])
        yield Meaning(row["order"], "order", words, row["authority"])
    for row in rows("offices"):
        yield Meaning(row["symbol"], "office", row["meaning"], row["authority"])
    for row in rows("abbreviations"):
        yield Meaning(row["term"], row["kind"], row["meaning"], row["authority"])


@lru_cache(maxsize=1024)
def _authorities(code: str) -> tuple[tuple[str, str, str], ...]:
    """Meaning, years and authority of a TAG."""
    return _tag_rows().get(code, ())


@cache
def _tag_rows() -> dict[str, tuple[tuple[str, str, str], ...]]:
    found: dict[str, list[tuple[str, str, str]]] = {}
    for row in rows("tags"):
        found.setdefault(row["code"].upper(), []).append((row["name"], row["eras"], row["authority"]))
    return {code: tuple(each) for code, each in found.items()}


def _tags(term: str) -> Iterator[Meaning]:
    kinds = {tag.name: tag.kind for tag in tags.meaning(term)}
    for name, years, authority in _authorities(term):
        yield Meaning(term, f"TAGS ({kinds.get(name, 'code')})", name, authority, years.replace("|", ", "))


@cache
def _stations() -> dict[str, tuple[str, str]]:
    """By routing indicator and by token: a station's token, and the authority of its row."""
    found: dict[str, tuple[str, str]] = {}
    for row in rows("stations"):
        for name in (row["station"], *row["routing"].split(";")):
            if name.strip():
                found.setdefault(name.strip(), (row["station"], row["authority"]))
    return found


def _posts(term: str) -> Iterator[Meaning]:
    upper = term.upper()
    routed = _stations().get(upper) if re.fullmatch(r"R[A-Z]{3,7}", upper) else None
    known = routed or _stations().get(stations.token(term) or "")
    if known is None:
        return
    station = stations.STATIONS[known[0]]
    where = f"{station.name}, {station.country}" if station.country else station.name
    kind = "routing indicator" if routed else "post"
    yield Meaning(upper, kind, f"{station.kind} {where}".strip(), known[1])


def _of_parts(term: str) -> Iterator[Meaning]:
    """`(S//NF)` and `EUR/RUS` by their parts, where the whole is in no table."""
    upper = term.upper()
    if upper in _known():
        return
    bracketed = re.fullmatch(r"[(\[]\s*(?P<mark>[A-Z/, -]+?)\s*[)\]]", upper)
    for part in re.split(r"//?|,\s*", bracketed["mark"] if bracketed else upper) if "/" in upper else ():
        yield from _known().get(f"({part.strip()})" if bracketed else part.strip(), ())


def _number(term: str) -> Iterator[Meaning]:
    number = mrn.read(term)
    if number is None or number.serial is None or number.station is None:
        return
    year = f" of {number.year}" if number.year else ""
    words = f"telegram {number.serial:,} from {stations.title(number.station)}{year}"
    yield Meaning(term.upper(), "number", words, "handbook 02 section 1")
