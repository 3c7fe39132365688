"""How a cable is cited: a footnote, and the forms that reference managers read.

The archive's own form follows the National Archives' model for electronic telegrams of 1973-79: sender to
addressee, telegram and number, date, document number, series, record group, repository (handbook 06, section
2); how it was sent and whether it is released stand behind that. Everything else follows the Chicago Manual
of Style, 17th edition, 14.229-231 (unpublished material). The address is that of the source, where it has
one; the address of this machine is nobody's to cite.
"""

import re
from calendar import month_name

import msgspec

from reftel import stations
from reftel.cable import Cable, Status

_COPIES: dict[Status, str] = {
    "released": "released copy",
    "leaked": "leaked copy, not released",
    "internal": "internal copy",
    "unknown": "copy of unknown release",
}
_RG59 = "General Records of the Department of State, Record Group 59"
_NARA = "National Archives at College Park, College Park, MD"


class Citation(msgspec.Struct, frozen=True):
    """One cable, cited in every form."""

    footnote: str  # as its archive wants it
    chicago: str
    bibtex: str
    ris: str
    csl: dict[str, object]  # CSL-JSON, one item
    address: str | None  # of the source


class _Said(msgspec.Struct, frozen=True):
    """What every form says of a cable."""

    key: str
    number: str  # La Paz 15
    sender: str  # U.S. Embassy La Paz
    receiver: str
    subject: str | None
    date: str | None
    level: str  # sent as CONFIDENTIAL
    status: str
    held: str  # where the copy is from
    address: str | None


def citation(cable: Cable, collection: str | None = None) -> Citation:
    """The forms for a cable, as far as its reader may see it, and for the collection of its copy."""
    said = _said(cable, collection)
    return Citation(
        _archive(cable, said),
        _chicago(said),
        _bibtex(said),
        _ris(said),
        _csl(said),
        said.address,
    )


def quotation(cable: Cable, anchor: str, collection: str | None = None) -> str | None:
    """A paragraph in quotation marks with its footnote; None where the reader sees no such paragraph."""
    text = next((each.text for each in cable.paragraphs if each.anchor == anchor), None)
    if not text:
        return None
    said = within_quotation(" ".join(text.split()))
    return f"“{said}” ({_chicago(_said(cable, collection)).removesuffix('.')}, para. {anchor}.)"


_DOUBLE = re.compile(r"[\"“”]")
_SINGLE = re.compile(
    r"(?<![\w’'.,!?])['‘](?=[^\W\d])(?P<said>[^'‘’]*(?:\w['’](?=\w)[^'‘’]*)*)(?<=\S)['’](?!\w)"
)
_OPENS_AFTER = frozenset(" ([{-–—/‘“")


def within_quotation(text: str) -> str:
    """A text as it stands inside quotation marks: its own double marks single, and single ones within these
    double (Chicago 13.30, 6.11); apostrophes stay.

    `He said "no."` is `He said ‘no.’`; `"He said 'no' twice."` is `‘He said “no” twice.’`. A plain mark opens
    behind a blank or a bracket and closes elsewhere, and none closes that was not opened.
    """
    found: list[str] = []
    at, depth = 0, 0
    for mark in _DOUBLE.finditer(text):
        piece = text[at : mark.start()]
        found.append(_turned(piece) if depth else piece)
        before = text[mark.start() - 1 : mark.start()] or " "
        opens = mark[0] == "“" or (mark[0] == '"' and (before in _OPENS_AFTER or not depth))
        found.append("‘" if opens else "’")
        depth = max(0, depth + (1 if opens else -1))
        at = mark.end()
    found.append(_turned(text[at:]) if depth else text[at:])
    return "".join(found)


def _turned(said: str) -> str:
    """What stands in double marks, its single ones made double."""
    return _SINGLE.sub(r"“\g<said>”", said)


# -- what is said -----------------------------------------------------------------------------------------


def _said(cable: Cable, collection: str | None) -> _Said:
    return _Said(
        cable.key,
        _number(cable),
        _post(cable.from_.name, cable.from_.station or cable.mrn.station),
        _receiver(cable.to[0].name) if cable.to else "",
        " ".join(cable.subject.split()) if cable.subject else None,
        cable.sent or (str(cable.mrn.year) if cable.mrn.year else None),
        f"sent as {cable.classification}" if cable.classification else "",
        _COPIES[cable.release.status],
        _held(cable, collection),
        _address(cable),
    )


