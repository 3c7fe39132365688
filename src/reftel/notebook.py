"""What one reader has written beside the cables: notes, tags, sets, what he has read, saved searches.

All of it is his alone; the archive's owner sees the notes and tags of everybody. It carries the restrictions
of what it is on. A note, and a tag on a paragraph, remember what governed the words that their writer saw,
and a digest of these words: who may not see all of that any more is shown neither, nor are they counted.
What is on a cable as a whole (a tag, a place in a set, the mark that it was read) exists for him for whom the
cable does.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, Literal, TypeVar

import msgspec
from msgspec.structs import replace

from reftel import protection, words
from reftel.archive import Archive, Held, NoteRow, Notes, Place, SavedRow, TagRow, new_id, now
from reftel.archive.store import Labels
from reftel.cable import Cable, Paragraph, date_of
from reftel.clearance import Reader, marking_of_label, may_read
from reftel.errors import Changed, NotHeld, QueryError, ReftelError, UsageError
from reftel.notefile import (
    Bad,
    HeadLine,
    Imported,
    Line,
    NoteLine,
    ReadLine,
    SearchLine,
    SetLine,
    TagLine,
    lines,
)
from reftel.query import OWN, And, Clause, Field, Keys, Not, Or, Query, own_name

LONGEST = 20_000
"""Characters of a note."""
LONGEST_NAME = 60
"""Characters of the name of a tag, a set or a saved search."""

Words = Literal["same", "moved", "changed", "gone"]
"""What has become of the words that something was put on."""

Cables = Iterable[str] | Query
"""Cables by the keys that their reader knows them by, or all that he finds with a query."""

_NO_NAME = re.compile(r'["/\\\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]|^\.+$|\.(json|jsonl)$')
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_ID = re.compile(r"[0-9A-Za-z]{1,64}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_ANY = 2**31  # portions withheld, where it does not matter how many
_WORD = re.compile(r"[^\W_]+")
_NO_WORD = {code: " " for code in range(128) if not chr(code).isalnum()}
_TOGETHER = 500  # cables that are looked at at once
_SHORT = 16  # hex digits of a digest


class Note(msgspec.Struct, frozen=True):
    """A note as its reader is shown it."""

    id: str
    key: str  # of its cable, as this reader knows it
    number: str | None  # the cable's id
    sent: str | None
    subject: str | None
    anchor: str | None  # of the paragraph where the words stand now; None: the cable as a whole
    put_on: str | None  # the paragraph that it was put on
    words: Words
    text: str
    whose: str  # empty for the archive's owner
    version: int
    made_at: str
    changed_at: str


class Standing(msgspec.Struct, frozen=True):
    """Where something stands now that was put on a cable or a paragraph, as its reader is told."""

    key: str  # of its cable, as this reader knows it
    number: str | None
    sent: str | None
    subject: str | None
    anchor: str | None  # None: the cable as a whole
    words: Words


_Standings = dict[Place, Standing | None]  # None of what is on words that he may not see
_Row = TypeVar("_Row", NoteRow, TagRow)


class Tag(msgspec.Struct, frozen=True):
    """A tag on a cable or a paragraph, as its reader is shown it."""

    name: str
    anchor: str | None
    put_on: str | None
    words: Words
    whose: str


class OnCable(msgspec.Struct, frozen=True):
    """All that a reader has put on one cable."""

    notes: tuple[Note, ...] = ()
    tags: tuple[Tag, ...] = ()
    sets: tuple[str, ...] = ()
    is_read: bool = False


class Saved(msgspec.Struct, frozen=True):
    """A saved search, and what is new in it: what has come in since it was opened last."""

    name: str
    query: str
    opened_at: str
    since: str  # when it had been opened before that


class Conflict(Changed):
    """A note was changed, or removed, by another hand in between. `now` is the note as it is; None: gone."""

    def __init__(self, now: Note | None) -> None:
        what = "was changed" if now else "was removed"
        super().__init__(
            f"this note {what} in between, so that nothing was written: look, and write it again"
        )
        self.now = now


class Notebook:
    """One reader's notes in one archive, as far as he may see what they are on. Made by his ReadingRoom."""

    def __init__(
        self,
        archive: Archive,
        reader: Reader,
        own: Reader,
        *,
        known: Callable[[str], Held | None],
        known_as: Callable[[Cable], str],
        seen: Callable[[Sequence[str]], Mapping[str, Cable]],
        every: Callable[[Query], Iterable[str]],
        remembered: Callable[[str, Callable[[], _Standings]], _Standings],
    ) -> None:
        """`known` finds a cable by the key that its reader knows it by, `known_as` tells that key.

        `seen` gives what he sees of the cables with some keys in the archive, with the outline of the rest;
        `every` the keys in the archive of all that he finds, and `remembered` what was worked out for him of
        the cables as they are. What he looks at as somebody else is shown with
        his `own` notes, as far as the other may see what they are on.
        """
        self.whose = own.name or own.level or ""
        self.sees_all = reader.level is None and not self.whose
        self._seen_of = seen
        self._archive = archive
        self._reader = reader
        self._known = known
        self._known_as = known_as
        self._every = every
        self._remembered = remembered

    # ---- notes

    def notes(self) -> tuple[Note, ...]:
        """Every note, the last changed first."""
        return self._shown(self._archive.notes.notes(self._seen()))

    def note(self, id: str) -> Note | None:
        """The note with that id."""
        row = self._archive.notes.note(self._seen(), id)
        return next(iter(self._shown([row] if row else [])), None)

    def write(self, key: str, anchor: str | None, text: str) -> Note:
        """Puts a note on a cable, or on a paragraph of it.

        Raises NotHeld where there is no such thing for this reader, UsageError for a text that is none.
        """
        text, place = note_text(text), self._place(key, anchor)
        at = now()
        row = NoteRow(new_id(), self.whose, place, text, 1, at, at)
        with self._archive.noting() as notes:
            notes.put_note(row)
        (written,) = self._shown([row])
        return written

    def change(self, id: str, version: int, text: str) -> Note:
        """Puts another text in the note that is still of that version. Raises Conflict where it is not."""
        text, row = note_text(text), self._own(id)
        with self._archive.noting() as notes:
            done = notes.change(replace(row, version=version), text)
        found = self.note(id)
        if not done or found is None:
            raise Conflict(found)
        return found

    def remove(self, id: str, version: int | None = None) -> None:
        """Removes the note, if it is still of that version. Raises Conflict where it is not."""
        row = self._own(id)
        with self._archive.noting() as notes:
            done = notes.remove(row if version is None else replace(row, version=version))
        if not done:
            raise Conflict(self.note(id))

    def _own(self, id: str) -> NoteRow:
        row = self._archive.notes.note(self._seen(), id)
        if row is None or not self._shown([row]):
            raise Conflict(None)
        return row

    # ---- what is on one cable

    def on(self, key: str) -> OnCable:
        """All that is put on the cable that the reader knows by a key."""
        held = self._known(key)
        if held is None:
            return OnCable()
        true, notes = held.cable.key, self._archive.notes
        return OnCable(
            self._shown(notes.notes(self._seen(), true)),
            tuple(_tag(row, standing) for row, standing in self._in_place(notes.tags_on(self._seen(), true))),
            notes.sets_of(self.whose, true),
            notes.has_read(self.whose, true),
        )

    # ---- tags

    def tag(self, cables: Cables, names: Iterable[str]) -> int:
        """Puts tags on cables; says how many were not there yet."""
        named = [name_of(name, "tag") for name in names]
        places = [_whole(seq) for seq in self._seqs(cables)]
        with self._archive.noting() as notes:
            return notes.tag(self.whose, named, places)

    def tag_paragraph(self, key: str, anchor: str, names: Iterable[str]) -> int:
        """Puts tags on a paragraph; says how many were not there yet. Raises NotHeld."""
        named, place = [name_of(name, "tag") for name in names], self._place(key, anchor)
        # what he may not see any more does not exist for him, so it is not in the way either
        there = self._on_paragraph(place.key, anchor)
        seen = {row.name for row, _ in self._in_place(there)}
        hidden = [row.name for row in there if row.name in named and row.name not in seen]
        with self._archive.noting() as notes:
            notes.untag(self.whose, hidden, [(place.seq, anchor)])
            return notes.tag(self.whose, named, [place])

    def untag(self, cables: Cables, names: Iterable[str]) -> int:
        """Takes tags off cables; says how many were there."""
        named = [own_name(name) for name in names]
        places = [(seq, "") for seq in self._seqs(cables)]
        with self._archive.noting() as notes:
            return notes.untag(self.whose, named, places)

    def untag_paragraph(self, key: str, anchor: str, names: Iterable[str]) -> int:
        """Takes tags off the paragraph that they were put on; says how many were there."""
        held, named = self._held(key), {own_name(name) for name in names}
        there = self._on_paragraph(held.cable.key, anchor)
        seen = [row.name for row, _ in self._in_place(there) if row.name in named]
        with self._archive.noting() as notes:
            return notes.untag(self.whose, seen, [(held.seq, anchor)])

    def _on_paragraph(self, key: str, anchor: str) -> list[TagRow]:
        rows = self._archive.notes.tags_on(self.whose, key)
        return [row for row in rows if row.place.anchor == anchor]

    def tag_names(self) -> tuple[str, ...]:
        """The names of all tags, of those too that are on nothing that he may see any more."""
        return self._archive.notes.tag_names(self.whose)

    # ---- sets

    def set_names(self) -> tuple[str, ...]:
        """The names of the sets."""
        return self._archive.notes.set_names(self.whose)

    def has_set(self, name: str) -> bool:
        """Whether there is a set of that name."""
        return self._archive.notes.has_set(self.whose, own_name(name))

    def put_in_set(self, name: str, cables: Cables = ()) -> int:
        """Puts cables in a set, which is made where there is none; says how many were not in it."""
        named, seqs = name_of(name, "set"), self._seqs(cables)
        with self._archive.noting() as notes:
            notes.make_set(self.whose, named)
            return notes.put_in_set(self.whose, named, seqs)

    def take_out(self, name: str, cables: Cables) -> int:
        """Takes cables out of a set; says how many were in it. Raises NotHeld where there is no such set."""
        seqs = self._seqs(cables)
        with self._archive.noting() as notes:
            if not notes.has_set(self.whose, own_name(name)):
                raise NotHeld(f"No set of yours is called {name!r}.")
            return notes.take_out(self.whose, own_name(name), seqs)

    def remove_set(self, name: str) -> None:
        """Removes a set, and no cable. Raises NotHeld where there is no such set."""
        with self._archive.noting() as notes:
            if not notes.remove_set(self.whose, own_name(name)):
                raise NotHeld(f"No set of yours is called {name!r}.")

    # ---- what was read

    def mark_read(self, cables: Cables, *, read: bool = True) -> int:
        """Marks cables as read, or takes the mark away; says of how many that is news."""
        seqs = self._seqs(cables)
        with self._archive.noting() as notes:
            return notes.mark_read(self.whose, seqs) if read else notes.mark_unread(self.whose, seqs)

    def is_read(self, key: str) -> bool:
        """Whether the cable is marked as read."""
        held = self._known(key)
        return held is not None and self._archive.notes.has_read(self.whose, held.cable.key)

    @property
    def has_marks(self) -> bool:
        """Whether any cable that is here for him is marked as read."""
        return next(iter(self._every(Query(Field("is", "read")))), None) is not None

    @property
    def reads_on_opening(self) -> bool:
        """Whether a cable counts as read when its page is opened."""
        return self._archive.notes.reads_on_opening(self.whose)

    def read_on_opening(self, on: bool) -> None:
        """Says whether a cable counts as read when its page is opened."""
        with self._archive.noting() as notes:
            notes.read_on_opening(self.whose, on)

    # ---- saved searches

    def save(self, name: str, query: str) -> Saved:
        """Keeps a search; what comes in from now on is new in it.

        Raises QueryError for a query that is not understood, UsageError where the name is taken.
        """
        named, asked = name_of(name, "saved search"), str(Query.parse(query))
        with self._archive.noting() as notes:
            self._search_added(notes, self.whose, named, asked)
        return _saved(self._saved(named))

    def _search_added(self, notes: Notes, whose: str, name: str, query: str) -> bool:
        named, asked = name_of(name, "saved search"), str(Query.parse(query))
        known = next(iter(notes.saved(whose, named)), None)
        if known is None:
            last, at = self._archive.store.last_seq(), now()
            notes.save(whose, SavedRow(named, asked, last, at, last, at))
        elif known.query != asked:
            raise UsageError(f"a search is saved as {named!r} already, and asks {known.query!r}")
        return known is None

    def forget(self, name: str) -> None:
        """Removes a saved search. Raises NotHeld where there is none of that name."""
        with self._archive.noting() as notes:
            if not notes.forget(self.whose, own_name(name)):
                raise NotHeld(f"No search of yours is saved as {name!r}.")

    def saved(self) -> tuple[Saved, ...]:
        """The saved searches, by name."""
        return tuple(map(_saved, self._archive.notes.saved(self.whose)))

    def visit(self, name: str) -> Saved:
        """Opens a saved search: what is new in it now, is not new at the next visit."""
        row = self._saved(name)
        last = self._archive.store.last_seq()
        row = replace(
            row, opened_seq=last, opened_at=now(), before_seq=row.opened_seq, before_at=row.opened_at
        )
        with self._archive.noting() as notes:
            notes.save(self.whose, row)
        return _saved(row)

    def new_in(self, name: str, *, at_visit: bool = False) -> Query:
        """The query for what is new in a saved search, or was at the last visit. Raises NotHeld."""
        row = self._saved(name)
        keys, after = self._archive.notes.came_after(row.before_seq if at_visit else row.opened_seq)
        new: Clause = Keys(frozenset(keys))
        return Query(And((Query.parse(row.query).clause, new if after else Not(new))))

    def _saved(self, name: str) -> SavedRow:
        row = next(iter(self._archive.notes.saved(self.whose, own_name(name))), None)
        if row is None:
            raise NotHeld(f"No search of yours is saved as {name!r}.")
        return row

    # ---- as one file

    def export(self) -> Iterator[Line]:
        """All of it as lines: of the owner everybody's, of another his own, as far as he may see it now."""
        yield HeadLine()
        for whose in self._archive.notes.everybody() if self.sees_all else (self.whose,):
            yield from self._exported(whose)

    def _exported(self, whose: str) -> Iterator[Line]:
        notes, names = self._archive.notes, self._protected()
        rows = sorted(notes.notes(whose), key=lambda row: (row.made_at, row.id))
        for note, standing in self._in_place(rows):
            yield NoteLine(
                cable=standing.key,
                text=_masked(note.text, names),
                id=note.id,
                version=note.version,
                made_at=note.made_at,
                changed_at=note.changed_at,
                by=whose,
                **_told(note.place),
            )
        for tag, standing in self._in_place(notes.tags(whose)):
            yield TagLine(name=tag.name, cable=standing.key, by=whose, **_told(tag.place))
        for name in notes.set_names(whose):
            yield SetLine(name, self._all_called(notes.in_set(whose, name)), whose)
        read = self._all_called(notes.read(whose))
        if read:
            yield ReadLine(read, whose)
        for search in notes.saved(whose):
            yield SearchLine(search.name, search.query, whose)

    def _called(self, key: str) -> str:
        """The key by which the reader knows the cable that has this key in the archive; empty for none."""
        cable = self._outlined(key)
        return self._known_as(cable) if cable else ""

    def _all_called(self, keys: Iterable[str]) -> tuple[str, ...]:
        return tuple(filter(None, map(self._called, keys)))

    def take_in(self, raw: bytes) -> Imported:
        """Adds what stands in a file: to the reader's own, and for the owner to whose it is said to be.

        What is there already stays as it is, but for a note of which the file has a later version. A bad
        line is named, and the rest is added.
        """
        added, known, bad = 0, 0, list[Bad]()
        with self._archive.noting() as notes:
            for number, line in lines(raw):
                try:
                    if isinstance(line, UsageError):
                        raise line
                    new, old, lacking = self._taken_in(notes, line)
                except ReftelError as error:
                    bad.append(Bad(number, str(error)))
                    continue
                added += new
                known += old
                if lacking:
                    bad.append(Bad(number, f"{', '.join(lacking)}: not in this archive; the rest is added"))
        return Imported(added, known, tuple(bad))

    def _taken_in(self, notes: Notes, line: Line) -> tuple[int, int, Sequence[str]]:
        """How many things of a line are added, how many were there, and which cables are not here."""
        whose = _whose(line.by) if self.sees_all and not isinstance(line, HeadLine) else self.whose
        match line:
            case HeadLine():
                return 0, 0, ()
            case NoteLine():
                return *self._note_taken_in(notes, line, whose), ()
            case TagLine(name=name):
                names, place = [name_of(name, "tag")], self._place_said(line)
                return *_counted(notes.tag(whose, names, [place]), 1), ()
            case SetLine(name=name, cables=cables):
                named, (seqs, lacking) = name_of(name, "set"), self._parted(cables)
                new = notes.make_set(whose, named) + notes.put_in_set(whose, named, seqs)
                return *_counted(new, 1 + len(seqs)), lacking
            case ReadLine(cables=cables):
                seqs, lacking = self._parted(cables)
                return *_counted(notes.mark_read(whose, seqs), len(seqs)), lacking
            case SearchLine(name=name, query=query):
                return *_counted(int(self._search_added(notes, whose, name, query)), 1), ()

    def _parted(self, keys: Iterable[str]) -> tuple[set[int], Sequence[str]]:
        """The cables with these keys that are here, and the keys of which there is none."""
        held = {key: self._known(key) for key in keys}
        return {each.seq for each in held.values() if each}, [key for key, each in held.items() if not each]

    def _note_taken_in(self, notes: Notes, line: NoteLine, whose: str) -> tuple[int, int]:
        text = note_text(line.text)
        made_up = sha256(f"{line.cable}#{line.anchor}\n{text}".encode()).hexdigest()[:_SHORT]
        id = line.id or made_up
        if not _ID.fullmatch(id):
            raise UsageError(f"an id of a note is letters and digits, and not {id[:LONGEST_NAME]!r}")
        there = notes.note(whose, id)
        if (
            there
            and self._shown([there])
            and (line.version <= there.version or self._held(line.cable).seq != there.place.seq)
        ):
            return 0, 1
        at = now()
        notes.put_note(
            NoteRow(
                id, whose, self._place_said(line), text, max(1, min(line.version, 2**31)),
                _time(line.made_at, at), _time(line.changed_at or line.made_at, at),
            )
        )  # fmt: skip
        return 1, 0

    def _place_said(self, line: NoteLine | TagLine) -> Place:
        """Where a line puts something. Raises NotHeld where there is no such place for this reader."""
        held = self._held(line.cable)
        if isinstance(line, TagLine) and line.anchor is None:
            return _whole(held.seq)
        if not line.digest or line.labels is None:
            return self._place(line.cable, line.anchor)
        seen = self._outlined(held.cable.key)
        place = Place(held.cable.key, held.seq, line.anchor or "", line.digest[:64], line.labels, _ANY)
        standing = self._standing(seen, place)
        if seen is None or standing is None or standing[1] == "gone":
            what = f"no paragraph {line.anchor} is here" if line.anchor else "some of it is not here"
            raise NotHeld(f"{line.cable}: {what}, as far as you may see")
        on = [each for each in seen.paragraphs if standing[0] in {None, each.anchor}]
        return replace(place, withheld=_withheld(on))

    # ---- asked for in a query

    def resolved(self, query: Query) -> Query:
        """The query with the keys of his cables in place of his own fields."""
        return Query(self._resolved(query.clause))

    def _resolved(self, clause: Clause) -> Clause:
        match clause:
            case Field(name, value) if name in OWN:
                return Keys(frozenset(self._keys(name, value)))
            case Not(negated):
                return Not(self._resolved(negated))
            case And(clauses):
                return And(tuple(map(self._resolved, clauses)))
            case Or(clauses):
                return Or(tuple(map(self._resolved, clauses)))
            case _:
                return clause

    def _keys(self, name: str, value: str) -> Iterable[str]:
        """The keys in the archive of the cables that one of his own fields asks for.

        Those that are hidden from him as a whole may be among them: the index does not give them to him.
        """
        notes = self._archive.notes
        if name == "set":
            return notes.in_set(self.whose, value)
        if name == "is" and value == "read":
            read = ("read", self.whose)
            return self._archive.remembered(read, lambda: frozenset(notes.read(self.whose)), of_notes=True)
        if name == "tagged":
            return self._keys_in_place(notes.tags(self.whose, value))
        sought = set(words.split(value)) if name == "note" else set()
        rows, names = notes.notes(self.whose), self._protected()
        return self._keys_in_place(
            [row for row in rows if sought <= set(words.split(_masked(row.text, names)))]
        )

    def _keys_in_place(self, rows: Sequence[NoteRow] | Sequence[TagRow]) -> Iterator[str]:
        # of what is on a cable as a whole, and no words were looked at, the index knows who may see it
        standing = self._standings(row.place for row in rows if row.place.digest)
        return (row.place.key for row in rows if not row.place.digest or standing[row.place])

    # ---- whether what something is on may be seen

    def _seen(self) -> str | None:
        """Whose notes he sees: his own, or everybody's."""
        return None if self.sees_all else self.whose

    def _shown(self, rows: Sequence[NoteRow]) -> tuple[Note, ...]:
        names = self._protected()
        return tuple(_note(row, standing, names) for row, standing in self._in_place(rows))

    def _in_place(self, rows: Sequence[_Row]) -> Iterator[tuple[_Row, Standing]]:
        """Those of the rows that are on what he may see, and where they stand now."""
        standings = self._standings(row.place for row in rows)
        return ((row, standing) for row in rows if (standing := standings[row.place]))

    def _standings(self, places: Iterable[Place]) -> _Standings:
        """Where what was put on these places stands now; looked up once as long as the cables stay so."""
        known = self._remembered("what stands where", dict)
        new = [place for place in dict.fromkeys(places) if place not in known]
        for at in range(0, len(new), _TOGETHER):
            some = new[at : at + _TOGETHER]
            cables = self._seen_of([*{place.key for place in some}])
            known |= {place: self._told_of(cables.get(place.key), place) for place in some}
        return known

    def _told_of(self, cable: Cable | None, place: Place) -> Standing | None:
        standing = self._standing(cable, place)
        if cable is None or standing is None:
            return None
        return Standing(self._known_as(cable), cable.id, date_of(cable), cable.subject, *standing)

    def _outlined(self, key: str) -> Cable | None:
        return self._seen_of((key,)).get(key)

    def _standing(self, cable: Cable | None, place: Place) -> tuple[str | None, Words] | None:
        """Where what was put on a place stands now, and what has become of its words.

        None where the reader may not see all that the writer saw there. `cable` is what he sees of it, with
        an outline of what he does not.
        """
        if cable is None or not all(self._may_read(label) for label in place.labels):
            return None
        if not place.anchor:
            return self._on_whole(cable, place)
        own = next((each for each in cable.paragraphs if each.anchor == place.anchor), None)
        if own is not None and _digest(own.text) == place.digest and not own.withheld:
            return own.anchor, "same"
        same = [each for each in cable.paragraphs if not each.withheld and _digest(each.text) == place.digest]
        if len(same) == 1:
            return same[0].anchor, "moved"
        if own is None:
            return None, "gone"  # for everybody: what is withheld would stand in the outline
        if own.withheld or _withheld([own]) > place.withheld:
            return None
        return own.anchor, "changed"

    def _on_whole(self, cable: Cable, place: Place) -> tuple[None, Words] | None:
        if not place.digest or _digest_of(cable) == place.digest:
            return None, "same"
        # he may see more of it than its writer did
        then = self._archive.store.load(place.key, lambda labels: labels & {*place.labels})
        if then is not None and _digest_of(then) == place.digest:
            return None, "same"
        return (None, "changed") if _withheld(cable.paragraphs) <= place.withheld else None

    def _may_read(self, label: str) -> bool:
        return may_read(self._reader, marking_of_label(label))

    def _permitted(self, labels: frozenset[str]) -> frozenset[str]:
        return frozenset(filter(self._may_read, labels))

    def _held(self, key: str) -> Held:
        held = self._known(key)
        if held is None:
            raise NotHeld(f"{key}: not in this archive")
        return held

    def _seqs(self, cables: Cables) -> Sequence[int]:
        if isinstance(cables, Query):
            return self._archive.notes.seqs([*self._every(cables)])
        return [self._held(key).seq for key in cables]

    def _place(self, key: str, anchor: str | None) -> Place:
        """A cable or a paragraph, with what the reader sees there. Raises NotHeld where he sees nothing."""
        held = self._held(key)
        seen = self._outlined(held.cable.key)
        if seen is None:
            raise NotHeld(f"{key}: not in this archive")
        if anchor is None:
            labels = self._labels(held.cable.key, lambda cable: True)
            withheld = _withheld(seen.paragraphs)
            return Place(held.cable.key, held.seq, "", _digest_of(seen), labels, withheld)
        own = next((each for each in seen.paragraphs if each.anchor == anchor and not each.withheld), None)
        if own is None or not own.text:
            raise NotHeld(f"{key}: it has no paragraph {anchor} here")
        labels = self._labels(
            held.cable.key, lambda cable: any(each.anchor == anchor for each in cable.paragraphs)
        )
        return Place(held.cable.key, held.seq, anchor, _digest(own.text), labels, _withheld([own]))

    def _labels(self, key: str, tells: Callable[[Cable], bool]) -> tuple[str, ...]:
        """Which of the labels that he may see govern something of the cable for which `tells` holds."""
        present: set[str] = set()

        def all_permitted(labels: frozenset[str]) -> frozenset[str]:
            present.update(permitted := self._permitted(labels))
            return permitted

        self._archive.store.load(key, all_permitted)
        found = []
        for label in sorted(present):
            alone = self._archive.store.load(key, _only(label))
            if alone is not None and tells(alone):
                found.append(label)
        return tuple(found)

    def _protected(self) -> tuple[protection.Name, ...]:
        """The names that the owner has listed, to be masked in every text."""
        listed = (protection.name_of(each.name) for each in self._archive.store.listed())
        return tuple(name for name in listed if name)


