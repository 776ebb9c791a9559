import csv
from types import SimpleNamespace

import pytest

from subgenre.data.dataset import Remark, Track
from subgenre.data.files.skipped import MOST_LINES, cap_in_words, in_lines, write_list
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


def test_few_remarks_have_a_line_each_and_so_has_what_is_beyond_the_cap():
    assert list(in_lines(music(), "there")) == [] and cap_in_words(music(9)) == ""
    cap = "1,000 of 1,006 usable clips, because the profile takes at most 3 of each class"
    *lines, last = in_lines(music(1, 1, dub=1003), "there")
    assert lines == [r"skipped: bad\n0: not audio", "note: odd 0: its end, is missing"]
    assert last == f"left out: {cap}; that concerns 1 class"


def test_many_of_one_reason_are_one_line_with_an_example_and_many_reasons_are_cut():
    loud = [f"samples beyond full scale (peak 1.{i}): clips are scaled" for i in range(1456)]
    odd = [f"reason {chr(i)}: x" for i in range(97, 123)]
    some = music(9984)
    some.notes = tuple(Remark(f"{i}.wav", why) for i, why in enumerate([*loud, *odd]))
    skipped, skipped_in_all, first, *notes, noted_in_all = in_lines(some, "that file")
    assert skipped == r"skipped: 9,984 × not audio, such as bad\n0: not audio"
    assert skipped_in_all == "skipped: 9,984 in all, see that file"
    assert first.startswith("note: 1,456 × samples beyond full scale (peak …), such as 0.wav: ")
    assert len(notes) == MOST_LINES - 1 and noted_in_all == "note: 1,482 in all, see that file"


def test_the_whole_list_is_written_beside_the_records(tmp_path):
    path = write_list(music(2, 99), tmp_path / "studies")
    assert path.parent == tmp_path / "studies"
    with path.open(encoding="utf-8", newline="") as file:
        head, first, *rows = csv.reader(file)
    assert (head, first) == (["what", "why", "kind"], [r"bad\n0", "not audio", "skipped"])
    assert len(rows) == 100 and rows[-1] == ["odd 98", "its end, is missing", "noted"]
    with pytest.raises(StorageError, match="Expected to write"):
        write_list(music(), path)
