"""Telegrams of 1973 to 1979 as the Department's archiving system printed them (handbook 01, section 1).

Each section begins with a banner and a page line; distribution, drafting block, counter line, date-time
group, FM, TO and INFO follow, then the classification line and the header block that every era has. Page
lines and banners interrupt header and text alike: they are cut out first, the rest is read as one telegram.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from reftel import dtg
from reftel.cable import (
    FIRM_BASES,
    Authority,
    Cable,
    Catalogue,
    Copy,
    CopyNote,
    Defect,
    Distribution,
    Era,
    Mrn,
    MrnBasis,
    Paragraph,
    Part,
    Reference,
    Sections,
    Sender,
    SentBasis,
    Span,
)
from reftel.markings import read_classification
from reftel.mrn import read as read_mrn
from reftel.mrn import short
from reftel.stations import STATIONS, title, token
from reftel.telegram.common import body, distribution, drafting, paging, references, rejoining, relay
from reftel.telegram.common import header as heads
from reftel.telegram.common.catalogued import Catalogued
from reftel.telegram.common.faircopy import FairCopy
from reftel.telegram.common.header import Header, Line
from reftel.telegram.common.lines import fragments
from reftel.telegram.common.mending import is_passing, labelled, mended
from reftel.telegram.common.paging import Page
from reftel.telegram.common.printing import paragraph_lines, sectioned, wrap
from reftel.telegram.common.relay import Relay
from reftel.telegram.common.wording import ends_sentence

ERA: Era = "sas"

_PIGEONHOLE = re.compile(r"\d\d(?:[-/]\d\d)?")  # 40, 47-40: alone on a line in 1974, of unknown meaning
# LA PAZ 2004/2, LA PAZ 2238 SECTION 2 OF 2: the second section
_SECTION_BEHIND = re.compile(
    r"(?<=\d)(?:/\d{1,2}|\s+SECTION\s+(?P<section>\d{1,2})\s+OF\s+(?P<of>\d{1,2}))\s*$"
)
# STEDMAN, alone or behind the last sentence on its line
_SIGNED = re.compile(
    r"(?:(?<=^)|(?<=[.)\"'*?])\s{0,10})(?P<name>[A-Z][A-Z'-]{2,19}(?: [A-Z][A-Z'-]{1,19}){0,2})$"
)
_BEHIND_TEXT = re.compile(r"\*\*\*\s*Current |NOTE BY OC/?T|NNNN?\b|<<")
_OPENS_TEXT = re.compile(
    r"(?:\(?(?:BEGIN )?(?:UNCLASSIFIED )?SUMMARY\b|ACTION REQUEST|BEGIN TEXT|FOLLOWING IS)"
)
# A line of a REF block begins with a letter, holds a telegram's number, or goes on with a run of numbers.
_LETTERED = re.compile(r"\(?[A-Z]\)|\[[A-Z]\]\s|[A-Z](?:[.:]|\.\)| -)\s|\([A-Z0-9]{1,2}\)|\d\.\s")
_NUMBERED = re.compile(
    r"(?:AND |& )?[A-Z][A-Z .'&/-]{1,30} \#?(?:A-)?\d{2,7}\b.{0,44}|[\d,;/()\sAND&.-]{1,60}"
)
_OTHERWISE_CITED = re.compile(
    r"\b(?:TELE?CONS?|LETTERS?|MEMO(?:RANDUM|S)?|MEMCON|MSG|DTG|AIRGRAM|NOTAL|SEPTEL)\b"
)
_SERIAL_FIRST = re.compile(r"\d{2,7}\b(?!\.\s)")
_LETTER_DAMAGED = re.compile(r"(?P<letter>\([A-Z][A-Z])\s$")  # (AL ZENDA 48
_IN_QUOTES = re.compile(r':\s*"[^"]+"$')
_UNFINISHED = (",", ";", ":", "-", "AND", "OF", "(")
_CLASSIFIED = frozenset("UCSTLOR")
_LABELS = frozenset("EeTtSsRrCcDd(")  # first letters of the block's labels
_HEADER_LIMIT = 20_000  # no header of the time is longer: its addressees and references are few
_TOP_LIMIT = 2_000  # nor the lines above the classification line of a further section
_SHORTEST_FULL_LINE = 50


def recognises(copy: Copy) -> bool:
    """Whether a page line stands at the telegram's head, or its packaging is the archive's own."""
    if copy.catalogue is not None and "Document Number" in copy.catalogue.attributes:
        return True
    start, end = copy.body
    text = copy.text
    at = text.find("PAGE 0", start, min(end, start + 4000))
    while at >= 0:
        stop = text.find("\n", at, end)
        if (
            paging.begins_line(text, at, start)
            and paging.PAGE_LINE.fullmatch(text, at, stop if stop >= 0 else end)
            and (text.startswith("PAGE 01", at) or _only_banners(text[start:at]))
        ):
            return True
        at = text.find("PAGE 0", at + 6, min(end, start + 4000))
    return False


def _only_banners(head: str) -> bool:
    """Whether nothing else stands above a page line: later ones break other traffic's text too."""
    return all(not line.strip() or paging.is_banner(line) for line in head.split("\n"))


