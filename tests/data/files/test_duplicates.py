import itertools

import numpy as np
import pytest
from music_files import RATE, tune

from subgenre.data.dataset import FileInfo
from subgenre.data.files.duplicates import N_BITS, Fingerprinter, _signs, same_recordings


def fingerprint(audio, rate=RATE, block=7000):
    fingerprinter = Fingerprinter(rate)
    for start in range(0, len(audio), block):
        fingerprinter.add(audio[start : start + block].astype(np.float32))
    return fingerprinter.result()


def similarity(one, other):
    """Return the share of bits in common; 0.5 is chance."""
    first, second = _signs([one, other])
    return 0.5 + 0.5 * first @ second / N_BITS


def test_blocks_of_any_size_give_the_same_fingerprint():
    assert len({fingerprint(tune(1), block=size) for size in (100, 4321, 10**6)}) == 1


CHANGES = {
    "softer": lambda audio, rng: 0.3 * audio,
    "noisier": lambda audio, rng: audio + 0.005 * rng.standard_normal(len(audio)),
    "limited": lambda audio, rng: np.tanh(3 * audio),
    "25 ms later": lambda audio, rng: np.r_[np.zeros(RATE // 40), audio],
}


@pytest.mark.parametrize("change", CHANGES)
def test_copies_are_alike(change):
    for seed in range(3):
        changed = CHANGES[change](tune(seed, 12), np.random.default_rng(seed))
        assert similarity(fingerprint(tune(seed, 12)), fingerprint(changed)) > 0.85


def test_other_tunes_and_even_noises_are_not():
    rng = np.random.default_rng(0)
    unlike = [fingerprint(tune(seed)) for seed in range(8)]
    unlike += [fingerprint(rng.standard_normal(6 * RATE)) for _ in range(8)]
    assert max(similarity(*pair) for pair in itertools.combinations(unlike, 2)) < 0.65


def test_silence_proves_nothing():
    rng = np.random.default_rng(0)
    late = [np.r_[np.zeros(20 * RATE), rng.standard_normal(4 * RATE)] for _ in range(2)]
    assert similarity(*map(fingerprint, late)) < 0.6
    assert fingerprint(np.zeros(2 * RATE)) == fingerprint(tune(1, rate=4000), 4000) == ""


@pytest.mark.parametrize("block", [2, 1024])
def test_recordings_are_joined_through_any_proof(block, monkeypatch):
    monkeypatch.setattr("subgenre.data.files.duplicates.BLOCK", block)
    prints = [fingerprint(tune(seed)) for seed in (1, 2, 3)]
    of_a_file = (
        *(("a", "b", "", 6), ("c", "d", prints[0], 6), ("e", "b", prints[1], 6)),
        *(("f", "g", prints[1], 6.1), ("h", "i", prints[2], 6), ("j", "k", prints[2], 9)),
    )
    files = [
        FileInfo(bytes_hash=of_bytes, samples_hash=of_samples, fingerprint=one, duration=seconds)
        for of_bytes, of_samples, one, seconds in of_a_file
    ]
    assert same_recordings(files) == [[0, 2, 3]]  # the last two differ in length
    assert same_recordings([]) == same_recordings(files[:1]) == []
