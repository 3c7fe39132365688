"""What a cable refers to and what refers to it, step by step: the conversation it belongs to."""

from collections import deque
from collections.abc import Iterator
from datetime import date
from typing import Literal
from xml.etree import ElementTree as Xml

import msgspec
from msgspec.structs import replace

from reftel.cable import Cable, Reference, ReferenceKind, Status, date_of, post_of
from reftel.errors import UsageError
from reftel.query import Field, Query, days
from reftel.readingroom import ReadingRoom

DEEPEST = 6
MOST = 300  # cables and papers in one thread; a hub of the archive has thousands around it
_CITING = 50  # cables that cite one, the newest of them

Direction = Literal["cites", "cited-by", "both"]


class Paper(msgspec.Struct, frozen=True):
    """A cable of the thread, held or not, or another paper that one of them names."""

    name: str  # the key of what is held, the number of what is not, else `KEY/ref/0`
    kind: ReferenceKind
    held: bool
    steps: int  # from the cable that was asked for
    words: str  # its number, or as the citing cable names it
    sent: str | None = None  # as exact as known
    post: str | None = None
    subject: str | None = None
    status: Status | None = None
    before: str | None = None  # of one that is not held: the date of the earliest cable here that cites it


class Link(msgspec.Struct, frozen=True):
    """One cable refers to another paper."""

    citing: str
    cited: str
    letter: str | None
    words: str  # of the REF block
    days: int | None  # from the paper cited to the cable that cites it; None where a date is not exact


Near = dict[str, tuple[tuple[Link, Paper], ...]]
"""Papers one reference away, by kind, telegrams first."""


def _rank(kind: str) -> tuple[bool, str]:
    return kind != "telegram", kind


class Thread(msgspec.Struct, frozen=True):
    """Papers in order of their dates, and who refers to whom."""

    key: str
    depth: int
    papers: tuple[Paper, ...]
    links: tuple[Link, ...]
    cut: bool  # whether there is more than is told
    direction: Direction = "both"
    cut_at: tuple[str, ...] = ()  # the papers around which not all is told
    ends: int = 0  # held cables `depth` references away: what lies behind them was not looked for

    @property
    def first(self) -> Paper:
        """The cable that was asked for."""
        return next(paper for paper in self.papers if paper.name == self.key)

    def named(self) -> dict[str, Paper]:
        """Each paper under its name."""
        return {paper.name: paper for paper in self.papers}

    def cites(self) -> Near:
        """What the first cable cites, by kind."""
        return self._near([(link, link.cited) for link in self.links if link.citing == self.key])

    def cited_by(self) -> Near:
        """What cites the first cable, by kind."""
        return self._near([(link, link.citing) for link in self.links if link.cited == self.key])

    def _near(self, links: list[tuple[Link, str]]) -> Near:
        named = self.named()
        found: dict[str, list[tuple[Link, Paper]]] = {}
        for link, name in links:
            found.setdefault(named[name].kind, []).append((link, named[name]))
        return {kind: tuple(some) for kind, some in sorted(found.items(), key=lambda each: _rank(each[0]))}

    def told(self) -> tuple[tuple[Paper, tuple[tuple[Link, Paper], ...]], ...]:
        """The conversation: every paper in order of dates, with those of the thread that it refers to."""
        named = self.named()
        refers: dict[str, list[tuple[Link, Paper]]] = {}
        for link in self.links:
            refers.setdefault(link.citing, []).append((link, named[link.cited]))
        return tuple((paper, tuple(refers.get(paper.name, ()))) for paper in self.papers)

    def by_kind(self) -> dict[str, int]:
        """How many papers there are of each kind."""
        kinds = [paper.kind for paper in self.papers]
        return {kind: kinds.count(kind) for kind in dict.fromkeys(sorted(kinds))}


