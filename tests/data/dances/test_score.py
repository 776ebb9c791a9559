from dataclasses import replace

import numpy as np
import pytest
from snippets import JIG, REEL, REEL_BARS, make_tune

from subgenre.data.dances.score import beats, grid_of, harmonise, unroll


def test_the_tune_goes_round_and_starts_where_it_is_told():
    one_round_s = len(REEL.notes) / 5.0
    score = unroll(REEL, 1.5 * one_round_s, 5.0)
    pitches = [note.midi for note in REEL.notes]
    np.testing.assert_array_equal(score.midi, pitches + pitches[:32])
    later = unroll(REEL, one_round_s, 5.0, start=0.13)
    np.testing.assert_array_equal(later.midi, pitches[8:] + pitches[:8])
    assert later.onsets[0] == 0.0


@pytest.mark.parametrize(("last_bar", "again"), [(7, [60]), (8, [])])
def test_a_pickup_is_repeated_only_if_the_last_bar_leaves_room(last_bar, again):
    bars = [*REEL_BARS, (74,) * last_bar]
    score = unroll(make_tune(bars, "4/4", 2, pickup=(60,)), 10.0, 5.0)
    expected = [*REEL_BARS[0], *REEL_BARS[1], *[74] * last_bar, *again, *REEL_BARS[0]]
    np.testing.assert_array_equal(score.midi[: len(expected)], expected)
    np.testing.assert_allclose(np.diff(score.bars), 8 / 5.0)


GRIDS = {  # strong and weak beats
    **dict.fromkeys(("4/4", "2/2"), ((0, 2), (1, 3))), "2/4": ((0, 1), (0.5, 1.5)),
    "6/8": ((0, 1.5), (1, 2.5)), "9/8": ((0, 1.5, 3), (1, 2.5, 4)), "3/4": ((0,), (1, 2)),
}  # fmt: skip


@pytest.mark.parametrize("metre", GRIDS)
def test_the_metre_decides_where_weight_falls(metre):
    grid = grid_of(replace(REEL, metre=metre))
    assert (tuple(grid.strong), tuple(grid.weak)) == GRIDS[metre]


def test_swing_lengthens_the_first_of_each_pair_and_beats_have_weight():
    reel, jig = (unroll(tune, 4.0, 5.0, swing=0.2) for tune in (REEL, JIG))
    np.testing.assert_allclose(np.diff(reel.onsets)[:4], [0.24, 0.16, 0.24, 0.16])
    np.testing.assert_allclose(np.diff(jig.onsets)[:4], [0.24, 0.16, 0.20, 0.24])
    np.testing.assert_array_equal(reel.weights[:8], [1, 0, 0.25, 0, 0.65, 0, 0.25, 0])
    np.testing.assert_array_equal(jig.weights[:4], [1, 0, 0.25, 0.65])


def test_beats_are_found_in_every_bar_and_not_beyond_an_incomplete_one():
    short = make_tune([*REEL_BARS, (74,) * 3], "4/4", 2)  # its last bar ends before its third beat
    times, bar = beats(unroll(short, 4.0, 5.0), grid_of(short).strong)
    np.testing.assert_allclose(times[:6], [0, 0.8, 1.6, 2.4, 3.2, 3.8])
    np.testing.assert_array_equal(bar[:6], [0, 0, 1, 1, 2, 3])


def test_chords_fit_the_bars():
    triads = [[2, 6, 9], [4, 7, 11]]  # D major in the tonic bar, E minor: e g b g e' ...
    np.testing.assert_array_equal(harmonise(REEL)[:2], triads)
