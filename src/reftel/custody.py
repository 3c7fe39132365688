"""What the owner of an archive decides of what is kept: released, marked anew, undone, removed for good.

Each changes what readers see at once: the cable is derived again from its copies in the transaction that
keeps the decision, and the index follows.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
from msgspec.structs import replace

from reftel import release as deciding
from reftel.archive import Accession, Archive, KeptCopy, Listed, Store, StoredCopy, now
from reftel.archive.afresh import read_again, witnessed_again
from reftel.clearance import Policy
from reftel.errors import NotHeld, ReftelError, UsageError
from reftel.protection import name_of
from reftel.release import Decision, Mark, Released
from reftel.upkeep import mask_again

_SHORT = 12  # hex digits of a sha256, where it is shown
_LEAST = 8  # of them, where it is asked for


class Expunged(msgspec.Struct, frozen=True):
    """What was removed for good, and which backups may still hold it."""

    cable: str  # its key
    copy: str  # sha256
    cable_removed: bool  # it had no other copy
    folder: str
    held_since: str | None  # UTC; None where it came in before that was noted
    held_until: str
    notes: int = 0  # readers' notes on the cable, which may quote it: removed with it

    @property
    def backups(self) -> str:
        """Which backups may still hold it."""
        since = f"made since {self.held_since[:16]}Z" if self.held_since else "made until now"
        return f"every copy of {self.folder} {since}"


def policy(archive_path: Path | str) -> Policy:
    """What holds for every reader of an archive."""
    with Archive.open(archive_path) as archive:
        return archive.store.policy()


def set_policy(archive_path: Path | str, changes: Mapping[str, object]) -> Policy:
    """Changes what holds for every reader; returns what holds now.

    Where names are to be masked, or no more, cables that ask for it are derived again, whole or not at all.
    """

    def change(store: Store) -> None:
        store.set_policy(replace(store.policy(), **changes))

    with Archive.open(archive_path, write=True) as archive:
        before = archive.store.policy()
        masks_as_before = changes.get("protect", before.protect) == before.protect
        if masks_as_before:
            change(archive.store)
    if not masks_as_before:
        mask_again(archive_path, change)  # whoever changed another part in between is not undone
    return policy(archive_path)


def protect(
    archive_path: Path | str,
    name: str,
    *,
    why: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Lists a name, to be masked in every cable, now and later; returns how many copies may tell it.

    Raises UsageError where it is no name, or is listed.
    """
    written = " ".join(name.split())
    meant = name_of(written)
    if meant is None:
        raise UsageError(f"{name!r} is not understood as a person's name; give the surname at least")

    def change(store: Store) -> None:
        if any(name_of(each.name) == meant for each in store.listed()):
            raise UsageError(f"{written!r} is listed already")
        store.list_names((*store.listed(), Listed(written, why, now())))

    return mask_again(archive_path, change, meant, progress=progress).copies


def unprotect(
    archive_path: Path | str, name: str, *, progress: Callable[[int, int], None] | None = None
) -> int:
    """Takes a name off the list. Where a text itself asks to protect it, it stays masked.

    Raises UsageError where it is not listed.
    """
    written = " ".join(name.split())

    def change(store: Store) -> None:
        left = [each for each in store.listed() if each.name.casefold() != written.casefold()]
        if len(left) == len(store.listed()):
            raise UsageError(f"{written!r} is not listed; `reftel protect list` shows the names that are")
        store.list_names(left)

    return mask_again(archive_path, change, name_of(written), progress=progress).copies


def listed(archive_path: Path | str) -> tuple[Listed, ...]:
    """The names that are masked in every cable."""
    with Archive.open(archive_path) as archive:
        return archive.store.listed()


def release(
    archive_path: Path | str,
    spelling: str,
    value: Released,
    *,
    by: str,
    on: str,
    why: str | None = None,
    sha256: str | None = None,
) -> Decision:
    """Keeps that a copy has been released. `sha256` may be cut to 8 digits, and left out of an only copy.

    Raises NotHeld and UsageError where no cable, or no one copy, is meant.
    """
    with Archive.open(archive_path, write=True) as archive:
        copy = _only(archive.store, spelling, sha256)
        return _decide(archive, copy, value, by=by, on=on, why=why)


def mark(
    archive_path: Path | str, spelling: str, value: Mark, *, by: str, why: str, sha256: str | None = None
) -> Decision:
    """Keeps how a portion was truly marked, in the copy that the record is read from unless said otherwise.

    Raises UsageError where there is no such portion.
    """
    with Archive.open(archive_path, write=True) as archive:
        store = archive.store
        copy = _only(store, spelling, sha256) if sha256 else store.copies_of(_key(store, spelling))[0]
        stored = next(each for each in store.copies(copy.key) if each.sha256 == copy.sha256)
        _, cable = witnessed_again(stored)
        present = tuple(deciding.portions(cable))
        if value.portion not in present:
            raise UsageError(
                f"{copy.key}: no portion {value.portion!r} in its copy {copy.sha256[:_SHORT]}; "
                f"say one of {', '.join(present)}"
            )
        return _decide(archive, copy, value, by=by, on=None, why=why)


