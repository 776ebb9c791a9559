"""Who runs what: finished runs are found, missing ones are computed, one process per core."""

import logging
import operator
import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from subgenre.config import Config, RunConfig, whole
from subgenre.data import Dataset, load_music
from subgenre.data.splits import split_of
from subgenre.models.baselines import available, score_features
from subgenre.plumbing.errors import DataError
from subgenre.plumbing.surroundings import settle
from subgenre.plumbing.workers import TENSORFLOW, in_parallel, silent_terminal
from subgenre.study.baselines import BaselineConfig, baseline_cells, baseline_records
from subgenre.study.experiments import UNTRAINED, Cell, cells, common_config
from subgenre.study.intervals import Tested, tested_by
from subgenre.study.places import Study, needed
from subgenre.study.records import Record, Store

if TYPE_CHECKING:
    from subgenre.data.clips import Clips


@dataclass(frozen=True)
class Result:
    """The records of an experiment, cell by cell, and the clips that their rows refer to.

    Intervals of its scores are `plain` ones, or allow for training sets that overlap.
    """

    cells: tuple[Cell, ...]
    records: dict[Config, Record]
    clips: pd.DataFrame
    plain: bool = False

    def of(self, cell: Cell) -> list[Record]:
        """Return the cell's records, one per seed."""
        return [self.records[config] for config in cell.configs]

    @property
    def trained(self) -> list[Cell]:
        """The cells but those of levels at which the loss hardly moves."""
        return [one for one in self.cells if (one.experiment, one.level) not in UNTRAINED]

    def scores(self, cell: Cell, part: str = "test", metric: str = "macro_f1") -> np.ndarray:
        """Return the cell's scores on one set [shape=(n_runs,)]."""
        return np.array([one.scores[part][metric] for one in self.of(cell)])

    @property
    def test_to_train(self) -> float:
        """Clips of the list that test, against those that train; extra ones add hardly a family.

        It is 0 where intervals are plain.
        """
        held = next(iter(self.records.values())).data["n_clips"]
        n_train = len(self.clips) - held["validation"] - held["test"]
        return 0.0 if self.plain else held["test"] / n_train


@dataclass(frozen=True)
class SingleRun:
    """One run with what is needed to look into it."""

    record: Record
    clips: pd.DataFrame

    def tested(self) -> Tested:
        """Return what the network said of its test clips."""
        return tested_by(self.record, self.clips)


def run_experiments(
    experiments: str | Iterable[str], study: Study, n_workers: int | None = None, **how: Any
) -> Result:
    """Answer experiments of those names, a `ParameterError` if unknown; all else as `run_all`."""
    names = [experiments] if isinstance(experiments, str) else list(experiments)
    grid = [cell for name in names or [""] for cell in cells(name, study)]
    return _result(grid, study, n_workers, **how)


def baseline_results(
    study: Study, n_workers: int | None = None, progress: bool = True, music: Dataset | None = None
) -> Result:
    """Score every baseline that the data set allows; all else as `run_all`."""
    music = music or load_music(needed(study).data, progress=progress)
    grid = baseline_cells(study, available(music))
    return _result(grid, study, n_workers, progress=progress, music=music)


def _result(grid: Sequence[Cell], study: Study, n_workers: int | None, **how: Any) -> Result:
    configs = [config for cell in grid for config in cell.configs]
    configs.sort(key=lambda config: config.seed)  # a study that is stopped has whole seeds
    store = Store.of(study)
    records = run_all(configs, store, n_workers, **how)
    (fingerprint,) = {record.data["fingerprint"] for record in records.values()}
    return Result(tuple(grid), records, store.clips(fingerprint))


def single_run(model: str, study: Study, seed: int = 0) -> SingleRun:
    """Return one run of the common setting, with a seed of the profile's or any other."""
    common, store = common_config(study, seed), Store.of(study)
    config = replace(common, model=replace(common.model, name=model))
    record = run_all([config], store)[config]
    return SingleRun(record, store.clips(record.data["fingerprint"]))


