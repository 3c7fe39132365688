"""Archives of invented small cables with markings of every kind, for tests of what a reader may find."""

from pathlib import Path
from random import Random

from msgspec.structs import replace

import build
from reftel import clearance
from reftel.archive import Archive
from reftel.cable import (
    SUBJECT_ATTRIBUTE,
    Addressee,
    Authority,
    Cable,
    Catalogue,
    Copy,
    Defect,
    Distribution,
    Drafting,
    Hand,
    Office,
    Paragraph,
    Part,
    Redaction,
    Reference,
    Release,
    Sections,
    Sender,
    Transmission,
    Voice,
)
from reftel.clearance import ALL, Reader
from reftel.findings.signers import Term

Pair = tuple[Copy, Cable]
"""What the store is given: a copy, and the cable as if read from it."""

READERS: dict[str, Reader] = {
    **{level: clearance.reader(level) for level in ("U", "SBU", "C", "S", "TS")},
    "C with NOFORN": Reader("C", frozenset({"NOFORN"})),
    "C with EXDIS": Reader("C", frozenset({"EXDIS"})),
    "S with captions": Reader("S", frozenset({"EXDIS", "NOFORN", "STADIS"})),
    "all": ALL,
}

COLLECTIONS = ("given", "lent")
"""The collections that cables of one archive may be kept in."""

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
        from_=Sender(None, post),
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


def _paragraph(chance: Random, number: int) -> Paragraph:
    mark, text = chance.choice(MARKS), _text(chance, chance.randint(3, 25))
    parts: tuple[Part, ...] = (Part(mark, "report", text, ((0, 9),)),)
    if chance.random() < 0.2:
        parts = (*parts, Part(chance.choice(MARKS), "comment", "", ((9, 10),)))
    elif chance.random() < 0.3:
        text, parts = _in_parts(chance, mark)
    heading = chance.choice([None, None, None, "", "(U) ", "(C) ", "(S//NF) "])
    return build.paragraph(
        text,
        number,
        marking=mark,
        parts=parts,
        heading=None if heading is None else heading + _text(chance, 2),
    )


def _in_parts(chance: Random, mark: str | None) -> tuple[str, tuple[Part, ...]]:
    """A text in some parts with marks of their own; now and then with words that are in none of them."""
    text, parts = "", []
    for at in range(chance.randint(2, 4)):
        words = _text(chance, chance.randint(1, 6))
        own = chance.choice([mark, *MARKS])
        parts.append(Part(own, chance.choice(["report", "comment", "summary"]), words, ((at, at + 1),)))
        text += " " * (at > 0) + words
    return text + (" lost words" if chance.random() < 0.1 else ""), tuple(parts)


def _text(chance: Random, length: int) -> str:
    found = [WORDS[int(chance.paretovariate(0.7)) % len(WORDS)] for _ in range(length)]
    for at in range(length - 1):
        if chance.random() < 0.1:
            found[at] = chance.choice(["U.S.-Russia", "the envoy's", "2005", "O'Brien,", found[at] + "."])
    return " ".join(found)


def archive(
    path: Path, held: list[Cable], *, batch: int = 1000, left_of: list[Cable] | None = None
) -> Archive:
    """An archive on disk that holds these cables; `batch` of them are indexed at a time.

    Where they are what is left of others, no copy is told of one from which something was taken out.
    """
    whole = {cable.key: cable for cable in (held if left_of is None else left_of)}
    made = Archive.create(path)
    for at in range(0, len(held), batch):
        made.store.put(
            [_pair(cable, whole[cable.key] == cable) for cable in held[at : at + batch]], "default"
        )
        made.catch_up()
    return made


def _pair(cable: Cable, has_copy: bool = True) -> Pair:
    document = cable.key if "/" in cable.key else None
    copy, read = build.pair(cable, raw=f"{cable.key}".encode(), document=document)
    return copy, read if has_copy else cable


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


# -- small archives in which everything varies ------------------------------------------------------------

