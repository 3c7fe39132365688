"""The archive keeps copies byte for byte and cables portion by portion, and says plainly what is wrong."""

import contextlib
import os
import shutil
import sqlite3
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import invented
from build import cable, copy, pair, paragraph
from reftel.archive import Archive, Held, accession
from reftel.archive.calendar import Calendar
from reftel.archive.entries import fields_of
from reftel.archive.portions import OUTLINE, WHOLE, compress, cut, join
from reftel.cable import (
    Addressee,
    Authority,
    Cable,
    Catalogue,
    Copy,
    Defect,
    Distribution,
    Drafting,
    Hand,
    Mrn,
    Office,
    Paragraph,
    Part,
    Redaction,
    Reference,
    Release,
    Sections,
    Sender,
    Transmission,
)
from reftel.clearance import (
    ALL,
    Policy,
    Reader,
    governing,
    marking_of_label,
    may_read,
    may_read_all,
    visible,
)
from reftel.errors import ArchiveError, UsageError
from reftel.findings.signers import Term
from reftel.markings import RANKS
from reftel.profiles import profile
from reftel.query import Query

replace = msgspec.structs.replace


@pytest.fixture
def archive(tmp_path):
    with Archive.create(tmp_path / "archive") as archive:
        yield archive


def put(archive: Archive, *pairs: tuple[Copy, Cable], collection: str = "default", status="unknown"):
    return archive.store.put(pairs, collection, status)


def dump(archive: Archive) -> list[str]:
    with sqlite3.connect(archive.path / "archive.db") as db:
        lines = list(db.iterdump())
    db.close()
    return lines


# ---- copies


@pytest.mark.parametrize("raw", [b"\r\nPLAIN\r\n\x0c", b"\xff\xfe\x00", bytes(range(256)) * 300, b"\n"])
def test_a_copy_comes_out_byte_for_byte(archive, raw):
    """Line ends, form feeds and bytes that are no text are kept as they came."""
    made, read = pair(cable(), raw=raw)
    put(archive, (made, read))
    assert archive.store.raw(made.sha256) == raw
    (kept,) = archive.store.copies_of(read.key)
    assert (kept.sha256, kept.locator, kept.collection) == (made.sha256, made.locator, "default")


def test_the_same_bytes_twice_change_nothing(archive):
    """Under another name and in another collection too: the database is the same to the last row."""
    made, read = pair(cable())
    (first,) = put(archive, (made, read))
    before = dump(archive)
    again = put(archive, (replace(made, locator="other.txt"), read), (made, read), collection="other")
    assert [(kept.key, kept.seq, kept.known) for kept in again] == [(first.key, first.seq, True)] * 2
    assert dump(archive) == before


def test_a_batch_is_kept_whole_or_not_at_all(archive):
    """What goes wrong with one copy leaves none of its batch behind."""
    broken = replace(copy(cable("2009ZENDA1")), locator=None)
    with pytest.raises(ArchiveError, match=r"archive\.db"):
        put(archive, pair(cable()), (broken, cable("2009ZENDA1")))
    assert archive.store.size() == (0, 0)
    put(archive, pair(cable()))
    assert archive.store.size() == (1, 1)


# ---- portions


MARKS = st.none() | st.sampled_from(
    "U|SBU|C|S|S//NF|TS|S//SI|C//REL RUR|S/REL RURITANIA, PONTEVEDRO|C//XX|?|HAH?|".split("|")
)
TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
NAMES = st.none() | TEXT
SPANS = st.lists(st.tuples(st.integers(0, 9999), st.integers(0, 9999)), max_size=3).map(tuple)
VOICES = st.sampled_from(["summary", "report", "comment"])


def texts(strategy=TEXT):
    return st.lists(strategy, max_size=3).map(tuple)


PARTS = st.builds(Part, marking=MARKS, voice=VOICES, text=TEXT, spans=SPANS)


@st.composite
def in_parts(draw):
    """A paragraph that is its parts and the blanks between them, as nearly all are."""
    parts = draw(st.lists(PARTS, min_size=2, max_size=4))
    text = parts[0].text + "".join(draw(st.sampled_from([" ", "\n", "\n\n", ""])) + p.text for p in parts[1:])
    return draw(
        st.builds(
            Paragraph,
            number=st.none() | st.integers(0, 99),
            anchor=TEXT,
            marking=MARKS,
            heading=NAMES | st.sampled_from(["(U) A", "(S) B", "(?) C"]),
            voice=VOICES,
            text=st.just(text),
            spans=SPANS,
            parts=st.just(tuple(parts)),
        )
    )


