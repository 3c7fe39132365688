"""Who may read what: portions, captions, released copies, and what is left of a cable."""

import pytest
from msgspec.structs import replace

import build
import invented
from reftel import clearance
from reftel.cable import (
    Addressee,
    Authority,
    Cable,
    Catalogue,
    CopyNote,
    Defect,
    Part,
    Reference,
    Release,
    Sections,
    Sender,
    Transmission,
    to_json,
)
from reftel.clearance import (
    ALL,
    Reader,
    header_marking,
    heading_marking_of,
    join,
    marking_of,
    marking_of_label,
    markings,
    may_read,
    reader,
    subject_marking_of,
    visible,
)
from reftel.errors import UsageError
from reftel.markings import Marking

NOFORN = Reader("S", frozenset({"NOFORN"}))


@pytest.mark.parametrize("spelling", ["SBU", "sbu", " Sensitive but Unclassified "])
def test_a_reader_is_named_by_his_level(spelling: str) -> None:
    """A letter or the full name, in any case; a level alone holds nothing."""
    assert reader(spelling) == Reader("SBU", frozenset())


def test_a_level_that_is_none_is_refused() -> None:
    """The sentence says which levels there are."""
    with pytest.raises(UsageError, match=r"COSMIC.*U, SBU, C, S, TS"):
        reader("COSMIC")


@pytest.mark.parametrize(
    ("marking", "levels"),
    [
        (Marking("U"), "U SBU C S TS"),
        (Marking("SBU"), "SBU C S TS"),
        (Marking("C"), "C S TS"),
        (Marking("S"), "S TS"),
        (Marking("TS"), "TS"),
        (Marking("U", ("NOFORN",)), ""),
        (Marking("SBU", ("REL SAU",)), ""),
        (Marking("C", ("EXDIS",)), ""),
        (Marking(None), ""),
    ],
)
def test_a_bare_level_reads_up_to_itself_and_nothing_restricted(marking: Marking, levels: str) -> None:
    """NOFORN, REL, captions and what is not understood stay closed; the owner reads all."""
    assert [
        name for name in ("U", "SBU", "C", "S", "TS") if may_read(reader(name), marking)
    ] == levels.split()
    assert may_read(ALL, marking)


def test_what_a_reader_holds_opens_what_needs_no_more() -> None:
    """Every restriction must be held, and the level too."""
    assert may_read(NOFORN, Marking("C", ("NOFORN",)))
    assert not may_read(NOFORN, Marking("TS", ("NOFORN",)))
    assert not may_read(NOFORN, Marking("C", ("EXDIS", "NOFORN")))


@pytest.mark.parametrize(
    "marking", [Marking("U"), Marking("S", ("EXDIS", "NOFORN")), Marking(None), Marking("C", ("REL SAU",))]
)
def test_a_label_says_its_marking(marking: Marking) -> None:
    """`marking_of_label` is the inverse of `label`."""
    assert marking_of_label(marking.label) == marking


def test_a_strange_label_is_for_nobody() -> None:
    """In doubt a portion stays closed."""
    assert marking_of_label("*").level is None
    assert marking_of_label("").level is None


def test_together_portions_bind_to_the_highest_level_and_every_restriction() -> None:
    """One that is not understood closes all."""
    assert join([Marking("C"), Marking("U", ("NOFORN",))]) == Marking("C", ("NOFORN",))
    assert join([Marking("C"), Marking(None)]) == Marking(None)
    assert join([]) == Marking("U")


