"""What a reader writes over the web: forms that work without scripts, from our own pages alone."""

import logging
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from reftel.errors import ArchiveError, NotHeld, StorageFull, UsageError
from reftel.notebook import LONGEST, Conflict
from reftel.query import Field, Query, own_name
from reftel.readingroom import ReadingRoom
from reftel.web import addresses
from reftel.web.answers import page, sentence
from reftel.web.asking import meant, place_of, room_of

_LARGEST = 300_000
"""Bytes of a form: the longest note, each letter of which takes up to 12 of them, and some more."""
_MOST_FIELDS = 1000
_FORM = "application/x-www-form-urlencoded"


log = logging.getLogger("reftel.web")


class Refused(Exception):
    """A form that is not taken; says what is answered."""

    def __init__(self, status: int, title: str, *sentences: str) -> None:
        super().__init__(title)
        self.status, self.title, self.sentences = status, title, sentences


class Form:
    """What was filled in."""

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        self._fields = fields

    def __getitem__(self, name: str) -> str:
        """The value of a field; empty where there is none."""
        return next((value for each, value in self._fields if each == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a field."""
        return tuple(value for each, value in self._fields if each == name)

    def listed(self, name: str) -> tuple[str, ...]:
        """The values in a field that are parted by commas."""
        return tuple(each.strip() for each in self[name].split(",") if each.strip())


Writing = Callable[[Request, Form], Awaitable[Response]]


def taken(write: Writing) -> Callable[[Request], Awaitable[Response]]:
    """An address that takes a form."""

    async def answer(request: Request) -> Response:
        room_of(request)  # who is not admitted is told that first
        try:
            return await write(request, await _form(request))
        except Refused as refused:
            return sentence(request, refused.status, refused.title, *refused.sentences)
        except (ArchiveError, StorageFull) as error:
            log.error("%s", error)
            return sentence(
                request,
                503,
                "Nothing was written",
                "The archive cannot be written to just now: it is busy, or not to be changed from here.",
                "Whoever opened this reading room finds the reason where it was started. "
                "Go back, where your words still are, and try again.",
            )

    return answer


# -- what each form does ----------------------------------------------------------------------------------


async def note(request: Request, form: Form) -> Response:
    """Puts a note, tags, or both on a cable or a paragraph; and the cable in a set."""
    room, (key, anchor) = room_of(request), place_of(request.query_params.get("on", ""))
    key, anchor = _key(room, key), anchor or form["paragraph"].strip() or None
    if not any((form["text"].strip(), form["tags"].strip(), form["set"].strip())):
        raise UsageError("a note has some text: nothing was written")
    if form["text"].strip():
        room.notebook.write(key, anchor, form["text"])
    _tag(room, key, anchor, form.listed("tags"))
    for name in form.listed("set"):
        room.notebook.put_in_set(name, [key])
    return _to_cable(request, key, anchor)


async def change(request: Request, form: Form) -> Response:
    """Changes or removes a note; the later of two who change it is shown both texts."""
    room, id = room_of(request), request.path_params["id"]
    key, anchor = place_of(request.query_params.get("on", ""))
    try:
        version = int(form["version"]) if form["version"].isascii() and form["version"].isdigit() else 0
        if form["do"] == "remove":
            room.notebook.remove(id, min(version, 2**31))
        else:
            found = room.notebook.change(id, min(version, 2**31), form["text"])
            key, anchor = found.key, found.anchor
    except Conflict as conflict:
        return page(
            request, "note.html", 409, note=conflict.now, mine=form["text"], key=key, anchor=anchor, id=id
        )
    return _to_cable(request, key, anchor) if key else _to("/notes")


async def tags(request: Request, form: Form) -> Response:
    """Tags a cable, a paragraph, or all that a query finds; or takes a tag off."""
    room = room_of(request)
    if "q" in request.query_params:
        query, names = Query.parse(request.query_params["q"]), form.listed("tags")
        if not names:
            raise UsageError("no tag is named: nothing was written")
        room.notebook.tag(query, names)
        return _to(addresses.search(str(Field("tagged", own_name(names[0])))))
    key, anchor = place_of(request.query_params.get("on", ""))
    key = _key(room, key)
    if form["do"] != "remove":
        _tag(room, key, anchor, form.listed("tags"))
    elif anchor is None:
        room.notebook.untag([key], [form["tags"]])
    else:
        room.notebook.untag_paragraph(key, anchor, [form["tags"]])
    return _to_cable(request, key, anchor)


async def sets(request: Request, form: Form) -> Response:
    """Puts what a query finds in a set, takes cables out of it, or removes it."""
    room, name = room_of(request), form["name"]
    if form["do"] == "remove":
        room.notebook.remove_set(name)
        return _to("/notes#sets")
    if form["do"] == "take":
        room.notebook.take_out(name, form.all("key"))
        if form["back"]:
            return _to_cable(request, _key(room, form["back"]), None)
    else:
        query = request.query_params.get("q")
        room.notebook.put_in_set(name, () if query is None else Query.parse(query))
    return _to(addresses.of_set(own_name(name)))


async def read(request: Request, form: Form) -> Response:
    """Marks a cable, or all that a query finds, as read or not; or says when that is done by itself."""
    room, done = room_of(request), form["do"]
    if done in {"on-opening", "by-hand"}:
        room.notebook.read_on_opening(done == "on-opening")
        return _to("/notes#read")
    if "q" in request.query_params:
        text = request.query_params["q"]
        room.notebook.mark_read(Query.parse(text), read=done != "unread")
        return _to(addresses.search(text))
    key = _key(room, place_of(request.query_params.get("on", ""))[0])
    room.notebook.mark_read([key], read=done != "unread")
    return _to_cable(request, key, None)


async def saved(request: Request, form: Form) -> Response:
    """Saves a search, opens a saved one, or removes it."""
    room, name = room_of(request), form["name"]
    if form["do"] == "remove":
        room.notebook.forget(name)
    elif form["do"] == "open":
        return _to(addresses.saved(room.notebook.visit(name).name))
    else:
        room.notebook.save(name, request.query_params.get("q", ""))
    return _to("/notes#searches")


def _tag(room: ReadingRoom, key: str, anchor: str | None, names: tuple[str, ...]) -> None:
    if anchor is not None:
        room.notebook.tag_paragraph(key, anchor, names)
    else:
        room.notebook.tag([key], names)


def _key(room: ReadingRoom, spelling: str) -> str:
    """The key of the one cable that is meant. Raises NotHeld."""
    keys = meant(room, spelling)
    if len(keys) != 1:
        raise NotHeld(f"There is no one cable {spelling} in this archive.")
    return keys[0]


def _to(address: str) -> Response:
    return RedirectResponse(address, 303)


def _to_cable(request: Request, key: str, anchor: str | None) -> Response:
    back = request.query_params.get("back", "")
    return _to(addresses.cable(key, query=back, paragraph=anchor) + ("" if anchor else "#notes"))


# -- who may write, and how much --------------------------------------------------------------------------


async def _form(request: Request) -> Form:
    """What was filled in. Raises Refused where it comes from elsewhere, or is too much."""
    if not _is_ours(request):
        raise Refused(
            403,
            "Not from here",
            "Notes are taken from the pages of this reading room alone: this request does not say that it "
            "comes from one, and nothing was written.",
        )
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise Refused(415, "Not a form", f"This address takes a form, as {_FORM}; nothing was written.")
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _LARGEST:
            raise Refused(413, "Too long", f"A note has at most {LONGEST:,} characters: nothing was written.")
    try:
        fields = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"
        )
    except ValueError:  # more fields, or what is no text
        raise Refused(400, "Not understood", "This is no form of this reading room.") from None
    return Form(fields)


def _is_ours(request: Request) -> bool:
    """Whether a request was sent by a page of ours. By which name we may be asked, the door has seen to.

    Browsers say so in one of two headers, which no page can change; who says neither is refused.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    if origin is not None and origin != "null":
        return origin.partition("://")[2].lower() == request.headers.get("host", "").lower()
    return site is not None
