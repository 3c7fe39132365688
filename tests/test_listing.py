"""Whole results: everything that is found, each once, the newest first, with what it was found in."""

import csv
import io
import json
from collections.abc import Iterator

import pytest

import build
import invented
from reftel import listing
from reftel.archive import Archive, index
from reftel.clearance import ALL, Reader
from reftel.query import Query
from reftel.readingroom import ReadingRoom
from reftel.views import search

HELD = invented.cables(120, seed=3)


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Iterator[Archive]:
    """An archive of which some is hidden from most readers."""
    with invented.archive(tmp_path_factory.mktemp("held") / "archive", HELD) as made:
        yield made


def rows(text: str) -> tuple[list[list[str]], list[dict[str, str]]]:
    """What is said above the rows, and the rows."""
    lines = text.splitlines(keepends=True)
    said = [*csv.reader(line for line in lines if line.startswith("#,"))]
    return said, [*csv.DictReader(io.StringIO("".join(lines[len(said) :])))]


@pytest.mark.parametrize("reader", invented.READERS.values(), ids=invented.READERS)
def test_everything_is_listed_once_in_the_order_of_dates(archive, reader, monkeypatch):
    """However many steps it takes, the keys are those of the pages, and nothing is missed between two."""
    room = ReadingRoom(archive, reader)
    for stride in (1, 3, 1000):
        monkeypatch.setattr(index, "_STRIDE", stride)
        for text in ("", "lease", "-base 2005..", "class:C OR tag:PREL"):
            query = Query.parse(text)
            paged = room.search(query, sort="date", limit=500)
            total, keys = room.walk(query)
            assert (total, [*keys]) == (paged.total, [hit.key for hit in paged.hits]), text


def test_cables_of_one_minute_are_all_listed(tmp_path, monkeypatch):
    """A step that ends among equals takes them all."""
    monkeypatch.setattr(index, "_STRIDE", 2)
    monkeypatch.setattr("reftel.archive.entries._place", lambda key: 7)
    cables = [build.cable(f"2005ZENDA{n}", "(U) The lease.", sent="2005-03-01T10:00Z") for n in range(1, 8)]
    with invented.archive(tmp_path / "archive", cables) as made:
        _, keys = ReadingRoom(made, ALL).walk(Query.parse("lease"))
        assert sorted(keys) == sorted(cable.key for cable in cables)


def test_csv_says_what_it_was_found_in(archive):
    """Query, day, reader, how many out of how many, and what the holdings were; then a row for each cable."""
    room = ReadingRoom(archive, Reader("C", frozenset({"NOFORN"})))
    query = Query.parse("lease")
    said, found = rows("".join(listing.as_csv(room, query)))
    total = room.count(query)
    assert said[0] == ["#", "query", "lease"]
    assert [each[2] for each in said[2:4]] == ["C, holding NOFORN", f"{total} out of {room.size()}"]
    assert [*found[0]] == [*listing.COLUMNS]
    assert [row["key"] for row in found] == [*room.walk(query)[1]]
    assert {row["status"] for row in found} <= {"released", "leaked", "internal", "unknown"}


def test_json_and_citations_list_the_same(archive):
    """A line for each cable behind what is said of all."""
    room, query = ReadingRoom(archive, ALL), Query.parse("lease")
    head, *lines = map(json.loads, listing.as_json(room, query))
    assert (head["found"], head["held"], head["query"]) == (len(lines), len(HELD), "lease")
    assert [line["key"] for line in lines] == [*room.walk(query)[1]]
    cited = [line for line in listing.as_citations(room, query) if not line.startswith("# ")]
    assert len(cited) == len(lines)
    assert all("telegram" in line and line.count("\n") == 1 for line in cited)


def test_the_fingerprint_is_of_what_the_reader_sees(archive, tmp_path):
    """The same with and without what is hidden from him; another one when a cable comes in that he sees."""
    reader = Reader("C")
    left = invented.left_to_keep(HELD, reader)
    with invented.archive(tmp_path / "left", left, left_of=HELD) as bare:
        room = ReadingRoom(bare, reader)
        total, before = room.holdings().total, room.fingerprint()
        assert room.holdings() == ReadingRoom(archive, reader).holdings()
        assert before == ReadingRoom(archive, reader).fingerprint()
        assert before != ReadingRoom(archive, ALL).fingerprint()
        bare.store.put([build.pair(build.cable("2005ZENDA999", "(U) New."), raw=b"new")], "default")
        bare.catch_up()
        assert room.holdings().total == total + 1
        assert room.fingerprint() != before


@pytest.mark.parametrize("words", ["=1+1", "+1", "-1", "@x", " =1", "\t=1", "\r=1", "\n=1"])
def test_no_cell_is_a_formula(words):
    """What a spreadsheet would reckon out begins with a quote."""
    assert listing.cell(words) == f"'{words}"


def test_a_collection_is_told_where_its_copy_is(tmp_path):
    """To him who may read all of the cable; another finds nothing by it, and nothing is counted."""
    with Archive.create(tmp_path / "archive") as made:
        open_ = build.pair(build.cable("2005ZENDA1", "(U) The lease.", classification="UNCLASSIFIED"))
        cut = build.pair(build.cable("2005ZENDA2", "(U) The lease.", "(S) The base."), raw=b"2")
        made.store.put([open_], "foia", "released")
        made.store.put([cut], "wire", "leaked")
        made.catch_up()
        reader, owner = ReadingRoom(made, Reader("C")), ReadingRoom(made, ALL)
        everything = Query.parse("")
        assert reader.facets(everything)["collection"] == (("foia", 1),)
        assert owner.facets(everything)["collection"] == (("foia", 1), ("wire", 1))
        assert reader.count(Query.parse("collection:wire")) == 0
        assert owner.count(Query.parse("collection:wire")) == 1
        assert (
            reader.count(Query.parse("-status:leaked")) == reader.count(Query.parse("status:released")) == 1
        )
        told = {hit.key: hit.collection for hit in search.results(reader, everything).hits}
        assert told == {"2005ZENDA1": "foia", "2005ZENDA2": None}
