"""Batches of training clips, each clip changed a little in every epoch.

A network that never reads a clip twice in the same way cannot learn it by heart. All changes are
drawn from the run's seed, so that a run can be repeated.
"""

import tensorflow as tf

from subgenre.config import TrainingConfig
from subgenre.data.features import FRAMES_PER_STEP

N_MASKS = 2  #: of each kind, as in SpecAugment's own policies (Park et al. 2019)
OPTIONS = tf.data.Options()  #: take no cores that other runs train on
OPTIONS.threading.private_threadpool_size = OPTIONS.threading.max_intra_op_parallelism = 1
# What tunes the reading sleeps twice as long each time, and the end of a data set waits for it.
OPTIONS.autotune.enabled = False


def training_batches(
    x: tf.Tensor, y: tf.Tensor, config: TrainingConfig, seed: int
) -> tf.data.Dataset:
    """Return the training clips in batches without end, newly changed at every turn.

    All clips have had their turn before one has another. From network input of whole clips
    [shape=(n_clips, n_frames, n_bands, n_channels), float16] and one-hot classes come pairs of
    input [shape=(batch, n_cropped_frames, n_bands, n_channels), float32] and classes.
    """
    n_clips, n_frames = x.shape[:2]
    n_kept = cropped_frames(n_frames, config.crop)
    frames = tf.reshape(x, (n_clips * n_frames, *x.shape[2:]))  # so that a crop is one gather

    def batch_of(rows: tf.Tensor, draw: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        draws = tf.random.experimental.stateless_split(draw, 2 + 2 * N_MASKS)
        starts = _whole_numbers(draws[0], tf.shape(rows)[0], n_frames - n_kept)
        kept = (rows * n_frames + starts)[:, None] + tf.range(n_kept, dtype=rows.dtype)
        batch = tf.cast(tf.gather(frames, kept), tf.float32)
        if config.band_shift:
            batch = _shifted(batch, draws[1], config.band_shift)
        for mask in range(N_MASKS):
            if config.time_mask:
                batch = _masked(batch, draws[2 + mask], config.time_mask, axis=1)
            if config.frequency_mask:
                batch = _masked(batch, draws[2 + N_MASKS + mask], config.frequency_mask, axis=2)
        return batch, tf.gather(y, rows)

    order = tf.data.Dataset.range(n_clips).shuffle(n_clips, seed=seed).repeat()
    order = order.batch(min(n_clips, config.batch_size))
    draws = tf.data.Dataset.random(seed=seed).batch(2)
    return tf.data.Dataset.zip(order, draws).map(batch_of).with_options(OPTIONS)


def cropped_frames(n_frames: int, crop: float) -> int:
    """Return how many of `n_frames` a crop keeps: whole network steps, at least two of them."""
    n_steps = max(2, round(crop * n_frames / FRAMES_PER_STEP))
    return min(n_frames, n_steps * FRAMES_PER_STEP)


def _whole_numbers(draw: tf.Tensor, n: tf.Tensor, high: int, low: int = 0) -> tf.Tensor:
    """Draw `n` whole numbers from `low` to `high`, both included."""
    return tf.random.stateless_uniform((n,), draw, low, high + 1, dtype=tf.int64)


def _shifted(batch: tf.Tensor, draw: tf.Tensor, most: int) -> tf.Tensor:
    """Move each clip up or down by up to `most` bands; what comes in is silent (0)."""
    n_clips, n_bands = tf.shape(batch)[0], batch.shape[2]
    source = tf.range(n_bands, dtype=tf.int64) + _whole_numbers(draw, n_clips, most, -most)[:, None]
    inside = tf.cast((source >= 0) & (source < n_bands), batch.dtype)
    moved = tf.gather(batch, tf.clip_by_value(source, 0, n_bands - 1), axis=2, batch_dims=1)
    return moved * inside[:, None, :, None]


def _masked(batch: tf.Tensor, draw: tf.Tensor, longest: int, axis: int) -> tf.Tensor:
    """Set a random stretch of up to `longest` frames (axis 1) or bands (axis 2) to 0."""
    n_clips, size = tf.shape(batch)[0], batch.shape[axis]
    width_draw, start_draw = tf.unstack(tf.random.experimental.stateless_split(draw, 2))
    width = _whole_numbers(width_draw, n_clips, min(longest, size))[:, None]
    start = _whole_numbers(start_draw, n_clips, size)[:, None] % (size - width + 1)
    place = tf.range(size, dtype=tf.int64)
    kept = tf.cast((place < start) | (place >= start + width), batch.dtype)
    return batch * (kept[:, :, None, None] if axis == 1 else kept[:, None, :, None])
