"""Who may read what: pure functions on markings (docs/record.md, "Sent, and since").

The unit of access is the portion: subject, heading, paragraph, part. A portion with a mark of its own is
governed by that mark; one without, and every header field, by the cable's level with its handling and
captions. A caption that restricts binds every portion. What has been released is governed by its level of
today alone. What cannot be understood is for nobody but him who reads all. Each rule has a name, a sentence
and its authority in tables/rules.csv.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Literal

import msgspec
from msgspec.structs import replace

from reftel import mrn
from reftel.cable import Cable, Paragraph, Part, Release, Sender
from reftel.errors import UsageError
from reftel.markings import (
    CAPTIONS,
    CONTROLS,
    NAMES,
    RANKS,
    Level,
    Marking,
    is_nation,
    read_classification,
    read_mark,
    read_marking,
    released_to,
)
from reftel.spelling import Spellings
from reftel.tables import rows


class Reader(msgspec.Struct, frozen=True):
    """Somebody as far as he is cleared: to a level, and for what he holds beside it (NOFORN, EXDIS ...).

    REL RURITANIA is a group that things are released to. A reader of level U who holds SBU reads as far as
    SBU. Level None reads all: the archive's owner.
    """

    level: Level | None
    holds: frozenset[str] = frozenset()
    name: str | None = None  # by which the archive knows him; it opens nothing, but notes are kept under it


def whom(reader: Reader) -> str:
    """Who reads, as counts say it: `a reader of C, holding NOFORN`."""
    if reader.level is None:
        return "one who reads all"
    holds = f", holding {', '.join(sorted(reader.holds))}" if reader.holds else ""
    return f"a reader of {reader.level}{holds}"


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an archive's owner has decided for all its readers."""

    readers_required: bool = False  # who does not say who he is sees nothing
    withheld: Literal["absent", "marked"] = "absent"  # how a portion is shown that a reader may not see
    protect: bool = True  # names marked as to be protected are masked


ALL = Reader(None)
"""He who may read everything."""

_UNKNOWN = Marking(None)
_OPEN = Marking("U")
_ABSENT = Policy()
_CONTROL_NAMES = frozenset(CONTROLS.values())


def reader(level: str) -> Reader:
    """Somebody cleared to a bare level, `U`, `SBU`, `C`, `S` or `TS`; he holds nothing beside it."""
    for known in RANKS:
        if level.strip().upper() in {known, NAMES[known]}:
            return Reader(known)
    raise UsageError(f"no clearance is called {level!r}: say one of {', '.join(RANKS)}")


def both(one: Reader, other: Reader) -> Reader:
    """Somebody who may see nothing that not each of the two may see."""
    if one.level is None or other.level is None:
        return other if one.level is None else one
    rank = min(_rank(one), _rank(other))
    level = next(known for known, its in RANKS.items() if its == rank)
    return one if one == other else Reader(level, (one.holds & other.holds) - {"SBU"})


def may_read(reader: Reader, marking: Marking) -> bool:
    """Whether the reader may see what the marking governs; in doubt he may not."""
    if reader.level is None:
        return True
    if marking.level is None or RANKS[marking.level] > _rank(reader):
        return False
    return all(_holds(reader, restriction) for restriction in marking.restrictions)


def lacks(reader: Reader, marking: Marking) -> tuple[str, ...]:
    """What the reader would need besides to see what the marking governs: `("S", "NOFORN")`.

    `("?",)` where the marking cannot be understood and nothing would do; empty where he may read.
    """
    if reader.level is None:
        return ()
    if marking.level is None:
        return ("?",)
    above = (marking.level,) if RANKS[marking.level] > _rank(reader) else ()
    return (*above, *(each for each in marking.restrictions if not _holds(reader, each)))


def _rank(reader: Reader) -> int:
    assert reader.level is not None
    return max(RANKS[reader.level], RANKS["SBU"] if "SBU" in reader.holds else 0)


