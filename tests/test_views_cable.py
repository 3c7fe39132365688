"""A cable opened for a reader, and its copy taken apart by what was read from it."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import build
import invented
from reftel import clearance
from reftel.archive import Archive
from reftel.cable import Addressee
from reftel.clearance import ALL
from reftel.forge import sample
from reftel.ingest import ingest
from reftel.query import Query
from reftel.readingroom import ReadingRoom
from reftel.views.cable import (
    CITERS,
    TAGS,
    Opened,
    Stretch,
    beside,
    opened,
    parted,
    places,
    stretches,
    terms,
)
from reftel.web.received import elements

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def cut(text: str, **fields: list[tuple[int, int]]) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.text, each.fields) for each in stretches(text, fields.items())]


def test_places_beside_one_another():
    """What lies between places belongs to no field."""
    assert cut(LETTERS[:9], a=[(1, 3)], b=[(3, 5)], c=[(7, 9)]) == [
        ("a", ()), ("bc", ("a",)), ("de", ("b",)), ("fg", ()), ("hi", ("c",)),
    ]  # fmt: skip


def test_places_in_one_another():
    """The widest place is named first, also where both begin at once."""
    assert cut(LETTERS[:6], inner=[(2, 3)], outer=[(0, 6)], middle=[(2, 5)]) == [
        ("ab", ("outer",)),
        ("c", ("outer", "middle", "inner")),
        ("de", ("outer", "middle")),
        ("f", ("outer",)),
    ]


def test_places_that_overlap():
    """Where two places cross, the part that both have has both names."""
    assert cut(LETTERS[:6], a=[(0, 4)], b=[(2, 6)]) == [("ab", ("a",)), ("cd", ("a", "b")), ("ef", ("b",))]


def test_fragments_with_blanks_between_them_are_one_place():
    """A subject over two lines is lit as one; fragments with words between them are two."""
    assert cut("ON\nMANAS, and", s=[(0, 2), (3, 8)]) == [("ON\nMANAS", ("s",)), (", and", ())]
    assert cut("ON page MANAS", s=[(0, 2), (8, 13)]) == [("ON", ("s",)), (" page ", ()), ("MANAS", ("s",))]


def test_places_outside_the_text_are_cut_to_it():
    """A place that reaches too far ends with the text; an empty one is an empty stretch."""
    assert cut("abc", a=[(2, 9)], b=[(1, 1)], c=[(7, 8)]) == [
        ("a", ()), ("", ("b",)), ("b", ()), ("c", ("a",)), ("", ("c",)),
    ]  # fmt: skip


SPANS = st.dictionaries(
    st.sampled_from(LETTERS),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).map(sorted).map(tuple), max_size=3),
    max_size=8,
)


@given(st.text("ab \n", max_size=30), SPANS)
def test_stretches_are_the_text(text, fields):
    """Together they are the text, and every place holds just what it held."""
    cut = list(stretches(text, fields.items()))
    assert "".join(each.text for each in cut) == text
    at, names = 0, {name: set() for name in fields}
    for each in cut:
        for name in each.fields:
            names[name] |= set(range(at, at + len(each.text)))
        at += len(each.text)
    for name, spans in fields.items():
        inside = {place for first, end in spans for place in range(first, min(end, len(text)))}
        assert inside <= names[name]
        assert not "".join(text[place] for place in sorted(names[name] - inside)).strip()


@given(st.text("ab \n", max_size=30), SPANS)
def test_elements_are_closed_in_order(text, fields):
    """As a page writes it: every element that opens is closed, no text is lost, a field is linked to once."""
    cut = list(stretches(text, fields.items()))
    open_, written, first = [], "", []
    for each in elements(cut):
        if each.opens is not None:
            open_.append(each.opens)
            first += [each.opens] if each.first else []
        elif each.text is not None:
            written += each.text
        else:
            open_.pop()
    assert (open_, written) == ([], text)
    assert sorted(first) == sorted({name for stretch in cut for name in stretch.fields})


def test_nested_places_are_one_element():
    """A place with another in it is not torn in two, so that a link to it lights all of it."""
    steps = [each.opens or each.text or "/" for each in elements([
        Stretch("a", ("p1",)), Stretch("b", ("p1", "d0")), Stretch("c", ("p1",)),
    ])]  # fmt: skip
    assert steps == ["p1", "a", "d0", "b", "/", "c", "/"]


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    """An archive of the whole sample."""
    folder = tmp_path_factory.mktemp("sample")
    for forged in sample():
        (folder / forged.name).write_bytes(forged.text)
    path = tmp_path_factory.mktemp("archive") / "archive"
    ingest(path, [folder], collection="sample", workers=1)
    return path


def test_every_copy_is_shown_whole(archive):
    """The stretches of each cable are its copy, and every field that has a place is among them.

    Of one with protected names there is none, and no place.
    """
    with Archive.open(archive) as held:
        room = ReadingRoom(held, ALL)
        for _, cable, _, _ in held.store.cables():
            shown = opened(room, cable.key)
            assert isinstance(shown, Opened)
            assert shown.copy_text == room.copy_text(cable.key)
            if shown.names_protected:
                assert (shown.copy, shown.places) == (None, frozenset())
                continue
            assert shown.places == {field for field, spans in places(cable) if spans}
            starts = [len(each.text) for each in shown.copy or ()]
            assert sum(starts) == len(shown.copy_text or "")


def test_references_that_are_here_have_a_key(archive):
    """A reference is held or it is not; who cites a cable is counted."""
    with Archive.open(archive) as held:
        room = ReadingRoom(held, ALL)
        cables = [cable for _, cable, _, _ in held.store.cables()]
        here = {cable.id for cable in cables if cable.id}
        citing: dict[str, int] = {}
        for cable in cables:
            cited = {each.id for each in cable.references if each.id}
            shown = opened(room, cable.key)
            assert shown is not None
            assert set(shown.held) == cited & here
            for one in cited:
                citing[one] = citing.get(one, 0) + 1
        assert any(citing.get(cable.id) for cable in cables if cable.id)
        for cable in cables:
            shown = opened(room, cable.key)
            assert shown is not None
            assert shown.cited_by == citing.get(cable.id or "", 0)


def test_a_reader_who_may_not_see_all_gets_no_copy(archive):
    """To him who may see a part, copy and places do not exist; to him who may see nothing, the cable."""
    with Archive.open(archive) as held:
        room = ReadingRoom(held, clearance.reader("U"))
        shown = {cable.key: opened(room, cable.key) for _, cable, _, _ in held.store.cables()}
        assert None in shown.values()
        parts = [each for each in shown.values() if each and each.copy is None]
        assert parts
        for each in parts:
            assert (each.places, each.cable.defects, each.copy_text) == (frozenset(), (), None)
            assert all(paragraph.marking in (None, "U") for paragraph in each.cable.paragraphs)


def test_stretches_of_a_long_copy_come_in_one_sweep():
    """A copy with many places is cut in a time that grows as the copy does."""
    text = "word " * 20_000
    fields = [(f"p{at}", [(at * 50, at * 50 + 49)]) for at in range(2_000)]
    cut = list(stretches(text, fields))
    assert len(cut) == 4_000
    assert all(one.fields != other.fields for one, other in pairwise(cut))


def ordered(cables):
    """The cables of a post, by date and number."""
    return sorted(cables, key=lambda each: (each.sent, each.mrn.serial or 0, each.key))


def of_post(room, cable):
    """The cables of its post that are named before one and after it."""
    found = [each for each in beside(room, cable) if each.of == "post"]
    return (found[0].before, found[0].after) if found else (None, None)


@pytest.mark.parametrize("level", [None, "SBU", "C"])
def test_before_and_after_are_the_post_s_own(archive, level):
    """By date and number, among those that the reader may see; none at either end."""
    with Archive.open(archive) as held:
        room = ReadingRoom(held, clearance.reader(level) if level else ALL)
        seen = [each.cable for _, cable, _, _ in held.store.cables() if (each := room.cable(cable.key))]
        posts = {cable.from_.station for cable in seen if cable.from_.station}
        assert len(posts) > 3
        for post in posts:
            # a day is known: of a month alone nobody can say what comes before
            own = ordered(
                each for each in seen if each.from_.station == post and each.sent and len(each.sent) > 9
            )
            for at, cable in enumerate(own):
                before, after = of_post(room, cable)
                assert (before and before.key) == (own[at - 1].key if at else None)
                assert (after and after.key) == (own[at + 1].key if at + 1 < len(own) else None)


def test_a_cable_without_a_date_stands_between_its_numbers(tmp_path):
    """Of its post and year, as far as the reader may see them."""
    cables = [
        build.cable("2009ZENDA3", "(U) Snow.", classification="UNCLASSIFIED", sent="2009-01-03T10:00Z"),
        build.cable("2009ZENDA5", "(S) Ice.", classification="SECRET", sent=None),
        build.cable("2009ZENDA7", "(U) Rain.", classification="UNCLASSIFIED", sent=None),
        build.cable("2009STRELSAU6", "(U) Hail.", classification="UNCLASSIFIED", sent=None),
        build.cable("2009ZENDA12", "(U) Fog.", classification="UNCLASSIFIED", sent="2009-02-01"),
    ]
    with invented.archive(tmp_path / "archive", cables) as held:
        for reader, expected in (
            (ALL, ("2009ZENDA5", "2009ZENDA12")),
            (clearance.reader("U"), ("2009ZENDA3", "2009ZENDA12")),
        ):
            room = ReadingRoom(held, reader)
            near = of_post(room, room.cable("2009ZENDA7").cable)
            assert tuple(each and each.key for each in near) == expected
            alone = room.cable("2009STRELSAU6").cable
            assert [*beside(room, alone)] == []


@pytest.mark.parametrize("level", [None, "C"])
def test_before_and_after_of_the_day_and_with_each_tag(archive, level):
    """Those of the reader's own cables that stand next to it by their minutes; none the day before."""
    with Archive.open(archive) as held:
        room = ReadingRoom(held, clearance.reader(level) if level else ALL)
        seen = [each.cable for _, cable, _, _ in held.store.cables() if (each := room.cable(cable.key))]
        dated = [cable for cable in seen if cable.sent and len(cable.sent) > 9]
        found = {cable.key: {(each.of, each.value): each for each in beside(room, cable)} for cable in dated}
        assert sum(of == "tag" for some in found.values() for of, _ in some) > 60
        for cable in dated:
            for tag in cable.tags[:TAGS]:
                near = found[cable.key].get(("tag", tag))
                earlier = [one.sent for one in dated if tag in one.tags and one.sent < cable.sent]
                later = [one.sent for one in dated if tag in one.tags and one.sent > cable.sent]
                assert (near and near.before and near.before.date) == max(earlier, default=None)
                assert (near and near.after and near.after.date) == min(later, default=None)
            for of, value in found[cable.key]:
                near = found[cable.key][of, value]
                if of == "day":
                    assert {each.date[:10] for each in (near.before, near.after) if each} == {value}


