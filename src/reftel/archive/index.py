"""The search index: derived from the store, holds no text, and may be deleted at any time.

All of Tantivy is in here. What keeps one reader's answers free of what he may not see is the layout:

- Text, header fields and TAGS of a cable lie in one field for each label that governs them; a question names
  only the fields of its reader.
- Relevance looks at how many documents there are and how long they are, even those that do not match. So
  there is one Tantivy index for each label, a *tier*, that holds the cables of which this label is the least
  that must be read to see anything of them. A reader opens only the tiers of his labels: of a cable that is
  hidden from him as a whole nothing is counted. A cable with two least labels, of which neither includes
  the other (S and C/NOFORN), lies in both tiers and is counted in the first that the reader may open.

Tantivy commits each tier by itself. What makes of these one commit is `position.json`, which says in which
folders the tiers lie. It is marked before the first tier is committed, and replaced after the last; who
reads takes up all tiers together, and only while it is not marked.
"""

import os
import re
import secrets
import shutil
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from heapq import merge
from itertools import chain, groupby, islice, pairwise
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Self, TypeGuard

import msgspec
import tantivy
from msgspec.structs import replace
from tantivy import Occur

from reftel import mrn, words
from reftel.archive.entries import LABELS, NAMESAKES, OTHER, TAGGED, Entry, columns_of, level_for
from reftel.errors import ArchiveError
from reftel.query import And, Clause, Dates, Field, Keys, Not, Or, Phrase, Prefix, Query, Word

FORMAT = 5
"""What this version writes; an index of another format is made anew."""

STEP = 4096
"""Cables indexed between two commits, and held in memory."""

_FEW = 200  # keys that are asked for as they are
_STRIDE = 1000  # cables fetched at a time where all are wanted
_MARGIN = 16  # hits fetched beyond the page, since the last one may have equals
_BUCKETS = 65_000
_HEAP = 128_000_000  # bytes for each writer, if it needs them; less would mean more merging
_COLUMNS = ("year", "post", "levels", "status")
_TALLIED = 40_000  # cables counted at once where their numbers are too many for one count
_NUMBER = re.compile(r"[12]\d{3}[A-Z0-9]*[A-Z]\d{1,8}")  # a number with its year: 2005ZENDA12
_POSITION = "position.json"
_PATIENCE = 5.0  # seconds that a commit of another process is waited for


