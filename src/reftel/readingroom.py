"""The way out: the archive as one reader may see it. Nothing past this door asks again who reads."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Literal, TypeVar, get_args

import msgspec
from msgspec.structs import replace

from reftel import clearance, mrn, protection, sources
from reftel.archive import Archive, Held, is_made_up
from reftel.archive.accession import with_status
from reftel.archive.afresh import witnessed_again
from reftel.archive.calendar import Sent
from reftel.archive.entries import fields_of
from reftel.archive.index import Answer
from reftel.archive.portions import OUTLINE
from reftel.archive.store import Labels, StoredCopy
from reftel.cable import Cable, Span, Status, date_of, post_of
from reftel.chronology import Days
from reftel.clearance import ALL, Reader, marking_of_label, may_read, shown_level
from reftel.errors import NotACable, NotAdmitted, NotHeld, UsageError
from reftel.excerpts import Seeker
from reftel.findings.signers import Authorities, Signer
from reftel.markings import RANKS, Level
from reftel.notebook import Notebook
from reftel.query import And, Field, Not, Query
from reftel.release import applied

Sort = Literal["relevance", "date"]

Facets = Mapping[str, tuple[tuple[str, int], ...]]
"""Exact counts of what was found: by `year`, `post`, `tags`, `level`, `status`, `collection`."""

_Made = TypeVar("_Made")

EVERYTHING = Query(And(()))
_TOGETHER = 500  # cables that are read at once


# -- who is let in ---------------------------------------------------------------------------------------


def cleared(archive: Archive, name: str | None) -> Reader:
    """Him of that name in the archive, else somebody cleared to a bare level; all where nothing is said.

    Raises UsageError for an unknown name, NotAdmitted for a profile that is not understood.
    """
    if name is None:
        return ALL
    known = archive.store.reader(name)
    if known is not None:
        return replace(known.reader(), name=known.name)
    try:
        return clearance.reader(name)
    except UsageError as error:
        raise UsageError(f"{error}, or a reader of this archive (`reftel reader list` names them)") from None


def admitted(archive: Archive, name: str | None) -> Reader:
    """Him who reads. Raises NotAdmitted where the archive is for its own readers, and none is named."""
    reader = cleared(archive, name)
    if archive.store.policy().readers_required and (name is None or archive.store.reader(name) is None):
        said = "nobody is named" if name is None else "a level alone is not enough"
        raise NotAdmitted(
            f"{archive.path}: only its own readers may read this archive, and {said}: say --as NAME "
            "(`reftel reader list` names them, `reftel reader add` adds one)"
        )
    return reader


def previewed(archive: Archive, own: Reader, name: str) -> Reader:
    """Somebody as whom the room can be looked at by `own`, and never more than he.

    The archive's owner may name any reader and any level; who is cleared himself only levels that are not
    above his own, since who else reads is not his affair. Raises NotHeld.
    """
    nobody = NotHeld(f"There is nobody called {name} as whom this room can be looked at.")
    try:
        found = cleared(archive, name) if own.level is None else clearance.reader(name)
    except UsageError:
        raise nobody from None
    if own.level is not None and found.level not in levels_within(own):
        raise nobody
    return clearance.both(own, found)


def levels_within(own: Reader) -> tuple[Level, ...]:
    """The levels that are not above a reader's own."""
    if own.level is None:
        return tuple(RANKS)
    most = max(RANKS[own.level], RANKS["SBU"] if "SBU" in own.holds else 0)
    return tuple(level for level, rank in RANKS.items() if rank <= most)


# -- the room ---------------------------------------------------------------------------------------------


class Hit(msgspec.Struct, frozen=True):
    """One cable that was found, as much of it as a list shows."""

    key: str
    id: str | None
    date: str | None  # as exact as known
    post: str | None  # its token
    level: Level | None  # as sent, as far as the reader may know; None where the mark is lost
    status: Status
    collection: str | None  # of its copy, for whom the copy is
    subject: str | None
    paragraph: str | None  # the anchor of the one that the snippet is from
    snippet: str | None
    marks: tuple[Span, ...]  # what was sought, in the snippet
    score: float


