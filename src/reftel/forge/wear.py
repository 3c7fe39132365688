"""What happens to telegrams beyond what the mirrors of the sample do: to those of every era.

As in `mirrored.py`, a damage takes a sheet and gives it back with what can still be read, or gives None.
"""

import re
from collections.abc import Iterator
from random import Random

from msgspec.structs import replace

from reftel.cable import Paragraph, Sender
from reftel.forge.sheet import Sheet, printed, reprinted

# -- header lines: the label is damaged, what it says is not ------------------------------------------


def _spelt(sheet: Sheet, label: str, spellings: tuple[str, ...], random: Random) -> Sheet | None:
    """A label in another spelling."""
    if f"\n{label} " not in sheet.text:
        return None
    return reprinted(sheet, sheet.text.replace(f"\n{label} ", f"\n{random.choice(spellings)} ", 1))


def subject_label(sheet: Sheet, random: Random) -> Sheet | None:
    """SUBJECT is spelt SUBJ or UBJECT."""
    return _spelt(sheet, "SUBJECT:", ("SUBJ:", "UBJECT:", "Subject:", "SUBJECT"), random)


def tags_label(sheet: Sheet, random: Random) -> Sheet | None:
    """TAGS is spelt TAG, TAS or TGAS, or has a semicolon."""
    return _spelt(sheet, "TAGS:", ("TAG:", "TAS:", "TGAS:", "TAGS;"), random)


def ref_label(sheet: Sheet, random: Random) -> Sheet | None:
    """REF is spelt REFS, REFTEL or Ref(s), or stands twice."""
    return _spelt(sheet, "REF:", ("REFS:", "REFS :", "REFTEL:", "Ref(s):", "REF: REF:", "REFERENCE:"), random)


def order_label(sheet: Sheet, random: Random) -> Sheet | None:
    """E.O. is spelt EO, E.0. or E.9."""
    return _spelt(sheet, "E.O.", ("EO", "E.0.", "E.9."), random)


def tags_glued(sheet: Sheet, random: Random) -> Sheet | None:
    """The blanks between the TAGS are lost: PRELPGOVKZ."""
    tags = sheet.cable.tags
    line = f"\nTAGS: {' '.join(tags)}\n"
    if len(tags) < 2 or sheet.cable.tags_unknown or line not in sheet.text:
        return None
    return reprinted(sheet, sheet.text.replace(line, f"\nTAGS: {''.join(tags)}\n", 1))


def zero_for_letter(sheet: Sheet, random: Random) -> Sheet | None:
    """In a reference a zero stands for the letter O: THORBERG, TH0RBERG."""
    cited = [one for one in sheet.cable.references if one.id and "O" in one.text]
    if not cited:
        return None
    one = random.choice(cited)
    found = one.text.replace("O", "0", 1)
    place = f"{one.letter}. {one.text}" if f"{one.letter}. {one.text}" in sheet.text else one.text
    text = sheet.text.replace(place, place.replace(one.text, found), 1)
    if text.count(found) != 1 or place in text:  # a header that stands twice is not damaged in one place
        return None
    references = tuple(replace(each, text=found) if each is one else each for each in sheet.cable.references)
    return reprinted(sheet, text, references=references)


def ref_letters(sheet: Sheet, random: Random) -> Sheet | None:
    """The letters of references have other signs around them: A), [A], a., A.), A:."""
    form = random.choice(("{0})", "[{0}]", "{0}.)", "{0}:", "{0} -"))
    text = sheet.text
    for one in sheet.cable.references:
        for before in (f"{one.letter}. {one.text}", f"({one.letter}) {one.text}"):
            text = text.replace(before, f"{form.format(one.letter)} {one.text}", 1)
    return reprinted(sheet, text) if text != sheet.text else None


def refs_in_a_row(sheet: Sheet, random: Random) -> Sheet | None:
    """All references stand on one line, semicolons between them."""
    cited = sheet.cable.references
    start = sheet.text.find("\nREF: ") + 1
    stop = sheet.text.find("\n\n", start)
    if not start or len(cited) < 2 or sheet.text.count("\n", start, stop) != len(cited) - 1:
        return None
    block = sheet.text[start:stop].replace("\n", "; ")
    return reprinted(sheet, sheet.text[:start] + block + sheet.text[stop:])


