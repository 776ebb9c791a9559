from dataclasses import replace

import numpy as np
import pytest
from snippets import JIG, REEL, REEL_BARS, make_tune

from subgenre.data.dances.score import beats, grid_of, harmonise, unroll
from subgenre.data.dances.statistics import DURATION_EDGES, SLOTS, intervals, rhythm


def test_the_tune_goes_round_and_starts_where_it_is_told():
    score = unroll(REEL, 19.2, 5.0)  # at 12.8 s a round
    pitches = [note.midi for note in REEL.notes]
    np.testing.assert_array_equal(score.midi, pitches + pitches[:32])
    later = unroll(REEL, 12.8, 5.0, start=0.13)
    np.testing.assert_array_equal(later.midi, pitches[8:] + pitches[:8])
    in_halves = make_tune(REEL_BARS * 4, "4/2", 2, step=1.0)  # the rate is that of its notes
    for onsets in (later.onsets, unroll(in_halves, 12.8, 5.0).onsets):
        np.testing.assert_allclose(onsets, np.arange(64) / 5)


@pytest.mark.parametrize(("last_bar", "again"), [(7, [60]), (8, [])])
def test_a_pickup_is_repeated_only_if_the_last_bar_leaves_room(last_bar, again):
    bars = [*REEL_BARS, (74,) * last_bar]
    score = unroll(make_tune(bars, "4/4", 2, pickup=(60,)), 10.0, 5.0)
    expected = [*REEL_BARS[0], *REEL_BARS[1], *[74] * last_bar, *again, *REEL_BARS[0]]
    np.testing.assert_array_equal(score.midi[: len(expected)], expected)
    np.testing.assert_allclose(np.diff(score.bars), 8 / 5.0)


def test_the_metre_decides_where_weight_falls():
    common = [0, 2], [1, 3]  # strong and weak beats
    grids = {"4/4": common, "2/2": common, "2/4": ([0, 1], [0.5, 1.5]), "3/4": ([0], [1, 2])}
    grids |= {"6/8": ([0, 1.5], [1, 2.5]), "9/8": ([0, 1.5, 3], [1, 2.5, 4])}
    for metre, expected in grids.items():
        grid = grid_of(replace(REEL, metre=metre))
        assert (grid.strong.tolist(), grid.weak.tolist()) == expected, metre


def test_swing_lengthens_the_first_of_each_pair_and_beats_have_weight():
    reel, jig = (unroll(tune, 4.0, 5.0, swing=0.2) for tune in (REEL, JIG))
    np.testing.assert_allclose(np.diff(reel.onsets)[:4], [0.24, 0.16, 0.24, 0.16])
    np.testing.assert_allclose(np.diff(jig.onsets)[:4], [0.24, 0.16, 0.20, 0.24])
    np.testing.assert_array_equal(reel.weights[:8], [1, 0, 0.25, 0, 0.65, 0, 0.25, 0])
    np.testing.assert_array_equal(jig.weights[:4], [1, 0, 0.25, 0.65])


def test_beats_are_found_in_every_bar_and_not_beyond_an_incomplete_one_and_chords_fit():
    short = make_tune([*REEL_BARS, (74,) * 3], "4/4", 2)  # its last bar ends before its third beat
    times, bar = beats(unroll(short, 4.0, 5.0), grid_of(short).strong)
    np.testing.assert_allclose(times[:6], [0, 0.8, 1.6, 2.4, 3.2, 3.8])
    np.testing.assert_array_equal(bar[:6], [0, 0, 1, 1, 2, 3])
    triads = [[2, 6, 9], [4, 7, 11]]  # D major in the tonic bar, E minor: e g b g e' ...
    np.testing.assert_array_equal(harmonise(short)[:2], triads)


# What the notes alone give away.


def test_density_is_notes_per_bar_and_slots_say_where_they_begin():
    slow = make_tune([(60,) * 4] * 2, "4/4", 2, step=1.0)
    for tune, n_notes in ((REEL, 8), (JIG, 6), (slow, 4)):
        density, *per_slot = rhythm(tune)[: 1 + SLOTS]
        assert density == n_notes
        assert np.flatnonzero(per_slot).tolist() == list(range(0, SLOTS, SLOTS // n_notes))
        assert set(per_slot) == {0, 1}
    with_pickup = rhythm(make_tune(REEL_BARS, "4/4", 2, pickup=(60,)))[1 : 1 + SLOTS]
    assert np.argmax(with_pickup) == SLOTS * 7 // 8  # it counts at the end of a bar


def test_a_dotted_rhythm_has_its_ratios_and_shares_sum_to_one():
    notes = (note._replace(onset=note.onset + n % 2 / 4) for n, note in enumerate(REEL.notes))
    dotted = replace(REEL, notes=tuple(notes))
    lengths, ratios = np.split(rhythm(dotted)[1 + SLOTS :], [len(DURATION_EDGES) - 1])
    assert np.count_nonzero(lengths) == 2
    assert np.flatnonzero(ratios).tolist() == [1, 7]  # 1.6 octaves shorter, 1.6 octaves longer
    assert lengths.sum() == ratios.sum() == intervals(dotted)[2:].sum() == pytest.approx(1)


def test_neither_notation_nor_articulation_nor_key_matters():
    in_sixteenths = make_tune(REEL_BARS * 4, "2/4", 2, step=0.25)
    np.testing.assert_allclose(rhythm(in_sixteenths), rhythm(REEL))
    notes = (note._replace(duration=0.1, midi=note.midi + 7) for note in REEL.notes)
    short = replace(REEL, notes=tuple(notes))
    for numbers in (rhythm, intervals):
        np.testing.assert_array_equal(numbers(short), numbers(REEL))


def test_intervals_are_steps_turns_and_leaps():
    numbers = intervals(make_tune([range(60, 68)], "4/4", 2))
    assert tuple(numbers[[0, 1, 2 + 13]]) == (1, 0, 1)  # semitones up, always
    assert intervals(make_tune([(40, 80)], "4/4", 2, step=2.0))[-1] == 1  # the widest leap
