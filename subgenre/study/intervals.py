"""How sure one can be of a mean score over seeds, of clips and of whole tracks."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from subgenre.models.scores import by_track
from subgenre.plumbing.errors import DataError
from subgenre.study.records import Record

N_RESAMPLES = 2000
LEVEL = 0.95


@dataclass(frozen=True)
class Tested:
    """Class numbers of one seed's test clips, and their groups (artists, say) [shape=(n_test,)]."""

    y_true: np.ndarray
    y_pred: np.ndarray
    groups: np.ndarray


def tested_by(record: Record, clips: pd.DataFrame, tracks: bool = False) -> Tested:
    """Return what a record says of its test clips, or tracks: the mean over their clips."""
    rows, answers = np.array(record.test_clips), record.predictions()
    try:
        if tracks:
            names, kept = clips["track_id"].to_numpy()[rows], record.test_probabilities
            first, means = by_track(names, np.array(kept, float))
            rows, answers = rows[first], means.argmax(axis=1)
        labels, groups = (clips[name].to_numpy()[rows] for name in ("label", "group"))
        numbers = np.array([record.data["labels"].index(label) for label in labels])
    except (IndexError, ValueError):
        raise DataError(
            f"Expected the list of clips that record {record.key} was made of, but rows or labels "
            "are others: study that music again, which writes the list and trains nothing anew."
        ) from None
    return Tested(numbers, answers, groups)


def bootstrap_interval(
    tested: Sequence[Tested], metric: str, n_classes: int, seed: int = 0
) -> tuple[float, float]:
    """Return the 95 % percentile interval of a metric's mean over seeds; NaN for a single seed.

    Both sources of chance are resampled: the seeds, and within each seed the groups of its test
    set (not the clips, which are not independent of one another), as `seed` draws them.
    Source: Davison and Hinkley 1997, Bootstrap Methods and their Application, section 3.8.
    """
    if len(tested) < 2:
        return np.nan, np.nan
    times, chosen = resamples(tuple(len(np.unique(one.groups)) for one in tested), seed)
    pairs = zip(tested, times, strict=True)
    per_seed = [resampled_scores(one, metric, n_classes, some) for one, some in pairs]
    return mean_interval(np.stack(per_seed), chosen)


@lru_cache(maxsize=16)
def resamples(n_groups: tuple[int, ...], *seed: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Draw the groups of each seed's test set anew, and the seeds; once for all that is tested.

    Returned are how often each group is drawn, for every seed [shape=(N_RESAMPLES, n_groups)], and
    which seeds are [shape=(n_seeds, N_RESAMPLES)].
    """
    rng = np.random.default_rng(seed)
    times = []
    for n in n_groups:
        drawn = rng.integers(n, size=(N_RESAMPLES, n))  # faster than a multinomial draw
        numbered = drawn + n * np.arange(N_RESAMPLES)[:, np.newaxis]
        counts = np.bincount(numbered.ravel(), minlength=N_RESAMPLES * n)
        times.append(counts.reshape(N_RESAMPLES, n).astype(float))
    return times, rng.integers(len(n_groups), size=(len(n_groups), N_RESAMPLES))


def resampled_scores(tested: Tested, metric: str, n_classes: int, times: np.ndarray) -> np.ndarray:
    """Score a network on test sets whose groups are drawn so many `times`, see `resamples`."""
    names, group = np.unique(tested.groups, return_inverse=True)
    counts = np.zeros((2, n_classes, len(names)))  # right answers; clips of a class, plus answers
    right = tested.y_true == tested.y_pred
    np.add.at(counts[0], (tested.y_true[right], group[right]), 1)
    np.add.at(counts[1], (tested.y_true, group), 1)
    np.add.at(counts[1], (tested.y_pred, group), 1)
    # Not a matrix product: its threads spin for seconds where other processes run.
    hits, both = (np.einsum("rg,cg->rc", times, some) for some in counts)
    if metric == "accuracy":
        return 2 * hits.sum(-1) / both.sum(-1)
    return np.divide(2 * hits, both, out=np.zeros_like(hits), where=both > 0).mean(-1)


def mean_interval(per_seed: np.ndarray, chosen: np.ndarray) -> tuple[float, float]:
    """Return the 95 % percentile interval of a mean over seeds, of which the `chosen` are drawn.

    Both are of shape (n_seeds, N_RESAMPLES): the numbers on resampled test sets, and `resamples`'.
    """
    means = np.take_along_axis(per_seed, chosen, axis=0).mean(axis=0)
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def confusion(tested: Sequence[Tested], n_classes: int) -> np.ndarray:
    """Return the confusion matrix summed over seeds [shape=(n_classes, n_classes)]."""
    counts = np.zeros((n_classes, n_classes), dtype=int)
    for one in tested:
        np.add.at(counts, (one.y_true, one.y_pred), 1)
    return counts
