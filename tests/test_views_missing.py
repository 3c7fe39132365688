"""What is cited and not held: counts, windows, reasons, requests, as each reader may see."""

from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

import build
import invented
from reftel import clearance, terminal
from reftel.archive import Archive, index
from reftel.cable import Cable, Catalogue, Reference
from reftel.clearance import ALL
from reftel.errors import UsageError
from reftel.findings.serials import Number, gap_of, limits
from reftel.query import Query
from reftel.readingroom import ReadingRoom
from reftel.views import missing as views_missing
from reftel.views.missing import Ledger, Missing, as_csv, ledger, missing, requests


def ref(id: str, **fields: object) -> Reference:
    return Reference(f"{id[2:4]} {id[4:]}", (0, 1), "telegram", id=id, **fields)  # type: ignore[arg-type]


def cable(id: str, *references: Reference, marked: str = "UNCLASSIFIED", **fields: object) -> Cable:
    text = fields.pop("text", "The king is away.")
    paragraphs = (f"{text}",) if text else ()
    return build.cable(id, *paragraphs, references=references, classification=marked, **fields)


CABLES = [
    cable("2005ZENDA10", sent="2005-01-10T10:00Z"),
    cable("2005ZENDA20", ref("2005ZENDA12", title="=A lease"), sent="2005-01-30T10:00Z"),
    cable("2005STATE9", ref("2005ZENDA12", captions=("NOTAL",)), ref("2004HENTZAU7"), sent="2005-02-20"),
    cable("2005STATE10", ref("2005ZENDA12"), ref("2005ZENDA11"), marked="SECRET", sent="2005-02-21"),
    cable("2005STATE11", ref("2005ZENDA20"), ref("2005ZENDA30"), ref("2005ZENDA31"), sent="2005-03-01"),
    cable("2005ZENDA11", marked="SECRET", sent="2005-01-15"),
    cable("2005ZENDA30", text="", sent="2005-02-05"),
    cable("2005ZENDA31", text="WITHDRAWAL CARD. Document withdrawn.", sent="2005-02-06"),
]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return invented.archive(tmp_path_factory.mktemp("missing") / "archive", CABLES)


@pytest.fixture(scope="module")
def room(archive: Archive) -> ReadingRoom:
    """The cables above, for one who reads all."""
    return ReadingRoom(archive, ALL)


@pytest.fixture(scope="module")
def low(archive: Archive) -> ReadingRoom:
    """The same for a reader of U."""
    return ReadingRoom(archive, clearance.reader("U"))


def told(found: Ledger) -> list[tuple[str, str, int]]:
    return [(one.number, one.reason, one.cited_by) for one in found.missing]


def test_the_most_cited_come_first_with_why_each_is_missing(room: ReadingRoom) -> None:
    """Not here; a card in its place; an entry without text."""
    found = ledger(room)
    assert told(found) == [
        ("2005ZENDA12", "absent", 3),
        ("2004HENTZAU7", "absent", 1),
        ("2005ZENDA30", "wordless", 1),
        ("2005ZENDA31", "withdrawn", 1),
    ]
    assert (found.cables, found.cited, found.total, found.listed) == (8, 6, 4, 4)
    assert found.reasons == {"absent": 2, "withdrawn": 1, "wordless": 1}
    assert found.posts == (("ZENDA", 3), ("HENTZAU", 1))
    assert found.missing[2].held == "2005ZENDA30"


def test_held_is_what_the_reader_may_see(low: ReadingRoom) -> None:
    """The secret telegram cites nothing for him; what it alone cites is not missing, but unheard of."""
    found = ledger(low)
    assert found.missing[0].cited_by == 2
    assert [one.number for one in found.missing] == [
        "2005ZENDA12",
        "2004HENTZAU7",
        "2005ZENDA30",
        "2005ZENDA31",
    ]
    assert (found.cables, found.reader) == (6, "a reader of U")
    assert [one.window.lower for one in found.missing if one.number == "2005ZENDA12"] == [10]


