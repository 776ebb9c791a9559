from dataclasses import replace

import numpy as np
import pytest

from subgenre.config import TrainingConfig
from subgenre.models.augmentation import cropped_frames, training_batches

N_CLIPS, N_FRAMES, N_BANDS = 8, 40, 6
WHOLE = TrainingConfig(batch_size=5, crop=1.0)
# Every number tells clip, frame and band, exactly in half precision; channel 1 is its negative.
LEVELS = np.arange(N_CLIPS * N_FRAMES * N_BANDS, dtype=np.float32) + 1
CLIPS = np.stack([LEVELS, -LEVELS], axis=-1).reshape(N_CLIPS, N_FRAMES, N_BANDS, 2)


def turns(n=1, seed=0, **changes):
    """Return what comes while every clip has so many turns: for each, clips and their numbers."""
    import tensorflow as tf

    config = replace(WHOLE, **changes)
    batches = training_batches(tf.constant(CLIPS, tf.float16), tf.eye(N_CLIPS), config, seed)
    some = list(batches.take(-(-n * N_CLIPS // config.batch_size)).as_numpy_iterator())
    assert {len(x) for x, _ in some} == {config.batch_size}
    x, y = (np.concatenate(parts)[: n * N_CLIPS] for parts in zip(*some, strict=True))
    return list(zip(np.split(x, n), np.split(y.argmax(axis=1), n), strict=True))


def test_without_augmentation_every_clip_comes_as_it_was_and_again_when_all_others_have_come():
    several = [*turns(3), *turns(seed=1)]
    assert len({str(numbers) for _, numbers in several}) == 4
    for x, numbers in several:
        assert sorted(numbers) == list(range(N_CLIPS)) and x.dtype == np.float32
        assert np.array_equal(x, CLIPS[numbers])


def test_nothing_sleeps_while_clips_are_read_for_the_end_of_training_would_wait_for_it():
    import tensorflow as tf

    batches = training_batches(tf.constant(CLIPS), tf.eye(N_CLIPS), WHOLE, 0)
    assert batches.options().autotune.enabled is False


def test_the_same_seed_gives_the_same_clips_and_each_turn_others():
    for change in ({"crop": 0.4}, {"band_shift": 2}, {"time_mask": 9}, {"frequency_mask": 3}):
        first, again = ([x[y.argsort()] for x, y in turns(2, **change)] for _ in range(2))
        assert np.array_equal(first, again) and not np.array_equal(*first), change


def test_a_crop_is_an_unbroken_stretch_of_its_clip_in_whole_network_steps():
    ((x, numbers),) = turns(crop=0.4)
    n_kept = cropped_frames(N_FRAMES, 0.4)
    starts = (x[:, 0, 0, 0] // N_BANDS).astype(int) % N_FRAMES
    assert len(set(starts)) > 3
    kept = zip(numbers, starts, strict=True)
    assert np.array_equal(x, [CLIPS[clip, start : start + n_kept] for clip, start in kept])
    asked = (248, 0.6), (248, 1.0), (48, 0.6), (48, 0.1), (8, 0.1)
    assert [cropped_frames(*frames_and_crop) for frames_and_crop in asked] == [152, 248, 32, 16, 8]


def test_a_band_shift_moves_all_bands_alike_and_brings_in_silence():
    ((x, numbers),) = turns(band_shift=1)
    wide = np.pad(CLIPS[numbers], ((0, 0), (0, 0), (1, 1), (0, 0)))
    moved = [wide[:, :, by:][:, :, :N_BANDS] for by in range(3)]
    found = np.array([np.all(x == some, axis=(1, 2, 3)) for some in moved])
    assert np.all(found.sum(axis=0) == 1) and np.all(found.any(axis=1))


@pytest.mark.parametrize(("name", "axis"), [("time_mask", 1), ("frequency_mask", 2)])
def test_masks_hide_at_most_two_stretches_of_the_stated_length(name, axis):
    ((x, numbers),) = turns(**{name: 3})
    hidden = (x == 0).all(axis=(3 - axis, 3))  # (clip, frame or band)
    assert 0 < hidden.sum(axis=1).max() <= 6
    kept = ~np.expand_dims(hidden, (3 - axis, 3))
    assert np.array_equal(x, CLIPS[numbers] * kept)
