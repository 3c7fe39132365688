"""The printed form of SMART, the Department's system since about 2008 (handbook 01, section 4).

Labels at the head, the text in numbered paragraphs, and labels below it that say whose work it is. Which
words are labels stands in `tables/smart_labels.csv`; each is accepted, none is required.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec.structs import replace

from reftel import dtg
from reftel import tags as tagging
from reftel.cable import (
    Addressee,
    Authority,
    Cable,
    Copy,
    CopyNote,
    Defect,
    Drafting,
    Era,
    Hand,
    Mrn,
    Reference,
    Sender,
    SentBasis,
    Span,
)
from reftel.markings import is_banner, read_classification
from reftel.mrn import short
from reftel.stations import token
from reftel.tables import rows
from reftel.telegram.common import authority, body, dates, redactions, references
from reftel.telegram.common.even import even
from reftel.telegram.common.header import Line, lines
from reftel.telegram.common.lines import Noise, fragments, noise

ERA: Era = "smart"

FIELDS = {row["label"]: row["field"] for row in rows("smart_labels")}
"""Each label of the form, upper case, and the field that its value is."""

_LABEL = re.compile(r"(?P<label>[A-Z][A-Z./ ]{1,24}?) {0,3}:(?P<value> *)", re.IGNORECASE)
_FOOT = frozenset({"signature", "drafted_by", "cleared_by", "approved_by", "released_by"})
_OWN = re.compile(  # labels that no other form has
    r"^ *(?:MRN|DATE/DTG|CAPTIONS?|DRAFTED BY|CLEARED BY|APPROVED BY|RELEASED BY|ACTION|FROM) *:",
    re.MULTILINE | re.IGNORECASE,
)
_PAGE = re.compile(
    r"^[ ]*(?:Page \d{1,4} of \d{1,4}|SBU|SENSITIVE(?: BUT UNCLASSIFIED)?)[ \r]*$",
    re.MULTILINE | re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?:¶ ?)?\d{1,3}\. ?[(A-Z\"]")
_MRN = re.compile(
    r"(?P<year>\d{4}|\d\d) +(?P<station>[A-Z][A-Z .'&/-]{0,40}?) +#?(?P<serial>\d{1,7})\b", re.IGNORECASE
)
_GROUP = re.compile(r"\b\d{6}Z [A-Z]{3} (?:\d{4}|\d\d)\b", re.IGNORECASE)
_PIECE = re.compile(r"[^;\n]+")
_PRECEDENCE = re.compile(
    r"[ ,]+(?P<word>FLASH|NIACT IMMEDIATE|IMMEDIATE|PRIORITY|ROUTINE)\.?$", re.IGNORECASE
)
_NOTE = re.compile(r" *\((?P<note>[^()\n]{1,40})\)$")
_MARK = re.compile(r"\((?P<mark>(?:TS|S|C|U|SBU)(?://?[A-Z ]{1,20})?)\) *")
_HANDLING = {
    "SBU": "SENSITIVE",
    "SENSITIVE": "SENSITIVE",
    "SENSITIVE BUT UNCLASSIFIED": "SENSITIVE",
    "NOFORN": "NOFORN",
    "FOR OFFICIAL USE ONLY": "FOR OFFICIAL USE ONLY",
}
_HEAD = 4_000
_LONGEST_HEADER = 100_000


def recognises(copy: Copy) -> bool:
    """Whether three labels stand at the head that only this form has together."""
    start, end = copy.body
    end = min(end, start + _HEAD)
    if copy.text.find("MRN", start, end) < 0 and copy.text.find("DTG:", start, end) < 0:
        return False  # nearly all; much quicker to see
    found = {match.group().strip(" :").upper() for match in _OWN.finditer(even(copy.text[start:end]))}
    return len(found) > 2


class _Form:
    """The values of the labels, each with its lines' places."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.values: dict[str, list[Span]] = {}
        self.spans: dict[str, tuple[Span, ...]] = {}
        self.defects: list[Defect] = []

    def words(self, field: str, pointer: str | None = None) -> str | None:
        """A field's words, its lines joined; None where it is empty. `pointer` is where its place is kept."""
        places = self.values.get(field, [])
        words = " ".join(" ".join(self.text[a:b].split()) for a, b in places)
        if words and pointer:
            self.spans[pointer] = tuple(places)
        return words or None

    def pieces(self, field: str) -> Iterator[Span]:
        """A field's values, where it has several: one a line, or set apart by semicolons."""
        for first, last in self.values.get(field, ()):
            for match in _PIECE.finditer(self.text, first, last):
                places = fragments(self.text, *match.span())
                yield from places


