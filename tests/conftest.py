"""What tests of every kind may ask for."""

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent

MEMORY = Path("/dev/shm")
if os.access(MEMORY, os.W_OK):  # what lies there need not wait for a disk, as every commit does
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real cables, which the project does not hold: `REFTEL_SHARED`, else `../shared`.

    Where it is absent the test is skipped; with `REFTEL_CI=1` it fails, since silence is no proof.
    """
    folder = (PROJECT / os.environ.get("REFTEL_SHARED", "../shared")).resolve()
    if folder.is_dir():
        return folder
    reason = f"no folder of real cables at {folder}: set REFTEL_SHARED to the one that holds seeds/"
    if os.environ.get("REFTEL_CI") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
