"""What a reader asks: words, phrases, from:, tag:, ref:, dates (docs/guide/search.md).

    lease manas                 both words          "end of lease"      these words in this order
    lease OR base               either              -uranium            without it
    negotiat*                   any ending          (a OR b) c          parentheses group
    from:ASTANA to:"NEW DELHI"  tag:PREL  ref:"BISHKEK 123"  class:C  caption:NODIS  id:09ASTANA253
    status:released  collection:foia
    tagged:hearing  set:"the lease"  is:read  is:noted  note:krona
    2005  2005-03  2005-03-24   2005-03..2005-06  2005..  ..2005-06

Clauses beside one another must all hold; that binds closer than OR. A bare number of four digits from 1966
to 2059 is a year: "2005" in quotes searches the word. The empty query asks for every cable.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from typing import Literal, get_args

import msgspec

from reftel import mrn, stations, words
from reftel.cable import Status
from reftel.errors import QueryError
from reftel.markings import CAPTIONS, NAMES, Level
from reftel.tags import TAGS

FieldName = Literal[
    "from", "to", "tag", "ref", "class", "caption", "id", "status", "collection",
    "tagged", "set", "is", "note",
    "text",  # that is lost: asked by the ledger of what is missing, never typed
]  # fmt: skip
OWN: frozenset[FieldName] = frozenset({"tagged", "set", "is", "note"})
"""The fields that ask for what a reader has put beside the cables himself."""


class Lesson(msgspec.Struct, frozen=True):
    """One thing that can be asked, by an example."""

    examples: tuple[str, ...]
    asks: str


LESSONS = (
    Lesson(("lease krona",), "both words"),
    Lesson(('"end of lease"',), "these words in this order"),
    Lesson(("lease OR base",), "either of them"),
    Lesson(("-uranium",), "without it"),
    Lesson(("negotiat*",), "any ending"),
    Lesson(("from:ASTANA", 'to:"NEW DELHI"'), "sent by, addressed to"),
    Lesson(("tag:PREL", "caption:SIPDIS"), "on the TAGS line, among the captions"),
    Lesson(("class:C",), "marked so when sent: U, SBU, C, S, TS"),
    Lesson(("status:released", "-status:leaked"), "what became of it: released, leaked, internal, unknown"),
    Lesson(("collection:foia",), "kept in this collection, where you may see the whole cable"),
    Lesson(("tagged:hearing", 'set:"the lease"'), "that you have tagged so, or put in this set"),
    Lesson(("-is:read", "is:noted", "note:krona"), "that you have not read, have notes on, with this word"),
    Lesson(('ref:"BISHKEK 123"',), "names this telegram in its REF"),
    Lesson(("id:09ASTANA253",), "one cable, in any spelling"),
    Lesson(("2005", "2005-03..2005-06"), "sent then"),
    Lesson(("(lease OR rent) -2004",), "parentheses group"),
)
"""The query language, by examples."""

SHORTEST_PREFIX = 2  # letters before a *
MOST_CLAUSES = 200
DEEPEST = 20  # parentheses in parentheses


class Word(msgspec.Struct, frozen=True):
    """One word, as typed; where punctuation parts it, its pieces in this order."""

    text: str

    def __str__(self) -> str:
        return self.text


class Prefix(msgspec.Struct, frozen=True):
    """Every word that begins so."""

    text: str

    def __str__(self) -> str:
        return f"{self.text}*"


class Phrase(msgspec.Struct, frozen=True):
    """Words in this order, in one paragraph."""

    text: str

    def __str__(self) -> str:
        return f'"{self.text}"'


class Field(msgspec.Struct, frozen=True):
    """A field of the record that has this value: `tag:PREL`."""

    name: FieldName
    value: str

    def __str__(self) -> str:
        bare = re.fullmatch(r'[^\s()"]+', self.value)
        return f"{self.name}:{self.value}" if bare else f'{self.name}:"{self.value}"'


class Dates(msgspec.Struct, frozen=True):
    """Sent between two dates, each as exact as written and within the range; None leaves an end open."""

    first: str | None
    last: str | None

    def __str__(self) -> str:
        if self.first == self.last and self.first is not None and _is_date_alone(self.first):
            return self.first
        return f"{self.first or ''}..{self.last or ''}"

    @property
    def days(self) -> tuple[int | None, int | None]:
        """The first and the last day, as numbers: 20050301, 20050630."""
        return (days(self.first)[0] if self.first else None, days(self.last)[1] if self.last else None)


class Not(msgspec.Struct, frozen=True):
    """Cables for which the clause does not hold."""

    clause: "Clause"

    def __str__(self) -> str:
        return f"-({self.clause})" if isinstance(self.clause, And | Or | Not) else f"-{self.clause}"


class Keys(msgspec.Struct, frozen=True):
    """The cables with these keys: what a reader's own field comes to. It is in no query that is typed."""

    keys: frozenset[str]


