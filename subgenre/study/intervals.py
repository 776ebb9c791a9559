"""Scores, their means over seeds, and how sure one can be of them.

scikit-learn takes a second to import, so functions import it: who only reads records needs none.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

N_RESAMPLES = 2000
LEVEL = 0.95


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
    per_seed = [resampled_scores([one], metric, n_classes, rng) for one in tested]
    return mean_interval(np.concatenate(per_seed), rng)


def resampled_scores(
    tested: Sequence[Tested], metric: str, n_classes: int, rng: np.random.Generator
) -> np.ndarray:
    """Score networks on test sets whose groups are drawn anew, the same ones for each network.

    Parameters
    ----------
    tested : sequence of Tested
        One per network, all of the same test clips.
    metric : {'accuracy', 'macro_f1'}
        What to score.
    n_classes : int
        Number of classes.
    rng : Generator
        Draws the groups.

    Returns
    -------
    np.ndarray [shape=(n_networks, N_RESAMPLES)]
    """
    _, group = np.unique(tested[0].groups, return_inverse=True)
    weights = _times_drawn(group.max() + 1, rng)
    return np.stack(
        [
            _metric_of(np.tensordot(weights, _by_group(one, group, n_classes), axes=1), metric)
            for one in tested
        ]
    )


def _times_drawn(n_groups: int, rng: np.random.Generator) -> np.ndarray:
    """Return how often each resample draws each group [shape=(N_RESAMPLES, n_groups)]."""
    drawn = rng.integers(n_groups, size=(N_RESAMPLES, n_groups))  # faster than a multinomial draw
    numbered = drawn + n_groups * np.arange(N_RESAMPLES)[:, np.newaxis]
    counts = np.bincount(numbered.ravel(), minlength=N_RESAMPLES * n_groups)
    return counts.reshape(N_RESAMPLES, n_groups).astype(float)


def _by_group(tested: Tested, group: np.ndarray, n_classes: int) -> np.ndarray:
    """Return a confusion matrix per group [shape=(n_groups, n_classes, n_classes)]."""
    confusion = np.zeros((group.max() + 1, n_classes, n_classes))
    np.add.at(confusion, (group, tested.y_true, tested.y_pred), 1)
    return confusion


def mean_interval(per_seed: np.ndarray, rng: np.random.Generator) -> tuple[float, float]:
    """Return the 95 % percentile interval of a mean over seeds, the seeds drawn anew as well.

    Parameters
    ----------
    per_seed : np.ndarray [shape=(n_seeds, N_RESAMPLES)]
        Of each seed, the number of interest on resampled test sets.
    rng : Generator
        Draws the seeds.

    Returns
    -------
    low, high : float
    """
    chosen = rng.integers(len(per_seed), size=per_seed.shape)
    means = np.take_along_axis(per_seed, chosen, axis=0).mean(axis=0)
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


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
    from sklearn.metrics import confusion_matrix

    return sum(confusion_matrix(one.y_true, one.y_pred, labels=labels) for one in tested)
