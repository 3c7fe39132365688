"""In which order cables were sent, for one reader: no row of what he may not see is asked for."""

import fcntl
import os
import re
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import build
import invented
from reftel import custody
from reftel.archive import Archive
from reftel.archive.calendar import Sent
from reftel.archive.entries import entry, fields_of
from reftel.cable import Cable, Release, Sender
from reftel.clearance import ALL, Reader, visible
from reftel.query import Field, FieldName
from reftel.readingroom import ReadingRoom
from reftel.views.cable import opened

READERS = {
    "U": Reader("U"),
    "C": Reader("C"),
    "S, NOFORN": Reader("S", frozenset({"NOFORN"})),
    "C, EXDIS": Reader("C", frozenset({"EXDIS"})),
    "all": ALL,
}
MARKS = ("U", "C", "S", "C/NF", "S", "U")


def sent(number: int) -> str:
    """Some of one minute, and some of one day of which no minute is known."""
    day = 1 + number % 9
    return f"2009-03-{day:02}" + (f"T{number % 3:02}:00Z" if number % 4 else "")


def cables() -> list[Cable]:
    """Of two posts, under several marks, some with two of which neither includes the other, some undated."""
    levels = {"U": "UNCLASSIFIED", "C": "CONFIDENTIAL", "S": "SECRET", "C/NF": "CONFIDENTIAL NOFORN"}
    made = []
    for number in range(1, 121):
        mark = MARKS[number % len(MARKS)]
        texts = ("(S) Ice.", "(C/NF) Snow.") if number % 10 == 0 else (f"({mark}) Rain.",)
        made.append(
            build.cable(
                f"2009{('ZENDA', 'STRELSAU')[number % 2]}{number * 7 % 121}",
                *texts,
                classification="SECRET" if number % 10 == 0 else levels[mark],
                handling=("NOFORN",) if mark == "C/NF" else (),
                captions=("EXDIS",) if number % 7 == 0 and mark in "CS" else (),
                tags=("PREL", "KRON")[: number % 3],
                sent="2009-03" if number % 30 == 0 else sent(number),
            )
        )
    return made


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Kept in batches, as they come in."""
    with invented.archive(tmp_path_factory.mktemp("calendar") / "archive", cables(), batch=17) as made:
        yield made


def expected(seen: Sequence[Cable], among: str) -> list[str]:
    """The keys of those that a reader sees, as they were sent; at midnight, where no minute is known."""
    kind, _, value = among.partition(":")
    of = [
        each
        for each in seen
        if each.sent
        and len(each.sent) > 9
        and (not kind or value in ((each.from_.station,) if kind == "from" else each.tags))
    ]
    of.sort(key=lambda each: (f"{each.sent}T00:00Z"[:17], each.from_.station, each.mrn.serial))
    return [each.key for each in of]


def keys(found: Iterator[Sent]) -> list[str]:
    """The keys of what a calendar gives."""
    return [each.key for each in found]


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@pytest.mark.parametrize("among", ["from:ZENDA", "from:STRELSAU", "tag:PREL", "tag:KRON"])
def test_all_before_one_and_all_after_it(archive: Archive, reader: Reader, among: str) -> None:
    """Each once, by minute and number, from every cable; nothing of what the reader does not see."""
    seen = [left for cable in cables() if (left := visible(cable, reader))]
    order = expected(seen, among)
    assert len(order) > 5
    for at, key in enumerate(order):
        assert keys(archive.calendar.earlier(fields_of(reader), among, key)) == order[:at][::-1]
        assert keys(archive.calendar.later(fields_of(reader), among, key)) == order[at + 1 :]
    for other in seen:
        if other.key not in order:
            assert keys(archive.calendar.later(fields_of(reader), among, other.key)) == []


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_of_a_day_those_of_that_day(archive: Archive, reader: Reader) -> None:
    """And no others are looked for, however few it has."""
    seen = [left for cable in cables() if (left := visible(cable, reader))]
    of = {each.key: (each.sent or "")[:10] for each in seen}
    order = expected(seen, "")
    for at, key in enumerate(order):
        before = [each for each in order[:at][::-1] if of[each] == of[key]]
        after = [each for each in order[at + 1 :] if of[each] == of[key]]
        assert keys(archive.calendar.earlier(fields_of(reader), "", key)) == before
        assert keys(archive.calendar.later(fields_of(reader), "", key)) == after


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_no_row_of_another_label_is_asked_for(archive: Archive, reader: Reader) -> None:
    """So that no time is spent on it either."""
    said: list[str] = []
    room = ReadingRoom(archive, reader)
    held = next(filter(None, (room.cable(cable.key) for cable in cables() if cable.tags and cable.sent)))
    archive.store._db.set_trace_callback(said.append)
    try:
        room.around(held.cable, [None, Field("from", "ZENDA"), Field("tag", "PREL")])
    finally:
        archive.store._db.set_trace_callback(None)
    asked = {label for each in said for label in re.findall(r"FROM calendar WHERE label = '(\w+)'", each)}
    assert asked == {*fields_of(reader)}


def test_a_cable_that_moves_stands_among_the_others(tmp_path: Path) -> None:
    """At once, and once; and is gone from among them as soon as it has moved back."""
    given = [
        build.cable("2009ZENDA1", "(U) Rain.", classification="UNCLASSIFIED"),
        build.cable("2009ZENDA2", "(S) Ice.", classification="SECRET"),
        build.cable("2009ZENDA3", "(U) Rain.", classification="UNCLASSIFIED"),
    ]
    opened = build.cable("2009ZENDA2", "(U) Ice.", classification="UNCLASSIFIED")
    with invented.archive(tmp_path / "archive", given) as made:
        for second, expected in ((given[1], ["3"]), (opened, ["2", "3"]), (given[1], ["3"])):
            made.index_new([entry(second)])
            after = keys(made.calendar.later(fields_of(Reader("U")), "from:ZENDA", "2009ZENDA1"))
            assert [key.removeprefix("2009ZENDA") for key in after] == expected
            after = keys(made.calendar.later(fields_of(ALL), "from:ZENDA", "2009ZENDA1"))
            assert [key.removeprefix("2009ZENDA") for key in after] == ["2", "3"]


def test_what_is_removed_leaves_no_row(tmp_path: Path) -> None:
    """As soon as it is gone from the store."""
    path = tmp_path / "archive"
    with invented.archive(path, cables()[:4]) as made:
        assert made.store.size() == (4, 4)
    custody.expunge(path, cables()[1].key, by="Archivist", why="on demand")
    with sqlite3.connect(path / "archive.db") as db:
        assert db.execute("SELECT count(DISTINCT cable) FROM calendar").fetchone() == (3,)


def of_before(path: Path, given: Sequence[Cable]) -> None:
    """An archive of before there was a calendar, with its index."""
    invented.archive(path, [*given]).close()
    with sqlite3.connect(path / "archive.db") as db:
        db.execute("DROP TABLE calendar")
    db.close()


def test_an_archive_of_before_there_was_a_calendar_is_given_one(tmp_path: Path) -> None:
    """When it is next opened; nobody need know."""
    of_before(tmp_path / "archive", cables()[:6])
    order = expected(cables()[:6], "from:ZENDA")
    with Archive.open(tmp_path / "archive") as held:
        assert keys(held.calendar.later(fields_of(ALL), "from:ZENDA", order[0])) == order[1:]


def test_while_another_writes_it_has_none_and_then_has(tmp_path: Path) -> None:
    """It is read all the same; he who has it open need not open it again."""
    path = tmp_path / "archive"
    of_before(path, cables()[:6])
    lock = os.open(path / "lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    order = expected(cables()[:6], "from:ZENDA")
    with Archive.open(path) as held:
        room = ReadingRoom(held, ALL)
        first = opened(room, order[0])
        assert first is not None
        assert first.beside == ()
        os.close(lock)
        held.bring_up()
        first = opened(room, order[0])
        assert first is not None
        assert first.after is not None
        assert first.after.key == order[1]


@pytest.mark.parametrize("name", ["status", "collection"])
def test_what_is_left_out_is_passed_over(tmp_path: Path, name: FieldName) -> None:
    """However much it is; the next that the reader does not leave out is named."""
    kept = {1, 700}
    with Archive.create(tmp_path / "archive") as made:
        for number in range(1, 701):
            cable = build.cable(
                f"2009ZENDA{number}",
                "(U) Rain.",
                sent=f"2009-03-{1 + number // 60:02}T10:{number % 60:02}Z",
                release=Release("released" if number in kept else "leaked", "UNCLASSIFIED", basis="stamp"),
            )
            made.store.put([build.pair(cable)], "ours" if number in kept else "theirs")
        made.settle()
        out = Field(name, "leaked" if name == "status" else "theirs")
        for reader in (ALL, Reader("C")):
            room = ReadingRoom(made, reader, without=(out,))
            first = room.cable("2009ZENDA1")
            assert first is not None
            ((_, after), others) = room.around(first.cable, [Field("from", "ZENDA"), None])
            assert after is not None
            assert after.key == "2009ZENDA700"
            assert others == (None, None)


def test_who_sees_a_cable_that_he_cannot_find_is_told_what_stands_beside_it(tmp_path: Path) -> None:
    """One whose groups are released to him lies with what fewer may find."""
    given = [
        build.cable("2009ZENDA1", "(U) Rain.", classification="UNCLASSIFIED"),
        build.cable(
            "2009ZENDA2", "(S//REL RURITANIA) Ice.", classification="SECRET", handling=("REL RURITANIA",)
        ),
        build.cable("2009ZENDA3", "(U) Rain.", classification="UNCLASSIFIED"),
    ]
    with invented.archive(tmp_path / "archive", given) as made:
        room = ReadingRoom(made, Reader("S", frozenset({"REL RURITANIA"})))
        shown = room.cable("2009ZENDA2")
        assert shown is not None
        ((before, after),) = room.around(shown.cable, [Field("from", "ZENDA")])
        assert [each and each.key for each in (before, after)] == ["2009ZENDA1", "2009ZENDA3"]


def test_a_row_of_before_a_change_hides_nothing(tmp_path: Path) -> None:
    """Between the change of a cable and that of the calendar the one behind it is named."""
    given = [
        build.cable(f"2009ZENDA{number}", "(U) Rain.", classification="UNCLASSIFIED") for number in (1, 2, 3)
    ]
    with invented.archive(tmp_path / "archive", given) as made:
        made.store._db.execute(
            "UPDATE portion SET label = 'S' WHERE cable = (SELECT seq FROM cable WHERE key = '2009ZENDA2')"
            " AND label = 'U'"
        )
        room = ReadingRoom(made, Reader("U"))
        shown = room.cable("2009ZENDA1")
        assert shown is not None
        ((_, after),) = room.around(shown.cable, [Field("from", "ZENDA")])
        assert after is not None
        assert after.key == "2009ZENDA3"


def test_the_order_tells_nothing_of_when_a_cable_came_in(tmp_path: Path) -> None:
    """Of documents of one day, which have no number, it is the same whichever came first."""
    names = ("d1/one", "d2/two", "d3/three")
    given = [build.cable(None, f"(U) {name}.", key=name, sent="1960-03-01") for name in names]
    orders = []
    for at, some in enumerate((given, given[::-1])):
        with invented.archive(tmp_path / f"{at}", some) as made:
            for name in names:
                before = keys(made.calendar.earlier(fields_of(ALL), "", name))
                after = keys(made.calendar.later(fields_of(ALL), "", name))
                orders.append((*before[::-1], name, *after))
    assert len({*orders}) == 1


def test_a_post_with_a_blank_in_its_name(tmp_path: Path) -> None:
    """Is asked for as it is kept."""
    given = [
        build.cable(f"2009NEWZENDA{number}", "(U) Rain.", from_=Sender("AMEMBASSY NEW ZENDA", "NEW ZENDA"))
        for number in (1, 2)
    ]
    with invented.archive(tmp_path / "archive", given) as made:
        room = ReadingRoom(made, ALL)
        shown = room.cable("2009NEWZENDA1")
        assert shown is not None
        ((before, after),) = room.around(shown.cable, [Field("from", "NEW ZENDA")])
        assert before is None
        assert after is not None
        assert after.key == "2009NEWZENDA2"
