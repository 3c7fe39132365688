"""Readers by name: what can be said of them, and that nonsense opens nothing."""

import json
import sqlite3
from pathlib import Path

import pytest

from build import cable, pair
from reftel import profiles
from reftel.archive import Archive
from reftel.clearance import Reader
from reftel.errors import NotAdmitted, UsageError
from reftel.profiles import Profile, profile


def test_a_profile_is_what_the_rules_ask_for():
    """Levels, holds, captions and compartments however spelt; SBU raises who has no level."""
    ana = profile("Ana", "confidential", ["noforn", "REL to Ruritania"], ["exdis"], ["si", ""])
    assert ana == Profile("Ana", "C", ("NOFORN", "REL RURITANIA"), ("EXDIS",), ("SI",))
    assert ana.reader() == Reader("C", frozenset({"NOFORN", "REL RURITANIA", "EXDIS", "SI"}))
    assert profile("Bo", "U", ["SBU"]).reader() == Reader("SBU")
    assert profile("Bo", "C", ["SBU"]).reader() == Reader("C")
    assert profiles.from_json(profiles.to_json(ana)) == ana


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (("Ana", "COSMIC"), "no clearance is called 'COSMIC': say one of U, SBU, C, S, TS"),
        (("Ana", "C", ["WHISKY"]), "nobody can hold 'WHISKY': say one of SBU, NOFORN, .*, or REL RURITANIA"),
        (("Ana", "C", ["REL"]), "nobody can hold 'REL'"),
        (("Ana", "C", ["REL A, B"]), "nobody can hold 'REL A, B'"),
        (("Ana", "C", [], ["SIPDIS"]), "no caption that restricts is called 'SIPDIS': say one of .*NODIS"),
        (("Ana", "C", [], [], ["ZZ"]), "no compartment is called 'ZZ': say one of SI, "),
        (("", "C"), "a reader's name is 1 to 100 characters"),
        (("A\x1bna", "C"), "a reader's name is"),
        (("A\u202ena", "C"), "a reader's name is"),
        (("A" * 101, "C"), "a reader's name is"),
        (("c", "C"), "'c' is a level, and no name"),
        (("Secret", "C"), "is a level"),
        (("SBU", "C"), "is a level"),
        (("top secret", "C"), "is a level"),
        (("S//NF", "C"), "is a level"),
        (("Limited Official Use", "C"), "is a level"),
    ],
)
def test_what_nobody_can_be_is_refused_with_what_is_known(said, sentence):
    """One sentence, which lists what can be said."""
    with pytest.raises(UsageError, match=sentence):
        profile(*said)


NONSENSE = [
    "",
    "{",
    "[]",
    "null",
    '"C"',
    "{}",
    '{"name": "Ana"}',
    '{"name": "Ana", "level": null}',
    '{"name": "Ana", "level": "ALL"}',
    '{"name": "Ana", "level": 4}',
    '{"name": "Ana", "level": "C", "holds": "NOFORN"}',
    '{"name": "Ana", "level": "C", "holds": ["EVERYTHING"]}',
    '{"name": "Ana", "level": "C", "captions": ["*"]}',
    '{"name": "Ana", "level": "C", "more": true}',
    '{"name": "Bo", "level": "TS"}',
]


@pytest.fixture
def archive(tmp_path: Path):
    """An archive with a reader."""
    with Archive.create(tmp_path / "archive") as made:
        made.store.put([pair(cable("2005ZENDA1", "(C) The king left."))], "test")
        made.catch_up()
        made.store.put_readers([profile("Ana", "C", ["NOFORN"])], anew=False)
        yield made


@pytest.mark.parametrize("line", NONSENSE)
def test_a_profile_edited_into_nonsense_denies(archive, line):
    """It is said what is to be done; the list goes on, and setting it again mends it."""
    with sqlite3.connect(archive.path / "archive.db") as db:
        db.execute("UPDATE reader SET profile = ?", (line,))
    db.close()
    with pytest.raises(
        NotAdmitted,
        match=r"^the profile of Ana in this archive is not understood; nothing is shown to its reader; "
        r"set it again with `reftel reader add Ana \.\.\. --replace`$",
    ):
        archive.store.reader("Ana")
    assert archive.store.readers() == (("Ana", None),)
    archive.store.put_readers([profile("Ana", "S")], anew=True)
    assert archive.store.reader("Ana") == Profile("Ana", "S")


@pytest.mark.parametrize("line", NONSENSE[:-1])
def test_what_is_no_profile_is_not_imported(line):
    """Whatever stands in the line."""
    with pytest.raises(UsageError):
        profiles.from_json(line)


def test_bytes_that_are_no_text_are_no_profile():
    """Of a row that somebody wrote into, and of a file."""
    with pytest.raises(UsageError, match="no profile of a reader"):
        profiles.from_json(b"\xff\xfe")


def test_readers_are_kept_by_name(archive):
    """All of some or none; a name that is taken is replaced only if asked."""
    ana, bo = profile("Ana", "S"), profile("Bo", "U")
    with pytest.raises(UsageError, match="a reader is called 'Ana' already; say --replace"):
        archive.store.put_readers([bo, ana], anew=False)
    assert archive.store.reader("Bo") is None
    archive.store.put_readers([bo, ana], anew=True)
    assert archive.store.readers() == (("Ana", ana), ("Bo", bo))
    assert archive.store.remove_reader("Ana")
    assert not archive.store.remove_reader("Ana")
    assert archive.store.reader("Ana") is None
    with sqlite3.connect(archive.path / "archive.db") as db:  # by hand
        db.execute("INSERT INTO reader VALUES (' ', '{}')")
    db.close()
    assert archive.store.remove_reader(" ")
    assert json.loads(profiles.to_json(bo))["level"] == "U"
