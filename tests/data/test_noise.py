import numpy as np
import pytest
import scipy.signal

from subgenre.data import noise
from subgenre.data.dataset import SETS
from subgenre.data.noise import CROWD_SECONDS, N_CROWDS, add_noise, babble, crowd, pink
from subgenre.plumbing.errors import DataError

RATE = 16_000
# Two seconds, soft enough that no mixture in these tests comes near clipping.
TONE = (0.01 * np.sin(2 * np.pi * 440 * np.arange(32_000) / RATE)).astype(np.float32)


def mixed(audio=TONE, snr_db=0.0, seed=1, noises=None):
    noises = crowd("train", 0, RATE) if noises is None else noises
    return add_noise(audio, snr_db, noises, np.random.default_rng(seed))


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
        mixed(audio, noises=np.ones((2, 100)))


def test_a_crowd_has_a_row_of_unit_power_per_kind_and_is_the_same_when_built_anew(cache):
    crowd.cache_clear()
    noises = crowd("test", 5, RATE)
    assert (noises.shape, noises.dtype) == ((2, CROWD_SECONDS * RATE), np.float32)
    assert not noises.flags.writeable
    np.testing.assert_allclose([power(row) for row in noises], 1.0, rtol=1e-5)
    (kept,) = (cache / "noise").iterdir()
    again = crowd.__wrapped__("test", 5, RATE)
    assert isinstance(again, np.memmap)
    kept.unlink()
    np.testing.assert_array_equal(noises, crowd.__wrapped__("test", 5, RATE))


def test_each_crowd_of_each_set_is_its_own(cache, monkeypatch):
    """What is drawn tells them apart, and takes less time than what is made of it."""
    monkeypatch.setattr(noise, "pink", lambda n, rate, rng: rng.random(4))
    monkeypatch.setattr(noise, "babble", lambda n, rate, rng: rng.random(4))
    drawn = [crowd.__wrapped__(of, i, RATE) for of in SETS for i in range(N_CROWDS[of])]
    assert len({value for one in drawn for value in one.ravel()}) == 8 * sum(N_CROWDS.values())


@pytest.mark.parametrize("kind", [0, 1], ids=["pink", "babble"])
def test_crowds_of_one_set_or_of_two_share_no_excerpt(kind):
    def best_match(excerpt, row):  # the largest normalised cross-correlation
        products = np.abs(scipy.signal.fftconvolve(row, excerpt[::-1], mode="valid"))
        energies = np.cumsum(np.append(0.0, row**2))
        energies = energies[RATE:] - energies[:-RATE]
        return (products / np.sqrt(energies * np.sum(excerpt**2))).max()

    names = ("train", 0), ("train", 1), ("validation", 0), ("test", 0)
    own, *others = (crowd(*name, RATE)[kind].astype(float) for name in names)
    excerpts = [own[start * RATE :][:RATE] for start in range(0, CROWD_SECONDS - 1, 20)]
    assert best_match(excerpts[1], own) == pytest.approx(1.0, abs=1e-3)
    assert max(best_match(one, other) for one in excerpts for other in others) < 0.4


def test_pink_noise_has_equal_power_per_octave():
    sound = pink(2**16, RATE, np.random.default_rng(6)).astype(float)
    hertz = np.fft.rfftfreq(2**16, 1 / RATE)
    product = hertz * np.abs(np.fft.rfft(sound)) ** 2
    audible = product[(hertz > 25) & (hertz < 7900)]
    np.testing.assert_allclose(audible, audible.mean(), rtol=1e-3)


def test_babble_is_modulated_at_the_rate_of_syllables():
    speech = babble(CROWD_SECONDS * RATE, RATE, np.random.default_rng(0))
    levels = np.sqrt(np.mean(speech.reshape(-1, 160) ** 2, axis=1))  # every 10 ms
    hertz, density = scipy.signal.welch(levels, fs=100, nperseg=400)
    slow, all_rates = (density[(hertz > 0.5) & (hertz < top)].sum() for top in (8, 40))
    assert slow / all_rates > 0.5
