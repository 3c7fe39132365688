"""What tells that a text is relayed traffic, whatever else it lost."""

from reftel.telegram.common.blanks import even
from reftel.telegram.common.header import is_classification_line

_HEAD = 10_000  # no relay's lines are longer


def is_relayed(text: str, start: int, end: int) -> bool:
    """Whether a relay's lines, an FM line or a classification line with a number stand at the head."""
    end = min(end, start + _HEAD)
    if text.find("VZCZC", start, end) >= 0 or text.find("\nFM ", start, end) >= 0:
        return True
    head = even(text[start:end])
    if head.startswith("FM ") or "\nFM " in head:
        return True
    return any(is_classification_line(line.strip()) for line in head.split("\n"))
