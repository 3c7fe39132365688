"""What comes in: a copy and its record made ready for the store, and whether it is a telegram we hold."""

from collections import Counter
from itertools import pairwise

import msgspec
from msgspec.structs import replace

from reftel.archive.entries import Entry, entry
from reftel.archive.portions import Cut, compress, cut
from reftel.cable import FIRM_BASES, Cable, Copy, Status
from reftel.clearance import governing
from reftel.protection import Name, mask, mask_text, names_in
from reftel.release import Decision, applied


class Accession(msgspec.Struct, frozen=True):
    """A copy and the record read from it, made ready in the process that read them."""

    sha256: str
    raw: bytes  # zstd
    source: str
    locator: str
    text_by: str | None
    document: str | None  # the source's own name for it
    id: str | None
    firm: bool  # whether the id is certain enough to be an address
    year: int | None
    station: str | None
    serial: int | None
    sent: str | None
    status: Status
    cut: Cut
    entry: Entry
    names: tuple[Name, ...] = ()  # that are masked in it
    nameless: bool = False  # the document's name tells a name to be protected: it may be no key either

    @property
    def name(self) -> str | None:
        """What the cable is to be called by: its number where that is firm, else its document's name."""
        return self.id if self.firm else self.document


class Rules(msgspec.Struct, frozen=True):
    """What holds for all copies that come in together."""

    status: Status = "unknown"  # of their collection
    protect: bool = True  # names that a text marks as to be protected are masked
    listed: tuple[str, ...] = ()  # names that are masked in every cable
    decisions: tuple[Decision, ...] = ()  # of the archive's owner; about one copy that is read again


_NO_RULES = Rules()


def accession(copy: Copy, cable: Cable, rules: Rules = _NO_RULES) -> Accession:
    """What the store needs of a copy and its record, as the archive's rules leave it."""
    cable = applied(with_status(cable, rules.status), rules.decisions)
    names = names_in(cable, marked=rules.protect, listed=rules.listed)
    masked = mask(cable, names)
    document, whole = copy.document, masked is cable
    nameless = document is not None and not whole and mask_text(document, names) != document
    cable = masked
    number, each = cable.mrn, governing(cable)
    return Accession(
        copy.sha256,
        compress(copy.raw),
        copy.source,
        copy.locator,
        copy.text_by,
        None if nameless else document,
        cable.id,
        cable.id is not None and number.basis in FIRM_BASES,
        number.year,
        number.station or cable.from_.station,
        number.serial,
        cable.sent,
        cable.release.status,
        cut(cable, each, whole=whole),
        entry(cable, each),
        () if whole else names,
        nameless,
    )


def with_status(cable: Cable, status: Status) -> Cable:
    """The cable with its collection's status, where the copy itself says nothing of release."""
    if status == "unknown" or cable.release.status != "unknown":
        return cable
    return replace(cable, release=replace(cable.release, status=status, basis="collection"))


def agree(one: Cable, other: Cable) -> bool:
    """Whether two copies of one number are of one telegram: by date-time group, or by text.

    Text agrees where half of the shorter one's pairs of neighbouring words stand in the other: single
    words would do for any two texts of very different length. Copies of different sections hold
    different text, which one record cannot hold: they stay apart.
    """
    if one.sections and other.sections and not {*one.sections.present} & {*other.sections.present}:
        return False
    if one.sent == other.sent and one.sent_basis == other.sent_basis == "dtg":
        return True
    pairs, others = _word_pairs(one), _word_pairs(other)
    fewer = min(pairs.total(), others.total())
    return fewer > 0 and 2 * (pairs & others).total() >= fewer


def _word_pairs(cable: Cable) -> Counter[tuple[str, str]]:
    words = " ".join(paragraph.text for paragraph in cable.paragraphs).lower().split()
    return Counter(pairwise(words))
