"""Paired comparisons, seed by seed: the same splits and test clips on both sides."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests

from subgenre.config import Config
from subgenre.plumbing.errors import DataError
from subgenre.study.experiments import MODEL_TITLES, Cell
from subgenre.study.intervals import mean_interval, resampled_scores, resamples, tested_by
from subgenre.study.runner import Result

ALPHA = 0.05  #: adjusted p values below it count as significant
Level = tuple[str, str]  #: an experiment and the name of one of its levels
Kind = Literal["mean", "best", "gap", "spread"]


@dataclass(frozen=True)
class Quantity:
    """One number per seed, made from a network's scores at one or more levels.

    The mean test score over the levels; the test score of the level that validated best, on the
    mean over seeds; the gap, training minus test score; or the spread, the deviation over levels.
    """

    model: str
    levels: tuple[Level, ...]
    kind: Kind = "mean"

    def of(self, train: np.ndarray, test: np.ndarray) -> np.ndarray:
        """Return it for scores whose first axis is the levels [shape=(n_levels, ...)]."""
        if self.kind == "spread":
            return test.std(axis=0, ddof=1)
        return (train - test if self.kind == "gap" else test).mean(axis=0)


@dataclass(frozen=True)
class Scores:
    """A study's scores in one metric, as recorded and on resampled test sets.

    Runs of one seed share their resamples [shape=(N_RESAMPLES,)]; a single seed has none.
    """

    result: Result
    metric: str
    resampled: dict[Config, np.ndarray]

    def cells_of(self, quantity: Quantity) -> list[Cell]:
        """Return the cells that a quantity is made from; one that is not there is a `DataError`."""
        grid = {(cell.experiment, cell.level, cell.model): cell for cell in self.result.cells}
        names = [(*level, quantity.model) for level in quantity.levels]
        for name in (one for one in names if one not in grid):
            raise DataError(
                f"Expected a study with the cell {', '.join(name)}; got none: study the "
                f"experiment {name[0]} too."
            )
        cells = [grid[name] for name in names]
        if quantity.kind == "best":
            validated = self.recorded(cells, "validation").mean(axis=1)
            return [cells[int(np.argmax(validated))]]
        return cells

    def recorded(self, cells: Sequence[Cell], part: str) -> np.ndarray:
        """Return the cells' scores on one set [shape=(n_cells, n_seeds)]."""
        return np.array(
            [[one.scores[part][self.metric] for one in self.result.of(cell)] for cell in cells]
        )

    def of(self, quantity: Quantity, on_resamples: bool = False) -> np.ndarray:
        """Return a quantity of each seed [shape=(n_seeds,)], or of each on resampled test sets.

        There the networks are trained as they were [shape=(n_seeds, N_RESAMPLES)].
        """
        cells = self.cells_of(quantity)
        train, test = self.recorded(cells, "train"), self.recorded(cells, "test")
        if on_resamples:
            train = train[..., np.newaxis]
            test = np.array([[self.resampled[config] for config in cell.configs] for cell in cells])
        return quantity.of(train, test)


def scores_of(result: Result, metric: str = "macro_f1") -> Scores:
    """Collect a study's scores in one of `METRICS`, and resample each seed's test set.

    All runs of a seed are of one split, so their test sets are resampled alike.
    """
    resampled: dict[Config, np.ndarray] = {}
    if len({config.seed for config in result.records}) > 1:
        for config, record in result.records.items():
            tested, n_classes = tested_by(record, result.clips), len(record.data["labels"])
            (times,), _ = resamples((len(np.unique(tested.groups)),), 0, config.seed)
            resampled[config] = resampled_scores(tested, metric, n_classes, times)
    return Scores(result, metric, resampled)


@dataclass(frozen=True)
class Comparison:
    """How much larger one quantity is than another, as a mean over seeds.

    The 95 % bootstrap interval and the p value (`corrected_t_test`) are None for a single seed;
    `chosen` names the levels that validation chose, where a quantity leaves the choice to it.
    """

    difference: float
    interval: tuple[float, float] | None
    p_value: float | None
    n_diverged: int
    chosen: tuple[str, ...] = ()


