"""One judgement of the accuracy harness: what a cable's field should be, and what was read."""

from typing import Literal, NamedTuple


class Verdict(NamedTuple):
    """How one field of one cable came out."""

    corpus: str  # "aad"
    item: str  # which cable: "1974LAPAZ00015"
    field: str  # "from"; "markup/date" or "pattern/number" where one corpus has two sources of gold
    outcome: Literal["right", "wrong", "missing", "spurious"]
    expected: str = ""
    found: str = ""