def _holds(reader: Reader, restriction: str) -> bool:
    """Whether the reader holds what a restriction asks for; REL A, B also with A, with B or with NOFORN.

    With NOFORN only where A and B are known: behind what is no country, something else may be meant.
    """
    if restriction in reader.holds:
        return True
    groups = released_to(restriction)
    if groups is None:
        return False
    if "NOFORN" in reader.holds and is_nation(*groups):
        return True
    return any(f"REL {group}" in reader.holds for group in groups)


def marking_of_label(label: str) -> Marking:
    """The inverse of `Marking.label`: `C/NOFORN`; a label that is none is not understood."""
    level, *restrictions = label.split("/")
    for known in RANKS:
        if level == known:
            return Marking(known, tuple(restrictions))
    return _UNKNOWN


def join(markings: Iterable[Marking]) -> Marking:
    """What binds the reader of all these together: the highest level and every restriction."""
    level: Level = "U"
    restrictions: set[str] = set()
    for marking in markings:
        if marking.level is None:
            return _UNKNOWN
        if RANKS[marking.level] > RANKS[level]:
            level = marking.level
        restrictions.update(marking.restrictions)
    return Marking(level, tuple(sorted(restrictions)))


# -- what governs each portion --------------------------------------------------------------------------


class Rule(msgspec.Struct, frozen=True):
    """One rule of who may read what, in a sentence, and on whose authority."""

    sentence: str
    authority: str


RULES: dict[str, Rule] = {row["rule"]: Rule(row["sentence"], row["authority"]) for row in rows("rules")}
"""The rules by name (docs/clearance.md)."""


class Ruling(msgspec.Struct, frozen=True):
    """What governs a portion, and the names of the rules that say so."""

    marking: Marking
    rules: tuple[str, ...]


_mark = lru_cache(maxsize=4096)(read_mark)
_marking = lru_cache(maxsize=4096)(read_marking)

_BRACKETS = ("(", "[", "{")
_BEGINS_AS_MARK = (*_BRACKETS, "TS/", "S/", "C/", "U/", "SBU/")
_LEVEL_WORDS = r"(?:TS|SBU|LOU|FOUO|OUO|TOP\ SECRET|SECRET|CONFIDENTIAL|UNCLAS(?:SIFIED)?|S|C|U)"
_CONTROL_WORDS = "|".join(map(re.escape, ("REL", *CONTROLS)))
# text without a mark that begins as if one stood there
_GARBLED = re.compile(
    rf"""
    [(\[]\s* (?:TS|SBU|S|C|U)?\s*/*\s*\?[\s?/]*[)\]]                # (?) | [?] | (S?)
    | [(\[{{]\s* {_LEVEL_WORDS}\s*/\s* (?:/|(?:{_CONTROL_WORDS})\b)   # (S / / N F) | (S//NF without an end
    | (?:[(\[{{]\s*[(\[{{]|{{)\s* {_LEVEL_WORDS}\s*[)\]}}]            # ((S)) | {{S}}
    | [(\[{{]\s* (?:TS|SBU|S|C|U)\s (?![^)\]}}]{{0,60}}[)\]}}])          # ( S without an end
    | (?:TS|SBU|S|C|U)//?(?:{_CONTROL_WORDS})\b                        # S//NF: without brackets
    """,
    re.VERBOSE,
)
_MISSPELT = re.compile(r"[(\[]\s*([A-Z]{5,14})\s*(?:/[A-Z/ ]{1,20})?[)\]]")  # (CONFIDENTAL), (SECRT//NF)
_LONG_LEVELS = Spellings(("UNCLASSIFIED", "CONFIDENTIAL", "SECRET"))
# behind a mark, a second one that adds to it: (S)(NF) | (C) (REL TO RURITANIA)
_SECOND_MARK = re.compile(r"[(\[]\s*(?:NF|NOFORN|ORCON|EXDIS|NODIS|XD|ND|REL(?:\s+TO)?\s[A-Z, ]+)\s*[)\]]")