PARAGRAPHS = st.builds(
    Paragraph,
    number=st.none() | st.integers(0, 99),
    anchor=TEXT,
    marking=MARKS,
    heading=NAMES,
    voice=VOICES,
    text=TEXT,
    spans=SPANS,
    parts=texts(PARTS),
)
PARAGRAPHS = in_parts() | PARAGRAPHS | st.builds(paragraph, TEXT, marking=MARKS)
OFFICES = st.builds(Office, code=TEXT, copies=st.none() | st.integers(0, 99))
HANDS = st.builds(Hand, text=TEXT, office=NAMES, name=NAMES, note=NAMES)
CABLES = st.builds(
    Cable,
    id=st.none() | st.just("2009STRELSAU12"),
    key=st.just("2009STRELSAU12"),
    aliases=texts(st.sampled_from(["09STRELSAU12", "STRELSAU 000012", "a_file.txt", "2010ZENDA1"])),
    mrn=st.just(Mrn(2009, "STRELSAU", 12, "stated")),
    era=st.sampled_from(["acp127", "sas", "plain"]),
    extract=st.booleans(),
    sections=st.none() | st.just(Sections((1, 2), 2)),
    sent=NAMES,
    sent_basis=st.sampled_from([None, "dtg", "text"]),
    precedence=texts(),
    transmission=st.none() | st.builds(Transmission, id=NAMES, routing=texts()),
    from_=st.builds(Sender, NAMES, NAMES),
    to=texts(st.builds(Addressee, name=TEXT, number=NAMES, except_=texts())),
    info=texts(st.builds(Addressee, name=TEXT, routing=NAMES, precedence=NAMES)),
    classification=st.sampled_from([None, "UNCLASSIFIED", "CONFIDENTIAL", "SECRET", "GARBLED"]),
    handling=texts(st.sampled_from(["SENSITIVE", "NOFORN", "WHAT"])),
    captions=texts(st.sampled_from(["SIPDIS", "EXDIS", "NODIS", "UNHEARD OF"])),
    passing=texts(),
    release=st.builds(
        Release,
        status=st.sampled_from(["released", "leaked", "unknown"]),
        current=st.sampled_from([None, "UNCLASSIFIED", "SECRET"]),
        authority=NAMES,
        date=NAMES,
        basis=st.sampled_from([None, "stamp"]),
    ),
    authority=st.none() | st.builds(Authority, order=NAMES, exemptions=texts()),
    tags=texts(),
    tags_unknown=texts(),
    subject=NAMES,
    subject_marking=MARKS,
    references=texts(
        st.builds(
            Reference, text=TEXT, span=st.tuples(st.integers(), st.integers()), kind=st.just("telegram")
        )
    ),
    paragraphs=texts(PARAGRAPHS),
    signature=NAMES,
    catalogue=st.none()
    | st.builds(
        Catalogue,
        id=NAMES,
        title=NAMES,
        tags=texts(),
        from_=NAMES,
        to=texts(),
        references=texts(),
        attributes=st.dictionaries(st.sampled_from(["Subject", "TAGS", "Office"]), TEXT, max_size=3),
    ),
    spans=st.dictionaries(TEXT, SPANS, max_size=3),
    defects=texts(
        st.builds(Defect, code=TEXT, message=TEXT, span=st.none() | st.tuples(*[st.integers()] * 2))
    ),
    redactions=texts(
        st.builds(
            Redaction, kind=st.just("x-run"), text=TEXT, span=st.tuples(*[st.integers()] * 2), anchor=NAMES
        )
    ),
    operating_signals=texts(),
    distribution=st.none() | st.builds(Distribution, action=texts(OFFICES), total=st.none() | st.just(7)),
    drafting=st.none() | st.builds(Drafting, drafted_by=st.none() | HANDS, cleared_by=texts(HANDS)),
    tags_persons=texts(),
)


READERS = st.builds(
    Reader,
    st.sampled_from(list(RANKS)),
    st.frozensets(st.sampled_from(["NOFORN", "SBU", "EXDIS", "SI", "REL RUR", "REL PONTEVEDRO"]), max_size=4),
)
POLICIES = st.sampled_from([Policy(withheld="absent"), Policy(withheld="marked")])


def for_reader(bodies, read, reader, policy):
    """The portions that the store fetches for a reader."""
    permitted = {
        label: body
        for label, body in bodies.items()
        if (label == WHOLE and may_read_all(reader, read)) or may_read(reader, marking_of_label(label))
    }
    told = {label: body for label, body in bodies.items() if label == OUTLINE}
    return {**permitted, **told} if permitted and policy.withheld == "marked" else permitted


@settings(max_examples=300, deadline=None)
@given(read=CABLES, reader=READERS, policy=POLICIES)
def test_a_cable_with_all_its_portions_is_the_cable(read, reader, policy):
    """Cut and joined it is the same to the last span; with a reader's labels, what that reader may see."""
    made = cut(read, governing(read))
    bodies = dict(made.bodies)
    assert join(read.key, made.frame, bodies) == read
    permitted = for_reader(bodies, read, reader, policy)
    left = visible(read, reader, policy)
    assert (join(read.key, made.frame, permitted) if permitted else None) == left
    if left is not None:
        made = cut(left, governing(left))
        assert join(read.key, made.frame, dict(made.bodies)) == left


