"""Every code explains itself, with its authority."""

import pytest

from reftel.glossary import explain, in_text


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


def test_of_a_year_a_tag_means_what_it_meant_then() -> None:
    """SS was Spanish Sahara in 1975, and is South Sudan now; without a year both are told."""
    assert [one.words for one in explain("SS", "TAGS", year=1975)] == ["Spanish Sahara"]
    assert [one.words for one in explain("SS", "TAGS", year=2024)] == ["South Sudan"]
    assert {one.words for one in explain("SS", "TAGS")} == {"Spanish Sahara", "South Sudan"}


def test_only_the_kinds_that_are_asked_for_are_told() -> None:
    """ADS on an E.O. line is a schedule; among the offices it is a copy of the data system."""
    assert [one.kind for one in explain("ADS", "declassification")] == ["declassification"]
    assert "office" in {one.kind for one in explain("ADS", "office")}


@pytest.mark.parametrize("term", ["XGDS-2", "25X1", "X4", "E.O. 12958"])
def test_a_code_is_no_telegram_s_number(term: str) -> None:
    """Though a post, a serial and a year could be read into it."""
    assert "number" not in {one.kind for one in explain(term)}


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Reported septel (strictly protect). NFI.", ["septel", "strictly protect", "NFI"]),
        ("The DCM and two EmbOffs saw the minister.", ["DCM", "EmbOff"]),
        ("ZENDA MINIMIZE\nCONSIDERED.", ["MINIMIZE\nCONSIDERED"]),
        ("Said the envoy (protect) of Reftels", ["(protect)", "Reftels"]),
        ("THE MAP SHOWS THE POST AND THE CHARGE", []),  # plain English in capital letters
        ("the GOR told us of the CIT", []),  # of Russia, or of Ruritania? and which of several CITs?
        ("nfi dcm com", []),  # too small to be sure
        ("NFI-3, 2NFI and N F I", []),
        ("", []),
    ],
)
def test_plain_terms_are_found_in_a_text(text: str, terms: list[str]) -> None:
    """Those that mean one thing, and are not taken for it by chance."""
    assert [text[first:end] for first, end in in_text(text)] == terms
    assert all(explain(term) for term in terms)