def _ruling(marking: Marking, *rules: str) -> Ruling:
    """A ruling with the further rules that its marking is an instance of."""
    if marking.level is None:
        return Ruling(marking, (*rules, "not-understood"))
    if marking.level == "SBU":
        rules = (*rules, "control")
    held = {_kind_of(restriction) for restriction in marking.restrictions}
    return Ruling(marking, (*rules, *sorted(held)))


def _kind_of(restriction: str) -> str:
    if released_to(restriction) is not None:
        return "rel"
    return "restriction" if restriction in _CONTROL_NAMES and restriction not in CAPTIONS else "caption"


@lru_cache(maxsize=256)
def _today(current: str | None) -> Ruling:
    """What governs a released cable: today's level, U where none is stated."""
    if current is None:
        return Ruling(_OPEN, ("released", "released-unstated"))
    line = read_classification(current.strip())
    if line is None or current.strip()[line.end :].strip():
        return _ruling(_UNKNOWN, "released")
    return _ruling(read_marking(line.classification, line.handling), "released")


@lru_cache(maxsize=4096)
def _as_sent(classification: str | None, handling: tuple[str, ...], captions: tuple[str, ...]) -> Ruling:
    """What a cable's own line and captions say of all that has no mark."""
    return _ruling(_marking(classification, handling, captions), "cable")


@lru_cache(maxsize=1024)
def _captions(captions: tuple[str, ...]) -> Marking:
    """What a cable's captions add to every portion; a caption that is in no table restricts."""
    return Marking("U", tuple(sorted({caption for caption in captions if CAPTIONS.get(caption, True)})))


@lru_cache(maxsize=4096)
def _of_mark(mark: str, captions: tuple[str, ...]) -> Ruling:
    """What a mark says, with the cable's captions."""
    return _ruling(join((_mark(mark), _captions(captions))), "mark")


def _together(rulings: Iterable[Ruling], rule: str) -> Ruling:
    """All of these bind at once, by the rule named last."""
    some = tuple(rulings)
    rules = dict.fromkeys(name for each in some for name in each.rules)
    return Ruling(join(each.marking for each in some), (*rules, rule))


def _is_garbled(text: str) -> bool:
    """Whether text without a mark begins as if one stood there."""
    if not text.startswith(_BEGINS_AS_MARK):
        return False
    misspelt = _MISSPELT.match(text)
    return _GARBLED.match(text) is not None or (
        misspelt is not None and _LONG_LEVELS.nearest(misspelt[1]) is not None
    )


def _has_second_mark(text: str) -> bool:
    return text.startswith(_BRACKETS) and _SECOND_MARK.match(text) is not None


def header_ruling(cable: Cable) -> Ruling:
    """What governs the header fields, and text without a mark."""
    if cable.release.status == "released":
        return _today(cable.release.current)
    return _as_sent(cable.classification, cable.handling, cable.captions)


def subject_ruling(cable: Cable) -> Ruling:
    """What governs the subject, wherever it is told."""
    if cable.release.status == "released":
        return header_ruling(cable)
    mark = None if cable.subject_withheld else cable.subject_marking
    if mark is None and cable.subject is not None and _is_garbled(cable.subject):
        mark = "?"
    return header_ruling(cable) if mark is None else _of_mark(mark, cable.captions)


def paragraph_rulings(cable: Cable, paragraph: Paragraph) -> tuple[Ruling | None, ...]:
    """What governs a paragraph: one ruling for all of it, or one for each of its parts.

    None at all for a paragraph, and None for a part, that is only said to be withheld: what is said so is
    for everybody who sees anything of the cable.
    """
    if paragraph.withheld:
        return ()
    if cable.release.status == "released":
        return (_today(cable.release.current),)
    mark = paragraph.marking
    for part in paragraph.parts:
        own = part.marking
        if part.withheld or (own != mark and own is not None) or (mark is None and _is_garbled(part.text)):
            return _rulings_of_parts(cable, paragraph)
    return (_ruling_of(cable, mark, paragraph.text),)  # nearly all are of one mark, or of none


