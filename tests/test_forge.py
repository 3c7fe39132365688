"""The forge: its cables are read as they were meant, and its story holds together."""

from itertools import islice, pairwise
from pathlib import Path

import msgspec
import pytest

from reftel import tags, telegram
from reftel.cable import Cable, from_json
from reftel.defects import CODES
from reftel.errors import UsageError
from reftel.forge import ERAS, SAMPLE_SIZE, Forged, forge, mirrored, sample, write_out
from reftel.forge.damages import KINDS
from reftel.forge.drafting import cable, cited_year
from reftel.forge.growth import grown, number_of
from reftel.forge.packagings import PACKAGINGS
from reftel.forge.story import episodes
from reftel.forge.world import MISSIONS
from reftel.markings import RANKS, read_mark, read_marking
from reftel.sources import copies
from reftel.stations import STATIONS
from reftel.telegram import read

STORY = {one.name: one for one in sample()}
EPISODES = tuple(episodes())
SENT = {one.id: one for one in (cable(episode.draft) for episode in EPISODES)}  # as they went out, undamaged
NOT_COMPARED = {"copy", "spans", "defects", "place"}  # a place is told by edited print alone

# What the story cites and the sample does not hold, each written down so that none is a slip of the pen.
NOT_HELD = {
    *("2003ZENDA241", "2003STRELSAU1688", "2003STRELSAU1702", "2003EDELWEISS902", "2003LETINJE1044"),
    *("2003GANLOOK377", "2004VIENNA3391", "2005LETINJE212", "2005LETINJE531", "2005STATE88201"),
    *("2005ZENDA163", "2005GENEVA2977", "2006LETINJE41"),
}


def record(one: Cable) -> dict[str, object]:
    """The record without places in the text, which the forge does not keep."""
    fields: dict[str, object] = msgspec.to_builtins(one)
    for field in NOT_COMPARED:
        fields.pop(field, None)
    fields["references"] = [
        {name: value for name, value in entry.items() if name != "span"}
        for entry in msgspec.to_builtins(one.references)
    ]
    fields["paragraphs"] = [
        {
            **{name: value for name, value in paragraph.items() if name not in ("spans", "parts")},
            "parts": [
                {name: part[name] for name in ("marking", "voice", "text")} for part in paragraph["parts"]
            ],
        }
        for paragraph in msgspec.to_builtins(one.paragraphs)
    ]
    return fields


def as_read(forged: Forged) -> Cable:
    """The cable that the reader finds in a forged file."""
    (copy,) = copies(forged.text, forged.name)
    return read(copy)


def differences(forged: Forged) -> dict[str, tuple[object, object]]:
    """Each field that is read otherwise than it was meant, with both values."""
    found = as_read(forged)
    truth, reading = record(forged.cable), record(found)
    unlike = {field: (truth[field], reading[field]) for field in truth if truth[field] != reading[field]}
    codes = [sorted({defect.code for defect in one.defects}) for one in (forged.cable, found)]
    return unlike | ({"defects": (codes[0], codes[1])} if codes[0] != codes[1] else {})


@pytest.mark.parametrize("name", STORY)
def test_story_is_read_as_it_was_meant(name: str) -> None:
    """Field by field, defect codes too, whatever has happened to the copy."""
    assert differences(STORY[name]) == {}


@pytest.mark.parametrize("seed", [1, 2])
def test_grown_cables_are_read_as_they_were_meant(seed: int) -> None:
    """So are those behind the story, of other years and other damages."""
    wrong = {one.name: differences(one) for one in (grown(index, seed) for index in range(300))}
    assert {name: unlike for name, unlike in wrong.items() if unlike} == {}


def reads(era: str) -> bool:
    """Whether an era is read at all."""
    return era in {one.ERA for one in telegram.ERAS}


