"""The body: numbered paragraphs with marks, headings, voices and parts, and the signature below them."""

import re
from bisect import bisect_right, insort
from collections.abc import MutableMapping, Sequence
from functools import lru_cache
from itertools import pairwise

import msgspec

from reftel.cable import Defect, Paragraph, Part, Span, Voice
from reftel.markings import is_banner, read_mark
from reftel.telegram.common.lines import Noise, stripped
from reftel.telegram.common.voices import (
    END_QUOTED,
    Places,
    Reach,
    announced,
    heading_voice,
    laid_over,
    opening_voice,
    passages,
    places,
    reaches,
)
from reftel.telegram.common.wording import blocks, ends_sentence, is_list, is_next_item, join_lines

# What parts a body: a blank line, a paragraph number at the start of a line, or both.
# 4. (C) | ¶4. (S//NF) | [1](#)4. (C) | 1. Summary: ... | 6A. in a form of several columns
_NUMBER = r"""
    (?: (?P<sign> ¶[ ]? | \[1\]\(\#\) ) |)
    (?P<number> [0-9]{1,3} ) (?: (?P<letter> [A-Z] ) |) \. (?= [\s(] ) [ \t]*
    (?: [(\[] [ ]{0,2} (?P<mark> [A-Za-z] [^()\[\]\n]{0,40} ) [)\]] [ \t]* |)
"""  # `(?: ... |)` and lists of characters: quicker than `(?: ... )?` and \s
_BREAK = re.compile(
    rf"""
    \n (?= [0-9 \t\r\n\xa0¶\[] )                         # nearly all lines begin otherwise
    (?: [ \t\r\xa0]* \n \s* | (?= [ \t]* [0-9¶\[] ) )
    (?: [ \t]* {_NUMBER} |)
    """,
    re.VERBOSE,
)
_END_SUMMARY = "END SUMMARY."
_BEHIND_SUMMARY = re.compile(rf"[ ]{{0,3}} {_NUMBER}", re.VERBOSE)  # END SUMMARY. 1. ART. 4, on one line
_MARK = re.compile(
    r"(?:TS|S|C|U|SBU|L|LOU|FOUO|OUO)(?:\s?(?://?|-|,)\s?[A-Z][A-Z ,&-]*|\s+(?:NF|NOFORN|XD|ND))*$",
    re.IGNORECASE,
)
_PLAIN_MARKS = frozenset({"C", "U", "S", "SBU", "S/NF", "C/NF", "S//NF", "C//NF", "TS", "LOU"})
# -- (S) A point | a. (C) An item | 2 (S) a number that lost its stop | Summary: (SBU) | (S) at a line's start
_ITEM_MARK = re.compile(
    r"[ \t\r]*(?P<item>(?P<label>[-*•·‐‑–—]{1,2}|\d{1,3}[.,)]?|[A-Za-z][.)]|\([A-Za-z0-9]\))?[ \t]*"
    r"[(\[](?P<mark>(?:TS|SBU|S|C|U|L|LOU|FOUO|OUO)(?:[ ]?[-/,][^()\[\]\n]{0,30})?)[)\]])[ \t]"
)
_BEHIND_VOICE = re.compile(r"(?:ummary|UMMARY|omment|OMMENT)[.:]")
_LETTERS = frozenset("CLSU")
_BRACKET = re.compile(r"[(\[]")
_ANY_MARK = re.compile(r"\((?:TS|SBU|S|C|U|L|LOU|FOUO|OUO)[ )/,-]")
_SQUARE_MARK = re.compile(r"\[(?:TS|SBU|S|C|U|L|LOU|FOUO|OUO)[ \]/,-]")
# how a paragraph begins whose mark stands behind its first word
_VOICE_FIRST = re.compile(
    r"\(?(?:BEGIN\s+)?(?:EMBASSY\s+|POST\s+)?(?:SUMMARY|COMMENT)[:.]?\s*", re.IGNORECASE
)
_HEADING_MARK = re.compile(r"\((?P<mark>(?:TS|S|C|U|SBU|LOU|FOUO)(?://?[A-Z][A-Z ,]*)*)\)\s*")
_UNDERLINE = re.compile(r"\s*\n[-=_]{3,}\s*$")
_OVERLINE = re.compile(r"^[-=_]{3,}[ \t]*\n")
_END_OF_SUMMARY = re.compile(r"[Ee]nd\s+(?:of\s+)?[Ss]ummary|END\s+(?:OF\s+)?SUMMARY")
_LONGEST_END = 60  # of END OF SUMMARY over a line end, before its last letters
_NAME = r"(?:Mc|Mac)?[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’./-]*(?: (?:Mc|Mac)?[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’.-]*){0,2}"
_SIGNATURE = re.compile(_NAME)
_TITLE_CASE = re.compile(r"[A-Z][a-z'’-]{2,19}(?: [A-Z][a-z'’-]{1,19}){0,2}")
# ... END OF TEXT. SAPT
_BEHIND_LAST_WORDS = re.compile(rf"\bEND (?:OF )?[A-Z]{{4,10}}\.\s+(?P<name>{_NAME})$")
_BEHIND_SIGNATURE = re.compile(r"#\d{1,4}$|SIPDIS$|NOTE BY \w|N N N N$|[\x00-\x1f]+$|-+$|<<.{0,40}>>$")
_GLUED_END = re.compile(r"\s+N{3,4}$")
_NOTE_BEHIND = "\nNOTE BY OC"  # of the communications centre, over several lines perhaps
_LONGEST_NOTE = 600
_NO_SIGNER = frozenset(
    {"NNNN", "NNN", "BT", "UNQUOTE", "SIPDIS", "COMMENT", "SUMMARY", "END", "NOTE", "REGARDS", "SENSITIVE"}
)
_SUFFIXES = ("JR.", "SR.", "Jr.", "Sr.")
_END_MARKS = frozenset({"nnnn", "bt", "NNNN", "NNN", "BT", "##", "#NNNN"})
_SPACE = " \t\r\n\f\v\xa0"
_LONGEST_HEADING = 100
_FULL_LINE = 40  # characters at least
_HALF_LINE = 25
_LARGEST_GAP = 40  # a number further on than this is no paragraph's
_NONE_MISSING = range(0)
_TAIL = 80  # characters looked at at once
_NONE_SAID: Places = []
_NOWHERE: list[Reach] = []


