"""Names to be protected: where a text asks for it, and everywhere that a cable tells them."""

from typing import Any, get_args, get_type_hints

import msgspec
import pytest
from msgspec.structs import replace

import build
from reftel.cable import (
    Addressee,
    Authority,
    Cable,
    Catalogue,
    CopyNote,
    Defect,
    Drafting,
    Hand,
    Part,
    Redaction,
    Reference,
    to_json,
)
from reftel.protection import (
    MASK,
    Name,
    is_masked,
    mask,
    mask_text,
    may_have_mark,
    may_tell,
    name_of,
    names_in,
    protected_names,
)

RASSENDYLL = Name(("Rudolf", "Rassendyll"))


def names(text: str) -> list[str]:
    """What a text asks to protect."""
    return [name.text for name in protected_names(build.cable("2009STRELSAU12", build.paragraph(text)))]


@pytest.mark.parametrize(
    "mark",
    [
        "(strictly protect)",
        "(protect)",
        "(please protect)",
        "(Please Protect)",
        "(PROTECT)",
        "(PROTECT THROUGHOUT)",
        "(strictly protect throughout)",
        "(protect source)",
        "(source: strictly protect)",
        "(strictly protected)",
        "(identity to be strictly protected)",
        "(STRICTLY PROTECT - DO NOT CITE)",
        "(please protect his identity)",
        "(strictly\nprotect)",
        "(stricly protect)",
        "(strictly protect",  # its bracket was lost
        "[protect]",
        "[strictly protect]",
        "- protect -",
        "-- strictly protect --",
        "//protect//",
        "*protect*",
        ", strictly protect,",
    ],
)
def test_marks(mark):
    """Whatever stands around the word, and whoever urges it."""
    assert names(f"We met Rudolf Rassendyll {mark} in Zenda.".replace(" ,", ",")) == ["Rudolf Rassendyll"]
    assert may_have_mark(f"We met Rudolf Rassendyll {mark} in Zenda.")


@pytest.mark.parametrize(
    "text",
    [
        "Sapt wants to protect domestic industry (and to protect jobs).",
        "Sapt sent the convention (minus the protected section).",
        "Sapt leads the guard (Embassy Protection Unit).",
        "Sapt signed for the protectorate (protectorate).",
        "The minister (protect) said so.",
        "MINISTER (PROTECT) SAID SO",
        "THE FOREIGN MINISTER (STRICTLY PROTECT) SAID SO",
        "The British Ambassador (protect source) said so.",
        "A contact in Zenda (protect) said so.",
        "The Foreign Ministry (protect) said so.",
        f"Sapt met {MASK} (strictly protect) and Hentzau.",
    ],
)
def test_what_names_nobody(text):
    """Other protection, and marks behind an office, a place, or a mask."""
    assert names(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rassendyll (protect) said so.", ["Rassendyll"]),
        ("Yesterday Mr. R. K. Rassendyll (protect) came.", ["R K Rassendyll"]),
        ("Deputy Mayor Fritz von Tarlenheim (protect) came.", ["Fritz von Tarlenheim"]),
        ("Ahmad al-Sapt (protect) came.", ["Ahmad al-Sapt"]),
        ("Abd al-Rahman bin Sapt (protect) came.", ["Abd al-Rahman bin Sapt"]),
        ("François Ménard-O'Brien (protect) came.", ["François Ménard-O'Brien"]),
        ("Strelsau Oil President Hugo Detchard (protect source)", ["Hugo Detchard"]),
        ("Rudolf Rassendyll, deputy mayor of Zenda (strictly protect)", ["Rudolf Rassendyll"]),
        ("Rudolf Rassendyll, of the independent Zenda Gazette (protect)", ["Rudolf Rassendyll"]),
        ("Rassendyll (editor of the Zenda Gazette) (protect)", ["Rassendyll"]),
        ("Rassendyll told us (protect) of it.", ["Rassendyll"]),
        ("A friend of Sapt (protect) told us.", ["Sapt"]),
        ("Our contact (strictly protect) Rudolf Rassendyll came.", ["Rudolf Rassendyll"]),
        ("Sapt and Tarlenheim (protect both) came.", ["Tarlenheim", "Sapt"]),
        ("They met Sapt, Bersonin, and Detchard (protect all).", ["Detchard", "Bersonin", "Sapt"]),
        ("Sapt met Bersonin, and later Detchard (protect).", ["Detchard"]),
        ("Contact A (strictly protect) said so.", ["Contact A"]),
        ("Stephen King (protect) came.", ["Stephen King"]),  # a title, and a name
        ("We saw George Ball (protect).", ["George Ball"]),  # a word, and a name
        ("FOREIGN MINISTER RASSENDYLL (PROTECT) CAME", ["RASSENDYLL"]),
        ("WE MET DEPUTY MAYOR RUDOLF RASSENDYLL (STRICTLY PROTECT)", ["RUDOLF RASSENDYLL"]),
        ("FRITZ VON TARLENHEIM, MANAGING DIRECTOR OIL COMPANY (PROTECT)", ["FRITZ VON TARLENHEIM"]),
        ("MR BALL (PROTECT) CAME", ["BALL"]),
        ("RASSENDYLL, RUDOLF (PROTECT)", ["RUDOLF", "RASSENDYLL"]),
    ],
)
def test_whose_name_a_mark_is_about(text, expected):
    """The last name of the sentence, without titles; with those listed beside it."""
    assert names(text) == expected


