"""A cable is cited in the forms that archives, editors and reference managers want."""

import msgspec
import pytest

import build
from reftel.cable import Addressee, Catalogue, Release, Status
from reftel.views.citation import citation, page_metadata, quotation, within_quotation

CABLE = build.cable(
    "2009ASTANA12",
    '(C) The king said: "No treaty".',
    to=(Addressee("SECSTATE WASHDC", "RUEHC", "IMMEDIATE"),),
    subject="TARIFFS & {RAILWAYS}:\n50% MORE",
    release=Release("leaked"),
)


def test_a_footnote_says_who_to_whom_what_and_when() -> None:
    """In Chicago's style, with what was marked and what has been decided since."""
    assert citation(CABLE, "Ruritania papers").chicago == (
        "U.S. Embassy Astana to Department of State, “TARIFFS & {RAILWAYS}: 50% MORE,” telegram Astana 12, "
        "February 12, 2009, sent as CONFIDENTIAL, leaked copy, not released, collection “Ruritania papers”."
    )


def test_an_electronic_telegram_is_cited_as_its_archive_wants() -> None:
    """With document number, series, record group and repository."""
    cable = msgspec.structs.replace(
        build.cable(
            "1974LAPAZ15", "The roads are dry.", sent="1974-01-02T21:25Z", release=Release("released")
        ),
        catalogue=Catalogue(attributes={"Document Number": "1974LAPAZ00015"}),
    )
    footnote = citation(cable).footnote
    assert footnote.startswith("U.S. Embassy La Paz, telegram La Paz 15, January 2, 1974, 1974LAPAZ00015;")
    assert "Record Group 59" in footnote
    assert footnote.endswith("https://aad.archives.gov/aad/ (sent as CONFIDENTIAL, released copy).")
    assert citation(cable).address == "https://aad.archives.gov/aad/"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("released", "released copy"),
        ("leaked", "leaked copy, not released"),
        ("internal", "internal copy"),
        ("unknown", "copy of unknown release"),
    ],
)
def test_every_form_says_the_level_then_and_the_release_since(status: Status, said: str) -> None:
    """Of a released copy, too; in the archive's form it stands behind the whole of its model."""
    cable = build.cable("1974LAPAZ15", "The roads are dry.", classification="SECRET", release=Release(status))
    held = msgspec.structs.replace(
        cable, catalogue=Catalogue(attributes={"Document Number": "1974LAPAZ00015"})
    )
    for cited in (citation(cable), citation(held)):
        assert f", sent as SECRET, {said}" in cited.chicago
        assert f"note = {{sent as SECRET; {said}}}" in cited.bibtex
        assert f"N1  - sent as SECRET; {said}\r\n" in cited.ris
        assert cited.csl["note"] == f"sent as SECRET; {said}"
        assert f"sent as SECRET, {said}" in cited.footnote
    assert citation(held).footnote.endswith(f" (sent as SECRET, {said}).")


@pytest.mark.parametrize(
    ("key", "volume"),
    [
        ("frus1964-68v13/d1", "1964–68, vol. XIII, document 1"),
        ("frus1958-60v07p1/d41", "1958–60, vol. VII, part 1, document 41"),
        ("frus1969-76ve04/d21", "1969–76, vol. E–4, document 21"),
    ],
)
def test_a_printed_telegram_is_cited_by_its_volume(key: str, volume: str) -> None:
    """With the address of the volume's own page."""
    cable = msgspec.structs.replace(build.cable(None, "The roads are dry."), key=key)
    cited = citation(cable)
    assert f"Foreign Relations of the United States, {volume}, https://history.state.gov/" in cited.chicago
    assert cited.address == f"https://history.state.gov/historicaldocuments/{key}"


def test_reference_managers_read_the_other_forms() -> None:
    """Braces and percent signs are escaped in BibTeX; RIS has one field a line; CSL-JSON has a date."""
    cited = citation(CABLE, "Ruritania papers")
    assert r"title = {TARIFFS \& \{RAILWAYS\}: 50\% MORE}" in cited.bibtex
    assert cited.bibtex.startswith("@misc{cable2009ASTANA12,\n")
    lines = cited.ris.split("\r\n")
    assert lines[0] == "TY  - PCOMM"
    assert lines[-2] == "ER  - "
    assert "TI  - TARIFFS & {RAILWAYS}: 50% MORE" in lines
    assert cited.csl["issued"] == {"date-parts": [[2009, 2, 12]]}
    assert ("DC.date", "2009-02-12") in page_metadata(cited)


def test_a_date_is_cited_no_more_exactly_than_known() -> None:
    """A month, a year, nothing."""
    for sent, said in (("2009-02", "February 2009"), ("2009", ", 2009,"), (None, ", 2009,")):
        cable = build.cable("2009ASTANA12", "The roads are dry.", sent=sent)
        assert said in citation(cable).chicago
    undated = build.cable(None, "The roads are dry.", sent=None)
    assert "n.d." in citation(undated).chicago


def test_a_hidden_subject_is_not_cited() -> None:
    """A reader who may not see it cites the number."""
    cable = build.cable("2009ASTANA12", "The roads are dry.", subject=None)
    assert "“" not in citation(cable).chicago.partition(", collection")[0]
    assert "Telegram Astana 12" in citation(cable).bibtex


def test_a_paragraph_is_quoted_with_its_place() -> None:
    """Inner quotation marks become single ones."""
    quoted = quotation(CABLE, "1")
    assert quoted is not None
    assert quoted.startswith("“The king said: ‘No treaty’.” (U.S. Embassy Astana")
    assert quoted.endswith("para. 1.)")
    assert quotation(CABLE, "9") is None


@pytest.mark.parametrize(
    ("name", "cited"),
    [
        ("SECSTATE WASHDC", "Department of State"),
        ("WASHDC, SECSTATE", "Department of State"),  # as SMART writes it
        ("STRELSAU, AMEMBASSY", "U.S. Embassy Strelsau"),
        ("EUROPEAN POLITICAL COLLECTIVE", "EUROPEAN POLITICAL COLLECTIVE"),
    ],
)
def test_an_addressee_is_cited_by_its_post(name: str, cited: str) -> None:
    """Whichever way round it is written; what is no post stays as it is."""
    cable = build.cable("2011STRELSAU40", to=(Addressee(name),))
    assert f" to {cited}, " in citation(cable).chicago


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('He said "no."', "He said ‘no.’"),
        ("\"He said 'no' twice.\"", "‘He said “no” twice.’"),
        ("“He said ‘no’ twice.”", "‘He said “no” twice.’"),
        ('("No," he said, "never")', "(‘No,’ he said, ‘never’)"),
        (
            "\"It's the King's,\" he said. \"Don't 'go on' so.\"",
            "‘It's the King's,’ he said. ‘Don't “go on” so.’",
        ),
        ("the envoys' house isn't \"theirs\"", "the envoys' house isn't ‘theirs’"),
        ('an end is "lost', "an end is ‘lost"),
        ("nothing said", "nothing said"),
    ],
)
def test_marks_within_marks(text, expected):
    """Double ones become single, single ones within them double; apostrophes stay."""
    assert within_quotation(text) == expected


def test_a_subject_with_words_in_marks():
    """They are single within the title's own, and its comma stands within both."""
    cable = build.cable("2004STRELSAU31", "(U) He did not.", subject='COURT SAYS "A HEAVY COLD"')
    said = citation(cable)
    assert "“COURT SAYS ‘A HEAVY COLD,’” telegram" in said.chicago
    assert said.csl["title"] == cable.subject  # who formats it turns the marks himself
