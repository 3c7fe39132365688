"""Mentions in the text of a cable, and what they name (handbook 02, sections 1.1 and 2.1)."""

import json
from typing import Any

import pytest

from build import cable, paragraph
from reftel.cable import Addressee, Cable, Reference, Sender, from_json
from reftel.findings.references import Mention, Resolution, find, resolve, to_json


def telegram(letter: str | None, post: str, serial: int, year: int = 2005) -> Reference:
    """An entry of the REF block whose year was inferred."""
    number = f"{year}{post}{serial}"
    return Reference(
        f"{post} {serial}", (0, 1), "telegram", letter, number, ("year",), post=post, serial=serial
    )


REFERENCES = (telegram("A", "STRELSAU", 12), Reference("SAPT TELCON", (0, 1), "telcon", "B"),
              telegram("C", "STATE", 77))  # fmt: skip


def citing(text: str, **fields: Any) -> Cable:
    """A cable of 1 June 2005 from Zenda to the Department with one paragraph."""
    known: dict[str, Any] = {"sent": "2005-06-01T10:00Z", "to": (Addressee("SECSTATE WASHDC"),)}
    return cable("2005ZENDA500", paragraph(text), **(known | fields))


def from_the_department(text: str) -> Cable:
    """A cable of the same day from the Department to Zenda."""
    return cable(
        "2005STATE9000",
        paragraph(text),
        sent="2005-06-01T10:00Z",
        to=(Addressee("AMEMBASSY ZENDA"),),
        from_=Sender("SECSTATE WASHDC", "STATE"),
    )


def mentions(text: str, **fields: Any) -> tuple[Mention, ...]:
    """What is mentioned in a text; each mention's place slices its words."""
    found = find(citing(text, **fields), text)
    for one in found:
        assert " ".join(text[slice(*one.span)].split()) == one.text
    return found


@pytest.mark.parametrize(
    ("text", "words", "meant"),
    [
        ("As reported reftel, the king is away.", "reftel", (0, 2)),  # the telegrams of the block
        ("See reftels.", "reftels", (0, 2)),
        ("AS REPORTED REFTEL", "REFTEL", (0, 2)),
        ("In ref tel we said so.", "ref tel", (0, 2)),
        ("Drawing on reftelcon, he agreed.", "reftelcon", (1,)),
        ("The king (ref A) is away.", "ref A", (0,)),
        ("The king (REF C) is away.", "REF C", (2,)),
        ("The king, ref (c), is away.", "ref (c)", (2,)),
        ("See reftel C for more.", "reftel C", (2,)),
        ("As in para 2 reftel, he is away.", "para 2 reftel", (0, 2)),
        ("As in paras 2 and 3 of ref A.", "paras 2 and 3 of ref A", (0,)),
        ("As agreed at ref mtg.", "ref mtg", ()),
        ("Reference telegram is not clear.", "Reference telegram", (0, 2)),
        ("As in ref F.", "ref F", ()),  # the block has none
        ("Refs A-C apply.", "Refs A-C", (0, 1, 2)),
    ],
)
def test_words_for_the_ref_block(text, words, meant):
    """`reftel` and its like name entries of the block, all of its telegrams where no letter is given."""
    (one,) = mentions(text, references=REFERENCES)
    assert (one.text, one.refers_to) == (words, meant)


def test_each_letter_is_a_mention():
    """`refs A and C` are two; each has what its entry has."""
    first, second = mentions("As in refs A and C, he is away.", references=REFERENCES)
    assert (first.text, first.letter, first.id, first.inferred) == (
        "refs A",
        "A",
        "2005STRELSAU12",
        ("year",),
    )
    assert (second.text, second.letter, second.id, second.serial) == ("C", "C", "2005STATE77", 77)
    (call,) = mentions("As in ref B.", references=REFERENCES)
    assert (call.kind, call.refers_to) == ("telcon", (1,))


def test_an_article_is_no_letter():
    """`reftel a meeting`: a small letter, or the A of a word in capitals, names no entry."""
    assert [one.letter for one in mentions("In reftel a meeting was held.", references=REFERENCES)] == [None]
    assert [one.letter for one in mentions("AS IN REFTEL I SAW HIM", references=REFERENCES)] == [None]