def _ruling_of(cable: Cable, mark: str | None, text: str) -> Ruling:
    """By its mark; without one by the cable's. A mark that seems to stand in the text closes it."""
    if _is_garbled(text) if mark is None else _has_second_mark(text):
        mark = "?"
    return header_ruling(cable) if mark is None else _of_mark(mark, cable.captions)


def _rulings_of_parts(cable: Cable, paragraph: Paragraph) -> tuple[Ruling | None, ...]:
    """Each part's own mark, else the paragraph's, else the cable's; all together where it cannot be cut."""
    mark = paragraph.marking
    rulings: list[Ruling | None] = []
    for at, part in enumerate(paragraph.parts):
        if part.withheld:
            rulings.append(None)
            continue
        ruling = _ruling_of(cable, mark_of_part(paragraph, part), part.text)
        if part.marking is None and mark is not None:
            ruling = _with(ruling, "paragraph")
        elif at == 0 and mark not in (None, part.marking):
            ruling = _together((_ruling_of(cable, mark, ""), ruling), "first-part")
        rulings.append(ruling)
    known = [ruling for ruling in rulings if ruling is not None]
    if separators(paragraph) is None:
        return (_together((_ruling_of(cable, mark, paragraph.text), *known), "uncut"),)
    same = len(known) == len(rulings) and len({ruling.marking for ruling in known}) == 1
    return (known[0],) if same else tuple(rulings)


def _with(ruling: Ruling, rule: str) -> Ruling:
    return Ruling(ruling.marking, (*ruling.rules, rule))


def mark_of_part(paragraph: Paragraph, part: Part) -> str | None:
    """The mark that a part bears as sent: its own, else its paragraph's."""
    return paragraph.marking if part.marking is None else part.marking


def separators(paragraph: Paragraph) -> tuple[str, ...] | None:
    """The blanks that stand in front of each part; None where the parts with them are not the whole text."""
    found, text, at = [], paragraph.text, 0
    for part in paragraph.parts:
        start = at
        while not text.startswith(part.text, at):
            if not text[at : at + 1].isspace():
                return None
            at += 1
        found.append(text[start:at])
        at += len(part.text)
    return tuple(found) if found and at == len(text) and not found[0] else None


# (C) Background | (S//NF) Sources, but not (Part 2) of the plan
_HEADING_MARK = re.compile(r"\s*\((?P<mark>(?:TS|S|C|U|SBU|LOU|FOUO|OUO)(?:\s?[-/,][^()]*)?)\)")


def mark_of_heading(heading: str) -> str | None:
    """The mark that a heading begins with; None where it has none."""
    match = _HEADING_MARK.match(heading)
    if match:
        return match["mark"]
    return "?" if _is_garbled(heading) else None


def heading_ruling(cable: Cable, paragraph: Paragraph) -> Ruling:
    """What governs the heading above a paragraph: its own mark, else the cable's as for all unmarked text.

    Never less than the least part of the paragraph it belongs to, so that no heading stands alone.
    """
    return _heading(cable, paragraph, paragraph_rulings(cable, paragraph))


def _heading(cable: Cable, paragraph: Paragraph, below: tuple[Ruling | None, ...]) -> Ruling:
    if cable.release.status == "released":
        return _today(cable.release.current)
    mark = mark_of_heading(paragraph.heading or "")
    own = header_ruling(cable) if mark is None else _of_mark(mark, cable.captions)
    least = min((ruling for ruling in below if ruling is not None), key=_severity, default=own)
    return _together((least,) if paragraph.heading is None else (own, least), "heading")