class Body(msgspec.Struct, frozen=True):
    """What the body holds, and where it was damaged."""

    paragraphs: tuple[Paragraph, ...]
    signature: str | None
    defects: tuple[Defect, ...]


class _Draft(msgspec.Struct):
    """A paragraph while it is being read: its number and the blocks of text below it."""

    number: int
    anchor: str
    at: int  # of the number, or of the sign before it
    text_at: int
    blocks: list[Span]
    mark: str | None = None
    repaired: bool = False
    missing: range = _NONE_MISSING
    stop: int = 0  # where the next one begins
    after_page: frozenset[int] = frozenset()  # starts of blocks that a page line stands before


def first_number(text: str, start: int, end: int) -> int:
    """Where the first numbered paragraph stands between two offsets; `end` where none is numbered."""
    for match in _BREAK.finditer(text, max(0, start - 1), end):
        if match["number"]:
            return match.start("sign") if match["sign"] else match.start("number")
    return end


def read(
    text: str,
    start: int,
    end: int,
    noise: Sequence[Noise],
    spans: MutableMapping[str, tuple[Span, ...]],
    *,
    signed: bool = True,
) -> Body:
    """The body of a cable between two offsets; `spans` receives those of headings and signature.

    No signature is looked for where it has been taken off already (`signed` is false).
    """
    defects: list[Defect] = []
    signature: str | None = None
    if signed:
        end, signature = _signature(text, start, end, noise, spans)
    drafts = _drafts(text, start, end)
    if noise:
        _take_out(noise, drafts, text)
    summary = _summary_reach(text, drafts)
    said = places(text, start, end)
    over = reaches(text, start, end, said, _quotes_apart(text, drafts))
    over.reverse()
    said.reverse()  # the first to come is the last
    paragraphs: list[Paragraph] = []
    headed: list[bool] = []
    heading: tuple[str, Span] | None = None
    under: Voice | None = None  # what the last heading said of the paragraphs below it
    last = len(drafts) - 1
    for index, draft in enumerate(drafts):
        above, heading = heading, None
        if index < last and (len(draft.blocks) > 1 or not draft.text_at - draft.at):
            heading = _heading(text, draft)
        if above:
            under = heading_voice(above[0])
            spans[f"/paragraphs/{len(paragraphs)}/heading"] = (above[1],)
        headed.append(above is not None)
        if draft.missing or draft.repaired:
            _report(text, draft, defects)
        if not draft.blocks and not draft.number:
            continue  # only a heading stood before the first number
        voice: Voice = "summary" if index in summary else under or "report"
        words = _within(said, draft) if said and said[-1][0] < draft.stop else _NONE_SAID
        within = _NOWHERE
        if over and draft.blocks and over[-1][0] < draft.stop:
            within = _within_reach(over, draft)
        paragraphs.append(_paragraph(text, draft, above[0] if above else None, voice, words, within, defects))
    if any(headed):
        defects += _lost_headings(text, drafts, headed)
    defects += _lost_ends(text, paragraphs)
    return Body(tuple(paragraphs), signature, tuple(defects))


