"""The small world of the sample: who reports from where, to whom, and who signs on which day."""

from datetime import date
from zlib import crc32

import msgspec

from reftel.cable import Addressee
from reftel.stations import STATIONS


class Chief(msgspec.Struct, frozen=True):
    """Who heads a mission from a day on; cables go out over his surname."""

    since: date
    title: str
    name: str

    @property
    def surname(self) -> str:
        """As the last line of a telegram has it: ELLISON."""
        return self.name.rsplit(" ", 1)[-1].upper()


class Mission(msgspec.Struct, frozen=True):
    """A post, or the Department, as the lines of a telegram name it."""

    station: str
    name: str  # on the FM line: AMEMBASSY STRELSAU
    origin: str  # on a mirror's page: Embassy Strelsau
    chiefs: tuple[Chief, ...]
    informs: tuple[str, ...]  # to whom it sends copies when the drafter says nothing else

    def chief(self, on: date) -> Chief:
        """Who heads it on a day."""
        return next((one for one in reversed(self.chiefs) if one.since <= on), self.chiefs[0])


def _since(title: str, name: str, *day: int) -> Chief:
    return Chief(date(*day) if day else date.min, title, name)


MISSIONS: dict[str, Mission] = {
    one.station: one
    for one in (
        Mission(
            "STRELSAU",
            "AMEMBASSY STRELSAU",
            "Embassy Strelsau",
            (
                _since("Ambassador", "Margaret T. Ellison"),
                _since("Charge d'Affaires a.i.", "Paul Renwick", 2005, 8, 20),
                _since("Ambassador", "Daniel J. Corliss", 2006, 1, 9),
            ),
            ("EUROPEAN POLITICAL COLLECTIVE", "EDELWEISS", "LETINJE", "GANLOOK", "THORBERG", "ZENDA"),
        ),
        Mission(
            "ZENDA",
            "AMCONSUL ZENDA",
            "Consulate Zenda",
            (_since("Consul General", "Ruth Oakden"),),
            ("STRELSAU", "EDELWEISS", "LETINJE"),
        ),
        Mission(
            "LETINJE",
            "AMEMBASSY LETINJE",
            "Embassy Letinje",
            (_since("Ambassador", "Warren B. Stride"),),
            ("EUROPEAN POLITICAL COLLECTIVE", "STRELSAU", "EDELWEISS", "ROME", "VIENNA", "TREASURY"),
        ),
        Mission(
            "EDELWEISS",
            "AMEMBASSY EDELWEISS",
            "Embassy Edelweiss",
            (_since("Ambassador", "Thomas L. Gaines"),),
            ("EUROPEAN POLITICAL COLLECTIVE", "STRELSAU", "ZENDA", "GANLOOK", "THORBERG", "VIENNA"),
        ),
        Mission(
            "THORBERG",
            "AMEMBASSY THORBERG",
            "Embassy Thorberg",
            (_since("Ambassador", "Helen R. Marchetti"),),
            ("STRELSAU", "EDELWEISS", "BERN", "VIENNA", "USOSCE"),
        ),
        Mission(
            "GANLOOK",
            "AMEMBASSY GANLOOK",
            "Embassy Ganlook",
            (_since("Charge d'Affaires a.i.", "Howard Pell"),),
            ("STRELSAU", "EDELWEISS", "USNATO", "SECDEF", "JOINT STAFF", "DIA"),
        ),
        Mission(
            "STATE",
            "SECSTATE WASHDC",
            "Secretary of State",
            (_since("Secretary", "Edmund Hargrove"),),
            ("VIENNA", "USNATO"),
        ),
        Mission(
            "USNATO",
            "USMISSION USNATO",
            "Mission USNATO",
            (_since("Ambassador", "Peter Vanning"),),
            ("EUROPEAN POLITICAL COLLECTIVE", "STRELSAU", "EDELWEISS", "GANLOOK", "SECDEF", "JOINT STAFF"),
        ),
        Mission(
            "USOSCE",
            "USMISSION USOSCE",
            "Mission USOSCE",
            (_since("Ambassador", "Rosalind Tallis"),),
            ("STRELSAU", "EDELWEISS", "LETINJE", "THORBERG", "VIENNA"),
        ),
        Mission(
            "VIENNA",
            "AMEMBASSY VIENNA",
            "Embassy Vienna",
            (_since("Ambassador", "Lionel Bradwell"),),
            ("STRELSAU", "EDELWEISS", "BUDAPEST"),
        ),
        Mission(
            "BERN",
            "AMEMBASSY BERN",
            "Embassy Bern",
            (_since("Ambassador", "Pamela Whitlock"),),
            ("STRELSAU", "VIENNA"),
        ),
        Mission(
            "GENEVA",
            "USMISSION GENEVA",
            "Mission Geneva",
            (_since("Ambassador", "Joan Morland"),),
            ("STRELSAU", "EDELWEISS", "ROME"),
        ),
    )
}
"""Every mission that reports in the sample."""

