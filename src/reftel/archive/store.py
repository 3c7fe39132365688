"""The canonical store: copies as they came, and the cables read from them, in one SQLite file."""

import hmac
import re
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.resources import files
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import msgspec
import zstandard
from msgspec.structs import replace

from reftel import mrn, profiles
from reftel.archive.accession import Accession, Rules, accession, agree
from reftel.archive.portions import OUTLINE, WHOLE, Cut, cut, join, tells_copy
from reftel.cable import Cable, Copy, Mrn, Status
from reftel.clearance import Policy, governing
from reftel.errors import ArchiveError, NotAdmitted, StorageFull, UsageError
from reftel.findings.signers import Term
from reftel.profiles import Profile
from reftel.protection import Name, mask, mask_text, name_of, names_in
from reftel.release import Decision, Mark, Released

FORMAT = 2
"""What this version writes; an archive of a higher format is left alone."""

_PAGE = 256  # rows fetched at a time, so that no cursor stays open while others write

Labels = Callable[[frozenset[str]], frozenset[str]]
"""Which of a cable's labels a reader may see, and `+` if he is told what is withheld."""


class Held(msgspec.Struct, frozen=True):
    """A cable of the archive, as it is kept."""

    cable: Cable
    collection: str
    seq: int


class Kept(msgspec.Struct, frozen=True):
    """Where a copy went: the key of its cable, and whether these very bytes were known before."""

    key: str
    seq: int
    known: bool
    leads: bool = False  # whether the cable's record is now read from this copy


class KeptCopy(msgspec.Struct, frozen=True):
    """A copy that witnesses a cable; its bytes are asked for by sha256."""

    sha256: str
    source: str
    locator: str
    text_by: str | None
    document: str | None
    collection: str
    key: str
    status: str  # of release, as it was read and decided
    added_on: str | None  # UTC; None where it came in before that was noted


class Listed(msgspec.Struct, frozen=True):
    """A name that an owner has listed, to be masked in every cable."""

    name: str
    why: str | None = None
    since: str | None = None  # UTC


class StoredCopy(msgspec.Struct, frozen=True):
    """A copy as a cable can be made afresh from it."""

    added_seq: int
    sha256: str
    raw: bytes  # zstd
    locator: str
    seq: int  # of the cable it witnesses
    key: str
    status: Status  # of release, as it was read and decided before
    rules: Rules


class Tombstone(msgspec.Struct, frozen=True):
    """What is left of a copy that was expunged."""

    sha256: str
    expunged_at: str  # UTC
    expunged_by: str
    why: str


