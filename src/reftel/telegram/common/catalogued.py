"""What the packaging's catalogue says beside what the telegram says.

Where the telegram lost a field the catalogue's is taken, with a defect; where the two differ, both are kept
and a defect says so.
"""

import re
from datetime import date, timedelta
from functools import lru_cache

from reftel.cable import Catalogue, Defect, Mrn, Span
from reftel.markings import read_classification
from reftel.stations import token
from reftel.tags import TAGS
from reftel.telegram.common.faircopy import FairCopy
from reftel.telegram.common.header import Header, Line
from reftel.telegram.common.relay import Relay

_SECTION_OF_POST = re.compile(r"\s+OR-[A-Z]{1,2}$")
_ORDER_DAY = re.compile(r"\b(\d{4})(\d\d)(\d\d)\b")  # GS 19850713 BOEKER, PAUL H


class Catalogued:
    """What the catalogue says: taken where the telegram lost it, told where the two differ."""

    def __init__(self, catalogue: Catalogue, defects: list[Defect], empty: bool) -> None:
        self.catalogue = catalogue  # of a telegram without text it gives classification, subject and TAGS
        self.defects = defects
        self.empty = empty

    def _taken(self, what: str) -> None:
        self.defects.append(Defect("from-catalogue", f"the {what} the catalogue's"))

    def classification(
        self, header: Header, banner: Line | None, spans: dict[str, tuple[Span, ...]], fair: FairCopy
    ) -> str | None:
        """As the classification line says, else the banner, else the catalogue."""
        if header.classification:
            return header.classification
        if not self.empty:
            message = "no classification line that can be read stands above the text"
            self.defects.append(Defect("missing-classification", message))
        found = read_classification(banner.text) if banner else None
        if banner and found:
            spans["/classification"] = fair.spans(((banner.start, banner.end),))
            return found.classification
        listed = read_classification(self.catalogue.classification or "")
        if listed is None:
            return None
        self._taken("classification is")
        return listed.classification

    def subject(self, written: str | None, marking: str | None) -> str | None:
        """As the SUBJECT line says, else the catalogue's title, which has the line's mark too."""
        title = self.catalogue.title
        if written is None:
            if not self.empty:
                self.defects.append(Defect("missing-subject", "no SUBJECT line stands above the text"))
            if title:
                self._taken("subject is")
            return title
        if (
            title
            and title != written
            and _letters(title) not in (_letters(written), _letters(f"{marking}{written}"))
        ):
            if _letters(written).startswith(_letters(title)):
                message = "the catalogue's title is cut short; the telegram has the whole subject"
                self.defects.append(Defect("cut-title", message))
            else:
                self._differs("title is", title)
        return written

    def tags(self, header: Header) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """As the TAGS line says, else the catalogue's."""
        codes = [tag.upper() for tag in self.catalogue.tags if not tag.startswith("(")]
        if header.has_tags:
            more = [tag for tag in codes if tag not in header.tags and tag not in header.tags_unknown]
            less = [tag for tag in (*header.tags, *header.tags_unknown) if tag not in codes]
            if codes and (more or less):
                said = [f"has {' '.join(more)} too"] if more else []
                said += [f"lacks {' '.join(less)}"] if less else []
                self._differs("list of TAGS", " and ".join(said))
            return header.tags, header.tags_unknown
        if not self.empty:
            self.defects.append(Defect("missing-tags", "no TAGS line stands above the text"))
        if codes:
            self._taken("TAGS are")
        return (
            tuple(tag for tag in codes if tag in TAGS),
            tuple(tag for tag in codes if tag not in TAGS),
        )

    def compare(self, header: Header, above: Relay, mrn: Mrn, sent: str | None) -> None:
        """What telegram and catalogue both say must agree; both are kept."""
        catalogue = self.catalogue
        listed = read_classification(catalogue.classification or "")
        if listed and header.classification and listed.classification != header.classification:
            self._differs("classification is", catalogue.classification)
        if catalogue.created and above.group and sent and not sent.startswith(catalogue.created):
            drafted, filed = (date.fromisoformat(day[:10]) for day in (catalogue.created, sent))
            if abs(drafted - filed) > timedelta(days=1):
                self._differs("date is", catalogue.created)
        if catalogue.from_ and mrn.station and not self.empty:
            origin = _of_post(catalogue.from_)
            if origin != mrn.station and origin != token(above.sender or ""):
                self._differs("sender is", catalogue.from_)
        until = _ORDER_DAY.search(catalogue.attributes.get("Executive Order", ""))
        written = header.authority.declassify_on if header.authority else None
        if until and written and "-".join(until.groups()) != written:
            self._differs("day of declassification is", "-".join(until.groups()))
        marks = catalogue.attributes.get("Original Handling Restrictions", "")
        limits = [word.strip() for word in marks.split(",") if word.strip()]
        lost = [word for word in limits if word not in header.captions and word not in header.handling]
        if lost and not self.empty and not any("ONLY" in caption for caption in header.captions):
            self._differs("handling restrictions are", marks)

    def _differs(self, what: str, words: str | None) -> None:
        self.defects.append(Defect("catalogue-disagrees", f"the catalogue's {what} {words}"))


def _letters(words: str) -> str:
    """Letters and digits alone: what a typist could not space or point otherwise."""
    return "".join(filter(str.isalnum, words.upper()))


@lru_cache(maxsize=1024)
def _of_post(origin: str) -> str | None:
    """The station of `LA PAZ OR-M`: the classifier's section of the post is no part of its name."""
    return token(_SECTION_OF_POST.sub("", origin))
