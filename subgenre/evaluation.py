"""Scores, their means over seeds, and how sure one can be of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score

N_RESAMPLES = 2000
LEVEL = 0.95
METRICS = ("accuracy", "macro_f1")


def accuracy(y_true: np.ndarray, y_pred: np.ndarray) -> float:
    """Return the share of right answers, as `sklearn.metrics.accuracy_score`."""
    return float(accuracy_score(y_true, y_pred))


def macro_f1(y_true: np.ndarray, y_pred: np.ndarray, n_classes: int) -> float:
    """Return the unweighted mean of the classes' F1, as scikit-learn's ``average="macro"``.

    A class that is neither there nor predicted counts as 0.
    """
    labels = np.arange(n_classes)
    return float(f1_score(y_true, y_pred, labels=labels, average="macro", zero_division=0))


@dataclass(frozen=True)
class Tested:
    """What one seed's network said of its test clips.

    Attributes
    ----------
    y_true, y_pred : np.ndarray [shape=(n_test,)]
        Class numbers.
    groups : np.ndarray [shape=(n_test,)]
        Tune family, artist, ... of each clip.
    """

    y_true: np.ndarray
    y_pred: np.ndarray
    groups: np.ndarray


def bootstrap_interval(
    tested: Sequence[Tested], metric: str, n_classes: int, seed: int = 0
) -> tuple[float, float] | None:
    """Return the 95 % percentile interval of a metric's mean over seeds.

    Both sources of chance are resampled: the seeds, and within each seed the groups of its test
    set (not the clips, which are not independent of one another).

    Parameters
    ----------
    tested : sequence of Tested
        One per seed.
    metric : {'accuracy', 'macro_f1'}
        What to score.
    n_classes : int
        Number of classes.
    seed : int
        Of the resampling.

    Returns
    -------
    (low, high) or None
        None for a single seed, whose spread over seeds cannot be known.

    References
    ----------
    Davison and Hinkley 1997, Bootstrap Methods and their Application, section 3.8 (two levels).
    """
    if len(tested) < 2:
        return None
    rng = np.random.default_rng(seed)
    per_seed = np.stack([_resampled(one, metric, n_classes, rng) for one in tested])
    chosen = rng.integers(len(tested), size=(len(tested), N_RESAMPLES))
    means = np.take_along_axis(per_seed, chosen, axis=0).mean(axis=0)
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _resampled(tested: Tested, metric: str, n_classes: int, rng: np.random.Generator) -> np.ndarray:
    """Return the metric of resampled test sets [shape=(N_RESAMPLES,)]."""
    _, group = np.unique(tested.groups, return_inverse=True)
    n_groups = group.max() + 1
    confusion = np.zeros((n_groups, n_classes, n_classes))
    np.add.at(confusion, (group, tested.y_true, tested.y_pred), 1)
    weights = rng.multinomial(n_groups, np.full(n_groups, 1 / n_groups), size=N_RESAMPLES)
    return _metric_of(np.tensordot(weights, confusion, axes=1), metric)


def _metric_of(confusion: np.ndarray, metric: str) -> np.ndarray:
    """Score confusion matrices [shape=(..., n_classes, n_classes), rows are the true classes]."""
    right = np.diagonal(confusion, axis1=-2, axis2=-1)
    if metric == "accuracy":
        return right.sum(-1) / confusion.sum((-2, -1))
    both = confusion.sum(-1) + confusion.sum(-2)  # F1 = 2 TP / (true + predicted)
    return np.divide(2 * right, both, out=np.zeros_like(right), where=both > 0).mean(-1)


def confusion(tested: Sequence[Tested], n_classes: int) -> np.ndarray:
    """Return the confusion matrix summed over seeds [shape=(n_classes, n_classes)]."""
    labels = np.arange(n_classes)
    return sum(confusion_matrix(one.y_true, one.y_pred, labels=labels) for one in tested)
