"""What is derived can be made afresh from the copies at any time; addresses stay."""

import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from build import cable, file
from reftel import sources, telegram
from reftel.archive import Archive, StoredCopy
from reftel.archive.entries import entry, fields_of
from reftel.clearance import ALL
from reftel.errors import ArchiveError, NotACable, UsageError
from reftel.ingest import ingest
from reftel.query import Query
from reftel.upkeep import Unrenewed, compact, rebuild


@pytest.fixture
def path(tmp_path) -> Path:
    """An archive with a cable of two copies, two that bear one number, and one without a firm one."""
    folder = tmp_path / "cables"
    file(folder, cable("2009ZENDA1", "(C) The king is away."), "1.txt")
    file(folder, cable("2009ZENDA1", "(C) The king is away.", subject="THE KING IS GONE"), "2.txt")
    file(folder, cable("2009ZENDA2", "(S) The king is at home."), "3.txt")
    late = cable("2009ZENDA2", "(S) Bread is dear in the king's town.", sent="2009-05-01T00:00Z")
    file(folder, late, "4.txt")
    file(folder, cable("2009ZENDA3", "(U) A king is sought.", sent=None, sent_basis=None), "5.txt")
    ingest(tmp_path / "archive", [folder], collection="leaks", status="leaked")
    return tmp_path / "archive"


def dump(path: Path) -> list[str]:
    with sqlite3.connect(path / "archive.db") as db:
        lines = list(db.iterdump())
    db.close()
    return lines


def change(path: Path, *statements: str) -> None:
    with sqlite3.connect(path / "archive.db") as db:
        for statement in statements:
            db.execute(statement)
    db.close()


def found(path: Path, query: str) -> set[str]:
    """The keys that answer a query."""
    with Archive.open(path) as archive:
        _, hits = archive.index.ask(Query.parse(query), fields_of(ALL)).hits(limit=1000)
    return {key for key, _ in hits}


def keys(path: Path) -> list[str]:
    with Archive.open(path) as archive:
        return [read.key for _, read, _, _ in archive.store.cables()]


def kept(path: Path) -> list[StoredCopy]:
    """Every copy of an archive."""
    with Archive.open(path) as archive:
        return list(archive.store.copies())


def test_what_is_derived_comes_back_from_the_copies(path):
    """Records, names and numbers, damaged or gone, are as they were; so is the index."""
    before, held = dump(path), found(path, "king")
    assert len(held) == 4
    change(
        path,
        "UPDATE portion SET body = x'00'",
        "DELETE FROM alias",
        "UPDATE cable SET id = NULL, firm = 0, sent = 'never', frame = x'00', status = 'unknown'",
    )
    progress = []
    assert rebuild(path, progress=lambda *step: progress.append(step)).unrenewed == ()
    assert progress == [(5, 5)]
    assert sorted(dump(path)) == sorted(before)
    assert found(path, "king") == held


def test_a_key_stays_though_the_copy_is_read_better(path, monkeypatch):
    """What we now know of a cable is in its record and in the index; its address is what it was."""
    read = telegram.read

    def better(copy):
        made = read(copy)
        return replace(made, id=None, mrn=replace(made.mrn, basis="context"), subject="A PRETENDER")

    before = keys(path)
    monkeypatch.setattr(telegram, "read", better)
    rebuild(path)
    assert keys(path) == before
    assert found(path, "pretender") == {*before}
    with Archive.open(path) as archive:
        assert {read.subject for _, read, _, _ in archive.store.cables()} == {"A PRETENDER"}
        assert archive.store.load("2009ZENDA1") is not None


def test_a_copy_that_cannot_be_read_any_more_keeps_its_record(path, monkeypatch):
    """It is reported, and what was read of it before stays."""
    copies = sources.copies

    def stricter(raw, locator):
        if locator == "3.txt":
            raise NotACable("3.txt: no cable found in it; report it")
        return copies(raw, locator)

    before = dump(path)
    monkeypatch.setattr(sources, "copies", stricter)
    (unrenewed,) = rebuild(path).unrenewed
    digest = next(each.sha256 for each in kept(path) if each.locator == "3.txt")
    assert unrenewed == Unrenewed(
        "2009ZENDA2", f"copy {digest[:12]} of 2009ZENDA2: no cable found in it; report it"
    )  # not by its file, whose name may tell a name to be protected
    assert sorted(dump(path)) == sorted(before)


def test_killed_at_any_moment_it_is_done_or_not_begun(path):
    """The archive opens, with all records of one make, and an index that finds them all."""
    dice = random.Random(7)
    script = """if __name__ == "__main__":
        import os, sys
        from reftel.upkeep import rebuild
        os.write(1, b"ready\\n")
        rebuild(sys.argv[1], progress=lambda *step: os.write(1, b"read\\n"))
    """
    whole, moments = keys(path), set[str]()
    turn, wait = 0, 0.15  # seconds
    while turn < 12 or len(moments) < 2:
        turn += 1
        change(path, "UPDATE cable SET sent = 'never'")
        process = subprocess.Popen([sys.executable, "-c", script, path], stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(dice.uniform(0, wait))
        process.kill()
        process.communicate()
        assert found(path, "king") == {*whole}
        with sqlite3.connect(path / "archive.db") as db:
            made = {str(sent) for (sent,) in db.execute("SELECT DISTINCT sent FROM cable")}
        db.close()
        assert made == {"never"} or "never" not in made
        moments.add("before" if made == {"never"} else "after")
        wait *= 1.2 if made == {"never"} else 0.8  # so that as many come too early as too late


def test_an_index_older_than_its_cables_is_made_anew(path, monkeypatch):
    """Killed between the store and the index: whoever opens the archive next makes the index again."""
    monkeypatch.setattr(Archive, "renew_index", lambda archive: None)
    read = telegram.read
    monkeypatch.setattr(telegram, "read", lambda copy: replace(read(copy), subject="A PRETENDER"))
    rebuild(path)
    monkeypatch.undo()
    assert found(path, "pretender") == {*keys(path)}
    assert "stale-index" not in "".join(dump(path))


def test_compacting_forgets_what_was_replaced(path):
    """Nothing is left in the index of what it held before; what is found stays the same."""
    with Archive.open(path, write=True) as archive:
        archive.index_new([entry(read) for _, read, _, _ in archive.store.cables()])
        assert archive.index.has_deleted
    held = found(path, "king")
    assert compact(path)
    assert found(path, "king") == held
    assert not compact(path)


def test_there_must_be_an_archive_and_somebody_to_work(tmp_path, path):
    """Each is refused in a sentence."""
    with pytest.raises(ArchiveError, match="no archive there"):
        rebuild(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="-1 workers"):
        rebuild(path, workers=-1)