@pytest.mark.parametrize(
    "reader",
    [
        Reader("U"),
        Reader("U", frozenset({"SBU"})),
        Reader("C", frozenset({"NOFORN"})),
        Reader("S", frozenset({"REL SAU", "EXDIS"})),
        Reader("TS"),
    ],
)
def test_what_is_cut_and_joined_for_a_reader_is_what_he_may_see(reader):
    """Of many cables whose parts have marks of their own, under both policies."""
    for read in invented.cables(400, seed=11):
        made = cut(read, governing(read))
        for policy in (Policy(withheld="absent"), Policy(withheld="marked")):
            permitted = for_reader(dict(made.bodies), read, reader, policy)
            joined = join(read.key, made.frame, permitted) if permitted else None
            assert joined == visible(read, reader, policy)


def test_a_cable_that_is_seen_whole_or_not_at_all_costs_no_outline(archive):
    """Released, or marked throughout alike: one portion, and where it all stands."""
    parts = (Part("S", "report", "One.", ()), Part("U", "report", "Two.", ()))
    read = cable("2009ZENDA1", paragraph("One. Two.", marking="S", parts=parts), release=Release("released"))
    assert [label for label, _ in cut(read, governing(read)).bodies] == [WHOLE, "U"]
    read = cable("2009ZENDA1", paragraph("One. Two.", marking="S", parts=parts))
    assert [label for label, _ in cut(read, governing(read)).bodies] == [WHOLE, OUTLINE, "C", "S", "U"]


def test_a_paragraph_is_kept_in_its_parts(archive):
    """Each under its own label: who may not see one does not touch it, and is not told of it unasked."""
    parts = (
        Part("S", "comment", "One.", ((1, 2),)),
        Part("U", "report", "-- Two.", ((2, 3),)),
        Part("S", "report", "-- Three.", ((3, 4),)),
    )
    put(
        archive,
        pair(read := cable("2009ZENDA1", paragraph("One.\n-- Two.\n-- Three.", marking="S", parts=parts))),
    )
    with sqlite3.connect(archive.path / "archive.db") as db:
        db.execute("UPDATE portion SET body = x'00' WHERE label NOT IN ('U', '+')")
    db.close()
    seen = archive.store.load(read.key, lambda labels: labels & {"U"})
    assert seen is not None
    assert seen.paragraphs == (
        Paragraph(1, "1", None, None, "report", "-- Two.", (), (Part("U", "report", "-- Two.", ()),)),
    )
    told = archive.store.load(read.key, lambda labels: labels & {"U"} | {OUTLINE})
    assert told is not None
    assert [(part.marking, part.text) for part in told.paragraphs[0].parts] == [
        ("S", ""),
        ("U", "-- Two."),
        ("S", ""),
    ]
    assert archive.store.load(read.key, lambda labels: frozenset({OUTLINE})) is None


def test_a_cable_comes_out_as_it_went_in(archive):
    """One by one, and in the order of arrival."""
    pairs = [pair(cable(f"2009ZENDA{serial}", "(C) One.", "(S//NF) Two.")) for serial in range(300, 0, -1)]
    put(archive, *pairs)
    assert [(seq, read) for seq, read, _, _ in archive.store.cables()] == list(
        enumerate((read for _, read in pairs), 1)
    )
    assert [seq for seq, *_ in archive.store.cables(after_seq=290, upto=298)] == list(range(291, 299))
    assert archive.store.held("2009ZENDA300") == Held(pairs[0][1], "default", 1)
    assert archive.store.last_seq() == 300


def test_what_is_not_permitted_is_not_touched(archive):
    """Portions of other labels may hold anything: a question that leaves them out never decodes them."""
    made, read = pair(cable("2009STRELSAU12", "(C) One.", "(S) Two.", "(U) Three.", subject_marking="U"))
    put(archive, (made, read))
    with sqlite3.connect(archive.path / "archive.db") as db:
        db.execute("UPDATE portion SET body = x'00' WHERE label IN ('S', '*')")
    db.close()
    seen = archive.store.load(read.key, lambda labels: labels & {"U", "C"})
    assert seen is not None
    assert [each.text for each in seen.paragraphs] == ["One.", "Three."]
    assert seen.classification == "CONFIDENTIAL"


def test_many_cables_are_loaded_as_one_by_one(archive):
    """As far as is permitted, each by its key, without their places; what is not there is left out."""
    pairs = [pair(cable(f"2009ZENDA{serial}", "(C) One.", "(S) Two.", "(U) Three.")) for serial in (1, 2)]
    put(archive, *pairs, pair(cable("2009ZENDA3", "(S) One.", classification="SECRET")))
    keys = ["2009ZENDA3", "2009ZENDA2", "2009NOWHERE1", "2009ZENDA1"]
    some = archive.store.load_many(keys, lambda labels: labels & {"U", "C"})
    assert {*some} == {"2009ZENDA1", "2009ZENDA2"}
    for key, read in some.items():
        assert read == archive.store.load(key, lambda labels: labels & {"U", "C"})
    every = archive.store.load_many(keys, lambda labels: labels)
    assert [len(every[key].paragraphs) for key in ("2009ZENDA1", "2009ZENDA3")] == [3, 1]
    assert {read.copy for read in every.values()} == {None}
    assert archive.store.load_many([], lambda labels: labels) == {}


