"""Worker processes that use one thread each.

For networks and clips as small as ours two of these beat one process with two threads.
"""

import os
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from subgenre.plumbing.errors import ParameterError, StorageError, SubgenreError

R = TypeVar("R")
WORKERS_VARIABLE = "SUBGENRE_WORKERS"
#: What computes instead of this machine's processes, while there is a cluster.
CLUSTER: ContextVar[Callable[..., Iterator] | None] = ContextVar("CLUSTER", default=None)
#: Read when TensorFlow is imported.
TENSORFLOW = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
ONE_THREAD = TENSORFLOW | {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}


def default_workers() -> int:
    """Return ``SUBGENRE_WORKERS``, or else the number of cores this process may use."""
    given = os.environ.get(WORKERS_VARIABLE)
    if given is None:
        from joblib import cpu_count

        return cpu_count()  # of the affinity, and of a container's quota
    if not given.isdecimal() or not int(given):
        raise ParameterError(
            f"Expected {WORKERS_VARIABLE} to be a positive whole number; got {given!r}: "
            "unset it to use every core."
        )
    return int(given)


@contextmanager
def silent_terminal() -> Iterator[None]:
    """Keep what C libraries write off the terminal, where the progress bar is.

    While it is imported, TensorFlow writes notices that no log level switches off.
    """
    stderr = os.dup(2)
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a device, not a path
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)


def in_parallel(
    function: Callable[..., R],
    calls: Iterable[tuple],
    n_workers: int | None = None,
    in_order: bool = True,
    anywhere: bool = False,
) -> Iterator[R]:
    """Yield what `function` returns for each call, computed by processes of one thread each.

    The `calls` are its arguments, drawn as they are needed; results come in their order, or as they
    are ready. There are `default_workers` unless given, and a single one is this process itself.
    What may be done `anywhere` is left to a cluster within `subgenre.plumbing.cluster.on_cluster`.
    A worker that ends before its work is a `SubgenreError`; errors of `function` stay as they are.
    """
    if anywhere and (cluster := CLUSTER.get()):
        yield from cluster(function, calls, in_order)
        return
    from joblib import Parallel, delayed, parallel_config

    # TensorFlow keeps some memory of each network, so loky replaces workers, and says so.
    warnings.filterwarnings("ignore", "A worker stopped while some jobs", UserWarning)

    n_workers = n_workers or default_workers()
    if n_workers == 1:
        os.environ.update(TENSORFLOW)
    begin = {"initializer": _begin, "initargs": (os.getpid(),)}
    with parallel_config("loky", inner_max_num_threads=1, **begin):
        how = "generator" if in_order else "generator_unordered"
        # Arrays are sent as they are, for /dev/shm may be small.
        run = Parallel(n_workers, return_as=how, batch_size=1, max_nbytes=None)
        try:
            results = run(delayed(function)(*call) for call in calls)
        except OSError as error:
            raise StorageError(
                f"Expected to start {n_workers} worker processes, but the system refused "
                f"({error.strerror or error}), most likely for want of room in /dev/shm: make "
                f"some, or set {WORKERS_VARIABLE}=1."
            ) from error
    try:
        for result in results:  # noqa: UP028 - so that `finally` closes them without a warning
            yield result
    except BrokenProcessPool as error:
        raise SubgenreError(
            "Expected the worker processes to finish, but the system ended one: start again, "
            f"finished work is kept. If memory was short, {WORKERS_VARIABLE}=1 needs the least."
        ) from error
    finally:
        # They are of work that nobody waits for any more.
        with warnings.catch_warnings(action="ignore", category=UserWarning):
            results.close()


def _begin(parent: int) -> None:
    """Prepare a worker: one thread for TensorFlow; it ends when its parent does."""
    os.environ.update(TENSORFLOW)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)  # nobody would take its results

    threading.Thread(target=watch, daemon=True).start()
