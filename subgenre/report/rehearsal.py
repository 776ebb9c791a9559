"""A study's pages tried before its training: what fails in them shall not cost hours first."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from subgenre.data.clips import Clips
from subgenre.data.dataset import Dataset
from subgenre.data.splits import split_of
from subgenre.plumbing.errors import SubgenreError
from subgenre.plumbing.files import written_aside
from subgenre.report.pages import execute_all
from subgenre.study.experiments import EXPERIMENTS, NETWORKS, cells
from subgenre.study.places import STUDIES_VARIABLE, Study
from subgenre.study.records import Config, Record, Store

TRIED = ("run", "verdict")  # which show the most of the music's names and of the records


def rehearse(study: Study, music: Dataset) -> None:
    """Execute pages on made-up answers in a folder aside, unless no record is missing.

    A `SubgenreError` says which page fails, or that the music cannot be split.
    """
    grid = [cell for name in (*EXPERIMENTS, NETWORKS.name) for cell in cells(name, study)]
    configs = list(dict.fromkeys(config for cell in grid for config in cell.configs))
    paths = [Store.of(study).path(config.key(music.fingerprint)) for config in configs]
    if all(path.is_file() for path in paths):
        return
    place = study.records / "rehearsal"
    with written_aside(place) as folder, _studies_in(folder):
        store = Store.of(study)
        store.put_clips(music.fingerprint, music.tracks)
        for record in _made_up(configs, music):
            store.put(record.to_bytes())
        try:
            execute_all(study, TRIED, n_workers=1)  # other workers may know the other folder
        except SubgenreError as error:
            raise SubgenreError(
                "Expected the pages to work on made-up answers, which is tried before anything "
                f"is trained; nothing was trained yet. {error}"
            ) from error
    shutil.rmtree(place, ignore_errors=True)


@contextmanager
def _studies_in(folder: Path) -> Iterator[None]:
    given = os.environ.get(STUDIES_VARIABLE, "")  # empty is as good as not set
    os.environ[STUDIES_VARIABLE] = str(folder.resolve())
    try:
        yield
    finally:
        os.environ[STUDIES_VARIABLE] = given


def _made_up(configs: list[Config], music: Dataset) -> Iterator[Record]:
    rng = np.random.default_rng(0)
    clips = Clips(Path(), music.tracks, music.labels, music.fingerprint)
    seeds, evenly = {config.seed for config in configs}, np.ones(len(music.labels))
    splits = {seed: vars(split_of(music.tracks, seed, music.splits)) for seed in seeds}
    names = [prefix + name for prefix in ("", "val_") for name in ("loss", "accuracy", "macro_f1")]
    history = {name: [0.25, 0.5] for name in names}
    for config in configs:
        rows = splits[config.seed]
        answers = {part: rng.dirichlet(evenly, len(some)) for part, some in rows.items()}
        seconds = {"training": 0.0, "all": 0.0}
        yield Record.of(config, clips, rows, answers, seconds, (), history=history, best_epoch=1)
