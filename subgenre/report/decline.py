"""What networks are worth that may decline: the accuracy of the clips of which they are surest."""

import numpy as np
import pandas as pd
from IPython.display import Markdown

from subgenre.study.experiments import MODEL_TITLES
from subgenre.study.intervals import tested_by
from subgenre.study.records import Record
from subgenre.study.runner import Result

SHARES = np.arange(1, 21) / 20  #: of the clips that are answered
WANTED = 0.9  #: accuracy that one may ask for
SHARE = "share of clips answered"


def accuracies(result: Result) -> pd.DataFrame:
    """Return a line per network and share: mean, lowest and highest accuracy over runs.

    The columns are those of `subgenre.report.charts.curves`.
    """
    frames = []
    for cell in result.cells:
        of_runs = np.array([_of_surest(one, result.clips) for one in result.of(cell)])
        ends = {"lowest": of_runs.min(axis=0), "highest": of_runs.max(axis=0)}
        about = {"panel": "", "name": "accuracy", "series": MODEL_TITLES[cell.model]}
        frames.append(pd.DataFrame({**about, SHARE: SHARES, "mean": of_runs.mean(axis=0), **ends}))
    return pd.concat(frames, ignore_index=True)


def _of_surest(record: Record, clips: pd.DataFrame) -> np.ndarray:
    """Return the accuracy of one run on each of `SHARES` of its clips, the surest."""
    tested = tested_by(record, clips)
    surest = np.argsort(-np.max(record.test_probabilities, axis=1), kind="stable")
    n_right = np.cumsum((tested.y_true == tested.y_pred)[surest])
    n_answered = np.ceil(SHARES * len(surest)).astype(int)
    return n_right[n_answered - 1] / n_answered


def reading(frame: pd.DataFrame) -> Markdown:
    """Say of how many clips each network is right in `WANTED` of its answers."""
    texts = []
    for series, some in frame.groupby("series", sort=False):
        enough = some.loc[some["mean"] >= WANTED, SHARE].max()
        reached = "on no share" if np.isnan(enough) else f"on the {enough:.0%} it is surest of"
        texts.append(f"the {series} reaches it {reached} ({some['mean'].iloc[-1]:.2f} on all)")
    return Markdown(f"Wanted, say, is an accuracy of {WANTED:g}: {', '.join(texts)}.")
