"""Forged cables of every era against their truth: undamaged and damaged, by field, and by kind of damage.

The corpora are named by era, `sas`, and `sas damaged`; in `by damage` a field is an era and a kind of damage,
and its verdicts are those of all fields of cables that have this damage and no other.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec
from quality.verdict import Verdict

from reftel import sources, telegram
from reftel.cable import Cable
from reftel.errors import NotACable
from reftel.forge import ERAS, Forged
from reftel.forge.damages import KINDS

NAME = "forged"

_COUNT = 200  # cables of an era, undamaged and damaged
_OF_A_KIND = 12  # cables with one damage
_TRIES = 400  # among so many there are as many that can have it
_STRIDE = 7  # from one cable to the next, so that every post and year comes
_SEED = 11

# What is compared: the facts. Places are not kept by the forge, nor is what is inferred by other steps.
_FIELDS = (
    "id", "sections", "sent", "precedence", "transmission", "from", "to", "info", "classification",
    "handling", "captions", "passing", "authority", "tags", "tags_unknown", "tags_persons", "subject",
    "subject_marking", "signature", "operating_signals", "distribution", "drafting", "catalogue",
)  # fmt: skip
_OF_REFERENCE = ("letter", "text", "kind", "id", "inferred", "captions")
_OF_PARAGRAPH = ("number", "anchor", "marking", "heading", "voice", "text")
_OF_PART = ("marking", "voice", "text")


def verdicts(shared: Path) -> Iterator[Verdict]:
    """Every field of so many cables of each era that is read; `shared` is not looked at."""
    read = {era.ERA for era in telegram.ERAS}
    for era, grow in ERAS.items():
        if era not in read:
            continue
        for index in range(_COUNT):
            yield from _judged(grow(index * _STRIDE, _SEED, ()), era)
            damaged = grow((_COUNT + index) * _STRIDE, _SEED)
            if damaged.damages:
                yield from _judged(damaged, f"{era} damaged")
        for name, kind in KINDS.items():
            if era in kind.eras:
                for one in _of_a_kind(era, name):
                    for verdict in _judged(one, "by damage"):
                        yield verdict._replace(field=f"{era} {name}")


def _of_a_kind(era: str, name: str) -> Iterator[Forged]:
    """Cables to which this alone has happened."""
    found = 0
    for index in range(_TRIES):
        one = ERAS[era](index * _STRIDE, _SEED, (name,))
        if name in one.damages and not set(one.damages) - {name, "page-break", "cut-title"}:
            yield one
            found += 1
        if found == _OF_A_KIND:
            return


def _judged(forged: Forged, corpus: str) -> Iterator[Verdict]:
    """A verdict for each field that the truth or the reading has."""
    truth, found = _facts(forged.cable), _facts(_read(forged))
    item = f"{forged.name} ({', '.join(forged.damages)})" if forged.damages else forged.name
    for field in dict.fromkeys((*truth, *found)):
        expected, got = truth.get(field), found.get(field)
        if outcome := _outcome(expected, got):
            yield Verdict(corpus, item, field.partition("/")[0], outcome, _words(expected), _words(got))


def _read(forged: Forged) -> Cable | None:
    try:
        copies = sources.copies(forged.text, forged.name)
    except NotACable:
        return None
    return telegram.read(copies[0])


def _facts(cable: Cable | None) -> Mapping[str, object]:
    """Field by field; each reference and each paragraph for itself."""
    if cable is None:
        return {}
    record = msgspec.to_builtins(cable)
    facts: dict[str, object] = {field: record[field] for field in _FIELDS}
    for order, one in enumerate(record["references"]):
        facts[f"references/{order}"] = {name: one[name] for name in _OF_REFERENCE}
    for order, one in enumerate(record["paragraphs"]):
        parts = [{name: part[name] for name in _OF_PART} for part in one["parts"]]
        facts[f"paragraphs/{order}"] = {name: one[name] for name in _OF_PARAGRAPH} | {"parts": parts}
    facts["defects"] = sorted({defect["code"] for defect in record["defects"]})
    return facts


def _outcome(expected: object, found: object) -> Literal["right", "wrong", "missing", "spurious"] | None:
    if _empty(expected):
        return None if _empty(found) else "spurious"
    if expected == found:
        return "right"
    return "missing" if _empty(found) else "wrong"


def _empty(value: object) -> bool:
    """Whether a value says nothing: null, or of nulls and empty lists alone."""
    if isinstance(value, dict):
        return all(map(_empty, value.values()))
    return value is None or value in ((), [], "")


def _words(value: object) -> str:
    return "" if _empty(value) else value if isinstance(value, str) else msgspec.json.encode(value).decode()
