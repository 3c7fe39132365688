"""Notes as one file: a line of JSON for each thing that a reader has put beside the cables.

    {"kind":"reftel-notes","format":1}
    {"kind":"note","cable":"2005ZENDA12","anchor":"7","text":"Compare the lease.","id":"5f0c…", …}
    {"kind":"tag","name":"hearing","cable":"2005ZENDA12"}
    {"kind":"set","name":"the lease","cables":["2005ZENDA12","2005ZENDA19"]}
    {"kind":"read","cables":["2005ZENDA12"]}
    {"kind":"search","name":"railway","query":"railway from:ZENDA"}

docs/formats/notes.md has every field. What a line does not say is as of a thing that is new.
"""

from collections.abc import Iterable, Iterator

import msgspec

from reftel.errors import UsageError

FORMAT = 1


class HeadLine(msgspec.Struct, frozen=True, tag_field="kind", tag="reftel-notes"):
    """The first line of a file that was exported."""

    format: int = FORMAT


class NoteLine(msgspec.Struct, frozen=True, tag_field="kind", tag="note", omit_defaults=True):
    """A note."""

    cable: str
    text: str
    anchor: str | None = None
    id: str | None = None
    digest: str | None = None
    labels: tuple[str, ...] | None = None
    version: int = 1
    made_at: str | None = None
    changed_at: str | None = None
    by: str = ""


class TagLine(msgspec.Struct, frozen=True, tag_field="kind", tag="tag", omit_defaults=True):
    """A tag on a cable, or on a paragraph."""

    name: str
    cable: str
    anchor: str | None = None
    digest: str | None = None
    labels: tuple[str, ...] | None = None
    by: str = ""


class SetLine(msgspec.Struct, frozen=True, tag_field="kind", tag="set", omit_defaults=True):
    """A set, or some cables of it."""

    name: str
    cables: tuple[str, ...] = ()
    by: str = ""


class ReadLine(msgspec.Struct, frozen=True, tag_field="kind", tag="read", omit_defaults=True):
    """Cables that are marked as read."""

    cables: tuple[str, ...]
    by: str = ""


class SearchLine(msgspec.Struct, frozen=True, tag_field="kind", tag="search", omit_defaults=True):
    """A saved search."""

    name: str
    query: str
    by: str = ""


Line = HeadLine | NoteLine | TagLine | SetLine | ReadLine | SearchLine

_decoder: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)


class Bad(msgspec.Struct, frozen=True):
    """A line that was left out, and why."""

    line: int
    message: str


class Imported(msgspec.Struct, frozen=True):
    """What came of a file: how many of its things were added, or changed; and how many known before."""

    added: int
    known: int
    bad: tuple[Bad, ...]


def encode(line: Line) -> bytes:
    """One line, without its end."""
    return msgspec.json.encode(line)


def lines(raw: bytes) -> Iterator[tuple[int, Line | UsageError]]:
    """The lines of a file with their numbers, and an error for each that is none."""
    for number, line in enumerate(raw.splitlines(), 1):
        if line.strip():
            yield number, _line(line)


def _line(line: bytes) -> Line | UsageError:
    try:
        read = _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return UsageError(f"no line of a file of notes ({error})")
    if isinstance(read, HeadLine) and read.format > FORMAT:
        return UsageError(f"written by a newer reftel (format {read.format}); what follows may be misread")
    return read


def said(bad: Iterable[Bad], file: str) -> Iterator[str]:
    """Each bad line in a sentence."""
    for each in bad:
        yield f"{file}, line {each.line}: {each.message}"
