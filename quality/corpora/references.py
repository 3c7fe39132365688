"""References: what editors of printed telegrams explain, and what an archive's catalogue lists.

Three sources of gold, all public domain and none of them kept here:
- `explained/number`: mentions in printed telegrams whose target the editors name, found with their number;
- `explained/sender`: of those found, whether the one who sent the target is the one that was read;
- `listed/telegram`: the telegrams of the attribute Reference, in the REF block of the telegram itself.
"""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from quality.verdict import Verdict

from reftel.cable import Addressee, Cable, Mrn, Paragraph, Sender
from reftel.citing import SERIES
from reftel.findings import references as mentions
from reftel.stations import STATIONS, Station, token
from reftel.telegram.common import references

NAME = "references"

_WASHINGTON = re.compile(
    r"Department|Secretary|Acting Secretary|Central Intelligence|President|White House|Director|Joint Chiefs",
    re.I,
)
# What countries were called in the years of these telegrams, where the table of posts has a later name.
_OF_THE_TIME = {
    "SEOUL": "KOREA", "SAIGON": "VIETNAM", "TAIPEI": "REPUBLICOFCHINA", "MOSCOW": "SOVIETUNION",
    "CAIRO": "UNITEDARABREPUBLIC", "DAMASCUS": "UNITEDARABREPUBLIC", "BONN": "GERMANY", "KINSHASA": "CONGO",
    "COLOMBO": "CEYLON", "BELGRADE": "YUGOSLAVIA", "PRAGUE": "CZECHOSLOVAKIA", "USUNNEWYORK": "UNITEDNATIONS",
}  # fmt: skip
_PLACE = re.compile(r"\b(?:in|at|to)\s+(?:the\s+)?(?P<place>[A-Z\[][^(,]*)")


def verdicts(shared: Path) -> Iterator[Verdict]:
    """All comparisons, in the order of the corpora."""
    yield from explained(shared)
    yield from listed(shared)


# -- explained by editors ----------------------------------------------------------------------------


