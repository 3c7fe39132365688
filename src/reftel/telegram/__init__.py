"""Eras: Copy -> Cable. An era is a module with ERA, `recognises` and `read`; some can `write` too."""

from typing import Protocol

from reftel.cable import Cable, Copy, Era
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
