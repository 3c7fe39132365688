"""The search index: what it finds, in which order, and the traps that were met when it was chosen."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

import build
import invented
from reftel import clearance
from reftel.archive import Archive
from reftel.archive.entries import (
    CAPTIONED,
    LABELS,
    OTHER,
    Entry,
    ceiling_of,
    columns_of,
    entry,
    exceeds,
    field_of,
    fields_of,
    level_for,
    renamed,
)
from reftel.archive.index import Index, _Tier
from reftel.cable import Addressee, Cable, Mrn, Reference, Release, Sender
from reftel.clearance import ALL, Reader
from reftel.errors import ArchiveError
from reftel.markings import CAPTIONS, RANKS, Marking
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


def test_a_phrase_of_the_commonest_words_is_exact(index: Index) -> None:
    """Those that stand in every cable, side by side in some: what an engine is slowest at, or leaves out."""
    chance = Random(5)
    texts = [" ".join(chance.choices(["of", "the", "to", "in"], k=6)) for _ in range(300)]
    index.update(_rows(_one(at, f"(C) {text}", subject=None) for at, text in enumerate(texts)), 300)
    for phrase in ("of the", "to of", "in the of"):
        held = {f"2009STRELSAU{at}" for at, text in enumerate(texts) if f" {phrase} " in f" {text} "}
        assert {*_keys(index, f'"{phrase}"', limit=300)} == held


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
    """Compartments and captions together have no field of their own."""
    assert [field_of(each) for each in (Marking("C"), Marking("S", ("NOFORN",)))] == ["C", "S_NOFORN"]
    assert {field_of(each) for each in (Marking(None), Marking("S", ("SI",)), Marking("U", ("X",)))} == {
        OTHER
    }
    index.update(_rows([_one(1, "(S//SI) lease", "(U) king", subject_marking="U")]), 1)
    assert _keys(index, "lease", ALL) == ["2009STRELSAU1"]
    assert _keys(index, "lease", Reader("TS", frozenset({"NOFORN", "SI"}))) == []
    assert _keys(index, "king", U) == ["2009STRELSAU1"]


def test_what_may_be_released_to_some_lies_with_what_is_not_releasable(index: Index) -> None:
    """He who holds NOFORN may read it and finds it; he who holds the country alone reads it and does not."""
    rel = Marking("S", ("REL SAU",))
    assert field_of(rel) == field_of(Marking("S", ("NOFORN", "REL SAU"))) == "S_NOFORN"
    assert field_of(Marking("C", ("EXDIS", "REL"))) == "C_EXDIS_NOFORN"
    index.update(_rows([_one(1, "(S//REL SAU) lease", "(U) king", subject_marking="U")]), 1)
    assert _keys(index, "lease", Reader("S", frozenset({"NOFORN"}))) == ["2009STRELSAU1"]
    assert _keys(index, "lease", Reader("S", frozenset({"REL SAU"}))) == []
    assert _keys(index, "lease", S) == []


def test_a_reader_opens_the_fields_of_what_he_may_read() -> None:
    """And one of them says all: what it governs is the highest he may see."""
    assert fields_of(C) == ("U", "SBU", "C")
    assert fields_of(ALL) == (*LABELS, OTHER)
    assert ceiling_of(fields_of(NOFORN)) == "S_NOFORN"
    assert [ceiling_of(fields_of(reader)) for reader in (U, C, ALL)] == ["U", "C", OTHER]
    exdis = Reader("C", frozenset({"EXDIS"}))
    assert fields_of(exdis) == ("U", "SBU", "C", "C_EXDIS")
    assert [columns_of(fields_of(reader)) for reader in (exdis, ALL)] == [("C", "C_EXDIS"), (OTHER,)]


HELD = (
    "NOFORN",
    *sorted({each for marking in CAPTIONED.values() for each in marking.restrictions} - {"NOFORN"}),
)
GRID = [
    Reader(level, frozenset(held))
    for level in RANKS
    for number in range(len(HELD) + 1)
    for held in combinations(HELD, number)
]
"""Every reader there can be, as far as labels tell them apart."""


def test_captions_that_readers_hold_have_labels_of_their_own() -> None:
    """On classified levels, alone and with NOFORN; one below C lies with C's, two of them with the others."""
    assert len(LABELS) == 40
    assert all(CAPTIONS[each] for each in HELD if each != "NOFORN")
    fields = {
        Marking("C", ("EXDIS",)): "C_EXDIS",
        Marking("S", ("EXDIS", "NOFORN")): "S_EXDIS_NOFORN",
        Marking("TS", ("NOFORN", "ROGER CHANNEL")): "TS_NOFORN_ROGER_CHANNEL",
        Marking("SBU", ("STADIS",)): "C_STADIS",
        Marking("U", ("NODIS", "NOFORN")): "C_NODIS_NOFORN",
        Marking("C", ("EXDIS", "NODIS")): OTHER,
        Marking("C", ("CHEROKEE",)): OTHER,
        Marking("U", ("REL RURITANIA",)): "U_NOFORN",
        Marking(None, ("EXDIS",)): OTHER,
    }
    assert {marking: field_of(marking) for marking in fields} == fields


