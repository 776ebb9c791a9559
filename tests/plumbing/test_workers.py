import errno
import os
import subprocess
import sys
import time
from itertools import count
from unittest.mock import Mock

import pytest

from subgenre.plumbing.errors import StorageError, SubgenreError
from subgenre.plumbing.workers import ONE_THREAD, default_workers, in_parallel

SCRIPT = """import time  # a plain script, without a guard for the processes that it starts
from subgenre.plumbing.workers import in_parallel

def nap(seconds):
    print("at work", flush=True)
    time.sleep(seconds)

print(*in_parallel(nap, [(120,)], n_workers=2))
"""


def threads():
    return [os.environ.get(name) for name in ONE_THREAD]


def slow_first(number):
    time.sleep(0.5 if number == 0 else 0)
    return number, os.getpid()


def test_workers_use_one_thread_and_leave_the_parents_settings_alone(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    assert list(in_parallel(threads, [()], n_workers=2)) == [list(ONE_THREAD.values())]
    assert os.environ["OMP_NUM_THREADS"] == "7" and "MKL_NUM_THREADS" not in os.environ


def test_results_come_in_the_order_of_the_calls_or_as_they_are_ready():
    calls = [(number,) for number in range(4)]
    for in_order, last in ((True, 3), (False, 0)):
        numbers = [number for number, _ in in_parallel(slow_first, calls, 2, in_order)]
        assert sorted(numbers) == [0, 1, 2, 3] and numbers[-1] == last


@pytest.mark.parametrize("n_workers", [1, 2])
def test_calls_are_drawn_as_needed_and_a_single_worker_is_this_process(n_workers):
    results = in_parallel(slow_first, ((number,) for number in count(1)), n_workers)
    numbers, processes = zip(*(next(results) for _ in range(3)), strict=True)
    results.close()
    assert numbers == (1, 2, 3)
    assert (os.getpid() in processes) == (n_workers == 1)


def test_a_worker_that_the_system_ends_is_one_sentence_that_blames_nothing():
    with pytest.raises(SubgenreError, match="the system ended one"):
        list(in_parallel(os.abort, [()], n_workers=2))


def test_workers_of_a_plain_script_end_when_it_is_killed(tmp_path):
    (tmp_path / "plain.py").write_text(SCRIPT)
    command = [sys.executable, str(tmp_path / "plain.py")]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert parent.stdout.readline() == "at work\n"
    parent.kill()
    parent.communicate(timeout=30)  # the pipe ends with the last process that holds it


@pytest.mark.parametrize("given", ["two", "0", "-1", "1.5", ""])
def test_a_number_of_workers_that_is_none_is_refused(monkeypatch, given):
    monkeypatch.setenv("SUBGENRE_WORKERS", given)
    with pytest.raises(SubgenreError, match="SUBGENRE_WORKERS"):
        default_workers()


def test_a_system_that_refuses_processes_is_not_blamed_on_a_file(monkeypatch):
    full = Mock(side_effect=OSError(errno.ENOSPC, "No space left on device"))
    monkeypatch.setattr("joblib._parallel_backends.get_memmapping_executor", full)
    with pytest.raises(StorageError, match="/dev/shm"):
        list(in_parallel(threads, [()], n_workers=2))
