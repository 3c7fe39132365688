"""How facts are said on a page: dates no more exact than known, counts, levels and statuses in words."""

from calendar import month_name
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import TypeVar

import msgspec
from markupsafe import Markup, escape

from reftel import glossary, stations, tags
from reftel.cable import Mrn, Paragraph, Part, Release, Span
from reftel.markings import NAMES, Level
from reftel.protection import MASK
from reftel.views.mentions import Mentioned
from reftel.web import addresses

VOICES = {
    "summary": "Summary",
    "comment": "Comment",
    "action": "Action",
    "note": "Note",
    "quoted": "Quoted",
    "admin": "Administrative",
}
"""What is said above text that is not plain reporting."""

STATUSES = {
    "released": ("Released", "released by the government that sent it"),
    "leaked": ("Leaked", "published, but never officially released"),
    "internal": ("Internal", "not meant for the public"),
    "unknown": ("Release unknown", "nothing is known of a decision to release it"),
}
"""Each status of release: its badge, and what it means."""

BASES = {
    "stamp": "as stamped on the copy",
    "attributes": "as its archive says",
    "collection": "as all of its collection",
    "decision": "as decided here",
}
"""On what the status of release is known."""

KINDS = {
    "airgram": "airgram",
    "telcon": "telephone call",
    "email": "e-mail",
    "letter": "letter",
    "memo": "memorandum",
    "document": "document",
    "septel": "separate telegram",
}
"""What a reference is, where it is no telegram with a number."""

PAPERS = {
    "telegram": "Telegrams",
    "airgram": "Airgrams",
    "telcon": "Telephone calls",
    "email": "E-mails",
    "letter": "Letters",
    "memo": "Memoranda",
    "document": "Documents",
    "septel": "Separate telegrams",
    "other": "Other papers",
}
"""Papers of each kind, as a heading."""

FACETS = {"year": "Year", "post": "Post", "tags": "TAGS", "level": "Level as sent", "status": "Release",
    "collection": "Collection",
}  # fmt: skip
"""What results are counted by."""

_HINTS = {
    "filename": "its year is taken from the name of the file",
    "declassify_on": "its year is inferred from the date of declassification, and is only a hint",
    "context": "its year is inferred, and is only a hint",
}
_ERAS = {
    "sas": "the archiving system of 1973 to 1979",
    "acp127": "ACP-127 traffic",
    "smart": "SMART, 2008 on",
    "printed": "edited print",
    "plain": "plain text",
}
# What would not be seen, or would turn the text around it, is shown: one for one, so that places still hold.
_SHOWN = (
    {code: 0x2400 + code for code in range(32) if code not in (0x09, 0x0A, 0x0D)}
    | {0x7F: 0x2421}
    | dict.fromkeys((*range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)), 0xFFFD)
)


def date(sent: str | None) -> str:
    """`12 February 2009, 05:16 Z`; `January 1974` and `1974` where no more is known."""
    if not sent:
        return ""
    day, _, time = sent.partition("T")
    year, *rest = day.split("-")
    try:
        named = [str(int(number)) if at else month_name[int(number)] for at, number in enumerate(rest)]
    except (ValueError, IndexError):
        return sent
    said = " ".join([*reversed(named), year])
    if not time:
        return said
    return f"{said}, {time.removesuffix('Z')}{' Z' if time.endswith('Z') else ''}"


def count(number: int, noun: str = "cable") -> str:
    """`no cables`, `1 cable`, `1,204 cables`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun}s" if number else f"no {noun}s"


def days_later(days: int) -> str:
    """From a paper to the one that cites it: `the same day`, `4 days later`, `2 days before it`."""
    if not days:
        return "the same day"
    return f"{count(days, 'day')} later" if days > 0 else f"{count(-days, 'day')} before it"


def level(level: Level | None) -> str:
    """The level's full name."""
    return NAMES[level] if level else "level unknown"


def post(station: str | None) -> str:
    """A post's name: `New Delhi` for NEWDELHI."""
    return stations.title(station).partition(" (")[0] if station else "post unknown"


