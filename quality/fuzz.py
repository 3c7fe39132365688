"""Reading what was damaged in every way: `make fuzz`, `MINUTES=10 make fuzz`, `SEED=3 make fuzz`.

Specimens of every era are mutated by bytes, lines and sections. Whatever comes of it must give records, or
one class of `errors.py`: never another exception, never a span outside the text, never more time than in
proportion to size. What fails is made as small as it can be, printed, and kept under `out/`. The same seed
makes the same inputs.
"""

import ast
import gzip
import hashlib
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from reftel import sources, telegram
from reftel.cable import Cable, Copy, Span, from_json, to_json
from reftel.defects import CODES
from reftel.errors import ReftelError
from reftel.forge import forge

PROJECT = Path(__file__).resolve().parent.parent
OUT = PROJECT / "out"
FORGED = 90  # the story, and some behind it
REAL = 40  # of each real corpus, where there is one
SECONDS = 0.25  # whatever the size
SECONDS_A_SIGN = 10e-6  # ten to fifty times what reading takes
LARGEST = 300_000

Mutation = Callable[[Random, bytes, Sequence[bytes]], bytes]


class Failure(NamedTuple):
    """What went wrong with an input: `kind` is the same for what is likely the same fault."""

    kind: str
    message: str
    raw: bytes


# -- what must be true -------------------------------------------------------------------------------


def check(raw: bytes) -> Failure | None:
    """The first thing that is wrong with how some bytes are read; None where nothing is."""
    start = time.process_time()
    try:
        copies = sources.copies(raw, "fuzz.txt")
        cables = [telegram.read(copy) for copy in copies]
    except ReftelError:
        copies, cables = (), []
    except Exception as error:  # that is what is looked for
        return Failure(f"{type(error).__name__} {_place(error)}", f"{type(error).__name__}: {error}", raw)
    spent = time.process_time() - start
    if spent > SECONDS + SECONDS_A_SIGN * len(raw):
        return Failure("slow", f"{spent:.2f} s of CPU for {len(raw):,} bytes", raw)
    for copy, cable in zip(copies, cables, strict=True):
        wrong = next(wrongs(copy, cable), None)
        if wrong:
            return Failure(wrong.split(":")[0], wrong, raw)
        if len(copies) > 1 and sources.copies(copy.raw, copy.locator) != (copy,):
            return Failure("cut again", f"cut again: {copy.locator} does not read as itself", raw)
    return None


def _place(error: BaseException) -> str:
    """The innermost place in our own source: the same fault, the same place."""
    place, trace = "", error.__traceback__
    while trace:
        code = trace.tb_frame.f_code
        if "/reftel/" in code.co_filename:
            place = f"{Path(code.co_filename).stem}.{code.co_name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def wrongs(copy: Copy, cable: Cable) -> Iterator[str]:
    """What a record breaks of its promises (docs/record.md)."""
    if from_json(to_json(cable)) != cable:
        yield "json: the record is another when read back"
    yield from _wrong_fields(copy.text, cable)
    yield from _wrong_paragraphs(copy.text, cable)
    for reference in cable.references:
        cut = " ".join(_PAGE_LINE.sub("", copy.text[slice(*reference.span)]).split())
        if not _in(copy.text, reference.span) or cut != " ".join(reference.text.split()):
            yield f"reference: {reference.text!r} is {cut!r} at its place"


_PAGE_LINE = re.compile(r"^ *(?:PAGE \d\d |Declassified/Released).*$", re.MULTILINE)  # cut out of the text
_NO_LETTER = re.compile("[-\\\\\u00ad\u200b-\u200d\u2060\ufeff]")


def _letters(words: str) -> str:
    """The words without blanks, hyphens and signs that are not seen."""
    return "".join(_NO_LETTER.sub("", words).split())


def _wrong_fields(text: str, cable: Cable) -> Iterator[str]:
    for defect in cable.defects:
        if defect.code not in CODES:
            yield f"code: {defect.code} is in no list"
        if defect.span and not _in(text, defect.span):
            yield f"defect {defect.code}: {defect.span} is no place in {len(text)} code points"
    for pointer, places in cable.spans.items():
        field = "/".join("*" if step.isdigit() else step for step in pointer.split("/"))
        if not _in_order(text, places):
            yield f"field {field}: {places} is not in order"
    for field, value in (("subject", cable.subject), ("signature", cable.signature)):
        places = cable.spans.get(f"/{field}", ())
        cut = "".join(text[a:b] for a, b in places)
        if places and _letters(value or "") not in _letters(cut):  # a word broken at a line end is healed
            yield f"words of {field}: {value!r} is {cut!r} at its place"


