"""The E.O. line and the classifier line (handbook 03, section 4)."""

import re
from functools import lru_cache
from typing import NamedTuple

import msgspec

from reftel.cable import Authority, Span
from reftel.dtg import find_date
from reftel.spelling import Spellings
from reftel.tables import rows
from reftel.telegram.common.lines import fragments

# E.O. 12958: DECL: 03/24/2015 | EO 12958 DECL: X1 | E.0. 12958: N/A | E.OM 11652: GDS | E.O. 11)065
LINE = re.compile(
    r"""
    E [.,]? \s? [O09] [.,]? M? [.,]? \s* [:;]? \s*
    (?P<order> \d{5} | \d\d,\d{3} | (?=\S{0,4}\d\S{0,3}\d) [\dOISBl).,]{5,6} (?=[\s:;]|$) )? \s* [:;.,]* \s*
    (?P<rest> .* )
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_ORDERS = frozenset(row["order"] for row in rows("orders"))
_NEAR_ORDERS = Spellings(_ORDERS)
_DIGITS = str.maketrans("OISBL", "01581", "),.")

_SCHEDULES = "|".join(sorted((row["schedule"] for row in rows("schedules")), key=len, reverse=True))
# GDS | XGDS-2 | XGDS (3) | RDS-1,3 | X GDS 4, not the 7 of GDS 7/2/85
_NUMBERED = r"[1-8](?!\d|\s?[/.-]\s?\d)"
_SCHEDULE = re.compile(
    rf"""
    \(? (?P<schedule> X[ -]GDS | {_SCHEDULES} ) \b
    (?: \s* [-(]? \s* (?P<numbers> {_NUMBERED} (?: \s* (?:,|&|/|AND\b) \s* {_NUMBERED} )* ) \)? )?
    """,
    re.VERBOSE | re.IGNORECASE,
)
DECLASSIFY = re.compile(
    r"(?:TO\s+BE\s+)?DECL(?:AS|\.|ASS?IFY(?:\s+ON)?|\s+ON)?(?![A-Z])\s*[:;.]?\s*", re.IGNORECASE
)
_NONE = re.compile(r"\(?N\s*[/:.\\-]?\s*A\b|NONE\b|NOT\s+APPLICABLE\b", re.IGNORECASE)
# X1 | X-5 | 1.6X1 | 25X1-HUM | 50X1-HUM | 25 X 6
_EXEMPTION = re.compile(
    r"""
    (?<![A-Z\d]) (?: 1\.6\s* )?
    (?P<code> (?:25|50|75) \s?X\s? [1-9] (?: \s?-\s? (?:HUM(?:AN)?|WMD) )? | X \s?-?\s? [1-8] ) (?![A-Z\d])
    """,
    re.VERBOSE | re.IGNORECASE,
)
# GDS 7/2/85 (BOEKER, PAUL H.) OR-M: who classified it, and of which section he is
_PERSON = re.compile(
    r"\(\s*(?P<person>[A-Z][^()\d]{2,60}?)\s*\)?"
    r"\s*(?P<section>\bOR\s?-\s?[A-Z]{1,4}(?:[/-][A-Z\d]{1,4}){0,2}|\bOR\b(?=\s*$))?[\s.]*$",
    re.IGNORECASE,
)
_SINCE = re.compile(r"DECLASSIFIED\b", re.IGNORECASE)
_EVENT = re.compile(r"(?:OR|AND|UPON|AFTER|WHEN|FOLLOWING|ON|AT|IF)\b\s*\S.*", re.IGNORECASE | re.DOTALL)

CLASSIFIER = re.compile(
    r"(?:\d{1,2}\.\s*)?(?:\([A-Z/]{1,6}\)\s*)?CLASS?I?F?I?ED\s+BY\b(?!\s+LINE\b)\s*[:;.]?\s*", re.IGNORECASE
)
DERIVED = re.compile(r"DERIVED\s+FROM\s*[:;.]?\s*(?P<from>.*)", re.IGNORECASE | re.DOTALL)
_MARK = re.compile(r"\([A-Z/]{1,6}\)\s*")
# the section of the order: 1.4, 1,4, 1.5, 1.3; the letters are counted off behind it
_SECTION = re.compile(r"(?<![\d.])[1l]\s?[.,]\s?(?P<section>[345])(?!\d|[.,]\d)", re.IGNORECASE)
_LETTER = re.compile(
    r"""
    (?P<between>
        [\s,/&;+:-]* (?: \. (?=\s?[(\[]) )?
        (?: (?: and | or | a\s*\n\s*nd | an\s*\n\s*d )\b )? [\s,/&;+:-]*
    )
    (?: (?: reasons? \s* )? [1l]\s?[.,]\s?(?P<section>[345]) \s*\.?\s* )?  # 1.4 (b) and 1.4 (d)
    (?P<opened> [(\[] )? \s* (?P<letter>[a-h]) \s* (?P<closed> [)\]] )? (?! [A-Za-z0-9'] | \.[A-Za-z] )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_REASON = re.compile(r"\b(?:for\s+)?reas[o0]ns?\b", re.IGNORECASE)
# what stands between the classifier and the reasons: , for reasons | per E.O. 12958, | REASON: SECTION
_CONNECTION = re.compile(
    r"""
    [\s,.:;(\[-]* \b (?: for | per | under | due\ to | pursuant\ to | by | the | of | and
        | reas[o0]ns? | sections? | sec | paras? | classification
        | (?: e\.?\s?[o0]\.? | executive\ order ) (?: \s* 1\d{4} )? ,? | 1\d{4} | as\ amended
    ) [\s,.:;(\[-]* $
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LEADS = re.compile(
    r"(?:for|per|under|to|by|the|of|and|reas|sec|para|class|e\.?\s?[o0]|order|1\d{4}|as|amended|[o0])",
    re.IGNORECASE,
)  # how the last word begins where a connection ends; much quicker to see
_PUNCTUATION = frozenset(" .,:;([-\n\t\r")
_TRAILING = re.compile(r"(?:(?<!\bJR)(?<!\bSR)(?<!\bA\.I)\.|[\s,:;(\[-])+$", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:JR|SR|II|III|IV|ESQ)\.?$", re.IGNORECASE)
_CUT_NAME = re.compile(r"(?P<first>[A-Z][a-z]+)\n(?P<second>[a-z]+)\b")
_APART = frozenset(
    (
        "a acting an and as at by d da de del der di du el for la le of or per "
        "reason reasons the under van von"
    ).split()
)

LONGEST = 600
"""A classifier line is no longer; what follows without a blank line is text."""


_Place = tuple[str, tuple[Span, ...]]


class Reading(msgspec.Struct, frozen=True):
    """What a line says of the authority, and where in the line: places by field of the record."""

    authority: Authority
    places: tuple[_Place, ...] = ()
    no_date: Span | None = None  # a date that no calendar has
    repaired: Span | None = None  # an order's number that was damaged, and is given as meant


# -- the E.O. line ---------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)  # the same line stands in hundreds of cables
def read_line(line: str) -> Reading:
    """The E.O. line: order, and schedule, date, event or exemption of declassification.

    `E.O. 11652: XGDS-2` gives schedule XGDS and exemption 2; `E.O. 12065: GDS 7/2/85 (BOEKER, PAUL H.) OR-M`
    a date and a classifier too; `E.O. 12958: DECL: X1, X5` two exemptions.
    """
    match = LINE.match(line)
    if match is None:
        return Reading(Authority())
    order, repaired = _order(match["order"])
    places: list[_Place] = [("order", (match.span("order"),))] if order else []
    return _declassification(
        line, match.start("rest"), order, places, match.span("order") if repaired else None
    )


def read_declassify(line: str) -> Reading:
    """`Declassify On: 02/12/2019` on a line of its own, as read_line gives it."""
    return _declassification(line, 0, None, [], None)


def order_as_meant(written: str) -> str | None:
    """The number of an order, damaged or not: `11)065` gives 12065; None where it cannot be told."""
    return _order(written)[0]


def _order(written: str | None) -> tuple[str | None, bool]:
    """The order that a number means, and whether it was damaged: `11)065` is 12065."""
    if not written:
        return None, False
    digits = written.upper().translate(_DIGITS)
    if digits in _ORDERS:
        return digits, not written.replace(",", "").isdigit()
    near = _NEAR_ORDERS.nearest(digits) or _NEAR_ORDERS.nearest(written)
    if near:
        return near, True
    return (digits, False) if digits.isdigit() and len(digits) == 5 else (None, False)


def _declassification(
    line: str, at: int, order: str | None, places: list[_Place], repaired: Span | None
) -> Reading:
    """What stands behind the order: until when, by which schedule, by whose decision."""
    end = len(line.rstrip())
    if at >= end or _NONE.match(line, at):
        return Reading(Authority(order=order), tuple(places), repaired=repaired)
    at = _past(DECLASSIFY, line, at)
    if _NONE.match(line, at):
        return Reading(Authority(order=order), tuple(places), repaired=repaired)
    schedule, exemptions = None, []
    found = _SCHEDULE.match(line, at)
    if found:
        schedule = found["schedule"].upper().replace(" ", "").replace("-", "")
        exemptions = re.findall("[1-8]", found["numbers"] or "")
        if schedule in ("OADR", "MR"):
            exemptions = [schedule]
        places.append(("schedule", (found.span("schedule"),)))
        if found["numbers"]:
            places.append(("exemptions", (found.span("numbers"),)))
        at = _past(DECLASSIFY, line, _behind(line, found.end()))
    person = _PERSON.search(line, at, end) if schedule else None
    who: dict[str, str | None] = {}
    if person:
        for field, group in (("classified_by", "person"), ("name", "person"), ("title", "section")):
            who[field] = " ".join(person[group].split()) if person[group] else None
            if person[group]:
                places.append((field, (person.span(group),)))
        end = person.start()
    codes = list(_EXEMPTION.finditer(line, at, end))
    exemptions += [re.sub(r"\s|(?<=X)-", "", code["code"].upper()).replace("HUMAN", "HUM") for code in codes]
    since = _SINCE.match(line, at)  # DECLASSIFIED BY NARA 09/02/2009: what was decided later, in its words
    date = None if since else find_date(line[:end], at)
    if codes:
        places.append(("exemptions", ((codes[0].start(), codes[-1].end()),)))
    no_date = None
    if date and date.iso:
        places.append(("declassify_on", (date.span,)))
        at = _behind(line, date.span[1])
    elif date:
        no_date = date.span
    event = None
    rest = line[at:end].strip(" ,;:.\n")
    if date is None and not codes and rest:
        event = " ".join(rest.split())
    elif date and date.iso and (further := _EVENT.match(rest)):
        event = " ".join(further.group().split())
    if event:
        places.append(("declassify_event", fragments(line, line.index(event.split()[0], at), end)))
    authority = Authority(
        order,
        date.iso if date else None,
        event,
        tuple(dict.fromkeys(exemptions)),
        schedule=schedule,
        classified_by=who.get("classified_by"),
        name=who.get("name"),
        title=(who.get("title") or "").replace(" ", "").upper() or None,
    )
    return Reading(authority, tuple(places), no_date, repaired)


def _past(pattern: re.Pattern[str], line: str, at: int) -> int:
    match = pattern.match(line, at)
    return match.end() if match else at


def _behind(line: str, at: int) -> int:
    """Behind the punctuation and blanks at a place."""
    while at < len(line) and line[at] in " ,;:.\n":
        at += 1
    return at


# -- the classifier line ---------------------------------------------------------------------------------


@lru_cache(maxsize=4096)  # a post has one classifier for years
def read_classifier(words: str) -> Reading:
    """The classifier line, label and all: who, as what, for which reasons.

    A line that names no person (`CLASSIFIED BY SECTION 1.5 (B)`) gives reasons alone.
    """
    label = CLASSIFIER.match(words)
    if label is None:
        return Reading(Authority())
    start = label.end()
    mark = _MARK.match(words, start)
    start = mark.end() if mark else start
    again = CLASSIFIER.match(words, start)  # Classified By: Classified by DCM ...
    start = again.end() if again else start
    reasons, place, stop = _reasons(words, start)
    stop = start + len(_before_reasons(words[start:stop]))
    cut_name = _CUT_NAME.search(words, start, stop)
    written = words[start:stop]
    if cut_name and cut_name["second"] not in _APART and _key(cut_name["second"]) not in _TITLE_WORDS:
        written = words[start : cut_name.end("first")] + words[cut_name.start("second") : stop]
    classified_by = " ".join(written.split())
    name, title = _name_and_title(classified_by)
    places = [
        (field, _found(words, start, stop, value))
        for field, value in (("classified_by", classified_by), ("name", name), ("title", title))
        if value
    ]
    if place:
        places.append(("reasons", fragments(words, *place)))
    return Reading(
        Authority(classified_by=classified_by or None, name=name, title=title, reasons=reasons), tuple(places)
    )


def read_reasons(words: str) -> Reading:
    """`Reason: 1.4 (b) and (d)` on a line of its own."""
    reasons, place, _ = _reasons(words, 0)
    return Reading(
        Authority(reasons=reasons), (("reasons", fragments(words, *place)),) if place and reasons else ()
    )


def _reasons(words: str, start: int) -> tuple[tuple[str, ...], Span | None, int]:
    """The reasons, where they stand, and where what comes before them ends.

    Letters are counted off one by one, so that none of another word is taken: `1.4 (b), (d). A man ...`.
    """
    for section in _SECTION.finditer(words, start):
        of, at, last = section["section"], section.end(), ""
        found: list[str] = []
        while match := _LETTER.match(words, at):
            letter = match["letter"].lower()
            bare = not match["opened"] and not match["closed"] and not match["section"]
            if found and bare and not match["between"].strip() and letter <= last:
                break  # `1.4 b, d A senior official`: a word, not a reason
            of = match["section"] or of
            found.append(f"1.{of}({letter})")
            at, last = match.end(), letter
        if found:
            return tuple(dict.fromkeys(found)), (section.start(), at), section.start()
    word = _REASON.search(words, start)
    return (), None, word.start() if word else len(words)


def _before_reasons(words: str) -> str:
    """The classifier without what leads to the reasons: `, for reasons of E.O. 12958,`."""
    while True:
        if words[-1:] in _PUNCTUATION:
            words = _TRAILING.sub("", words)
        last = words[-14:].split()[-1:]
        if not last or not _LEADS.match(last[0].lstrip("([")):
            return words
        connection = _CONNECTION.search(words[-60:])
        if connection is None:
            return words
        words = words[: len(words) - len(words[-60:]) + connection.start()]


def _found(text: str, start: int, end: int, words: str) -> tuple[Span, ...]:
    """Where words stand between two offsets, over line ends too, even inside a word."""
    at = text.find(words, start, end)
    if at >= 0:
        return ((at, at + len(words)),)
    pattern = r"\s+".join(map(re.escape, words.split()))
    match = re.compile(pattern).search(text, start, end)
    if match is None:
        match = re.compile(r"\s*".join(re.escape(sign) for sign in words if sign != " ")).search(
            text, start, end
        )
    return fragments(text, *match.span()) if match else ()


_NOT_KEY = re.compile(r"[^A-Z0-9]+")
_PLAIN_LETTERS = str.maketrans("ÀÁÂÄÇÈÉÊËÎÏÔÖÙÛÜ0", "AAAACEEEEIIOOUUUO", "'’`´.")


def _key(words: str) -> str:
    """Words without case, accents and punctuation: `Chargé d’Affaires, a.i.` is CHARGE DAFFAIRES AI."""
    return _NOT_KEY.sub(" ", words.upper().translate(_PLAIN_LETTERS)).strip()


_TITLES = frozenset(_key(row["title"]) for row in rows("titles"))
_TITLE_WORDS = frozenset(word for title in _TITLES for word in title.split()) | {"THE", "AI"}
_HEADS = frozenset(title.split()[-1] for title in _TITLES) | {"AI"}  # a title ends in one of these
_NEAR_WORDS = Spellings(word for word in _TITLE_WORDS if len(word) > 5)


class _Word(NamedTuple):
    text: str
    in_title: bool
    is_head: bool


@lru_cache(maxsize=8192)  # titles and given names recur
def _word(text: str, mixed: bool, misspelt: bool = False) -> _Word:
    """A word of the classifier line: whether titles are made of such, misspelt ones too."""
    parts = _key(text).split()
    if not parts:
        return _Word(text, False, False)
    if "/" in text.strip("/") and text.upper() == text:  # an office: EUR/NCE, or A/DCM
        return _Word(text, True, True)
    if misspelt:
        parts = [part if part in _TITLE_WORDS else _NEAR_WORDS.nearest(part) or part for part in parts]
    office = mixed and len(parts) == 1 and parts[0].isalpha() and 1 < len(parts[0]) < 5 and text.isupper()
    known = all(part in _TITLE_WORDS for part in parts)
    return _Word(
        text, known or (office and "." not in text and not _SUFFIX.match(text)), known and parts[-1] in _HEADS
    )


def _name_and_title(who: str) -> tuple[str | None, str | None]:
    """`Ambassador John Ordway`, `John Ordway, Ambassador` and `John Ordway (DCM)` give name and title."""
    if not who:
        return None, None
    pieces = _pieces(who)
    mixed = who.upper() != who
    first, further = pieces[0], pieces[1:]
    words = [_word(one, mixed) for one in first.split()]
    others = (_word(one, mixed) for piece in further for one in piece.split())
    if not any(word.in_title for word in (*words, *others)):
        words = [_word(one, mixed, misspelt=True) for one in first.split()]
    words = _first_person(words)
    behind = ", ".join(further) or None
    heads = [at for at, word in enumerate(words) if word.is_head]
    if not any(word.in_title for word in words) or (not heads and not all(word.in_title for word in words)):
        return _said(words), behind
    if all(word.in_title for word in words):  # Charge d'Affaires, a.i., Fritz Tarlenheim
        title = _said(words)
        while further and all(_word(one, mixed).in_title for one in further[0].split()):
            title = f"{title}, {further.pop(0)}"
        return (further[0] if further else None), title
    last = heads[-1]
    if last + 1 < len(words):
        return _said(words[last + 1 :]), _said(words[: last + 1])
    begins = last
    while begins and words[begins - 1].in_title:
        begins -= 1
    return _said(words[:begins]), _said(words[begins:])


def _pieces(who: str) -> list[str]:
    """The classifier cut at commas, brackets and dashes; `Jr.` stays with its name."""
    found: list[str] = []
    for piece in re.split(r"\s*[,;()]\s*|\s+--?\s+", who):
        if found and piece and _SUFFIX.fullmatch(piece):
            found[-1] = f"{found[-1]}, {piece}"
        elif piece:
            found.append(piece)
    return found or [who]


def _first_person(words: list[_Word]) -> list[_Word]:
    """The first of two people: `Ambassador A. Burlesdon and DCM F. Tarlenheim`."""
    for at, word in enumerate(words):
        if at and word.text.upper() in ("AND", "&") and not words[at - 1].in_title:
            return words[:at]
    return words


def _said(words: list[_Word]) -> str | None:
    return " ".join(word.text for word in words).strip(" ,;:") or None
