"""Every table is read whole: each row has its columns and its authority."""

from importlib.resources import files

import pytest

from reftel import stations, tables
from reftel.markings import CAPTIONS

NAMES = sorted(
    path.name.removesuffix(".csv") for path in files(tables).iterdir() if path.name.endswith(".csv")
)


@pytest.mark.parametrize("name", NAMES)
def test_every_row_names_its_authority(name):
    """No row without an authority, none with cells missing or too many."""
    rows = list(tables.rows(name))
    assert rows
    assert [row for row in rows if not row["authority"].strip()] == []


def test_each_station_stands_once():
    """One row a station, and no spelling that is another station's own name."""
    names = [row["station"] for row in tables.rows("stations")]
    assert len(names) == len(set(names))
    assert all(stations.token(name) == name for name in names)


def test_an_invented_post_has_no_real_post_s_routing_indicator():
    """RUEHTH is Athens: who looks an indicator of the sample up is not sent to a real post."""
    posts = {"invented": set(), "real": set()}
    for row in tables.rows("stations"):
        whose = "invented" if row["authority"].startswith("invented") else "real"
        posts[whose] |= {each.strip() for each in row["routing"].split(";") if each.strip()}
    assert len(posts["invented"]) == 6
    assert not posts["invented"] & posts["real"]


def test_captions_say_whether_they_restrict():
    """yes or no, nothing else; SIPDIS is the caption that restricts nobody."""
    assert {row["restricts"] for row in tables.rows("captions")} == {"yes", "no"}
    assert CAPTIONS["SIPDIS"] is False
    assert CAPTIONS["NODIS"] is True


def test_controls_are_known_by_one_name_each():
    """No spelling is that of two, none is a level, and each has a kind."""
    rows = list(tables.rows("controls"))
    spellings = [each for row in rows for each in (row["name"], *filter(None, row["spellings"].split("; ")))]
    assert len(spellings) == len(set(spellings))
    assert not {*spellings} & {"U", "C", "S", "TS", "SBU", "REL"}
    assert all(row["kind"] for row in rows)
    assert {each for each in spellings if "/" in each} == set()


@pytest.mark.parametrize(
    ("spelling", "token"),
    [
        ("AMEMBASSY NEW DELHI", "NEWDELHI"),
        ("NEWDE", "NEWDELHI"),
        ("US Office Almaty", "ALMATY"),
        ("SECSTATE WASHDC", "STATE"),
        ("USMISSION USUN NEW YORK", "USUNNEWYORK"),
        ("USMISSION USNATO", "USNATO"),
        ("The Hague", "THEHAGUE"),
        ("Bogotá", "BOGOTA"),
        ("AMEMBASSY ASUNCIÓN", "ASUNCION"),
        ("Léopoldville", "LEOPOLDVILLE"),
        ("Le\u0301opoldville", "LEOPOLDVILLE"),  # the accent a character of its own
        ("Tromsø", "TROMSO"),
        ("AMCONSUL ZENDA", "ZENDA"),
        ("NOWHERE", "NOWHERE"),  # in no table, and a station all the same
        ("123", None),
    ],
)
def test_spellings_of_posts(spelling, token):
    """One token for a post, whatever it is called."""
    assert stations.token(spelling) == token


@pytest.mark.parametrize(
    ("damaged", "station"),
    [
        ("CARCAS", "CARACAS"),
        ("AGREB", "ZAGREB"),
        ("LSIBON", "LISBON"),  # neighbours swapped: one edit
        ("KHATMANDU", "KATHMANDU"),
        ("REYKJAVI", "REYKJAVIK"),
        ("SAN SALV", "SANSALVADOR"),
        ("PORT LOU", "PORTLOUIS"),
        ("ROME", "ROME"),
        ("LOMA", None),  # too short for a guess: LIMA, LOME, ROME
        ("SANTIAGUITO", None),
        ("HENTZAU", None),
        ("SAN SA", "SANSALVADOR"),
        ("TRAIN STATION", None),
    ],
)
def test_the_nearest_station(damaged, station):
    """The one known post that a damaged name can mean, or none."""
    assert stations.nearest(damaged) == station
