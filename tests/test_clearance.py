"""Who may read what: portions, captions, released copies, and what is left of a cable."""

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

import build
import invented
from reftel import clearance
from reftel.archive import Archive
from reftel.cable import (
    Addressee,
    Authority,
    Cable,
    Catalogue,
    CopyNote,
    Defect,
    Paragraph,
    Part,
    Reference,
    Release,
    Sections,
    Sender,
    Transmission,
    from_json,
    to_json,
)
from reftel.clearance import (
    ALL,
    RULES,
    Policy,
    Reader,
    header_marking,
    header_ruling,
    heading_marking_of,
    heading_ruling,
    join,
    lacks,
    marking_of_label,
    markings,
    markings_of,
    may_read,
    paragraph_rulings,
    reader,
    subject_marking_of,
    subject_ruling,
    visible,
)
from reftel.errors import UsageError
from reftel.markings import Marking, read_mark
from reftel.readingroom import ReadingRoom

NOFORN = Reader("S", frozenset({"NOFORN"}))
READERS = {**invented.READERS, "S for SAU and EXDIS": Reader("S", frozenset({"REL SAU", "EXDIS"}))}


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
    (marking,) = markings_of(cable, cable.paragraphs[0])
    assert marking is not None
    assert marking.label == label


@pytest.mark.parametrize(
    ("mark", "parts", "labels"),
    [
        ("U", ("U", "S"), "U S"),
        ("S", ("S", "U"), "S U"),
        ("S", ("U", "U"), "S U"),  # (S) (U) The king: in doubt the higher
        ("C", (None, None), "C"),
        ("U", (None, "C/NF"), "U C/NOFORN"),
        (None, ("U", "U"), "U"),
        (None, (None, "U"), "C U"),
        (None, ("S", "U", None), "S U C"),
        ("U", ("U", "?!"), "U ?"),
        ("U", (), "U"),
        (None, (), "C"),
    ],
)
def test_each_part_is_governed_by_its_own_mark(
    mark: str | None, parts: tuple[str | None, ...], labels: str
) -> None:
    """Else by its paragraph's, else by the cable's; said once where it is the same for all."""
    pieces = tuple(Part(each, "report", "The king.", ()) for each in parts)
    text = " ".join(part.text for part in pieces)
    cable = build.cable("2009STRELSAU12", build.paragraph(text, marking=mark, parts=pieces))
    found = markings_of(cable, cable.paragraphs[0])
    assert [each.label for each in found if each] == labels.split()


@pytest.mark.parametrize("text", ["The king. left. The duke.", "The king. The duke. ", "The king.", ""])
def test_a_paragraph_that_cannot_be_cut_is_as_closed_as_all_its_marks(text: str) -> None:
    """Where its parts are not the whole text, word for word, one that is closed closes all."""
    pieces = (Part("U", "report", "The king.", ()), Part("S//NF", "report", "The duke.", ()))
    for mark, label in (("U", "S/NOFORN"), (None, "S/NOFORN"), ("TS", "TS/NOFORN"), ("X", "?")):
        cable = build.cable("2009STRELSAU12", build.paragraph(text, marking=mark, parts=pieces))
        assert [each.label for each in markings_of(cable, cable.paragraphs[0]) if each] == [label]


@pytest.mark.parametrize(
    "text",
    [
        *("(?) The king is away.", "[?] The king.", "(S?) The king.", "( ?? ) The king."),
        *(
            "(S//NF The king.",
            "(S / / N F) The king.",
            "[SECRET/NOFORN] The king.",
            "((S)) The king.",
            "{S} The",
        ),
        "[TOP SECRET/EYES ONLY] The king.",
        *("(CONFIDENTAL) The king.", "(SECRT//NF) The king.", "( S the king is away.", "S//NF: The king."),
        "(S//REL TO RURITANIA, PONTEVEDRO the king.",
    ],
)
def test_text_that_begins_with_what_seems_a_mark_is_not_understood(text: str) -> None:
    """So it is not taken for text without a mark, which would open with an unclassified cable."""
    cable = build.cable("2009STRELSAU12", build.paragraph(text), classification="UNCLASSIFIED", subject=text)
    assert [each.label for each in markings_of(cable, cable.paragraphs[0]) if each] == ["?"]
    assert subject_marking_of(cable).label == "?"
    assert visible(cable, reader("TS")) == replace(
        cable, paragraphs=(), subject=None, spans={}, references=(), defects=()
    )