@pytest.mark.parametrize(
    ("fields", "label"),
    [
        ({}, "C"),
        ({"classification": "UNCLASSIFIED"}, "U"),
        ({"classification": "UNCLASSIFIED", "handling": ("SENSITIVE",)}, "SBU"),
        ({"classification": "LIMITED OFFICIAL USE"}, "SBU"),
        ({"handling": ("NOFORN",)}, "C/NOFORN"),
        ({"captions": ("SIPDIS",)}, "C"),
        ({"captions": ("SIPDIS", "EXDIS")}, "C/EXDIS"),
        ({"captions": ("A CAPTION NOBODY KNOWS",)}, "C/A CAPTION NOBODY KNOWS"),
        ({"classification": None}, "?"),
        ({"handling": ("EAT AFTER READING",)}, "?"),
        ({"release": Release("released")}, "U"),
        ({"release": Release("released"), "captions": ("NODIS",)}, "U"),
        ({"release": Release("released", "CONFIDENTIAL"), "classification": "SECRET"}, "C"),
        ({"release": Release("released", "UNCLASSIFIED//FOR OFFICIAL USE ONLY")}, "SBU"),
        ({"release": Release("released", "PARTLY")}, "?"),
        ({"release": Release("leaked", "UNCLASSIFIED")}, "C"),
    ],
)
def test_the_header_is_governed_by_the_classification_line(fields: dict[str, object], label: str) -> None:
    """With handling and restricting captions; what is released by its level of today, what leaked as sent."""
    assert header_marking(build.cable(**fields)).label == label


@pytest.mark.parametrize(
    ("mark", "fields", "label"),
    [
        ("U", {}, "U"),
        ("S//NF", {}, "S/NOFORN"),
        ("SBU", {"classification": "UNCLASSIFIED"}, "SBU"),
        (None, {}, "C"),
        (None, {"handling": ("NOFORN",)}, "C/NOFORN"),
        ("U", {"handling": ("NOFORN",)}, "U"),
        ("U", {"captions": ("EXDIS",)}, "U/EXDIS"),
        ("U", {"captions": ("SIPDIS",)}, "U"),
        ("U", {"classification": None}, "U"),
        (None, {"classification": None}, "?"),
        ("S//XYZ", {}, "?"),
        ("S", {"release": Release("released")}, "U"),
        ("S//XYZ", {"release": Release("released", "SECRET")}, "S"),
    ],
)
def test_a_paragraph_is_governed_by_its_own_mark(
    mark: str | None, fields: dict[str, object], label: str
) -> None:
    """Else by the cable's; a restricting caption binds every portion; what is released goes by today."""
    cable = build.cable("2009STRELSAU12", build.paragraph("The king.", marking=mark), **fields)
    assert marking_of(cable, cable.paragraphs[0]).label == label


@pytest.mark.parametrize(
    ("mark", "parts", "label"),
    [
        ("U", ("U", "S"), "S"),
        ("S", ("S", "U"), "S"),
        ("C", (None, None), "C"),
        ("U", (None, "C/NF"), "C/NOFORN"),
        (None, ("U", "U"), "C"),
        (None, ("S", "U"), "S"),
        ("U", ("U", "?!"), "?"),
    ],
)
def test_a_paragraph_is_as_closed_as_its_highest_part(
    mark: str | None, parts: tuple[str | None, ...], label: str
) -> None:
    """And one without a mark of its own is never more open than its cable."""
    pieces = tuple(Part(each, "report", "The king.", ()) for each in parts)
    cable = build.cable("2009STRELSAU12", build.paragraph("The king.", marking=mark, parts=pieces))
    assert marking_of(cable, cable.paragraphs[0]).label == label


@pytest.mark.parametrize(
    ("mark", "fields", "label"),
    [
        (None, {}, "C"),
        ("U", {}, "U"),
        ("S", {}, "S"),
        ("U", {"captions": ("NODIS",)}, "U/NODIS"),
        ("S", {"release": Release("released")}, "U"),
    ],
)
def test_a_subject_may_have_a_mark_of_its_own(
    mark: str | None, fields: dict[str, object], label: str
) -> None:
    """Like a paragraph's; without one it is a header field."""
    assert subject_marking_of(build.cable(subject_marking=mark, **fields)).label == label


@pytest.mark.parametrize(
    ("heading", "mark", "label"),
    [
        ("The King", "U", "C"),  # unmarked text takes the cable's level
        ("(U) The King", "U", "U"),
        ("(SBU) The King", "U", "SBU"),
        ("(U) The King", "S", "S"),  # no heading without its paragraph
        ("(S//XYZ) The King", "U", "?"),
        ("(Part 2) The King", "U", "C"),
        (None, "U", "U"),
    ],
)
def test_a_heading_without_a_mark_takes_the_cables_level(heading: str | None, mark: str, label: str) -> None:
    """So the heading above an unclassified paragraph of a classified cable stays closed."""
    cable = build.cable("2009STRELSAU12", build.paragraph("Away.", marking=mark, heading=heading))
    assert heading_marking_of(cable, cable.paragraphs[0]).label == label


