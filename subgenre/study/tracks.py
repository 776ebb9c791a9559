"""Answers for whole tracks: the mean over the clips that a track was cut into."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from subgenre.data.dataset import source_of
from subgenre.models.scores import METRICS, by_track, scores
from subgenre.study.intervals import Tested, bootstrap_interval
from subgenre.study.records import Record

TRACK_METRICS = tuple(f"track_{metric}" for metric in METRICS)


def is_cut(clips: pd.DataFrame) -> bool:
    """Tell whether any track was cut into several clips.

    Parameters
    ----------
    clips : DataFrame
        With the column ``track_id``.
    """
    return bool(clips["track_id"].map(source_of).duplicated().any())


def tested_tracks(record: Record, clips: pd.DataFrame) -> Tested:
    """Return what a network said of its test tracks, as `subgenre.study.runner.tested_by` of clips.

    Parameters
    ----------
    record : Record
        Its test clips are averaged by track.
    clips : DataFrame
        The list of clips that the record's rows refer to.
    """
    some = clips.iloc[record.test_clips]
    first, means = by_track(list(some["track_id"]), np.array(record.test_probabilities, float))
    tracks = some.iloc[first]
    return Tested(
        y_true=tracks["label"].map(record.data["labels"].index).to_numpy(),
        y_pred=means.argmax(axis=1),
        groups=tracks["group"].to_numpy(),
    )


def track_rows(records: Sequence[Record], clips: pd.DataFrame) -> Iterable[tuple]:
    """Yield metric, mean over seeds, and interval ends of a cell's track scores.

    Metrics are named `TRACK_METRICS`; the ends are NaN for a single seed.
    """
    n_classes = len(records[0].data["labels"])
    tested = [tested_tracks(record, clips) for record in records]
    of_seeds = pd.DataFrame(scores(one.y_true, one.y_pred, n_classes) for one in tested)
    for metric in METRICS:
        low, high = bootstrap_interval(tested, metric, n_classes) or (np.nan, np.nan)
        yield f"track_{metric}", float(of_seeds[metric].mean()), low, high
