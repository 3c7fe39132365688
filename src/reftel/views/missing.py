"""What cables cite and this archive does not hold: the ledger of the missing, and each number of it.

Held is what this reader may see, here as everywhere. The ledger is counted from the index, without loading
cables; what is loaded is the page that is shown. Memory grows with the count of numbers, never with texts.
"""

import csv
import io
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby, pairwise
from typing import Literal, NamedTuple, TypeVar

import msgspec

from reftel import mrn
from reftel.cable import Cable, Reference, Status, date_of, post_of
from reftel.errors import UsageError
from reftel.findings.serials import Gap, Number, Share, Window, gap_of, limits, share, window
from reftel.query import And, Field, Not, Or, Phrase, Query
from reftel.readingroom import EVERYTHING, ReadingRoom

MOST = 1000  # numbers on a page
_SHOWN = 3  # citing cables of each number of the ledger
_OF_ONE = 25  # citing cables of a number alone
_SEARCHES = 32  # whose ledgers are remembered
_FEW = 12  # citing cables: what no more cite is asked together
_SHARES = 40  # post's years told with their shares
_CARDS = 2000  # cables looked at that may be withdrawal cards, or errors
_CARD_WORDS = 80  # no card has more; a telegram that speaks of one has
_GAPS = 5  # of a post, the longest
_NEIGHBOURS = 6  # looked at on either side for one with a date

Reason = Literal["absent", "gap", "withdrawn", "lost", "wordless"]


class Citing(msgspec.Struct, frozen=True):
    """One cable that cites a number, and what it says of it."""

    key: str
    id: str | None
    date: str | None
    post: str | None
    subject: str | None
    letter: str | None
    words: str  # as written in the REF block
    title: str | None
    captions: tuple[str, ...]
    inferred: tuple[str, ...]
    status: Status = "unknown"  # of release
    sent: str | None = None  # when the missing telegram was sent, as the reference itself says


class Missing(msgspec.Struct, frozen=True):
    """A number that is cited and whose text is not held."""

    number: str
    year: int
    post: str
    serial: int
    reason: Reason
    held: str | None  # the key of a withdrawal card, an error, or an entry without text
    cited_by: int
    citing: tuple[Citing, ...]  # the newest of them
    window: Window  # between the dates of its neighbours' numbers
    cited_on: str | None  # the earliest date of the newest citing cables: it was sent before
    gap: Gap | None  # of its source, in which it may lie
    limits: tuple[Gap, ...]  # what sources of that year never had
    earliest: str  # the days between which it was sent, from all of this and from its number's year
    latest: str
    sent: str | None = None  # when it was sent, as exact as a cable that cites it says
    said_in: str | None = None  # the key of that cable


class Series(msgspec.Struct, frozen=True):
    """How much of a post's year is held; see `findings.serials.Share`."""

    year: int
    post: str
    missing: int  # numbers that are cited and not held
    held: int
    least: int
    likely: int | None
    most: int | None
    percent: tuple[float, float] | None  # at the least, at the most


class Numbers(msgspec.Struct, frozen=True):
    """What the numbers of a post's year tell of how much of it is held: as in the ledger of all."""

    year: int
    share: Share
    missing: int  # numbers that are cited and not held with a text


class Unheld(msgspec.Struct, frozen=True):
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


class OfPost(msgspec.Struct, frozen=True):
    """What is held of a post by number, and what is not."""

    numbers: tuple[Numbers, ...]  # in order of years
    gaps: tuple[Unheld, ...]  # the longest first


class Ledger(msgspec.Struct, frozen=True):
    """A page of the missing, the most cited first, and counts of all of them.

    `cables` that the query finds cite `cited` different numbers, of which `total` are missing. `listed` of
    these are of the post and year that were asked for. `reasons` counts all that are listed; which lie in a
    gap is looked up for those on the page alone.
    """

    query: str
    reader: str  # as whom it was counted
    cables: int
    cited: int
    total: int
    listed: int
    reasons: dict[str, int]
    posts: tuple[tuple[str, int], ...]  # of all that are missing, the most first
    years: tuple[tuple[str, int], ...]
    post: str | None
    year: int | None
    page: int
    limit: int
    pages: int
    missing: tuple[Missing, ...]
    series: tuple[Series, ...]  # those with the most missing of what is listed
    all_series: int


