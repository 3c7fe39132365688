"""The same results in JSON."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from reftel.query import LESSONS
from reftel.views.cable import opened
from reftel.views.home import holdings
from reftel.views.search import results
from reftel.views.suggestions import suggestions
from reftel.web import addresses
from reftel.web.answers import json
from reftel.web.asking import meant, room_of, search_of


async def home(request: Request) -> Response:
    """What is held."""
    return json(holdings(room_of(request)))


async def search(request: Request) -> Response:
    """What a query finds."""
    asked = search_of(request)
    found = results(room_of(request), asked.query, sort=asked.sort, page=asked.page, limit=asked.limit)
    return json(found)


async def suggest(request: Request) -> Response:
    """What the last word in the search box may be meant to become."""
    return json(suggestions(room_of(request), request.query_params.get("q", "")))


async def lessons(request: Request) -> Response:
    """How to ask, by examples."""
    return json({"lessons": LESSONS, "here": holdings(room_of(request)).examples})


async def cable(request: Request) -> Response:
    """One cable: its record, as its reader may see it."""
    room, spelling = room_of(request), request.path_params["spelling"]
    keys = meant(room, spelling)
    if len(keys) > 1:
        return json({"error": f"{spelling} is a name of several cables.", "keys": keys}, 300)
    if keys and keys[0] != spelling:
        return RedirectResponse(f"{addresses.cable(keys[0])}.json", 302)
    found = opened(room, spelling)
    if found is None:
        return json({"error": f"There is no cable {spelling} in this archive."}, 404)
    return json(found.record())
