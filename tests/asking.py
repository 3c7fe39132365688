"""Everything that a reader can ask of an archive: each route and each command, and what is answered.

A route or a command that is not known here makes `routes` or `commands` fail: say here how it is asked, or
that it is the owner's. So nothing new is left out of the proof in test_noninterference.py.
"""

import asyncio
import io
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from functools import cache
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from unittest.mock import patch
from urllib.parse import quote, quote_plus, unquote, urlencode

import click
import typer
from starlette.applications import Starlette

import invented
from reftel import cli, mrn, notebook, words
from reftel.archive import Archive, notes
from reftel.cable import Cable
from reftel.clearance import Reader
from reftel.notebook import Notebook
from reftel.query import Query
from reftel.readingroom import ReadingRoom
from reftel.web.app import make_app


class Asked(NamedTuple):
    """What is asked for: queries, and names of cables that are there, hidden, absent or none."""

    queries: tuple[str, ...]
    names: tuple[str, ...]


FAULTS = (500, 70)
"""How a route and a command answer that a fault of ours is in the way: nothing may ever be asked so."""


class Answer(NamedTuple):
    """What came back: an HTTP status or an exit code, headers or what was said beside, and the body."""

    code: int
    beside: str
    body: str


# -- what is asked for -----------------------------------------------------------------------------------

BROKEN = ('"open', "foo:bar", "a OR", "(((", "class:COSMIC", "2005-13", "*", "x*", "-", "tag:", "from:")
NO_NAMES = (
    *("2005NOWHERE7", "2004ZENDA4000", "ZENDA 77", "04ZENDA", "x0123456789ab", "nothing", "a b/c", "%"),
    *("vol9/d9", "'", "2004ZENDA1.json", "..", "x", "\u00e9\u0301\u202e"),
)


def asked(cables: Sequence[Cable], chance: Random, queries: int) -> Asked:
    """Queries and names out of all that these cables say, whoever may see it."""
    names = [*dict.fromkeys(_names(cables, chance))]
    return Asked(
        ("", *(_query(cables, chance) for _ in range(queries)), chance.choice(BROKEN)),
        (*chance.sample(names, min(len(names), 2 * queries)), *chance.sample(NO_NAMES, 3)),
    )


def _names(cables: Iterable[Cable], chance: Random) -> Iterator[str]:
    for cable in cables:
        yield cable.key
        yield from (cable.id,) if cable.id else ()
        yield from cable.aliases
        if cable.mrn.station and cable.mrn.serial and chance.random() < 0.3:
            yield f"{cable.mrn.station} {cable.mrn.serial:06d}"
            yield f"{(cable.mrn.year or 2004) % 100:02d}{cable.mrn.station.lower()}{cable.mrn.serial}"
        yield from (reference.id for reference in cable.references[:1] if reference.id)


def _query(cables: Sequence[Cable], chance: Random) -> str:
    some = [_clause(chance.choice(cables), chance) for _ in range(chance.choice((1, 1, 1, 2, 2, 3)))]
    if len(some) > 1 and chance.random() < 0.3:
        some.insert(1, "OR")
    return f"-{some[0]} {some[-1]}" if chance.random() < 0.15 else " ".join(some)


