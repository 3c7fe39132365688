"""Grown telegrams of 1974 to 1979, as the archiving system printed them (handbook 01, section 1).

They come as the National Archives show them, with release stamps and Message Attributes, or bare.
"""

from collections.abc import Collection
from datetime import date

from msgspec.structs import replace

from reftel import mrn
from reftel.cable import (
    Authority,
    Cable,
    Catalogue,
    Distribution,
    Drafting,
    Hand,
    Office,
    Paragraph,
    Release,
)
from reftel.dtg import MONTHS
from reftel.forge.desk import Desk
from reftel.forge.drafting import CLASSIFIED, cable
from reftel.forge.press import Forged, worn
from reftel.forge.sheet import Sheet, reprinted
from reftel.forge.world import SEVENTIES
from reftel.stations import title
from reftel.tables import rows
from reftel.telegram.sas import write

ERA = "sas"

_YEARS = range(1974, 1980)  # of 1973 only a half is numbered by the year
_TAGS = frozenset(
    row["code"]
    for row in rows("tags")
    if row["kind"] == "geo" or {"1974", "1973-79"} & set(row["eras"].split("|"))
)
_NEW_ORDER = date(1978, 12, 1)  # E.O. 12065 stands on telegrams from then on (handbook 03, section 4)
_OFFICES = ("OCT", "ADS", "ISO", "EB", "INR", "SS", "NSC", "SP", "CIAE", "DODE", "PM", "H", "L", "PA", "PRS",
            "TRSE", "COME", "AID", "USIA", "OMB", "STR", "LAB", "SSO", "NSAE")  # fmt: skip
_STAMPS = (
    " Declassified/Released US Department of State EO Systematic Review 30 JUN 2005 ",
    " \tSheryl P. Walter  \tDeclassified/Released  \tUS Department of State \tEO Systematic Review"
    " \t20 Mar 2014",
)
_RELEASES = (
    Release(
        "released", "UNCLASSIFIED", "US Department of State EO Systematic Review", "2005-06-30", "attributes"
    ),
    Release(
        "released",
        "UNCLASSIFIED",
        "Sheryl P. Walter, US Department of State EO Systematic Review",
        "2014-03-20",
        "attributes",
    ),
)
_SHEET_OF_PDF = 58  # lines between two stamps


def grown(index: int, seed: int, asked: Collection[str] | None = None) -> Forged:
    """The telegram of that index, packed and damaged as its own dice say."""
    desk = Desk(ERA, _YEARS, tuple(SEVENTIES), index, seed)
    sent = _sent(desk)
    text = write(sent)
    codes = ("page-line",) if text.count("\nPAGE ") > 1 else ()
    attributed = desk.roll() < 0.6
    packaging = "aad" if attributed else "aad-bare"
    return worn(
        ERA, Sheet(text, sent, codes), packaging, _attributed if attributed else None, desk.random,
        f"{sent.mrn.year}{_cut(sent)}{sent.mrn.serial:05d}_{index:06d}.txt", asked,
    )  # fmt: skip


# -- the telegram ------------------------------------------------------------------------------------


def _sent(desk: Desk) -> Cable:
    """The cable as a post of the time sent it: in capitals, without portion marks."""
    draft = desk.draft()
    made = cable(
        replace(
            draft,
            info=SEVENTIES[desk.station],
            classifier=None,
            tags=tuple(tag for tag in draft.tags if tag in _TAGS),
        )
    )
    outgoing = desk.station == "STATE"
    return replace(
        made,
        era=ERA,
        transmission=None,
        to=tuple(replace(one, routing=None) for one in made.to),
        info=tuple(replace(one, routing=None) for one in made.info),
        subject=made.subject.upper() if made.subject else None,
        captions=tuple(word for word in made.captions if word != "SIPDIS"),
        authority=_authority(desk, draft.level),
        paragraphs=tuple(map(_typed, made.paragraphs)),
        operating_signals=("ZFF4",) if desk.roll() < 0.1 else (),
        distribution=_distribution(desk, outgoing=outgoing),
        drafting=drafted(desk) if outgoing else None,
        tags_persons=(f"{desk.signer}, {desk.hand('')[1][0]}.",) if desk.roll() < 0.1 else (),
    )


def _typed(one: Paragraph) -> Paragraph:
    """In capitals, and without the mark that came later."""
    parts = tuple(replace(part, marking=None, text=part.text.upper()) for part in one.parts)
    heading = one.heading.upper() if one.heading else None
    return replace(one, marking=None, heading=heading, text=one.text.upper(), parts=parts)


def _authority(desk: Desk, level: str) -> Authority:
    """E.O. 11652 until November 1978, E.O. 12065 after."""
    order = "11652" if desk.day < _NEW_ORDER else "12065"
    if level not in CLASSIFIED:
        return Authority(order)
    if order == "11652":
        number = desk.pick(("", "", "", "1", "2", "3"))
        if number:
            return Authority(order, exemptions=(number,), schedule="XGDS")
        return Authority(order, schedule="GDS")
    given, surname = desk.name().upper().split()
    until = desk.day.replace(day=min(desk.day.day, 28), year=desk.day.year + 6).isoformat()
    who = f"{surname}, {given}"
    return Authority(order, until, classified_by=who, name=who, title="OR-P", schedule="GDS")


def _distribution(desk: Desk, *, outgoing: bool) -> Distribution:
    codes = desk.random.sample(_OFFICES, 4 + int(desk.roll() * 16))
    action = (Office("EUR", 10 + int(desk.roll() * 6)),)
    info = tuple(Office(code, int(desk.roll() ** 2 * 20)) for code in codes)
    total = sum(one.copies or 0 for one in (*action, *info))
    return Distribution("outgoing" if outgoing else "incoming", action, info, total)


