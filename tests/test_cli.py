"""The commands, as a person runs them: what they print, what they end with."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reftel.cli import app
from reftel.errors import ReftelError
from reftel.forge import SAMPLE_SIZE
from reftel.ingest import ingest

CABLES = SAMPLE_SIZE - 1  # of one there are two copies

COMMAND = [sys.executable, "-m", "reftel"]


def run(*words: str | Path, code: int = 0, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; it ends with `code`, and never with a traceback."""
    ended = subprocess.run(
        [*COMMAND, *map(str, words)], capture_output=True, text=True, env=os.environ | settings, check=False
    )
    assert "Traceback" not in ended.stderr
    assert ended.returncode == code, ended.stderr
    return ended


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the forged sample in `cables` and an archive of it in `archive`."""
    folder = tmp_path_factory.mktemp("cli")
    run("forge", "--out", folder / "cables")
    run("ingest", folder / "cables", "--archive", folder / "archive", "--collection", "sample")
    return folder


def test_the_version_is_told():
    """By the option, and by the package."""
    assert run("--version").stdout.startswith("reftel 0.")


def test_what_is_forged_is_read_as_meant(sample):
    """`forge` writes files and their truth; `read --json` prints a record a line, in order of name."""
    truth = [json.loads(line) for line in (sample / "cables" / "truth.jsonl").read_text().splitlines()]
    read = [json.loads(line) for line in run("read", sample / "cables", "--json").stdout.splitlines()]
    assert len(truth) == len(read) == SAMPLE_SIZE
    meant = {one["file"]: one["cable"]["subject"] for one in truth}
    assert {one["copy"]["locator"]: one["subject"] for one in read} == meant


def test_forged_cables_are_the_same_for_the_same_seed(tmp_path):
    """Count and seed say which cables; a longer run begins with the shorter one's."""
    run("forge", "--count", "80", "--seed", "3", "--out", tmp_path / "a")
    run("forge", "--count", "90", "--seed", "3", "--out", tmp_path / "b")
    first = {path.name: path.read_bytes() for path in (tmp_path / "a").glob("*.txt")}
    assert first.items() <= {path.name: path.read_bytes() for path in (tmp_path / "b").glob("*.txt")}.items()


def test_the_damages_of_forged_cables_are_told(tmp_path):
    """On a line for each damaged cable, and in the truth."""
    printed = run("forge", "--count", "24", "--era", "all", "--out", tmp_path).stdout.splitlines()
    truth = [json.loads(line) for line in (tmp_path / "truth.jsonl").read_text().splitlines()]
    assert printed[:-1] == [f"{one['file']}: {', '.join(one['damages'])}" for one in truth if one["damages"]]
    assert {one["cable"]["era"] for one in truth} == {"sas", "acp127", "smart", "printed"}
    assert run("forge", "--era", "telex", "--out", tmp_path, code=2).stderr


def test_the_last_line_of_an_ingest_counts(sample, tmp_path):
    """Each file is acknowledged on a line of its own; the last line says what came of it all."""
    (tmp_path / "bad.txt").write_bytes(b"\0")
    words = ("ingest", sample / "cables", tmp_path / "bad.txt", "--archive", tmp_path / "archive", "--json")
    *acknowledged, summary = map(json.loads, run(*words).stdout.splitlines())
    assert (summary["kept"], summary["known"], summary["failed"]) == (SAMPLE_SIZE, 0, 1)
    assert "not text" in summary["failures"][0]["message"]
    assert len(acknowledged) == SAMPLE_SIZE
    again = json.loads(run(*words).stdout.splitlines()[-1])
    assert (again["kept"], again["known"], again["failed"]) == (0, SAMPLE_SIZE, 1)
    assert "1 not read" in run(*words[:-1], "--strict", code=1).stdout


def test_a_search_in_three_forms(sample):
    """The same answer for people, as JSON and as CSV."""
    archive = ("--archive", sample / "archive")
    found = json.loads(run("search", "railway treaty", *archive, "--json", "--limit", "5").stdout)
    assert list(found)[:4] == ["query", "total", "hits", "facets"]
    assert {
        "key",
        "id",
        "date",
        "post",
        "level",
        "status",
        "subject",
        "paragraph",
        "snippet",
        "score",
    } <= set(found["hits"][0])
    rows = list(csv.DictReader(io.StringIO(run("search", "railway treaty", *archive, "--csv").stdout)))
    assert [row["key"] for row in rows[:5]] == [hit["key"] for hit in found["hits"]]
    assert f"{found['total']} cables" in run("search", "railway treaty", *archive).stdout
    assert json.loads(run("search", "-railway", *archive, "--json").stdout)["total"] < SAMPLE_SIZE


