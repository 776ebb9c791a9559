import math
import os
from dataclasses import replace

import numpy as np
import pytest
import toy

from subgenre.data import clips as preparation
from subgenre.plumbing.errors import DataError, ParameterError
from subgenre.report import tables
from subgenre.study import intervals, run, runner
from subgenre.study.places import Study
from subgenre.study.records import Record, Store
from subgenre.study.runner import baseline_results, repeat, run_all, run_experiments, single_run

CONFIGS = [toy.run_config(seed) for seed in range(3)]
TOY = Study.of("smoke", "toy")


@pytest.fixture
def store(results) -> Store:
    return Store.of(TOY)


@pytest.fixture
def trained(monkeypatch, toy_music, results):
    """Train in no time, but seed 99, which fails; return the list of seeds that were trained."""
    seeds = []

    def train(config, clips):
        if config.seed == 99:
            raise DataError("Expected music; got silence: play.")
        seeds.append(config.seed)
        made = toy.record(config, fingerprint=clips.fingerprint)
        return [replace(made, data=made.data | {"labels": list(clips.labels)}).to_bytes()]

    monkeypatch.setattr(runner, "network_records", train)
    for module in (runner, preparation):
        monkeypatch.setattr(module, "in_parallel", toy.inline)
    return seeds


def records(configs, store):
    return run_all(configs, store, progress=False)


def test_a_study_that_failed_goes_on_where_it_was(trained, store):
    with pytest.raises(DataError, match="got silence"):
        records([*CONFIGS[:2], toy.run_config(99)], store)
    assert trained == [0, 1]
    before = {path: path.stat().st_mtime_ns for path in store.folder.iterdir()}
    assert list(records([*CONFIGS, CONFIGS[0]], store)) == CONFIGS
    assert trained == [0, 1, 2]
    assert all(path.stat().st_mtime_ns == then for path, then in before.items())


def test_a_damaged_record_and_one_of_other_music_are_run_again(trained, store, monkeypatch, capsys):
    record = records(CONFIGS[:1], store)[CONFIGS[0]]
    path = store.path(record.key)
    path.write_bytes(path.read_bytes()[:500])
    assert records(CONFIGS[:1], store) == {CONFIGS[0]: record}
    assert f"{path} is damaged" in capsys.readouterr().out
    monkeypatch.setattr(runner, "load_music", lambda *_, **__: toy.load("toy", 9))
    records(CONFIGS[:1], store)
    assert trained == [0, 0, 0]


def test_a_study_shares_its_runs_and_has_whole_seeds_first(trained, monkeypatch):
    result = run_experiments(["optimizers", "initialization"], TOY, progress=False)
    assert [len(result.of(cell)) for cell in result.cells] == [1] * 24
    assert len(result.records) == len(trained) == 21 and len(result.clips) == 30
    assert single_run("crnn", TOY).record.config["model"]["name"] == "crnn"
    assert len(trained) == 21
    trained.clear()
    run_experiments("networks", Study.of("paper", "toy"), progress=False)
    assert trained == sorted(trained) and len(trained) == 30


@pytest.mark.parametrize(
    "ask",
    [
        lambda: run_experiments("tempo", TOY),
        lambda: run_experiments([], TOY),
        lambda: run_experiments("networks", "smoke"),
        lambda: run_experiments("networks", TOY, n_workers="2"),
        lambda: baseline_results("smoke"),
        lambda: single_run("cnn", TOY, seed="x"),
        lambda: single_run(3, TOY),
        lambda: single_run("rnn", TOY),
        lambda: single_run("cnn", None),
        lambda: Study.of("long"),
        lambda: Study.of(None),
        lambda: Study.of("smoke", 1990),
        lambda: run_experiments("optimizers", Study.of("smoke", "polkas")),
    ],
)
def test_what_is_of_the_wrong_name_or_type_is_one_sentence_before_any_work(ask, results):
    with pytest.raises(ParameterError, match=r"Expected .*; got .*:"):
        ask()
    assert not results.exists()