def _masked(text: str, names: tuple[protection.Name, ...]) -> str:
    return protection.mask_text(text, names) if protection.may_tell(text, names) else text


def _whole(seq: int) -> Place:
    """A cable as a whole, where no words are looked at."""
    return Place("", seq, "", "", (), 0)


def _only(label: str) -> Labels:
    return lambda labels: labels & {label}


def note_text(text: str) -> str:
    """The text of a note as it is kept. Raises UsageError where it is empty or too long."""
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not text:
        raise UsageError("a note has some text: nothing was written")
    if len(text) > LONGEST:
        raise UsageError(
            f"a note has at most {LONGEST:,} characters, and this one has {len(text):,}: part it in several"
        )
    return text


def name_of(name: str, what: str) -> str:
    """The name of a tag, a set or a saved search. Raises UsageError for one that cannot be."""
    named = own_name(name)
    if not named or len(named) > LONGEST_NAME or _NO_NAME.search(named) or not _can_be_asked(named):
        raise UsageError(
            f"the name of a {what} is 1 to {LONGEST_NAME} characters without quotes and slashes, "
            f"and not {name[:LONGEST_NAME]!r}"
        )
    return named


def _can_be_asked(name: str) -> bool:
    """Whether a query that names a tag so is read as that: other quotation marks count as quotes, too."""
    asked = Query(Field("tagged", name))
    try:
        return Query.parse(str(asked)) == asked
    except QueryError:
        return False


