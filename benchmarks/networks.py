"""Networks in training, ours and published ones alike; imported where TensorFlow may run."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import keras
import tensorflow as tf
import timing
from peers import PEERS, level

from subgenre.config import RunConfig
from subgenre.data.clips import Clips
from subgenre.models.augmentation import OPTIONS, training_batches
from subgenre.models.networks import AT_ONCE
from subgenre.models.training import compiled_model, labelled_sets, steps_per_epoch

MONITOR = "val_macro_f1"
SECONDS_PER_MEASUREMENT = 2.0

# TensorFlow takes several networks for one that is built anew, and warns of it.
logging.getLogger("tensorflow").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Prepared:
    """A compiled network, the arguments of `fit` that name its training clips, and validation."""

    model: keras.Model
    clips: dict[str, Any]
    validation: tuple[Any, Any]


def prepared(name: str, clips: Clips, config: RunConfig, n_clips: int | None = None) -> Prepared:
    """Return one of the six networks and the clips of its split, in the form it reads them in.

    `config` gives the seed of the split for all; training and model of ours. Training is on so
    many clips, on all of them unless given.
    """
    sets = labelled_sets(clips, config.seed)
    n_classes = len(clips.labels)
    y = {part: keras.utils.to_categorical(of.y, n_classes) for part, of in sets.items()}
    some = slice(n_clips)
    if name in PEERS:
        x = {
            part: keras.ops.convert_to_tensor(level(clips.log_mels(part)[sets[part].rows]))
            for part in ("train", "validation")
        }
        model = PEERS[name].compiled(*x["train"].shape[1:3], n_classes, config.seed)
        x_train, y_train = x["train"][some], y["train"][some]
        rows = tf.data.Dataset.range(len(x_train)).shuffle(len(x_train), config.seed)
        rows = rows.batch(PEERS[name].batch_size)
        # As Keras reads arrays, but as fast as ours are read.
        batches = rows.map(lambda these: (tf.gather(x_train, these), tf.gather(y_train, these)))
        given = {"x": batches.with_options(OPTIONS), "shuffle": False}
        return Prepared(model, given, (x["validation"], y["validation"]))
    config = replace(config, model=replace(config.model, name=name))
    x_train = sets["train"].x[some]
    steps = steps_per_epoch(config.training, len(x_train))
    model = compiled_model(config, steps, x_train.shape[2], n_classes)
    batches = training_batches(x_train, y["train"][some], config.training, config.seed)
    # The batches shuffle themselves.
    given = {"x": batches, "steps_per_epoch": steps, "shuffle": False}
    return Prepared(model, given, (sets["validation"].x, y["validation"]))


class Clock(keras.callbacks.Callback):
    """Notes seconds of training, validation left out, and validation macro F1 after each epoch.

    The very first batch is not counted, for it is there that the network's graph is built.
    """

    def __init__(self, limit: float) -> None:
        super().__init__()
        self.limit = limit
        self.seconds = 0.0
        self.curve: list[tuple[float, float]] = []

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        """Start the clock."""
        self._started = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Start it anew after the first batch of all."""
        if batch == 0 and not self.curve:
            self._started = time.perf_counter()

    def on_test_begin(self, logs: dict | None = None) -> None:
        """Stop it, for validation comes now."""
        self.seconds += time.perf_counter() - self._started

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Note where the network is, and end its training if its time is over."""
        self.curve.append((self.seconds, float((logs or {})[MONITOR])))
        self.model.stop_training = self.seconds > self.limit


def curve(name: str, clips: Clips, config: RunConfig, limit: float) -> list[tuple[float, float]]:
    """Train one network for all epochs or `limit` seconds; return its curve, see `Clock`."""
    one = prepared(name, clips, config)
    one.model.steps_per_execution = 1  # so that the first batch can be told from the others
    clock = Clock(limit)
    one.model.fit(
        **one.clips,
        epochs=config.training.epochs,
        validation_data=one.validation,
        validation_batch_size=AT_ONCE,
        callbacks=[clock, keras.callbacks.TerminateOnNaN()],
        verbose=0,
    )
    return clock.curve


def speeds(
    names: Sequence[str],
    clips: Clips,
    config: RunConfig,
    n_clips: int,
    repeats: int,
    wait: Callable[[], object] = int,
) -> dict[str, list[float]]:
    """Return clips per second of each network, measured in turn; runs in a worker.

    An epoch is of `n_clips`, and a measurement takes as many as fill two seconds. `wait` is called
    before each, so that processes can start theirs together.
    """

    def clips_per_second(one: Prepared, epochs: int) -> float:
        wait()
        started = time.perf_counter()
        one.model.fit(**one.clips, epochs=epochs, verbose=0)
        return epochs * n_clips / (time.perf_counter() - started)

    ways = {}
    for name in names:
        one = prepared(name, clips, config, n_clips)
        one.model.fit(**one.clips, verbose=0)  # builds the graph
        first = clips_per_second(one, 1)
        epochs = max(1, round(SECONDS_PER_MEASUREMENT * first / n_clips))
        ways[name] = partial(clips_per_second, one, epochs)
    return timing.in_turn(ways, repeats)