def test_everything_found_is_printed_whole(sample):
    """As CSV, JSON or citations, however many there are; in one of these forms."""
    archive = ("--archive", sample / "archive")
    for form, lines in (("--csv", CABLES + 6), ("--json", CABLES + 1), ("--citations", None)):
        printed = run("search", "", *archive, "--all", form).stdout
        assert f"{CABLES}" in printed
        assert lines is None or len(printed.splitlines()) >= lines
    assert "U.S. Embassy Strelsau" in printed
    for wrong in (("--all",), ("--all", "--csv", "--json"), ("--citations",)):
        assert "with --all and one of" in run("search", "", *archive, *wrong, code=2).stderr


def test_who_is_cleared_for_less_finds_less(sample):
    """`--as` reads as somebody cleared only so far."""
    totals = [
        json.loads(run("search", "", "--archive", sample / "archive", "--json", *level).stdout)["total"]
        for level in (("--as", "U"), ("--as", "sbu"), ("--as", "C"), ())
    ]
    assert totals == sorted(totals)
    assert totals[0] < totals[-1] == CABLES


def test_a_thread_in_four_forms(sample):
    """For people, as JSON, as GEXF and as GraphML; one form at a time."""
    words = ("refs", "04zenda7", "--archive", sample / "archive", "--depth", "1")
    told = json.loads(run(*words, "--json").stdout)
    assert {"2004ZENDA7", "2003ZENDA241"} <= {paper["name"] for paper in told["papers"]}
    assert "not in this archive" in run(*words).stdout
    assert "<gexf" in run(*words, "--gexf").stdout
    assert "<graphml" in run(*words, "--graphml").stdout
    assert "--json and --gexf" in run(*words, "--json", "--gexf", code=2).stderr
    low = json.loads(run(*words, "--as", "U", "--json").stdout)
    assert "2003ZENDA241" not in {paper["name"] for paper in low["papers"]}


def test_the_missing_in_four_forms(sample):
    """The same page of the ledger for people, as JSON, as CSV and as a request."""
    words = ("missing", "--archive", sample / "archive", "--limit", "3")
    told = json.loads(run(*words, "--json").stdout)
    assert len(told["missing"]) == 3
    rows = list(csv.DictReader(io.StringIO(run(*words, "--csv").stdout)))
    assert [row["number"] for row in rows] == [one["number"] for one in told["missing"]]
    assert f"{told['total']:,} of the {told['cited']:,} numbers" in run(*words).stdout
    assert run(*words, "--requests").stdout.startswith("Telegrams requested")
    some = json.loads(run("missing", "from:zenda", "--year", "2003", *words[1:], "--json").stdout)
    assert 0 < some["listed"] < told["listed"]


def test_a_cable_under_any_spelling(sample):
    """Year or none, zeros or none, capitals or not."""
    for spelling in ("2005THORBERG377", "05THORBERG377", "thorberg 000377"):
        shown = json.loads(run("show", spelling, "--archive", sample / "archive", "--json").stdout)
        assert shown["id"] == "2005THORBERG377"


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("search", "foo:bar"), 2, "there is no field foo:"),
        (("search", '"open'), 2, "at character 1 of the query"),
        (("search", "x", "--as", "COSMIC"), 2, "no clearance is called"),
        (("show", "05NOWHERE1"), 7, "not in this archive"),
        (("cite", "05NOWHERE1"), 7, "not in this archive"),
        (("cite", "05THORBERG377", "--paragraph", "99"), 7, "has no paragraph 99"),
        (("explain", "QQQQX"), 7, "in no table of the glossary"),
        (("show", "05STRELSAU33", "--as", "U"), 7, "not in this archive"),
        (("read", "/no/such/file"), 4, "no such file or folder"),
        (("search", "x", "--archive", "/no/such/archive"), 5, "no archive there"),
        (("ingest", ".", "--workers", "0"), 2, "workers"),
        (("serve", "--archive", "/no/such/archive"), 5, "no archive there"),
    ],
)
def test_every_error_is_one_sentence(sample, tmp_path, words, code, sentence):
    """What, where and what to do, on standard error; a code for scripts."""
    ended = run(*words, code=code, REFTEL_ARCHIVE=str(sample / "archive"))
    assert sentence in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_a_cable_is_cited_in_every_form(sample):
    """The footnote unless another is asked for; JSON has them all; a paragraph is quoted with its note."""
    of = ("05THORBERG377", "--archive", sample / "archive")
    assert "telegram Thorberg 377" in run("cite", *of).stdout
    for form, begins in (("bibtex", "@misc{"), ("ris", "TY  - PCOMM"), ("chicago", "U.S. ")):
        assert run("cite", *of, "--format", form).stdout.startswith(begins)
    (item,) = json.loads(run("cite", *of, "--format", "csl").stdout)
    cited = json.loads(run("cite", *of, "--json").stdout)
    assert cited["csl"] == item
    quoted = run("cite", *of, "--paragraph", "2").stdout
    assert quoted.startswith("“")
    assert "para. 2" in quoted
    assert "collection “sample”" in cited["chicago"]


