"""What a request asks for."""

from typing import cast

import msgspec
from starlette.requests import Request

from reftel.errors import NotAdmitted, UsageError
from reftel.query import Query
from reftel.readingroom import ReadingRoom, Sort
from reftel.views.cable import Opened
from reftel.views.citation import Citation, citation, quotation

MOST = 200  # hits on a page


class Asked(msgspec.Struct, frozen=True):
    """A search, as the address says it."""

    text: str  # as typed
    query: Query
    sort: Sort
    page: int
    limit: int


def room_of(request: Request) -> ReadingRoom:
    """The archive as the reader of this application may see it: one room for a request.

    Raises NotAdmitted where the archive does not know its reader any more, or lets nobody in.
    """
    try:
        room: ReadingRoom = request.state.room
    except AttributeError:
        try:
            request.state.room = room = request.app.state.room()
        except UsageError as error:  # a name that was removed since
            raise NotAdmitted(str(error)) from None
    return room


def search_of(request: Request) -> Asked:
    """The search. Raises QueryError and UsageError where it cannot be understood."""
    values = request.query_params
    text = values.get("q", "")
    sort = values.get("sort", "relevance")
    if sort not in {"relevance", "date"}:
        raise UsageError(f"Results cannot be sorted by {sort!r}: say relevance or date")
    return Asked(
        text=text.strip(),
        query=Query.parse(text),
        sort=cast(Sort, sort),
        page=_number(values.get("page", "1"), "page", 1_000_000),
        limit=_number(values.get("limit", "20"), "limit", MOST),
    )


def _number(text: str, name: str, most: int) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most:
        return int(text)
    raise UsageError(f"{name}={text}: a number from 1 to {most:,} is wanted")


def meant(room: ReadingRoom, spelling: str) -> tuple[str, ...]:
    """The keys of the cables that a spelling means: the key itself, before what else is called so."""
    held = room.cable(spelling)
    return (spelling,) if held else room.find(spelling)


LONGEST = 200  # letters of a term: longer than any in the glossary


def term_of(request: Request) -> str:
    """The code or word that is to be explained; empty where none is named."""
    named = request.path_params.get("term", request.query_params.get("term", ""))
    return " ".join(named.split())[:LONGEST]


class Cited(msgspec.Struct, frozen=True):
    """How a cable is cited, and a paragraph of it where one is asked for: `?quote=7`."""

    citation: Citation
    csl: str
    anchor: str
    quotation: str | None


def cited(request: Request, found: Opened) -> Cited:
    """The citation of a cable, as far as its reader may see it."""
    said = citation(found.cable, found.collection)
    anchor = request.query_params.get("quote", "")
    quoted = quotation(found.cable, anchor, found.collection) if anchor else None
    csl = msgspec.json.format(msgspec.json.encode([said.csl])).decode()
    return Cited(said, csl, anchor, quoted)