def thread(
    room: ReadingRoom, key: str, depth: int = 2, direction: Direction = "both", most: int = MOST
) -> Thread | None:
    """The papers at most `depth` references away from a cable, `most` of them; None where it is not held.

    Everything is asked of the room, so what its reader may not see is neither a paper nor a link.
    """
    if not 1 <= depth <= DEEPEST:
        raise UsageError(f"depth {depth}: a number from 1 to {DEEPEST} is wanted")
    held = room.cable(key)
    if held is None:
        return None
    key = held.cable.key  # as this reader knows it
    found = _Found(room, key, depth, direction, most)
    papers = sorted(_bounded(found), key=_in_order)
    links = tuple(sorted(found.links.values(), key=lambda link: (link.citing, link.words, link.cited)))
    ends = sum(paper.held and paper.steps == depth for paper in papers)
    cut_at = tuple(name for name in found.cut_at if name in found.papers)
    return Thread(key, depth, tuple(papers), links, bool(cut_at), direction, cut_at, ends)


class _Found:
    """The search for papers, breadth first."""

    def __init__(self, room: ReadingRoom, key: str, depth: int, direction: Direction, most: int) -> None:
        self.papers: dict[str, Paper] = {}
        self.links: dict[tuple[str, str], Link] = {}
        self.cut_at: dict[str, None] = {}  # in the order they were met
        self._room = room
        self._most = most
        waiting: deque[tuple[str, int]] = deque([(key, 0)])
        while waiting:
            at, steps = waiting.popleft()
            held = room.cable(at)
            if held is None:
                continue
            cable = held.cable
            self.papers[at] = _of_cable(cable, steps)
            if steps == depth:
                continue
            further = [*self._cited(cable, steps)] if direction != "cited-by" else []
            further += self._citing(cable) if direction != "cites" else []
            for name in further:
                if name not in self.papers and len(self.papers) + len(waiting) < most:
                    waiting.append((name, steps + 1))
                elif name not in self.papers:
                    self.cut_at[at] = None
        self.links = {ends: link for ends, link in self.links.items() if {*ends} <= self.papers.keys()}

    def _cited(self, cable: Cable, steps: int) -> Iterator[str]:
        """The cables that one refers to; what is not held is put down at once."""
        keys = self._room.referred_to(cable)
        for at, reference in enumerate(cable.references):
            here = keys.get(reference.id or reference.text)
            name = here or reference.id or f"{cable.key}/ref/{at}"
            if here:
                yield name
            elif name not in self.papers:
                if len(self.papers) >= self._most:
                    self.cut_at[cable.key] = None
                    continue
                self.papers[name] = _not_held(name, reference, steps + 1)
            self._link(cable, name, reference)

    def _citing(self, cable: Cable) -> list[str]:
        """The cables that refer to one."""
        if cable.id is None:
            return []
        total, found = self._room.cables(Query(Field("ref", cable.id)), _CITING)
        if total > _CITING:
            self.cut_at[cable.key] = None
        for citing in found:
            for reference in citing.references:
                if reference.id == cable.id:
                    self._link(citing, cable.key, reference)
        return [citing.key for citing in found]

    def _link(self, citing: Cable, cited: str, reference: Reference) -> None:
        if (citing.key, cited) in self.links or citing.key == cited:
            return
        paper = self._room.cable(cited)
        earlier = date_of(paper.cable) if paper else reference.sent
        self.links[citing.key, cited] = Link(
            citing.key, cited, reference.letter, reference.text, _days_between(earlier, date_of(citing))
        )


def _bounded(found: _Found) -> Iterator[Paper]:
    """The papers; those that are not held and whose date is not exact were there when they were cited."""
    earliest: dict[str, str] = {}
    for link in found.links.values():
        paper, sent = found.papers[link.cited], found.papers[link.citing].sent
        if not paper.held and sent and _may_be_later(paper.sent, sent):
            earliest[link.cited] = min(sent, earliest.get(link.cited, sent), key=_when)
    for paper in found.papers.values():
        yield replace(paper, before=earliest[paper.name]) if paper.name in earliest else paper


def _may_be_later(sent: str | None, citing: str) -> bool:
    """Whether an inexact date reaches beyond that of a citing cable, and does not begin behind it."""
    try:
        first, last = days(sent or "")
    except ValueError:
        return False
    return first < last and first <= _when(citing)[0] <= last


def _of_cable(cable: Cable, steps: int) -> Paper:
    return Paper(
        cable.key,
        "telegram",
        True,
        steps,
        cable.id or cable.key,
        date_of(cable),
        post_of(cable),
        cable.subject,
        cable.release.status,
    )