def explained(shared: Path) -> Iterator[Verdict]:
    """Mentions of tier A: the number of the mention is that of the document that the editors name."""
    with gzip.open(shared / "data/frus/reference-gold.jsonl.gz", "rt", encoding="utf-8") as file:
        gold = [one for one in map(json.loads, file) if one["tier"] == "A"]
    wanted = {one["source_id"] for one in gold}
    telegrams: dict[str, Any] = {}
    for path in sorted((shared / "data/frus").glob("telegrams-*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            telegrams |= {one["id"]: one for one in map(json.loads, file) if one["id"] in wanted}
    found: dict[str, tuple[Cable, tuple[mentions.Mention, ...]]] = {}
    for one in gold:
        source = one["source_id"]
        if source not in found:
            cable = minimal(telegrams[source])
            found[source] = cable, mentions.find(cable, telegrams[source]["text"])
        yield from _compared(one, *found[source])


def _compared(gold: dict[str, Any], cable: Cable, found: tuple[mentions.Mention, ...]) -> Iterator[Verdict]:
    """The note stands behind the mention: the last one before it that has the number is meant."""
    source, offset, number = gold["source_id"], gold["offset"], gold["mention_number"]
    item = f"{source}@{offset}"
    near = [one for one in found if offset - 60 <= one.span[1] <= offset + 3]
    right = [one for one in near if one.serial is not None and str(one.serial) == number.lstrip("0")]
    expected = (
        f"{gold['mention']} from {gold['target_from']} to {gold['target_to']}: {gold['context'][-70:]!r}"
    )
    if not right:
        over = [one for one in near if one.span[1] >= offset - len(gold["mention"])]
        outcome = "wrong" if over and over[-1].serial is not None else "missing"
        yield Verdict(NAME, item, "explained/number", outcome, expected, over[-1].text if over else "")
        return
    yield Verdict(NAME, item, "explained/number", "right")
    sent_by = right[-1].post
    words = f"{right[-1].text!r} from {sent_by}"
    agrees = sent_by is not None and _is_sender(sent_by, gold["target_from"], cable)
    outcome = "missing" if sent_by is None else "right" if agrees else "wrong"
    yield Verdict(NAME, item, "explained/sender", outcome, expected, words)


def minimal(printed: dict[str, Any]) -> Cable:
    """A cable of one paragraph, with the sender, addressee and date that the printing gives."""
    text, sent = printed["text"], printed["date"]
    number = int(printed["number"]) if (printed["number"] or "").isdigit() else None
    mrn = Mrn(int(sent[:4]) if sent else None, station_of(printed["from"]), number)
    return Cable(
        id=None,
        key=printed["id"],
        aliases=(),
        mrn=mrn,
        era="printed",
        extract=False,
        sections=None,
        sent=sent[:10] if sent else None,
        sent_basis="text",
        precedence=(),
        transmission=None,
        from_=Sender(printed["from"], mrn.station),
        to=(Addressee(station_of(printed["to"]) or ""),) if printed["to"] else (),
        paragraphs=(Paragraph(None, "0", None, None, "report", text, ((0, len(text)),), ()),),
    )


def station_of(name: str | None) -> str | None:
    """A station for a sender as printed: the Department, the embassy of a country, or its own letters."""
    if not name:
        return None
    place = _PLACE.search(name)
    if name.startswith(("Department", "Secretary", "Acting Secretary")) and not place:
        return "STATE"
    where = _letters(place["place"] if place else name)
    of_the_time = next((post for post, country in _OF_THE_TIME.items() if country in where), None)
    if of_the_time:
        return of_the_time
    for station in STATIONS.values():
        if where in (_country(station), station.token) and "mbassy" in station.kind:
            return station.token
    return token(where)


def _country(station: Station) -> str:
    return _letters(station.country.partition("(")[0])


def _letters(name: str) -> str:
    return re.sub(r"[^A-Z]", "", name.upper())


def _is_sender(post: str, printed: str, cable: Cable) -> bool:
    """Whether a station is the sender that is printed above the target."""
    washington = bool(_WASHINGTON.search(printed)) and not printed.startswith(
        ("Embassy", "Mission", "Consulate")
    )
    if post == "STATE" or (post in SERIES and SERIES[post].addressee is None):
        return washington
    if post in SERIES:
        return True  # the Secretary and his delegations travel
    if washington:
        return post not in STATIONS
    station = STATIONS.get(post)
    names = {post, _letters(station.name), _country(station)} if station else {post}
    names.add(_OF_THE_TIME.get(post, post))
    where = _letters(printed)
    return any(name in where for name in names if name) or post == station_of(printed)


# -- listed by an archive ----------------------------------------------------------------------------

_BLOCK = re.compile(r"(?m)^ *REFS? *[:;]")
_BLOCK_ENDS = re.compile(
    r"\n *\n|\n *(?:(?:BEGIN )?SUMMARY|\d{1,2}\. +[A-Z]{2}|E\.O\.|TAGS|SUBJ)"
    r"|\n(?:UNCLAS|CONF|LIMITED|SECRET|PAGE)"
)
_NO_POST = frozenset(
    "JANUARY FEBRUARY MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER FEB OF Z".split()
)
_LISTED = re.compile(r"(?<!-)(?:(?P<year>\d\d) )?(?P<post>[A-Z][A-Z ]*[A-Z])\s+(?P<serial>\d{1,6})\b(?!\s*Z)")


def listed(shared: Path) -> Iterator[Verdict]:
    """The telegrams of the attribute, which is cut at a line's length and edited, against the REF block."""
    with gzip.open(shared / "data/raw-cables/aad-cables.jsonl.gz", "rt", encoding="utf-8") as file:
        cables = [json.loads(line) for line in file]
    for one in cables:
        listed_ = one["attributes"].get("Reference", "")
        text = one["message_text"]
        label = _BLOCK.search(text)
        if label is None or not listed_ or listed_.lower() == "n/a":
            continue
        stop = _BLOCK_ENDS.search(text, label.end())
        end = min(stop.start() if stop else len(text), label.end() + 700)
        digits = re.search(r"\d+$", one["id"][4:])
        mrn = Mrn(
            int(one["id"][:4]), token(one["id"][4:].rstrip("0123456789")), int(digits[0]) if digits else None
        )
        found = references.read(text, label.end(), end, mrn, None)
        yield from _listed_there(one["id"], listed_, found)


def _listed_there(item: str, listed_: str, found: tuple[references.Reference, ...]) -> Iterator[Verdict]:
    read = {(one.post, one.serial) for one in found if one.kind == "telegram"}
    for match in _LISTED.finditer(_uncut(listed_)):
        words = match["post"].split()
        if words[-1] in _NO_POST:
            continue
        post = " ".join(word for word in words if word not in ("AND", "CABLE", "US", "MISSION", "BL"))
        outcome = "right" if (token(post), int(match["serial"])) in read else "missing"
        yield Verdict(NAME, item, "listed/telegram", outcome, match[0], ", ".join(sorted(map(str, read))))


def _uncut(listed_: str) -> str:
    """The attribute of 1974 is cut after 36 characters, blanks at the end left out: `C) ST, ATE 13866`."""
    if listed_[36:38] == ", ":
        return listed_[:36] + listed_[38:]
    return f"{listed_[:35]} {listed_[37:]}" if listed_[35:37] == ", " else listed_
