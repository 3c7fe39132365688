"""The block above the text: classification, captions, passing lines, E.O., TAGS, SUBJECT, REF, classifier.

Every era since 1973 has it; mirrors print it twice (handbook 01, D4).
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from reftel import tags as tagging
from reftel.cable import Authority, Defect, Sections, Span
from reftel.markings import CAPTIONS, mark_at, read_classification, unspaced
from reftel.stations import STATIONS, nearest, token
from reftel.telegram.common import authority
from reftel.telegram.common.lines import fragments
from reftel.telegram.common.voices import heading_voice
from reftel.telegram.common.wording import heal, plain

# C O N F I D E N T I A L SECTION 01 OF 02 ASTANA 000253
_SECTION = re.compile(r"\s*SECTION\s+(?P<section>\d{1,2})\s+OF\s+(?P<of>\d{1,2})", re.IGNORECASE)
_NUMBER = re.compile(
    r"\s*(?P<station>(?:[A-Z]|[01](?=[A-Z]))[A-Z .'&-]{0,40}?)"
    r"\s+\#?(?P<serial>\d{1,8}|O[O\d]{2,7}|\dO[O\d]{1,6})\b",
    re.IGNORECASE,
)
_SECOND_NUMBER = re.compile(r"\s+(?:TOSEC|SECTO)\s*\d{1,6}\b", re.IGNORECASE)  # to the travelling Secretary
_DIGITS_OF_LETTERS = str.maketrans("Oo", "00")
_LABEL = re.compile(
    r"(?P<eo>E\.?\s?[O09]\.?M?\.?[\s:]*(?:\d{5}|N/?A|X?GDS))|(?P<tags>TAGS?\b\s*[:;-]?)|(?P<subject>SUBJ(?:ECT)?\b\s*[:;,]?)"
    r"|(?P<ref>REF(?:S|\(S\)|ERENCES?|TELS?)?\s*[:;])|(?P<classifier>(?:\([A-Z/]{1,6}\)\s*)?CLASSIFIED\s+BY\b)|(?P<derived>DERIVED\s+FROM\b)"
    r"|(?P<marked>[(\[]\s?[A-Z/]{1,10}\s?[)\]]\s*SUBJ(?:ECT)?\s*[:;])"
    r"|(?P<reason>REASONS?\s*:\s*[(\[]?1[.,]\s?[345])|(?P<declassify>DECLASSIFY\s+ON\b)",
    re.IGNORECASE,
)
# a label on the line of another: TAGS: PREL SUBJECT: ... | SUBJECT: ... Classified By:
_INNER_LABEL = re.compile(
    r"\s(?:TAGS|SUBJ(?:ECT)?|REF(?:S|\(S\))?|Tags|Subj(?:ect)?|Ref(?:s|\(s\))?):"
    r"|(?:CLASSIFIED BY|Classified [Bb]y):"
)
_RULE = re.compile(r"[-=_]{3,}")
_REF_ITEM = re.compile(r"(?:¶\s*|\[1\]\(#\))?(?:[A-Z](?:[.):]|\.\)| -)|\([A-Z]\)|\[[A-Z]\])\s")
_PASSING = re.compile(r"\b(?:FOR|PASS|ALSO FOR|PLEASE PASS)\b", re.IGNORECASE)
_LINK = re.compile(r"\[([^\]\n]*)\]\(#\)")
_HANDLING = {"SENSITIVE": "SENSITIVE", "NOFORN": "NOFORN", "FOR OFFICIAL USE ONLY": "FOR OFFICIAL USE ONLY"}
_LIMIT = re.compile(
    r"[\s,/-]*(?P<word>"
    + "|".join(re.escape(word) for word in sorted({*CAPTIONS, *_HANDLING}, key=len, reverse=True))
    + r")(?![A-Za-z])",
    re.IGNORECASE,
)
_FIRST_WORD = re.compile(r"[\s,/-]")
_FIRST_WORDS = frozenset(_FIRST_WORD.split(word, maxsplit=1)[0] for word in (*CAPTIONS, *_HANDLING))
_NAMED_ONLY = re.compile(r"\bONLY\b", re.IGNORECASE)  # FOR THE SECRETARY ONLY, EYES ONLY FOR ...
_MOST_CAPTIONS = 60
_FIRST_LETTERS = frozenset("EeTtSsRrCcDd([")
_PLAIN_LABELS = {"TAGS": "tags", "SUBJECT": "subject", "SUBJ": "subject", "REF": "ref", "REFS": "ref"}
_LONGEST_CAPTION = 60
_LONGEST_CLASSIFICATION = 120
_LONGEST_PASSING = 5  # words of a passing line behind the TAGS, or of codes that no table has


def _misspelt(label: str) -> dict[str, str]:
    """The label without one of its letters, or with two of them exchanged: UBJECT, SUBJCET, TGAS."""
    lost = [label[:at] + label[at + 1 :] for at in range(len(label))]
    swapped = [label[:at] + label[at + 1] + label[at] + label[at + 2 :] for at in range(len(label) - 1)]
    return dict.fromkeys((*lost, *swapped), _PLAIN_LABELS[label])


_PLAIN_LABELS = {**_misspelt("SUBJECT"), **_misspelt("TAGS"), **_PLAIN_LABELS}


_BRACKETS = ("(", "[")
_RULES = frozenset(("---", "===", "___"))
_LONGEST_HEADING = 30
_LIMIT_WORDS = frozenset((*CAPTIONS, *_HANDLING))


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


class Line(msgspec.Struct, frozen=True, gc=False):
    """A line without the white space around it, and where it stands."""

    text: str
    start: int
    end: int

    def __iter__(self) -> Iterator[Any]:
        """Its three parts, to be taken apart: they differ in kind."""
        return iter((self.text, self.start, self.end))


def lines(text: str, start: int, end: int) -> list[Line]:
    """The lines between two offsets, blank ones as empty text."""
    found = []
    at = start
    for raw in text[start:end].split("\n"):
        bare = raw.strip()
        first = at if bare is raw else at + raw.index(bare)
        found.append(Line(bare, first, first + len(bare)))
        at += len(raw) + 1
    return found


_CLASSIFIED = frozenset(("UN", "U ", "CO", "C ", "SE", "S ", "TO", "T ", "LI", "L ", "OF", "O ", "RE", "R "))
_DIGIT = re.compile(r"\d")


class Opening(NamedTuple):
    """What a classification line says: `C O N F I D E N T I A L SECTION 01 OF 02 ASTANA 000253 SIPDIS`.

    Places are offsets into the line.
    """

    classification: str
    handling: tuple[str, ...]
    limits: tuple[tuple[list[str], Span], ...]  # captions and handling words, before the number and behind it
    section: Span | None  # the section's number, and how many there are
    section_at: Span
    station: str | None
    serial: int
    number_at: Span


_opened = tuple.__new__  # half the cost of Opening(...)
_DIGITS_PRINTED = 6  # of a serial on its classification line
_ANY_SERIAL = " 000001"


def is_classification_line(line: str) -> bool:
    """Whether a line gives a classification and a message number: `UNCLAS ALMATY 002439`.

    Captions and handling words may stand before the number or behind it.
    """
    return opening(line) is not None


@lru_cache(maxsize=16)  # each is asked for several times while its block is read
def opening(line: str) -> Opening | None:
    """A classification line taken apart; None where a line is none."""
    if line[:2].upper() not in _CLASSIFIED:
        return None
    before, _, digits = line.rpartition(" ")
    if len(digits) == _DIGITS_PRINTED and digits.isdecimal() and digits.isascii():
        found = _opening(before + _ANY_SERIAL)  # the same words recur in all cables of a post
        if found and found.number_at[1] == len(line):
            return _opened(Opening, (*found[:-2], int(digits), found.number_at))
    return _opening(line)


@lru_cache(maxsize=2048)
def _opening(line: str) -> Opening | None:
    if "/" in line[:5] or not _DIGIT.search(line, max(0, len(line) - 30)):
        return None
    found = read_classification(line)
    if found is None:
        return None
    before, at = _limits(line, found.end)
    section = _SECTION.match(line, at)
    number = _NUMBER.match(line, section.end() if section else at)
    if number is None:
        return None
    stop = number.end()
    if stop < len(line):
        second = _SECOND_NUMBER.match(line, stop)
        stop = second.end() if second else stop
        if section is None and (section := _SECTION.match(line, stop)):
            stop = section.end()
    beyond = stop
    behind, stop = _limits(line, beyond)
    if stop < len(line.rstrip(" ./")):
        return None
    return Opening(
        found.classification,
        found.handling,
        ((before, (found.end, at)), (behind, (beyond, stop))),
        (int(section["section"]), int(section["of"])) if section else None,
        (section.start("section") - 8, section.end()) if section else (0, 0),
        token(number["station"]),
        int(number["serial"].translate(_DIGITS_OF_LETTERS)),
        (number.start("station"), number.end()),
    )


def _limits(line: str, at: int) -> tuple[list[str], int]:
    """The captions and handling words at a place of a line, and where they end: `NOFORN//SIPDIS`."""
    found: list[str] = []
    while at < len(line) and (match := _LIMIT.match(line, at)):
        found.append(" ".join(match["word"].upper().split()))
        at = match.end()
    return found, at


def whole(text: str, block: Sequence[Line]) -> list[Line]:
    """The lines with a classification line that was broken behind its section made one again."""
    for index in range(len(block) - 1):
        one, other = block[index], block[index + 1]
        if other.text and one.text[:2].upper() in _CLASSIFIED and read_classification(one.text):
            words = text[one.start : other.end].replace("\n", " ")
            if len(words) < _LONGEST_CLASSIFICATION and is_classification_line(words):
                return [*block[:index], Line(words, one.start, other.end), *block[index + 2 :]]
    return list(block)


def starts_block(line: str) -> bool:
    """Whether a line is one of the header block's own: E.O., TAGS, SUBJECT, REF, classifier."""
    return _label(line) is not None


