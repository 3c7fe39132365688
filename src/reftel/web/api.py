"""The same results in JSON."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from reftel.views import posts, tags
from reftel.views.cable import opened
from reftel.views.home import holdings
from reftel.views.search import results
from reftel.web import addresses
from reftel.web.answers import json
from reftel.web.asking import code_of, meant, room_of, search_of, station_of


async def home(request: Request) -> Response:
    """What is held."""
    return json(holdings(room_of(request)))


async def search(request: Request) -> Response:
    """What a query finds."""
    asked = search_of(request)
    found = results(room_of(request), asked.query, sort=asked.sort, page=asked.page, limit=asked.limit)
    return json(found)


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


async def post(request: Request) -> Response:
    """One post."""
    name, station = request.path_params["name"], station_of(request)
    if station and station != name:
        return RedirectResponse(f"{addresses.post(station)}.json", 302)
    found = posts.opened(room_of(request), station) if station else None
    if found is None:
        return json({"error": f"There is no cable from {name} in this archive."}, 404)
    return json(found)


async def tag(request: Request) -> Response:
    """One TAG."""
    given, code = request.path_params["code"], code_of(request)
    if code != given and (address := addresses.tag(code)):
        return RedirectResponse(f"{address}.json", 302)
    found = tags.opened(room_of(request), code)
    if found is None:
        return json({"error": f"{code} is a TAG of no era, and no cable of this archive bears it."}, 404)
    return json(found)
