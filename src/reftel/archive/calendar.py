"""In which order cables were sent: on one day, among those of their post, among those with one of their TAGS.

Derived, like the index, and filled together with it; a table of the store, since of two cables beside one
another a search engine must be asked very often and SQLite once. It is cut along the labels that govern who
may know of a cable, or of its TAGS: of what is hidden from a reader not even a row is looked at.
"""

from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import groupby, islice, takewhile

import msgspec

from reftel.archive.entries import Entry
from reftel.archive.index import STEP
from reftel.archive.portions import WHOLE
from reftel.archive.store import Store

_MOST = 256  # rows fetched at a time
_DAY = 1440  # minutes
_PUT = (
    "INSERT OR REPLACE INTO calendar (label, among, minute, number, place, cable)"
    " SELECT ?, ?, ?, ?, ?, seq FROM cable WHERE key = ?"
)
_REMOVE = "DELETE FROM calendar WHERE cable = (SELECT seq FROM cable WHERE key = ?)"
# whatever the label: who asks is shown the cable itself
_OWN = (
    "SELECT minute, number, place, cable FROM calendar JOIN cable ON cable = seq"
    " WHERE key = ? AND among = ? LIMIT 1"
)
_BESIDE = (
    "SELECT minute, number, place, cable FROM calendar"
    " WHERE label = ? AND among = ? AND (minute, number, place, cable) {beyond} (?, ?, ?, ?)"
    " ORDER BY minute {way}, number {way}, place {way}, cable {way} LIMIT ?"
)
_EARLIER = _BESIDE.format(beyond="<", way="DESC")
_LATER = _BESIDE.format(beyond=">", way="ASC")
_KEPT = (
    "SELECT seq, cable.key, cable.status, name,"
    " EXISTS (SELECT 1 FROM portion WHERE portion.cable = seq AND label = ?)"
    " FROM json_each(?) AS asked JOIN cable ON seq = asked.value"
    " JOIN collection ON collection.id = collection"
)

_Place = tuple[int, str, int, int]


class Sent(msgspec.Struct, frozen=True):
    """A cable in its place: as much of it as says whether it is one that the reader leaves out."""

    key: str
    status: str
    collection: str  # not for every reader's eyes
    is_whole: bool  # whether no name is masked in it


class Calendar:
    """The order in which the cables of an archive were sent, of those whose day is known.

    An archive of an older version that nobody has written to has none.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._there = False

    def is_there(self) -> bool:
        """Whether the archive has one."""
        if not self._there:
            self._there = self._store._one("SELECT 1 FROM sqlite_master WHERE name = 'calendar'") is not None
        return self._there

    def filled(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The same entries, on their way into the index; each is put in here before.

        What was put in for a cable before is taken out. Of a cable that is removed nothing stays.
        """
        entries = iter(entries)
        while step := [*islice(entries, STEP)]:
            with self._store.transaction():
                self._store._db.executemany(_REMOVE, [(entry.key,) for entry in step])
                self._store._db.executemany(_PUT, [row for entry in step for row in _rows(entry)])
            yield from step

    def earlier(self, labels: Sequence[str], among: str, key: str) -> Iterator[Sent]:
        """The cables that were sent before one, the last of them first, for a reader of labels.

        `among` says of which: `from:ZENDA`, `tag:PREL`, `""` those of its day. Nothing where it is none of
        them. Some may have changed since: who asks looks whether they are still the reader's.
        """
        return self._away(_EARLIER, labels, among, key)

    def later(self, labels: Sequence[str], among: str, key: str) -> Iterator[Sent]:
        """The same of those that were sent after it, the first of them first."""
        return self._away(_LATER, labels, among, key)

    def _away(self, question: str, labels: Sequence[str], among: str, key: str) -> Iterator[Sent]:
        own: _Place | None = self._store._one(_OWN, key, among) if self.is_there() else None
        if own is None:
            return
        of_labels = [self._beyond(question, label, among, own) for label in labels]
        places = merge(*of_labels, reverse=question is _EARLIER)
        once: Iterator[_Place] = (place for place, _ in groupby(places))  # some lie under two labels
        if not among:
            once = takewhile(lambda place: place[0] // _DAY == own[0] // _DAY, once)
        for most in _steps():
            step = [*islice(once, most)]
            yield from self._kept([seq for *_, seq in step])
            if len(step) < most:
                return

    def _beyond(self, question: str, label: str, among: str, at: _Place) -> Iterator[_Place]:
        """The places under one label, the nearest first."""
        for most in _steps():
            found: list[_Place] = self._store._all(question, label, among, *at, most)
            yield from found
            if len(found) < most:
                return
            at = found[-1]

    def _kept(self, seqs: Sequence[int]) -> Iterator[Sent]:
        rows = self._store._all(_KEPT, WHOLE, msgspec.json.encode(seqs).decode())
        kept = {
            seq: Sent(key, status, collection, bool(whole)) for seq, key, status, collection, whole in rows
        }
        return (kept[seq] for seq in seqs if seq in kept)


def _steps() -> Iterator[int]:
    """How many are fetched at a time: mostly one will do."""
    most = 1
    while True:
        yield most
        most = min(4 * most, _MOST)


def _rows(entry: Entry) -> Iterator[tuple[str, str, int, str, int, str]]:
    """Where a cable stands, under each label that governs that it does: its own, and that of its TAGS."""
    if not entry.is_dated:
        return
    place = entry.minute, entry.number, entry.place, entry.key
    for label in entry.tiers:
        yield label, "", *place
        if entry.post:
            yield label, f"from:{entry.post}", *place
    for tag in entry.tags:
        yield entry.header, f"tag:{tag}", *place