def read(copy: Copy) -> Cable:
    """The cable in a copy. What is damaged becomes a defect."""
    text = _even(copy.text)
    start, end = copy.body
    stamped = FairCopy(text, start, end, copy.stamps)
    joined = _joined(stamped)
    telegram = _telegram(stamped.without(joined.cuts), joined)
    return _cable(copy, joined, telegram, stamped)


def _even(text: str) -> str:
    """The text with every blank a plain one: as long as before, so that places stay what they are."""
    for blank in "\xa0\t\f\v\r":
        if blank in text:
            text = text.replace(blank, " ")
    return text


# -- pages and sections ------------------------------------------------------------------------------


class _Joined(NamedTuple):
    """The pages and sections of a copy, and what is to be cut out so that one text is left."""

    first: Page | None
    cuts: tuple[Span, ...]
    page_lines: tuple[Span, ...]  # those inside the text
    sections: tuple[int, ...]
    of: int
    defects: tuple[Defect, ...]  # with places in the text of which the cuts are taken
    heading: "_Heading | None" = None  # of the first section, where it had to be read and no cut is in it


def _joined(stamped: FairCopy) -> _Joined:
    """Cut page lines, banners and the heads of further sections; leave out sections that stand twice."""
    text = stamped.text
    pages = list(paging.pages(text))
    if not pages:
        return _Joined(None, (), (), (), 0, ())
    first = pages[0]
    of = max((page.of or 0 for page in pages), default=0)
    cuts: list[Span] = []
    places: list[Span] = []
    defects: list[Defect] = []
    present: list[int] = []
    leaving_out = -1  # where a section begins that stands in the copy already
    section_at = first.span[0]
    before: Page | None = None
    header = _HeaderLines(text, first)
    for page in pages:
        other = page.section is not None and before is not None and page.section != before.section
        begins = before is None or page.page == 1 or other
        if begins and before is not None:
            if leaving_out >= 0:
                cuts.append((leaving_out, paging.foot(text, page.span[0], section_at)))
                leaving_out = -1
            if page.section in present:
                message = f"section {page.section} stands in this copy twice; the second is left out"
                defects.append(Defect("repeated-section", message, page.span))
                leaving_out = paging.foot(text, page.span[0], section_at)
            else:
                cuts.append(header.between_sections(page, section_at, defects))
                places.append(page.span)
            section_at = page.span[0]
        elif before is not None and leaving_out < 0:
            if page.page > before.page + 1:
                message = f"page {page.page} follows page {before.page}"
                defects.append(Defect("missing-page", message, page.span))
            cuts.append(paging.page_break(text, page.span, before.span[1]))
            places.append(page.span)
        if begins and page.section and page.section not in present:
            present.append(page.section)
        before = page
    if leaving_out >= 0:
        cuts.append((leaving_out, len(text)))
    if first.page > 1:
        defects.append(Defect("missing-page", f"the copy begins with page {first.page}", first.span))
    if (first.note and first.note.startswith("POSS")) or "POSS DUPE" in text[: first.span[0]]:
        message = "the first page says that the telegram may have been sent before"
        defects.append(Defect("possible-duplicate", message, first.span))
    heading = header.heading if header.heading and all(cut[0] > header.heading.end for cut in cuts) else None
    return _Joined(first, tuple(cuts), tuple(places), tuple(present), of, tuple(defects), heading)


