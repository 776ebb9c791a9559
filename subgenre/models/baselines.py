"""The simple methods: what each one knows of a clip, and the classifiers it may choose from.

scikit-learn takes a second to import, so functions import it: who only reads records needs none.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import librosa
import numpy as np

from subgenre.config import FeatureConfig
from subgenre.data.clips import PARTITIONS, Clips
from subgenre.data.dataset import Dataset, Track
from subgenre.data.noise import Partition
from subgenre.plumbing.errors import ParameterError

if TYPE_CHECKING:
    from sklearn.base import ClassifierMixin

N_MFCC = 20
"""librosa's default."""
LAG_SECONDS = 4.0
"""Longest lag of the autocorrelation: two bars or more at the tempo of most dances."""
CLIPS_PER_BATCH = 64
"""Bounds the memory of the features, at no cost in speed."""
SVM_C = (1.0, 10.0, 100.0)
_AUDIBLE = {"2/2": "duple", "2/4": "duple", "4/4": "duple"}
"""Which of these a tune is printed in is a book's habit; performances do not tell them apart."""
SVM_GAMMA = (0.001, 0.003, 0.01)
"""Around 1 / number of features, scikit-learn's default for features of unit variance."""


@runtime_checkable
class WrittenMusic(Protocol):
    """Music whose written notes are known, beside its sound."""

    def metres(self, tracks: Sequence[Track]) -> list[str]:
        """Return the printed metre of each track, for example ``"6/8"``."""
        ...

    def note_statistics(self, tracks: Sequence[Track]) -> np.ndarray:
        """Return numbers that describe the notes of each track [shape=(n_tracks, n_numbers)]."""
        ...


@dataclass(frozen=True)
class Source:
    """Where a method may look: the clips as the networks hear them, and the music behind them."""

    clips: Clips
    dataset: Dataset
    features: FeatureConfig


@dataclass(frozen=True)
class Method:
    """A simple way to answer.

    Attributes
    ----------
    knows : str
        What it knows of a clip, for the tables.
    chooses : str
        What is chosen on the validation set, for the tables.
    hears : bool
        It knows the sound alone, as the networks do; otherwise it reads the score or nothing.
    features : callable
        From a `Source` and the noise of a set to numbers per clip [shape=(n_clips, ...)].
    candidates : callable
        From a seed to the classifiers among which the validation set chooses, plainest first.
    """

    knows: str
    chooses: str
    hears: bool
    features: Callable[[Source, Partition], np.ndarray]
    candidates: Callable[[int], "list[ClassifierMixin]"]


def read(name: str, source: Source) -> dict[Partition, np.ndarray]:
    """Return what a method knows of every clip, under training noise and under test noise.

    Parameters
    ----------
    name : str
        One of `METHODS`.
    source : Source

    Returns
    -------
    dict
        Arrays [shape=(n_clips, n_features)] named ``train`` and ``test``.

    Raises
    ------
    ParameterError
        If the method reads the score and the data set has none.
    """
    return {noise: METHODS[name].features(source, noise) for noise in PARTITIONS}


def available(dataset: Dataset) -> list[str]:
    """Return the names of the methods that `dataset` can be given to."""
    written = isinstance(dataset, WrittenMusic)
    return [name for name in METHODS if written or name not in SCORE_READERS]


def mfcc_statistics(log_mels: np.ndarray) -> np.ndarray:
    """Return mean and standard deviation over time of the MFCCs and of their deltas.

    Parameters
    ----------
    log_mels : np.ndarray [shape=(n_clips, n_frames, n_mels)]
        In dB; nine frames or more.

    Returns
    -------
    np.ndarray [shape=(n_clips, 4 * N_MFCC)]

    References
    ----------
    Tzanetakis and Cook 2002, Musical genre classification of audio signals.
    """
    mfcc = librosa.feature.mfcc(S=log_mels.swapaxes(1, 2), n_mfcc=N_MFCC)
    delta = librosa.feature.delta(mfcc)
    return np.concatenate([f(x, axis=-1) for x in (mfcc, delta) for f in (np.mean, np.std)], axis=1)


