import numpy as np
import pytest
import scipy.signal

from subgenre.data.noise import BANK_SECONDS, KINDS, add_noise, noise_bank, pink
from subgenre.plumbing.errors import DataError, ParameterError

SAMPLE_RATE = 16000


@pytest.fixture
def quiet_tone() -> np.ndarray:
    """Two seconds, soft enough that no mixture in these tests comes near clipping."""
    return (0.01 * np.sin(2 * np.pi * 440 * np.arange(32000) / SAMPLE_RATE)).astype(np.float32)


def _power(signal):
    return np.mean(np.asarray(signal, float) ** 2)


@pytest.mark.parametrize("snr_db", [-12.5, -3, 0, 0.1, 6.0, 20])
def test_snr_is_exact(quiet_tone, snr_db):
    mixture = add_noise(
        quiet_tone, snr_db, noise_bank("train", SAMPLE_RATE), np.random.default_rng(1)
    )
    noise = mixture.astype(float) - quiet_tone
    assert 10 * np.log10(_power(quiet_tone) / _power(noise)) == pytest.approx(snr_db, abs=1e-3)


@pytest.mark.parametrize("snr_db", [-20.0, 0.0])
def test_a_loud_mixture_is_the_soft_one_turned_down(quiet_tone, snr_db):
    bank = noise_bank("train", SAMPLE_RATE)
    soft = add_noise(0.1 * quiet_tone, snr_db, bank, np.random.default_rng(2)).astype(float)
    loud = add_noise(100 * quiet_tone, snr_db, bank, np.random.default_rng(2))
    assert np.abs(loud).max() <= 1.0
    scale = np.abs(loud).max() / np.abs(soft).max()
    np.testing.assert_allclose(loud, scale * soft, atol=1e-6)


def test_none_means_clean(quiet_tone):
    assert add_noise(
        quiet_tone, None, noise_bank("test", SAMPLE_RATE), np.random.default_rng()
    ) is (quiet_tone)


def test_shape_dtype_and_input_kept(quiet_tone):
    before = quiet_tone.copy()
    mixture = add_noise(quiet_tone, 0, noise_bank("test", SAMPLE_RATE), np.random.default_rng(3))
    assert mixture.shape == quiet_tone.shape
    assert mixture.dtype == np.float32
    np.testing.assert_array_equal(quiet_tone, before)


def test_same_seed_same_mixture_other_seed_other_mixture(quiet_tone):
    bank = noise_bank("train", SAMPLE_RATE)
    first, again, other = (
        add_noise(quiet_tone, 0, bank, np.random.default_rng(seed)) for seed in (4, 4, 5)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("snr_db", ["6", "loud", float("nan"), float("inf"), True, [0]])
def test_an_snr_that_is_no_number_is_refused(quiet_tone, snr_db):
    with pytest.raises(ParameterError, match="a negative SNR is fine, 'not a number' is not"):
        add_noise(quiet_tone, snr_db, noise_bank("train", SAMPLE_RATE), np.random.default_rng())


@pytest.mark.parametrize("audio", [np.zeros(100), np.zeros(0), np.full(100, np.nan)])
def test_silent_or_broken_audio_is_refused(audio):
    with pytest.raises(DataError, match="sound in it"):
        add_noise(audio, 0, noise_bank("train", SAMPLE_RATE), np.random.default_rng())


def test_audio_longer_than_the_bank_is_refused():
    with pytest.raises(DataError, match="shorter clips"):
        add_noise(np.ones(101), 0, np.ones((2, 100)), np.random.default_rng())


def test_bank_has_one_row_of_unit_power_per_kind():
    bank = noise_bank("train", SAMPLE_RATE)
    assert bank.shape == (len(KINDS), BANK_SECONDS * SAMPLE_RATE)
    assert bank.dtype == np.float32
    assert not bank.flags.writeable
    np.testing.assert_allclose([_power(row) for row in bank], 1.0, rtol=1e-5)


def test_bank_is_the_same_when_built_anew():
    first = noise_bank("test", SAMPLE_RATE)
    noise_bank.cache_clear()
    np.testing.assert_array_equal(first, noise_bank("test", SAMPLE_RATE))


@pytest.mark.parametrize("kind", range(len(KINDS)), ids=KINDS)
def test_training_and_test_banks_share_no_excerpt(kind):
    train = noise_bank("train", SAMPLE_RATE)[kind].astype(float)
    test = noise_bank("test", SAMPLE_RATE)[kind].astype(float)
    assert _best_match(train[:SAMPLE_RATE], train) == pytest.approx(1.0, abs=1e-3)
    starts = np.arange(0, BANK_SECONDS - 1, 10) * SAMPLE_RATE
    assert max(_best_match(train[start : start + SAMPLE_RATE], test) for start in starts) < 0.4


def _best_match(excerpt, bank):
    """Largest normalised cross-correlation of an excerpt with any place of a bank."""
    products = np.abs(scipy.signal.fftconvolve(bank, excerpt[::-1], mode="valid"))
    energies = np.cumsum(np.concatenate([[0.0], bank**2]))
    energies = energies[len(excerpt) :] - energies[: -len(excerpt)]
    return (products / np.sqrt(energies * np.sum(excerpt**2))).max()


def test_pink_noise_has_equal_power_per_octave():
    noise = pink(2**16, SAMPLE_RATE, np.random.default_rng(6))
    power = np.abs(np.fft.rfft(noise.astype(float))) ** 2
    hertz = np.fft.rfftfreq(2**16, 1 / SAMPLE_RATE)
    audible = (hertz > 25) & (hertz < 7900)
    product = power[audible] * hertz[audible]
    np.testing.assert_allclose(product, product.mean(), rtol=1e-3)


def test_babble_is_modulated_at_the_rate_of_syllables():
    babble = noise_bank("train", SAMPLE_RATE)[KINDS.index("babble")]
    levels = np.sqrt(np.mean(babble.reshape(-1, 160) ** 2, axis=1))  # every 10 ms
    hertz, power = scipy.signal.welch(levels, fs=100, nperseg=400)
    share = power[(hertz > 0.5) & (hertz < 8)].sum() / power[(hertz > 0.5) & (hertz < 40)].sum()
    assert share > 0.5


def test_unknown_partition_is_refused():
    with pytest.raises(ParameterError, match="'train' or 'test'"):
        noise_bank("validation", SAMPLE_RATE)


@pytest.mark.parametrize("sample_rate", [0, -1, 16000.5, "16000"])
def test_impossible_sample_rate_is_refused(sample_rate):
    with pytest.raises(ParameterError, match="whole number of Hz"):
        noise_bank("train", sample_rate)
