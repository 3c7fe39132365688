"""A cable as plain text, however long: its head, its paragraphs with their marks, and how to cite it."""

from collections.abc import Iterable, Iterator

from reftel import clearance, protection, stations
from reftel.cable import Addressee, Cable, Distribution, Drafting, Office, Paragraph, Part
from reftel.markings import NAMES

_NAMES = 16  # letters that the names of the fields take, and what parts them from what they hold


def transcript(one: Cable, footnote: str) -> str:
    """The whole cable as its reader may see it, to be copied, printed and searched; a paragraph a line.

    What is withheld from him says so with its mark, where he is told of it at all.
    """
    head = [f"{name:{_NAMES}}{_line(value)}" for name, value in fields(one) if value]
    foot = [line for line in (one.signature, protection.is_masked(one) and protection.REMARK) if line]
    blocks = [
        "\n".join(head),
        *(block for each in one.paragraphs for block in _blocks(each)),
        *foot,
        footnote,
    ]
    return "\n\n".join(blocks) + "\n"


def _blocks(one: Paragraph) -> Iterator[str]:
    """Its heading, and its text: a part of another voice or mark stands apart."""
    if one.heading_withheld:
        yield f"[{withheld('Heading', one.heading_marking)}]"
    elif one.heading:
        yield one.heading
    number = f"{one.number}. " if one.number is not None else ""
    if one.withheld:
        yield f"{number}[{withheld('Paragraph', one.marking)}]"
        return
    mark = f"({one.marking}) " if one.marking else ""
    texts = [_text(part, one.marking) for part in one.parts] or [one.text]
    yield f"{number}{mark}" + "\n\n".join(texts)


def _text(part: Part, around: str | None) -> str:
    if part.withheld:
        return f"[{withheld('Part', part.marking)}]"
    return part.text if part.marking in (None, around) else f"({part.marking}) {part.text}"


def _line(value: str) -> str:
    return " ".join(value.split())


# -- the words for what stands in its head, here and in the terminal ---------------------------------------


def fields(one: Cable) -> Iterator[tuple[str, str | None]]:
    """The fields of its head, each with its name: `sent as`, `SECRET NOFORN`; None where it has none."""
    post = stations.title(one.from_.station) if one.from_.station else None
    yield "cable", f"{one.id or 'without a certain number'}  (key {one.key})"
    yield "subject", withheld("Subject", one.subject_marking) if one.subject_withheld else one.subject
    yield "from", one.from_.name or post
    yield "to", ", ".join(_addressees(one.to))
    yield "info", ", ".join(_addressees(one.info))
    yield "sent", when(one.sent)
    yield "place", one.place
    yield "precedence", ", ".join(one.precedence)
    yield "sent as", " ".join((sent_as(one), *one.handling))
    yield "now", _now(one)
    yield "captions", ", ".join(one.captions)
    yield "for", "; ".join(one.passing)
    persons = (f"({person})" for person in one.tags_persons)
    yield "TAGS", " ".join((*one.tags, *persons, *(f"{tag}?" for tag in one.tags_unknown)))
    yield "signals", " ".join(one.operating_signals)
    yield from _distribution(one.distribution)
    yield from _drafting(one.drafting)
    if one.authority and (one.authority.order or one.authority.schedule):
        until = one.authority.declassify_on or one.authority.declassify_event
        reasons = ", ".join(one.authority.reasons)
        schedule = "-".join(filter(None, (one.authority.schedule, *one.authority.exemptions)))
        order = f"E.O. {one.authority.order or 'not given'}"
        parts = (order, one.authority.schedule and schedule, until and f"declassify on {until}", reasons)
        yield "authority", ", ".join(part for part in parts if part)
        yield "classified by", one.authority.classified_by
    for reference in one.references:
        letter = f"{reference.letter}. " if reference.letter else ""
        year = " (year inferred)" if "year" in reference.inferred else ""
        meant = f" = {reference.id}{year}" if reference.id else f" ({reference.kind})"
        yield "ref", f"{letter}{reference.text}{meant}"


def sent_as(one: Cable) -> str:
    """Its classification as written; where that is not for the reader, or lost, its level as far as shown."""
    level = clearance.shown_level(one)
    return one.classification or (NAMES[level] if level else "level unknown")


def _distribution(one: Distribution | None) -> Iterator[tuple[str, str | None]]:
    if one:
        yield "origin" if one.direction == "outgoing" else "action", ", ".join(map(_office, one.action))
        copies = f" ({one.total} copies in all)" if one.total is not None else ""
        yield "offices", ", ".join(map(_office, one.info)) + copies


def _office(one: Office) -> str:
    return one.code if one.copies is None else f"{one.code}-{one.copies}"


def _drafting(one: Drafting | None) -> Iterator[tuple[str, str | None]]:
    if one:
        for label, hand in (
            ("drafted by", one.drafted_by),
            ("approved by", one.approved_by),
            ("released by", one.released_by),
        ):
            yield label, hand.text if hand else None
        yield "cleared by", "; ".join(hand.text for hand in one.cleared_by)


def _addressees(some: Iterable[Addressee]) -> Iterator[str]:
    for one in some:
        yield one.name + (f" {one.precedence}" if one.precedence else "")


def _now(one: Cable) -> str:
    release = one.release
    if release.status == "released":
        return ", ".join(part for part in ("released", release.current, release.date) if part)
    return {"leaked": "leaked, never released", "internal": "internal"}.get(release.status, "release unknown")


def when(sent: str | None) -> str | None:
    """`2009-02-12 05:16 Z`: a time no more exact than the text."""
    if sent is None:
        return None
    return sent.replace("T", " ").removesuffix("Z") + (" Z" if sent.endswith("Z") else "")


def withheld(what: str, mark: str | None) -> str:
    """`Paragraph 4 (S//NF): withheld from this reader.`"""
    return f"{what}{f' ({mark})' if mark is not None else ', without a mark'}: withheld from this reader."
