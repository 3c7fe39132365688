"""The block above the text: classification, captions, passing lines, E.O., TAGS, SUBJECT, REF, classifier.

Every era since 1973 has it; mirrors print it twice (handbook 01, D4).
"""

import re
from typing import NamedTuple

import msgspec

from reftel import tags as tagging
from reftel.cable import Authority, Defect, Sections, Span
from reftel.markings import CAPTIONS, read_classification
from reftel.stations import token
from reftel.telegram.common import authority
from reftel.telegram.common.lines import fragments

# C O N F I D E N T I A L SECTION 01 OF 02 ASTANA 000253
_SECTION = re.compile(r"\s*SECTION\s+(?P<section>\d{1,2})\s+OF\s+(?P<of>\d{1,2})", re.IGNORECASE)
_NUMBER = re.compile(r"\s*(?P<station>[A-Z][A-Z .'&-]{0,40}?)\s+\#?(?P<serial>\d{1,8})\b", re.IGNORECASE)
_LABEL = re.compile(
    r"(?P<eo>E\.?\s?[O09]\.?M?\.?[\s:]*(?:\d{5}|N/?A|X?GDS))|(?P<tags>TAGS?\b\s*[:;-]?)|(?P<subject>SUBJ(?:ECT)?\b\s*[:;,]?)"
    r"|(?P<ref>REF(?:S|ERENCES?|TELS?)?\s*[:;])|(?P<classifier>(?:\([A-Z]\)\s*)?CLASSIFIED\s+BY\b)|(?P<derived>DERIVED\s+FROM\b)",
    re.IGNORECASE,
)
_REF_ITEM = re.compile(r"(?:¶\s*|\[1\]\(#\))?(?:[A-Z][.):]|\([A-Z]\))\s")
_SUBJECT_MARK = re.compile(r"\s*\((?P<mark>(?:TS|S|C|U|SBU|LOU|FOUO)(?://?[A-Z ]+)*)\)\s*")
_PASSING = re.compile(r"\b(?:FOR|PASS|ALSO FOR|PLEASE PASS)\b", re.IGNORECASE)
_LINK = re.compile(r"\[([^\]\n]*)\]\(#\)")
_HANDLING = {"SENSITIVE": "SENSITIVE", "NOFORN": "NOFORN", "FOR OFFICIAL USE ONLY": "FOR OFFICIAL USE ONLY"}
_FIRST_LETTERS = frozenset("EeTtSsRrCcDd(")
_LONGEST_CAPTION = 60


class Header(msgspec.Struct):
    """One header block, as its lines are read; `spans` maps the record's fields to their places."""

    start: int
    end: int = 0  # where the text begins
    station: str | None = None
    serial: int | None = None
    section: int | None = None
    of: int | None = None
    classification: str | None = None
    handling: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    passing: tuple[str, ...] = ()
    authority: Authority | None = None
    tags: tuple[str, ...] = ()
    tags_unknown: tuple[str, ...] = ()
    has_tags: bool = False
    subject: str | None = None
    subject_marking: str | None = None
    references: Span | None = None  # the REF block without its label
    spans: dict[str, tuple[Span, ...]] = msgspec.field(default_factory=dict)
    defects: list[Defect] = msgspec.field(default_factory=list)

    @property
    def sections(self) -> Sections | None:
        """The section its classification line names."""
        if self.section is None or self.of is None:
            return None
        return Sections((self.section,), self.of)


class Line(NamedTuple):
    """A line without the white space around it, and where it stands."""

    text: str
    start: int
    end: int


def lines(text: str, start: int, end: int) -> list[Line]:
    """The lines between two offsets, blank ones as empty text."""
    found = []
    at = start
    for raw in text[start:end].split("\n"):
        bare, length = raw.strip(), len(raw)
        if bare == raw:
            found.append(Line(bare, at, at + length))
        else:
            first = at + raw.index(bare) if bare else at
            found.append(Line(bare, first, first + len(bare)))
        at += length + 1
    return found


_CLASSIFIED = ("U", "C", "S", "T", "L", "O", "R", "c", "s", "u", "t")


