"""Serving: an address that is free, and one line that says it."""

import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from build import cable, file, pair
from reftel import custody
from reftel.archive import Archive
from reftel.clearance import Policy
from reftel.ingest import ingest
from reftel.profiles import profile
from reftel.release import header_mark, mark, released


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive of one cable."""
    with Archive.create(tmp_path / "archive") as made:
        made.store.put([pair(cable("2005ZENDA1", "(U) The king left."))], "test")
        made.catch_up()
    return tmp_path / "archive"


def test_the_address_is_printed_at_once_and_answers(archive):
    """Where the port is taken the next one serves; the line is flushed before anybody asks."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [sys.executable, "-m", "reftel", "serve", "--archive", str(archive)]
        refused = subprocess.run(
            [*command, "--port", str(taken.getsockname()[1])], capture_output=True, text=True, check=False
        )
        assert refused.returncode == 8
        assert "name another with --port" in refused.stderr
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as serving:
        try:
            assert serving.stdout is not None
            line = serving.stdout.readline()
            address = next(word for word in line.split() if word.startswith("http://127.0.0.1:"))
            with urllib.request.urlopen(f"{address}search.json?q=king") as answer:
                assert b'"total":1' in answer.read()
        finally:
            serving.terminate()


@contextmanager
def serving(archive: Path, *words: str) -> Iterator[str]:
    """The address of a reading room that is open."""
    command = [sys.executable, "-m", "reftel", "serve", "--archive", str(archive), *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            yield next(word for word in line.split() if word.startswith("http://127.0.0.1:"))
        finally:
            process.terminate()


def asked(address: str) -> tuple[int, str]:
    """The status and the text of an answer."""
    try:
        with urllib.request.urlopen(address) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def test_what_the_owner_decides_is_seen_at_the_next_request(tmp_path):
    """Released, marked, undone and expunged while the reading room is open: no page and no index holds on."""
    path, who = tmp_path / "archive", {"by": "Ana", "why": "asked"}
    both = cable("2005ZENDA1", "(C) The king left.", "(S) Rischenheim told us.")
    other = cable("2005ZENDA2", "(C) Bread.", subject="THE KING EATS")  # named on the page of the first
    ingest(path, [file(tmp_path / "cables", both), file(tmp_path / "cables", other)])
    with serving(path, "--as", "C") as address:
        pages = [
            f"{address}{page}"
            for page in ("search.json?q=rischenheim", "cable/2005ZENDA1.json", "search.json?q=king")
        ]

        def seen() -> list[bool]:
            return ["Rischenheim" in asked(page)[1] for page in pages]

        assert seen() == [False, False, False]
        assert '"total":2' in asked(pages[2])[1]
        open_ = custody.release(path, "2005ZENDA1", released("UNCLASSIFIED"), by="Archives", on="2026-11-27")
        assert seen()[:2] == [True, True]
        custody.undo(path, open_.id, **who)
        assert seen() == [False, False, False]
        custody.mark(path, "2005ZENDA1", mark("p2", "C"), **who)
        assert seen()[:2] == [True, True]
        custody.mark(path, "2005ZENDA1", header_mark("TOP SECRET", None, None), **who)
        assert "KING IS AWAY" not in asked(pages[1])[1]
        assert seen()[:2] == [True, True]
        custody.expunge(path, "2005ZENDA1", **who)
        assert asked(pages[1])[0] == 404
        assert asked(f"{address}cable/2005ZENDA1")[0] == 404
        assert '"total":0' in asked(pages[0])[1]
        assert '"total":1' in asked(f"{address}search.json?q=")[1]
        custody.expunge(path, "2005ZENDA2", **who)
        assert '"total":0' in asked(f"{address}search.json?q=")[1]


KILLED = """
import os, sys
from reftel import custody
from reftel.archive import Archive
catch_up = Archive.catch_up
Archive.catch_up = lambda self: os._exit(9) if self.store.unindexed() else catch_up(self)
custody.undo(sys.argv[1], int(sys.argv[2]), by="Ana", why="a mistake")
"""


def test_what_a_killed_writer_left_is_brought_to_its_end_at_the_next_request(tmp_path):
    """A release is undone, and its writer killed before the index knew: nothing is counted that is closed."""
    file(tmp_path / "cables", cable("2005ZENDA1", "(C) The king left.", subject="DEPARTURES"), "1.txt")
    archive = tmp_path / "archive"
    ingest(archive, [tmp_path / "cables"])
    with serving(archive, "--as", "U") as address:
        question = f"{address}search.json?q=king"
        assert '"total":0' in asked(question)[1]
        opened = released("UNCLASSIFIED")
        decision = custody.release(archive, "2005ZENDA1", opened, by="The archives", on="2026-11-27")
        assert '"total":1' in asked(question)[1]
        command = [sys.executable, "-c", KILLED, str(archive), str(decision.id)]
        assert subprocess.run(command, check=False).returncode == 9
        assert '"total":0' in asked(question)[1]
        assert '"post":[]' in asked(question)[1]


def test_an_archive_with_readers_is_served_to_one_of_them(archive):
    """Who is not named is refused before anything is open."""
    with Archive.open(archive, write=True) as held:
        held.store.put_readers([profile("Ana", "C")], anew=False)
        held.store.set_policy(Policy(readers_required=True))
    command = [sys.executable, "-m", "reftel", "serve", "--archive", str(archive)]
    for words in ([], ["--as", "TS"]):
        refused = subprocess.run([*command, *words], capture_output=True, text=True, check=False)
        assert refused.returncode == 9
        assert "only its own readers may read this archive" in refused.stderr
    with serving(archive, "--as", "Ana") as address:
        assert '"total":1' in asked(f"{address}search.json?q=king")[1]
        with Archive.open(archive, write=True) as held:
            held.store.put_readers([profile("Ana", "U")], anew=True)
        assert "cleared to <b>UNCLASSIFIED" in asked(address)[1]
        with Archive.open(archive, write=True) as held:
            held.store.remove_reader("Ana")
        for page in ("", "search?q=king", "search.json?q=king", "cable/2004ZENDA7"):
            code, words = asked(f"{address}{page}")
            assert code == 403
            assert "does not let in" in words
            assert "Ana" not in words
