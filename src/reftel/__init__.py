"""An archive and a reading room for diplomatic cables.

    for cable in reftel.read("cables/"):
        print(cable.id, cable.subject)
"""

from importlib.metadata import version

from reftel.cable import Cable, Copy, Paragraph, Part, Reference
from reftel.errors import ReftelError
from reftel.reading import read

__all__ = ["Cable", "Copy", "Paragraph", "Part", "Reference", "ReftelError", "read"]


def __getattr__(name: str) -> str:
    # read from the installed metadata only when asked for: it costs more than all our own imports
    if name == "__version__":
        return version("reftel")
    raise AttributeError(name)
