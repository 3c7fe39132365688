"""The body: numbered paragraphs with marks, headings, voices and parts, and the signature below them."""

import re
from bisect import bisect_right
from collections.abc import MutableMapping, Sequence

import msgspec

from reftel.cable import Defect, Paragraph, Part, Span, Voice
from reftel.markings import is_banner
from reftel.telegram.common.lines import Noise, stripped
from reftel.telegram.common.voices import Places, heading_voice, opening_voice, passages, places
from reftel.telegram.common.wording import blocks, ends_sentence, is_list, join_lines

# What parts a body: a blank line, a paragraph number at the start of a line, or both.
# 4. (C) | ¶4. (S//NF) | [1](#)4. (C) | 1. Summary: ...
_BREAK = re.compile(
    r"""
    \n (?= [\s\d¶\[] )                                   # nearly all lines begin otherwise
    (?: [ \t\r\xa0]* \n \s* | (?= [ \t]* [\d¶\[] ) )
    (?: [ \t]*
        (?P<sign> ¶[ ]? | \[1\]\(\#\) )?
        (?P<number> \d{1,3} ) \. (?= [\s(] ) [ \t]*
        (?: \( (?P<mark> [A-Za-z] [^()\n]{0,40} ) \) [ \t]* )?
    )?
    """,
    re.VERBOSE,
)
_MARK = re.compile(r"(?:TS|S|C|U|SBU|LOU|FOUO|OUO)(?:\s?(?://?|-|,)\s?[A-Z][A-Z ,&-]*)*$", re.IGNORECASE)
_PLAIN_MARKS = frozenset({"C", "U", "S", "SBU", "S/NF", "C/NF", "S//NF", "C//NF", "TS", "LOU"})
# -- (S) A point | a. (C) An item | 2 (S) a number that lost its stop | Summary: (SBU) | (S) at a line's start
_INNER_MARK = re.compile(
    r"(?:^|\n|(?<=ummary[.:])|(?<=UMMARY[.:])|(?<=omment[.:])|(?<=OMMENT[.:]))[ \t\r]*"
    r"(?P<item>(?:[-*•·]{1,2}|\d{1,3}[.,)]?|[A-Za-z][.)]|\([A-Za-z0-9]\))?[ \t]*"
    r"\((?P<mark>(?:TS|SBU|S|C|U|LOU|FOUO|OUO)(?:[ ]?[-/,][^()\n]{0,30})?)\))[ \t]"
)
_ANY_MARK = re.compile(r"\((?:TS|SBU|S|C|U|LOU|FOUO|OUO)[ )/,-]")
_HEADING_MARK = re.compile(r"\((?P<mark>(?:TS|S|C|U|SBU|LOU|FOUO)(?://?[A-Z][A-Z ,]*)*)\)\s*")
_UNDERLINE = re.compile(r"\s*\n[-=_]{3,}\s*$")
_OVERLINE = re.compile(r"^[-=_]{3,}[ \t]*\n")
_END_OF_SUMMARY = re.compile(r"nd\s+(?:of\s+)?[Ss]ummary|ND\s+(?:OF\s+)?SUMMARY")
_ENDS_OF_SUMMARY = ("End summary", "End Summary", "END SUMMARY")  # nearly all; found much quicker
_SIGNATURE = re.compile(r"(?:Mc|Mac)?[A-Z][A-Z'’./-]*(?: (?:Mc|Mac)?[A-Z][A-Z'’.-]*){0,2}")
_BEHIND_SIGNATURE = re.compile(r"#\d{1,4}$|SIPDIS$|NOTE BY \w|N N N N$|[\x00-\x1f]+$|-+$")
_NO_SIGNER = frozenset(
    {"NNNN", "NNN", "BT", "UNQUOTE", "SIPDIS", "COMMENT", "SUMMARY", "END", "NOTE", "REGARDS", "SENSITIVE"}
)
_END_MARKS = frozenset({"NNNN", "NNN", "BT", "##", "#NNNN"})
_SPACE = " \t\r\n\f\v\xa0"
_LONGEST_HEADING = 100
_FULL_LINE = 40  # characters at least
_LARGEST_GAP = 40  # a number further on than this is no paragraph's
_NONE_MISSING = range(0)
_TAIL = 80  # characters looked at at once
_NONE_SAID: Places = []


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
        paragraphs.append(_paragraph(text, draft, above[0] if above else None, voice, words, defects))
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
    matches = list(_BREAK.finditer(text, line if indented else start, end))
    draft = _Draft(0, "0", start, start, [])
    drafts = [draft]
    expected, enclosure, outer, enclosures = 1, 0, 1, 0
    marked = False  # whether the enclosure's numbers have marks
    block = start
    for position, match in enumerate(matches):
        sign, printed, mark = match.groups()
        begin, text_at = match.span()
        if printed is None:
            if text_at > begin + 1:  # a blank line
                _close(text, draft.blocks, block, begin)
                block = text_at
            continue
        value = int(printed)
        at = match.start("sign") if sign else match.start("number")
        if mark is not None and mark not in _PLAIN_MARKS and not _MARK.match(mark.strip()):
            mark, text_at = None, match.end("number") + 1
        repaired, missing = sign is not None and sign[0] != "¶", _NONE_MISSING
        if enclosure or value != expected or mark is None:  # else nothing is in doubt
            apart = "\n" in text[begin + 1 : at] or not text[text.rfind("\n", 0, begin) + 1 : begin].strip()
            if enclosure and value == outer and apart and (value != expected or marked != bool(mark)):
                enclosure, expected = 0, outer
            follows = apart or mark or expected == 1 or _ends_line(text, begin)
            if value != expected or not (follows or _counts_on(matches, position, value)):
                if printed[0] == "1" and printed[1:] == str(expected) and (apart or mark):
                    value, repaired = expected, True
                elif expected < value <= expected + _LARGEST_GAP and (
                    apart or mark or (_ends_line(text, begin) and _counts_on(matches, position, value))
                ):
                    missing = range(expected, value)
                elif value == 1 and apart and _begins_enclosure(draft, expected, mark, matches, position):
                    outer = outer if enclosure else expected
                    enclosures += 1
                    enclosure, marked = enclosures, bool(mark)
                else:
                    if "\n" in text[begin + 1 : at]:
                        _close(text, draft.blocks, block, begin)
                        block = at
                    continue
        _close(text, draft.blocks, block, begin)
        draft.stop = at
        anchor = f"enc{enclosure}.{value}" if enclosure else str(value)
        draft = _Draft(value, anchor, at, text_at, [], mark and mark.strip(), repaired, missing)
        drafts.append(draft)
        block = text_at
        expected = value + 1
    _close(text, draft.blocks, block, end)
    draft.stop = end
    return drafts if drafts[0].blocks else drafts[1:]


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


