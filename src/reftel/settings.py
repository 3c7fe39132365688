"""What can be set from outside, read once at the edge."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec


class Settings(msgspec.Struct, frozen=True):
    """The defaults of the commands; each has an option of the same name."""

    archive: Path = Path("archive")  # REFTEL_ARCHIVE
    host: str = "127.0.0.1"
    port: int = 8042


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings, with what the environment says."""
    archive = environment.get("REFTEL_ARCHIVE")
    return Settings(archive=Path(archive)) if archive else Settings()
