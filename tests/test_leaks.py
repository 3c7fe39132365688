"""The proof of test_noninterference.py, proved: whatever leak is made on purpose, it finds a difference."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from starlette.responses import Response

import asking
import build
import taken_out
from reftel import clearance, cli, readingroom
from reftel.archive import entries
from reftel.cable import Reference
from reftel.clearance import ALL, Policy, Reader
from reftel.readingroom import ReadingRoom
from reftel.web import api, pages

READER = Reader("C")
CITING = (Reference("ZENDA 0002", (0, 5), "telegram", id="2005ZENDA2"),)
GIVEN = [
    build.pair(cable, raw=f"UNCLAS ZENDA 000012\n\nSUBJECT: COPY {number}".encode())
    for number, cable in enumerate(
        (
            build.cable(
                "2005ZENDA1",
                "(U) The lease of the base ends in spring.",
                "(S) An osprey told us of the lease.",
                classification="UNCLASSIFIED",
                tags=("PREL",),
                references=CITING,
                aliases=("osprey file.txt", "05ZENDA1"),
            ),
            build.cable("2005ZENDA2", "(S) The lease.", classification="SECRET", tags=("MARR",)),
            build.cable(
                "2005ZENDA3",
                "(C) The base is for let, and a lease is a lease.",
                "(S) The halyard.",
                classification="SECRET",
                signature="OSPREY",
                references=CITING,
            ),
            build.cable(
                "2005ZENDA1", "(S) Another osprey.", classification="SECRET", sent="2005-04-01T05:16Z"
            ),
            build.cable("2005ZENDA4", "(C) The ferry.", "(C) The treaty is of no use without a base."),
            build.cable("2005HENTZAU7", "(S) A lantern.", classification="TOP SECRET"),
        )
    )
]
QUERIES = ("", "lease", "osprey", "lease base", "from:HENTZAU", "ref:05ZENDA2", "tag:MARR")
NAMES = (
    *("2005ZENDA1", "2005ZENDA2", "2005ZENDA3", "2005ZENDA4", "2005ZENDA9", "2005HENTZAU7"),
    *("osprey file.txt", "05ZENDA2", "HENTZAU 7"),
)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for archives."""
    with taken_out.folder() as made:
        yield made


def found(folder: Path, who: str | None = READER.level) -> list[str]:
    """What differs between the archive and what is left of it for the reader, made and asked anew.

    Without a name for him no command is asked.
    """
    policy = Policy()
    taken_out.whole(folder / "whole", GIVEN, policy)
    assert taken_out.left(folder / "left", folder / "whole", GIVEN, READER, policy)
    asked = asking.Asked(QUERIES, NAMES)
    answers = (asking.answers(folder / name, READER, who, asked, 1) for name in ("whole", "left"))
    return asking.differences(*answers)


def test_no_leak_is_found_where_none_is_made(folder: Path) -> None:
    """Else what follows would prove nothing."""
    assert not found(folder)


# -- leaks, one a function --------------------------------------------------------------------------------

Patch = pytest.MonkeyPatch


def one_label_too_many(patch: Patch) -> None:
    """S is permitted to who is cleared to C."""
    permitted = ReadingRoom._permitted
    patch.setattr(ReadingRoom, "_permitted", lambda room, labels: permitted(room, labels) | (labels & {"S"}))


def one_field_too_many(patch: Patch) -> None:
    """A question touches what is S, though nothing of it is shown."""
    patch.setattr(readingroom, "fields_of", lambda reader: (*entries.fields_of(reader), "S"))


def the_total_of_all(patch: Patch) -> None:
    """Hits are counted as for the owner."""
    search = ReadingRoom.search

    def counting(room: ReadingRoom, query: Any, **how: Any) -> Any:
        return replace(search(room, query, **how), total=search(_owners(room), query, **how).total)

    patch.setattr(ReadingRoom, "search", counting)


def facets_of_all(patch: Patch) -> None:
    """Years, posts and TAGS are counted as for the owner."""
    search = ReadingRoom.search

    def counting(room: ReadingRoom, query: Any, **how: Any) -> Any:
        return replace(search(room, query, **how), facets=search(_owners(room), query, **how).facets)

    patch.setattr(ReadingRoom, "search", counting)


def a_snippet_of_the_whole(patch: Patch) -> None:
    """The excerpt is looked for in all of the cable."""
    patch.setattr(ReadingRoom, "_hits", lambda room, *of: _OWNERS_HITS(_owners(room), *of))


def scores_among_all(patch: Patch) -> None:
    """What is hidden weighs in the scores of what is not."""
    search = ReadingRoom.search

    def weighing(room: ReadingRoom, query: Any, **how: Any) -> Any:
        mine, weighed = search(room, query, **how), _weighed(room, query)
        hits = tuple(replace(hit, score=weighed.get(hit.key, hit.score)) for hit in mine.hits)
        return replace(mine, hits=hits)

    patch.setattr(ReadingRoom, "search", weighing)


