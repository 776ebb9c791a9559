"""The worker processes."""

import os
import signal
import subprocess
import sys
import time
from itertools import count
from pathlib import Path

import pytest

from subgenre.plumbing.errors import SubgenreError
from subgenre.plumbing.workers import ONE_THREAD, default_workers, in_parallel

SCRIPT = """
import os, pathlib, sys, time
from subgenre.plumbing.workers import in_parallel

def nap(seconds):
    pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))
    time.sleep(seconds)
    return "rested"

print(*in_parallel(nap, [(float(sys.argv[2]),)], n_workers=2))
"""
"""A plain script, without a guard for the processes that it starts."""


def threads():
    return [os.environ.get(name) for name in ONE_THREAD]


def slow_first(number):
    time.sleep(0.5 if number == 0 else 0)
    return number, os.getpid()


def is_running(pid):
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def eventually(condition, seconds=30):
    end = time.monotonic() + seconds
    while not (holds := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return holds


def start(tmp_path, seconds):
    (tmp_path / "plain.py").write_text(SCRIPT)
    command = [sys.executable, str(tmp_path / "plain.py"), str(tmp_path / "pid"), str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_workers_use_one_thread_and_leave_the_parents_settings_alone(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    assert list(in_parallel(threads, [()], n_workers=2)) == [list(ONE_THREAD.values())]
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert "MKL_NUM_THREADS" not in os.environ


def test_results_come_in_the_order_of_the_calls_or_as_they_are_ready():
    calls = [(number,) for number in range(4)]
    assert [number for number, _ in in_parallel(slow_first, calls, 2)] == [0, 1, 2, 3]
    ready = [number for number, _ in in_parallel(slow_first, calls, 2, in_order=False)]
    assert sorted(ready) == [0, 1, 2, 3] and ready[-1] == 0


def test_calls_are_drawn_as_they_are_needed_and_left_when_nobody_asks_any_more():
    results = in_parallel(slow_first, ((number,) for number in count(1)), 2)
    assert [next(results)[0] for _ in range(3)] == [1, 2, 3]
    results.close()


def test_a_single_worker_is_this_process_one_call_after_the_other():
    results = in_parallel(slow_first, ((number,) for number in count(1)), n_workers=1)
    assert [next(results) for _ in range(2)] == [(1, os.getpid()), (2, os.getpid())]


def test_a_worker_that_the_system_ends_is_one_sentence_that_blames_nothing():
    with pytest.raises(SubgenreError, match="the system ended one: start again"):
        list(in_parallel(os.abort, [()], n_workers=2))


def test_a_plain_script_needs_no_guard(tmp_path):
    assert start(tmp_path, 0).communicate(timeout=60)[0] == "rested\n"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads Linux's process table")
def test_workers_end_with_a_parent_that_was_killed(tmp_path):
    parent, pid_file = start(tmp_path, 120), tmp_path / "pid"
    assert eventually(lambda: pid_file.exists() and pid_file.read_text())
    worker = int(pid_file.read_text())
    assert is_running(worker)
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    assert eventually(lambda: not is_running(worker))


@pytest.mark.parametrize("given", ["two", "0", "-1", "1.5", ""])
def test_a_number_of_workers_that_is_none_is_refused(monkeypatch, given):
    monkeypatch.setenv("SUBGENRE_WORKERS", given)
    with pytest.raises(SubgenreError, match="SUBGENRE_WORKERS"):
        default_workers()
