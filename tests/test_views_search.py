"""What is said of results beside the hits: what is in the way, how they are spread over time."""

from collections.abc import Iterator

import pytest

import build
import invented
from reftel.clearance import ALL
from reftel.query import Query
from reftel.readingroom import ReadingRoom
from reftel.views import search
from reftel.views.search import Bar, Obstacle, timeline
from reftel.views.suggestions import suggestions

SENT = ("2005-03-01T10:00Z", "2005-03-01T11:00Z", "2005-03-24", "2005-03", "2005", "2007-06-01T01:00Z")


@pytest.fixture(scope="module")
def room(tmp_path_factory) -> Iterator[ReadingRoom]:
    """An archive of cables that are known to a minute, a day, a month or a year."""
    cables = [
        build.cable(f"2005ZENDA{n}", f"(U) The lease{' and the base' if n == 1 else ''}.", sent=sent)
        for n, sent in enumerate(SENT, 1)
    ]
    with invented.archive(tmp_path_factory.mktemp("held") / "archive", cables) as made:
        yield ReadingRoom(made, ALL)


def spread(room: ReadingRoom, text: str) -> search.Timeline:
    found = search.results(room, Query.parse(text)).timeline
    assert found is not None
    return found


def test_years_then_months_then_days(room):
    """The finest stretch in which not all falls into one."""
    assert spread(room, "lease").bars == (Bar("2005", 5), Bar("2006", 0), Bar("2007", 1))
    months = spread(room, "2005")
    assert (months.by, len(months.bars), months.bars[2]) == ("month", 12, Bar("2005-03", 4))
    days = spread(room, "2005-03")
    assert (days.by, len(days.bars), days.bars[0], days.bars[23]) == (
        "day",
        31,
        Bar("2005-03-01", 2),
        Bar("2005-03-24", 1),
    )


def test_dates_are_no_more_exact_than_known(room):
    """What is known by its year or month alone stands in no bar."""
    assert spread(room, "2005").vague == Bar("2005", 1)
    assert spread(room, "2005-03").vague == Bar("2005-03", 1)


def test_each_bar_counts_what_its_dates_find(room):
    """And so does what is apart."""
    for text in ("lease", "lease 2005", "lease 2005-03"):
        found = spread(room, text)
        for bar in found.bars:
            query = Query.parse(f"lease {bar.dates}..{bar.dates}" if ".." not in bar.dates else bar.dates)
            assert room.count(query) == bar.count
        beyond = search.no_more_exact(found)
        assert (room.count(Query(beyond)) if beyond else None) == (found.vague.count if found.vague else None)


def test_many_years_are_shown_by_the_decade():
    """From the first to the last, those with nothing too."""
    found = timeline(5, [("1861", 2), ("1940", 2)], {})
    assert found is not None
    assert (found.by, found.bars[0], len(found.bars), found.undated) == ("decade", Bar("1860..1869", 2), 9, 1)
    assert timeline(3, [], {}) is None


def test_nothing_found_says_which_clause_is_in_the_way(room):
    """What each holds for alone, and what the rest finds without it."""
    found = search.results(room, Query.parse("lease walrus (base OR krona)"))
    assert found.obstacles == (
        Obstacle("lease", 6, "walrus (base OR krona)", 0),
        Obstacle("walrus", 0, "lease (base OR krona)", 1),
        Obstacle("(base OR krona)", 1, "lease walrus", 0),
    )
    assert search.results(room, Query.parse("walrus")).obstacles == ()
    assert search.results(room, Query.parse("lease")).obstacles == ()


def test_values_beside_the_one_chosen_are_counted_too(room):
    """As if the facet did not narrow."""
    found = search.results(room, Query.parse("lease 2007"))
    assert found.facets["year"] == (("2007", 1),)
    assert found.beside == {"year": (("2005", 5), ("2007", 1))}


def test_numbers_are_suggested_by_their_beginning(room):
    """With the century or without, the newest first."""
    for typed in ("05ZENDA", "2005zenda", "id:2005Z", "zenda6"):
        found = suggestions(room, typed).suggestions
        assert any(each.clause == "id:2005ZENDA6" for each in found), typed
    assert suggestions(room, "-2005ZENDA6").suggestions[0].query == "-id:2005ZENDA6 "
