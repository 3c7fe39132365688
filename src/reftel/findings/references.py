"""Mentions of other documents in a cable's text, and what they and the REF block name.

`find` says what the text says and where (handbook 02, section 2.1); `resolve` is the second step: given what
an archive or a batch holds, it says which cable is meant.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from reftel.cable import Cable, Reference, ReferenceKind, Span
from reftel.cable import to_json as record_to_json
from reftel.citing import SERIES, WORDS, Citing, Series, date_behind
from reftel.markings import CAPTIONS
from reftel.stations import is_known, token


class Mention(msgspec.Struct, frozen=True, gc=False):
    """A document named in the text of a cable."""

    text: str  # as written: "Embtel 593"; the second of a run is its number alone
    span: Span  # where it stands in the copy's text
    kind: ReferenceKind
    letter: str | None = None  # the A of "ref A"; "A-C" for a range
    refers_to: tuple[int, ...] = ()  # entries of the cable's `references`, by their order
    id: str | None = None  # of a telegram; None where the text does not tell
    inferred: tuple[str, ...] = ()  # "post", "year": what the words do not say
    post: str | None = None  # who sent it, as a station; a series, SECTO, stands for its post
    to: str | None = None  # to whom, where the words say so
    serial: int | None = None
    sent: str | None = None  # the date that the words give, as exact as given


def find(cable: Cable, text: str) -> tuple[Mention, ...]:
    """The mentions in a cable's paragraphs, in the order of the text.

    `text` is the decoded text of the copy that the cable was read from. A mention that runs over a page line
    has one span, from its first word to its last.
    """
    by = _By(cable)
    found: list[Mention] = []
    for paragraph in cable.paragraphs:
        found += _in_paragraph(by, _Words(text, paragraph.spans))
    first = cable.paragraphs[0].spans[0][0] if found else None
    return tuple(one for one in found if not _is_itself(by, one, first))


def in_texts(cable: Cable, texts: Iterable[str]) -> Iterator[tuple[Mention, ...]]:
    """The mentions in each of some texts, with their places in it: what a reader is shown of a cable.

    Everything is taken from the texts and from `cable` as it is given, so that what has been left out of it
    for its reader tells nothing here.
    """
    by = _By(cable)
    for order, text in enumerate(texts):
        found = _in_paragraph(by, _Words(text, ((0, len(text)),)))
        yield tuple(one for one in found if not _is_itself(by, one, None if order else 0))


def _is_itself(by: "_By", one: Mention, first: int | None) -> bool:
    """Whether a number is the cable's own, which a header or the first words of a printed text repeat.

    `first` is where these first words begin.
    """
    if one.serial is None or one.refers_to:
        return False
    opens = one.post in SERIES and one.span[0] == first
    return opens or (one.serial == by.cable.mrn.serial and one.post == by.own and "post" not in one.inferred)


def to_json(cable: Cable, text: str) -> bytes:
    """The record of a cable as one line of JSON, with the key `mentions` at its end (docs/record.md)."""
    return record_to_json(cable)[:-1] + b',"mentions":' + msgspec.json.encode(find(cable, text)) + b"}"


# -- the second step: which cable is meant -----------------------------------------------------------

Held = Callable[[str, int, int], str | None] | Mapping[tuple[str, int, int], str]
"""From post, serial and year of a telegram that is held to the date it was sent, in ISO form."""


class Resolution(msgspec.Struct, frozen=True, gc=False):
    """What a reference or a mention names, as far as what is held tells."""

    id: str | None
    held: bool
    inferred: tuple[str, ...] = ()  # "post", "year"
    sent: str | None = None  # when the telegram that is held was sent


def resolve(
    cable: Cable, named: Iterable[Reference | Mention], known: Held | None = None
) -> tuple[Resolution, ...]:
    """What each reference or mention of one cable names, in order.

    A year that is not written is that of the newest telegram held with that post and number, of the cable's
    own year and the one before, which was sent no later than the cable itself. Where none is held, the id
    stays what the cable alone tells (handbook 02, sections 1.1 and 2.2: most are not held).
    """
    ask: Callable[[str, int, int], str | None]
    if known is None:
        ask = _nothing
    elif isinstance(known, Mapping):
        held = known
        ask = lambda post, serial, year: held.get((post, serial, year))  # noqa: E731
    else:
        ask = known
    return tuple(_resolved(cable, one, ask) for one in named)


def _nothing(post: str, serial: int, year: int) -> str | None:
    return None


def _resolved(
    cable: Cable, one: Reference | Mention, ask: Callable[[str, int, int], str | None]
) -> Resolution:
    if one.kind != "telegram" or one.post is None or one.serial is None:
        return Resolution(one.id, False, one.inferred)
    for year in _years(cable, one):
        sent = ask(one.post, one.serial, year)
        if sent is not None and not _is_later(sent, cable.sent):
            inferred = one.inferred
            if one.id is None and "year" not in inferred and one.sent is None:
                inferred = (*inferred, "year")
            return Resolution(f"{year}{one.post}{one.serial}", True, inferred, sent)
    return Resolution(one.id, False, one.inferred)


def _years(cable: Cable, one: Reference | Mention) -> tuple[int, ...]:
    """The years that may be meant, the likeliest first."""
    if one.id and "year" not in one.inferred:
        return (int(one.id[:4]),)
    if one.sent:
        return (int(one.sent[:4]),)
    latest = cable.mrn.year or (int(cable.sent[:4]) if cable.sent else None)
    if latest is None:
        return ()
    first = int(one.id[:4]) if one.id else latest
    return tuple(dict.fromkeys((first, latest, latest - 1)))


def _is_later(sent: str, citing: str | None) -> bool:
    """Whether a telegram was sent after the one that cites it, by the day."""
    return citing is not None and sent[:10] > citing[:10] and len(sent) >= 10 and len(citing) >= 10


# -- words -------------------------------------------------------------------------------------------


class _Words:
    """The words of a paragraph in capitals, page lines left out, and the way back to the copy's text."""

    def __init__(self, text: str, spans: tuple[Span, ...]) -> None:
        self.written = "\n".join(text[start:end] for start, end in spans)
        self.upper = _capitals(self.written)
        self.starts: list[int] = []
        self.offsets: list[int] = []
        at = 0
        for start, end in spans:
            self.starts.append(at)
            self.offsets.append(start - at)
            at += end - start + 1

    def place(self, start: int, end: int) -> Span:
        """Where a stretch of these words stands in the copy."""
        first = self.offsets[bisect_right(self.starts, start) - 1]
        last = self.offsets[bisect_right(self.starts, end - 1) - 1]
        return start + first, end + last

    def text(self, start: int, end: int) -> str:
        """The stretch as written, but for line ends and runs of blanks."""
        return " ".join(self.written[start:end].split())


