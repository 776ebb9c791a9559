"""Training one network: a configuration and clips in, the network and its answers out."""

import time
from dataclasses import dataclass
from functools import partial
from typing import Any

import keras
import numpy as np
from keras.optimizers import Adadelta, Adam, RMSprop

from subgenre.config import RunConfig
from subgenre.data.clips import NOISE_OF, Clips
from subgenre.data.features import network_input
from subgenre.data.splits import split_of
from subgenre.models.augmentation import training_batches
from subgenre.models.networks import build_model

#: The epoch that validates best gives the weights; the test set is not asked.
MONITOR = "val_macro_f1"
PREDICTION_BATCH = 128
TRACED_STEPS = 20  #: for fewer, tracing a graph takes longer than it saves
OPTIMIZER_CLASSES = {"adam": Adam, "adadelta": Adadelta, "rmsprop": RMSprop}
VERSIONED = ("subgenre", "tensorflow", "keras", "librosa", "numpy", "scikit-learn", "music21")


@dataclass(frozen=True)
class LabelledSet:
    """Clips of one set: their rows in the data set, network input, and class numbers."""

    rows: np.ndarray
    x: Any
    y: np.ndarray


@dataclass(frozen=True)
class Trained:
    """A network with the weights of its best epoch (counted from 1), and how it got there."""

    network: keras.Model
    sets: dict[str, LabelledSet]
    history: dict[str, list[float]]  # by epoch
    best_epoch: int
    probabilities: dict[str, np.ndarray]  # of each set [shape=(n, n_classes)]
    seconds: float  # of `fit` alone


def train(config: RunConfig, clips: Clips) -> Trained:
    """Train the network of `config` on the split that its seed draws, a `DataError` if none can."""
    sets = labelled_sets(clips, config.seed)
    network = compiled_model(config, sets["train"].x, len(clips.labels))
    eye = np.eye(len(clips.labels), dtype=np.float32)
    one_hot = {name: eye[part.y] for name, part in sets.items()}
    keep_best = keras.callbacks.EarlyStopping(
        MONITOR, mode="max", patience=config.training.epochs, restore_best_weights=True
    )
    started = time.perf_counter()
    history = network.fit(
        training_batches(sets["train"].x, one_hot["train"], config.training, config.seed),
        epochs=config.training.epochs,
        validation_data=(sets["validation"].x, one_hot["validation"]),
        validation_batch_size=PREDICTION_BATCH,
        callbacks=[keep_best, keras.callbacks.TerminateOnNaN()],
        shuffle=False,  # the batches shuffle themselves
        verbose=0,
    ).history
    seconds = time.perf_counter() - started
    history = {name: [float(value) for value in values] for name, values in history.items()}
    best_epoch = int(np.nanargmax(history[MONITOR])) + 1
    answered = partial(network.predict, batch_size=PREDICTION_BATCH, verbose=0)
    probabilities = {name: answered(part.x) for name, part in sets.items()}
    return Trained(network, sets, history, best_epoch, probabilities, seconds)


def labelled_sets(clips: Clips, seed: int) -> dict[str, LabelledSet]:
    """Split the clips, and load each set under the noise that `NOISE_OF` says."""
    split, numbers = split_of(clips.tracks, seed, clips.splits), clips.class_numbers()
    sets = {}
    for name, noise in NOISE_OF.items():
        rows = getattr(split, name)
        # A tensor from the start: Keras would copy an array into one, and keep both.
        x = keras.ops.convert_to_tensor(network_input(clips.log_mels(noise)[rows]))
        sets[name] = LabelledSet(rows, x, numbers[rows])
    return sets


def compiled_model(config: RunConfig, x: Any, n_classes: int) -> keras.Model:
    """Seed everything and return the network of `config`, ready to fit clips shaped like `x`."""
    keras.utils.set_random_seed(config.seed)
    model = build_model(config.model, None, x.shape[2], n_classes)  # excerpts and whole clips
    steps = config.training.epochs * -(-len(x) // config.training.batch_size)
    rate = keras.optimizers.schedules.CosineDecay(config.training.learning_rate, steps)
    model.compile(
        optimizer=OPTIMIZER_CLASSES[config.training.optimizer](learning_rate=rate),
        loss="categorical_crossentropy",
        metrics=["accuracy", keras.metrics.F1Score(average="macro", name="macro_f1")],
        jit_compile=False,  # XLA made a step of these small networks slower on a CPU
        run_eagerly=steps < TRACED_STEPS,
    )
    return model
