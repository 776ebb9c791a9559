"""Scores of class numbers, and of whole tracks from the clips that they were cut into."""

from collections.abc import Sequence

import numpy as np

from subgenre.data.dataset import source_of

METRICS = ("accuracy", "macro_f1")


def macro_f1(y_true: np.ndarray, y_pred: np.ndarray, n_classes: int) -> float:
    """Return the unweighted mean of the classes' F1, as scikit-learn's ``average="macro"``.

    A class that is neither there nor predicted counts as 0.
    """
    from sklearn.metrics import f1_score  # takes a second: who only reads records needs none

    labels = np.arange(n_classes)
    return float(f1_score(y_true, y_pred, labels=labels, average="macro", zero_division=0))


def scores(y_true: np.ndarray, y_pred: np.ndarray, n_classes: int) -> dict[str, float]:
    """Return every metric of `METRICS` by name, for class numbers [shape=(n,)]."""
    accuracy = float(np.mean(np.equal(y_true, y_pred)))
    return {"accuracy": accuracy, "macro_f1": macro_f1(y_true, y_pred, n_classes)}


def by_class(y_true: np.ndarray, y_pred: np.ndarray, labels: Sequence[str]) -> dict[str, list]:
    """Return precision, recall, F1 and number of clips of each class; 0 where there is none."""
    from sklearn.metrics import precision_recall_fscore_support

    numbers = np.arange(len(labels))
    found = precision_recall_fscore_support(y_true, y_pred, labels=numbers, zero_division=0)
    return {label: [of[i].item() for of in found] for i, label in enumerate(labels)}


def by_track(track_ids: Sequence[str], probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Average the class probabilities of clips over the tracks that they were cut from.

    From those [shape=(n_clips, n_classes)] come the index of each track's first clip, by the order
    of the tracks' names, and the means [shape=(n_tracks, n_classes)].
    """
    sources = [source_of(one) for one in track_ids]
    _, first, track, n_clips = np.unique(
        sources, return_index=True, return_inverse=True, return_counts=True
    )
    sums = np.zeros((len(first), probabilities.shape[1]))
    np.add.at(sums, track, probabilities)
    return first, sums / n_clips[:, np.newaxis]
