"""What tells that a text holds a cable, whatever is around it."""

import re

from reftel.editors import read_head

# A classification line with a serial is sign enough; of the weaker ones two kinds must meet.
_CLASSIFIED = re.compile(
    r"^[ \t]*(?:UNCLAS|LIMITED OFFICIAL USE|C ?O ?N ?F ?I ?D ?E ?N ?T ?I ?A ?L"
    r"|(?:T ?O ?P ?\s)?S ?E ?C ?R ?E ?T)\b.{0,80}[A-Z] +\d{1,8}\b",
    re.MULTILINE | re.IGNORECASE,
)
_SIGNS = tuple(
    re.compile(pattern, re.MULTILINE | re.IGNORECASE)
    for pattern in (
        r"^[ \t]*VZCZC[A-Z]{3}\d",
        r"^[ \t]*(?:FM|TO) +[A-Z]",
        r"^[ \t]*E\.?O\.? *\d{5}",
        r"^[ \t]*TAGS?[:;]",
        r"^[ \t]*SUBJ(?:ECT)?[:;]",
        r"^[ \t]*PAGE \d\d +[A-Z]",
        r"^Message Attributes",
        r"^Document Number: *\d{4}[A-Z]",
        r"^[ \t]*MRN:[ \t]*\d\d +[A-Z]",
        r"^[ \t]*Date/DTG:",
    )
)
# lines that were run together: the relay's first three are told without their ends
_RUN_TOGETHER = re.compile(r"\bVZCZC[A-Z]{3}\d{4} [ZOPR]{2} R[A-Z]{3,7}\b.{0,400}\bDE R[A-Z]{3,7} #\d{4}")


_HEAD = 4096  # characters in which a file says what it is
_PRINTED = ("Telegram", "Airgram", "Backchannel")


def is_tei(text: str) -> bool:
    """Whether it is TEI, a volume or one document of it."""
    head = text[:_HEAD]
    return head.lstrip("\ufeff \t\r\n").startswith("<") and (
        'type="document"' in head or "<TEI" in head or "http://www.tei-c.org/ns/1.0" in head
    )


def is_printed(text: str) -> bool:
    """Whether it begins with the head line that editors give a telegram: `113. Telegram From ... to ...`"""
    head = text[:_HEAD].lstrip()
    first = head.partition("\n\n")[0]
    if not any(kind in first for kind in _PRINTED):
        return False
    found = read_head(first)
    return found is not None and found.certain


# 1. (C) ... 2. (C) ...: a text that lost its header is known by the marks of its paragraphs.
_MARKED = re.compile(
    r"^[ \t]*(?P<number>\d{1,3})\. ?\((?:TS|S|C|U|SBU|LOU)(?://?[A-Z]{1,8})?\)", re.MULTILINE
)


def holds_a_cable(text: str) -> bool:
    """Whether a classification line stands in it, or two of the other lines that every cable has.

    Edited print has neither, but its head line, or it is TEI. Two marked paragraphs that count on are enough.
    """
    if "\nTAGS:" in text and ("\nSUBJECT:" in text or "\nSUBJ:" in text):  # nearly all; much quicker to see
        return True
    if is_tei(text) or is_printed(text):
        return True
    if _CLASSIFIED.search(text) or sum(bool(sign.search(text)) for sign in _SIGNS) > 1:
        return True
    before = None
    for match in _MARKED.finditer(text):
        if before is not None and int(match["number"]) == before + 1:
            return True
        before = int(match["number"])
    return "VZCZC" in text and _RUN_TOGETHER.search(text) is not None
