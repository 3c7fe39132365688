"""How a reader goes on from the results of a search: narrower, wider, or another way."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from reftel import mrn, words
from reftel.query import And, Clause, Dates, Field, Not, Or, Phrase, Prefix, Query, Word
from reftel.web import addresses

SHOWN = 8  # values of a facet before the rest is folded away
MOST = 60  # values of a facet that a page holds
_STEM = 4  # letters of a word that are kept, at least, to look for others that begin so
_MOST_WORDS = 8  # of what was asked for as a name, to be searched for


class Choice(msgspec.Struct, frozen=True):
    """One value of a facet, and the query with it added or, where it was chosen, without it."""

    value: str
    count: int
    query: str
    chosen: bool


class Facet(msgspec.Struct, frozen=True):
    """One facet of the results, the common values apart from the rest."""

    name: str
    choices: tuple[Choice, ...]
    further: tuple[Choice, ...]


class Chosen(msgspec.Struct, frozen=True):
    """A clause that narrows a query, and the query without it."""

    clause: str
    without: str


_CLAUSES: dict[str, Callable[[str], Clause]] = {
    "year": lambda value: Dates(value, value),
    "post": lambda value: Field("from", value),
    "tags": lambda value: Field("tag", value),
    "level": lambda value: Field("class", value),
}


def chosen(query: Query) -> tuple[Chosen, ...]:
    """The fields and dates that narrow the query, each to be taken away."""
    return tuple(
        Chosen(str(clause), _without(query, clause))
        for clause in dict.fromkeys(_clauses(query))
        if isinstance(clause.clause if isinstance(clause, Not) else clause, Field | Dates)
    )


def about(query: Query) -> tuple[Field, ...]:
    """The posts and TAGS that all that is found has, each with a page of its own."""
    clauses = dict.fromkeys(_clauses(query))
    return tuple(each for each in clauses if isinstance(each, Field) and each.name in {"from", "tag"})


def facets(query: Query, counts: Mapping[str, Sequence[tuple[str, int]]]) -> Iterator[Facet]:
    """The facets, their values as links that narrow the query."""
    clauses = _clauses(query)
    for name, values in counts.items():
        if name not in _CLAUSES or not values:
            continue
        choices = [
            Choice(value, count, _with(query, added), False)
            if (added := _CLAUSES[name](value)) not in clauses
            else Choice(value, count, _without(query, added), True)
            for value, count in values[:MOST]
            if addresses.can_be_asked(clause(name, value))
        ]
        shown = len(choices) if name == "year" and len(choices) <= SHOWN * 2 else SHOWN
        yield Facet(name, tuple(choices[:shown]), tuple(choices[shown:]))


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


def _clauses(query: Query) -> tuple[Clause, ...]:
    """The clauses that must all hold."""
    return query.clause.clauses if isinstance(query.clause, And) else (query.clause,)


def _word(text: str) -> Word | Phrase:
    """A word to search for; a number in quotes, lest it be taken for a year."""
    return Word(text) if text.isalpha() else Phrase(text)


def _joined(clauses: Sequence[Clause]) -> Clause:
    return clauses[0] if len(clauses) == 1 else And(tuple(clauses))


def _with(query: Query, clause: Clause) -> str:
    return str(And((*_clauses(query), clause)))


def _without(query: Query, clause: Clause) -> str:
    return str(And(tuple(each for each in _clauses(query) if each != clause)))
