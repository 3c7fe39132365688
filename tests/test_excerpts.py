"""Excerpts: the paragraph that holds most of what was sought, with the words marked."""

import pytest

import build
from reftel.excerpts import LENGTH, Excerpt, Seeker
from reftel.query import Query


def _excerpt(query: str, *paragraphs: object) -> Excerpt:
    found = Seeker(Query.parse(query).sought()).excerpt(build.cable("2009STRELSAU12", *paragraphs))
    assert found is not None
    return found


def _marked(excerpt: Excerpt) -> list[str]:
    return [excerpt.text[start:end] for start, end in excerpt.marks]


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("king", "The King's cousin, the KING, kingdom", ["King", "KING"]),
        ("king*", "The King's cousin, a kingdom", ["King", "kingdom"]),
        ('"the king"', "The king. Theking the -- king", ["The king", "the -- king"]),
        ('"the king" king', "Long live the king!", ["the king"]),
        ("U.S.-Russia", "The U.S.-Russia talks, U.S. and Russia", ["U.S.-Russia"]),
        ("menard", "M. Ménard spoke; ménard's", ["Ménard", "ménard"]),
        ("Ménard", "MENARD", ["MENARD"]),
        ("strasse", "Die Straße, die Strassen", ["Straße"]),
        ("naive", "nai\u0308ve", ["nai\u0308ve"]),
        ("o'brien", "O’Brien and O Brien", ["O’Brien", "O Brien"]),
        ("king -away", "The king is away", ["king"]),
        ("king OR away", "The king is away", ["king", "away"]),
        ("tag:PREL", "The king is away", []),
        ("queen", "The king is away", []),
    ],
)
def test_what_counts_as_a_word_in_the_index_is_marked(query: str, text: str, marked: list[str]) -> None:
    """Case, accents and punctuation as there; also every ending of a prefix; never part of a longer word."""
    excerpt = _excerpt(query, text)
    assert (excerpt.text, _marked(excerpt)) == (text, marked)


def test_the_paragraph_with_most_of_what_is_sought_is_shown() -> None:
    """Different words count before many of one; the first of equals; a heading counts as its paragraph."""
    paragraphs = ["The king, the king, the king.", "The king and the queen.", "A queen and a king."]
    assert _excerpt("king queen", *paragraphs).paragraph == "2"
    assert _excerpt("king", *paragraphs).paragraph == "1"
    assert _excerpt("bishop", *paragraphs).paragraph == "1"
    headed = build.paragraph("Nothing new.", 2, heading="The Bishop")
    assert _excerpt("bishop", "The king.", headed).paragraph == "2"


def test_a_long_paragraph_is_cut_around_the_words() -> None:
    """At blanks, with dots where something is left out; lines become one; marks stay in their places."""
    filler = "and so on\n" * 60
    excerpt = _excerpt("king queen", f"The king {filler}then the queen met the king {filler}")
    assert (excerpt.text[0], excerpt.text[-1]) == ("…", "…")
    assert LENGTH - 20 < len(excerpt.text) <= LENGTH + 2
    assert _marked(excerpt) == ["queen", "king"]
    assert "\n" not in excerpt.text
    assert excerpt.text.strip("…").split()[0] in {"and", "so", "on"}
    beginning = _excerpt("bishop", filler)
    assert beginning.text.startswith("and so on and") and beginning.text.endswith("…")


def test_a_word_longer_than_an_excerpt_is_shown_whole() -> None:
    """As is a phrase; text without a blank is cut where it must be."""
    assert _marked(_excerpt("xx*", "a " * 80 + "x" * 400 + " b")) == ["x" * 400]
    assert len(_excerpt("king", "y" * 1000).text) == LENGTH + 1


def test_a_cable_without_text_has_no_excerpt() -> None:
    """Nor has one whose paragraphs are empty."""
    seeker = Seeker(Query.parse("king").sought())
    assert seeker.excerpt(build.cable()) is None
    assert seeker.excerpt(build.cable("2009STRELSAU12", "")) is None