def split_word(sheet: Sheet, random: Random) -> Sheet | None:
    """A hard wrap in the classifier line splits a word: `1.4(b) a`, `nd (d)` (D12)."""
    start = sheet.text.find("\nClassified By: ")
    at = sheet.text.find(" and (", start, sheet.text.find("\n\n", start + 1)) if start >= 0 else -1
    if at < 0:
        return None
    return reprinted(sheet, f"{sheet.text[: at + 2]}\n{sheet.text[at + 2 :]}")


def sentence_case(sheet: Sheet, random: Random) -> Sheet | None:
    """The header block runs on one line, in small letters (D13)."""
    one = sheet.cable
    start = sheet.text.find("\nE.O. ") + 1
    stop = sheet.text.find("\n1. (")
    if not start or stop < start or "Classified By" in sheet.text[start:stop] or one.paragraphs[0].heading:
        return None
    block = " ".join(sheet.text[start:stop].split()).lower()
    for label in ("e.o.", "tags:", "subject:", "ref:"):
        block = block.replace(label, label.capitalize(), 1)
    references = tuple(replace(each, text=each.text.lower()) for each in one.references)
    return reprinted(
        sheet,
        f"{sheet.text[:start]}{block}\n{sheet.text[stop:]}",
        subject=one.subject.lower() if one.subject else None,
        references=references,
    )


def misspelt_sender(sheet: Sheet, random: Random) -> Sheet | None:
    """The FM line has AMEMDASSY."""
    name = sheet.cable.from_.name or ""
    if f"\nFM {name}\n" not in sheet.text or "AMEMBASSY" not in name:
        return None
    wrong = name.replace("AMEMBASSY", "AMEMDASSY")
    text = sheet.text.replace(f"\nFM {name}\n", f"\nFM {wrong}\n", 1)
    return reprinted(sheet, text, from_=replace(sheet.cable.from_, name=wrong))


# -- what is said twice disagrees ----------------------------------------------------------------------


def wrong_day(sheet: Sheet, random: Random) -> Sheet | None:
    """The DE line has another day of the year than the date-time group."""
    match = re.search(r"^DE \w+ #\S+ (\d{3})(?=\d{4}$)", sheet.text, re.MULTILINE)
    if match is None:
        return None
    day = int(match[1]) % 365 + 1
    text = f"{sheet.text[: match.start(1)]}{day:03d}{sheet.text[match.end(1) :]}"
    return reprinted(sheet, text, "date-disagrees")


def wrong_serial(sheet: Sheet, random: Random) -> Sheet | None:
    """The DE line has another serial than the classification line."""
    sent = sheet.cable.transmission
    if sent is None or sent.station_serial is None:
        return None
    other = f"{(int(sent.station_serial) + 1) % 10_000:04d}"
    text = sheet.text.replace(f"#{sent.station_serial}", f"#{other}", 1)
    return reprinted(sheet, text, "serial-disagrees", transmission=replace(sent, station_serial=other))


def wrong_security(sheet: Sheet, random: Random) -> Sheet | None:
    """The security line has another level than the classification line."""
    sent = sheet.cable.transmission
    if sent is None or sent.security is None or "CCCCC" not in sent.security:
        return None
    other = sent.security.replace("CCCCC", "SSSSS")
    text = sheet.text.replace(f"\n{sent.security}\n", f"\n{other}\n", 1)
    return reprinted(sheet, text, "security-disagrees", transmission=replace(sent, security=other))


def copy_count(sheet: Sheet, random: Random) -> Sheet | None:
    """The copies of the distribution lines do not add up to their total."""
    given = sheet.cable.distribution
    if given is None or given.total is None or f"/{given.total:03d} " not in sheet.text:
        return None
    text = sheet.text.replace(f"/{given.total:03d} ", f"/{given.total + 1:03d} ")
    return reprinted(sheet, text, "copy-count", distribution=replace(given, total=given.total + 1))


