"""What a reader puts beside the cables is his, stays through a rebuild, and carries what it is on."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from starlette.applications import Starlette
from typer.testing import CliRunner

import build
from reftel import cli, custody, notebook, notefile, upkeep
from reftel.archive import Archive, accession
from reftel.cable import Cable
from reftel.clearance import ALL, Reader
from reftel.errors import NotHeld, QueryError, UsageError
from reftel.ingest import ingest
from reftel.notebook import LONGEST, Conflict, Notebook
from reftel.profiles import profile
from reftel.query import Query
from reftel.readingroom import ReadingRoom, admitted
from reftel.release import mark, released
from reftel.views import notes as noting
from reftel.web.app import make_app

ANA = Reader("S", name="Ana")
KING, ROADS, TRAIN = "2009ZENDA1", "2009ZENDA2", "2009ZENDA3"
WHO = {"by": "Ana", "why": "asked"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An archive of three cables; of the first, one paragraph is SECRET and one (U) and (S)."""
    cables = (
        build.cable(
            KING,
            "(C) The king is away.",
            "(S) The duke is ill.",
            "(C) The roads are dry, and the bread is dear.",
            classification="SECRET",
            subject_marking="C",
        ),
        build.cable(ROADS, "(U) The roads are dry.", classification="UNCLASSIFIED"),
        build.cable(TRAIN, "(S) A train is late.", classification="SECRET"),
    )
    for each in cables:
        build.file(tmp_path / "in", each)
    ingest(tmp_path / "archive", [tmp_path / "in"], workers=1)
    return tmp_path / "archive"


@pytest.fixture
def archive(path: Path) -> Iterator[Archive]:
    """The same, open."""
    with Archive.open(path) as held:
        yield held


Book = Callable[..., Notebook]


@pytest.fixture
def book(archive: Archive) -> Book:
    """The notebook of Ana, cleared as far as is said."""
    return lambda level="S", name="Ana": ReadingRoom(archive, Reader(level, name=name)).notebook


def texts(book: Notebook) -> list[str]:
    """The texts of all notes."""
    return sorted(each.text for each in book.notes())


def count(archive: Archive, query: str, reader: Reader = ANA) -> int:
    """How many cables a query finds for a reader."""
    return ReadingRoom(archive, reader).count(Query.parse(query))


# -- whose ------------------------------------------------------------------------------------------------


def test_a_note_is_its_writers_and_the_owners(archive, book):
    """Nobody else sees it, finds by it or may change it."""
    note = book().write(KING, "1", "Where to?")
    assert texts(book()) == texts(ReadingRoom(archive, ALL).notebook) == ["Where to?"]
    assert ReadingRoom(archive, ALL).notebook.notes()[0].whose == "Ana"
    other = book(name="Bo")
    assert not other.notes()
    assert other.on(KING) == notebook.OnCable()
    assert count(archive, "is:noted", Reader("S", name="Bo")) == 0
    with pytest.raises(Conflict):
        other.change(note.id, 1, "mine")
    assert texts(book()) == ["Where to?"]


def test_a_reader_by_name_keeps_notes_under_it(path):
    """One who only says his level keeps them under that."""
    with Archive.open(path, write=True) as held:
        held.store.put_readers([profile("Ana", "S")], anew=False)
        rooms = [ReadingRoom(held, admitted(held, name)) for name in ("Ana", "S")]
        assert [room.notebook.whose for room in rooms] == ["Ana", "S"]
        rooms[0].notebook.write(KING, None, "from Ana")
        assert not rooms[1].notebook.notes()


# -- what it is on, it carries ----------------------------------------------------------------------------