def test_a_label_exceeds_another_where_all_its_readers_read_the_other_too() -> None:
    """Among all readers there can be, and by the rules themselves."""
    readers = {
        name: {at for at, reader in enumerate((*GRID, ALL)) if name in fields_of(reader)}
        for name in (*LABELS, OTHER)
    }
    for name, of_name in readers.items():
        for other, of_other in readers.items():
            assert exceeds(name, other) == (of_name < of_other), (name, other)


def test_nothing_lies_where_somebody_finds_it_who_may_not_read_it() -> None:
    """Whatever the marking: to open its field is to be cleared for it."""
    restrictions = (*HELD, "CHEROKEE", "REL RURITANIA", "SI")
    markings = [
        Marking(level, tuple(sorted(held)))
        for level in (None, *RANKS)
        for number in range(4)
        for held in combinations(restrictions, number)
    ]
    for reader in (*GRID, ALL):
        fields = fields_of(reader)
        for marking in markings:
            assert field_of(marking) not in fields or clearance.may_read(reader, marking)


def test_who_holds_a_caption_finds_what_it_governs(index: Index) -> None:
    """And its TAGS are counted once, beside those of all that has none."""
    index.update(
        _rows(
            [
                _one(1, "(C) lease", captions=("EXDIS",), tags=("PREL", "KZ")),
                _one(2, "(C) lease", captions=("NODIS",), tags=("PREL",)),
                _one(3, "(C/NF) lease", captions=("EXDIS",), handling=("NOFORN",), tags=("PREL",)),
                _one(4, "(U) lease", captions=("EXDIS",), classification="UNCLASSIFIED", tags=("PREL",)),
                _one(5, "(C) lease", tags=("PREL",)),
            ]
        ),
        5,
    )
    found = {
        "": ("5", {"PREL": 1}),
        "NOFORN": ("5", {"PREL": 1}),
        "NODIS": ("25", {"PREL": 2}),
        "EXDIS": ("145", {"PREL": 3, "KZ": 1}),
        "EXDIS NOFORN": ("1345", {"PREL": 4, "KZ": 1}),
        "EXDIS NODIS NOFORN": ("12345", {"PREL": 5, "KZ": 1}),
    }
    for held, (serials, tags) in found.items():
        reader = Reader("C", frozenset(held.split()))
        assert sorted(key[-1] for key in _keys(index, "lease", reader)) == [*serials]
        assert _ask(index, "lease", reader).facets["tags"] == tags


def test_counts_are_those_of_what_is_left_for_each_reader(index: Index) -> None:
    """By hand, cable by cable, for readers of every level with every caption."""
    chance = Random(11)
    captions = [(), (), ("EXDIS",), ("NODIS",), ("LIMDIS",), ("ROGER CHANNEL",), ("SIPDIS", "STADIS")]
    cables = [replace(cable, captions=chance.choice(captions)) for cable in invented.cables(150, seed=11)]
    index.update(_rows(cables), 150)
    for reader in (*chance.sample(GRID, 25), ALL):
        fields = {*fields_of(reader)}
        left = [
            left
            for cable in cables
            if (left := clearance.visible(cable, reader)) and fields & entry(cable).labels
        ]
        answer = _ask(index, "", reader, limit=200)
        assert answer.total == len(left)
        assert {key for key, _ in answer.hits} == {cable.key for cable in left}
        assert answer.facets["tags"] == Counter(tag for cable in left for tag in {*cable.tags})
        assert answer.facets["post"] == Counter(cable.from_.station for cable in left)


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
        "status": {"unknown": 2},
        "collection": {},
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