def test_a_number_was_sent_between_its_neighbours(room: ReadingRoom) -> None:
    """And said so by those who cite it, in their words."""
    one = missing(room, "05 ZENDA 12")
    assert one is not None
    assert (one.window.after, one.window.before) == ("2005-01-15", "2005-01-30T10:00Z")
    assert [each.key for each in one.citing] == ["2005STATE10", "2005STATE9", "2005ZENDA20"]
    assert one.citing[1].captions == ("NOTAL",)
    assert one.citing[2].title == "=A lease"


@pytest.mark.parametrize("spelling", ["2005ZENDA10", "2005ZENDA77", "ZENDA 12", "nothing", ""])
def test_what_is_held_or_never_cited_is_not_missing(room: ReadingRoom, spelling: str) -> None:
    """Nor is a number without a year."""
    assert missing(room, spelling) is None


def test_of_a_query_of_a_post_and_of_a_year(room: ReadingRoom) -> None:
    """The query finds those that cite; post and year are of what is cited."""
    assert [one.number for one in ledger(room, Query.parse("from:ZENDA")).missing] == ["2005ZENDA12"]
    assert [one.number for one in ledger(room, post="HENTZAU").missing] == ["2004HENTZAU7"]
    assert ledger(room, year=2004).total == 4
    second = ledger(room, limit=3, page=2)
    assert ([one.number for one in second.missing], second.pages) == (["2005ZENDA31"], 2)
    with pytest.raises(UsageError, match="pages count from 1"):
        ledger(room, page=0)


def test_the_share_of_a_posts_year_is_told_with_its_bounds(room: ReadingRoom) -> None:
    """Five of Zenda's year are held, of at least 31."""
    (zenda,) = (each for each in ledger(room).series if each.post == "ZENDA")
    assert (zenda.held, zenda.missing, zenda.least) == (5, 3, 31)
    assert zenda.most is not None
    assert zenda.percent is not None
    assert zenda.percent[0] < zenda.percent[1] == pytest.approx(100 * 5 / 31)


def test_a_request_and_a_table(room: ReadingRoom) -> None:
    """No cell is a formula; nothing missing is said too."""
    found = ledger(room)
    assert "1. 2005ZENDA12: telegram 12 of ZENDA, 2005\n   Sent between 2005-01-15 and" in requests(found)
    assert "Title as cited: =A lease" in requests(found)
    assert "An index entry without text." in requests(found)
    assert ",'=A lease," in as_csv(found)
    assert requests(ledger(room, Query.parse("absent"))).startswith("No telegram")


def test_known_gaps_of_a_source() -> None:
    """Where the dates between which a telegram was sent touch one; what a source of its year never had."""
    gap = gap_of("1975-11-30T10:00Z", "1975-12-16")
    assert gap is not None
    assert (gap.source, gap.first) == ("AAD", "1975-12-01")
    assert gap_of("1975-11-01", "1975-11-30") is None
    assert gap_of(None, "1975-12-05") is None
    assert limits(1976)
    assert limits(2005) == ()


def test_a_telegram_of_a_gap_is_told_apart(tmp_path: Path) -> None:
    """Its neighbours stand on both sides of the first half of December 1975."""
    given = [
        cable("1975ZENDA10", sent="1975-11-30"),
        cable("1975ZENDA20", ref("1975ZENDA12"), sent="1975-12-16"),
    ]
    with invented.archive(tmp_path / "archive", given) as made:
        (one,) = ledger(ReadingRoom(made, ALL)).missing
        assert (one.reason, one.gap and one.gap.last) == ("gap", "1975-12-15")
        assert "known gap of its source (1975-12-01 to 1975-12-15)" in requests(
            ledger(ReadingRoom(made, ALL))
        )


