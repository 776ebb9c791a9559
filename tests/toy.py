"""A tiny data set and hand-made records; a module, so that worker processes can import it."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from subgenre.config import DataConfig, ModelConfig, RunConfig, TrainingConfig, digest
from subgenre.data.clips import Clips
from subgenre.data.dataset import SETS, Dataset, Track
from subgenre.data.features import log_mel
from subgenre.models.scores import scores
from subgenre.study.experiments import EXPERIMENTS, cells
from subgenre.study.places import Study
from subgenre.study.records import Record
from subgenre.study.runner import Result

LABELS = ("jig", "reel", "waltz")
BEATS_PER_SECOND = {"jig": 3, "reel": 5, "waltz": 8}
N_FRAMES = 64
DATA = DataConfig(dataset="toy", clips_per_class=10)


@dataclass(frozen=True, kw_only=True)
class Toy(Dataset):
    """Clicks in noise, at a rate that tells the class."""

    name: str = "toy"
    labels: tuple[str, ...] = LABELS
    clip_seconds: float = 2.0
    citation: str = "Nobody."
    licence: str = "None needed."

    @property
    def fingerprint(self) -> str:
        return digest([astuple(track) for track in (*self.tracks, *self.extra)])

    def audio(self, track: Track, sample_rate: int) -> np.ndarray:
        rng = np.random.default_rng(int(digest(track.track_id), 16))
        audio = 0.01 * rng.standard_normal(round(self.clip_seconds * sample_rate))
        audio[:: sample_rate // BEATS_PER_SECOND[track.label]] = 0.8
        return audio.astype(np.float32)


@dataclass(frozen=True, kw_only=True)
class ScoredToy(Toy):
    """The toy with a score: metres that tell two of three classes, numbers that tell all."""

    printed: tuple[str, ...] = ("6/8", "4/4", "6/8")

    def metres(self, tracks: Sequence[Track]) -> list[str]:
        return [self.printed[LABELS.index(track.label)] for track in tracks]

    def bars(self, tracks: Sequence[Track]) -> np.ndarray:
        numbers = [LABELS.index(track.label) for track in tracks]
        return np.array([(1.0 + number, 6.0 - number) for number in numbers])

    def note_statistics(self, tracks: Sequence[Track]) -> np.ndarray:
        return np.array([[LABELS.index(track.label), 1.0] for track in tracks])


def make_tracks(clips_per_class: int, per_group: int = 2, more: str = "") -> tuple[Track, ...]:
    """Return tracks of each class; those of another `more` are others of the same groups."""
    return tuple(
        Track(f"{label}-{i}{more}", label, f"{label}-{i // per_group}", f"The {label} {i}", "Book")
        for label in LABELS
        for i in range(clips_per_class)
    )


def load(name: str, clips_per_class: int) -> Toy:
    return Toy(tracks=make_tracks(clips_per_class))


def load_music(data: DataConfig, strict: bool = False, progress: bool = True) -> Toy:
    return load(data.dataset, data.clips_per_class)


def log_mels(music: Toy) -> np.ndarray:
    rate = DATA.features.sample_rate
    return np.stack([log_mel(music.audio(one, rate), DATA.features) for one in music.tracks])


def run_config(seed: int = 0, epochs: int = 1, model: str = "cnn") -> RunConfig:
    training = TrainingConfig(epochs=epochs, batch_size=8)
    return RunConfig(DATA, ModelConfig(name=model), training, seed)


def spectrograms(folder: Path, clips_per_class: int = 10, noise: object = 0.0, n_extra=0) -> Clips:
    """Write spectrograms with steps at a rate of their class's own, with more noise set by set."""
    rng = np.random.default_rng(0)
    tracks, extra = make_tracks(clips_per_class), make_tracks(n_extra, more=" again")
    period = np.concatenate([np.repeat([4, 8, 16], n) for n in (clips_per_class, n_extra)])
    steps = (np.arange(N_FRAMES) // (period[:, None] // 2)) % 2
    images = 20.0 * steps[:, :, None] + rng.normal(0, 2, (len(period), N_FRAMES, 64))
    for number, name in enumerate(SETS):
        some = (images + number * np.asarray(noise))[: len(tracks) if number else None]
        np.save(folder / f"{name}.npy", some.astype(np.float32))
    return Clips(folder, tracks, LABELS, "synthetic", extra=extra)


def inline(function, calls, n_workers=None, in_order=True, anywhere=False):
    """Stand in for `subgenre.plumbing.workers.in_parallel` without starting processes."""
    return (function(*call) for call in calls)


TRACKS = make_tracks(8)
CLIPS = pd.DataFrame(map(vars, TRACKS))
TESTED = list(range(0, len(TRACKS), 2))  # four clips of each class
TRUE = [row // 8 for row in TESTED]
ABLATIONS = {"crnn": ("steps shuffled", "state reset")}
ABLATIONS["cnn_rnn"] = (*ABLATIONS["crnn"], "RNN branch silenced", "CNN branch silenced")


def record(config, test=0.5, answers=TRUE, fingerprint="toy", **changes) -> Record:
    """Return a record with that test macro F1 and those answers; its accuracy is 0.05 higher."""
    by_set = {"train": test + 0.2, "validation": test + 0.1, "test": test}
    history = {
        "loss": [1.5, 1.3, 1.1], "accuracy": [0.4, 0.5, 0.6], "macro_f1": [0.35, 0.45, 0.55],
        "val_loss": [1.55, 1.35, 1.15], "val_accuracy": [0.35, 0.45, 0.55],
        "val_macro_f1": [0.3, 0.4, 0.5],
    }  # fmt: skip
    sizes = {"train": 8, "validation": 4, "test": len(answers)}
    name = config.model.name if isinstance(config, RunConfig) else ""
    one = Record(
        key=config.key(fingerprint),
        config=config.as_dict(),
        data={"fingerprint": fingerprint, "labels": list(LABELS), "n_clips": sizes},
        n_parameters=70_000,
        history=history,
        diverged=False,
        scores={part: {"accuracy": f1 + 0.05, "macro_f1": f1} for part, f1 in by_set.items()},
        ablated=dict.fromkeys(ABLATIONS.get(name, ()), test - 0.05),
        test_clips=TESTED,
        test_probabilities=[[900 if i == answer else 50 for i in range(3)] for answer in answers],
        seconds={"training": 30.0, "all": 60.0},
        versions={"subgenre": "0"},
        processor="toy",
    )
    return replace(one, **changes)


def answered(config: RunConfig, n_right: int) -> Record:
    """Return a record whose scores fit its answers, so many of the 12 test clips right."""
    order = np.random.default_rng(config.seed).permutation(len(TRUE))
    answers = np.where(np.argsort(order) < n_right, TRUE, np.add(TRUE, 1) % len(LABELS))
    test = scores(np.array(TRUE), answers, len(LABELS)).items()
    above = {"train": 0.2, "validation": 0.1, "test": 0.0}
    by_set = {part: {name: one + more for name, one in test} for part, more in above.items()}
    return record(config, answers=answers, scores=by_set)


def result(names, profile="smoke", test=lambda config: 0.5, make=record) -> Result:
    """Return the result of experiments: records that `make` makes of what `test` says of a run."""
    names = [names] if isinstance(names, str) else names
    grid = tuple(cell for name in names for cell in cells(name, Study.of(profile)))
    configs = dict.fromkeys(config for cell in grid for config in cell.configs)
    return Result(grid, {one: make(one, test(one)) for one in configs}, CLIPS)


def study(n_right, names=tuple(EXPERIMENTS), profile="paper") -> Result:
    """Return a result whose scores fit its answers, so that resampling them makes sense."""
    return result(names, profile, n_right, answered)


def diverge(result: Result, configs: Iterable[RunConfig]) -> Result:
    """Let the loss of these runs of a result become NaN in their second epoch."""
    for one in configs:
        record = result.records[one]
        history = {name: [values[0], float("nan")] for name, values in record.history.items()}
        result.records[one] = replace(record, history=history, diverged=True)
    return result