# -- one commit of all tiers ----------------------------------------------------------------------------

MOVING = """
import sys
sys.path.insert(0, sys.argv[2])
import build
from pathlib import Path
from reftel.archive.entries import entry
from reftel.archive.index import Index

with Index.open(Path(sys.argv[1]), write=True) as index:
    for turn in range(200):
        mark = "SU"[turn % 2]
        index.update([entry(build.cable("2009ZENDA1", f"({mark}) lease", classification=None))], 1)
"""


def test_a_cable_that_moves_is_seen_before_or_after(tmp_path: Path) -> None:
    """Two hundred moves between two tiers, while others ask who opened early, or in the middle of one."""
    path, tests = tmp_path / "index", str(Path(__file__).parent)
    with Index.open(path, write=True) as index:
        index.update(_rows([build.cable("2009ZENDA1", "(U) lease", classification=None)]), 1)
    moving = subprocess.Popen([sys.executable, "-c", MOVING, str(path), tests])
    asked, seen = 0, Counter[int]()
    with Index.open(path) as early:
        while moving.poll() is None or not asked:
            asked += 1
            with Index.open(path) as late:
                for reading in (early, late):
                    answer = _ask(reading, "lease", S)
                    assert (answer.total, len(answer.hits), answer.facets["year"]) == (1, 1, {"2009": 1})
                    seen[_ask(reading, "lease", U).total] += 1
    assert moving.returncode == 0
    assert seen.keys() == {0, 1}


STOPPED = """
import os, signal, sys
from pathlib import Path
from reftel.archive import Archive
from reftel.archive import index

def counted(step):
    def stopped(*given):
        global left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        return step(*given)
    return stopped

archive = Archive.open(sys.argv[1], write=True)
left = int(sys.argv[2])
index._Tier.commit = counted(index._Tier.commit)
index._Position.write = counted(index._Position.write)
archive.index_again(["2009ZENDA1", "2009ZENDA2"])
"""


@pytest.mark.parametrize("step", [1, 2, 3, 4, 5])
def test_a_writer_killed_between_two_tiers_is_made_up_for(tmp_path: Path, step: int) -> None:
    """Who asks goes on as before the commit; who opens the archive next brings it to its end."""
    path = tmp_path / "archive"
    with Archive.create(path) as archive:
        moved = build.cable("2009ZENDA1", "(S) lease", classification="SECRET")
        archive.store.put([build.pair(moved)], "default")
        before = [replace(moved, paragraphs=(build.paragraph("(U) lease"),)), _one(2, "(U) lease")]
        archive.index.update(_rows([before[0], replace(before[1], key="2009ZENDA2")]), 1)
    with Archive.open(path) as early:
        assert _ask(early.index, "lease", U).total == 2
        ended = subprocess.run([sys.executable, "-c", STOPPED, str(path), str(step)], check=False)
        assert ended.returncode == (-signal.SIGKILL if step < 5 else 0)
        before_and_after = [2, 2], [0, 1]  # what is seen by U and by S
        assert [_ask(early.index, "lease", reader).total for reader in (U, S)] == before_and_after[step == 5]
        with Archive.open(path) as late:
            assert not late.is_behind()
            for index in (early.index, late.index):
                found = [_ask(index, "lease", reader).total for reader in (U, S)]
                assert found == before_and_after[step > 1]  # at the first step nothing was begun