def read(copy: Copy) -> Cable:
    """The cable in a copy. What is damaged becomes a defect; nothing is raised."""
    text, (start, end) = even(copy.text), copy.body
    form = _Form(text)
    classification, handling, captions, head = _banner(form, start, end)
    text_at = _header(form, head, min(end, head + _LONGEST_HEADER), end)
    foot_at = _footer(form, text_at, end)
    mrn = _mrn(form)
    sent, basis, precedence = _sent(form, copy)
    to, info = _addressees(form, "to"), _addressees(form, "info")
    info = _exempt(form, info)
    handling, captions = _captions(form, handling, captions)
    found_authority = _authority(form)
    codes = _tags(form)
    subject, mark = _subject(form)
    passing = form.words("passing", "/passing/0")
    cited = _references(form, mrn, sent)
    found = sorted(
        [*noise(text, text_at, foot_at), *_pages(text, text_at, foot_at)], key=lambda one: one.span
    )
    written = body.read(text, text_at, foot_at, found, form.spans)
    signature = form.words("signature", "/signature") or written.signature
    drafting = _drafting(form)
    firm = mrn.id is not None
    return Cable(
        id=mrn.id,
        key=(mrn.id if firm else None) or copy.document or f"x{copy.sha256[:12]}",
        aliases=tuple(one for one in (short(mrn),) if one),
        mrn=mrn,
        era=ERA,
        extract=copy.extract,
        sections=None,
        sent=sent,
        sent_basis=basis,
        precedence=precedence or _precedence(to, info),
        transmission=None,
        from_=Sender(form.words("from", "/from/name"), mrn.station),
        to=to,
        info=info,
        classification=classification,
        handling=handling,
        captions=captions,
        passing=(passing,) if passing else (),
        authority=found_authority,
        tags=codes.known if codes else (),
        tags_unknown=codes.unknown if codes else (),
        subject=subject,
        subject_marking=mark,
        references=cited,
        paragraphs=written.paragraphs,
        signature=signature,
        catalogue=copy.catalogue,
        spans=form.spans,
        defects=(
            *copy.defects,
            *form.defects,
            *_missing(classification, codes, subject, written, signature),
            *written.defects,
        ),
        copy=CopyNote(copy.source, copy.locator, copy.sha256, copy.text_by),
        drafting=drafting,
        redactions=redactions.find(text, start, end, written.paragraphs),
    )


def _banner(form: _Form, start: int, end: int) -> tuple[str | None, tuple[str, ...], tuple[str, ...], int]:
    """The classification at the head of the page, handling words below it, and where the labels begin."""
    classification: str | None = None
    handling: tuple[str, ...] = ()
    at = start
    for line in lines(form.text, start, min(end, start + 1_000)):
        upper = line.text.upper().strip("()")
        if not line.text:
            continue
        if classification is None and is_banner(line.text) and (found := read_classification(line.text)):
            classification, handling = found.classification, found.handling
            form.spans["/classification"] = ((line.start, line.start + found.end),)
        elif upper in _HANDLING and _HANDLING[upper] not in handling:
            form.spans[f"/handling/{len(handling)}"] = ((line.start, line.end),)
            handling = (*handling, _HANDLING[upper])
        elif not is_banner(line.text) and not _PAGE.fullmatch(line.text):
            break
        at = line.end
    return classification, handling, (), at


def _label(line: Line) -> tuple[str, int] | None:
    """The field of the label that begins a line, and where its value begins."""
    match = _LABEL.match(line.text)
    field = FIELDS.get(" ".join(match["label"].upper().split())) if match else None
    return (field, line.start + match.end()) if match and field else None


def _header(form: _Form, start: int, stop: int, end: int) -> int:
    """Read labels and values from an offset; gives where the text begins."""
    block = lines(form.text, start, stop)
    field: str | None = None
    for line in block:
        labelled = _label(line)
        if labelled and labelled[0] not in _FOOT:
            field = labelled[0]
            values = form.values.setdefault(field, [])
            if labelled[1] < line.end:
                values.append((labelled[1], line.end))
        elif labelled:
            if field is None or "subject" not in form.values:
                field = labelled[0]  # whose work it is, printed above the text
                form.values.setdefault(field, []).append((labelled[1], line.end))
            else:
                return line.start
        elif not line.text:
            field = None if field is None or form.values.get(field) else field
        elif _NUMBERED.match(line.text) and field != "references":
            return line.start
        elif field is None and form.values:
            if is_banner(line.text) or _PAGE.fullmatch(line.text):
                continue
            return line.start
        elif field is None:
            continue
        else:
            form.values[field].append((line.start, line.end))
    return stop if stop < end else end


