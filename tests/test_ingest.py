"""The way in: what was acknowledged is kept, whatever happens; what cannot be read is said plainly."""

import os
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from build import cable, file
from reftel import telegram
from reftel.archive import Archive
from reftel.archive.entries import fields_of
from reftel.clearance import ALL
from reftel.errors import ArchiveError, UsageError
from reftel.ingest import Acknowledged, Failure, ingest
from reftel.query import Query


@pytest.fixture(scope="module")
def cables(tmp_path_factory) -> Path:
    """A folder of 30 files, and 10 more in a folder below."""
    folder = tmp_path_factory.mktemp("cables")
    for serial in range(1, 41):
        made = cable(f"2009ZENDA{serial}", f"(C) The king was seen {serial} times.", "(S) At night.")
        file(folder if serial <= 30 else folder / "later", made, f"{serial:03}.txt")
    return folder


def keys(path: Path, *, create: bool = False) -> list[str]:
    """The keys of an archive in order of arrival; the index must know just these."""
    with Archive.open(path, create=create) as archive:
        held = [read.key for _, read, _, _ in archive.store.cables()]
        _, hits = archive.index.ask(Query.parse("king"), fields_of(ALL)).hits(limit=1000)
    assert sorted(key for key, _ in hits) == sorted(held)
    return held


def dump(path: Path) -> list[str]:
    with sqlite3.connect(path / "archive.db") as db:
        lines = list(db.iterdump())
    db.close()
    return lines


EVERY = [f"2009ZENDA{serial}" for serial in range(1, 41)]


def test_a_folder_is_kept_file_by_file(cables, tmp_path):
    """All files below it, in order; each is acknowledged with the keys of its cables."""
    acknowledged, progress = [], []
    summary = ingest(
        tmp_path / "archive", [cables], acknowledged=acknowledged.append, progress=progress.append
    )
    assert (summary.kept, summary.known, summary.failed, summary.failures) == (40, 0, 0, ())
    assert keys(tmp_path / "archive") == EVERY
    assert [each.keys for each in acknowledged] == [(key,) for key in EVERY]
    assert acknowledged[0] == Acknowledged(str(cables / "001.txt"), ("2009ZENDA1",), 0)
    assert (progress[-1].files, progress[-1].of, progress[-1].kept) == (40, 40, 40)


def test_the_same_files_again_change_nothing(cables, tmp_path):
    """They are known, whether or not they are named otherwise; a file that is new is kept."""
    path = tmp_path / "archive"
    ingest(path, [cables / "later"])
    before = dump(path)
    again = ingest(path, [cables / "later", cables / "later" / "040.txt"], collection="other")
    assert (again.kept, again.known) == (0, 11)
    assert dump(path) == before
    more = ingest(path, [cables])
    assert (more.kept, more.known) == (30, 10)


def test_an_archive_does_not_ingest_itself(cables, tmp_path, monkeypatch):
    """One that lies in the folder that is ingested is passed over."""
    file(tmp_path, cable("2009ZENDA1"))
    monkeypatch.chdir(tmp_path)
    for kept in (1, 0):
        summary = ingest("archive", ["."])
        assert (summary.kept, summary.failed) == (kept, 0)


def test_any_number_of_workers_makes_the_same_archive(tmp_path):
    """Cables get their places in the order of files, not in that of reading."""
    folder = tmp_path / "cables"
    for serial in range(1, 331):
        file(
            folder, cable(f"2009ZENDA{serial}", f"(C) The king was seen {serial} times."), f"{serial:03}.txt"
        )
    found = []
    for workers in (1, 2):
        path = tmp_path / str(workers)
        assert ingest(path, [folder], workers=workers).kept == 330
        with Archive.open(path) as archive:
            found.append(list(archive.store.cables()))
    assert found[0] == found[1]


