"""The same results in JSON."""

import re
from collections.abc import Callable

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from reftel.errors import NotHeld
from reftel.glossary import explain
from reftel.views.cable import opened
from reftel.views.home import holdings
from reftel.views.search import results
from reftel.web import addresses
from reftel.web.answers import json
from reftel.web.asking import Cited, cited, meant, room_of, search_of, term_of


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
    said = cited(request, found)
    told = {"quotation": said.quotation} if said.anchor else {}
    return json({**found.record(), "citation": {**msgspec.to_builtins(said.citation), **told}})


async def explained(request: Request) -> Response:
    """What a code or an abbreviation means."""
    room_of(request)
    term = term_of(request)
    meanings = explain(term)
    status = 404 if term and not meanings else 200
    return json({"term": term, "meanings": [one.record() for one in meanings]}, status)


# -- for reference managers -------------------------------------------------------------------------------


async def bibtex(request: Request) -> Response:
    """A cable's citation in BibTeX."""
    return _for_managers(request, "bib", "application/x-bibtex", lambda said: said.citation.bibtex)


async def ris(request: Request) -> Response:
    """A cable's citation in RIS."""
    kind = "application/x-research-info-systems"
    return _for_managers(request, "ris", kind, lambda said: said.citation.ris)


async def csl(request: Request) -> Response:
    """A cable's citation in CSL-JSON: a list of one item."""
    kind = "application/vnd.citationstyles.csl+json"
    return _for_managers(request, "csl.json", kind, lambda said: said.csl)


def _for_managers(request: Request, ending: str, kind: str, form: Callable[[Cited], str]) -> Response:
    """One form of the citation as a file. Raises NotHeld."""
    room, spelling = room_of(request), request.path_params["spelling"]
    keys = meant(room, spelling)
    found = opened(room, keys[0]) if len(keys) == 1 else None
    if found is None:
        raise NotHeld(f"There is no one cable {spelling} in this archive.")
    if keys[0] != spelling:
        return RedirectResponse(f"{addresses.cable(keys[0])}.{ending}", 302)
    name = f"{re.sub(r'[^A-Za-z0-9-]', '-', keys[0])}.{ending}"
    disposition = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(form(cited(request, found)), media_type=kind, headers=disposition)