def test_a_mark_may_stand_in_a_subject_or_a_heading():
    """And wherever else the cable has words."""
    cable = build.cable("2009STRELSAU12", "(C) No.", subject="CALL ON RASSENDYLL (PROTECT)")
    assert protected_names(cable) == (Name(("RASSENDYLL",)),)
    headed = build.paragraph("No.", heading="Call on Sapt (protect)")
    assert protected_names(build.cable("2009STRELSAU12", headed)) == (Name(("Sapt",)),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rudolf Rassendyll came.", "* came."),
        ("Rassendyll came; RASSENDYLL left.", "* came; * left."),
        ("The Rassendylls and Rassendyll's dog", "The * and *'s dog"),
        ("RASSENDYLLS DOG", "* DOG"),
        ("Mr. Rassendyll, R. Rassendyll; R. K. Rassendyll", "Mr. *, *; *"),
        ("RASSENDYLL, RUDOLF K", "*"),
        ("Rassendyll Rudolf came", "* came"),
        ("Rudolf Elphberg Rassendyll came", "* came"),
        ("Rassen-\ndyll, Rassen- dyll, Rassen\ndyll", "*, *, *"),
        ("Rasendyll, Rassendill, Rassendyl, Rassnedyll", "*, *, *, *"),
        ("DRAFTED BY MRRASSENDYLL", "DRAFTED BY *"),
        ("Rudolf said so, Rudolf Detchard did not", "* said so, Rudolf Detchard did not"),
        ("rassendyll@zenda.example, rassendyll_2.txt", "*@zenda.example, *_2.txt"),
        ("Rassendyllian policy, Rass, Sendyll", "Rassendyllian policy, Rass, Sendyll"),
        (f"{MASK} and Rassendyll", f"{MASK} and *"),
    ],
)
def test_spellings_of_one_name(text, expected):
    """Surname, both orders, initials, possessives, breaks, one letter wrong; not inside other words."""
    assert mask_text(text, (RASSENDYLL,)) == expected.replace("*", MASK)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("Sapt", "In Saptember Lord Sapt and Sapt's men; Sap", "In Saptember Lord * and *'s men; Sap"),
        ("Ménard", "Menard, MÉNARD, Me\u0301nard", "*, *, *"),
        ("Müller", "Mueller, MUELLER, Muller", "*, *, *"),
        ("Ahmad al-Sapt", "AL-SAPT; AL SAPT; ALSAPT; Sapt", "*; *; *; *"),
        ("Pat O'Brien", "OBRIEN; O BRIEN; O'Brien's; O’Brien", "*; *; *'s; *"),
        ("Juan Garcia Lopez", "Mr. Garcia; Lopez; Garcia-Lopez", "Mr. *; *; *"),
        ("Fritz von Tarlenheim", "VONTARLENHEIM; von Tarlenheim", "*; *"),
        (
            "Stephen King",
            "King Michael met Stephen King. The king left.",
            "King Michael met *. The king left.",
        ),
        ("Contact A", "A contact met Contact A.", "A contact met *."),
        ("Kim Jong-il", "KIM SAID; Jong Il", "* SAID; *"),
        ("Sapt", "We met Karl Sapt Jr. there", "We met *. there"),
    ],
)
def test_spellings_of_other_names(name, text, expected):
    """Diacritics, particles, double surnames; a word that is a title is no name by itself."""
    asked = Name(tuple(name.split()))
    assert mask_text(text, (asked,)) == expected.replace("*", MASK)


