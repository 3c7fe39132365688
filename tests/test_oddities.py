"""What real cables do to every rule, kind by kind as the handbook lists them (07; 01 D1-D17; 03).

Each case is a short invented telegram, or a line of one, and what a person who knows cables reads in it.
References have tests of their own.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from reftel import markings, mrn, sources, tags, telegram
from reftel.cable import Cable
from reftel.stations import nearest
from reftel.telegram.common import redactions
from reftel.telegram.common.authority import DERIVED, read_classifier, read_declassify, read_line
from reftel.telegram.common.even import even


def case(name: str, *values: Any) -> Any:
    """One case under its name."""
    return pytest.param(*values, id=name)


LINE = "C O N F I D E N T I A L ZENDA 000012"
EO = "E.O. 12958: DECL: 03/24/2015"
CLASSIFIER = "Classified By: Consul Fritz Tarlenheim, reasons 1.4 (b) and (d)."
BODY = "1. (C) The king left.\n\n2. (U) He came back."
RELAY = """\
VZCZCXRO0012
OO RUEHBI RUEHCI
DE RUEHZN #0012/01 0430516
ZNY CCCCC ZZH
O 120516Z FEB 09
FM AMCONSUL ZENDA
TO RUEHC/SECSTATE WASHDC IMMEDIATE 4590
INFO RUEHSR/AMEMBASSY STRELSAU PRIORITY 0031
"""


def telegram_of(
    subject: str = "SUBJECT: THE KING IS AWAY",
    *,
    above: str = "",
    line: str = LINE,
    captions: str = "SIPDIS",
    eo: str = EO,
    tags: str = "TAGS: PREL RT",
    ref: str = "",
    classifier: str = CLASSIFIER,
    body: str = BODY,
    end: str = "\n\nSAPT\n\nNNNN\n",
) -> str:
    """A telegram of two paragraphs, with what a case says in place of what is usual."""
    block = [part for part in (eo, tags, subject, ref) if part]
    return above + "\n".join([line, "", captions, "", *block, "", classifier, "", body]) + end


def read(text: str) -> Cable:
    """The one cable in a text."""
    (copy,) = sources.copies(text.encode(), "cable.txt")
    return telegram.read(copy)


def said(value: Any, path: str) -> Any:
    """What a record says at `authority.name` or `paragraphs.parts.text`: of many, a list."""
    if not path or value is None:
        return value
    if isinstance(value, tuple | list):
        return [said(one, path) for one in value]
    name, _, rest = path.partition(".")
    return said(getattr(value, name), rest)


def told(text: str, expected: Mapping[str, Any]) -> dict[str, Any]:
    """What the cable in a text says of a case's fields; `damage` are the codes of its defects."""
    found = read(text)
    codes = [one.code for one in found.defects if one.code not in ("year-inferred", "page-line")]
    return {path: codes if path == "damage" else said(found, path) for path in expected}


# -- identifiers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("identifier", "meant", "damaged"),
    [
        case("id-plain", "05ZENDA12", (2005, "ZENDA", 12), False),
        case("id-section-glued", "08SECTION02OF03SKOPJE211", (2008, "SKOPJE", 211), True),
        case("id-section-cut", "07ECTION01OF02LOME94", (2007, "LOME", 94), True),
        case("id-first-letter-lost", "09AGREB77", (2009, "ZAGREB", 77), True),
        case("id-truncated", "06REYKJAVI12", (2006, "REYKJAVIK", 12), True),
        case("id-cut-to-its-beginning", "09PORTLOU3", (2009, "PORTLOUIS", 3), True),
        case("id-letters-swapped", "10LSIBON5", (2010, "LISBON", 5), True),
        case("id-efto", "05EFTOOSLO18", (2005, "OSLO", 18), False),
        case("id-mission", "08AMEMBASSYRABAT40", (2008, "RABAT", 40), False),
        case("id-noforn", "89NOFORNLAGOS7", (1989, "LAGOS", 7), False),
        case("id-caption", "05SIPDISOSLO7", (2005, "OSLO", 7), False),
        case("id-operating-signal", "05QUITO000831ZDK", (2005, "QUITO", 831), True),
        case("id-second-number", "91STATE88213TOSEC50021", (1991, "STATE", 88213), True),
        case("id-duplicate", "07BAKU000412SUSPECTEDDUPLICATE415", (2007, "BAKU", 412), True),
        case("id-year-doubled", "8686BERN110", (1986, "BERN", 110), True),
        case("id-year-doubled-long", "200909ASTANA5", (2009, "ASTANA", 5), True),
        case("id-year-lost", "BERN110", (None, "BERN", 110), False),
        case("id-serial-lost", "04TUNIS", (2004, "TUNIS", None), True),
        case("id-zero-for-o", "050TTAWA12", (2005, "OTTAWA", 12), False),
        case("id-zero-inside", "05COTON0U7", (2005, "COTONOU", 7), False),
        case("id-letter-for-digit", "05OSLOl2", (2005, "OSLO", 12), False),
        case("id-o-for-zero", "LOME O44", (None, "LOME", 44), False),
        case("id-no-letter-taken", "05CAIRO44", (2005, "CAIRO", 44), False),
        case("id-hyphened", "04-SOFIA-318", (2004, "SOFIA", 318), False),
        case("id-year-behind", "SOFIA 318 (04)", (2004, "SOFIA", 318), False),
        case("id-year-behind-slash", "SOFIA 00318/04", (2004, "SOFIA", 318), False),
        case("id-year-between", "SOFIA (04) 318", (2004, "SOFIA", 318), False),
        case("id-apostrophe", "'04 SOFIA 318", (2004, "SOFIA", 318), False),
        case("id-stray-digit", "004 SOFIA 318", (2004, "SOFIA", 318), True),
        case("id-number-first", "318 SOFIA", (None, "SOFIA", 318), False),
        case("id-six-letters", "1978NEWDE08399", (1978, "NEWDELHI", 8399), False),
        case(
            "id-unknown-post", "05HENTZAU9", (2005, "HENTZAU", 9), False
        ),  # in no table, a post all the same
    ],
)
def test_identifiers(identifier, meant, damaged):
    """What is certain of a number, whatever its spelling; damage is said."""
    found = mrn.examine(identifier)
    assert found is not None
    assert (found.mrn.year, found.mrn.station, found.mrn.serial) == meant
    assert bool(found.damage) is damaged


@pytest.mark.parametrize("words", ["SECTION01OF02", "86110", "x0123456789ab", "frus1958-60v08/d113", ""])
def test_what_names_no_cable(words):
    """A marker, digits, or the name of a document."""
    assert mrn.examine(words) is None


@pytest.mark.parametrize(
    ("name", "station"),
    [
        ("ISLAMBAD", "ISLAMABAD"),
        ("CARCAS", "CARACAS"),
        ("NARIOBI", "NAIROBI"),
        ("PORT LOU", "PORTLOUIS"),
        ("SAN SALV", "SANSALVADOR"),
        ("L0ME", "LOME"),
        ("0SLO", "OSLO"),
        ("ST. GEORGE'S", "GRENADA"),
        ("N'DJAMENA", "NDJAMENA"),
        ("GUATEMALA CITY", "GUATEMALA"),
        ("VIE", "VIENNA"),
        ("DEPT", "STATE"),
        ("PORT", None),  # several begin so
        ("MEMO", None),
        ("MARCH", None),
    ],
)
def test_the_post_that_was_meant(name, station):
    """The one known post within two edits, or the one that begins so; else none."""
    assert nearest(name) == station


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        case(
            "line-post-misspelt",
            telegram_of(line="C O N F I D E N T I A L LSIBON 000005"),
            {"mrn.station": "LISBON", "mrn.serial": 5, "damage": ["identifier-repaired"]},
        ),
        case(
            "line-mission-word",
            telegram_of(line="C O N F I D E N T I A L AMCONSUL ZENDA 000012"),
            {"mrn.station": "ZENDA", "mrn.serial": 12, "damage": []},
        ),
        case(
            "line-zero-for-o",
            telegram_of(line="C O N F I D E N T I A L 0SLO 000012"),
            {"mrn.station": "OSLO", "mrn.serial": 12, "classification": "CONFIDENTIAL"},
        ),
        case(
            "line-letter-for-zero",
            telegram_of(line="C O N F I D E N T I A L OSLO O00012"),
            {"mrn.station": "OSLO", "mrn.serial": 12},
        ),
        case(
            "line-section-behind-the-number",
            telegram_of(line="C O N F I D E N T I A L ZENDA 000012 SECTION 01 OF 02"),
            {"mrn.station": "ZENDA", "mrn.serial": 12, "sections.of": 2},
        ),
        case(
            "line-second-number",
            telegram_of(line="S E C R E T STATE 088213 TOSEC 050021"),
            {"mrn.station": "STATE", "mrn.serial": 88213, "classification": "SECRET"},
        ),
        case(
            "line-broken-in-two",
            telegram_of(line="C O N F I D E N T I A L SECTION 01 OF 02\nZENDA 000012"),
            {"mrn.station": "ZENDA", "mrn.serial": 12, "sections.of": 2, "subject": "THE KING IS AWAY"},
        ),
        case(
            "line-spaces-lost",
            telegram_of(line="C O N F I D E N T I A LZENDA 000012"),
            {"mrn.station": "ZENDA", "classification": "CONFIDENTIAL"},
        ),
        case(
            "line-hash",
            telegram_of(line="C O N F I D E N T I A L ZENDA #12"),
            {"mrn.station": "ZENDA", "mrn.serial": 12},
        ),
        case(
            "line-restricted",
            telegram_of(line="R E S T R I C T E D ZENDA 12", captions=""),
            {"classification": "RESTRICTED", "mrn.serial": 12},
        ),
    ],
)
def test_the_number_on_the_classification_line(text, expected):
    """Post and serial are read through what is damaged or glued to them."""
    assert told(text, expected) == expected


# -- SUBJECT -----------------------------------------------------------------------------------------------

