"""The drums: one stroke made from a seed, and repeated where it is asked for."""

import numpy as np


def drum_hit(kind: str, seed: int, sample_rate: int) -> np.ndarray:
    """Make one stroke of a drum.

    Parameters
    ----------
    kind : {"thud", "tick"}
        A low frame drum, or a short stroke of a brush.
    seed : int
        The same seed gives the same drum.
    sample_rate : int
        In Hz.

    Returns
    -------
    np.ndarray [shape=(n_samples,), float32]
        The stroke, peak 1.
    """
    rng = np.random.default_rng(seed)
    length_s, decay_s = (0.30, rng.uniform(0.05, 0.10)) if kind == "thud" else (0.12, 0.02)
    seconds = np.arange(round(length_s * sample_rate)) / sample_rate
    noise = rng.standard_normal(len(seconds))
    if kind == "thud":
        low_hz = rng.uniform(65, 100)  # a skin that falls in pitch after the stroke
        skin = np.sin(2 * np.pi * (low_hz * seconds - 1.2 * np.exp(-seconds / 0.03)))
        stroke = skin + 0.4 * noise * np.exp(-seconds / 0.008)
    else:
        stroke = np.diff(noise, prepend=0.0)  # a difference lifts the highs, 6 dB per octave
        decay_s *= rng.uniform(0.6, 1.6)
    stroke *= np.exp(-seconds / decay_s)
    return np.asarray(stroke / np.abs(stroke).max(), np.float32)


def strike(
    hit: np.ndarray, onsets: np.ndarray, levels: np.ndarray, n_samples: int, sample_rate: int
) -> np.ndarray:
    """Repeat a stroke.

    Parameters
    ----------
    hit : np.ndarray [shape=(n_hit,)]
        From `drum_hit`.
    onsets : np.ndarray [shape=(n_strokes,)]
        In seconds, none before 0.
    levels : np.ndarray [shape=(n_strokes,)]
        Linear gain of each stroke.
    n_samples : int
        Length of the result; strokes beyond it are cut.
    sample_rate : int
        In Hz.

    Returns
    -------
    np.ndarray [shape=(n_samples,), float32]
        The strokes, dry.
    """
    out = np.zeros(n_samples + len(hit), np.float32)
    for start, level in zip(np.round(onsets * sample_rate).astype(int), levels, strict=True):
        if start < n_samples:
            out[start : start + len(hit)] += np.float32(level) * hit
    return out[:n_samples]
