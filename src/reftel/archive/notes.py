"""What readers have written beside the cables: its rows in the archive's own database.

Every question names whose rows are meant. Who may see what is not asked here but by `notebook`, and cables
go by their place in the store (`seq`), which no rebuild and no other key changes.
"""

import secrets
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from reftel.archive.store import Store, now

_NOTES = (
    "SELECT note.id, whose, cable.key, seq, anchor, digest, labels, withheld,"
    " text, version, made_at, changed_at"
    " FROM note JOIN cable ON note.cable = seq WHERE (?1 IS NULL OR whose = ?1)"
)
_TAGS = (
    "SELECT name, whose, cable.key, seq, anchor, digest, labels, withheld"
    " FROM tagged JOIN cable ON tagged.cable = seq WHERE (?1 IS NULL OR whose = ?1)"
)
_SEQ = "(SELECT seq FROM cable WHERE key = ?2)"
_LAST_CHANGED = "ORDER BY changed_at DESC, made_at DESC, note.id"
_BY_NAME = "ORDER BY name, seq, anchor"


class Place(msgspec.Struct, frozen=True):
    """Where something was put: on a cable or a paragraph of it, and what its writer saw there."""

    key: str
    seq: int
    anchor: str  # empty for the cable as a whole
    digest: str  # of the words; empty where none were looked at
    labels: tuple[str, ...]  # that govern all of it
    withheld: int  # portions there that he did not see


class NoteRow(msgspec.Struct, frozen=True):
    """A note as it is kept."""

    id: str
    whose: str
    place: Place
    text: str
    version: int
    made_at: str
    changed_at: str


class TagRow(msgspec.Struct, frozen=True):
    """A tag on a cable or a paragraph, as it is kept."""

    name: str
    whose: str
    place: Place


class SavedRow(msgspec.Struct, frozen=True):
    """A saved search as it is kept: up to where the archive was known when it was opened last, and before."""

    name: str
    query: str
    opened_seq: int
    opened_at: str
    before_seq: int
    before_at: str


