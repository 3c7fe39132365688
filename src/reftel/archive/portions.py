"""A cable cut along the labels that govern its portions, and put together again.

A reader is shown portions, not cables: so the store keeps them apart, and a question fetches those that
the reader may see. With all of them the cable is whole again, to the last span.
"""

import threading
from collections.abc import Iterable, Mapping

import msgspec
import zstandard
from msgspec.structs import replace

from reftel.cable import (
    SUBJECT_ATTRIBUTE,
    Addressee,
    Authority,
    Cable,
    Catalogue,
    CopyNote,
    Defect,
    Distribution,
    Drafting,
    Era,
    Mrn,
    Paragraph,
    Part,
    Redaction,
    Reference,
    Release,
    ReleaseBasis,
    Sections,
    Sender,
    SentBasis,
    Span,
    Status,
    Transmission,
    Voice,
)
from reftel.clearance import Governing, is_spelling

WHOLE = "*"
"""The label of what only he may see who may see every portion: where things stand in the copy, and what
was damaged there. It tells of the length and the place of what others may not see."""

_NOWHERE: Span = (0, 0)


class Frame(msgspec.Struct, frozen=True, omit_defaults=True):
    """What everybody knows of a cable who may see anything of it."""

    id: str | None
    mrn: Mrn
    era: Era
    sent: str | None
    station: str | None  # of the sender
    aliases: tuple[str, ...] = ()  # spellings of the id
    status: Status = "unknown"


class Header(msgspec.Struct, frozen=True, omit_defaults=True):
    """The header fields, but for the subject."""

    extract: bool = False
    sections: Sections | None = None
    sent_basis: SentBasis | None = None
    precedence: tuple[str, ...] = ()
    transmission: Transmission | None = None
    sender: str | None = None
    to: tuple[Addressee, ...] = ()
    info: tuple[Addressee, ...] = ()
    classification: str | None = None
    handling: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    passing: tuple[str, ...] = ()
    current: str | None = None
    release_authority: str | None = None
    release_date: str | None = None
    release_basis: ReleaseBasis | None = None
    authority: Authority | None = None
    tags: tuple[str, ...] = ()
    tags_unknown: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()  # without their place
    signature: str | None = None
    catalogue: Catalogue | None = None  # without what tells the subject
    operating_signals: tuple[str, ...] = ()
    distribution: Distribution | None = None
    drafting: Drafting | None = None
    tags_persons: tuple[str, ...] = ()
    place: str | None = None


class KeptPart(msgspec.Struct, frozen=True, omit_defaults=True):
    """A part of a paragraph, without its place."""

    marking: str | None
    voice: Voice
    text: str


class KeptParagraph(msgspec.Struct, frozen=True, omit_defaults=True):
    """A paragraph, without its place in the copy, and with its place in the cable."""

    at: int
    anchor: str
    voice: Voice
    text: str
    number: int | None = None
    marking: str | None = None
    heading: str | None = None  # where one label governs both
    parts: tuple[KeptPart, ...] | None = None  # None: one part that is the paragraph


class Subject(msgspec.Struct, frozen=True, omit_defaults=True):
    """The subject, wherever it is told."""

    text: str | None = None
    marking: str | None = None
    title: str | None = None  # of the catalogue
    attribute: str | None = None  # of the catalogue's attributes


