"""What a cable is: frozen records, JSON in and out.

The shapes here are the project's public contract (docs/record.md). A record says what the text says and
where; what we infer stands in a field of its own, with its basis.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

# Records are frozen and hold no cycles, so none is tracked by the garbage collector (gc=False): that saves a
# tenth of the time of reading.

Span = tuple[int, int]
"""Half-open range of code points in a copy's decoded text."""

Era = Literal["sas", "acp127", "smart", "printed", "plain"]
MrnBasis = Literal["stated", "catalogue", "dtg", "filename", "declassify_on", "context"]
SentBasis = Literal["dtg", "catalogue", "text"]
Status = Literal["released", "leaked", "internal", "unknown"]
ReleaseBasis = Literal["stamp", "attributes", "collection", "decision"]
Voice = Literal["summary", "report", "comment", "action", "note", "quoted", "admin"]
ReferenceKind = Literal[
    "telegram", "airgram", "telcon", "email", "letter", "memo", "document", "septel", "other"
]
RedactionKind = Literal["x-run", "not-declassified", "excised"]

FIRM_BASES: frozenset[str | None] = frozenset({"stated", "catalogue", "dtg"})
"""Whence a year may come for an `id` to be a cable's permanent address."""


class Mrn(msgspec.Struct, frozen=True, gc=False):
    """The message reference number: station, year and serial, as far as the text tells."""

    year: int | None = None
    station: str | None = None
    serial: int | None = None
    basis: MrnBasis | None = None  # whence the year came

    @property
    def id(self) -> str | None:
        """`2009ASTANA253`, or None where a part is not known."""
        if self.year is None or self.station is None or self.serial is None:
            return None
        return f"{self.year}{self.station}{self.serial}"


class Sections(msgspec.Struct, frozen=True, gc=False):
    """Which sections of a message sent in several this copy holds."""

    present: tuple[int, ...]
    of: int


class Transmission(msgspec.Struct, frozen=True, gc=False):
    """The relay's own lines, format lines 1 to 4 of ACP-127."""

    id: str | None = None  # VZCZCXRO9782
    routing: tuple[str, ...] = ()  # indicators to deliver to: RUEHBI ...
    originator: str | None = None  # RUEHTA
    station_serial: str | None = None  # 0253: the serial modulo 10000, as printed
    security: str | None = None  # ZNY CCCCC ZZH


class Sender(msgspec.Struct, frozen=True, gc=False):
    """Who sent it: the FM line, and the station of the message reference number."""

    name: str | None = None  # AMEMBASSY ASTANA; None where no FM line stands
    station: str | None = None


class Addressee(msgspec.Struct, frozen=True, gc=False):
    """One addressee of a TO or INFO line."""

    name: str
    routing: str | None = None
    precedence: str | None = None
    number: str | None = None  # the addressee's continuity number, as printed
    except_: tuple[str, ...] = msgspec.field(default=(), name="except")  # posts exempted by XMT


class Release(msgspec.Struct, frozen=True, gc=False):
    """What has been decided since the cable was sent; never what was marked then."""

    status: Status = "unknown"
    current: str | None = None  # today's level
    authority: str | None = None
    date: str | None = None
    basis: ReleaseBasis | None = None


class Authority(msgspec.Struct, frozen=True, gc=False):
    """The executive order line and the classifier line."""

    order: str | None = None  # the number alone: 12958
    declassify_on: str | None = None  # ISO date
    declassify_event: str | None = None
    exemptions: tuple[str, ...] = ()  # X1, 25X6, OADR; the 2 of XGDS-2
    classified_by: str | None = None  # as written: Ambassador Richard E. Hoagland
    name: str | None = None
    title: str | None = None
    reasons: tuple[str, ...] = ()  # 1.4(b)
    derived_from: str | None = None
    schedule: str | None = None  # GDS, XGDS, ADS, RDS, XDS, OADR, MR


class Office(msgspec.Struct, frozen=True, gc=False):
    """An office on the distribution lines, with how many copies it was given: `EB-03`."""

    code: str
    copies: int | None = None