def wrong_minute(sheet: Sheet, random: Random) -> Sheet | None:
    """The page's date has the hour again for its minute, as pages of November 2010 do (D14)."""
    known = sheet.cable.catalogue
    made = known.created if known else None
    if known is None or made is None or sheet.cable.sent_basis != "dtg":
        return None
    other = f"{made[:14]}{int(made[11:13]) % 12 or 12:02d}{made[16:]}"
    text = sheet.text.replace(made.replace("T", " "), other.replace("T", " "), 1)
    return reprinted(sheet, text, catalogue=replace(known, created=other)) if text != sheet.text else None


def garbled_id(sheet: Sheet, random: Random) -> Sheet | None:
    """The page's identifier has a section marker, a handling word, a signal or its year twice in it."""
    known = sheet.cable.catalogue
    if known is None or not known.id:
        return None
    year, rest = known.id[:2], known.id[2:]
    form = random.choice(
        ("{0}SECTION02OF03{1}", "{0}EFTO{1}", "{0}{1}ZDK", "{0}{0}{1}", "{0}ECTION01OF02{1}")
    )
    other = form.format(year, rest)
    text = sheet.text.replace(f"\n{known.id}\n", f"\n{other}\n", 1)
    return reprinted(sheet, text, catalogue=replace(known, id=other)) if text != sheet.text else None


# -- words of the text -----------------------------------------------------------------------------------


def _reworded(sheet: Sheet, one: Paragraph, old: str, new: str) -> Sheet | None:
    """A word of a paragraph changed where it stands and in what is read."""
    if sheet.text.count(old) != 1 or one.text.count(old) != 1:
        return None
    parts = tuple(replace(part, text=part.text.replace(old, new)) for part in one.parts)
    other = replace(one, text=one.text.replace(old, new), parts=parts)
    rest = tuple(other if each is one else each for each in sheet.cable.paragraphs)
    return reprinted(sheet, sheet.text.replace(old, new), paragraphs=rest)


def _words(sheet: Sheet, pattern: str, random: Random) -> Iterator[tuple[Paragraph, str]]:
    for one in random.sample(sheet.cable.paragraphs, len(sheet.cable.paragraphs)):
        for word in re.findall(pattern, one.text):
            yield one, word


def mistyped(sheet: Sheet, random: Random) -> Sheet | None:
    """A star stands for a letter of a word; it is kept, since nobody can be sure of the letter (D17)."""
    for one, word in _words(sheet, r"(?<![\w-])[A-Za-z]{8,14}(?![\w-])", random):
        if after := _reworded(sheet, one, word, f"{word[:4]}*{word[5:]}"):
            return after
    return None


def name_struck(sheet: Sheet, random: Random) -> Sheet | None:
    """Twelve X stand for a name that was struck out before the copy was made (D15)."""
    for one, word in _words(sheet, r"(?<=[a-z,] )[A-Z][a-z]{5,14}(?![\w-])", random):
        if after := _reworded(sheet, one, word, "X" * 12):
            return after
    return None


# -- parts are lost or stand twice -------------------------------------------------------------------------


def half_a_cable(sheet: Sheet, random: Random) -> Sheet | None:
    """The copy ends before the last paragraph: no signature, no end mark."""
    *kept, last = sheet.cable.paragraphs
    at = sheet.text.rfind("\n" + printed(last)[0])
    if len(kept) < 3 or at < 0 or last.heading or sheet.cable.sections:
        return None
    text = sheet.text[:at].rstrip("\n") + "\n"
    if text.rstrip().endswith(tuple("0123456789Z")) or "PAGE " in text[-80:]:
        return None  # a page line stands right above
    return reprinted(sheet, text, "missing-signature", paragraphs=tuple(kept), signature=None)


def lost_end_mark(sheet: Sheet, random: Random) -> Sheet | None:
    """The NNN below the last page is gone."""
    before, found, _ = sheet.text.rpartition("NNN")
    return reprinted(sheet, before.rstrip("\n") + "\n") if found else None


