"""The query language: what each spelling asks, and where and why a query is not understood."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reftel.errors import QueryError
from reftel.query import And, Dates, Field, Not, Or, Phrase, Prefix, Query, Word, days


def _asks(text: str) -> object:
    return Query.parse(text).clause


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("", And(())),
        ("   ", And(())),
        ("lease", Word("lease")),
        ("lease manas", And((Word("lease"), Word("manas")))),
        ("lease AND manas", And((Word("lease"), Word("manas")))),
        ("lease OR manas", Or((Word("lease"), Word("manas")))),
        ("a b OR c", Or((And((Word("a"), Word("b"))), Word("c")))),
        ("a (b OR c)", And((Word("a"), Or((Word("b"), Word("c")))))),
        ("(a b) c", And((Word("a"), Word("b"), Word("c")))),
        ("((a))", Word("a")),
        ("-lease", Not(Word("lease"))),
        ("base -lease", And((Word("base"), Not(Word("lease"))))),
        ('-"end of lease"', Not(Phrase("end of lease"))),
        ("-tag:PREL", Not(Field("tag", "PREL"))),
        ("-(a OR b)", Not(Or((Word("a"), Word("b"))))),
        ("negotiat*", Prefix("negotiat")),
        ('"end of  lease"', Phrase("end of lease")),
        ("“end of lease”", Phrase("end of lease")),
        ('"2005"', Phrase("2005")),
        ("or and not", And((Word("or"), Word("and"), Word("not")))),
        ("U.S.-Russia O'Brien", And((Word("U.S.-Russia"), Word("O'Brien")))),
        ("Ménard", Word("Ménard")),
        ("1109 1492 00347", And((Word("1109"), Word("1492"), Word("00347")))),
    ],
)
def test_words_and_what_joins_them(text: str, clause: object) -> None:
    """Clauses beside one another must all hold, which binds closer than OR; capitals make the operators."""
    assert _asks(text) == clause


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("from:ASTANA", Field("from", "ASTANA")),
        ("FROM:astana", Field("from", "ASTANA")),
        ('from:"NEW DELHI"', Field("from", "NEWDELHI")),
        ('from:"Amembassy New Delhi"', Field("from", "NEWDELHI")),
        ("from:NEWDE", Field("from", "NEWDELHI")),
        ('to:"SECSTATE WASHDC"', Field("to", "STATE")),
        ("from:STRELSAU", Field("from", "STRELSAU")),
        ("tag:prel", Field("tag", "PREL")),
        ("ref:09BISHKEK123", Field("ref", "2009BISHKEK123")),
        ('ref:"BISHKEK 0123"', Field("ref", "BISHKEK123")),
        ('ref:"09 NEW DELHI 12"', Field("ref", "2009NEWDELHI12")),
        ("class:c", Field("class", "C")),
        ("class:Confidential", Field("class", "C")),
        ('class:"TOP SECRET"', Field("class", "TS")),
        ("class:LOU", Field("class", "SBU")),
        ("caption:nodis", Field("caption", "NODIS")),
        ('caption:"Roger  Channel"', Field("caption", "ROGER CHANNEL")),
        ("id:09astana253", Field("id", "09ASTANA253")),
        ('id:"ASTANA 000253"', Field("id", "ASTANA 000253")),
        ("STATUS:Leaked", Field("status", "leaked")),
        ("collection:foia", Field("collection", "foia")),
        ("id:frus1958-60v08/d113", Field("id", "FRUS1958-60V08/D113")),
    ],
)
def test_fields_take_any_spelling(text: str, field: Field) -> None:
    """Posts, numbers, classes and codes as people write them, in one form."""
    assert _asks(text) == field


@pytest.mark.parametrize(
    ("text", "dates", "first", "last"),
    [
        ("2005", Dates("2005", "2005"), 20050101, 20051231),
        ("2005-02", Dates("2005-02", "2005-02"), 20050201, 20050228),
        ("2005-03-24", Dates("2005-03-24", "2005-03-24"), 20050324, 20050324),
        ("2005-03..2005-06", Dates("2005-03", "2005-06"), 20050301, 20050630),
        ("2005..2005", Dates("2005", "2005"), 20050101, 20051231),
        ("2005..", Dates("2005", None), 20050101, None),
        ("..2004-02", Dates(None, "2004-02"), None, 20040229),
        ("1958..1960", Dates("1958", "1960"), 19580101, 19601231),
        ("1958-03", Dates("1958-03", "1958-03"), 19580301, 19580331),
        ("1966", Dates("1966", "1966"), 19660101, 19661231),
        ("2059", Dates("2059", "2059"), 20590101, 20591231),
    ],
)
def test_dates_stand_as_they_are(text: str, dates: Dates, first: int | None, last: int | None) -> None:
    """A year, a month, a day, or a range of them that may be open."""
    assert _asks(text) == dates
    assert dates.days == (first, last)


@pytest.mark.parametrize("text", ["1965", "2060", "0253", "20055"])
def test_other_numbers_are_words(text: str) -> None:
    """Only what can be the year of a cable is a year; quotes make a word of that, too."""
    assert _asks(text) == Word(text)


@pytest.mark.parametrize(
    ("text", "at", "why"),
    [
        ('lease ""', 6, "phrase is empty"),
        ('lease "--"', 6, "phrase is empty"),
        ("OR lease", 0, "nothing stands before OR"),
        ("lease OR", 6, "nothing stands behind OR"),
        ("lease OR OR manas", 6, "nothing stands behind OR"),
        ("(lease OR )", 7, "nothing stands behind OR"),
        ("OR", 0, "nothing stands before OR"),
        ("AND lease", 0, "AND stands between"),
        ("lease AND", 6, "AND stands between"),
        ("lease AND OR manas", 6, "AND stands between"),
        ("lease NOT manas", 6, "write -word"),
        ("lease -", 6, "nothing stands behind this -"),
        ("- lease", 0, "nothing stands behind this -"),
        ("--lease", 0, "nothing stands behind this -"),
        ("lease -OR manas", 6, "nothing stands behind this -"),
        ("lease –manas", 6, "this is a dash"),
        ("lease & manas", 6, "no letter or digit"),
        ('lease "end of', 6, "quote is never closed"),
        ('from:"NEW DELHI', 5, "quote is never closed"),
        ("(lease manas", 0, "parenthesis is never closed"),
        ("a (", 2, "parenthesis is never closed"),
        ("lease manas)", 11, "closes none"),
        ("lease ()", 6, "nothing stands between"),
        ("foo:bar", 0, 'no field foo: .*from:, to:, tag:, ref:, class:, caption:, id:.*"foo:bar"'),
        ("see http://x.y", 4, "no field http:"),
        ("lease :manas", 6, "no field :"),
        ("12:30", 0, 'needs quotes: "12:30"'),
        ("tag:", 0, "nothing stands behind tag:"),
        ("tag: PREL", 0, "nothing stands behind tag:"),
        ('lease tag:""', 6, "nothing stands behind tag:"),
        ("tag:PR*", 0, r"tag: takes a whole value, without \*"),
        ("class:COSMIC", 0, "'COSMIC' is no classification: .*U, SBU, C, S, TS"),
        ("class:TOP SECRET", 0, 'needs quotes: class:"TOP SECRET"'),
        ("from:NEW DELHI", 0, 'needs quotes: from:"NEW DELHI"'),
        ("from:123", 0, "'123' is no post"),
        ("ref:ALMATY 1109", 0, "'ALMATY' is no message number"),
        ("ref:septel", 0, "'septel' is no message number"),
        ("2005-13", 0, "2005-13 is in no calendar"),
        ("lease 2005-02-29", 6, "2005-02-29 is in no calendar"),
        ("2005-06..2005-13", 0, "is in no calendar"),
        ("2005-06..2005-03", 0, "2005-06 comes after 2005-03"),
        ("2005...2006", 0, "a range of dates is written"),
        ("2005..x", 0, "a range of dates is written"),
        ("..5", 0, "a range of dates is written"),
        ("2005-3", 0, "a date is written 2005-03-24"),
        ("2005/03/24", 0, "a date is written 2005-03-24"),
        ("2005-2006", 0, r"a range 2005\.\.2006"),
        ("lease n*", 6, "at least 2 letters"),
        ("*", 0, "at least 2 letters"),
        ("*lease", 0, "at the end of a single word"),
        ("le*se", 0, "at the end of a single word"),
        ("U.S*", 0, "at the end of a single word"),
        ('"end of lea*"', 0, "cannot stand inside quotes"),
        ("wom?n", 0, "stands for no letter"),
        ("(" * 21 + "a" + ")" * 21, 20, "20 deep"),
        ("lease tag:\udcff", 10, "no character"),
        ("a " * 201, 400, "may have 200 clauses"),
    ],
)
def test_what_is_not_understood_says_where_and_why(text: str, at: int, why: str) -> None:
    """And never becomes another query."""
    with pytest.raises(QueryError, match=why) as error:
        Query.parse(text)
    assert error.value.at == at


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("  lease   manas ", "lease manas"),
        ("a AND b OR (c)", "a b OR c"),
        ("(a OR b) (c d)", "(a OR b) c d"),
        ("-(a b)", "-(a b)"),
        ("-(-a)", "-(-a)"),
        ('from:"new delhi" TAG:prel', "from:NEWDELHI tag:PREL"),
        ('caption:"roger channel"', 'caption:"ROGER CHANNEL"'),
        ("2005-03..2005-03", "2005-03"),
        ("1958..1958", "1958..1958"),
        ("", ""),
    ],
)
def test_a_query_has_one_spelling(text: str, canonical: str) -> None:
    """Its `str`, which asks the same again."""
    query = Query.parse(text)
    assert str(query) == canonical
    assert Query.parse(canonical) == query


PIECES = [
    *("lease", "U.S.-Russia", "na*", '"end of lease"', '"2005"', "tag:PREL", 'from:"NEW DELHI"', "ß*", "é"),
    *("ref:05ZENDA3", "class:S", "caption:EXDIS", "id:x12", "to:AMEMBASSY", "EMBASSY:", 'to:"', "\u0130"),
    *("2005", "2005-03..", "..1960", "1958..1958", "1109", ".."),
    *("(", ")", "-", "-(", "OR", "AND", '"', ":", "*", " ", "'"),
]
TYPED = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=12)


@settings(max_examples=300, derandomize=True)
@given(TYPED, st.sampled_from(["", " "]))
def test_the_one_spelling_is_understood_again(pieces: list[str], glue: str) -> None:
    """Whatever is typed is either refused with a place in it, or has a `str` that asks exactly the same."""
    text = glue.join(pieces)
    try:
        query = Query.parse(text)
    except QueryError as error:
        assert 0 <= error.at < len(text)
        return
    assert Query.parse(str(query)) == query


def test_what_may_stand_in_a_hit() -> None:
    """Words that are left out are not sought, nor are fields; each is sought once."""
    query = Query.parse('lease na* -uranium "end of lease" (lease OR base) tag:PREL')
    assert query.sought() == (Word("lease"), Prefix("na"), Phrase("end of lease"), Word("base"))


@pytest.mark.parametrize(
    ("text", "ranks"), [("a", True), ("na*", False), ("tag:X 2005", False), ("-a", False)]
)
def test_only_words_and_phrases_rank(text: str, ranks: bool) -> None:
    """Where nothing does, the newest come first."""
    assert Query.parse(text).ranks is ranks


def test_a_date_is_as_exact_as_it_is_written() -> None:
    """A time behind it changes nothing; what is in no calendar is refused."""
    assert days("2005-03-24T10:00Z") == (20050324, 20050324)
    assert days("2004") == (20040101, 20041231)
    for wrong in ("2005-00", "2005-13", "2005-02-30", "March 2005"):
        with pytest.raises(ValueError, match="is no date"):
            days(wrong)
