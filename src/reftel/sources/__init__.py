"""Packagings: bytes -> Copy. A source is a module with NAME, `recognises` and `copies`."""

import hashlib
from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

from msgspec.structs import replace

from reftel.cable import Copy, Defect
from reftel.errors import NotACable
from reftel.sources import aad, frus, mirrormarkdown, mirrortext, plaintext
from reftel.sources.bundle import Bundle, look
from reftel.sources.encoding import decode, line_parts
from reftel.sources.signs import holds_a_cable
from reftel.sources.undoing import BY, undo


class Source(Protocol):
    """What a packaging's module offers."""

    NAME: str

    def recognises(self, text: str) -> bool:
        """Whether a text is packed this way."""

    def copies(self, raw: bytes, text: str, locator: str, sha256: str) -> tuple[Copy, ...]:
        """The cables in it."""


# Tried in this order; the first that recognises the text unpacks it, the last takes any.
SOURCES: tuple[Source, ...] = (aad, frus, mirrormarkdown, mirrortext, plaintext)


def copies(raw: bytes, locator: str) -> tuple[Copy, ...]:
    """The copies of cables that a file's bytes hold; `locator` says where the bytes came from.

    Where several cables stand one after another, each copy has its own bytes, and its place behind the
    locator: `file.txt#2`. Raises NotACable where no cable is found.
    """
    text, defects = decode(raw, locator)
    lines = _lines(text)
    source = _of(text)
    bundle = _look(source, lines)
    parts = _parts(raw, lines, bundle.cuts) if bundle.cuts else ()
    if not parts:
        return _unpacked(raw, text, locator, defects, source, bundle)
    found: list[Copy] = []
    for order, part in enumerate(parts, 1):
        text, defects = decode(part, locator)
        source = _of(text)
        bundle = _look(source, _lines(text))
        found += _unpacked(part, text, f"{locator}#{order}", defects, source, bundle)
    return tuple(found)


def _of(text: str) -> Source:
    """The packaging of a text."""
    return next(source for source in SOURCES if source.recognises(text))


def _lines(text: str) -> str:
    """The text with line ends that can be looked for, as long as before."""
    return text if "\n" in text else text.replace("\r", "\n")


def _parts(raw: bytes, text: str, cuts: Sequence[int]) -> Sequence[bytes]:
    """The file cut where further cables begin; what holds none stays with what stands before it.

    Nothing where the file is better left whole.
    """
    kept: list[int] = []
    begun = holds_a_cable(text[: cuts[0]])
    for cut, following in pairwise((*cuts, len(text))):
        if holds_a_cable(text[cut:following]):
            kept += [cut] if begun else []
            begun = True
    return (line_parts(raw, text, kept) or ()) if kept else ()


def _look(source: Source, text: str) -> Bundle:
    """Where further cables begin: in plain text alone, for other packagings hold one, or know how many."""
    return look(text) if source.NAME == plaintext.NAME else Bundle()


def _unpacked(
    raw: bytes, text: str, locator: str, defects: tuple[Defect, ...], source: Source, bundle: Bundle
) -> tuple[Copy, ...]:
    """The copies in a file that holds one cable, or a packaging of its own."""
    plain, undone = undo(raw, text)
    if not holds_a_cable(plain):
        raise NotACable(
            f"{locator}: no cable found in it (no classification line, no SUBJECT or TAGS line); "
            "give the text of a cable as its archive prints it"
        )
    if undone:
        source = _of(plain)
    found = source.copies(raw, plain, locator, hashlib.sha256(raw).hexdigest())
    if undone:
        found = tuple(replace(copy, text_by=copy.text_by or BY) for copy in found)
        defects = tuple(replace(one, span=None) for one in defects)  # their places have moved
        bundle = _look(source, plain)
    defects = (*defects, *undone, *_doubtful(plain, bundle))
    if defects:
        return tuple(replace(copy, defects=(*_placed(defects, copy, plain), *copy.defects)) for copy in found)
    return found


def _placed(defects: tuple[Defect, ...], copy: Copy, text: str) -> tuple[Defect, ...]:
    """The defects of a file as those of a copy: without their place where its text is not the file's."""
    if copy.text is text:
        return defects
    return tuple(replace(one, span=None) for one in defects)


def _doubtful(text: str, bundle: Bundle) -> tuple[Defect, ...]:
    """What may be a second cable in the text, but is not plainly one, or cannot be cut off."""
    if bundle.cuts:
        at = bundle.cuts[0]
        place = (at, len(text) if (end := text.find("\n", at)) < 0 else end)
    elif bundle.doubtful:
        place = bundle.doubtful
    else:
        return ()
    message = "another cable may begin here; without a clear sign it was read as a part of this one"
    return (Defect("second-cable", message, place),)
