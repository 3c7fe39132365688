"""Why a reader may or may not see each portion, and how what is withheld from him is shown."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import build
from reftel import clearance, terminal
from reftel.archive import Archive
from reftel.cable import Part, Release
from reftel.clearance import ALL, RULES, Policy, Reader
from reftel.errors import NotHeld
from reftel.readingroom import ReadingRoom
from reftel.views.why import Explained, Verdict, explained
from reftel.web.app import make_app
from test_cli import run
from test_web import answer, close

LIST = (
    Part("C", "report", "Some points:", ()),
    Part("U", "report", "-- (U) The railway.", ()),
    Part("S//NF", "comment", "-- (S//NF) The secret lease.", ()),
)
MIXED = build.cable(
    "2009STRELSAU12",
    "(U) The king is away.",
    build.paragraph("The secret duke.", 2, marking="S//REL RURITANIA", heading="(S) Secret heading"),
    build.paragraph(" ".join(part.text for part in LIST), 3, marking="C", parts=LIST),
    build.paragraph("Unmarked.", 4),
    build.paragraph("Nobody knows.", 5, marking="C//XX"),
    build.paragraph("All is known here.", 6, marking="U", heading="(TS) Secret heading"),
    subject="THE SECRET SUBJECT",
    subject_marking="S",
)
RELEASED = build.cable("1975ZENDA7", "(S) Long ago.", release=Release("released", "UNCLASSIFIED"))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Two cables: one with marks of every kind, one that has been released."""
    with Archive.create(tmp_path / "archive") as made:
        made.store.put([build.pair(MIXED), build.pair(RELEASED)], "default")
        made.catch_up()
        yield made


def why(archive: Archive, reader: Reader, key: str = "2009STRELSAU12") -> Explained:
    return explained(ReadingRoom(archive, ALL), key, reader)


def test_each_portion_has_its_verdict(archive: Archive) -> None:
    """What it is, its mark, what governs it by which rules, and what the reader lacks."""
    verdicts = why(archive, clearance.reader("C")).verdicts
    assert verdicts == (
        Verdict("header", "CONFIDENTIAL", "C", ("cable",), True, ()),
        Verdict("subject", "S", "S", ("mark", "level"), False, ("S",)),
        Verdict("paragraph 1", "U", "U", ("mark",), True, ()),
        Verdict(
            "heading of 2",
            "S",
            "S/REL RURITANIA",
            ("mark", "rel", "heading", "level"),
            False,
            ("S", "REL RURITANIA"),
        ),
        Verdict(
            "paragraph 2",
            "S//REL RURITANIA",
            "S/REL RURITANIA",
            ("mark", "rel", "level"),
            False,
            ("S", "REL RURITANIA"),
        ),
        Verdict("paragraph 3, part 1", "C", "C", ("mark",), True, ()),
        Verdict("paragraph 3, part 2", "U", "U", ("mark",), True, ()),
        Verdict(
            "paragraph 3, part 3",
            "S//NF",
            "S/NOFORN",
            ("mark", "restriction", "level"),
            False,
            ("S", "NOFORN"),
        ),
        Verdict("paragraph 4", None, "C", ("cable",), True, ()),
        Verdict("paragraph 5", "C//XX", "?", ("mark", "not-understood"), False, ("?",)),
        Verdict("heading of 6", "TS", "TS", ("mark", "heading", "level"), False, ("TS",)),
        Verdict("paragraph 6", "U", "U", ("mark",), True, ()),
        Verdict("copy", None, "?", ("copy",), False, ("?",)),
    )


def test_every_rule_that_a_verdict_names_is_stated(archive: Archive) -> None:
    """Once, with its sentence and authority, in the order of the table."""
    one = why(archive, clearance.reader("U"))
    assert {stated.rule for stated in one.rules} == {rule for each in one.verdicts for rule in each.rules}
    assert [stated.rule for stated in one.rules] == [
        rule for rule in RULES if rule in {s.rule for s in one.rules}
    ]
    assert all(stated.sentence and stated.authority for stated in one.rules)


def test_what_is_released_goes_by_today(archive: Archive) -> None:
    """Whatever its marks; the owner may read all of everything."""
    released = why(archive, clearance.reader("U"), "1975ZENDA7").verdicts
    assert {verdict.may_read for verdict in released} == {True}
    assert {rule for verdict in released for rule in verdict.rules} == {"released", "copy"}
    assert all(verdict.may_read for verdict in why(archive, ALL).verdicts)


def test_verdicts_are_those_that_the_reading_room_follows(archive: Archive) -> None:
    """What may be read is what is shown, part by part."""
    for reader in (clearance.reader("U"), clearance.reader("S"), Reader("S", frozenset({"NOFORN"}))):
        held = ReadingRoom(archive, reader).cable("2009STRELSAU12")
        assert held is not None
        may = {verdict.portion for verdict in why(archive, reader).verdicts if verdict.may_read}
        shown = {"subject"} if held.cable.subject else set()
        shown |= {"header"} if held.cable.classification else set()
        for paragraph in held.cable.paragraphs:
            name = paragraph.anchor
            shown |= {f"heading of {name}"} if paragraph.heading else set()
            if name == "3":
                left = {part.text for part in paragraph.parts}
                shown |= {f"paragraph 3, part {at}" for at, part in enumerate(LIST, 1) if part.text in left}
            else:
                shown.add(f"paragraph {name}")
        assert may == shown


