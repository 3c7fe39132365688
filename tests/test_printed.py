"""The era of edited print: what is read from head, date line, text, signature and source note."""

import gzip
import json
import lzma
from itertools import islice

import pytest

from reftel import sources, telegram
from reftel.archive.accession import accession
from reftel.archive.portions import join
from reftel.cable import from_json, to_json

PLAIN = """113. Telegram From the Embassy in Ruritania to the Department of State

Strelsau, August 3, 1958, 2 p.m.

593. Embtels 591 and 592. Saw King today. He [1 line not declassified] was brief.

Comment: He looked unwell. End comment.

Sapt

Source: Department of State, Central Files, 787.00/8–358. Secret; Niact; Limit Distribution; Noforn. Drafted
by Tarlenheim. Repeated for information priority to Zenda, Hentzau, and USUN.
"""


def read(text, locator="page.txt"):
    """The one cable in a text."""
    (copy,) = sources.copies(text.encode(), locator)
    return telegram.read(copy)


def printed(text="Saw King today.", head="", place="Strelsau, August 3, 1958, 2 p.m.", note="Secret."):
    """A printed telegram around a text."""
    head = head or "113. Telegram From the Embassy in Ruritania to the Department of State"
    return read(f"{head}\n\n{place}\n\n{text}\n\nSapt\n\nSource: Department of State, 787.00/8–358. {note}\n")


def test_a_printed_telegram():
    """Every field, from a text as copied out of the book."""
    one = read(PLAIN)
    assert (one.era, one.id, one.aliases) == ("printed", None, ("593",))
    assert (one.mrn.year, one.mrn.station, one.mrn.serial) == (None, "STRELSAU", 593)
    assert (one.from_.name, one.from_.station) == ("Embassy in Ruritania", "STRELSAU")
    assert [to.name for to in one.to] == ["Department of State"]
    assert [(to.name, to.precedence) for to in one.info] == [
        ("Zenda", "PRIORITY"),
        ("Hentzau", "PRIORITY"),
        ("USUN", "PRIORITY"),
    ]
    assert (one.place, one.sent, one.sent_basis) == ("Strelsau", "1958-08-03T14:00", "text")
    assert (one.classification, one.precedence) == ("SECRET", ("NIACT",))
    assert (one.captions, one.handling) == (("LIMIT DISTRIBUTION",), ("NOFORN",))
    assert one.signature == "Sapt"
    assert [(p.number, p.anchor, p.voice, p.text) for p in one.paragraphs] == [
        (
            None,
            "p1",
            "report",
            "Embtels 591 and 592. Saw King today. He [1 line not declassified] was brief.",
        ),
        (None, "p2", "comment", "Comment: He looked unwell. End comment."),
    ]
    assert one.defects == ()


def test_places_are_where_the_words_stand():
    """Each span slices what was read from it."""
    one = read(PLAIN)
    said = {pointer: [PLAIN[slice(*span)] for span in spans] for pointer, spans in one.spans.items()}
    assert said == {
        "/from/name": ["Embassy in Ruritania"],
        "/to/0/name": ["Department of State"],
        "/info/0/name": ["Zenda"],
        "/info/1/name": ["Hentzau"],
        "/info/2/name": ["USUN"],
        "/mrn": ["593"],
        "/place": ["Strelsau"],
        "/sent": ["August 3, 1958, 2 p.m."],
        "/classification": ["Secret"],
        "/precedence": ["Niact"],
        "/captions/0": ["Limit Distribution"],
        "/handling/0": ["Noforn"],
        "/signature": ["Sapt"],
    }
    assert from_json(to_json(one)) == one


def test_an_archive_keeps_it_whole():
    """Cut along its markings and joined again, it is the same, place and catalogue included."""
    (copy,) = sources.copies(PLAIN.encode(), "page.txt")
    one = telegram.read(copy)
    pieces = accession(copy, one).cut
    assert join(one.key, pieces.frame, dict(pieces.bodies)) == one


