"""TAGS, Traffic Analysis by Geography and Subject: which words on the line are codes (handbook 04)."""

from functools import lru_cache
from typing import Literal

import msgspec

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


class TagLine(msgspec.Struct, frozen=True):
    """The codes of a TAGS line, in order, and the words that are no code of any era."""

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
        if is_person:
            persons.append(piece)
            continue
        words = piece.replace(",", " ").replace(";", " ").split()
        position = 0
        while position < len(words):
            length = _longest_code(words, position)
            if length:
                known.append(" ".join(words[position : position + length]))
            else:
                found = _codes_in(words[position].strip(".'\"`"))
                (known if found else unknown).extend(found or [words[position]])
            position += length or 1
    return TagLine(tuple(dict.fromkeys(known)), tuple(dict.fromkeys(unknown)), tuple(persons))


def _longest_code(words: list[str], position: int) -> int:
    for length in range(min(_LONGEST, len(words) - position), 0, -1):
        if " ".join(words[position : position + length]) in TAGS:
            return length
    return 0


def _codes_in(word: str) -> list[str]:
    """A word that is a code but for its punctuation, or codes of four letters glued together."""
    if word in TAGS:
        return [word]
    if len(word) >= 8 and len(word) % 4 == 0:
        codes = [word[at : at + 4] for at in range(0, len(word), 4)]
        if all(code in TAGS for code in codes):
            return codes
    return []


def _outside_parentheses(line: str) -> list[tuple[str, bool]]:
    """The line cut at its parentheses; True marks what stood inside."""
    pieces: list[tuple[str, bool]] = []
    rest = line
    while rest:
        before, opened, rest = rest.partition("(")
        pieces.append((before, False))
        if opened:
            inside, _, rest = rest.partition(")")
            pieces.append((inside.strip(), True))
    return pieces


def meaning(code: str) -> tuple[Tag, ...]:
    """What a code has meant; empty where it is known in no era."""
    return TAGS.get(code.upper(), ())