def test_a_damaged_record_is_said_plainly(archive):
    """The copy is whole, so the remedy is to make the record afresh."""
    put(archive, pair(cable()))
    with sqlite3.connect(archive.path / "archive.db") as db:
        db.execute("UPDATE portion SET body = x'00'")
    db.close()
    for question in (lambda: archive.store.load("2009STRELSAU12"), lambda: list(archive.store.cables())):
        with pytest.raises(ArchiveError, match="2009STRELSAU12 is damaged; run `reftel rebuild"):
            question()


def test_where_things_stand_is_told_to_him_who_sees_everything(archive):
    """Spans, defects, the copy and names of files tell of the length and place of what is hidden."""
    made, read = pair(
        cable(
            "2009STRELSAU12",
            "(C) One.",
            "(S) Two.",
            aliases=("a_file.txt", "09STRELSAU12"),
            spans={"/subject": ((3, 9),)},
            defects=(Defect("page-line", "page line taken out between paragraphs 1 and 2", (3, 9)),),
            references=(Reference("ZENDA 1", (40, 47), "telegram"),),
        )
    )
    put(archive, (made, read))
    part = archive.store.load(read.key, lambda labels: labels - {"S"})
    assert part is not None
    assert (part.copy, part.defects, part.spans) == (None, (), {})
    assert part.aliases == ("09STRELSAU12",)
    assert part.references[0].span == (0, 0)
    assert part.paragraphs[0].spans == part.paragraphs[0].parts[0].spans == ()
    assert archive.store.load(read.key, lambda labels: labels) == read


def test_who_may_see_nothing_learns_nothing(archive):
    """A cable of which nothing is permitted is the same as one that is not held."""
    put(archive, pair(cable()))
    assert archive.store.load("2009STRELSAU12", lambda labels: frozenset()) is None
    assert archive.store.load("2009STRELSAU13") is None


def test_the_title_of_the_catalogue_goes_with_the_subject(archive):
    """A subject that is marked higher than the cable's header is not told by the packaging either."""
    made, read = pair(
        cable(
            "2009STRELSAU12", "(C) One.", subject_marking="S", catalogue=Catalogue("09STRELSAU12", title="X")
        )
    )
    put(archive, (made, read))
    seen = archive.store.load(read.key, lambda labels: labels - {"S"})
    assert seen is not None
    assert (seen.subject, seen.catalogue) == (None, Catalogue("09STRELSAU12"))


# ---- collections


def test_a_collection_says_what_has_become_of_its_cables(archive):
    """Where a copy itself says nothing of release, its collection does; and only there."""
    stamped = Release("released", "UNCLASSIFIED", basis="stamp")
    put(
        archive,
        pair(cable("2009ZENDA1")),
        pair(cable("2009ZENDA2", release=stamped)),
        collection="leaks",
        status="leaked",
    )
    first, second = archive.store.load("2009ZENDA1"), archive.store.load("2009ZENDA2")
    assert first is not None and second is not None
    assert first.release == Release("leaked", basis="collection")
    assert second.release == stamped
    assert [row[2:] for row in archive.store.cables()] == [("leaks", "leaked"), ("leaks", "released")]


def test_a_collection_has_one_status(archive):
    """Given again without one it keeps it; given with another it is refused."""
    put(archive, pair(cable("2009ZENDA1")), collection="leaks", status="leaked")
    put(archive, pair(cable("2009ZENDA2")), collection="leaks")
    assert [row[3] for row in archive.store.cables()] == ["leaked", "leaked"]
    with pytest.raises(UsageError, match="'leaks' is kept as leaked, not as released"):
        put(archive, pair(cable("2009ZENDA3")), collection="leaks", status="released")


# ---- identity

DAY = {"sent": "2009-02-12", "sent_basis": "catalogue"}
ONE = "(C) The king left Strelsau for Zenda on Tuesday with a small escort and has not been seen since."
GARBLED = "(C) The king left Strelsau for Zenda on TUexday with a small escort and has nt been seen since."
OTHER = "(C) Bread is dear in the old town, and the guilds ask the chancellor to open the royal granaries."


def keys(archive: Archive, *cables: Cable) -> list[str]:
    copies = [pair(each, raw=f"copy {rank}".encode()) for rank, each in enumerate(cables)]
    return [kept.key for kept in put(archive, *copies)]


