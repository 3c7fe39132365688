"""Keeping an archive in order: made afresh from its copies, compacted."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain, groupby
from pathlib import Path

import msgspec
from msgspec.structs import replace

from reftel import processes
from reftel.archive import Archive, Store, StoredCopy
from reftel.archive.afresh import Again, copy_of, named, read_again
from reftel.protection import Name, may_have_mark, may_tell


class Unrenewed(msgspec.Struct, frozen=True):
    """A copy that cannot be read any more; its cable stays as it was read before."""

    key: str
    message: str


class Rebuilt(msgspec.Struct, frozen=True):
    """What came of making an archive afresh."""

    copies: int
    unrenewed: tuple[Unrenewed, ...]


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
            done = 0
            for _, copies in groupby(readings, key=lambda again: again.copy.seq):
                of_cable = list(copies)
                unrenewed += [Unrenewed(again.copy.key, again.error) for again in of_cable if not again.new]
                store.renew([(again.copy, again.new) for again in of_cable])
                for _ in of_cable:
                    done += 1
                    if progress and (done % 512 == 0 or done == of):
                        progress(done, of)
        archive.renew_index()
        if store.is_unwiped():
            store.wipe()
    return Rebuilt(of, tuple(unrenewed))


def _read_again(copies: Sequence[StoredCopy]) -> list[Again]:
    """What the processes do."""
    return [read_again(copy) for copy in copies]


def mask_again(
    archive_path: Path | str,
    change: Callable[[Store], None],
    name: Name | None = None,
    *,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Rebuilt:
    """Makes a change of what is protected, and reads afresh just those cables whose masking it changes.

    They are those that may tell `name`, which is protected from now on or no more; without one, those in
    which a mark stands: `mask_again(path, lambda store: store.set_policy(policy))`. All of it is done, or
    nothing. What stood there before is removed from the store's file and its log, and the index made anew.
    """
    workers = processes.number_of(workers)
    with Archive.open(archive_path, write=True) as archive:
        store = archive.store
        _, of = store.size()
        with store.transaction():
            change(store)
            tasks = processes.tasks(store.copies(), lambda copy: len(copy.raw))
            looks = processes.in_order(partial(_look, name), tasks, workers, _not_looked_at)
            concerned: dict[str, None] = {}
            for done, look in enumerate(looks, 1):
                if look.concerned:
                    concerned[look.key] = None
                if progress and (done % 512 == 0 or done == of):
                    progress(done, of)
            if not concerned:
                return Rebuilt(0, ())
            copies = chain.from_iterable(map(store.copies, concerned))
            tasks = processes.tasks(copies, lambda copy: len(copy.raw))
            renewed, unrenewed = 0, list[Unrenewed]()
            for _, readings in groupby(
                processes.in_order(_read_again, tasks, workers, _lost), key=lambda again: again.copy.seq
            ):
                of_cable = list(readings)
                unrenewed += [Unrenewed(again.copy.key, again.error) for again in of_cable if not again.new]
                store.renew([(again.copy, again.new) for again in of_cable])
                for again in of_cable:
                    if again.new is None:  # the record as it was read before
                        store.mask_again(again.copy.key)
                renewed += len(of_cable)
            store.mark_index(stale=True)
            store.note_unwiped()
        archive.wipe()
    return Rebuilt(renewed, tuple(unrenewed))


class _Look(msgspec.Struct, frozen=True):
    """Whether the masking of a cable changes, as one of its copies shows."""

    key: str
    concerned: bool


def _look(name: Name | None, copies: Sequence[StoredCopy]) -> list[_Look]:
    """What the processes do."""
    return [_Look(kept.key, _is_concerned(name, kept)) for kept in copies]


def _is_concerned(name: Name | None, kept: StoredCopy) -> bool:
    try:
        text = copy_of(kept).text
    except Exception:  # what cannot be looked at is read, which says what is wrong with it
        return True
    if name is None:
        return may_have_mark(text)
    return may_tell(f"{text} {kept.locator} {kept.key}", (name,))


def _not_looked_at(copy: StoredCopy) -> _Look:
    return _Look(copy.key, True)


def _lost(copy: StoredCopy) -> Again:
    message = f"{named(copy)}: the process that read it was ended, perhaps for want of memory"
    return Again(replace(copy, raw=b""), error=message)


def compact(archive_path: Path | str) -> bool:
    """Rewrites what cables were replaced or removed in of the index; says whether there was any.

    What was replaced is found no more, but weighs in scores and order until then.
    """
    with Archive.open(archive_path, write=True) as archive:
        return archive.compact()
