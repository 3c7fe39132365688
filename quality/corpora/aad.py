"""300 telegrams of the National Archives, read from their pages' text, against their Message Attributes.

The attributes are machine-made and edited by analysts: where they disagree with the telegram, who is right
is told in `aad-disagreements.csv` for the fields that analysts edit.
"""

import csv
import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from quality.verdict import Verdict

from reftel import sources, telegram
from reftel.cable import Cable, Mrn
from reftel.markings import read_classification
from reftel.stations import token
from reftel.telegram.common import references

NAME = "aad"

_JUDGED = Path(__file__).parents[1] / "aad-disagreements.csv"
_NOTHING = ("", "n/a", "01 jan 1960")
_SCHEDULES = {"GS": "GDS", "X1": "XGDS", "X2": "XGDS", "X3": "XGDS", "X4": "XGDS", "AS": "ADS"}

_AGENCIES = (
    ("SECSTATE", "STATE"),
    ("USDOC", "COM"),
    ("COMMERCE", "COM"),
    ("AGRICULTURE", "AGR"),
    ("USINFO", "USIA"),
    ("USICA", "ICA"),
    ("U S SECRET SERVICE", "USSS"),
)
_CHUNK = 36  # the attribute cut longer REF blocks of 1974 into pieces of so many characters


