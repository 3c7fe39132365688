"""Invented cables such as a drafter could have sent: what `write` prints, `read` must give again."""

from random import Random

import msgspec
from hypothesis import strategies as st

from reftel.cable import (
    Addressee,
    Authority,
    Cable,
    Distribution,
    Drafting,
    Hand,
    Mrn,
    Office,
    Paragraph,
    Part,
    Reference,
    Sections,
    Sender,
    Transmission,
)

WORDS = (
    "the King's cousin told Ambassador that Graustark would not (yet) sign a treaty on border railway "
    "tariffs before elections in Pontevedro and Foreign Minister asked for U.S. help with refugees at "
    "Zenda well-known short-term 24 1.5 percent Prime Minister's office, however, NATO; crowns"
).split()
POSTS = ("ZENDA", "STRELSAU", "LETINJE", "EDELWEISS", "NEWDELHI", "STATE")
NAMES = ("Helsing", "Tarlenheim", "Elphberg", "Sapt", "Bersonin")


def _words(dice: Random, least: int = 3, most: int = 60) -> str:
    return " ".join(dice.choices(WORDS, k=dice.randint(least, most))).rstrip(",;")


def _prose(dice: Random) -> str:
    sentences = (_words(dice) for _ in range(dice.randint(1, 5)))
    return " ".join(f"{words[0].upper()}{words[1:]}." for words in sentences)


def _paragraph(dice: Random, number: int) -> Paragraph:
    """A numbered paragraph: prose, perhaps a list, perhaps a summary or a comment."""
    mark = dice.choice((None, "U", "SBU", "C", "S", "S//NF", "C/NF"))
    text = _prose(dice)
    if dice.random() < 0.2:
        items = (f"-- {_words(dice, 3, 30).capitalize()}." for _ in range(dice.randint(2, 4)))
        text += "\n\n" + "\n".join(items)
    pieces = [(text, "report")]
    kind = dice.randrange(8)
    if kind == 0:
        pieces = [(f"Summary. {text} End Summary.", "summary")]
    elif kind == 1:
        pieces = [(f"Comment: {text} End Comment.", "comment")]
    elif kind == 2 and "\n" not in text:
        pieces.append((f"(Comment: {_prose(dice)} End Comment.)", "comment"))
    heading = dice.choice((None, None, None, "The Border Railway", "A KING'S CHOICE", "What Next?"))
    parts = tuple(Part(mark, voice, words, ()) for words, voice in pieces)
    whole = " ".join(words for words, _ in pieces)
    return Paragraph(number, str(number), mark, heading, parts[0].voice, whole, (), parts)


def _addressee(dice: Random) -> Addressee:
    name, routing = dice.choice(
        (
            ("AMEMBASSY ZENDA", "RUEHZN"),
            ("CIA WASHDC", "RUEAIIA"),
            ("EUROPEAN POLITICAL COLLECTIVE", "RUEHZL"),
        )
    )
    precedence = dice.choice((None, "PRIORITY", "ROUTINE", "NIACT IMMEDIATE"))
    return Addressee(name, routing, precedence, dice.choice((None, "0012", "4590")))


def _references(dice: Random, station: str, serial: int, year: int) -> tuple[Reference, ...]:
    cited = {(dice.choice(POSTS[:4]), dice.randint(1, 2_000)) for _ in range(dice.randint(0, 4))}
    return tuple(
        Reference(
            f"{post} {number:04d}",
            (0, 0),
            "telegram",
            chr(65 + order) if len(cited) > 1 else None,
            f"{year - (post == station and number > serial)}{post}{number}",
            ("year",),
            post=post,
            serial=number,
        )
        for order, (post, number) in enumerate(sorted(cited))
    )


