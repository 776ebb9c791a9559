from dataclasses import replace

import numpy as np
import pytest

from subgenre.config import TrainingConfig
from subgenre.models.augmentation import cropped_frames, training_batches

N_CLIPS, N_FRAMES, N_BANDS = 10, 40, 6
WHOLE = TrainingConfig(batch_size=4, crop=1.0)


def clips():
    """Clips whose every number tells clip, frame and band; channel 1 is its negative."""
    clip, frame, band = np.ogrid[1 : N_CLIPS + 1, :N_FRAMES, :N_BANDS]
    level = (1000.0 * clip + 10.0 * frame + band).astype(np.float32)
    return np.stack([level, -level], axis=-1), np.eye(N_CLIPS, dtype=np.float32)


def epochs(config, n=1, seed=0):
    import tensorflow as tf

    batches = training_batches(*map(tf.constant, clips()), config, seed)
    return [[(x.numpy(), y.numpy()) for x, y in batches] for _ in range(n)]


def epoch(config, seed=0):
    """Return one epoch as two arrays."""
    (batches,) = epochs(config, seed=seed)
    return tuple(np.concatenate(parts) for parts in zip(*batches, strict=True))


def test_without_augmentation_every_clip_comes_once_an_epoch_as_it_was():
    assert [len(x) for x, _ in epochs(WHOLE)[0]] == [4, 4, 2]
    x, y = epoch(WHOLE)
    assert sorted(y.argmax(axis=1)) == list(range(N_CLIPS))
    np.testing.assert_array_equal(x, clips()[0][y.argmax(axis=1)])


def test_the_order_differs_between_epochs_and_seeds():
    several = [*epochs(WHOLE, 2), *epochs(WHOLE, seed=1)]
    assert len({str([y.argmax(axis=1) for _, y in one]) for one in several}) == 3


@pytest.mark.parametrize(
    "changes",
    [{"crop": 0.4}, {"band_shift": 2}, {"time_mask": 9}, {"frequency_mask": 3}],
    ids=lambda changes: next(iter(changes)),
)
def test_the_same_seed_gives_the_same_clips_and_each_epoch_others(changes):
    config = replace(WHOLE, batch_size=N_CLIPS, **changes)
    first, again = epochs(config, 2), epochs(config, 2)
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one[0][0], other[0][0])
    by_clip = [batch[0][0][batch[0][1].argmax(axis=1).argsort()] for batch in first]
    assert not np.array_equal(*by_clip)


def test_a_crop_is_an_unbroken_stretch_of_its_clip():
    x, y = epoch(replace(WHOLE, crop=0.4))
    n_kept = cropped_frames(N_FRAMES, 0.4)
    assert x.shape == (N_CLIPS, n_kept, N_BANDS, 2)
    starts = ((x[:, 0, 0, 0] % 1000) / 10).astype(int)
    assert len(set(starts)) > 3
    for one, clip, start in zip(x, y.argmax(axis=1), starts, strict=True):
        np.testing.assert_array_equal(one, clips()[0][clip, start : start + n_kept])


@pytest.mark.parametrize(
    ("n_frames", "crop", "expected"),
    [(248, 0.6, 152), (248, 1.0, 248), (48, 0.6, 32), (48, 0.1, 16), (8, 0.1, 8)],
)
def test_crops_hold_whole_network_steps(n_frames, crop, expected):
    assert cropped_frames(n_frames, crop) == expected


def test_a_band_shift_moves_all_bands_alike_and_brings_in_silence():
    x, y = epoch(replace(WHOLE, band_shift=1))
    shifts = set()
    for one, clip in zip(x, y.argmax(axis=1), strict=True):
        wide = np.pad(clips()[0][clip], ((0, 0), (1, 1), (0, 0)))
        moved = [wide[:, 1 - by :][:, :N_BANDS] for by in (-1, 0, 1)]
        (shift,) = [by for by, some in enumerate(moved) if np.array_equal(one, some)]
        shifts.add(shift)
    assert shifts == {0, 1, 2}


@pytest.mark.parametrize(("name", "axis"), [("time_mask", 1), ("frequency_mask", 2)])
def test_masks_hide_at_most_two_stretches_of_the_stated_length(name, axis):
    x, y = epoch(replace(WHOLE, **{name: 3}))
    hidden = (x == 0).all(axis=(3 - axis, 3))  # (clip, frame or band)
    assert 0 < hidden.sum(axis=1).max() <= 6
    kept = ~np.expand_dims(hidden, (3 - axis, 3))
    np.testing.assert_array_equal(x, clips()[0][y.argmax(axis=1)] * kept)