def test_what_is_bad_is_one_failure_and_the_rest_goes_on(tmp_path):
    """Each says which file, what is wrong with it and what to do."""
    folder = tmp_path / "cables"
    first, last = file(folder, cable("2009ZENDA1"), "a.txt"), file(folder, cable("2009ZENDA2"), "z.txt")
    (folder / "empty.txt").touch()
    (folder / "binary.pdf").write_bytes(bytes(range(256)) * 40)
    (folder / "noise.txt").write_text("lorem ipsum " * 1000)
    (folder / "vanished.txt").symlink_to(folder / "no such file")
    summary = ingest(tmp_path / "archive", [first, tmp_path / "missing", folder])
    assert (summary.kept, summary.known, summary.failed) == (2, 1, 5)
    said = {Path(failure.path).name: failure.message for failure in summary.failures}
    assert said.keys() == {"missing", "binary.pdf", "empty.txt", "noise.txt", "vanished.txt"}
    assert "no such file or folder" in said["missing"]
    assert "empty" in said["empty.txt"]
    assert "not text" in said["binary.pdf"]
    assert "no cable found" in said["noise.txt"]
    assert "not there any more" in said["vanished.txt"]
    for name, message in said.items():
        assert name in message
        assert ";" in message, "what to do stands behind what is wrong"
        assert "\n" not in message
    assert last.exists()


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="no file here that fails to be read")
def test_a_file_that_fails_while_being_read_is_one_failure(cables, tmp_path):
    """An input error half way is said as plainly as a missing file."""
    summary = ingest(tmp_path / "archive", ["/proc/self/mem", cables / "001.txt"])
    assert (summary.kept, summary.failed) == (1, 1)
    assert "cannot be read" in summary.failures[0].message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_may_not_be_read_is_one_failure(cables, tmp_path):
    """What stands beside it is kept."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    summary = ingest(tmp_path / "archive", [closed, cables])
    assert (summary.kept, summary.failed) == (40, 1)
    assert "cannot be listed" in summary.failures[0].message


def test_a_fault_of_ours_ends_no_batch(cables, tmp_path, monkeypatch):
    """A file that the reading itself stumbles over is reported as what it is."""
    read = telegram.read

    def stumble(copy):
        if copy.locator == "003.txt":
            raise IndexError("list index out of range")
        return read(copy)

    monkeypatch.setattr(telegram, "read", stumble)
    summary = ingest(tmp_path / "archive", [cables])
    assert (summary.kept, summary.failed) == (39, 1)
    assert summary.failures == (
        Failure(
            str(cables / "003.txt"),
            f"{cables / '003.txt'}: a fault of reftel (IndexError: list index out of range); "
            "report it, with the file",
        ),
    )


def test_what_makes_no_sense_is_refused_before_anything_is_made(cables, tmp_path):
    """No workers; a collection that has another status."""
    with pytest.raises(UsageError, match="0 workers"):
        ingest(tmp_path / "archive", [cables], workers=0)
    assert not (tmp_path / "archive").exists()
    ingest(tmp_path / "archive", [cables / "later"], collection="leaks", status="leaked")
    with pytest.raises(UsageError, match="'leaks' is kept as leaked"):
        ingest(tmp_path / "archive", [cables], collection="leaks", status="released")
    with pytest.raises(ArchiveError, match="other things are in it"):
        ingest(cables, [cables])


# ---- killed, and out of room


DRIVER = """
import os, resource, sys
from reftel import ingest
from reftel.errors import ReftelError

if __name__ == "__main__":
    ingest._BATCH, ingest._INDEXED_EVERY = 3, 9
    workers, limit = map(int, sys.argv[2:])
    if limit:  # no file may grow beyond it, as under a quota
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    os.write(1, b"ready\\n")
    archive = sys.stdin.readline().strip()
    try:
        ingest.ingest(
            archive, [sys.argv[1]], workers=workers,
            acknowledged=lambda each: os.write(1, " ".join(each.keys).encode() + b"\\n"),
        )
    except ReftelError as error:
        sys.exit(f"{type(error).__name__}: {error}")