def _receiver(name: str) -> str:
    """An addressee by its post; SMART puts the place first: WASHDC, SECSTATE."""
    place, comma, office = name.partition(", ")
    turned = f"{office} {place}" if comma and stations.token(name) not in stations.STATIONS else name
    return _post(turned, stations.token(turned))


def _number(cable: Cable) -> str:
    number = cable.mrn
    if number.station is None or number.serial is None:
        return cable.key
    return f"{stations.title(number.station).partition(' (')[0]} {number.serial}"


def _post(name: str | None, station: str | None) -> str:
    """`U.S. Embassy La Paz`, `Department of State`; a name that is no post of the table as it is written."""
    known = stations.STATIONS.get(station or "")
    if known is None:
        return name or (stations.title(station) if station else "")
    title = known.name.partition(" (")[0]
    place = re.match(
        r"(?:AM ?|U\.?S\.? ?)?(?P<kind>EMBASSY|CONSUL|MISSION|OFFICE)", name or "", re.IGNORECASE
    )
    if station == "STATE":
        return "Department of State"
    if "mission" in title.lower() or "delegation" in title.lower():
        return title
    kind = {"EMBASSY": "Embassy", "CONSUL": "Consulate", "OFFICE": "Office"}.get(
        place["kind"].upper() if place else ""
    )
    return f"U.S. {kind or 'Embassy' if known.kind == 'Embassy' else kind or 'Post'} {title}"


_FRUS = re.compile(r"(?P<volume>frus(?P<years>\d{4}-\d{2,4})(?P<rest>\w*))/(?P<document>\w+)")


def _held(cable: Cable, collection: str | None) -> str:
    printed = _FRUS.fullmatch(cable.key) or _FRUS.search(cable.copy.locator if cable.copy else "")
    if printed:
        volume = re.fullmatch(r"(?:v(?P<number>\w+?))?(?:p(?P<part>\d+))?", printed["rest"])
        of = f", vol. {_volume(volume['number'])}" if volume and volume["number"] else ""
        part = f", part {volume['part']}" if volume and volume["part"] else ""
        years = printed["years"].replace("-", "–")
        document = printed["document"].removeprefix("d")
        return f"Foreign Relations of the United States, {years}{of}{part}, document {document}"
    return f"collection “{collection}”" if collection else ""


def _volume(number: str) -> str:
    """A volume's number as printed on it: `XIII`; that of an electronic volume as it is, `E–4`."""
    if not number.isdigit():
        return number.upper().replace("E0", "E–").replace("E1", "E–1")
    left, roman = int(number), ""
    for letters, value in (("XL", 40), ("X", 10), ("IX", 9), ("V", 5), ("IV", 4), ("I", 1)):
        times, left = divmod(left, value)
        roman += letters * times
    return roman


def _address(cable: Cable) -> str | None:
    printed = _FRUS.fullmatch(cable.key) or _FRUS.search(cable.copy.locator if cable.copy else "")
    if printed:
        return f"https://history.state.gov/historicaldocuments/{printed['volume']}/{printed['document']}"
    if _document_number(cable):
        return "https://aad.archives.gov/aad/"
    return None


def _document_number(cable: Cable) -> str | None:
    """The National Archives' number of an electronic telegram: 1974LAPAZ00015."""
    return cable.catalogue.attributes.get("Document Number") if cable.catalogue else None


def _day(date: str | None) -> str:
    """`January 2, 1974`, as exact as known; `n.d.` where nothing is."""
    if not date:
        return "n.d."
    year, *rest = date.partition("T")[0].split("-")
    try:
        month = month_name[int(rest[0])] if rest else ""
        return f"{month} {int(rest[1])}, {year}" if len(rest) > 1 else f"{month} {year}".strip()
    except (ValueError, IndexError):
        return date


# -- the forms --------------------------------------------------------------------------------------------


def _archive(cable: Cable, said: _Said) -> str:
    """As the National Archives want an electronic telegram cited; any other as in Chicago's style."""
    document = _document_number(cable)
    if document is None:
        return _chicago(said)
    year = (said.date or document)[:4]
    parties = f"{said.sender} to {said.receiver}" if said.receiver else said.sender
    # the model stands whole and in its order; behind it what it does not say
    known = ", ".join(each for each in (said.level, said.status) if each)
    return (
        f"{parties}, telegram {said.number}, {_day(said.date)}, {document}; "
        f"Electronic Telegrams, {year}; Central Foreign Policy Files, 1973–79; {_RG59}; {_NARA}; "
        f"Access to Archival Databases, {said.address} ({known})."
    )


