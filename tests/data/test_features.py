import librosa
import numpy as np
import pytest

from subgenre.config import RECIPE, FeatureConfig
from subgenre.data.features import (
    DB_PER_UNIT,
    LOG_MEL_VERSION,
    TOP_DB,
    log_mel,
    network_frames,
    network_input,
)
from subgenre.data.noise import NOISE_VERSION

CONFIG = FeatureConfig()
TONE = 0.5 * np.sin(2 * np.pi * 440 * np.arange(33_000) / CONFIG.sample_rate)
MIXED = (TONE + 0.1 * np.random.default_rng(3).standard_normal(33_000)).astype(np.float32)


@pytest.mark.parametrize("seconds", [0.5, 1.0, 2.02])
@pytest.mark.parametrize(
    "config", [CONFIG, FeatureConfig(n_fft=512, hop_length=200, n_mels=40, fmin=0.0, fmax=4000.0)]
)
def test_log_mel_is_librosas_and_has_the_announced_shape(config, seconds):
    audio = MIXED[: round(seconds * config.sample_rate)]
    named = {one: getattr(config, one) for one in ("n_fft", "hop_length", "n_mels", "fmin", "fmax")}
    power = librosa.feature.melspectrogram(y=audio, sr=config.sample_rate, **named)
    image = log_mel(audio, config)
    assert (image.shape, image.dtype) == ((config.n_frames(seconds), config.n_mels), np.float32)
    np.testing.assert_allclose(image, librosa.power_to_db(power).T, atol=1e-4)


def test_silence_is_finite_and_the_dynamic_range_is_bounded():
    silence = np.zeros(16_000, np.float32)
    assert np.isfinite(network_input(log_mel(silence, CONFIG)[None])).all()
    assert np.ptp(log_mel(np.append(silence, MIXED), CONFIG)) == pytest.approx(TOP_DB, abs=1e-3)


def test_network_input_is_the_level_without_its_mean_and_the_rise_from_frame_to_frame():
    log_mels = np.random.default_rng(3).normal(-40, 10, (3, 24, 64)).astype(np.float32)
    short = network_input(log_mels[:, :21])  # filling two steps of eight
    assert (short.shape, short.dtype) == ((3, 16, 64, 2), np.float16)
    assert [network_frames(n) for n in (16, 21, 251)] == [16, 16, 248]
    level, flux = np.moveaxis(network_input(log_mels).astype(float), -1, 0)
    exact = (log_mels - log_mels.mean(axis=1, keepdims=True)) / DB_PER_UNIT
    np.testing.assert_allclose(DB_PER_UNIT * level, DB_PER_UNIT * exact, atol=0.05)  # in dB
    assert not flux[:, 0].any()
    rise = np.maximum(np.diff(log_mels, axis=1), 0)
    np.testing.assert_allclose(DB_PER_UNIT * flux[:, 1:], rise, atol=0.05)


def test_what_records_are_made_of_has_the_version_that_their_keys_know():
    """Raise RECIPE with either: keys do not name the noise and the log-mels."""
    assert (RECIPE, NOISE_VERSION, LOG_MEL_VERSION) == (3, 2, 2)
