"""Paired comparisons: the same seeds, splits and test clips on both sides.

A seed draws one split for all networks and settings. A comparison is therefore made seed by seed,
and what is common to both sides cancels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests

from subgenre.config import RunConfig
from subgenre.plumbing.errors import DataError
from subgenre.study.experiments import MODEL_TITLES, Cell
from subgenre.study.intervals import mean_interval, resampled_scores
from subgenre.study.records import Record
from subgenre.study.runner import Result, tested_by

ALPHA = 0.05
"""Adjusted p values below it count as significant."""


Kind = Literal["mean", "best", "gap", "spread"]


@dataclass(frozen=True)
class Quantity:
    """One number per seed, made from a network's scores at one or more levels.

    Attributes
    ----------
    model : {'cnn', 'crnn', 'cnn_rnn'}
    levels : tuple of (experiment, level)
        The cells it is made from.
    kind : {'mean', 'best', 'gap', 'spread'}
        Mean test score over the levels; test score of the level that validated best (a choice made
        once, on the mean over seeds); training minus test score; or standard deviation of the test
        score over the levels.
    """

    model: str
    levels: tuple[tuple[str, str], ...]
    kind: Kind = "mean"

    def of(self, train: np.ndarray, test: np.ndarray) -> np.ndarray:
        """Return it for scores whose first axis is the levels [shape=(n_levels, ...)]."""
        if self.kind == "gap":
            return (train - test).mean(axis=0)
        if self.kind == "spread":
            return test.std(axis=0, ddof=1)
        return test.mean(axis=0)


@dataclass(frozen=True)
class Scores:
    """A study's scores in one metric, as recorded and on resampled test sets.

    Attributes
    ----------
    result : Result
    metric : {'accuracy', 'macro_f1'}
    resampled : dict
        For each run, its score on every resample [shape=(N_RESAMPLES,)]; runs of one seed share
        their resamples. Empty for a single seed, of which no interval can be known.
    """

    result: Result
    metric: str
    resampled: dict[RunConfig, np.ndarray]

    def cells_of(self, quantity: Quantity) -> list[Cell]:
        """Return the cells that a quantity is made from.

        Raises
        ------
        DataError
            If the study lacks one.
        """
        grid = {(cell.experiment, cell.level, cell.model): cell for cell in self.result.cells}
        wanted = [(*level, quantity.model) for level in quantity.levels]
        for name in wanted:
            if name not in grid:
                raise DataError(
                    f"Expected a study with the cell {', '.join(name)}; it is not there: study "
                    f"the experiment {name[0]} too."
                )
        cells = [grid[name] for name in wanted]
        if quantity.kind == "best":
            validated = self.recorded(cells, "validation").mean(axis=1)
            return [cells[int(np.argmax(validated))]]
        return cells

    def recorded(self, cells: Sequence[Cell], part: str) -> np.ndarray:
        """Return the cells' scores on one set [shape=(n_cells, n_seeds)]."""
        return np.array(
            [[one.scores[part][self.metric] for one in self.result.of(cell)] for cell in cells]
        )

    def per_seed(self, quantity: Quantity) -> np.ndarray:
        """Return a quantity of each seed [shape=(n_seeds,)]."""
        cells = self.cells_of(quantity)
        return quantity.of(self.recorded(cells, "train"), self.recorded(cells, "test"))

    def per_resample(self, quantity: Quantity) -> np.ndarray:
        """Return a quantity of each seed on resampled test sets [shape=(n_seeds, N_RESAMPLES)].

        The training score stays as it is.
        """
        cells = self.cells_of(quantity)
        test = np.array([[self.resampled[config] for config in cell.configs] for cell in cells])
        return quantity.of(self.recorded(cells, "train")[..., np.newaxis], test)


@dataclass(frozen=True)
class Comparison:
    """How much larger one quantity is than another.

    Attributes
    ----------
    difference : float
        Mean over seeds of the first minus the second.
    interval : (low, high) or None
        Its 95 % bootstrap interval; None for a single seed.
    p_value : float or None
        Of the corrected resampled t test; None for a single seed.
    n_seeds, n_diverged : int
        Seeds compared, and runs among those compared that diverged.
    chosen : tuple of str
        Levels that validation chose, where a quantity leaves the choice to it.
    """

    difference: float
    interval: tuple[float, float] | None
    p_value: float | None
    n_seeds: int
    n_diverged: int
    chosen: tuple[str, ...] = ()


_Named = tuple[str, str, Quantity, Quantity]
"""Row and column of a table, and the two quantities that are compared there."""


def scores_of(result: Result, metric: str = "macro_f1", seed: int = 0) -> Scores:
    """Collect a study's scores, and resample each seed's test set for all of its runs at once.

    Parameters
    ----------
    result : Result
        Records of one or more experiments.
    metric : {'accuracy', 'macro_f1'}
    seed : int
        Of the resampling.

    Raises
    ------
    DataError
        If runs of one seed were tested on different clips, and so cannot be paired.
    """
    by_seed: dict[int, list[RunConfig]] = {}
    for config in result.records:
        by_seed.setdefault(config.seed, []).append(config)
    resampled: dict[RunConfig, np.ndarray] = {}
    for number, configs in by_seed.items():
        records = [result.records[config] for config in configs]
        _same_clips(records, number)
        if len(by_seed) > 1:
            tested = [tested_by(record, result.clips) for record in records]
            rng = np.random.default_rng([seed, number])
            n_classes = len(records[0].data["labels"])
            values = resampled_scores(tested, metric, n_classes, rng)
            resampled |= dict(zip(configs, values, strict=True))
    return Scores(result, metric, resampled)