def ledger(
    room: ReadingRoom,
    query: Query = EVERYTHING,
    *,
    post: str | None = None,
    year: int | None = None,
    page: int = 1,
    limit: int = 50,
) -> Ledger:
    """What the cables that a query finds cite, and the archive does not hold for this reader."""
    if page < 1 or not 1 <= limit <= MOST:
        raise UsageError(f"page {page} with {limit} numbers: pages count from 1 and hold 1 to {MOST:,}")
    counted = _once(room, query, "ledger", lambda: _count(room, query))
    listed = _once(room, query, f"of {post} {year}", lambda: _listed(room, counted, post, year))
    some = _some(counted, listed.gone[(page - 1) * limit : page * limit])
    return Ledger(
        query=str(query),
        reader=room.counted_as,
        cables=counted.cables,
        cited=counted.cited,
        total=len(counted.gone),
        listed=len(listed.gone),
        reasons=listed.reasons,
        posts=counted.posts,
        years=counted.years,
        post=post,
        year=year,
        page=page,
        limit=limit,
        pages=-(-len(listed.gone) // limit),
        missing=_told(room, some, _held(room).near, query),
        series=listed.series,
        all_series=listed.all_series,
    )


def of_post(room: ReadingRoom, station: str) -> OfPost:
    """The numbers of a post, year by year, counted as the ledger counts them."""
    return room.remembered(("numbers of a post", station), lambda: _of_post(room, station))


def _of_post(room: ReadingRoom, station: str) -> OfPost:
    held, cited = _held(room), _numbers(room)
    counted = _once(room, EVERYTHING, "ledger", lambda: _count(room, EVERYTHING))
    gone = _summed({kind: n for kind, n in counted.kinds.items() if kind.post == station}, lambda k: k.series)
    years = sorted(
        series
        for series in {*held.series(), *cited.series}
        if series[4:] == station and series[:4].isdecimal()
    )
    numbers = (
        Numbers(int(series[:4]), share(held.of(series), cited.of(series)), gone.get(series, 0))
        for series in years
    )
    gaps = (
        (higher - lower - 1, series, lower, higher)
        for series in years
        for lower, higher in pairwise(held.of(series))
        if higher - lower > 1
    )
    longest = sorted(gaps, key=lambda gap: (-gap[0], *gap[1:]))[:_GAPS]
    return OfPost(tuple(numbers), tuple(_unheld(room, *gap[1:]) for gap in longest))


def _unheld(room: ReadingRoom, series: str, lower: int, higher: int) -> Unheld:
    after, before = (
        next(filter(None, map(date_of, room.named(f"{series}{serial}"))), None) for serial in (lower, higher)
    )
    return Unheld(int(series[:4]), lower + 1, higher - 1, after, before)


class _Kind(NamedTuple):
    """What is counted of a number that is missing; the numbers of a post's year share a few of them."""

    year: int
    post: str
    reason: Reason

    @property
    def series(self) -> str:
        return f"{self.year}{self.post}"


class _Gone(NamedTuple):
    """A missing number of the page that is shown."""

    number: Number
    reason: Reason
    cited: int  # by so many cables


class _Counted(msgspec.Struct, frozen=True):
    """What the cables that a query finds cite; numbers are told by their places among all of then."""

    numbers: "_Numbers"
    cables: int
    cited: int  # different numbers
    counts: Sequence[int]  # by how many of the cables each number is cited
    gone: Sequence[int]  # those that are missing, the most cited first
    kinds: Mapping[_Kind, int]  # how many of these are of each kind
    posts: tuple[tuple[str, int], ...]
    years: tuple[tuple[str, int], ...]


class _Listed(msgspec.Struct, frozen=True):
    """Those of the missing that are of a post and a year, or all."""

    gone: Sequence[int]
    reasons: dict[str, int]
    series: tuple[Series, ...]  # those with the most missing
    all_series: int


class _Numbers:
    """Every number that is cited here, in order, and what is held of it."""

    def __init__(self, cited: Mapping[str, int], reason: Callable[[str, str, int], Reason | None]) -> None:
        """`cited` tells by how many cables each is cited; `reason`, why one with that name, of that series
        and with that serial is missing, if it is."""
        parted = sorted((*_apart(name), name) for name in cited)  # by year, then by post, then by serial
        self.names = [name for _, _, name in parted]
        self.at = {name: at for at, name in enumerate(self.names)}
        self.counts = array("L", map(cited.__getitem__, self.names))
        self.serials = array("L", [serial for _, serial, _ in parted])
        self.kinds: list[_Kind | None] = [None] * len(parted)  # None of what is held
        self.series: dict[str, range] = {}  # where the numbers of each post's year stand
        for series, some in groupby(enumerate(parted), lambda each: each[1][0]):
            told = list(some)
            self.series[series] = range(told[0][0], told[-1][0] + 1)
            of: dict[Reason, _Kind] = {}
            for at, (_, serial, name) in told:
                why = reason(name, series, serial)
                if why and Number.read(name):
                    self.kinds[at] = of.setdefault(why, _Kind(int(series[:4]), series[4:], why))
        self.gone = [at for at, kind in enumerate(self.kinds) if kind]

    def of(self, series: str) -> Sequence[int]:
        """The serials of a post's year that are cited."""
        places = self.series.get(series, range(0))
        return self.serials[places.start : places.stop]


_Made = TypeVar("_Made")


def _once(room: ReadingRoom, query: Query, what: str, make: Callable[[], _Made]) -> _Made:
    """What is worked out of the whole archive is remembered, and of the last few searches, which may ask for
    notes."""
    if query == EVERYTHING:
        return room.remembered(what, make)
    last: dict[Query, _Made] = room.remembered(f"{what}, by search", dict, of_notes=True)
    if query in last:
        return last[query]
    last[query] = made = make()
    while len(last) > _SEARCHES:
        last.pop(next(iter(last)))
    return made


def _count(room: ReadingRoom, query: Query) -> _Counted:
    cables, numbers = room.count(query), _numbers(room)
    counts = _counts(room, numbers, query, cables)
    gone = [at for at in numbers.gone if counts[at]]  # in order of number; what is cited as often stays so
    gone.sort(key=counts.__getitem__, reverse=True)
    kinds = {kind: count for kind, count in Counter(map(numbers.kinds.__getitem__, gone)).items() if kind}
    return _Counted(
        numbers=numbers,
        cables=cables,
        cited=len(counts) - counts.count(0),
        counts=counts,
        gone=gone,
        kinds=kinds,
        posts=_by_count(_summed(kinds, lambda kind: kind.post)),
        years=tuple(sorted(_summed(kinds, lambda kind: str(kind.year)).items())),
    )


def _counts(room: ReadingRoom, numbers: "_Numbers", query: Query, cables: int) -> "array[int]":
    """By how many of the so many cables that a query finds each number is cited.

    Of a query that finds the better part of all, what the others cite is counted instead, and taken away.
    """
    if query == EVERYTHING:
        return numbers.counts
    broad = 2 * cables > room.holdings().total
    counts = numbers.counts[:] if broad else array("L", bytes(numbers.counts.itemsize * len(numbers.names)))
    cited = room.cited(Query(Not(query.clause)) if broad else query)
    for at, count in zip(map(numbers.at.get, cited), cited.values(), strict=True):
        if at is None:  # it has come in since
            continue
        if not broad:
            counts[at] = count
        elif counts[at] > count:
            counts[at] -= count
        else:
            counts[at] = 0
    return counts


def _summed(counts: Mapping[_Kind, int], of: Callable[[_Kind], str]) -> dict[str, int]:
    summed: dict[str, int] = {}
    for kind, count in counts.items():
        summed[of(kind)] = summed.get(of(kind), 0) + count
    return summed


def _listed(room: ReadingRoom, counted: _Counted, post: str | None, year: int | None) -> _Listed:
    counts = {
        kind: count
        for kind, count in counted.kinds.items()
        if post in (None, kind.post) and year in (None, kind.year)
    }
    kinds, gone = counted.numbers.kinds, counted.gone
    if len(counts) < len(counted.kinds):
        gone = [at for at in gone if kinds[at] in counts]
    series = _summed(counts, lambda kind: kind.series)
    reasons = _summed(counts, lambda kind: kind.reason)
    return _Listed(gone, dict(sorted(reasons.items())), _shares(room, series, counted), len(series))


def _some(counted: _Counted, places: Iterable[int]) -> Sequence[_Gone]:
    """The missing numbers at some places."""
    numbers = counted.numbers
    told = ((Number.read(numbers.names[at]), numbers.kinds[at], counted.counts[at]) for at in places)
    return [_Gone(number, kind.reason, count) for number, kind, count in told if number and kind]


def _numbers(room: ReadingRoom) -> _Numbers:
    def told() -> _Numbers:
        held = _held(room)
        bare = frozenset(name for name, _ in room.numbers(wordless=True))
        cards, lost = frozenset(_short(room, _CARD)), _lost(room)

        def reason(name: str, series: str, serial: int) -> Reason | None:
            return (
                "withdrawn" if name in cards
                else "lost" if name in lost
                else "wordless" if name in bare
                else "absent" if not held.holds(series, serial)
                else None
            )  # fmt: skip

        return _Numbers(room.cited(), reason)

    return room.remembered("numbers cited", told)


def _held(room: ReadingRoom) -> "_Held":
    return room.remembered("numbers held", lambda: _Held(room.numbers()))


def missing(room: ReadingRoom, spelling: str) -> Missing | None:
    """The number that is spelt so, where it is cited here and not held; else None."""
    found = mrn.read(spelling)
    number = Number.read(found.id) if found and found.id else None
    if number is None or not found or not found.id or room.find(found.id):
        return None
    citers = _citers(room, number, EVERYTHING, _OF_ONE)
    if not citers.total:
        return None
    return _missing(room, number, "absent", _Dates(room, _held(room).near, [number]), citers, _OF_ONE)


class _Held:
    """The numbers that are held, by post's year, in order."""

    def __init__(self, numbers: Iterable[tuple[str, int]]) -> None:
        found: dict[str, array[int]] = {}
        for name, _ in numbers:
            series, serial = _apart(name)
            found.setdefault(series, array("L")).append(serial)
        self._serials = {series: array("L", sorted({*serials})) for series, serials in found.items()}

    def holds(self, series: str, serial: int) -> bool:
        """Whether the number is held."""
        serials = self.of(series)
        at = bisect_left(serials, serial)
        return at < len(serials) and serials[at] == serial

    def of(self, series: str) -> Sequence[int]:
        """The serials of a post's year."""
        return self._serials.get(series, ())

    def series(self) -> Iterable[str]:
        """Every post's year of which a number is held."""
        return self._serials

    def near(self, number: Number) -> tuple[Sequence[int], Sequence[int]]:
        """Some serials below a number and above it, the nearest first."""
        serials = self.of(number.series)
        at = bisect_left(serials, number.serial)
        above = bisect_left(serials, number.serial + 1)
        return serials[max(0, at - _NEIGHBOURS) : at][::-1], serials[above : above + _NEIGHBOURS]


def _apart(name: str) -> tuple[str, int]:
    """`2005ZENDA` and 12: of a number that the index gave, without looking at it again."""
    series = name.rstrip("0123456789")
    return series, int(name[len(series) :])


Near = Callable[[Number], tuple[Sequence[int], Sequence[int]]]


class _Citers(msgspec.Struct, frozen=True):
    """How many cables cite a number, and the newest of them, or all."""

    total: int
    cables: tuple[Cable, ...]


def _told(room: ReadingRoom, some: Sequence[_Gone], near: Near, query: Query) -> tuple[Missing, ...]:
    """Numbers of the ledger, with the cables that cite them."""
    dates = _Dates(room, near, [one.number for one in some])
    citers = _together(room, [each for each in some if each.cited <= _FEW], query)
    return tuple(
        _missing(
            room,
            one.number,
            one.reason,
            dates,
            citers.get(one.number) or _citers(room, one.number, query, _SHOWN),
        )
        for one in some
    )


def _together(room: ReadingRoom, some: Sequence[_Gone], query: Query) -> dict[Number, "_Citers"]:
    """What cites each of some numbers that few cite, asked at once: each question takes its time."""
    if not some:
        return {}
    asked = Query(And((query.clause, Or(tuple(Field("ref", str(one.number)) for one in some)))))
    _, cables = room.cables(asked, sum(one.cited for one in some), textless=True)
    citing: dict[str, list[Cable]] = {str(one.number): [] for one in some}
    for cable in cables:
        for name in {each.id for each in cable.references if each.id in citing}:
            citing[name].append(cable)
    return {one.number: _Citers(one.cited, tuple(citing[str(one.number)])) for one in some}


def _citers(room: ReadingRoom, number: Number, query: Query, shown: int) -> "_Citers":
    asked = Query(And((query.clause, Field("ref", str(number)))))
    return _Citers(*room.cables(asked, shown, textless=True))


def _missing(
    room: ReadingRoom, number: Number, reason: Reason, dates: "_Dates", found: _Citers, shown: int = _SHOWN
) -> Missing:
    name = str(number)
    citing = tuple(each for cable in found.cables if (each := _citing(cable, name)))
    between = window(number.serial, sorted(dates.about(number)))
    cited_on = min((each.date for each in citing if each.date), default=None)
    last = min((date for date in (between.before, cited_on) if date), default=None)
    said = _sent(number, citing)
    gap = gap_of(said.sent if said else between.after, said.sent if said else last)
    gap = gap if reason == "absent" else None
    earliest, latest = (said.sent[:10],) * 2 if said and said.sent else _bounds(number, between.after, last)
    keys = room.find(name) if reason in ("withdrawn", "lost", "wordless") else ()
    return Missing(
        name,
        number.year,
        number.post,
        number.serial,
        "gap" if gap else reason,
        next(iter(keys), None),
        found.total,
        citing[:shown],
        between,
        cited_on,
        gap,
        limits(number.year),
        earliest,
        latest,
        said.sent if said else None,
        said.key if said else None,
    )


def _sent(number: Number, citing: Sequence[Citing]) -> Citing | None:
    """The citing cable that says when a telegram was sent: what most of them say, as exactly as any does.

    A date of another year than the number's, or later than the cable that gives it, is a slip.
    """
    dated = [
        each
        for each in citing
        if each.sent
        and _is_exact(each.sent)
        and each.sent[:4] == str(number.year)
        and not (_is_exact(each.date) and each.sent[:10] > (each.date or ""))
    ]
    said = Counter((each.sent or "")[:10] for each in dated)
    return max(dated, key=lambda each: (said[(each.sent or "")[:10]], len(each.sent or "")), default=None)


def _bounds(number: Number, after: str | None, before: str | None) -> tuple[str, str]:
    """The days between which a telegram was sent: those of its neighbours, not after it was cited, and within
    its number's year."""
    first, last = f"{number.year}-01-01", f"{number.year}-12-31"
    after = max(after[:10], first) if after and after[:10] <= last else first
    before = min(before[:10], last) if before and before[:10] >= first[: len(before)] else last
    return (after, before) if after[: len(before)] <= before else (first, before)  # one is misread


def _citing(cable: Cable, number: str) -> Citing | None:
    reference = next((each for each in cable.references if each.id == number), None)
    return _said(cable, reference) if reference else None


def _said(cable: Cable, of: Reference) -> Citing:
    return Citing(
        cable.key,
        cable.id,
        date_of(cable),
        post_of(cable),
        cable.subject,
        of.letter,
        of.text,
        of.title,
        of.captions,
        of.inferred,
        cable.release.status,
        of.sent,
    )


class _Dates:
    """When the nearest numbers on either side of some were sent; those next to them are read at once."""

    def __init__(self, room: ReadingRoom, near: Near, numbers: Sequence[Number]) -> None:
        self._room, self._near = room, near
        sides = ((number, serials) for number in numbers for serials in near(number) if serials)
        first = room.those([f"{number.series}{serials[0]}" for number, serials in sides])
        self._read = {key: date_of(cable) for key, cable in first.items()}

    def about(self, number: Number) -> Iterator[tuple[int, str]]:
        """The nearest number on either side that has a date better than its year alone."""
        for side in self._near(number):
            for serial in side:
                date = self._date(f"{number.series}{serial}")
                if date:
                    yield serial, date
                    break

    def _date(self, name: str) -> str | None:
        read = self._read.get(name)
        dates = [read] if _is_exact(read) else map(date_of, self._room.named(name))
        return next(filter(_is_exact, dates), None)


def _is_exact(date: str | None) -> bool:
    return date is not None and len(date) > len("2005")


_CARD = Or((Phrase("withdrawal card"), Phrase("withdrawn item"), Phrase("document withdrawn")))


_ERROR = Or((Phrase("error reading text"), Phrase("expand error encountered")))


def _lost(room: ReadingRoom) -> frozenset[str]:
    """Numbers whose text was lost when the archive was converted: it says so, or an error stands for it."""
    said = (name for name, _ in room.numbers(Query(Field("text", "lost")), wordless=True))
    return frozenset((*said, *_short(room, _ERROR)))


def _short(room: ReadingRoom, what: Or) -> Iterator[str]:
    """Numbers under which this is held, and nothing more: a withdrawal card, an error."""
    _, found = room.cables(Query(what), _CARDS)
    for cable in found:
        if cable.id and sum(len(each.text.split()) for each in cable.paragraphs) <= _CARD_WORDS:
            yield cable.id


def _shares(room: ReadingRoom, missing: Mapping[str, int], counted: _Counted) -> tuple[Series, ...]:
    """The post's years of most missing numbers, with how much of each is held."""
    held, numbers, counts = _held(room), counted.numbers, counted.counts
    most = sorted(missing.items(), key=lambda each: (-each[1], each[0]))[:_SHARES]
    return tuple(
        _share(
            series,
            count,
            held.of(series),
            [numbers.serials[at] for at in numbers.series[series] if counts[at]],
        )
        for series, count in most
    )


def _share(series: str, absent: int, held: Sequence[int], cited: Sequence[int]) -> Series:
    told = share(held, cited)
    return Series(
        int(series[:4]), series[4:], absent, told.held, told.least, told.likely, told.most, told.percent
    )


def _by_count(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


# -- for other programs -----------------------------------------------------------------------------------

COLUMNS = (
    *"number post year serial reason cited_by after before cited_on cited_in cited_in_status".split(),
    *"title captions gap sent sent_said_in".split(),
)


def table(found: Ledger) -> Iterator[tuple[str, ...]]:
    """The page of a ledger as rows, under `COLUMNS`; several values in a cell are parted by `; `."""
    for one in found.missing:
        yield (
            one.number,
            one.post,
            str(one.year),
            str(one.serial),
            one.reason,
            str(one.cited_by),
            one.earliest,
            one.latest,
            one.cited_on or "",
            "; ".join(each.id or each.key for each in one.citing),
            "; ".join(each.status for each in one.citing),
            "; ".join(dict.fromkeys(_line(each.title) for each in one.citing if each.title)),
            "; ".join(dict.fromkeys(word for each in one.citing for word in each.captions)),
            f"{one.gap.source} {one.gap.first} to {one.gap.last}" if one.gap else "",
            one.sent or "",
            one.said_in or "",
        )


def said(room: ReadingRoom, found: Ledger) -> Iterator[tuple[str, str]]:
    """What is said above a table that is kept, so that it can be checked, and asked for again."""
    yield "query", " ".join(found.query.split())
    if found.post:
        yield "post", found.post
    if found.year:
        yield "year", str(found.year)
    yield "asked on", datetime.now(UTC).date().isoformat()
    yield "read as", found.reader
    yield "found", f"{found.listed} out of {found.cited}"  # different numbers that are cited
    yield "cables whose REF was counted", str(found.cables)
    if found.pages > 1 and found.missing:
        yield "told", f"{_first(found)} to {_first(found) + len(found.missing) - 1}, the most cited first"
    yield "fingerprint of what is held", room.fingerprint()


def as_csv(found: Ledger) -> str:
    """The same as CSV; no spreadsheet takes a cell of it for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([f"'{cell}" if cell[:1] in _FORMULA else cell for cell in row] for row in table(found))
    return out.getvalue()


_FORMULA = ("=", "+", "-", "@", "\t", "\r")


# -- a request ------------------------------------------------------------------------------------------


def requests(found: Ledger) -> str:
    """The page of a ledger as a list to send to an archive, or with a request under FOIA; plain text."""
    if not found.missing:
        return "No telegram that is cited here is missing.\n"
    lines = [
        "Telegrams requested",
        "",
        f"Each is cited in other telegrams and not held. Numbers {_first(found)} to "
        f"{_first(found) + len(found.missing) - 1} of {found.listed}, the most cited first; counted as "
        f"{found.reader}{f', among telegrams found by {found.query}' if found.query else ''}.",
    ]
    for at, one in enumerate(found.missing, _first(found)):
        lines += ["", f"{at}. {one.number}: telegram {one.serial} of {one.post}, {one.year}"]
        lines += [f"   {line}" for line in _request(one)]
    return "\n".join(lines) + "\n"


def _request(one: Missing) -> Iterator[str]:
    yield f"Sent {_when(one)}."
    title = next((each.title for each in one.citing if each.title), None)
    if title:
        yield f"Title as cited: {_line(title)}"
    captions = dict.fromkeys(caption for each in one.citing for caption in each.captions)
    if captions:
        yield f"Said of it: {_line(', '.join(captions))}."
    named = ", ".join(map(_named, one.citing))
    more = one.cited_by - len(one.citing)
    yield f"Cited in {named}{f' and {more} more' if more else ''}."
    yield f"{REASONS[one.reason]}{f' ({one.gap.first} to {one.gap.last})' if one.gap else ''}."
    if 1973 <= one.year <= 1979:
        yield "Series: Electronic Telegrams, Central Foreign Policy Files, Record Group 59."


def _named(one: Citing) -> str:
    of = f" of {one.date[:10]}" if one.date else ""
    return f"{one.id or one.key}{of} ({_RELEASES.get(one.status, one.status)})"


_RELEASES = {"unknown": "release unknown"}


REASONS: dict[str, str] = {
    "absent": "Not in this archive",
    "gap": "Not in this archive; it may lie in a known gap of its source",
    "withdrawn": "Withdrawn: a withdrawal card stands in its place",
    "lost": "Its text was lost when the archive was converted",
    "wordless": "An index entry without text",
}
"""Why a number is missing, in words."""


def _when(one: Missing) -> str:
    if one.sent:
        on = "on" if len(one.sent) >= len("2005-03-01") else "in"
        return f"{on} {one.sent[:10]}, as {one.said_in} says"
    return f"between {one.earliest} and {one.latest}"


def _first(found: Ledger) -> int:
    return (found.page - 1) * found.limit + 1


def _line(words: str) -> str:
    return " ".join(words.split())
