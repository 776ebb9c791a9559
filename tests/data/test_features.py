import librosa
import numpy as np
import pytest

from subgenre.config import FeatureConfig
from subgenre.data.features import DB_PER_UNIT, TOP_DB, log_mel, network_input, network_size

CONFIG = FeatureConfig()


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def noise(rng, seconds=1.0, gain=0.1):
    return (gain * rng.standard_normal(round(seconds * CONFIG.sample_rate))).astype(np.float32)


def tone(hertz, seconds=1.0):
    time = np.arange(round(seconds * CONFIG.sample_rate)) / CONFIG.sample_rate
    return (0.5 * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


@pytest.mark.parametrize(
    "config",
    [CONFIG, FeatureConfig(n_fft=512, hop_length=200, n_mels=40, fmin=0.0, fmax=4000.0)],
)
def test_log_mel_is_librosas(rng, config):
    audio = noise(rng) + tone(440)
    power = librosa.feature.melspectrogram(
        y=audio, sr=config.sample_rate, n_fft=config.n_fft, hop_length=config.hop_length,
        n_mels=config.n_mels, fmin=config.fmin, fmax=config.fmax,
    )  # fmt: skip
    np.testing.assert_allclose(log_mel(audio, config), librosa.power_to_db(power).T, atol=1e-4)


@pytest.mark.parametrize("seconds", [0.5, 1.0, 2.02])
def test_log_mel_has_the_announced_shape(rng, seconds):
    image = log_mel(noise(rng, seconds), CONFIG)
    assert image.shape == (CONFIG.n_frames(seconds), CONFIG.n_mels)
    assert image.dtype == np.float32


@pytest.mark.parametrize("hertz", [250, 1000, 4000])
def test_a_tone_lands_in_the_band_whose_centre_is_nearest(hertz):
    centres = librosa.mel_frequencies(CONFIG.n_mels + 2, fmin=CONFIG.fmin, fmax=CONFIG.fmax)[1:-1]
    loudest = np.argmax(log_mel(tone(hertz), CONFIG).mean(axis=0))
    assert loudest == np.argmin(np.abs(centres - hertz))


def test_silence_is_finite():
    image = log_mel(np.zeros(16_000, np.float32), CONFIG)
    assert np.isfinite(network_input(image[None])).all()


def test_the_dynamic_range_is_bounded():
    clip = np.concatenate([np.zeros(16_000, np.float32), tone(440)])
    assert np.ptp(log_mel(clip, CONFIG)) == pytest.approx(TOP_DB, abs=1e-3)


def test_network_input_averages_neighbouring_bands_and_fills_whole_steps(rng):
    inputs = network_input(rng.normal(-40, 10, (3, 21, 8)).astype(np.float32))
    assert inputs.shape == (3, 16, 4, 2) == (3, *network_size(21, 8), 2)
    assert inputs.dtype == np.float32


def test_every_band_of_the_level_has_mean_zero(rng):
    level = network_input(rng.normal(-40, 10, (3, 24, 8)).astype(np.float32))[..., 0]
    np.testing.assert_allclose(level.mean(axis=1), 0, atol=1e-4)


def test_flux_is_the_rise_from_frame_to_frame(rng):
    log_mels = rng.normal(-40, 10, (3, 24, 8)).astype(np.float32)
    flux = network_input(log_mels)[..., 1]
    assert not flux[:, 0].any()
    rise = np.maximum(np.diff(log_mels, axis=1), 0)
    expected = (rise[..., 0::2] + rise[..., 1::2]) / 2 / DB_PER_UNIT
    np.testing.assert_allclose(flux[:, 1:], expected, atol=1e-5)


@pytest.mark.parametrize("gain", [0.01, 0.5, 4.0])
def test_gain_does_not_matter(rng, gain):
    audio = noise(rng)
    plain, loud = (network_input(log_mel(g * audio, CONFIG)[None]) for g in (1.0, gain))
    np.testing.assert_allclose(loud, plain, atol=1e-3)
