"""A post's page: traffic, signers, posts cited, what is missing; all as its reader may see it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from build import cable, pair
from reftel import clearance
from reftel.archive import Archive
from reftel.cable import Cable, Reference
from reftel.clearance import ALL
from reftel.findings.signers import Term
from reftel.readingroom import ReadingRoom
from reftel.views import posts
from reftel.views.missing import OfPost, ledger, of_post
from reftel.web.wording import spans

SAPT = Term("sapt-u", "Sapt", "Ulrich", "", "Consul", "zenda", "zenda", "2004-01-01", "2006-02-03", "z-1")


def telegram(
    id: str, signature: str | None = None, *cites: str, text: str = "(U) The road is open.", **fields: object
) -> Cable:
    """A telegram of a post, with what it refers to."""
    references = tuple(
        Reference(f"{year} {post} {serial}", (0, 3), "telegram", id=f"{year}{post}{serial}", post=post)
        for year, post, serial in (each.split() for each in cites)
    )
    known = {"signature": signature, "references": references, "sent": f"{id[:4]}-03-01"}
    return cable(id, text, **(known | fields))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Eight cables of a consulate, one of another post, and a table with one consul."""
    given = (
        telegram("2004ZENDA2", "SAPT", "2004 STRELSAU 5", "2004 ZENDA 1", tags=("PREL", "RT")),
        telegram("2004ZENDA7", "TARLEN", "2004 STRELSAU 6", tags=("PREL",)),
        telegram("2004ZENDA40", "Tarlen", "2004 STATE 9"),
        telegram("2006ZENDA1", "SAPT", sent="2006-01-02"),
        telegram("2006ZENDA2", "SAPT", sent="2006-03-02"),
        telegram("2006ZENDA3", "KRAFSTEIN"),
        telegram("2006ZENDA4", "[name protected]"),
        telegram(
            *("2006ZENDA90", "HENTZAU", "2006 RUPERT 1"),
            text="(S) The road is not.",
            classification="SECRET",
            tags=("MARR",),
        ),
        telegram("2004STRELSAU5", "CORLISS"),
    )
    with Archive.create(tmp_path / "archive") as made:
        made.store.put([pair(each, raw=each.key.encode()) for each in given], "sample")
        made.store.add_terms([SAPT])
        made.catch_up()
        yield made


def opened(archive: Archive, station: str = "ZENDA", level: str | None = None) -> posts.Post:
    room = ReadingRoom(archive, clearance.reader(level) if level else ALL)
    found = posts.opened(room, station)
    assert found is not None
    return found


def test_traffic_counts_every_year(archive: Archive) -> None:
    """Years between without a cable, too; TAGS by how many have them."""
    zenda = opened(archive)
    assert (zenda.name, zenda.kind, zenda.total, zenda.read, zenda.undated) == (
        *("Zenda", "Consulate (general)"),
        *(8, 8, 0),
    )
    assert zenda.years == (("2004", 3), ("2005", 0), ("2006", 5))
    assert zenda.tags == (("PREL", 2), ("MARR", 1), ("RT", 1))


def test_signers_are_those_of_the_table_with_their_years(archive: Archive) -> None:
    """One who signs after his term is a name again; names of no table are grouped as such."""
    zenda = opened(archive)
    assert [(each.name, each.term, each.cables, each.years) for each in zenda.signers] == [
        ("Ulrich Sapt", SAPT, 2, ("2004", "2006"))
    ]
    assert [(each.name, each.cables, each.years) for each in zenda.unlisted] == [
        ("TARLEN", 2, ("2004",)),
        ("HENTZAU", 1, ("2006",)),
        ("KRAFSTEIN", 1, ("2006",)),
        ("SAPT", 1, ("2006",)),
    ]
    assert zenda.unsigned == 1  # a name that is masked is nobody's


def test_without_a_table_every_signature_is_a_name(archive: Archive) -> None:
    """The same room sees that the table is gone."""
    room = ReadingRoom(archive, ALL)
    assert (found := posts.opened(room, "ZENDA"))
    assert found.signers
    archive.store.remove_terms()
    assert (found := posts.opened(room, "ZENDA"))
    assert found.signers == ()
    assert [(each.name, each.cables) for each in found.unlisted][:2] == [("SAPT", 3), ("TARLEN", 2)]


