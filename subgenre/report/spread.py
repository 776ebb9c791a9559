"""How far seeds move a score: the scale for gaps between single runs, such as the paper's."""

import numpy as np
import pandas as pd
from scipy import stats

from subgenre.report.paper import INITIALIZATION_F1, OPTIMIZERS_F1, PRINTED_F1
from subgenre.study.intervals import LEVEL
from subgenre.study.runner import Result


def seed_spread(result: Result, metric: str = "macro_f1") -> pd.DataFrame:
    """Return the standard deviation over seeds of each setting's test score.

    Returns
    -------
    DataFrame
        A row per distinct setting: ``model``, ``deviation``, ``n_seeds``. A setting that several
        experiments share counts once. The deviation of a single seed is NaN.
    """
    rows = {
        cell.configs: (cell.model, [one.scores["test"][metric] for one in result.of(cell)])
        for cell in result.cells
    }
    return pd.DataFrame(
        [
            (model, np.std(scores, ddof=1) if len(scores) > 1 else np.nan, len(scores))
            for model, scores in rows.values()
        ],
        columns=["model", "deviation", "n_seeds"],
    )


def chance_gap(deviation: float) -> float:
    """Return the gap that two single runs of one setting stay below in 95 % of cases.

    Parameters
    ----------
    deviation : float
        Standard deviation of one run's score; that of a difference is larger by the root of two.
    """
    return float(stats.norm.ppf((1 + LEVEL) / 2) * np.sqrt(2) * deviation)


def printed_repeats() -> dict[str, tuple[float, ...]]:
    """Return scores that the paper prints more than once for what should be one network."""
    cnn = [OPTIMIZERS_F1["Adam", "cnn", "test"]]
    cnn += [score for (_, model, _), score in INITIALIZATION_F1.items() if model == "cnn"]
    best = {
        model: tuple(
            max(score for (_, of, part), score in table.items() if (of, part) == (model, "test"))
            for table in PRINTED_F1.values()
        )
        for model in ("crnn", "cnn_rnn")
    }
    return {
        "CNN with Adam": tuple(cnn),
        "best CRNN": best["crnn"],
        "best CNN-RNN": best["cnn_rnn"],
    }
