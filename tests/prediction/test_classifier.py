import json
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace

import h5py
import keras
import numpy as np
import pytest
import toy

from subgenre.config import INITIALIZERS, MODELS, RECURRENT_CELLS, ModelConfig
from subgenre.data import clips as preparation
from subgenre.data.features import log_mel
from subgenre.models.networks import build_model
from subgenre.plumbing.errors import DataError, StorageError
from subgenre.plumbing.files import CACHE_VARIABLE
from subgenre.prediction.classifier import Classifier, train_classifier
from subgenre.prediction.description import require_names
from subgenre.prediction.model_file import BUILT_IN, DESCRIPTION, WEIGHTS, ModelFileError


def trained(folder, **changes):
    """Train on the toy data for a few seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(folder))
        patch.setattr(preparation, "in_parallel", toy.inline)
        config = toy.run_config(epochs=2)
        config = replace(config, data=replace(config.data, snr_db=None), **changes)
        return train_classifier(config, toy.Toy(tracks=toy.make_tracks(10)), progress=False)


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
    return trained(tmp_path_factory.mktemp("cache"), model=ModelConfig("cnn_rnn", width=0.3))


@pytest.fixture(scope="module")
def saved(classifier, tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "Modèle <b>.keras"
    classifier.save(path)
    return path


@pytest.fixture(scope="module")
def log_mels(classifier):
    rng = np.random.default_rng(0)
    features = classifier.about.config.data.features
    return np.stack([log_mel(rng.normal(0, 0.1, 32_000).astype("f"), features) for _ in range(5)])


@pytest.fixture
def tampered(saved, tmp_path):
    """Return what copies the file with some members changed; None leaves one out."""

    def copy(**changes):
        path = tmp_path / "tampered.keras"
        with zipfile.ZipFile(saved) as old, zipfile.ZipFile(path, "w") as new:
            for name in old.namelist():
                change = changes.get(name.replace(".", "_"), lambda content: content)
                if change is not None:
                    new.writestr(name, change(old.read(name)))
        return path

    return copy


def edited(edit):
    """Return what changes JSON text by `edit`, which works in place."""

    def change(text):
        content = json.loads(text)
        edit(content)
        return json.dumps(content)

    return change


def refusal(path):
    """Return the one sentence with which a file is refused."""
    with pytest.raises(ModelFileError) as refused:
        Classifier.load(path)
    sentence = str(refused.value)
    assert sentence.startswith(f"Expected {path} to be a model that 'subgenre train' wrote, but ")
    assert "\n" not in sentence and len(sentence) < 600
    return sentence


def test_another_process_gives_the_same_probabilities(classifier, saved, log_mels, tmp_path):
    np.save(tmp_path / "log_mels.npy", log_mels)
    code = (
        "import sys, numpy as np; from pathlib import Path\n"
        "from subgenre.prediction.classifier import Classifier\n"
        "one = Classifier.load(Path(sys.argv[1]))\n"
        "np.save(sys.argv[3], one.probabilities(np.load(sys.argv[2])))\n"
    )
    arguments = [str(saved), str(tmp_path / "log_mels.npy"), str(tmp_path / "answers.npy")]
    subprocess.run([sys.executable, "-c", code, *arguments], check=True, capture_output=True)
    answers = np.load(tmp_path / "answers.npy")
    np.testing.assert_allclose(answers, classifier.probabilities(log_mels), atol=1e-6)
    np.testing.assert_allclose(answers.sum(axis=1), 1)


def test_everything_about_it_survives(classifier, saved):
    about = Classifier.load(saved).about
    assert about == classifier.about
    assert about.labels == toy.LABELS
    assert about.config.data.clip_seconds == about.config.data.clip_hop_seconds == 2
    assert about.music.n_clips["train"] > about.music.n_clips["test"] > 0
    assert about.music.sample_rates == (16_000, 16_000)
    assert set(about.scores) == {"train", "validation", "test"}
    assert {"accuracy", "macro_f1", "track_accuracy", "track_macro_f1"} == set(about.scores["test"])
    assert set(about.reliabilities) == {
        f"{part}{how}" for part in ("validation", "test") for how in ("", ", scaled")
    }


def test_plain_keras_reads_it_too(classifier, saved):
    network = keras.saving.load_model(saved)
    x = np.random.default_rng(0).normal(size=(2, 48, 32, 2)).astype("f")
    np.testing.assert_array_equal(
        network.predict_on_batch(x), classifier.network.predict_on_batch(x)
    )


def test_the_same_classifier_gives_the_same_file(classifier, saved, tmp_path):
    Classifier.load(saved).save(tmp_path / "again.keras")
    assert (tmp_path / "again.keras").read_bytes() == saved.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["again.keras"]


def test_every_network_of_ours_is_let_in():
    for name in MODELS:
        for initializer in INITIALIZERS:
            for cell in RECURRENT_CELLS:
                config = ModelConfig(
                    name, kernel_initializer=initializer, recurrent_cell=cell, width=0.1
                )
                text = build_model(config, None, 8, 2).to_json()
                assert classes_in(json.loads(text)) <= BUILT_IN


def classes_in(content):
    if isinstance(content, list):
        return set().union(*map(classes_in, content))
    if not isinstance(content, dict):
        return set()
    own = {f"{content.get('module')}.{content['class_name']}"} if "class_name" in content else set()
    return own | classes_in(list(content.values()))


def test_clips_of_any_length_but_not_of_other_features(classifier, log_mels):
    assert classifier.probabilities(log_mels[:, :24]).shape == (5, 3)
    for wrong in (log_mels[:, :, :32], log_mels[:, :9], log_mels[0]):
        with pytest.raises(DataError, match="Expected spectrograms of shape"):
            classifier.probabilities(wrong)


def test_tracks_are_scored_by_their_clips_together(tmp_path):
    tracks = [replace(one, track_id=f"{one.group}#{i}") for i, one in enumerate(toy.make_tracks(6))]
    config = replace(toy.run_config(), model=ModelConfig(width=0.1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(tmp_path))
        patch.setattr(preparation, "in_parallel", toy.inline)
        scores = train_classifier(
            config, toy.Toy(tracks=tuple(tracks)), progress=False
        ).about.scores
    n_tracks = 3  # one group of two clips of each class
    assert scores["test"]["track_accuracy"] * n_tracks == pytest.approx(
        round(scores["test"]["track_accuracy"] * n_tracks)
    )


# What could not be read again is not written, and not even trained.


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (("jig", "x" * 301), "name of a class to have 1 to 300 characters"),
        (("jig", ""), "name of a class to have 1 to 300 characters"),
        (tuple(f"class {i}" for i in range(1001)), " 2 to 1000 classes"),
        (("jig",), " 2 to 1000 classes"),
        (tuple(f"{i:04}{'夜' * 296}" for i in range(1000)), "bytes together"),
    ],
    ids=["long", "empty", "many", "one", "all together"],
)
def test_what_a_model_file_cannot_hold_is_said_before_the_work(labels, said, monkeypatch):
    monkeypatch.setattr(
        "subgenre.prediction.classifier.prepare", lambda *_: pytest.fail("it works")
    )
    music = toy.Toy(tracks=toy.make_tracks(1))
    monkeypatch.setattr(toy.Toy, "labels", labels)
    with pytest.raises(DataError, match=rf"^Expected.*{said}.*: .*\.$"):
        train_classifier(toy.run_config(), music, progress=False)


@pytest.mark.parametrize("name", ["", "x" * 301])
def test_a_data_set_needs_a_name_that_can_be_kept(name):
    with pytest.raises(DataError, match="name of the data set to have 1 to 300 characters"):
        require_names(("jig", "reel"), name)


def test_the_largest_names_can_be_read_again(classifier, tmp_path):
    labels = tuple(f"{i:04}{'夜' * 170}" for i in range(1000))
    require_names(labels, "x" * 300)
    about = replace(classifier.about, labels=labels)
    network = build_model(about.config.model, None, 32, len(labels))
    Classifier(network, about).save(tmp_path / "model.keras")
    assert Classifier.load(tmp_path / "model.keras").about == about


@pytest.mark.parametrize(
    "change",
    [
        lambda about: {"labels": ("jig", "reel", "x" * 301)},
        lambda about: {"labels": ("jig", "reel", "half of a letter \ud800")},
        lambda about: {"music": replace(about.music, name="")},
        lambda about: {"music": replace(about.music, sample_rates=(1, 10**6))},
        lambda about: {"scores": {"test": {"accuracy": float("nan")}}},
    ],
    ids=["label", "letter", "name", "rate", "score"],
)
def test_what_could_not_be_read_again_is_not_written(classifier, tmp_path, change):
    about = replace(classifier.about, **change(classifier.about))
    with pytest.raises(ModelFileError, match=r"can be read again from .*, but its description"):
        Classifier(classifier.network, about).save(tmp_path / "model.keras")
    assert not list(tmp_path.iterdir())


# What is not a model of ours is refused in one sentence, and nothing of it is run.


def test_no_such_file(tmp_path):
    assert "there is no such file" in refusal(tmp_path / "none.keras")


@pytest.mark.parametrize("content", [b"", b"RIFF music", b"PK\x03\x04 and then nothing"])
def test_not_a_model_file(tmp_path, content):
    (tmp_path / "song.keras").write_bytes(content)
    assert "no model file" in refusal(tmp_path / "song.keras")


def test_a_folder(tmp_path):
    assert "cannot be read" in refusal(tmp_path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_cut_file(saved, tmp_path, share):
    content = saved.read_bytes()
    (tmp_path / "cut.keras").write_bytes(content[: int(share * len(content))])
    refusal(tmp_path / "cut.keras")


def test_a_flipped_byte(saved, tmp_path):
    content = bytearray(saved.read_bytes())
    content[len(content) // 2] ^= 255
    (tmp_path / "flipped.keras").write_bytes(content)
    assert "damaged" in refusal(tmp_path / "flipped.keras")


def test_a_keras_file_of_someone_else(tmp_path):
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(tmp_path / "other.keras")
    assert "without the classes" in refusal(tmp_path / "other.keras")


def test_a_lambda_layer_is_refused_and_not_run(tampered, tmp_path):
    def harm(x):
        (tmp_path / "harmed").touch()
        return x

    inputs = keras.Input((2,))
    evil = keras.Model(inputs, keras.layers.Lambda(harm)(inputs))
    (tmp_path / "harmed").unlink(missing_ok=True)
    path = tampered(config_json=lambda text: evil.to_json())
    assert "keras.layers.Lambda" in refusal(path)
    assert not (tmp_path / "harmed").exists()


@pytest.mark.parametrize(
    "part",
    [
        {"module": "os", "class_name": "system", "config": "echo"},
        {"module": "keras.layers", "class_name": "TorchModuleWrapper", "config": {}},
        {"module": "builtins", "class_name": "function", "config": "eval"},
        {"class_name": "__lambda__", "config": {"value": "00"}},
        {"module": ["os"], "class_name": {"a": 1}},
    ],
)
def test_a_foreign_class_is_refused_wherever_it_hides(tampered, part):
    def hide(config):
        config["config"]["layers"][1]["config"]["activation"] = {"deep": [part]}

    assert "a part that ours do not have" in refusal(tampered(config_json=edited(hide)))


def test_the_files_own_network_is_not_even_built(tampered, classifier, log_mels):
    def grow(config):
        for layer in config["config"]["layers"]:
            if "units" in layer["config"]:
                layer["config"]["units"] = 10**9

    loaded = Classifier.load(tampered(config_json=edited(grow)))
    np.testing.assert_array_equal(
        loaded.probabilities(log_mels), classifier.probabilities(log_mels)
    )


@pytest.mark.parametrize("member", ["config_json", "subgenre_json", "model_weights_h5"])
def test_a_missing_member(tampered, member):
    refusal(tampered(**{member: None}))


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", "[" * 100_000, "\xff", "{'labels': 1}"])
def test_a_broken_description(tampered, text):
    refusal(tampered(subgenre_json=lambda _: text))


def test_another_version(tampered):
    changed = edited(lambda content: content.update(format=99))
    assert "another version" in refusal(tampered(subgenre_json=changed))
    changed = edited(lambda content: content.update(recipe=1))
    assert "another version" in refusal(tampered(subgenre_json=changed))


@pytest.mark.parametrize(
    "change",
    [
        {"labels": "jig"},
        {"labels": ["jig", "reel"]},
        {"labels": ["jig", "jig", "reel"]},
        {"labels": ["jig", 3, "reel"]},
        {"labels": ["jig", "reel", "x" * 10_000]},
        {"temperature": float("nan")},
        {"temperature": 0},
        {"temperature": "1"},
        {"temperature": None},
        {"config": None},
        {"config": []},
        {"best_epoch": -1},
        {"music": {}},
        {"music": None},
        {"scores": []},
        {"scores": {"test": {"accuracy": 7}}},
        {"reliabilities": {"test": {"bins": 3}}},
        {"versions": {"keras": 3}},
    ],
    ids=str,
)
def test_a_description_with_impossible_values(tampered, change):
    refusal(tampered(subgenre_json=edited(lambda content: content.update(change))))


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("features", {"n_mels": 2**30}),
        ("features", {"hop_length": 10**7}),
        ("features", {"n_fft": 10**9}),
        ("model", {"width": 1e9}),
        ("model", {"name": "lambda"}),
        ("model", {"surprise": 1}),
        ("training", {"epochs": "many"}),
    ],
    ids=str,
)
def test_settings_that_nobody_trained_with(tampered, part, change):
    def edit(content):
        parent = content["config"]["data"] if part == "features" else content["config"]
        parent[part].update(change)

    refusal(tampered(subgenre_json=edited(edit)))


def test_a_lacking_field_is_named(tampered):
    text = edited(lambda content: content.pop("labels"))
    assert "lacks 'labels'" in refusal(tampered(subgenre_json=text))


def test_weights_of_another_network(tampered, tmp_path):
    build_model(ModelConfig("cnn"), None, 32, 3).save_weights(tmp_path / WEIGHTS)
    other = (tmp_path / WEIGHTS).read_bytes()
    assert "weights" in refusal(tampered(model_weights_h5=lambda _: other))
    assert "weights" in refusal(tampered(model_weights_h5=lambda _: b"noise"))


def test_weights_of_only_some_layers(tampered, saved, tmp_path):
    with zipfile.ZipFile(saved) as archive:
        archive.extract(WEIGHTS, tmp_path)
    with h5py.File(tmp_path / WEIGHTS, "a") as file:
        names = list(file["layers"])
    for name in names:
        path = shutil.copy(tmp_path / WEIGHTS, tmp_path / "some.h5")
        with h5py.File(path, "a") as file:
            found = []
            file["layers"][name].visititems(lambda _, one, found=found: found.append(one))
            has_numbers = any(isinstance(one, h5py.Dataset) for one in found)
            del file["layers"][name]
        if has_numbers:
            content = path.read_bytes()
            assert "weights" in refusal(tampered(model_weights_h5=lambda _, c=content: c)), name


def test_weights_that_are_not_numbers(tampered, saved, tmp_path):
    with zipfile.ZipFile(saved) as archive:
        archive.extract(WEIGHTS, tmp_path)

    def spoil(name, one):
        if isinstance(one, h5py.Dataset):
            one[...] = np.nan

    with h5py.File(tmp_path / WEIGHTS, "a") as file:
        file.visititems(spoil)
    spoilt = (tmp_path / WEIGHTS).read_bytes()
    assert "not numbers" in refusal(tampered(model_weights_h5=lambda _: spoilt))


def test_a_bomb_is_not_unpacked(saved, tmp_path):
    bomb = shutil.copy(saved, tmp_path / "bomb.keras")
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as archive, pytest.warns(UserWarning):
        archive.writestr(DESCRIPTION, b" " * 2**21)
    assert "bytes" in refusal(bomb)


def test_a_name_that_keras_would_refuse_is_refused_at_once(classifier, tmp_path):
    with pytest.raises(ModelFileError, match=r"end in .keras; got 'model.h5'"):
        classifier.save(tmp_path / "model.h5")


def test_a_folder_that_cannot_be_written(classifier, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="Expected to write"):
        classifier.save(tmp_path / "file" / "model.keras")