def _severity(ruling: Ruling) -> tuple[int, int, tuple[str, ...]]:
    """One order of all markings, so that the least of some is the least of those that are left of them."""
    marking = ruling.marking
    rank = len(RANKS) if marking.level is None else RANKS[marking.level]
    return rank, len(marking.restrictions), marking.restrictions


def header_marking(cable: Cable) -> Marking:
    """What governs the header fields, and text without a mark."""
    return header_ruling(cable).marking


def subject_marking_of(cable: Cable) -> Marking:
    """What governs the subject, wherever it is told."""
    return subject_ruling(cable).marking


def markings_of(cable: Cable, paragraph: Paragraph) -> tuple[Marking | None, ...]:
    """What governs a paragraph: one marking for all of it, or one for each of its parts."""
    rulings = paragraph_rulings(cable, paragraph)
    return tuple([None if ruling is None else ruling.marking for ruling in rulings])


def heading_marking_of(cable: Cable, paragraph: Paragraph) -> Marking:
    """What governs the heading above a paragraph."""
    return heading_ruling(cable, paragraph).marking


class Governing(msgspec.Struct, frozen=True):
    """What governs each portion of a cable; of its paragraphs and their headings in their order."""

    header: Marking
    subject: Marking
    paragraphs: tuple[tuple[Marking | None, ...], ...]
    """Of each one marking for all of it, or one for each part. None for what is but said to be withheld."""
    headings: tuple[Marking | None, ...]  # None where a paragraph has no heading


def governing(cable: Cable) -> Governing:
    """What governs each portion of the cable, found once for all who ask."""
    header = header_ruling(cable).marking
    if cable.release.status == "released":
        of_one = (header,)
        return Governing(
            header,
            header,
            tuple([() if each.withheld else of_one for each in cable.paragraphs]),
            tuple([None if each.heading is None else header for each in cable.paragraphs]),
        )
    paragraphs: list[tuple[Marking | None, ...]] = []
    headings: list[Marking | None] = []
    for paragraph in cable.paragraphs:
        rulings = paragraph_rulings(cable, paragraph)
        if len(rulings) == 1 and rulings[0] is not None:  # nearly all
            paragraphs.append((rulings[0].marking,))
        else:
            paragraphs.append(tuple([None if ruling is None else ruling.marking for ruling in rulings]))
        heading = None if paragraph.heading is None else _heading(cable, paragraph, rulings).marking
        headings.append(heading)
    return Governing(header, subject_ruling(cable).marking, tuple(paragraphs), tuple(headings))


def markings(cable: Cable) -> frozenset[Marking]:
    """Every marking that governs some portion of the cable."""
    return all_of(governing(cable))


def all_of(each: Governing) -> frozenset[Marking]:
    """The markings of all portions together."""
    paragraphs = {marking for markings in each.paragraphs for marking in markings if marking is not None}
    headings = [heading for heading in each.headings if heading is not None]
    return frozenset((each.header, each.subject, *paragraphs, *headings))


def may_read_all(reader: Reader, cable: Cable) -> bool:
    """Whether the reader may see every portion, and so the copy itself."""
    return all(may_read(reader, marking) for marking in markings(cable))


def is_spelling(alias: str, cable: Cable) -> bool:
    """Whether an alias is but another way to write the id; a file's name may tell more than that."""
    number = mrn.read(alias)
    return number is not None and cable.id is not None and number.id == cable.id


# -- what is left of a cable for one reader -------------------------------------------------------------