def test_lines_without_blank_ones_between():
    """As a page gives them when it is copied."""
    one = read(
        "113. Telegram From the Embassy in Ruritania\nto the Department of State\n"
        "Strelsau, August 3, 1958, 2 p.m.\n593. Saw King today.\n\nSapt\n\nSource: 787.00/8–358. Secret."
    )
    assert (one.to[0].name, one.place, one.aliases) == ("Department of State", "Strelsau", ("593",))
    assert [p.text for p in one.paragraphs] == ["Saw King today."]


@pytest.mark.parametrize(
    ("opening", "alias", "station", "serial"),
    [
        ("593. Saw King.", "593", "STRELSAU", 593),
        ("Secto 12. Saw King.", "Secto 12", "SECTO", 12),  # the Secretary's own series, wherever he is
        ("Secto 37/2923. Saw King.", "Secto 37/2923", "SECTO", 37),
        ("593.1. Saw King.", "593", "STRELSAU", 593),
        ("Saw King.", None, "STRELSAU", None),
        ("1. Saw King.\n\n2. He left.", None, "STRELSAU", None),  # paragraph 1, and no number
        ("5 regiments left.", None, "STRELSAU", None),
    ],
)
def test_the_number_that_a_text_opens_with(opening, alias, station, serial):
    """Numbered by direction before July 1973: a number as printed, and no id."""
    one = printed(opening)
    assert (one.id, one.aliases) == (None, (alias,) if alias else ())
    assert (one.mrn.station, one.mrn.serial) == (station, serial)


def test_the_number_of_a_head_line():
    """Later volumes print it there; the text may open with it again."""
    head = "8. Telegram 5055 From the Embassy in Ruritania to the Department of State, August 22, 1972, 0927Z"
    one = printed("5055. Saw King.", head, "August 22, 1972, 0927Z")
    assert (one.aliases, one.sent, one.paragraphs[0].text) == (("5055",), "1972-08-22T09:27Z", "Saw King.")


def test_an_id_since_july_1973():
    """Serials restart each January since then, so that year, station and serial name a telegram."""
    head = "29. Telegram 240920 From the Department of State to the Embassy in Ruritania"
    one = printed("240920. Saw King.", head, "Washington, December 8, 1973, 2042Z")
    assert (one.id, one.key, one.mrn.basis) == ("1973STATE240920", "1973STATE240920", "stated")
    before = printed("240920. Saw King.", head, "Washington, December 8, 1972, 2042Z")
    assert before.id is None


def test_an_airgram_has_a_series_of_its_own():
    """`A-181` is no telegram's serial."""
    one = printed("A-181\n\nSaw King.", "3. Airgram From the Embassy in Ruritania to the Department of State")
    assert (one.aliases, one.mrn.serial, one.mrn.station) == (("A-181",), None, "STRELSAU")


@pytest.mark.parametrize(
    ("note", "classification", "precedence", "captions", "handling"),
    [
        ("Top Secret; Nodis; Eyes Only.", "TOP SECRET", (), ("NODIS", "EYES ONLY"), ()),
        ("Secret; Immediate Eyes Only. Sent by air.", "SECRET", ("IMMEDIATE",), ("EYES ONLY",), ()),
        ("Secret; Niact Drafted by Sapt.", "SECRET", ("NIACT",), (), ()),  # a stop is lost
        ("Secret; Nodis/Elphberg.", "SECRET", (), ("NODIS", "ELPHBERG"), ()),  # a word that no table knows
        ("Confidential; Verbatim Text; Sensitive.", "CONFIDENTIAL", (), (), ("SENSITIVE",)),
        ("Unclassified. Repeated to Zenda.", "UNCLASSIFIED", (), (), ()),
        ("No classification marking. Secret police met him.", None, (), (), ()),
    ],
)
def test_the_source_note(note, classification, precedence, captions, handling):
    """Level, precedence and limits as marked when it was sent."""
    one = printed(note=note)
    assert (one.classification, one.precedence) == (classification, precedence)
    assert (one.captions, one.handling) == (captions, handling)
    assert one.defects == ()


def test_no_word_on_the_classification_is_a_defect():
    """Nothing is guessed."""
    assert [one.code for one in printed(note="Drafted by Sapt.").defects] == ["missing-classification"]


