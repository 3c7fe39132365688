"""What a code or word of a telegram means, by which authority, and where that is unsure.

All of it is rows: `tables/glossary.csv`, `abbreviations.csv`, `offices.csv`, and the tables of captions,
TAGS, stations, schedules and orders, which the reader of telegrams uses too.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache

import msgspec

from reftel import mrn, stations, tags
from reftel.tables import rows

Place = tuple[int, int]
"""Where a term begins and ends in a text."""


class Meaning(msgspec.Struct, frozen=True):
    """One meaning of a term; a term may have several, by place and year."""

    term: str  # as it stands in the table: GDS
    kind: str  # precedence, caption, TAGS (subject), post, office, abbreviation ...
    words: str
    authority: str
    years: str = ""  # in which it was used so, where that is known: 1974, 1973-79
    order: str = ""  # the executive order that says so, where it is one of several: 12958

    @property
    def unsure(self) -> bool:
        """Whether the authority itself, or the meaning, is in doubt."""
        return "unsure" in self.authority or "unsure" in self.words

    def record(self) -> dict[str, object]:
        """What is told in JSON."""
        return {**msgspec.to_builtins(self), "unsure": self.unsure}


@lru_cache(maxsize=4096)  # a page asks for the same few codes again and again
def explain(term: str, *kinds: str, year: int | None = None, order: str | None = None) -> tuple[Meaning, ...]:
    """Every meaning of a term, the likeliest first; nothing for what is in no table.

    `GDS`, `(S//NF)`, `1.4 (b)`, `PREL`, `RUEHC`, `AMEMBASSY ASTANA`, `EUR/RUS`, `nfi`, `09ASTANA253`.
    Of these kinds alone where some are given (`TAGS` is every kind that begins so); of a year and an
    executive order (`12958`, see `order_on`), those of others only where none is of that one.
    """
    found: dict[tuple[str, str, str], Meaning] = {}
    for one in _meanings(" ".join(term.split()), year):
        if not kinds or one.kind.startswith(kinds):
            found.setdefault((one.term.upper(), one.words, one.order), one)
    if order is not None:
        return tuple(one for one in found.values() if one.order in ("", order)) or _as_one(found.values())
    return _as_one(found.values())


def _as_one(some: Iterable[Meaning]) -> tuple[Meaning, ...]:
    """What several orders say in the same words is told once, with the years and the authority of each."""
    same: dict[tuple[str, str], list[Meaning]] = {}
    for one in some:
        same.setdefault((one.term.upper(), one.words), []).append(one)
    return tuple(each[0] if len(each) == 1 else _of_orders(each) for each in same.values())


def _of_orders(same: Sequence[Meaning]) -> Meaning:
    orders = ", ".join(dict.fromkeys(one.authority.partition(";")[0] for one in same))
    _, sign, behind = same[0].authority.partition(";")
    years = ", ".join(dict.fromkeys(one.years for one in same if one.years))
    return msgspec.structs.replace(same[0], authority=f"{orders}{sign}{behind}", years=years, order="")


OLDER = "before 10501"
"""What stands for an order before the first one known here."""


def order_on(day: str) -> str:
    """The executive order on classification that was in force on a day, `2005-03-04`, or in a month or year.

    Of a year in which it changed, the earlier one.
    """
    return next((order for order, first, _ in reversed(_in_force()) if first <= day), OLDER)


@cache
def _in_force() -> tuple[tuple[str, str, str], ...]:
    """Each order with its first day and its last; the last one known has none."""
    found = []
    for row in rows("orders"):
        if not row["in_force"].startswith("amends"):
            first, _, last = row["in_force"].removeprefix("from ").partition(" to ")
            found.append((row["order"], first, last))
    return tuple(found)


@cache
def _years_of_orders() -> dict[str, str]:
    """In which years each order was in force: 1982-95, since 2010."""
    first_of_all = _in_force()[0][1][:4]
    return {OLDER: f"before {first_of_all}"} | {
        order: f"{first[:4]}-{last[2 if first[:2] == last[:2] else 0 : 4]}" if last else f"since {first[:4]}"
        for order, first, last in _in_force()
    }


# A list of TAGS holds until the next one known to us: those of 1973-79, of 2010, of 2024.
_LISTS = {"1974": (0, 1989), "1973-79": (0, 1989), "2010": (1990, 2016), "2024": (2017, 9999)}


def _is_of(years: Iterable[str], year: int) -> bool:
    """Whether a list of TAGS, by its years, is the one to look into for a year."""
    bounds = (_LISTS.get(each, (0, 9999)) for each in years)
    return any(first <= year <= last for first, last in bounds)


# -- terms in a text --------------------------------------------------------------------------------------

_TELEGRAPHIC = frozenset("SEPTEL REFTEL REFTELS MEMCON TELCON AIRGRAM".split())  # often written small, too
_ENGLISH = frozenset("EMAIL SMART LES POL".split())  # or French, and in no list of common words
_IN_TEXT = ("word", "telegram reference", "title or role", "ministry or body", "FRUS-era")
_WORD = re.compile(
    r"""
    (?: \bMINIMIZE\s+CONSIDERED\b | \bSTRICTLY\s+PROTECT\b | \bENTIRE\s+TEXT\b | \(PROTECT\) )  # phrases
    | [A-Z][A-Z/&]*                                                                  # or one word
    """,
    re.VERBOSE | re.IGNORECASE,
)


def in_text(text: str) -> Iterator[Place]:
    """Where the words of a text stand that are plainly terms of the glossary: NFI, septel, EmbOffs.

    A word that is plain English too is none (MAP), nor what means several things (CIT), nor a government,
    which is another by the post that writes (GOR), nor a small word that is not in capitals (com).
    """
    terms = _terms_in_text()
    for match in _WORD.finditer(text):
        word = match[0]
        if not word.isalpha() and not word.replace("/", "").isalpha():
            yield match.span()
        elif len(word) > 2 and (word.isupper() or len(word) > 5):
            upper = word.upper()
            singular = word[:-1] if word[-1] in "sS" else word
            if upper in terms:
                end = match.end()
            elif singular.upper() in terms and (singular.isupper() or len(singular) > 5):
                end = match.end() - 1
            else:
                continue
            if _outside_words(text, match):
                yield match.start(), end


def _outside_words(text: str, match: re.Match[str]) -> bool:
    """Whether a word is not the piece of a number or of a compound: 1976NFI2, NFI-3."""
    beside = text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1]
    return not any(each.isdigit() or each in "-_@" for each in beside)


@cache
def _terms_in_text() -> frozenset[str]:
    """The terms that are explained where they stand in a text."""
    common = {word.upper() for row in rows("common_words") for word in row["words"].split()}
    plain = (common | _ENGLISH) - _TELEGRAPHIC
    return _TELEGRAPHIC | {
        term
        for term, meanings in _known().items()
        if len(term) > 2 and term.replace("/", "").isalpha() and term not in plain
        if all(one.kind.startswith(_IN_TEXT) for one in meanings)
        if len({one.words for one in meanings if one.kind == meanings[0].kind}) == 1
    }


def _meanings(term: str, year: int | None) -> Iterator[Meaning]:
    known = _known()
    for spelling in _spellings(term):
        yield from known.get(spelling, ())
    yield from _tags(term.upper(), year)
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
        for order in row["orders"].split("|"):
            years = row["years"] or _years_of_orders().get(order, "")
            authority = row["authority"].replace("{order}", order)
            yield Meaning(row["term"], row["kind"], row["meaning"], authority, years, order)
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


def _tags(term: str, year: int | None) -> Iterator[Meaning]:
    """By the list of that year; what several lists say in the same words is told once."""
    known = _authorities(term)
    of_then = [each for each in known if year is None or _is_of(each[1].split("|"), year)]
    kinds = {tag.name: tag.kind for tag in tags.meaning(term)}
    said: dict[str, tuple[list[str], list[str]]] = {}
    for name, years, authority in of_then or known:
        lists, authorities = said.setdefault(name, ([], []))
        lists += years.split("|")
        authorities.append(authority)
    for name, (lists, authorities) in said.items():
        years, authority = (", ".join(dict.fromkeys(filter(None, each))) for each in (lists, authorities))
        yield Meaning(term, f"TAGS ({kinds.get(name, 'code')})", name, authority, years)


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
    is_post = station.kind and station.kind != "Department/series"
    yield Meaning(upper, kind, f"{where}: {station.kind}" if is_post else where, known[1])


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
    if number is None or number.serial is None or number.station not in stations.STATIONS:
        return  # 25X1 and XGDS-2 look like numbers, too
    year = f" of {number.year}" if number.year else ""
    words = f"telegram {number.serial:,} from {stations.title(number.station)}{year}"
    yield Meaning(term.upper(), "number", words, "handbook 02 section 1")