def test_copies_of_one_telegram_join(archive):
    """The same firm number, and the same date-time group or much the same words."""
    by_dtg = (cable("2009ZENDA1", ONE), cable("2009ZENDA1", OTHER))
    by_text = (cable("2009ZENDA2", ONE, **DAY), cable("2009ZENDA2", GARBLED, **DAY))
    assert keys(archive, *by_dtg, *by_text) == ["2009ZENDA1", "2009ZENDA1", "2009ZENDA2", "2009ZENDA2"]
    assert archive.store.size() == (2, 4)
    assert len(archive.store.copies_of("2009ZENDA1")) == 2
    assert archive.store.may_be_same("2009ZENDA1") == ()
    first = archive.store.load("2009ZENDA2")
    assert first is not None
    assert first.paragraphs[0].text == ONE.removeprefix("(C) ")


def test_copies_that_disagree_stay_apart_and_are_linked(archive):
    """Two telegrams may bear one number by mistake; a third copy joins the one it agrees with."""
    first, second, third, fourth = keys(
        archive,
        cable("2009ZENDA1", ONE, **DAY),
        cable("2009ZENDA1", OTHER, **DAY),
        cable("2009ZENDA1", OTHER + " END", **DAY),
        cable("2009ZENDA1", GARBLED, **DAY),
    )
    assert first == fourth == "2009ZENDA1"
    assert second == third != first
    assert archive.store.may_be_same(first) == (second,)
    assert archive.store.may_be_same(second) == (first,)


def test_a_short_copy_agrees_with_no_long_one_by_chance(archive):
    """Words that every text has are no sign that two texts are one."""
    long = "(C) " + " ".join(f"and the {word} of the king in a town on" for word in "abcdefghijklmnopqrst")
    first, second = keys(
        archive,
        cable("2009ZENDA1", long, **DAY),
        cable("2009ZENDA1", "(C) In the town the king and the duke dine on a barge of the guild.", **DAY),
    )
    assert first != second


@pytest.mark.parametrize("basis", ["declassify_on", "filename", "context"])
def test_a_number_in_doubt_joins_nothing(archive, basis):
    """Its copies have addresses of their own and are linked, whichever came first."""
    doubtful = cable("2009ZENDA1", ONE, basis=basis)
    first, second, third = keys(archive, doubtful, cable("2009ZENDA1", ONE), doubtful)
    assert second == "2009ZENDA1"
    assert len({first, second, third}) == 3
    assert set(archive.store.may_be_same(second)) == {first, third}


def test_sections_that_come_apart_stay_apart(archive):
    """Two sections of one message have one number and one date-time group, and no word in common."""
    first, second = keys(
        archive,
        cable("2009ZENDA1", ONE, sections=Sections((1,), 2)),
        cable("2009ZENDA1", OTHER, sections=Sections((2,), 2)),
    )
    assert archive.store.may_be_same(first) == (second,)


def test_a_document_name_is_an_address(archive):
    """Where no number is firm the source's own name is the key; a second copy of that name is linked."""
    made = [
        pair(cable(None, ONE), raw=b"one", document="frus1958-60v08/d113"),
        pair(cable(None, OTHER), raw=b"two", document="frus1958-60v08/d113"),
    ]
    first, second = (kept.key for kept in put(archive, *made))
    assert first == "frus1958-60v08/d113"
    assert archive.store.may_be_same(second) == (first,)


def test_an_address_of_ones_own_tells_nothing_of_the_copy(tmp_path):
    """It is made with the archive's secret: two archives give one copy different keys."""
    made, read = pair(cable(None, ONE))
    found = []
    for name in ("one", "two"):
        with Archive.create(tmp_path / name) as archive:
            (kept,) = put(archive, (made, read))
            found.append(kept.key)
            stored = archive.store.load(kept.key)
            assert stored == replace(read, key=kept.key)
    assert len({*found}) == 2
    for key in found:
        assert len(key) == 13 and key[0] == "x" and int(key[1:], 16) >= 0
        assert key[1:] not in made.sha256


@pytest.mark.parametrize(
    "spelling",
    [
        "2009STRELSAU12",
        "09STRELSAU12",
        "2009STRELSAU00012",
        " strelsau 000012 ",
        "Strelsau 12",
        "09STRELSAU12_a",
    ],
)
def test_every_spelling_finds_the_cable(archive, spelling):
    """Long, short, padded, spaced, without its year, as a page name."""
    put(archive, pair(cable()), pair(cable("2009ZENDA12")))
    assert archive.store.keys_of(spelling) == ("2009STRELSAU12",)


def test_other_names_find_the_cable(archive):
    """Names of files, of either copy; and a number without its year finds those of every year."""
    put(
        archive,
        pair(cable("2008STRELSAU12", aliases=("Leaf_7.txt",)), raw=b"1"),
        pair(cable("2008STRELSAU12", aliases=("leaf_8.txt",)), raw=b"2"),
        pair(cable("2009STRELSAU12")),
    )
    assert archive.store.keys_of("leaf_7.TXT") == archive.store.keys_of("leaf_8.txt") == ("2008STRELSAU12",)
    assert archive.store.keys_of("STRELSAU 12") == ("2008STRELSAU12", "2009STRELSAU12")
    assert archive.store.keys_of("2007STRELSAU12") == archive.store.keys_of("no name") == ()


