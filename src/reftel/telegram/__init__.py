"""Eras: Copy -> Cable. An era is a module with ERA, `recognises` and `read`; some can `write` too."""

from collections.abc import Mapping
from typing import Protocol

from reftel.cable import Cable, Copy, Era
from reftel.errors import UsageError
from reftel.telegram import acp127, plain, printed, sas, smart


class Grammar(Protocol):
    """What an era's module offers."""

    ERA: Era

    def recognises(self, copy: Copy) -> bool:
        """Whether a copy's telegram is of this era."""

    def read(self, copy: Copy) -> Cable:
        """The cable as this era's grammar reads it. Never raises."""


# Tried in this order, from the form with the plainest signs to the text with none; the last takes any.
ERAS: tuple[Grammar, ...] = (printed, sas, smart, acp127, plain)


def read(copy: Copy) -> Cable:
    """Read the cable that a copy holds. What is damaged becomes a defect; nothing is raised."""
    for era in ERAS:
        if era.recognises(copy):
            return era.read(copy)
    return ERAS[-1].read(copy)


class Writer(Protocol):
    """What an era's module offers that can be written too."""

    def write(self, cable: Cable, *, length: int | None = None) -> str:
        """The cable in the era's form, in sections of at most `length` lines of text where that is given."""


WRITERS: Mapping[Era, Writer] = {acp127.ERA: acp127, sas.ERA: sas}
"""The eras that can be written."""


def write(cable: Cable, section_lines: int | None = None) -> str:
    """Print a cable in the form of its era, split into sections of at most so many lines where that is said.

    Raises UsageError for an era that cannot be written.
    """
    writer = WRITERS.get(cable.era)
    if writer is None:
        raise UsageError(
            f"{cable.id or cable.key}: cables of the era {cable.era} cannot be written; "
            f"give one of the eras {' and '.join(WRITERS)}"
        )
    return writer.write(cable, length=section_lines)
