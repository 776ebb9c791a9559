"""How sure one can be of a mean score over seeds, of clips and of whole tracks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from subgenre.models.scores import by_track
from subgenre.plumbing.errors import DataError
from subgenre.study.records import Record

LEVEL, POWER = 0.95, 0.8


@dataclass(frozen=True)
class Tested:
    """Class numbers of one run's test clips [shape=(n_test,)]."""

    y_true: np.ndarray
    y_pred: np.ndarray


def tested_by(record: Record, clips: pd.DataFrame, tracks: bool = False) -> Tested:
    """Return what a record says of its test clips, or tracks: the mean over their clips."""
    rows, answers = np.array(record.test_clips), record.predictions()
    try:
        if tracks:
            names, kept = clips["track_id"].to_numpy()[rows], record.test_probabilities
            first, means = by_track(names, np.array(kept, float))
            rows, answers = rows[first], means.argmax(axis=1)
        labels = clips["label"].to_numpy()[rows]
        numbers = np.array([record.data["labels"].index(label) for label in labels])
    except (IndexError, ValueError):
        raise DataError(
            f"Expected the list of clips that record {record.key} was made of, but rows or labels "
            "are others: study that music again, which writes the list and trains nothing anew."
        ) from None
    return Tested(numbers, answers)


@dataclass(frozen=True)
class Estimate:
    """A mean over runs and how sure it is; from a single run all but the mean is NaN."""

    mean: float
    low: float = np.nan  #: of the 95 % interval
    high: float = np.nan
    p_value: float = np.nan  #: two-sided, that the mean is 0
    single: float = np.nan  #: 95 % of further single runs lie no further from the mean
    error: float = np.nan  #: standard error of the mean
    freedom: int = 0  #: degrees of it, in Student's t distribution

    def moved(self, by: float) -> "Estimate":
        """Return what it would be if every run's value were so much higher."""
        mean = self.mean + by
        p_value = _p_value(mean, self.error, self.freedom)
        return replace(self, mean=mean, low=self.low + by, high=self.high + by, p_value=p_value)

    def smallest(self, alpha: float) -> float:
        """Return the distance from 0 that four studies in five would find, tested at `alpha`."""
        t = stats.t(self.freedom)
        return float((t.isf(alpha / 2) + t.ppf(POWER)) * self.error)


def _p_value(mean: float, error: float, freedom: int) -> float:
    """Return the two-sided p value that a mean is 0, also if every run says the same."""
    return float(2 * stats.t(freedom).sf(abs(mean) / error) if error else mean == 0)


def estimate(values: np.ndarray, test_to_train: float) -> Estimate:
    """Estimate a mean over runs by the corrected resampled t test.

    The training sets of different runs overlap, so their scores vary less than independent ones,
    and a plain t interval (a `test_to_train` of 0) is too narrow. The correction widens the
    variance of the mean from ``1 / n`` to ``1 / n + n_test / n_train``.
    Source: Nadeau and Bengio 2003, Inference for the generalization error, Machine Learning 52.
    """
    n, mean = len(values), float(np.mean(values))
    if n < 2:
        return Estimate(mean)
    variance, t = float(np.var(values, ddof=1)), stats.t(n - 1)
    of_mean = (1 / n + test_to_train) * variance
    error, reach = np.sqrt(of_mean), t.ppf((1 + LEVEL) / 2)
    ends = mean - reach * error, mean + reach * error
    single = reach * np.sqrt(variance + of_mean)
    return Estimate(mean, *ends, _p_value(mean, error, n - 1), single, error, n - 1)


def confusion(tested: Sequence[Tested], n_classes: int) -> np.ndarray:
    """Return the confusion matrix summed over seeds [shape=(n_classes, n_classes)]."""
    counts = np.zeros((n_classes, n_classes), dtype=int)
    for one in tested:
        np.add.at(counts, (one.y_true, one.y_pred), 1)
    return counts
