"""Speed on this machine: `make bench`. Timings are figures to read, not tests.

`BENCH=quick` leaves out the large archive, which takes ten minutes to make and 3 GB of disk.

Each is printed beside a baseline taken in the same run, since machines differ and one machine differs from
hour to hour: splitting the same texts into words with `str.split`.
"""

import cProfile
import gzip
import itertools
import json
import os
import platform
import pstats
import random
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from quality import pages

from reftel import processes, sources, telegram
from reftel.archive import Accession, Archive, Entry, accession, renamed
from reftel.clearance import ALL, Reader, reader
from reftel.forge import forge
from reftel.forge.growth import grown
from reftel.ingest import ingest
from reftel.query import Query
from reftel.readingroom import ReadingRoom
from reftel.views import search

SEED = 7
READ = 600  # cables of about 6 KB that reading is measured on
KEPT = 20_000  # cables in the archive that is searched
MANY = 250_000  # cables in the large one
SEARCHES = 200
READERS: dict[str, Reader] = {
    "all-seeing": ALL,
    "U": reader("U"),
    "C": reader("C"),
    "C, NOFORN, EXDIS": Reader("C", frozenset({"NOFORN", "EXDIS"})),
}


def main() -> None:
    """Print every figure, with the machine."""
    print(machine())
    texts = [Text(one.name, one.text) for one in forge(READ * 3, SEED) if 5_000 <= len(one.text) <= 7_000][
        :READ
    ]
    reading("forged cables", texts)
    profile(texts)
    real = archived()
    if real:
        reading("real telegrams of 1973-79", real)
        profile(real)
    version()
    with tempfile.TemporaryDirectory(prefix="reftel-bench-") as folder:
        grow(Path(folder) / "pages", pages.MANY)
        pages.annotate(Path(folder) / "pages")
        pages.measure(Path(folder) / "pages")
        keeping(Path(folder))
        searching(Path(folder) / "archive")
        if os.environ.get("BENCH") != "quick":
            start = time.perf_counter()
            grow(Path(folder) / "large", MANY)
            print(f"forged, read, kept and indexed {MANY:,} cables in {time.perf_counter() - start:,.0f} s")
            searching(Path(folder) / "large")