def test_numbered_paragraphs():
    """Those that count on have their number; others their place; a text inside that numbers anew its own."""
    one = printed(
        "12. For Sapt.\n\n1. One.\n\nMore.\n\n2. Two:\n\n1. First.\n\n2. Second.\n\n3. Three.\n\n5. Five."
    )
    assert [(p.number, p.anchor, p.text) for p in one.paragraphs] == [
        (None, "p1", "For Sapt."),
        (1, "1", "One."),
        (None, "p3", "More."),
        (2, "2", "Two:"),
        (1, "enc1.1", "First."),
        (2, "enc1.2", "Second."),
        (3, "enc1.3", "Three."),
        (None, "p8", "5. Five."),
    ]


def test_a_gap_in_the_numbers_is_a_defect():
    """What the editors left out is not in this copy."""
    one = printed("1. One.\n\n2. Two.\n\n[Here follows the harvest.]\n\n5. Five.")
    assert [p.anchor for p in one.paragraphs] == ["1", "2", "p3", "5"]
    assert [d.code for d in one.defects] == ["missing-paragraph"]


def test_a_marked_paragraph():
    """Portion marks, which few printed telegrams have."""
    one = printed("1. (S) One.\n\n2. (C) Two.")
    assert [(p.marking, p.text) for p in one.paragraphs] == [("S", "One."), ("C", "Two.")]


def test_headings_and_the_summary():
    """A short line that ends no sentence heads the next paragraph; a summary goes on to its end."""
    one = printed(
        "Summary\n\nSummary: The King left.\n\nHe is away. End summary.\n\nThe Court\n\nIt is quiet."
    )
    assert [(p.heading, p.voice) for p in one.paragraphs] == [
        ("Summary", "summary"),
        (None, "summary"),
        ("The Court", "report"),
    ]
    assert one.spans["/paragraphs/0/heading"]


@pytest.mark.parametrize(
    ("text", "subject", "references", "rest"),
    [
        (
            "593. Subject: The King’s U.S. Journey. Ref: Zenda 12.\n\nHe left.",
            "The King’s U.S. Journey",
            ["Zenda 12"],
            ["He left."],
        ),
        (
            "593. For Sapt from Tarlenheim. Subj: The King. He left today.",
            "The King",
            [],
            ["For Sapt from Tarlenheim.", "He left today."],
        ),
        ("A-12\n\nSUBJECT\nThe King\n\nREF\nZenda 12\n\nHe left.", "The King", ["Zenda 12"], ["He left."]),
    ],
)
def test_subject_and_references(text, subject, references, rest):
    """Where the text has a SUBJECT and a REF, wherever its opening has them."""
    one = printed(text)
    assert (one.subject, [each.text for each in one.references]) == (subject, references)
    assert [p.text for p in one.paragraphs] == rest


RAW = """218. Telegram 5055 From the Embassy in Ruritania to the Department of State, August 22, 1972, 0927Z

August 22, 1972, 0927Z

TELEGRAM
Department of State
STRELSAU 5055
P R 220927Z AUG 72

FM
AMEMBASSY STRELSAU
TO
SECSTATE WASHDC PRIORITY 946
INFO
AMCONSUL ZENDA 12

DEPT PASS HENTZAU

SECTION 1 OF 2 STRELSAU 5055

SUBJ:
THE KING IS AWAY
REF:
STRELSAU 4887

SUMMARY: HE LEFT. END SUMMARY

1. HE LEFT AT DAWN.

SAPT

Source: National Archives, RG 59, Central Files 1970-73. Confidential.
"""


def test_a_text_with_its_own_address_block():
    """FM, TO and INFO, date-time group, SUBJECT and REF are the telegram's own, and count first."""
    one = read(RAW)
    assert (one.from_.name, one.from_.station) == ("AMEMBASSY STRELSAU", "STRELSAU")
    assert [(to.name, to.precedence, to.number) for to in one.to] == [("SECSTATE WASHDC", "PRIORITY", "946")]
    assert [(to.name, to.number) for to in one.info] == [("AMCONSUL ZENDA", "12")]
    assert (one.sent, one.sent_basis) == ("1972-08-22T09:27Z", "dtg")
    assert one.precedence == ("PRIORITY", "ROUTINE")
    assert (one.subject, [each.id or each.text for each in one.references]) == (
        "THE KING IS AWAY",
        ["STRELSAU 4887"],
    )
    assert (one.passing, one.captions) == (("DEPT PASS HENTZAU",), ())
    assert [(p.anchor, p.voice) for p in one.paragraphs] == [("p1", "summary"), ("1", "report")]
    assert (one.aliases, one.signature, one.classification) == (("5055",), "SAPT", "CONFIDENTIAL")
    assert RAW[slice(*one.spans["/to/0/name"][0])] == "SECSTATE WASHDC"


