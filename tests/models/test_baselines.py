import numpy as np
import pytest
import toy

from subgenre.config import FeatureConfig
from subgenre.models import baselines
from subgenre.models.baselines import METHODS, SCORE_READERS, onset_autocorrelation, score_features
from subgenre.plumbing.errors import ParameterError

CONFIG = FeatureConfig()


@pytest.fixture(scope="module")
def log_mels():
    return toy.log_mels(toy.load("toy", 1))


def test_a_method_hears_or_reads_or_knows_nothing(log_mels):
    music = toy.ScoredToy(tracks=toy.make_tracks(1))
    for name, method in METHODS.items():
        score, heard = score_features(name, music), baselines.sound_features(name, log_mels, CONFIG)
        assert (score is not None) == (name in SCORE_READERS)
        assert heard.any() == (method.of_sound is not None)
        assert len(heard) == 3 and (score is None or len(score) == 3)


def test_music_without_a_score_leaves_its_readers_out():
    music = toy.load("toy", 3)
    assert set(baselines.available(music)) == set(METHODS) - set(SCORE_READERS)
    assert baselines.available(toy.ScoredToy(tracks=music.tracks)) == list(METHODS)
    for name in SCORE_READERS:
        with pytest.raises(ParameterError, match="'toy'"):
            score_features(name, music)


def test_duple_metres_sound_alike_and_are_printed_differently():
    music = toy.ScoredToy(tracks=toy.make_tracks(1), printed=("2/4", "4/4", "6/8"))
    heard, printed = (score_features(name, music) for name in SCORE_READERS[:2])
    assert heard.tolist() == [["duple"], ["duple"], ["6/8"]]
    assert printed.tolist() == [["2/4"], ["4/4"], ["6/8"]]


def test_the_metre_oracle_answers_the_commonest_class_of_the_metre_or_of_all_if_it_is_new():
    (oracle,) = METHODS["metre oracle"].candidates(0)
    oracle.fit(np.array([[metre] for metre in ("6/8", "6/8", "6/8", "4/4")]), [1, 2, 1, 0])
    assert oracle.predict(np.array([["6/8"], ["4/4"], ["5/4"]])).tolist() == [1, 0, 1]


def test_rhythm_peaks_at_the_period_at_any_gain_and_silence_has_none(log_mels):
    rhythm = onset_autocorrelation(log_mels, CONFIG)
    np.testing.assert_allclose(rhythm, onset_autocorrelation(log_mels + 20, CONFIG), atol=1e-4)
    assert np.abs(rhythm).max() <= 1 + 1e-6 and rhythm.min() < -0.01  # without its mean
    beat = CONFIG.sample_rate / toy.BEATS_PER_SECOND["reel"] / CONFIG.hop_length
    assert 1 + rhythm[toy.LABELS.index("reel")].argmax() == round(beat)
    assert not onset_autocorrelation(np.full((2, 60, 64), -80.0), CONFIG).any()


def test_mfcc_statistics_are_four_per_coefficient(log_mels):
    assert baselines.mfcc_statistics(log_mels, CONFIG).shape == (3, 4 * baselines.N_MFCC)