def machine() -> str:
    """Processor, cores, Python and how it was built."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if "model name" in line
        ]
        model = names[0] if names else model
    optimised = "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
    build = "with profile-guided optimisation" if optimised else "without profile-guided optimisation"
    return f"{model}, {os.cpu_count()} cores; Python {platform.python_version()} {build}"


def best(work: Callable[[], None], times: int = 3) -> float:
    """CPU seconds of the quickest of some runs."""
    found = []
    for _ in range(times):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


class Text(NamedTuple):
    """A file to be read: its name, and its bytes."""

    name: str
    text: bytes


def read_all(texts: Sequence[Text]) -> None:
    """Read every text: bytes to records, all spans."""
    for one in texts:
        for copy in sources.copies(one.text, one.name):
            telegram.read(copy)


def reading(what: str, texts: Sequence[Text]) -> None:
    """Reading alone, on one core."""
    size = sum(len(one.text) for one in texts)
    read_all(texts[:50])
    seconds = best(lambda: read_all(texts))
    baseline = best(lambda: [one.text.decode().split() for one in texts] and None)
    print(
        f"reading      {len(texts) / seconds:8,.0f} cables/s and core   {size / seconds / 1e6:.1f} MB/s   "
        f"({len(texts)} {what} of {size / len(texts):,.0f} bytes, CPU time, best of 3; "
        f"{seconds / baseline:.1f} times as long as splitting them into words)"
    )


def archived() -> list[Text]:
    """The real telegrams of 1973-79, where the folder that holds them exists."""
    path = Path(os.environ.get("REFTEL_SHARED", "../shared")) / "data/raw-cables/aad-cables.jsonl.gz"
    if not path.exists():
        return []
    with gzip.open(path) as lines:
        told = [json.loads(line) for line in lines]
    return [Text(f"{one['id']}.txt", one["raw_text"].encode()) for one in told]


def profile(texts: Sequence[Text]) -> None:
    """Where the time of reading goes, by module."""
    profiler = cProfile.Profile()
    profiler.runcall(read_all, texts)
    shares: dict[str, float] = {}
    stats = pstats.Stats(profiler)
    for (file, _, name), (_, _, own, _, callers) in stats.stats.items():  # type: ignore[attr-defined]
        where = module(file)
        if where:
            shares[where] = shares.get(where, 0.0) + own
        else:  # a function written in C: to the modules that call it
            for (caller, _, _), (_, _, spent, _) in callers.items():
                shares[module(caller) or name] = shares.get(module(caller) or name, 0.0) + spent
    whole = sum(shares.values())
    top = sorted(shares.items(), key=lambda share: -share[1])[:9]
    print("             " + "  ".join(f"{name} {spent / whole:.0%}" for name, spent in top))


def module(file: str) -> str | None:
    """`telegram/common/body` of a file of ours; None of any other."""
    _, ours, rest = file.partition("/reftel/")
    return rest.removesuffix(".py") if ours else None


def version() -> None:
    """Wall time of the smallest command, and of Python alone."""
    print(
        f"--version    {wall([sys.executable, '-m', 'reftel', '--version']):8.3f} s wall   "
        f"(Python alone {wall([sys.executable, '-c', 'pass']):.3f} s)"
    )


def wall(command: list[str]) -> float:
    """Wall seconds of the quickest of five runs."""
    found = []
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        found.append(time.perf_counter() - start)
    return min(found)


def keeping(folder: Path) -> None:
    """Ingest on all cores: read, keep, index."""
    (folder / "cables").mkdir()
    size = 0
    for one in forge(KEPT, SEED):
        size += (folder / "cables" / f"{one.name}").write_bytes(one.text)
    start = time.perf_counter()
    summary = ingest(folder / "archive", [folder / "cables"])
    seconds = time.perf_counter() - start
    print(
        f"ingest       {summary.kept / seconds:8,.0f} cables/s on {os.cpu_count()} cores   "
        f"({summary.kept:,} kept of {KEPT:,} forged, {size / 1e6:.0f} MB, {seconds:.1f} s wall; "
        f"{summary.failed} not read)"
    )


def grow(path: Path, number: int) -> None:
    """An archive of so many grown cables, none of which is ever written to a file."""
    tasks = processes.tasks(range(number), lambda index: 0)
    ready = processes.in_order(made_ready, tasks, processes.number_of(None), lambda index: ())
    with Archive.create(path) as archive:
        for _ in range(0, number, 4096):
            batch = list(itertools.chain.from_iterable(itertools.islice(ready, 4096)))
            before = archive.store.last_seq()
            entries: dict[int, Entry] = {}
            kept = archive.store.add(batch, "forged", "unknown")
            for new, where in zip(batch, kept, strict=True):
                if where.seq > before:
                    entries.setdefault(where.seq, renamed(new.entry, where.key, new.name))
            archive.index_new(entries.values())


def made_ready(indexes: Sequence[int]) -> list[tuple[Accession, ...]]:
    """What the processes do: forge and read."""
    return [
        tuple(accession(copy, telegram.read(copy)) for copy in sources.copies(one.text, one.name))
        for one in (grown(index, SEED) for index in indexes)
    ]


def searching(path: Path) -> None:
    """Whole answers: top 20, total, facets, excerpts; by readers in turn, so that all meet the same noise."""
    queries = list(itertools.islice(asked(), SEARCHES))
    start = time.perf_counter()
    with Archive.open(path) as archive:
        rooms = {name: ReadingRoom(archive, who) for name, who in READERS.items()}
        search.results(rooms["all-seeing"], Query.parse(queries[0]))
        first = time.perf_counter() - start
        print(f"search       {SEARCHES} mixed searches   ({first * 1e3:.0f} ms to open and ask the first)")
        times: dict[str, list[Spent]] = {name: [] for name in rooms}
        for query in queries:
            for name, room in rooms.items():
                times[name].append(answered(room, query))
        whole = sum(spent.processor for spent in times["all-seeing"])
        for name, room in rooms.items():
            walls = sorted(spent.wall * 1e3 for spent in times[name])
            p50, p95 = statistics.median(walls), walls[len(walls) * 95 // 100]
            ratio = sum(spent.processor for spent in times[name]) / whole
            print(
                f"             {p50:8.1f} ms p50   {p95:.1f} ms p95   {walls[-1]:.1f} ms slowest   "
                f"{ratio:.2f} of the CPU time of the all-seeing   ({name}: {room.size():,} cables)"
            )


class Spent(NamedTuple):
    """Seconds of one answer, the lowest of three."""

    wall: float
    processor: float


def answered(room: ReadingRoom, query: str) -> Spent:
    """What one answer takes."""
    walls, processor = [], []
    for _ in range(3):
        start, used = time.perf_counter(), time.process_time()
        search.results(room, Query.parse(query))
        walls.append(time.perf_counter() - start)
        processor.append(time.process_time() - used)
    return Spent(min(walls), min(processor))


def asked() -> Iterator[str]:
    """Searches of every kind, drawn from the words of forged cables."""
    dice = random.Random(SEED)
    words = [
        word
        for one in forge(300, SEED)
        for p in one.cable.paragraphs
        for word in p.text.split()
        if word.isalpha()
    ]
    kinds: tuple[Callable[[], str], ...] = (
        lambda: dice.choice(words),
        lambda: f"{dice.choice(words)} {dice.choice(words)}",
        lambda: '"{} {}"'.format(*words[(at := dice.randrange(len(words) - 1)) : at + 2]),
        lambda: f"{dice.choice(words)[:4]}*" if len(words) else "",
        lambda: f"{dice.choice(words)} tag:PREL {dice.randint(1990, 2008)}..",
        lambda: f"{dice.choice(words)} OR {dice.choice(words)} -{dice.choice(words)}",
        lambda: f"{dice.choice(words)} from:STRELSAU class:C",
        lambda: f"tag:PGOV {dice.randint(1990, 2008)}",
    )
    while True:
        query = dice.choice(kinds)()
        if len(query) > 3:
            yield query


if __name__ == "__main__":
    main()
