"""The drafting block of an outgoing telegram: who drafted, approved and cleared it (handbook 01, section 1).

DRAFTED BY ARA/AND/B - PBTAYLOR:LEE
APPROVED BY ARA:SEATON
NSC:CDODSON (INFO)
DESIRED DISTRIBUTION
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from reftel import dtg
from reftel.cable import Drafting, Hand, Span
from reftel.telegram.common.header import Line

_LABEL = re.compile(
    r"(?P<label>DRAFTED|APPROVED|RELEASED|CLEARED)\s+BY\b\s*:?\s*|(?P<desired>DESIRED\s+DISTRIBUTION)\s*:?\s*",
    re.IGNORECASE,
)
# ARA/AND/B - PBTAYLOR:LEE | ARA:SEATON | S/S;LPBREMER | C - MR. BRANDT
_HAND = re.compile(
    r"(?P<office>[A-Z][A-Z0-9/&.-]{0,20}?)\s*(?:\s-\s|-(?=[A-Z])|[:;])\s*(?P<name>[^:;(]*)", re.IGNORECASE
)
_NOTE = re.compile(r"\((?P<note>[^()]{1,30})\)\s*$")
_MOST = 40  # hands in one block, at most


class Reading(NamedTuple):
    """What the block says, and where."""

    drafting: Drafting
    spans: dict[str, tuple[Span, ...]]


def begins(line: str) -> bool:
    """Whether a line is the first of the block."""
    return line[:1] in "DARCdarc" and _LABEL.match(line) is not None


def end(lines: Sequence[Line], position: int) -> int:
    """The line below a block that begins at a line: the counter line, the date-time group, FM."""
    while position < len(lines):
        words = lines[position].text
        if words.startswith(("---", "FM ")) or (words[1:2] == " " and dtg.read(words)):
            return position
        position += 1
    return position


def read(lines: Sequence[Line]) -> Reading:
    """The block's lines, from DRAFTED BY to the last clearance or the desired distribution."""
    said: dict[str, Hand] = {}
    cleared: list[Hand] = []
    desired: list[str] = []
    spans: dict[str, tuple[Span, ...]] = {}
    wants = False  # whether DESIRED DISTRIBUTION stands above
    for line in lines[:_MOST]:
        if not line.text:
            continue
        label = _LABEL.match(line.text)
        at = label.end() if label else 0
        rest, place = line.text[at:], (line.start + at, line.end)
        if label and label["desired"]:
            wants = True
        elif label and label["label"].upper() != "CLEARED":
            field = f"{label['label'].lower()}_by"
            said[field] = hand(rest)
            spans[f"/drafting/{field}"] = (place,)
            wants = False
            continue
        if wants and rest:
            desired.append(" ".join(rest.split()))
            spans["/drafting/desired_distribution"] = (
                *spans.get("/drafting/desired_distribution", ()),
                place,
            )
        elif rest:
            spans[f"/drafting/cleared_by/{len(cleared)}"] = (place,)
            cleared.append(hand(rest))
    wanted = " ".join(desired) or None
    by = (said.get("drafted_by"), said.get("approved_by"), said.get("released_by"))
    return Reading(Drafting(*by, tuple(cleared), wanted), spans)


def hand(words: str) -> Hand:
    """`ARA/AND - MRBARNEBEY (INFO)`: the office, the name without its typist, the note."""
    text = " ".join(words.split())
    note = _NOTE.search(text)
    bare = text[: note.start()].rstrip() if note else text
    match = _HAND.match(bare)
    office = match["office"] if match else None
    name = match["name"].strip(" -") if match else bare
    return Hand(text, office, name or None, note["note"].strip() if note else None)


def write(drafting: Drafting) -> list[str]:
    """The lines of the block."""
    lines = []
    for label, one in (
        ("DRAFTED", drafting.drafted_by),
        ("APPROVED", drafting.approved_by),
        ("RELEASED", drafting.released_by),
    ):
        if one:
            lines.append(f"{label} BY {one.text}")
    lines += [one.text for one in drafting.cleared_by]
    if drafting.desired_distribution:
        lines += ["DESIRED DISTRIBUTION", drafting.desired_distribution]
    return lines
