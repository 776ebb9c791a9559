"""The questions of the study, declared as grids of runs.

Every experiment changes one factor of one common setting, for all three models, so experiments
share the runs in which that factor has its common value.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from subgenre.config import (
    MODELS,
    ModelConfig,
    Profile,
    RunConfig,
    TrainingConfig,
    one_of,
)
from subgenre.study.places import Study

DROPOUT = 0.2
"""Share of activations dropped wherever dropout is on."""
LEARNING_RATE = 5e-3
"""Start of Adam and RMSprop in every network."""
KERAS_LEARNING_RATE = 1e-3
"""Keras's default for all three optimizers, and most likely what the paper's Adadelta ran with."""
ADADELTA_LEARNING_RATE = 1.0
"""What the method's own paper means (Zeiler, arXiv 1212.5701): no further scaling."""

CROP = 0.6
"""Share of a training clip that is heard at a time."""

MODEL_TITLES = MappingProxyType({"cnn": "CNN", "crnn": "CRNN", "cnn_rnn": "CNN-RNN"})


@dataclass(frozen=True)
class Level:
    """One value of an experiment's factor.

    Attributes
    ----------
    name : str
        As the tables print it.
    model, training : Mapping
        What it changes in the common `ModelConfig` and `TrainingConfig`.
    """

    name: str
    model: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Experiment:
    """A grid of runs that answers one question.

    Attributes
    ----------
    name : str
        Also the name of its notebook.
    factor : str
        What varies.
    levels : tuple of Level
    """

    name: str
    factor: str
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class Cell:
    """One cell of a table: one model at one level, a run per seed."""

    experiment: str
    factor: str
    level: str
    model: str
    configs: tuple[RunConfig, ...]


OPTIMIZERS = Experiment(
    "optimizers",
    "optimizer",
    (
        Level("Adam", training={"optimizer": "adam", "learning_rate": LEARNING_RATE}),
        Level(
            "Adadelta",
            training={"optimizer": "adadelta", "learning_rate": KERAS_LEARNING_RATE},
        ),
        Level(
            "Adadelta, rate 1",
            training={"optimizer": "adadelta", "learning_rate": ADADELTA_LEARNING_RATE},
        ),
        Level("RMSprop", training={"optimizer": "rmsprop", "learning_rate": LEARNING_RATE}),
    ),
)

REGULARIZATION = Experiment(
    "regularization",
    "regularization",
    (
        Level("none", model={"dropout": 0.0, "batch_normalization": False}),
        Level("dropout", model={"dropout": DROPOUT, "batch_normalization": False}),
        Level("batch normalization", model={"dropout": 0.0, "batch_normalization": True}),
        Level("both", model={"dropout": DROPOUT, "batch_normalization": True}),
        Level(
            "both, dropout first",
            model={"dropout": DROPOUT, "batch_normalization": True, "dropout_first": True},
        ),
    ),
)

INITIALIZATION = Experiment(
    "initialization",
    "initialization",
    (
        Level("Glorot normal", model={"kernel_initializer": "glorot_normal"}),
        Level("Glorot uniform", model={"kernel_initializer": "glorot_uniform"}),
        Level("random normal", model={"kernel_initializer": "random_normal"}),
        Level("random uniform", model={"kernel_initializer": "random_uniform"}),
    ),
)

EXPERIMENTS = MappingProxyType(
    {experiment.name: experiment for experiment in (OPTIMIZERS, REGULARIZATION, INITIALIZATION)}
)


NETWORKS = Experiment("networks", "network", OPTIMIZERS.levels[:1])
"""The three networks in the common setting alone: what a first look at other music needs."""

LEARNING_RATES = Experiment(
    "learning_rates",
    "learning rate",
    tuple(
        Level(f"{title}, {rate:g}", training={"optimizer": title.lower(), "learning_rate": rate})
        for title, rates in {
            "Adam": (2.5e-3, 5e-3, 1e-2),
            "RMSprop": (2.5e-3, 5e-3, 1e-2),
            "Adadelta": (0.5, 1.0, 2.0),
        }.items()
        for rate in rates
    ),
)

BATCH_SIZES = Experiment(
    "batch_sizes",
    "batch size",
    tuple(Level(f"{size} clips", training={"batch_size": size}) for size in (32, 64, 128)),
)

WIDTHS = Experiment(
    "widths",
    "width",
    tuple(Level(f"width {width:g}", model={"width": width}) for width in (0.7, 1.0, 1.4)),
)

AUGMENTATIONS = Experiment(
    "augmentations",
    "augmentation",
    (
        Level("whole clips", training={"crop": 1.0}),
        Level("time shift", training={"crop": CROP}),
        Level("time and band shift", training={"crop": CROP, "band_shift": 1}),
        Level(
            "time shift and SpecAugment",
            training={"crop": CROP, "time_mask": 20, "frequency_mask": 4},
        ),
    ),
)

TUNING = MappingProxyType(
    {grid.name: grid for grid in (LEARNING_RATES, BATCH_SIZES, WIDTHS, AUGMENTATIONS)}
)
"""How the common setting was found: on validation clips, with the same grid for each network."""
TUNING_PROFILE = "tuning"
"""The profile that runs these grids."""


def experiments_of(profile: Profile) -> tuple[str, ...]:
    """Return the names of the experiments that a profile runs."""
    return tuple(TUNING if profile.tuning else EXPERIMENTS)


def common_config(study: Study, seed: int = 0) -> RunConfig:
    """Return the setting that all experiments share, from which each changes one factor."""
    epochs = study.profile.epochs
    return RunConfig(
        data=study.data,
        model=ModelConfig(dropout=DROPOUT),
        training=TrainingConfig(learning_rate=LEARNING_RATE, epochs=epochs, crop=CROP),
        seed=seed,
    )


def cells(experiment: str, study: Study) -> list[Cell]:
    """Return an experiment's grid, level by level, model by model.

    Raises
    ------
    ParameterError
        If there is no such experiment.
    """
    grids = {**EXPERIMENTS, **TUNING, NETWORKS.name: NETWORKS}
    one_of("experiment", experiment, grids)
    grid = grids[experiment]
    return [
        Cell(
            grid.name,
            grid.factor,
            level.name,
            model,
            tuple(
                _config(common_config(study, seed), model, level) for seed in study.profile.seeds
            ),
        )
        for level in grid.levels
        for model in MODELS
    ]


def _config(common: RunConfig, model: str, level: Level) -> RunConfig:
    return replace(
        common,
        model=replace(common.model, name=model, **level.model),
        training=replace(common.training, **level.training),
    )
