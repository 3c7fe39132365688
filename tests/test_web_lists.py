"""Whole results on the web: sent as they are read, to be kept."""

import json

import pytest

from test_web import answer, app, close, path  # noqa: F401 - fixtures


@pytest.mark.parametrize(
    ("ending", "kind"),
    [("csv", "text/csv"), ("jsonl", "application/jsonl"), ("txt", "text/plain")],
)
def test_everything_found_is_sent(app, ending, kind):  # noqa: F811
    """With its name as a file; for HEAD the same without the body; what is not understood is said."""
    got = answer(app, f"/search.{ending}?q=-absent")
    assert got.status_code == 200
    assert got.headers["content-type"].startswith(kind)
    assert got.headers["content-disposition"] == f'attachment; filename="cables.{ending}"'
    assert "4" in got.text.splitlines()[0] + got.text.splitlines()[3]
    assert answer(app, f"/search.{ending}?q=lease", "HEAD").text == ""
    assert answer(app, f"/search.{ending}?q=(").status_code == 400


def test_each_line_is_a_cable(app):  # noqa: F811
    """The first says what the rest was found in."""
    head, *cables = map(json.loads, answer(app, "/search.jsonl?q=status:leaked").text.splitlines())
    assert head["found"] == len(cables) == 4
    assert {cable["collection"] for cable in cables} == {"leaks"}
