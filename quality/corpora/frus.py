"""Telegrams of Foreign Relations of the United States, against the fields that their data set gives.

Read twice: from the TEI, and as plain text (head, place and date, text, signature, source note). Gold is of
two kinds. `markup/...` is what the editors marked: date, place, signature. `pattern/...` was cut by pattern
from their head line and source note: from, to, number, classification. Where that cut went wrong for all to
see (`Mission to the United Nations` was cut at its own `to`), the editors' `<gloss type="from">` is taken in
its stead, as `gloss/...`, where they have one; it is often cut short itself. The cut knows some series of
numbers only: `CAP 65365` and `A-181` count as spurious, though they are none.

Telegrams whose text has its own FM and TO lines are a corpus apart; as plain text their record has the names
of those lines, which are compared with the lines (`text/...`), not with the head line. Dates are compared as
exactly as the gold has them: its markup leaves out hours, and the Z, that the date line has.
Case, blanks, dashes and stops at the ends are not compared.
"""

import gzip
import json
import lzma
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from quality.verdict import Verdict

from reftel import sources, telegram
from reftel.cable import Cable
from reftel.errors import ReftelError

NAME = "frus"

_MISCUT = re.compile(r".*\b(?:Mission|Delegation|Representative|Ambassador|Assistant) to .* to .*")
_FM = re.compile(r"^FM\s+(?P<name>.+)$", re.MULTILINE)
_TO = re.compile(r"^TO\s+(?:R[A-Z]{3,7} ?/ ?)?(?P<name>.+)$", re.MULTILINE)
_BEHIND_NAME = re.compile(r"(?:\s+(?:FLASH|NIACT|IMMEDIATE|PRIORI?TY|ROUTINE|\d{1,5}))+$")
PARTS = ("1948-57", "1958-60", "1961-63", "1964-68", "1969-80")


def verdicts(shared: Path) -> Iterator[Verdict]:
    """Each field of each telegram, read from the TEI and read from plain text."""
    for gold, tei in telegrams(shared):
        kind = "frus-raw" if gold["raw_header"] else "frus"
        if _MISCUT.fullmatch(f"{gold['from']} to {gold['to']}"):
            gold |= {"miscut": True, "from": _marked("from", tei), "to": _marked("to", tei)}
        name = gold["id"].replace("/", "_") + ".xml"
        yield from _judge(kind, gold, _read(tei.encode(), name))
        yield from _judge(f"{kind}-plain", gold, _read(plain(gold).encode(), "telegram.txt"))


def telegrams(shared: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """The gold and the TEI of each telegram."""
    for part in PARTS:
        with (
            gzip.open(shared / f"data/frus/telegrams-{part}.jsonl.gz", "rt", encoding="utf-8") as golds,
            lzma.open(shared / f"data/frus/tei-{part}.jsonl.xz", "rt", encoding="utf-8") as teis,
        ):
            for gold, tei in zip(golds, teis, strict=True):
                yield json.loads(gold), json.loads(tei)["tei"]


def plain(gold: dict[str, Any]) -> str:
    """The telegram as somebody would copy it out of the book."""
    line = ", ".join(part.strip(" ,") for part in (gold["place"], gold["date_text"]) if part)
    parts = [gold["head"], line, gold["text"], "\n".join(gold["signature"]), gold["source_note"]]
    return "\n\n".join(part for part in parts if part)


def _read(raw: bytes, locator: str) -> Cable | None:
    try:
        (copy,) = sources.copies(raw, locator)
    except (ReftelError, ValueError):
        return None
    return telegram.read(copy)


def _judge(corpus: str, gold: dict[str, Any], cable: Cable | None) -> Iterator[Verdict]:
    for field, expected, found in _fields(gold, cable):
        one, other = _even(expected), _even(found)
        if not one and not other:
            continue
        outcome = "right" if one == other else "missing" if not other else "wrong" if one else "spurious"
        yield Verdict(corpus, gold["id"], field, outcome, expected, found)  # type: ignore[arg-type]


def _fields(gold: dict[str, Any], cable: Cable | None) -> Iterator[tuple[str, str, str]]:
    """What is compared: the field, the gold, and what was read."""
    date = gold["date"] or ""
    level = gold["classification"] or ""
    parties = "gloss" if "miscut" in gold else "pattern"
    yield "markup/date", date[:16], _as_exact(cable.sent if cable else None, date)
    yield "markup/place", gold["place"] or "", (cable and cable.place) or ""
    yield "markup/signature", " ".join(gold["signature"]), (cable and cable.signature) or ""
    if gold["raw_header"] and cable and not cable.catalogue:
        yield "text/from", _behind(_FM, gold["text"]), cable.from_.name or ""
        yield "text/to", _behind(_TO, gold["text"]), cable.to[0].name if cable.to else ""
    else:
        if gold["from"]:
            yield f"{parties}/from", gold["from"], _sender(cable)
        if gold["to"]:
            yield f"{parties}/to", gold["to"], _receiver(cable)
    yield "pattern/number", gold["number"] or "", _number(cable)
    marked = "" if level == "No Classification Marking" else level
    yield "pattern/classification", marked, (cable and cable.classification) or ""


def _behind(label: re.Pattern[str], text: str) -> str:
    """The name on the first line with a label."""
    line = label.search(text)
    return _BEHIND_NAME.sub("", line["name"].strip()) if line else ""


def _marked(kind: str, tei: str) -> str:
    """Whom the head line's markup calls sender or receiver; nothing where it has no such mark."""
    found = re.search(rf'<gloss type="{kind}">(.*?)</gloss>', tei.partition("</head>")[0], re.DOTALL)
    return re.sub(r"^the ", "", " ".join(re.sub(r"<[^>]*>", "", found[1]).split())) if found else ""


def _as_exact(sent: str | None, date: str) -> str:
    """A date no more exact than the gold: the markup leaves out hours and the Z that the date line has."""
    return (sent or "").rstrip("Z")[: len(date.rstrip("Z")[:16]) or None]


def _sender(cable: Cable | None) -> str:
    """As the head line names it, which the packaging gives; the telegram itself may have its own FM line."""
    if cable is None:
        return ""
    return (cable.catalogue and cable.catalogue.from_) or cable.from_.name or ""


def _receiver(cable: Cable | None) -> str:
    if cable is None:
        return ""
    if cable.catalogue and cable.catalogue.to:
        return ", ".join(cable.catalogue.to)
    return ", ".join(one.name for one in cable.to)


def _number(cable: Cable | None) -> str:
    """The number as printed, which is the first of the aliases."""
    if cable is None or "/mrn" not in cable.spans:
        return ""
    return cable.aliases[0] if cable.aliases else ""


def _even(words: str) -> str:
    return re.sub(r"\s+", " ", words.replace("–", "-").replace("—", "-")).strip(" .,").lower()
