"""Mentions in the text of a cable, as its reader sees it, and where each leads."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import build
import invented
import taken_out
from reftel import clearance
from reftel.archive import Archive
from reftel.cable import Addressee, Cable, Paragraph, Part, Reference
from reftel.clearance import ALL, Policy, Reader
from reftel.findings import references
from reftel.readingroom import ReadingRoom
from reftel.views import mentions as naming
from reftel.views.mentions import Mentioned, NamedIn, by_place, mentions, named_in
from reftel.web.wording import leads_to, pieces

HELD = build.cable("2004ZENDA707", "(U) The lease.", classification="UNCLASSIFIED", sent="2004-05-01")
HIDDEN = build.cable("2004ZENDA708", "(S) The osprey.", classification="SECRET", sent="2004-05-02")
ABSENT = "2004ZENDA709"
REFS = (
    Reference("ZENDA 707", (0, 1), "telegram", "A", id="2004ZENDA707", post="ZENDA", serial=707),
    Reference("ZENDA 709", (0, 1), "telegram", "B", id=ABSENT, post="ZENDA", serial=709),
)
CITING = build.cable(
    "2004STRELSAU31",
    "(U) As said in ref A and Zenda 707, not in Zenda 708 or Zenda 709. Septel follows.",
    "(S) It was Zenda 707 that told of ref B.",
    classification="UNCLASSIFIED",
    sent="2004-06-01",
    references=REFS,
)
GIVEN = [build.pair(each, raw=each.key.encode()) for each in (HELD, HIDDEN, CITING)]


@pytest.fixture(params=["absent", "marked"])
def archive(request: pytest.FixtureRequest) -> Iterator[Path]:
    with taken_out.folder() as folder:
        taken_out.whole(folder / "archive", GIVEN, Policy(withheld=request.param))
        yield folder / "archive"


def said(path: Path, reader: Reader, key: str = CITING.key) -> tuple[Mentioned, ...]:
    with Archive.open(path) as held:
        room = ReadingRoom(held, reader)
        found = room.cable(key)
        assert found
        return mentions(room, found.cable)


def test_a_mention_leads_to_its_entry_or_to_the_cable(archive):
    """`ref A` to the REF block; a number to the cable, held or not; a septel, which has neither, nowhere."""
    found = [
        (one.paragraph, one.text, one.key, leads_to(one) if one.leads else None) for one in said(archive, ALL)
    ]
    assert found == [
        ("1", "ref A", "2004ZENDA707", "#ref-0"),
        ("1", "Zenda 707", "2004ZENDA707", "/cable/2004ZENDA707"),
        ("1", "Zenda 708", "2004ZENDA708", "/cable/2004ZENDA708"),
        ("1", "Zenda 709", None, "/cable/2004ZENDA709"),
        ("1", "Septel", None, None),
        ("2", "Zenda 707", "2004ZENDA707", "/cable/2004ZENDA707"),
        ("2", "ref B", None, "#ref-1"),
    ]


def test_a_hidden_cable_is_mentioned_like_one_not_held(archive):
    """Nor is there a mention in a paragraph that the reader does not see."""
    found = said(archive, clearance.reader("U"))
    assert {one.paragraph for one in found} == {"1"}
    assert [(one.text, one.key) for one in found if one.text in ("Zenda 708", "Zenda 709")] == [
        ("Zenda 708", None),
        ("Zenda 709", None),
    ]


def test_where_it_stands_is_told_in_the_text_of_its_part(archive):
    """A mention's place slices its words out of what the reader sees."""
    with Archive.open(archive) as held:
        shown = ReadingRoom(held, ALL).cable(CITING.key)
    assert shown
    parts = {
        (each.anchor, order): part.text
        for each in shown.cable.paragraphs
        for order, part in enumerate(each.parts)
    }
    for one in said(archive, ALL):
        assert " ".join(parts[one.paragraph, one.part][slice(*one.span)].split()) == one.text


def test_no_mention_reaches_over_a_portion_that_is_not_seen():
    """`Zenda`, and 707 in the part behind the next, are no number."""
    parts = tuple(
        Part(mark, "report", text, ((0, 1),))
        for mark, text in (("U", "See Zenda"), ("S", "x"), ("U", "707."))
    )
    text = "See Zenda x 707."
    cable = build.cable("2004STRELSAU1", Paragraph(1, "1", "U", None, "report", text, ((0, 1),), parts))
    left = clearance.visible(cable, clearance.reader("U"))
    assert left is None or not any(
        found for found in references.in_texts(left, (p.text for e in left.paragraphs for p in e.parts))
    )


def test_a_year_that_is_not_written_is_that_of_what_is_held():
    """In January, `Zenda 707` is the one of last year where that is here."""
    citing = build.cable("2005STRELSAU1", "(U) See Zenda 707.", sent="2005-01-03")
    with taken_out.folder() as folder:
        taken_out.whole(folder / "archive", [GIVEN[0], build.pair(citing, raw=b"c")], Policy())
        (one,) = said(folder / "archive", ALL, citing.key)
        assert (one.id, one.key, one.inferred) == ("2004ZENDA707", "2004ZENDA707", ("year",))


