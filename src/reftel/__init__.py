"""An archive and a reading room for diplomatic cables.

for cable in reftel.read("cables/"):
    print(cable.id, cable.subject)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reftel.cable import Cable, Copy, Paragraph, Part, Reference
    from reftel.errors import ReftelError
    from reftel.reading import read

__version__ = "0.1.0"
__all__ = ["Cable", "Copy", "Paragraph", "Part", "Reference", "ReftelError", "__version__", "read"]

_HOMES = {"read": "reftel.reading", "ReftelError": "reftel.errors"}


def __getattr__(name: str) -> Any:  # a name of any of the types above
    # loaded when first asked for: the tables of posts and TAGS take longer than `reftel --version` may
    if name in __all__:
        return getattr(import_module(_HOMES.get(name, "reftel.cable")), name)
    raise AttributeError(f"module 'reftel' has no attribute {name!r}")
