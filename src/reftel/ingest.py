"""The way in: files -> copies -> cables -> store, then index."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import msgspec

from reftel import processes, reading, telegram
from reftel.archive import Accession, Archive, Entry, Kept, Rules, Store, accession, in_collection, renamed
from reftel.cable import Status
from reftel.errors import ReftelError, Unreadable

_BATCH = 512  # copies to a transaction
_INDEXED_EVERY = 8 * _BATCH  # a commit of the index costs more than one of the store


class Failure(msgspec.Struct, frozen=True):
    """A file or folder from which nothing was kept, and why."""

    path: str
    message: str


class Acknowledged(msgspec.Struct, frozen=True):
    """A file whose cables are kept, whatever happens from now on."""

    path: str
    keys: tuple[str, ...]
    known: int  # how many of its copies were kept before


class Progress(msgspec.Struct, frozen=True):
    """How far an ingest has come. Files are counted, and of the copies in them kept and known."""

    files: int
    of: int
    kept: int
    known: int
    failed: int


class Summary(msgspec.Struct, frozen=True):
    """What came of an ingest: copies kept now, copies known before, files that failed."""

    kept: int
    known: int
    failed: int
    failures: tuple[Failure, ...]


class _Read(msgspec.Struct, frozen=True):
    """What was in one file."""

    path: str
    accessions: tuple[Accession | Kept, ...] = ()  # or where it is kept already
    expunged: tuple[str, ...] = ()  # what is said of copies that are not to be kept again
    error: str | None = None


def ingest(
    archive_path: Path | str,
    paths: reading.Paths,
    *,
    collection: str = "default",
    status: Status = "unknown",
    workers: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    acknowledged: Callable[[Acknowledged], None] | None = None,
) -> Summary:
    """Keeps the cables in files and folders; makes the archive where there is none.

    `acknowledged` is called for a file once its cables are safe on disk. A file that cannot be read is
    a Failure, and the rest goes on. Raises ArchiveError, UsageError, and StorageFull, after which what
    was acknowledged is kept and the same call goes on where this one ended.
    """
    workers = processes.number_of(workers)
    paths = tuple(paths)
    with Archive.open(archive_path, create=True, write=True) as archive:
        status = archive.store.collection(collection, status)
        intake = _Intake(archive, collection, status, acknowledged, progress)
        if progress:
            intake.of = sum(1 for _ in _files(paths, archive.path, lambda error: None))
        tasks = processes.tasks(_files(paths, archive.path, intake.fail), _size)
        work = partial(_read_files, archive.path, archive.store.rules(status))
        for read in processes.in_order(work, tasks, workers, _lost):
            intake.take(read)
        intake.keep()
        intake.index()
        archive.settle()  # a copy may have asked to mask names in what was kept before
    return Summary(intake.kept, intake.known, len(intake.failures), tuple(intake.failures))


class _Intake:
    """Files that were read, gathered to batches and kept."""

    def __init__(
        self,
        archive: Archive,
        collection: str,
        status: Status,
        acknowledged: Callable[[Acknowledged], None] | None,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self._archive = archive
        self._collection = collection
        self._status = status
        self._acknowledged = acknowledged
        self._progress = progress
        self._batch: list[_Read] = []
        self._copies = 0  # in the batch
        self._unindexed: dict[int, Entry] = {}  # by position in the store
        self.failures: list[Failure] = []
        self.files = self.of = self.kept = self.known = 0

    def fail(self, error: ReftelError) -> None:
        """Notes a path from which nothing can be read."""
        path, _, _ = str(error).partition(": ")
        self.failures.append(Failure(path, str(error)))

    def take(self, read: _Read) -> None:
        """Adds a file to the batch, and keeps the batch when it is large enough."""
        self.files += 1
        self.failures += [Failure(read.path, message) for message in read.expunged]
        if read.error is not None:
            self.failures.append(Failure(read.path, read.error))
        elif read.accessions:
            self._batch.append(read)
            self._copies += len(read.accessions)
        if self._copies >= _BATCH:
            self.keep()
        elif self.files % _BATCH == 0:
            self._report()

    def keep(self) -> None:
        """Makes the batch durable, then acknowledges its files."""
        store = self._archive.store
        accessions = [each for read in self._batch for each in read.accessions]
        added = store.add(accessions, self._collection, self._status) if accessions else []
        for new, where in zip(accessions, added, strict=True):
            if where.leads and isinstance(new, Accession):  # the first copy of a cable, or a better one
                entry = in_collection(new.entry, self._collection)
                self._unindexed[where.seq] = renamed(
                    entry, where.key, new.name, store.before(where.key, new.name)
                )
        kept = iter(added)
        for read in self._batch:
            of_file = [next(kept) for _ in read.accessions]
            known = sum(each.known for each in of_file)
            self.known += known
            self.kept += len(of_file) - known
            if self._acknowledged:
                self._acknowledged(Acknowledged(read.path, tuple(each.key for each in of_file), known))
        self._batch, self._copies = [], 0
        if len(self._unindexed) >= _INDEXED_EVERY:
            self.index()
        self._report()

    def index(self) -> None:
        """Indexes what was kept since the last time, from what the readers of files made ready."""
        if self._unindexed:
            self._archive.index_new(self._unindexed.values())
            self._unindexed = {}

    def _report(self) -> None:
        if self._progress:
            self._progress(Progress(self.files, self.of, self.kept, self.known, len(self.failures)))


def _files(
    paths: Sequence[str | os.PathLike[str]], archive: Path, on_error: reading.OnError
) -> Iterator[str]:
    """The files that paths name, but for the archive's own where it lies in one of these folders."""
    archive = archive.resolve()
    inside = any(archive.is_relative_to(Path(path).resolve()) for path in paths)
    for file in reading.files(paths, on_error):
        if not (inside and file.resolve().is_relative_to(archive)):
            yield str(file)


def _size(file: str) -> int:
    try:
        return Path(file).stat().st_size
    except OSError:
        return 0  # said where it is read


def _read_files(archive: Path, rules: Rules, paths: Sequence[str]) -> list[_Read]:
    """Reads files and makes them ready to be kept: what the processes do."""
    with closing(Archive.open_store(archive)) as store:
        return [_read_file(store, rules, path) for path in paths]


def _read_file(store: Store, rules: Rules, path: str) -> _Read:
    accessions: list[Accession | Kept] = []
    expunged: list[str] = []
    try:
        for copy in reading.open_copies(Path(path)):
            # what is kept already need not be read again: an ingest that was cut short soon catches up
            known = store.known(copy.sha256)
            tombstone = None if known else store.tombstone(copy.sha256)
            if tombstone is None:
                accessions.append(known or accession(copy, telegram.read(copy), rules))
            else:
                _, mark, order = copy.locator.partition("#")
                expunged.append(
                    f"{path}{mark}{order}: this copy was expunged from the archive on "
                    f"{tombstone.expunged_at[:10]}; it is not kept"
                )
        return _Read(path, tuple(accessions), tuple(expunged))
    except ReftelError as error:
        return _Read(path, error=str(error))
    except Exception as error:  # a fault of ours in one file must not end a batch of a million
        message = f"{path}: a fault of reftel ({type(error).__name__}: {error}); report it, with the file"
        return _Read(path, error=message)


def _lost(path: str) -> _Read:
    message = f"{path}: the process that read it was ended, perhaps for want of memory; read it by itself"
    return _Read(path, error=str(Unreadable(message)))
