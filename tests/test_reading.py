"""From files to cables; a bad file is one clear sentence."""

import os
import time
from pathlib import Path

import pytest

import reftel
from reftel import reading
from reftel.errors import NotACable, ReftelError, Unreadable

CABLE = (
    "UNCLAS ZENDA 000012\n\nE.O. 12958: N/A\nTAGS: PREL RT\nSUBJECT: THE KING\n\n1. (U) He left.\n\nSAPT\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two cables, one of them below, and files that are none."""
    (tmp_path / "b.txt").write_text(CABLE)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "05ZENDA12.txt").write_text(CABLE)
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "picture.jpg").write_bytes(b"\xff\xd8\xff\x00\x10")
    (tmp_path / "letter.txt").write_text("Dear Sir,\nSUBJECT: none of yours\n")
    (tmp_path / ".hidden").write_text(CABLE)
    return tmp_path


def test_a_folder_is_read_in_order_of_name(folder):
    """Folders and their folders, by name; what is hidden is left alone."""
    names = [path.name for path in reading.files([folder])]
    assert names == ["05ZENDA12.txt", "b.txt", "empty.txt", "letter.txt", "picture.jpg"]


def test_a_batch_goes_on_past_bad_files(folder):
    """Each bad file is reported with its name and a remedy, and the rest is read."""
    errors: list[ReftelError] = []
    cables = list(reftel.read(folder, on_error=errors.append))
    assert [cable.subject for cable in cables] == ["THE KING", "THE KING"]
    assert [str(error).split(":")[0] for error in errors] == ["empty.txt", "letter.txt", "picture.jpg"]
    assert all(";" in str(error) for error in errors)


def test_the_file_name_tells_the_year_only_where_it_is_the_number(folder):
    """A file's name is a hint: an id, but no permanent address."""
    first, second = reftel.read(folder, on_error=lambda error: None)
    assert (first.id, first.mrn.basis, first.key[0]) == ("2005ZENDA12", "filename", "x")
    assert (second.id, second.mrn.year, second.mrn.serial) == (None, None, 12)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"\x00\x01", "not text"),
        (b"Dear Sir", "no cable found"),
        (b"The sign became [1](#)1.", "no cable found"),
    ],
)
def test_what_is_no_cable(tmp_path, raw, words):
    """One sentence: what, where, what to do."""
    (tmp_path / "file").write_bytes(raw)
    with pytest.raises(NotACable, match=words):
        list(reftel.read(tmp_path / "file"))


def test_a_path_that_is_not_there(tmp_path):
    """A path that does not exist, and one that goes away between the listing and the reading."""
    with pytest.raises(Unreadable, match="no such file"):
        list(reftel.read(tmp_path / "nothing"))
    (tmp_path / "gone.txt").write_text(CABLE)
    listed = list(reading.files([tmp_path]))
    (tmp_path / "gone.txt").unlink()
    with pytest.raises(Unreadable, match="not there any more"):
        reading.open_copies(listed[0])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_listed(tmp_path):
    """Permissions are named as the cause."""
    (tmp_path / "closed").mkdir(mode=0)
    with pytest.raises(Unreadable, match="permissions"):
        list(reading.files([tmp_path / "closed"]))


def test_pipes_and_loops_in_a_folder(folder):
    """A pipe is not waited for, a link to its own folder not followed without end."""
    os.mkfifo(folder / "pipe")
    (folder / "a" / "loop").symlink_to(folder)
    assert len(list(reading.files([folder]))) == 5
    with pytest.raises(Unreadable, match="neither a file nor a folder"):
        list(reading.files([folder / "pipe"]))


def test_other_encodings_are_found_out(tmp_path):
    """Text that is not UTF-8 is read, with a defect that shows the first place."""
    (tmp_path / "latin.txt").write_bytes(CABLE.replace("He left", "He left the café").encode("cp1252"))
    (tmp_path / "utf16.txt").write_bytes(CABLE.encode("utf-16"))
    latin, wide = reftel.read(tmp_path)
    assert latin.paragraphs[0].text == "He left the café."
    assert next((d.code, d.span) for d in latin.defects) == ("encoding", (92, 93))
    assert wide.paragraphs[0].text == "He left."


def test_fifty_megabytes_of_noise(tmp_path):
    """A large file of anything ends in one sentence, in the time it takes to look at it once."""
    (tmp_path / "noise.txt").write_bytes(b"LOREM IPSUM (DOLOR 12. SIT\n" * 2_000_000)
    start = time.process_time()
    with pytest.raises(NotACable, match=r"noise\.txt: no cable found"):
        list(reftel.read(tmp_path))
    assert time.process_time() - start < 60


@pytest.mark.parametrize(
    "line", ["A" * 1_000_000, "1. " * 300_000, "(" * 500_000, "COMMENT: " * 100_000, "\n" * 500_000]
)
def test_hostile_text_costs_in_proportion(tmp_path, line):
    """A cable with an endless line is read like any other."""
    (tmp_path / "long.txt").write_text(CABLE + line)
    start = time.process_time()
    (cable,) = reftel.read(tmp_path)
    assert cable.subject == "THE KING"
    assert time.process_time() - start < 20
