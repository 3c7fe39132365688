"""Reading costs in proportion to size, whatever stands in a text."""

import time
from collections.abc import Callable

import pytest

from reftel import sources, telegram
from reftel.errors import NotACable

SMALL, LARGE = 6_000, 60_000  # characters
MOST = 25  # times the time for ten times the size: far from the hundred of a square
QUICK = 0.06  # seconds of CPU for the larger one: quick enough, whatever the growth

HEADER = """\
VZCZCXRO9782
PP RUEHXSL
DE RUEHZN #0012 0430516
ZNY CCCCC ZZH
P 120516Z FEB 09
FM AMCONSUL ZENDA
TO SECSTATE WASHDC PRIORITY 0100
INFO {info}C O N F I D E N T I A L ZENDA 000012

SIPDIS
{passing}
E.O. 12958: DECL: 02/12/2019
TAGS: {tags}
SUBJECT: {subject}

REF: {ref}

Classified By: Consul Fritz Tarlenheim, reasons 1.4 (b) and (d).

{body}
SAPT

NNNN
"""
FORM = """\
CONFIDENTIAL

MRN: 23 ZENDA 12
Date/DTG: 152131Z SEP 23
From: AMCONSUL ZENDA
Action: {info}
E.O.: 13526
TAGS: {tags}
Reference: {ref}
Subject: {subject}

{body}
Signature: Sapt
Drafted By: {drafted}
"""
PAGE = """\
CONFIDENTIAL

PAGE 01  ZENDA 00012  120616Z

40
ACTION EUR-05

INFO  OCT-01  ISO-00  /006 W
                       ---------------------     003317
P 120516Z FEB 74
FM AMCONSUL ZENDA
TO SECSTATE WASHDC PRIORITY 0100
INFO {info}
C O N F I D E N T I A L ZENDA 0012
{passing}
E.O. 11652: GDS
TAGS: {tags}
SUBJ: {subject}

REF: {ref}

{body}
SAPT

CONFIDENTIAL

NNN
"""
PLAIN = "TAGS: {tags}\nSUBJECT: {subject}\nREF: {ref}\n\n{body}\n"
FIELDS = {
    "info": "AMEMBASSY STRELSAU\n",
    "passing": "",
    "tags": "PREL",
    "subject": "THE KING",
    "ref": "STRELSAU 7",
    "body": "1. (C) The king left.\n",
    "drafted": "POL:Sapt",
}
PROSE = "1. (C) The king left for Letinje by the morning train, and nobody saw him go but the guard.\n\n"


FORMS = {"sas": PAGE, "acp127": HEADER, "smart": FORM, "plain": PLAIN}


