"""One training run: a configuration in, a record out. Imported by workers, for it loads Keras."""

import time

import keras

from subgenre.config import RunConfig
from subgenre.data.clips import Clips
from subgenre.models.training import VERSIONED, train
from subgenre.study.records import Record


def train_run(config: RunConfig, clips: Clips) -> bytes:
    """Train one network and return its record, as bytes that need no shared disk."""
    try:
        return _record(config, clips).to_bytes()
    finally:  # only out here does nothing hold the network and its data any more
        keras.backend.clear_session(free_memory=True)


def _record(config: RunConfig, clips: Clips) -> Record:
    started = time.perf_counter()
    trained = train(config, clips)
    return Record.of(
        config,
        clips,
        rows={name: part.rows for name, part in trained.sets.items()},
        probabilities=trained.probabilities,
        seconds={"training": trained.seconds, "all": time.perf_counter() - started},
        packages=VERSIONED,
        n_parameters=trained.network.count_params(),
        history=trained.history,
        best_epoch=trained.best_epoch,
    )
