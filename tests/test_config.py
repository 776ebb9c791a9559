import dataclasses
import json

import pytest

from subgenre.config import (
    INITIALIZERS,
    MODELS,
    PROFILES,
    DataConfig,
    FeatureConfig,
    ModelConfig,
    RunConfig,
    TrainingConfig,
    digest,
    profile_named,
)
from subgenre.data import load_music
from subgenre.data.names import PUBLISHED, SOURCES
from subgenre.plumbing.errors import ParameterError, SubgenreError
from subgenre.study.experiments import EXPERIMENTS, cells
from subgenre.study.places import Study

# Another value for every field that determines a run.
OTHER = {
    "data.dataset": "other",
    "data.clips_per_class": 7,
    "data.snr_db": 6.0,
    "data.clip_seconds": 5.0,
    "data.clip_hop_seconds": 5.0,
    "data.features.sample_rate": 22_050,
    "data.features.n_fft": 2048,
    "data.features.hop_length": 512,
    "data.features.n_mels": 80,
    "data.features.fmin": 20.0,
    "data.features.fmax": 7_000.0,
    "model.name": "crnn",
    "model.dropout": 0.5,
    "model.batch_normalization": False,
    "model.dropout_first": True,
    "model.kernel_initializer": "random_normal",
    "model.initialize_recurrent": True,
    "model.recurrent_cell": "lstm",
    "training.optimizer": "rmsprop",
    "training.learning_rate": 0.01,
    "training.epochs": 3,
    "training.batch_size": 8,
    "training.crop": 1.0,
    "training.band_shift": 1,
    "training.time_mask": 20,
    "training.frequency_mask": 4,
    "model.width": 1.5,
    "seed": 1,
}


def changed(config, path, value):
    name, _, rest = path.partition(".")
    inner = changed(getattr(config, name), rest, value) if rest else value
    return dataclasses.replace(config, **{name: inner})


def paths(content, before=""):
    for name, value in content.items():
        if isinstance(value, dict):
            yield from paths(value, f"{before}{name}.")
        else:
            yield before + name


@pytest.mark.parametrize(
    ("make", "choices"),
    [
        (lambda: ModelConfig(name="rnn"), MODELS),
        (lambda: TrainingConfig(optimizer="sgd"), ("adam", "adadelta", "rmsprop")),
        (lambda: ModelConfig(kernel_initializer="zeros"), INITIALIZERS),
        (lambda: ModelConfig(recurrent_cell="elman"), ("gru", "lstm")),
        (lambda: profile_named("long"), PROFILES),
        (lambda: load_music(DataConfig("polkas")), (PUBLISHED, *SOURCES)),
        (lambda: cells("tempo", Study.of("quick")), EXPERIMENTS),
        (lambda: Study.of("long"), PROFILES),
    ],
)
def test_an_unknown_name_is_refused_and_the_choices_are_named(make, choices):
    with pytest.raises(ParameterError) as caught:
        make()
    assert all(choice in str(caught.value) for choice in choices)


def test_a_slip_of_the_pen_is_put_right():
    with pytest.raises(ParameterError, match="did you mean 'crnn'"):
        ModelConfig(name="crn")


@pytest.mark.parametrize("snr_db", [float("nan"), float("inf"), "6", "loud", True, [0], 1e9])
def test_an_snr_that_is_no_sensible_number_is_refused(snr_db):
    with pytest.raises(ParameterError, match="snr_db"):
        DataConfig(snr_db=snr_db)


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        (ModelConfig, "dropout", -0.1),
        (ModelConfig, "dropout", 1.0),
        (ModelConfig, "dropout", "much"),
        (TrainingConfig, "learning_rate", 0),
        (TrainingConfig, "learning_rate", float("nan")),
        (TrainingConfig, "epochs", 0),
        (TrainingConfig, "epochs", 1.5),
        (TrainingConfig, "batch_size", True),
        (TrainingConfig, "crop", 0),
        (TrainingConfig, "band_shift", -1),
        (ModelConfig, "width", 0),
        (DataConfig, "clips_per_class", 0),
        (DataConfig, "clip_seconds", 0.5),
        (DataConfig, "clip_hop_seconds", 0),
        (FeatureConfig, "n_mels", 30),
        (FeatureConfig, "hop_length", 0),
        (FeatureConfig, "fmax", 9_000),
        (FeatureConfig, "fmin", 8_001),
        (RunConfig, "seed", -1),
        (RunConfig, "seed", 0.5),
    ],
)
def test_an_impossible_value_is_refused_by_its_name(kind, field, value):
    with pytest.raises(ParameterError, match=f"{field}.*got {value!r}"):
        kind(**{field: value})


def test_parameter_errors_are_the_projects_own_and_value_errors():
    assert issubclass(ParameterError, SubgenreError)
    assert issubclass(ParameterError, ValueError)


@pytest.mark.parametrize(
    ("path", "whole"),
    [
        ("data.snr_db", 6),
        ("model.dropout", 0),
        ("training.learning_rate", 1),
        ("training.crop", 1),
        ("model.width", 2),
        ("data.features.fmin", 20),
        ("data.features.fmax", 7000),
    ],
)
def test_a_whole_number_and_the_same_float_give_one_key(path, whole):
    keys = {changed(RunConfig(), path, value).key("data") for value in (whole, float(whole))}
    assert len(keys) == 1


def test_every_field_that_determines_a_run_is_tried():
    assert set(paths(RunConfig().as_dict())) == set(OTHER)


@pytest.mark.parametrize("path", OTHER)
def test_the_key_changes_with_every_field(path):
    assert changed(RunConfig(), path, OTHER[path]).key("data") != RunConfig().key("data")


def test_the_key_changes_with_clean_music_and_with_the_data():
    clean = RunConfig(data=DataConfig(snr_db=None))
    assert len({clean.key("data"), RunConfig().key("data"), RunConfig().key("other data")}) == 3


def test_equal_configurations_have_equal_keys_and_hashes():
    assert RunConfig().key("data") == RunConfig().key("data")
    assert hash(RunConfig()) == hash(RunConfig())


@pytest.mark.parametrize(
    "config", [RunConfig(), DataConfig(), ModelConfig(), TrainingConfig(), FeatureConfig()]
)
def test_configurations_are_frozen(config):
    field = dataclasses.fields(config)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(config, field, None)


def test_a_digest_does_not_depend_on_the_order_of_keys():
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1}) != digest({"a": 2, "b": 1})


def test_profiles_ask_for_more_and_more():
    smoke, quick, paper = (PROFILES[name] for name in ("smoke", "quick", "paper"))
    assert smoke.epochs < quick.epochs < paper.epochs
    assert len(smoke.seeds) == len(quick.seeds) == 1
    assert len(paper.seeds) == 5


@pytest.mark.parametrize("path", OTHER)
def test_a_configuration_is_read_back_from_its_dictionary(path):
    config = changed(RunConfig(), path, OTHER[path])
    assert RunConfig.from_dict(json.loads(json.dumps(config.as_dict()))) == config


@pytest.mark.parametrize("lost", ["model", "seed", "data"])
def test_a_configuration_of_another_version_is_refused(lost):
    content = RunConfig().as_dict()
    del content[lost]
    with pytest.raises(ParameterError, match=lost):
        RunConfig.from_dict(content)
