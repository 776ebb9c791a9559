from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from subgenre.config import digest
from subgenre.datasets.dances import synth
from subgenre.datasets.dances.renderer import (
    ACCOMPANIMENTS,
    DRUMS,
    NOTES_PER_SECOND,
    _unroll,
    draw_performance,
    grid_of,
    harmonise,
    perform,
)
from subgenre.datasets.dances.tunes import LABELS, Note, Tune
from subgenre.errors import DataError, ParameterError

SAMPLE_RATE = 16000
REEL_BARS = ((62, 66, 69, 66, 71, 69, 66, 69), (64, 67, 71, 67, 76, 74, 73, 71))
JIG_BARS = ((67, 71, 74, 74, 71, 67), (69, 72, 76, 74, 72, 69))


def make_tune(bars, metre, tonic, pickup=()):
    pitches = [*pickup, *(pitch for bar in bars for pitch in bar)]
    notes = tuple(Note(0.5 * i, 0.5, pitch) for i, pitch in enumerate(pitches))
    first, length = 0.5 * len(pickup), 0.5 * len(bars[0])
    starts = tuple(first + length * i for i in range(len(bars)))
    return Tune("t", "T", "reel", "book", metre, tonic, notes, starts, (first,), 0.5 * len(pitches))


REEL = make_tune(REEL_BARS * 4, "4/4", 2)
JIG = make_tune(JIG_BARS * 4, "6/8", 7)


def drawn(seed=0, **changes):
    return replace(draw_performance(np.random.default_rng(seed)), **changes)


def bare(**changes):
    """One melody instrument that plays exactly and dry."""
    return drawn(
        **{
            "transposition": 0, "start": 0.0, "swing": 0.0, "ornament_rate": 0.0,
            "articulation": 0.7, "timing_jitter_ms": 0.0, "dynamics_jitter_db": 0.0,
            "family": "pipes", "doubling": "none", "accompaniment": "none", "drums": "none",
            "eq_db": (0.0,) * 5, "wet": 0.0,
        }
        | changes
    )  # fmt: skip


def play(tune, performance, seconds=4.0, seed=0):
    return perform(tune, performance, seconds, SAMPLE_RATE, np.random.default_rng(seed))


