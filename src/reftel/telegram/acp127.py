"""ACP-127 traffic as relayed since about 1980, whole or as extract (handbook 01, section 2).

Format lines 1 to 4 are the relay's; FM, TO and INFO follow; then classification line, header block, text.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from reftel import dtg
from reftel.cable import (
    FIRM_BASES,
    Cable,
    Copy,
    CopyNote,
    Defect,
    Era,
    Mrn,
    MrnBasis,
    Reference,
    Sections,
    Sender,
    SentBasis,
    Span,
)
from reftel.mrn import read as read_mrn
from reftel.mrn import short
from reftel.tags import TAGS
from reftel.telegram.common import body, drafting, furthersections, redactions, references, relay
from reftel.telegram.common import header as heads
from reftel.telegram.common.authority import CLASSIFIER
from reftel.telegram.common.even import even
from reftel.telegram.common.header import Header, Line
from reftel.telegram.common.lines import Noise, noise, page_lines, stripped
from reftel.telegram.common.printing import paragraph_lines, sectioned, with_page_lines, wrap
from reftel.telegram.common.relay import Relay
from reftel.telegram.common.signs import is_relayed

ERA: Era = "acp127"

_ABOVE_DRAFTING = 8
_OF_DRAFTING = frozenset(("DR", "AP", "RE", "CL", "DE"))  # DRAFTED, APPROVED, RELEASED, CLEARED, DESIRED
_HEADER_LIMIT = 100_000  # no header is longer: forty titled references and as many addressees fit ten times
_LEVEL_OF_LETTER = {"U": ("UNCLASSIFIED",), "E": ("UNCLASSIFIED",), "C": ("CONFIDENTIAL",), "S": ("SECRET",),
                    "T": ("TOP SECRET",)}  # fmt: skip


def recognises(copy: Copy) -> bool:
    """Whether it is of this era: a mirror's page, or a text with a relay's or a cable's first lines."""
    start, end = copy.body
    return copy.extract or copy.catalogue is not None or is_relayed(copy.text, start, end)


def read(copy: Copy) -> Cable:
    """The cable in a copy. What is damaged becomes a defect."""
    text, (start, end) = even(copy.text), copy.body
    text_at = body.first_number(text, start, end)
    lines = _without_page_lines(text, heads.lines(text, start, min(text_at, start + _HEADER_LIMIT)))
    drafted, lines = _drafting(lines)
    above, after = relay.read(lines)
    if after == len(lines) or not heads.is_classification_line(lines[after].text):
        lines = heads.whole(text, lines)
        above, after = relay.read(lines)
    header, repeated = _header_block(text, lines, after, text_at)
    text_at = header.end
    found_noise = noise(text, text_at, end, start)
    if found_noise and any(one.relayed for one in found_noise):
        found_noise = _with_headers(text, found_noise, end)
    if header.of:
        found_noise += furthersections.heads(text, text_at, list(found_noise))
        found_noise.sort(key=lambda one: one.span)
    _numbered_classifier(text, text_at, end, header)
    spans = {**above.spans, **header.spans}
    if drafted:
        spans.update(drafted.spans)
    defects = [*copy.defects, *header.defects, *repeated]
    written = body.read(text, text_at, end, found_noise, spans)
    mrn = _mrn(header, above, copy)
    sent, sent_basis = _sent(above, copy)
    cited: tuple[Reference, ...] = ()
    if header.references:
        first, last = header.references
        cited = references.read(text, first, last, mrn, sent)
        if "¶" in text or text.find("[1](#)", first, last) >= 0:
            defects += [_letter_repaired(text, one, first) for one in cited if _sign_before(text, one, first)]
    subject, tags, tags_unknown = _from_catalogue(copy, header, defects)
    defects += _checks(above, header, mrn, sent)
    defects += _page_lines(found_noise, written)
    defects += written.defects
    if not written.paragraphs:
        defects.append(Defect("missing-text", "a header stands alone; no text of the cable is in this copy"))
    elif not written.signature:
        defects.append(Defect("missing-signature", "no signature below the last paragraph"))
    if mrn.year is not None and mrn.basis not in FIRM_BASES:
        source = "the declassification date" if mrn.basis == "declassify_on" else "the file's name"
        defects.append(Defect("year-inferred", f"the year {mrn.year} is inferred from {source}: a hint only"))
    sections = _sections(header, found_noise, defects)
    identity = mrn.id
    firm = identity is not None and mrn.basis in FIRM_BASES
    return Cable(
        id=identity,
        key=identity if identity and firm else copy.document or f"x{copy.sha256[:12]}",
        aliases=_aliases(mrn, identity, copy),
        mrn=mrn,
        era=ERA,
        extract=copy.extract,
        sections=sections,
        sent=sent,
        sent_basis=sent_basis,
        precedence=above.group.precedence if above.group else (),
        transmission=above.transmission,
        from_=Sender(above.sender, header.station or mrn.station),
        to=tuple(above.to),
        info=tuple(above.info),
        classification=header.classification,
        handling=header.handling,
        captions=header.captions,
        passing=header.passing,
        release=copy.release,
        authority=header.authority,
        tags=tags,
        tags_unknown=tags_unknown,
        subject=subject,
        subject_marking=header.subject_marking,
        references=cited,
        paragraphs=written.paragraphs,
        signature=written.signature,
        catalogue=copy.catalogue,
        spans=spans,
        defects=tuple(defects),
        copy=CopyNote(copy.source, copy.locator, copy.sha256, copy.text_by),
        operating_signals=relay.signals(text, above, spans),
        drafting=drafted.drafting if drafted else None,
        tags_persons=heads.persons(text, spans),
        redactions=redactions.find(text, start, end, written.paragraphs),
    )


