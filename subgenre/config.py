"""Everything that determines a run, as frozen dataclasses whose fields say what they may be."""

import dataclasses
import difflib
import hashlib
import json
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from subgenre.plumbing.errors import ParameterError

MODELS = ("cnn", "crnn", "cnn_rnn")
#: Keras's own; the random ones have its scale of 0.05.
INITIALIZERS = ("glorot_normal", "glorot_uniform", "random_normal", "random_uniform")
RECURRENT_CELLS = ("gru", "lstm")

MIN_CLIP_SECONDS = 1.0  #: Shorter clips have too few frames for the networks to pool.
CROWD_SECONDS = 60  #: Of noise that is made once: a noisy clip is no longer.
#: Version of the code between a configuration and its record: raise it if results change, and
#: with the versions of noise and log-mels.
RECIPE = 3


def one_of(name: str, value: object, choices: Collection[str]) -> None:
    """Raise a `ParameterError` that names the `choices`, and the nearest, unless it is one."""
    if value not in choices:
        near = difflib.get_close_matches(str(value), choices, n=1)
        advice = f"did you mean {near[0]!r}?" if near else "choose one of these."
        raise ParameterError(
            f"Expected {name} to be one of {', '.join(choices)}; got {value!r}: {advice}"
        )


def unfit(name: str, wanted: str, value: object) -> ParameterError:
    """Return the error that a value is not what was wanted of a parameter."""
    return ParameterError(f"Expected {name} {wanted}; got {value!r}: change it.")


def number(name: str, value: Any, low: float = -math.inf, high: float = math.inf) -> float:
    """Return a finite number within [`low`, `high`] as a float, or raise a `ParameterError`."""
    real = isinstance(value, int | float) and not isinstance(value, bool)
    if real and math.isfinite(value) and low <= value <= high:
        return float(value)
    raise unfit(name, f"as a number between {low:g} and {high:g}", value)


def whole(name: str, value: object, low: int = 0) -> int:
    """Return a whole number of at least `low`, or raise a `ParameterError`."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= low:
        return value
    raise unfit(name, f"to be a whole number of at least {low}", value)


def setting(
    default: Any, help: str, low: float = -math.inf, high: float = math.inf, choices: tuple = ()
) -> Any:
    """Return a field of `Settings`: meaning and unit, bounds of a number, choices of a text."""
    return field(default=default, metadata=dict(help=help, low=low, high=high, choices=choices))


@dataclass(frozen=True)
class Settings:
    """Base of dataclasses of `setting` fields: a wrong value is a `ParameterError`."""

    def __post_init__(self) -> None:
        for one in dataclasses.fields(self):
            kind: Any = one.type
            said, value = one.metadata, getattr(self, one.name)
            if value is None and isinstance(value, kind):
                continue
            if isinstance(one.default, float):
                value = number(one.name, value, said["low"], said["high"])
                object.__setattr__(self, one.name, value)
            elif kind is int:
                whole(one.name, value, said["low"])
            elif not isinstance(value, kind):
                raise unfit(one.name, f"as {kind.__name__}", value)
            elif said.get("choices"):
                one_of(one.name, value, said["choices"])

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as nested dictionaries of plain values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Return the settings that `as_dict` gave; one missing or unknown is a `ParameterError`."""
        kinds: dict[str, Any] = {one.name: one.type for one in dataclasses.fields(cls)}
        if content.keys() != kinds.keys():
            raise ParameterError(
                f"Expected the settings {', '.join(kinds)}; got {', '.join(content)}: use the "
                "version that wrote them."
            )
        parts = {name: kind for name, kind in kinds.items() if hasattr(kind, "from_dict")}
        read = {name: kind.from_dict(content[name]) for name, kind in parts.items()}
        return cls(**{**content, **read})


