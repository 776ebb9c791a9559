"""Audio files in, labels out: each track is cut into clips as in training, and heard whole."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from subgenre.config import DataConfig
from subgenre.data.files.reading import AudioFileError, unforeseen
from subgenre.data.files.track import TrackClips, track_clips
from subgenre.data.files.walk import AUDIO_SUFFIXES, walk
from subgenre.plumbing.errors import DataError, SubgenreError
from subgenre.plumbing.text import printable
from subgenre.plumbing.workers import default_workers, in_parallel

if TYPE_CHECKING:  # TensorFlow stays out of the processes that decode
    from subgenre.prediction.classifier import Classifier
    from subgenre.prediction.description import TrainingMusic

FILES_PER_WORKER = 24
"""A process takes longer to start than fewer files take to read."""
MUCH = 2.0
"""A track that is so many times as long, or as short, as all of training is worth a warning."""


@dataclass(frozen=True)
class Prediction:
    """What a classifier says of one track, or why it cannot.

    Attributes
    ----------
    path : Path
    probabilities : dict
        Of each class: the mean over the track's clips; empty after an error.
    warnings : tuple of str
        Reasons for doubt.
    error : str
        Why the file could not be used; empty if it could.
    heard : TrackClips or None
        What the answer rests on.
    by_clip : np.ndarray [shape=(n_clips, n_classes)] or None
        The probabilities of each clip.
    """

    path: Path
    probabilities: dict[str, float] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    error: str = ""
    heard: TrackClips | None = field(default=None, repr=False)
    by_clip: np.ndarray | None = field(default=None, repr=False)

    def ranked(self) -> list[tuple[str, float]]:
        """Return classes and probabilities, the most probable first."""
        return sorted(self.probabilities.items(), key=lambda item: -item[1])


@dataclass(frozen=True)
class Found:
    """Audio files that were asked for.

    Attributes
    ----------
    files : tuple of Path
        In order, each once.
    aside : dict
        How many files of a folder were not tried, by suffix.
    unreadable : dict
        Folders that could not be searched, with the reason.
    """

    files: tuple[Path, ...]
    aside: dict[str, int]
    unreadable: dict[Path, str]


def find_audio(paths: Iterable[Path]) -> Found:
    """Return the files among `paths` and the audio files in the folders among them.

    Folders are searched to any depth, and each only once, so that links may go in circles. Hidden
    files and folders are passed over; files whose suffix is not one of audio are counted.

    Parameters
    ----------
    paths : iterable of Path
        A file is taken whatever its name, be it missing.

    Raises
    ------
    DataError
        If there is no file at all.
    """
    files: dict[Path, None] = {}
    aside: Counter[str] = Counter()
    unreadable: dict[Path, str] = {}
    seen: set[tuple[int, int]] = set()
    paths = list(paths)
    for path in paths:
        if not os.path.isdir(path):
            files.setdefault(path)
            continue
        found = walk(path, seen)
        unreadable |= {one: f"cannot be searched ({why})" for one, why in found.closed.items()}
        for one in found.files:
            if one.suffix.lower() in AUDIO_SUFFIXES:
                files.setdefault(one)
            else:
                aside[one.suffix.lower() or "no suffix"] += 1
    if not files and not unreadable:
        asked = ", ".join(map(printable, paths)) or "nothing"
        raise DataError(
            f"Expected audio files; found none in {asked}: name a file, or a folder with some."
        )
    return Found(tuple(files), dict(sorted(aside.items())), unreadable)


def predict(
    classifier: "Classifier", files: Sequence[Path], n_workers: int | None = None
) -> Iterator[Prediction]:
    """Yield what `classifier` says of each file, in their order; a bad file stops nothing.

    Parameters
    ----------
    classifier : Classifier
    files : sequence of Path
        Audio files.
    n_workers : int, optional
        Processes that decode; as many as are worth starting unless given.

    Yields
    ------
    Prediction
        Clips are cut as in training. A track that is shorter than one clip is heard as it is, in
        one shorter clip, from `subgenre.config.MIN_CLIP_SECONDS` on; nothing is padded.
    """
    about = classifier.about
    worth = -(-len(files) // FILES_PER_WORKER)
    n_workers = n_workers or max(1, min(default_workers(), worth))
    for path, heard in _in_order(files, about.config.data, n_workers):
        if isinstance(heard, str):
            yield Prediction(path, error=heard)
            continue
        by_clip = classifier.probabilities(heard.log_mels)
        mean = dict(zip(about.labels, by_clip.mean(axis=0).tolist(), strict=True))
        doubts = doubts_about(heard, about.music, about.config.data)
        yield Prediction(path, mean, doubts, heard=heard, by_clip=by_clip)


def _in_order(
    files: Sequence[Path], config: DataConfig, n_workers: int
) -> Iterator[tuple[Path, TrackClips | str]]:
    """Yield each file with what is heard in it, or the reason why nothing is."""
    if n_workers == 1:
        for path in files:
            yield path, _heard_or_reason(path, config)
        return
    calls = ((path, config) for path in files)
    yield from zip(files, in_parallel(_heard_or_reason, calls, n_workers), strict=True)


def _heard_or_reason(path: Path, config: DataConfig) -> TrackClips | str:
    try:
        return track_clips(path, config)
    except AudioFileError as error:
        return error.reason or str(error)
    except SubgenreError as error:
        return str(error)
    except Exception as error:  # one strange file must not end the work on all the others
        return unforeseen(error)


def doubts_about(heard: TrackClips, music: "TrainingMusic", config: DataConfig) -> tuple[str, ...]:
    """Return what sets a track apart from the music that the network was trained on."""
    doubts = []
    low, high = music.sample_rates
    used = config.features.sample_rate
    if heard.sample_rate < low:
        edge = heard.sample_rate / 2
        effect = f"nothing above {edge:g} Hz is heard" if 2 * edge < used else "enough to hear all"
        doubts.append(
            f"sample rate {heard.sample_rate} Hz, in training at least {low} Hz: {effect}"
        )
    elif heard.sample_rate > high and high < used:
        doubts.append(
            f"sample rate {heard.sample_rate} Hz, in training at most {high} Hz: "
            f"what is above {high / 2:g} Hz is new to the network"
        )
    shortest, longest = music.track_seconds
    if heard.duration * MUCH < shortest:
        doubts.append(f"{heard.duration:.1f} s long, in training at least {shortest:.1f} s")
    elif heard.duration > longest * MUCH:
        doubts.append(f"{heard.duration:.1f} s long, in training at most {longest:.1f} s")
    if heard.clip_seconds < config.clip_seconds:
        doubts.append(f"shorter than a clip of {config.clip_seconds:g} s: heard as it is")
    return (*doubts, *heard.notes)
