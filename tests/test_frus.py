"""TEI of edited print: which documents are telegrams, what their text is, and what is wrong with a file."""

import json
import lzma
import time
from itertools import islice

import pytest

from reftel import sources, telegram
from reftel.errors import NotACable

TELEGRAM = """
<div type="document" n="{n}" xml:id="d{n}">
<head>{n}. Telegram From the <gloss type="from">Embassy in Ruritania</gloss> to the
<gloss type="to">Department of State</gloss><note n="1" type="source" xml:id="d{n}fn1">Source: Department of
State, Central Files, 7{n}.00/8–358. Secret; Priority. Repeated to <gloss>Zenda</gloss>.</note></head>
<dateline><hi rend="italic"><placeName>Strelsau</placeName>, <date when="1958-08-03T14:00:00">August 3, 1958—2
p.m.</date></hi></dateline>
<p>59{n}. The King<note n="2" xml:id="d{n}fn2"><p>Rudolf V.</p><p>See <ref target="#d1">Document
1</ref>.</note> is a<pb n="45" facs="0065"/>way.</p>
<list><head>He left</head><item>his <hi rend="italic">sword</hi>,</item><item>his dog.</item></list>
<p>First line<lb/>second line</p>
<closer><signed><persName corresp="#p_S1">Sapt</persName></signed></closer>
</div>
""".replace("</ref>.</note>", "</ref>.</p></note>")
MEMORANDUM = """
<div type="document" n="{n}" xml:id="d{n}"><head>{n}. Memorandum of Conversation</head><p>They met.</p></div>
"""


def volume(*documents, declaration=""):
    """A small volume of Ruritania."""
    inside = "".join(document.format(n=n) for n, document in enumerate(documents, 1))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{declaration}\n'
        '<TEI xmlns="http://www.tei-c.org/ns/1.0" xml:id="frus1958v99">'
        f'<text><body><div type="compilation"><head>Ruritania</head>{inside}</div></body></text></TEI>'
    ).encode()


def test_a_volume_gives_its_telegrams():
    """Each telegram is a copy with the volume's name for it; the memorandum between them is passed over."""
    found = sources.copies(volume(TELEGRAM, MEMORANDUM, TELEGRAM), "ruritania.xml")
    assert [copy.document for copy in found] == ["frus1958v99/d1", "frus1958v99/d3"]
    assert {copy.text_by for copy in found} == {"frus/1"}


def test_the_text_keeps_its_blocks():
    """Head, place and date, paragraphs, signature; the editors' notes stand behind, where no text is."""
    (copy,) = sources.copies(volume(TELEGRAM), "ruritania.xml")
    assert copy.text[slice(*copy.body)] == (
        "1. Telegram From the Embassy in Ruritania to the Department of State\n\n"
        "Strelsau, August 3, 1958—2 p.m.\n\n"
        "591. The King is away.\n\n"
        "He left\nhis sword,\nhis dog.\n\n"
        "First line\nsecond line\n\n"
        "Sapt"
    )
    assert copy.text[copy.body[1] :] == (
        "\n\nSource: Department of State, Central Files, 71.00/8–358. Secret; Priority. Repeated to Zenda."
        "\n\n[2] Rudolf V. See Document 1."
    )


def test_the_markup_is_the_catalogue():
    """What the editors marked, in their words."""
    (copy,) = sources.copies(volume(TELEGRAM), "ruritania.xml")
    said = copy.catalogue
    assert said is not None
    assert (said.id, said.created, said.origin) == ("d1", "1958-08-03T14:00:00", "Strelsau")
    assert (said.from_, said.to) == ("Embassy in Ruritania", ("Department of State",))
    assert said.title == "Telegram From the Embassy in Ruritania to the Department of State"
    assert said.attributes["signed"] == "Sapt"
    assert said.attributes["source"].startswith("Source: Department of State")
    assert copy.release.status == "released"


def test_a_copy_is_the_very_bytes_and_reads_the_same_alone():
    """A telegram's bytes are its `div` as it stands in the volume; by themselves they give it again."""
    raw = volume(MEMORANDUM, TELEGRAM, TELEGRAM)
    for copy in sources.copies(raw, "ruritania.xml"):
        assert copy.raw in raw
        assert copy.raw.startswith(b'<div type="document"')
        assert sources.copies(copy.raw, copy.locator) == (copy,)


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("frus1958v99_d1.xml", "frus1958v99/d1"),
        ("frus1958v99.xml", "frus1958v99/d1"),
        ("box#7.xml", None),
        ("d1.xml", None),  # every volume has a d1: no name to be cited by
    ],
)
def test_one_document_alone_has_the_name_that_its_file_tells(name, document):
    """A document without its volume."""
    (copy,) = sources.copies(TELEGRAM.format(n=1).encode(), name)
    assert copy.document == document
    assert telegram.read(copy).key == (document or f"x{copy.sha256[:12]}")