# ---- the folder


def test_an_archive_is_made_with_the_first_that_is_put_into_it(tmp_path):
    """Its folder and the folders above it too; opened again it holds what it held."""
    path = tmp_path / "far" / "away"
    with Archive.create(path) as archive:
        put(archive, pair(cable()))
    with Archive.create(path) as archive:
        assert archive.store.size() == (1, 1)
    with Archive.open(path) as archive:
        assert archive.store.load("2009STRELSAU12") is not None


def of_an_archive(path: Path) -> Path:
    Archive.create(path).close()
    return path / "archive.db"


def of_a_newer_version(path: Path) -> None:
    with sqlite3.connect(of_an_archive(path)) as db:
        db.execute("UPDATE meta SET value = 99 WHERE name = 'format'")
    db.close()


def of_something_else(path: Path) -> None:
    path.mkdir()
    with sqlite3.connect(path / "archive.db") as db:
        db.execute("CREATE TABLE guests (name)")
    db.close()


def cut_short(path: Path) -> None:
    database = of_an_archive(path)
    database.write_bytes(database.read_bytes()[:20_000])


@pytest.mark.parametrize("write", [False, True])
@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda path: None, "no archive there; check the spelling, or make one with `reftel ingest"),
        (Path.mkdir, "no archive there"),
        (Path.touch, "no archive there"),
        (of_a_newer_version, r"newer version of reftel \(format 99; .* install a newer reftel"),
        (of_something_else, "not an archive of reftel; name another folder"),
        (lambda path: of_an_archive(path).write_text("x" * 5000), "not a database.*backup"),
        (cut_short, "damaged.*backup"),
    ],
)
def test_what_is_no_archive_of_ours_is_said_plainly(tmp_path, made, message, write):
    """Where it is, what is wrong with it, and what to do; and it is left as it was."""
    path = tmp_path / "archive"
    made(path)
    before = {each: each.read_bytes() for each in path.rglob("*.db")} if path.is_dir() else {}
    with pytest.raises(ArchiveError, match=message) as raised:
        Archive.open(path, write=write)
    assert str(path) in str(raised.value)
    assert {each: each.read_bytes() for each in path.rglob("*.db")} == before


