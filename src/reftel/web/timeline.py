"""A thread drawn along time: a lane for each post, each paper as wide as its date is inexact."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import msgspec

from reftel import stations
from reftel.query import days
from reftel.views.threads import Paper, Thread

_LEFT, _RIGHT = 162, 22  # of the lanes: the posts' names, a margin
_WIDTH, _UNDATED = 1000, 180  # of all, and of the place for papers without a date
_ROW, _TOP = 26, 30
_LETTER = 7.5  # of a label
_LONGEST = 22  # letters of a label
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_MOST_TICKS = 9
_ELSEWHERE = "Other papers"


class Mark(msgspec.Struct, frozen=True):
    """A paper: from `x` to `end` where its date is no more exact."""

    paper: Paper
    x: float
    end: float
    y: float
    label: str
    turned: bool  # the label stands left of it, for want of room on the right


class Lane(msgspec.Struct, frozen=True):
    """The papers of one post."""

    name: str
    y: float
    height: float


class Tick(msgspec.Struct, frozen=True):
    """A date on the axis."""

    x: float
    words: str


class Line(msgspec.Struct, frozen=True):
    """A reference, from the paper that cites to the one that is cited."""

    path: str
    words: str


class Timeline(msgspec.Struct, frozen=True):
    """All that is drawn, in units of one drawing."""

    width: int
    height: float
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    lines: tuple[Line, ...]
    left: int
    undated: float | None  # where the papers without a date begin


def timeline(thread: Thread) -> Timeline:
    """A thread as a drawing."""
    spans = {paper.name: span for paper in thread.papers if (span := _of_paper(paper))}
    undated = len(spans) < len(thread.papers)
    end = _WIDTH - _RIGHT - (_UNDATED if undated else 0)
    scale = _Scale([*spans.values()], _LEFT + 14, end - 14)
    marks, lanes, y = list[Mark](), list[Lane](), float(_TOP)
    for post, papers in _by_post(thread.papers).items():
        placed = [*_placed(papers, spans, scale, end + 14)]
        rows = 1 + max(row for *_, row in placed)
        lanes.append(Lane(post, y, rows * _ROW))
        for each, x, stop, turned, row in placed:
            marks.append(Mark(each, x, stop, y + (row + 0.5) * _ROW, _label(each), turned))
        y += rows * _ROW
    at = {mark.paper.name: mark for mark in marks}
    lines = tuple(Line(_curve(at[link.citing], at[link.cited]), link.words) for link in thread.links)
    ticks = tuple(scale.ticks()) if spans else ()
    return Timeline(_WIDTH, y + 8, tuple(lanes), ticks, tuple(marks), lines, _LEFT, end if undated else None)


class _Scale:
    """Where a day stands on the axis."""

    def __init__(self, spans: Sequence[tuple[float, float]], left: float, right: float) -> None:
        self.first = min((first for first, _ in spans), default=0.0)
        self.last = max((last for _, last in spans), default=1.0)
        if self.last - self.first < 1:
            self.first, self.last = self.first - 1, self.last + 1
        self.left, self.right = left, right

    def at(self, day: float) -> float:
        share = (day - self.first) / (self.last - self.first)
        return round(self.left + share * (self.right - self.left), 1)

    def ticks(self) -> Iterator[Tick]:
        """Firsts of years, of months, or days: as few as are read with ease."""
        first, last = date.fromordinal(int(self.first)), date.fromordinal(int(self.last))
        for day in _round_days(first, last):
            if self.first <= day.toordinal() <= self.last:
                words = str(day.year)
                if (last - first).days <= 3 * 366:
                    words = f"{_MONTHS[day.month - 1]} {day.year}"
                if (last - first).days <= 92:
                    words = f"{day.day} {words}"
                yield Tick(self.at(day.toordinal()), words)


def _round_days(first: date, last: date) -> list[date]:
    length = (last - first).days
    if length <= 92:
        step = max(1, -(-length // _MOST_TICKS))
        return [first + timedelta(days=at) for at in range(0, length + 1, step)]
    months = [date(month // 12, month % 12 + 1, 1) for month in range(_month(first), _month(last) + 1)]
    if length <= 3 * 366:
        return _thinned(months)
    return _thinned([day for day in months if day.month == 1])


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _thinned(some: list[date]) -> list[date]:
    return some[:: max(1, -(-len(some) // _MOST_TICKS))]


def _of_paper(paper: Paper) -> tuple[float, float] | None:
    """The days of a paper, up to its earliest citing cable where that is all that ends them."""
    span, cited = _span(paper.sent), _span(paper.before)
    return (span[0], max(span[0], min(span[1], cited[1]))) if span and cited else span


def _span(sent: str | None) -> tuple[float, float] | None:
    """Between which days a paper was sent; the same twice where its time is known."""
    try:
        first, last = days(sent or "")
        start, stop = _ordinal(first), _ordinal(last)
    except ValueError:
        return None
    _, _, time = (sent or "").partition("T")
    if time[:2].isdigit():
        return (start + min(int(time[:2]), 23) / 24,) * 2
    return (start + 0.5,) * 2 if start == stop else (start, stop + 1)


def _ordinal(number: int) -> int:
    return date(number // 10000, number // 100 % 100, number % 100).toordinal()


def _by_post(papers: Sequence[Paper]) -> dict[str, list[Paper]]:
    """The lanes: posts in the order in which they come in, other papers last."""
    found: dict[str, list[Paper]] = {}
    for paper in papers:
        name = stations.title(paper.post).partition(" (")[0] if paper.post else _ELSEWHERE
        found.setdefault(name, []).append(paper)
    others = found.pop(_ELSEWHERE, None)
    return found | ({_ELSEWHERE: others} if others else {})


def _placed(
    papers: Sequence[Paper], spans: dict[str, tuple[float, float]], scale: _Scale, undated: float
) -> Iterator[tuple[Paper, float, float, bool, int]]:
    """Each paper of a lane with its place and row, so that no label lies on another."""
    taken: list[float] = []  # how far each row is taken
    for paper in papers:
        span = spans.get(paper.name)
        x, end = (scale.at(span[0]), scale.at(span[1])) if span else (undated, undated)
        width = len(_label(paper)) * _LETTER + 16
        turned = span is not None and end + width > undated
        left, right = (end - width, end + 8) if turned else (x - 8, end + width)
        row = next((at for at, until in enumerate(taken) if until <= left), len(taken))
        taken[row : row + 1] = [right]
        yield paper, x, end, turned, row


def _label(paper: Paper) -> str:
    words = " ".join(paper.words.split())
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"


def _curve(citing: Mark, cited: Mark) -> str:
    """From the paper that cites to the one that is cited, bent where both lie in one row."""
    first, last = citing.x, cited.end
    bend = 0.8 * _ROW if abs(citing.y - cited.y) < 1 else 0
    middle = (first + last) / 2
    return (
        f"M{first:g} {citing.y:g}C{middle:g} {citing.y - bend:g} {middle:g} {cited.y - bend:g} "
        f"{last:g} {cited.y:g}"
    )
