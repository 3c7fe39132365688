"""One cable opened for a reader: its record, what it is tied to here, and where in the copy it all stands."""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

import msgspec

from reftel import clearance, glossary, protection
from reftel.cable import Cable, Span, Status, date_of, post_of
from reftel.findings.serials import Number
from reftel.findings.signers import Signer
from reftel.glossary import Meaning
from reftel.markings import Level
from reftel.notebook import OnCable
from reftel.query import Field, Query
from reftel.readingroom import Hit, ReadingRoom

CITERS = 5
"""How many of those that cite a cable are named with it."""


class Stretch(msgspec.Struct, frozen=True):
    """A stretch of the copy's text, and the fields that were read from it, the widest first.

    A field is named by its JSON pointer with `-` for `/` (`subject`, `to-0-name`), a paragraph by its
    anchor (`p7`, and `p7-1` for its second part), a defect by its place in the list (`d0`).
    """

    text: str
    fields: tuple[str, ...] = ()


class Other(msgspec.Struct, frozen=True):
    """Another cable, as far as a link to it says."""

    key: str
    id: str | None
    date: str | None
    subject: str | None
    status: Status = "unknown"


class Beside(msgspec.Struct, frozen=True):
    """The cables before and after one, by date: of its post, of all that was sent that day, with a TAG."""

    of: Literal["post", "day", "tag"]
    value: str  # ZENDA, 2005-01-03, PREL
    before: Other | None
    after: Other | None


Terms = Mapping[str, Mapping[str, tuple[Meaning, ...]]]
"""What codes mean: by the place they stand in (`precedence`, `tags`, `mark`, `text` ...), and the code."""


class Opened(msgspec.Struct, frozen=True):
    """A cable as its reader may see it, with what binds it to others in the same archive."""

    cable: Cable
    collection: str | None  # of the copy, for whom the copy is
    level: Level | None  # to show beside it: as sent, or the highest he may see
    held: Mapping[str, str]  # the references that are here: id, or text where no year is known, to key
    statuses: Mapping[str, Status]  # of these, by key
    alike: tuple[str, ...]  # keys of others under the same number, which may be the same telegram
    cited_by: int  # how many cables here name it in their REF
    copy: tuple[Stretch, ...] | None  # the copy as received; None where it is not for him
    signer: Signer | None  # whom the signature means; None where nothing is known of it
    citing: tuple[Other, ...] = ()  # the newest of those that name it
    before: Other | None = None  # the one of the same post before it, by date and number
    after: Other | None = None
    terms: Terms = {}  # what its codes mean, for those that are in the glossary
    beside: tuple[Beside, ...] = ()  # where there is a cable before it or after it
    copies: int = 0  # that witness it, of those that the reader may see whole
    own: OnCable = OnCable()  # what the reader has put beside it

    @property
    def copy_text(self) -> str | None:
        """The copy's text as one."""
        return None if self.copy is None else "".join(stretch.text for stretch in self.copy)

    @property
    def names_protected(self) -> bool:
        """Whether names are masked in it, so that nobody is shown the copy."""
        return protection.is_masked(self.cable)

    @property
    def places(self) -> frozenset[str]:
        """The fields that have a place in the copy."""
        return frozenset(field for stretch in self.copy or () for field in stretch.fields)

    def record(self) -> dict[str, object]:
        """What is told in JSON: the record itself, and beside its fields what only the archive knows."""
        return {
            **msgspec.to_builtins(self.cable),
            "collection": self.collection,
            "held": dict(self.held),
            "held_status": dict(self.statuses),
            "may_be_same": list(self.alike),
            "cited_by": self.cited_by,
            "citing": msgspec.to_builtins(self.citing),
            "before": msgspec.to_builtins(self.before),
            "after": msgspec.to_builtins(self.after),
            "beside": msgspec.to_builtins(self.beside),
            "terms": {
                place: {code: [one.record() for one in meanings] for code, meanings in codes.items()}
                for place, codes in self.terms.items()
            },
            "copies": self.copies,
            "copy_text": self.copy_text,
            "names_protected": self.names_protected,
            "signer": self.signer,
            "own": msgspec.to_builtins(self.own),
        }