def repeat(config: RunConfig, store: Store) -> tuple[Record, Record, float]:
    """Train a run again; return its record, which is kept, and the new one.

    The last is the standard deviation of test macro F1 between runs of this setting that have
    records; NaN of a single one.
    """
    kept = run_all([config], store)[config]
    with TemporaryDirectory() as folder:
        again = run_all([config], Store(Path(folder)))[config]
    found = store.find(replace(config, seed=seed) for seed in range(100)).values()
    runs = [one for one in found if one.data["fingerprint"] == kept.data["fingerprint"]]
    return kept, again, float(pd.Series([one.scores["test"]["macro_f1"] for one in runs]).std())


def run_all(
    configs: Iterable[Config],
    store: Store,
    n_workers: int | None = None,
    progress: bool = True,
    music: Dataset | None = None,
) -> dict[Config, Record]:
    """Return the record of every configuration, computing those that `store` lacks.

    Each record is written the moment it is there, so a stopped study goes on where it was.
    The configurations, of networks or baselines, are all on the same music, which may be loaded
    already; one that is named twice is run once. There is a process per core unless `n_workers` is
    given. Music that cannot be used or split, or a folder, is a `DataError` or `StorageError`.
    """
    configs = tuple(configs)
    (data,) = {config.data for config in configs}
    if n_workers is not None:
        whole("n_workers", n_workers, 1)
    music = music or load_music(data, progress=progress)
    store.put_clips(music.fingerprint, music.tracks)
    keys = {config: config.key(music.fingerprint) for config in configs}
    records = {key: found for key in keys.values() if (found := store.get(key))}
    missing = [config for config, key in keys.items() if key not in records]
    for seed in {config.seed for config in missing}:
        split_of(music.tracks, seed, music.splits)  # if it fails, then before the long work
    if missing:
        from subgenre.data.clips import prepare  # who only reads records does without it

        tasks = _tasks(missing, prepare(music, data, n_workers, progress), music)
        finished = in_parallel(operator.call, tasks, n_workers, in_order=False, anywhere=True)
        title = "runs" if isinstance(missing[0], RunConfig) else "baselines"
        written = map(store.put, chain.from_iterable(finished))
        bar = tqdm(written, title, len(missing), unit="run", disable=not progress)
        records |= {record.key: record for record in bar}
    return {config: records[key] for config, key in keys.items()}


def _tasks(configs: Sequence[Config], clips: "Clips", music: Dataset) -> Iterator[tuple[Any, ...]]:
    """Yield what a worker computes at a time: a function that returns records, its arguments."""
    seeds: dict[str, list[BaselineConfig]] = {}  # of a baseline, which share what it knows
    for config in configs:
        if isinstance(config, RunConfig):
            yield network_records, config, clips
        elif isinstance(config, BaselineConfig):
            seeds.setdefault(config.name, []).append(config)
    for name, some in seeds.items():
        yield baseline_records, some, clips, score_features(name, music)


def network_records(config: RunConfig, clips: "Clips") -> list[bytes]:
    """Train one network in a worker, where TensorFlow is imported with one thread."""
    settle()  # again: a notebook may have set variables since the package was imported
    os.environ.update(TENSORFLOW)
    with silent_terminal():
        from subgenre.study.run import train_run

    if not clips.folder.is_dir():  # on another machine, which has a cache of its own
        from subgenre.data.clips import prepare

        music = load_music(config.data, progress=False)
        if music.fingerprint != clips.fingerprint:
            raise DataError(
                f"Expected the same music on every worker; that on {platform.node()} differs from "
                "that where the study was started: copy it anew."
            )
        clips = prepare(music, config.data, 1, progress=False)
    # It warns that functions are traced often, which new networks in one process have to be.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    return [train_run(config, clips)]
