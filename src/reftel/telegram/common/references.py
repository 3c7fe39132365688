"""The REF block: what a cable says it refers to, and what each entry means (handbook 02, section 2)."""

import re
from typing import NamedTuple

from reftel import dtg
from reftel.cable import Mrn, Reference, ReferenceKind, Span
from reftel.stations import is_known, token

# A. | A) | (A) | [1](#)B. | ¶B. | REF A, at the start of a line or behind a separator
_LABEL = re.compile(
    r"""
    (?: (?<=\n) | (?<=[;,:\s]) | ^ ) (?P<sign> ¶\s* | \[1\]\(\#\) )?
    (?: (?P<letter>[A-Z]) [.):] (?! [A-Z]\. ) | \( (?P<bracketed>[A-Z]) \) ) [ \t]*
    """,
    re.VERBOSE,
)
_LINE = re.compile(r"[^\n;]+")

# One telegram, or a run: STATE 188314, 259032 - BRASILIA 2799 AND 2764 - KABUL 936/935
_TELEGRAM = re.compile(
    r"""
    (?: \b (?: \( (?P<bracketed>\d\d) \) | '? (?P<before> \d{4} | \d\d ) ) [ -]? )?  # 04 SOFIA 318
    (?<![A-Za-z]) (?P<station> [A-Z] (?: [A-Z'&-] | [. ]{1,2} (?=[A-Z]) ){1,30} )
    (?: \s* \( (?P<between>\d\d) \) )? \s* (?: \# | NO\.? \s )? \s?
    (?P<serial> \d{1,7} ) \b (?! [/-] [A-Z] | / \d{1,2} / \d )
    (?P<more> (?: \s* (?: , | / | & | AND ) \s* \d{2,7} \b (?! [ ]* [A-Z(]* [A-Z] ) ){0,40} )
    (?: \s* \( (?P<behind>\d{4}|\d\d) \) )?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SERIAL = re.compile(r"\d+")
_PLAIN = re.compile(
    r"\s*(?:(?P<letter>[A-Z])\. +)?(?P<text>(?P<station>[A-Z][A-Z ]{1,30}) (?P<serial>\d{1,7}))[ \t\r.]*"
)
_CAPTION = re.compile(r"\b(NOTAL|EXDIS|NODIS|LIMDIS|STADIS|NOFORN)\b", re.IGNORECASE)

# Words that make an entry something else than a telegram, in order of trust.
_KINDS: tuple[tuple[ReferenceKind, re.Pattern[str]], ...] = (
    ("telcon", re.compile(r"\b(?:REF)?TELE?CONS?\b|\b(?:TELE)?PHONE\b|\bPHONCON\b|\bCALL\b", re.IGNORECASE)),
    ("email", re.compile(r"\bE-?MAILS?\b|\bEMAILED\b", re.IGNORECASE)),
    ("septel", re.compile(r"\bSEPTELS?\b", re.IGNORECASE)),
    ("letter", re.compile(r"\bLETTERS?\b|\bLTR\b", re.IGNORECASE)),
    ("memo", re.compile(r"\bMEM(?:O|OS|CON|CONS|ORANDUM)\b", re.IGNORECASE)),
    ("airgram", re.compile(r"\bAIRGRAM\b|\bA-\d+\b", re.IGNORECASE)),
    ("document", re.compile(r"\b(?:FAM|FAH|CFR|UNSCR|TD-|IIR|FBIS|OSC|REPORT|NOTE|PAPER)", re.IGNORECASE)),
)  # fmt: skip

# Words in front of a number that name no post: LETTER OF 4, 12 FAM 540, MARCH 24
_NO_STATION = frozenset(
    (
        "A AN AND AT BY DATED FOR FROM IN NO OF ON RE THE TO VOL CFR FAH FAM IIR TD UNSCR "
        "CALL DTG EMAIL FAX LETTER MAIL MEMO MEMCON PARA PARAS REF REFTEL TELCON"
    ).split()
).union(dtg.MONTHS)


def read(text: str, start: int, end: int, citing: Mrn, sent: str | None) -> tuple[Reference, ...]:
    """The entries of the REF block between two offsets (its label left out), in order.

    `citing` and `sent` are the cable's own number and date: a year that no entry states is inferred.
    """
    block = text[start:end]
    plain = _plain(block, start, _Citing(citing, sent))
    if plain:
        return plain
    labels = list(_LABEL.finditer(block))
    bounds = [0, *(label.start() for label in labels), len(block)]
    entries: list[tuple[str | None, int, int]] = [(None, 0, bounds[1])] if block[: bounds[1]].strip() else []
    entries += [
        (label["letter"] or label["bracketed"], label.end(), after)
        for label, after in zip(labels, bounds[2:], strict=True)
    ]
    found: list[Reference] = []
    for letter, first, last in entries:
        for line in _LINE.finditer(block, first, last):
            found += _entry(block, line.span(), letter, start, _Citing(citing, sent))
    return tuple(found)


def _plain(block: str, offset: int, citing: "_Citing") -> tuple[Reference, ...]:
    """The common case, each line a letter and a telegram: `B. BISHKEK 0123`; nothing where any is more."""
    found = []
    at = 0
    for line in block.split("\n"):
        if line and not line.isspace():
            match = _PLAIN.fullmatch(line)
            if match is None or not is_known(match["station"]):
                return ()
            named = _Named(match["letter"], (), token(match["station"]) or "", None)
            found.append(
                _telegram(line, match.span("text"), int(match["serial"]), named, offset + at, citing)
            )
        at += len(line) + 1
    return tuple(found)


class _Citing:
    """The citing cable, as far as it tells the years of what it cites."""

    def __init__(self, mrn: Mrn, sent: str | None) -> None:
        self.mrn = mrn
        self.early = sent is not None and sent[4:8] in ("-01-", "-02-", "-01", "-02")

    def year_of(self, station: str, serial: int) -> int | None:
        """The year meant where none is stated: the cable's own, or the one before (handbook 02, 1.1).

        Serials restart each January, so one above the citing post's own, or a high one cited when the
        year is young, is of last year.
        """
        year = self.mrn.year
        if year is None:
            return None
        if station == self.mrn.station:
            return year - 1 if self.mrn.serial is not None and serial > self.mrn.serial else year
        high = 20_000 if station == "STATE" else 2_500
        return year - 1 if self.early and serial > high else year


def _entry(block: str, span: Span, letter: str | None, offset: int, citing: _Citing) -> list[Reference]:
    """What one line or piece of the block names: telegrams, or a document of another kind."""
    piece = block[span[0] : span[1]]
    captions = tuple(dict.fromkeys(word.upper() for word in _CAPTION.findall(piece)))
    found: list[Reference] = []
    leftover: list[str] = []
    done = 0
    for match in _TELEGRAM.finditer(piece):
        begin = _post_in(match["station"])
        if begin is None:
            continue
        leftover.append(piece[done : match.start()])
        done = match.end()
        found += _run(match, match.start("station") + begin, letter, captions, offset + span[0], citing)
    leftover.append(piece[done:])
    kind = _kind_of(" ".join(leftover))
    if found and kind not in ("email", "letter", "telcon", "memo"):
        return found
    other = _other(piece, letter, captions, offset + span[0], kind or "other")
    return [other, *found] if other else found


def _run(
    match: re.Match[str],
    station_at: int,
    letter: str | None,
    captions: tuple[str, ...],
    offset: int,
    citing: _Citing,
) -> list[Reference]:
    """The telegrams of one post: the second serial of a run has the post and the year of the first."""
    piece = match.string
    station = token(piece[station_at : match.end("station")]) or ""
    stated = match["before"] or match["bracketed"] or match["between"] or match["behind"]
    whole_station = station_at == match.start("station")
    begin = match.start("before") if match["before"] and whole_station else station_at
    begin = match.start() if match["bracketed"] and whole_station else begin
    more = [found.span() for found in _SERIAL.finditer(piece, *match.span("more"))]
    end = match.end("behind") + 1 if match["behind"] and not more else match.end("serial")
    found = [((begin, end), int(match["serial"])), *((place, int(piece[slice(*place)])) for place in more)]
    year = dtg.full_year(int(stated)) if stated else None
    named = _Named(letter, captions, station, year)
    return [_telegram(piece, place, serial, named, offset, citing) for place, serial in found]


class _Named(NamedTuple):
    """What the telegrams of one run share."""

    letter: str | None
    captions: tuple[str, ...]
    station: str
    year: int | None  # None where none is stated


def _telegram(piece: str, place: Span, serial: int, named: _Named, offset: int, citing: _Citing) -> Reference:
    year = citing.year_of(named.station, serial) if named.year is None else named.year
    return Reference(
        text=" ".join(piece[slice(*place)].split()),
        span=(offset + place[0], offset + place[1]),
        kind="telegram",
        letter=named.letter,
        id=Mrn(year, named.station, serial).id,
        inferred=("year",) if named.year is None and year is not None else (),
        captions=named.captions,
    )


def _post_in(words: str) -> int | None:
    """Where in the words before a serial the post's name begins; None where they name no post."""
    if is_known(words):
        return 0
    for space in re.finditer(r"[ .]+", words):
        if is_known(words[space.end() :]):
            return space.end()
    shaped = words.isupper() and words.count(" ") < 3 and len(words) > 2
    return 0 if shaped and not _NO_STATION.intersection(re.split(r"[^A-Z]+", words)) else None


def _kind_of(words: str) -> ReferenceKind | None:
    return next((kind for kind, pattern in _KINDS if pattern.search(words)), None)


def _other(
    piece: str, letter: str | None, captions: tuple[str, ...], offset: int, kind: ReferenceKind
) -> Reference | None:
    bare = piece.strip(" \t\r,.:\n")
    if not any(sign.isalnum() for sign in bare):
        return None
    begin = offset + piece.index(bare)
    return Reference(" ".join(bare.split()), (begin, begin + len(bare)), kind, letter, captions=captions)
