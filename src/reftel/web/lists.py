"""Whole results, to be kept: CSV, a line of JSON each, citations. They are sent as they are read."""

from collections.abc import Iterator
from itertools import chain, islice

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from reftel import listing
from reftel.web.asking import room_of, search_of

_TOGETHER = 200  # lines sent at a time


async def as_csv(request: Request) -> Response:
    """Everything found, as CSV."""
    return await _kept(request, listing.as_csv, "cables.csv", "text/csv")


async def as_json(request: Request) -> Response:
    """Everything found, a line of JSON each."""
    return await _kept(request, listing.as_json, "cables.jsonl", "application/jsonl")


async def as_citations(request: Request) -> Response:
    """A citation of everything found."""
    return await _kept(request, listing.as_citations, "cables.txt", "text/plain")


async def _kept(request: Request, form: listing.Form, name: str, kind: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    asked = search_of(request)
    if request.method == "HEAD":
        return Response(headers=headers, media_type=kind)
    lines = _together(form(room_of(request), asked.query))
    first = await run_in_threadpool(next, lines)  # what goes wrong now is still said in a page of its own
    return StreamingResponse(chain((first,), lines), headers=headers, media_type=kind)


def _together(lines: Iterator[str]) -> Iterator[str]:
    while some := "".join(islice(lines, _TOGETHER)):
        yield some