def _clause(cable: Cable, chance: Random) -> str:
    """One clause for which the cable holds, for one who may see all of it; or nearly."""
    texts = [each.text for each in cable.paragraphs] + [each.heading or "" for each in cable.paragraphs]
    said = words.split(chance.choice([*texts, cable.subject or "", *invented.RARE]))
    clauses = [chance.choice(invented.RARE), f"from:{cable.mrn.station or 'ZENDA'}"]
    if said:
        word = chance.choice(said)
        at = chance.randrange(len(said))
        clauses += 4 * [word if word.isalpha() else f'"{word}"']
        clauses += [f'"{" ".join(said[at : at + 2])}"', f"{word[: max(2, len(word) - 3)]}*"]
    clauses += [f"tag:{tag}" for tag in cable.tags]
    clauses += [f"to:{each.name.split()[-1]}" for each in cable.info]
    clauses += [f"ref:{each.id}" for each in cable.references if each.id]
    clauses += [f"caption:{each.split()[0]}" for each in (*cable.captions, *cable.handling)]
    clauses += [
        f'id:"{chance.choice((cable.key, *cable.aliases))}"',
        f"class:{chance.choice(('U', 'C', 'S'))}",
    ]
    clauses += [f"status:{cable.release.status}", f"collection:{chance.choice(invented.COLLECTIONS)}"]
    clauses += [cable.sent[:4], f"{cable.sent[:7]}.."] if cable.sent else []
    clauses += [chance.choice(("is:read", "is:noted", "tagged:planted", "set:planted", "note:lease"))]
    return chance.choice(clauses)


# -- routes ----------------------------------------------------------------------------------------------


def _plain(path: str) -> Callable[[Asked, Random], Iterator[str]]:
    def addresses(asked: Asked, chance: Random) -> Iterator[str]:
        yield path

    return addresses


def _search(path: str) -> Callable[[Asked, Random], Iterator[str]]:
    def addresses(asked: Asked, chance: Random) -> Iterator[str]:
        for query in asked.queries:
            yield f"{path}?q={quote(query)}{chance.choice(('', '&view=table'))}"
            page, limit, sort = chance.choice((1, 2, 3)), chance.choice((1, 2, 3)), chance.choice(SORTS)
            yield f"{path}?q={quote(query)}&sort={sort}&page={page}&limit={limit}"
        yield f"{path}?q=&page=1000000"
        yield f"{path}?{chance.choice(('q=&page=0', 'q=&limit=x', 'q=&sort=key', 'page=-1', 'limit=201'))}"

    return addresses


def _suggest(asked: Asked, chance: Random) -> Iterator[str]:
    for typed in (*asked.queries, *asked.names[:3]):
        yield f"/suggest.json?q={quote(typed[: chance.randint(1, max(1, len(typed)))])}"
    for field in ("from:", "tag:", "class:", "status:", "collection:", "id:20", "to:", "tagged:", "set:p"):
        yield f"/suggest.json?q={field}"


def _whole(path: str) -> Callable[[Asked, Random], Iterator[str]]:
    def addresses(asked: Asked, chance: Random) -> Iterator[str]:
        for query in asked.queries:
            yield f"{path}?q={quote(query)}"

    return addresses


def _cable(ending: str) -> Callable[[Asked, Random], Iterator[str]]:
    def addresses(asked: Asked, chance: Random) -> Iterator[str]:
        for name in asked.names:
            back = f"?q={quote(chance.choice(asked.queries))}" if chance.random() < 0.2 else ""
            yield f"/cable/{quote(name, safe=chance.choice(('', '/')))}{ending}{back}"

    return addresses


def _post(ending: str) -> Callable[[Asked, Random], Iterator[str]]:
    def addresses(asked: Asked, chance: Random) -> Iterator[str]:
        of_names = {number.station for name in asked.names if (number := mrn.read(name)) and number.station}
        for post in (*sorted(of_names)[:2], chance.choice(POSTS)):
            yield f"/post/{quote(post, safe='')}{ending}"

    return addresses


def _quoting(ending: str) -> Callable[[Asked, Random], Iterator[str]]:
    def addresses(asked: Asked, chance: Random) -> Iterator[str]:
        for address in _cable(ending)(asked, chance):
            yield address
            if "?" not in address:
                yield f"{address}?quote={chance.choice(ANCHORS)}"

    return addresses


def _copies(ending: str) -> Callable[[Asked, Random], Iterator[str]]:
    def addresses(asked: Asked, chance: Random) -> Iterator[str]:
        for address in _cable("")(asked, chance):
            path = address.partition("?")[0]
            yield f"{path}/copies{ending}{chance.choice(('', '', '?with=3', '?with=x'))}"

    return addresses


