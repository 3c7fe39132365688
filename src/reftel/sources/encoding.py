"""Bytes to text: which encoding a file is in, and what is no text at all.

Found out in this order: a byte order mark; UTF-16 without one (every other byte is zero); UTF-8; a DOS code
page, where it is certain; else Windows-1252. UTF-8 that was once read as Windows-1252 or Latin-1 and written
again (`cafÃ©`) is undone where it is certain. Whatever was not plain UTF-8 is said in an `encoding` defect.
"""

import codecs
import re

from reftel.cable import Defect
from reftel.errors import NotACable

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MARKS = tuple(bom for bom, _ in _BOMS)
_NAMES = {"utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
_CONTROLS = bytes({*range(32), 127} - set(b"\t\n\v\f\r"))
_SAMPLE = 4096  # bytes that tell UTF-16 without a mark
_MOST_CONTROLS = 20  # of what is text, at most every twentieth byte is a control character

# Windows-1252 as it is met: the five bytes that it leaves empty are control characters of Latin-1.
_CP1252 = [bytes((byte,)).decode("cp1252", "ignore") or chr(byte) for byte in range(256)]
_BROKEN = {0xDC00 + byte: _CP1252[byte] for byte in range(128, 256)}  # what `surrogateescape` makes of a byte
_BYTE_OF = {sign: byte for byte, sign in enumerate(_CP1252)} | {chr(byte): byte for byte in range(256)}
_DOS = [bytes((byte,)).decode("cp850") for byte in range(256)]
_DOS_AGREES = [_DOS[byte] == bytes((byte,)).decode("cp437") for byte in range(256)]
_QUOTES_AND_DASHES = frozenset(b"\x85\x91\x92\x93\x94\x96\x97\xa0")  # of Windows-1252: the commonest by far
_HIGH = re.compile(rb"[\x80-\xff]")
_NOT_ASCII = re.compile("[^\\x00-\\x7f]+")
_MOST_READINGS = 3  # a text may have been read wrongly more than once


def decode(raw: bytes, locator: str) -> tuple[str, tuple[Defect, ...]]:
    """The text of a file, with a defect where it is not plain UTF-8.

    Raises NotACable for an empty file and for bytes that are no text.
    """
    if not raw or raw.isspace():
        raise NotACable(f"{locator}: the file is empty; fetch it again")
    if raw.startswith(_MARKS):
        bom, name = next((bom, name) for bom, name in _BOMS if raw.startswith(bom))
        raw = raw[len(bom) :]
        return _utf8(raw, locator) if name == "utf-8" else _wide(raw, name, locator)
    unmarked = _unmarked_utf16(raw)
    if unmarked:
        text, defects = _wide(raw, unmarked, locator)
        return text, (Defect("encoding", "UTF-16 without a byte order mark", None), *defects)
    return _utf8(raw, locator)


def has_controls(raw: bytes) -> bool:
    """Whether control characters stand in it, other than blanks and line ends."""
    return any(map(raw.__contains__, _CONTROLS))  # one after another: a single byte is found at once


def is_plain(text: str) -> bool:
    """Whether nothing but ASCII stands in it, and no-break spaces, which pages put in of their own."""
    return text.isascii() or text.replace("\xa0", " ").isascii()


def line_parts(raw: bytes, text: str, cuts: list[int]) -> list[bytes] | None:
    """A file cut where lines of its text begin; each part reads by itself as its stretch of the text.

    None where the bytes of a line cannot be told. A byte order mark is repeated before each part.
    """
    bom, name = next(((bom, name) for bom, name in _BOMS if raw.startswith(bom)), (b"", "utf-8"))
    unmarked = None if bom else _unmarked_utf16(raw)
    wide = unmarked or (name if name != "utf-8" else None)
    body = raw[len(bom) :]
    at: list[int] = []
    if wide:
        done = size = 0
        for cut in cuts:
            size += len(text[done:cut].encode(wide, "surrogatepass"))
            done = cut
            at.append(size)
    else:  # a line end is the same byte in all other encodings
        newline = b"\n" if b"\n" in body else b"\r"
        done = place = 0
        for cut in cuts:
            for _ in range(text.count("\n", done, cut)):
                place = body.find(newline, place) + 1
            done = cut
            at.append(place)
    parts = [bom + body[first:last] for first, last in zip([0, *at], [*at, len(body)], strict=True)]
    whole = all(part.strip() for part in parts) and at == sorted(set(at))
    return parts if whole else None


def _wide(raw: bytes, name: str, locator: str) -> tuple[str, tuple[Defect, ...]]:
    text = raw.decode(name, "replace")
    if not text.strip():
        raise NotACable(f"{locator}: the file is empty; fetch it again")
    at = text.find("\ufffd")
    if at < 0:
        return text, ()
    message = f"bytes that are no {_NAMES.get(name, 'UTF-32')}; each is shown as \ufffd"
    return text, (Defect("encoding", message, (at, at + 1)),)


def _unmarked_utf16(raw: bytes) -> str | None:
    """Which half of each pair of bytes is zero: UTF-16 of Latin letters, without its mark."""
    if b"\0" not in raw[:_SAMPLE]:
        return None
    sample = raw[: min(_SAMPLE, len(raw)) // 2 * 2]
    pairs = len(sample) // 2
    low, high = sample[0::2].count(0), sample[1::2].count(0)
    if pairs >= 8 and high * 10 >= pairs * 9 and not low:
        return "utf-16-le"
    if pairs >= 8 and low * 10 >= pairs * 9 and not high:
        return "utf-16-be"
    return None


def _utf8(raw: bytes, locator: str) -> tuple[str, tuple[Defect, ...]]:
    """UTF-8, or an encoding of one byte a letter."""
    if b"\0" in raw and _is_no_text(raw):  # without a zero byte it is hardly anything but text
        raise NotACable(
            f"{locator}: not text (one of twenty bytes or more is a control character); "
            "give the text of the cable"
        )
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return _one_byte(raw, error.start)
    if is_plain(text):
        return text, ()
    return _reread(text)


def _is_no_text(raw: bytes) -> bool:
    return (len(raw) - len(raw.translate(None, _CONTROLS))) * _MOST_CONTROLS > len(raw)


def _one_byte(raw: bytes, first: int) -> tuple[str, tuple[Defect, ...]]:
    """What is not, or not all, UTF-8; `first` is the first byte that is not."""
    at = len(raw[:first].decode("utf-8"))
    broken = raw.decode("utf-8", "surrogateescape")
    bad = sum(1 for sign in _NOT_ASCII.findall(broken) for each in sign if "\udc80" <= each <= "\udcff")
    good = sum(map(len, _NOT_ASCII.findall(broken))) - bad
    if good > bad:
        message = f"not all of it is UTF-8; {bad} bytes from here on are read as Windows-1252"
        return broken.translate(_BROKEN), (Defect("encoding", message, (at, at + 1)),)
    if good == 0 and _is_dos(raw):
        message = "not UTF-8 from here on; read as the DOS code page 850, since letters stand inside words so"
        return raw.decode("cp850"), (Defect("encoding", message, (at, at + 1)),)
    at = first  # each byte is a letter
    message = "not UTF-8 from here on; read as Windows-1252"
    latin = raw.decode("latin-1")
    text = latin.translate(dict(enumerate(_CP1252))) if not latin.isascii() else latin
    return text, (Defect("encoding", message, (at, at + 1)),)


def _is_dos(raw: bytes) -> bool:
    """Whether high bytes are letters of words in a DOS code page and signs in Windows-1252, and none else.

    Quotes and dashes of Windows-1252, and bytes on which the two DOS code pages differ, leave it in doubt.
    """
    evidence = 0
    for match in _HIGH.finditer(raw):
        byte, at = raw[match.start()], match.start()
        if byte in _QUOTES_AND_DASHES or not _DOS_AGREES[byte]:
            return False
        before, behind = raw[at - 1 : at].isalpha(), raw[at + 1 : at + 2].isalpha()
        latin, dos = _CP1252[byte].isalpha(), _DOS[byte].isalpha()
        if latin and not dos:
            return False
        evidence += before and behind and dos and not latin
    return evidence > 0


def _reread(text: str) -> tuple[str, tuple[Defect, ...]]:
    """UTF-8 that somebody read as Windows-1252 and wrote again, undone: `cafÃ©` is `café`.

    Certain only where every run of such letters in the text gives UTF-8; no-break spaces alone, which pages
    put in of their own, count neither way.
    """
    first: int | None = None
    for _ in range(_MOST_READINGS):
        runs: list[tuple[int, int, str]] = []
        for match in _NOT_ASCII.finditer(text):
            if match.group().strip("\xa0"):
                meant = _meant(match.group())
                if meant is None:
                    runs = []
                    break
                runs.append((*match.span(), meant))
        if not runs:
            break
        pieces, done = [], 0
        for start, end, meant in runs:
            pieces += [text[done:start], meant]
            done = end
        first = runs[0][0] if first is None else first
        text = "".join([*pieces, text[done:]])
    if first is None:
        return text, ()
    message = "UTF-8 that was read as Windows-1252 and written again, from here on; undone"
    return text, (Defect("encoding", message, (first, first + 1)),)


def _meant(run: str) -> str | None:
    """What a run of letters beyond ASCII is when its bytes are read as UTF-8; None where they are not."""
    try:
        return bytes([_BYTE_OF[sign] for sign in run]).decode("utf-8")
    except (KeyError, UnicodeDecodeError):
        return None
