from types import SimpleNamespace

from subgenre.data.dataset import Remark, Track
from subgenre.report import files


def test_clips_tracks_and_groups_are_counted_apart_and_names_are_no_html():
    """Of a class there are some clips of one track."""
    names = ["polka\n<b>"] * 3 + ["waltz"] * 2
    tracks = [Track(f"{one}/song.mp3#{i}", one, one, "Song") for i, one in enumerate(names)]
    table = files.counts_table(SimpleNamespace(tracks=tracks))
    assert table.data.to_numpy().tolist() == [[3, 1, 1], [2, 1, 1]]
    html = table.to_html()
    assert "<b>" not in html and "polka\n" not in html and "&lt;b&gt;" in html


def test_no_remark_is_lost():
    some = [Remark(f"file {i}\n<i>", "silent: all of it") for i in range(files.MOST_LINES + 5)]
    html = files.remarks_table(some, "Skipped.").to_html()
    assert html.count("silent: all of it") == files.MOST_LINES and "<i>" not in html
    assert "Another 5 are not shown here: the whole list is skipped.csv" in html
    assert "skipped.csv" not in files.remarks_table(some[:-5], "Skipped.").to_html()
    various = [Remark("file", f"<{i % 500}> s: short") for i in range(5000)]
    said = files.reasons(various).data
    assert len(said) < 300 and "other reasons: 4,900." in said
    assert "Nothing" in files.remarks_table([], "Skipped.").data
    assert "0 files" in files.reasons([]).data
    assert "not kept in files" in files.formats({}).data
