"""How long each page takes at 50,000 forged cables, and how large it is: a part of `make bench`.

    python -m quality.pages [ARCHIVE]

Without an archive one is grown in a temporary folder. Every route of the application is asked with keys,
queries, posts and TAGS that are there; one that is not told here fails. Each address is asked twice: some
things are worked out once after each change of the archive, so the first round has columns of its own.
"""

import asyncio
import itertools
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, MutableMapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from starlette.applications import Starlette

from reftel.archive import Archive
from reftel.clearance import ALL, Reader, reader
from reftel.query import Query
from reftel.readingroom import EVERYTHING, ReadingRoom
from reftel.web.app import make_app

MANY = 50_000
ASKED = 60  # addresses of each route
NOTED = 1_000  # notes of each reader
SLOW, LARGE = 100, 200_000  # milliseconds and bytes, above which a route is marked
READERS: Mapping[str, Reader] = {"all-seeing": ALL, "C": reader("C")}


class Held(NamedTuple):
    """What is there to be asked for."""

    keys: tuple[str, ...]
    cited: tuple[str, ...]  # numbers, some of which are not held
    posts: tuple[str, ...]
    tags: tuple[str, ...]
    years: tuple[str, ...]
    queries: tuple[str, ...]
    notes: tuple[str, ...]  # their ids; of one's own, like the rest
    sets: tuple[str, ...]
    saved: tuple[str, ...]


Addresses = Callable[[Held, random.Random], str]


def _plain(path: str) -> Addresses:
    return lambda held, dice: path


def _of(path: str, name: str, *states: str) -> Addresses:
    """One value of a kind in its place, with one of the states of the page."""

    def address(held: Held, dice: random.Random) -> str:
        return path.format(quote(dice.choice(getattr(held, name)), safe="")) + dice.choice(states or ("",))

    return address


def _searched(path: str, *states: str) -> Addresses:
    def address(held: Held, dice: random.Random) -> str:
        return f"{path}?q={quote(dice.choice(held.queries))}{dice.choice(states or ('',))}"

    return address


def _missing(path: str) -> Addresses:
    def address(held: Held, dice: random.Random) -> str:
        of = dice.choice(("", f"post={dice.choice(held.posts)}", f"year={dice.choice(held.years)}"))
        of = dice.choice((of, of, f"q={quote(dice.choice(held.queries))}"))
        return f"{path}?{of}&page={dice.choice((1, 1, 2, 5))}"

    return address


def _typed(held: Held, dice: random.Random) -> str:
    word = dice.choice((dice.choice(held.queries), dice.choice(held.posts), dice.choice(held.keys)))
    return f"/suggest.json?q={quote(word[: dice.randint(2, 9)])}"