class Distribution(msgspec.Struct, frozen=True, gc=False):
    """Who in Washington got it: the ACTION or ORIGIN line and the INFO lines of 1973-79."""

    direction: Literal["incoming", "outgoing"] | None = None  # ACTION is of incoming, ORIGIN of outgoing
    action: tuple[Office, ...] = ()
    info: tuple[Office, ...] = ()
    total: int | None = None  # as printed: /071


class Hand(msgspec.Struct, frozen=True, gc=False):
    """Somebody who drafted, approved or cleared a telegram: `ARA/AND - MRBARNEBEY (INFO)`."""

    text: str
    office: str | None = None
    name: str | None = None  # MRBARNEBEY, as on the line; without the typist behind a colon
    note: str | None = None  # INFO, SUBS, DRAFT


class Drafting(msgspec.Struct, frozen=True, gc=False):
    """The block above an outgoing telegram that says whose work it is."""

    drafted_by: Hand | None = None
    approved_by: Hand | None = None
    released_by: Hand | None = None
    cleared_by: tuple[Hand, ...] = ()
    desired_distribution: str | None = None


class Reference(msgspec.Struct, frozen=True, gc=False):
    """A document named in a cable's REF block."""

    text: str  # as written: BISHKEK 0123
    span: Span
    kind: ReferenceKind
    letter: str | None = None  # the A of "A. BISHKEK 0123"
    id: str | None = None  # of a telegram; None where the text does not tell
    inferred: tuple[str, ...] = ()  # ("year",): the line gave no year
    captions: tuple[str, ...] = ()  # NOTAL, EXDIS
    title: str | None = None
    previous: bool = False  # AND PREVIOUS: earlier telegrams of the chain are meant too
    sent: str | None = None  # the date or date-time group that the entry itself gives, as exact as given
    post: str | None = None  # of a telegram: who issued it, and its number; the id has the year besides
    serial: int | None = None


