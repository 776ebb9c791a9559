"""What networks are worth that may decline: scores of the clips of which they are surest."""

import numpy as np
import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure
from sklearn.metrics import f1_score

from subgenre.data.drawing import PageFigure
from subgenre.report import charts
from subgenre.report.tables import METRIC_TITLES
from subgenre.study.experiments import MODEL_TITLES
from subgenre.study.intervals import tested_by
from subgenre.study.records import Record
from subgenre.study.runner import Result

SHARES = np.arange(1, 21) / 20  #: of the clips that are answered
WANTED = 0.9  #: accuracy that one may ask for
SHARE = "share of clips answered"


def scores(result: Result) -> pd.DataFrame:
    """Return the mean, lowest and highest score over runs, a line a network, metric and share.

    The columns are those of `charts.curves`. Macro F1 is that of the classes still there.
    """
    of_cell = [
        pd.concat([_surest(one, result.clips) for one in result.of(cell)])
        .groupby(["name", SHARE], sort=False)["score"]
        .agg(mean="mean", lowest="min", highest="max")
        .reset_index()
        .assign(series=MODEL_TITLES[cell.model], panel="")
        for cell in result.cells
    ]
    columns = ["panel", "name", "series", SHARE, "mean", "lowest", "highest"]
    return pd.concat(of_cell, ignore_index=True)[columns]


def _surest(record: Record, clips: pd.DataFrame) -> pd.DataFrame:
    """Return both scores of one run at each of `SHARES`."""
    tested = tested_by(record, clips)
    surest = np.argsort(-np.max(record.test_probabilities, axis=1), kind="stable")
    lines = []
    for share in SHARES:
        some = surest[: int(np.ceil(share * len(surest)))]
        true, answer = tested.y_true[some], tested.y_pred[some]
        f1 = f1_score(true, answer, average="macro", zero_division=0)
        lines += [("accuracy", share, np.mean(true == answer)), ("macro_f1", share, f1)]
    frame = pd.DataFrame(lines, columns=["name", SHARE, "score"])
    return frame.replace({"name": METRIC_TITLES})


def chart(frame: pd.DataFrame) -> charts.Chart:
    """Return both `scores` against the share answered, a line a network."""
    said = "Accuracy and macro F1 against the share of clips answered, a line a network."
    return charts.curves(_still(frame), [frame], said)


def _still(frame: pd.DataFrame) -> Figure:
    figure = PageFigure(figsize=(11, 3.6), layout="constrained")
    panels = figure.subplots(1, 2)
    for axes, (name, some) in zip(panels, frame.groupby("name", sort=False), strict=True):
        for series, line in some.groupby("series", sort=False):
            axes.plot(line[SHARE], line["mean"], label=series)
            axes.fill_between(line[SHARE], line["lowest"], line["highest"], alpha=0.15)
        axes.set(xlabel=SHARE, ylabel=name)
    panels[0].legend()
    return figure


def reading(frame: pd.DataFrame) -> Markdown:
    """Say of how many clips each network is right in `WANTED` of its answers."""
    texts = []
    for series, some in frame[frame["name"] == "accuracy"].groupby("series", sort=False):
        mean = some.set_index(SHARE)["mean"]
        enough = mean.index[mean >= WANTED]
        reached = f"on the {enough.max():.0%} it is surest of" if len(enough) else "on no share"
        texts.append(f"The {series} reaches it {reached} ({mean.iloc[-1]:.2f} on all)")
    return Markdown(f"Wanted, say, is an accuracy of {WANTED:g}. {'; '.join(texts)}.")