# -- what is left of a cable ----------------------------------------------------------------------------

FULL = build.cable(
    "2009STRELSAU12",
    build.paragraph("open words", 1, marking="U", heading="(U) open heading"),
    build.paragraph("closed words", 2, marking="C", heading="closed heading"),
    build.paragraph("more open words", 3, marking="U", heading="closed title"),
    aliases=("09STRELSAU12", "closed-name.txt"),
    sections=Sections((1, 2), 2),
    transmission=Transmission("VZCZCclosed"),
    precedence=("FLASH",),
    from_=Sender("AMEMBASSY closed", "STRELSAU"),
    to=(Addressee("closed to"),),
    info=(Addressee("closed info"),),
    captions=("SIPDIS",),
    passing=("closed passing",),
    release=Release("leaked", None, "closed authority"),
    authority=Authority(name="closed classifier"),
    tags=("PREL",),
    tags_unknown=("CLOSED",),
    subject="closed subject",
    references=(Reference("closed reference", (3, 9), "other"),),
    signature="closed signature",
    catalogue=Catalogue("closed id", title="closed subject"),
    spans={"/subject": ((1, 2),)},
    defects=(Defect("page-line", "closed defect", (1, 2)),),
    copy=CopyNote("text", "closed.txt", "closed sha"),
)
IDENTITY = {"id", "key", "mrn", "era", "sent", "from_", "release", "aliases", "paragraphs"}


def test_who_may_read_every_portion_is_given_the_cable() -> None:
    """With the places in the copy, the damages, and the file's name."""
    assert visible(FULL, reader("C")) is FULL
    assert visible(FULL, ALL) is FULL


def test_of_a_header_that_is_closed_only_the_identity_is_left() -> None:
    """Id, date, post, era and status are everybody's who sees a portion; every other field is empty."""
    left = visible(FULL, reader("U"))
    assert left is not None
    assert b"closed" not in to_json(left).lower()
    assert (left.id, left.key, left.sent, left.aliases) == (FULL.id, FULL.key, FULL.sent, ("09STRELSAU12",))
    assert (left.from_, left.release) == (Sender(None, "STRELSAU"), Release("leaked"))
    assert [(each.anchor, each.heading) for each in left.paragraphs] == [
        ("1", "(U) open heading"),
        ("3", None),
    ]
    assert not any(getattr(left, name) for name in {*Cable.__struct_fields__} - IDENTITY)


def test_a_portion_taken_out_takes_the_places_with_it() -> None:
    """Spans, damages and the file's name tell where and how long it was; the rest of the header stays."""
    cable = replace(FULL, paragraphs=(*FULL.paragraphs, build.paragraph("top", 4, marking="TS")))
    left = visible(cable, reader("S"))
    assert left is not None
    assert (left.spans, left.defects, left.copy) == ({}, (), None)
    assert left.references[0].span == (0, 0)
    assert "closed-name.txt" not in left.aliases
    assert all(each.spans == () == each.parts[0].spans for each in left.paragraphs)
    assert (left.to, left.tags, left.subject, left.catalogue) == (
        FULL.to,
        FULL.tags,
        FULL.subject,
        FULL.catalogue,
    )


def test_a_closed_subject_is_closed_in_the_catalogue_too() -> None:
    """The packaging's title is the subject in other words."""
    left = visible(replace(FULL, subject_marking="S"), reader("C"))
    assert left is not None
    assert left.subject is left.subject_marking is None
    assert left.catalogue == Catalogue("closed id")


def test_an_open_subject_may_be_all_that_is_left() -> None:
    """And of a cable that is closed as a whole nothing is, not its number."""
    cable = build.cable("2009STRELSAU12", "(C) The king.", subject_marking="U")
    left = visible(cable, reader("U"))
    assert left is not None
    assert (left.subject, left.paragraphs) == ("THE KING IS AWAY", ())
    assert visible(replace(cable, captions=("NODIS",)), reader("TS")) is None


