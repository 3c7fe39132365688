"""The body: numbered paragraphs with marks, headings, voices and parts, and the signature below them."""

import re
from collections import Counter
from collections.abc import MutableMapping, Sequence

import msgspec

from reftel.cable import Defect, Paragraph, Part, Span, Voice
from reftel.markings import is_banner
from reftel.telegram.common.lines import Noise, stripped
from reftel.telegram.common.voices import heading_voice, opening_voice, passages
from reftel.telegram.common.wording import blocks, ends_sentence, is_list, join_lines

# 4. (C) | ¶4. (S//NF) | [1](#)4. (C) | 1. Summary: ... at the start of a line
NUMBER = re.compile(
    r"\n[ \t]*(?P<sign>¶[ ]?|\[1\]\(\#\))?(?P<number>\d{1,3})\.(?=[\s(])[ \t]*(?:\((?P<mark>[A-Za-z][^()\n]{0,40})\)[ \t]*)?"
)
_MARK = re.compile(r"(?:TS|S|C|U|SBU|LOU|FOUO|OUO)(?:\s?(?://?|-|,)\s?[A-Z][A-Z ,&-]*)*$", re.IGNORECASE)
_HEADING_MARK = re.compile(r"\((?P<mark>(?:TS|S|C|U|SBU|LOU|FOUO)(?://?[A-Z][A-Z ,]*)*)\)\s*")
_UNDERLINE = re.compile(r"\s*\n[-=_]{3,}\s*$")
_OVERLINE = re.compile(r"^[-=_]{3,}[ \t]*\n")
_SIGNATURE = re.compile(r"[A-Z][A-Z'’.-]*(?: [A-Z][A-Z'’.-]*){0,2}")
_NO_SIGNER = frozenset(
    "NNNN NNN BT UNQUOTE SIPDIS COMMENT SUMMARY END NOTE REGARDS SENSITIVE NOFORN CONFIDENTIAL SECRET".split()
)
_END_MARKS = frozenset({"NNNN", "NNN", "BT", "##", "#NNNN"})
_LONGEST_HEADING = 100
_LARGEST_GAP = 40  # a number further on than this is no paragraph's


class Body(msgspec.Struct, frozen=True):
    """What the body holds, and where it was damaged."""

    paragraphs: tuple[Paragraph, ...]
    signature: str | None
    defects: tuple[Defect, ...]


class _Start(msgspec.Struct):
    """Where a numbered paragraph starts, and what number is meant."""

    number: int
    at: int  # of the number, or of the sign before it
    text_at: int
    mark: str | None
    repaired: bool
    missing: tuple[int, ...] = ()
    enclosure: int = 0
    anchor: str = ""


def read(
    text: str, start: int, end: int, noise: Sequence[Noise], spans: MutableMapping[str, tuple[Span, ...]]
) -> Body:
    """The body of a cable between two offsets; `spans` receives those of headings and signature."""
    defects: list[Defect] = []
    end, signature = _signature(text, start, end, noise, spans)
    starts = _starts(text, start, end)
    segments = [*_unnumbered(text, start, starts[0].at if starts else end), *starts]
    ends = [one.at for one in segments[1:]] + [end] * bool(segments)
    paragraphs: list[Paragraph] = []
    gaps: list[tuple[int, int, bool, Span]] = []
    heading: tuple[str, Span] | None = None
    under: Voice | None = None  # what the last heading said of the paragraphs below it
    in_summary = _summary_reach(text, segments, ends)
    for index, (one, stop) in enumerate(zip(segments, ends, strict=True)):
        pieces = _pieces(one.text_at, stop, noise) if noise else [(one.text_at, stop)]
        words, below, gap = _wording(text, pieces, one.number, bool(ends[index + 1 :]), defects)
        if heading:
            under = heading_voice(heading[0])
            spans[f"/paragraphs/{index}/heading"] = (heading[1],)
        _report(text, one, defects)
        voice: Voice = "summary" if index in in_summary else under or "report"
        paragraphs.append(_paragraph(text, one, words, heading[0] if heading else None, voice))
        if gap is not None:
            gaps.append((index + 1, *gap))
        heading = below
    defects += _lost_headings(gaps, segments)
    defects += _lost_ends(text, paragraphs)
    return Body(tuple(paragraphs), signature, tuple(defects))


