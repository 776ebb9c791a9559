"""One training run: a configuration in, a record out. Imported by workers, for it loads Keras."""

import time
from importlib.metadata import version

import keras
import numpy as np

from subgenre.config import RunConfig
from subgenre.data.clips import Clips
from subgenre.models.scores import plain, scores
from subgenre.models.training import (
    MONITOR,
    PREDICTION_BATCH,
    VERSIONED,
    compiled_model,
    fit,
    labelled_sets,
)
from subgenre.study.records import Record, thousandths


def train_run(config: RunConfig, clips: Clips) -> bytes:
    """Train one network and return its record, as bytes that need no shared disk.

    Parameters
    ----------
    config : RunConfig
        Everything that determines the run.
    clips : Clips
        The prepared data.

    Returns
    -------
    bytes
        See `subgenre.study.records.Record.to_bytes`.

    Raises
    ------
    DataError
        If the clips cannot be split into three sets.
    """
    try:
        return _trained(config, clips).to_bytes()
    finally:  # only out here does nothing hold the network and its data any more
        keras.backend.clear_session(free_memory=True)


def _trained(config: RunConfig, clips: Clips) -> Record:
    started = time.perf_counter()
    sets = labelled_sets(clips, config.seed)
    model = compiled_model(config, sets["train"].x, len(clips.labels))
    training_started = time.perf_counter()
    history = fit(model, config, sets, len(clips.labels))
    training_seconds = time.perf_counter() - training_started
    probabilities = {
        name: model.predict(part.x, batch_size=PREDICTION_BATCH, verbose=0)
        for name, part in sets.items()
    }
    return Record(
        key=config.key(clips.fingerprint),
        config=config.as_dict(),
        data={
            "fingerprint": clips.fingerprint,
            "labels": list(clips.labels),
            "n_clips": {name: len(part.rows) for name, part in sets.items()},
        },
        n_parameters=model.count_params(),
        history=history,
        best_epoch=int(np.nanargmax(history[MONITOR])) + 1,
        diverged=not np.all(np.isfinite(history["loss"])),
        scores={
            name: plain(scores(part.y, probabilities[name].argmax(axis=1), len(clips.labels)))
            for name, part in sets.items()
        },
        test_clips=sets["test"].rows.tolist(),
        test_probabilities=thousandths(np.nan_to_num(probabilities["test"])),
        seconds={
            "training": round(training_seconds, 2),
            "all": round(time.perf_counter() - started, 2),
        },
        versions={package: version(package) for package in VERSIONED},
    )
