import dataclasses
import json
import math

import pytest

from subgenre.config import DataConfig, FeatureConfig, ModelConfig, RunConfig, digest, profile_named
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
    steps = {bool: lambda x: not x, int: lambda x: x + 8, float: lambda x: x / 2 or 0.5}
    return steps.get(type(one.default), "other {}".format)(one.default)


def changed(path, value, config=COMMON):
    name, _, rest = path.partition(".")
    inner = changed(rest, value, getattr(config, name)) if rest else value
    return dataclasses.replace(config, **{name: inner})


ZERO = ("seed", "extra_clips_per_class", "band_shift", "time_mask", "frequency_mask")
ZERO += ("snr_db", "dropout", "label_smoothing", "fmin", "fmax")


def impossible(one):
    """Return values that a setting cannot have; 0 is one of them except for those of `ZERO`."""
    said, kind = one.metadata, type(one.default)
    if said["choices"]:
        return ["none such"]
    numbers = {bool: [1, "yes"], int: [True, 1.5, "1", -1], float: [True, math.nan, "loud", 1e9]}
    ends = [end for end in (said["low"] - 1, said["high"] + 1) if math.isfinite(end)]
    return [[0], *ends, *[0] * (one.name not in ZERO), *numbers.get(kind, [None, 7])]


@pytest.mark.parametrize("path", SETTINGS)
def test_an_impossible_value_is_refused_by_its_name_and_the_choices_are_named(path):
    for value in impossible(SETTINGS[path]):
        with pytest.raises(ParameterError, match=path.split(".")[-1]) as caught:
            changed(path, value)
        assert f"got {value!r}" in str(caught.value)
        assert ", ".join(SETTINGS[path].metadata["choices"]) in str(caught.value)
        assert isinstance(caught.value, SubgenreError) and isinstance(caught.value, ValueError)


def test_what_is_wrong_and_what_would_be_right_is_said():
    assert sum(one.metadata["choices"] > () for one in SETTINGS.values()) == 4
    for kind, changes, said in (
        (ModelConfig, {"name": "crn"}, "did you mean 'crnn'"),
        (DataConfig, {"clip_seconds": 0.99}, "between 1 and 600"),
        (DataConfig, {"features": {}}, "features as FeatureConfig"),
        (FeatureConfig, {"n_mels": 30}, "n_mels to be a multiple of 8"),
        (FeatureConfig, {"fmax": 9_000}, "fmax as a number between 0 and 8000"),
        (FeatureConfig, {"fmin": 8_001}, "fmin as a number between 0 and 8000"),
        (profile_named, {"name": "long"}, "smoke, quick, paper, tuning; got 'long'"),
    ):
        with pytest.raises(ParameterError, match=said):
            kind(**changes)


@pytest.mark.parametrize("path", SETTINGS)
def test_the_key_changes_with_every_setting_and_each_is_read_back(path):
    config = changed(path, other(SETTINGS[path]))
    assert config.key("data") != COMMON.key("data")
    assert RunConfig.from_dict(json.loads(json.dumps(config.as_dict()))) == config


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


def test_a_whole_number_and_the_same_float_give_one_key():
    for path, one in SETTINGS.items():
        if isinstance(one.default, float):
            low = one.metadata["low"]
            value = math.ceil(low) if math.isfinite(low) else 7000
            assert changed(path, value).key("") == changed(path, float(value)).key(""), path
