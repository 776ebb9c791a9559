"""Run records: one small JSON file per finished run, whole or not there."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, fields
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from subgenre.config import Config, digest
from subgenre.data.dataset import Track
from subgenre.models.scores import macro_f1, scores
from subgenre.plumbing.errors import StorageError
from subgenre.plumbing.files import usable_dir, written_aside
from subgenre.plumbing.surroundings import processor
from subgenre.plumbing.text import csv_line
from subgenre.study.places import RESULTS_VARIABLE, Study, needed

if TYPE_CHECKING:  # who only reads records needs no spectrograms
    from subgenre.data.clips import Clips

SCHEMA = 2
PER_UNIT = 1000  #: probabilities are stored as whole thousandths, which keeps a record small
CLIP_COLUMNS = tuple(one.name for one in fields(Track))


@dataclass(frozen=True)
class Record:
    """What a finished run leaves."""

    key: str  #: hash of what determines the result
    config: dict[str, Any]  #: `Config.as_dict`
    data: dict[str, Any]  #: fingerprint, classes and number of clips per set
    n_parameters: int  #: weights of the network; a baseline has 0
    history: dict[str, list[float]]  #: per epoch: loss, accuracy, macro F1; validation's too
    diverged: bool  #: the loss became infinite or not a number, and training ended there
    scores: dict[str, dict[str, float]]  #: by set (of training, what is listed) and metric
    ablated: dict[str, float]  #: test macro F1 by what is taken from the network
    test_clips: list[int]  #: rows of the tested clips in the list of clips
    test_probabilities: list[list[int]]  #: of classes, in thousandths [shape=(n_test, n_classes)]
    seconds: dict[str, float]  #: wall time of training and of everything
    versions: dict[str, str]  #: of the packages that computed it
    processor: str  #: and its widest vectors, on which the last digits depend

    @classmethod
    def of(
        cls,
        config: Config,
        clips: "Clips",
        rows: Mapping[str, np.ndarray],
        probabilities: Mapping[str, np.ndarray],
        seconds: Mapping[str, float],
        packages: Sequence[str],
        n_parameters: int,
        history: dict[str, list[float]],
        ablated: Mapping[str, np.ndarray] = MappingProxyType({}),
    ) -> "Record":
        """Score the answers of a run to the clips of each set, `rows`, and return its record.

        Those to extra clips, the last of the training set, need not be given.
        """
        numbers, labels = clips.class_numbers(), list(clips.labels)
        answers = {name: some.argmax(axis=1) for name, some in probabilities.items()}
        sizes = {name: len(some) for name, some in rows.items()}
        y = {name: numbers[some[: len(answers[name])]] for name, some in rows.items()}
        n_classes = len(labels)
        return cls(
            key=config.key(clips.fingerprint),
            config=config.as_dict(),
            data={"fingerprint": clips.fingerprint, "labels": labels, "n_clips": sizes},
            n_parameters=n_parameters,
            history=history,
            diverged=not np.all(np.isfinite(history.get("loss", []))),
            scores={name: scores(y[name], answers[name], n_classes) for name in rows},
            ablated={name: macro_f1(y["test"], some, n_classes) for name, some in ablated.items()},
            test_clips=rows["test"].tolist(),
            test_probabilities=thousandths(np.nan_to_num(probabilities["test"])),
            seconds={name: round(value, 2) for name, value in seconds.items()},
            versions={package: version(package) for package in packages},
            processor=processor(),
        )

    def to_bytes(self) -> bytes:
        """Return the record as JSON text with a checksum."""
        content = asdict(self)
        sealed = {"schema": SCHEMA, "checksum": digest(content), **content}
        return (json.dumps(sealed, separators=(",", ":")) + "\n").encode()

    @classmethod
    def from_bytes(cls, text: bytes) -> "Record":
        """Read what `to_bytes` wrote; a `ValueError` says how it was cut or changed."""
        content = json.loads(text)
        if not isinstance(content, dict) or content.pop("schema", None) != SCHEMA:
            raise ValueError("not a run record of this version")
        if content.pop("checksum", None) != digest(content):
            raise ValueError("its checksum does not fit its content")
        return cls(**content)

    def results(self) -> str:
        """Return what a repetition must give again, as text: all but times and surroundings."""
        return json.dumps([self.key, self.history, self.scores, self.test_probabilities])

    def predictions(self) -> np.ndarray:
        """Return the predicted class of each tested clip [shape=(n_test,)]."""
        return np.argmax(np.asarray(self.test_probabilities), axis=1)


def thousandths(probabilities: np.ndarray) -> list[list[int]]:
    """Round class probabilities [shape=(n, n_classes)] to whole thousandths for a record."""
    rounded = np.rint(probabilities * PER_UNIT).astype(int)
    # Where rounding makes a tie, the answer keeps one thousandth more, and stays the answer.
    tied = np.sum(rounded == rounded.max(axis=1, keepdims=True), axis=1) > 1
    rounded[np.arange(len(rounded)), np.argmax(probabilities, axis=1)] += tied
    return rounded.tolist()


@dataclass(frozen=True)
class Store:
    """The records of one study, in one folder."""

    folder: Path

    @classmethod
    def of(cls, study: Study) -> "Store":
        """Return the store of a study's records."""
        return cls(needed(study).records)

    def path(self, key: str) -> Path:
        """Return where the record of that key lives."""
        return self.folder / f"{key}.json"

    def get(self, key: str) -> Record | None:
        """Return the record of that key, or None if it is missing or damaged (which is said)."""
        try:
            return Record.from_bytes(self.path(key).read_bytes())
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as error:
            tqdm.write(f"The record {self.path(key)} is damaged ({error}): it counts as missing.")
            return None

    def put(self, record: bytes) -> Record:
        """Write a record and return it."""
        finished = Record.from_bytes(record)
        self._write(self.path(finished.key), record)
        return finished

    def find(self, configs: Iterable[Config]) -> dict[Config, Record]:
        """Return the last record of each configuration, whatever the data's fingerprint."""
        wanted = {digest(config.as_dict()): config for config in configs}
        found = {}
        for path in sorted(self.folder.glob("*.json"), key=lambda path: path.stat().st_mtime):
            record = self.get(path.stem)
            if record and (config := wanted.get(digest(record.config))):
                found[config] = record
        return found

    def put_clips(self, fingerprint: str, tracks: Iterable[Track]) -> None:
        """Write the list of clips that the records' rows refer to, unless it is there and whole."""
        path, rows = self._clips_path(fingerprint), [CLIP_COLUMNS, *map(astuple, tracks)]
        text = "\n".join([*map(csv_line, rows), ""]).encode("utf-8", "surrogateescape")
        if not path.is_file() or path.read_bytes() != text:
            self._write(path, text)

    def clips(self, fingerprint: str) -> pd.DataFrame:
        """Return the list of clips, `CLIP_COLUMNS` as text; lost or changed: a `StorageError`."""
        path, names = self._clips_path(fingerprint), list(CLIP_COLUMNS)
        try:
            with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
                rows = list(csv.reader(file))  # pandas would guess types
            if rows[:1] != [names] or {*map(len, rows)} != {len(names)}:
                raise ValueError("it was cut or changed")
            return pd.DataFrame(rows[1:], columns=names, dtype=str)
        except (OSError, ValueError, csv.Error) as error:
            raise StorageError(
                f"Expected the list of clips {path} beside its records, but it cannot be read "
                f"({getattr(error, 'strerror', None) or error}): study that music again, which "
                "writes the list and trains nothing anew."
            ) from error

    def _clips_path(self, fingerprint: str) -> Path:
        return self.folder / f"clips-{fingerprint}.csv"

    def _write(self, path: Path, content: bytes) -> None:
        usable_dir(self.folder, RESULTS_VARIABLE)
        with written_aside(path) as part:
            part.write_bytes(content)