def _footer(form: _Form, start: int, end: int) -> int:
    """Read the labels below the text; gives where the text ends.

    They are the last run of such lines that no numbered paragraph interrupts.
    """
    block = [line for line in lines(form.text, start, end) if line.text]
    labelled = [(index, *found) for index, line in enumerate(block) if (found := _label(line))]
    strong = [index for index, field, _ in labelled if field in _FOOT]
    if not strong:
        return end
    first = strong[-1]
    for earlier, later in reversed(list(pairwise(strong))):
        if any(_NUMBERED.match(line.text) for line in block[earlier + 1 : later]):
            break
        first = earlier
    if any(_NUMBERED.match(line.text) for line in block[strong[-1] + 1 :]):
        return end  # what goes on with paragraphs is text
    values: list[Span] | None = None
    places = {index: (field, at) for index, field, at in labelled if index >= first}
    for index in range(first, len(block)):
        line = block[index]
        if index in places:
            field, at = places[index]
            values = form.values.setdefault(field, [])
            if at < line.end:
                values.append((at, line.end))
        elif values is not None and not is_banner(line.text) and not _PAGE.fullmatch(line.text):
            values.append((line.start, line.end))
        else:
            values = None
    return block[first].start


def _pages(text: str, start: int, end: int) -> Iterator[Noise]:
    for match in _PAGE.finditer(text, start, end):
        places = fragments(text, *match.span())
        yield from (Noise(place) for place in places)


def _mrn(form: _Form) -> Mrn:
    """`23 STRELSAU 2544`: two digits are of this century, since the form is (handbook 02, section 1.1)."""
    for first, last in form.values.get("mrn", ()):
        match = _MRN.search(form.text, first, last)
        if match:
            year = int(match["year"])
            form.spans["/mrn"] = (match.span(),)
            return Mrn(
                year if year > 99 else 2000 + year, token(match["station"]), int(match["serial"]), "stated"
            )
    return Mrn()


def _sent(form: _Form, copy: Copy) -> tuple[str | None, SentBasis | None, tuple[str, ...]]:
    """`Sep 15, 2023 / 152131Z SEP 23`: the group, else the date before it, else the catalogue's."""
    for first, last in form.values.get("dtg", ()):
        match = _GROUP.search(form.text, first, last)
        group = dtg.read(f"R {match.group()}") if match else None
        if match and group:
            form.spans["/sent"] = (match.span(),)
            return group.sent, "dtg", ()
        day = dates.written(form.text, first, last)
        if day:
            form.spans["/sent"] = (day[1],)
            return day[0], "text", ()
    if copy.catalogue and copy.catalogue.created:
        return copy.catalogue.created[:16], "catalogue", ()
    return None, None, ()


def _addressees(form: _Form, field: str) -> tuple[Addressee, ...]:
    """`WASHDC, SECSTATE ROUTINE`: a name, and the precedence behind it."""
    found: list[Addressee] = []
    for first, last in form.pieces(field):
        words = form.text[first:last]
        match = _PRECEDENCE.search(words)
        name = words[: match.start()] if match else words
        if not name:
            continue
        form.spans[f"/{field}/{len(found)}/name"] = ((first, first + len(name)),)
        found.append(Addressee(" ".join(name.split()), None, match["word"].upper() if match else None))
    return tuple(found)


def _exempt(form: _Form, info: tuple[Addressee, ...]) -> tuple[Addressee, ...]:
    """Posts that XMT exempts from a collective: given to it where there is one, and no doubt which."""
    posts = form.words("except")
    collectives = [index for index, one in enumerate(info) if "COLLECTIVE" in one.name.upper()]
    if not posts or len(collectives) != 1:
        return info
    exempt = tuple(post.strip() for post in re.split(r"[;,]", posts) if post.strip())
    at = collectives[0]
    return (*info[:at], replace(info[at], except_=exempt), *info[at + 1 :])


def _precedence(to: Sequence[Addressee], info: Sequence[Addressee]) -> tuple[str, ...]:
    """The highest of the action addressees, and of the info addressees where it is another."""
    order = ("FLASH", "NIACT IMMEDIATE", "IMMEDIATE", "PRIORITY", "ROUTINE")
    highest = [
        min((one.precedence for one in group if one.precedence), key=order.index, default=None)
        for group in (to, info)
    ]
    return tuple(dict.fromkeys(word for word in highest if word))