_CAPITALS = {ord(letter): letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz"}


def _capitals(words: str) -> str:
    """The words in capitals, each letter where it was: a few letters have no capital of one character."""
    upper = words.upper()
    if len(upper) != len(words):
        upper = words.translate(_CAPITALS)
    return upper if upper.isascii() else upper.replace("’", "'").replace("\xa0", " ")


_MOST = 100  # entries that a plain `reftel` may mean


class _By:
    """The citing cable: who sent it, to whom, and its own references."""

    def __init__(self, cable: Cable) -> None:
        self.cable = cable
        self.citing = Citing(cable.mrn, cable.sent)
        self.own = cable.from_.station or cable.mrn.station or _station(cable.from_.name)
        named = [_station(one.name) for one in cable.to]
        self.addressee = named[0] if len(named) == 1 else None
        abroad = [one for one in named if one != "STATE"]
        self.embassy = self.own if self.own != "STATE" else (abroad[0] if len(abroad) == 1 else None)
        self.letters: dict[str, tuple[int, ...]] = {}  # entries by letter: several where one has a run
        self.of_kind: dict[str, tuple[int, ...]] = {}
        for kind in {one.kind for one in cable.references}:
            self.of_kind[kind] = tuple(at for at, one in enumerate(cable.references) if one.kind == kind)
        for index, one in enumerate(cable.references):
            if one.letter:
                self.letters[one.letter] = (*self.letters.get(one.letter, ())[:_MOST], index)

    def who(self, role: str | None) -> str | None:
        """The station that a role of `tables/series.csv` means in this cable."""
        if role is None:
            return None
        return {"own": self.own, "addressee": self.addressee, "embassy": self.embassy}.get(role, role)


def _station(name: str | None) -> str | None:
    return token(name) if name else None


def _in_paragraph(by: _By, words: _Words) -> list[Mention]:
    """The mentions of one paragraph: by number, by the words of the REF block, by other names."""
    found = list(_numbered(by, words))
    upper = words.upper
    if "REF" in upper:
        found += _reftels(by, words)
    found += _others(by, words)
    found.sort(key=lambda one: (one.span[0], -one.span[1]))
    kept: list[Mention] = []
    for one in found:
        if not kept or one.span[0] >= kept[-1].span[1] or (one.span == kept[-1].span and one.letter):
            kept.append(one)
    return kept


# -- ref A, reftel -----------------------------------------------------------------------------------

_REFTEL = re.compile(
    r"""
    \b (?:
        (?P<tel>   REF [\s-]? (?:TELS?|TELEGRAMS?|CABLES?|CBLS?)
                 | REFERENCED? \s (?:TELEGRAMS?|TELS?|CABLES?|MESSAGES?) ) (?! [A-Z] | \s \#?\d )
      | (?P<call>  REF \s? TELE?CONS? )
      | REF (?:ERENCED?)? \s
        (?P<other> MTGS?|MEETINGS?|E-?MAILS?|LETTERS?|MEMOS?|MEMCONS?|AIRGRAMS?|MEMORANDUM )
      | (?P<ref>   REFS? ) \.? (?= \s ?\(? [A-Z] (?![A-Z']) )
    ) \b
    (?P<letters>                                          # A | (b) | A and C | A, B & C | A-C
        \s ?\(? [A-Z] \)? (?![A-Z'])
        (?:
            (?: \s?[-–]\s? | \s?[,/&]\s? (?:AND\s)? | \s(?:AND|OR|THROUGH|THRU|TO)\s )
            \(? [A-Z] \)? (?![A-Z'])
        ){0,12}
    )?
    """,
    re.VERBOSE,
)
_PARAGRAPH = re.compile(r"\bPARA(?:GRAPH)?S?\s[\dA-Z.,() -]{1,12}\s(?:OF\s)?$")  # para 2 reftel
_LETTER = re.compile(r"(?P<join>[-–]|THROUGH|THRU|TO\s|)[^A-Z]*(?<![A-Z])(?P<letter>[A-Z])\)?(?![A-Z])")
_KIND_OF_OTHER: dict[str, ReferenceKind] = {
    "MTG": "other", "MEETING": "other", "EMAIL": "email", "E-MAIL": "email", "LETTER": "letter",
    "MEMO": "memo", "MEMCON": "memo", "MEMORANDUM": "memo", "AIRGRAM": "airgram",
}  # fmt: skip


def _reftels(by: _By, words: _Words) -> Iterator[Mention]:
    for match in _REFTEL.finditer(words.upper):
        letters = list(_letters(by, words, match))
        if match["ref"] and not letters:
            continue
        begin = match.start()
        if paragraph := _PARAGRAPH.search(words.upper, max(0, begin - 32), begin):
            begin = paragraph.start()
        kind: ReferenceKind = "telegram"
        if match["call"]:
            kind = "telcon"
        elif match["other"]:
            kind = _KIND_OF_OTHER[match["other"].removesuffix("S")]
        if not letters:
            end = match.start("letters") if match["letters"] else match.end()
            meant = by.of_kind.get(kind, ())
            if kind == "telegram" and not meant:
                meant = tuple(range(min(len(by.cable.references), _MOST + 1)))
            meant = meant if len(meant) <= _MOST else ()  # of a list that long, no entry is meant
            yield _of_the_block(by, words, (begin, end), None, meant, kind)
        for order, (place, letter, meant) in enumerate(letters):
            start = begin if order == 0 else place[0]
            named = {by.cable.references[index].kind for index in meant}
            of = named.pop() if len(named) == 1 else kind if not match["ref"] else "other"
            yield _of_the_block(by, words, (start, place[1]), letter, meant, of)


def _of_the_block(
    by: _By, words: _Words, place: Span, letter: str | None, meant: tuple[int, ...], kind: ReferenceKind
) -> Mention:
    """A mention of entries of the REF block; of a single one it has post, number and id."""
    one = by.cable.references[meant[0]] if len(meant) == 1 else None
    return Mention(
        words.text(*place),
        words.place(*place),
        one.kind if one else kind,
        letter,
        meant,
        id=one.id if one else None,
        inferred=one.inferred if one else (),
        post=one.post if one else None,
        serial=one.serial if one else None,
        sent=one.sent if one else None,
    )


def _letters(by: _By, words: _Words, match: re.Match[str]) -> Iterator[tuple[Span, str, tuple[int, ...]]]:
    """The letters behind `ref` or `reftel`: place, letter, entries. `A-C` is a range.

    A small letter counts in brackets alone, and `A` or `I` before another word only where the block has it:
    `reftel A meeting was held`.
    """
    if not match["letters"]:
        return
    last: tuple[Span, str] | None = None
    for one in _LETTER.finditer(words.upper, *match.span("letters")):
        start, end = one.span("letter")
        bracketed = words.upper[start - 1] == "(" and words.upper[end : end + 1] == ")"
        letter = one["letter"]
        if not bracketed and not words.written[start].isupper():
            break
        followed = words.upper[end : end + 2]
        a_word = letter in "AI" and not match["ref"] and followed[:1].isspace() and followed[1:].isalpha()
        if letter not in by.letters and (a_word or (letter == "I" and not bracketed)):
            break
        place = (start - bracketed, end + bracketed)
        if last and one["join"] in ("-", "–", "THROUGH", "THRU", "TO "):
            span, first = last
            meant = (
                index for name, found in by.letters.items() if first <= name <= letter for index in found
            )
            yield (span[0], place[1]), f"{first}-{letter}", tuple(sorted(meant))
            last = None
            continue
        if last:
            yield last[0], last[1], by.letters.get(last[1], ())
        last = place, letter
    if last:
        yield last[0], last[1], by.letters.get(last[1], ())


# -- septel, telcon, airgrams, documents -------------------------------------------------------------

_DESPATCH = (
    r"\b(?:(?:EMBASSY|DEPARTMENT|YOUR|OUR|MY)\s)?(?:EMB|CON|DEP)?(?:DESPATCH|DISPATCH|DESP?)\s"
    r"(?:NO\.?\s|NUMBER\s)?\d{1,4}(?!\w)"
)
# A word to look for, and what stands there.
_PATTERNS: tuple[tuple[str, ReferenceKind, str], ...] = (
    ("SEPTEL", "septel", r"\bSEPTELS?\b"),
    ("TELCON", "telcon", r"(?<!REF)(?<!REF )\bTELCONS?\b"),
    ("TELECON", "telcon", r"(?<!REF)(?<!REF )\bTELECONS?\b"),
    ("MEMCON", "memo", r"\bMEMCONS?(?=\s(?:OF|DATED)\s)"),
    ("A-", "airgram", r"\b(?:(?:AIRGRAM|[A-Z]{3,20}'S|YOUR|OUR|MY|STATE|DEPT)\s)?C?A-\d{1,5}\b(?![-/])"),
    ("UNSC", "document", r"\bUNSCR?\s(?:RES(?:OLUTION)?\.?\s)?\d{1,4}(?!\w)"),
    (" FAM ", "document", r"\b\d{1,2}\sFAM\s[A-Z]?-?\d[\w.-]*"),
    (" FAH", "document", r"\b\d{1,2}\sFAH(?:-\d)?\s[A-Z]?-?\d[\w.-]*"),
    ("IIR ", "document", r"\bIIR\s\d[\d ]{5,18}\d\b"),
    ("TD-", "document", r"\bTDX?-\d[\w/-]+"),
    ("SPATCH ", "document", _DESPATCH),
    ("EMBDES", "document", _DESPATCH),
    ("MYTEL", "telegram", r"\b(?:RE)?MYTELS?\b(?!\s*\d)"),
    ("RTEL", "telegram", r"\b(?:RE)?(?:OU|YOU|U)RTELS?\b(?!\s*\d)"),
    ("DEPTEL", "telegram", r"\b(?:RE)?DEPTELS?\b(?!\s*\d)"),
    ("EMBTEL", "telegram", r"\b(?:RE)?EMBTELS?\b(?!\s*\d)"),
)
_OTHER = tuple((word, kind, re.compile(pattern)) for word, kind, pattern in _PATTERNS)


def _others(by: _By, words: _Words) -> Iterator[Mention]:
    """Documents that are no telegram with a number, and telegrams that are named by whose they are."""
    upper = words.upper
    for word, kind, pattern in _OTHER:
        if word not in upper:
            continue
        for match in pattern.finditer(upper):
            text, place = words.text(*match.span()), words.place(*match.span())
            post = to = None
            inferred: tuple[str, ...] = ()
            if kind == "telegram":
                series = SERIES[match[0].removeprefix("RE").removesuffix("S")]
                post, to = by.who(series.sender), by.who(series.addressee)
                inferred = ("post",) if post and series.sender != post else ()
            elif kind == "airgram":
                named = re.split(r"'S\s|\s", match[0])[0]
                if named == match[0] and not _CITES.search(upper, max(0, match.start() - 24), match.start()):
                    continue  # an aircraft
                post = by.who(_POSSESSIVE.get(named)) or (token(named) if is_known(named) else None)
                inferred = ("post",) if named in _POSSESSIVE and post else ()
            yield Mention(text, place, kind, post=post, to=to, inferred=inferred)


# -- post and number ---------------------------------------------------------------------------------

# a word, and the number behind it: Embtel 593 | Quito 1235 | your 55 | telegram No. 593 | State's 12345
_NUMBER = re.compile(r"[\s#](?P<serial>\d{1,6})(?![\w%]|[.,:/]\d|-\d{3}|-[A-Z])")
_WORD = re.compile(r"(?P<word>[A-Z][A-Z'.-]*)(?:[\s,]\(?(?:NO|NR|NUMBER|NUMBERED|NOS)\.?)?[\s#]{1,6}$")
_MORE = re.compile(
    r"(?:\s?[,/&;]\s?(?:AND\s|&\s)?|\s(?:AND|OR|THROUGH|THRU)\s|\s?[-–]\s?)"
    r"(?P<serial>\d{1,6})(?![\w%]|[.,:/]\d|-\d{3}|-[A-Z])"
)
_BEFORE = re.compile(r"([A-Z][A-Z'-]*)\.?[\s(,]*$")
_ABBREVIATED = frozenset("DEPT DEP EMB AMEMB CONGEN TEL TELS REF REFS RPTD INFO".split())
_NAME = re.compile(r"(?:[A-Z][A-Z'.-]*[\s]+){0,3}$")
_ONE = re.compile(r"[A-Z][A-Z'.-]*")
_CITES = re.compile(
    r"(?:\b(?:REFS?|RE|REFERENCES?|REFERS?|SEE|PER|AIRGRAMS?|TELEGRAMS?|TELS?|CABLES?)|[;(]|\b[A-D][.)])"
    r"[:.]?\s*(?:\(?[A-Z][.):]+\s*)?$"
)
_IN_A_LIST = re.compile(r"(?:\bREFS?[:.]?|\bRE:|\bREFERENCES?:|\d\)?;)\s*(?:\(?[A-Z][.):]+\s*)?$")
_POSSESSIVE = {word: role for role in ("own", "addressee") for word in WORDS[role]}
_BETWEEN = WORDS["between"] | CAPTIONS.keys()
_FOLLOW = WORDS["follows"] | WORDS["month"]
_NO_POST = WORDS["no-post"] | WORDS["month"]
_AFTER = re.compile(r"[\s]+([A-Z][A-Z']*)")
_TO_FROM = re.compile(
    r"[\s,]{1,3}(?:DATED\s)?(?P<way>TO|FROM|SENT|RPTD|REPEATED)\s"
    r"(?:TO\s|INFO\s|THE\s|AMEMBASSY\s|AMEMB\s|EMBASSY\s){0,2}"
    r"(?P<name>[A-Z][A-Z'.-]*(?:\s[A-Z][A-Z'.-]*){0,2})"
)
_FROM_BEHIND = re.compile(r"[A-Z][A-Z'.-]*(?:\s[A-Z][A-Z'.-]*)?(?P<from>\sFROM\s)")
# PAGE 02 SOFIA 00318 082030Z; SECTION 2 OF 3 SOFIA 318
_PAGE_BEFORE = re.compile(r"\b(?:PAGE|SECTION|OF)\s+\d{1,3}\s+$")
_PAGE_BEHIND = re.compile(r"\s+(?:\d{6}Z|\d{2,3}(?:\.\d)? OF \d)|\s?%")
_FIRST = re.compile(r"(?:^|\n|[.)]\s)\s*$")  # the start of a sentence
_SHORTEST = 4  # letters of the name of a post: of nicknames, BKK is one in a REF block alone
_LONGEST = 4  # words in the name of a post


def _before(upper: str, at: int) -> re.Match[str] | None:
    """The word before a place; None where a sentence ends between."""
    match = _BEFORE.search(upper, max(0, at - 24), at)
    if match and upper[match.end(1)] == "." and match[1] not in _ABBREVIATED:
        return None
    return match


def _adjacent(upper: str, at: int) -> re.Match[str] | None:
    """The word right before a place, nothing but blanks between."""
    match = _before(upper, at)
    return match if match and not upper[match.end(1) : at].strip() else None


class _Cited(NamedTuple):
    """Who sent a telegram that is named by number, and to whom."""

    begin: int  # where its words begin
    post: str | None
    to: str | None = None
    inferred: tuple[str, ...] = ()
    sure: bool = False  # the words can mean a telegram only


def _numbered(by: _By, words: _Words) -> Iterator[Mention]:
    upper = words.upper
    done = 0
    last: Mention | None = None
    for match in _NUMBER.finditer(upper):
        at = match.start("serial")
        word = _WORD.search(upper, max(done, at - 40), at) if at > done else None
        if word is None or not int(match["serial"]):
            continue
        cited = _cited(by, words, word.start(), word.end("word"), last)
        if cited is None or not _counts(by, words, match, word["word"], cited):
            continue
        for mention, end in _with_run(by, words, match, cited):
            yield mention
            last, done = mention, end


def _cited(by: _By, words: _Words, start: int, end: int, last: Mention | None) -> _Cited | None:
    """Who sent the telegram whose number stands behind a word; None where the word names none."""
    upper = words.upper
    word = upper[start:end].strip(".-'")
    bare = word.removesuffix("'S").removesuffix("S'")
    if series := _series(bare) or _series(bare.removeprefix("RE")):
        of_a_post = _post_before(words, *above.span(1)) if (above := _adjacent(upper, start)) else None
        if series.sender == "embassy" and of_a_post:
            return _Cited(*of_a_post, "STATE", sure=True)  # Ankara Embtel 341
        return _in_series(by, series, start)
    if bare.removesuffix("S") in WORDS["telegram"]:
        return _qualified(by, words, start, bare.removesuffix("S"))
    if word in _POSSESSIVE:
        return _possessed(by, word, start)._replace(sure=word.startswith("RE"))
    if word in _BETWEEN:
        before = _before(upper, start)
        return _cited(by, words, before.start(), before.end(1), last) if before else None
    return _from_post(by, words, start, end, last)


def _series(word: str) -> Series | None:
    """The series that a word names, in the singular or the plural."""
    return SERIES.get(word) or SERIES.get(word.removesuffix("S"))


def _possessed(by: _By, word: str, start: int) -> _Cited:
    """`your 55`, `my telegram 493`: of the addressee, or of the sender himself."""
    role = _POSSESSIVE[word]
    other = "own" if role == "addressee" else "addressee"
    return _Cited(start, by.who(role), by.who(other), ("post",), sure=True)


def _in_series(by: _By, series: Series, start: int) -> _Cited:
    post = by.who(series.sender)
    inferred = ("post",) if series.sender in ("own", "addressee", "embassy") else ()
    return _Cited(start, post, by.who(series.addressee), inferred, sure=True)


def _qualified(by: _By, words: _Words, start: int, noun: str) -> _Cited | None:
    """`telegram 55` behind whose it is: `Department telegram`, `my telegram`, `Paris tel`, `your message`.

    An adjective or two may stand between: `your most welcome telegram 55`.
    """
    at = start
    for _ in range(3):
        before = _adjacent(words.upper, at)
        if before is None:
            break
        if cited := _whose(by, words, before):
            return cited
        at = before.start()
    if noun == "CIRCULAR":
        return _Cited(start, "STATE", None, ("post",), sure=True)
    return _Cited(start, None, sure=True) if noun in ("TELEGRAM", "TEL", "REFTEL") else None


def _whose(by: _By, words: _Words, before: re.Match[str]) -> _Cited | None:
    """Whose a telegram is by the word before; None where the word does not tell."""
    word = before[1].strip("-'").removesuffix("'S").removesuffix("S'")
    if series := _series(word):
        return _in_series(by, series, before.start())
    if word in _POSSESSIVE:
        return _possessed(by, word, before.start())
    if word == "CIRCULAR":
        return _qualified(by, words, before.start(), word)
    if named := _post_before(words, before.start(), before.end(1)):
        return _Cited(*named, sure=True)
    if word in WORDS["embassy"]:
        return _Cited(before.start(), by.embassy, "STATE", ("post",), sure=True)
    return None


def _from_post(by: _By, words: _Words, start: int, end: int, last: Mention | None) -> _Cited | None:
    """`Quito 1235`, `State's 12345`; `sent Karachi 1811` is the one before, numbered to Karachi."""
    upper = words.upper
    named = _post_before(words, start, end)
    if named is None and (of := upper[start:end].removesuffix("S")).endswith("TEL") and is_known(of[:-3]):
        return _Cited(start, token(of[:-3]), sure=True)  # Paristel 9091
    if named is None:
        cites = _IN_A_LIST.search(upper, max(0, start - 24), start)
        alone = upper[start:end].strip(".-'")
        around = words.written[max(0, start - 40) : end + 40]
        is_name = words.written[start].isupper() and not around.isupper()  # all in capitals, any word may be
        if cites and len(alone) > 2 and is_name and alone not in _NO_POST:
            return _Cited(start, token(alone), sure=True)  # of a post in no table: Ref: LINC 12
        return None
    begin, post = named
    before = _before(upper, begin)
    word = before[1].strip(".-'").removesuffix("'S") if before else ""
    if before and (word in WORDS["embassy"] or word in _POSSESSIVE or word in ("TEL", "CAS")):
        to_us = post == by.own and _POSSESSIVE.get(word) == "addressee"  # Your Geneva 13, said in Geneva
        return _possessed(by, word, before.start()) if to_us else _Cited(before.start(), post, sure=True)
    if word in WORDS["sent-to"]:
        return _Cited(begin, _sender_above(by, upper, begin, last), post, ("post",), sure=True)
    if word == "TO" and before:
        return _numbered_to(by, words, before.start(), begin, post)
    return _Cited(begin, post, sure=bool(_CITES.search(upper, max(0, begin - 24), begin)))


def _sender_above(by: _By, upper: str, at: int, last: Mention | None) -> str | None:
    """Who sent what was `sent Cairo 52, repeated London 8`: named before, by number or by date alone."""
    for word in reversed(upper[max(0, at - 40) : at].split()):
        if series := _series(word.strip("(.,")):
            return by.who(series.sender)
    return last.post if last else by.own


def _numbered_to(by: _By, words: _Words, at: int, begin: int, post: str) -> _Cited:
    """`State to Bonn 2075`, `Deptel to Bonn 1683`: the number is the sender's, to that post."""
    upper = words.upper
    before = _before(upper, at)
    word = before[1].strip(".-'") if before else ""
    if before is None or upper[before.end(1) : at].strip() == "(":
        return _Cited(begin, by.own, post, ("post",), sure=True)
    if series := _series(word):
        return _Cited(before.start(), by.who(series.sender), post, sure=True)
    if word in WORDS["sent-to"]:
        return _Cited(begin, by.own, post, ("post",), sure=True)
    named = _post_before(words, before.start(), before.end(1))
    if named and word not in WORDS["not-to"]:
        return _Cited(named[0], named[1], post, sure=True)
    return _Cited(begin, post, sure=False)


def _post_before(words: _Words, start: int, end: int) -> tuple[int, str] | None:
    """The post whose name ends with a word: where it begins, and its token. Names are written in capitals."""
    upper = words.upper
    above = _NAME.search(upper, max(0, start - 40), start)
    starts = [one.start() for one in _ONE.finditer(upper, above.start(), start)] if above else []
    for begin in (*starts[-_LONGEST + 1 :], start):
        name = upper[begin:end].strip(" .-'").removesuffix("'S")
        if len(name) < _SHORTEST or not words.written[begin].isupper():
            continue
        if name in WORDS["department"]:
            return begin, "STATE"
        if is_known(name):
            return begin, token(name) or ""
    return None


def _counts(by: _By, words: _Words, match: re.Match[str], word: str, cited: _Cited) -> bool:
    """Whether the number is a telegram's, and not a year, a sum or a count of things."""
    upper = words.upper
    digits = match["serial"]
    end = match.end()
    if _PAGE_BEFORE.search(upper, max(0, cited.begin - 24), cited.begin) or _PAGE_BEHIND.match(upper, end):
        return False
    follows = _follows(words, end)
    if cited.sure:
        return follows or len(digits) > 2 or word not in _POSSESSIVE
    if cited.inferred:  # your 2116; where a paragraph opens so, any word may follow
        opens = _FIRST.search(upper, max(0, cited.begin - 8), cited.begin)
        return follows or (opens is not None and len(digits) > 2)
    year = by.cable.mrn.year or (int(by.cable.sent[:4]) if by.cable.sent else 2030)
    if len(digits) <= 2 or (len(digits) == 4 and 1900 <= int(digits) <= year + 1):
        return False
    return follows or (len(digits) >= 5 and not _is_counted(words, end))


def _is_counted(words: _Words, end: int) -> bool:
    after = _AFTER.match(words.upper, end)
    return after is not None and after[1] in WORDS["counted"]


def _follows(words: _Words, end: int) -> bool:
    """Whether what stands behind a number is not a thing that is counted."""
    after = _AFTER.match(words.upper, end)
    if after is None:
        return True
    word = after[1].removesuffix("'S")
    if word in _FOLLOW or word in SERIES or is_known(word):
        return True
    return "\n" in words.upper[end : after.start(1)] and words.written[after.start(1)].isupper()


def _with_run(by: _By, words: _Words, match: re.Match[str], cited: _Cited) -> Iterator[tuple[Mention, int]]:
    """The telegram at a match, and those whose numbers follow, with where the last one ends."""
    upper = words.upper
    numbers = [(cited.begin, match.end("serial"), match["serial"])]
    end = match.end()
    while len(numbers) < 40:
        more = _MORE.match(upper, end)
        if more is None or not _is_more(words, more, numbers[-1][2]):
            break
        numbers.append((*more.span("serial"), more["serial"]))
        end = more.end()
    way = _way(by, words, end, cited)
    first = ""
    for begin, stop, digits in numbers:
        whole = first[: len(first) - len(digits)] + digits if 0 < len(digits) < len(first) - 1 else digits
        first = first or digits
        yield _mention(by, words, (begin, stop), int(whole), way), end


def _is_more(words: _Words, more: re.Match[str], before: str) -> bool:
    """Whether a further number is of the same run: about as long, and nothing that is counted."""
    digits = more["serial"]
    joined = more[0][:1] in "-–/"
    if len(digits) < len(before) - 1 and not joined:
        return False
    if joined and len(digits) < 2:
        return False
    return _follows(words, more.end())


def _way(by: _By, words: _Words, end: int, cited: _Cited) -> _Cited:
    """`to Department`, `from Baghdad` behind the number."""
    match = _TO_FROM.match(words.upper, end)
    if match is None:
        return cited
    if match["way"] == "TO" and (further := _TO_FROM.match(words.upper, match.end("name"))):
        match = further if further["way"] == "FROM" else match
    elif match["way"] == "TO" and (further := _FROM_BEHIND.match(words.upper, match.start("name"))):
        match = _TO_FROM.match(words.upper, further.start("from")) or match
    names = match["name"].split()
    for count in range(len(names), 0, -1):
        name = " ".join(names[:count]).strip(".-'")
        post = "STATE" if name in WORDS["department"] else token(name) if is_known(name) else None
        if post is None or not words.written[match.start("name")].isupper():
            continue
        if match["way"] == "FROM":
            told = cited.post is not None and not cited.inferred
            return cited if told else cited._replace(post=post, inferred=())
        if match["way"] != "TO" or post == cited.post:
            return cited
        if cited.post is None:
            sender = by.embassy if post == "STATE" else None
            return cited._replace(to=post, post=sender, inferred=("post",) if sender else ())
        return cited._replace(to=post)
    return cited


def _mention(by: _By, words: _Words, place: Span, serial: int, cited: _Cited) -> Mention:
    """The mention at a place, with its year as far as it can be inferred."""
    dated = date_behind(words.upper, place[1], min(len(words.upper), place[1] + 60))
    year = dated.year if dated else None
    inferred = cited.inferred if cited.post else ()
    if year is None and cited.post is not None:
        year = by.citing.year_of(cited.post, serial, dated.day if dated else "")
        inferred = (*inferred, "year") if year is not None else inferred
    return Mention(
        words.text(*place),
        words.place(*place),
        "telegram",
        id=by.citing.id_of(year, cited.post, serial) if cited.post else None,
        inferred=inferred,
        post=cited.post,
        to=cited.to,
        serial=serial,
        sent=dated.sent(year) if dated else None,
    )