def _drafts(text: str, start: int, end: int) -> list[_Draft]:
    """The body's paragraphs and the blocks of each. One pass over its line ends.

    Each number counts on from the one before, or it is none. A paragraph sign that a mirror turned into the
    digit 1 makes `18.` of 8 (handbook 01, D1): what is expected next decides.
    """
    line = text.rfind("\n", 0, start)
    indented = line >= 0 and not text[line:start].strip()
    matches = _breaks(text, line if indented else start, end)
    numbering = _Numbering(text, start, matches)
    draft = _Draft(0, "0", start, start, [])
    drafts = [draft]
    block = start
    for position, match in enumerate(matches):
        begin, text_at = match.span()
        if match.lastindex is None:
            if text_at > begin + 1:  # a blank line
                _close(text, draft.blocks, block, begin)
                block = text_at
            continue
        following = numbering.begun(position, draft)
        if following is None:
            at = match.start("sign") if match["sign"] else match.start("number")
            if "\n" in text[begin + 1 : at]:
                _close(text, draft.blocks, block, begin)
                block = at
            continue
        _close(text, draft.blocks, block, begin)
        draft.stop = following.at
        draft = following
        drafts.append(draft)
        block = draft.text_at
    _close(text, draft.blocks, block, end)
    draft.stop = end
    return drafts if drafts[0].blocks else drafts[1:]


def _breaks(text: str, start: int, end: int) -> list[re.Match[str]]:
    """What may part the body, in order."""
    matches = list(_BREAK.finditer(text, start, end))
    if text[start : start + 200].isupper():
        at = text.find(_END_SUMMARY, start, end)
        if at >= 0 and (behind := _BEHIND_SUMMARY.match(text, at + len(_END_SUMMARY), end)):
            insort(matches, behind, key=re.Match.start)
    return matches


def _ends_summary(text: str, start: int, end: int) -> bool:
    """Whether END SUMMARY stands between two offsets, or END OF SUMMARY, in any case."""
    for word in ("ummary", "UMMARY"):
        at = text.find(word, start, end)
        while at >= 0:
            stop = at + len(word)
            if _END_OF_SUMMARY.search(text, max(start, at - _LONGEST_END), stop):
                return True
            at = text.find(word, stop, end)
    return False


class _Numbering:
    """How the numbers of a body count on, and those of a text enclosed in it that numbers anew."""

    def __init__(self, text: str, start: int, matches: list[re.Match[str]]) -> None:
        self.text = text
        self.matches = matches
        self.expected = 1
        self.enclosure = 0  # the one that is being read
        self.enclosures = 0
        self.outer = 1  # what is expected behind the enclosure
        self.marked = False  # whether the enclosure's numbers have marks
        self.listed = False  # whether a number stands in the paragraph that is none of a paragraph
        self.lists_alone = _are_lists(text, start, matches)

    def begun(self, position: int, before: _Draft) -> _Draft | None:
        """The paragraph that begins at a number; None where the number is an item's, or a sum in prose."""
        match = self.matches[position]
        sign, printed, letter, mark = match.groups()
        if self.lists_alone:
            return None
        if mark in _PLAIN_MARKS and printed == str(self.expected) and not (self.enclosure or sign or letter):
            self.listed = False  # the common case: nothing is in doubt
            self.expected += 1
            return _Draft(self.expected - 1, printed, match.start(2), match.end(), [], mark)
        text_at = match.end()
        if mark is not None and mark not in _PLAIN_MARKS:
            mark = _meant_mark(mark)
            text_at = text_at if mark else match.end("letter" if letter else "number") + 1
        meant = self._meant(position, mark, before)
        self.listed = meant is None
        if meant is None:
            return None
        value, repaired, missing, more = meant
        self.expected = value + 1
        anchor = f"enc{self.enclosure}.{value}{more}" if self.enclosure else f"{value}{more}"
        at = match.start("sign") if sign else match.start("number")
        return _Draft(value, anchor, at, text_at, [], mark, repaired, missing)

    def _meant(self, position: int, mark: str | None, before: _Draft) -> tuple[int, bool, range, str] | None:
        """What a number in doubt is: its value, if it was repaired, what is missing, `bis` or a letter."""
        match = self.matches[position]
        sign, printed, letter, _ = match.groups()
        begin = match.start()
        value, text = int(printed), self.text
        at = match.start("sign") if sign else match.start("number")
        apart = "\n" in text[begin + 1 : at] or not text[text.rfind("\n", 0, begin) + 1 : begin].strip()
        sure = apart or bool(mark)
        same_form = value == self.expected and self.marked == bool(mark)
        if self.enclosure and value == self.outer and apart and not same_form:
            self.enclosure, self.expected = 0, self.outer
        expected = self.expected
        ends = sure or _ends_line(text, begin)
        alone = ends and not self.listed and bool(mark) == bool(before.mark)
        if letter:
            if _is_next_letter(letter, value, expected, before) and (ends or self._counts_on(position)):
                return value, False, _NONE_MISSING, f".{letter.lower()}"
        elif value == expected and (ends or expected == 1 or self._counts_on(position)):
            return value, sign is not None and sign[0] != "¶", _NONE_MISSING, ""
        elif sure and printed == f"1{expected}":
            return expected, True, _NONE_MISSING, ""
        elif expected < value <= expected + _LARGEST_GAP and ends and (sure or self._counts_on(position)):
            return value, False, range(expected, value), ""
        elif alone and self._lost_a_digit(position):
            return expected, True, _NONE_MISSING, ""
        elif (
            alone
            and apart
            and before.anchor[-1] != "s"
            and 1 < value == before.number
            and self._counts_on(position)
        ):
            return value, False, _NONE_MISSING, "bis"
        elif value == 1 and apart and self._begins_enclosure(position, mark, before):
            self.outer = self.outer if self.enclosure else expected
            self.enclosures += 1
            self.enclosure, self.marked = self.enclosures, bool(mark)
            return value, False, _NONE_MISSING, ""
        return None

    def _begins_enclosure(self, position: int, mark: str | None, before: _Draft) -> bool:
        """Whether a 1 begins the numbers of an enclosed text: a 2 follows, and it is not the cable's own."""
        own = self.expected > 2 or (self.expected == 2 and before.mark is not None and mark is None)
        return own and self._counts_on(position)

    def _lost_a_digit(self, position: int) -> bool:
        """Whether `2.` is 22 or `1.` is 11: the number behind it, if there is one, goes on from there."""
        printed, expected = self.matches[position]["number"], self.expected
        if expected <= 9 or len(printed) > 1 or printed not in str(expected):
            return False
        following = self._following(position)
        return following is None or following == (expected + 1, "")

    def _counts_on(self, position: int) -> bool:
        """Whether the next number is the one after that of a match, or its next letter."""
        value, letter = int(self.matches[position]["number"]), self.matches[position]["letter"]
        next_letter = chr(ord(letter) + 1) if letter else "A"
        return self._following(position) in ((value + 1, ""), (value + 1, "A"), (value, next_letter))

    def _following(self, position: int) -> tuple[int, str] | None:
        """The next number behind a match, and its letter."""
        for match in self.matches[position + 1 : position + 40]:
            if match["number"]:
                return int(match["number"]), match["letter"] or ""
        return None