def _wrong_paragraphs(text: str, cable: Cable) -> Iterator[str]:
    before = 0
    for paragraph in cable.paragraphs:
        if not paragraph.spans or not _in_order(text, paragraph.spans) or paragraph.spans[0][0] < before:
            yield f"paragraph: {paragraph.anchor} at {paragraph.spans} behind {before}"
        before = paragraph.spans[-1][1] if paragraph.spans else before
        for part in paragraph.parts:
            if not _in_order(text, part.spans):
                yield f"part: of {paragraph.anchor} at {part.spans}"
    anchors = [paragraph.anchor for paragraph in cable.paragraphs]
    if len(set(anchors)) != len(anchors):
        yield f"anchors: one stands twice in {anchors}"


def _in(text: str, span: Span) -> bool:
    return 0 <= span[0] <= span[1] <= len(text)


def _in_order(text: str, places: Sequence[Span]) -> bool:
    ends = [0]
    for place in places:
        if not _in(text, place) or place[0] < ends[-1]:
            return False
        ends.append(place[1])
    return True


# -- what is mutated ---------------------------------------------------------------------------------


def specimens(shared: Path | None = None) -> list[bytes]:
    """Texts of every era: forged ones, every text that stands in the tests, and real ones where they are."""
    found = [one.text for one in forge(FORGED, 1)]
    for path in sorted((PROJECT / "tests").glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_text(node.value):
                found.append(node.value.encode())
    found += [path.read_bytes() for path in sorted((PROJECT / "tests").glob("specimens/**/copy.txt"))]
    return found + (_real(shared) if shared else [])


def _is_text(value: str) -> bool:
    return value.count("\n") > 3 and any(sign in value for sign in ("SUBJ", "Subj", "1. ("))


def _real(shared: Path) -> list[bytes]:
    """Real texts; the inputs made of them are never kept in the project."""
    found = [path.read_bytes() for path in sorted(shared.glob("seeds/*.txt"))]
    for name, field in (("data/raw-cables/aad-cables", "raw_text"), ("data/frus/telegrams-1969-80", "text")):
        path = shared / f"{name}.jsonl.gz"
        if path.exists():
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                found += [
                    json.loads(line)[field].encode() for line, _ in zip(lines, range(REAL), strict=False)
                ]
    return found


# -- mutations ---------------------------------------------------------------------------------------

BYTES = (
    *(bytes((byte,)) for byte in b"\0\x01\x1a\x1b\x80\x81\xa0\xc2\xe2\xff\r\n\f\v\t\\&#()[].:;,-/0159AZ "),
    *(
        sign.encode()
        for sign in ("\xa0", "\u2007", "\u202f", "\ufeff", "¶", "–", "’", "é", "Ã©", "â€™", "\x85")
    ),
    *(b"\xf0\x9f\x98\x80", b"&#x000A;", b"&amp;nbsp;", b"\r\r\n", b"[1](#)", b"](#)", b"(C) ", b"\\\n"),
)
LINES = tuple(
    line.encode()
    for line in """\


NNNN
NNN
BT
VZCZCXRO0001
DE RUEHZN #0012/01 0430516
ZNY CCCCC ZZH
FM X
TO X
P 120516Z FEB 09
P 310516Z FEB 09 ZFF4
INFO RUEHC/
PAGE 01 ZENDA 00012 01 OF 02 120516Z
ZENDA 00000012  002 OF 002
UNCLAS ZENDA 000012
C O N F I D E N T I A L SECTION 02 OF 03 ZENDA 000012
SECRET//NOFORN ZENDA 1
CONFIDENTIAL
SECRET
E.O. 12958: DECL: 02/30/2015
E.O. 12065: GDS
TAGS:
TAGS: OVIP (SAPT, FRITZ), XX
SUBJECT:
SUBJ: (S) X
REF:
REFS: A. B. C. (D) ZENDA 1, 2 AND 3/4
REF: ZENDA A-12
Classified By: X, reasons 1.4 (b)
DERIVED FROM: X
SIPDIS
EXDIS NOFORN
FOR: X
STATE PASS X ONLY
1.
1. (C)
11. (C) X
¶2. (S//NF) X
2. X
99. (U) X
a. (C) X
-- (S) X
BEGIN TEXT:
END TEXT.
COMMENT:
END COMMENT.
Summary. End
(COMMENT: X
#### X
=====
----------
MRN: 23 ZENDA 1
Date/DTG: 152131Z SEP 23
Action: X ROUTINE
Drafted By: X:Y (INFO)
Signature: X
Message Text
Message Attributes
From: X
SAPT
SAPT##
DRAFTED BY EUR:X
ACTION EUR-05
INFO  OCT-01 ISO-00 /006 W
Identifier
Cable title:
pdf how-to read a cable""".split("\n")
)
"""Lines that mean something somewhere."""


def _at(dice: Random, raw: bytes) -> int:
    return dice.randint(0, len(raw))


def insert_bytes(dice: Random, raw: bytes, others: Sequence[bytes]) -> bytes:
    at = _at(dice, raw)
    return raw[:at] + dice.choice(BYTES) * dice.choice((1, 1, 2, 30)) + raw[at:]


def change_byte(dice: Random, raw: bytes, others: Sequence[bytes]) -> bytes:
    at = _at(dice, raw)
    return raw[:at] + bytes((dice.randrange(256),)) + raw[at + 1 :]


def delete_bytes(dice: Random, raw: bytes, others: Sequence[bytes]) -> bytes:
    at = _at(dice, raw)
    return raw[:at] + raw[at + dice.choice((1, 2, 10, 200)) :]


def truncate(dice: Random, raw: bytes, others: Sequence[bytes]) -> bytes:
    at = _at(dice, raw)
    return raw[:at] if dice.random() < 0.5 else raw[at:]


def encode_anew(dice: Random, raw: bytes, others: Sequence[bytes]) -> bytes:
    text = raw.decode("utf-8", "replace")
    name = dice.choice(
        ("utf-16", "utf-16-le", "utf-16-be", "cp1252", "cp850", "latin-1", "utf-8-sig", "utf-32")
    )
    if name == "latin-1":  # read wrongly, and written again
        return raw.decode("latin-1").encode()
    return text.encode(name, "replace")


def change_text(dice: Random, raw: bytes, others: Sequence[bytes]) -> bytes:
    old, new = dice.choice(
        (
            (b"\n", b"\r\n"),
            (b"\n", b"\r"),
            (b"\n\n", b"\n"),
            (b"\n", b"\n\n"),
            (b"\n", b" "),
            (b" ", b"\t"),
            (b" ", b""),
            (b"\n", b"\\\n"),
            (b"\n", b"&#x000A;"),
            (b" ", "\xa0".encode()),
            (b".", b""),
            (b"0", b"O"),
        )
    )
    return raw.replace(old, new) if dice.random() < 0.7 else getattr(raw, dice.choice(("upper", "lower")))()


def _lines(dice: Random, raw: bytes) -> tuple[list[bytes], int, int]:
    lines = raw.split(b"\n")
    first = dice.randrange(len(lines))
    return lines, first, min(len(lines), first + dice.choice((1, 1, 2, 8)))


def insert_line(dice: Random, raw: bytes, others: Sequence[bytes]) -> bytes:
    lines, first, _ = _lines(dice, raw)
    times = dice.choice((1, 1, 1, 2, 50))
    return b"\n".join([*lines[:first], *[dice.choice(LINES)] * times, *lines[first:]])


def delete_lines(dice: Random, raw: bytes, others: Sequence[bytes]) -> bytes:
    lines, first, last = _lines(dice, raw)
    return b"\n".join(lines[:first] + lines[last:])


def repeat_lines(dice: Random, raw: bytes, others: Sequence[bytes]) -> bytes:
    lines, first, last = _lines(dice, raw)
    return b"\n".join(lines[:first] + lines[first:last] * dice.choice((2, 2, 3, 40, 1000)) + lines[last:])


def move_lines(dice: Random, raw: bytes, others: Sequence[bytes]) -> bytes:
    lines, first, last = _lines(dice, raw)
    rest = lines[:first] + lines[last:]
    at = dice.randint(0, len(rest))
    return b"\n".join(rest[:at] + lines[first:last] + rest[at:])


def join_lines(dice: Random, raw: bytes, others: Sequence[bytes]) -> bytes:
    lines, first, last = _lines(dice, raw)
    return b"\n".join([*lines[:first], b" ".join(lines[first : last + 1]), *lines[last + 1 :]])


def splice(dice: Random, raw: bytes, others: Sequence[bytes]) -> bytes:
    """The head of one and the tail of another."""
    other = dice.choice(others)
    lines, first, _ = _lines(dice, raw)
    others_lines, other_first, _ = _lines(dice, other)
    return b"\n".join(lines[:first] + others_lines[other_first:])


def enclose(dice: Random, raw: bytes, others: Sequence[bytes]) -> bytes:
    """One inside another."""
    lines, first, _ = _lines(dice, raw)
    return b"\n".join([*lines[:first], dice.choice(others), *lines[first:]])


def follow(dice: Random, raw: bytes, others: Sequence[bytes]) -> bytes:
    """One behind another, or behind itself."""
    other = dice.choice((raw, dice.choice(others)))
    return raw + dice.choice((b"", b"\n", b"\nNNNN\n\n", b"\n\f\n", b"\n==========\n")) + other


MUTATIONS: tuple[Mutation, ...] = (
    insert_bytes,
    change_byte,
    delete_bytes,
    truncate,
    encode_anew,
    change_text,
    insert_line,
    insert_line,
    insert_line,
    delete_lines,
    delete_lines,
    repeat_lines,
    move_lines,
    join_lines,
    splice,
    enclose,
    follow,
)


def mutated(seed: int, index: int, texts: Sequence[bytes]) -> bytes:
    """The input of that number: a specimen, changed one to eight times."""
    dice = Random(f"{seed}/{index}")
    raw = dice.choice(texts)
    for _ in range(dice.choice((1, 1, 2, 3, 5, 8))):
        raw = dice.choice(MUTATIONS)(dice, raw, texts)[:LARGEST]
    return raw


# -- making a failure small --------------------------------------------------------------------------


def minimised(failure: Failure, seconds: float = 20) -> Failure:
    """The same failure with as few lines, and then as few bytes, as can be found in some seconds."""
    until = time.monotonic() + seconds
    for pieces, glue in ((failure.raw.split(b"\n"), b"\n"), (None, b"")):
        left = pieces if pieces is not None else [bytes((byte,)) for byte in failure.raw]
        size = max(1, len(left) // 2)
        while size and time.monotonic() < until:
            at, smaller = 0, False
            while at < len(left) and time.monotonic() < until:
                rest = left[:at] + left[at + size :]
                again = check(glue.join(rest))
                if again and again.kind == failure.kind:
                    left, failure, smaller = rest, again, True
                else:
                    at += size
            size = size if smaller and size == 1 else size // 2
    return failure


def failures(
    seed: int, texts: Sequence[bytes], goes_on: Callable[[int], bool]
) -> Iterator[tuple[int, Failure | None]]:
    """Each input in turn, and what failed: of each kind of failure the first."""
    known: set[str] = set()
    index = 0
    while goes_on(index):
        failure = check(mutated(seed, index, texts))
        if failure and failure.kind == "slow" and not check(failure.raw):
            failure = None  # the machine was slow, not the reader
        if failure and failure.kind in known:
            failure = None
        if failure:
            known.add(failure.kind)
        yield index, failure
        index += 1


def main() -> None:
    """Look for failures for some minutes; exit code 1 where there is one."""
    minutes, seed = float(os.environ.get("MINUTES", "2")), int(os.environ.get("SEED", "1"))
    shared = Path(os.environ.get("REFTEL_SHARED", PROJECT.parent / "shared"))
    texts = specimens(shared if shared.is_dir() else None)
    print(f"seed {seed}, {minutes:g} minutes, {len(texts)} specimens")
    until = time.monotonic() + 60 * minutes
    done = found = 0
    for index, failure in failures(seed, texts, lambda index: time.monotonic() < until):
        done = index + 1
        if failure is None:
            continue
        found += 1
        small = minimised(failure)
        OUT.mkdir(exist_ok=True)
        path = OUT / f"fuzz-{hashlib.sha256(small.raw).hexdigest()[:12]}.txt"
        path.write_bytes(small.raw)
        print(f"\ninput {index} of seed {seed}: {small.kind}\n  {small.message}\n  {path}")
        print(f"  {small.raw[:1_000]!r}")
    print(f"{done:,} inputs, {found} kinds of failure")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
