"""A trained network with all that is needed to use it, as one ``.keras`` file that is data only.

The file is Keras's own zip archive with one more member, ``subgenre.json``, which plain
``keras.saving.load_model`` overlooks. Here the network is not built from what the file says of it:
the description names one of our own networks, which is built anew, and only numbers are read into
it. Nothing in the file is ever run or imported.
"""

import hashlib
import json
import shutil
import zipfile
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np

from subgenre.config import RECIPE, RunConfig, digest
from subgenre.data.clips import Clips, prepare
from subgenre.data.dataset import Dataset
from subgenre.data.features import network_input
from subgenre.data.names import DatasetName
from subgenre.models.networks import build_model
from subgenre.models.scores import by_track, scores
from subgenre.models.training import PREDICTION_BATCH, LabelledSet, train
from subgenre.plumbing.errors import DataError, SubgenreError
from subgenre.plumbing.files import usable_dir, written_aside
from subgenre.plumbing.surroundings import VERSIONED
from subgenre.plumbing.text import printable
from subgenre.prediction import calibration
from subgenre.prediction.calibration import Reliability, at_temperature, reliability

UNSEEN = ("validation", "test")  # by the training
SUFFIX = ".keras"  # Keras itself refuses to load files of other names
FORMAT = 3  # version of the description; raise it when a field comes or goes
DESCRIPTION, WEIGHTS = "subgenre.json", "model.weights.h5"
TRIAL_BYTES = 2**22  # written on trial, several times what a model takes
MAX_BYTES = {DESCRIPTION: 2**22, WEIGHTS: 2**28}  # larger ones are refused unread; ours have 1 MiB


class ModelFileError(SubgenreError):
    """A file is not a model that can be used."""


@dataclass(frozen=True)
class Description:
    """All about a trained network but its weights."""

    labels: list[str]  # class i is labels[i]
    config: RunConfig  # of its training, and of how clips are cut and turned into spectrograms
    fingerprint: str  # of the data set
    n_clips: dict[str, int]  # of train, validation and test
    sample_rates: list[int]  # lowest and highest of the files, in Hz
    track_seconds: list[float]  # shortest and longest
    scores: dict[str, dict[str, float]]  # of clips and of tracks; beside, what a majority scores
    temperature: float  # fitted on the validation clips; logits are divided by it
    reliabilities: dict[str, Reliability]  # before and after temperature scaling
    versions: dict[str, str]  # of the packages that trained it
    never_answered: list[str] = field(default_factory=list)  # classes, of all but training clips

    def network(self) -> keras.Model:
        """Return its network, untrained and not compiled, for clips of any length."""
        n_mels = self.config.data.features.n_mels
        return build_model(self.config.model, None, n_mels, len(self.labels))


@dataclass(frozen=True)
class Classifier:
    """A network that labels music, and the description of it."""

    network: keras.Model
    about: Description

    def probabilities(self, log_mels: np.ndarray) -> np.ndarray:
        """Return calibrated probabilities [shape=(n_clips, n_classes), dtype=float64].

        They are those of log-mel spectrograms [shape=(n_clips, n_frames, n_mels)] of any length
        from `subgenre.config.MIN_CLIP_SECONDS` on, made with ``about.config.data.features``.
        """
        x, step = network_input(log_mels), PREDICTION_BATCH
        batches = (x[start : start + step] for start in range(0, len(x), step))
        # Several times as fast as `predict` for the few clips of one track.
        answers = np.concatenate([self.network.predict_on_batch(batch) for batch in batches])
        return at_temperature(answers, self.about.temperature)

    def save(self, path: Path) -> None:
        """Write one ``.keras`` file, always the same for the same network, aside first."""
        require_place(path)
        with written_aside(path) as part:
            part.mkdir()  # Keras writes weights to a named file only: here, for /tmp may be full
            self.network.save_weights(part / WEIGHTS)
            weights = (part / WEIGHTS).read_bytes()
            shutil.rmtree(part)
            content = asdict(self.about)
            members = {
                "metadata.json": json.dumps({"keras_version": keras.__version__}),
                "config.json": self.network.to_json(),
                WEIGHTS: weights,
                DESCRIPTION: json.dumps(_seal(content, weights) | content, indent=1),
            }
            with zipfile.ZipFile(part, "w") as archive:
                for name, member in members.items():
                    archive.writestr(zipfile.ZipInfo(name), member)  # all of them are of 1980

    @classmethod
    def load(cls, path: Path) -> "Classifier":
        """Read what `save` wrote; a file that is anything else is a `ModelFileError`."""
        try:
            with zipfile.ZipFile(path) as archive:
                for name, most in MAX_BYTES.items():
                    if archive.getinfo(name).file_size > most:
                        raise ValueError(f"its {name} has more than {most} bytes")
                text, weights = map(archive.read, MAX_BYTES)
            if path.suffix != SUFFIX:
                raise ValueError(f"its name does not end in {SUFFIX}")
            content = dict(json.loads(text))
            seal = {name: content.pop(name, None) for name in ("format", "recipe", "checksum")}
            if seal != _seal(content, weights):
                raise ValueError("another version of subgenre wrote it, or it was changed since")
            config = RunConfig.from_dict(content.pop("config"))
            curves = {name: Reliability(**one) for name, one in content["reliabilities"].items()}
            about = Description(**{**content, "config": config, "reliabilities": curves})
            network = about.network()
            network.load_weights(path)  # of the archive, WEIGHTS alone, and in memory
        except Exception as error:  # whatever zipfile, JSON, HDF5 and Keras make of such content
            reason = printable(getattr(error, "strerror", None) or str(error))
            raise ModelFileError(
                f"Expected {printable(path)} to be a model that 'subgenre train' wrote, but it "
                f"cannot be used ({reason:.200}): name another file, or train the model again."
            ) from error
        return cls(network, about)


