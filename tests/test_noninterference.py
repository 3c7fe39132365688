"""A reader's archive is the one that never held what he may not see: the same cables, counts, facets,
snippets, scores and order; the same answer to everything that he can ask."""

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from starlette.routing import Route

import asking
import build
import invented
import taken_out
from reftel import clearance
from reftel.archive import Archive
from reftel.cable import Reference
from reftel.clearance import ALL, Policy, Reader
from reftel.query import Query
from reftel.readingroom import ReadingRoom
from reftel.views import search
from reftel.web.app import make_app

ARCHIVES = int(os.environ.get("REFTEL_PROOF", "16"))
"""How many random archives are made; `make proof` makes more."""
READERS = 2  # of each
ASKED = 3  # queries of each reader, and names of cables twice as many

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
    with invented.archive(tmp_path_factory.mktemp("left") / "archive", left, left_of=HELD) as archive:
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


# -- everything that can be asked, of archives in which everything varies ---------------------------------


@pytest.mark.parametrize("seed", range(ARCHIVES))
def test_what_a_reader_may_not_see_does_not_exist(seed: int) -> None:
    """Every route and command answers, to the letter, as in the archive without it.

    Nor does it matter what stands there: said in other words, it leaves every answer as it is.
    """
    chance = Random(seed)
    policy, given = chance.choice(taken_out.POLICIES), invented.small(seed)
    with taken_out.folder() as folder:
        taken_out.whole(folder / "whole", given, policy, chance=chance)
        for number, reader in enumerate(invented.readers(chance, READERS)):
            left, other = folder / f"left{number}", folder / f"other{number}"
            if not taken_out.left(left, folder / "whole", given, reader, policy):
                continue  # all of it is his
            archives = [folder / "whole", left]
            if chance.random() < 0.4 or policy.withheld == "marked":
                taken_out.otherwise(other, folder / "whole", given, reader, policy)
                archives.append(other)
            asked = asking.asked(_cables(archives[0], given), chance, ASKED)
            who, called = taken_out.named(archives, reader)
            whole, *others = (asking.answers(archive, called, who, asked, seed) for archive in archives)
            assert not [ask for ask, answer in whole.items() if answer.code in asking.FAULTS]
            for archive, expected in zip(archives[1:], others, strict=True):
                assert not asking.differences(whole, expected), f"{reader}, {policy}, {archive.name}"


def _cables(archive: Path, given: list[invented.Pair]) -> list[invented.Cable]:
    """The cables of an archive under their keys, and as they are in each copy."""
    with Archive.open(archive) as held:
        return [*(cable for _, cable, _, _ in held.store.cables()), *(cable for _, cable in given)]


def test_a_new_route_must_be_asked() -> None:
    """One that nobody has said how to ask makes the proof fail, and says where to say it."""
    with taken_out.folder() as folder:
        Archive.create(folder / "archive").close()
        app = make_app(folder / "archive", Reader("C"))
        asked = asking.Asked(("lease",), ("2004ZENDA1",))
        assert {route.path for route in app.routes if isinstance(route, Route)} <= asking.ROUTES.keys()
        assert list(asking.routes(app, asked, Random(1)))
        app.router.routes.append(Route("/secrets", lambda request: None))
        with pytest.raises(AssertionError, match="how route /secrets is asked"):
            list(asking.routes(app, asked, Random(1)))
        asking.close(app)