def _is_next_letter(letter: str, value: int, expected: int, before: _Draft) -> bool:
    """Whether 6A comes behind 5 or 6, or 6B behind 6A."""
    if letter == "A" and value == expected:
        return True
    last = before.anchor[-1]
    return 0 < value == before.number and (last.isdigit() if letter == "A" else last == chr(ord(letter) + 31))


def _are_lists(text: str, start: int, matches: list[re.Match[str]]) -> bool:
    """Whether the numbers of a text are those of lists alone.

    It begins without one, and goes on `EXPERIENCE:` and 1 to 5 below, `INTERESTS:` and 1 to 4 below: several
    lists, each below a colon, with no blank line between their items and no number that goes on behind them.
    """
    if not matches or matches[0].start() < start or (matches[0].start() == start and matches[0]["number"]):
        return False  # the common case
    numbered = [match for match in matches if match["number"]]
    firsts = [match for match in numbered if match["number"] == "1"]
    if len(firsts) < 2 or text.count("\n", start, firsts[0].start()) < 2:
        return False  # one line above the numbers is an address
    for one in firsts:
        above = text[max(start, one.start() - 80) : one.start()].rstrip()
        if not above.endswith(":") or above[above.rfind("\n") + 1 :][:1].isdigit():
            return False
    expected = 0
    for match in numbered:
        value = int(match["number"])
        if value != 1 and (match["mark"] or "\n" in text[match.start() + 1 : match.start("number")]):
            return False
        if value not in (1, expected) and expected:
            return False
        expected = value + 1
    return True


def _quotes_apart(text: str, drafts: list[_Draft]) -> list[int]:
    """Where a block below a colon begins with a quotation mark: `THE FOLLOWING NOTE:` and its text."""
    return [
        block[0]
        for draft in drafts
        if len(draft.blocks) > 1
        for above, block in pairwise(draft.blocks)
        if text[block[0]] == '"' and text[above[1] - 1] == ":"
    ]


def _meant_mark(words: str) -> str | None:
    """The words in parentheses behind a number, if they are a mark of that paragraph alone."""
    mark = words.strip().upper()
    return mark if _MARK.match(mark) and not mark.endswith("ENTIRE TEXT") else None


def _close(text: str, into: list[Span], first: int, last: int) -> None:
    """Add a block without the white space at its ends, if any of it is left."""
    if first < last:
        if text[last - 1] in _SPACE or text[first] in _SPACE:
            first, last = stripped(text, first, last)
            if first == last:
                return
        into.append((first, last))


def _ends_line(text: str, newline: int) -> bool:
    """Whether the line that ends at `newline` ends a sentence too."""
    return ends_sentence(text[max(0, newline - 12) : newline].rstrip())


