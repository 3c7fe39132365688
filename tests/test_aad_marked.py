"""Telegrams of 1974-79, read field by field against truth marked by hand (tests/aad/README.md)."""

import gzip
import hashlib
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from marks import Page, compared, in_order, letters_in, meant
from reftel import sources, telegram
from reftel.cable import to_json

MARKS = Path(__file__).parent / "aad"
DOCUMENTS = sorted(file.stem for file in MARKS.glob("*.json"))

reads_the_era = pytest.mark.skipif(
    "sas" not in {era.ERA for era in telegram.ERAS}, reason="no reader of the archiving system of 1973-79 yet"
)


@pytest.fixture(scope="module")
def texts(shared: Path) -> dict[str, bytes]:
    """The texts of the marked documents' pages, by document number."""
    with gzip.open(shared / "data/raw-cables/aad-cables.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = map(json.loads, lines)
        return {row["id"]: row["raw_text"].encode() for row in rows if row["id"] in DOCUMENTS}


def laid(document: str, texts: dict[str, bytes]) -> tuple[dict[str, Any], Page]:
    """The marks of a document, and the page that they were laid on; the very bytes."""
    marked: dict[str, Any] = json.loads((MARKS / f"{document}.json").read_text("utf-8"))
    assert hashlib.sha256(texts[document]).hexdigest() == marked["copy"]["sha256"], "not the copy marked"
    return marked, Page(texts[document], marked["lines"])


@reads_the_era
@pytest.mark.parametrize(
    "document",
    DOCUMENTS,
)
def test_every_field_is_read_as_marked(document: str, texts: dict[str, bytes]) -> None:
    """Header, distribution, drafting, authority, references, and every paragraph with its parts."""
    marked, page = laid(document, texts)
    (copy,) = sources.copies(texts[document], f"{document}.txt")
    record = json.loads(to_json(telegram.read(copy)))
    found = [
        f"{one.field}: expected {one.expected!r}, got {one.found!r}"
        for one in compared(marked, record, page)
        if one.expected != one.found and one.field != "paragraphs/breaks"
    ]
    if found:
        pytest.fail(f"{document} is not read as marked:\n" + "\n".join(found), pytrace=False)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_marks_agree_with_themselves(document: str, texts: dict[str, bytes]) -> None:
    """The truth keeps the record's own laws, whatever reads the cable: numbers, parts, places, sums."""
    marked, page = laid(document, texts)
    truth = meant(marked, page)
    for paragraph in truth["paragraphs"]:
        (start, _), number = paragraph["spans"][0], paragraph["number"]
        repaired = {"code": "number-repaired"} in truth["defects"]
        assert number is None or repaired or re.match(rf"{number}[A-C]?\.? *\S", page.text[start:])
        assert in_order(paragraph["spans"], page)
        parts = paragraph.get("parts", [])
        if parts:
            assert " ".join(paragraph["text"].split()) == " ".join(" ".join(p["text"] for p in parts).split())
            assert (paragraph["marking"], paragraph["voice"]) == (parts[0]["marking"], parts[0]["voice"])
            assert all(
                (one["marking"], one["voice"]) != (two["marking"], two["voice"])
                for one, two in pairwise(parts)
            )
            inside = set(letters_in(paragraph["spans"], page))
            assert all(inside.issuperset(letters_in(part["spans"], page)) for part in parts)
    order = [fragment for paragraph in truth["paragraphs"] for fragment in paragraph["spans"]]
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(order))
    anchors = [paragraph["anchor"] for paragraph in truth["paragraphs"]]
    assert len(set(anchors)) == len(anchors)
    for reference in truth["references"]:
        core = reference.get("core", reference["span"])
        assert reference["span"][0] <= core[0] < core[1] <= reference["span"][1]
    for n in page.healed:
        assert page.lines[n].rstrip().endswith("-")
    sent_to = truth["distribution"]
    if sent_to and sent_to["total"] is not None:
        assert sum(office["copies"] for office in sent_to["action"] + sent_to["info"]) == sent_to["total"]


def as_record(marked: dict[str, Any], page: Page) -> dict[str, Any]:
    """What a reader would give that reads everything as marked."""
    record: dict[str, Any] = meant(marked, page)
    for paragraph in record["paragraphs"]:
        alone = {name: paragraph[name] for name in ("marking", "voice", "text", "spans")}
        paragraph.setdefault("parts", [alone])
    for reference in record["references"]:
        reference["text"] = page.text[slice(*reference["span"])]
    record["spans"] = {"/subject": page.places(marked["subject"])} if marked["subject"] else {}
    return record


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_is_read_as_marked_is_right(document: str, texts: dict[str, bytes]) -> None:
    """The comparison finds no fault in a record made of the marks, and finds each that is put into it."""
    marked, page = laid(document, texts)
    record = as_record(marked, page)
    assert all(one.expected == one.found for one in compared(marked, record, page))
    for field, value in (("sent", "1973-07-01"), ("signature", "RUPERT"), ("paragraphs", []), ("to", [])):
        if record[field]:
            faulty = {
                one.field
                for one in compared(marked, record | {field: value}, page)
                if one.expected != one.found
            }
            assert {name.partition("/")[0] for name in faulty} == {field}
    for paragraph in record["paragraphs"][:1]:
        paragraph["text"] += " RURITANIA"
        faulty = {one.field for one in compared(marked, record, page) if one.expected != one.found}
        assert faulty == {"paragraphs/text"}


def test_what_is_between_the_marks_is_named_noise(texts: dict[str, bytes]) -> None:
    """From the first line of the paragraphs to the last, each is a paragraph's or noise."""
    for document in DOCUMENTS:
        marked, page = laid(document, texts)
        ranges = [paragraph["text"]["lines"] for paragraph in marked["paragraphs"]]
        if ranges:
            taken = {n for lines in ranges for n in range(lines[0] - 1, lines[-1])} | page.noise
            within = range(ranges[0][0] - 1, ranges[-1][-1])
            assert [n + 1 for n in within if page.lines[n].strip() and n not in taken] == [], document
