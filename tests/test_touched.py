"""No code runs on text that a reader may not see: it is neither fetched nor opened nor looked through."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import zstandard

import build
import taken_out
from reftel import excerpts, terminal, words
from reftel.archive import Archive, portions
from reftel.archive import store as keeping
from reftel.cable import Cable
from reftel.clearance import Policy, Reader
from reftel.query import Query
from reftel.readingroom import ReadingRoom
from reftel.views.cable import opened
from reftel.views.home import holdings
from reftel.views.search import results

HIDDEN = "osprey"
"""Stands in all that is hidden, and nowhere else."""
CABLES = 40
READER = Reader("C")


def _given(number: int) -> Any:
    """A cable of which two portions are for the reader, and four or all of the others are not."""
    cable = build.cable(
        f"2005ZENDA{number}",
        f"(C) The lease of base {number}.",
        f"(S) An {HIDDEN} knows of the lease.",
        f"(TS) The {HIDDEN} is well.",
        f"(C/NF) The {HIDDEN} of the lease.",
        f"(S//REL RURITANIA) No {HIDDEN} will tell.",
        classification="SECRET" if number % 4 == 0 else "CONFIDENTIAL",
        subject=f"THE {HIDDEN.upper()} AND THE LEASE",
        subject_marking="S",
        signature=HIDDEN.upper() if number % 4 == 0 else "RASSENDYLL",
        aliases=(f"{HIDDEN}-{number}.txt",),
    )
    return build.pair(cable, raw=f"{HIDDEN} {number}".encode())


class Touched:
    """What was fetched, opened and looked through."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begins anew."""
        self.fetched: list[bytes] = []  # bodies of portions that SQLite gave
        self.opened: list[str] = []  # labels of bodies that were decompressed
        self.cables: list[Cable] = []  # put together
        self.sought: list[Cable] = []  # looked through for what was sought
        self.texts: list[str] = []  # folded to be looked through

    def said(self) -> str:
        """Every text among these, in small letters."""
        told = [zstandard.decompress(body).decode() for body in self.fetched]
        shown = [str(cable) for cable in (*self.cables, *self.sought)]
        return "\n".join((*told, *shown, *self.texts)).lower()


@pytest.fixture(scope="module")
def archive() -> Iterator[Path]:
    """An archive with many hidden portions, and cables that are hidden as a whole."""
    closed = [
        build.pair(
            build.cable(f"2004ZENDA{number}", f"(S) The {HIDDEN}, the lease.", classification="SECRET"),
            raw=f"closed {number}".encode(),
        )
        for number in range(1, CABLES + 1)
    ]
    with taken_out.folder() as folder:
        taken_out.whole(folder / "archive", [*map(_given, range(1, CABLES + 1)), *closed], Policy())
        yield folder / "archive"


@pytest.fixture
def touched(monkeypatch: pytest.MonkeyPatch) -> Touched:
    """Takes notice of all that is touched from now on."""
    noted = Touched()
    all_, join, excerpt, fold = keeping.Store._all, portions.join, excerpts.Seeker.excerpt, words.fold

    def asking(store: Any, question: str, *values: object) -> Any:
        rows = all_(store, question, *values)
        squeezed = (each for row in rows for each in row if isinstance(each, bytes))
        noted.fetched += [each for each in squeezed if each.startswith(_ZSTD)]
        return rows

    def joining(key: str, frame: bytes, bodies: Mapping[str, bytes], **further: Any) -> Cable:
        noted.opened += bodies
        noted.cables.append(join(key, frame, bodies, **further))
        return noted.cables[-1]

    def seeking(seeker: Any, cable: Cable, *further: Any) -> Any:
        noted.sought.append(cable)
        return excerpt(seeker, cable, *further)

    def folding(text: str) -> str:
        noted.texts.append(text)
        return fold(text)

    monkeypatch.setattr(keeping.Store, "_all", asking)
    monkeypatch.setattr(keeping, "join", joining)
    monkeypatch.setattr(excerpts.Seeker, "excerpt", seeking)
    monkeypatch.setattr(sys.modules["reftel.words"], "fold", folding)
    return noted


_ZSTD = b"\x28\xb5\x2f\xfd"


def test_a_search_touches_what_its_hits_show_and_nothing_else(archive: Path, touched: Touched) -> None:
    """Of each hit on the page the one body that is the reader's: none of 10 is fetched that is not."""
    with Archive.open(archive) as held:
        for query, page in (
            ("lease", 1),
            ("lease", 3),
            ("lease OR halyard", 2),
            ("-tag:PREL", 1),
            ("le*", 4),
        ):
            touched.forget()
            found = results(ReadingRoom(held, READER), Query.parse(query), page=page, limit=10)
            assert (found.total, len(found.hits)) == (CABLES, 10)
            assert len(touched.fetched) == len(touched.opened) == 10
            assert {*touched.opened} == {"C"}
            assert len(touched.cables) == len(touched.sought) == 10
            assert HIDDEN not in touched.said()


def test_what_finds_nothing_touches_nothing(archive: Path, touched: Touched) -> None:
    """Words that stand only in what is hidden, and names of what is hidden, lead to no text of it."""
    with Archive.open(archive) as held:
        room = ReadingRoom(held, READER)
        for query in (HIDDEN, f'"an {HIDDEN}"', "osp*", "id:2004ZENDA3", f"id:{HIDDEN}-4.txt"):
            assert not results(room, Query.parse(query)).total
        assert room.find(f"{HIDDEN}-4.txt") == room.find("2004ZENDA3") == ()
        assert room.cable("2004ZENDA3") is None
    assert not touched.sought
    touched.texts.clear()  # the words of the query themselves
    assert HIDDEN not in touched.said()


def test_showing_a_cable_touches_what_is_shown(archive: Path, touched: Touched) -> None:
    """Opened as a page, printed, listed at home: never a hidden body, label or text."""
    with Archive.open(archive) as held:
        room = ReadingRoom(held, READER)
        for number in range(1, CABLES + 1):
            one = opened(room, f"2005ZENDA{number}")
            assert one is not None
            assert [paragraph.marking for paragraph in one.cable.paragraphs if paragraph.text] == ["C"]
            terminal.console().print(terminal.cable(one.cable))
        holdings(room)
    assert {*touched.opened} == {"C"}
    assert len(touched.fetched) == len(touched.opened) == len(touched.cables)
    assert HIDDEN not in touched.said()


def test_the_owner_is_seen_to_touch_all(archive: Path, touched: Touched) -> None:
    """The notice that is taken here is of what matters: for the owner it is full of what is hidden."""
    with Archive.open(archive) as held:
        results(ReadingRoom(held, Reader(None)), Query.parse(HIDDEN), limit=10)
    assert len(touched.fetched) > 10
    assert touched.said().count(HIDDEN) > 10
