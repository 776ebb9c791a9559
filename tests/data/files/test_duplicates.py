import itertools

import numpy as np
import pytest
from music_files import RATE, tune

from subgenre.data.files.duplicates import Fingerprinter, same_recordings, similarity


def fingerprint(audio, rate=RATE, block=7000):
    listener = Fingerprinter(rate)
    for start in range(0, len(audio), block):
        listener.add(audio[start : start + block].astype(np.float32))
    return listener.result()


def test_blocks_of_any_size_give_the_same_fingerprint():
    assert len({fingerprint(tune(1), block=size) for size in (100, 4321, 10**6)}) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda audio, rng: 0.3 * audio,
        lambda audio, rng: audio + 0.005 * rng.standard_normal(len(audio)),
        lambda audio, rng: np.tanh(3 * audio),
        lambda audio, rng: np.r_[np.zeros(RATE // 40), audio],
    ],
    ids=["softer", "noisier", "limited", "25 ms later"],
)
@pytest.mark.parametrize("seed", range(3))
def test_copies_are_alike(change, seed):
    changed = change(tune(seed, 12), np.random.default_rng(seed))
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
    assert fingerprint(np.zeros(2 * RATE)) == ""


def test_recordings_are_joined_through_any_proof():
    prints = [fingerprint(tune(seed)) for seed in (1, 2, 3)]
    found = same_recordings(
        hashes=["ab", "cd", "eb", "fg", "hi", "jk"],
        fingerprints=["", prints[0], prints[1], prints[1], prints[2], prints[2]],
        durations=[6, 6, 6, 6.1, 6, 9],
    )
    assert found == [[0, 2, 3]]  # the last two differ in length


def test_nothing_is_like_nothing():
    assert same_recordings([], [], []) == []
    assert same_recordings(["a"], [fingerprint(tune(1))], [6.0]) == []