def _captions(
    form: _Form, handling: tuple[str, ...], captions: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The Captions line: captions, and handling words among them."""
    for first, last in form.pieces("captions"):
        at = first
        for word in re.split(r"[,/]", form.text[first:last]):
            bare = " ".join(word.upper().split())
            place = fragments(form.text, at, at + len(word))
            at += len(word) + 1
            meant = _HANDLING.get(bare)
            if meant and meant not in handling:
                form.spans[f"/handling/{len(handling)}"] = place
                handling = (*handling, meant)
            elif bare and not meant and bare not in captions and bare not in ("NONE", "N/A"):
                form.spans[f"/captions/{len(captions)}"] = place
                captions = (*captions, bare)
    return handling, captions


def _authority(form: _Form) -> Authority | None:
    """The E.O. line, and classifier, reasons and date where they have labels of their own."""
    found = Authority()
    eo = form.values.get("eo", [])
    if eo:
        line = f"E.O. {form.text[eo[0][0] : eo[0][1]]}"
        reading = authority.read_line(line)
        found = reading.authority
        _place(form, reading, eo[0][0] - 5)
        if reading.no_date:
            first, last = reading.no_date
            place = (eo[0][0] - 5 + first, eo[0][0] - 5 + last)
            message = f"{line[first:last]} on the E.O. line is no date of the calendar"
            form.defects.append(Defect("unreadable-date", message, place))
    until = form.words("declassify_on", "/authority/declassify_on")
    if until:
        day = dtg.read_date(until)
        found = replace(found, declassify_on=day, declassify_event=None if day else until)
    who = form.values.get("classifier", [])
    if who:
        label = "Classified By: "
        reading = authority.read_classifier(label + form.text[who[0][0] : who[-1][1]])
        _place(form, reading, who[0][0] - len(label))
        said = reading.authority
        found = replace(
            found, classified_by=said.classified_by, name=said.name, title=said.title, reasons=said.reasons
        )
    reasons = form.words("reasons", "/authority/reasons")
    if reasons:
        said = authority.read_classifier(f"Classified By: X, reasons {reasons}").authority
        found = replace(found, reasons=said.reasons)
    derived = form.words("derived_from", "/authority/derived_from")
    if derived:
        found = replace(found, derived_from=derived.strip(" ."))
    return found if found != Authority() or eo else None


def _place(form: _Form, reading: authority.Reading, offset: int) -> None:
    for field, places in reading.places:
        form.spans[f"/authority/{field}"] = tuple((first + offset, last + offset) for first, last in places)


def _tags(form: _Form) -> tagging.TagLine | None:
    words = form.words("tags", "/tags")
    if words is None:
        return None
    found = tagging.read(words)
    for word in found.unknown:
        form.defects.append(Defect("unknown-tag", f"{word} on the TAGS line is no TAGS of any era"))
    return found


def _subject(form: _Form) -> tuple[str | None, str | None]:
    places = form.values.get("subject", [])
    if not places:
        return None, None
    mark = _MARK.match(form.text, *places[0])
    if mark:
        places[0] = (mark.end(), places[0][1])
        if places[0][0] >= places[0][1]:
            del places[0]
    return form.words("subject", "/subject"), mark["mark"].upper() if mark else None


def _references(form: _Form, mrn: Mrn, sent: str | None) -> tuple[Reference, ...]:
    places = form.values.get("references", [])
    if not places:
        return ()
    return references.read(form.text, places[0][0], places[-1][1], mrn, sent)


def _drafting(form: _Form) -> Drafting | None:
    """Who drafted, cleared, approved and released it."""
    hands = {
        field: _hands(form, field) for field in ("drafted_by", "approved_by", "released_by", "cleared_by")
    }
    if not any(hands.values()):
        return None
    first = {field: found[0] if found else None for field, found in hands.items()}
    return Drafting(
        first["drafted_by"], first["approved_by"], first["released_by"], hands["cleared_by"], None
    )


def _hands(form: _Form, field: str) -> tuple[Hand, ...]:
    """`STRELSAU_POL: Tarlenheim, Fritz (INFO)`: office, name and note, as far as they are set apart."""
    found: list[Hand] = []
    for first, last in form.pieces(field):
        words = form.text[first:last]
        note = _NOTE.search(words)
        who = words[: note.start()] if note else words
        office, colon, name = who.partition(":")
        pointer = f"/drafting/{field}/{len(found)}" if field == "cleared_by" else f"/drafting/{field}"
        form.spans.setdefault(pointer, ((first, last),))
        found.append(
            Hand(
                " ".join(words.split()),
                office.strip() or None if colon else None,
                (name if colon else who).strip() or None,
                note["note"].strip() if note else None,
            )
        )
    return tuple(found)


def _missing(
    classification: str | None,
    codes: tagging.TagLine | None,
    subject: str | None,
    written: body.Body,
    signature: str | None,
) -> Iterator[Defect]:
    """What every telegram has and this copy has not."""
    if classification is None:
        yield Defect("missing-classification", "no classification stands at the head of the page")
    if subject is None:
        yield Defect("missing-subject", "no Subject line")
    if codes is None:
        yield Defect("missing-tags", "no TAGS line")
    if not written.paragraphs:
        yield Defect("missing-text", "a header stands alone; no text of the cable is in this copy")
    elif signature is None:
        yield Defect("missing-signature", "no signature below the last paragraph")
