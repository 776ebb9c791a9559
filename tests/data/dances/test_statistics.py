from dataclasses import replace

import numpy as np
import pytest

from subgenre.data.dances import statistics as symbolic
from subgenre.data.dances.statistics import SLOTS, intervals, rhythm, tune_statistics
from subgenre.data.dances.tunes import Note, Tune

PITCHES = (62, 66, 69, 66, 62, 64, 66, 67)


def tune(lengths, metre="4/4", bars=2, pickup=0.0, pitches=PITCHES):
    """Return a tune of bars that all have these note lengths, in quarter notes."""
    starts = np.concatenate([[0], np.cumsum(lengths * bars)])
    notes = [
        Note(float(pickup + start), float(length), pitches[i % len(pitches)])
        for i, (start, length) in enumerate(zip(starts, lengths * bars, strict=False))
    ]
    if pickup:
        notes.insert(0, Note(0.0, pickup, 60))
    end = float(pickup + starts[-1])
    bar_onsets = tuple(pickup + bar * sum(lengths) for bar in range(bars))
    return Tune(
        "book-1", "T", "reel", "Book", metre, 2, tuple(notes), bar_onsets, bar_onsets[:1], end
    )


EVEN = [0.5] * 8
DOTTED = [0.75, 0.25] * 4


def per_slot(one):
    return rhythm(one)[1 : 1 + SLOTS]


def test_density_is_notes_per_bar():
    assert rhythm(tune(EVEN))[0] == 8
    assert rhythm(tune([1.0] * 4))[0] == 4


def test_onsets_are_counted_where_they_fall_in_the_bar():
    assert np.flatnonzero(per_slot(tune(EVEN))).tolist() == list(range(0, SLOTS, SLOTS // 8))
    jig = tune([0.5] * 6, metre="6/8")
    assert np.flatnonzero(per_slot(jig)).tolist() == list(range(0, SLOTS, SLOTS // 6))
    assert np.all(per_slot(tune(EVEN))[:: SLOTS // 8] == 1)


def test_a_dotted_rhythm_is_told_from_an_even_one():
    assert not np.allclose(rhythm(tune(EVEN)), rhythm(tune(DOTTED)))
    ratios = rhythm(tune(DOTTED))[-(len(symbolic.RATIO_EDGES) - 1) :]
    assert np.flatnonzero(ratios).tolist() == [1, 7]  # 1.6 octaves shorter, 1.6 octaves longer


def test_a_pickup_lies_at_the_end_of_the_bar():
    assert per_slot(tune(EVEN, pickup=0.5))[SLOTS * 7 // 8] > per_slot(tune(EVEN))[SLOTS * 7 // 8]


def test_a_tune_written_in_notes_half_as_long_has_the_same_rhythm():
    np.testing.assert_allclose(rhythm(tune(EVEN)), rhythm(tune([0.25] * 8, metre="2/4")))


def test_articulation_does_not_matter():
    short = tune(EVEN)
    short = replace(short, notes=tuple(replace(note, duration=0.1) for note in short.notes))
    np.testing.assert_array_equal(rhythm(short), rhythm(tune(EVEN)))


def test_intervals_know_neither_key_nor_register():
    higher = tune(EVEN, pitches=[pitch + 7 for pitch in PITCHES])
    np.testing.assert_array_equal(intervals(higher), intervals(tune(EVEN)))


def test_a_rising_scale_never_turns():
    mean_size, turns, *shares = intervals(tune(EVEN, bars=1, pitches=range(60, 68)))
    assert (mean_size, turns) == (1, 0)
    assert shares[symbolic.WIDEST_INTERVAL + 1] == 1  # a semitone up, always


def test_wide_leaps_count_as_the_widest():
    *_, widest = intervals(tune([2.0, 2.0], bars=1, pitches=[40, 80]))
    assert widest == 1


@pytest.mark.parametrize("metre", ["2/4", "9/8", "3/4"])
def test_every_tune_has_as_many_statistics_all_finite(metre):
    numbers = tune_statistics(tune([0.5] * 4, metre))
    assert numbers.shape == tune_statistics(tune(EVEN)).shape
    assert np.isfinite(numbers).all()
    assert numbers[:2].tolist() == [float(part) for part in metre.split("/")]


def test_shares_sum_to_one():
    lengths = rhythm(tune(DOTTED))[1 + SLOTS :][: len(symbolic.DURATION_EDGES) - 1]
    assert lengths.sum() == pytest.approx(1)
    assert intervals(tune(DOTTED))[2:].sum() == pytest.approx(1)


def test_the_data_set_gives_statistics_and_metre_of_each_track(dances):
    tracks = dances.tracks[::300]
    assert dances.metres(tracks) == [dances.tune(track).metre for track in tracks]
    numbers = dances.note_statistics(tracks)
    np.testing.assert_array_equal(numbers[0], tune_statistics(dances.tune(tracks[0])))
    assert np.isfinite(dances.note_statistics(dances.tracks)).all()