def opened(
    room: ReadingRoom, key: str, part_of: Callable[[Cable], Cable | None] = lambda cable: None
) -> Opened | None:
    """The cable with that key; None where it is not held or not for this reader.

    `part_of` may say that no more than a part of it is looked at: then the terms are those of the part, and
    the copy is left out.
    """
    held = room.cable(key)
    if held is None:
        return None
    cable = held.cable
    part = part_of(cable)
    text = room.copy_text(key) if part is None else None
    cited_by, citing = _cited_by(room, cable)
    near = tuple(beside(room, cable))
    of_post = next((each for each in near if each.of == "post"), None)
    here = room.referred_to(cable)
    return Opened(
        cable=cable,
        collection=held.collection if cable.copy else None,
        level=clearance.shown_level(cable),
        held=here,
        statuses=_statuses(room, here.values()),
        alike=tuple(other for other in room.find(cable.id) if other != key) if cable.id else (),
        cited_by=cited_by,
        copy=None if text is None else tuple(stretches(text, places(cable))),
        signer=signer(room, cable),
        citing=tuple(map(_other, citing)),
        before=of_post.before if of_post else None,
        after=of_post.after if of_post else None,
        terms=terms(part or cable, text or ""),
        beside=near,
        copies=room.copies_kept(key),
        own=room.notebook.on(key),
    )


def _statuses(room: ReadingRoom, keys: Iterable[str]) -> dict[str, Status]:
    """What is known of the release of each of these cables."""
    shown = {key: room.cable(key) for key in dict.fromkeys(keys)}
    return {key: held.cable.release.status for key, held in shown.items() if held}


def signer(room: ReadingRoom, cable: Cable) -> Signer | None:
    """Whom a cable's signature means."""
    (found,) = room.signers([cable])
    return found


def _cited_by(room: ReadingRoom, cable: Cable) -> tuple[int, tuple[Hit, ...]]:
    return room.newest(Query(Field("ref", cable.id)), limit=CITERS) if cable.id else (0, ())


def _other(hit: Hit) -> Other:
    return Other(hit.key, hit.id, hit.date, hit.subject, hit.status)


# -- the cables before it and after it --------------------------------------------------------------------

TAGS = 2
"""By how many of its TAGS the cables before a cable and after it are looked for, the first of them."""


def beside(room: ReadingRoom, cable: Cable) -> Iterator[Beside]:
    """What was sent before and after it, for this reader: by its post, on its day, with each of its TAGS.

    By minute, and by number within one. Where the day is not known, by its post alone, in order of numbers;
    nothing of what has no cable on either side.
    """
    day, post = _day_of(cable), post_of(cable)
    if day is None:
        before, after = _by_number(room, cable)
        if post and (before or after):
            yield Beside("post", post, before, after)
        return
    asked: list[tuple[Literal["post", "day", "tag"], str, Field | None]] = []
    if post:
        asked.append(("post", post, Field("from", post)))
    asked.append(("day", day.isoformat(), None))
    asked += [("tag", tag, Field("tag", tag)) for tag in cable.tags[:TAGS]]
    found = room.around(cable, [among for _, _, among in asked])
    for (of, value, _), near in zip(asked, found, strict=True):
        before, after = (_of_cable(other) if other else None for other in near)
        if before or after:
            yield Beside(of, value, before, after)


def _by_number(room: ReadingRoom, cable: Cable) -> tuple[Other | None, Other | None]:
    """The cables of its post and year with the next lower and the next higher number."""
    number = Number.read(cable.id) if cable.id else None
    if number is None:
        return None, None
    named = (Number.read(name) for name, _ in room.numbers(start=number.series))
    there = {each.serial for each in named if each and each.series == number.series}
    near = (
        max((each for each in there if each < number.serial), default=None),
        min((each for each in there if each > number.serial), default=None),
    )
    before, after = (
        next(room.named(f"{number.series}{serial}"), None) if serial else None for serial in near
    )
    return (_of_cable(before) if before else None, _of_cable(after) if after else None)


