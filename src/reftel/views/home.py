"""What is held: how much, from when and whence, the newest cables, and questions worth asking."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from reftel.query import Dates, Field, Phrase, Prefix, Word
from reftel.readingroom import Hit, ReadingRoom, years_without_gaps

RECENT = 8  # cables shown
_LONG = 5  # letters of a word that is worth searching for

Counts = tuple[tuple[str, int], ...]


class Example(msgspec.Struct, frozen=True):
    """A query that finds something here, and what it asks for."""

    query: str
    asks: str


class Holdings(msgspec.Struct, frozen=True):
    """An archive at a glance, as its reader may see it."""

    total: int
    years: Counts  # in order, those without a cable between the first and the last included
    posts: Counts  # the most frequent first
    tags: Counts
    levels: Counts
    statuses: Counts
    collections: Counts
    recent: tuple[Hit, ...]
    examples: tuple[Example, ...]


def holdings(room: ReadingRoom) -> Holdings:
    """What the reader finds when he comes in."""
    held = room.holdings()
    facets, recent = held.facets, room.recent(RECENT)
    return Holdings(
        total=held.total,
        years=tuple(years_without_gaps(facets["year"])),
        posts=facets["post"],
        tags=facets["tags"],
        levels=facets["level"],
        statuses=facets["status"],
        collections=facets["collection"],
        recent=recent,
        examples=tuple(_examples(recent, facets["year"], facets["post"], facets["tags"])),
    )


def _examples(
    hits: Sequence[Hit],
    years: Sequence[tuple[str, int]],
    posts: Sequence[tuple[str, int]],
    tags: Sequence[tuple[str, int]],
) -> Iterator[Example]:
    """One of each kind of clause, in words that stand in this archive."""
    subjects = [hit.subject.lower().split() for hit in hits if hit.subject]
    words = sorted(
        (word for subject in subjects for word in subject if word.isalpha() and len(word) >= _LONG), key=len
    )
    if words:
        yield Example(f"{Word(words[-1])}", "a word, anywhere in a cable")
        yield Example(f"{Prefix(words[-1][:_LONG])}", "every word that begins so")
    pair = next(
        (
            f"{one} {other}"
            for subject in subjects
            for one, other in pairwise(subject)
            if one.isalpha() and other.isalpha() and min(len(one), len(other)) >= _LONG
        ),
        None,
    )
    if pair:
        yield Example(f"{Phrase(pair)}", "words in this order")
    if posts:
        yield Example(f"{Field('from', posts[0][0])}", "sent by one post")
    if tags and years:
        busiest = max(years, key=lambda each: each[1])[0]
        yield Example(f"{Field('tag', tags[0][0])} {Dates(busiest, busiest)}", "with a TAG, in one year")
    if len(posts) > 1 and tags:
        yield Example(
            f"{Field('tag', tags[0][0])} -{Field('from', posts[0][0])}", "with a TAG, but from elsewhere"
        )
