"""Who speaks in a paragraph: summary, report, comment, request (handbook 05, section 4)."""

import re

from reftel.cable import Span, Voice

_OPENINGS: tuple[tuple[str, Voice], ...] = (
    ("summary", "summary"),
    ("begin summary", "summary"),
    ("comment", "comment"),
    ("begin comment", "comment"),
    ("embassy comment", "comment"),
    ("post comment", "comment"),
    ("action request", "action"),
    ("action:", "action"),
    ("request for action", "action"),
    ("note:", "note"),
    ("begin note", "note"),
    ("participants", "admin"),
    ("begin text", "quoted"),
    ("classified by", "admin"),
)
_BEGINNINGS = frozenset(opening[:4] for opening, _ in _OPENINGS)
_HEADINGS = {opening + plural: voice for opening, voice in _OPENINGS for plural in ("", "s")}
_ADMIN = (
    "minimize considered",
    "has cleared this message",
    "has cleared this cable",
    "has cleared this telegram",
    "opportunity to clear this",
)
_ADMIN_LENGTH = 160  # longer paragraphs only mention such words in passing

_LONGEST_LEAD = 24  # what stands before the word in `(BEGIN EMBASSY COMMENT:` and `END OF COMMENT.)`
_LEADING = frozenset({"BEGIN", "EMBASSY", "POST"})
_BEHIND = re.compile(r"\s*[:.]\s")  # a word that opens an aside; in prose it goes on otherwise
_END_MARK = re.compile(r"[ .]{0,2}\)?")
_WHOLE = ("End comment.", "End Comment.", "END COMMENT.")
Places = list[tuple[int, int, Voice]]
"""Of words that open or end a passage: offset, length, the voice that they announce."""


def opening_voice(text: str) -> Voice | None:
    """The voice that a paragraph's first words announce; None where they announce none."""
    at = 1 if text[:1] == "(" else 0
    if text[at : at + 4].lower() in _BEGINNINGS:
        start = text[at : at + 48].lower()
        for opening, voice in _OPENINGS:
            if start.startswith(opening) and not start[len(opening) : len(opening) + 1].isalpha():
                return voice
    if len(text) < _ADMIN_LENGTH and any(words in text for words in _ADMIN):
        return "admin"
    return None


def heading_voice(heading: str) -> Voice | None:
    """The voice that a heading such as COMMENT or `Summary` gives to what stands below it."""
    return _HEADINGS.get(heading.strip(" :-.").lower())


def places(text: str, start: int, end: int) -> Places:
    """Where the words COMMENT and NOTE stand by themselves between two offsets, in order.

    They are looked for once in a whole text, for `passages` of each of its paragraphs.
    """
    found: Places = []
    for rest in ("OMMENT", "omment"):
        if text.find(rest, start, end) >= 0:
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
            opens = text[first] == "(" or _opens_sentence(text, first)
            if opens and _BEHIND.match(text, word + length):
                kind, start = said, first
                limit = _closing(text, start) if text[first] == "(" else len(text)
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
    for lead in reversed(before.replace("(", " ( ").split()):
        upper = lead.upper()
        if upper == "END" or (upper == "OF" and before.upper().split()[-2:-1] == ["END"]):
            return first, True
        if upper not in _LEADING and lead != "(":
            break
        first = text.rindex(lead, 0, first)
        if lead == "(":
            break
    return first, False


def _closing(text: str, opened: int) -> int:
    """Behind the parenthesis that closes the one at `opened`; the end of the text where none does."""
    depth, at = 1, opened + 1
    while depth:
        close = text.find(")", at)
        if close < 0:
            return len(text)
        depth += text.count("(", at, close) - 1
        at = close + 1
    return at


def _opens_sentence(text: str, at: int) -> bool:
    before = text[max(0, at - 8) : at].rstrip()
    return not before or before[-1] in ".?!)\"'”’:"
