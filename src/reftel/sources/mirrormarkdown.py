"""A mirror's page turned to Markdown: TAGS and paragraph signs as links, `####` headings, escapes."""

from reftel.cable import Copy
from reftel.sources.packaging import PARTIAL_EXTRACT, partial_extract_end

NAME = "mirror-markdown"


def recognises(text: str) -> bool:
    """Whether links or headings of Markdown stand in it: `[PREL](#)`, `#### Russia`."""
    return "#" in text and ("](#)" in text or "\n#### " in text)


def copies(raw: bytes, text: str, locator: str, sha256: str) -> tuple[Copy, ...]:
    """The one cable of the page."""
    start = partial_extract_end(text, 0)
    extract = PARTIAL_EXTRACT in text[:start]
    return (Copy(raw, text, NAME, locator, sha256, (start, len(text)), extract=extract),)