def _unnumbered(text: str, start: int, stop: int) -> list[_Start]:
    """The text before the first number, as paragraph 0; none where only a heading or nothing stands there."""
    first, last = stripped(text, start, stop)
    if first == last:
        return []
    return [_Start(0, first, first, None, False, anchor="0")]


def _starts(text: str, start: int, end: int) -> list[_Start]:
    """The numbers that begin paragraphs. Each counts on from the one before, or the number is not one.

    A paragraph sign that a mirror turned into the digit 1 makes `18.` of 8 (handbook 01, D1): what is
    expected next decides.
    """
    found: list[_Start] = []
    expected, enclosure, outer = 1, 0, 1
    candidates = list(NUMBER.finditer(text, max(0, start - 1), end))
    for position, match in enumerate(candidates):
        printed = match["number"]
        value = int(printed)
        at = match.start("sign") if match["sign"] else match.start("number")
        mark = match["mark"]
        if mark is not None and not _MARK.match(mark.strip()):
            mark = None
        text_at = match.end() if mark or match["mark"] is None else match.end("number") + 1
        apart = _blank_before(text, match.start())
        repaired = match["sign"] is not None
        missing: tuple[int, ...] = ()
        if value != expected or not (apart or mark or not found):
            if printed[0] == "1" and printed[1:] == str(expected):
                value, repaired = expected, True
            elif enclosure and value == outer and apart:
                enclosure, expected = 0, outer
            elif expected < value <= expected + _LARGEST_GAP and (apart or mark):
                missing = tuple(range(expected, value))
            elif value == 1 and expected > 2 and apart and _counts_on(candidates, position):
                outer = outer if enclosure else expected
                enclosure = max((one.enclosure for one in found), default=0) + 1
            elif value != expected:
                continue
        anchor = f"enc{enclosure}.{value}" if enclosure else str(value)
        found.append(
            _Start(value, at, text_at, mark.strip() if mark else None, repaired, missing, enclosure, anchor)
        )
        expected = value + 1
    return found


def _counts_on(candidates: list[re.Match[str]], position: int) -> bool:
    return position + 1 < len(candidates) and candidates[position + 1]["number"] == "2"


def _blank_before(text: str, newline: int) -> bool:
    """Whether the line that ends at `newline` is blank, or there is none."""
    return not text[text.rfind("\n", 0, newline) + 1 : newline].strip()


def _report(text: str, one: _Start, defects: list[Defect]) -> None:
    if not (one.missing or one.repaired):
        return
    stop = text.index(".", text.find(")", one.at) if text[one.at] == "[" else one.at)
    for number in one.missing[:1]:
        last = one.missing[-1]
        which = f"paragraph {number} is" if number == last else f"paragraphs {number} to {last} are"
        defects.append(Defect("missing-paragraph", f"{which} not in this copy", (one.at, stop)))
    if one.repaired:
        message = f"paragraph {one.number} is numbered {text[one.at : stop]}: a paragraph sign was damaged"
        defects.append(Defect("number-repaired", message, (one.at, stop)))


def _pieces(start: int, stop: int, noise: Sequence[Noise]) -> list[Span]:
    """The range without the page lines and banners inside it."""
    pieces = []
    for one in noise:
        if start <= one.span[0] < stop:
            pieces.append((start, one.span[0]))
            start = one.span[1]
    pieces.append((start, stop))
    return pieces


class _Words(msgspec.Struct):
    """A paragraph's words, the fragments they stand in, and where blank lines were healed."""

    text: str
    spans: list[Span]
    whole: bool  # one fragment, one block: offsets into it are offsets into the text