class _HeaderLines:
    """What the first section's header says, which further sections say again."""

    def __init__(self, text: str, first: Page) -> None:
        self.text = text
        self.first = first
        self.heading: _Heading | None = None  # read when it is first asked for
        self._lines: frozenset[str] = frozenset()
        self._last: str | None = None

    def between_sections(self, page: Page, floor: int, defects: list[Defect]) -> Span:
        """From the end of one section's text, which begins at `floor`, to the beginning of the next one's."""
        text = self.text
        lines = heads.lines(text, page.span[1], min(len(text), page.span[1] + _TOP_LIMIT))
        top = _top(lines, page)
        if top.distribution and self.distribution and top.distribution.distribution != self.distribution:
            message = f"section {page.section or '?'} has other distribution lines than the first"
            defects.append(Defect("distribution-disagrees", message, page.span))
        if top.distribution:
            defects += top.distribution.defects
        position = top.classified + 1
        while position < len(lines) and (not lines[position].text or lines[position].text in self.lines):
            position += 1
        follows = lines[min(position, len(lines) - 1)]
        stop = text.rfind("\n", 0, follows.start) + 1
        foot = paging.foot(text, page.span[0], floor)
        above = text[floor:foot].rstrip()
        line_at = above.rfind("\n") + 1
        if above[line_at:].strip() == self.last:  # each section was signed
            foot, above = floor + line_at, above[:line_at].rstrip()
        apart = ends_sentence(above[-8:]) or follows.text[:1].isdigit()
        after = min(floor + len(above) + 1, page.span[0])
        if apart:  # one blank line stays: above the banner, else above the text
            blank = text.find("\n", after)
            before = text.rfind("\n", 0, max(stop - 1, 0)) + 1
            if 0 <= blank < foot and not text[after:blank].strip():
                after = blank + 1
            elif not text[before:stop].strip():
                stop = before
        return (after, stop)

    @property
    def lines(self) -> frozenset[str]:
        """The lines of the first header block."""
        if not self._lines:
            self._lines = frozenset([line.text for line in self._read().block])
        return self._lines

    @property
    def distribution(self) -> Distribution | None:
        """The first section's distribution."""
        top = self._read().top
        return top.distribution.distribution if top.distribution else None

    def _read(self) -> "_Heading":
        if self.heading is None:
            self.heading = _heading(self.text, self.first.span[1], self.first)
        return self.heading

    @property
    def last(self) -> str:
        """The last line of the whole text, a signature as a rule."""
        if self._last is None:
            self._last = ""
            for line in reversed(self.text[-2_000:].split("\n")):
                bare = line.strip()
                if bare and not paging.is_banner(bare) and not paging.END_MARK.fullmatch(bare):
                    self._last = bare if len(bare) <= 40 and not ends_sentence(bare) else ""
                    break
        return self._last


# -- the header --------------------------------------------------------------------------------------


class _Top(NamedTuple):
    """What stands above the classification line, and which line that is."""

    distribution: distribution.Reading | None
    drafting: drafting.Reading | None
    traffic: int  # the first line of the date-time group, FM, TO and INFO
    classified: int  # the classification line; the line before the header block where it is lost


def _top(lines: Sequence[Line], page: Page | None) -> _Top:
    """Read from below a page line to the classification line."""
    distributed: distribution.Reading | None = None
    drafted: drafting.Reading | None = None
    traffic = position = 0
    while position < len(lines):
        words = lines[position].text
        if not words or (words[0].isdigit() and _PIGEONHOLE.fullmatch(words)):
            position += 1
        elif distributed is None and words.startswith(("ACTION", "ORIGIN", "INFO")):
            distributed = distribution.read(lines, position)
            position = distributed.after if distributed else position + 1
        elif drafted is None and drafting.begins(words):
            stop = drafting.end(lines, position)
            drafted = drafting.read(lines[position:stop])
            position = stop
        elif words[0] == "-" or paging.is_banner(words):
            position += 1
        else:
            break
    traffic = position
    serial = str(page.serial) if page else ""
    while position < len(lines):
        words = lines[position].text
        first = words[:1]
        if words and (first in _CLASSIFIED or serial in words) and _is_classification(words, page):
            return _Top(distributed, drafted, traffic, position)
        if first in _LABELS and heads.starts_block(words):
            break
        position += 1
    return _Top(distributed, drafted, traffic, position - 1)


def _is_classification(words: str, page: Page | None) -> bool:
    """A classification line, or one whose words are damaged but whose number is the page line's."""
    if words.startswith(("TO ", "INFO ", "FM ", "PAGE ", "REF")) or words[2:3].isdigit():  # R 012109Z MAR 74
        return False
    bare = _without_section(words)
    if heads.is_classification_line(bare):
        return True
    if page is None or not bare[-1].isdigit():
        return False
    serial = bare[bare.rfind(" ") + 1 :]
    if not serial.isdigit() or int(serial) != page.serial:
        return False
    return page.post in bare or read_classification(bare) is not None


def _text_at(lines: Sequence[Line], position: int) -> int:
    """The first line that is no part of the header block, as far as lines without a blank between tell.

    Telegrams of the time often have no blank line between REF or SUBJECT and the text.
    """
    cited = under_subject = quoted_subject = apart = False  # apart: behind a blank line
    before = ""
    if not any(labelled(line.text)[1] for line in lines[position : position + 40]):
        return _without_labels(lines, position)
    while position < len(lines):
        words, begins = labelled(lines[position].text)
        if not words:
            before, apart, quoted_subject = "", True, False
        elif begins:
            cited = words[:3].upper() == "REF"
            quoted_subject = words[:4].upper() == "SUBJ"
            under_subject = under_subject or quoted_subject
            quoted_subject = quoted_subject and _IN_QUOTES.search(words) is not None
            before = words
        elif apart and is_passing(words) and not _text_below(lines, position):
            before = ""
        elif (quoted_subject and not apart) or (  # the quotation mark ended it
            (under_subject or cited)
            and (_OPENS_TEXT.match(words) or (cited and not _goes_on_citing(words, before, apart=apart)))
        ):
            return position
        else:
            before = words
        apart = apart and not words
        position += 1
    return position