AWAY = {"subject": "THE KING IS AWAY", "paragraphs.number": [1, 2]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(
            case(f"subject-label-{name}", telegram_of(f"{label} THE KING IS AWAY"), AWAY)
            for name, label in {
                "whole": "SUBJECT:",
                "short": "SUBJ:",
                "lower": "Subject:",
                "first-letter-lost": "UBJECT:",
                "letter-lost": "SUJECT:",
                "swapped": "SUBJCET:",
                "semicolon": "SUBJECT;",
                "blank-before-colon": "SUBJECT :",
                "bare": "SUBJECT",
                "comma": "SUBJ,",
                "indented": "  SUBJECT:",
            }.items()
        ),
        case("subject-next-line", telegram_of("SUBJECT:\nTHE KING IS AWAY"), AWAY),
        case("subject-alone", telegram_of("SUBJECT\nTHE KING IS AWAY"), AWAY),
        case("subject-behind-blank-line", telegram_of("SUBJECT:\n\nTHE KING IS AWAY"), AWAY),
        case("subject-many-lines", telegram_of("SUBJECT: THE\nKING\n  IS\nAWAY"), AWAY),
        case("subject-before-tags", telegram_of("", tags="SUBJECT: THE KING IS AWAY\nTAGS: PREL RT"), AWAY),
        case("subject-then-ref", telegram_of("SUBJECT: THE KING IS AWAY\nREF: STRELSAU 7"), AWAY),
        case("subject-then-ref-same-line", telegram_of("SUBJECT: THE KING IS AWAY REF: STRELSAU 7"), AWAY),
        case(
            "subject-then-classified",
            telegram_of(f"SUBJECT: THE KING IS AWAY\n{CLASSIFIER}", classifier=""),
            AWAY,
        ),
        case(
            "subject-classified-glued",
            telegram_of(f"SUBJECT: THE KING IS AWAY{CLASSIFIER}", classifier=""),
            AWAY | {"authority.name": "Fritz Tarlenheim"},
        ),
        case(
            "subject-then-paragraph",
            telegram_of("SUBJECT: THE KING IS AWAY\n" + BODY, classifier="", body=""),
            AWAY,
        ),
        case("subject-then-dashes", telegram_of("SUBJECT: THE KING IS AWAY\n---------------------"), AWAY),
        case("subject-then-equals", telegram_of("SUBJECT: THE KING IS AWAY\n====================="), AWAY),
        case(
            "subject-then-section-line",
            telegram_of("SUBJECT: THE KING IS AWAY\nZENDA 00000012  001.2 OF 002"),
            AWAY,
        ),
        case(
            "subject-then-summary",
            telegram_of("SUBJECT: THE KING IS AWAY\nSUMMARY\n-------", classifier=""),
            AWAY | {"paragraphs.heading": ["SUMMARY", None]},
        ),
        case(
            "subject-then-caption",
            telegram_of("SUBJECT: THE KING IS AWAY\nNOFORN"),
            AWAY | {"handling": ("NOFORN",)},
        ),
        case(
            "subject-mark-behind",
            telegram_of("SUBJECT: (C) THE KING IS AWAY"),
            AWAY | {"subject_marking": "C"},
        ),
        case(
            "subject-mark-before",
            telegram_of("(U) SUBJECT: THE KING IS AWAY"),
            AWAY | {"subject_marking": "U"},
        ),
        case(
            "subject-mark-square",
            telegram_of("SUBJECT: [S/NF] THE KING IS AWAY"),
            AWAY | {"subject_marking": "S/NF"},
        ),
        case(
            "subject-decoy-above",
            telegram_of(line="C O R R E C T E D  C O P Y (SUBJECT LINE)\n" + LINE),
            AWAY,
        ),
        case(
            "subject-decoy-below",
            telegram_of(line=LINE + "\n\nC O R R E C T E D  C O P Y (SUBJECT LINE ADDED)"),
            AWAY,
        ),
        case(
            "subject-hyphen",
            telegram_of("SUBJECT: THE KING IS RUDOLF-\nISH"),
            {"subject": "THE KING IS RUDOLFISH"},
        ),
        case(
            "subject-own-hyphen", telegram_of("SUBJECT: ANTI-\nROYAL RIOTS"), {"subject": "ANTI-ROYAL RIOTS"}
        ),
        case("subject-repeated", telegram_of("SUBJECT: THE KING\nIS AWAY\n\nSUBJECT: THE KING"), AWAY),
        case(
            "subject-none",
            telegram_of(""),
            {"subject": None, "damage": ["missing-subject"], "paragraphs.number": [1, 2]},
        ),
        case(
            "subject-bishop",
            telegram_of("SUBJECT: THE BISHOP'S\nSERMONS ON FRIDAY"),
            {"subject": "THE BISHOP'S SERMONS ON FRIDAY"},
        ),
        case(
            "subject-resolution",
            telegram_of("SUBJECT: UNSCR 1559 (2004) IN BRIEF"),
            {"subject": "UNSCR 1559 (2004) IN BRIEF"},
        ),
        case(
            "subject-classified-as",
            telegram_of("SUBJECT: PARTY\nCLASSIFIED AS ILLEGAL"),
            {"subject": "PARTY CLASSIFIED AS ILLEGAL"},
        ),
        case("subject-group", telegram_of("SUBJECT: G-8 (ROME GROUP)"), {"subject": "G-8 (ROME GROUP)"}),
        case(
            "subject-refugees",
            telegram_of("SUBJECT: PREPARING FOR\nREFUGEES: TUNIS 2007"),
            {"subject": "PREPARING FOR REFUGEES: TUNIS 2007", "references": ()},
        ),
        case("subject-reform", telegram_of("SUBJECT: THE\nREFORM BILL"), {"subject": "THE REFORM BILL"}),
        case(
            "subject-summary-executions",
            telegram_of("SUBJECT: KING BARS\nSUMMARY EXECUTIONS"),
            {"subject": "KING BARS SUMMARY EXECUTIONS"},
        ),
        case(
            "subject-secret-police",
            telegram_of("SUBJECT: THE\nSECRET POLICE"),
            {"subject": "THE SECRET POLICE"},
        ),
        case(
            "subject-year",
            telegram_of("SUBJECT: PLANS FOR\n2007. A REVIEW"),
            {"subject": "PLANS FOR 2007. A REVIEW"},
        ),
        case(
            "subject-sensitive", telegram_of("SUBJECT: A\nSENSITIVE VISIT"), {"subject": "A SENSITIVE VISIT"}
        ),
        case("subject-markdown", telegram_of("SUBJECT: THE KING \\- AWAY"), {"subject": "THE KING - AWAY"}),
    ],
)
def test_subjects(text, expected):
    """The whole subject and nothing else, whatever ends it."""
    assert told(text, expected) == expected


# -- TAGS --------------------------------------------------------------------------------------------------

CODES = {"tags": ("PREL", "PGOV", "RT"), "subject": "THE KING IS AWAY", "paragraphs.number": [1, 2]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(
            case(f"tags-label-{name}", telegram_of(tags=f"{label} PREL, PGOV, RT"), CODES)
            for name, label in {
                "whole": "TAGS:",
                "one": "TAG:",
                "semicolon": "TAGS;",
                "hyphen": "TAGS-",
                "bare": "TAGS",
                "letter-lost": "TAS:",
                "swapped": "TGAS:",
                "lower": "Tags:",
                "no-blank": "TAGS:",
            }.items()
        ),
        case("tags-before-the-order", telegram_of(eo="TAGS: PREL PGOV RT", tags=EO), CODES),
        case(
            "tags-behind-the-subject",
            telegram_of("SUBJECT: THE KING IS AWAY\nTAGS: PREL PGOV RT", tags=""),
            CODES,
        ),
        case("tags-blanks", telegram_of(tags="TAGS: PREL PGOV RT"), CODES),
        case("tags-mixed", telegram_of(tags="TAGS: PREL, PGOV RT"), CODES),
        case("tags-wrapped-comma", telegram_of(tags="TAGS: PREL, PGOV,\nRT"), CODES),
        case("tags-wrapped", telegram_of(tags="TAGS: PREL PGOV\n      RT"), CODES),
        case("tags-next-line", telegram_of(tags="TAGS:\nPREL PGOV RT"), CODES),
        case("tags-glued", telegram_of(tags="TAGS: PRELPGOVRT"), CODES),
        case("tags-links", telegram_of(tags="TAGS: [PREL](#) [PGOV](#) [RT](#)"), CODES),
        case("tags-repeated", telegram_of(tags="TAGS: PREL PGOV RT\nTAGS: PREL PGOV RT"), CODES),
        case(
            "tags-repeated-per-page",
            telegram_of(
                tags="TAGS: PREL PGOV RT",
                body="1. (C) The king left.\n\nZENDA 00000012  002 OF 002\n\nTAGS: PREL PGOV RT\n"
                "SUBJECT: THE KING IS AWAY\n\n2. (U) He came back.",
            ),
            CODES | {"paragraphs.text": ["The king left.", "He came back."]},
        ),
        case("tags-misspelt", telegram_of(tags="TAGS: PREL PGOC RT"), CODES | {"tags_unknown": ("PGOC",)}),
        case(
            "tags-mirror",
            telegram_of(tags="TAGS: PREL PGOV RT POLITICAL"),
            CODES | {"tags_unknown": ("POLITICAL",)},
        ),
        case(
            "tags-phrase",
            telegram_of(tags="TAGS: PREL, PGOV, RT, COUNTER TERRORISM"),
            CODES | {"tags_unknown": ("COUNTER", "TERRORISM")},
        ),
        case(
            "tags-caption",
            telegram_of(tags="TAGS: PREL PGOV RT EXDIS"),
            CODES | {"captions": ("SIPDIS", "EXDIS")},
        ),
        case("tags-slash", telegram_of(tags="TAGS: PREL/PGOV/RT"), CODES),
        case("tags-committee", telegram_of(tags="TAGS: UNGA/C-3, RT"), {"tags": ("UNGA/C-3", "RT")}),
        case(
            "tags-person",
            telegram_of(tags="TAGS: OVIP (RASSENDYLL, RUDOLF), RT"),
            {"tags": ("OVIP", "RT"), "tags_unknown": ()},
        ),
        case(
            "tags-person-wrapped",
            telegram_of(tags="TAGS: OVIP (RASSENDYLL,\nRUDOLF), RT"),
            {"tags": ("OVIP", "RT"), "tags_unknown": ()},
        ),
        case(
            "tags-prose-behind",
            telegram_of(
                "",
                tags="TAGS: PREL PGOV RT\nThe king is away in Strelsau, and in a hurry.",
                body="",
                classifier="",
            ),
            {
                "tags": ("PREL", "PGOV", "RT"),
                "paragraphs.text": ["The king is away in Strelsau, and in a hurry."],
            },
        ),
        case(
            "tags-passing-behind",
            telegram_of(tags="TAGS: PREL PGOV RT\nSTATE FOR EUR/NCE"),
            CODES | {"passing": ("STATE FOR EUR/NCE",)},
        ),
        case(
            "tags-subject-same-line",
            telegram_of("", tags="TAGS: PREL PGOV RT SUBJECT: THE KING IS AWAY"),
            CODES,
        ),
        case("tags-none", telegram_of(tags=""), {"tags": (), "damage": ["missing-tags"]}),
    ],
)
def test_tags(text, expected):
    """Codes are known, other words are kept and marked unknown."""
    assert told(text, expected) == expected


