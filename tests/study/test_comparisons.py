import numpy as np
import pytest
import toy
from scipy import stats
from statsmodels.stats.multitest import multipletests

from subgenre.plumbing.errors import DataError
from subgenre.study.comparisons import Quantity, compare, corrected_t_test, holm, scores_of


def by_optimizer(config):
    """Let RMSprop answer 5 clips more than Adam, but for one seed, which has one more still."""
    return 5 + 5 * (config.training.optimizer == "rmsprop") + (config.seed == 3)


def study(right=by_optimizer, profile="paper"):
    return toy.study(right, "optimizers", profile)


def at(level, model="crnn", kind="mean", experiment="optimizers"):
    levels = [level] if isinstance(level, str) else level
    return Quantity(model, tuple((experiment, one) for one in levels), kind)


def test_a_difference_is_found_and_turns_with_the_sides_and_is_unsure_for_several_seeds_only():
    scores = scores_of(study(), "accuracy")
    found = compare(scores, at("RMSprop"), at("Adam"))
    assert found.difference == pytest.approx(5 / 12)
    low, high = found.interval
    assert 0 < low < found.difference < high < 1
    assert found.p_value < 0.001
    assert (found.n_diverged, found.chosen) == (0, ())
    turned = compare(scores, at("Adam"), at("RMSprop"))
    assert (turned.difference, turned.p_value) == (-found.difference, found.p_value)
    assert turned.interval == pytest.approx((-high, -low))
    single = compare(scores_of(study(profile="smoke")), at("RMSprop"), at("Adam"))
    assert (single.interval, single.p_value) == (None, None)


@pytest.mark.parametrize("metric", ["accuracy", "macro_f1"])
@pytest.mark.parametrize("kind", ["mean", "best", "gap", "spread"])
def test_equal_cells_do_not_differ(kind, metric):
    """Nor on any resample, because both sides share their resamples."""
    scores = scores_of(study(lambda config: 4 + config.seed), metric)
    levels = ("Adam", "Adadelta")
    found = compare(scores, at(levels, kind=kind), at(levels, "cnn", kind=kind))
    assert (found.difference, found.interval, found.p_value) == (0, (0, 0), 1)


def test_a_gap_is_training_minus_test_and_a_spread_the_deviation_over_levels():
    scores = scores_of(study(), "accuracy")
    levels = ("Adam", "Adadelta", "RMSprop")
    assert scores.of(at("Adam", kind="gap")) == pytest.approx(np.full(5, 0.2))
    deviation = np.std([5, 5, 10], ddof=1) / 12
    assert scores.of(at(levels, kind="spread")) == pytest.approx(np.full(5, deviation))


def test_the_best_level_is_chosen_by_validation_alone_and_diverged_runs_are_counted_once():
    result = study()
    with_adam = result.cells[1].configs
    for config in with_adam:
        result.records[config].scores["validation"] = {"accuracy": 1.0, "macro_f1": 1.0}
    scores = scores_of(toy.diverge(result, with_adam[2:3]))
    found = compare(scores, at(("Adam", "RMSprop"), kind="best"), at("Adam"))
    assert (found.chosen, found.difference) == (("Adam",), 0)
    sides = [("RMSprop", "Adam"), ("Adam", ("Adam", "RMSprop")), ("RMSprop", "Adadelta")]
    assert [compare(scores, at(a), at(b)).n_diverged for a, b in sides] == [1, 1, 0]


def test_what_cannot_be_compared_is_named():
    with pytest.raises(DataError, match="initialization, Glorot normal, crnn"):
        compare(scores_of(study()), at("Adam"), at("Glorot normal", experiment="initialization"))


def test_overlap_of_training_sets_makes_scipys_t_test_stricter():
    differences = np.array([0.1, 0.12, 0.05, 0.09, 0.1])
    plain = stats.ttest_1samp(differences, 0)
    assert corrected_t_test(differences, 0) == pytest.approx(plain.pvalue)
    stricter = 2 * stats.t.sf(plain.statistic * np.sqrt(0.2 / 0.5), 4)
    assert corrected_t_test(differences, 0.3) == pytest.approx(stricter)
    cases = [np.zeros(5), np.full(5, 0.25), np.array([0.25])]
    assert [corrected_t_test(one, 0.3) for one in cases] == [1, 0, None]


def test_holm_is_statsmodels_and_leaves_out_what_was_not_tested():
    p_values = [0.01, 0.04, 0.03, 0.2]
    found = holm([p_values[0], None, *p_values[1:]])
    assert found.pop(1) is None
    assert found == pytest.approx(list(multipletests(p_values, method="holm")[1]))
    assert holm([None, None]) == [None, None]
