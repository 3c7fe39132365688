"""A telegram as the National Archives' Access to Archival Databases prints it, 1973 to 1979.

Release stamps on every page, `Message Text`, the telegram, `Message Attributes` (handbook 01, section 1;
docs/formats/aad.md). The attributes are the catalogue; the stamps say what was released, when and by whom.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache

from reftel.cable import Catalogue, Copy, Defect, Release, Span
from reftel.dtg import MONTHS
from reftel.tables import rows

NAME = "aad"

_ATTRIBUTES = "\nMessage Attributes"
_TEXT = "Message Text"
_STAMP = "Declassified/Released"
_HEAD = 4096  # the first stamp and the heading stand no further on

_KEYS = frozenset(row["attribute"] for row in rows("attributes"))
_EMPTY = frozenset({"", "n/a", "01 jan 1960"})  # a date that the archive's system gave to what has none
_DAY = re.compile(r"(?P<day>\d{1,2})[ -](?P<month>[A-Za-z]{3})[a-z]*[ -](?P<year>\d{4})")
# [Sheryl P. Walter] Declassified/Released US Department of State EO Systematic Review 20 Mar 2014
_WHO = re.compile(
    r"(?P<name>.*?)\bDeclassified/Released\b(?P<authority>.*?)(?P<date>\d{1,2} [A-Za-z]{3} \d{4})?$"
)
_BETWEEN = re.compile(r"[,;\n]")  # the references of one value
_CODE_OR_PERSON = re.compile(r"\([^()]*\)?|[^,;()]+")
_GAP = re.compile(r"\s{2,}")  # between the addressees of one value


def recognises(text: str) -> bool:
    """Whether the attributes stand below, or the heading above a telegram of that time."""
    at = text.rfind(_ATTRIBUTES) if _ATTRIBUTES in text else -1  # to look from the start is much quicker
    if at >= 0 and text.find("\nDocument Number:", at) >= 0:
        return True
    return text.find(_STAMP, 0, _HEAD) >= 0 and text.find("\nPAGE ", 0, _HEAD) >= 0


def copies(raw: bytes, text: str, locator: str, sha256: str) -> tuple[Copy, ...]:
    """The one telegram of the document. Where its text was never loaded, a copy with an empty body."""
    end = text.rfind(_ATTRIBUTES)
    attributes = _attributes(text[end + len(_ATTRIBUTES) :]) if end >= 0 else {}
    end = end if end >= 0 else len(text)
    heading = text.find(_TEXT, 0, min(end, _HEAD))
    start = text.find("\n", heading, end) + 1 if heading >= 0 else 0
    stamps = _stamps(text, end)
    defects: tuple[Defect, ...] = ()
    if not any(text[first:last].strip() for first, last in _between(stamps, start, end)):
        why = attributes.get("Locator")
        said = f": {why}" if why else ""
        defects = (Defect("missing-text", f"the document holds no text of the telegram{said}"),)
    return (
        Copy(
            raw,
            text,
            NAME,
            locator,
            sha256,
            (start or end if defects else start, end),
            _catalogue(attributes) if attributes else None,
            defects=defects,
            release=_release(text, stamps, attributes),
            stamps=tuple([stamp for stamp in stamps if stamp[0] >= start]),
        ),
    )


def _stamps(text: str, end: int) -> list[Span]:
    """The stamps above an offset, whole lines, with the empty line that a page's end left before them."""
    found: list[Span] = []
    last = -1
    at = text.find(_STAMP, 0, end)
    while at >= 0:
        line = text.rfind("\n", 0, at) + 1
        stop = text.find("\n", at, end) + 1 or end
        if line == last:
            found[-1] = (found[-1][0], stop)
        else:
            found.append((_with_page_end(text, line), stop))
        last = stop
        at = text.find(_STAMP, stop, end)
    return found


def _with_page_end(text: str, first: int) -> int:
    above = text[max(0, first - 4) : first]
    return first - 1 if above.endswith("\n\n") else first - 2 if above == "\r\n\r\n" else first


def _between(stamps: Sequence[Span], start: int, end: int) -> Iterator[Span]:
    at = start
    for first, last in stamps:
        yield at, max(at, first)
        at = max(at, last)
    yield at, end


def _attributes(block: str) -> dict[str, str]:
    """The `Key: value` lines that have a value; a line without a known key belongs to the one before."""
    found: dict[str, str] = {}
    current = ""
    for key, words in map(_attribute, block.split("\n")):
        if key:
            current = key
        if words and current:
            found[current] = f"{found[current]}\n{words}" if current in found else words
    return found


@lru_cache(maxsize=4096)  # nearly all lines recur: most attributes have a handful of values, or none
def _attribute(line: str) -> tuple[str, str]:
    """A line's key and value; no key where it goes on with the value above, no value where it is empty."""
    key, colon, words = line.partition(":")
    if not colon or key not in _KEYS:
        return "", line.strip()
    words = words.strip()
    return key, "" if words.lower() in _EMPTY else words


def _catalogue(said: dict[str, str]) -> Catalogue:
    return Catalogue(
        id=said.get("Document Number"),
        created=_day(said.get("Draft Date", "")),
        classification=_line(said, "Original Classification"),
        title=_line(said, "Subject"),
        tags=_tags(said.get("TAGS", "")),
        from_=_line(said, "From"),
        to=_listed(said.get("To", "")),
        references=tuple(filter(None, map(str.strip, _BETWEEN.split(said.get("Reference", ""))))),
        attributes=said,
    )


def _line(said: dict[str, str], key: str) -> str | None:
    return " ".join(said[key].split()) if key in said else None


@lru_cache(maxsize=4096)
def _listed(value: str) -> tuple[str, ...]:
    """`LIMA     STATE`: several in one value, apart by several blanks."""
    return tuple(part for part in _GAP.split(value.strip()) if part)


@lru_cache(maxsize=4096)
def _tags(value: str) -> tuple[str, ...]:
    """Codes, and persons in their parentheses: `OVIP, (VANCE, CYRUS), BL`."""
    found = _CODE_OR_PERSON.findall(value)
    return tuple(" ".join(part.split()) for part in found if part.strip())


@lru_cache(maxsize=4096)
def _day(value: str) -> str | None:
    """`09 APR 1974` as `1974-04-09`; None where it is no day."""
    match = _DAY.search(value)
    month = MONTHS.get(match["month"].upper()) if match else None
    if match is None or month is None:
        return None
    try:
        return date(int(match["year"]), month, int(match["day"])).isoformat()
    except ValueError:
        return None


def _release(text: str, stamps: Sequence[Span], said: dict[str, str]) -> Release:
    """Released as the stamps and the attributes say; `unknown` where neither does."""
    current = _line(said, "Current Classification")
    words = text[slice(*stamps[0])].strip().split("\n")[0] if stamps else said.get("Markings", "")
    stamp = _stamped(words)
    if stamp is None:
        return Release(current=current, basis="attributes" if current else None)
    return Release("released", current, *stamp, "attributes" if current else "stamp")


@lru_cache(maxsize=1024)  # one for all that was reviewed together
def _stamped(words: str) -> tuple[str | None, str | None] | None:
    """Whose authority a stamp names, and its date."""
    stamp = _WHO.match(" ".join(words.split()))
    if stamp is None:
        return None
    authority = ", ".join(part for part in (stamp["name"].strip(), stamp["authority"].strip()) if part)
    return authority or None, _day(stamp["date"] or "")
