"""Message reference numbers in every spelling (handbook 02, section 4)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reftel import mrn
from reftel.cable import Mrn


@pytest.mark.parametrize(
    ("spelling", "year", "meant"),
    [
        ("05ALMATY347", None, "2005ALMATY347"),
        ("2005ALMATY00347", None, "2005ALMATY347"),
        ("ALMATY 000347", 2005, "2005ALMATY347"),
        ("Almaty 347", 2005, "2005ALMATY347"),
        ("05ALMATY347_a", None, "2005ALMATY347"),  # a page name of one archive
        ("1975STATE012345", None, "1975STATE12345"),
        ("1978NEWDE08399", None, "1978NEWDELHI8399"),  # cut to six characters, blanks out
        ("79 LIMA 6191", None, "1979LIMA6191"),
        ("05EFTOLONDON123", None, "2005LONDON123"),  # handling glued in front
        ("08SECTION02OF03BAKU55", None, "2008BAKU55"),  # a section marker glued in
        ("23 MEXICO 2544", None, "2023MEXICO2544"),
        ("05AMEMBASSYZENDA12", None, "2005ZENDA12"),
        ("ZENDA #12", 2005, "2005ZENDA12"),
        ("Bogotá 12", 2005, "2005BOGOTA12"),
    ],
)
def test_one_number_for_every_spelling(spelling, year, meant):
    """A number is found under every spelling that archives and drafters give it."""
    found = mrn.read(spelling, year)
    assert found is not None
    assert found.id == meant


@pytest.mark.parametrize("words", ["", "ALMATY", "2005", "05ALMATY0", "..", "123 456", "05ALMATY123456789"])
def test_what_is_no_number(words):
    """Words that only look like a number give none."""
    assert mrn.read(words) is None


def test_a_year_that_is_not_stated_is_not_guessed():
    """Post and serial alone name no cable: serials restart each January."""
    assert mrn.read("ZENDA 12") == Mrn(None, "ZENDA", 12, None)
    assert mrn.read("ZENDA 12", 2005) == Mrn(2005, "ZENDA", 12, "context")


@given(year=st.integers(1966, 2059), serial=st.integers(1, 9_999_999))
def test_an_id_reads_as_itself(year, serial):
    """Both printed forms of a number read as the same number again."""
    number = Mrn(year, "STRELSAU", serial, "stated")
    assert mrn.read(number.id or "") == number
    if 1960 <= year < 2060:
        assert mrn.read(mrn.short(number) or "") == number
