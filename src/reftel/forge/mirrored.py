"""What happens to telegrams between the relay and us, each as the mirrors of the 2010s show it.

A damage takes a sheet and gives it back as it then stands: the text, what can still be read, what there is to
note. It gives None where the telegram has nothing that could be damaged so.
"""

from collections.abc import Callable, Iterator
from random import Random

import msgspec

from reftel.cable import Paragraph
from reftel.forge.sheet import Sheet, header_starts, printed, reprinted, text_starts
from reftel.tables import rows

Damage = Callable[[Sheet, Random], Sheet | None]

_KEYWORDS = ("POLITICAL", "DIPLOMACY", "RAILROADS")  # a mirror's own, added to the TAGS
_VOWELS = frozenset("aeiouy")
_PREFIXES = frozenset(row["word"] for row in rows("compounds"))  # a hyphen behind these is the word's own


def lost_tags(sheet: Sheet, random: Random) -> Sheet | None:
    """The TAGS line is gone."""
    after = _without_line(sheet, "TAGS: ", "missing-tags", tags=(), tags_persons=())
    if after is None:
        return None
    left = tuple(code for code in after.defects if code != "unknown-tag")
    return msgspec.structs.replace(after, defects=left)


def lost_subject(sheet: Sheet, random: Random) -> Sheet | None:
    """The SUBJECT line is gone, with its wraps."""
    return _without_line(sheet, "SUBJECT: ", "missing-subject", subject=None, subject_marking=None)


def _without_line(sheet: Sheet, label: str, code: str, **fields: object) -> Sheet | None:
    start = sheet.text.find(f"\n{label}") + 1
    if not start:
        return None
    end = sheet.text.index("\n", start) + 1
    while sheet.text[end] != "\n" and not sheet.text.startswith(("TAGS: ", "SUBJECT: ", "REF: "), end):
        end = sheet.text.index("\n", end) + 1
    return reprinted(sheet, sheet.text[:start] + sheet.text[end:], code, **fields)


def lost_paragraph(sheet: Sheet, random: Random) -> Sheet | None:
    """A paragraph from the middle is gone; the numbers around it tell."""
    paragraphs = sheet.cable.paragraphs
    inner = [one for one in paragraphs[1:-1] if not one.heading]
    gone = random.choice(inner) if inner else None
    place = _where(sheet, gone) if gone else None
    if place is None:
        return None
    first, last = place
    text = sheet.text[:first] + sheet.text[last:].lstrip("\n")
    rest = tuple(one for one in paragraphs if one is not gone)
    return reprinted(sheet, text, "missing-paragraph", paragraphs=rest)


def _where(sheet: Sheet, paragraph: Paragraph) -> tuple[int, int] | None:
    """Where a paragraph stands in one piece; None where a page line or another damage divides it."""
    stood = "\n".join(printed(paragraph))
    first = sheet.text.find(f"\n{stood}\n") + 1
    return (first, first + len(stood)) if first else None


def lost_heading(sheet: Sheet, random: Random) -> Sheet | None:
    """A heading is gone and has left its white space. Another remains, or the space would tell nothing."""
    headed = [one for one in sheet.cable.paragraphs[1:] if one.heading]
    if len(headed) < 2 or sheet.cable.sections:
        return None  # around page lines, white space tells nothing either
    poorer = random.choice(headed)
    at = sheet.text.find(f"\n{poorer.heading}\n\n\n{poorer.number}. (")
    if at < 0:
        return None
    text = sheet.text[:at] + sheet.text[at + 1 + len(poorer.heading or "") :]
    return reprinted(sheet, text, "missing-heading", paragraphs=_changed(sheet, poorer, heading=None))


def _changed(sheet: Sheet, paragraph: Paragraph, **fields: object) -> tuple[Paragraph, ...]:
    other = msgspec.structs.replace(paragraph, **fields)
    return tuple(other if one is paragraph else one for one in sheet.cable.paragraphs)


def end_cut(sheet: Sheet, random: Random) -> Sheet | None:
    """Of `End summary.` only `End` is left."""
    for one in sheet.cable.paragraphs:
        place = _where(sheet, one)
        for mark in (" End summary.", " End Summary.", " END SUMMARY."):
            if place and one.text.endswith(mark) and len(one.parts) == 1:
                cut = one.text[: -len(mark)] + mark[:4]
                at = sheet.text[slice(*place)].upper().rindex("END") + 3
                text = sheet.text[: place[0] + at] + sheet.text[place[1] :]
                parts = (msgspec.structs.replace(one.parts[0], text=cut),)
                rest = _changed(sheet, one, text=cut, parts=parts)
                return reprinted(sheet, text, "lost-words", paragraphs=rest)
    return None


def tags_extra(sheet: Sheet, random: Random) -> Sheet | None:
    """The mirror has added a keyword of its own to the TAGS."""
    tags = sheet.cable.tags
    keyword = random.choice(_KEYWORDS)
    start = sheet.text.find("\nTAGS: ")
    end = sheet.text.find("\nSUBJECT: ", start)
    if start < 0 or end < 0 or not tags:
        return None
    text = f"{sheet.text[:end]} {keyword}{sheet.text[end:]}"
    return reprinted(sheet, text, "unknown-tag", tags_unknown=(keyword,))


