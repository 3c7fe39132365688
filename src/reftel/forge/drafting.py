"""From what a drafter writes to the Cable that goes out: numbers, marks, voices, addresses, authority."""

import re
from datetime import date
from zlib import crc32

import msgspec

from reftel import dtg
from reftel.cable import (
    Authority,
    Cable,
    Mrn,
    Paragraph,
    Part,
    Reference,
    ReferenceKind,
    Sections,
    Sender,
    Transmission,
    Voice,
)
from reftel.forge.world import MISSIONS, addressee, routing
from reftel.mrn import short
from reftel.stations import token


class Drafted(msgspec.Struct, frozen=True):
    """One paragraph as drafted: lists have an item a line, blocks a blank line between them."""

    marking: str | None
    text: str
    heading: str | None = None


class Classifier(msgspec.Struct, frozen=True):
    """Who classified it, and under which reasons: b, d."""

    title: str
    name: str
    letters: tuple[str, ...] = ("b", "d")


class Draft(msgspec.Struct, frozen=True):
    """What a drafter hands to the communicator."""

    station: str
    serial: int
    sent: str  # 2004-01-12T08:40Z
    precedence: str  # IMMEDIATE
    level: str  # U, SBU, LOU, C, S, S/NF
    subject: str
    tags: tuple[str, ...]
    paragraphs: tuple[Drafted, ...]
    references: tuple[str, ...] = ()  # as printed, letters too: A. 04 STATE 30415
    captions: tuple[str, ...] = ()
    passing: tuple[str, ...] = ()
    to: tuple[str, ...] = ("SECSTATE",)
    info: tuple[str, ...] = ()
    classifier: Classifier | None = None
    signature: str | None = None
    in_sections: bool = False  # sent in two sections, however short
    declassify_in: int = 10  # years

    @property
    def year(self) -> int:
        """The year its serial counts in."""
        return int(self.sent[:4])


_LEVELS: dict[str, tuple[str, tuple[str, ...]]] = {
    "U": ("UNCLASSIFIED", ()),
    "SBU": ("UNCLASSIFIED", ("SENSITIVE",)),
    "LOU": ("LIMITED OFFICIAL USE", ()),
    "C": ("CONFIDENTIAL", ()),
    "C/NF": ("CONFIDENTIAL", ("NOFORN",)),
    "S": ("SECRET", ()),
    "S/NF": ("SECRET", ("NOFORN",)),
}
CLASSIFIED = frozenset({"C", "C/NF", "S", "S/NF"})
_SECTION_LENGTH = 5600  # characters of text to a section: about a hundred lines

# Titles that stand before a name; all others follow it behind a comma.
_LEADING = frozenset(
    {
        "Ambassador",
        "Charge d'Affaires a.i.",
        "Consul General",
        "DCM",
        "Deputy Chief of Mission",
        "Economic Counselor",
        "Political Counselor",
    }
)


def cable(draft: Draft) -> Cable:
    """The Cable that a draft means, with its transmission header: what a perfect reader finds in it."""
    mission = MISSIONS[draft.station]
    mrn = Mrn(draft.year, draft.station, draft.serial, "dtg")
    classification, handling = _LEVELS[draft.level]
    urgency = None if draft.precedence == "ROUTINE" else draft.precedence
    to, info = (
        tuple(
            addressee(name, special or urgency, draft.station, draft.serial)
            for name, _, special in (one.partition(":") for one in names)
        )
        for names in (draft.to, [one for one in draft.info if one not in draft.to])
    )
    identity = mrn.id or ""
    spelling = short(mrn) or ""
    return Cable(
        id=identity,
        key=identity,
        aliases=(spelling,),
        mrn=mrn,
        era="acp127",
        extract=False,
        sections=_sections(draft),
        sent=draft.sent,
        sent_basis="dtg",
        precedence=(draft.precedence,),
        transmission=Transmission(
            id=f"VZCZC{'XRO' if len(info) > 2 else 'XYZ'}{crc32(identity.encode()) % 10_000:04d}",
            routing=tuple(dict.fromkeys(one.routing for one in (*info, *to) if one.routing)),
            originator=routing(draft.station),
            station_serial=f"{draft.serial % 10_000:04d}",
            security=_security(classification),
        ),
        from_=Sender(mission.name, draft.station),
        to=to,
        info=info,
        classification=classification,
        handling=handling,
        captions=draft.captions,
        passing=draft.passing,
        authority=_authority(draft),
        tags=draft.tags,
        subject=draft.subject,
        references=tuple(reference(line, mrn, draft.sent) for line in draft.references),
        paragraphs=tuple(paragraph(number, one) for number, one in enumerate(draft.paragraphs, start=1)),
        signature=draft.signature,
    )


