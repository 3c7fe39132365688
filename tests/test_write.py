"""Writing a cable from its record: what is read of it again is the same."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from msgspec.structs import replace

from reftel import telegram
from reftel.cable import from_json, to_json
from reftel.errors import UsageError
from reftel.forge import ERAS
from reftel.sources import copies

COMMAND = f"{sys.executable} -m reftel"
BARE = {"acp127": "plain", "sas": "aad-bare"}  # the packaging that adds nothing of its own


def run(line: str, given: str | None = None, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a line of the shell; it ends with `code`, and never with a traceback."""
    ended = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line}"],
        input=given,
        capture_output=True,
        text=True,
        env=os.environ,
        check=False,
    )
    assert "Traceback" not in ended.stderr
    assert ended.returncode == code, ended.stderr
    return ended


def undamaged(era: str, count: int) -> list[bytes]:
    """The texts of so many undamaged cables in no packaging."""
    made = (ERAS[era](index, 5, ()) for index in range(1000))
    chosen = (one.text for one in made if one.packaging == BARE[era])
    return [text for text, _ in zip(chosen, range(count), strict=False)]


def facts(line: str) -> dict[str, object]:
    """A record but for its copy, its key, and what follows from them: places and bases."""
    record = json.loads(line)
    for field in ("copy", "key", "spans", "sent_basis", "mentions"):  # mentions are found, not sent
        record.pop(field, None)
    del record["mrn"]["basis"]
    record["defects"] = sorted(one["code"] for one in record["defects"] if one["code"] != "page-line")
    for one in record["references"]:
        del one["span"]
    for paragraph in record["paragraphs"]:
        del paragraph["spans"]
        for part in paragraph["parts"]:
            del part["spans"]
    return record


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the records of 24 cables of each era that can be written, as a process reads them."""
    folder = tmp_path_factory.mktemp("write")
    (folder / "cables").mkdir()
    for era in BARE:
        for order, text in enumerate(undamaged(era, 24)):
            (folder / "cables" / f"{era}{order:02d}.txt").write_bytes(text)
    run(f"{COMMAND} read --json {folder / 'cables'} > {folder / 'records.jsonl'}")
    return folder / "records.jsonl"


def test_what_is_written_reads_the_same(records, tmp_path):
    """Read, written and read again by processes: the same records, in order."""
    run(f"{COMMAND} write - --out {tmp_path / 'written'} < {records}")
    again = run(f"{COMMAND} read --json {tmp_path / 'written'}").stdout.splitlines()
    before = records.read_text().splitlines()
    assert len(again) == len(before) == 48
    assert list(map(facts, again)) == list(map(facts, before))


def test_through_a_pipe(records):
    """`read --json X | write - | read --json -`, for some of them."""
    folder = records.parent / "cables"
    names = [f"{era}{order:02d}.txt" for era in BARE for order in (7,)]
    line = f"{COMMAND} read --json {folder}/%s | {COMMAND} write - | {COMMAND} read --json -"
    with ThreadPoolExecutor(2) as shells:
        again = list(shells.map(lambda name: run(line % name).stdout, names))
    before = {json.loads(one)["copy"]["locator"]: one for one in records.read_text().splitlines()}
    assert list(map(facts, again)) == [facts(before[name]) for name in names]


@pytest.mark.parametrize("most", [12, 40])
def test_sections_are_no_longer_than_asked(records, most):
    """The text is cut into sections of at most so many lines, and reads the same but for them."""
    for line in records.read_text().splitlines():
        cable = from_json(line)
        text = telegram.write(cable, most)
        (copy,) = copies(text.encode(), "-")
        again = telegram.read(copy)
        expected = facts(line)
        del expected["sections"]
        found = facts(to_json(again).decode())
        sections = found.pop("sections")
        assert most > 12 or sections, cable.id
        assert found == expected, cable.id


def test_lines_of_a_section(records):
    """Counted in a written telegram of 1973-79, between the heads of its sections."""
    line = next(one for one in records.read_text().splitlines() if json.loads(one)["era"] == "acp127")
    text = telegram.write(from_json(line), 15)
    first = text.index("\n1. ")
    sections = text[first:].split(f"{from_json(line).mrn.station} 0")
    assert len(sections) > 2
    assert all(len(section.strip("\n").split("\n")) - 2 <= 15 for section in sections[1:-1])


def test_several_records(records):
    """Several lines give several cables, one after another."""
    two = "".join(records.read_text().splitlines(keepends=True)[:2])
    assert run(f"{COMMAND} write -", two).stdout.count("\nNNN") == 2


@pytest.mark.parametrize(
    ("given", "code", "sentence"),
    [
        ("", 3, "-: no record in it"),
        ("UNCLAS ZENDA 000012\n", 3, "-, line 1: no record of a cable"),
        ('\n{"id": null}\n', 3, "-, line 2: no record of a cable"),
        ('{"id": 7}', 3, "one record a line"),
    ],
)
def test_what_is_no_record(given, code, sentence):
    """One sentence: which line, what is wrong with it, what to give."""
    ended = run(f"{COMMAND} write -", given, code=code)
    assert sentence in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_an_era_that_cannot_be_written(records):
    """It is said which, and which can."""
    cable = from_json(records.read_text().splitlines()[0])
    with pytest.raises(UsageError, match="era plain cannot be written; give one of the eras acp127 and sas"):
        telegram.write(replace(cable, era="plain"))
