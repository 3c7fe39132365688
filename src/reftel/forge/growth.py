"""Grown cables: as many as are wanted, from the words and sentences of `phrases.txt`.

Each is made from its index and the seed alone, so that cable 900,000 does not wait for those before it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import cycle, islice
from math import gcd
from random import Random
from typing import TypeVar

import msgspec

from reftel.forge.drafting import CLASSIFIED, Classifier, Draft, Drafted, cable
from reftel.forge.press import Forged, press
from reftel.forge.world import MISSIONS
from reftel.mrn import short

# The story has 2004 to 2006 for itself.
_YEARS = (*range(1985, 2004), *range(2007, 2011))
_STATIONS = tuple(MISSIONS)
_SERIES = len(_YEARS) * len(_STATIONS)
_ROUND = 4999  # serials of one series before it starts on the next thousands; prime, so that steps meet all
_STEP = 2657

_COUNTRIES = {
    "STRELSAU": ("Ruritania", "RT"),
    "ZENDA": ("Ruritania", "RT"),
    "LETINJE": ("Pontevedro", "PV"),
    "EDELWEISS": ("Graustark", "GX"),
    "THORBERG": ("Dawsbergen", "DB"),
    "GANLOOK": ("Axphain", "AX"),
}
_NEIGHBORS = ("Ruritania", "Pontevedro", "Graustark", "Dawsbergen", "Axphain")
_CODES = dict(_COUNTRIES.values())
_CAPITALS = {
    "Ruritania": "Strelsau",
    "Pontevedro": "Letinje",
    "Graustark": "Edelweiss",
    "Dawsbergen": "Thorberg",
    "Axphain": "Ganlook",
}
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_Item = TypeVar("_Item")
Cast = Mapping[str, Callable[[], str]]  # by slot: what gives its next word, round and round


class _Template(msgspec.Struct, frozen=True):
    """A sentence with its slots taken out: `%s said that %s.` and the names of what goes there."""

    form: str
    slots: tuple[str, ...]

    def filled(self, cast: Cast) -> str:
        """The sentence with words from the cable's own cast."""
        return self.form % tuple([cast[slot]() for slot in self.slots])


class _Deck(msgspec.Struct, frozen=True):
    """Templates of one kind, and strides by which every one of them is met before any comes again."""

    templates: tuple[_Template, ...]
    strides: tuple[int, ...]

    def dealt(self, count: int, roll: Callable[[], float]) -> list[_Template]:
        """So many different templates, in an order that the dice choose."""
        size = len(self.templates)
        at, stride = int(roll() * size), self.strides[int(roll() * len(self.strides))]
        return [self.templates[(at + step * stride) % size] for step in range(count)]


class _Topic(msgspec.Struct, frozen=True):
    """What a cable can be about."""

    tags: tuple[str, ...]
    subjects: tuple[_Template, ...]
    matters: tuple[_Template, ...]
    details: tuple[str, ...]


class _Phrases(msgspec.Struct, frozen=True):
    """All of `phrases.txt`."""

    words: Mapping[str, tuple[str, ...]]
    sentences: Mapping[str, _Deck]
    topics: tuple[_Topic, ...]


_SLOT = re.compile(r"\{(\^?\w+)\}")
_WORD_LISTS = frozenset({"given names", "surname heads", "surname tails", "place heads", "place tails"})


def _template(written: str) -> _Template:
    return _Template(_SLOT.sub("%s", written), tuple(_SLOT.findall(written)))


def _deck(lines: Sequence[str]) -> _Deck:
    strides = tuple(one for one in range(1, max(2, len(lines))) if gcd(one, len(lines)) == 1)
    return _Deck(tuple(map(_template, lines)), strides)


@cache
def _phrases() -> _Phrases:
    words: dict[str, tuple[str, ...]] = {}
    sentences: dict[str, _Deck] = {}
    topics: list[_Topic] = []
    text = (files("reftel.forge") / "phrases.txt").read_text(encoding="utf-8")
    for section in re.split(r"^\[", text, flags=re.MULTILINE)[1:]:
        head, _, rest = section.partition("\n")
        name, _, tags = head.partition("]")
        lines = [line for line in rest.split("\n") if line.strip()]
        if name == "topic":
            topics.append(_topic(tags.split(), lines))
        elif name in _WORD_LISTS:
            words[name] = tuple(" ".join(lines).split())
        else:
            words[name] = tuple(lines)
            sentences[name] = _deck(lines)
    return _Phrases(words, sentences, tuple(topics))