def tag(code: str) -> str:
    """What a TAG means, in one line."""
    names = dict.fromkeys(meaning.name for meaning in tags.meaning(code))
    return "; ".join(names) or "a code that is in no table"


def release(release: Release) -> str:
    """What has been decided since a cable was sent: `released; now UNCLASSIFIED, on 5 May 2006`."""
    parts = [STATUSES[release.status][1]]
    if release.current:
        parts.append(f"now {release.current}")
    if release.authority:
        parts.append(f"by {release.authority}")
    if release.date:
        parts.append(f"on {date(release.date)}")
    return ", ".join(parts)


def hint(mrn: Mrn) -> str:
    """Why a number is not certain; empty where it is."""
    return _HINTS.get(mrn.basis or "", "")


def era(era: str) -> str:
    """The grammar that the telegram follows."""
    return _ERAS.get(era, era)


def number(paragraph: Paragraph) -> str:
    """What stands before a paragraph: `7`, `7.a`; nothing before the first number."""
    if paragraph.number is None:
        return ""
    return paragraph.anchor.partition(".")[2] if enclosure(paragraph) else paragraph.anchor


def passage(anchor: str) -> str:
    """A paragraph by its anchor: `Paragraph 7.a`; what stands before the first number, `The opening`."""
    if anchor[:1] in "0p":
        return "The opening" if anchor[:1] == "0" else f"Block {anchor[1:]}"
    before, dot, number = anchor.partition(".")
    if dot and before.startswith("enc"):
        return f"Enclosure {before[3:]}, paragraph {number}"
    return f"Paragraph {anchor}"


def passages(anchors: Sequence[str]) -> str:
    """`Paragraph 4`, `Paragraphs 1 to 3`."""
    if len(anchors) > 1 and all(anchor[:1] not in "0pe" for anchor in anchors):
        return f"Paragraphs {anchors[0]} to {anchors[-1]}"
    named = [passage(anchor) for anchor in anchors]
    return named[0] if len(named) == 1 else f"{named[0]} to {named[-1][:1].lower()}{named[-1][1:]}"


def margin(anchor: str) -> str:
    """What stands in the margin beside a paragraph with this anchor."""
    return "¶" if anchor[:1] in "0p" else f"{anchor}."


def enclosure(paragraph: Paragraph) -> str:
    """`Enclosure 1`, for a paragraph of an enclosure that numbers anew; nothing for the cable's own."""
    before, dot, _ = paragraph.anchor.partition(".")
    return f"Enclosure {before[3:]}" if dot and before.startswith("enc") else ""


def says_its_voice(part: Part) -> bool:
    """Whether the words begin by saying what they are: `SUMMARY:`, `(Comment:`."""
    return part.text.lstrip("([ ").lower().startswith(VOICES[part.voice].lower())


def spans(years: Iterable[str]) -> str:
    """`1974–1976, 1978`: years that follow one another as one span."""
    found: list[list[str]] = []
    for year in years:
        if found and int(year) == int(found[-1][-1]) + 1:
            found[-1][1:] = [year]
        else:
            found.append([year])
    return ", ".join("–".join(span) for span in found)


def sentence(words: str) -> str:
    """Words as a sentence."""
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith(('.', '?')) else '.'}"


def blocks(text: str) -> list[list[str]]:
    """The blocks that the drafter set apart, each with its lines."""
    return [block.split("\n") for block in text.split("\n\n")]


def shown(value: object) -> object:
    """What is written on a page, without control characters and changes of direction."""
    return value.translate(_SHOWN) if type(value) is str else value  # markup has been through here


def masked(words: object) -> object:
    """Words for a page, each mask in them an element of its own, so that nobody takes it for the text's."""
    if not isinstance(words, str) or isinstance(words, Markup) or MASK not in words:
        return words
    element = Markup('<span class="protected">{}</span>').format(MASK)
    return element.join(escape(shown(piece)) for piece in words.split(MASK))


