"""Header lines as meant, where a typist or the line damaged them: before the block is read.

Labels were typed by hand and garbled on the way (handbook 07); passing lines stand below TAGS and SUBJECT
too. A mended line keeps its places.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from reftel import tags as tagging
from reftel.telegram.common.authority import order_as_meant
from reftel.telegram.common.header import Line, starts_block

_WORD = re.compile(r"(?P<word>[A-Z]{2,8})[:;]\s?")
_SUBJECT = re.compile(r"[A-Z]{0,3}(?:BJ|BJECT|JBECT|BEJCT)")
_SOUND_ORDER = re.compile(r"E\.?\s?O\.?[\s:]*\d{5}\b")
_ORDER = re.compile(r"(?P<label>E[.,\s]{0,2}[MO0]{1,2}[MO0.,\s]{0,3})(?P<number>\d[\d)(*]{3,5})(?=\s*[:;])")
# DEPARTMENT PASS USDA | LIMA FOR AGATT | FOR: ARA DAS BUSHNELL: two words at most say whom it is asked of
_PASSING = re.compile(
    r"(?:[A-Z][A-Z/()]{1,20}:?(?: [A-Z][A-Z/()]{1,20})? )?(?:ALSO )?"
    r"(?:PASS(?: TO)?|FOR)[: ] ?[A-Z][A-Z0-9/ ,()&-]{1,60}"
)
_LETTERED = re.compile(r"\(?(?P<letter>[A-Z])[.)] ?\S")
_LONGEST_LABEL = 9


def mended(block: Sequence[Line], *, followed: bool = False) -> list[Line]:
    """The lines below the classification line: labels as meant, passing lines before all else.

    `followed` says that text of the telegram stands behind the block.
    """
    found: list[Line] = []
    passing: list[Line] = []
    in_tags = below_subject = False
    lines = [labelled(line.text) for line in block]
    tagged = any(begins and words.startswith("TAG") for words, begins in lines)
    for position, (line, (words, begins)) in enumerate(zip(block, lines, strict=True)):
        if begins:
            in_tags = words.startswith("TAG")
            below_subject = below_subject or words.startswith("SUBJ")
        elif in_tags and words and not _is_of_tags(block[position - 1].text, words):
            in_tags = False
            if is_passing(words):
                passing.append(line)
                continue
            found.append(Line("", line.start, line.start))
        elif len(words) < 2:  # nothing, or a letter that a damaged line left
            in_tags = False
            found.append(Line("", line.start, line.start))
            continue
        elif not tagged and _is_all_tags(words):
            found.append(Line(f"TAGS:{words}", line.start - 5, line.end))  # the label is lost
            tagged = True
            continue
        elif below_subject and _stands_alone(block, position, followed=followed) and is_passing(words):
            passing.append(line)
            continue
        found.append(line if words is line.text else Line(words, line.start, line.end))
    found = _references_labelled(found) if below_subject else found
    return [*passing, Line("", 0, 0), *found] if passing else found


def is_passing(words: str) -> bool:
    """Whether a line asks to pass the telegram on, and says no more."""
    return _PASSING.fullmatch(words) is not None


def _references_labelled(block: list[Line]) -> list[Line]:
    """Lettered lines that end the block are references that lost their label: `A. ZENDA 12`, `B. STATE 4`."""
    end = len(block)
    while end and not block[end - 1].text:
        end -= 1
    first = end
    while first and (item := _LETTERED.match(block[first - 1].text)):
        first -= 1
        if item["letter"] == "A":
            break
    else:
        return block
    above = block[first - 1].text if first else ""
    if above or end - first < 2 or any(line.text[:3] == "REF" for line in block):
        return block
    line = block[first]
    label = Line(f"REF:{line.text}", line.start - 4, line.end)
    return [*block[:first], label, *block[first + 1 :]]


def _stands_alone(block: Sequence[Line], position: int, *, followed: bool) -> bool:
    """Whether a line has no neighbour, and is no text of one line: something of the telegram follows it."""
    behind = block[position + 1 :]
    if block[position - 1].text or (behind and behind[0].text):
        return False
    return followed or any(line.text for line in behind)


def _is_of_tags(before: str, words: str) -> bool:
    """Whether a line below TAGS goes on with codes or persons."""
    return before.endswith(",") or words.startswith("(") or bool(tagging.read(words).known)


def _is_all_tags(words: str) -> bool:
    """Whether a line holds nothing but codes, a subject's among them; one may be misspelt."""
    if len(words) > 60 or words.count(",") < 2:
        return False
    codes = tagging.read(words)
    return len(codes.unknown) <= 1 < len(codes.known) and any(len(code) == 4 for code in codes.known)


@lru_cache(maxsize=1024)  # each line of a block is asked for several times
def labelled(words: str) -> tuple[str, bool]:
    """A line with its label as meant, and whether it has one."""
    meant = label_as_meant(words)
    return meant, bool(meant) and starts_block(meant)


def label_as_meant(words: str) -> str:
    """A line whose label is damaged with the label it was meant to have, in the same place.

    `USBJ: THE KING` gives `SUBJ: THE KING`, `TAOS: OAS` gives `TAGS: OAS`, `EMO. 11652: GDS` an E.O. line.
    """
    if not words or words[0] not in "ETUXSBAGJQY":
        return words
    colon = words.find(":", 0, _LONGEST_LABEL)
    if colon < 0:
        return _order_as_meant(words) if words[0] == "E" else words
    label = _WORD.match(words)
    if label is None:
        return words
    word = label["word"]
    if word in ("TAGS", "TAG", "SUBJ", "SUBJECT") or not 3 <= len(word) <= 8:
        return words
    if _SUBJECT.fullmatch(word):
        return "SUBJ".ljust(colon) + words[colon:] if len(word) >= 4 else words
    if word[0] in "TAG" and _is_tags(word):
        return f"{'TAGS' if len(word) > 3 else 'TAG'}:".ljust(label.end()) + words[label.end() :]
    return words


def _order_as_meant(words: str) -> str:
    """An E.O. line whose label or number is damaged; a number that cannot be told is left out."""
    if _SOUND_ORDER.match(words):
        return words
    order = _ORDER.match(words)
    if order is None or order.end("label") < 4:
        return words
    number = order_as_meant(order["number"]) or ""
    return "E.O.".ljust(order.end("label")) + number.ljust(len(order["number"])) + words[order.end() :]


def _is_tags(word: str) -> bool:
    """Whether a word is TAGS with one letter wrong or lost, or two letters exchanged."""
    if len(word) == 4:
        wrong = [at for at in range(4) if word[at] != "TAGS"[at]]
        return len(wrong) == 1 or (
            len(wrong) == 2 and sorted(word) == sorted("TAGS") and wrong[1] == wrong[0] + 1
        )
    return word in ("TAS", "TGS", "AGS")
