"""What a word is, when cables are searched and hits are marked: the index and the marks share this.

Case and accents do not matter, and whatever is no letter or digit parts two words: `U.S.-Russia` is the
three words u, s, russia; `Ménard's` is menard, s.
"""

import unicodedata
from collections.abc import Sequence

# letters that do not come apart into a plain one and its accent
_PLAIN = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i",
    "ŋ": "n", "ŧ": "t", "ƒ": "f", "ĸ": "k", "ə": "a",
}  # fmt: skip


def _fold(char: str) -> str:
    """One character as it counts: plain and lower case; blank where it parts words, nothing for an accent."""
    folded = []
    for each in unicodedata.normalize("NFKD", char).lower():
        kind = unicodedata.category(each)
        if each in _PLAIN:
            folded.append(_PLAIN[each])
        elif each.isalnum():
            folded.append(each)
        elif "\u0300" <= each <= "\u036f" or kind == "Cf":  # accents, soft hyphens
            continue
        else:
            folded.append(each if kind[0] == "M" else " ")  # vowel signs of other scripts belong to the word
    return "".join(folded)


class _Folding(dict[int, str]):
    """The folding of each character met so far."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold(chr(code))
        return folded


_FOLDING = _Folding({code: _fold(chr(code)) for code in range(128)})
_ASCII = "".join(_FOLDING[code] for code in range(128)).ljust(256).encode("ascii")


def fold(text: str) -> str:
    """The text as it counts in a search: words in plain lower-case letters, blanks for all the rest."""
    if text.isascii():  # nearly every cable, and ten times as fast
        return text.encode("ascii").translate(_ASCII).decode("ascii")
    return text.translate(_FOLDING)


_PLAIN_CAPITALS = {
    letter.upper(): plain.upper() for letter, plain in _PLAIN.items() if len(letter.upper()) == 1
}
_UNACCENTED = str.maketrans(_PLAIN | _PLAIN_CAPITALS | dict.fromkeys(map(chr, range(0x300, 0x370)), ""))


def unaccented(text: str) -> str:
    """The text with plain letters for accented ones, and all else as it is: `Bogotá` gives Bogota."""
    return text if text.isascii() else unicodedata.normalize("NFKD", text).translate(_UNACCENTED)


def split(text: str) -> list[str]:
    """The words of a text, folded."""
    return fold(text).split()


def unfold(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where spans of `fold(text)` stand in the text itself."""
    if text.isascii():
        return list(spans)
    origin = [at for at, char in enumerate(text) for _ in _FOLDING[ord(char)]]
    return [(origin[start], origin[end - 1] + 1) for start, end in spans]