# -- a second description of the rule, in tables and loops ----------------------------------------------

MARK = {
    "U": ("U", set()), "SBU": ("SBU", set()), "C": ("C", set()), "S": ("S", set()), "TS": ("TS", set()),
    "SBU/NF": ("SBU", {"NOFORN"}), "C/NF": ("C", {"NOFORN"}), "S//NF": ("S", {"NOFORN"}),
    "S//REL SAU": ("S", {"REL SAU"}), "S//XYZ": None,
}  # fmt: skip
LINE = {None: None, "UNCLASSIFIED": "U", "CONFIDENTIAL": "C", "SECRET": "S", "TOP SECRET": "TS"}
ORDER = ["U", "SBU", "C", "S", "TS"]


def _reads(who: Reader, *bonds: tuple[str, set[str]] | None) -> bool:
    """Whether somebody may read what all these bind together."""
    if who.level is None:
        return True
    return all(
        bond and ORDER.index(bond[0]) <= ORDER.index(who.level) and bond[1] <= who.holds for bond in bonds
    )


def _line(cable: Cable) -> tuple[str, set[str]] | None:
    if cable.release.status == "released":
        return (LINE[cable.release.current] or "U", set()) if cable.release.current else ("U", set())
    level = LINE[cable.classification]
    if level is None or "BURN BEFORE READING" in cable.handling:
        return None
    level = "SBU" if level == "U" and "SENSITIVE" in cable.handling else level
    return level, {*cable.captions, *cable.handling} - {"SIPDIS", "SENSITIVE"}


def _bonds(cable: Cable, *marks: str | None) -> list[tuple[str, set[str]] | None]:
    """What binds the reader of text with these marks; without the first, the cable's line does."""
    line = _line(cable)
    if cable.release.status == "released":
        return [line]
    own = [MARK[mark] for mark in marks if mark]
    captions = ("U", {*cable.captions} - {"SIPDIS"})
    return [*own, captions] if marks and marks[0] else [line, *own, captions]


@pytest.mark.parametrize("who", invented.READERS.values(), ids=invented.READERS)
def test_what_is_left_is_what_the_rule_leaves(who: Reader) -> None:
    """Of many cables with marks of every kind, portion by portion."""
    for cable in invented.cables(400, seed=3):
        left = visible(cable, who)
        header = _reads(who, _line(cable))
        subject = _reads(who, *_bonds(cable, cable.subject_marking))
        of_paragraphs = {
            each.anchor: _bonds(cable, each.marking, *(part.marking for part in each.parts))
            for each in cable.paragraphs
        }
        seen = [anchor for anchor, bonds in of_paragraphs.items() if _reads(who, *bonds)]
        if not (header or subject or seen):
            assert left is None
            continue
        assert left is not None
        assert [each.anchor for each in left.paragraphs] == seen
        headings = []
        for paragraph in cable.paragraphs:
            words = paragraph.heading or ""
            mark = words[1 : words.index(")")] if words.startswith("(") else None
            bonds = _bonds(cable, mark) + of_paragraphs[paragraph.anchor]
            if paragraph.heading and _reads(who, *bonds):
                headings.append(paragraph.heading)
        assert [each.heading for each in left.paragraphs if each.heading] == headings
        assert left.subject == (cable.subject if subject else None)
        assert left.tags == (cable.tags if header else ())
        assert (left.signature, left.classification) == (
            (cable.signature, cable.classification) if header else (None, None)
        )
        everything = header and subject and len(seen) == len(cable.paragraphs)
        everything = everything and len(headings) == sum(
            each.heading is not None for each in cable.paragraphs
        )
        assert (left.spans == cable.spans) == everything


@pytest.mark.parametrize("who", invented.READERS.values(), ids=invented.READERS)
def test_what_is_left_once_is_left_again(who: Reader) -> None:
    """Taking out twice takes out no more, and every portion that is left is the reader's."""
    for cable in invented.cables(200, seed=4):
        left = visible(cable, who)
        if left is not None:
            assert visible(left, who) == left
            assert clearance.shown_level(left) == clearance.shown_level(replace(left, spans={}))
        assert (left is None) == (not any(may_read(who, marking) for marking in markings(cable)))