@pytest.mark.parametrize("era", ERAS)
def test_undamaged_cables_of_every_era_are_read_as_they_were_meant(era: str) -> None:
    """Whole cables, in each of the packagings of their era."""
    if not reads(era):
        pytest.skip(f"the era {era} is not read yet")
    wrong = {}
    for one in (ERAS[era](index, 1, ()) for index in range(0, 560, 7)):
        unlike = differences(one)
        if unlike:
            wrong[one.name] = unlike
    assert wrong == {}


@pytest.mark.parametrize("era", ERAS)
def test_eras_are_forged_by_their_seed(era: str) -> None:
    """The same seed gives the same bytes, another one others; no file overwrites another."""
    first = list(forge(120, 7, era))
    assert list(forge(100, 7, era)) == first[:100]
    others = list(forge(120, 8, era))
    assert all(mine.text != theirs.text for mine, theirs in zip(first, others, strict=True))
    assert len({one.name for one in first}) == len(first)
    assert {one.cable.era for one in first} == {era}
    assert 0.3 < sum(bool(one.damages) for one in first) / len(first) < 0.8


def test_all_eras_by_turns() -> None:
    """`all` takes one of each era in turn."""
    assert [one.cable.era for one in forge(8, 1, "all")] == [*ERAS, *ERAS]


@pytest.mark.parametrize(
    ("era", "name"), [(era, name) for name, kind in KINDS.items() for era in sorted(kind.eras)]
)
def test_every_damage_can_be_done(era: str, name: str) -> None:
    """Some cable of its eras can have each damage; it changes the bytes, and is told."""
    for index in range(0, 2100, 7):  # of every post and year
        damaged = ERAS[era](index, 1, (name,))
        if name in damaged.damages:
            assert damaged.text != ERAS[era](index, 1, ()).text
            return
    pytest.fail(f"no cable of the era {era} can have the damage {name}")


def test_cables_of_the_seventies_are_of_their_time() -> None:
    """No post, order, mark or code that came later."""
    for one in forge(100, 1, "sas"):
        cable_ = one.cable
        assert cable_.authority is not None
        assert cable_.authority.order == ("11652" if (cable_.sent or "") < "1978-12" else "12065")
        assert cable_.mrn.station != "USOSCE"
        assert {paragraph.marking for paragraph in cable_.paragraphs} == {None}
        assert cable_.distribution is not None
        assert (cable_.drafting is None) == (cable_.mrn.station != "STATE")


def test_late_cables_are_read_as_they_were_meant() -> None:
    """Cable 900,000 does not wait for those before it."""
    assert [differences(grown(index, 1)) for index in (900_000, 999_999)] == [{}, {}]


def test_same_seed_same_bytes() -> None:
    """A forge is its seed: the same cables in the same order, however many are asked for."""
    first = list(forge(SAMPLE_SIZE + 30, 7))
    assert list(forge(SAMPLE_SIZE + 20, 7)) == first[:-10]
    other = list(forge(SAMPLE_SIZE + 30, 8))
    assert other[:SAMPLE_SIZE] == first[:SAMPLE_SIZE] == list(STORY.values())
    assert all(mine.text != theirs.text for mine, theirs in zip(first[-30:], other[-30:], strict=True))


def test_no_two_cables_have_one_number() -> None:
    """Grown numbers are all different, and none is one of the story's."""
    spread = (*range(20_000), *range(900_000, 905_000), *range(1_500_000, 1_505_000))
    numbers = {number_of(index, 1) for index in spread}
    assert len(numbers) == len(spread)
    assert not numbers & {(one.mrn.station, one.mrn.year, one.mrn.serial) for one in SENT.values()}


def test_files_have_names_of_their_own() -> None:
    """No file of a folder overwrites another."""
    names = [one.name for one in forge(1000, 1)]
    assert len(set(names)) == len(names)


def test_grown_cables_vary() -> None:
    """Their words are many and their length is about 6 KB, so that a benchmark measures something."""
    texts = [grown(index, 1).text.decode() for index in range(300)]
    words = {word for text in texts for word in text.lower().split() if word.isalpha()}
    assert len(words) > 4000
    assert 5000 < sum(map(len, texts)) / len(texts) < 7500