def read(text: str, block: list[Line], end: int) -> Header:
    """Read a header block whose first line may be its classification line."""
    header = Header(start=block[0].start if block else end, end=end)
    position = 0
    if block and (found := opening(block[0].text)):
        _classification(header, found, block[0])
        position = 1
    while position < len(block):
        line = block[position]
        if not line.text:
            position += 1
            continue
        label = _label(line.text)
        if label is None or _read_before(header, line.text, label):
            if _is_text(header, line.text):
                header.end = line.start
                break
            position = _caption(header, block, position)
        else:
            position = _READ[label[0]](header, text, block, position, label[1])
    return header


@lru_cache(maxsize=1024)  # each line is asked for several times, and many recur
def _label(line: str) -> tuple[str, int] | None:
    """Which of the block's labels a line begins with, and where it ends; None where with none."""
    word, colon, _ = line.partition(":")
    plain = _PLAIN_LABELS.get(word) if colon else None  # nearly all; much quicker to see
    if plain:
        return plain, len(word) + 1
    match = _LABEL.match(line) if line[:1] in _FIRST_LETTERS else None
    return (match.lastgroup or "", match.end()) if match else None


def _read_before(header: Header, line: str, label: tuple[str, int]) -> bool:
    """Whether a word that only looks like a label begins prose: `Subject of the talks was oil.`"""
    kind, end = label
    read = (kind == "subject" and header.subject is not None) or (kind == "tags" and header.has_tags)
    return read and line[:end].rstrip()[-1:] not in ":;,-"


