"""Run records: one small JSON file per finished run, whole or not there."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from subgenre.config import RunConfig, digest
from subgenre.data.dataset import Track
from subgenre.plumbing.files import usable_dir, written_aside
from subgenre.study.places import RESULTS_VARIABLE, Study

SCHEMA = 1
PER_UNIT = 1000
"""Probabilities are stored as whole thousandths, which keeps a record small."""


@dataclass(frozen=True)
class Record:
    """What a finished run leaves.

    Attributes
    ----------
    key : str
        Hash of what determines the result.
    config : dict
        The run's configuration, see `subgenre.config.RunConfig`.
    data : dict
        Name, fingerprint, classes and number of clips per set.
    n_parameters : int
        Weights of the network.
    history : dict
        Per epoch: loss, accuracy and macro F1 in training and in validation.
    best_epoch : int
        Counted from 1; its weights gave the scores.
    diverged : bool
        The loss became infinite or not a number, and training ended there.
    scores : dict
        ``scores[set][metric]`` for train, validation, test; accuracy and macro F1.
    test_clips : list of int
        Rows of the tested clips in the list of clips.
    test_probabilities : list of list of int
        Class probabilities of those clips in thousandths [shape=(n_test, n_classes)].
    seconds : dict
        Wall time of training and of everything.
    versions : dict
        Of the packages that computed it.
    """

    key: str
    config: dict[str, Any]
    data: dict[str, Any]
    n_parameters: int
    history: dict[str, list[float]]
    best_epoch: int
    diverged: bool
    scores: dict[str, dict[str, float]]
    test_clips: list[int]
    test_probabilities: list[list[int]]
    seconds: dict[str, float]
    versions: dict[str, str]

    def to_bytes(self) -> bytes:
        """Return the record as JSON text with a checksum."""
        content = asdict(self)
        sealed = {"schema": SCHEMA, "checksum": digest(content), **content}
        return (json.dumps(sealed, separators=(",", ":")) + "\n").encode()

    @classmethod
    def from_bytes(cls, text: bytes) -> "Record":
        """Read what `to_bytes` wrote.

        Raises
        ------
        ValueError
            If the text is cut, changed or of another schema.
        """
        content = json.loads(text)
        if not isinstance(content, dict) or content.pop("schema", None) != SCHEMA:
            raise ValueError("not a run record of this version")
        if content.pop("checksum", None) != digest(content):
            raise ValueError("its checksum does not fit its content")
        return cls(**content)

    def results(self) -> str:
        """Return what a repetition must give again, as text: all but times and versions."""
        content = asdict(self)
        return json.dumps(
            [content[name] for name in ("key", "history", "scores", "test_probabilities")]
        )

    def predictions(self) -> np.ndarray:
        """Return the predicted class of each tested clip [shape=(n_test,)]."""
        return np.argmax(np.asarray(self.test_probabilities), axis=1)


@dataclass(frozen=True)
class Store:
    """The records of one study, in one folder.

    Attributes
    ----------
    folder : Path
    """

    folder: Path

    @classmethod
    def of(cls, study: Study) -> "Store":
        """Return the store of a study's records."""
        return cls(study.records)

    def path(self, key: str) -> Path:
        """Return where the record of that key lives."""
        return self.folder / f"{key}.json"

    def get(self, key: str) -> Record | None:
        """Return the record of that key, or None if it is missing or damaged (which is said)."""
        try:
            text = self.path(key).read_bytes()
        except FileNotFoundError:
            return None
        try:
            return Record.from_bytes(text)
        except (ValueError, TypeError) as error:
            tqdm.write(f"The record {self.path(key)} is damaged ({error}): it counts as missing.")
            return None

    def put(self, record: bytes) -> Record:
        """Write a record and return it."""
        finished = Record.from_bytes(record)
        usable_dir(self.folder, RESULTS_VARIABLE)
        with written_aside(self.path(finished.key)) as part:
            part.write_bytes(record)
        return finished

    def find(self, configs: Iterable[RunConfig]) -> dict[RunConfig, Record]:
        """Return the records of these configurations, whatever the data's fingerprint.

        Where several fit, the last one written counts.
        """
        wanted = {digest(config.as_dict()): config for config in configs}
        found = {}
        for path in sorted(self.folder.glob("*.json"), key=lambda path: path.stat().st_mtime):
            record = self.get(path.stem)
            if record and (config := wanted.get(digest(record.config))):
                found[config] = record
        return found

    def put_clips(self, fingerprint: str, tracks: Iterable[Track]) -> None:
        """Write the list of clips that the records' rows refer to, unless it is there and whole."""
        path = self._clips_path(fingerprint)
        text = pd.DataFrame(asdict(track) for track in tracks).to_csv(index=False).encode()
        if not path.is_file() or path.read_bytes() != text:
            usable_dir(self.folder, RESULTS_VARIABLE)
            with written_aside(path) as part:
                part.write_bytes(text)

    def clips(self, fingerprint: str) -> pd.DataFrame:
        """Return the list of clips: ``track_id, label, group, title, collection``."""
        return pd.read_csv(self._clips_path(fingerprint), keep_default_na=False)

    def _clips_path(self, fingerprint: str) -> Path:
        return self.folder / f"clips-{fingerprint}.csv"


def thousandths(probabilities: np.ndarray) -> list[list[int]]:
    """Round class probabilities [shape=(n, n_classes)] to whole thousandths for a record.

    Where rounding makes a tie, the answer keeps one thousandth more, so that it stays the answer.
    """
    rounded = np.rint(probabilities * PER_UNIT).astype(int)
    tied = np.sum(rounded == rounded.max(axis=1, keepdims=True), axis=1) > 1
    rounded[np.arange(len(rounded)), np.argmax(probabilities, axis=1)] += tied
    return rounded.tolist()
