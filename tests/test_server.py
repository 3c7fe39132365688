"""Serving: an address that is free, and one line that says it."""

import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from build import cable, pair
from reftel.archive import Archive


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
