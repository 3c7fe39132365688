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
        "serial-disagrees": "the serial of the DE line or of a page line is not that of the cable",
        "date-disagrees": "the Julian day of the DE line is not that of the date-time group",
        "security-disagrees": "the security line does not agree with the classification",
        "identifier-repaired": "the cable's number is damaged, and given as meant as far as that is certain",
        "order-repaired": "the number of the executive order is damaged, and given as meant",
        "unreadable-date": "a date on the E.O. line cannot be read",
        "copy-count": "the copies of the distribution lines do not add up to their total",
        "distribution-disagrees": "a further section has other distribution lines than the first",
        "repeated-section": "a section of the message is in this copy twice",
        "possible-duplicate": "the page line says POSS DUPE: the telegram may have been sent before",
        "missing-page": "a page of the telegram is not in this copy",
        "missing-text": "the copy holds no text of the telegram, only what the catalogue says",
        "second-cable": "another cable may begin in the text, without a clear sign",
        "html-entities": "HTML entities stood in the plain text and are given as meant",
        "control-characters": "control characters stood in the text and are left out",
        "trailing-backslashes": "backslashes stood at line ends and are left out",
        "line-ends": "carriage returns alone ended lines and are given as line feeds",
        "decision-without-place": "a decision of the owner cannot be applied to the text any more",
        "missing-header": "the text begins without a header block",
    }
)
"""Each code a Defect may carry, with what it means."""