TOLD = "Rudolf RASSENDYLL"
EVERYWHERE = build.cable(
    "2009STRELSAU12",
    build.paragraph(
        f"We met {TOLD} (strictly protect). He left.",
        heading=f"Call on {TOLD}",
        parts=(
            Part("C", "report", "We met Rudolf", ((0, 9),)),
            Part("C", "comment", "RASSENDYLL (strictly protect). He left.", ((9, 20),)),
        ),
    ),
    subject=f"TALK WITH {TOLD}",
    aliases=("09STRELSAU12", "rassendyll.txt"),
    to=(Addressee(f"{TOLD} IN ZENDA"),),
    passing=(f"FOR {TOLD}",),
    authority=Authority(classified_by=TOLD, name=TOLD),
    tags_persons=("RASSENDYLL, RUDOLF",),
    tags_unknown=("RASSENDYLL",),
    references=(Reference("RASSENDYLL-SAPT LETTER", (3, 9), "letter", title=TOLD),),
    signature="RASSENDYLL",
    drafting=Drafting(drafted_by=Hand("POL:RKRASSENDYLL:MB", name="RKRASSENDYLL")),
    catalogue=Catalogue(title=TOLD, attributes={"Concepts": TOLD, "Subject": TOLD}),
    spans={"/subject": ((1, 2),)},
    defects=(Defect("page-line", f"at {TOLD}", (1, 2)),),
    redactions=(Redaction("excised", "XXX", (4, 7)),),
    copy=CopyNote("text", "rassendyll.txt", "sha"),
)


def test_a_name_is_masked_in_every_field():
    """In the record there is nothing left of it, nor of where things stand in the copy."""
    left = mask(EVERYWHERE, protected_names(EVERYWHERE))
    assert b"rassendyll" not in to_json(left).lower()
    assert b"rudolf" not in to_json(left).lower()
    assert (left.spans, left.defects, left.redactions, left.copy) == ({}, (), (), None)
    assert left.aliases == ("09STRELSAU12",)
    assert left.references[0].span == (0, 0)
    assert [each.spans for each in left.paragraphs] == [()]
    assert is_masked(left)
    assert not is_masked(EVERYWHERE)


def test_a_paragraph_still_holds_the_texts_of_its_parts():
    """A name that runs from one part into the next is masked once, in the first."""
    (paragraph,) = mask(EVERYWHERE, (RASSENDYLL,)).paragraphs
    assert paragraph.text == f"We met {MASK} (strictly protect). He left."
    assert [part.text for part in paragraph.parts] == [f"We met {MASK}", " (strictly protect). He left."]


def test_masking_twice_masks_no_more():
    """What is masked asks for nothing more."""
    left = mask(EVERYWHERE, protected_names(EVERYWHERE))
    assert protected_names(left) == ()
    assert mask(left, (RASSENDYLL,)) is left


