"""Paired comparisons, run by run: the same folds and test clips on both sides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

from subgenre.config import MODELS
from subgenre.plumbing.errors import DataError
from subgenre.study.experiments import COMMON, MODEL_TITLES, Cell
from subgenre.study.intervals import Estimate, estimate
from subgenre.study.runner import Result

ALPHA = 0.05  #: adjusted p values below it count as significant
MARGIN = 0.03  #: differences of macro F1 or accuracy within it count as none
Level = tuple[str, str]  #: an experiment and the name of one of its levels
Kind = Literal["mean", "best", "gap", "spread"]
Answer = Literal["holds", "reversed", "practically equal", "cannot be told"]


@dataclass(frozen=True)
class Quantity:
    """One number per run, made from the scores of networks at one or more levels.

    The mean test score over the levels; the test score of the level that validated best, on the
    mean over runs; the gap, training minus test score; or the spread, the deviation over levels.
    Of several networks it is the mean.
    """

    models: tuple[str, ...]
    levels: tuple[Level, ...]
    kind: Kind = "mean"

    def of(self, train: np.ndarray, test: np.ndarray) -> np.ndarray:
        """Return it for one network's scores, whose first axis is the levels."""
        if self.kind == "spread":
            return test.std(axis=0, ddof=1)
        return (train - test if self.kind == "gap" else test).mean(axis=0)


@dataclass(frozen=True)
class Comparison:
    """How much larger one quantity is than another, as a mean over runs.

    `chosen` names the levels that validation chose, where a quantity leaves the choice to it.
    """

    estimate: Estimate
    chosen: tuple[str, ...] = ()


def compare(result: Result, first: Quantity, second: Quantity, metric: str) -> Comparison:
    """Compare two quantities in one of `METRICS`, run by run."""
    values, chosen = [], list[str]()
    for side in (first, second):
        groups = [_cells(result, side, model, metric) for model in side.models]
        both = (
            [_scores(result, some, part, metric) for part in ("train", "test")] for some in groups
        )
        values.append(np.mean([side.of(*scores) for scores in both], axis=0))
        if side.kind == "best":
            chosen.append(" or ".join(dict.fromkeys(some[0].level for some in groups)))
    return Comparison(estimate(values[0] - values[1], result.test_to_train), tuple(chosen))


def _cells(result: Result, quantity: Quantity, model: str, metric: str) -> list[Cell]:
    """Return the cells that a quantity is made from; one that is not there is a `DataError`."""
    grid = {(cell.experiment, cell.level, cell.model): cell for cell in result.cells}
    names = [(*level, model) for level in quantity.levels]
    for name in (one for one in names if one not in grid):
        raise DataError(
            f"Expected a study with the cell {', '.join(name)}; got none: study the "
            f"experiment {name[0]} too."
        )
    cells = [grid[name] for name in names]
    if quantity.kind == "best":
        validated = _scores(result, cells, "validation", metric).mean(axis=1)
        return [cells[int(np.argmax(validated))]]
    return cells


def _scores(result: Result, cells: Sequence[Cell], part: str, metric: str) -> np.ndarray:
    """Return the cells' scores on one set [shape=(n_cells, n_runs)]."""
    return np.array([result.scores(cell, part, metric) for cell in cells])


def answer(
    one: Estimate, p_adjusted: float, equal_wanted: bool = False, margin: float = MARGIN
) -> Answer:
    """Answer whether a difference is positive, or equality holds, by one standard for all answers.

    The interval alone tells that both sides are practically equal; else a difference counts whose
    adjusted p value is small, in either direction.
    """
    if one.low > -margin and one.high < margin:
        return "holds" if equal_wanted else "practically equal"
    if p_adjusted < ALPHA:
        return "holds" if one.mean > 0 and not equal_wanted else "reversed"
    return "cannot be told"


def holm(p_values: Sequence[float]) -> list[float]:
    """Return Holm's adjusted p values (1979); NaN, of a single run, stays NaN."""
    if np.isnan(p_values).any():
        return list(p_values)
    return multipletests(p_values, method="holm")[1].tolist()


def level_contrasts(result: Result) -> pd.DataFrame:
    """Compare every level of an experiment with the common one: each network's and their mean.

    There is a row a level and a column a network, or *all*, of comparisons in macro F1.
    """
    levels = dict.fromkeys((cell.experiment, cell.level) for cell in result.cells)
    (common,) = (level for level in levels if level[1] in COMMON)
    columns = {title: (name,) for name, title in MODEL_TITLES.items()} | {"all three": MODELS}
    rows = {
        f"{other[1]} − {common[1]}": {
            title: compare(result, Quantity(of, (other,)), Quantity(of, (common,)), "macro_f1")
            for title, of in columns.items()
        }
        for other in levels
        if other != common
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=[*columns])


def network_contrasts(result: Result) -> Mapping[str, Comparison]:
    """Compare the networks in pairs, in macro F1, on the mean over settings that train at all."""
    levels = {cell.configs: (cell.experiment, cell.level) for cell in result.trained}  # each once
    trained = tuple(dict.fromkeys(levels.values()))
    return {
        f"{above} − {below}": compare(
            result, Quantity((second,), trained), Quantity((first,), trained), "macro_f1"
        )
        for (first, below), (second, above) in combinations(MODEL_TITLES.items(), 2)
    }
