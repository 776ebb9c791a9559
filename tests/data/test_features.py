import librosa
import numpy as np
import pytest

from subgenre.config import FeatureConfig
from subgenre.data.features import DB_PER_UNIT, TOP_DB, log_mel, network_input, network_size

CONFIG = FeatureConfig()


def noise(seconds=1.0):
    n_samples = round(seconds * CONFIG.sample_rate)
    return (0.1 * np.random.default_rng(3).standard_normal(n_samples)).astype(np.float32)


def drawn(n_frames):
    return np.random.default_rng(3).normal(-40, 10, (3, n_frames, 8)).astype(np.float32)


def tone(seconds=1.0):
    time = np.arange(round(seconds * CONFIG.sample_rate)) / CONFIG.sample_rate
    return (0.5 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)


@pytest.mark.parametrize("seconds", [0.5, 1.0, 2.02])
@pytest.mark.parametrize(
    "config", [CONFIG, FeatureConfig(n_fft=512, hop_length=200, n_mels=40, fmin=0.0, fmax=4000.0)]
)
def test_log_mel_is_librosas_and_has_the_announced_shape(config, seconds):
    audio = noise(seconds) + tone(seconds)
    power = librosa.feature.melspectrogram(
        y=audio, sr=config.sample_rate, n_fft=config.n_fft, hop_length=config.hop_length,
        n_mels=config.n_mels, fmin=config.fmin, fmax=config.fmax,
    )  # fmt: skip
    image = log_mel(audio, config)
    assert (image.shape, image.dtype) == ((config.n_frames(seconds), config.n_mels), np.float32)
    np.testing.assert_allclose(image, librosa.power_to_db(power).T, atol=1e-4)


def test_silence_is_finite_and_the_dynamic_range_is_bounded():
    silence = np.zeros(16_000, np.float32)
    assert np.isfinite(network_input(log_mel(silence, CONFIG)[None])).all()
    assert np.ptp(log_mel(np.append(silence, tone()), CONFIG)) == pytest.approx(TOP_DB, abs=1e-3)


def test_network_input_is_the_level_without_its_mean_and_the_rise_from_frame_to_frame():
    short = network_input(drawn(n_frames=21))  # filling two steps of eight
    assert (short.shape, short.dtype) == ((3, *network_size(21, 8), 2), np.float32)
    assert network_size(21, 8) == (16, 4)
    log_mels = drawn(n_frames=24)
    level, flux = np.moveaxis(network_input(log_mels), -1, 0)
    np.testing.assert_allclose(level.mean(axis=1), 0, atol=1e-4)
    assert not flux[:, 0].any()
    rise = np.maximum(np.diff(log_mels, axis=1), 0)
    expected = (rise[..., 0::2] + rise[..., 1::2]) / 2 / DB_PER_UNIT
    np.testing.assert_allclose(flux[:, 1:], expected, atol=1e-5)


@pytest.mark.parametrize("gain", [0.01, 0.5, 4.0])
def test_gain_does_not_matter(gain):
    plain, loud = (network_input(log_mel(g * noise(), CONFIG)[None]) for g in (1.0, gain))
    np.testing.assert_allclose(loud, plain, atol=1e-3)
