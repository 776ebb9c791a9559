from types import SimpleNamespace

import pytest
from IPython.display import Markdown

from subgenre.data.dataset import FileInfo, Remark, Track
from subgenre.report import files as file_report


def music(*clips_per_track):
    """Return a class per number: so many clips of one track, by one artist each."""
    labels = ["<b>polka", "waltz", "reel"][: len(clips_per_track)]
    tracks = [
        Track(f"{label}/song.mp3#{clip}", label, f"{label} artist", "Song")
        for label, n in zip(labels, clips_per_track, strict=True)
        for clip in range(n)
    ]
    return SimpleNamespace(tracks=tracks, labels=tuple(labels), clip_seconds=10.0, report={})


def test_clips_tracks_and_groups_are_counted_apart():
    counts = file_report.class_counts(music(3, 2))
    assert counts.loc["<b>polka"].tolist() == [3, 1, 1]
    assert counts.loc["waltz"].tolist() == [2, 1, 1]


def test_class_names_are_no_html():
    html = file_report.counts_table(music(3, 2)).to_html()
    assert "<b>polka" not in html and "&lt;b&gt;polka" in html
    assert "`<b>polka`" in file_report.counts(music(3, 2)).data


def test_the_counts_are_read_aloud():
    text = file_report.counts(music(3, 2)).data
    assert "5 clips of 10 s in 2 classes, from 2 tracks" in text
    assert "`<b>polka`, has 3 of them, the smallest, `waltz`, 2" in text
    assert "the same number" in file_report.counts(music(2, 2)).data


def test_what_the_profile_leaves_out_is_said():
    some = music(3, 2)
    assert "Left out" not in file_report.counts(some).data
    some.report = {"clips": {"<b>polka": 1234, "waltz": 2}}
    text = file_report.counts(some).data
    assert "Left out are 1,231 of 1,236 usable clips" in text
    assert "at most 3 of each class; that concerns 1 class." in text


def test_formats_are_grouped():
    files = {
        "a": FileInfo(format="MP3", sample_rate=44_100, channels=2, duration=30.0),
        "b": FileInfo(format="MP3", sample_rate=44_100, channels=2, duration=50.0),
        "c": FileInfo(format="WAV", sample_rate=8_000, channels=1, duration=10.0),
    }
    table = file_report.formats(files).data
    assert table[["format", "files"]].to_numpy().tolist() == [["MP3", 2], ["WAV", 1]]
    assert table.loc[0, "median (s)"] == 40
    assert isinstance(file_report.formats({}), Markdown)


def test_all_that_was_skipped_is_listed_or_counted():
    some = [Remark(f"file {i}\n<i>", "silent: all of it") for i in range(45)]
    html = file_report.skipped_table(some, "Remark.").to_html()
    assert html.count("silent: all of it") == file_report.MOST_LINES
    assert "Another 5 are not shown here: the whole list is skipped.csv" in html
    assert "skipped.csv" not in file_report.skipped_table(some[:40], "Remark.").to_html()
    assert "<i>" not in html
    assert "45 files, rows or classes were skipped" in file_report.skipped(some).data
    assert "silent: 45" in file_report.skipped(some).data


@pytest.mark.parametrize("what", [(), []])
def test_nothing_skipped_is_said(what):
    assert "Nothing" in file_report.skipped_table(what, "Remark.").data
    assert "Every file" in file_report.skipped(what).data