SEVENTIES: dict[str, tuple[str, ...]] = {
    "STRELSAU": ("VIENNA", "EDELWEISS", "ZENDA", "USNATO"),
    "ZENDA": ("STRELSAU",),
    "LETINJE": ("ROME", "STRELSAU", "VIENNA"),
    "EDELWEISS": ("STRELSAU", "VIENNA", "BERN"),
    "THORBERG": ("BERN", "EDELWEISS", "STRELSAU"),
    "GANLOOK": ("SECDEF", "STRELSAU", "EDELWEISS"),
    "VIENNA": ("STRELSAU", "BUDAPEST"),
    "BERN": ("VIENNA",),
    "GENEVA": ("BERN", "STRELSAU"),
    "USNATO": ("SECDEF", "VIENNA"),
    "STATE": ("USNATO", "VIENNA"),
}
"""The posts of 1973 to 1979, and whom they informed: no collectives yet, and no mission to the OSCE."""

# Addresses that are no post of the table above: how the line names them, and their routing indicator.
_ADDRESSES = {
    "SECSTATE": ("SECSTATE WASHDC", "RUEHC"),
    "EUROPEAN POLITICAL COLLECTIVE": ("EUROPEAN POLITICAL COLLECTIVE", "RUEHZL"),
    "ROME": ("AMEMBASSY ROME", "RUEHRO"),
    "BUDAPEST": ("AMEMBASSY BUDAPEST", "RUEHUP"),
    "TREASURY": ("DEPT OF TREASURY WASHDC", "RUEATRS"),
    "SECDEF": ("SECDEF WASHDC", "RUEKJCS"),
    "JOINT STAFF": ("JOINT STAFF WASHDC", "RUEKJCS"),
    "DIA": ("DIA WASHDC", "RHEFDIA"),
    "CIA": ("CIA WASHDC", "RUEAIIA"),
    "NSC": ("NSC WASHDC", "RHEHNSC"),
}
_UNCOUNTED = frozenset({"EUROPEAN POLITICAL COLLECTIVE", "JOINT STAFF", "CIA", "DIA"})  # without a number


def routing(station: str) -> str:
    """The routing indicator of a post: RUEHXSL for STRELSAU."""
    return STATIONS[station].routing[0]


def addressee(to: str, precedence: str | None, sender: str, serial: int) -> Addressee:
    """One line of TO or INFO; its number counts on with what the sender has sent."""
    if to in _ADDRESSES:
        name, indicator = _ADDRESSES[to]
    else:
        name, indicator = MISSIONS[to].name, routing(to)
    first = crc32(f"{sender} {to}".encode())
    number = None if to in _UNCOUNTED else f"{(first + serial) % 9999 + 1:04d}"
    return Addressee(name, indicator, precedence, number)