def _text_below(lines: Sequence[Line], position: int) -> bool:
    """Whether a line goes on without a blank line below it."""
    return position + 1 < len(lines) and bool(lines[position + 1].text)


def _without_labels(lines: Sequence[Line], position: int) -> int:
    """The text of a telegram that has no labels at all: from its first full line on."""
    for index in range(position, len(lines)):
        if len(lines[index].text) >= _SHORTEST_FULL_LINE:
            return index
    return position


def _goes_on_citing(words: str, before: str, *, apart: bool) -> bool:
    """Whether a line below REF belongs to the block: an item of its own, or the wrap of the one above."""
    if _LETTERED.match(words):  # behind a blank line it may as well be a heading of the text
        return not apart or any(sign.isdigit() for sign in words) or bool(_OTHERWISE_CITED.search(words))
    if len(words) < 70 and _NUMBERED.fullmatch(words):
        return True
    if not before:
        return False
    if before[-1].isalpha() and _SERIAL_FIRST.match(words):  # STATE, and its number on the next line
        return True
    wrapped = len(words) < _SHORTEST_FULL_LINE and bool(_OTHERWISE_CITED.search(words))
    return wrapped or before.endswith(_UNFINISHED)


class _Telegram(NamedTuple):
    """One telegram, pages and sections put together, with places in the fair copy."""

    fair: FairCopy
    top: _Top
    relay: Relay
    header: Header
    body: body.Body
    spans: dict[str, tuple[Span, ...]]
    banner: Line | None  # the one at the head
    rejoined: tuple[Defect, ...]  # with places in the copy


def _telegram(fair: FairCopy, joined: _Joined) -> _Telegram:
    text, start, first = fair.text, 0, joined.first
    banner: Line | None = None
    if first is not None:
        start = text.find("PAGE ")
        stop = text.find("\n", start)
        standing = heads.lines(text, 0, start) if start > 1 else []
        banner = next((line for line in standing if paging.is_banner(line.text)), None)
        start = stop if stop >= 0 else len(text)
    heading = joined.heading
    if heading is None or heading.start != start:
        heading = _heading(text, start, first)
    header = _header(text, heading.block, heading.text_at, followed=heading.text_at < len(text))
    above, _ = relay.read(heading.traffic)
    spans = {**above.spans, **header.spans}
    cuts = rejoining.cuts(text, header.end)
    message = "a blank line inside a sentence was taken out"
    rejoined = [Defect("rejoined-sentence", message, fair.span(one.span)) for one in cuts if one.of_sentence]
    fair = fair.without([one.span for one in cuts])
    text = fair.text
    end, signed = _signature(text, header.end, banner)
    written = body.read(text, header.end, signed[0] if signed else end, (), spans, signed=signed is None)
    if signed:
        spans["/signature"] = (signed,)
        written = replace(written, signature=text[slice(*signed)])
    return _Telegram(fair, heading.top, above, header, written, spans, banner, tuple(rejoined))


class _Heading(NamedTuple):
    """All between a page line and the text."""

    start: int
    top: _Top
    traffic: list[Line]  # date-time group to INFO
    block: list[Line]  # the header block, from the classification line on
    text_at: int  # where the text begins
    end: int  # of what was looked at: the first numbered paragraph


def _heading(text: str, start: int, first: Page | None) -> _Heading:
    numbered = _first_number(text, start)
    lines = heads.lines(text, start, min(numbered, start + _HEADER_LIMIT))
    top = _top(lines, first)
    block = lines[max(top.classified, 0) :]
    bound = _text_at(block, 1)
    text_at = block[bound].start if bound < len(block) else numbered
    traffic = lines[top.traffic : max(top.classified, top.traffic)]
    return _Heading(start, top, traffic, block[:bound], text_at, numbered)


def _first_number(text: str, start: int) -> int:
    """Where the first numbered paragraph stands: a numbered list of references is none (`REFS: 1. ...`)."""
    at = body.first_number(text, start, len(text))
    while 0 < at < len(text) and not text.startswith("1.", at):
        line_at = text.rfind("\n", start, at) + 1
        above = text[text.rfind("\n", start, max(line_at - 1, start)) + 1 : max(line_at - 1, start)].strip()
        number = text[at : text.find(".", at)]
        if not number.isdigit() or f"{int(number) - 1}." not in above[:16]:
            break
        if not (above.startswith("REF") or above[0].isdigit()):
            break
        at = body.first_number(text, at + len(number), len(text))
    return at


