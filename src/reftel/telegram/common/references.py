"""The REF block: what a cable says it refers to, and what each entry means (handbook 02, section 2).

A block is cut at its letters into items, an item is searched for telegrams, and what stands between them is
a note, a title, or a document of another kind.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import replace

from reftel import dtg
from reftel.cable import Mrn, Reference, ReferenceKind, Span
from reftel.citing import SERIES, WORDS, Citing, date_behind, date_in
from reftel.markings import CAPTIONS
from reftel.stations import is_known, nearest, token

# -- letters -----------------------------------------------------------------------------------------

# A. | A) | (A) | [A] | a. | A.) | A: | A - | (1) | 1. | REF A | [1](#)B. | ¶B.
# and (AL for (A), where the figures shift of a teletype was lost
_LABEL = re.compile(
    r"""
    (?: (?<=[\n;,:.\ \t)]) | ^ ) (?P<sign> ¶\s* | \[1\]\(\#\) )?
    (?:
        REFS? (?:TEL)? \s? [(]? (?P<ref>[A-Z]) (?: [.):]{1,2} | (?=\s) )
      | (?P<letter>[A-Z])
        (?: \.? \) | [.:] (?! [A-Z]\. ) | \ ?-\ (?=\ ?(?: [A-Z(] | \d\d\ (?!NOTAL)[A-Z]{4} )) )
      | [(\[] (?P<bracketed> [A-Z] | \d{1,2} ) (?: [)\]] | L\b ) [.:]?
      | (?P<digit> \d{1,2} ) [.)] (?=\s)
    ) [ \t]*
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WORD_REF = re.compile(r"\s*(?:REF(?:ERENCES?|S|TELS?|\(S\))?(?![A-Z])[\s.:;]*)+", re.IGNORECASE)
# PAGE 02 SOFIA 00318 082030Z | SOFIA 00000318 002 OF 003 | a banner, alone or before a further section
_PAGE_SIGNS = ("PAGE ", " OF ", "UNCLAS", "C O N F", "CONFIDENTIAL", "SECRET", "S E C R", "LIMITED OFF")
_PAGE_LINE = re.compile(
    r"""
    ^[ ]* (?:
        PAGE [ ] \d\d [ ] [^\n]*
      | [A-Z] [A-Z .'-]{0,40} [ ] \d{8} [ ]+ \d{3} (?:\.\d)? [ ] OF [ ] \d{2,3}
      | (?: UNCLAS(?:SIFIED)? | CONFIDENTIAL | SECRET | LIMITED[ ]OFFICIAL[ ]USE
          | C[ ]O[ ]N[ ]F[A-Z ]* | S[ ]E[ ]C[ ]R[A-Z ]* )
        (?: [ ]+ SECTION [ ] \d+ [ ] OF [ ] \d+ [^\n]* )?
    ) [ ]* $
    """,
    re.VERBOSE | re.MULTILINE,
)
_BOUNDARIES = frozenset("\n;:")

# -- numbers -----------------------------------------------------------------------------------------

# 04 SOFIA 318 | 04SOFIA318 | 04-SOFIA-318 | (04) SOFIA 318 | '04 SOFIA 318 | 004 SOFIA 318 | SOFIA (04) 318
_TELEGRAM = re.compile(
    r"""
    (?<![A-Z0-9])
    (?: \( (?P<bracketed> \d{4} | \d\d ) \) \s? | ['’]? (?P<before> \d{4} | 0?\d\d ) [ -]? )?
    (?P<words> [A-Z] (?: [A-Z'’&.-] | [\s/]{1,8}(?=[A-Z]) ){1,36} )
    (?: \s? \( (?P<between> \d{4} | \d\d ) \) )? [\s#]{0,6}
    (?P<serial> \d{1,7} ) (?! [\dA-Z] | [/-][A-Z] | / \d{1,2} / \d | [.:]\d )
    """,
    re.VERBOSE | re.IGNORECASE,
)
# STATE A-1234 | A-29 | LA PAZ A87 | 73BANGKOK-A50 | DEPT'S A-1089 | CA-1234, a circular airgram
_AIRGRAM = re.compile(
    r"""
    (?<![A-Z0-9-]) (?: (?P<year> \d{4} | \d\d ) [ -]? )?
    (?: (?P<words> [A-Z] (?: [A-Z'’.] | [ ](?=[A-Z]) ){1,30} ) [ -] )?
    (?P<serial> C?A [ ]? - [ ]? \d{1,5} | A \d{1,5} ) \b (?! -\d )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_AIRGRAM_SIGN = re.compile(r"\bC?A ?-? ?\d", re.IGNORECASE)
# 377 KATHMANDU, no number behind it
_NUMBER_FIRST = re.compile(
    r"""
    (?<![\w/.-]) (?P<serial> \d{1,7} ) [ ] (?P<words> [A-Z] (?: [A-Z'.-] | [ ](?=[A-Z]) ){1,24} )
    (?! [A-Z\d'.-] | [ \#(]{1,3}\d )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ORDER = [_AIRGRAM, _TELEGRAM, _NUMBER_FIRST]
_BARE = re.compile(r"\s*#?(?P<serial>\d{1,7})(?=\s*(?:$|[\n,;.(&]|AND\b|NOTAL\b|TO\b))", re.IGNORECASE)
# JCS MSG 221205 AUG 74
_WITHOUT_ZONE = re.compile(
    r"[0-3]\d[0-2]\d[0-5]\d (?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]{0,6} \d\d\b",
    re.IGNORECASE,
)
_MORE = re.compile(r"(?:\s*[,/&;-]\s*(?:AND\b)?|\s+AND\b)\s*#?(?P<serial>\d{1,7})(?![\w/.:-])", re.IGNORECASE)
_YEAR_BEHIND = re.compile(
    r" ?\((\d{4}|\d\d)\)|[/-](\d{4}|\d\d)(?![\w/-])|\s(\d{4}|\d\d)(?=\s*(?:$|[\n,;.(:]|AND\b|&))",
    re.IGNORECASE,
)
# The common case: B. 04 BISHKEK 0123 (NOTAL); with a separator, a line end or the next letter behind it
_PLAIN = re.compile(
    r"""
    [ \n]* (?: \(? (?P<letter>[A-Z]) [.)]{1,2} [ ]+ )?
    (?P<text> (?: (?P<year> \d\d ) [ ] )? (?P<post> [A-Z] [A-Z ]{1,30} ) [ ] (?P<serial> \d{1,7} ) )
    (?P<notal> [ ] \(? NOTAL \)? )? [ .\r]*
    (?: [;:,\n] [ .\r\n]* | $ | (?=\([A-Z]\)) | (?<=[ ])AND[ ] )
    """,
    re.VERBOSE,
)

# Digits among letters and letters among digits: L0ME, 0SLO, OSL0 12, OSLO l2, LOME O44. Each stays one sign.
_MISTYPED = re.compile(
    r"""
    [01OILoil] (?:
        (?<=[A-Za-z][01]) (?=[A-Za-z]) | (?<=\b0) (?=[A-Za-z]{3}) | (?<=[A-Za-z]{3}0) (?=[ ]\d)
      | (?<=[A-Za-z][ ][OILoil]) (?=\d) | (?<=\d[OILoil]) (?=\d)
    )
    """,
    re.VERBOSE,
)
_MEANT = {"0": "O", "1": "I", "O": "0", "I": "1", "L": "1"}

# -- notes and titles --------------------------------------------------------------------------------

_NOTES = "|".join(sorted({"NOTAL", "NOFORN", "AIDAC", *CAPTIONS} - {"CORRECTED COPY"}, key=len, reverse=True))
_NOTE = re.compile(
    rf"""
    [\s,.-]{{0,8}} (?:
        \(? (?:ALL\s|BOTH\s)?
        (?P<captions> (?:{_NOTES}) (?: [\s,/]+ (?:AND\s)? (?:{_NOTES}) ){{0,4}} ) \b \s? \)?
      | \(? \s? (?: (?:AND|&)\s+ )?
        (?P<previous> PREVIOUS (?: \s+ (?:CABLES?|MESSAGES?|TELS?|REFTELS?) )? ) \b \s? \)?
      | \( C-[A-Z]{{2}}\d-\d{{3,6}} \)
      | ["“] (?P<quoted> [^"“”]{{1,400}} ) ["”]
      | \( \s? SUBJ(?:ECT)? \s? : \s* (?P<subject> [^()]{{1,400}} ) \)
      | \( (?P<round> (?!\s) [^()]{{4,400}} ) \)
      | \[ (?P<square> [^\[\]]{{4,400}} ) \]
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CAPTION = re.compile(rf"\b(?:{_NOTES})\b")  # in capitals
_QUOTED = re.compile(r"[\"“][^\"“”]{1,400}[\"”]|\[[^\[\]]{4,400}\]")

# Words that make an entry something else than a telegram, in order of trust.
_PATTERNS: tuple[tuple[ReferenceKind, str], ...] = (
    ("telcon", r"\b(?:REF)?TELE?CO[NM]S?\b|\b(?:TELE)?PHONE\b|\bPHONCON\b|\bCALLS?\b|\bCONVERSATION\b"),
    ("email", r"\bE-?MAILS?\b|\bE-?MAILED\b"),
    ("septel", r"\bSEPTELS?\b"),
    ("airgram", r"\bAIRGRAMS?\b"),
    ("letter", r"\bLETTERS?\b|\bLTRS?\b"),
    ("memo", r"\bMEM(?:O|OS|CON|CONS|ORANDUM|ORANDA)\b"),
    ("other", r"\b\d{6}Z\b"),  # USCINCRED 311345Z MAY 73: a military message, named by its date-time group
    (
        "document",
        r"\b(?:FAM|FAH|CFR|UNSCR|UNGA|IIR|FBIS|OSC|REPORTS?|NOTES?|PAPERS?|NON-?PAPER|FAX(?:ES)?|FACSIMILE"
        r"|RESOLUTION|CIRCULAR|DESPATCH|DISPATCH|OI|OM)\b|\bTDX?-|\bFAXED\b",
    ),
)
_KINDS = tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS)  # of capitals

_NO_POST = WORDS["no-post"] | WORDS["month"]  # LETTER OF 4, 12 FAM 540, MARCH 24
_FOR_A_TELEGRAM = r"(?:CABLE|TELEGRAM|TEL|TELNO|MESSAGE|MSG|NO|NR|NUMBER|SERIAL)"
_BEHIND_THE_POST = re.compile(rf"(?:['’]S)?(?:[\s.-]+{_FOR_A_TELEGRAM}\b)*[\s.-]*$", re.IGNORECASE)
_ENDS_OF_WORDS = frozenset("ELMOGRSelmogrs .-")  # how those words end; much quicker to see
_BETWEEN_WORDS = re.compile(r"[\s./]+")
_BLANKS_OR_STOPS = re.compile(r"[ .]+")
_NO_LETTERS = re.compile(r"[^A-Z]+")
_OPENS = re.compile(
    rf"(?:^|[\n;,:/&)\]\"”.-]|\bAND|\b{_FOR_A_TELEGRAM}|\bREFS?|\bREFTELS?)\s*$", re.IGNORECASE
)
_ENDS_A_PIECE = re.compile(r"[;\n]")
_GOES_ON_SO = re.compile(
    r"\s*(?:\d{6}Z|(?:OF|DATED|DTD|DTG|AND|TO|FROM|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)\b)"
)
_SHORTEST_GUESS = 5  # letters; of a shorter name a letter more or less makes another: USNA, USIA
_FULL_LINE = 45  # characters; a longer line may go on in the next (handbook 01: 55 to 69 a line)
_GOES_ON = re.compile(r"(?:[,/&-]|\b(?:AND|OF|TO|FROM|THE|ON|BY|WITH|FOR|RE))\s*$", re.IGNORECASE)
_DIRECTIONS = re.compile(r"(?:SENT\s|PASSED\s)?(?:TO|RPTD|REPEATED|INFO|FROM|VIA|ET AL)\b", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_ALNUM = re.compile(r"[^\W_]")
_EDGES = " \t\r\n,.:;-–/&"


def read(text: str, start: int, end: int, citing: Mrn, sent: str | None) -> tuple[Reference, ...]:
    """The entries of the REF block between two offsets (its label left out), in order.

    `citing` and `sent` are the cable's own number and date: a year that no entry states is inferred.
    An entry's place slices exactly its text, line ends and all.
    """
    block = text[start:end]
    by = Citing(citing, sent)
    plain = _plain(block, start, by)
    if plain:
        return plain
    reader = _Reader(block, start, by)
    for letter, first, last in _items(reader.block):
        reader.item(letter, first, last)
    return tuple(reader.found)


def _plain(block: str, offset: int, citing: Citing) -> tuple[Reference, ...]:
    """The common case: telegrams of known posts, their letters in order; nothing where any is more."""
    found = []
    at, end = 0, len(block)
    letter: str | None = None
    while at < end:
        match = _PLAIN.match(block, at)
        if match is None:
            return ()
        label = match["letter"]
        expected = "A" if letter is None else chr(ord(letter) + 1)
        if not is_known(match["post"]) or (label != expected and (label or letter)):
            return ()
        letter = label
        found.append(_plainly(match, label, match["text"], offset, citing))
        at = match.end()
    return tuple(found)


_STATED: tuple[str, ...] = ()
_INFERRED = ("year",)
_NOTAL = ("NOTAL",)


def _plainly(match: re.Match[str], letter: str | None, text: str, offset: int, citing: Citing) -> Reference:
    """The entry of a telegram in the common case, written as `text`."""
    post, serial, stated = token(match["post"]) or "", int(match["serial"]), match["year"]
    if stated:
        year: int | None = dtg.full_year(int(stated))
        inferred = _STATED
    else:
        year = citing.year_of(post, serial)
        inferred = _STATED if year is None else _INFERRED
    start = offset + match.start("text")
    return Reference(
        text,
        (start, start + len(text)),
        "telegram",
        letter,
        citing.id_of(year, post, serial),
        inferred,
        _NOTAL if match["notal"] else (),
        None,
        False,
        None,
        post,
        serial,
    )


def _even(block: str) -> str:
    """The block with mistyped digits and letters as meant, each character where it was."""
    return _MISTYPED.sub(lambda one: _MEANT[one[0].upper()], block)


def _without_page_lines(block: str) -> str:
    """The block with the relay's own lines made blank, everything else where it was."""
    if "\n" in block and any(sign in block for sign in _PAGE_SIGNS):
        return _PAGE_LINE.sub(lambda line: " " * len(line[0]), block)
    return block


def _items(block: str) -> Iterator[tuple[str | None, int, int]]:
    """The stretches of a block between its letters: letter, start, end.

    A letter counts at the start of a line or behind a separator if it is about the next one, and inside a
    line if it is the next one: `JOHN B. SMITH` has none.
    """
    letter: str | None = None
    start = 0
    for label in _LABEL.finditer(block):
        found = (label["ref"] or label["letter"] or label["bracketed"] or label["digit"]).upper()
        if label.start() < start or not _is_next(block, label, found, letter, start):
            continue
        if label.start() > start and not _is_empty(block[start : label.start()]):
            yield letter, start, label.start()
        letter, start = found, label.end()
    if not _is_empty(block[start:]):
        yield letter, start, len(block)


def _is_empty(words: str) -> bool:
    label = _WORD_REF.match(words)
    return not _ALNUM.search(words, label.end() if label else 0)


def _is_next(block: str, label: re.Match[str], found: str, last: str | None, start: int) -> bool:
    """Whether a letter can be the label of the next item, as far as it stands from the last one."""
    before = block[max(start, label.start() - 40) : label.start()].rstrip(" \t")
    opens = (
        label["sign"]
        or label["ref"]
        or not before
        or before[-1] in _BOUNDARIES
        or _WORD_REF.fullmatch(before)
    )
    if last is None:
        first = found in "A1" or (found in "BC" and bool(opens) and bool(before))
        return first and (bool(opens) or before[-1] in ",.)")
    if last.isdigit() != found.isdigit():
        return bool(opens) and found in "A1"
    step = int(found) - int(last) if found.isdigit() else ord(found) - ord(last)
    if opens:
        return 0 <= step <= 3 or found in "A1"  # the list begins anew
    return step == 1


def _without_words_behind(post: str) -> str:
    """A post without what may stand behind it: `DEPT'S`, `PARIS TEL NO.`."""
    return _BEHIND_THE_POST.sub("", post) if post[-1:] in _ENDS_OF_WORDS else post


class _Post(NamedTuple):
    """Who issued a telegram, and what of it was inferred."""

    name: str
    begin: int  # where in the words it begins
    inferred: tuple[str, ...] = ()


class _Reader:
    """What a block has given so far: entries, and the post that a bare number inherits."""

    def __init__(self, copied: str, offset: int, citing: Citing) -> None:
        block = _without_page_lines(copied.replace("\r", " ").replace("\t", " "))
        even = _even(block)
        self.copied = copied
        self.block = block
        self.even = even  # what patterns look at: as long as the block, page lines blank, typing put right
        self.quotes = any(sign in even for sign in '"“[')
        self.offset = offset
        self.citing = citing
        self.found: list[Reference] = []
        self.post: _Post | None = None  # of the last telegram
        self.year: int | None = None  # that the last telegram states

    def item(self, letter: str | None, start: int, end: int) -> None:
        """What stands behind one letter: telegrams with their notes and titles, and other documents."""
        plain = _PLAIN.fullmatch(self.even, start, end)
        if plain and plain["letter"] is None and is_known(plain["post"]) and int(plain["serial"]):
            entry = _plainly(plain, letter, self.copied[slice(*plain.span("text"))], self.offset, self.citing)
            stated = plain["year"]
            self.post, self.year = _Post(entry.post or "", 0), dtg.full_year(int(stated)) if stated else None
            self.found.append(entry)
            return
        head = _WORD_REF.match(self.block, start, end)
        start = head.end() if head else start
        done = start
        if self.post and (bare := _BARE.match(self.even, start, end)):
            done = self.run(letter, bare.span("serial"), int(bare["serial"]), ("post",), end)
        patterns = _ORDER if _AIRGRAM_SIGN.search(self.even, start, end) else _ORDER[1:]
        patterns = patterns if _DIGIT.search(self.even, start, end) else []
        ahead = [pattern.search(self.even, done, end) for pattern in patterns]
        titles = self.quoted(start, end)
        while match := min(filter(None, ahead), key=re.Match.start, default=None):
            had = len(self.found)
            after = 0
            title = bisect_right(titles, (match.start(), end + 1)) - 1
            if title < 0 or match.start() >= titles[title][1]:
                after = self.numbered(match, letter, done if done > start else None, end)
            if after:
                read = self.found[had:]
                del self.found[had:]
                self.between(letter, (done, read[0].span[0] - self.offset), done > start, before=True)
                self.found += read
                done = after
            resume = done if after else max(match.start() + 1, match.start("serial"))
            for index, one in enumerate(ahead):
                if one and (one is match or one.start() < done):
                    ahead[index] = patterns[index].search(self.even, resume, end)
        self.between(letter, (done, end), done > start, before=False)

    def quoted(self, start: int, end: int) -> list[Span]:
        """Titles in quotes or square brackets: no telegram of the list stands in one."""
        if not self.quotes:
            return []
        return [one.span() for one in _QUOTED.finditer(self.even, start, end)]

    def numbered(self, match: re.Match[str], letter: str | None, done: int | None, end: int) -> int:
        """Read the telegram or airgram at a match; where it ends with all that belongs to it, or 0."""
        if match.re is _AIRGRAM:
            return self.airgram(match, letter, end)
        if match.re is _NUMBER_FIRST:
            if not is_known(match["words"]):
                return 0
            self.post, self.year = _Post(token(match["words"]) or "", 0), None
            return self.run(letter, match.span(), int(match["serial"]), (), end)
        serial = int(match["serial"])
        post = self.post_in(match, done)
        if post is None or not serial:
            return 0
        if not is_known(match["words"][post.begin :]) and self.is_military(match, end):
            return 0
        whole = post.begin == 0
        stated = match["between"] or (match["before"] or match["bracketed"] if whole else None)
        begin = match.start("words") + post.begin
        if whole and (match["before"] or match["bracketed"]):
            begin = match.start()
        self.post, self.year = post, dtg.full_year(int(stated)) if stated else None
        return self.run(letter, (begin, match.end("serial")), serial, post.inferred, end)

    def is_military(self, match: re.Match[str], end: int) -> bool:
        """Whether a number is a date-time group, or has one behind it, as messages of commands have."""
        if _WITHOUT_ZONE.match(self.even, match.start("serial"), end):
            return True
        dated = date_behind(self.even, match.end("serial"), end)
        return dated is not None and dated.clock != ""

    def post_in(self, match: re.Match[str], done: int | None) -> _Post | None:
        """The post that the words before a serial name; None where they name none.

        A post of the table may stand behind other words where the item begins; any other, or a second one
        in an item, must follow a separator, for titles have cities and years too.
        """
        words = match["words"]
        if not is_known(words):  # ST. GEORGE'S is one, DEPT'S is not
            words = _without_words_behind(words)
        at = match.start("words")
        free = done is None
        for space in (None, *_BETWEEN_WORDS.finditer(words)):
            begin = space.end() if space else 0
            name = words[begin:]
            if not name or not (free or self.opened(at + begin if begin else match.start(), done)):
                continue
            if series := self.series(name):
                return _Post(series, begin, ("post",) if series == self.citing.mrn.station else ())
            if is_known(name):
                return _Post(token(name) or "", begin)
        money = self.even[match.end() : match.end() + 4]  # 11,502 is a count
        if not (free or self.opened(match.start(), done)) or (money[:1] == "," and money[1:].isdigit()):
            return None
        return self.unknown(words)

    def opened(self, at: int, done: int | None) -> bool:
        """Whether a new entry can begin here: behind a separator, or right behind the last telegram."""
        if done is not None and self.even[done:at].isspace():
            return True
        return _OPENS.search(self.even, max(0, at - 12), at) is not None

    def series(self, name: str) -> str | None:
        """Who issued `EMBTEL 593`, `DEPTEL 120`: the Department, or the citing post itself."""
        series = SERIES.get(name.upper().removesuffix("S"))
        if series is None:
            return None
        own = self.citing.mrn.station
        if series.sender in ("own", "embassy"):
            return own if own != "STATE" or series.sender == "own" else None
        return None if series.sender == "addressee" else series.sender

    def unknown(self, words: str) -> _Post | None:
        """A post that is in no table: the one known post that is meant, or its own letters."""
        parts = _NO_LETTERS.split(words.upper())
        if _NO_POST.intersection(parts) or len(words) < 3 or not words[0].isupper():
            return None
        meant = nearest(words) if len(words) >= _SHORTEST_GUESS else None
        if meant:
            return _Post(meant, 0, ("post",))
        shaped = words.isupper() and len(parts) <= 3 and not SERIES.keys() & set(parts)
        return _Post(token(words) or words, 0) if shaped else None

    def run(self, letter: str | None, place: Span, serial: int, inferred: tuple[str, ...], end: int) -> int:
        """A telegram and what stands behind it: its year, date and notes, and the next numbers of a run."""
        first = len(self.found)
        post, stated = self.post, self.year
        assert post is not None
        while True:
            at = place[1]
            year = stated
            if behind := self.year_behind(at, end, serial):
                year, at = behind
                self.year = stated = year
            dated = date_behind(self.even, at, end)
            if dated:
                at = dated.end
                year = dated.year or year
            inferring = year is None
            if year is None:
                year = self.citing.year_of(post.name, serial, dated.day if dated else "")
            said = (*inferred, "year") if inferring and year is not None else inferred
            self.found.append(
                self.entry(
                    (place[0], at),
                    "telegram",
                    letter,
                    id=self.citing.id_of(year, post.name, serial),
                    inferred=said,
                    sent=dated.sent(year) if dated else None,
                    post=post.name,
                    serial=serial,
                )
            )
            noted = self.notes(at, end, first)
            if noted > at:
                first = len(self.found)  # a note is for the numbers before it, back to the last note
            at = noted
            more = self.more(at, end)
            if more is None:
                return at
            place, serial = more.span("serial"), int(more["serial"])

    def year_behind(self, at: int, end: int, serial: int) -> tuple[int, int] | None:
        """A year behind the serial, and where it ends: `318 (04)`, `318-04`, `00318/04`, `318 04`."""
        match = _YEAR_BEHIND.match(self.even, at, end)
        if match is None:
            return None
        year = int(match[1] or match[2] or match[3])
        if match[1] is None and (not self.citing.is_past(year) or serial < 100 <= year < 1900):
            return None
        if match[1] is None and serial < 100 and match.end() - at == 3:
            return None  # KABUL 36/35 is a run
        return dtg.full_year(year), match.end()

    def more(self, at: int, end: int) -> re.Match[str] | None:
        """The next number of a run; None where it is the year or the number of something else."""
        match = _MORE.match(self.even, at, end)
        if match is None:
            return None
        after = self.even[match.end() : min(match.end() + 12, end)].lstrip(" \n").upper()
        if after[:1].isalpha() and not after.startswith(
            ("AND", "NOTAL", "OF ", "DTD", "DATED", "PREV", "TO ")
        ):
            return None  # PARIS 5, 75 STATE 9, and PARIS 5, 12 FAM 540
        return None if after.startswith("/") else match

    def notes(self, at: int, end: int, first: int) -> int:
        """Take notes and titles behind a telegram into the entry; where they end."""
        while note := _NOTE.match(self.even, at, end):
            last = self.found[-1]
            words = note["quoted"] or note["subject"] or note["round"] or note["square"]
            captions = tuple(_CAPTION.findall((note["captions"] or "").upper()))
            if words and note["round"] and _kind_of(words) == "other":  # a date-time group
                return at
            for index in range(first if captions else len(self.found) - 1, len(self.found)):
                one = self.found[index]
                self.found[index] = replace(
                    one,
                    captions=tuple(dict.fromkeys((*one.captions, *captions))),
                    previous=one.previous or (bool(note["previous"]) and one is last),
                    title=one.title or (" ".join(words.split()) if words and one is last else None),
                )
            at = note.end()
        return at

    def airgram(self, match: re.Match[str], letter: str | None, end: int) -> int:
        """An airgram has a series of its own and no telegram's id."""
        words = match["words"] or ""
        begin = match.start()
        post = _without_words_behind(words)
        cut = next((one.end() for one in _BLANKS_OR_STOPS.finditer(post) if is_known(post[one.end() :])), 0)
        known = is_known(post) or bool(cut)
        if words and not known:
            begin = match.start("words") + len(words) + 1
        elif cut and not is_known(post):
            begin = match.start("words") + cut
            post = post[cut:]
        dated = date_behind(self.even, match.end(), end)
        at = dated.end if dated else match.end()
        year = None
        if dated:
            year = dated.year or self.citing.year_of("", 0, dated.day)
        inferred = ("year",) if dated and dated.year is None and year is not None else ()
        self.found.append(
            self.entry(
                (begin, at),
                "airgram",
                letter,
                inferred=inferred,
                sent=dated.sent(year) if dated else None,
                post=token(post) if known else None,
            )
        )
        return self.notes(at, end, len(self.found) - 1)

    def between(self, letter: str | None, place: Span, behind: bool, before: bool) -> None:
        """What stands before, between and behind the telegrams of an item.

        `behind` and `before` say whether a telegram of the same item stands on either side.
        """
        start, end = place
        if not _ALNUM.search(self.block, start, end):
            return
        for first, last in self.pieces(letter, start, end):
            bare = self.block[first:last].strip(_EDGES)
            if bare[:4].upper() == "AND ":
                bare = bare[4:].lstrip()
            if not _ALNUM.search(bare):
                continue
            kind = _kind_of(bare)
            same_line = behind and first == start and "\n" not in self.block[start:last].rstrip()
            dashed = self.block[first:last].lstrip(" ")[:1] in ("-", "–", ":")
            if behind and first == start and (same_line or letter) and (kind is None or dashed):
                self.titled(bare)
            elif kind or not (behind or (before and last == end)):  # else about it: CAP, LA PAZ A-150
                self.other(letter, first, bare, kind or "other")

    def pieces(self, letter: str | None, start: int, end: int) -> Iterator[Span]:
        """Cut at `;`, and without letters at line ends too, but where a line goes on in the next."""
        at = line_start = start
        for match in _ENDS_A_PIECE.finditer(self.block, start, end):
            stop = match.start()
            if match[0] == "\n":
                line = self.block[line_start:stop].rstrip()
                line_start = stop + 1
                unfinished = (
                    len(line) >= _FULL_LINE
                    or _GOES_ON.search(line[-12:])
                    or _GOES_ON_SO.match(self.even, stop, end)
                )
                if letter or (unfinished and not line.endswith(".")):
                    continue
            yield at, stop
            at = stop + 1
        yield at, end

    def titled(self, words: str) -> None:
        """Words behind a telegram on its own line are its title, but for where it went."""
        last = self.found[-1]
        if last.title is None and len(words) > 3 and not _DIRECTIONS.match(words):
            self.found[-1] = replace(last, title=" ".join(words.strip("\"'()[]“” ").split()))

    def other(self, letter: str | None, first: int, bare: str, kind: ReferenceKind) -> None:
        """A document that is no telegram with a number."""
        begin = self.block.index(bare, first)
        sent = date_in(self.even, begin, begin + len(bare)) if _DIGIT.search(bare) else None
        captions = tuple(dict.fromkeys(_CAPTION.findall(bare.upper())))
        place = (begin, begin + len(bare))
        self.found.append(self.entry(place, kind, letter, captions=captions, sent=sent))

    def entry(self, place: Span, kind: ReferenceKind, letter: str | None, **fields: object) -> Reference:
        """An entry at a place of the block."""
        start, end = place
        text = self.copied[start:end]
        return Reference(text, (self.offset + start, self.offset + end), kind, letter, **fields)  # type: ignore[arg-type]


def _kind_of(words: str) -> ReferenceKind | None:
    upper = words.upper()
    for kind, pattern in _KINDS:
        if pattern.search(upper):
            return kind
    return None
