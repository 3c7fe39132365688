"""Drafters of other times than those of the ACP-127 cables: their years, words and habits."""

from collections.abc import Sequence
from datetime import date
from random import Random

from reftel.forge.growth import Drafter

_ROUND = 4999  # serials of one series, as in growth


class Desk(Drafter):
    """A drafter at a desk of a given time, who cites what was sent before by its number."""

    def __init__(
        self,
        era: str,
        years: Sequence[int],
        stations: Sequence[str],
        index: int,
        seed: int,
        at: str | None = None,  # the one post, where it is not each in turn
    ) -> None:
        random = Random(f"{era} {seed} {index}")
        station, year = stations[index % len(stations)], years[index // len(stations) % len(years)]
        lap = index // (len(stations) * len(years))
        super().__init__((at or station, year, lap * 7 % _ROUND + 40 + index % 5), index, seed, random)
        self.day = date(year, 1 + index % 12, 1 + index // 7 % 28)  # every season comes
        self.cast = self._cast()
        self.stations = stations

    def _cited(self) -> str:
        """A telegram of its own post, of another with its year, or of the Department."""
        die = self.roll()
        if die < 0.45:
            note = " (NOTAL)" if die < 0.05 else ""
            return f"{self.station} {1 + int(self.roll() * (self.serial - 1))}{note}"
        if die < 0.8:
            other = self.pick([one for one in self.stations if one not in (self.station, "STATE")])
            return f"{(self.year - 1) % 100:02d} {other} {1 + int(self.roll() * 6000)}"
        return f"{self.year % 100:02d} STATE {1000 + int(self.roll() * 180_000)}"

    def hand(self, office: str) -> tuple[str, str]:
        """An office, and somebody in it: EUR/NCE, HTARLENHEIM."""
        given, surname = self.name().split()
        return office, f"{given[0]}{surname}".upper()
