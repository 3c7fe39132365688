"""From files to cables, without an archive: what `reftel read` does, and the first half of the way in."""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from reftel import sources, telegram
from reftel.cable import Cable, Copy
from reftel.errors import ReftelError, Unreadable

_TRUTH = "truth.jsonl"  # what the forge writes beside its cables, about them: no cable itself


def files(paths: Iterable[str | os.PathLike[str]]) -> Iterator[Path]:
    """The files that paths name, those of folders and their folders in order of name.

    Raises Unreadable for a path that is not there, and for a folder that cannot be listed.
    """
    for name in paths:
        path = Path(name)
        if not path.exists():
            raise Unreadable(f"{path}: no such file or folder; check the spelling")
        if path.is_dir():
            yield from _below(path)
        else:
            yield path


def _below(folder: Path) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise Unreadable(
            f"{folder}: the folder cannot be listed ({error.strerror}); check its permissions"
        ) from None
    for entry in entries:
        if entry.name.startswith(".") or entry.name == _TRUTH:
            continue
        if entry.is_dir():
            yield from _below(entry)
        else:
            yield entry


def open_copies(path: Path) -> tuple[Copy, ...]:
    """The copies of cables in one file. Raises Unreadable or NotACable, saying what to do."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise Unreadable(f"{path}: the file is not there any more; give it again when it is back") from None
    except OSError as error:
        raise Unreadable(
            f"{path}: the file cannot be read ({error.strerror}); check its permissions"
        ) from None
    return sources.copies(raw, path.name)


def read(
    *paths: str | os.PathLike[str], on_error: Callable[[ReftelError], None] | None = None
) -> Iterator[Cable]:
    """The cables in files and folders, one by one.

    A file that cannot be read raises its error, or is reported to `on_error` and passed over.
    """
    for path in _files_or_report(paths, on_error):
        try:
            copies = open_copies(path)
        except ReftelError as error:
            if on_error is None:
                raise
            on_error(error)
            continue
        yield from map(telegram.read, copies)


def _files_or_report(
    paths: Iterable[str | os.PathLike[str]], on_error: Callable[[ReftelError], None] | None
) -> Iterator[Path]:
    for path in paths:
        try:
            yield from files([path])
        except ReftelError as error:
            if on_error is None:
                raise
            on_error(error)