def test_a_note_carries_the_restrictions_of_what_it_is_on(archive, book):
    """Who is not cleared so far any more sees neither note nor tag nor a count of them."""
    ana, low = book("S"), book("C")
    ana.write(KING, "1", "on (C)")
    ana.write(KING, "2", "on (S)")
    ana.write(KING, None, "on all that I saw")
    ana.write(TRAIN, None, "on a hidden cable")
    ana.tag_paragraph(KING, "2", ["health"])
    ana.tag([KING, TRAIN], ["hearing"])
    ana.put_in_set("talks", [KING, TRAIN])
    ana.mark_read([KING, TRAIN])
    assert texts(low) == ["on (C)"]
    assert [note.text for note in low.on(KING).notes] == ["on (C)"]
    assert [tag.name for tag in low.on(KING).tags] == ["hearing"]
    low_reader = Reader("C", name="Ana")
    for query, all_, his in (
        ("is:noted", 2, 1),
        ("tagged:health", 1, 0),
        ("tagged:hearing", 2, 1),
        ("set:talks", 2, 1),
        ("is:read", 2, 1),
        ("-is:read", 1, 1),
        ("note:hidden", 1, 0),
    ):
        assert (count(archive, query), count(archive, query, low_reader)) == (all_, his), query
    own = noting.own(ReadingRoom(archive, low_reader))
    assert (own.total, own.read) == (1, 1)
    assert [(each.name, each.count) for each in own.tags] == [("hearing", 1)]
    assert [(each.name, each.count) for each in own.sets] == [("talks", 1)]
    lines = b"".join(map(notefile.encode, low.export()))
    assert b"hidden" not in lines
    assert b"health" not in lines
    assert TRAIN.encode() not in lines


def test_nothing_is_put_on_what_is_not_there(book):
    """A hidden cable, a hidden paragraph and one that does not exist are answered alike."""
    low, said = book("C"), []
    for key, anchor in ((TRAIN, None), ("2009ZENDA9", None), (KING, "2"), (KING, "9")):
        with pytest.raises(NotHeld) as error:
            low.write(key, anchor, "x")
        said.append(str(error.value).replace(TRAIN, "KEY").replace("2009ZENDA9", "KEY").replace("9", "2"))
        with pytest.raises(NotHeld):
            low.tag_paragraph(key, anchor or "1", ["x"])
    assert (said[0], said[2]) == (said[1].replace("2", "9"), said[3]) or said[0] == said[1]


def test_a_portion_that_is_marked_higher_takes_its_notes_with_it(path):
    """Until the mark is undone: whoever may read it sees them all the while."""
    with Archive.open(path) as held:
        ReadingRoom(held, Reader("C", name="Ana")).notebook.write(KING, "1", "Where to?")
    made = custody.mark(path, KING, mark("p1", "S"), **WHO)
    with Archive.open(path) as held:
        assert not ReadingRoom(held, Reader("C", name="Ana")).notebook.notes()
        assert texts(ReadingRoom(held, ANA).notebook) == ["Where to?"]
    custody.undo(path, made.id, **WHO)
    with Archive.open(path) as held:
        assert texts(ReadingRoom(held, Reader("C", name="Ana")).notebook) == ["Where to?"]


def test_more_or_less_of_a_cable_to_be_seen_is_no_change_of_words(path):
    """Whether its reader was cleared further since, or the cable released."""
    with Archive.open(path) as held:
        low = ReadingRoom(held, Reader("C", name="Ana")).notebook
        low.write(KING, None, "partly seen")
        low.write(KING, "3", "all of it seen")
        high = ReadingRoom(held, ANA).notebook
        assert {note.words for note in high.notes()} == {"same"}
    custody.release(path, KING, released("UNCLASSIFIED"), by="Ana", on="2026-11-27")
    with Archive.open(path) as held:
        paragraph, whole = sorted(ReadingRoom(held, ANA).notebook.notes(), key=lambda note: note.text)
        assert (paragraph.words, whole.words) == ("same", "changed")  # as its writer saw it, nobody does now
        # its words were CONFIDENTIAL when it was written
        assert not ReadingRoom(held, Reader("U", name="Ana")).notebook.notes()


# -- words that move and change ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paragraphs", "words", "anchor"),
    [
        (("(C) The king is away.", "(C) The bread is dear."), "same", "2"),
        (("(C) The king is away.", "(C) THE BREAD, is dear"), "same", "2"),  # signs and capitals do not count
        (("(C) The bread is dear.", "(C) The king is away."), "moved", "1"),
        (("(C) The king is away.", "(C) The bread is cheap."), "changed", "2"),
        (("(C) The king is away.",), "gone", None),
    ],
)
def test_a_note_whose_words_moved_or_changed_says_so(tmp_path, paragraphs, words, anchor):
    """The words themselves are not kept: a digest of them is."""
    old = build.cable(KING, "(C) The king is away.", "(C) The bread is dear.")
    with Archive.create(tmp_path / "archive") as held:
        held.store.put([build.pair(old)], "given")
        held.catch_up()
        book = ReadingRoom(held, ANA).notebook
        book.write(KING, "2", "dear?")
        book.tag_paragraph(KING, "2", ["food"])
        with held.store.transaction():
            renew(held, build.cable(KING, *paragraphs))
        (note,), (tag,) = book.notes(), book.on(KING).tags
        assert (note.words, note.anchor, note.put_on) == (words, anchor, "2")
        assert (tag.words, tag.anchor) == (words, anchor)
        assert "bread" not in dump(held.path, "note")


