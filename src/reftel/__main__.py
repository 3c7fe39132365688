"""`python -m reftel`, and the command `reftel`."""

import sys
from importlib import import_module

from reftel import __version__


def main() -> None:
    """Run the command line. Asked for its version only, it answers before anything else is loaded."""
    if sys.argv[1:] == ["--version"]:
        print(f"reftel {__version__}")
        return
    try:
        import_module("reftel.cli").run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