def _tag(ending: str) -> Callable[[Asked, Random], Iterator[str]]:
    def addresses(asked: Asked, chance: Random) -> Iterator[str]:
        for code in chance.sample(TAGS, 2):
            yield f"/tag/{quote(code, safe='')}{ending}"

    return addresses


def _explained(path: str) -> Callable[[Asked, Random], Iterator[str]]:
    def addresses(asked: Asked, chance: Random) -> Iterator[str]:
        term = chance.choice(TERMS)  # the archive is not asked
        yield path.replace("{term:path}", quote(term)) if "{" in path else f"{path}?term={quote(term)}"

    return addresses


POSTS = (*dict.fromkeys((*invented.POSTS, *invented.SMALL_POSTS)), "New Delhi", "NOWHERE", "123")
TAGS = (*invented.TAGS, "CVIS", "ENRG", "QQQQ", '"ODD', "OTRA", "prel", "AAAA", "a b/c")
ANCHORS = ("0", "1", "2", "3", "9", "enc1.1")
TERMS = ("GDS", "(S//NF)", "1.4 (b)", "PREL", "RUEHC", "AMEMBASSY ZENDA", "EUR/RUS", "nfi", "QQQQX", "")


def _static(asked: Asked, chance: Random) -> Iterator[str]:
    yield chance.choice(("/static/reftel.css", "/static/nothing.css", f"/static/{quote(asked.names[0])}"))


def _refs(ending: str) -> Callable[[Asked, Random], Iterator[str]]:
    def addresses(asked: Asked, chance: Random) -> Iterator[str]:
        for name in asked.names:
            depth, direction = chance.choice("12370"), chance.choice(DIRECTIONS)
            state = chance.choice(("", f"?depth={depth}&direction={direction}"))
            yield f"/refs/{quote(name, safe=chance.choice(('', '/')))}{ending}{state}"

    return addresses


def _missing(path: str) -> Callable[[Asked, Random], Iterator[str]]:
    def addresses(asked: Asked, chance: Random) -> Iterator[str]:
        yield path
        for query in asked.queries:
            state = chance.choice(
                ("", "&post=ZENDA", "&year=2005", "&post=ZENDA&year=2005&limit=2", "&page=0")
            )
            yield f"{path}?q={quote(query)}{state}&limit={chance.choice('123')}&page={chance.choice('112')}"

    return addresses


def _look(asked: Asked, chance: Random) -> Iterator[str]:
    at = chance.choice(("/search?q=lease", "//elsewhere.example", "nowhere", f"/cable/{asked.names[0]}"))
    yield f"/look?as={chance.choice(LOOKS)}&at={quote(at)}"


LOOKS = ("U", "C", "S", "TS", "Rassendyll", "nobody", "")
OUTLOOKS = (
    *("/as/U", "/as/C", "/as/S", "/as/Rassendyll", "/as/nobody"),
    *("/without/status:leaked", "/without/status:released/without/status:leaked", "/without/status:open"),
    *("/without/collection:given", "/without/collection:a%2Fb", "/as/U/without/status:unknown"),
)


def _timeline(path: str) -> Callable[[Asked, Random], Iterator[str]]:
    def addresses(asked: Asked, chance: Random) -> Iterator[str]:
        yield f"{path}?by={chance.choice(('status', 'level', 'post'))}"
        for query in asked.queries:
            narrowed = f"{query} {chance.choice(('', '2005', '2005-03'))}".strip()
            yield f"{path}?q={quote(narrowed)}&by={chance.choice(('level', 'status'))}"

    return addresses


# -- what a reader puts beside the cables -----------------------------------------------------------------

NAMES = ("hearing", "The Lease", "planted", "nothing", 'a"b', "x" * 61)
"""Of tags, sets and saved searches; `planted` are those that stand on what he may not see."""