def test_notes_survive_a_rebuild(path):
    """Of cables nothing is left as it was but their keys, and all that was put on them."""
    with Archive.open(path) as held:
        book = ReadingRoom(held, ANA).notebook
        book.write(KING, "1", "Where to?")
        book.tag([KING], ["hearing"])
        book.put_in_set("talks", [ROADS])
        before = [*book.export()]
    upkeep.rebuild(path, workers=1)
    with Archive.open(path) as held:
        book = ReadingRoom(held, ANA).notebook
        assert [*book.export()] == before
        assert book.notes()[0].words == "same"
        assert count(held, "set:talks") == count(held, "tagged:hearing") == 1


def test_an_archive_of_before_there_were_notes_is_given_them(path):
    """Read, it has none; the first note makes the tables."""
    with sqlite3.connect(path / "archive.db") as db:
        for table in ("note", "tagged", "in_set", "made_set", "has_read", "reads_on_opening", "saved_search"):
            db.execute(f"DROP TABLE {table}")
    db.close()
    with Archive.open(path) as held:
        book = ReadingRoom(held, ANA).notebook
        assert (book.notes(), book.saved(), count(held, "is:read")) == ((), (), 0)
        book.write(KING, "1", "Where to?")
        assert texts(book) == ["Where to?"]


def test_notes_are_written_while_another_process_ingests(path, tmp_path):
    """They need no right to write cables."""
    with Archive.open(path, write=True), Archive.open(path) as reading:
        ReadingRoom(reading, ANA).notebook.write(KING, "1", "Where to?")
        assert texts(ReadingRoom(reading, ANA).notebook) == ["Where to?"]


# -- what is expunged and what is protected ---------------------------------------------------------------


def test_what_is_expunged_takes_its_notes_with_it(path):
    """They may quote it: nothing of them is left in any file, and it is said how many there were."""
    with Archive.open(path) as held:
        book = ReadingRoom(held, ANA).notebook
        book.write(KING, "1", "he wrote: xylophone")
        book.tag([KING], ["marimba"])
        book.put_in_set("talks", [KING, ROADS])
        book.write(ROADS, None, "stays")
    gone = custody.expunge(path, KING, **WHO)
    assert gone.notes == 1
    files = b"".join(file.read_bytes() for file in path.rglob("*") if file.is_file())
    assert b"xylophone" not in files
    assert b"marimba" not in files
    with Archive.open(path) as held:
        book = ReadingRoom(held, ANA).notebook
        assert texts(book) == ["stays"]
        assert count(held, "set:talks") == 1


def test_a_note_goes_with_a_copy_though_the_cable_stays(tmp_path):
    """It may quote the copy that is removed; a tag does not."""
    text = "(C) The king is away, and the roads are dry."
    for subject in ("ONE", "OTHER"):
        build.file(tmp_path / "in", build.cable(KING, text, subject=subject), f"{subject}.txt")
    ingest(tmp_path / "archive", [tmp_path / "in"], workers=1)
    with Archive.open(tmp_path / "archive") as held:
        first, _ = held.store.copies_of(KING)
        book = ReadingRoom(held, ANA).notebook
        book.write(KING, None, "quoted")
        book.tag([KING], ["hearing"])
    custody.expunge(tmp_path / "archive", KING, sha256=first.sha256, **WHO)
    with Archive.open(tmp_path / "archive") as held:
        assert not ReadingRoom(held, ANA).notebook.notes()
        assert count(held, "tagged:hearing") == 1


def test_a_note_does_not_bring_back_a_protected_name(path):
    """A name that the owner lists is masked in notes too, old and new."""
    with Archive.open(path) as held:
        ReadingRoom(held, ANA).notebook.write(KING, "1", "Ask Rudolf Rassendyll.")
    custody.protect(path, "Rudolf Rassendyll")
    with Archive.open(path) as held:
        book = ReadingRoom(held, ANA).notebook
        book.write(KING, "1", "RASSENDYLL again")
        assert not [text for text in texts(book) if "rassendyll" in text.lower()]
        assert b"rassendyll" not in b"".join(map(notefile.encode, book.export())).lower()
        assert count(held, "note:rassendyll") == 0


