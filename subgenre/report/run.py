"""One run, looked at closely: its settings and scores, and the clips that it gets wrong."""

import numpy as np
import pandas as pd
from IPython.display import Markdown
from pandas.io.formats.style import Styler

from subgenre.plumbing.text import plain
from subgenre.report.runs import line
from subgenre.report.tables import page_table
from subgenre.study.experiments import MODEL_TITLES
from subgenre.study.intervals import confusion
from subgenre.study.records import PER_UNIT
from subgenre.study.runner import SingleRun


def card(one: SingleRun) -> Styler:
    """Return what determined a run, how large and how long it was, and its scores."""
    rows = line(one.record) | {"record": one.record.key}
    return page_table(list(rows.items()), "The run on this page.", ("setting", "value"))


def confusions(one: SingleRun) -> Markdown:
    """Say how often it is right, the class that it knows best, and the commonest confusion."""
    network = MODEL_TITLES[one.record.config["model"]["name"]]
    accuracy = one.record.scores["test"]["accuracy"]
    labels = [plain(label) for label in one.record.data["labels"]]
    counts = confusion([one.tested()], len(labels))
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    right = np.diagonal(shares)
    wrong = shares - np.diag(right)
    true, answer = np.unravel_index(np.argmax(wrong), wrong.shape)
    return Markdown(
        f"This {network} names {accuracy:.0%} of its test clips rightly. It knows "
        f"*{labels[right.argmax()]}* best ({right.max():.0%} of its clips) and "
        f"*{labels[right.argmin()]}* least ({right.min():.0%}). The commonest confusion takes "
        f"*{labels[true]}* for *{labels[answer]}* ({wrong.max():.0%} of the former's clips)."
    )


def mistakes(one: SingleRun) -> pd.DataFrame:
    """Return the wrong answers to test clips, the surest first; ``clip`` is the data set's row."""
    record, tested = one.record, one.tested()
    names = np.array(record.data["labels"])
    frame = pd.DataFrame(
        {
            "clip": record.test_clips,
            "title": one.clips["title"].to_numpy()[record.test_clips],
            "label": names[tested.y_true],
            "answer": names[tested.y_pred],
            "probability": np.max(record.test_probabilities, axis=1) / PER_UNIT,
        }
    )
    wrong = frame[tested.y_true != tested.y_pred]
    times = wrong.groupby(["label", "answer"])["clip"].transform("size")
    return wrong.assign(times=times).sort_values("probability", ascending=False, kind="stable")


def confused_clips(one: SingleRun, n: int) -> pd.DataFrame:
    """Return the surest of the `mistakes` in each of the `n` most confused pairs of classes."""
    first = mistakes(one).groupby(["label", "answer"], sort=False).head(1)
    return first.sort_values("times", ascending=False, kind="stable").head(n)


def mistakes_table(some: pd.DataFrame) -> Styler:
    """Return the table of some of the `mistakes`."""
    frame = some.drop(columns=["clip", "times"]).rename(columns={"label": "true class"})
    caption = "Wrong answers given with the most confidence."
    return page_table(frame, caption, formats={"probability": "{:.2f}"})