def visible(cable: Cable, reader: Reader, policy: Policy = _ABSENT) -> Cable | None:
    """The cable with what the reader may not see taken out, as if it had never been.

    None where nothing is left. Where the policy is to say what is withheld, each paragraph, part, subject and
    heading that is taken out leaves its mark as sent, with number and anchor, and nothing else.

    Places in the copy, its damages and the name of its file go with the first portion that is taken out:
    they tell of the length and the place of what is gone.
    """
    each = governing(cable)
    if all(may_read(reader, marking) for marking in all_of(each)):
        return cable
    header, subject = may_read(reader, each.header), may_read(reader, each.subject)
    seen = [[_sees(reader, marking) for marking in some] for some in each.paragraphs]
    if not (header or subject or any(True in some for some in seen)):
        return None
    marked = policy.withheld == "marked"
    headings = [marking is not None and may_read(reader, marking) for marking in each.headings]
    paragraphs = (
        _left(paragraph, some, heading, marked=marked)
        for paragraph, some, heading in zip(cable.paragraphs, seen, headings, strict=True)
    )
    withheld = marked and not subject and cable.subject is not None
    left = replace(
        cable if header else _identity(cable),
        aliases=tuple(alias for alias in cable.aliases if is_spelling(alias, cable)),
        subject=cable.subject if subject else None,
        subject_marking=_left_of_subject_marking(cable, subject, withheld),
        subject_withheld=True if withheld else cable.subject_withheld,
        paragraphs=tuple(paragraph for paragraph in paragraphs if paragraph is not None),
        spans={},
        defects=(),
        copy=None,
        redactions=(),
    )
    if not header:
        return left
    catalogue = cable.catalogue
    return replace(
        left,
        references=tuple(replace(reference, span=(0, 0)) for reference in cable.references),
        catalogue=catalogue if subject or catalogue is None else catalogue.without_subject(),
    )


def _left_of_subject_marking(cable: Cable, seen: bool, withheld: bool) -> str | None:
    if withheld:
        return told(cable.subject_marking)
    return cable.subject_marking if seen or cable.subject_withheld else None


def _identity(cable: Cable) -> Cable:
    """What everybody knows of a cable who may see anything of it."""
    return Cable(
        id=cable.id,
        key=cable.key,
        aliases=cable.aliases,
        mrn=cable.mrn,
        era=cable.era,
        extract=False,
        sections=None,
        sent=cable.sent,
        sent_basis=None,
        precedence=(),
        transmission=None,
        from_=Sender(None, cable.from_.station),
        captions=binding_captions(cable),
        release=Release(cable.release.status),
    )


def binding_captions(cable: Cable) -> tuple[str, ...]:
    """The captions that bind every portion: whoever sees one of them holds these."""
    if not cable.captions or cable.release.status == "released":
        return ()
    return tuple([caption for caption in cable.captions if CAPTIONS.get(caption, True)])


def _sees(reader: Reader, marking: Marking | None) -> bool | None:
    return None if marking is None else may_read(reader, marking)


def _left(
    paragraph: Paragraph, seen: Sequence[bool | None], heading: bool, *, marked: bool
) -> Paragraph | None:
    """What is left of a paragraph: `seen` says of all of it, or of each part, whether it may be seen."""
    if paragraph.withheld:
        return paragraph
    if True not in seen:
        return withheld_paragraph(paragraph.number, paragraph.anchor, paragraph.marking) if marked else None
    hides_heading = marked and paragraph.heading is not None and not heading
    left = replace(
        paragraph,
        heading=paragraph.heading if heading else None,
        heading_withheld=hides_heading or paragraph.heading_withheld,
        heading_marking=told(mark_of_heading(paragraph.heading or ""))
        if hides_heading
        else paragraph.heading_marking,
        spans=(),
        parts=tuple([_without_places(part) for part in paragraph.parts]),
    )
    return left if len(seen) == 1 else _cut(left, seen, marked=marked)


def _cut(paragraph: Paragraph, seen: Sequence[bool | None], *, marked: bool) -> Paragraph:
    """A paragraph with only those of its parts that may be seen, or are said to be withheld."""
    before = separators(paragraph)
    assert before is not None  # what cannot be cut has one ruling
    parts = [
        part if may or part.withheld else withheld_part(mark_of_part(paragraph, part)) if marked else None
        for part, may in zip(paragraph.parts, seen, strict=True)
    ]
    text = [(blank, part.text) for blank, part, may in zip(before, paragraph.parts, seen, strict=True) if may]
    return left_of(
        paragraph,
        parts,
        "".join(blank + words for blank, words in text)[len(text[0][0]) :],
    )


