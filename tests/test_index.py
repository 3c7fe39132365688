"""The search index: what it finds, in which order, and the traps that were met when it was chosen."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

import build
import invented
from reftel import clearance
from reftel.archive.entries import LABELS, OTHER, Entry, ceiling_of, entry, field_of, fields_of, level_for
from reftel.archive.index import Index
from reftel.cable import Addressee, Cable, Mrn, Reference, Release, Sender
from reftel.clearance import ALL, Reader
from reftel.errors import ArchiveError
from reftel.markings import Marking
from reftel.query import Query

U, C, S = (clearance.reader(level) for level in ("U", "C", "S"))
NOFORN = Reader("S", frozenset({"NOFORN"}))


def _rows(cables: Iterable[Cable]) -> list[Entry]:
    return [entry(cable) for cable in cables]


@pytest.fixture
def index(tmp_path: Path) -> Iterable[Index]:
    """An empty index, open for writing."""
    with Index.open(tmp_path / "index", write=True) as made:
        yield made


class Answer(NamedTuple):
    """All that the index says to a query."""

    total: int
    hits: tuple[tuple[str, float], ...]
    facets: Mapping[str, Mapping[str, int]]


def _ask(index: Index, text: str, reader: Reader = ALL, **which: Any) -> Answer:
    answer = index.ask(Query.parse(text), fields_of(reader))
    return Answer(*answer.hits(**which), answer.facets())


def _keys(index: Index, text: str, reader: Reader = ALL, **which: Any) -> list[str]:
    return [key for key, _ in _ask(index, text, reader, **which).hits]


def _one(serial: int, *paragraphs: object, **fields: object) -> Cable:
    return build.cable(f"2009STRELSAU{serial}", *paragraphs, **fields)


# -- what is found --------------------------------------------------------------------------------------


def test_words_of_subject_heading_and_paragraphs_are_found(index: Index) -> None:
    """In any case and with or without accents; a word with punctuation is its pieces in order."""
    index.update(
        _rows(
            [
                _one(1, "(C) The lease ends."),
                _one(2, build.paragraph("Nothing.", heading="Lease of Life"), subject="OTHER"),
                _one(3, "(C) Ménard spoke of U.S.-Russia relations.", subject="LEASE"),
                _one(4, "(C) Russia, the U.S. and the king's cousin.", subject="OTHER"),
            ]
        ),
        4,
    )
    assert sorted(_keys(index, "lease")) == ["2009STRELSAU1", "2009STRELSAU2", "2009STRELSAU3"]
    assert _keys(index, "MENARD") == _keys(index, "ménard") == ["2009STRELSAU3"]
    assert _keys(index, "U.S.-Russia") == _keys(index, '"u s russia"') == ["2009STRELSAU3"]
    assert sorted(_keys(index, "russia u.s.")) == ["2009STRELSAU3", "2009STRELSAU4"]
    assert _keys(index, "King's") == ["2009STRELSAU4"]


def test_a_phrase_does_not_run_into_the_next_paragraph(index: Index) -> None:
    """Nor out of the subject or a heading."""
    index.update(
        _rows(
            [
                _one(
                    1,
                    "(C) The king",
                    build.paragraph("is away", 2, marking="C", heading="has"),
                    subject="LONG LIVE",
                )
            ]
        ),
        1,
    )
    assert _keys(index, '"the king"') == _keys(index, '"is away"') == ["2009STRELSAU1"]
    for across in ('"king is"', '"king has"', '"has is"', '"live the"', '"live long"'):
        assert _keys(index, across) == []


def test_all_clauses_may_hold_in_different_portions_of_one_cable(index: Index) -> None:
    """AND is about the cable: one word may stand in an open paragraph, the other in a closed one."""
    index.update(_rows([_one(1, "(U) The lease.", "(C) The krona."), _one(2, "(U) The lease.")]), 2)
    assert _keys(index, "lease krona", C) == ["2009STRELSAU1"]
    assert _keys(index, "lease krona", U) == []
    assert _ask(index, "lease -krona", U).total == 2
    assert _ask(index, "lease -krona", C).total == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("le*", "1 2"),
        ("lea*", "1"),
        ("-lea*", "2 3"),
        ("lease OR krona", "1 3"),
        ("(lease OR krona) -king", "1"),
        ("-lease -krona", "2"),
        ("lease OR -krona", "1 2"),
        ("", "1 2 3"),
        ("absent", ""),
    ],
)
def test_clauses_join_as_they_say(index: Index, text: str, found: str) -> None:
    """Prefixes, OR, leaving out, and only leaving out: then it is all the others."""
    texts = ["(C) lease base", "(C) lemon king", "(C) krona king"]
    index.update(_rows(_one(at, each, subject=None) for at, each in enumerate(texts, 1)), 3)
    assert sorted(_keys(index, text)) == [f"2009STRELSAU{each}" for each in found.split()]


FIELDS = _one(
    9,
    "(C) The king.",
    build.paragraph("The queen.", 2, marking="U"),
    subject_marking="U",
    from_=Sender("AMEMBASSY NEW DELHI", "NEWDELHI"),
    to=(Addressee("SECSTATE WASHDC"),),
    info=(Addressee("AMEMBASSY ZENDA"),),
    tags=("PREL", "KZ"),
    tags_unknown=("POLITICAL",),
    captions=("SIPDIS",),
    handling=("SENSITIVE",),
    references=(
        Reference("ZENDA 0012", (0, 9), "telegram", id="2009ZENDA12", inferred=("year",)),
        Reference("HENTZAU 7", (0, 9), "telegram"),
        Reference("telcon 12", (0, 9), "telcon"),
    ),
    aliases=("09STRELSAU9", "secret-name.txt"),
)


@pytest.mark.parametrize(
    ("text", "for_u"),
    [
        ('from:"new delhi"', True),
        ("id:2009STRELSAU9", True),
        ("id:09strelsau9", True),
        ('id:"STRELSAU 000009"', True),
        ("2009-02-12", True),
        ("class:U", None),
        ("to:STATE", False),
        ("to:ZENDA", False),
        ("tag:prel", False),
        ("tag:political", False),
        ("caption:SIPDIS", False),
        ("caption:sensitive", False),
        ("ref:09ZENDA12", False),
        ('ref:"ZENDA 12"', False),
        ('ref:"HENTZAU 7"', False),
        ("class:C", False),
        ("id:SECRET-NAME.TXT", False),
    ],
)
def test_fields_of_the_header_are_found_by_who_may_see_it(
    index: Index, text: str, for_u: bool | None
) -> None:
    """Identity by whoever sees anything; the class is the one he is shown (None: his alone)."""
    index.update(_rows([FIELDS]), 1)
    assert bool(_keys(index, text, C)) == (for_u is not None)
    assert bool(_keys(index, text, U)) == (for_u is not False)


@pytest.mark.parametrize(
    "text", ["to:MOSCOW", "tag:PGOV", "ref:08ZENDA12", 'ref:"telcon 12"', "id:08STRELSAU9"]
)
def test_other_values_find_nothing(index: Index, text: str) -> None:
    """A reference by the number of a telcon, or an id of another year, is no hit."""
    index.update(_rows([FIELDS]), 1)
    assert _keys(index, text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2005", "1 2 3 4 7"),
        ("2005-03", "1 2 3"),
        ("2005-03-24", "1 2"),
        ("2005-03-25", ""),
        ("2005-01..2005-12", "1 2 3 4 7"),
        ("2005-03..2005-04", "1 2 3"),
        ("2005-02..2006", "1 2 3 5"),
        ("2006..", "5"),
        ("..2005-03", "1 2 3"),
        ("-2005", "5 6 8 9"),
    ],
)
def test_a_cable_is_within_dates_if_all_it_may_have_been_is(index: Index, text: str, found: str) -> None:
    """One known to the year alone is of 2005, not of March; without a date a firm number's year counts."""
    dates = [
        "2005-03-24T10:00Z",
        "2005-03-24",
        "2005-03",
        "2005",
        "2006-01-01",
        None,
        None,
        None,
        "2005-02-31",
    ]
    numbers = 5 * [Mrn()] + [
        Mrn(2005, "ZENDA", 6, "filename"),
        Mrn(2005, "ZENDA", 7, "catalogue"),
        Mrn(None, "ZENDA", 8),
        Mrn(2005, "ZENDA", 9, "declassify_on"),
    ]
    cables = [
        _one(at, sent=sent, mrn=mrn) for at, (sent, mrn) in enumerate(zip(dates, numbers, strict=True), 1)
    ]
    index.update(_rows(cables), 9)
    assert sorted(_keys(index, text)) == [f"2009STRELSAU{each}" for each in found.split()]


