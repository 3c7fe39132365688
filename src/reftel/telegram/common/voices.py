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
_ADMIN = re.compile(
    r"minimize considered|has cleared this (?:message|cable|telegram)|opportunity to clear this"
)
_ADMIN_LENGTH = 160  # longer paragraphs only mention such words in passing

# (COMMENT: ... END COMMENT.) inside a paragraph; without an end mark, to the closing parenthesis
_SIGNS = re.compile(
    r"""
    (?P<parenthesis> [()] ) (?! \s* (?:BEGIN\ |begin\ |Begin\ )? (?:[A-Za-z]+\ )? [CcNn](?:OMMENT|omment|OTE|ote)\s*[:.] )
    | [Ee][Nn][Dd] \s+ (?: (?:OF|of)\s+ )? (?P<end> COMMENT | [Cc]omment | NOTE | [Nn]ote ) \b [ .]{0,2} \)?
    | (?P<open> \( \s* )? (?<![A-Za-z]) (?: (?:BEGIN|Begin|begin|EMBASSY|Embassy|POST|Post) \s+ ){0,2}
      (?P<word> COMMENT | [Cc]omment | NOTE | [Nn]ote ) \s* [:.] \s
    """,
    re.VERBOSE,
)
_WORDS = ("OMMENT", "omment", "OTE:", "ote:")
_BEFORE_WORD = 24  # `(BEGIN EMBASSY C` at most stands before such a word


def opening_voice(text: str) -> Voice | None:
    """The voice that a paragraph's first words announce; None where they announce none."""
    at = 1 if text[:1] == "(" else 0
    if text[at : at + 4].lower() in _BEGINNINGS:
        start = text[at : at + 48].lower()
        for opening, voice in _OPENINGS:
            if start.startswith(opening) and not start[len(opening) : len(opening) + 1].isalpha():
                return voice
    if len(text) < _ADMIN_LENGTH and _ADMIN.search(text):
        return "admin"
    return None


def heading_voice(heading: str) -> Voice | None:
    """The voice that a heading such as COMMENT or `Summary` gives to what stands below it."""
    word = heading.strip(" :-.").lower()
    for opening, voice in _OPENINGS:
        if word in (opening, opening + "s"):
            return voice
    return None


def passages(text: str, voice: Voice) -> list[tuple[Span, Voice]]:
    """A paragraph's text cut where its voice changes; one piece where it does not.

    Offsets are into `text`, in order and without gaps but for white space. One pass, whatever the text.
    """
    if not ("omment" in text or "OMMENT" in text or "ote:" in text or "OTE:" in text):
        return [((0, len(text)), voice)]
    found = _asides(text)
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


def _asides(text: str) -> list[tuple[Span, Voice]]:
    """The comments and notes inside a text: to their end mark, their closing parenthesis or its end."""
    found: list[tuple[Span, Voice]] = []
    kind: Voice | None = None
    start = depth = 0
    first = min(at for at in map(text.find, _WORDS) if at >= 0)
    for sign in _SIGNS.finditer(text, max(0, first - _BEFORE_WORD)):
        if kind is None:
            if sign["word"] and (sign["open"] or _opens_sentence(text, sign.start())):
                kind = _kind(sign["word"])
                start, depth = sign.start(), 1 if sign["open"] else 0
        elif sign["end"]:
            if _kind(sign["end"]) == kind:
                found.append(((start, sign.end()), kind))
                kind = None
        elif depth:
            depth += (sign.group()[0] == "(") - (sign.group() == ")")
            if not depth:
                found.append(((start, sign.end()), kind))
                kind = None
    if kind is not None:
        found.append(((start, len(text)), kind))
    return found


def _kind(word: str) -> Voice:
    return "comment" if word[0] in "cC" else "note"


def _opens_sentence(text: str, at: int) -> bool:
    before = text[max(0, at - 8) : at].rstrip()
    return not before or before[-1] in ".?!)\"'”’:"