def _topic(tags: list[str], lines: list[str]) -> _Topic:
    said = [tuple(line.split(": ", 1)) for line in lines]
    matters = next(value for name, value in said if name == "matter")
    details = next(value for name, value in said if name == "detail")
    return _Topic(
        tags=tuple(tags),
        subjects=tuple(_template(value) for name, value in said if name == "subject"),
        matters=tuple(map(_template, matters.split(", "))),
        details=tuple(details.split(", ")),
    )


_SHARES = {"plain": 5, "catalogue-whole": 5, "catalogue": 5, "dated": 2, "markdown": 3}


def grown(index: int, seed: int) -> Forged:
    """The grown cable of that index, packed and damaged as its own dice say."""
    random = Random(f"{seed} {index}")
    draft = Drafter(number_of(index, seed), index, seed, random).draft()
    sent = cable(draft)
    packaging = random.choices(tuple(_SHARES), tuple(_SHARES.values()))[0]
    opaque = packaging in ("dated", "markdown") and random.random() < 0.4
    name = f"{index:07d}_{random.getrandbits(64):016x}" if opaque else short(sent.mrn)
    return press(sent, packaging, _damages(packaging, random), random, f"{name}.txt")


def _damages(packaging: str, random: Random) -> list[str]:
    """Which damages a copy has met: half of them none but those of the packaging itself."""
    if random.random() < 0.5:
        return []
    chances = {"lost-end": 0.3, "cut-sentence": 0.3}
    if packaging == "markdown":
        chances |= {"pilcrow-digit" if random.random() < 0.5 else "pilcrow-link": 0.8, "tags-extra": 0.5,
                    "markdown-escapes": 0.5, "lost-signature": 0.2}  # fmt: skip
    elif packaging == "dated":
        chances |= {"lost-tags": 0.5, "lost-subject": 0.5, "lost-heading": 0.6, "end-cut": 0.4,
                    "lost-paragraph": 0.3, "lost-signature": 0.4}  # fmt: skip
    elif packaging != "plain":
        chances |= {"repeated-header": 0.7, "tags-extra": 0.2, "lost-paragraph": 0.15, "end-cut": 0.1,
                    "lost-signature": 0.1, "lost-subject": 0.1, "lost-tags": 0.1}  # fmt: skip
    if packaging != "markdown":
        chances["hyphenated"] = 0.2
    return [damage for damage, chance in chances.items() if random.random() < chance]


