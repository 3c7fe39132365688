"""TAGS, Traffic Analysis by Geography and Subject: which words on the line are codes (handbook 04)."""

import re
from functools import lru_cache
from typing import Literal

import msgspec

from reftel.spelling import Spellings
from reftel.tables import rows

Kind = Literal["subject", "program", "geo", "organization"]


class Tag(msgspec.Struct, frozen=True):
    """What one code means in one era; a code may have several meanings over time."""

    code: str
    kind: str
    eras: str
    name: str


TAGS: dict[str, tuple[Tag, ...]] = {}
"""Every code of every era, upper case, with its meanings."""
for _row in rows("tags"):
    _code = _row["code"].upper()
    TAGS[_code] = (*TAGS.get(_code, ()), Tag(_code, _row["kind"], _row["eras"], _row["name"]))

_LONGEST = max(code.count(" ") for code in TAGS) + 1  # words in a code: AEROLINEAS ARGENTINAS


_SUBJECTS = frozenset(
    code for code, known in TAGS.items() if len(code) == 4 and any(tag.kind == "subject" for tag in known)
)
_GEOGRAPHIC = frozenset(
    code for code, known in TAGS.items() if len(code) == 2 and any(tag.kind == "geo" for tag in known)
)
_OF_COUNTRY: dict[str, set[str]] = {}  # MALI: its codes, of every era
for _code in _GEOGRAPHIC:
    for _tag in TAGS[_code]:
        if _tag.kind == "geo":
            _OF_COUNTRY.setdefault(_tag.name.upper(), set()).add(_code)
_NEAR_SUBJECTS = Spellings(_SUBJECTS)
_PUNCTUATION = ".'\"`*:"


class TagLine(msgspec.Struct, frozen=True):
    """The codes of a TAGS line, in order, and the words that are no code of any era.

    A word that is one letter off a subject's code, or a country's name, is given as written among the unknown
    and as meant among the known.
    """

    known: tuple[str, ...]
    unknown: tuple[str, ...]
    persons: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def read(line: str) -> TagLine:
    """Take a TAGS line (without its label) apart.

    `PREL, PGOV KZ POLITICAL` gives the known PREL, PGOV, KZ and the unknown POLITICAL;
    `OVIP (KOSYGIN, ALEKSEY N)` has a person.
    """
    known: list[str] = []
    unknown: list[str] = []
    persons: list[str] = []
    for piece, is_person in _outside_parentheses(line.upper()):
        if is_person and piece not in TAGS:
            persons += [" ".join(piece.split())] if piece else []
            continue
        words = piece.replace(",", " ").replace(";", " ").split()
        position = 0
        while position < len(words):
            length = _longest_code(words, position)
            if length:
                known.append(" ".join(words[position : position + length]))
            elif word := words[position].strip(_PUNCTUATION):
                found = _codes_in(word)
                known += found
                if not found:
                    unknown.append(word)
                    known += [meant] if (meant := _meant(word)) else []
            position += length or 1
    return TagLine(tuple(dict.fromkeys(known)), tuple(dict.fromkeys(unknown)), tuple(persons))


def goes_on(before: str, line: str) -> bool:
    """Whether a line is the wrap of a TAGS line: a name goes on, or half of its words at least are codes.

    Prose right behind is none: `In Strelsau the king is away.`
    """
    if before.count("(") > before.count(")"):
        return True
    found = read(line)
    return bool(found.known or found.persons) and len(found.known) + len(found.persons) >= len(found.unknown)


def _longest_code(words: list[str], position: int) -> int:
    for length in range(min(_LONGEST, len(words) - position), 0, -1):
        if " ".join(words[position : position + length]) in TAGS:
            return length
    return 0


def _codes_in(word: str) -> list[str]:
    """A word that is a code but for its punctuation, or codes glued together or parted by signs.

    `PRELPGOVKZ`: subjects of four letters first, then countries of two.
    """
    if word in TAGS:
        return [word]
    parts = [part for part in _SIGNS.split(word) if part]
    if len(parts) > 1:
        return parts if all(part in TAGS for part in parts) else []
    at, codes = 0, []
    while word[at : at + 4] in _SUBJECTS:
        codes.append(word[at : at + 4])
        at += 4
    while at and word[at : at + 2] in _GEOGRAPHIC:
        codes.append(word[at : at + 2])
        at += 2
    return codes if at == len(word) else []


_SIGNS = re.compile(r"[^A-Z\d&]+")


def _meant(word: str) -> str | None:
    """The one subject's code that is a letter off, or that of a country named: `PGOC`, `POGOV`, `MALI`."""
    codes = _OF_COUNTRY.get(word)
    if codes:
        return next(iter(codes)) if len(codes) == 1 else None
    return _NEAR_SUBJECTS.nearest(word, longest=5) if word.isalpha() else None


def _outside_parentheses(line: str) -> list[tuple[str, bool]]:
    """The line cut at its parentheses; True marks what stood inside."""
    pieces: list[tuple[str, bool]] = []
    rest = line
    while rest:
        before, opened, rest = rest.partition("(")
        pieces.append((before.replace(")", " "), False))
        if opened:
            inside, _, rest = rest.partition(")")
            pieces.append((inside.strip(), True))
    return pieces


def meaning(code: str) -> tuple[Tag, ...]:
    """What a code has meant; empty where it is known in no era."""
    return TAGS.get(code.upper(), ())
