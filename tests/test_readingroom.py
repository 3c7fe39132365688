"""The reading room: what one reader finds, against a search of every word of what he may see."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

import build
import invented
from reftel import clearance, mrn, sources, stations, telegram, words
from reftel.archive import Archive, Listed
from reftel.archive.entries import entry, field_of
from reftel.cable import FIRM_BASES, Cable, Part, Reference
from reftel.clearance import ALL, Reader
from reftel.errors import UsageError
from reftel.findings.signers import Term
from reftel.markings import RANKS
from reftel.query import And, Clause, Dates, Field, Not, Or, Phrase, Prefix, Query, Word, days
from reftel.readingroom import ReadingRoom
from reftel.views import search

HELD = invented.cables(300, seed=11)

QUERIES = (
    "",
    "lease",
    "lease base -krona",
    '"base lease"',
    '"lease base" OR uranium',
    "U.S.-Russia",
    "na*",
    "pi* -lease",
    "-(lease OR base)",
    "lease OR -base",
    "envoy's",
    "from:ZENDA",
    "from:NEWDE lease",
    "to:STATE -to:ZENDA",
    "tag:prel tag:KZ",
    "ref:05ZENDA3",
    'ref:"ZENDA 3" OR ref:05ZENDA5',
    "class:U",
    "class:SBU",
    "class:C",
    "class:S",
    "class:TS OR tag:ECON",
    "caption:SIPDIS",
    "caption:noforn",
    "id:secret-file-12",
    'id:"ZENDA 12"',
    "2005",
    "2004-02..2005-06",
    "2006..",
    "..2003 lease",
    '"2005"',
)


def _holds(clause: Clause, cable: Cable) -> bool:
    """Whether a clause holds for a cable of which this is all there is; word by word."""
    match clause:
        case And(clauses):
            return all(_holds(each, cable) for each in clauses)
        case Or(clauses):
            return any(_holds(each, cable) for each in clauses)
        case Not(negated):
            return not _holds(negated, cable)
        case Prefix(text):
            start = words.split(text)[0]
            return any(word.startswith(start) for unit in _units(cable) for word in unit)
        case Word(text) | Phrase(text):
            sought = words.split(text)
            return any(
                unit[at : at + len(sought)] == sought for unit in _units(cable) for at in range(len(unit))
            )
        case Dates():
            first, last = clause.days
            sent = _days(cable)
            return sent is not None and (first or 0) <= sent[0] and sent[1] <= (last or 99999999)
        case Field(name, value):
            return _field(name, value, cable)


def _units(cable: Cable) -> list[list[str]]:
    """Where a phrase may stand: subject, heading, paragraph; of one that is cut, what one field has of it."""
    texts = [cable.subject or ""]
    for paragraph in cable.paragraphs:
        texts.append(paragraph.heading or "")
        governed = clearance.markings_of(cable, paragraph)
        if len(governed) == 1:
            texts.append(paragraph.text)
            continue
        cut: dict[str, list[str]] = {}
        for part, marking in zip(paragraph.parts, governed, strict=True):
            cut.setdefault(field_of(marking) if marking else "", []).append(part.text)
        texts += [" ".join(some) for some in cut.values()]
    return [words.split(text) for text in texts]


def _days(cable: Cable) -> tuple[int, int] | None:
    if cable.sent:
        return days(cable.sent)
    return days(str(cable.mrn.year)) if cable.mrn.year and cable.mrn.basis in FIRM_BASES else None


def _field(name: str, value: str, cable: Cable) -> bool:
    number = mrn.read(value)
    match name:
        case "from":
            return cable.from_.station == value
        case "to":
            return any(stations.token(each.name) == value for each in (*cable.to, *cable.info))
        case "tag":
            return value in cable.tags
        case "caption":
            return value in (*cable.captions, *cable.handling)
        case "class":
            return clearance.shown_level(cable) == value
        case "ref":
            return any(each.id and each.id.endswith(value) for each in cable.references)
    named = {cable.key.upper(), *(alias.upper() for alias in cable.aliases)}
    same = number and (number.station, number.serial) == (cable.mrn.station, cable.mrn.serial)
    return value in named or bool(same and number and number.year in {None, cable.mrn.year})


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Some hundred cables with markings of every kind."""
    with invented.archive(tmp_path_factory.mktemp("held") / "archive", HELD, batch=100) as made:
        yield made


