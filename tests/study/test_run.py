import math
import os

import numpy as np
import pytest
import toy

from subgenre.study import run as run_module
from subgenre.study.records import Record
from subgenre.study.run import train_run
from subgenre.study.runner import network_records


@pytest.fixture
def clips(tmp_path):
    return toy.spectrograms(tmp_path)


def run(clips, **how):
    return Record.from_bytes(train_run(toy.run_config(**how), clips))


def test_a_record_tells_all_of_its_run(clips):
    record, config = run(clips, epochs=2), toy.run_config(epochs=2)
    assert (record.key, record.config) == (config.key(clips.fingerprint), config.as_dict())
    assert {"loss", "accuracy", "macro_f1", "val_loss", "val_accuracy"} <= set(record.history)
    assert {len(values) for values in record.history.values()} == {2}
    assert record.best_epoch == np.argmax(record.history["val_macro_f1"]) + 1
    assert record.n_parameters > 0 and not record.diverged
    assert record.seconds["all"] >= record.seconds["training"] > 0
    assert {"keras", "tensorflow", "numpy"} <= set(record.versions)


@pytest.mark.slow
@pytest.mark.parametrize("model", ["cnn", "crnn", "cnn_rnn"])
def test_a_repeated_run_gives_the_same_bits(clips, model):
    first, again = (run(clips, model=model) for _ in range(2))
    assert first.results() == again.results()


def test_a_diverging_run_is_recorded_as_such(clips):
    images = np.load(clips.folder / "train.npy")
    np.save(clips.folder / "train.npy", np.full_like(images, np.nan))
    record = run(clips)
    assert record.diverged and not math.isfinite(record.history["loss"][-1])
    assert all(0 <= score <= 1 for part in record.scores.values() for score in part.values())


def test_variables_that_a_notebook_has_set_reach_no_network(clips, monkeypatch):
    monkeypatch.setattr(run_module, "train_run", lambda *_: dict(os.environ))
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "9")
    (seen,) = network_records(toy.run_config(), clips)
    assert (seen["TF_ENABLE_ONEDNN_OPTS"], seen["TF_NUM_INTRAOP_THREADS"]) == ("1", "1")
