"""Results for people at a terminal. Cable text is not trusted: control characters never reach the screen."""

import re
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from reftel import markings, protection, stations
from reftel.cable import Cable, Paragraph, Part, Status, copy_name
from reftel.clearance import Policy
from reftel.findings.signers import Signer, Term
from reftel.glossary import Meaning
from reftel.notebook import Note
from reftel.profiles import Profile
from reftel.release import Decision, Mark, Released
from reftel.views.copies import Copies, Passage, together
from reftel.views.missing import REASONS, Ledger, Missing, Series
from reftel.views.notes import Collected
from reftel.views.search import Hit, Results
from reftel.views.threads import Paper, Thread
from reftel.views.timeline import OverTime
from reftel.views.transcript import fields, when, withheld
from reftel.views.why import Explained, Verdict

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_VOICES = {"comment": "italic cyan", "summary": "bold", "action": "yellow", "admin": "dim", "note": "italic"}


def console(*, errors: bool = False) -> Console:
    """The terminal, or what stands in for it in a pipe."""
    return Console(stderr=errors, highlight=False, soft_wrap=False)


def plain(words: str) -> str:
    """Words without control characters and changes of direction, which could fake what is on the screen."""
    return _CONTROL.sub("\ufffd", words)


def cable(one: Cable, signer: Signer | None = None) -> RenderableType:
    """A cable to read: header, paragraphs, damage in plain words, and whom the signature means."""
    return Group(_head(one), "", *(_paragraph(p) for p in one.paragraphs), *_foot(one, signer))


def term(one: Term) -> str:
    """One person in one office, on a line."""
    place = f", {one.place}" if one.place else ""
    return f"{one.source}: {one.name}, {one.office}{place}, {one.began or '?'} to {one.ended or '?'}"


def profile(one: Profile) -> str:
    """How far a reader is cleared: `C, and holds NOFORN, EXDIS`."""
    held = (*one.holds, *one.captions, *one.compartments)
    return (
        f"{one.level}, and holds {', '.join(held)}" if held else f"{one.level}, and holds nothing beside it"
    )


def policy(one: Policy) -> str:
    """What holds for all readers, a line each."""
    readers = "only by its readers, each by name (--as NAME)" if one.readers_required else "by anybody"
    withheld = {"absent": "not there at all", "marked": "shown as withheld, with its mark"}[one.withheld]
    names = "masked" if one.protect else "shown"
    return (
        f"It is read {readers}.\nWhat a reader may not see of a cable is {withheld}.\n"
        f"Names that the text asks to protect are {names}."
    )


def decision(one: Decision) -> str:
    """One decision on a line: what, who, when and why, and how it was undone."""
    words = f"{one.id}. {one.cable} (copy {one.copy[:12]}): {_decided(one)}, by {one.by}"
    words += f" on {one.on}" if one.on else ""
    words += f", entered {one.made_at}"
    words += f": {one.why}" if one.why else ""
    if one.undone_at:
        words += f" | undone {one.undone_at} by {one.undone_by}"
        words += f": {one.undone_why}" if one.undone_why else ""
    return words


def _decided(one: Decision) -> str:
    match one.value:
        case Released(current):
            return f"released, now {current}"
        case Mark("header"):
            return f"header marked {_header(one.value)}"
        case Mark(portion, marking):
            return f"{portion} marked {marking}"
        case None:
            return f"a {one.what} of which no more is kept"


def _header(mark: Mark) -> str:
    said = {
        "classification": mark.classification,
        "handling": mark.handling and ", ".join(mark.handling),
        "captions": mark.captions and ", ".join(mark.captions),
    }
    kept = {"handling": mark.handling is not None, "captions": mark.captions is not None}
    return "; ".join(
        f"{name} {words or 'none'}" for name, words in said.items() if words or kept.get(name, False)
    )


def _head(one: Cable) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for label, value in fields(one):
        if value:
            table.add_row(label, Text(plain(value), style="bold" if label == "subject" else ""))
    return table


