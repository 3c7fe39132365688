"""The REF block (handbook 02, section 2)."""

import pytest

from reftel.cable import Mrn
from reftel.telegram.common import references

CITING = Mrn(2005, "ZENDA", 500, "catalogue")


def named(block: str, sent: str | None = "2005-06-01") -> list[tuple[str | None, str, str | None]]:
    """Letter, kind and id of each entry of a block, as a cable of 2005 from Zenda cites it."""
    return [(one.letter, one.kind, one.id) for one in references.read(block, 0, len(block), CITING, sent)]


@pytest.mark.parametrize(
    ("block", "entries"),
    [
        ("PARIS 1501", [(None, "telegram", "2005PARIS1501")]),  # the year is the cable's own
        (
            "A. PARIS 1501\nB. 75 STATE 9",
            [("A", "telegram", "2005PARIS1501"), ("B", "telegram", "1975STATE9")],
        ),
        ("A. PARIS 1501 B. STATE 9", [("A", "telegram", "2005PARIS1501"), ("B", "telegram", "2005STATE9")]),
        (
            "A. PARIS 1501\n\n[1](#)B. ROME 22",
            [("A", "telegram", "2005PARIS1501"), ("B", "telegram", "2005ROME22")],
        ),
        (
            "(A) PARIS 1501; (B) ROME 22",
            [("A", "telegram", "2005PARIS1501"), ("B", "telegram", "2005ROME22")],
        ),
        (
            "STATE 188314, 259032",
            [(None, "telegram", "2005STATE188314"), (None, "telegram", "2005STATE259032")],
        ),
        (
            "BRASILIA 2799 AND 2764",
            [(None, "telegram", "2005BRASILIA2799"), (None, "telegram", "2005BRASILIA2764")],
        ),
        ("KABUL 936/935", [(None, "telegram", "2005KABUL936"), (None, "telegram", "2005KABUL935")]),
        ("A. REF A STATE 122214", [("A", "telegram", "2005STATE122214")]),
        ("STATE (01) 201265", [(None, "telegram", "2001STATE201265")]),
        ("SOFIA 318 (04)", [(None, "telegram", "2004SOFIA318")]),
        ("04 SOFIA 318", [(None, "telegram", "2004SOFIA318")]),
        ("2004 SOFIA 318", [(None, "telegram", "2004SOFIA318")]),
        ("NEW DELHI 2001", [(None, "telegram", "2005NEWDELHI2001")]),
        ("ZENDA 501", [(None, "telegram", "2004ZENDA501")]),  # above the cable's own serial: last year's
        ("ZENDA 499", [(None, "telegram", "2005ZENDA499")]),
        ("3/24 SAPT-TARLENHEIM TELCON", [(None, "telcon", None)]),
        ("SAPT-TARLENHEIM E-MAIL 3/4/05", [(None, "email", None)]),
        ("LETTER OF FEBRUARY 4 FROM SAPT", [(None, "letter", None)]),
        ("SEPTEL", [(None, "septel", None)]),
        ("12 FAM 540", [(None, "document", None)]),
        ("A. MEMCON OF 3 MAY", [("A", "memo", None)]),
        ("THE BLACK BOX", [(None, "other", None)]),
        ("", []),
    ],
)
def test_what_a_block_names(block, entries):
    """A REF block yields what it names, in order, with its letters."""
    assert named(block) == entries


def test_a_high_serial_in_january_is_of_last_year():
    """Serials restart each January; of the Department's, only very high ones tell."""
    assert named("PARIS 8000", "2005-01-10") == [(None, "telegram", "2004PARIS8000")]
    assert named("STATE 8000", "2005-01-10") == [(None, "telegram", "2005STATE8000")]
    assert named("PARIS 8000", "2005-12-10") == [(None, "telegram", "2005PARIS8000")]


def test_what_was_inferred_is_said():
    """A year that no entry states is marked as inferred; one that is stated is not."""
    first, second = references.read("A. ROME 1\nB. 04 ROME 2 (NOTAL)", 0, 29, CITING, None)
    assert (first.inferred, first.captions) == (("year",), ())
    assert (second.inferred, second.captions) == ((), ("NOTAL",))


def test_a_place_slices_its_text():
    """Every entry's span slices exactly its text, wherever the block stands."""
    text = "REF: A. STATE 188314, 259032\n     B. 3/24 TELCON."
    for one in references.read(text, 5, len(text), CITING, None):
        assert text[slice(*one.span)] == one.text


def test_a_long_list_is_read_in_one_pass():
    """Ten thousand entries, and capitals without an end, cost no more than their length."""
    assert len(named("\n".join(f"ROME {serial}" for serial in range(1, 3001)))) == 3000
    assert named("A" * 20_000) == [(None, "other", None)]
