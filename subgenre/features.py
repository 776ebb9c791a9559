"""Audio to network input: log-mel spectrograms, computed once and memory-mapped.

The log-mel spectrogram is librosa's (``melspectrogram`` then ``power_to_db``), computed for a
whole clip by one batch of real FFTs and one matrix product.
"""

from functools import lru_cache

import librosa
import numpy as np
import scipy.fft
import scipy.signal

from subgenre.config import FeatureConfig

DB_PER_UNIT = 3.0
"""Scale of the network input: about one standard deviation of a band's level in noise, in dB."""
TOP_DB = 80.0
"""Dynamic range kept below the loudest cell of a clip, in dB (librosa's default)."""


@lru_cache
def _window(n_fft: int) -> np.ndarray:
    return scipy.signal.get_window("hann", n_fft).astype(np.float32)


@lru_cache
def _filterbank(config: FeatureConfig) -> np.ndarray:
    """Return librosa's mel filters, transposed for the product [shape=(1 + n_fft/2, n_mels)]."""
    filters = librosa.filters.mel(
        sr=config.sample_rate,
        n_fft=config.n_fft,
        n_mels=config.n_mels,
        fmin=config.fmin,
        fmax=config.fmax,
    )
    return np.ascontiguousarray(filters.T)


def log_mel(audio: np.ndarray, config: FeatureConfig) -> np.ndarray:
    """Return the log-mel spectrogram of one clip.

    Parameters
    ----------
    audio : np.ndarray [shape=(n_samples,)]
        Mono audio at ``config.sample_rate``.
    config : FeatureConfig
        Window, hop and mel bands.

    Returns
    -------
    np.ndarray [shape=(n_frames, n_mels), dtype=float32]
        In dB relative to full scale power 1, at most `TOP_DB` below the clip's loudest cell.

    References
    ----------
    The same numbers as ``librosa.power_to_db(librosa.feature.melspectrogram(y, ...)).T``.
    """
    half = config.n_fft // 2
    padded = np.pad(np.asarray(audio, dtype=np.float32), half)
    frames = np.lib.stride_tricks.sliding_window_view(padded, config.n_fft)[:: config.hop_length]
    spectrum = scipy.fft.rfft(frames * _window(config.n_fft), axis=-1)
    power = spectrum.real**2 + spectrum.imag**2  # (n_frames, 1 + n_fft/2)
    return librosa.power_to_db(power @ _filterbank(config), top_db=TOP_DB)


def network_input(log_mels: np.ndarray) -> np.ndarray:
    """Turn log-mel spectrograms into the two channels that the networks see.

    Channel 0 is the level without each band's mean over the clip, so that neither the gain nor
    the instrument's average colour matters; channel 1 is the onset flux, the positive difference
    from frame to frame, as in spectral-flux onset detection (Bello et al. 2005).

    Parameters
    ----------
    log_mels : np.ndarray [shape=(n_clips, n_frames, n_mels)]
        In dB.

    Returns
    -------
    np.ndarray [shape=(n_clips, n_frames, n_mels, 2), dtype=float32]
        In units of `DB_PER_UNIT` dB.
    """
    inputs = np.zeros((*log_mels.shape, 2), dtype=np.float32)
    level, flux = inputs[..., 0], inputs[..., 1]
    np.subtract(log_mels, log_mels.mean(axis=1, keepdims=True), out=level)
    np.maximum(np.diff(level, axis=1), 0, out=flux[:, 1:])
    inputs /= DB_PER_UNIT
    return inputs
