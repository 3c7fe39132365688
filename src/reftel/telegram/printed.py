"""Edited print: telegrams as Foreign Relations of the United States prints them (handbook 06, section 4).

The editors' head line says who sent it to whom, the date line where and when, the source note how it was
classified; the telegram's own words stand between them. Before July 1973 telegrams were numbered by
direction (handbook 01, section 5), so that their number is no id.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

import msgspec

from reftel import dtg
from reftel.cable import (
    FIRM_BASES,
    Addressee,
    Cable,
    Copy,
    CopyNote,
    Defect,
    Era,
    Mrn,
    Paragraph,
    Part,
    Reference,
    Sender,
    SentBasis,
    Span,
    Voice,
)
from reftel.editors import Head, read_dateline, read_head
from reftel.markings import is_banner, read_classification
from reftel.mrn import short
from reftel.stations import STATIONS, is_known, token
from reftel.tables import rows
from reftel.telegram.common import header as heads
from reftel.telegram.common import redactions, references, relay
from reftel.telegram.common.even import even
from reftel.telegram.common.header import Header, Line
from reftel.telegram.common.lines import stripped
from reftel.telegram.common.relay import Relay
from reftel.telegram.common.voices import opening_voice, passages, places
from reftel.telegram.common.wording import blocks as blocks_of
from reftel.telegram.common.wording import join_lines

ERA: Era = "printed"

_NUMBERED_BY_YEAR = "1973-07"  # since then serials restart each January, and station and year name a telegram

_ROWS = tuple(rows("printed"))
_WORDS = {
    row["words"].lower(): row
    for row in _ROWS
    if row["kind"] in ("precedence", "caption", "handling", "remark")
}
_SENDERS = tuple(
    (row["words"], row["reads"], row["kind"]) for row in _ROWS if row["kind"] in ("sender", "secretary")
)
_POST = re.compile(
    r"\b(?:" + "|".join(re.escape(row["words"]) for row in _ROWS if row["kind"] == "post") + ")"
)

# 593. | Secto 12. | A-181 | MAGCH-LO 670. | Secto 37/2923. | 23202/Delto 903. at the head of the text
_OPENING = re.compile(
    r"""
    (?P<number>
        (?: (?P<series> [A-Z][A-Za-z]{0,9} (?: [-–—][A-Z]{2,3} )? ) (?: \s | \s?[-–—]\s? ) )?
        (?P<serial> \d{1,7} )
        (?: \s? / \s? (?: [A-Z][A-Za-z]{1,9} \s )? \d{1,7} )?
    )
    (?: \s?\. (?= \s | \d\. | [A-Z“"\[(] | $ ) | \s*\Z )
    """,
    re.VERBOSE,
)
_NUMBER = re.compile(r"(?:(?P<series>[A-Z][A-Za-z]{0,11}?(?:[-–—][A-Z]{2,3})?)[\s–—-]*)?(?P<serial>\d{1,7})")
_PARAGRAPH = re.compile(r"(?P<number>\d{1,2})[.)](?=\s)\s*")
_MARK = re.compile(r"\((?P<mark>(?:TS|S|C|U|SBU|LOU|FOUO)(?:[ ]?[-/]{1,2}[ ]?[A-Za-z]{2,12})?)\)\s*")
_LARGEST_GAP = 40
_LONGEST_HEAD = 400  # characters
_SOURCE = re.compile(r"\[?[Ss]ource[;,. ]")
_BEHIND_DATE = re.compile(r"[\s.,]*(?:\[[^\]\n]{0,20}\]|[\d:?]{1,5}|[ap]\.?\s?m\b)?[\s.,]*")
# In a source note: at a sentence's start, else anywhere with a stop behind
_LEVELS = (
    r"(?P<level>Top Secret|Secret|Confidential|Limited Official Use|Official Use Only|Unclassified|Restricted"
    r"|No [Cc]lassification [Mm]arkings?)"
)
_LEVEL = re.compile(r"(?:\A|[.;)\]”\"]\s*)" + _LEVELS + r"\b")
_LOOSE_LEVEL = re.compile(r"(?<![\w“\"])" + _LEVELS + r"(?=[.;,:/]|\Z)")
_LIMITS = re.compile(r"[^.\n]{0,300}")
_LIMIT = re.compile(r"[^;,:/—–\n]+")
_SAID = re.compile(  # what begins a sentence about the telegram, and no limit
    r"(?:Repeated|Received|Drafted|Sent|Passed|Transmitted|Approved|Prepared|Signed|Pouched|Cleared|Initialed"
    r"|Printed|According|Also|The|A|This|It|In|On|For|Copy|Copies|Text)\b"
)
_MOST_WORDS = 5
_REPEATED = re.compile(
    r"""
    \b [Rr]epeated \s+ (?: for \s+ information \s+ )? (?P<precedence> [A-Za-z]+ \s+ )?
    (?: for \s+ information \s+ )? to \s+ (?P<names> [^.;\n]{2,400} )
    """,
    re.VERBOSE,
)
_SEPARATOR = re.compile(r",\s*(?:and\s+)?|\s+and\s+")

# SUBJECT ... | Subj: ... | REF ... | Ref: A. ... at the head of a block, or behind `For Sarkhan from Rupert.`
_LABELS = re.compile(
    r"""
    (?P<subject> (?: (?:SUBJECT|SUBJ|SUB) \b [ \t]* [:.]? | (?:Subject|Subj|Sub): ) \s* )
    | (?P<ref> (?: (?:REFERENCES?|REFS?) \b [ \t]* [:.]? | (?:References?|Refs?): ) \s* )
    """,
    re.VERBOSE,
)
_INNER_LABELS = re.compile(
    r"""
    (?<= [.!?)\]”] [ ] )
    (?: (?P<subject> (?:SUBJECT|SUBJ|Subject|Subj): [ ]? ) | (?P<ref> (?:REFS?|Refs?|References?): [ ]? ) )
    """,
    re.VERBOSE,
)
# A sentence's end; `U.S. Reaction` has none, and `A. Embtel 2308. B. Embtel 2326.` are one list
_STOP = re.compile(r"(?<=[\w)’”\"\]][\w)’”\"\]])\.\s+(?=[A-Z“\"\[(]|\d{1,2}\. )(?![A-Z][.)] )")
_LONGEST_SUBJECT = 400
_LABELLED = 6  # blocks in which a SUBJECT or REF may stand

_NAME = r"(?:[A-ZÀ-Þ\[][\w’'.,\]-]*|d[aei]l?|de[nr]|van|von|la)"
_SIGNATURE = re.compile(rf"{_NAME}(?: {_NAME}){{0,4}}")
_LONGEST_TITLE = 100  # that stands beside a name
_NO_SIGNER = frozenset(
    "END UNQUOTE QUOTE TEXT COMMENT SUMMARY NOTE REGARDS EXEMPT ENCLOSURE ATTACHMENT ENCLOSURES CONCLUSION "
    "RECOMMENDATION RECOMMENDATIONS".split()
)
_LONGEST_HEADING = 100
_NO_HEADING = re.compile(
    r"(?:begin|end|unquote|quote|text|fyi|dear|sincerely|faithfully|respectfully|warm|regards|yours|approve"
    r"|disapprove|gp-?\d|xgds|to:|from:|info:|action:|ref:|for )|.*\b(?:or|and|of|to|the|a|an|in|by)\Z",
    re.IGNORECASE,
)
_END_OF_SUMMARY = re.compile(r"\bend\s+(?:of\s+)?summary\b", re.IGNORECASE)
_LONGEST_SUMMARY = 6  # paragraphs

_HEADER_LIMIT = 6_000  # characters in which an address block stands
_LABEL = re.compile(r"^(?:FM|TO|INFO)(?:[ \t]|$)", re.MULTILINE)
_FM = re.compile(r"^FM(?:[ \t]|$)", re.MULTILINE)
_TO = re.compile(r"^TO(?:[ \t]|$)", re.MULTILINE)
_ALONE = re.compile(r"^(FM|TO|INFO|SUBJ(?:ECT)?:?|REFS?:?|TAGS:?)[ \t]*\n(?=[^\n])", re.MULTILINE)
_ADDRESS = re.compile(r"RU?[A-Z]{3,6}\s*/|(?:AM|US|SEC|CINC|COM|ZEN)[A-Z]{2}|(?:FM|TO|INFO) [A-Z]")
_BEHIND_NAME = re.compile(r"(?:\s+(?:FLASH|NIACT|IMMEDIATE|PRIORITY|ROUTINE|\d{1,5}))+$")
_PASSING = re.compile(
    r"\bPASS\b|^FOR\b|\bFOR THE\b|\b(?:NODIS|EXDIS|LIMDIS|STADIS|CHEROKEE|NOFORN|ONLY|CORRECTED COPY)\b"
)
_OWN_NUMBER = re.compile(r"[A-Z][A-Z .]{1,30} \d{1,6}(?: SECTION .*)?")


def recognises(copy: Copy) -> bool:
    """Whether the telegram begins with the head line that editors give it."""
    start, end = copy.body
    first = copy.text[start : min(end, start + 1000)].lstrip()
    head = read_head(first.partition("\n\n")[0])
    return head is not None and (head.certain or copy.text_by is not None)


class _Print(msgspec.Struct):
    """A printed telegram while it is read: what the editors say, and the blocks of the text."""

    text: str
    head: Head | None
    head_at: Span
    blocks: list[Span]  # of the telegram's own text, without number and signature
    note: Span | None
    own_lines: bool  # whether line ends are the telegram's own: of lists, and not of a page
    sent: str | None = None
    place: str | None = None
    number: str | None = None
    signature: str | None = None
    spans: dict[str, tuple[Span, ...]] = msgspec.field(default_factory=dict)
    defects: list[Defect] = msgspec.field(default_factory=list)

    def words(self, place: Span) -> str:
        """The text at a place, its line ends blanks."""
        return " ".join(self.text[slice(*place)].split())

    def prose(self, first: int, last: int) -> str:
        """The text between two offsets, wraps joined."""
        if first >= last:
            return ""
        piece = self.text[first:last]
        return piece if self.own_lines else join_lines(piece, self.text)


def read(copy: Copy) -> Cable:
    """The telegram in a copy. What is damaged becomes a defect."""
    page = _page(copy)
    above, block = _address_block(page)
    number = _number(page)
    sender, receiver = _parties(page)
    sent, basis = _sent(page, above, copy)
    mrn = _mrn(page, above, sender, number, sent)
    marked = _marked(page, block)
    subject, cited = _labelled(page, block, mrn, sent)
    paragraphs = _paragraphs(page)
    if page.signature is None and copy.text_by is None and paragraphs:
        page.defects.append(Defect("missing-signature", "no signature below the last paragraph"))
    identity = mrn.id
    firm = identity is not None and mrn.basis in FIRM_BASES
    aliases = dict.fromkeys(one for one in (page.number, short(mrn)) if one and one != identity)
    return Cable(
        id=identity,
        key=identity if identity and firm else copy.document or f"x{copy.sha256[:12]}",
        aliases=tuple(aliases),
        mrn=mrn,
        era=ERA,
        extract=copy.extract,
        sections=block.sections if block else None,
        sent=sent,
        sent_basis=basis,
        precedence=above.group.precedence if above and above.group else marked.precedence,
        transmission=above.transmission if above else None,
        from_=Sender(above.sender if above and above.sender else sender, mrn.station),
        to=tuple(above.to) if above and above.to else receiver,
        info=tuple(above.info) if above and above.info else _repeated(page),
        classification=marked.classification,
        handling=marked.handling,
        captions=marked.captions,
        passing=block.passing if block else (),
        release=copy.release,
        authority=block.authority if block else None,
        tags=block.tags if block else (),
        tags_unknown=block.tags_unknown if block else (),
        subject=subject,
        subject_marking=block.subject_marking if block else None,
        references=cited,
        paragraphs=paragraphs,
        signature=page.signature,
        catalogue=copy.catalogue,
        spans=page.spans,
        defects=(*copy.defects, *page.defects),
        copy=CopyNote(copy.source, copy.locator, copy.sha256, copy.text_by),
        place=page.place,
        redactions=redactions.find(page.text, *copy.body, paragraphs),
    )


# -- the editors' words ------------------------------------------------------------------------------


def _page(copy: Copy) -> _Print:
    """Head, date line, text, signature and source note, told apart by where they stand."""
    text, (start, end) = even(copy.text), copy.body
    found = [stripped(text, start + first, start + last) for first, last in blocks_of(text[start:end])]
    if found and "\n" in text[slice(*found[0])]:
        found[:1] = _unfolded(text, found[0])
    note = _note(copy, text, found)
    head_at = found[0] if found else (start, start)
    head = read_head(text[slice(*head_at)])
    page = _Print(text, head, head_at, found[1:], note, copy.text_by is not None)
    _place_and_date(page, copy)
    _sign(page, copy)
    return page


def _unfolded(text: str, block: Span) -> list[Span]:
    """Head line, date line and the rest, where no blank lines stand between them."""
    first, last = block
    line_at = text.find("\n", first, last)
    while 0 <= line_at - first < _LONGEST_HEAD:
        behind = text.find("\n", line_at + 1, last)
        behind = last if behind < 0 else behind
        found = read_dateline(text[line_at + 1 : behind])
        if found and _BEHIND_DATE.fullmatch(text, line_at + 1 + found.date[1], behind):
            pieces = ((first, line_at), (line_at + 1, behind), (behind, last))
            return [piece for piece in (stripped(text, *each) for each in pieces) if piece[0] < piece[1]]
        line_at = behind if behind < last else -1
    return [block]


def _note(copy: Copy, text: str, blocks: list[Span]) -> Span | None:
    """The source note: behind the telegram where the packaging tells, else the block that says `Source:`.

    What stands behind it are notes too, and taken from the blocks.
    """
    end = copy.body[1]
    source = copy.catalogue.attributes.get("source") if copy.catalogue else None
    if source:
        at = copy.text.find(source, end)  # as the packaging has it
        return (at, at + len(source)) if at >= 0 else None
    for index in range(len(blocks) - 1, 0, -1):
        first, last = blocks[index]
        if _is_note(text[first:last], index == len(blocks) - 1):
            del blocks[index:]
            return first, last
    return None


def _is_note(block: str, is_last: bool) -> bool:
    """`Source: ...`, which a summary of the editors may stand before; other signs only in the last block."""
    if block.startswith(("Source:", "source:", "[Source:")):
        return True
    if block.startswith("Summary:"):
        return "Source:" in block
    return is_last and _SOURCE.match(block) is not None and _LEVEL.search(block) is not None


def _place_and_date(page: _Print, copy: Copy) -> None:
    """The place and date line; where none stands, what the head line ends with."""
    first = page.blocks[0] if page.blocks else (0, 0)
    if 0 < first[1] - first[0] < 160 and (_take_dateline(page, first) or _take_place(page, first, copy)):
        del page.blocks[0]
    elif page.head and page.head.dated:
        begin, end = page.head.dated
        _take_dateline(page, (page.head_at[0] + begin, page.head_at[0] + end))


def _take_dateline(page: _Print, line: Span) -> bool:
    found = read_dateline(page.text[slice(*line)])
    if found is None or not _BEHIND_DATE.fullmatch(page.text, line[0] + found.date[1], line[1]):
        return False  # no date, or one in a sentence
    page.sent = found.sent
    page.spans["/sent"] = ((line[0] + found.date[0], line[0] + found.date[1]),)
    if found.place:
        page.spans["/place"] = ((line[0] + found.place[0], line[0] + found.place[1]),)
        page.place = page.words(page.spans["/place"][0])
    return True


def _take_place(page: _Print, line: Span, copy: Copy) -> bool:
    """`Zenda, undated`, or a place alone that the packaging or the table of stations knows."""
    words = page.words(line)
    place = words.removesuffix(".").removesuffix("undated").rstrip(" ,")
    known = copy.catalogue.origin if copy.catalogue else None
    if known and known in words:
        place = known
    elif len(page.blocks) < 2 or not place or (words == place and not is_known(place)):
        return False
    at = page.text.find(place, *line)
    if at < 0:
        return False
    page.place = place
    page.spans["/place"] = ((at, at + len(place)),)
    return True


def _sign(page: _Print, copy: Copy) -> None:
    """The signature: as the markup says, else names alone in the last block."""
    if not page.blocks:
        return
    signed = copy.catalogue.attributes.get("signed") if copy.catalogue else None
    if copy.text_by is not None:
        if signed:
            _take_signed(page, signed)
        return
    first, last = page.blocks[-1]
    lines = [line.strip() for line in page.text[first:last].split("\n")]
    if len(page.blocks) > 1 and len(lines) < 4 and all(map(_is_name, lines)):
        page.signature = "\n".join(lines)
        page.spans["/signature"] = ((first, last),)
        del page.blocks[-1]


def _take_signed(page: _Print, signed: str) -> None:
    """Take the block that the markup calls the signature out of the text: `Sapt`, `[Sapt]`.

    Words between two names, or a title beside one, stay in the text.
    """
    page.signature = signed
    for index in range(len(page.blocks) - 1, -1, -1):
        first, last = page.blocks[index]
        if last - first > len(signed) + _LONGEST_TITLE:
            continue
        places: list[Span] = []
        at = first
        for name in signed.split("\n"):
            at = page.text.find(name, at, last)
            if at < 0:
                break
            places.append((at, at := at + len(name)))
        if at > 0:
            page.spans["/signature"] = tuple(places)
            if page.text[first:last].strip("[] ") == signed:
                del page.blocks[index]
            return


def _is_name(line: str) -> bool:
    return (
        len(line) <= 60
        and _SIGNATURE.fullmatch(line) is not None
        and not _NO_SIGNER.intersection(line.upper().rstrip(".").split())
    )


def _parties(page: _Print) -> tuple[str | None, tuple[Addressee, ...]]:
    """Sender and receiver as the head line names them."""
    if page.head is None:
        return None, ()
    offset = page.head_at[0]
    sender: str | None = None
    receiver: tuple[Addressee, ...] = ()
    if page.head.sender:
        place = (offset + page.head.sender[0], offset + page.head.sender[1])
        sender = page.words(place)
        page.spans.setdefault("/from/name", (place,))
    if page.head.receiver:
        place = (offset + page.head.receiver[0], offset + page.head.receiver[1])
        receiver = (Addressee(page.words(place)),)
        page.spans.setdefault("/to/0/name", (place,))
    return sender, receiver


def _repeated(page: _Print) -> tuple[Addressee, ...]:
    """The posts that the source note says it was repeated to."""
    if page.note is None:
        return ()
    match = _REPEATED.search(page.text, *page.note)
    if match is None:
        return ()
    found: list[Addressee] = []
    at = match.start("names")
    precedence = _WORDS.get((match["precedence"] or "").strip().lower())
    urgent = precedence["reads"] if precedence and precedence["kind"] == "precedence" else None
    for gap in [*_SEPARATOR.finditer(page.text, *match.span("names")), None]:
        last = gap.start() if gap else match.end("names")
        name = page.text[at:last].strip()
        if name[:1].islower() and not name.startswith("the "):
            break  # ..., which is the source text
        if name and len(name) < 80:
            start = page.text.index(name, at)
            page.spans[f"/info/{len(found)}/name"] = ((start, start + len(name)),)
            found.append(Addressee(" ".join(name.split()), precedence=urgent))
        at = gap.end() if gap else last
    return tuple(found)


class _Marked(msgspec.Struct):
    """How it was classified and to be handled."""

    classification: str | None = None
    precedence: tuple[str, ...] = ()
    handling: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()


def _marked(page: _Print, block: Header | None) -> _Marked:
    """Level, precedence and limits: of the telegram's own header, else of the source note."""
    found = _Marked()
    note = page.note
    unmarked = False
    if note is not None:
        level = _LEVEL.search(page.text, *note) or _LOOSE_LEVEL.search(page.text, *note)
        if level:
            said = read_classification(level["level"])
            unmarked = said is None
            if said:  # `No classification marking` is none
                found.classification = said.classification
                page.spans["/classification"] = (level.span("level"),)
            _limits(page, found, level.end(), note[1])
    if block is not None:
        if block.classification:
            found.classification = block.classification
            page.spans["/classification"] = block.spans["/classification"]
        found.handling = tuple(dict.fromkeys((*found.handling, *block.handling)))
        found.captions = tuple(dict.fromkeys((*found.captions, *block.captions)))
    if found.classification is None and not unmarked:
        page.defects.append(Defect("missing-classification", "no source note tells the classification"))
    return found


def _limits(page: _Print, found: _Marked, start: int, end: int) -> None:
    """What stands behind the level in its sentence: `; Niact; Limit Distribution.`"""
    sentence = _LIMITS.match(page.text, start, end)
    if sentence is None:
        return
    for item in _LIMIT.finditer(page.text, start, sentence.end()):
        words = " ".join(item.group().split())
        at = item.start() + len(item.group()) - len(item.group().lstrip())
        if not words:
            continue
        if _SAID.match(words) or len(words.split()) > _MOST_WORDS:
            break
        for said, offset in _known(words):
            _limit(page, found, said, (at + offset, at + offset + len(said)))


def _known(words: str) -> Iterator[tuple[str, int]]:
    """The known phrases of an item, of which it may hold two: `Immediate Eyes Only`; else the whole item.

    `Niact Drafted by ...` has lost its stop: what follows the phrase is no limit.
    """
    found: list[tuple[str, int]] = []
    pieces = words.split()
    at = done = 0
    while done < len(pieces):
        count = next(
            (
                n
                for n in range(min(len(pieces) - done, 5), 0, -1)
                if " ".join(pieces[done : done + n]).lower() in _WORDS
            ),
            0,
        )
        if not count:
            break
        found.append((" ".join(pieces[done : done + count]), at))
        at += len(found[-1][0]) + 1
        done += count
    rest = words[at:]
    if not rest or (found and (_SAID.match(rest) or _WORDS[found[0][0].lower()]["kind"] == "precedence")):
        yield from found
    elif rest[0].isupper() or rest[0] == "[" or found:
        yield words, 0


def _limit(page: _Print, found: _Marked, words: str, place: Span) -> None:
    row = _WORDS.get(words.lower())
    kind = row["kind"] if row else "caption"
    reads = row["reads"] if row else words.upper()
    if kind == "precedence" and reads not in found.precedence:
        page.spans["/precedence"] = (*page.spans.get("/precedence", ()), place)
        found.precedence = (*found.precedence, reads)
    elif kind == "handling" and reads not in found.handling:
        page.spans[f"/handling/{len(found.handling)}"] = (place,)
        found.handling = (*found.handling, reads)
    elif kind == "caption" and reads not in found.captions:
        page.spans[f"/captions/{len(found.captions)}"] = (place,)
        found.captions = (*found.captions, reads)


# -- number and date ---------------------------------------------------------------------------------


def _number(page: _Print) -> re.Match[str] | None:
    """The telegram's number: of the head line, else what its text opens with, which is taken off it."""
    opening = _OPENING.match(page.text, *page.blocks[0]) if page.blocks else None
    head = page.head
    if head and head.number:
        first, last = (page.head_at[0] + head.number[0], page.head_at[0] + head.number[1])
        page.number = page.words((first, last))
        page.spans["/mrn"] = ((first, last),)
        if opening and opening["serial"] in page.number:
            _take_off(page, opening.end())
    elif opening and not _is_paragraph(page, opening):
        page.number = page.words(opening.span("number"))
        page.spans["/mrn"] = (opening.span("number"),)
        _take_off(page, opening.end())
    return _NUMBER.match(page.number) if page.number else None


def _is_paragraph(page: _Print, opening: re.Match[str]) -> bool:
    """Whether `1.` at the head of the text numbers its first paragraph: a 2 follows."""
    if opening["series"] or opening["number"] != "1":
        return False
    return any(page.text.startswith(("2.", "2)"), first) for first, _ in page.blocks[1:])


def _take_off(page: _Print, end: int) -> None:
    """The first block without the telegram's number before it."""
    last = page.blocks[0][1]
    while end < last and page.text[end].isspace():
        end += 1
    if end < last:
        page.blocks[0] = (end, last)
    else:
        del page.blocks[0]


def _mrn(
    page: _Print, above: Relay | None, sender: str | None, number: re.Match[str] | None, sent: str | None
) -> Mrn:
    """Station and serial: the series of `Secto 12`, else the post by its place, or the Department."""
    series = number["series"] if number and number["series"] != "Circular" else None
    serial = int(number["serial"]) if number else None
    kind = page.head.kind if page.head else "telegram"
    station = _station(page, sender)
    if above and above.sender and is_known(above.sender):
        station = token(above.sender)
    if kind == "airgram" or (series and len(series) == 1):
        return Mrn(None, station)  # airgrams have series of their own (handbook 02, section 2)
    if series:
        station = token(series)
    by_year = sent is not None and sent >= _NUMBERED_BY_YEAR and kind == "telegram"
    if sent and by_year and serial and station in STATIONS:
        return Mrn(int(sent[:4]), station, serial, "stated")
    return Mrn(None, station, serial)


def _station(page: _Print, sender: str | None) -> str | None:
    """The station that a sender's name and the place tell; none for commanders, delegations and persons."""
    if sender is None:
        return None
    for words, station, kind in _SENDERS:
        if words in sender and (kind == "sender" or page.place == "Washington"):
            return station
    if page.place and page.place != "Washington" and page.place[0].isupper() and _POST.search(sender):
        return token(_plain(page.place))
    return None


def _plain(name: str) -> str:
    """`Asunción` without its accent: stations are written in capitals without any."""
    if name.isascii():
        return name
    return "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))


def _sent(page: _Print, above: Relay | None, copy: Copy) -> tuple[str | None, SentBasis | None]:
    """The date-time group, else the date line, else what the packaging says."""
    created = copy.catalogue.created if copy.catalogue else None
    if page.sent and created and page.sent[:10] != created[:10]:
        message = f"the markup dates it {created}, the date line {page.sent}"
        page.defects.append(Defect("catalogue-disagrees", message, page.spans["/sent"][0]))
    if above and above.group:
        if page.sent and page.sent[:10] != above.group.sent[:10]:
            message = f"the editors date it {page.sent}, its date-time group {above.group.sent}"
            page.defects.append(Defect("catalogue-disagrees", message, above.spans["/sent"][0]))
        page.spans["/sent"] = above.spans["/sent"]
        return above.group.sent, "dtg"
    if page.sent:
        return page.sent, "text"
    if created:
        return created[:16], "catalogue"
    return None, None


# -- the telegram's own header block -----------------------------------------------------------------


def _address_block(page: _Print) -> tuple[Relay | None, Header | None]:
    """The FM and TO lines that some texts keep, and what stands between them and the text.

    Their lines are taken from the blocks; (None, None) where there are none.
    """
    if not page.blocks:
        return None, None
    start, end = page.blocks[0][0], page.blocks[-1][1]
    limit = min(end, start + _HEADER_LIMIT)
    if page.text.find("\nFM", start - 1, limit) < 0 or page.text.find("\nTO", start - 1, limit) < 0:
        return None, None  # nearly all
    label = _LABEL.search(page.text, start, limit)
    if label is None or not _is_address_block(page.text, label.start(), end):
        return None, None
    top = page.text[: min(end, label.start() + _HEADER_LIMIT)]
    text = _ALONE.sub(lambda label: label.group()[:-1] + " ", top)  # as long as before
    lines = heads.lines(text, start, len(text))
    at = next(index for index, line in enumerate(lines) if line.start >= label.start())
    addresses, behind = _addresses(lines, at)
    group = [line for line in map(_even_group, lines[:at]) if dtg.read(line.text)]
    above, _ = relay.read([*group[-1:], *addresses])
    above.to, above.info = list(map(_tidy, above.to)), list(map(_tidy, above.info))
    page.spans.update(above.spans)
    for field, names in (("to", above.to), ("info", above.info)):
        for order, one in enumerate(names):
            first = page.spans[f"/{field}/{order}/name"][0][0]
            if text.startswith(one.name, first):
                page.spans[f"/{field}/{order}/name"] = ((first, first + len(one.name)),)
    passing = [line for line in lines[at:behind] if line.text and line not in addresses]
    rest, text_at = _header_lines(lines, behind)
    block = heads.read(text, [*passing, *rest], text_at)
    page.spans.update(block.spans)
    page.defects += block.defects
    page.blocks = [(max(first, text_at), last) for first, last in page.blocks if last > text_at]
    return above, block


def _is_address_block(text: str, start: int, end: int) -> bool:
    """Whether both FM and TO stand at the heads of lines."""
    piece = text[start : min(end, start + 1200)]
    return _FM.search(piece) is not None and _TO.search(piece) is not None


def _even_group(line: Line) -> Line:
    """`0 181632Z JAN 71`: a nought for the O of IMMEDIATE."""
    if line.text.startswith("0 "):
        return Line("O" + line.text[1:], line.start, line.end)
    return line


def _addresses(lines: Sequence[Line], at: int) -> tuple[list[Line], int]:
    """The lines of FM, TO and INFO, and the line behind them.

    `DEPT PASS MANAMA` may stand between them; what stands before the last label is theirs else.
    """
    until = min(at + 80, len(lines))
    window = range(at, next((i for i in range(at + 1, until) if heads.starts_block(lines[i].text)), until))
    labelled = max(index for index in window if _LABEL.match(lines[index].text))
    found = [lines[at]]
    behind = at + 1
    for index in window[1:]:
        words = lines[index].text
        if not words:
            continue
        if not _is_address(words, behind == index) and (index > labelled or heads.starts_block(words)):
            break
        if " PASS " not in words:
            found.append(lines[index])
        behind = index + 1
    return found, behind


def _is_address(words: str, wrapped: bool) -> bool:
    """Whether a line names an addressee; `wrapped` where the line right above it does."""
    if len(words) > 80 or heads.starts_block(words) or " PASS " in words or _is_own_number(words):
        return False
    if _ADDRESS.match(words):
        return True
    if wrapped and words.isupper() and len(words) < 60:
        return not words.startswith(("FOR ", "FROM ", "(", "SUMMARY", "CORRECTED", "JOINT "))
    return words.isupper() and is_known(_BEHIND_NAME.sub("", words))


def _tidy(one: Addressee) -> Addressee:
    """`SECSTATE WASHDC PRIORITY 543`: precedence and continuity number, however many digits it has."""
    name, precedence, number = one.name, one.precedence, one.number
    words = name.split()
    if len(words) > 1 and words[-1].isdigit() and number is None:
        number = words.pop()
    if len(words) > 1 and words[-1] in ("FLASH", "IMMEDIATE", "PRIORITY", "ROUTINE") and precedence is None:
        precedence = words.pop()
    return msgspec.structs.replace(one, name=" ".join(words), precedence=precedence, number=number)


def _header_lines(lines: Sequence[Line], behind: int) -> tuple[list[Line], int]:
    """The lines of the header block behind the addresses, and where the text begins."""
    last = behind
    for index in range(behind, min(behind + 40, len(lines))):
        words = lines[index].text
        label = heads.starts_block(words)
        if not label and (len(words) > 120 or _PARAGRAPH.match(words) or words.startswith("SUMMARY")):
            break
        if label:
            last = index + 1
            while last < len(lines) and lines[last].text and not heads.starts_block(lines[last].text):
                last += 1
    text_at = next((line.start for line in lines[last:] if line.text), lines[-1].end)
    kept: list[Line] = []
    for line in lines[behind:last]:
        wrapped = bool(kept and kept[-1].text)
        known = not line.text or wrapped or heads.starts_block(line.text) or _PASSING.search(line.text)
        if known and not _is_own_number(line.text):
            kept.append(line)
    return kept, text_at


def _is_own_number(words: str) -> bool:
    """`TEHRAN 1019`, `SECTION 1 OF 2 TEHRAN 1019`: no caption."""
    return words.startswith("SECTION ") or _OWN_NUMBER.fullmatch(words) is not None


# -- the text ----------------------------------------------------------------------------------------


def _labelled(
    page: _Print, block: Header | None, mrn: Mrn, sent: str | None
) -> tuple[str | None, tuple[Reference, ...]]:
    """SUBJECT and REF, where the text has them; they are taken from it."""
    found: dict[str, Span] = {}
    if block and block.subject is not None:
        found["subject"] = block.spans["/subject"][0]
    if block and block.references:
        found["ref"] = block.references
    kept: list[Span] = []
    for index, (first, last) in enumerate(page.blocks):
        if index >= _LABELLED or len(found) > 1:
            kept += page.blocks[index:]
            break
        kept += _without_labels(page, (first, last), found)
    page.blocks = kept
    subject = block.subject if block else None
    if subject is None and "subject" in found:
        subject = page.words(found["subject"])
        page.spans["/subject"] = (found["subject"],)
    cited = references.read(page.text, *found["ref"], mrn, sent) if "ref" in found else ()
    return subject, cited


def _without_labels(page: _Print, block: Span, found: dict[str, Span]) -> list[Span]:
    """What a block holds beside SUBJECT and REF, whose places are added to `found`."""
    text, (first, last) = page.text, block
    opening = _LABELS.match(text, first, last) if text[first] in "SR" else None
    labels = [opening] if opening else []
    stop = min(last, first + _LONGEST_SUBJECT)
    if ": " in text[first:stop]:
        labels += _INNER_LABELS.finditer(text, opening.end() if opening else first, stop)
    labels = [label for label in labels if label.lastgroup not in found]
    if not labels:
        return [block]
    kept = [stripped(text, first, labels[0].start())]
    for label, following in zip(labels, [*labels[1:], None], strict=True):
        until = following.start() if following else last
        end = _end_of_label(text, label, until)
        place = stripped(text, label.end(), end)
        bare = place[0] + len(text[slice(*place)].rstrip(" ."))
        if label.lastgroup and label.lastgroup not in found and bare > place[0]:
            found[label.lastgroup] = (place[0], bare)
        kept.append(stripped(text, end, until))
    return [(start, stop) for start, stop in kept if start < stop]


def _end_of_label(text: str, label: re.Match[str], until: int) -> int:
    """Where it ends: a subject with its line, both with a sentence that the text goes on behind."""
    line = text.find("\n", label.end(), until) if label.lastgroup == "subject" else -1
    line = until if line < 0 else line
    stop = _STOP.search(text, label.end(), line)
    return stop.start() + 1 if stop else line


class _Counting:
    """Which number the next paragraph has; a text inside that numbers anew counts for itself."""

    def __init__(self) -> None:
        self.expected = 1
        self.outer = 1
        self.enclosure = 0
        self.enclosures = 0

    def take(self, value: int) -> tuple[str, range] | None:
        """The anchor of a paragraph with this number, and the numbers missing; None where it is none."""
        missing = range(0)
        if value == self.expected:
            pass
        elif self.enclosure and value == self.outer:
            self.enclosure = 0
        elif value == 1 and self.expected > 1:
            self.outer = self.outer if self.enclosure else self.expected
            self.enclosures += 1
            self.enclosure = self.enclosures
        elif (
            not self.enclosure and self.expected < value <= self.expected + _LARGEST_GAP and self.expected > 1
        ):
            missing = range(self.expected, value)
        else:
            return None
        self.expected = value + 1
        return f"enc{self.enclosure}.{value}" if self.enclosure else str(value), missing


def _paragraphs(page: _Print) -> tuple[Paragraph, ...]:
    """Each block a paragraph: with its number where it counts on, else by its place among the blocks."""
    found: list[Paragraph] = []
    counting = _Counting()
    heading: str | None = None
    summary = 0  # how many further paragraphs may belong to the summary that was begun
    for place, (first, last) in enumerate(page.blocks, 1):
        numbered = _PARAGRAPH.match(page.text, first, last) if page.text[first].isdigit() else None
        taken = counting.take(int(numbered["number"])) if numbered else None
        short = last - first <= _LONGEST_HEADING
        if short and taken is None and heading is None and _is_heading(page, place - 1):
            heading = page.words((first, last))
            page.spans[f"/paragraphs/{len(found)}/heading"] = ((first, last),)
            continue
        anchor, missing = taken or (f"p{place}", range(0))
        begin = numbered.end() if numbered and taken else first
        if missing:
            which = ", ".join(map(str, missing))
            page.defects.append(
                Defect("missing-paragraph", f"of the paragraphs, {which} not in this copy", (first, begin))
            )
        number = int(numbered["number"]) if numbered and taken else None
        words = page.prose(begin, last)
        said = opening_voice(words)
        summary = _LONGEST_SUMMARY if said == "summary" else summary
        voice: Voice = said or ("summary" if summary else "report")
        found.append(_paragraph(page, (number, anchor, heading), (first, begin, last), words, voice))
        heading = None
        summary = 0 if summary <= 1 or _END_OF_SUMMARY.search(words) else summary - 1
    return tuple(found)


def _is_heading(page: _Print, index: int) -> bool:
    """A short block that ends no sentence and is no formula: `Summary`, `Political Situation`."""
    first, last = page.blocks[index]
    if index + 1 == len(page.blocks):
        return False
    block = page.text[first:last]
    return (
        block[0].isupper()
        and block[-1] not in ".,;:?!…”“\"')]—-"
        and "\n" not in block
        and ": " not in block
        and _STOP.search(block) is None
        and block.count("(") == block.count(")")
        and not page.text[page.blocks[index + 1][0]].islower()  # a sentence that a page cut in two
        and _NO_HEADING.match(block) is None
        and not is_banner(block)
    )


def _paragraph(
    page: _Print,
    named: tuple[int | None, str, str | None],
    place: tuple[int, int, int],
    words: str,
    voice: Voice,
) -> Paragraph:
    number, anchor, heading = named
    first, begin, last = place
    text = page.text
    mark = _MARK.match(text, begin, last) if number is not None and text[begin : begin + 1] == "(" else None
    marking = mark["mark"] if mark else None
    if mark:
        begin = mark.end()
        words = page.prose(begin, last)
    raw = text[begin:last]
    cuts = passages(raw, voice, places(raw, 0, len(raw)))
    if len(cuts) == 1:
        voice = cuts[0][1]
        parts: tuple[Part, ...] = (Part(marking, voice, words, ((begin, last),)),)
    else:
        cut = [(stripped(text, begin + start, begin + stop), said) for (start, stop), said in cuts]
        parts = tuple(Part(marking, said, page.prose(*at), (at,)) for at, said in cut)
        voice = parts[0].voice if parts else voice
    return Paragraph(number, anchor, marking, heading, voice, words, ((first, last),), parts)