def _note(row: NoteRow, standing: Standing, names: tuple[protection.Name, ...]) -> Note:
    return Note(
        id=row.id,
        key=standing.key,
        number=standing.number,
        sent=standing.sent,
        subject=standing.subject,
        anchor=standing.anchor,
        put_on=row.place.anchor or None,
        words=standing.words,
        text=_masked(row.text, names),
        whose=row.whose,
        version=row.version,
        made_at=row.made_at,
        changed_at=row.changed_at,
    )


def _tag(row: TagRow, standing: Standing) -> Tag:
    return Tag(row.name, standing.anchor, row.place.anchor or None, standing.words, row.whose)


def _saved(row: SavedRow) -> Saved:
    return Saved(row.name, row.query, row.opened_at, row.before_at)


def _told(place: Place) -> dict[str, Any]:
    """A place in the words of a line, but for its cable, and for how much of it is withheld."""
    if not place.digest:
        return {}
    return {
        "anchor": place.anchor or None,
        "digest": place.digest,
        "labels": place.labels,
    }


def _counted(new: int, of: int) -> tuple[int, int]:
    return new, of - new


def _whose(by: str) -> str:
    """The name of him whose a line is said to be."""
    if len(by) > LONGEST_NAME * 2 or not by.isprintable():
        raise UsageError(f"nobody can be called {by[:LONGEST_NAME]!r}")
    return by.strip()


def _time(said: str | None, otherwise: str) -> str:
    return said if said and _TIME.fullmatch(said) else otherwise


def _digest(text: str) -> str:
    """A digest of words, in which capitals, blanks and punctuation do not count."""
    folded = text.casefold()
    # of nearly all, and a tenth of the time
    found = folded.translate(_NO_WORD).split() if folded.isascii() else _WORD.findall(folded)
    return sha256(" ".join(found).encode()).hexdigest()[:_SHORT]


def _digest_of(cable: Cable) -> str:
    texts = (each.text for each in cable.paragraphs if not each.withheld)
    return _digest(" ".join((cable.subject or "", *texts)))


def _withheld(paragraphs: Iterable[Paragraph]) -> int:
    """How many portions of some paragraphs are withheld."""
    return sum(1 if each.withheld else sum(part.withheld for part in each.parts) for each in paragraphs)
