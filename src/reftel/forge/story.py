"""The story of the sample: the Krona railway, 2004 to 2006, as twelve missions reported it.

Its telegrams stand in `episodes/`, in order of date, as their drafters might have handed them in; behind them
stands one that a newspaper printed too, with a name removed:

    === 04ZENDA7 2004-01-12 0840 P SBU          number, date, hour, precedence, level
    subject: SURVEYORS IN THE SNOW              fields; `for:` and `ref:` may be repeated
    copy: catalogue                             how it has come down to us
    damage: repeated-header lost-end

    (SBU) Summary: ...                          a paragraph begins with its mark
    -- a list item                              blocks without a mark go on with it
    # A heading
"""

import re
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from itertools import pairwise

import msgspec

from reftel.dtg import PRECEDENCES
from reftel.forge.drafting import Classifier, Draft, Drafted
from reftel.forge.world import MISSIONS

_HEAD = re.compile(
    r"(?P<year>\d\d)(?P<station>[A-Z]+)(?P<serial>\d+)"
    r" (?P<date>\d{4}-\d\d-\d\d) (?P<hour>\d\d)(?P<minute>\d\d) (?P<precedence>[ZOPR]) (?P<level>[A-Z/]+)"
)
_FIELD = re.compile(r"(?P<name>[a-z]+): (?P<value>.*)")
_MARKED = re.compile(r"\((?P<mark>[A-Z/]+)\) (?P<text>.*)", re.DOTALL)


class Episode(msgspec.Struct, frozen=True):
    """One telegram of the story, and how its copy has come down to us."""

    draft: Draft
    packaging: str
    damages: tuple[str, ...]
    opaque: bool  # the file's name tells nothing


def episodes() -> Iterator[Episode]:
    """The whole story, in order of date."""
    folder = files("reftel.forge") / "episodes"
    for chapter in sorted(folder.iterdir(), key=lambda one: one.name):
        for written in chapter.read_text(encoding="utf-8").split("=== ")[1:]:
            yield _episode(written)


def _episode(written: str) -> Episode:
    first, _, body = written.partition("\n\n")
    head, *lines = first.split("\n")
    number = _HEAD.fullmatch(head)
    if number is None:
        raise ValueError(f"no head of an episode: {head}")
    fields: dict[str, list[str]] = {}
    for line in lines:
        field = _FIELD.fullmatch(line)
        if field is None:
            raise ValueError(f"{head}: no field: {line}")
        fields.setdefault(field["name"], []).append(field["value"])
    damages = tuple(" ".join(fields.get("damage", [])).split())
    return Episode(
        draft=_draft(number, fields, body, in_sections="page-break" in damages),
        packaging=fields["copy"][0],
        damages=tuple(damage for damage in damages if damage != "page-break"),
        opaque=fields.get("name") == ["opaque"],
    )


def _draft(number: re.Match[str], fields: dict[str, list[str]], body: str, *, in_sections: bool) -> Draft:
    station, sent = number["station"], f"{number['date']}T{number['hour']}:{number['minute']}Z"
    mission = MISSIONS[station]
    return Draft(
        station=station,
        serial=int(number["serial"]),
        sent=sent,
        precedence=PRECEDENCES[number["precedence"]],
        level=number["level"],
        subject=fields["subject"][0],
        tags=tuple(fields["tags"][0].split()),
        paragraphs=tuple(_paragraphs(body)),
        references=tuple(fields.get("ref", [])),
        captions=_words(fields, "captions", ("SIPDIS",)),
        passing=tuple(one for line in fields.get("for", []) for one in line.split("; ")),
        to=_addressees(fields, "to", ("SECSTATE",)),
        info=_addressees(fields, "info", mission.informs),
        classifier=_classifier(fields),
        signature=mission.chief(date.fromisoformat(number["date"])).surname,
        in_sections=in_sections,
    )


def _words(fields: dict[str, list[str]], name: str, usual: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a field; `-` for none."""
    if name not in fields:
        return usual
    return tuple(word for word in fields[name][0].split() if word != "-")


def _addressees(fields: dict[str, list[str]], name: str, usual: tuple[str, ...]) -> tuple[str, ...]:
    """The addressees of a field; one of them may have a precedence of its own: SECSTATE:NIACT IMMEDIATE."""
    if name in fields and ":" in fields[name][0]:
        return (fields[name][0],)
    return _words(fields, name, usual)


def _classifier(fields: dict[str, list[str]]) -> Classifier | None:
    if "by" not in fields:
        return None
    title, name, letters = fields["by"][0].split(" | ")
    return Classifier(title, name, tuple(letters.split()))


def _paragraphs(body: str) -> Iterator[Drafted]:
    heading: str | None = None
    blocks: list[str] = []
    mark = ""
    for block in body.strip().split("\n\n"):
        marked = _MARKED.fullmatch(block)
        if blocks and (marked or block.startswith("# ")):
            yield Drafted(mark, _text(blocks), heading)
            heading, blocks = None, []
        if block.startswith("# "):
            heading = block[2:]
        elif marked:
            mark, blocks = marked["mark"], [marked["text"]]
        else:
            blocks.append(block)
    if blocks:
        yield Drafted(mark, _text(blocks), heading)


def _text(blocks: list[str]) -> str:
    """The blocks of a paragraph: the items of a list a line each, a blank line between other blocks."""
    text = blocks[0]
    for before, block in pairwise(blocks):
        text += "\n" if before.startswith("-- ") and block.startswith("-- ") else "\n\n"
        text += re.sub(r"^\| ?", "", block, flags=re.MULTILINE)
    return text
