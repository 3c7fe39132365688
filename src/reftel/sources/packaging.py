"""What several packagings print alike."""

PARTIAL_EXTRACT = (
    "This record is a partial extract of the original cable. "
    "The full text of the original cable is not available."
)
"""Mirrors print it where the transmission header is missing; the text itself is mostly whole
(handbook 01, section 0)."""


def partial_extract_end(text: str, start: int) -> int:
    """Where the telegram begins: behind the sentence, if it stands in the page's head, and its line end."""
    at = text.find(PARTIAL_EXTRACT, 0, start + 1024)
    end = at + len(PARTIAL_EXTRACT) if at >= 0 else start
    return end + 1 if text.startswith("\n", end) else end
