"""A kept copy read again, as the archive's rules are now."""

import msgspec
import zstandard
from msgspec.structs import replace

from reftel import sources, telegram
from reftel.archive.accession import Accession, accession
from reftel.archive.store import StoredCopy
from reftel.cable import Cable, Copy
from reftel.errors import NotACable, ReftelError


class Again(msgspec.Struct, frozen=True):
    """What a copy gives now."""

    copy: StoredCopy  # without its bytes
    new: Accession | None = None
    error: str = ""


def read_again(kept: StoredCopy) -> Again:
    """What a copy gives when it is read now, under the archive's rules."""
    without_bytes = replace(kept, raw=b"")
    try:
        copy, cable = witnessed_again(kept)
        new = accession(copy, cable, kept.rules)
        return Again(without_bytes, replace(new, raw=b""))
    except ReftelError as error:
        return Again(without_bytes, error=str(error).replace(kept.locator, named(kept)))
    except Exception as error:  # a fault of ours in one copy must not end the work on all others
        return Again(without_bytes, error=f"a fault of reftel ({type(error).__name__}: {error}); report it")


def witnessed_again(kept: StoredCopy) -> tuple[Copy, Cable]:
    """A copy and what is read from it now. Raises NotACable where its own bytes do not give it any more."""
    copy = copy_of(kept)
    return copy, telegram.read(copy)


def copy_of(kept: StoredCopy) -> Copy:
    """The copy as its source gives it from its bytes. Raises NotACable where it does not any more."""
    for copy in sources.copies(zstandard.decompress(kept.raw), kept.locator):
        if copy.sha256 == kept.sha256:
            return copy
    raise NotACable(f"{named(kept)}: not found in its own bytes any more; report it")


def named(kept: StoredCopy) -> str:
    """How a copy is told from others; not by its file, whose name may tell a name to be protected."""
    return f"copy {kept.sha256[:12]} of {kept.key}"
