"""A post: its traffic over time, what it writes about, who signs for it, whom it cites, what is missing."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from itertools import pairwise

import msgspec

from reftel import mrn, protection
from reftel.cable import FIRM_BASES, Cable, date_of
from reftel.findings import serials
from reftel.findings.serials import Share
from reftel.findings.signers import Signer, Term, surname
from reftel.query import Field, Query
from reftel.readingroom import ReadingRoom, years_without_gaps
from reftel.stations import STATIONS, title

MOST = 500  # cables of a post that are read, the newest
_GAPS = 5  # that are shown, the longest

Counts = tuple[tuple[str, int], ...]


class Signing(msgspec.Struct, frozen=True):
    """Who signed cables of the post, and in which years."""

    name: str  # Paul Harold Boeker; of one who is in no table the name as it is signed
    term: Term | None  # his office; None where no table tells
    cables: int
    years: tuple[str, ...]


class Cited(msgspec.Struct, frozen=True):
    """A post whose telegrams are referred to, how often, and whether cables of it are here."""

    station: str
    references: int
    held: bool


class Numbers(msgspec.Struct, frozen=True):
    """What the numbers of one year tell of how much is held."""

    year: int
    share: Share


class Gap(msgspec.Struct, frozen=True):
    """Numbers of one year none of which is held, and the dates of the cables beside them."""

    year: int
    first: int
    last: int
    after: str | None
    before: str | None

    @property
    def missing(self) -> int:
        """How many numbers they are."""
        return self.last - self.first + 1


class Post(msgspec.Struct, frozen=True):
    """A post as its cables show it to the reader.

    `total`, `years`, `tags` and `undated` count all of them; what follows is from the newest `read`.
    """

    station: str
    name: str
    kind: str  # Embassy; "" where no table knows the post
    country: str
    total: int
    undated: int
    years: Counts  # in order, those without a cable between the first and the last included
    tags: Counts  # the most frequent first
    read: int
    signers: tuple[Signing, ...]  # persons of a table of offices, in order of their terms
    unlisted: tuple[Signing, ...]  # names that no table explains, the most frequent first
    unsigned: int
    cites: tuple[Cited, ...]  # the most frequent first
    numbers: tuple[Numbers, ...]
    gaps: tuple[Gap, ...]  # the longest first


def opened(room: ReadingRoom, station: str) -> Post | None:
    """The post with that token; None where the reader has no cable of it."""
    return room.remembered(("post", station), lambda: _opened(room, station))


def _opened(room: ReadingRoom, station: str) -> Post | None:
    query = Query(Field("from", station))
    found = room.search(query, sort="date", limit=1)
    if not found.total:
        return None
    cables = tuple(room.read(query, most=MOST, textless=True))
    signed = tuple(zip(cables, room.signers(cables), strict=True))
    surnames = {each: surname(each) for each in {cable.signature for cable in cables}}
    known = STATIONS.get(station)
    held, numbers = _numbers(station, cables)
    return Post(
        station=station,
        name=title(station),
        kind=known.kind if known else "",
        country=known.country if known else "",
        total=found.total,
        undated=found.total - sum(count for _, count in found.facets["year"]),
        years=tuple(years_without_gaps(found.facets["year"])),
        tags=found.facets["tags"],
        read=len(cables),
        signers=_persons(signed),
        unlisted=_names(signed, surnames),
        unsigned=sum(surnames[cable.signature] is None for cable in cables),
        cites=tuple(_cited(cables, {post for post, _ in room.holdings().facets["post"]})),
        numbers=numbers,
        gaps=_gaps(held),
    )


# -- who signs --------------------------------------------------------------------------------------------

_Signed = Iterable[tuple[Cable, Signer | None]]


def _persons(signed: _Signed) -> tuple[Signing, ...]:
    """Persons of the tables, each office of theirs by itself."""
    of_term: dict[Term, list[Cable]] = {}
    for cable, signer in signed:
        if signer and signer.term:
            of_term.setdefault(signer.term, []).append(cable)
    in_order = sorted(of_term, key=lambda term: (term.began, term.source))
    return tuple(_signing(term.name, term, of_term[term]) for term in in_order)


def _names(signed: _Signed, surnames: Mapping[str | None, str | None]) -> tuple[Signing, ...]:
    """Those whom no table explains, by surname: nobody says that two of one name are one person."""
    of_name: dict[str, list[Cable]] = {}
    for cable, signer in signed:
        name = surnames[cable.signature] if protection.MASK not in (cable.signature or "") else None
        if name and not (signer and signer.term):
            of_name.setdefault(name, []).append(cable)
    found = [_signing(_as_written(cables), None, cables) for cables in of_name.values()]
    return tuple(sorted(found, key=lambda each: (-each.cables, each.years, each.name)))


def _signing(name: str, term: Term | None, cables: list[Cable]) -> Signing:
    years = sorted({date[:4] for cable in cables if (date := date_of(cable))})
    return Signing(name, term, len(cables), tuple(years))


def _as_written(cables: list[Cable]) -> str:
    """A name as it is signed most often."""
    written = Counter((cable.signature or "").rpartition("\n")[2].strip() for cable in cables)
    return min(written, key=lambda name: (-written[name], name))


# -- whom it cites, and what is missing ---------------------------------------------------------------------


def _cited(cables: Iterable[Cable], held: Set[str]) -> Iterator[Cited]:
    counts = Counter(
        reference.post
        for cable in cables
        for reference in cable.references
        if reference.kind == "telegram" and reference.post
    )
    for post, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield Cited(post, count, post in held)


_Dated = list[tuple[int, str | None]]  # numbers of one year and their dates, in order


def _numbers(station: str, cables: Iterable[Cable]) -> tuple[dict[int, _Dated], tuple[Numbers, ...]]:
    """The numbers that are held, by year, and what they and those cited tell."""
    held: dict[int, dict[int, str | None]] = {}
    cited: dict[int, set[int]] = {}
    for cable in cables:
        number = cable.mrn
        # edited print gives telegrams of years when each direction had numbers of its own
        if cable.era == "printed" or number.station != station or number.basis not in FIRM_BASES:
            continue
        if number.year and number.serial:
            held.setdefault(number.year, {})[number.serial] = date_of(cable)
        for year, serial in _own_citations(station, cable):
            cited.setdefault(year, set()).add(serial)
    shares = (
        Numbers(year, serials.share(held.get(year, ()), cited.get(year, ())))
        for year in sorted(held.keys() | cited.keys())
    )
    return {year: sorted(held[year].items()) for year in held}, tuple(shares)


def _own_citations(station: str, cable: Cable) -> Iterator[tuple[int, int]]:
    """Year and number of the post's own telegrams that a cable cites, where the text says the year."""
    for reference in cable.references:
        number = mrn.read(reference.id) if reference.id and "year" not in reference.inferred else None
        if number and number.station == station and number.year and number.serial:
            yield number.year, number.serial


def _gaps(held: dict[int, _Dated]) -> tuple[Gap, ...]:
    gaps = [
        Gap(year, lower + 1, higher - 1, after, before)
        for year, dated in held.items()
        for (lower, after), (higher, before) in pairwise(dated)
        if higher - lower > 1
    ]
    return tuple(sorted(gaps, key=lambda gap: (-gap.missing, gap.year, gap.first))[:_GAPS])