def onset_autocorrelation(log_mels: np.ndarray, config: FeatureConfig) -> np.ndarray:
    """Return the autocorrelation of each clip's onset strength envelope.

    The envelope's mean is taken out first, or it would hide the rhythm.

    Parameters
    ----------
    log_mels : np.ndarray [shape=(n_clips, n_frames, n_mels)]
        In dB.
    config : FeatureConfig
        Tells the frame rate.

    Returns
    -------
    np.ndarray [shape=(n_clips, n_lags), within ±1]
        Relative to lag 0, from one frame up to `LAG_SECONDS` or the end of the clip.

    References
    ----------
    Böck and Widmer 2013 for the envelope; Tzanetakis and Cook 2002, Musical genre classification
    of audio signals, for its autocorrelation as a description of rhythm.
    """
    rate, hop = config.sample_rate, config.hop_length
    envelopes = np.stack(
        [librosa.onset.onset_strength(S=one.T, sr=rate, hop_length=hop) for one in log_mels]
    )
    envelopes -= envelopes.mean(axis=-1, keepdims=True)
    n_lags = round(LAG_SECONDS * rate / hop)
    correlation = librosa.autocorrelate(envelopes, max_size=n_lags + 1, axis=-1)
    energy, lagged = correlation[:, :1], correlation[:, 1:]
    return np.divide(lagged, energy, out=np.zeros_like(lagged), where=energy > 0)  # 0 in silence


def _nothing(source: Source, noise: Partition) -> np.ndarray:
    return np.zeros((len(source.clips.tracks), 1))


def _timbre(source: Source, noise: Partition) -> np.ndarray:
    return np.concatenate([mfcc_statistics(part) for part in _batches(source, noise)])


def _timbre_and_rhythm(source: Source, noise: Partition) -> np.ndarray:
    rhythm = [onset_autocorrelation(part, source.features) for part in _batches(source, noise)]
    return np.concatenate([_timbre(source, noise), np.concatenate(rhythm)], axis=1)


def _batches(source: Source, noise: Partition) -> list[np.ndarray]:
    log_mels = source.clips.log_mels(noise)
    starts = range(0, len(log_mels), CLIPS_PER_BATCH)
    return [log_mels[start : start + CLIPS_PER_BATCH] for start in starts]  # views of the file


def _metres(source: Source, noise: Partition) -> np.ndarray:
    return np.array(_score(source).metres(source.clips.tracks))[:, None]


def _audible_metres(source: Source, noise: Partition) -> np.ndarray:
    return np.array(
        [[_AUDIBLE.get(metre, metre)] for metre in _score(source).metres(source.clips.tracks)]
    )


def _notes(source: Source, noise: Partition) -> np.ndarray:
    return _score(source).note_statistics(source.clips.tracks)


def _score(source: Source) -> WrittenMusic:
    if isinstance(source.dataset, WrittenMusic):
        return source.dataset
    raise ParameterError(
        f"Expected a data set that knows its written notes; got {source.dataset.name!r}: choose a "
        f"baseline other than {', '.join(SCORE_READERS)}."
    )


def _constant(seed: int) -> "list[ClassifierMixin]":
    from sklearn.dummy import DummyClassifier

    return [DummyClassifier(strategy="most_frequent")]


def _svms(seed: int) -> "list[ClassifierMixin]":
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    return [
        make_pipeline(StandardScaler(), SVC(C=c, gamma=gamma))
        for c, gamma in product(SVM_C, SVM_GAMMA)
    ]


def _commonest_by_category(seed: int) -> "list[ClassifierMixin]":
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    # With one category per clip and hardly any smoothing, naive Bayes counts: it answers the
    # class that is commonest for the category, or commonest of all where the category is new.
    return [make_pipeline(OneHotEncoder(handle_unknown="ignore"), MultinomialNB(alpha=1e-10))]


def _tree_ensembles(seed: int) -> "list[ClassifierMixin]":
    from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

    return [
        RandomForestClassifier(n_estimators=300, random_state=seed),
        HistGradientBoostingClassifier(random_state=seed),
    ]


SVM_GRID = (
    f"C in {', '.join(f'{c:g}' for c in SVM_C)}; "
    f"gamma in {', '.join(f'{gamma:g}' for gamma in SVM_GAMMA)}"
)
METHODS = MappingProxyType(
    {
        "majority": Method("nothing", "nothing", False, _nothing, _constant),
        "MFCC statistics + SVM": Method("timbre", SVM_GRID, True, _timbre, _svms),
        "MFCC + onset autocorrelation + SVM": Method(
            "timbre and rhythm", SVM_GRID, True, _timbre_and_rhythm, _svms
        ),
        "metre oracle": Method(
            "the metre, as it can be heard",
            "nothing",
            False,
            _audible_metres,
            _commonest_by_category,
        ),
        "printed metre oracle": Method(
            "the metre, as it is printed", "nothing", False, _metres, _commonest_by_category
        ),
        "symbolic ceiling": Method(
            "the written notes",
            "random forest or gradient boosting",
            False,
            _notes,
            _tree_ensembles,
        ),
    }
)
"""From the one that knows least to the one that knows most."""
SCORE_READERS = ("metre oracle", "printed metre oracle", "symbolic ceiling")
"""Reference lines, not competitors: they read the score, which no listener has."""