def _chicago(said: _Said) -> str:
    parties = f"{said.sender} to {said.receiver}" if said.receiver else said.sender
    subject = f"“{_with_comma(within_quotation(said.subject))}” " if said.subject else ""
    level = f"{said.level}, " if said.level else ""
    parts = f"{parties}, {subject}telegram {said.number}, {_day(said.date)}, {level}{said.status}"
    behind = "".join(f", {each}" for each in (said.held, said.address) if each)
    return f"{parts}{behind}."


def _with_comma(title: str) -> str:
    """A title with its comma, in place of a full stop and within all marks that close there: `A COLD,’`."""
    bare = title.rstrip("’”")
    closing = title[len(bare) :] if "‘" in title else ""
    return f"{title.removesuffix(closing).removesuffix('.')},{closing}"


_TEX = str.maketrans({
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#",
    "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
})  # fmt: skip


def _bibtex(said: _Said) -> str:
    date = (said.date or "").partition("T")[0]
    fields = {
        "author": "{" + said.sender.translate(_TEX) + "}",
        "title": (said.subject or f"Telegram {said.number}").translate(_TEX),
        "howpublished": f"Telegram {said.number}".translate(_TEX)
        + (f" to {said.receiver}".translate(_TEX) if said.receiver else ""),
        "date": date,
        "year": date[:4],
        "note": "; ".join(each for each in (said.level, said.status, said.held) if each).translate(_TEX),
        "url": said.address or "",
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{cable{re.sub(r'[^A-Za-z0-9]', '', said.key)},\n{lines}\n}}\n"


def _ris(said: _Said) -> str:
    date = (said.date or "").partition("T")[0].replace("-", "/")
    lines = [
        ("TY", "PCOMM"),
        ("AU", said.sender),
        ("A2", said.receiver),
        ("TI", said.subject or f"Telegram {said.number}"),
        ("M1", said.number),
        ("M3", "Telegram"),
        ("PY", date[:4]),
        ("DA", date),
        ("N1", "; ".join(each for each in (said.level, said.status) if each)),
        ("DB", said.held),
        ("UR", said.address or ""),
        ("ID", said.key),
    ]
    return "".join(f"{tag}  - {_one_line(value)}\r\n" for tag, value in lines if value) + "ER  - \r\n"


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _csl(said: _Said) -> dict[str, object]:
    item: dict[str, object] = {
        "id": said.key,
        "type": "personal_communication",
        "genre": "Telegram",
        "title": said.subject or f"Telegram {said.number}",
        "author": [{"literal": said.sender}],
        "number": said.number,
        "note": "; ".join(each for each in (said.level, said.status) if each),
    }
    if said.receiver:
        item["recipient"] = [{"literal": said.receiver}]
    date = [int(part) for part in (said.date or "").partition("T")[0].split("-") if part.isdigit()]
    if date:
        item["issued"] = {"date-parts": [date]}
    if said.held:
        item["archive"] = said.held
    if said.address:
        item["URL"] = said.address
    return item


def page_metadata(cited: Citation) -> tuple[tuple[str, str], ...]:
    """What a page says of itself, so that a reference manager picks it up: names and values of `<meta>`."""
    item = cited.csl
    issued = item.get("issued")
    day = "-".join(f"{part:02d}" for part in issued["date-parts"][0]) if isinstance(issued, dict) else ""
    author, receiver = item["author"], item.get("recipient")
    found = (
        ("DC.type", "letter"),
        ("DC.title", str(item["title"])),
        ("DC.creator", author[0]["literal"] if isinstance(author, list) else ""),
        ("DC.contributor", receiver[0]["literal"] if isinstance(receiver, list) else ""),
        ("DC.date", day),
        ("DC.identifier", str(item["number"])),
        ("DC.source", str(item.get("archive", ""))),
        ("DC.identifier", str(item.get("URL", ""))),
        ("DC.rights", str(item["note"])),
    )
    return tuple((name, value) for name, value in found if value)