"""


class Ingest:
    """A process that ingests when it is told where to, and says what is kept."""

    def __init__(self, cables: Path, workers: int, limit: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", DRIVER, cables, str(workers), str(limit)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def go(self, archive: Path) -> None:
        assert self.process.stdout is not None and self.process.stdin is not None
        assert self.process.stdout.readline() == "ready\n"
        self.process.stdin.write(f"{archive}\n")
        self.process.stdin.flush()

    def kill(self) -> tuple[list[str], str]:
        """Ends it as hard as can be; what it had acknowledged by then, and what it said besides."""
        self.process.kill()
        return self.end()

    def end(self) -> tuple[list[str], str]:
        said, errors = self.process.communicate()
        return said.split(), errors


@pytest.fixture
def start():
    """Starts processes, and leaves none behind."""
    started: list[Ingest] = []

    def start(cables: Path, *, workers: int = 1, limit: int = 0) -> Ingest:
        started.append(Ingest(cables, workers, limit))
        return started[-1]

    yield start
    for each in started:
        if each.process.stdout is not None and not each.process.stdout.closed:
            each.kill()


def test_killed_at_any_moment_nothing_acknowledged_is_lost(cables, tmp_path, start):
    """Thirty times: the archive opens, holds what was acknowledged, nothing twice, and the next goes on."""
    dice = random.Random(30)
    whole = start(cables)
    whole.go(tmp_path / "whole")
    started = time.monotonic()
    assert whole.end() == (EVERY, "")
    duration = time.monotonic() - started
    path, acknowledged, cut_short = tmp_path / "0", set[str](), 0
    coming = start(cables)
    for kill in range(1, 31):
        process, coming = coming, start(cables)
        process.go(path)
        time.sleep(dice.uniform(0, duration))
        said, errors = process.kill()
        assert errors == ""
        acknowledged.update(said)
        held = keys(path, create=not acknowledged)  # killed so early it may be no archive yet
        assert acknowledged <= {*held}
        assert held == EVERY[: len(held)]
        if held == EVERY:
            path, acknowledged = tmp_path / str(kill), set()
            duration *= 0.9  # it was done before it was killed: the next ones may be as quick
        else:
            cut_short += 1
    coming.go(path)
    assert coming.end() == (EVERY, "")
    assert keys(path) == EVERY
    assert cut_short > 5, "too few of the kills came in time to mean anything"


def test_killed_with_its_helpers_at_work_it_leaves_none_behind(tmp_path, start):
    """The processes that read end with the one that keeps, and the archive is free for the next."""
    folder, path = tmp_path / "cables", tmp_path / "archive"
    for serial in range(1, 401):
        file(folder, cable(f"2009ZENDA{serial}", "(C) The king is away."), f"{serial:03}.txt")
    process = start(folder, workers=2)
    process.go(path)
    assert process.process.stdout is not None
    first = process.process.stdout.readline().strip()
    acknowledged, errors = process.kill()
    for _ in range(100):
        try:
            os.killpg(process.process.pid, 0)
        except ProcessLookupError:
            break
        time.sleep(0.1)
    else:
        pytest.fail("a process that reads goes on without its parent")
    assert "Traceback" not in errors
    assert {first, *acknowledged} <= {*keys(path)}
    kept = len(keys(path))
    assert ingest(path, [folder], workers=1).kept == 400 - kept


@pytest.mark.parametrize("limit", [20_000, 150_000, 250_000, 400_000])
def test_on_a_full_disk_what_was_acknowledged_is_kept(cables, tmp_path, limit, start):
    """One sentence says what to do; with room again the next ingest goes on."""
    path = tmp_path / "archive"
    process = start(cables, limit=limit)
    process.go(path)
    acknowledged, errors = process.end()
    assert process.process.returncode == 1
    assert len(errors.splitlines()) == 1
    assert errors.startswith(f"StorageFull: {path}")
    assert "make room and run the same command again" in errors
    assert len(acknowledged) < len(EVERY)
    summary = ingest(path, [cables])
    assert summary.known >= len(acknowledged)
    assert keys(path) == EVERY
