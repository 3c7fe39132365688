"""The E.O. line and the classifier line (handbook 03, section 4)."""

import re
from collections.abc import MutableMapping

from reftel.cable import Authority, Defect, Span
from reftel.dtg import read_date
from reftel.tables import rows
from reftel.telegram.common.lines import fragments

# E.O. 12958: DECL: 03/24/2015 | EO 12958 DECL: X1 | E.0. 12958: N/A
LINE = re.compile(r"E\.?\s?[O09]\.?M?\.?\s*(?P<order>\d{5})?\s*[:;.]?\s*(?P<rest>.*)", re.IGNORECASE)
_DECL = re.compile(r"DECL(?:AS|ASSIFY(?: ON)?)?\s*[:;.]?\s*", re.IGNORECASE)
_NONE = re.compile(r"\(?N\s*[/:.]?\s*A\b", re.IGNORECASE)
_EXEMPTION = re.compile(r"\b(OADR|MR|X[1-8]|25X[1-9]|50X[12](?:-\w+)?)\b")
_DATE = re.compile(r"\d{1,4}[/-]\d{1,2}[/-]\d{2,4}")

CLASSIFIER = re.compile(r"(?:\d\.\s*)?(?:\([A-Z]\)\s*)?CLASSIFIED\s+BY\b\s*[:;.]?\s*", re.IGNORECASE)
DERIVED = re.compile(r"DERIVED\s+FROM\s*[:;.]?\s*(?P<from>.*)", re.IGNORECASE)
# ", reasons 1.4 (B) and (D)." | ". Reason: 1.4(b,d)" | ": 1.4 (B),(D)"
_REASON = re.compile(
    r"""
    [\s,.:;(]* (?: \b(?:FOR\s+)? REASONS? \b [\s:;,.]* | E\.O\.\s+12958\s* )?
    (?P<section> 1\s*[.,]\s*[45] ) (?P<letters> .* )
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_LETTER = re.compile(r"\b[a-h]\b", re.IGNORECASE)
_TITLES = tuple(sorted((row["title"] for row in rows("titles")), key=lambda title: (-len(title), title)))
_LONGEST = 600  # a classifier line is no longer; what follows without a blank line is text


def read_line(
    line: str, offset: int, spans: MutableMapping[str, tuple[Span, ...]], defects: list[Defect]
) -> Authority:
    """The E.O. line at `offset`; a date that no calendar has becomes a defect."""
    match = LINE.match(line)
    if match is None:
        return Authority()
    if match["order"]:
        spans["/authority/order"] = ((offset + match.start("order"), offset + match.end("order")),)
    rest = match["rest"].strip()
    if not rest or _NONE.match(rest):
        return Authority(order=match["order"])
    value = rest[found.end() :] if (found := _DECL.match(rest)) else rest
    written = _DATE.search(value)
    date = read_date(value) if written else None
    exemptions = tuple(dict.fromkeys(_EXEMPTION.findall(value.upper())))
    if written:
        begin = offset + line.index(written.group())
        if date:
            spans["/authority/declassify_on"] = ((begin, begin + len(written.group())),)
    if written and date is None:
        message = f"{written.group()} on the E.O. line is no date of the calendar"
        defects.append(Defect("unreadable-date", message, (begin, begin + len(written.group()))))
    event = value.strip() if not written and not exemptions else None
    return Authority(match["order"], date, event or None, exemptions)


def read_classifier(
    text: str, start: int, end: int, base: Authority | None, spans: MutableMapping[str, tuple[Span, ...]]
) -> Authority:
    """The classifier line between two offsets, added to what the E.O. line said."""
    base = base or Authority()
    end = min(end, start + _LONGEST)
    label = CLASSIFIER.match(text, start, end)
    if label is None:
        return base
    reason = _REASON.search(text, label.end(), end)
    stop = reason.start() if reason else end
    classified_by = " ".join(text[label.end() : stop].split()).rstrip(",.:;")
    name, title = _name_and_title(classified_by)
    reasons: tuple[str, ...] = ()
    if reason:
        section = "1." + reason["section"][-1]
        reasons = tuple(f"{section}({letter.lower()})" for letter in _LETTER.findall(reason["letters"]))
        stop_at = reason.start("letters") + len(reason["letters"].rstrip(" .\n\r\t"))
        spans["/authority/reasons"] = fragments(text, reason.start("section"), stop_at)
    if classified_by:
        spans["/authority/classified_by"] = _found(text, label.end(), stop, classified_by)
    for field, value in (("name", name), ("title", title)):
        if value:
            spans[f"/authority/{field}"] = _found(text, label.end(), stop, value)
    return Authority(
        base.order,
        base.declassify_on,
        base.declassify_event,
        base.exemptions,
        classified_by or None,
        name,
        title,
        tuple(dict.fromkeys(reasons)),
        base.derived_from,
    )


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
