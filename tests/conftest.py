"""What tests of every kind may ask for."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment
from jinja2.bccache import Bucket, BytecodeCache

from reftel.web import answers
from reftel.web.assets import Assets

PROJECT = Path(__file__).resolve().parent.parent

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # processes of the tests keep what they compiled
MEMORY = Path("/dev/shm")
ROOM = 4_000_000_000  # bytes: a run leaves some hundred millions, and what failed before may lie there still
if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
    # what lies there need not wait for a disk, as every commit does
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


class _Compiled(BytecodeCache):
    """Templates, compiled once for all applications of this process."""

    def __init__(self) -> None:
        self.known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.known:
            bucket.bytecode_from_string(self.known[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.known[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def compiled() -> Iterator[None]:
    """Compiling the templates takes longer than filling them in, and tests make very many applications."""
    compiled, templates = _Compiled(), answers.templates

    def known(assets: Assets) -> Environment:
        environment = templates(assets)
        environment.bytecode_cache = compiled
        return environment

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answers, "templates", known)
        yield