def _of_cable(cable: Cable) -> Other:
    return Other(cable.key, cable.id, date_of(cable), cable.subject, cable.release.status)


def _day_of(cable: Cable) -> date | None:
    """The day on which a cable was sent; None where no more than a month is known."""
    try:
        return date.fromisoformat((date_of(cable) or "")[:10])
    except ValueError:
        return None


# -- what its codes mean ----------------------------------------------------------------------------------


def terms(cable: Cable, text: str = "") -> Terms:
    """Every code of a cable that is in the glossary, by its place; and the prosigns of its copy."""
    year = int(sent[:4]) if (sent := date_of(cable)) else None
    order = glossary.order_on(sent) if sent else cable.authority.order if cable.authority else None
    found: dict[str, dict[str, tuple[Meaning, ...]]] = {}
    for place, kinds, code in dict.fromkeys((*_codes(cable), *_prosigns(cable, text))):
        meanings = glossary.explain(code, *kinds, year=year, order=order)
        if meanings:
            several = place in _SEVERAL
            found.setdefault(place, {}).setdefault(code, meanings if several else meanings[:1])
    return found


_SEVERAL = frozenset({"tags", "mark", "office"})  # elsewhere the likeliest meaning says what is meant


_POST = ("address form", "post")
_BODY = (*_POST, "FRUS-era", "ministry or body", "office", "distribution code", "TAGS (organization)")
"""What an addressee is that is no post: JCS, NSC, USTR."""
_OFFICE = ("office", *_POST, "distribution code", "FRUS-era")
_CONTROL = ("caption", "handling", "level", "portion mark")


def _codes(cable: Cable) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Each code: where it stands, what kinds of terms stand there, and the code as it is written."""
    for each in cable.precedence:
        yield "precedence", ("precedence",), each
    for addressee in (*cable.to, *cable.info):
        yield "post", _BODY, addressee.name
        if addressee.precedence:
            yield "precedence", ("precedence",), addressee.precedence
        if addressee.routing:
            yield "routing", ("routing",), addressee.routing
    if cable.from_.name:
        yield "post", _BODY, cable.from_.name
    for line in cable.passing:
        for word in _WORD.findall(line):
            yield "passing", _OFFICE, word
    if cable.classification:
        yield "level", ("level",), cable.classification
    for each in cable.handling:
        yield "handling", _CONTROL, each
    for each in cable.captions:
        yield "caption", ("caption",), each
    for each in cable.tags:
        yield "tags", ("TAGS",), each
    for mark in _marks(cable):
        yield "mark", ("portion mark",), f"({mark})"
    yield from _codes_of_authority(cable)
    yield from _codes_of_transmission(cable)
    for text in _texts(cable):
        for first, end in glossary.in_text(text):
            yield "text", (), " ".join(text[first:end].split())


_WORD = re.compile(r"\b[A-Z]+(?:[/&-][A-Z]+)*\b")  # S/S-O


def parted(line: str, known: Container[str]) -> Iterator[str]:
    """A line in pieces that are it again: each of its words that is known, and what stands between two."""
    at = 0
    for word in _WORD.finditer(line):
        if word[0] in known:
            yield from (piece for piece in (line[at : word.start()], word[0]) if piece)
            at = word.end()
    if line[at:]:
        yield line[at:]


_IN_HEAD = re.compile(r"^(?:VZCZC|(?:DE|FM|TO|INFO|XMT)\b)", re.MULTILINE)
_ALONE = re.compile(r"^(?:BT|NNNN)$", re.MULTILINE)  # on a line of its own


def _prosigns(cable: Cable, text: str) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Those where a line begins; above the paragraphs alone where they are words of a language, too."""
    above = min((first for each in cable.paragraphs for first, _ in each.spans), default=len(text))
    for sign in dict.fromkeys((*_IN_HEAD.findall(text, 0, above), *_ALONE.findall(text))):
        yield "prosign", ("prosign",), sign


