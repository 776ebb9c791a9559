import numpy as np
import pytest

from subgenre.prediction import calibration
from subgenre.prediction.calibration import at_temperature, fitted_temperature, reliability


def drawn(n, temperature):
    """Return classes drawn from known probabilities, and those at another temperature."""
    rng = np.random.default_rng(0)
    honest = calibration.softmax(rng.normal(0, 2, (n, 4)), axis=1)
    y = (honest.cumsum(axis=1) < rng.random((n, 1))).sum(axis=1)
    return y, at_temperature(honest, 1 / temperature)


def test_known_numbers():
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.3, 0.7], [0.45, 0.55]])
    one = reliability(np.array([0, 1, 1, 1]), probabilities)
    assert one.accuracy == 0.75
    assert one.confidence == pytest.approx(0.7625)
    assert one.bins == [[1, 0.55, 1], [1, 0.7, 1], [2, 0.9, 0.5]]
    assert one.expected_calibration_error == pytest.approx((2 * 0.4 + 0.3 + 0.45) / 4)
    assert one.brier_score == pytest.approx(2 * (0.01 + 0.81 + 0.09 + 0.2025) / 4)
    certain = np.array([[1.0, 0.0], [0.98, 0.02]])  # in the last bin
    assert reliability(np.array([0, 1]), certain).bins == [[2, 0.99, 0.5]]


@pytest.mark.parametrize("boldness", [0.5, 1, 3])
def test_the_temperature_is_found_and_mends_the_probabilities(boldness):
    y, probabilities = drawn(20_000, boldness)
    before = reliability(y, probabilities)
    temperature = fitted_temperature(y, probabilities)
    assert temperature == pytest.approx(boldness, rel=0.05)
    mended = at_temperature(probabilities, temperature)
    np.testing.assert_array_equal(mended.argmax(axis=1), probabilities.argmax(axis=1))
    np.testing.assert_allclose(mended.sum(axis=1), 1)
    after = reliability(y, mended)
    assert after.expected_calibration_error < 0.015
    assert after.confidence == pytest.approx(after.accuracy, abs=0.01)
    assert after.brier_score <= before.brier_score + 1e-3
    assert sum(n for n, *_ in after.bins) == after.n_clips == 20_000


@pytest.mark.parametrize("first", [[0.6, 0.4], [1.0, 0.0]], ids=["modest", "certain"])
def test_a_few_faultless_clips_do_not_make_it_boundlessly_sure(first):
    probabilities = np.array([first, first[::-1], first], dtype=np.float32)
    mended = at_temperature(probabilities, fitted_temperature(np.array([0, 1, 0]), probabilities))
    assert 0.7 < mended.max() < 0.99


def test_the_diagram_has_a_panel_per_curve_with_labelled_axes():
    curves = {"before": reliability(*drawn(500, 2)), "after": reliability(*drawn(500, 1))}
    figure = calibration.reliability_diagram(curves)
    assert figure.axes[0].get_ylabel() == "share of right answers"
    for axes, (title, one) in zip(figure.axes, curves.items(), strict=True):
        assert (axes.get_title(), axes.get_xlabel()) == (title, "probability of the answer")
        assert [text.get_text() for text in axes.texts] == [str(n) for n, *_ in one.bins]