def filled(form: str, size: int, field: str, piece: str, before: str = "") -> str:
    """A cable with one field filled up to a size."""
    return form.format(**(FIELDS | {field: before + piece * (size // len(piece))}))


def numbered(size: int) -> str:
    """Ordinary paragraphs, as many as it takes."""
    text = "The king left for Letinje by the morning train, and nobody saw him go but the guard.\n" * 5
    return "".join(f"{number}. (C) {text}\n" for number in range(1, size // len(text)))


def cited(size: int) -> str:
    """A REF list with letters, of ten thousand items where there is room."""
    return "".join(f"{chr(65 + n % 26)}. 08 STRELSAU {n:05d} (NOTAL)\n" for n in range(size // 28))


def addressees(size: int) -> str:
    """One INFO line after another."""
    return "".join(
        f"RUEH{chr(65 + n % 26)}L/AMEMBASSY STRELSAU PRIORITY {n % 10000:04d}\n" for n in range(size // 42)
    )


IN_THE_BODY = {
    "capitals": "A",
    "words of capitals": "KING ",
    "lines of capitals": "THE KING IS AWAY\n",
    "digits": "0",
    "numbers": "12 ",
    "numbers on lines": "12. ",
    "the same number": "\n1. (C) A.",
    "brackets that open": "(",
    "brackets nested": "((()))",
    "square brackets": "[1](#)",
    "blank lines": "\n",
    "blanks": " ",
    "blank lines with blanks": " \t\n",
    "one endless line": "the king left and ",
    "dashes": "-",
    "items": "-- The king.\n",
    "rules": "----------\n",
    "marks": "(C) ",
    "marks on lines": "(C) A\n",
    "sub-items with marks": "a. (S) The king.\n",
    "backslashes": "\\",
    "backslashes at line ends": "The king\\\n",
    "comments": "COMMENT ",
    "marked items": "A. (S) a\n",
    "marks without an item": "(C) a\n",
    "quotes below a colon": 'A:\n\n"B\n\n',
    "numbers with a letter": "1A. a.\n\n",
    "lists": "a:\n1. a\n2. b\n",
    "comments that open": "(COMMENT: The king. ",
    "comments that end": "END COMMENT. ",
    "begin comment": "BEGIN COMMENT. A. END COMMENT. ",
    "notes": "NOTE: ",
    "summaries": "1. (C) SUMMARY: A.\n\n",
    "ends": "End ",
    "page lines": "\nZENDA 00000012  002 OF 002\n",
    "pages": "\nPAGE 02  ZENDA 00012  01 OF 02  120516Z\n",
    "banners": "\nCONFIDENTIAL\n",
    "section lines": "\nC O N F I D E N T I A L SECTION 02 OF 03 ZENDA 000012\n",
    "headings": "\n\nTHE KING\n",
    "headings in Markdown": "\n#### The King\n",
    "entities": "&amp;",
    "half entities": "&amp",
    "ampersands": "&",
    "carriage returns": "\r",
    "form feeds": "\f",
    "form feeds on lines": "\f\n",
    "control characters": "\x01 the king left ",
    "no-break spaces": "\xa0",
    "letters read wrongly": "Ã©",
    "letters read wrongly and not": "Ã© é ",
    "channel lines": "\nVZCZCXRO0001",
    "senders": "\nFM AMCONSUL ZENDA",
    "end marks": "\nNNNN\n",
    "heads": "\nNNNN\n\nVZCZCXRO0001\nP 120516Z FEB 09\nFM AMCONSUL ZENDA\nTO SECSTATE WASHDC\n",
    "quotes": "BEGIN TEXT ",
    "header lines": "\nTAGS: PREL\nSUBJECT: THE KING\n",
    "label words": "\nSUBJECT\n",
    "signers": "\nSAPT\n",
    "hashes": "#",
    "runs of X": "XXXXXXXXXXXX ",
    "telegrams in prose": "STRELSAU 1234, ZENDA 12 AND 13 ",
    "foot labels": "\nDrafted By: POL:Sapt\n",
}
IN_THE_HEADER = {
    "passing lines": ("passing", "STATE FOR EUR/NCE AND P AND THE OPERATIONS CENTER\n"),
    "passing line": ("passing", "STATE FOR "),
    "captions": ("passing", "EXDIS\n"),
    "capitals as captions": ("passing", "A\n"),
    "tags": ("tags", "PREL PGOV "),
    "unknown tags": ("tags", "XQZW "),
    "tags in brackets": ("tags", "(SAPT, FRITZ) "),
    "brackets in tags": ("tags", "("),
    "capitals as tags": ("tags", "A"),
    "subject lines": ("subject", "THE KING\n"),
    "subject": ("subject", "A"),
    "capitals as references": ("ref", "A"),
    "words as references": ("ref", "KING "),
    "dots and capitals as references": ("ref", "A. "),
    "digits as references": ("ref", "1"),
    "numbers as references": ("ref", "STRELSAU 12, 13 AND 14/15 "),
    "letters as references": ("ref", "(A) "),
    "post and blanks": ("ref", "STRELSAU     "),
    "initials as references": ("ref", "A.B"),
    "info": ("info", "AMEMBASSY STRELSAU PRIORITY\n"),
    "info in one line": ("info", "AMEMBASSY STRELSAU "),
    "exempt": ("info", "XMT, STRELSAU, "),
}


def seconds(text: str, times: int = 1) -> float:
    """CPU time of reading a text; the least of some runs."""
    raw, found = text.encode(), []
    for _ in range(times):
        start = time.process_time()
        try:
            for copy in sources.copies(raw, "long.txt"):
                telegram.read(copy)
        except NotACable:
            pass
        found.append(time.process_time() - start)
    return min(found)


def is_linear(made: Callable[[int], str]) -> tuple[bool, str]:
    """Whether ten times the size costs about ten times the time; and the figures."""
    large = seconds(made(LARGE))
    if large < QUICK:
        return True, ""
    small = seconds(made(SMALL), 3)
    if large >= small * MOST:  # once more, lest another program was in the way
        large = min(large, seconds(made(LARGE), 2))
    return large < small * MOST, f"{small * 1e3:.1f} ms, and {large * 1e3:.1f} ms for ten times the size"


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("piece", IN_THE_BODY.values(), ids=IN_THE_BODY)
def test_whatever_stands_in_the_body(piece, form):
    """Runs, lists, marks, brackets, lines that look like a relay's, in a cable of every form."""
    linear, figures = is_linear(lambda size: filled(form, size, "body", piece, PROSE))
    assert linear, figures


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize(("field", "piece"), IN_THE_HEADER.values(), ids=IN_THE_HEADER)
def test_whatever_stands_in_the_header(field, piece, form):
    """A field has no fixed length."""
    linear, figures = is_linear(lambda size: filled(form, size, field, piece))
    assert linear, figures


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize(("field", "made"), [("body", numbered), ("ref", cited), ("info", addressees)])
def test_long_cables(field, made, form):
    """Ordinary paragraphs, references and addressees, very many of them."""
    linear, figures = is_linear(lambda size: form.format(**(FIELDS | {field: made(size)})))
    assert linear, figures


@pytest.mark.parametrize(
    "piece", [*(form.format(**FIELDS) for form in FORMS.values()), "NNNN\nVZCZCXRO0001\n"]
)
def test_many_cables_in_one_file(piece):
    """A file of very many cables, and one of very many ends and beginnings."""
    linear, figures = is_linear(lambda size: piece * (size // len(piece)))
    assert linear, figures


def test_words_divided_at_line_ends():
    """Each is looked for in the text around it, which has a limit: dear, but in proportion."""
    assert seconds(filled(HEADER, 200_000, "body", "rail-\nway ", PROSE)) < 5


def test_a_list_of_ten_thousand_references():
    """Ten thousand lines behind REF are read in the time of other lines."""
    text = HEADER.format(**(FIELDS | {"ref": cited(280_000)}))
    assert seconds(text) < 5


@pytest.mark.parametrize(
    "piece", ["The king left for Letinje. ", "A", "0", "(", "\n", "(C) ", "COMMENT ", "\\"]
)
def test_a_megabyte(piece):
    """A cable of a megabyte is a cable like another."""
    assert seconds(filled(HEADER, 1_000_000, "body", piece, PROSE)) < 10
