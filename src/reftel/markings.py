"""Levels, handling words, captions and portion marks; which dominates which.

Authority: handbook 03, sections 1 to 3 (E.O. 12356, 12958, 13526; 12 FAM 540; 5 FAH-2).
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Literal

import msgspec

from reftel.spelling import Spellings
from reftel.tables import rows

Level = Literal["U", "SBU", "C", "S", "TS"]

RANKS: dict[Level, int] = {"U": 0, "SBU": 1, "C": 2, "S": 3, "TS": 4}
"""SBU stands for the controls between the levels: SBU, LOU, FOUO, EFTO, RESTRICTED."""

NAMES: dict[Level, str] = {
    "U": "UNCLASSIFIED",
    "SBU": "SENSITIVE BUT UNCLASSIFIED",
    "C": "CONFIDENTIAL",
    "S": "SECRET",
    "TS": "TOP SECRET",
}

_LEVEL_OF_CLASSIFICATION: dict[str, Level] = {
    "UNCLASSIFIED": "U",
    "RESTRICTED": "SBU",
    "OFFICIAL USE ONLY": "SBU",
    "LIMITED OFFICIAL USE": "SBU",
    "CONFIDENTIAL": "C",
    "SECRET": "S",
    "TOP SECRET": "TS",
}
_RAISING = frozenset({"SENSITIVE", "FOR OFFICIAL USE ONLY", "EFTO"})  # raise U to SBU, and no more

CAPTIONS: dict[str, bool] = {row["caption"]: row["restricts"] == "yes" for row in rows("captions")}
"""Each known caption, and whether it restricts who may read."""

CONTROLS: dict[str, str] = {
    spelling: row["name"]
    for row in rows("controls")
    for spelling in (row["name"], *filter(None, row["spellings"].split("; ")))
}
"""Each spelling of what stands behind a level and must be held: `NF` is NOFORN, `SI` a compartment."""


@cache
def _nations() -> frozenset[str]:
    """Every country and group that something can be released to, by code and by name: SAU, UAE, NATO."""
    return frozenset(
        name.upper() for row in rows("nations") for name in (row["code"], *row["names"].split("; ")) if name
    )


def released_to(restriction: str) -> tuple[str, ...] | None:
    """To whom something may be released: SAU and UAE of `REL SAU, UAE`; nobody is named by bare `REL`.

    None where the restriction is no release.
    """
    if restriction != "REL" and not restriction.startswith("REL "):
        return None
    return tuple(group for words in _AND.split(restriction[3:]) for group in _groups(words.strip()))


def _groups(words: str) -> tuple[str, ...]:
    """`USA AUS GBR`, `SAU AND UAE` are several groups, `TRINIDAD AND TOBAGO` is one."""
    several = tuple(word for word in words.split() if word != "AND")
    if words in _nations() or not is_nation(*several):
        return (words,) if words else ()
    return several


def is_nation(*groups: str) -> bool:
    """Whether all of these are countries or groups of them that are known (tables/nations.csv)."""
    return _nations().issuperset(groups)


_AND = re.compile("[,&]")


class Marking(msgspec.Struct, frozen=True, order=True):
    """What binds the reader of one portion: a level, and what he must hold beside it.

    `level` is None where the mark cannot be understood: then it is for nobody but him who reads all.
    """

    level: Level | None
    restrictions: tuple[str, ...] = ()  # NOFORN, REL ..., EXDIS, SI ..., sorted

    @property
    def label(self) -> str:
        """`C`, `C/NOFORN`, `S/EXDIS/NOFORN`; `?` where it cannot be understood."""
        return "/".join((self.level or "?", *self.restrictions))


# Most specific first; letters may be spaced: C O N F I D E N T I A L.
_CLASSIFICATION = re.compile(
    r"""
    (?P<UNCLASSIFIED>  UNCLAS(?:SIFIED)? \b | U\ N\ C\ L\ A\ S(?:\ S\ I\ F\ I\ E\ D)? \b )
    | (?P<LIMITED>     LIMITED\s+OFFICIAL\s+USE \b )
    | (?P<OFFICIAL>    OFFICIAL\s+USE\s+ONLY \b )
    | (?P<CONFIDENTIAL> CONFIDENTIAL \b | C\ ?O\ N\ F\ I\ D\ E\ N\ T\ I\ A\ L (?:\b|(?-i:(?=[A-Z]{3}))) )
    | (?P<TOP>         TOP\s+SECRET \b | T\ O\ P\ +S\ E\ C\ R\ E\ T \b )
    | (?P<SECRET>      SECRET \b | S\ E\ C\ R\ E\ T \b )
    | (?P<RESTRICTED>  RESTRICTED \b )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WHOLE = {"LIMITED": "LIMITED OFFICIAL USE", "OFFICIAL": "OFFICIAL USE ONLY", "TOP": "TOP SECRET"}
