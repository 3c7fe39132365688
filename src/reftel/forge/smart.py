"""Grown cables of 2011 and after in the printed form of SMART (handbook 01, section 4)."""

from collections.abc import Collection

from msgspec.structs import replace

from reftel.cable import Authority, Cable, Drafting, Hand, Mrn, Reference, Sender
from reftel.dtg import MONTHS
from reftel.forge.desk import Desk
from reftel.forge.drafting import cable
from reftel.forge.press import Forged, worn
from reftel.forge.sheet import Sheet
from reftel.forge.world import MISSIONS
from reftel.telegram.common.printing import paragraph_lines, wrap

ERA = "smart"

_YEARS = range(2011, 2024)
_PRECEDENCES = ("FLASH", "NIACT IMMEDIATE", "IMMEDIATE", "PRIORITY", "ROUTINE")
_INDENT = 16


def grown(index: int, seed: int, asked: Collection[str] | None = None) -> Forged:
    """The cable of that index, as printed and perhaps damaged."""
    desk = Desk(ERA, _YEARS, tuple(MISSIONS), index, seed)
    sent = _sent(desk)
    name = f"{index:06d}_smart.txt"
    return worn(ERA, Sheet(write(sent), sent), "smart", None, desk.random, name, asked)


def _sent(desk: Desk) -> Cable:
    made = cable(desk.draft())
    number = Mrn(desk.year, desk.station, desk.serial, "stated")
    to, info = (
        tuple(
            replace(
                one, name=_turned(one.name), routing=None, number=None, precedence=one.precedence or "ROUTINE"
            )
            for one in addressees
        )
        for addressees in (made.to, made.info)
    )
    urgent = [
        min((one.precedence or "ROUTINE" for one in group), key=_PRECEDENCES.index)
        for group in (to, info)
        if group
    ]
    return replace(
        made,
        mrn=number,
        id=number.id,
        era=ERA,
        sections=None,
        transmission=None,
        precedence=tuple(dict.fromkeys(urgent)),
        from_=Sender(made.from_.name, desk.station),
        to=to,
        info=info,
        passing=made.passing[:1],
        captions=("SIPDIS",),
        authority=_authority(desk, made),
        subject=(made.subject or "").title().replace("'S", "'s"),
        references=tuple(_with_year(one, desk.year) for one in made.references),
        signature=(made.signature or "").title(),
        drafting=_drafting(desk),
    )


def _turned(name: str) -> str:
    """`AMEMBASSY STRELSAU` as `STRELSAU, AMEMBASSY`."""
    first, _, rest = name.partition(" ")
    if first == "SECSTATE":
        return "WASHDC, SECSTATE"
    return f"{rest}, {first}" if first.startswith(("AM", "USM")) else name


def _with_year(one: Reference, year: int) -> Reference:
    """Each number with its year in front, as this form always gives it."""
    if one.kind != "telegram" or one.text[:1].isdigit():
        return one
    station, serial = one.text.rsplit(" ", 1)
    number = Mrn(year, (one.id or "")[4:].rstrip("0123456789"), int(serial))
    return replace(one, text=f"{year % 100:02d} {station} {serial}", id=number.id, inferred=())


def _authority(desk: Desk, made: Cable) -> Authority:
    if made.authority is None or made.classification not in ("CONFIDENTIAL", "SECRET"):
        return Authority("13526")
    return replace(made.authority, order="13526")


def _drafting(desk: Desk) -> Drafting:
    def hand(section: str, note: str | None = None) -> Hand:
        given, surname = desk.name().split()
        office = f"{desk.station}_{section}"
        said = f" ({note})" if note else ""
        return Hand(f"{office}:{surname}, {given}{said}", office, f"{surname}, {given}", note)

    cleared = tuple(hand(section, desk.pick((None, None, "INFO"))) for section in ("ECON", "MGT", "PAS"))
    return Drafting(hand("POL"), hand("EXEC"), hand("IRM"), cleared[: 1 + int(desk.roll() * 3)])


# -- the print ---------------------------------------------------------------------------------------


def write(cable: Cable) -> str:
    """The print: level, labels with their values in a column, text, whose work it is, level."""
    lines = [
        "//".join((cable.classification or "", *(word for word in cable.handling if word != "SENSITIVE"))),
        *(["SBU"] if "SENSITIVE" in cable.handling else []),
        "",
        *_head(cable),
        "",
    ]
    for one in cable.paragraphs:
        lines += [*paragraph_lines(one, f"{one.number}."), ""]
    lines += _labelled("Signature", [cable.signature or ""])
    lines.append("")
    if cable.drafting:
        hands = cable.drafting
        for label, group in (
            ("Drafted By", (hands.drafted_by,)),
            ("Cleared By", hands.cleared_by),
            ("Approved By", (hands.approved_by,)),
            ("Released By", (hands.released_by,)),
        ):
            lines += _labelled(label, [one.text for one in group if one])
    return "\n".join([*lines, cable.classification or "", ""])


def _head(cable: Cable) -> list[str]:
    mrn, sent, authority = cable.mrn, cable.sent or "", cable.authority
    month = next(name for name, number in MONTHS.items() if number == int(sent[5:7]))
    group = f"{sent[8:10]}{sent[11:13]}{sent[14:16]}Z {month} {sent[2:4]}"
    order = authority.order if authority else None
    classifier: list[str] = []
    if authority and authority.declassify_on:
        year, month_number, day = authority.declassify_on.split("-")
        order = f"{order}: DECL: {month_number}/{day}/{year}"
        reasons = ", ".join(f"({reason[4]})" for reason in authority.reasons)
        classifier = [
            *_labelled("Classified By", [authority.classified_by or ""]),
            *_labelled("Reason", [f"{authority.reasons[0][:3]} {reasons}"]),
        ]
    mark = f"({cable.subject_marking}) " if cable.subject_marking else ""
    return [
        *_labelled("MRN", [f"{(mrn.year or 0) % 100:02d} {mrn.station} {mrn.serial}"]),
        *_labelled("Date/DTG", [f"{month.title()} {sent[8:10]}, {sent[:4]} / {group}"]),
        *_labelled("From", [cable.from_.name or ""]),
        *_labelled("Action", [f"{one.name} {one.precedence}" for one in cable.to]),
        *_labelled("Info", [f"{one.name} {one.precedence}" for one in cable.info]),
        *_labelled("E.O.", [order or ""]),
        *classifier,
        *_labelled("TAGS", [", ".join(cable.tags)]),
        *_labelled(
            "Captions", [", ".join((*(w for w in cable.handling if w == "SENSITIVE"), *cable.captions))]
        ),
        *_labelled("Reference", [_entry(one) for one in cable.references]),
        *_labelled("Pass Line", list(cable.passing)),
        *_labelled("Subject", wrap(f"{mark}{cable.subject}")),
    ]


def _entry(one: Reference) -> str:
    return f"{f'{one.letter}) ' if one.letter else ''}{one.text}{''.join(f' ({w})' for w in one.captions)}"


def _labelled(label: str, values: list[str]) -> list[str]:
    """A label and its values, each on a line of the column."""
    heads = [f"{label}:", *[""] * len(values)]
    return [f"{head:<{_INDENT}}{value}" for head, value in zip(heads, values, strict=False)]