def _classification(header: Header, found: Opening, line: Line) -> None:
    at, spans = line.start, header.spans
    header.classification, header.handling = found.classification, found.handling
    spans["/classification"] = ((at, at + found.limits[0][1][0]),)
    for words, (first, last) in found.limits:
        if words:
            _take_limits(header, words, ((at + first, at + last),))
    if found.section:
        header.section, header.of = found.section
        spans["/sections"] = ((at + found.section_at[0], at + found.section_at[1]),)
    header.station, header.serial = found.station, found.serial
    if found.station and found.station not in STATIONS and (meant := nearest(found.station)):
        header.station = meant
        message = f"the post is written {found.station}"
        place = (at + found.number_at[0], at + found.number_at[1])
        header.defects.append(Defect("identifier-repaired", message, place))
    spans["/mrn"] = ((at + found.number_at[0], at + found.number_at[1]),)


def _is_text(header: Header, line: str) -> bool:
    """Whether a line without a label is the telegram's text already: captions stand before the SUBJECT."""
    if _is_limit(line):
        return False
    begun = header.subject is not None or (header.authority is not None and header.authority.classified_by)
    if begun or (header.authority is not None and len(line) > _LONGEST_CAPTION):
        return True
    return header.has_tags and line.endswith(".") and not line.isupper() and not _PASSING.search(line)