_CABLE, _REFS = "/cable/{}", "/refs/{}"
_OWN = ("/notes/", "/set/", "/saved/")
ROUTES: Mapping[str, Addresses] = {
    "/": _plain("/"),
    "/index.json": _plain("/index.json"),
    "/search": _searched("/search", "", "", "&page=2", "&sort=date", "&view=table", "&sort=date&page=9"),
    "/search.json": _searched("/search.json"),
    "/cable/{spelling:path}.csl.json": _of(f"{_CABLE}.csl.json", "keys"),
    "/cable/{spelling:path}.bib": _of(f"{_CABLE}.bib", "keys"),
    "/cable/{spelling:path}.ris": _of(f"{_CABLE}.ris", "keys"),
    "/cable/{spelling:path}/text": _of(f"{_CABLE}/text", "keys"),
    "/cable/{spelling:path}.json": _of(f"{_CABLE}.json", "keys"),
    "/cable/{spelling:path}": lambda held, dice: _of(
        _CABLE, dice.choice(("keys", "keys", "cited")), "", "?quote=2", "?q=snow"
    )(held, dice),
    "/cable/{spelling:path}/copies": _of(f"{_CABLE}/copies", "keys"),
    "/cable/{spelling:path}/copies.json": _of(f"{_CABLE}/copies.json", "keys"),
    "/look": _plain("/look?as=C&at=/search"),
    "/suggest.json": _typed,
    "/help": _plain("/help"),
    "/help.json": _plain("/help.json"),
    "/post/{name:path}.json": _of("/post/{}.json", "posts"),
    "/post/{name:path}": _of("/post/{}", "posts"),
    "/tag/{code:path}.json": _of("/tag/{}.json", "tags"),
    "/tag/{code:path}": _of("/tag/{}", "tags"),
    "/refs/{spelling:path}.json": _of(f"{_REFS}.json", "keys"),
    "/refs/{spelling:path}.gexf": _of(f"{_REFS}.gexf", "keys"),
    "/refs/{spelling:path}.graphml": _of(f"{_REFS}.graphml", "keys"),
    "/refs/{spelling:path}": _of(_REFS, "keys", "", "", "?depth=4"),
    "/missing": _missing("/missing"),
    "/missing.json": _missing("/missing.json"),
    "/missing.csv": _missing("/missing.csv"),
    "/missing.txt": _missing("/missing.txt"),
    "/notes": _plain("/notes"),
    "/notes.json": _plain("/notes.json"),
    "/notes/{id}": _of("/notes/{}", "notes"),
    "/notes/{id}.json": _of("/notes/{}.json", "notes"),
    "/set/{name:path}": _of("/set/{}", "sets"),
    "/set/{name:path}.json": _of("/set/{}.json", "sets"),
    "/saved/{name:path}": _of("/saved/{}", "saved"),
    "/saved/{name:path}.json": _of("/saved/{}.json", "saved"),
    "/timeline": _searched("/timeline", "", " 2003", "&by=status"),
    "/timeline.json": _searched("/timeline.json"),
    "/explain": _of("/explain?term={}", "tags"),
    "/explain.json": _of("/explain.json?term={}", "tags"),
    "/explain/{term:path}.json": _of("/explain/{}.json", "tags"),
    "/explain/{term:path}": _of("/explain/{}", "tags"),
    "/static/{name}": _plain("/static/reftel.css"),
}
"""How each route is asked, under its path in web/app.py."""
LEFT_OUT: Mapping[str, str] = {
    **dict.fromkeys(
        ("/search.csv", "/search.jsonl", "/search.txt", "/notes.jsonl"),
        "a whole result, sent as it is read: it takes as long as what it finds is long",
    ),
    **dict.fromkeys(("/tags", "/read", "/sets", "/saved"), "written, not read"),
}
"""Routes that are not measured, and why."""


def main() -> None:
    """Print a line for each route and reader."""
    if len(sys.argv) > 1:
        measure(Path(sys.argv[1]))
        return
    from quality.bench import grow  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="reftel-pages-") as folder:
        grow(Path(folder) / "archive", MANY)
        annotate(Path(folder) / "archive")
        measure(Path(folder) / "archive")