def telegram(dice: Random) -> Cable:
    """A whole cable of the ACP-127 era, undamaged, with all its lines."""
    station, serial = dice.choice(POSTS), dice.randint(1, 99_999)
    year, month, day = dice.randint(1986, 2010), dice.randint(3, 12), dice.randint(1, 28)
    level, letter = dice.choice((("UNCLASSIFIED", "U"), ("CONFIDENTIAL", "C"), ("SECRET", "S")))
    classified = level != "UNCLASSIFIED"
    name = dice.choice(NAMES)
    of = dice.choice((1, 1, 2, 3))
    until = f"{year + 10}-{month:02d}-{day:02d}"
    authority = Authority(
        "12958", until, None, (), f"Ambassador {name}", name, "Ambassador", ("1.4(b)", "1.4(d)")
    )
    number = Mrn(year, station, serial, "dtg")
    return Cable(
        id=number.id,
        key=number.id or "",
        aliases=(f"{year % 100:02d}{station}{serial}",),
        mrn=number,
        era="acp127",
        extract=False,
        sections=Sections(tuple(range(1, of + 1)), of) if of > 1 else None,
        sent=f"{year}-{month:02d}-{day:02d}T{dice.randrange(24):02d}:{dice.randrange(60):02d}Z",
        sent_basis="dtg",
        precedence=dice.choice((("IMMEDIATE",), ("PRIORITY",), ("ROUTINE",), ("IMMEDIATE", "ROUTINE"))),
        transmission=Transmission(
            "VZCZCXRO9782",
            tuple(dice.choices(("RUEHZN", "RUEHXSL", "RUEHPV"), k=dice.randint(1, 14))),
            "RUEHXSL",
            f"{serial % 10000:04d}",
            f"{'ZNR' if letter == 'U' else 'ZNY'} {letter * 5} ZZH",
        ),
        from_=Sender(f"AMEMBASSY {station}", station),
        to=(Addressee("SECSTATE WASHDC", "RUEHC", "IMMEDIATE", "4590"),),
        info=tuple(_addressee(dice) for _ in range(dice.randint(0, 4))),
        classification=level,
        handling=dice.choice(((), ("NOFORN",)) if classified else ((), ("SENSITIVE",))),
        captions=dice.choice(((), ("SIPDIS",), ("SIPDIS", "EXDIS"))),
        passing=dice.choice(((), ("STATE FOR P, EUR/CEN (JSMITH), DRL/PHD AND THE OPERATIONS CENTER",))),
        authority=authority if classified else Authority("12958"),
        tags=tuple(sorted(set(dice.choices(("PREL", "PGOV", "PREF", "RT", "GX", "NATO"), k=4)))),
        subject=_words(dice, 3, 20).upper(),
        subject_marking=dice.choice((None, None, "C")),
        references=_references(dice, station, serial, year),
        paragraphs=tuple(_paragraph(dice, number) for number in range(1, dice.randint(2, 10))),
        signature=name.upper(),
    )


telegrams = st.randoms(use_true_random=False).map(lambda dice: telegram(Random(dice.getrandbits(64))))


# -- the archiving system of 1973-79 -------------------------------------------------------------------

OFFICES = ("OCT", "ADS", "INR", "EB", "SS", "NSC", "CIAE", "L", "S/S", "OMB", "TRSE", "AID", "USIA", "H")
HANDS = (
    Hand("EUR/NCE - FTARLENHEIM:LEE", "EUR/NCE", "FTARLENHEIM"),
    Hand("NSC:RSAPT", "NSC", "RSAPT"),
    Hand("S/S;BERSONIN (INFO)", "S/S", "BERSONIN", "INFO"),
    Hand("EB/TT - MR. HELSING (DRAFT)", "EB/TT", "MR. HELSING", "DRAFT"),
)
ORDERS = (
    Authority("11652"),
    Authority("11652", schedule="GDS"),
    Authority("11652", exemptions=("2",), schedule="XGDS"),
    Authority("11652", "1979-12-31", schedule="ADS"),
    Authority("11652", declassify_event="UPON SIGNATURE OF THE TREATY", schedule="ADS"),
    Authority(
        "12065",
        "1985-07-02",
        classified_by="SAPT, HUGO V.",
        name="SAPT, HUGO V.",
        title="OR-M",
        schedule="GDS",
    ),
    Authority("12065", "1999-06-05", None, ("4",), "HELSING, ERIK", "HELSING, ERIK", "OR-P", schedule="RDS"),
)


def _typed(paragraph: Paragraph, number: int | None) -> Paragraph:
    """A paragraph in capitals, as all traffic of the time was; without the marks that came later."""
    parts = tuple(Part(None, part.voice, part.text.upper(), ()) for part in paragraph.parts)
    anchor = "0" if number is None else str(number)
    heading = paragraph.heading.upper() if paragraph.heading and number is not None else None
    return Paragraph(number, anchor, None, heading, paragraph.voice, paragraph.text.upper(), (), parts)


