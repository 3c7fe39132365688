"""Who may read what: pure functions on markings (docs/record.md, "Sent, and since").

The unit of access is the portion. A portion with a mark of its own is governed by that mark; one without,
and every header field, by the cable's level with its handling and captions. A caption that restricts
binds every portion. What has been released is governed by its level of today alone. What cannot be
understood is for nobody but him who reads all.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

import msgspec
from msgspec.structs import replace

from reftel import mrn
from reftel.cable import Cable, Paragraph, Part, Release, Sender
from reftel.errors import UsageError
from reftel.markings import (
    CAPTIONS,
    NAMES,
    RANKS,
    Level,
    Marking,
    read_classification,
    read_mark,
    read_marking,
)


class Reader(msgspec.Struct, frozen=True):
    """Somebody as far as he is cleared: to a level, and for what he holds beside it (NOFORN, EXDIS ...).

    Level None reads all: the archive's owner.
    """

    level: Level | None
    holds: frozenset[str] = frozenset()


class Policy(msgspec.Struct, frozen=True):
    """What an archive's owner has decided for all its readers."""

    readers_required: bool = False  # who does not say who he is sees nothing
    withheld: Literal["absent", "marked"] = "absent"  # how a portion is shown that a reader may not see
    protect: bool = True  # names marked as to be protected are masked


ALL = Reader(None)
"""He who may read everything."""

_UNKNOWN = Marking(None)
_OPEN = Marking("U")


def reader(level: str) -> Reader:
    """Somebody cleared to a bare level, `U`, `SBU`, `C`, `S` or `TS`; he holds nothing beside it."""
    for known in RANKS:
        if level.strip().upper() in {known, NAMES[known]}:
            return Reader(known)
    raise UsageError(f"no clearance is called {level!r}: say one of {', '.join(RANKS)}")


def may_read(reader: Reader, marking: Marking) -> bool:
    """Whether the reader may see what the marking governs; in doubt he may not."""
    if reader.level is None:
        return True
    if marking.level is None or RANKS[marking.level] > RANKS[reader.level]:
        return False
    return reader.holds.issuperset(marking.restrictions)


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


_mark = lru_cache(maxsize=4096)(read_mark)
_marking = lru_cache(maxsize=4096)(read_marking)


@lru_cache(maxsize=256)
def _today(current: str | None) -> Marking:
    """What governs a released cable: today's level, U where none is stated."""
    if current is None:
        return _OPEN
    line = read_classification(current.strip())
    if line is None or current.strip()[line.end :].strip():
        return _UNKNOWN
    return read_marking(line.classification, line.handling)


@lru_cache(maxsize=1024)
def _captions(captions: tuple[str, ...]) -> Marking:
    """What a cable's captions add to every portion; a caption that is in no table restricts."""
    return Marking("U", tuple(sorted({caption for caption in captions if CAPTIONS.get(caption, True)})))


def header_marking(cable: Cable) -> Marking:
    """What governs the header fields, and text without a mark."""
    if cable.release.status == "released":
        return _today(cable.release.current)
    return _marking(cable.classification, cable.handling, cable.captions)


def subject_marking_of(cable: Cable) -> Marking:
    """What governs the subject, wherever it is told."""
    if cable.release.status == "released" or cable.subject_marking is None:
        return header_marking(cable)
    return join((_mark(cable.subject_marking), _captions(cable.captions)))


def marking_of(cable: Cable, paragraph: Paragraph) -> Marking:
    """What governs a paragraph: the highest of its own mark and those of its parts."""
    if cable.release.status == "released":
        return header_marking(cable)
    marks = tuple([part.marking for part in paragraph.parts])
    marked = _marked(paragraph.marking, marks, cable.captions)
    return marked if paragraph.marking is not None else join((header_marking(cable), marked))


@lru_cache(maxsize=4096)
def _marked(mark: str | None, marks: tuple[str | None, ...], captions: tuple[str, ...]) -> Marking:
    """What a paragraph's marks say, with the cable's captions."""
    return join((*(_mark(each) for each in {mark, *marks} if each is not None), _captions(captions)))


# (C) Background | (S//NF) Sources, but not (Part 2) of the plan
_HEADING_MARK = re.compile(r"\s*\((?P<mark>(?:TS|S|C|U|SBU|LOU|FOUO|OUO)(?:\s?[-/,][^()]*)?)\)")


def _mark_of_heading(heading: str) -> Marking | None:
    """What a heading's own mark says; None where it has none."""
    match = _HEADING_MARK.match(heading)
    return _mark(match["mark"]) if match else None


