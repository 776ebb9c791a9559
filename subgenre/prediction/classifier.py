"""A trained network with all that is needed to use it, as one ``.keras`` file that is data only.

The file is Keras's own zip archive with one more member, ``subgenre.json``, which plain
``keras.saving.load_model`` overlooks. Here neither Keras nor TensorFlow reads it, and nothing in it
is ever run or imported: see `subgenre.prediction.network`.
"""

import hashlib
import json
import zipfile
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from subgenre.config import MIN_CLIP_SECONDS, RECIPE, RunConfig, digest, unfit
from subgenre.data.features import network_frames, network_input
from subgenre.plumbing.errors import SubgenreError
from subgenre.plumbing.files import usable_dir, written_aside
from subgenre.plumbing.text import printable
from subgenre.prediction.calibration import Reliability, at_temperature
from subgenre.prediction.network import Layer, answers, read_network

PUBLISHED = Path(__file__).with_name("published")  # models that come with the package
SUFFIX = ".keras"  # Keras itself refuses to load files of other names
FORMAT = 4  # version of the description; raise it when a field comes or goes
DESCRIPTION, ARCHITECTURE, WEIGHTS = "subgenre.json", "config.json", "model.weights.h5"
TRIAL_BYTES = 2**22  # written on trial, several times what a model takes
#: Larger members are refused unread; of ours the largest has 1 MiB.
MAX_BYTES = {DESCRIPTION: 2**22, ARCHITECTURE: 2**22, WEIGHTS: 2**28}


class ModelFileError(SubgenreError):
    """A file is not a model that can be used."""


@dataclass(frozen=True)
class Description:
    """All about a trained network but itself."""

    labels: list[str]  # class i is labels[i]
    config: RunConfig  # of its training, and of how clips are cut and turned into spectrograms
    music: dict[str, str]  # what it is, whom to cite, what may be done with it
    fingerprint: str  # of the data set
    n_clips: dict[str, int]  # of train, validation and test
    sample_rates: list[int]  # lowest and highest of the files, in Hz
    track_seconds: list[float]  # shortest and longest
    scores: dict[str, dict[str, float]]  # of clips and of tracks; beside, what a majority scores
    by_class: dict[str, list]  # precision, recall, F1 and number of test clips
    temperature: float  # fitted on the validation clips; logits are divided by it
    reliabilities: dict[str, Reliability]  # before and after temperature scaling
    versions: dict[str, str]  # of the packages that trained it
    never_answered: list[str] = field(default_factory=list)  # classes, of all but training clips


@dataclass(frozen=True)
class Classifier:
    """A network that labels music, as Keras writes it, and the description of it."""

    architecture: str  # Keras's JSON
    weights: bytes  # Keras's HDF5
    about: Description

    @cached_property
    def network(self) -> tuple[Layer, ...]:
        """The network, layer by layer, tried on silence: a `ValueError` if it is not the one."""
        network = read_network(self.architecture, self.weights)
        features = self.about.config.data.features
        n_frames = network_frames(features.n_frames(MIN_CLIP_SECONDS))
        silence = np.zeros((1, n_frames, features.n_mels, 2), np.float32)
        if network[0].settings["batch_shape"] != [None, None, *silence.shape[2:]]:
            raise ValueError("its network reads other spectrograms")
        if answers(network, silence).shape != (1, len(self.about.labels)):
            raise ValueError("its network has other classes")
        return network

    def probabilities(self, log_mels: np.ndarray) -> np.ndarray:
        """Return calibrated probabilities [shape=(n_clips, n_classes), dtype=float64].

        They are those of log-mel spectrograms [shape=(n_clips, n_frames, n_mels)] of any length
        from `subgenre.config.MIN_CLIP_SECONDS` on, made with ``about.config.data.features``.
        """
        found = answers(self.network, network_input(log_mels))
        return at_temperature(found, self.about.temperature)

    def save(self, path: Path) -> None:
        """Write one ``.keras`` file, always the same for the same network, aside first."""
        require_place(path)
        content = asdict(self.about)
        seal = _seal(content, self.architecture.encode(), self.weights)
        members: dict[str, str | bytes] = {
            "metadata.json": json.dumps({"keras_version": self.about.versions["keras"]}),
            ARCHITECTURE: self.architecture,
            WEIGHTS: self.weights,
            DESCRIPTION: json.dumps(seal | content, indent=1),
        }
        with written_aside(path) as part, zipfile.ZipFile(part, "w") as archive:
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
                text, architecture, weights = map(archive.read, MAX_BYTES)
            if path.suffix != SUFFIX:
                raise ValueError(f"its name does not end in {SUFFIX}")
            content = dict(json.loads(text))
            seal = {name: content.pop(name, None) for name in ("format", "recipe", "checksum")}
            if seal != _seal(content, architecture, weights):
                raise ValueError("another version of subgenre wrote it, or it was changed since")
            config = RunConfig.from_dict(content.pop("config"))
            curves = {name: Reliability(**one) for name, one in content["reliabilities"].items()}
            about = Description(**{**content, "config": config, "reliabilities": curves})
            classifier = cls(architecture.decode(), weights, about)
            classifier.network  # noqa: B018
        except Exception as error:  # whatever zipfile, JSON, HDF5 and NumPy make of such content
            reason = printable(getattr(error, "strerror", None) or str(error))
            raise ModelFileError(
                f"Expected {printable(path)} to be a model that 'subgenre train' wrote, but it "
                f"cannot be used ({reason:.200}): name another file, or train the model again."
            ) from error
        return classifier


def best_published() -> Classifier:
    """Return the model of the package that validated best, by macro F1."""
    models = [Classifier.load(path) for path in sorted(PUBLISHED.glob(f"*{SUFFIX}"))]
    if not models:
        raise ModelFileError(
            f"Expected the published models in {PUBLISHED}, but there are none: name a model of "
            "your own with --model, or train the published ones with 'make models'."
        )
    return max(models, key=lambda one: one.about.scores["validation"]["macro_f1"])


def require_place(path: Path) -> None:
    """Raise a `SubgenreError` unless a model can be written there: best before training."""
    if path.suffix != SUFFIX or path.is_dir():
        raise unfit("the model file", f"to be no folder and to end in {SUFFIX}", str(path))
    trial = usable_dir(path.parent, "--output") / f".{path.stem[:60]}.trial"
    with written_aside(trial) as part:
        part.write_bytes(bytes(TRIAL_BYTES))
    trial.unlink(missing_ok=True)


def _seal(content: dict[str, Any], *members: bytes) -> dict[str, Any]:
    sums = [hashlib.sha256(member).hexdigest() for member in members]
    return {"format": FORMAT, "recipe": RECIPE, "checksum": digest([content, *sums])}