def _sections(draft: Draft) -> Sections | None:
    length = sum(len(one.text) for one in draft.paragraphs)
    of = max(1 + length // _SECTION_LENGTH, 2 if draft.in_sections else 1)
    return Sections(tuple(range(1, of + 1)), of) if of > 1 else None


def _security(classification: str) -> str:
    letter = {"CONFIDENTIAL": "C", "SECRET": "S"}.get(classification)
    return f"ZNY {letter * 5} ZZH" if letter else "ZNR UUUUU ZZH"


# -- authority ---------------------------------------------------------------------------------------


def _authority(draft: Draft) -> Authority:
    """The E.O. line and classifier line in the form of their day (handbook 03, section 4)."""
    sent = date.fromisoformat(draft.sent[:10])
    order = _order(sent)
    if draft.level not in CLASSIFIED:
        return Authority(order=order)
    if order == "12356":
        return Authority(order=order, exemptions=("OADR",), schedule="OADR")
    who = draft.classifier
    if who is None:
        chief = MISSIONS[draft.station].chief(sent)
        who = Classifier(chief.title, chief.name)
    # reasons were renumbered from 1.5 to 1.4 on September 22, 2003
    section = "1.5" if sent < date(2003, 9, 22) else "1.4"
    leading = who.title in _LEADING
    return Authority(
        order=order,
        declassify_on=_years_later(sent, draft.declassify_in),
        classified_by=f"{who.title} {who.name}" if leading else f"{who.name}, {who.title}",
        name=who.name,
        title=who.title,
        reasons=tuple(f"{section}({letter})" for letter in who.letters),
    )


def _order(sent: date) -> str:
    if sent < date(1995, 10, 14):
        return "12356"
    return "12958" if sent < date(2010, 6, 27) else "13526"


def _years_later(day: date, years: int) -> str:
    if (day.month, day.day) == (2, 29):
        return date(day.year + years, 2, 28).isoformat()
    return day.replace(year=day.year + years).isoformat()


# -- references --------------------------------------------------------------------------------------

_LETTER = re.compile(r"(?P<letter>[A-Z])\. (?P<rest>.*)")
_NOTE = re.compile(r"(?P<rest>.*) \((?P<caption>NOTAL|EXDIS|NODIS)\)")
_TELEGRAM = re.compile(r"(?:(?P<year>\d\d) )?(?P<station>[A-Z][A-Z ]*[A-Z]) (?P<serial>\d{1,7})")
_KINDS: tuple[tuple[str, ReferenceKind], ...] = (
    ("TELCON", "telcon"),
    ("E-MAIL", "email"),
    ("LETTER", "letter"),
    ("MEMCON", "memo"),
    ("IIR", "document"),
)


def reference(line: str, citing: Mrn, sent: str | None) -> Reference:
    """The entry that a REF line means, cited by a cable of that number and date."""
    letter: str | None = None
    captions: tuple[str, ...] = ()
    if match := _LETTER.fullmatch(line):
        letter, line = match["letter"], match["rest"]
    if match := _NOTE.fullmatch(line):
        captions, line = (match["caption"],), match["rest"]
    for word, kind in _KINDS:
        if word in line:
            return Reference(line, (0, 0), kind, letter, captions=captions, sent=dtg.read_date(line))
    match = _TELEGRAM.fullmatch(line)
    station = token(match["station"]) if match else None
    if match is None or station is None:
        return Reference(line, (0, 0), "other", letter, captions=captions)
    serial = int(match["serial"])
    year, inferred = cited_year(match["year"], station, serial, citing, sent)
    number = Mrn(year, station, serial).id
    return Reference(
        line, (0, 0), "telegram", letter, number, inferred, captions, post=station, serial=serial
    )


def cited_year(
    stated: str | None, station: str, serial: int, citing: Mrn, sent: str | None
) -> tuple[int | None, tuple[str, ...]]:
    """The year that a reference means, and `("year",)` where its line does not say.

    Serials restart each January: one above the citing post's own is of the year before, and so is a high
    one of another post that is cited while the year is young.
    """
    if stated:
        return (2000 if stated < "60" else 1900) + int(stated), ()
    if citing.year is None:
        return None, ()
    if station == citing.station:
        before = serial > (citing.serial or 0)
    else:
        young = sent is not None and sent[4:8] in ("-01-", "-02-")
        before = young and serial > (20_000 if station == "STATE" else 2_500)
    return citing.year - before, ("year",)


# -- paragraphs --------------------------------------------------------------------------------------

_OPENINGS: tuple[tuple[str, Voice], ...] = (
    ("summary", "summary"),
    ("comment", "comment"),
    ("action request", "action"),
    ("participants", "admin"),
    ("begin text", "quoted"),
)
_ADMIN = (" minimize considered.", "has cleared this message.", "opportunity to clear this cable.")
_ASIDE = re.compile(r"\((?P<word>Comment|Note): [^()]*(?:\([^()]*\)[^()]*)*? End (?:comment|note)\.\)")


def paragraph(number: int, drafted: Drafted) -> Paragraph:
    """A numbered paragraph with its voice; a comment or note in parentheses is a part of its own."""
    text = drafted.text
    parts = _parts(text, drafted.marking)
    return Paragraph(
        number=number,
        anchor=str(number),
        marking=drafted.marking,
        heading=drafted.heading,
        voice=parts[0].voice,
        text=text,
        spans=(),
        parts=parts,
    )


def _voice(text: str) -> Voice:
    start = text[:16].lower()
    for opening, voice in _OPENINGS:
        if start.startswith(opening):
            return voice
    return "admin" if text.endswith(_ADMIN) or text.startswith("Minimize considered") else "report"


def _parts(text: str, marking: str | None) -> tuple[Part, ...]:
    if "(Comment: " not in text and "(Note: " not in text:
        return (Part(marking, _voice(text), text, ()),)
    outside = _voice(text)
    found: list[Part] = []
    done = 0
    for aside in _ASIDE.finditer(text):
        if before := text[done : aside.start()].strip():
            found.append(Part(marking, outside, before, ()))
        found.append(Part(marking, "comment" if aside["word"] == "Comment" else "note", aside.group(), ()))
        done = aside.end()
    if after := text[done:].strip():
        found.append(Part(marking, outside, after, ()))
    return tuple(found)