def _own(path: str) -> Callable[[Asked, Random], Iterator[str]]:
    def addresses(asked: Asked, chance: Random) -> Iterator[str]:
        for name in ("planted", chance.choice(NAMES), chance.choice(NOTE_IDS)):
            yield path.replace("{name}", quote(name, safe=""))

    return addresses


NOTE_IDS = ("made1", "made2", "planted1", "nothing")
Posted = tuple[str, Mapping[str, str]]


def _note_forms(asked: Asked, chance: Random) -> Iterator[Posted]:
    for name in asked.names[:4]:
        on = quote(name + chance.choice(("", "#p1", "#p2", "#p3", "#p0")), safe="")
        yield (
            f"/notes?on={on}",
            {
                "text": chance.choice(("<b>lease</b> & bread", "lease", "")),
                "tags": chance.choice(NAMES[:3]),
                "set": chance.choice(("", "The Lease")),
            },
        )


def _change_forms(asked: Asked, chance: Random) -> Iterator[Posted]:
    for id in NOTE_IDS:
        form = {"version": chance.choice("112x"), "do": chance.choice(("keep", "keep", "remove"))}
        yield f"/notes/{id}", {"text": "changed", **form}


def _bulk_forms(path: str, **choices: Sequence[str]) -> Callable[[Asked, Random], Iterator[Posted]]:
    def posted(asked: Asked, chance: Random) -> Iterator[Posted]:
        for query in ("", chance.choice(asked.queries)):
            form = {field: chance.choice(values) for field, values in choices.items()}
            yield f"{path}?q={quote(query)}", form
        on = quote(chance.choice(asked.names) + chance.choice(("", "#p1", "#p2")), safe="")
        yield f"{path}?on={on}", {field: chance.choice(values) for field, values in choices.items()}

    return posted


FORMS: Mapping[str, Callable[[Asked, Random], Iterator[Posted]]] = {
    "/notes": _note_forms,
    "/notes/{id}": _change_forms,
    "/tags": _bulk_forms("/tags", tags=NAMES, do=("put", "put", "remove")),
    "/sets": _bulk_forms("/sets", name=NAMES, do=("put", "put", "take", "remove"), key=("2004ZENDA1",)),
    "/read": _bulk_forms("/read", do=("read", "unread", "on-opening", "by-hand")),
    "/saved": _bulk_forms("/saved", name=NAMES, do=("save", "save", "open", "remove")),
}
"""How each form is filled in and sent."""


def forms(app: Starlette, asked: Asked, chance: Random) -> Iterator[Posted]:
    """Forms for every route that takes one."""
    for route in app.routes:
        path = getattr(route, "path", repr(route))
        if "POST" in (getattr(route, "methods", None) or ()):
            assert path in FORMS, f"say in tests/asking.py how the form of {path} is filled in"
            yield from FORMS[path](asked, chance)


TABLES = ("note", "tagged", "in_set", "made_set", "has_read", "reads_on_opening", "saved_search")


def plant(archive: Path, reader: Reader, who: str | None) -> None:
    """Notes of others on whatever there is, and of the reader himself on what he may not see any more.

    Nothing else is beside the cables then.
    """
    with Archive.open(archive) as held:
        with held.noting() as notes:
            for table in TABLES:
                notes._do(f"DELETE FROM {table}")
        cables = [cable for _, cable, _, _ in held.store.cables()][:40]
        for name in (None, "somebody else"):
            book = ReadingRoom(held, Reader(None, name=name)).notebook
            for cable in cables[:3]:
                book.write(cable.key, None, "lease")
            book.tag([cable.key for cable in cables[:3]], ["hearing", "planted"])
            book.put_in_set("planted", Query.parse(""))
            book.mark_read(Query.parse(""))
            book.save("hearing", "lease")
        room = ReadingRoom(held, reader)
        for name in {reader.level or "", who or ""}:
            book = ReadingRoom(held, Reader(None, name=name)).notebook
            hidden = [cable for cable in cables if held.store.load(cable.key, room._permitted) is None]
            book.put_in_set("planted", [cable.key for cable in hidden])
            book.mark_read([cable.key for cable in hidden])
            book.save("planted", "")
            with held.noting() as notes:
                notes._do("UPDATE saved_search SET opened_seq = 0, before_seq = 0 WHERE name = 'planted'")
            for cable in cables[:12]:
                _plant_on(book, cable, held.store.load(cable.key, room._permitted))


