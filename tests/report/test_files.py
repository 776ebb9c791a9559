from types import SimpleNamespace

from subgenre.data.dataset import Remark, Track
from subgenre.report import files


def music(**clips_per_track):
    """Return a class per name: so many clips of one track, by one artist each."""
    tracks = [
        Track(f"{label}/song.mp3#{clip}", f"<b>{label}\n", f"{label} artist", "Song")
        for label, n in clips_per_track.items()
        for clip in range(n)
    ]
    return SimpleNamespace(tracks=tracks, clip_seconds=10.0, report={})


def test_clips_tracks_and_groups_are_counted_apart_and_names_are_no_html():
    assert files.class_counts(music(polka=3, waltz=2)).to_numpy().tolist() == [[3, 1, 1], [2, 1, 1]]
    html = files.counts_table(music(polka=3)).to_html()
    assert "<b>polka" not in html and "polka\n" not in html and "&lt;b&gt;polka" in html


def test_no_remark_is_lost_and_none_at_all_is_said():
    some = [Remark(f"file {i}\n<i>", "silent: all of it") for i in range(files.MOST_LINES + 5)]
    html = files.remarks_table(some, "Skipped.").to_html()
    assert html.count("silent: all of it") == files.MOST_LINES and "<i>" not in html
    assert "Another 5 are not shown here: the whole list is skipped.csv" in html
    assert "skipped.csv" not in files.remarks_table(some[:-5], "Skipped.").to_html()
    assert "silent: 45" in files.reasons(some).data
    various = [Remark("file", f"<{i % 500}> s: short") for i in range(5000)]
    assert len(files.reasons(various).data) < 300
    assert "other reasons: 4,900." in files.reasons(various).data
    assert "Nothing" in files.remarks_table([], "Skipped.").data
    assert "0 files" in files.reasons([]).data
    assert "not kept in files" in files.formats({}).data
