"""What goes along with a melody: bass and chords, and the drums, placed by the metre."""

from collections.abc import Iterator

import numpy as np

from subgenre.data.dances.score import TOLERANCE, Score, beats, grid_of, harmonise
from subgenre.data.dances.synth import Part
from subgenre.data.dances.tunes import Tune

# E2, C3, G3: each plays within the octave above
LOWEST_BASS_MIDI, LOWEST_DRONE_MIDI, LOWEST_CHORD_MIDI = 40, 48, 55
DRONE_SECONDS = 600.0  # longer than any clip


def accompany(tune: Tune, score: Score, style: str, transposition: int, fades: bool) -> Part:
    """Play bass and chords.

    Parameters
    ----------
    tune : Tune
        Its metre and its harmony are used.
    score : Score
        The same tune laid out in time.
    style : {"drone", "pad", "vamp", "stride"}
        Tonic and fifth throughout; else bass and a chord in every bar, bass in every bar and a
        chord on every strong beat, or the two in alternation.
    transposition : int
        In semitones.
    fades : bool
        Whether the instrument's tone dies away, as a plucked string's does.

    Returns
    -------
    Part
        Each bass and chord within its own octave.
    """
    grid, quarter_s = grid_of(tune), score.quarter_s
    bar_s = tune.bar_length * quarter_s
    if style == "drone":
        fifth = np.array([[tune.tonic, tune.tonic + 7]]) + transposition
        # A drone that fades is struck in every bar; the others sound on.
        times, length_s = (score.bars, bar_s) if fades else (np.zeros(1), DRONE_SECONDS)
        return _chords(
            times, np.repeat(fifth, len(times), axis=0), length_s, 0.5, LOWEST_DRONE_MIDI
        )
    triads = harmonise(tune)[score.bar_numbers] + transposition
    downbeat = grid.strong[:1]
    bass_at = grid.strong if style == "stride" else downbeat
    chord_at = {"pad": downbeat, "vamp": grid.strong, "stride": grid.weak}[style]
    chord_s = {"pad": bar_s, "vamp": 0.7 * grid.pulse * quarter_s}.get(
        style, 0.9 * grid.subdivision * quarter_s
    )
    times, bar = beats(score, bass_at)
    bass = _chords(times, triads[bar, :1], 0.9 * bar_s / len(bass_at), 1.0, LOWEST_BASS_MIDI)
    times, bar = beats(score, chord_at)
    chords = _chords(times, triads[bar], chord_s, 0.5, LOWEST_CHORD_MIDI)
    return Part(
        onsets=np.concatenate([bass.onsets, chords.onsets]),
        durations=np.concatenate([bass.durations, chords.durations]),
        pitches=np.concatenate([bass.pitches, chords.pitches]),
        levels=np.concatenate([bass.levels, chords.levels]),
    )


def _chords(
    times: np.ndarray, pitch_classes: np.ndarray, seconds: float, level: float, lowest: int
) -> Part:
    """Play chords [shape=(n_times, n_voices)] in the octave above the lowest MIDI number."""
    n_voices = pitch_classes.shape[1]
    pitches = lowest + (pitch_classes - lowest) % 12
    n_notes = pitches.size
    return Part(
        onsets=np.repeat(times, n_voices),
        durations=np.full(n_notes, seconds),
        pitches=pitches.ravel().astype(float),
        levels=np.full(n_notes, level),
    )


def drum_strokes(
    tune: Tune, score: Score, style: str
) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Place the strokes of the drums.

    Parameters
    ----------
    tune : Tune
        Only its metre is used.
    score : Score
        The same tune laid out in time.
    style : {"frame", "brush"}
        A thud on every strong beat, answered by ticks; or one in every bar, with a tick on every
        subdivision.

    Yields
    ------
    kind : {"tick", "thud"}
        As `percussion.drum_hit` names them.
    onsets, levels : np.ndarray [shape=(n_strokes,)]
        In seconds, and the linear gain of each stroke.
    """
    grid = grid_of(tune)
    if style == "frame":
        weak, _ = beats(score, grid.weak)
        yield "tick", weak, np.ones(len(weak))
        strong_at = grid.strong
    else:
        ticks_at = np.arange(0.0, tune.bar_length - TOLERANCE, grid.subdivision)
        ticks, _ = beats(score, ticks_at)
        on_beat = np.isin(ticks, beats(score, grid.strong)[0])
        yield "tick", ticks, np.where(on_beat, 1.0, 0.4)
        strong_at = grid.strong[:1]
    strong, _ = beats(score, strong_at)
    yield "thud", strong, np.where(np.isin(strong, score.bars), 1.0, 0.65)
