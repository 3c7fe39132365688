"""A timeline as a drawing: a column for each stretch of time, of as many blocks as there are bands."""

from collections.abc import Iterator, Sequence
from math import ceil, log10

import msgspec

from reftel.views.timeline import Band, OverTime
from reftel.web.narrowing import Stretch

WIDTH, HEIGHT = 1000, 300
_LEFT, _TOP, _BOTTOM = 52, 12, 30
_APART = 46  # between the columns and the one of what is known no more exactly
_GAP = 0.18  # of a column
_MOST_LABELS = 12
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


class Block(msgspec.Struct, frozen=True):
    """The cables of one band in one column."""

    band: str
    y: float
    height: float


class Column(msgspec.Struct, frozen=True):
    """One stretch of time; all of its height is a link."""

    of: Stretch
    x: float
    width: float
    blocks: tuple[Block, ...]  # from the ground up
    label: str  # under it; empty where there is no room for all


class Drawing(msgspec.Struct, frozen=True):
    """All that is drawn, in units of one drawing."""

    width: int
    height: int
    left: int
    ground: int
    columns: tuple[Column, ...]
    ticks: tuple[tuple[float, int], ...]  # heights, and the numbers that they stand for


def drawing(found: OverTime, bars: Sequence[Stretch]) -> Drawing:
    """A timeline as a drawing."""
    top = _round(max((bar.count for bar in bars), default=1))
    ground = HEIGHT - _BOTTOM
    scale = (ground - _TOP) / top
    steps = {round(top * part / 4) for part in range(5)}
    ticks = tuple((round(ground - step * scale, 1), step) for step in sorted(steps))
    return Drawing(WIDTH, HEIGHT, _LEFT, ground, tuple(_columns(found, bars, scale, ground)), ticks)


def _columns(found: OverTime, bars: Sequence[Stretch], scale: float, ground: int) -> Iterator[Column]:
    exact = [bar for bar in bars if not bar.vague]
    room = WIDTH - _LEFT - 8 - (_APART * 2 if len(exact) < len(bars) else 0)
    step = min(room / max(len(exact), 1), 90)
    every = ceil(len(exact) / _MOST_LABELS)
    for at, bar in enumerate(bars):
        x = _LEFT + 8 + at * step + (_APART if bar.vague else 0)
        width = _APART * 0.8 if bar.vague else step * (1 - _GAP)
        blocks = tuple(_blocks(found.bands, None if bar.vague else at, scale, ground))
        label = _label(bar) if bar.vague or at % every == 0 else ""
        yield Column(bar, round(x, 1), round(width, 1), blocks, label)


def _blocks(bands: Sequence[Band], at: int | None, scale: float, ground: int) -> Iterator[Block]:
    y = float(ground)
    for band in bands:
        count = band.vague if at is None else band.counts[at]
        if count:
            height = count * scale
            y -= height
            yield Block(band.value or "none", round(y, 2), round(height, 2))


def _label(bar: Stretch) -> str:
    if bar.vague:
        return "some time"
    year, *rest = bar.dates.partition("..")[0].split("-")
    if ".." in bar.dates:
        return f"{year}s"
    if len(rest) == 2:
        return str(int(rest[1]))
    return _MONTHS[int(rest[0]) - 1] if rest else year


def _round(most: int) -> int:
    """The next round number: 1, 2, 4, 8, 20, 40 ..."""
    if most <= 4:
        return max(most, 1)
    size: int = 10 ** int(log10(most))
    return next(size * step for step in (1, 2, 4, 8, 10) if size * step >= most)
