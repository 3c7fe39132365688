"""Accuracy on corpora with known answers: `make quality`. Fails where a figure falls below the recorded one.

Figures are recorded in `recorded.json` (`--record`). Disagreements are printed (`--list`), never stored: the
corpora are no part of the project.
"""

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

from quality.corpora import aad, aad_marked, forged, frus, references, signers
from quality.verdict import Verdict

CORPORA: tuple[ModuleType, ...] = (aad, aad_marked, forged, frus, references, signers)
OUTCOMES = ("right", "wrong", "missing", "spurious")
RECORDED = Path(__file__).with_name("recorded.json")

Figures = dict[str, dict[str, dict[str, int]]]
"""By corpus and field, how often each outcome was met."""


def main() -> int:
    """Measure, print, compare; 1 where a figure fell, 2 where there is nothing to measure on."""
    asked = _arguments()
    shared = Path(os.environ.get("REFTEL_SHARED", Path(__file__).parents[2] / "shared"))
    if not shared.is_dir():
        print(f"no folder of real cables at {shared}: set REFTEL_SHARED", file=sys.stderr)
        return 2
    chosen = [one for one in CORPORA if not asked.corpora or one.NAME in asked.corpora]
    if not chosen:
        print(f"no such corpus; there are {', '.join(one.NAME for one in CORPORA)}", file=sys.stderr)
        return 2
    found = [verdict for corpus in chosen for verdict in corpus.verdicts(shared)]
    measured, recorded = figures(found), _recorded()
    if asked.list:
        print("\n".join(disagreements(found)))
    print("\n".join(table(measured, recorded)))
    if asked.record:
        RECORDED.write_text(
            json.dumps(recorded | measured, indent=1, sort_keys=True) + "\n", encoding="utf-8"
        )
        return 0
    lost = list(fallen(measured, recorded))
    for line in lost:
        print(line)
    return 1 if lost else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="quality.accuracy", description=__doc__)
    parser.add_argument("corpora", nargs="*", help="names of corpora; all of them if none is named")
    parser.add_argument("--list", action="store_true", help="print every disagreement")
    parser.add_argument("--record", action="store_true", help="keep these figures as the recorded ones")
    return parser.parse_args()


def _recorded() -> Figures:
    return json.loads(RECORDED.read_text(encoding="utf-8")) if RECORDED.exists() else {}


def figures(found: Iterable[Verdict]) -> Figures:
    """The verdicts counted."""
    counted: dict[str, dict[str, Counter[str]]] = {}
    for one in found:
        counted.setdefault(one.corpus, {}).setdefault(one.field, Counter())[one.outcome] += 1
    return {
        corpus: {field: {name: counts[name] for name in OUTCOMES} for field, counts in fields.items()}
        for corpus, fields in counted.items()
    }


def recall(counts: dict[str, int]) -> float:
    """Of what the corpus has, the share that was read right."""
    return counts["right"] / ((counts["right"] + counts["wrong"] + counts["missing"]) or 1)


def precision(counts: dict[str, int]) -> float:
    """Of what was read, the share that is right."""
    return counts["right"] / ((counts["right"] + counts["wrong"] + counts["spurious"]) or 1)


def table(measured: Figures, recorded: Figures) -> Iterator[str]:
    """A line for each field, with the share that was right now and when it was last recorded."""
    heads = f"{'right':>6} {'wrong':>6} {'missing':>7} {'spurious':>8} {'%':>7} {'was':>7}"
    yield f"{'corpus':<10} {'field':<24} {heads}"
    for corpus, fields in measured.items():
        for field, counts in fields.items():
            before = recorded.get(corpus, {}).get(field)
            was = f"{100 * recall(before):7.1f}" if before else "      -"
            numbers = f"{counts['right']:6} {counts['wrong']:6} {counts['missing']:7} {counts['spurious']:8}"
            yield f"{corpus:<10} {field:<24} {numbers} {100 * recall(counts):7.1f} {was}"


def disagreements(found: Iterable[Verdict]) -> Iterator[str]:
    """A line for each verdict that is not right."""
    for one in found:
        if one.outcome != "right":
            yield f"{one.corpus} {one.item} {one.field} {one.outcome}: {one.expected!r} / {one.found!r}"


def fallen(measured: Figures, recorded: Figures) -> Iterator[str]:
    """What is worse than recorded, of the corpora that were measured."""
    for corpus in measured:
        for field, before in recorded.get(corpus, {}).items():
            now = measured[corpus].get(field, dict.fromkeys(OUTCOMES, 0))
            for name, share in (("recall", recall), ("precision", precision)):
                if share(now) < share(before):
                    yield f"{corpus} {field}: {name} fell from {share(before):.4f} to {share(now):.4f}"


if __name__ == "__main__":
    sys.exit(main())
