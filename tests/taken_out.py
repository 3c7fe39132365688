"""An archive on disk, and others that hold what one of its readers may see, or say the rest otherwise."""

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from shutil import rmtree

from msgspec.structs import replace

import invented
from invented import Pair
from reftel import clearance, profiles, upkeep
from reftel.archive import Archive, Entry, accession, is_made_up
from reftel.archive.entries import entry, in_collection
from reftel.archive.portions import cut
from reftel.cable import Addressee, Cable, Paragraph, Reference
from reftel.clearance import Policy, Reader
from reftel.errors import UsageError

POLICIES = (Policy(withheld="absent"), Policy(withheld="marked"))
_SECRET = b"the same in all, so that keys that are made up are made up alike"
_NAME = "Rassendyll"
_MEMORY = Path("/dev/shm")  # what lies here need not wait for a disk


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for archives; in memory where that can be."""
    where = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    made = Path(tempfile.mkdtemp(prefix="reftel-", dir=where))
    try:
        yield made
    finally:
        rmtree(made, ignore_errors=True)


def visible(cable: Cable, reader: Reader, policy: Policy) -> Cable | None:
    """What is left of a cable for a reader where this policy holds."""
    return clearance.visible(cable, reader, policy)


def named(archives: Sequence[Path], reader: Reader) -> tuple[str | None, Reader]:
    """What a reader is called on a command line, by his level or by name, and what he is called so.

    No name where he holds what nobody can be given.
    """
    if not reader.holds:
        return None if reader.holds else reader.level, reader
    try:
        known = profiles.profile(
            _NAME,
            reader.level,
            holds=(each for each in reader.holds if each in {"SBU", "NOFORN"} or each.startswith("REL")),
            captions=reader.holds & {*profiles.RESTRICTING},
            compartments=reader.holds & {*profiles.COMPARTMENTS},
        )
    except UsageError:
        return None, reader
    for path in archives:
        with Archive.open(path, write=True) as archive:
            archive.store.put_readers([known], anew=True)
    return _NAME, known.reader()


# -- the whole archive -----------------------------------------------------------------------------------


def whole(path: Path, given: Sequence[Pair], policy: Policy, *, chance: Random | None = None) -> None:
    """Makes an archive of all that is given.

    By chance it comes about in steps, with cables that are indexed again, and is compacted in the end.
    """
    in_steps = chance is not None and chance.random() < 0.3
    with Archive.create(path) as made:
        _begin(made, policy)
        step = 3 if in_steps else len(given)
        for at in range(0, len(given), step):
            collection = chance.choice(invented.COLLECTIONS) if in_steps and chance else "given"
            made.store.put(given[at : at + step], collection)
            made.settle()  # as an ingest ends: some copies may have to be read again
        if in_steps:
            made.index_new(
                in_collection(entry(cable), collection) for _, cable, collection, _ in made.store.cables(0, 2)
            )
        changed = bool(made.index.changed())
    if changed:
        upkeep.compact(path)


def _begin(archive: Archive, policy: Policy) -> None:
    archive.store.set_policy(policy)
    archive.store.add_terms(invented.TERMS)
    archive.store._db.execute("UPDATE meta SET value = ? WHERE name = 'secret'", (_SECRET,))


# -- what is left ----------------------------------------------------------------------------------------


def left(path: Path, held: Path, given: Sequence[Pair], reader: Reader, policy: Policy) -> int:
    """Makes the archive of what a reader may see of the one in `held`; returns how many cables are changed.

    A cable keeps its key, so that a made-up one (`x...`) is the same in both. Of its further copies those
    are left that the reader may see whole, beside a record that he may see whole.
    """
    return _made_again(path, held, given, reader, policy, lambda cable: visible(cable, reader, policy))


def _made_again(
    path: Path,
    held: Path,
    given: Sequence[Pair],
    reader: Reader,
    policy: Policy,
    change: Callable[[Cable], Cable | None],
) -> int:
    copies = {copy.sha256: (copy, cable) for copy, cable in given}
    changed = 0
    with Archive.open(held) as archive, Archive.create(path) as made:
        _begin(made, policy)
        entries = []
        for _, cable, collection, _ in archive.store.cables():
            kept = change(cable)
            changed += kept != cable
            if kept is None:
                continue
            first, *others = (copies[each.sha256] for each in archive.store.copies_of(cable.key))
            entries.append(_keep(made, first, kept, cable, collection))
            for copy, other in others:
                if clearance.may_read_all(reader, cable) and clearance.may_read_all(reader, other):
                    (where,) = made.store.put([(copy, other)], collection)
                    assert where.key == cable.key
        made.index_new(entries)
    return changed


def _keep(made: Archive, first: Pair, kept: Cable, cable: Cable, collection: str) -> Entry:
    """Keeps what is left of a cable under the key of the cable."""
    copy, read = first
    new = accession(replace(copy, document=cable.key), kept)
    if not kept.captions:
        # captions that bind a portion bind it, too, where the header that tells them is taken out
        each = clearance.governing(replace(kept, captions=cable.captions))
        new = replace(new, cut=cut(kept, each), entry=entry(kept, each))
    (where,) = made.store.add([replace(new, firm=False)], collection, "unknown")
    assert where.key == cable.key
    firm = accession(copy, read).firm
    made.store._db.execute("UPDATE cable SET firm = ? WHERE seq = ?", (firm, where.seq))
    made.store._db.execute("UPDATE copy SET document = ? WHERE cable = ?", (copy.document, where.seq))
    # of a key that is made up the place is by the name, as in the archive that it is taken from
    name = made.store.name_of(cable.key) if is_made_up(cable.key) else None
    known = new.entry if name is None else replace(new.entry, order=entry(replace(kept, key=name)).order)
    before = made.store.before(cable.key, name)
    return in_collection(replace(known, order=known.order + before), collection)


# -- the rest in other words -----------------------------------------------------------------------------


def otherwise(path: Path, held: Path, given: Sequence[Pair], reader: Reader, policy: Policy) -> int:
    """Makes the archive in which all that the reader may not see is said in other, and more, words.

    What governs each portion stays as it is. Returns how many cables are changed.
    """
    return _made_again(path, held, given, reader, policy, lambda cable: _otherwise(cable, reader))


def _otherwise(cable: Cable, reader: Reader) -> Cable:
    def seen(**changes: object) -> Cable | None:
        return visible(replace(cable, **changes), reader, Policy())

    paragraphs = []
    for each in cable.paragraphs:
        alone = seen(paragraphs=(each,))
        paragraphs.append(_reworded(each, alone.paragraphs if alone else ()))
    told = replace(cable, paragraphs=tuple(paragraphs))
    whole = seen()
    if whole == cable:
        return cable
    told = replace(told, aliases=(*cable.aliases, "another name.txt"))
    if cable.subject is not None and (whole is None or whole.subject is None):
        told = replace(told, subject=f"{_OTHER} {cable.subject[::-1]}")
        if cable.catalogue:
            told = replace(told, catalogue=replace(cable.catalogue, title=_OTHER))
    signed = seen(signature=_OTHER)
    if signed is None or signed.signature is None:
        told = replace(
            told,
            to=(Addressee("AMEMBASSY STRELSAU"), *cable.to),
            tags=(*cable.tags, "OTRA"),
            tags_persons=(_OTHER,),
            references=(Reference("ZENDA 0001", (0, 3), "telegram", id="2004ZENDA1"), *cable.references),
            signature=_OTHER,
            place=_OTHER,
        )
    return told


_OTHER = "osprey walnut harbour other words"


def _reworded(paragraph: Paragraph, seen: Sequence[Paragraph]) -> Paragraph:
    """A paragraph with other words where `seen`, what is left of it, has none."""
    heading = paragraph.heading
    if heading and (not seen or seen[0].heading is None):
        heading = f"{heading} {_OTHER}"  # its mark still stands in front
    if seen and seen[0].text == paragraph.text:
        return replace(paragraph, heading=heading)
    left = [part.text for part in seen[0].parts] if seen else []
    parts = tuple(
        part if part.text in ("", *left) else replace(part, text=f"{_OTHER} {part.text}")
        for part in paragraph.parts
    )
    return replace(paragraph, heading=heading, text=" ".join(part.text for part in parts), parts=parts)
