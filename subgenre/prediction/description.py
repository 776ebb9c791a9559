"""What a trained network must carry with it to be used, as plain values that are checked."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from subgenre.config import MIN_CLIP_SECONDS, RunConfig, number, whole
from subgenre.data.features import FRAMES_PER_STEP
from subgenre.data.files.reading import MAX_SAMPLE_RATE
from subgenre.plumbing.errors import DataError, ParameterError
from subgenre.plumbing.text import printable
from subgenre.prediction.calibration import TEMPERATURES, Reliability, ReliabilityBin

MAX_CLASSES = 1000
MAX_NAME = 300
"""Longest name of a class or a data set that is read from a file, in characters."""
MAX_LABEL_BYTES = 2**19
"""All names of classes together: half of the description that is read from a file."""


@dataclass(frozen=True)
class TrainingMusic:
    """What a network was trained on.

    Attributes
    ----------
    name : str
        Of the data set, without the folders that led to it.
    fingerprint : str
        Of the data set.
    n_clips : dict
        Clips in train, validation and test.
    sample_rates : (low, high)
        Of the files, in Hz.
    track_seconds : (low, high)
        Length of the tracks that the clips were cut from.
    """

    name: str
    fingerprint: str
    n_clips: dict[str, int]
    sample_rates: tuple[int, int]
    track_seconds: tuple[float, float]


@dataclass(frozen=True)
class Description:
    """All about a trained network but its weights.

    Attributes
    ----------
    labels : tuple of str
        Class ``i`` is ``labels[i]``.
    config : RunConfig
        How it was trained; ``config.data`` says how clips are cut and turned into spectrograms.
    music : TrainingMusic
    best_epoch : int
        Counted from 1; the epoch that validated best gave the weights.
    scores : dict
        ``scores[set][metric]`` for train, validation and test, per clip and per track.
    temperature : float
        Fitted on the validation clips; logits are divided by it, as in `calibration`.
    reliabilities : dict
        Of the validation and test clips, before and after temperature scaling.
    versions : dict
        Of the packages that trained it.
    """

    labels: tuple[str, ...]
    config: RunConfig
    music: TrainingMusic
    best_epoch: int
    scores: dict[str, dict[str, float]]
    temperature: float
    reliabilities: dict[str, Reliability]
    versions: dict[str, str]

    def as_dict(self) -> dict[str, Any]:
        """Return the description as nested dictionaries of plain values."""
        return asdict(self)

    def require_readable(self) -> None:
        """Raise unless `from_dict` takes what JSON makes of `as_dict`.

        Raises
        ------
        ParameterError
            If a field could be written, but not be read again.
        """
        try:
            text = json.dumps(self.as_dict(), ensure_ascii=False, allow_nan=False).encode()
        except (TypeError, ValueError) as error:  # not a number; half of a character
            raise ParameterError(f"its description is no JSON ({error!s:.200})") from error
        Description.from_dict(json.loads(text))

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "Description":
        """Return the description that `as_dict` gave, every value checked.

        Raises
        ------
        ParameterError
            If a field is missing, of another type or out of bounds.
        """
        try:
            return _checked(content)
        except KeyError as error:
            raise ParameterError(f"its description lacks {error}") from error
        except (TypeError, ValueError, AttributeError, OverflowError) as error:
            what = str(error).partition(":")[0]  # without advice that is meant for a command
            raise ParameterError(f"its description does not fit ({what:.200})") from error


def require_names(labels: Sequence[str], name: str) -> None:
    """Raise unless a model file can hold these names; better before training than after it.

    Parameters
    ----------
    labels : sequence of str
        The classes.
    name : str
        Of the data set.

    Raises
    ------
    DataError
        If there are too few or too many classes, or a name is empty or too long.
    """
    if not 2 <= len(labels) <= MAX_CLASSES:
        raise DataError(
            f"Expected 2 to {MAX_CLASSES} classes, for a model file holds no more; got "
            f"{len(labels)}: add some, or leave some out."
        )
    for what, one in (("the data set", name), *(("a class", label) for label in labels)):
        if not 0 < len(one) <= MAX_NAME:
            raise DataError(
                f"Expected the name of {what} to have 1 to {MAX_NAME} characters, for a model file "
                f"holds it; got {len(one)} ({printable(one[:40])!r}): rename it."
            )
    n_bytes = len("".join(labels).encode(errors="replace"))
    if n_bytes > MAX_LABEL_BYTES:
        raise DataError(
            f"Expected names of classes of at most {MAX_LABEL_BYTES} bytes together, for a model "
            f"file holds them; got {n_bytes}: shorten them."
        )


def _checked(content: Mapping[str, Any]) -> Description:
    """Read all fields; whatever is wrong raises an error of one of the built-in kinds."""
    config = RunConfig.from_dict(content["config"])
    _check_features(config)
    return Description(
        labels=_checked_labels(content["labels"]),
        config=config,
        music=_checked_music(content["music"]),
        best_epoch=whole("best_epoch", content["best_epoch"], low=1),
        scores={
            _name(part): {
                _name(metric): number(metric, value, 0, 1) for metric, value in of.items()
            }
            for part, of in content["scores"].items()
        },
        temperature=number("temperature", content["temperature"], *TEMPERATURES),
        reliabilities={
            _name(part): _checked_reliability(one) for part, one in content["reliabilities"].items()
        },
        versions={_name(one): _name(value) for one, value in content["versions"].items()},
    )


def _name(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= MAX_NAME:
        raise ParameterError(f"a name is {value!r:.40}")
    return value


def _checked_labels(values: object) -> tuple[str, ...]:
    if not isinstance(values, list) or not 2 <= len(values) <= MAX_CLASSES:
        raise ParameterError(f"the labels are {values!r:.40}")
    labels = tuple(_name(value) for value in values)
    if len(set(labels)) < len(labels):
        raise ParameterError("a label is there twice")
    return labels


def _check_features(config: RunConfig) -> None:
    """Refuse settings that no network could have been trained with, or that would fill memory."""
    features = config.data.features
    number("sample_rate", features.sample_rate, 1000, MAX_SAMPLE_RATE)
    number("n_fft", features.n_fft, 16, 2**16)
    number("n_mels", features.n_mels, 8, 1024)
    if features.n_frames(MIN_CLIP_SECONDS) < 2 * FRAMES_PER_STEP:
        raise ParameterError(f"a hop of {features.hop_length} samples is too long")


def _checked_music(content: Mapping[str, Any]) -> TrainingMusic:
    low_rate, high_rate = (
        number("rate", one, 1, MAX_SAMPLE_RATE) for one in content["sample_rates"]
    )
    shortest, longest = (number("seconds", one, 0, 1e9) for one in content["track_seconds"])
    return TrainingMusic(
        name=_name(content["name"]),
        fingerprint=_name(content["fingerprint"]),
        n_clips={_name(part): whole(part, n) for part, n in content["n_clips"].items()},
        sample_rates=(int(low_rate), int(high_rate)),
        track_seconds=(shortest, longest),
    )


def _checked_reliability(content: Mapping[str, Any]) -> Reliability:
    top = {"brier_score": 2.0}
    shares = ("accuracy", "confidence", "expected_calibration_error", "brier_score")
    bins = tuple(
        ReliabilityBin(
            n_clips=whole("n_clips", one["n_clips"]),
            confidence=number("confidence", one["confidence"], 0, 1),
            accuracy=number("accuracy", one["accuracy"], 0, 1),
        )
        for one in content["bins"]
    )
    return Reliability(
        n_clips=whole("n_clips", content["n_clips"]),
        bins=bins,
        **{name: number(name, content[name], 0, top.get(name, 1.0)) for name in shares},
    )
