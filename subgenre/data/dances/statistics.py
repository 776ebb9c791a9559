"""What a tune's written notes alone give away: metre, rhythm and intervals as a row of numbers."""

import numpy as np

from subgenre.data.dances.score import in_bar
from subgenre.data.dances.tunes import Tune

SLOTS = 48  # of a bar: sixteenths of common time, triplets and dotted notes each have their own
# Classes of note length in octaves of a bar, so that 1, 1/2, 1/4 ... are centres; and of one length
# over the one before, also in octaves, where a dotted pair is ±1.6.
DURATION_EDGES, RATIO_EDGES = np.arange(-5.75, 1.0, 0.5), np.arange(-2.25, 2.5, 0.5)
WIDEST_INTERVAL = 12  # semitones; wider leaps count as this one


def tune_statistics(tune: Tune) -> np.ndarray:
    """Return the two numbers of the metre, then `rhythm`, then `intervals` [shape=(n_statistics,)].

    Rhythm is relative to the bar, so that 2/4 and 2/2 look alike, pitch to the note before.
    """
    beats, unit = (int(part) for part in tune.metre.split("/"))
    return np.concatenate([[beats, unit], rhythm(tune), intervals(tune)])


def rhythm(tune: Tune) -> np.ndarray:
    """Return what the onsets say [shape=(1 + SLOTS + 13 + 9,)].

    Notes per bar, and those that begin in each of its slots; shares of the classes of length, and
    of their ratios. Lengths reach from onset to onset, so articulation does not matter.
    """
    onsets = np.array(tune.notes, float)[:, 0]
    lengths = np.log2(np.diff(onsets, append=tune.length) / tune.bar_length)
    n_bars = _n_bars(tune)
    # A pickup counts from the end of a bar that is not there.
    position = in_bar(onsets, np.array(tune.bars)) % tune.bar_length / tune.bar_length
    per_slot = np.bincount(np.rint(position * SLOTS).astype(int) % SLOTS, minlength=SLOTS) / n_bars
    shares = _shares(lengths, DURATION_EDGES), _shares(np.diff(lengths), RATIO_EDGES)
    return np.concatenate([[notes_per_bar(tune)], per_slot, *shares])


def notes_per_bar(tune: Tune) -> float:
    """Return how many notes a bar has in the mean."""
    return len(tune.notes) / _n_bars(tune)


def _n_bars(tune: Tune) -> float:
    return (tune.length - tune.notes[0].onset) / tune.bar_length


def intervals(tune: Tune) -> np.ndarray:
    """Return what the steps and leaps from note to note say [shape=(2 + 2 * WIDEST_INTERVAL + 1,)].

    Mean size in semitones, share of the notes where the melody turns, and of each interval.
    """
    steps = np.diff([note.midi for note in tune.notes])
    turns = np.mean(steps[1:] * steps[:-1] < 0) if len(steps) > 1 else 0.0
    clipped = np.clip(steps, -WIDEST_INTERVAL, WIDEST_INTERVAL) + WIDEST_INTERVAL
    shares = np.bincount(clipped, minlength=2 * WIDEST_INTERVAL + 1) / len(steps)
    return np.concatenate([[np.mean(np.abs(steps)), turns], shares])


def _shares(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Return the share of `values` between neighbouring `edges`; the outer ones take the rest."""
    return np.histogram(np.clip(values, edges[0], edges[-1]), edges)[0] / max(len(values), 1)
