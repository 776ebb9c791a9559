import math
import os

import numpy as np
import pytest
import toy

from subgenre.plumbing.errors import StorageError
from subgenre.study.records import Record, Store, thousandths

CONFIG = toy.run_config()


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "records")


def put(store, config=CONFIG, **changes):
    return store.put(toy.record(config, **changes).to_bytes())


def test_a_record_comes_back_as_it_was():
    record = toy.record(CONFIG)
    assert Record.from_bytes(record.to_bytes()) == record


def test_a_diverged_history_comes_back_too():
    record = Record.from_bytes(toy.diverged(toy.record(CONFIG)).to_bytes())
    assert record.diverged
    assert math.isnan(record.history["loss"][-1])


def test_a_record_is_found_by_its_key(store):
    record = put(store)
    assert store.get(record.key) == record
    assert store.get("0123456789abcdef") is None
    assert [path.name for path in store.folder.iterdir()] == [f"{record.key}.json"]


@pytest.mark.parametrize(
    "harm",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text[:-2],
        lambda text: text.replace(b'"best_epoch":3', b'"best_epoch":2'),
        lambda text: text.replace(b'"schema":1', b'"schema":0'),
        lambda text: b"",
        lambda text: b"[]",
        lambda text: b"\xff\x00",
    ],
    ids=["half", "end", "byte", "schema", "empty", "list", "binary"],
)
def test_a_damaged_record_is_named_and_counts_as_missing(store, capsys, harm):
    path = store.path(put(store).key)
    text = path.read_bytes()
    assert harm(text) != text
    path.write_bytes(harm(text))
    assert store.get(path.stem) is None
    assert f"{path} is damaged" in capsys.readouterr().out
    assert store.find([CONFIG]) == {}


def test_a_damaged_record_is_not_put(store):
    with pytest.raises(ValueError, match="checksum"):
        store.put(toy.record(CONFIG).to_bytes().replace(b"0.5", b"0.6"))
    assert not store.folder.exists()


def test_a_results_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="set SUBGENRE_RESULTS"):
        put(Store(tmp_path / "file" / "records"))


def test_records_are_found_by_configuration_whatever_the_data(store):
    configs = [toy.run_config(seed) for seed in range(3)]
    records = [put(store, config, fingerprint=f"data {config.seed}") for config in configs]
    assert store.find(configs[1:]) == dict(zip(configs[1:], records[1:], strict=True))
    assert store.find([toy.run_config(epochs=9)]) == {}


def test_of_several_records_the_last_one_written_counts(store):
    old, new = (put(store, fingerprint=name) for name in ("before", "after"))
    os.utime(store.path(old.key), (1, 1))
    assert store.find([CONFIG]) == {CONFIG: new}


def test_probabilities_are_kept_as_thousandths():
    probabilities = np.random.default_rng(0).dirichlet(np.ones(6), size=50)
    kept = np.array(thousandths(probabilities))
    assert kept.dtype == int
    np.testing.assert_allclose(kept / 1000, probabilities, atol=0.0015 + 1e-9)
    assert isinstance(thousandths(probabilities)[0][0], int)


def test_rounding_never_changes_the_answer():
    probabilities = np.random.default_rng(1).normal(1 / 6, 1e-4, (200, 6))
    kept = np.array(thousandths(probabilities))
    np.testing.assert_array_equal(kept.argmax(axis=1), probabilities.argmax(axis=1))
    np.testing.assert_array_equal(np.sum(kept == kept.max(axis=1, keepdims=True), axis=1), 1)


def test_predictions_are_the_most_probable_classes():
    answers = [(truth + 1) % 3 for truth in toy.TRUE]
    np.testing.assert_array_equal(toy.record(CONFIG, answers=answers).predictions(), answers)


def test_results_leave_out_times_and_versions():
    record = toy.record(CONFIG)
    later = toy.record(CONFIG, seconds={"training": 1.0, "all": 2.0}, versions={"subgenre": "9"})
    assert record.results() == later.results() != toy.record(CONFIG, test=0.4).results()


def test_the_list_of_clips_comes_back_as_it_was(store):
    store.put_clips("toy", toy.TRACKS)
    assert store.clips("toy").equals(toy.CLIPS)


def test_a_damaged_list_of_clips_is_put_right(store):
    store.put_clips("toy", toy.TRACKS)
    (path,) = store.folder.iterdir()
    path.write_bytes(path.read_bytes()[:100])
    store.put_clips("toy", toy.TRACKS)
    assert store.clips("toy").equals(toy.CLIPS)


def test_titles_that_look_like_missing_values_stay_titles(store):
    track = toy.replace(toy.TRACKS[0], title="NA")
    store.put_clips("toy", [track])
    assert store.clips("toy")["title"].tolist() == ["NA"]