def test_those_that_cite_a_cable_are_named(archive):
    """The newest of them, as many as a short list has; the rest are counted."""
    with Archive.open(archive) as held:
        room = ReadingRoom(held, ALL)
        shown = [opened(room, hit.key) for hit in room.search(Query.parse(""), limit=200).hits]
        cited = [each for each in shown if each and each.cited_by]
        assert cited
        for each in cited:
            assert len(each.citing) == min(each.cited_by, CITERS)
            for other in each.citing:
                citer = room.cable(other.key)
                assert citer is not None
                assert each.cable.id in {reference.id for reference in citer.cable.references}


def test_the_words_of_a_passing_line_are_explained():
    """Offices and posts; what is no code is left as it is, and the pieces are the line again."""
    line = "STATE FOR S, P, EUR AND S/S-O (NOSUCHOFFICE)"
    found = terms(build.cable("2005ZENDA7", "The king came.", passing=(line,)))["passing"]
    assert {*found} == {"STATE", "S", "P", "EUR", "S/S-O"}
    assert found["P"][0].kind == "office"  # and no precedence
    pieces = [*parted(line, found)]
    assert "".join(pieces) == line
    assert [piece for piece in pieces if piece in found] == ["STATE", "S", "P", "EUR", "S/S-O"]
    assert [*parted("", found)] == []


