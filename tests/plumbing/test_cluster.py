import json
import os
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from subgenre.cli import main
from subgenre.plumbing import cluster
from subgenre.plumbing.cluster import LOCAL, on_cluster
from subgenre.plumbing.errors import SubgenreError
from subgenre.plumbing.workers import in_parallel
from subgenre.study.places import STUDIES_VARIABLE, Study
from subgenre.study.records import Record

distributed = pytest.importorskip("distributed", reason="needs the extra cluster")
PACKAGES = ("subgenre", "numpy")


class Outside:
    """A scheduler and workers that somebody else has started."""

    def __init__(self, folder):
        self.file, self.processes = folder / "scheduler.json", []
        self.start("scheduler", "--port", "0", "--no-dashboard")
        while not self.file.is_file() or not self.file.read_text():
            time.sleep(0.05)
        self.address = json.loads(self.file.read_text())["address"]

    def start(self, kind, *options, **environment):
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *options]
        command += ["--scheduler-file", str(self.file)]
        how = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        how |= {"env": os.environ | environment, "cwd": self.file.parent}  # no checkout is there
        self.processes.append(subprocess.Popen(command, **how))
        return self.processes[-1]

    def worker(self, n_threads=1, **environment):
        options = "--nthreads", str(n_threads), "--no-nanny", "--no-dashboard"
        return self.start("worker", *options, **environment)


@pytest.fixture
def outside(tmp_path):
    """Return a cluster without workers."""
    started = Outside(tmp_path)
    yield started
    for one in started.processes:
        one.kill()
        one.wait()


def slowly(number):
    """Return a call that takes a while, and that workers need not import."""

    def call():
        import time

        time.sleep(0.2)
        return number

    return call


def results(n_calls=20):
    return in_parallel(lambda call: call(), ((slowly(n),) for n in range(n_calls)), anywhere=True)


def test_a_worker_that_is_killed_costs_no_result_and_the_cluster_stays(outside):
    first, _ = outside.worker(), outside.worker()
    with on_cluster(outside.address, PACKAGES, None, None):
        found = results()
        numbers = [next(found)]
        first.kill()
        assert [*numbers, *found] == list(range(20))
    with distributed.Client(outside.address) as client:
        assert len(client.nthreads()) == 1


def test_a_scheduler_that_is_lost_is_one_sentence_and_what_came_before_it_is_kept(outside):
    outside.worker()
    numbers = []
    with (
        pytest.raises(SubgenreError, match="its scheduler was lost"),
        on_cluster(outside.address, PACKAGES, None, None),
    ):
        for number in results():
            numbers.append(number)
            if number == 3:
                outside.processes[0].kill()
    assert numbers[:4] == [0, 1, 2, 3]


def test_a_worker_that_could_not_give_our_results_is_named_before_the_work(outside, tmp_path):
    music, other = tmp_path / "music", tmp_path / "other" / "subgenre-9.9.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: subgenre\nVersion: 9.9\n")
    for worker, named in (
        (
            {"PYTHONPATH": str(other.parent)},
            r"subgenre .* on every worker; the one at tcp.*says '9.9'",
        ),
        ({"n_threads": 2}, "one thread .*; the one at tcp.* says 2: "),
        ({}, "music .*music on every worker; the one at tcp.* says False"),
    ):
        started = outside.worker(**worker)
        with (
            pytest.raises(SubgenreError, match=named),
            on_cluster(outside.address, PACKAGES, music, None),
        ):
            pytest.fail("the work began")
        started.kill()
        started.wait()


def test_a_scheduler_that_is_not_there_or_has_no_worker_is_named(outside, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    monkeypatch.setattr(cluster, "WAIT_SECONDS", 1)
    for address in ("tcp://[::1]:9", "nonsense", outside.address):
        with (
            pytest.raises(SubgenreError, match="Expected a Dask scheduler"),
            on_cluster(address, (), None, None),
        ):
            pytest.fail("the work began")


def test_without_dask_one_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(SubgenreError, match=r"pip install 'subgenre.cluster.'"),
        on_cluster(LOCAL, (), None, None),
    ):
        pytest.fail("the work began")


@pytest.mark.slow
def test_records_are_the_same_from_a_cluster_as_from_this_machines_pool(
    smoke_study, tmp_path, monkeypatch
):
    of_pool = Study.of("smoke").records
    monkeypatch.setenv(STUDIES_VARIABLE, str(tmp_path))
    command = ["study", "--profile", "smoke", "--no-pages", "--scheduler", LOCAL]
    done = CliRunner().invoke(main, [*command, "--experiment", "train_sizes"])
    assert done.exit_code == 0 and "9 runs have records" in done.output
    for path in (records := sorted(Study.of("smoke").records.glob("*.json"))):
        one, other = (
            Record.from_bytes((of / path.name).read_bytes()) for of in (path.parent, of_pool)
        )
        assert one.results() == other.results() and one.scores == other.scores
    assert len(records) > 9  # and the baselines