def _codes_of_authority(cable: Cable) -> Iterator[tuple[str, tuple[str, ...], str]]:
    authority = cable.authority
    if authority is None:
        return
    if authority.order:
        yield "order", ("order",), f"E.O. {authority.order}"
    if authority.schedule:
        yield "schedule", ("declassification",), authority.schedule
    for each in authority.exemptions:
        of_schedule = f"{authority.schedule}-{each}" if each.isdigit() else each
        yield "exemption", ("exemption", "declassification"), of_schedule
    for each in authority.reasons:
        yield "reason", ("reason",), each


def _codes_of_transmission(cable: Cable) -> Iterator[tuple[str, tuple[str, ...], str]]:
    relay, given = cable.transmission, cable.distribution
    if relay:
        for each in (*relay.routing, *((relay.originator,) if relay.originator else ())):
            yield "routing", ("routing",), each
        for each in (relay.security or "").split():
            yield "security", ("prosign", "security letters", "operating signal"), each
    for signal in cable.operating_signals:
        yield "signal", ("operating signal",), signal
    for office in (*given.action, *given.info) if given else ():
        yield "office", ("office", "distribution code"), office.code


def _marks(cable: Cable) -> Iterator[str]:
    for paragraph in cable.paragraphs:
        yield from (mark for mark in (paragraph.marking, paragraph.heading_marking) if mark)
        yield from (part.marking for part in paragraph.parts if part.marking)
    if cable.subject_marking:
        yield cable.subject_marking


def _texts(cable: Cable) -> Iterator[str]:
    for paragraph in cable.paragraphs:
        if paragraph.parts:
            yield from (part.text for part in paragraph.parts)
        else:
            yield paragraph.text


# -- the copy, taken apart by what was read from it -------------------------------------------------------


def places(cable: Cable) -> Iterator[tuple[str, Sequence[Span]]]:
    """Every field that was read from the copy, with its fragments."""
    for pointer, spans in cable.spans.items():
        yield pointer.removeprefix("/").replace("/", "-"), spans
    for at, reference in enumerate(cable.references):
        yield f"references-{at}", (reference.span,)
    for paragraph in cable.paragraphs:
        yield f"p{paragraph.anchor}", paragraph.spans
        if len(paragraph.parts) > 1:
            for at, part in enumerate(paragraph.parts):
                yield f"p{paragraph.anchor}-{at}", part.spans
    for at, defect in enumerate(cable.defects):
        if defect.span is not None:
            yield f"d{at}", (defect.span,)


def stretches(text: str, places: Iterable[tuple[str, Sequence[Span]]]) -> Iterator[Stretch]:
    """The text cut at every border of a place, in one sweep.

    Together the stretches are the text. Places may lie in one another or overlap; those that reach
    outside the text are cut to it. An empty place is an empty stretch.
    """
    waiting = sorted(_fragments(text, places), key=lambda place: (place[0], -place[1]))
    waiting.reverse()
    open_: list[tuple[int, int, str]] = []  # in the order they opened, the widest first
    at = 0
    while waiting or open_:
        border = min([place[1] for place in open_] + [place[0] for place in waiting[-1:]])
        if border > at:
            yield Stretch(text[at:border], tuple(place[2] for place in open_))
            at = border
        open_ = [place for place in open_ if place[1] > at]
        while waiting and waiting[-1][0] == at:
            place = waiting.pop()
            if place[1] == at:
                yield Stretch("", (*(each[2] for each in open_), place[2]))
            else:
                open_.append(place)
    if at < len(text):
        yield Stretch(text[at:])


def _fragments(text: str, places: Iterable[tuple[str, Sequence[Span]]]) -> Iterator[tuple[int, int, str]]:
    """Each fragment with its field; those of one field with nothing but blanks between them are one."""
    for field, spans in places:
        last: tuple[int, int] | None = None
        for first, end in sorted(spans):
            start, stop = max(0, min(first, len(text))), max(0, min(end, len(text)))
            if last is not None and not text[last[1] : start].strip():
                last = (last[0], max(last[1], stop))
                continue
            if last is not None:
                yield *last, field
            last = (start, max(start, stop))
        if last is not None:
            yield *last, field
