"""Everything that determines a run, as frozen dataclasses that validate themselves."""

import dataclasses
import difflib
import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from subgenre.plumbing.errors import ParameterError

MODELS = ("cnn", "crnn", "cnn_rnn")
OPTIMIZERS = ("adam", "adadelta", "rmsprop")
INITIALIZERS = ("glorot_normal", "glorot_uniform", "random_normal", "random_uniform")
RECURRENT_CELLS = ("gru", "lstm")

MIN_CLIP_SECONDS = 1.0
"""Shorter clips have too few frames for the networks to pool."""
RECIPE = 2
"""Version of the code between a configuration and its record (features, models, training).

Raise it when that code changes what a run computes: old records then no longer answer for it.
"""


def one_of(name: str, value: object, choices: Iterable[str]) -> None:
    """Raise unless `value` is one of `choices`.

    Raises
    ------
    ParameterError
        Naming the choices, and the nearest one if the value looks like a slip.
    """
    choices = tuple(choices)
    if value in choices:
        return
    near = difflib.get_close_matches(str(value), choices, n=1)
    advice = f"did you mean {near[0]!r}?" if near else "choose one of these."
    raise ParameterError(
        f"Expected {name} to be one of {', '.join(choices)}; got {value!r}: {advice}"
    )


def number(name: str, value: object, low: float = -math.inf, high: float = math.inf) -> float:
    """Return `value` as a finite float within [`low`, `high`].

    Raises
    ------
    ParameterError
        If it is not a number, not finite or out of bounds.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ParameterError(
            f"Expected {name} to be a number; got {value!r}: write it as in 6 or -3.5."
        )
    if not low <= value <= high:
        raise ParameterError(
            f"Expected {name} between {low:g} and {high:g}; got {value!r}: change it."
        )
    return float(value)


def whole(name: str, value: object, low: int = 0) -> int:
    """Return `value` as an int of at least `low`.

    Raises
    ------
    ParameterError
        If it is not a whole number or too small.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < low:
        raise ParameterError(
            f"Expected {name} to be a whole number of at least {low}; got {value!r}: change it."
        )
    return value


@dataclass(frozen=True)
class FeatureConfig:
    """The log-mel spectrogram, in librosa's terms.

    Attributes
    ----------
    sample_rate : int
        In Hz.
    n_fft, hop_length : int
        Window and hop in samples; 640 samples at 16 kHz are 40 ms.
    n_mels : int
        Number of mel bands; a multiple of 8, so that the networks can pool them.
    fmin, fmax : float
        Edges of the lowest and the highest band, in Hz.
    """

    sample_rate: int = 16_000
    n_fft: int = 1024
    hop_length: int = 640
    n_mels: int = 64
    fmin: float = 50.0
    fmax: float = 8_000.0

    def __post_init__(self) -> None:
        for name in ("sample_rate", "n_fft", "hop_length", "n_mels"):
            whole(name, getattr(self, name), low=1)
        if self.n_mels % 8:
            raise ParameterError(
                f"Expected n_mels to be a multiple of 8; got {self.n_mels}: choose 64, say."
            )
        top = number("fmax", self.fmax, 0, self.sample_rate / 2)
        object.__setattr__(self, "fmax", top)
        object.__setattr__(self, "fmin", number("fmin", self.fmin, 0, top))

    def n_frames(self, clip_seconds: float) -> int:
        """Return the number of frames, centred as librosa's, of a clip of that length."""
        return 1 + round(clip_seconds * self.sample_rate) // self.hop_length


@dataclass(frozen=True)
class DataConfig:
    """Which music, how much of it, and how noisy.

    Attributes
    ----------
    dataset : str
        Name of a data set.
    clips_per_class : int
        Upper bound on the clips of each class.
    snr_db : float or None
        Signal-to-noise ratio in dB; None leaves the music clean.
    clip_seconds, clip_hop_seconds : float
        Length of the clips that longer tracks are cut into, and from one start to the next.
    features : FeatureConfig
    """

    dataset: str = "dances"
    clips_per_class: int = 480
    snr_db: float | None = 0.0
    clip_seconds: float = 10.0
    clip_hop_seconds: float = 10.0
    features: FeatureConfig = field(default_factory=FeatureConfig)

    def __post_init__(self) -> None:
        whole("clips_per_class", self.clips_per_class, low=1)
        for name, low in (("clip_seconds", MIN_CLIP_SECONDS), ("clip_hop_seconds", 0.1)):
            object.__setattr__(self, name, number(name, getattr(self, name), low, 600))
        if self.snr_db is not None:
            object.__setattr__(self, "snr_db", number("snr_db", self.snr_db, -60, 60))


