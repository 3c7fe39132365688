"""A text made even before it is read: blanks of one kind, lines where lines were (handbook 01, D13, D17; 07).

Every change puts as many characters as it takes, so that places stay what they are in the copy's own text.
Each kind of damage is looked for first: most texts have none, and are given back as they are.
"""

import re

_BLANKS = "\xa0\t\f\v\u2007\u202f"
# those that lines, teleprinters and word processors leave: NUL to ETX, BEL, BS, SO, SI, SUB, ESC, DEL
_CONTROLS = "\x00\x01\x02\x03\x07\x08\x0e\x0f\x1a\x1b\x7f"
_NO_CONTROLS = str.maketrans(dict.fromkeys(_CONTROLS, " "))
# no blanks, and nothing to see: left within a word, which is one word all the same
_NO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\xad"
_INVISIBLE = re.compile(rf"(?<=\s)[{_NO_WIDTH}]|[{_NO_WIDTH}](?=\s)")
_PAGE_END = re.compile(r"(?<![.?!:\"”’)])\n\f\n")  # inside a sentence: not the paragraph's end
_LINE_END = re.compile(r"&#(?:x0{0,6}[aAdD]|1[03]);")
_BACKSLASHES = re.compile(r"(?<!\\)\\{1,8}(?=[ ]{0,3}(?:\n|\Z))")

_LONG_LINE = 600  # characters; no line of a telegram is half as long, but where lines were run together
_SHORTEST = 150  # a shorter line may be one, even in a text of few lines
_FEW_LINES = 4
# What begins a line of its own in a telegram: the relay's lines, the header's labels, numbered paragraphs.
_BEGINNING = re.compile(
    r"""
    [ ](?=[A-Zcdelnrst0-9])(?=  # most words of prose begin otherwise
        (?i: e\.?\s?o\.?\s?\d{5} | tags?: | subj(?:ect)?: | ref(?:s|\(s\)|erences?|tels?)?: | classified\ by\b
          | derived\ from: | declassify\ on: | sipdis\b | noforn\b | exdis\b | nodis\b | limdis\b | stadis\b
          | sensitive\ (?=e\.?o\.?|tags) | \d{1,3}\.\ ?\((?:ts|s|c|u|sbu|lou)(?:/[a-z/]{1,10})?\) )
      | [ZOPR]{2}\ R[A-Z]{3,7}\b | DE\ R[A-Z]{3,7}\ \# | ZN[RY]\ [A-Z]{5}\b | [ZOPR](?:\ [ZOPR])?\ \d{6}Z
      | FM\ [A-Z] | TO\ (?:R[A-Z]{3,7}/|SECSTATE|AM) | INFO\ R[A-Z]{3,7}/
      | (?<!TO\ )(?<!INFO\ ) R[A-Z]{3,7}/[A-Z]
      | C\ O\ N\ F\ I\ D | S\ E\ C\ R\ E\ T | UNCLAS\  | N{3,4}(?:\s|$)
    )
    """,
    re.VERBOSE,
)
_AFTER_SENTENCE = re.compile(r" (?=\d{1,3}\.[ ]{1,4}[A-Z])(?<=[.?!\")] )")


def even(text: str) -> str:
    """The text as long as before, every blank a plain one, and a line end wherever one was meant."""
    if "\f" in text:
        text = _PAGE_END.sub("\n  ", text)
    for blank in _BLANKS:
        if blank in text:
            text = text.replace(blank, " ")
    for sign in _CONTROLS:
        if sign in text:
            text = text.translate(_NO_CONTROLS)
            break
    if "\r" in text:
        text = text.replace("\r", " " if "\n" in text else "\n")
    if "\\" in text:
        text = _BACKSLASHES.sub(lambda run: " " * len(run.group()), text)
    if "&" in text and "&#" in text:
        text = _LINE_END.sub(lambda entity: " " * (len(entity.group()) - 1) + "\n", text)
    if not text.isascii() and any(sign in text for sign in _NO_WIDTH):
        text = _INVISIBLE.sub(" ", text)
    return _unrolled(text)


def _unrolled(text: str) -> str:
    """Lines that were run together set apart again, at the labels that begin lines (D13)."""
    middle = len(text) // 2
    if text.find("\n", 0, _LONG_LINE) >= 0 and text.find("\n", middle, middle + _LONG_LINE) >= 0:
        return text
    longest = _SHORTEST if len(text.split("\n", _FEW_LINES)) < _FEW_LINES else _LONG_LINE
    pieces: list[str] = []
    at = done = 0
    while at + longest < len(text):
        stop = text.rfind("\n", at, at + longest + 1)
        if stop < 0:  # a long line begins here
            stop = text.find("\n", at + longest)
            stop = len(text) if stop < 0 else stop
            pieces += (text[done:at], _AFTER_SENTENCE.sub("\n", _BEGINNING.sub("\n", text[at:stop])))
            done = stop
        at = stop + 1
    return "".join((*pieces, text[done:])) if pieces else text
