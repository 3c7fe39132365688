"""What tells that a text holds a cable, whatever is around it."""

import re

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
    )
)
# lines that were run together: the relay's first three are told without their ends
_RUN_TOGETHER = re.compile(r"\bVZCZC[A-Z]{3}\d{4} [ZOPR]{2} R[A-Z]{3,7}\b.{0,400}\bDE R[A-Z]{3,7} #\d{4}")


def holds_a_cable(text: str) -> bool:
    """Whether a classification line stands in it, or two of the other lines that every cable has."""
    if "\nTAGS:" in text and ("\nSUBJECT:" in text or "\nSUBJ:" in text):  # nearly all; much quicker to see
        return True
    if _CLASSIFIED.search(text) or sum(bool(sign.search(text)) for sign in _SIGNS) > 1:
        return True
    return "VZCZC" in text and _RUN_TOGETHER.search(text) is not None