@contextmanager
def said_plainly(path: Path) -> Iterator[None]:
    """Turns what SQLite says of the file at `path` into what, where and what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise _plain(error, path) from error


def _plain(error: sqlite3.Error, path: Path) -> ArchiveError | StorageFull:
    name = getattr(error, "sqlite_errorname", None) or ""
    if name in {"SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_SHMSIZE"}:
        # a quota or a limit on the size of files is no SQLITE_FULL to SQLite
        return StorageFull(
            f"{path}: the disk or a quota is full; all cables acknowledged so far are kept: "
            "make room and run the same command again"
        )
    if name in {"SQLITE_NOTADB", "SQLITE_CORRUPT"} or name.startswith("SQLITE_CORRUPT"):
        return ArchiveError(f"{path}: damaged, or not a database ({error}); put a backup of it in its place")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return ArchiveError(f"{path}: busy with another process; wait until it has ended")
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return ArchiveError(
            f"{path}: cannot be opened or written ({error}); check who may write to its folder"
        )
    return ArchiveError(f"{path}: cannot go on ({error or name}); check the disk, then run the command again")


class Store:
    """Copies and cables of one archive. Made by `Store.open`."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._db = connection

    @classmethod
    def open(cls, path: Path, *, write: bool = False) -> "Store":
        """The store in the file `path`, which is made where it is missing and `write` is asked for."""
        mode = "rwc" if write else "rw"
        with said_plainly(path):
            db = sqlite3.connect(
                f"file:{quote(str(path.absolute()))}?mode={mode}",
                uri=True,
                isolation_level=None,  # transactions are begun where they are meant
                check_same_thread=False,  # readers share it; SQLite itself takes turns
            )
        try:
            with said_plainly(path):
                _make_ready(db, path, write)
        except (ArchiveError, StorageFull):
            db.close()
            raise
        return cls(path, db)

    def close(self) -> None:
        """Lets go of the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of what is done inside, or nothing of it; inside another it is part of that one."""
        within = self._db.in_transaction
        if within:
            yield
            return
        with said_plainly(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # a full disk ends it by itself
                    self._db.execute("ROLLBACK")
                raise

    # ---- the way in

    def collection(self, name: str, status: Status = "unknown") -> Status:
        """The status of the copies of a collection that is to be called so. Writes nothing.

        Raises UsageError where it is held with another status; `unknown` says nothing against that.
        """
        row = self._one("SELECT status FROM collection WHERE name = ?", name)
        if row is None:
            return status
        if status not in ("unknown", row[0]):
            raise UsageError(
                f"{self.path.parent}: collection {name!r} is kept as {row[0]}, not as {status}; "
                "a collection has one status: name another collection"
            )
        return cast(Status, row[0])

    def put(
        self, batch: Sequence[tuple[Copy, Cable]], collection: str, status: Status = "unknown"
    ) -> list[Kept]:
        """Keeps copies with their records, all or none; says where each went."""
        status = self.collection(collection, status)
        rules = self.rules(status)
        return self.add([accession(copy, cable, rules) for copy, cable in batch], collection, status)

    def rules(self, status: Status) -> Rules:
        """What holds in this archive for the copies of a collection of that status.

        Raises ArchiveError where the list of protected names holds what is none: it would mask nothing.
        """
        listed = tuple(each.name for each in self.listed())
        for name in listed:
            if name_of(name) is None:
                raise ArchiveError(
                    f"{self.path}: {name!r} in the list of protected names is no name, so nothing is read; "
                    f"take it off with `reftel protect remove {name!r}` and list the name that is meant"
                )
        return Rules(status, self.policy().protect, listed)

    def add(self, accessions: Iterable[Accession | Kept], collection: str, status: Status) -> list[Kept]:
        """`put` for what was made ready elsewhere; what is kept already is passed on.

        A released copy whose cable is masked does not lead at once: whose name is to be masked only the other
        copies say, so that all are to be read again.
        """
        on = now()
        with self.transaction():
            return [
                each if isinstance(each, Kept) else self._keep(each, collection, status, on)
                for each in accessions
            ]

    def known(self, sha256: str) -> Kept | None:
        """Where the copy with these very bytes is kept; None where it is not."""
        row = self._one("SELECT key, seq FROM copy JOIN cable ON cable = seq WHERE sha256 = ?", sha256)
        return Kept(row[0], row[1], known=True) if row else None

    def _keep(self, new: Accession, collection: str, status: Status, on: str) -> Kept:
        known = self.known(new.sha256)
        if known is not None:
            return known
        owner = self._number_of_collection(collection, status)
        joined = self._same_telegram(new)
        key, seq = joined or self._new_cable(new, owner)
        leads = joined is None or (new.status == "released" and not self._has_released(seq))
        if joined and leads and self._is_masked(seq):
            leads = False
            self._db.execute("INSERT OR IGNORE INTO meta (name, value) VALUES ('to-be-read-again', 1)")
        added_seq = self._db.execute(
            "INSERT INTO copy"
            " (sha256, raw, source, locator, text_by, document, collection, cable, status, added_on)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(new.sha256, new.raw, new.source, new.locator, new.text_by, new.document),
                *(owner, seq, new.status, on),
            ),
        ).lastrowid
        assert added_seq is not None
        self._name(added_seq, new)
        if joined and leads:
            self._refill(seq, added_seq, new)
        elif joined:
            self.mask_kept(key, new.names)
        return Kept(key, seq, known=False, leads=leads)

    def _is_masked(self, seq: int) -> bool:
        return self._one("SELECT 1 FROM portion WHERE cable = ? AND label = ?", seq, WHOLE) is None

    def mask_kept(self, key: str, names: Sequence[Name]) -> None:
        """Masks names in a record as it is kept, whichever copy asks for it. Inside a transaction.

        What is left of them in the files, `wipe` removes.
        """
        held = self.held(key) if names else None
        if held is None or (masked := mask(held.cable, names)) is held.cable:
            return
        new = cut(masked, governing(masked), whole=False)
        self._db.execute("UPDATE cable SET frame = ? WHERE seq = ?", (new.frame, held.seq))
        self._db.execute("DELETE FROM portion WHERE cable = ?", (held.seq,))
        self._fill(held.seq, new)
        self._db.execute(
            "DELETE FROM alias WHERE copy IN (SELECT added_seq FROM copy WHERE cable = ?)", (held.seq,)
        )
        if mask_text(key, tuple(names)) != key:
            (sha256,) = self._one("SELECT sha256 FROM copy WHERE cable = ? ORDER BY added_seq", held.seq)
            self._db.execute(
                "UPDATE cable SET key = ? WHERE seq = ?", (self._key_of_its_own(sha256), held.seq)
            )
            self._db.execute("UPDATE copy SET document = NULL WHERE cable = ?", (held.seq,))
        self.mark_index(stale=True)
        self.note_unwiped()

    def mask_again(self, key: str) -> None:
        """Masks what the archive's rules ask for in a record whose copy cannot be read any more."""
        held = self.held(key)
        if held is not None:
            rules = self.rules("unknown")
            self.mask_kept(key, names_in(held.cable, marked=rules.protect, listed=rules.listed))

    def _has_released(self, seq: int) -> bool:
        return self._one("SELECT 1 FROM copy WHERE cable = ? AND status = 'released'", seq) is not None

    def _refill(self, seq: int, added_seq: int, new: Accession) -> None:
        """Puts the record read from a copy in place of the one before; the index is to follow."""
        self._db.execute(
            "UPDATE cable SET (id, firm, year, station, serial, sent, status, frame, collection)"
            " = (?, ?, ?, ?, ?, ?, ?, ?, (SELECT collection FROM copy WHERE added_seq = ?)) WHERE seq = ?",
            (*_columns(new), added_seq, seq),
        )
        self._db.execute("DELETE FROM portion WHERE cable = ?", (seq,))
        self._fill(seq, new.cut)
        self._db.execute("INSERT OR IGNORE INTO unindexed (cable) VALUES (?)", (seq,))

    def _number_of_collection(self, name: str, status: Status) -> int:
        """The collection of that name; made with the first copy that is new, so that none is ever empty."""
        row = self._one("SELECT id FROM collection WHERE name = ?", name)
        if row is None:
            self._db.execute("INSERT INTO collection (name, status) VALUES (?, ?)", (name, status))
            return self._number_of_collection(name, status)
        return int(row[0])

    def _same_telegram(self, new: Accession) -> tuple[str, int] | None:
        """The cable that a copy joins; only a firm number joins anything."""
        if not new.firm:
            return None
        rows = self._db.execute("SELECT key, seq FROM cable WHERE id = ? AND firm ORDER BY seq", (new.id,))
        for key, seq in rows.fetchall():
            held = self.held(key)
            if held and agree(held.cable, join(key, new.cut.frame, dict(new.cut.bodies))):
                return key, seq
        return None

    def _new_cable(self, new: Accession, collection: int) -> tuple[str, int]:
        key = new.name
        if key is None or self._is_taken(key):
            key = self._key_of_its_own(new.sha256)
        seq = self._db.execute(
            "INSERT INTO cable (key, collection, id, firm, year, station, serial, sent, status, frame)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (key, collection, *_columns(new)),
        ).lastrowid
        assert seq is not None
        self._fill(seq, new.cut)
        return key, seq

    def _key_of_its_own(self, sha256: str) -> str:
        """An address for what has no name, which tells nothing of the copy."""
        digest = hmac.digest(self._secret(), sha256.encode(), "sha256").hex()
        keys = (f"x{digest[at : at + 12]}" for at in range(len(digest) - 12))
        return next(
            key for key in keys if not self._is_taken(key)
        )  # two in 2**48 may meet in a large archive

    def _is_taken(self, key: str) -> bool:
        return self._one("SELECT 1 FROM cable WHERE key = ?", key) is not None

    def _fill(self, seq: int, new: Cut) -> None:
        self._db.executemany(
            "INSERT INTO portion (cable, label, body) VALUES (?, ?, ?)",
            [(seq, label, body) for label, body in new.bodies],
        )

    def _name(self, added_seq: int, new: Accession) -> None:
        self._db.executemany(
            "INSERT INTO alias (spelling, copy) VALUES (?, ?)",
            [(name, added_seq) for name in sorted({name.upper() for name in new.cut.names})],
        )

    # ---- the way out

    def load(self, key: str, labels: Labels | None = None) -> Cable | None:
        """The cable with that key, as far as `labels` permits; all of it where none are given."""
        held = self.held(key, labels)
        return held.cable if held else None

    def held(self, key: str, labels: Labels | None = None) -> Held | None:
        """`load`, with where the cable is kept. None where nothing of it is held, or permitted.

        `labels` is given the labels of the cable's portions and returns those that may be seen. What it
        leaves out is not even fetched; where things stand in the copy is told only if it leaves out nothing.
        """
        while True:
            rows = self._all("SELECT label FROM cable JOIN portion ON cable = seq WHERE key = ?", key)
            present = frozenset(label for (label,) in rows)
            portions = present - {WHOLE, OUTLINE}
            wanted = present - {WHOLE} if labels is None else _permitted(present - {WHOLE}, labels)
            if not wanted & portions:
                return None
            if wanted >= portions:
                wanted |= present & {WHOLE}
            rows = self._all(
                "SELECT label, CASE WHEN label IN (SELECT value FROM json_each(?)) THEN body END,"
                " seq, collection.name, frame"
                " FROM cable JOIN portion ON cable = seq JOIN collection ON collection.id = collection"
                " WHERE key = ?",
                msgspec.json.encode(sorted(wanted)).decode(),
                key,
            )
            # made afresh between the two questions, perhaps with other labels: then ask again
            if {row[0] for row in rows} == present:
                _, _, seq, collection, frame = rows[0]
                bodies = {row[0]: row[1] for row in rows if row[1] is not None}
                return Held(self._join(key, frame, bodies), collection, seq)

    def load_many(
        self, keys: Sequence[str], labels: Labels, *, textless: bool = False, outlined: bool = False
    ) -> dict[str, Cable]:
        """`load` for the hits of a page, in two questions for all; without their places in the copies.

        `textless` leaves out their paragraphs, too. `outlined` tells what is withheld, if `labels` permits.
        """
        rows = self._all(
            "SELECT seq, cable.key, frame, label"
            " FROM json_each(?) AS asked JOIN cable ON cable.key = asked.value JOIN portion ON cable = seq"
            " WHERE label NOT IN (?, ?) ORDER BY seq",
            msgspec.json.encode(keys).decode(),
            WHOLE,
            WHOLE if outlined else OUTLINE,
        )
        heads = {seq: (key, frame) for seq, key, frame, _ in rows}
        wanted = {
            seq: _permitted(frozenset(row[3] for row in portions), labels)
            for seq, portions in groupby(rows, itemgetter(0))
        }
        bodies: dict[int, dict[str, bytes]] = {seq: {} for seq, permitted in wanted.items() if permitted}
        asked = [(seq, label) for seq in bodies for label in wanted[seq]]
        for seq, label, body in self._all(
            "SELECT cable, label, body FROM json_each(?) AS asked JOIN portion"
            " ON cable = json_extract(asked.value, '$[0]') AND label = json_extract(asked.value, '$[1]')",
            msgspec.json.encode(asked).decode(),
        ):
            bodies[seq][label] = body
        loaded = {}
        for seq, portions in bodies.items():
            key, frame = heads[seq]
            if portions.keys() == wanted[seq]:
                loaded[key] = self._join(key, frame, portions, textless=textless)
            elif (cable := self.load(key, labels)) is not None:  # made afresh between the two questions
                loaded[key] = replace(cable, paragraphs=()) if textless else cable
        return loaded

    def collections_of(self, keys: Sequence[str], labels: Labels) -> dict[str, str]:
        """The collections of those of the cables of which every portion may be seen, and their copy told."""
        rows = self._all(
            "SELECT seq, cable.key, collection.name, label"
            " FROM json_each(?) AS asked JOIN cable ON cable.key = asked.value JOIN portion ON cable = seq"
            " JOIN collection ON collection.id = collection WHERE label <> ? ORDER BY seq",
            msgspec.json.encode(keys).decode(),
            OUTLINE,
        )
        whole: dict[int, tuple[str, str]] = {}
        for (seq, key, collection), portions in groupby(rows, itemgetter(0, 1, 2)):
            present = frozenset(row[3] for row in portions)
            if WHOLE in present and labels(present - {WHOLE}) == present - {WHOLE}:
                whole[seq] = key, collection
        bodies = self._all(
            "SELECT cable, body FROM json_each(?) AS asked JOIN portion ON cable = asked.value AND label = ?",
            msgspec.json.encode([*whole]).decode(),
            WHOLE,
        )
        return {whole[seq][0]: whole[seq][1] for seq, body in bodies if tells_copy(body)}

    def cables(self, after_seq: int = 0, upto: int | None = None) -> Iterator[tuple[int, Cable, str, Status]]:
        """Every cable after a position, whole and in order, with its collection and status."""
        upto = self.last_seq() if upto is None else upto
        while after_seq < upto:
            cables = self._all(
                "SELECT seq, key, frame, collection.name, cable.status"
                " FROM cable JOIN collection ON collection.id = collection"
                " WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
                after_seq,
                upto,
                _PAGE,
            )
            if not cables:
                return
            last = cables[-1][0]
            rows = self._all(
                "SELECT cable, label, body FROM portion WHERE cable > ? AND cable <= ? ORDER BY cable",
                after_seq,
                last,
            )
            bodies = {
                seq: {row[1]: row[2] for row in portions} for seq, portions in groupby(rows, itemgetter(0))
            }
            for seq, key, frame, collection, status in cables:
                yield seq, self._join(key, frame, bodies[seq]), collection, status
            after_seq = last

    def _join(self, key: str, frame: bytes, bodies: Mapping[str, bytes], *, textless: bool = False) -> Cable:
        try:
            return join(key, frame, bodies, textless=textless)
        except (zstandard.ZstdError, msgspec.DecodeError) as error:
            raise ArchiveError(
                f"{self.path}: the record of {key} is damaged; "
                f"run `reftel rebuild --archive {self.path.parent}`, which makes it afresh from its copy"
            ) from error

    def last_seq(self) -> int:
        """The position of the newest cable; 0 where there is none."""
        row = self._one("SELECT max(seq) FROM cable")
        return (row and row[0]) or 0

    def size(self) -> tuple[int, int]:
        """How many cables and how many copies are kept."""
        row = self._one("SELECT (SELECT count(*) FROM cable), (SELECT count(*) FROM copy)")
        assert row is not None
        return row[0], row[1]

    def keys_of(self, spelling: str) -> tuple[str, ...]:
        """The cables that a spelling may mean: a key, a number with or without its year, another name.

        Whoever asks must see to it that the reader may know of them: a name may be that of a file, which
        only he may know who sees the whole cable.
        """
        name = spelling.strip()
        number = mrn.read(name) or Mrn()
        rows = self._all(
            "SELECT key, seq FROM cable WHERE key IN (?1, ?2)"
            " UNION SELECT key, seq FROM cable WHERE id = ?3"
            " UNION SELECT key, seq FROM cable WHERE ?3 IS NULL AND station = ?4 AND serial = ?5"
            " UNION SELECT key, seq FROM alias JOIN copy ON added_seq = copy JOIN cable ON seq = cable"
            " WHERE spelling = ?2"
            " ORDER BY seq",
            name,
            name.upper(),
            number.id,
            number.station,
            number.serial,
        )
        return tuple(key for key, _ in rows)

    def name_of(self, key: str) -> str | None:
        """What a cable would have for a key, had it been the first of that name; None where it has no name.

        Its number where that is firm, else the name of the document that it came in as.
        """
        row = self._one(
            "SELECT CASE WHEN firm THEN id ELSE document END FROM cable JOIN copy ON cable = seq"
            " WHERE key = ? ORDER BY added_seq LIMIT 1",
            key,
        )
        return row[0] if row else None

    def of_name(self, name: str) -> tuple[str, ...]:
        """The cables that `name_of` calls so, in order of arrival."""
        rows = self._all(
            "SELECT key, seq FROM cable WHERE id = ?1 AND firm"
            " UNION SELECT key, seq FROM copy JOIN cable ON cable = seq WHERE document = ?1 AND NOT firm"
            " AND added_seq = (SELECT min(added_seq) FROM copy WHERE cable = seq)"
            " ORDER BY seq",
            name,
        )
        return tuple(key for key, _ in rows)

    def before(self, key: str, name: str | None) -> int:
        """How many cables of that name came before this one."""
        same = self.of_name(name) if name is not None and is_made_up(key) else ()
        return same.index(key) if key in same else 0

    def may_be_same(self, key: str) -> tuple[str, ...]:
        """Cables that bear the same number or name, and did not join."""
        rows = self._all(
            "SELECT other.key FROM cable JOIN may_be_same ON a = cable.seq JOIN cable other ON other.seq = b"
            " WHERE cable.key = ? ORDER BY b",
            key,
        )
        return tuple(other for (other,) in rows)

    def copies_of(self, key: str) -> tuple[KeptCopy, ...]:
        """The copies that witness a cable, released ones first; its record is read from the first of all."""
        rows = self._all(
            "SELECT sha256, source, locator, text_by, document, name, key, copy.status, added_on"
            " FROM copy JOIN cable ON cable = seq JOIN collection ON collection.id = copy.collection"
            " WHERE key = ? ORDER BY copy.status <> 'released', added_seq",
            key,
        )
        return tuple(KeptCopy(*row) for row in rows)

    def raw(self, sha256: str) -> bytes | None:
        """The bytes of a copy, as they came; None where it is not kept."""
        row = self._one("SELECT raw FROM copy WHERE sha256 = ?", sha256)
        return zstandard.decompress(row[0]) if row else None

    # ---- made afresh

    def copies(self, key: str | None = None) -> Iterator[StoredCopy]:
        """Every copy, or those of one cable: cable by cable, and of each in order of arrival."""
        after, last = (0, 0), self.last_seq()
        if key is not None:
            row = self._one("SELECT seq FROM cable WHERE key = ?", key)
            after, last = ((row[0], 0), row[0]) if row else ((0, 0), 0)
        while rows := self._all(
            "SELECT added_seq, sha256, raw, locator, seq, key, copy.status, collection.status"
            " FROM copy JOIN cable ON cable = seq JOIN collection ON collection.id = copy.collection"
            " WHERE (cable, added_seq) > (?, ?) AND cable <= ?"
            " ORDER BY cable, added_seq LIMIT ?",
            *after,
            last,
            _PAGE,
        ):
            decided, in_general = self._in_force([row[1] for row in rows]), self.rules("unknown")
            for added_seq, sha256, raw, locator, seq, its_key, released, status in rows:
                rules = replace(in_general, status=status, decisions=tuple(decided.get(sha256, ())))
                yield StoredCopy(added_seq, sha256, raw, locator, seq, its_key, released, rules)
            after = rows[-1][4], rows[-1][0]

    def renew(self, copies: Sequence[tuple[StoredCopy, Accession | None]]) -> None:
        """Puts what is read from all copies of a cable now in place of what was before. In a transaction.

        A copy that cannot be read any more (None) stays as it was, and so does the record if it is that
        copy's. A key that tells a name which is protected now is given up for one that tells nothing.
        """
        for copy, new in copies:
            if new is not None:
                if new.nameless:
                    self._db.execute(
                        "UPDATE cable SET key = ?"
                        " WHERE seq = ? AND key = (SELECT document FROM copy WHERE added_seq = ?)",
                        (self._key_of_its_own(copy.sha256), copy.seq, copy.added_seq),
                    )
                self._db.execute(
                    "UPDATE copy SET source = ?, text_by = ?, document = ?, status = ? WHERE added_seq = ?",
                    (new.source, new.text_by, new.document, new.status, copy.added_seq),
                )
                self._db.execute("DELETE FROM alias WHERE copy = ?", (copy.added_seq,))
                self._name(copy.added_seq, new)
        leading, new = min(copies, key=lambda each: (each[1] or each[0]).status != "released")
        if new is not None:
            self._refill(leading.seq, leading.added_seq, new)
        names = dict.fromkeys(name for _, other in copies if other is not None for name in other.names)
        (key,) = self._one("SELECT key FROM cable WHERE seq = ?", leading.seq)
        self.mask_kept(key, tuple(names))

    def is_to_be_read_again(self) -> bool:
        """Whether some cable's copies are to be read again, since another is to lead."""
        return self._one("SELECT 1 FROM meta WHERE name = 'to-be-read-again'") is not None

    def led_by_unreleased(self) -> tuple[str, ...]:
        """The keys of cables of which a released copy is kept, and whose record is read from another."""
        rows = self._all(
            "SELECT key FROM cable WHERE status <> 'released'"
            " AND EXISTS (SELECT 1 FROM copy WHERE cable = seq AND copy.status = 'released') ORDER BY seq"
        )
        return tuple(key for (key,) in rows)

    def note_read_again(self) -> None:
        """Notes that no copy waits to be read again. In a transaction."""
        self._db.execute("DELETE FROM meta WHERE name = 'to-be-read-again'")

    def unindexed(self) -> tuple[str, ...]:
        """The keys of cables whose record was changed since they were indexed."""
        # CROSS: from the few to their keys; asked the other way round, it walks through every cable
        return tuple(key for (key,) in self._all("SELECT key FROM unindexed CROSS JOIN cable ON seq = cable"))

    def note_indexed(self) -> None:
        """Notes that the index shows every cable as it is."""
        with said_plainly(self.path):
            self._db.execute("DELETE FROM unindexed")

    def index_is_stale(self) -> bool:
        """Whether cables were made afresh since the index was."""
        return self._one("SELECT 1 FROM meta WHERE name = 'stale-index'") is not None

    def mark_index(self, *, stale: bool) -> None:
        """Notes that the index must be made anew, or has been."""
        if stale:
            self._db.execute("INSERT OR IGNORE INTO meta (name, value) VALUES ('stale-index', 1)")
        else:
            self._db.execute("DELETE FROM meta WHERE name = 'stale-index'")

    # ---- what the owner has decided

    def policy(self) -> Policy:
        """What holds for every reader of this archive."""
        row = self._one("SELECT value FROM meta WHERE name = 'policy'")
        try:
            return msgspec.json.decode(row[0], type=Policy) if row else Policy()
        except (msgspec.DecodeError, UnicodeDecodeError, TypeError):  # in doubt, the strictest
            return Policy(readers_required=True)

    def set_policy(self, policy: Policy) -> None:
        """Puts a policy in place of the one before."""
        with said_plainly(self.path):
            self._db.execute(
                "INSERT OR REPLACE INTO meta (name, value) VALUES ('policy', ?)",
                (msgspec.json.encode(policy),),
            )

    def state(self) -> tuple[int, int]:
        """Another one after each change, whichever process made it."""
        return self.version(), self._db.total_changes

    def version(self) -> int:
        """Another one after each change that was made elsewhere than here."""
        (version,) = self._one("PRAGMA data_version")
        return int(version)

    def listed(self) -> tuple[Listed, ...]:
        """The names that are masked in every cable, in the order in which they were listed."""
        row = self._one("SELECT value FROM meta WHERE name = 'protected'")
        try:
            return msgspec.json.decode(row[0], type=tuple[Listed, ...]) if row else ()
        except (msgspec.DecodeError, UnicodeDecodeError, TypeError) as error:
            # without it, what is to be masked would be shown
            raise ArchiveError(
                f"{self.path}: the list of protected names is damaged; put a backup in its place"
            ) from error

    def list_names(self, listed: Sequence[Listed]) -> None:
        """Puts a list of names that are masked in every cable in place of the one before."""
        with said_plainly(self.path):
            self._db.execute(
                "INSERT OR REPLACE INTO meta (name, value) VALUES ('protected', ?)",
                (msgspec.json.encode(listed),),
            )

    def note_unwiped(self) -> None:
        """Notes that something of what was replaced is left in the files, until `wipe` has been called."""
        self._db.execute("PRAGMA secure_delete = ON")
        self._db.execute("INSERT OR IGNORE INTO meta (name, value) VALUES ('unwiped', 1)")

    def readers(self) -> tuple[tuple[str, Profile | None], ...]:
        """Every reader by name; None for a profile that is not understood."""
        rows = self._all("SELECT name, profile FROM reader ORDER BY name")
        return tuple((name, _profile(name, line)) for name, line in rows)

    def reader(self, name: str) -> Profile | None:
        """The profile of a reader; None where nobody is called so. Raises NotAdmitted where it is broken."""
        row = self._one("SELECT profile FROM reader WHERE name = ?", name.strip())
        if row is None:
            return None
        found = _profile(name.strip(), row[0])
        if found is None:
            raise NotAdmitted(
                f"the profile of {name} in this archive is not understood; nothing is shown to its reader; "
                f"set it again with `reftel reader add {name} ... --replace`"
            )
        return found

    def put_readers(self, readers: Iterable[Profile], *, anew: bool) -> None:
        """Adds readers, all or none. Raises UsageError for a name that is taken, unless `anew`."""
        with self.transaction():
            for each in readers:
                if not anew and self._one("SELECT 1 FROM reader WHERE name = ?", each.name):
                    raise UsageError(
                        f"a reader is called {each.name!r} already; say --replace to put this in its place"
                    )
                self._db.execute(
                    "INSERT OR REPLACE INTO reader (name, profile) VALUES (?, ?)",
                    (each.name, profiles.to_json(each).decode()),
                )

    def remove_reader(self, name: str) -> bool:
        """Removes a reader; says whether there was one."""
        with said_plainly(self.path):
            return self._db.execute("DELETE FROM reader WHERE trim(name) = ?", (name.strip(),)).rowcount > 0

    # ---- who held which office

    def terms(self) -> tuple[Term, ...]:
        """Who held which office when, as the owner's tables say."""
        if not self._one("SELECT 1 FROM sqlite_master WHERE name = 'term'"):
            return ()
        rows = self._all(
            "SELECT person, surname, forename, generation, office, mission, place, began, ended, source"
            " FROM term ORDER BY mission, began, source, office, ended"
        )
        return tuple(Term(*row) for row in rows)

    def terms_as_of(self) -> int:
        """A number that is another after each change of `terms`; 0 where there never were any."""
        row = self._one("SELECT value FROM meta WHERE name = 'terms_as_of'")
        return row[0] if row else 0

    def add_terms(self, terms: Iterable[Term]) -> int:
        """Keeps what a table says of offices, all or nothing; says how many were not there yet."""
        with self.transaction():
            before = self._db.total_changes
            self._db.executemany(
                "INSERT OR IGNORE INTO term (person, surname, forename, generation, office, mission, place,"
                " began, ended, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [msgspec.structs.astuple(term) for term in terms],
            )
            return self._terms_changed(self._db.total_changes - before)

    def remove_terms(self, sources: Sequence[str] | None = None) -> int:
        """Removes the rows of these names, or all; says how many there were."""
        with self.transaction():
            gone = self._db.execute(
                "DELETE FROM term WHERE ?1 IS NULL OR source IN (SELECT value FROM json_each(?1))",
                (None if sources is None else msgspec.json.encode(sources).decode(),),
            ).rowcount
            return self._terms_changed(gone)

    def _terms_changed(self, number: int) -> int:
        if number:
            self._db.execute(
                "INSERT INTO meta (name, value) VALUES ('terms_as_of', 1)"
                " ON CONFLICT (name) DO UPDATE SET value = value + 1"
            )
        return number

    # ---- decided

    def decisions(self, key: str | None = None) -> tuple[Decision, ...]:
        """What was decided of every copy, or of those of one cable, in order; what is undone, too."""
        rows = self._all("SELECT * FROM decided WHERE ?1 IS NULL OR cable = ?1 ORDER BY id", key)
        return tuple(map(_decision, rows))

    def decision(self, id: int) -> Decision | None:
        """The decision of that number."""
        row = self._one("SELECT * FROM decided WHERE id = ?", id)
        return _decision(row) if row else None

    def _in_force(self, sha256s: Sequence[str]) -> dict[str, list[Decision]]:
        """What is decided of some copies and not undone, in order."""
        found: dict[str, list[Decision]] = {}
        for row in self._all(
            "SELECT * FROM decided WHERE undone_at IS NULL"
            " AND copy IN (SELECT value FROM json_each(?)) ORDER BY id",
            msgspec.json.encode(sha256s).decode(),
        ):
            found.setdefault(row[3], []).append(_decision(row))
        return found

    def decide(
        self, copy: KeptCopy, value: Released | Mark, *, by: str, on: str | None, why: str | None
    ) -> Decision:
        """Keeps a decision about a copy. Inside a transaction, in which the cable is to be derived again."""
        what = "release" if isinstance(value, Released) else "mark"
        id = self._db.execute(
            "INSERT INTO decision (what, cable, copy, value, decided_by, decided_on, why, made_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (what, copy.key, copy.sha256, msgspec.json.encode(value).decode(), by, on, why, now()),
        ).lastrowid
        made = self.decision(id or 0)
        assert made is not None
        return made

    def undo(self, id: int, *, by: str, why: str) -> None:
        """Notes that a decision is undone. In a transaction, in which the cable is to be derived again."""
        self._db.execute(
            "UPDATE decision SET undone_at = ?, undone_by = ?, undone_why = ? WHERE id = ?",
            (now(), by, why, id),
        )

    # ---- removed for good

    def tombstone(self, sha256: str) -> Tombstone | None:
        """What is left of a copy that was expunged; None of every other."""
        row = self._one("SELECT * FROM tombstone WHERE sha256 = ?", sha256)
        return Tombstone(*row) if row else None

    def expunge(
        self, copy: KeptCopy, others: Sequence[tuple[StoredCopy, Accession | None]], *, by: str, why: str
    ) -> None:
        """Removes a copy; the record is derived from the others, or the cable removed where there are none.

        Until `wipe` has been called, and the index made anew, something of it is left in the files.
        """
        with said_plainly(self.path):
            self._db.execute("PRAGMA secure_delete = ON")
        with self.transaction():
            added_seq, seq = self._db.execute(
                "SELECT added_seq, cable FROM copy WHERE sha256 = ?", (copy.sha256,)
            ).fetchone()
            self._db.execute("DELETE FROM alias WHERE copy = ?", (added_seq,))
            self._db.execute("DELETE FROM copy WHERE added_seq = ?", (added_seq,))
            # words of a decision may quote what it is about
            self._db.execute(
                "UPDATE decision SET value = NULL, why = NULL, undone_why = NULL WHERE copy = ?",
                (copy.sha256,),
            )
            if others:
                self._db.execute("DELETE FROM note WHERE cable = ?", (seq,))  # a note may quote it, too
                self.renew(others)
            else:  # with all that was put on it
                self._db.execute("DELETE FROM unindexed WHERE cable = ?", (seq,))
                self._db.execute("DELETE FROM portion WHERE cable = ?", (seq,))
                self._db.execute("DELETE FROM cable WHERE seq = ?", (seq,))
            self._db.execute("DELETE FROM collection WHERE id NOT IN (SELECT collection FROM copy)")
            self._db.execute("INSERT INTO tombstone VALUES (?, ?, ?, ?)", (copy.sha256, now(), by, why))
            self.mark_index(stale=True)
            self._db.execute("INSERT OR IGNORE INTO meta (name, value) VALUES ('unwiped', 1)")

    def is_unwiped(self) -> bool:
        """Whether something of an expunged copy may be left in the files."""
        return self._one("SELECT 1 FROM meta WHERE name = 'unwiped'") is not None

    def wipe(self) -> None:
        """Rewrites the file without anything that was deleted, and empties the write-ahead log."""
        with said_plainly(self.path):
            self._db.execute("VACUUM")
            (busy, *_) = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy:
                raise ArchiveError(
                    f"{self.path}: another process reads it, so that what was expunged may still be in its "
                    f"log; end that process and run `reftel compact --archive {self.path.parent}`"
                )
            self._db.execute("DELETE FROM meta WHERE name = 'unwiped'")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _secret(self) -> bytes:
        row = self._one("SELECT value FROM meta WHERE name = 'secret'")
        assert row is not None
        return bytes(row[0])

    def _all(self, question: str, *values: object) -> list[Any]:
        with said_plainly(self.path):
            return self._db.execute(question, values).fetchall()

    def _one(self, question: str, *values: object) -> Any:
        with said_plainly(self.path):
            return self._db.execute(question, values).fetchone()


