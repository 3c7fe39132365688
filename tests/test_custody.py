"""What the owner decides is kept and seen at once; what is expunged is gone from every file."""

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import tantivy
import zstandard
from msgspec.structs import replace

from build import cable, file, pair
from reftel import custody, telegram
from reftel.archive import Archive
from reftel.archive.store import Store
from reftel.cable import Cable, Release
from reftel.clearance import ALL, Policy, Reader, reader
from reftel.errors import ArchiveError, NotHeld, ReftelError, UsageError
from reftel.ingest import ingest
from reftel.query import Query
from reftel.readingroom import ReadingRoom
from reftel.release import header_mark, mark, released
from reftel.upkeep import rebuild

TEXT = "The king left Strelsau for Zenda on Tuesday with a small escort and has not been seen since."
U, C = reader("U"), reader("C")
WHO = {"by": "Ana", "why": "found in the files"}
OPENED = {"by": "The archives of Zenda", "on": "2026-11-27"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An archive of one leaked cable, and two others."""
    folder = tmp_path / "cables"
    leaked = cable("2009ZENDA1", f"(C) {TEXT}", "(S) Rischenheim told us.", subject="THE QUINCE AFFAIR")
    file(folder, leaked, "leak.txt")
    file(folder, cable("2009ZENDA2", "(C) Bread is dear.", subject="BREAD"), "2.txt")
    file(
        folder,
        cable("2009STRELSAU2", "(U) Roads are dry.", classification="UNCLASSIFIED", subject="ROADS"),
        "3.txt",
    )
    ingest(tmp_path / "archive", [folder], collection="leaks", status="leaked")
    return tmp_path / "archive"


def add_released(path: Path, text: str = TEXT) -> None:
    """The same cable as the archives of Ruritania released it."""
    open_ = cable("2009ZENDA1", f"(C) {text}", subject="THE QUINCE AFFAIR")
    file(path.parent / "open", open_, "open.txt")
    ingest(path, [path.parent / "open"], collection="archives", status="released")


def seen(path: Path, by: Reader, words: str = "king") -> tuple[list[str], list[str]]:
    """The keys that words find, and the text of 2009ZENDA1, for a reader."""
    with Archive.open(path) as archive:
        room = ReadingRoom(archive, by)
        held = room.cable("2009ZENDA1")
        hits = [hit.key for hit in room.search(Query.parse(words)).hits]
        return hits, [each.text for each in held.cable.paragraphs] if held else []


def record(path: Path) -> Cable:
    """2009ZENDA1, for the owner."""
    with Archive.open(path) as archive:
        cable = archive.store.load("2009ZENDA1")
    assert cable is not None
    return cable


# ---- released


def test_a_released_copy_takes_the_place_of_a_leaked_one(path):
    """Whichever came first: a reader of nothing sees what is open, also when all is made afresh."""
    assert seen(path, U) == ([], [])
    add_released(path)
    for _ in range(2):
        assert seen(path, U) == (["2009ZENDA1"], [TEXT])
        assert seen(path, U, "rischenheim") == ([], [TEXT])
        assert record(path).release.status == "released"
        with Archive.open(path) as archive:
            held = archive.store.held("2009ZENDA1")
            assert held is not None and held.collection == "archives"
            assert archive.store.last_seq() == 3
            assert ReadingRoom(archive, U).copy_text("2009ZENDA1") is not None
        rebuild(path)


def test_a_copy_that_is_not_shown_does_not_exist_by_its_name_either(tmp_path):
    """The name of a leaked file finds the cable for the owner alone; that of the shown one for all."""
    open_ = Release("released", "UNCLASSIFIED", basis="stamp")
    with Archive.create(tmp_path / "archive") as archive:
        leak = pair(cable("2009ZENDA1", f"(C) {TEXT}", aliases=("leak-7",)), raw=b"1")
        page = pair(cable("2009ZENDA1", f"(C) {TEXT}", aliases=("page-7",), release=open_), raw=b"2")
        archive.store.put([leak, page], "default")
        archive.catch_up()
        everybody, owner = ReadingRoom(archive, U), ReadingRoom(archive, ALL)
        assert everybody.find("PAGE-7") == owner.find("page-7") == owner.find("leak-7") == ("2009ZENDA1",)
        assert everybody.find("leak-7") == ReadingRoom(archive, reader("TS")).find("leak-7") == ()


def test_a_released_copy_in_one_batch_with_the_leaked_one(path):
    """They may come in together, and even before the index knows of either."""
    folder = path.parent / "both"
    for serial, (text, status) in enumerate([(f"(S) {TEXT}", "leaked"), (f"(U) {TEXT}", "released")]):
        stamped = cable("2009ZENDA7", text, classification="UNCLASSIFIED" if serial else "SECRET")
        file(folder / status, stamped, f"{serial}.txt")
        ingest(path, [folder / status], collection=status + "s", status=status)
    assert "2009ZENDA7" in seen(path, U)[0]


def test_an_ingest_killed_before_the_index_follows(path, monkeypatch):
    """The next to open the archive brings the index up to the record that was replaced."""
    with monkeypatch.context() as patched:
        patched.setattr(Archive, "index_new", lambda archive, entries: None)
        add_released(path)
    assert seen(path, U) == (["2009ZENDA1"], [TEXT])


def test_a_decision_releases_and_is_undone(path):
    """At once, whole, and as often as one likes; it is kept with who, when and why."""
    made = custody.release(path, "zenda 1", released("UNCLASSIFIED"), **OPENED, why="thirty years")
    everything = [TEXT, "Rischenheim told us."]
    assert seen(path, U, "rischenheim") == (["2009ZENDA1"], everything)
    assert record(path).release.basis == "decision"
    rebuild(path)
    assert seen(path, U, "rischenheim") == (["2009ZENDA1"], everything)
    assert custody.decisions(path, "09ZENDA1") == (made,)
    undone = custody.undo(path, made.id, by="Bo", why="by mistake")
    assert seen(path, U, "rischenheim") == ([], [])
    assert (undone.by, undone.why, undone.undone_by, undone.undone_why) == (
        *("The archives of Zenda", "thirty years"),
        *("Bo", "by mistake"),
    )
    rebuild(path)
    assert seen(path, U, "rischenheim") == ([], [])
    assert custody.decisions(path) == (undone,)
    with pytest.raises(UsageError, match=r"decision 1 was undone on .* by Bo already"):
        custody.undo(path, made.id, by="Bo", why="again")


def test_of_several_copies_the_released_one_is_read(path):
    """By decision as by its packaging; when that is undone the first copy is read again."""
    folder = path.parent / "second"
    file(folder, cable("2009ZENDA1", f"(C) {TEXT}", "(C) And the queen too."), "second.txt")
    ingest(path, [folder], collection="leaks")
    with pytest.raises(
        UsageError, match=r"2009ZENDA1 has several copies, say which with --copy: .*\(text of leaks, leaked, "
    ):
        custody.release(path, "2009ZENDA1", released("UNCLASSIFIED"), **OPENED)
    with Archive.open(path) as archive:
        second = archive.store.copies_of("2009ZENDA1")[1].sha256
    before = record(path)
    made = custody.release(path, "2009ZENDA1", released("UNCLASSIFIED"), **OPENED, sha256=second[:8])
    assert seen(path, U, "queen") == (["2009ZENDA1"], [TEXT, "And the queen too."])
    assert seen(path, reader("TS"), "rischenheim")[0] == []
    custody.undo(path, made.id, **WHO)
    assert seen(path, U, "queen") == ([], [])
    assert record(path) == before


# ---- marked


def test_a_mark_changes_what_readers_see(path):
    """Opened, and closed again; the later over the earlier."""
    assert seen(path, C, "rischenheim") == ([], [TEXT])
    lower = custody.mark(path, "2009ZENDA1", mark("p2", "C"), **WHO)
    assert seen(path, C, "rischenheim") == (["2009ZENDA1"], [TEXT, "Rischenheim told us."])
    custody.mark(path, "2009ZENDA1", mark("p2", "S//NF"), **WHO)
    assert seen(path, reader("S"), "rischenheim") == ([], [TEXT])
    custody.mark(path, "2009ZENDA1", header_mark("TOP SECRET", None, None), **WHO)
    with Archive.open(path) as archive:
        found = ReadingRoom(archive, C).cable("2009ZENDA1")
        assert found is not None and found.cable.subject is None
    rebuild(path)
    assert seen(path, C, "rischenheim") == ([], [TEXT])
    assert [each.id for each in custody.decisions(path)] == [lower.id, 2, 3]
    for each in custody.decisions(path):
        custody.undo(path, each.id, **WHO)
    assert seen(path, reader("S"), "rischenheim") == (["2009ZENDA1"], [TEXT, "Rischenheim told us."])


def test_a_mark_whose_portion_is_read_otherwise_now_closes_its_cable(path, monkeypatch):
    """When a newer version numbers paragraphs otherwise, nobody sees what was meant to be closed."""
    custody.mark(path, "2009ZENDA1", mark("p1", "S//NF"), **WHO)
    read = telegram.read

    def otherwise(copy):
        made = read(copy)
        return replace(
            made, paragraphs=tuple(replace(each, anchor=f"{each.anchor}.a") for each in made.paragraphs)
        )

    with monkeypatch.context() as patched:
        patched.setattr(telegram, "read", otherwise)
        rebuild(path, workers=1)
    assert seen(path, reader("TS")) == ([], [])
    assert record(path).defects[-1].code == "decision-without-place"
    custody.undo(path, 1, **WHO)
    assert seen(path, C) == (["2009ZENDA1"], [TEXT])


def test_a_decision_edited_into_nonsense_opens_nothing(path):
    """By hand, in the store: a release releases nothing, a mark closes its cable, and both can be undone."""
    custody.release(path, "2009ZENDA1", released("UNCLASSIFIED"), **OPENED)
    custody.mark(path, "2009ZENDA1", mark("p1", "U"), **WHO)
    for nonsense in ("", "{", "7", '{"what": "mark"}', '{"what": "open"}', 7):
        with sqlite3.connect(path / "archive.db") as db:
            db.execute("UPDATE decision SET value = ?", (nonsense,))
        db.close()
        rebuild(path, workers=1)
        assert seen(path, reader("TS")) == ([], [])
        assert [each.value for each in custody.decisions(path)] == [None, None]
    custody.undo(path, 2, **WHO)
    assert seen(path, C) == (["2009ZENDA1"], [TEXT])
    assert seen(path, U) == ([], [])


def test_a_decision_whose_kind_was_changed_by_hand_closes_its_cable(path):
    """A mark that calls itself a release is neither."""
    custody.mark(path, "2009ZENDA1", mark("p1", "S"), **WHO)
    with sqlite3.connect(path / "archive.db") as db:
        db.execute("UPDATE decision SET what = 'release'")
    db.close()
    rebuild(path, workers=1)
    assert seen(path, reader("TS")) == ([], [])
    custody.undo(path, 1, **WHO)
    assert seen(path, C) == (["2009ZENDA1"], [TEXT])


def test_what_is_not_there_is_said_in_a_sentence(path):
    """No cable, several, no copy, no portion, no decision: nothing is changed."""
    for spelling, error, sentence in (
        ("2009NOWHERE1", NotHeld, "2009NOWHERE1: not in this archive"),
        ("", NotHeld, "not in this archive"),
    ):
        with pytest.raises(error, match=sentence):
            custody.release(path, spelling, released("UNCLASSIFIED"), **OPENED)
    file(path.parent / "more", cable("2008ZENDA2", "(C) Bread is cheap.", sent="2008-02-12T05:16Z"))
    ingest(path, [path.parent / "more"])
    with pytest.raises(UsageError, match="ZENDA 2 is a name of several cables: 2009ZENDA2, 2008ZENDA2; say"):
        custody.mark(path, "ZENDA 2", mark("p1", "U"), **WHO)
    with pytest.raises(
        UsageError, match=r"no portion 'p9' in its copy .*; say one of header, subject, p1, p2"
    ):
        custody.mark(path, "2009ZENDA1", mark("p9", "U"), **WHO)
    for start, sentence in (
        ("1234567", "8 digits of its sha256 at least"),
        ("x" * 8, "has no such copy; it has"),
    ):
        with pytest.raises(UsageError, match=sentence):
            custody.mark(path, "2009ZENDA1", mark("p1", "U"), **WHO, sha256=start)
    with pytest.raises(UsageError, match="no decision has the number 7; `reftel decisions` lists them"):
        custody.undo(path, 7, **WHO)
    assert custody.decisions(path) == ()


def test_a_copy_that_cannot_be_read_any_more_changes_nothing(path, monkeypatch):
    """It is said which, and the decision is not kept: it would hold for nothing that is seen."""

    def broken(copy):
        raise ReftelError("leak.txt: of an era that is read no more")

    monkeypatch.setattr(telegram, "read", broken)
    with pytest.raises(ReftelError, match=r"2009ZENDA1: nothing is changed, .* an era that is read no more"):
        custody.release(path, "2009ZENDA1", released("UNCLASSIFIED"), **OPENED)
    assert custody.decisions(path) == ()


# ---- policy


def test_a_policy_is_changed_a_part_at_a_time(path):
    """What is not named stays; where masking changes, every cable is derived with it."""
    assert custody.policy(path) == Policy()
    custody.set_policy(path, {"readers_required": True})
    assert custody.set_policy(path, {"withheld": "marked"}) == Policy(True, "marked")
    assert custody.set_policy(path, {"protect": False}) == Policy(True, "marked", protect=False)
    assert custody.policy(path) == Policy(True, "marked", protect=False)


@pytest.mark.parametrize(
    "nonsense",
    [b'{"withheld": "sideways"}', b'{"withheld": "\xff"}', b'{"reader_required": true}', b"null", b"", 7],
)
def test_a_policy_edited_into_nonsense_is_the_strictest(path, nonsense):
    """Bytes that are no text, and a name that is written wrongly, too."""
    with sqlite3.connect(path / "archive.db") as db:
        db.execute("INSERT OR REPLACE INTO meta (name, value) VALUES ('policy', ?)", (nonsense,))
    db.close()
    assert custody.policy(path) == Policy(readers_required=True)


# ---- expunged


def holds(path: Path, *words: str) -> list[str]:
    """What in an archive's folder holds one of the words, whether squeezed or not."""
    found = [
        f"{each.name}: {word}"
        for each in path.rglob("*")
        if each.is_file()
        for word in words
        if word.encode() in each.read_bytes().lower()
    ]
    with sqlite3.connect(path / "archive.db") as db:
        for table, column in (("copy", "raw"), ("portion", "body")):
            for (blob,) in db.execute(f"SELECT {column} FROM {table}"):
                plain = zstandard.decompress(blob).lower()
                found += [f"{table}: {word}" for word in words if word.encode() in plain]
        for row in db.iterdump():
            found += [f"row: {word}" for word in words if word in row.lower()]
    db.close()
    for meta in (path / "index").rglob("meta.json"):
        searcher: Any = tantivy.Index.open(str(meta.parent)).searcher()
        for field in json.loads(meta.read_bytes())["schema"]:
            if field["type"] == "text":
                terms = [term for term, _ in searcher.terms_with_prefix(field["name"], "")]
                found += [f"{field['name']}: {word}" for word in words if any(word in each for each in terms)]
    return found


def test_what_is_expunged_is_gone_from_every_file(path):
    """Store, write-ahead log, index, names and decisions; the rest is as it was."""
    with Archive.open(path) as archive:
        backup_since = archive.store.copies_of("2009ZENDA1")[0].added_on
    custody.mark(path, "2009ZENDA1", mark("p2", "C"), by="Ana", why="Rischenheim is no secret")
    words = ("rischenheim", "quince", "leak.txt")
    before = holds(path, *words)
    assert {each.partition(": ")[2] for each in before} == {*words}
    assert {"copy: quince", "portion: quince", "text_C: quince", "text_S: rischenheim"} <= {*before}
    gone = custody.expunge(path, "2009ZENDA1", **WHO)
    assert holds(path, *words) == []
    assert (gone.cable, gone.cable_removed) == ("2009ZENDA1", True)
    assert backup_since is not None
    assert gone.backups == f"every copy of {path.resolve()} made since {backup_since[:16]}Z"
    assert seen(path, reader("TS"), "bread OR roads")[0] == ["2009ZENDA2", "2009STRELSAU2"]
    with Archive.open(path) as archive:
        assert archive.store.size() == (2, 2)
        assert not archive.is_behind()
    (made,) = custody.decisions(path, "2009ZENDA1")
    assert (made.what, made.value, made.why, made.by) == ("mark", None, None, "Ana")
    assert (path / "archive.db-wal").exists() is False or not (path / "archive.db-wal").stat().st_size
    rebuild(path)
    assert holds(path, *words) == []


def test_what_was_expunged_does_not_come_in_again(path):
    """Under no name; what stands beside it in a file is kept."""
    custody.expunge(path, "2009ZENDA1", **WHO)
    today = time.strftime("%Y-%m-%d", time.gmtime())
    summary = ingest(path, [path.parent / "cables"])
    assert (summary.kept, summary.known, summary.failed) == (0, 2, 1)
    (failure,) = summary.failures
    leak = path.parent / "cables" / "leak.txt"
    assert failure.message == f"{leak}: this copy was expunged from the archive on {today}; it is not kept"
    assert failure.path == str(leak)
    ours = cable("2009ZENDA8", "(C) Nobody has seen the queen.")
    one, two = (
        file(path.parent / "b", ours),
        file(path.parent / "b", cable("2009ZENDA9", "(C) Nor the duke.")),
    )
    bundle = path.parent / "bundle.txt"
    bundle.write_text(one.read_text() + "\n" + two.read_text())
    ingest(path, [bundle])
    custody.expunge(path, "2009ZENDA8", **WHO)
    custody.expunge(path, "2009ZENDA9", **WHO)
    bundle.write_text(
        bundle.read_text() + "\n" + file(path.parent / "b", cable("2009ZENDA10", "(C) Wine.")).read_text()
    )
    summary = ingest(path, [bundle])
    assert summary.kept == 1
    assert summary.failures[0].message.startswith(f"{bundle}#1: this copy was expunged")


def test_a_copy_of_several_goes_alone(path):
    """The record is derived from the next; the key stays, and what only the other copy told is gone."""
    add_released(path, TEXT + " And the marmalade.")
    with pytest.raises(UsageError, match="has several copies, say which"):
        custody.expunge(path, "2009ZENDA1", **WHO)
    with Archive.open(path) as archive:
        open_, leaked = archive.store.copies_of("2009ZENDA1")
    gone = custody.expunge(path, "2009ZENDA1", **WHO, sha256=open_.sha256)
    assert not gone.cable_removed
    assert holds(path, "marmalade", "open.txt") == []
    assert seen(path, U) == ([], [])
    assert seen(path, C) == (["2009ZENDA1"], [TEXT])
    with Archive.open(path) as archive:
        assert archive.store.copies_of("2009ZENDA1") == (leaked,)
    custody.expunge(path, "2009ZENDA1", **WHO)
    assert seen(path, reader("TS")) == ([], [])


def test_the_last_cable_of_all_goes_too(tmp_path):
    """An archive may become empty, and be filled again; numbers are not used twice."""
    path = tmp_path / "archive"
    ingest(
        path, [file(tmp_path / "a", cable("2009ZENDA1", "(C) The king."))], collection="one", status="leaked"
    )
    custody.expunge(path, "2009ZENDA1", **WHO)
    assert seen(path, C) == ([], [])
    ingest(path, [file(tmp_path / "a", cable("2009ZENDA1", "(U) The king."))], collection="one")
    assert seen(path, C) == (["2009ZENDA1"], ["The king."])
    with Archive.open(path) as archive:
        assert archive.store.last_seq() == 2


@pytest.mark.parametrize("step", ["compact", "wipe"])
@pytest.mark.parametrize("write", [False, True])
def test_expunging_that_is_cut_short_is_finished_by_the_next(path, monkeypatch, step, write):
    """Whoever opens the archive, to read or to write: nothing of the copy is left then."""

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Archive if step == "compact" else Store, step, killed)
        with pytest.raises(KeyboardInterrupt):
            custody.expunge(path, "2009ZENDA1", **WHO)
    Archive.open(path, write=write).close()
    assert holds(path, "rischenheim", "quince") == []
    with Archive.open(path) as archive:
        assert not archive.store.is_unwiped()