@pytest.mark.parametrize("reader", invented.READERS.values(), ids=invented.READERS)
def test_what_is_found_is_what_a_search_of_every_word_finds(archive: Archive, reader: Reader) -> None:
    """The same cables, each once; exact totals and facets; the order of dates."""
    room = ReadingRoom(archive, reader)
    left = {cable.key: cable for cable in invented.left_for(HELD, reader)}
    for text in QUERIES:
        query = Query.parse(text)
        expected = {key: cable for key, cable in left.items() if _holds(query.clause, cable)}
        found = room.search(query, sort="date", limit=1000)
        keys = [hit.key for hit in found.hits]
        assert (found.total, len(keys), {*keys}) == (len(expected), len(expected), {*expected}), text
        assert keys == sorted(expected, key=lambda key: (-entry(left[key]).order, key)), text
        assert {name: dict(counts) for name, counts in found.facets.items()} == _facets(expected.values()), (
            text
        )
        by_relevance = room.search(query, limit=1000)
        assert {hit.key for hit in by_relevance.hits} == {*expected}, text
        scores = [hit.score for hit in by_relevance.hits]
        assert scores == sorted(scores, reverse=True), text


_WHOLE = {cable.key: cable for cable in HELD}


def _facets(cables: Iterable[Cable]) -> dict[str, dict[str, int]]:
    counts = {name: Counter[str]() for name in ("year", "post", "tags", "level", "status", "collection")}
    for cable in cables:
        sent = _days(cable)
        counts["year"].update([str(sent[0] // 10000)] if sent else [])
        counts["post"].update([cable.from_.station or ""])
        counts["tags"].update(cable.tags)
        counts["collection"].update(["default"] if cable == _WHOLE[cable.key] else [])
        counts["status"].update([cable.release.status])
        counts["level"].update(filter(None, [clearance.shown_level(cable)]))
    return {name: dict(count) for name, count in counts.items()}


@pytest.mark.parametrize("reader", invented.READERS.values(), ids=invented.READERS)
def test_a_hit_shows_nothing_but_what_is_left_of_its_cable(archive: Archive, reader: Reader) -> None:
    """Its subject, date, level and words are those of what the reader may see."""
    room = ReadingRoom(archive, reader)
    left = {cable.key: cable for cable in invented.left_for(HELD, reader)}
    for text in ("lease", "na*", '"lease base"', ""):
        for hit in room.search(Query.parse(text), limit=50).hits:
            cable = left[hit.key]
            assert (hit.id, hit.subject, hit.status) == (cable.id, cable.subject, cable.release.status)
            assert (hit.post, hit.level) == (cable.from_.station, clearance.shown_level(cable))
            texts = {each.anchor: each.text for each in cable.paragraphs}
            if hit.snippet is None:
                assert not any(texts.values())
            else:
                assert hit.snippet.strip("…") in texts[hit.paragraph or ""]
            for start, end in hit.marks:
                assert words.split((hit.snippet or "")[start:end])


@pytest.mark.parametrize("reader", invented.READERS.values(), ids=invented.READERS)
def test_a_cable_is_what_clearance_leaves_of_it(archive: Archive, reader: Reader) -> None:
    """None where nothing is left, and None where there never was one: the same answer."""
    room = ReadingRoom(archive, reader)
    for cable in HELD:
        whole = archive.store.load(cable.key)
        assert whole is not None
        held = room.cable(cable.key)
        assert (held.cable if held else None) == clearance.visible(whole, reader)
        assert held is None or (held.seq == 0) == (reader is not ALL)
        assert room.copy_text(cable.key) is None  # these copies are of no source
    assert room.cable("2005NOWHERE1") is None
    assert room.copy_text("2005NOWHERE1") is None


def test_facets_stand_in_an_order_of_their_own(archive: Archive) -> None:
    """Years and levels as they go, posts and TAGS by how many there are."""
    facets = ReadingRoom(archive, ALL).search(Query.parse("")).facets
    assert [year for year, _ in facets["year"]] == sorted(year for year, _ in facets["year"])
    assert [level for level, _ in facets["level"]] == [*RANKS]
    for name in ("post", "tags"):
        assert list(facets[name]) == sorted(facets[name], key=lambda each: (-each[1], each[0]))


def test_pages_that_cannot_be_are_refused(archive: Archive) -> None:
    """Pages count from 1; a page behind the last has no hits but the same total."""
    room, query = ReadingRoom(archive, ALL), Query.parse("lease")
    for wrong in ({"page": 0}, {"limit": 0}, {"sort": "size"}):
        with pytest.raises(UsageError):
            room.search(query, **wrong)
    last = search.results(room, query, page=1000, limit=7)
    assert (last.hits, last.total) == ((), room.search(query).total)
    assert last.pages == -(-last.total // 7)


# -- by name --------------------------------------------------------------------------------------------


@pytest.fixture
def named(tmp_path: Path) -> Iterator[Archive]:
    """Three cables that bear numbers much alike, one of them closed."""
    cables = [
        build.cable(
            "2005ZENDA12", "(U) lease", classification="UNCLASSIFIED", aliases=("05ZENDA12", "zenda-1.txt")
        ),
        build.cable("2006ZENDA12", "(U) lease", "(C) base", aliases=("zenda-2.txt",), subject_marking="U"),
        build.cable("2007ZENDA12", "(S) lease", classification="SECRET", aliases=("zenda-3.txt",)),
    ]
    with invented.archive(tmp_path / "archive", cables) as archive:
        yield archive


@pytest.mark.parametrize(
    ("spelling", "for_u", "for_all"),
    [
        ("2005ZENDA12", "2005", "2005"),
        ("05zenda0012", "2005", "2005"),
        ("ZENDA 000012", "2005 2006", "2005 2006 2007"),
        ("07ZENDA12", "", "2007"),
        ("zenda-1.txt", "2005", "2005"),
        ("ZENDA-2.TXT", "", "2006"),
        ("zenda-3.txt", "", "2007"),
        ("ZENDA 13", "", ""),
        ("", "", ""),
    ],
)
def test_any_spelling_finds_the_cables_it_may_mean(
    named: Archive, spelling: str, for_u: str, for_all: str
) -> None:
    """The name of a file only for who may see all that was in it."""
    u = ReadingRoom(named, clearance.reader("U"))
    assert u.find(spelling) == tuple(f"{year}ZENDA12" for year in for_u.split())
    assert ReadingRoom(named, ALL).find(spelling) == tuple(f"{year}ZENDA12" for year in for_all.split())


def test_which_numbers_are_here(named: Archive) -> None:
    """For links from references; a closed cable is not here."""
    ids = ["2005ZENDA12", "2007ZENDA12", "2009NOWHERE1"]
    assert ReadingRoom(named, ALL).held(ids) == {"2005ZENDA12": "2005ZENDA12", "2007ZENDA12": "2007ZENDA12"}
    assert ReadingRoom(named, clearance.reader("C")).held(ids) == {"2005ZENDA12": "2005ZENDA12"}


def test_how_many_and_the_newest(named: Archive) -> None:
    """Of those the reader may know of."""
    assert (ReadingRoom(named, ALL).size(), ReadingRoom(named, clearance.reader("U")).size()) == (3, 2)
    newest = ReadingRoom(named, clearance.reader("U")).recent(1)
    assert [(hit.key, hit.paragraph, hit.snippet, hit.marks) for hit in newest] == [
        ("2006ZENDA12", "1", "lease", ())
    ]


TEXT = b"""C O N F I D E N T I A L STRELSAU 000012

SIPDIS

E.O. 12958: DECL: 02/12/2019
TAGS: PREL
SUBJECT: THE KING IS AWAY

1. (U) The king is away, as all papers say.

2. (C) He is in Zenda, and nobody may know.

HELSING
"""


def test_the_text_of_a_copy_is_for_who_may_see_all_of_it(tmp_path: Path) -> None:
    """Exactly as it came; to others it is not there."""
    (copy,) = sources.copies(TEXT, "strelsau.txt")
    with Archive.create(tmp_path / "archive") as archive:
        (kept,) = archive.store.put([(copy, telegram.read(copy))], "default")
        archive.catch_up()
        assert ReadingRoom(archive, ALL).copy_text(kept.key) == TEXT.decode()
        assert ReadingRoom(archive, clearance.reader("C")).copy_text(kept.key) == TEXT.decode()
        room = ReadingRoom(archive, clearance.reader("U"))
        assert room.copy_text(kept.key) is None
        (hit,) = room.search(Query.parse("king")).hits
        assert (hit.subject, hit.level, hit.snippet) == (
            None,
            "U",
            "The king is away, as all papers say.",
        )
        assert room.search(Query.parse("zenda")).total == 0


def test_what_is_found_of_a_paragraph_in_parts(tmp_path: Path) -> None:
    """Each reader finds the words of his parts, and as phrases what he sees together of one mark."""
    parts = (
        Part("C", "report", "Some points are:", ()),
        Part("C", "comment", "-- (C) the railway,", ()),
        Part("S", "report", "-- (S) the uranium,", ()),
        Part("C", "report", "-- (C) the lease.", ()),
    )
    text = " ".join(part.text for part in parts)
    cable = build.cable("2009STRELSAU12", build.paragraph(text, marking="C", parts=parts))
    with invented.archive(tmp_path / "archive", [cable]) as held:
        at_c, at_s = ReadingRoom(held, clearance.reader("C")), ReadingRoom(held, clearance.reader("S"))
        for query, found in (
            ('"points are c the railway"', (1, 1)),
            ('"railway c the lease"', (1, 1)),  # so it stands for the reader of C
            ("uranium", (0, 1)),
            ('"the uranium"', (0, 1)),
            ('"railway s the uranium"', (0, 0)),  # no phrase runs from one mark into another
        ):
            asked = Query.parse(query)
            assert (at_c.search(asked).total, at_s.search(asked).total) == found, query
        (hit,) = at_c.search(Query.parse("lease")).hits
        assert hit.snippet == "Some points are: -- (C) the railway, -- (C) the lease."


# -- who signed -------------------------------------------------------------------------------------------


def test_signers_follow_the_tables_and_what_is_protected(tmp_path: Path) -> None:
    """An open room sees a table that is added later; a name that is masked everywhere is not given."""
    term = Term("sapt-u", "Sapt", "Ulrich", "", "Consul", "zenda", "zenda", "2004", "2006", "z-1")
    cables = [
        build.cable("2005ZENDA1", signature="SAPT"),
        build.cable("2005ZENDA2", signature=None),
        build.cable("2005ZENDA3", signature="U. [name protected]"),
        build.cable("2005ZENDA4", signature="TARLEN"),
        build.cable("2005ZENDA5", signature="ACTING"),
    ]
    with Archive.create(tmp_path / "archive") as archive:
        room = ReadingRoom(archive, ALL)
        assert list(room.signers(cables)) == [None] * 5
        archive.store.add_terms([term])
        outcomes = [signer.outcome if signer else None for signer in room.signers(cables)]
        assert outcomes == ["resolved", None, None, "nobody", None]
        assert archive.authorities() is archive.authorities()  # made once, whatever number of rooms ask
        archive.store.list_names([Listed("Ulrich Sapt")])
        assert next(room.signers(cables)) is None
        archive.store.list_names([])
        assert next(room.signers(cables)) is not None


def test_cables_are_read_newest_first(tmp_path: Path) -> None:
    """So many of those for which a query holds, and each as its reader may see it."""
    given = [
        build.cable(f"2005ZENDA{n}", "(U) The road.", "(S) The osprey.", sent=f"2005-03-{n:02d}")
        for n in range(1, 8)
    ]
    with Archive.create(tmp_path / "archive") as archive:
        archive.store.put([build.pair(each, raw=each.key.encode()) for each in given], "sample")
        archive.catch_up()
        room = ReadingRoom(archive, clearance.reader("C"))
        found = list(room.read(Query(Field("from", "ZENDA")), most=3))
        assert [each.mrn.serial for each in found] == [7, 6, 5]
        assert {each.text for cable in found for each in cable.paragraphs} == {"The road."}


def test_a_reference_without_a_year_leads_to_the_one_telegram_of_that_number(tmp_path):
    """That was sent in the year before the cable; to none where there are several, or where none is seen."""
    number = mrn.Mrn(None, "ZENDA", 14620)
    known = {"mrn": number, "classification": "SECRET"}
    cables = [
        build.cable(None, "The king is away.", sent="1972-07-03T10:00Z", **known),
        build.cable(None, "The king is dead.", sent="1970-07-03T10:00Z", **known),
    ]
    cited = Reference("Zenda 14620", (0, 1), "telegram", post="ZENDA", serial=14620)
    for held, sent, expected in (
        (cables, "1972-08-04T19:33Z", ["1972-07-03T10:00Z"]),
        (cables, "1971-06-04T19:33Z", ["1970-07-03T10:00Z"]),
        (cables, "1974-06-04T19:33Z", []),
        ([*cables, build.cable(None, "Snow.", sent="1972-07-04", **known)], "1972-08-04T19:33Z", []),
    ):
        citing = build.cable(None, "Reftel.", sent=sent, references=(cited,))
        with invented.archive(tmp_path / f"{sent}{len(held)}", [*held, citing]) as archive:
            room = ReadingRoom(archive, ALL)
            found = [room.cable(key) for key in room.referred_to(citing).values()]
            assert [held and held.cable.sent for held in found] == expected
            assert ReadingRoom(archive, Reader("C")).referred_to(citing) == {}
