from dataclasses import replace

import pytest

from subgenre.cli.options import run_config
from subgenre.study.experiments import common_config
from subgenre.study.places import Study

PLAIN = {
    "profile": "quick",
    "dataset": "dances",
    "seed": 3,
    "model": "crnn",
    "clean": False,
    "snr_db": None,
    "epochs": None,
}


def common(dataset="dances"):
    config = common_config(Study.of("quick", dataset), seed=3)
    return replace(config, model=replace(config.model, name="crnn"))


def test_without_options_a_run_is_the_studys_own():
    assert run_config(PLAIN) == common()


def test_an_option_changes_its_field_alone():
    assert run_config({**PLAIN, "epochs": 2, "width": 0.5, "clips_per_class": 7}) == replace(
        common(),
        data=replace(common().data, clips_per_class=7),
        model=replace(common().model, width=0.5),
        training=replace(common().training, epochs=2),
    )


@pytest.mark.parametrize(
    ("changes", "snr_db"), [({"snr_db": 6.0}, 6.0), ({"clean": True}, None), ({}, 0.0)]
)
def test_noise_is_the_data_sets_own_unless_said(changes, snr_db):
    assert run_config({**PLAIN, **changes}).data.snr_db == snr_db


def test_other_music_is_named_and_heard_as_in_its_study(tmp_path):
    options = {**PLAIN, "dataset": f"{tmp_path}?clip_seconds=5"}
    assert run_config(options) == common(options["dataset"])
    assert run_config(options).data.snr_db is None
    assert run_config(options).data.clip_seconds == 5


def test_clips_follow_each_other_unless_a_hop_is_given(tmp_path):
    options = {**PLAIN, "dataset": str(tmp_path), "clip_seconds": 4.0, "clip_hop_seconds": None}
    assert run_config(options).data.clip_hop_seconds == 4
    assert run_config({**options, "clip_hop_seconds": 2.0}).data.clip_hop_seconds == 2