@pytest.mark.parametrize(
    ("before", "line", "wrap"),
    [
        ("PREL, PGOV,", "KZ RT", True),
        ("OVIP (RASSENDYLL,", "RUDOLF)", True),
        ("PREL", "RT POLITICAL", True),
        ("PREL", "In Strelsau the king is away.", False),
        ("PREL,", "THE KING IS AWAY IN STRELSAU", False),
    ],
)
def test_wraps_of_a_tags_line(before, line, wrap):
    """Codes go on over the line end; prose does not."""
    assert tags.goes_on(before, line) is wrap


# -- Classified By -----------------------------------------------------------------------------------------

BOTH = ("1.4(b)", "1.4(d)")


@pytest.mark.parametrize(
    ("line", "name", "title", "reasons"),
    [
        (
            "Classified By: Ambassador Flavia Elphberg, reasons 1.4 (B) and (D).",
            "Flavia Elphberg",
            "Ambassador",
            BOTH,
        ),
        (
            "Classified By: Flavia Elphberg, Ambassador. Reason 1.4 (b), (d)",
            "Flavia Elphberg",
            "Ambassador",
            BOTH,
        ),
        (
            "1. (U) Classified by Fritz Tarlenheim, DCM. Reason 1.4(b) and (d)",
            "Fritz Tarlenheim",
            "DCM",
            BOTH,
        ),
        ("Classified By: Classified by DCM Fritz Tarlenheim: 1.4 (b,d)", "Fritz Tarlenheim", "DCM", BOTH),
        ("CLASSIFIED BY AMB. F. ELPHBERG FOR REASONS 1.4 (B AND D)", "F. ELPHBERG", "AMB.", BOTH),
        ("Classified By: Ambasador Flavia Elphberg; 1.4 b/d", "Flavia Elphberg", "Ambasador", BOTH),
        (
            "Classified By: EUR/NCE Director Fritz Tarlenheim 1.4(b)(d)",
            "Fritz Tarlenheim",
            "EUR/NCE Director",
            BOTH,
        ),
        ("Classified By: EUR/NCE; REASON: 1.4 (B), (D)", None, "EUR/NCE", BOTH),
        ("Classified By: Acting DCM Fritz Tarlenheim, 1,4 b and d", "Fritz Tarlenheim", "Acting DCM", BOTH),
        ("Classified By: A/DCM F. Tarlenheim 1.4 (b & d)", "F. Tarlenheim", "A/DCM", BOTH),
        (
            "CLASSIFIED BY: CHARGE D'AFFAIRES, A.I., FRITZ TARLENHEIM, REASONS 1.4 (B) AND 1.4 (D)",
            "FRITZ TARLENHEIM",
            "CHARGE D'AFFAIRES, A.I.",
            BOTH,
        ),
        (
            "Classified By: Chargé d’Affaires Fritz von Tarlenheim 1.4 [b] and [d]",
            "Fritz von Tarlenheim",
            "Chargé d’Affaires",
            BOTH,
        ),
        (
            "Classified By: Fritz Tarlenheim III, Consul, for reason 1.4 b, d",
            "Fritz Tarlenheim III",
            "Consul",
            BOTH,
        ),
        (
            "Classified By: Fritz Tarlenheim, Jr., DCM; reasons: 1.4 (b) (d)",
            "Fritz Tarlenheim, Jr.",
            "DCM",
            BOTH,
        ),
        (
            "Classified By: Fritz Tarlenheim (Consul General). 1.4.(b) and (d)",
            "Fritz Tarlenheim",
            "Consul General",
            BOTH,
        ),
        (
            "Classified By: Consul Fritz Tar\nlenheim for reasons 1.4(b) a\nnd (d)",
            "Fritz Tarlenheim",
            "Consul",
            BOTH,
        ),
        (
            "CLASSIFIED BY: C0NSUL FRITZ TARLENHEIM, REAS0NS 1.4 (B) AND (D)",
            "FRITZ TARLENHEIM",
            "C0NSUL",
            BOTH,
        ),
        (
            "CLASSIFIED BY: CONSUL F. TARLENHEIM PER E.O. 12958, SECTION 1.5(B) AND (D)",
            "F. TARLENHEIM",
            "CONSUL",
            ("1.5(b)", "1.5(d)"),
        ),
        (
            "Classified By: Political Counselor Fritz Tarlenheim, Reasons: 1.4 (b), (c) and (d)",
            "Fritz Tarlenheim",
            "Political Counselor",
            ("1.4(b)", "1.4(c)", "1.4(d)"),
        ),
        (
            "Classified By: Counselor for Political and Economic Affairs Fritz Tarlenheim, 1.4(d)",
            "Fritz Tarlenheim",
            "Counselor for Political and Economic Affairs",
            ("1.4(d)",),
        ),
        (
            "Classified By: Fritz Tarlenheim, Director, Office of Ruritanian Affairs, DOS. "
            "REASON: 1.4 (b), (d)",
            "Fritz Tarlenheim",
            "Director, Office of Ruritanian Affairs, DOS",
            BOTH,
        ),
        (
            "Classified By: Ambassador Flavia Elphberg and DCM Fritz Tarlenheim, reasons 1.4 (b) and (d)",
            "Flavia Elphberg",
            "Ambassador",
            BOTH,
        ),  # two people: the first
        (
            "Classified By: CDA Fritz Tarlenheim 1.4 (b), d. A senior official said",
            "Fritz Tarlenheim",
            "CDA",
            BOTH,
        ),
        ("Classified By: Fritz Tarlenheim", "Fritz Tarlenheim", None, ()),
        ("Classified By: DCM Fritz Tarlenheim, Reason: E.O. 12958", "Fritz Tarlenheim", "DCM", ()),
        ("CLASSIFIED BY SECTION 1.5 (B)", None, None, ("1.5(b)",)),
        ("CLASSIFIED BY LINE ADDED", None, None, ()),
        (
            "Classified By: Ambassador F. de la Cruz, Embassy Strelsau, 1.4(b,d)",
            "F. de la Cruz",
            "Ambassador",
            BOTH,
        ),
    ],
)
def test_classifiers(line, name, title, reasons):
    """Who, as what, for which reasons, in every form of the line."""
    found = read_classifier(line)
    assert (found.authority.name, found.authority.title, found.authority.reasons) == (name, title, reasons)
    for field, places in found.places:
        cut = "".join("".join(line[a:b].split()) for a, b in places)
        if field in ("name", "title", "classified_by"):
            assert cut == "".join((getattr(found.authority, field) or "").split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        case(
            "classifier-line",
            telegram_of(),
            {"authority.name": "Fritz Tarlenheim", "authority.reasons": BOTH},
        ),
        case(
            "classifier-numbered",
            telegram_of(
                classifier="",
                body="1. (U) Classified by Consul Fritz Tarlenheim. Reason: 1.4 (b,d).\n\n2. (C) A.",
            ),
            {
                "authority.name": "Fritz Tarlenheim",
                "authority.reasons": BOTH,
                "paragraphs.voice": ["admin", "report"],
            },
        ),
        case(
            "classifier-two-lines",
            telegram_of(
                classifier="Classified By: Consul Fritz Tarlenheim, Zenda,\nState. Reason: 1.4\n(b), (d)"
            ),
            {"authority.name": "Fritz Tarlenheim", "authority.title": "Consul", "authority.reasons": BOTH},
        ),
        case(
            "classifier-reason-on-its-own-line",
            telegram_of(classifier="Classified By: Consul Fritz Tarlenheim\n\nReason: 1.4 (b) and (d)"),
            {"authority.name": "Fritz Tarlenheim", "authority.reasons": BOTH, "paragraphs.number": [1, 2]},
        ),
        case(
            "classifier-derived-and-declassify",
            telegram_of(
                eo="E.O. 12958: DECL: 03/24/2015",
                classifier="Derived From: DSCG 05-01, B, D\nDeclassify On: 03/24/2015",
            ),
            {
                "authority.derived_from": "DSCG 05-01, B, D",
                "authority.declassify_on": "2015-03-24",
                "paragraphs.number": [1, 2],
            },
        ),
        case(
            "classifier-declassify-alone",
            telegram_of(eo="", classifier=CLASSIFIER + "\nDeclassify On: 2015/03/24"),
            {"authority.declassify_on": "2015-03-24", "authority.name": "Fritz Tarlenheim"},
        ),
        case(
            "classifier-before-ref",
            telegram_of("SUBJECT: THE KING IS AWAY\n\n" + CLASSIFIER, ref="\nREF: STRELSAU 7", classifier=""),
            {
                "subject": "THE KING IS AWAY",
                "authority.name": "Fritz Tarlenheim",
                "references.text": ["STRELSAU 7"],
            },
        ),
        case(
            "classifier-prose",
            telegram_of(
                classifier="", body="1. (C) The party was\nclassified by the court as illegal.\n\n2. (C) B."
            ),
            {
                "authority.classified_by": None,
                "paragraphs.text": ["The party was classified by the court as illegal.", "B."],
            },
        ),
        case(
            "classifier-line-added",
            telegram_of(line=LINE + "\n\nC O R R E C T E D  C O P Y (CLASSIFIED BY LINE ADDED)"),
            {"authority.name": "Fritz Tarlenheim", "subject": "THE KING IS AWAY"},
        ),
        case(
            "classifier-joined-to-text",
            telegram_of(classifier="", body=CLASSIFIER + "\n" + BODY),
            {"authority.classified_by": "Consul Fritz Tarlenheim", "paragraphs.number": [1, 2]},
        ),
    ],
)
def test_classifiers_in_a_telegram(text, expected):
    """The classifier's line wherever it stands; what follows is the text."""
    assert told(text, expected) == expected


