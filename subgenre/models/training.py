"""Training one network: a configuration and clips in, the network and its answers out."""

import time
from dataclasses import dataclass
from random import Random
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras.optimizers import Adadelta, Adam, RMSprop

from subgenre.config import RunConfig, TrainingConfig
from subgenre.data.clips import Clips
from subgenre.data.features import network_input
from subgenre.models.augmentation import OPTIONS, training_batches
from subgenre.models.networks import AT_ONCE, answers, build_model

TRACED_STEPS = 20  #: for fewer, tracing a graph takes longer than it saves
OPTIMIZER_CLASSES = {"adam": Adam, "adadelta": Adadelta, "rmsprop": RMSprop}
_LOADED: dict[tuple, dict[str, "LabelledSet"]] = {}  # runs come seed by seed


@dataclass(frozen=True)
class LabelledSet:
    """Clips of one set: their rows in the data set, network input, and class numbers."""

    rows: np.ndarray
    x: Any
    y: np.ndarray


@dataclass(frozen=True)
class Trained:
    """A network after its last epoch, how it got there, and what it answers.

    The training set is here only what the list of clips has of it.
    """

    network: keras.Model
    sets: dict[str, LabelledSet]
    history: dict[str, list[float]]  # by epoch
    probabilities: dict[str, np.ndarray]  # of each set [shape=(n, n_classes)]
    seconds: float  # of `fit` alone


def train(config: RunConfig, clips: Clips) -> Trained:
    """Train the network of `config` on the split that its seed draws, a `DataError` if none can."""
    sets = labelled_sets(clips, config.seed, config.training.train_size)
    # As many steps with a part of the music as with all of it.
    n_clips = round(len(sets["train"].x) / config.training.train_size)
    steps = steps_per_epoch(config.training, n_clips)
    network = compiled_model(config, steps, sets["train"].x.shape[2], len(clips.labels))
    eye = np.eye(len(clips.labels), dtype=np.float32)
    one_hot = {name: eye[part.y] for name, part in sets.items()}
    held_back = tf.data.Dataset.from_tensor_slices((sets["validation"].x, one_hot["validation"]))
    started = time.perf_counter()
    history = network.fit(
        training_batches(sets["train"].x, one_hot["train"], config.training, config.seed),
        epochs=config.training.epochs,
        steps_per_epoch=steps,
        validation_data=held_back.batch(AT_ONCE).with_options(OPTIONS),
        callbacks=[keras.callbacks.TerminateOnNaN()],
        shuffle=False,  # the batches shuffle themselves
        verbose=0,
    ).history
    seconds = time.perf_counter() - started
    history = {name: [float(value) for value in values] for name, values in history.items()}
    every = sets["train"]
    listed = slice(np.searchsorted(every.rows, len(clips.tracks)))
    sets["train"] = LabelledSet(every.rows[listed], every.x[listed], every.y[listed])
    found = answers(network, *(part.x for part in sets.values()))
    probabilities = dict(zip(sets, found, strict=True))
    return Trained(network, sets, history, probabilities, seconds)


def steps_per_epoch(config: TrainingConfig, n_clips: int) -> int:
    """Return how many batches make an epoch; the last may show a few clips more."""
    n_shown = min(n_clips, config.clips_per_epoch)
    return -(-n_shown // min(n_shown, config.batch_size))


def labelled_sets(clips: Clips, seed: int, train_size: float = 1.0) -> dict[str, LabelledSet]:
    """Load the clips of each set, under its own noise; the last ones are kept for the next run."""
    key = clips.folder, clips.fingerprint, seed, train_size
    if key not in _LOADED:
        _LOADED.clear()
        numbers, sets = clips.class_numbers(), {}
        for name, rows in vars(clips.split(seed, train_size)).items():
            # A tensor from the start, and the array's own memory: a copied one takes it twice more.
            x = tf.experimental.dlpack.from_dlpack(
                network_input(clips.log_mels(name), rows).__dlpack__()
            )
            sets[name] = LabelledSet(rows, x, numbers[rows])
        _LOADED[key] = sets
    return dict(_LOADED[key])


def compiled_model(config: RunConfig, steps: int, n_bands: int, n_classes: int) -> keras.Model:
    """Seed everything and return the network of `config`, ready for epochs of so many steps."""
    keras.utils.set_random_seed(config.seed)
    # Layers draw their seeds from Python's own generator, as other threads of a worker may.
    keras.src.random.seed_generator.python_random = Random(config.seed)
    model = build_model(config.model, None, n_bands, n_classes)  # excerpts and whole clips
    how = config.training
    rate = keras.optimizers.schedules.CosineDecay(how.learning_rate, how.epochs * steps)
    model.compile(
        optimizer=OPTIMIZER_CLASSES[how.optimizer](learning_rate=rate),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=how.label_smoothing),
        metrics=["accuracy", keras.metrics.F1Score(average="macro", name="macro_f1")],
        jit_compile=False,  # XLA made a step of these small networks slower on a CPU
        run_eagerly=how.epochs * steps < TRACED_STEPS,
        steps_per_execution=steps,
    )
    model.optimizer.build(model.trainable_variables)  # else the first step is traced twice
    return model