def test_a_line_in_pieces():
    """Together they are the line; marks go through mentions; a term is told once."""
    text = "NFI on para 2\nreftel, and reftel."
    one = Mentioned("1", 0, (7, 20), "para 2 reftel", "telegram", None, (0,), None, (), None)
    other = Mentioned("1", 0, (26, 32), "reftel", "telegram", None, (0,), None, (), None)
    told: set[str] = set()
    ((first, second),) = pieces(text, [(12, 17)], (one, other), {"NFI", "reftel"}, told)
    assert [(str(each.words), each.term, bool(each.mention)) for each in (*first, *second)] == [
        ("NFI", "NFI", False),
        (" on ", None, False),
        ('para <mark class="sought">2</mark>', None, True),
        ('<mark class="sought">ref</mark>tel', "reftel", True),
        (", and ", None, False),
        ("reftel", None, True),
        (".", None, False),
    ]
    assert told == {"NFI", "REFTEL"}


def test_what_leads_nowhere_is_no_link(archive):
    """Only mentions with an entry or a number are links of their part."""
    places = by_place(said(archive, ALL))
    assert [len(some) for some in places.values()] == [4, 2]


# -- who names a number that is not held -------------------------------------------------------------------


def named(folder: Path, *given: Cable, number: str = "1976LAPAZ7614", reader: Reader = ALL) -> NamedIn | None:
    with invented.archive(folder / "archive", given) as held:
        return named_in(ReadingRoom(held, reader), number)


def prose(id: str, *paragraphs: str, **fields: object) -> Cable:
    return build.cable(id, *paragraphs, **({"classification": "UNCLASSIFIED"} | fields))


@pytest.mark.parametrize(
    ("words", "inferred"),
    [
        ("La Paz 7614", ("year",)),
        ("LA PAZ'S 7614", ("year",)),
        ("La Paz 007614", ("year",)),
        ("La Paz telegram 7614", ("year",)),
        ("La Paz 7612 and 7614", ("year",)),
        ("Embtel 7614", ("post", "year")),
        ("La Paz 7614 of December 17, 1976", ()),
    ],
)
def test_the_text_that_names_a_number_is_told(tmp_path: Path, words: str, inferred: tuple[str, ...]) -> None:
    """With the paragraph and the sentence, and where it stands there."""
    citing = prose(
        "1976STATE31",
        "The lease is old. It ends in May.",
        f"We thank you. As said in {words},\nit\nrained. The harvest is lost.",
        to=(Addressee("AMEMBASSY LA PAZ", "action"),),
        sent="1976-12-20",
    )
    found = named(tmp_path, citing)
    assert found is not None
    (one,) = found.cables
    assert (one.key, one.paragraph, one.inferred, found.cut) == ("1976STATE31", "2", inferred, False)
    assert one.sentence == f"As said in {words}, it rained."
    assert "7614" in one.sentence[slice(*one.mark)]


def test_what_names_another_number_is_not_told(tmp_path: Path) -> None:
    """Of another year, of another post, a sum of money; nor is anything of a number that is held."""
    given = [
        prose("1977STATE31", "As said in La Paz 7614, it rained.", sent="1977-12-20"),
        prose("1976STATE32", "As said in Lima 7614, it paid 7614 crowns to La Paz.", sent="1976-12-20"),
    ]
    assert named(tmp_path / "a", *given) is None
    assert named(tmp_path / "b", *given, number="nothing") is None
    both = [*given, prose("1976LAPAZ7614", "It rains.", sent="1976-12-19")]
    assert named(tmp_path / "c", *both) is None


def test_the_newest_that_name_a_number_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few of them, and that there are more."""
    monkeypatch.setattr(naming, "MOST", 2)
    given = [prose(f"1976STATE{n}", "See La Paz 7614.", sent=f"1976-12-2{n}") for n in range(1, 5)]
    found = named(tmp_path, *given)
    assert found is not None
    assert ([one.key for one in found.cables], found.cut) == (["1976STATE4", "1976STATE3"], True)


def test_a_portion_that_is_not_seen_names_nothing(archive: Path) -> None:
    """To him who does not see it; the rest of its cable still does."""
    with Archive.open(archive) as held:
        low, whole = (ReadingRoom(held, each) for each in (clearance.reader("U"), ALL))
        assert named_in(whole, "2004ZENDA708") is None
        for number in ("2004ZENDA708", ABSENT):
            found = named_in(low, number)
            assert found is not None
            assert [(one.key, one.paragraph) for one in found.cables] == [(CITING.key, "1")]
        assert named_in(low, "2004ZENDA707") is None
    secret = "(S) It was Zenda 711 that told."
    with taken_out.folder() as folder:
        given = build.cable("2004STRELSAU32", "(U) It rains.", secret, classification="UNCLASSIFIED")
        taken_out.whole(folder / "archive", [build.pair(given)], Policy(withheld="marked"))
        with Archive.open(folder / "archive") as held:
            assert named_in(ReadingRoom(held, ALL), "2004ZENDA711")
            assert named_in(ReadingRoom(held, clearance.reader("U")), "2004ZENDA711") is None


def test_a_long_sentence_is_cut_on_both_sides(tmp_path: Path) -> None:
    """Around the number, at words."""
    citing = prose(
        "1976STATE31", f"{'It rains and ' * 40}La Paz 7614{' and it rains' * 40}.", sent="1976-12-20"
    )
    found = named(tmp_path, citing)
    assert found is not None
    (one,) = found.cables
    assert len(one.sentence) < 350
    assert one.sentence.startswith("…")
    assert one.sentence.endswith("…")
    assert "rains and La Paz 7614 and it" in one.sentence
    assert one.sentence[slice(*one.mark)] == "La Paz 7614"