def _drafting(lines: list[Line]) -> tuple[drafting.Reading | None, list[Line]]:
    """The drafting block that stands above a telegram of the Department, and the lines below it."""
    first: int | None = None
    for order, line in enumerate(lines[:_ABOVE_DRAFTING]):  # a page's date or note may stand above it
        if line.text[:2].upper() in _OF_DRAFTING and drafting.begins(line.text):
            first = order
            break
    if first is None:
        return None, lines
    after = drafting.end(lines, first)
    return drafting.read(lines[first:after]), [*lines[:first], *lines[after:]]


def _without_page_lines(text: str, lines: list[Line]) -> list[Line]:
    """The lines of a header without the page lines among them."""
    if not lines or text.find(" OF 0", lines[0].start, lines[-1].end) < 0:
        return lines
    places = {one.span[0] for one in page_lines(text, lines[0].start, lines[-1].end)}
    return [line for line in lines if line.start not in places] if places else lines


def _with_headers(text: str, found: list[Noise], end: int) -> list[Noise]:
    """Noise in which the first lines of relays' blocks stand for all of each block."""
    whole: list[Noise] = []
    for one in reversed(found):  # none goes further than to the next
        whole.append(_with_header(text, one.span[0], end) if one.relayed else one)
        end = one.span[0] if one.relayed else end
    return whole[::-1]


def _with_header(text: str, start: int, end: int) -> Noise:
    """A further section's relay lines together with the header block that follows them."""
    text_at = body.first_number(text, start, end)
    lines = heads.lines(text, start, min(text_at, start + _HEADER_LIMIT))
    _, after = relay.read(lines)
    header = heads.read(text, lines[after:], text_at)
    return Noise(stripped(text, start, header.end), header.section, header.of, relayed=True)


