"""What the index is told of a cable: its texts and terms, each under the label that governs it."""

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import lru_cache
from itertools import chain, cycle
from zlib import crc32

import msgspec
from msgspec.structs import replace

from reftel import mrn, stations, words
from reftel.cable import FIRM_BASES, Cable, Paragraph, Status, date_of, is_lost, post_of
from reftel.clearance import (
    Governing,
    Reader,
    all_of,
    governing,
    highest,
    is_spelling,
    join,
    may_read,
    sent_level,
    sent_level_of_subject,
    sent_levels_of,
    separators,
)
from reftel.markings import RANKS, Level, Marking, is_nation, released_to
from reftel.query import days

_CLASSIFIED: tuple[Level, ...] = ("C", "S", "TS")
_CAPTIONS = ("NODIS", "EXDIS", "LIMDIS", "STADIS", "ROGER CHANNEL")


def _name(marking: Marking) -> str:
    """A label as the name of a field and of a folder: `C_NOFORN`, `S_NOFORN_ROGER_CHANNEL`."""
    return marking.label.replace("/", "_").replace(" ", "_")


def _named(markings: Iterable[Marking]) -> dict[str, Marking]:
    return {_name(marking): marking for marking in markings}


PLAIN = _named(Marking(level, held) for held in ((), ("NOFORN",)) for level in RANKS)
"""The labels without a caption."""
CAPTIONED = _named(
    Marking(level, tuple(sorted((caption, *held))))
    for caption in _CAPTIONS
    for held in ((), ("NOFORN",))
    for level in _CLASSIFIED
)
"""The labels with one of the captions that readers hold."""
LABELS: dict[str, Marking] = PLAIN | CAPTIONED
"""The labels that have fields and a tier of their own."""
OTHER = "other"
"""The one field, and tier, of all other labels; it is for those alone who may read everything."""


def _reads(name: str, other: str) -> bool:
    """Whether he who may read the one label, and holds nothing beside it, may read the other."""
    if OTHER in (name, other):
        return name == OTHER
    held = LABELS[name]
    return may_read(Reader(held.level, frozenset(held.restrictions)), LABELS[other])


HOLDERS: dict[str, frozenset[str]] = {
    name: frozenset(other for other in (*LABELS, OTHER) if _reads(other, name)) for name in (*LABELS, OTHER)
}
"""For each label, those of which each lets its reader see what the label governs."""


def exceeds(name: str, other: str) -> bool:
    """Whether he who may read the one label may read the other too, and not the other way round."""
    return name != other and name in HOLDERS[other]


TAGGED: dict[str, tuple[str, ...]] = {
    name: tuple(sorted({name} | holders - CAPTIONED.keys())) for name, holders in HOLDERS.items()
}
"""For the label of a header, the columns that its TAGS stand in; see `columns_of`."""

_LEVELS: dict[str, Level] = {level: level for level in RANKS}
NAMESAKES = 1 << 3
"""Places for those of one name and minute, in order of arrival; no sum of orders tells of them."""

_TIES = 1 << 20  # places within one minute; with more, Tantivy could not count orders exactly, as floats


Fields = Sequence[str | None]
"""The fields of a paragraph: one for all of it, or one for each part; none for what is withheld."""


class Entry(msgspec.Struct, frozen=True):
    """A cable as the index knows it."""

    key: str
    labels: frozenset[str]  # that govern anything of it
    tiers: tuple[str, ...]  # the least of these
    order: int  # newer cables have a higher one
    days: tuple[int, int] | None  # between which it was sent: 20050301, 20050331
    post: str | None
    levels: str  # see `level_for`
    ids: frozenset[str]
    header: str  # the field of the header, of its terms and TAGS
    terms: frozenset[str]
    tags: frozenset[str]
    texts: tuple[tuple[str, str], ...]  # field and folded text
    whole: str  # the field of what only he may see who may see all
    names: frozenset[str]
    worded: frozenset[str] = frozenset()  # fields in which words of the text stand, not of the subject alone
    status: Status = "unknown"  # of release, which everybody knows who may know of the cable
    has_copy: bool = False  # whether it is told which copy it was read from, to him who may see all
    collection: str | None = None  # of that copy; see `in_collection`
    number: str = ""  # which puts those of one minute in order: ZENDA00000160

    @property
    def is_dated(self) -> bool:
        """Whether the day is known on which it was sent."""
        return self.days is not None and self.days[0] == self.days[1]

    @property
    def minute(self) -> int:
        """A number of the minute in which it was sent; later ones are higher."""
        return self.order // _TIES

    @property
    def place(self) -> int:
        """Its place among those of one minute."""
        return self.order % _TIES


