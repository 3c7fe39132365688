"""What a reader has put beside the cables, on one page; a set of cables; what is new in a saved search."""

from collections.abc import Iterable, Iterator

import msgspec

from reftel.errors import NotHeld
from reftel.notebook import Note, Saved
from reftel.query import Field, FieldName, Query, own_name
from reftel.readingroom import Hit, ReadingRoom

PAGE = 50  # notes, and cables of a set or a search, on a page


class Named(msgspec.Struct, frozen=True):
    """A tag or a set: its name, how many cables bear it, and the query that finds them."""

    name: str
    count: int
    query: str


class News(msgspec.Struct, frozen=True):
    """A saved search, how many cables it finds, and how many of them have come in since it was opened."""

    name: str
    query: str
    opened_at: str
    total: int
    new: int


class Own(msgspec.Struct, frozen=True):
    """All that is a reader's own; what is on what he may not see any more is neither told nor counted."""

    notes: tuple[Note, ...]
    total: int  # notes
    page: int
    pages: int
    tags: tuple[Named, ...]
    sets: tuple[Named, ...]
    saved: tuple[News, ...]
    read: int  # cables that are marked as read
    reads_on_opening: bool


class Collected(msgspec.Struct, frozen=True):
    """A set of cables, or what is new in a saved search: a page of them, the newest first."""

    name: str
    query: str
    total: int
    hits: tuple[Hit, ...]
    page: int
    pages: int
    found: int | None = None  # of a saved search: all that it finds
    since: str | None = None  # and what came in since then is new


def own(room: ReadingRoom, page: int = 1) -> Own:
    """A reader's own page."""
    book = room.notebook
    notes = room.remembered("notes", book.notes, of_notes=True)  # all: those count whose words he may see
    return Own(
        notes=notes[(page - 1) * PAGE : page * PAGE],
        total=len(notes),
        page=page,
        pages=-(-len(notes) // PAGE),
        tags=tuple(each for each in _named(room, "tagged", book.tag_names()) if each.count),
        sets=tuple(_named(room, "set", book.set_names())),
        saved=news(room),
        read=room.count(Query(Field("is", "read"))),
        reads_on_opening=book.reads_on_opening,
    )


def news(room: ReadingRoom) -> tuple[News, ...]:
    """The saved searches, with how much is new in each."""
    return tuple(_news(room, each) for each in room.notebook.saved())


def a_set(room: ReadingRoom, name: str, page: int = 1) -> Collected:
    """The cables of a set. Raises NotHeld where there is none of that name."""
    if not room.notebook.has_set(name):
        raise NotHeld(f"No set of yours is called {name}.")
    query = Query(Field("set", own_name(name)))
    total, hits = room.newest(query, first=(page - 1) * PAGE, limit=PAGE)
    return Collected(own_name(name), str(query), total, hits, page, -(-total // PAGE))


def what_is_new(room: ReadingRoom, name: str, page: int = 1) -> Collected:
    """What was new in a saved search when it was opened last. Raises NotHeld for a name of none."""
    query = room.notebook.new_in(name, at_visit=True)
    total, hits = room.newest(query, first=(page - 1) * PAGE, limit=PAGE)
    saved = next(each for each in room.notebook.saved() if each.name == own_name(name))
    found = room.count(Query.parse(saved.query))
    return Collected(
        saved.name, saved.query, total, hits, page, -(-total // PAGE), found=found, since=saved.since
    )


def _news(room: ReadingRoom, saved: Saved) -> News:
    found, new = room.count(Query.parse(saved.query)), room.count(room.notebook.new_in(saved.name))
    return News(saved.name, saved.query, saved.opened_at, found, new)


def _named(room: ReadingRoom, field: FieldName, names: Iterable[str]) -> Iterator[Named]:
    for name in names:
        query = Query(Field(field, name))
        yield Named(name, room.count(query), str(query))