def _header_block(text: str, lines: list[Line], after: int, end: int) -> tuple[Header, list[Defect]]:
    """The header block; where it is printed twice, the second, and a defect that shows the first."""
    opening = lines[after].text[:8] if after < len(lines) else ""
    starts = [after]
    if opening and text.find(opening, lines[after].end, lines[-1].end) >= 0:
        starts += [
            index
            for index, line in enumerate(lines[after + 1 :], after + 1)
            if line.text[:8] == opening and heads.is_classification_line(line.text)
        ]
    header = heads.read(text, lines[starts[-1] :], end)
    if len(starts) == 1:
        if header.classification is None:
            message = "no classification line stands above the text"
            header.defects.append(Defect("missing-classification", message))
        return header, []
    printed = lines[starts[0] : starts[-1]]
    if [line.text for line in printed if line.text] != [
        line.text for line in lines[starts[-1] : starts[-1] + len(printed)] if line.text
    ]:
        _fill(header, heads.read(text, printed, end))
    last = next(line.end for line in reversed(printed) if line.text)
    message = "the header block is printed twice; this is the first time"
    return header, [Defect("repeated-header", message, (printed[0].start, last))]


def _fill(header: Header, first: Header) -> None:
    """Take from the first printing of the block what the second lacks."""
    for field in ("subject", "authority", "references"):
        if getattr(header, field) is None:
            setattr(header, field, getattr(first, field))
    if not header.has_tags:
        header.tags, header.tags_unknown, header.has_tags = first.tags, first.tags_unknown, first.has_tags
    header.spans = {**first.spans, **header.spans}


def _numbered_classifier(text: str, start: int, end: int, header: Header) -> None:
    """`1. (U) Classified by ...`: the classifier line as a paragraph of its own."""
    if header.authority is None or header.authority.classified_by is not None:
        return
    match = CLASSIFIER.match(text, start, min(end, start + 200))
    if match:
        stop = text.find("\n\n", start, end)
        heads.take_classifier(header, text, start, stop if stop > 0 else end)


def _mrn(header: Header, above: Relay, copy: Copy) -> Mrn:
    """Station and serial as the classification line gives them; the year from wherever it is told."""
    catalogue = copy.catalogue
    listed = read_mrn(catalogue.id) if catalogue and catalogue.id else None
    year: int | None = None
    basis: MrnBasis | None = None
    if listed and listed.year:
        year, basis = listed.year, "catalogue"
    elif catalogue and catalogue.created and catalogue.created[:4].isdigit():
        year, basis = int(catalogue.created[:4]), "catalogue"
    elif above.group:
        year, basis = above.group.year, "dtg"
    whole = year is not None and header.station and header.serial
    named = None if whole else _of_filename(copy)
    station = header.station or (listed.station if listed else None) or (named.station if named else None)
    serial = header.serial or (listed.serial if listed else None) or (named.serial if named else None)
    if year is None and named and (named.station, named.serial) == (station, serial):
        year, basis = named.year, "filename"
    elif year is None and header.authority and header.authority.declassify_on and station:
        year, basis = int(header.authority.declassify_on[:4]) - 10, "declassify_on"
    return Mrn(year, station, serial, basis)


def _of_filename(copy: Copy) -> Mrn | None:
    """The number that the file is named by, where the name has a year too."""
    named = read_mrn(copy.locator.replace("\\", "/").rsplit("/", 1)[-1].split(".", 1)[0])
    return named if named and named.year else None


def _aliases(mrn: Mrn, identity: str | None, copy: Copy) -> tuple[str, ...]:
    listed, own = copy.catalogue.id if copy.catalogue else None, short(mrn)
    spellings = (listed,) if listed == own else (listed, own)
    return tuple([one for one in spellings if one and one != identity])


def _sent(above: Relay, copy: Copy) -> tuple[str | None, SentBasis | None]:
    if above.group:
        return above.group.sent, "dtg"
    if copy.catalogue and copy.catalogue.created:
        return copy.catalogue.created[:16], "catalogue"
    return None, None


def _sections(header: Header, found_noise: Sequence[Noise], defects: list[Defect]) -> Sections | None:
    """The sections that the classification line and the page lines tell of."""
    of = header.of
    if not of and found_noise:
        of = max((one.of or 0 for one in found_noise if one.section), default=0)
    if not of:
        return None
    present = {one.section for one in found_noise if one.section and one.section <= of}
    present.add(header.section or 1)
    missing = sorted(set(range(1, of + 1)) - present)
    if missing:
        which = ", ".join(map(str, missing))
        defects.append(Defect("missing-section", f"of {of} sections, {which} not in this copy"))
    return Sections(tuple(sorted(present)), of)