def forbidden_is_not_absent(patch: Patch) -> None:
    """The page of a hidden cable says 403, that of an absent one 404."""
    shown = pages.cable

    async def telling(request: Any) -> Response:
        room, key = request.app.state.room(), request.path_params["spelling"]
        if room.cable(key) is None and room._archive.store.held(key):
            return Response(status_code=403)
        return await shown(request)

    patch.setattr(pages, "cable", telling)


def the_header_is_open(patch: Patch) -> None:
    """What governs the header is ignored when a cable is kept and indexed."""

    def open_(cable: Any) -> Any:
        return replace(clearance.governing(cable), header=clearance.marking_of_label("U"))

    patch.setattr(sys.modules["reftel.archive.accession"], "governing", open_)
    patch.setattr(entries, "governing", open_)


def a_reference_that_is_held(patch: Patch) -> None:
    """References lead to hidden cables, too."""
    patch.setattr(
        ReadingRoom, "held", lambda room, ids: {each: each for each in ids if room._archive.store.held(each)}
    )


def a_name_of_a_file(patch: Patch) -> None:
    """The name of a copy's file leads to a cable of which some is hidden."""
    patch.setattr(readingroom, "_is_called", lambda cable, spelling: True)


def another_of_that_number(patch: Patch) -> None:
    """A cable is said to be like a hidden one."""
    opened = pages.opened

    def telling(room: ReadingRoom, key: str) -> Any:
        one = opened(room, key)
        return one and replace(one, alike=room._archive.store.may_be_same(key))

    patch.setattr(pages, "opened", telling)
    patch.setattr(api, "opened", telling)


def a_tag_of_the_archive(patch: Patch) -> None:
    """A header says by its value when anything has come in."""
    page = pages.page

    def tagged(request: Any, *given: Any, **shown: Any) -> Response:
        answer = page(request, *given, **shown)
        answer.headers["etag"] = f'"{request.app.state.room()._archive.store.last_seq()}"'
        return answer

    patch.setattr(pages, "page", tagged)


def suggestions_of_all(patch: Patch) -> None:
    """What is near a number that is not held is counted as for the owner."""
    with_hits = pages._with_hits
    patch.setattr(pages, "_with_hits", lambda room, tries: with_hits(_owners(room), tries))


def a_post_of_all(patch: Patch) -> None:
    """Signers, posts cited and numbers are from all cables of the post."""
    read = ReadingRoom.read
    patch.setattr(ReadingRoom, "read", lambda room, *asked, **further: read(_owners(room), *asked, **further))


def a_signature_of_all(patch: Patch) -> None:
    """Who signed is told to whom the header is not."""
    signers = ReadingRoom.signers

    def telling(room: ReadingRoom, cables: Any) -> Any:
        whole = [held.cable for cable in cables if (held := _owners(room).cable(cable.key))]
        return signers(room, whole)

    patch.setattr(ReadingRoom, "signers", telling)


def an_error_that_knows(patch: Patch) -> None:
    """The command says that a cable is there, and not for him."""
    meant = cli._meant

    def telling(room: ReadingRoom, spelling: str) -> Any:
        if not room.find(spelling) and room._archive.store.keys_of(spelling):
            raise readingroom.UsageError(f"{spelling} is not for you")
        return meant(room, spelling)

    patch.setattr(cli, "_meant", telling)


def a_preview_that_widens(patch: Patch) -> None:
    """Who looks as another sees what that one may, though he himself may not."""
    as_named = lambda archive, own, name: readingroom.cleared(archive, name)  # noqa: E731
    patch.setattr(sys.modules["reftel.web.app"], "previewed", as_named)


_OWNERS_HITS = ReadingRoom._hits


def _owners(room: ReadingRoom) -> ReadingRoom:
    return ReadingRoom(room._archive, ALL)


def _weighed(room: ReadingRoom, query: Any) -> dict[str, float]:
    """Scores as the owner's archive has them."""
    _, hits = room._archive.index.ask(query, entries.fields_of(ALL)).hits(limit=50)
    return dict(hits)


LEAKS: tuple[Callable[[Patch], None], ...] = (
    one_label_too_many,
    one_field_too_many,
    the_total_of_all,
    facets_of_all,
    a_snippet_of_the_whole,
    scores_among_all,
    forbidden_is_not_absent,
    the_header_is_open,
    a_reference_that_is_held,
    a_name_of_a_file,
    another_of_that_number,
    a_tag_of_the_archive,
    suggestions_of_all,
    a_post_of_all,
    a_signature_of_all,
    an_error_that_knows,
    a_preview_that_widens,
)


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.__name__)
def test_a_leak_is_found(leak: Callable[[Patch], None], folder: Path, monkeypatch: Patch) -> None:
    """Each is a difference in some answer: of a route, else of a command."""
    leak(monkeypatch)
    assert found(folder / "routes", who=None) or found(folder / "commands"), leak.__doc__