def test_brackets_that_are_no_mark_change_nothing() -> None:
    """Letters of a list, years, words in brackets."""
    for text in (
        *("(5) The king.", "(PARLIAMENT) The king.", "(S korea, said he) The king.", "S/he came."),
        *("(a) The king.", "(1) The king.", "(Why?) Nobody knows.", "[sic] The king.", "The king (?)"),
        *(
            "(c) The king.",
            "(C/O the king) Flavia.",
            "(S/he) left.",
            "(C-130) came.",
            "(Sapt) left.",
            "((a)) B.",
        ),
    ):
        cable = build.cable("2009STRELSAU12", build.paragraph(text, marking=None))
        assert [each.label for each in markings_of(cable, cable.paragraphs[0]) if each] == ["C"]


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


def test_a_heading_is_open_to_nobody_who_sees_no_part_below_it() -> None:
    """It goes with the least part of its paragraph."""
    pieces = (Part("S", "report", "The king.", ()), Part("C//NF", "report", "The duke.", ()))
    paragraph = build.paragraph("The king. The duke.", marking="S", heading="(U) Away", parts=pieces)
    cable = build.cable("2009STRELSAU12", paragraph)
    assert heading_marking_of(cable, paragraph).label == "C/NOFORN"


# -- releasability and controls -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("holds", "mark", "may"),
    [
        ("", "S//REL RURITANIA, PONTEVEDRO", False),
        ("REL RURITANIA", "S//REL RURITANIA, PONTEVEDRO", True),
        ("REL PONTEVEDRO", "S//REL RURITANIA, PONTEVEDRO", True),
        ("REL GRAUSTARK", "S//REL RURITANIA, PONTEVEDRO", False),
        ("NOFORN", "S//REL RURITANIA, PONTEVEDRO", True),  # no foreigner: what is for some is for him
        ("REL RURITANIA", "S//REL TO RURITANIA", True),
        ("REL RURITANIA", "S//REL", False),  # to whom, it does not say
        ("NOFORN", "S//REL", True),
        ("NOFORN", "S//REL TO USA, GBR AND AUS", True),
        ("NOFORN", "S//REL TO USA GBR AUS", True),
        ("NOFORN", "S//REL TRINIDAD AND TOBAGO, NATO", True),
        ("NOFORN", "S//REL RUIRTANIA", False),  # no country: something else may be meant
        ("NOFORN", "S//REL USA, RUIRTANIA", False),
        ("NOFORN", "S//REL FROM THE KING", False),
        ("REL RUIRTANIA", "S//REL USA, RUIRTANIA", True),
        ("REL AUS", "S//REL TO USA AUS", True),
        ("REL RURITANIA", "S//NF", False),
        ("REL RURITANIA", "S//REL RURITANIA//NF", False),
        ("REL RURITANIA;NOFORN", "TS//REL RURITANIA", False),
        ("REL RURITANIA", "S//REL RURITANIA//XD", False),
        ("SI", "S//SI", True),
        ("NOFORN", "S//SI//NF", False),
        ("NOFORN;SI", "S//SI//NF", True),
    ],
)
def test_what_must_be_held_beside_the_level(holds: str, mark: str, may: bool) -> None:
    """One group of REL is enough; all else must be held."""
    who = Reader("S", frozenset(filter(None, holds.split(";"))))
    assert may_read(who, read_mark(mark)) is may
    assert (lacks(who, read_mark(mark)) == ()) is may