SMALL_POSTS = ("ZENDA", "STRELSAU", "STATE", "NEWDELHI")
RARE = "osprey halyard vermilion quarry lantern obelisk parasol sextant thimble walnut yarrow zither".split()
TERMS = tuple(
    Term(word, word, " ".join(RARE), "", "Chief", mission, place, "2003", "2004-12-31", f"{mission}-{word}")
    for word in WORDS
    for mission, place in (
        ("zenda", "zenda"),
        ("strelsau", "strelsau"),
        ("india", "india"),
        ("secretary", ""),
    )
)
"""Offices that those held who sign small cables: who signs with a name of these, in these years, is known."""
SMALL_MARKS: tuple[str | None, ...] = (
    *(3 * [None]),
    *(3 * ["U"]),
    *("SBU", "LOU"),
    *(4 * ["C"]),
    *(3 * ["S"]),
    "TS",
    *("C/NF", "S//NF", "SBU/NF", "C/EXDIS"),
    *("S//REL RURITANIA", "C//REL RURITANIA, PONTEVEDRO", "S//REL", "S//SI", "S//SI/NF"),
    *("C//XX", "X", "?", ""),
)
SMALL_CLASSIFICATIONS = (
    *(4 * ["UNCLASSIFIED"]),
    *(4 * ["CONFIDENTIAL"]),
    *(3 * ["SECRET"]),
    *(None, "TOP SECRET", "LIMITED OFFICIAL USE", "RESTRICTED", "COSMIC"),
)
SMALL_HANDLING: tuple[tuple[str, ...], ...] = (
    *(8 * [()]),
    *(("SENSITIVE",), ("NOFORN",), ("NOFORN",), ("REL RURITANIA",), ("REL RURITANIA, PONTEVEDRO",)),
    *(("SENSITIVE", "NOFORN"), ("SI",), ("BURN BEFORE READING",)),
)
SMALL_CAPTIONS: tuple[tuple[str, ...], ...] = (
    *(6 * [()]),
    *(("SIPDIS",), ("EXDIS",), ("NODIS",), ("SIPDIS", "LIMDIS"), ("ROGER CHANNEL",), ("UNHEARD OF",)),
)
SMALL_RELEASES = (
    *(6 * [Release()]),
    *(Release("leaked"), Release("internal"), Release("released")),
    Release("released", "UNCLASSIFIED", "Department of State", "2006-05-05", "stamp"),
    Release("released", "CONFIDENTIAL"),
    Release("released", "SECRET", basis="attributes"),
    Release("released", "IN DOUBT"),
)
HOLDINGS = (
    *("NOFORN", "NOFORN", "EXDIS", "NODIS", "LIMDIS", "ROGER CHANNEL", "UNHEARD OF"),
    *("REL", "REL RURITANIA", "REL PONTEVEDRO", "SI", "SBU"),
)


def readers(chance: Random, number: int) -> list[Reader]:
    """Readers of every kind: cleared to a bare level, and to one with something held beside it."""
    return [
        Reader(
            chance.choice(("U", "SBU", "C", "C", "S", "S", "TS")),
            frozenset(chance.sample(HOLDINGS, chance.choice((0, 0, 1, 2, 5)))),
        )
        for _ in range(number)
    ]


def small(seed: int) -> list[Pair]:
    """A few copies with their cables, the same for the same seed.

    Some cables bear one number, or one file's name; some have none; some come twice, and some in a second
    copy, which may be marked otherwise than the first.
    """
    chance = Random(seed)
    given: list[Pair] = []
    for serial in range(chance.randint(4, 9)):
        cable = _small_cable(chance, serial)
        given.append(_small_pair(chance, cable, serial))
        if chance.random() < 0.1:
            given.append(given[-1])
        if chance.random() < 0.15 and all(other.id != cable.id for _, other in given[:-1]):
            again = _again(chance, cable, serial)
            given.append(_small_pair(chance, again, f"{serial} again"))
    return given


def _small_cable(chance: Random, serial: int) -> Cable:
    year, post = chance.choice((2004, 2005)), chance.choice(SMALL_POSTS)
    number = chance.choice((serial + 1, serial + 1, chance.randint(1, 9)))
    basis = chance.choice((*(6 * ["stated"]), "catalogue", "filename", None))
    id = f"{year}{post}{number}" if basis or chance.random() < 0.5 else None
    subject = chance.choice((*(6 * [_text(chance, 3).upper()]), None))
    paragraphs = tuple(_small_paragraph(chance, at) for at in range(1, chance.randint(1, 5)))
    some = f"{chance.choice(RARE)} {chance.choice(WORDS)}"
    return build.cable(
        id,
        *paragraphs,
        basis=basis,
        from_=Sender(chance.choice((f"AMEMBASSY {post}", None)), post if chance.random() < 0.9 else None),
        aliases=chance.choice(
            (
                (),
                (f"{year % 100:02d}{post}{number}",),
                (f"{some}.txt", f"{year % 100:02d}{post}{number}"),
                (f"secret-file-{chance.randint(1, 4)}",),
            )
        ),
        era=chance.choice(("acp127", "sas", "smart", "printed", "plain")),
        extract=chance.random() < 0.1,
        sections=chance.choice((None, None, Sections((1,), 2))),
        sent=chance.choice(
            (None, f"{year}", f"{year}-03", f"{year}-03-0{number}", f"{year}-02-30")
            + 4 * (f"{year}-03-01T1{chance.randint(1, 3)}:00Z",)
        ),
        sent_basis=chance.choice(("dtg", "catalogue", None)),
        precedence=chance.choice(((), ("ROUTINE",), ("IMMEDIATE", "PRIORITY"))),
        transmission=chance.choice(
            (None, Transmission("VZCZC" + some.upper(), ("RUEHC",), "RUEHZN", "0012"))
        ),
        classification=chance.choice(SMALL_CLASSIFICATIONS),
        handling=chance.choice(SMALL_HANDLING),
        captions=chance.choice(SMALL_CAPTIONS),
        release=chance.choice(SMALL_RELEASES),
        passing=chance.choice(((), (f"STATE FOR {some}",))),
        authority=chance.choice(
            (None, Authority("12958", "2014-01-12", classified_by=some, reasons=("1.4(b)",)))
        ),
        tags=tuple(chance.sample((*TAGS, "CVIS", "ENRG"), chance.randint(0, 3))),
        tags_unknown=chance.choice(((), ("QQQQ",), ('"ODD',))),
        tags_persons=chance.choice(((), (some.upper(),))),
        to=chance.choice(((), (Addressee("SECSTATE WASHDC"),))),
        info=tuple(Addressee(f"AMEMBASSY {chance.choice(SMALL_POSTS)}") for _ in range(chance.randint(0, 2))),
        references=tuple(_small_reference(chance) for _ in range(chance.randint(0, 3))),
        subject=subject,
        subject_marking=chance.choice((*(4 * [None]), "U", "U", "C", "S", "S//NF", "X")),
        signature=chance.choice((None, some.upper())),
        catalogue=chance.choice(
            (
                None,
                Catalogue(
                    id=id,
                    title=subject,
                    origin=post,
                    tags=("PREL",),
                    attributes={SUBJECT_ATTRIBUTE: subject or "", "Enclosure": some},
                ),
            )
        ),
        defects=chance.choice(((), (Defect("missing-subject", f"no subject before {some}", (3, 9)),))),
        redactions=chance.choice(((), (Redaction("x-run", "XXXXXXX", (3, 9), "1"),))),
        operating_signals=chance.choice(((), ("ZFF4",))),
        distribution=chance.choice(
            (None, Distribution("incoming", (Office("EUR", 3),), (Office("INR"),), 71))
        ),
        drafting=chance.choice((None, Drafting(drafted_by=Hand(some), approved_by=Hand("EUR: " + some)))),
        place=chance.choice((None, some.title())),
    )