# -- order ----------------------------------------------------------------------------------------------


def test_the_best_come_first_and_of_equals_the_newest(index: Index) -> None:
    """A word of the subject counts double; by date the newest come first whatever they say."""
    cables = [
        _one(1, "(C) lease", subject="KING", sent="2009-01-01"),
        _one(2, "(C) lease", subject="KING", sent="2009-01-02T12:00Z"),
        _one(3, "(C) lease", subject="KING", sent="2009-01-02T11:59Z"),
        _one(4, "(C) king", subject="LEASE", sent="2008"),
        _one(5, "(C) lease and a good many other words", subject="KING", sent=None, mrn=Mrn()),
    ]
    index.update(_rows(cables), 5)
    assert [key[-1] for key in _keys(index, "lease")] == ["4", "2", "3", "1", "5"]
    assert [key[-1] for key in _keys(index, "lease", by_date=True)] == ["2", "3", "1", "4", "5"]
    assert [key[-1] for key in _keys(index, "")] == ["2", "3", "1", "4", "5"]


@pytest.mark.parametrize("batch", [40, 1000])
def test_pages_put_together_are_the_whole_order(tmp_path: Path, batch: int) -> None:
    """Hundreds of cables with the same words, over many pages and several tiers: none twice, none missing."""
    marks = ["U", "C", "S", "C/NF"]
    cables = [
        _one(
            at,
            f"({marks[at % 4]}) lease",
            subject=None,
            sent=f"2009-01-{at % 9 + 1:02d}",
            classification=None,
        )
        for at in range(1, 301)
    ]
    with Index.open(tmp_path / "index", write=True) as index:
        for at in range(0, 300, batch):
            index.update(_rows(cables[at : at + batch]), at + batch)
        whole = _ask(index, "lease", NOFORN, limit=1000)
        assert whole.total == len(whole.hits) == 300
        pages = [_ask(index, "lease", NOFORN, first=at, limit=11).hits for at in range(0, 330, 11)]
        assert [hit for page in pages for hit in page] == list(whole.hits)
        orders = {cable.key: entry(cable).order for cable in cables}
        assert list(whole.hits) == sorted(whole.hits, key=lambda hit: (-hit[1], -orders[hit[0]], hit[0]))


