"""What the last word of a query may become: posts, TAGS, numbers and other values that are held."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Literal

import msgspec

from reftel import stations, tags, words
from reftel.markings import NAMES
from reftel.query import Field, FieldName, Query
from reftel.readingroom import Facets, ReadingRoom

MOST = 8
_OF_EACH = 3  # posts, TAGS and numbers, where it is not said which is meant
_SHORTEST = 2  # letters of a word that is no field


class Suggestion(msgspec.Struct, frozen=True):
    """One way to go on typing."""

    query: str  # all of it, with the last word made the clause
    clause: str
    says: str
    count: int | None = None  # cables for which it holds, of all that are held; None where that is not known


class Suggestions(msgspec.Struct, frozen=True):
    """What may be meant, the most frequent first."""

    query: str
    suggestions: tuple[Suggestion, ...]


_LAST = re.compile(r"""(?P<left_out>-?)(?:(?P<field>[A-Za-z]+):)?"?(?P<start>[^\s()":]*|(?<=")[^"]*)$""")
_NUMBER = re.compile(r"(?P<year>\d\d(?:\d\d)?)?(?P<rest>[A-Z]+\d*)|[A-Za-z]+\d+[-\w/]*")


def _level(value: str) -> str:
    return next(name for level, name in NAMES.items() if level == value)


_FACETS: dict[FieldName, tuple[str, Callable[[str], str]]] = {
    "from": ("post", stations.title),
    "tag": ("tags", lambda code: "; ".join(dict.fromkeys(each.name for each in tags.meaning(code)))),
    "class": ("level", _level),
    "status": ("status", str),
    "collection": ("collection", str),
}


def suggestions(room: ReadingRoom, text: str) -> Suggestions:
    """How the reader may go on with a query, out of what there is for him."""
    last = _LAST.search(text)
    if last is None or not (last["field"] or len(last["start"]) >= _SHORTEST):
        return Suggestions(text, ())
    before = text[: last.start()] + last["left_out"]
    found = (
        _of_field(room, last["field"].lower(), last["start"]) if last["field"] else _any(room, last["start"])
    )
    return Suggestions(
        text,
        tuple(
            Suggestion(f"{before}{field} ", str(field), says, count)
            for field, says, count in islice(found, MOST)
        ),
    )


_Found = Iterator[tuple[Field, str, int | None]]


def _of_field(room: ReadingRoom, name: str, start: str) -> _Found:
    if name == "id":
        yield from _numbers(room, start)
    elif name in {"tagged", "set"}:
        yield from _own(room, "tagged" if name == "tagged" else "set", start)
    elif name == "to":
        for field, says, _ in _values(room.holdings().facets, "from", start):
            yield Field("to", field.value), says, None
    else:
        known = next((each for each in _FACETS if each == name), None)
        yield from _values(room.holdings().facets, known, start) if known else ()


def _own(room: ReadingRoom, name: Literal["tagged", "set"], start: str) -> _Found:
    """The reader's own tags and sets that begin so, of which he may see anything."""
    book = room.notebook
    for each in book.tag_names() if name == "tagged" else book.set_names():
        if words.fold(each).strip().startswith(words.fold(start).strip()):
            count = room.count(Query(Field(name, each)))
            if count:
                yield Field(name, each), "", count


def _any(room: ReadingRoom, start: str) -> _Found:
    facets = room.holdings().facets
    names: Sequence[FieldName] = ("from", "tag", "collection")
    for name in names:
        yield from islice(_values(facets, name, start), _OF_EACH)
    yield from islice(_numbers(room, start), _OF_EACH)


def _values(facets: Facets, name: FieldName, start: str) -> _Found:
    """The values of a field that begin so, or mean something of which a word begins so."""
    facet, meaning = _FACETS[name]
    sought = words.fold(start).strip()
    for value, count in facets[facet]:
        says = meaning(value)
        spelt = [words.fold(value).strip(), *words.split(says)]
        if '"' not in value and any(each.startswith(sought) for each in spelt):
            yield Field(name, value), says if says != value else "", count


def _numbers(room: ReadingRoom, start: str) -> _Found:
    """The newest cables whose number begins so: `09ASTANA2`, `ASTANA25`."""
    number = _NUMBER.fullmatch(start.upper()) or _NUMBER.fullmatch(start)
    if number is None or not any(char.isdigit() for char in start):
        return
    year = number["year"] or ""
    century = ("19" if year >= "60" else "20") if len(year) == 2 else ""
    for hit in room.starting(f"{century}{start}", MOST):
        if '"' not in hit.key:
            yield Field("id", hit.key), hit.subject or "", None
