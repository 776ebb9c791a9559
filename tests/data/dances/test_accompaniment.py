import numpy as np
import pytest
from snippets import JIG, REEL

from subgenre.data.dances.accompaniment import (
    LOWEST_BASS_MIDI,
    LOWEST_CHORD_MIDI,
    accompany,
    drum_strokes,
)
from subgenre.data.dances.score import harmonise, unroll

REEL_SCORE, JIG_SCORE = unroll(REEL, 6.4, 5.0), unroll(JIG, 4.8, 5.0)  # four bars each


def strokes(tune, score, style):
    return {kind: (onsets, levels) for kind, onsets, levels in drum_strokes(tune, score, style)}


@pytest.mark.parametrize("style", ["pad", "vamp", "stride"])
@pytest.mark.parametrize("transposition", [-5, 0, 4])
def test_every_bar_begins_with_the_root_in_the_bass(style, transposition):
    part = accompany(JIG, JIG_SCORE, style, transposition, fades=False)
    roots = harmonise(JIG)[JIG_SCORE.bar_numbers, 0] + transposition
    for bar, root in zip(JIG_SCORE.bars, roots, strict=True):
        lowest = part.pitches[np.isclose(part.onsets, bar)].min()
        assert lowest % 12 == root % 12
        assert LOWEST_BASS_MIDI <= lowest < LOWEST_BASS_MIDI + 12


@pytest.mark.parametrize(
    ("style", "chords_per_bar", "bass_per_bar"), [("pad", 1, 1), ("vamp", 2, 1), ("stride", 2, 2)]
)
def test_chords_stay_in_their_octave_and_come_as_often_as_the_style_has_it(
    style, chords_per_bar, bass_per_bar
):
    part = accompany(REEL, REEL_SCORE, style, 0, fades=False)
    n_bass = bass_per_bar * len(REEL_SCORE.bars)
    assert len(part.pitches) == n_bass + 3 * chords_per_bar * len(REEL_SCORE.bars)
    chords = part.pitches[n_bass:]
    assert chords.min() >= LOWEST_CHORD_MIDI
    assert chords.max() < LOWEST_CHORD_MIDI + 12


def test_a_drone_sounds_on_unless_it_fades():
    on = accompany(REEL, REEL_SCORE, "drone", 2, fades=False)
    assert set(on.pitches % 12) == {4, 11}  # tonic and fifth of D, two semitones up
    assert set(on.onsets) == {0.0}
    assert on.durations.min() > 60
    struck = accompany(REEL, REEL_SCORE, "drone", 2, fades=True)
    np.testing.assert_allclose(np.unique(struck.onsets), REEL_SCORE.bars)


def test_a_frame_drum_answers_every_strong_beat():
    heard = strokes(JIG, JIG_SCORE, "frame")
    np.testing.assert_allclose(heard["thud"][0][:4], [0, 0.6, 1.2, 1.8])
    np.testing.assert_allclose(heard["thud"][1][:4], [1, 0.65, 1, 0.65])
    np.testing.assert_allclose(heard["tick"][0][:4], [0.4, 1.0, 1.6, 2.2])


def test_a_brush_ticks_on_every_subdivision_and_leans_on_the_beat():
    heard = strokes(REEL, REEL_SCORE, "brush")
    np.testing.assert_allclose(heard["thud"][0], REEL_SCORE.bars)
    np.testing.assert_allclose(np.diff(heard["tick"][0]), 0.2)
    np.testing.assert_allclose(heard["tick"][1][:8], [1, 0.4, 0.4, 0.4, 1, 0.4, 0.4, 0.4])