def _take_limits(header: Header, words: Sequence[str], place: tuple[Span, ...]) -> None:
    """Add captions and handling words, each once."""
    for word in words:
        if word in _HANDLING and word not in header.handling:
            header.spans[f"/handling/{len(header.handling)}"] = place
            header.handling = (*header.handling, _HANDLING[word])
        elif word not in _HANDLING and word not in header.captions:
            header.spans[f"/captions/{len(header.captions)}"] = place
            header.captions = (*header.captions, word)


@lru_cache(maxsize=1024)
def _is_limit(line: str) -> bool:
    """Whether a line is made of captions and handling words alone."""
    if line[1:2] == " ":
        line = unspaced(line)
    if _FIRST_WORD.split(line, 1)[0].upper() not in _FIRST_WORDS:  # nearly all; much quicker to see
        return False
    words, end = _limits(line, 0)
    return bool(words) and end >= len(line.rstrip(" ./-"))


def _caption(header: Header, block: list[Line], position: int) -> int:
    """A line without a label: handling, caption, or a passing line with its wraps."""
    line = block[position]
    limits = _limits_told(line.text)
    if limits is not None:
        if limits.known or len(header.captions) < _MOST_CAPTIONS:
            _take_limits(header, limits.words, ((line.start, line.end),))
        return position + 1
    after = position + 1
    while after < len(block) and _goes_on(block[after].text):
        after += 1
    said = block[position:after]
    header.spans[f"/passing/{len(header.passing)}"] = tuple([(one.start, one.end) for one in said])
    header.passing = (*header.passing, " ".join(" ".join([one.text for one in said]).split()))
    return after


class _Limits(NamedTuple):
    """Captions and handling words of a line, and whether the tables have its first."""

    words: tuple[str, ...]
    known: bool


@lru_cache(maxsize=1024)
def _limits_told(line: str) -> _Limits | None:
    """What a line without a label says of who may read; None where it is a passing line."""
    written = unspaced(line)
    words, end = _limits(written, 0)
    if words and (end >= len(written.rstrip(" ./-")) or not _PASSING.search(written)):
        rest = written[end:].strip(" ./-")
        # EXDIS (DISTRIBUTE AS NODIS): what binds further is kept as it stands, and restricts
        return _Limits((*words, " ".join(rest.upper().split())) if rest else tuple(words), known=True)
    if words or _NAMED_ONLY.search(line) or not _PASSING.search(line):
        return _Limits((*words, " ".join(written.upper().split())), known=False)
    return None


def _goes_on(line: str) -> bool:
    """Whether a line behind a passing line is its wrap: no label, no caption, no passing line of its own."""
    return bool(line and not _is_limit(line) and not _label(line) and not _PASSING.search(line))


def _extent(block: list[Line], position: int) -> int:
    """How far a labelled line's wraps reach: to a blank line or the next label."""
    after = position + 1
    while after < len(block) and (words := block[after].text) and not (_label(words) or _is_limit(words)):
        after += 1
    return after