def _distribution(dice: Random, *, outgoing: bool) -> Distribution:
    action = tuple(Office(code, dice.randrange(31)) for code in dice.sample(OFFICES, dice.choice((1, 1, 2))))
    info = tuple(Office(code, dice.randrange(31)) for code in dice.sample(OFFICES, dice.randint(1, 14)))
    total = sum(office.copies or 0 for office in (*action, *info))
    return Distribution("outgoing" if outgoing else "incoming", action, info, total)


def archived_telegram(dice: Random) -> Cable:
    """A whole cable of the archiving system of 1973-79, undamaged, with all its lines."""
    station, serial = dice.choice(POSTS), dice.randint(1, 99_999)
    outgoing = station == "STATE"
    year, month, day = dice.randint(1973, 1979), dice.randint(3, 12), dice.randint(1, 28)
    month = max(month, 7) if year == 1973 else month  # the system began in July
    of = dice.choice((1, 1, 1, 2, 3))
    number = Mrn(year, station, serial, "dtg")
    alone = of == 1 and dice.random() < 0.2
    paragraphs = (
        (_typed(_paragraph(dice, 1), None),)
        if alone
        else tuple(_typed(_paragraph(dice, one), one) for one in range(1, dice.randint(of + 1, 10)))
    )
    subject = _words(dice, 3, 20).upper()
    drafting = Drafting(
        dice.choice(HANDS),
        dice.choice(HANDS),
        cleared_by=tuple(dice.sample(HANDS, dice.randint(0, 4))),
        desired_distribution=dice.choice((None, "PM, EUR ONLY")),
    )
    where = f"{year % 100:02d}{station}{serial}"
    name = "SECSTATE WASHDC" if outgoing else f"AMEMBASSY {'NEW DELHI' if station == 'NEWDELHI' else station}"
    return Cable(
        id=number.id,
        key=number.id or "",
        aliases=(where,),
        mrn=number,
        era="sas",
        extract=False,
        sections=Sections(tuple(range(1, of + 1)), of) if of > 1 else None,
        sent=f"{year}-{month:02d}-{day:02d}T{dice.randrange(24):02d}:{dice.randrange(60):02d}Z",
        sent_basis="dtg",
        precedence=dice.choice((("IMMEDIATE",), ("PRIORITY",), ("ROUTINE",), ("IMMEDIATE", "ROUTINE"))),
        transmission=None,
        from_=Sender(name, station),
        to=(Addressee("AMEMBASSY ZENDA", None, dice.choice((None, "PRIORITY", "NIACT IMMEDIATE")), "4590"),),
        info=tuple(
            msgspec.structs.replace(_addressee(dice), routing=None) for _ in range(dice.randint(0, 4))
        ),
        classification=dice.choice(("UNCLASSIFIED", "LIMITED OFFICIAL USE", "CONFIDENTIAL", "SECRET")),
        captions=dice.choice(((), ("EXDIS",), ("STADIS", "LIMDIS"))),
        passing=dice.choice(((), ("DEPARTMENT PASS AGRICULTURE",), ("ZENDA FOR AGATT", "STATE PASS OPIC"))),
        authority=dice.choice(ORDERS),
        tags=tuple(sorted(set(dice.choices(("PFOR", "EAGR", "OVIP", "MASS", "UR", "NATO"), k=4)))),
        subject=subject,
        references=_references(dice, station, serial, year),
        paragraphs=paragraphs,
        signature=dice.choice(NAMES).upper(),
        operating_signals=dice.choice(((), (), ("ZFF4",), ("ZDK", "ZFD"))),
        distribution=_distribution(dice, outgoing=outgoing),
        drafting=drafting if outgoing else None,
        tags_persons=dice.choice(((), (), ("ELPHBERG, RUDOLF",), ("ELPHBERG, RUDOLF", "SAPT, H. V."))),
    )


archived_telegrams = st.randoms(use_true_random=False).map(
    lambda dice: archived_telegram(Random(dice.getrandbits(64)))
)
