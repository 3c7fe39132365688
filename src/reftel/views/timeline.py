"""What a query finds along time: years, then the months of one year, then the days of one month."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from reftel.chronology import Days, Timeline, bar_of, timeline
from reftel.markings import RANKS
from reftel.query import Query
from reftel.readingroom import EVERYTHING, ReadingRoom

By = Literal["level", "status"]
STATUSES = ("released", "leaked", "internal", "unknown")


class Band(msgspec.Struct, frozen=True):
    """The cables of one level, or of one status, along time."""

    value: str  # C; "" for those of which it is not known
    total: int
    counts: tuple[int, ...]  # bar by bar
    vague: int  # known no more exactly than all bars together
    undated: int


class OverTime(msgspec.Struct, frozen=True):
    """A timeline, what its bars are made of, and out of how many and as whom it was counted."""

    query: str
    reader: str  # as whom it was counted
    total: int
    held: int
    by: By
    timeline: Timeline | None  # None where nothing found bears a date
    bands: tuple[Band, ...]  # the lowest level first


def over_time(room: ReadingRoom, query: Query, by: By = "level") -> OverTime:
    """What the reader finds, along time; its dates are told no more exactly than they are known."""
    whole = query == EVERYTHING
    facets = room.holdings().facets if whole else room.facets(query)
    total = room.holdings().total if whole else room.count(query)
    years = facets["year"]
    spread = room.spread(query, by, by_day=len(years) == 1)
    together = Counter[tuple[int, int]]()
    for each in spread.values():
        together.update(each)
    found = timeline(total, years, together)
    return OverTime(
        query=str(query),
        reader=room.counted_as,
        total=total,
        held=room.holdings().total,
        by=by,
        timeline=found,
        bands=tuple(_bands(found, total, dict(facets[by]), spread)) if found else (),
    )


def _bands(
    found: Timeline, total: int, totals: Mapping[str, int], spread: Mapping[str, Days]
) -> Iterator[Band]:
    totals = {**totals, "": total - sum(totals.values())}
    for value in (*RANKS, *STATUSES, ""):
        if totals.get(value):
            counts = Counter[str | None]()
            for (first, last), count in spread.get(value, {}).items():
                counts[bar_of(found, first, last)] += count
            bars = tuple(counts.pop(bar.dates, 0) for bar in found.bars)
            vague = counts.total()  # in none of the bars
            yield Band(value, totals[value], bars, vague, totals[value] - sum(bars) - vague)
