import importlib
import itertools
import subprocess
import sys
from pathlib import Path

import pytest

from subgenre.config import MODELS

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.fixture
def benchmark(monkeypatch):
    """Return a function that imports one module of the benchmarks' folder."""
    monkeypatch.syspath_prepend(str(FOLDER))
    return importlib.import_module


@pytest.mark.parametrize("name", ["parallel", "choi", "nasrullah"])
def test_a_peer_has_the_published_size(benchmark, name):
    peer = benchmark("peers").PEERS[name]
    printed = peer.published
    model = peer.build(printed.n_frames, printed.n_mels, printed.n_classes, printed.pools)
    ours = peer.compiled(251, 64, 6, seed=0)
    assert model.count_params() == pytest.approx(printed.n_parameters, rel=0.01)
    assert ours.output_shape == (None, 6)
    if name != "parallel":
        assert ours.count_params() == pytest.approx(printed.n_parameters, rel=0.01)


def test_ways_are_measured_in_turn(benchmark):
    turns = itertools.count(1)
    ways = dict.fromkeys("ab", lambda: next(turns))
    assert benchmark("timing").in_turn(ways, 2) == {"a": [1, 3], "b": [2, 4]}
    assert benchmark("timing").ratio([2, 20, 3], [1, 10, 1]) == 2


def test_a_curve_tells_when_a_score_was_reached_and_the_best_within_a_time(benchmark):
    training, curve = benchmark("training"), [(10.0, 0.2), (20.0, 0.5), (30.0, 0.4)]
    assert [training.seconds_to(curve, score) for score in (0.1, 0.4, 0.6)] == [10.0, 20.0, None]
    assert [training.best_within(curve, limit) for limit in (5, 15, 25, 99)] == [0.2, 0.2, 0.5, 0.5]
    assert {*MODELS, *benchmark("peers").PEERS} == set(training.TITLES)


SLOW = [pytest.param(name, marks=pytest.mark.slow) for name in ("training", "study")]


@pytest.mark.parametrize("script", ["log_mel", *SLOW])
def test_a_benchmark_works(script, monkeypatch):
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)  # commands that ran here before have set it
    command = [sys.executable, str(FOLDER / f"{script}.py"), "--quick"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0 and "Traceback" not in result.stderr, result.stderr
    assert result.stdout.strip()