def _paragraph(one: Paragraph) -> RenderableType:
    text = Text()
    for order, part in enumerate(one.parts):
        text.append(" " if order else "")
        text.append(*_words(part))
    if one.withheld:
        name = f"Paragraph {one.number}" if one.number is not None else "Paragraph"
        text.append(plain(withheld(name, one.marking)), style="dim italic")
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", width=4, no_wrap=True)
    table.add_column(style="dim", min_width=5, no_wrap=True)
    table.add_column(overflow="fold")
    heading = Text(plain(one.heading), style="bold underline") if one.heading else None
    if one.heading_withheld:
        heading = Text(plain(withheld("Heading", one.heading_marking)), style="dim italic")
    if heading:
        table.add_row("", "", heading)
        table.add_row()
    number = f"{one.number}." if one.number is not None else ""
    table.add_row(number, Text(f"({plain(one.marking)})") if one.marking and not one.withheld else "", text)
    return Group(table, "")


def _words(part: Part) -> tuple[str, str]:
    """The words of a part, and how they look."""
    if part.withheld:
        return plain(f"[{withheld('Part', part.marking)}]"), "dim italic"
    return plain(part.text), _VOICES.get(part.voice, "")


def _foot(one: Cable, signer: Signer | None) -> Iterator[RenderableType]:
    if one.signature:
        yield Text(plain(one.signature))
        if signer:
            yield Text(plain(signer.sentence), style="dim")
        yield ""
    if protection.is_masked(one):
        yield Text(protection.REMARK, style="dim")
    if one.defects:
        yield Text("Damage", style="bold")
        for defect in one.defects:
            place = f" [at {defect.span[0]}]" if defect.span else ""
            yield Text(f"  {plain(defect.message)}{place}")


def why(one: Explained) -> RenderableType:
    """What governs each portion of a cable, and whether a reader may see it; then the rules in full."""
    holds = f", holding {', '.join(one.holds)}" if one.holds else ""
    who = f"a reader of {one.level}{holds}" if one.level else "one who reads all"
    head = Text(f"{one.id or one.key}  for {plain(who)}", style="bold")
    order = {stated.rule: number for number, stated in enumerate(one.rules, 1)}
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("portion", "marked", "governed by", "may read", "rules"):
        table.add_column(column, overflow="fold", no_wrap=column in ("portion", "rules"))
    for verdict in one.verdicts:
        table.add_row(*_verdict(verdict), " ".join(str(order[rule]) for rule in verdict.rules))
    rules = Table.grid(padding=(0, 1))
    rules.add_column(justify="right", style="dim", no_wrap=True)
    rules.add_column(overflow="fold")
    for stated in one.rules:
        rules.add_row(
            f"{order[stated.rule]}.", Text.assemble(stated.sentence, (f" {stated.authority}.", "dim"))
        )
    return Group(head, "", table, "", rules, "")


def _verdict(one: Verdict) -> Iterator[Text]:
    yield Text(plain(one.portion))
    yield Text(plain(one.mark) if one.mark is not None else "-", style="" if one.mark else "dim")
    yield Text(plain(one.governed_by))
    if one.may_read:
        yield Text("yes", style="green")
    elif one.lacks == ("?",):
        yield Text("no: not understood", style="red")
    else:
        yield Text(plain(f"no: lacks {', '.join(one.lacks)}"), style="red")


