"""Several cables in one file: where one ends and the next begins.

A file is cut only where the signs are clear: an end mark, a form feed or a ruled line, and right behind it
the head of another telegram; or a relay's channel line behind a signature. Sections of one message are one
cable, and so is a telegram that is quoted in another. What may be a second cable but has no clear sign stays
in the one record, with a defect (docs/formats/plain.md).
"""

import re
from bisect import bisect
from collections.abc import Iterator, Sequence

import msgspec

from reftel.cable import Span

_LINE = re.compile(
    r"""
    ^ (?P<feed> [ \t]*\f[ \t\f]* )?
    (?: [ \t]*
        (?: (?P<end>     \#?N{3,4} (?=[ \t\r]*$) )
        |   (?P<rule>    [-=_*~\#]{10,} (?=[ \t\r]*$) )
        |   (?P<channel> VZCZC[A-Z]{3}\d )
        |   (?P<page>    PAGE[ ]0?1[ ]+[A-Z] )
        |   (?P<form>    MRN:[ \t]*\S )
        |   (?P<group>   [ZOPRY]{1,2}(?:[ ][ZOPR]){0,3}[ ]\d{6}Z[ ][A-Z]{3}[ ]\d\d )
        |   (?P<sender>  FM[ ]+[A-Z]{2} )
        |   (?P<level>   (?:UNCLAS|CONFIDENTIAL|SECRET|TOP[ ]SECRET|LIMITED[ ]OFFICIAL[ ]USE
                         |C[ ]O[ ]N[ ]F|S[ ]E[ ]C[ ]R|T[ ]O[ ]P) (?=[^\n]{0,100}?[A-Z][ ]+\d{1,8}\b) )
        )
    |   (?P<blank>(?<=\f)) )
    """,
    re.VERBOSE | re.MULTILINE,
)
_NUMBER = re.compile(
    r"(?P<station>[A-Z][A-Z.'-]*) +(?P<serial>\d{1,8})\b"
)  # the last word of the post will do
_SECTION = re.compile(r"SECTION +(?P<section>\d\d?) +OF +\d\d?")
_LABEL = re.compile(r"^[ \t]*(?:SUBJ(?:ECT)?:|TAGS?:|E\.?O\.? ?\d{5})", re.MULTILINE)
_QUOTE = re.compile(
    r"\b(?P<word>BEGIN|Begin|begin|END|End|end)(?: OF| of)? (?:UN)?"
    r"(?:TEXT|Text|text|QUOTE|Quote|quote|MESSAGE|message|CABLE|cable|TELEGRAM|telegram)\b"
)
_SIGNATURE = re.compile(r"[A-Z][A-Z'’-]+(?: [A-Z][A-Z'’.-]*){0,2}|BT|#\d{4}")
_RANK = {"channel": 0, "page": 0, "form": 0, "group": 1, "sender": 2, "level": 3}
_HEAD = 8_000  # characters from a telegram's first line to its classification line, at most
_BETWEEN = 300  # characters of banners and blank lines between an end mark and the next head
_SHORTEST = 80  # characters of the shortest cable
_BLOCK = 2_000  # characters from a classification line to TAGS and SUBJECT


class Bundle(msgspec.Struct, frozen=True):
    """Where further cables begin in a text, always at the start of a line."""

    cuts: tuple[int, ...] = ()
    doubtful: Span | None = None  # the first line that may begin a second cable, without a clear sign


class _Head(msgspec.Struct):
    """The head of a telegram: its lines' kinds, what they tell of its number, what stands before it."""

    at: int
    line_end: int
    rank: int
    kinds: set[str]
    cut: int | None  # where to cut, if an end stands before it
    number: tuple[str, int] | None = None
    section: int | None = None
    group: str | None = None


def look(text: str) -> Bundle:
    """Where to cut a file that may hold several cables. One pass, whatever the text."""
    if not _may_hold_more(text):
        return Bundle()
    heads = [head for head in _heads(text) if _is_whole(text, head)]
    if len(heads) < 2:
        return Bundle()
    quotes = _quotes(text)
    cuts: list[int] = []
    doubtful: Span | None = None
    before = heads[0]
    for head in heads[1:]:
        if _same_message(before, head):
            before.section = head.section or before.section
        elif _is_quoted(quotes, head.at):
            continue
        elif (cut := _clear_cut(text, head)) is not None:
            cuts.append(cut)
            before = head
        elif not _is_introduced(text, head) and head.number != before.number:
            doubtful = doubtful or (head.at, head.line_end)
    return Bundle(tuple(cuts), doubtful)


