"""An archive on disk: one folder with the store (canonical) and the index (derived) in it."""

import errno
import fcntl
import os
import shutil
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from importlib import import_module
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self, TypeVar, cast

from msgspec.structs import replace

from reftel.archive.accession import Accession, Rules, accession
from reftel.archive.calendar import Calendar
from reftel.archive.entries import LABELS, OTHER, Entry, entry, in_collection, renamed
from reftel.archive.index import STEP, Index
from reftel.archive.notes import NoteRow, Notes, Place, SavedRow, TagRow, new_id
from reftel.archive.store import (
    Held,
    Kept,
    KeptCopy,
    Listed,
    Store,
    StoredCopy,
    Tombstone,
    is_made_up,
    now,
)
from reftel.cable import Cable, Status
from reftel.errors import ArchiveError, ReftelError, StorageFull
from reftel.findings.signers import Authorities

__all__ = [
    "Accession",
    "Archive",
    "Entry",
    "Held",
    "Kept",
    "KeptCopy",
    "Listed",
    "NoteRow",
    "Notes",
    "Place",
    "Rules",
    "SavedRow",
    "Store",
    "StoredCopy",
    "TagRow",
    "Tombstone",
    "accession",
    "in_collection",
    "is_made_up",
    "new_id",
    "now",
    "renamed",
]

_STORE, _INDEX, _LOCK = "archive.db", "index", "lock"
_FULL = tuple(os.strerror(code) for code in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT))
_LITTLE = 100_000_000  # bytes: less than this, and there may be no room for a piece of the index
_REMEMBERED = 200  # things worked out of an archive that are kept at once
_OURS = frozenset({_STORE, f"{_STORE}-wal", f"{_STORE}-shm", _INDEX, _LOCK})

_Made = TypeVar("_Made")