def _page_lines(found_noise: Sequence[Noise], written: body.Body) -> list[Defect]:
    if not found_noise:
        return []
    found = []
    paragraphs = written.paragraphs
    starts = [paragraph.spans[0][0] for paragraph in paragraphs]
    for one in found_noise:
        index = bisect_right(starts, one.span[0])
        if not index:
            where = "above the text"
        elif one.span[0] < paragraphs[index - 1].spans[-1][1]:
            where = f"inside paragraph {paragraphs[index - 1].anchor}"
        elif index < len(paragraphs):
            where = f"between paragraphs {paragraphs[index - 1].anchor} and {paragraphs[index].anchor}"
        else:
            where = f"behind paragraph {paragraphs[index - 1].anchor}"
        found.append(Defect("page-line", f"page line taken out {where}", one.span))
    return found


def _from_catalogue(
    copy: Copy, header: Header, defects: list[Defect]
) -> tuple[str | None, tuple[str, ...], tuple[str, ...]]:
    """Subject and TAGS: the telegram's own, or the catalogue's where the telegram lost them."""
    catalogue = copy.catalogue
    subject, tags, unknown = header.subject, header.tags, header.tags_unknown
    if subject is None:
        defects.append(Defect("missing-subject", "no SUBJECT line stands above the text"))
        if catalogue and catalogue.title:
            subject = catalogue.title
            defects.append(
                Defect("from-catalogue", "the subject is the catalogue's title", _printed(copy, subject))
            )
    elif catalogue and catalogue.title and catalogue.title != subject:
        if subject.upper().startswith(catalogue.title.upper().rstrip(". ")):
            message = "the catalogue's title is cut short; the telegram has the whole subject"
            defects.append(Defect("cut-title", message, _printed(copy, catalogue.title)))
        else:
            message = f"the catalogue's title is not the subject: {catalogue.title}"
            defects.append(Defect("catalogue-disagrees", message, _printed(copy, catalogue.title)))
    if not header.has_tags:
        defects.append(Defect("missing-tags", "no TAGS line stands above the text"))
        if catalogue and catalogue.tags:
            tags = tuple(tag.upper() for tag in catalogue.tags if tag.upper() in TAGS)
            unknown = tuple(tag for tag in catalogue.tags if tag.upper() not in TAGS)
            defects.append(Defect("from-catalogue", "the TAGS are the catalogue's"))
    return subject, tags, unknown


def _printed(copy: Copy, words: str) -> Span | None:
    at = copy.text.find(words, 0, copy.body[0])
    return (at, at + len(words)) if at >= 0 else None


def _sign_before(text: str, reference: Reference, start: int) -> bool:
    """Whether a damaged paragraph sign stands before a reference's letter: `[1](#)B. ALMATY 342`."""
    line = text[max(start, text.rfind("\n", start, reference.span[0])) : reference.span[0]].lstrip()
    return line.startswith(("[1](#)", "¶"))


def _letter_repaired(text: str, reference: Reference, start: int) -> Defect:
    at = max(start, text.rfind("\n", start, reference.span[0]) + 1)
    stop = text.rfind(".", at, reference.span[0]) + 1 or reference.span[0]
    message = f"the letter of reference {reference.letter} has a paragraph sign before it"
    return Defect("letter-repaired", message, (at, stop))


