"""The questions of the study, declared as grids of runs.

Every experiment changes one factor of one common setting, for all three models, so experiments
share the runs in which that factor has its common value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from subgenre.config import INITIALIZERS, MODELS, Config, Profile, RunConfig, one_of
from subgenre.study.places import Study, needed

DROPOUT = 0.2  # wherever it is on
CROP = 0.6  # share of a training clip that is heard at a time
MODEL_TITLES = MappingProxyType({"cnn": "CNN", "crnn": "CRNN", "cnn_rnn": "CNN-RNN"})
#: What each value of a factor, as tables print it, changes in the common configuration.
Levels = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Cell:
    """One cell of a table: one model at one level, a run per seed."""

    experiment: str
    level: str
    model: str
    configs: tuple[Config, ...]

    @property
    def factor(self) -> str:
        """What varies: an experiment is named by it, in the plural, as its notebook is."""
        return self.experiment.removesuffix("s").replace("_", " ")


EXPERIMENTS: Mapping[str, Levels] = {
    "optimizers": {  # each at the best rate of its grid below
        "Adam": {"optimizer": "adam", "learning_rate": 5e-3},
        "Adadelta": {"optimizer": "adadelta", "learning_rate": 8.0},
        # Keras's default for all three; the paper does not say what its Adadelta ran with.
        "Adadelta, 0.001": {"optimizer": "adadelta", "learning_rate": 1e-3},
        "RMSprop": {"optimizer": "rmsprop", "learning_rate": 1e-2},
    },
    "regularization": {
        "none": {"batch_normalization": False},
        "dropout": {"dropout": DROPOUT, "batch_normalization": False},
        "batch normalization": {},  # as in the common setting
        "both": {"dropout": DROPOUT},
        "both, dropout first": {"dropout": DROPOUT, "dropout_first": True},
    },
    "initialization": {
        name.replace("_", " ").replace("glorot", "Glorot"): {"kernel_initializer": name}
        for name in INITIALIZERS
    },
    "train_sizes": {f"{n:.0%}": {"train_size": n} for n in (0.1, 0.3, 1.0)},
}
#: The three networks in the common setting alone: what a first look at other music needs.
NETWORKS: Mapping[str, Levels] = {"networks": {"Adam": EXPERIMENTS["optimizers"]["Adam"]}}
#: How the common setting was found: on validation clips, with the same grid for each network.
TUNING: Mapping[str, Levels] = {
    "learning_rates": {
        f"{title}, {rate:g}": {"optimizer": title.lower(), "learning_rate": rate}
        for title, lowest in {"Adam": 2.5e-3, "RMSprop": 2.5e-3, "Adadelta": 2.0}.items()
        for rate in (lowest, 2 * lowest, 4 * lowest, 8 * lowest)
    },
    "batch_sizes": {f"{n} clips": {"batch_size": n} for n in (32, 64, 128)},
    "widths": {f"width {n:g}": {"width": n} for n in (0.7, 1.0, 1.4)},
    "dropouts": {f"dropout {share:g}": {"dropout": share} for share in (0.0, 0.1, 0.2)},
    "targets": {f"label smoothing {n:g}": {"label_smoothing": n} for n in (0.0, 0.1)},
    "augmentations": {
        "whole clips": {"crop": 1.0},
        "time shift": {"crop": CROP},
        "more time shift": {"crop": 0.4},
        "time and band shift": {"crop": CROP, "band_shift": 1},
        "time shift and SpecAugment": {"crop": CROP, "time_mask": 20, "frequency_mask": 4},
    },
}
#: A rate so low that the loss hardly moves: no network to compare, and no weak optimizer.
UNTRAINED = (("optimizers", "Adadelta, 0.001"),)
#: The levels that are the common setting, one an experiment.
COMMON = ("Adam", "batch normalization", "Glorot uniform", "100%")
TUNING_PROFILE = "tuning"  #: runs these grids


def experiments_of(profile: Profile, names: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the experiments of a profile that are named, or all; others: a `ParameterError`."""
    own = tuple(TUNING if profile.tuning else EXPERIMENTS)
    for name in names:
        one_of("experiment", name, own)
    return tuple(names) or own


def changed(config: RunConfig, changes: Mapping[str, Any]) -> RunConfig:
    """Return a configuration with other settings by their names, of which no two are the same."""
    content = config.as_dict()
    for part in (content, content["data"], content["model"], content["training"]):
        part.update((name, changes[name]) for name in part.keys() & changes.keys())
    return RunConfig.from_dict(content)


def common_config(study: Study, seed: int = 0) -> RunConfig:
    """Return the setting that all experiments share, from which each changes one factor."""
    epochs = needed(study).profile.epochs
    return changed(RunConfig(study.data, seed=seed), {"epochs": epochs, "crop": CROP})


def cells(experiment: str, study: Study) -> list[Cell]:
    """Return an experiment's grid, by level and model; an unknown one is a `ParameterError`."""
    grids = {**EXPERIMENTS, **NETWORKS, **TUNING}
    one_of("experiment", experiment, grids)
    common, found = common_config(study), []
    for level, changes in grids[experiment].items():
        for name in MODELS:
            each = ({**changes, "name": name, "seed": seed} for seed in study.profile.seeds)
            configs = (changed(common, one) for one in each)
            found.append(Cell(experiment, level, name, tuple(configs)))
    return found