def _plant_on(book: Notebook, cable: Cable, seen: Cable | None) -> None:
    shown = {each.anchor: each.text for each in seen.paragraphs} if seen else {}
    for each in cable.paragraphs[:3]:
        if each.text and shown.get(each.anchor) != each.text:
            book.write(cable.key, each.anchor, "lease")
            book.tag_paragraph(cable.key, each.anchor, ["planted"])
            book.write(cable.key, None, "lease and bread")


SORTS = ("relevance", "date")
DIRECTIONS = ("both", "cites", "cited-by", "sideways")
ROUTES: Mapping[str, Callable[[Asked, Random], Iterator[str]]] = {
    "/": _plain("/"),
    "/index.json": _plain("/index.json"),
    "/search": _search("/search"),
    "/search.json": _search("/search.json"),
    "/post/{name:path}.json": _post(".json"),
    "/post/{name:path}": _post(""),
    "/tag/{code:path}.json": _tag(".json"),
    "/tag/{code:path}": _tag(""),
    "/refs/{spelling:path}.json": _refs(".json"),
    "/refs/{spelling:path}.gexf": _refs(".gexf"),
    "/refs/{spelling:path}.graphml": _refs(".graphml"),
    "/refs/{spelling:path}": _refs(""),
    "/missing": _missing("/missing"),
    "/missing.json": _missing("/missing.json"),
    "/missing.csv": _missing("/missing.csv"),
    "/missing.txt": _missing("/missing.txt"),
    "/cable/{spelling:path}.csl.json": _cable(".csl.json"),
    "/cable/{spelling:path}.bib": _cable(".bib"),
    "/cable/{spelling:path}.ris": _cable(".ris"),
    "/cable/{spelling:path}/text": _cable("/text"),
    "/cable/{spelling:path}/copies.json": _copies(".json"),
    "/cable/{spelling:path}/copies": _copies(""),
    "/cable/{spelling:path}.json": _quoting(".json"),
    "/cable/{spelling:path}": _quoting(""),
    **{path: _explained(path) for path in ("/explain", "/explain.json")},
    **{path: _explained(path) for path in ("/explain/{term:path}.json", "/explain/{term:path}")},
    **{path: _plain(path) for path in ("/notes", "/notes.json", "/notes.jsonl")},
    **{path: _plain(path) for path in ("/tags", "/read", "/sets", "/saved")},
    "/notes/{id}.json": _own("/notes/{name}.json"),
    "/notes/{id}": _own("/notes/{name}"),
    "/set/{name:path}.json": _own("/set/{name}.json"),
    "/set/{name:path}": _own("/set/{name}"),
    "/saved/{name:path}.json": _own("/saved/{name}.json"),
    "/saved/{name:path}": _own("/saved/{name}"),
    "/suggest.json": _suggest,
    "/help": _plain("/help"),
    "/help.json": _plain("/help.json"),
    **{path: _whole(path) for path in ("/search.csv", "/search.jsonl", "/search.txt")},
    "/look": _look,
    "/timeline": _timeline("/timeline"),
    "/timeline.json": _timeline("/timeline.json"),
    "/static/{name}": _static,
}
"""How each route is asked, under its path in web/app.py."""


def routes(app: Starlette, asked: Asked, chance: Random) -> Iterator[str]:
    """Addresses for every route of the application, some as others see them, and one that is of none."""
    for address in _addresses(app, asked, chance):
        yield address
        if chance.random() < 0.15:
            yield f"{chance.choice(OUTLOOKS)}{address}"
    yield f"/{quote(asked.names[0])}"