def _permitted(present: frozenset[str], labels: Labels) -> frozenset[str]:
    """Those of a cable's portions that may be seen, and its outline where that is told; else nothing."""
    portions = present - {OUTLINE}
    asked = labels(portions)
    return present & asked if portions & asked else frozenset()


def is_made_up(key: str) -> bool:
    """Whether a key may be one that tells nothing, `x3f0c...`; a reader may know the cable by its name."""
    return _MADE_UP.fullmatch(key) is not None


_MADE_UP = re.compile("x[0-9a-f]*", re.IGNORECASE)


def now() -> str:
    """The time, as it is noted: `2026-11-27T10:00:00Z`."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _decision(row: Sequence[Any]) -> Decision:
    id, what, cable, copy, value, *rest = row
    try:
        read = msgspec.json.decode(value, type=Released | Mark) if value is not None else None
    except (msgspec.DecodeError, UnicodeDecodeError, TypeError):  # the rules close what they cannot apply
        read = None
    if (isinstance(read, Mark) and what != "mark") or (isinstance(read, Released) and what != "release"):
        what, read = "mark", None  # changed by hand: in doubt a mark, which closes what it is about
    return Decision(id, what, cable, copy, read, *rest)


def _profile(name: str, line: str) -> Profile | None:
    """A profile as it is kept; None where it is not understood, or another's."""
    try:
        read = profiles.from_json(line)
    except (UsageError, TypeError):
        return None
    return read if read.name == name else None


