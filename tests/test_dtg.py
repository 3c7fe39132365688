"""Date-time groups and dates."""

import pytest

from reftel import dtg


def test_a_date_time_group_line():
    """Precedence, time to the minute in Z, and operating signals stand on one line."""
    group = dtg.read("O R 132225Z JUL 79 ZFF4")
    assert group is not None
    assert (group.sent, group.precedence) == ("1979-07-13T22:25Z", ("IMMEDIATE", "ROUTINE"))
    assert (group.day_of_year, group.signals) == (194, ("ZFF4",))


@pytest.mark.parametrize(
    "line",
    ["O 310000Z FEB 05", "O 122561Z JUL 79", "O 122461Z JUL 79", "O 1205Z FEB 09", "FM AMEMBASSY ZENDA", ""],
)
def test_what_is_no_date_time_group(line):
    """A date that no calendar has, an hour that no day has, or another line."""
    assert dtg.read(line) is None


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("02/12/2019", "2019-02-12"),
        ("3/24/15", "2015-03-24"),
        ("2015/03/24", "2015-03-24"),
        ("2015-3-4", "2015-03-04"),
        ("13/13/2015", None),
        ("02/30/2015", None),
        ("OADR", None),
    ],
)
def test_dates_of_declassification(written, date):
    """Months come first, as Americans write, unless the year does."""
    assert dtg.read_date(written) == date


def test_two_digit_years():
    """Cables of the sixties and of the next decades share two digits with nobody."""
    assert [dtg.full_year(year) for year in (66, 99, 0, 5, 29, 1985)] == [1966, 1999, 2000, 2005, 2029, 1985]
