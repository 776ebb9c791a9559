"""Audio to network input: log-mel spectrograms, computed once and memory-mapped.

The log-mel spectrogram is librosa's (``melspectrogram`` then ``power_to_db``), computed from
batches of real FFTs by sparse matrix products.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from mmap import mmap

import numpy as np
import scipy  # its parts are imported when they are used

from subgenre.config import FeatureConfig

DB_PER_UNIT = 3.0  # of the network input: about one standard deviation of a band's level in noise
LOG_MEL_VERSION = 2  # raise it when `log_mel` gives other numbers at all: caches depend on it
FRAMES_PER_STEP = 8  # the slowest part of a network: its input holds a multiple of so many frames
FRAMES_PER_BLOCK = 84  # transformed at a time: so few that their spectra stay in a core's cache
TOP_DB = 80.0  # dynamic range kept below the loudest cell of a clip (librosa's default)


@lru_cache
def _window_and_filters(config: FeatureConfig) -> tuple[np.ndarray, "scipy.sparse.csr_array"]:
    """Return librosa's, bit by bit; of the filters [shape=(n_mels, 1 + n_fft/2)] 3 % is not zero.

    They are made here, for librosa imports for a second before it makes them, longer than all else
    that an answer to one song takes. Slaney's scale of pitch is linear up to 1000 Hz, and each
    filter is a triangle of area 1 between its neighbours.
    """
    step = np.log(6.4) / 27  # of the logarithm, a mel above 1000 Hz
    ends = np.array([config.fmin, config.fmax])
    above = 15 + np.log(np.maximum(ends, 1000) / 1000) / step
    low, high = np.where(ends < 1000, ends * 3 / 200, above)
    mels = np.linspace(low, high, config.n_mels + 2)
    edges = np.where(mels < 15, mels * (200 / 3), 1000 * np.exp((mels - 15) * step))[:, np.newaxis]
    distances = np.fft.rfftfreq(config.n_fft, 1 / config.sample_rate) - edges
    widths = np.diff(edges, axis=0)
    rise, fall = distances[:-2] / widths[:-1], -distances[2:] / widths[1:]
    triangles = np.maximum(0, np.minimum(rise, fall)).astype(np.float32)
    filters = (triangles * (2 / (edges[2:] - edges[:-2]))).astype(np.float32)
    window = 0.5 + 0.5 * np.cos(np.linspace(-np.pi, np.pi, config.n_fft + 1)[:-1])
    return window.astype(np.float32), scipy.sparse.csr_array(filters)


def log_mel(audio: np.ndarray, config: FeatureConfig) -> np.ndarray:
    """Return the log-mel spectrogram [shape=(n_frames, n_mels), float32] of audio, in dB.

    The audio is mono [shape=(n_samples,)], at the config's rate. The numbers are those of
    ``librosa.power_to_db(librosa.feature.melspectrogram(y, ...)).T``.
    """
    half, (window, filters) = config.n_fft // 2, _window_and_filters(config)
    padded = np.zeros(len(audio) + 2 * half, dtype=np.float32)
    padded[half:-half] = audio
    frames = np.lib.stride_tricks.sliding_window_view(padded, config.n_fft)[:: config.hop_length]
    mel_power = np.empty((config.n_mels, len(frames)), dtype=np.float32)
    for first in range(0, len(frames), FRAMES_PER_BLOCK):
        block = slice(first, first + FRAMES_PER_BLOCK)
        # frames go last from here on, for the sparse product runs along them
        spectrum = scipy.fft.rfft((frames[block] * window).T, axis=0)
        power = np.square(spectrum.real)  # (1 + n_fft/2, frames of the block)
        power += np.square(spectrum.imag)
        mel_power[:, block] = filters @ power
    # As librosa.power_to_db.
    level = 10 * np.log10(np.maximum(mel_power, 1e-10))
    return np.maximum(level, level.max() - TOP_DB).T


def network_input(log_mels: np.ndarray, rows: Sequence[int] | None = None) -> np.ndarray:
    """Turn log-mel spectrograms [shape=(n_clips, n_frames, n_mels)] into what the networks see.

    Channel 0 is the level without each band's mean over the clip, so that neither the gain nor
    the instrument's average colour matters; channel 1 is the onset flux, the positive difference
    from frame to frame, as in spectral-flux onset detection (Bello et al. 2005). Frames at the end
    that fill no network step are left out. Some `rows` are read one by one, as a memory map asks.

    Both are in units of `DB_PER_UNIT` dB [shape=(n_clips, n_network_frames, n_mels, 2), float16].
    """
    rows = range(len(log_mels)) if rows is None else rows
    n_frames, n_mels = network_frames(log_mels.shape[1]), log_mels.shape[2]
    # Half precision is 0.05 dB at worst, and lets a study's clips fit into a small memory.
    shape = len(rows), n_frames, n_mels, 2
    # Page-aligned, so that TensorFlow can take the array over without a copy.
    pages = mmap(-1, max(1, 2 * math.prod(shape)))
    inputs = np.frombuffer(pages, np.float16, math.prod(shape)).reshape(shape)
    for row, of_clip in zip(rows, inputs, strict=True):
        clip = log_mels[row]
        level = (clip - clip.mean(axis=0)) / DB_PER_UNIT
        of_clip[..., 0] = level[:n_frames]
        of_clip[..., 1] = np.maximum(np.diff(level, axis=0, prepend=level[:1]), 0)[:n_frames]
    return inputs


def network_frames(n_frames: int) -> int:
    """Return the frames of the network input for a spectrogram of so many."""
    return max(1, n_frames // FRAMES_PER_STEP) * FRAMES_PER_STEP
