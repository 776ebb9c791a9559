"""Worker processes that use one thread each.

Two processes with one thread beat one process with two threads for networks and clips as small
as ours, so every parallel part of the study goes through this pool.
"""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

from subgenre.config import whole
from subgenre.plumbing.errors import ParameterError, SubgenreError

R = TypeVar("R")
WORKERS_VARIABLE = "SUBGENRE_WORKERS"
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


def default_workers() -> int:
    """Return ``SUBGENRE_WORKERS``, or else the number of cores this process may use.

    Raises
    ------
    ParameterError
        If the variable is set to something other than a positive whole number.
    """
    given = os.environ.get(WORKERS_VARIABLE)
    if given is None:
        affinity = getattr(os, "sched_getaffinity", None)
        return len(affinity(0)) if affinity else os.cpu_count() or 1
    if not given.isdecimal():
        raise ParameterError(
            f"Expected {WORKERS_VARIABLE} to be a positive whole number; got {given!r}: "
            "unset it to use every core."
        )
    return whole(WORKERS_VARIABLE, int(given), low=1)


@contextmanager
def silent_terminal() -> Iterator[None]:
    """Keep what C libraries write off the terminal, where the progress bar is.

    While it is imported, TensorFlow writes notices that no log level switches off. Errors are
    raised as ever.
    """
    stderr = os.dup(2)
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a device, not a path
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)


def _leave_with_parent() -> None:
    """End this worker when its parent ends, however that was: nobody would take its results."""
    parent = multiprocessing.parent_process()
    if parent is not None:

        def watch() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=watch, daemon=True).start()


@contextmanager
def worker_pool(n_workers: int | None = None) -> Iterator[ProcessPoolExecutor]:
    """Yield a pool of fresh one-thread processes; on an error what is queued is cancelled.

    Parameters
    ----------
    n_workers : int, optional
        `default_workers` unless given.

    Raises
    ------
    SubgenreError
        If the operating system ends a worker, most often for want of memory.
    """
    context = multiprocessing.get_context("spawn")  # fork would copy TensorFlow's threads
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)  # read by the libraries when a worker imports them
    pool = ProcessPoolExecutor(
        n_workers or default_workers(), mp_context=context, initializer=_leave_with_parent
    )
    try:
        yield pool
    except BrokenProcessPool as error:
        raise SubgenreError(
            "Expected the worker processes to finish, but the system ended one (most often for "
            f"want of memory): start again with {WORKERS_VARIABLE}=1; finished work is kept."
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def in_order(
    pool: Executor, function: Callable[..., R], calls: Iterable[tuple], n_ahead: int
) -> Iterator[R]:
    """Yield what a function returns for each call, in order, with few results in memory.

    Parameters
    ----------
    pool : Executor
        From `worker_pool`.
    function : callable
        Of a module, so that another process finds it.
    calls : iterable of tuple
        Arguments of each call.
    n_ahead : int
        Calls that are begun before their results are asked for: two per process keep all busy.

    Yields
    ------
    object
        The result of each call; an error of the function is raised in its place.
    """
    waiting = iter(calls)
    running = deque(pool.submit(function, *call) for call in islice(waiting, n_ahead))
    while running:
        yield running.popleft().result()
        running.extend(pool.submit(function, *call) for call in islice(waiting, 1))