class And(msgspec.Struct, frozen=True):
    """Every clause holds; with none, for every cable."""

    clauses: tuple["Clause", ...]

    def __str__(self) -> str:
        return " ".join(f"({each})" if isinstance(each, Or) else str(each) for each in self.clauses)


class Or(msgspec.Struct, frozen=True):
    """At least one clause holds."""

    clauses: tuple["Clause", ...]

    def __str__(self) -> str:
        return " OR ".join(map(str, self.clauses))


Clause = Word | Prefix | Phrase | Field | Dates | Keys | Not | And | Or
Textual = Word | Prefix | Phrase


class Query(msgspec.Struct, frozen=True):
    """A question to the archive. Its `str` is the query in one spelling: parsed again it is the same."""

    clause: Clause

    @classmethod
    def parse(cls, text: str) -> "Query":
        """Reads a query; raises QueryError, which says where and why, for one that is not understood."""
        return cls(_Parser(text).query())

    def __str__(self) -> str:
        return str(self.clause)

    def sought(self) -> tuple[Textual, ...]:
        """The words, prefixes and phrases that may stand in a hit, in order."""
        return tuple(dict.fromkeys(_sought(self.clause)))

    @property
    def ranks(self) -> bool:
        """Whether some hits are more relevant than others; a prefix, a field and a date hold or do not."""
        return any(not isinstance(each, Prefix) for each in _sought(self.clause))


def _sought(clause: Clause) -> Iterator[Textual]:
    if isinstance(clause, And | Or):
        for each in clause.clauses:
            yield from _sought(each)
    elif isinstance(clause, Word | Prefix | Phrase):
        yield clause


# -- dates ----------------------------------------------------------------------------------------------

_DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?")


def days(date: str) -> tuple[int, int]:
    """The first and the last day of a date as exact as written: `2005-03` is 20050301 to 20050331.

    A time of day behind it changes nothing. Raises ValueError for a date that is none.
    """
    match = _DATE.match(date)
    if match is None:
        raise ValueError(f"{date!r} is no date")
    year = int(match["year"])
    if match["month"] is None:
        return year * 10000 + 101, year * 10000 + 1231
    month = int(match["month"])
    if not 1 <= month <= 12 or year < 1:
        raise ValueError(f"{date!r} is no date")
    last = monthrange(year, month)[1]
    start = year * 10000 + month * 100
    if match["day"] is None:
        return start + 1, start + last
    if not 1 <= int(match["day"]) <= last:
        raise ValueError(f"{date!r} is no date")
    return start + int(match["day"]), start + int(match["day"])


def _is_date_alone(text: str) -> bool:
    """Whether it is a date without dots beside it: 1109 and 1492 are words, 1958-03 is a month."""
    match = _DATE.fullmatch(text)
    if match is None:
        return False
    return 1966 <= int(match["year"]) <= 2059 if match["month"] is None else text[:2] in {"19", "20"}


# 2005-3, 2005/03/24, 2005-2006: dates to the eye, which would be read as words
_LIKE_A_DATE = re.compile(r"(?:19|20)\d\d[-/](?:\d{1,2}(?:[-/]\d{1,2})?|(?:19|20)\d\d)")