def _take_out(noise: Sequence[Noise], drafts: list[_Draft], text: str) -> None:
    """Cut page lines and banners out of the blocks they stand in; the block behind each is marked."""
    starts = [draft.at for draft in drafts]
    within: dict[int, list[Span]] = {}
    for one in noise:
        within.setdefault(bisect_right(starts, one.span[0]) - 1, []).append(one.span)
    for index, spans in within.items():
        if index >= 0:
            _cut_out(spans, drafts[index], text)


def _cut_out(places: list[Span], draft: _Draft, text: str) -> None:
    kept: list[Span] = []
    waiting = list(reversed(places))
    behind = False  # whether a page line was taken out since the last block
    gone = 0  # how far the last of them reaches
    for first, last in draft.blocks:
        at = max(first, gone)
        while waiting and waiting[-1][0] < last:
            place = waiting.pop()
            behind = _keep_block(text, draft, kept, at, min(place[0], last), behind) or True
            at = gone = max(at, place[1])
        behind = _keep_block(text, draft, kept, at, last, behind)
    draft.blocks = kept


def _keep_block(text: str, draft: _Draft, kept: list[Span], first: int, last: int, behind: bool) -> bool:
    """Keep what is left of a block; whether a page line still waits for the block behind it."""
    before = len(kept)
    _close(text, kept, first, last)
    if len(kept) == before:
        return behind
    if behind:
        draft.after_page |= {kept[-1][0]}
    return False


def _report(text: str, draft: _Draft, defects: list[Defect]) -> None:
    stop = text.index(".", text.find(")", draft.at) if text[draft.at] == "[" else draft.at)
    if draft.missing:
        first, last = draft.missing[0], draft.missing[-1]
        which = f"paragraph {first} is" if first == last else f"paragraphs {first} to {last} are"
        defects.append(Defect("missing-paragraph", f"{which} not in this copy", (draft.at, stop)))
    if draft.repaired:
        printed = text[draft.at : stop]
        damage = (
            "a digit was lost" if len(printed) < len(str(draft.number)) else "a paragraph sign was damaged"
        )
        message = f"paragraph {draft.number} is numbered {printed}: {damage}"
        defects.append(Defect("number-repaired", message, (draft.at, stop)))


def _within_reach(over: list[Reach], draft: _Draft) -> list[Reach]:
    """The passages that reach into a paragraph, by offsets in its text; those that end before are dropped."""
    first, last = draft.blocks[0][0], draft.blocks[-1][1]
    found: list[Reach] = []
    while over and over[-1][0] < last:
        start, stop, said = over.pop()
        if stop > first and (said == "quoted" or start < first or stop > last):
            found.append((max(start, first) - first, min(stop, last) - first, said))
        if stop > last:
            over.append((start, stop, said))
            break
    return found


def _within(waiting: Places, draft: _Draft) -> Places:
    """The words of voice in a paragraph, by their offsets in its text; taken from those to come."""
    if not draft.blocks:
        return []
    first, last = draft.blocks[0][0], draft.blocks[-1][1]
    while waiting and waiting[-1][0] < first:
        waiting.pop()
    found: Places = []
    while waiting and waiting[-1][0] < last:
        at, length, said = waiting.pop()
        if at + length <= last:
            found.append((at - first, length, said))
    return found


def _paragraph(
    text: str,
    draft: _Draft,
    heading: str | None,
    voice: Voice,
    said_at: Places,
    over: list[Reach],
    defects: list[Defect],
) -> Paragraph:
    mark, number = draft.mark, draft.number or None
    if not draft.blocks:
        return Paragraph(
            number or 0, draft.anchor, mark, heading, voice, "", ((draft.at, draft.text_at),), ()
        )
    if len(draft.blocks) == 1:
        place = draft.blocks[0]
        raw = text[place[0] : place[1]]
        words = join_lines(raw, text, place[0] - draft.at)
        spans: tuple[Span, ...] = (place,)
        whole: tuple[Span, ...] = ((draft.at, place[1]),)
    else:
        words, spans = _joined(text, draft, draft.blocks, defects)
        raw = text[spans[0][0] : spans[-1][1]]
        whole = ((draft.at, spans[0][1]), *spans[1:])
    voice = opening_voice(words) or voice
    if mark not in _PLAIN_MARKS and mark is not None and read_mark(mark).level is None:
        message = f"the mark {mark} of paragraph {draft.anchor} is not known"
        defects.append(Defect("unknown-marking", message, stripped(text, draft.at, draft.text_at)))
    marks = None
    if ("(" in raw and _ANY_MARK.search(raw)) or ("[" in raw and _SQUARE_MARK.search(raw)):
        marks = _inner_marks(raw)
    if marks and mark is None and (opened := _VOICE_FIRST.match(raw)) and opened.end() == marks[0][0]:
        mark = marks.pop(0)[1]  # SUMMARY: (C) The king left.
    if said_at or marks or over:
        cuts = passages(raw, voice, said_at)
        if over:
            cuts = laid_over(cuts, over)
        if len(cuts) > 1 or marks:
            parts = _parts(text, draft, spans, _cut_at(cuts, marks or [], mark))
            voice = parts[0].voice
            return Paragraph(number, draft.anchor, mark, heading, voice, words, whole, parts)
        voice = cuts[0][1]
    part = Part(mark, voice, words, spans)
    return Paragraph(number, draft.anchor, mark, heading, voice, words, whole, (part,))


