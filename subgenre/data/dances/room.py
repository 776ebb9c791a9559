"""Where music sounds: an instrument's body and a room, one pass over the spectrum for both."""

import numpy as np
import scipy.fft

EQ_CENTRES_HZ = (120.0, 350.0, 1000.0, 2500.0, 6000.0)


def body_and_room(
    dry: np.ndarray,
    eq_db: tuple[float, ...],
    reverb_seconds: float,
    wet: float,
    sample_rate: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Put music through an instrument's body and a room, in one pass over the spectrum.

    Parameters
    ----------
    dry : np.ndarray [shape=(n_samples,)]
        The music.
    eq_db : tuple of float [shape=(len(EQ_CENTRES_HZ),)]
        Gain of the body in dB at `EQ_CENTRES_HZ`, interpolated over the logarithm of frequency.
    reverb_seconds : float
        Time in which the reverberation falls by 60 dB.
    wet : float [0 <= wet <= 1]
        Share of the reverberation.
    sample_rate : int
        In Hz.
    rng : np.random.Generator
        Draws the room: exponentially decaying noise.

    Returns
    -------
    np.ndarray [shape=(n_samples,), float32]
        The music in the room; the tail beyond `n_samples` is cut.
    """
    n_room = round(reverb_seconds * sample_rate)
    fall = np.exp(np.linspace(0.0, -np.log(1000.0), n_room, dtype=np.float32))
    room = rng.standard_normal(n_room, np.float32) * fall
    room *= np.float32(wet / np.sqrt((room**2).sum()))
    room[0] = 1.0 - wet  # the direct sound
    n_fft = scipy.fft.next_fast_len(len(dry) + n_room, real=True)
    spectrum = scipy.fft.rfft(dry.astype(np.float32, copy=False), n_fft)
    spectrum *= scipy.fft.rfft(room, n_fft)
    spectrum *= _body(eq_db, n_fft, sample_rate)
    return np.asarray(scipy.fft.irfft(spectrum, n_fft)[: len(dry)], np.float32)


def _body(eq_db: tuple[float, ...], n_fft: int, sample_rate: int) -> np.ndarray:
    """Return the body's gain per bin of a spectrum [shape=(n_fft // 2 + 1,)]."""
    grid_hz = np.geomspace(20.0, sample_rate / 2, 400)  # smooth: a few points are enough
    gain = 10 ** (np.interp(np.log(grid_hz), np.log(EQ_CENTRES_HZ), eq_db) / 20)
    bins_hz = np.arange(n_fft // 2 + 1) * (sample_rate / n_fft)
    return np.interp(bins_hz, grid_hz, gain).astype(np.float32)