def test_who_opens_an_index_in_the_middle_of_a_commit_waits_for_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a while; then he is told. Who was there before asks on."""
    path = tmp_path / "index"
    with Index.open(path, write=True) as writing, Index.open(path) as early:
        writing.update(_rows([_one(1, "(U) lease")]), 1)
        assert _ask(early, "lease", U).total == 1
        held, begun = threading.Event(), threading.Event()
        commit = _Tier.commit

        def slowly(tier: _Tier, expected: int) -> None:
            begun.set()
            held.wait()
            commit(tier, expected)

        monkeypatch.setattr("reftel.archive.index._Tier.commit", slowly)
        other = threading.Thread(target=writing.update, args=(_rows([_one(1, "(S) lease")]), 1))
        other.start()
        begun.wait()
        with Index.open(path) as late:
            monkeypatch.setattr("reftel.archive.index._PATIENCE", 0.05)
            with pytest.raises(ArchiveError, match="wait until it has ended"):
                _ask(late, "lease", U)
            assert _ask(early, "lease", U).total == 1
            monkeypatch.setattr("reftel.archive.index._PATIENCE", 60)
            threading.Timer(0.1, held.set).start()
            assert [_ask(late, "lease", reader).total for reader in (U, S)] == [0, 1]
        other.join()
        assert _ask(early, "lease", U).total == 0


# -- removed, and rewritten -----------------------------------------------------------------------------


def test_what_is_removed_is_found_no_more(index: Index) -> None:
    """In whatever tiers it lies; a key that is not there is no fault."""
    cables = [_one(1, "(U) lease"), _one(2, "(S) lease", "(C/NF) lease", classification="SECRET")]
    index.update(_rows(cables), 2)
    index.remove(["2009STRELSAU2", "2009STRELSAU99"], 2)
    assert _keys(index, "") == ["2009STRELSAU1"]
    index.remove(["2009STRELSAU1"], 3)
    assert (_ask(index, "").total, index.position(), index.has_deleted) == (0, 3, True)


def _files(path: Path) -> set[int]:
    """Every file below a folder, whatever it is called now."""
    return {file.stat().st_ino for file in path.rglob("*") if file.is_file()}


def _words(index: Index, label: str) -> list[str]:
    """Every word in the files of a tier, in use or not."""
    return [word for word, _ in index._committed()[label].searcher.terms_with_prefix(f"text_{label}", "")]


def test_what_is_removed_leaves_nothing_behind_once_tiers_are_rewritten(tmp_path: Path) -> None:
    """No word of it in any file, no file of the old tier; tiers without a change are left alone."""
    path = tmp_path / "archive"
    kept = [build.cable(f"2009ZENDA{at}", "(U) lease", classification=None) for at in (1, 2)]
    gone = build.cable("2009ZENDA3", "(U) zanzibar", classification=None)
    alone = build.cable("2009ZENDA4", "(S) xylophone", classification="SECRET", subject_marking="S")
    with Archive.create(path) as archive:
        archive.store.put([build.pair(each) for each in (*kept, alone)], "default")
        archive.index.update(_rows([*kept, gone, alone]), 3)
        other = (path / "index" / "S" / "meta.json").stat().st_ino
        with Archive.open(path) as reading:
            assert _keys(reading.index, "zanzibar", U) == ["2009ZENDA3"]
            archive.index_again(["2009ZENDA3"])
            assert archive.index.changed() == {"U"}
            assert _words(archive.index, "U") == ["lease", "zanzibar"]
            before = _files(path / "index" / "U")
            assert archive.compact()
            assert not _files(path / "index") & before
            assert _words(archive.index, "U") == ["lease"]
            assert (path / "index" / "S" / "meta.json").stat().st_ino == other
            assert not archive.index.has_deleted
            assert not archive.compact()
            for index in (reading.index, archive.index):
                assert (_ask(index, "lease", U).total, _ask(index, "zanzibar", ALL).total) == (2, 0)
        archive.index_again(["2009ZENDA1"])
        archive.compact()
        assert _ask(archive.index, "lease", U).total == 2


def test_a_tier_whose_last_cable_went_is_gone_when_rewritten(index: Index) -> None:
    """As it would not be in an index made afresh."""
    index.update(_rows([_one(1, "(U) lease")]), 1)
    index.remove(["2009STRELSAU1"], 1)
    index.rewrite(index.changed(), (), 1)
    assert [file.name for file in index.path.iterdir()] == ["position.json"]
    assert _ask(index, "").total == 0


def test_a_rewriting_that_fails_or_is_killed_leaves_the_index_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no folder of a tier half made, once the index is opened for writing."""
    path = tmp_path / "index"
    rows = _rows([_one(1, "(U) lease"), _one(2, "(S) lease", classification="SECRET")])

    def failing() -> Iterable[Entry]:
        yield from rows
        raise OSError("the disk is gone")

    with Index.open(path, write=True) as index:
        index.update(rows, 2)
        monkeypatch.setattr("reftel.archive.index.STEP", 1)
        with pytest.raises(OSError, match="disk is gone"):
            index.rewrite(LABELS, failing(), 2)
        assert {file.name for file in path.iterdir()} == {"U", "S", "position.json"}
        assert _ask(index, "lease").total == 2
    (path / "S.1").mkdir()
    with Index.open(path, write=True) as index:
        assert {file.name for file in path.iterdir()} == {"U", "S", "position.json"}
        assert _ask(index, "lease").total == 2


