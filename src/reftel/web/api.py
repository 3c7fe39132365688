"""The same results in JSON."""

import re
from collections.abc import Callable

import msgspec
from msgspec.structs import asdict
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from reftel.cable import Cable
from reftel.errors import NotHeld
from reftel.glossary import explain
from reftel.listing import row
from reftel.notefile import encode
from reftel.query import LESSONS
from reftel.views import notes as notes_views
from reftel.views import posts, tags
from reftel.views.cable import opened
from reftel.views.home import holdings
from reftel.views.mentions import mentions, named_in
from reftel.views.missing import as_csv, of_post, requests, said
from reftel.views.missing import missing as missing_one
from reftel.views.notes import news, own, what_is_new
from reftel.views.search import results
from reftel.views.suggestions import suggestions
from reftel.views.threads import gexf, graphml, thread
from reftel.views.transcript import transcript
from reftel.web import addresses
from reftel.web.answers import json
from reftel.web.asking import (
    Cited,
    cited,
    code_of,
    compared,
    followed_of,
    ledger_of,
    meant,
    over_time_of,
    page_of,
    room_of,
    search_of,
    station_of,
    term_of,
)


async def home(request: Request) -> Response:
    """What is held."""
    room = room_of(request)
    return json({**msgspec.to_builtins(holdings(room)), "saved": news(room)})


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
        absent = {"error": f"There is no cable {spelling} in this archive."}
        known = {"missing": missing_one(room, spelling), "named_in": named_in(room, spelling)}
        return json(absent | {name: each for name, each in known.items() if each}, 404)
    said = cited(request, found.cable, found.collection)
    told = {"quotation": said.quotation} if said.anchor else {}
    named = mentions(room, found.cable)
    return json(
        {**found.record(), "mentions": named, "citation": {**msgspec.to_builtins(said.citation), **told}}
    )


async def text(request: Request) -> Response:
    """One cable as plain text, whole, to be searched and printed. Raises NotHeld."""
    return _of_one(
        request,
        addresses.text,
        lambda one, said: PlainTextResponse(transcript(one, said.citation.footnote)),
    )


async def copies(request: Request) -> Response:
    """Two copies of a cable, and which words one alone has. Raises NotHeld."""
    room, spelling = room_of(request), request.path_params["spelling"]
    keys = meant(room, spelling)
    if len(keys) == 1 and keys[0] != spelling:
        further = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"{addresses.copies(keys[0])}.json{further}", 302)
    found = compared(request)
    if found is None:
        raise NotHeld(f"There are no two copies of {spelling} here to be compared.")
    return json(found)


async def post(request: Request) -> Response:
    """One post."""
    name, station = request.path_params["name"], station_of(request)
    if station and station != name:
        return RedirectResponse(f"{addresses.post(station)}.json", 302)
    found = posts.opened(room_of(request), station) if station else None
    if found is None:
        return json({"error": f"There is no cable from {name} in this archive."}, 404)
    return json(asdict(found) | asdict(of_post(room_of(request), found.station)))


async def tag(request: Request) -> Response:
    """One TAG."""
    given, code = request.path_params["code"], code_of(request)
    if code != given and (address := addresses.tag(code)):
        return RedirectResponse(f"{address}.json", 302)
    found = tags.opened(room_of(request), code)
    if found is None:
        return json({"error": f"{code} is a TAG of no era, and no cable of this archive bears it."}, 404)
    return json(found)


# -- the thread of a cable, and what is cited and not held


async def refs(request: Request) -> Response:
    """What a cable cites and what cites it: JSON, and the graph as GEXF and GraphML."""
    room, spelling = room_of(request), request.path_params["spelling"]
    form, asked = request.url.path.rpartition(".")[2], followed_of(request)
    keys = meant(room, spelling)
    if keys and spelling not in keys:
        if len(keys) > 1:
            return json({"error": f"{spelling} is a name of several cables.", "keys": keys}, 300)
        further = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"{addresses.refs(keys[0])}.{form}{further}", 302)
    found = thread(room, spelling, asked.depth, asked.direction)
    if found is None:
        return json({"error": f"There is no cable {spelling} in this archive."}, 404)
    if form == "json":
        return json(found)
    return Response(gexf(found) if form == "gexf" else graphml(found), media_type=_GRAPHS[form])


async def missing(request: Request) -> Response:
    """The ledger of the missing."""
    return json(ledger_of(request))


async def missing_csv(request: Request) -> Response:
    """A page of the ledger as a table. What is said of the whole stands above it, each row behind a `#`."""
    found = ledger_of(request)
    head = "".join(row(("#", *each)) for each in said(room_of(request), found))
    return _download(head + as_csv(found), "text/csv; charset=utf-8", "missing.csv")


async def missing_requests(request: Request) -> Response:
    """A page of the ledger as a request to an archive."""
    return _download(requests(ledger_of(request)), "text/plain; charset=utf-8", "request.txt")


def _download(text: str, kind: str, name: str) -> Response:
    return Response(text, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})


_GRAPHS = {"gexf": "application/gexf+xml", "graphml": "application/graphml+xml"}


async def timeline(request: Request) -> Response:
    """What a query finds, along time."""
    return json(over_time_of(request))


async def explained(request: Request) -> Response:
    """What a code or an abbreviation means."""
    room_of(request)
    term = term_of(request)
    meanings = explain(term)
    status = 404 if term and not meanings else 200
    return json({"term": term, "meanings": [one.record() for one in meanings]}, status)


# -- what a reader has put beside the cables ---------------------------------------------------------------


async def notes(request: Request) -> Response:
    """All that is his own."""
    return json(own(room_of(request), page_of(request)))


async def notes_file(request: Request) -> Response:
    """The same as one file, as `reftel notes --import` takes it."""
    lines = (encode(line).decode() for line in room_of(request).notebook.export())
    return _download("".join(f"{line}\n" for line in lines), "application/jsonl", "notes.jsonl")


async def note(request: Request) -> Response:
    """One note."""
    found = room_of(request).notebook.note(request.path_params["id"])
    if found is None:
        raise NotHeld("There is no such note.")
    return json(found)


async def a_set(request: Request) -> Response:
    """A set of cables."""
    return json(notes_views.a_set(room_of(request), request.path_params["name"], page_of(request)))


async def saved(request: Request) -> Response:
    """What was new in a saved search at the last visit."""
    return json(what_is_new(room_of(request), request.path_params["name"], page_of(request)))


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

    def file(one: Cable, said: Cited) -> Response:
        name = f"{re.sub(r'[^A-Za-z0-9-]', '-', one.key)}.{ending}"
        disposition = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(form(said), media_type=kind, headers=disposition)

    return _of_one(request, lambda key: f"{addresses.cable(key)}.{ending}", file)


def _of_one(
    request: Request, address: Callable[[str], str], made: Callable[[Cable, Cited], Response]
) -> Response:
    """What is made of the cable that the address names; any of its spellings leads to its key."""
    room, spelling = room_of(request), request.path_params["spelling"]
    keys = meant(room, spelling)
    held = room.cable(keys[0]) if len(keys) == 1 else None
    if held is None:
        raise NotHeld(f"There is no one cable {spelling} in this archive.")
    if keys[0] != spelling:
        return RedirectResponse(address(keys[0]), 302)
    return made(held.cable, cited(request, held.cable, held.collection))