# -- what Tantivy is told -------------------------------------------------------------------------------


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    # raw text, since a deletion by an unsigned field deletes nothing and says nothing
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("order", "year"):
        builder.add_integer_field(name, fast=True)
    for name in ("first_day", "last_day"):
        builder.add_integer_field(name, fast=True, indexed=True)
    for name in ("post", "levels", "status"):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in ("labels", "tiers", "id"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for label in (*LABELS, OTHER):
        builder.add_text_field(f"text_{label}", tokenizer_name="words", index_option="position")
        builder.add_text_field(f"head_{label}", tokenizer_name="raw", index_option="basic")
        # TAGS of all that the label lets its reader see: to count several columns takes much longer
        builder.add_text_field(f"tags_{label}", fast=True, tokenizer_name="raw", index_option="basic")
        # for the ledger of what is cited and not held: numbers cited in headers of this label
        builder.add_text_field(f"cites_{label}", fast=True, tokenizer_name="raw", index_option="basic")
        builder.add_text_field(f"collection_{label}", fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("number", fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("worded", tokenizer_name="raw", index_option="basic")
    return builder.build()


def _document(entry: Entry) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("key", entry.key)
    document.add_text("levels", entry.levels)
    document.add_text("status", entry.status)
    document.add_integer("order", entry.order)
    if entry.post is not None:
        document.add_text("post", entry.post)
    if entry.days is not None:
        document.add_integer("first_day", entry.days[0])
        document.add_integer("last_day", entry.days[1])
        document.add_integer("year", entry.days[0] // 10000)
    for label in entry.labels:
        document.add_text("labels", label)
    for tier in entry.tiers:
        document.add_text("tiers", tier)
    for name in entry.ids:
        document.add_text("id", name)
    for field, text in entry.texts:
        document.add_text(f"text_{field}", text)
    for term in entry.terms:
        document.add_text(f"head_{entry.header}", term)
    for column in TAGGED[entry.header]:
        for tag in entry.tags:
            document.add_text(f"tags_{column}", tag)
    for name in entry.names:
        document.add_text(f"head_{entry.whole}", f"id:{name}")
    for column, number in _numbers(entry):
        document.add_text(column, number)
    for field in entry.worded:
        document.add_text("worded", field)
    if entry.collection is not None:
        for column in TAGGED[entry.whole]:
            document.add_text(f"collection_{column}", entry.collection)
    return document


def _numbers(entry: Entry) -> Iterator[tuple[str, str]]:
    """The cable's own number, and those that its header cites, each with its column."""
    for name in entry.ids:
        if _NUMBER.fullmatch(name):
            yield "number", name
    for term in entry.terms:
        if term.startswith("ref:") and _NUMBER.fullmatch(term, 4):
            yield f"cites_{entry.header}", term[4:]


# -- a query in Tantivy's terms -------------------------------------------------------------------------


class _Asked:
    """Makes Tantivy's query out of ours, for one tier and the fields of one reader."""

    def __init__(self, tier: "_Committed", fields: Sequence[str]) -> None:
        self.tier = tier
        self.fields = fields
        there = tier.fields()
        self.present = [field for field in fields if field in there]
        self.make = tantivy.Query

    def may_hold(self, clause: Clause) -> bool:
        """Whether the clause may hold for any cable of the tier, as far as a look at its words tells.

        A tier for whose cables it cannot hold need not be asked, which would take a hundred times longer.
        """
        match clause:
            case Field("from" | "status" as name, value):
                return self._occurs("post" if name == "from" else name, value)
            case Field(name, value) if _of_header(clause):
                return any(self._occurs(f"head_{field}", f"{name}:{value}") for field in self.present)
            case Word(text):
                pieces = words.split(text)
                return all(
                    any(self._occurs(f"text_{field}", one) for field in self.present) for one in pieces
                )
            case And(clauses):
                return all(map(self.may_hold, clauses))
            case Or(clauses):
                return any(map(self.may_hold, clauses))
            case _:
                return True

    def _occurs(self, field: str, value: str) -> bool:
        return bool(self.tier.searcher.doc_freq(field, value))

    def wordless(self, query: Query) -> tantivy.Query:
        """The query, for cables of which the reader is shown no word of a text."""
        worded = [(Occur.MustNot, self._term("worded", field)) for field in self.present]
        return self.make.boolean_query([(Occur.Must, self.query(query)), *worded])

    def query(self, query: Query) -> tantivy.Query:
        """The query, but for cables that count in another tier that the reader opens."""
        asked = self._clause(query.clause)
        shared = self.tier.shared()
        before = self.fields[: self.fields.index(self.tier.label)]
        earlier = [self._term("tiers", other) for other in before if other in shared]
        if not earlier:
            return asked
        return self.make.boolean_query([(Occur.Must, asked), *((Occur.MustNot, each) for each in earlier)])

    def _clause(self, clause: Clause) -> tantivy.Query:
        match clause:
            case Word(text) | Phrase(text):
                return self._words(words.split(text))
            case Prefix(text):
                return self._prefix("".join(words.split(text)))
            case Field(name, value):
                return self._unranked(self._field(name, value))
            case Dates() | Keys():
                held = self._dates(clause) if isinstance(clause, Dates) else self._keys(clause)
                return self._unranked(held)
            case Not(negated):
                return self._both([], [negated])
            case Or(clauses):
                return self._one_of(clauses)
            case And(clauses):
                without = [each.clause for each in clauses if isinstance(each, Not)]
                return self._both([each for each in clauses if not isinstance(each, Not)], without)

    def _words(self, pieces: list[str]) -> tantivy.Query:
        schema = self.tier.schema
        if len(pieces) == 1:
            asked = [self.make.term_query(schema, f"text_{field}", pieces[0]) for field in self.present]
        else:
            asked = [self.make.phrase_query(schema, f"text_{field}", [*pieces]) for field in self.present]
        return self._any(asked if pieces else [])

    def _prefix(self, start: str) -> tantivy.Query:
        # a pattern would do the same, but takes half a millisecond a field to make
        schema, make = self.tier.schema, self.make.fuzzy_term_query
        asked = [make(schema, f"text_{field}", start, distance=0, prefix=True) for field in self.present]
        return self._unranked(self._any(asked))

    def _field(self, name: str, value: str) -> tantivy.Query:
        if name in ("from", "status"):
            return self._term("post" if name == "from" else name, value)
        if name == "collection":
            return self._any([self._term(f"collection_{each}", value) for each in columns_of(self.fields)])
        if name == "class":
            levels = [each for each in self.tier.levels() if level_for(each, self.fields) == value]
            return self._any([self._term("levels", each) for each in levels])
        if name == "id":
            number = mrn.read(value)
            spellings = {value, f"{number.year or ''}{number.station}{number.serial}" if number else value}
            return self._any(
                [self._term("id", each) for each in spellings]
                + [self._term(f"head_{field}", f"id:{value}") for field in self.present]
            )
        return self._any([self._term(f"head_{field}", f"{name}:{value}") for field in self.present])

    def _one_of(self, clauses: Sequence[Clause]) -> tantivy.Query:
        """Any of the clauses; what is sought in the same fields is looked up at once."""
        terms = [f"{each.name}:{each.value}" for each in clauses if _of_header(each)]
        rest = [self._clause(each) for each in clauses if not _of_header(each)]
        if terms:
            asked = [
                self.make.term_set_query(self.tier.schema, f"head_{each}", terms) for each in self.present
            ]
            rest.append(self._unranked(self._any(asked)))
        return self._any(rest)

    def _keys(self, clause: Keys) -> tantivy.Query:
        """The cables with these keys; of many, those of this tier alone, or all the others left out."""
        if len(clause.keys) <= _FEW:
            return self._with_key(clause.keys)
        held = self.tier.keys()
        wanted = clause.keys & held
        if 2 * len(wanted) <= len(held):
            return self._with_key(wanted)
        others = self._with_key(held - wanted)
        return self.make.boolean_query([(Occur.Must, self.make.all_query()), (Occur.MustNot, others)])

    def _with_key(self, keys: Collection[str]) -> tantivy.Query:
        return self.make.term_set_query(self.tier.schema, "key", [*keys]) if keys else self.make.empty_query()

    def _dates(self, dates: Dates) -> tantivy.Query:
        first, last = dates.days
        kind, schema = tantivy.FieldType.Integer, self.tier.schema
        bounds = [
            self.make.range_query(schema, "first_day", kind, first or 0, 99991231),
            self.make.range_query(schema, "last_day", kind, 0, last or 99991231),
        ]
        return self.make.boolean_query([(Occur.Must, each) for each in bounds])

    def _both(self, clauses: Sequence[Clause], negated: Sequence[Clause]) -> tantivy.Query:
        wanted = [(Occur.Must, self._clause(each)) for each in clauses]
        if not wanted:
            wanted = [(Occur.Must, self._unranked(self.make.all_query()))]
        return self.make.boolean_query([*wanted, *((Occur.MustNot, self._clause(each)) for each in negated)])

    def _any(self, queries: Sequence[tantivy.Query]) -> tantivy.Query:
        if not queries:
            return self.make.empty_query()
        if len(queries) == 1:
            return queries[0]
        return self.make.boolean_query([(Occur.Should, each) for each in queries])

    def _term(self, field: str, value: str) -> tantivy.Query:
        return self.make.term_query(self.tier.schema, field, value, index_option="basic")

    def _unranked(self, query: tantivy.Query) -> tantivy.Query:
        return self.make.const_score_query(query, 0.0)


def _of_header(clause: Clause) -> TypeGuard[Field]:
    """Whether it is about a word of the header that has no column of its own."""
    return isinstance(clause, Field) and clause.name in {"tag", "to", "caption", "ref"}


# -- the tiers ------------------------------------------------------------------------------------------


class _Committed:
    """A tier as it was at one commit, whatever happens to it since."""

    def __init__(self, label: str, schema: tantivy.Schema, searcher: Any) -> None:
        self.label = label
        self.schema = schema
        self.searcher = searcher  # the stubs of tantivy.Searcher know no count of a result
        self._levels: list[str] | None = None
        self._fields: frozenset[str] | None = None
        self._keys: frozenset[str] | None = None
        self._shared: frozenset[str] | None = None

    def shared(self) -> frozenset[str]:
        """The labels of all tiers in which cables of this one lie: its own, and others'."""
        if self._shared is None:
            self._shared = frozenset(label for label, _ in self.searcher.terms_with_prefix("tiers", ""))
        return self._shared

    def levels(self) -> list[str]:
        """Each combination of labels and levels that a cable of this tier has."""
        if self._levels is None:
            self._levels = [levels for levels, _ in self.searcher.terms_with_prefix("levels", "")]
        return self._levels

    def fields(self) -> frozenset[str]:
        """The labels that have anything in this tier: a question need not look at the others."""
        if self._fields is None:
            self._fields = frozenset(label for label, _ in self.searcher.terms_with_prefix("labels", ""))
        return self._fields

    def keys(self) -> frozenset[str]:
        """The keys of all cables of this tier, and perhaps of some that were taken out."""
        if self._keys is None:
            self._keys = frozenset(key for key, _ in self.searcher.terms_with_prefix("key", ""))
        return self._keys

    def held(self) -> list[str]:
        """The cables of this tier."""
        return self._keys_of(tantivy.Query.all_query(), self.searcher.num_docs)

    def holds(self, keys: Collection[str]) -> list[str]:
        """Those of the cables that are in this tier."""
        held = tantivy.Query.term_set_query(self.schema, "key", [*keys])
        return self._keys_of(held, len(keys))

    def _keys_of(self, query: tantivy.Query, most: int) -> list[str]:
        if not most:
            return []
        hits = self.searcher.search(query, most, count=False).hits
        return [self.searcher.doc(address).get_first("key") for _, address in hits]


class _Tier:
    """The Tantivy index of one label."""

    def __init__(self, label: str, path: Path) -> None:
        self.label = label
        self.path = path
        self.inode = path.stat().st_ino
        self._schema = _schema()
        self._index = tantivy.Index(self._schema, path=str(path))
        self._index.register_tokenizer(
            "words", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        )
        self._index.config_reader("manual")
        self._writer: tantivy.IndexWriter | None = None

    def committed(self) -> _Committed:
        """The tier as it was last committed."""
        self._index.reload()
        return _Committed(self.label, self._schema, self._index.searcher())

    def add(self, entry: Entry) -> None:
        """Adds a cable; to be followed by `commit`."""
        self._writing().add_document(_document(entry))

    def remove(self, key: str) -> None:
        """Takes out a cable that is committed; to be followed by `commit`."""
        self._writing().delete_documents_by_term("key", key)

    def commit(self, expected: int) -> None:
        """Makes durable what was added and removed, and looks whether it came to what it should."""
        self._writing().commit()
        held = self.committed().searcher.num_docs
        if held != expected:
            raise ArchiveError(
                f"{self.path}: {held} cables are indexed where {expected} should be; "
                f"delete {self.path.parent}: it is made again from the store"
            )

    def abandon(self) -> None:
        """Forgets what was added and removed since the last commit."""
        self._writer = None

    def close(self) -> None:
        """Waits for what Tantivy still does with the files, and lets go of them."""
        if self._writer is not None:
            self._writer.wait_merging_threads()
            self._writer = None

    @property
    def is_written(self) -> bool:
        """Whether this process has it open for writing."""
        return self._writer is not None

    def _writing(self) -> tantivy.IndexWriter:
        if self._writer is None:
            self._writer = self._index.writer(heap_size=_HEAP, num_threads=1)
        return self._writer


# -- answers --------------------------------------------------------------------------------------------


class _Found(msgspec.Struct):
    """One hit of a tier, before the tiers are put together."""

    score: float
    order: int
    searcher: Any  # tantivy.Searcher
    address: Any  # tantivy.DocAddress

    @property
    def place(self) -> tuple[float, int]:
        return -self.score, -self.order

    def key(self) -> str:
        key: str = self.searcher.doc(self.address).get_first("key")
        return key


class _TierAnswer(msgspec.Struct):
    """What one tier has to a query, as it was when it was asked."""

    searcher: Any  # tantivy.Searcher
    schema: tantivy.Schema
    asked: tantivy.Query
    fields: tuple[str, ...]  # of the reader
    tagged: frozenset[str]  # labels that have anything in this tier

    @property
    def present(self) -> tuple[str, ...]:
        """The reader's labels that have anything in this tier."""
        return tuple(field for field in self.fields if field in self.tagged)

    def best(self, wanted: int, *, ranked: bool, before: int | None = None) -> tuple[int, list[_Found]]:
        """How many cables hold, and at least the first so many in their order, with all equals of the last.

        Tantivy leaves the order of equals to chance, so a page that ends among equals needs them all.
        `before` leaves out those that are not older than this order.
        """
        by = {} if ranked else {"order_by_field": "order"}
        asked = self.asked if before is None else self._older(before)
        limit = wanted + _MARGIN
        while True:
            limit = min(limit, self.searcher.num_docs)
            result = self.searcher.search(asked, limit, **by)
            ranks = [_exact(rank) if ranked else rank for rank, _ in result.hits]
            if len(ranks) < wanted or len(ranks) == result.count or ranks[-1] != ranks[wanted - 1]:
                break
            limit *= 4
        if len(ranks) > wanted:
            ranks = [rank for rank in ranks if rank >= ranks[wanted - 1]]
        addresses = [address for _, address in result.hits[: len(ranks)]]
        orders = self.searcher.fast_field_values("order", addresses) if ranked else ranks
        return result.count, [
            _Found(rank if ranked else 0.0, order, self.searcher, address)
            for rank, order, address in zip(ranks, orders, addresses, strict=True)
        ]

    def walk(self) -> Iterator[_Found]:
        """Every cable that holds, the newest first, with no more than a step of them in memory."""
        before: int | None = None
        while True:
            _, found = self.best(_STRIDE, ranked=False, before=before)
            yield from _in_order(found)
            if len(found) < _STRIDE:
                return
            before = min(each.order for each in found)

    def starting(self, start: str) -> "_TierAnswer":
        """The same for the cables alone whose key or number begins so."""
        make = tantivy.Query
        named = make.fuzzy_term_query(self.schema, "id", start, distance=0, prefix=True)
        asked = make.boolean_query([(Occur.Must, self.asked), (Occur.Must, named)])
        return replace(self, asked=asked)

    def _older(self, order: int) -> tantivy.Query:
        older = tantivy.Query.range_query(
            self.schema, "order", tantivy.FieldType.Integer, None, order, include_upper=False
        )
        return tantivy.Query.boolean_query([(Occur.Must, self.asked), (Occur.Must, older)])

    def count(self) -> int:
        """How many cables hold."""
        return int(self.searcher.search(self.asked, 1).count)

    def days(self) -> Iterator[tuple[tuple[int, int], int]]:
        """How many of the cables that hold were sent between which two days."""
        by_last = {"terms": {"field": "last_day", "size": _BUCKETS}}
        spread = self.searcher.aggregate(
            self.asked,
            {"first": {"terms": {"field": "first_day", "size": _BUCKETS}, "aggs": {"last": by_last}}},
        )
        for first in spread["first"]["buckets"]:
            for last in first["last"]["buckets"]:
                yield (int(first["key"]), int(last["key"])), last["doc_count"]

    def spread(self, band: str, *, by_day: bool) -> Iterator[tuple[str, tuple[int, int], int]]:
        """How many cables of each level or status, were sent between which two days, or in which year."""
        column = {"level": "levels", "status": "status"}[band]
        of_band = {"band": {"terms": {"field": column, "size": _BUCKETS}}}
        of_last = {"last": {"terms": {"field": "last_day", "size": _BUCKETS}, "aggs": of_band}}
        field, further = ("first_day", of_last) if by_day else ("year", of_band)
        asked = {"first": {"terms": {"field": field, "size": _BUCKETS}, "aggs": further}}
        for first in self.searcher.aggregate(self.asked, asked)["first"]["buckets"]:
            start = int(first["key"]) if by_day else int(first["key"]) * 10000 + 101
            for last in first["last"]["buckets"] if by_day else (first,):
                end = int(last["key"]) if by_day else int(first["key"]) * 10000 + 1231
                for each in last["band"]["buckets"]:
                    value = level_for(each["key"], self.fields) if band == "level" else each["key"]
                    yield value or "", (start, end), each["doc_count"]

    def counts(self) -> Mapping[str, Iterable[tuple[str, int]]]:
        """How the cables that hold are spread over years, posts, TAGS, levels, statuses and collections."""
        # the header of a cable has one label, so its TAGS stand in one of these columns
        ceiling, *captioned = columns_of(self.fields)
        columns = (ceiling, *(each for each in captioned if each in self.tagged))
        tags = [f"tags_{column}" for column in columns]
        kept = [f"collection_{column}" for column in columns]  # as for TAGS, of the label of the whole
        spread = self.searcher.aggregate(
            self.asked,
            {column: {"terms": {"field": column, "size": _BUCKETS}} for column in (*_COLUMNS, *tags, *kept)},
        )
        found = {
            column: [(bucket["key"], bucket["doc_count"]) for bucket in each["buckets"]]
            for column, each in spread.items()
        }
        levels = [(level_for(each, self.fields), count) for each, count in found["levels"]]
        return {
            "year": [(str(year), count) for year, count in found["year"]],
            "post": found["post"],
            "tags": [count for column in tags for count in found[column]],
            "level": [(level, count) for level, count in levels if level],
            "status": found["status"],
            "collection": [count for column in kept for count in found[column]],
        }

    def tally(self, columns: Sequence[str], start: str = "") -> Iterator[dict[str, int]]:
        """How many cables that hold have each number of these columns that begins so.

        A number may come several times, each with some of its cables: Tantivy counts so many values at once
        and no more, so the cables are counted in stretches of their order.
        """
        asked = {column: _terms(column, start) for column in columns}
        if self.searcher.num_docs <= _TALLIED:
            counted = self.searcher.aggregate(self.asked, asked)
            if not _more_than_told(counted):
                yield from _buckets(counted)
                return
        waiting = self._stretches()
        while waiting:
            first, end = waiting.pop()
            counted = self.searcher.aggregate(self._within(first, end), asked)
            if end - first > 1 and _more_than_told(counted):
                middle = (first + end) // 2
                waiting += [(first, middle), (middle, end)]
                continue
            yield from _buckets(counted)

    def _stretches(self) -> list[tuple[int, int]]:
        """The span of the cables' order, cut into stretches that may each be counted at once."""
        ends = {name: {name: {"field": "order"}} for name in ("min", "max")}
        found = self.searcher.aggregate(self.asked, ends)
        if found["min"]["value"] is None:
            return []
        first, end = int(found["min"]["value"]), int(found["max"]["value"]) + 1
        steps = 1 + self.searcher.num_docs // _TALLIED
        borders = [first + (end - first) * step // steps for step in range(steps + 1)]
        return [(one, other) for one, other in pairwise(borders) if one < other]

    def _within(self, first: int, end: int) -> tantivy.Query:
        """The question to the cables of a stretch of their order."""
        kind = tantivy.FieldType.Integer
        stretch = tantivy.Query.range_query(self.schema, "order", kind, first, end - 1)
        return tantivy.Query.boolean_query([(Occur.Must, self.asked), (Occur.Must, stretch)])


def _more_than_told(counted: Mapping[str, Any]) -> bool:
    """Whether there are more values than Tantivy counts at once."""
    return any(each.get("sum_other_doc_count") for each in counted.values())


def _buckets(counted: Mapping[str, Any]) -> Iterator[dict[str, int]]:
    for each in counted.values():
        yield {bucket["key"]: bucket["doc_count"] for bucket in each["buckets"]}


def _terms(column: str, start: str) -> Mapping[str, Mapping[str, object]]:
    begins = {"include": f"{re.escape(start)}.*"} if start else {}
    return {"terms": {"field": column, "size": _BUCKETS, **begins}}


def _exact(score: float) -> float:
    """A score to four figures: behind them, sums of 32-bit floats differ with the order of adding."""
    return float(f"{score:.4g}")


def _in_order(found: list[_Found]) -> list[_Found]:
    """Best first, newest of equals first; what is equal even then goes by its key."""
    found.sort(key=lambda each: each.place)
    ordered: list[_Found] = []
    for _, equals in groupby(found, key=lambda each: each.place):
        together = list(equals)
        ordered += sorted(together, key=_Found.key) if len(together) > 1 else together
    return ordered


class Answer:
    """What a reader's tiers have to a query, all as they were when they were asked."""

    def __init__(self, path: Path, tiers: Sequence[_TierAnswer], *, ranked: bool) -> None:
        self._path = path
        self._tiers = tiers
        self._ranked = ranked

    def hits(
        self, first: int = 0, limit: int = 20, *, by_date: bool = False
    ) -> tuple[int, tuple[tuple[str, float], ...]]:
        """How many cables hold, and keys and scores of some: the best first, and of equals the newest."""
        total, found = 0, list[_Found]()
        with _said_plainly(self._path):
            for tier in self._tiers:
                held, best = tier.best(first + limit, ranked=self._ranked and not by_date)
                total += held
                found += best
            page = _in_order(found)[first : first + limit]
            return total, tuple((each.key(), each.score) for each in page)

    def fingerprint(self) -> str:
        """A sum over the minute and the number of every cable that holds.

        Not over the keys, since two readers may know one cable by different ones.
        """
        digest = sha256()
        with _said_plainly(self._path):
            for found in merge(*(tier.walk() for tier in self._tiers), key=lambda each: -each.order):
                digest.update(f"{found.order // NAMESAKES}\n".encode())
        return digest.hexdigest()[:16]

    def every_key(self) -> Iterator[str]:
        """The key of every cable that holds, the newest first, however many there are."""
        with _said_plainly(self._path):
            for _, equals in groupby(
                merge(*(tier.walk() for tier in self._tiers), key=lambda each: -each.order),
                key=lambda each: each.order,
            ):
                yield from sorted(map(_Found.key, equals))

    def count(self) -> int:
        """How many cables hold."""
        with _said_plainly(self._path):
            return sum(tier.count() for tier in self._tiers)

    def days(self) -> Mapping[tuple[int, int], int]:
        """How many of the cables that hold were sent between which two days: 20050301, 20050331."""
        found = Counter[tuple[int, int]]()
        with _said_plainly(self._path):
            for tier in self._tiers:
                for between, count in tier.days():
                    found[between] += count
        return found

    def spread(self, band: str, *, by_day: bool) -> Mapping[str, Mapping[tuple[int, int], int]]:
        """When the cables that hold were sent, by their level or status; "" where that is lost."""
        found: dict[str, Counter[tuple[int, int]]] = {}
        with _said_plainly(self._path):
            for tier in self._tiers:
                for value, between, count in tier.spread(band, by_day=by_day):
                    found.setdefault(value, Counter())[between] += count
        return found

    def starting(self, start: str, limit: int) -> tuple[str, ...]:
        """The newest of the cables that hold, with a key or a number that begins so."""
        found = list[_Found]()
        with _said_plainly(self._path):
            for tier in self._tiers:
                found += tier.starting(start).best(limit, ranked=False)[1]
            return tuple(each.key() for each in _in_order(found)[:limit])

    def facets(self) -> Mapping[str, Mapping[str, int]]:
        """Exact counts of all that hold, by year, post, TAGS, level, status and collection."""
        facets: dict[str, dict[str, int]] = {
            name: {} for name in ("year", "post", "tags", "level", "status", "collection")
        }
        with _said_plainly(self._path):
            for tier in self._tiers:
                for name, counts in tier.counts().items():
                    facet = facets[name]
                    for value, count in counts:
                        facet[value] = facet.get(value, 0) + count
        return facets

    def numbers(self, start: str = "") -> Iterator[tuple[str, int]]:
        """Each number, `2005ZENDA12`, that begins so, and how many of the cables that hold have it.

        One may come several times, each with some of its cables: to keep them all is the caller's affair.
        """
        with _said_plainly(self._path):
            for tier in self._tiers:
                for counts in tier.tally(("number",), start):
                    yield from counts.items()

    def cited(self) -> Mapping[str, int]:
        """Each number that the cables that hold cite, and how many of them do."""
        total: dict[str, int] = {}

        def tallied(tier: _TierAnswer) -> list[dict[str, int]]:
            return [*tier.tally(tuple(f"cites_{field}" for field in tier.present))]

        with _said_plainly(self._path), ThreadPoolExecutor(max_workers=2) as pool:
            for counts in chain.from_iterable(pool.map(tallied, self._tiers)):
                counts.update({name: counts[name] + total[name] for name in counts.keys() & total.keys()})
                total.update(counts)
        return total


# -- the index ------------------------------------------------------------------------------------------


@contextmanager
def _said_plainly(path: Path) -> Iterator[None]:
    """Turns what Tantivy says of damaged or missing files into what, where and what to do."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise ArchiveError(
            f"{path}: the index cannot be read ({error}); delete that folder: it is made again from the store"
        ) from error


class Index:
    """The tiers of one archive. Made by `Index.open`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._tiers: dict[str, _Tier] = {}  # by folder
        self._generation = ""
        self._shown: Mapping[str, _Committed] = {}  # by label, all of this generation
        self._turn = Lock()

    @classmethod
    def open(cls, path: Path, write: bool = False) -> "Index":
        """The index in a folder, which may be missing: then it is empty, at position 0.

        One made by another version is emptied by him who writes, and as good as missing for him who reads.
        """
        if write:
            noted = _Position.read(path)
            if noted.format != FORMAT:
                shutil.rmtree(path)
            path.mkdir(parents=True, exist_ok=True)
            for folder in path.iterdir():  # begun by a writer that was killed
                if folder.is_dir() and folder.name not in noted.tiers.values():
                    shutil.rmtree(folder)
        return cls(path)

    def close(self) -> None:
        """Lets go of the files."""
        for tier in self._tiers.values():
            tier.close()
        self._tiers.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def position(self) -> int:
        """Up to where in the store cables are indexed."""
        return _Position.read(self.path).position

    def unsettled(self) -> frozenset[str]:
        """Keys that a writer is committing now, or was when it was killed: to be updated once more."""
        return _Position.read(self.path).unsettled

    def changed(self) -> frozenset[str]:
        """The tiers in which cables were replaced or removed since they were made."""
        return _Position.read(self.path).changed

    @property
    def has_deleted(self) -> bool:
        """Whether any tier was changed: what was in it counts in relevance until the tier is rewritten."""
        return bool(self.changed())

    def keys(self, labels: Iterable[str]) -> tuple[str, ...]:
        """The cables in these tiers, each once."""
        tiers = _Position.read(self.path).tiers
        found = {key for label in labels for key in self._tier(label, tiers[label]).committed().held()}
        return tuple(sorted(found))

    # ---- writing

    def update(self, entries: Iterable[Entry], position: int, *, removed: Iterable[str] = ()) -> None:
        """Indexes cables, each in place of what was indexed under its key before, and takes out others.

        Durable when it returns; who reads sees all of it or nothing. May be repeated: what was done of it
        before is done again.
        """
        new = {entry.key: entry for entry in entries}
        keys = frozenset((*new, *removed))
        noted = _Position.read(self.path)
        tiers = {label: self._tier(label, folder) for label, folder in noted.tiers.items()}
        try:
            expected, changed = self._fill(tiers, new.values(), keys)
            noted = replace(
                noted,
                tiers={label: tier.path.name for label, tier in tiers.items()},
                changed=noted.changed | changed,
                unsettled=noted.unsettled | keys,
            )
            noted.write(self.path)
            for label, number in expected.items():
                tiers[label].commit(number)
        except BaseException:
            for tier in tiers.values():
                tier.abandon()
            raise
        replace(noted, position=position, generation=_generation(), unsettled=noted.unsettled - keys).write(
            self.path
        )

    def remove(self, keys: Iterable[str], position: int) -> None:
        """Takes cables out, which may not be there; see `update`.

        Their words are still in the files until the tiers are rewritten.
        """
        self.update((), position, removed=keys)

    def _fill(
        self, tiers: dict[str, _Tier], entries: Iterable[Entry], keys: Collection[str]
    ) -> tuple[dict[str, int], set[str]]:
        """Takes out what is held under the keys, and puts entries into their tiers.

        Gives how many cables each tier that is touched should then hold, and of which any were taken out.
        """
        expected = dict[str, int]()
        changed = set[str]()
        held = {}
        for label, tier in tiers.items():
            committed = tier.committed()
            held[label] = committed.searcher.num_docs
            for key in committed.holds(keys):
                tier.remove(key)
                expected[label] = expected.get(label, held[label]) - 1
                changed.add(label)
        for entry in entries:
            for label in entry.tiers:
                if label not in tiers:
                    tiers[label] = self._made(label)
                tiers[label].add(entry)
                expected[label] = expected.get(label, held.get(label, 0)) + 1
        return expected, changed

    def rewrite(self, labels: Iterable[str], entries: Iterable[Entry], position: int) -> None:
        """Makes some tiers afresh from cables, beside those in use, and puts all in their place at once.

        Of the tiers that were in use before no file is left.
        """
        noted, labels = _Position.read(self.path), frozenset(labels)
        made: dict[str, _Tier] = {}
        try:
            held = Counter[str]()
            entries = iter(entries)
            while step := [*islice(entries, STEP)]:
                for entry in step:
                    for label in labels.intersection(entry.tiers):
                        if label not in made:
                            made[label] = self._made(label)
                        made[label].add(entry)
                        held[label] += 1
                for label in {label for entry in step for label in entry.tiers if label in made}:
                    made[label].commit(held[label])
            for tier in made.values():
                tier.close()
        except BaseException:
            for tier in made.values():
                tier.abandon()
                shutil.rmtree(tier.path, ignore_errors=True)
            raise
        kept = {label: folder for label, folder in noted.tiers.items() if label not in labels}
        replace(
            noted,
            position=position,
            generation=_generation(),
            tiers=kept | {label: tier.path.name for label, tier in made.items()},
            changed=noted.changed.difference(labels),
            unsettled=noted.unsettled if kept else frozenset(),
        ).write(self.path)
        for label in noted.tiers.keys() - kept.keys():
            folder = noted.tiers[label]
            if folder in self._tiers:
                self._tiers.pop(folder).close()
            shutil.rmtree(self.path / folder)

    def _made(self, label: str) -> _Tier:
        """A new tier, which is of no use to anybody before its folder stands in `position.json`."""
        used = _Position.read(self.path).tiers.values()
        folder = next(name for name in (label, f"{label}.1") if name not in used)
        path = self.path / folder
        shutil.rmtree(path, ignore_errors=True)  # left of an update that failed
        path.mkdir()
        self._tiers[folder] = _Tier(label, path)
        return self._tiers[folder]

    # ---- asking

    def ask(self, query: Query, fields: Sequence[str], *, wordless: bool = False) -> Answer:
        """Puts a query to the tiers that a reader of these fields may open.

        `wordless` asks for those cables alone of whose text the reader is shown no word.
        """
        fields = tuple(fields)
        with _said_plainly(self.path):
            _, committed = self._settled()
            opened = [committed[label] for label in fields if label in committed]
            tiers = []
            for tier in opened:
                if tier.searcher.num_docs:
                    asked = _Asked(tier, fields)
                    if not asked.may_hold(query.clause):
                        continue
                    put = asked.wordless(query) if wordless else asked.query(query)
                    tiers.append(_TierAnswer(tier.searcher, tier.schema, put, fields, tier.fields()))
        return Answer(self.path, tiers, ranked=query.ranks)

    def generation(self) -> str:
        """The name of the commit that is shown now."""
        return self._settled()[0]

    def _committed(self) -> Mapping[str, _Committed]:
        """Every tier as it is now, all after the same commit."""
        return self._settled()[1]

    def _settled(self) -> tuple[str, Mapping[str, _Committed]]:
        """Every tier as it is now, all after the same commit, and the name of that.

        While one is under way, or the index is being made anew, what was taken up before serves; who has
        nothing yet waits for its end.
        """
        with self._turn:
            until = time.monotonic() + _PATIENCE
            while True:
                noted = _Position.read(self.path)
                if noted.generation in ("", self._generation):
                    return self._generation, self._shown
                if not noted.unsettled and (tiers := self._taken_up(noted)) is not None:
                    self._generation, self._shown = noted.generation, tiers
                if self._generation:
                    return self._generation, self._shown
                if time.monotonic() > until:
                    raise ArchiveError(
                        f"{self.path}: another process has been changing the index for {_PATIENCE:.0f} s, or "
                        "was stopped while it did; wait until it has ended, then open the archive as "
                        "somebody who may write to that folder: that brings the index in order"
                    )
                time.sleep(0.01)

    def _taken_up(self, noted: "_Position") -> Mapping[str, _Committed] | None:
        """The tiers as `noted`; None where it is no longer so when all of them are open."""
        try:
            tiers = {label: self._tier(label, folder) for label, folder in noted.tiers.items()}
            committed = {label: tier.committed() for label, tier in tiers.items()}
        except (OSError, ValueError):
            if _Position.read(self.path) != noted:  # its folder was replaced in between
                return None
            raise
        if _Position.read(self.path) != noted:
            return None
        for folder in self._tiers.keys() - noted.tiers.values():
            if not self._tiers[folder].is_written:
                del self._tiers[folder]
        return committed

    def _tier(self, label: str, folder: str) -> _Tier:
        path = self.path / folder
        known = self._tiers.get(folder)
        if known is None or known.inode != path.stat().st_ino:  # else the whole index was replaced
            self._tiers[folder] = known = _Tier(label, path)
        return known


class _Position(msgspec.Struct, frozen=True):
    """What was committed last, in a file that is replaced when all tiers are durable."""

    format: int = FORMAT
    position: int = 0  # up to where cables are indexed
    generation: str = ""  # another one after each commit
    tiers: dict[str, str] = {}  # the folder of each
    changed: frozenset[str] = frozenset()  # tiers in which cables were replaced or removed
    unsettled: frozenset[str] = frozenset()  # keys of a commit that has begun and not ended

    @classmethod
    def read(cls, index: Path) -> "_Position":
        """What stands in an index's folder; a file cut short by a power failure is of no format."""
        try:
            noted = msgspec.json.decode((index / _POSITION).read_bytes(), type=cls)
        except (FileNotFoundError, NotADirectoryError):
            return cls()
        except msgspec.DecodeError:
            return cls(format=0)
        return noted if noted.format == FORMAT else cls(format=0)

    def write(self, index: Path) -> None:
        """Puts it in place of what was noted before; durable when it returns."""
        beside = index / f"{_POSITION}.new"
        with beside.open("wb") as file:
            file.write(msgspec.json.encode(self))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(index / _POSITION)
        folder = os.open(index, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _generation() -> str:
    return secrets.token_hex(8)
