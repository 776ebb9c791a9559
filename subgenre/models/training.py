"""One run: a configuration in, a record out."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from subgenre.config import RunConfig
from subgenre.data.clips import NOISE_OF, Clips
from subgenre.data.features import network_input
from subgenre.data.splits import split_of
from subgenre.models.augmentation import training_batches
from subgenre.models.networks import build_model

MONITOR = "val_macro_f1"
"""The epoch that validates best gives the weights; the test set is not asked."""
PREDICTION_BATCH = 128
OPTIMIZERS = {
    "adam": keras.optimizers.Adam,
    "adadelta": keras.optimizers.Adadelta,
    "rmsprop": keras.optimizers.RMSprop,
}
VERSIONED = ("subgenre", "tensorflow", "keras", "librosa", "numpy", "scikit-learn", "music21")


@dataclass(frozen=True)
class LabelledSet:
    """Clips of one set, ready for a network.

    Attributes
    ----------
    rows : np.ndarray [shape=(n,)]
        Their rows in the data set.
    x : tensor [shape=(n, n_frames, n_bands, 2), dtype=float32]
        See `subgenre.data.features.network_input`.
    y : np.ndarray [shape=(n,)]
        Class numbers.
    """

    rows: np.ndarray
    x: Any
    y: np.ndarray


def labelled_sets(clips: Clips, seed: int) -> dict[str, LabelledSet]:
    """Split the clips by group, or as their source says, and load each set under its noise.

    Each set has the noise that `NOISE_OF` says.

    Parameters
    ----------
    clips : Clips
        Prepared spectrograms.
    seed : int
        Draws the split.

    Returns
    -------
    dict
        Sets named ``train``, ``validation``, ``test``.
    """
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
    model.compile(
        optimizer=optimizer(config, n_clips=len(x)),
        loss="categorical_crossentropy",
        metrics=["accuracy", keras.metrics.F1Score(average="macro", name="macro_f1")],
        jit_compile=False,  # XLA made a step of these small networks slower on a CPU
    )
    return model


def optimizer(config: RunConfig, n_clips: int) -> keras.optimizers.Optimizer:
    """Return the optimizer of `config`, its rate falling to zero along a half cosine."""
    steps = config.training.epochs * -(-n_clips // config.training.batch_size)
    rate = keras.optimizers.schedules.CosineDecay(config.training.learning_rate, steps)
    return OPTIMIZERS[config.training.optimizer](learning_rate=rate)


def fit(
    model: keras.Model, config: RunConfig, sets: dict[str, LabelledSet], n_classes: int
) -> dict[str, list[float]]:
    """Train `model`, give it back its best epoch's weights, and return the history by epoch."""
    one_hot = {name: keras.utils.to_categorical(part.y, n_classes) for name, part in sets.items()}
    keep_best = keras.callbacks.EarlyStopping(
        MONITOR, mode="max", patience=config.training.epochs, restore_best_weights=True
    )
    history = model.fit(
        training_batches(sets["train"].x, one_hot["train"], config.training, config.seed),
        epochs=config.training.epochs,
        validation_data=(sets["validation"].x, one_hot["validation"]),
        validation_batch_size=PREDICTION_BATCH,
        callbacks=[keep_best, keras.callbacks.TerminateOnNaN()],
        shuffle=False,  # the batches shuffle themselves
        verbose=0,
    ).history
    return {name: [float(value) for value in values] for name, values in history.items()}