def test_cables_of_one_minute_and_one_place_go_by_their_key(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should two numbers of order ever be the same."""
    monkeypatch.setattr("reftel.archive.entries._TIES", 1)
    index.update(_rows(_one(at, "(C) lease") for at in (3, 1, 2)), 3)
    assert [key[-1] for key in _keys(index, "lease")] == ["1", "2", "3"]
    assert [key[-1] for key in _keys(index, "", limit=2)] == ["1", "2"]


def test_a_page_far_behind_the_last_is_empty(index: Index) -> None:
    """And costs nothing; the total stays exact."""
    index.update(_rows([_one(1, "(C) lease")]), 1)
    answer = _ask(index, "lease", first=10**15)
    assert (answer.total, answer.hits) == (1, ())


# -- what is hidden -------------------------------------------------------------------------------------


def test_cables_hidden_as_a_whole_weigh_nothing(tmp_path: Path) -> None:
    """Neither scores nor order nor counts of a C reader change when SECRET, NODIS, broken cables come in."""
    seen = [
        _one(at, f"(C) {'lease ' * (at % 3)} base", f"({'U' if at % 2 else 'C'}) krona")
        for at in range(1, 40)
    ]
    hidden = [
        *(_one(100 + at, "(S) lease lease base", classification="SECRET") for at in range(30)),
        *(_one(200 + at, "(C) lease krona", captions=("NODIS",)) for at in range(30)),
        *(_one(300 + at, "(C//XYZ) lease", classification=None) for at in range(3)),
        *(_one(400 + at, "(C/NF) lease krona", handling=("NOFORN",)) for at in range(30)),
    ]
    with (
        Index.open(tmp_path / "bare", write=True) as bare,
        Index.open(tmp_path / "full", write=True) as full,
    ):
        bare.update(_rows(seen), 1)
        full.update(_rows([*hidden, *seen]), 1)
        for text in ("lease", "lease OR krona", "base -lease", "kro*", ""):
            assert _ask(full, text, C, limit=100) == _ask(bare, text, C, limit=100)
        assert _ask(full, "").total == _ask(bare, "").total + len(hidden)


def test_a_cable_with_two_least_labels_is_counted_once(index: Index) -> None:
    """S and C/NOFORN include neither the other: who holds one finds it there, who holds both only once."""
    index.update(
        _rows([_one(1, "(S) lease", "(C/NF) lease base", classification="SECRET", subject_marking="S")]), 1
    )
    assert entry(_one(1, "(S) a", "(C/NF) b", classification="SECRET")).tiers == ("C_NOFORN", "S")
    for reader in (S, Reader("C", frozenset({"NOFORN"})), NOFORN, ALL):
        answer = _ask(index, "lease", reader)
        assert (answer.total, len(answer.hits), answer.facets["year"]) == (1, 1, {"2009": 1})
    assert _ask(index, "base", S).total == 0
    assert _ask(index, "lease", C).total == 0


def test_unknown_labels_share_one_field_that_the_owner_alone_opens(index: Index) -> None:
    """REL, compartments and captions have no field of their own."""
    assert [field_of(each) for each in (Marking("C"), Marking("S", ("NOFORN",)))] == ["C", "S_NOFORN"]
    assert {field_of(each) for each in (Marking(None), Marking("S", ("REL SAU",)), Marking("U", ("X",)))} == {
        OTHER
    }
    index.update(_rows([_one(1, "(S//REL SAU) lease", "(U) king", subject_marking="U")]), 1)
    assert _keys(index, "lease", ALL) == ["2009STRELSAU1"]
    assert _keys(index, "lease", Reader("TS", frozenset({"NOFORN"}))) == []
    assert _keys(index, "king", U) == ["2009STRELSAU1"]


def test_a_reader_opens_the_fields_of_what_he_may_read() -> None:
    """And one of them says all: what it governs is the highest he may see."""
    assert fields_of(C) == ("U", "SBU", "C")
    assert fields_of(ALL) == (*LABELS, OTHER)
    assert ceiling_of(fields_of(NOFORN)) == "S_NOFORN"
    assert [ceiling_of(fields_of(reader)) for reader in (U, C, ALL)] == ["U", "C", OTHER]


def test_the_level_shown_is_the_highest_that_the_reader_may_see(index: Index) -> None:
    """Facet and `class:` go by that, never by the cable's own level where its header is closed."""
    cables = [
        _one(1, "(U) lease", "(C) base", "(S) krona", classification="SECRET", subject_marking="U"),
        _one(2, "(U) lease", subject_marking="U"),
        _one(3, "(U) lease", release=Release("released"), classification="SECRET"),
        _one(4, "(C) lease", classification=None),
    ]
    index.update(_rows(cables), 4)
    levels = {reader.level: dict(_ask(index, "", reader).facets["level"]) for reader in (U, C, S, ALL)}
    assert levels == {
        "U": {"U": 2, "S": 1},
        "C": {"C": 3, "S": 1},
        "S": {"S": 2, "C": 2},
        None: {"S": 2, "C": 2},
    }
    for reader in (U, C, S, ALL):
        for level in ("U", "C", "S"):
            assert _ask(index, f"class:{level}", reader).total == levels[reader.level].get(level, 0)


def test_the_level_in_the_index_is_the_level_of_what_is_left() -> None:
    """For every reader and every mixture of marks."""
    for cable in invented.cables(300, seed=5):
        for reader in invented.READERS.values():
            left = clearance.visible(cable, reader)
            if left is not None:
                assert level_for(entry(cable).levels, fields_of(reader)) == clearance.shown_level(left)


def test_facets_count_what_the_reader_may_see(index: Index) -> None:
    """TAGS of cables whose header is open to him; years and posts of every cable."""
    index.update(
        _rows(
            [
                _one(1, "(U) lease", tags=("PREL", "KZ")),
                _one(2, "(U) lease", tags=("PREL",), classification="UNCLASSIFIED", sent="2008"),
                _one(3, "(U) lease", tags=("PREL",), captions=("EXDIS",)),
            ]
        ),
        3,
    )
    assert _ask(index, "lease", U).facets == {
        "year": {"2008": 1, "2009": 1},
        "post": {"STRELSAU": 2},
        "tags": {"PREL": 1},
        "level": {"U": 2},
    }
    assert _ask(index, "lease", C).facets["tags"] == {"PREL": 2, "KZ": 1}
    assert _ask(index, "lease", ALL).facets["tags"] == {"PREL": 3, "KZ": 1}
    assert not any(_ask(index, "absent", ALL).facets.values())


# -- keeping it -----------------------------------------------------------------------------------------


def test_a_cable_marked_anew_is_found_under_its_new_mark_alone(index: Index) -> None:
    """It leaves its old tier: a deletion that deletes nothing would leave it findable there."""
    cable = _one(1, "(U) lease", classification="UNCLASSIFIED")
    index.update(_rows([cable]), 1)
    assert (_ask(index, "lease", U).total, index.has_deleted) == (1, False)
    index.update(_rows([_one(1, "(S) lease", classification="SECRET")]), 2)
    assert (_ask(index, "lease", U).total, _ask(index, "", U).total) == (0, 0)
    assert (_ask(index, "lease", ALL).total, _ask(index, "", ALL).total) == (1, 1)
    assert index.has_deleted
    index.update(_rows([cable]), 3)
    assert (_ask(index, "lease", U).total, _ask(index, "lease", S).total) == (1, 1)


def test_the_same_key_twice_in_a_batch_counts_once(index: Index) -> None:
    """The last is what stays, whichever tiers it moves between."""
    marks = ["U", "S", "U", "C", "S", "U"]
    index.update(_rows(_one(1, f"({mark}) lease", classification=None) for mark in marks), 1)
    index.update(_rows(_one(1, f"({mark}) lease", classification=None) for mark in marks[:-1]), 1)
    assert [_ask(index, "lease", reader).total for reader in (U, C, S, ALL)] == [0, 0, 1, 1]


def test_a_deletion_that_deletes_nothing_is_noticed(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of documents is looked at after every update."""
    index.update(_rows([_one(1, "(U) lease")]), 1)
    monkeypatch.setattr("reftel.archive.index._Tier.remove", lambda self, key: None)
    with pytest.raises(ArchiveError, match="2 cables are indexed where 1 should be"):
        index.update(_rows([_one(1, "(U) lease")]), 2)
    assert index.position() == 1


def test_indexing_the_same_rows_again_changes_nothing(index: Index) -> None:
    """As after a kill between the commit and the position: rows are replayed from where the file says."""
    rows = _rows(invented.cables(60, seed=6))
    index.update(rows, 60)
    before = _ask(index, "", limit=100)
    index.update(rows[30:], 60)
    assert _ask(index, "", limit=100) == before
    assert index.position() == 60


def test_rows_that_fail_leave_no_trace(index: Index) -> None:
    """What was added before the failure is not committed with the next batch."""

    def failing() -> Iterable[Entry]:
        yield from _rows([_one(1, "(U) lease")])
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="disk is gone"):
        index.update(failing(), 1)
    index.update(_rows([_one(2, "(U) lease")]), 2)
    assert _keys(index, "lease") == ["2009STRELSAU2"]


KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[2])
import invented
from pathlib import Path
from reftel.archive.entries import entry
from reftel.archive.index import Index

def rows():
    for seq, cable in enumerate(invented.cables(40, seed=8), 1):
        if seq == 30:
            os.kill(os.getpid(), signal.SIGKILL)
        yield entry(cable)

index = Index.open(Path(sys.argv[1]), write=True)
index.update(rows(), 40)
"""


def test_a_writer_that_is_killed_stops_no_other(tmp_path: Path) -> None:
    """Its lock file stays and locks nothing; what it had not committed is indexed by the next."""
    path, tests = tmp_path / "index", str(Path(__file__).parent)
    ended = subprocess.run([sys.executable, "-c", KILLED, str(path), tests], check=False, env=os.environ)
    assert ended.returncode == -signal.SIGKILL
    with Index.open(path, write=True) as index:
        assert index.position() == 0
        index.update(_rows(invented.cables(40, seed=8)), 40)
        assert (_ask(index, "").total, index.position()) == (40, 40)


def test_who_reads_sees_what_another_commits(tmp_path: Path) -> None:
    """From the next question on, also in tiers that are new, and where the index is made anew."""
    path = tmp_path / "index"
    with Index.open(path) as reading:
        assert (_ask(reading, "lease").total, reading.position()) == (0, 0)
        with Index.open(path, write=True) as writing:
            for serial, mark in enumerate(["U", "U", "S"], 1):
                writing.update(_rows([_one(serial, f"({mark}) lease")]), serial)
                assert (_ask(reading, "lease").total, reading.position()) == (serial, serial)
        with Index.open(tmp_path / "new", write=True) as another:
            another.update(_rows([_one(4, "(U) lease")]), 9)
        path.rename(tmp_path / "old")
        assert _ask(reading, "lease").total == 3
        (tmp_path / "new").rename(path)
        assert (_ask(reading, "lease", U).total, reading.position()) == (1, 9)


def test_an_index_of_another_format_is_made_anew(tmp_path: Path) -> None:
    """Who reads takes it for missing, who writes empties it; a position cut short is of no format."""
    path = tmp_path / "index"
    for strange in ('{"format":999,"position":7}', '{"form'):
        with Index.open(path, write=True) as index:
            index.update(_rows([_one(1, "(U) lease")]), 1)
        (path / "position.json").write_text(strange)
        with Index.open(path) as reading:
            assert _ask(reading, "lease").total == 0
        with Index.open(path, write=True) as writing:
            assert (writing.position(), _ask(writing, "lease").total) == (0, 0)


def test_a_damaged_index_says_what_to_do(tmp_path: Path) -> None:
    """It is derived: it may be deleted."""
    path = tmp_path / "index"
    with Index.open(path, write=True) as index:
        index.update(_rows([_one(1, "(U) lease")]), 1)
    (path / "U" / "meta.json").write_text("no JSON")
    with Index.open(path) as reading, pytest.raises(ArchiveError, match="delete that folder"):
        _ask(reading, "lease")


def test_hidden_text_is_in_no_field_that_others_open() -> None:
    """Every text, term and tag of an entry stands under the label that governs it."""
    cable = replace(FIELDS, classification="SECRET", handling=())
    one = entry(cable)
    assert {field for field, _ in one.texts} == {"C", "U"}
    assert (one.header, one.whole, one.tiers) == ("S", "S", ("U",))
    assert one.ids == {"2009STRELSAU9", "STRELSAU9"}
    assert one.names == {"SECRET-NAME.TXT"}