def left_of(paragraph: Paragraph, parts: Sequence[Part | None], text: str) -> Paragraph:
    """A paragraph of which some parts are gone (None) or withheld, and what is left of its text.

    Its mark and its voice are those of its beginning. Where that is gone without a word, nothing may tell of
    it: then each part bears the mark that governs it, and the first that is left gives the voice.
    """
    left = [part for part in parts if part is not None]
    voice = next(part.voice for part in left if not part.withheld)
    if parts[0] is None:
        left = [replace(part, marking=mark_of_part(paragraph, part)) for part in left]
        return replace(paragraph, marking=None, voice=voice, text=text, parts=tuple(left))
    marking = paragraph.marking
    if parts[0].withheld:
        marking = told(marking)
    else:
        voice = paragraph.voice
    return replace(paragraph, marking=marking, voice=voice, text=text, parts=tuple(_merged(left)))


def _merged(parts: Iterable[Part]) -> Iterator[Part]:
    """The parts with what is withheld under one mark said once: how often the voice changed is not told."""
    last = None
    for part in parts:
        if not (part.withheld and last == part):
            yield part
        last = part


def told(marking: str | None) -> str | None:
    """A mark as it is told to who may not see what it governs: as sent, or `?` where it seems no mark.

    What is not understood and has several words may be text that stood in brackets: (C, the king told us).
    """
    if marking is None or " " not in marking.strip() or _mark(marking).level is not None:
        return marking
    return "?"


def withheld_part(marking: str | None) -> Part:
    """A part of which no more is told than its mark."""
    return Part(told(marking), "report", "", (), withheld=True)


def withheld_paragraph(number: int | None, anchor: str, marking: str | None) -> Paragraph:
    """A paragraph of which no more is told than its number, anchor and mark."""
    return Paragraph(number, anchor, told(marking), None, "report", "", (), (), withheld=True)


def _without_places(part: Part) -> Part:
    return replace(part, spans=()) if part.spans else part


# -- levels as sent, to be shown ------------------------------------------------------------------------


def sent_level(cable: Cable) -> Level | None:
    """The level that the cable was marked with when sent; None where the line is lost or not understood."""
    return _marking(cable.classification, cable.handling).level


def sent_levels_of(cable: Cable, paragraph: Paragraph) -> tuple[Level | None, ...]:
    """The levels that a paragraph's parts were marked with when sent; without a mark, the cable's.

    None for what is withheld, or not understood.
    """
    if paragraph.withheld:
        return ()
    mark = paragraph.marking
    level = sent_level(cable) if mark is None else _mark(mark).level
    if len(paragraph.parts) == 1 and paragraph.parts[0].marking == mark:  # nearly all
        return (level,)
    return tuple(
        [
            None if part.withheld else level if part.marking in (None, mark) else _mark(part.marking).level
            for part in paragraph.parts
        ]
    ) or (level,)


def sent_level_of_subject(cable: Cable) -> Level | None:
    """The level that the subject was marked with when sent; without a mark, the cable's."""
    if cable.subject_withheld:
        return None
    return sent_level(cable) if cable.subject_marking is None else _mark(cable.subject_marking).level


def shown_level(cable: Cable) -> Level | None:
    """The level to show beside a cable of which this is what its reader may see.

    The cable's own, as sent; where that is not for him, or lost, the highest of its portions.
    """
    level = sent_level(cable)
    if level is not None:
        return level
    of_parts = (level for paragraph in cable.paragraphs for level in sent_levels_of(cable, paragraph))
    return highest((sent_level_of_subject(cable), *of_parts))


def highest(levels: Iterable[Level | None]) -> Level | None:
    """The highest of the levels that are known; None where none is."""
    return max((level for level in levels if level is not None), key=RANKS.__getitem__, default=None)
