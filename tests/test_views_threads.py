"""A cable's references, followed both ways: papers, links, and files for other programs."""

from io import StringIO
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from rich.console import Console

import build
import invented
from reftel import clearance, terminal
from reftel.cable import Reference
from reftel.clearance import ALL
from reftel.errors import UsageError
from reftel.readingroom import ReadingRoom
from reftel.views.threads import Thread, gexf, graphml, thread
from reftel.web.timeline import timeline


def ref(id: str | None, text: str = "", kind: str = "telegram", letter: str | None = None) -> Reference:
    return Reference(text or f"{id}", (0, 1), kind, letter, id)


CABLES = [
    build.cable("2005ZENDA1", "The king is away.", sent="2005-01-10T10:00Z", classification="UNCLASSIFIED"),
    build.cable(
        "2005ZENDA2",
        "He is back.",
        sent="2005-01-14T09:00Z",
        classification="UNCLASSIFIED",
        references=(ref("2005ZENDA1", letter="A"), ref(None, "HELSING-SAPT TELCON <3 JAN>", "telcon", "B")),
    ),
    build.cable(
        "2005STATE9",
        "Ask why.",
        sent="2005-01-20",
        classification="SECRET",
        references=(ref("2005ZENDA2"), ref("2004HENTZAU77")),
    ),
    build.cable(
        "2005ZENDA30",
        "He was hunting.",
        sent="2005-02",
        classification="UNCLASSIFIED",
        references=(ref("2005STATE9"),),
    ),
    build.cable("2005STRELSAU4", "The roads are dry.", classification="UNCLASSIFIED"),
]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> ReadingRoom:
    """The cables above, for one who reads all."""
    return ReadingRoom(invented.archive(tmp_path_factory.mktemp("threads") / "archive", CABLES), ALL)


def followed(room: ReadingRoom, key: str, **asked: object) -> Thread:
    found = thread(room, key, **asked)  # type: ignore[arg-type]
    assert found is not None
    return found


def names(found: Thread) -> list[str]:
    return [paper.name for paper in found.papers]


def test_one_step_has_what_is_cited_and_what_cites(room: ReadingRoom) -> None:
    """In order of dates, those without one last."""
    found = followed(room, "2005ZENDA2", depth=1)
    assert names(found) == ["2005ZENDA1", "2005ZENDA2", "2005STATE9", "2005ZENDA2/ref/1"]
    assert {(link.citing, link.cited, link.letter) for link in found.links} == {
        ("2005ZENDA2", "2005ZENDA1", "A"),
        ("2005ZENDA2", "2005ZENDA2/ref/1", "B"),
        ("2005STATE9", "2005ZENDA2", None),
    }
    assert found.by_kind() == {"telcon": 1, "telegram": 3}
    assert found.first.steps == 0


def test_more_steps_go_further(room: ReadingRoom) -> None:
    """What is not held has its place too; the rest of the archive has none."""
    found = followed(room, "2005ZENDA2", depth=2)
    assert {"2004HENTZAU77", "2005ZENDA30"} <= {*names(found)}
    assert "2005STRELSAU4" not in names(found)
    absent = next(paper for paper in found.papers if paper.name == "2004HENTZAU77")
    assert (absent.held, absent.steps) == (False, 2)


def test_one_direction_alone(room: ReadingRoom) -> None:
    """What it cites; what cites it."""
    assert "2005STATE9" not in names(followed(room, "2005ZENDA2", direction="cites"))
    assert "2005ZENDA1" not in names(followed(room, "2005ZENDA2", direction="cited-by"))


def test_days_between_are_told_where_both_dates_name_a_day(room: ReadingRoom) -> None:
    """From the tenth to the fourteenth; not where only the month is known."""
    found = followed(room, "2005ZENDA2", depth=2)
    days = {(link.citing, link.cited): link.days for link in found.links}
    assert days["2005ZENDA2", "2005ZENDA1"] == 4
    assert days["2005STATE9", "2005ZENDA2"] == 6
    assert days["2005ZENDA30", "2005STATE9"] is None