def test_music_that_cannot_be_split_is_refused_before_it_is_prepared(trained, store, monkeypatch):
    monkeypatch.setattr(runner, "load_music", lambda *_, **__: toy.load("toy", 4))
    monkeypatch.setattr(preparation, "prepare", None)
    with pytest.raises(DataError, match="'jig'"):
        records(CONFIGS, store)


@pytest.mark.parametrize("names", [("0", "00", "1"), ("True", "nan", "NA"), ("", "inf", "1e0")])
def test_classes_and_groups_may_be_called_as_numbers_are(trained, monkeypatch, names):
    zeros = {label: "0" * number for number, label in enumerate(toy.LABELS)}
    tracks = tuple(
        replace(one, label=names[len(zeros[one.label])], group=zeros[one.label] + one.group[-1])
        for one in toy.TRACKS
    )
    music = toy.Toy(tracks=tracks, labels=names)
    monkeypatch.setattr(runner, "load_music", lambda *_, **__: music)
    monkeypatch.setattr(preparation, "prepare", lambda *_: music)
    result = run_experiments("networks", TOY, progress=False)
    tested = intervals.tested_by(result.of(result.cells[0])[0], result.clips)
    assert tested.y_true.tolist() == toy.TRUE
    assert tables.tidy(result).equals(tables.stored_rows(result.cells, Store.of(TOY)))
    assert "One answer to all would score" in tables.certainty(result).data


@pytest.mark.slow
def test_a_run_trained_in_a_worker_is_recorded_and_can_be_repeated(toy_music, store):
    kept, again, spread = repeat(CONFIGS[0], store)
    assert kept.results() == again.results() and np.isnan(spread)
    assert list(store.find(CONFIGS)) == CONFIGS[:1]


# One network.


@pytest.fixture
def clips(tmp_path):
    return toy.spectrograms(tmp_path)


def trained_by(clips, **how):
    return Record.from_bytes(run.train_run(toy.run_config(**how), clips))


@pytest.mark.parametrize("model", ["cnn", "cnn_rnn"])
def test_a_record_tells_all_of_its_run(tmp_path, model):
    clips, config = toy.spectrograms(tmp_path, n_extra=4), toy.run_config(epochs=2, model=model)
    record = trained_by(clips, epochs=2, model=model)
    assert (record.key, record.config) == (config.key(clips.fingerprint), config.as_dict())
    assert {"loss", "accuracy", "macro_f1", "val_loss", "val_accuracy"} <= set(record.history)
    assert {len(values) for values in record.history.values()} == {2}
    split = clips.split(config.seed)
    assert record.data["n_clips"] == {part: len(rows) for part, rows in vars(split).items()}
    assert tuple(record.ablated) == toy.ABLATIONS.get(model, ())
    assert all(0 <= score <= 1 for score in record.ablated.values())
    assert record.n_parameters > 0 and not record.diverged
    assert record.seconds["all"] >= record.seconds["training"] > 0
    assert {"keras", "tensorflow", "numpy"} <= set(record.versions)


@pytest.mark.slow
@pytest.mark.parametrize("model", ["cnn", "crnn", "cnn_rnn"])
def test_a_repeated_run_gives_the_same_bits(clips, model):
    first, again = (trained_by(clips, model=model) for _ in range(2))
    assert first.results() == again.results()


def test_a_diverging_run_is_recorded_as_such(clips):
    images = np.load(clips.folder / "train.npy")
    np.save(clips.folder / "train.npy", np.full_like(images, np.nan))
    record = trained_by(clips)
    assert record.diverged and not math.isfinite(record.history["loss"][-1])
    assert all(0 <= score <= 1 for part in record.scores.values() for score in part.values())


def test_variables_that_a_notebook_has_set_reach_no_network(clips, monkeypatch):
    monkeypatch.setattr(run, "train_run", lambda *_: dict(os.environ))
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "9")
    (seen,) = runner.network_records(toy.run_config(), clips)
    assert (seen["TF_ENABLE_ONEDNN_OPTS"], seen["TF_NUM_INTRAOP_THREADS"]) == ("1", "1")
