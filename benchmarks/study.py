"""A whole study: two workers against one, and how long a study takes that has nothing to do."""

import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click
import timing
from joblib.externals.loky import get_reusable_executor

from subgenre.config import MODELS, Profile, RunConfig, profile_named
from subgenre.data import load_music
from subgenre.data.clips import prepare
from subgenre.study.experiments import cells, common_config, experiments_of
from subgenre.study.places import RESULTS_VARIABLE, STUDIES_VARIABLE, Study
from subgenre.study.records import Store
from subgenre.study.runner import run_all


def some_runs(profile: Profile, n_seeds: int, epochs: int) -> list[RunConfig]:
    """Return runs of the common setting, network by network: neighbours take equally long."""
    runs = [common_config(Study(profile, Study.of().dataset), seed) for seed in range(n_seeds)]
    return [
        replace(
            run,
            model=replace(run.model, name=name),
            training=replace(run.training, epochs=epochs),
        )
        for name in MODELS
        for run in runs
    ]


def minutes(runs: list[RunConfig], n_workers: int, n_cores: int) -> float:
    """Train the runs without any records on so many cores, and return how long that took."""
    with tempfile.TemporaryDirectory() as folder, limited(n_cores):
        started = time.perf_counter()
        run_all(runs, Store(Path(folder)), n_workers, progress=False)
        taken = time.perf_counter() - started
        get_reusable_executor().shutdown()  # a process of `afresh` would wait for idle workers
        return taken / 60


def afresh(function: Callable[..., float], *arguments: Any) -> float:
    """Call it in a new process, in which nothing is imported yet."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


@contextmanager
def limited(n_cores: int) -> Iterator[None]:
    """Keep this process, and those it starts, on so many cores, where the system can do that."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(sorted(before)[:n_cores]))
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def report_throughput(runs: list[RunConfig], repeats: int) -> None:
    """Print how long the runs take with one worker and with two.

    A worker computes in one thread at a time, but may change cores. Whether a lone worker profits
    from a second core differs between machines, so it is measured with one and with two.
    """
    data = runs[0].data
    prepare(load_music(data), data)  # not to be measured
    ways = {
        "1 worker on 1 core": partial(afresh, minutes, runs, 1, 1),
        "1 worker on 2 cores": partial(afresh, minutes, runs, 1, 2),
        "2 workers on 2 cores": partial(afresh, minutes, runs, 2, 2),
    }
    times = timing.in_turn(ways, repeats)
    rows = [
        (
            name,
            f"{statistics.median(of):.2f}",
            f"{len(runs) / statistics.median(of):.2f}",
            f"{timing.ratio(times['1 worker on 1 core'], of):.2f} x",
        )
        for name, of in times.items()
    ]
    click.echo(
        f"{len(runs)} runs of {runs[0].training.epochs} epochs, as many of each network, from "
        "reading the music to the last record."
    )
    click.echo(timing.table(("", "minutes", "runs a minute", "throughput"), rows))


def seconds(command: list[str], results: Path) -> float:
    """Run one command of the package with the records in `results`; return how long it took."""
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", "from subgenre.cli import main; main()", *command],
        env=os.environ | {RESULTS_VARIABLE: str(results), STUDIES_VARIABLE: str(results)},
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - started


def is_whole(profile: str) -> bool:
    """Tell whether every run of that profile has its record in the results folder."""
    study = Study.of(profile)
    grid = [cell for name in experiments_of(study.profile) for cell in cells(name, study)]
    runs = {run for cell in grid for run in cell.configs}
    data = next(iter(runs)).data
    fingerprint = load_music(data).fingerprint
    store = Store.of(study)
    return all(store.path(run.key(fingerprint)).is_file() for run in runs)


def report_repetition(quick: bool, repeats: int) -> None:
    """Print the time of a command whose records are all there, before any page is made."""
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results"
        if quick:
            command = ["run", "--profile", "smoke", "--epochs", "1"]
            seconds(command, results)
        elif is_whole("paper"):
            command = ["study", "--profile", "paper", "--no-pages"]
            shutil.copytree(Study.of("paper").records.parent, results)
        else:
            command = ["study", "--profile", "smoke", "--no-pages"]
            seconds(command, results)
        before = sorted(results.rglob("*.json"))
        (times,) = timing.in_turn({"again": partial(seconds, command, results)}, repeats).values()
        if sorted(results.rglob("*.json")) != before:
            raise click.ClickException("Expected nothing to train, but there are new records.")
    click.echo(f"\n'subgenre {' '.join(command)}' with nothing to do ({len(before)} records):")
    click.echo(f"{statistics.median(times):.1f} s, the median of {repeats}.")


@click.command()
@click.option("--seeds", default=2, show_default=True, help="Runs of each network to measure.")
@click.option("--epochs", default=10, show_default=True, help="Epochs of each of these runs.")
@click.option("--quick", is_flag=True, help="Check with tiny runs that the benchmark works.")
def main(seeds: int, epochs: int, quick: bool) -> None:
    """Compare the throughput of two workers and one; time a study that has nothing to do.

    The latter reads the records of profile paper if they are all in the results folder, else
    those of a smoke study made for it. Takes some 20 minutes on two idle cores.
    """
    if quick:
        report_throughput(some_runs(profile_named("smoke"), 1, 1)[:2], 1)
    else:
        report_throughput(some_runs(profile_named("paper"), seeds, epochs), 3)
    report_repetition(quick, 1 if quick else 5)


if __name__ == "__main__":
    main()
