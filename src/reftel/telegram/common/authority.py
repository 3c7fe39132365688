"""The E.O. line and the classifier line (handbook 03, section 4)."""

import re
from functools import lru_cache

import msgspec

from reftel.cable import Authority, Span
from reftel.dtg import read_date
from reftel.tables import rows
from reftel.telegram.common.lines import fragments

# E.O. 12958: DECL: 03/24/2015 | EO 12958 DECL: X1 | E.0. 12958: N/A
LINE = re.compile(r"E\.?\s?[O09]\.?M?\.?\s*(?P<order>\d{5})?\s*[:;.]?\s*(?P<rest>.*)", re.IGNORECASE)
# GDS 7/2/85 (BOEKER, PAUL H.) OR-M | XGDS-2 | RDS-4 6/5/99 | ADS, DECLAS UPON SIGNATURE: the schedules of
# E.O. 11652 and 12065, with the number of the exemption, the classifier and his section of the post
_SCHEDULE = re.compile(r"(?P<schedule>X?GDS|ADS|RDS|XDS)\b(?:\s*-\s*(?P<number>\d))?[\s,;:]*", re.IGNORECASE)
_BY = re.compile(r"\((?P<name>[A-Z][^()]{2,50})\)?\s*(?P<section>OR\s?-\s?[A-Z]{1,2}\b)?", re.IGNORECASE)
_DECL = re.compile(r"DECL(?:AS|ASSIFY(?: ON)?)?\s*[:;.]?\s*", re.IGNORECASE)
_NONE = re.compile(r"\(?N\s*[/:.]?\s*A\b", re.IGNORECASE)
_EXEMPTION = re.compile(r"\b(OADR|MR|X[1-8]|25X[1-9]|50X[12](?:-\w+)?)\b")
_DATE = re.compile(r"\d{1,4}[/-]\d{1,2}[/-]\d{2,4}")