def compare(scores: Scores, first: Quantity, second: Quantity) -> Comparison:
    """Compare two quantities seed by seed.

    The interval resamples the seeds and their test clips' groups, the same ones on both sides.
    """
    differences = scores.of(first) - scores.of(second)
    sides = [(one.kind, scores.cells_of(one)) for one in (first, second)]
    cells = [cell for _, of in sides for cell in of]
    records = {one.key: one for cell in cells for one in scores.result.of(cell)}.values()
    interval = None
    if scores.resampled:
        resampled = scores.of(first, on_resamples=True) - scores.of(second, on_resamples=True)
        chosen = np.random.default_rng(0).integers(len(resampled), size=resampled.shape)
        interval = mean_interval(resampled, chosen)
    sizes = pd.DataFrame(one.data["n_clips"] for one in records)
    return Comparison(
        difference=float(differences.mean()),
        interval=interval,
        p_value=corrected_t_test(differences, float((sizes["test"] / sizes["train"]).mean())),
        n_diverged=sum(one.diverged for one in records),
        chosen=tuple(of[0].level for kind, of in sides if kind == "best"),
    )


def corrected_t_test(differences: np.ndarray, test_to_train: float) -> float | None:
    """Return the two-sided p value of the corrected resampled t test; None for a single seed.

    The training sets of different seeds overlap, so their scores vary less than independent ones.
    The plain paired t test (a `test_to_train` of 0) ignores this and finds too much; the correction
    widens the variance of the mean from ``1 / n`` to ``1 / n + n_test / n_train``.
    Source: Nadeau and Bengio 2003, Inference for the generalization error, Machine Learning 52.
    """
    n, mean = len(differences), np.mean(differences)
    if n < 2:
        return None
    error = np.sqrt((1 / n + test_to_train) * np.var(differences, ddof=1))
    if not error:  # every seed says the same
        return float(mean == 0)
    return float(2 * stats.t.sf(abs(mean / error), n - 1))


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Return Holm's adjusted p values (1979); None stays None and does not count in the family."""
    family = [p for p in p_values if p is not None]
    adjusted = iter(multipletests(family, method="holm")[1] if family else ())
    return [None if p is None else float(next(adjusted)) for p in p_values]


def level_pairs(scores: Scores) -> pd.DataFrame:
    """Compare all levels of an experiment within each network.

    There is a row per network and pair of levels: ``row`` (the later level minus the earlier one),
    ``column`` (the network), ``comparison`` and ``p_adjusted`` (Holm over the whole table).
    """
    pairs = [
        (f"{second[1]} − {first[1]}", title, Quantity(model, (second,)), Quantity(model, (first,)))
        for first, second in combinations(_levels(scores), 2)
        for model, title in MODEL_TITLES.items()
    ]
    return _compared(scores, pairs)


def model_pairs(scores: Scores) -> pd.DataFrame:
    """Compare the networks with each other at each level of an experiment.

    As `level_pairs`, but ``row`` is the level, and ``column`` the later network minus the earlier.
    """
    pairs = [
        (level[1], f"{above} − {below}", Quantity(second, (level,)), Quantity(first, (level,)))
        for level in _levels(scores)
        for (first, below), (second, above) in combinations(MODEL_TITLES.items(), 2)
    ]
    return _compared(scores, pairs)


def _levels(scores: Scores) -> list[Level]:
    return list(dict.fromkeys((cell.experiment, cell.level) for cell in scores.result.cells))


def _compared(scores: Scores, pairs: list[tuple[str, str, Quantity, Quantity]]) -> pd.DataFrame:
    rows = [(*name, compare(scores, first, second)) for *name, first, second in pairs]
    frame = pd.DataFrame(rows, columns=["row", "column", "comparison"])
    adjusted = holm([one.p_value for one in frame["comparison"]])
    return frame.assign(p_adjusted=pd.Series(adjusted, dtype=object))
