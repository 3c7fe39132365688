"""Answers: a page from its template, JSON, and sentences for what cannot be answered."""

import logging
from collections.abc import Callable, Mapping
from typing import cast

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from reftel.cable import copy_name
from reftel.clearance import shown_level
from reftel.errors import NotAdmitted, NotHeld, QueryError, ReftelError, UsageError
from reftel.notebook import LONGEST, LONGEST_NAME
from reftel.protection import REMARK
from reftel.query import LESSONS
from reftel.readingroom import ReadingRoom
from reftel.views.cable import parted
from reftel.views.missing import MOST, REASONS
from reftel.web import addresses, narrowing, wording
from reftel.web.assets import Assets
from reftel.web.outlook import here, kept, outlook_of

log = logging.getLogger("reftel.web")

_STATUSES = {
    404: ("Not found", "There is no page here."),
    405: ("Not so", "This page is only read: it takes no other request than GET."),
}


# what a page holds of what a reader has written: all of it may be very much
_OF_NOTE = 600  # letters of a note in a list
_MOST_NOTES = 8  # in one place of a cable
_MOST_NAMES = 50  # tags, sets or searches
_MOST_PAGES = 300  # posts or TAGS with links to their pages


def templates(assets: Assets) -> Environment:
    """The templates, with the words and addresses they use. Everything in them is escaped."""
    environment = Environment(
        loader=PackageLoader("reftel.web"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=wording.shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        date=wording.date,
        count=wording.count,
        level=wording.level,
        post=wording.post,
        tag=wording.tag,
        release=wording.release,
        hint=wording.hint,
        era=wording.era,
        number=wording.number,
        enclosure=wording.enclosure,
        passages=wording.passages,
        margin=wording.margin,
        blocks=wording.blocks,
        sentence=wording.sentence,
        says_its_voice=wording.says_its_voice,
        cut_at=wording.cut_at,
        lit=wording.lit,
        pieces=wording.pieces,
        parted=parted,
        copy_name=copy_name,
        leads_to=wording.leads_to,
        stretch=wording.stretch,
        masked=wording.masked,
        spans=wording.spans,
        shown_level=shown_level,
        days_later=wording.days_later,
    )
    versions = {name: f"/static/{name}?v={asset.version}" for name, asset in assets.items()}
    environment.globals.update(
        static=versions.__getitem__,
        reader=None,  # until his room is opened, like the two below
        others=(),
        left=None,
        statuses=wording.STATUSES,
        bases=wording.BASES,
        lessons=LESSONS,
        voices=wording.VOICES,
        names_protected=REMARK,
        kinds=wording.KINDS,
        facet_names=wording.FACETS,
        clause=narrowing.clause,
        search_for=addresses.search,
        kept_as=addresses.kept,
        cable_at=addresses.cable,
        text_at=addresses.text,
        copies_of=addresses.copies,
        tagged=addresses.tagged,
        sent_from=addresses.sent_from,
        citing=addresses.citing,
        post_at=addresses.post,
        tag_at=addresses.tag,
        posts_tag=addresses.posts_tag,
        refs_of=addresses.refs,
        missing_at=addresses.missing,
        timeline_at=addresses.timeline,
        paper_kinds=wording.PAPERS,
        missing_reasons=REASONS,
        most_missing=MOST,
        explain_at=addresses.explain,
        on=addresses.on,
        set_at=addresses.of_set,
        saved_at=addresses.saved,
        longest_note=LONGEST,
        longest_name=LONGEST_NAME,
        of_note=_OF_NOTE,
        most_notes=_MOST_NOTES,
        most_names=_MOST_NAMES,
        most_pages=_MOST_PAGES,
    )
    return environment


def page(
    request: Request,
    name: str,
    status: int = 200,
    *,
    json: str | None = None,
    query_text: str = "",
    **shown: object,
) -> HTMLResponse:
    """A page. `json` is the address of the same in JSON, `query_text` what stands in the search box."""
    environment: Environment = request.app.state.templates
    room: ReadingRoom | None = getattr(request.state, "room", None)
    outlook = outlook_of(request)
    if room is not None:
        shown["reader"] = room.reader
    if room is not None and status < 500:  # else there may be nothing to be asked
        shown |= {"others": room.others(), "left": room.left() if room.without else None}
    html = environment.get_template(name).render(
        json=json, query_text=query_text, outlook=outlook, address=here(request), **shown
    )
    return HTMLResponse(kept(html, outlook.prefix), status)


def json(body: object, status: int = 200) -> Response:
    """A result in JSON."""
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def sentence(request: Request, status: int, title: str, *sentences: str) -> Response:
    """A few words, as the request would have them."""
    if wants_json(request):
        return json({"error": " ".join(sentences)}, status)
    return page(request, "notice.html", status, title=title, sentences=sentences)


def wants_json(request: Request) -> bool:
    """Whether the address is one of JSON."""
    return request.url.path.endswith(".json")


# -- what cannot be answered ------------------------------------------------------------------------------


def not_understood(request: Request, error: Exception) -> Response:
    """A query that says something else than its writer thinks: where, and why."""
    error = cast(QueryError, error)
    text = request.query_params.get("q", "")
    reason = wording.sentence(str(error).removeprefix(f"query, character {error.at + 1}: "))
    if wants_json(request):
        return json({"error": reason, "at": error.at}, 400)
    line = "".join(" " if char.isspace() else char for char in text)
    return page(
        request,
        "not_understood.html",
        400,
        query_text=text,
        at=error.at,
        before=line[: error.at],
        here=line[error.at : error.at + 1],
        after=line[error.at + 1 :],
        reason=reason,
    )


def stopped(request: Request, error: Exception) -> Response:
    """An error of ours: what the reader did is told him, what went wrong here is told where it runs."""
    if isinstance(error, NotHeld):
        return sentence(request, 404, "Not in this archive", str(error))
    if isinstance(error, NotAdmitted):
        log.error("%s", error)
        return sentence(
            request,
            403,
            "Not admitted",
            "This archive does not let in whom this reading room was opened for.",
            "Whoever opened it finds the reason where it was started.",
        )
    if isinstance(error, UsageError):
        return sentence(request, 400, "Not understood", wording.sentence(str(error)))
    log.error("%s", error)
    return sentence(
        request,
        503,
        "The archive cannot be read just now",
        "Whoever opened this reading room finds the reason where it was started. Then load this page again.",
    )


def refused(request: Request, error: Exception) -> Response:
    """What the web itself refuses: no such page, no such method."""
    error = cast(HTTPException, error)
    title, words = _STATUSES.get(error.status_code, ("Not possible", "This request cannot be answered."))
    if (error.headers or {}).get("Allow") == "POST":
        words = "This address only takes forms: there is no page here."
    response = sentence(request, error.status_code, title, words)
    response.headers.update(error.headers or {})
    return response


def fault(request: Request) -> Response:
    """A fault of the program."""
    return sentence(
        request,
        500,
        "Something went wrong here",
        "That is a fault of the program, not yours. Nothing in the archive has changed.",
        "Try again; if it stays so, start the server with REFTEL_DEBUG=1 to see where, and report it.",
    )


ERRORS: Mapping[type[Exception], Callable[[Request, Exception], Response]] = {
    QueryError: not_understood,
    ReftelError: stopped,
    HTTPException: refused,
}
"""How each kind of error is answered."""
