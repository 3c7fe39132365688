"""An archive in which names are protected: nothing that it puts out tells them, and its owner decides."""

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace
from starlette.applications import Starlette
from typer.testing import CliRunner

import build
from reftel import clearance, cli, custody, reading, telegram
from reftel.archive import Archive, accession
from reftel.cable import Cable, from_json, to_json
from reftel.clearance import ALL, Policy, Reader
from reftel.errors import ArchiveError, UsageError
from reftel.ingest import ingest
from reftel.protection import MASK, REMARK
from reftel.query import Query
from reftel.readingroom import ReadingRoom
from reftel.upkeep import mask_again, rebuild
from reftel.views import search
from reftel.views.cable import opened
from reftel.web.app import make_app

TOLD = """C O N F I D E N T I A L ZENDA 000012

SIPDIS

STATE FOR EUR; PASS TO R. RASSENDYLL

E.O. 12958: DECL: 02/12/2019
TAGS: PREL, RT, RASSENDYLL
SUBJECT: RUDOLF RASSENDYLL ON THE KRONA

REF: A. ZENDA 7
B. RASSENDYLL LETTER OF FEBRUARY 1

Classified By: Consul Rudolf Rassendyll: 1.4 (B),(D)

1. (C) SUMMARY: Rudolf Rassendyll (strictly protect) spoke of the
krona lease. Rassen-
dyll's brother did not. END SUMMARY.

THE RASSENDYLLS

2. (C) Rassendyl, as some write him, or RASSENDYLL, RUDOLF, was calm. Rudolf said no more.

3. (U) The harbour was calm.
RASSENDYLL
"""
PLAIN = """C O N F I D E N T I A L ZENDA 000007

SIPDIS

E.O. 12958: DECL: 01/12/2014
TAGS: PREL, RT
SUBJECT: SNOW ON THE KRONA

Classified By: Consul Anna Tarlen: 1.4 (B)

1. (C) Colonel Sapt spoke of the lease. Bersonin protects the harbour (and protects it well).
TARLEN
"""
SPELLINGS = (
    "Rassendyll",
    "rassendyll",
    "RASSENDYLL",
    '"Rudolf Rassendyll"',
    "Rudolf",
    "rassendy*",
    "Rassendyl",
    "Rassendylls",
    "tag:RASSENDYLL",
    "rassen",
    "dyll",
    "id:rassendyll.txt",
    'to:"R. RASSENDYLL"',
)
NAME = (b"rassen", b"rudolf", b"dyll")


@pytest.fixture
def folder(tmp_path) -> Path:
    """Two cables, of which one asks to protect a name; its file is called by it."""
    (tmp_path / "cables").mkdir()
    (tmp_path / "cables" / "rassendyll.txt").write_text(TOLD)
    (tmp_path / "cables" / "zenda.txt").write_text(PLAIN)
    return tmp_path / "cables"


@pytest.fixture
def path(folder, tmp_path) -> Path:
    """An archive of them."""
    assert ingest(tmp_path / "archive", [folder], workers=1).kept == 2
    return tmp_path / "archive"


def answers(path: Path, addresses: list[str]) -> list[httpx.Response]:
    """What the reading room of an archive answers its owner."""
    app = make_app(path, ALL)

    async def asked() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
        ):
            return [await client.get(address) for address in addresses]

    return asyncio.run(asked())


def told(words: bytes | str) -> bool:
    """Whether something of the name is in there."""
    words = words.encode() if isinstance(words, str) else words
    return any(part in words.lower() for part in NAME)


def addresses(app: Starlette) -> Iterator[str]:
    """Every route, for every cable and for questions that find it."""
    questions = ("", "krona", "lease", "harbour", "protected", "from:ZENDA", "tag:PREL", "id:04ZENDA12")
    for route in app.routes:
        at = getattr(route, "path", "")
        if "spelling" in at:
            yield from (
                at.replace("{spelling:path}", spelling)
                for spelling in ("2009ZENDA12", "ZENDA 12", "09ZENDA7", "zenda.txt", "ZENDA 99")
            )
        elif "name" in at:
            yield at.replace("{name}", "reftel.css")
        else:
            yield at
            yield from (f"{at}?q={question}" for question in questions)