def _eo(header: Header, text: str, block: list[Line], position: int, label: int) -> int:
    if position + 1 < len(block) and not block[position + 1].text.startswith("TAGS"):  # nearly all have it
        _parted(block, position, label)
    line = block[position]
    found = authority.read_line(line.text)
    said = header.authority  # a classifier line above this one
    header.authority = found.authority
    if said:
        header.authority = msgspec.structs.replace(
            found.authority,
            classified_by=said.classified_by,
            name=said.name,
            title=said.title,
            reasons=said.reasons,
            derived_from=said.derived_from,
        )
    _place(header, found, line.start)
    if found.no_date:
        first, last = found.no_date
        message = f"{line.text[first:last]} on the E.O. line is no date of the calendar"
        header.defects.append(Defect("unreadable-date", message, (line.start + first, line.start + last)))
    return position + 1


def _place(header: Header, found: authority.Reading, offset: int) -> None:
    for field, places in found.places:
        moved = [(first + offset, last + offset) for first, last in places]
        header.spans[f"/authority/{field}"] = tuple(moved)


def take_classifier(header: Header, text: str, start: int, end: int) -> None:
    """Add the classifier line between two offsets to what the E.O. line said."""
    found = authority.read_classifier(text[start : min(end, start + authority.LONGEST)])
    base, said = header.authority or Authority(), found.authority
    header.authority = msgspec.structs.replace(
        base, classified_by=said.classified_by, name=said.name, title=said.title, reasons=said.reasons
    )
    _place(header, found, start)


def _parted(block: list[Line], position: int, label: int) -> None:
    """Part a line at the label of another that stands on it: that one has a line of its own then."""
    after = position
    while True:
        line = block[after]
        start = label if after == position else 0
        if (line.text.find(":", start) >= 0) and (inner := _INNER_LABEL.search(line.text, start)):
            at = inner.start() + (line.text[inner.start()] == " ")
            bare = line.text[: inner.start()].rstrip()
            block[after : after + 1] = [
                Line(bare, line.start, line.start + len(bare)),
                Line(line.text[at:], line.start + at, line.end),
            ]
            return
        after += 1
        if after >= len(block) or not block[after].text or _label(block[after].text):
            return


def _reason(header: Header, text: str, block: list[Line], position: int, label: int) -> int:
    line = block[position]
    found = authority.read_reasons(line.text)
    base = header.authority or Authority()
    if not base.reasons:
        header.authority = msgspec.structs.replace(base, reasons=found.authority.reasons)
        _place(header, found, line.start)
    return position + 1


def _declassify(header: Header, text: str, block: list[Line], position: int, label: int) -> int:
    """`Declassify On:` below the classifier: what the E.O. line does not say itself."""
    line = block[position]
    found = authority.read_declassify(line.text)
    base, said = header.authority or Authority(), found.authority
    if not (base.declassify_on or base.declassify_event or base.exemptions):
        header.authority = msgspec.structs.replace(
            base,
            declassify_on=said.declassify_on,
            declassify_event=said.declassify_event,
            exemptions=said.exemptions,
            schedule=base.schedule or said.schedule,
        )
        _place(header, found, line.start)
    return position + 1


def _tags(header: Header, text: str, block: list[Line], position: int, label: int) -> int:
    _parted(block, position, label)
    after = _wraps_of_tags(block, position, label, _extent(block, position))
    first, last = block[position].start + label, block[after - 1].end
    below = [text[line.start : line.end] for line in block[position + 1 : after]]
    written = " ".join([text[first : block[position].end], *below])
    if "](" in written:
        written = _LINK.sub(r"\1", written)
    found = tagging.read(written.strip())
    header.tags, header.tags_unknown, header.has_tags = found.known, (), True
    header.spans["/tags"] = fragments(text, first, last)
    if found.unknown:
        _take_unknown(header, text, found.unknown, (first, last))
    return after


