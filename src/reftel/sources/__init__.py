"""Packagings: bytes -> Copy. A source is a module with NAME, `recognises` and `copies`."""

import hashlib
from typing import Protocol

import msgspec

from reftel.cable import Copy, Defect
from reftel.errors import NotACable
from reftel.sources import aad, frus, mirrormarkdown, mirrortext, plaintext
from reftel.sources.encoding import decode
from reftel.sources.signs import holds_a_cable


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

    Raises NotACable where no cable is found.
    """
    text, defects = decode(raw, locator)
    if not holds_a_cable(text):
        raise NotACable(
            f"{locator}: no cable found in it (no classification line, no SUBJECT or TAGS line); "
            "give the text of a cable as its archive prints it"
        )
    source = next(source for source in SOURCES if source.recognises(text))
    found = source.copies(raw, text, locator, hashlib.sha256(raw).hexdigest())
    if defects:
        return tuple(
            msgspec.structs.replace(copy, defects=(*_placed(defects, copy, text), *copy.defects))
            for copy in found
        )
    return found


def _placed(defects: tuple[Defect, ...], copy: Copy, text: str) -> tuple[Defect, ...]:
    """The defects of a file as those of a copy: without their place where its text is not the file's."""
    if copy.text is text:
        return defects
    return tuple(msgspec.structs.replace(one, span=None) for one in defects)
