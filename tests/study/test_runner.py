import pytest
import toy

from subgenre.config import PROFILES
from subgenre.data import clips as preparation
from subgenre.plumbing import workers as pool
from subgenre.plumbing.errors import DataError, ParameterError, SubgenreError
from subgenre.study import runner
from subgenre.study.places import Study
from subgenre.study.records import Store
from subgenre.study.runner import experiment_names, repeat, run_all, run_experiments, single_run

CONFIGS = [toy.run_config(seed) for seed in range(3)]

TOY = Study.of("smoke", "toy")


@pytest.fixture
def store(results) -> Store:
    return Store.of(TOY)


@pytest.fixture
def instant(monkeypatch, toy_music, results):
    """Train in no time; return a function that tells the seeds that were trained."""
    results.mkdir()
    monkeypatch.setattr(runner, "_task", toy.instant_task)
    for module in (runner, preparation):
        monkeypatch.setattr(module, "in_parallel", toy.inline)
    log = results / "trained.txt"
    return lambda: sorted(log.read_text().split()) if log.exists() else []


def run(configs, store):
    return run_all(configs, store, n_workers=1, progress=False)


def test_a_stopped_study_goes_on_where_it_was(instant, store):
    run(CONFIGS[:2], store)
    before = {path: path.stat().st_mtime_ns for path in store.folder.iterdir()}
    records = run(CONFIGS, store)
    assert list(records) == CONFIGS
    assert instant() == ["0", "1", "2"]
    assert all(path.stat().st_mtime_ns == then for path, then in before.items())


def test_a_run_named_twice_is_run_once(instant, store):
    run([*CONFIGS[:1], *CONFIGS[:1]], store)
    assert instant() == ["0"]


def test_a_damaged_record_is_run_again(instant, store, capsys):
    record = run(CONFIGS[:1], store)[CONFIGS[0]]
    path = store.path(record.key)
    path.write_bytes(path.read_bytes()[:500])
    assert run(CONFIGS[:1], store) == {CONFIGS[0]: record}
    assert instant() == ["0", "0"]
    assert f"{path} is damaged" in capsys.readouterr().out


def test_other_music_of_the_same_name_is_run_again(instant, store, monkeypatch):
    run(CONFIGS[:1], store)
    monkeypatch.setattr(runner, "load_music", lambda *_, **__: toy.load("toy", 9))
    run(CONFIGS[:1], store)
    assert instant() == ["0", "0"]


def test_what_is_finished_outlives_an_error(instant, store, monkeypatch):
    run(CONFIGS[:1], store)
    monkeypatch.setattr(runner, "_task", toy.failing_task)
    with pytest.raises(DataError, match="got silence"):
        run(CONFIGS, store)
    assert list(store.find(CONFIGS)) == CONFIGS[:1]


def test_a_killed_worker_is_one_clear_sentence(instant, store, monkeypatch):
    monkeypatch.setattr(runner, "_task", toy.killed_task)
    monkeypatch.setattr(runner, "in_parallel", pool.in_parallel)
    with pytest.raises(SubgenreError, match="system ended one"):
        run_all(CONFIGS[:1], store, n_workers=2, progress=False)


def test_a_study_answers_its_experiments_with_shared_runs(instant):
    result = run_experiments(["optimizers", "initialization"], TOY, n_workers=1, progress=False)
    assert len(result.cells) == 24
    assert len(result.records) == len(instant()) == 21
    assert all(len(result.of(cell)) == 1 for cell in result.cells)
    assert len(result.clips) == 30


def test_a_single_run_shares_the_studys_record(instant, store):
    run_experiments("initialization", TOY, n_workers=1, progress=False)
    n_trained = len(instant())
    one = single_run("crnn", TOY)
    assert len(instant()) == n_trained
    assert one.config.model.name == "crnn"


def test_what_was_tested_comes_with_true_classes_and_groups():
    tested = runner.tested_by(toy.record(CONFIGS[0]), toy.CLIPS)
    assert tested.y_true.tolist() == toy.TRUE
    assert tested.groups.tolist() == [toy.TRACKS[row].group for row in toy.TESTED]


@pytest.mark.parametrize(
    "ask",
    [
        lambda: run_experiments("tempo", Study.of("smoke")),
        lambda: Study.of("long"),
        lambda: run_experiments("optimizers", Study.of("smoke", "polkas")),
        lambda: single_run("rnn", Study.of("smoke")),
        lambda: experiment_names(["tempo"], Study.of("quick").profile),
    ],
)
def test_unknown_names_are_refused_before_any_work(ask):
    with pytest.raises(ParameterError, match=r"Expected .* to be (one of|dances)"):
        ask()


def test_no_experiments_named_means_all():
    assert experiment_names([], PROFILES["quick"]) == [
        "optimizers",
        "regularization",
        "initialization",
    ]
    assert experiment_names(["regularization"], PROFILES["quick"]) == ["regularization"]
    assert "widths" in experiment_names([], PROFILES["tuning"])


@pytest.mark.slow
def test_a_run_trained_in_a_worker_is_recorded_and_can_be_repeated(toy_music, store):
    record = run(CONFIGS[:1], store)[CONFIGS[0]]
    assert store.get(record.key) == record
    assert repeat(CONFIGS[0], store)
