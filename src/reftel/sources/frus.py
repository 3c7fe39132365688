"""Foreign Relations of the United States as TEI, one document or a volume (handbook 06, section 4).

Each telegram, airgram or backchannel message is a copy of its own: its bytes are its `<div>` as it stands in
the file. Text is taken out with its blocks kept: head, place and date, paragraphs, signature, then the
editors' notes. Other documents of a volume (memoranda, letters) are passed over.
"""

import hashlib
import html
import re
from collections.abc import Iterator
from xml.parsers import expat

from reftel.cable import Catalogue, Copy, Release
from reftel.editors import read_head
from reftel.errors import NotACable
from reftel.sources.signs import is_tei

NAME = "frus"
TEXT_BY = "frus/1"

_CHUNK = 1 << 16  # bytes given to the parser at once
_BLOCKS = frozenset(
    "p head item row label dateline opener closer salute list table quote lg l postscript".split()
)
_INLINE = frozenset({"persName", "gloss", "hi", "ref", "pb"})  # whose text is part of what they stand in
_TIGHT = frozenset({"list", "table", "closer", "opener", "lg"})  # their blocks stand on lines of their own
_ON_ONE_LINE = frozenset({"from", "to", "subject", "references", "info"})  # lists printed `FM ZENDA`
_LINE, _CELL = "\x01", "\x02"  # of `<lb/>` and between cells; no XML holds these characters
_BREAKS = re.compile(f" ?{_LINE} ?")
_VOLUME = re.compile(r"(?P<volume>frus[0-9A-Za-z-]+)[/_#.]+(?P<document>[\w.-]+?)(?:\.xml)?", re.IGNORECASE)


def recognises(text: str) -> bool:
    """Whether it is TEI: a volume, or the `<div>` of one document."""
    return is_tei(text)


def copies(raw: bytes, text: str, locator: str, sha256: str) -> tuple[Copy, ...]:
    """The telegrams of a document or volume.

    Raises NotACable where the XML is broken or declares entities, and where no telegram is in it.
    """
    encoded = text.encode()  # where the file has another encoding, its telegrams are kept in UTF-8
    volume = Volume(raw if raw == encoded else encoded, locator)
    found = tuple(volume.telegrams())
    if not found:
        passed = volume.passed_over
        what = f"{passed} of its documents are of other kinds" if passed else "it has no document"
        raise NotACable(
            f"{locator}: no telegram, airgram or backchannel message in it ({what}); give another volume"
        )
    return found


