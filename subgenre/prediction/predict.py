"""Audio files in, labels out: each track is cut into clips as in training, and read whole."""

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from subgenre.config import DataConfig
from subgenre.data.files.reading import AudioFileError, unforeseen
from subgenre.data.files.track import TrackClips, track_clips
from subgenre.data.files.walk import AUDIO_SUFFIXES, walk
from subgenre.plumbing.errors import DataError
from subgenre.plumbing.files import trouble
from subgenre.plumbing.text import csv_line, printable
from subgenre.plumbing.workers import default_workers, in_parallel

if TYPE_CHECKING:  # the processes that decode need no network
    from subgenre.prediction.classifier import Classifier, Description

FILES_PER_WORKER = 24  # a process takes longer to start than fewer files take to read
FILES_AT_ONCE = 16  # of each worker: so many tracks wait in memory for a slower network
MUCH = 2.0  # a track so many times as long, or as short, as all of training is worth a warning
COLUMNS = (
    *("path", "label", "probability", "runner_up", "runner_up_probability", "n_clips"),
    *("seconds", "warnings", "error"),
)
HEADINGS = ("track", "label", "prob.", "runner-up", "prob.", "clips", "warnings")
DECLINED = "declined"  # instead of the label of a track that is too uncertain
WIDEST = 60  # path that the table makes room for, in characters
DIGITS = 4


@dataclass(frozen=True)
class Prediction:
    """What a classifier says of one track, or why it cannot."""

    path: Path
    probabilities: dict[str, float] = field(default_factory=dict)  # means over the track's clips
    warnings: tuple[str, ...] = ()  # reasons for doubt
    error: str = ""  # why the file could not be used
    track: TrackClips | None = field(default=None, repr=False)  # None after an error
    by_clip: np.ndarray | None = field(default=None, repr=False)  # (n_clips, n_classes)


def find_audio(paths: Sequence[Path]) -> tuple[list[Path], list[str]]:
    """Return the files among `paths`, whatever their names, and the audio files in the folders.

    With them are the folders that could not be searched, so that `predict` says why. Beside, in
    words, the bins and side folders of systems and the kinds of other files that are passed over.
    Folders are searched to any depth, and each only once, so that links may go in circles; what is
    hidden is passed over without a word. If there is no file it is a `DataError`.
    """
    files, seen = dict[Path, None](), set[tuple[int, int]]()
    aside, kinds = list[str](), Counter[str]()
    for path in paths:
        if not os.path.isdir(path):
            files.setdefault(path)
            continue
        found = walk(path, seen)
        aside += map(str, found.aside)
        audio = [one for one in found.files if one.suffix.lower() in AUDIO_SUFFIXES]
        files |= dict.fromkeys([*audio, *found.closed])
        kinds.update(one.suffix.lower() or "no suffix" for one in found.files if one not in files)
    if not files:
        asked = ", ".join(map(printable, paths)) or "nothing"
        raise DataError(
            f"Expected audio files; found none in {asked}: name a file, or a folder with some."
        )
    return [*files], [*aside, *(f"{n:,} {kind}" for kind, n in kinds.most_common())]


