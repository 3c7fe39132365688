"""A cable as plain text, with nothing around it."""

from reftel.cable import Copy

NAME = "text"


def recognises(text: str) -> bool:
    """Any text: what holds no cable at all is turned away before."""
    return True


def copies(raw: bytes, text: str, locator: str, sha256: str) -> tuple[Copy, ...]:
    """The one cable of the file."""
    return (Copy(raw, text, NAME, locator, sha256, (0, len(text))),)
