"""What a misspelt word of a closed list was meant to be: one letter wrong, lost, added, or two swapped."""

from collections import defaultdict
from collections.abc import Iterable


def edits(first: str, second: str) -> int:
    """How many letters must be changed, put in, left out or swapped to make one word the other."""
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        two_before, before, row = before, row, [i]
        for j, b in enumerate(second, 1):
            least = min(before[j] + 1, row[-1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                least = min(least, two_before[j - 2] + 1)
            row.append(least)
    return row[-1]


class Spellings:
    """The words of a closed list, to be found again however misspelt.

    Every word is listed under what is left of it when up to two letters are taken out, so that a look costs
    the same however long the list is.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words_with: defaultdict[str, list[str]] = defaultdict(list)
        for word in words:
            for rest in _shortened(word):
                self._words_with[rest].append(word)

    def nearest(self, word: str, longest: int = 40) -> str | None:
        """The one word of the list nearest to it, within two edits; None where none is, or several are.

        A word of four or five letters may differ by one: with two it would be half of the short list.
        """
        if not 4 <= len(word) <= longest:
            return None
        near = {
            known: count
            for rest in _shortened(word)
            for known in self._words_with.get(rest, ())
            if (count := edits(word, known)) <= _allowed(min(len(word), len(known)))
        }
        least = min(near.values(), default=0)
        found = [known for known, count in near.items() if count == least]
        return found[0] if len(found) == 1 else None


def _allowed(length: int) -> int:
    return 0 if length < 4 else 1 if length < 6 else 2


def _shortened(word: str) -> set[str]:
    once = {word[:at] + word[at + 1 :] for at in range(len(word))}
    return {word, *once, *(one[:at] + one[at + 1 :] for one in once for at in range(len(one)))}