# -- classification authority ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "order", "schedule", "until", "event", "exemptions"),
    [
        ("E.O. 11652: GDS", "11652", "GDS", None, None, ()),
        ("E.O. 11652: XGDS-2", "11652", "XGDS", None, None, ("2",)),
        ("E.O. 11652: XGDS (1,3)", "11652", "XGDS", None, None, ("1", "3")),
        ("E.O. 11652: XGDS 4", "11652", "XGDS", None, None, ("4",)),
        ("E.O. 11652: ADS, DECLAS DECEMBER 31, 1981", "11652", "ADS", "1981-12-31", None, ()),
        ("E.O. 11652: ADS, DECLAS UPON THE CORONATION", "11652", "ADS", None, "UPON THE CORONATION", ()),
        ("E.O. 11652: N:A", "11652", None, None, None, ()),
        ("E.OM 11652: GDS", "11652", "GDS", None, None, ()),
        ("E.O. XGDS", None, "XGDS", None, None, ()),
        ("EO11652 GDS", "11652", "GDS", None, None, ()),
        ("E.O. 11652:", "11652", None, None, None, ()),
        ("E.O. 12065: GDS 7/2/85", "12065", "GDS", "1985-07-02", None, ()),
        ("E.O. 12065: XDS-1 10/6/99", "12065", "XDS", "1999-10-06", None, ("1",)),
        ("E.O. 12065: RDS-1,3 6/5/99", "12065", "RDS", "1999-06-05", None, ("1", "3")),
        ("E.O. 12065   N/A", "12065", None, None, None, ()),
        ("EO 12065: NA", "12065", None, None, None, ()),
        ("E.O. 11)065: GDS 7/2/85", "12065", "GDS", "1985-07-02", None, ()),
        ("E.O. 12356: DECL: OADR", "12356", "OADR", None, None, ("OADR",)),
        ("E.O. 12356: DECL:OADR", "12356", "OADR", None, None, ("OADR",)),
        ("E.O. 12356: DECL: 6/15/93", "12356", None, "1993-06-15", None, ()),
        ("E.O. 12958: DECL: 10/05/2005", "12958", None, "2005-10-05", None, ()),
        ("EO 12958 DECL: 3/24/2015", "12958", None, "2015-03-24", None, ()),
        ("E.O. 12958: DECL: 2015/03/24", "12958", None, "2015-03-24", None, ()),
        ("E.O. 12958: DECL 03/24/15", "12958", None, "2015-03-24", None, ()),
        ("E.O. 12958: DECL: 24 MAR 2015", "12958", None, "2015-03-24", None, ()),
        ("E.O. 12958: DECL: 24/03/2015", "12958", None, "2015-03-24", None, ()),
        ("E.0. 12958: DECL: MARCH 24, 2015", "12958", None, "2015-03-24", None, ()),
        ("E.9. 12958: DECLASSIFY ON: 03-24-2015", "12958", None, "2015-03-24", None, ()),
        ("E.O. 12985: DECL: 20150324", "12958", None, "2015-03-24", None, ()),
        ("E.O. 12958: DECL: X1", "12958", None, None, None, ("X1",)),
        ("E.O. 12958: DECL: X1, X5 AND X8", "12958", None, None, None, ("X1", "X5", "X8")),
        ("E.O. 12958: DECL: 1.6X6", "12958", None, None, None, ("X6",)),
        ("E.O. 12958: DECL: SOURCE MARKED X1", "12958", None, None, None, ("X1",)),
        (
            "E.O. 12958: DECL: AFTER RURITANIAN UNIFICATION",
            "12958",
            None,
            None,
            "AFTER RURITANIAN UNIFICATION",
            (),
        ),
        ("E.O. 12958: DECL: UPON\nTHE CORONATION", "12958", None, None, "UPON THE CORONATION", ()),
        (
            "E.O. 12958: DECL: 01/15/2015 OR UPON THE CORONATION",
            "12958",
            None,
            "2015-01-15",
            "OR UPON THE CORONATION",
            (),
        ),
        ("E.O. 12958: DECL: MR", "12958", "MR", None, None, ("MR",)),
        ("E.O. 12958: N/A", "12958", None, None, None, ()),
        ("E.O. 12958: DECL: N/A", "12958", None, None, None, ()),
        (
            "E.O. 12958: DECLASSIFIED BY NARA 09/02/2009",
            "12958",
            None,
            None,
            "DECLASSIFIED BY NARA 09/02/2009",
            (),
        ),
        ("E.O. 13526: DECL: 2030/01/15", "13526", None, "2030-01-15", None, ()),
        ("E.O. 13526: DECL: 25X6, 12/31/2050", "13526", None, "2050-12-31", None, ("25X6",)),
        ("E.O. 13526: DECL: 25X1-HUMAN", "13526", None, None, None, ("25X1-HUM",)),
        ("E.O. 13526: DECL: 50X1-HUM", "13526", None, None, None, ("50X1-HUM",)),
    ],
)
def test_the_order_line(line, order, schedule, until, event, exemptions):
    """Every order since 1972, and every form of its line."""
    found = read_line(line)
    said = found.authority
    assert (said.order, said.schedule, said.declassify_on) == (order, schedule, until)
    assert (said.declassify_event, said.exemptions) == (event, exemptions)
    assert all(0 <= a < b <= len(line) for _, places in found.places for a, b in places)
    assert (found.repaired is None) is (order is None or order in line)


@pytest.mark.parametrize(
    ("line", "name", "section"),
    [
        ("E.O. 12065: GDS 7/2/85 (TARLENHEIM, FRITZ V.) OR-M", "TARLENHEIM, FRITZ V.", "OR-M"),
        ("E.O. 12065: RDS-4 6/5/99 (SAPT, RUDOLF) OR-P", "SAPT, RUDOLF", "OR-P"),
        ("E.O. 12065: GDS 7/2/85 (SAPT, RUDOLF) OR-P/E", "SAPT, RUDOLF", "OR-P/E"),
        ("E.O. 12065: GDS 7/2/85 (SAPT, RUDOLF) OR - P-3", "SAPT, RUDOLF", "OR-P-3"),
        ("E.O. 12065: GDS 7/2/85 (SAPT, RUDOLF", "SAPT, RUDOLF", None),
        ("E.O. 12065: GDS 7/2/85", None, None),
    ],
)
def test_the_classifier_on_the_order_line(line, name, section):
    """From December 1978 the order's line names him who classified it, surname first, and his section."""
    said = read_line(line).authority
    assert (said.classified_by, said.name, said.title) == (name, name, section)


def test_a_date_that_no_calendar_has():
    """It is said where it stands, and no date is made of it."""
    found = read_line("E.O. 12958: DECL: 02/30/2015")
    assert (found.authority.declassify_on, found.no_date) == (None, (18, 28))


@pytest.mark.parametrize(
    ("line", "until", "exemptions"),
    [
        ("Declassify On: 02/12/2019", "2019-02-12", ()),
        ("DECLASSIFY ON: SOURCE MARKED OADR", None, ()),
        ("Decl: X1", None, ("X1",)),
    ],
)
def test_declassify_on_a_line_of_its_own(line, until, exemptions):
    """The same forms without an order in front."""
    said = read_declassify(line).authority
    assert (said.declassify_on, said.exemptions) == (until, exemptions)


def test_derived_from():
    """A guide or a source stands for the classifier."""
    match = DERIVED.match("DERIVED FROM: DSCG 05-01, B, D")
    assert match is not None
    assert match["from"] == "DSCG 05-01, B, D"


# -- captions and handling ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        case("captions-two-lines", telegram_of(captions="STADIS\nEXDIS"), {"captions": ("STADIS", "EXDIS")}),
        case("captions-one-line", telegram_of(captions="STADIS EXDIS"), {"captions": ("STADIS", "EXDIS")}),
        case(
            "captions-slashes",
            telegram_of(captions="NOFORN//SIPDIS"),
            {"captions": ("SIPDIS",), "handling": ("NOFORN",)},
        ),
        case("captions-spaced", telegram_of(captions="E X D I S"), {"captions": ("EXDIS",)}),
        case("captions-lower", telegram_of(captions="Sipdis"), {"captions": ("SIPDIS",)}),
        case("captions-channel", telegram_of(captions="ROGER CHANNEL"), {"captions": ("ROGER CHANNEL",)}),
        case(
            "captions-distribute-as",
            telegram_of(captions="EXDIS (DISTRIBUTE AS NODIS)"),
            {"captions": ("EXDIS", "(DISTRIBUTE AS NODIS)")},
        ),
        case(
            "captions-only",
            telegram_of(captions="EYES ONLY FOR THE REGENT"),
            {"captions": ("EYES ONLY FOR THE REGENT",)},
        ),
        case(
            "captions-sensitive",
            telegram_of(line="UNCLAS ZENDA 000012", captions="SENSITIVE"),
            {"handling": ("SENSITIVE",), "captions": ()},
        ),
        case(
            "captions-efto",
            telegram_of(line="UNCLAS E F T O ZENDA 000012"),
            {"handling": ("EFTO",), "mrn.serial": 12},
        ),
        case(
            "captions-rel",
            telegram_of(line="S E C R E T//REL TO RURITANIA ZENDA 000012"),
            {"handling": ("REL TO RURITANIA",), "mrn.serial": 12},
        ),
        case(
            "captions-corrected",
            telegram_of(line=LINE + "\n\nC O R R E C T E D  C O P Y"),
            {"captions": ("CORRECTED COPY", "SIPDIS")},
        ),
        case(
            "captions-behind-tags",
            telegram_of(tags="TAGS: PREL RT\n\nNODIS"),
            {"captions": ("SIPDIS", "NODIS"), "subject": "THE KING IS AWAY"},
        ),
        case(
            "captions-perishable",
            telegram_of(captions="PERISHABLE INFORMATION -- DO NOT SERVICE"),
            {"captions": ("PERISHABLE INFORMATION -- DO NOT SERVICE",)},
        ),
        case(
            "passing-many",
            telegram_of(
                captions="SIPDIS\n\nSTATE FOR EUR/NCE, SCA/CEN\nAND INR/B\nNSC FOR SAPT\nSTATE PASS USTR"
            ),
            {
                "passing": ("STATE FOR EUR/NCE, SCA/CEN AND INR/B", "NSC FOR SAPT", "STATE PASS USTR"),
                "captions": ("SIPDIS",),
            },
        ),
        case(
            "passing-many-lines",
            telegram_of(captions="\n".join(f"POST{n} FOR ECON" for n in range(30))),
            {"subject": "THE KING IS AWAY", "tags": ("PREL", "RT"), "paragraphs.number": [1, 2]},
        ),
        case(
            "level-secret-noforn",
            telegram_of(line="SECRET//NOFORN ZENDA 12"),
            {"classification": "SECRET", "handling": ("NOFORN",)},
        ),
        case(
            "level-lou",
            telegram_of(line="LIMITED OFFICIAL USE ZENDA 12"),
            {"classification": "LIMITED OFFICIAL USE"},
        ),
        case(
            "level-lou-spaced",
            telegram_of(line="L I M I T E D OFFICIAL USE ZENDA 12"),
            {"classification": "LIMITED OFFICIAL USE"},
        ),
        case(
            "level-misspelt",
            telegram_of(line="C O N F I D E N T A L ZENDA 12"),
            {"classification": "CONFIDENTIAL", "mrn.serial": 12},
        ),
        case(
            "level-double-spaced",
            telegram_of(line="C O N F I D E N T I A L  SECTION 01 OF 02  ZENDA 000012"),
            {"classification": "CONFIDENTIAL", "sections.of": 2},
        ),
    ],
)
def test_captions_and_handling(text, expected):
    """What binds the reader is read wherever and however it stands."""
    assert told(text, expected) == expected


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("(C) A.", "C"),
        ("[U] A.", "U"),
        ("( S ) A.", "S"),
        ("(S NF) A.", "S NF"),
        ("(S-NF) A.", "S-NF"),
        ("(S//NF//XD) A.", "S//NF//XD"),
        ("(SBU/N) A.", "SBU/N"),
        ("(C//REL RURITANIA) A.", "C//REL RURITANIA"),
        ("(SECRET/NOFORN) A.", "SECRET/NOFORN"),
        ("(S Ruritania) A.", None),
        ("(see below) A.", None),
    ],
)
def test_forms_of_a_mark(text, mark):
    """Brackets of both kinds, blanks inside, and words beside the level."""
    found = markings.mark_at(text, 0)
    assert (found and found[0]) == mark
    assert mark is None or markings.read_mark(mark).level is not None