def test_killed_at_any_moment_it_is_done_or_not_begun(path):
    """After a kill -9 the cable is there whole, or nothing of it is in any file."""
    dice = random.Random(11)
    script = """if __name__ == "__main__":
        import os, sys
        from reftel import custody
        os.write(1, b"ready\\n")
        custody.expunge(sys.argv[1], "2009ZENDA1", by="Ana", why="asked")
        os.write(1, b"done\\n")
    """
    moments = set[str]()
    turn = 0
    while turn < 12 or len(moments) < 2:
        turn += 1
        process = subprocess.Popen([sys.executable, "-c", script, path], stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(dice.uniform(0, 0.01 * turn))
        process.kill()
        process.communicate()
        hits, texts = seen(path, reader("TS"), "rischenheim")
        if texts:
            assert hits == ["2009ZENDA1"]
            moments.add("before")
            continue
        assert holds(path, "rischenheim", "quince") == []
        moments.add("after")
        with sqlite3.connect(path / "archive.db") as db:
            db.execute("DELETE FROM tombstone")
        db.close()
        ingest(path, [path.parent / "cables" / "leak.txt"])


def test_a_reader_in_the_way_is_said(path):
    """While another process reads from the log it cannot be emptied; the next to open the archive does."""
    with sqlite3.connect(path / "archive.db", isolation_level=None) as reading:
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM copy").fetchone()
        with pytest.raises(ArchiveError, match=r"another process reads it.*end that process and run `reftel"):
            custody.expunge(path, "2009ZENDA1", **WHO)
        reading.execute("ROLLBACK")
    reading.close()
    Archive.open(path, write=True).close()
    assert holds(path, "rischenheim", "quince") == []


def test_what_is_told_in_json_says_the_same(path):
    """A record of what is gone, for programs."""
    command = [
        sys.executable,
        "-m",
        "reftel",
        "expunge",
        "2009ZENDA1",
        "--by",
        "Ana",
        "--why",
        "asked",
        "--json",
    ]
    done = subprocess.run(
        [*command, "--yes"],
        capture_output=True,
        text=True,
        env=os.environ | {"REFTEL_ARCHIVE": str(path)},
        check=True,
    )
    told = json.loads(done.stdout)
    assert told["cable"] == "2009ZENDA1"
    assert told["cable_removed"] is True
    assert told["backups"].startswith(f"every copy of {path.resolve()} made since 20")