def _not_held(name: str, reference: Reference, steps: int) -> Paper:
    return Paper(
        name,
        reference.kind,
        False,
        steps,
        reference.id or reference.text,
        reference.sent or _year_of(reference),
        reference.post,
        reference.title,
    )


def _year_of(reference: Reference) -> str | None:
    """The year of a number, where the REF block gives it."""
    return reference.id[:4] if reference.id and "year" not in reference.inferred else None


def _in_order(paper: Paper) -> tuple[tuple[int, str], bool, str]:
    """By date; one that ends when it is cited stands right before the cable that cites it."""
    return _when(paper.before or paper.sent), not paper.before, paper.name


def _when(sent: str | None) -> tuple[int, str]:
    """By the last day that the date allows, so that `2005` comes after all of 2005; without a date last."""
    try:
        return days(sent or "")[1], sent or ""
    except ValueError:
        return 9999_99_99, sent or ""


def _days_between(earlier: str | None, later: str | None) -> int | None:
    """Whole days from one date to another, where both name a day."""
    try:
        first, second = days(earlier or ""), days(later or "")
    except ValueError:
        return None
    if first[0] != first[1] or second[0] != second[1]:
        return None
    return (_day(second[0]) - _day(first[0])).days


def _day(number: int) -> date:
    return date(number // 10000, number // 100 % 100, number % 100)


# -- for other programs -----------------------------------------------------------------------------------

_NO_XML = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF), 0xFFFD)


def gexf(thread: Thread) -> bytes:
    """The thread as a directed graph in GEXF 1.3."""
    root = Xml.Element("gexf", {"xmlns": "http://gexf.net/1.3", "version": "1.3"})
    graph = Xml.SubElement(root, "graph", {"defaultedgetype": "directed"})
    attributes = Xml.SubElement(graph, "attributes", {"class": "node"})
    for at, name in enumerate(_COLUMNS):
        Xml.SubElement(attributes, "attribute", {"id": str(at), "title": name, "type": "string"})
    nodes = Xml.SubElement(graph, "nodes")
    for paper in thread.papers:
        node = Xml.SubElement(nodes, "node", {"id": _xml(paper.name), "label": _xml(paper.words)})
        values = Xml.SubElement(node, "attvalues")
        for at, value in enumerate(_row(paper)):
            if value:
                Xml.SubElement(values, "attvalue", {"for": str(at), "value": value})
    edges = Xml.SubElement(graph, "edges")
    for at, link in enumerate(thread.links):
        ends = {"id": str(at), "source": _xml(link.citing), "target": _xml(link.cited)}
        Xml.SubElement(edges, "edge", {**ends, "label": _xml(link.words)})
    return _written(root)


def graphml(thread: Thread) -> bytes:
    """The thread as a directed graph in GraphML."""
    root = Xml.Element("graphml", {"xmlns": "http://graphml.graphdrawing.org/xmlns"})
    for name in ("label", *_COLUMNS):
        Xml.SubElement(root, "key", {"id": name, "for": "node", "attr.name": name, "attr.type": "string"})
    Xml.SubElement(root, "key", {"id": "words", "for": "edge", "attr.name": "words", "attr.type": "string"})
    graph = Xml.SubElement(root, "graph", {"edgedefault": "directed"})
    for paper in thread.papers:
        node = Xml.SubElement(graph, "node", {"id": _xml(paper.name)})
        for name, value in zip(("label", *_COLUMNS), (_xml(paper.words), *_row(paper)), strict=True):
            if value:
                Xml.SubElement(node, "data", {"key": name}).text = value
    for link in thread.links:
        edge = Xml.SubElement(graph, "edge", {"source": _xml(link.citing), "target": _xml(link.cited)})
        Xml.SubElement(edge, "data", {"key": "words"}).text = _xml(link.words)
    return _written(root)


_COLUMNS = ("kind", "held", "sent", "post", "subject", "status")


def _row(paper: Paper) -> tuple[str, ...]:
    values = (paper.kind, "yes" if paper.held else "no", paper.sent, paper.post, paper.subject, paper.status)
    return tuple(_xml(value or "") for value in values)


def _xml(text: str) -> str:
    """Text without what XML cannot hold; markup in it is escaped where it is written."""
    return text.translate(_NO_XML)


def _written(root: Xml.Element) -> bytes:
    Xml.indent(root)
    document: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"
