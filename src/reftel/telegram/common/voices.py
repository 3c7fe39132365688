"""Who speaks in a paragraph: summary, report, comment, request (handbook 05, section 4)."""

import re
from collections.abc import Sequence

from reftel.cable import Span, Voice
from reftel.markings import is_entire_text
from reftel.tables import rows
from reftel.telegram.common.lines import places_of

_OPENINGS: tuple[tuple[str, Voice], ...] = (
    ("summary", "summary"),
    ("begin summary", "summary"),
    ("comment", "comment"),
    ("begin comment", "comment"),
    ("embassy comment", "comment"),
    ("post comment", "comment"),
    ("action request", "action"),
    ("action requested", "action"),
    ("action required", "action"),
    ("action:", "action"),
    ("request for action", "action"),
    ("note:", "note"),
    ("begin note", "note"),
    ("participants", "admin"),
    ("begin text", "quoted"),
    ("classified by", "admin"),
)
_BEGINNINGS = {
    beginning: tuple(one for one in _OPENINGS if one[0].startswith(beginning))
    for beginning in {opening[:4] for opening, _ in _OPENINGS}
}
"""The openings by their first four letters."""
_HEADINGS = {opening + plural: voice for opening, voice in _OPENINGS for plural in ("", "s")}
_ADMIN = (
    "minimize considered",
    "has cleared this message",
    "has cleared this cable",
    "has cleared this telegram",
    "opportunity to clear this",
)
_ADMIN_LENGTH = 160  # longer paragraphs only mention such words in passing

_STATED = 60  # `SECRET - ENTIRE TEXT.` and the like are shorter
_SEVERAL = re.compile(r"\s*(?:/|&|\band\b)\s*")  # SUMMARY AND ACTION REQUEST: the first of them speaks

_MORE_OF_BEGIN = frozenset(("EGIN ", "egin "))
_QUOTED = "|".join(sorted((row["word"] for row in rows("quotations")), key=len, reverse=True))
# BEGIN TEXT: | UEGIN TEXT: | (Begin unofficial translation) | BEGIN SUGGESTED DRAFT LETTER.
_BEGIN_QUOTED = re.compile(
    rf"\b(?-i:[A-Z])EGIN (?:[A-Za-z'-]+\s){{0,4}}(?P<what>{_QUOTED})\b"
    r"(?:\s+(?:OF|FROM)(?:\s[A-Z0-9'-]+){1,6})?(?=[\s]*[:.)\]\n]|\s*\Z)",
    re.IGNORECASE,
)
END_QUOTED = re.compile(
    rf"\bEND (?:OF )?(?:[A-Za-z'-]+\s){{0,4}}(?P<what>{_QUOTED})\b"
    r"(?:\s+(?:OF|FROM)(?:\s[A-Z0-9'-]+){1,6}|[ ]NOTE\b)?[ .:\"]{0,2}[)\]]?",
    re.IGNORECASE,
)
_BEFORE_QUOTE = re.compile(r"(?:[:.][ ]{0,9}\n|FOLLOWS:)\s{0,40}\Z")
_MOST_BEFORE_QUOTE = 60
_BEHIND_QUOTE = frozenset(" \n\t\r:.")
_QUOTE_WORDS = re.compile(r"\b(?:(?P<un>UN|END )QUOTE\b[ .]{0,2}|QUOTE\b)")

# of a further block | of words inside | the last of a block, or amid a line
_QUOTATION_MARK = re.compile(
    r"""
    (?P<block> \n [ \t]* \n [ \t]{0,60} " )
  | (?P<opens> (?<=[\s(]) " (?=\S) )
  | " (?P<last> [.)]? [ \t]* (?= \n [ \t]* (?: \n | \d ) | \Z ) )?
    """,
    re.VERBOSE,
)