# -- two who change one note ------------------------------------------------------------------------------


def test_of_two_who_change_a_note_the_later_sees_the_conflict(book):
    """He is given the note as it is now; nothing is written until he says so again."""
    note = book().write(KING, "1", "first")
    assert book().change(note.id, 1, "second").version == 2
    with pytest.raises(Conflict) as conflict:
        book().change(note.id, 1, "third")
    assert (conflict.value.now.text, conflict.value.now.version) == ("second", 2)
    assert texts(book()) == ["second"]
    with pytest.raises(Conflict):
        book().remove(note.id, 1)
    book().remove(note.id, 2)
    with pytest.raises(Conflict) as conflict:
        book().change(note.id, 2, "fourth")
    assert conflict.value.now is None


# -- names and texts that cannot be -----------------------------------------------------------------------


def test_a_note_has_a_limit(book):
    """One clear sentence says which."""
    assert len(book().write(KING, None, "x" * LONGEST).text) == LONGEST
    with pytest.raises(UsageError, match="at most 20,000 characters, and this one has 20,001"):
        book().write(KING, None, "x" * (LONGEST + 1))
    with pytest.raises(UsageError, match="has some text"):
        book().write(KING, None, " \r\n ")


@pytest.mark.parametrize(
    "name", ["", " ", "x" * 61, 'a"b', "a/b", "..", "a\nb\x00", "x.json", "\ud800", "\u201cx\u201d"]
)
def test_names_that_cannot_be_asked_for_are_refused(book, name):
    """Of tags, sets and saved searches alike."""
    for put in (
        lambda: book().tag([KING], [name]),
        lambda: book().put_in_set(name),
        lambda: book().save(name, "king"),
    ):
        with pytest.raises(UsageError, match="1 to 60 characters without quotes and slashes"):
            put()


def test_capitals_and_blanks_of_a_name_do_not_count(archive, book):
    """It is one tag, however it is written."""
    book().tag([KING], ["The  Lease"])
    assert book().tag([KING], ["the lease"]) == 0
    assert count(archive, 'tagged:"THE LEASE"') == 1


# -- all that a search finds, and what is new in it -------------------------------------------------------


def test_all_that_a_search_finds_is_tagged(archive, book):
    """And put in a set, and marked as read: as far as its reader may see it."""
    low = book("C")
    assert low.tag(Query.parse(""), ["all"]) == 2
    assert low.tag(Query.parse(""), ["all"]) == 0
    assert low.put_in_set("roads", Query.parse("roads")) == 2
    assert low.mark_read(Query.parse("dry")) == 2
    assert count(archive, "tagged:all") == 2
    assert count(archive, "-tagged:all") == 1
    assert low.untag(Query.parse("set:roads"), ["all"]) == 2
    assert low.take_out("roads", [KING]) == 1
    with pytest.raises(NotHeld):
        low.take_out("nothing", [KING])


def test_what_came_in_since_the_last_visit_is_new(path, tmp_path):
    """To each as far as he may see it; looked at again, the visit shows the same."""
    with Archive.open(path) as held:
        room = ReadingRoom(held, Reader("C", name="Ana"))
        room.notebook.save("Roads", "roads")
        assert [(each.total, each.new) for each in noting.news(room)] == [(2, 0)]
    new = [
        build.cable("2009ZENDA4", "(C) The roads are wet."),
        build.cable("2009ZENDA5", "(S) The roads are shut.", classification="SECRET"),
        build.cable("2009ZENDA6", "(C) The sea is calm."),
    ]
    for each in new:
        build.file(tmp_path / "new", each)
    ingest(path, [tmp_path / "new"], workers=1)
    with Archive.open(path) as held:
        room = ReadingRoom(held, Reader("C", name="Ana"))
        assert [(each.total, each.new) for each in noting.news(room)] == [(3, 1)]
        assert noting.what_is_new(room, "roads").total == 1  # to look at it is no visit
        assert [each.new for each in noting.news(room)] == [1]
        room.notebook.visit("roads")
        for _ in range(2):
            assert [hit.key for hit in noting.what_is_new(room, "roads").hits] == ["2009ZENDA4"]
        assert [each.new for each in noting.news(room)] == [0]
        room.notebook.visit("roads")
        assert noting.what_is_new(room, "roads").total == 0
        room.notebook.forget("roads")
        with pytest.raises(NotHeld):
            noting.what_is_new(room, "roads")


