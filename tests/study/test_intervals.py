import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score

from subgenre.models.scores import METRICS, accuracy, macro_f1
from subgenre.study import intervals as evaluation
from subgenre.study.intervals import _metric_of, bootstrap_interval, confusion

N_CLASSES = 4


def answers(rng, n_groups=40, per_group=3, right=0.6):
    """Draw a test set in which a share of the answers is right."""
    y_true = rng.integers(N_CLASSES, size=n_groups * per_group)
    wrong = rng.integers(N_CLASSES, size=len(y_true))
    y_pred = np.where(rng.random(len(y_true)) < right, y_true, wrong)
    return evaluation.Tested(y_true, y_pred, np.repeat(np.arange(n_groups), per_group))


def seeds(seed=0, n_seeds=5, **how):
    rng = np.random.default_rng(seed)
    return [answers(rng, **how) for _ in range(n_seeds)]


def width(tested, metric="macro_f1"):
    low, high = bootstrap_interval(tested, metric, N_CLASSES)
    return high - low


@pytest.mark.parametrize("seed", range(5))
def test_scores_are_scikit_learns(seed):
    one = answers(np.random.default_rng(seed))
    expected = f1_score(one.y_true, one.y_pred, average="macro")
    assert macro_f1(one.y_true, one.y_pred, N_CLASSES) == pytest.approx(expected)
    assert accuracy(one.y_true, one.y_pred) == accuracy_score(one.y_true, one.y_pred)


def test_a_class_that_is_never_seen_counts_as_zero():
    assert macro_f1([0, 1], [0, 1], 4) == 0.5


@pytest.mark.parametrize("metric", METRICS)
def test_scores_of_weighted_confusion_matrices_are_the_direct_ones(metric):
    rng = np.random.default_rng(0)
    for right in (0.0, 0.5, 1.0):
        one = answers(rng, n_groups=4, right=right)
        weights = rng.integers(0, 3, size=len(one.y_true))
        weights[0] = 1
        matrix = np.zeros((N_CLASSES, N_CLASSES))
        np.add.at(matrix, (one.y_true, one.y_pred), weights)
        y_true, y_pred = np.repeat(one.y_true, weights), np.repeat(one.y_pred, weights)
        direct = {"accuracy": accuracy(y_true, y_pred)}
        direct["macro_f1"] = macro_f1(y_true, y_pred, N_CLASSES)
        assert _metric_of(matrix, metric) == pytest.approx(direct[metric])


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("seed", range(5))
def test_the_interval_holds_the_mean(metric, seed):
    tested = seeds(seed)
    scores = {
        "accuracy": [accuracy(one.y_true, one.y_pred) for one in tested],
        "macro_f1": [macro_f1(one.y_true, one.y_pred, N_CLASSES) for one in tested],
    }
    low, high = bootstrap_interval(tested, metric, N_CLASSES)
    assert 0 <= low < np.mean(scores[metric]) < high <= 1


def test_the_interval_is_the_same_for_the_same_seed_only():
    tested = seeds()
    first, again, other = (
        bootstrap_interval(tested, "accuracy", N_CLASSES, seed) for seed in (0, 0, 1)
    )
    assert first == again != other


def test_more_groups_narrow_the_interval():
    assert width(seeds(n_groups=400)) < 0.6 * width(seeds(n_groups=40))


def test_more_clips_of_the_same_groups_do_not():
    def doubled(one):
        return evaluation.Tested(
            *(np.repeat(part, 2) for part in (one.y_true, one.y_pred, one.groups))
        )

    tested = seeds()
    assert width([doubled(one) for one in tested]) == pytest.approx(width(tested), rel=0.01)


def test_groups_and_not_clips_are_resampled():
    tested = seeds(n_groups=20, per_group=1)

    def cloned(one, groups):
        return evaluation.Tested(np.repeat(one.y_true, 10), np.repeat(one.y_pred, 10), groups)

    as_groups = [cloned(one, np.repeat(one.groups, 10)) for one in tested]
    as_clips = [cloned(one, np.arange(200)) for one in tested]
    assert width(as_groups) > 1.5 * width(as_clips)


def test_a_single_seed_has_no_interval():
    assert bootstrap_interval(seeds(n_seeds=1), "accuracy", N_CLASSES) is None


def test_perfect_answers_have_an_interval_of_no_width():
    assert bootstrap_interval(seeds(right=1.0), "accuracy", N_CLASSES) == (1.0, 1.0)


def test_confusion_counts_true_classes_in_rows_over_all_seeds():
    one = evaluation.Tested(np.array([0, 0, 1]), np.array([0, 1, 1]), np.arange(3))
    assert confusion([one, one], 3).tolist() == [[2, 2, 0], [0, 2, 0], [0, 0, 0]]