_LONGEST_LEAD = 24  # what stands before the word in `(BEGIN EMBASSY COMMENT:` and `END OF COMMENT.)`
_LEADING = frozenset({"BEGIN", "EMBASSY", "POST"})
_BEHIND = re.compile(r"\s*[:.]\s")  # a word that opens an aside; in prose it goes on otherwise
_END_MARK = re.compile(r"[ .]{0,2}[)\]]?")
_WHOLE = ("End comment.", "End Comment.", "END COMMENT.")
Places = list[tuple[int, int, Voice]]
"""Of words that open or end a passage: offset, length, the voice that they announce."""
Reach = tuple[int, int, Voice]
"""A passage that may go over several paragraphs: from where to where, and whose voice it is."""


def announced(text: str) -> Voice | None:
    """The voice that first words such as SUMMARY and `(Comment` announce; None where they announce none."""
    at = 1 if text[:1] == "(" else 0
    openings = _BEGINNINGS.get(text[at : at + 4].lower())
    if openings:
        start = text[at : at + 48].lower()
        for opening, voice in openings:
            if start.startswith(opening) and not start[len(opening) : len(opening) + 1].isalpha():
                return voice
    return None


def opening_voice(text: str) -> Voice | None:
    """The voice of a paragraph that its first words announce, or all its words if they are few."""
    voice = announced(text)
    if voice is None and len(text) < _ADMIN_LENGTH:
        lower = text.lower()
        for words in _ADMIN:
            if words in lower:
                return "admin"
        if len(text) < _STATED and is_entire_text(text):
            return "admin"
    return voice


def heading_voice(heading: str) -> Voice | None:
    """The voice that a heading such as COMMENT or `Summary` gives to what stands below it."""
    words = heading.strip(" :-.").lower()
    if words[:4] not in _BEGINNINGS:
        return None
    return _HEADINGS.get(words) or _HEADINGS.get(_SEVERAL.split(words, maxsplit=1)[0])


def places(text: str, start: int, end: int) -> Places:
    """Where the words COMMENT and NOTE stand by themselves between two offsets, in order.

    They are looked for once in a whole text, for `passages` of each of its paragraphs.
    """
    found: Places = []
    for rest in ("OMMENT", "omment"):
        found += _words(text, start, end, rest, "comment")
    if text.find("NOTE", start, end) >= 0 or text.find("ote:", start, end) >= 0:
        for rest in ("OTE", "ote"):
            found += _words(text, start, end, rest, "note")
    found.sort()
    return found


def _words(text: str, start: int, end: int, rest: str, said: Voice) -> Places:
    """Where a word stands whose first letter may be of either case, given without it."""
    found: Places = []
    at = text.find(rest, start + 1, end)
    while at >= 0:
        if text[at - 1] in "CcNn" and not (at - 1 > start and text[at - 2].isalpha()):
            found.append((at - 1, len(rest) + 1, said))
        at = text.find(rest, at + 1, end)
    return found


def reaches(text: str, start: int, end: int, words: Places, quotes: Sequence[int]) -> list[Reach]:
    """The passages between two offsets that an END closes: quoted texts, and comments and notes.

    They go through as many paragraphs as stand between. `words` are the places of COMMENT and NOTE there,
    `quotes` those of quotation marks that open a block below a colon: the texts that they close are told too.
    In order; none overlaps another, and the outermost is told.
    """
    found = _quoted(text, start, end)
    if text[start : start + 200].isupper() and text.find("UNQUOTE", start, end) >= 0:
        found = [*found, *_between_quotes(text, start, end)]
    if quotes and (apart := _set_apart(text, end, quotes)):
        found = [*found, *apart]
    if words and (closed := _closed(text, words)):
        found = [*found, *closed]
    if len(found) > 1:
        found.sort()
        outer: list[Reach] = []
        for one in found:
            if not outer or one[0] >= outer[-1][1]:
                outer.append(one)
        return outer
    return found


