"""Words as sent, out of lines as printed: wraps joined, hyphenation healed, escapes undone, lists kept."""

import re
from html import unescape

from reftel.tables import rows

_BLANK = re.compile(r"\n[ \t\r\xa0]*\n\s*")
_BULLET = re.compile(r"(?:--?|[*•·])(?=[ \t]|\w)")
_BULLETS = frozenset("-*•·")
_LABEL = re.compile(r"\(?(?P<name>\d{1,2}|[A-Za-z])[.)]\s")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!$<>&|~])")
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,5}|#[xX][0-9A-Fa-f]{1,4});")
_SPLIT_WORD = re.compile(r"-[ \t\r]*\n[ \t]*([^\W\d_]+)")
_SENTENCE_END = re.compile(r"[.?!:;][\"'”’)\]]*$")

_COMPOUND_FIRST: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    row["word"]: (tuple(row["one_word"].split()), tuple(row["two_words"].split()))
    for row in rows("compounds")
}
"""First words of compounds that keep their hyphen at a line end: anti-, ex-, Bolivian-.

With each how what follows begins where both are one word after all (INTER-NATIONAL; `*` means as a rule),
and where they are two even so (RE-ELECT).
"""

_LOOKED_AT = 30_000  # characters of a text in which a word is looked for again
_LIST_LINE = 45  # a line so short ends on purpose where its neighbours are short too


def blocks(text: str) -> list[tuple[int, int]]:
    """The stretches between blank lines, as offsets without the white space around them."""
    found: list[tuple[int, int]] = []
    start = 0
    if "\n" in text:
        for gap in _BLANK.finditer(text):
            if gap.start() > start:
                found.append((start, gap.start()))
            start = gap.end()
    if start < len(text):
        found.append((start, len(text)))
    return found


def is_list(block: str) -> bool:
    """Whether a block is a list by dashes or bullets."""
    return block[:1] in _BULLETS and _BULLET.match(block) is not None


def is_next_item(before: str, block: str) -> bool:
    """Whether a block is the item of a list behind that of another: `B.` behind `A.`, `(3)` behind `(2)`."""
    other = _LABEL.match(block)
    one = _LABEL.match(before) if other else None
    if one is None or other is None:
        return False
    name, following = one["name"], other["name"]
    if name.isdigit() and following.isdigit():
        return int(following) == int(name) + 1
    return name.isalpha() and following == chr(ord(name) + 1)


def ends_sentence(block: str) -> bool:
    """Whether a block's last words end a sentence, or lead to what follows."""
    return _SENTENCE_END.search(block[-8:].rstrip()) is not None


def plain(words: str) -> str:
    """Words without the escapes and entities that a mirror put into them: `\\-`, `&amp;`."""
    if "\\" in words:
        words = _ESCAPE.sub(r"\1", words)
    if "&" in words:
        words = _ENTITY.sub(lambda entity: unescape(entity.group()), words)
    return words


def join_lines(block: str, whole: str, column: int = 0) -> str:
    """One block's words: its lines joined, or kept apart where they are items of a list.

    `whole` is the text it stands in, where a hyphenated word may be found again unbroken; `column` is where
    in its line the block begins.
    """
    if "\\" in block or "&" in block:
        block = plain(block)
    at = block.find("\n")
    if at < 0:
        return _even(block)
    dashed = "-" in block  # seldom; much quicker to see than where it stands
    even = column + at >= _LIST_LINE or block.find("\n", at + 1) - at > _LIST_LINE
    if even and block[0] not in "-*•·" and not (dashed and ("\n-" in block or "-\n" in block)):
        return _even(block.replace("\n", " "))  # the common case: prose in lines of even length
    if dashed and ("-\n" in block or "- \n" in block or "-\r" in block):
        block = heal(block, whole)
    lines = block.split("\n")
    if _BULLET.match(block) or "\n-" in block:
        return _items(lines)
    if column + at < _LIST_LINE and all(len(line) < _LIST_LINE and not line[:1].islower() for line in lines):
        return "\n".join(" ".join(line.split()) for line in lines)
    return _even(block.replace("\n", " "))


def _even(words: str) -> str:
    """Words with one blank between them."""
    if "\t" in words or "\r" in words:
        return " ".join(words.split())
    if "  " not in words:
        return words
    while "  " in words:  # much quicker than to split them, for few are apart so far
        words = words.replace("  ", " ")
    return words.strip()


def _items(lines: list[str]) -> str:
    """Lines with a dash in front, each an item with its wraps; a dash that a wrap put first is none."""
    items: list[list[str]] = [[]]
    before = ""
    for line in lines:
        if items[-1] and _BULLET.match(line.lstrip()) and _begins_item(before, line, items[0]):
            items.append([])
        items[-1] += line.split()
        before = line.rstrip()
    return "\n".join(" ".join(item) for item in items)


def _begins_item(before: str, line: str, first: list[str]) -> bool:
    """`-- Kazakhstan ...` behind a full stop, or behind another item; not `-- and its partners -- might`."""
    if ends_sentence(before):
        return True
    word = line.lstrip(" \t-*•·")[:1]
    return _BULLET.match(first[0]) is not None and (word.isupper() or len(before) < _LIST_LINE)


def heal(block: str, whole: str) -> str:
    """Words broken at a line end made one; the hyphen stays where the word has one of its own."""
    whole = whole[:_LOOKED_AT]
    healed: list[str] = []
    done = 0
    for match in _SPLIT_WORD.finditer(block):
        at = first = match.start()
        while first > done and block[first - 1].isalpha():
            first -= 1
        if first < at:
            healed += (block[done:first], _healed(block[first:at], match[1], whole))
            done = match.end()
    return "".join((*healed, block[done:]))


def _is_compound(first: str, second: str) -> bool:
    """Whether two halves keep their hyphen: ANTI-AMERICAN and EX-MINISTER do, EX-CHANGE does not."""
    stems = _COMPOUND_FIRST.get(first.lower())
    if stems is None:
        return False
    one_word, two_words = stems
    rest = second.lower()
    as_a_rule = "*" in one_word and (second.islower() or first.isupper())
    return rest.startswith(two_words) or not (as_a_rule or (rest.startswith(one_word) and bool(one_word)))


def _healed(first: str, second: str, whole: str) -> str:
    """One word of two halves, or two that keep the hyphen between them."""
    joined, hyphened = first + second, f"{first}-{second}"
    if second.lower() in ("and", "or", "to"):  # short- and long-term
        return f"{first}- {second}"
    if _is_compound(first, second) or hyphened in whole:
        return hyphened
    same_case = (first[-1].islower() and second.islower()) or (first.isupper() and second.isupper())
    return joined if same_case or joined in whole else hyphened