@pytest.mark.parametrize(
    "words",
    [
        "(C - ENTIRE TEXT)",
        "(C - ENTIRE TEXT.)",
        "(C ENTIRE TEXT).",
        "C-ENTIRE TEXT",
        "SECRET - ENTIRE TEXT.",
        "ENTIRE TEXT CONFIDENTIAL",
        "CONFIDFNTIAL ENTIRE TEXT.",
    ],
)
def test_one_mark_for_all(words):
    """The statement of 1978 to the nineties that one mark covers every paragraph."""
    assert markings.is_entire_text(words)
    assert not markings.is_entire_text(words + " The king left.")


# -- signature and end -------------------------------------------------------------------------------------

SIGNED = {"signature": "SAPT", "paragraphs.text": ["The king left.", "He came back."]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(
            case(f"signature-{name}", telegram_of(end=end), SIGNED)
            for name, end in {
                "blank-lines": "\n\n\n\nSAPT\n\n\nNNNN\n",
                "no-blank-line": "\nSAPT\nNNNN\n",
                "indented": "\n\n          SAPT\nNNNN\n",
                "dash": "\n\n-\n\nSAPT\n",
                "dashes": "\n\n--\nSAPT\n",
                "at-the-end-of-file": "\n\nSAPT",
                "before-a-banner": "\n\nSAPT\n\nC O N F I D E N T I A L\n\nNNNN\n",
                "before-a-plain-banner": "\n\nSAPT\n\nCONFIDENTIAL\n",
                "before-sipdis": "\n\nSAPT\n\nSIPDIS\n",
                "before-three-n": "\n\nSAPT\n\nNNN\n",
                "before-spaced-n": "\n\nSAPT\nN N N N\n",
                "before-signs": "\n\nSAPT##\n",
                "before-signs-alone": "\n\nSAPT\n##\n",
                "before-a-number": "\n\nSAPT\nBT\n#0012\nNNNN\n",
                "before-bt": "\n\nSAPT\nBT\n",
                "before-a-note": "\n\nSAPT\n\nNOTE BY OC/T: DELAYED IN TRANSMISSION.\n",
                "before-a-note-of-two-lines": "\n\nSAPT\n\nNOTE BY OC/T: DELAYED\nIN TRANSMISSION.\n\nNNNN\n",
                "before-a-release-stamp": (
                    "\n\nSAPT\n\nSheryl P. Walter Declassified/Released US Department of State "
                    "EO Systematic Review 20 Mar 2014\n"
                ),
                "before-a-page-line": "\n\nSAPT\n\nZENDA 00000012  002 OF 002\n\n\nNNNN\n",
                "before-end-of-document": "\n\nSAPT\n\n<< END OF DOCUMENT >>\n",
                "before-control-characters": "\n\nSAPT\n\x03\n",
                "with-a-full-stop": "\n\nSAPT.\n",
                "n-glued": "\n\nSAPT NNNN\n",
            }.items()
        ),
        case(
            "signature-regards",
            telegram_of(end="\n\nREGARDS,\nSAPT\n"),
            {"signature": "SAPT"},
        ),
        case(
            "signature-end-of-text",
            telegram_of(
                body="1. (C) The king left.\n\n2. (U) He came back. END OF TEXT. SAPT", end="\n\nNNNN\n"
            ),
            {"signature": "SAPT"},
        ),
        case(
            "signature-end-comment",
            telegram_of(
                body="1. (C) The king left.\n\n2. (C) COMMENT: He will come back. END COMMENT.",
                end="\nSAPT\n",
            ),
            {"signature": "SAPT", "paragraphs.voice": ["report", "comment"]},
        ),
        *(
            case(f"signature-name-{number}", telegram_of(end=f"\n\n{name}\n\nNNNN\n"), {"signature": name})
            for number, name in enumerate(
                [
                    "VON TARLENHEIM",
                    "DE LA CRUZ",
                    "O'HARA",
                    "O’HARA",
                    "ELPHBERG-SAPT",
                    "McSAPT",
                    "MC SAPT",
                    "ST. CLAIR",
                    "SAPT/TARLENHEIM",
                    "ELPHBERG JR.",
                    "MÉNARD",
                    "D'ELPHBERG",
                ]
            )
        ),
        case("signature-in-title-case", telegram_of(end="\n\nSapt\n\nNNNN\n"), {"signature": "Sapt"}),
        *(
            case(
                f"signature-none-{name}",
                telegram_of(body=f"1. (C) The king left.\n\n2. (U) {text}", end=end),
                {"signature": None, "damage": ["missing-signature"]},
            )
            for name, text, end in [
                ("cut", "He came back to the", "\n"),
                ("unquote", "He said: QUOTE I came back.", "\n\nUNQUOTE\n\nBT\n\nNNNN\n"),
                ("bt", "He came back.", "\n\nBT\n\nNNNN\n"),
                ("end-text", "He came back.", "\n\nEND TEXT\n"),
                ("end-of-message", "He came back.", "\n\nEND OF MESSAGE\n"),
                ("list", "Those present:\n\nSAPT\nTARLENHEIM", "\n"),
            ]
        ),
    ],
)
def test_signatures(text, expected):
    """The signer's name, whatever stands behind it, and none where the text is cut."""
    assert told(text, expected) == expected


# -- body --------------------------------------------------------------------------------------------------

TWO = {
    "paragraphs.number": [1, 2],
    "paragraphs.marking": ["C", "U"],
    "paragraphs.text": ["The king left.", "He came back."],
}


