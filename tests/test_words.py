"""What a word is, in the index and where hits are marked."""

import string

import pytest
import tantivy

from reftel import words

TANTIVY = (
    tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    .filter(tantivy.Filter.lowercase())
    .filter(tantivy.Filter.ascii_fold())
    .build()
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("U.S.-Russia", ["u", "s", "russia"]),
        ("Ménard's naïve Øresund", ["menard", "s", "naive", "oresund"]),
        ("O'Brien and O’Brien", ["o", "brien", "and", "o", "brien"]),
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("1.5(b) snake_case", ["1", "5", "b", "snake", "case"]),
        ("¶7 §1.4—x", ["7", "1", "4", "x"]),
        ("Manas\n\nlease\tends", ["manas", "lease", "ends"]),
        ("Łódź Đorđe Þór Æon", ["lodz", "dorde", "thor", "aeon"]),
        ("Манас", ["манас"]),
        ("", []),
    ],
)
def test_letters_and_digits_make_words(text: str, found: list[str]) -> None:
    """Plain and lower case, parted by all else; as Tantivy's own tokeniser with folding has it."""
    assert words.split(text) == found
    assert TANTIVY.analyze(text) == found


def test_every_letter_of_western_europe_folds_as_in_tantivy() -> None:
    """And every ASCII character; what is left out here has no letter's meaning."""
    own = set("ª\xadµº¼½¾İĸĿŀŉ")  # compatibility forms and the dotted I, which we take apart
    for char in [*map(chr, range(128)), *(chr(code) for code in range(0xA0, 0x180) if chr(code) not in own)]:
        assert words.split(f"x{char}y") == TANTIVY.analyze(f"x{char}y"), char


def test_an_accent_of_its_own_and_a_soft_hyphen_part_no_word() -> None:
    """A text may write é as two characters, and hide where a line may break."""
    assert words.split("Me\u0301nard nego\u00adtiate") == ["menard", "negotiate"]


def test_folding_ascii_keeps_every_character_in_its_place() -> None:
    """So offsets in the folded text are offsets in the text."""
    assert [len(words.fold(char)) for char in map(chr, range(128))] == [1] * 128
    assert words.fold(string.ascii_letters) == 2 * string.ascii_lowercase


def test_places_lead_back_to_the_text() -> None:
    """Also where a letter became two, or none."""
    text = "Straße, nai\u0308ve King"
    folded = words.fold(text)
    spans = [(folded.index(word), folded.index(word) + len(word)) for word in ("strasse", "naive", "king")]
    assert [text[start:end] for start, end in words.unfold(text, spans)] == ["Straße", "nai\u0308ve", "King"]
    assert words.unfold("King", [(0, 4)]) == [(0, 4)]


def test_letters_lose_their_accents_and_nothing_else():
    """`Léopoldville` as an index of posts spells it; signs and case stay."""
    assert (
        words.unaccented("Léopoldville, São Tomé & Łódź: “Straße”")
        == "Leopoldville, Sao Tome & Lodz: “Strasse”"
    )
    assert words.unaccented("Bogota\u0301 (U.S. Mission)") == "Bogota (U.S. Mission)"