def _joined(
    text: str, draft: _Draft, within: Sequence[Span], defects: list[Defect] | None
) -> tuple[str, tuple[Span, ...]]:
    """Blocks made one text: sentences cut by a page joined, lists and blocks kept; and their fragments."""
    before = ""
    words: list[str] = []  # and what stands between them
    spans: list[Span] = []
    for first, last in within:
        block = text[first:last]
        joined = join_lines(block, text, first - text.rfind("\n", 0, first) - 1)
        after_page = first in draft.after_page
        if not spans:
            words.append(joined)
        elif _cut(before, block, after_page):
            words += (" ", joined)
            if not after_page and defects is not None:  # else the page line itself is the defect
                message = f"a sentence of paragraph {draft.number} was cut in two"
                defects.append(Defect("rejoined-sentence", message, (spans[-1][1], first)))
        elif (is_list(before) and is_list(block)) or is_next_item(before, block):
            words += ("\n", joined)
        else:
            words += ("\n\n", joined)
        if after_page or not spans:
            spans.append((first, last))
        else:
            spans[-1] = (spans[-1][0], last)
        before = block
    return "".join(words), tuple(spans)


def _cut(before: str, block: str, after_page: bool) -> bool:
    """Whether a block goes on with the sentence of the one before (handbook 01, D9)."""
    if not after_page and not block[0].islower():
        return False
    if is_list(block) or ends_sentence(before.rstrip(")]")):
        return False
    return block[0].islower() or not ends_sentence(before)


def _marked_items(raw: str) -> list[re.Match[str]]:
    """What has the form of a mark at the beginning of a line, or behind `Summary:`."""
    found: list[re.Match[str]] = []
    at = 0
    while bracket := _BRACKET.search(raw, at):
        begin = raw.rfind("\n", 0, bracket.start()) + 1
        at = raw.find("\n", bracket.start())
        at = len(raw) if at < 0 else at
        places = [begin, *(one.end() for one in _BEHIND_VOICE.finditer(raw, begin, at))]
        items = [match for place in places if (match := _ITEM_MARK.match(raw, place))]
        found += [match for match in items if _MARK.match(match["mark"].strip())]
    return found


def _letter_before(raw: str, letter: str) -> int:
    """Where the letter before another one stands in parentheses: (B) of (C). The text's end if nowhere."""
    before = f"({chr(ord(letter) - 1)})"
    at = raw.find(before)
    while at >= 0:
        if (not at or raw[at - 1].isspace()) and raw[at + len(before) : at + len(before) + 1].isspace():
            return at
        at = raw.find(before, at + 1)
    return len(raw)


def _inner_marks(raw: str) -> list[tuple[int, str | None]]:
    """Marks inside a paragraph, of sub-items or of what lost its number: offset and mark.

    None where the next item of the same rank has no mark, so that the paragraph's own holds again.
    """
    found = _marked_items(raw)
    # (C) behind an item (B) is the letter of an item, and no mark
    letters = {match["mark"] for match in found if not match["label"]} & _LETTERS
    listed = {letter: _letter_before(raw, letter) for letter in letters}
    found = [
        match
        for match in found
        if match["label"] or listed.get(match["mark"], len(raw)) > match.start("item")
    ]
    marks: list[tuple[int, str | None]] = []
    for position, match in enumerate(found):
        marks.append((match.start("item"), match["mark"].strip()))
        stop = found[position + 1].start() if position + 1 < len(found) else len(raw)
        if (label := _next_label(match["label"])) and (one := label.search(raw, match.end(), stop)):
            marks.append((one.start("item"), None))
    return marks


@lru_cache(maxsize=256)
def _next_label(label: str | None) -> re.Pattern[str] | None:
    """How the item behind `A.`, `(3)` or `b)` begins; None behind a dash, for a wrap may put one first."""
    name = label.strip("().,") if label else ""
    if not label or not name.isalnum() or name in "zZ":
        return None
    following = str(int(name) + 1) if name.isdigit() else chr(ord(name) + 1)
    return re.compile(rf"\n[ \t]*(?P<item>{re.escape(label.replace(name, following))})\s")