def number_of(index: int, seed: int) -> tuple[str, int, int]:
    """Station, year and serial of a grown cable: no two of them are alike."""
    series, order = index % _SERIES, index // _SERIES
    station, year = _STATIONS[series % len(_STATIONS)], _YEARS[series // len(_STATIONS)]
    lap, step = divmod(order, _ROUND)
    return station, year, lap * _ROUND + (_constants(seed, station, year)[0] + step * _STEP) % _ROUND + 1


@cache
def _constants(seed: int, station: str, year: int) -> tuple[int, str]:
    """What all cables of a post and a year have in common: where serials start, and who signs."""
    random, words = Random(f"{seed} {station} {year}"), _phrases().words
    name = f"{random.choice(words['surname heads'])}{random.choice(words['surname tails'])}"
    return random.randrange(_ROUND), name.upper()


class Drafter:
    """One drafter at one desk on one day."""

    def __init__(self, number: tuple[str, int, int], index: int, seed: int, random: Random) -> None:
        self.random, self.roll = random, random.random
        self.index, self.seed = index, seed
        self.phrases = _phrases()
        self.station, self.year, self.serial = number
        self.day = self._day(self.serial)
        self.signer = _constants(seed, self.station, self.year)[1]
        self.country, self.code = _COUNTRIES.get(self.station) or self.pick(tuple(_COUNTRIES.values()))
        self.topic = self.pick(self.phrases.topics)
        self.cast = self._cast()
        reports = self.phrases.sentences["report"]
        self.said = cycle(reports.dealt(len(reports.templates), self.roll))

    def _day(self, serial: int) -> date:
        """Serials run through the year."""
        return date(self.year, 1, 1) + timedelta(days=(serial - 1) % _ROUND * 365 // _ROUND)

    # -- words ---------------------------------------------------------------------------------------

    def _cast(self) -> Cast:
        """Who and what the slots of this cable are filled with."""
        random, words = self.random, self.phrases.words
        names = [self.name() for _ in range(5)]
        surnames = [name.split()[1] for name in names]
        office, of_office = self.pick(words["offices"]).split("|")
        expert = self.pick(words["experts"])
        us = self.pick(words["americans"])
        neighbor = self.pick([name for name in _NEIGHBORS if name != self.country])
        host_title = f"{office} Minister"
        places = [self._place() for _ in range(4)]
        pools: dict[str, Sequence[str]] = {
            "Host": (f"{host_title} {names[0]}",),
            "host": (surnames[0], surnames[0], "the minister"),
            "HOST": (f"{host_title} {surnames[0]}".upper(),),
            "Second": (f"Deputy {host_title} {names[1]}",),
            "second": (surnames[1],),
            "Expert": (f"{expert} {names[2]}",),
            "expert": (surnames[2],),
            "Name": names[3:],
            "us": (us,),
            "Us": (_capital(us),),
            "country": (self.country,),
            "COUNTRY": (self.country.upper(),),
            "capital": (_CAPITALS[self.country],),
            "neighbor": (neighbor,),
            "NEIGHBOR": (neighbor.upper(),),
            "office": (of_office,),
            "place": places,
            "PLACE": (places[0].upper(),),
            "firm": (self._firm(surnames[4], places[3]),),
            "quality": words["qualities"],
            "detail": random.sample(self.topic.details, 9),
        }
        pools["FIRM"] = (pools["firm"][0].upper(),)
        pools |= self._dates() | self._numbers()
        matter = self.pick(self.topic.matters).filled(
            {
                "place": lambda: places[0],
                "Name": lambda: names[3],
                "firm": lambda: str(pools["firm"][0]),
                "neighbor": lambda: neighbor,
            }
        )
        pools["matter"] = (matter,)
        for name in ("host", "second", "expert", "us", "neighbor", "firm", "detail", "matter"):
            pools[f"^{name}"] = tuple(map(_capital, pools[name]))
        self.neighbor = neighbor
        return {slot: cycle(pool).__next__ for slot, pool in pools.items()}

    def pick(self, items: Sequence[_Item]) -> _Item:
        """One of the items, as the dice say."""
        return items[int(self.roll() * len(items))]

    def name(self) -> str:
        """Somebody of the country: Lida Feloff."""
        words, pick = self.phrases.words, self.pick
        return f"{pick(words['given names'])} {pick(words['surname heads'])}{pick(words['surname tails'])}"

    def _place(self) -> str:
        words, pick = self.phrases.words, self.pick
        return f"{pick(words['place heads'])}{pick(words['place tails'])}"

    def _firm(self, surname: str, place: str) -> str:
        forms = ("{0} and Sons", "{1} Works", "the {1} Company", "{0} Holding", "{1} Trust")
        return self.pick(forms).format(surname, place)

    def _dates(self) -> dict[str, Sequence[str]]:
        """Days shortly before, and months and years around."""
        day, month = self.day, self.day.month
        before = [day - timedelta(days=1 + int(self.roll() * 20)) for _ in range(5)]
        return {
            "date": [f"{_MONTHS[one.month - 1]} {one.day}" for one in before],
            "day": _DAYS,
            "lastmonth": (_MONTHS[month - 2], _MONTHS[month - 3]),
            "nextmonth": (_MONTHS[month % 12], _MONTHS[(month + 1) % 12]),
            "nextyear": (str(day.year + 1), str(day.year + 2)),
            "oldyear": [str(day.year - 2 - int(self.roll() * 40)) for _ in range(3)],
        }

    def _numbers(self) -> dict[str, Sequence[str]]:
        roll = self.roll
        return {
            "n": [str(3 + int(roll() * 40)) for _ in range(8)],
            "big": [f"{1000 + int(roll() ** 3 * 400_000):,}" for _ in range(6)],
            "pct": [f"{2 + int(roll() * 60)} percent" for _ in range(6)],
            "money": [f"${0.2 + roll() ** 2 * 90:.1f} million" for _ in range(6)],
        }

    def _sentences(self, kind: str, count: int) -> list[str]:
        """So many sentences of a kind, no two from one template."""
        return [one.filled(self.cast) for one in self.phrases.sentences[kind].dealt(count, self.roll)]

    def _reported(self, count: int) -> list[str]:
        """So many sentences of report; the whole store is used before one comes again."""
        return [one.filled(self.cast) for one in islice(self.said, count)]

    # -- the draft -----------------------------------------------------------------------------------

    def draft(self) -> Draft:
        """The whole telegram."""
        random, mission = self.random, MISSIONS[self.station]
        level = self._level()
        hour, minute = 6 + int(self.roll() * 16), int(self.roll() * 60)
        sent = f"{self.day.isoformat()}T{hour:02d}:{minute:02d}Z"
        subject = self.pick(self.topic.subjects).filled(self.cast).upper()
        references = self._references()
        classifier = None
        if random.random() < 0.3:
            letters = self.pick((("b", "d"), ("b",), ("d",), ("a", "b", "d"), ("c", "d")))
            title = self.pick(("DCM", "Political Counselor", "Economic Counselor", "Political Chief"))
            classifier = Classifier(title, self.name(), letters)
        return Draft(
            station=self.station,
            serial=self.serial,
            sent=sent,
            precedence=random.choices(("ROUTINE", "PRIORITY", "IMMEDIATE"), (5, 6, 2))[0],
            level=level,
            subject=subject,
            tags=(*self.topic.tags, self.code, *self._neighbor_tag()),
            paragraphs=tuple(self._paragraphs(level)),
            references=references,
            captions=self._captions(level),
            passing=self._passing(),
            to=("STRELSAU", "EDELWEISS") if self.station == "STATE" else ("SECSTATE",),
            info=mission.informs,
            classifier=classifier,
            signature=self.signer,
            in_sections=random.random() < 0.1,
            declassify_in=random.choices((10, 25, 20), (8, 1, 1))[0],
        )

    def _neighbor_tag(self) -> tuple[str, ...]:
        code = _CODES[self.neighbor]
        return (code,) if self.roll() < 0.6 else ()

    def _level(self) -> str:
        control = "LOU" if self.day < date(1995, 10, 1) else "SBU"
        return self.random.choices(("U", control, "C", "C/NF", "S", "S/NF"), (20, 22, 45, 2, 8, 3))[0]

    def _captions(self, level: str) -> tuple[str, ...]:
        usual = ("SIPDIS",) if self.year >= 2002 and self.roll() < 0.8 else ()
        if level in CLASSIFIED and self.roll() < 0.04:
            return (self.pick(("EXDIS", "LIMDIS", "NODIS", "STADIS")),)
        return usual

    def _passing(self) -> tuple[str, ...]:
        desks = ("EUR", "EUR/NCE", "EB/IFD", "PRM/ECA", "DRL", "INR/EU", "PM", "OES", "CA/OCS", "H")
        chosen = self.random.sample(desks, 1 + int(self.roll() * 3))
        lines = [f"STATE FOR {', '.join(chosen)}"]
        if self.roll() < 0.2:
            lines.append(self.pick(("TREASURY FOR OASIA", "COMMERCE FOR ITA", "STATE PASS TO USTR")))
        return tuple(lines)

    # -- references ----------------------------------------------------------------------------------

    def _references(self) -> tuple[str, ...]:
        """What it cites: earlier cables of its own and other posts, some that are in no set, and a call."""
        entries: list[str] = []
        for _ in range(self.random.choices((0, 1, 2, 3, 4), (3, 4, 3, 2, 1))[0]):
            entries.append(self._cited())
        entries = list(dict.fromkeys(entries))
        if len(entries) < 2:
            return tuple(entries)
        return tuple(f"{letter}. {entry}" for letter, entry in zip("ABCD", entries, strict=False))

    def _cited(self) -> str:
        die = self.roll()
        if die < 0.08:
            who = self.name().split()[1].upper()
            return f"{who}-{self.signer} TELCON OF {self.day.month}/{max(1, self.day.day - 2)}"
        if die < 0.12:
            return f"E-MAIL {self.signer}-EUR/NCE OF {self.day.month}/{max(1, self.day.day - 3)}"
        earlier = self.index - _SERIES * (1 + int(self.roll() * 40))  # of the same post and year
        if earlier >= 0 and die < 0.55:
            station, year, serial = number_of(earlier, self.seed)
            if serial < self.serial and self._day(serial) < self.day:
                return f"{station} {serial:04d}"
        if die < 0.8 and self.index > 40:  # of another post, sooner or later in the series
            station, year, serial = number_of(self.index - 1 - int(self.roll() * 11), self.seed)
            if year < self.year or (year == self.year and self._day(serial) < self.day):
                return f"{year % 100:02d} {station} {serial}"
        serial = max(1, self.serial - 1 - int(self.roll() * 300))
        note = " (NOTAL)" if die > 0.95 else ""
        return f"{self.station} {serial}{note}"

    # -- paragraphs ----------------------------------------------------------------------------------

    def _paragraphs(self, level: str) -> list[Drafted]:
        roll = self.roll
        loud = roll() < 0.3
        summary = self._sentences("first words", 1) + self._sentences("summaries", 4 + int(roll() * 3))
        opening = self._sentences("openings", 1) + self._reported(4)
        made = [
            Drafted(self._mark(level), self._framed("Summary", summary, loud)),
            Drafted(self._mark(level), " ".join(opening)),
        ]
        headings = self._headings(loud)
        for _ in range(4 + int(roll() ** 2 * 8)):
            heading = headings.pop() if headings and roll() < 0.45 else None
            made.append(Drafted(self._mark(level), self._report(), heading))
        comment = self._sentences("comments", 4 + int(roll() * 3))
        made.append(Drafted(self._mark(level), self._framed("Comment", comment, loud)))
        if roll() < 0.15:
            made.append(Drafted(self._mark(level), "Action request: " + self._sentences("requests", 1)[0]))
        if roll() < 0.15:
            post = self.pick(("Ganlook", "Vienna", "Letinje"))
            made.append(Drafted("U", f"{post} minimize considered."))
        return made

    def _mark(self, level: str) -> str:
        """A portion's mark: mostly the cable's own, at times a lower one."""
        if level == "U" or self.roll() < 0.75:
            return level
        lower = {"SBU": "U", "LOU": "U", "C": "SBU", "C/NF": "C", "S": "C", "S/NF": "S"}[level]
        return "LOU" if lower == "SBU" and self.day < date(1995, 10, 1) else lower

    def _framed(self, word: str, sentences: list[str], loud: bool) -> str:
        """`Summary: ... End summary.`, in capitals or not."""
        first, last = (word.upper(), f"END {word.upper()}") if loud else (word, f"End {word.lower()}")
        stop = "." if word == "Summary" and self.roll() < 0.4 else ":"
        return f"{first}{stop} {' '.join(sentences)} {last}."

    def _headings(self, loud: bool) -> list[str]:
        chosen = list(dict.fromkeys(self._sentences("headings", 4)))
        return [one.upper() for one in chosen] if loud else chosen

    def _report(self) -> str:
        text = " ".join(self._reported(5 + int(self.roll() * 5)))
        die = self.roll()
        if die < 0.12:
            return f"{text} {self._sentences('asides', 1)[0]}"
        if die < 0.27:
            items = ";\n-- ".join(self._sentences("lists", 3 + int(self.roll() * 3)))
            return f"{text} {self._sentences('list leads', 1)[0]}\n\n-- {items}."
        return text


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
