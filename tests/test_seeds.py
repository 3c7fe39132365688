"""The five real cables, read field by field against truth marked by hand (tests/seeds/README.md)."""

import hashlib
import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

MARKS = Path(__file__).parent / "seeds"
NAMES = ("05ALMATY1109", "05ALMATY3604", "05ALMATY538", "05ALMATY2439", "09ASTANA253")
OF_THE_MARKS_ALONE = {"further_spans"}
COMPARED_APART = {"spans", "defects"}

Fragment = tuple[int, int]


class Page:
    """A copy's decoded text, with its lines, for marks to be laid on."""

    def __init__(self, raw: bytes) -> None:
        self.text = raw.decode("utf-8")
        self.lines = self.text.split("\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)

    def place(self, mark: dict[str, Any]) -> Fragment:
        """The fragment that a mark names."""
        first, last = mark["lines"][0] - 1, mark["lines"][-1] - 1
        if "only" in mark:
            assert self.lines[first].count(mark["only"]) == 1, f"not once on its line: {mark}"
            start = self.starts[first] + self.lines[first].index(mark["only"])
            return start, start + len(mark["only"])
        end = mark.get("until", len(self.lines[last].rstrip()))
        return self.starts[first] + mark.get("after", 0), self.starts[last] + end

    def words(self, mark: dict[str, Any]) -> str:
        """The text that a mark names, line wraps joined."""
        if "join" in mark:
            return "".join(piece if isinstance(piece, str) else self.words(piece) for piece in mark["join"])
        start, end = self.place(mark)
        lines = [line.rstrip() for line in self.text[start:end].split("\n")]
        text = " ".join(line for line in lines if line)
        return text.replace(mark["without"], "") if "without" in mark else text


def meant(value: Any, page: Page, *, as_span: bool = False) -> Any:
    """A marked value with each mark replaced by the text it names; under `span` and `spans`, by the place."""
    if isinstance(value, list):
        return [meant(item, page, as_span=as_span) for item in value]
    if not isinstance(value, dict):
        return value
    if "lines" in value or "join" in value:
        return list(page.place(value)) if as_span else page.words(value)
    return {
        name: meant(item, page, as_span=as_span or name in {"span", "spans", "further_spans"})
        for name, item in value.items()
    }


def differences(expected: Any, got: Any, path: str) -> Iterator[str]:
    """Each place where two values differ, as `path: expected ..., got ...`."""
    if isinstance(expected, dict) and isinstance(got, dict):
        for name in expected:
            if name in got:
                yield from differences(expected[name], got[name], f"{path}.{name}")
            else:
                yield f"{path}.{name}: not in the record"
        for name in sorted(got.keys() - expected.keys()):
            if got[name] not in (None, [], {}):  # what the marks leave out is absent
                yield f"{path}.{name}: the marks say nothing of it, got {shown(got[name])}"
    elif isinstance(expected, list) and isinstance(got, list) and any(isinstance(i, dict) for i in expected):
        if len(expected) != len(got):
            yield f"{path}: expected {len(expected)} items, got {len(got)}"
        for place, pair in enumerate(zip(expected, got, strict=False)):
            yield from differences(*pair, f"{path}[{place}]")
    elif isinstance(expected, str) and isinstance(got, str) and expected != got:
        same = next((n for n, (a, b) in enumerate(pairs(expected, got)) if a != b), 0)
        start = max(0, same - 30)
        yield f"{path}: from character {same} on"
        yield f"  expected {shown(expected, start)}"
        yield f"  got      {shown(got, start)}"
    elif expected != got or type(expected) is not type(got):
        yield f"{path}: expected {shown(expected)}, got {shown(got)}"


def pairs(left: str, right: str) -> Iterator[tuple[str, str]]:
    """Two strings letter by letter, to the end of the longer."""
    longer = max(len(left), len(right)) + 1
    return zip(left.ljust(longer, "\0"), right.ljust(longer, "\0"), strict=True)


def shown(value: Any, start: int = 0) -> str:
    """A value as one short line; of a long string the part from `start`."""
    if isinstance(value, str):
        head, tail = ("…" if start else ""), ("…" if len(value) > start + 90 else "")
        return head + repr(value[start : start + 90]) + tail
    line = json.dumps(value, ensure_ascii=False)
    return line if len(line) <= 200 else line[:200] + "…"


def span_differences(marked: dict[str, Any], record: dict[str, Any], page: Page) -> Iterator[str]:
    """Where the record's map of header fields to fragments is not the one that is marked."""
    known: dict[str, list[list[int]]] = {**marked["spans"], **marked["further_spans"]}
    got: dict[str, list[list[int]]] = record.get("spans") or {}
    for pointer in marked["spans"]:
        if pointer not in got and list_of(pointer) not in got:
            yield f".spans {pointer}: not in the record, expected {shown(known[pointer])}"
    items: dict[str, list[list[int]]] = defaultdict(list)
    for pointer, fragments in known.items():
        items[list_of(pointer)] += fragments
    for pointer, fragments in got.items():
        sliced = [page.text[start:end] for start, end in fragments]
        if not in_order(fragments, page):
            yield f".spans {pointer}: empty, overlapping, out of order or out of the text: {fragments}"
        elif pointer in known:
            if fragments != known[pointer]:
                words = [page.text[start:end] for start, end in known[pointer]]
                yield f".spans {pointer}: expected {known[pointer]} {words}, got {fragments} {sliced}"
        elif pointer in items:
            letters = set(letters_in(fragments, page))
            missing = set(letters_in(items[pointer], page)) - letters
            strange = letters - set(letters_in(items[pointer] + items[f"{pointer}_unknown"], page))
            if missing or strange:
                yield f".spans {pointer}: expected the words at {items[pointer]}, got {fragments} {sliced}"
        else:
            yield from unlike(pointer, record, " ".join(sliced))


def in_order(fragments: list[list[int]], page: Page) -> bool:
    """Whether fragments hold something each, follow one another, and lie inside the text."""
    borders = [0, *(border for fragment in fragments for border in fragment), len(page.text)]
    return (
        bool(fragments)
        and all(start < end for start, end in fragments)
        and all(earlier <= later for earlier, later in pairwise(borders))
    )


def list_of(pointer: str) -> str:
    """`/tags` for `/tags/0`; nothing for a pointer that is no item of a list."""
    return re.sub(r"/\d+$", "", pointer) if re.search(r"/\d+$", pointer) else ""


def letters_in(fragments: list[list[int]], page: Page) -> Iterator[int]:
    """Where the letters and digits of some fragments stand."""
    for start, end in fragments:
        yield from (at for at in range(start, end) if page.text[at].isalnum())


def unlike(pointer: str, record: dict[str, Any], sliced: str) -> Iterator[str]:
    """Whether a pointer leads nowhere, or to a value that does not stand at its place letter for letter."""
    value: Any = record
    for step in pointer.split("/")[1:]:
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (KeyError, IndexError, TypeError, ValueError):
            yield f".spans {pointer}: no such field in the record"
            return
    if isinstance(value, str) and "".join(value.split()) != "".join(sliced.split()):
        yield f".spans {pointer}: the value is {value!r}, and at its place stands {sliced!r}"
    if isinstance(value, int) and not (sliced.isdigit() and int(sliced) == value):
        yield f".spans {pointer}: the value is {value}, and at its place stands {sliced!r}"


def defect_differences(marked: list[dict[str, Any]], got: list[dict[str, Any]], page: Page) -> Iterator[str]:
    """Where the record's defects are not those marked: codes, how often, and the places that are clear."""
    expected_of, got_of = defaultdict(list), defaultdict(list)
    for defect in marked:
        expected_of[defect["code"]].append(defect)
    for defect in sorted(got, key=lambda defect: (defect["span"] is None, defect["span"] or [])):
        got_of[defect["code"]].append(defect)
        if not defect["message"].strip():
            yield f".defects {defect['code']}: no message"
        if defect["span"] and not in_order([defect["span"]], page):
            yield f".defects {defect['code']}: not a place in the text: {defect['span']}"
    for code in sorted(expected_of.keys() | got_of.keys()):
        if len(expected_of[code]) != len(got_of[code]):
            found = [(defect["message"], defect["span"]) for defect in got_of[code]]
            yield f".defects {code}: expected {len(expected_of[code])}, got {len(found)} {found or ''}"
        for place, (defect, other) in enumerate(zip(expected_of[code], got_of[code], strict=False)):
            rule = next((name for name in ("at", "within", "near") if name in defect), None)
            if rule and not holds(rule, page.place(defect[rule]), other["span"]):
                marks = list(page.place(defect[rule]))
                yield f".defects {code}[{place}]: expected a span {rule} {marks}, got {other['span']}"


def holds(rule: str, mark: Fragment, span: list[int] | None) -> bool:
    """Whether the span of a defect is where the mark says."""
    if span is None:
        return rule == "near"
    if rule == "at":
        return tuple(span) == mark
    return mark[0] <= span[0] < span[1] <= mark[1]


def marks_of(name: str) -> dict[str, Any]:
    """What is marked of one cable, as written in its file."""
    marked: dict[str, Any] = json.loads((MARKS / f"{name}.json").read_text("utf-8"))
    return marked


def page_of(name: str, shared: Path) -> Page:
    """The copy on which a cable was marked; the very bytes."""
    copy = marks_of(name)["copy"]
    raw = (shared / "seeds" / copy["locator"]).read_bytes()
    assert hashlib.sha256(raw).hexdigest() == copy["sha256"], f"{copy['locator']} is not the copy marked"
    return Page(raw)


@pytest.fixture(scope="module")
def records(shared: Path) -> list[dict[str, Any]]:
    """What `reftel read --json` prints for the five copies in one call."""
    copies = [marks_of(name)["copy"]["locator"] for name in NAMES]
    command = [sys.executable, "-m", "reftel", "read", "--json", *copies]
    done = subprocess.run(command, cwd=shared / "seeds", capture_output=True, check=False, timeout=60)
    if done.returncode:
        pytest.fail(
            f"reftel read ended with {done.returncode}: {done.stderr.decode(errors='replace')[-2000:]}"
        )
    return [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]


def test_one_record_for_each_copy(records: list[dict[str, Any]]) -> None:
    """Each copy holds one cable, and they are printed in the order asked for."""
    assert [record["copy"]["sha256"] for record in records] == [
        marks_of(name)["copy"]["sha256"] for name in NAMES
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_field_is_read_as_marked(name: str, records: list[dict[str, Any]], shared: Path) -> None:
    """Every field of the record, the whole text of every paragraph and every span are as marked by hand."""
    page = page_of(name, shared)
    marked = meant(marks_of(name), page)
    record = next((one for one in records if one["copy"]["sha256"] == marked["copy"]["sha256"]), None)
    assert record is not None, f"no record of {marked['copy']['locator']} was printed"
    apart = COMPARED_APART | OF_THE_MARKS_ALONE
    found = [
        *differences(
            {name: value for name, value in marked.items() if name not in apart},
            {name: value for name, value in record.items() if name not in apart},
            "",
        ),
        *span_differences(marked, record, page),
        *defect_differences(marks_of(name)["defects"], record.get("defects") or [], page),
    ]
    if found:
        pytest.fail(f"{name} is not read as marked:\n" + "\n".join(found), pytrace=False)


@pytest.mark.parametrize("name", NAMES)
def test_the_marks_agree_with_themselves(name: str, shared: Path) -> None:
    """The truth keeps the record's own laws, whatever reads the cable: numbers, order, parts, places."""
    page = page_of(name, shared)
    marked = meant(marks_of(name), page)
    for number, paragraph in enumerate(marked["paragraphs"]):
        (start, end), mark = paragraph["spans"][0], re.escape(f"({paragraph['marking']}) ")
        assert re.match(rf"(\[1\]\(#\)|1)?{paragraph['number']}\. {mark}\S", page.text[start:end])
        assert paragraph["text"] == " ".join(part["text"] for part in paragraph["parts"])
        assert paragraph["parts"][-1]["spans"][-1][1] == paragraph["spans"][-1][1]
        assert paragraph["voice"] == paragraph["parts"][0]["voice"]
        heading = marked["spans"].get(f"/paragraphs/{number}/heading", [])
        assert paragraph["heading"] == (" ".join(page.text[a:b] for a, b in heading) or None)
    order = [fragment for paragraph in marked["paragraphs"] for fragment in paragraph["spans"]]
    assert all(earlier[1] < later[0] for earlier, later in pairwise(order))
    assert all(page.text[slice(*ref["span"])] == ref["text"] for ref in marked["references"])
    assert {part for defect in marked["defects"] for part in defect} <= {"code", "at", "within", "near"}


def test_the_marks_agree_with_the_contract(shared: Path) -> None:
    """The example of the record's description has these places for the Astana cable."""
    marked = meant(marks_of("09ASTANA253"), page_of("09ASTANA253", shared))
    assert marked["spans"]["/subject"] == [[1502, 1546], [1547, 1588]]
    assert marked["spans"]["/to/0/name"] == [[401, 416]]
    assert marked["spans"]["/authority/name"] == [[1669, 1688]]
    assert marked["spans"]["/signature"] == [[8034, 8042]]
    assert marked["references"][0]["span"] == [1598, 1610]
    assert marked["paragraphs"][0]["spans"] == [[1704, 2527]]
    assert marked["paragraphs"][0]["parts"][0]["spans"] == [[1711, 2527]]
