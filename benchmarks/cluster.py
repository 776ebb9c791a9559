"""A cluster against the pool of this machine: cost of a task, scaling, and unit costs of tracks."""

import json
import operator
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

import click
import soundfile
import timing

from subgenre.config import DataConfig
from subgenre.data import Dataset, load_music
from subgenre.data.clips import prepare
from subgenre.data.noise import N_CROWDS, crowd
from subgenre.plumbing.cluster import LOCAL, on_cluster
from subgenre.plumbing.files import CACHE_VARIABLE
from subgenre.plumbing.surroundings import processor
from subgenre.plumbing.workers import in_parallel
from subgenre.study.places import Study, project_dir

RECORD = project_dir() / "results" / "cluster.json"
TRACK_SECONDS = 30


@contextmanager
def empty_cache() -> Iterator[None]:
    """Let spectrograms be computed anew, but not the noise that they are under."""
    before = os.environ.get(CACHE_VARIABLE)
    with tempfile.TemporaryDirectory() as folder:
        os.environ[CACHE_VARIABLE] = folder
        for name, number in ((name, i) for name, n in N_CROWDS.items() for i in range(n)):
            crowd(name, number, DataConfig().features.sample_rate)
        yield
    if before is None:
        del os.environ[CACHE_VARIABLE]
    else:
        os.environ[CACHE_VARIABLE] = before


def seconds_a_task(scheduler: str | None, n_tasks: int) -> float:
    """Return what a task costs beside its work, of which these have none."""
    with on_cluster(scheduler, (), None, 2):
        list(in_parallel(operator.call, [(os.getpid,)] * 20, 2, anywhere=True))  # workers start
        started = time.perf_counter()
        list(in_parallel(operator.call, [(os.getpid,)] * n_tasks, 2, anywhere=True))
        return (time.perf_counter() - started) / n_tasks


def seconds_of_features(scheduler: str | None, n_workers: int, music: Dataset) -> float:
    """Return how long the spectrograms of `music` take, workers already started or not."""
    with empty_cache(), on_cluster(scheduler, (), None, n_workers):
        started = time.perf_counter()
        prepare(music, DataConfig(), n_workers, progress=False)
        return time.perf_counter() - started


def seconds_a_track(n_tracks: int) -> dict[str, float]:
    """Return what one worker spends on an audio file: to inspect it, and on its clips' features."""
    rendered = load_music(replace(DataConfig(), clips_per_class=n_tracks), progress=False)
    with tempfile.TemporaryDirectory() as folder, empty_cache():
        rate = DataConfig().features.sample_rate
        for number, track in enumerate(rendered.tracks[:n_tracks]):
            place = Path(folder, f"class {number % 2}")
            place.mkdir(exist_ok=True)
            audio = [rendered.audio(track, rate)] * (TRACK_SECONDS // 10)
            soundfile.write(place / f"{number}.ogg", [s for one in audio for s in one], rate)
        config = replace(DataConfig(), dataset=folder, clips_per_class=3 * n_tracks)
        os.environ["SUBGENRE_WORKERS"] = "1"
        started = time.perf_counter()
        music = load_music(config, progress=False)
        inspected = time.perf_counter()
        prepare(music, config, 1, progress=False)
        prepared = time.perf_counter()
        del os.environ["SUBGENRE_WORKERS"]
    return {
        "inspection": (inspected - started) / n_tracks,
        "features": (prepared - inspected) / n_tracks,
    }


@click.command()
@click.option("--clips", default=10_000, show_default=True, help="Clips whose features are timed.")
@click.option("--quick", is_flag=True, help="Check with little work that the benchmark works.")
def main(clips: int, quick: bool) -> None:
    """Measure pool and cluster in turn; the figures of the book's page are kept in a record.

    Takes some 20 minutes on two idle cores.
    """
    n_tasks, n_tracks, repeats, n_clips = (20, 6, 1, 32) if quick else (2000, 200, 3, clips)
    ways = {
        name: partial(seconds_a_task, where, n_tasks)
        for name, where in (("pool", None), ("cluster", LOCAL))
    }
    costs = {name: statistics.median(of) for name, of in timing.in_turn(ways, repeats).items()}
    music = load_music(Study.of("paper").data, progress=False)
    n_extra = max(0, n_clips - len(music.tracks))
    some = replace(music, tracks=music.tracks[:n_clips], extra=music.extra[:n_extra])
    crews = [("pool", None, 2), *(("cluster", LOCAL, n) for n in (1, 2, 4))]
    features = [
        {"where": name, "workers": n, "seconds": seconds_of_features(where, n, some)}
        for name, where, n in crews
    ]
    measured = {
        "processor": processor(),
        "cores": os.cpu_count(),
        "versions": {name: version(name) for name in ("subgenre", "distributed", "joblib")},
        "seconds_a_task": costs,
        "n_clips": n_clips,
        "features": features,
        "seconds_a_track": seconds_a_track(n_tracks),
    }
    rows = [(f"{one['where']}, {one['workers']}", f"{one['seconds']:.1f}") for one in features]
    click.echo(timing.table(("features, workers", "seconds"), rows))
    for name, cost in costs.items():
        click.echo(f"{name}: {1000 * cost:.2f} ms a task beside its work")
    if not quick:
        RECORD.write_text(json.dumps(measured, indent=1) + "\n")
        click.echo(f"record: {RECORD}")


if __name__ == "__main__":
    main()