class Archive:
    """The store and the index of one folder, behind one name. Made by `open` or `create`.

    The store is committed first and the index after it, with the store's position: whatever is killed in
    between, the next to open the archive brings the index up to the store.
    """

    def __init__(self, path: Path, store: Store, index: Index, lock: int | None) -> None:
        self.path = path
        self.store = store
        self.index = index
        self._lock = lock
        self.notes = Notes(store)
        self.calendar = Calendar(store)
        self._authorities: tuple[int, Authorities | None] = (0, None)
        self._memory = _Memory()
        self._noted = 0  # times that notes were written here

    @staticmethod
    def create(path: Path | str) -> "Archive":
        """A new archive, open for writing; one that is there already is just opened."""
        return Archive.open(path, create=True, write=True)

    @staticmethod
    def open(
        path: Path | str, *, create: bool = False, write: bool = False, catch_up: bool = True
    ) -> "Archive":
        """The archive in a folder. Only one process at a time may open it for writing.

        A writer's index is brought up to its store, but for one who will make it anew (`catch_up=False`).

        Raises ArchiveError, and StorageFull where there is no room to make it or to bring its index up.
        """
        path = Path(path)
        _look_at(path, create=create)
        if write or create:
            return _for_writing(path, _lock(path), catch_up=catch_up)
        archive = _for_reading(path)
        if archive and not archive.is_behind():
            return archive
        # what a writer left undone when it was killed; a writer at work brings the index up itself
        try:
            _for_writing(path, _lock(path)).close()
        except (_Busy, StorageFull):
            if archive:
                return archive
            raise
        if archive:
            archive.close()
        return Archive.open(path)

    @staticmethod
    def open_store(path: Path | str) -> Store:
        """The store alone of an archive that is there, for reading."""
        return Store.open(Path(path) / _STORE)

    def is_behind(self) -> bool:
        """Whether the index does not show the store as it is."""
        return (
            self.index.position() != self.store.last_seq()
            or self.store.index_is_stale()
            or not self.calendar.is_there()
            or self.store.is_unwiped()
            or self.store.is_to_be_read_again()
            or bool(self.store.unindexed() or self.index.unsettled())
        )

    def settle(self) -> None:
        """Brings to its end what was begun: nothing is left of what is gone, the index shows the store."""
        if self.store.is_to_be_read_again():
            self._read_again()
        if self.store.is_unwiped():  # he who expunged was killed before all was done
            self.wipe()
        # beyond the store it is where the store is an older backup
        if self.store.index_is_stale() or self.index.position() > self.store.last_seq():
            self.renew_index()
        self.catch_up()

    def _read_again(self) -> None:
        """Reads the copies again of those cables whose record should be another one's: see `Store.add`."""
        afresh = import_module("reftel.archive.afresh")  # no question loads the readers of telegrams
        store = self.store
        with store.transaction():
            for key in store.led_by_unreleased():
                again = [afresh.read_again(copy) for copy in store.copies(key)]
                store.renew([(each.copy, each.new) for each in again])
            store.note_read_again()

    def bring_up(self) -> None:
        """Where a writer that was killed left the index behind, brings it up; one at work does so himself.

        For him who has the archive open for reading, and will ask it again.
        """
        if self._lock is None and self.is_behind():
            with suppress(_Busy, StorageFull):
                _for_writing(self.path, _lock(self.path)).close()

    def catch_up(self) -> None:
        """Indexes the cables that the index does not know yet, or not as they are."""
        last = self.store.last_seq()
        while (position := self.index.position()) < last:
            upto = min(last, position + STEP)
            entries = self.calendar.filled(self._entries_of(self.store.cables(position, upto)))
            with _said_plainly(self.path):
                self.index.update(entries, upto)
        if changed := self.index.unsettled().union(self.store.unindexed()):
            self.index_again(changed)
            self.store.note_indexed()

    def index_new(self, entries: Iterable[Entry]) -> None:
        """Indexes what was just kept or changed, all since the index was last brought up to the store."""
        with _said_plainly(self.path):
            self.index.update(self.calendar.filled(entries), self.store.last_seq())
        if self.store.unindexed():
            self.store.note_indexed()

    def index_again(self, keys: Iterable[str]) -> None:
        """Indexes cables as the store has them now, in one commit; takes out those that it has no more."""
        self._index_changed(frozenset(keys), self.index.position())

    def _index_changed(self, keys: frozenset[str], position: int) -> None:
        entries = tuple(self.calendar.filled(self._entries(keys)))
        with _said_plainly(self.path):
            self.index.update(entries, position, removed=keys.difference(each.key for each in entries))

    def renew_index(self) -> None:
        """Makes the index afresh, beside the one in use until it is whole."""
        last = self.store.last_seq()
        entries = self.calendar.filled(self._entries_of(self.store.cables(0, last)))
        with _said_plainly(self.path):
            self.index.rewrite({*LABELS, OTHER}, entries, last)
        self.store.note_indexed()
        self.store.mark_index(stale=False)

    def wipe(self, changed: Iterable[str] | None = None) -> None:
        """Sees to it that nothing of a copy that was expunged is left in any file of the folder.

        Of the index just those tiers are rewritten that held one of the `changed` cables, where these keys
        are all that the index does not show yet; else it is made anew.
        """
        if changed is None:
            self.renew_index()
        else:
            self._index_changed(frozenset(changed), self.store.last_seq())
            self.compact()
            self.store.note_indexed()
            self.store.mark_index(stale=False)
        self.store.wipe()

    def compact(self) -> bool:
        """Rewrites the tiers in which cables were replaced or removed; says whether there were any.

        Then scores and order are those of an index made afresh, and of what was removed nothing is left
        in any file of the index.
        """
        changed = self.index.changed()
        if changed:
            with _said_plainly(self.path):
                entries = self._entries(self.index.keys(changed))
                self.index.rewrite(changed, entries, self.index.position())
        return bool(changed)

    def _entries(self, keys: Iterable[str]) -> Iterator[Entry]:
        for key in keys:
            held = self.store.held(key)
            if held is not None:
                yield self._entry(held.cable, held.collection)

    def _entries_of(self, cables: Iterable[tuple[int, Cable, str, Status]]) -> Iterator[Entry]:
        return (self._entry(cable, collection) for _, cable, collection, _ in cables)

    def _entry(self, cable: Cable, collection: str) -> Entry:
        """The entry of a cable as it is kept."""
        key = cable.key
        name = self.store.name_of(key) if is_made_up(key) else None
        known = entry(cable if name is None else replace(cable, key=name))
        return in_collection(renamed(known, key, name, self.store.before(key, name)), collection)

    def authorities(self) -> Authorities | None:
        """Who held which office, by the owner's tables; None where there are none.

        Made anew only where the tables have changed since they were last asked for.
        """
        as_of = self.store.terms_as_of()
        if as_of != self._authorities[0]:
            terms = self.store.terms()
            self._authorities = (as_of, Authorities(terms) if terms else None)
        return self._authorities[1]

    def remembered(self, what: Hashable, make: Callable[[], _Made], *, of_notes: bool = False) -> _Made:
        """What `make` gives, worked out once after each change of the archive, by whomever it was changed.

        Whoever asks says in `what` for which reader it is: what was made for one is never told to another.
        A note that is written here changes no cable, and ends only what `make` makes `of_notes`.
        """
        return self._memory.of(self._state(), (what, self._noted) if of_notes else what, make)

    def _state(self) -> tuple[str, tuple[int, int]]:
        return self.index.generation(), self.store.state()

    @contextmanager
    def noting(self) -> Iterator[Notes]:
        """The notes, to be written to: all of what is done inside, or nothing of it.

        That takes no right to write cables, and may be done while another process does.
        """
        with closing(Store.open(self.path / _STORE, write=True)) as store:
            with store.transaction():  # in which nobody else writes
                yield Notes(store)
                before, others = self._state(), store.version()
            self._noted += 1
            now = self._state()
            if now[0] == before[0] and store.version() == others:  # nobody else has changed anything since
                self._memory.carry_on(before, now)

    def close(self) -> None:
        """Lets go of the files, and of the right to write."""
        with ExitStack() as last:
            if self._lock is not None:
                last.callback(os.close, self._lock)
                self._lock = None
            last.callback(self.store.close)
            with _said_plainly(self.path):
                self.index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # what went wrong first is what is told: a full disk is in the way of closing too
        with suppress(*((ReftelError,) if error else ())):
            self.close()


