"""Signatures of printed telegrams, each held against the list of chiefs of mission and principal officers.

Gold is the editors' markup: whom they say a signature names, by the lists of persons. `embassy` and
`department` count telegrams by sender; a signature that they explain and we do not is missing, one that we
resolve and they do not explain is not counted at all. Wrong ones are to be none but where the gold is: Bell
at Kuala Lumpur 1964-66 is the ambassador there, not the namesake whom the markup has.
"""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

from quality.corpora.frus import telegrams
from quality.verdict import Verdict

from reftel import sources, telegram
from reftel.errors import ReftelError
from reftel.findings.signers import Authorities, load

NAME = "signers"


def verdicts(shared: Path) -> Iterator[Verdict]:
    """Each telegram of an embassy or the Department whose signer the editors name."""
    terms, _ = load(shared / "data/authority/appointments.csv")
    authorities, persons = Authorities(terms), _persons(shared)
    for gold, tei in telegrams(shared):
        sender = gold["from"] or ""
        kind = "embassy" if "mbassy in" in sender else "department" if "Department of State" in sender else ""
        named = {name for each in gold["signature_person_ids"] for name in persons.get(each, ())}
        if not kind or not named:
            continue
        try:
            (copy,) = sources.copies(tei.encode(), gold["id"].replace("/", "_") + ".xml")
        except (ReftelError, ValueError):
            continue
        signer = authorities.signer(telegram.read(copy))
        found = signer.term.person if signer.term else ""
        outcome = "right" if found in named else "wrong" if found else "missing"
        yield Verdict(NAME, gold["id"], kind, outcome, " or ".join(sorted(named)), found or signer.sentence)  # type: ignore[arg-type]


def _persons(shared: Path) -> dict[str, set[str]]:
    """What the editors' number of a person is called in the list of offices."""
    found: dict[str, set[str]] = {}
    with gzip.open(shared / "data/authority/frus-people.csv.gz", "rt", encoding="utf-8") as table:
        for row in csv.DictReader(table):
            for source in row["other_sources"].split(" | "):
                if "/people/" in source:
                    found.setdefault(row["people_id"], set()).add(source.rsplit("/", 1)[1])
    return found