def _addresses(app: Starlette, asked: Asked, chance: Random) -> Iterator[str]:
    for route in app.routes:
        path = getattr(route, "path", repr(route))
        assert path in ROUTES, f"say in tests/asking.py how route {path} is asked"
        yield from ROUTES[path](asked, chance)


def close(app: Starlette) -> None:
    """Lets go of an application's archive."""
    asyncio.run(_served(app, Path(), ()))


async def _served(
    app: Starlette, archive: Path, requests: Iterable[tuple[str, str]], sent: Iterable[Posted] = ()
) -> list[Answer]:
    """What the application of an archive answers to each form, then to each method and address."""
    async with app.router.lifespan_context(app):
        return [
            *[await _answer(app, archive, "POST", address, urlencode(form)) for address, form in sent],
            *[await _answer(app, archive, method, address) for method, address in requests],
        ]


_FROM_US = (
    (b"sec-fetch-site", b"same-origin"),
    (b"content-type", b"application/x-www-form-urlencoded"),
)


async def _answer(app: Starlette, archive: Path, method: str, address: str, form: str = "") -> Answer:
    path, _, query = address.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},  # nobody hangs up here
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(b"host", b"localhost"), *(_FROM_US if form else ())],
        "server": ("localhost", 80),
    }
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": form.encode(), "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start, *rest = sent
    headers = "\n".join(f"{name.decode()}: {value.decode()}" for name, value in sorted(start["headers"]))
    body = b"".join(message.get("body", b"") for message in rest)
    return Answer(start["status"], headers, _without(archive, body.decode()))


# -- commands --------------------------------------------------------------------------------------------

Line = tuple[str, ...]


def _search_lines(asked: Asked, chance: Random) -> Iterator[Line]:
    for query in asked.queries:
        form: Line = chance.choice(((), ("--json",), ("--csv",)))
        further: Line = ("--limit", chance.choice("123"), "--page", chance.choice("12"))
        whole = chance.choice((("--csv",), ("--json",), ("--citations",), (), ("--csv", "--json")))
        yield ("search", query, "--all", *whole)
        yield ("search", query, "--sort", chance.choice(SORTS), *form, *chance.choice(((), further)))
    yield ("search", "", "--page", "1000")
    yield ("search", "", "--page", "0")


def _show_lines(asked: Asked, chance: Random) -> Iterator[Line]:
    for name in asked.names:
        yield ("show", *chance.choice(((), ("--json",))), "--", name)


def _refs_lines(asked: Asked, chance: Random) -> Iterator[Line]:
    for name in asked.names:
        form: Line = chance.choice(((), ("--json",), ("--gexf",), ("--graphml",)))
        yield ("refs", "--depth", chance.choice("123"), *form, "--", name)


def _missing_lines(asked: Asked, chance: Random) -> Iterator[Line]:
    for query in asked.queries:
        form: Line = chance.choice(((), ("--json",), ("--csv",), ("--requests",)))
        further: Line = chance.choice(((), ("--post", "zenda"), ("--year", "2005", "--limit", "2")))
        yield ("missing", query, *form, *further)


def _cite_lines(asked: Asked, chance: Random) -> Iterator[Line]:
    forms = ("footnote", "chicago", "bibtex", "ris", "csl")
    for name in asked.names:
        further: Line = chance.choice(((), ("--json",), ("--paragraph", chance.choice(ANCHORS))))
        yield ("cite", "--format", chance.choice(forms), *further, "--", name)


def _copies_lines(asked: Asked, chance: Random) -> Iterator[Line]:
    for name in asked.names:
        yield ("copies", *chance.choice(((), ("--json",), ("--with", "3"))), "--", name)