def test_whom_it_cites_and_whether_that_is_here(archive: Archive) -> None:
    """Posts by how many references name them."""
    cites = [(each.station, each.references, each.held) for each in opened(archive).cites]
    assert cites == [("STRELSAU", 2, True), ("RUPERT", 1, False), ("STATE", 1, False), ("ZENDA", 1, True)]


def numbered(archive: Archive, level: str | None = None) -> OfPost:
    return of_post(ReadingRoom(archive, clearance.reader(level) if level else ALL), "ZENDA")


def test_what_is_missing_by_number(archive: Archive) -> None:
    """The highest number held or cited is the least that were sent; the longest gaps come first."""
    zenda = numbered(archive)
    assert [(each.year, each.share.held, each.share.cited, each.share.least) for each in zenda.numbers] == [
        (2004, 3, 1, 40),
        (2006, 5, 0, 90),
    ]
    assert [(gap.year, gap.first, gap.last, gap.missing) for gap in zenda.gaps] == [
        (2006, 5, 89, 85),
        (2004, 8, 39, 32),
        (2004, 3, 6, 4),
    ]


def test_numbers_are_those_of_the_ledger(tmp_path: Path) -> None:
    """Whoever cites them, a year that is inferred included, of a cable or of a reference."""
    given = (
        telegram("2004ZENDA2", None),
        telegram("2004ZENDA7", None, basis="filename"),
        cable("2004ZENDA9", sent="2004-03-01"),
        telegram("2004STRELSAU5", None, "2004 ZENDA 12", "2004 ZENDA 9", "2003 ZENDA 4"),
    )
    with Archive.create(tmp_path / "archive") as made:
        made.store.put([pair(each, raw=each.key.encode()) for each in given], "sample")
        made.catch_up()
        room = ReadingRoom(made, ALL)
        found, series = of_post(room, "ZENDA").numbers, ledger(room, post="ZENDA").series
        assert [(each.year, each.missing, each.share.held, each.share.least) for each in found] == [
            (2003, 1, 0, 4),
            (2004, 2, 3, 12),
        ]
        for each in series:
            share = next(one.share for one in found if one.year == each.year)
            assert (share.held, share.least, share.likely, share.most, share.percent) == (
                *(each.held, each.least, each.likely, each.most, each.percent),
            )
        gaps = of_post(room, "ZENDA").gaps
        assert [(gap.first, gap.last, gap.after) for gap in gaps] == [
            (3, 6, "2004-03-01"),
            (8, 8, "2004-03-01"),
        ]


def test_a_reader_is_shown_what_his_cables_show(archive: Archive) -> None:
    """A cable above him is in no count, no name, no gap; a post of nothing but such cables is none."""
    zenda = opened(archive, level="C")
    assert zenda.total == 7
    assert "HENTZAU" not in {each.name for each in zenda.unlisted}
    assert "RUPERT" not in {each.station for each in zenda.cites}
    assert [(each.year, each.share.least) for each in numbered(archive, "C").numbers] == [
        (2004, 40),
        (2006, 4),
    ]
    assert posts.opened(ReadingRoom(archive, ALL), "NOWHERE") is None


def test_who_sees_no_header_sees_no_signer(archive: Archive) -> None:
    """Of cables whose header is above him a reader has the traffic: no TAGS, signers or references."""
    zenda = opened(archive, level="U")
    assert (zenda.total, zenda.unsigned) == (7, 7)
    assert (zenda.tags, zenda.signers, zenda.unlisted, zenda.cites) == ((), (), (), ())


def test_the_newest_are_read_and_all_are_counted(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a post with more cables than are read, the counts stay those of all."""
    monkeypatch.setattr(posts, "MOST", 5)
    zenda = opened(archive)
    assert (zenda.total, zenda.read) == (8, 5)
    assert zenda.years[0] == ("2004", 3)
    assert [each.year for each in numbered(archive).numbers] == [2004, 2006]


@pytest.mark.parametrize(
    ("years", "said"),
    [
        ((), ""),
        (("1974",), "1974"),
        (("1974", "1975", "1976", "1978"), "1974–1976, 1978"),
        (("2004", "2006"), "2004, 2006"),
    ],
)
def test_years_that_follow_one_another_are_one_span(years: tuple[str, ...], said: str) -> None:
    """As they stand beside a signer."""
    assert spans(years) == said
