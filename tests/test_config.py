import dataclasses
import json
import math

import pytest

from subgenre.config import (
    INITIALIZERS,
    MODELS,
    PROFILES,
    RECURRENT_CELLS,
    DataConfig,
    FeatureConfig,
    ModelConfig,
    RunConfig,
    TrainingConfig,
    digest,
    profile_named,
)
from subgenre.plumbing.errors import ParameterError, SubgenreError


def settings(kind, before=""):
    """Yield every setting of a configuration, by its path through it."""
    for one in dataclasses.fields(kind):
        if dataclasses.is_dataclass(one.type):
            yield from settings(one.type, f"{before}{one.name}.")
        else:
            yield before + one.name, one


COMMON = RunConfig()
SETTINGS = dict(settings(RunConfig))


def other(one):
    """Return a value of a setting that is not its default."""
    if one.metadata["choices"]:
        return one.metadata["choices"][-1]
    steps = {bool: lambda x: not x, int: lambda x: x + 8, float: lambda x: x / 2 or 6.0}
    return steps.get(type(one.default), "other {}".format)(one.default)


def changed(path, value, config=COMMON):
    name, _, rest = path.partition(".")
    inner = changed(rest, value, getattr(config, name)) if rest else value
    return dataclasses.replace(config, **{name: inner})


@pytest.mark.parametrize(
    ("make", "choices"),
    [
        (lambda: ModelConfig(name="rnn"), MODELS),
        (lambda: TrainingConfig(optimizer="sgd"), ("adam", "adadelta", "rmsprop")),
        (lambda: ModelConfig(kernel_initializer="zeros"), INITIALIZERS),
        (lambda: ModelConfig(recurrent_cell="elman"), RECURRENT_CELLS),
        (lambda: profile_named("long"), PROFILES),
        (lambda: ModelConfig(name="crn"), ["did you mean 'crnn'"]),
    ],
)
def test_an_unknown_name_is_refused_and_the_choices_are_named(make, choices):
    with pytest.raises(ParameterError) as caught:
        make()
    assert all(choice in str(caught.value) for choice in choices)


@pytest.mark.parametrize(
    ("kind", "field", "values"),
    [
        (ModelConfig, "dropout", [-0.1, 1.0, "much"]),
        (ModelConfig, "width", [0]),
        (ModelConfig, "batch_normalization", [1, None, "yes"]),
        (TrainingConfig, "learning_rate", [0, math.nan]),
        (TrainingConfig, "epochs", [0, 1.5]),
        (TrainingConfig, "batch_size", [True, 0]),
        (TrainingConfig, "crop", [0, 1.01]),
        *((TrainingConfig, name, [-1]) for name in ("band_shift", "time_mask", "frequency_mask")),
        (DataConfig, "dataset", [None, 7]),
        (DataConfig, "clips_per_class", [0]),
        (DataConfig, "snr_db", [math.nan, math.inf, "6", "loud", True, [0], 1e9]),
        (DataConfig, "clip_seconds", [0.5, None]),
        (DataConfig, "clip_hop_seconds", [0]),
        (DataConfig, "features", [{}]),
        (FeatureConfig, "n_mels", [30]),
        *((FeatureConfig, name, [0]) for name in ("sample_rate", "n_fft", "hop_length")),
        (FeatureConfig, "fmax", [9_000]),
        (FeatureConfig, "fmin", [8_001, -1]),
        (RunConfig, "seed", [-1, 0.5]),
    ],
)
def test_an_impossible_value_is_refused_by_its_name(kind, field, values):
    for value in values:
        with pytest.raises(ParameterError) as caught:
            kind(**{field: value})
        assert field in str(caught.value) and f"got {value!r}"[:9] in str(caught.value)
        assert isinstance(caught.value, SubgenreError) and isinstance(caught.value, ValueError)


@pytest.mark.parametrize("path", SETTINGS)
def test_the_key_changes_with_every_setting_and_each_is_read_back(path):
    config = changed(path, other(SETTINGS[path]))
    assert config.key("data") != COMMON.key("data")
    assert RunConfig.from_dict(json.loads(json.dumps(config.as_dict()))) == config


def test_a_whole_number_and_the_same_float_give_one_key():
    for path, one in SETTINGS.items():
        if isinstance(one.default, float):
            low = one.metadata["low"]
            value = math.ceil(low) if math.isfinite(low) else 7000
            assert changed(path, value).key("") == changed(path, float(value)).key(""), path


def test_the_key_changes_with_clean_music_and_with_the_data_and_else_it_stays():
    clean = RunConfig(data=DataConfig(snr_db=None))
    assert len({clean.key("data"), COMMON.key("data"), COMMON.key("other data")}) == 3
    assert RunConfig().key("data") == COMMON.key("data") and hash(RunConfig()) == hash(COMMON)
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1}) != digest({"a": 2, "b": 1})


@pytest.mark.parametrize("part", ["", "data", "model", "training"])
def test_a_configuration_of_another_version_is_refused(part):
    for spoil in (dict.popitem, lambda content: content.update(new=1)):
        content = RunConfig().as_dict()
        spoil(content[part] if part else content)
        with pytest.raises(ParameterError, match="use the version that wrote them"):
            RunConfig.from_dict(content)