def other_end(sheet: Sheet, random: Random) -> Sheet | None:
    """The end mark has run into the next transmission, or is in words."""
    before, found, after = sheet.text.rpartition("\nNNN")
    end = random.choice(("NNNNMAFVVZCZ", "<< END OF DOCUMENT >>"))
    return reprinted(sheet, f"{before}\n{end}{after.lstrip('N')}") if found else None


def repeated_section(sheet: Sheet, random: Random) -> Sheet | None:
    """The last section has come twice."""
    sections = sheet.cable.sections
    if sections is None:
        return None
    banner = f"\n{sheet.cable.classification}\n\nPAGE 01"
    at = sheet.text.rfind(banner) + 1
    last = f"  {sections.of:02d} OF "
    if not at or last not in sheet.text[at : at + 120]:
        return None
    return reprinted(sheet, f"{sheet.text.rstrip(chr(10))}\n{sheet.text[at:]}", "repeated-section")


def sent_before(sheet: Sheet, random: Random) -> Sheet | None:
    """The first page line says POSS DUPE."""
    at = sheet.text.find("PAGE 01 ")
    end = sheet.text.find("\n", at)
    if at < 0:
        return None
    return reprinted(sheet, f"{sheet.text[:end]}   POSS DUPE{sheet.text[end:]}", "possible-duplicate")


# -- lines that do not belong there ------------------------------------------------------------------------


def two_digits(sheet: Sheet, random: Random) -> Sheet | None:
    """A number of two digits stands alone below the page line, as in 1974."""
    at = sheet.text.find("\nACTION ")
    return (
        reprinted(sheet, f"{sheet.text[:at]}\n\n{random.randrange(10, 99)}{sheet.text[at:]}")
        if at > 0
        else None
    )


def banner_mistyped(sheet: Sheet, random: Random) -> Sheet | None:
    """A letter of the last banner is a star: CONFID*NTIAL."""
    banner = sheet.cable.classification or ""
    before, found, after = sheet.text.rpartition(f"\n{banner}\n")
    if not found or len(banner) < 8:
        return None
    return reprinted(sheet, f"{before}\n{banner[:6]}*{banner[7:]}\n{after}")


def old_foot(sheet: Sheet, random: Random) -> Sheet | None:
    """The restrictions of the day of the print stand below the text."""
    before, found, after = sheet.text.rpartition(f"\n\n\n{sheet.cable.classification}\n")
    foot = "*** Current Handling Restrictions *** n/a\n*** Current Classification ***"
    if not found or "\nPAGE " in after:  # the last banner is another one
        return None
    return reprinted(sheet, f"{before}\n\n\n{foot} {sheet.cable.classification}\n{found.lstrip()}{after}")


def date_first(sheet: Sheet, random: Random) -> Sheet | None:
    """The copy begins with its date in words (D16)."""
    return reprinted(sheet, f"Monday, 15 June 2009, 13:08\n\n{sheet.text.lstrip(chr(10))}")


def note_first(sheet: Sheet, random: Random) -> Sheet | None:
    """A note of whoever made the copy stands above it (D16)."""
    return reprinted(sheet, f"Note - PII information removed\n\n{sheet.text.lstrip(chr(10))}")


def page_foot(sheet: Sheet, random: Random) -> Sheet | None:
    """`Page 2 of 3` stands inside a sentence."""
    for one in random.sample(sheet.cable.paragraphs, len(sheet.cable.paragraphs)):
        at = sheet.text.find("\n" + "\n".join(printed(one)) + "\n") + 1
        stop = sheet.text.find("\n", at)
        if at and sheet.text[stop - 1].isalpha() and sheet.text[stop + 1 : stop + 2].islower():
            return reprinted(sheet, f"{sheet.text[:stop]}\nPage 2 of 3{sheet.text[stop:]}")
    return None