def test_other_encodings():
    """A volume in UTF-16 gives the same text; its telegrams are kept as UTF-8."""
    raw = volume(TELEGRAM)
    (copy,) = sources.copies(raw.decode().encode("utf-16"), "ruritania.xml")
    assert copy == sources.copies(raw, "ruritania.xml")[0]


def test_a_foreign_encoding_is_a_defect_without_a_place():
    """Its place is one of the file, not of the text that was taken out."""
    raw = volume(TELEGRAM.replace("Rudolf", "Ménard")).decode().replace("–", "-").replace("—", "-")
    (copy,) = sources.copies(raw.encode("cp1252"), "ruritania.xml")
    assert [(one.code, one.span) for one in copy.defects] == [("encoding", None)]
    assert "Ménard" in copy.text


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (volume(TELEGRAM)[:-400], ", line 8: the XML is broken"),
        (volume(TELEGRAM).replace(b"</signed>", b""), "in document d1"),
        (volume(TELEGRAM).replace(b"Strelsau", b"Strel&sau"), "the XML is broken"),
        (volume(MEMORANDUM), "no telegram, airgram or backchannel message in it (1 of its documents"),
        (volume(), "(it has no document)"),
        (
            volume(TELEGRAM, declaration='<!DOCTYPE TEI [<!ENTITY king "Rudolf">]>'),
            "declares an entity (king)",
        ),
        (
            volume(TELEGRAM, declaration='<!DOCTYPE TEI [<!ENTITY f SYSTEM "file:///etc/hostname">]>'),
            "declares an entity (f)",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_one_clear_error(raw, says):
    """What, where, and what to do about it."""
    with pytest.raises(NotACable) as error:
        sources.copies(raw, "ruritania.xml")
    assert says in str(error.value)
    assert str(error.value).startswith("ruritania.xml")
    assert "; " in str(error.value)


def test_an_entity_bomb_does_not_go_off():
    """A billion laughs are refused at their first declaration."""
    bomb = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefghi", "bcdefghij", strict=True)
    )
    raw = volume(TELEGRAM.replace("The King", "&j;"), declaration=f"<!DOCTYPE TEI [{bomb}]>")
    start = time.perf_counter()
    with pytest.raises(NotACable, match="declares an entity"):
        sources.copies(raw, "ruritania.xml")
    assert time.perf_counter() - start < 1


def test_an_attachment_is_text():
    """Its head, date line and signature are its own; places and dates in the text are no date line."""
    attached = (
        "<p>He was in <placeName>Zenda</placeName> on <date when='1957-01-01'>New Year</date>.</p>"
        "<frus:attachment xmlns:frus='x'><head>Attachment</head>"
        "<dateline><placeName>Hentzau</placeName>, <date when='1956-02-02'>February 2, 1956</date></dateline>"
        "<p>Gone.</p><closer><signed>Rupert</signed></closer></frus:attachment></div>"
    )
    (copy,) = sources.copies(volume(TELEGRAM.replace("</div>", attached)), "ruritania.xml")
    said = copy.catalogue
    assert said is not None
    assert (said.origin, said.created) == ("Strelsau", "1958-08-03T14:00:00")
    assert said.attributes["signed"] == "Sapt"
    assert copy.text[slice(*copy.body)].endswith(
        "He was in Zenda on New Year.\n\nAttachment\n\nHentzau, February 2, 1956\n\nGone.\n\nRupert"
    )
    one = telegram.read(copy)
    assert (one.place, one.signature, one.paragraphs[-1].text) == ("Strelsau", "Sapt", "Rupert")


def test_a_named_letter_of_a_definition_that_is_not_read():
    """What an outer definition would have declared is what HTML means by it, or stays as it stands."""
    raw = volume(
        TELEGRAM.replace("Rudolf", "M&eacute;nard &elphberg;"), declaration='<!DOCTYPE TEI SYSTEM "x.dtd">'
    )
    (copy,) = sources.copies(raw, "ruritania.xml")
    assert "Ménard &elphberg; V." in copy.text


def test_a_volume_is_read_in_one_pass():
    """Eight times as many documents take about eight times as long, not sixty-four."""
    small, large = volume(*[TELEGRAM] * 100), volume(*[TELEGRAM] * 800)

    def seconds(raw):
        start = time.process_time()
        sources.copies(raw, "ruritania.xml")
        return time.process_time() - start

    assert min(seconds(large) for _ in range(3)) < 24 * min(seconds(small) for _ in range(3))


def test_real_documents_keep_their_words(shared):
    """Of every fiftieth telegram, the text that the data set gives stands in the copy, and is read."""
    for part in ("1948-57", "1958-60", "1961-63", "1964-68", "1969-80"):
        with lzma.open(shared / f"data/frus/tei-{part}.jsonl.xz", "rt", encoding="utf-8") as lines:
            for line in islice(lines, 0, None, 50):
                one = json.loads(line)
                (copy,) = sources.copies(one["tei"].encode(), one["id"].replace("/", "_") + ".xml")
                assert copy.document == one["id"]
                assert sources.copies(copy.raw, copy.locator) == (copy,)
