"""What tells that a text is relayed traffic, whatever else it lost."""

import re

from reftel.telegram.common.blanks import even

# A classification line with a number: UNCLAS ZENDA 000012, C O N F I D E N T I A L SECTION 01 OF 02 ZENDA 12
_CLASSIFIED = re.compile(
    r"^ *(?:UNCLAS|LIMITED OFFICIAL USE|C ?O ?N ?F ?I ?D ?E ?N ?T ?I ?A ?L"
    r"|(?:T ?O ?P ?\s)?S ?E ?C ?R ?E ?T)\b.{0,80}[A-Z][ ]+\d{1,8}\b",
    re.MULTILINE | re.IGNORECASE,
)
_HEAD = 10_000  # no relay's lines are longer


def is_relayed(text: str, start: int, end: int) -> bool:
    """Whether a relay's lines, an FM line or a classification line with a number stand at the head."""
    end = min(end, start + _HEAD)
    if text.find("VZCZC", start, end) >= 0 or text.find("\nFM ", start, end) >= 0:
        return True
    head = even(text[start:end])
    return head.startswith("FM ") or "\nFM " in head or _CLASSIFIED.search(head) is not None