def is_classification_line(line: str) -> bool:
    """Whether a line gives a classification and a message number: `UNCLAS ALMATY 002439`."""
    if not line.startswith(_CLASSIFIED) or not line[-1].isdigit() or "/" in line[:8]:
        return False
    found = read_classification(line)
    return found is not None and _NUMBER.match(line, _after_section(line, found.end)) is not None


def starts_block(line: str) -> bool:
    """Whether a line is one of the header block's own: E.O., TAGS, SUBJECT, REF, classifier."""
    return line[:1] in _FIRST_LETTERS and _LABEL.match(line) is not None


def _after_section(line: str, at: int) -> int:
    section = _SECTION.match(line, at)
    return section.end() if section else at


def read(text: str, block: list[Line], end: int) -> Header:
    """Read a header block whose first line may be its classification line."""
    header = Header(start=block[0].start if block else end, end=end)
    position = 0
    if block and is_classification_line(block[0].text):
        _classification(header, block[0])
        position = 1
    while position < len(block):
        line = block[position]
        label = _LABEL.match(line.text) if line.text[:1] in _FIRST_LETTERS else None
        if not line.text:
            position += 1
        elif label is None:
            if _is_text(header, line.text):
                header.end = line.start
                break
            position = _caption(header, block, position)
        else:
            position = _READ[label.lastgroup or ""](header, text, block, position, label.end())
    return header


def _classification(header: Header, line: Line) -> None:
    found = read_classification(line.text)
    if found is None:
        return
    header.classification, header.handling = found.classification, found.handling
    header.spans["/classification"] = ((line.start, line.start + found.end),)
    section = _SECTION.match(line.text, found.end)
    if section:
        header.section, header.of = int(section["section"]), int(section["of"])
        header.spans["/sections"] = ((line.start + section.start("section") - 8, line.start + section.end()),)
    number = _NUMBER.match(line.text, section.end() if section else found.end)
    if number:
        header.station, header.serial = token(number["station"]), int(number["serial"])
        header.spans["/mrn"] = ((line.start + number.start("station"), line.start + number.end()),)


def _is_text(header: Header, line: str) -> bool:
    """Whether a line without a label is the telegram's text already: captions stand before the SUBJECT."""
    upper = line.upper()
    if upper in _HANDLING or upper in CAPTIONS:
        return False
    begun = header.subject is not None or (header.authority is not None and header.authority.classified_by)
    return bool(begun) or (header.authority is not None and len(line) > _LONGEST_CAPTION)


def _caption(header: Header, block: list[Line], position: int) -> int:
    """A line without a label: handling, caption, or a passing line with its wraps."""
    line = block[position]
    upper = " ".join(line.text.upper().split())
    place = ((line.start, line.end),)
    if upper in _HANDLING:
        header.spans[f"/handling/{len(header.handling)}"] = place
        header.handling = (*header.handling, _HANDLING[upper])
    elif upper in CAPTIONS:
        header.spans[f"/captions/{len(header.captions)}"] = place
        header.captions = (*header.captions, upper)
    elif _PASSING.search(line.text):
        words = [line.text]
        spans = [(line.start, line.end)]
        while position + 1 < len(block) and _goes_on(block[position + 1].text):
            position += 1
            words.append(block[position].text)
            spans.append((block[position].start, block[position].end))
        header.spans[f"/passing/{len(header.passing)}"] = tuple(spans)
        header.passing = (*header.passing, " ".join(" ".join(words).split()))
    elif len(upper) <= _LONGEST_CAPTION:
        header.spans[f"/captions/{len(header.captions)}"] = place
        header.captions = (*header.captions, upper)
    return position + 1


def _goes_on(line: str) -> bool:
    """Whether a line behind a passing line is its wrap: no label, no caption, no passing line of its own."""
    upper = line.upper()
    return bool(
        line
        and upper not in CAPTIONS
        and upper not in _HANDLING
        and not _LABEL.match(line)
        and not _PASSING.search(line)
    )


def _extent(block: list[Line], position: int) -> int:
    """How far a labelled line's wraps reach: to a blank line or the next label."""
    after = position + 1
    while after < len(block) and block[after].text and not _LABEL.match(block[after].text):
        after += 1
    return after