def require_place(path: Path) -> None:
    """Raise a `SubgenreError` unless a model can be written there: best before training."""
    if path.suffix != SUFFIX or path.is_dir():
        raise ModelFileError(
            f"Expected the name of a model file, which is no folder and has to end in {SUFFIX}; "
            f"got {printable(path)}: write {path.stem}-1{SUFFIX}, say."
        )
    trial = usable_dir(path.parent, "--output") / f".{path.stem[:60]}.trial"
    with written_aside(trial) as part:
        part.write_bytes(bytes(TRIAL_BYTES))
    trial.unlink(missing_ok=True)


def _seal(content: dict[str, Any], weights: bytes) -> dict[str, Any]:
    checksum = digest([content, hashlib.sha256(weights).hexdigest()])
    return {"format": FORMAT, "recipe": RECIPE, "checksum": checksum}


def train_classifier(
    config: RunConfig, dataset: Dataset, n_workers: int | None = None, progress: bool = True
) -> Classifier:
    """Train one network on `dataset` and return it, calibrated on the validation clips.

    The data set's own clip length takes the place of ``config.data.clip_seconds``. A process per
    core computes spectrograms unless `n_workers` is given, while `progress` shows a bar. A training
    that diverges is a `DataError`.
    """
    public, seconds = DatasetName.parse(dataset.name).public, dataset.clip_seconds
    hop = config.data.clip_hop_seconds if config.data.clip_seconds == seconds else seconds
    data = replace(config.data, dataset=public, clip_seconds=seconds, clip_hop_seconds=hop)
    config = replace(config, data=data)
    clips = prepare(dataset, data, n_workers, progress)
    trained, n_classes = train(config, clips), len(clips.labels)
    sets, answers = trained.sets, trained.probabilities
    if not all(np.isfinite(one).all() for one in answers.values()):
        raise DataError(
            "Expected training to converge, but the loss became infinite: lower the learning rate."
        )
    temperature = calibration.fitted_temperature(sets["validation"].y, answers["validation"])
    curves: dict[str, Reliability] = {}
    for name in UNSEEN:  # the test clips had no part in choosing the temperature
        y, scaled = sets[name].y, at_temperature(answers[name], temperature)
        curves |= {name: reliability(y, answers[name]), f"{name}, scaled": reliability(y, scaled)}
    commonest = np.bincount(sets["train"].y).argmax()
    majority = np.tile(np.eye(n_classes)[commonest], (len(sets["test"].y), 1))
    answered = {number for name in UNSEEN for number in answers[name].argmax(axis=1)}
    files = [(one.sample_rate, one.duration) for one in dataset.info.values()]
    files = files or [(data.features.sample_rate, seconds)]  # rendered, at any rate asked for
    rates, lengths = zip(*files, strict=True)
    about = Description(
        labels=list(clips.labels),
        config=config,
        fingerprint=dataset.fingerprint,
        n_clips={
            name: len(rows)
            for name, rows in vars(clips.split(config.seed, config.training.train_size)).items()
        },
        sample_rates=[min(rates), max(rates)],
        track_seconds=[min(lengths), max(lengths)],
        scores={
            **{name: _scores(part, answers[name], clips) for name, part in sets.items()},
            f"majority ({clips.labels[commonest]})": _scores(sets["test"], majority, clips),
        },
        temperature=temperature,
        reliabilities=curves,
        versions={package: version(package) for package in VERSIONED},
        never_answered=[one for i, one in enumerate(clips.labels) if i not in answered],
    )
    network = about.network()  # without the optimizer's state
    network.set_weights(trained.network.get_weights())
    return Classifier(network, about)


def _scores(part: LabelledSet, answers: np.ndarray, clips: Clips) -> dict[str, float]:
    """Score clips, and tracks by the mean probability of their clips."""
    n_classes = len(clips.labels)
    first, means = by_track([clips.tracks[row].track_id for row in part.rows], answers)
    of_tracks = scores(part.y[first], means.argmax(axis=1), n_classes)
    of_clips = scores(part.y, answers.argmax(axis=1), n_classes)
    return of_clips | {f"track_{name}": value for name, value in of_tracks.items()}