def test_what_is_not_held_is_said_so(archive: Archive) -> None:
    """As by `show`."""
    with pytest.raises(NotHeld, match="2009NOWHERE1"):
        why(archive, ALL, "2009NOWHERE1")


def test_the_command_prints_verdicts_and_rules(archive: Archive) -> None:
    """For people with the rules in sentences below; as JSON the same result."""
    path = archive.path
    archive.close()
    told = run("why", "09STRELSAU12", "--as", "C", "--archive", path, COLUMNS="160").stdout
    assert "2009STRELSAU12  for a reader of C" in told
    assert "no: lacks S, NOFORN" in told
    assert "no: not understood" in told
    assert "E.O. 13526 section 1.6(c)" in told
    (line,) = run("why", "09STRELSAU12", "--as", "C", "--archive", path, "--json").stdout.splitlines()
    one = json.loads(line)
    assert one["verdicts"][1] == {
        "portion": "subject",
        "mark": "S",
        "governed_by": "S",
        "rules": ["mark", "level"],
        "may_read": False,
        "lacks": ["S"],
    }
    assert run("why", "09NOWHERE1", "--archive", path, code=7).stderr.startswith("reftel: 09NOWHERE1")


# -- what is withheld, as it is shown -------------------------------------------------------------------


def page(archive: Archive, level: str, policy: Policy, address: str = "/cable/2009STRELSAU12") -> str:
    archive.store.set_policy(policy)
    app = make_app(archive.path, clearance.reader(level))
    got = answer(app, address)
    close(app)
    assert got.status_code == 200
    return got.text


def test_a_page_says_what_is_withheld_where_the_owner_would_have_it_so(archive: Archive) -> None:
    """Each with its mark as sent, and nothing of its words; unasked, nothing is said."""
    told = " ".join(
        page(archive, "C", Policy(withheld="marked")).replace("<bdi>", "").replace("</bdi>", "").split()
    )
    for sentence in (
        "Subject (S): withheld from this reader.",
        "Paragraph 2 (S//REL RURITANIA): withheld from this reader.",
        "Part (S//NF): withheld from this reader.",
        "Paragraph 5 (C//XX): withheld from this reader.",
        "Heading (TS): withheld from this reader.",
    ):
        assert sentence in told
    for hidden in ("secret lease", "secret duke", "secret heading", "secret subject"):
        assert hidden not in told.lower()  # the marks that are told are explained: (S) is SECRET
    assert told.count("withheld from this reader") == 5  # the heading of 2 goes with its paragraph
    unmarked = page(archive, "U", Policy(withheld="marked"))
    assert "Paragraph 4, without a mark of its own: withheld from this reader." in unmarked
    absent = page(archive, "C", Policy())
    assert "withheld" not in absent
    assert "REL RURITANIA" not in absent


def test_json_and_terminal_say_the_same(archive: Archive) -> None:
    """The record has `withheld`; the terminal a sentence."""
    record = json.loads(page(archive, "C", Policy(withheld="marked"), "/cable/2009STRELSAU12.json"))
    assert record["subject_withheld"] is True
    assert record["paragraphs"][1] == {
        "number": 2,
        "anchor": "2",
        "marking": "S//REL RURITANIA",
        "heading": None,
        "voice": "report",
        "text": "",
        "spans": [],
        "parts": [],
        "withheld": True,
    }
    assert [part.get("withheld", False) for part in record["paragraphs"][2]["parts"]] == [False, False, True]
    held = ReadingRoom(archive, clearance.reader("C")).cable("2009STRELSAU12")
    assert held is not None
    screen = terminal.console()
    with screen.capture() as capture:
        screen.print(terminal.cable(held.cable))
    printed = " ".join(capture.get().split())
    assert "Paragraph 2 (S//REL RURITANIA): withheld from this reader." in printed
    assert "[Part (S//NF): withheld from this reader.]" in printed
    assert "Subject (S): withheld from this reader." in printed


def test_the_policy_holds_at_once(archive: Archive) -> None:
    """A room that is open already follows it; what is found, and who is told of a cable, stays the same."""
    room = ReadingRoom(archive, clearance.reader("C"))
    for policy, count in ((Policy(), 4), (Policy(withheld="marked"), 6), (Policy(), 4)):
        archive.store.set_policy(policy)
        held = room.cable("2009STRELSAU12")
        assert held is not None
        assert len(held.cable.paragraphs) == count
        assert room.copy_text("2009STRELSAU12") is None
        assert room.find("STRELSAU 12") == ("2009STRELSAU12",)