def _quoted(text: str, start: int, end: int) -> list[Reach]:
    """From each BEGIN TEXT to the END of its own kind, else to the next END of any."""
    if text[start : start + 200].isupper():
        begins = _at_words(text, start, end, ("EGIN", "Begin"), _BEGIN_QUOTED)
    else:  # of mixed letters few are a B, which is found much quicker
        places = places_of(text, "B", _MORE_OF_BEGIN, start, end)
        begins = [one for at in places if (one := _BEGIN_QUOTED.match(text, at, end))]
    if not begins:
        return _NO_REACH
    ends = _at_words(text, begins[0].end(), end, ("END ", "End "), END_QUOTED)
    endings = [(one.start(), one.end(), one["what"].upper()) for one in ends]
    found: list[Reach] = []
    stop, following = start, 0
    for begin in begins:
        first = begin.start()
        first -= first > start and text[first - 1] in '(["'
        if first < stop or not _opens_sentence(text, first):
            continue
        while following < len(endings) and endings[following][0] < begin.end():
            following += 1
        near = endings[following : following + _MOST_WITHIN]
        if near:
            own = next((one for one in near if one[2] == begin["what"].upper()), near[0])
            stop = own[1]
            found.append((first, stop, "quoted"))
    return found


def _at_words(
    text: str, start: int, end: int, words: tuple[str, str], pattern: re.Pattern[str]
) -> list[re.Match[str]]:
    """What a pattern reads where one of two words stands; of BEGIN the first letter may be wrong."""
    found: list[re.Match[str]] = []
    for word in words:
        first = word == "EGIN"
        at = text.find(word, start + first, end)
        while at >= 0:
            if one := pattern.match(text, at - first, end):
                found.append(one)
            at = text.find(word, at + 1, end)
    found.sort(key=re.Match.start)
    return found


def _between_quotes(text: str, start: int, end: int) -> list[Reach]:
    """`TEXT OF NOTE FOLLOWS:` and QUOTE, to its UNQUOTE; words quoted inside are left where they are."""
    found: list[Reach] = []
    stop = start
    at = text.find("QUOTE", start, end)
    while at >= 0:
        opened, depth = at, 0
        at = text.find("QUOTE", at + 1, end)
        before = text[max(start, opened - _MOST_BEFORE_QUOTE) : opened]
        if (
            opened < stop
            or text[opened + 5 : opened + 6] not in _BEHIND_QUOTE
            or not _BEFORE_QUOTE.search(before)
        ):
            continue
        for word in _QUOTE_WORDS.finditer(text, opened, end):
            depth += -1 if word["un"] else 1
            if not depth:
                stop = word.end()
                found.append((opened, stop, "quoted"))
                break
        else:
            return found
    return found


def _set_apart(text: str, end: int, quotes: Sequence[int]) -> list[Reach]:
    """A text in quotation marks below a colon: from its first mark to the mark that ends a block.

    Each further block of it begins with a mark too; words quoted inside are passed over.
    """
    found: list[Reach] = []
    done = 0
    for first in quotes:
        if first < done:
            continue
        inside = False
        for mark in _QUOTATION_MARK.finditer(text, first + 1, end):
            done = mark.end()
            if mark["opens"]:
                inside = True
            elif mark["block"]:
                if inside:
                    break
            elif inside:
                inside = False
            else:
                if mark["last"] is not None:  # else it ends amid a line: some words of the report
                    found.append((first, done, "quoted"))
                break
        else:
            return found
    return found


def _closed(text: str, words: Places) -> list[Reach]:
    """From COMMENT to END COMMENT, over whatever stands between."""
    found: list[Reach] = []
    before: Places = []  # since the last END
    for word, length, said in words:
        lead = text[max(0, word - 20) : word].upper()
        if "END" not in lead or "END" not in lead.split()[-2:]:
            before.append((word, length, said))
            continue
        # within a paragraph there are no blank lines, or few: `passages` reads it
        apart = before and (
            text.find("\n\n", before[0][0], word) >= 0 or text.find("\n ", before[0][0], word) >= 0
        )
        if apart and (opened := _opening(text, before, said)) is not None:
            mark = _END_MARK.match(text, word + length)
            found.append((opened, mark.end() if mark else word + length, said))
        before = []
    return found


def _opening(text: str, words: Places, voice: Voice) -> int | None:
    """Where the last of some words of a voice opens a passage."""
    for word, length, said in reversed(words):
        if said == voice and _BEHIND.match(text, word + length):
            first, _ = _lead(text, word)
            if text[first] in "([" or _opens_sentence(text, first):
                return first
    return None


