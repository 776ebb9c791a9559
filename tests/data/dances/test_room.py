import numpy as np
import pytest

from subgenre.data.dances.room import body_and_room

SAMPLE_RATE = 16000


def test_a_flat_body_in_a_dry_room_changes_nothing():
    dry = np.random.default_rng(0).standard_normal(SAMPLE_RATE).astype(np.float32)
    same = body_and_room(dry, (0.0,) * 5, 0.5, 0.0, SAMPLE_RATE, np.random.default_rng(0))
    np.testing.assert_allclose(same, dry, atol=1e-5)


def test_a_body_lifts_its_band_and_a_room_rings_on():
    click = np.eye(1, SAMPLE_RATE, dtype=np.float32)[0]
    body = body_and_room(
        np.roll(click, 8000), (0, 0, 6, 0, 0), 0.5, 0.0, SAMPLE_RATE, np.random.default_rng(0)
    )
    gain_db = 20 * np.log10(np.abs(np.fft.rfft(body)))
    assert gain_db[1000] == pytest.approx(6, abs=0.3)  # bins are 1 Hz wide
    assert gain_db[120] == pytest.approx(0, abs=0.3)
    room = body_and_room(click, (0,) * 5, 1.0, 0.4, SAMPLE_RATE, np.random.default_rng(0))
    early, late = np.mean(room[100:1700] ** 2), np.mean(room[8100:9700] ** 2)
    assert 10 * np.log10(early / late) == pytest.approx(30, abs=3)  # 60 dB in 1 s