def texts(shared: Path) -> Iterator[dict[str, Any]]:
    """The telegrams: `id`, `raw_text`, `attributes`."""
    with gzip.open(shared / "data/raw-cables/aad-cables.jsonl.gz", "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def read(one: dict[str, Any]) -> Cable:
    """The cable in the text of one document's pages."""
    (copy,) = sources.copies(one["raw_text"].encode(), f"{one['id']}.txt")
    return telegram.read(copy)


def verdicts(shared: Path) -> Iterator[Verdict]:
    """Each attribute that has a value, against what was read of the telegram itself."""
    judged = _judged()
    for one in texts(shared):
        said = {
            key: " ".join(value.split())
            for key, value in one["attributes"].items()
            if value.strip().lower() not in _NOTHING
        }
        cable = read(one)
        if "missing-text" in {defect.code for defect in cable.defects}:
            continue
        for field, expected, found, right in _compared(cable, said):
            outcome = "right" if right else "wrong" if found else "missing"
            yield _judge(Verdict(NAME, one["id"], field, outcome, expected, found), judged)
        for verdict in _references(cable, said, one["id"]):
            yield _judge(verdict, judged)


def _judge(verdict: Verdict, judged: dict[tuple[str, str, str], str]) -> Verdict:
    """Right after all where somebody who read both found the telegram right, and it is still read so."""
    known = judged.get((verdict.item, verdict.field, reading(verdict.found)))
    return verdict._replace(outcome="right") if known in ("text", "both") else verdict


def reading(found: str) -> str:
    """What was read, as a judgement names it: it holds for this reading alone."""
    return hashlib.sha256(found.encode()).hexdigest()[:8]


def _judged() -> dict[tuple[str, str, str], str]:
    """Who is right where attribute and telegram disagree, as somebody found who read both."""
    if not _JUDGED.exists():
        return {}
    with _JUDGED.open(encoding="utf-8", newline="") as file:
        return {(row["id"], row["field"], row["reading"]): row["right"] for row in csv.DictReader(file)}


def _compared(cable: Cable, said: dict[str, str]) -> Iterator[tuple[str, str, str, bool]]:
    """Field, what the attribute says, what was read, whether they agree."""
    defects = {defect.code for defect in cable.defects}
    told = {defect.message for defect in cable.defects}
    if "From" in said:
        post = token(re.sub(r" OR-\w+$", "", said["From"]))
        yield (
            "from",
            said["From"],
            cable.from_.name or "",
            bool(cable.from_.name) and cable.from_.station == post,
        )
    if "To" in said:
        ours = [_shortened(one.name) for one in cable.to]
        everybody = {word for name in (*ours, *(_shortened(one.name) for one in cable.info)) for word in name}
        words = set(_shortened(said["To"]))
        yield "to", said["To"], "; ".join(one.name for one in cable.to), bool(ours) and words <= everybody
    if "Original Classification" in said:
        level = read_classification(said["Original Classification"])
        found = "" if "the classification is the catalogue's" in told else cable.classification or ""
        yield "level", said["Original Classification"], found, bool(level and level.classification == found)
    if "Draft Date" in said:
        sent = cable.sent if cable.sent_basis == "dtg" else None
        yield "date", said["Draft Date"], sent or "", bool(sent) and _near(sent or "", cable)
    if "Subject" in said:
        found = "" if "missing-subject" in defects else cable.subject or ""
        marked = f"({cable.subject_marking}){found}" if cable.subject_marking else found
        yield "subject", said["Subject"], marked, _letters(marked) == _letters(said["Subject"])
    if "TAGS" in said:
        found = "" if "missing-tags" in defects else " ".join((*cable.tags, *cable.tags_unknown))
        codes = set(re.sub(r"\([^()]*\)?", "", said["TAGS"]).replace(",", " ").split())
        # a misspelt code is read as written and as meant; the attribute has what is meant alone
        meant = codes == set(cable.tags) and "missing-tags" not in defects
        yield "tags", said["TAGS"], found, meant or codes == set(found.split())
    if "Original Handling Restrictions" in said:
        words = set(re.split(r",\s*", said["Original Handling Restrictions"]))
        marks = {*cable.captions, *cable.handling}
        yield "captions", " ".join(sorted(words)), "; ".join(sorted(marks)), words <= marks
    if "Office" in said and cable.distribution:
        action = cable.distribution.action
        found = " ".join(office.code for office in action)
        yield "action", said["Office"], found, said["Office"].split()[-1] in found.split()
    if "Drafter" in said and cable.drafting and cable.drafting.drafted_by:
        yield (
            "drafter",
            said["Drafter"],
            cable.drafting.drafted_by.text,
            said["Drafter"] in (cable.drafting.drafted_by.text),
        )
    if said.get("Executive Order", "")[:2] in _SCHEDULES:
        code, _day, name = (*said["Executive Order"].split(" ", 2), "", "")[:3]
        found = (cable.authority.schedule if cable.authority else None) or ""
        same = found == _SCHEDULES[code] or (found == "XDS" and code[0] == "X")
        yield "schedule", said["Executive Order"], found, same
        if name:
            ours_ = (cable.authority.name if cable.authority else None) or ""
            yield "classifier", name, ours_, _letters(name) == _letters(ours_)


def _shortened(names: str) -> list[str]:
    """The words of addressees' names, those of agencies as the attributes shorten them."""
    words = names.upper()
    for said, short in _AGENCIES:
        words = words.replace(said, short)
    return [word for word in words.split() if word not in ("DEPT", "OF", "WASHDC")]


def _near(sent: str, cable: Cable) -> bool:
    drafted = cable.catalogue.created if cable.catalogue else None
    if drafted is None:
        return False
    return abs(date.fromisoformat(sent[:10]) - date.fromisoformat(drafted)) <= timedelta(days=1)


def _letters(words: str) -> str:
    return "".join(filter(str.isalnum, words.upper()))


def _whole(listed: str) -> str:
    """A REF block that the attribute cut in pieces made one again."""
    at = _CHUNK
    while at < len(listed):
        if listed[at : at + 2] == ", ":
            listed = listed[:at] + listed[at + 2 :]
        elif listed[at - 1 : at + 1] == ", ":
            listed = listed[: at - 1] + " " + listed[at + 1 :]
        at += _CHUNK
    return listed


def _references(cable: Cable, said: dict[str, str], item: str) -> Iterator[Verdict]:
    """Each telegram that the attribute cites is one that the REF block of the text gives."""
    listed = _whole(said.get("Reference", ""))
    citing = Mrn(cable.mrn.year, cable.mrn.station, cable.mrn.serial, "stated")
    expected = [one for one in references.read(listed, 0, len(listed), citing, cable.sent) if one.id]
    found = {one.id for one in cable.references}
    for one in expected:
        outcome = "right" if one.id in found else "missing"
        yield Verdict(NAME, item, "references", outcome, one.id or "", " ".join(sorted(filter(None, found))))
