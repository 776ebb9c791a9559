import numpy as np
import pandas as pd
import pytest
import toy
from scipy import stats
from statsmodels.stats.power import TTestPower

from subgenre.models.scores import METRICS
from subgenre.report import tables
from subgenre.study import intervals
from subgenre.study.intervals import estimate
from subgenre.study.runner import Result

DRAWN = [np.random.default_rng(seed).normal(0.04, 0.05, n) for seed, n in enumerate((2, 5, 10, 10))]
every_draw = pytest.mark.parametrize("values", DRAWN, ids=len)


@every_draw
def test_without_overlap_it_is_scipys_t_test(values):
    found, plain = estimate(values, 0.0), stats.ttest_1samp(values, 0)
    assert (found.mean, found.p_value) == pytest.approx((values.mean(), plain.pvalue))
    assert (found.low, found.high) == pytest.approx(tuple(plain.confidence_interval()))


@every_draw
def test_overlap_of_training_sets_widens_the_interval_about_the_mean_and_raises_p(values):
    plain, found = estimate(values, 0.0), estimate(values, 1 / 3)
    wider = np.sqrt(1 + len(values) / 3)
    reach = wider * (plain.high - plain.mean)
    assert (found.mean - found.low, found.high - found.mean) == pytest.approx((reach, reach))
    assert found.smallest(0.01) == pytest.approx(wider * plain.smallest(0.01))
    t = stats.ttest_1samp(values, 0).statistic / wider
    assert found.p_value == pytest.approx(2 * stats.t.sf(abs(t), len(values) - 1))
    assert (found.p_value < 0.05) == (not found.low < 0 < found.high)


@pytest.mark.parametrize("alpha", [0.05, 0.005])
def test_the_smallest_difference_is_found_four_times_in_five(alpha):
    one = estimate(DRAWN[2], 0.0)
    size = one.smallest(alpha) / DRAWN[2].std(ddof=1)
    assert TTestPower().power(size, nobs=10, alpha=alpha) == pytest.approx(0.8, abs=0.03)


def test_a_further_run_is_as_often_as_promised_no_further_from_the_mean():
    runs = np.random.default_rng(0).normal(0.3, 0.1, (1000, 6))
    found = [(some[5], estimate(some[:5], 0.0)) for some in runs]
    assert np.mean([abs(further - one.mean) < one.single for further, one in found]) > 0.935


def test_one_run_has_a_mean_and_no_more_and_equal_runs_are_certain():
    single = vars(estimate(np.array([0.2]), 0.3))
    assert [name for name, one in single.items() if not np.isnan(one)] == ["mean", "freedom"]
    same, none = estimate(np.full(5, 0.25), 0.3), estimate(np.zeros(5), 0.3)
    assert (same.low, same.high, same.p_value, same.smallest(0.05)) == (0.25, 0.25, 0, 0)
    assert (none.low, none.high, none.p_value) == (0, 0, 1)


def differences(rng, n_clips=100):
    """Return how much better one learner does than its equal, in ten runs: folds dealt twice."""
    y = np.arange(n_clips) % 2
    x = rng.normal(0, 1, (2, n_clips, 4)) + 0.25 * (2 * y - 1)[:, None]  # what either hears
    found = []
    for _ in range(2):
        folds = rng.permutation(n_clips).reshape(5, -1)
        for turn in range(5):
            test, _, *train = np.roll(folds, turn, axis=0)
            known = np.concatenate(train)
            ends = [x[:, known[y[known] == number]].mean(axis=1) for number in (1, 0)]
            nearer = ((x[:, test] - (sum(ends) / 2)[:, None]) * (ends[0] - ends[1])[:, None]).sum(2)
            right = np.mean((nearer > 0) == y[test], axis=1)
            found.append(right[0] - right[1])
    return np.array(found)


def test_the_interval_covers_what_it_promises_where_a_plain_one_does_not():
    """Two learners are equal, so the true difference is 0; each study has its own clips."""
    rng = np.random.default_rng(0)
    studies = [differences(rng) for _ in range(600)]
    corrected, plain = (
        np.mean([one.low <= 0 <= one.high for one in (estimate(some, ratio) for some in studies)])
        for ratio in (1 / 3, 0.0)
    )
    assert plain < 0.9 and corrected >= 0.93


def test_confusion_counts_true_classes_in_rows_over_all_seeds():
    one = intervals.Tested(np.array([0, 0, 1]), np.array([0, 1, 1]))
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
    assert np.mean(record.predictions() == np.repeat([0, 1, 2], 4)) == 0.5
    grid = toy.result("initialization")
    result = Result(grid.cells, dict.fromkeys(grid.records, record), clips)
    by_track = tables.tidy(result).query("metric == 'track_macro_f1'")
    assert set(by_track["split"]) == {"test"}
    assert by_track["mean"].tolist() == pytest.approx([1.0] * len(grid.cells))
    assert set(tables.tidy(grid)["metric"]) == set(METRICS)


def test_an_estimate_that_is_moved_is_that_of_runs_so_much_higher():
    values = np.random.default_rng(0).normal(0.02, 0.03, 10)
    moved, expected = estimate(values, 0.3).moved(0.05), estimate(values + 0.05, 0.3)
    assert vars(moved) == pytest.approx(vars(expected))
