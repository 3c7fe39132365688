"""Grown telegrams of 1958 to 1972 in edited print: as TEI, and as text (handbook 01, section 5; 06)."""

from collections.abc import Collection
from datetime import date
from html import escape

from msgspec.structs import replace

from reftel.cable import Addressee, Cable, Catalogue, Mrn, Paragraph, Part, Sender
from reftel.forge.desk import Desk
from reftel.forge.drafting import cable
from reftel.forge.press import Forged, worn
from reftel.forge.sheet import Sheet
from reftel.stations import STATIONS

ERA = "printed"

_YEARS = range(1958, 1973)
_POSTS = ("STRELSAU", "LETINJE", "EDELWEISS", "THORBERG", "GANLOOK")  # the embassies
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_OF_PRINT = ("lost-source-note", "lost-date-line", "lost-signature", "closed-up", "hard-blanks")
_HOURS = ((9, "9 a.m."), (11, "11 a.m."), (14, "2 p.m."), (16, "4 p.m."), (19, "7 p.m."))


def grown(index: int, seed: int, asked: Collection[str] | None = None) -> Forged:
    """The telegram of that index, half of them as TEI."""
    desk = Desk(ERA, _YEARS, _POSTS, index, seed)
    sent, head, place, note = _sent(desk, index)
    as_tei = desk.roll() < 0.5
    blocks = (head, place, *(_block(sent, one) for one in sent.paragraphs), sent.signature or "", note)
    if as_tei:
        sheet = Sheet(_tei(sent, head, place, note, index), _catalogued(sent, head, place, note, index))
    else:
        sheet = Sheet("\n\n".join(blocks) + "\n", sent)
    without = _OF_PRINT if as_tei else ()
    name = f"{index:06d}_{'tei.xml' if as_tei else 'print.txt'}"
    return worn(ERA, sheet, "tei" if as_tei else "print", None, desk.random, name, asked, without)


def _sent(desk: Desk, index: int) -> tuple[Cable, str, str, str]:
    """The cable, and what the editors print around it: head, place and date, source note."""
    made = cable(desk.draft())
    country = STATIONS[desk.station].country
    embassy, department = f"Embassy in {country}", "Department of State"
    inward = desk.roll() < 0.7
    sender, addressee = (embassy, department) if inward else (department, embassy)
    station, place = (desk.station, STATIONS[desk.station].name) if inward else ("STATE", "Washington")
    hour, worded = desk.pick(_HOURS)
    level = desk.pick(("Secret", "Confidential", "Top Secret"))
    urgency = desk.pick(("", "Priority", "Niact"))
    caption = desk.pick(("", "", "Limit Distribution", "Exdis", "Nodis"))
    day: date = desk.day
    note = (
        f"Source: Department of State, Central Files, 7{index % 90 + 10}.00/{day.month}–{day.year % 100}. "
        f"{'; '.join(filter(None, (level, urgency, caption)))}. Drafted by {desk.name().split()[1]}."
    )
    number = Mrn(None, station, desk.serial)
    paragraphs = tuple(
        Paragraph(
            None, f"p{order}", None, None, one.voice, one.text, (), (Part(None, one.voice, one.text, ()),)
        )
        for order, one in enumerate((_plain(one) for one in made.paragraphs[:6]), 1)
    )
    return (
        replace(
            made,
            id=None,
            aliases=(str(desk.serial),),
            mrn=number,
            era=ERA,
            sections=None,
            sent=f"{day.isoformat()}T{hour:02d}:00",
            sent_basis="text",
            precedence=(urgency.upper(),) if urgency else (),
            transmission=None,
            from_=Sender(sender, station),
            to=(Addressee(addressee),),
            info=(),
            classification=level.upper(),
            handling=(),
            captions=(caption.upper(),) if caption else (),
            passing=(),
            authority=None,
            tags=(),
            subject=None,
            references=(),
            paragraphs=paragraphs,
            signature=desk.signer.title(),
        ),
        f"{index % 300 + 1}. Telegram From the {sender} to the {department if inward else addressee}",
        f"{place}, {_MONTHS[day.month - 1]} {day.day}, {day.year}, {worded}",
        note,
    )


def _plain(one: Paragraph) -> Paragraph:
    """A paragraph in one block and one voice."""
    return replace(one, text=one.parts[0].text.split("\n\n", 1)[0])


def _block(sent: Cable, one: Paragraph) -> str:
    return f"{sent.mrn.serial}. {one.text}" if one.anchor == "p1" else one.text


def _tei(sent: Cable, head: str, place: str, note: str, index: int) -> str:
    """The document as the editors' markup has it."""
    where, when = place.split(", ", 1)
    start, to = head.split(" to the ")
    label, from_ = start.split("From the ")
    paragraphs = "\n".join(f"<p>{escape(_block(sent, one))}</p>" for one in sent.paragraphs)
    number = index % 300 + 1
    return (
        f'<div type="document" n="{number}" xml:id="d{number}">\n'
        f'<head>{label}From the <gloss type="from">{from_}</gloss> to the <gloss type="to">{to}</gloss>'
        f'<note n="1" type="source" xml:id="d{number}fn1">{escape(note)}</note></head>\n'
        f'<dateline><placeName>{where}</placeName>, <date when="{sent.sent}:00">{when}</date></dateline>\n'
        f"{paragraphs}\n"
        f"<closer><signed><persName>{sent.signature}</persName></signed></closer>\n</div>"
    )


def _catalogued(sent: Cable, head: str, place: str, note: str, index: int) -> Cable:
    """The cable with what the markup says of it."""
    catalogue = Catalogue(
        id=f"d{index % 300 + 1}",
        created=f"{sent.sent}:00",
        origin=place.split(", ", 1)[0],
        title=head.split(". ", 1)[1],
        from_=sent.from_.name,
        to=tuple(one.name for one in sent.to),
        attributes={"signed": sent.signature or "", "source": note},
    )
    return replace(sent, catalogue=catalogue)