def _take_unknown(header: Header, text: str, unknown: tuple[str, ...], place: Span) -> None:
    """Words on the TAGS line that are no codes: captions among them, and others."""
    header.tags_unknown = tuple(word for word in unknown if word not in _LIMIT_WORDS)
    words = re.compile(r"[^\s,;()\[\]#]+").finditer(text, *place)
    where = {match.group().strip(".'\"`").upper(): match.span() for match in words}
    for word in unknown:
        if word in _LIMIT_WORDS:
            _take_limits(header, [word], header.spans["/tags"])
            continue
        message = f"{word} on the TAGS line is no TAGS of any era"
        header.defects.append(Defect("unknown-tag", message, where.get(word)))


def _wraps_of_tags(block: list[Line], position: int, label: int, after: int) -> int:
    """How far the wraps of a TAGS line reach: prose and passing lines right behind it are none."""
    if after == position + 1:
        return after
    before = block[position].text[label:].strip()
    for further in range(position + 1, after):
        words = block[further].text
        prose = words.upper() != words or words.count(" ") >= _LONGEST_PASSING
        if before and (prose or _PASSING.search(words)) and not tagging.goes_on(before, words):
            return further
        before = words
    return after


def _subject(header: Header, text: str, block: list[Line], position: int, label: int) -> int:
    _parted(block, position, label)
    first, before = block[position], header.subject
    after = end = _end_of_subject(block, position)
    if end < len(block) and _RULE.fullmatch(block[end].text):
        after = end + 1
    start = first.start + label
    if first.text[0] in "([":
        mark = mark_at(text, first.start, start)
    else:
        while start < first.end and text[start] == " ":
            start += 1
        mark = mark_at(text, start, first.end) if text[start : start + 1] in _BRACKETS else None
        start = mark[1] if mark else start
    if mark:
        header.subject_marking = mark[0].upper()
    places = fragments(text, start, block[end - 1].end)
    if not places and after < len(block) and position + 2 < len(block):  # the label alone on its line
        while after < len(block) and not block[after].text:
            after += 1
        if after < len(block) and not _label(block[after].text):
            below = after
            after = _extent(block, below)
            places = fragments(text, block[below].start, block[after - 1].end)
    if places:
        subject = " ".join(text[places[0][0] : places[-1][1]].split())
        if "- " in subject and any(text[b - 1] == "-" for _, b in places):
            subject = " ".join(heal("\n".join(text[a:b] for a, b in places), text).split())
        subject = plain(subject) if "\\" in subject or "&" in subject else subject
        if before is None or not before.startswith(subject):  # else its beginning is printed once more
            header.subject = subject
            header.spans["/subject"] = places
    return after


def _end_of_subject(block: list[Line], position: int) -> int:
    """How far a subject's lines reach: to a rule below it or the text's first heading too."""
    after = _extent(block, position)
    for further in range(position + 1, after):
        words = block[further].text
        if words[:3] in _RULES or (len(words) < _LONGEST_HEADING and heading_voice(words)):
            return further
    return after


def _ref(header: Header, text: str, block: list[Line], position: int, label: int) -> int:
    """The REF block: over blank lines too, as long as lettered items follow."""
    after = _extent(block, position)
    end = block[after - 1].end
    further = after
    while further < len(block):
        if not block[further].text:
            further += 1
        elif _REF_ITEM.match(block[further].text) and not _label(block[further].text):
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
    "marked": _subject,
    "reason": _reason,
    "declassify": _declassify,
}


_IN_PARENTHESES = re.compile(r"\(([^()]*)\)?")


def persons(text: str, spans: dict[str, tuple[Span, ...]]) -> tuple[str, ...]:
    """The persons on the TAGS line: `OVIP (VANCE, CYRUS)`."""
    places = spans.get("/tags", ())
    if not places or text.find("(", places[0][0], places[-1][1]) < 0:
        return ()
    found: list[str] = []
    for match in _IN_PARENTHESES.finditer(text[places[0][0] : places[-1][1]]):
        name = " ".join(match[1].split())
        if name and name != "#":  # a mirror's link
            first = places[0][0] + match.start(1)
            spans[f"/tags_persons/{len(found)}"] = fragments(text, first, first + len(match[1]))
            found.append(name)
    return tuple(found)