def test_a_code_is_explained_without_an_archive(tmp_path):
    """Each meaning with its kind and authority, and whether it is unsure."""
    nowhere = {"REFTEL_ARCHIVE": str(tmp_path / "none")}
    told = run("explain", "ROGER CHANNEL", **nowhere).stdout
    assert "INR channel" in told
    assert "handbook 03 section 3" in told
    assert "unsure" in told
    (one,) = json.loads(run("explain", "GDS", "--json", **nowhere).stdout)["meanings"]
    assert (one["kind"], one["unsure"]) == ("declassification", False)


def test_control_characters_never_reach_the_screen(tmp_path):
    """A cable cannot move the cursor, ring the bell or turn the text around."""
    text = "UNCLAS ZENDA 000012\n\nTAGS: PREL\nSUBJECT: \x1b[2J THE \u202eKING\n\n"
    text += "1. (U) He \x07left\x1b]0;x\x07.\n"
    (tmp_path / "hostile.txt").write_text(text)
    printed = run("read", tmp_path).stdout
    assert not {"\x1b", "\x07", "\u202e"} & set(printed)
    assert "He" in printed


def test_markup_in_a_cable_is_no_markup_on_the_screen(tmp_path):
    """Square brackets are printed as they stand."""
    (tmp_path / "a.txt").write_text(
        "UNCLAS ZENDA 000012\n\nTAGS: PREL\nSUBJECT: [bold]KING[/bold]\n\n1. A [red]b.\n"
    )
    printed = run("read", tmp_path).stdout
    assert "[bold]KING[/bold]" in printed
    assert "A [red]b." in printed


def test_a_reader_who_has_enough(sample):
    """A closed pipe ends a command quietly."""
    line = f"{' '.join(COMMAND)} read {sample / 'cables'} --json | head -n 1 | wc -l"
    ended = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line}"], capture_output=True, text=True, check=False
    )
    assert (ended.stdout.strip(), ended.stderr) == ("1", "")


def test_a_cell_is_no_formula(tmp_path):
    """What a spreadsheet would run is printed as text."""
    (tmp_path / "a.txt").write_text("UNCLAS ZENDA 000012\n\nTAGS: PREL\nSUBJECT: =1+1\n\n1. (U) KING.\n")
    run("ingest", tmp_path / "a.txt", "--archive", tmp_path / "archive")
    (row,) = csv.DictReader(
        io.StringIO(run("search", "king", "--archive", tmp_path / "archive", "--csv").stdout)
    )
    assert row["subject"] == "'=1+1"


# ---- the owner's commands


@pytest.fixture
def owned(tmp_path: Path) -> Path:
    """An archive of one cable."""
    text = (
        "CONFIDENTIAL ZENDA 000012\n\nTAGS: PREL\nSUBJECT: THE KING\n\n1. (C) He left.\n\n2. (S) By night.\n"
    )
    (tmp_path / "a.txt").write_text(text)
    ingest(tmp_path / "archive", [tmp_path / "a.txt"], status="leaked")
    return tmp_path / "archive"


def said(archive: Path, *words: str | Path, code: int = 0) -> str:
    """What a command prints, or the sentence that it ends with; run in this process, since there are many."""
    ended = CliRunner().invoke(app, [*map(str, words), "--archive", str(archive)])
    if isinstance(ended.exception, ReftelError):
        assert ended.exception.exit_code == code, ended.exception
        return str(ended.exception)
    assert ended.exit_code == code, ended.exception or ended.stderr
    return ended.stdout if code == 0 else ended.stdout + ended.stderr


def told(archive: Path, *words: str | Path) -> list[dict[str, object]]:
    """What a command prints as JSON."""
    return [json.loads(line) for line in said(archive, *words, "--json").splitlines()]


