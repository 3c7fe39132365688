"""Facts as rows: each table is a CSV whose last column names the authority of the row."""

import csv
from collections.abc import Iterator
from importlib.resources import files


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of `tables/<name>.csv`, in order."""
    with (files(__name__) / f"{name}.csv").open(encoding="utf-8") as file:
        lines = csv.reader(file)  # csv.DictReader takes four times as long, at every start of a command
        columns = next(lines)
        for line in lines:
            yield dict(zip(columns, line, strict=True))