def body_of(body: str) -> str:
    """A telegram with this text."""
    return telegram_of(body=body)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(
            case(f"number-{name}", body_of(body), TWO)
            for name, body in {
                "plain": BODY,
                "pilcrow": "¶1. (C) The king left.\n\n¶2. (U) He came back.",
                "pilcrow-blank": "¶ 1. (C) The king left.\n\n¶ 2. (U) He came back.",
                "no-blank": "1.(C)The king left.\n\n2.(U)He came back.",
                "indented": "  1.  (C)  The king left.\n\n  2.  (U)  He came back.",
                "square": "1. [C] The king left.\n\n2. [U] He came back.",
                "blank-inside": "1. ( C ) The king left.\n\n2. ( U ) He came back.",
                "lower": "1. (c) The king left.\n\n2. (u) He came back.",
                "next-line": "1. (C)\nThe king left.\n\n2. (U)\nHe came back.",
                "sign-lost": "11. (C) The king left.\n\n12. (U) He came back.",
                "sign-linked": "[1](#)1. (C) The king left.\n\n[1](#)2. (U) He came back.",
                "no-blank-line": "1. (C) The king left.\n2. (U) He came back.",
            }.items()
        ),
        case(
            "mark-noforn",
            body_of("1. (S NF) A.\n\n2. (S//NF) B."),
            {"paragraphs.marking": ["S NF", "S//NF"], "paragraphs.text": ["A.", "B."]},
        ),
        case(
            "mark-rel",
            body_of("1. (S//REL RURITANIA) A.\n\n2. (SBU/NF) B."),
            {"paragraphs.marking": ["S//REL RURITANIA", "SBU/NF"]},
        ),
        case(
            "mark-unknown",
            body_of("1. (C//XX) A.\n\n2. (U) B."),
            {"damage": ["unknown-marking"], "paragraphs.marking": ["C//XX", "U"]},
        ),
        case(
            "mark-none",
            body_of("1. The king (C) left.\n\n2. (Strelsau) He came back."),
            {
                "paragraphs.marking": [None, None],
                "paragraphs.text": ["The king (C) left.", "(Strelsau) He came back."],
            },
        ),
        *(
            case(
                f"entire-text-{number}",
                body_of(f"1. {words}\n\n2. The king left."),
                {
                    "paragraphs.number": [1, 2],
                    "paragraphs.marking": [None, None],
                    "paragraphs.voice": ["admin", "report"],
                    "paragraphs.text": [words, "The king left."],
                },
            )
            for number, words in enumerate(
                ["(C - ENTIRE TEXT).", "SECRET - ENTIRE TEXT.", "C-ENTIRE TEXT", "ENTIRE TEXT CONFIDENTIAL."]
            )
        ),
        *(
            case(
                f"summary-mark-{name}",
                body_of(f"{first}\n\n2. (U) He came back."),
                {"paragraphs.marking": ["C", "U"], "paragraphs.voice": ["summary", "report"]},
            )
            for name, first in {
                "before": "1. (C) Summary: The king left. End summary.",
                "behind": "1. Summary: (C) The king left. End summary.",
                "behind-capitals": "1. SUMMARY. (C) The king left. END SUMMARY.",
                "behind-dash": "1. (C) SUMMARY -- The king left.",
                "end-alone": "1. (C) The king left. END SUMMARY.",
                "end-broken": "1. (C) SUMMARY: The king left. END\nSUMMARY.",
                "begin": "1. (C) BEGIN SUMMARY. The king left. END SUMMARY.",
                "bracketed": "1. (C) (Summary) The king left. (End summary)",
                "and-comment": "1. (C) SUMMARY/COMMENT: The king left. END SUMMARY/COMMENT.",
                "and-action": "1. (C) SUMMARY AND ACTION REQUEST: The king left. END SUMMARY.",
            }.items()
        ),
        case(
            "summary-two-paragraphs",
            body_of("1. (C) SUMMARY: A.\n\n2. (C) B. END SUMMARY.\n\n3. (C) C."),
            {"paragraphs.voice": ["summary", "summary", "report"]},
        ),
        case(
            "summary-only-an-end",
            body_of("1. (C) A.\n\n2. (C) B. END SUMMARY.\n\n3. (C) C."),
            {"paragraphs.voice": ["summary", "summary", "report"]},
        ),
        case(
            "summary-end-broken-over-lines",
            body_of("1. (C) SUMMARY: A.\n\n2. (C) B. END\nOF SUMMARY.\n\n3. (C) C."),
            {"paragraphs.voice": ["summary", "summary", "report"]},
        ),
        *(
            case(
                f"heading-{name}",
                body_of(f"{heading}\n\n1. (C) A.\n\n2. (C) B."),
                {
                    "paragraphs.heading": [head, None],
                    "paragraphs.text": ["A.", "B."],
                    "paragraphs.voice": [voice] * 2,
                },
            )
            for name, heading, head, voice in [
                ("capitals", "THE KING IS AWAY", "THE KING IS AWAY", "report"),
                ("dashes", "THE KING IS AWAY\n----------------", "THE KING IS AWAY", "report"),
                ("equals", "THE KING IS AWAY\n================", "THE KING IS AWAY", "report"),
                ("underscores", "The King Is Away\n________________", "The King Is Away", "report"),
                (
                    "two-lines",
                    "----------------\nTHE KING IS AWAY\n----------------",
                    "THE KING IS AWAY",
                    "report",
                ),
                ("title-case", "The King Is Away", "The King Is Away", "report"),
                ("marked", "(C) The King Is Away", "(C) The King Is Away", "report"),
                (
                    "wrapped",
                    "THE KING IS AWAY AND THE DUKE\nIS IN THE PALACE",
                    "THE KING IS AWAY AND THE DUKE IS IN THE PALACE",
                    "report",
                ),
                ("markdown", "#### The King Is Away", "The King Is Away", "report"),
                ("quoted", '"THE KING IS AWAY"', '"THE KING IS AWAY"', "report"),
                ("question", "WHERE IS THE KING?", "WHERE IS THE KING?", "report"),
                (
                    "summary-and-action",
                    "SUMMARY AND ACTION REQUEST\n--------------------------",
                    "SUMMARY AND ACTION REQUEST",
                    "summary",
                ),
                ("summary-comment", "SUMMARY/COMMENT", "SUMMARY/COMMENT", "summary"),
                ("comment", "COMMENT\n-------", "COMMENT", "comment"),
                ("action", "ACTION REQUEST", "ACTION REQUEST", "action"),
            ]
        ),
        case(
            "heading-no-blank-line",
            body_of("1. (C) A.\n\nTHE DUKE\n--------\n2. (C) B."),
            {"paragraphs.heading": [None, "THE DUKE"], "paragraphs.text": ["A.", "B."]},
        ),
        case(
            "number-gap",
            body_of("1. (C) A.\n\n2. (C) B.\n\n5. (C) E."),
            {"paragraphs.number": [1, 2, 5], "damage": ["missing-paragraph"]},
        ),
        case(
            "number-lost-at-a-page",
            body_of("1. (C) A.\n\nZENDA 00000012  002 OF 002\n\n\n(C) B.\n\n3. (C) C."),
            {"paragraphs.number": [1, 3], "damage": ["missing-paragraph"]},
        ),
        case(
            "sub-items",
            body_of("1. (C) Three points:\n\na. (S) First.\n\nb. (U) Second.\n\n2. (C) B."),
            {"paragraphs.number": [1, 2], "paragraphs.parts.marking": [["C", "S", "U"], ["C"]]},
        ),
        case(
            "sub-items-dashes",
            body_of("1. (C) Two points:\n\n-- (S) First.\n-- (U) Second.\n\n2. (C) B."),
            {"paragraphs.number": [1, 2], "paragraphs.parts.marking": [["C", "S", "U"], ["C"]]},
        ),
        case(
            "sub-items-square",
            body_of("1. (C) Two points:\n\n-- [S] First.\n-- [U] Second."),
            {"paragraphs.parts.marking": [["C", "S", "U"]]},
        ),
        case(
            "list-of-dashes",
            body_of(
                "1. (C) Two points:\n\n-- the first of them,\nwhich is long;\n\n-- the second.\n\n2. (C) B."
            ),
            {
                "paragraphs.text": [
                    "Two points:\n\n-- the first of them, which is long;\n-- the second.",
                    "B.",
                ]
            },
        ),
        case(
            "comment-two-paragraphs",
            body_of("1. (C) A.\n\n2. (C) COMMENT: B.\n\n3. (C) C. END COMMENT.\n\n4. (C) D."),
            {"paragraphs.voice": ["report", "comment", "comment", "report"]},
        ),
        case(
            "comment-inside",
            body_of("1. (C) A. (Comment: B. End comment.) C."),
            {"paragraphs.parts.voice": [["report", "comment", "report"]]},
        ),
        case(
            "comment-bracketed-square",
            body_of("1. (C) A. [COMMENT: B. END COMMENT.] C."),
            {"paragraphs.parts.voice": [["report", "comment", "report"]]},
        ),
        case(
            "comment-note",
            body_of("1. (C) A. (NOTE: B. END NOTE.) C."),
            {"paragraphs.parts.voice": [["report", "note", "report"]]},
        ),
        case(
            "comment-embassy",
            body_of("1. (C) A.\n\n2. (C) EMBASSY COMMENT: B. END EMBASSY COMMENT."),
            {"paragraphs.voice": ["report", "comment"]},
        ),
        *(
            case(
                f"quoted-{name}",
                body_of(
                    f"1. (C) The note:\n\n2. (C) {begin}\n\n1. First.\n\n2. Second.\n\n{end}\n\n3. (C) C."
                ),
                {
                    "paragraphs.anchor": ["1", "2", "enc1.1", "enc1.2", "3"],
                    "paragraphs.voice": ["report", "quoted", "quoted", "quoted", "report"],
                },
            )
            for name, begin, end in [
                ("text", "BEGIN TEXT:", "END TEXT."),
                ("non-paper", "Begin non-paper:", "End non-paper."),
                ("speech", "BEGIN SPEECH:", "END SPEECH."),
                ("letter", "BEGIN TEXT OF LETTER:", "END TEXT OF LETTER."),
                ("quote", "BEGIN QUOTE:", "END QUOTE."),
                ("unofficial", "BEGIN UNOFFICIAL TRANSLATION:", "END UNOFFICIAL TRANSLATION."),
            ]
        ),
        case(
            "quoted-two",
            body_of(
                "1. (C) A.\n\nBEGIN TEXT:\n\n1. First.\n\n2. Second.\n\nEND TEXT.\n\n"
                "2. (C) B.\n\nBEGIN TEXT:\n\n1. Third.\n\n2. Fourth.\n\nEND TEXT."
            ),
            {"paragraphs.anchor": ["1", "enc1.1", "enc1.2", "2", "enc2.1", "enc2.2"]},
        ),
        case(
            "quoted-unnumbered",
            body_of(
                "1. (C) The letter:\n\nBEGIN TEXT\n\nDear cousin, I am away.\n\n"
                "Rudolf\n\nEND TEXT\n\n2. (C) B."
            ),
            {"paragraphs.number": [1, 2], "paragraphs.parts.voice": [["report", "quoted"], ["report"]]},
        ),
        case(
            "table",
            body_of("1. (U) Figures:\n\nYear      Crowns\n2004      120\n2005      140\n\n2. (U) B."),
            {"paragraphs.text": ["Figures:\n\nYear Crowns\n2004 120\n2005 140", "B."]},
        ),
        case(
            "other-alphabet",
            body_of("1. (C) Король уехал.\n\n2. (U) Il est revenu à Strelsau. الملك"),
            {"paragraphs.text": ["Король уехал.", "Il est revenu à Strelsau. الملك"]},
        ),
        case(
            "minimize",
            body_of("1. (C) A.\n\n2. (U) Minimize considered."),
            {"paragraphs.voice": ["report", "admin"]},
        ),
        case(
            "participants",
            body_of("1. (C) Participants:\n\nRuritania: the king\nU.S.: the consul\n\n2. (C) B."),
            {"paragraphs.voice": ["admin", "report"]},
        ),
        case(
            "one-paragraph",
            body_of("He left for the palace\nof Zenda with his friends."),
            {
                "paragraphs.anchor": ["0"],
                "paragraphs.text": ["He left for the palace of Zenda with his friends."],
            },
        ),
        case(
            "year-in-prose",
            body_of("1. (C) He was crowned in\n2004. He left in 2005.\n\n2. (C) B."),
            {"paragraphs.number": [1, 2]},
        ),
        case(
            "sum-in-prose",
            body_of("1. (C) He paid\n2. 5 crowns.\n\n2. (C) B."),
            {"paragraphs.number": [1, 2]},
        ),
    ],
)
def test_bodies(text, expected):
    """Paragraphs, marks, headings, voices and parts as a reader sees them."""
    assert told(text, expected) == expected


def numbered(*paragraphs: str, start: int = 1) -> str:
    """Paragraphs without marks, numbered from `start`, each behind a blank line."""
    return "\n\n".join(f"{number}. {words}" for number, words in enumerate(paragraphs, start))


