"""Invented cables with their truth: the sample, specimens for tests, and as many as a benchmark wants.

The first are a story, hand-written (`story.py`); those behind it are grown (`growth.py`). Other eras are all
grown, each by a module of its own (ERAS). The same seed gives the same bytes, cable by cable, however many
are asked for.
"""

import errno
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import count as numbers
from itertools import islice
from pathlib import Path
from random import Random
from typing import Protocol

import msgspec

from reftel.cable import to_json
from reftel.errors import StorageFull, UsageError
from reftel.forge import archived, bookprint, relayed, smart
from reftel.forge.drafting import cable
from reftel.forge.growth import grown
from reftel.forge.press import Forged, press
from reftel.forge.story import episodes
from reftel.mrn import short

__all__ = ["ERAS", "SAMPLE_SIZE", "Forged", "forge", "sample", "write_out"]


class Grower(Protocol):
    """What grows the cables of an era."""

    def __call__(self, index: int, seed: int, asked: Collection[str] | None = None) -> Forged:
        """The cable of that index; with the damages that are asked for, else with those its dice say."""


ERAS: Mapping[str, Grower] = {one.ERA: one.grown for one in (archived, relayed, smart, bookprint)}
"""What grows the cables of each era."""

SAMPLE_SIZE = 75
"""How many copies the story has: one of each of its cables, and a second one of the first."""


def sample() -> Iterator[Forged]:
    """The bundled sample: the story of the Krona railway, the same in every seed."""
    for order, episode in enumerate(episodes()):
        random = Random(order)
        sent = cable(episode.draft)
        name = f"{order:03d}_{random.getrandbits(64):016x}" if episode.opaque else short(sent.mrn)
        yield press(sent, episode.packaging, episode.damages, random, f"{name}.txt")


def forge(count: int, seed: int, era: str | None = None) -> Iterator[Forged]:
    """So many cables: the story, then grown ones; or grown ones of one of ERAS, or of `all` by turns."""
    return islice(_endless(seed, era), count)


def _endless(seed: int, era: str | None) -> Iterator[Forged]:
    if era is None:
        yield from sample()
        yield from (grown(index, seed) for index in numbers())
    kinds = tuple(ERAS.values()) if era == "all" else (ERAS[era or ""],)
    yield from (grow(index, seed) for index in numbers() for grow in kinds)


def write_out(
    count: int,
    seed: int,
    out: Path,
    era: str | None = None,
    told: Callable[[Forged], None] | None = None,
) -> int:
    """Write the files of so many cables into a folder, and their truth into `truth.jsonl` beside them.

    Tells each as it is written, and gives how many were. Raises StorageFull where the disk is full, and
    UsageError for a folder that cannot be written to.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        written = 0
        with (out / "truth.jsonl").open("wb") as truth:
            for one in forge(count, seed, era):
                (out / one.name).write_bytes(one.text)
                truth.write(_truth(one) + b"\n")
                written += 1
                if told:
                    told(one)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(f"{out}: the disk is full; make room and forge again") from error
        raise UsageError(f"{out}: cannot write there ({error.strerror}); name another folder") from error
    return written


def _truth(forged: Forged) -> bytes:
    """One line of `truth.jsonl`."""
    return msgspec.json.encode(
        {
            "file": forged.name,
            "packaging": forged.packaging,
            "damages": forged.damages,
            "defects": [defect.code for defect in forged.cable.defects],
            "cable": msgspec.Raw(to_json(forged.cable)),
        }
    )
