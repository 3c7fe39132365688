"""The pages. Each asks a view and shows what it returns."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from reftel import mrn, stations
from reftel.errors import ArchiveError, NotHeld, QueryError, StorageFull
from reftel.excerpts import Seeker
from reftel.glossary import Meaning, explain
from reftel.query import Query, Textual
from reftel.readingroom import ReadingRoom
from reftel.views import notes as notes_views
from reftel.views import posts, tags
from reftel.views.cable import Opened, opened
from reftel.views.citation import page_metadata
from reftel.views.copies import together
from reftel.views.home import holdings
from reftel.views.mentions import by_place, mentions, named_in
from reftel.views.missing import missing as missing_one
from reftel.views.missing import of_post
from reftel.views.notes import news, own, what_is_new
from reftel.views.search import Results, results
from reftel.views.threads import DEEPEST, thread
from reftel.web import addresses, narrowing
from reftel.web.answers import page, sentence
from reftel.web.asking import (
    GONE,
    HITS,
    Asked,
    Shown,
    cited,
    code_of,
    compared,
    followed_of,
    ledger_of,
    meant,
    over_time_of,
    page_of,
    part_of,
    room_of,
    search_of,
    station_of,
    term_of,
)
from reftel.web.columns import drawing
from reftel.web.outlook import Outlook, place
from reftel.web.parts import is_long, of_copy, of_passages
from reftel.web.received import elements
from reftel.web.timeline import timeline as along_time

_PAPERS = 120  # of a thread on a page; for other programs there may be more
_OFFERED = 5  # queries, where nothing was found
_TRIED = 30  # of those that come to mind


async def home(request: Request) -> Response:
    """What is held."""
    room = room_of(request)
    held = holdings(room)
    if not held.total:
        return page(request, "empty.html", json="/index.json")
    return page(request, "home.html", json="/index.json", held=held, news=news(room))


async def search(request: Request) -> Response:
    """What a query finds."""
    room, asked = room_of(request), search_of(request, HITS)
    found = results(room, asked.query, sort=asked.sort, page=asked.page, limit=asked.limit)
    if not found.total and not room.size():
        return page(request, "empty.html", json="/search.json")
    return page(
        request,
        "search.html",
        json=f"/search.json?{request.url.query}",
        query_text=asked.text,
        found=found,
        held=room.holdings().total,
        counted_as=room.counted_as,
        ranks=asked.query.ranks,
        view=asked.view,
        meant=_numbered(room, asked),
        about=narrowing.about(asked.query) if found.total else (),
        chosen=narrowing.chosen(asked.query),
        facets=tuple(narrowing.facets(asked.query, found.facets, found.beside)),
        bars=tuple(narrowing.stretches(asked.query, found.timeline)) if found.timeline else (),
        undated=narrowing.undated(asked.query),
        wider=_wider(room, asked.query, found) if not found.total else (),
        unread=narrowing.unread(asked.query) if found.total and room.notebook.has_marks else None,
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
    seeker = Seeker(_sought(back))
    parts = Shown(request, seeker)
    found = opened(room, spelling, parts.part_of)
    if found is None:
        near = tuple(_with_hits(room, narrowing.near(spelling)))
        return page(
            request,
            "not_held.html",
            404,
            query_text=back,
            spelling=spelling,
            near=near,
            missing=missing_one(room, spelling),
            named=named_in(room, spelling),
        )
    if parts.copy:
        return _copy(request, found, parts.number)
    citing = cited(request, found.cable, found.collection)
    return page(
        request,
        "cable.html",
        json=f"{addresses.cable(found.cable.key)}.json",
        query_text=back,
        back=back,
        opened=found,
        division=parts.parts,
        long=is_long(found.cable),
        paragraphs=(parts.parts or found).cable.paragraphs,
        is_read=_read(request, found),
        whose=room.notebook.whose,
        places=found.places,
        received=elements(found.copy or ()),
        told=set(),  # terms that the text has told so far
        described={},  # codes that have been explained so far, and the element that does
        cited=citing.citation,
        metadata=page_metadata(citing.citation),
        csl=citing.csl,
        quoted=citing.quotation,
        quoted_anchor=citing.anchor,
        mentioned=by_place(mentions(room, (parts.parts or found).cable)),
        seeker=seeker,
        marked=sum(len(seeker.marks(each.text)) for each in found.cable.paragraphs) if back else 0,
    )


async def copies(request: Request) -> Response:
    """Two copies of a cable beside one another. Raises NotHeld."""
    room, spelling = room_of(request), request.path_params["spelling"]
    keys = meant(room, spelling)
    further = f"?{request.url.query}" if request.url.query else ""
    if len(keys) == 1 and keys[0] != spelling:
        return RedirectResponse(f"{addresses.copies(keys[0])}{further}", 302)
    found = compared(request)
    if found is None:
        raise NotHeld(f"There are no two copies of {spelling} here to be compared.")
    parts = tuple(of_passages(each for each in found.passages if each.of == "text"))
    number = min(part_of(request), len(parts) or 1)
    return page(
        request,
        "copies.html",
        json=f"{addresses.copies(found.key)}.json{further}",
        compared=found,
        passages=tuple(together(parts[number - 1] if parts else ())),
        number=number,
        of=len(parts),
    )


def _copy(request: Request, found: Opened, number: int) -> Response:
    """The copy as received of a long cable, a part at a time."""
    if found.copy is None:
        return sentence(request, 404, "Not in this archive", "There is no copy here that may be shown.")
    parts = tuple(of_copy(found.copy))
    number = min(number, len(parts))
    shown = elements(parts[number - 1] if parts else ())
    return page(request, "received.html", opened=found, received=shown, number=number, of=len(parts))


async def post(request: Request) -> Response:
    """One post; any of its spellings leads to its token."""
    name, station = request.path_params["name"], station_of(request)
    if station and station != name:
        return RedirectResponse(addresses.post(station), 302)
    found = posts.opened(room_of(request), station) if station else None
    if found is None:
        return sentence(request, 404, "Not in this archive", f"There is no cable from {name} here.")
    address = f"{addresses.post(found.station)}.json"
    numbered = of_post(room_of(request), found.station)
    return page(request, "post.html", json=address, post=found, numbered=numbered)


async def tag(request: Request) -> Response:
    """One TAG; capital letters or not."""
    given, code = request.path_params["code"], code_of(request)
    if code != given and (address := addresses.tag(code)):
        return RedirectResponse(address, 302)
    found = tags.opened(room_of(request), code)
    if found is None:
        return sentence(
            request, 404, "Not in this archive", f"{code} is a TAG of no era, and no cable here bears it."
        )
    return page(request, "tag.html", json=f"{addresses.tag(code)}.json", tag=found)


async def refs(request: Request) -> Response:
    """What a cable cites and what cites it, along time and as one conversation."""
    room, spelling = room_of(request), request.path_params["spelling"]
    asked = followed_of(request)
    keys = meant(room, spelling)
    if len(keys) > 1:
        cables = [held.cable for key in keys if (held := room.cable(key))]
        return page(request, "several.html", 300, spelling=spelling, cables=cables)
    if keys and keys[0] != spelling:
        address = addresses.refs(keys[0], depth=asked.depth, direction=asked.direction)
        return RedirectResponse(address, 302)
    found = thread(room, spelling, asked.depth, asked.direction, _PAPERS)
    if found is None:
        near = tuple(_with_hits(room, narrowing.near(spelling)))
        return page(
            request,
            "not_held.html",
            404,
            spelling=spelling,
            near=near,
            missing=missing_one(room, spelling),
            named=named_in(room, spelling),
        )
    further = f"?{request.url.query}" if request.url.query else ""
    return page(
        request,
        "refs.html",
        json=f"{addresses.refs(found.key)}.json{further}",
        further=further,
        thread=found,
        drawn=along_time(found),
        deepest=DEEPEST,
    )


async def missing(request: Request) -> Response:
    """What is cited and not held."""
    found = ledger_of(request, GONE)
    further = f"?{request.url.query}" if request.url.query else ""
    return page(request, "missing.html", json=f"/missing.json{further}", query_text=found.query, found=found)


async def timeline(request: Request) -> Response:
    """What a query finds, along time; each bar narrows."""
    found, asked = over_time_of(request), Query.parse(request.query_params.get("q", ""))
    if not found.held:
        return page(request, "empty.html", json="/timeline.json")
    bars = tuple(narrowing.stretches(asked, found.timeline)) if found.timeline else ()
    return page(
        request,
        "timeline.html",
        json=f"/timeline.json?{request.url.query}",
        query_text=request.query_params.get("q", "").strip(),
        found=found,
        chosen=narrowing.chosen(asked),
        undated=narrowing.undated(asked),
        bars=bars,
        drawn=drawing(found, bars) if found.timeline else None,
    )


# -- what a reader has put beside the cables ---------------------------------------------------------------


async def notes(request: Request) -> Response:
    """All that is his own."""
    room = room_of(request)
    found = own(room, page_of(request))
    return page(request, "notes.html", json="/notes.json", own=found, whose=room.notebook.whose)


async def note(request: Request) -> Response:
    """One note, to be changed."""
    id = request.path_params["id"]
    found = room_of(request).notebook.note(id)
    if found is None:
        raise NotHeld("There is no such note.")
    place = {"key": found.key, "anchor": found.anchor, "id": id}
    return page(request, "note.html", json=f"/notes/{id}.json", note=found, mine=None, **place)


async def a_set(request: Request) -> Response:
    """A set of cables."""
    name = request.path_params["name"]
    found = notes_views.a_set(room_of(request), name, page_of(request))
    return page(request, "set.html", json=f"{addresses.of_set(name)}.json", found=found)


async def saved(request: Request) -> Response:
    """What was new in a saved search at the last visit."""
    name = request.path_params["name"]
    found = what_is_new(room_of(request), name, page_of(request))
    return page(
        request,
        "saved.html",
        json=f"{addresses.saved(name)}.json",
        query_text=found.query,
        found=found,
    )


def _read(request: Request, found: Opened) -> bool:
    """Whether the cable counts as read; where the reader has it so, because he opens its page."""
    room = room_of(request)
    if room.own is not room.reader:  # what is looked at in a preview is not what he has read
        return found.own.is_read
    book = room.notebook
    is_page = request.headers.get("sec-fetch-dest", "document") == "document"
    ours = request.headers.get("sec-fetch-site", "none") in {"none", "same-origin"}
    if not found.own.is_read and request.method == "GET" and is_page and ours and book.reads_on_opening:
        with suppress(ArchiveError, StorageFull):  # the page is there all the same
            book.mark_read([found.cable.key])
            return True
    return found.own.is_read


async def explained(request: Request) -> Response:
    """What a code or an abbreviation means."""
    room_of(request)  # nobody is let in to a part of the reading room alone
    term = term_of(request)
    meanings = explain(term)
    return page(
        request,
        "explain.html",
        404 if term and not meanings else 200,
        json=addresses.explain_json(term),
        term=term,
        meanings=meanings,
        link=_with_it(term, meanings),
    )


def _with_it(term: str, meanings: Iterable[Meaning]) -> str | None:
    """The search for cables that a code was given to, or that a post sent."""
    kinds = {one.kind for one in meanings}
    if any(kind.startswith("TAGS") for kind in kinds):
        return addresses.tagged(term.upper())
    station = stations.token(term) if "post" in kinds else None
    return addresses.sent_from(station) if station in stations.STATIONS else None


def _numbered(room: ReadingRoom, asked: Asked) -> tuple[str, ...]:
    """The cables whose number was typed into the search box."""
    return room.find(asked.text) if mrn.read(asked.text) else ()


def _with_hits(room: ReadingRoom, tries: Iterable[Query]) -> Iterator[tuple[str, int]]:
    """The first few queries that find something, and how much."""
    tried = islice(dict.fromkeys(tries), _TRIED)
    found = ((str(query), room.count(query)) for query in tried)
    yield from islice(((query, total) for query, total in found if total), _OFFERED)


def _wider(room: ReadingRoom, query: Query, found: Results) -> tuple[tuple[str, int], ...]:
    """What else to try: that a clause may be left out is said already."""
    told = {each.without for each in found.obstacles}
    return tuple(_with_hits(room, (each for each in narrowing.wider(query) if str(each) not in told)))


async def look(request: Request) -> Response:
    """Leads to a place as somebody else sees it: `?as=C&at=/search`; as oneself, where nobody is named."""
    room_of(request)
    values = request.query_params
    who = Outlook(values.get("as", "").strip() or None)
    return RedirectResponse(who.prefix + place(values.get("at", "/")), 302)


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
