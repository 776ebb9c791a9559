"""What a score must beat to mean anything: simple methods on the networks' splits and seeds."""

import dataclasses
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from subgenre.config import RECIPE, DataConfig, RunConfig, digest, one_of, whole
from subgenre.data import Dataset, load_music
from subgenre.data.clips import NOISE_OF, Clips, prepare
from subgenre.data.noise import Partition
from subgenre.data.splits import split_of
from subgenre.models.baselines import METHODS, Source, available, read
from subgenre.models.scores import macro_f1, scores
from subgenre.study.experiments import Cell
from subgenre.study.places import Study
from subgenre.study.records import Record, Store, thousandths
from subgenre.study.runner import Result

if TYPE_CHECKING:
    from sklearn.base import ClassifierMixin

EXPERIMENT = "baselines"
"""Name of this experiment in tables and on the command line."""
VERSIONED = ("subgenre", "librosa", "numpy", "scikit-learn", "music21")


@dataclass(frozen=True)
class BaselineConfig:
    """All that determines a baseline's scores, but for the content of the data set.

    Attributes
    ----------
    data : DataConfig
        As the networks'.
    name : str
        One of `subgenre.models.baselines.METHODS`.
    seed : int
        Draws the split, as the networks', and whatever is random in the method.
    """

    data: DataConfig
    name: str
    seed: int

    def __post_init__(self) -> None:
        one_of("baseline", self.name, METHODS)
        whole("seed", self.seed)

    def as_dict(self) -> dict[str, Any]:
        """Return the configuration as nested dictionaries of plain values."""
        return dataclasses.asdict(self)

    def key(self, fingerprint: str) -> str:
        """Return the name of this record: a hash of what determines its result.

        Parameters
        ----------
        fingerprint : str
            The data set's fingerprint.
        """
        return digest({"config": self.as_dict(), "data": fingerprint, "recipe": RECIPE})


def baseline_cells(study: Study, names: Sequence[str] = tuple(METHODS)) -> list[Cell]:
    """Return a cell per baseline, with a configuration per seed of the profile.

    Parameters
    ----------
    study : Study
    names : sequence of str
        Which baselines.

    Raises
    ------
    ParameterError
        If a name is unknown.
    """
    cells = []
    for name in names:
        configs = tuple(BaselineConfig(study.data, name, seed) for seed in study.profile.seeds)
        # Tables name, hash and compare a cell's configurations; of either kind, that is enough.
        cells.append(
            Cell(EXPERIMENT, "baseline", name, "baseline", cast(tuple[RunConfig, ...], configs))
        )
    return cells


def baseline_results(study: Study, progress: bool = True) -> Result:
    """Score every baseline that the data set allows, but those that have a record.

    Parameters
    ----------
    study : Study
        Its seeds, clips and music.
    progress : bool
        Show progress bars while there is work.

    Returns
    -------
    Result
        Each record was written the moment it was there.

    Raises
    ------
    ParameterError
        If a name is unknown.
    DataError, StorageError
        If the music or a folder cannot be used.
    """
    music = load_music(study.data, progress=progress)
    store = Store.of(study)
    store.put_clips(music.fingerprint, music.tracks)
    grid = baseline_cells(study, available(music))
    configs = [cast(BaselineConfig, config) for cell in grid for config in cell.configs]
    found = {config: store.get(config.key(music.fingerprint)) for config in configs}
    records = {config: record for config, record in found.items() if record}
    missing = [config for config, record in found.items() if record is None]
    if missing:
        clips = prepare(music, study.data, progress=progress)
        records |= _score_all(missing, clips, music, store, progress)
    in_order = {config: records[config] for config in configs}
    return Result(
        tuple(grid), cast(dict[RunConfig, Record], in_order), store.clips(music.fingerprint)
    )


def _score_all(
    configs: Sequence[BaselineConfig], clips: Clips, dataset: Dataset, store: Store, progress: bool
) -> dict[BaselineConfig, Record]:
    """Score baseline by baseline, so that all its seeds share what it knows of the clips."""
    records = {}
    with tqdm(total=len(configs), desc="baselines", disable=not progress) as bar:
        for name in dict.fromkeys(config.name for config in configs):
            some = [config for config in configs if config.name == name]
            known = read(name, Source(clips, dataset, some[0].data.features))
            for config in some:
                records[config] = store.put(_record(config, clips, known).to_bytes())
                bar.update()
    return records


