"""A TAG's page: its meanings by era, its use over time and by post."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from build import cable, pair
from reftel import clearance
from reftel.archive import Archive
from reftel.clearance import ALL
from reftel.readingroom import ReadingRoom
from reftel.views import tags


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Three cables with PREL, one of them secret; one with a word that is no TAG."""
    given = (
        cable("2004ZENDA1", tags=("PREL", "RT")),
        cable("2006ZENDA2", tags=("PREL",)),
        cable("2006STRELSAU3", tags=("PREL", "MARR"), classification="SECRET"),
        cable("2006STRELSAU4", tags_unknown=("QQQQ",)),
    )
    with Archive.create(tmp_path / "archive") as made:
        made.store.put([pair(each, raw=each.key.encode()) for each in given], "sample")
        made.catch_up()
        yield made


def test_a_tag_says_what_it_means_and_who_uses_it(archive: Archive) -> None:
    """Each meaning with its years and authority; counts of cables."""
    found = tags.opened(ReadingRoom(archive, ALL), "PREL")
    assert found is not None
    assert all(each.words and each.authority for each in found.meanings)
    assert (found.total, found.years) == (3, (("2004", 1), ("2005", 0), ("2006", 2)))
    assert found.posts == (("ZENDA", 2), ("STRELSAU", 1))
    assert found.beside == (("MARR", 1), ("RT", 1))


def test_a_code_with_several_meanings_has_them_in_order(archive: Archive) -> None:
    """The earliest era first."""
    found = tags.opened(ReadingRoom(archive, ALL), "SZ")
    assert found is not None
    assert len(found.meanings) > 1
    assert [each.years for each in found.meanings] == sorted(each.years for each in found.meanings)


def test_use_is_counted_within_the_clearance(archive: Archive) -> None:
    """A secret cable's TAGS are not there for one cleared to C."""
    found = tags.opened(ReadingRoom(archive, clearance.reader("C")), "PREL")
    assert found is not None
    assert (found.total, found.posts, found.beside) == (2, (("ZENDA", 2),), (("RT", 1),))


def test_what_is_no_tag_is_known_where_a_cable_bears_it(archive: Archive) -> None:
    """A word on a TAGS line has a page without a meaning; a code of the tables one without cables."""
    room = ReadingRoom(archive, ALL)
    assert (odd := tags.opened(room, "QQQQ"))
    assert (odd.meanings, odd.total) == ((), 1)
    assert (unused := tags.opened(room, "ENRG"))
    assert (bool(unused.meanings), unused.total, unused.years) == (True, 0, ())
    assert tags.opened(room, "ZZZZZ") is None
