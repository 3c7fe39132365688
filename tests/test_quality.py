"""The accuracy harness: figures are counted, compared with the recorded ones, and fail where one falls."""

import csv
import json
from pathlib import Path

import pytest
from quality import accuracy, pages
from quality.corpora import aad
from quality.verdict import Verdict

import build
from reftel.clearance import ALL
from reftel.ingest import ingest
from reftel.web.app import make_app

QUALITY = Path(accuracy.__file__).parent


def verdicts(right: int, wrong: int = 0, missing: int = 0, spurious: int = 0) -> list[Verdict]:
    """So many verdicts of each outcome."""
    counts = zip(accuracy.OUTCOMES, (right, wrong, missing, spurious), strict=True)
    return [Verdict("zenda", "1", "from", outcome) for outcome, count in counts for _ in range(count)]


def test_verdicts_are_counted():
    """By corpus and field; a share for what the corpus has, and one for what was read."""
    counts = accuracy.figures(verdicts(6, 2, 1, 4))["zenda"]["from"]
    assert counts == {"right": 6, "wrong": 2, "missing": 1, "spurious": 4}
    assert accuracy.recall(counts) == pytest.approx(6 / 9)
    assert accuracy.precision(counts) == pytest.approx(6 / 12)


@pytest.mark.parametrize(
    ("now", "falls"),
    [
        (verdicts(9, 1), 0),
        (verdicts(10), 0),
        (verdicts(8, 1, 1), 2),
        (verdicts(9, 1, 0, 3), 1),  # no less is found, but more that is none
        (verdicts(0), 2),  # the field is not measured any more
    ],
)
def test_a_figure_that_falls_is_told(now, falls):
    """Either share counts; what rises is no fault."""
    recorded = accuracy.figures(verdicts(9, 1))
    measured = accuracy.figures(now) or {"zenda": {}}
    assert len(list(accuracy.fallen(measured, recorded))) == falls


def test_a_corpus_that_is_not_measured_falls_nowhere():
    """Figures of other corpora stay as recorded."""
    assert not list(accuracy.fallen({}, accuracy.figures(verdicts(9, 1))))


def test_the_table_names_each_field():
    """A line a field, with what was recorded."""
    measured = accuracy.figures(verdicts(3, 1))
    assert len(list(accuracy.table(measured, {}))) == 2
    assert " 75.0" in list(accuracy.table(measured, measured))[1]


def test_disagreements_are_listed_one_a_line():
    """What is right is not listed."""
    assert len(list(accuracy.disagreements(verdicts(3, 1, 1, 1)))) == 3


def test_judgements_are_whole():
    """Each names its telegram, its field, who is right and why, once."""
    with (QUALITY / "aad-disagreements.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["right"] for row in rows} <= {"text", "attribute", "both"}
    assert all(row["id"] and row["why"] and len(row["reading"]) == 8 for row in rows)
    assert len({(row["id"], row["field"]) for row in rows}) == len(rows)


def test_a_judgement_holds_for_one_reading():
    """Read otherwise, the field is wrong again."""
    wrong = Verdict("aad", "1974ZENDA80", "subject", "wrong", "THE LAKE", "THE KING")
    judged = {("1974ZENDA80", "subject", aad.reading("THE KING")): "text"}
    assert aad._judge(wrong, judged).outcome == "right"
    assert aad._judge(wrong._replace(found="A KING"), judged).outcome == "wrong"


def test_real_telegrams_are_read_as_recorded(shared):
    """No figure of the archive's telegrams has fallen, and those that were asked for are reached."""
    measured = accuracy.figures(aad.verdicts(shared))
    recorded = json.loads((QUALITY / "recorded.json").read_text(encoding="utf-8"))
    assert not list(accuracy.fallen(measured, recorded))
    shares = {field: accuracy.recall(counts) for field, counts in measured["aad"].items()}
    assert min(shares["from"], shares["to"], shares["level"]) >= 0.97
    assert shares["date"] >= 0.99
    assert shares["references"] >= 0.95


def test_the_speed_of_every_route_is_measured(tmp_path):
    """Or it says why not; nothing is asked that is no route."""
    build.file(tmp_path / "cables", build.cable("2009ZENDA1", "(U) Snow."))
    ingest(tmp_path / "archive", [tmp_path / "cables"], workers=1)
    app = make_app(tmp_path / "archive", ALL)
    assert {route.path for route in app.routes} == {*pages.ROUTES, *pages.LEFT_OUT}
    assert all(pages.LEFT_OUT.values())