@pytest.mark.parametrize("tune", [REEL, JIG], ids=["reel", "jig"])
@pytest.mark.parametrize("seed", range(8))
def test_a_clip_has_the_asked_shape_type_and_peak(tune, seed):
    performance = drawn(seed)
    clip = play(tune, performance, seconds=2.5)
    assert clip.shape == (40000,)
    assert clip.dtype == np.float32
    assert np.abs(clip).max() == pytest.approx(performance.gain, abs=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_the_same_seed_gives_the_same_bits(seed):
    clips = [
        perform(REEL, draw_performance(rng), 2.0, SAMPLE_RATE, rng)
        for rng in (np.random.default_rng(seed) for _ in range(2))
    ]
    np.testing.assert_array_equal(*clips)
    assert not np.array_equal(clips[0], play(REEL, drawn(seed + 100), 2.0))


def test_the_clip_does_not_depend_on_the_label():
    for label in LABELS:
        np.testing.assert_array_equal(
            play(REEL, drawn(1), 1.0), play(replace(REEL, label=label), drawn(1), 1.0)
        )


@pytest.mark.parametrize("tune", [REEL, JIG], ids=["reel", "jig"])
@pytest.mark.parametrize("rate", NOTES_PER_SECOND)
def test_notes_come_at_the_drawn_rate(tune, rate):
    clip = play(tune, bare(notes_per_second=rate, accent_db=0.0, articulation=0.6), seconds=10.0)
    loud = np.sqrt(np.convolve(clip**2, np.ones(160) / 160, "same"))
    onsets = np.sum(np.diff((loud > 0.25 * loud.max()).astype(int)) == 1)
    assert onsets / 10 == pytest.approx(rate, abs=0.3)


def test_long_and_short_notes_make_the_same_rate():
    slow = replace(
        REEL,
        notes=tuple(Note(2 * n.onset, 2 * n.duration, n.midi) for n in REEL.notes),
        bars=tuple(2 * bar for bar in REEL.bars), length=2 * REEL.length, metre="4/2",
    )  # fmt: skip
    np.testing.assert_array_equal(play(REEL, bare(), 2.0), play(slow, bare(), 2.0))


def test_a_note_sounds_at_its_pitch():
    tune = make_tune([(69,) * 8] * 4, "4/4", 9)
    spectrum = np.abs(np.fft.rfft(play(tune, bare(family="flute"), 4.0)))
    harmonic = np.argmax(spectrum) / 4 / 440
    assert harmonic == pytest.approx(round(harmonic), abs=0.01)


def test_the_tune_goes_round_and_starts_where_it_is_told():
    one_round_s = len(REEL.notes) / 5.0
    score = _unroll(REEL, bare(notes_per_second=5.0), 1.5 * one_round_s)
    pitches = [note.midi for note in REEL.notes]
    np.testing.assert_array_equal(score.midi, pitches + pitches[:32])
    later = _unroll(REEL, bare(notes_per_second=5.0, start=0.26), one_round_s)
    np.testing.assert_array_equal(later.midi, pitches[16:] + pitches[:16])
    assert later.onsets[0] == 0.0


@pytest.mark.parametrize(("last_bar", "again"), [(7, [60]), (8, [])])
def test_a_pickup_is_repeated_only_if_the_last_bar_leaves_room(last_bar, again):
    bars = [*REEL_BARS, (74,) * last_bar]
    score = _unroll(make_tune(bars, "4/4", 2, pickup=(60,)), bare(notes_per_second=5.0), 10.0)
    expected = [*REEL_BARS[0], *REEL_BARS[1], *[74] * last_bar, *again, *REEL_BARS[0]]
    np.testing.assert_array_equal(score.midi[: len(expected)], expected)
    np.testing.assert_allclose(np.diff(score.bars), 8 / 5.0)


@pytest.mark.parametrize(
    ("metre", "strong", "weak"),
    [
        ("4/4", [0, 2], [1, 3]),
        ("2/2", [0, 2], [1, 3]),
        ("2/4", [0, 1], [0.5, 1.5]),
        ("6/8", [0, 1.5], [1, 2.5]),
        ("9/8", [0, 1.5, 3], [1, 2.5, 4]),
        ("3/4", [0], [1, 2]),
    ],
)
def test_the_metre_decides_where_weight_falls(metre, strong, weak):
    grid = grid_of(replace(REEL, metre=metre))
    np.testing.assert_allclose(grid.strong, strong)
    np.testing.assert_allclose(grid.weak, weak)


def test_downbeats_are_louder():
    clip = play(REEL, bare(accent_db=8.0, notes_per_second=5.0), 8.0).astype(float)
    power = (clip**2).reshape(-1, 8, 3200).mean(axis=(0, 2))  # eight notes of 0.2 s in a bar
    assert 10 * np.log10(power[0] / power[1::2].mean()) == pytest.approx(8, abs=1.5)
    assert power[0] > power[4] > power[2]


def test_swing_lengthens_the_first_of_each_pair_and_keeps_the_beat():
    score = _unroll(REEL, bare(swing=0.2, notes_per_second=5.0), 4.0)
    np.testing.assert_allclose(np.diff(score.onsets)[:4], [0.24, 0.16, 0.24, 0.16])
    lilt = _unroll(JIG, bare(swing=0.2, notes_per_second=5.0), 4.0)
    np.testing.assert_allclose(np.diff(lilt.onsets)[:4], [0.24, 0.16, 0.20, 0.24])


@pytest.mark.parametrize("accompaniment", set(ACCOMPANIMENTS) - {"none", "drone"})
def test_bass_marks_the_bars(accompaniment):
    performance = bare(
        accompaniment=accompaniment, accompaniment_family="plucked", notes_per_second=5.0
    )
    clip = play(JIG, performance, 7.2)
    spectra = np.abs(np.fft.rfft(clip.reshape(-1, 1600), axis=1))  # every 0.1 s, bins of 10 Hz
    bass = spectra[:, 7:17].sum(axis=1).reshape(-1, 12).mean(axis=0)  # over a bar of 1.2 s
    assert bass[0] > 1.5 * np.median(bass)


def test_chords_fit_the_bars():
    triads = harmonise(REEL)
    np.testing.assert_array_equal(triads[0], [2, 6, 9])  # D major in the tonic bar
    np.testing.assert_array_equal(triads[1], [4, 7, 11])  # E minor: e g b g e' ...


def test_high_and_low_tunes_are_folded_into_reach():
    for shift in (-30, 30):
        tune = replace(REEL, notes=tuple(replace(n, midi=n.midi + shift) for n in REEL.notes))
        assert np.isfinite(play(tune, drawn(3), 1.0)).all()


def test_most_performances_let_the_metre_be_heard():
    performances = [drawn(seed) for seed in range(400)]
    assert 0.7 < np.mean([p.accompaniment != "none" for p in performances]) < 0.9
    assert {p.accompaniment for p in performances} == set(ACCOMPANIMENTS)
    assert {p.drums for p in performances} == set(DRUMS)
    assert {p.family for p in performances} == set(synth.FAMILIES)


@pytest.mark.parametrize(
    "probe",
    [
        make_pipeline(StandardScaler(), LogisticRegression(max_iter=200)),
        RandomForestClassifier(50, random_state=0),
    ],
    ids=["linear", "forest"],
)
def test_a_probe_cannot_read_the_label_from_the_performance(probe):
    # Names as in the books: numbered by class, which a careless seed would pass on.
    per_class = 150
    names = [f"book-{700 + number:04d}/0" for number in range(per_class * len(LABELS))]
    labels = np.repeat(LABELS, per_class)
    seeds = [int(digest(name), 16) for name in names]
    vectors = np.stack([drawn(seed).as_vector() for seed in seeds])
    hits = np.sum(cross_val_predict(probe, vectors, labels, cv=5) == labels)
    low, high = binom.interval(0.999, len(labels), 1 / len(LABELS))
    assert low <= hits <= high


def test_a_tune_without_notes_or_bars_is_refused():
    for tune in (replace(REEL, notes=()), replace(REEL, bars=())):
        with pytest.raises(DataError, match="notes and bars"):
            play(tune, drawn())


@pytest.mark.parametrize(("seconds", "sample_rate"), [(0, 16000), (-1, 16000), (1, 0)])
def test_an_impossible_length_is_refused(seconds, sample_rate):
    with pytest.raises(ParameterError, match="positive length"):
        perform(REEL, drawn(), seconds, sample_rate, np.random.default_rng())
