"""Readers by name: how far each is cleared, as the archive's owner has said."""

from collections.abc import Callable, Iterable

import msgspec

from reftel import clearance
from reftel.clearance import Reader
from reftel.errors import UsageError
from reftel.markings import CAPTIONS, RANKS, Level, read_classification, read_mark
from reftel.tables import rows

RESTRICTING: tuple[str, ...] = tuple(sorted(name for name, restricts in CAPTIONS.items() if restricts))
"""The captions that somebody can hold; those that restrict nobody need not be held."""

_KINDS: dict[str, str] = {row["name"]: row["kind"] for row in rows("controls")}

COMPARTMENTS: tuple[str, ...] = tuple(name for name, kind in _KINDS.items() if kind == "compartment")
"""The compartments that somebody can be admitted to."""

HOLDS: tuple[str, ...] = (
    "SBU",
    *(name for name, kind in _KINDS.items() if kind not in {"compartment", "caption"}),
)
"""What else somebody can hold, beside REL with a country or group."""
_LONGEST = 100  # characters of a name


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One reader: a name, a level, and what he holds beside it. Made by `profile` and `from_json`."""

    name: str
    level: Level
    holds: tuple[str, ...] = ()  # SBU, NOFORN, REL RURITANIA
    captions: tuple[str, ...] = ()  # EXDIS, ROGER CHANNEL
    compartments: tuple[str, ...] = ()  # SI

    def reader(self) -> Reader:
        """What the rules ask of him."""
        held = {*self.holds, *self.captions, *self.compartments}
        # SBU is a level to the rules: between U and C
        level: Level = "SBU" if self.level == "U" and "SBU" in held else self.level
        return Reader(level, frozenset(held - {"SBU"}))


def profile(
    name: str,
    level: str,
    holds: Iterable[str] = (),
    captions: Iterable[str] = (),
    compartments: Iterable[str] = (),
) -> Profile:
    """The profile that these words say, `C`, `REL TO RURITANIA`, `exdis`.

    Raises UsageError for a word that is not known, with those that are.
    """
    return Profile(
        _name(name),
        _level(level),
        _each(holds, _hold),
        _each(captions, lambda word: _known(word, "caption that restricts", RESTRICTING)),
        _each(compartments, lambda word: _known(word, "compartment", COMPARTMENTS)),
    )


def to_json(one: Profile) -> bytes:
    """One line of JSON."""
    return msgspec.json.encode(one)


def from_json(line: bytes | str) -> Profile:
    """The inverse of `to_json`. Raises UsageError where the line is no profile, or of unknown words."""
    try:
        read = msgspec.json.decode(line, type=Profile)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            f"no profile of a reader ({error}); give what `reftel reader export` prints"
        ) from None
    return profile(read.name, read.level, read.holds, read.captions, read.compartments)


def _name(name: str) -> str:
    name = name.strip()
    if not name or not name.isprintable() or len(name) > _LONGEST:
        raise UsageError(
            f"a reader's name is 1 to {_LONGEST} characters that can be printed; name him otherwise"
        )
    line = read_classification(name)
    if name.upper() in RANKS or read_mark(name).level is not None or (line and line.end == len(name)):
        raise UsageError(f"{name!r} is a level, and no name of a reader; name him otherwise")
    return name


def _level(level: str) -> Level:
    read = clearance.reader(level).level
    assert read is not None
    return read


def _each(words: Iterable[str], known: Callable[[str], str]) -> tuple[str, ...]:
    plain = (" ".join(word.upper().replace('"', " ").split()) for word in words)  # "REL RURITANIA"
    return tuple(sorted({known(word) for word in plain if word}))


def _hold(word: str) -> str:
    if word in HOLDS:
        return word
    whom = word.removeprefix("REL ").removeprefix("TO ") if word.startswith("REL ") else ""
    if not whom.replace(" ", "").replace("&", "").isalpha():
        raise UsageError(f"nobody can hold {word!r}: say one of {', '.join(HOLDS)}, or REL RURITANIA")
    return f"REL {whom}"


def _known(word: str, kind: str, known: tuple[str, ...]) -> str:
    if word not in known:
        raise UsageError(f"no {kind} is called {word!r}: say one of {', '.join(known)}")
    return word
