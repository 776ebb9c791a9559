import errno
import io
import json
import re
import shutil
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import h5py
import keras
import numpy as np
import pytest
import toy
from listings import put
from music_files import cut, overwrite

from subgenre.config import MODELS, RECURRENT_CELLS, ModelConfig
from subgenre.data import clips as preparation
from subgenre.data.features import network_input
from subgenre.models.networks import build_model
from subgenre.plumbing.errors import SubgenreError
from subgenre.plumbing.files import CACHE_VARIABLE
from subgenre.prediction import classifier as module
from subgenre.prediction import train as training
from subgenre.prediction.calibration import at_temperature
from subgenre.prediction.classifier import (
    ARCHITECTURE,
    DESCRIPTION,
    WEIGHTS,
    Classifier,
    ModelFileError,
    best_published,
)
from subgenre.prediction.train import classifier_of

LOG_MELS = np.random.default_rng(0).normal(-20, 9, (5, 51, 64)).astype("f")


def trained(folder, music, epochs=1, **changes):
    """Train on the toy data for a few seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(folder))
        patch.setattr(preparation, "in_parallel", toy.inline)
        config = toy.run_config(epochs=epochs)
        config = replace(config, data=replace(config.data, snr_db=None), **changes)
        return training.train_classifier(config, music, progress=False)


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
    clips = enumerate(toy.make_tracks(10))  # two of each track
    tracks = tuple(replace(one, track_id=f"{one.group}#{i}") for i, one in clips)
    cache, network = tmp_path_factory.mktemp("cache"), ModelConfig("cnn_rnn", width=0.3)
    return trained(cache, toy.Toy(tracks=tracks), epochs=2, model=network)


@pytest.fixture(scope="module")
def saved(classifier, tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "Modèle <b>.keras"
    classifier.save(path)
    return path


def test_everything_about_it_survives(classifier, saved):
    about = Classifier.load(saved).about
    assert about == classifier.about
    assert about.labels == list(toy.LABELS) and about.config.data.dataset == "toy"
    assert about.config.data.clip_seconds == about.config.data.clip_hop_seconds == 2
    assert about.n_clips["train"] > about.n_clips["test"] > 0
    assert about.sample_rates == [16_000, 16_000] and about.track_seconds == [2, 2]
    assert [*about.scores] == ["train", "validation", "test", "majority (jig)"]
    assert [*about.scores["test"]] == ["accuracy", "macro_f1", "track_accuracy", "track_macro_f1"]
    n_right = about.n_clips["test"] / 2 * about.scores["test"]["track_accuracy"]  # of the tracks
    assert n_right == pytest.approx(round(n_right))
    assert [*about.reliabilities] == ["validation", "validation, scaled", "test", "test, scaled"]


def test_plain_keras_reads_it_too(classifier, saved):
    network, x = keras.saving.load_model(saved), network_input(LOG_MELS)
    answers = at_temperature(network.predict_on_batch(x), classifier.about.temperature)
    np.testing.assert_allclose(answers, classifier.probabilities(LOG_MELS), atol=1e-5)


@pytest.mark.parametrize("cell", RECURRENT_CELLS)
@pytest.mark.parametrize("name", MODELS)
def test_every_network_of_ours_and_every_name_survive(classifier, tmp_path, name, cell):
    config = replace(classifier.about.config, model=ModelConfig(name, recurrent_cell=cell))
    labels = ["夜の歌" * 100, "half of a letter \ud800"]
    about = replace(classifier.about, labels=labels, config=config)
    one = classifier_of(build_model(config.model, None, 64, 2), about)
    one.save(tmp_path / "model.keras")
    again = Classifier.load(tmp_path / "model.keras")
    assert again.about == about
    for clips in (LOG_MELS, LOG_MELS[:, :26]):  # of any length from one second on
        np.testing.assert_array_equal(again.probabilities(clips), one.probabilities(clips))


def test_a_class_that_is_never_answered_is_known_and_a_majoritys_score(tmp_path, monkeypatch):
    def always_reel(config, clips, train=training.train):
        done = train(config, clips)
        answers = {name: 0 * one + [0.1, 0.7, 0.2] for name, one in done.probabilities.items()}
        return replace(done, probabilities=answers)

    monkeypatch.setattr(training, "train", always_reel)
    spared = [f"{label}-{i}" for label in ("jig", "waltz") for i in range(6, 10)]
    tracks = [one for one in toy.make_tracks(10) if one.track_id not in spared]
    about = trained(tmp_path, toy.Toy(tracks=tuple(tracks))).about
    assert about.never_answered == ["jig", "waltz"]
    assert about.scores["majority (reel)"] == about.scores["test"]
    assert about.scores["test"]["accuracy"] == pytest.approx(1 / 3, abs=0.1)


def repacked(name, change):
    """Return what changes a member of a file, or leaves it out."""

    def spoil(path):
        with zipfile.ZipFile(path) as archive:
            members = {one: archive.read(one) for one in archive.namelist()}
        members[name] = change(members[name])
        with zipfile.ZipFile(path, "w") as archive:
            for one in filter(members.get, members):
                archive.writestr(one, members[one])

    return spoil


HEARD = keras.Input((None, 64, 2))
WITH_LAMBDA = keras.Model(HEARD, keras.layers.Lambda(lambda x: x)(HEARD)).to_json()


def described(**changes):
    return repacked(DESCRIPTION, lambda old: json.dumps(json.loads(old) | changes))


def forged(**changes):
    """Return what changes parts of a classifier before it is saved, so that the checksum fits."""

    def spoil(path):
        one = Classifier.load(path)
        replace(one, **{name: change(getattr(one, name)) for name, change in changes.items()}).save(
            path
        )

    return spoil


def said(old, new):
    return forged(architecture=lambda text: text.replace(old, new))


def of_40_bands(about):
    features = replace(about.config.data.features, n_mels=40)
    data = replace(about.config.data, features=features)
    return replace(about, config=replace(about.config, data=data))


def rewritten(weights, change):
    with h5py.File(content := io.BytesIO(weights), "r+") as file:
        change(file)
    return content.getvalue()


def linked(weights):
    """Let a layer's weights be those of another file."""

    def change(file):
        del file["layers/dense/vars/0"]
        file["layers/dense/vars/0"] = h5py.ExternalLink("/etc/other.h5", "/secret")

    return rewritten(weights, change)