def _eo(header: Header, text: str, block: list[Line], position: int, label: int) -> int:
    line = block[position]
    found = authority.read_line(line.text)
    header.authority = found.authority
    _place(header, found, line.start)
    if found.no_date:
        first, last = found.no_date
        message = f"{line.text[first:last]} on the E.O. line is no date of the calendar"
        header.defects.append(Defect("unreadable-date", message, (line.start + first, line.start + last)))
    return position + 1


def _place(header: Header, found: authority.Reading, offset: int) -> None:
    for field, places in found.places:
        header.spans[f"/authority/{field}"] = tuple((first + offset, last + offset) for first, last in places)


def take_classifier(header: Header, text: str, start: int, end: int) -> None:
    """Add the classifier line between two offsets to what the E.O. line said."""
    found = authority.read_classifier(text[start : min(end, start + authority.LONGEST)])
    base, said = header.authority or Authority(), found.authority
    header.authority = msgspec.structs.replace(
        base, classified_by=said.classified_by, name=said.name, title=said.title, reasons=said.reasons
    )
    _place(header, found, start)


def _tags(header: Header, text: str, block: list[Line], position: int, label: int) -> int:
    after = _extent(block, position)
    places = [(block[position].start + label, block[position].end)]
    places += [(line.start, line.end) for line in block[position + 1 : after]]
    written = " ".join(text[first:last] for first, last in places)
    if "](" in written:
        written = _LINK.sub(r"\1", written)
    found = tagging.read(written.strip())
    header.tags, header.tags_unknown, header.has_tags = found.known, found.unknown, True
    header.spans["/tags"] = fragments(text, places[0][0], places[-1][1])
    for word in found.unknown:
        where = re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE).search(text, places[0][0], places[-1][1])
        message = f"{word} on the TAGS line is no TAGS of any era"
        header.defects.append(Defect("unknown-tag", message, where.span() if where else None))
    return after


def _subject(header: Header, text: str, block: list[Line], position: int, label: int) -> int:
    after = _extent(block, position)
    start = block[position].start + label
    mark = _SUBJECT_MARK.match(text, start, block[position].end)
    if mark:
        header.subject_marking = mark["mark"]
        start = mark.end()
    places = fragments(text, start, block[after - 1].end)
    if not places and after < len(block) and position + 2 < len(block):  # the label alone on its line
        while after < len(block) and not block[after].text:
            after += 1
        if after < len(block) and not _LABEL.match(block[after].text):
            first = after
            after = _extent(block, first)
            places = fragments(text, block[first].start, block[after - 1].end)
    if places:
        header.subject = " ".join(" ".join(text[a:b].split()) for a, b in places)
        header.spans["/subject"] = places
    return after


def _ref(header: Header, text: str, block: list[Line], position: int, label: int) -> int:
    """The REF block: over blank lines too, as long as lettered items follow."""
    after = _extent(block, position)
    end = block[after - 1].end
    further = after
    while further < len(block):
        if not block[further].text:
            further += 1
        elif _REF_ITEM.match(block[further].text):
            after = _extent(block, further)
            end = block[after - 1].end
            further = after
        else:
            break
    start = block[position].start + label
    while start < end and text[start].isspace():
        start += 1
    header.references = (start, end)
    return after


def _classifier(header: Header, text: str, block: list[Line], position: int, label: int) -> int:
    after = _extent(block, position)
    take_classifier(header, text, block[position].start, block[after - 1].end)
    return after


def _derived(header: Header, text: str, block: list[Line], position: int, label: int) -> int:
    match = authority.DERIVED.match(block[position].text)
    if match:
        base = header.authority or Authority()
        header.authority = msgspec.structs.replace(base, derived_from=match["from"].strip(" .") or None)
        header.spans["/authority/derived_from"] = ((block[position].start, block[position].end),)
    return position + 1


_READ = {
    "eo": _eo,
    "tags": _tags,
    "subject": _subject,
    "ref": _ref,
    "classifier": _classifier,
    "derived": _derived,
}
