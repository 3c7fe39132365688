"""What a request asks for."""

from typing import cast

import msgspec
from starlette.requests import Request

from reftel import stations
from reftel.cable import Cable
from reftel.errors import NotAdmitted, UsageError
from reftel.excerpts import Seeker
from reftel.query import Query
from reftel.readingroom import ReadingRoom, Sort
from reftel.views.citation import Citation, citation, quotation
from reftel.views.copies import Copies, copies
from reftel.views.missing import MOST as LONGEST
from reftel.views.missing import Ledger, ledger
from reftel.views.threads import DEEPEST, Direction
from reftel.views.timeline import By, OverTime, over_time
from reftel.web.outlook import outlook_of
from reftel.web.parts import Parts, in_parts, is_long

MOST = 200  # hits at once
HITS = 100  # on a page
GONE = 50  # missing numbers on a page


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
        outlook = outlook_of(request)
        try:
            make = request.app.state.room
            request.state.room = room = make(outlook) if outlook.prefix else make()
        except UsageError as error:  # a name that was removed since
            raise NotAdmitted(str(error)) from None
    return room


def search_of(request: Request, most: int = MOST) -> Asked:
    """The search, for so many hits at most. Raises QueryError and UsageError where it is not understood."""
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
        limit=_number(values.get("limit", "20"), "limit", most),
        view=view,
    )


class Followed(msgspec.Struct, frozen=True):
    """How far references are followed, and which way."""

    depth: int
    direction: Direction


def followed_of(request: Request) -> Followed:
    """How far, and which way. Raises UsageError where it cannot be understood."""
    values = request.query_params
    direction = values.get("direction", "both")
    if direction not in {"cites", "cited-by", "both"}:
        raise UsageError(f"There is no direction {direction!r}: say cites, cited-by or both")
    return Followed(_number(values.get("depth", "2"), "depth", DEEPEST), cast(Direction, direction))


def ledger_of(request: Request, most: int = LONGEST) -> Ledger:
    """The page of the ledger that is asked for, of so many numbers at most. Raises QueryError, UsageError."""
    values = request.query_params
    post, year = values.get("post", "").strip(), values.get("year")
    return ledger(
        room_of(request),
        Query.parse(values.get("q", "")),
        post=(stations.token(post) or post) if post else None,
        year=_number(year, "year", 9999) if year else None,
        page=_number(values.get("page", "1"), "page", 1_000_000),
        limit=_number(values.get("limit", "25"), "limit", most),
    )


def _number(text: str, name: str, most: int) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most:
        return int(text)
    raise UsageError(f"The {name} cannot be {text!r}: a number from 1 to {most:,} is wanted")


def over_time_of(request: Request) -> OverTime:
    """The timeline that is asked for. Raises QueryError and UsageError."""
    values = request.query_params
    by = values.get("by", "level")
    if by not in {"level", "status"}:
        raise UsageError(f"There is nothing by {by!r}: say level or status")
    return over_time(room_of(request), Query.parse(values.get("q", "")), cast(By, by))


def station_of(request: Request) -> str | None:
    """The token of the post that the address names; None where it has no letters."""
    return stations.token(request.path_params["name"])


def code_of(request: Request) -> str:
    """The TAG that the address names, as TAGS are spelled."""
    return " ".join(str(request.path_params["code"]).split()).upper()


def meant(room: ReadingRoom, spelling: str) -> tuple[str, ...]:
    """The keys of the cables that a spelling means: the key itself, before what else is called so."""
    held = room.cable(spelling)
    return (spelling,) if held else room.find(spelling)


_LONGEST_TERM = 200  # letters of a term: longer than any in the glossary


def term_of(request: Request) -> str:
    """The code or word that is to be explained; empty where none is named."""
    named = request.path_params.get("term", request.query_params.get("term", ""))
    return " ".join(named.split())[:_LONGEST_TERM]


def compared(request: Request) -> Copies | None:
    """How two copies of a cable differ: `?with=3` for the third beside the first, else the second.

    None where the key is none, or there are not these two for this reader. Raises UsageError.
    """
    second = _number(request.query_params.get("with", "2"), "with", 10_000)
    return copies(room_of(request), request.path_params["spelling"], second)


class Shown:
    """What of a long cable is shown: `?part=2`, `?at=7`, `?copy=1`; else its first hit."""

    def __init__(self, request: Request, seeker: Seeker) -> None:
        values = request.query_params
        self.copy = "copy" in values
        self.parts: Parts | None = None  # of a cable that is shown in parts, when it has been opened
        self._seeker = seeker
        self._named = values.get("at") or values.get("quote")
        self.number = part_of(request)
        self._is_first = "part" not in values

    def part_of(self, cable: Cable) -> Cable | None:
        """The part that is shown; None where all of it is."""
        if self.copy or not is_long(cable):
            return None
        anchor = (self._named or self._hit(cable)) if self._is_first else None
        self.parts = in_parts(cable, self.number, anchor)
        return self.parts.cable

    def _hit(self, cable: Cable) -> str | None:
        return next((each.anchor for each in cable.paragraphs if self._seeker.marks(each.text)), None)


def place_of(text: str) -> tuple[str, str | None]:
    """A cable and, where it is named, a paragraph: `2009ASTANA253#p7`."""
    key, found, anchor = text.rpartition("#p")
    return (key, anchor) if found else (text, None)


def page_of(request: Request) -> int:
    """Which page is asked for. Raises UsageError."""
    return _number(request.query_params.get("page", "1"), "page", 1_000_000)


def part_of(request: Request) -> int:
    """Which part of what is long is asked for. Raises UsageError."""
    return _number(request.query_params.get("part", "1"), "part", 1_000_000)


class Cited(msgspec.Struct, frozen=True):
    """How a cable is cited, and a paragraph of it where one is asked for: `?quote=7`."""

    citation: Citation
    csl: str
    anchor: str
    quotation: str | None


def cited(request: Request, cable: Cable, collection: str | None) -> Cited:
    """The citation of a cable, as far as its reader may see it."""
    kept_in = collection if cable.copy else None  # told to him for whom the copy is
    said = citation(cable, kept_in)
    anchor = request.query_params.get("quote", "")
    quoted = quotation(cable, anchor, kept_in) if anchor else None
    csl = msgspec.json.format(msgspec.json.encode([said.csl])).decode()
    return Cited(said, csl, anchor, quoted)