@dataclass(frozen=True)
class ModelConfig:
    """One of the three networks, and the factors that the paper varies.

    Attributes
    ----------
    name : {'cnn', 'crnn', 'cnn_rnn'}
        Baseline CNN, sequential CRNN, parallel CNN-RNN.
    dropout : float
        Share of activations dropped; 0 for none.
    batch_normalization : bool
    dropout_first : bool
        Dropout before batch normalization instead of after it (Li et al., arXiv 1801.05134).
    kernel_initializer : str
        As Keras spells it; random normal and uniform have Keras's own scale of 0.05.
    initialize_recurrent : bool
        Apply it to the recurrent kernels too, which are orthogonal otherwise.
    recurrent_cell : {'gru', 'lstm'}
    width : float
        Factor on the number of filters and units of every layer.
    """

    name: str = "cnn"
    dropout: float = 0.2
    batch_normalization: bool = True
    dropout_first: bool = False
    kernel_initializer: str = "glorot_uniform"
    initialize_recurrent: bool = False
    recurrent_cell: str = "gru"
    width: float = 1.0

    def __post_init__(self) -> None:
        one_of("model", self.name, MODELS)
        one_of("kernel_initializer", self.kernel_initializer, INITIALIZERS)
        one_of("recurrent_cell", self.recurrent_cell, RECURRENT_CELLS)
        object.__setattr__(self, "dropout", number("dropout", self.dropout, 0, 0.9))
        object.__setattr__(self, "width", number("width", self.width, 0.1, 10))


@dataclass(frozen=True)
class TrainingConfig:
    """How one network is trained.

    Attributes
    ----------
    optimizer : {'adam', 'adadelta', 'rmsprop'}
    learning_rate : float
        At the start; it falls to zero along a half cosine over all epochs.
    epochs : int
    batch_size : int
        In clips.
    crop : float
        Share of a training clip that is heard at a time, from a random start (time shift).
    band_shift : int
        Each training clip is moved by up to so many bands of the network's input.
    time_mask, frequency_mask : int
        Longest stretch of frames, widest group of bands, that each of the two masks of
        SpecAugment (Park et al. 2019) hides; 0 for no masks.
    """

    optimizer: str = "adam"
    learning_rate: float = 5e-3
    epochs: int = 50
    batch_size: int = 64
    crop: float = 0.6
    band_shift: int = 0
    time_mask: int = 0
    frequency_mask: int = 0

    def __post_init__(self) -> None:
        one_of("optimizer", self.optimizer, OPTIMIZERS)
        object.__setattr__(
            self, "learning_rate", number("learning_rate", self.learning_rate, 1e-8, 100)
        )
        whole("epochs", self.epochs, low=1)
        whole("batch_size", self.batch_size, low=1)
        object.__setattr__(self, "crop", number("crop", self.crop, 0.1, 1))
        for name in ("band_shift", "time_mask", "frequency_mask"):
            whole(name, getattr(self, name))


@dataclass(frozen=True)
class RunConfig:
    """All that determines a run, but for the content of the data set.

    Attributes
    ----------
    data : DataConfig
    model : ModelConfig
    training : TrainingConfig
    seed : int
        Draws the split, the initial weights and the order of the clips.
    """

    data: DataConfig = field(default_factory=DataConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    seed: int = 0

    def __post_init__(self) -> None:
        whole("seed", self.seed)

    def as_dict(self) -> dict[str, Any]:
        """Return the configuration as nested dictionaries of plain values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "RunConfig":
        """Return the configuration that `as_dict` gave.

        Raises
        ------
        ParameterError
            If a field is missing or unknown, as in a record of another version.
        """
        try:
            data = dict(content["data"])
            features = FeatureConfig(**data.pop("features"))
            return cls(
                data=DataConfig(**data, features=features),
                model=ModelConfig(**content["model"]),
                training=TrainingConfig(**content["training"]),
                seed=content["seed"],
            )
        except (KeyError, TypeError) as error:
            raise ParameterError(
                f"Expected the configuration of a training run of this version; got one that does "
                f"not fit ({error}): use the version that wrote it."
            ) from error

    def key(self, fingerprint: str) -> str:
        """Return the name of this run's record: a hash of what determines its result.

        Parameters
        ----------
        fingerprint : str
            The data set's fingerprint.
        """
        return digest({"config": self.as_dict(), "data": fingerprint, "recipe": RECIPE})


def digest(content: object) -> str:
    """Return 16 hexadecimal digits that name `content`, any JSON-like value."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Profile:
    """How much work a study does.

    Attributes
    ----------
    name : str
    seeds : tuple of int
    epochs : int
    clips_per_class : int
    tuning : bool
        It compares settings on validation clips, instead of answering the study's questions.
    """

    name: str
    seeds: tuple[int, ...]
    epochs: int
    clips_per_class: int
    tuning: bool = False


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("smoke", seeds=(0,), epochs=1, clips_per_class=10),
        Profile("quick", seeds=(0,), epochs=10, clips_per_class=480),
        Profile("paper", seeds=(0, 1, 2, 3, 4), epochs=50, clips_per_class=480),
        Profile("tuning", seeds=(0,), epochs=20, clips_per_class=480, tuning=True),
    )
}


def profile_named(name: str) -> Profile:
    """Return the profile of that name.

    Raises
    ------
    ParameterError
        If there is none.
    """
    one_of("profile", name, PROFILES)
    return PROFILES[name]