def test_who_holds_sbu_reads_controlled_text_and_no_more() -> None:
    """SBU is a control, which an unclassified reader may hold."""
    who = Reader("U", frozenset({"SBU"}))
    assert may_read(who, Marking("SBU"))
    assert not may_read(who, Marking("C"))
    assert lacks(who, Marking("C", ("NOFORN",))) == ("C", "NOFORN")
    assert lacks(ALL, Marking(None)) == ()
    assert lacks(who, Marking(None)) == ("?",)


def test_every_rule_that_is_named_is_in_the_table() -> None:
    """With its sentence and its authority, and none stands there that is never named."""
    named = {"level", "copy"}  # of the reader, and of the copy
    for cable in invented.cables(800, seed=9):
        named.update(header_ruling(cable).rules, subject_ruling(cable).rules)
        for paragraph in cable.paragraphs:
            named.update(*(each.rules for each in paragraph_rulings(cable, paragraph) if each))
            named.update(heading_ruling(cable, paragraph).rules)
    assert named == {*RULES}


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
        bond
        and ORDER.index(bond[0]) <= ORDER.index(who.level)
        and all(each in who.holds or (each[:4] == "REL " and "NOFORN" in who.holds) for each in bond[1])
        for bond in bonds
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


def _bonds_of_parts(cable: Cable, paragraph: Paragraph) -> list[list[tuple[str, set[str]] | None]]:
    """What binds the reader of each part; of all the paragraph at once where it cannot be cut."""
    mark = paragraph.marking
    if cable.release.status == "released" or not paragraph.parts:
        return [_bonds(cable, mark)]
    found = [_bonds(cable, part.marking or mark) for part in paragraph.parts]
    found[0] += _bonds(cable, mark) if mark else []
    cut = r"\s*".join(re.escape(part.text) for part in paragraph.parts)
    if re.fullmatch(cut, paragraph.text):
        return found
    return [sum(found, _bonds(cable, mark))]


def _least(bonds_of_parts: list[list[tuple[str, set[str]] | None]]) -> list[tuple[str, set[str]] | None]:
    """The bonds of the part that most may read."""

    def order(bonds: list[tuple[str, set[str]] | None]) -> tuple[int, int, list[str]]:
        if None in bonds:
            return len(ORDER), 0, []
        held = {each for bond in bonds if bond for each in bond[1]}
        return max(ORDER.index(bond[0]) for bond in bonds if bond), len(held), sorted(held)

    return min(bonds_of_parts, key=order)


@pytest.mark.parametrize("who", READERS.values(), ids=READERS)
def test_what_is_left_is_what_the_rule_leaves(who: Reader) -> None:
    """Of many cables with marks of every kind, portion by portion."""
    for cable in invented.cables(400, seed=3):
        left = visible(cable, who)
        header = _reads(who, _line(cable))
        subject = _reads(who, *_bonds(cable, cable.subject_marking))
        parts = {each.anchor: _bonds_of_parts(cable, each) for each in cable.paragraphs}
        seen = {anchor: [_reads(who, *bonds) for bonds in some] for anchor, some in parts.items()}
        if not (header or subject or any(map(any, seen.values()))):
            assert left is None
            continue
        assert left is not None
        assert [each.anchor for each in left.paragraphs] == [name for name, some in seen.items() if any(some)]
        headings = []
        for paragraph in cable.paragraphs:
            words = paragraph.heading or ""
            mark = words[1 : words.index(")")] if words.startswith("(") else None
            bonds = _bonds(cable, mark) + _least(parts[paragraph.anchor])
            if paragraph.heading and _reads(who, *bonds):
                headings.append(paragraph.heading)
        assert [each.heading for each in left.paragraphs if each.heading] == headings
        whole = {each.anchor: each for each in cable.paragraphs}
        for paragraph in left.paragraphs:
            known, some = whole[paragraph.anchor], seen[paragraph.anchor]
            if all(some):
                assert (paragraph.text, paragraph.marking) == (known.text, known.marking)
                continue
            read = [part for part, may in zip(known.parts, some, strict=True) if may]
            assert paragraph.text.split() == " ".join(part.text for part in read).split()
            assert [part.text for part in paragraph.parts] == [part.text for part in read]
            assert paragraph.marking == (known.marking if some[0] else None)
        assert left.subject == (cable.subject if subject else None)
        assert left.tags == (cable.tags if header else ())
        assert (left.signature, left.classification) == (
            (cable.signature, cable.classification) if header else (None, None)
        )
        everything = header and subject and all(map(all, seen.values()))
        everything = everything and len(headings) == sum(
            each.heading is not None for each in cable.paragraphs
        )
        assert (left.spans == cable.spans) == everything


