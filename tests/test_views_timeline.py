"""What a query finds along time, by level or by status: each cable in one place, no date finer than known."""

from collections.abc import Iterator

import pytest

import build
import invented
from reftel.archive import Archive
from reftel.clearance import ALL
from reftel.query import Query
from reftel.readingroom import ReadingRoom
from reftel.views.timeline import over_time

HELD = invented.cables(300, seed=11)
LEVELS = {"CONFIDENTIAL": "C", "SECRET": "S", "UNCLASSIFIED": "U"}
SENT = (
    ("2004-01-12T05:16Z", "CONFIDENTIAL"),
    ("2004-01-12", "SECRET"),
    ("2004-03-01", "SECRET"),
    ("2004-03", "SECRET"),
    ("2004", "UNCLASSIFIED"),
    ("2006-07-01", "CONFIDENTIAL"),
    (None, "CONFIDENTIAL"),
)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadingRoom]:
    """A few cables with dates of every exactness."""
    cables = [
        build.cable(
            f"2004ZENDA{at}" if sent else f"ZENDA {at}",
            f"({LEVELS[level]}) Snow.",
            sent=sent,
            classification=level,
            subject="SNOW",
        )
        for at, (sent, level) in enumerate(SENT, 1)
    ]
    with Archive.create(tmp_path_factory.mktemp("few") / "archive") as archive:
        archive.store.put([build.pair(each) for each in cables], "default")
        archive.catch_up()
        yield ReadingRoom(archive, ALL)


def told(room: ReadingRoom, query: str) -> dict[str, tuple[int, dict[str, int]]]:
    """Each bar that has anything, and its bands."""
    found = over_time(room, Query.parse(query))
    assert found.timeline is not None
    return {
        bar.dates: (bar.count, {band.value: band.counts[at] for band in found.bands if band.counts[at]})
        for at, bar in enumerate(found.timeline.bars)
        if bar.count
    }


def test_years_then_months_then_days(room):
    """Each step shows the next finer one; what is known no more exactly stands apart, with its band."""
    assert told(room, "") == {"2004": (5, {"U": 1, "C": 1, "S": 3}), "2006": (1, {"C": 1})}
    assert told(room, "2004") == {"2004-01": (2, {"C": 1, "S": 1}), "2004-03": (2, {"S": 2})}
    assert told(room, "2004-03") == {"2004-03-01": (1, {"S": 1})}
    of_year = over_time(room, Query.parse("2004"))
    assert of_year.timeline and of_year.timeline.vague
    assert (of_year.timeline.vague.dates, of_year.timeline.vague.count) == ("2004", 1)
    assert {band.value: band.vague for band in of_year.bands} == {"U": 1, "C": 0, "S": 0}
    of_month = over_time(room, Query.parse("2004-03"))
    assert of_month.timeline and of_month.timeline.vague
    assert (of_month.timeline.vague.dates, [band.vague for band in of_month.bands]) == ("2004-03", [1])


def test_it_says_out_of_how_many_and_as_whom(room):
    """What bears no date is counted too."""
    found = over_time(room, Query.parse("2006"))
    assert (found.total, found.held, found.reader) == (1, 7, "one who reads all")
    whole = over_time(room, Query.parse(""))
    assert whole.timeline and whole.timeline.undated == 1
    assert {band.value: band.undated for band in whole.bands} == {"U": 0, "C": 1, "S": 0}


def test_nothing_found_has_no_timeline(room):
    """Nor has what bears no date."""
    assert over_time(room, Query.parse("zebra")).timeline is None


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """An archive of everything."""
    with invented.archive(tmp_path_factory.mktemp("whole") / "archive", HELD) as archive:
        yield archive


@pytest.fixture(scope="module", params=invented.READERS)
def reader(request: pytest.FixtureRequest, whole: Archive) -> ReadingRoom:
    """That archive, for each reader."""
    return ReadingRoom(whole, invented.READERS[request.param])


@pytest.mark.parametrize("by", ["level", "status"])
@pytest.mark.parametrize("text", ["", "2005", "2005-03", "lease", "from:ZENDA 2004", "-base"])
def test_each_cable_stands_in_one_place(reader, text, by):
    """The bands of a bar are its count; bars, what is vague and what is undated are all that was found."""
    found = over_time(reader, Query.parse(text), by)
    assert found.total == reader.count(Query.parse(text))
    time = found.timeline
    if time is None:
        return
    for at, bar in enumerate(time.bars):
        assert sum(band.counts[at] for band in found.bands) == bar.count
    vague = time.vague.count if time.vague else 0
    assert sum(band.vague for band in found.bands) == vague
    assert sum(band.undated for band in found.bands) == time.undated
    assert sum(bar.count for bar in time.bars) + vague + time.undated == found.total
    assert sum(band.total for band in found.bands) == found.total
