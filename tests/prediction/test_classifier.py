import errno
import json
import re
import shutil
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

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
from subgenre.prediction.classifier import DESCRIPTION, WEIGHTS, Classifier, ModelFileError

LOG_MELS = np.random.default_rng(0).normal(-20, 9, (5, 51, 64)).astype("f")


def trained(folder, music, epochs=1, **changes):
    """Train on the toy data for a few seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(folder))
        patch.setattr(preparation, "in_parallel", toy.inline)
        config = toy.run_config(epochs=epochs)
        config = replace(config, data=replace(config.data, snr_db=None), **changes)
        return module.train_classifier(config, music, progress=False)


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
    assert np.array_equal(network.predict_on_batch(x), classifier.network.predict_on_batch(x))


@pytest.mark.parametrize("cell", RECURRENT_CELLS)
@pytest.mark.parametrize("name", MODELS)
def test_every_network_of_ours_and_every_name_survive(classifier, tmp_path, name, cell):
    config = replace(classifier.about.config, model=ModelConfig(name, recurrent_cell=cell))
    labels = ["夜の歌" * 100, "half of a letter \ud800"]
    about = replace(classifier.about, labels=labels, config=config)
    one = Classifier(build_model(config.model, None, 64, 2), about)
    one.save(tmp_path / "model.keras")
    again = Classifier.load(tmp_path / "model.keras")
    assert again.about == about
    for clips in (LOG_MELS, LOG_MELS[:, :26]):  # of any length from one second on
        np.testing.assert_array_equal(again.probabilities(clips), one.probabilities(clips))


def test_a_class_that_is_never_answered_is_known_and_a_majoritys_score(tmp_path, monkeypatch):
    def always_reel(config, clips, train=module.train):
        done = train(config, clips)
        answers = {name: 0 * one + [0.1, 0.7, 0.2] for name, one in done.probabilities.items()}
        return replace(done, probabilities=answers)

    monkeypatch.setattr(module, "train", always_reel)
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


def described(**changes):
    return repacked(DESCRIPTION, lambda old: json.dumps(json.loads(old) | changes))


def other_network(path):
    """Save another network with the same description, so that the checksum fits."""
    network = build_model(ModelConfig("cnn"), None, 64, 3)
    Classifier(network, Classifier.load(path).about).save(path)


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
    "another network": (other_network, ""),
    "renamed": (lambda path: path.rename(path.with_suffix(".h5")), "does not end in .keras"),
}


@pytest.mark.filterwarnings("ignore:Skipping nested container")  # of another network
@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_no_model_is_refused_in_one_sentence(saved, tmp_path, kind):
    path, (spoil, said) = shutil.copy(saved, tmp_path / "broken.keras"), BROKEN[kind]
    spoil(path)
    path = next(tmp_path.iterdir(), path)
    with pytest.raises(ModelFileError) as refused:
        Classifier.load(path)
    assert re.fullmatch(rf"Expected {path} to be a model .{{,400}}: .*\.", str(refused.value))
    assert said in str(refused.value)


def test_the_files_own_network_is_neither_built_nor_run(classifier, saved, tmp_path, monkeypatch):
    evil = keras.Sequential([keras.Input((2,)), keras.layers.Lambda(lambda x: x)]).to_json()
    path = shutil.copy(saved, tmp_path / "evil.keras")
    repacked("config.json", lambda _: evil)(path)
    monkeypatch.setattr(keras.Model, "from_config", lambda *_: pytest.fail("it is built"))
    monkeypatch.setattr(keras.layers.Lambda, "call", lambda *_: pytest.fail("it is run"))
    answers = Classifier.load(path).probabilities(LOG_MELS)
    np.testing.assert_array_equal(answers, classifier.probabilities(LOG_MELS))


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
