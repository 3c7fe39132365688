"""The REF block (handbook 02, section 2)."""

import pytest

from reftel.cable import Mrn, Reference
from reftel.telegram.common import references

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CITING = Mrn(2005, "ZENDA", 500, "catalogue")


def named(block: str, sent: str | None = "2005-06-01") -> list[tuple[str | None, str, str | None]]:
    """Letter, kind and id of each entry of a block, as a cable of 2005 from Zenda cites it."""
    return [(one.letter, one.kind, one.id) for one in references.read(block, 0, len(block), CITING, sent)]


def entries(block: str) -> tuple[Reference, ...]:
    """The entries of a block, as a cable of 2005 from Zenda cites them."""
    found = references.read(block, 0, len(block), CITING, "2005-06-01")
    for one in found:
        assert block[slice(*one.span)] == one.text
    return found


@pytest.mark.parametrize(
    ("block", "expected"),
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
def test_what_a_block_names(block, expected):
    """A REF block yields what it names, in order, with its letters."""
    assert named(block) == expected


@pytest.mark.parametrize(
    "spelling",
    [
        "04 SOFIA 318",
        "2004 SOFIA 318",
        "04SOFIA 318",
        "04SOFIA0318",
        "04SOFIA318",
        "2004SOFIA318",
        "04-SOFIA-318",
        "SOFIA 318 (04)",
        "SOFIA 318-04",
        "SOFIA 00318/04",
        "SOFIA 318 04",
        "SOFIA 318 (2004)",
        "SOFIA (04) 318",
        "(04) SOFIA 318",
        "'04 SOFIA 318",
        "’04 SOFIA 318",
        "004 SOFIA 318",
    ],
)
def test_a_year_in_every_place(spelling):
    """The year stands before, behind, between, glued, bracketed: it is stated, and part of the text."""
    (one,) = entries(spelling)
    assert (one.id, one.inferred, one.text) == ("2004SOFIA318", (), spelling)
    assert (one.post, one.serial) == ("SOFIA", 318)


@pytest.mark.parametrize(
    ("spelling", "serials"),
    [
        ("SOFIA 00318", [318]),
        ("SOFIA #318", [318]),
        ("SOFIA NO. 318", [318]),
        ("318 SOFIA", [318]),
        ("SOFIA 318 AND 322", [318, 322]),
        ("SOFIA 318, 322, 340", [318, 322, 340]),
        ("SOFIA 318, 322, AND 340", [318, 322, 340]),
        ("SOFIA 318/319", [318, 319]),
        ("SOFIA 318 & SOFIA 322", [318, 322]),
        ("SOFIA 318 & 322", [318, 322]),
        ("SOFIA 318-322", [318, 322]),  # 322 is no year
        ("SOFIA MESSAGE 318", [318]),
        ("CABLE SOFIA 318", [318]),
    ],
)
def test_a_number_and_runs_of_numbers(spelling, serials):
    """A number is written in many ways; the next of a run has post and year from the first."""
    assert [(one.kind, one.post, one.serial) for one in entries(spelling)] == [
        ("telegram", "SOFIA", serial) for serial in serials
    ]


def test_the_next_of_a_run_inherits_the_year():
    """A stated year is stated for the whole run, and one of another post has its own."""
    assert [one.id for one in entries("04 SOFIA 318 AND 322, 03 ROME 5, PARIS 6")] == [
        "2004SOFIA318",
        "2004SOFIA322",
        "2003ROME5",
        "2005PARIS6",
    ]


def test_a_bare_number_inherits_the_post():
    """`B. 2962` is of the post of the item above, which is said to be inferred."""
    _, second = entries("A. SOFIA 318\nB. 2962 AND PREVIOUS")
    assert (second.letter, second.post, second.serial, second.previous) == ("B", "SOFIA", 2962, True)
    assert second.inferred == ("post", "year")


@pytest.mark.parametrize(
    ("spelling", "post", "inferred"),
    [
        ("MVD 5", "MONTEVIDEO", False),
        ("BKK 5", "BANGKOK", False),
        ("USUN 5", "USUNNEWYORK", False),
        ("VIE 5", "VIENNA", False),
        ("GUATEMALA CITY 5", "GUATEMALA", False),
        ("THE HAGUE 5", "THEHAGUE", False),
        ("EMBASSY PRAGUE 5", "PRAGUE", False),
        ("PORT-LOUIS 5", "PORTLOUIS", False),
        ("N'DJAMENA 5", "NDJAMENA", False),
        ("ST. GEORGE'S 5", "GRENADA", False),
        ("Oslo 5", "OSLO", False),
        ("oslo 5", "OSLO", False),
        ("NEW\nDELHI 5", "NEWDELHI", False),
        ("L0ME 5", "LOME", False),  # digits for letters
        ("0SLO 5", "OSLO", False),
        ("SECSTATE 5", "STATE", False),
        ("DEPT 5", "STATE", False),
        ("SECDEF 5", "SECDEF", False),
        ("ISLAMBAD 5", "ISLAMABAD", True),  # misspelt: the one known post within two edits
        ("CARCAS 5", "CARACAS", True),
        ("STRELSUA 5", "STRELSAU", True),
        ("PORT LOU 5", "PORTLOUIS", True),  # cut short
        ("SAN SALV 5", "SANSALVADOR", True),
        ("HENTZAU 5", "HENTZAU", False),  # in no table, and like none
    ],
)
def test_spellings_of_posts(spelling, post, inferred):
    """Nicknames, long forms, line ends, damage: one post; a guess is marked."""
    (one,) = entries(spelling)
    assert (one.post, one.serial, "post" in one.inferred) == (post, 5, inferred)


@pytest.mark.parametrize("spelling", ["OSLO l2", "OSLO I2", "OSLO 12", "OSLO O12"])
def test_letters_for_digits(spelling):
    """A letter typed for a digit is read as the digit; the text stays as written."""
    (one,) = entries(spelling)
    assert (one.serial, one.text) == (12, spelling)


def test_a_dotted_capital_among_digits_is_no_digit():
    """A letter of another alphabet is left as it stands, and the entry is kept."""
    (one,) = entries("OSLO 1\u01302")
    assert (one.kind, one.id) == ("other", None)


@pytest.mark.parametrize("other", ["E-MAIL HENTZAU-EUR/NCE OF 6/11", "RASSENDYLL-SAPT TELCON OF 4/8"])
def test_telegrams_beside_other_documents_are_read_as_if_alone(other):
    """What stands behind one letter changes nothing of what stands behind the next."""
    alone = entries("A. 04 OSLO 5\nB. LOME 6 (NOTAL)")
    mixed = entries(f"A. 04 OSLO 5\nB. LOME 6 (NOTAL)\nC. {other}")
    assert mixed[:2] == alone
    assert [(one.letter, one.kind != "telegram") for one in mixed[2:]] == [("C", True)]


@pytest.mark.parametrize(
    "block",
    [
        "A. OSLO 5\nB. LOME 6",
        "A) OSLO 5 B) LOME 6",
        "(A) OSLO 5; (B) LOME 6",
        "[A] OSLO 5 [B] LOME 6",
        "a. OSLO 5\nb. LOME 6",
        "A.) OSLO 5\nB.) LOME 6",
        "A: OSLO 5, B: LOME 6",
        "A - OSLO 5\nB - LOME 6",
        "REF A: OSLO 5\nREF B: LOME 6",
        "REF A OSLO 5\nREF B LOME 6",
        "A. A) OSLO 5\nB. B) LOME 6",
        "A. REF A OSLO 5 B. REF B LOME 6",
        "A. REF OSLO 5\nB. REF LOME 6",
        "REF: A. OSLO 5\nB. LOME 6",
        "¶A. OSLO 5\n¶B. LOME 6",
        "A. OSLO 5\n\n[1](#)B. LOME 6",
        "(A) OSLO 5: (B) LOME 6",
        "(AL OSLO 5; (BL LOME 6",  # a lost figures shift: L and the bracket are one key
        "A. OSLO 5\nZENDA 00000500  002 OF 003\n\nB. LOME 6",
        "A. OSLO 5\nCONFIDENTIAL\nPAGE 02 ZENDA 00500 082030Z\nB. LOME 6",
    ],
)
def test_letters_of_every_form(block):
    """Letters with dots, brackets, colons, dashes, doubled, behind a sign; page lines between them."""
    assert [(one.letter, one.text) for one in entries(block)] == [("A", "OSLO 5"), ("B", "LOME 6")]


@pytest.mark.parametrize(
    ("block", "letters"),
    [
        ("OSLO 5\nLOME 6", [None, None]),
        ("OSLO 5; LOME 6", [None, None]),
        ("OSLO 5: LOME 6", [None, None]),
        ("OSLO 5, LOME 6", [None, None]),
        ("OSLO 5 LOME 6", [None, None]),
        ("OSLO 5 AND LOME 6", [None, None]),
        ("REF: REF: OSLO 5; LOME 6", [None, None]),
        ("(1) OSLO 5 (2) LOME 6", ["1", "2"]),
        ("1. OSLO 5\n2. LOME 6", ["1", "2"]),
        ("A. OSLO 5\nA. LOME 6", ["A", "A"]),  # repeated
        ("A. OSLO 5\nC. LOME 6", ["A", "C"]),  # one lost
        ("OSLO 5\nB. LOME 6", [None, "B"]),
    ],
)
def test_lists_with_other_letters_or_none(block, letters):
    """Entries are told apart without letters too, by whatever separates them."""
    found = entries(block)
    assert [one.text for one in found] == ["OSLO 5", "LOME 6"]
    assert [one.letter for one in found] == letters


@pytest.mark.parametrize(
    ("block", "sent", "year"),
    [
        ("STATE 265143 OF AUGUST 18, 1977", "1977-08-18", 1977),
        ("STATE 207984 310241Z AUG 77", "1977-08-31T02:41Z", 1977),
        ("STATE 252478 DTD 211400Z OCT 77", "1977-10-21T14:00Z", 1977),
        ("STATE 235324 OF 11/30/73", "1973-11-30", 1973),
        ("STATE 131738 (MAY 24, 1978)", "1978-05-24", 1978),
        ("STATE 4350 JULY 1973", "1973-07", 1973),
        ("STATE 4350 OF 4 MAY 98", "1998-05-04", 1998),
    ],
)
def test_dates_behind_a_number(block, sent, year):
    """A date behind a number is the telegram's own and tells its year."""
    (one,) = entries(block)
    assert (one.sent, one.id, one.inferred) == (sent, f"{year}STATE{one.serial}", ())
    assert one.text == block


def test_a_date_without_a_year_is_the_last_such_day():
    """Cited on 1 June: of March is this year's, of August is last year's; both are inferred."""
    this, last = entries("ROME 5 OF MAR. 3\nROME 6 OF AUG. 24")
    assert (this.sent, this.id, this.inferred) == ("2005-03-03", "2005ROME5", ("year",))
    assert (last.sent, last.id, last.inferred) == ("2004-08-24", "2004ROME6", ("year",))


@pytest.mark.parametrize(
    ("block", "title"),
    [
        ('ROME 5, "TALKS IN PARIS 2004 ON FISH" (NOTAL)', "TALKS IN PARIS 2004 ON FISH"),
        ("ROME 5 (SUBJ: TALKS ON FISH) (NOTAL)", "TALKS ON FISH"),
        ("ROME 5 [TALKS ON FISH] (NOTAL)", "TALKS ON FISH"),
        ("ROME 5 (TALKS ON FISH) NOTAL", "TALKS ON FISH"),
        ("A. ROME 5 (NOTAL) - TALKS IN PARIS 2004", "TALKS IN PARIS 2004"),
        ('A. ROME 5 (NOTAL) "TALKS ON\n    FISH"', "TALKS ON FISH"),  # over a line end
    ],
)
def test_titles_and_notes(block, title):
    """Titles in quotes and brackets, or behind a dash, and captions: none is an entry of its own."""
    (one,) = entries(block)
    assert (one.text, one.title, one.captions) == ("ROME 5", title, ("NOTAL",))


def test_notes_go_with_the_numbers_before_them():
    """A note behind a run is for the run; behind each, for each."""
    assert [one.captions for one in entries("ROME 5, 6 (EXDIS)")] == [("EXDIS",), ("EXDIS",)]
    assert [one.captions for one in entries("ROME 5 (NOTAL), 6 (EXDIS), 7")] == [("NOTAL",), ("EXDIS",), ()]
    assert [one.previous for one in entries("ROME 5, ROME 6 AND PREVIOUS")] == [False, True]


@pytest.mark.parametrize(
    ("block", "kind", "sent"),
    [
        ("STATE A-1234 OF DEC 9, 1973", "airgram", "1973-12-09"),
        ("LA PAZ A-29", "airgram", None),
        ("LA PAZ A87", "airgram", None),
        ("DEPT'S A-1089", "airgram", None),
        ("73BANGKOK-A50", "airgram", None),
        ("USCINCRUR 311345Z MAY 73", "other", "1973-05-31T13:45Z"),
        ("USDAO ZENDA MSG 242015Z", "other", None),
        ("JCR MSG 221205 AUG 74", "other", None),
        ("RURNAV MESSAGE 04650 DTG 291901Z\n     JUL 74", "other", "1974-07-29T19:01Z"),
        ("SAPT LETTER TO TARLENHEIM OF FEB 4", "letter", None),
        ("SAPT/TARLENHEIM TELECON 29 AUGUST 1979", "telcon", "1979-08-29"),
        ("SAPT PHONE CALL OF MAY 3", "telcon", None),
        ("SAPT-TARLENHEIM E-MAIL 3/4/05", "email", "2005-03-04"),
        ("SAPT FAX OF MAY 3", "document", None),
        ("SAPT'S MEMO OF JAN. 3, 1974", "memo", "1974-01-03"),
        ("MEMCON OF AUGUST 2, 1974", "memo", "1974-08-02"),
        ("12 FAM 540", "document", None),
        ("TD-314/21795-05", "document", None),
        ("IIR 6 890 0123 05", "document", None),
        ("OSC RUR20050304", "document", None),
        ("FBIS 5501", "document", None),
        ("UNSCR 1737", "document", None),
        ("REPORT ON FISH", "document", None),
        ("SEPTEL", "septel", None),
        ("LETTER FROM JOHN B. SAPT", "letter", None),  # an initial is no letter of the list
        ("FOUR MILES OF RAILWAY", "other", None),
    ],
)
def test_what_is_no_telegram_with_a_number(block, kind, sent):
    """Everything that a block names is kept, with its kind, and without an id."""
    (one,) = entries(block)
    assert (one.kind, one.text, one.sent, one.id) == (kind, block, sent, None)


@pytest.mark.parametrize(
    ("block", "kinds"),
    [
        ("Sapt emails to Tarlenheim and ROME 00184", ["email", "telegram"]),
        ("ROME 5, 3/24 SAPT TELCON", ["telegram", "telcon"]),
        ("ROME 5 AND STATE A-29", ["telegram", "airgram"]),
        ("A-62 APRIL 6, 1973 AND ROME 0039 (NOTAL)", ["airgram", "telegram"]),
        ("ROME 5\nSAPT/RUPERT TELECON JAN 31", ["telegram", "telcon"]),
        ("A. ROME 5; B. SAPT MEMO TO DEPT ASST SECY\n   RUPERT DATED MAY 3", ["telegram", "memo"]),
        ("REPORT ON FISH; ROME 5", ["document", "telegram"]),
    ],
)
def test_telegrams_among_other_documents(block, kinds):
    """Kinds stand beside each other, in the order of the block."""
    assert [one.kind for one in entries(block)] == kinds


def test_telegrams_named_by_direction():
    """Embtel is the citing post's own number, Deptel the Department's (handbook 02, section 2)."""
    own, department = entries("EMBTEL 493; DEPTEL 120")
    assert (own.post, own.serial, own.inferred) == ("ZENDA", 493, ("post", "year"))
    assert (department.post, department.serial, department.inferred) == ("STATE", 120, ("year",))


def test_before_july_1973_a_number_names_no_cable():
    """Telegrams were numbered by direction: post and number are told, no id."""
    (one,) = references.read("ROME 5", 0, 6, Mrn(1966, "ZENDA", 500, "dtg"), "1966-05-01")
    assert (one.id, one.post, one.serial) == (None, "ROME", 5)


@pytest.mark.parametrize(
    "block", ["STATE 026462 TO ZENDA REPEATED TO USCINCRUR", "STATE 026462 (C-AL5-00123)"]
)
def test_where_it_went_is_no_entry(block):
    """Addressees and retrieval numbers behind a telegram are passed over."""
    (one,) = entries(block)
    assert (one.text, one.title) == ("STATE 026462", None)


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
    run = "ROME 1" + "".join(f", {serial}" for serial in range(2, 10_001))
    assert [one.serial for one in entries(run)] == list(range(1, 10_001))
    assert len(named("\n".join(f"{letter}. ROME 1 (NOTAL)" for letter in ALPHABET * 100))) == 2600
    assert named('"' + "ROME 5 " * 3000) != []
    assert named("[" * 20_000 + "ROME 5") == [(None, "telegram", "2005ROME5")]