# -- fields ---------------------------------------------------------------------------------------------

_CLASSES: dict[str, Level] = {
    **{level: level for level in NAMES},
    **{name: level for level, name in NAMES.items()},
    "UNCLAS": "U", "LOU": "SBU", "LIMITED OFFICIAL USE": "SBU", "OUO": "SBU", "OFFICIAL USE ONLY": "SBU",
    "FOUO": "SBU", "FOR OFFICIAL USE ONLY": "SBU", "SENSITIVE": "SBU", "EFTO": "SBU", "RESTRICTED": "SBU",
    "TOPSECRET": "TS",
}  # fmt: skip


def _post(value: str) -> str:
    """Any spelling of a post, as its token: "New Delhi", AMEMBASSY NEW DELHI and NEWDELHI are NEWDELHI."""
    token = stations.token(value)
    if token is None:
        raise ValueError(f"{value!r} is no post: its name has letters, as in from:ASTANA")
    return token if token == value else _post(token)


def _tag(value: str) -> str:
    return value.upper()


def _caption(value: str) -> str:
    return value.upper()


def _level(value: str) -> str:
    level = _CLASSES.get(value.upper())
    if level is None:
        raise ValueError(f"{value!r} is no classification: say one of {', '.join(NAMES)}, or its full name")
    return level


def _number(value: str) -> str:
    """A message reference number, with its year or without."""
    number = mrn.read(value)
    if number is None:
        raise ValueError(f'{value!r} is no message number: write it as 09ASTANA253 or "ASTANA 253"')
    return f"{number.year or ''}{number.station}{number.serial}"


def _id(value: str) -> str:
    return value.upper()


_STATUSES: tuple[Status, ...] = get_args(Status)


def _status(value: str) -> str:
    if value.lower() not in _STATUSES:
        raise ValueError(f"{value!r} is no status of release: say one of {', '.join(_STATUSES)}")
    return value.lower()


def _collection(value: str) -> str:
    return value  # as it was named at ingest


def own_name(value: str) -> str:
    """The name of a tag, a set or a saved search, as it is kept: in small letters, with single blanks."""
    return " ".join(value.casefold().split())


def _is(value: str) -> str:
    if value.lower() not in {"read", "noted"}:
        raise ValueError(
            f"is:{value} is not known: say is:read or is:noted, with a - in front for the others"
        )
    return value.lower()


_VALUES: dict[FieldName, Callable[[str], str]] = {
    "from": _post,
    "to": _post,
    "tag": _tag,
    "ref": _number,
    "class": _level,
    "caption": _caption,
    "id": _id,
    "status": _status,
    "collection": _collection,
    "tagged": own_name,
    "set": own_name,
    "is": _is,
    "note": str,
}

# whether a value of several words is one that is known: from:NEW DELHI is two clauses and meant as one
_KNOWN: dict[FieldName, Callable[[str], bool]] = {
    "from": stations.is_known,
    "to": stations.is_known,
    "tag": lambda value: value.upper() in TAGS,
    "class": lambda value: value.upper() in _CLASSES,
    "caption": lambda value: value.upper() in CAPTIONS,
}


# -- the text of a query --------------------------------------------------------------------------------

_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "\u00a0": " "})
_BARE = re.compile(r'[^\s()"]+')
_FIELD = re.compile(r"(?P<name>[A-Za-z_]*):")
_NO_CHARACTER = re.compile("[\ud800-\udfff]")  # a byte of the command line that is no UTF-8
_DASHES = "–—−"  # what editors make of a minus


