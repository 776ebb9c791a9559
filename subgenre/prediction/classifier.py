"""A trained network with all that is needed to use it, as one ``.keras`` file that is data only.

The file is Keras's own zip archive with one more member, ``subgenre.json``, which plain
``keras.saving.load_model`` overlooks. Here the network is not built from what the file says of it:
the description names one of our own networks, which is built anew, and only numbers are read into
it. Nothing in the file is ever run or imported.
"""

import hashlib
import json
import tempfile
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np

from subgenre.config import RECIPE, RunConfig, digest
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
from subgenre.plumbing.errors import DataError, SubgenreError
from subgenre.plumbing.files import written_aside
from subgenre.plumbing.text import printable
from subgenre.prediction import calibration
from subgenre.prediction.calibration import Reliability, at_temperature, reliability

SUFFIX = ".keras"
"""Keras itself refuses to load files of other names."""
FORMAT = 2
"""Version of the description; raise it when a field comes or goes."""
DESCRIPTION, WEIGHTS = "subgenre.json", "model.weights.h5"
MAX_BYTES = {DESCRIPTION: 2**22, WEIGHTS: 2**28}
"""The members that are read; larger ones are refused unread (our networks need 1 MiB)."""


class ModelFileError(SubgenreError):
    """A file is not a model that can be used."""


@dataclass(frozen=True)
class Description:
    """All about a trained network but its weights.

    Attributes
    ----------
    labels : list of str
        Class ``i`` is ``labels[i]``.
    config : RunConfig
        How it was trained; ``config.data`` says how clips are cut and turned into spectrograms.
    fingerprint : str
        Of the data set.
    n_clips : dict
        Clips in train, validation and test.
    sample_rates : list of int
        Lowest and highest of the files, in Hz.
    track_seconds : list of float
        Shortest and longest of the tracks that the clips were cut from.
    best_epoch : int
        Counted from 1; the epoch that validated best gave the weights.
    scores : dict
        ``scores[set][metric]`` for train, validation and test, per clip and per track.
    temperature : float
        Fitted on the validation clips; logits are divided by it.
    reliabilities : dict
        Of the validation and test clips, before and after temperature scaling.
    versions : dict
        Of the packages that trained it.
    """

    labels: list[str]
    config: RunConfig
    fingerprint: str
    n_clips: dict[str, int]
    sample_rates: list[int]
    track_seconds: list[float]
    best_epoch: int
    scores: dict[str, dict[str, float]]
    temperature: float
    reliabilities: dict[str, Reliability]
    versions: dict[str, str]


