import numpy as np
import pytest
import scipy.signal

from subgenre.data.noise import BANK_SECONDS, KINDS, add_noise, noise_bank, pink
from subgenre.plumbing.errors import DataError

RATE = 16_000
# Two seconds, soft enough that no mixture in these tests comes near clipping.
TONE = (0.01 * np.sin(2 * np.pi * 440 * np.arange(32_000) / RATE)).astype(np.float32)


def mixed(audio=TONE, snr_db=0.0, seed=1, bank=None):
    bank = noise_bank("train", RATE) if bank is None else bank
    return add_noise(audio, snr_db, bank, np.random.default_rng(seed))


def power(signal):
    return np.mean(np.asarray(signal, float) ** 2)


@pytest.mark.parametrize("snr_db", [-12.5, -3, 0, 0.1, 6.0, 20])
def test_the_ratio_is_exact_and_a_loud_mixture_is_the_soft_one_turned_down(snr_db):
    soft, loud = mixed(snr_db=snr_db).astype(float), mixed(1000 * TONE, snr_db)
    assert 10 * np.log10(power(TONE) / power(soft - TONE)) == pytest.approx(snr_db, abs=1e-3)
    assert 0.9 < np.abs(loud).max() <= 1.0
    np.testing.assert_allclose(loud, np.abs(loud).max() / np.abs(soft).max() * soft, atol=1e-6)


def test_the_seed_decides_and_the_input_is_kept():
    TONE.setflags(write=False)
    first, again, other = (mixed(seed=seed) for seed in (4, 4, 5))
    assert (first.shape, first.dtype) == (TONE.shape, np.float32)
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


REFUSED = {"silent": [0] * 100, "empty": [], "broken": [np.nan] * 100, "too long": [1] * 101}


@pytest.mark.parametrize("audio", REFUSED.values(), ids=REFUSED)
def test_audio_without_sound_or_too_much_of_it_is_refused(audio):
    with pytest.raises(DataError, match=rf"\(100 samples\); got {len(audio)} samples"):
        mixed(audio, bank=np.ones((2, 100)))


@pytest.mark.parametrize("partition", ["train", "test"])
def test_a_bank_has_one_row_of_unit_power_per_kind_and_is_the_same_when_built_anew(partition):
    bank = noise_bank(partition, RATE)
    assert (bank.shape, bank.dtype) == ((len(KINDS), BANK_SECONDS * RATE), np.float32)
    assert not bank.flags.writeable
    np.testing.assert_allclose([power(row) for row in bank], 1.0, rtol=1e-5)
    noise_bank.cache_clear()
    np.testing.assert_array_equal(bank, noise_bank(partition, RATE))


@pytest.mark.parametrize("kind", range(len(KINDS)), ids=KINDS)
def test_training_and_test_banks_share_no_excerpt(kind):
    def best_match(start, bank):  # the largest normalised cross-correlation
        excerpt = train[start : start + RATE]
        products = np.abs(scipy.signal.fftconvolve(bank, excerpt[::-1], mode="valid"))
        energies = np.cumsum(np.append(0.0, bank**2))
        energies = energies[RATE:] - energies[:-RATE]
        return (products / np.sqrt(energies * np.sum(excerpt**2))).max()

    train, test = (noise_bank(name, RATE)[kind].astype(float) for name in ("train", "test"))
    assert best_match(0, train) == pytest.approx(1.0, abs=1e-3)
    assert max(best_match(start * RATE, test) for start in range(0, BANK_SECONDS - 1, 10)) < 0.4


def test_pink_noise_has_equal_power_per_octave():
    noise = pink(2**16, RATE, np.random.default_rng(6)).astype(float)
    hertz = np.fft.rfftfreq(2**16, 1 / RATE)
    product = hertz * np.abs(np.fft.rfft(noise)) ** 2
    audible = product[(hertz > 25) & (hertz < 7900)]
    np.testing.assert_allclose(audible, audible.mean(), rtol=1e-3)


def test_babble_is_modulated_at_the_rate_of_syllables():
    babble = noise_bank("train", RATE)[KINDS.index("babble")]
    levels = np.sqrt(np.mean(babble.reshape(-1, 160) ** 2, axis=1))  # every 10 ms
    hertz, density = scipy.signal.welch(levels, fs=100, nperseg=400)
    slow, all_rates = (density[(hertz > 0.5) & (hertz < top)].sum() for top in (8, 40))
    assert slow / all_rates > 0.5
