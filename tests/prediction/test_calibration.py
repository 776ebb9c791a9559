import numpy as np
import pytest
from answers import said

from subgenre.prediction.calibration import (
    fitted_temperature,
    in_words,
    reliability,
    reliability_diagram,
    scaled,
)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_honest_probabilities_have_next_to_no_error(rng):
    one = reliability(*said(20_000, 1, rng))
    assert one.expected_calibration_error < 0.015
    assert one.confidence == pytest.approx(one.accuracy, abs=0.01)
    assert sum(bin_.n_clips for bin_ in one.bins) == one.n_clips == 20_000
    assert "about as sure as it is right" in in_words(one)


def test_known_numbers():
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.3, 0.7], [0.45, 0.55]])
    one = reliability(np.array([0, 1, 1, 1]), probabilities)
    assert one.accuracy == 0.75
    assert one.confidence == pytest.approx(0.7625)
    # Bins: two clips at 0.9 of which one is right, one right at 0.7, one right at 0.55.
    assert one.expected_calibration_error == pytest.approx((2 * 0.4 + 0.3 + 0.45) / 4)
    assert one.brier_score == pytest.approx(2 * (0.01 + 0.81 + 0.09 + 0.2025) / 4)


@pytest.mark.parametrize("certain", [0.0, 1.0])
def test_certainty_falls_into_the_last_bin(certain):
    probabilities = np.array([[1.0, 0.0], [1.0, 0.0]])
    one = reliability(np.array([0, int(1 - certain)]), probabilities)
    (last,) = one.bins
    assert last.confidence == 1
    assert one.expected_calibration_error == pytest.approx((1 - certain) / 2)


@pytest.mark.parametrize("boldness", [0.5, 1, 3])
def test_the_temperature_is_found_and_mends_the_probabilities(boldness, rng):
    y, probabilities = said(5000, boldness, rng)
    temperature = fitted_temperature(y, probabilities)
    assert temperature == pytest.approx(boldness, rel=0.08)
    mended = scaled(probabilities, temperature)
    np.testing.assert_array_equal(mended.argmax(axis=1), probabilities.argmax(axis=1))
    np.testing.assert_allclose(mended.sum(axis=1), 1)
    after, before = reliability(y, mended), reliability(y, probabilities)
    assert after.expected_calibration_error < max(0.03, before.expected_calibration_error)
    assert after.brier_score <= before.brier_score + 1e-3


def test_a_few_faultless_clips_do_not_make_it_boundlessly_sure():
    probabilities = np.array([[0.6, 0.4], [0.3, 0.7], [0.55, 0.45]])
    mended = scaled(probabilities, fitted_temperature(np.array([0, 1, 0]), probabilities))
    assert 0.7 < mended.max() < 0.99


def test_probabilities_of_zero_are_no_trouble():
    probabilities = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], dtype=np.float32)
    temperature = fitted_temperature(np.array([0, 1, 1]), probabilities)
    assert np.isfinite(scaled(probabilities, temperature)).all()


def test_overconfidence_is_read_aloud(rng):
    words = in_words(reliability(*said(2000, 3, rng)))
    assert "surer than it is right" in words and "2000 clips" in words
    assert "less sure than it could be" in in_words(reliability(*said(2000, 0.4, rng)))


def test_the_diagram_has_a_panel_per_curve_with_labelled_axes(rng):
    y, probabilities = said(500, 2, rng)
    curves = {"before": reliability(y, probabilities), "after": reliability(y, probabilities)}
    figure = reliability_diagram(curves)
    assert [axes.get_title() for axes in figure.axes] == ["before", "after"]
    assert all(axes.get_xlabel() for axes in figure.axes)
    assert figure.axes[0].get_ylabel() == "share of right answers"
    counts = {text.get_text() for text in figure.axes[0].texts}
    assert counts == {str(bin_.n_clips) for bin_ in curves["before"].bins}