_SOUGHT, _PLAIN = Markup('<mark class="sought">{}</mark>'), Markup("{}")


def stretch(dates: str) -> str:
    """A stretch of time: `March 2005`, `1970 to 1979`."""
    first, _, last = dates.partition("..")
    return f"{date(first)} to {date(last)}" if last else date(first)


def lit(text: str, marks: Iterable[Span]) -> Markup:
    """A text for a page, with what is marked in it marked."""
    pieces = (
        (_SOUGHT if is_marked else _PLAIN).format(masked(shown(piece)))
        for piece, is_marked in cut_at(text, marks)
    )
    return Markup("").join(pieces)


class Piece(msgspec.Struct, frozen=True):
    """A piece of a line: its words, what is marked in them marked, and what they are."""

    words: Markup
    term: str | None = None
    mention: Mentioned | None = None


def pieces(
    text: str,
    marks: Sequence[Span],
    mentions: Sequence[Mentioned],
    known: Container[str],
    told: set[str],
) -> Iterator[list[list[Piece]]]:
    """`blocks`, each line in pieces: mentions, which are links; terms, each told where it first stands.

    Marks and mentions may run over the ends of lines. A term within a mention is told if it is all of it.
    """
    at = 0
    for block in blocks(text):
        lines = []
        for line in block:
            lit_here = [
                (first, end) for first, end, _ in _inside(at, line, ((*mark, None) for mark in marks))
            ]
            named = [*_inside(at, line, ((*one.span, one) for one in mentions))]
            lines.append([*_pieces(line, lit_here, named, known, told)])
            at += len(line) + 1  # the end of the line
        yield lines
        at += 1  # the second one, which parts two blocks


_T = TypeVar("_T")


def _inside(at: int, line: str, places: Iterable[tuple[int, int, _T]]) -> Iterator[tuple[int, int, _T]]:
    """Those of the places that lie in a line, which begins at `at`, as places in the line."""
    end = at + len(line)
    for first, last, what in places:
        if first < end and last > at:
            yield max(first, at) - at, min(last, end) - at, what


def _pieces(
    line: str,
    marks: Sequence[Span],
    mentions: Sequence[tuple[int, int, Mentioned]],
    known: Container[str],
    told: set[str],
) -> Iterator[Piece]:
    found: list[tuple[int, int, str | None, Mentioned | None]] = []
    left = [*mentions]
    for first, end in glossary.in_text(line):
        while left and left[0][1] <= first:
            found.append((*left[0][:2], None, left.pop(0)[2]))
        term = " ".join(line[first:end].split())
        if term not in known or term.upper() in told:
            continue
        if left and left[0][0] < end:
            if left[0][:2] != (first, end):
                continue
            found.append((first, end, term, left.pop(0)[2]))
        else:
            found.append((first, end, term, None))
        told.add(term.upper())
    found += [(first, end, None, one) for first, end, one in left]
    at = 0
    for first, end, name, one in (*found, (len(line), len(line), None, None)):
        if at < first:
            yield Piece(lit(line[at:first], _within(at, first, marks)))
        if first < end:
            yield Piece(lit(line[first:end], _within(first, end, marks)), name, one)
        at = end


def _within(first: int, end: int, marks: Iterable[Span]) -> Iterator[Span]:
    """The marks that lie in a stretch, as places in it."""
    return ((max(a, first) - first, min(b, end) - first) for a, b in marks if a < end and b > first)


def leads_to(one: Mentioned) -> str:
    """Where a mention leads: to its entry on the page, to the cable, or to what is known of one not held."""
    if one.refers_to:
        return f"#ref-{one.refers_to[0]}"
    return addresses.cable(one.key or one.id or "")


def cut_at(text: str, marks: Iterable[Span]) -> Iterator[tuple[str, bool]]:
    """The text in pieces, those that are marked with True."""
    at = 0
    for first, end in marks:
        yield text[at:first], False
        yield text[first:end], True
        at = end
    yield text[at:], False
