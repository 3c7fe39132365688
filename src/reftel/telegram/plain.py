"""Plain text in doubt: no grammar of an era stands in it (docs/formats/plain.md).

What plainly says what it is is read: lines with the labels that every telegram has, numbered paragraphs, a
date with the name of its month. Nothing else is taken for a field, and nothing is inferred but the years of
references, where the text gives its own.
"""

import re

from reftel.cable import (
    FIRM_BASES,
    Cable,
    Copy,
    CopyNote,
    Defect,
    Era,
    Mrn,
    Reference,
    Sender,
    SentBasis,
    Span,
)
from reftel.markings import is_banner, read_classification
from reftel.mrn import read as read_mrn
from reftel.mrn import short
from reftel.stations import is_known
from reftel.telegram.common import body, dates, redactions, references
from reftel.telegram.common import header as heads
from reftel.telegram.common.even import even
from reftel.telegram.common.header import Header, Line
from reftel.telegram.common.lines import noise

ERA: Era = "plain"

_HEADER_LIMIT = 100_000
_DATE_LINE = re.compile(r"(?:\w+,? +){0,2}[\w .,-]{8,20}")


def recognises(copy: Copy) -> bool:
    """Any text: it is asked last."""
    return True


def read(copy: Copy) -> Cable:
    """What can be read of a text without guessing; a defect says that no header was found."""
    text, (start, end) = even(copy.text), copy.body
    numbered = body.first_number(text, start, end)
    lines = heads.lines(text, start, min(numbered, start + _HEADER_LIMIT))
    first = next((index for index, line in enumerate(lines) if heads.starts_block(line.text)), None)
    above = lines if first is None and numbered < end else lines[: first or 0]
    if first is not None:
        header = heads.read(text, lines[first:], numbered)
    else:
        header = Header(start=start, end=numbered if numbered < end else start)
    spans = dict(header.spans)
    defects = [*copy.defects, *header.defects, *_missing(header, above)]
    mrn, sent, basis, classification, handling = _above(text, above, spans)
    written = body.read(text, header.end, end, noise(text, header.end, end), spans)
    cited: tuple[Reference, ...] = ()
    if header.references:
        cited = references.read(text, *header.references, mrn, sent)
    defects += written.defects
    if not written.paragraphs:
        defects.append(Defect("missing-text", "a header stands alone; no text of the cable is in this copy"))
    firm = mrn.id is not None and mrn.basis in FIRM_BASES
    return Cable(
        id=mrn.id,
        key=(mrn.id if firm else None) or copy.document or f"x{copy.sha256[:12]}",
        aliases=tuple(one for one in (short(mrn),) if one),
        mrn=mrn,
        era=ERA,
        extract=copy.extract,
        sections=None,
        sent=sent,
        sent_basis=basis,
        precedence=(),
        transmission=None,
        from_=Sender(None, mrn.station),
        classification=classification or header.classification,
        handling=tuple(dict.fromkeys((*handling, *header.handling))),
        captions=header.captions,
        passing=header.passing,
        authority=header.authority,
        tags=header.tags,
        tags_unknown=header.tags_unknown,
        subject=header.subject,
        subject_marking=header.subject_marking,
        references=cited,
        paragraphs=written.paragraphs,
        signature=written.signature,
        catalogue=copy.catalogue,
        spans=spans,
        defects=tuple(defects),
        copy=CopyNote(copy.source, copy.locator, copy.sha256, copy.text_by),
        redactions=redactions.find(text, start, end, written.paragraphs),
    )


def _above(
    text: str, above: list[Line], spans: dict[str, tuple[Span, ...]]
) -> tuple[Mrn, str | None, SentBasis | None, str | None, tuple[str, ...]]:
    """Number, date and classification, each where a line above the text is that and nothing else."""
    mrn, sent, classification = Mrn(), None, None
    handling: tuple[str, ...] = ()
    for line in above:
        if not line.text or len(line.text) > 80:
            continue
        place = ((line.start, line.end),)
        named = read_mrn(line.text) if mrn.id is None and line.text[:1].isdigit() else None
        if named and named.year and named.station and is_known(named.station):
            mrn, spans["/mrn"] = named, place
        elif sent is None and _is_date(line.text) and (day := dates.written(text, line.start, line.end)):
            sent, spans["/sent"] = day[0], (day[1],)
        elif classification is None and is_banner(line.text) and (found := read_classification(line.text)):
            classification, handling = found.classification, found.handling
            spans["/classification"] = place
    return mrn, sent, "text" if sent else None, classification, handling


def _is_date(line: str) -> bool:
    """Whether a line can be a date and nothing else but a label, a place or a weekday before it."""
    bare = line.removeprefix("Date:").removeprefix("DATE:").strip()
    return len(bare) < 40 and any(sign.isdigit() for sign in bare) and _DATE_LINE.fullmatch(bare) is not None


def _missing(header: Header, above: list[Line]) -> list[Defect]:
    """What of a header is not there."""
    found = []
    words = [line for line in above if line.text]
    if not header.spans:
        place = (words[0].start, words[-1].end) if words else None
        message = "no line of a header stands above the text"
        found.append(Defect("missing-header", message, place))
    found.append(Defect("missing-classification", "no classification line stands above the text"))
    if header.subject is None:
        found.append(Defect("missing-subject", "no SUBJECT line stands above the text"))
    if not header.has_tags:
        found.append(Defect("missing-tags", "no TAGS line stands above the text"))
    return found
