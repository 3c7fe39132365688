"""A reader's archive is the one that never held what he may not see: the same cables, counts, facets,
snippets, scores and order."""

from collections.abc import Iterator

import pytest

import invented
from reftel import clearance
from reftel.archive import Archive
from reftel.query import Query
from reftel.readingroom import ReadingRoom
from reftel.views import search

HELD = invented.cables(400, seed=7)

QUERIES = (
    "",
    "lease",
    "base",
    "pipeline",
    "lease base",
    "lease base krona treaty",
    "lease OR pipeline OR uranium OR ferry",
    '"lease base"',
    '"base lease krona"',
    "U.S.-Russia",
    "menard",
    '"the envoy\'s"',
    "O'Brien",
    "na*",
    "le* -base",
    "pi* lease",
    "-lease",
    "lease -treaty",
    "lease OR tag:PREL",
    "lease -tag:PREL",
    "(lease OR krona) -(base treaty)",
    "tag:PREL",
    "tag:KZ OR tag:ECON",
    "to:STATE",
    "to:ZENDA base",
    "from:ZENDA",
    "from:HENTZAU lease",
    'from:"NEW DELHI" OR from:STATE',
    "ref:05ZENDA3",
    'ref:"ZENDA 3" lease',
    "class:U",
    "class:SBU",
    "class:C",
    "class:S lease",
    "class:TS",
    "-class:C base",
    "caption:SIPDIS",
    "caption:EXDIS",
    "caption:NOFORN lease",
    "id:2004ZENDA9",
    'id:"ZENDA 9"',
    "id:vol7/d7",
    "id:secret-file-12",
    "2005",
    '"2005"',
    "2005-03",
    "2004-02..2005-06 lease",
    "2006..",
    "..2004 -base",
    "absent",
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """The archive with everything in it, indexed in some batches."""
    with invented.archive(tmp_path_factory.mktemp("whole") / "archive", HELD, batch=150) as archive:
        yield archive


@pytest.fixture(scope="module", params=invented.READERS)
def rooms(
    request: pytest.FixtureRequest, whole: Archive, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[ReadingRoom, ReadingRoom]]:
    """A reader in the whole archive, and in one that holds nothing but what he may see."""
    reader = invented.READERS[request.param]
    left = invented.left_to_keep(HELD, reader)
    with invented.archive(tmp_path_factory.mktemp("left") / "archive", left) as archive:
        yield ReadingRoom(whole, reader), ReadingRoom(archive, reader)


def test_answers_are_those_of_an_archive_without_what_is_hidden(
    rooms: tuple[ReadingRoom, ReadingRoom],
) -> None:
    """Every page of every answer is the same, to the last score."""
    room, bare = rooms
    for text in QUERIES:
        query = Query.parse(text)
        for sort in ("relevance", "date"):
            for page in (1, 2, 9):
                asked = {"sort": sort, "page": page, "limit": 7}
                assert search.results(room, query, **asked) == search.results(bare, query, **asked), text


def test_the_rest_of_the_room_is_the_same_too(rooms: tuple[ReadingRoom, ReadingRoom]) -> None:
    """So are its size, what is new, what a spelling finds, and each cable."""
    room, bare = rooms
    assert room.size() == bare.size() == len(invented.left_for(HELD, room.reader))
    assert room.recent(30) == bare.recent(30)
    ids = [name for cable in HELD for name in (cable.id, cable.key) if name]
    spellings = [*ids, *(alias for cable in HELD for alias in cable.aliases), "ZENDA 000012", "nonsense"]
    assert [room.find(each) for each in spellings] == [bare.find(each) for each in spellings]
    assert room.held(ids) == bare.held(ids)
    for cable in HELD:
        left, held = clearance.visible(cable, room.reader), room.cable(cable.key)
        assert (left is None) == (held is None) == (bare.cable(cable.key) is None)
