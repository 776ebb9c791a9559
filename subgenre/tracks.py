"""Answers for whole tracks: the mean over the clips that a track was cut into."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from subgenre.datasets.base import source_of
from subgenre.evaluation import METRICS, Tested, accuracy, bootstrap_interval, macro_f1
from subgenre.records import Record

TRACK_METRICS = tuple(f"track_{metric}" for metric in METRICS)
SCORERS = {"macro_f1": macro_f1, "accuracy": lambda y_true, y_pred, _: accuracy(y_true, y_pred)}


def is_cut(clips: pd.DataFrame) -> bool:
    """Tell whether any track was cut into several clips.

    Parameters
    ----------
    clips : DataFrame
        With the column ``track_id``.
    """
    return bool(clips["track_id"].map(source_of).duplicated().any())


def track_probabilities(record: Record, clips: pd.DataFrame) -> pd.DataFrame:
    """Return the mean class probabilities of each tested track.

    Parameters
    ----------
    record : Record
        Its test clips are averaged by track.
    clips : DataFrame
        The list of clips that the record's rows refer to.

    Returns
    -------
    DataFrame
        A row per track, named by it; columns ``label``, ``group``, ``n_clips`` and one per class.
    """
    labels = record.data["labels"]
    some = clips.iloc[record.test_clips].reset_index(drop=True)
    probabilities = pd.DataFrame(record.test_probabilities, columns=labels, dtype=float)
    share = probabilities.div(probabilities.sum(axis=1).replace(0, np.nan), axis=0).fillna(0)
    by_track = some["track_id"].map(source_of).to_numpy()
    first = some.groupby(by_track)[["label", "group"]].first()
    return first.assign(n_clips=some.groupby(by_track).size()).join(share.groupby(by_track).mean())


def tested_tracks(record: Record, clips: pd.DataFrame) -> Tested:
    """Return what a network said of its test tracks, as `subgenre.runner.tested_by` of clips."""
    labels = record.data["labels"]
    tracks = track_probabilities(record, clips)
    return Tested(
        y_true=tracks["label"].map(labels.index).to_numpy(),
        y_pred=tracks[labels].to_numpy().argmax(axis=1),
        groups=tracks["group"].to_numpy(),
    )


def track_rows(records: Sequence[Record], clips: pd.DataFrame) -> Iterable[tuple]:
    """Yield metric, mean over seeds, and interval ends of a cell's track scores.

    Metrics are named `TRACK_METRICS`; the ends are NaN for a single seed.
    """
    n_classes = len(records[0].data["labels"])
    tested = [tested_tracks(record, clips) for record in records]
    for metric in METRICS:
        scores = [SCORERS[metric](one.y_true, one.y_pred, n_classes) for one in tested]
        low, high = bootstrap_interval(tested, metric, n_classes) or (np.nan, np.nan)
        yield f"track_{metric}", float(np.mean(scores)), low, high