class _Parser:
    """Reads a query from left to right; every method leaves `at` behind what it read."""

    def __init__(self, text: str) -> None:
        self.text = text.translate(_QUOTES)  # letter for letter, so that offsets hold
        self.at = 0
        self.clauses = 0
        self.depth = 0

    def query(self) -> Clause:
        broken = _NO_CHARACTER.search(self.text)
        if broken:
            raise self._error("this is no character, but a piece of one; type it again", broken.start())
        self._blanks()
        if self.at == len(self.text):
            return And(())
        clause = self._either()
        if self.at < len(self.text):
            raise self._error("this parenthesis closes none", self.at)
        return clause

    def _either(self) -> Clause:
        """Clauses with OR between them."""
        found = [self._both()]
        while self._keyword() == "OR":
            at = self.at
            self.at += 2
            self._blanks()
            if self._ends() or self._keyword() == "OR":
                raise self._error('nothing stands behind OR; the word itself is searched as "or"', at)
            found.append(self._both())
        return found[0] if len(found) == 1 else Or(tuple(_flat(found, Or)))

    def _both(self) -> Clause:
        """Clauses beside one another."""
        found: list[Clause] = []
        while not self._ends():
            word = self._keyword()
            if word == "OR":
                break
            if word == "NOT":
                raise self._error(
                    'write -word to leave a word out; the word itself is searched as "not"', self.at
                )
            if word == "AND":
                self._and(bool(found))
            found.append(self._one())
            self._blanks()
        if not found:
            raise self._error('nothing stands before OR; the word itself is searched as "or"', self.at)
        return found[0] if len(found) == 1 else And(tuple(_flat(found, And)))

    def _and(self, follows: bool) -> None:
        """Passes over AND, which says what is so without it."""
        at = self.at
        self.at += 3
        self._blanks()
        if not follows or self._ends() or self._keyword():
            raise self._error(
                'AND stands between two clauses, or is left out; the word itself is searched as "and"', at
            )

    def _one(self) -> Clause:
        """One clause, negated or not."""
        at = self.at
        if self.text[at] in _DASHES:
            raise self._error('this is a dash; write "-" to leave a word out, or a blank behind the dash', at)
        if self.text[at] != "-":
            return self._positive()
        self.at += 1
        if self._ends() or self.text[self.at].isspace() or self.text[self.at] == "-" or self._keyword():
            raise self._error("nothing stands behind this -; it leaves out what follows it at once", at)
        return Not(self._positive())

    def _positive(self) -> Clause:
        at = self.at
        self.clauses += 1
        if self.clauses > MOST_CLAUSES:
            raise self._error(f"a query may have {MOST_CLAUSES} clauses; leave some out", at)
        if self.text[at] == "(":
            return self._group()
        if self.text[at] == '"':
            return self._phrase()
        bare = self._bare()
        field = _FIELD.match(bare)
        if field:
            self.at = at + field.end()
            return self._field(field["name"], at)
        self.at = at + len(bare)
        if ":" in bare:
            raise self._error(f'a word with a colon needs quotes: "{bare}"', at)
        return self._dates(bare, at) or self._word(bare, at)

    def _group(self) -> Clause:
        at = self.at
        self.at += 1
        self.depth += 1
        if self.depth > DEEPEST:
            raise self._error(f"parentheses stand {DEEPEST} deep; write the query with fewer", at)
        self._blanks()
        if self.text.startswith(")", self.at):
            raise self._error("nothing stands between these parentheses", at)
        if self.at == len(self.text):
            raise self._error("this parenthesis is never closed", at)
        clause = self._either()
        if self.at == len(self.text):
            raise self._error("this parenthesis is never closed", at)
        self.at += 1
        self.depth -= 1
        return clause

    def _phrase(self) -> Phrase:
        at = self.at
        inside = self._quoted()
        if "*" in inside:
            raise self._error("a * cannot stand inside quotes; it follows a single word: negotiat*", at)
        if not words.split(inside):
            raise self._error("this phrase is empty: put words between the quotes", at)
        return Phrase(inside)

    def _quoted(self) -> str:
        """What stands between the quote here and the next, its blanks made single."""
        at = self.at
        end = self.text.find('"', at + 1)
        if end < 0:
            raise self._error("this quote is never closed", at)
        self.at = end + 1
        return " ".join(self.text[at + 1 : end].split())

    def _field(self, typed: str, at: int) -> Field:
        name = next((name for name in _VALUES if name == typed.lower()), None)
        if name is None:
            known = ", ".join(f"{each}:" for each in _VALUES)
            bare = self.text[at : self.at] + self._bare()
            raise self._error(
                f'there is no field {typed}: (there are {known}); words with a colon need quotes: "{bare}"',
                at,
            )
        quoted = self.text.startswith('"', self.at)
        value = self._quoted() if quoted else self._bare()
        if not quoted:
            self.at += len(value)
        if not value:
            raise self._error(f"nothing stands behind {name}: (no blank may stand between)", at)
        if not quoted:
            self._cut_short(name, value, at)
        if "*" in value:
            raise self._error(f"{name}: takes a whole value, without *", at)
        try:
            return Field(name, _VALUES[name](value))
        except ValueError as error:
            raise self._error(str(error), at) from None

    def _cut_short(self, name: FieldName, value: str, at: int) -> None:
        """Raises for a value whose second word was left outside, as in `from:NEW DELHI`."""
        known = _KNOWN.get(name)
        further = _BARE.match(self.text, self.at + 1) if self.text[self.at : self.at + 1] == " " else None
        if known is None or further is None or known(value):
            return
        whole = f"{value} {further.group()}"
        if known(whole):
            raise self._error(f'a value with a blank needs quotes: {name}:"{whole}"', at)

    def _dates(self, bare: str, at: int) -> Dates | None:
        if ".." in bare and any(char.isdigit() for char in bare):
            first, _, last = bare.partition("..")
            if not (first or last) or not all(_DATE.fullmatch(each) for each in (first, last) if each):
                raise self._error("a range of dates is written 2005-03..2005-06, 2005.. or ..2005-06", at)
            return self._range(first or None, last or None, at)
        if _is_date_alone(bare):
            return self._range(bare, bare, at)
        if _LIKE_A_DATE.fullmatch(bare):
            raise self._error(
                f'a date is written 2005-03-24, a range 2005..2006; as words it needs quotes: "{bare}"',
                at,
            )
        return None

    def _range(self, first: str | None, last: str | None, at: int) -> Dates:
        dates = Dates(first, last)
        try:
            start, end = dates.days
        except ValueError:
            raise self._error(f"{first if first == last else str(dates)} is in no calendar", at) from None
        if start is not None and end is not None and start > end:
            raise self._error(f"{first} comes after {last}: a range goes from the earlier to the later", at)
        return dates

    def _word(self, bare: str, at: int) -> Word | Prefix:
        stem, star, rest = bare.partition("*")
        pieces = words.split(stem)
        if star and (rest or len(pieces) > 1):
            raise self._error("a * stands only at the end of a single word: negotiat*", at)
        if star and (not pieces or len(pieces[0]) < SHORTEST_PREFIX or not _ends_in_a_letter(stem)):
            raise self._error(f"at least {SHORTEST_PREFIX} letters stand before a *", at)
        if not pieces:
            raise self._error(f"{bare} has no letter or digit to search for", at)
        if re.search(r"\w\?\w", bare):
            raise self._error("a ? stands for no letter; only * does, at the end of a word", at)
        return Prefix(stem) if star else Word(bare)

    def _bare(self) -> str:
        """What stands here up to the next blank, quote or parenthesis."""
        match = _BARE.match(self.text, self.at)
        return match.group() if match else ""

    def _keyword(self) -> str | None:
        bare = self._bare()
        return bare if bare in {"OR", "AND", "NOT"} else None

    def _blanks(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def _ends(self) -> bool:
        return self.at == len(self.text) or self.text[self.at] == ")"

    def _error(self, reason: str, at: int) -> QueryError:
        return QueryError(reason, at)


def _ends_in_a_letter(stem: str) -> bool:
    return not words.fold(stem)[-1:].isspace()


def _flat(clauses: list[Clause], kind: type[And] | type[Or]) -> Iterator[Clause]:
    for clause in clauses:
        if isinstance(clause, kind):
            yield from clause.clauses
        else:
            yield clause