def _columns(new: Accession) -> tuple[object, ...]:
    return (new.id, new.firm, new.year, new.station, new.serial, new.sent, new.status, new.cut.frame)


def _make_ready(db: sqlite3.Connection, path: Path, write: bool) -> None:
    """Makes the tables in a file that has none; else sees whether they are ours and of this version."""
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if tables and "meta" not in tables:
        raise ArchiveError(f"{path}: a database, but not an archive of reftel; name another folder")
    if not tables:
        if not write:
            raise ArchiveError(f"{path}: no archive in it yet; make one with `reftel ingest`")
        _make_tables(db)
    (found,) = db.execute("SELECT value FROM meta WHERE name = 'format'").fetchone()
    if int(found) > FORMAT:
        raise ArchiveError(
            f"{path}: made by a newer version of reftel (format {found}; this version knows up to {FORMAT}): "
            "install a newer reftel"
        )
    db.execute("PRAGMA busy_timeout = 5000")
    if int(found) < FORMAT and write:
        _bring_up(db)
    elif int(found) < FORMAT:
        db.executescript(_AS_OF_2)
    elif write and tables and not {"term", "note", "calendar"} <= tables:  # of before there were these
        db.executescript(f"BEGIN IMMEDIATE;\n{_schema()}{_TO_BE_FILLED}COMMIT;")
    if not write:
        db.execute("PRAGMA query_only = ON")
    db.execute("PRAGMA synchronous = FULL")  # what is acknowledged survives the power going too
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA cache_size = -32000")  # KB; so much and so many pages hold a batch whole:
    db.execute("PRAGMA wal_autocheckpoint = 2000")  # it is written once, and not page by page


