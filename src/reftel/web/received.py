"""The copy as received, on a page: each field an element, in one another as they stand in the text."""

from collections.abc import Iterable, Iterator

import msgspec

from reftel.views.cable import Stretch


class Element(msgspec.Struct, frozen=True):
    """A step in writing the copy: a field's element opens, a text follows, the innermost element closes."""

    opens: str | None = None
    text: str | None = None
    first: bool = False  # the first element of its field: the one that links go to


def elements(stretches: Iterable[Stretch]) -> Iterator[Element]:
    """The copy as opening, text, closing. A field that another cuts across goes on in a second element."""
    within: tuple[str, ...] = ()
    seen: set[str] = set()
    for stretch in (*stretches, Stretch("")):
        shared = 0
        while within[shared : shared + 1] == stretch.fields[shared : shared + 1] != ():
            shared += 1
        for _ in within[shared:]:
            yield Element()
        for field in stretch.fields[shared:]:
            yield Element(opens=field, first=field not in seen)
            seen.add(field)
        within = stretch.fields
        if stretch.text:
            yield Element(text=stretch.text)