class Found(msgspec.Struct, frozen=True):
    """What the reader's archive has to a query: some hits, and exact counts of all."""

    total: int
    hits: tuple[Hit, ...]
    facets: Facets
    days: Days  # where all were sent in one year


class Witness(msgspec.Struct, frozen=True):
    """A copy of a cable, and what is read from it."""

    sha256: str
    source: str
    locator: str
    collection: str
    status: Status
    cable: Cable


class Holdings(msgspec.Struct, frozen=True):
    """All that the reader may see, in figures."""

    total: int
    facets: Facets


class ReadingRoom:
    """An archive for one reader: to him it is as if what he may not see did not exist."""

    def __init__(
        self,
        archive: Archive,
        reader: Reader,
        *,
        without: Sequence[Field] = (),
        own: Reader | None = None,
    ) -> None:
        """`without` is left out, a status or a collection: as if it were not held.

        `own` is who looks, where that is not the reader himself: to him the room is a preview.
        """
        self.reader = reader
        self.without = tuple(without)
        self._out = frozenset((each.name, each.value) for each in without)
        self.own = own or reader
        self._archive = archive
        self._fields = fields_of(reader)
        self.notebook = Notebook(
            archive,
            reader,
            self.own,
            known=self._found,
            known_as=self._key_of,
            seen=self._outlined,
            every=lambda query: self._ask(query).every_key(),
            remembered=self.remembered,
        )

    def others(self) -> tuple[str, ...]:
        """As whom else the room can be looked at: levels and, for the owner, the archive's own readers."""
        levels = [level for level in levels_within(self.own) if Reader(level) != self.own]
        if self.own.level is not None:
            return tuple(levels)
        return (*levels, *(name for name, known in self._archive.store.readers() if known))

    @property
    def counted_as(self) -> str:
        """As whom, and without what, something was counted: `a reader of C, leaving out status:leaked`."""
        out = ", ".join(map(str, self.without))
        who = clearance.whom(self.reader)
        return f"{who}, leaving out {out}" if out else who

    def left(self) -> tuple[int, int]:
        """How many cables there are without what is left out, and with it."""
        return self.size(), self._archive.index.ask(EVERYTHING, self._fields).count()

    def search(self, query: Query, *, sort: Sort = "relevance", page: int = 1, limit: int = 20) -> Found:
        """The cables for which the query holds: best first, or newest first; equals always newest first."""
        if page < 1 or limit < 1:
            raise UsageError(f"page {page} with {limit} cables: pages count from 1 and hold at least 1")
        if sort not in {"relevance", "date"}:
            raise UsageError(f"cannot sort by {sort!r}: say relevance or date")
        answer = self._ask(query)
        with ThreadPoolExecutor(max_workers=1) as beside:  # counting needs no Python: the other core does it
            facets = beside.submit(answer.facets)
            total, found = answer.hits((page - 1) * limit, limit, by_date=sort == "date")
            hits = self._hits(found, Seeker(query.sought()))
            counts = facets.result()
        return Found(total, hits, _facets(counts), answer.days() if len(counts["year"]) == 1 else {})

    def count(self, query: Query) -> int:
        """For how many cables the query holds."""
        return self._ask(query).count()

    def facets(self, query: Query) -> Facets:
        """The exact counts alone."""
        return _facets(self._ask(query).facets())

    def spread(self, query: Query, band: Literal["level", "status"], *, by_day: bool) -> Mapping[str, Days]:
        """When what a query finds was sent: by level as sent, or by status, to the day or to the year."""
        return self._ask(query).spread(band, by_day=by_day)

    def walk(self, query: Query) -> tuple[int, Iterator[str]]:
        """How many cables there are for a query, and the keys of all in the archive, the newest first.

        `hits` and `cable` say by which key the reader knows them.
        """
        answer = self._ask(query)
        return answer.count(), answer.every_key()

    def hits(self, keys: Sequence[str], query: Query) -> tuple[Hit, ...]:
        """What a list shows of these cables. A cable that has gone since is left out."""
        return self._hits([(key, 0.0) for key in keys], Seeker(query.sought()))

    def holdings(self) -> Holdings:
        """All that the reader may see; counted once after each change of the archive."""

        def counted() -> Holdings:
            answer = self._ask(EVERYTHING)
            return Holdings(answer.count(), _facets(answer.facets()))

        return self.remembered("holdings", counted)

    def fingerprint(self) -> str:
        """The same as long as the same cables are there for this reader, left out or not."""
        return self.remembered(
            "fingerprint", lambda: self._archive.index.ask(EVERYTHING, self._fields).fingerprint()
        )

    def remembered(self, what: Hashable, make: Callable[[], _Made], *, of_notes: bool = False) -> _Made:
        """What a view has worked out for this reader, until the archive changes; `of_notes`, or a note.

        What he leaves out is left out of it.
        """
        asked = (self.reader, self.own, self.without, what)
        return self._archive.remembered(asked, make, of_notes=of_notes)

    def starting(self, start: str, limit: int) -> tuple[Hit, ...]:
        """The newest cables whose key or number begins so: `2009ASTANA25`, `ASTANA25`.

        No key that is made up is found so: another may know the same cable by its number.
        """
        if is_made_up(start):
            return ()
        return self.hits(self._ask(EVERYTHING).starting(start.upper(), limit), EVERYTHING)

    def _ask(self, query: Query, *, wordless: bool = False) -> Answer:
        query = self.notebook.resolved(query)
        if self.without:
            query = Query(And((query.clause, *map(Not, self.without))))
        return self._archive.index.ask(query, self._fields, wordless=wordless)

    def recent(self, n: int) -> tuple[Hit, ...]:
        """The newest cables."""
        return self.newest(EVERYTHING, limit=n)[1]

    def newest(self, query: Query, *, first: int = 0, limit: int = 20) -> tuple[int, tuple[Hit, ...]]:
        """How many cables there are for which the query holds, and some from the `first` of the newest on.

        As `search` by date, but for the facets, which take most of its time.
        """
        total, found = self._ask(query).hits(first, limit, by_date=True)
        return total, self._hits(found, Seeker(query.sought()))

    def around(
        self, cable: Cable, among: Sequence[Field | None]
    ) -> tuple[tuple[Cable | None, Cable | None], ...]:
        """The cables sent before one and after it, without text: for each field among those that have it.

        A field is its post (`from:ZENDA`), one of its TAGS (`tag:PREL`), or None: among those of its day.
        There is none at either end, nor where its day is not known.
        """
        calendar, own = self._archive.calendar, self._kept_under(cable)

        def nearest(beside: Iterator[Sent]) -> Cable | None:
            return next(filter(None, map(self._sent, beside)), None)

        asked = (f"{one.name}:{one.value}" if one else "" for one in among)
        return tuple(
            (
                nearest(calendar.earlier(self._fields, one, own)),
                nearest(calendar.later(self._fields, one, own)),
            )
            for one in asked
        )

    def _sent(self, sent: Sent) -> Cable | None:
        """A cable without its text; None where it is left out, or is not for this reader any more."""
        if ("status", sent.status) in self._out:
            return None
        if ("collection", sent.collection) in self._out and self._is_told_collection(sent):
            return None
        cable = self._archive.store.load_many([sent.key], self._permitted, textless=True).get(sent.key)
        return replace(cable, key=self._key_of(cable)) if cable else None

    def _is_told_collection(self, sent: Sent) -> bool:
        """Whether the reader is told which collection a cable is of."""
        if self.reader.level is None:
            return sent.is_whole
        return sent.key in self._archive.store.collections_of([sent.key], self._permitted)

    def size(self) -> int:
        """How many cables there are."""
        total, _ = self._ask(EVERYTHING).hits(limit=1)
        return total

    def cable(self, key: str) -> Held | None:
        """The cable with that key; None where there is none, or none for this reader.

        What is withheld from him is told, with its mark, where the archive's policy says so.
        """
        marked = self._archive.store.policy().withheld == "marked"
        held = self._held(key, self._permitted_and_told if marked else self._permitted)
        if held is None or self.reader.level is None:
            return held
        return replace(held, seq=0)  # the order of arrival would tell of others

    def _held(self, key: str, labels: Labels) -> Held | None:
        """The cable that this reader knows by a key."""
        held = self._found(key, labels)
        if held is None:
            return None
        return replace(held, cable=replace(held.cable, key=self._key_of(held.cable)))

    def _found(self, key: str, labels: Labels | None = None) -> Held | None:
        """The same, with its key in the archive.

        Of several telegrams with one number, or documents of one name, the first has that as its key, the
        others have one that is made up. He to whom the first does not exist knows the next of them by it.
        """
        labels = labels or self._permitted
        held = self._archive.store.held(key, labels)
        if held is None:
            others = self._archive.store.of_name(key)
            held = next(filter(None, (self._archive.store.held(each, labels) for each in others)), None)
        return None if held is None or self._is_left_out(held) else held

    def _outlined(self, keys: Sequence[str]) -> Mapping[str, Cable]:
        """The cables with these keys in the archive, with the outline of what is withheld."""
        store, labels = self._archive.store, self._permitted_and_told
        if not self.without:
            return store.load_many(keys, labels, outlined=True)
        found = {key: store.held(key, labels) for key in keys}
        return {key: held.cable for key, held in found.items() if held and not self._is_left_out(held)}

    def _is_left_out(self, held: Held) -> bool:
        collection = held.collection if held.cable.copy else None  # as far as he is told
        return not self._out.isdisjoint({("status", held.cable.release.status), ("collection", collection)})

    def _key_of(self, cable: Cable) -> str:
        """The key that this reader knows a cable by."""
        store = self._archive.store
        name = store.name_of(cable.key) if is_made_up(cable.key) else None
        if name is None:
            return cable.key
        first = next((key for key in store.of_name(name) if store.held(key, self._permitted)), None)
        return name if first == cable.key else cable.key

    def _kept_under(self, cable: Cable) -> str:
        """The key that a cable of this reader's is kept under, which may be another than he knows."""
        store = self._archive.store
        same = store.of_name(cable.key)
        return next((key for key in same if store.held(key, self._permitted)), cable.key)

    def find(self, spelling: str) -> tuple[str, ...]:
        """The keys of the cables that a spelling may mean: `09ASTANA253`, `ALMATY 001109`, a file's name."""
        return tuple(dict.fromkeys(cable.key for cable in self.named(spelling)))

    def named(self, spelling: str) -> Iterator[Cable]:
        """The cables themselves that a spelling may mean; see `find`."""
        for key in self._archive.store.keys_of(spelling):
            held = self._held(key, self._permitted)
            # a name of another copy than the one that is shown would tell of that copy
            if held and (_is_called(held.cable, spelling) or self.reader.level is None):
                yield held.cable

    def held(self, ids: Iterable[str]) -> dict[str, str]:
        """Which of these numbers are here, and under which key."""
        found: dict[str, str] = {}
        for each in {*ids}:
            keys = self.find(each)
            if keys:
                found[each] = each if each in keys else keys[0]
        return found

    def referred_to(self, cable: Cable) -> dict[str, str]:
        """Which of the telegrams that a cable refers to are here, and under which key.

        Each by the id of the reference, or by its text where the year of its number is not known
        (`Paris 14620`, in edited print): then it is the one telegram of that number that was sent in the year
        before the cable, if there is just one.
        """
        found = self.held(each.id for each in cable.references if each.id)
        for each in cable.references:
            if each.kind == "telegram" and each.id is None and each.post and each.serial:
                earlier = [one for one in self.named(f"{each.post} {each.serial}") if _is_before(one, cable)]
                if len(earlier) == 1:
                    found[each.text] = earlier[0].key
        return found

    def read(self, query: Query, *, most: int, textless: bool = False) -> Iterator[Cable]:
        """The newest cables for which the query holds, so many at most, newest first.

        Where things stand in their copies is not told; without their text, where that will do, they are read
        in half the time.
        """
        _, found = self._ask(query).hits(limit=most, by_date=True)
        for at in range(0, len(found), _TOGETHER):
            keys = [key for key, _ in found[at : at + _TOGETHER]]
            cables = self._archive.store.load_many(keys, self._permitted, textless=textless)
            known = (cables[key] for key in keys if key in cables)
            yield from (replace(cable, key=self._key_of(cable)) for cable in known)

    def signers(self, cables: Iterable[Cable]) -> Iterator[Signer | None]:
        """Whom the signature of each cable means, by the tables of offices that the owner has added.

        None where there is no table, where the reader sees no signature, and where the name that it would
        give is one that is masked in every cable.
        """
        authorities = self._archive.authorities()
        listed = (protection.name_of(each.name) for each in self._archive.store.listed())
        protected = tuple(name for name in listed if name)
        for cable in cables:
            yield _signer(authorities, cable, protected) if authorities else None

    def numbers(
        self, query: Query = EVERYTHING, start: str = "", *, wordless: bool = False
    ) -> Iterator[tuple[str, int]]:
        """Each number that begins so, and how many of the cables that the query finds have it.

        `2005ZENDA12`, 1; one may come several times. `wordless` leaves those alone of which this reader is
        shown no word of a text.
        """
        return self._ask(query, wordless=wordless).numbers(start)

    def cited(self, query: Query = EVERYTHING) -> Mapping[str, int]:
        """Each number that the cables found name in their REF, and how many of them do."""
        return self._ask(query).cited()

    def cables(self, query: Query, limit: int, *, textless: bool = False) -> tuple[int, tuple[Cable, ...]]:
        """How many cables a query finds, and the newest of them; without their text, where that will do."""
        total, found = self._ask(query).hits(limit=limit, by_date=True)
        keys = [key for key, _ in found]
        cables = self._archive.store.load_many(keys, self._permitted, textless=textless)
        known = (cables[key] for key in keys if key in cables)
        return total, tuple(replace(cable, key=self._key_of(cable)) for cable in known)

    def those(self, keys: Sequence[str]) -> Mapping[str, Cable]:
        """Those of the cables with these keys that are this reader's, without their text and its places.

        A cable that he knows by another key than the archive does is not among them.
        """
        cables = self._archive.store.load_many(keys, self._permitted, textless=True)
        if not self.without:
            return cables
        return {key: cable for key, cable in cables.items() if self.cable(key)}

    def copy_text(self, key: str) -> str | None:
        """The text of the copy that a cable was read from; None where some of it is not for this reader."""
        held = self._held(key, self._permitted)
        note = held.cable.copy if held else None  # told to him alone who sees the whole
        if note is None:
            return None
        # of this very copy, though the cable may be read from another by now, which is not for this reader
        raw = self._archive.store.raw(note.sha256)
        try:
            copies = sources.copies(raw, note.locator) if raw is not None else ()
        except NotACable:  # its source is read no more
            return None
        return next((copy.text for copy in copies if copy.sha256 == note.sha256), None)

    def copies(self, key: str) -> tuple[Witness, ...]:
        """The copies of a cable that are his whole, first that from which its record is read.

        None where the record is not, or where names are masked in it: then nobody is shown a copy.
        """
        held = self._held(key, self._permitted)
        if held is None or held.cable.copy is None:
            return ()
        stored, leading = self._kept_under(held.cable), held.cable.copy.sha256
        notes = {note.sha256: note for note in self._archive.store.copies_of(stored)}
        found = []
        for kept in self._archive.store.copies(stored):
            note = notes.get(kept.sha256)
            cable = held.cable if kept.sha256 == leading else self._read_from(kept)
            if note is not None and cable is not None:
                status = cable.release.status
                found.append(Witness(note.sha256, note.source, note.locator, note.collection, status, cable))
        return tuple(sorted(found, key=lambda each: each.sha256 != leading))

    def copies_kept(self, key: str) -> int:
        """How many copies `copies` gives; quick where there is but one."""
        held = self._held(key, self._permitted)
        if held is None or held.cable.copy is None:
            return 0
        kept = len(self._archive.store.copies_of(self._kept_under(held.cable)))
        return len(self.copies(key)) if kept > 1 else kept

    def _read_from(self, kept: StoredCopy) -> Cable | None:
        """The record that a copy's text gives under the owner's rules; None where it is not all his."""
        try:
            _, read = witnessed_again(kept)
        except NotACable:  # its source is read no more
            return None
        rules = kept.rules
        cable = applied(with_status(read, rules.status), rules.decisions)
        names = protection.names_in(cable, marked=rules.protect, listed=rules.listed)
        if protection.mask(cable, names) is not cable or not clearance.may_read_all(self.reader, cable):
            return None
        return cable

    def _permitted(self, labels: frozenset[str]) -> frozenset[str]:
        """Which labels of a cable's portions this reader may see."""
        return frozenset(label for label in labels if may_read(self.reader, marking_of_label(label)))

    def _permitted_and_told(self, labels: frozenset[str]) -> frozenset[str]:
        return self._permitted(labels) | {OUTLINE}

    def _hits(self, found: Sequence[tuple[str, float]], seeker: Seeker) -> tuple[Hit, ...]:
        keys = [key for key, _ in found]
        cables = self._archive.store.load_many(keys, self._permitted)
        kept = self._archive.store.collections_of(keys, self._permitted)
        known = ((cables[key], score) for key, score in found if key in cables)
        return tuple(
            _hit(cable, self._key_of(cable), kept.get(cable.key), score, seeker) for cable, score in known
        )