def _timeline_lines(asked: Asked, chance: Random) -> Iterator[Line]:
    for query in asked.queries:
        form: Line = chance.choice(((), ("--json",), ("--by", "status")))
        yield ("timeline", f"{query} {chance.choice(('', '2005', '2005-03'))}".strip(), *form)


def _note_lines(asked: Asked, chance: Random) -> Iterator[Line]:
    for name in asked.names[:3]:
        yield ("note", f"{name}{chance.choice(('', '#p1', '#p2'))}", "a lease", *_json(chance))


def _tag_lines(asked: Asked, chance: Random) -> Iterator[Line]:
    for name in asked.names[:2]:
        yield ("tag", *_json(chance), "--", f"{name}{chance.choice(('', '#p1', '#p2'))}", "hearing")
    yield ("tag", "--query", chance.choice(asked.queries), "The Lease", *_json(chance))
    yield ("tag", "--query", "", "planted", "--remove", *_json(chance))


def _notes_lines(asked: Asked, chance: Random) -> Iterator[Line]:
    yield ("notes", *_json(chance))
    yield ("notes", "--export", "-")
    yield ("notes", "--remove", chance.choice(NOTE_IDS))


def _named_lines(command: str) -> Callable[[Asked, Random], Iterator[Line]]:
    def lines(asked: Asked, chance: Random) -> Iterator[Line]:
        for name in ("planted", chance.choice(NAMES)):
            yield (*command.split(), *_json(chance), "--", name)

    return lines


def _set_add_lines(asked: Asked, chance: Random) -> Iterator[Line]:
    yield ("set", "add", *_json(chance), "--", "hearing", *asked.names[:1])
    yield ("set", "add", "planted", "--query", chance.choice(asked.queries), *_json(chance))


def _saved_add_lines(asked: Asked, chance: Random) -> Iterator[Line]:
    yield ("saved", "add", *_json(chance), "--", "hearing", chance.choice(asked.queries))


def _json(chance: Random) -> Line:
    return chance.choice(((), ("--json",)))


READERS_COMMANDS: Mapping[str, Callable[[Asked, Random], Iterator[Line]]] = {
    "search": _search_lines,
    "show": _show_lines,
    "refs": _refs_lines,
    "missing": _missing_lines,
    "timeline": _timeline_lines,
    "cite": _cite_lines,
    "copies": _copies_lines,
    "note": _note_lines,
    "tag": _tag_lines,
    "set add": _set_add_lines,
    "saved add": _saved_add_lines,
    "saved list": lambda asked, chance: iter([("saved", "list", *_json(chance))]),
    "saved open": _named_lines("saved open"),
    "saved remove": _named_lines("saved remove"),
    "set show": _named_lines("set show"),
    "set remove": _named_lines("set remove"),
    "set list": lambda asked, chance: iter([("set", "list", *_json(chance))]),
    "notes": _notes_lines,
}
"""How each command is asked that reads an archive for somebody."""
SERVED = frozenset({"serve"})
"""Asked by its routes."""
OWNERS_QUESTIONS = frozenset({"why"})
"""The owner's, though asked about a reader: they tell what he is not told."""
OWNERS_COMMANDS = frozenset(
    (
        *"read write ingest forge rebuild compact explain".split(),
        *"policy release mark decisions undo expunge".split(),
        *(f"authorities {each}" for each in "add list remove".split()),
        *(f"reader {each}" for each in "add list show remove export import".split()),
        *(f"protect {each}" for each in "add list remove".split()),
    )
)
"""What makes or changes an archive, or reads none: it tells its owner everything."""


def all_commands() -> dict[str, click.Command]:
    """Every command of the command line, `reader add` too."""
    return dict(_commands("", _command_line()))


@cache
def _command_line() -> click.Command:
    """What Typer makes of the commands at each call, made once: that takes longer than most of them."""
    return typer.main.get_command(cli.app)


def _commands(before: str, command: Any) -> Iterator[tuple[str, click.Command]]:
    further = getattr(command, "commands", None)  # of a group
    if further is None:
        yield before, command
    for name, each in (further or {}).items():
        yield from _commands(f"{before} {name}".strip(), each)