def test_readers_have_names(owned, tmp_path):
    """Added, listed, shown, exported, imported, removed; and they read."""
    held = ("--holds", "SBU,NOFORN,REL RURITANIA", "--captions", "exdis", "--compartments", "SI")
    ana = {
        "name": "Ana",
        "level": "C",
        "holds": ["NOFORN", "REL RURITANIA", "SBU"],
        "captions": ["EXDIS"],
        "compartments": ["SI"],
    }
    assert told(owned, "reader", "add", "Ana", "--level", "c", *held) == [ana]
    assert "Bo reads" in said(owned, "reader", "add", "Bo", "--level", "U")
    assert said(owned, "reader", "list").splitlines() == [
        "Ana: C, and holds NOFORN, REL RURITANIA, SBU, EXDIS, SI",
        "Bo: U, and holds nothing beside it",
    ]
    assert told(owned, "reader", "show", "Ana") == [ana]
    assert [each["name"] for each in told(owned, "reader", "list")] == ["Ana", "Bo"]
    (tmp_path / "readers").write_text(said(owned, "reader", "export"))
    assert told(owned, "reader", "remove", "Bo") == [{"removed": "Bo"}]
    assert "Bo" in said(owned, "reader", "show", "Bo", code=2)
    assert "say --replace" in said(owned, "reader", "import", tmp_path / "readers", code=2)
    again = told(owned, "reader", "import", tmp_path / "readers", "--replace")
    assert again == [{"added": ["Ana", "Bo"]}]
    (tmp_path / "readers").write_text('{"name": "Cy", "level": "C"}\n{"name": "Di", "level": "ALL"}\n')
    assert "name a file of readers" in said(owned, "reader", "import", tmp_path / "none", code=4)
    refused = said(owned, "reader", "import", tmp_path / "readers", code=2)
    assert f"{tmp_path / 'readers'}, line 2: no profile of a reader" in refused
    assert told(owned, "search", "king", "--as", "Ana")[0]["total"] == 1
    assert told(owned, "search", "king", "--as", "Bo")[0]["total"] == 0
    assert said(owned, "show", "zenda 12", "--as", "Bo", code=7)


def test_who_reads_must_be_said_where_readers_are_required(owned):
    """Nobody, a level, and somebody unknown are refused, each in a sentence; who is known reads."""
    said(owned, "reader", "add", "Ana", "--level", "C")
    shown = told(owned, "policy", "--readers-required", "--withheld", "marked")
    assert shown == told(owned, "policy")
    assert shown == [{"readers_required": True, "withheld": "marked", "protect": True}]
    for command in (("search", "king"), ("show", "zenda 12")):
        refused = said(owned, *command, code=9)
        assert "only its own readers may read this archive, and nobody is named: say --as NAME" in refused
        assert "a level alone is not enough" in said(owned, *command, "--as", "TS", code=9)
        assert "no clearance is called 'Eve'" in said(owned, *command, "--as", "Eve", code=2)
        said(owned, *command, "--as", "Ana")
    assert "It is read by anybody." in said(owned, "policy", "--no-readers-required")
    said(owned, "search", "king")


def test_the_owner_decides(owned):
    """Released, marked, undone: each is told, kept and listed, for people and as JSON."""
    opened = (
        "--current",
        "UNCLASSIFIED",
        "--by",
        "Archives of Zenda",
        "--on",
        "2026-11-27",
        "--why",
        "asked",
    )
    (made,) = told(owned, "release", "zenda 12", *opened)
    assert (made["id"], made["what"], made["value"]) == (
        1,
        "release",
        {"what": "release", "current": "UNCLASSIFIED"},
    )
    assert told(owned, "search", "night", "--as", "U")[0]["total"] == 1
    who = ("--by", "Ana", "--why", "by mistake")
    said(owned, "undo", str(10**30), *who, code=2)
    assert "undone" in said(owned, "undo", "1", *who)
    assert told(owned, "search", "night", "--as", "U")[0]["total"] == 0
    marked = said(owned, "mark", "zenda 12", "--portion", "p2", "--as-marked", "C//NF", *who)
    assert "p2 marked C//NF, by Ana" in marked
    header = ("--portion", "header", "--classification", "SECRET", "--handling", "", "--captions", "EXDIS")
    assert "header marked classification SECRET; handling none; captions EXDIS" in (
        said(owned, "mark", "zenda 12", *header, *who)
    )
    assert [each["id"] for each in told(owned, "decisions")] == [1, 2, 3]
    assert [line[:2] for line in said(owned, "decisions", "ZENDA 12").splitlines()] == [
        "1.",
        "2.",
        "3.",
    ]
    for words, sentence in (
        (("--portion", "header", "--as-marked", "C"), "a header has no mark of its own"),
        (("--portion", "p1"), "say how p1 is marked: --as-marked"),
        (("--portion", "p1", "--as-marked", "C", "--captions", "EXDIS"), "and nothing else"),
        (("--portion", "p8", "--as-marked", "C"), "no portion 'p8'"),
        (("--portion", "p1", "--as-marked", "HAH"), "is no mark of a portion"),
    ):
        assert sentence in said(owned, "mark", "zenda 12", *words, *who, code=2)


