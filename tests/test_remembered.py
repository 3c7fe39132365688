"""What is worked out of an archive once: for one reader, until the archive changes."""

import build
from reftel import custody
from reftel.archive import Archive
from reftel.clearance import ALL, Reader
from reftel.findings.signers import Term
from reftel.query import Field
from reftel.readingroom import ReadingRoom
from reftel.views import home, missing, posts


def test_it_is_made_once_until_the_archive_changes(tmp_path):
    """A second room of the reader has it; another, or he with less, has his own; a change ends it."""
    made: list[str] = []

    def make() -> int:
        made.append("once more")
        return len(made)

    with Archive.create(tmp_path / "archive") as archive:
        archive.store.put([build.pair(build.cable("2009ZENDA1", "(U) Snow."))], "default")
        archive.catch_up()
        assert [ReadingRoom(archive, ALL).remembered("this", make) for _ in range(3)] == [1, 1, 1]
        assert ReadingRoom(archive, ALL).remembered("that", make) == 2
        assert ReadingRoom(archive, Reader("U")).remembered("this", make) == 3
        assert ReadingRoom(archive, Reader("U", frozenset({"NOFORN"}))).remembered("this", make) == 4
        left = ReadingRoom(archive, ALL, without=[Field("status", "leaked")])
        assert left.remembered("this", make) == 5
        archive.store.put([build.pair(build.cable("2009ZENDA2", "(U) Ice."))], "default")
        archive.catch_up()
        assert ReadingRoom(archive, ALL).remembered("this", make) == 6


def test_what_another_process_changes_is_seen(tmp_path):
    """New cables, policies and tables of offices: whatever a view may have looked at."""
    path = tmp_path / "archive"
    build.file(tmp_path / "cables", build.cable("2009ZENDA1", "(U) Snow."))
    with Archive.create(path) as archive:
        archive.store.put([build.pair(build.cable("2009ZENDA1", "(U) Snow."))], "default")
        archive.catch_up()
    made: list[int] = []
    with Archive.open(path) as reading:
        room = ReadingRoom(reading, ALL)
        for change in (
            lambda: custody.set_policy(path, {"withheld": "marked"}),
            lambda: _add_terms(path),
        ):
            room.remembered("this", lambda: made.append(1))
            before = len(made)
            change()
            room.remembered("this", lambda: made.append(1))
            assert len(made) == before + 1
            room.remembered("this", lambda: made.append(1))
            assert len(made) == before + 1


def _add_terms(path) -> None:
    with Archive.open(path, write=True) as archive:
        term = Term("1", "Tarlen", "Anna", "", "Consul", "Zenda", "Zenda", "2009-01-01", "", "table")
        archive.store.add_terms([term])


def test_views_of_two_readers_of_one_archive_stay_apart(tmp_path):
    """Home, a post and the ledger, asked in turn: each tells what it tells alone."""
    cables = [
        build.cable("2009ZENDA1", "(S) Snow.", classification="SECRET", signature="TARLEN"),
        build.cable("2009ZENDA2", "(U) Ice.", classification="UNCLASSIFIED", signature="VALE"),
    ]
    readers = (ALL, Reader("U"), Reader("S"))
    with Archive.create(tmp_path / "archive") as archive:
        archive.store.put([build.pair(each) for each in cables], "default")
        archive.catch_up()

        def told(reader: Reader) -> tuple[object, ...]:
            room = ReadingRoom(archive, reader)
            return home.holdings(room), posts.opened(room, "ZENDA"), missing.ledger(room)

        together = [told(reader) for reader in (*readers, *readers)]
    assert together[:3] == together[3:]
    for reader, expected in zip(readers, together, strict=False):
        with Archive.open(tmp_path / "archive") as archive:
            room = ReadingRoom(archive, reader)
            assert (home.holdings(room), posts.opened(room, "ZENDA"), missing.ledger(room)) == expected
    assert together[0] != together[1]


def test_a_note_ends_only_what_is_made_of_notes(tmp_path):
    """It changes no cable; what another process changes meanwhile is seen all the same."""
    path = tmp_path / "archive"
    with Archive.create(path) as archive:
        archive.store.put([build.pair(build.cable("2009ZENDA1", "(U) Snow."))], "default")
        archive.catch_up()
    made: list[str] = []
    with Archive.open(path) as reading:
        room = ReadingRoom(reading, ALL)

        def asked() -> list[str]:
            made.clear()
            room.remembered("cables", lambda: made.append("cables"))
            room.remembered("notes", lambda: made.append("notes"), of_notes=True)
            return made

        assert asked() == ["cables", "notes"]
        assert asked() == []
        room.notebook.write("2009ZENDA1", None, "Cold.")
        assert asked() == ["notes"]
        assert asked() == []
        custody.set_policy(path, {"withheld": "marked"})
        room.notebook.write("2009ZENDA1", None, "Icy.")
        assert asked() == ["cables", "notes"]
        room.notebook.mark_read(["2009ZENDA1"])
        assert asked() == ["notes"]


def test_what_changes_while_a_note_is_written_is_seen(tmp_path, monkeypatch):
    """Whoever changes it, between the note and the look at what it left."""
    path = tmp_path / "archive"
    with Archive.create(path) as archive:
        archive.store.put([build.pair(build.cable("2009ZENDA1", "(U) Snow."))], "default")
        archive.catch_up()
    with Archive.open(path) as reading:
        room = ReadingRoom(reading, ALL)
        room.remembered("cables", lambda: "as they were")
        state = reading._state

        def changed_meanwhile() -> object:
            if not reading.store._one("SELECT 1 FROM note"):
                return state()
            custody.set_policy(path, {"withheld": "marked"})
            return state()

        monkeypatch.setattr(reading, "_state", changed_meanwhile)
        room.notebook.write("2009ZENDA1", None, "Cold.")
        monkeypatch.undo()
        assert room.remembered("cables", lambda: "as they are") == "as they are"