class Portion(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one label governs."""

    header: Header | None = None
    subject: Subject | None = None
    headings: tuple[tuple[int, str], ...] = ()  # of paragraphs with another label, by their place
    paragraphs: tuple[KeptParagraph, ...] = ()


class ParagraphSpans(msgspec.Struct, frozen=True, array_like=True):
    """Where a paragraph and its parts stand in the copy."""

    spans: tuple[Span, ...]
    parts: tuple[tuple[Span, ...], ...]


class Whole(msgspec.Struct, frozen=True, omit_defaults=True):
    """What stands under the label `*`."""

    aliases: tuple[tuple[int, str], ...] = ()  # that are no spellings of the id, with their rank
    references: tuple[Span, ...] = ()
    paragraphs: tuple[ParagraphSpans, ...] = ()
    spans: dict[str, tuple[Span, ...]] = {}
    defects: tuple[Defect, ...] = ()
    copy: CopyNote | None = None
    redactions: tuple[Redaction, ...] = ()


class Cut(msgspec.Struct, frozen=True):
    """A cable in its portions: the frame as JSON, each body as JSON in zstd."""

    frame: bytes
    bodies: tuple[tuple[str, bytes], ...]
    names: tuple[str, ...]  # aliases that are no spellings of the id


class _OfThread(threading.local):
    """What squeezes and opens, for each thread: it may not be shared, and takes long to make."""

    def __init__(self) -> None:
        # higher levels take half as long again to save a hundredth
        self.compressor = zstandard.ZstdCompressor(level=1)
        self.decompressor = zstandard.ZstdDecompressor()


_of_thread = _OfThread()


def compress(raw: bytes) -> bytes:
    """Squeezes a body or a copy."""
    return _of_thread.compressor.compress(raw)


_to_json = msgspec.json.Encoder()
_read_frame = msgspec.json.Decoder(Frame)
_read_portion = msgspec.json.Decoder(Portion)
_read_whole = msgspec.json.Decoder(Whole)


def cut(cable: Cable, each: Governing, *, whole: bool = True) -> Cut:
    """The cable in portions, one for each label of what governs it.

    Of a cable with masked names nobody may read all of the copy: it has none under `*` (`whole=False`).
    """
    of_header, of_subject = each.header.label, each.subject.label
    paragraphs: dict[str, list[KeptParagraph]] = {}
    headings: dict[str, list[tuple[int, str]]] = {}
    for at, (paragraph, marking, of_heading) in enumerate(
        zip(cable.paragraphs, each.paragraphs, each.headings, strict=True)
    ):
        label, heading = marking.label, paragraph.heading
        if heading is not None and of_heading is not None and of_heading != marking:
            headings.setdefault(of_heading.label, []).append((at, heading))
            heading = None
        paragraphs.setdefault(label, []).append(_keep(at, paragraph, heading))
    spellings = frozenset(alias for alias in cable.aliases if is_spelling(alias, cable))
    bodies = [(WHOLE, compress(_to_json.encode(_whole(cable, spellings))))] if whole else []
    for label in sorted({of_header, of_subject, *paragraphs, *headings}):
        portion = Portion(
            _header(cable) if label == of_header else None,
            _subject(cable) if label == of_subject else None,
            tuple(headings.get(label, ())),
            tuple(paragraphs.get(label, ())),
        )
        bodies.append((label, compress(_to_json.encode(portion))))
    names = tuple(alias for alias in cable.aliases if alias not in spellings)
    return Cut(_to_json.encode(_frame(cable, spellings)), tuple(bodies), names)


def _frame(cable: Cable, spellings: frozenset[str]) -> Frame:
    return Frame(
        cable.id,
        cable.mrn,
        cable.era,
        cable.sent,
        cable.from_.station,
        tuple(alias for alias in cable.aliases if alias in spellings),
        cable.release.status,
    )


def _header(cable: Cable) -> Header:
    release, catalogue = cable.release, cable.catalogue
    return Header(
        extract=cable.extract,
        sections=cable.sections,
        sent_basis=cable.sent_basis,
        precedence=cable.precedence,
        transmission=cable.transmission,
        sender=cable.from_.name,
        to=cable.to,
        info=cable.info,
        classification=cable.classification,
        handling=cable.handling,
        captions=cable.captions,
        passing=cable.passing,
        current=release.current,
        release_authority=release.authority,
        release_date=release.date,
        release_basis=release.basis,
        authority=cable.authority,
        tags=cable.tags,
        tags_unknown=cable.tags_unknown,
        references=tuple(replace(reference, span=_NOWHERE) for reference in cable.references),
        signature=cable.signature,
        catalogue=catalogue.without_subject() if catalogue else None,
        operating_signals=cable.operating_signals,
        distribution=cable.distribution,
        drafting=cable.drafting,
        tags_persons=cable.tags_persons,
        place=cable.place,
    )


def _subject(cable: Cable) -> Subject:
    catalogue = cable.catalogue or Catalogue()
    title, attribute = catalogue.title, catalogue.attributes.get(SUBJECT_ATTRIBUTE)
    return Subject(cable.subject, cable.subject_marking, title, attribute)


def _keep(at: int, paragraph: Paragraph, heading: str | None) -> KeptParagraph:
    return KeptParagraph(
        at,
        paragraph.anchor,
        paragraph.voice,
        paragraph.text,
        paragraph.number,
        paragraph.marking,
        heading,
        None if _is_one_part(paragraph) else tuple(map(_keep_part, paragraph.parts)),
    )


def _keep_part(part: Part) -> KeptPart:
    return KeptPart(part.marking, part.voice, part.text)


def _is_one_part(paragraph: Paragraph) -> bool:
    if len(paragraph.parts) != 1:
        return False
    part = paragraph.parts[0]
    return (part.marking, part.voice, part.text) == (paragraph.marking, paragraph.voice, paragraph.text)


def _whole(cable: Cable, spellings: frozenset[str]) -> Whole:
    return Whole(
        tuple((rank, alias) for rank, alias in enumerate(cable.aliases) if alias not in spellings),
        tuple(reference.span for reference in cable.references),
        tuple(
            ParagraphSpans(paragraph.spans, tuple(part.spans for part in paragraph.parts))
            for paragraph in cable.paragraphs
        ),
        dict(cable.spans),
        cable.defects,
        cable.copy,
        cable.redactions,
    )


def join(key: str, frame: bytes, bodies: Mapping[str, bytes]) -> Cable:
    """The cable as far as its portions are given: the inverse of `cut` when all are.

    What is not given is as if the telegram never said it.
    """
    decompress = _of_thread.decompressor.decompress
    portions = [_read_portion.decode(decompress(body)) for label, body in bodies.items() if label != WHOLE]
    whole = _read_whole.decode(decompress(bodies[WHOLE])) if WHOLE in bodies else None
    header = next((portion.header for portion in portions if portion.header), Header())
    subject = next((portion.subject for portion in portions if portion.subject), Subject())
    kept = sorted((each for portion in portions for each in portion.paragraphs), key=lambda each: each.at)
    headings = {at: heading for portion in portions for at, heading in portion.headings}
    known = _read_frame.decode(frame)
    return Cable(
        id=known.id,
        key=key,
        aliases=_aliases(known, whole),
        mrn=known.mrn,
        era=known.era,
        extract=header.extract,
        sections=header.sections,
        sent=known.sent,
        sent_basis=header.sent_basis,
        precedence=header.precedence,
        transmission=header.transmission,
        from_=Sender(header.sender, known.station),
        to=header.to,
        info=header.info,
        classification=header.classification,
        handling=header.handling,
        captions=header.captions,
        passing=header.passing,
        release=Release(
            known.status,
            header.current,
            header.release_authority,
            header.release_date,
            header.release_basis,
        ),
        authority=header.authority,
        tags=header.tags,
        tags_unknown=header.tags_unknown,
        subject=subject.text,
        subject_marking=subject.marking,
        references=_references(header, whole),
        paragraphs=_paragraphs(kept, headings, whole),
        signature=header.signature,
        catalogue=_with_subject(header.catalogue, subject.title, subject.attribute)
        if header.catalogue
        else None,
        spans=whole.spans if whole else {},
        defects=whole.defects if whole else (),
        copy=whole.copy if whole else None,
        operating_signals=header.operating_signals,
        distribution=header.distribution,
        drafting=header.drafting,
        tags_persons=header.tags_persons,
        redactions=whole.redactions if whole else (),
        place=header.place,
    )


def _with_subject(catalogue: Catalogue, title: str | None, attribute: str | None) -> Catalogue:
    attributes = catalogue.attributes
    if attribute is not None:
        attributes = {**attributes, SUBJECT_ATTRIBUTE: attribute}
    return replace(catalogue, title=title, attributes=attributes)


def _aliases(frame: Frame, whole: Whole | None) -> tuple[str, ...]:
    aliases = list(frame.aliases)
    for rank, alias in whole.aliases if whole else ():
        aliases.insert(rank, alias)
    return tuple(aliases)


def _references(header: Header, whole: Whole | None) -> tuple[Reference, ...]:
    if whole is None:
        return header.references
    return tuple(
        replace(reference, span=span)
        for reference, span in zip(header.references, whole.references, strict=True)
    )


def _paragraphs(
    kept: Iterable[KeptParagraph], headings: Mapping[int, str], whole: Whole | None
) -> tuple[Paragraph, ...]:
    paragraphs = []
    for each in kept:
        parts = each.parts
        if parts is None:
            parts = (KeptPart(each.marking, each.voice, each.text),)
        places = whole.paragraphs[each.at] if whole else ParagraphSpans((), ((),) * len(parts))
        paragraphs.append(
            Paragraph(
                each.number,
                each.anchor,
                each.marking,
                headings.get(each.at, each.heading),
                each.voice,
                each.text,
                places.spans,
                tuple(map(_part, parts, places.parts)),
            )
        )
    return tuple(paragraphs)


def _part(kept: KeptPart, spans: tuple[Span, ...]) -> Part:
    return Part(kept.marking, kept.voice, kept.text, spans)