def meanings(some: Iterable[Meaning]) -> RenderableType:
    """What a term means: each meaning with its kind, its years and its authority."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for one in some:
        kind = f"{one.kind}, {one.years}" if one.years else one.kind
        said = Text.assemble(one.words, (" (unsure)" if one.unsure else "", "red"))
        table.add_row(one.term, said)
        table.add_row("", Text(f"{kind}; {one.authority}", style="dim"))
    return table


def results(found: Results) -> RenderableType:
    """What a search found."""
    cables = "1 cable" if found.total == 1 else f"{found.total:,} cables"
    page = f", page {found.page} of {found.pages}" if found.pages > 1 else ""
    return Group(
        Text(f"{cables}{page}", style="bold"),
        "",
        *(_hit(hit) for hit in found.hits),
        *_obstacles(found),
        _facets(found),
    )


def _obstacles(found: Results) -> Iterator[RenderableType]:
    if not found.obstacles:
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("part", "by itself", "the rest without it"):
        table.add_column(column, overflow="fold")
    for each in found.obstacles:
        style = "bold" if each.total else ""
        table.add_row(Text(plain(each.clause), style=style), f"{each.alone:,}", f"{each.total:,}")
    yield table


def _hit(hit: Hit) -> RenderableType:
    head = Text(hit.id or hit.key, style="bold")
    post = stations.title(hit.post) if hit.post else None
    level = markings.NAMES.get(hit.level) if hit.level else None
    for fact in (when(hit.date), post, level, _status(hit.status)):
        head.append(f"  {fact}" if fact else "", style="not bold dim")
    lines: list[RenderableType] = [head]
    if hit.subject:
        lines.append(Text(plain(hit.subject)))
    if hit.snippet:
        numbered = hit.paragraph and hit.paragraph[0] not in "0p"
        snippet = Text(f"{hit.paragraph}. " if numbered else "", style="dim")
        words = Text(plain(hit.snippet), style="not dim")
        for first, last in hit.marks:
            words.stylize("bold yellow", first, last)
        lines.append(Padding(Text.assemble(snippet, words), (0, 0, 0, 4)))
    return Group(*lines, "")


def _status(status: Status) -> str:
    return "release unknown" if status == "unknown" else status


def _facets(found: Results) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for name, counts in found.facets.items():
        if counts:
            table.add_row(name, "  ".join(f"{plain(value)} {count:,}" for value, count in counts[:8]))
    if found.timeline and found.timeline.by in ("month", "day"):
        bars = (f"{bar.dates} {bar.count:,}" for bar in found.timeline.bars if bar.count)
        vague = found.timeline.vague
        table.add_row(
            found.timeline.by, "  ".join((*bars, *(("not known", f"{vague.count:,}") if vague else ())))
        )
    return table


# -- the copies of a cable


def copies(one: Copies) -> RenderableType:
    """Two copies of a cable: [-words-] of the first alone, {+words+} of the second alone."""
    lines: list[RenderableType] = [
        Text(plain(f"{one.id or one.key}: {len(one.copies)} copies"), style="bold")
    ]
    for each in one.copies:
        sign = {one.first: "[-  -]", one.second: "{+  +}"}.get(each.number, "")
        said = f"{each.number}. {each.locator}, {copy_name(each.source)}, collection {each.collection}"
        lines.append(Text(plain(f"  {said}, {each.status}, {each.words:,} words  {sign}")))
    words = one.words
    lines += [
        Text(f"{words['same']:,} words in both, {words['first']:,} in the first alone, "
             f"{words['second']:,} in the second alone."),
        "",
    ]  # fmt: skip
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for some in together(one.passages):
        name = some[0].name if len(some) == 1 else f"{some[0].name} to {some[-1].name}"
        table.add_row(plain(name), Text("the same", style="dim") if some[0].is_same else _runs(some[0]))
    return Group(*lines, table)


def _runs(passage: Passage) -> Text:
    text = Text()
    for run in passage.runs:
        words = plain(run.words)
        text.append(" " if text else "")
        if run.kind == "same":
            text.append(words)
        elif run.kind == "first":
            text.append(f"[-{words}-]", style="red")
        else:
            text.append(f"{{+{words}+}}", style="green")
    return text


# -- a thread, and what is cited and not held


def thread(one: Thread) -> RenderableType:
    """A thread as one conversation, with the days between a telegram and what it cites."""
    lines: list[RenderableType] = [
        Text(
            f"{plain(one.first.words)}: {_count(len(one.papers), 'paper')}, "
            f"{_count(one.depth, 'reference')} away at most"
        )
    ]
    if one.ends:
        lines.append(
            Text(
                f"{_count(one.ends, 'cable')} stand{'s' if one.ends == 1 else ''} at that distance: "
                "what lies behind was not looked for."
            )
        )
    if one.cut:
        lines.append(Text(plain(f"Cut off: more stand around {', '.join(one.cut_at)}.")))
    lines.append("")
    for paper, refers in one.told():
        lines.append(_paper(paper, first=paper.name == one.key))
        for link, other in refers:
            days = f"  ({link.days:,} days later)" if link.days is not None else ""
            lines.append(Text(plain(f"      cites {other.words}{days}"), style="dim"))
    return Group(*lines)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _paper(one: Paper, *, first: bool) -> Text:
    line = Text(f"{when(one.sent) or 'date unknown':<20}", style="dim")
    line.append(plain(one.words), style="not dim bold" if first else "not dim")
    status = _status(one.status) if one.status else None
    for fact in (status, one.subject, None if one.kind == "telegram" else one.kind):
        line.append(plain(f"  {' '.join(fact.split())}") if fact else "")
    return line if one.held else line.append("  not in this archive")


def missing(found: Ledger) -> RenderableType:
    """A page of what is cited and not held, and how much of each post's year is."""
    pages = f", page {found.page} of {found.pages}" if found.pages > 1 else ""
    asked = f" found by {found.query}" if found.query else ""
    head = Text(f"{found.listed:,} telegrams cited and not held{pages}", style="bold")
    said = (
        f"{found.total:,} of the {found.cited:,} numbers that {found.cables:,} cables{asked} cite are not "
        f"in this archive with a text. Counted as {found.reader}: held is what this reader may see."
    )
    table = _columns("number", "cited by", "sent", "why", "cited in")
    for one in found.missing:
        table.add_row(*_missing(one))
    shares = _columns("post and year", "held", "missing", "sent, at least", "likely", "at most", "share held")
    for each in found.series:
        shares.add_row(*_series(each))
    return Group(head, Text(plain(said)), "", table, "", *([shares] if found.series else []))


