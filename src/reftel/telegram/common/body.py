"""The body: numbered paragraphs with marks, headings, voices and parts, and the signature below them."""

import re
from bisect import bisect_right
from collections.abc import MutableMapping, Sequence

import msgspec

from reftel.cable import Defect, Paragraph, Part, Span, Voice
from reftel.markings import is_banner
from reftel.telegram.common.lines import Noise, stripped
from reftel.telegram.common.voices import heading_voice, opening_voice, passages
from reftel.telegram.common.wording import blocks, ends_sentence, is_list, join_lines

# What parts a body: a blank line, a paragraph number at the start of a line, or both.
# 4. (C) | ¶4. (S//NF) | [1](#)4. (C) | 1. Summary: ...
_BREAK = re.compile(
    r"""
    \n (?: [ \t\r\xa0]* \n \s* | (?= [ \t]* [\d¶\[] ) )
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


class Body(msgspec.Struct, frozen=True):
    """What the body holds, and where it was damaged."""

    paragraphs: tuple[Paragraph, ...]
    signature: str | None
    defects: tuple[Defect, ...]


class _Draft:
    """A paragraph while it is being read: its number and the blocks of text below it."""

    __slots__ = (
        "after_page",
        "anchor",
        "at",
        "blocks",
        "mark",
        "missing",
        "number",
        "repaired",
        "stop",
        "text_at",
    )

    def __init__(self, number: int, anchor: str, at: int, text_at: int) -> None:
        self.number = number
        self.anchor = anchor
        self.at = at  # of the number, or of the sign before it
        self.text_at = text_at
        self.stop = text_at  # where the next one begins
        self.mark: str | None = None
        self.repaired = False
        self.missing: range = range(0)
        self.blocks: list[Span] = []
        self.after_page: set[int] = set()  # starts of blocks that a page line stands before


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
        paragraphs.append(_paragraph(text, draft, above[0] if above else None, voice, defects))
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
    draft = _Draft(0, "0", start, start)
    drafts = [draft]
    expected, enclosure, outer, enclosures = 1, 0, 1, 0
    marked = False  # whether the enclosure's numbers have marks
    block = start
    for position, match in enumerate(matches):
        sign, printed, mark = match.groups()
        begin = match.start()
        if printed is None:
            if match.end() > begin + 1:  # a blank line
                _close(text, draft.blocks, block, begin)
                block = match.end()
            continue
        value = int(printed)
        at = match.start("sign") if sign else match.start("number")
        apart = "\n" in text[begin + 1 : at] or not text[text.rfind("\n", 0, begin) + 1 : begin].strip()
        if mark is not None and mark not in _PLAIN_MARKS and not _MARK.match(mark.strip()):
            mark = None
            text_at = match.end("number") + 1
        else:
            text_at = match.end()
        repaired, missing = sign is not None and sign[0] != "¶", range(0)
        if enclosure and value == outer and apart and (value != expected or marked != bool(mark)):
            enclosure, expected = 0, outer
        if value != expected or not (
            apart or mark or expected == 1 or _ends_line(text, begin) or _counts_on(matches, position, value)
        ):
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
                if match.end("number") and "\n" in text[begin + 1 : at]:
                    _close(text, draft.blocks, block, begin)
                    block = at
                continue
        _close(text, draft.blocks, block, begin)
        draft.stop = at
        draft = _Draft(value, f"enc{enclosure}.{value}" if enclosure else str(value), at, text_at)
        draft.mark, draft.repaired, draft.missing = mark and mark.strip(), repaired, missing
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
    for index, places in within.items():
        if index >= 0:
            _cut_out(places, drafts[index], text)


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
        draft.after_page.add(kept[-1][0])
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


def _paragraph(
    text: str, draft: _Draft, heading: str | None, voice: Voice, defects: list[Defect]
) -> Paragraph:
    if not draft.blocks:
        return Paragraph(
            draft.number, draft.anchor, draft.mark, heading, voice, "", ((draft.at, draft.text_at),), ()
        )
    if len(draft.blocks) == 1:
        first, last = draft.blocks[0]
        words = join_lines(text[first:last], text, first - text.rfind("\n", 0, first) - 1)
        spans: tuple[Span, ...] = (draft.blocks[0],)
    else:
        words, spans = _joined(text, draft, draft.blocks, defects)
        first, last = spans[0][0], spans[-1][1]
    said = opening_voice(words) or voice
    mark = draft.mark
    raw = text[first:last]
    cuts = passages(raw, said)
    marks = _inner_marks(raw)
    if len(cuts) == 1 and not marks:
        said = cuts[0][1]
        parts: tuple[Part, ...] = (Part(mark, said, words, spans),)
    else:
        parts = _parts(text, draft, spans, _cut_at(cuts, marks, mark))
        said = parts[0].voice
    whole = ((draft.at, spans[0][1]), *spans[1:])
    number = draft.number or None
    return Paragraph(number, draft.anchor, mark, heading, said, words, whole, parts)


def _joined(
    text: str, draft: _Draft, within: Sequence[Span], defects: list[Defect] | None
) -> tuple[str, tuple[Span, ...]]:
    """Blocks made one text: sentences cut by a page joined, lists and blocks kept; and their fragments."""
    words = before = ""
    spans: list[Span] = []
    for first, last in within:
        block = text[first:last]
        joined = join_lines(block, text, first - text.rfind("\n", 0, first) - 1)
        after_page = first in draft.after_page
        if not spans:
            words = joined
        elif _cut(before, block, after_page):
            words = f"{words} {joined}"
            if not after_page and defects is not None:  # else the page line itself is the defect
                message = f"a sentence of paragraph {draft.number} was cut in two"
                defects.append(Defect("rejoined-sentence", message, (spans[-1][1], first)))
        elif is_list(before) and is_list(block):
            words = f"{words}\n{joined}"
        else:
            words = f"{words}\n\n{joined}"
        if after_page or not spans:
            spans.append((first, last))
        else:
            spans[-1] = (spans[-1][0], last)
        before = block
    return words, tuple(spans)


def _cut(before: str, block: str, after_page: bool) -> bool:
    """Whether a block goes on with the sentence of the one before (handbook 01, D9)."""
    if is_list(block) or ends_sentence(before.rstrip(")]")):
        return False
    return block[0].islower() or (after_page and not ends_sentence(before))


def _inner_marks(raw: str) -> list[tuple[int, str]]:
    """Marks inside a paragraph, of sub-items or of what lost its number: offset and mark."""
    if not _ANY_MARK.search(raw):
        return []
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
    over, under = _OVERLINE.match(block), _UNDERLINE.search(block)
    place = (first + (over.end() if over else 0), first + (under.start() if under else len(block)))
    title = " ".join(text[slice(*place)].split())
    if not title or title[0].islower() or title[-1] in ".;," or len(title) > _LONGEST_HEADING:
        return None
    if first in draft.after_page and not ends_sentence(text[slice(*draft.blocks[-2])]):
        return None
    draft.blocks.pop()
    return title, place


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
    gaps: list[tuple[int, bool, int, Span]] = []
    for before, draft, has_heading in zip(drafts, drafts[1:], headed[1:], strict=False):
        if before.blocks and before.blocks[-1][1] not in before.after_page:
            last = before.blocks[-1][1]
            blank = text.count("\n", last, draft.at) - (2 if has_heading else 1)
            gaps.append((blank, has_heading, draft.number, (last, draft.at)))
    plain = [blank for blank, has_heading, _, _ in gaps if not has_heading]
    if len(set(plain)) < 2:
        return []
    wide = _commonest([blank for blank, has_heading, _, _ in gaps if has_heading])
    if wide <= _commonest(plain):
        return []
    return [
        Defect("missing-heading", f"a heading may have stood before paragraph {number}", place)
        for blank, has_heading, number, place in gaps
        if not has_heading and blank == wide and "OF 0" not in text[slice(*place)]
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
        first, end = stripped(text, start, end)
        if first == end:
            return end, None
        line_at = max(text.rfind("\n", start, end) + 1, first)
        line_first, _ = stripped(text, line_at, end)
        line = text[line_first:end]
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


def _signs(line: str, text: str, start: int, line_at: int) -> bool:
    """Whether capitals alone on the last line are a name: behind a sentence's end or a blank line."""
    if _NO_SIGNER.intersection(line.split()):
        return False
    before = text[max(start, line_at - 80) : line_at].rstrip(" \t")
    bare = before.rstrip()
    if bare.endswith((":", "MR.", "MS.", "MRS.", "DR.")):  # a list, or a name cut by a line end
        return False
    return before.endswith("\n\n") or not bare or ends_sentence(bare)
