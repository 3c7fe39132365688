"""Marks laid on real copies: what they name, and where a record says otherwise.

A mark names a text by its place in the copy, so that no text of a real cable stands in the project. What may
stand in a mark is told in tests/seeds/README.md and tests/aad/README.md.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

Fragment = tuple[int, int]
Mark = dict[str, Any]
Record = dict[str, Any]

AS_PLACES = {"span", "spans", "further_spans", "core"}
"""Fields in which a mark means its place and not its text."""


class Page:
    """A copy's decoded text, with its lines, for marks to be laid on.

    `lines` says of some lines what no mark has to say again: `noise` (first and last line of each stretch
    that is no text), `glued` and `healed` (no blank behind them; a healed one loses its hyphen), `items` and
    `blocks` (they begin a new line, or stand apart).
    """

    def __init__(self, raw: bytes, lines: Mark | None = None) -> None:
        self.text = raw.decode("utf-8")
        self.lines = self.text.split("\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)
        said = lines or {}
        self.noise = {n for first, last in said.get("noise", ()) for n in range(first - 1, last)}
        self.glued, self.healed, self.items, self.blocks = (
            {n - 1 for n in said.get(kind, ())} for kind in ("glued", "healed", "items", "blocks")
        )

    def place(self, mark: Mark) -> Fragment:
        """The fragment that a mark names, noise and all."""
        first, last = mark["lines"][0] - 1, mark["lines"][-1] - 1
        if "only" in mark:
            assert self.lines[first].count(mark["only"]) == 1, f"not once on its line: {mark}"
            start = self.starts[first] + self.lines[first].index(mark["only"])
            return start, start + len(mark["only"])
        end = mark.get("until", len(self.lines[last].rstrip()))
        return self.starts[first] + mark.get("after", 0), self.starts[last] + end

    def places(self, mark: Mark) -> list[Fragment]:
        """The fragments that a mark names, cut where noise stands."""
        start, end = self.place(mark)
        found: list[Fragment] = []
        broken = True
        for n in range(mark["lines"][0] - 1, mark["lines"][-1]):
            if n in self.noise:
                broken = True
            elif self.lines[n].strip():
                first = max(start, self.starts[n] + len(self.lines[n]) - len(self.lines[n].lstrip()))
                last = min(end, self.starts[n] + len(self.lines[n].rstrip()))
                found.append((first, last) if broken else (found.pop()[0], last))
                broken = False
        return found

    def words(self, mark: Mark) -> str:
        """The text that a mark names, line wraps joined."""
        if "join" in mark:
            return "".join(piece if isinstance(piece, str) else self.words(piece) for piece in mark["join"])
        start, end = self.place(mark)
        text, behind = "", ""
        for n in range(mark["lines"][0] - 1, mark["lines"][-1]):
            line = self.text[max(start, self.starts[n]) : min(end, self.starts[n + 1])]
            if n in self.noise or not line.strip():
                continue
            line = " ".join(line.split())
            if text:
                text += "\n\n" if n in self.blocks else "\n" if n in self.items else behind
            text += line.removesuffix("-") if n in self.healed else line
            behind = "" if n in self.glued | self.healed else " "
        return text.replace(mark["without"], "") if "without" in mark else text


def meant(value: Any, page: Page, *, as_place: bool = False) -> Any:
    """A marked value with each mark replaced by the text it names; under `span` and `spans`, by its place."""
    if isinstance(value, list):
        if as_place and all(isinstance(item, dict) for item in value):
            return [list(place) for item in value for place in page.places(item)]
        return [meant(item, page, as_place=as_place) for item in value]
    if not isinstance(value, dict):
        return value
    if is_mark(value):
        return list(page.place(value)) if as_place else page.words(value)
    return {
        name: meant(item, page, as_place=as_place or name in AS_PLACES)
        for name, item in value.items()
        if name != "lines"
    }


def is_mark(value: Mark) -> bool:
    """Whether an object is a mark and no part of the record."""
    lines = value.get("lines")
    return "join" in value or isinstance(lines, list)


def differences(expected: Any, got: Any, path: str) -> Iterator[str]:
    """Each place where two values differ, as `path: expected ..., got ...`."""
    if isinstance(expected, dict) and isinstance(got, dict):
        for name in expected:
            if name in got:
                yield from differences(expected[name], got[name], f"{path}.{name}")
            else:
                yield f"{path}.{name}: not in the record"
        unmarked = [name for name in got.keys() - expected.keys() if got[name] not in (None, [], {}, False)]
        for name in unmarked:  # what is absent need not be marked
            yield f"{path}.{name}: the marks say nothing of it, got {shown(got[name])}"
    elif isinstance(expected, list) and isinstance(got, list) and any(isinstance(i, dict) for i in expected):
        if len(expected) != len(got):
            yield f"{path}: expected {len(expected)} items, got {len(got)}"
        for place, pair in enumerate(zip(expected, got, strict=False)):
            yield from differences(*pair, f"{path}[{place}]")
    elif isinstance(expected, str) and isinstance(got, str) and expected != got:
        start = max(0, common(expected, got) - 30)
        yield f"{path}: from character {common(expected, got)} on"
        yield f"  expected {shown(expected, start)}"
        yield f"  got      {shown(got, start)}"
    elif expected != got or type(expected) is not type(got):
        yield f"{path}: expected {shown(expected)}, got {shown(got)}"


def common(left: str, right: str) -> int:
    """How many letters two strings have in common at their beginnings."""
    longer = max(len(left), len(right)) + 1
    pairs = zip(left.ljust(longer, "\0"), right.ljust(longer, "\1"), strict=True)
    return next(n for n, (a, b) in enumerate(pairs) if a != b)


def shown(value: Any, start: int = 0) -> str:
    """A value as one short line; of a long string the part from `start`."""
    if isinstance(value, str):
        head, tail = ("…" if start else ""), ("…" if len(value) > start + 90 else "")
        return head + repr(value[start : start + 90]) + tail
    line = json.dumps(value, ensure_ascii=False)
    return line if len(line) <= 200 else line[:200] + "…"


def in_order(fragments: list[list[int]], page: Page) -> bool:
    """Whether fragments hold something each, follow one another, and lie inside the text."""
    borders = [0, *(border for fragment in fragments for border in fragment), len(page.text)]
    return (
        bool(fragments)
        and all(start < end for start, end in fragments)
        and all(earlier <= later for earlier, later in pairwise(borders))
    )


def letters_in(fragments: Iterable[Iterable[int]], page: Page) -> Iterator[int]:
    """Where the letters and digits of some fragments stand."""
    for start, end in fragments:
        yield from (at for at in range(start, end) if page.text[at].isalnum())


# -- a whole record against its marks, field by field ----------------------------------------------------


class Compared(NamedTuple):
    """One field of one cable, as marked and as read; an empty string where there is none."""

    field: str
    expected: str
    found: str


WHOLE = ("sections", "sent", "precedence", "operating_signals", "classification", "handling", "captions")
FURTHER = (
    "passing",
    "tags",
    "tags_unknown",
    "tags_persons",
    "subject",
    "subject_marking",
    "signature",
)


def compared(marked: Mark, record: Record, page: Page) -> Iterator[Compared]:
    """Every field that is marked, held against the record of the same copy; alike where it is right."""
    truth = meant(marked, page)
    yield _one("id", truth["id"], record["id"])
    for name in WHOLE + FURTHER:
        yield _one(name, truth[name], record.get(name))
    yield _one("from", truth["from"], record.get("from"))
    release = record.get("release") or {}
    yield _one("release", truth["release"], {name: release.get(name) for name in truth["release"]})
    for name in ("to", "info"):
        yield from _items(name, truth[name], record.get(name) or [])
    for name in ("distribution", "authority", "drafting"):
        yield from _parts(name, truth[name] or {}, record.get(name) or {})
    yield from _references(truth["references"], record.get("references") or [], page)
    yield from _paragraphs(truth["paragraphs"], record.get("paragraphs") or [], page)
    yield from _headers(marked, record, page)
    yield from _defects(truth["defects"], record.get("defects") or [])


def _one(field: str, expected: Any, found: Any) -> Compared:
    return Compared(field, _said(expected), _said(found))


def _said(value: Any) -> str:
    if value in (None, [], {}):
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _items(field: str, expected: list[Any], found: list[Any]) -> Iterator[Compared]:
    """Two lists, item by item."""
    for n in range(max(len(expected), len(found))):
        yield _one(field, expected[n] if n < len(expected) else None, found[n] if n < len(found) else None)


def _parts(field: str, expected: Mark, found: Mark) -> Iterator[Compared]:
    """Two objects, name by name; a name that neither fills is nothing."""
    for name in sorted(expected.keys() | found.keys()):
        pair = _one(field, expected.get(name), found.get(name))
        if pair.expected or pair.found:
            yield Compared(
                field,
                f"{name} {pair.expected}" * bool(pair.expected),
                f"{name} {pair.found}" * bool(pair.found),
            )


def _references(expected: list[Mark], found: list[Mark], page: Page) -> Iterator[Compared]:
    """The entries of the REF block, in order, and whether each stands where it is marked."""
    for n in range(max(len(expected), len(found))):
        mine = expected[n] if n < len(expected) else None
        other = found[n] if n < len(found) else None
        yield _one("references", _named(mine), _named(other))
        if mine and other:
            start, end = other["span"]
            core = mine.get("core", mine["span"])
            inside = mine["span"][0] <= start <= core[0] and core[1] <= end <= mine["span"][1]
            sliced = page.text[start:end]
            yield _one(
                "references/place",
                sliced if inside and sliced == other["text"] else page.text[slice(*mine["span"])],
                other["text"],
            )


def _named(reference: Mark | None) -> list[Any]:
    if reference is None:
        return []
    return [reference.get(name) for name in ("letter", "kind", "id", "captions", "title")]


def _paragraphs(expected: list[Mark], found: list[Mark], page: Page) -> Iterator[Compared]:
    """The paragraphs, each beside the one that begins at the same place or has the same anchor."""
    begins = {one["spans"][0][0]: one for one in found if one["spans"]}
    anchors = {one["anchor"]: one for one in found}
    left = {one["anchor"] for one in found}
    for mine in expected:
        other = begins.get(mine["spans"][0][0]) or anchors.get(mine["anchor"])
        if other is None:
            yield _one("paragraphs/number", _numbered(mine), None)
            continue
        left.discard(other["anchor"])
        yield _one("paragraphs/number", _numbered(mine), _numbered(other))
        yield from _paragraph(mine, other, page)
    for anchor in sorted(left):
        yield _one("paragraphs/number", None, _numbered(anchors[anchor]))


def _numbered(paragraph: Mark) -> list[Any]:
    return [paragraph["number"], paragraph["anchor"]]


def _paragraph(mine: Mark, other: Mark, page: Page) -> Iterator[Compared]:
    words, read = " ".join(mine["text"].split()), " ".join(other["text"].split())
    yield Compared("paragraphs/text", *_where_they_part(words, read))
    if words == read:
        yield Compared("paragraphs/breaks", *_where_they_part(mine["text"], other["text"]))
    for name in ("marking", "heading"):
        if mine[name] or other[name]:
            yield _one(f"paragraphs/{name}", mine[name], other[name])
    yield _one("paragraphs/voice", mine["voice"], other["voice"])
    parts = mine.get("parts") or [{**mine, "text": mine["text"]}]
    yield _one("paragraphs/parts", *_where_parts_part(parts, other["parts"]))
    apart = set(letters_in(mine["spans"], page)) ^ set(letters_in(other["spans"], page))
    here = f"{len(apart)} letters apart from {min(apart)} on" if apart else "as marked"
    yield Compared("paragraphs/place", "as marked", here)


def _where_they_part(expected: str, found: str) -> tuple[str, str]:
    """Two texts cut to a stretch about their first difference, which is enough to be told."""
    start = max(0, common(expected, found) - 30) if expected != found else 0
    return expected[start : start + 90], found[start : start + 90]


def _where_parts_part(expected: list[Mark], found: list[Mark]) -> tuple[list[Any], list[Any]]:
    mine, other = (
        [[p["marking"], p["voice"], " ".join(p["text"].split())] for p in parts]
        for parts in (expected, found)
    )
    if mine == other:
        return [part[:2] for part in mine], [part[:2] for part in other]
    cut = [[marking, voice, f"{text[:25]} … {text[-25:]}"] for marking, voice, text in mine]
    return cut, [[marking, voice, f"{text[:25]} … {text[-25:]}"] for marking, voice, text in other]


def _headers(marked: Mark, record: Record, page: Page) -> Iterator[Compared]:
    """Whether the subject is said to stand where it is marked."""
    if marked["subject"]:
        places, said = page.places(marked["subject"]), record.get("spans", {}).get("/subject") or []
        apart = set(letters_in(places, page)) ^ set(letters_in(said, page))
        yield Compared("subject/place", "as marked", "as marked" if not apart else f"at {said}")


def _defects(expected: list[Mark], found: list[Mark]) -> Iterator[Compared]:
    """The damage that has to be reported; what is reported beside it is not judged."""
    codes = [one["code"] for one in found]
    for one in expected:
        there = one["code"] in codes
        if there:
            codes.remove(one["code"])
        yield Compared("defects", one["code"], one["code"] if there else "")
