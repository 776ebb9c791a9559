import numpy as np
import pytest
import toy
from statsmodels.stats.multitest import multipletests

from subgenre.config import MODELS
from subgenre.plumbing.errors import DataError
from subgenre.study import comparisons
from subgenre.study.comparisons import Quantity, answer, compare, holm
from subgenre.study.experiments import MODEL_TITLES
from subgenre.study.intervals import Estimate, estimate

LEVELS = ("Adam", "Adadelta", "Adadelta, 0.001", "RMSprop")


def by_optimizer(config):
    """Let RMSprop answer 5 clips more than Adam, and for one seed one more still."""
    return 5 + (5 + (config.seed == 3)) * (config.training.optimizer == "rmsprop")


def by_network(config):
    """Let networks differ, above all where nothing trains."""
    n, lost = MODELS.index(config.model.name), config.training.learning_rate == 1e-3
    return 4 * n if lost else 4 + 2 * n + config.seed % 3


def study(right=by_optimizer, profile="paper"):
    return toy.study(right, "optimizers", profile)


def at(level, *models, kind="mean", experiment="optimizers"):
    levels = [level] if isinstance(level, str) else level
    return Quantity(models or ("crnn",), tuple((experiment, one) for one in levels), kind)


def test_a_difference_is_found_and_turns_with_the_sides_and_is_unsure_for_several_seeds_only():
    result = study()
    one = compare(result, at("RMSprop"), at("Adam"), "accuracy")
    values = np.where(np.arange(10) == 3, 6, 5) / 12
    assert result.test_to_train == 12 / (24 - 4 - 12)  # of the list; extra clips do not count
    assert vars(one.estimate) == pytest.approx(vars(estimate(values, result.test_to_train)))
    assert one.estimate.low > 0 and one.estimate.p_value < 0.001
    assert one.chosen == ()
    turned = compare(result, at("Adam"), at("RMSprop"), "accuracy").estimate
    assert (turned.mean, turned.high) == pytest.approx((-one.estimate.mean, -one.estimate.low))
    single = compare(study(profile="smoke"), at("RMSprop"), at("Adam"), "accuracy").estimate
    assert single.mean == pytest.approx(5 / 12) and np.isnan(single.low)


@pytest.mark.parametrize("metric", ["accuracy", "macro_f1"])
@pytest.mark.parametrize("kind", ["mean", "best", "gap", "spread"])
def test_equal_cells_do_not_differ(kind, metric):
    result = study(lambda config: 4 + config.seed % 5)
    sides = [at(("Adam", "Adadelta"), model, kind=kind) for model in ("crnn", "cnn")]
    found = compare(result, *sides, metric).estimate
    assert (found.mean, found.low, found.high, found.p_value) == (0, 0, 0, 1)


def test_a_gap_is_training_minus_test_and_a_spread_the_deviation_over_levels():
    none = at(("Adam", "Adadelta"), kind="spread")
    deviations = [np.std([5, 5, more], ddof=1) / 12 for more in (10, 11)]
    spread = 0.9 * deviations[0] + 0.1 * deviations[1]
    sides = at("Adam", kind="gap"), at(("Adam", "Adadelta", "RMSprop"), kind="spread")
    found = [compare(study(), side, none, "accuracy").estimate.mean for side in sides]
    assert found == pytest.approx([0.2, spread])


def test_the_best_level_is_chosen_by_validation_alone():
    result = study()
    for config in result.cells[1].configs:  # with Adam
        result.records[config].scores["validation"] = {"accuracy": 1.0, "macro_f1": 1.0}
    found = compare(result, at(("Adam", "RMSprop"), kind="best"), at("Adam"), "accuracy")
    assert (found.chosen, found.estimate.mean) == (("Adam",), 0)


def test_what_cannot_be_compared_is_named():
    other = at("Glorot normal", experiment="initialization")
    with pytest.raises(DataError, match="initialization, Glorot normal, crnn"):
        compare(study(), at("Adam"), other, "accuracy")


@pytest.mark.parametrize(
    ("low", "high", "p_adjusted", "said", "of_equality"),
    [
        (0.01, 0.30, 0.04, "holds", "reversed"),
        (-0.30, -0.01, 0.04, "reversed", "reversed"),
        (-0.05, 0.30, 0.40, "cannot be told", "cannot be told"),
        (0.01, 0.30, 0.06, "cannot be told", "cannot be told"),
        (-0.02, 0.02, 0.90, "practically equal", "holds"),
        (0.01, 0.02, 0.001, "practically equal", "holds"),  # sure, and too small to matter
        (-0.02, 0.04, 0.50, "cannot be told", "cannot be told"),
        (np.nan, np.nan, np.nan, "cannot be told", "cannot be told"),  # of a single run
    ],
)
def test_all_answers_are_given_by_one_standard(low, high, p_adjusted, said, of_equality):
    one = Estimate((low + high) / 2, low, high)
    assert (answer(one, p_adjusted), answer(one, p_adjusted, True)) == (said, of_equality)
    turned, mirror = Estimate(-one.mean, -high, -low), {"holds": "reversed", "reversed": "holds"}
    assert answer(turned, p_adjusted) == mirror.get(said, said)
    assert answer(turned, p_adjusted, True) == of_equality


def test_holm_is_statsmodels_and_leaves_single_runs_untold():
    p_values = [0.01, 0.04, 0.03, 0.2]
    assert holm(p_values) == pytest.approx(list(multipletests(p_values, method="holm")[1]))
    assert np.isnan(holm([np.nan, np.nan])).all()


def test_levels_are_set_against_the_common_one_network_by_network_and_on_their_mean():
    found = comparisons.level_contrasts(study(by_network))
    assert [*found.index] == [f"{level} − Adam" for level in LEVELS[1:]]
    assert [*found.columns] == [*MODEL_TITLES.values(), "all three"]
    means = found.map(lambda one: one.estimate.mean).to_numpy()
    assert means[:, 3] == pytest.approx(means[:, :3].mean(axis=1))
    assert len(set(means[1])) == 4 and not means[[0, 2]].any()


def test_networks_are_set_against_one_another_on_the_levels_that_train():
    result = study(by_network)
    found = comparisons.network_contrasts(result)
    assert [*found] == ["CRNN − CNN", "CNN-RNN − CNN", "CNN-RNN − CRNN"]
    trained = [level for level in LEVELS if level != "Adadelta, 0.001"]
    direct = compare(result, at(trained, "crnn"), at(trained, "cnn"), "macro_f1")
    assert found["CRNN − CNN"] == direct and 0.1 < direct.estimate.mean < 0.25
