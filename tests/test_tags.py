"""TAGS lines (handbook 04, section 1)."""

import pytest

from reftel import tags


@pytest.mark.parametrize(
    ("line", "known", "unknown", "persons"),
    [
        ("PREL PGOV RT", ("PREL", "PGOV", "RT"), (), ()),
        ("PREL, PGOV, RT", ("PREL", "PGOV", "RT"), (), ()),
        ("PREF PHUM RT POLITICAL", ("PREF", "PHUM", "RT"), ("POLITICAL",), ()),  # a mirror's own keyword
        ("PRELPGOV RT", ("PREL", "PGOV", "RT"), (), ()),  # glued
        ("prel, pgov.", ("PREL", "PGOV"), (), ()),
        ("OVIP (RASSENDYLL, RUDOLF), RT", ("OVIP", "RT"), (), ("RASSENDYLL, RUDOLF",)),
        ("EAIR, AEROLINEAS ARGENTINAS, AR", ("EAIR", "AEROLINEAS ARGENTINAS", "AR"), (), ()),
        ("PREL PREL", ("PREL",), (), ()),
        ("", (), (), ()),
        ("OVIP (NEVER CLOSED", ("OVIP",), (), ("NEVER CLOSED",)),
    ],
)
def test_a_tags_line(line, known, unknown, persons):
    """Codes of any era, words that are none, and persons in parentheses."""
    assert tags.read(line) == tags.TagLine(known, unknown, persons)


def test_a_code_may_have_meant_several_things():
    """Codes changed hands over time: each meaning is kept with its era."""
    assert {tag.name for tag in tags.meaning("BG")} >= {"Bangladesh", "Bulgaria"}
    assert tags.meaning("ZZZZ") == ()