def test_a_saved_search_is_understood_before_it_is_kept(book):
    """And its name is not taken by another."""
    with pytest.raises(QueryError):
        book().save("broken", "(((")
    book().save("roads", "roads")
    assert book().save("roads", "roads").query == "roads"
    with pytest.raises(UsageError, match="saved as 'roads' already"):
        book().save("roads", "rails")


# -- one file ---------------------------------------------------------------------------------------------


def test_what_is_exported_is_imported(path, tmp_path):
    """Into the same archive it changes nothing; into a copy without notes it brings all of them."""
    bare = tmp_path / "bare"
    shutil.copytree(path, bare)
    with Archive.open(path) as held:
        book = ReadingRoom(held, ANA).notebook
        fill(book)
        raw = b"\n".join(map(notefile.encode, book.export()))
        taken = book.take_in(raw)
        assert (taken.added, taken.bad) == (0, ())
        assert b"\n".join(map(notefile.encode, book.export())) == raw
    with Archive.open(bare) as held:
        book = ReadingRoom(held, ANA).notebook
        first, again = book.take_in(raw), book.take_in(raw)
        assert (first.known, again.added) == (0, 0)
        assert first.added == again.known == taken.known
        assert b"\n".join(map(notefile.encode, book.export())) == raw


def test_the_owner_brings_back_everybodys(path, tmp_path):
    """A line of his file is again whose it was."""
    bare = tmp_path / "bare"
    shutil.copytree(path, bare)
    with Archive.open(path) as held:
        fill(ReadingRoom(held, ANA).notebook)
        ReadingRoom(held, ALL).notebook.write(TRAIN, None, "the owner's")
        raw = b"\n".join(map(notefile.encode, ReadingRoom(held, ALL).notebook.export()))
    with Archive.open(bare) as held:
        assert not ReadingRoom(held, ALL).notebook.take_in(raw).bad
        assert texts(ReadingRoom(held, ANA).notebook) == ["away?", "on paper"]
        assert texts(ReadingRoom(held, ALL).notebook) == ["away?", "on paper", "the owner's"]
        assert not ReadingRoom(held, Reader("S", name="Bo")).notebook.notes()


def test_a_bad_line_is_named_and_the_rest_is_added(archive, book):
    """What is not here, too: of a set all else is put in it."""
    lines = (
        '{"kind":"reftel-notes","format":1}',
        "nonsense",
        '{"kind":"dance"}',
        '{"kind":"note","cable":"2009ZENDA1","text":"by hand"}',
        '{"kind":"note","cable":"2009ZENDA1","text":""}',
        '{"kind":"note","cable":"1999NOWHERE1","text":"x"}',
        '{"kind":"note","cable":"2009ZENDA1","anchor":"9","text":"x"}',
        '{"kind":"note","cable":"2009ZENDA1","text":"x","labels":["TS"],"digest":"0"}',
        '{"kind":"tag","cable":"2009ZENDA1","name":"a/b"}',
        '{"kind":"set","name":"talks","cables":["2009ZENDA1","1999NOWHERE1"]}',
        '{"kind":"search","name":"broken","query":"((("}',
        '{"kind":"read","cables":["2009ZENDA2"]}',
        "\ufffd",
    )
    raw = "\n".join(lines).encode()
    taken = book().take_in(raw)
    assert [each.line for each in taken.bad] == [2, 3, 5, 6, 7, 8, 9, 10, 11, 13]
    assert taken.bad[7].message == "1999NOWHERE1: not in this archive; the rest is added"
    assert taken.added == 4  # a note, a set and one cable in it, a mark
    assert texts(book()) == ["by hand"]
    assert book().take_in(raw).added == 0
    assert (count(archive, "set:talks"), count(archive, "is:read")) == (1, 1)