class Notes:
    """The notes, tags, sets, marks and saved searches of an archive.

    An archive of an older version that nobody has written to has none.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._there = False

    # ---- asked

    def notes(self, whose: str | None, key: str | None = None) -> tuple[NoteRow, ...]:
        """Somebody's notes, or everybody's (None); all, or those of one cable. The last changed first."""
        if key is not None:
            rows = self._rows(f"{_NOTES} AND note.cable = {_SEQ} {_LAST_CHANGED}", whose, key)
        elif whose is not None:
            rows = self._rows(f"{_NOTES} AND whose = ?1 {_LAST_CHANGED}", whose)
        else:
            rows = self._rows(f"{_NOTES} {_LAST_CHANGED}", whose)
        return tuple(map(_note, rows))

    def note(self, whose: str | None, id: str) -> NoteRow | None:
        """One note; of everybody's, his own before others' (two bear one id where one is a copy)."""
        rows = self._rows(f"{_NOTES} AND note.id = ?2 ORDER BY whose LIMIT 1", whose, id)
        return next(map(_note, rows), None)

    def tags(self, whose: str, name: str | None = None) -> tuple[TagRow, ...]:
        """Somebody's tags; of one name, where that is said."""
        if name is None:
            return tuple(map(_tag, self._rows(f"{_TAGS} AND whose = ?1 {_BY_NAME}", whose)))
        return tuple(map(_tag, self._rows(f"{_TAGS} AND whose = ?1 AND name = ?2 {_BY_NAME}", whose, name)))

    def tags_on(self, whose: str | None, key: str) -> tuple[TagRow, ...]:
        """Somebody's tags on one cable, or everybody's."""
        return tuple(map(_tag, self._rows(f"{_TAGS} AND tagged.cable = {_SEQ} {_BY_NAME}", whose, key)))

    def tag_names(self, whose: str) -> tuple[str, ...]:
        """The names of somebody's tags."""
        return self._column("SELECT DISTINCT name FROM tagged WHERE whose = ? ORDER BY name", whose)

    def set_names(self, whose: str) -> tuple[str, ...]:
        """The names of somebody's sets."""
        return self._column("SELECT name FROM made_set WHERE whose = ? ORDER BY name", whose)

    def has_set(self, whose: str, name: str) -> bool:
        """Whether there is a set of that name."""
        return bool(self._rows("SELECT 1 FROM made_set WHERE whose = ? AND name = ?", whose, name))

    def in_set(self, whose: str, name: str) -> tuple[str, ...]:
        """The keys of the cables of a set."""
        return self._column(
            "SELECT cable.key FROM in_set JOIN cable ON cable = seq WHERE whose = ? AND name = ?"
            " ORDER BY seq",
            whose,
            name,
        )

    def sets_of(self, whose: str, key: str) -> tuple[str, ...]:
        """The names of the sets that a cable is in."""
        return self._column(
            "SELECT name FROM in_set JOIN cable ON cable = seq WHERE whose = ? AND cable.key = ?"
            " ORDER BY name",
            whose,
            key,
        )

    def read(self, whose: str) -> tuple[str, ...]:
        """The keys of the cables that somebody has marked as read."""
        return self._column(
            "SELECT cable.key FROM has_read JOIN cable ON cable = seq WHERE whose = ? ORDER BY seq", whose
        )

    def has_read(self, whose: str, key: str) -> bool:
        """Whether somebody has marked a cable as read."""
        question = "SELECT 1 FROM has_read JOIN cable ON cable = seq WHERE whose = ? AND cable.key = ?"
        return bool(self._rows(question, whose, key))

    def reads_on_opening(self, whose: str) -> bool:
        """Whether a cable that is opened counts as read."""
        return bool(self._rows("SELECT 1 FROM reads_on_opening WHERE whose = ?", whose))

    def saved(self, whose: str, name: str | None = None) -> tuple[SavedRow, ...]:
        """Somebody's saved searches, or the one of that name."""
        rows = self._rows(
            "SELECT name, query, opened_seq, opened_at, before_seq, before_at FROM saved_search"
            " WHERE whose = ?1 AND (?2 IS NULL OR name = ?2) ORDER BY name",
            whose,
            name,
        )
        return tuple(SavedRow(*row) for row in rows)

    def everybody(self) -> tuple[str, ...]:
        """All who have written anything."""
        tables = ("note", "tagged", "made_set", "has_read", "reads_on_opening", "saved_search")
        return self._column(" UNION ".join(f"SELECT whose FROM {table}" for table in tables))  # noqa: S608

    def came_after(self, seq: int) -> tuple[tuple[str, ...], bool]:
        """The keys of the cables that came in after a position, or of those before it (False) if these are
        fewer."""
        before, after = self._store._one(
            "SELECT count(*) FILTER (WHERE seq <= ?1), count(*) FILTER (WHERE seq > ?1) FROM cable", seq
        )
        which = "<=" if before < after else ">"
        rows = self._store._all(f"SELECT key FROM cable WHERE seq {which} ? ORDER BY seq", seq)  # noqa: S608
        return tuple(key for (key,) in rows), before >= after

    # ---- written; inside a transaction

    def put_note(self, note: NoteRow) -> None:
        """Keeps a note, in place of the one with its id."""
        self._do(
            "INSERT OR REPLACE INTO note VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(note.id, note.whose, *_columns(note.place)),
            *(note.text, note.version, note.made_at, note.changed_at),
        )

    def change(self, note: NoteRow, text: str) -> bool:
        """Puts another text in a note; says whether it was still the version that is given."""
        return (
            self._do(
                "UPDATE note SET text = ?, version = version + 1, changed_at = ?"
                " WHERE whose = ? AND id = ? AND version = ?",
                *(text, now(), note.whose, note.id, note.version),
            )
            == 1
        )

    def remove(self, note: NoteRow) -> bool:
        """Removes a note; says whether it was still the version that is given."""
        question = "DELETE FROM note WHERE whose = ? AND id = ? AND version = ?"
        return self._do(question, note.whose, note.id, note.version) == 1

    def tag(self, whose: str, names: Iterable[str], places: Iterable[Place]) -> int:
        """Puts tags on places; says how many were not there yet."""
        places = tuple(places)
        return self._do_all(
            "INSERT OR IGNORE INTO tagged VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(whose, name, *_columns(place)) for name in names for place in places],
        )

    def untag(self, whose: str, names: Iterable[str], places: Iterable[tuple[int, str]]) -> int:
        """Takes tags off cables and paragraphs; says how many were there."""
        places = tuple(places)
        return self._do_all(
            "DELETE FROM tagged WHERE whose = ? AND name = ? AND cable = ? AND anchor = ?",
            [(whose, name, seq, anchor) for name in names for seq, anchor in places],
        )

    def make_set(self, whose: str, name: str) -> bool:
        """Makes a set; says whether there was none of that name."""
        return self._do("INSERT OR IGNORE INTO made_set VALUES (?, ?)", whose, name) == 1

    def remove_set(self, whose: str, name: str) -> bool:
        """Removes a set, and no cable; says whether there was one."""
        self._do("DELETE FROM in_set WHERE whose = ? AND name = ?", whose, name)
        return self._do("DELETE FROM made_set WHERE whose = ? AND name = ?", whose, name) == 1

    def put_in_set(self, whose: str, name: str, cables: Iterable[int]) -> int:
        """Puts cables in a set; says how many were not in it."""
        rows = [(whose, name, seq) for seq in cables]
        return self._do_all("INSERT OR IGNORE INTO in_set VALUES (?, ?, ?)", rows)

    def take_out(self, whose: str, name: str, cables: Iterable[int]) -> int:
        """Takes cables out of a set; says how many were in it."""
        rows = [(whose, name, seq) for seq in cables]
        return self._do_all("DELETE FROM in_set WHERE whose = ? AND name = ? AND cable = ?", rows)

    def mark_read(self, whose: str, cables: Iterable[int]) -> int:
        """Marks cables as read; says how many were not."""
        rows = [(whose, seq) for seq in cables]
        return self._do_all("INSERT OR IGNORE INTO has_read VALUES (?, ?)", rows)

    def mark_unread(self, whose: str, cables: Iterable[int]) -> int:
        """Takes the mark away; says how many had it."""
        rows = [(whose, seq) for seq in cables]
        return self._do_all("DELETE FROM has_read WHERE whose = ? AND cable = ?", rows)

    def read_on_opening(self, whose: str, on: bool) -> None:
        """Says whether a cable that is opened counts as read."""
        self._do("DELETE FROM reads_on_opening WHERE whose = ?", whose)
        if on:
            self._do("INSERT INTO reads_on_opening VALUES (?)", whose)

    def save(self, whose: str, search: SavedRow) -> None:
        """Keeps a search, in place of the one of that name."""
        self._do(
            "INSERT OR REPLACE INTO saved_search VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(whose, *msgspec.structs.astuple(search)),
        )

    def forget(self, whose: str, name: str) -> bool:
        """Removes a saved search; says whether there was one."""
        return self._do("DELETE FROM saved_search WHERE whose = ? AND name = ?", whose, name) == 1

    def seqs(self, keys: Sequence[str]) -> tuple[int, ...]:
        """The places in the store of the cables with these keys."""
        rows = self._store._all(
            "SELECT seq FROM json_each(?) AS asked JOIN cable ON cable.key = asked.value",
            msgspec.json.encode(keys).decode(),
        )
        return tuple(seq for (seq,) in rows)

    # ---- SQLite

    def _rows(self, question: str, *values: object) -> Sequence[Sequence[Any]]:
        if not self._there:
            self._there = self._store._one("SELECT 1 FROM sqlite_master WHERE name = 'note'") is not None
        return self._store._all(question, *values) if self._there else ()

    def _column(self, question: str, *values: object) -> tuple[str, ...]:
        return tuple(str(row[0]) for row in self._rows(question, *values))

    def _do(self, statement: str, *values: object) -> int:
        return self._store._db.execute(statement, values).rowcount

    def _do_all(self, statement: str, rows: Sequence[Sequence[object]]) -> int:
        before = self._store._db.total_changes
        self._store._db.executemany(statement, rows)
        return self._store._db.total_changes - before


def new_id() -> str:
    """An id for a note, which tells nothing of others."""
    return secrets.token_hex(8)


def _note(row: Sequence[Any]) -> NoteRow:
    return NoteRow(row[0], row[1], _place(row[2:8]), *row[8:])


def _tag(row: Sequence[Any]) -> TagRow:
    return TagRow(row[0], row[1], _place(row[2:]))


def _place(row: Sequence[Any]) -> Place:
    key, seq, anchor, digest, labels, withheld = row
    return Place(key, seq, anchor, digest, tuple(msgspec.json.decode(labels, type=list[str])), withheld)


def _columns(place: Place) -> tuple[object, ...]:
    labels = msgspec.json.encode(place.labels).decode()
    return place.seq, place.anchor, place.digest, labels, place.withheld