def _begins_enclosure(
    before: _Draft, expected: int, mark: str | None, matches: list[re.Match[str]], position: int
) -> bool:
    """Whether a 1 begins the numbers of an enclosed text: a 2 follows it, and it is not the cable's own."""
    own = expected > 2 or (expected == 2 and before.mark is not None and mark is None)
    return own and _counts_on(matches, position, 1)


def _counts_on(matches: list[re.Match[str]], position: int, value: int) -> bool:
    """Whether the next number behind a match is the one after `value`."""
    following = (match["number"] for match in matches[position + 1 : position + 40])
    return next((number for number in following if number), None) == str(value + 1)


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
    for first, last in draft.blocks:
        at = first
        while waiting and waiting[-1][0] < last:
            place = waiting.pop()
            behind = _keep_block(text, draft, kept, at, min(place[0], last), behind) or True
            at = max(at, place[1])
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
        message = (
            f"paragraph {draft.number} is numbered {text[draft.at : stop]}: a paragraph sign was damaged"
        )
        defects.append(Defect("number-repaired", message, (draft.at, stop)))


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
    text: str, draft: _Draft, heading: str | None, voice: Voice, said_at: Places, defects: list[Defect]
) -> Paragraph:
    if not draft.blocks:
        return Paragraph(
            draft.number, draft.anchor, draft.mark, heading, voice, "", ((draft.at, draft.text_at),), ()
        )
    if len(draft.blocks) == 1:
        first, last = draft.blocks[0]
        raw = text[first:last]
        words = join_lines(raw, text, first - draft.at)
        spans: tuple[Span, ...] = (draft.blocks[0],)
    else:
        words, spans = _joined(text, draft, draft.blocks, defects)
        first, last = spans[0][0], spans[-1][1]
        raw = text[first:last]
    voice = opening_voice(words) or voice
    mark, number = draft.mark, draft.number or None
    whole = ((draft.at, spans[0][1]), *spans[1:])
    marks = _inner_marks(raw) if "(" in raw and _ANY_MARK.search(raw) else None
    if said_at or marks:
        cuts = passages(raw, voice, said_at)
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
    words: list[str] = []  # put together at the end: a paragraph may have thousands of blocks
    before = ""
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
        elif is_list(before) and is_list(block):
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
    if is_list(block) or ends_sentence(before.rstrip(")]")):
        return False
    return block[0].islower() or (after_page and not ends_sentence(before))


def _inner_marks(raw: str) -> list[tuple[int, str]]:
    """Marks inside a paragraph, of sub-items or of what lost its number: offset and mark."""
    found = (
        (match.start("item"), match["mark"].strip())
        for match in _INNER_MARK.finditer(raw)
        if _MARK.match(match["mark"].strip()) and not _enumerates(raw, match)
    )
    return list(found)