POLICIES = [Policy(withheld="absent"), Policy(withheld="marked")]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.withheld)
@pytest.mark.parametrize("who", READERS.values(), ids=READERS)
def test_what_is_left_once_is_left_again(who: Reader, policy: Policy) -> None:
    """Taking out twice takes out no more, and every portion that is left is the reader's."""
    for cable in invented.cables(400, seed=4):
        left = visible(cable, who, policy)
        if left is not None:
            assert visible(left, who, policy) == left
            again = {each for some in clearance.governing(left).paragraphs for each in some if each}
            assert all(may_read(who, marking) for marking in again)
            assert again <= {each for some in clearance.governing(cable).paragraphs for each in some}
            bare = visible(cable, who)
            assert bare is not None
            assert clearance.shown_level(left) == clearance.shown_level(bare)
        assert (left is None) == (not any(may_read(who, marking) for marking in markings(cable)))


# -- what is said to be withheld ------------------------------------------------------------------------

MARKED = Policy(withheld="marked")
CUT = build.cable(
    "2009STRELSAU12",
    build.paragraph(
        "hidden one\n-- open two\n-- hidden three -- hidden four\n\n-- open five",
        1,
        marking="S",
        voice="comment",
        heading="(S//NF) hidden heading",
        parts=(
            Part("S", "comment", "hidden one", ((1, 2),)),
            Part("U", "report", "-- open two", ((2, 3),)),
            Part("S//NF", "summary", "-- hidden three", ((3, 4),)),
            Part("S//NF", "comment", "-- hidden four", ((4, 5),)),
            Part("U", "summary", "-- open five", ((5, 6),)),
        ),
    ),
    build.paragraph("hidden words", 2, marking="C", heading="hidden title", voice="comment"),
    build.paragraph("hidden plainly", 3, marking=None),
    subject="hidden subject",
    subject_marking="S",
)


def test_a_part_taken_out_leaves_nothing_of_itself() -> None:
    """The mark and the voice of a paragraph go with its beginning, and the blanks with their parts."""
    left = visible(CUT, reader("U"))
    assert left is not None
    assert b"hidden" not in to_json(left)
    assert b"withheld" not in to_json(left)
    (paragraph,) = left.paragraphs
    assert (paragraph.number, paragraph.anchor, paragraph.marking, paragraph.heading) == (1, "1", None, None)
    assert (paragraph.text, paragraph.voice) == ("-- open two\n\n-- open five", "report")
    assert paragraph.parts == (
        Part("U", "report", "-- open two", ()),
        Part("U", "summary", "-- open five", ()),
    )


def test_what_is_withheld_is_said_with_its_mark_and_nothing_else() -> None:
    """Where the owner would have it so: number, anchor and mark; no words, no voice, no length."""
    left = visible(CUT, reader("U"), MARKED)
    assert left is not None
    assert b"hidden" not in to_json(left)
    first, second, third = left.paragraphs
    assert (first.marking, first.voice, first.text) == ("S", "report", "-- open two\n\n-- open five")
    assert (first.heading, first.heading_withheld, first.heading_marking) == (None, True, "S//NF")
    assert first.parts == (
        Part("S", "report", "", (), withheld=True),
        Part("U", "report", "-- open two", ()),
        Part("S//NF", "report", "", (), withheld=True),  # two parts: how often the voice changed is not told
        Part("U", "summary", "-- open five", ()),
    )
    assert second == Paragraph(2, "2", "C", None, "report", "", (), (), withheld=True)
    assert third == Paragraph(3, "3", None, None, "report", "", (), (), withheld=True)
    assert (left.subject, left.subject_marking, left.subject_withheld) == (None, "S", True)
    assert left.classification is None  # the header is no portion with a mark


