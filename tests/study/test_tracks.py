from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import toy

from subgenre.data.dataset import source_of
from subgenre.report import tables
from subgenre.study import tracks
from subgenre.study.runner import Result

# Two clips of each of six tracks, all of them tested.
NAMES = [f"{label}/{song}" for label in toy.LABELS for song in "ab"]
CLIPS = pd.DataFrame(
    {
        "track_id": [f"{name}.mp3#{clip}" for name in NAMES for clip in (0, 1)],
        "label": np.repeat(toy.LABELS, 4),
        "group": np.repeat(NAMES, 2),
        "title": "",
        "collection": "",
    }
)


def record(probabilities):
    one = toy.record(toy.run_config(), answers=[0] * 12)
    return replace(one, test_clips=list(range(12)), test_probabilities=probabilities)


@pytest.fixture
def unsure():
    """One clip of each track is wrong by a little, the other right by much."""
    rows = []
    for label in range(3):
        right, wrong = [100, 100, 100], [300, 300, 300]
        right[label], wrong[(label + 1) % 3] = 800, 400
        rows += [right, wrong] * 2
    return record(rows)


@pytest.mark.parametrize(
    ("track_id", "source"),
    [("a/b.mp3#12", "a/b.mp3"), ("C# minor#0", "C# minor"), ("oneill-0701/0", "oneill-0701/0")],
)
def test_a_clip_knows_what_it_was_cut_from(track_id, source):
    assert source_of(track_id) == source


def test_a_tracks_answer_is_the_mean_of_its_clips(unsure):
    first, means = tracks.by_track(CLIPS["track_id"], np.array(unsure.test_probabilities) / 1000)
    assert [source_of(one) for one in CLIPS["track_id"].iloc[first]] == sorted(
        CLIPS["track_id"].map(source_of).unique()
    )
    np.testing.assert_allclose(means.sum(axis=1), 1)
    assert means[CLIPS["track_id"].iloc[first].tolist().index("jig/a.mp3#0"), 0] == pytest.approx(
        0.55
    )


def test_averaging_puts_unsure_clips_right(unsure):
    tested = tracks.tested_tracks(unsure, CLIPS)
    assert tested.y_true.tolist() == tested.y_pred.tolist() == [0, 0, 1, 1, 2, 2]
    assert sorted(set(tested.groups)) == sorted(CLIPS["group"].unique())
    assert np.mean(unsure.predictions() == np.repeat([0, 1, 2], 4)) == 0.5


def test_cut_music_has_rows_for_tracks_and_other_music_has_not(unsure):
    grid = toy.result("initialization")
    records = {
        config: replace(unsure, key=one.key, config=one.config)
        for config, one in grid.records.items()
    }
    rows = tables.tidy(Result(grid.cells, records, CLIPS))
    by_track = rows[rows["metric"] == "track_macro_f1"]
    assert len(by_track) == len(grid.cells)
    assert set(by_track["split"]) == {"test"}
    assert by_track["mean"].tolist() == pytest.approx([1.0] * len(grid.cells))
    assert not set(tables.tidy(grid)["metric"]) & set(tracks.TRACK_METRICS)