@pytest.mark.parametrize(
    ("number", "series"),
    [("2005ZENDA12", "2005ZENDA"), ("1973USUN2", "1973USUN"), ("ZENDA12", None), ("2005ZENDA", None)],
)
def test_numbers_are_taken_apart(number: str, series: str | None) -> None:
    """Year and post are the series."""
    found = Number.read(number)
    assert (found and found.series) == series


def test_more_numbers_than_are_counted_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The count goes on in stretches of the cables' order, with the same result."""
    given = [
        cable(
            f"2005ZENDA{n}",
            ref(f"2004ZENDA{n // 2}"),
            ref(f"2004STRELSAU{n}"),
            sent=f"2005-01-{n % 28 + 1:02d}",
        )
        for n in range(1, 121)
    ]
    with invented.archive(tmp_path / "archive", given) as made:
        room = ReadingRoom(made, ALL)
        whole = ledger(room)
        monkeypatch.setattr(index, "_BUCKETS", 7)
        monkeypatch.setattr(index, "_TALLIED", 50)
        assert ledger(room) == whole
    assert (whole.total, whole.missing[0].cited_by) == (120 + 61, 2)


def test_a_text_that_was_lost_is_told_from_one_that_never_was(tmp_path: Path) -> None:
    """The catalogue says so, or an error stands in its place; a telegram that speaks of errors is none."""
    lost = (
        cable("2005ZENDA32", text="ERROR READING TEXT INDEX 24", sent="2005-02-07"),
        cable(
            "2005ZENDA33",
            text="",
            sent="2005-02-08",
            catalogue=Catalogue(attributes={"Locator": "TEXT ON MICROFILM, ADS TEXT NOT CONVERTED"}),
        ),
        cable(
            "2005STATE12",
            ref("2005ZENDA32"),
            ref("2005ZENDA33"),
            text="Your copy says ERROR READING TEXT. " + "Please send it again. " * 30,
            sent="2005-03-02",
        ),
    )
    citing = cable("2005STATE13", *(ref(each.id or "") for each in lost), marked="SECRET", sent="2005-03-03")
    with invented.archive(tmp_path / "archive", [*lost, citing]) as archive:
        found = ledger(ReadingRoom(archive, ALL))
        assert told(found) == [("2005ZENDA32", "lost", 2), ("2005ZENDA33", "lost", 2)]
        assert found.missing[1].held == "2005ZENDA33"
        assert "lost when the archive was converted" in "".join(requests(found))
        assert told(ledger(ReadingRoom(archive, clearance.reader("U"))))[0] == ("2005ZENDA32", "lost", 1)


@pytest.mark.parametrize("asked", ["king", "king OR withdrawn", "-lease", "from:STATE", "withdrawn", ""])
def test_a_broad_search_is_counted_as_a_narrow_one(room: ReadingRoom, low: ReadingRoom, asked: str) -> None:
    """Of one that finds most cables, what the others cite is taken away; the counts are the same."""
    for each in (room, low):
        query = Query.parse(asked)
        found = ledger(each, query)
        citing = Counter(ref.id for one in each.read(query, most=99) for ref in one.references if ref.id)
        assert found.cited == len(citing)
        assert {one.number: one.cited_by for one in found.missing}.items() <= citing.items()
        assert found.total == len({number for number in citing if missing(each, number)}) + sum(
            one.reason not in ("absent", "gap") for one in found.missing
        )


# -- when a missing telegram was sent -----------------------------------------------------------------------


def of_one(folder: Path, *given: Cable, number: str = "2003STRELSAU1702") -> Missing:
    with invented.archive(folder / "archive", given) as made:
        found = ledger(ReadingRoom(made, ALL))
        (one,) = (each for each in found.missing if each.number == number)
        alone = missing(ReadingRoom(made, ALL), number)
        assert alone is not None
        assert (alone.sent, alone.said_in) == (one.sent, one.said_in)
        assert f"{number}: telegram 1702 of STRELSAU, 2003\n   Sent {said(one)}." in requests(found)
        console = Console(width=200, record=True, file=StringIO())
        console.print(terminal.missing(found))
        when = f"{one.sent[:10]}, as {one.said_in} says" if one.sent else f"{one.earliest}..{one.latest}"
        assert when in console.export_text()
        assert ",".join((one.sent or "", one.said_in or "")) in as_csv(found).splitlines()[1]
        return one


