"""A cable as plain text, with nothing around it."""

import re

from reftel.cable import Copy

NAME = "text"

_RULE = re.compile(r"[-=_*~#]{10,}")


def recognises(text: str) -> bool:
    """Any text: what holds no cable at all is turned away before."""
    return True


def copies(raw: bytes, text: str, locator: str, sha256: str) -> tuple[Copy, ...]:
    """The one cable of the file; a ruled line below it sets it apart from the next and is no part of it."""
    end = len(text)
    last = text[-200:].rstrip().rsplit("\n", 1)[-1]
    if last[-10:] and last[-10:].strip("-=_*~#") == "" and _RULE.fullmatch(last.strip()):
        end = text.rindex(last.strip())
    return (Copy(raw, text, NAME, locator, sha256, (0, end)),)