def test_what_is_withheld_is_in_the_record_only_where_something_is() -> None:
    """The record of a cable that is seen whole is as it always was."""
    assert b"withheld" not in to_json(CUT)
    assert b"heading_marking" not in to_json(CUT)
    left = visible(CUT, reader("U"), MARKED)
    assert left is not None
    assert from_json(to_json(left)) == left
    assert visible(CUT, ALL, MARKED) is CUT


def test_who_sees_nothing_of_a_cable_is_told_nothing_of_it() -> None:
    """Not even that there is something to withhold."""
    cable = build.cable("2009STRELSAU12", "(C) The king.")
    assert visible(cable, reader("U"), MARKED) is None


@pytest.mark.parametrize("mark", ["S/REL RURITANIA, PONTEVEDRO", "C//XX", "?"])
def test_a_bad_mark_closes_its_paragraph_and_is_told_as_sent(mark: str) -> None:
    """To him who holds what it seems to ask for too, but for a REL that is whole."""
    cable = build.cable("2009STRELSAU12", build.paragraph("The king.", marking=mark), subject_marking="U")
    left = visible(cable, reader("TS"), MARKED)
    assert left is not None
    assert left.paragraphs == (Paragraph(1, "1", mark, None, "report", "", (), (), withheld=True),)


def test_text_in_brackets_that_is_taken_for_a_mark_is_not_told(tmp_path: Path) -> None:
    """(C, the king told us): that no such mark is known closes what stands behind it, and it itself."""
    words = "C, RASSENDYLL TOLD US"
    cable = build.cable(
        "2009STRELSAU12",
        build.paragraph("The king.", 1, marking=words),
        build.paragraph("Open.", 2, marking="U", heading=f"({words}) Sources"),
        build.paragraph(
            "king open",
            3,
            marking=words,
            parts=(Part(words, "report", "king", ()), Part("U", "report", " open", ())),
        ),
        subject_marking=words,
    )
    with Archive.create(tmp_path / "a") as archive:
        archive.store.set_policy(MARKED)
        archive.store.put([build.pair(cable)], "default")
        held = ReadingRoom(archive, reader("TS")).cable("2009STRELSAU12")
        whole = archive.store.load("2009STRELSAU12")
    left = visible(cable, reader("TS"), MARKED)
    assert left is not None
    assert held is not None
    assert held.cable == left
    assert "RASSENDYLL" not in repr(left)
    assert left.subject_marking == left.paragraphs[0].marking == left.paragraphs[1].heading_marking == "?"
    assert whole is not None
    assert whole.paragraphs[0].marking == words  # the owner reads what stands there


def test_a_caption_that_binds_is_told_to_whoever_sees_a_portion() -> None:
    """He holds it, or would see nothing; the header's other fields stay closed."""
    cable = build.cable("2009STRELSAU12", "(U) One.", "(S) Two.", captions=("SIPDIS", "EXDIS"))
    left = visible(cable, Reader("U", frozenset({"EXDIS"})))
    assert left is not None
    assert (left.captions, left.classification) == (("EXDIS",), None)
    assert visible(cable, reader("U")) is None


@pytest.mark.parametrize("text", ["(NF) The king.", "[NOFORN] The king.", "(REL TO RURITANIA) The king."])
def test_a_second_mark_behind_the_first_closes_the_paragraph(text: str) -> None:
    """`1. (S)(NF) The king.`: what the second one adds is not read, so nobody but the owner reads on."""
    sent = build.cable("2009STRELSAU12", f"(S) {text}", classification="SECRET")
    assert [each.label for each in markings_of(sent, sent.paragraphs[0]) if each] == ["?"]
    plain = build.cable("2009STRELSAU12", "(S) (Note) The king.", classification="SECRET")
    assert [each.label for each in markings_of(plain, plain.paragraphs[0]) if each] == ["S"]