def annotate(archive: Path) -> None:
    """Gives each reader notes on cables and paragraphs, tags, a set and a saved search."""
    for who in READERS.values():
        with Archive.open(archive) as held:
            room = ReadingRoom(held, who)
            total, every = room.walk(EVERYTHING)
            keys = [*itertools.islice(every, 0, None, max(1, total // NOTED))][:NOTED]
            for at, key in enumerate(keys):
                cable = room.cable(key)
                anchors = [each.anchor for each in cable.cable.paragraphs if each.text] if cable else []
                room.notebook.write(
                    key, anchors[0] if anchors and at % 2 else None, f"To be read again: {at}"
                )
                if anchors and not at % 3:
                    room.notebook.tag_paragraph(key, anchors[-1], ["snow"])
            room.notebook.tag(keys, ["to read"])
            room.notebook.put_in_set("a book", keys[: NOTED // 2])
            room.notebook.save("snow", "snow")


def measure(archive: Path) -> None:
    """Ask every route of an archive as each reader."""
    for name, who in READERS.items():
        with Archive.open(archive) as held:
            room = ReadingRoom(held, who)
            total, there = room.size(), sample(room)
        app = make_app(archive, who)
        print(f"pages        {ASKED} addresses of each route   ({name}: {total:,} cables; ms of one process)")
        print(
            f"             {'':34}{'wall p50':>9}{'p95':>7}{'CPU p50':>9}{'p95':>7}{'at first':>10}{'KB':>6}"
        )
        asyncio.run(asked(app, there))


def sample(room: ReadingRoom) -> Held:
    """Keys, numbers, queries and values of all that a reader may see."""
    from quality.bench import asked as searches  # noqa: PLC0415

    dice = random.Random(7)
    total, every = room.walk(EVERYTHING)
    keys = tuple(itertools.islice(every, 0, None, max(1, total // 500)))
    facets = room.holdings().facets
    return Held(
        keys=keys,
        cited=tuple(sorted(room.cited())[:5000:10]),
        posts=tuple(value for value, _ in facets["post"]),
        tags=tuple(value for value, _ in facets["tags"]),
        years=tuple(value for value, _ in facets["year"]),
        queries=(*itertools.islice(searches(), 150), "", str(Query.parse(dice.choice(keys)))),
        notes=tuple(note.id for note in room.notebook.notes()),
        sets=room.notebook.set_names(),
        saved=tuple(each.name for each in room.notebook.saved()),
    )


async def asked(app: Starlette, held: Held) -> None:
    """Every route of the application, in its order."""
    async with app.router.lifespan_context(app):
        for route in app.routes:
            path = getattr(route, "path", "")
            if path in LEFT_OUT or (path.startswith(_OWN) and not held.notes):
                print(f"             {path:34} left out: {LEFT_OUT.get(path, 'nobody has noted anything')}")
                continue
            dice = random.Random(path)
            addresses = [ROUTES[path](held, dice) for _ in range(ASKED)]
            rounds = [[await answered(app, address) for address in addresses] for _ in range(2)]
            print(told(path, *rounds), flush=True)


class Spent(NamedTuple):
    """Milliseconds and bytes of one answer."""

    wall: float
    processor: float
    size: int


async def answered(app: Starlette, address: str) -> Spent:
    """What one answer takes, asked in this process."""
    path, _, query = address.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(b"host", b"localhost")],
        "server": ("localhost", 80),
    }
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    start, used = time.perf_counter(), time.process_time()
    await app(scope, receive, send)
    wall, processor = time.perf_counter() - start, time.process_time() - used
    if sent[0]["status"] >= 500:
        raise SystemExit(f"{address}: answered with {sent[0]['status']}")
    return Spent(wall * 1e3, processor * 1e3, sum(len(each.get("body", b"")) for each in sent[1:]))


def told(path: str, first: list[Spent], again: list[Spent]) -> str:
    """A line of the report; what is slow, at the second asking or at the first, or large is marked.

    Slow is what took long by the clock and by the processor: another program may have had the one, and two
    processors may have shared the other.
    """
    at = ASKED * 95 // 100
    walls, used = sorted(each.wall for each in again), sorted(each.processor for each in again)
    slow = sorted(min(each.wall, each.processor) for each in again)[at]
    at_first = sorted(min(each.wall, each.processor) for each in first)[at]
    size = max(each.size for each in again)
    met = ("slow", slow > SLOW), ("slow at first", at_first > SLOW >= slow), ("large", size > LARGE)
    marks = ", ".join(mark for mark, is_so in met if is_so)
    return (
        f"             {path:34}{statistics.median(walls):9.1f}{walls[at]:7.1f}{statistics.median(used):9.1f}"
        f"{used[at]:7.1f}{at_first:10.1f}{size / 1e3:6.0f}   {marks}"
    )


if __name__ == "__main__":
    main()
