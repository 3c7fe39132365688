"""Cables spread over time: by decades, years, months or days, no more exactly than their dates are known."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from reftel.query import And, Clause, Dates, Not, Or

Days = Mapping[tuple[int, int], int]
"""How many cables were sent between which two days: 20050301, 20050331."""

_MANY_YEARS = 60  # more are shown by the decade


class Bar(msgspec.Struct, frozen=True):
    """One stretch of time, and how many cables are known to be from within it."""

    dates: str  # 2005, 2005-03, 2005-03-24; 1970..1979 for a decade
    count: int


class Timeline(msgspec.Struct, frozen=True):
    """What was found, spread over time: by the finest stretch in which all of it does not fall into one.

    What is known less exactly than that stands in no bar, since nobody knows in which.
    """

    by: Literal["decade", "year", "month", "day"]
    bars: tuple[Bar, ...]  # in order, without gaps
    vague: Bar | None = None  # of the year or month, and known no more exactly than that
    undated: int = 0


def timeline(total: int, years: Sequence[tuple[str, int]], days: Days) -> Timeline | None:
    """How cables are spread, from the counts of years and, where there is but one, of days."""
    undated = total - sum(count for _, count in years)
    if not years:
        return None
    if len(years) > 1:
        return _by_year({int(year): count for year, count in years}, undated)
    year = int(years[0][0])
    months: dict[int, int] = {}
    exact: dict[int, int] = {}
    vague = 0
    for (first, last), count in days.items():
        month = first // 100 % 100
        if month != last // 100 % 100:
            vague += count
            continue
        months[month] = months.get(month, 0) + count
        if first == last:
            exact[first % 100] = exact.get(first % 100, 0) + count
    if len(months) == 1 and not vague:
        (month,) = months
        return _by_day(f"{year:04d}-{month:02d}", monthrange(year, month)[1], exact, months[month], undated)
    bars = tuple(Bar(f"{year:04d}-{month:02d}", months.get(month, 0)) for month in range(1, 13))
    return Timeline("month", bars, Bar(f"{year:04d}", vague) if vague else None, undated)


def _by_year(counts: Mapping[int, int], undated: int) -> Timeline:
    first, last = min(counts), max(counts)
    if last - first < _MANY_YEARS:
        years = (Bar(f"{year:04d}", counts.get(year, 0)) for year in range(first, last + 1))
        return Timeline("year", tuple(years), undated=undated)
    decades = tuple(
        Bar(f"{decade:04d}..{decade + 9:04d}", sum(counts.get(decade + n, 0) for n in range(10)))
        for decade in range(first - first % 10, last + 1, 10)
    )
    return Timeline("decade", decades, undated=undated)


def _by_day(month: str, last: int, counts: Mapping[int, int], total: int, undated: int) -> Timeline:
    bars = tuple(Bar(f"{month}-{day:02d}", counts.get(day, 0)) for day in range(1, last + 1))
    vague = total - sum(counts.values())
    return Timeline("day", bars, Bar(month, vague) if vague else None, undated)


def no_more_exact(found: Timeline) -> Clause | None:
    """The clause for what stands in no bar of a timeline, but in its year or month."""
    if found.vague is None:
        return None
    within = Or(tuple(Dates(bar.dates, bar.dates) for bar in found.bars))
    return And((Dates(found.vague.dates, found.vague.dates), Not(within)))


def bar_of(found: Timeline, first: int, last: int) -> str | None:
    """The bar in which what was sent between two days stands: its `dates`; None where no bar is known."""
    year, month, day = first // 10000, first // 100 % 100, first % 100
    if found.by == "decade":
        return f"{year - year % 10:04d}..{year - year % 10 + 9:04d}"
    if found.by == "year":
        return f"{year:04d}"
    if found.by == "month":
        return f"{year:04d}-{month:02d}" if first // 100 == last // 100 else None
    return f"{year:04d}-{month:02d}-{day:02d}" if first == last else None
