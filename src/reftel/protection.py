"""Names to be protected: found where the text asks for it, and masked wherever the cable tells them.

`Rudolf Rassendyll (strictly protect)` asks readers to hide who the source is (handbook 03, section 5). That
is no classification, and a release does not end it. In doubt more is masked rather than less.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeVar, cast

import msgspec
from msgspec.structs import replace

from reftel import stations, words
from reftel.cable import Cable, Distribution, Paragraph, Part, Reference, Release, Sender, Span, to_json
from reftel.clearance import is_spelling
from reftel.spelling import edits
from reftel.tables import rows

MASK = "[name protected]"
"""What stands for a name; the same for every name, so that it does not tell its length."""


REMARK = "Names in this cable are protected; the copy as received is not shown."
"""What is said beside a cable in which names are masked."""


class Name(msgspec.Struct, frozen=True):
    """The name of somebody who is to be protected, without his titles."""

    words: tuple[str, ...]  # as written: Rudolf, von, Rassendyll

    @property
    def text(self) -> str:
        """The name as one."""
        return " ".join(self.words)


# -- words that stand beside names, and are none ----------------------------------------------------------

_HONORIFICS = frozenset(
    "mr mrs ms miss mme madame monsieur dr prof professor sir lady herr frau don dona".split()
)


@lru_cache(maxsize=1)  # read when the first mark is met, not at every start of a command
def _vocabulary() -> tuple[dict[str, str], frozenset[str]]:
    """Each word beside names with its kind, and the words of plain English."""
    kinds = {word: row["kind"] for row in rows("persons") for word in row["words"].split()}
    kinds |= {key: "title" for row in rows("titles") for key in words.split(row["title"]) if len(key) > 1}
    return kinds, frozenset(word for row in rows("common_words") for word in row["words"].split())


def _kind(key: str) -> str | None:
    return _vocabulary()[0].get(key)


def _is_title(key: str) -> bool:
    return _kind(key) in {"title", "courtesy"}


def _is_common(key: str) -> bool:
    """Whether a word is one of plain English, or says what somebody is: no name by itself."""
    kinds, common = _vocabulary()
    return key in common or kinds.get(key, "particle") not in {"particle", "suffix"}


# -- atoms: the letters between all else -------------------------------------------------------------------

_ATOM = re.compile("(?:[^\\W_]|[\u0300-\u036f\u00ad])+")


class _Atom(NamedTuple):
    start: int
    end: int
    text: str
    key: str  # its plain small letters


def _key(text: str) -> str:
    return words.fold(text).replace(" ", "")


def _atoms(text: str) -> list[_Atom]:
    return [_Atom(*match.span(), match.group(), _key(match.group())) for match in _ATOM.finditer(text)]


def _is_mixed(text: str) -> bool:
    """Whether capitals tell names from other words; a stray small letter does not make it so."""
    small = sum(map(str.islower, text))
    return small > 0 and small * 5 > sum(map(str.isupper, text))


_GLUE = re.compile(r"-\s*|['’‘`´]|\s*\n\s*")  # Rassen-dyll | O'Brien | a word broken at the end of a line
_BLANK = re.compile(r"\s+|-\s*|['’‘`´]")
_POINT = re.compile(r"\.\s*")  # behind initials
_COMMA = re.compile(r"\s*,\s*")
_MOST = 8  # atoms of one name


# -- which names the text asks to protect ------------------------------------------------------------------

_MARK = re.compile(
    r"""
    (?P<opens> [(\[{<] | (?<![-\w]) -{1,2}\s | (?<![/\w:]) /{1,2} | \*{1,2} | ,(?=\s+(?:stri|please|pls)) )
    \s{0,9} ["'“”]? \s{0,9}
    (?: source \s{0,9}[-:,;]?\s{0,9} )?
    (?P<urged> (?:
        (?: str?i\w*ly | please | pls | plse | kindly | must | fully | always | highly ) [\s,;-]+
    )* )
    (?: (?: name | identity | source | contact )s? \s+    # identity to be strictly protected
        (?: to \s+ be | be | must \s+ be | is ) \s+ (?: strictly\s+ )?
    )?
    protect (?:ed)? \b
    (?P<rest> (?:
        [\s,;:.&/"'“”-]*
        \b(?: source | contact | name | identit | person | individual | author | speaker | interlocutor
            | both | all | two | three | four | five | his | her | their | him | them | these | those
            | throughout | through | out | strictly | fully | please | pls | as | from | at | times | of | the
            | and | or | to | do | not | cite | quote | disclos | extent | possible
            | anonym | confiden | informa | noforn
        ) [a-z]*
    )* )
    [\s;:.!"'“”]{0,9}
    (?P<closes> [)\]}>] | -{1,2} | /{1,2} | \*{1,2} | , )?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CLOSED_BY = {"(": ")]", "[": "])", "{": "}", "<": ">", "-": "-", "/": "/", "*": "*", ",": ","}
_REACH = 320  # characters before a mark in which its name is sought
_ENDS = re.compile(r"(?P<word>\S*?)[.!?;]['\")\]]*\s+|\n[ \t]*\n")
_PARTS = re.compile(r"\s*(,|&|/|:|[()\[\]{}]|--+|\s-\s|\b(?:and|or)\b)\s*", re.IGNORECASE)
_SEVERAL = re.compile(r"\b(?:both|all|them|these|those|two|three|four|five|\w+s)\b", re.IGNORECASE)
_PLACED = frozenset("of in at near".split())
_ARTICLES = frozenset("the a an his her our its their this that".split())


def protected_names(cable: Cable) -> tuple[Name, ...]:
    """The names that the cable's text marks `(strictly protect)` or the like, each once.

    `Rudolf Rassendyll, deputy mayor of Zenda (strictly protect)` gives Rudolf Rassendyll; `Sapt and
    Tarlenheim (protect both)` gives both; `British Ambassador (protect source)` names nobody.
    """
    if not _speaks_of_protecting(cable):
        return ()
    texts = dict.fromkeys(text for text in _strings(cable) if _is_about(text) and may_have_mark(text))
    return tuple(dict.fromkeys(name for text in texts for name in _marked(text)))


def _is_about(text: str) -> bool:
    return "rotect" in text or "ROTECT" in text


def _speaks_of_protecting(cable: Cable) -> bool:
    """A look so quick that it costs nothing for the many cables that do not."""
    for paragraph in cable.paragraphs:
        text = paragraph.text
        if ("rotect" in text or "ROTECT" in text) and may_have_mark(text):
            return True
        if paragraph.heading is not None and _is_about(paragraph.heading):
            return True
    header = (cable.subject, cable.signature, *cable.passing, *cable.tags_persons)
    return any(text is not None and _is_about(text) for text in header)


def _marks(text: str) -> Iterator[re.Match[str]]:
    for match in _MARK.finditer(text):
        opens, closes = match["opens"].strip()[:1], (match["closes"] or "")[:1]
        lost = match["urged"] and opens in "([{" and not closes  # its bracket
        if lost or (closes and closes in _CLOSED_BY[opens]):
            yield match


def _marked(text: str) -> Iterator[Name]:
    mixed = _is_mixed(text)
    last = 0
    for mark in _marks(text):
        before = text[max(last, mark.start() - _REACH) : mark.start()]
        masked = MASK in before
        before = before.rpartition(MASK)[2]
        several = _SEVERAL.search(mark["rest"]) is not None
        found = _in_front(before, mixed, several)
        if not found and not masked:
            found = _behind(text[mark.end() : mark.end() + _REACH], mixed) or _in_doubt(before, mixed)
        yield from found
        last = mark.end()


def _sentence(before: str) -> str:
    """What stands in front of a mark in the same sentence."""
    at = 0
    for end in _ENDS.finditer(before):
        word = _key(end["word"] or "").rpartition(" ")[2]
        # Mr. Sapt | R. Rassendyll | Lt. Col. Sapt: no sentence ends there
        if end["word"] is not None and before[end.end("word")] == "." and (len(word) < 2 or _is_title(word)):
            continue
        at = end.end()
    return before[at:]


class _Run(NamedTuple):
    """Words in a row that may be a name."""

    name: Name
    is_whole: bool  # nothing but titles stands beside it in its part of the sentence
    is_last: bool  # nothing but titles stands behind it
    is_placed: bool  # of Zenda, in Zenda
    is_institution: bool
    start: int


def _in_front(before: str, mixed: bool, several: bool) -> list[Name]:
    """The names that a mark is about: the last one in its sentence, and those listed with it.

    What stands behind `of` and `in` is a place or an institution where another name is there too.
    """
    found: list[Name] = []
    skipped = False
    pieces = _PARTS.split(_sentence(before))
    for at in range(len(pieces) - 1, -1, -2):
        runs = [run for run in _runs(pieces[at], mixed) if not (run.is_placed or run.is_institution)]
        if found:
            joined = pieces[at + 1].strip().lower()
            listed = joined != "," or several or (runs and runs[-1].is_whole)
            if not pieces[at].strip():  # Rassendyll, Sapt, and Tarlenheim
                continue
            if not (runs and runs[-1].is_last and listed):
                return found
        if runs:
            found.append(runs[-1].name)
            if skipped and not several:  # Rudolf Rassendyll, deputy mayor of Zenda
                return found
        skipped = skipped or (not found and bool(pieces[at].strip()))
    return found


def _in_doubt(before: str, mixed: bool) -> list[Name]:
    """Where no name is certain, whatever may be one: a friend of Sapt (protect); not a post's."""
    runs = [run for part in _PARTS.split(_sentence(before)) for run in _runs(part or "", mixed)]
    certain = [
        run.name
        for run in runs
        if not stations.is_known(run.name.text)
        and any(not (_is_common(_key(word)) or _is_acronym(word, mixed)) for word in run.name.words)
    ]
    return certain[-1:]


def _behind(after: str, mixed: bool) -> list[Name]:
    """The name right behind a mark: our contact (strictly protect) Rudolf Rassendyll."""
    part = re.split(r"[.;]", _PARTS.split(after.partition("\n\n")[0])[0])[0]
    runs = [run for run in _runs(part, mixed) if not run.is_institution]
    return [runs[0].name] if runs and not part[: runs[0].start].strip() and after[:1].isspace() else []


_LETTERED = re.compile(r"(?P<words>\b[^\W\d_]{4,} (?:[A-Z]|\d{1,2}|[A-Z]\d))$")
_LETTERS = "(?:[^\\W\\d_]|[\u0300-\u036f\u00ad])+"
_WORD = re.compile(rf"{_LETTERS}(?:(?:['’‘`´]|-(?:[ \t]*\n[ \t]*)?){_LETTERS})*")


def _runs(part: str, mixed: bool) -> list[_Run]:
    """The names, or what may be, in a part of a sentence, in order."""
    lettered = _LETTERED.search(part.rstrip())
    if lettered and _is_title(_key(lettered["words"].split()[0])):  # Contact A
        return [_Run(Name(tuple(lettered["words"].split())), False, True, False, False, lettered.start())]
    found = list(_WORD.finditer(part))
    keys = [_key(_bare(word.group())) for word in found]
    runs: list[_Run] = []
    at = 0
    while at < len(found):
        end = at
        while end < len(found) and _goes_on(part, found, keys, at, end, mixed):
            end += 1
        while end > at and _kind(keys[end - 1]) == "particle":
            end -= 1
        if end == at:
            at += 1
            continue
        run = _run(part, found, keys, at, end, mixed)
        if run is not None:
            runs.append(run)
        at = end
    return runs


def _bare(word: str) -> str:
    """Without the possessive."""
    return re.sub(r"['’‘`´][sS]?$", "", word)


def _goes_on(
    part: str, found: Sequence[re.Match[str]], keys: Sequence[str], at: int, end: int, mixed: bool
) -> bool:
    """Whether the word at `end` belongs to a name that begins at `at`."""
    if end > at:
        between = part[found[end - 1].end() : found[end].start()]
        initial = len(keys[end - 1]) == 1 or _kind(keys[end - 1]) == "suffix"
        if between.strip() and not (initial and between.strip() == "."):
            return False
        if "\n\n" in between:
            return False
    key, word = keys[end], found[end].group()
    kind = _kind(key)
    if kind == "particle":
        return end + 1 < len(found) or end > at
    if mixed:
        large = word[0].isupper() or (any(map(str.isupper, word)) and "-" in word) or "'" in word[:3]
        if not large or kind in {"title", "courtesy", "people", "calendar", "telegram"}:
            return False
        # The | Yesterday: a sentence begins so
        return end > at or not (_is_common(key) and not part[: found[end].start()].strip())
    if len(key) == 1:
        return end > at or word not in {"A", "I"}
    return not _is_common(key) or (end == at > 0 and keys[at - 1] in _HONORIFICS)


def _run(
    part: str, found: Sequence[re.Match[str]], keys: Sequence[str], at: int, end: int, mixed: bool
) -> _Run | None:
    names = [_bare(word.group()) for word in found[at:end]]
    rest = part[found[end - 1].end() :]
    placed = _is_placed(keys[:at])
    # Stephen King: a surname that is a title too; GEORGE BALL: one that is a word
    if end + 1 == len(found) and rest.strip() == found[end].group():
        follows = keys[end]
        surname = _is_title(follows) and rest.strip()[0].isupper() if mixed else _is_common(follows)
        if surname and not placed and _kind(follows) != "institution":
            names.append(_bare(found[end].group()))
    core = [key for key in keys[at:end] if _kind(key) not in {"particle", "suffix"}]
    if not any(len(key) > 1 for key in core):
        return None
    courtesy = at > 0 and _kind(keys[at - 1]) == "courtesy"
    last = core[-1]
    acronym = len(core) == 1 and not courtesy and _is_acronym(found[end - 1].group(), mixed)
    institution = _kind(last) == "institution" or acronym
    if len(core) == 1 and len(names) == 1 and not courtesy:
        alone = names[-1]
        placed = placed or stations.is_known(alone)
        if _is_common(last) and (not mixed or _is_title(last)):
            return None
    before, behind = keys[:at], keys[at + len(names) :]
    whole, ends = all(map(_is_beside, (*before, *behind))), all(map(_is_beside, behind))
    return _Run(Name(tuple(names)), whole, ends, placed, institution, found[at].start())


def _is_acronym(word: str, mixed: bool) -> bool:
    """UNESCO in a text of small letters, NTSC in any."""
    return word.isupper() and (len(word) < 6 if mixed else re.search("[AEIOUY]|[^A-Z]", word) is None)


def _is_beside(key: str) -> bool:
    return _is_title(key) or _kind(key) == "people" or key in _ARTICLES


def _is_placed(before: Sequence[str]) -> bool:
    """Whether what follows these words is where somebody is, or what he belongs to: mayor of the old."""
    for away, key in enumerate(reversed(before[-4:])):
        if key in _PLACED:
            return True
        if _is_title(key) or not (key in _ARTICLES or _is_common(key)) or away == 3:
            return False
    return False


# -- where a cable tells a name ---------------------------------------------------------------------------


class _Spelled(NamedTuple):
    """The spellings of names, as keys."""

    alone: frozenset[str]  # surnames and the like: enough by themselves
    large: frozenset[str]  # surnames that are plain words too: only with a capital
    given: frozenset[str]
    all: frozenset[str]  # every word of the names
    near: tuple[str, ...]  # surnames long enough to be known with a letter wrong
    phrases: tuple[tuple[str, ...], ...]


_UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
)


def _keys_of(word: str) -> Iterator[str]:
    """The keys of a word of a name: Müller, Mueller; the O'Brien of OBRIEN, the Sapt of al-Sapt."""
    yield _key(word)
    yield _key(word.translate(_UMLAUTS))
    parts = [_key(part) for part in re.split(r"[-'’‘`´\s]+", word)]
    if len(parts) > 1:
        yield from (part for part in parts if len(part) > 3 and not _is_common(part))


@lru_cache(maxsize=64)
def _spelled(names: tuple[Name, ...]) -> _Spelled:
    alone: set[str] = set()
    large: set[str] = set()
    given: set[str] = set()
    every: set[str] = set()
    phrases: set[tuple[str, ...]] = set()
    for name in names:
        core = [word for word in name.words if _kind(_key(word)) not in {"particle", "suffix"}]
        if not core:
            core = list(name.words)
        if any(len(_key(word)) == 1 for word in core[-1:]) and len(core) > 1:  # Contact A
            phrases.add(tuple(_key(word) for word in core))
            continue
        every.update(key for word in core for key in _keys_of(word))
        surnames = core[1:] if len(core) > 1 else core
        given.update(
            key for key in _keys_of(core[0]) if len(core) > 1 and len(key) > 2 and not _is_common(key)
        )
        if all(_is_common(_key(word)) for word in surnames):
            surnames = core  # DETCHARD YESTERDAY: who knows
        for word in surnames:
            for key in _keys_of(word):
                if len(key) < 2:
                    continue
                if not _is_common(key):
                    alone.add(key)
                elif not _is_title(key) and _kind(key) is None:
                    large.add(key)
        at = name.words.index(core[-1])
        before = [_key(word) for word in name.words[:at]]
        if before and _kind(before[-1]) == "particle":  # Vanreeven
            alone.add(before[-1] + _key(core[-1]))
        if len(core) > 1:
            keys = tuple(_key(word) for word in core)
            phrases |= {keys, keys[::-1], (keys[0], keys[-1]), (keys[-1], keys[0])}
    near = tuple(sorted(key for key in alone if len(key) > 5))
    longest = tuple(sorted(phrases, key=len, reverse=True))
    return _Spelled(frozenset(alone), frozenset(large), frozenset(given), frozenset(every), near, longest)


def places(text: str, names: tuple[Name, ...]) -> list[Span]:
    """Where a text tells one of the names, in any of its spellings; in order, none within another.

    What stands in a mask is none: somebody may be called Name.
    """
    spelled, mixed = _spelled(names), _is_mixed(text)
    found: list[Span] = []
    start = 0
    for piece in text.split(MASK):
        found += [(start + first, start + end) for first, end in _places(piece, spelled, mixed)]
        start += len(piece) + len(MASK)
    return found


def _places(text: str, spelled: _Spelled, mixed: bool) -> list[Span]:
    atoms = _atoms(text)
    found: list[Span] = []
    at = 0
    while at < len(atoms):
        end = _told(text, atoms, at, spelled, mixed)
        if not end:
            at += 1
            continue
        first, end = _further(text, atoms, at, end, spelled, mixed)
        start = atoms[first].start
        if found and (start <= found[-1][1] or _BLANK.fullmatch(text[found[-1][1] : start])):
            start = found.pop()[0]
        found.append((start, atoms[end - 1].end))
        at = end
    return found


def _told(text: str, atoms: Sequence[_Atom], at: int, spelled: _Spelled, mixed: bool) -> int:
    """Where a name ends that begins at this atom; 0 where none does."""
    return _phrase(text, atoms, at, spelled) or _surname(text, atoms, at, spelled, mixed)


def _between(text: str, atoms: Sequence[_Atom], at: int) -> str:
    """What stands before an atom, up to the one before."""
    return text[atoms[at - 1].end : atoms[at].start]


def _phrase(text: str, atoms: Sequence[_Atom], at: int, spelled: _Spelled) -> int:
    """Where a name with all its words ends that begins at this atom; 0 where none does."""
    for keys in spelled.phrases:
        end, rest = at, list(keys)
        while rest and end < len(atoms):
            between = _between(text, atoms, end) if end > at else " "
            sep = _BLANK.fullmatch(between) or _POINT.fullmatch(between) or _COMMA.fullmatch(between)
            if end > at and not sep:
                break
            key = atoms[end].key
            if rest[0].startswith(key) and key != rest[0]:
                # a word of the name that is several atoms: al-Sapt, O'Brien
                rest[0] = rest[0][len(key) :]
            elif key == rest[0]:
                rest.pop(0)
            elif not (end > at and (_kind(key) == "particle" or len(key) == 1)):
                break
            end += 1
        if not rest:
            return end
    return 0


def _surname(text: str, atoms: Sequence[_Atom], at: int, spelled: _Spelled, mixed: bool) -> int:
    """Where a surname ends that begins at this atom; 0 where none does."""
    key, joined = "", []
    for end in range(at, min(at + 4, len(atoms))):
        if end > at and not _GLUE.fullmatch(_between(text, atoms, end)):
            break
        if end > at and atoms[end].key == "s" and not text[atoms[end - 1].end].isspace():
            break  # Rassendyll's
        key += atoms[end].key
        joined.append((key, end + 1))
    for key, end in reversed(joined):
        if key in spelled.alone or (key.endswith("s") and len(key) > 4 and key[:-1] in spelled.alone):
            return end
    for key, end in joined:
        if len(key) > 4 and any(_is_near(key, known) for known in spelled.near) and not _is_common(key):
            return end
    one = atoms[at]
    if one.key in spelled.large and one.text[0].isupper():
        before = text[max(0, one.start - 9) : one.start].rstrip()
        sentence = not before or before[-1] in ".!?:"
        titled = at > 0 and _kind(atoms[at - 1].key) == "courtesy"
        if titled or (mixed and not sentence):
            return at + 1
    if one.key in spelled.given and one.text[0].isupper() and _is_by_itself(text, atoms, at, spelled, mixed):
        return at + 1
    return 0


def _is_near(key: str, known: str) -> bool:
    """A letter wrong, lost, added or swapped; or initials glued in front: MRRASSENDYLL."""
    if key.endswith(known) and len(key) - len(known) <= 2:
        return True
    return abs(len(key) - len(known)) <= 1 and edits(key, known) <= 1


def _is_by_itself(text: str, atoms: Sequence[_Atom], at: int, spelled: _Spelled, mixed: bool) -> bool:
    """Whether a given name is no part of somebody else's name."""
    for other in (at - 1, at + 1):
        if 0 <= other < len(atoms):
            between = _between(text, atoms, max(at, other))
            if _BLANK.fullmatch(between) and _may_be_name(atoms[other], spelled, mixed=mixed):
                return atoms[other].key in spelled.all
    return True


def _may_be_name(atom: _Atom, spelled: _Spelled, *, mixed: bool) -> bool:
    """Whether a word beside a name may belong to it."""
    if atom.key in spelled.all:
        return True
    if not atom.key.isalpha() or _is_common(atom.key):
        return False
    if len(atom.key) == 1:
        return atom.text.isupper() and (mixed or atom.key not in "ai")
    return atom.text[0].isupper() and not stations.is_known(atom.text)


def _further(
    text: str, atoms: Sequence[_Atom], first: int, end: int, spelled: _Spelled, mixed: bool
) -> tuple[int, int]:
    """A name with its initials, given names and particles on both sides."""
    while first and end - first < _MOST and _belongs_before(text, atoms, first, spelled, mixed):
        first -= 1
    while end < len(atoms) and end - first < _MOST:
        told = _told(text, atoms, end, spelled, mixed)
        if told and _BLANK.fullmatch(_between(text, atoms, end)):
            end = told
        elif _belongs_behind(text, atoms, end, spelled, mixed):
            end += 1
        else:
            break
    return first, end


def _belongs_before(text: str, atoms: Sequence[_Atom], first: int, spelled: _Spelled, mixed: bool) -> bool:
    """Whether the atom before a name is a part of it: R. Rassendyll, Karl Sapt, von Tarlenheim."""
    before, between = atoms[first - 1], _between(text, atoms, first)
    if "\n\n" in between:
        return False
    if not (_BLANK.fullmatch(between) or (len(before.key) == 1 and _POINT.fullmatch(between))):
        return False
    return _kind(before.key) == "particle" or _may_be_name(before, spelled, mixed=mixed)


def _belongs_behind(text: str, atoms: Sequence[_Atom], end: int, spelled: _Spelled, mixed: bool) -> bool:
    """Whether the atom behind a name is a part of it: RASSENDYLL, RUDOLF K., Sapt Jr."""
    behind, between = atoms[end], _between(text, atoms, end)
    known = behind.key in spelled.all or _kind(behind.key) == "suffix"
    known = known or (len(behind.key) == 1 and behind.key not in "ais" and behind.text.isupper())
    if "\n\n" in between:
        return False
    if between.isspace() or between.startswith("-"):
        return known or (mixed and _may_be_name(behind, spelled, mixed=True))
    if _COMMA.fullmatch(between) and known and behind.key not in spelled.alone:
        another = end + 1 < len(atoms) and _told(text, atoms, end + 1, spelled, mixed)
        return behind.text[0].isupper() and not another  # Rassendyll, R. Rassendyll
    return bool(_POINT.fullmatch(between)) and known and len(atoms[end - 1].key) == 1


# -- the mask ----------------------------------------------------------------------------------------------

_IDENTITY: Mapping[type, frozenset[str]] = {
    Cable: frozenset("id key aliases mrn era sent sent_basis spans defects copy redactions".split()),
    Sender: frozenset({"station"}),
    Reference: frozenset("id kind post inferred".split()),
    Paragraph: frozenset("anchor voice".split()),
    Part: frozenset({"voice"}),
    Release: frozenset("status basis".split()),
    Distribution: frozenset({"direction"}),
}
"""Fields that say which cable it is, or are words of ours: no name stands in them."""

_T = TypeVar("_T")


def mask_text(text: str, names: tuple[Name, ...]) -> str:
    """A text with the mask in place of the names."""
    return _masked(text, places(text, names))


def _masked(text: str, found: Iterable[Span]) -> str:
    pieces, at = [], 0
    for first, end in found:
        pieces += [text[at:first], MASK]
        at = end
    return "".join((*pieces, text[at:]))


def mask(cable: Cable, names: Iterable[Name]) -> Cable:
    """The cable with the names masked in every string, in all their spellings.

    What tells of the copy goes with them, since nobody may read all of it: the places, the damages, the
    name of the file. A cable that tells none of the names is returned as it is.
    """
    names = tuple(names)
    if not names:
        return cable
    seen: dict[str, str] = {}

    def masked(text: str) -> str:
        if text not in seen:
            seen[text] = mask_text(text, names)
        return seen[text]

    left = _mapped(cable, masked, names)
    if left == cable and not any(masked(alias) != alias for alias in _told_of_copy(cable)):
        return cable
    return replace(
        left,
        aliases=tuple(alias for alias in cable.aliases if is_spelling(alias, cable)),
        references=tuple(replace(reference, span=(0, 0)) for reference in left.references),
        paragraphs=tuple(map(_without_places, left.paragraphs)),
        spans={},
        defects=(),
        copy=None,
        redactions=(),
    )


def _told_of_copy(cable: Cable) -> Iterator[str]:
    yield from (alias for alias in cable.aliases if not is_spelling(alias, cable))
    yield from (defect.message for defect in cable.defects)
    yield from (redaction.text for redaction in cable.redactions)
    yield cable.key
    if cable.copy:
        yield cable.copy.locator


def _without_places(paragraph: Paragraph) -> Paragraph:
    return replace(paragraph, spans=(), parts=tuple(replace(part, spans=()) for part in paragraph.parts))


def _mapped(value: _T, masked: Callable[[str], str], names: tuple[Name, ...]) -> _T:
    """A record with every string of it masked, but for those that say which cable it is."""
    if isinstance(value, str):
        return cast(_T, masked(value))
    if isinstance(value, Paragraph):
        return cast(_T, _mapped_paragraph(value, masked, names))
    if isinstance(value, tuple):
        return cast(_T, tuple([_mapped(each, masked, names) for each in value]))
    if isinstance(value, Mapping):
        return cast(_T, {key: _mapped(each, masked, names) for key, each in value.items()})
    if isinstance(value, msgspec.Struct):
        kept = _IDENTITY.get(type(value), frozenset())
        fields = [field for field in value.__struct_fields__ if field not in kept]
        return replace(value, **{field: _mapped(getattr(value, field), masked, names) for field in fields})
    return value


def _mapped_paragraph(
    paragraph: Paragraph, masked: Callable[[str], str], names: tuple[Name, ...]
) -> Paragraph:
    """A paragraph masked as one, so that a name which runs from one part into the next is masked too.

    The text still holds the texts of its parts, in order.
    """
    heading, of_heading, marking = _mapped(
        (paragraph.heading, paragraph.heading_marking, paragraph.marking), masked, names
    )
    found = places(paragraph.text, names)
    parts, at = [], 0
    for part in paragraph.parts:
        start = paragraph.text.find(part.text, at)
        if start < 0:  # not as it stands there: by itself
            text = masked(part.text)
        else:
            at = start + len(part.text)
            text = _part_of(paragraph.text, found, start, at) if found else part.text
        parts.append(replace(part, text=text, marking=_mapped(part.marking, masked, names)))
    return replace(
        paragraph,
        heading=heading,
        heading_marking=of_heading,
        marking=marking,
        text=_masked(paragraph.text, found),
        parts=tuple(parts),
    )


def _part_of(text: str, found: Iterable[Span], start: int, end: int) -> str:
    """A stretch of a masked text: a mask that begins in it is its own, one that began before is not."""
    pieces, at = [], start
    for first, last in found:
        if last <= start or first >= end:
            continue
        if first >= start:
            pieces += [text[at:first], MASK]
        at = max(at, min(last, end))
    return "".join((*pieces, text[at:end]))


def _strings(value: object) -> Iterator[str]:
    """Every string of a record."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _strings(each)
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from _strings(getattr(value, field))


# -- names that an owner lists ------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def name_of(text: str) -> Name | None:
    """A name as an owner writes it: `Colonel Sapt`, `RASSENDYLL, Rudolf`. None where no name is in it."""
    last, comma, first = text.partition(",")
    written = f"{first} {last}" if comma else text
    each = [_bare(word.group()) for word in _WORD.finditer(written)]
    while len(each) > 1 and _is_title(_key(each[0])):
        each.pop(0)
    keys = [_key(word) for word in each]
    certain = any(len(key) > 1 and _kind(key) != "particle" for key in keys)
    if not certain or all(map(_is_title, keys)) or (len(keys) == 1 and _is_common(keys[0])):
        return None
    return Name(tuple(each))


@lru_cache(maxsize=16)
def _hints(names: tuple[Name, ...]) -> tuple[str, ...]:
    """What stands in the letters of a text wherever one of the names may be told.

    Of a long surname one half is always whole, also with a letter wrong.
    """
    spelled = _spelled(names)
    hints: set[str] = set()
    for key in (*spelled.alone, *spelled.large, *spelled.given):
        hints |= {key[: len(key) // 2], key[len(key) // 2 :]} if len(key) > 5 else {key}
    hints |= {"".join(keys) for keys in spelled.phrases if not spelled.alone.intersection(keys)}
    return tuple(sorted(hints, key=len))


_BROKEN_MARK = re.compile(
    r"r\W{0,4}o\W{0,4}t\W{0,4}e\W{0,4}c\W{0,4}t (?:\W{0,4}e\W{0,4}d)? (?![a-z])", re.IGNORECASE | re.VERBOSE
)


# what stands between the bracket, or the dash, that opens a mark and the word itself
_LEAD = re.compile(
    r"[(\[{<] [^()\[\]{}]{0,80} $ | (?: [*/] | -\s | ,\s+(?:str|ple|pls) ) [^()\[\]{}.]{0,32} $",
    re.IGNORECASE | re.VERBOSE,
)
_LONGEST = 90  # letters of it


def may_have_mark(text: str) -> bool:
    """Whether a text may hold a mark, with a break in it perhaps; never wrong where it says no."""
    return any(
        _LEAD.search(text[max(0, mark.start() - _LONGEST) : mark.start()])
        for mark in _BROKEN_MARK.finditer(text)
    )


def may_tell(text: str, names: tuple[Name, ...]) -> bool:
    """Whether a text may tell one of the names: quick, and never wrong where it says no."""
    letters = words.fold(text).replace(" ", "")
    return any(hint in letters for hint in _hints(names))


def names_in(cable: Cable, *, marked: bool = True, listed: tuple[str, ...] = ()) -> tuple[Name, ...]:
    """What is to be masked in a cable: names that its text marks, and listed ones that it may tell."""
    names = protected_names(cable) if marked else ()
    others = _all_named(listed)
    if others and may_tell(to_json(cable).replace(b"\\n", b" ").decode(), others):
        names = (*names, *others)
    return names


@lru_cache(maxsize=16)
def _all_named(listed: tuple[str, ...]) -> tuple[Name, ...]:
    return tuple(name for name in map(name_of, listed) if name is not None)


def is_masked(cable: Cable) -> bool:
    """Whether names are masked in what is seen of a cable, so that its copy is shown to nobody."""
    return cable.copy is None and any(MASK in text for text in _strings(cable))