def lost_signature(sheet: Sheet, random: Random) -> Sheet | None:
    """The name below the text is gone."""
    name = sheet.cable.signature
    before, found, after = sheet.text.rpartition(f"\n{name}\n")
    if not name or not found:
        return None
    return reprinted(sheet, before + after, "missing-signature", signature=None)


def lost_end(sheet: Sheet, random: Random) -> Sheet | None:
    """The NNNN is gone; nobody misses it."""
    before, found, _ = sheet.text.rpartition("NNNN")
    return reprinted(sheet, before.rstrip("\n") + "\n") if found else None


def cut_sentence(sheet: Sheet, random: Random) -> Sheet | None:
    """A page ended inside a sentence; its line is gone, but the blank one stayed."""
    for one in _prose(sheet, random):
        if places := list(_line_ends(sheet, one)):
            at = random.choice(places)
            return reprinted(sheet, f"{sheet.text[:at]}\n{sheet.text[at:]}", "rejoined-sentence")
    return None


def _prose(sheet: Sheet, random: Random) -> list[Paragraph]:
    """Paragraphs of one block and one voice, in which a cut is a cut and nothing else; in any order."""
    plain = [one for one in sheet.cable.paragraphs if "\n" not in one.text and len(one.parts) == 1]
    random.shuffle(plain)
    return plain


def _line_ends(sheet: Sheet, paragraph: Paragraph) -> Iterator[int]:
    """The line ends of a paragraph behind which its sentence plainly goes on."""
    place = _where(sheet, paragraph)
    if place is None:
        return
    at = sheet.text.find("\n", *place)
    while at >= 0:
        before, behind = sheet.text[at - 1], sheet.text[at + 1 : at + 4]
        if before.isalpha() and behind.isalpha() and behind[0].islower():
            yield at
        at = sheet.text.find("\n", at + 1, place[1])


def hyphenated(sheet: Sheet, random: Random) -> Sheet | None:
    """Long words are divided at line ends. Each can be made whole again: there is nothing to note."""
    places = [at for one in _prose(sheet, random)[:6] for at in _line_ends(sheet, one)]
    text = sheet.text
    for at in sorted(places, reverse=True):
        word = text[at + 1 : at + 40].split(None, 1)[0].rstrip(".,;:")
        half = _syllable(word)
        if half and word.isalpha() and word[:half] not in _PREFIXES:
            text = f"{text[:at]} {word[:half]}-\n{text[at + 1 + half :]}"
    return reprinted(sheet, text) if text != sheet.text else None


def _syllable(word: str) -> int:
    """Where a long word may be divided, near its middle: govern-ment. 0 where it is short or has no place."""
    places = [at for at in range(3, len(word) - 2) if word[at] not in _VOWELS and word[at + 1] in _VOWELS]
    return min(places, key=lambda at: abs(2 * at - len(word))) if places and len(word) > 8 else 0


def repeated_header(sheet: Sheet, random: Random) -> Sheet | None:
    """The page shows the header block, and then the text with its header block."""
    start, end = header_starts(sheet), text_starts(sheet)
    block = sheet.text[start:end]
    return reprinted(sheet, f"{sheet.text[:start]}{block}\n{sheet.text[start:]}", "repeated-header")


def pilcrow_digit(sheet: Sheet, random: Random) -> Sheet | None:
    """The sign before each paragraph number has become the digit 1: `11.` is 1, `110.` is 10."""
    numbers = [one.number for one in sheet.cable.paragraphs if one.number is not None]
    if numbers != list(range(1, len(numbers) + 1)):
        return None  # of `16.` behind a gap nobody can say what is meant
    return reprinted(sheet, _signed(sheet.text, numbers, "1"), "number-repaired")


def pilcrow_link(sheet: Sheet, random: Random) -> Sheet | None:
    """The sign has become a link, `[1](#)2.`; before the letters of references too, `[1](#)B.`"""
    numbers = [one.number for one in sheet.cable.paragraphs if one.number is not None]
    text = _signed(sheet.text, numbers, "[1](#)")
    codes = ["number-repaired"]
    for one in sheet.cable.references:
        place = text.find(f"\n{one.letter}. {one.text}") if one.letter else -1
        if place > 0:
            text = f"{text[:place]}\n\n[1](#){text[place:].lstrip(chr(10))}".replace("\n\n\n", "\n\n", 1)
            codes.append("letter-repaired")
    return reprinted(sheet, text, *codes)


def _signed(text: str, numbers: list[int], sign: str) -> str:
    for number in reversed(numbers):  # the last first: a 1 before the 1 of paragraph 1 makes another 11
        text = text.replace(f"\n{number}. (", f"\n{sign}{number}. (", 1)
    return text


def markdown_escapes(sheet: Sheet, random: Random) -> Sheet | None:
    """Dollar signs are escaped, and headings in the latter half of the page marked as headings."""
    headed = [one for one in sheet.cable.paragraphs if one.heading]
    start = text_starts(sheet)
    body = sheet.text[start:].replace("$", "\\$")
    for one in headed[len(headed) // 2 :]:
        body = body.replace(f"\n{one.heading}\n", f"\n#### {one.heading}\n", 1)
    text = sheet.text[:start] + body
    return reprinted(sheet, text) if text != sheet.text else None