_EFTO = re.compile(r"\s*(?:E\s?F\s?T\s?O|EFTO)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"\s+(?:SECTION\b.*|[A-Z][A-Z.'-]*\s+\d{1,8}\b.*)$", re.IGNORECASE)
_SEPARATORS = re.compile(r"\s*(?:/|;)[/;\s]*")
_COMMAS = re.compile(r"\s*,\s*")  # but not those between the countries of REL

# a level in spaced letters, whole or damaged: R E S T R I C T E D, C O N F I D E N T A L
_SPACED = re.compile(r"[A-Z](?:\ [A-Z]){3,}(?![A-Z])", re.IGNORECASE)
_OFFICIAL_USE = re.compile(r"\s+O\ ?F\ ?F\ ?I\ ?C\ ?I\ ?A\ ?L\s+U\ ?S\ ?E\b", re.IGNORECASE)
_NEAR_LEVELS = Spellings(("UNCLASSIFIED", "CONFIDENTIAL", "SECRET", "TOPSECRET", "RESTRICTED", "LIMITED"))
_SPACED_NAMES = {"TOPSECRET": "TOP SECRET", "LIMITED": "LIMITED OFFICIAL USE"}


@lru_cache(maxsize=256)
def _spaced_level(letters: str) -> str | None:
    level = _NEAR_LEVELS.nearest(letters.upper().replace(" ", ""))
    return _SPACED_NAMES.get(level, level) if level else None


_SPACED_WORD = re.compile(r"(?<!\S)[A-Z](?: [A-Z])+(?!\S)")


_CAPTION_OF = {caption.replace(" ", ""): caption for caption in CAPTIONS}


def _caption(letters: str) -> str:
    return _CAPTION_OF.get(letters, letters)


def unspaced(line: str) -> str:
    """A line with its spaced letters together: `E X D I S`, `C O R R E C T E D  C O P Y`."""
    if line[1:2] != " " and "  " not in line:
        return line
    words = _SPACED_WORD.sub(lambda word: _caption(word.group().replace(" ", "")), line.upper())
    return " ".join(words.split())


def _handling(words: str) -> Iterator[str]:
    """The words behind a level: `NOFORN`, `REL RURITANIA, PONTEVEDRO`."""
    for word in _SEPARATORS.split(words):
        yield from (word,) if _REL.match(word) else _COMMAS.split(word)


class ClassificationLine(msgspec.Struct, frozen=True):
    """The words of a classification line that say how it is classified, and where they end."""

    classification: str
    handling: tuple[str, ...]
    end: int


def read_classification(line: str, pos: int = 0) -> ClassificationLine | None:
    """The classification at `pos` of a line, however spelt or spaced; None where none stands.

    `C O N F I D E N T I A L ALMATY 001109` gives CONFIDENTIAL; `UNCLAS E F T O OSLO 12` gives
    UNCLASSIFIED with handling EFTO; `SECRET//NOFORN` gives SECRET with handling NOFORN.
    """
    match = _CLASSIFICATION.match(line, pos)
    if match and match.lastgroup:
        name, end = _WHOLE.get(match.lastgroup, match.lastgroup), match.end()
    elif line[pos + 1 : pos + 2] == " " and (spaced := _SPACED.match(line, pos)):
        meant = _spaced_level(spaced.group())
        if meant is None:
            return None
        name, end = meant, spaced.end()
        if name == "LIMITED OFFICIAL USE":
            use = _OFFICIAL_USE.match(line, end)
            end = use.end() if use else end
    else:
        return None
    handling: list[str] = []
    efto = _EFTO.match(line, end)
    if efto:
        handling.append("EFTO")
        end = efto.end()
    if line.startswith("//", end):
        stop = _NUMBERED.search(line, end + 2)  # SECRET//NOFORN ZENDA 000012: the last word is the post's
        words = line[end + 2 : stop.start() if stop else len(line)]
        end += 2 + len(words)
        handling += filter(None, _handling(words.strip().upper()))
    return ClassificationLine(name, tuple(handling), end)


def is_banner(line: str) -> bool:
    """A line that holds a classification and nothing else, as printed at the top and foot of a page."""
    found = read_classification(line.strip())
    return found is not None and not line.strip()[found.end :].strip()


_MARK_LEVELS: dict[str, Level] = {
    "TS": "TS", "S": "S", "C": "C", "U": "U",
    "SBU": "SBU", "LOU": "SBU", "L": "SBU", "FOUO": "SBU", "OUO": "SBU", "E": "SBU", "R": "SBU",
    "TOP SECRET": "TS", "SECRET": "S", "CONFIDENTIAL": "C", "UNCLASSIFIED": "U", "UNCLAS": "U",
    "LIMITED OFFICIAL USE": "SBU",
}  # fmt: skip
_MARK_CONTROLS = frozenset({"SBU", "LOU", "FOUO", "SENSITIVE", "ENTIRE TEXT"})
_REL = re.compile(r"REL(?:\s+TO)?\s+(?P<groups>[A-Z][A-Z, &]*)$|REL$")
_LEVEL_WORD = "|".join(sorted(_MARK_LEVELS, key=len, reverse=True))
_LIMIT_WORD = "|".join(sorted({*CONTROLS, *_MARK_CONTROLS}, key=len, reverse=True))
_FIRST_OF_MARK = re.compile(rf"(?:{_LEVEL_WORD})(?![A-Z])")
# between the words of a mark: S//NF, S/NF, S-NF, S NF, C - ENTIRE TEXT
_NEXT_OF_MARK = re.compile(rf"[\s/,-]+(?P<word>{_LIMIT_WORD}|REL\b.*)(?![A-Z])")
# (C) | [U] | ( S ) | (S NF) | (S//REL RURITANIA)
_BRACKETED_MARK = re.compile(
    rf"""
    [(\[] [ ]{{0,3}}
    (?P<mark> (?:{_LEVEL_WORD})
        (?: [ ]? (?://?|-|,) [ ]? (?: [A-Z][A-Z ,&/-]{{0,40}}? | REL[ ] [A-Z ,&/-]{{0,300}}? )
            | [ ]+ (?:NF|NOFORN|XD|ND) )? )
    [ ]{{0,3}} [)\]]
    """,
    re.VERBOSE | re.IGNORECASE,
)
# (C - ENTIRE TEXT) | SECRET - ENTIRE TEXT. | C-ENTIRE TEXT | ENTIRE TEXT CONFIDENTIAL
_ENTIRE = re.compile(
    rf"[(\[]?\s*(?:(?:{_LEVEL_WORD}|[A-Z]{{10,14}})[\s/-]*(?:[A-Z/]{{1,8}}[\s-]*)?ENTIRE TEXT"
    rf"|ENTIRE TEXT(?: IS)?[\s-]*(?:{_LEVEL_WORD}))[\s.)\]]*",
    re.IGNORECASE,
)


def mark_at(text: str, at: int, end: int | None = None) -> tuple[str, int] | None:
    """The portion mark at a place of a text, as written within its brackets, and where it ends."""
    match = _BRACKETED_MARK.match(text, at, len(text) if end is None else end)
    return (" ".join(match["mark"].split()), match.end()) if match else None


def is_entire_text(words: str) -> bool:
    """Whether a paragraph is the statement that one mark covers them all: `(C - ENTIRE TEXT)`."""
    return len(words) < 60 and _ENTIRE.fullmatch(words) is not None


def _control(word: str) -> str | None:
    """What a word behind a level binds to: `NF` to NOFORN, `REL TO SAU` to REL SAU; None if not known."""
    if word in CONTROLS:
        return CONTROLS[word]
    released = _REL.match(word)
    if released is None:
        return None
    return f"REL {released['groups']}" if released["groups"] else "REL"


def read_mark(mark: str) -> Marking:
    """What a portion mark binds its reader to: `C`, `S//NF`, `SBU/NF`, `S//REL SAU`, `TS//SI//NF`.

    Anything that is not understood whole gives level None: in doubt the portion stays closed.
    """
    words = " ".join(mark.upper().split())
    first = _FIRST_OF_MARK.match(words)
    if first is None:
        return Marking(None)
    level = _MARK_LEVELS[first.group()]
    restrictions: set[str] = set()
    at = first.end()
    while at < len(words):
        further = _NEXT_OF_MARK.match(words, at)
        if further is None:
            return Marking(None)
        word, at = further["word"], further.end()
        if word in CONTROLS:
            restrictions.add(CONTROLS[word])
        elif word in _MARK_CONTROLS:
            level = "SBU" if level == "U" and word != "ENTIRE TEXT" else level  # U//FOUO
        else:
            for one in re.split("//?", word):  # REL TO RURITANIA//NF
                control = _control(one.strip())
                if control is None:
                    return Marking(None)
                restrictions.add(control)
    return Marking(level, tuple(sorted(restrictions)))


def read_marking(
    classification: str | None, handling: tuple[str, ...] = (), captions: tuple[str, ...] = ()
) -> Marking:
    """What a whole cable binds its reader to, from the words of its classification line and captions."""
    level = _LEVEL_OF_CLASSIFICATION.get(classification or "")
    if level is None:
        return Marking(None)
    restrictions = {caption for caption in captions if CAPTIONS.get(caption, True)}
    for word in handling:
        if word in _RAISING:
            level = "SBU" if level == "U" else level
        elif (control := _control(word)) is not None:
            restrictions.add(control)
        else:
            return Marking(None)
    return Marking(level, tuple(sorted(restrictions)))