def _make_tables(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA page_size = 16384")  # so that portions of 1 to 4 KB fill their pages
    db.execute("PRAGMA journal_mode = WAL")
    db.executescript(f"BEGIN IMMEDIATE;\n{_schema()}")
    db.execute("INSERT INTO meta (name, value) VALUES ('format', ?)", (FORMAT,))
    db.execute("INSERT INTO meta (name, value) VALUES ('secret', ?)", (secrets.token_bytes(32),))
    db.execute("COMMIT")


def _bring_up(db: sqlite3.Connection) -> None:
    """Makes an archive of format 1 one of format 2.

    The record of each cable is still read from its first copy; `rebuild` looks whether another is released.
    """
    db.executescript(f"BEGIN IMMEDIATE;\n{_COLUMNS_OF_2}\n{_schema()}{_TO_BE_FILLED}")
    db.execute("UPDATE meta SET value = ? WHERE name = 'format'", (FORMAT,))
    db.execute("COMMIT")


_TO_BE_FILLED = "INSERT OR IGNORE INTO meta (name, value) VALUES ('stale-index', 1);"
"""The calendar is filled while the index is made anew."""

_COLUMNS_OF_2 = """
ALTER TABLE copy ADD COLUMN status TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE copy ADD COLUMN added_on TEXT;
UPDATE copy SET status = (SELECT status FROM cable WHERE seq = cable)
WHERE added_seq IN (SELECT min(added_seq) FROM copy GROUP BY cable);
"""

_AS_OF_2 = """
CREATE TEMP VIEW copy AS
SELECT added_seq, sha256, raw, source, locator, text_by, document, collection, cable,
    'unknown' AS status, NULL AS added_on
FROM main.copy;
CREATE TEMP TABLE unindexed (cable);
CREATE TEMP TABLE reader (name, profile);
CREATE TEMP TABLE decided (
    id, what, cable, copy, value, decided_by, decided_on, why, made_at, undone_at, undone_by, undone_why
);
CREATE TEMP TABLE tombstone (sha256, expunged_at, expunged_by, why);
"""
"""Lets an archive of format 1 be read as one of format 2, without changing it."""


def _schema() -> str:
    return (files(__package__) / "schema.sql").read_text(encoding="utf-8")
