"""What the serial numbers of a post's year tell: how much of it is held, and when a missing one was sent.

A post numbers its telegrams from 1 each January, one series for all of them (handbook 02, section 1). So the
highest number met, held or cited, is the least that were sent; and a telegram that is not held was sent
between its neighbours' dates.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal

import msgspec

from reftel.tables import rows

_NUMBER = re.compile(r"(?P<year>\d{4})(?P<post>[A-Z0-9]*[A-Z])(?P<serial>\d{1,8})")


class Number(msgspec.Struct, frozen=True, order=True):
    """A number with its year, taken apart: its series is one post's year."""

    year: int
    post: str
    serial: int

    @property
    def series(self) -> str:
        """`2005ZENDA`."""
        return f"{self.year}{self.post}"

    def __str__(self) -> str:
        """`2005ZENDA12`."""
        return f"{self.year}{self.post}{self.serial}"

    @classmethod
    def read(cls, number: str) -> "Number | None":
        """`2005ZENDA12`; None for anything else."""
        found = _NUMBER.fullmatch(number)
        return cls(int(found["year"]), found["post"], int(found["serial"])) if found else None


class Share(msgspec.Struct, frozen=True):
    """How much of one post's year is held.

    `least` is the highest number met. `likely` is what that and the count of numbers make likely were sent,
    `most` the bound that nineteen of twenty such years stay below; both hold where the numbers that are met
    are a fair sample of all, which a collection by subject is not. None where fewer than two are met.
    """

    held: int
    cited: int  # numbers that are met in other telegrams alone
    least: int
    likely: int | None
    most: int | None

    @property
    def percent(self) -> tuple[float, float] | None:
        """The share that is held, in percent: at the least, and at the most; None where nothing is known."""
        if not self.least:
            return None
        return 100 * self.held / (self.most or self.least), 100 * self.held / self.least


def share(held: Iterable[int], cited: Iterable[int] = ()) -> Share:
    """The share of a post's year, from the numbers held and the numbers cited.

    The estimate is that of the largest of a series from a sample without replacement: m + m/k - 1 of k
    numbers with the largest m; the bound, m divided by the k-th root of 1/20.
    """
    numbers = {number for number in held if number > 0}
    others = {number for number in cited if number > 0} - numbers
    met = numbers | others
    largest, count = max(met, default=0), len(met)
    if count < 2:
        return Share(len(numbers), len(others), largest, None, None)
    likely = round(largest + largest / count - 1)
    most = int(largest / 0.05 ** (1 / count))
    return Share(len(numbers), len(others), largest, likely, max(most, likely))


class Window(msgspec.Struct, frozen=True):
    """When a telegram must have been sent: not before its lower neighbour, not after its higher one."""

    after: str | None  # the date of the next lower number that is held; None where there is none
    before: str | None
    lower: int | None
    higher: int | None


def window(serial: int, dated: Sequence[tuple[int, str]]) -> Window:
    """The window of a number, from the numbers and dates of the same post's year, in order of numbers.

    Dates compare as they are written, and are no more exact than that: 2005-03-01T10:00Z, 2005-03.
    """
    at = bisect_left(dated, serial, key=lambda each: each[0])
    below = dated[at - 1] if at else None
    above = next((each for each in dated[at : at + 2] if each[0] > serial), None)
    return Window(
        below[1] if below else None,
        above[1] if above else None,
        below[0] if below else None,
        above[0] if above else None,
    )


# -- what a source is known to lack ---------------------------------------------------------------------


class Gap(msgspec.Struct, frozen=True):
    """One row of `tables/gaps.csv`: days of which a source has nothing or little, or what it never had."""

    source: str
    kind: Literal["dates", "limit"]
    first: str
    last: str
    what: str
    authority: str


@lru_cache(maxsize=1)
def gaps() -> tuple[Gap, ...]:
    """Every known gap of a source of telegrams."""
    return tuple(msgspec.convert(row, Gap) for row in rows("gaps"))


def gap_of(after: str | None, before: str | None) -> Gap | None:
    """The gap that a telegram may lie in which was sent between two dates; None where either is not known.

    The neighbours of what lies in a gap stand on both sides of it, so the dates need but touch it.
    """
    if not after or not before:
        return None
    dated = (gap for gap in gaps() if gap.kind == "dates")
    return next(
        (gap for gap in dated if after[:10] <= gap.last and gap.first <= before[: len(gap.first)]), None
    )


def limits(year: int) -> tuple[Gap, ...]:
    """What the sources of a year's telegrams never had."""
    return tuple(gap for gap in gaps() if gap.kind == "limit" and gap.first[:4] <= str(year) <= gap.last[:4])
