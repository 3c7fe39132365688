"""The search index: derived from the store, holds no text, and may be deleted at any time.

All of Tantivy is in here. What keeps one reader's answers free of what he may not see is the layout:

- Text, header fields and TAGS of a cable lie in one field for each label that governs them; a question names
  only the fields of its reader.
- Relevance looks at how many documents there are and how long they are, even those that do not match. So
  there is one Tantivy index for each label, a *tier*, that holds the cables of which this label is the least
  that must be read to see anything of them. A reader opens only the tiers of his labels: of a cable that is
  hidden from him as a whole nothing is counted. A cable with two least labels, of which neither includes
  the other (S and C/NOFORN), lies in both tiers and is counted in the first that the reader may open.
"""

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
import tantivy
from tantivy import Occur

from reftel import mrn, words
from reftel.archive.entries import HOLDERS, LABELS, OTHER, Entry, ceiling_of, level_for
from reftel.errors import ArchiveError
from reftel.query import And, Clause, Dates, Field, Not, Or, Phrase, Prefix, Query, Word

FORMAT = 1
"""What this version writes; an index of another format is made anew."""

_MARGIN = 16  # hits fetched beyond the page, since the last one may have equals
_BUCKETS = 65_000
_HEAP = 128_000_000  # bytes for each writer, if it needs them; less would mean more merging
_COLUMNS = ("year", "post", "levels")
_POSITION = "position.json"