def test_a_cable_that_does_not_tell_the_name_is_as_it_was():
    """The very same, with its places."""
    cable = build.cable("2009STRELSAU12", "(C) Sapt came.")
    assert mask(cable, (RASSENDYLL,)) is cable
    assert mask(cable, ()) is cable


# Codes and names of telegrams and posts, and words of ours: no person is told by them.
NO_NAME = {
    *"Cable.id Cable.key Cable.aliases Cable.sent Cable.spans Cable.defects Cable.copy".split(),
    *"Cable.redactions Mrn.station Sender.station Reference.id Reference.post".split(),
    *"Reference.inferred Paragraph.anchor".split(),
}


def _filled(kind: Any, path: str = "") -> Any:
    """A record of a kind with the name in every string of it."""
    if kind is str:
        return TOLD
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        hints = get_type_hints(kind)
        return kind(**{field: _filled(hints[field], f"{kind.__name__}.{field}") for field in hints})
    options = get_args(kind)
    if str in options and type(None) in options:
        return TOLD
    if getattr(kind, "__origin__", None) is tuple:
        return () if options[0] in (int, tuple) or "Span" in str(kind) else (_filled(options[0], path),)
    if type(None) in options:
        return _filled(next(each for each in options if each is not type(None)), path)
    if "Mapping" in str(kind):
        return {} if "tuple" in str(kind) else {"Concepts": TOLD}
    if kind in (int, bool):
        return kind(1)
    return options[0] if options else kind


def test_no_string_of_the_record_is_forgotten():
    """Every field that may tell a person is masked, also one that is made tomorrow."""
    left = mask(_filled(Cable), (RASSENDYLL,))
    told = set(_told(left))
    assert told <= NO_NAME
    assert mask_text(TOLD, (RASSENDYLL,)) == MASK


def _told(record: Any) -> Any:
    for field in record.__struct_fields__:
        value = getattr(record, field)
        for each in value if isinstance(value, tuple) else [value]:
            if isinstance(each, msgspec.Struct):
                yield from _told(each)
            elif "rassendyll" in str(each).lower():
                yield f"{type(record).__name__}.{field}"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Colonel Sapt", ("Sapt",)),
        ("RASSENDYLL, Rudolf", ("Rudolf", "RASSENDYLL")),
        ("Fritz von Tarlenheim", ("Fritz", "von", "Tarlenheim")),
    ],
)
def test_names_that_an_owner_lists(written, expected):
    """As he writes them, without titles."""
    name = name_of(written)
    assert name is not None
    assert name.words == expected


@pytest.mark.parametrize("written", ["", "minister", "the", "12", "Foreign Minister"])
def test_no_names_to_list(written):
    """A common word would be masked everywhere."""
    assert name_of(written) is None


@pytest.mark.parametrize(
    "text", ["Rassendyll", "RASSEN-\nDYLL", "Rassendyl", "Rassndyll", "Rássendyll", "MRRASSENDYLL"]
)
def test_the_quick_look_never_overlooks(text):
    """What would be masked is seen by the look that decides whether to mask at all."""
    assert may_tell(f"We met {text} there.", (RASSENDYLL,))
    assert mask_text(text, (RASSENDYLL,)) == MASK
    assert not may_tell("We met Sapt there.", (RASSENDYLL,))


def test_listed_names_are_masked_where_they_are_told():
    """With those that the text marks itself, and without them."""
    cable = build.cable("2009STRELSAU12", "(C) Sapt (protect) met Rassendyll.")
    assert names_in(cable, listed=("Detchard",)) == (Name(("Sapt",)),)
    assert names_in(cable, listed=("Rassendyll",)) == (Name(("Sapt",)), Name(("Rassendyll",)))
    assert names_in(cable, marked=False, listed=("Rassendyll",)) == (Name(("Rassendyll",)),)
    assert names_in(replace(cable, paragraphs=()), listed=("Rassendyll",)) == ()
