"""What tells that a text is relayed traffic, whatever else it lost."""

from itertools import pairwise

from reftel.markings import read_classification
from reftel.telegram.common.even import even
from reftel.telegram.common.header import is_classification_line

_HEAD = 10_000  # no relay's lines are longer


def is_relayed(text: str, start: int, end: int) -> bool:
    """Whether a relay's lines, an FM line or a classification line with a number stand at the head."""
    end = min(end, start + _HEAD)
    if text.find("VZCZC", start, end) >= 0 or text.find("\nFM ", start, end) >= 0:
        return True
    lines = [line.strip() for line in even(text[start:end]).split("\n")]
    if any(line.startswith("FM ") or is_classification_line(line) for line in lines):
        return True
    return any(  # broken in two
        read_classification(line) and is_classification_line(f"{line} {following}")
        for line, following in pairwise(lines)
    )
