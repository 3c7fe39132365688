"""Keeping an archive in order: made afresh from its copies, compacted."""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import zstandard
from msgspec.structs import replace

from reftel import processes, sources, telegram
from reftel.archive import Accession, Archive, Rules, StoredCopy, accession
from reftel.errors import ReftelError


class Unrenewed(msgspec.Struct, frozen=True):
    """A copy that cannot be read any more; its cable stays as it was read before."""

    key: str
    message: str


class Rebuilt(msgspec.Struct, frozen=True):
    """What came of making an archive afresh."""

    copies: int
    unrenewed: tuple[Unrenewed, ...]


class _Again(msgspec.Struct, frozen=True):
    """What a copy gives now."""

    copy: StoredCopy  # without its bytes
    new: Accession | None = None
    error: str = ""


def rebuild(
    archive_path: Path | str,
    *,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Rebuilt:
    """Reads every copy afresh and makes the index anew. Keys stay, whatever a copy now says of itself.

    It is done whole or not at all: readers see the archive as it was until it is done, and so it stays
    where this is killed. `progress` is told how many copies of how many are read.
    """
    workers = processes.number_of(workers)
    unrenewed: list[Unrenewed] = []
    with Archive.open(archive_path, write=True, catch_up=False) as archive:
        store = archive.store
        _, of = store.size()
        with store.transaction():
            store.mark_index(stale=True)
            tasks = processes.tasks(store.copies(), lambda copy: len(copy.raw))
            readings = processes.in_order(_read_again, tasks, workers, _lost)
            for done, again in enumerate(readings, 1):
                if again.new is None:
                    unrenewed.append(Unrenewed(again.copy.key, again.error))
                else:
                    store.renew(again.copy, again.new)
                if progress and (done % 512 == 0 or done == of):
                    progress(done, of)
        archive.renew_index()
    return Rebuilt(of, tuple(unrenewed))


def _read_again(copies: Sequence[StoredCopy]) -> list[_Again]:
    """What the processes do."""
    return [_read_one_again(copy) for copy in copies]


def _read_one_again(kept: StoredCopy) -> _Again:
    raw, kept = zstandard.decompress(kept.raw), replace(kept, raw=b"")
    try:
        for copy in sources.copies(raw, kept.locator):
            if copy.sha256 == kept.sha256:
                new = accession(copy, telegram.read(copy), Rules(kept.status))
                return _Again(kept, replace(new, raw=b""))
    except ReftelError as error:
        return _Again(kept, error=str(error))
    except Exception as error:  # a fault of ours in one copy must not end the work on all others
        return _Again(kept, error=f"a fault of reftel ({type(error).__name__}: {error}); report it")
    return _Again(kept, error=f"{kept.locator}: no such copy found in its own bytes any more; report it")


def _lost(copy: StoredCopy) -> _Again:
    message = f"{copy.locator}: the process that read it was ended, perhaps for want of memory"
    return _Again(replace(copy, raw=b""), error=message)


def compact(archive_path: Path | str) -> bool:
    """Rewrites what cables were replaced or removed in of the index; says whether there was any.

    What was replaced is found no more, but weighs in scores and order until then.
    """
    with Archive.open(archive_path, write=True) as archive:
        return archive.compact()
