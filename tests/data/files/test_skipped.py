import csv
from types import SimpleNamespace

import pytest

from subgenre.data.dataset import Remark, Track
from subgenre.data.files.skipped import (
    COLUMNS,
    MOST_NOTES,
    cap_in_words,
    in_lines,
    spare_clips,
    write_list,
)
from subgenre.plumbing.errors import StorageError


def music(n_skipped=0, n_notes=0, **there):
    """Return three clips of each of two classes, of `there` many that could be used."""
    tracks = [Track(f"{label}#{i}", label, "group") for label in ("dub", "house") for i in range(3)]
    return SimpleNamespace(
        tracks=tracks,
        skipped=tuple(Remark(f"bad\n{i}", "not audio") for i in range(n_skipped)),
        notes=tuple(Remark(f"odd {i}", "its end, is missing") for i in range(n_notes)),
        report={"clips": {"dub": 3, "house": 3} | there},
    )


def test_music_that_is_used_whole_has_no_lines():
    assert list(in_lines(music(), "there")) == []


def test_what_is_skipped_and_what_is_odd_have_a_line_each():
    assert list(in_lines(music(2, 1), "there")) == [
        r"skipped: bad\n0: not audio",
        r"skipped: bad\n1: not audio",
        "note: odd 0: its end, is missing",
    ]


def test_a_long_list_of_notes_is_cut_and_counted():
    *notes, last = in_lines(music(0, MOST_NOTES + 5), "that file")
    assert len(notes) == MOST_NOTES
    assert last == "note: and 5 more, see that file"


def test_clips_beyond_the_cap_are_counted():
    some = music(dub=1003)
    assert spare_clips(some) == {"dub": 1000}
    said = "1,000 of 1,006 usable clips, because the profile takes at most 3 of each class"
    assert cap_in_words(some) == f"{said}; that concerns 1 class"
    assert list(in_lines(some, "there")) == [f"left out: {cap_in_words(some)}"]
    assert cap_in_words(music()) == ""


def test_the_whole_list_is_written_beside_the_records(tmp_path):
    path = write_list(music(2, 99), tmp_path / "studies")
    assert path.parent == tmp_path / "studies"
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert tuple(head) == COLUMNS and len(rows) == 101
    assert rows[0] == [r"bad\n0", "not audio", "skipped"]
    assert rows[-1] == ["odd 98", "its end, is missing", "noted"]
    write_list(music(), tmp_path / "studies")
    assert path.read_text() == "what,why,kind\n"


def test_a_folder_that_cannot_be_used_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="Expected to write"):
        write_list(music(), tmp_path / "file")
