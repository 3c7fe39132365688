"""Telegrams of 1974-79 that were marked by hand, chosen for difficulty (tests/aad/README.md)."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from quality.verdict import Verdict
from tests.marks import Compared, Page, compared

from reftel import sources, telegram
from reftel.cable import to_json

NAME = "aad_marked"

_MARKS = Path(__file__).parents[2] / "tests" / "aad"


def verdicts(shared: Path) -> Iterator[Verdict]:
    """Every field that is marked, against what was read of the text of the same pages."""
    documents = {file.stem: json.loads(file.read_text("utf-8")) for file in sorted(_MARKS.glob("*.json"))}
    with gzip.open(shared / "data/raw-cables/aad-cables.jsonl.gz", "rt", encoding="utf-8") as lines:
        for one in map(json.loads, lines):
            if one["id"] in documents:
                marked, raw = documents[one["id"]], one["raw_text"].encode()
                (copy,) = sources.copies(raw, f"{one['id']}.txt")
                record = json.loads(to_json(telegram.read(copy)))
                for field in compared(marked, record, Page(raw, marked["lines"])):
                    if field.expected or field.found:
                        yield Verdict(
                            NAME, one["id"], field.field, _outcome(field), field.expected, field.found
                        )


def _outcome(one: Compared) -> Literal["right", "wrong", "missing", "spurious"]:
    if one.expected == one.found:
        return "right"
    if not one.found:
        return "missing"
    return "wrong" if one.expected else "spurious"
