"""The pages. Each asks a view and shows what it returns."""

from collections.abc import Iterable, Iterator
from itertools import islice

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from reftel import mrn
from reftel.errors import QueryError
from reftel.excerpts import Seeker
from reftel.query import Query, Textual
from reftel.readingroom import ReadingRoom
from reftel.views.cable import opened
from reftel.views.home import holdings
from reftel.views.search import Results, results
from reftel.web import addresses, narrowing
from reftel.web.answers import page
from reftel.web.asking import Asked, meant, room_of, search_of
from reftel.web.received import elements

_OFFERED = 5  # queries, where nothing was found
_TRIED = 30  # of those that come to mind


async def home(request: Request) -> Response:
    """What is held."""
    held = holdings(room_of(request))
    if not held.total:
        return page(request, "empty.html", json="/index.json")
    return page(request, "home.html", json="/index.json", held=held)


async def search(request: Request) -> Response:
    """What a query finds."""
    room, asked = room_of(request), search_of(request)
    found = results(room, asked.query, sort=asked.sort, page=asked.page, limit=asked.limit)
    if not found.total and not room.size():
        return page(request, "empty.html", json="/search.json")
    return page(
        request,
        "search.html",
        json=f"/search.json?{request.url.query}",
        query_text=asked.text,
        found=found,
        ranks=asked.query.ranks,
        view=asked.view,
        meant=_numbered(room, asked),
        chosen=narrowing.chosen(asked.query),
        facets=tuple(narrowing.facets(asked.query, found.facets, found.beside)),
        bars=tuple(narrowing.stretches(asked.query, found.timeline)) if found.timeline else (),
        undated=narrowing.undated(asked.query),
        wider=_wider(room, asked.query, found) if not found.total else (),
    )


async def cable(request: Request) -> Response:
    """One cable; any of its spellings leads to its key."""
    room, spelling = room_of(request), request.path_params["spelling"]
    back = request.query_params.get("q", "").strip()
    keys = meant(room, spelling)
    if len(keys) > 1:
        cables = [held.cable for key in keys if (held := room.cable(key))]
        return page(request, "several.html", 300, query_text=back, spelling=spelling, cables=cables)
    if keys and keys[0] != spelling:
        return RedirectResponse(addresses.cable(keys[0], query=back), 302)
    found = opened(room, spelling)
    if found is None:
        near = tuple(_with_hits(room, narrowing.near(spelling)))
        return page(request, "not_held.html", 404, query_text=back, spelling=spelling, near=near)
    seeker = Seeker(_sought(back))
    return page(
        request,
        "cable.html",
        json=f"{addresses.cable(found.cable.key)}.json",
        query_text=back,
        back=back,
        opened=found,
        places=found.places,
        received=elements(found.copy or ()),
        seeker=seeker,
        marked=sum(len(seeker.marks(each.text)) for each in found.cable.paragraphs) if back else 0,
    )


def _wider(room: ReadingRoom, query: Query, found: Results) -> tuple[tuple[str, int], ...]:
    """What else to try: that a clause may be left out is said already."""
    told = {each.without for each in found.obstacles}
    return tuple(_with_hits(room, (each for each in narrowing.wider(query) if str(each) not in told)))


async def help_page(request: Request) -> Response:
    """How to ask, by examples."""
    held = holdings(room_of(request))
    return page(request, "help.html", json="/help.json", held=held)


def _sought(back: str) -> tuple[Textual, ...]:
    """The words of the query by which a cable was found; none where it is not understood."""
    try:
        return Query.parse(back).sought()
    except QueryError:
        return ()


def _numbered(room: ReadingRoom, asked: Asked) -> tuple[str, ...]:
    """The cables whose number was typed into the search box."""
    return room.find(asked.text) if mrn.read(asked.text) else ()


def _with_hits(room: ReadingRoom, tries: Iterable[Query]) -> Iterator[tuple[str, int]]:
    """The first few queries that find something, and how much."""
    tried = islice(dict.fromkeys(tries), _TRIED)
    found = ((str(query), room.search(query, limit=1).total) for query in tried)
    yield from islice(((query, total) for query, total in found if total), _OFFERED)
