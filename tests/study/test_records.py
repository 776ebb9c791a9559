import os
from dataclasses import replace

import numpy as np
import pytest
import toy

from subgenre.config import RECIPE, digest
from subgenre.plumbing.errors import DataError, StorageError
from subgenre.study import intervals
from subgenre.study.records import CLIP_COLUMNS, SCHEMA, Record, Store, thousandths

CONFIG = toy.run_config()


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "records")


def put(store, config=CONFIG, **changes):
    return store.put(toy.record(config, **changes).to_bytes())


def test_a_records_results_leave_out_times_and_versions():
    record = toy.record(CONFIG)
    later = replace(record, seconds={"training": 1.0, "all": 2.0}, versions={"subgenre": "9"})
    assert record.results() == later.results() != toy.record(CONFIG, test=0.4).results()


def test_committed_records_keep_their_bytes(request):
    for path in (request.config.rootpath / "results").glob("*/*.json"):
        if not path.read_bytes().startswith(b'{"schema":%d,' % SCHEMA):
            continue  # of an earlier edition, until it is computed anew
        record = Record.from_bytes(path.read_bytes())
        content = {"config": record.config, "data": record.data["fingerprint"], "recipe": RECIPE}
        assert path.stem == record.key == digest(content)
        assert record.to_bytes() == path.read_bytes()


def test_a_damaged_record_is_named_and_counts_as_missing(store, capsys):
    path = store.path(put(store).key)
    whole = path.read_bytes()
    changed = whole.replace(b'"n_parameters":70000', b'"n_parameters":70001')
    of_another_version = whole.replace(b'"schema":%d' % SCHEMA, b'"schema":1')
    assert whole not in (changed, of_another_version)
    for text in (whole[:-2], changed, of_another_version, b"", b"[]", b"\xff\x00"):
        path.write_bytes(text)
        assert store.get(path.stem) is None
        assert f"{path} is damaged" in capsys.readouterr().out
        assert store.find([CONFIG]) == {}


def test_a_results_folder_that_cannot_be_written_is_named(store):
    store.folder.write_text("a file")
    with pytest.raises(StorageError, match="SUBGENRE_RESULTS"):
        put(store)


def test_records_are_found_by_configuration_and_of_several_the_last_one_counts(store):
    old = {one: put(store, one, fingerprint=f"{one.seed}") for one in map(toy.run_config, range(3))}
    other = old.pop(CONFIG)
    assert store.find(old) == old
    assert store.find([toy.run_config(epochs=9)]) == {}
    both = [other, put(store, fingerprint="other data")]
    for earlier, later in (both, both[::-1]):
        os.utime(store.path(earlier.key), (1, 1))
        os.utime(store.path(later.key), (2, 2))
        assert store.find([CONFIG]) == {CONFIG: later}


def test_probabilities_are_kept_as_thousandths_and_never_change_the_answer():
    rng = np.random.default_rng(0)
    for spread in (1, 1e-4):
        probabilities = rng.normal(1 / 6, spread, (200, 6))
        kept = np.array(thousandths(probabilities))
        np.testing.assert_allclose(kept / 1000, probabilities, atol=0.0015 + 1e-9)
        assert np.array_equal(kept.argmax(axis=1), probabilities.argmax(axis=1))
        assert np.all(np.sum(kept == kept.max(axis=1, keepdims=True), axis=1) == 1)


def test_the_list_of_clips_comes_back_as_the_text_it_was_and_is_put_right(store):
    texts = [
        "0", "01", "1990", "007", "True", "inf", "nan", "NA", "null", "", " x ", "1e5",
        "2020-01-01", 'q"u', "a,b", "a\rb", "a\nb", "a\r\nb", "x\0y", "\udcff", "e\u0301", "\u2028",
    ]  # fmt: skip
    tracks = [replace(toy.TRACKS[0], **dict.fromkeys(CLIP_COLUMNS, text)) for text in texts]
    store.put_clips("x", tracks)
    assert store.clips("x").to_numpy().tolist() == [[text] * 5 for text in texts]
    path = store.folder / "clips-toy.csv"
    for harm in (lambda: None, lambda: path.write_text("a,b\n1,2\n"), lambda: path.write_text("")):
        harm()
        with pytest.raises(StorageError, match="clips-toy"):
            store.clips("toy")
        store.put_clips("toy", toy.TRACKS)
        assert store.clips("toy").equals(toy.CLIPS)
    for clips in (toy.CLIPS[:5], toy.CLIPS.assign(label="1")):
        with pytest.raises(DataError, match="list of clips"):
            intervals.tested_by(toy.record(CONFIG), clips)
