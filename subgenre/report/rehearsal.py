"""A study's pages tried before its training: what fails in them shall not cost hours first."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from subgenre.data.clips import Clips
from subgenre.data.dataset import Dataset
from subgenre.data.splits import split_of
from subgenre.models.scores import METRICS
from subgenre.plumbing.errors import SubgenreError
from subgenre.report.pages import execute_all
from subgenre.study.experiments import EXPERIMENTS, NETWORKS, cells
from subgenre.study.places import STUDIES_VARIABLE, Study
from subgenre.study.records import Record, Store

TRIED = ("run", "verdict")  # which show the most of the music's names and of the records


def rehearse(study: Study, music: Dataset) -> None:
    """Execute pages on made-up answers, unless no record is missing; an error says which fails."""
    grid = [cell for name in (*EXPERIMENTS, NETWORKS.name) for cell in cells(name, study)]
    configs = dict.fromkeys(config for cell in grid for config in cell.configs)
    store, given = Store.of(study), os.environ.get(STUDIES_VARIABLE, "")  # empty is as not set
    if all(store.path(config.key(music.fingerprint)).is_file() for config in configs):
        return
    seeds, rng = {config.seed for config in configs}, np.random.default_rng(0)
    splits = {seed: vars(split_of(music.tracks, seed, music.splits)) for seed in seeds}
    clips = Clips(Path(), music.tracks, music.labels, music.fingerprint)
    evenly, seconds = np.ones(len(music.labels)), {"training": 0.0, "all": 0.0}
    history = {prefix + one: [0.25, 0.5] for prefix in ("", "val_") for one in ("loss", *METRICS)}
    with TemporaryDirectory() as folder:
        os.environ[STUDIES_VARIABLE] = folder
        try:
            store = Store.of(study)
            store.put_clips(music.fingerprint, music.tracks)
            for config in configs:
                rows = splits[config.seed]
                answers = {part: rng.dirichlet(evenly, len(some)) for part, some in rows.items()}
                record = Record.of(config, clips, rows, answers, seconds, (), 0, history, 1)
                store.put(record.to_bytes())
            execute_all(study, TRIED, n_workers=1)  # other workers may know the other folder
        except SubgenreError as error:
            raise SubgenreError(
                "Expected the pages to work on made-up answers, which is tried before anything "
                f"is trained; nothing was trained yet. {error}"
            ) from error
        finally:
            os.environ[STUDIES_VARIABLE] = given