def _signature(text: str, start: int, banner: Line | None) -> tuple[int, Span | None]:
    """Where the text ends, and the name below it or behind its last sentence.

    Below it stand notes of the communications centre, the last banner, perhaps damaged, and the end mark.
    """
    end = len(text)
    line, line_at = "", end
    while end > start:
        line_at = text.rfind("\n", start, end) + 1 or start
        line = text[line_at:end].rstrip()
        if line and not _is_foot(line.lstrip(), banner):
            break
        end = line_at - 1 if line_at > start else start
    match = _SIGNED.search(line.lstrip()) if end > start else None
    if match is None or _NO_NAMES.intersection(match["name"].split()):
        return end, None
    first = line_at + len(line) - len(match["name"])
    return end, (first, line_at + len(line))


_NO_NAMES = frozenset(
    {"END", "TEXT", "SUMMARY", "COMMENT", "UNQUOTE", "QUOTE", "CONFIDENTIAL", "SECRET", "NNNN"}
)


def _is_foot(line: str, banner: Line | None) -> bool:
    """A banner, perhaps with a sign or two wrong (`CONFID*NTIAL`), an end mark, a note on its passing."""
    if paging.is_banner(line) or _BEHIND_TEXT.match(line) or paging.END_MARK.fullmatch(line):
        return True
    if banner is None or len(line) != len(banner.text):
        return False
    return sum(one != other for one, other in zip(line, banner.text, strict=True)) <= 2


def _header(text: str, block: list[Line], end: int, *, followed: bool) -> Header:
    """The header block; its classification line may be damaged, or have its section behind the number."""
    if not block:
        return heads.read(text, block, end)
    line = block[0]
    bare = Line(_without_section(line.text), line.start, line.start + len(_without_section(line.text)))
    if heads.is_classification_line(bare.text):
        header = heads.read(text, [bare, *mended(block[1:], followed=followed)], end)
    else:
        header = heads.read(text, mended(block[1:], followed=followed), end)
        found = read_classification(line.text)
        if found:
            header.classification, header.handling = found.classification, (*found.handling, *header.handling)
            header.spans["/classification"] = ((line.start, line.start + found.end),)
    behind = _SECTION_BEHIND.search(line.text)
    if behind and behind["of"] and header.of is None:
        header.section, header.of = int(behind["section"]), int(behind["of"])
    return header


def _without_section(words: str) -> str:
    suffixed = words[-1:].isdigit() and ("SECTION" in words or words[-3:-1].strip("0123456789") == "/")
    return _SECTION_BEHIND.sub("", words) if suffixed else words


# -- the cable ---------------------------------------------------------------------------------------


def _cable(copy: Copy, joined: _Joined, read_: _Telegram, stamped: FairCopy) -> Cable:
    header, above, top, written, fair = read_.header, read_.relay, read_.top, read_.body, read_.fair
    defects: list[Defect] = [*copy.defects]
    defects += [_moved(one, stamped) for one in joined.defects]
    defects += [_moved(one, fair) for one in header.defects]
    spans = read_.spans
    if top.distribution:
        spans.update(top.distribution.spans)
        defects += [_moved(one, fair) for one in top.distribution.defects]
    if top.drafting:
        spans.update(top.drafting.spans)
    signals = relay.signals(fair.text, above, spans)
    persons = heads.persons(fair.text, spans)
    spans = fair.all_spans(spans)
    empty = not fair.text.strip()
    mrn = _mrn(copy, joined.first, header, above, defects, stamped)
    sent, sent_basis = _sent(copy, above)
    cited = _cited(fair, header, mrn, sent, defects)
    paragraphs = tuple([_placed(paragraph, fair) for paragraph in written.paragraphs])
    known = Catalogued(copy.catalogue or Catalogue(), defects, empty)
    classification = known.classification(header, read_.banner, spans, fair)
    subject = known.subject(header.subject, header.subject_marking)
    if subject and header.subject is None:
        spans["/subject"] = _title_place(copy)
    tags, tags_unknown = known.tags(header)
    known.compare(header, above, mrn, sent)
    defects += _page_lines(joined, stamped, paragraphs)
    # white space at page breaks is the printer's: a wide gap tells of no lost heading here
    defects += [_moved(one, fair) for one in written.defects if one.code != "missing-heading"]
    defects += read_.rejoined
    if not written.signature and written.paragraphs:
        defects.append(Defect("missing-signature", "no signature below the last paragraph"))
    sections = _sections(joined, header, defects)
    identity = mrn.id
    firm = identity is not None and mrn.basis in FIRM_BASES
    return Cable(
        id=identity,
        key=identity if identity and firm else copy.document or f"x{copy.sha256[:12]}",
        aliases=_aliases(mrn, copy, joined.first),
        mrn=mrn,
        era=ERA,
        extract=copy.extract,
        sections=sections,
        sent=sent,
        sent_basis=sent_basis,
        precedence=above.group.precedence if above.group else (),
        transmission=above.transmission,
        from_=Sender(above.sender, mrn.station),
        to=tuple(above.to),
        info=tuple(above.info),
        classification=classification,
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
        paragraphs=paragraphs,
        signature=written.signature,
        catalogue=copy.catalogue,
        spans=spans,
        defects=tuple(defects),
        copy=CopyNote(copy.source, copy.locator, copy.sha256, copy.text_by),
        operating_signals=signals,
        distribution=top.distribution.distribution if top.distribution else None,
        drafting=top.drafting.drafting if top.drafting else None,
        tags_persons=persons,
    )