_NO_REACH: list[Reach] = []
_MOST_WITHIN = 12  # texts quoted within a quoted text


def laid_over(cuts: list[tuple[Span, Voice]], over: list[Reach]) -> list[tuple[Span, Voice]]:
    """Passages of a paragraph with those laid over them that come from outside; offsets are its own."""
    found: list[tuple[Span, Voice]] = [((start, stop), said) for start, stop, said in over]
    following = 0
    for (begin, stop), said in cuts:
        at = begin
        while following < len(over) and over[following][0] < stop:
            found.append(((at, over[following][0]), said))
            at = max(at, over[following][1])
            if at > stop:
                break
            following += 1
        found.append(((at, stop), said))
    return sorted(one for one in found if one[0][0] < one[0][1])


def passages(text: str, voice: Voice, words: Places) -> list[tuple[Span, Voice]]:
    """A paragraph's text cut where its voice changes; one piece where it does not.

    `words` are the places in it of COMMENT and NOTE. Offsets are into `text`, in order and without gaps but
    for white space. One pass, whatever the text.
    """
    if not words or (voice == "comment" and len(words) == 2 and text.endswith(_WHOLE)):
        return [((0, len(text)), voice)]  # a comment from its first word to its last is one piece too
    found = _asides(text, words)
    if not found:
        return [((0, len(text)), voice)]
    outside: Voice = "report" if any(kind == voice for _, kind in found) else voice
    pieces: list[tuple[Span, Voice]] = []
    done = 0
    for (start, end), kind in found:
        pieces += [((done, start), outside), ((start, end), kind)]
        done = end
    pieces.append(((done, len(text)), outside))
    return [piece for piece in pieces if text[piece[0][0] : piece[0][1]].strip()]


def _asides(text: str, words: Places) -> list[tuple[Span, Voice]]:
    """The comments and notes inside a text: to their end mark, their closing parenthesis or its end."""
    found: list[tuple[Span, Voice]] = []
    kind: Voice | None = None
    start = limit = 0
    for word, length, said in words:
        if kind is not None and word > limit:
            found.append(((start, limit), kind))
            kind = None
        first, ends = _lead(text, word)
        if kind is None and not ends:
            opens = text[first] in "([" or _opens_sentence(text, first)
            if opens and _BEHIND.match(text, word + length):
                kind, start = said, first
                limit = _closing(text, start) if text[first] in _CLOSING else len(text)
        elif kind == said and ends:
            mark = _END_MARK.match(text, word + length)
            found.append(((start, mark.end() if mark else word + length), kind))
            kind = None
    if kind is not None:
        found.append(((start, limit), kind))
    return found


def _lead(text: str, word: int) -> tuple[int, bool]:
    """Where `(BEGIN COMMENT` begins whose word stands at an offset, and whether it is an END COMMENT."""
    before = text[max(0, word - _LONGEST_LEAD) : word]
    first = word
    for lead in reversed(before.replace("(", " ( ").replace("[", " [ ").split()):
        upper = lead.upper()
        if upper == "END" or (upper == "OF" and before.upper().split()[-2:-1] == ["END"]):
            return first, True
        if upper not in _LEADING and lead not in _CLOSING:
            break
        first = text.rindex(lead, 0, first)
        if lead in _CLOSING:
            break
    return first, False


_CLOSING = {"(": ")", "[": "]"}


def _closing(text: str, opened: int) -> int:
    """Behind the bracket that closes the one at `opened`, and its full stop; the text's end without one."""
    sign = text[opened]
    depth, at = 1, opened + 1
    while depth:
        close = text.find(_CLOSING[sign], at)
        if close < 0:
            return len(text)
        depth += text.count(sign, at, close) - 1
        at = close + 1
    return at + 1 if text.startswith(".", at) else at


def _opens_sentence(text: str, at: int) -> bool:
    before = text[max(0, at - 8) : at].rstrip()
    return not before or before[-1] in ".?!)\"'”’:"
