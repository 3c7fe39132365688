"""What a corpus says of one field of one cable."""

from typing import Literal, NamedTuple


class Verdict(NamedTuple):
    """One field of one cable, held against the corpus."""

    corpus: str  # "aad"
    item: str  # which cable: "1974LAPAZ00015"
    field: str  # "from"; "markup/date" or "pattern/number" where one corpus has two sources of gold
    outcome: Literal["right", "wrong", "missing", "spurious"]
    expected: str = ""
    found: str = ""