@pytest.mark.parametrize(
    ("text", "words", "kind"),
    [
        ("More in septel.", "septel", "septel"),
        ("MORE IN SEPTELS.", "SEPTELS", "septel"),
        ("Agreed by telcon with Sapt.", "telcon", "telcon"),
        ("See airgram A-29.", "airgram A-29", "airgram"),
        ("See Strelsau's A-29.", "Strelsau's A-29", "airgram"),
        ("We have your A-29.", "your A-29", "airgram"),
        ("Under UNSCR 1737 he must go.", "UNSCR 1737", "document"),
        ("Under 12 FAM 540 he may go.", "12 FAM 540", "document"),
        ("See IIR 6 890 0123 05.", "IIR 6 890 0123 05", "document"),
        ("See Embassy despatch 157.", "Embassy despatch 157", "document"),
    ],
)
def test_other_documents(text, words, kind):
    """Telegrams without a number, calls, airgrams and documents cited as such keep their kind."""
    (one,) = mentions(text)
    assert (one.text, one.kind, one.id) == (words, kind, None)


@pytest.mark.parametrize(
    ("text", "words", "post", "serial"),
    [
        ("As reported in Strelsau 1235, he left.", "Strelsau 1235", "STRELSAU", 1235),
        ("AS REPORTED STRELSAU 1235 HE LEFT", "STRELSAU 1235", "STRELSAU", 1235),
        ("He left (New Delhi 1235).", "New Delhi 1235", "NEWDELHI", 1235),
        ("He left (Strelsau's 1235).", "Strelsau's 1235", "STRELSAU", 1235),
        ("He left (Strelsau tel 1235).", "Strelsau tel 1235", "STRELSAU", 1235),
        ("See State's 12345.", "State's 12345", "STATE", 12345),
        ("See Deptel 120.", "Deptel 120", "STATE", 120),
        ("Re Department's telegram No. 120.", "Department's telegram No. 120", "STATE", 120),
        ("See Embtel 493.", "Embtel 493", "ZENDA", 493),
        ("ReEmbtel 493.", "ReEmbtel 493", "ZENDA", 493),
        ("As in our 493, he is away.", "our 493", "ZENDA", 493),
        ("As in my telegram 493, he is away.", "my telegram 493", "ZENDA", 493),
        ("Your 55 is clear.", "Your 55", "STATE", 55),
        ("As in your telegram 55.", "your telegram 55", "STATE", 55),
        ("Urtel 55 is clear.", "Urtel 55", "STATE", 55),
        ("See tel 1023.", "tel 1023", None, 1023),
        ("See telegram 593 from Strelsau.", "telegram 593", "STRELSAU", 593),
        ("See telegram 593 to Department from Strelsau.", "telegram 593", "STRELSAU", 593),
        ("As Department circular telegram 1778 says.", "Department circular telegram 1778", "STATE", 1778),
        ("Secto 15 tells more.", "Secto 15", "SECTO", 15),
        ("Ref: HENTZAU 1235.", "HENTZAU 1235", "HENTZAU", 1235),  # in no table, but on a REF line
        ("See Strelsau Exdis 1235.", "Strelsau Exdis 1235", "STRELSAU", 1235),
        ("See Rome Embtel 1235.", "Rome Embtel 1235", "ROME", 1235),
        ("See Rometel 1235.", "Rometel 1235", "ROME", 1235),
        ("Reftel 1023 is clear.", "Reftel 1023", None, 1023),
        ("Your 237 caused me to think.", "Your 237", "STATE", 237),  # as a sentence opens
        ("He left, as Rome 40710 makes plain.", "Rome 40710", "ROME", 40710),
        ("He left (see Rome 1968).", "Rome 1968", "ROME", 1968),  # a year, but cited
    ],
)
def test_post_and_number_in_prose(text, words, post, serial):
    """A telegram is named by post and number, by direction, or by whose it is."""
    text = "The king is away. " + text
    (one,) = mentions(text)
    assert (one.text, one.kind, one.post, one.serial) == (words, "telegram", post, serial)