def test_expunging_asks_back(owned, tmp_path):
    """Where nobody can answer it is refused; then it is done, and says what may still hold it."""
    who = ("--by", "Ana", "--why", "asked")
    refused = said(owned, "expunge", "zenda 12", *who, code=2)
    assert "would be removed for good: say --yes if that is meant" in refused
    done = said(owned, "expunge", "zenda 12", *who, "--yes")
    assert "is removed, and the cable with it." in done
    assert f"It may still be in every copy of {tmp_path / 'archive'} made since 20" in done
    assert "not in this archive" in said(owned, "show", "zenda 12", code=7)
    again = said(owned, "ingest", tmp_path / "a.txt", code=1)
    assert f"{tmp_path / 'a.txt'}: this copy was expunged from the archive on 20" in again


OFFICES = """\
appointment_id,person_id,surname,forename,generation,appointment_class,role_title,mission_id,mission_name,\
appointed,arrived,started,ended
rt-1,corliss-d,Corliss,Daniel J.,,chief-of-mission,Ambassador,strelsau,strelsau,,,2005-09-01,2008-06-30
rt-2,ellison-m,Ellison,Margaret,,chief-of-mission,Ambassador,strelsau,strelsau,,,2002-10,2005-08-20
rt-3,nobody,,,,chief-of-mission,Ambassador,strelsau,strelsau,,,2002-10,
"""


def test_who_signed_is_told_where_a_table_of_offices_is_added(sample, tmp_path):
    """Bad rows are named; the same table again adds nothing; without a table nothing is said."""
    table, at = tmp_path / "offices.csv", ("--archive", sample / "archive")
    table.write_text(OFFICES, encoding="utf-8")
    assert json.loads(run("show", "2006STRELSAU240", "--json", *at).stdout)["signer"] is None
    added = run("authorities", "add", table, *at)
    assert added.stdout == "2 added, 0 known before, 1 bad rows.\n"
    assert f"{table}, line 4: it names nobody" in added.stderr
    again = json.loads(run("authorities", "add", table, "--json", *at).stdout)
    assert (again["added"], again["known"], [bad["line"] for bad in again["bad"]]) == (0, 2, [4])

    listed = [json.loads(line) for line in run("authorities", "list", "--json", *at).stdout.splitlines()]
    assert [each["source"] for each in listed] == ["rt-2", "rt-1"]
    assert "rt-1: Daniel J. Corliss, Ambassador, strelsau" in run("authorities", "list", *at).stdout

    signer = json.loads(run("show", "2006STRELSAU240", "--json", *at).stdout)["signer"]
    assert (signer["outcome"], signer["term"]["person"]) == ("resolved", "corliss-d")
    assert (
        "Daniel J. Corliss, Ambassador, 2005-09-01 to 2008-06-30."
        in run("show", "2006STRELSAU240", *at).stdout
    )

    assert run("authorities", "remove", "rt-1", *at).stdout == "1 removed.\n"
    assert "named CORLISS is listed" in run("show", "2006STRELSAU240", *at).stdout.replace("\n", " ")
    assert "no row is called 'rt-1'" in run("authorities", "remove", "rt-1", *at, code=2).stderr
    assert "or --all" in run("authorities", "remove", *at, code=2).stderr
    assert json.loads(run("authorities", "remove", "--all", "--json", *at).stdout) == {"removed": 1}


def test_a_file_that_is_no_table_of_offices_changes_nothing(sample, tmp_path):
    """Wrong columns are one sentence; a table of bad rows alone is an error too."""
    table, at = tmp_path / "offices.csv", ("--archive", sample / "archive")
    table.write_text("name,office\nCorliss,Ambassador\n", encoding="utf-8")
    assert "not a table of offices" in run("authorities", "add", table, *at, code=2).stderr
    table.write_text("\n".join((OFFICES.splitlines()[0], OFFICES.splitlines()[-1])) + "\n", encoding="utf-8")
    run("authorities", "add", table, *at, code=1)
    assert run("authorities", "list", *at).stdout == ""
