"""How a reader goes on from the results of a search: narrower, wider, or another way."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from reftel import mrn, words
from reftel.chronology import Timeline, no_more_exact
from reftel.query import And, Clause, Dates, Field, Not, Or, Phrase, Prefix, Query, Word
from reftel.views import search
from reftel.views.search import clauses as _clauses
from reftel.web import addresses

SHOWN = 8  # values of a facet before the rest is folded away
MOST = 60  # values of a facet that a page holds
_STEM = 4  # letters of a word that are kept, at least, to look for others that begin so
_MOST_WORDS = 8  # of what was asked for as a name, to be searched for


class Choice(msgspec.Struct, frozen=True):
    """One value of a facet, and the query with it added or, where it was chosen, without it.

    Of what is left out nothing is counted; its query takes it in again.
    """

    value: str
    count: int | None
    query: str
    chosen: bool
    leaving: str | None = None  # the query that leaves it out
    left_out: bool = False


class Facet(msgspec.Struct, frozen=True):
    """One facet of the results, the common values apart from the rest."""

    name: str
    choices: tuple[Choice, ...]
    further: tuple[Choice, ...]
    most: int = 1  # the highest count: the length of a whole bar
    beyond: int = 0  # values that are not told, since there are too many


class Stretch(msgspec.Struct, frozen=True):
    """One bar of the timeline, and the query for what stands in it."""

    dates: str
    count: int
    query: str
    vague: bool = False  # known to be of that year or month, and no more exactly


class Chosen(msgspec.Struct, frozen=True):
    """A clause that narrows a query, and the query without it."""

    clause: str
    without: str


_CLAUSES: dict[str, Callable[[str], Clause]] = {
    "year": lambda value: Dates(value, value),
    "post": lambda value: Field("from", value),
    "tags": lambda value: Field("tag", value),
    "level": lambda value: Field("class", value),
    "status": lambda value: Field("status", value),
    "collection": lambda value: Field("collection", value),
    "tagged": lambda value: Field("tagged", value),
}


def chosen(query: Query) -> tuple[Chosen, ...]:
    """The fields and dates that narrow the query, each to be taken away."""
    return tuple(
        Chosen(f"({clause})" if isinstance(clause, Or) else str(clause), _without(query, clause))
        for clause in dict.fromkeys(_clauses(query))
        if _narrows(clause)
    )


def about(query: Query) -> tuple[Field, ...]:
    """The posts and TAGS that all that is found has, each with a page of its own."""
    clauses = dict.fromkeys(_clauses(query))
    return tuple(each for each in clauses if isinstance(each, Field) and each.name in {"from", "tag"})


def _narrows(clause: Clause) -> bool:
    if isinstance(clause, Or):
        return all(map(_narrows, clause.clauses))
    return isinstance(clause.clause if isinstance(clause, Not) else clause, Field | Dates)


def facets(
    query: Query,
    counts: Mapping[str, Sequence[tuple[str, int]]],
    beside: Mapping[str, Sequence[tuple[str, int]]] | None = None,
) -> Iterator[Facet]:
    """The facets, their values as links that narrow the query or leave them out.

    A cable has many TAGS, and all that are chosen must hold; of what it has but one of, such as its post,
    the values chosen are alternatives, and `beside` counts what each of the others would bring.
    """
    for name in counts:
        values = (beside or {}).get(name, counts[name])
        choices = [*_left_out(query, name), *_choices(query, name, values[:MOST])]
        if name not in _CLAUSES or not choices:
            continue
        shown = len(choices) if name == "year" and len(choices) <= SHOWN * 2 else SHOWN
        most = max((each.count or 0 for each in choices), default=1)
        beyond = max(0, len(values) - MOST)
        yield Facet(name, tuple(choices[:shown]), tuple(choices[shown:]), max(most, 1), beyond)


def _choices(query: Query, facet: str, values: Sequence[tuple[str, int]]) -> Iterator[Choice]:
    own = search.narrowing(query, facet)
    of_own = own.clauses if isinstance(own, Or) else (own,) if own is not None else ()
    for value, count in values:
        if not addresses.can_be_asked(clause(facet, value)):
            continue
        added = _CLAUSES[facet](value)
        if added in of_own:
            rest = tuple(each for each in of_own if each != added)
            yield Choice(value, count, str(_put(query, own, rest)), True)
        elif added in _clauses(query):
            yield Choice(value, count, _without(query, added), True)
        else:
            narrowed = str(_put(query, own, (*of_own, added))) if own is not None else _with(query, added)
            yield Choice(value, count, narrowed, False, _with(query, Not(added)))


def _left_out(query: Query, facet: str) -> Iterator[Choice]:
    for each in _clauses(query):
        if not isinstance(each, Not):
            continue
        value = _value_of(each.clause)
        if value is not None and facet in _CLAUSES and _CLAUSES[facet](value) == each.clause:
            yield Choice(value, None, _without(query, each), False, left_out=True)


def _value_of(clause: Clause) -> str | None:
    if isinstance(clause, Field):
        return clause.value
    return clause.first if isinstance(clause, Dates) else None


def _put(query: Query, own: Clause | None, values: Sequence[Clause]) -> And:
    """The query with these alternatives in place of its own."""
    new: tuple[Clause, ...] = ()
    if values:
        new = (values[0],) if len(values) == 1 else (Or(tuple(values)),)
    return And(tuple(part for each in _clauses(query) for part in (new if each == own else (each,))))


def stretches(query: Query, found: Timeline) -> Iterator[Stretch]:
    """The bars of a timeline as links; last, apart, what is known no more exactly than all of them."""
    for bar in found.bars:
        first, _, last = bar.dates.partition("..")
        dates = Dates(first, last or first)
        kept = [each for each in _clauses(query) if not _holds(each, dates)]
        yield Stretch(bar.dates, bar.count, str(And((*kept, dates))))
    beyond = no_more_exact(found)
    if found.vague is not None and beyond is not None:
        kept = [each for each in _clauses(query) if each not in _clauses(Query(beyond))]
        yield Stretch(found.vague.dates, found.vague.count, str(And((*kept, *_clauses(Query(beyond))))), True)


def unread(query: Query) -> str | None:
    """The query for what the reader has not read; None where that is asked already."""
    hidden = Not(Field("is", "read"))
    return None if hidden in _clauses(query) else _with(query, hidden)


def undated(query: Query) -> str:
    """The query for what bears no date at all."""
    return _with(query, Not(Dates("0001", "9999")))


def _holds(clause: Clause, dates: Dates) -> bool:
    """Whether whatever was sent between these dates was sent between those of the clause."""
    if not isinstance(clause, Dates):
        return False
    (first, last), (start, end) = clause.days, dates.days
    return (first or 0) <= (start or 0) and (last or 99991231) >= (end or 99991231)


def wider(query: Query) -> Iterator[Query]:
    """What to try where nothing was found, the likeliest first; each holds for at least as many cables."""
    clauses = _clauses(query)
    if len(clauses) > 1:
        for clause in clauses:
            yield Query(_joined([each for each in clauses if each != clause]))
    sought = tuple(clause for clause in clauses if isinstance(clause, Word | Phrase | Prefix))
    if len(sought) > 1:
        yield Query(_joined([Or(sought), *(each for each in clauses if each not in sought)]))
    for phrase in (each for each in sought if isinstance(each, Phrase)):
        apart = tuple(map(_word, words.split(phrase.text)))
        if len(apart) > 1:
            yield Query(_joined([*apart, *(each for each in clauses if each != phrase)]))
    for word in (each for each in sought if isinstance(each, Word)):
        if len(word.text) > _STEM and word.text.isalpha():
            stem = Prefix(word.text[: max(_STEM, len(word.text) - 3)])
            yield Query(_joined([stem if each == word else each for each in clauses]))


def near(spelling: str) -> Iterator[Query]:
    """What to try where no cable is called so: what cites it, what came from that post, its words."""
    number = mrn.read(spelling)
    if number is None:
        sought = tuple(map(_word, words.split(spelling)[:_MOST_WORDS]))
        if sought:
            yield Query(_joined(sought))
            yield Query(Or(sought))
        return
    if number.id is not None:
        yield Query(Field("ref", number.id))
    if number.station is not None:
        post = Field("from", number.station)
        if number.year is not None:
            yield Query(And((post, Dates(str(number.year), str(number.year)))))
        yield Query(post)


def clause(facet: str, value: str) -> str:
    """The query for one value of a facet."""
    return str(_CLAUSES[facet](value))


def _word(text: str) -> Word | Phrase:
    """A word to search for; a number in quotes, lest it be taken for a year."""
    return Word(text) if text.isalpha() else Phrase(text)


def _joined(clauses: Sequence[Clause]) -> Clause:
    return clauses[0] if len(clauses) == 1 else And(tuple(clauses))


def _with(query: Query, clause: Clause) -> str:
    return str(And((*_clauses(query), clause)))


def _without(query: Query, clause: Clause) -> str:
    return str(And(tuple(each for each in _clauses(query) if each != clause)))
