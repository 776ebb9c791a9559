import itertools
from dataclasses import replace

import numpy as np
import pytest

from subgenre.data.dances.statistics import DURATION_EDGES, SLOTS, intervals, rhythm
from subgenre.data.dances.tunes import Note, Tune

PITCHES = (62, 66, 69, 66, 62, 64, 66, 67)


def tune(lengths, metre="4/4", bars=2, pickup=0.0, pitches=PITCHES):
    """Return a tune of bars that all have these note lengths, in quarter notes."""
    starts = pickup + np.append(0, np.cumsum(lengths * bars))
    played = zip(starts.tolist(), lengths * bars, itertools.cycle(pitches), strict=False)
    notes = [Note(0.0, pickup, 60)] * bool(pickup) + [Note(*one) for one in played]
    onsets = tuple(pickup + bar * sum(lengths) for bar in range(bars))
    return Tune("t", "T", "reel", "B", metre, 2, tuple(notes), onsets, onsets[:1], starts[-1])


EVEN = [0.5] * 8
DOTTED = [0.75, 0.25] * 4


def test_density_is_notes_per_bar_and_slots_say_where_they_begin():
    for lengths, metre in ((EVEN, "4/4"), ([1.0] * 4, "4/4"), ([0.5] * 6, "6/8")):
        density, *per_slot = rhythm(tune(lengths, metre))[: 1 + SLOTS]
        assert density == len(lengths)
        assert np.flatnonzero(per_slot).tolist() == list(range(0, SLOTS, SLOTS // len(lengths)))
        assert set(per_slot) == {0, 1}
    assert rhythm(tune([4.0], pickup=0.5))[1 + SLOTS * 7 // 8] > 0  # at the end of a bar


def test_a_dotted_rhythm_has_its_ratios_and_shares_sum_to_one():
    assert not np.allclose(rhythm(tune(EVEN)), rhythm(tune(DOTTED)))
    lengths, ratios = np.split(rhythm(tune(DOTTED))[1 + SLOTS :], [len(DURATION_EDGES) - 1])
    assert np.flatnonzero(ratios).tolist() == [1, 7]  # 1.6 octaves shorter, 1.6 octaves longer
    assert lengths.sum() == ratios.sum() == intervals(tune(DOTTED))[2:].sum() == pytest.approx(1)


def test_neither_notation_nor_articulation_nor_key_matters():
    one = tune(EVEN)
    np.testing.assert_allclose(rhythm(tune([0.25] * 8, metre="2/4")), rhythm(one))
    short = replace(one, notes=tuple(note._replace(duration=0.1) for note in one.notes))
    np.testing.assert_array_equal(rhythm(short), rhythm(one))
    higher = tune(EVEN, pitches=[pitch + 7 for pitch in PITCHES])
    np.testing.assert_array_equal(intervals(higher), intervals(one))


def test_intervals_are_steps_turns_and_leaps():
    numbers = intervals(tune(EVEN, bars=1, pitches=range(60, 68)))
    assert tuple(numbers[[0, 1, 2 + 13]]) == (1, 0, 1)  # semitones up, always
    assert intervals(tune([2.0, 2.0], bars=1, pitches=[40, 80]))[-1] == 1  # the widest leap