def entry(cable: Cable, each: Governing | None = None) -> Entry:
    """What the index is told of a cable; `each` is what governs its portions, where it is known."""
    sent = _days(cable)
    each = each or governing(cable)
    together = all_of(each)
    whole = field_of(join(together))
    labels = frozenset([whole, *map(field_of, together)])
    governed = [_fields(some) for some in each.paragraphs]
    paragraphs = zip(governed, cable.paragraphs, strict=True)
    return Entry(
        key=cable.key,
        labels=labels,
        tiers=_least(labels),
        order=_order(cable, sent[0] if sent else 0),
        days=sent,
        post=post_of(cable),
        levels=_levels(cable, each, governed),
        ids=frozenset(_ids(cable)),
        header=field_of(each.header),
        terms=frozenset(_header_terms(cable)),
        tags=frozenset(cable.tags),
        texts=tuple([(field, words.fold(text)) for field, text in _texts(cable, each, governed)]),
        whole=whole,
        names=frozenset([alias.upper() for alias in cable.aliases if not is_spelling(alias, cable)]),
        worded=frozenset(field for some, paragraph in paragraphs for field in _worded(paragraph, some)),
        status=cable.release.status,
        has_copy=cable.copy is not None,
        number=_number(cable),
    )


def in_collection(known: Entry, collection: str) -> Entry:
    """The entry of a cable whose record is read from a copy of that collection.

    Like whatever tells of the copy, the collection is for him alone who may see all of the cable.
    """
    return replace(known, collection=collection) if known.has_copy else known


def renamed(known: Entry, key: str, name: str | None, before: int = 0) -> Entry:
    """The entry of a cable that the archive gave another key than the one it was read under.

    `name` is its number or document where another cable has that for a key: it is found by both, and has its
    place by the name, behind so many that came `before` it, since to whom these do not exist the name is its
    key.
    """
    if key == known.key:
        return known
    if name is not None:
        order = known.order + min(before, NAMESAKES - 1)
        return replace(known, key=key, order=order, ids=known.ids | {key.upper(), name.upper()})
    ids = known.ids - {known.key.upper()} | {key.upper()}
    return replace(known, key=key, order=known.order - known.order % _TIES + _place(key), ids=ids)


def fields_of(reader: Reader) -> tuple[str, ...]:
    """The labels whose fields and tiers a reader's questions may touch.

    What an unknown label governs is found by him alone who reads all, even where another may see it.
    """
    known = tuple(name for name, marking in LABELS.items() if may_read(reader, marking))
    return (*known, OTHER) if reader.level is None else known


def ceiling_of(fields: Sequence[str]) -> str:
    """Of a reader's labels without a caption, the one that lets him see what all of them govern."""
    plain = [name for name in fields if name not in CAPTIONED]
    return next(name for name in plain if all(name in HOLDERS[other] for other in plain))


def columns_of(fields: Sequence[str]) -> tuple[str, ...]:
    """The columns that together hold each of a reader's TAGS once, as few as may be.

    That of the ceiling has all TAGS but those under a caption, since nobody's captions are like another's:
    each caption has a column of its own. Only he who reads everything has all in one.
    """
    ceiling = ceiling_of(fields)
    return (ceiling, *(name for name in fields if name in CAPTIONED and ceiling != OTHER))


@lru_cache(maxsize=4096)
def field_of(marking: Marking) -> str:
    """The field of what a marking governs: `C`, `S_NOFORN`, `C_EXDIS`, `other`.

    What has no field of its own lies with what fewer may find: what may be released to known countries with
    NOFORN, whose holder may read it too; a caption below C with C's.
    """
    groups = [group for group in map(released_to, marking.restrictions) if group is not None]
    if groups and is_nation(*chain.from_iterable(groups)):
        others = {each for each in marking.restrictions if released_to(each) is None}
        marking = Marking(marking.level, tuple(sorted({*others, "NOFORN"})))
    name = _name(marking)
    if name not in LABELS and marking.level in RANKS and marking.level not in _CLASSIFIED:
        name = _name(Marking("C", marking.restrictions))
    return name if name in LABELS else OTHER


def _fields(markings: Sequence[Marking | None]) -> Fields:
    if len(markings) == 1 and markings[0] is not None:  # nearly all
        return (field_of(markings[0]),)
    return [None if marking is None else field_of(marking) for marking in markings]


def _least(present: Set[str]) -> tuple[str, ...]:
    """The labels that exceed no other one: reading one of them is needed to see anything of a cable."""
    return tuple(sorted(name for name in present if not any(exceeds(name, other) for other in present)))


def _texts(cable: Cable, each: Governing, governed: Sequence[Fields]) -> Iterator[tuple[str, str]]:
    """Each text of a cable with its field; apart, so that no phrase runs from one into the next."""
    if cable.subject is not None:
        field = field_of(each.subject)
        yield field, cable.subject
        yield field, cable.subject  # what a cable is about counts double
    for fields, heading, paragraph in zip(governed, each.headings, cable.paragraphs, strict=True):
        if heading is not None and paragraph.heading is not None:
            yield field_of(heading), paragraph.heading
        if len(fields) == 1 and fields[0] is not None:
            yield fields[0], paragraph.text
        else:
            yield from _texts_of_parts(paragraph, fields)


