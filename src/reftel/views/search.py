"""The answer to a query, a page at a time or whole; how it is spread over time, and what is in its way."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice

import msgspec

from reftel.chronology import Bar, Timeline, no_more_exact, timeline
from reftel.clearance import Reader
from reftel.query import And, Clause, Dates, Field, Or, Query
from reftel.readingroom import Facets, Hit, ReadingRoom, Sort

__all__ = [
    "Bar",
    "Head",
    "Hit",
    "Obstacle",
    "Results",
    "Timeline",
    "Whole",
    "hits",
    "no_more_exact",
    "results",
    "timeline",
    "whole",
]

_STEP = 200  # cables fetched at a time
_MOST_CLAUSES = 12  # of a query that finds nothing, to be looked at one by one


class Obstacle(msgspec.Struct, frozen=True):
    """One clause of a query that finds nothing."""

    clause: str
    alone: int  # how many cables it holds for
    without: str  # the query but for this clause
    total: int  # how many cables that finds


class Results(msgspec.Struct, frozen=True):
    """One page of what was found, with exact counts of all."""

    query: str
    total: int
    hits: tuple[Hit, ...]
    facets: Facets  # year, post, tags, level, status, collection
    page: int
    limit: int
    pages: int
    sort: Sort
    timeline: Timeline | None = None
    obstacles: tuple[Obstacle, ...] = ()  # where nothing was found and several clauses must hold
    beside: Facets = {}  # of facets by which the query narrows: what there would be if it did not


def results(
    room: ReadingRoom, query: Query, *, sort: Sort = "relevance", page: int = 1, limit: int = 20
) -> Results:
    """What the reader finds; a page behind the last has no hits."""
    found = room.search(query, sort=sort, page=page, limit=limit)
    return Results(
        query=str(query),
        total=found.total,
        hits=found.hits,
        facets=found.facets,
        page=page,
        limit=limit,
        pages=-(-found.total // limit),
        sort=sort,
        timeline=timeline(found.total, found.facets["year"], found.days),
        obstacles=() if found.total else tuple(_obstacles(room, query)),
        beside=dict(_beside(room, query)),
    )


def clauses(query: Query) -> tuple[Clause, ...]:
    """The clauses that must all hold."""
    return query.clause.clauses if isinstance(query.clause, And) else (query.clause,)


def of(parts: Sequence[Clause]) -> Query:
    """The query for which all these clauses must hold."""
    return Query(parts[0] if len(parts) == 1 else And(tuple(parts)))


# -- what is in the way -----------------------------------------------------------------------------------


def _obstacles(room: ReadingRoom, query: Query) -> Iterator[Obstacle]:
    parts = tuple(dict.fromkeys(clauses(query)))
    if len(parts) < 2:
        return
    for part in parts[:_MOST_CLAUSES]:
        rest = of([each for each in parts if each != part])
        spelt = f"({part})" if isinstance(part, Or) else str(part)
        yield Obstacle(spelt, room.count(Query(part)), str(rest), room.count(rest))


# -- facets that narrow -----------------------------------------------------------------------------------

FACET_FIELDS: Mapping[str, str] = {
    "post": "from",
    "level": "class",
    "status": "status",
    "collection": "collection",
}
"""The facets of which a cable has one value, and their fields: two values of one are alternatives."""


def narrowing(query: Query, facet: str) -> Clause | None:
    """The one clause by which a query narrows a facet: one value, or several of which one must hold."""
    found = [each for each in clauses(query) if _values(each, facet)]
    return found[0] if len(found) == 1 else None


def _values(clause: Clause, facet: str) -> bool:
    some = clause.clauses if isinstance(clause, Or) else (clause,)
    if facet == "year":
        return all(isinstance(each, Dates) and _is_year(each) for each in some)
    return all(isinstance(each, Field) and each.name == FACET_FIELDS.get(facet) for each in some)


def _is_year(dates: Dates) -> bool:
    return dates.first == dates.last and dates.first is not None and len(dates.first) == 4


def _beside(room: ReadingRoom, query: Query) -> Iterator[tuple[str, tuple[tuple[str, int], ...]]]:
    for facet in ("year", *FACET_FIELDS):
        own = narrowing(query, facet)
        if own is not None:
            rest = of([each for each in clauses(query) if each != own])
            yield facet, room.facets(rest)[facet]


# -- whole results ----------------------------------------------------------------------------------------


class Head(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is said above a whole result, so that it can be checked, and asked for again."""

    query: str
    asked_on: str  # UTC: 2026-11-27
    read_as: str
    found: int
    held: int  # out of how many, for this reader
    fingerprint: str  # of all that is held for this reader
    left_out: tuple[str, ...] = ()  # of what was found and of what is held: status:leaked


class Whole(msgspec.Struct, frozen=True):
    """All that was found, the newest first. The hits are read from the archive as they are taken."""

    head: Head
    keys: Iterator[str]


def whole(room: ReadingRoom, query: Query) -> Whole:
    """Everything that the reader finds."""
    total, keys = room.walk(query)
    held = room.holdings()
    today = datetime.now(UTC).date().isoformat()
    left_out = tuple(map(str, room.without))
    mark = room.fingerprint()
    head = Head(str(query), today, read_as(room.reader), total, held.total, mark, left_out)
    return Whole(head, keys)


def hits(room: ReadingRoom, query: Query, found: Whole) -> Iterator[Hit]:
    """The hits of a whole result, no more than a few of them in memory."""
    while some := [*islice(found.keys, _STEP)]:
        yield from room.hits(some, query)


def read_as(reader: Reader) -> str:
    """How far a reader is cleared: `C, holding EXDIS, NOFORN`."""
    if reader.level is None:
        return "one who reads all"
    return f"{reader.level}, holding {', '.join(sorted(reader.holds))}" if reader.holds else reader.level