@dataclass(frozen=True)
class Classifier:
    """A network that labels music, and the description of it."""

    network: keras.Model
    about: Description

    def probabilities(self, log_mels: np.ndarray) -> np.ndarray:
        """Return calibrated probabilities [shape=(n_clips, n_classes), dtype=float64].

        Parameters
        ----------
        log_mels : np.ndarray [shape=(n_clips, n_frames, n_mels)]
            From `subgenre.data.features.log_mel` with ``about.config.data.features``, of clips of
            any common length.

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
        answers = _answers(self.network, network_input(log_mels))
        return at_temperature(answers, self.about.temperature)

    def save(self, path: Path) -> None:
        """Write one ``.keras`` file, always the same for the same network, aside first.

        Raises
        ------
        ModelFileError
            If the file's name does not end in ``.keras``.
        StorageError
            If it cannot be written.
        """
        require_suffix(path)
        with tempfile.TemporaryDirectory() as folder:
            self.network.save_weights(Path(folder, WEIGHTS))
            weights = Path(folder, WEIGHTS).read_bytes()
        content = asdict(self.about)
        seal = {"format": FORMAT, "recipe": RECIPE, "checksum": _checksum(content, weights)}
        members = {
            "metadata.json": json.dumps({"keras_version": keras.__version__}),
            "config.json": self.network.to_json(),
            WEIGHTS: weights,
            DESCRIPTION: json.dumps({**seal, **content}, indent=1),
        }
        with written_aside(path) as part, zipfile.ZipFile(part, "w") as archive:
            for name, member in members.items():
                archive.writestr(zipfile.ZipInfo(name), member)  # all of them are of 1980

    @classmethod
    def load(cls, path: Path) -> "Classifier":
        """Read what `save` wrote.

        Raises
        ------
        ModelFileError
            If there is no such file, or it is damaged, foreign or of another version.
        """
        try:
            with zipfile.ZipFile(path) as archive:
                for name, most in MAX_BYTES.items():
                    if archive.getinfo(name).file_size > most:
                        raise ValueError(f"its {name} has more than {most} bytes")
                text, weights = map(archive.read, MAX_BYTES)
            about = _unsealed(dict(json.loads(text)), weights)
            network = _network(about.config, len(about.labels))
            with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
                warnings.filterwarnings("error", message="Skipping")  # a layer, left untrained
                Path(folder, WEIGHTS).write_bytes(weights)
                network.load_weights(Path(folder, WEIGHTS))
            if not all(np.isfinite(values).all() for values in network.get_weights()):
                raise ValueError("some of its weights are not numbers")
        except Exception as error:  # whatever zipfile, JSON, HDF5 and Keras make of such content
            reason = printable(getattr(error, "strerror", None) or str(error))
            raise ModelFileError(
                f"Expected {printable(path)} to be a model that 'subgenre train' wrote, but it "
                f"cannot be used ({reason:.200}): name another file, or train the model again."
            ) from error
        return cls(network, about)


def require_suffix(path: Path) -> None:
    """Raise unless `path` can be the name of a model file; better before training than after it."""
    if path.suffix != SUFFIX:
        raise ModelFileError(
            f"Expected the name of a model file to end in {SUFFIX}; got {path.name!r}: "
            f"write {path.stem}{SUFFIX}, say."
        )


def _checksum(content: Mapping[str, Any], weights: bytes) -> str:
    return digest([content, hashlib.sha256(weights).hexdigest()])


def _unsealed(content: dict[str, Any], weights: bytes) -> Description:
    """Return the description in `content`, if this version wrote it together with `weights`."""
    if (content.pop("format", None), content.pop("recipe", None)) != (FORMAT, RECIPE):
        raise ValueError("another version of subgenre wrote it")
    if content.pop("checksum", None) != _checksum(content, weights):
        raise ValueError("its checksum does not fit its content")
    config = RunConfig.from_dict(content.pop("config"))
    curves = {name: Reliability(**one) for name, one in content.pop("reliabilities").items()}
    return Description(**content, config=config, reliabilities=curves)


def _network(config: RunConfig, n_classes: int) -> keras.Model:
    """Return the network of `config` for clips of any length, not compiled."""
    n_bands = network_size(0, config.data.features.n_mels)[1]
    return build_model(config.model, None, n_bands, n_classes)


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
    n_workers : int, optional
        Processes that compute spectrograms; one per core unless given.
    progress : bool
        Show a progress bar while they do.

    Raises
    ------
    DataError
        If there are too few classes, one has no name, or training diverged.
    """
    if len(dataset.labels) < 2 or not all(dataset.labels):
        raise DataError(
            f"Expected two or more classes, each with a name; got {list(dataset.labels)}: "
            "add one, or rename it."
        )
    name, seconds = DatasetName.parse(dataset.name).public, dataset.clip_seconds
    hop = config.data.clip_hop_seconds if config.data.clip_seconds == seconds else seconds
    data = replace(config.data, dataset=name, clip_seconds=seconds, clip_hop_seconds=hop)
    config = replace(config, data=data)
    clips = prepare(dataset, data, n_workers, progress)
    network, history, sets = _trained(config, clips)
    answers = {name: _answers(network, part.x) for name, part in sets.items()}
    if not all(np.isfinite(one).all() for one in answers.values()):
        raise DataError(
            "Expected training to converge, but the loss became infinite: lower the learning rate."
        )
    temperature = calibration.fitted_temperature(sets["validation"].y, answers["validation"])
    curves: dict[str, Reliability] = {}
    for name in ("validation", "test"):  # the test clips had no part in choosing the temperature
        y, scaled = sets[name].y, at_temperature(answers[name], temperature)
        curves |= {name: reliability(y, answers[name]), f"{name}, scaled": reliability(y, scaled)}
    files = dataset.info.values()  # none if the music is rendered, at any rate asked for
    rates = [file.sample_rate for file in files] or [data.features.sample_rate]
    lengths = [file.duration for file in files] or [seconds]
    about = Description(
        labels=list(clips.labels),
        config=config,
        fingerprint=dataset.fingerprint,
        n_clips={name: len(part.rows) for name, part in sets.items()},
        sample_rates=[min(rates), max(rates)],
        track_seconds=[min(lengths), max(lengths)],
        best_epoch=int(np.nanargmax(history[MONITOR])) + 1,
        scores={name: _scores(part, answers[name], clips) for name, part in sets.items()},
        temperature=temperature,
        reliabilities=curves,
        versions={package: version(package) for package in VERSIONED},
    )
    return Classifier(network, about)


def _trained(
    config: RunConfig, clips: Clips
) -> tuple[keras.Model, dict[str, list[float]], dict[str, LabelledSet]]:
    """Return a network without its optimizer, the history by epoch, and the sets."""
    sets, n_classes = labelled_sets(clips, config.seed), len(clips.labels)
    trained = compiled_model(config, sets["train"].x, n_classes)
    history = fit(trained, config, sets, n_classes)
    network = _network(config, n_classes)
    network.set_weights(trained.get_weights())
    return network, history, sets


def _scores(part: LabelledSet, answers: np.ndarray, clips: Clips) -> dict[str, float]:
    """Score clips, and tracks by the mean probability of their clips."""
    first, means = by_track([clips.tracks[row].track_id for row in part.rows], answers)
    n_classes = len(clips.labels)
    per_clip = scores(part.y, answers.argmax(axis=1), n_classes)
    per_track = scores(part.y[first], means.argmax(axis=1), n_classes)
    return plain({**per_clip, **{f"track_{name}": value for name, value in per_track.items()}})
