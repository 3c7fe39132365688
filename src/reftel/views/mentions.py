"""What the text of a cable names, as its reader sees the text, and where each mention leads."""

import re
from collections.abc import Iterator, Mapping

import msgspec

from reftel import mrn
from reftel.cable import Cable, ReferenceKind, Span, Status, date_of, post_of
from reftel.citing import SERIES, WORDS
from reftel.findings import references
from reftel.findings.serials import Number
from reftel.query import And, Clause, Dates, Or, Phrase, Query, Word
from reftel.readingroom import ReadingRoom
from reftel.stations import STATIONS

LOOKED_UP = 200  # numbers of one cable that are looked for here, with the year that is not written
MOST = 25  # cables told that name a number
_READ = 200  # cables with the words of a number that are read
_SIDE = 160  # letters of a sentence told on either side of the number


class Mentioned(msgspec.Struct, frozen=True):
    """A document named in what a reader sees of a paragraph, and what it leads to."""

    paragraph: str  # its anchor
    part: int  # of the paragraph's parts
    span: Span  # where it stands in the text of that part
    text: str  # as written
    kind: ReferenceKind
    letter: str | None  # the A of "ref A"
    refers_to: tuple[int, ...]  # entries of the cable's `references`, by their order
    id: str | None  # of a telegram; None where nothing tells
    inferred: tuple[str, ...]  # "post", "year": what the words do not say
    key: str | None  # of the cable that it names, where that is held

    @property
    def leads(self) -> bool:
        """Whether there is anything to go to: an entry of the REF block, or a number."""
        return bool(self.refers_to) or self.id is not None


Places = Mapping[tuple[str, int], tuple[Mentioned, ...]]
"""Mentions by the paragraph and the part they stand in, in order."""


def mentions(room: ReadingRoom, cable: Cable) -> tuple[Mentioned, ...]:
    """What a cable names, in the order of its text; `cable` as the room's reader sees it.

    A mention belongs to the portion it stands in: it is found in the words that the reader sees, one portion
    at a time, and in nothing else.
    """
    places = [*_texts(cable)]
    found = [*references.in_texts(cable, (text for _, _, text in places))]
    known = _Known(room)
    said: list[Mentioned] = []
    for (anchor, part, _), some in zip(places, found, strict=True):
        resolved = references.resolve(cable, some, known)
        for one, meant in zip(some, resolved, strict=True):
            key = known.keys.get(meant.id or "") if meant.held else None
            said.append(
                Mentioned(
                    anchor,
                    part,
                    one.span,
                    one.text,
                    one.kind,
                    one.letter,
                    one.refers_to,
                    meant.id,
                    meant.inferred,
                    key,
                )
            )
    return tuple(said)


def by_place(some: tuple[Mentioned, ...]) -> Places:
    """The mentions that lead somewhere, by the part of a paragraph in which they stand."""
    found: dict[tuple[str, int], list[Mentioned]] = {}
    for one in some:
        if one.leads:
            found.setdefault((one.paragraph, one.part), []).append(one)
    return {place: tuple(each) for place, each in found.items()}


def _texts(cable: Cable) -> Iterator[tuple[str, int, str]]:
    for paragraph in cable.paragraphs:
        if not paragraph.parts and not paragraph.withheld:
            yield paragraph.anchor, 0, paragraph.text
        for order, part in enumerate(paragraph.parts):
            if not part.withheld:
                yield paragraph.anchor, order, part.text


# -- who names a number that is not held --------------------------------------------------------------------


class Naming(msgspec.Struct, frozen=True):
    """The first sentence of a cable that names a number, in what its reader sees."""

    key: str
    id: str | None
    date: str | None
    post: str | None
    subject: str | None
    status: Status
    paragraph: str  # its anchor
    sentence: str
    mark: Span  # where the number stands in the sentence
    inferred: tuple[str, ...]  # "post", "year": what the words do not say


class NamedIn(msgspec.Struct, frozen=True):
    """The cables whose text names a number, newest first."""

    cables: tuple[Naming, ...]
    cut: bool  # whether there may be more


def named_in(room: ReadingRoom, spelling: str) -> NamedIn | None:
    """Where texts name the number that is spelt so, `79 LA PAZ 7614`; None where it is held or named nowhere.

    Cables with its words are found in the index and read: what counts is where the mention leads, so that
    `La Paz 7614` of another year is none.
    """
    read = mrn.read(spelling)
    number = Number.read(read.id) if read and read.id else None
    if number is None or room.find(str(number)):
        return None
    total, cables = room.cables(Query(_words_of(number)), _READ)
    known = _Known(room)
    found: list[Naming] = []
    for cable in cables:
        if len(found) == MOST:
            return NamedIn(tuple(found), cut=True)
        if said := _naming(cable, number, known):
            found.append(said)
    return NamedIn(tuple(found), cut=total > _READ) if found else None


