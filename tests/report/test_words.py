import dataclasses

import pandas as pd
import pytest
import toy

from subgenre.report import words
from subgenre.report.paper import BEST_ACCURACY
from subgenre.study.runner import SingleRun


def by_optimizer(config):
    scores = {"adam": 0.7, "adadelta": 0.2, "rmsprop": 0.5}
    return scores[config.training.optimizer] + (config.training.learning_rate == 1) * 0.1


@pytest.fixture
def result():
    return toy.result("optimizers", test=by_optimizer)


def test_scores_name_the_best_and_the_weakest_level_with_their_numbers(result):
    text = words.scores(result).data
    for title in ("CNN", "CRNN", "CNN-RNN"):
        assert f"The {title} scores highest with *Adam* (macro F1 0.70)" in text
    assert "lowest with *Adadelta* (0.20)" in text


def test_scores_state_the_floor_of_always_answering_alike(result):
    assert "would score 0.17." in words.scores(result).data  # one of three classes: F1 1/2, 0, 0
    assert "would score 0.33." in words.scores(result, "accuracy").data


def test_a_single_seed_is_confessed_and_several_have_intervals(result):
    assert "single seed" in words.scores(result).data
    several = words.scores(toy.result("optimizers", "paper")).data
    assert "over 5 seeds" in several
    assert "single seed" not in several


def test_runs_that_diverged_are_counted(result):
    config = result.cells[0].configs[0]
    result.records[config] = toy.diverged(result.records[config])
    assert "Runs that diverged: 1." in words.scores(result).data


def test_agreement_compares_the_choice_of_optimizer(result):
    text = words.agreement(result, BEST_ACCURACY).data
    assert "for: CNN, CNN-RNN." in text
    assert "the CRNN (Adam here, RMSprop there)" in text


def test_learning_reads_the_ends_of_the_curves(result):
    assert "an accuracy of 0.60 in training and 0.55 in validation" in (
        words.learning(result, "RMSprop").data
    )


def test_curves_name_the_best_end_of_each_network(result):
    config = next(c for c in result.cells if (c.level, c.model) == ("RMSprop", "crnn")).configs[0]
    history = {**result.records[config].history, "val_loss": [1.0, 0.5, 0.25]}
    result.records[config] = dataclasses.replace(result.records[config], history=history)
    text = words.curves(result, "loss").data
    assert "The CRNN ends with the best loss under *RMSprop* (0.25)." in text
    assert "12 of the 12 runs validated best in the last fifth of their 3 epochs" in text


def test_a_run_that_diverged_never_ends_best(result):
    for cell in result.cells[:3]:  # the first level, which any comparison with NaN would keep
        for config in cell.configs:
            result.records[config] = toy.diverged(result.records[config])
    for history in ("loss", "accuracy"):
        assert "nan" not in words.curves(result, history).data


def test_gaps_are_between_training_and_test():
    text = words.gaps(toy.result("regularization")).data
    assert "gap between training and test is 0.20" in text


def test_counts_tell_clips_and_families():
    text = words.counts(pd.DataFrame(toy.TRACKS)).data
    assert "24 clips of 12 families in 3 classes" in text
    assert "with 4, performed 2.0 times" in text


def test_a_run_is_read_at_its_best_epoch():
    config = toy.run_config()
    text = words.run(SingleRun(config, toy.record(config, best_epoch=2), toy.CLIPS)).data
    assert "Epoch 2 of 3 validated best" in text
    assert "macro F1 0.40" in text
    assert "1.10 in training and 1.15 in validation" in text


def test_confusions_name_the_commonest_one():
    config = toy.run_config()
    answers = [0, 0, 0, 0, 1, 1, 1, 2, 2, 0, 0, 0]
    text = words.confusions(SingleRun(config, toy.record(config, answers=answers), toy.CLIPS)).data
    assert "knows *jig* best (100% of its clips) and *waltz* least (25%)" in text
    assert "takes *waltz* for *jig* (75%" in text


def test_sizes_tell_how_far_apart_the_networks_are():
    import keras

    def dense(n_inputs):
        return keras.Sequential([keras.Input((n_inputs,)), keras.layers.Dense(1)])

    text = words.sizes({"cnn": dense(9), "crnn": dense(11), "cnn_rnn": dense(10)}).data
    assert text.startswith("The largest, the CRNN, has 20% more weights")
