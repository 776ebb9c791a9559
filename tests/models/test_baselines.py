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
    music = toy.ScoredToy(tracks=toy.make_tracks(1), extra=toy.make_tracks(1, more=" again")[2:])
    for name, method in METHODS.items():
        score, heard = score_features(name, music), baselines.sound_features(name, log_mels, CONFIG)
        assert (score is not None) == (name in SCORE_READERS)
        assert heard.any() == (method.of_sound is not None)
        assert len(heard) == 3
        if score is not None:  # an extra track's is the last
            assert len(score) == 4 and score[3].tolist() == score[2].tolist()


def test_music_without_a_score_leaves_its_readers_out():
    music = toy.load("toy", 3)
    assert set(baselines.available(music)) == set(METHODS) - set(SCORE_READERS)
    assert baselines.available(toy.ScoredToy(tracks=music.tracks)) == list(METHODS)
    for name in SCORE_READERS:
        with pytest.raises(ParameterError, match="'toy'"):
            score_features(name, music)


def test_duple_metres_sound_alike_and_are_printed_differently():
    music = toy.ScoredToy(tracks=toy.make_tracks(1), printed=("2/4", "4/4", "6/8"))
    heard, printed, *with_bars = (score_features(name, music) for name in SCORE_READERS[:4])
    assert heard.tolist() == [["duple"], ["duple"], ["6/8"]]
    assert printed.tolist() == [["2/4"], ["4/4"], ["6/8"]]
    for column, found in enumerate(with_bars):  # audible metre, and one number of bars
        assert found[:, 0].tolist() == [1, 1, 0]
        np.testing.assert_array_equal(found[:, 1], music.bars(music.tracks)[:, column])


def test_metre_alone_answers_its_commonest_class_or_that_of_all_if_it_is_new():
    (oracle,) = METHODS["metre"].candidates(0)
    oracle.fit(np.array([[metre] for metre in ("6/8", "6/8", "6/8", "4/4")]), [1, 2, 1, 0])
    assert oracle.predict(np.array([["6/8"], ["4/4"], ["5/4"]])).tolist() == [1, 0, 1]


def test_each_rung_of_the_ladder_tells_what_the_one_below_cannot():
    """Of the toys, metre tells two of three classes, and bars tell all."""
    music, right = toy.ScoredToy(tracks=toy.make_tracks(50)), {}
    y = [toy.LABELS.index(one.label) for one in music.tracks]
    for name in ("metre", "metre + seconds of a bar", "metre + notes per bar"):
        x = score_features(name, music)
        right[name] = np.mean(METHODS[name].candidates(0)[0].fit(x, y).predict(x) == y)
    assert list(right.values()) == pytest.approx([2 / 3, 1, 1])


def test_rhythm_peaks_at_the_period_at_any_gain_and_silence_has_none(log_mels):
    rhythm = onset_autocorrelation(log_mels, CONFIG)
    np.testing.assert_allclose(rhythm, onset_autocorrelation(log_mels + 20, CONFIG), atol=1e-4)
    assert np.abs(rhythm).max() <= 1 + 1e-6 and rhythm.min() < -0.01  # without its mean
    beat = CONFIG.sample_rate / toy.BEATS_PER_SECOND["reel"] / CONFIG.hop_length
    assert 1 + rhythm[toy.LABELS.index("reel")].argmax() == round(beat)
    assert not onset_autocorrelation(np.full((2, 60, 64), -80.0), CONFIG).any()


def test_mfcc_statistics_are_four_per_coefficient(log_mels):
    assert baselines.mfcc_statistics(log_mels, CONFIG).shape == (3, 4 * baselines.N_MFCC)
