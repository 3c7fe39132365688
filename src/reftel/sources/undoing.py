"""What a text's way to us did to it, undone in one named step: `Copy.text_by` says so.

Entities of HTML in plain text (`&#x000A;`, `&amp;`), control characters, backslashes at line ends, carriage
returns alone as line ends (handbook 01, D17; 07, noise anywhere). The bytes of the copy keep all of it;
offsets are those of the text as it is given here.
"""

import html
import re
from html.entities import name2codepoint

from reftel.cable import Defect
from reftel.sources.encoding import has_controls, is_plain

BY = "reftel-undoing 1"
"""Name and version of the step."""

_SCRIPT = "\x00-\x08\x0e-\x1f\x7f\x80-\x9f\ufeff"  # control characters, and byte order marks inside a text
_ENTITY = re.compile(r"&(?:amp;){0,3}(?:\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8}\d{0,2});")
_TRAILING = re.compile(r"\\[ \t]{0,3}\r?(?:\n|\Z)")
_UNDONE = re.compile(
    rf"""
    (?P<entity>    {_ENTITY.pattern} )
    | (?P<control>   [{_SCRIPT}] )
    | (?P<backslash> (?<!\\) \\++ (?= [ \t]{{0,3}} \r? (?: \n | \Z ) ) )
    | (?P<return>    (?<!\r) \r++ (?!\n) )
    """,
    re.VERBOSE,
)
_NOT_LATIN = re.compile("[\x80-\x9f\ufeff]")
_SAID = {
    "entity": ("html-entities", "HTML entities stood in the text, the first here; given as meant"),
    "control": ("control-characters", "control characters stood in the text, the first here; left out"),
    "backslash": ("trailing-backslashes", "backslashes stood at line ends, the first here; left out"),
    "return": ("line-ends", "carriage returns alone end lines, the first here; given as line feeds"),
}


def undo(raw: bytes, text: str) -> tuple[str, tuple[Defect, ...]]:
    """The text with all of it undone, and a defect for each kind; the same text where there is nothing.

    Markup is left alone: its own source takes the text out of it.
    """
    if not _is_damaged(raw, text) or is_markup(text):
        return text, ()
    first: dict[str, int] = {}
    pieces: list[str] = []
    done = length = 0
    for match in _UNDONE.finditer(text):
        kind = match.lastgroup or ""
        meant = _meant(kind, match.group())
        if meant == match.group():
            continue
        pieces += [text[done : match.start()], meant]
        length += match.start() - done
        first.setdefault(kind, length)
        length += len(meant)
        done = match.end()
    pieces.append(text[done:])
    length += len(text) - done
    defects = tuple(
        Defect(code, message, (min(first[kind], length), min(first[kind] + 1, length)))
        for kind, (code, message) in _SAID.items()
        if kind in first
    )
    return "".join(pieces), defects


def is_markup(text: str) -> bool:
    """Whether a text begins as markup, whose own source takes the text out of it."""
    return text[:200].lstrip("\ufeff \t\r\n").startswith("<")


def _is_damaged(raw: bytes, text: str) -> bool:
    """Quick looks for what there may be to undo; nearly no text has any of it."""
    if has_controls(raw) or ("&" in text and _ENTITY.search(text)):
        return True
    if "\\" in text and _TRAILING.search(text):
        return True
    if "\r" in text and text.count("\r") != text.count("\r\n"):
        return True
    return not is_plain(text) and _NOT_LATIN.search(text) is not None


def _meant(kind: str, written: str) -> str:
    if kind == "entity":
        name = written[1:-1]
        while name.startswith("amp;"):
            name = name[4:]
        if name[0] != "#" and name not in name2codepoint and name != "apos":
            return written
        sign = html.unescape(f"&{name};")
        return sign if sign.isprintable() or sign in "\n\t\xa0" else " " * (sign == "\r")
    return "\n" * len(written) if kind == "return" else ""