TEN = numbered(*["HE LEFT."] * 10)
TOLD = {"paragraphs.anchor": [*map(str, range(1, 13))], "damage": ["number-repaired"]}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        case("digit-lost-first", f"{TEN}\n\n1. A.\n\n12. B.", TOLD),
        case("digit-lost-last", f"{TEN}\n\n11. A.\n\n2. B.", TOLD),
        case(
            "digit-lost-no-blank-line",
            f"{TEN}\n1. COMMENT: HE IS LATE.",
            {"paragraphs.number": [*range(1, 12)], "damage": ["number-repaired"]},
        ),
        case(
            "list-behind-ten",
            f"{TEN} BUY:\n1. HATS.\n2. BOOTS.",
            {"paragraphs.number": [*range(1, 11)], "damage": []},
        ),
        case(
            "number-twice",
            "1. A.\n\n2. B.\n\n2. C.\n\n3. D.",
            {"paragraphs.anchor": ["1", "2", "2bis", "3"], "paragraphs.number": [1, 2, 2, 3], "damage": []},
        ),
        case(
            "number-thrice",
            "1. A.\n\n2. B.\n\n2. C.\n\n2. D.\n\n3. E.",
            {"paragraphs.anchor": ["1", "2", "3"], "paragraphs.text": ["A.", "B.\n\n2. C.\n\n2. D.", "E."]},
        ),
        case(
            "list-ends-in-its-own-number",
            "1. A.\n\n2. BUY:\n1. HATS\n2. BOOTS\n\n3. B.",
            {"paragraphs.number": [1, 2, 3]},
        ),
        case(
            "lettered",
            "1. 33 ZENDA\n2. --\n3A. --\n3B. -- WORKS\n   ZENDA\n4. CABLE--\n4A. A BID.\n5. HATS.",
            {
                "paragraphs.anchor": ["1", "2", "3.a", "3.b", "4", "4.a", "5"],
                "paragraphs.number": [1, 2, 3, 3, 4, 4, 5],
                "damage": [],
            },
        ),
        case(
            "letter-out-of-turn",
            "1. A.\n\n2. HE TOOK\n4C. AND LEFT.\n\n3. B.",
            {"paragraphs.anchor": ["1", "2", "3"]},
        ),
        case(
            "number-behind-end-summary",
            "SUMMARY: HE LEFT. END SUMMARY.1. THE KING LEFT.\n\n2. HE CAME BACK.",
            {
                "paragraphs.anchor": ["0", "1", "2"],
                "paragraphs.text": ["SUMMARY: HE LEFT. END SUMMARY.", "THE KING LEFT.", "HE CAME BACK."],
                "paragraphs.voice": ["summary", "report", "report"],
            },
        ),
        case(
            "end-of-august",
            "1. HE LEFT AT THE END OF AUGUST.\n\n2. HE CAME BACK.",
            {"paragraphs.voice": ["report", "report"]},
        ),
        case(
            "end-of-summary-alone",
            "1. HE LEFT IN AUGUST. END OF SUMMARY.\n\n2. HE CAME BACK.",
            {"paragraphs.voice": ["summary", "report"]},
        ),
        case(
            "sum-behind-end-summary",
            "1. SUMMARY: HE LEFT. END SUMMARY. 30. MAY WAS WARM.\n\n2. HE CAME BACK.",
            {"paragraphs.number": [1, 2]},
        ),
        case(
            "lists-alone",
            "WE RECOMMEND:\nNAME: SAPT\nBORN: ZENDA\nWORK:\n\n1. MAKES HATS\n2. SELLS BOOTS\n3. RIDES.\n"
            "INTERESTS:\n1. HATS\n2. BOOTS\nHE IS ABLE.",
            {"paragraphs.number": [None], "paragraphs.anchor": ["0"]},
        ),
        case(
            "address-above-numbers",
            "TO FRITZ SAPT,\nAT THE PALACE\nOF ZENDA:\n1. RIDE.\n2. BUY:\n1. HATS.\n2. BOOTS.\n3. LEAVE.",
            {"paragraphs.number": [None, 1, 2, 3]},
        ),
    ],
)
def test_numbers_of_the_seventies(body, expected):
    """A digit lost, a number given twice or with a letter, and lists that number nothing but themselves."""
    assert told(body_of(body), expected) == expected


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ("A. HATS.\n\nB. BOOTS.", "A. HATS.\nB. BOOTS."),
        ("(1) HATS.\n\n(2) BOOTS.", "(1) HATS.\n(2) BOOTS."),
        ("A. HATS.\n\nC. BOOTS.", "A. HATS.\n\nC. BOOTS."),
        ("A. HATS.\n\nBOOTS.", "A. HATS.\n\nBOOTS."),
    ],
)
def test_items_of_a_list_stand_apart_by_a_line(block, words):
    """Blank lines between them or not."""
    assert said(read(body_of(f"1. BUY:\n\n{block}\n\n2. RIDE.")), "paragraphs.text") == [
        f"BUY:\n\n{words}",
        "RIDE.",
    ]


@pytest.mark.parametrize(
    ("body", "marks"),
    [
        case(
            "next-letter",
            "1. Arms.\nA. (S) Guns.\n(1) Big ones.\n(2) Small ones.\nB. Hats.\nC. Boots.",
            [None, "S", None],
        ),
        case("next-number", "1. (C) Arms.\n(1) (S) Guns.\n(2) Hats.", ["C", "S", "C"]),
        case("marked-too", "1. (C) Arms.\na. (S) Guns.\nb. (U) Hats.\nc. Boots.", ["C", "S", "U", "C"]),
        case("dash", "1. (C) Arms:\n-- (S) Guns.\n-- Hats.", ["C", "S"]),  # a wrap may begin with a dash
        case("letters-in-a-line", "1. He will (A) leave, (B) ride and\n(C) return.", [None]),
    ],
)
def test_how_far_the_mark_of_an_item_holds(body, marks):
    """To the next item of its rank, which has the paragraph's own where it has none."""
    assert said(read(body_of(body)), "paragraphs.parts.marking") == [marks]


@pytest.mark.parametrize(
    ("body", "voices"),
    [
        case(
            "several-blocks",
            '1. I left this note:\n\n"The king \n"may" ride.\n\n"He will leave."\n\n2. (C) B.',
            [["report", "quoted"], ["report"]],
        ),
        case(
            "text-goes-on",
            '1. I left this note:\n\n"The king may ride."\n\nThen I left.\n\n2. (C) B.',
            [["report", "quoted", "report"], ["report"]],
        ),
        case(
            "some-words",
            '1. He said:\n\n"Never" is a word\nof the duke.\n\n2. (C) B.',
            [["report"], ["report"]],
        ),
        case("not-closed", '1. He said:\n\n"The king may ride.\n\n2. (C) B.', [["report"], ["report"]]),
        case("no-colon", '1. He left.\n\n"The king may ride."\n\n2. (C) B.', [["report"], ["report"]]),
        case("begin-damaged", "1. UEGIN TEXT: DEAR COUSIN. END TEXT.\n\n2. B.", [["quoted"], ["report"]]),
        case("begin-in-prose", "1. They begin text messages. End text.\n\n2. B.", [["report"], ["report"]]),
    ],
)
def test_texts_quoted(body, voices):
    """What stands in quotation marks below a colon, and a BEGIN with its first letter wrong."""
    assert said(read(body_of(body)), "paragraphs.parts.voice") == voices


# -- noise anywhere ----------------------------------------------------------------------------------------

SENTENCE = {
    "paragraphs.number": [1, 2],
    "paragraphs.text": [
        "The king left in a great hurry and without a hat for Strelsau and the palace.",
        "He came back.",
    ],
}


def broken_by(noise: str) -> str:
    """A telegram with noise in the middle of a sentence."""
    return body_of(
        f"1. (C) The king left in a great hurry and without a hat for{noise}Strelsau and the palace.\n\n"
        "2. (U) He came back."
    )


def one_line(text: str) -> str:
    """A telegram whose lines were run together."""
    return " ".join(text.split())


