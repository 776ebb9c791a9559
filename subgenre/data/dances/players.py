"""Who plays along with a melody: bass and chords, and the drums, placed by the metre."""

from collections.abc import Iterator

import numpy as np

from subgenre.data.dances.score import TOLERANCE, Score, beats, grid_of, harmonise
from subgenre.data.dances.synth import Part
from subgenre.data.dances.tunes import Tune

# E2, C3, G3: each plays within the octave above
LOWEST_BASS_MIDI, LOWEST_DRONE_MIDI, LOWEST_CHORD_MIDI = 40, 48, 55
DRONE_SECONDS = 600.0  # longer than any clip


def accompany(tune: Tune, score: Score, style: str, transposition: int, fades: bool) -> Part:
    """Play bass and chords, each within its own octave, to a tune and its score.

    A "drone" is tonic and fifth throughout; "pad" is bass and a chord in every bar, "vamp" bass in
    every bar and a chord on every strong beat, "stride" the two in alternation. The tone of an
    instrument that `fades` dies away, as a plucked string's does.
    """
    grid, quarter_s = grid_of(tune), score.quarter_s
    bar_s = tune.bar_length * quarter_s
    if style == "drone":
        # one that fades is struck in every bar
        times, length_s = (score.bars, bar_s) if fades else (np.zeros(1), DRONE_SECONDS)
        fifths = np.tile([tune.tonic, tune.tonic + 7], (len(times), 1)) + transposition
        return _chords(times, fifths, length_s, 0.5, LOWEST_DRONE_MIDI)
    triads = harmonise(tune)[score.bar_numbers] + transposition
    downbeat = grid.strong[:1]
    bass_at, chord_at, chord_s = {
        "pad": (downbeat, downbeat, bar_s),
        "vamp": (downbeat, grid.strong, 0.7 * grid.pulse * quarter_s),
        "stride": (grid.strong, grid.weak, 0.9 * grid.subdivision * quarter_s),
    }[style]
    times, bar = beats(score, bass_at)
    bass = _chords(times, triads[bar, :1], 0.9 * bar_s / len(bass_at), 1.0, LOWEST_BASS_MIDI)
    times, bar = beats(score, chord_at)
    chords = _chords(times, triads[bar], chord_s, 0.5, LOWEST_CHORD_MIDI)
    return Part(*map(np.concatenate, zip(bass, chords, strict=True)))


def _chords(
    times: np.ndarray, pitch_classes: np.ndarray, seconds: float, level: float, lowest: int
) -> Part:
    """Play chords [shape=(n_times, n_voices)] in the octave above the lowest MIDI number."""
    pitches = (lowest + (pitch_classes - lowest) % 12).astype(float)
    onsets, size = np.repeat(times, pitches.shape[1]), pitches.size
    return Part(onsets, np.full(size, seconds), pitches.ravel(), np.full(size, level))


def drum_strokes(
    tune: Tune, score: Score, style: str
) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Yield "tick" and "thud", each with onsets in s and linear gains [shape=(n_strokes,)].

    "frame" answers a thud on every strong beat by ticks; "brush" has one in every bar, and ticks on
    every subdivision.
    """
    grid = grid_of(tune)
    ticks_at, thuds_at = grid.weak, grid.strong
    if style == "brush":
        ticks_at = np.arange(0.0, tune.bar_length - TOLERANCE, grid.subdivision)
        thuds_at = grid.strong[:1]
    ticks, thuds = beats(score, ticks_at)[0], beats(score, thuds_at)[0]
    leans = np.isin(ticks, beats(score, grid.strong)[0]) | (style == "frame")
    yield "tick", ticks, np.where(leans, 1.0, 0.4)
    yield "thud", thuds, np.where(np.isin(thuds, score.bars), 1.0, 0.65)


def drum_hit(kind: str, seed: int, sample_rate: int) -> np.ndarray:
    """Make the "thud" of a frame drum or the "tick" of a brush [shape=(n_hit,), float32]."""
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
    """Repeat a stroke at onsets in seconds, cut at the end [shape=(n_samples,), float32]."""
    out = np.zeros(n_samples + len(hit), np.float32)
    for start, level in zip(np.round(onsets * sample_rate).astype(int), levels, strict=True):
        if start < n_samples:
            out[start : start + len(hit)] += np.float32(level) * hit
    return out[:n_samples]
