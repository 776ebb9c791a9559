from dataclasses import replace

import numpy as np
import pytest

from subgenre.config import TrainingConfig
from subgenre.models.augmentation import cropped_frames, training_batches

N_CLIPS, N_FRAMES, N_BANDS = 10, 40, 6
WHOLE = TrainingConfig(batch_size=4, crop=1.0)
# Every number tells clip, frame and band; channel 1 is its negative.
LEVELS = np.arange(N_CLIPS * N_FRAMES * N_BANDS, dtype=np.float32) + 1
CLIPS = np.stack([LEVELS, -LEVELS], axis=-1).reshape(N_CLIPS, N_FRAMES, N_BANDS, 2)


def epochs(config, n=1, seed=0):
    """Return epochs as lists of batches: arrays of clips and their numbers."""
    import tensorflow as tf

    batches = training_batches(tf.constant(CLIPS), tf.eye(N_CLIPS), config, seed)
    return [[(x.numpy(), y.numpy().argmax(axis=1)) for x, y in batches] for _ in range(n)]


def epoch(**changes):
    """Return one epoch as two arrays."""
    (batches,) = epochs(replace(WHOLE, **changes))
    return tuple(np.concatenate(parts) for parts in zip(*batches, strict=True))


def test_without_augmentation_every_clip_comes_once_an_epoch_as_it_was_in_an_order_of_its_own():
    several = [*epochs(WHOLE, 2), *epochs(WHOLE, seed=1)]
    assert [len(x) for x, _ in several[0]] == [4, 4, 2]
    assert len({str([numbers for _, numbers in one]) for one in several}) == 3
    x, numbers = epoch()
    assert sorted(numbers) == list(range(N_CLIPS))
    assert np.array_equal(x, CLIPS[numbers])


def test_the_same_seed_gives_the_same_clips_and_each_epoch_others():
    for change in ({"crop": 0.4}, {"band_shift": 2}, {"time_mask": 9}, {"frequency_mask": 3}):
        config = replace(WHOLE, batch_size=N_CLIPS, **change)
        first, again = ([x[y.argsort()] for ((x, y),) in epochs(config, 2)] for _ in range(2))
        assert np.array_equal(first, again) and not np.array_equal(*first), change


def test_a_crop_is_an_unbroken_stretch_of_its_clip_in_whole_network_steps():
    x, numbers = epoch(crop=0.4)
    n_kept = cropped_frames(N_FRAMES, 0.4)
    starts = (x[:, 0, 0, 0] // N_BANDS).astype(int) % N_FRAMES
    assert len(set(starts)) > 3
    kept = zip(numbers, starts, strict=True)
    assert np.array_equal(x, [CLIPS[clip, start : start + n_kept] for clip, start in kept])
    asked = (248, 0.6), (248, 1.0), (48, 0.6), (48, 0.1), (8, 0.1)
    assert [cropped_frames(*frames_and_crop) for frames_and_crop in asked] == [152, 248, 32, 16, 8]


def test_a_band_shift_moves_all_bands_alike_and_brings_in_silence():
    x, numbers = epoch(band_shift=1)
    wide = np.pad(CLIPS[numbers], ((0, 0), (0, 0), (1, 1), (0, 0)))
    moved = [wide[:, :, by:][:, :, :N_BANDS] for by in range(3)]
    found = np.array([np.all(x == some, axis=(1, 2, 3)) for some in moved])
    assert np.all(found.sum(axis=0) == 1) and np.all(found.any(axis=1))


@pytest.mark.parametrize(("name", "axis"), [("time_mask", 1), ("frequency_mask", 2)])
def test_masks_hide_at_most_two_stretches_of_the_stated_length(name, axis):
    x, numbers = epoch(**{name: 3})
    hidden = (x == 0).all(axis=(3 - axis, 3))  # (clip, frame or band)
    assert 0 < hidden.sum(axis=1).max() <= 6
    kept = ~np.expand_dims(hidden, (3 - axis, 3))
    assert np.array_equal(x, CLIPS[numbers] * kept)
