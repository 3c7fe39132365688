"""The reading room as a web application: every route on this screen."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from reftel.archive import Archive
from reftel.clearance import Reader
from reftel.readingroom import ReadingRoom, previewed
from reftel.web import answers, api, assets, lists, pages, writing
from reftel.web.door import Door
from reftel.web.outlook import Outlook, Steps

_AS_IT_IS = Outlook()


def make_app(
    archive: Path, reader: Reader | Callable[[Archive], Reader], *, hosts: Sequence[str] = ()
) -> Starlette:
    """An archive for one reader, to be asked on this machine, and by the names in `hosts` on others.

    A reader who is known by name is looked up at every request: what is decided of him, and of who may
    read at all, holds at once. Raises ArchiveError where there is no archive.
    """
    held = Archive.open(archive)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        held.close()

    app = Starlette(
        routes=[
            Route("/", pages.home),
            Route("/index.json", api.home),
            Route("/search", pages.search),
            Route("/search.json", api.search),
            Route("/cable/{spelling:path}.csl.json", api.csl),
            Route("/cable/{spelling:path}.bib", api.bibtex),
            Route("/cable/{spelling:path}.ris", api.ris),
            Route("/suggest.json", api.suggest),
            Route("/help", pages.help_page),
            Route("/help.json", api.lessons),
            Route("/search.csv", lists.as_csv),
            Route("/search.jsonl", lists.as_json),
            Route("/search.txt", lists.as_citations),
            Route("/cable/{spelling:path}/copies.json", api.copies),
            Route("/cable/{spelling:path}/copies", pages.copies),
            Route("/cable/{spelling:path}/text", api.text),
            Route("/cable/{spelling:path}.json", api.cable),
            Route("/cable/{spelling:path}", pages.cable),
            Route("/post/{name:path}.json", api.post),
            Route("/post/{name:path}", pages.post),
            Route("/tag/{code:path}.json", api.tag),
            Route("/tag/{code:path}", pages.tag),
            Route("/refs/{spelling:path}.json", api.refs),
            Route("/refs/{spelling:path}.gexf", api.refs),
            Route("/refs/{spelling:path}.graphml", api.refs),
            Route("/refs/{spelling:path}", pages.refs),
            Route("/notes", writing.taken(writing.note), methods=["POST"]),
            Route("/notes", pages.notes),
            Route("/notes.json", api.notes),
            Route("/notes.jsonl", api.notes_file),
            Route("/notes/{id}.json", api.note),
            Route("/notes/{id}", writing.taken(writing.change), methods=["POST"]),
            Route("/notes/{id}", pages.note),
            Route("/tags", writing.taken(writing.tags), methods=["POST"]),
            Route("/read", writing.taken(writing.read), methods=["POST"]),
            Route("/sets", writing.taken(writing.sets), methods=["POST"]),
            Route("/set/{name:path}.json", api.a_set),
            Route("/set/{name:path}", pages.a_set),
            Route("/saved", writing.taken(writing.saved), methods=["POST"]),
            Route("/saved/{name:path}.json", api.saved),
            Route("/saved/{name:path}", pages.saved),
            Route("/missing", pages.missing),
            Route("/missing.json", api.missing),
            Route("/missing.csv", api.missing_csv),
            Route("/missing.txt", api.missing_requests),
            Route("/timeline", pages.timeline),
            Route("/timeline.json", api.timeline),
            Route("/explain", pages.explained),
            Route("/explain.json", api.explained),
            Route("/explain/{term:path}.json", api.explained),
            Route("/explain/{term:path}", pages.explained),
            Route("/look", pages.look),
            Route("/static/{name}", assets.asset),
        ],
        middleware=[Middleware(Door, hosts=frozenset(hosts)), Middleware(Steps)],
        exception_handlers=answers.ERRORS,
        lifespan=lifespan,
    )
    app.state.room = partial(_room, held, reader)
    app.state.assets = assets.load()
    app.state.templates = answers.templates(app.state.assets)
    return app


def _room(
    held: Archive, reader: Reader | Callable[[Archive], Reader], outlook: Outlook = _AS_IT_IS
) -> ReadingRoom:
    """The room for one request, of the archive as it is now, and never more than `reader` may see.

    Raises NotHeld for somebody as whom he may not look.
    """
    held.bring_up()
    own = reader(held) if callable(reader) else reader
    shown = previewed(held, own, outlook.who) if outlook.who else own
    return ReadingRoom(held, shown, without=outlook.without, own=own)
