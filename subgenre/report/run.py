"""One run, looked at closely: its settings and scores, and the clips that it gets wrong."""

import numpy as np
import pandas as pd
from pandas.io.formats.style import Styler

from subgenre.report.tables import page_table, two_columns
from subgenre.study.experiments import MODEL_TITLES
from subgenre.study.records import PER_UNIT
from subgenre.study.runner import SingleRun


def run_card(run: SingleRun) -> Styler:
    """Return what determined a run, how large and how long it was, and its scores."""
    record = run.record
    training, settings_of_model = record.config["training"], record.config["model"]
    rows = {
        "network": f"{MODEL_TITLES[settings_of_model['name']]}, {record.n_parameters:,} weights",
        "optimizer": f"{training['optimizer']}, from {training['learning_rate']:g}",
        "epochs (kept)": f"{training['epochs']} ({record.best_epoch})",
        "seed": record.config["seed"],
        **{
            f"{part}: macro F1, accuracy": f"{scores['macro_f1']:.2f}, {scores['accuracy']:.2f}"
            for part, scores in record.scores.items()
        },
        "training time": f"{record.seconds['training']:.0f} s on one thread",
        "record": record.key,
    }
    return two_columns(rows, "The run on this page.")


def mistakes(run: SingleRun, n: int) -> pd.DataFrame:
    """Return the test clips with the most confident wrong answers, most confident first.

    Parameters
    ----------
    run : SingleRun
    n : int
        How many.

    Returns
    -------
    DataFrame
        Columns ``clip`` (row in the data set), ``title``, ``label``, ``answer``, ``probability``.
    """
    record, tested = run.record, run.tested()
    names = np.array(record.data["labels"])
    frame = pd.DataFrame(
        {
            "clip": record.test_clips,
            "title": run.clips["title"].to_numpy()[record.test_clips],
            "label": names[tested.y_true],
            "answer": names[tested.y_pred],
            "probability": np.max(record.test_probabilities, axis=1) / PER_UNIT,
        }
    )
    wrong = frame[frame["label"] != frame["answer"]]
    return wrong.sort_values("probability", ascending=False, kind="stable").head(n)


def confused_clips(run: SingleRun, n: int) -> pd.DataFrame:
    """Return a clip for each of the most confused pairs of classes, its most confident mistake.

    Parameters
    ----------
    run : SingleRun
    n : int
        How many pairs, those with the most mistakes first.

    Returns
    -------
    DataFrame
        As `mistakes`, with a column ``times``: how often the pair was confused.
    """
    wrong = mistakes(run, len(run.record.test_clips))
    pairs = wrong.groupby(["label", "answer"], sort=False)
    first = pairs.head(1).assign(times=pairs["clip"].transform("size"))
    return first.sort_values("times", ascending=False, kind="stable").head(n)


def mistakes_table(mistakes: pd.DataFrame) -> Styler:
    """Return the table of `mistakes` for a page."""
    frame = mistakes.drop(columns="clip").rename(columns={"label": "true class"})
    table = page_table(frame, "Wrong answers given with the most confidence.").hide(axis="index")
    return table.format({"probability": "{:.2f}"}, escape="html")
