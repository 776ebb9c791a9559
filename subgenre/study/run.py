"""One training run: a configuration in, a record out. Imported by workers, for it loads Keras."""

import time

import keras

from subgenre.config import RunConfig
from subgenre.data.clips import Clips
from subgenre.models.ablation import ablated
from subgenre.models.training import train
from subgenre.plumbing.surroundings import VERSIONED
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
    network, sets = trained.network, trained.sets
    without = dict(ablated(network, sets["test"].x, sets["train"].x[::4]))  # enough for a mean
    rows = vars(clips.split(config.seed, config.training.train_size))
    seconds = {"training": trained.seconds, "all": time.perf_counter() - started}
    made = network.count_params(), trained.history, without
    return Record.of(config, clips, rows, trained.probabilities, seconds, VERSIONED, *made)