def _signer(authorities: Authorities, cable: Cable, protected: tuple[protection.Name, ...]) -> Signer | None:
    if not cable.signature or protection.MASK in cable.signature:
        return None
    found = authorities.signer(cable)
    name = found.term.name if found.term else ""
    masked = protection.may_tell(name, protected) and protection.mask_text(name, protected) != name
    return None if masked or found.outcome == "unsigned" else found


def _is_before(one: Cable, other: Cable) -> bool:
    """Whether a cable was sent on the day of another or in the year before it."""
    try:
        days = date.fromisoformat((date_of(other) or "")[:10]) - date.fromisoformat((date_of(one) or "")[:10])
    except ValueError:
        return False
    return 0 <= days.days <= 366


def _is_called(cable: Cable, spelling: str) -> bool:
    """Whether a spelling is one of the key or the number, or a name that is shown with the cable."""
    name = spelling.strip().upper()
    if name in {cable.key.upper(), *(alias.upper() for alias in cable.aliases)}:
        return True
    number = mrn.read(name)
    if number is None:
        return False
    same = (number.station, number.serial) == (cable.mrn.station, cable.mrn.serial)
    return same and number.year in {None, cable.mrn.year}


def _hit(cable: Cable, key: str, collection: str | None, score: float, seeker: Seeker) -> Hit:
    excerpt = seeker.excerpt(cable)
    return Hit(
        key=key,
        id=cable.id,
        date=date_of(cable),
        post=post_of(cable),
        level=shown_level(cable),
        status=cable.release.status,
        collection=collection,
        subject=cable.subject,
        paragraph=excerpt.paragraph if excerpt else None,
        snippet=excerpt.text if excerpt else None,
        marks=excerpt.marks if excerpt else (),
        score=score,
    )


def _facets(counts: Mapping[str, Mapping[str, int]]) -> Facets:
    """Years, levels and statuses in their own order, posts, TAGS and collections by how many there are."""
    return {
        "year": tuple(sorted(counts["year"].items())),
        "post": _by_count(counts["post"]),
        "tags": _by_count(counts["tags"]),
        "level": tuple((level, counts["level"][level]) for level in RANKS if level in counts["level"]),
        "status": tuple(
            (status, counts["status"][status]) for status in get_args(Status) if status in counts["status"]
        ),
        "collection": _by_count(counts["collection"]),
    }


def _by_count(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def years_without_gaps(years: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Counts by year in order, with those years between the first and the last that have none."""
    counts = {int(year): count for year, count in years}
    if counts:
        for year in range(min(counts), max(counts) + 1):
            yield str(year), counts.get(year, 0)
