"""Train a network on labelled music, and calibrate it, to make a model of it."""

import tempfile
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import keras
import numpy as np

from subgenre.config import RunConfig
from subgenre.data.clips import Clips, prepare
from subgenre.data.dataset import Dataset
from subgenre.data.names import DatasetName
from subgenre.models.networks import build_model
from subgenre.models.scores import by_class, by_track, scores
from subgenre.models.training import LabelledSet, train
from subgenre.plumbing.errors import DataError
from subgenre.plumbing.files import CACHE_VARIABLE, cache_dir, usable_dir
from subgenre.plumbing.surroundings import VERSIONED
from subgenre.prediction import calibration
from subgenre.prediction.calibration import Reliability, at_temperature, reliability
from subgenre.prediction.classifier import WEIGHTS, Classifier, Description

UNSEEN = ("validation", "test")  # by the training


def classifier_of(network: keras.Model, about: Description) -> Classifier:
    """Return a network, of any length of clip, as what a model file holds."""
    # Keras writes weights to a named file only; /tmp may be full.
    with tempfile.TemporaryDirectory(dir=usable_dir(cache_dir(), CACHE_VARIABLE)) as folder:
        network.save_weights(Path(folder, WEIGHTS))
        return Classifier(network.to_json(), Path(folder, WEIGHTS).read_bytes(), about)


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
    split = vars(clips.split(config.seed, config.training.train_size))
    files = [(one.sample_rate, one.duration) for one in dataset.info.values()]
    files = files or [(data.features.sample_rate, seconds)]  # rendered, at any rate asked for
    rates, lengths = zip(*files, strict=True)
    about = Description(
        labels=list(clips.labels),
        config=config,
        music={"what": dataset.what, "cite": dataset.citation, "licence": dataset.licence},
        fingerprint=dataset.fingerprint,
        n_clips={name: len(rows) for name, rows in split.items()},
        sample_rates=[min(rates), max(rates)],
        track_seconds=[min(lengths), max(lengths)],
        scores={
            **{name: _scores(part, answers[name], clips) for name, part in sets.items()},
            f"majority ({clips.labels[commonest]})": _scores(sets["test"], majority, clips),
        },
        by_class=by_class(sets["test"].y, answers["test"].argmax(axis=1), clips.labels),
        temperature=temperature,
        reliabilities=curves,
        versions={package: version(package) for package in VERSIONED},
        never_answered=[one for i, one in enumerate(clips.labels) if i not in answered],
    )
    network = build_model(config.model, None, data.features.n_mels, n_classes)
    network.set_weights(trained.network.get_weights())  # without the optimizer's state
    return classifier_of(network, about)


def _scores(part: LabelledSet, answers: np.ndarray, clips: Clips) -> dict[str, float]:
    """Score clips, and tracks by the mean probability of their clips."""
    n_classes = len(clips.labels)
    first, means = by_track([clips.tracks[row].track_id for row in part.rows], answers)
    of_tracks = scores(part.y[first], means.argmax(axis=1), n_classes)
    of_clips = scores(part.y, answers.argmax(axis=1), n_classes)
    return of_clips | {f"track_{name}": value for name, value in of_tracks.items()}
