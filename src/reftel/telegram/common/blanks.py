"""Blanks of every kind made plain ones, so that eras look for one kind only."""

_BLANKS = "\xa0\t\f\v\u2007\u202f"


def even(text: str) -> str:
    """The text with every blank a plain one: as long as before, so that places stay what they are."""
    for blank in _BLANKS:
        if blank in text:
            text = text.replace(blank, " ")
    return text