def _checks(above: Relay, header: Header, mrn: Mrn, sent: str | None) -> list[Defect]:
    """What the relay's lines say twice must agree (handbook 01, section 2, invariants)."""
    found: list[Defect] = []
    transmission = above.transmission
    if transmission is None:
        return found
    place = above.spans.get("/transmission/station_serial", (None,))[0]
    if transmission.station_serial and header.serial is not None:
        expected = f"{header.serial % 10000:04d}"
        if transmission.station_serial != expected:
            words = (
                f"the DE line has serial {transmission.station_serial}, the cable's own ends in {expected}"
            )
            found.append(Defect("serial-disagrees", words, place))
    if above.group and above.julian is not None and above.julian != above.group.day_of_year:
        words = f"the DE line has day {above.julian} of the year, not {above.group.day_of_year}"
        found.append(Defect("date-disagrees", words, place))
    letter = (transmission.security or "")[4:5]
    if letter and header.classification and header.classification not in _LEVEL_OF_LETTER.get(letter, ()):
        unclassified = letter in "UE" and header.classification == "LIMITED OFFICIAL USE"
        if not unclassified:
            words = f"the security line {transmission.security} does not go with {header.classification}"
            where = above.spans.get("/transmission/security", (None,))[0]
            found.append(Defect("security-disagrees", words, where))
    return found


# -- writing -----------------------------------------------------------------------------------------

_SPACED = {
    "UNCLASSIFIED": "UNCLAS",
    "CONFIDENTIAL": "C O N F I D E N T I A L",
    "SECRET": "S E C R E T",
    "TOP SECRET": "T O P S E C R E T",
}
_LETTER_OF = {name: letter for letter, name in dtg.PRECEDENCES.items()}


def write(cable: Cable, *, pages: bool = True, length: int | None = None) -> str:
    """The cable as sent: relay lines where it has any, header block, text, signature, NNNN.

    It is cut into sections of at most `length` lines of text; without it into those that it has. Where the
    sections stay what they are, `read` gives the same cable again, but for its copy, key, spans, bases and
    `page-line` defects.
    """
    blocks = [
        paragraph_lines(one, f"{one.number}." if one.number is not None else "") for one in cable.paragraphs
    ]
    if length:
        return _in_sections(cable, blocks, length)
    lines = [*_relay_lines(cable), *_header_lines(cable)]
    of = cable.sections.of if cable.sections and pages else 1
    present = cable.sections.present if cable.sections else ()
    serial = cable.mrn.serial or 0
    page_lines = [f"{cable.mrn.station} {serial:08d}  {section:03d} OF {of:03d}" for section in present[1:]]
    lines += with_page_lines(blocks, page_lines if pages else [])
    if cable.signature:
        lines.append(cable.signature)
    return "\n".join([*lines, "", "NNNN", ""])


def _in_sections(cable: Cable, blocks: Sequence[list[str]], most: int) -> str:
    """The cable cut anew, each further section below a page line of its own."""
    text = [line for block in blocks for line in ("", *block)][1:]
    first, *further = sectioned([*text, *([cable.signature] if cable.signature else [])], most)
    of = len(further) + 1
    sent = replace(cable, sections=Sections(tuple(range(1, of + 1)), of) if further else None)
    lines = [*_relay_lines(sent), *_header_lines(sent), *first]
    for section, part in enumerate(further, 2):
        lines += [
            "",
            f"{cable.mrn.station} {cable.mrn.serial or 0:08d}  {section:03d} OF {of:03d}",
            "",
            *part,
        ]
    return "\n".join([*lines, "", "NNNN", ""])


def _relay_lines(cable: Cable) -> list[str]:
    """Format lines 1 to 8, as far as the cable has them."""
    sent_by, lines = cable.transmission, []
    letters = " ".join(_LETTER_OF[word] for word in cable.precedence)
    group = _group_of(cable)
    if sent_by:
        lines += [sent_by.id] if sent_by.id else []
        if sent_by.routing:
            lines += wrap(f"{(letters[:1] or 'R') * 2} {' '.join(sent_by.routing)}")
        if sent_by.originator and group:
            section = "/01" if cable.sections else ""
            filed = f"{group.day_of_year:03d}{_clock(group)}"
            lines.append(f"DE {sent_by.originator} #{sent_by.station_serial}{section} {filed}")
        lines += [sent_by.security] if sent_by.security else []
    if group:
        month = next(name for name, number in dtg.MONTHS.items() if number == int(group.sent[5:7]))
        lines.append(f"{letters} {group.sent[8:10]}{_clock(group)}Z {month} {group.year % 100:02d}")
    if cable.from_.name:
        lines.append(f"FM {cable.from_.name}")
    for label, addressees in (("TO", cable.to), ("INFO", cable.info)):
        for order, one in enumerate(addressees):
            routing = f"{one.routing}/" if one.routing else ""
            exempt = f", XMT, {', '.join(one.except_)}" if one.except_ else ""
            tail = "".join(f" {word}" for word in (one.precedence, one.number) if word)
            lines.append(f"{'' if order else label + ' '}{routing}{one.name}{exempt}{tail}")
    return lines


