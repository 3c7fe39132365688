"""The codes of damage: what we had to work around while reading, in plain words (docs/defects.md)."""

from types import MappingProxyType

CODES = MappingProxyType(
    {
        "page-line": "a page line of the relay stood in the text and was taken out",
        "repeated-header": "the header block is printed twice",
        "cut-title": "the packaging's title is cut short; the telegram has the whole subject",
        "number-repaired": "a paragraph number was damaged and is given as meant",
        "letter-repaired": "the letter of a reference was damaged and is given as meant",
        "missing-paragraph": "paragraph numbers jump; the ones between are not in this copy",
        "missing-heading": "white space tells that a heading stood here and was lost",
        "missing-subject": "no SUBJECT line",
        "missing-tags": "no TAGS line",
        "missing-signature": "no signature after the last paragraph",
        "missing-classification": "no classification line",
        "missing-section": "a section of the message is not in this copy",
        "lost-words": "words of a fixed phrase are lost",
        "rejoined-sentence": "a sentence was cut in two and is joined again",
        "from-catalogue": "the telegram lost this field; the packaging's catalogue has it",
        "catalogue-disagrees": "the packaging's catalogue says something else than the telegram",
        "year-inferred": "no year stands in this copy; it was inferred and is only a hint",
        "unknown-tag": "a word on the TAGS line is no TAGS of any era",
        "unknown-marking": "a mark in parentheses after a paragraph number is not known",
        "encoding": "the bytes are not plain UTF-8; how they were read is said",
        "serial-disagrees": "the serial of the DE line is not that of the cable",
        "date-disagrees": "the Julian day of the DE line is not that of the date-time group",
        "security-disagrees": "the security line does not agree with the classification",
        "unreadable-date": "a date on the E.O. line cannot be read",
        "second-cable": "another cable may begin in the text, without a clear sign",
        "html-entities": "HTML entities stood in the plain text and are given as meant",
        "control-characters": "control characters stood in the text and are left out",
        "trailing-backslashes": "backslashes stood at line ends and are left out",
        "line-ends": "carriage returns alone ended lines and are given as line feeds",
        "missing-header": "the text begins without a header block",
        "missing-text": "a header stands alone; no text of the cable is in this copy",
    }
)
"""Each code a Defect may carry, with what it means."""
