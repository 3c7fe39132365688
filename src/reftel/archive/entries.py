"""What the index is told of a cable: its texts and terms, each under the label that governs it."""

import re
from collections.abc import Iterator, Sequence, Set
from functools import lru_cache
from zlib import crc32

import msgspec
from msgspec.structs import replace

from reftel import mrn, stations, words
from reftel.cable import Cable, date_of, post_of
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
    sent_level_of,
    sent_level_of_subject,
)
from reftel.markings import RANKS, Level, Marking
from reftel.query import days

LABELS: dict[str, Marking] = {
    marking.label.replace("/", "_"): marking
    for marking in (Marking(level, held) for held in ((), ("NOFORN",)) for level in RANKS)
}
"""The labels that have fields and a tier of their own."""
OTHER = "other"
"""The one field, and tier, of all other labels; it is for those alone who may read everything."""


def exceeds(name: str, other: str) -> bool:
    """Whether he who may read the one label may read the other too, and not the other way round."""
    if name == other or OTHER in (name, other):
        return name == OTHER != other
    one, two = LABELS[name], LABELS[other]
    assert one.level is not None
    assert two.level is not None
    return RANKS[one.level] >= RANKS[two.level] and {*one.restrictions} >= {*two.restrictions}


HOLDERS: dict[str, tuple[str, ...]] = {
    name: tuple(other for other in (*LABELS, OTHER) if other == name or exceeds(other, name))
    for name in (*LABELS, OTHER)
}
"""For each label, those of which each lets its reader see what the label governs."""

_LEVELS: dict[str, Level] = {level: level for level in RANKS}
_TIES = 1 << 20  # places within one minute


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


def entry(cable: Cable, each: Governing | None = None) -> Entry:
    """What the index is told of a cable; `each` is what governs its portions, where it is known."""
    sent = _days(cable)
    each = each or governing(cable)
    together = all_of(each)
    whole = field_of(join(together))
    labels = frozenset([whole, *map(field_of, together)])
    governed = [field_of(marking) for marking in each.paragraphs]
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
    )


def renamed(known: Entry, key: str) -> Entry:
    """The entry of a cable that the archive gave another key than the one it was read under."""
    if key == known.key:
        return known
    ids = known.ids - {known.key.upper()} | {key.upper()}
    return replace(known, key=key, order=known.order - known.order % _TIES + _place(key), ids=ids)


def fields_of(reader: Reader) -> tuple[str, ...]:
    """The labels whose fields and tiers a reader's questions may touch.

    What an unknown label governs is found by him alone who reads all, even where another may see it.
    """
    known = tuple(name for name, marking in LABELS.items() if may_read(reader, marking))
    return (*known, OTHER) if reader.level is None else known


def ceiling_of(fields: Sequence[str]) -> str:
    """Of a reader's labels the one that lets him see what all the others govern."""
    return next(name for name in fields if all(name in HOLDERS[other] for other in fields))


@lru_cache(maxsize=4096)
def field_of(marking: Marking) -> str:
    """The field of what a marking governs: `C`, `S_NOFORN`, `other`."""
    name = marking.label.replace("/", "_")
    return name if name in LABELS else OTHER


def _least(present: Set[str]) -> tuple[str, ...]:
    """The labels that exceed no other one: reading one of them is needed to see anything of a cable."""
    return tuple(sorted(name for name in present if not any(exceeds(name, other) for other in present)))


def _texts(cable: Cable, each: Governing, governed: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each text of a cable with its field; apart, so that no phrase runs from one into the next."""
    if cable.subject is not None:
        field = field_of(each.subject)
        yield field, cable.subject
        yield field, cable.subject  # what a cable is about counts double
    for field, heading, paragraph in zip(governed, each.headings, cable.paragraphs, strict=True):
        if heading is not None and paragraph.heading is not None:
            yield field_of(heading), paragraph.heading
        yield field, paragraph.text


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


def _ids(cable: Cable) -> Iterator[str]:
    """What everybody may call a cable who may know of it."""
    yield cable.key.upper()
    if cable.id is not None:
        yield cable.id
    if cable.mrn.station is not None and cable.mrn.serial is not None:
        yield f"{cable.mrn.station}{cable.mrn.serial}"


def _levels(cable: Cable, each: Governing, governed: Sequence[str]) -> str:
    """Which levels as sent lie under which labels: `=C:C U:U C:C`; the header's stands first.

    One word for the whole cable, since all cables with the same word have the same level for a reader.
    """
    sent = (sent_level_of(cable, paragraph) for paragraph in cable.paragraphs)
    pairs = {*zip(governed, sent, strict=True)}
    pairs.add((field_of(each.subject), sent_level_of_subject(cable)))
    header = f"={field_of(each.header)}:{sent_level(cable) or ''}"
    return " ".join((header, *sorted(f"{field}:{level}" for field, level in pairs if level)))


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
    return minutes * _TIES + _place(cable.key)


def _place(key: str) -> int:
    """A cable's place among those of one minute: the same in every archive."""
    return crc32(key.encode()) % _TIES