_LONGEST_BAR = 40


def timeline(found: OverTime) -> RenderableType:
    """What a query finds along time, each bar with what it is made of."""
    asked = f" found by {found.query}" if found.query else ""
    head = Text(plain(f"{found.total:,} cables{asked}, of {found.held:,}"), style="bold")
    said = Text(f"Counted as {found.reader}.")
    time = found.timeline
    if time is None:
        return Group(head, said)
    table = _columns(time.by, "cables", "", *(band.value or "not known" for band in found.bands))
    most = max((bar.count for bar in time.bars), default=0) or 1
    for at, bar in enumerate(time.bars):
        parts = (f"{band.counts[at]:,}" for band in found.bands)
        table.add_row(bar.dates, f"{bar.count:,}", "█" * round(_LONGEST_BAR * bar.count / most), *parts)
    if time.vague:
        parts = (f"{band.vague:,}" for band in found.bands)
        table.add_row(f"{time.vague.dates}, no more exactly", f"{time.vague.count:,}", "", *parts)
    if time.undated:
        parts = (f"{band.undated:,}" for band in found.bands)
        table.add_row("without a date", f"{time.undated:,}", "", *parts)
    return Group(head, said, "", table)


def _columns(*names: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in names:
        table.add_column(name, overflow="fold")
    return table


def _missing(one: Missing) -> Iterator[Text]:
    more = one.cited_by - len(one.citing)
    yield Text(plain(one.number))
    yield Text(f"{one.cited_by:,}")
    yield Text(
        plain(f"{one.sent[:10]}, as {one.said_in} says" if one.sent else f"{one.earliest}..{one.latest}")
    )
    yield Text(REASONS[one.reason])
    yield Text(
        plain(
            ", ".join(f"{each.id or each.key} ({_status(each.status)})" for each in one.citing)
            + (f", {more:,} more" if more else "")
        )
    )


def _series(one: Series) -> Iterator[Text]:
    yield Text(plain(f"{one.post} {one.year}"))
    for number in (one.held, one.missing, one.least, one.likely, one.most):
        yield Text("-" if number is None else f"{number:,}")
    if not one.percent or not one.held:
        yield Text("none")
    else:
        least, most = one.percent
        yield Text(f"{least:.2g} to {most:.2g} %" if one.most is not None else f"at most {most:.2g} %")


# -- what a reader has put beside the cables --------------------------------------------------------------

_BECAME = {
    "moved": "the words that it was put on stand there now",
    "changed": "the words there have changed since",
    "gone": "the paragraph that it was put on is not there any more",
}


def notes(some: Sequence[Note]) -> RenderableType:
    """Notes, each with where it is."""
    return Group(*(line for one in some for line in _note(one))) if some else Text("no notes", style="dim")


def _note(one: Note) -> Iterator[RenderableType]:
    head = Text(plain(one.number or one.key), style="bold")
    anchor = one.anchor or one.put_on
    head.append(f" paragraph {plain(anchor)}" if anchor else "", style="not bold")
    whose = f"  {plain(one.whose)}" if one.whose else ""
    head.append(f"  {one.changed_at[:10]}{whose}  {one.id}", style="not bold dim")
    yield head
    if one.words in _BECAME:
        yield Text(_BECAME[one.words], style="yellow")
    yield Padding(Text(plain(one.text)), (0, 0, 1, 4))


def collected(found: Collected) -> RenderableType:
    """A set, or what is new in a saved search."""
    cables = "1 cable" if found.total == 1 else f"{found.total:,} cables"
    page = f", page {found.page} of {found.pages}" if found.pages > 1 else ""
    since = f" new since {found.since[:10]}" if found.since else ""
    head = Text(f"{plain(found.name)}: {cables}{since}{page}", style="bold")
    return Group(head, "", *(_hit(hit) for hit in found.hits))