def _same_clips(records: Sequence[Record], seed: int) -> None:
    tested = {(one.data["fingerprint"], *one.test_clips) for one in records}
    if len(tested) > 1:
        raise DataError(
            f"Expected all runs of seed {seed} to be tested on the same clips; got {len(tested)} "
            "different test sets: compare runs of one data set only."
        )


def compare(scores: Scores, first: Quantity, second: Quantity) -> Comparison:
    """Compare two quantities seed by seed.

    The interval resamples the seeds and, within a seed, the groups of its test clips: the same
    groups on both sides. The p value is that of `corrected_t_test`.
    """
    differences = scores.per_seed(first) - scores.per_seed(second)
    cells = [*scores.cells_of(first), *scores.cells_of(second)]
    records = {one.key: one for cell in cells for one in scores.result.of(cell)}.values()
    interval = None
    if scores.resampled:
        resampled = scores.per_resample(first) - scores.per_resample(second)
        interval = mean_interval(resampled, np.random.default_rng(0))
    sizes = [one.data["n_clips"] for one in records]
    ratio = float(np.mean([size["test"] / size["train"] for size in sizes]))
    return Comparison(
        difference=float(differences.mean()),
        interval=interval,
        p_value=corrected_t_test(differences, ratio),
        n_seeds=len(differences),
        n_diverged=sum(one.diverged for one in records),
        chosen=tuple(
            scores.cells_of(one)[0].level for one in (first, second) if one.kind == "best"
        ),
    )


def corrected_t_test(differences: np.ndarray, test_to_train: float) -> float | None:
    """Return the two-sided p value of the corrected resampled t test.

    The training sets of different seeds overlap, so their scores vary less than those of training
    sets drawn independently. The plain paired t test ignores this and finds too much; the
    correction widens the variance of the mean from ``1 / n`` to ``1 / n + n_test / n_train``.

    Parameters
    ----------
    differences : np.ndarray [shape=(n_seeds,)]
        Paired differences, one per seed.
    test_to_train : float
        Clips tested per clip trained on; 0 gives the plain paired t test.

    Returns
    -------
    float or None
        None for a single seed.

    References
    ----------
    Nadeau and Bengio 2003, Inference for the generalization error, Machine Learning 52.
    """
    n = len(differences)
    if n < 2:
        return None
    mean, variance = np.mean(differences), np.var(differences, ddof=1)
    if not variance:  # every seed says the same
        return float(mean == 0)
    statistic = mean / np.sqrt((1 / n + test_to_train) * variance)
    return float(2 * stats.t.sf(abs(statistic), n - 1))


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Return Holm's adjusted p values; None stays None and does not count in the family.

    References
    ----------
    Holm 1979, A simple sequentially rejective multiple test procedure, Scandinavian Journal of
    Statistics 6.
    """
    family = [p for p in p_values if p is not None]
    if not family:
        return list(p_values)
    adjusted = iter(multipletests(family, method="holm")[1])
    return [None if p is None else float(next(adjusted)) for p in p_values]


def level_pairs(scores: Scores) -> pd.DataFrame:
    """Compare all levels of an experiment within each network.

    Returns
    -------
    DataFrame
        A row per network and pair of levels: ``row`` (the later level minus the earlier one),
        ``column`` (the network), ``comparison`` and ``p_adjusted`` (Holm over the whole table).
    """
    experiment, levels = _levels(scores.result)
    named: list[_Named] = []
    for first, second in combinations(levels, 2):
        for model, title in MODEL_TITLES.items():
            pair = (_at(experiment, second, model), _at(experiment, first, model))
            named.append((f"{second} − {first}", title, *pair))
    return _compared(scores, named)


def model_pairs(scores: Scores) -> pd.DataFrame:
    """Compare the networks with each other at each level of an experiment.

    Returns
    -------
    DataFrame
        A row per level and pair of networks: ``row`` (the level), ``column`` (the later network
        minus the earlier one), ``comparison`` and ``p_adjusted`` (Holm over the whole table).
    """
    experiment, levels = _levels(scores.result)
    named: list[_Named] = []
    for level in levels:
        for first, second in combinations(MODEL_TITLES, 2):
            pair = (_at(experiment, level, second), _at(experiment, level, first))
            named.append((level, f"{MODEL_TITLES[second]} − {MODEL_TITLES[first]}", *pair))
    return _compared(scores, named)


def _levels(result: Result) -> tuple[str, list[str]]:
    """Return an experiment's name and its levels in order."""
    return result.cells[0].experiment, list(dict.fromkeys(cell.level for cell in result.cells))


def _at(experiment: str, level: str, model: str) -> Quantity:
    return Quantity(model, ((experiment, level),))


def _compared(scores: Scores, named: Sequence[_Named]) -> pd.DataFrame:
    rows = [(row, column, compare(scores, first, second)) for row, column, first, second in named]
    frame = pd.DataFrame(rows, columns=["row", "column", "comparison"])
    adjusted = holm([one.p_value for one in frame["comparison"]])
    return frame.assign(p_adjusted=pd.Series(adjusted, dtype=object))
