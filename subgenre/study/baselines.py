"""What a score must beat to mean anything: simple methods on the networks' splits and seeds."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from subgenre.config import Config, DataConfig, setting
from subgenre.data.dataset import SETS
from subgenre.models.baselines import METHODS, sound_features
from subgenre.models.scores import macro_f1
from subgenre.study.experiments import Cell
from subgenre.study.places import Study
from subgenre.study.records import Record

if TYPE_CHECKING:
    from subgenre.data.clips import Clips

EXPERIMENT = "baselines"  #: in tables and on the command line
VERSIONED = ("subgenre", "librosa", "numpy", "scikit-learn", "music21")


@dataclass(frozen=True)
class BaselineConfig(Config):
    """All that determines a baseline's scores, but for the content of the data set."""

    data: DataConfig
    name: str = setting("majority", "The method.", choices=tuple(METHODS))
    seed: int = setting(0, "Draws the split, as the networks' does, and what else is random.", 0)


def baseline_cells(study: Study, names: Sequence[str] = tuple(METHODS)) -> list[Cell]:
    """Return a cell per baseline, with a configuration per seed of the profile."""
    cells = []
    for name in names:
        configs = (BaselineConfig(study.data, name, seed) for seed in study.profile.seeds)
        cells.append(Cell(EXPERIMENT, name, "baseline", tuple(configs)))
    return cells


def baseline_records(
    configs: Sequence[BaselineConfig], clips: "Clips", score: np.ndarray | None = None
) -> list[bytes]:
    """Fit one baseline under several seeds and return its records; runs in a worker.

    It knows what it reads in the score [shape=(n_clips, n_features)], or else what it hears in the
    clips under the noise of each set.
    """
    name, features = configs[0].name, configs[0].data.features
    known: dict[str, np.ndarray] = {
        part: sound_features(name, clips.log_mels(part), features) if score is None else score
        for part in SETS
    }
    return [_record(config, clips, known).to_bytes() for config in configs]


def _record(config: BaselineConfig, clips: "Clips", known: Mapping[str, np.ndarray]) -> Record:
    """Return the record of one seed; its seconds do not count what all seeds share."""
    started = time.perf_counter()
    rows, n_classes = vars(clips.split(config.seed)), len(clips.labels)
    numbers = clips.class_numbers()
    x = {part: known[part][some] for part, some in rows.items()}
    y = {part: numbers[some] for part, some in rows.items()}
    # One thread: the problems are small, and the numbers the same on any number of cores.
    with threadpool_limits(1):
        candidates = METHODS[config.name].candidates(config.seed)
        model = max(  # the first of equals
            [candidate.fit(x["train"], y["train"]) for candidate in candidates],
            key=lambda one: macro_f1(y["validation"], one.predict(x["validation"]), n_classes),
        )
        answer = getattr(model, "predict_proba", lambda x: np.eye(n_classes)[model.predict(x)])
        x["train"] = x["train"][rows["train"] < len(clips.tracks)]
        probabilities = {part: answer(some) for part, some in x.items()}
    seconds = dict.fromkeys(("training", "all"), time.perf_counter() - started)
    return Record.of(config, clips, rows, probabilities, seconds, VERSIONED, 0, {})