def test_a_hidden_cable_is_no_paper_and_no_link(room: ReadingRoom) -> None:
    """For a reader of U the telegram of the Department is one that is not here, and cites nothing."""
    low = ReadingRoom(room._archive, clearance.reader("U"))
    found = followed(low, "2005ZENDA2", depth=3)
    assert names(found) == ["2005ZENDA1", "2005ZENDA2", "2005ZENDA2/ref/1"]
    cites = followed(low, "2005ZENDA30")
    assert [(paper.name, paper.held) for paper in cites.papers] == [
        ("2005STATE9", False),
        ("2005ZENDA30", True),
    ]
    assert thread(low, "2005STATE9") is None


def test_one_paper_is_one_in_words(room: ReadingRoom) -> None:
    """On the terminal."""
    console = Console(width=120, record=True, file=StringIO())
    console.print(terminal.thread(followed(room, "2005STRELSAU4", depth=1)))
    assert "2005STRELSAU4: 1 paper, 1 reference away at most" in console.export_text()


def test_a_depth_that_is_none_is_refused(room: ReadingRoom) -> None:
    """One sentence says which are."""
    with pytest.raises(UsageError, match="from 1 to 6"):
        thread(room, "2005ZENDA2", depth=0)


@pytest.mark.parametrize("write", [gexf, graphml])
def test_other_programs_read_the_graph(room: ReadingRoom, write: object) -> None:
    """Well-formed, with markup of cables as text, and every end of a link a node."""
    found = followed(room, "2005ZENDA2", depth=2)
    root = Xml.fromstring(write(found))  # type: ignore[operator]
    nodes = [each for each in root.iter() if each.tag.endswith("}node")]
    edges = [each for each in root.iter() if each.tag.endswith("}edge")]
    assert len(nodes) == len(found.papers)
    assert len(edges) == len(found.links)
    assert {end for each in edges for end in (each.get("source"), each.get("target"))} <= {
        each.get("id") for each in nodes
    }
    assert b"TELCON &lt;3 JAN&gt;" in write(found)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("sent", "expected", "before"),
    [
        ("2003-05-02T10:00Z", ["2003ZENDA5", "2003STATE1", "2003STATE2"], "2003-05-02T10:00Z"),
        ("2003-05", ["2003ZENDA5", "2003STATE1", "2003STATE2"], "2003-05"),
        ("2004-05-02", ["2003ZENDA5", "2003STATE2", "2003STATE1"], "2003-06-01"),
        ("2002-05-02", ["2003STATE1", "2003ZENDA5", "2003STATE2"], "2003-06-01"),
    ],
)
def test_a_paper_of_which_the_year_is_known_stands_before_what_cites_it(
    tmp_path: Path, sent: str, expected: list[str], before: str
) -> None:
    """Not at the end of its year, nor does its bar reach there; a citing cable of another year is no end."""
    given = [
        build.cable("2003STATE1", "Ask.", sent=sent, references=(ref("2003ZENDA5"),)),
        build.cable(
            "2003STATE2", "Ask.", sent="2003-06-01", references=(ref("2003ZENDA5"), ref("2003STATE1"))
        ),
    ]
    with invented.archive(tmp_path / "archive", given) as made:
        found = followed(ReadingRoom(made, ALL), "2003STATE1")
    at = [paper.name for paper in found.papers]
    assert at == expected
    paper = found.named()["2003ZENDA5"]
    assert (paper.sent, paper.before) == ("2003", before)
    drawn = {mark.paper.name: mark for mark in timeline(found).marks}
    citing = "2003STATE1" if before == sent else "2003STATE2"
    assert drawn["2003ZENDA5"].x < drawn["2003ZENDA5"].end <= drawn[citing].end
