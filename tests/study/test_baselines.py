from dataclasses import replace

import numpy as np
import pytest
import toy
from click.testing import CliRunner

from subgenre.cli import main
from subgenre.data import clips as preparation
from subgenre.data.clips import Clips
from subgenre.data.dataset import SETS
from subgenre.models import baselines as methods
from subgenre.models.baselines import METHODS, score_features
from subgenre.models.scores import scores
from subgenre.report import tables
from subgenre.study import baselines, runner
from subgenre.study.baselines import BaselineConfig
from subgenre.study.places import Study
from subgenre.study.records import Record, Store

SVM = next(name for name in METHODS if "onset" in name)
#: Of the accuracy: rhythm and notes tell the toys apart, the metre two of three.
LEAST = {SVM: 0.9, "all notes": 1, "metre": 0.6}
TOY = Study.of("smoke", "toy")


@pytest.fixture(scope="module")
def music():
    return toy.ScoredToy(tracks=toy.make_tracks(10))


@pytest.fixture(scope="module")
def clips(music, tmp_path_factory) -> Clips:
    """Return spectrograms of the toy, the same under each noise but for the level."""
    folder, log_mels = tmp_path_factory.mktemp("features"), toy.log_mels(music)
    for level, name in enumerate(SETS):
        np.save(folder / f"{name}.npy", log_mels + level)
    return Clips(folder, music.tracks, music.labels, music.fingerprint)


@pytest.fixture
def prepared(monkeypatch, clips, music, results):
    """Make the toy the only data set."""
    monkeypatch.setattr(runner, "load_music", lambda *_, **__: music)
    monkeypatch.setattr(runner, "in_parallel", toy.inline)
    monkeypatch.setattr(preparation, "prepare", lambda *_: clips)


def records(name, clips, music, *seeds):
    configs = [BaselineConfig(toy.DATA, name, seed) for seed in seeds]
    texts = baselines.baseline_records(configs, clips, score_features(name, music))
    return [*map(Record.from_bytes, texts)]


@pytest.mark.parametrize("name", METHODS)
def test_a_record_holds_scores_and_answers_of_the_networks_split(name, clips, music):
    one, again, other = records(name, clips, music, 1, 1, 2)
    assert one.results() == again.results() != other.results()
    split = clips.split(1)
    assert one.test_clips == split.test.tolist()
    assert one.data["n_clips"] == {part: len(rows) for part, rows in vars(split).items()}
    true = clips.class_numbers()[split.test]
    assert one.scores["test"] == scores(true, one.predictions(), 3)
    assert one.scores["test"]["accuracy"] >= LEAST.get(name, 0)
    assert {sum(row) for row in one.test_probabilities} <= {999, 1000, 1001}
    assert (one.history, one.ablated, one.n_parameters, one.diverged) == ({}, {}, 0, False)


def test_each_set_is_heard_under_its_own_noise_and_extra_clips_only_train(
    clips, music, monkeypatch, tmp_path
):
    learnt = []

    class Echo:
        def fit(self, x, y):
            learnt.append(y.tolist())
            return self

        def predict(self, x):
            return x[:, 0].astype(int)

    more = replace(clips, folder=tmp_path, extra=toy.make_tracks(1, more=" again"))
    right, n = more.class_numbers()[:, None, None], len(clips.tracks)
    for wrong, name in enumerate(SETS):  # no answer is right where it is not training noise
        np.save(tmp_path / f"{name}.npy", ((right + wrong) % 3)[: None if name == "train" else n])
    heard = {"candidates": lambda _: [Echo(), Echo()], "of_sound": lambda some, _: some[:, 0]}
    for module in (methods, baselines):
        monkeypatch.setattr(module, "METHODS", {SVM: replace(METHODS[SVM], **heard)})
    (one,) = records(SVM, more, music, 0)
    assert [one.scores[part]["accuracy"] for part in SETS] == [1, 0, 0]
    rows = more.split(0).train
    assert learnt == [more.class_numbers()[rows].tolist()] * 2
    assert one.data["n_clips"]["train"] == len(rows) >= len(clips.split(0).train)


def test_all_seeds_of_a_baseline_share_its_features(prepared, monkeypatch):
    asked = []
    monkeypatch.setattr(baselines, "sound_features", lambda *_: asked.append(1) or np.ones((30, 1)))
    configs = [BaselineConfig(toy.DATA, SVM, seed) for seed in range(3)]
    assert list(runner.run_all(configs, Store.of(TOY), progress=False)) == configs
    assert len(asked) == 3  # under each noise


def test_what_is_missing_is_computed_and_nothing_else(prepared, monkeypatch):
    first = runner.baseline_results(TOY, progress=False)
    (lost,) = first.of(first.cells[0])
    store = Store.of(TOY)
    store.path(lost.key).unlink()
    before = {path: path.stat().st_mtime_ns for path in store.folder.iterdir()}
    assert len(before) == len(METHODS)  # with the list of clips
    again = runner.baseline_results(TOY, progress=False)
    assert again.of(first.cells[0])[0].results() == lost.results()
    assert all(path.stat().st_mtime_ns == then for path, then in before.items())
    monkeypatch.setattr(preparation, "prepare", None)
    assert runner.baseline_results(TOY, progress=False).records == again.records


def test_stored_baselines_are_printed_with_no_epochs(prepared):
    rows = tables.tidy(runner.baseline_results(TOY, progress=False))
    assert set(rows["epochs"]) == {0} and set(rows["experiment"]) == {"baselines"}
    assert rows["level"].unique().tolist() == list(METHODS)
    for more in ("", " --experiment baselines"):
        asked = f"results --profile smoke --dataset toy --format csv{more}"
        outcome = CliRunner().invoke(main, asked)
        assert outcome.exit_code == 0, outcome.output
        assert outcome.stdout.count("\nbaselines,baseline,baseline,") == len(rows)