def _enumerates(raw: str, match: re.Match[str]) -> bool:
    """Whether a `(C)` is the third item of an enumeration: the letter before it stands above."""
    mark = match["mark"]
    return len(mark) == 1 and raw.find(f"({chr(ord(mark) - 1)})", 0, match.start("mark")) >= 0


def _cut_at(
    cuts: list[tuple[Span, Voice]], marks: list[tuple[int, str]], mark: str | None
) -> list[tuple[Span, Voice, str | None]]:
    """The stretches cut again where a mark stands; each mark holds until the next."""
    found: list[tuple[Span, Voice, str | None]] = []
    waiting = list(marks)
    for (begin, stop), said in cuts:
        at = begin
        while waiting and waiting[0][0] < stop:
            place, following = waiting.pop(0)
            if place > at:
                found.append(((at, place), said, mark))
            at, mark = max(at, place), following
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
    if 0 <= block.find("\n") < _FULL_LINE and not (block[0] == "-" or "\n-" in block or "\n=" in block):
        return None  # a heading goes on only behind a full line; these are items of a list
    begin, stop = first, last
    if "-" in block or "=" in block or "_" in block:
        over, under = _OVERLINE.match(block), _UNDERLINE.search(block)
        begin, stop = first + (over.end() if over else 0), first + (under.start() if under else len(block))
    title = " ".join(text[begin:stop].split())
    if not title or title[0].islower() or title[-1] in ".;," or len(title) > _LONGEST_HEADING:
        return None
    if first in draft.after_page and not ends_sentence(text[slice(*draft.blocks[-2])]):
        return None
    draft.blocks.pop()
    return title, (begin, stop)


def _summary_reach(text: str, drafts: Sequence[_Draft]) -> range:
    """The paragraphs from one that opens a summary to the one that ends it."""
    for index, draft in enumerate(drafts[:3]):
        if opening_voice(text[draft.text_at : draft.text_at + 48]) != "summary":
            continue
        for further in range(index, min(index + 6, len(drafts))):
            words = text[drafts[further].text_at : drafts[further].stop]
            if any(mark in words for mark in _ENDS_OF_SUMMARY) or _END_OF_SUMMARY.search(words):
                return range(index, further + 1)
        return range(index, index + 1)
    return range(0)


def _lost_headings(text: str, drafts: list[_Draft], headed: list[bool]) -> list[Defect]:
    """Gaps as wide as those with a heading in them, in a cable whose other gaps are narrower (D8)."""
    plain: list[int] = []  # blank lines of gaps without a heading
    wide: list[int] = []
    gaps: list[tuple[int, _Draft, _Draft]] = []
    for before, draft, has_heading in zip(drafts, drafts[1:], headed[1:], strict=False):
        if before.blocks and before.blocks[-1][1] not in before.after_page:
            blank = text.count("\n", before.blocks[-1][1], draft.at)
            if has_heading:
                wide.append(blank - 2)
            else:
                plain.append(blank - 1)
                gaps.append((blank - 1, before, draft))
    if not wide or plain.count(plain[0] if plain else 0) == len(plain):
        return []
    usual = _commonest(wide)
    if usual <= _commonest(plain):
        return []
    return [
        Defect(
            "missing-heading",
            f"a heading may have stood before paragraph {draft.number}",
            (before.blocks[-1][1], draft.at),
        )
        for blank, before, draft in gaps
        if blank == usual and text.find("OF 0", before.blocks[-1][1], draft.at) < 0
    ]


def _commonest(counts: list[int]) -> int:
    """The count that is met most often, of several the lowest; -1 where there is none."""
    return min(set(counts), key=lambda count: (-counts.count(count), count), default=-1)


_ENDS = ("End", "END", "end", "End.", "END.", "end.")
_CUT_END = re.compile(r"[.?!]\s+(?P<end>End)\.?$", re.IGNORECASE)


def _lost_ends(text: str, paragraphs: list[Paragraph]) -> list[Defect]:
    """`End` at a paragraph's end, where `End Summary.` or `End Comment.` stood."""
    found = []
    for paragraph in paragraphs:
        if paragraph.text.endswith(_ENDS) and _CUT_END.search(paragraph.text):
            stop = paragraph.spans[-1][1]
            at = text.lower().rfind("end", 0, stop)
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
        if len(line) <= 40 and _SIGNATURE.fullmatch(line) and _signs(line, text, start, line_at):
            spans["/signature"] = ((line_first, end),)
            return line_at, line
        return end, None


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
    return before.endswith("\n\n") or not bare or ends_sentence(bare)