def lost_label(sheet: Sheet, random: Random) -> Sheet | None:
    """The line of one label of the form is gone."""
    label, field, codes = random.choice(
        (
            ("Pass Line:", {"passing": ()}, ()),
            ("Captions:", {"captions": ()}, ()),
            ("Signature:", {"signature": None}, ("missing-signature",)),
            ("TAGS:", {"tags": ()}, ("missing-tags",)),
            ("Date/DTG:", {"sent": None, "sent_basis": None}, ()),
            ("From:", {"from_": Sender(None, sheet.cable.from_.station)}, ()),
        )
    )
    after, lines = re.subn(rf"^{label} .*\n", "", sheet.text, flags=re.MULTILINE)
    return reprinted(sheet, after, *codes, **field) if lines == 1 else None


def lost_source_note(sheet: Sheet, random: Random) -> Sheet | None:
    """The editors' source note is gone, and with it level, precedence and captions."""
    at = sheet.text.find("\nSource: ")
    gone: dict[str, object] = {"classification": None, "precedence": (), "captions": (), "handling": ()}
    return reprinted(sheet, sheet.text[: at + 1], "missing-classification", **gone) if at > 0 else None


def lost_date_line(sheet: Sheet, random: Random) -> Sheet | None:
    """The line of place and date is gone, and with it which post an embassy's telegram came from."""
    head, _, rest = sheet.text.partition("\n\n")
    fields: dict[str, object] = {"sent": None, "sent_basis": None}
    if sheet.cable.mrn.station != "STATE":
        fields["mrn"] = replace(sheet.cable.mrn, station=None)
        fields["from_"] = replace(sheet.cable.from_, station=None)
    return reprinted(sheet, f"{head}\n\n{rest.partition(chr(10) * 2)[2]}", **fields)


def closed_up(sheet: Sheet, random: Random) -> Sheet | None:
    """The blank lines between head, date line and text are gone."""
    parts = sheet.text.split("\n\n", 2)
    return reprinted(sheet, "\n".join(parts)) if len(parts) > 2 else None


# -- signs ---------------------------------------------------------------------------------------------------


def carriage_returns(sheet: Sheet, random: Random) -> Sheet | None:
    """Lines end in CR LF."""
    return reprinted(sheet, sheet.text.replace("\n", "\r\n"))


def hard_blanks(sheet: Sheet, random: Random) -> Sheet | None:
    """The blank behind a full stop is one that does not break."""
    text = re.sub(r"(?<=[a-zA-Z]{3}\.) (?=\S)", "\xa0", sheet.text)
    return reprinted(sheet, text) if text != sheet.text else None


def form_feeds(sheet: Sheet, random: Random) -> Sheet | None:
    """A form feed stands before some lines of the text (D17)."""
    start, stop = _text(sheet)
    lines = sheet.text[start:stop].split("\n")
    for at in range(25, len(lines), 40):
        lines[at] = f"\f{lines[at]}"
    if len(lines) < 26:
        return None
    return reprinted(sheet, sheet.text[:start] + "\n".join(lines) + sheet.text[stop:])


def _text(sheet: Sheet) -> tuple[int, int]:
    """From paragraph 1 to the end, or to the attributes of the archive; nothing where none is numbered."""
    number = re.search(r"^1\. ", sheet.text, re.MULTILINE)
    stop = sheet.text.find("\nMessage Attributes")
    stop = stop if stop >= 0 else len(sheet.text)
    return (number.start(), stop) if number else (stop, stop)


def entities(sheet: Sheet, random: Random) -> Sheet | None:
    """Line ends are written `&#x000A;` (D17)."""
    return reprinted(sheet, sheet.text.replace("\n", "&#x000A;"), "html-entities")


def backslashes(sheet: Sheet, random: Random) -> Sheet | None:
    """Each line of the text ends in a backslash."""
    start, stop = _text(sheet)
    body = re.sub(r"(?<=\S)$", r"\\", sheet.text[start:stop], flags=re.MULTILINE)
    text = sheet.text[:start] + body + sheet.text[stop:]
    return reprinted(sheet, text, "trailing-backslashes") if start < stop else None