def test_what_the_text_and_the_markup_say_of_the_date():
    """Both are kept, and a defect says so."""
    tei = (
        '<div type="document" xml:id="d9" n="9">'
        "<head>9. Telegram From the Embassy in Ruritania to the Department of State</head>"
        '<dateline><placeName>Zenda</placeName>, <date when="1958-09-03">August 3, 1958</date></dateline>'
        "<p>Saw King.</p></div>"
    )
    one = read(tei, "frus1958v99_d9.xml")
    assert (one.sent, one.catalogue and one.catalogue.created) == ("1958-08-03", "1958-09-03")
    assert "catalogue-disagrees" in [d.code for d in one.defects]


@pytest.mark.parametrize(
    "text",
    [
        "113. Telegram From the Embassy in Ruritania to the Department of State",
        "113. Telegram From the Embassy in Ruritania to the Department of State\n\nStrelsau, undated",
        "113. Telegram From the Embassy in Ruritania to the Department of State\n\nSource: Secret.",
        "113. Telegram From the Embassy in Ruritania to the Department of State\n\n\n593.\n\n\nSapt",
        "113. Telegram From X to Y\n\nFM\n\nTO\n\nFM A\n\nTO B\n\n1.",
    ],
)
def test_half_a_telegram_is_read(text):
    """A head and no more: a record all the same."""
    one = read(text)
    assert one.era == "printed"
    assert one.to


@pytest.mark.parametrize(
    "text",
    [
        "Telegram From Zenda came late.\n\nTAGS: PREL\nSUBJECT: THE POST",
        "UNCLAS STRELSAU 000012\n\nTelegram From the Embassy in Ruritania to the Department of State\n",
    ],
)
def test_what_is_no_print(text):
    """A head line that is not the first, or none at all, makes no print."""
    assert read(text).era != "printed"


def telegrams(shared, every):
    """Each so many-th telegram of the data set: as TEI and as plain text."""
    for part in ("1948-57", "1958-60", "1961-63", "1964-68", "1969-80"):
        with (
            gzip.open(shared / f"data/frus/telegrams-{part}.jsonl.gz", "rt", encoding="utf-8") as golds,
            lzma.open(shared / f"data/frus/tei-{part}.jsonl.xz", "rt", encoding="utf-8") as teis,
        ):
            for gold, tei in islice(zip(golds, teis, strict=True), 0, None, every):
                yield json.loads(gold), json.loads(tei)["tei"]


def test_real_telegrams_are_read_whole(shared):
    """Of every fiftieth: no span leaves the text, no word is lost, no two paragraphs have one anchor."""
    for gold, tei in telegrams(shared, 50):
        (copy,) = sources.copies(tei.encode(), gold["id"].replace("/", "_") + ".xml")
        one = telegram.read(copy)
        assert one.era == "printed"
        assert one.key == (one.id or gold["id"])
        anchors = [p.anchor for p in one.paragraphs]
        assert len(anchors) == len(set(anchors))
        places = sorted(span for p in one.paragraphs for span in p.spans)
        assert places == [span for p in one.paragraphs for span in p.spans]
        assert all(first < last for first, last in places)
        for paragraph in one.paragraphs:
            for part in paragraph.parts:
                assert "".join(copy.text[slice(*span)] for span in part.spans) == part.text
        if one.signature:
            assert one.signature.split() == [
                w for s in one.spans["/signature"] for w in copy.text[slice(*s)].split()
            ]
        if not gold["raw_header"]:
            taken = sum(len(copy.text[a:b].split()) for a, b in places)
            assert taken > 0.9 * (len(gold["text"].split()) - 60), gold["id"]