# -- the story ---------------------------------------------------------------------------------------


def test_story_has_its_size() -> None:
    """The number of copies that commands give for the sample is right; one cable has come down in two."""
    assert len(STORY) == len(EPISODES) == len(SENT) + 1 == SAMPLE_SIZE


def test_story_runs_in_order_of_date() -> None:
    """Dates never go back, and each post's serials count on with them."""
    assert all(before.sent < after.sent for before, after in pairwise(SENT.values()))
    for station in MISSIONS:
        numbers = [(one.mrn.year, one.mrn.serial) for one in SENT.values() if one.mrn.station == station]
        assert numbers == sorted(numbers)


def test_story_cites_what_was_sent_before() -> None:
    """A reference is held and earlier, or one of those that the sample does not have."""
    cited = [(one, entry) for one in SENT.values() for entry in one.references if entry.kind == "telegram"]
    for citing, entry in cited:
        if entry.id in SENT:
            assert SENT[entry.id].sent < citing.sent, f"{citing.id} cites {entry.text}"
        else:
            assert entry.id in NOT_HELD, f"{citing.id} cites {entry.text}"
    assert {entry.id for _, entry in cited} >= NOT_HELD
    assert sum(entry.id in SENT for _, entry in cited) > 100


def test_story_cites_in_every_manner() -> None:
    """Letters A to D, calls, e-mails, letters; a year left out across January, at home and abroad."""
    entries = [(one, entry) for one in SENT.values() for entry in one.references]
    assert {entry.letter for _, entry in entries} >= {None, "A", "B", "C", "D"}
    assert {entry.kind for _, entry in entries} == {"telegram", "telcon", "email", "letter", "document"}
    assert {word for _, entry in entries for word in entry.captions} == {"NOTAL", "EXDIS"}
    across = [
        (one.mrn.station, entry.id)
        for one, entry in entries
        if entry.inferred and not entry.id.startswith(str(one.mrn.year))
    ]
    assert any(station in number for station, number in across)
    assert any(station not in number for station, number in across)


def test_story_is_marked_as_it_should_be() -> None:
    """No portion is above its cable, some are below, and every level is there."""
    labels = set()
    mixed = 0
    for one in SENT.values():
        whole = read_marking(one.classification, one.handling, one.captions)
        marks = [read_mark(paragraph.marking or "") for paragraph in one.paragraphs]
        ranks = [RANKS[mark.level] for mark in marks if mark.level]
        assert len(ranks) == len(marks)
        assert max(ranks) == RANKS[whole.level or "U"], one.id
        assert not {word for mark in marks for word in mark.restrictions} - set(whole.restrictions)
        labels.add(whole.label)
        mixed += len(set(ranks)) > 1
    assert labels == {"U", "SBU", "C", "S", "S/NOFORN", "S/EXDIS"}
    assert mixed > 20


def test_story_speaks_in_every_voice() -> None:
    """Summaries, comments, requests, notes, quotations and clearance lines, lists and headings."""
    paragraphs = [paragraph for one in SENT.values() for paragraph in one.paragraphs]
    voices = {part.voice for paragraph in paragraphs for part in paragraph.parts}
    assert voices == {"summary", "report", "comment", "action", "note", "quoted", "admin"}
    assert any(len(paragraph.parts) > 2 for paragraph in paragraphs)
    assert any("\n-- " in paragraph.text for paragraph in paragraphs)
    assert any(paragraph.text.startswith("Participants:\n\n") for paragraph in paragraphs)
    assert sum(paragraph.heading is not None for paragraph in paragraphs) > 50


def test_story_is_long_enough_to_read() -> None:
    """Most cables have 4 to 10 paragraphs and 2 to 6 KB."""
    sizes = [len(one.text) for one in STORY.values()]
    assert min(sizes) > 2000
    assert max(sizes) < 8000
    assert all(4 <= len(one.paragraphs) <= 12 for one in SENT.values())