def _wording(
    text: str, pieces: list[Span], number: int, followed: bool, defects: list[Defect]
) -> tuple[_Words, tuple[str, Span] | None, tuple[int, bool, Span] | None]:
    """A paragraph's words out of its pieces, the heading that stands behind it, and the gap behind it.

    The gap is (blank lines, whether a heading stands in it, its place); None where a page line is in it.
    """
    parts: list[tuple[Span, bool]] = []  # a block's place, and whether a page break stands before it
    for order, (start, stop) in enumerate(pieces):
        for index, (first, last) in enumerate(blocks(text[start:stop])):
            place = stripped(text, start + first, start + last)
            if place[0] < place[1]:
                parts.append((place, order > 0 and index == 0))
    heading = None
    gap: tuple[int, bool, Span] | None = None
    end = pieces[-1][1]
    if followed and parts:
        heading = _heading(text, parts)
        if heading:
            parts.pop()
        last = parts[-1][0][1] if parts else pieces[0][0]
        if len(pieces) == 1 and "\n" in text[last:end]:
            newlines = text.count("\n", last, end)
            gap = (newlines - (2 if heading else 1) + (text[end] != "\n"), heading is not None, (last, end))
    return _joined(text, parts, number, defects), heading, gap


def _joined(text: str, parts: list[tuple[Span, bool]], number: int, defects: list[Defect]) -> _Words:
    """The blocks of a paragraph made one text: sentences cut by a page joined, lists and blocks kept."""
    if not parts:
        return _Words("", [], True)
    words = ""
    spans: list[list[int]] = []
    before = ""
    for (first, last), after_page in parts:
        block = text[first:last]
        joined = join_lines(block, text)
        if not words:
            words = joined
        elif _cut(before, block, after_page):
            words = f"{words} {joined}"
            if not after_page:  # else the page line itself is the defect
                message = f"a sentence of paragraph {number} was cut in two"
                defects.append(Defect("rejoined-sentence", message, (spans[-1][1], first)))
        elif is_list(before.rsplit("\n", 1)[-1]) and is_list(block):
            words = f"{words}\n{joined}"
        else:
            words = f"{words}\n\n{joined}"
        if after_page or not spans:
            spans.append([first, last])
        else:
            spans[-1][1] = last
        before = block
    return _Words(words, [(first, last) for first, last in spans], len(parts) == 1)


def _cut(before: str, block: str, after_page: bool) -> bool:
    """Whether a block goes on with the sentence of the one before (handbook 01, D9)."""
    if is_list(block) or ends_sentence(before.rstrip(")]")):
        return False
    if block[0].islower():
        return True
    return after_page and not ends_sentence(before)


def _heading(text: str, parts: list[tuple[Span, bool]]) -> tuple[str, Span] | None:
    """The last block, if it is the heading of the paragraph that follows; it is only looked at there."""
    (first, last), after_page = parts[-1]
    if len(parts) < 2 and not text.startswith("#### ", first) and last - first > _LONGEST_HEADING:
        return None
    block = text[first:last]
    if block.startswith("#### "):
        return block[5:].strip(), (first + 5, last)
    if len(block) > 2 * _LONGEST_HEADING or is_list(block) or block.startswith("("):
        marked = _HEADING_MARK.match(block)
        if marked is None or len(block) > 2 * _LONGEST_HEADING:
            return None
    over, under = _OVERLINE.match(block), _UNDERLINE.search(block)
    inner = (first + (over.end() if over else 0), first + (under.start() if under else len(block)))
    title = " ".join(text[inner[0] : inner[1]].split())
    if not title or title[0].islower() or title[-1] in ".;," or len(title) > _LONGEST_HEADING:
        return None
    if len(parts) == 1:
        return None
    previous = text[parts[-2][0][0] : parts[-2][0][1]]
    if after_page and not ends_sentence(previous):
        return None
    return title, inner