def test_a_later_version_of_a_note_takes_the_place_of_an_earlier_one(book):
    """And an earlier one does not come back."""
    note = book().write(KING, "1", "first")
    before = b"\n".join(map(notefile.encode, book().export()))
    book().change(note.id, 1, "second")
    after = b"\n".join(map(notefile.encode, book().export()))
    assert book().take_in(before).added == 0
    assert texts(book()) == ["second"]
    book().remove(note.id)
    book().take_in(before)
    book().take_in(after)
    assert texts(book()) == ["second"]


def fill(book: Notebook) -> None:
    """One of each."""
    book.write(KING, "1", "away?")
    book.write(ROADS, None, "on paper")
    book.tag([KING, ROADS], ["hearing"])
    book.tag_paragraph(KING, "2", ["health"])
    book.put_in_set("empty")
    book.put_in_set("talks", [KING, TRAIN])
    book.mark_read([TRAIN])
    book.save("roads", "roads -set:talks")


# -- over the web -----------------------------------------------------------------------------------------

OURS = {"sec-fetch-site": "same-origin"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def app(path: Path) -> Iterator[Starlette]:
    """The reading room, opened for the owner."""
    made = make_app(path, ALL)
    yield made
    asyncio.run(shut(made))


async def shut(app: Starlette) -> None:
    """Closes it."""
    async with app.router.lifespan_context(app):
        pass


def ask(app: Starlette, method: str, address: str, headers: dict[str, str] | None = None, **form: str):
    """One answer."""

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8042") as client:
            body = urlencode(form).encode() if method == "POST" else None
            sent = {**(FORM if method == "POST" else {}), **(OURS if headers is None else headers)}
            return await client.request(method, address, content=body, headers=sent)

    return asyncio.run(asked())


def test_a_note_is_written_by_a_form(app):
    """It stands at its paragraph, its markup as text; the answer leads back there."""
    got = ask(app, "POST", f"/notes?on={KING}%23p1", text="<b>bold</b> & 'so'", tags="Hearing, lease")
    assert (got.status_code, got.headers["location"]) == (303, f"/cable/{KING}#p1")
    page = ask(app, "GET", f"/cable/{KING}").text
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; &#39;so&#39;" in page
    assert "<b>bold" not in page
    assert "/search?q=tagged%3Ahearing" in page
    got = ask(app, "POST", f"/notes?on={KING}", tags="lease", paragraph="3", **{"set": "Talks, roads"})
    assert got.headers["location"] == f"/cable/{KING}#p3"  # as the form of a long cable has it
    assert ask(app, "POST", f"/notes?on={KING}", text="x", paragraph="99").status_code == 404
    own = ask(app, "GET", f"/cable/{KING}.json").json()["own"]
    assert own["sets"] == ["roads", "talks"]
    assert [note["text"] for note in own["notes"]] == ["<b>bold</b> & 'so'"]
    assert [(tag["name"], tag["anchor"]) for tag in own["tags"]] == [
        ("hearing", "1"),
        ("lease", "1"),
        ("lease", "3"),
    ]
    for address in ("/notes", "/notes.json", "/notes.jsonl"):
        assert ask(app, "GET", address).status_code == 200


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({}, False),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"origin": "http://localhost:8042"}, True),
        ({"origin": "null"}, False),
        ({"origin": "http://localhost:8043"}, False),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "http://localhost:8042.evil.example"}, False),
        ({"sec-fetch-site": "same-origin", "origin": "http://evil.example"}, False),
        ({"origin": "http://localhost:8042", "host": "evil.example"}, False),
    ],
)
def test_forms_are_taken_from_our_own_pages_alone(app, headers, taken):
    """Another page that sends one is told so, and nothing is written."""
    for address in (f"/notes?on={KING}", "/tags?q=", "/sets?q=", "/read?q=", "/saved?q="):
        got = ask(app, "POST", address, headers, text="x", tags="x", name="x", do="read")
        assert (got.status_code == 303) == taken, (address, got.status_code)
    assert bool(ask(app, "GET", "/notes.json").json()["total"]) == taken


def test_a_form_is_no_larger_than_a_note(app):
    """What is longer is refused in a sentence, before all of it is read."""
    got = ask(app, "POST", f"/notes?on={KING}", text="\U0001f682" * LONGEST)
    assert got.status_code == 303
    got = ask(app, "POST", f"/notes?on={KING}", text="x" * (LONGEST + 1))
    assert (got.status_code, "at most 20,000 characters" in got.text) == (400, True)
    got = ask(app, "POST", f"/notes?on={KING}", text="x" * 400_000)
    assert (got.status_code, "at most 20,000 characters" in got.text) == (413, True)
    got = ask(app, "POST", f"/notes?on={KING}", {**OURS, "content-type": "application/json"}, text="x")
    assert got.status_code == 415
    got = ask(app, "POST", "/sets", **{f"field{n}": "x" for n in range(1001)})
    assert got.status_code == 400