class Part(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A stretch of a paragraph with one marking and one voice.

    One that is `withheld` from this reader has nothing but its marking.
    """

    marking: str | None
    voice: Voice
    text: str
    spans: tuple[Span, ...]
    withheld: bool = False


class Paragraph(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One numbered paragraph. Its spans begin at its number; its text does not.

    One that is `withheld` from this reader has nothing but its number, anchor and marking.
    """

    number: int | None
    anchor: str  # unique in the cable: 7, 7.a, 7bis, enc1.7; 0 for text before the first number
    marking: str | None
    heading: str | None  # the heading line above it
    voice: Voice
    text: str
    spans: tuple[Span, ...]
    parts: tuple[Part, ...]
    withheld: bool = False
    heading_withheld: bool = False  # there is one, and it is not for this reader
    heading_marking: str | None = None  # of a heading that is withheld


class Defect(msgspec.Struct, frozen=True, gc=False):
    """Something we had to work around while reading (docs/defects.md)."""

    code: str
    message: str
    span: Span | None = None


class Redaction(msgspec.Struct, frozen=True, gc=False):
    """Words that somebody took out before this copy was made, and what stands in their place."""

    kind: RedactionKind
    text: str  # as written: XXXXXXXXXXXX, [2 lines not declassified]
    span: Span
    anchor: str | None = None  # of the paragraph it stands in; None outside the paragraphs


class CopyNote(msgspec.Struct, frozen=True, gc=False):
    """Which copy a record was read from."""

    source: str
    locator: str
    sha256: str
    text_by: str | None = None  # name and version of what took the text out of HTML or PDF


_COPIES = {
    "aad": "NARA copy",
    "frus": "FRUS print",
    "mirror-text": "mirror copy",
    "mirror-markdown": "mirror copy",
}


def copy_name(source: str) -> str:
    """What a copy of a source is called: `NARA copy`, `FRUS print`, `mirror copy`; else `copy`."""
    return _COPIES.get(source, "copy")


SUBJECT_ATTRIBUTE = "Subject"
"""The attribute that tells the subject."""


class Catalogue(msgspec.Struct, frozen=True, gc=False):
    """What the packaging says about the cable, in its own words."""

    id: str | None = None  # 09ASTANA253
    created: str | None = None  # 2009-02-12T05:16:00, as precise as printed
    classification: str | None = None
    origin: str | None = None
    title: str | None = None
    tags: tuple[str, ...] = ()
    from_: str | None = msgspec.field(default=None, name="from")
    to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    attributes: Mapping[str, str] = {}  # Message Attributes, keys as printed; empty ones left out

    def without_subject(self) -> "Catalogue":
        """The catalogue but for what tells the subject, which may have a mark of its own."""
        attributes = {key: value for key, value in self.attributes.items() if key != SUBJECT_ATTRIBUTE}
        return msgspec.structs.replace(self, title=None, attributes=attributes)


class Copy(msgspec.Struct, frozen=True, gc=False):
    """What one source holds of one cable: the bytes, their text, and the packaging's own fields."""

    raw: bytes
    text: str
    source: str
    locator: str
    sha256: str
    body: Span  # where in the text the telegram itself stands
    catalogue: Catalogue | None = None
    extract: bool = False
    text_by: str | None = None
    document: str | None = None  # the source's own document name: frus1958-60v08/d113
    defects: tuple[Defect, ...] = ()  # met while unpacking
    release: Release = Release()  # what the packaging says of a decision to release it
    stamps: tuple[Span, ...] = ()  # the packaging's own lines inside the body


class Cable(msgspec.Struct, frozen=True, gc=False):
    """One telegram as read from one copy."""

    id: str | None
    key: str
    aliases: tuple[str, ...]
    mrn: Mrn
    era: Era
    extract: bool
    sections: Sections | None
    sent: str | None
    sent_basis: SentBasis | None
    precedence: tuple[str, ...]
    transmission: Transmission | None
    from_: Sender = msgspec.field(name="from")
    to: tuple[Addressee, ...] = ()
    info: tuple[Addressee, ...] = ()
    classification: str | None = None
    handling: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    passing: tuple[str, ...] = ()
    release: Release = Release()
    authority: Authority | None = None
    tags: tuple[str, ...] = ()
    tags_unknown: tuple[str, ...] = ()
    subject: str | None = None
    subject_marking: str | None = None
    references: tuple[Reference, ...] = ()
    paragraphs: tuple[Paragraph, ...] = ()
    signature: str | None = None
    catalogue: Catalogue | None = None
    spans: Mapping[str, tuple[Span, ...]] = {}
    defects: tuple[Defect, ...] = ()
    copy: CopyNote | None = None
    operating_signals: tuple[str, ...] = ()  # of the DTG line: ZFF4, ZDK
    distribution: Distribution | None = None
    drafting: Drafting | None = None
    tags_persons: tuple[str, ...] = ()  # VANCE, CYRUS
    redactions: tuple[Redaction, ...] = ()
    place: str | None = None  # where a printed text says it was sent from: Baghdad
    subject_withheld: Literal[True] | UnsetType = UNSET  # there is one, and it is not for this reader


_to_json = msgspec.json.Encoder()
_from_json = msgspec.json.Decoder(Cable)


def to_json(cable: Cable) -> bytes:
    """One line of JSON, in the shape of docs/record.md."""
    return _to_json.encode(cable)


def from_json(line: bytes | str) -> Cable:
    """The inverse of `to_json`. Raises msgspec.ValidationError where a field has the wrong shape."""
    return _from_json.decode(line)


def date_of(cable: Cable) -> str | None:
    """When a cable was sent, as exact as known: the year of its number where nothing better tells."""
    if cable.sent is not None:
        return cable.sent
    return str(cable.mrn.year) if cable.mrn.year and cable.mrn.basis in FIRM_BASES else None


def is_lost(cable: Cable) -> bool:
    """Whether the catalogue says that the text was lost when the archive was converted.

    `TEXT ON MICROFILM, ADS TEXT NOT CONVERTED`, `ADS TEXT UNRETRIEVABLE`: handbook 06 section 2.
    """
    locator = cable.catalogue.attributes.get("Locator", "") if cable.catalogue else ""
    return "NOT CONVERTED" in locator or "UNRETRIEVABLE" in locator


def post_of(cable: Cable) -> str | None:
    """The post that sent a cable."""
    return cable.from_.station or cable.mrn.station
