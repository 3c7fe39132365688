"""The answer to a query, a page at a time."""

import msgspec

from reftel.query import Query
from reftel.readingroom import Facets, Hit, ReadingRoom, Sort

__all__ = ["Hit", "Results", "results"]


class Results(msgspec.Struct, frozen=True):
    """One page of what was found, with exact counts of all."""

    query: str
    total: int
    hits: tuple[Hit, ...]
    facets: Facets  # year, post, tags, level
    page: int
    limit: int
    pages: int
    sort: Sort


def results(
    room: ReadingRoom, query: Query, *, sort: Sort = "relevance", page: int = 1, limit: int = 20
) -> Results:
    """What the reader finds; a page behind the last has no hits."""
    found = room.search(query, sort=sort, page=page, limit=limit)
    pages = -(-found.total // limit)
    return Results(str(query), found.total, found.hits, found.facets, page, limit, pages, sort)