def sentence_case(text: str) -> str:
    """A copy converted to sentence case: capitals only at the beginning of lines."""
    return "\n".join(line.capitalize() for line in text.split("\n"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(
            case(f"noise-{name}", broken_by(noise), SENTENCE)
            for name, noise in {
                "nothing": " ",
                "page-line": "\n\nZENDA 00000012  002 OF 002\n\n\n",
                "page-line-no-blanks": "\nZENDA 00000012  002 OF 002\n",
                "page-line-dot": "\n\nZENDA 00000012  001.2 OF 002\n\n\n",
                "page-line-damaged": "\n\nZENDA 00000012  002 OF 02\n\n\n",
                "page-line-short": "\n\nZENDA 00012  02 OF 02\n\n\n",
                "page-line-routing": "\n\nPAGE 02 RUEHZN0012 C O N F I D E N T I A L\n\n",
                "page-line-routing-no-blanks": "\nPAGE 02 RUEHZN0012 C O N F I D E N T I A L\n",
                "page-line-old": "\n\nPAGE 02        ZENDA 00012  082030Z\n\n",
                "page-line-old-sections": "\n\nPAGE 02        ZENDA 00012  01 OF 02  082030Z\n\n",
                "banner": "\n\nC O N F I D E N T I A L\n\n",
                "banner-plain": "\n\nCONFIDENTIAL\n\n",
                "banner-twice": "\n\nCONFIDENTIAL\n\nCONFIDENTIAL\n\n",
                "banner-and-page-line": "\n\nCONFIDENTIAL\n\nCONFIDENTIAL\n\nPAGE 02 ZENDA 00012 082030Z\n\n",
                "section-line": "\n\nC O N F I D E N T I A L SECTION 02 OF 02 ZENDA 000012\n\n",
                "release-stamp": (
                    "\n\nSheryl P. Walter Declassified/Released US Department of State "
                    "EO Systematic Review 20 Mar 2014\n\n"
                ),
                "release-stamp-old": (
                    "\n\nDeclassified/Released US Department of State EO Systematic Review 30 JUN 2005\n\n"
                ),
                "backslash": " \\\n",
                "form-feed": "\n\f\n",
                "carriage-returns": "\r\r\n",
                "control-character": "\n\x01\x02",
                "nbsp": "\xa0",
                "zero-width": "\u200b ",
                "soft-hyphen": " \xad",
            }.items()
        ),
        case("noise-entities", broken_by("&#x000A;"), SENTENCE),
        case(
            "noise-entities-in-words",
            body_of("1. (C) Sapt &amp; Co. said &quot;no&quot; &lt;twice&gt;.\n\n2. (U) &#39;Yes&#39;."),
            {"paragraphs.text": ['Sapt & Co. said "no" <twice>.', "'Yes'."]},
        ),
        case(
            "noise-unicode-dashes",
            telegram_of(
                "SUBJECT: U.S.‑RURITANIA TALKS",
                body="1. (C) Pro–British — and\npro‐\nGerman.\n\n– (S) A point.",
            ),
            {"subject": "U.S.‑RURITANIA TALKS", "paragraphs.parts.marking": [["C", "S"]]},
        ),
        case(
            "noise-backslash-page",
            telegram_of(
                body="1. (C) The king left\\\nfor Strelsau.\\\n\\\n2. (U) He came back.\\",
                end="\\\n\\\nSAPT\\\n",
            ),
            {"paragraphs.text": ["The king left for Strelsau.", "He came back."], "signature": "SAPT"},
        ),
        case(
            "noise-cr-only",
            telegram_of().replace("\n", "\r"),
            AWAY | {"signature": "SAPT", "authority.name": "Fritz Tarlenheim"},
        ),
        case(
            "noise-crlf",
            telegram_of(ref="REF: STRELSAU 7").replace("\n", "\r\n"),
            AWAY | {"signature": "SAPT", "references.text": ["STRELSAU 7"]},
        ),
        case(
            "noise-entity-line-ends", telegram_of().replace("\n", "&#x000A;\n"), AWAY | {"signature": "SAPT"}
        ),
        case(
            "noise-one-line",
            one_line(telegram_of(ref="REF: STRELSAU 7")),
            AWAY
            | {
                "classification": "CONFIDENTIAL",
                "captions": ("SIPDIS",),
                "tags": ("PREL", "RT"),
                "authority.name": "Fritz Tarlenheim",
                "authority.declassify_on": "2015-03-24",
                "paragraphs.marking": ["C", "U"],
                "references.text": ["STRELSAU 7"],
            },
        ),
        case(
            "noise-one-line-relay",
            one_line(telegram_of(above=RELAY)),
            {
                "sent": "2009-02-12T05:16Z",
                "from_.name": "AMCONSUL ZENDA",
                "to.name": ["SECSTATE WASHDC"],
                "info.name": ["AMEMBASSY STRELSAU"],
                "id": "2009ZENDA12",
            },
        ),
        case(
            "noise-lower-case",
            telegram_of(above=RELAY).lower(),
            {
                "subject": "the king is away",
                "classification": "CONFIDENTIAL",
                "sent": "2009-02-12T05:16Z",
                "id": "2009ZENDA12",
                "from_.name": "amconsul zenda",
                "to.name": ["secstate washdc"],
                "to.precedence": ["IMMEDIATE"],
                "paragraphs.marking": ["C", "U"],
                "signature": "sapt",
            },
        ),
        case(
            "noise-sentence-case",
            sentence_case(telegram_of(above=RELAY)),
            {
                "subject": "the king is away",
                "classification": "CONFIDENTIAL",
                "sent": "2009-02-12T05:16Z",
                "id": "2009ZENDA12",
                "tags": ("PREL", "RT"),
                "captions": ("SIPDIS",),
                "authority.declassify_on": "2015-03-24",
            },
        ),
        case(
            "noise-sentence-case-one-line",
            one_line(
                "C o n f i d e n t i a l section 01 of 04 zenda 000012 Sipdis E.o. 12958: decl: 01/07/2014 "
                "Tags: prel, rt Subject: the king is away "
                "Classified by consul fritz tarlenheim, reasons 1.4 (b) and (d). "
                "1. (c) The king left. 2. (u) He came back. Sapt"
            ),
            AWAY
            | {
                "subject": "the king is away",
                "sections.of": 4,
                "tags": ("PREL", "RT"),
                "authority.declassify_on": "2014-01-07",
                "authority.reasons": BOTH,
            },
        ),
        case(
            "noise-note",
            telegram_of(above="Note - PII information removed\n\n"),
            AWAY | {"classification": "CONFIDENTIAL"},
        ),
        case(
            "noise-date-line",
            telegram_of(above="Monday, 15 June 2009, 13:08\n"),
            AWAY | {"classification": "CONFIDENTIAL"},
        ),
        case(
            "noise-relay",
            telegram_of(above=RELAY),
            AWAY | {"sent": "2009-02-12T05:16Z", "id": "2009ZENDA12", "transmission.id": "VZCZCXRO0012"},
        ),
        case(
            "noise-operating-signals",
            telegram_of(above=RELAY.replace("FEB 09", "FEB 09 ZFF4 ZDK")),
            AWAY | {"sent": "2009-02-12T05:16Z", "precedence": ("IMMEDIATE",)},
        ),
        case(
            "noise-dtg-glued",
            telegram_of(above=RELAY.replace("O 120516Z FEB 09", "O R 120516Z  FEB 2009")),
            {"sent": "2009-02-12T05:16Z", "precedence": ("IMMEDIATE", "ROUTINE")},
        ),
        case(
            "noise-to-alone",
            telegram_of(above=RELAY.replace("TO RUEHC", "TO\nRUEHC").replace("INFO RUEHSR", "INFO\nRUEHSR")),
            {
                "to.name": ["SECSTATE WASHDC"],
                "info.name": ["AMEMBASSY STRELSAU"],
                "subject": "THE KING IS AWAY",
            },
        ),
        case(
            "noise-xmt-wrapped",
            telegram_of(
                above=RELAY.replace(
                    "INFO RUEHSR/AMEMBASSY STRELSAU PRIORITY 0031",
                    "INFO ALL RURITANIAN POSTS COLLECTIVE, XMT,\n"
                    "AMEMBASSY STRELSAU, AMCONSUL\nHENTZAU PRIORITY",
                )
            ),
            {
                "info.name": ["ALL RURITANIAN POSTS COLLECTIVE"],
                "info.except_": [("AMEMBASSY STRELSAU", "AMCONSUL HENTZAU")],
                "info.precedence": ["PRIORITY"],
            },
        ),
        case(
            "noise-xmt",
            telegram_of(
                above=RELAY.replace(
                    "AMEMBASSY STRELSAU PRIORITY 0031",
                    "RURITANIAN COLLECTIVE, XMT, AMEMBASSY STRELSAU PRIORITY",
                )
            ),
            {"info.name": ["RURITANIAN COLLECTIVE"], "info.except_": [("AMEMBASSY STRELSAU",)]},
        ),
        case(
            "noise-several-relay-blocks",
            telegram_of(
                above=RELAY,
                line="C O N F I D E N T I A L SECTION 01 OF 02 ZENDA 000012",
                body="1. (C) The king left.",
                end="\n\n",
            )
            + telegram_of(
                above=RELAY.replace("/01 ", "/02 "),
                line="C O N F I D E N T I A L SECTION 02 OF 02 ZENDA 000012",
                classifier="",
                body="2. (U) He came back.",
            ),
            TWO | {"sections.present": (1, 2), "signature": "SAPT", "subject": "THE KING IS AWAY"},
        ),
        case(
            "noise-department",
            telegram_of(
                above="DRAFTED BY: EUR/NCE:FTARLENHEIM -- 02/02/00 7-1234\n"
                "APPROVED BY: EUR:RSAPT\nEUR/P:FELPHBERG (INFO)\n"
                "DESIRED DISTRIBUTION:\nEUR, INR\n------------------2E354F  030855Z /21\n"
                "R 021647Z FEB 00\nFM SECSTATE WASHDC\nTO ALL DIPLOMATIC AND CONSULAR POSTS\n",
                line="UNCLAS STATE 018029",
                eo="E.O. 12958: N/A",
                classifier="",
                body="1. (U) The king left.",
            ),
            {
                "id": "2000STATE18029",
                "from_.name": "SECSTATE WASHDC",
                "to.name": ["ALL DIPLOMATIC AND CONSULAR POSTS"],
                "sent": "2000-02-02T16:47Z",
                "transmission": None,
                "captions": ("SIPDIS",),
                "paragraphs.text": ["The king left."],
            },
        ),
        case(
            "noise-x-run",
            body_of("1. (C) XXXXXXXXXXXX left.\n\n2. (U) B."),
            {"redactions.kind": ["x-run"], "redactions.anchor": ["1"], "redactions.text": ["XXXXXXXXXXXX"]},
        ),
    ],
)
def test_noise(text, expected):
    """What is no part of the telegram is taken out, and sentences go on over it."""
    assert told(text, expected) == expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The king XXXXXXXXXXXX left.", [("x-run", "XXXXXXXXXXXX")]),
        ("XXXXXX's men and XXXXXXXX.", [("x-run", "XXXXXX"), ("x-run", "XXXXXXXX")]),
        ("the king xxxxxxxxxxxx left.", [("x-run", "xxxxxxxxxxxx")]),
        ("Chapter XXX, verse XX.", []),
        ("He came [2 lines not declassified] late.", [("not-declassified", "[2 lines not declassified]")]),
        (
            "[1 paragraph (5 lines of source text)\nnot declassified]",
            [("not-declassified", "[1 paragraph (5 lines of source text)\nnot declassified]")],
        ),
        (
            "[EXCISED] came, (b)(1) (b)(7)(C).",
            [("excised", "[EXCISED]"), ("excised", "(b)(1)"), ("excised", "(b)(7)(C)")],
        ),
        ("Under section 212(a)(6) and [sic] 1.4(b)(d).", []),
        ("He ████ ██ left.", [("excised", "████ ██")]),
        ("[[[[[[ not declassified", []),
    ],
)
def test_what_was_taken_out_before(text, found):
    """Runs of X, editors' notes and exemption codes, each where it stands."""
    told = redactions.find(text, 0, len(text))
    assert [(one.kind, one.text) for one in told] == found
    assert all(text[slice(*one.span)] == one.text and one.anchor is None for one in told)


@pytest.mark.parametrize(
    ("text", "even_text"),
    [
        ("THE\xa0KING\tIS", "THE KING IS"),
        ("THE KING\rIS AWAY", "THE KING\nIS AWAY"),
        ("THE KING\r\nIS AWAY", "THE KING \nIS AWAY"),
        ("THE KING\\\nIS AWAY\\", "THE KING \nIS AWAY "),
        ("THE KING&#x000A;IS", "THE KING       \nIS"),
        ("left for\n\f\nStrelsau", "left for\n  Strelsau"),
        ("THE \x01KING", "THE  KING"),
        ("THE \u200bKING", "THE  KING"),
        ("Strel\xadsau", "Strel\xadsau"),
        ("C:\\zenda", "C:\\zenda"),
        ("TAGS: PREL SUBJECT: SHORT", "TAGS: PREL SUBJECT: SHORT"),
    ],
)
def test_a_text_made_even(text, even_text):
    """Character for character, so that every place stays what it is."""
    assert even(text) == even_text
    assert len(even(text)) == len(text)


def test_lines_that_were_run_together():
    """They are set apart at what begins a line of a telegram, and nowhere else."""
    whole = telegram_of(above=RELAY, ref="REF: STRELSAU 7")
    begun = {line.strip().split(" ")[0] for line in even(one_line(whole)).split("\n")}
    assert begun >= {
        "VZCZCXRO0012",
        "OO",
        "DE",
        "ZNY",
        "O",
        "FM",
        "TO",
        "INFO",
        "C",
        "SIPDIS",
        "E.O.",
        "TAGS:",
    }
    assert begun >= {"SUBJECT:", "REF:", "Classified", "1.", "2.", "NNNN"}
    assert even(whole) == whole


def test_a_redaction_is_of_its_paragraph():
    """One in the header is of none."""
    text = body_of("1. (C) He left.\n\n2. (U) XXXXXXXX came.").replace("THE KING", "XXXXXXXX")
    told = redactions.find(text, 0, len(text), read(text).paragraphs)
    assert [one.anchor for one in told] == [None, "2"]
