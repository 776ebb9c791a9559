"""A trained network with all that is needed to use it: classes, feature settings, calibration."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np

from subgenre.config import DataConfig, RunConfig
from subgenre.data.clips import Clips, prepare
from subgenre.data.dataset import Dataset
from subgenre.data.features import FRAMES_PER_STEP, network_input, network_size
from subgenre.data.names import DatasetName
from subgenre.models.networks import build_model
from subgenre.models.scores import by_track, plain, scores
from subgenre.models.training import (
    MONITOR,
    PREDICTION_BATCH,
    VERSIONED,
    LabelledSet,
    compiled_model,
    fit,
    labelled_sets,
)
from subgenre.plumbing.errors import DataError, ParameterError
from subgenre.plumbing.text import printable
from subgenre.prediction.calibration import Reliability, fitted_temperature, reliability, scaled
from subgenre.prediction.description import Description, TrainingMusic, require_names
from subgenre.prediction.model_file import ModelFileError, read_model, unusable, write_model


@dataclass(frozen=True)
class Classifier:
    """A network that labels music.

    Attributes
    ----------
    network : keras.Model
    about : Description
        Classes, feature settings, calibration, scores, and what music it was trained on.
    """

    network: keras.Model
    about: Description

    def probabilities(self, log_mels: np.ndarray) -> np.ndarray:
        """Return the calibrated probability of each class for each clip.

        Parameters
        ----------
        log_mels : np.ndarray [shape=(n_clips, n_frames, n_mels)]
            From `subgenre.data.features.log_mel` with ``about.config.data.features``, of clips of
            any common length.

        Returns
        -------
        np.ndarray [shape=(n_clips, n_classes), dtype=float64]

        Raises
        ------
        DataError
            If the spectrograms do not have the shape that the network was trained on.
        """
        n_mels = self.about.config.data.features.n_mels
        least = 2 * FRAMES_PER_STEP
        if log_mels.ndim != 3 or log_mels.shape[1] < least or log_mels.shape[2] != n_mels:
            raise DataError(
                f"Expected spectrograms of shape (clips, frames, {n_mels}) with at least {least} "
                f"frames; got {log_mels.shape}: make them with the model's own feature settings."
            )
        return scaled(_answers(self.network, network_input(log_mels)), self.about.temperature)

    def save(self, path: Path) -> None:
        """Write the classifier as one ``.keras`` file.

        Raises
        ------
        ModelFileError
            If the file's name does not end in ``.keras``, or `load` would refuse the file.
        StorageError
            If it cannot be written.
        """
        try:
            self.about.require_readable()
        except ParameterError as error:
            raise ModelFileError(
                f"Expected a model that can be read again from {printable(path)}, but {error}: "
                "train it with other names and settings."
            ) from error
        write_model(path, self.network, self.about.as_dict())

    @classmethod
    def load(cls, path: Path) -> "Classifier":
        """Read what `save` wrote; nothing in the file is run or imported.

        Raises
        ------
        ModelFileError
            If there is no such file, or it is damaged, foreign or of another version.
        """
        file = read_model(path)
        try:
            about = Description.from_dict(file.description)
        except ParameterError as error:
            raise unusable(path, str(error)) from error
        network = _network(about.config, len(about.labels))
        file.load_weights(network)
        return cls(network, about)


def _network(config: RunConfig, n_classes: int) -> keras.Model:
    """Return the network of `config` for clips of any length, not compiled."""
    return build_model(
        config.model, None, network_size(0, config.data.features.n_mels)[1], n_classes
    )


def _answers(network: keras.Model, x: Any) -> np.ndarray:
    """Return class probabilities [shape=(n_clips, n_classes)] of network input."""
    starts = range(0, len(x), PREDICTION_BATCH)
    # Several times as fast as `predict` for the few clips of one track.
    return np.concatenate([network.predict_on_batch(x[i : i + PREDICTION_BATCH]) for i in starts])


def train_classifier(
    config: RunConfig, dataset: Dataset, n_workers: int | None = None, progress: bool = True
) -> Classifier:
    """Train one network on `dataset` and return it, calibrated on the validation clips.

    Parameters
    ----------
    config : RunConfig
        The data set's own clip length takes the place of ``config.data.clip_seconds``.
    dataset : Dataset
        Labelled music.
    n_workers : int, optional
        Processes that compute spectrograms; one per core unless given.
    progress : bool
        Show a progress bar while they do.

    Raises
    ------
    DataError
        If there is too little music for three sets, a model file cannot hold the names of the
        classes, or training diverged.
    StorageError
        If the cache folder cannot be used.
    """
    require_names(dataset.labels, DatasetName.parse(dataset.name).public)
    config = replace(config, data=_as_cut(config.data, dataset))
    clips = prepare(dataset, config.data, n_workers, progress)
    sets = labelled_sets(clips, config.seed)
    trained = compiled_model(config, sets["train"].x, len(clips.labels))
    history = fit(trained, config, sets, len(clips.labels))
    network = _network(config, len(clips.labels))  # without the optimizer's state
    network.set_weights(trained.get_weights())
    answers = {name: _answers(network, part.x) for name, part in sets.items()}
    if not all(np.isfinite(one).all() for one in answers.values()):
        raise DataError(
            "Expected training to converge, but the loss became infinite: lower the learning rate."
        )
    temperature = fitted_temperature(sets["validation"].y, answers["validation"])
    about = Description(
        labels=tuple(clips.labels),
        config=config,
        music=_music(dataset, config, sets),
        best_epoch=int(np.nanargmax(history[MONITOR])) + 1,
        scores={name: _scores(part, answers[name], clips) for name, part in sets.items()},
        temperature=temperature,
        reliabilities=_reliabilities(sets, answers, temperature),
        versions={package: version(package) for package in VERSIONED},
    )
    return Classifier(network, about)


def _as_cut(data: DataConfig, dataset: Dataset) -> DataConfig:
    """Return the configuration with the clips as `dataset` has them, for new music to be cut so."""
    seconds = dataset.clip_seconds
    hop = data.clip_hop_seconds if data.clip_seconds == seconds else seconds
    name = DatasetName.parse(dataset.name).public
    return replace(data, dataset=name, clip_seconds=seconds, clip_hop_seconds=hop)


def _music(dataset: Dataset, config: RunConfig, sets: Mapping[str, LabelledSet]) -> TrainingMusic:
    """Describe the music; a data set that is rendered has no files, but any rate asked for."""
    files = dataset.info.values()
    rates = [file.sample_rate for file in files] or [config.data.features.sample_rate]
    seconds = [file.duration for file in files] or [dataset.clip_seconds]
    return TrainingMusic(
        name=DatasetName.parse(dataset.name).public,
        fingerprint=dataset.fingerprint,
        n_clips={name: len(part.rows) for name, part in sets.items()},
        sample_rates=(int(min(rates)), int(max(rates))),
        track_seconds=(float(min(seconds)), float(max(seconds))),
    )


def _scores(part: LabelledSet, answers: np.ndarray, clips: Clips) -> dict[str, float]:
    """Score clips, and tracks by the mean probability of their clips."""
    first, means = by_track([clips.tracks[row].track_id for row in part.rows], answers)
    n_classes = len(clips.labels)
    per_clip = scores(part.y, answers.argmax(axis=1), n_classes)
    per_track = scores(part.y[first], means.argmax(axis=1), n_classes)
    return plain({**per_clip, **{f"track_{name}": value for name, value in per_track.items()}})


def _reliabilities(
    sets: Mapping[str, LabelledSet], answers: Mapping[str, np.ndarray], temperature: float
) -> dict[str, Reliability]:
    """Compare promises with facts; the test clips had no part in choosing the temperature."""
    found = {}
    for name in ("validation", "test"):
        found[name] = reliability(sets[name].y, answers[name])
        found[f"{name}, scaled"] = reliability(sets[name].y, scaled(answers[name], temperature))
    return found
