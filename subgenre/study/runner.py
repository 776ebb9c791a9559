"""Who runs what: finished runs are found, missing ones are trained, one process per core."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pandas as pd
from tqdm import tqdm

from subgenre.config import MODELS, DataConfig, Profile, RunConfig, one_of
from subgenre.data import Dataset, load_music
from subgenre.data.clips import Clips, prepare
from subgenre.plumbing.workers import in_parallel, silent_terminal
from subgenre.study.experiments import Cell, cells, common_config, experiments_of
from subgenre.study.intervals import Tested
from subgenre.study.places import Study
from subgenre.study.records import Record, Store


@dataclass(frozen=True)
class Result:
    """The records of an experiment, cell by cell.

    Attributes
    ----------
    cells : tuple of Cell
        The grid.
    records : dict
        The record of each configuration in the grid.
    clips : DataFrame
        The clips that the records' rows refer to: ``track_id, label, group, title, collection``.
    """

    cells: tuple[Cell, ...]
    records: dict[RunConfig, Record]
    clips: pd.DataFrame

    def of(self, cell: Cell) -> list[Record]:
        """Return the cell's records, one per seed."""
        return [self.records[config] for config in cell.configs]


@dataclass(frozen=True)
class SingleRun:
    """One run with what is needed to look into it: its setting, its record, the clips."""

    config: RunConfig
    record: Record
    clips: pd.DataFrame

    def tested(self) -> Tested:
        """Return what the network said of its test clips."""
        return tested_by(self.record, self.clips)


def tested_by(record: Record, clips: pd.DataFrame) -> Tested:
    """Return what a record says of its test clips, with their true classes and groups."""
    some = clips.iloc[record.test_clips]
    y_true = some["label"].map(record.data["labels"].index).to_numpy()
    return Tested(y_true, record.predictions(), some["group"].to_numpy())


def run_experiments(
    experiments: str | Sequence[str],
    study: Study,
    n_workers: int | None = None,
    progress: bool = True,
) -> Result:
    """Answer one or more experiments: train the runs that have no record yet.

    Parameters
    ----------
    experiments : str or sequence of str
        Names of experiments.
    study : Study
        How much work, on which music.
    n_workers : int, optional
        Processes; one per core unless given.
    progress : bool
        Show progress bars while there is work.

    Returns
    -------
    Result

    Raises
    ------
    ParameterError
        If a name is unknown.
    DataError, StorageError
        If the music or a folder cannot be used.
    """
    names = [experiments] if isinstance(experiments, str) else list(experiments)
    grid = tuple(cell for name in names for cell in cells(name, study))
    configs = [config for cell in grid for config in cell.configs]
    configs.sort(key=lambda config: config.seed)  # a study that is stopped has whole seeds
    store = Store.of(study)
    records = run_all(configs, store, n_workers, progress)
    (fingerprint,) = {record.data["fingerprint"] for record in records.values()}
    return Result(grid, records, store.clips(fingerprint))


def single_run(model: str, study: Study, seed: int = 0) -> SingleRun:
    """Return one run of the common setting, trained if it has no record.

    Parameters
    ----------
    model : {'cnn', 'crnn', 'cnn_rnn'}
    study : Study
    seed : int
        One of the profile's, to share the run with the experiments, or any other.

    Raises
    ------
    ParameterError
        If a name is unknown.
    """
    one_of("model", model, MODELS)
    common = common_config(study, seed)
    config = replace(common, model=replace(common.model, name=model))
    store = Store.of(study)
    record = run_all([config], store)[config]
    return SingleRun(config, record, store.clips(record.data["fingerprint"]))


def run_all(
    configs: Iterable[RunConfig],
    store: Store,
    n_workers: int | None = None,
    progress: bool = True,
) -> dict[RunConfig, Record]:
    """Return the record of every configuration, training those that `store` lacks.

    Each record is written the moment its run ends, so a stopped study goes on where it was.

    Parameters
    ----------
    configs : iterable of RunConfig
        Runs wanted; one that is named twice is run once.
    store : Store
        Where records are found and kept.
    n_workers : int, optional
        Processes; one per core unless given.
    progress : bool
        Show progress bars while there is work.
    """
    wanted = list(dict.fromkeys(configs))
    records: dict[RunConfig, Record] = {}
    for data in dict.fromkeys(config.data for config in wanted):
        dataset = load_music(data, progress=progress)
        store.put_clips(dataset.fingerprint, dataset.tracks)
        keys = {config: config.key(dataset.fingerprint) for config in wanted if config.data == data}
        found = {config: store.get(key) for config, key in keys.items()}
        records |= {config: record for config, record in found.items() if record}
        missing = [config for config, record in found.items() if record is None]
        if missing:
            records |= _train(missing, dataset, data, store, n_workers, progress)
    return {config: records[config] for config in wanted}


def repeat(config: RunConfig, store: Store) -> bool:
    """Train a run again and tell whether it gives the numbers of its record.

    The record is left as it is; without one, the first of two runs becomes the record.

    Parameters
    ----------
    config : RunConfig
    store : Store
        Holds the record to compare with.
    """
    dataset = load_music(config.data)
    kept = run_all([config], store)[config]
    clips = prepare(dataset, config.data)
    (again,) = map(Record.from_bytes, in_parallel(_task, [(config, clips)], n_workers=1))
    return again.results() == kept.results()


def _train(
    configs: Sequence[RunConfig],
    dataset: Dataset,
    data: DataConfig,
    store: Store,
    n_workers: int | None,
    progress: bool,
) -> dict[RunConfig, Record]:
    clips = prepare(dataset, data, n_workers, progress)
    finished = in_parallel(_task, ((one, clips) for one in configs), n_workers, in_order=False)
    bar = tqdm(finished, "runs", len(configs), unit="run", disable=not progress)
    records = {record.key: record for record in map(store.put, bar)}
    return {config: records[config.key(clips.fingerprint)] for config in configs}


def _task(config: RunConfig, clips: Clips) -> bytes:
    """Train one run in a worker, where TensorFlow is imported with one thread."""
    with silent_terminal():
        from subgenre.study.run import train_run

    # It warns that functions are traced often, which new networks in one process have to be.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    return train_run(config, clips)


def experiment_names(names: Sequence[str], profile: Profile) -> list[str]:
    """Return `names`, or all experiments of the profile if there are none.

    Raises
    ------
    ParameterError
        If a name is unknown.
    """
    own = experiments_of(profile)
    for name in names:
        one_of("experiment", name, own)
    return list(names or own)
