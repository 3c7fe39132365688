"""Bytes to text: the encoding is found out and said; what the way to us did to a text is undone and said."""

import pytest

from reftel import sources, telegram
from reftel.cable import Cable, Copy
from reftel.errors import NotACable
from reftel.sources.encoding import decode
from reftel.sources.undoing import BY

CABLE = (
    "UNCLAS ZENDA 000012\n\nE.O. 12958: N/A\nTAGS: PREL RT\nSUBJECT: THE KING\n\n"
    "1. (U) Herr Ménard left the café – for “Letinje”.\n\n2. (U) He is in Orléans.\n\nSAPT\n"
)
WORDS = "Herr Ménard left the café – for “Letinje”."


def copy_of(raw: bytes) -> Copy:
    """The one copy in some bytes."""
    (copy,) = sources.copies(raw, "cable.txt")
    return copy


def read(raw: bytes) -> Cable:
    """The one cable in some bytes."""
    return telegram.read(copy_of(raw))


def codes(copy: Copy) -> list[str]:
    """What had to be worked around while unpacking."""
    return [defect.code for defect in copy.defects]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (CABLE.encode(), []),
        (CABLE.encode("utf-8-sig"), []),
        (CABLE.encode("utf-16"), []),
        (b"\xfe\xff" + CABLE.encode("utf-16-be"), []),
        (CABLE.encode("utf-16-le"), ["encoding"]),
        (CABLE.encode("utf-16-be"), ["encoding"]),
        (CABLE.encode("utf-32"), []),
        (CABLE.encode("cp1252"), ["encoding"]),
        (CABLE.encode().decode("latin-1").encode(), ["encoding"]),  # read as Latin-1, written again
        (CABLE.encode().decode("latin-1").encode().decode("latin-1").encode(), ["encoding"]),  # twice
        (CABLE.encode().replace("é".encode(), b"\xe9", 1), ["encoding"]),  # one letter of another file
    ],
)
def test_encodings_are_found_out(raw, said):
    """Every encoding gives the same text; whatever is not plainly marked is said."""
    copy = copy_of(raw)
    assert copy.text == CABLE
    assert codes(copy) == said
    assert telegram.read(copy).paragraphs[0].text == WORDS


def test_utf8_read_as_windows_1252_is_undone():
    """Quotes and dashes became letters of Windows-1252, and of Latin-1 where that has none."""
    table = {byte: bytes((byte,)).decode("cp1252", "ignore") or chr(byte) for byte in range(256)}
    read_wrongly = CABLE.encode().decode("latin-1").translate(table)
    assert "â€“" in read_wrongly
    assert copy_of(read_wrongly.encode()).text == CABLE


@pytest.mark.parametrize("words", ["“IRMÔ", "CAFÉ” and Â£5", "naïve Ã\xa0 la carte é", "SÃO PAULO"])
def test_doubt_leaves_a_text_as_it_is(words):
    """Letters that could be UTF-8 read wrongly, beside some that cannot, are taken for what they are."""
    copy = copy_of(CABLE.replace("SUBJECT: THE", f"SUBJECT: {words} THE").encode())
    assert words in copy.text
    assert codes(copy) == []


def test_a_dos_code_page_where_letters_tell():
    """Bytes inside words that are letters in DOS and signs in Windows-1252."""
    plain = CABLE.replace("– ", "").replace("“", '"').replace("”", '"')
    copy = copy_of(plain.encode("cp850"))
    assert copy.text == plain
    assert "code page" in copy.defects[0].message
    assert copy_of(CABLE.replace("é", "’").encode("cp1252")).text == CABLE.replace("é", "’")


def test_bytes_beyond_any_encoding():
    """No byte is lost: the five that Windows-1252 leaves empty are control characters, and are left out."""
    raw = CABLE.encode("cp1252").replace(b"THE KING", b"THE\x8d K\x9dING")
    assert read(raw).subject == "THE KING"
    assert {"encoding", "control-characters"} == set(codes(copy_of(raw)))


def test_zero_bytes_and_control_characters():
    """A few of them in plain text are left out; a file full of them is no text."""
    raw = CABLE.encode().replace(b"He is", b"He\0 is\x07").replace(b"SAPT\n", b"SAPT\n\x1a")
    copy = copy_of(raw)
    assert (copy.text, copy.text_by, copy.raw) == (CABLE, BY, raw)
    assert codes(copy) == ["control-characters"]
    assert copy.defects[0].span == (CABLE.index(" is in"), CABLE.index(" is in") + 1)
    with pytest.raises(NotACable, match="not text"):
        decode(b"\0\1\2 UNCLAS ZENDA 12 \0\1", "noise.bin")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: text.replace("\n", "&#x000A;"), "html-entities"),
        (lambda text: text.replace("\n", "&amp;#10;").replace(" Herr", "&nbsp;Herr"), "html-entities"),
        (lambda text: text.replace("\n", "\\\n"), "trailing-backslashes"),
        (lambda text: text.replace("\n", "\\ \r\n"), "trailing-backslashes"),
        (lambda text: text.replace("\n", "\r"), "line-ends"),
    ],
)
def test_what_the_way_did_to_a_text(change, code):
    """Undone in one named step, with a defect; the bytes are kept as they came."""
    raw = change(CABLE).encode()
    copy = copy_of(raw)
    cable = telegram.read(copy)
    assert (copy.raw, copy.text_by, codes(copy)) == (raw, BY, [code])
    assert (cable.subject, [paragraph.number for paragraph in cable.paragraphs]) == ("THE KING", [1, 2])
    assert cable.paragraphs[0].text == WORDS
    assert cable.copy is not None
    assert cable.copy.text_by == BY


@pytest.mark.parametrize("words", ["R&D; AT&T; \\$5", "A & B &nosuch; C", "one\r\ntwo"])
def test_what_only_looks_like_damage(words):
    """Ampersands of names, escapes inside lines and the line ends of another system stay."""
    copy = copy_of(CABLE.replace("He is in", words).encode())
    assert (copy.text_by, codes(copy)) == (None, [])
    assert words in copy.text


def test_markup_is_left_to_its_own_source():
    """Nothing is undone in what begins as markup."""
    copy = copy_of(("<div>&amp;\n" + CABLE).encode())
    assert copy.text.startswith("<div>&amp;")
