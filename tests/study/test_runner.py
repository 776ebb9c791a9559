import pytest
import toy

from subgenre.data import clips as preparation
from subgenre.plumbing.errors import DataError, ParameterError, SubgenreError
from subgenre.plumbing.workers import in_parallel
from subgenre.study import runner
from subgenre.study.places import Study
from subgenre.study.records import Store
from subgenre.study.runner import repeat, run_all, run_experiments, single_run

CONFIGS = [toy.run_config(seed) for seed in range(3)]
TOY = Study.of("smoke", "toy")


@pytest.fixture
def store(results) -> Store:
    return Store.of(TOY)


@pytest.fixture
def trained(monkeypatch, toy_music, results):
    """Train in no time; return the list of seeds that were trained."""
    seeds = []

    def train(config, clips):
        seeds.append(config.seed)
        return [toy.record(config, fingerprint=clips.fingerprint).to_bytes()]

    monkeypatch.setattr(runner, "network_records", train)
    for module in (runner, preparation):
        monkeypatch.setattr(module, "in_parallel", toy.inline)
    return seeds


def run(configs, store):
    return run_all(configs, store, progress=False)


def test_a_stopped_study_goes_on_where_it_was(trained, store):
    run(CONFIGS[:2], store)
    before = {path: path.stat().st_mtime_ns for path in store.folder.iterdir()}
    assert list(run([*CONFIGS, CONFIGS[0]], store)) == CONFIGS
    assert trained == [0, 1, 2]
    assert all(path.stat().st_mtime_ns == then for path, then in before.items())


def test_a_damaged_record_and_one_of_other_music_are_run_again(trained, store, monkeypatch, capsys):
    record = run(CONFIGS[:1], store)[CONFIGS[0]]
    path = store.path(record.key)
    path.write_bytes(path.read_bytes()[:500])
    assert run(CONFIGS[:1], store) == {CONFIGS[0]: record}
    assert f"{path} is damaged" in capsys.readouterr().out
    monkeypatch.setattr(runner, "load_music", lambda *_, **__: toy.load("toy", 9))
    run(CONFIGS[:1], store)
    assert trained == [0, 0, 0]


def test_what_is_finished_outlives_an_error(trained, store, monkeypatch):
    def fail(config, clips):
        if config.seed:
            raise DataError("Expected music; got silence: play.")
        return [toy.record(config, fingerprint=clips.fingerprint).to_bytes()]

    monkeypatch.setattr(runner, "network_records", fail)
    with pytest.raises(DataError, match="got silence"):
        run(CONFIGS, store)
    assert list(store.find(CONFIGS)) == CONFIGS[:1]


def test_a_killed_worker_is_one_clear_sentence(trained, store, monkeypatch):
    monkeypatch.setattr(runner, "network_records", toy.killed_task)
    monkeypatch.setattr(runner, "in_parallel", in_parallel)
    with pytest.raises(SubgenreError, match="system ended one"):
        run_all(CONFIGS[:1], store, n_workers=2, progress=False)


def test_a_study_shares_its_runs_and_has_whole_seeds_first(trained, monkeypatch):
    result = run_experiments(["optimizers", "initialization"], TOY, progress=False)
    assert len(result.cells) == 24
    assert len(result.records) == len(trained) == 21
    assert all(len(result.of(cell)) == 1 for cell in result.cells)
    assert len(result.clips) == 30
    assert single_run("crnn", TOY).config.model.name == "crnn"
    assert len(trained) == 21
    trained.clear()
    run_experiments("networks", Study.of("paper", "toy"), progress=False)
    assert trained == sorted(trained) and len(trained) == 15


@pytest.mark.parametrize(
    "ask",
    [
        lambda: run_experiments("tempo", Study.of("smoke")),
        lambda: Study.of("long"),
        lambda: run_experiments("optimizers", Study.of("smoke", "polkas")),
        lambda: single_run("rnn", Study.of("smoke")),
    ],
)
def test_unknown_names_are_refused_before_any_work(ask):
    with pytest.raises(ParameterError, match=r"Expected .* to be (one of|dances)"):
        ask()


@pytest.mark.slow
def test_a_run_trained_in_a_worker_is_recorded_and_can_be_repeated(toy_music, store):
    record = run(CONFIGS[:1], store)[CONFIGS[0]]
    assert store.get(record.key) == record
    assert repeat(CONFIGS[0], store)
