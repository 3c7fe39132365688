"""In which order cables were sent: among those of their post, among all, among those with one of their TAGS.

Derived, like the index, and filled together with it; a table of the store, since of two cables beside one
another a search engine must be asked very often and SQLite once. It is cut along the labels that govern who
may know of a cable, or of its TAGS: of what is hidden from a reader not even a row is looked at.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import count, islice

import msgspec

from reftel.archive.entries import Entry
from reftel.archive.store import Store

_STEP = 4096  # cables put in with one transaction
_MOST = 256  # rows fetched at a time
_PUT = (
    "INSERT OR REPLACE INTO calendar (label, among, minute, number, cable)"
    " SELECT ?, ?, ?, ?, seq FROM cable WHERE key = ?"
)
_REMOVE = "DELETE FROM calendar WHERE cable = (SELECT seq FROM cable WHERE key = ?)"
_OWN = (
    "SELECT minute, number, cable FROM calendar JOIN cable ON cable = seq"
    " WHERE key = ? AND among = ? AND label IN (SELECT value FROM json_each(?)) LIMIT 1"
)
_BESIDE = (
    "SELECT minute, number, cable FROM calendar"
    " WHERE label = ? AND among = ? AND (minute, number, cable) {beyond} (?, ?, ?)"
    " ORDER BY minute {way}, number {way}, cable {way} LIMIT ?"
)
_EARLIER = _BESIDE.format(beyond="<", way="DESC")
_LATER = _BESIDE.format(beyond=">", way="ASC")

_Place = tuple[int, str, int]


class Calendar:
    """The order in which the cables of an archive were sent, of those whose day is known."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def filled(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The same entries, on their way into the index; each is put in here before.

        What was put in for a cable before is taken out. Of a cable that is removed nothing stays.
        """
        entries = iter(entries)
        while step := [*islice(entries, _STEP)]:
            with self._store.transaction():
                self._store._db.executemany(_REMOVE, [(entry.key,) for entry in step])
                self._store._db.executemany(_PUT, [row for entry in step for row in _rows(entry)])
            yield from step

    def earlier(self, labels: Sequence[str], among: str, key: str) -> Iterator[str]:
        """The keys of the cables that were sent before one, the last of them first, for a reader of labels.

        `among` says of which: `""` all, `from:ZENDA`, `tag:PREL`. Nothing where the cable is none of them.
        """
        return self._away(_EARLIER, labels, among, key)

    def later(self, labels: Sequence[str], among: str, key: str) -> Iterator[str]:
        """The same of those that were sent after it, the first of them first."""
        return self._away(_LATER, labels, among, key)

    def _away(self, question: str, labels: Sequence[str], among: str, key: str) -> Iterator[str]:
        asked = msgspec.json.encode(labels).decode()
        at: _Place | None = self._store._one(_OWN, key, among, asked)
        for step in count():
            if at is None:
                return
            most = min(4**step, _MOST)
            found = self._next(question, labels, among, at, most)
            for *_, seq in found:
                yield from (key for (key,) in self._store._all("SELECT key FROM cable WHERE seq = ?", seq))
            at = found[-1] if len(found) == most else None

    def _next(
        self, question: str, labels: Sequence[str], among: str, at: _Place, most: int
    ) -> Sequence[_Place]:
        """The places beyond one, the nearest first. Some cables have the same under two labels."""
        of_labels = (self._store._all(question, label, among, *at, most) for label in labels)
        found = {place for places in of_labels for place in places}
        return sorted(found, reverse=question is _EARLIER)[:most]


def _rows(entry: Entry) -> Iterator[tuple[str, str, int, str, str]]:
    """Where a cable stands, under each label that governs that it does: its own, and that of its TAGS."""
    if not entry.is_dated:
        return
    among = ("", f"from:{entry.post}") if entry.post else ("",)
    for label in entry.tiers:
        yield from ((label, each, entry.minute, entry.number, entry.key) for each in among)
    for tag in entry.tags:
        yield entry.header, f"tag:{tag}", entry.minute, entry.number, entry.key