def said(one: Missing) -> str:
    return (
        f"on {one.sent[:10]}, as {one.said_in} says"
        if one.sent
        else f"between {one.earliest} and {one.latest}"
    )


def test_the_date_that_a_reference_gives_tells_when_it_was_sent(tmp_path: Path) -> None:
    """What most say, as exactly as any of them does; the neighbours are not asked."""
    one = of_one(
        tmp_path,
        cable("2003STRELSAU1701", sent="2003-12-20"),
        cable("2004STATE1", ref("2003STRELSAU1702", sent="2003-12-17"), sent="2004-02-05"),
        cable("2004STATE2", ref("2003STRELSAU1702", sent="2003-12-17T10:00Z"), sent="2004-02-06"),
        *(cable(f"2004STATE{n}", ref("2003STRELSAU1702"), sent="2004-02-07") for n in (3, 4)),
        cable("2004STATE5", ref("2003STRELSAU1702", sent="2003-11-17"), sent="2004-02-08"),
    )
    assert (one.sent, one.said_in) == ("2003-12-17T10:00Z", "2004STATE2")
    assert (one.earliest, one.latest) == ("2003-12-17", "2003-12-17")


@pytest.mark.parametrize("slip", ["2002-12-17", "2004-01-17", "2003"])
def test_a_number_is_of_its_own_year(tmp_path: Path, slip: str) -> None:
    """Whatever a cable of the next year says, and whenever it was sent."""
    one = of_one(tmp_path, cable("2004STATE1", ref("2003STRELSAU1702", sent=slip), sent="2004-02-05"))
    assert one.sent is None
    assert (one.earliest, one.latest) == ("2003-01-01", "2003-12-31")


def test_a_date_later_than_the_cable_that_gives_it_is_a_slip(tmp_path: Path) -> None:
    """It was sent before it was cited."""
    citing = cable("2003STATE1", ref("2003STRELSAU1702", sent="2003-12-17"), sent="2003-05-04T10:00Z")
    one = of_one(tmp_path, citing)
    assert (one.sent, one.earliest, one.latest) == (None, "2003-01-01", "2003-05-04")


def test_a_neighbour_of_another_year_tells_nothing(tmp_path: Path) -> None:
    """Its date is misread."""
    one = of_one(
        tmp_path,
        cable("2003STRELSAU1701", sent="2004-03-02"),
        cable("2003STRELSAU1703", sent="2002-03-02"),
        cable("2004STATE1", ref("2003STRELSAU1702"), sent="2004-02-05"),
    )
    assert (one.earliest, one.latest) == ("2003-01-01", "2003-12-31")


def test_what_comes_in_while_a_ledger_is_made_mixes_up_no_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Places are those of the numbers that were counted, whatever stands before them by now."""
    with Archive.create(tmp_path / "archive") as held:
        held.store.put([build.pair(each) for each in CABLES], "default")
        held.catch_up()
        expected = told(ledger(ReadingRoom(held, ALL)))
        listed = views_missing._listed

        def come_in(*asked: object) -> object:
            more = cable("2005STATE77", *(ref(f"1990ZENDA{number}") for number in range(1, 9)))
            held.store.put([build.pair(more)], "default")
            held.catch_up()
            return listed(*asked)  # type: ignore[arg-type]

        monkeypatch.setattr(views_missing, "_listed", come_in)
        assert [
            each[0] for each in told(ledger(ReadingRoom(held, ALL), Query.parse("king OR withdrawn")))
        ] == [each[0] for each in expected]
