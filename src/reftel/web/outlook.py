"""How the room is looked at: as whom, and without what. The first steps of an address say it.

`/as/C/search?q=king` is the search as one cleared to C sees it; `/without/status:leaked/post/ZENDA` is the
page of a post as if what is leaked were not held. Every link of such a page begins in the same way, so it is
kept from page to page, without cookies, and can be sent to others.
"""

import re
from typing import get_args
from urllib.parse import quote, unquote, urlsplit

import msgspec
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reftel.cable import Status
from reftel.query import Field

_MOST = 8  # statuses and collections left out at once
_KEPT_IN = "reftel.outlook"


class Outlook(msgspec.Struct, frozen=True):
    """As whom one looks, where that is not the reader himself, and what is left out."""

    who: str | None = None
    without: tuple[Field, ...] = ()

    @property
    def prefix(self) -> str:
        """What every address begins with: `/as/C/without/status:leaked`; nothing where nothing is said."""
        steps = [("as", self.who)] if self.who else []
        steps += [("without", f"{each.name}:{each.value}") for each in self.without]
        return "".join(f"/{step}/{quote(said, safe=':')}" for step, said in steps)

    def leaving(self, name: str, value: str) -> "Outlook":
        """The same without one status or collection more."""
        more = _field(name, value)
        return Outlook(self.who, (*self.without, more)) if more and more not in self.without else self

    def taking_in(self) -> "Outlook":
        """The same with nothing left out."""
        return Outlook(self.who)

    def as_(self, who: str | None) -> "Outlook":
        """The same as somebody else, or as oneself."""
        return Outlook(who or None, self.without)

    def leaves_out(self, name: str, value: str) -> bool:
        """Whether a status or a collection is left out."""
        return any((each.name, each.value) == (name, value) for each in self.without)


def outlook_of(request: Request) -> Outlook:
    """How the room is looked at in this request."""
    found = request.scope.get(_KEPT_IN)
    return found if isinstance(found, Outlook) else Outlook()


def here(request: Request) -> str:
    """The address of a request, but for the steps that say how the room is looked at."""
    raw: bytes = request.scope.get("raw_path") or quote(request.scope["path"]).encode()
    path = raw.decode("ascii", "replace").partition("?")[0]
    return place(f"{path}?{request.url.query}" if request.url.query else path)


def place(text: str) -> str:
    """A place in this reading room to go to; its first page for anything that leads elsewhere."""
    return text if _PLACE.fullmatch(text) else "/"


_PLACE = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")  # nor //other.example, nor /\other.example

# Every text on a page is escaped, so a quotation mark before an address is one that a template wrote.
_ADDRESS = re.compile(r'(?<!data-plain )\b(?P<of>href|action)="(?=/(?!static/))')


def kept(html: str, prefix: str) -> str:
    """A page all of whose links look at the room in the same way, but for those that are `data-plain`."""
    return _ADDRESS.sub(lambda found: f'{found["of"]}="{prefix}', html) if prefix else html


class Steps:
    """Takes the steps that say how the room is looked at off an address, and gives them to redirections."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request; an address that is not understood goes on as it is, and leads nowhere."""
        found = _read(scope) if scope["type"] == "http" else None
        if found is None:
            await self.app(scope, receive, send)
            return
        outlook, rest = found

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if "location" in headers:
                    to = urlsplit(headers["location"])
                    headers["location"] = to._replace(path=outlook.prefix + to.path).geturl()
            await send(message)

        within = {**scope, "path": unquote(rest), "raw_path": rest.encode("ascii"), _KEPT_IN: outlook}
        await self.app(within, receive, sending)


def _read(scope: Scope) -> tuple[Outlook, str] | None:
    """The outlook of an address and the rest of it; None where it says none, or one that nobody has."""
    raw = (
        (scope.get("raw_path") or quote(scope["path"]).encode()).decode("ascii", "replace").partition("?")[0]
    )
    steps = raw.split("/")[1:]
    who, without = None, list[Field]()
    if len(steps) > 2 and steps[0] == "as" and steps[1]:
        who, steps = unquote(steps[1]), steps[2:]
    while len(steps) > 2 and steps[0] == "without":
        name, _, value = unquote(steps[1]).partition(":")
        field = _field(name, value)
        if field is None or field in without or len(without) == _MOST:
            return None
        without.append(field)
        steps = steps[2:]
    if not who and not without:
        return None
    return Outlook(who, tuple(without)), "/" + "/".join(steps)


def _field(name: str, value: str) -> Field | None:
    """What is left out; None for what cannot be."""
    if (name == "status" and value in get_args(Status)) or (name == "collection" and value):
        return Field("status" if name == "status" else "collection", value)
    return None
