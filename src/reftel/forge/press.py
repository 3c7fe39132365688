"""From a telegram as sent to the copy that has come down: printed, damaged, packed, and its truth settled."""

import hashlib
from collections.abc import Iterable
from random import Random

import msgspec

from reftel.cable import FIRM_BASES, Cable, Defect, Mrn, MrnBasis
from reftel.defects import CODES
from reftel.forge.damages import AFTER, BEFORE
from reftel.forge.drafting import reference
from reftel.forge.packagings import PACKAGINGS, Packaging
from reftel.forge.sheet import Sheet
from reftel.mrn import short
from reftel.telegram.acp127 import write


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
    for table in (BEFORE, AFTER):
        for each, damage in table.items():
            if each in wanted and (after := damage(sheet, random)):
                sheet = after
                done.append(each)
        if table is BEFORE:
            sheet = wrapper.pack(sheet, sent, random)
    if "cut-title" in sheet.defects:
        done.append("cut-title")
    if sheet.cable.sections:
        done.append("page-break")
    text = sheet.text.encode()
    return Forged(name, text, _settled(sheet, wrapper, sent, text, name), tuple(done), packaging)


def _settled(sheet: Sheet, wrapper: Packaging, sent: Cable, text: bytes, name: str) -> Cable:
    """The cable with its number, key and references as far as this copy tells its year."""
    cable = sheet.cable
    year, basis = _year(cable, wrapper, sent, name)
    mrn = Mrn(year, sent.mrn.station, sent.mrn.serial, basis)
    firm = basis in FIRM_BASES
    codes = (*sheet.defects, "year-inferred") if year and not firm else sheet.defects
    spelling = short(mrn)
    lines = (
        f"{f'{one.letter}. ' if one.letter else ''}{one.text}{''.join(f' ({word})' for word in one.captions)}"
        for one in cable.references
    )
    return msgspec.structs.replace(
        cable,
        id=mrn.id,
        key=mrn.id if mrn.id and firm else f"x{hashlib.sha256(text).hexdigest()[:12]}",
        aliases=(spelling,) if spelling else (),
        mrn=mrn,
        references=tuple(reference(line, mrn, cable.sent) for line in lines),
        defects=tuple(Defect(code, CODES[code]) for code in codes),
    )


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
