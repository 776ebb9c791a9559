from dataclasses import replace

import pytest

from subgenre.cli import main
from subgenre.cli.options import FIELDS, FLAGS, run_config
from subgenre.study.experiments import common_config
from subgenre.study.places import Study


def asked(*arguments, command="run"):
    """Return the configuration that a command line means."""
    given = main.commands[command].make_context(command, [*map(str, arguments)]).params
    return run_config(Study.of(given.pop("profile"), given.pop("dataset")), given)


@pytest.mark.parametrize(("command", "model"), [("run", "cnn"), ("train", "crnn")])
def test_without_options_a_run_is_the_studys_own(command, model):
    common = common_config(Study.of("quick"))
    assert asked(command=command) == replace(common, model=replace(common.model, name=model))


def test_an_option_changes_its_setting_alone():
    said = asked("--seed", 3, "--epochs", 2, "--width", 0.5, "--clips-per-class", 7)
    common = common_config(Study.of("quick"), seed=3)
    assert said == replace(
        common,
        data=replace(common.data, clips_per_class=7),
        model=replace(common.model, width=0.5),
        training=replace(common.training, epochs=2),
    )
    noise = [asked(*words).data.snr_db for words in ([], ["--snr-db", 6], ["--clean"])]
    assert noise == [0, 6, None]


def test_every_setting_is_an_option_that_says_what_its_field_says():
    options = {one.name: one for name in ("run", "train") for one in main.commands[name].params}
    for name, field in FIELDS.items():
        assert options[name].opts[0] == f"--{FLAGS.get(name, name.replace('_', '-'))}"
        assert options[name].help == field.metadata["help"]
        assert tuple(getattr(options[name].type, "choices", ())) == field.metadata["choices"]
        assert getattr(options[name].type, "min", None) in (None, field.metadata["low"])


def test_other_music_is_cut_as_in_its_study_unless_said(tmp_path):
    name = f"{tmp_path}?clip_seconds=5"
    assert asked("--dataset", name).data == Study.of("quick", name).data
    cut = ("--dataset", tmp_path, "--clip-seconds", 4)
    assert asked(*cut, command="train").data.clip_hop_seconds == 4
    assert asked(*cut, "--clip-hop-seconds", 2, command="train").data.clip_hop_seconds == 2