@pytest.mark.parametrize(
    ("name", "message"),
    [("full", r"other things are in it \(a.txt\)"), ("full/a.txt", "no archive can be made there")],
)
def test_no_archive_is_made_among_other_things(tmp_path, name, message):
    """A folder of cables, given by mistake as the archive, stays a folder of cables."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.txt").write_text("a cable")
    with pytest.raises(ArchiveError, match=message):
        Archive.create(tmp_path / name)
    assert [each.name for each in (tmp_path / "full").iterdir()] == ["a.txt"]


def test_one_at_a_time_writes(archive):
    """A second writer is told who writes; readers go on, and see what was committed."""
    with pytest.raises(ArchiveError, match=rf"process {os.getpid()} is writing to this archive; wait"):
        Archive.open(archive.path, write=True)
    put(archive, pair(cable()))
    with Archive.open(archive.path) as reading:
        assert reading.store.load("2009STRELSAU12") is not None
        with pytest.raises(ArchiveError, match="cannot be opened or written"):
            put(reading, pair(cable("2009ZENDA1")))
    archive.close()
    Archive.open(archive.path, write=True).close()


# ---- the index follows the store


def found(archive: Archive) -> set[str]:
    """The keys of all cables that the index knows."""
    _, hits = archive.index.ask(Query.parse("king"), fields_of(ALL)).hits(limit=100)
    return {key for key, _ in hits}


def test_the_index_is_brought_up_when_a_writer_was_killed(tmp_path):
    """What the store has and the index has not is indexed by the next to open it, reader or writer."""
    for write in (False, True):
        with Archive.create(tmp_path / str(write)) as archive:
            put(archive, pair(cable("2009ZENDA1")))
            archive.catch_up()
            put(archive, pair(cable("2009ZENDA2")))
            assert archive.is_behind()
        with Archive.open(tmp_path / str(write), write=write) as archive:
            assert not archive.is_behind()
            assert found(archive) == {"2009ZENDA1", "2009ZENDA2"}


def test_an_index_that_is_gone_or_of_another_store_is_made_anew(tmp_path):
    """It is derived: it may be deleted, and an older backup of the store may be put in its place."""
    path = tmp_path / "archive"
    with Archive.create(path) as archive:
        put(archive, pair(cable("2009ZENDA1")))
    backup = (path / "archive.db").read_bytes()
    with Archive.open(path, write=True) as archive:
        put(archive, pair(cable("2009ZENDA2")))
        archive.catch_up()
    shutil.rmtree(path / "index")
    with Archive.open(path) as archive:
        assert found(archive) == {"2009ZENDA1", "2009ZENDA2"}
    (path / "archive.db").write_bytes(backup)
    with Archive.open(path) as archive:
        assert found(archive) == {"2009ZENDA1"}
        assert archive.index.position() == 1


def test_a_reader_does_without_when_a_writer_is_at_work(tmp_path):
    """It sees the index as it is; where there is none yet it is told to wait."""
    with Archive.create(tmp_path / "archive") as archive:
        put(archive, pair(cable("2009ZENDA1")))
        with Archive.open(archive.path) as reading:
            assert reading.is_behind()
        shutil.rmtree(archive.path / "index")
        with pytest.raises(ArchiveError, match="is writing to this archive; wait"):
            Archive.open(archive.path)


# ---- formats


def of_format_1(path: Path, *pairs: tuple[Copy, Cable]) -> None:
    """An archive as the first version made it."""
    path.mkdir()
    with sqlite3.connect(path / "archive.db") as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript((Path(__file__).parent / "format_1.sql").read_text())
        db.execute("INSERT INTO meta VALUES ('format', 1), ('secret', x'00')")
        db.execute("INSERT INTO collection VALUES (1, 'default', 'unknown')")
        for seq, (made, read) in enumerate(pairs, 1):
            new = accession(made, read)
            db.execute(
                "INSERT INTO cable VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)",
                (
                    *(seq, read.key, new.id, new.firm, new.year, new.station, new.serial, new.sent),
                    *(new.status, new.cut.frame),
                ),
            )
            db.executemany("INSERT INTO portion VALUES (?, ?, ?)", [(seq, *each) for each in new.cut.bodies])
            for copy_seq, raw in ((2 * seq - 1, new.raw), (2 * seq, compress(b"again"))):
                db.execute(
                    "INSERT INTO copy VALUES (?, ?, ?, 'text', ?, NULL, NULL, 1, ?)",
                    (copy_seq, f"{copy_seq}{new.sha256}", raw, made.locator, seq),
                )
    db.close()


def format_of(path: Path) -> int:
    with sqlite3.connect(path / "archive.db") as db:
        (found,) = db.execute("SELECT value FROM meta WHERE name = 'format'").fetchone()
    db.close()
    return found


@pytest.fixture
def old(tmp_path) -> Path:
    """An archive of format 1, with one cable that is released and one that is not."""
    stamped = Release("released", "UNCLASSIFIED", basis="stamp")
    of_format_1(
        tmp_path / "old",
        pair(cable("2009ZENDA1", "(C) The king is away.")),
        pair(cable("2009ZENDA2", "(U) The king is at home.", release=stamped)),
    )
    return tmp_path / "old"


def test_an_archive_of_format_1_is_read_as_it_is(old):
    """By who may not write, too: everything a reader asks for is answered, and nothing is changed."""
    before = dump_of(old)
    with contextlib.closing(Archive.open_store(old)) as store:
        assert store.keys_of("ZENDA 1") == ("2009ZENDA1",)
        assert [read.key for _, read, _, _ in store.cables()] == ["2009ZENDA1", "2009ZENDA2"]
        assert [each.added_on for each in store.copies_of("2009ZENDA1")] == [None, None]
        assert [each.sha256[0] for each in store.copies_of("2009ZENDA2")] == ["3", "4"]
        assert store.raw(store.copies_of("2009ZENDA1")[1].sha256) == b"again"
        assert (store.policy(), store.readers(), store.reader("Ana")) == (Policy(), (), None)
        assert (store.decisions(), store.tombstone("1"), store.unindexed()) == ((), None, ())
        assert [*Calendar(store).later(["C"], "from:ZENDA", "2009ZENDA1")] == []
    assert dump_of(old) == before


def test_an_archive_of_format_1_goes_on_as_one_of_today(old, tmp_path):
    """Who opens it for writing brings it up: it holds what it held, and takes what is new."""
    with Archive.open(old, write=True) as archive:
        assert found(archive) == {"2009ZENDA1", "2009ZENDA2"}
        assert [
            [each.status for each in archive.store.copies_of(key)] for key in ("2009ZENDA1", "2009ZENDA2")
        ] == [["unknown", "unknown"], ["released", "unknown"]]
        put(archive, pair(cable("2009ZENDA3")))
        archive.store.put_readers([profile("Ana", "C")], anew=False)
        assert archive.store.copies_of("2009ZENDA3")[0].added_on is not None
    assert format_of(old) == 2
    Archive.create(tmp_path / "new").close()
    assert columns_of(old) == columns_of(tmp_path / "new")
    with Archive.open(old, write=True) as archive:
        assert archive.store.size() == (3, 5)
        assert archive.store.reader("Ana") == profile("Ana", "C")


TERM = Term("sapt-u", "Sapt", "Ulrich", "", "Ambassador", "ruritania", "ruritania", "2004", "", "rt-1")


def test_who_held_which_office_is_kept_once(archive):
    """What says the same is one row; every change shows in `terms_as_of`, and nothing else does."""
    store, other = archive.store, msgspec.structs.replace(TERM, began="2006", source="rt-2")
    assert (store.terms(), store.terms_as_of()) == ((), 0)
    assert store.add_terms([TERM, TERM, other]) == 2
    assert store.add_terms([other, TERM]) == 0
    assert (store.terms(), store.terms_as_of()) == ((TERM, other), 1)
    assert store.remove_terms(["rt-1", "rt-9"]) == 1
    assert store.remove_terms([]) == 0
    assert (store.terms(), store.terms_as_of()) == ((other,), 2)
    assert store.remove_terms() == 1
    assert (store.terms(), store.terms_as_of()) == ((), 3)


def test_an_archive_of_before_there_were_offices_is_read_as_it_is_and_takes_some(archive):
    """Who reads it finds none, and changes nothing; who writes finds the table made."""
    with archive.store.transaction():
        archive.store._db.execute("DROP TABLE term")
    archive.close()
    before = dump_of(archive.path)
    with contextlib.closing(Archive.open_store(archive.path)) as store:
        assert store.terms() == ()
        assert dump_of(archive.path) == before
        with Archive.open(archive.path, write=True) as again:
            assert again.store.add_terms([TERM]) == 1
        assert store.terms() == (TERM,)


def test_bringing_up_that_is_cut_short_is_not_begun(old, monkeypatch):
    """It is one transaction: the next to write does it again."""
    before = dump_of(old)
    with monkeypatch.context() as patched:
        patched.setattr("reftel.archive.store._schema", lambda: "CREATE TABLE broken (;")
        with pytest.raises(ArchiveError, match=r"archive\.db"):
            Archive.open(old, write=True)
    assert dump_of(old) == before
    Archive.open(old, write=True).close()
    assert format_of(old) == 2


def dump_of(path: Path) -> list[str]:
    with sqlite3.connect(path / "archive.db") as db:
        lines = list(db.iterdump())
    db.close()
    return lines


def columns_of(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """The columns of every table, and every index and view."""
    with sqlite3.connect(path / "archive.db") as db:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master ORDER BY name")]
        columns = {name: db.execute(f"PRAGMA table_info({name})").fetchall() for name in names}
    db.close()
    return columns


# ---- which copy a record is read from

OPEN = Release("released", "UNCLASSIFIED", basis="stamp")


def test_the_record_is_read_from_the_first_copy_that_is_released(archive):
    """What was leaked first is put behind what is released; the key stays, and the index is to follow."""
    leaked = pair(cable("2009ZENDA1", ONE, aliases=("leak.txt",)), raw=b"1")
    released = pair(cable("2009ZENDA1", ONE.replace("(C)", "(U)"), release=OPEN), raw=b"2")
    third = pair(cable("2009ZENDA1", ONE + " AGAIN", release=OPEN), raw=b"3")
    (first,) = put(archive, leaked, collection="leaks", status="leaked")
    archive.catch_up()
    assert archive.store.unindexed() == ()
    second, last = put(archive, released, third, collection="archives", status="released")
    assert (first.leads, second.leads, last.leads) == (True, True, False)
    assert first.key == second.key == last.key == "2009ZENDA1"
    held = archive.store.held("2009ZENDA1")
    assert held == Held(released[1], "archives", first.seq)
    assert [each.sha256 for each in archive.store.copies_of("2009ZENDA1")] == [
        each.sha256 for each, _ in (released, third, leaked)
    ]
    assert archive.store.keys_of("leak.txt") == ("2009ZENDA1",)
    assert archive.store.unindexed() == ("2009ZENDA1",)
    assert archive.is_behind()
    archive.catch_up()
    assert not archive.is_behind()


def test_the_first_copy_leads_where_none_is_released(archive):
    """And a released one that came first stays first."""
    put(archive, pair(cable("2009ZENDA1", ONE), raw=b"1"), pair(cable("2009ZENDA1", ONE), raw=b"2"))
    put(archive, pair(cable("2009ZENDA2", ONE, release=OPEN), raw=b"3"))
    put(archive, pair(cable("2009ZENDA2", ONE), raw=b"4"))
    assert [archive.store.raw(archive.store.copies_of(f"2009ZENDA{n}")[0].sha256) for n in (1, 2)] == [
        b"1",
        b"3",
    ]
    assert archive.store.unindexed() == ()


def test_a_policy_that_is_not_understood_is_the_strictest(archive):
    """Nobody reads who does not say who he is."""
    assert not archive.store.policy().readers_required
    for nonsense in (b"{", b'{"withheld": "perhaps"}', b"7", 7, ""):
        with sqlite3.connect(archive.path / "archive.db") as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES ('policy', ?)", (nonsense,))
        db.close()
        assert archive.store.policy() == Policy(readers_required=True)
