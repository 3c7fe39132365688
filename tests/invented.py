"""Archives of invented small cables with markings of every kind, for tests of what a reader may find."""

from pathlib import Path
from random import Random

from msgspec.structs import replace

import build
from reftel import clearance
from reftel.archive import Archive
from reftel.cable import Addressee, Cable, Part, Reference, Release
from reftel.clearance import ALL, Reader

READERS: dict[str, Reader] = {
    **{level: clearance.reader(level) for level in ("U", "SBU", "C", "S", "TS")},
    "C with NOFORN": Reader("C", frozenset({"NOFORN"})),
    "C with EXDIS": Reader("C", frozenset({"EXDIS"})),
    "S with captions": Reader("S", frozenset({"EXDIS", "NOFORN", "STADIS"})),
    "all": ALL,
}

WORDS = [
    "lease",
    "base",
    "krona",
    "treaty",
    "minister",
    "border",
    "railway",
    "strike",
    "envoy",
    "harbour",
    "grain",
    "timber",
    "loan",
    "census",
    "bridge",
    "customs",
    "ballot",
    "garrison",
    "pipeline",
    "uranium",
    "passport",
    "refugee",
    "convoy",
    "embargo",
    "audit",
    "ferry",
    "Ménard",
    "naïve",
]
MARKS = (
    None,
    None,
    "U",
    "U",
    "SBU",
    "C",
    "C",
    "C",
    "S",
    "S",
    "TS",
    "SBU/NF",
    "C/NF",
    "S//NF",
    "S//REL SAU",
    "S//XYZ",
)
POSTS = ("STRELSAU", "ZENDA", "HENTZAU", "TARLENHEIM", "STATE", "NEWDELHI")
TAGS = ("PREL", "PGOV", "ECON", "MARR", "KZ", "PREF")


def cables(number: int, seed: int) -> list[Cable]:
    """So many different cables, the same for the same seed."""
    chance = Random(seed)
    return [_cable(chance, serial) for serial in range(1, number + 1)]


def _cable(chance: Random, serial: int) -> Cable:
    year, post = chance.randint(2003, 2007), chance.choice(POSTS)
    basis = chance.choice([*5 * ["stated"], "filename", None])
    return build.cable(
        f"{year}{post}{serial}" if basis else None,
        *(_paragraph(chance, at) for at in range(1, chance.randint(1, 6))),
        **({} if basis == "stated" else {"key": f"vol{serial}/d{serial}"}),
        basis=basis,
        from_=build.Sender(None, post),
        aliases=chance.choice([(), (f"{year % 100:02d}{post}{serial}",), (f"secret-file-{serial}",)]),
        sent=chance.choice(
            [
                None,
                f"{year}",
                f"{year}-{serial % 12 + 1:02d}",
                f"{year}-{serial % 12 + 1:02d}-{serial % 27 + 1:02d}",
            ]
            + 4 * [f"{year}-0{serial % 3 + 1}-1{serial % 10}T1{serial % 2}:00Z"]
        ),
        era=chance.choice(["acp127", "sas"]),
        classification=chance.choice(
            [None, "UNCLASSIFIED", "UNCLASSIFIED", "CONFIDENTIAL", "CONFIDENTIAL", "SECRET", "TOP SECRET"]
        ),
        handling=chance.choice(5 * [()] + [("SENSITIVE",), ("NOFORN",), ("BURN BEFORE READING",)]),
        captions=chance.choice(5 * [()] + [("SIPDIS",), ("EXDIS",), ("SIPDIS", "STADIS")]),
        release=chance.choice(
            6 * [Release()]
            + [
                Release("leaked"),
                Release("released"),
                Release("released", "UNCLASSIFIED"),
                Release("released", "SECRET"),
            ]
        ),
        tags=tuple(chance.sample(TAGS, chance.randint(0, 3))),
        to=(Addressee("SECSTATE WASHDC"),) if chance.random() < 0.5 else (),
        info=tuple(Addressee(f"AMEMBASSY {chance.choice(POSTS)}") for _ in range(chance.randint(0, 2))),
        references=tuple(
            Reference(f"ZENDA {n:04d}", (3, 9), "telegram", id=f"2005ZENDA{n}")
            for n in chance.sample(range(1, 9), 2)
        ),
        subject=_text(chance, 4).upper() if chance.random() < 0.9 else None,
        subject_marking=chance.choice([None, None, "U", "C", "S"]),
        signature=chance.choice([None, "RASSENDYLL"]),
        spans={"/subject": ((3, 9),)},
    )


def _paragraph(chance: Random, number: int) -> build.Paragraph:
    mark, text = chance.choice(MARKS), _text(chance, chance.randint(3, 25))
    parts = (Part(mark, "report", text, ((0, 9),)),)
    if chance.random() < 0.2:
        parts = (*parts, Part(chance.choice(MARKS), "comment", "", ((9, 10),)))
    heading = chance.choice([None, None, None, "", "(U) ", "(C) ", "(S//NF) "])
    return build.paragraph(
        text,
        number,
        marking=mark,
        parts=parts,
        heading=None if heading is None else heading + _text(chance, 2),
    )


def _text(chance: Random, length: int) -> str:
    found = [WORDS[int(chance.paretovariate(0.7)) % len(WORDS)] for _ in range(length)]
    for at in range(length - 1):
        if chance.random() < 0.1:
            found[at] = chance.choice(["U.S.-Russia", "the envoy's", "2005", "O'Brien,", found[at] + "."])
    return " ".join(found)


def archive(path: Path, held: list[Cable], *, batch: int = 1000) -> Archive:
    """An archive on disk that holds these cables; `batch` of them are indexed at a time."""
    made = Archive.create(path)
    for at in range(0, len(held), batch):
        made.store.put([_pair(cable) for cable in held[at : at + batch]], "default")
        made.catch_up()
    return made


def _pair(cable: Cable) -> tuple[build.Copy, Cable]:
    document = cable.key if "/" in cable.key else None
    return build.pair(cable, raw=f"{cable.key}".encode(), document=document)


def left_for(held: list[Cable], reader: Reader) -> list[Cable]:
    """What a reader may see of these cables, as cables of their own."""
    return [left for cable in held if (left := clearance.visible(cable, reader))]


def left_to_keep(held: list[Cable], reader: Reader) -> list[Cable]:
    """The same for an archive that holds nothing else.

    Captions govern every portion, so they stay with what is left, even where the header that tells them went.
    """
    return [
        replace(left, captions=cable.captions) for cable in held if (left := clearance.visible(cable, reader))
    ]
