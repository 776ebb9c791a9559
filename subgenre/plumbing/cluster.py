"""The same work on a Dask cluster: what `in_parallel` may have computed anywhere is sent there."""

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

from tqdm import tqdm

from subgenre.plumbing.errors import SubgenreError
from subgenre.plumbing.workers import CLUSTER, default_workers

LOCAL = "local"
CONNECT_SECONDS, WAIT_SECONDS = 10, 60  #: for an answer of the scheduler, and a first worker


@contextmanager
def on_cluster(
    scheduler: str | None, packages: Sequence[str], music: Path | None, n_workers: int | None
) -> Iterator[None]:
    """Let the workers of a Dask cluster compute what `in_parallel` may have computed anywhere.

    The scheduler's address is ``tcp://host:port``; `LOCAL` starts one here with `n_workers`, and
    None leaves the work to this machine's own pool. Before any work it is a `SubgenreError` if Dask
    is not installed, the scheduler does not answer, or a worker has other versions of `packages`
    than we, cannot reach the `music`, or would train in several threads; later, if the scheduler is
    lost or a task ends its workers. The cluster is left as it was.
    """
    if scheduler is None:
        yield
        return
    try:
        from distributed import Client, KilledWorker
        from distributed.comm import CommClosedError
    except ImportError as error:
        raise SubgenreError(
            f"Expected Dask for --scheduler {scheduler}: pip install 'subgenre[cluster]'."
        ) from error
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # what matters is said below
    how: dict[str, Any] = {"address": scheduler}
    if scheduler == LOCAL:
        how = {"threads_per_worker": 1, "silence_logs": logging.CRITICAL}
        how["n_workers"] = n_workers or default_workers()
    with ExitStack() as stack:
        try:
            client = stack.enter_context(Client(**how, timeout=CONNECT_SECONDS))
            client.wait_for_workers(1, timeout=WAIT_SECONDS)
        except Exception as error:  # whatever Dask, the address or the network makes of it
            raise SubgenreError(
                f"Expected a Dask scheduler with workers at {scheduler}, but {error}: start it, or "
                "name another address, as in --scheduler tcp://10.0.0.1:8786."
            ) from error
        _check(client, packages, music)
        tqdm.write(f"Dask workers: {len(client.nthreads())}   dashboard: {client.dashboard_link}")
        token = CLUSTER.set(partial(_computed, client))
        try:
            yield
        except (CancelledError, KilledWorker, OSError) as error:
            gone = client.status != "running" or isinstance(error, CommClosedError)
            if isinstance(error, OSError) and not gone:
                raise  # of the work, and not of the connection
            killed = "a task ended its workers" if isinstance(error, KilledWorker) else ""
            raise SubgenreError(
                f"Expected the cluster to finish, but {killed or 'its scheduler was lost'}: look "
                "at its logs and start again; what was finished is kept."
            ) from error
        finally:
            CLUSTER.reset(token)


def _computed(client: Any, function: Callable, calls: Iterable[tuple], in_order: bool) -> Iterator:
    """Yield what `function` returns for each call; each worker has one at work and one waiting.

    joblib's backend for Dask would compute here if it found one worker, and leave later ones idle.
    """
    from distributed import wait

    calls, futures = iter(calls), list[Any]()
    try:
        while True:
            n_free = max(2 * len(client.nthreads()), 1) - len(futures)  # workers come and go
            some = islice(calls, max(n_free, 0))
            futures += [client.submit(function, *call, pure=False) for call in some]
            if not futures:
                return
            done = [] if in_order else wait(futures, return_when="FIRST_COMPLETED").done
            first = next(iter(done), futures[0])
            futures.remove(first)
            yield first.result()
    finally:
        client.cancel(futures)


def _check(client: Any, packages: Sequence[str], music: Path | None) -> None:
    """Raise a `SubgenreError` that names the first worker that could not give our results."""
    asked: list[tuple[str, Any, dict]] = [("one thread (--nthreads 1)", 1, client.nthreads())]
    for name in packages:
        answers = client.run(version, name, on_error="return")
        asked.append((f"{name} {version(name)}", version(name), answers))
    if music:
        asked.append((f"the music {music}", True, client.run(os.path.exists, str(music))))
    for what, wanted, answers in asked:
        for worker in (one for one, answer in answers.items() if answer != wanted):
            raise SubgenreError(
                f"Expected {what} on every worker; the one at {worker} says {answers[worker]!r}: "
                "give it the same requirements.txt and the same folders, and start it again."
            )
