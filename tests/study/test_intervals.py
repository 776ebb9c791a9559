import numpy as np
import pandas as pd
import pytest
import toy

from subgenre.models.scores import METRICS, scores
from subgenre.report import tables
from subgenre.study import intervals
from subgenre.study.intervals import bootstrap_interval
from subgenre.study.runner import Result

N_CLASSES = 4


def answers(rng, n_groups=40, per_group=3, right=0.6):
    """Draw a test set in which a share of the answers is right."""
    y_true = rng.integers(N_CLASSES, size=n_groups * per_group)
    wrong = rng.integers(N_CLASSES, size=len(y_true))
    y_pred = np.where(rng.random(len(y_true)) < right, y_true, wrong)
    return intervals.Tested(y_true, y_pred, np.repeat(np.arange(n_groups), per_group))


def seeds(seed=0, n_seeds=5, **how):
    rng = np.random.default_rng(seed)
    return [answers(rng, **how) for _ in range(n_seeds)]


def width(tested):
    low, high = bootstrap_interval(tested, "macro_f1", N_CLASSES)
    return high - low


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("right", [0.0, 0.5, 1.0])
def test_a_resample_scores_as_the_clips_that_it_drew(metric, right):
    one = answers(np.random.default_rng(0), n_groups=6, right=right)
    (times,), _ = intervals.resamples((6,), 0)
    assert np.all(times.sum(axis=1) == 6) and len(times) == intervals.N_RESAMPLES
    found = intervals.resampled_scores(one, metric, N_CLASSES, times)
    for drawn, score in list(zip(times.astype(int), found, strict=True))[:20]:
        clips = np.repeat(np.arange(len(one.y_true)), drawn[one.groups])
        direct = scores(one.y_true[clips], one.y_pred[clips], N_CLASSES)[metric]
        assert score == pytest.approx(direct)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("seed", range(5))
def test_the_interval_holds_the_mean_and_is_the_same_for_the_same_draws_only(metric, seed):
    tested = seeds(seed)
    mean = np.mean([scores(one.y_true, one.y_pred, N_CLASSES)[metric] for one in tested])
    low, high = bootstrap_interval(tested, metric, N_CLASSES)
    assert 0 <= low < mean < high <= 1
    again, other = (bootstrap_interval(tested, metric, N_CLASSES, draws) for draws in (0, 1))
    assert again == (low, high) != other


def test_more_groups_narrow_the_interval_and_more_clips_of_the_same_groups_do_not():
    tested = seeds()
    assert width(seeds(n_groups=400)) < 0.6 * width(tested)
    twice = [
        intervals.Tested(*(np.repeat(part, 2) for part in vars(one).values())) for one in tested
    ]
    assert width(twice) == pytest.approx(width(tested), rel=0.01)


def test_one_seed_has_no_interval_and_perfect_answers_one_of_no_width():
    assert np.isnan(bootstrap_interval(seeds(n_seeds=1), "accuracy", N_CLASSES)).all()
    assert bootstrap_interval(seeds(right=1.0), "accuracy", N_CLASSES) == (1.0, 1.0)


def test_confusion_counts_true_classes_in_rows_over_all_seeds():
    one = intervals.Tested(np.array([0, 0, 1]), np.array([0, 1, 1]), np.arange(3))
    assert intervals.confusion([one, one], 3).tolist() == [[2, 2, 0], [0, 2, 0], [0, 0, 0]]


def test_averaging_over_a_track_puts_unsure_clips_right_and_has_rows_where_music_was_cut():
    """Of the two clips of each track, one is wrong by a little, the other right by much."""
    names = [(label, f"{label}/{song}") for label in toy.LABELS for song in "ab"]
    rows = [(f"{group}.mp3#{clip}", label, group) for label, group in names for clip in (0, 1)]
    clips = pd.DataFrame(rows, columns=["track_id", "label", "group"])
    right, wrong = np.eye(3, dtype=int) * 700 + 100, np.roll(np.eye(3, dtype=int), 1, 1) * 100 + 300
    rows = [row for label in range(3) for row in [right[label], wrong[label]] * 2]
    kept = {"test_clips": list(range(12)), "test_probabilities": np.array(rows).tolist()}
    record = toy.record(toy.run_config(), **kept)
    tested = intervals.tested_by(record, clips, tracks=True)
    assert tested.y_true.tolist() == tested.y_pred.tolist() == [0, 0, 1, 1, 2, 2]
    assert sorted(tested.groups) == sorted(set(clips["group"]))
    assert np.mean(record.predictions() == np.repeat([0, 1, 2], 4)) == 0.5
    grid = toy.result("initialization")
    result = Result(grid.cells, dict.fromkeys(grid.records, record), clips)
    by_track = tables.tidy(result).query("metric == 'track_macro_f1'")
    assert set(by_track["split"]) == {"test"}
    assert by_track["mean"].tolist() == pytest.approx([1.0] * len(grid.cells))
    assert set(tables.tidy(grid)["metric"]) == set(METRICS)
