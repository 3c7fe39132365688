"""Invented records for tests: a test names only what it is about.

cable("2009STRELSAU12", "(C) The king is away.", "(U) The roads are dry.", tags=("PGOV",))
"""

import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from reftel import mrn
from reftel.cable import Cable, Copy, CopyNote, Mrn, Paragraph, Part, Sender, Span
from reftel.telegram import acp127

MARKED = re.compile(r"\((?P<mark>[A-Z/ ,]+)\) ?(?P<text>.*)", re.DOTALL)


def paragraph(text: str = "The king is away.", number: int | None = 1, **fields: Any) -> Paragraph:
    """One paragraph; `(C) The king is away.` gives its marking too."""
    marked = MARKED.fullmatch(text)
    if marked:
        fields.setdefault("marking", marked["mark"])
        text = marked["text"]
    marking, voice = fields.pop("marking", None), fields.pop("voice", "report")
    spans: tuple[Span, ...] = fields.pop("spans", ((0, len(text)),))
    fields.setdefault("parts", (Part(marking, voice, text, spans),))
    fields.setdefault("anchor", "0" if number is None else str(number))
    fields.setdefault("heading", None)
    return Paragraph(number=number, marking=marking, voice=voice, text=text, spans=spans, **fields)


def cable(id: str | None = "2009STRELSAU12", *paragraphs: str | Paragraph, **fields: Any) -> Cable:
    """One cable, CONFIDENTIAL and dated unless said otherwise; paragraphs are numbered from 1.

    Its number is firm unless `basis` says else; with `id=None` nothing tells.
    """
    number = (mrn.read(id) if id else None) or Mrn()
    basis = fields.pop("basis", number.basis)
    number = msgspec.structs.replace(number, basis=basis)
    firm = basis in {"stated", "catalogue", "dtg"}
    known: dict[str, Any] = {
        "id": number.id,
        "key": number.id
        if firm and number.id
        else f"x{sha256(repr((id, paragraphs)).encode()).hexdigest()[:12]}",
        "aliases": tuple(alias for alias in (mrn.short(number),) if alias),
        "mrn": number,
        "era": "acp127",
        "extract": False,
        "sections": None,
        "sent": f"{number.year or 2009}-02-12T05:16Z",
        "sent_basis": "dtg",
        "precedence": ("ROUTINE",),
        "transmission": None,
        "from_": Sender(f"AMEMBASSY {number.station}" if number.station else None, number.station),
        "classification": "CONFIDENTIAL",
        "subject": "THE KING IS AWAY",
        "paragraphs": tuple(
            paragraph(each, at) if isinstance(each, str) else each for at, each in enumerate(paragraphs, 1)
        ),
    }
    return Cable(**(known | fields))


def copy(cable: Cable, *, raw: bytes | None = None, **fields: Any) -> Copy:
    """A copy that says something like the cable; not meant to be read, but to be kept."""
    if raw is None:
        lines = [cable.id or cable.key, f"SUBJECT: {cable.subject}"]
        lines += [f"{each.number}. ({each.marking}) {each.text}" for each in cable.paragraphs]
        raw = "\n\n".join(lines).encode()
    text = raw.decode("utf-8", "replace")
    digest = sha256(raw).hexdigest()
    known: dict[str, Any] = {"source": "text", "locator": f"{digest[:8]}.txt", "body": (0, len(text))}
    return Copy(raw=raw, text=text, sha256=digest, **(known | fields))


def pair(cable: Cable, *, raw: bytes | None = None, **fields: Any) -> tuple[Copy, Cable]:
    """A copy, and the cable as if read from it: what the store is given."""
    made = copy(cable, raw=raw, **fields)
    note = CopyNote(made.source, made.locator, made.sha256, made.text_by)
    return made, msgspec.structs.replace(cable, copy=note)


def file(folder: Path, cable: Cable, name: str | None = None) -> Path:
    """A file with the cable's text, as it would have been sent."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (name or f"{cable.key}.txt")
    path.write_text(acp127.write(cable), encoding="utf-8")
    return path
