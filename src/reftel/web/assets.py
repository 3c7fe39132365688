"""Style, script and icon: read once, named by their content, so that a browser may keep them."""

from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
_FOREVER = "public, max-age=31536000, immutable"


class Asset(msgspec.Struct, frozen=True):
    """One file that pages link to."""

    name: str
    type: str
    body: bytes

    @property
    def version(self) -> str:
        """A name of this very content."""
        return sha256(self.body).hexdigest()[:12]


Assets = Mapping[str, Asset]


def load() -> Assets:
    """Every file of `static/`, by name."""
    found = {}
    for entry in (files("reftel.web") / "static").iterdir():
        kind = _TYPES.get(entry.name.rpartition(".")[2])
        if kind:
            found[entry.name] = Asset(entry.name, kind, entry.read_bytes())
    return found


async def asset(request: Request) -> Response:
    """One file; kept by the browser for good where it is asked for by its content."""
    assets: Assets = request.app.state.assets
    found = assets.get(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    known = request.query_params.get("v") == found.version
    return Response(
        found.body, media_type=found.type, headers={"cache-control": _FOREVER if known else "no-cache"}
    )