def test_two_windows_change_one_note(app):
    """The later one is shown both texts, and may keep his own."""
    ask(app, "POST", f"/notes?on={KING}%23p1", text="first")
    (note,) = ask(app, "GET", "/notes.json").json()["notes"]
    address = f"/notes/{note['id']}"
    assert 'name="version" value="1"' in ask(app, "GET", address).text
    assert ask(app, "POST", address, version="1", text="one window").status_code == 303
    got = ask(app, "POST", address, version="1", text="<i>other</i> window", do="keep")
    assert got.status_code == 409
    assert "one window" in got.text
    assert "&lt;i&gt;other&lt;/i&gt; window" in got.text
    assert 'name="version" value="2"' in got.text
    assert ask(app, "POST", address, version="2", text="both").headers["location"] == f"/cable/{KING}#p1"
    assert ask(app, "POST", address, version="2", do="remove").status_code == 409
    assert ask(app, "POST", address, version="3", do="remove").status_code == 303
    got = ask(app, "POST", f"{address}?on={KING}%23p1", version="3", text="too late")
    assert got.status_code == 409
    assert "too late" in got.text
    assert f"/notes?on={KING}%23p1" in got.text
    assert ask(app, "GET", address).status_code == ask(app, "GET", f"{address}.json").status_code == 404


def test_a_search_is_saved_tagged_and_marked_from_its_page(app):
    """Each form leads on to what it made; unknown names have a page that says so."""
    assert (
        ask(app, "POST", "/saved?q=roads", name="Roads", do="save").headers["location"].startswith("/notes")
    )
    assert ask(app, "POST", "/saved", name="roads", do="open").headers["location"] == "/saved/roads"
    assert ask(app, "POST", "/tags?q=roads", tags="dry").headers["location"] == "/search?q=tagged%3Adry"
    assert ask(app, "POST", "/sets?q=roads", name="The roads").headers["location"] == "/set/the%20roads"
    assert ask(app, "POST", "/read?q=roads", do="read").status_code == 303
    assert ask(app, "GET", "/search.json?q=-is:read").json()["total"] == 1
    assert "hide what I have read" in ask(app, "GET", "/search?q=roads").text
    assert ask(app, "GET", "/set/the%20roads.json").json()["total"] == 2
    assert ask(app, "GET", "/index.json").json()["saved"][0]["name"] == "roads"
    for address in ("/", "/notes", "/set/the%20roads", "/saved/roads"):
        assert "roads" in ask(app, "GET", address).text
    for address in ("/set/nothing", "/saved/nothing", "/set/nothing.json", "/saved/nothing.json"):
        assert ask(app, "GET", address).status_code == 404
    ask(app, "POST", "/sets", name="the roads", do="take", key=KING)
    assert ask(app, "GET", "/set/the%20roads.json").json()["total"] == 1
    assert ask(app, "POST", "/sets", name="the roads", do="remove").status_code == 303
    assert ask(app, "POST", "/sets", name="the roads", do="remove").status_code == 404
    assert ask(app, "POST", "/saved?q=(((", name="x").status_code == 400
    got = ask(app, "GET", "/tags")
    assert (got.status_code, "only takes forms" in got.text) == (405, True)


def test_a_cable_that_is_opened_counts_as_read_where_its_reader_has_it_so(app):
    """Not by itself, not for a picture on another's page, not in JSON."""
    ask(app, "GET", f"/cable/{KING}")
    assert ask(app, "GET", "/notes.json").json()["read"] == 0
    assert ask(app, "POST", "/read", do="on-opening").status_code == 303
    ask(app, "GET", f"/cable/{KING}.json")
    ask(app, "GET", f"/cable/{KING}", {"sec-fetch-site": "cross-site"})
    ask(app, "GET", f"/cable/{KING}", {"sec-fetch-dest": "image"})
    ask(app, "HEAD", f"/cable/{KING}")
    assert ask(app, "GET", "/notes.json").json()["read"] == 0
    assert "Marked as read" in ask(app, "GET", f"/cable/{KING}").text
    assert ask(app, "GET", "/notes.json").json()["read"] == 1
    ask(app, "POST", "/read", do="by-hand")
    ask(app, "POST", f"/read?on={KING}", do="unread")
    ask(app, "GET", f"/cable/{KING}")
    assert ask(app, "GET", "/notes.json").json()["read"] == 0