def _small_reference(chance: Random) -> Reference:
    year, post, serial = chance.choice((2004, 2005)), chance.choice(SMALL_POSTS), chance.randint(1, 12)
    number = Reference(f"{post} {serial:04d}", (3, 9), "telegram", id=f"{year}{post}{serial}")
    return chance.choice(
        (
            *(3 * [number]),
            replace(number, letter="A", inferred=("year",), captions=("NOTAL",)),
            replace(number, id=None),
            Reference(f"{chance.choice(RARE)} memo", (3, 9), "memo", title=chance.choice(RARE)),
        )
    )


def _small_paragraph(chance: Random, number: int) -> Paragraph:
    mark, text = chance.choice(SMALL_MARKS), _small_text(chance)
    voice: Voice = chance.choice(("report", "report", "comment", "summary"))
    parts = [Part(mark, voice, text, ((0, len(text)),))]
    if chance.random() < 0.25:
        further = _small_text(chance)
        parts.append(Part(chance.choice(SMALL_MARKS), "comment", further, ((9, 10),)))
        text = f"{text} {further}"
    before = chance.choice((None, None, None, "", "(U) ", "(C) ", "(S//NF) ", "(X) "))
    return build.paragraph(
        text,
        chance.choice((number, number, number, None)),
        anchor=chance.choice((f"{number}", f"{number}", f"{number}.a", f"enc1.{number}")),
        marking=mark,
        voice=voice,
        parts=tuple(parts),
        heading=None if before is None else before + f"{chance.choice(RARE)} {chance.choice(WORDS)}".upper(),
    )


def _small_text(chance: Random) -> str:
    found = _text(chance, chance.choice((0, 2, 5, 12, 60))).split(" ")
    for _ in range(chance.randint(0, 2)):
        found.insert(chance.randint(0, len(found)), chance.choice(RARE))
    if chance.random() < 0.1:  # named in the open elsewhere, perhaps, and in what is hidden
        found.insert(0, "Count Rupert Hentzau" + chance.choice(("", " (strictly protect)", " (protect)")))
    named = f" See ref A, reftels and Zenda telegram {1 + len(found) % 9}." if len(found) % 2 else ""
    return " ".join(found).strip() + named


def _again(chance: Random, cable: Cable, serial: int) -> Cable:
    """The same telegram as another copy has it: under another name, perhaps with a paragraph more."""
    further = _small_paragraph(chance, len(cable.paragraphs) + 1)
    return replace(
        cable,
        aliases=(*cable.aliases, f"other-file-{serial}"),
        paragraphs=chance.choice((cable.paragraphs, (*cable.paragraphs, further))),
        release=chance.choice((cable.release, chance.choice(SMALL_RELEASES))),
    )


def _small_pair(chance: Random, cable: Cable, order: object) -> Pair:
    """The cable as read from a text that can be read."""
    # it says no level: read by itself, as a further copy of a cable is, it is for nobody but the owner
    lines = [f"{cable.from_.station or 'ZENDA'} 000012", f"SUBJECT: {cable.subject}"]
    lines += [f"{each.number}. ({each.marking}) {each.text}" for each in cable.paragraphs]
    raw = "\n\n".join([*lines, f"COPY {order}"]).encode()
    document = f"vol{order}/d{order}" if cable.id is None and chance.random() < 0.5 else None
    spans = {"/subject": ((24, 30),)} if cable.subject else {}
    return build.pair(replace(cable, spans=spans), raw=raw, locator=f"{order}.txt", document=document)
