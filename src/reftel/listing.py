"""A whole result as lines: CSV, JSON, or the citations alone. Nobody keeps more than a few cables of it."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator

import msgspec

from reftel.query import Query
from reftel.readingroom import Hit, ReadingRoom
from reftel.views import citation, search

COLUMNS = ("key", "id", "date", "post", "level", "status", "collection", "subject", "paragraph", "snippet")
Form = Callable[[ReadingRoom, Query], Iterator[str]]
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_csv(room: ReadingRoom, query: Query) -> Iterator[str]:
    """Rows of CSV. What is said of the whole stands above them, each row of it behind a `#`."""
    found = search.whole(room, query)
    for name, said in _said(found.head):
        yield row(("#", name, said))
    yield row(COLUMNS)
    for hit in search.hits(room, query, found):
        yield row(listed(hit).values())


def as_json(room: ReadingRoom, query: Query) -> Iterator[str]:
    """A line of JSON for each cable; the first line says what is said of the whole."""
    found = search.whole(room, query)
    yield _line(found.head)
    for hit in search.hits(room, query, found):
        yield _line(listed(hit))


def as_citations(room: ReadingRoom, query: Query) -> Iterator[str]:
    """A citation of each cable, in Chicago's style, on a line of its own; above them what is said of all."""
    found = search.whole(room, query)
    for name, said in _said(found.head):
        yield f"# {name}: {said}\n"
    for key in found.keys:
        held = room.cable(key)
        if held is not None:  # else it has gone since
            collection = held.collection if held.cable.copy else None
            yield f"{' '.join(citation.citation(held.cable, collection).chicago.split())}\n"


def listed(hit: Hit) -> dict[str, object]:
    """What is listed of a cable, by column."""
    return {column: getattr(hit, column) for column in COLUMNS}


def row(values: Iterable[object]) -> str:
    """One row of CSV."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([cell(value) for value in values])
    return line.getvalue()


def cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    words = "" if value is None else str(value)
    return f"'{words}" if words.lstrip()[:1] in _FORMULA or words[:1] in _FORMULA else words


def _said(head: search.Head) -> Iterator[tuple[str, str]]:
    yield "query", " ".join(head.query.split())
    yield "asked on", head.asked_on
    yield "read as", head.read_as
    yield "found", f"{head.found} out of {head.held}"
    if head.left_out:
        yield "left out", ", ".join(head.left_out)
    yield "fingerprint of what is held", head.fingerprint


def _line(value: object) -> str:
    return f"{msgspec.json.encode(value).decode()}\n"