def _moved(defect: Defect, fair: FairCopy) -> Defect:
    return Defect(defect.code, defect.message, fair.span(defect.span)) if defect.span else defect


def _placed(paragraph: Paragraph, fair: FairCopy) -> Paragraph:
    """A paragraph with its places in the copy."""
    places = fair.spans(paragraph.spans)
    parts = tuple(
        [
            Part(part.marking, part.voice, part.text, _behind(paragraph, places, part.spans, fair))
            for part in paragraph.parts
        ]
    )
    return Paragraph(
        paragraph.number,
        paragraph.anchor,
        paragraph.marking,
        paragraph.heading,
        paragraph.voice,
        paragraph.text,
        places,
        parts,
    )


def _behind(
    paragraph: Paragraph, places: tuple[Span, ...], spans: tuple[Span, ...], fair: FairCopy
) -> tuple[Span, ...]:
    """Where a part stands in the copy: nearly all have the places of their paragraph but for its number."""
    whole = paragraph.spans
    if spans[0][1] == whole[0][1] and spans[1:] == whole[1:]:
        first = fair.at(spans[0][0])
        if first < places[0][1]:
            return ((first, places[0][1]), *places[1:])
    return fair.spans(spans)


def _mrn(
    copy: Copy,
    page: Page | None,
    header: Header,
    above: Relay,
    defects: list[Defect],
    stamped: FairCopy,
) -> Mrn:
    """The number: as the page line prints it, which a machine did; the classification line was typed."""
    catalogue = copy.catalogue
    listed = read_mrn(catalogue.id) if catalogue and catalogue.id else None
    if page and header.serial is not None and header.serial != page.serial:
        message = f"the page line has serial {page.serial}, the classification line {header.serial}"
        defects.append(Defect("serial-disagrees", message, stamped.span(page.span)))
    typed = listed is not None and listed.serial == header.serial and header.serial is not None
    serial = page.serial if page and not typed else header.serial
    station = _station(page.post if page else None, header.station)
    if listed:
        station, serial = station or listed.station, serial or listed.serial
        if (station, serial) != (listed.station, listed.serial):
            message = f"the catalogue's number is {listed.id}"
            defects.append(Defect("catalogue-disagrees", message))
    year: int | None = None
    basis: MrnBasis | None = None
    if listed and listed.year:
        year, basis = listed.year, "catalogue"
    elif catalogue and catalogue.created:
        year, basis = int(catalogue.created[:4]), "catalogue"
    elif above.group:
        year, basis = above.group.year, "dtg"
    else:
        named = read_mrn(copy.locator.replace("\\", "/").rsplit("/", 1)[-1].split(".", 1)[0])
        if named and named.year and (named.station, named.serial) == (station, serial):
            year, basis = named.year, "filename"
            message = f"the year {year} is inferred from the file's name: a hint only"
            defects.append(Defect("year-inferred", message))
    return Mrn(year, station, serial, basis)


def _station(printed: str | None, typed: str | None) -> str | None:
    """The post of the page line, which cuts names to six characters, or of the classification line."""
    known = token(printed) if printed else None
    if known in STATIONS or typed is None:
        return known
    return typed


def _aliases(mrn: Mrn, copy: Copy, page: Page | None) -> tuple[str, ...]:
    """The catalogue's spelling, the short one, and the number of a telegram to the travelling Secretary."""
    tosec = page.note if page and page.note and page.note.startswith("TOSEC") else None
    spellings = [copy.catalogue.id if copy.catalogue else None, short(mrn), tosec]
    return tuple(dict.fromkeys(one for one in spellings if one and one != mrn.id))


def _sent(copy: Copy, above: Relay) -> tuple[str | None, SentBasis | None]:
    if above.group:
        return above.group.sent, "dtg"
    if copy.catalogue and copy.catalogue.created:
        return copy.catalogue.created, "catalogue"
    return None, None


def _cited(
    fair: FairCopy, header: Header, mrn: Mrn, sent: str | None, defects: list[Defect]
) -> tuple[Reference, ...]:
    """The REF block; a letter that is given as meant is told."""
    if header.references is None:
        return ()
    found = references.read(fair.text, *header.references, mrn, sent)
    for one in found:
        damaged = one.letter and _LETTER_DAMAGED.search(fair.text, max(0, one.span[0] - 5), one.span[0])
        if damaged:
            message = f"the parenthesis behind the letter of reference {one.letter} is damaged"
            defects.append(Defect("letter-repaired", message, fair.span(damaged.span("letter"))))
    return tuple(replace(one, span=fair.span(one.span)) for one in found)