SOUGHT = (
    "",
    "lease",
    "lease OR base OR krona OR uranium",
    "lease base",
    '"lease base"',
    "le* -base",
    "-lease",
    "U.S.-Russia",
    "menard OR ferry",
    "tag:PREL lease",
    "tag:KZ OR tag:ECON",
    "to:STATE",
    "to:ZENDA base",
    "from:ZENDA lease OR treaty",
    'ref:"ZENDA 3"',
    "class:U",
    "class:C lease",
    "class:TS",
    "caption:EXDIS",
    "id:secret-file-12",
    "2005",
    "2004-02..2005-06 lease",
    "..2004 -base",
    "absent",
)
VARIOUS = [
    *(invented.READERS.values()),
    Reader("TS", frozenset({"NOFORN", "NODIS", "LIMDIS", "ROGER CHANNEL"})),
]


def _varied(chance: Random, cable: Cable) -> Cable:
    """The cable, marked, released or read in another way."""
    other = chance.choice(invented.cables(1, seed=chance.randrange(10**6)))
    parts = {
        "marking": {"classification": other.classification, "handling": other.handling},
        "captions": {"captions": chance.choice([(), ("NODIS",), ("ROGER CHANNEL",), ("EXDIS", "SIPDIS")])},
        "release": {"release": other.release},
        "reading": {
            "paragraphs": other.paragraphs,
            "subject": other.subject,
            "subject_marking": other.subject_marking,
            "tags": other.tags,
        },
    }
    return replace(cable, **parts[chance.choice([*parts])])


def test_after_two_thousand_changes_it_is_an_index_made_afresh(tmp_path: Path) -> None:
    """Added, replaced, removed and added again in batches of any size: keys and counts hold at once, scores
    and order once it is rewritten."""
    chance, path = Random(2000), tmp_path / "index"
    unused, cables, held = invented.cables(900, seed=2000), dict[str, Cable](), dict[str, Entry]()
    index, changes = Index.open(path, write=True), 0
    while changes < 2000:
        new, gone = dict[str, Entry](), set[str]()
        for _ in range(chance.choice([1, 30, 250])):
            kind = chance.random()
            if kind < 0.4 and unused:
                cable = unused.pop()
            elif kind < 0.85 and cables:
                cable = _varied(chance, cables[chance.choice([*cables])])
            elif cables:
                key = chance.choice([*cables])
                unused.insert(0, cables.pop(key))
                gone.add(key)
                new.pop(key, None)
                changes += 1
                continue
            else:
                continue
            cables[cable.key] = cable
            new[cable.key] = entry(cable)
            changes += 1
        index.update(new.values(), changes, removed=gone)
        held = {key: each for key, each in (held | new).items() if key in cables}
        if chance.random() < 0.3:
            index.close()
            index = Index.open(path, write=True)
    with index, Index.open(tmp_path / "afresh", write=True) as afresh:
        afresh.update(held.values(), changes)
        for reader in (C, ALL):
            for text in SOUGHT:
                one, other = _ask(index, text, reader, limit=1000), _ask(afresh, text, reader, limit=1000)
                assert {key for key, _ in one.hits} == {key for key, _ in other.hits}, text
                assert (one.total, one.facets) == (other.total, other.facets), text
        index.rewrite(index.changed(), (held[key] for key in index.keys(index.changed())), changes)
        for reader in VARIOUS:
            for text in SOUGHT:
                one, other = _ask(index, text, reader, limit=1000), _ask(afresh, text, reader, limit=1000)
                assert one == other, (reader, text)
        assert _tiers(index) == _tiers(afresh)


def _tiers(index: Index) -> dict[str, int]:
    """How many cables each tier counts in relevance."""
    return {label: tier.searcher.num_docs for label, tier in index._committed().items()}


# -- several processes ----------------------------------------------------------------------------------


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


def test_every_order_is_exact_as_a_float() -> None:
    """Tantivy tells the least and the greatest of them as floats, between which cables are counted."""
    last = build.cable(None, "(C) The king.", key="vol1/d1", sent="9999-12-31T23:59Z")
    known = renamed(entry(last), "x3f0c", "vol1/d1", before=10**6)
    assert entry(last).order <= known.order < 2**53
