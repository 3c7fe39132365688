"""The commands, one short function each."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from reftel import reading
from reftel.cable import to_json
from reftel.errors import ReftelError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

@app.callback()
def top() -> None:
    """An archive and a reading room for diplomatic cables."""


@app.command()
def read(paths: list[Path], json: Annotated[bool, typer.Option("--json")] = False) -> None:
    for cable in reading.read(*paths):
        sys.stdout.buffer.write(to_json(cable) + b"\n")


def main() -> None:
    app()