def _title_place(copy: Copy) -> tuple[Span, ...]:
    """Where the attributes give the subject, with what goes on on further lines."""
    title = copy.catalogue.title if copy.catalogue else None
    at = copy.text.find("\nSubject:", copy.body[1])
    if not title or at < 0:
        return ()
    first = last = at + len("\nSubject:")
    for word in title.split():
        start = copy.text.find(word, last)
        if start < 0 or copy.text[last:start].strip():  # said twice, in two places
            return ()
        last = start + len(word)
    return fragments(copy.text, first, last)


def _page_lines(joined: _Joined, stamped: FairCopy, paragraphs: Sequence[Paragraph]) -> list[Defect]:
    """Each page line that was cut out of the text, and where."""
    found = []
    starts = [paragraph.spans[0][0] for paragraph in paragraphs]
    for place in joined.page_lines:
        span = stamped.span(place)
        index = bisect_right(starts, span[0])
        where = (
            f"below the beginning of paragraph {paragraphs[index - 1].anchor}" if index else "above the text"
        )
        found.append(Defect("page-line", f"page line taken out {where}", span))
    return found


def _sections(joined: _Joined, header: Header, defects: list[Defect]) -> Sections | None:
    """The sections that the page lines tell of, else the classification line; missing ones are told."""
    of = joined.of or header.of or 0
    if not of:
        return None
    present = sorted(joined.sections) or [header.section or 1]
    missing = sorted(set(range(1, of + 1)) - set(present))
    if missing:
        which = ", ".join(map(str, missing))
        defects.append(Defect("missing-section", f"of {of} sections, {which} not in this copy"))
    return Sections(tuple(present), of)


# -- writing -----------------------------------------------------------------------------------------

_SPACED = {
    "UNCLASSIFIED": "UNCLAS",
    "CONFIDENTIAL": "C O N F I D E N T I A L",
    "SECRET": "S E C R E T",
    "TOP SECRET": "T O P S E C R E T",
}
_LETTER_OF = {name: letter for letter, name in dtg.PRECEDENCES.items()}
_PAGE_LENGTH = 50
_NUMBERED_LINE = re.compile(r"\d{1,3}\. ")
_INDENT = " " * 20  # of the counter line


def write(cable: Cable, *, length: int | None = None) -> str:
    """The cable as the archiving system of 1973-79 printed it: banners, pages of 50 lines, sections.

    It is cut into sections of at most `length` lines of text; without it into those that it has. Where the
    sections stay what they are, `read` gives the same cable again, but for its copy, key, spans, bases and
    `page-line` defects.
    """
    lines = [*_text_lines(cable), *([cable.signature] if cable.signature else [])]
    if length:
        stretches = sectioned(lines, length)
        of = len(stretches)
        numbers: Sequence[int] = range(1, of + 1)
    else:
        numbers, of = (cable.sections.present, cable.sections.of) if cable.sections else ((1,), 1)
        stretches = list(_stretches(lines, len(numbers)))
    header = _header_lines(cable)
    printed: list[str] = []
    for order, (number, stretch) in enumerate(zip(numbers, stretches, strict=True)):
        top = _top_lines(cable, f" SECTION {number} OF {of}" if of > 1 else "")
        section = f"  {number:02d} OF {of:02d}" if of > 1 else ""
        printed += _pages([*top, *([] if order else header), *stretch], cable, section)
    return "\n".join(printed)


def _stretches(lines: list[str], into: int) -> Iterator[list[str]]:
    """The text in parts of about the same length, each beginning with a paragraph where one is near."""
    at = 0
    for order in range(1, into + 1):
        due = len(lines) * order // into
        stop = len(lines) if order == into else _parted(lines, at, due)
        yield lines[at:stop]
        at = stop


def _parted(lines: list[str], start: int, due: int) -> int:
    """The nearest place at or above a line where one paragraph ends, else where a line ends no sentence."""
    for at in range(due, start, -1):
        if _NUMBERED_LINE.match(lines[at]) and not lines[at - 1]:
            return at
    return next((at for at in range(due, len(lines)) if not lines[at - 1] or not lines[at]), len(lines))