def _worded(paragraph: Paragraph, fields: Fields) -> Iterator[str]:
    """The fields in which a paragraph has words."""
    if len(fields) == 1:
        yield from (field for field in fields if field is not None and paragraph.text.strip())
    else:
        parts = zip(paragraph.parts, fields, strict=True)
        yield from (field for part, field in parts if field is not None and part.text.strip())


def _texts_of_parts(paragraph: Paragraph, fields: Fields) -> Iterator[tuple[str, str]]:
    """What stands of a paragraph in each field, as one text.

    So it is for a reader of this field alone, whatever stood between: he may find what he sees as a phrase.
    """
    before = separators(paragraph) or ()
    for field in dict.fromkeys(fields):
        if field is not None:
            parts = zip(before, paragraph.parts, fields, strict=True)
            yield field, "".join(blank + part.text for blank, part, own in parts if own == field)


def _header_terms(cable: Cable) -> Iterator[str]:
    for tag in (*cable.tags, *cable.tags_unknown):
        yield f"tag:{tag.upper()}"
    for addressee in (*cable.to, *cable.info):
        yield f"to:{stations.token(addressee.name)}"
    for caption in (*cable.captions, *cable.handling):
        yield f"caption:{caption.upper()}"
    for reference in cable.references:
        number = mrn.read(reference.id or reference.text)
        if number is not None and reference.kind == "telegram":
            yield f"ref:{number.station}{number.serial}"
        if reference.id is not None:
            yield f"ref:{reference.id}"
    if is_lost(cable):
        yield "text:lost"


def _ids(cable: Cable) -> Iterator[str]:
    """What everybody may call a cable who may know of it."""
    yield cable.key.upper()
    if cable.id is not None:
        yield cable.id
    if cable.mrn.station is not None and cable.mrn.serial is not None:
        yield f"{cable.mrn.station}{cable.mrn.serial}"


def _number(cable: Cable) -> str:
    station, serial = cable.mrn.station, cable.mrn.serial
    return f"{station}{serial:08}" if cable.id is not None and station and serial is not None else ""


def _levels(cable: Cable, each: Governing, governed: Sequence[Fields]) -> str:
    """Which levels as sent lie under which labels: `=C:C U:U C:C`; the header's stands first.

    One word for the whole cable, since all cables with the same word have the same level for a reader.
    """
    pairs: set[tuple[str | None, Level | None]] = set()
    for fields, paragraph in zip(governed, cable.paragraphs, strict=True):
        sent = sent_levels_of(cable, paragraph)
        if len(sent) == len(fields) == 1:  # nearly all
            pairs.add((fields[0], sent[0]))
        else:
            pairs.update(zip(fields if len(fields) == len(sent) else cycle(fields), sent, strict=False))
    pairs.add((field_of(each.subject), sent_level_of_subject(cable)))
    header = f"={field_of(each.header)}:{sent_level(cable) or ''}"
    return " ".join((header, *sorted(f"{field}:{level}" for field, level in pairs if field and level)))


def level_for(levels: str, fields: Sequence[str]) -> Level | None:
    """The level that a reader of these fields is shown; see `clearance.shown_level`."""
    header, *pairs = levels.split()
    field, _, sent = header.removeprefix("=").partition(":")
    if sent and field in fields:
        return _LEVELS[sent]
    return highest(
        _LEVELS[sent] for field, _, sent in (pair.partition(":") for pair in pairs) if field in fields
    )


def _days(cable: Cable) -> tuple[int, int] | None:
    date = date_of(cable)
    try:
        return days(date) if date is not None else None
    except ValueError:  # a catalogue's date that is in no calendar
        return None


_TIME = re.compile(r"T(?P<hour>\d\d):(?P<minute>\d\d)")


def _order(cable: Cable, day: int) -> int:
    """A number that puts newer cables higher, those of one minute apart, and those without a date last."""
    minutes = (day // 10000 * 12 + day // 100 % 100) * 31 + day % 100
    time = _TIME.search(cable.sent) if cable.sent is not None else None
    minutes = minutes * 1440 + (int(time["hour"]) * 60 + int(time["minute"]) if time else 0)
    firm = cable.id is not None and cable.mrn.basis in FIRM_BASES
    return minutes * _TIES + _place(cable.id if firm and cable.id else cable.key)


def _place(key: str) -> int:
    """A cable's place among those of one minute: the same in every archive."""
    return crc32(key.encode()) * NAMESAKES % _TIES
