import numpy as np
import pytest

from subgenre.data.dances.percussion import drum_hit, strike

SAMPLE_RATE = 16000


@pytest.mark.parametrize(("kind", "low_share"), [("thud", (0.5, 1.0)), ("tick", (0.0, 0.1))])
def test_thuds_are_low_and_ticks_are_high(kind, low_share):
    hit = drum_hit(kind, 0, SAMPLE_RATE)
    power = np.abs(np.fft.rfft(hit)) ** 2
    below_500_hz = power[: len(power) // 16].sum() / power.sum()
    assert low_share[0] <= below_500_hz <= low_share[1]
    assert np.abs(hit).max() == pytest.approx(1.0)


def test_strokes_fall_where_asked():
    hit = np.array([1.0, 0.5], np.float32)
    out = strike(hit, np.array([0.1, 0.9, 2.0]), np.array([1.0, 0.5, 1.0]), 10, 10)
    np.testing.assert_allclose(out, [0, 1, 0.5, 0, 0, 0, 0, 0, 0, 0.5])