def test_the_prosigns_of_the_copy_are_explained():
    """Those at the head of a line; the words of a sentence are none."""
    head = "VZCZCXRO0007\nPP RUEHC\nDE RUEHZN #0007\nFM AMCONSUL ZENDA\nTO RUEHC/SECSTATE\nBT\n"
    said = "1. GO\nINFO BY\nDE FACTO\n"
    there = ((len(head), len(head) + len(said)),)
    cable = build.cable("2005ZENDA7", build.paragraph(said, 1, spans=there))
    assert {*terms(cable, f"{head}{said}NNNN\n")["prosign"]} == {*("VZCZC", "DE", "FM", "TO", "BT", "NNNN")}
    assert "prosign" not in terms(cable, " " * len(head) + said)
    assert "prosign" not in terms(cable)  # of whom the copy is not for


def test_an_addressee_that_is_no_post_is_explained():
    """JCS and NSC are told by what they are; a word of no table is not."""
    to = tuple(Addressee(name) for name in ("JCS", "NSC", "AMEMBASSY VIENNA", "NOSUCHBODY"))
    found = terms(build.cable("2005ZENDA7", "The king came.", info=to))["post"]
    assert found["JCS"][0].words == "Joint Chiefs of Staff"
    assert {*found} >= {"JCS", "NSC", "AMEMBASSY VIENNA"}
    assert "NOSUCHBODY" not in found


@pytest.mark.parametrize(
    ("id", "order"),
    [("1976ZENDA7", "11652"), ("1990ZENDA7", "12356"), ("2004ZENDA7", "12958"), ("2011ZENDA7", "13526")],
)
def test_a_code_cites_the_order_of_its_cable_s_time(id, order):
    """The level and the marks by the order that was in force, not by one of another decade."""
    found = terms(build.cable(id, "(C) The king came.", classification="CONFIDENTIAL", tags=("SZ",)))
    for (meaning,) in (found["level"]["CONFIDENTIAL"], found["mark"]["(C)"]):
        assert f"E.O. {order}" in meaning.authority
    assert [one.words for one in found["tags"]["SZ"]] == ["Switzerland"]


def test_every_code_is_explained_in_its_place():
    """With its authority; ADS of an E.O. line is no office, and a mark is told by its parts."""
    cable = build.cable(
        "2004ZENDA7", "(S//NF) Septel has more. NFI.", classification="SECRET", tags=("PREL",)
    )
    found = terms(cable)
    assert [each.words for each in found["mark"]["(S//NF)"]] == [
        "SECRET",
        "not releasable to foreign nationals",
    ]
    assert found["tags"]["PREL"][0].years
    assert {*found["text"]} == {"Septel", "NFI"}
    assert "damage" in found["level"]["SECRET"][0].words
    assert all(one.authority for codes in found.values() for given in codes.values() for one in given)
