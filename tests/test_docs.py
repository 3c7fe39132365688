"""The pages of docs/ say what the program knows."""

import inspect
import re
from pathlib import Path

import pytest

from reftel import errors
from reftel.clearance import RULES
from reftel.defects import CODES
from reftel.forge.damages import KINDS

PROJECT = Path(__file__).parents[1]


def test_every_code_of_damage_is_explained():
    """docs/defects.md has each code, and no other."""
    page = (PROJECT / "docs" / "defects.md").read_text()
    assert set(re.findall(r"^\| `([a-z-]+)`", page, re.MULTILINE)) == set(CODES)


def test_every_error_is_explained():
    """docs/errors.md has each class of error with its exit code."""
    page = (PROJECT / "docs" / "errors.md").read_text()
    for name, kind in inspect.getmembers(errors, inspect.isclass):
        row = next(line for line in page.splitlines() if f"`{name}`" in line)
        assert row.startswith(f"| {kind.exit_code} |")


def test_every_rule_of_who_may_read_is_explained():
    """docs/clearance.md has each rule in the words of the table, with its authority, and no other."""
    page = (PROJECT / "docs" / "clearance.md").read_text()
    found = re.findall(r"^\| `([a-z-]+)` \| (.*) \| (.*) \|$", page, re.MULTILINE)
    assert [(name, rule.sentence, rule.authority) for name, rule in RULES.items()] == found


def test_every_damage_of_the_forge_is_explained():
    """docs/formats/forge.md has each damage, its eras, and no other."""
    page = (PROJECT / "docs" / "formats" / "forge.md").read_text()
    table = page[page.index("## Damages") :]
    found = re.findall(r"^\| `([a-z-]+)` \| ([a-z0-9 ]+) \|", table, re.MULTILINE)
    assert {name: frozenset(eras.split()) for name, eras in found} == {
        name: kind.eras for name, kind in KINDS.items()
    }


@pytest.mark.parametrize(
    "page", sorted(PROJECT.glob("*.md")) + sorted(PROJECT.glob("docs/**/*.md")), ids=lambda path: path.name
)
def test_links_lead_somewhere(page):
    """A link to a file of the project finds it."""
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())
    inside = [link for link in links if "://" not in link]
    assert [link for link in inside if not (page.parent / link).exists()] == []


def test_every_picture_is_taken_by_make_screenshots_and_shown():
    """docs/images has those pictures that docs/screenshots.py takes, each small and each shown somewhere."""
    pictures = {each.stem: each.stat().st_size for each in (PROJECT / "docs" / "images").iterdir()}
    taken = (PROJECT / "docs" / "screenshots.py").read_text()
    assert set(re.findall(r'^    Picture\("([a-z-]+)"', taken, re.MULTILINE)) == set(pictures)
    assert max(pictures.values()) < 200_000
    pages = "".join(each.read_text() for each in (PROJECT / "README.md", *PROJECT.glob("docs/**/*.md")))
    assert set(re.findall(r"images/([a-z-]+)\.png", pages)) == set(pictures)
