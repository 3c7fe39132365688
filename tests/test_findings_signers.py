"""Signatures come to one person, or to nobody."""

from pathlib import Path

import pytest

import build
from reftel.errors import Unreadable, UsageError
from reftel.findings.signers import Authorities, Term, load, surname

COLUMNS = (
    "appointment_id,person_id,surname,forename,generation,appointment_class,role_title,mission_id,"
    "mission_name,appointed,arrived,started,ended"
)
ROWS = (
    "bo-1,helsing-anton-w,Helsing,Anton Werner,,chief-of-mission,Ambassador,bolivia,bolivia,1974-01-05,,"
    "1974-02-01,1976-03-31",
    "bo-2,sapt-ulrich,Sapt,Ulrich,Jr.,chief-of-mission,Ambassador,bolivia,bolivia,1976-04,,1976-05,",
    "bo-3,o-hara-mary,O’Hara,Mary,,chief-of-mission,Ambassador,bolivia,bolivia,,,1979,",
    "bo-4,sapt-fritz,Sapt,Fritz,,nominee-did-not-serve,Ambassador,bolivia,bolivia,1974-02-01,,1974-02-01,",
    "st-1,strofzin-lu,Strofzin,Ludmila,,department-principal,Secretary of State,secretary,Secretary,,,"
    "1974-01-01,1975-12-31",
    "st-2,strofzin-p,Strofzin,Petra,,department-principal,Counselor,counselor,Counselor,,,1975-06,",
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table of invented chiefs."""
    path = tmp_path / "offices.csv"
    path.write_text("\n".join((COLUMNS, *ROWS)) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def authorities(table: Path) -> Authorities:
    """The same, to be asked."""
    return Authorities(load(table)[0])


@pytest.mark.parametrize(
    ("signature", "sent", "person"),
    [
        ("HELSING", "1975-01-02T10:00Z", "helsing-anton-w"),
        ("HELSING", "1974-02-01", "helsing-anton-w"),
        ("HELSING", "1976-03", "helsing-anton-w"),  # the month in which the term ends
        ("HELSING", "1976-05-01", None),
        ("HELSING", "1974-01-31", None),  # named, and not yet there
        ("A. Helsing", "1975-01-02", "helsing-anton-w"),
        ("W. HELSING", "1975-01-02", "helsing-anton-w"),
        ("B. HELSING", "1975-01-02", None),
        ("HELSING, A.W.", "1975-01-02", "helsing-anton-w"),
        ("SAPT JR.", "1978-12-31", "sapt-ulrich"),
        ("SAPT UNQUOTE", "1976-05-02", "sapt-ulrich"),
        ("SAPT", "1980-01-01", None),  # his term has no end, but O'Hara followed
        ("O'HARA", "1981-06-01", "o-hara-mary"),
        ("OHARA", "1981-06-01", "o-hara-mary"),
        ("SAPT", "1974-03-01", None),  # a nominee did not serve
        ("TARLENHEIM", "1975-01-02", None),
    ],
)
def test_a_signature_is_that_of_the_chief_of_that_day(
    authorities: Authorities, signature: str, sent: str, person: str | None
) -> None:
    """By surname, initials, post and day; or nobody."""
    signer = authorities.named(signature, "LAPAZ", sent)
    assert (signer.term.person if signer.term else None) == person
    assert signer.outcome == ("resolved" if person else "nobody")


def test_the_department_signs_with_its_officers(authorities: Authorities) -> None:
    """One Strofzin in 1974; two of them from June 1975, and then neither is named."""
    assert authorities.named("STROFZIN", "STATE", "1974-05-05").sentence == (
        "Ludmila Strofzin, Secretary of State, 1974-01-01 to 1975-12-31."
    )
    assert authorities.named("STROFZIN", "STATE", "1975-07-01").outcome == "several"
    assert authorities.named("STROFZIN, L.", "STATE", "1975-07-01").outcome == "resolved"


def test_what_cannot_be_held_against_the_table_says_why(authorities: Authorities) -> None:
    """No signature, no date, a post without a list, a name that editors supplied."""
    assert authorities.named(None, "LAPAZ", "1975-01-02").outcome == "unsigned"
    assert authorities.named("ACTING", "LAPAZ", "1975-01-02").outcome == "unsigned"
    assert authorities.named("[Helsing]", "LAPAZ", "1975-01-02").outcome == "unsigned"
    assert authorities.named("HELSING", "LAPAZ", None).outcome == "no-date"
    assert authorities.named("HELSING", "ZENDA", "1975-01-02").outcome == "no-list"


def test_a_cable_is_asked_by_its_own_fields(authorities: Authorities) -> None:
    """Signature, sender and date of the record; a printed text names the country of the embassy."""
    cable = build.cable("1975LAPAZ12", signature="HELSING", sent="1975-01-02T10:00Z")
    assert authorities.signer(cable).outcome == "resolved"
    printed = build.cable(
        None, signature="Helsing", sent="1975-01-02", from_=build.Sender("Embassy in Bolivia", None)
    )
    assert authorities.signer(printed).outcome == "resolved"
    tosec = build.cable(
        None, signature="STROFZIN", sent="1974-05-05", from_=build.Sender("Department of State", "TOSEC")
    )
    assert authorities.signer(tosec).outcome == "resolved"


def test_a_bad_row_is_named_and_the_rest_is_loaded(table: Path) -> None:
    """An impossible date, an end before the beginning, nobody's row, a row cut short."""
    with table.open("a", encoding="utf-8") as file:
        file.write("x-1,p,Krafft,Ida,,chief-of-mission,Ambassador,bolivia,bolivia,1975-13-01,,,\n")
        file.write("x-2,p,Krafft,Ida,,chief-of-mission,Ambassador,bolivia,bolivia,,,1975-05-01,1974\n")
        file.write("x-3,,Krafft,Ida,,chief-of-mission,Ambassador,bolivia,bolivia,,,1975-05-01,\n")
        file.write("x-4,p,Krafft\n")
        file.write(",p,Krafft,Ida,,chief-of-mission,Ambassador,bolivia,bolivia,,,1975-05-01,\n")
    terms, bad = load(table)
    assert len(terms) == len(ROWS) - 1  # but for the nominee
    assert [row.line for row in bad] == [8, 9, 10, 11, 12]
    assert "1975-13-01" in bad[0].message
    assert "before it begins" in bad[1].message


def test_a_file_that_is_no_table_is_one_sentence(tmp_path: Path) -> None:
    """Wrong columns, another encoding, no file."""
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("name,office\nHelsing,Ambassador\n", encoding="utf-8")
    with pytest.raises(UsageError, match="no column appointment_id"):
        load(wrong)
    wrong.write_bytes("näme".encode("latin-1"))
    with pytest.raises(UsageError, match="UTF-8"):
        load(wrong)
    with pytest.raises(Unreadable):
        load(tmp_path / "absent.csv")


def test_a_mission_may_be_called_by_its_post() -> None:
    """Where the list of seats does not know a post, the table's own name of it does."""
    authorities = Authorities(
        [Term("sapt-u", "Sapt", "Ulrich", "", "Consul", "neu-zenda", "Neu-Zenda", "2004", "2006", "z-1")]
    )
    assert authorities.named("SAPT", "NEUZENDA", "2005-01-02").outcome == "resolved"
    assert authorities.named("SAPT", "ZENDA", "2005-01-02").outcome == "no-list"


@pytest.mark.parametrize(
    ("signature", "name"),
    [
        ("O’HARA", "OHARA"),
        ("J. W. Jones", "JONES"),
        ("STEDMAN UNQUOTE", "STEDMAN"),
        ("[Jones]", None),
        (None, None),
    ],
)
def test_the_surname_of_a_signature(signature: str | None, name: str | None) -> None:
    """As names are compared; None where none is given."""
    assert surname(signature) == name
