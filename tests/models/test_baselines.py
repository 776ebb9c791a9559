import numpy as np
import pytest
import toy

from subgenre.config import FeatureConfig
from subgenre.data.features import log_mel
from subgenre.models.baselines import (
    METHODS,
    N_MFCC,
    SCORE_READERS,
    available,
    mfcc_statistics,
    onset_autocorrelation,
    score_features,
    sound_features,
)
from subgenre.plumbing.errors import ParameterError

CONFIG = FeatureConfig()


@pytest.fixture(scope="module")
def log_mels():
    """Return a clip of each class."""
    music, rate = toy.load("toy", 1), CONFIG.sample_rate
    return np.stack([log_mel(music.audio(track, rate), CONFIG) for track in music.tracks])


def test_a_method_hears_or_reads_or_knows_nothing(log_mels):
    music = toy.ScoredToy(tracks=toy.make_tracks(1))
    for name, method in METHODS.items():
        score, heard = score_features(name, music), sound_features(name, log_mels, CONFIG)
        assert (score is not None) == (name in SCORE_READERS)
        assert heard.any() == (method.of_sound is not None)
        assert len(heard) == 3 and (score is None or len(score) == 3)
    simple = [name for name, one in METHODS.items() if not (one.of_sound or one.of_score)]
    assert simple == ["majority"]


def test_music_without_a_score_leaves_its_readers_out():
    music = toy.load("toy", 3)
    assert set(available(music)) == set(METHODS) - set(SCORE_READERS)
    assert available(toy.ScoredToy(tracks=music.tracks)) == list(METHODS)
    for name in SCORE_READERS:
        with pytest.raises(ParameterError, match="'toy'"):
            score_features(name, music)


def test_duple_metres_sound_alike_and_are_printed_differently():
    music = toy.ScoredToy(tracks=toy.make_tracks(1), printed=("2/4", "4/4", "6/8"))
    heard, printed = (score_features(name, music) for name in SCORE_READERS[:2])
    assert heard.tolist() == [["duple"], ["duple"], ["6/8"]]
    assert printed.tolist() == [["2/4"], ["4/4"], ["6/8"]]


def test_a_metre_that_training_lacks_gets_the_commonest_class():
    (oracle,) = METHODS["metre oracle"].candidates(0)
    oracle.fit(np.array([["6/8"], ["6/8"], ["4/4"]]), [1, 1, 0])
    assert oracle.predict(np.array([["4/4"], ["5/4"]])).tolist() == [0, 1]


def test_gain_does_not_matter_to_rhythm(log_mels):
    rhythm = onset_autocorrelation(log_mels, CONFIG)
    np.testing.assert_allclose(rhythm, onset_autocorrelation(log_mels + 20, CONFIG), atol=1e-4)
    assert np.abs(rhythm).max() <= 1 + 1e-6 and rhythm.min() < -0.01  # without its mean


def test_the_autocorrelation_peaks_at_the_period_and_silence_has_none(log_mels):
    assert not onset_autocorrelation(np.full((2, 60, 64), -80.0), CONFIG).any()
    peaks = 1 + onset_autocorrelation(log_mels, CONFIG).argmax(axis=1)
    beat = CONFIG.sample_rate / toy.BEATS_PER_SECOND["reel"] / CONFIG.hop_length
    assert peaks[toy.LABELS.index("reel")] == round(beat)


def test_mfcc_statistics_are_four_per_coefficient(log_mels):
    assert mfcc_statistics(log_mels, CONFIG).shape == (3, 4 * N_MFCC)