# -- what Tantivy is told -------------------------------------------------------------------------------


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    # raw text, since a deletion by an unsigned field deletes nothing and says nothing
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("order", "year"):
        builder.add_integer_field(name, fast=True)
    for name in ("first_day", "last_day"):
        builder.add_integer_field(name, fast=True, indexed=True)
    for name in ("post", "levels"):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in ("labels", "tiers", "id"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for label in (*LABELS, OTHER):
        builder.add_text_field(f"text_{label}", tokenizer_name="words", index_option="position")
        builder.add_text_field(f"head_{label}", tokenizer_name="raw", index_option="basic")
        # TAGS of all that the label lets its reader see: to count several columns takes much longer
        builder.add_text_field(f"tags_{label}", fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _document(entry: Entry) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("key", entry.key)
    document.add_text("levels", entry.levels)
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
    for holder in HOLDERS[entry.header]:
        for tag in entry.tags:
            document.add_text(f"tags_{holder}", tag)
    for name in entry.names:
        document.add_text(f"head_{entry.whole}", f"id:{name}")
    return document


# -- a query in Tantivy's terms -------------------------------------------------------------------------


class _Asked:
    """Makes Tantivy's query out of ours, for one tier and the fields of one reader."""

    def __init__(self, tier: "_Tier", fields: Sequence[str]) -> None:
        self.tier = tier
        self.fields = fields
        self.present = [field for field in fields if field in tier.fields()]
        self.make = tantivy.Query

    def query(self, query: Query) -> tantivy.Query:
        """The query, but for cables that count in another tier that the reader opens."""
        asked = self._clause(query.clause)
        earlier = [
            self._term("tiers", other)
            for other in self.fields[: self.fields.index(self.tier.label)]
            if self.tier.searcher.doc_freq("tiers", other)
        ]
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
            case Dates():
                return self._unranked(self._dates(clause))
            case Not(negated):
                return self._both([], [negated])
            case Or(clauses):
                return self._any([self._clause(each) for each in clauses])
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
        if name == "from":
            return self._term("post", value)
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


# -- the tiers ------------------------------------------------------------------------------------------


class _Tier:
    """The Tantivy index of one label."""

    def __init__(self, label: str, path: Path) -> None:
        self.label = label
        self.path = path
        self.schema = _schema()
        self._index = tantivy.Index(self.schema, path=str(path))
        self._index.register_tokenizer(
            "words", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        )
        self._index.config_reader("manual")
        self._writer: tantivy.IndexWriter | None = None
        self.refresh()

    def refresh(self) -> None:
        """Takes notice of what was committed since."""
        self._index.reload()
        self.searcher: Any = self._index.searcher()  # the stubs know no count of a result
        self._levels: list[str] | None = None
        self._fields: frozenset[str] | None = None

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

    # ---- writing

    def add(self, entry: Entry) -> None:
        """Adds a cable; to be followed by `commit`."""
        self._writing().add_document(_document(entry))

    def remove(self, key: str) -> None:
        """Takes a cable out, whether it is committed yet or not; to be followed by `commit`."""
        self._writing().delete_documents_by_term("key", key)

    def holds(self, key: str) -> bool:
        """Whether a cable is here, as last committed."""
        if not self.searcher.doc_freq("key", key):  # quick, but counts what was removed, too
            return False
        held = tantivy.Query.term_query(self.schema, "key", key, index_option="basic")
        return bool(self.searcher.search(held, 1).count)

    def commit(self, expected: int) -> None:
        """Makes durable what was added and removed, and looks whether it came to what it should."""
        self._writing().commit()
        self.refresh()
        if self.searcher.num_docs != expected:
            raise ArchiveError(
                f"{self.path}: {self.searcher.num_docs} cables are indexed where {expected} should be; "
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

    def _writing(self) -> tantivy.IndexWriter:
        if self._writer is None:
            self._writer = self._index.writer(heap_size=_HEAP, num_threads=1)
        return self._writer

    # ---- asking


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
    asked: tantivy.Query
    fields: tuple[str, ...]

    def best(self, wanted: int, *, ranked: bool) -> tuple[int, list[_Found]]:
        """How many cables hold, and at least the first so many in their order, with all equals of the last.

        Tantivy leaves the order of equals to chance, so a page that ends among equals needs them all.
        """
        by = {} if ranked else {"order_by_field": "order"}
        limit = wanted + _MARGIN
        while True:
            limit = min(limit, self.searcher.num_docs)
            result = self.searcher.search(self.asked, limit, **by)
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

    def counts(self) -> Mapping[str, Iterable[tuple[str, int]]]:
        """How the cables that hold are spread over years, posts, TAGS and levels."""
        tags = f"tags_{ceiling_of(self.fields)}"
        spread = self.searcher.aggregate(
            self.asked,
            {column: {"terms": {"field": column, "size": _BUCKETS}} for column in (*_COLUMNS, tags)},
        )
        found = {
            column: [(bucket["key"], bucket["doc_count"]) for bucket in each["buckets"]]
            for column, each in spread.items()
        }
        levels = [(level_for(each, self.fields), count) for each, count in found["levels"]]
        return {
            "year": [(str(year), count) for year, count in found["year"]],
            "post": found["post"],
            "tags": found[tags],
            "level": [(level, count) for level, count in levels if level],
        }


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

    def facets(self) -> Mapping[str, Mapping[str, int]]:
        """Exact counts of all that hold, by year, post, TAGS and level."""
        facets: dict[str, dict[str, int]] = {name: {} for name in ("year", "post", "tags", "level")}
        with _said_plainly(self._path):
            for tier in self._tiers:
                for name, counts in tier.counts().items():
                    facet = facets[name]
                    for value, count in counts:
                        facet[value] = facet.get(value, 0) + count
        return facets


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
        self._ours = _Position.read(path).format == FORMAT
        self._tiers: dict[str, tuple[_Tier, tuple[int, ...]]] = {}

    @classmethod
    def open(cls, path: Path, write: bool = False) -> "Index":
        """The index in a folder, which may be missing: then it is empty, at position 0.

        One made by another version is emptied by him who writes, and as good as missing for him who reads.
        """
        if write:
            if _Position.read(path).format != FORMAT:
                shutil.rmtree(path)
            path.mkdir(parents=True, exist_ok=True)
        return cls(path)

    def close(self) -> None:
        """Lets go of the files."""
        for tier, _ in self._tiers.values():
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

    @property
    def has_deleted(self) -> bool:
        """Whether cables were replaced: what they were counts in relevance until the index is made anew."""
        return _Position.read(self.path).deleted

    def update(self, entries: Iterable[Entry], position: int) -> None:
        """Indexes cables, each in place of what was indexed under its key before; durable when it returns.

        May be repeated: what was done of it before is done again.
        """
        tiers = {label: tier for label in (*LABELS, OTHER) if (tier := self._tier(label))}
        try:
            removed = self._fill(tiers, entries)
        except BaseException:
            for tier in tiers.values():
                tier.abandon()
            raise
        deleted = removed > 0 or _Position.read(self.path).deleted
        _Position(FORMAT, position, deleted).write(self.path)

    def _fill(self, tiers: dict[str, _Tier], entries: Iterable[Entry]) -> int:
        """Puts entries into their tiers, makes them durable, and says how many were removed for them."""
        expected = Counter({label: tier.searcher.num_docs for label, tier in tiers.items()})
        added: dict[str, tuple[str, ...]] = {}
        removed = 0
        for new in entries:
            key = new.key
            for label, tier in tiers.items():
                if label in added[key] if key in added else tier.holds(key):
                    tier.remove(key)
                    expected[label] -= 1
                    removed += 1
            added[key] = new.tiers
            for label in new.tiers:
                if label not in tiers:
                    tiers[label] = self._made(label)
                tiers[label].add(new)
                expected[label] += 1
        for label, tier in tiers.items():
            tier.commit(expected[label])
        return removed

    def ask(self, query: Query, fields: Sequence[str]) -> Answer:
        """Puts a query to the tiers that a reader of these fields may open."""
        fields = tuple(fields)
        with _said_plainly(self.path):
            tiers = [
                _TierAnswer(tier.searcher, _Asked(tier, fields).query(query), fields)
                for tier in self._opened(fields)
            ]
        return Answer(self.path, tiers, ranked=query.ranks)

    def _opened(self, fields: Sequence[str]) -> list[_Tier]:
        return [tier for label in fields if (tier := self._tier(label)) and tier.searcher.num_docs]

    def _tier(self, label: str) -> _Tier | None:
        """The tier of a label as it is on disk now; None where there is none."""
        path = self.path / label
        known = self._tiers.get(label)
        try:
            last_commit = (path / "meta.json").stat()
            stamp = path.stat().st_ino, last_commit.st_ino, last_commit.st_mtime_ns
        except FileNotFoundError:
            if self.path.is_dir():  # made anew, and no cable has this tier any more
                self._tiers.pop(label, None)
                return None
            return known[0] if known else None  # while the index is being made anew, the old one serves
        if not self._ours:
            return None
        if known and known[1] == stamp:
            return known[0]
        if known and known[1][0] == stamp[0]:
            known[0].refresh()
        tier = known[0] if known and known[1][0] == stamp[0] else _Tier(label, path)
        self._tiers[label] = tier, stamp
        return tier

    def _made(self, label: str) -> _Tier:
        (self.path / label).mkdir(exist_ok=True)
        tier = _Tier(label, self.path / label)
        self._tiers[label] = tier, ((self.path / label).stat().st_ino,)
        return tier


class _Position(msgspec.Struct, frozen=True):
    """Up to where cables are indexed, in a file that is written when all tiers are durable."""

    format: int = FORMAT
    position: int = 0
    deleted: bool = False

    @classmethod
    def read(cls, index: Path) -> "_Position":
        """What stands in an index's folder; a file cut short by a power failure is of no format."""
        try:
            return msgspec.json.decode((index / _POSITION).read_bytes(), type=cls)
        except FileNotFoundError:
            return cls()
        except msgspec.DecodeError:
            return cls(format=0)

    def write(self, index: Path) -> None:
        beside = index / f"{_POSITION}.new"
        beside.write_bytes(msgspec.json.encode(self))
        beside.replace(index / _POSITION)