def _cut_at(
    cuts: list[tuple[Span, Voice]], marks: list[tuple[int, str | None]], own: str | None
) -> list[tuple[Span, Voice, str | None]]:
    """The stretches cut again where a mark stands; each holds until the next. None is the paragraph's own."""
    found: list[tuple[Span, Voice, str | None]] = []
    mark = own
    waiting = marks[::-1]  # the first to come is the last
    for (begin, stop), said in cuts:
        at = begin
        while waiting and waiting[-1][0] < stop:
            place, following = waiting.pop()
            if place > at:
                found.append(((at, place), said, mark))
            at, mark = max(at, place), following or own
        if at < stop:
            found.append(((at, stop), said, mark))
    return found


def _parts(
    text: str, draft: _Draft, spans: tuple[Span, ...], cuts: list[tuple[Span, Voice, str | None]]
) -> tuple[Part, ...]:
    """The stretches of a paragraph, cut where its voice or its mark changes."""
    offset = spans[0][0]
    found = []
    for (begin, stop), said, mark in cuts:
        first, last = stripped(text, offset + begin, offset + stop)
        if first == last:
            continue
        within = tuple((max(a, first), min(b, last)) for a, b in spans if a < last and b > first)
        pieces = [stripped(text, a + p, a + q) for a, b in within for p, q in blocks(text[a:b])]
        words, _ = _joined(text, draft, pieces, None)
        found.append(Part(mark, said, words, within))
    return tuple(found)


def _heading(text: str, draft: _Draft) -> tuple[str, Span] | None:
    """The last block of a paragraph, taken from it if it is the heading of the next one."""
    first, last = draft.blocks[-1] if draft.blocks else (0, 0)
    if last - first > 2 * _LONGEST_HEADING or first == last:
        return None
    block = text[first:last]
    if block.startswith("#### "):
        draft.blocks.pop()
        return block[5:].strip(), (first + 5, last)
    if (is_list(block) and not _OVERLINE.match(block)) or (
        block[0] == "(" and not _HEADING_MARK.match(block)
    ):
        return None
    if 0 <= block.find("\n") < _FULL_LINE and not (
        block[0] == "-" or "\n-" in block or "\n=" in block or "\n_" in block or _is_wrapped_heading(block)
    ):
        return None  # a heading goes on only behind a full line; these are items of a list
    if block[:3].upper() == "END" and END_QUOTED.match(block):
        return None  # of a text quoted above
    begin, stop = first, last
    if "-" in block or "=" in block or "_" in block:
        over, under = _OVERLINE.match(block), _UNDERLINE.search(block)
        begin, stop = first + (over.end() if over else 0), first + (under.start() if under else len(block))
    title = " ".join(text[begin:stop].split())
    if not title or title[0].islower() or title[-1] in ".;," or len(title) > _LONGEST_HEADING:
        return None
    above = draft.blocks[-2] if len(draft.blocks) > 1 else None
    if above and first in draft.after_page and not ends_sentence(text[slice(*above)]):
        return None
    draft.blocks.pop()
    return title, (begin, stop)


def _is_wrapped_heading(block: str) -> bool:
    """Two lines in capitals, the first of them no short one: names and items of lists are shorter."""
    first, _, second = block.partition("\n")
    return len(first) >= _HALF_LINE and block.isupper() and "\n" not in second


def _summary_reach(text: str, drafts: Sequence[_Draft]) -> range:
    """The paragraphs from one that opens a summary to the one that ends it."""
    for index, draft in enumerate(drafts[:3]):
        if announced(text[draft.text_at : draft.text_at + 48]) != "summary":
            continue
        for further, one in enumerate(drafts[index : index + 6], index):
            if _ends_summary(text, one.text_at, one.stop):
                return range(index, further + 1)
        return range(index, index + 1)
    for index, draft in enumerate(drafts[:3]):  # its beginning is lost, or was never written
        if _ends_summary(text, draft.text_at, draft.stop):
            return range(index + 1)
    return range(0)


def _lost_headings(text: str, drafts: list[_Draft], headed: list[bool]) -> list[Defect]:
    """Gaps as wide as those with a heading in them, in a cable whose other gaps are narrower (D8)."""
    gaps: list[tuple[_Draft, _Draft]] = []
    between: set[str] = set()  # what stands in gaps without a heading
    wide: list[int] = []  # blank lines of those with one
    for before, draft, has_heading in zip(drafts, drafts[1:], headed[1:], strict=False):
        if before.blocks:
            last = before.blocks[-1][1]
            if last in before.after_page:
                continue
            if has_heading:
                wide.append(text.count("\n", last, draft.at) - 2)
            else:
                between.add(text[last : draft.at])
                gaps.append((before, draft))
    if not wide or len(between) < 2:
        return []
    blanks = [text.count("\n", before.blocks[-1][1], draft.at) - 1 for before, draft in gaps]
    if len(set(blanks)) < 2:
        return []
    usual = _commonest(wide)
    if usual <= _commonest(blanks):
        return []
    return [
        Defect(
            "missing-heading",
            f"a heading may have stood before paragraph {draft.number}",
            (before.blocks[-1][1], draft.at),
        )
        for blank, (before, draft) in zip(blanks, gaps, strict=True)
        if blank == usual and text.find("OF 0", before.blocks[-1][1], draft.at) < 0
    ]