def _pages(lines: Sequence[str], cable: Cable, section: str) -> Iterator[str]:
    """The pages of one section: banner, page line, text, banner; the end mark below the last."""
    banner = cable.classification or "UNCLASSIFIED"
    station = cable.mrn.station or "STATE"
    wide = 6 if station == "STATE" else 5
    filed = f"  {_filed(cable)}" if cable.distribution is None or _incoming(cable) else ""
    page_line = f"{_post(station)[:6].strip():<6} {cable.mrn.serial or 0:0{wide}d}{section}{filed}"
    for page in range(max(1, -(-len(lines) // _PAGE_LENGTH))):
        yield from (banner, "", f"PAGE {page + 1:02d}        {page_line}")
        yield from () if page == 0 else ("",)
        yield from lines[page * _PAGE_LENGTH : (page + 1) * _PAGE_LENGTH]
        if (page + 1) * _PAGE_LENGTH < len(lines):
            yield from (banner, "")
    yield from ("", "", banner, "", "", "", "", "NNN", "")


def _incoming(cable: Cable) -> bool:
    return cable.distribution is not None and cable.distribution.direction == "incoming"


def _post(station: str) -> str:
    """A station's name as telegrams print it: `LA PAZ`."""
    name = title(station).upper()
    return name if token(name) == station else station


def _filed(cable: Cable) -> str:
    return f"{cable.sent[8:10]}{cable.sent[11:13]}{cable.sent[14:16]}Z" if cable.sent else "010000Z"


def _top_lines(cable: Cable, section: str) -> list[str]:
    """The lines above the header block, classification line and captions."""
    lines: list[str] = []
    if cable.distribution:
        lines += [*distribution.write(cable.distribution), ""]
    if cable.drafting:
        lines += drafting.write(cable.drafting)
    counter = (cable.mrn.serial or 0) * 7919 % 1_000_000  # one sequence for all traffic
    lines.append(f"{_INDENT}------------------{counter:06d}  {_filed(cable)} /11")
    if cable.sent and cable.sent_basis == "dtg":
        month = next(name for name, number in dtg.MONTHS.items() if number == int(cable.sent[5:7]))
        letters = " ".join(_LETTER_OF[word] for word in cable.precedence)
        lines.append(
            " ".join((letters, _filed(cable), month, cable.sent[2:4], *cable.operating_signals)),
        )
    if cable.from_.name:
        lines.append(f"FM {cable.from_.name}")
    for label, addressees in (("TO", cable.to), ("INFO", cable.info)):
        for order, one in enumerate(addressees):
            tail = "".join(f" {word}" for word in (one.precedence, one.number) if word)
            lines.append(f"{'' if order else label + ' '}{one.name}{tail}")
    spaced = _SPACED.get(cable.classification or "", cable.classification or "UNCLAS")
    efto = " E F T O" if "EFTO" in cable.handling else ""
    number = f"{_post(cable.mrn.station or 'STATE')} {cable.mrn.serial or 0}"
    lines += ["", f"{spaced}{efto}{section} {number}", ""]
    for caption in (*cable.captions, *(word for word in cable.handling if word != "EFTO")):
        lines += [caption, ""]
    return lines


def _header_lines(cable: Cable) -> list[str]:
    """Passing lines, E.O., TAGS, SUBJECT and REF, a blank line behind them."""
    lines: list[str] = []
    for passing in cable.passing:
        lines += [*wrap(passing), ""]
    if cable.authority:
        lines.append(_order_line(cable.authority))
    if cable.tags or cable.tags_unknown:
        persons = "".join(f" ({person})" for person in cable.tags_persons)
        first, *others = (*cable.tags, *cable.tags_unknown)
        lines += wrap("TAGS: " + ", ".join((first + persons, *others)))
    if cable.subject:
        mark = f"({cable.subject_marking}) " if cable.subject_marking else ""
        lines += wrap(f"SUBJECT: {mark}{cable.subject}")
    for order, one in enumerate(cable.references):
        letter = f"({one.letter}) " if one.letter else ""
        notes = "".join(f" ({caption})" for caption in one.captions)
        lines += [] if order else [""]
        lines.append(f"{'' if order else 'REF: '}{letter}{one.text}{notes}")
    return [*lines, ""]


def _order_line(authority: Authority) -> str:
    """`E.O. 12065: GDS 7/2/85 (BOEKER, PAUL H.) OR-M`."""
    said = [f"-{authority.exemptions[0]}" if authority.exemptions else ""]
    if authority.declassify_on:
        year, month, day = authority.declassify_on.split("-")
        said.append(f" {int(month)}/{int(day)}/{year[2:]}")
    elif authority.declassify_event:
        said.append(f", DECLAS {authority.declassify_event}")
    if authority.name:
        said.append(f" ({authority.name})")
    if authority.title:
        said.append(f" {authority.title}")
    order = f" {authority.order}" if authority.order else ""
    return f"E.O.{order}: {authority.schedule}{''.join(said)}" if authority.schedule else f"E.O.{order}: N/A"


def _text_lines(cable: Cable) -> list[str]:
    """The lines of all paragraphs, a blank one between them."""
    lines: list[str] = []
    for paragraph in cable.paragraphs:
        lines += [
            "",
            *paragraph_lines(paragraph, f"{paragraph.number}." if paragraph.number is not None else ""),
        ]
    return lines[1:]