CLASSIFIER = re.compile(r"(?:\d\.\s*)?(?:\([A-Z/]{1,6}\)\s*)?CLASSIFIED\s+BY\b\s*[:;.]?\s*", re.IGNORECASE)
DERIVED = re.compile(r"DERIVED\s+FROM\s*[:;.]?\s*(?P<from>.*)", re.IGNORECASE)
# ", reasons 1.4 (B) and (D)." | ". Reason: 1.4(b,d)" | ": 1.4 (B),(D)"
_REASON = re.compile(
    r"""
    [\s,.:;(]* (?: \b(?:FOR\s+)? REASONS? \b [\s:;,.]* | E\.O\.\s+12958\s* )?
    (?P<section> 1\s*[.,]\s*[45] )
    (?P<letters> (?: [\s(),/;.&]+ | and\b | or\b | [a-h]\b(?!\.o) )* )
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_LETTER = re.compile(r"\b[a-h]\b", re.IGNORECASE)
_TITLES = tuple(sorted((row["title"] for row in rows("titles")), key=lambda title: (-len(title), title)))
LONGEST = 600
"""A classifier line is no longer; what follows without a blank line is text."""


class Reading(msgspec.Struct, frozen=True):
    """What a line says of the authority, and where in the line: places by field of the record."""

    authority: Authority
    places: tuple[tuple[str, tuple[Span, ...]], ...] = ()
    no_date: Span | None = None  # a date that no calendar has


@lru_cache(maxsize=4096)  # the same line stands in hundreds of cables
def read_line(line: str) -> Reading:
    """The E.O. line: order, and date, event or exemption of declassification."""
    match = LINE.match(line)
    if match is None:
        return Reading(Authority())
    order = match["order"]
    places: list[tuple[str, tuple[Span, ...]]] = [("order", (match.span("order"),))] if order else []
    rest = match["rest"].strip()
    if not rest or _NONE.match(rest):
        return Reading(Authority(order=order), tuple(places))
    scheduled = _SCHEDULE.match(rest)
    if scheduled:
        return _scheduled(line, order, places, scheduled)
    value = rest[found.end() :] if (found := _DECL.match(rest)) else rest
    written = _DATE.search(value)
    date = read_date(value) if written else None
    exemptions = tuple(dict.fromkeys(_EXEMPTION.findall(value.upper())))
    no_date = None
    if written:
        begin = line.index(written.group())
        place = (begin, begin + len(written.group()))
        if date:
            places.append(("declassify_on", (place,)))
        else:
            no_date = place
    event = value.strip() if not written and not exemptions else None
    schedule = "OADR" if "OADR" in exemptions else None
    read_ = Authority(order, date, event or None, exemptions, schedule=schedule)
    return Reading(read_, tuple(places), no_date)


def _scheduled(
    line: str, order: str | None, places: list[tuple[str, tuple[Span, ...]]], found: re.Match[str]
) -> Reading:
    """A line of E.O. 11652 or 12065: schedule, exemption, date or event, classifier, section."""
    rest = found.string
    offset = len(line.rstrip()) - len(rest)
    by = _BY.search(rest, found.end())
    value = rest[found.end() : by.start() if by else len(rest)]
    begin = found.end() + (declared.end() if (declared := _DECL.match(value)) else 0)
    value = rest[begin : by.start() if by else len(rest)].rstrip(" ,;.")
    places.append(("schedule", ((offset + found.start("schedule"), offset + found.end("schedule")),)))
    date = read_date(value)
    no_date = None
    event = None
    if value:
        place = (offset + begin, offset + begin + len(value))
        if date:
            places.append(("declassify_on", (place,)))
        elif any(sign.isdigit() for sign in value) and not any(len(word) > 3 for word in value.split("/")):
            no_date = place
        else:
            event = value
            places.append(("declassify_event", (place,)))
    name = section = None
    if by:
        name, section = " ".join(by["name"].split()), by["section"]
        where = ((offset + by.start("name"), offset + by.end("name")),)
        places += [("classified_by", where), ("name", where)]
        if section:
            places.append(("title", ((offset + by.start("section"), offset + by.end("section")),)))
    read_ = Authority(
        order,
        date,
        event,
        (found["number"],) if found["number"] else (),
        classified_by=name,
        name=name,
        title=section and section.upper().replace(" ", ""),
        schedule=found["schedule"].upper(),
    )
    return Reading(read_, tuple(places), no_date)


@lru_cache(maxsize=4096)  # a post has one classifier for years
def read_classifier(words: str) -> Reading:
    """The classifier line, label and all: who, as what, for which reasons."""
    label = CLASSIFIER.match(words)
    if label is None:
        return Reading(Authority())
    reason = _REASON.search(words, label.end())
    stop = reason.start() if reason else len(words)
    classified_by = " ".join(words[label.end() : stop].split()).rstrip(",.:;")
    name, title = _name_and_title(classified_by)
    places = [
        (field, _found(words, label.end(), stop, value))
        for field, value in (("classified_by", classified_by), ("name", name), ("title", title))
        if value
    ]
    reasons: tuple[str, ...] = ()
    if reason:
        section = "1." + reason["section"][-1]
        reasons = tuple(f"{section}({letter.lower()})" for letter in _LETTER.findall(reason["letters"]))
        end = reason.start("letters") + len(reason["letters"].rstrip(" .\n\r\t"))
        places.append(("reasons", fragments(words, reason.start("section"), end)))
    authority = Authority(
        classified_by=classified_by or None, name=name, title=title, reasons=tuple(dict.fromkeys(reasons))
    )
    return Reading(authority, tuple(places))


def _found(text: str, start: int, end: int, words: str) -> tuple[Span, ...]:
    """Where words stand between two offsets, over line ends too."""
    at = text.find(words, start, end)
    if at >= 0:
        return ((at, at + len(words)),)
    match = re.compile(r"\s+".join(map(re.escape, words.split()))).search(text, start, end)
    return fragments(text, *match.span()) if match else ()


def _name_and_title(who: str) -> tuple[str | None, str | None]:
    """`Ambassador John Ordway` and `John Ordway, Ambassador` both give name and title."""
    if not who:
        return None, None
    upper = who.upper()
    for title in _TITLES:
        if upper.startswith(title + " ") or upper.startswith(title + ", "):
            name = who[len(title) :].strip(" ,")
            return (name or None), who[: len(title)]
    name, comma, title = who.partition(",")
    if comma:
        return name.strip() or None, title.strip(" ,") or None
    if upper in _TITLES:
        return None, who
    return who, None