def _commonest(counts: list[int]) -> int:
    """The count that is met most often, of several the lowest; -1 where there is none."""
    return min(set(counts), key=lambda count: (-counts.count(count), count), default=-1)


_ENDS = frozenset({"End", "END", "end", "End.", "END.", "end."})
_CUT_END = re.compile(r"[.?!]\s+(?P<end>End)\.?$", re.IGNORECASE)


def _lost_ends(text: str, paragraphs: list[Paragraph]) -> list[Defect]:
    """`End` at a paragraph's end, where `End Summary.` or `End Comment.` stood."""
    found = []
    for paragraph in paragraphs:
        words = paragraph.text
        if (words[-3:] in _ENDS or words[-4:] in _ENDS) and _CUT_END.search(words):
            stop = paragraph.spans[-1][1]
            at = text.rfind(words.rstrip(".")[-3:], 0, stop)
            message = f"paragraph {paragraph.anchor} ends in {text[at:stop]!r}: words behind it are lost"
            found.append(Defect("lost-words", message, (at, stop)))
    return found


def _signature(
    text: str,
    start: int,
    end: int,
    noise: Sequence[Noise],
    spans: MutableMapping[str, tuple[Span, ...]],
) -> tuple[int, str | None]:
    """Where the text ends, and the name below it; end marks, banners and captions stand behind both."""
    at_noise = {one.span[0] for one in noise}
    while True:
        end = _without_space(text, start, end)
        if start == end:
            return end, None
        line_at = max(text.rfind("\n", start, end) + 1, start)
        line = text[line_at:end].lstrip()
        line_first = end - len(line)
        if line in _END_MARKS or line_first in at_noise or is_banner(line) or _BEHIND_SIGNATURE.match(line):
            end = line_at
            continue
        if line.endswith("#"):
            end = line_first + len(line.rstrip("# "))
            continue
        if line.endswith("NNN") and (glued := _GLUED_END.search(line)):
            end = line_first + glued.start()
            continue
        if len(line) <= 40:
            above = _above_dashes(text, start, line_at)
            if _is_name(line, text, start, above) and _signs(line.upper(), text, start, above):
                if line[-1] == "." and not line.endswith(_SUFFIXES):
                    line = line[:-1]
                spans["/signature"] = ((line_first, line_first + len(line)),)
                return above, line
        if "END " in line and (name := _BEHIND_LAST_WORDS.search(line[-80:])):
            spans["/signature"] = ((end - len(name["name"]), end),)
            return end - len(name["name"]), name["name"]
        note = text.rfind(_NOTE_BEHIND, max(start, end - _LONGEST_NOTE), end)
        if note < 0:
            return end, None
        end = note


def _above_dashes(text: str, start: int, line_at: int) -> int:
    """Where a line begins, or the dashes above it: some drafters put them between text and name."""
    tail = text[max(start, line_at - 8) : line_at].rstrip()
    dashes = len(tail) - len(tail.rstrip("-"))
    if not dashes or tail[: len(tail) - dashes].rstrip(" ")[-1:] not in ("\n", ""):
        return line_at
    return max(start, text.rfind("\n", start, text.rindex("-", start, line_at)) + 1)


def _is_name(line: str, text: str, start: int, line_at: int) -> bool:
    """Whether a line has the form of a signer's name; small letters only apart from all other text."""
    if _SIGNATURE.fullmatch(line):
        return True
    if _TITLE_CASE.fullmatch(line):
        before = text[max(start, line_at - 80) : line_at].rstrip(" \t")
        return before.endswith("\n\n") and ends_sentence(before.rstrip())
    return line.islower() and text[start : start + 200].islower() and bool(_SIGNATURE.fullmatch(line.upper()))


def _without_space(text: str, start: int, end: int) -> int:
    """Where a stretch ends without the white space at its end."""
    while start < end:
        tail = text[max(start, end - _TAIL) : end]
        end -= len(tail) - len(bare := tail.rstrip())
        if bare:
            break
    return end


def _signs(line: str, text: str, start: int, line_at: int) -> bool:
    """Whether capitals alone on the last line are a name: behind a sentence's end or a blank line."""
    if _NO_SIGNER.intersection(line.split()):
        return False
    before = text[max(start, line_at - 80) : line_at].rstrip(" \t")
    bare = before.rstrip()
    if bare.endswith((":", "MR.", "MS.", "MRS.", "DR.")):  # a list, or a name cut by a line end
        return False
    if bare.endswith(("REGARDS,", "Regards,", "REGARDS", "Regards")):
        return True
    return before.endswith("\n\n") or not bare or ends_sentence(bare)