def _paragraph(text: str, one: _Start, words: _Words, heading: str | None, voice: Voice) -> Paragraph:
    opening = opening_voice(words.text)
    spans = tuple(words.spans) or ((one.at, one.text_at),)
    parts = _parts(text, one, words, opening or voice)
    full = ((min(one.at, spans[0][0]), spans[0][1]), *spans[1:])
    return Paragraph(
        number=one.number if one.anchor != "0" else None,
        anchor=one.anchor,
        marking=one.mark,
        heading=heading,
        voice=parts[0].voice if parts else opening or voice,
        text=words.text,
        spans=full,
        parts=parts,
    )


def _parts(text: str, one: _Start, words: _Words, voice: Voice) -> tuple[Part, ...]:
    """The stretches of a paragraph, cut where its voice changes."""
    if not words.text:
        return ()
    first, last = words.spans[0][0], words.spans[-1][1]
    raw = text[first:last]
    cuts = passages(raw, voice)
    if len(cuts) == 1:
        return (Part(one.mark, cuts[0][1], words.text, tuple(words.spans)),)
    found = []
    for (begin, stop), said in cuts:
        place = stripped(text, first + begin, first + stop)
        within = tuple(
            (max(span[0], place[0]), min(span[1], place[1]))
            for span in words.spans
            if span[0] < place[1] and span[1] > place[0]
        )
        scrap: list[Defect] = []  # already reported for the whole paragraph
        inner = [
            (stripped(text, a + p, a + q), index > 0 and p == 0)
            for index, (a, b) in enumerate(within)
            for p, q in blocks(text[a:b])
        ]
        joined = _joined(text, inner, one.number, scrap)
        found.append(Part(one.mark, said, joined.text, within))
    return tuple(found)


def _summary_reach(text: str, segments: list[_Start], ends: list[int]) -> set[int]:
    """The paragraphs between one that opens a summary and one that ends it."""
    for index, one in enumerate(segments[:3]):
        if opening_voice(text[one.text_at : one.text_at + 48]) != "summary":
            continue
        for further in range(index, min(index + 6, len(segments))):
            if re.search(r"end\s+(?:of\s+)?summary", text[segments[further].text_at : ends[further]], re.IGNORECASE):
                return set(range(index, further + 1))
        return {index}
    return set()


def _lost_headings(
    gaps: list[tuple[int, int, bool, Span]], segments: list[_Start]
) -> list[Defect]:
    """Gaps as wide as those with a heading in them, in a cable whose other gaps are narrower (D8)."""
    headed = Counter(blank for _, blank, has, _ in gaps if has)
    plain = Counter(blank for _, blank, has, _ in gaps if not has)
    if not headed or len(plain) < 2:
        return []
    usual, wide = plain.most_common(1)[0][0], headed.most_common(1)[0][0]
    if wide <= usual:
        return []
    return [
        Defect("missing-heading", f"a heading may have stood before paragraph {segments[index].number}", place)
        for index, blank, has, place in gaps
        if not has and blank == wide
    ]


_CUT_END = re.compile(r"[.?!]\s+(?P<end>End)\.?$", re.IGNORECASE)


def _lost_ends(text: str, paragraphs: list[Paragraph]) -> list[Defect]:
    """`End` at a paragraph's end, where `End Summary.` or `End Comment.` stood."""
    found = []
    for paragraph in paragraphs:
        if paragraph.text[-4:].rstrip(".")[-3:].lower() == "end" and _CUT_END.search(paragraph.text):
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
        if line in _END_MARKS or line_first in at_noise or is_banner(line):
            end = line_at
            continue
        if len(line) <= 40 and _SIGNATURE.fullmatch(line) and _signs(line, text, start, line_at):
            spans["/signature"] = ((line_first, end),)
            return line_at, line
        return end, None


def _signs(line: str, text: str, start: int, line_at: int) -> bool:
    """Whether capitals alone on the last line are a name: behind a sentence's end or a blank line."""
    if _NO_SIGNER.intersection(line.split()):
        return False
    before = text[start:line_at]
    return _blank_before(before, len(before) - 1) or ends_sentence(before[-80:])
