import dataclasses

import numpy as np
import pytest
import studies
from scipy import stats
from statsmodels.stats.multitest import multipletests

from subgenre.plumbing.errors import DataError
from subgenre.study.comparisons import (
    Quantity,
    compare,
    corrected_t_test,
    holm,
    level_pairs,
    model_pairs,
    scores_of,
)
from subgenre.study.intervals import mean_interval

EQUAL = {"mean": 0.0, "best": 0.0, "gap": 0.0, "spread": 0.0}


def by_optimizer(config):
    """Let RMSprop answer 5 clips more than Adam, but for one seed, which has one more still."""
    return 5 + 5 * (config.training.optimizer == "rmsprop") + (config.seed == 3)


def study(right=lambda config: 6, profile="paper"):
    return studies.study(right, profile, ["optimizers"])


def at(level, model="crnn", kind="mean", experiment="optimizers"):
    levels = [level] if isinstance(level, str) else level
    return Quantity(model, tuple((experiment, one) for one in levels), kind)


def test_a_difference_that_is_there_is_found():
    found = compare(scores_of(study(by_optimizer), "accuracy"), at("RMSprop"), at("Adam"))
    assert found.difference == pytest.approx(5 / 12)
    low, high = found.interval
    assert 0 < low < found.difference < high < 1
    assert found.p_value < 0.001
    assert (found.n_seeds, found.n_diverged, found.chosen) == (5, 0, ())


def test_the_difference_turns_with_the_sides():
    scores = scores_of(study(by_optimizer))
    one, other = (compare(scores, *pair) for pair in (
        (at("RMSprop"), at("Adam")), (at("Adam"), at("RMSprop"))
    ))  # fmt: skip
    assert one.difference == -other.difference
    assert one.interval == pytest.approx([-other.interval[1], -other.interval[0]])
    assert one.p_value == other.p_value


@pytest.mark.parametrize("metric", ["accuracy", "macro_f1"])
@pytest.mark.parametrize("kind", EQUAL)
def test_equal_cells_do_not_differ(kind, metric):
    """Nor on any resample, because both sides share their resamples."""
    scores = scores_of(study(lambda config: 4 + config.seed), metric)
    levels = ("Adam", "Adadelta")
    found = compare(scores, at(levels, kind=kind), at(levels, "cnn", kind=kind))
    assert (found.difference, found.interval, found.p_value) == (0, (0, 0), 1)


def test_what_both_sides_share_cancels():
    """The seeds differ much, the sides little: a difference is surer than either score."""

    def right(config):
        return 1 + 2 * config.seed + (config.model.name == "crnn")

    scores = scores_of(study(right), "accuracy")
    low, high = compare(scores, at("Adam"), at("Adam", "cnn")).interval
    own = mean_interval(scores.per_resample(at("Adam")), np.random.default_rng(0))
    assert high - low < 0.5 * (own[1] - own[0])


def test_a_single_seed_has_neither_interval_nor_p_value():
    found = compare(scores_of(study(by_optimizer, "smoke")), at("RMSprop"), at("Adam"))
    assert found.difference > 0
    assert (found.interval, found.p_value, found.n_seeds) == (None, None, 1)


def test_the_gap_is_training_minus_test():
    scores = scores_of(study())
    assert scores.per_seed(at("Adam", kind="gap")) == pytest.approx(np.full(5, 0.2))


def test_the_spread_is_the_standard_deviation_over_levels():
    scores = scores_of(study(by_optimizer), "accuracy")
    spread = scores.per_seed(at(("Adam", "Adadelta", "RMSprop"), kind="spread"))
    assert spread == pytest.approx(np.full(5, np.std([5, 5, 10], ddof=1) / 12))


def test_the_best_level_is_chosen_by_validation_alone():
    result = study(by_optimizer)
    for config in studies.cell_of(result, "optimizers", "Adam", "crnn").configs:
        better = {"accuracy": 1.0, "macro_f1": 1.0}
        scores = {**result.records[config].scores, "validation": better}
        result.records[config] = dataclasses.replace(result.records[config], scores=scores)
    found = compare(scores_of(result), at(("Adam", "RMSprop"), kind="best"), at("Adam"))
    assert (found.chosen, found.difference) == (("Adam",), 0)


def test_runs_that_diverged_are_counted_once():
    result = study(by_optimizer)
    studies.diverge(result, "optimizers", "Adam", "crnn", seed=2)
    scores = scores_of(result)
    assert compare(scores, at("RMSprop"), at("Adam")).n_diverged == 1
    assert compare(scores, at("Adam"), at(("Adam", "RMSprop"))).n_diverged == 1
    assert compare(scores, at("RMSprop"), at("Adadelta")).n_diverged == 0


def test_different_test_clips_cannot_be_paired():
    result = study()
    config = result.cells[0].configs[1]
    result.records[config] = dataclasses.replace(
        result.records[config], test_clips=list(range(1, 24, 2))
    )
    with pytest.raises(DataError, match="seed 1 to be tested on the same clips; got 2"):
        scores_of(result)


def test_a_cell_that_was_not_studied_is_named():
    scores = scores_of(study())
    with pytest.raises(DataError, match="initialization, Glorot normal, crnn"):
        compare(scores, at("Adam"), at("Glorot normal", experiment="initialization"))


def test_without_overlap_the_corrected_t_test_is_scipys():
    a, b = np.random.default_rng(0).random((2, 5))
    assert corrected_t_test(a - b, 0) == pytest.approx(stats.ttest_rel(a, b).pvalue)


def test_overlap_of_training_sets_makes_the_test_stricter():
    differences = np.array([0.1, 0.12, 0.05, 0.09, 0.1])
    p_values = [corrected_t_test(differences, ratio) for ratio in (0, 0.3, 1)]
    assert p_values == sorted(p_values)
    t = stats.ttest_1samp(differences, 0).statistic * np.sqrt(0.2 / 0.5)
    assert p_values[1] == pytest.approx(2 * stats.t.sf(t, 4))


def test_differences_without_variance_have_a_p_value():
    assert corrected_t_test(np.zeros(5), 0.3) == 1
    assert corrected_t_test(np.full(5, 0.25), 0.3) == 0
    assert corrected_t_test(np.array([0.25]), 0.3) is None


def test_holm_is_statsmodels_and_leaves_out_what_was_not_tested():
    p_values = [0.01, 0.04, 0.03, 0.2]
    expected = multipletests(p_values, method="holm")[1]
    assert holm(p_values) == pytest.approx(list(expected))
    with_gap = holm([0.01, None, 0.04, 0.03, 0.2])
    assert with_gap.pop(1) is None
    assert with_gap == pytest.approx(list(expected))
    assert holm([None, None]) == [None, None]


def test_levels_are_compared_within_each_network_and_networks_within_each_level():
    scores = scores_of(study(by_optimizer))
    levels, networks = level_pairs(scores), model_pairs(scores)
    assert len(levels) == 6 * 3 and len(networks) == 4 * 3
    pair = levels[(levels["row"] == "RMSprop − Adam") & (levels["column"] == "CRNN")].iloc[0]
    assert pair["comparison"] == compare(scores, at("RMSprop"), at("Adam"))
    assert set(networks["column"]) == {"CRNN − CNN", "CNN-RNN − CNN", "CNN-RNN − CRNN"}
    assert {one.difference for one in networks["comparison"]} == {0}


def test_the_pairs_of_a_table_are_one_family():
    pairs = level_pairs(scores_of(study(by_optimizer)))
    p_values = [one.p_value for one in pairs["comparison"]]
    assert list(pairs["p_adjusted"]) == holm(p_values)
