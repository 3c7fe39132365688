"""A TAG: what it has meant and when, how it was used over time, and by whom."""

import msgspec

from reftel.glossary import Meaning, explain
from reftel.query import Field, Query
from reftel.readingroom import ReadingRoom, years_without_gaps

Counts = tuple[tuple[str, int], ...]


class Tag(msgspec.Struct, frozen=True):
    """A code of the TAGS line, and its use in the cables that the reader sees."""

    code: str
    meanings: tuple[Meaning, ...]  # the earliest era first; empty for a code of no table
    total: int
    years: Counts  # in order, those without a cable between the first and the last included
    posts: Counts  # the most frequent first
    beside: Counts  # TAGS on the same lines


def opened(room: ReadingRoom, code: str) -> Tag | None:
    """What is known of a code; None for one that no table knows and no cable bears."""
    known = (meaning for meaning in explain(code) if meaning.kind.startswith("TAGS"))
    meanings = tuple(sorted(known, key=lambda meaning: meaning.years or "later"))
    found = room.search(Query(Field("tag", code)), sort="date", limit=1)
    if not meanings and not found.total:
        return None
    return Tag(
        code=code,
        meanings=meanings,
        total=found.total,
        years=tuple(years_without_gaps(found.facets["year"])),
        posts=found.facets["post"],
        beside=tuple(each for each in found.facets["tags"] if each[0] != code),
    )
