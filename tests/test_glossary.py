"""Every code explains itself, with its authority."""

import pytest

from reftel.glossary import explain


@pytest.mark.parametrize(
    ("term", "kind", "words"),
    [
        ("GDS", "declassification", "general declassification schedule"),
        ("niact immediate", "precedence", "night"),
        ("ZNY", "prosign", "classified"),
        ("NODIS", "caption", "restricts who may read"),
        ("SIPDIS", "caption", "restricts nobody"),
        ("PREL", "TAGS (subject)", "External"),
        ("(S)", "portion mark", "SECRET"),
        ("1.4 (b)", "reason", "foreign governments"),
        ("X1", "exemption", "intelligence"),
        ("E.O. 12958", "order", "executive order"),
        ("nfi", "word", "no further information"),
        ("septel", "word", "separate telegram"),
        ("Minimize considered.", "word", "necessary traffic"),
        ("AMEMBASSY ASTANA", "post", "Astana"),
        ("RUEHC", "routing indicator", "Department of State"),
        ("ARA", "office", "Inter-American"),
        ("09ASTANA253", "number", "telegram 253 from Astana of 2009"),
    ],
)
def test_a_term_is_explained(term: str, kind: str, words: str) -> None:
    """By its kind and in plain words, and never without an authority."""
    meanings = explain(term)
    assert any(one.kind == kind and words in one.words for one in meanings), meanings
    assert all(one.authority for one in meanings)


def test_a_mark_of_several_words_is_explained_by_its_parts() -> None:
    """The level, and what binds beside it."""
    assert [one.words for one in explain("(S//NF)")][:2] == ["SECRET", "not releasable to foreign nationals"]
    assert any("European" in one.words for one in explain("EUR/ZZZ"))


def test_a_tag_has_its_meaning_by_era() -> None:
    """Where a code changed its meaning, each is told with its years."""
    assert all(one.years for one in explain("PREL") if one.kind.startswith("TAGS"))


def test_doubt_is_told() -> None:
    """Where the handbook is unsure, so are we."""
    assert any(one.unsure for one in explain("ROGER CHANNEL"))
    assert not explain("GDS")[0].unsure


@pytest.mark.parametrize("term", ["", " ", "QQQQQQX", "<script>", "()", "//", "\x00"])
def test_what_is_in_no_table_is_not_guessed(term: str) -> None:
    """Nothing at all comes back."""
    assert explain(term) == ()