@dataclass(frozen=True)
class FeatureConfig(Settings):
    """The log-mel spectrogram, in librosa's terms."""

    sample_rate: int = setting(16_000, "In Hz.", 1)
    n_fft: int = setting(1024, "Window in samples.", 1)
    hop_length: int = setting(640, "Hop in samples: 640 at 16 kHz are 40 ms.", 1)
    n_mels: int = setting(64, "Mel bands; a multiple of 8, so that networks can pool them.", 1)
    fmin: float = setting(50.0, "Edge of the lowest band in Hz.")
    fmax: float = setting(8_000.0, "Edge of the highest band in Hz.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.n_mels % 8:
            raise unfit("n_mels", "to be a multiple of 8, such as 64", self.n_mels)
        number("fmin", self.fmin, 0, number("fmax", self.fmax, 0, self.sample_rate / 2))

    def n_frames(self, clip_seconds: float) -> int:
        """Return the number of frames, centred as librosa's, of a clip of that length."""
        return 1 + round(clip_seconds * self.sample_rate) // self.hop_length


@dataclass(frozen=True)
class DataConfig(Settings):
    """Which music, how much of it, and how noisy."""

    dataset: str = setting(
        "dances",
        "A folder with a sub-folder per class, a manifest .csv, fma:, gtzan:, ballroom: or "
        "giantsteps: with a path; options follow a question mark, as in music?clip_seconds=5.",
    )
    clips_per_class: int = setting(480, "Upper bound on the clips of each class.", 1)
    extra_clips_per_class: int = setting(0, "Of dances: further clips, which only train.", 0)
    snr_db: float | None = setting(0.0, "Signal-to-noise ratio in dB.", -60, 60)  # None for clean
    clip_seconds: float = setting(10.0, "Length of a clip in seconds.", MIN_CLIP_SECONDS, 600)
    clip_hop_seconds: float = setting(10.0, "Seconds from one clip to the next.", 0.1, 600)
    features: FeatureConfig = field(default_factory=FeatureConfig)


@dataclass(frozen=True)
class ModelConfig(Settings):
    """One of the three networks, and the factors that the paper varies."""

    name: str = setting("cnn", "Baseline CNN, sequential CRNN, parallel CNN-RNN.", choices=MODELS)
    dropout: float = setting(0.0, "Share of activations dropped; 0 for none.", 0, 0.9)
    batch_normalization: bool = setting(True, "Normalize the layers' activations.")
    dropout_first: bool = setting(False, "Dropout before normalization (arXiv 1801.05134).")
    kernel_initializer: str = setting("glorot_uniform", "As in Keras.", choices=INITIALIZERS)
    initialize_recurrent: bool = setting(False, "The recurrent kernels too, else orthogonal.")
    recurrent_cell: str = setting("gru", "Unit of the recurrent layers.", choices=RECURRENT_CELLS)
    width: float = setting(1.0, "Factor on the filters and units of every layer.", 0.1, 10)


@dataclass(frozen=True)
class TrainingConfig(Settings):
    """How one network is trained; the two masks are those of SpecAugment (Park et al. 2019)."""

    optimizer: str = setting("adam", "As in Keras.", choices=("adam", "adadelta", "rmsprop"))
    learning_rate: float = setting(5e-3, "At first; half a cosine takes it to 0.", 1e-8, 100)
    epochs: int = setting(50, "Each shows so many clips, or all that there are.", 1)
    clips_per_epoch: int = setting(3840, "Most clips that an epoch shows.", 1)
    batch_size: int = setting(64, "In clips.", 1)
    label_smoothing: float = setting(0.1, "Share of each answer that goes to all classes.", 0, 0.5)
    train_size: float = setting(1.0, "Share of each class's training groups used.", 0.01, 1)
    crop: float = setting(0.6, "Share of a clip seen at a time, from a random start.", 0.1, 1)
    band_shift: int = setting(0, "Bands that a clip may move up or down.", 0)
    time_mask: int = setting(0, "Most frames that each of two masks hides.", 0)
    frequency_mask: int = setting(0, "Most bands that each of two masks hides.", 0)


class Config(Settings):
    """All that determines a record, but for the content of the data set."""

    data: DataConfig
    seed: int

    def key(self, fingerprint: str) -> str:
        """Return the record's name: a hash of this and of the data set's fingerprint."""
        return digest({"config": self.as_dict(), "data": fingerprint, "recipe": RECIPE})


@dataclass(frozen=True)
class RunConfig(Config):
    """All that determines a run, but for the content of the data set."""

    data: DataConfig = field(default_factory=DataConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    seed: int = setting(0, "Seeds 0 to 4, 5 to 9 test every fold; draws weights, too.", 0)


def digest(content: object) -> str:
    """Return 16 hexadecimal digits that name `content`, any JSON-like value."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Profile:
    """How much work a study does; `tuning` compares settings on validation clips instead."""

    name: str
    seeds: tuple[int, ...]
    epochs: int
    clips_per_class: int
    extra_clips_per_class: int = 0
    tuning: bool = False


_PROFILES = (
    Profile("smoke", seeds=(0,), epochs=1, clips_per_class=10),
    Profile("quick", seeds=(0,), epochs=6, clips_per_class=480),
    Profile("paper", (*range(10),), 50, 480, extra_clips_per_class=1920),
    Profile("tuning", (0, 1), 20, 480, extra_clips_per_class=1920, tuning=True),
)
PROFILES = {profile.name: profile for profile in _PROFILES}


def profile_named(name: str) -> Profile:
    """Return the profile of that name, or raise a `ParameterError`."""
    one_of("profile", name, PROFILES)
    return PROFILES[name]
