"""Grown cables of the ACP-127 era with every damage of the handbook, and the Department's own.

The Department's have a drafting block and a counter line above the date-time group, and neither routing
lines nor routing indicators (handbook 01, section 2).
"""

from collections.abc import Collection
from random import Random
from zlib import crc32

from msgspec.structs import replace

from reftel.cable import Cable
from reftel.forge.archived import drafted
from reftel.forge.damages import chosen
from reftel.forge.desk import Desk
from reftel.forge.drafting import cable
from reftel.forge.growth import Drafter, number_of
from reftel.forge.packagings import PACKAGINGS
from reftel.forge.press import Forged, press, worn
from reftel.forge.sheet import Sheet
from reftel.forge.world import MISSIONS
from reftel.mrn import short
from reftel.telegram.acp127 import write
from reftel.telegram.common import drafting

ERA = "acp127"
_YEARS = (*range(1985, 2004), *range(2007, 2011))


_OF_MARKDOWN = frozenset({"markdown-escapes", "pilcrow-digit", "pilcrow-link"})
_OF_LINES = frozenset(  # of copies that have kept the header's lines as they were sent
    {"hyphenated", "split-word", "sentence-case", "subject-label", "tags-label", "ref-label", "order-label",
     "ref-letters", "refs-in-a-row", "tags-glued", "backslashes", "form-feeds"}
)  # fmt: skip
_OF_WHITE_SPACE = frozenset({"lost-heading"})


def grown(index: int, seed: int, asked: Collection[str] | None = None) -> Forged:
    """The cable of that index; each fifth is the Department's."""
    if index % 5 == 4:
        return _departments(index, seed, asked)
    random = Random(f"{ERA} {seed} {index}")
    sent = cable(Drafter(number_of(index, seed), index, seed, random).draft())
    packaging = random.choice(tuple(PACKAGINGS))
    unfit = (_OF_LINES if packaging == "markdown" else _OF_MARKDOWN) | (
        frozenset() if packaging == "dated" else _OF_WHITE_SPACE
    )
    damages = chosen(ERA, random, unfit) if asked is None else [one for one in asked if one not in unfit]
    return press(sent, packaging, damages, random, f"{short(sent.mrn)}.txt")


def _departments(index: int, seed: int, asked: Collection[str] | None) -> Forged:
    """A cable of the Department as it left the building."""
    desk = Desk(ERA, _YEARS, tuple(MISSIONS), index, seed, at="STATE")
    made = cable(desk.draft())
    sent = replace(
        made,
        transmission=None,
        to=tuple(replace(one, routing=None) for one in made.to),
        info=tuple(replace(one, routing=None) for one in made.info),
        drafting=drafted(desk),
    )
    codes = ("page-line",) if sent.sections else ()
    sheet = Sheet(_with_block(sent), sent, codes)
    name = f"{short(sent.mrn)}_{index:06d}.txt"
    return worn(ERA, sheet, "department", None, desk.random, name, asked, _OF_MARKDOWN | _OF_WHITE_SPACE)


def _with_block(sent: Cable) -> str:
    """The telegram below its drafting block and counter line."""
    counter = crc32((sent.id or "").encode()) % 0x1000000
    filed = f"{(sent.sent or '')[8:10]}{(sent.sent or '')[11:13]}{(sent.sent or '')[14:16]}Z"
    line = f"{' ' * 20}------------------{counter:06X}  {filed} /21"
    block = drafting.write(sent.drafting) if sent.drafting else []
    return "\n".join([*block, line, write(sent)])
