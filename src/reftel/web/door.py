"""What holds for every answer: who may ask, what a browser may do with it, that no fault shows."""

import ipaddress
import logging
import os

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reftel.web import answers

log = logging.getLogger("reftel.web")

# Cable text is not trusted: should some of it ever reach a page as markup, it can still do nothing.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # what is read here is nobody else's affair; to ourselves a form says where it comes from (writing.py)
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
"""Headers of every answer."""

_HERE = frozenset({"localhost", "127.0.0.1", "[::1]"})
_ELSEWHERE = "This reading room is asked by the address it was opened at; by another name it does not answer."


class Door:
    """The outermost part of the application."""

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str] = frozenset()) -> None:
        self.app = app
        self.hosts = _HERE | {_bracketed(host.lower()) for host in hosts}
        self.elsewhere = bool(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, whatever goes wrong within."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def guarded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("cache-control", "private, no-store")  # another may read the next page
            await send(message)

        request = Request(scope)
        if not self._is_meant(Headers(scope=scope).getlist("host")):
            await answers.sentence(request, 421, "Not this address", _ELSEWHERE)(scope, receive, guarded)
            return
        try:
            await self.app(scope, receive, guarded)
        except Exception as error:
            # not what was asked for: that is the reader's own affair
            log.error("a fault of reftel: %s", type(error).__name__, exc_info="REFTEL_DEBUG" in os.environ)
            if begun:
                raise
            await answers.fault(request)(scope, receive, guarded)

    def _is_meant(self, named: list[str]) -> bool:
        """Whether the request is for us, and not for a name that somebody else made point to this machine."""
        if len(named) != 1:
            return False
        host = _without_port(named[0].lower())
        return host in self.hosts or (self.elsewhere and _is_number(host))


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _is_number(host: str) -> bool:
    """An IP address: nobody can make one point elsewhere."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