def heading_marking_of(cable: Cable, paragraph: Paragraph) -> Marking:
    """What governs the heading above a paragraph: its own mark, else the cable's as for all unmarked text.

    Never less than the paragraph it belongs to, so that no heading stands alone.
    """
    below = marking_of(cable, paragraph)
    if cable.release.status == "released" or paragraph.heading is None:
        return below
    own = _mark_of_heading(paragraph.heading)
    return join((own or header_marking(cable), _captions(cable.captions), below))


class Governing(msgspec.Struct, frozen=True):
    """What governs each portion of a cable; of its paragraphs and their headings in their order."""

    header: Marking
    subject: Marking
    paragraphs: tuple[Marking, ...]
    headings: tuple[Marking | None, ...]  # None where a paragraph has no heading


def governing(cable: Cable) -> Governing:
    """What governs each portion of the cable, found once for all who ask."""
    header = header_marking(cable)
    if cable.release.status == "released":
        paragraphs = (header,) * len(cable.paragraphs)
    else:
        paragraphs = tuple([marking_of(cable, paragraph) for paragraph in cable.paragraphs])
    headings = tuple(
        [None if each.heading is None else heading_marking_of(cable, each) for each in cable.paragraphs]
    )
    return Governing(header, subject_marking_of(cable), paragraphs, headings)


def markings(cable: Cable) -> frozenset[Marking]:
    """Every marking that governs some portion of the cable."""
    return all_of(governing(cable))


def all_of(each: Governing) -> frozenset[Marking]:
    """The markings of all portions together."""
    headings = [heading for heading in each.headings if heading is not None]
    return frozenset((each.header, each.subject, *each.paragraphs, *headings))


def may_read_all(reader: Reader, cable: Cable) -> bool:
    """Whether the reader may see every portion, and so the copy itself."""
    return all(may_read(reader, marking) for marking in markings(cable))


def is_spelling(alias: str, cable: Cable) -> bool:
    """Whether an alias is but another way to write the id; a file's name may tell more than that."""
    number = mrn.read(alias)
    return number is not None and cable.id is not None and number.id == cable.id


# -- what is left of a cable for one reader -------------------------------------------------------------


def visible(cable: Cable, reader: Reader) -> Cable | None:
    """The cable with what the reader may not see taken out, as if it had never been.

    None where nothing is left.

    Places in the copy, its damages and the name of its file go with the first portion that is taken out:
    they tell of the length and the place of what is gone.
    """
    if may_read_all(reader, cable):
        return cable
    header = may_read(reader, header_marking(cable))
    subject = may_read(reader, subject_marking_of(cable))
    paragraphs = tuple(
        _without_places(cable, paragraph, reader)
        for paragraph in cable.paragraphs
        if may_read(reader, marking_of(cable, paragraph))
    )
    if not (header or subject or paragraphs):
        return None
    left = replace(
        cable if header else _identity(cable),
        aliases=tuple(alias for alias in cable.aliases if is_spelling(alias, cable)),
        subject=cable.subject if subject else None,
        subject_marking=cable.subject_marking if subject else None,
        paragraphs=paragraphs,
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
        release=Release(cable.release.status),
    )


def _without_places(cable: Cable, paragraph: Paragraph, reader: Reader) -> Paragraph:
    heading = may_read(reader, heading_marking_of(cable, paragraph))
    return replace(
        paragraph,
        heading=paragraph.heading if heading else None,
        spans=(),
        parts=tuple(Part(part.marking, part.voice, part.text, ()) for part in paragraph.parts),
    )


# -- levels as sent, to be shown ------------------------------------------------------------------------


def sent_level(cable: Cable) -> Level | None:
    """The level that the cable was marked with when sent; None where the line is lost or not understood."""
    return _marking(cable.classification, cable.handling).level


def sent_level_of(cable: Cable, paragraph: Paragraph) -> Level | None:
    """The level that a paragraph was marked with when sent; without a mark, the cable's."""
    marked = _marked(paragraph.marking, tuple([part.marking for part in paragraph.parts]), ())
    if paragraph.marking is not None:
        return marked.level
    level = sent_level(cable)
    return join((Marking(level), marked)).level


def sent_level_of_subject(cable: Cable) -> Level | None:
    """The level that the subject was marked with when sent; without a mark, the cable's."""
    return sent_level(cable) if cable.subject_marking is None else _mark(cable.subject_marking).level


def shown_level(cable: Cable) -> Level | None:
    """The level to show beside a cable of which this is what its reader may see.

    The cable's own, as sent; where that is not for him, or lost, the highest of its portions.
    """
    level = sent_level(cable)
    if level is not None:
        return level
    of_paragraphs = (sent_level_of(cable, paragraph) for paragraph in cable.paragraphs)
    return highest((sent_level_of_subject(cable), *of_paragraphs))


def highest(levels: Iterable[Level | None]) -> Level | None:
    """The highest of the levels that are known; None where none is."""
    return max((level for level in levels if level is not None), key=RANKS.__getitem__, default=None)