def baseline_record(config: BaselineConfig, clips: Clips, dataset: Dataset) -> Record:
    """Fit one baseline and return its record.

    Parameters
    ----------
    config : BaselineConfig
        Everything that determines the result.
    clips : Clips
        The prepared data.
    dataset : Dataset
        The music that `clips` was prepared from.

    Returns
    -------
    Record
        Without history; its seconds do not count what all seeds share, the features.

    Raises
    ------
    ParameterError
        If the baseline reads the score and the data set has none.
    DataError
        If the clips cannot be split into three sets.
    """
    return _record(config, clips, read(config.name, Source(clips, dataset, config.data.features)))


def _record(config: BaselineConfig, clips: Clips, known: Mapping[Partition, np.ndarray]) -> Record:
    started = time.perf_counter()
    rows, x, y = _sets(config.seed, clips, known)
    n_classes = len(clips.labels)
    # One thread: the problems are small, and the numbers the same on any number of cores.
    with threadpool_limits(1):
        model = _chosen(METHODS[config.name].candidates(config.seed), x, y, n_classes)
        probabilities = {name: _probabilities(model, some, n_classes) for name, some in x.items()}
    seconds = round(time.perf_counter() - started, 2)
    return Record(
        key=config.key(clips.fingerprint),
        config=config.as_dict(),
        data={
            "fingerprint": clips.fingerprint,
            "labels": list(clips.labels),
            "n_clips": {name: len(some) for name, some in rows.items()},
        },
        n_parameters=0,
        history={},
        best_epoch=0,
        diverged=False,
        scores={
            name: scores(y[name], np.argmax(probabilities[name], axis=1), n_classes) for name in y
        },
        test_clips=rows["test"].tolist(),
        test_probabilities=thousandths(probabilities["test"]),
        seconds={"training": seconds, "all": seconds},
        versions={package: version(package) for package in VERSIONED},
    )


Sets = dict[str, np.ndarray]
"""An array for each of train, validation and test."""


def _sets(
    seed: int, clips: Clips, known: Mapping[Partition, np.ndarray]
) -> tuple[Sets, Sets, Sets]:
    """Return each set's rows, features and class numbers, split as for the networks."""
    split, numbers = split_of(clips.tracks, seed, clips.splits), clips.class_numbers()
    rows = {name: getattr(split, name) for name in NOISE_OF}
    x = {name: known[noise][rows[name]] for name, noise in NOISE_OF.items()}
    return rows, x, {name: numbers[some] for name, some in rows.items()}


def _chosen(
    candidates: "Sequence[ClassifierMixin]",
    x: Mapping[str, np.ndarray],
    y: Mapping[str, np.ndarray],
    n_classes: int,
) -> "ClassifierMixin":
    """Return the fitted candidate with the best validation macro F1, the first of equals."""
    fitted = [candidate.fit(x["train"], y["train"]) for candidate in candidates]
    if len(fitted) == 1:
        return fitted[0]
    return max(
        fitted,
        key=lambda model: macro_f1(y["validation"], model.predict(x["validation"]), n_classes),
    )


def _probabilities(model: "ClassifierMixin", x: np.ndarray, n_classes: int) -> np.ndarray:
    """Return class probabilities [shape=(n, n_classes)]; 1 for the answer if a model has none."""
    probabilities = np.zeros((len(x), n_classes))
    if hasattr(model, "predict_proba"):
        probabilities[:, model.classes_] = model.predict_proba(x)
    else:
        probabilities[np.arange(len(x)), model.predict(x)] = 1
    return probabilities


def majority_scores(
    labels: np.ndarray, test_rows: Sequence[int], classes: Sequence[str]
) -> dict[str, float]:
    """Score the answer that is always the commonest class outside the test set.

    Parameters
    ----------
    labels : np.ndarray of str [shape=(n_clips,)]
        Class of every clip.
    test_rows : sequence of int
        Which clips are tested.
    classes : sequence of str
        All classes, in the order of their numbers.

    Returns
    -------
    dict
        ``accuracy`` and ``macro_f1``.
    """
    from sklearn.dummy import DummyClassifier

    y = np.array([list(classes).index(label) for label in labels])
    tested = np.zeros(len(y), dtype=bool)
    tested[list(test_rows)] = True
    majority = DummyClassifier(strategy="most_frequent").fit(
        np.zeros((sum(~tested), 1)), y[~tested]
    )
    return scores(y[tested], majority.predict(np.zeros((sum(tested), 1))), len(classes))