class Volume:
    """A TEI file while it is read: in one pass, a telegram at a time."""

    def __init__(self, xml: bytes, locator: str) -> None:
        self.passed_over = 0  # documents that are no telegrams
        self._xml = xml
        self._locator = locator
        self._name: str | None = None  # the volume's own: frus1958-60v08
        self._document: _Document | None = None
        self._depth = 0
        self._ready: list[Copy] = []
        self._parser = parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.EntityDeclHandler = self._entity
        parser.SkippedEntityHandler = self._named

    def telegrams(self) -> Iterator[Copy]:
        """Each telegram as it ends. Raises NotACable where the XML is broken."""
        xml = self._xml
        try:
            for at in range(0, len(xml), _CHUNK):
                self._parser.Parse(xml[at : at + _CHUNK], at + _CHUNK >= len(xml))
                yield from self._ready
                self._ready.clear()
        except expat.ExpatError as error:
            raise NotACable(
                f"{self._locator}, line {error.lineno}: the XML is broken ({expat.ErrorString(error.code)}"
                f"{self._where()}); fetch the file again"
            ) from None

    def _where(self) -> str:
        return f", in document {self._document.id}" if self._document and self._document.id else ""

    def _entity(self, name: str, *rest: object) -> None:
        """What is declared may be a bomb or name another file; FRUS declares none."""
        raise NotACable(
            f"{self._locator}, line {self._parser.CurrentLineNumber}: the file declares an entity ({name}), "
            "which is not read; take the declaration out"
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if tag in _INLINE:  # nearly all
            return
        if self._document is not None:
            self._document.start(tag.rpartition(":")[2], attributes)
        elif attributes.get("type") == "document" and tag.rpartition(":")[2] == "div":
            self._document = _Document(attributes.get("xml:id"), self._parser, self._depth)
        elif tag.rpartition(":")[2] == "TEI":
            self._name = attributes.get("xml:id")

    def _end(self, tag: str) -> None:
        if tag in _INLINE:
            self._depth -= 1
            return
        document = self._document
        if document is not None:
            if self._depth == document.depth:
                self._finish(document)
            else:
                document.end(tag.rpartition(":")[2])
        self._depth -= 1

    def _named(self, name: str, is_parameter: bool) -> None:
        """An entity that the file does not declare: `&eacute;` of HTML, or kept as it stands."""
        if self._document is not None and not is_parameter:
            self._document.pieces.append(html.unescape(f"&{name};"))

    def _finish(self, document: "_Document") -> None:
        self._document = None
        self._parser.CharacterDataHandler = None
        head = read_head(document.head)
        if head is None:
            self.passed_over += 1
            return
        end = self._xml.index(b">", self._parser.CurrentByteIndex) + 1
        raw = self._xml[document.at : end]
        self._ready.append(_copy(document, raw, self._locator, self._name))


class _Document:
    """One document while it is read: its blocks, and the editors' notes apart."""

    def __init__(self, name: str | None, parser: expat.XMLParserType, depth: int) -> None:
        self.id = name
        self.at = parser.CurrentByteIndex  # of its first byte
        self.depth = depth
        self._parser = parser
        self.pieces: list[str] = []
        self._gather(self.pieces)
        self.head = self.dateline = self.place = self.when = ""
        self.blocks: list[str] = []  # with the white space that stands before each
        self.signed: list[str] = []
        self.notes: list[tuple[str, str, str]] = []  # type, number, text
        self._open_notes: list[tuple[list[str], int]] = []  # what each stands in, and which it is
        self._tight: list[str] = []  # lists, tables, closers that are open
        self._joined = False  # whether the next block stands on the line of its list's head
        self._fresh = True  # whether the next block is the first of its list
        self._marks: dict[str, int] = {}  # where placeName and signed begin in the pieces
        self._attached = 0  # how deep in attachments, which have heads and date lines of their own
        self._dating = False  # whether this is the telegram's own date line
        self._of_one_line = False

    def _gather(self, pieces: list[str]) -> None:
        """Text goes here from now on."""
        self.pieces = pieces
        self._parser.CharacterDataHandler = pieces.append

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "note":
            kind = attributes.get("type") or ("" if self.head else "head")
            self._open_notes.append((self.pieces, len(self.notes)))
            self.notes.append((kind, attributes.get("n", ""), ""))
            self._gather([])
        elif self._open_notes:
            if tag in _BLOCKS or tag == "lb":
                self.pieces.append(" ")
        elif tag == "lb":
            self.pieces.append(_LINE)
        elif tag == "signed":
            if not (self.pieces and self.pieces[-1].rstrip().endswith("[")):  # [Sapt]
                self.flush()
            self._marks[tag] = len(self.pieces)
        elif tag in _BLOCKS:
            self.flush()
            self._open(tag, attributes)
        elif tag == "attachment":
            self._attached += 1
        elif tag == "placeName" and self._dating:
            self._marks[tag] = len(self.pieces)
        elif tag == "date" and self._dating and not self.when:
            self.when = attributes.get("when") or attributes.get("from") or attributes.get("notBefore") or ""

    def _open(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _TIGHT:
            self._tight.append(tag)
            self._fresh = True
            self._joined = False
        if tag == "dateline":
            self._dating = not (self.dateline or self._attached)
        elif tag == "list":
            self._of_one_line = attributes.get("type") in _ON_ONE_LINE

    def end(self, tag: str) -> None:
        if tag == "note":
            pieces, place = self._open_notes.pop()
            self.notes[place] = (*self.notes[place][:2], " ".join("".join(self.pieces).split()))
            self._gather(pieces)
        elif self._open_notes:
            if tag in _BLOCKS:
                self.pieces.append(" ")
        elif tag == "signed":
            words = _words(self.pieces[self._marks.pop(tag, 0) :])
            if words and not self._attached:
                self.signed.append(words)
        elif tag in _BLOCKS:
            self._close(tag)
        elif tag == "cell":
            self.pieces.append(_CELL)
        elif tag == "placeName" and self._dating and not self.place:
            self.place = _words(self.pieces[self._marks.pop(tag, 0) :])
        elif tag == "attachment":
            self._attached -= 1

    def _close(self, tag: str) -> None:
        own = not self._attached
        if tag == "head" and own and not self.head and not self._tight:
            self.head = self._take()
        elif tag == "dateline" and self._dating:
            self.dateline, self._dating = self._take(), False
        self.flush()
        if tag == "head" and self._tight and self._of_one_line:
            self._joined = True
        if tag in _TIGHT and self._tight:
            self._tight.pop()
            self._fresh = not self._tight

    def _take(self) -> str:
        words = _words(self.pieces)
        del self.pieces[:]
        return words

    def flush(self) -> None:
        """What was read since the last block ended is a block of its own, if it is anything."""
        words = self._take()
        if not words:
            return
        before = "\n\n" if self._fresh or not self._tight else " " if self._joined else "\n"
        self.blocks.append(before + words)
        self._fresh = self._joined = False


def _words(pieces: list[str]) -> str:
    """Text with the blanks and line ends of the markup made one blank, and its own line ends kept."""
    words = " ".join("".join(pieces).split())
    if _LINE in words:
        words = _BREAKS.sub("\n", words).strip()
    return words.replace(_CELL, "\t").strip() if _CELL in words else words


def _copy(document: _Document, raw: bytes, locator: str, volume: str | None) -> Copy:
    """The telegram as a copy: its text put together, and what the markup says of it."""
    blocks = document.blocks
    top = [document.head] + ([document.dateline] if document.dateline else [])
    body = "\n\n".join(top) + "".join(blocks)
    source = next((text for kind in ("source", "head") for of, _, text in document.notes if of == kind), "")
    notes = [f"[{number or '*'}] {text}" for _, number, text in document.notes if text and text != source]
    text = "\n\n".join(part for part in (body, source, *notes) if part)
    name = _name(document.id, locator, volume)
    return Copy(
        raw=raw,
        text=text,
        source=NAME,
        locator=locator if name is None or locator.endswith(f"#{name}") else f"{locator}#{name}",
        sha256=hashlib.sha256(raw).hexdigest(),
        body=(0, len(body)),
        catalogue=_catalogue(document, source),
        text_by=TEXT_BY,
        document=name,
        release=Release("released", basis="attributes") if name and name.startswith("frus") else Release(),
    )


def _catalogue(document: _Document, source: str) -> Catalogue:
    head = read_head(document.head)
    assert head is not None
    line = document.head
    summary = next((text for kind, _, text in document.notes if kind == "summary"), "")
    said = {
        "number": line[slice(*head.number)] if head.number else "",
        "signed": "\n".join(document.signed),
        "source": source,
        "summary": summary,
    }
    return Catalogue(
        id=document.id,
        created=document.when or None,
        origin=document.place.strip(" ,") or None,
        title=line[slice(*head.title)],
        from_=line[slice(*head.sender)] if head.sender else None,
        to=(line[slice(*head.receiver)],) if head.receiver else (),
        attributes={key: value for key, value in said.items() if value},
    )


def _name(document: str | None, locator: str, volume: str | None) -> str | None:
    """`frus1958-60v08/d113`; None where nothing tells the volume, since every volume has a d113."""
    if document is None:
        return None
    told = locator.rpartition("#")[2]  # as `_copy` names what it takes out
    if told.endswith(f"/{document}"):
        return told
    if volume:
        return f"{volume}/{document}"
    file = locator.replace("\\", "/").rpartition("/")[2]
    named = _VOLUME.fullmatch(file)
    if named and named["document"] == document:
        return f"{named['volume']}/{document}"
    if file.startswith("frus") and file.endswith(".xml"):
        return f"{file.removesuffix('.xml')}/{document}"
    return None
