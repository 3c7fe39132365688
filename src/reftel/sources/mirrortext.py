"""A mirror's page as text: page furniture, a catalogue head, then the telegram.

The head comes in two forms (docs/formats/mirror-pages.md): four labels in a column with their values in
the next, or a bare date and origin.
"""

import re
from collections.abc import Sequence
from datetime import date

from reftel.cable import Catalogue, Copy, Span
from reftel.sources.packaging import PARTIAL_EXTRACT, partial_extract_end

NAME = "mirror-text"

_HOW_TO = "how-to read a cable"
_TITLE = re.compile(r"\nCable title:[^\S\n]*(.*)")
_TAGS = re.compile(r"\nTags:[^\S\n]*(.*)")
_CREATED = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?")
_LABELS = {"Identifier": "id", "Created": "created", "Classification": "classification", "Origin": "origin"}
_HEAD = 4096  # no page's furniture is longer; keeps a search for it off long texts


def recognises(text: str) -> bool:
    """Whether the page's own furniture, or the sentence on partial extracts, stands at the head."""
    return text.find(PARTIAL_EXTRACT, 0, _HEAD) >= 0 or text.find(_HOW_TO, 0, _HEAD) >= 0


def copies(raw: bytes, text: str, locator: str, sha256: str) -> tuple[Copy, ...]:
    """The one cable of the page."""
    how_to = text.find(_HOW_TO, 0, _HEAD)
    furniture = text.find("\n", how_to) + 1 if how_to >= 0 else 0
    start = partial_extract_end(text, furniture)
    body: Span = (start, len(text))
    catalogue = _catalogue(text[: text.rfind("\n", 0, how_to) + 1]) if how_to >= 0 else None
    extract = PARTIAL_EXTRACT in text[:start]
    return (Copy(raw, text, NAME, locator, sha256, body, catalogue, extract),)


def _catalogue(head: str) -> Catalogue | None:
    """What the page's head says; None where it says nothing."""
    head = f"\n{head}"
    title, tags = _TITLE.search(head), _TAGS.search(head)
    lines = [line.strip() for line in head[: title.start() if title else None].splitlines() if line.strip()]
    fields = _labelled(lines) or _bare(lines)
    if title:
        words = head[title.start(1) : tags.start() if tags else None].split()
        fields["title"] = " ".join(words)
    codes = tuple(tags[1].split()) if tags else ()
    if not codes and not any(fields.values()):
        return None
    created = fields.get("created", "").replace(" ", "T", 1)
    if not _is_date(created):
        created = ""
    return Catalogue(
        id=fields.get("id") or None,
        created=created or None,
        classification=fields.get("classification") or None,
        origin=fields.get("origin") or None,
        title=fields.get("title") or None,
        tags=codes,
    )


def _is_date(words: str) -> bool:
    """Whether words begin with a date of the calendar: `2005-03-24T10:15:00`."""
    try:
        date.fromisoformat(words[:10])
    except ValueError:
        return False
    return True


def _labelled(lines: Sequence[str]) -> dict[str, str]:
    """Labels in a column, values in the next: Identifier, Created ..., then as many values."""
    labels = [_LABELS[line] for line in lines if line in _LABELS]
    values = [line for line in lines if line not in _LABELS][-len(labels) :] if labels else []
    return dict(zip(labels, values, strict=False))


def _bare(lines: Sequence[str]) -> dict[str, str]:
    """A date, and the origin on the line behind it."""
    for line, following in zip(lines, (*lines[1:], ""), strict=False):
        if _CREATED.fullmatch(line):
            return {"created": line, "origin": following}
    return {}
