"""Invented cables with their truth: the sample, specimens for tests, and as many as a benchmark wants.

The first are a story, hand-written (`story.py`); those behind it are grown (`growth.py`). The same seed
gives the same bytes, cable by cable, however many are asked for.
"""

import errno
from collections.abc import Iterator
from itertools import count as numbers
from itertools import islice
from pathlib import Path
from random import Random

import msgspec

from reftel.cable import to_json
from reftel.errors import StorageFull, UsageError
from reftel.forge.drafting import cable
from reftel.forge.growth import grown
from reftel.forge.press import Forged, press
from reftel.forge.story import episodes
from reftel.mrn import short

__all__ = ["SAMPLE_SIZE", "Forged", "forge", "sample", "write_out"]

SAMPLE_SIZE = 74
"""How many cables the story has."""


def sample() -> Iterator[Forged]:
    """The bundled sample: the story of the Krona railway, the same in every seed."""
    for order, episode in enumerate(episodes()):
        random = Random(order)
        sent = cable(episode.draft)
        name = f"{order:03d}_{random.getrandbits(64):016x}" if episode.opaque else short(sent.mrn)
        yield press(sent, episode.packaging, episode.damages, random, f"{name}.txt")


def forge(count: int, seed: int) -> Iterator[Forged]:
    """So many cables: the story, then grown ones."""
    return islice(_endless(seed), count)


def _endless(seed: int) -> Iterator[Forged]:
    yield from sample()
    yield from (grown(index, seed) for index in numbers())


def write_out(count: int, seed: int, out: Path) -> int:
    """Write the files of so many cables into a folder, and their truth into `truth.jsonl` beside them.

    Gives how many were written. Raises StorageFull where the disk is full, and UsageError for a folder that
    cannot be written to.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        written = 0
        with (out / "truth.jsonl").open("wb") as truth:
            for one in forge(count, seed):
                (out / one.name).write_bytes(one.text)
                truth.write(_truth(one) + b"\n")
                written += 1
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