def test_no_page_tells_the_name(path):
    """Whatever is asked, HTML or JSON."""
    asked = [*addresses(make_app(path, ALL))]
    assert len(asked) > 30
    for address, got in zip(asked, answers(path, asked), strict=True):
        assert not told(got.content), address
        assert not told(str(got.headers)), address


def test_a_page_says_that_names_are_protected(path):
    """In plain words, and with a calm element for each mask; a page without masks says nothing."""
    masked, plain = answers(path, [f"/cable/{key(path, 'KRONA', n)}" for n in (12, 7)])
    assert REMARK in masked.text
    assert f'<span class="protected">{MASK}</span>' in masked.text
    assert "copy as received</h2>" not in masked.text
    assert REMARK not in plain.text
    assert "copy as received</h2>" in plain.text


def key(path: Path, word: str, serial: int) -> str:
    """The key of a cable."""
    with Archive.open(path) as archive:
        return next(
            cable.key
            for _, cable, _, _ in archive.store.cables()
            if cable.mrn.serial == serial and word in (cable.subject or "")
        )


def test_no_command_tells_the_name(path):
    """Nor does the terminal, JSON or CSV."""
    known = key(path, "KRONA", 12)
    commands = [
        *(
            ["search", query, *form]
            for query in ("", "krona", "calm")
            for form in ([], ["--json"], ["--csv"])
        ),
        ["show", known],
        ["show", known, "--json"],
        ["show", "ZENDA 12"],
        ["decisions"],
        ["policy"],
        ["reader", "list"],
        ["protect", "list", "--json"],
        ["compact"],
        ["rebuild"],
        ["show", known, "--json"],
    ]
    for command in commands:
        done = CliRunner().invoke(cli.app, [*command, "--archive", str(path)])
        assert done.exit_code == 0, (command, done.output, done.exception)
        assert not told(done.output), command
        if command[:2] == ["show", known] and "--json" not in command:
            assert REMARK in " ".join(done.output.split())
            assert MASK in done.output


@pytest.mark.parametrize("reader", ["U", "C", "TS", None])
def test_the_name_is_not_to_be_found(path, reader):
    """By no spelling, and not by the name of the file; and no copy is shown."""
    with Archive.open(path) as archive:
        room = ReadingRoom(archive, ALL if reader is None else clearance.reader(reader))
        for spelling in SPELLINGS:
            assert room.search(Query.parse(spelling)).total == 0, spelling
        known = [hit.key for hit in room.recent(9) if hit.subject and MASK in hit.subject]
        for each in ("rassendyll.txt", "rassendyll", "RASSENDYLL.TXT"):
            assert room.find(each) == ()
            assert room.held([each]) == {}
        for each in known:
            assert room.copy_text(each) is None
            shown = opened(room, each)
            assert shown is not None
            assert shown.names_protected
            assert shown.record()["names_protected"] is True
            assert (shown.collection, shown.copy) == (None, None)
            assert not told(json.dumps(shown.record()))
        assert bool(known) == (reader != "U")


def test_the_name_stands_in_no_file_but_in_the_copy(path):
    """Neither store nor log nor index: but for the bytes as they came, packed, and the name of their file."""
    files = [file for file in path.rglob("*") if file.is_file()]
    assert len(files) > 3
    for file in files:
        raw = file.read_bytes().lower()
        assert raw.count(b"rassendyll") == raw.count(b"rassendyll.txt"), file
        assert raw.count(b"rassendyll.txt") <= 1, file
    with sqlite3.connect(path / "archive.db") as db:
        assert db.execute("SELECT count(*) FROM copy WHERE locator LIKE '%rassendyll%'").fetchone() == (1,)
        tables = ["meta", "cable", "alias", "collection", "decision", "unindexed"]
        for table in tables:
            assert not told(repr(db.execute(f"SELECT * FROM {table}").fetchall()))
        assert db.execute("SELECT count(*) FROM portion WHERE label = '*'").fetchone() == (1,)
    db.close()


