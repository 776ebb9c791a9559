from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from snippets import JIG, REEL, REEL_BARS, make_tune

from subgenre.config import digest
from subgenre.data.dances import performer
from subgenre.data.dances.tunes import LABELS

RATE = 16_000


def drawn(seed=0, **changes):
    return replace(performer.draw_performance(np.random.default_rng(seed)), **changes)


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


def play(tune, choices, seconds=4.0):
    return performer.perform(tune, choices, seconds, RATE, np.random.default_rng(0))


@pytest.mark.parametrize("tune", [REEL, JIG], ids=["reel", "jig"])
@pytest.mark.parametrize("seed", range(8))
def test_the_seed_decides_what_is_heard_and_not_the_label(tune, seed):
    clip = play(tune, drawn(seed), 2.5)
    assert (clip.shape, clip.dtype) == ((40_000,), np.float32)
    assert np.abs(clip).max() == pytest.approx(drawn(seed).gain, abs=1e-6)
    other = replace(tune, label=LABELS[seed % 6])
    np.testing.assert_array_equal(clip, play(other, drawn(seed), 2.5))
    assert not np.array_equal(clip, play(tune, drawn(seed + 100), 2.5))


SLOW = make_tune(REEL_BARS * 4, "4/2", 2, step=1.0)


@pytest.mark.parametrize("tune", [REEL, JIG, SLOW], ids=["reel", "jig", "slow"])
@pytest.mark.parametrize("rate", performer.NOTES_PER_SECOND)
def test_notes_come_at_the_drawn_rate_however_long_they_are(tune, rate):
    clip = play(tune, bare(notes_per_second=rate, accent_db=0.0, articulation=0.6), seconds=10.0)
    loud = np.sqrt(np.convolve(clip**2, np.ones(160) / 160, "same"))
    onsets = np.sum(np.diff((loud > 0.25 * loud.max()).astype(int)) == 1)
    assert onsets / 10 == pytest.approx(rate, abs=0.3)


@pytest.mark.parametrize("octaves", [-3, 0, 3])
def test_a_note_sounds_at_its_pitch_folded_into_reach(octaves):
    tune = make_tune([(69 + 12 * octaves,) * 8] * 4, "4/4", 9)
    spectrum = np.abs(np.fft.rfft(play(tune, bare(family="flute"), 4.0)))
    hertz = {-3: 220, 0: 440, 3: 1760}[octaves]
    assert np.argmax(spectrum) / 4 == pytest.approx(hertz, rel=0.01)


def test_downbeats_are_louder():
    clip = play(REEL, bare(accent_db=8.0, notes_per_second=5.0), 8.0).astype(float)
    power = (clip**2).reshape(-1, 8, 3200).mean(axis=(0, 2))  # eight notes of 0.2 s in a bar
    assert 10 * np.log10(power[0] / power[1::2].mean()) == pytest.approx(8, abs=1.5)
    assert power[0] > power[4] > power[2]


def test_bass_marks_the_bars():
    along = {"accompaniment": "pad", "accompaniment_family": "plucked"}
    clip = play(JIG, bare(**along, notes_per_second=5.0), 7.2)
    spectra = np.abs(np.fft.rfft(clip.reshape(-1, 1600), axis=1))  # every 0.1 s, bins of 10 Hz
    bass = spectra[:, 7:17].sum(axis=1).reshape(-1, 12).mean(axis=0)  # over a bar of 1.2 s
    assert bass[0] > 1.5 * np.median(bass)


def test_most_performances_let_the_metre_be_heard():
    many = pd.DataFrame([asdict(drawn(seed)) for seed in range(400)])
    assert 0.7 < np.mean(many["accompaniment"] != "none") < 0.9
    assert set(many["accompaniment"]) == set(performer.ACCOMPANIMENTS)
    assert set(many["drums"]) == set(performer.DRUMS)
    assert set(many["family"]) == set(performer.FAMILIES)


LINEAR = make_pipeline(StandardScaler(), LogisticRegression(max_iter=200))
FOREST = RandomForestClassifier(50, random_state=0)


@pytest.mark.parametrize("probe", [LINEAR, FOREST], ids=["linear", "forest"])
def test_a_probe_cannot_read_the_label_from_the_performance(probe):
    # Names as in the books: numbered by class, which a careless seed would pass on.
    labels = np.repeat(LABELS, 150)
    seeds = [int(digest(f"book-{700 + number:04d}/0"), 16) for number in range(len(labels))]
    choices = pd.DataFrame([asdict(drawn(seed)) for seed in seeds])
    numbers = pd.get_dummies(choices.drop(columns="eq_db"))  # names as indicators
    vectors = np.hstack([numbers, np.stack(choices["eq_db"])]).astype(float)
    hits = np.sum(cross_val_predict(probe, vectors, labels, cv=5) == labels)
    low, high = binom.interval(0.999, len(labels), 1 / len(LABELS))
    assert low <= hits <= high
