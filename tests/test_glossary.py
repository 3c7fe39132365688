"""Every code explains itself, with its authority."""

import pytest

from reftel.glossary import explain, in_text, order_on


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


def test_a_tag_of_two_lists_is_told_once_with_the_years_of_both() -> None:
    """SZ is Switzerland in the lists of 1974 and 2010, and Swaziland in that of 2024."""
    assert [(one.words, one.years) for one in explain("SZ", "TAGS")] == [
        ("Switzerland", "1974, 2010"),
        ("Swaziland", "2024"),
    ]
    for year, words, years in ((1976, "Switzerland", "1974"), (2005, "Switzerland", "2010")):
        assert [(one.words, one.years) for one in explain("SZ", "TAGS", year=year)] == [(words, years)]
    assert [one.words for one in explain("SZ", "TAGS", year=2020)] == ["Swaziland"]


@pytest.mark.parametrize(
    ("day", "order"),
    [
        ("1948-06-01", "before 10501"),
        ("1953-11-05", "10501"),
        ("1972-05-31", "10501"),
        ("1972-06-01", "11652"),
        ("1978-12-01", "12065"),
        ("1982-08-01", "12356"),
        ("1995-10-13", "12356"),
        ("1995-10-14T05:16Z", "12958"),
        ("2005", "12958"),
        ("2010-06-26", "12958"),
        ("2010-06-27", "13526"),
        ("2031-01", "13526"),
    ],
)
def test_a_day_has_the_executive_order_in_force(day: str, order: str) -> None:
    """A change of an order, as that of 2003, is no other order."""
    assert order_on(day) == order


@pytest.mark.parametrize("term", ["CONFIDENTIAL", "TOP SECRET", "(S)", "UNCLASSIFIED", "(C)"])
@pytest.mark.parametrize("order", ["10501", "11652", "12065", "12356", "12958", "13526"])
def test_a_level_has_the_authority_of_its_time(term: str, order: str) -> None:
    """One meaning of each order; of all of them, each order is named."""
    (meaning,) = explain(term, "level", "portion mark", order=order)
    assert meaning.authority.startswith(f"E.O. {order};")
    assert any(f"E.O. {order}" in one.authority for one in explain(term, "level", "portion mark"))


def test_a_level_older_than_every_order_cites_none() -> None:
    """The words and no order."""
    (meaning,) = explain("CONFIDENTIAL", "level", order=order_on("1948-06-01"))
    assert "E.O." not in meaning.authority


def test_a_reason_is_of_the_order_of_its_time() -> None:
    """Section 1.5 of E.O. 12958, which became 1.4 in 2003, and 1.4 of E.O. 13526."""
    assert [one.authority.partition(";")[0] for one in explain("1.5(b)", order="12958")] == [
        "E.O. 12958 section 1.5 (to 2003)"
    ]
    assert [one.authority.partition(" (")[0] for one in explain("1.4 (b)", order="12958")] == [
        "E.O. 12958 section 1.4"
    ]
    assert explain("1.4(b)", order="13526")[0].authority.startswith("E.O. 13526 section 1.4")
    assert (
        "E.O. 12958" in explain("1.5(b)", order="13526")[0].authority
    )  # nothing of that order: what there is


def test_the_letters_of_the_security_line_are_explained() -> None:
    """ZNY CCCCC: the letter of the level, five times."""
    assert "CONFIDENTIAL" in explain("CCCCC")[0].words


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