def test_who_sent_it_depends_on_who_speaks():
    """Embtel in the Department's cable is the embassy's; `your` is the addressee's: both are inferred."""
    text = "See Embtel 593, Deptel 120 and our 8999. Your 55 is clear."
    found = find(from_the_department(text), text)
    assert [(one.post, one.serial, "post" in one.inferred) for one in found] == [
        ("ZENDA", 593, True),
        ("STATE", 120, False),
        ("STATE", 8999, True),
        ("ZENDA", 55, True),
    ]
    assert [one.to for one in found] == ["STATE", "ZENDA", "ZENDA", "STATE"]


def test_numbers_that_follow():
    """The next of a run inherits the sender; a count does not."""
    found = mentions("As in Embtels 393, 394 and 395, he is away.")
    assert [(one.text, one.post, one.serial) for one in found] == [
        ("Embtels 393", "ZENDA", 393),
        ("394", "ZENDA", 394),
        ("395", "ZENDA", 395),
    ]
    assert [one.serial for one in mentions("See Strelsau 1235, 300 men were there.")] == [1235]
    assert [one.serial for one in mentions("See Strelsau telegrams 1235-36.")] == [1235, 1236]


def test_where_it_was_sent_is_no_sender():
    """`sent Rome 52`, `repeated Paris 8`: the same telegram's number to another post."""
    found = mentions("Deptel 120 sent Rome 52, repeated Paris 8.")
    assert [(one.post, one.to, one.serial) for one in found] == [
        ("STATE", "ZENDA", 120),
        ("STATE", "ROME", 52),
        ("STATE", "PARIS", 8),
    ]
    (one,) = mentions("See Rome 2345 to Department repeated Paris.")
    assert (one.post, one.to, one.serial) == ("ROME", "STATE", 2345)


def test_a_date_behind_a_number():
    """The date is the telegram's own; with its year nothing is inferred."""
    (one,) = mentions("See telegram 593 from Strelsau of May 3, 2004.")
    assert (one.post, one.serial) == ("STRELSAU", 593)
    (one,) = mentions("See Strelsau 593 of May 3, 2004.")
    assert (one.sent, one.id, one.inferred) == ("2004-05-03", "2004STRELSAU593", ())
    (one,) = mentions("See Strelsau 593, August 3.")
    assert (one.sent, one.id, one.inferred) == ("2004-08-03", "2004STRELSAU593", ("year",))


@pytest.mark.parametrize(
    "text",
    [
        "The rising of Budapest 1956 is not forgotten.",
        "The talks in Paris 1973 were long.",
        "In Rome 300 people were arrested.",
        "IN ROME 300 PEOPLE WERE ARRESTED",
        "In Strelsau 1,200 men marched.",
        "In Strelsau 12000 men marched.",
        "He paid $1235 in Rome.",
        "Call Rome 555-1234.",
        "Call Strelsau 1235-555.",
        "PAGE 02  ZENDA 00500  082030Z",
        "ZENDA 00000500  002 OF 003",
        "SECTION 2 OF 3 STRELSAU 1235",
        "He flew an A-10 and saw the A-29.",
        "Your 12 points are good.",
        "OUR 90-MINUTE MEETING",
        "See paragraph 12 and article 104.",
        "Resolution 242 and PL 480 apply.",
        "On May 12 the ministers met; on June 1235 nobody did.",
        "The state 12345 feared.",
        "He came at 1235 hours from Rome.",
        "Rome 12 was cold.",
        "The refugees (refugee A) came.",
        "The letter of the memcon was clear.",
        "See Zenda 500.",  # this cable's own number
        "LT SAPT - OFFICE 378282; HOME 365420",
    ],
)
def test_nothing_is_taken_for_a_mention_that_is_none(text):
    """Years, counts, money, telephones, page lines, aircraft and articles name no telegram."""
    opening = "THE KING IS AWAY. " if text.isupper() else "The king is away. "
    assert mentions(opening + text if text[0] != "P" else text) == ()


def test_a_mention_over_a_page_line():
    """Page lines are left out of a paragraph: a mention that runs over one is found, with its outer place."""
    text = "1. As in Strelsau\nZENDA 00000500  002 OF 003\n1235, he left."
    first, second = (0, 17), (text.index("1235"), len(text))
    cited = citing(text, paragraphs=(paragraph(text, spans=(first, second)),))
    (one,) = find(cited, text)
    assert (one.text, one.post, one.serial) == ("Strelsau 1235", "STRELSAU", 1235)
    assert text[one.span[0] : one.span[1]].startswith("Strelsau\nZENDA")
    assert text[one.span[1] - 4 : one.span[1]] == "1235"


