"""What a request asks for."""

from typing import cast

import msgspec
from starlette.requests import Request

from reftel.errors import NotAdmitted, UsageError
from reftel.query import Query
from reftel.readingroom import ReadingRoom, Sort

MOST = 200  # hits on a page


class Asked(msgspec.Struct, frozen=True):
    """A search, as the address says it."""

    text: str  # as typed
    query: Query
    sort: Sort
    page: int
    limit: int
    view: str  # cards, table


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
    view = values.get("view", "cards")
    if view not in {"cards", "table"}:
        raise UsageError(f"Results cannot be shown as {view!r}: say cards or table")
    return Asked(
        text=text.strip(),
        query=Query.parse(text),
        sort=cast(Sort, sort),
        page=_number(values.get("page", "1"), "page", 1_000_000),
        limit=_number(values.get("limit", "20"), "limit", MOST),
        view=view,
    )


def _number(text: str, name: str, most: int) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most:
        return int(text)
    raise UsageError(f"{name}={text}: a number from 1 to {most:,} is wanted")


def meant(room: ReadingRoom, spelling: str) -> tuple[str, ...]:
    """The keys of the cables that a spelling means: the key itself, before what else is called so."""
    held = room.cable(spelling)
    return (spelling,) if held else room.find(spelling)
