"""The simple methods: what each one knows of a clip, and the classifiers it may choose from.

librosa and scikit-learn take a second to import, so functions import them: who only reads records
needs neither.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from subgenre.config import FeatureConfig, unfit
from subgenre.data.dataset import Dataset, Track

if TYPE_CHECKING:
    from sklearn.base import ClassifierMixin

N_MFCC = 20  #: librosa's default
LAG_SECONDS = 4.0  #: longest of the autocorrelation: two bars or more at most dances' tempo
CLIPS_PER_BATCH = 64  #: bounds the memory of the features, at no cost in speed
SVM_C = (1.0, 10.0, 100.0)
#: Around 1 / number of features, scikit-learn's default for features of unit variance.
SVM_GAMMA = (0.001, 0.003, 0.01)
#: Which of these a tune is printed in is a book's habit; performances do not tell them apart.
AUDIBLE = dict.fromkeys(("2/2", "2/4", "4/4"), "duple")


@runtime_checkable
class WrittenMusic(Protocol):
    """Music whose written notes are known, beside its sound."""

    def metres(self, tracks: Sequence[Track]) -> list[str]:
        """Return the printed metre of each track, ``"6/8"``, say."""

    def bars(self, tracks: Sequence[Track]) -> np.ndarray:
        """Return seconds of a bar, and notes in one, of each track [shape=(n_tracks, 2)]."""

    def note_statistics(self, tracks: Sequence[Track]) -> np.ndarray:
        """Return numbers that describe the notes of each track [shape=(n_tracks, n_numbers)]."""


@dataclass(frozen=True)
class Method:
    """A simple way to answer: in words for the tables, and how it is done.

    The validation set chooses among the `candidates` of a seed, plainest first. A method that hears
    has `of_sound`, from log-mels [shape=(n_clips, n_frames, n_mels)] to features [shape=(n_clips,
    n_features)]; one that reads the score has `of_score`, which says something of each track.
    """

    knows: str
    chooses: str
    candidates: Callable[[int], "list[ClassifierMixin]"]
    of_sound: Callable[[np.ndarray, FeatureConfig], np.ndarray] | None = None
    of_score: Callable[[WrittenMusic, Sequence[Track]], Sequence | np.ndarray] | None = None


def available(dataset: Dataset) -> list[str]:
    """Return the names of the methods that `dataset` can be given to."""
    written = isinstance(dataset, WrittenMusic)
    return [name for name in METHODS if written or name not in SCORE_READERS]


def score_features(name: str, dataset: Dataset) -> np.ndarray | None:
    """Return what a method knows of the score, None if nothing.

    The rows are those of all tracks, the extra ones last [shape=(n_tracks, n_features)].

    If it reads the score and the data set has none, that is a `ParameterError`.
    """
    of_score = METHODS[name].of_score
    if of_score is None:
        return None
    if isinstance(dataset, WrittenMusic):
        tracks = (*dataset.tracks, *dataset.extra)
        return np.asarray(of_score(dataset, tracks)).reshape(len(tracks), -1)
    wanted = f"to know its written notes, or a baseline other than {', '.join(SCORE_READERS)}"
    raise unfit("the data set", wanted, dataset.name)


def sound_features(name: str, log_mels: np.ndarray, config: FeatureConfig) -> np.ndarray:
    """Return what a method knows of the sound [shape=(n_clips, n_features)]: zeros if nothing."""
    of_sound = METHODS[name].of_sound
    if of_sound is None:
        return np.zeros((len(log_mels), 1))
    starts = range(0, len(log_mels), CLIPS_PER_BATCH)
    return np.concatenate([of_sound(log_mels[i : i + CLIPS_PER_BATCH], config) for i in starts])


def mfcc_statistics(log_mels: np.ndarray, config: FeatureConfig) -> np.ndarray:
    """Return mean and deviation over nine frames or more of the MFCCs and of their deltas.

    An array [shape=(n_clips, 4 * N_MFCC)], as in Tzanetakis and Cook 2002.
    """
    import librosa

    mfcc = librosa.feature.mfcc(S=log_mels.swapaxes(1, 2), n_mfcc=N_MFCC)
    delta = librosa.feature.delta(mfcc)
    return np.concatenate([f(x, axis=-1) for x in (mfcc, delta) for f in (np.mean, np.std)], axis=1)


def onset_autocorrelation(log_mels: np.ndarray, config: FeatureConfig) -> np.ndarray:
    """Return the autocorrelation of each clip's onset strength.

    Without the envelope's mean, which would hide the rhythm, and relative to lag 0: from one frame
    to `LAG_SECONDS` or the clip's end [shape=(n_clips, n_lags), within ±1].
    The strength is that of Böck and Widmer 2013, its use that of Tzanetakis and Cook 2002.
    """
    import librosa

    rate, hop = config.sample_rate, config.hop_length
    strength = librosa.onset.onset_strength
    envelopes = np.stack([strength(S=one.T, sr=rate, hop_length=hop) for one in log_mels])
    envelopes -= envelopes.mean(axis=-1, keepdims=True)
    n_lags = round(LAG_SECONDS * rate / hop)
    correlation = librosa.autocorrelate(envelopes, max_size=n_lags + 1, axis=-1)
    energy, lagged = correlation[:, :1], correlation[:, 1:]
    return np.divide(lagged, energy, out=np.zeros_like(lagged), where=energy > 0)  # 0 in silence


def _rhythm(log_mels: np.ndarray, config: FeatureConfig) -> np.ndarray:
    parts = [mfcc_statistics(log_mels, config), onset_autocorrelation(log_mels, config)]
    return np.concatenate(parts, axis=1)


def _constant(seed: int) -> "list[ClassifierMixin]":
    from sklearn.dummy import DummyClassifier

    return [DummyClassifier(strategy="most_frequent")]


def _svms(seed: int) -> "list[ClassifierMixin]":
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    grid = product(SVM_C, SVM_GAMMA)
    return [make_pipeline(StandardScaler(), SVC(C=c, gamma=gamma)) for c, gamma in grid]


def _by_category(seed: int) -> "list[ClassifierMixin]":
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    # With hardly any smoothing, naive Bayes counts: it answers the class that is commonest for the
    # category, or commonest of all where the category is new.
    return [make_pipeline(OneHotEncoder(handle_unknown="ignore"), MultinomialNB(alpha=1e-10))]


def _trees(seed: int) -> "list[ClassifierMixin]":
    from sklearn.ensemble import RandomForestClassifier

    return [RandomForestClassifier(n_estimators=300, random_state=seed), *_boosting(seed)]


def _boosting(seed: int) -> "list[ClassifierMixin]":
    from sklearn.ensemble import HistGradientBoostingClassifier

    return [HistGradientBoostingClassifier(random_state=seed)]


def _printed(music: WrittenMusic, tracks: Sequence[Track]) -> Sequence[str]:
    return music.metres(tracks)


def _audible(music: WrittenMusic, tracks: Sequence[Track]) -> Sequence[str]:
    return [AUDIBLE.get(metre, metre) for metre in music.metres(tracks)]


def _bars(column: int, music: WrittenMusic, tracks: Sequence[Track]) -> np.ndarray:
    """Return the audible metre as a number, and one of the two of `bars`."""
    metre = np.unique(_audible(music, tracks), return_inverse=True)[1]
    return np.stack([metre, music.bars(tracks)[:, column]], axis=1)


def _notes(music: WrittenMusic, tracks: Sequence[Track]) -> np.ndarray:
    return music.note_statistics(tracks)


_C, _GAMMA = (", ".join(map("{:g}".format, some)) for some in (SVM_C, SVM_GAMMA))
SVM_GRID = f"C in {_C}; gamma in {_GAMMA}"
_BY_METRE, _BOOSTED = ("nothing", _by_category), ("nothing", _boosting)
_CEILING = "random forest or gradient boosting", _trees
#: From the one that knows least to the one that knows most.
METHODS: Mapping[str, Method] = {
    "majority": Method("nothing", "nothing", _constant),
    "MFCC statistics + SVM": Method("timbre", SVM_GRID, _svms, mfcc_statistics),
    "MFCC + onset autocorrelation + SVM": Method("timbre and rhythm", SVM_GRID, _svms, _rhythm),
    "metre": Method("the metre, as it can be heard", *_BY_METRE, of_score=_audible),
    "metre, as printed": Method("the metre, as it is printed", *_BY_METRE, of_score=_printed),
    "metre + seconds of a bar": Method(
        "the audible metre, and how long a bar lasts", *_BOOSTED, of_score=partial(_bars, 0)
    ),
    "metre + notes per bar": Method(
        "the audible metre, and how many notes a bar has", *_BOOSTED, of_score=partial(_bars, 1)
    ),
    "all notes": Method("the written notes", *_CEILING, of_score=_notes),
}
#: Reference lines, not competitors: they read the score, which no listener has.
SCORE_READERS = tuple(name for name, method in METHODS.items() if method.of_score)