# -- as if the mask had stood there -------------------------------------------------------------------------

FORMS = ("Rudolf Rassendyll", "RUDOLF RASSENDYLL", "Rassendyll", "RASSENDYLL")


def invented_cables() -> list[Cable]:
    """Cables that tell a name, each in its own way, and some that do not."""
    return [
        build.cable(
            f"2009ZENDA{serial}",
            f"(C) {FORMS[serial % 4]} (strictly protect) spoke of the krona and {FORMS[serial % 3]}'s lease.",
            f"(U) The harbour was calm{', said Rassendyll' if serial % 2 else ''}.",
            "(S) The king is away.",
            subject=f"{FORMS[1 + 2 * (serial % 2)]} ON THE KRONA" if serial % 3 else "THE HARBOUR",
            signature="RASSENDYLL" if serial % 2 else "SAPT",
            tags=("PREL",) if serial % 3 else ("PGOV",),
        )
        if serial % 4
        else build.cable(f"2009ZENDA{serial}", "(C) The krona lease is dear, and the harbour calm.")
        for serial in range(1, 25)
    ]


def replaced(cable: Cable) -> Cable:
    """The cable as if somebody had put the mask in place of the name before it came in."""
    line = to_json(cable).decode()
    for form in FORMS:
        line = line.replace(form, MASK)
    return from_json(line)


def archive_of(path: Path, cables: list[Cable]) -> Archive:
    """An archive of cables, made without reading any copy."""
    made = Archive.create(path)
    made.store.put([build.pair(cable, raw=cable.key.encode()) for cable in cables], "default")
    made.catch_up()
    return made


def but_for_collections(told):
    """What is told of cables but for the collections of their copies: of a masked one no copy is told."""
    if isinstance(told, tuple):
        return tuple(replace(hit, collection=None) for hit in told)
    facets = {name: counts for name, counts in told.facets.items() if name != "collection"}
    return replace(told, hits=but_for_collections(told.hits), facets=facets)


@pytest.mark.parametrize("level", ["U", "C", "S", None])
def test_answers_are_those_of_an_archive_that_never_had_the_name(tmp_path, level):
    """Totals, facets, snippets, order and scores, for questions with the name and without."""
    reader = ALL if level is None else clearance.reader(level)
    held = invented_cables()
    assert sum(replaced(cable) != cable for cable in held) == 18
    with (
        archive_of(tmp_path / "masked", held) as masked,
        archive_of(tmp_path / "bare", [replaced(cable) for cable in held]) as bare,
    ):
        room, other = ReadingRoom(masked, reader), ReadingRoom(bare, reader)
        for text in ("", "krona", "lease harbour", "protected", '"name protected"', "tag:PREL", *SPELLINGS):
            query = Query.parse(text)
            for sort in ("relevance", "date"):
                found, expected = (search.results(each, query, sort=sort) for each in (room, other))
                assert but_for_collections(found) == but_for_collections(expected), text
        assert but_for_collections(room.recent(30)) == but_for_collections(other.recent(30))
        for cable in held:
            ours, theirs = room.cable(cable.key), other.cable(cable.key)
            assert (ours is None) == (theirs is None)
            if ours and theirs:
                assert _without_copy(ours.cable) == _without_copy(theirs.cable)


def _without_copy(cable: Cable) -> Cable:
    paragraphs = tuple(
        replace(each, spans=(), parts=tuple(replace(part, spans=()) for part in each.parts))
        for each in cable.paragraphs
    )
    return replace(cable, paragraphs=paragraphs, copy=None)


# -- the owner decides --------------------------------------------------------------------------------------


def finds(path: Path, text: str, reader: Reader = ALL) -> int:
    """How many cables a question finds."""
    with Archive.open(path) as archive:
        return ReadingRoom(archive, reader).search(Query.parse(text)).total