def _may_hold_more(text: str) -> bool:
    """Quick looks: a head twice, a page break, or much behind an end mark."""
    if "\f" in text or text.find("\nNNN", 0, max(0, len(text) - _SHORTEST)) >= 0:
        return True
    if text.count("FM ") > 1 or text.count("MRN:") > 1:
        return True
    subject = text.find("\nSUBJ")
    line = text[subject : _line_end(text, subject + 1)]
    while subject >= 0:
        subject = text.find("\nSUBJ", subject + 1)
        if subject >= 0 and not text.startswith(line, subject):  # else a header printed twice
            return True
    return False


def _heads(text: str) -> Iterator[_Head]:
    """The heads of telegrams, whole or not; each from its first line to its classification line."""
    head: _Head | None = None
    cut: int | None = None  # behind the last end mark
    for match in _LINE.finditer(text):
        kind = match.lastgroup or ""
        if match["feed"] is not None:
            cut = match.start()
        if kind in ("end", "rule", "blank", "feed"):
            if head:
                yield head
            head = None
            if kind in ("end", "rule"):
                line_end = text.find("\n", match.end())
                cut = line_end + 1 if line_end >= 0 else len(text)
            continue
        rank, at = _RANK[kind], match.start(kind)
        repeated = head is not None and rank == head.rank == 3
        if head is None or (rank <= head.rank and not repeated) or at - head.at > _HEAD:
            if head:
                yield head
            near = cut is not None and at - cut <= _BETWEEN
            head = _Head(at, _line_end(text, at), rank, set(), cut if near else None)
            cut = None
        head.rank = rank
        head.kinds.add(kind)
        if kind == "group":
            head.group = match[kind]
        elif kind == "level" and not _take_number(head, text[at : _line_end(text, at)]):
            yield head
            head = _Head(at, _line_end(text, at), rank, {kind}, None)
            _take_number(head, text[at : head.line_end])
    if head:
        yield head


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _take_number(head: _Head, line: str) -> bool:
    """Take number and section of a classification line; False where the head has another number already."""
    line = line[:200]
    section = _SECTION.search(line)
    found = _NUMBER.search(line, section.end() if section else 0)
    number = (found["station"], int(found["serial"])) if found else None
    if head.number is not None and head.number != number:
        return False
    head.number = number
    if section and head.section is None:
        head.section = int(section["section"])
    return True


def _is_whole(text: str, head: _Head) -> bool:
    """Whether the lines are enough to be a telegram's head, and not words of a text that look so."""
    kinds = head.kinds
    if "channel" in kinds or "form" in kinds or {"group", "sender"} <= kinds or {"sender", "level"} <= kinds:
        return True
    if "page" in kinds:
        return len(kinds) > 1
    return "level" in kinds and _LABEL.search(text, head.line_end, head.line_end + _BLOCK) is not None


def _same_message(before: _Head, head: _Head) -> bool:
    """A further section, or the same one again: the same number, or where that is lost the same group.

    A first section behind a later one, and a whole telegram behind itself, is the message sent again.
    """
    if head.number is None or before.number is None:
        return head.group is not None and head.group == before.group
    section = head.section or 0
    return head.number == before.number and (section > 1 or section == 1 == before.section)


def _quotes(text: str) -> list[Span]:
    """The texts quoted between BEGIN TEXT and END TEXT."""
    found: list[Span] = []
    begun: int | None = None
    for match in _QUOTE.finditer(text):
        if match["word"][0] in "Bb":
            begun = match.start() if begun is None else begun
        elif begun is not None:
            found.append((begun, match.start()))
            begun = None
    return found


def _is_quoted(quotes: Sequence[Span], at: int) -> bool:
    place = bisect(quotes, (at, at)) - 1
    return place >= 0 and at < quotes[place][1]


def _clear_cut(text: str, head: _Head) -> int | None:
    """Where to cut before a head; None where no clear sign stands."""
    if head.cut is not None:
        return head.cut
    if "channel" not in head.kinds:
        return None
    line = text[max(0, head.at - 200) : head.at].rstrip().rsplit("\n", 1)[-1].strip()
    return text.rfind("\n", 0, head.at) + 1 if _SIGNATURE.fullmatch(line) else None


def _is_introduced(text: str, head: _Head) -> bool:
    """Whether the words before it lead to it: `Following is the text of Zenda 12:`."""
    return text[max(0, head.at - 200) : head.at].rstrip().endswith((":", "QUOTE", "TEXT", "Text", "text."))
