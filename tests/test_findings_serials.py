"""Serial numbers tell how much of a post's year is held, and when a missing telegram was sent."""

from random import Random

import pytest

from reftel.findings.serials import Window, share, window

DATED = [(12, "2005-01-20T10:00Z"), (40, "2005-02-11"), (41, "2005-02-11T09:00Z"), (300, "2005-07")]


@pytest.mark.parametrize(
    ("serial", "expected"),
    [
        (13, Window("2005-01-20T10:00Z", "2005-02-11", 12, 40)),
        (40, Window("2005-01-20T10:00Z", "2005-02-11T09:00Z", 12, 41)),
        (3, Window(None, "2005-01-20T10:00Z", None, 12)),
        (301, Window("2005-07", None, 300, None)),
    ],
)
def test_a_missing_telegram_was_sent_between_its_neighbours(serial: int, expected: Window) -> None:
    """Of a number that is held too, the neighbours are the others."""
    assert window(serial, DATED) == expected


def test_nothing_known_is_no_window() -> None:
    """A year of which nothing is held."""
    assert window(5, []) == Window(None, None, None, None)


def test_the_share_is_told_with_its_uncertainty() -> None:
    """All of a small year; nothing; one number; cited numbers raise the least that was sent."""
    whole = share(range(1, 101))
    assert (whole.held, whole.least, whole.likely) == (100, 100, 100)
    assert share([]).percent is None
    assert share([7]).likely is None
    assert share([7]).percent == (pytest.approx(14.3, abs=0.1), pytest.approx(14.3, abs=0.1))
    assert share([10, 20], [500, 20]).least == 500
    assert share([10, 20], [500, 20]).cited == 1


def test_the_bound_holds_nineteen_times_in_twenty() -> None:
    """Years of 1,000 telegrams of which 30 are held, drawn 400 times with a fixed seed."""
    dice = Random(5)
    years = [share(dice.sample(range(1, 1001), 30)) for _ in range(400)]
    within = sum(year.most >= 1000 for year in years if year.most)
    assert 0.93 <= within / len(years) <= 0.98
    likely = sorted(year.likely for year in years if year.likely)
    assert 985 <= likely[len(likely) // 2] <= 1030
