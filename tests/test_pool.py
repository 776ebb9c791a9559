"""The worker processes; the functions they run are found by name in this module."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import toy

from subgenre.plumbing.errors import SubgenreError
from subgenre.plumbing.workers import ONE_THREAD, default_workers, in_order, worker_pool

PARENT = """
from test_pool import nap
from subgenre.plumbing.workers import worker_pool

if __name__ == "__main__":
    with worker_pool(1) as pool:
        pool.submit(nap, {path!r}).result()
"""


def nap(path):
    Path(path).write_text(str(os.getpid()))
    time.sleep(120)


def threads():
    return [os.environ.get(name) for name in ONE_THREAD]


def is_running(pid):
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def eventually(condition, seconds=30):
    end = time.monotonic() + seconds
    while not (holds := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return holds


def test_workers_use_one_thread_and_leave_the_parents_settings_alone(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    with worker_pool(1) as pool:
        assert pool.submit(threads).result() == list(ONE_THREAD.values())
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert "MKL_NUM_THREADS" not in os.environ


def test_a_worker_that_the_system_ends_is_one_sentence():
    with pytest.raises(SubgenreError, match="SUBGENRE_WORKERS=1"), worker_pool(1) as pool:
        pool.submit(os.abort).result()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads Linux's process table")
def test_workers_end_with_a_parent_that_was_killed(tmp_path):
    script, pid_file = tmp_path / "parent.py", tmp_path / "pid"
    script.write_text(PARENT.format(path=str(pid_file)))
    paths = os.pathsep.join([str(Path(__file__).parent), str(tmp_path)])
    parent = subprocess.Popen([sys.executable, script], env=os.environ | {"PYTHONPATH": paths})
    assert eventually(lambda: pid_file.exists() and pid_file.read_text())
    worker = int(pid_file.read_text())
    assert is_running(worker)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert eventually(lambda: not is_running(worker))


@pytest.mark.parametrize("given", ["two", "0", "-1", "1.5", ""])
def test_a_number_of_workers_that_is_none_is_refused(monkeypatch, given):
    monkeypatch.setenv("SUBGENRE_WORKERS", given)
    with pytest.raises(SubgenreError, match="SUBGENRE_WORKERS"):
        default_workers()


def test_results_come_in_order_and_few_are_begun_ahead():
    begun = []

    class Pool(toy.InlinePool):
        def submit(self, function, *arguments):
            begun.append(arguments)
            return super().submit(function, *arguments)

    results = in_order(Pool(), divmod, ((i, 3) for i in range(9)), n_ahead=2)
    assert [next(results) for _ in range(3)] == [(0, 0), (0, 1), (0, 2)]
    assert len(begun) == 2 + 2  # the next one begins when the one after is asked for
    assert len(list(results)) == 6 and len(begun) == 9
    assert list(in_order(Pool(), divmod, [], n_ahead=2)) == []
