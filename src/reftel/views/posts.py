"""A post: its traffic over time, what it writes about, who signs for it, whom it cites."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set

import msgspec

from reftel import protection
from reftel.cable import Cable, date_of
from reftel.findings.signers import Signer, Term, surname
from reftel.query import Field, Query
from reftel.readingroom import ReadingRoom, years_without_gaps
from reftel.stations import STATIONS, title

MOST = 500  # cables of a post that are read, the newest

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


# -- whom it cites --------------------------------------------------------------------------------------


def _cited(cables: Iterable[Cable], held: Set[str]) -> Iterator[Cited]:
    counts = Counter(
        reference.post
        for cable in cables
        for reference in cable.references
        if reference.kind == "telegram" and reference.post
    )
    for post, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield Cited(post, count, post in held)