_BETWEEN = ("", "s", "no", "nr", "tel", "telegram", "cable")  # La Paz's 7614, La Paz telegram 7614
_PADDED = (4, 5, 6)  # La Paz 007614
_FIRST_RARE = 1000
_YEARS = range(1900, 2060)  # a number that is as often a year


def _words_of(number: Number) -> Clause:
    """In what words a text may name it: `La Paz 7614`, `09LAPAZ7614`, and near its year `Embtel 7614`."""
    station = STATIONS.get(number.post)
    names = dict.fromkeys((number.post, station.name if station else number.post))
    written = dict.fromkeys((str(number.serial), *(f"{number.serial:0{digits}}" for digits in _PADDED)))
    said: list[Clause] = [
        Phrase(" ".join(f"{name} {between} {serial}".split()))
        for name in names
        for between in _BETWEEN
        for serial in written
    ]
    said += [
        Word(f"{year}{number.post}{serial}")
        for year in ("", f"{number.year}", f"{number.year % 100:02}")
        for serial in written
    ]
    near: list[Clause]
    if number.serial >= _FIRST_RARE and number.serial not in _YEARS:
        near = [Word(serial) for serial in written]  # in a run of numbers it has no word beside it
    else:
        words = (*SERIES, *(word for role in ("own", "addressee", "embassy") for word in WORDS[role]))
        near = [Phrase(f"{word} {number.serial}") for word in dict.fromkeys(words)]
    return Or((*said, And((Or(tuple(near)), Dates(str(number.year), str(number.year + 1))))))


def _naming(cable: Cable, number: Number, known: "_Known") -> Naming | None:
    digits, places = str(number.serial), [*_texts(cable)]
    # texts that cannot name it keep their place: what the first one begins with may be the cable's own number
    texts = [text if digits in text else "" for _, _, text in places]
    for (anchor, _, text), some in zip(places, references.in_texts(cable, texts), strict=True):
        of_it = [one for one in some if (one.post, one.serial) == (number.post, number.serial)]
        for one, meant in zip(of_it, references.resolve(cable, of_it, known), strict=True):
            if meant.id == str(number) and not meant.held:
                sentence, mark = _sentence(text, one.span)
                return Naming(
                    cable.key,
                    cable.id,
                    date_of(cable),
                    post_of(cable),
                    cable.subject,
                    cable.release.status,
                    anchor,
                    sentence,
                    mark,
                    meant.inferred,
                )
    return None


_ENDS = re.compile(r"""[.?!]["')\]]*\s+(?=["'(\[]*[A-Z0-9])|\n\s*\n""")


def _sentence(text: str, span: Span) -> tuple[str, Span]:
    """The sentence around a mention on one line, cut where it is long, and where the mention stands in it."""
    start, end = span
    first = max((match.end() for match in _ENDS.finditer(text, 0, start)), default=0)
    behind = _ENDS.search(text, end)
    last = behind.end() if behind else len(text)
    before, after = " ".join(text[first:start].split()), " ".join(text[end:last].split())
    if len(before) > _SIDE:
        before = f"…{before[-_SIDE:].partition(' ')[2]}"
    if len(after) > _SIDE:
        after = f"{after[:_SIDE].rpartition(' ')[0]}…"
    before += " " if before and text[start - 1].isspace() else ""
    after = f" {after}" if after and text[end].isspace() else after
    words = " ".join(text[start:end].split())
    return f"{before}{words}{after}", (len(before), len(before) + len(words))


class _Known:
    """When the telegrams that a cable names were sent, for those that its reader has here."""

    def __init__(self, room: ReadingRoom) -> None:
        self.keys: dict[str, str] = {}
        self._room = room
        self._asked: dict[str, str | None] = {}

    def __call__(self, post: str, serial: int, year: int) -> str | None:
        number = f"{year}{post}{serial}"
        if number not in self._asked and len(self._asked) < LOOKED_UP:
            self._asked[number] = self._sent(number)
        return self._asked.get(number)

    def _sent(self, number: str) -> str | None:
        key = self._room.held([number]).get(number)
        held = self._room.cable(key) if key else None
        if key is None or held is None:
            return None
        self.keys[number] = key
        return date_of(held.cable) or ""
