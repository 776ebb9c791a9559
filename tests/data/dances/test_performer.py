from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, kstest
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_val_predict
from snippets import JIG, REEL, make_tune

from subgenre.data.dances import performer, players, synth
from subgenre.data.dances.score import harmonise, unroll
from subgenre.data.dances.tunes import LABELS

RATE = 16_000
REEL_SCORE, JIG_SCORE = unroll(REEL, 6.4, 5.0), unroll(JIG, 4.8, 5.0)  # four bars each


def drawn(seed):
    return performer.draw_performance(np.random.default_rng(seed))


BARE = replace(  # one melody instrument that plays exactly and dry
    drawn(0), notes_per_second=5.0, transposition=0, start=0.0, swing=0.0, ornament_rate=0.0,
    articulation=0.7, timing_jitter_ms=0.0, dynamics_jitter_db=0.0, family="pipes",
    doubling="none", accompaniment="none", drums="none", eq_db=(0.0,) * 5, wet=0.0,
)  # fmt: skip


def perform(tune, choices, seconds):
    return performer.perform(tune, choices, seconds, RATE, np.random.default_rng(0))


def play(pitches, family="fiddle", seconds=1.0, seed=0):
    onsets = 0.5 * np.arange(len(pitches))
    part = synth.Part(onsets, 0.45 + 0 * onsets, np.array(pitches, float), 1 + 0 * onsets)
    voice = synth.build_voice(family, seed, 0.5, RATE)
    return synth.play(part, voice, round(seconds * RATE), RATE, np.random.default_rng(seed))


@pytest.mark.parametrize("tune", [REEL, JIG], ids=["reel", "jig"])
@pytest.mark.parametrize("seed", range(8))
def test_the_seed_decides_what_is_heard_and_not_the_label(tune, seed):
    clip = perform(tune, drawn(seed), 2.5)
    assert (clip.shape, clip.dtype) == ((40_000,), np.float32)
    assert np.abs(clip).max() == pytest.approx(drawn(seed).gain, abs=1e-6)
    other = replace(tune, label=LABELS[seed % 6])
    np.testing.assert_array_equal(clip, perform(other, drawn(seed), 2.5))
    assert not np.array_equal(clip, perform(tune, drawn(seed + 100), 2.5))


@pytest.mark.parametrize(("octaves", "hertz"), [(-3, 220), (0, 440), (3, 1760)])
def test_a_note_sounds_at_its_pitch_folded_into_reach(octaves, hertz):
    tune = make_tune([(69 + 12 * octaves,) * 8] * 4, "4/4", 9)
    spectrum = np.abs(np.fft.rfft(perform(tune, replace(BARE, family="flute"), 4.0)))
    assert np.argmax(spectrum) / 4 == pytest.approx(hertz, rel=0.01)


def test_downbeats_are_louder_and_have_a_bass():
    clip = perform(REEL, replace(BARE, accent_db=8.0), 8.0).astype(float)
    power = (clip**2).reshape(-1, 8, 3200).mean(axis=(0, 2))  # eight notes of 0.2 s in a bar
    assert 10 * np.log10(power[0] / power[1::2].mean()) == pytest.approx(8, abs=1.5)
    assert power[0] > power[4] > power[2]
    along = replace(BARE, accent_db=0.0, accompaniment="pad", accompaniment_family="plucked")
    parts = perform(JIG, along, 7.2).reshape(-1, 12, 1600)  # twelve of 0.1 s in a bar
    bass = np.abs(np.fft.rfft(parts))[..., 7:17].sum(axis=2).mean(axis=0)  # bins of 10 Hz
    assert bass[0] > 1.5 * np.median(bass)


def test_most_performances_let_the_metre_be_heard_and_none_tells_the_label(dances, monkeypatch):
    monkeypatch.setattr("subgenre.data.dances.perform", lambda tune, choices, *_: choices)
    tracks = dances.tracks[::3]
    choices = pd.DataFrame([asdict(dances.audio(track, RATE)) for track in tracks])
    assert 0.7 < np.mean(choices["accompaniment"] != "none") < 0.9
    options = performer.FAMILIES, performer.ACCOMPANIMENTS, performer.DRUMS
    for name, known in zip(("family", "accompaniment", "drums"), options, strict=True):
        assert set(choices[name]) == set(known)
    rates = np.interp(np.log(choices["notes_per_second"]), np.log([3.5, 8.5]), [0, 1])
    assert 0 < min(rates) < max(rates) < 1 and kstest(rates, "uniform").pvalue > 0.001
    numbers = pd.get_dummies(choices.drop(columns="eq_db"))  # names as indicators
    vectors = np.hstack([numbers, np.stack(choices["eq_db"])]).astype(float)
    labels = [track.label for track in tracks]
    told = cross_val_predict(RandomForestClassifier(50, random_state=0), vectors, labels, cv=5)
    low, high = binom.interval(0.999, len(labels), 1 / len(LABELS))
    assert low <= np.sum(told == labels) <= high


