"""A cable cut along the labels that govern its portions, and put together again.

A reader is shown portions, not cables: so the store keeps them apart, and a question fetches those that
the reader may see. With all of them the cable is whole again, to the last span.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import msgspec
import zstandard
from msgspec import UNSET
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
from reftel.clearance import (
    Governing,
    binding_captions,
    is_spelling,
    left_of,
    mark_of_heading,
    mark_of_part,
    separators,
    told,
    withheld_paragraph,
    withheld_part,
)
from reftel.markings import Marking

WHOLE = "*"
"""The label of what only he may see who may see every portion: where things stand in the copy, and what
was damaged there. It tells of the length and the place of what others may not see."""
OUTLINE = "+"
"""The label of the marks of all portions as sent: for whoever sees anything of the cable, where the archive's
owner would have what is withheld shown as withheld."""

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
    captions: tuple[str, ...] = ()  # that bind every portion


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
    before: str = ""  # the blanks in front of it, of a paragraph that is cut


class KeptParagraph(msgspec.Struct, frozen=True, omit_defaults=True):
    """A paragraph, without its place in the copy, and with its place in the cable.

    One whose parts have several labels is cut: each label has those that are its own, and where among all of
    them they stand. Its text is then that of its parts. Mark and voice are those of its beginning; who does
    not see that is told a mark where it governs one of his parts.
    """

    at: int
    anchor: str
    voice: Voice
    text: str
    number: int | None = None
    marking: str | None = None
    heading: str | None = None  # where one label governs both
    parts: tuple[KeptPart, ...] | None = None  # None: one part that is the paragraph
    places: tuple[int, ...] = ()  # of these parts, where the paragraph is cut


class Subject(msgspec.Struct, frozen=True, omit_defaults=True):
    """The subject, wherever it is told."""

    text: str | None = None
    marking: str | None = None
    title: str | None = None  # of the catalogue
    attribute: str | None = None  # of the catalogue's attributes


class OutlinedParagraph(msgspec.Struct, frozen=True, array_like=True):
    """What may be said of a paragraph that is withheld, or of what is withheld of it."""

    number: int | None
    anchor: str
    marking: str | None
    heading: bool  # whether there is one
    heading_marking: str | None
    parts: tuple[str | None, ...]  # the marks of its parts, where it is cut


class Outline(msgspec.Struct, frozen=True, omit_defaults=True):
    """What stands under the label `+`."""

    subject: bool = False  # whether there is one
    subject_marking: str | None = None
    paragraphs: tuple[OutlinedParagraph, ...] = ()


class _Head(msgspec.Struct, frozen=True, omit_defaults=True):
    """As much of a `Portion` as stands above the text; the rest is passed over."""

    header: Header | None = None
    subject: Subject | None = None


class Portion(_Head, frozen=True, omit_defaults=True):
    """What one label governs."""

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


class _CopyAlone(msgspec.Struct, frozen=True):
    """As much of `Whole` as says whether there is a copy; the rest is passed over."""

    copy: CopyNote | None = None


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
_read_head = msgspec.json.Decoder(_Head)
_read_whole = msgspec.json.Decoder(Whole)
_read_copy = msgspec.json.Decoder(_CopyAlone)
_read_outline = msgspec.json.Decoder(Outline)


def cut(cable: Cable, each: Governing, *, whole: bool = True) -> Cut:
    """The cable in portions, one for each label of what governs it.

    Of a cable with masked names nobody may read all of the copy: it has none under `*` (`whole=False`).
    """
    of_header, of_subject = each.header.label, each.subject.label
    paragraphs: dict[str, list[KeptParagraph]] = {}
    headings: dict[str, list[tuple[int, str]]] = {}
    withheld = bool(cable.subject_withheld)
    for at, (paragraph, markings, of_heading) in enumerate(
        zip(cable.paragraphs, each.paragraphs, each.headings, strict=True)
    ):
        heading = paragraph.heading
        if heading is not None and of_heading is not None and markings != (of_heading,):
            headings.setdefault(of_heading.label, []).append((at, heading))
            heading = None
        withheld = withheld or paragraph.heading_withheld or None in markings or not markings
        if len(markings) == 1 and markings[0] is not None:
            paragraphs.setdefault(markings[0].label, []).append(_keep(at, paragraph, heading))
            continue
        for label, kept in _keep_parts(at, paragraph, markings):
            paragraphs.setdefault(label, []).append(kept)
    spellings = frozenset(alias for alias in cable.aliases if is_spelling(alias, cable))
    bodies = [(WHOLE, compress(_to_json.encode(_whole(cable, spellings))))] if whole else []
    labels = sorted({of_header, of_subject, *paragraphs, *headings})
    if withheld or len(labels) > 1:  # else who sees anything sees all
        bodies.append((OUTLINE, compress(_to_json.encode(_outline(cable, each)))))
    for label in labels:
        portion = Portion(
            _header(cable) if label == of_header else None,
            _subject(cable) if label == of_subject else None,
            tuple(headings.get(label, ())),
            tuple(paragraphs.get(label, ())),
        )
        bodies.append((label, compress(_to_json.encode(portion))))
    names = tuple(alias for alias in cable.aliases if alias not in spellings)
    return Cut(_to_json.encode(_frame(cable, spellings)), tuple(bodies), names)


def tells_copy(body: bytes) -> bool:
    """Whether what stands under `*` says from which copy the record was read; a damaged one says nothing."""
    try:
        return _read_copy.decode(_of_thread.decompressor.decompress(body)).copy is not None
    except (zstandard.ZstdError, msgspec.DecodeError):  # told where the cable itself is opened
        return False


def _frame(cable: Cable, spellings: frozenset[str]) -> Frame:
    return Frame(
        cable.id,
        cable.mrn,
        cable.era,
        cable.sent,
        cable.from_.station,
        tuple(alias for alias in cable.aliases if alias in spellings),
        cable.release.status,
        binding_captions(cable),
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
    marking = None if cable.subject_withheld else cable.subject_marking
    return Subject(cable.subject, marking, title, attribute)


def _outline(cable: Cable, each: Governing) -> Outline:
    return Outline(
        cable.subject is not None or bool(cable.subject_withheld),
        cable.subject_marking,
        tuple(
            [
                OutlinedParagraph(
                    paragraph.number,
                    paragraph.anchor,
                    paragraph.marking,
                    paragraph.heading is not None or paragraph.heading_withheld,
                    paragraph.heading_marking
                    if paragraph.heading_withheld
                    else mark_of_heading(paragraph.heading or ""),
                    tuple([mark_of_part(paragraph, part) for part in paragraph.parts])
                    if len(markings) > 1
                    else (),
                )
                for paragraph, markings in zip(cable.paragraphs, each.paragraphs, strict=True)
            ]
        ),
    )


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


def _keep_parts(
    at: int, paragraph: Paragraph, markings: Sequence[Marking | None]
) -> Iterator[tuple[str, KeptParagraph]]:
    """The parts of a paragraph that is cut, for each label those that it governs."""
    before = separators(paragraph) or ()
    places: dict[str, list[int]] = {}
    for place, marking in enumerate(markings):
        if marking is not None:
            places.setdefault(marking.label, []).append(place)
    for label, own in places.items():
        parts = [paragraph.parts[place] for place in own]
        tells_mark = own[0] == 0 or any(part.marking is None for part in parts)
        yield (
            label,
            KeptParagraph(
                at,
                paragraph.anchor,
                paragraph.voice if own[0] == 0 else parts[0].voice,
                "",
                paragraph.number,
                paragraph.marking if tells_mark else None,
                parts=tuple(
                    KeptPart(part.marking, part.voice, part.text, before[place])
                    for place, part in zip(own, parts, strict=True)
                ),
                places=tuple(own),
            ),
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


def join(key: str, frame: bytes, bodies: Mapping[str, bytes], *, textless: bool = False) -> Cable:
    """The cable as far as its portions are given: the inverse of `cut` when all are.

    What is not given is as if the telegram never said it. `textless` leaves out its paragraphs, in half the
    time.
    """
    decompress = _of_thread.decompressor.decompress
    texts = [decompress(body) for label, body in bodies.items() if label not in (WHOLE, OUTLINE)]
    read = [] if textless else [_read_portion.decode(text) for text in texts]
    portions = [_read_head.decode(text) for text in texts] if textless else read
    whole = _read_whole.decode(decompress(bodies[WHOLE])) if WHOLE in bodies else None
    outline = _read_outline.decode(decompress(bodies[OUTLINE])) if OUTLINE in bodies else None
    header = next((portion.header for portion in portions if portion.header), Header())
    subject = next((portion.subject for portion in portions if portion.subject), Subject())
    kept = sorted((each for portion in read for each in portion.paragraphs), key=_place)
    headings = {at: heading for portion in read for at, heading in portion.headings}
    known = _read_frame.decode(frame)
    withheld = outline is not None and outline.subject and subject.text is None
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
        captions=header.captions or known.captions,
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
        subject_marking=told(outline.subject_marking) if outline and withheld else subject.marking,
        references=_references(header, whole),
        paragraphs=tuple(_paragraphs(kept, headings, whole, outline)),
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
        subject_withheld=True if withheld else UNSET,
    )


def _place(each: KeptParagraph) -> int:
    return each.at


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
    kept: Sequence[KeptParagraph], headings: Mapping[int, str], whole: Whole | None, outline: Outline | None
) -> Sequence[Paragraph]:
    if outline is None and not any(each.places for each in kept):  # nearly all
        return [_uncut(each, headings.get(each.at, each.heading), whole) for each in kept]
    seen = {at: list(pieces) for at, pieces in groupby(kept, _place)}
    if outline is None:
        return [_paragraph(pieces, headings.get(at), whole, None) for at, pieces in seen.items()]
    return [
        _paragraph(seen[at], headings.get(at), whole, known)
        if at in seen
        else withheld_paragraph(known.number, known.anchor, known.marking)
        for at, known in enumerate(outline.paragraphs)
    ]


def _paragraph(
    pieces: Sequence[KeptParagraph],
    heading: str | None,
    whole: Whole | None,
    outlined: OutlinedParagraph | None,
) -> Paragraph:
    """A paragraph from all that is kept of it; `heading` is one that has another label."""
    each = pieces[0]
    if each.places:
        paragraph = _put_together(pieces, heading, whole.paragraphs[each.at] if whole else None, outlined)
    else:
        paragraph = _uncut(each, each.heading if heading is None else heading, whole)
    if outlined and outlined.heading and paragraph.heading is None:
        return replace(paragraph, heading_withheld=True, heading_marking=told(outlined.heading_marking))
    return paragraph


def _uncut(each: KeptParagraph, heading: str | None, whole: Whole | None) -> Paragraph:
    """A paragraph that one label governs."""
    parts = each.parts
    if parts is None:
        parts = (KeptPart(each.marking, each.voice, each.text),)
    places = whole.paragraphs[each.at] if whole else ParagraphSpans((), ((),) * len(parts))
    return Paragraph(
        each.number,
        each.anchor,
        each.marking,
        heading,
        each.voice,
        each.text,
        places.spans,
        tuple(map(_part, parts, places.parts)),
    )


def _put_together(
    pieces: Sequence[KeptParagraph],
    heading: str | None,
    where: ParagraphSpans | None,
    outlined: OutlinedParagraph | None,
) -> Paragraph:
    """A paragraph that was cut, from those of its parts that are given; see `clearance.left_of`."""
    given = sorted(
        ((place, part, piece) for piece in pieces for place, part in _placed(piece)), key=lambda one: one[0]
    )
    parts: dict[int, Part | None] = {
        place: _part(part, where.parts[place] if where else ()) for place, part, _ in given
    }
    marking = next((piece.marking for _, _, piece in given if piece.marking is not None), None)
    if outlined is not None:
        marking = outlined.marking
        parts = {at: parts.get(at) or withheld_part(mark) for at, mark in enumerate(outlined.parts)}
    elif 0 not in parts:
        parts = {0: None, **parts}
    first = given[0][2]
    spans = where.spans if where else ()
    paragraph = Paragraph(first.number, first.anchor, marking, heading, first.voice, "", spans, ())
    text = "".join(part.before + part.text for _, part, _ in given)
    return left_of(paragraph, list(parts.values()), text[len(given[0][1].before) :])


def _placed(piece: KeptParagraph) -> Iterator[tuple[int, KeptPart]]:
    yield from zip(piece.places, piece.parts or (), strict=True)


def _part(kept: KeptPart, spans: tuple[Span, ...]) -> Part:
    return Part(kept.marking, kept.voice, kept.text, spans)
