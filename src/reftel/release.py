"""What the owner of an archive has decided of a copy: that it is released, that a mark was read wrongly.

A decision is kept for ever, with who, when and why, and can be undone. It changes no copy: it is applied
whenever a cable is derived from its copy.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import takewhile
from typing import Literal

import msgspec
from msgspec.structs import replace

from reftel.cable import Cable, Defect, Paragraph, Release
from reftel.clearance import join
from reftel.errors import UsageError
from reftel.markings import CAPTIONS, NAMES, read_classification, read_mark, read_marking

What = Literal["release", "mark"]


class Released(msgspec.Struct, frozen=True, tag="release", tag_field="what"):
    """That a copy is released, and its level of today."""

    current: str  # UNCLASSIFIED


class Mark(msgspec.Struct, frozen=True, tag="mark", tag_field="what", omit_defaults=True):
    """How a portion was truly marked when it was sent; made by `mark` and `header_mark`."""

    portion: str  # subject, header, p3, p3.2 (its second part), h3 (the heading above it)
    marking: str | None = None  # of every portion but the header: S//NF
    classification: str | None = None  # of the header; what is None stays as it was read
    handling: tuple[str, ...] | None = None
    captions: tuple[str, ...] | None = None


class Decision(msgspec.Struct, frozen=True):
    """One decision of the owner about one copy."""

    id: int
    what: What
    cable: str  # its key
    copy: str  # sha256
    value: Released | Mark | None  # None where it is not understood, or went with a copy that was expunged
    by: str
    on: str | None  # when it was taken, where that is told
    why: str | None
    made_at: str  # when it was entered here; UTC
    undone_at: str | None = None
    undone_by: str | None = None
    undone_why: str | None = None


# -- what may be decided --------------------------------------------------------------------------------


def released(current: str) -> Released:
    """That a copy is released, at a level of today: `UNCLASSIFIED`. Raises UsageError where it is none."""
    words = " ".join(current.upper().split())
    line = read_classification(words)
    if line is None or words[line.end :] or read_marking(line.classification, line.handling).level is None:
        raise UsageError(f"no level is called {current!r}: say one of {', '.join(NAMES.values())}")
    return Released(words)


def mark(portion: str, marking: str) -> Mark:
    """That a portion was marked so: `S//NF`. Raises UsageError where the mark cannot be understood."""
    words = " ".join(marking.upper().split()).removeprefix("(").removesuffix(")")
    if read_mark(words).level is None:
        raise UsageError(
            f"{marking!r} is no mark of a portion; write it as in a cable: U, SBU, C, C//NF, S//REL X"
        )
    return Mark(portion.strip(), words)


def header_mark(
    classification: str | None, handling: Iterable[str] | None, captions: Iterable[str] | None
) -> Mark:
    """That the header was marked so; None leaves a part as it was read.

    Raises UsageError for words that are not known.
    """
    if classification is None and handling is None and captions is None:
        raise UsageError("say how the header is marked: --classification, --handling or --captions")
    level = words = None
    if classification is not None:
        line = read_classification(" ".join(classification.upper().split()))
        if line is None or line.end != len(" ".join(classification.split())) or line.handling:
            raise UsageError(f"no level is called {classification!r}: say one of {', '.join(NAMES.values())}")
        level = line.classification
    if handling is not None:
        words = _words(handling)
        if read_marking("UNCLASSIFIED", words).level is None:
            raise UsageError(
                f"handling {', '.join(words)} is not understood: "
                "say SENSITIVE, NOFORN, EFTO or REL with countries"
            )
    names = None if captions is None else _words(captions)
    unknown = [name for name in names or () if name not in CAPTIONS]
    if unknown:
        raise UsageError(f"no caption is called {unknown[0]!r}: say one of {', '.join(sorted(CAPTIONS))}")
    return Mark("header", classification=level, handling=words, captions=names)


def day(text: str) -> str:
    """The date on which something was decided: `2026-11-27`.

    Raises UsageError where it is none, or is yet to come: a release counts from when it is entered.
    """
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"{text!r} is no date; write it as 2026-11-27") from None
    if found > date.today():
        raise UsageError(f"{found} is yet to come; enter the decision when it is in force")
    return found.isoformat()


def said(text: str, option: str) -> str:
    """Who or why, in words that can be printed. Raises UsageError where nothing is said."""
    words = " ".join(text.split())
    if not words or not words.isprintable():
        raise UsageError(f"{option} says nothing that can be kept; write it in words")
    return words


def _words(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(" ".join(word.upper().split()) for word in words if word.strip()))


# -- decisions applied ----------------------------------------------------------------------------------


def applied(cable: Cable, decisions: Iterable[Decision]) -> Cable:
    """The cable as the owner has decided, the later over the earlier; what is undone counts for nothing.

    A mark whose portion is not found any more, or that is not understood, closes all of the cable that is
    not released, and a defect tells: what it was to close may now stand under another name.
    """
    lost: list[Decision] = []
    for decision in decisions:
        if decision.undone_at is not None:
            continue
        match decision.value:
            case Released(current):
                released = Release("released", current, decision.by, decision.on, "decision")
                cable = replace(cable, release=released)
            case Mark():
                marked = _marked(cable, decision.value)
                if marked is None:
                    lost.append(decision)
                cable = marked or cable
            case None:
                lost += [decision] if decision.what == "mark" else []
    return _closed(cable, lost) if lost else cable


def portions(cable: Cable) -> Iterator[str]:
    """The names of what can be marked in a cable."""
    yield "header"
    if cable.subject is not None:
        yield "subject"
    for paragraph in cable.paragraphs:
        if paragraph.heading is not None:
            yield f"h{paragraph.anchor}"
        yield f"p{paragraph.anchor}"
        if len(paragraph.parts) > 1:
            yield from (f"p{paragraph.anchor}.{order}" for order, _ in enumerate(paragraph.parts, 1))


def _marked(cable: Cable, mark: Mark) -> Cable | None:
    """The cable with one portion marked; None where it has no such portion, or nothing is said of it."""
    if mark.portion not in portions(cable) or _says_nothing(mark):
        return None
    if mark.portion == "header":
        return replace(
            cable,
            classification=cable.classification if mark.classification is None else mark.classification,
            handling=cable.handling if mark.handling is None else mark.handling,
            captions=cable.captions if mark.captions is None else mark.captions,
        )
    if mark.portion == "subject":
        return replace(cable, subject_marking=mark.marking)
    paragraphs = tuple(_marked_paragraph(each, mark) for each in cable.paragraphs)
    return replace(cable, paragraphs=paragraphs)


def _says_nothing(mark: Mark) -> bool:
    """Whether a mark is empty, as only a hand makes it: taken at its word it would take a mark away."""
    if mark.portion == "header":
        return mark.classification is None and mark.handling is None and mark.captions is None
    return mark.marking is None


def _marked_paragraph(paragraph: Paragraph, mark: Mark) -> Paragraph:
    anchor, parts = paragraph.anchor, paragraph.parts
    if mark.portion == f"p{anchor}":
        run = _of_its_mark(paragraph, mark.marking)
        parts = (*(replace(part, marking=mark.marking) for part in parts[:run]), *parts[run:])
        return replace(paragraph, marking=mark.marking, parts=parts)
    if mark.portion == f"h{anchor}" and paragraph.heading is not None:
        return replace(paragraph, heading=f"({mark.marking}) {_without_mark(paragraph.heading)}")
    for order, part in enumerate(parts):
        if len(parts) > 1 and mark.portion == f"p{anchor}.{order + 1}":
            marked = replace(part, marking=mark.marking)
            return replace(paragraph, parts=(*parts[:order], marked, *parts[order + 1 :]))
    return paragraph


def _of_its_mark(paragraph: Paragraph, marking: str | None) -> int:
    """How many parts take the mark at the head of their paragraph when it is corrected.

    It holds until another stands: but where it is lowered, the first part alone, since a further one may
    bear the same mark in its own right, and is to be named.
    """
    run = sum(1 for _ in takewhile(lambda part: part.marking == paragraph.marking, paragraph.parts))
    if paragraph.marking is None or marking is None:
        return min(run, 1)  # parts without a mark go by their paragraph's
    before, after = read_mark(paragraph.marking), read_mark(marking)
    return run if join((before, after)) == after else min(run, 1)


def _without_mark(heading: str) -> str:
    """A heading behind the mark that it begins with: the rules read it where it stands."""
    words = heading.lstrip()
    inside, closed, rest = words.removeprefix("(").partition(")")
    is_mark = words.startswith("(") and closed and read_mark(inside).level is not None
    return rest.lstrip() if is_mark else words


def _closed(cable: Cable, lost: Iterable[Decision]) -> Cable:
    """The cable for nobody but him who reads all, and the reason."""
    defects = tuple(
        Defect(
            "decision-without-place",
            f"decision {decision.id} {_of_what(decision)}: "
            f"undo it (reftel undo {decision.id}) and decide again",
        )
        for decision in lost
    )
    cable = replace(cable, defects=(*cable.defects, *defects))
    if cable.release.status == "released":
        return cable  # what was marked when it was sent governs nobody
    paragraphs = tuple(
        replace(each, marking=_CLOSED, parts=tuple(replace(part, marking=_CLOSED) for part in each.parts))
        for each in cable.paragraphs
    )
    return replace(cable, classification=None, subject_marking=_CLOSED, paragraphs=paragraphs)


_CLOSED = "?"
"""A mark that is none, and so for nobody but him who reads all."""


def _of_what(decision: Decision) -> str:
    if isinstance(decision.value, Mark):
        return f"marks {decision.value.portion}, which is not found in this copy any more"
    return "is not understood"