@pytest.mark.parametrize("transposition", [-5, 0, 4])
def test_every_bar_begins_with_its_root_in_the_bass_and_chords_are_above(transposition):
    roots = (harmonise(JIG)[JIG_SCORE.bar_numbers, 0] + transposition) % 12
    per_bar = {"pad": (1, 1), "vamp": (1, 2), "stride": (2, 2)}  # notes of the bass, and chords
    for style, (n_bass, n_chords) in per_bar.items():
        part = players.accompany(JIG, JIG_SCORE, style, transposition, fades=False)
        bass, chords = np.split(part.pitches, [n_bass * len(roots)])
        np.testing.assert_array_equal(bass[::n_bass] % 12, roots)
        np.testing.assert_allclose(part.onsets[: len(bass) : n_bass], JIG_SCORE.bars)
        assert len(chords) == 3 * n_chords * len(roots)
        assert set(bass) <= set(range(40, 52)) and set(chords) <= set(range(55, 67))


def test_a_drone_sounds_on_unless_it_fades():
    on, struck = (players.accompany(REEL, REEL_SCORE, "drone", 2, fades) for fades in (0, 1))
    assert set(on.pitches % 12) == {4, 11}  # tonic and fifth of D, two semitones up
    assert set(on.onsets) == {0.0} and on.durations.min() > 60
    np.testing.assert_allclose(np.unique(struck.onsets), REEL_SCORE.bars)


def test_a_frame_drum_answers_every_strong_beat_and_a_brush_ticks_on_every_subdivision():
    (_, ticks, ticking), (_, thuds, thudding) = players.drum_strokes(JIG, JIG_SCORE, "frame")
    drummed = thuds[:3], thudding[:3], ticks[:3], ticking[:3]
    np.testing.assert_allclose(drummed, [(0, 0.6, 1.2), (1, 0.65, 1), (0.4, 1.0, 1.6), (1, 1, 1)])
    (_, ticks, ticking), (_, thuds, _) = players.drum_strokes(REEL, REEL_SCORE, "brush")
    np.testing.assert_allclose(thuds, REEL_SCORE.bars)
    np.testing.assert_allclose(np.diff(ticks), 0.2)
    np.testing.assert_allclose(ticking[:8], [1, 0.4, 0.4, 0.4, 1, 0.4, 0.4, 0.4])  # on the beat


@pytest.mark.parametrize("family", synth.FAMILIES)
@pytest.mark.parametrize("seed", range(3))
def test_a4_sounds_at_440_hz_and_its_harmonics(family, seed):
    sound = play([69], family, seed=seed)[:8000]
    power = np.abs(np.fft.rfft(sound * np.hanning(8000), 2**16)) ** 2
    fundamental_hz = 440 * 2 ** synth.FAMILIES[family].octave
    harmonic = np.argmax(power) * RATE / 2**16 / fundamental_hz
    assert harmonic == pytest.approx(max(1, round(harmonic)), abs=0.012)


def test_no_partial_lies_above_the_nyquist_frequency():
    sample = np.sort(np.abs(np.fft.rfft(play([100.5], "pipes", seed=3)[1000:6120])))
    assert np.sum(sample[-10:] ** 2) > 0.95 * np.sum(sample**2)  # few partials, no aliases


def test_notes_sound_when_they_should_and_only_plucked_ones_fade():
    plucked, piped = (play([62, 62], kind).astype(float) ** 2 for kind in ("plucked", "pipes"))
    assert piped[:7200].any() and not piped[7760:8000].any() and piped[8000:8100].any()
    falls = [power[800:2400].mean() / power[5600:7200].mean() for power in (plucked, piped)]
    assert falls[0] > 3 and 0.5 < falls[1] < 2
    assert play([69, 70, 71, 72], seconds=0.7).shape == (11200,)
    assert not play([]).any()


def test_a_body_lifts_its_band_and_a_room_rings_on():
    def room(sound, eq_db, wet):
        return synth.body_and_room(sound, eq_db, 1.0, wet, RATE, np.random.default_rng(0))

    click = np.eye(1, RATE, dtype=np.float32)[0]
    dry = room(np.roll(click, 8000), (0, 0, 6, 0, 0), 0.0)
    gain_db = 20 * np.log10(np.abs(np.fft.rfft(dry)))[[120, 1000, 5999]]  # bins are 1 Hz wide
    np.testing.assert_allclose(gain_db, [0, 6, 0], atol=0.3)
    echo = room(click, (0,) * 5, 0.4)
    early, late = np.mean(echo[100:1700] ** 2), np.mean(echo[8100:9700] ** 2)
    assert 10 * np.log10(early / late) == pytest.approx(30, abs=3)  # 60 dB in 1 s


def test_thuds_are_low_and_ticks_are_high_and_strokes_fall_where_asked():
    hits = [players.drum_hit(kind, 0, RATE) for kind in ("thud", "tick")]
    assert [np.abs(hit).max() for hit in hits] == pytest.approx([1, 1])
    powers = [np.abs(np.fft.rfft(hit)) ** 2 for hit in hits]
    thud, tick = (power[: len(power) // 16].sum() / power.sum() for power in powers)
    assert thud > 0.5 and tick < 0.1  # the shares below 500 Hz
    onsets, levels = np.array([0.1, 0.9, 2.0]), np.array([1.0, 0.5, 1.0])
    out = players.strike(np.array([1.0, 0.5]), onsets, levels, 10, 10)
    np.testing.assert_allclose(out, [0, 1, 0.5, 0, 0, 0, 0, 0, 0, 0.5])