def predict(
    classifier: "Classifier", files: Sequence[Path], n_workers: int | None = None
) -> Iterator[Prediction]:
    """Yield what `classifier` says of each file, in their order; a bad file stops nothing.

    Clips are cut as in training. A track that is shorter than one clip is read as it is, in one
    shorter clip, from `subgenre.config.MIN_CLIP_SECONDS` on; nothing is padded. As many processes
    decode as are worth starting, unless `n_workers` is given.
    """
    about, data, waiting = classifier.about, classifier.about.config.data, iter(files)
    n_workers = n_workers or min(default_workers(), 1 + (len(files) - 1) // FILES_PER_WORKER)
    while batch := list(islice(waiting, FILES_AT_ONCE * n_workers)):
        tracks = in_parallel(_clips_or_reason, ((path, data) for path in batch), n_workers)
        for path, track in zip(batch, tracks, strict=True):
            if isinstance(track, str):
                yield Prediction(path, error=track)
                continue
            by_clip = classifier.probabilities(track.log_mels)
            mean = dict(zip(about.labels, by_clip.mean(axis=0).tolist(), strict=True))
            yield Prediction(path, mean, doubts_about(track, about), "", track, by_clip)


def _clips_or_reason(path: Path, config: DataConfig) -> TrackClips | str:
    if os.path.isdir(path) and (why := trouble(path)):
        return f"cannot be searched ({why})"
    try:
        return track_clips(path, config)
    except AudioFileError as error:
        return error.reason
    except Exception as error:  # one strange file must not end the work on all the others
        return unforeseen(error)


def doubts_about(track: TrackClips, about: "Description") -> tuple[str, ...]:
    """Return what sets a track apart from the music that the network was trained on."""
    data, rate, seconds = about.config.data, track.sample_rate, track.duration
    used, clip = data.features.sample_rate, data.clip_seconds
    (low, high), (shortest, longest) = about.sample_rates, about.track_seconds
    above = f"sample rate {rate} Hz, in training at most {high} Hz: what is above {high / 2:g} Hz"
    below = f"sample rate {rate} Hz, in training at least {low} Hz"
    doubts = {
        f"{below}: nothing above {rate / 2:g} Hz is heard": rate < min(low, used),
        f"{below}: enough to hear all": used <= rate < low,
        f"{above} is new to the network": high < min(rate, used),
        f"{seconds:.1f} s long, in training at least {shortest:.1f} s": seconds * MUCH < shortest,
        f"{seconds:.1f} s long, in training at most {longest:.1f} s": seconds > longest * MUCH,
        f"shorter than a clip of {clip:g} s: heard as it is": track.clip_seconds < clip,
    }
    return (*(doubt for doubt, holds in doubts.items() if holds), *track.notes)


def rows(
    form: str,
    predictions: Iterable[Prediction],
    files: Iterable[Path],
    labels: Iterable[str],
    decline_below: float = 0.0,
) -> Iterator[str]:
    """Yield predictions as lines of text, one by one as they come.

    A ``table`` is for people, without tracks that could not be used; ``csv`` has several warnings
    separated by semicolons; ``json`` is an array, with the probabilities of all classes. The table
    makes room for `files` and `labels`, all tracks to come and all classes. A track whose best
    class has a probability below `decline_below` is labelled `DECLINED`.
    """
    if form == "json":
        yield "["
        for number, one in enumerate(predictions):
            text = json.dumps(_values(one, decline_below), ensure_ascii=False)
            yield ("," if number else "") + text
        yield "]"
    elif form == "csv":
        yield csv_line(COLUMNS)
        for one in predictions:
            content = {**_values(one, decline_below), "warnings": "; ".join(one.warnings)}
            yield csv_line(content[name] for name in COLUMNS)
    else:
        path = min(WIDEST, max((len(printable(file)) for file in files), default=5))
        label = max(9, *(len(printable(label)) for label in labels))
        columns = f"{{:<{path}}}  {{:<{label}}}  {{:>5}}  {{:<{label}}}  {{:>5}}  {{:>5}}  {{}}"
        yield columns.format(*HEADINGS)
        for one in (one for one in predictions if not one.error):
            cells = [*_values(one, decline_below).values()][:6]
            texts = [f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in cells]
            yield columns.format(*map(printable, (*texts, "; ".join(one.warnings)))).rstrip()


def _values(one: Prediction, decline_below: float) -> dict[str, Any]:
    """Return `COLUMNS` and all probabilities as plain values; None where an error left none."""
    path = str(one.path).encode("utf-8", "backslashreplace").decode()  # some are no text
    values: dict[str, Any] = dict.fromkeys((*COLUMNS, "probabilities")) | {"path": path}
    if one.track is not None:
        ranked = sorted(one.probabilities.items(), key=lambda item: -item[1])
        shares = [(label, round(share, DIGITS)) for label, share in ranked]
        best = (DECLINED, shares[0][1]) if ranked[0][1] < decline_below else shares[0]
        answer = *best, *shares[1], len(one.track.starts), round(one.track.duration, 2)
        values |= dict(zip(COLUMNS[1:7], answer, strict=True), probabilities=dict(shares))
    return values | {"warnings": list(one.warnings), "error": one.error or None}