def test_a_note_that_cannot_be_written_is_said_not_to_be(app, path):
    """While another process has the archive for itself; its words are still in the window that sent it."""
    with sqlite3.connect(path / "archive.db", isolation_level=None) as db:
        db.execute("BEGIN IMMEDIATE")
        got = ask(app, "POST", f"/notes?on={KING}", text="x")
        db.execute("ROLLBACK")
    db.close()
    assert (got.status_code, "Nothing was written" in got.text) == (503, True)
    assert ask(app, "GET", "/notes.json").json()["total"] == 0


# -- at the terminal --------------------------------------------------------------------------------------


def told(path: Path, *words: str, code: int = 0) -> str:
    """What a command prints, for people or as JSON; it ends with `code`."""
    group = words[:2] if words[0] in {"set", "saved"} else words[:1]
    ended = CliRunner().invoke(
        cli.app, [*group, "--archive", str(path), "--as", "S", *words[len(group) :]], catch_exceptions=True
    )
    got = getattr(ended.exception, "exit_code", ended.exit_code)
    assert got == code, (words, ended.output, ended.exception)
    return ended.stdout


def test_notes_at_the_terminal(path, tmp_path):
    """Each command says what it did, in words or as JSON."""
    note = json.loads(told(path, "note", "09ZENDA1#p1", "Where to?", "--json"))
    assert (note["key"], note["anchor"], note["whose"]) == (KING, "1", "S")
    assert "Where to?" in told(path, "notes")
    assert json.loads(told(path, "notes", "--json"))["id"] == note["id"]
    assert told(path, "tag", "09ZENDA1#p2", "health", "king") == "2 put.\n"
    assert json.loads(told(path, "tag", "--query", "roads", "dry", "--json")) == {"added": 2}
    assert json.loads(told(path, "tag", "09ZENDA1#p2", "king", "--remove", "--json")) == {"removed": 1}
    told(path, "tag", "09ZENDA1", code=2)
    told(path, "note", "09ZENDA9", "x", code=7)
    told(path, "set", "add", "talks", "09ZENDA1", "ZENDA 2")
    assert json.loads(told(path, "set", "show", "Talks", "--json"))["total"] == 2
    told(path, "set", "remove", "talks", "09ZENDA1")
    assert told(path, "set", "list") == "set talks: 1\ntag dry: 2\ntag health: 1\n"
    told(path, "set", "remove", "talks")
    told(path, "set", "show", "talks", code=7)
    told(path, "saved", "add", "roads", "roads")
    assert json.loads(told(path, "saved", "list", "--json"))["total"] == 2
    assert "0 cables new" in told(path, "saved", "open", "roads")
    told(path, "saved", "add", "roads", "rails", code=2)
    file = tmp_path / "notes.jsonl"
    told(path, "notes", "--export", str(file))
    assert told(path, "notes", "--import", str(file)).startswith("0 added, 5 known before")
    file.write_text('{"kind":"note","cable":"1999NOWHERE1","text":"x"}\n')
    told(path, "notes", "--import", str(file), code=1)
    told(path, "notes", "--import", str(tmp_path / "nothing"), code=4)
    told(path, "notes", "--remove", note["id"])
    told(path, "notes", "--remove", note["id"], code=7)
    told(path, "saved", "remove", "roads")
    told(path, "saved", "open", "roads", code=7)


# -- further ----------------------------------------------------------------------------------------------


def renew(held: Archive, cable: Cable) -> None:
    """Puts another record in place of the one of that key, as if its copy were read so now."""
    (copy,) = held.store.copies(cable.key)
    held.store.renew([(copy, accession(*build.pair(cable)))])


def dump(path: Path, table: str) -> str:
    """A table as text."""
    with sqlite3.connect(path / "archive.db") as db:
        rows = db.execute(f"SELECT * FROM {table}").fetchall()
    db.close()
    return json.dumps(rows)
