"""From a telegram as sent to the copy that has come down: printed, damaged, packed, and its truth settled."""

import hashlib
import re
from collections.abc import Callable, Collection, Container, Iterable
from random import Random

import msgspec

from reftel.cable import FIRM_BASES, Cable, Defect, Mrn, MrnBasis, Reference
from reftel.defects import CODES
from reftel.forge.damages import KINDS, chosen
from reftel.forge.drafting import reference
from reftel.forge.packagings import PACKAGINGS, Packaging
from reftel.forge.sheet import Sheet
from reftel.mrn import short
from reftel.telegram.acp127 import write

Pack = Callable[[Sheet, Cable], Sheet]
"""Puts its packaging around a damaged sheet; the cable is as it was sent."""


class Forged(msgspec.Struct, frozen=True):
    """A file with one invented cable, and the truth of it: what a perfect reader reads."""

    name: str  # of the file: 05STRELSAU253.txt
    text: bytes
    cable: Cable
    damages: tuple[str, ...]  # those that were done
    packaging: str


def press(sent: Cable, packaging: str, damages: Iterable[str], random: Random, name: str) -> Forged:
    """The copy of a cable, packed and damaged as asked; a damage that finds nothing to damage is left out."""
    wrapper = PACKAGINGS[packaging]
    kept = wrapper.kept(sent)
    codes = ("page-line",) if kept.sections else ()
    sheet = wrapper.lay(Sheet(write(kept), kept, codes))
    wanted = set(damages)
    done: list[str] = []
    for when in ("before", "after"):
        for each, kind in KINDS.items():
            if each in wanted and kind.when == when and (after := kind.damage(sheet, random)):
                sheet = after
                done.append(each)
        if when == "before":
            sheet = wrapper.pack(sheet, sent, random)
    if "cut-title" in sheet.defects:
        done.append("cut-title")
    if sheet.cable.sections:
        done.append("page-break")
    text = sheet.text.encode()
    return Forged(name, text, _settled(sheet, wrapper, sent, text, name), tuple(done), packaging)


def worn(
    era: str,
    sheet: Sheet,
    packaging: str,
    pack: Pack | None,
    random: Random,
    name: str,
    asked: Collection[str] | None = None,
    without: Container[str] = (),
) -> Forged:
    """A copy of another era, packed and damaged as asked, else as the dice say; its truth is the sheet's."""
    sent, done = sheet.cable, list[str]()
    asked = chosen(era, random, without) if asked is None else [one for one in asked if one not in without]
    for when in ("before", "after"):
        for each, kind in KINDS.items():
            if each in asked and kind.when == when and (after := kind.damage(sheet, random)):
                sheet = after
                done.append(each)
        if when == "before" and pack:
            sheet = pack(sheet, sent)
    text = sheet.text.encode()
    cable = sheet.cable
    settled = msgspec.structs.replace(
        cable,
        id=cable.mrn.id,
        key=cable.mrn.id or f"x{hashlib.sha256(text).hexdigest()[:12]}",
        defects=tuple(Defect(code, CODES[code]) for code in sheet.defects),
    )
    return Forged(name, text, settled, tuple(done), packaging)


def _settled(sheet: Sheet, wrapper: Packaging, sent: Cable, text: bytes, name: str) -> Cable:
    """The cable with its number, key and references as far as this copy tells its year."""
    cable, catalogue = sheet.cable, sheet.cable.catalogue
    year, basis = _year(cable, wrapper, sent, name)
    mrn = Mrn(year, sent.mrn.station, sent.mrn.serial, basis)
    firm = basis in FIRM_BASES
    codes = (*sheet.defects, "year-inferred") if year and not firm else sheet.defects
    spelling = short(mrn)
    return msgspec.structs.replace(
        cable,
        id=mrn.id,
        key=mrn.id if mrn.id and firm else f"x{hashlib.sha256(text).hexdigest()[:12]}",
        aliases=tuple(dict.fromkeys(one for one in (catalogue.id if catalogue else None, spelling) if one)),
        mrn=mrn,
        references=tuple(_cited(one, mrn, cable.sent) for one in cable.references),
        defects=tuple(Defect(code, CODES[code]) for code in codes),
    )


def _cited(one: Reference, mrn: Mrn, sent: str | None) -> Reference:
    """The entry as this copy's number and date let it be understood; its words stay as they are printed."""
    words = re.sub(r"(?<=[A-Z])0|0(?=[A-Z])", "O", one.text.upper())  # TH0RBERG
    letter = f"{one.letter}. " if one.letter else ""
    meant = reference(letter + words + "".join(f" ({word})" for word in one.captions), mrn, sent)
    return msgspec.structs.replace(meant, text=one.text)


def _year(cable: Cable, wrapper: Packaging, sent: Cable, name: str) -> tuple[int | None, MrnBasis | None]:
    """The year that the copy tells, and whence."""
    if cable.catalogue:
        return sent.mrn.year, "catalogue"
    if wrapper.whole:
        return sent.mrn.year, "dtg"
    if name.partition(".")[0] == short(sent.mrn):
        return sent.mrn.year, "filename"
    if cable.authority and cable.authority.declassify_on:
        return int(cable.authority.declassify_on[:4]) - 10, "declassify_on"
    return None, None