def commands(asked: Asked, chance: Random) -> Iterator[Line]:
    """Words for every command that reads for a reader."""
    for name in all_commands():
        if name in READERS_COMMANDS:
            yield from READERS_COMMANDS[name](asked, chance)
        else:
            assert name in OWNERS_COMMANDS | OWNERS_QUESTIONS | SERVED, (
                f"say in tests/asking.py how `reftel {name}` is asked, or that it is the owner's"
            )


def told(archive: Path, who: str, line: Line) -> Answer:
    """What a command prints for somebody, in this process."""
    name, *further = line
    names = [name, further.pop(0)] if name in {"set", "saved"} else [name]
    out, beside = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    code = 0
    with (
        patch.object(cli, "app", _command_line()),
        patch.object(sys, "argv", ["reftel", *names, "--archive", str(archive), "--as", who, *further]),
        redirect_stdout(out),
        redirect_stderr(beside),
        suppress(SystemExit),
    ):
        try:
            cli.run()
        except SystemExit as end:
            code = int(end.code or 0)
    said, warned = (_without(archive, _text(stream)) for stream in (out, beside))
    return Answer(code, warned, said)


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode()


def _without(archive: Path, text: str) -> str:
    """An answer without the name of the folder, which is another in each archive."""
    return text.replace(str(archive), "ARCHIVE")


# -- all together ----------------------------------------------------------------------------------------


def answers(archive: Path, reader: Reader, who: str | None, asked: Asked, seed: int) -> dict[str, Answer]:
    """What an archive answers to a reader, who is called `who` on a command line.

    The questions are the same for the same seed.
    """
    chance = Random(seed)
    with _same_names("planted"):
        plant(archive, reader, who)
    app = make_app(archive, reader)
    sent = [*forms(app, asked, chance)]
    requests = [
        (chance.choice((*(9 * ["GET"]), "HEAD", "POST")), address)
        for address in dict.fromkeys(routes(app, asked, chance))
    ]
    names = [f"{at}. {address} {form}" for at, (address, form) in enumerate(sent)]
    with _same_names("made"):
        served = asyncio.run(_served(app, archive, requests, sent))
        found = dict(zip((*names, *map(" ".join, requests)), served, strict=True))
        for line in commands(asked, chance):
            if who is not None:
                found[" ".join(("reftel", *line))] = told(archive, who, line)
    return found


@contextmanager
def _same_names(start: str) -> Iterator[None]:
    """Notes have the same ids, in the order in which they are written, and all are of one day."""
    ids = (f"{start}{at}" for at in count(1))
    with (
        patch.object(notebook, "new_id", lambda: next(ids)),
        patch.object(notebook, "now", lambda: "2026-11-27T10:00:00Z"),
        patch.object(notes, "now", lambda: "2026-11-27T10:00:00Z"),
    ):
        yield


def differences(got: Mapping[str, Answer], expected: Mapping[str, Answer]) -> list[str]:
    """Each question that was answered differently, and where the answers part, in a sentence."""
    assert got.keys() == expected.keys()
    return [f"{each}: {_parting(got[each], expected[each])}" for each in got if got[each] != expected[each]]


def but_for(names: Iterable[str], text: str) -> str:
    """A text without the names that were typed, however they are quoted."""
    for name in names:
        for spelt in {name, name.upper(), quote(name), quote_plus(name)}:
            text = text.replace(spelt, "NAME")
    return text


def _parting(got: Answer, expected: Answer) -> str:
    for name, one, other in zip(Answer._fields, map(str, got), map(str, expected), strict=True):
        if one != other:
            pairs = enumerate(zip(one, other, strict=False))
            at = next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))
            around = slice(max(0, at - 60), at + 60)
            return f"{name} is {one[around]!r} and not {other[around]!r}"
    return "the same"