def test_places_count_from_the_start_of_the_copy():
    """White space and letters without a capital do not shift a place."""
    text = "ß and ŉ:\n\n1. (U)  Das Schloß:   see\n   Strelsau\n   1235."
    cited = citing(text, paragraphs=(paragraph(text, spans=((10, len(text)),)),))
    (one,) = find(cited, text)
    assert one.text == "Strelsau 1235"
    assert text[slice(*one.span)] == "Strelsau\n   1235"


def test_the_record_with_its_mentions():
    """The JSON of a record has one key more, and is a record still."""
    text = "See Strelsau 1235."
    line = to_json(citing(text), text)
    assert json.loads(line)["mentions"][0]["id"] == "2005STRELSAU1235"
    assert from_json(line) == citing(text)


# -- which cable is meant ------------------------------------------------------------------------------


def resolved(one: Reference | Mention, **held: str) -> Resolution:
    """What a cable of 1 June 2005 means, where an archive holds these: 2004STRELSAU12="2004-12-30"."""
    known = {}
    for number, sent in held.items():
        year, post, serial = (
            int(number[1:5]),
            number[5:].rstrip("0123456789"),
            int(number[5:].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")),
        )
        known[post, serial, year] = sent
    (found,) = resolve(citing(""), [one], known)
    return found


STRELSAU_12 = telegram("A", "STRELSAU", 12)


def test_what_is_not_held_stays_what_the_cable_tells():
    """A dangling reference is normal: its id is the inferred one, and that is said."""
    assert resolve(citing(""), [STRELSAU_12]) == (Resolution("2005STRELSAU12", False, ("year",)),)
    assert resolved(STRELSAU_12) == Resolution("2005STRELSAU12", False, ("year",))


def test_the_year_that_is_held():
    """Of this year's and last year's, the one that is held; of both, the newer."""
    assert resolved(STRELSAU_12, _2004STRELSAU12="2004-12-30").id == "2004STRELSAU12"
    both = resolved(STRELSAU_12, _2004STRELSAU12="2004-01-03", _2005STRELSAU12="2005-01-03")
    assert both == Resolution("2005STRELSAU12", True, ("year",), "2005-01-03")


def test_no_telegram_is_cited_before_it_is_sent():
    """This year's number 12, sent after the citing cable, cannot be meant."""
    found = resolved(STRELSAU_12, _2004STRELSAU12="2004-01-03", _2005STRELSAU12="2005-06-02")
    assert found == Resolution("2004STRELSAU12", True, ("year",), "2004-01-03")
    assert not resolved(STRELSAU_12, _2005STRELSAU12="2005-06-02").held


def test_a_stated_year_is_not_changed():
    """What the text says stands, whatever is held."""
    stated = Reference("04 ROME 5", (0, 1), "telegram", id="2004ROME5", post="ROME", serial=5)
    assert resolved(stated, _2005ROME5="2005-01-01") == Resolution("2004ROME5", False)
    assert resolved(stated, _2004ROME5="2004-01-01") == Resolution("2004ROME5", True, (), "2004-01-01")


def test_mentions_are_resolved_through_the_block():
    """`ref A` names what entry A names; a number in prose is looked up itself; a call is none."""
    text = "See ref A, ref B and Rome 1235."
    cited = citing(text, references=REFERENCES)
    held = {("STRELSAU", 12, 2004): "2004-11-11", ("ROME", 1235, 2005): "2005-05-05"}
    found = resolve(cited, find(cited, text), lambda *number: held.get(number))
    assert [(one.id, one.held) for one in found] == [
        ("2004STRELSAU12", True),
        (None, False),
        ("2005ROME1235", True),
    ]


def test_a_long_text_is_read_in_one_pass():
    """Mentions without an end, or a text that only looks like them, cost no more than their length."""
    text = "Rome 1235, " * 5000
    assert len(mentions(text)) == 5000
    assert mentions("REF " * 20_000 + "PARA 2 " * 20_000 + "A" * 100_000) == ()