def drafted(desk: Desk) -> Drafting:
    """Who drafted, approved and cleared a telegram of the Department."""

    def hand(office: str, between: str, behind: str = "", note: str | None = None) -> Hand:
        _, name = desk.hand(office)
        said = f" ({note})" if note else ""
        return Hand(f"{office}{between}{name}{behind}{said}", office, name, note)

    cleared = tuple(
        hand(office, ":", note=desk.pick((None, None, "INFO", "SUBS", "DRAFT")))
        for office in desk.random.sample(("NSC", "PM/ISP", "EB/ITP", "L/EUR", "S/S", "INR/RSE"), 3)
    )
    return Drafting(hand("EUR/CE", " - ", ":HH"), hand("EUR", ":"), cleared_by=cleared)


# -- the archive's packaging -------------------------------------------------------------------------


def _cut(sent: Cable) -> str:
    """The post in a document number: the first six characters of its name, without blanks."""
    return _post(sent)[:6].replace(" ", "")


def _post(sent: Cable) -> str:
    """The post as attributes print it: STRELSAU, STATE."""
    station = sent.mrn.station or ""
    name = title(station).upper()
    return name if name.replace(" ", "") == station else station


def _attributed(sheet: Sheet, sent: Cable) -> Sheet:
    """The document: stamps at head and foot of each sheet, the telegram, the attributes."""
    late = int((sent.mrn.year or 0) > 1976)
    stamps = [_STAMPS[late]] * 2
    lines: list[str] = []
    for order, line in enumerate(sheet.text.split("\n"), 1):
        lines.append(line or " ")
        if order % _SHEET_OF_PDF == 0:
            lines += ["", *stamps]
    wide = 6 if sent.mrn.station == "STATE" else 5
    number = f"{sent.mrn.year}{_cut(sent)}{sent.mrn.serial or 0:0{wide}d}"
    year, month, day = (sent.sent or "")[:10].split("-")
    name = next(name for name, one in MONTHS.items() if one == int(month))
    drafted = f"{day} {name.lower() if late else name} {year}"
    direction = "ORIGIN" if sent.distribution and sent.distribution.direction == "outgoing" else "ACTION"
    addressed = "     ".join(
        one.name.split(" ", 1)[-1] if "SECSTATE" not in one.name else "STATE" for one in sent.to
    )
    cited = (mrn.read(one.id) for one in sent.references if one.id)
    references = [f"{(one.year or 0) % 100:02d} {one.station} {one.serial}" for one in cited if one]
    said = {
        "Automatic Decaptioning": "Z" if sent.captions else "X",
        "Capture Date": drafted and ("01 jan 1994" if late else "01 JAN 1994"),
        "Channel Indicators": "n/a",
        "Current Classification": "UNCLASSIFIED",
        "Concepts": "n/a",
        "Copy": "SINGLE",
        "Draft Date": drafted,
        "Decaption Date": "01 JAN 1960",
        "Decaption Note": "",
        "Disposition Action": "RELEASED",
        "Document Number": number,
        "Document Source": "CORE",
        "Document Unique ID": "00",
        "Drafter": "n/a",
        "Executive Order": "N/A",
        "Errors": "N/A",
        "Film Number": f"D{year[2:]}{int(month):02d}{day}-0{sent.mrn.serial or 0:03d}"[:12],
        "From": _post(sent),
        "Handling Restrictions": "",
        "Line Count": str(len(sheet.text.split("\n"))),
        "Locator": "TEXT ON-LINE",
        "Office": f"{direction} EUR",
        "Original Classification": sent.classification or "",
        "Original Handling Restrictions": ", ".join(sent.captions) or "n/a",
        "Page Count": str(sheet.text.count("PAGE ")),
        "Reference": ", ".join(references) or "n/a",
        "Review Action": "RELEASED, APPROVED",
        "Secure": "OPEN",
        "Status": "NATIVE",
        "Subject": sent.subject or "",
        "TAGS": ", ".join((*sent.tags, *(f"({one})" for one in sent.tags_persons))),
        "To": addressed,
        "Type": "TE",
        "Markings": " ".join(_STAMPS[late].split()),
    }  # fmt: skip
    block = "\n".join(f"{key}: {value or ' '}" for key, value in said.items())
    text = "\n".join([*stamps, "Message Text", " ", *lines, "", *stamps, "Message Attributes", block, ""])
    left = {key: value for key, value in said.items() if value.lower() not in ("", "n/a", "01 jan 1960")}
    catalogue = Catalogue(
        id=number,
        created=f"{year}-{month}-{day}",
        classification=sent.classification,
        title=sent.subject,
        tags=(*sent.tags, *(f"({one})" for one in sent.tags_persons)),
        from_=said["From"],
        to=tuple(addressed.split("     ")),
        references=tuple(references),
        attributes=left,
    )
    codes: list[str] = []
    fields: dict[str, object] = {
        "catalogue": catalogue,
        "release": _RELEASES[late],
        "mrn": replace(sent.mrn, basis="catalogue"),
        "aliases": (number, mrn.short(sent.mrn) or ""),
    }
    if sheet.cable.subject is None:
        fields["subject"] = sent.subject
        codes.append("from-catalogue")
    if not sheet.cable.tags and sent.tags:
        fields["tags"] = sent.tags
        codes.append("from-catalogue")
    return reprinted(sheet, text, *codes, **fields)
