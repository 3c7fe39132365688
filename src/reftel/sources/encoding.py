"""Bytes to text: which encoding a file is in, and what is no text at all."""

import codecs

from reftel.cable import Defect
from reftel.errors import NotACable

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BOM = tuple(bom for bom, _ in _BOMS)


def decode(raw: bytes, locator: str) -> tuple[str, tuple[Defect, ...]]:
    """The text of a file, with a defect where its encoding had to be guessed.

    Raises NotACable for an empty file and for bytes that are no text.
    """
    if not raw or raw.isspace():
        raise NotACable(f"{locator}: the file is empty; fetch it again")
    if raw.startswith(_BOM):
        name = next(name for bom, name in _BOMS if raw.startswith(bom))
        return raw.decode(name, errors="replace"), ()
    if b"\0" in raw:
        raise NotACable(f"{locator}: not text (it holds zero bytes); give the text of the cable")
    try:
        return raw.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        text = raw.decode("cp1252", errors="replace")
        place = raw[: error.start].decode("utf-8")
        message = "not UTF-8 from here on; read as Windows-1252"
        return text, (Defect("encoding", message, (len(place), len(place) + 1)),)
