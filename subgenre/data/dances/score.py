"""The score of a clip: a tune laid out in seconds, with its swing, accents, bars and chords."""

from typing import NamedTuple

import numpy as np

from subgenre.data.dances.tunes import Tune

TOLERANCE = 1e-6  # quarter notes; onsets closer than this are the same


class Grid(NamedTuple):
    """Where the metre puts weight within a bar, in quarter notes."""

    strong: np.ndarray  # beats; the first is the downbeat
    weak: np.ndarray  # the lighter pulses that answer them
    pulse: float  # length of what swings
    subdivision: float  # length of its smallest part


def grid_of(tune: Tune) -> Grid:
    """Read a tune's metre; whether it is printed in 2/4, 4/4 or 2/2 must not be heard.

    These all count four pulses in a bar, strong and weak by turns; compound metres count dotted
    beats, answered by their last third.
    """
    n_beats, unit = (int(part) for part in tune.metre.split("/"))
    if n_beats % 3 == 0 and n_beats > 3:
        third = 4.0 / unit
        strong = 3 * third * np.arange(n_beats // 3)
        return Grid(strong, strong + 2 * third, pulse=3 * third, subdivision=third)
    pulse = 4.0 / unit if n_beats % 2 else tune.bar_length / 4
    pulses = pulse * np.arange(round(tune.bar_length / pulse))
    strong = pulses[:: n_beats if n_beats % 2 else 2]
    return Grid(strong, np.setdiff1d(pulses, strong), pulse=pulse, subdivision=pulse / 2)


class Score(NamedTuple):
    """What sounds in the clip: arrays of the melody's notes and of bars, in s from its start."""

    onsets: np.ndarray  # of the notes, swung
    durations: np.ndarray
    midi: np.ndarray
    weights: np.ndarray  # metrical: 1 on the downbeat, less on other beats, 0 between
    bars: np.ndarray
    bar_ends: np.ndarray  # an incomplete bar ends early
    bar_numbers: np.ndarray  # in the tune
    quarter_s: float  # length of a quarter note


def unroll(
    tune: Tune, seconds: float, notes_per_second: float, start: float = 0.0, swing: float = 0.0
) -> Score:
    """Lay the tune out from its starting bar, as many times round as a clip takes, or beyond.

    The length of the clip is in `seconds`; the other parameters are as in `Performance`.
    """
    notes = np.array(tune.notes, float)
    quarter_s = quarter_seconds(tune, notes_per_second)
    bars = np.array(tune.bars)
    # A repeat starts at the pickup if the last bar leaves room for it.
    has_room = tune.length - bars[-1] + bars[0] <= tune.bar_length + TOLERANCE
    repeat_from = 0.0 if has_room else bars[0]
    origin = bars[min(int(start * len(bars)), len(bars) - 1)]
    end = origin + seconds / quarter_s
    period = tune.length - repeat_from
    laps = period * np.arange(int((end - repeat_from) / period) + 2)[:, None]
    notes = notes[notes[:, 0] > repeat_from - TOLERANCE]
    rounds = np.tile(notes.T, len(laps))  # (3, n_laps * n_notes)
    rounds[0] += np.repeat(laps, len(notes))
    inside = (rounds[0] > origin - TOLERANCE) & (rounds[0] < end - TOLERANCE)
    onsets, durations, midi = rounds[:, inside]
    all_bars, grid = (bars + laps).ravel(), grid_of(tune)
    starts, ends = _swing(np.stack([onsets, onsets + durations]), all_bars, grid, swing)
    place, weights = in_bar(onsets, all_bars)[:, None], np.zeros(len(onsets))
    for places, weight in ((grid.weak, 0.25), (grid.strong, 0.65), (grid.strong[:1], 1.0)):
        weights[(np.abs(place - places) < TOLERANCE).any(axis=1)] = weight
    played = np.flatnonzero((all_bars > origin - TOLERANCE) & (all_bars < end))
    durations = np.maximum(ends - starts, TOLERANCE) * quarter_s
    times = starts, all_bars[played], np.append(all_bars, np.inf)[played + 1]
    onsets, opens, closes = ((one - origin) * quarter_s for one in times)
    return Score(onsets, durations, midi, weights, opens, closes, played % len(bars), quarter_s)


def quarter_seconds(tune: Tune, notes_per_second: float) -> float:
    """Return the length of a quarter note if notes of the tune's mean length have that rate."""
    return 1.0 / (notes_per_second * float(np.mean([note.duration for note in tune.notes])))


def in_bar(times: np.ndarray, bars: np.ndarray) -> np.ndarray:
    """Return the distance of each time from the last bar line, in quarter notes."""
    return times - bars[np.maximum(np.searchsorted(bars, times + TOLERANCE, side="right") - 1, 0)]


def _swing(times: np.ndarray, bars: np.ndarray, grid: Grid, swing: float) -> np.ndarray:
    """Lengthen the first part of every pulse at the cost of the next."""
    place = in_bar(times, bars)
    pulse_start = np.floor(place / grid.pulse + TOLERANCE) * grid.pulse
    straight = np.arange(0.0, grid.pulse + TOLERANCE, grid.subdivision)
    swung = straight.copy()
    swung[1] *= 1.0 + swing
    return times + np.interp(place - pulse_start, straight, swung) - (place - pulse_start)


def harmonise(tune: Tune) -> np.ndarray:
    """Choose the triad, of the tune's own pitch classes, that holds most of each bar's notes.

    Root first [shape=(n_bars, 3), int].
    """
    notes = np.array(tune.notes, float)
    bars = np.searchsorted(np.array(tune.bars), notes[:, 0] + TOLERANCE, side="right") - 1
    notes, bars = notes[bars >= 0], bars[bars >= 0]
    content = np.zeros((len(tune.bars), 12))
    np.add.at(content, (bars, notes[:, 2].astype(int) % 12), notes[:, 1])
    roots = (tune.tonic + np.arange(12))[:, None, None]  # tonic first, so that it wins ties
    triads = ((roots + np.array([[0, 4, 7], [0, 3, 7]])) % 12).reshape(-1, 3)
    share = content / np.maximum(content.sum(axis=1, keepdims=True), TOLERANCE)
    fit = share[:, triads].sum(axis=-1)
    fit += 0.12 * (triads[:, 0] == tune.tonic) + 0.05 * (triads[:, 0] == (tune.tonic + 7) % 12)
    fit -= 9.0 * (content.sum(axis=0)[triads] == 0).any(axis=-1) * (content.sum() > 0)
    return np.asarray(triads[fit.argmax(axis=1)])


def beats(score: Score, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find places, such as the strong beats of a `Grid`, in every bar; an incomplete one has fewer.

    Returns their times in s, by bar, and each one's index into `score.bars` [shape=(n_beats,)].
    """
    times = score.bars[:, None] + score.quarter_s * places
    bar, place = np.nonzero(times < score.bar_ends[:, None] - TOLERANCE)
    return times[bar, place], bar