def test_a_new_command_must_be_asked_or_be_the_owners(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is classified; one that reads for somebody (`--as`) is asked, but for those that only serve."""
    asked = asking.Asked(("lease",), ("2004ZENDA1",))
    assert list(asking.commands(asked, Random(1)))
    known = asking.all_commands()
    reading = {name for name, command in known.items() if any("--as" in each.opts for each in command.params)}
    assert (
        reading == (asking.READERS_COMMANDS.keys() | asking.SERVED | asking.OWNERS_QUESTIONS) & known.keys()
    )
    monkeypatch.setattr(asking, "all_commands", lambda: known | {"divulge": known["show"]})
    with pytest.raises(AssertionError, match="how `reftel divulge` is asked"):
        list(asking.commands(asked, Random(1)))


def test_a_hidden_cable_is_answered_as_one_that_is_absent() -> None:
    """But for the number that was typed, to the letter: page, JSON, command and search."""
    given = [
        build.pair(build.cable("2004ZENDA1", "(U) The lease."), raw=b"1"),
        build.pair(build.cable("2004ZENDA2", "(S) The osprey.", classification="SECRET"), raw=b"2"),
        build.pair(build.cable("2004ZENDA4", "(U) The base.", classification="UNCLASSIFIED"), raw=b"3"),
    ]
    for policy in taken_out.POLICIES:
        with taken_out.folder() as folder:
            taken_out.whole(folder / "whole", given, policy)
            answered = []
            for number in ("2", "3"):  # hidden, absent
                names = (f"2004ZENDA{number}", f"04ZENDA{number}", f"ZENDA 00000{number}")
                asked = asking.Asked((f"id:2004ZENDA{number}", f"ref:2004ZENDA{number}"), names)
                found = asking.answers(folder / "whole", Reader("C"), "C", asked, 1)
                assert any(answer.code == 404 for answer in found.values())
                answered.append({asking.but_for(names, ask): _but_for(names, found[ask]) for ask in found})
            assert not asking.differences(*answered)


def _but_for(names: tuple[str, ...], answer: asking.Answer) -> asking.Answer:
    code, *said = answer
    return asking.Answer(code, *(asking.but_for(names, each) for each in said))


@pytest.mark.parametrize("policy", taken_out.POLICIES, ids=lambda policy: policy.withheld)
def test_a_hidden_cable_of_the_same_number_does_not_show_in_the_key(policy: Policy) -> None:
    """The second telegram of a number has a key of its own, but not for him who sees no other."""
    number = "2004ZENDA1"
    first = build.cable(
        number, "(S) Ospreys nest in the harbour.", classification="SECRET", subject="OSPREYS"
    )
    others = [
        build.cable(number, f"(U) {text}", classification="UNCLASSIFIED", sent=sent)
        for text, sent in (
            ("The lease of the railway was read.", "2004-03-01"),
            ("Bread is dear.", "2004-05-01"),
        )
    ]
    citing = build.cable(
        "2004ZENDA7",
        "(U) See there.",
        classification="UNCLASSIFIED",
        references=(Reference("ZENDA 1", (0, 1), "telegram", id=number),),
    )
    given = [build.pair(each, raw=bytes([at])) for at, each in enumerate((first, *others, citing))]
    with taken_out.folder() as folder:
        taken_out.whole(folder / "whole", given, policy)
        taken_out.whole(folder / "left", given[1:], policy)
        asked = asking.Asked(("", "lease", "bread", f"id:{number}", f"ref:{number}"), (number, "ZENDA 1"))
        answers = [asking.answers(folder / each, Reader("C"), "C", asked, 1) for each in ("whole", "left")]
        assert not asking.differences(*answers)
        with Archive.open(folder / "whole") as archive:
            all_, some = ReadingRoom(archive, ALL), ReadingRoom(archive, Reader("C"))
            known = all_.cable(all_.find(number)[0])
            assert known and known.cable.subject == "OSPREYS"
            keys = [hit.key for hit in some.search(Query.parse(f"id:{number}"), sort="date").hits]
            assert sorted(keys)[0] == number
            assert [some.find(number), len(keys)] == [tuple(sorted(keys)), 2]
            shown = [held.cable for key in keys if (held := some.cable(key))]
            assert [cable.key for cable in shown] == keys
            assert "lease" in next(cable for cable in shown if cable.key == number).paragraphs[0].text


@pytest.mark.parametrize("policy", taken_out.POLICIES, ids=lambda policy: policy.withheld)
def test_a_hidden_document_of_the_same_name_does_not_show_in_the_key(policy: Policy) -> None:
    """The second document of a name has a key of its own, but not for him who sees no other."""
    name = "box-7-folder-2"
    first = build.cable(None, "(S) Ospreys nest in the harbour.", classification="SECRET", key=name)
    others = [
        build.cable(None, f"(U) {text}", classification="UNCLASSIFIED", key=name)
        for text in ("The lease of the railway was read.", "Bread is dear.")
    ]
    given = [build.pair(each, raw=bytes([at]), document=name) for at, each in enumerate((first, *others), 7)]
    with taken_out.folder() as folder:
        taken_out.whole(folder / "whole", given, policy)
        taken_out.whole(folder / "left", given[1:], policy)
        asked = asking.Asked(("", "lease", "bread", f"id:{name}"), (name, name.upper()))
        answers = [asking.answers(folder / each, Reader("C"), "C", asked, 1) for each in ("whole", "left")]
        assert not asking.differences(*answers)
        with Archive.open(folder / "whole") as archive:
            all_, some = ReadingRoom(archive, ALL), ReadingRoom(archive, Reader("C"))
            assert all_.search(Query.parse(f"id:{name}")).total == 3
            assert some.search(Query.parse(f"id:{name}")).total == 2
            assert "Ospreys" in all_.cable(name).cable.paragraphs[0].text
            assert "lease" in some.cable(name).cable.paragraphs[0].text
            archive_again = [read.key for _, read, _, _ in archive.store.cables()]
            assert archive_again[0] == name and all(key.startswith("x") for key in archive_again[1:])