class _Memory:
    """What was worked out of an archive as it is; of the oldest it lets go."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._as_of: Hashable = None
        self._made: OrderedDict[Hashable, object] = OrderedDict()

    def of(self, as_of: Hashable, what: Hashable, make: Callable[[], _Made]) -> _Made:
        with self._turn:
            if as_of != self._as_of:
                self._as_of = as_of
                self._made.clear()
            elif what in self._made:
                self._made.move_to_end(what)
                return cast(_Made, self._made[what])
        made = make()  # two who ask at once make it twice, rather than one waits for the other
        with self._turn:
            if as_of == self._as_of:
                self._made[what] = made
                while len(self._made) > _REMEMBERED:
                    self._made.popitem(last=False)
        return made

    def carry_on(self, before: Hashable, now: Hashable) -> None:
        """Keeps what was made before a change that was of nothing that it was made of."""
        with self._turn:
            if self._as_of == before:
                self._as_of = now


class _Busy(ArchiveError):
    """Another process writes, or we may not."""


def _look_at(path: Path, *, create: bool) -> None:
    """Sees whether an archive is there, or can be made there."""
    if (path / _STORE).is_file():
        return
    if not create:
        raise ArchiveError(
            f"{path}: no archive there; check the spelling, "
            f"or make one with `reftel ingest FILES --archive {path}`"
        )
    try:
        path.mkdir(parents=True, exist_ok=True)
        others = sorted(entry.name for entry in path.iterdir() if entry.name not in _OURS)
    except OSError as error:
        raise ArchiveError(
            f"{path}: no archive can be made there ({error.strerror}); name another folder"
        ) from None
    if others:
        raise ArchiveError(
            f"{path}: not an archive, and other things are in it ({others[0]}); name an empty or a new folder"
        )


def _lock(path: Path) -> int:
    """The right to write; it ends with the process that has it, however that ends."""
    try:
        lock = os.open(path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise _Busy(
            f"{path}: cannot be written to ({error.strerror}); check who may write to this folder"
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        writer = os.read(lock, 20).decode("ascii", "replace").strip()
        os.close(lock)
        raise _Busy(
            f"{path}: process {writer or 'unknown'} is writing to this archive; wait until it has ended"
        ) from None
    with suppress(OSError):  # on a full disk; the number is but a courtesy
        os.truncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    return lock


def _for_writing(path: Path, lock: int, *, catch_up: bool = True) -> Archive:
    with ExitStack() as undo:
        undo.callback(os.close, lock)
        store = Store.open(path / _STORE, write=True)
        undo.callback(store.close)
        with _said_plainly(path):
            index = Index.open(path / _INDEX, write=True)
        archive = Archive(path, store, index, lock)
        undo.pop_all()
        undo.callback(archive.close)
        if catch_up:
            archive.settle()
        undo.pop_all()
        return archive


def _for_reading(path: Path) -> Archive | None:
    """The archive as it is; None where it has no index yet."""
    store = Store.open(path / _STORE)
    if not (path / _INDEX).is_dir():
        store.close()
        return None
    try:
        with _said_plainly(path):
            return Archive(path, store, Index.open(path / _INDEX, write=False), None)
    except ArchiveError:
        store.close()
        raise


@contextmanager
def _said_plainly(path: Path) -> Iterator[None]:
    """Turns what goes wrong with the index into what, where and what to do."""
    try:
        yield
    except (OSError, ValueError) as error:  # Tantivy raises ValueError for whatever a disk does
        killed = "index writer was killed" in str(error)  # of an error on disk that it does not name
        if any(sign in str(error) for sign in _FULL) or (killed and shutil.disk_usage(path).free < _LITTLE):
            raise StorageFull(
                f"{path / _INDEX}: the disk or a quota is full; all cables acknowledged so far are kept: "
                "make room and run the same command again"
            ) from error
        raise ArchiveError(
            f"{path / _INDEX}: the index cannot be opened or written ({error}); "
            "delete that folder: it is made again from the store"
        ) from error
