"""The canonical store: copies as they came, and the cables read from them, in one SQLite file."""

import hmac
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources import files
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import msgspec
import zstandard

from reftel import mrn
from reftel.archive.accession import Accession, Rules, accession, agree
from reftel.archive.portions import OUTLINE, WHOLE, join
from reftel.cable import Cable, Copy, Mrn, Status
from reftel.clearance import Policy
from reftel.errors import ArchiveError, StorageFull, UsageError

FORMAT = 1
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


class KeptCopy(msgspec.Struct, frozen=True):
    """A copy that witnesses a cable; its bytes are asked for by sha256."""

    sha256: str
    source: str
    locator: str
    text_by: str | None
    document: str | None
    collection: str
    key: str


class StoredCopy(msgspec.Struct, frozen=True):
    """A copy as a cable can be made afresh from it."""

    added_seq: int
    sha256: str
    raw: bytes  # zstd
    locator: str
    seq: int  # of the cable it witnesses
    key: str
    status: Status  # of its collection
    first: bool  # whether the cable's record is read from it


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
        """All of what is done inside, or nothing of it."""
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
        return self.add([accession(copy, cable, Rules(status)) for copy, cable in batch], collection, status)

    def add(self, accessions: Iterable[Accession | Kept], collection: str, status: Status) -> list[Kept]:
        """`put` for what was made ready elsewhere; what is kept already is passed on."""
        with self.transaction():
            return [
                each if isinstance(each, Kept) else self._keep(each, collection, status)
                for each in accessions
            ]

    def known(self, sha256: str) -> Kept | None:
        """Where the copy with these very bytes is kept; None where it is not."""
        row = self._one("SELECT key, seq FROM copy JOIN cable ON cable = seq WHERE sha256 = ?", sha256)
        return Kept(row[0], row[1], known=True) if row else None

    def _keep(self, new: Accession, collection: str, status: Status) -> Kept:
        known = self.known(new.sha256)
        if known is not None:
            return known
        owner = self._number_of_collection(collection, status)
        key, seq = self._same_telegram(new) or self._new_cable(new, owner)
        added_seq = self._db.execute(
            "INSERT INTO copy (sha256, raw, source, locator, text_by, document, collection, cable)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (new.sha256, new.raw, new.source, new.locator, new.text_by, new.document, owner, seq),
        ).lastrowid
        self._name(added_seq, new)
        return Kept(key, seq, known=False)

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
        key = new.id if new.firm else new.document
        if key is None or self._is_taken(key):
            key = self._key_of_its_own(new.sha256)
        seq = self._db.execute(
            "INSERT INTO cable (key, collection, id, firm, year, station, serial, sent, status, frame)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (key, collection, *_columns(new)),
        ).lastrowid
        assert seq is not None
        self._fill(seq, new)
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

    def _fill(self, seq: int, new: Accession) -> None:
        self._db.executemany(
            "INSERT INTO portion (cable, label, body) VALUES (?, ?, ?)",
            [(seq, label, body) for label, body in new.cut.bodies],
        )

    def _name(self, added_seq: int | None, new: Accession) -> None:
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
            asked = present if labels is None else labels(portions)
            permitted = portions & asked
            if not permitted:
                return None
            wanted = permitted | (present & asked & {OUTLINE})
            if permitted == portions:
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

    def load_many(self, keys: Sequence[str], labels: Labels) -> dict[str, Cable]:
        """`load` for the hits of a page, in two questions for all; without their places in the copies."""
        rows = self._all(
            "SELECT seq, cable.key, frame, label"
            " FROM json_each(?) AS asked JOIN cable ON cable.key = asked.value JOIN portion ON cable = seq"
            " WHERE label NOT IN (?, ?) ORDER BY seq",
            msgspec.json.encode(keys).decode(),
            WHOLE,
            OUTLINE,
        )
        heads = {seq: (key, frame) for seq, key, frame, _ in rows}
        wanted = {
            seq: labels(frozenset(row[3] for row in portions))
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
                loaded[key] = self._join(key, frame, portions)
            elif (cable := self.load(key, labels)) is not None:  # made afresh between the two questions
                loaded[key] = cable
        return loaded

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

    def _join(self, key: str, frame: bytes, bodies: Mapping[str, bytes]) -> Cable:
        try:
            return join(key, frame, bodies)
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

    def may_be_same(self, key: str) -> tuple[str, ...]:
        """Cables that bear the same number or name, and did not join."""
        rows = self._all(
            "SELECT other.key FROM cable JOIN may_be_same ON a = cable.seq JOIN cable other ON other.seq = b"
            " WHERE cable.key = ? ORDER BY b",
            key,
        )
        return tuple(other for (other,) in rows)

    def copies_of(self, key: str) -> tuple[KeptCopy, ...]:
        """The copies that witness a cable; its record is read from the first."""
        rows = self._all(
            "SELECT sha256, source, locator, text_by, document, name, key"
            " FROM copy JOIN cable ON cable = seq JOIN collection ON collection.id = copy.collection"
            " WHERE key = ? ORDER BY added_seq",
            key,
        )
        return tuple(KeptCopy(*row) for row in rows)

    def raw(self, sha256: str) -> bytes | None:
        """The bytes of a copy, as they came; None where it is not kept."""
        row = self._one("SELECT raw FROM copy WHERE sha256 = ?", sha256)
        return zstandard.decompress(row[0]) if row else None

    # ---- made afresh

    def copies(self) -> Iterator[StoredCopy]:
        """Every copy in order of arrival, with the cable it witnesses."""
        after = 0
        while rows := self._all(
            "SELECT added_seq, sha256, raw, locator, seq, key, collection.status,"
            " added_seq = (SELECT min(first.added_seq) FROM copy first WHERE first.cable = seq)"
            " FROM copy JOIN cable ON cable = seq JOIN collection ON collection.id = copy.collection"
            " WHERE added_seq > ? ORDER BY added_seq LIMIT ?",
            after,
            _PAGE,
        ):
            yield from map(StoredCopy, *zip(*rows, strict=True))
            after = rows[-1][0]

    def renew(self, copy: StoredCopy, new: Accession) -> None:
        """Puts what is read from a copy now in place of what was read before. Inside a transaction."""
        self._db.execute(
            "UPDATE copy SET source = ?, text_by = ?, document = ? WHERE added_seq = ?",
            (new.source, new.text_by, new.document, copy.added_seq),
        )
        self._db.execute("DELETE FROM alias WHERE copy = ?", (copy.added_seq,))
        self._name(copy.added_seq, new)
        if not copy.first:
            return
        self._db.execute(
            "UPDATE cable SET (id, firm, year, station, serial, sent, status, frame)"
            " = (?, ?, ?, ?, ?, ?, ?, ?) WHERE seq = ?",
            (*_columns(new), copy.seq),
        )
        self._db.execute("DELETE FROM portion WHERE cable = ?", (copy.seq,))
        self._fill(copy.seq, new)

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
        except msgspec.DecodeError:  # in doubt, the strictest
            return Policy(readers_required=True)

    def set_policy(self, policy: Policy) -> None:
        """Puts a policy in place of the one before."""
        with self.transaction():
            self._db.execute(
                "INSERT OR REPLACE INTO meta (name, value) VALUES ('policy', ?)",
                (msgspec.json.encode(policy),),
            )

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
    if not write:
        db.execute("PRAGMA query_only = ON")
    db.execute("PRAGMA synchronous = FULL")  # what is acknowledged survives the power going too
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA busy_timeout = 5000")
    db.execute("PRAGMA cache_size = -32000")  # KB; so much and so many pages hold a batch whole:
    db.execute("PRAGMA wal_autocheckpoint = 2000")  # it is written once, and not page by page


def _make_tables(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA page_size = 16384")  # so that portions of 1 to 4 KB fill their pages
    db.execute("PRAGMA journal_mode = WAL")
    schema = (files(__package__) / "schema.sql").read_text(encoding="utf-8")
    db.executescript(f"BEGIN IMMEDIATE;\n{schema}")
    db.execute("INSERT INTO meta (name, value) VALUES ('format', ?)", (FORMAT,))
    db.execute("INSERT INTO meta (name, value) VALUES ('secret', ?)", (secrets.token_bytes(32),))
    db.execute("COMMIT")
