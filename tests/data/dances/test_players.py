import numpy as np
import pytest
from snippets import JIG, REEL

from subgenre.data.dances import players
from subgenre.data.dances.score import harmonise, unroll

REEL_SCORE, JIG_SCORE = unroll(REEL, 6.4, 5.0), unroll(JIG, 4.8, 5.0)  # four bars each


@pytest.mark.parametrize(
    ("style", "chords_per_bar", "bass_per_bar"), [("pad", 1, 1), ("vamp", 2, 1), ("stride", 2, 2)]
)
@pytest.mark.parametrize("transposition", [-5, 0, 4])
def test_every_bar_begins_with_the_root_in_the_bass_and_chords_stay_in_their_octave(
    style, transposition, chords_per_bar, bass_per_bar
):
    part = players.accompany(JIG, JIG_SCORE, style, transposition, fades=False)
    roots = harmonise(JIG)[JIG_SCORE.bar_numbers, 0] + transposition
    for bar, root in zip(JIG_SCORE.bars, roots, strict=True):
        lowest = part.pitches[np.isclose(part.onsets, bar)].min()
        assert lowest % 12 == root % 12
        assert players.LOWEST_BASS_MIDI <= lowest < players.LOWEST_BASS_MIDI + 12
    n_bass = bass_per_bar * len(roots)
    assert len(part.pitches) == n_bass + 3 * chords_per_bar * len(roots)
    assert set(part.pitches[n_bass:]) <= set(range(players.LOWEST_CHORD_MIDI, 67))


def test_a_drone_sounds_on_unless_it_fades():
    on, struck = (players.accompany(REEL, REEL_SCORE, "drone", 2, fades) for fades in (0, 1))
    assert set(on.pitches % 12) == {4, 11}  # tonic and fifth of D, two semitones up
    assert set(on.onsets) == {0.0} and on.durations.min() > 60
    np.testing.assert_allclose(np.unique(struck.onsets), REEL_SCORE.bars)


def test_a_frame_drum_answers_every_strong_beat_and_a_brush_ticks_on_every_subdivision():
    (_, ticks, ticking), (_, thuds, thudding) = players.drum_strokes(JIG, JIG_SCORE, "frame")
    drummed = thuds[:3], thudding[:3], ticks[:3], ticking[:3]
    expected = (0, 0.6, 1.2), (1, 0.65, 1), (0.4, 1.0, 1.6), (1, 1, 1)
    np.testing.assert_allclose(drummed, expected)
    (_, ticks, ticking), (_, thuds, _) = players.drum_strokes(REEL, REEL_SCORE, "brush")
    np.testing.assert_allclose(thuds, REEL_SCORE.bars)
    np.testing.assert_allclose(np.diff(ticks), 0.2)
    np.testing.assert_allclose(ticking[:8], [1, 0.4, 0.4, 0.4, 1, 0.4, 0.4, 0.4])  # on the beat


@pytest.mark.parametrize(("kind", "low", "high"), [("thud", 0.5, 1.0), ("tick", 0.0, 0.1)])
def test_thuds_are_low_and_ticks_are_high(kind, low, high):
    hit = players.drum_hit(kind, 0, 16_000)
    power = np.abs(np.fft.rfft(hit)) ** 2
    assert low <= power[: len(power) // 16].sum() / power.sum() <= high  # below 500 Hz
    assert np.abs(hit).max() == pytest.approx(1.0)


def test_strokes_fall_where_asked():
    hit = np.array([1.0, 0.5], np.float32)
    out = players.strike(hit, np.array([0.1, 0.9, 2.0]), np.array([1.0, 0.5, 1.0]), 10, 10)
    np.testing.assert_allclose(out, [0, 1, 0.5, 0, 0, 0, 0, 0, 0, 0.5])
