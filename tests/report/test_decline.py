from dataclasses import replace

import numpy as np
import pytest
import toy

from subgenre.report import charts, decline


def sure_of(n_right, config):
    """Return a record whose surest answers are the right ones."""
    answers = [true if i < n_right else (true + 1) % 3 for i, true in enumerate(toy.TRUE)]
    best = 900 - 10 * np.arange(len(answers))
    shares = [[p if k == a else 0 for k in range(3)] for p, a in zip(best, answers, strict=True)]
    return replace(toy.record(config, answers=answers), test_probabilities=shares)


@pytest.fixture
def frame():
    result = toy.result("networks", "quick")
    for config in result.records:
        result.records[config] = sure_of(12 if config.model.name == "crnn" else 6, config)
    return decline.accuracies(result)


def test_accuracy_falls_from_that_of_the_surest_to_that_of_all(frame):
    cnn = frame[frame["series"] == "CNN"].set_index(decline.SHARE)["mean"]
    assert cnn[0.5] == 1 and cnn[1.0] == 0.5 and cnn.is_monotonic_decreasing
    assert cnn[0.75] == pytest.approx(6 / 9)


def test_it_is_read_aloud_how_many_clips_may_be_answered(frame):
    said = decline.reading(frame).data
    assert "the CRNN reaches it on the 100%" in said and "the CNN reaches it on the 50%" in said
    assert "on no share" in decline.reading(frame.assign(mean=0.4)).data
    assert [*charts.curves([frame], "").series] == ["CNN", "CRNN", "CNN-RNN"]
