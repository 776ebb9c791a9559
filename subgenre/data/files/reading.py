"""Audio files in, mono samples out: a stretch is read, its channels averaged, and resampled."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soxr

from subgenre.data.files.reader import AudioFileError, AudioInfo, opened
from subgenre.plumbing.text import printable

DECODING_VERSION = 1
"""Raised whenever `decode` gives other samples: caches of clips depend on it."""
RESAMPLING = "HQ"
"""librosa's ``soxr_hq``."""


def probe(path: Path) -> AudioInfo:
    """Return what the header of an audio file says, without decoding it.

    Parameters
    ----------
    path : Path
        Any audio file.

    Raises
    ------
    DataError
        If it cannot be opened, or is no audio.
    """
    with opened(Path(path)) as reader:
        return reader.info


def decode(
    path: Path, sample_rate: int, start: float = 0.0, seconds: float | None = None
) -> np.ndarray:
    """Return a stretch of an audio file, mono, at another sample rate.

    Only the stretch is held in memory; channels are averaged. Samples are returned as they are,
    so that a file in floating point may exceed ±1.

    Parameters
    ----------
    path : Path
        Any audio file.
    sample_rate : int
        In Hz.
    start : float
        In seconds.
    seconds : float, optional
        To the end of the file unless given.

    Returns
    -------
    np.ndarray [shape=(n_samples,), dtype=float32]
        Shorter than `seconds` if the file ends before.

    Raises
    ------
    DataError
        If the file cannot be decoded, holds values that are not finite, or nothing after `start`.
    """
    path = Path(path)
    with opened(path) as reader:
        mono = (averaged(block) for block in reader.blocks(start, seconds))
        audio = resampled(mono, reader.info.sample_rate, sample_rate)
    if not len(audio):
        raise AudioFileError(
            f"Expected audio from {start:g} s on; {printable(path)} ends before: choose an earlier "
            "start, or leave it out.",
            f"no audio after {start:g} s",
        )
    if not np.all(np.isfinite(audio)):
        raise AudioFileError(
            f"Expected finite samples; {printable(path)} holds NaN or infinity: export it again.",
            "NaN or infinite samples",
        )
    return audio


def averaged(block: np.ndarray) -> np.ndarray:
    """Return the mean of the channels.

    Parameters
    ----------
    block : np.ndarray [shape=(n_frames, n_channels), dtype=float32]

    Returns
    -------
    np.ndarray [shape=(n_frames,), dtype=float32]
        A view if there is one channel.
    """
    n_channels = block.shape[1]
    if n_channels == 1:
        return block[:, 0]
    if n_channels == 2:  # the same numbers as those of np.mean, in a fifth of the time
        return (block[:, 0] + block[:, 1]) / 2
    return np.mean(block, axis=1)


def fitted(audio: np.ndarray, n_samples: int) -> np.ndarray:
    """Return audio of exactly that length, cut or filled with silence, and within full scale.

    Parameters
    ----------
    audio : np.ndarray [shape=(n,)]
    n_samples : int
        Length wanted.

    Returns
    -------
    np.ndarray [shape=(n_samples,), float32]
        Divided by its peak if that is beyond ±1.
    """
    exact = np.zeros(n_samples, np.float32)
    exact[: len(audio)] = audio[:n_samples]
    return exact / max(np.float32(1), np.max(np.abs(exact)))


def resampled(blocks: Iterator[np.ndarray], from_rate: int, to_rate: int) -> np.ndarray:
    """Join blocks of mono audio at another sample rate.

    Parameters
    ----------
    blocks : iterator of np.ndarray [shape=(n_samples,)]
        Consecutive float32 samples.
    from_rate, to_rate : int
        In Hz.

    Returns
    -------
    np.ndarray [shape=(n_samples,), dtype=float32]
    """
    empty = np.zeros(0, np.float32)
    if from_rate == to_rate:
        return np.concatenate([empty, *blocks])
    stream = soxr.ResampleStream(from_rate, to_rate, 1, dtype="float32", quality=RESAMPLING)
    parts = [stream.resample_chunk(np.ascontiguousarray(block, np.float32)) for block in blocks]
    return np.concatenate([empty, *parts, stream.resample_chunk(empty, last=True)])