def packed(weights):
    """Let a layer's weights be as many as would fill the memory, all of them zero."""

    def change(file):
        del file["layers/dense/vars/0"]
        file.create_dataset("layers/dense/vars/0", (2**20, 2**20), "f4", compression="gzip")

    return rewritten(weights, change)


def other_network(path):
    """Save another network with the same description, so that the checksum fits."""
    classifier_of(build_model(ModelConfig("cnn"), None, 64, 2), Classifier.load(path).about).save(
        path
    )


BROKEN = {  # what spoils a file, and what is said of it
    "missing": (Path.unlink, "No such file"),
    "a directory": (lambda path: (path.unlink(), path.mkdir()), "Is a directory"),
    "empty": (lambda path: cut(path, 0), "not a zip file"),
    "cut late": (lambda path: cut(path, 0.999), "not a zip file"),
    "other byte": (lambda path: overwrite(path, b"HDF", 2, b"G"), "CRC-32"),
    "huge": (repacked(DESCRIPTION, lambda old: old + bytes(2**22)), "has more than 4194304 bytes"),
    "foreign": (lambda path: keras.Sequential([keras.Input((2,))]).save(path), DESCRIPTION),
    "without weights": (repacked(WEIGHTS, lambda _: None), WEIGHTS),
    "without description": (repacked(DESCRIPTION, lambda _: None), DESCRIPTION),
    "description is no JSON": (repacked(DESCRIPTION, lambda _: "?"), "char 0"),
    "description is deep": (repacked(DESCRIPTION, lambda _: "[" * 100_000), "recursion"),
    "other version": (described(format=1), "changed since"),
    "other recipe": (described(recipe=1), "changed since"),
    "other temperature": (described(temperature=1.0), "changed since"),
    "other weights": (repacked(WEIGHTS, lambda content: content + b" "), "changed since"),
    "other structure": (repacked(ARCHITECTURE, lambda old: old + b" "), "changed since"),
    "another network": (other_network, "other classes"),
    "other bands": (forged(about=of_40_bands), "other spectrograms"),
    "foreign code": (forged(architecture=lambda _: WITH_LAMBDA), "'Lambda' is none of ours"),
    "a step of nothing": (said('"strides": [2, 2]', '"strides": [0, 2]'), "zero"),
    "a text for a number": (said('"strides": [2, 2]', '"strides": "os"'), "unsupported operand"),
    "no shape that fits": (said('"target_shape": [-1, ', '"target_shape": [-1, 9'), "reshape"),
    "an input from nowhere": (said('["conv2", 0, 0]', '["conv9", 0, 0]'), "conv9"),
    "arrays elsewhere": (forged(weights=linked), ""),
    "arrays that are packed": (forged(weights=packed), "are packed"),
    "renamed": (lambda path: path.rename(path.with_suffix(".h5")), "does not end in .keras"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_no_model_is_refused_in_one_sentence(saved, tmp_path, kind):
    path, (spoil, said) = shutil.copy(saved, tmp_path / "broken.keras"), BROKEN[kind]
    spoil(path)
    path = next(tmp_path.iterdir(), path)
    with pytest.raises(ModelFileError) as refused:
        Classifier.load(path)
    assert re.fullmatch(rf"Expected {path} to be a model .{{,400}}: .*\.", str(refused.value))
    assert said in str(refused.value)


def test_a_place_that_cannot_be_written_is_refused_and_nothing_there_is_lost(
    classifier, tmp_path, monkeypatch
):
    put(tmp_path, "folder.keras/song", "file")
    full = OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr(Path, "write_bytes", Mock(side_effect=full))
    said = {"a.h5": "end in .keras", "folder.keras": "no folder", "file/m.keras": "--output"}
    for name, why in (said | {"a.keras": "No space left"}).items():
        for write in (module.require_place, *[classifier.save] * (name != "a.keras")):
            with pytest.raises(SubgenreError, match=why):
                write(tmp_path / name)
    assert {path.name for path in tmp_path.rglob("*")} == {"folder.keras", "song", "file"}


def test_the_same_classifier_gives_the_same_file_and_needs_no_other_folder(
    saved, tmp_path, monkeypatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "full"))
    Classifier.load(saved).save(tmp_path / "out" / "again.keras")
    assert (tmp_path / "out" / "again.keras").read_bytes() == saved.read_bytes()
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "again.keras"]


def test_the_published_model_that_validated_best_is_taken_whatever_its_name(
    classifier, tmp_path, monkeypatch
):
    monkeypatch.setattr(module, "PUBLISHED", tmp_path)
    with pytest.raises(ModelFileError, match="there are none: name a model of your own with --mod"):
        best_published()
    for name, validation, test in (("a", 0.3, 0.9), ("z", 0.6, 0.2), ("m", 0.5, 0.8)):
        scores = {"validation": {"macro_f1": validation}, "test": {"macro_f1": test}}
        replace(classifier, about=replace(classifier.about, scores=scores)).save(
            tmp_path / f"{name}.keras"
        )
    assert best_published().about.scores["validation"]["macro_f1"] == 0.6