def undo(archive_path: Path | str, number: int, *, by: str, why: str) -> Decision:
    """Undoes a decision; it is kept, with who undid it. Raises UsageError where there is none in force."""
    with Archive.open(archive_path, write=True) as archive:
        store = archive.store
        made = store.decision(number)
        if made is None:
            raise UsageError(f"no decision has the number {number}; `reftel decisions` lists them")
        if made.undone_at is not None:
            raise UsageError(
                f"decision {number} was undone on {made.undone_at[:10]} by {made.undone_by} already"
            )
        with store.transaction():
            store.undo(number, by=by, why=why)
            _derive(store, made.cable)
            made = store.decision(number)
        archive.catch_up()
        assert made is not None
        return made


def decisions(archive_path: Path | str, spelling: str | None = None) -> tuple[Decision, ...]:
    """What was decided of all copies, or of those of one cable, also of one that is not held any more."""
    with Archive.open(archive_path) as archive:
        store = archive.store
        if spelling is None:
            return store.decisions()
        return store.decisions(spelling) or store.decisions(_key(store, spelling))


def named(copy: KeptCopy) -> str:
    """How a copy is told from others; not by its file, whose name may tell what is not to be told."""
    came = f", came in on {copy.added_on[:10]}" if copy.added_on else ""
    return f"{copy.sha256[:_SHORT]} ({copy.source} of {copy.collection}, {copy.status}{came})"


def copy_meant(archive_path: Path | str, spelling: str, sha256: str | None) -> KeptCopy:
    """The copy that is meant, as `expunge` takes it: to ask back before it is gone."""
    with Archive.open(archive_path) as archive:
        return _only(archive.store, spelling, sha256)


def expunge(
    archive_path: Path | str, spelling: str, *, by: str, why: str, sha256: str | None = None
) -> Expunged:
    """Removes a copy for good: from the store, its log and the index. The same bytes do not come in again.

    The record is derived from the cable's other copies; where there is none the cable goes too. Killed on
    the way it is not begun, or the next to open the archive brings it to its end.
    """
    with Archive.open(archive_path, write=True) as archive:
        store = archive.store
        copy = _only(store, spelling, sha256)
        others = _read_again(store, copy.key, but=copy.sha256)
        notes = len(archive.notes.notes(None, copy.key))
        store.expunge(copy, others, by=by, why=why)
        archive.wipe((copy.key,))
        (gone,) = filter(None, (store.tombstone(copy.sha256),))
        return Expunged(
            copy.key,
            copy.sha256,
            not others,
            str(archive.path.resolve()),
            copy.added_on,
            gone.expunged_at,
            notes,
        )


def _decide(
    archive: Archive, copy: KeptCopy, value: Released | Mark, *, by: str, on: str | None, why: str | None
) -> Decision:
    store = archive.store
    with store.transaction():
        made = store.decide(copy, value, by=by, on=on, why=why)
        _derive(store, copy.key)
    archive.catch_up()
    return made


def _derive(store: Store, key: str) -> None:
    """Derives a cable again from its copies, as is now decided. Inside a transaction."""
    copies = _read_again(store, key)
    if copies:  # it may have been expunged
        store.renew(copies)


def _read_again(store: Store, key: str, but: str | None = None) -> list[tuple[StoredCopy, Accession | None]]:
    """What each copy of a cable gives now. Raises ReftelError where one cannot be read any more."""
    again = [read_again(copy) for copy in store.copies(key) if copy.sha256 != but]
    for each in again:
        if each.new is None:
            raise ReftelError(
                f"{key}: nothing is changed, since a copy cannot be read any more: {each.error}"
            )
    return [(each.copy, each.new) for each in again]


def _key(store: Store, spelling: str) -> str:
    """The key of the one cable that a spelling means."""
    keys = store.keys_of(spelling)
    if spelling.strip() in keys:
        return spelling.strip()
    if not keys:
        raise NotHeld(f"{spelling}: not in this archive; try `reftel search` with words of its subject")
    if len(keys) > 1:
        raise UsageError(f"{spelling} is a name of several cables: {', '.join(keys)}; say which")
    return keys[0]


def _only(store: Store, spelling: str, sha256: str | None) -> KeptCopy:
    """The one copy that is meant."""
    key = _key(store, spelling)
    copies = store.copies_of(key)
    listed = "; ".join(map(named, copies))
    if sha256 is None:
        if len(copies) > 1:
            raise UsageError(f"{key} has several copies, say which with --copy: {listed}")
        return copies[0]
    start = sha256.strip().lower()
    if len(start) < _LEAST:
        raise UsageError(f"--copy {sha256}: {_LEAST} digits of its sha256 at least; {key} has {listed}")
    meant = [each for each in copies if each.sha256.startswith(start)]
    if len(meant) != 1:
        raise UsageError(f"--copy {sha256}: {key} has no such copy; it has {listed}")
    return meant[0]