def _group_of(cable: Cable) -> dtg.Dtg | None:
    if not cable.precedence or cable.sent is None or not cable.sent.endswith("Z"):
        return None
    year, month, day = (int(part) for part in cable.sent[:10].split("-"))
    return dtg.Dtg(cable.sent, year, date(year, month, day).timetuple().tm_yday, cable.precedence)


def _clock(group: dtg.Dtg) -> str:
    return group.sent[11:13] + group.sent[14:16]


def _header_lines(cable: Cable) -> list[str]:
    """The block from the classification line to the classifier line, a blank line behind it."""
    spaced = _SPACED.get(cable.classification or "", cable.classification or "")
    efto = " E F T O" if "EFTO" in cable.handling else ""
    first = min(cable.sections.present) if cable.sections else 0
    section = f" SECTION {first:02d} OF {cable.sections.of:02d}" if cable.sections else ""
    lines = [f"{spaced}{efto}{section} {cable.mrn.station} {cable.mrn.serial or 0:06d}", ""]
    for caption in (*cable.captions, *(word for word in cable.handling if word != "EFTO")):
        lines += [caption, ""]
    for passing in cable.passing:
        lines += [*wrap(passing), ""]
    if cable.authority and cable.authority.order:
        lines.append(f"E.O. {cable.authority.order}: {_declassification(cable)}")
    if cable.tags or cable.tags_unknown:
        lines += wrap("TAGS: " + " ".join((*cable.tags, *cable.tags_unknown)))
    if cable.subject:
        mark = f"({cable.subject_marking}) " if cable.subject_marking else ""
        lines += wrap(f"SUBJECT: {mark}{cable.subject}")
    lines += ["", *_ref_lines(cable.references)]
    return [*lines, *_classifier_lines(cable)]


def _declassification(cable: Cable) -> str:
    authority = cable.authority
    if authority is None:
        return "N/A"
    if authority.declassify_on:
        year, month, day = authority.declassify_on.split("-")
        return f"DECL: {month}/{day}/{year}"
    if authority.exemptions:
        return "DECL: " + ", ".join(authority.exemptions)
    return f"DECL: {authority.declassify_event}" if authority.declassify_event else "N/A"


def _ref_lines(cited: Sequence[Reference]) -> list[str]:
    lines: list[str] = []
    previous: Reference | None = None
    for one in cited:
        notes = " AND PREVIOUS" if one.previous else ""
        notes += "".join(f" ({caption})" for caption in one.captions)
        notes += f' "{one.title}"' if one.title else ""
        if previous and one.text[:1].isdigit() and one.text.isdigit() and one.letter == previous.letter:
            lines[-1] = f"{lines[-1]}, {one.text}{notes}"  # the second of a run has its post from the first
        else:
            letter = f"{one.letter}. " if one.letter else ""
            lines.append(f"{'' if lines else 'REF: '}{letter}{one.text}{notes}")
        previous = one
    return [*lines, ""] if lines else []


def _classifier_lines(cable: Cable) -> list[str]:
    authority = cable.authority
    lines: list[str] = []
    if authority and authority.classified_by:
        reasons = ""
        if authority.reasons:
            section = authority.reasons[0][:3]
            letters = " and ".join(f"({reason[4:5]})" for reason in authority.reasons)
            reasons = f", reasons {section} {letters}"
        lines += [*wrap(f"Classified By: {authority.classified_by}{reasons}."), ""]
    if authority and authority.derived_from:
        lines += [f"Derived From: {authority.derived_from}", ""]
    return lines