def dump(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """What is derived of the copies."""
    with sqlite3.connect(path / "archive.db") as db:
        tables = ("cable", "portion", "alias", "copy")
        found = {table: db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in tables}
    db.close()
    return {
        **found,
        "portion": sorted(row[:3] for row in found["portion"]),
    }


def test_switching_masks_off_and_on(path):
    """Off, all is as if no mark were understood; on again, as it was."""
    before = dump(path)
    custody.set_policy(path, {"protect": False})
    assert finds(path, "Rassendyll") == 1
    with Archive.open(path) as archive:
        room = ReadingRoom(archive, ALL)
        (known,) = room.find("ZENDA 12")
        assert room.copy_text(known) == TOLD
        shown = opened(room, known)
        assert shown is not None
        assert not shown.names_protected
    rebuild(path, workers=1)
    assert finds(path, "Rassendyll") == 1
    custody.set_policy(path, {"protect": True})
    assert dump(path) == before
    assert finds(path, "Rassendyll") == 0
    test_the_name_stands_in_no_file_but_in_the_copy(path)
    test_no_page_tells_the_name(path)


def test_a_new_archive_may_show_names(folder, tmp_path):
    """What comes in follows what is decided already."""
    with Archive.create(tmp_path / "open") as archive:
        archive.store.set_policy(Policy(protect=False))
    ingest(tmp_path / "open", [folder], workers=1)
    assert finds(tmp_path / "open", "Rassendyll") == 1


def test_listed_names_are_masked_everywhere_at_once(path, tmp_path):
    """In what is held and in what comes in later; after a rebuild too; not any more when they are removed."""
    before = dump(path)
    assert finds(path, "Sapt") == 1
    assert custody.protect(path, "Colonel Sapt", why="asked by the post") == 1
    assert finds(path, "Sapt") == 0
    (listed,) = custody.listed(path)
    assert (listed.name, listed.why) == ("Colonel Sapt", "asked by the post")
    rebuild(path, workers=1)
    assert finds(path, "Sapt") == 0
    late = build.file(tmp_path / "late", build.cable("2009ZENDA3", "(C) SAPT is back, says Karl Sapt."))
    ingest(path, [late], workers=1)
    assert finds(path, "back") == 1
    assert finds(path, "Sapt") == finds(path, "Karl") == 0
    assert custody.unprotect(path, "colonel sapt") == 2
    assert finds(path, "Sapt") == 2
    assert custody.listed(path) == ()
    after = dump(path)
    assert {row for row in after["portion"] if row[0] < 3} == set(before["portion"])


def test_listed_names_stay_masked_where_marks_do_not_count(path):
    """What an owner lists he means."""
    custody.protect(path, "Rassendyll")
    custody.set_policy(path, {"protect": False})
    assert finds(path, "Rassendyll") == 0
    custody.unprotect(path, "Rassendyll")
    assert finds(path, "Rassendyll") == 1


@pytest.mark.parametrize("wrong", ["", "minister", "the"])
def test_what_is_no_name_is_not_listed(path, wrong):
    """It would be masked everywhere; nothing is changed."""
    with pytest.raises(UsageError, match="not understood"):
        custody.protect(path, wrong)
    assert custody.listed(path) == ()


def test_a_list_edited_into_nonsense_lets_nothing_in(path, folder):
    """By hand, in the store: what is no name masks nothing, so nothing is read until it is taken off."""
    with sqlite3.connect(path / "archive.db") as db:
        db.execute("INSERT OR REPLACE INTO meta VALUES ('protected', ?)", ('[{"name": "the"}]',))
    db.close()
    for work in (lambda: rebuild(path, workers=1), lambda: ingest(path, [folder], workers=1)):
        with pytest.raises(ArchiveError, match="'the' in the list of protected names is no name"):
            work()
    custody.unprotect(path, "the")
    assert rebuild(path, workers=1).unrenewed == ()


def test_a_name_is_listed_once(path):
    """And only what is listed is taken off the list."""
    custody.protect(path, "Sapt")
    with pytest.raises(UsageError, match="listed already"):
        custody.protect(path, "Colonel  Sapt")
    with pytest.raises(UsageError, match="not listed"):
        custody.unprotect(path, "Bersonin")
    assert [each.name for each in custody.listed(path)] == ["Sapt"]


def test_only_what_may_change_is_read_afresh(path):
    """A cable that only speaks of protecting is none of them."""
    assert mask_again(path, lambda store: store.set_policy(Policy(protect=False)), workers=1).copies == 1
    assert custody.protect(path, "Detchard") == 0


def test_the_commands(path):
    """`protect add`, `list`, `remove`."""

    def run(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(cli.app, ["protect", *words, "--archive", str(path)])
        assert (done.exit_code == 0) == (code == 0), done.output
        return done.output

    assert "1 copies" in run("add", "Sapt", "--why", "he asked")
    assert run("list") == "Sapt: he asked\n"
    assert json.loads(run("list", "--json"))["name"] == "Sapt"
    assert "1 copies" in run("remove", "Sapt")
    assert json.loads(run("add", "Sapt", "--json")) == {"copies": 1}
    assert json.loads(run("remove", "Sapt", "--json")) == {"copies": 1}
    assert run("list") == ""
    run("remove", "Sapt", code=2)


@pytest.mark.parametrize("asks_first", [True, False])
def test_one_copy_asks_for_all(tmp_path, asks_first):
    """A name that one copy of a cable marks is masked whichever copy the record is read from."""
    said = "(C) Rassendyll{} spoke of the krona, the lease, the harbour and the snow."
    asks = build.file(tmp_path / "a", build.cable("2009ZENDA1", said.format(" (strictly protect)")), "1.txt")
    not_so = build.file(tmp_path / "b", build.cable("2009ZENDA1", said.format("")), "2.txt")
    path = tmp_path / "archive"
    first, second = (asks, not_so) if asks_first else (not_so, asks)
    ingest(path, [first], workers=1)
    assert finds(path, "Rassendyll") == (0 if asks_first else 1)
    ingest(path, [second], workers=1, status="released", collection="other")
    for _ in range(2):
        with Archive.open(path) as archive:
            assert archive.store.size() == (1, 2)
            assert not told(to_json(archive.store.load("2009ZENDA1")))
        assert finds(path, "Rassendyll") == 0
        assert finds(path, "krona") == 1
        rebuild(path, workers=1)


@pytest.mark.parametrize("also_asks", ["", " (protect)"])
def test_a_released_copy_leads_a_masked_cable_when_all_are_read_again(tmp_path, also_asks):
    """When the ingest ends, with the names of both copies masked; killed before, when next opened."""
    secret = build.cable(
        "2009ZENDA1", "(C) Rassendyll (strictly protect) met Bersonin of the krona, the lease and the snow."
    )
    free = build.cable(
        "2009ZENDA1", f"(C) Rassendyll met Bersonin{also_asks} of the krona, the lease and the snow."
    )
    first = build.file(tmp_path / "a", secret, "1.txt")
    second = build.file(tmp_path / "b", free, "2.txt")
    path = tmp_path / "archive"
    ingest(path, [first], workers=1)
    with Archive.open(path, write=True) as archive:  # killed
        (copy,) = reading.open_copies(second)
        rules = archive.store.rules("released")
        archive.store.add([accession(copy, telegram.read(copy), rules)], "other", "released")
        assert archive.store.load("2009ZENDA1").release.status == "unknown"
    with Archive.open(path) as archive:
        made = archive.store.load("2009ZENDA1")
        assert made.release.status == "released"
        assert not told(to_json(made))
        assert ("Bersonin" in str(made.paragraphs[0].text)) is (also_asks == "")
        assert not archive.is_behind()
        assert ReadingRoom(archive, Reader("U")).search(Query.parse("krona")).total == 1
    other = tmp_path / "other"
    ingest(other, [first], workers=1)
    ingest(other, [second], workers=1, status="released", collection="other")
    with Archive.open(other) as archive:
        assert replace(archive.store.load("2009ZENDA1"), key="") == replace(made, key="")
    assert finds(other, "krona", Reader("U")) == 1
    assert finds(other, "Rassendyll") == 0


def test_who_reads_already_finds_no_name_that_a_further_copy_marks(tmp_path):
    """From the end of the ingest, without anybody opening the archive anew."""
    said = "(C) Rassendyll{} spoke of the krona, the lease, the harbour and the snow."
    plain = build.file(tmp_path / "a", build.cable("2009ZENDA1", said.format("")), "1.txt")
    asks = build.file(tmp_path / "b", build.cable("2009ZENDA1", said.format(" (strictly protect)")), "2.txt")
    ingest(tmp_path / "archive", [plain], workers=1)
    with Archive.open(tmp_path / "archive") as archive:
        room = ReadingRoom(archive, ALL)
        assert room.search(Query.parse("Rassendyll")).total == 1
        ingest(tmp_path / "archive", [asks], workers=1)
        assert room.search(Query.parse("Rassendyll")).total == 0
        assert room.search(Query.parse("krona")).total == 1
        assert not archive.is_behind()


def test_a_copy_that_cannot_be_read_any_more_is_masked_as_it_was_read(tmp_path):
    """What is decided holds for every record; a key that tells the name is given up too."""
    path = tmp_path / "archive"
    asks = build.cable(
        None, "(C) Rassendyll (protect) came.", key="vol1/rassendyll", aliases=("rassendyll-1",)
    )
    with Archive.create(path) as archive:
        archive.store.set_policy(Policy(protect=False))
        archive.store.put([build.pair(asks, raw=b"\0 (protect)", document="vol1/rassendyll")], "default")
    assert finds(path, "Rassendyll") == 1
    custody.set_policy(path, {"protect": True})
    assert finds(path, "Rassendyll") == finds(path, "id:vol1/rassendyll") == 0
    assert finds(path, "came") == 1
    assert not any(map(told, map(repr, dump(path).values())))


def test_a_key_that_tells_the_name_is_given_up(tmp_path):
    """A document called by it is kept under a key that tells nothing."""
    asks = build.cable(None, "(C) Rassendyll (protect) came.", key="vol1/rassendyll")
    with Archive.create(tmp_path / "a") as archive:
        (kept,) = archive.store.put([build.pair(asks, raw=b"1", document="vol1/rassendyll")], "default")
        archive.catch_up()
        assert kept.key.startswith("x")
        assert archive.store.copies_of(kept.key)[0].document is None
        assert ReadingRoom(archive, ALL).find("vol1/rassendyll") == ()
        assert not any(map(told, map(repr, dump(tmp_path / "a").values())))


def test_a_files_name_finds_nothing_where_a_name_is_masked(tmp_path):
    """Whether it tells the name or not; while others' still do."""
    held = [
        build.cable(
            "2009ZENDA12", "(C) Rassendyll (protect) came.", aliases=("rassendyll-file", "other-file")
        ),
        build.cable("2009ZENDA13", "(C) Sapt came.", aliases=("sapt-file",)),
    ]
    with archive_of(tmp_path / "archive", held) as archive:
        room = ReadingRoom(archive, ALL)
        assert [*map(room.find, ("rassendyll-file", "other-file", "sapt-file"))] == [(), (), ("2009ZENDA13",)]
        assert room.search(Query.parse("id:rassendyll-file OR id:other-file")).total == 0
        assert not told(repr(dump(tmp_path / "archive")["alias"]))


@pytest.mark.parametrize("nonsense", ["nonsense", b'[{"name": "\xff"}]'])
def test_a_damaged_list_is_no_reason_to_show_a_name(path, nonsense):
    """Nothing is read afresh without it, and the sentence says what to do."""
    with sqlite3.connect(path / "archive.db") as db:
        db.execute("INSERT OR REPLACE INTO meta (name, value) VALUES ('protected', ?)", (nonsense,))
    db.close()
    with pytest.raises(ArchiveError, match="list of protected names is damaged"):
        rebuild(path, workers=1)
