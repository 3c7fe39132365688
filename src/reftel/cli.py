"""The commands, one short function each. What they print for people is made in `terminal`."""

import csv
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from reftel import (
    __version__,
    custody,
    glossary,
    listing,
    notefile,
    profiles,
    reading,
    settings,
    stations,
    telegram,
    terminal,
    upkeep,
)
from reftel import ingest as way_in
from reftel import release as deciding
from reftel.archive import Archive
from reftel.cable import Cable, Status
from reftel.clearance import ALL
from reftel.errors import NotHeld, QueryError, ReftelError, Unreadable, UsageError
from reftel.findings import references as mentions
from reftel.findings import signers as signing
from reftel.forge import SAMPLE_SIZE, Forged, write_out
from reftel.query import Query
from reftel.readingroom import ReadingRoom, admitted, cleared
from reftel.views import citation as citing
from reftel.views import copies as copying
from reftel.views import mentions as mentioned
from reftel.views import missing as lacking
from reftel.views import notes as noting
from reftel.views import search as searching
from reftel.views import threads
from reftel.views import why as explaining
from reftel.views.timeline import over_time

SETTINGS = settings.from_environment()

app = typer.Typer(
    name="reftel",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Paths = Annotated[
    list[Path], typer.Argument(help="Files, and folders with files in them.", show_default=False)
]
ArchiveFolder = Annotated[Path, typer.Option("--archive", help="The archive's folder. Also: REFTEL_ARCHIVE.")]
As = Annotated[
    str | None,
    typer.Option(
        "--as",
        help="Read as a reader of this archive, by name, or as one cleared only so far: U, SBU, C, S or TS.",
        show_default=False,
    ),
]
By = Annotated[str, typer.Option(help="Who decides this.", show_default=False)]
Why = Annotated[str, typer.Option(help="Why.", show_default=False)]
WhichCopy = Annotated[
    str | None,
    typer.Option("--copy", help="The copy, by the first 8 or more digits of its sha256.", show_default=False),
]
Cable_ = Annotated[str, typer.Argument(metavar="ID", help="The cable, in any spelling of its number.")]
Name = Annotated[str, typer.Argument(help="The reader's name.", show_default=False)]
Listed = Annotated[str | None, typer.Option(help="Several are parted by commas.", show_default=False)]
Words = Annotated[str, typer.Option(help="Several are parted by commas.")]
Host = Annotated[str, typer.Option(help="The address to serve on; of this machine alone unless said.")]
Browser = Annotated[bool, typer.Option("--browser", help="Open a browser where there is a display.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
Strict = Annotated[bool, typer.Option("--strict", help="Fail if any file cannot be read.")]


def _version(asked: bool) -> None:
    if asked:
        print(f"reftel {__version__}")
        raise typer.Exit


@app.callback()
def reftel(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """An archive and a reading room for diplomatic cables."""


@app.command()
def read(paths: Paths, json: Json = False, strict: Strict = False) -> None:
    """Read cables in files and folders and print what is in them; `-` is standard input."""
    errors: list[ReftelError] = []
    screen = terminal.console()
    found = 0
    for copy, cable in reading.witnessed(*paths, on_error=lambda error: _complain(error, errors)):
        found += 1
        if json:
            _out(mentions.to_json(cable, copy.text))
        else:
            screen.print(terminal.cable(cable))
            screen.rule(style="dim")
    if errors and (strict or not found):
        raise typer.Exit(errors[-1].exit_code)


@app.command()
def write(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="Records as `reftel read --json` prints them; - is standard input.",
            show_default=False,
        ),
    ],
    section_lines: Annotated[
        int | None,
        typer.Option(
            min=1, help="Split the text into sections of at most so many lines.", show_default=False
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="A folder: a file for each cable, in order.", show_default=False)
    ] = None,
) -> None:
    """Print cables from their records, each in the form of its era."""
    if out:
        out.mkdir(parents=True, exist_ok=True)
    found = (cable for path in paths for cable in reading.records(path))
    for order, cable in enumerate(found, 1):
        text = telegram.write(cable, section_lines)
        if out:
            (out / f"{order:06d}_{cable.key.replace('/', '_')}.txt").write_bytes(text.encode())
        else:
            _out(text.encode().rstrip(b"\n"))


@app.command()
def ingest(
    paths: Paths,
    archive: ArchiveFolder = SETTINGS.archive,
    collection: Annotated[str, typer.Option(help="The collection that these copies belong to.")] = "default",
    status: Annotated[Status, typer.Option(help="What is known of the collection's release.")] = "unknown",
    workers: Annotated[int | None, typer.Option(help="Processes that read; all cores unless said.")] = None,
    json: Json = False,
    strict: Strict = False,
) -> None:
    """Keep cables in an archive; make the archive where there is none."""
    with _progress("reading", quiet=json) as advance:
        summary = way_in.ingest(
            archive,
            paths,
            collection=collection,
            status=status,
            workers=workers,
            progress=lambda step: advance(step.files, step.of),
            acknowledged=(lambda one: _out(msgspec.json.encode(one))) if json else None,
        )
    for failure in summary.failures:
        print(failure.message, file=sys.stderr)
    if json:
        _out(msgspec.json.encode(summary))
    else:
        print(f"{summary.kept:,} kept, {summary.known:,} known before, {summary.failed:,} not read.")
    if summary.failed and (strict or not summary.kept + summary.known):
        raise typer.Exit(1)


@app.command(context_settings={"ignore_unknown_options": True})  # a query may begin with -word
def search(  # noqa: PLR0913, PLR0917 - options of a command
    query: Annotated[str, typer.Argument(help="What to look for; `reftel search --help` has examples.")],
    archive: ArchiveFolder = SETTINGS.archive,
    as_: As = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Cables on a page.")] = 20,
    page: Annotated[int, typer.Option(min=1, help="Which page.")] = 1,
    sort: Annotated[Literal["relevance", "date"], typer.Option(help="What comes first.")] = "relevance",
    json: Json = False,
    csv_: Annotated[bool, typer.Option("--csv", help="Print the hits as CSV.")] = False,
    citations: Annotated[bool, typer.Option("--citations", help="Print a citation of each hit.")] = False,
    all_: Annotated[
        bool,
        typer.Option("--all", help="Everything found, newest first, with --csv, --json or --citations."),
    ] = False,
) -> None:
    """Search an archive.

    Words (all of them), "phrases", OR, -word, prefix*, from: to: tag: ref: class: caption: id: status:
    collection:, dates; and what you have put beside the cables: tagged: set: is:read is:noted note:

    Examples: railway -strike; "border railway" from:strelsau; tag:PREF 2005-03..2005-06; ref:05ZENDA12
    """
    asked = Query.parse(query)
    if all_ or citations:
        forms = {listing.as_csv: csv_, listing.as_json: json, listing.as_citations: citations}
        _all_of(archive, as_, asked, [form for form, wanted in forms.items() if wanted], whole=all_)
        return
    with _room(archive, as_) as room:
        found = searching.results(room, asked, sort=sort, page=page, limit=limit)
    if json:
        _out(msgspec.json.encode(found))
    elif csv_:
        _csv(found)
    else:
        terminal.console().print(terminal.results(found))


@app.command()
def show(
    spelling: Annotated[str, typer.Argument(metavar="ID", help="The cable, in any spelling of its number.")],
    archive: ArchiveFolder = SETTINGS.archive,
    as_: As = None,
    json: Json = False,
) -> None:
    """Show a cable of an archive: 2005ZENDA12, 05ZENDA12, ZENDA 000012."""
    with _room(archive, as_) as room:
        cables = _meant(room, spelling)
        signers = tuple(room.signers(cables))
        named = [mentioned.mentions(room, cable) if json else () for cable in cables]
    for cable, signer, some in zip(cables, signers, named, strict=True):
        if json:
            _out(msgspec.json.encode({**msgspec.to_builtins(cable), "mentions": some, "signer": signer}))
        else:
            terminal.console().print(terminal.cable(cable, signer))


@app.command()
def refs(
    spelling: Cable_,
    archive: ArchiveFolder = SETTINGS.archive,
    as_: As = None,
    depth: Annotated[int, typer.Option(min=1, max=threads.DEEPEST, help="References away, at most.")] = 2,
    direction: Annotated[
        threads.Direction, typer.Option(help="What it cites, what cites it, or both.")
    ] = "both",
    json: Json = False,
    gexf: Annotated[bool, typer.Option("--gexf", help="Print the graph as GEXF.")] = False,
    graphml: Annotated[bool, typer.Option("--graphml", help="Print the graph as GraphML.")] = False,
) -> None:
    """Show what a cable cites and what cites it, as one conversation in order of dates."""
    _one_form(json=json, gexf=gexf, graphml=graphml)
    with _room(archive, as_) as room:
        keys = [cable.key for cable in _meant(room, spelling)]
        if len(keys) > 1:
            raise UsageError(f"{spelling} is a name of several cables: say one of {', '.join(keys)}")
        found = threads.thread(room, keys[0], depth, direction)
    if found is None:
        raise NotHeld(f"{spelling}: not in this archive")
    if json:
        _out(msgspec.json.encode(found))
    elif gexf or graphml:
        _out((threads.gexf(found) if gexf else threads.graphml(found)).rstrip())
    else:
        terminal.console().print(terminal.thread(found))


@app.command(context_settings={"ignore_unknown_options": True})  # a query may begin with -word
def missing(  # noqa: PLR0913, PLR0917 - options of a command
    query: Annotated[str, typer.Argument(help="Cited in cables that this finds; in all unless said.")] = "",
    archive: ArchiveFolder = SETTINGS.archive,
    as_: As = None,
    post: Annotated[str | None, typer.Option(help="Of one post alone.", show_default=False)] = None,
    year: Annotated[int | None, typer.Option(help="Of one year alone.", show_default=False)] = None,
    limit: Annotated[int, typer.Option(min=1, max=lacking.MOST, help="Numbers on a page.")] = 50,
    page: Annotated[int, typer.Option(min=1, help="Which page.")] = 1,
    json: Json = False,
    csv_: Annotated[bool, typer.Option("--csv", help="Print the numbers as CSV.")] = False,
    requests: Annotated[
        bool, typer.Option("--requests", help="Print a request to an archive, or under FOIA.")
    ] = False,
) -> None:
    """List the cables that are cited and not held, the most cited first, and when each was sent.

    Examples: missing --archive A; missing "from:strelsau 2005" --requests
    """
    _one_form(json=json, csv=csv_, requests=requests)
    asked = Query.parse(query)
    station = (stations.token(post) or post) if post else None
    with _room(archive, as_) as room:
        found = lacking.ledger(room, asked, post=station, year=year, page=page, limit=limit)
    if json:
        _out(msgspec.json.encode(found))
    elif csv_:
        _out(lacking.as_csv(found).rstrip("\n").encode())
    elif requests:
        _out(terminal.plain(lacking.requests(found)).rstrip("\n").encode())
    else:
        terminal.console().print(terminal.missing(found))


@app.command(context_settings={"ignore_unknown_options": True})  # a query may begin with -word
def timeline(
    query: Annotated[str, typer.Argument(help="What is looked for; all that is held unless said.")] = "",
    archive: ArchiveFolder = SETTINGS.archive,
    as_: As = None,
    by: Annotated[Literal["level", "status"], typer.Option(help="What the bars are made of.")] = "level",
    json: Json = False,
) -> None:
    """Show what a query finds along time: years, the months of one year, or the days of one month.

    Examples: timeline lease --archive A; timeline "from:zenda 2004" --by status
    """
    asked = Query.parse(query)
    with _room(archive, as_) as room:
        found = over_time(room, asked, by)
    if json:
        _out(msgspec.json.encode(found))
    else:
        terminal.console().print(terminal.timeline(found))


def _one_form(**asked: bool) -> None:
    """Raises UsageError where a result is wanted in two forms at once."""
    wanted = [f"--{name}" for name, each in asked.items() if each]
    if len(wanted) > 1:
        raise UsageError(f"{' and '.join(wanted)}: one of these is printed, not several")


@app.command()
def cite(
    spelling: Cable_,
    archive: ArchiveFolder = SETTINGS.archive,
    as_: As = None,
    format: Annotated[
        Literal["footnote", "chicago", "bibtex", "ris", "csl"], typer.Option(help="The form.")
    ] = "footnote",
    paragraph: Annotated[
        str | None, typer.Option(help="Quote this paragraph: 7, 7.a.", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """Cite a cable of an archive: a footnote, or a form for reference managers.

    The collection is named only to who may see the whole of the cable.
    """
    with _room(archive, as_) as room:
        found = [held for cable in _meant(room, spelling) if (held := room.cable(cable.key))]
    for held in found:
        collection = held.collection if held.cable.copy else None
        cited = citing.citation(held.cable, collection)
        quoted = citing.quotation(held.cable, paragraph, collection) if paragraph else None
        if paragraph and quoted is None:
            raise NotHeld(f"{held.cable.key}: it has no paragraph {paragraph} to be quoted")
        if json:
            _out(msgspec.json.encode({**msgspec.to_builtins(cited), "quotation": quoted}))
        elif format == "csl":
            _out(msgspec.json.encode([cited.csl]))
        else:
            print(terminal.plain(quoted or getattr(cited, format)).strip())


# ---- what a reader puts beside the cables

Mine = Annotated[str, typer.Argument(metavar="NAME", help="Its name.", show_default=False)]
ByQuery = Annotated[
    str | None, typer.Option("--query", help="All cables that this finds.", show_default=False)
]
OnWhat = Annotated[
    str,
    typer.Argument(
        metavar="ID[#pN]", help="A cable, or a paragraph of one: 05ZENDA12#p7.", show_default=False
    ),
]


@app.command()
def note(
    what: OnWhat,
    text: Annotated[str, typer.Argument(help="The note; - reads it from standard input.")],
    archive: ArchiveFolder = SETTINGS.archive,
    as_: As = None,
    json: Json = False,
) -> None:
    """Put a note on a cable or on a paragraph of it, for the reader and the archive's owner alone."""
    with _room(archive, as_) as room:
        key, anchor = _place(room, what)
        said = sys.stdin.buffer.read().decode("utf-8", "replace") if text == "-" else text
        written = room.notebook.write(key, anchor, said)
    if json:
        _out(msgspec.json.encode(written))
    else:
        terminal.console().print(terminal.notes([written]))


@app.command()
def notes(
    archive: ArchiveFolder = SETTINGS.archive,
    as_: As = None,
    export: Annotated[
        Path | None,
        typer.Option(help="Write notes, tags, sets, marks and searches to a file; - is standard output."),
    ] = None,
    import_: Annotated[
        Path | None, typer.Option("--import", help="Add what stands in such a file; - is standard input.")
    ] = None,
    remove: Annotated[
        str | None, typer.Option(help="Remove the note with this id.", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """List the notes, and keep them in one file or take them from one (docs/formats/notes.md)."""
    if sum(each is not None for each in (export, import_, remove)) > 1:
        raise UsageError("--export, --import, --remove: one of these is done, not several")
    with _room(archive, as_) as room:
        if import_ is not None:
            _take_in(room, import_, json)
        elif export is not None:
            lines = [notefile.encode(line) for line in room.notebook.export()]
            _keep_lines(lines, export, json)
        elif remove is not None:
            if room.notebook.note(remove) is None:
                raise NotHeld(f"{remove}: there is no such note")
            room.notebook.remove(remove)
            _told(json, {"removed": remove}, f"The note {remove} is removed.")
        elif json:
            for each in room.notebook.notes():
                _out(msgspec.json.encode(each))
        else:
            terminal.console().print(terminal.notes(room.notebook.notes()))


def _keep_lines(lines: Sequence[bytes], file: Path, json: bool) -> None:
    if str(file) == "-":
        for line in lines:
            _out(line)
        return
    try:
        file.write_bytes(b"".join(line + b"\n" for line in lines))
    except OSError as error:
        raise Unreadable(f"{file}: cannot be written ({error.strerror}); name another file") from None
    _told(json, {"lines": len(lines)}, f"{len(lines):,} lines are written to {file}.")


def _take_in(room: ReadingRoom, file: Path, json: bool) -> None:
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise Unreadable(f"{file}: cannot be read ({error.strerror}); name a file of notes") from None
    taken = room.notebook.take_in(raw)
    for sentence in notefile.said(taken.bad, str(file)):
        print(terminal.plain(sentence), file=sys.stderr)
    words = f"{taken.added:,} added, {taken.known:,} known before, {len(taken.bad):,} bad lines."
    _told(json, msgspec.to_builtins(taken), words)
    if taken.bad and not taken.added + taken.known:
        raise typer.Exit(1)


@app.command()
def tag(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[ID[#pN]] TAG...", help="A cable or a paragraph, and its tags.", show_default=False
        ),
    ],
    query: ByQuery = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the tags off.")] = False,
    archive: ArchiveFolder = SETTINGS.archive,
    as_: As = None,
    json: Json = False,
) -> None:
    """Tag a cable, a paragraph, or all that a query finds. `tagged:NAME` searches for it.

    Examples: tag 05ZENDA12#p7 hearing; tag --query "railway 2005" hearing
    """
    names = words if query is not None else words[1:]
    if not names:
        raise UsageError("no tag is named: say the cable and its tags, or --query and the tags")
    with _room(archive, as_) as room:
        book = room.notebook
        if query is not None:
            asked = Query.parse(query)
            done = book.untag(asked, names) if remove else book.tag(asked, names)
        else:
            key, anchor = _place(room, words[0])
            if anchor is None:
                done = book.untag([key], names) if remove else book.tag([key], names)
            else:
                done = (book.untag_paragraph if remove else book.tag_paragraph)(key, anchor, names)
    _told(json, {"removed" if remove else "added": done}, f"{done:,} {'taken off' if remove else 'put'}.")


sets = typer.Typer(no_args_is_help=True, help="Put cables together in sets, each with an address.")
app.add_typer(sets, name="set")
Cables = Annotated[
    list[str] | None, typer.Argument(metavar="[ID]...", help="The cables.", show_default=False)
]


@sets.command("list")
def set_list(archive: ArchiveFolder = SETTINGS.archive, as_: As = None, json: Json = False) -> None:
    """List the sets, the tags, and how many cables are in each."""
    with _room(archive, as_) as room:
        found = noting.own(room)
    for kind, each in (*(("set", one) for one in found.sets), *(("tag", one) for one in found.tags)):
        if json:
            _out(msgspec.json.encode({"kind": kind, **msgspec.to_builtins(each)}))
        else:
            print(terminal.plain(f"{kind} {each.name}: {each.count:,}"))


@sets.command("show")
def set_show(
    name: Mine,
    archive: ArchiveFolder = SETTINGS.archive,
    as_: As = None,
    page: Annotated[int, typer.Option(min=1, help="Which page.")] = 1,
    json: Json = False,
) -> None:
    """Show the cables of a set, the newest first. `set:NAME` searches among them."""
    with _room(archive, as_) as room:
        found = noting.a_set(room, name, page)
    _collected(found, json)


@sets.command("add")
def set_add(
    name: Mine,
    cables: Cables = None,
    query: ByQuery = None,
    archive: ArchiveFolder = SETTINGS.archive,
    as_: As = None,
    json: Json = False,
) -> None:
    """Put cables in a set; make the set where there is none."""
    with _room(archive, as_) as room:
        added = room.notebook.put_in_set(name, _cables(room, cables, query))
    _told(json, {"added": added}, f"{added:,} put in the set.")


@sets.command("remove")
def set_remove(
    name: Mine,
    cables: Cables = None,
    query: ByQuery = None,
    archive: ArchiveFolder = SETTINGS.archive,
    as_: As = None,
    json: Json = False,
) -> None:
    """Take cables out of a set, or remove the set where no cables are named. No cable is removed."""
    with _room(archive, as_) as room:
        if not cables and query is None:
            room.notebook.remove_set(name)
            _told(json, {"removed": name}, f"The set {name} is removed; its cables stay.")
            return
        gone = room.notebook.take_out(name, _cables(room, cables, query))
    _told(json, {"removed": gone}, f"{gone:,} taken out of the set.")


saved = typer.Typer(no_args_is_help=True, help="Save searches, and see what is new in them.")
app.add_typer(saved, name="saved")


@saved.command("add", context_settings={"ignore_unknown_options": True})
def saved_add(
    name: Mine,
    query: Annotated[str, typer.Argument(help="What it looks for.", show_default=False)],
    archive: ArchiveFolder = SETTINGS.archive,
    as_: As = None,
    json: Json = False,
) -> None:
    """Save a search. What comes in from now on is new in it."""
    with _room(archive, as_) as room:
        kept = room.notebook.save(name, query)
    _told(json, {"name": kept.name, "query": kept.query}, f"Saved as {kept.name}: {kept.query}")


@saved.command("list")
def saved_list(archive: ArchiveFolder = SETTINGS.archive, as_: As = None, json: Json = False) -> None:
    """List the saved searches, and how much has come in since each was opened last."""
    with _room(archive, as_) as room:
        found = noting.news(room)
    for each in found:
        if json:
            _out(msgspec.json.encode(each))
        else:
            print(terminal.plain(f"{each.name}: {each.total:,}, {each.new:,} new ({each.query})"))


@saved.command("open")
def saved_open(
    name: Mine,
    archive: ArchiveFolder = SETTINGS.archive,
    as_: As = None,
    page: Annotated[int, typer.Option(min=1, help="Which page; a further one is no new visit.")] = 1,
    json: Json = False,
) -> None:
    """Show what has come in since a saved search was opened last; it is not new the next time."""
    with _room(archive, as_) as room:
        if page == 1:
            room.notebook.visit(name)
        found = noting.what_is_new(room, name, page)
    _collected(found, json)


@saved.command("remove")
def saved_remove(
    name: Mine, archive: ArchiveFolder = SETTINGS.archive, as_: As = None, json: Json = False
) -> None:
    """Forget a saved search."""
    with _room(archive, as_) as room:
        room.notebook.forget(name)
    _told(json, {"removed": name}, f"The search {name} is forgotten.")


def _collected(found: noting.Collected, json: bool) -> None:
    if json:
        _out(msgspec.json.encode(found))
    else:
        terminal.console().print(terminal.collected(found))


def _place(room: ReadingRoom, what: str) -> tuple[str, str | None]:
    """The key of the one cable that is meant, and the paragraph where one is named."""
    spelling, named, anchor = what.rpartition("#p")
    return (_one_of(room, spelling), anchor) if named else (_one_of(room, what), None)


def _cables(room: ReadingRoom, spellings: Sequence[str] | None, query: str | None) -> list[str] | Query:
    """The cables that are meant, each by one of its names, or by a query."""
    if query is not None:
        if spellings:
            raise UsageError("cables are named, or --query finds them; not both")
        return Query.parse(query)
    return [_one_of(room, spelling) for spelling in spellings or ()]


def _one_of(room: ReadingRoom, spelling: str) -> str:
    """The key of the one cable that is meant."""
    found = [cable.key for cable in _meant(room, spelling)]
    if len(found) > 1 and spelling not in found:
        raise UsageError(f"{spelling} is a name of several cables: say one of {', '.join(found)}")
    return spelling if spelling in found else found[0]


@app.command()
def copies(
    spelling: Cable_,
    archive: ArchiveFolder = SETTINGS.archive,
    as_: As = None,
    second: Annotated[
        int, typer.Option("--with", min=2, help="Which copy beside the first, as they are listed.")
    ] = 2,
    json: Json = False,
) -> None:
    """Show the copies of a cable, and which words only one of two has.

    Only copies of which the reader may see the whole are there.
    """
    with _room(archive, as_) as room:
        cables = _meant(room, spelling)
        found = [each for cable in cables if (each := copying.copies(room, cable.key, second))]
    if not found:
        raise NotHeld(f"{spelling}: there are no two copies of it here to be compared")
    for one in found:
        if json:
            _out(msgspec.json.encode(one))
        else:
            terminal.console().print(terminal.copies(one))


@app.command()
def explain(
    term: Annotated[str, typer.Argument(help="A code or an abbreviation.", show_default=False)],
    json: Json = False,
) -> None:
    """Explain a code or an abbreviation: GDS, "(S//NF)", 1.4(b), PREL, RUEHC, EUR/RUS, NFI."""
    meanings = glossary.explain(term)
    if json:
        _out(msgspec.json.encode({"term": term, "meanings": [one.record() for one in meanings]}))
    elif meanings:
        terminal.console().print(terminal.meanings(meanings))
    if not meanings:
        raise NotHeld(f"{term}: in no table of the glossary; try `reftel search` for cables that use it")


@app.command()
def why(
    spelling: Annotated[str, typer.Argument(metavar="ID", help="The cable, in any spelling of its number.")],
    archive: ArchiveFolder = SETTINGS.archive,
    as_: As = None,
    json: Json = False,
) -> None:
    """Say of each portion of a cable what governs it, by which rule, and whether a reader may see it.

    For the archive's owner: it tells of what the reader may not see.
    """
    with Archive.open(archive) as held:
        reader, room = cleared(held, as_), ReadingRoom(held, ALL)
        found = [explaining.explained(room, cable.key, reader) for cable in _meant(room, spelling)]
    for one in found:
        if json:
            _out(msgspec.json.encode(one))
        else:
            terminal.console().print(terminal.why(one))


@app.command()
def serve(
    archive: ArchiveFolder = SETTINGS.archive,
    as_: As = None,
    host: Host = SETTINGS.host,
    port: Annotated[
        int | None, typer.Option(help=f"The port; {SETTINGS.port}, or the next free one.")
    ] = None,
    browser: Browser = False,
) -> None:
    """Open the reading room in a browser."""
    with Archive.open(archive) as held:  # what cannot be read is an error here, not in a page
        admitted(held, as_)
    # loaded only to serve: the web server takes as long to load as all the rest
    server = import_module("reftel.web.server")
    reader = partial(admitted, name=as_)  # asked again at every request
    server.serve(archive, reader, host=host, port=port, first_port=SETTINGS.port, browser=browser)


@app.command()
def forge(
    out: Annotated[Path, typer.Option(help="The folder to write to.")],
    count: Annotated[int | None, typer.Option(min=1, help="How many; the sample's own unless said.")] = None,
    seed: Annotated[int, typer.Option(help="Another seed gives other cables.")] = 1,
    era: Annotated[
        Literal["sas", "acp127", "smart", "printed", "all"] | None,
        typer.Option(
            help="Cables of one era, or of all by turns; the sample unless said.", show_default=False
        ),
    ] = None,
) -> None:
    """Write invented cables, and the truth about them, for demonstrations and tests.

    A damaged cable's file is named with what has happened to it.
    """
    written = write_out(count or SAMPLE_SIZE, seed, out, era, told=_damaged)
    print(f"{written:,} cables written to {out}, and what is true of them to {out / 'truth.jsonl'}.")


def _damaged(one: Forged) -> None:
    if one.damages:
        print(f"{one.name}: {', '.join(one.damages)}")


@app.command()
def rebuild(
    archive: ArchiveFolder = SETTINGS.archive,
    workers: Annotated[int | None, typer.Option(help="Processes that read; all cores unless said.")] = None,
    json: Json = False,
) -> None:
    """Read every copy of an archive afresh and make its index anew. Copies and keys stay as they are."""
    with _progress("reading", quiet=json) as advance:
        rebuilt = upkeep.rebuild(archive, workers=workers, progress=advance)
    for one in rebuilt.unrenewed:
        print(f"{one.key}: {one.message}", file=sys.stderr)
    if json:
        _out(msgspec.json.encode(rebuilt))
    else:
        print(f"{rebuilt.copies:,} copies read afresh.")


@app.command()
def compact(archive: ArchiveFolder = SETTINGS.archive, json: Json = False) -> None:
    """Rewrite the index, so that what was replaced weighs no more in the order of results."""
    rewritten = upkeep.compact(archive)
    _told(json, {"rewritten": rewritten}, f"The index of {archive} is compact.")


# ---- what the owner of an archive says: who reads, what is released, what goes

readers = typer.Typer(no_args_is_help=True, help="Say who reads an archive, and how far each is cleared.")
app.add_typer(readers, name="reader")


@readers.command("add")
def reader_add(
    name: Name,
    level: Annotated[str, typer.Option(help="U, SBU, C, S or TS.", show_default=False)],
    holds: Words = "",
    captions: Words = "",
    compartments: Words = "",
    replace: Annotated[bool, typer.Option("--replace", help="Put it in place of one of that name.")] = False,
    archive: ArchiveFolder = SETTINGS.archive,
    json: Json = False,
) -> None:
    """Add a reader.

    --holds SBU, NOFORN, "REL RURITANIA"; --captions EXDIS, NODIS ...; --compartments SI ...
    """
    added = profiles.profile(name, level, holds.split(","), captions.split(","), compartments.split(","))
    with Archive.open(archive, write=True) as held:
        held.store.put_readers([added], anew=replace)
    if json:
        _out(profiles.to_json(added))
    else:
        print(f"{added.name} reads {archive} with {terminal.profile(added)}.")


@readers.command("list")
def reader_list(archive: ArchiveFolder = SETTINGS.archive, json: Json = False) -> None:
    """List the readers of an archive."""
    with Archive.open(archive) as held:
        found = held.store.readers()
    for name, known in found:
        if json:
            _out(profiles.to_json(known) if known else msgspec.json.encode({"name": name, "level": None}))
        else:
            print(terminal.plain(f"{name}: {terminal.profile(known) if known else 'not understood'}"))


@readers.command("show")
def reader_show(name: Name, archive: ArchiveFolder = SETTINGS.archive, json: Json = False) -> None:
    """Show how far a reader is cleared."""
    with Archive.open(archive) as held:
        known = held.store.reader(name)
    if known is None:
        raise _nobody(name)
    if json:
        _out(profiles.to_json(known))
    else:
        print(f"{known.name}: {terminal.profile(known)}")


@readers.command("remove")
def reader_remove(name: Name, archive: ArchiveFolder = SETTINGS.archive, json: Json = False) -> None:
    """Remove a reader."""
    with Archive.open(archive, write=True) as held:
        if not held.store.remove_reader(name):
            raise _nobody(name)
    _told(json, {"removed": name.strip()}, f"{name.strip()} reads {archive} no more.")


@readers.command("export")
def reader_export(archive: ArchiveFolder = SETTINGS.archive) -> None:
    """Print all readers as `reader import` takes them: JSON, one a line."""
    with Archive.open(archive) as held:
        for name, known in held.store.readers():
            if known is None:
                held.store.reader(name)  # raises, and says what to do
            else:
                _out(profiles.to_json(known))


@readers.command("import")
def reader_import(
    file: Annotated[Path, typer.Argument(help="Readers as `reader export` prints them.", show_default=False)],
    replace: Annotated[bool, typer.Option("--replace", help="Put them in place of those named so.")] = False,
    archive: ArchiveFolder = SETTINGS.archive,
    json: Json = False,
) -> None:
    """Add the readers of a file, all or none."""
    added = []
    try:
        lines = file.read_bytes().splitlines()
    except OSError as error:
        raise Unreadable(f"{file}: cannot be read ({error.strerror}); name a file of readers") from None
    for number, line in enumerate(lines, 1):
        try:
            added += [profiles.from_json(line)] if line.strip() else []
        except UsageError as error:
            raise UsageError(f"{file}, line {number}: {error}") from None
    with Archive.open(archive, write=True) as held:
        held.store.put_readers(added, anew=replace)
    _told(json, {"added": [each.name for each in added]}, f"{len(added):,} readers added.")


@app.command()
def policy(
    readers_required: Annotated[
        bool | None,
        typer.Option(
            "--readers-required/--no-readers-required",
            help="Whether all who read must say by name who they are.",
            show_default=False,
        ),
    ] = None,
    withheld: Annotated[
        Literal["absent", "marked"] | None,
        typer.Option(
            help="How a portion shows that its reader may not see: not at all, or by its mark alone.",
            show_default=False,
        ),
    ] = None,
    protect: Annotated[
        bool | None,
        typer.Option(
            "--protect/--no-protect",
            help="Whether names are masked that the text asks to protect.",
            show_default=False,
        ),
    ] = None,
    archive: ArchiveFolder = SETTINGS.archive,
    json: Json = False,
) -> None:
    """Show what holds for all readers of an archive, or change it."""
    said = {"readers_required": readers_required, "withheld": withheld, "protect": protect}
    changes = {name: value for name, value in said.items() if value is not None}
    holds = custody.set_policy(archive, changes) if changes else custody.policy(archive)
    if json:
        _out(msgspec.json.encode(holds))
    else:
        print(terminal.policy(holds))


protected = typer.Typer(no_args_is_help=True, help="Say which names are masked in every cable.")
app.add_typer(protected, name="protect")
Person = Annotated[str, typer.Argument(metavar="NAME", help="A person's name.", show_default=False)]


@protected.command("add")
def protect_add(
    name: Person,
    why: Annotated[str | None, typer.Option(help="Why.", show_default=False)] = None,
    archive: ArchiveFolder = SETTINGS.archive,
    json: Json = False,
) -> None:
    """Mask a name in every cable, in all its spellings: "Rudolf Rassendyll", or a surname alone."""
    with _progress("looking", quiet=json) as advance:
        copies = custody.protect(archive, name, why=why, progress=advance)
    words = f"The name is masked from now on; {copies:,} copies that may tell it were read afresh."
    _told(json, {"copies": copies}, words)


@protected.command("list")
def protect_list(archive: ArchiveFolder = SETTINGS.archive, json: Json = False) -> None:
    """List the names that are masked in every cable."""
    for each in custody.listed(archive):
        if json:
            _out(msgspec.json.encode(each))
        else:
            print(terminal.plain(f"{each.name}{f': {each.why}' if each.why else ''}"))


@protected.command("remove")
def protect_remove(name: Person, archive: ArchiveFolder = SETTINGS.archive, json: Json = False) -> None:
    """Take a name off the list. Where a text asks itself to protect it, it stays masked."""
    with _progress("looking", quiet=json) as advance:
        copies = custody.unprotect(archive, name, progress=advance)
    words = f"The name is off the list; {copies:,} copies that may tell it were read afresh."
    _told(json, {"copies": copies}, words)


# ---- who held which office: the owner's tables

authorities = typer.Typer(
    no_args_is_help=True, help="Say who held which office when, so that signers are named."
)
app.add_typer(authorities, name="authorities")


@authorities.command("add")
def authorities_add(
    file: Annotated[
        Path,
        typer.Argument(help="A table of chiefs of mission and principal officers, CSV.", show_default=False),
    ],
    archive: ArchiveFolder = SETTINGS.archive,
    json: Json = False,
) -> None:
    """Add a table of offices: who was chief of which mission, or the Department's officer, from when to when.

    Bad rows are named and left out. A row that is there already is not added again.
    """
    terms, bad = signing.load(file)
    with Archive.open(archive, write=True) as held:
        added = held.store.add_terms(terms)
    for row in bad:
        print(terminal.plain(f"{file}, line {row.line}: {row.message}"), file=sys.stderr)
    record = {"added": added, "known": len(terms) - added, "bad": bad}
    _told(json, record, f"{added:,} added, {len(terms) - added:,} known before, {len(bad):,} bad rows.")
    if bad and not terms:
        raise typer.Exit(1)


@authorities.command("list")
def authorities_list(archive: ArchiveFolder = SETTINGS.archive, json: Json = False) -> None:
    """List who held which office, by mission and date."""
    with Archive.open(archive) as held:
        found = held.store.terms()
    for term in found:
        if json:
            _out(msgspec.json.encode(term))
        else:
            print(terminal.plain(terminal.term(term)))


@authorities.command("remove")
def authorities_remove(
    rows: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ROW]...", help="By their appointment_id.", show_default=False),
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every row.")] = False,
    archive: ArchiveFolder = SETTINGS.archive,
    json: Json = False,
) -> None:
    """Remove rows of the tables of offices, or all."""
    if bool(rows) == all_:
        raise UsageError("say which rows, by their appointment_id (`reftel authorities list`), or --all")
    with Archive.open(archive, write=True) as held:
        gone = held.store.remove_terms(None if all_ else rows)
    if not gone and rows:
        raise UsageError(
            f"no row is called {rows[0]!r}; `reftel authorities list` shows what they are called"
        )
    _told(json, {"removed": gone}, f"{gone:,} removed.")


@app.command()
def release(
    spelling: Cable_,
    current: Annotated[str, typer.Option(help="The level of today: UNCLASSIFIED.", show_default=False)],
    by: Annotated[str, typer.Option(help="The authority that released it.", show_default=False)],
    on: Annotated[str, typer.Option(help="When: 2026-11-27.", show_default=False)],
    copy: WhichCopy = None,
    why: Annotated[str | None, typer.Option(help="Why.", show_default=False)] = None,
    archive: ArchiveFolder = SETTINGS.archive,
    json: Json = False,
) -> None:
    """Keep that a copy of a cable has been released, so that its level of today governs it."""
    made = custody.release(
        archive,
        spelling,
        deciding.released(current),
        by=deciding.said(by, "--by"),
        on=deciding.day(on),
        why=None if why is None else deciding.said(why, "--why"),
        sha256=copy,
    )
    _decided(made, json)


@app.command()
def mark(  # noqa: PLR0913, PLR0917 - options of a command
    spelling: Cable_,
    portion: Annotated[
        str,
        typer.Option(
            help="header, subject, p3, p3.2 (its second part), h3 (its heading).", show_default=False
        ),
    ],
    by: By,
    why: Why,
    as_marked: Annotated[
        str | None, typer.Option(help="How the portion is marked: U, C, S//NF.", show_default=False)
    ] = None,
    classification: Annotated[
        str | None, typer.Option(help="Of the header: CONFIDENTIAL.", show_default=False)
    ] = None,
    handling: Listed = None,
    captions: Listed = None,
    copy: WhichCopy = None,
    archive: ArchiveFolder = SETTINGS.archive,
    json: Json = False,
) -> None:
    """Correct a marking that was read wrongly: how a portion was truly marked when it was sent."""
    of_header = (classification, handling, captions)
    if portion == "header":
        if as_marked is not None:
            raise UsageError(
                "a header has no mark of its own: say --classification, --handling or --captions"
            )
        value = deciding.header_mark(
            classification,
            None if handling is None else handling.split(","),
            None if captions is None else captions.split(","),
        )
    elif as_marked is None or any(each is not None for each in of_header):
        raise UsageError(f"say how {portion} is marked: --as-marked 'S//NF', and nothing else")
    else:
        value = deciding.mark(portion, as_marked)
    made = custody.mark(
        archive,
        spelling,
        value,
        by=deciding.said(by, "--by"),
        why=deciding.said(why, "--why"),
        sha256=copy,
    )
    _decided(made, json)


@app.command()
def decisions(
    spelling: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Of one cable.", show_default=False)
    ] = None,
    archive: ArchiveFolder = SETTINGS.archive,
    json: Json = False,
) -> None:
    """List what was released and marked, by whom and why; what is undone, too."""
    for made in custody.decisions(archive, spelling):
        _decided(made, json)


@app.command()
def undo(
    number: Annotated[
        int, typer.Argument(min=1, max=2**63 - 1, help="The decision, as `reftel decisions` numbers it.")
    ],
    by: By,
    why: Why,
    archive: ArchiveFolder = SETTINGS.archive,
    json: Json = False,
) -> None:
    """Undo a decision. It is kept, with who undid it and why."""
    undone = custody.undo(archive, number, by=deciding.said(by, "--by"), why=deciding.said(why, "--why"))
    _decided(undone, json)


@app.command()
def expunge(
    spelling: Cable_,
    by: By,
    why: Why,
    copy: WhichCopy = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask back.")] = False,
    archive: ArchiveFolder = SETTINGS.archive,
    json: Json = False,
) -> None:
    """Remove a copy of a cable for good: from the store, its log and the index. It cannot be undone."""
    by, why = deciding.said(by, "--by"), deciding.said(why, "--why")
    meant = custody.copy_meant(archive, spelling, copy)
    what = f"{meant.key}, its copy {custody.named(meant)},"
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError(f"{terminal.plain(what)} would be removed for good: say --yes if that is meant")
        typer.confirm(f"Remove {terminal.plain(what.removesuffix(','))} for good?", abort=True, err=True)
    gone = custody.expunge(archive, meant.key, by=by, why=why, sha256=meant.sha256)
    if json:
        _out(msgspec.json.encode({**msgspec.to_builtins(gone), "backups": gone.backups}))
    else:
        print(
            terminal.plain(f"{what} is removed" + (", and the cable with it." if gone.cable_removed else "."))
        )
        if gone.notes:
            number = "1 note that was" if gone.notes == 1 else f"{gone.notes:,} notes that were"
            print(f"With it {number} on the cable: what quotes it goes too.")
        print(f"It may still be in {gone.backups}.")


def _decided(made: deciding.Decision, json: bool) -> None:
    if json:
        _out(msgspec.json.encode(made))
    else:
        print(terminal.plain(terminal.decision(made)))


def _told(json: bool, record: Mapping[str, object], words: str) -> None:
    """What was done, for programs or for people."""
    if json:
        _out(msgspec.json.encode(record))
    else:
        print(terminal.plain(words))


def _nobody(name: str) -> UsageError:
    return UsageError(f"no reader of this archive is called {name!r}; `reftel reader list` names them")


# ---- who reads


@contextmanager
def _room(archive: Path, as_: str | None) -> Iterator[ReadingRoom]:
    """The reading room of an archive, as its reader may see it."""
    with Archive.open(archive) as held:
        yield ReadingRoom(held, admitted(held, as_))


def _meant(room: ReadingRoom, spelling: str) -> list[Cable]:
    found = [held.cable for key in room.find(spelling) if (held := room.cable(key))]
    if not found:
        raise NotHeld(f"{spelling}: not in this archive; try `reftel search` with words of its subject")
    return found


def _complain(error: ReftelError, errors: list[ReftelError]) -> None:
    errors.append(error)
    print(terminal.plain(str(error)), file=sys.stderr)


def _out(line: bytes) -> None:
    """One line of JSON, at once: whoever reads along may rely on it."""
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def _all_of(
    archive: Path, as_: str | None, query: Query, forms: Sequence[listing.Form], *, whole: bool
) -> None:
    """Prints a whole result, a line at a time."""
    if not whole or len(forms) != 1:
        raise UsageError("a whole result is printed with --all and one of --csv, --json and --citations")
    citations = forms[0] is listing.as_citations  # for people
    with _room(archive, as_) as room:
        for line in forms[0](room, query):
            sys.stdout.write(terminal.plain(line) if citations else line)
    sys.stdout.flush()


def _csv(found: searching.Results) -> None:
    columns = [name for name in searching.Hit.__struct_fields__ if name != "marks"]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    for hit in found.hits:
        writer.writerow([listing.cell(getattr(hit, column)) for column in columns])


@contextmanager
def _progress(doing: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on a terminal; nothing in a pipe."""
    screen = terminal.console(errors=True)
    columns = (TextColumn(doing), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=screen, disable=quiet or not screen.is_terminal, transient=True) as bar:
        task = bar.add_task(doing, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def run() -> None:
    """Run the command line; every error is one sentence and an exit code."""
    try:
        app()
    except QueryError as error:
        _end(f"{error} (at character {error.at + 1} of the query)", error.exit_code)
    except ReftelError as error:
        _end(str(error), error.exit_code)
    except BrokenPipeError:
        # whoever read along has enough; keep Python from complaining when it flushes at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        _end(f"{error.filename or 'output'}: {error.strerror}; check the disk and its permissions", 6)
    except Exception as error:
        if os.environ.get("REFTEL_DEBUG"):
            raise
        what = f"{type(error).__name__}: {error}"
        _end(f"a fault of reftel ({what}); set REFTEL_DEBUG=1 to see where, and report it", 70)


def _end(message: str, code: int) -> None:
    print(f"reftel: {terminal.plain(message)}", file=sys.stderr)
    sys.exit(code)