def test_sample_has_every_packaging_and_damage() -> None:
    """What the mirrors do to cables can all be seen in it, and every damage asked for was done."""
    assert {one.packaging for one in STORY.values()} == set(PACKAGINGS)
    done = {damage for one in STORY.values() for damage in one.damages}
    of_mirrors = {name for name, kind in KINDS.items() if kind.damage.__module__ == mirrored.__name__}
    assert done == of_mirrors | {"cut-title", "page-break"}
    for episode, one in zip(EPISODES, STORY.values(), strict=True):
        assert set(episode.damages) <= set(one.damages), one.name


def test_sample_has_every_basis_of_a_year() -> None:
    """From the catalogue, the date-time group, the file's name, the declassification date; and none."""
    bases = {one.cable.mrn.basis for one in STORY.values()}
    assert bases == {"catalogue", "dtg", "filename", "declassify_on", None}


def test_defects_are_documented() -> None:
    """The truth names only codes that have a meaning."""
    assert {defect.code for one in forge(400, 1) for defect in one.cable.defects} <= set(CODES)


def test_world_is_in_the_tables() -> None:
    """Every mission is a station with a routing indicator; every tag of the story is a code."""
    assert all(STATIONS[station].routing for station in MISSIONS)
    assert not [tag for one in SENT.values() for tag in one.tags if not tags.meaning(tag)]


# -- what the forge holds true -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("citing", "sent", "stated", "station", "serial", "meant"),
    [
        ("2005ZENDA14", "2005-01-19T13:45Z", "04", "ZENDA", 7, (2004, ())),
        ("2005ZENDA14", "2005-01-19T13:45Z", None, "ZENDA", 1, (2005, ("year",))),
        ("2005ZENDA1", "2005-01-01T03:10Z", None, "ZENDA", 177, (2004, ("year",))),  # above its own serial
        (
            "2005ZENDA14",
            "2005-01-19T13:45Z",
            None,
            "VIENNA",
            3391,
            (2004, ("year",)),
        ),  # high, and it is January
        ("2005ZENDA102", "2005-07-05T10:15Z", None, "VIENNA", 3391, (2005, ("year",))),
        ("2005ZENDA14", None, None, "VIENNA", 3391, (2005, ("year",))),  # nothing says that it is January
    ],
)
def test_year_of_a_reference(
    citing: str, sent: str | None, stated: str | None, station: str, serial: int, meant: object
) -> None:
    """Where a line gives no year, serials and the season tell."""
    assert cited_year(stated, station, serial, SENT[citing].mrn, sent) == meant


def test_writing_out(tmp_path: Path) -> None:
    """A file a cable, and beside them a line of truth for each, in order."""
    assert write_out(SAMPLE_SIZE + 5, 3, tmp_path / "new" / "sample") == SAMPLE_SIZE + 5
    lines = (tmp_path / "new" / "sample" / "truth.jsonl").read_bytes().splitlines()
    for one, line in zip(forge(SAMPLE_SIZE + 5, 3), lines, strict=True):
        about = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
        assert (tmp_path / "new" / "sample" / one.name).read_bytes() == one.text
        assert from_json(bytes(about["cable"])) == one.cable
        assert msgspec.json.decode(about["file"]) == one.name
        assert msgspec.json.decode(about["damages"]) == list(one.damages)
        assert msgspec.json.decode(about["defects"]) == [defect.code for defect in one.cable.defects]


def test_writing_where_nothing_can_be_written(tmp_path: Path) -> None:
    """A clear sentence, not a traceback."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UsageError, match="name another folder"):
        write_out(1, 1, tmp_path / "file" / "below")


def test_forging_streams() -> None:
    """The first of a million cables is there at once."""
    assert [one.name for one in islice(forge(1_000_000, 1), 2)] == list(STORY)[:2]
