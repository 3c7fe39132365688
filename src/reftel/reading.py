"""From files to cables, without an archive: what `reftel read` does, and the first half of the way in."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from reftel import sources, telegram
from reftel.cable import Cable, Copy, from_json
from reftel.errors import NotACable, ReftelError, Unreadable

STANDARD_INPUT = Path("-")
"""The path that means standard input."""

_TRUTH = "truth.jsonl"  # what the forge writes beside its cables, about them: no cable itself

Paths = Iterable[str | os.PathLike[str]]
OnError = Callable[[ReftelError], None]


def files(paths: Paths, on_error: OnError | None = None) -> Iterator[Path]:
    """The files that paths name, those of folders and of folders in them in order of name.

    A path that is not there, or a folder that cannot be listed, raises Unreadable, or is reported to
    `on_error` and the rest goes on. Hidden files, pipes and devices in folders are passed over.
    """
    for name in paths:
        path = Path(name)
        if path == STANDARD_INPUT:
            yield path
        elif path.is_dir():
            yield from _below(path, on_error, frozenset())
        elif path.is_file():
            yield path
        elif path.exists():
            _report(
                Unreadable(f"{path}: neither a file nor a folder; copy what it gives to a file"), on_error
            )
        else:
            _report(Unreadable(f"{path}: no such file or folder; check the spelling"), on_error)


def _below(folder: Path, on_error: OnError | None, above: frozenset[tuple[int, int]]) -> Iterator[Path]:
    try:
        status = folder.stat()
        entries = sorted(folder.iterdir())
    except OSError as error:
        reason = f"the folder cannot be listed ({error.strerror}); check its permissions"
        _report(Unreadable(f"{folder}: {reason}"), on_error)
        return
    here = (status.st_dev, status.st_ino)
    if here in above:  # a link to a folder that it lies in
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.name == _TRUTH:
            continue
        if entry.is_dir():
            yield from _below(entry, on_error, above | {here})
        elif entry.is_file() or not entry.exists():  # what went away is reported where it is read
            yield entry


def _report(error: ReftelError, on_error: OnError | None) -> None:
    if on_error is None:
        raise error
    on_error(error)


def open_copies(path: Path) -> tuple[Copy, ...]:
    """The copies of cables in one file. Raises Unreadable or NotACable, saying what to do."""
    return sources.copies(_bytes(path), path.name)


def _bytes(path: Path) -> bytes:
    """All of a file, or of standard input."""
    if path == STANDARD_INPUT:
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise Unreadable(f"{path}: the file is not there any more; give it again when it is back") from None
    except OSError as error:
        raise Unreadable(
            f"{path}: the file cannot be read ({error.strerror}); check its permissions"
        ) from None


def read(*paths: str | os.PathLike[str], on_error: OnError | None = None) -> Iterator[Cable]:
    """The cables in files and folders, one by one.

    A file that cannot be read raises its error, or is reported to `on_error` and passed over.
    """
    for _, cable in witnessed(*paths, on_error=on_error):
        yield cable


def witnessed(
    *paths: str | os.PathLike[str], on_error: OnError | None = None
) -> Iterator[tuple[Copy, Cable]]:
    """The cables in files and folders as `read` gives them, each with the copy that it was read from."""
    for path in files(paths, on_error):
        try:
            copies = open_copies(path)
        except ReftelError as error:
            _report(error, on_error)
        else:
            for copy in copies:
                yield copy, telegram.read(copy)


def records(path: Path) -> Iterator[Cable]:
    """The records in a file, one a line, as `read --json` prints them.

    Raises Unreadable, and NotACable for a line that is no record; what stands before it is given first.
    """
    empty = True
    for number, line in enumerate(_bytes(path).splitlines(), 1):
        if not line.strip():
            continue
        empty = False
        try:
            yield from_json(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise NotACable(
                f"{path}, line {number}: no record of a cable ({error}); "
                "give what `reftel read --json` prints, one record a line"
            ) from None
    if empty:
        raise NotACable(f"{path}: no record in it; give what `reftel read --json` prints, one record a line")
