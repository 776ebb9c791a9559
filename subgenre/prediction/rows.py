"""Predictions as text, one by one as they come: a table, CSV or JSON."""

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from subgenre.plumbing.text import printable
from subgenre.prediction.predict import Prediction

COLUMNS = (
    "path", "label", "probability", "runner_up", "runner_up_probability", "n_clips", "seconds",
    "warnings", "error",
)  # fmt: skip
WIDEST = 60
"""Longest path that the table makes room for, in characters."""
DIGITS = 4


class Rows(Protocol):
    """A format: what to print before, for and after the predictions; None for nothing."""

    def head(self) -> str | None: ...  # noqa: D102 - described above, as are the others
    def row(self, one: Prediction) -> str | None: ...  # noqa: D102
    def foot(self) -> str | None: ...  # noqa: D102


def values(one: Prediction) -> dict[str, Any]:
    """Return a prediction as plain values named by `COLUMNS`; None where an error left none."""
    content: dict[str, Any] = dict.fromkeys(COLUMNS)
    content |= {"path": as_text(one.path), "warnings": list(one.warnings)}
    if one.heard is None:
        return content | {"error": one.error}
    (label, probability), (runner_up, runner_up_probability) = one.ranked()[:2]
    return content | {
        "label": label,
        "probability": round(probability, DIGITS),
        "runner_up": runner_up,
        "runner_up_probability": round(runner_up_probability, DIGITS),
        "n_clips": len(one.heard.starts),
        "seconds": round(one.heard.duration, 2),
    }


def as_text(path: Path) -> str:
    """Return a path as text that can be printed; bytes that are no text are spelled out."""
    return str(path).encode("utf-8", "backslashreplace").decode()


class CsvRows:
    """Comma-separated values with a header; several warnings are separated by semicolons."""

    def head(self) -> str:
        """Return the names of the columns."""
        return ",".join(COLUMNS)

    def row(self, one: Prediction) -> str:
        """Return a line."""
        content = values(one)
        content["warnings"] = "; ".join(content["warnings"])
        buffer = io.StringIO()
        csv.DictWriter(buffer, COLUMNS, lineterminator="").writerow(content)
        return buffer.getvalue()

    def foot(self) -> None:
        """Return nothing."""


class JsonRows:
    """An array with an object per track, with the probability of every class."""

    def __init__(self) -> None:
        self._empty = True

    def head(self) -> str:
        """Return the array's beginning."""
        return "["

    def row(self, one: Prediction) -> str:
        """Return an object, after a comma where one is needed."""
        shares = {label: round(share, DIGITS) for label, share in one.ranked()}
        content = {**values(one), "probabilities": shares or None}
        comma = "" if self._empty else ","
        self._empty = False
        return comma + json.dumps(content, ensure_ascii=False, allow_nan=False)

    def foot(self) -> str:
        """Return the array's end."""
        return "]"


class TableRows:
    """Columns for people; tracks that could not be used have no row.

    Parameters
    ----------
    files : iterable of Path
        All tracks to come, to make room for their names.
    labels : iterable of str
        The classes.
    """

    def __init__(self, files: Iterable[Path], labels: Iterable[str]) -> None:
        self._path = min(WIDEST, max((len(printable(file)) for file in files), default=5))
        self._label = max(9, *(len(printable(label)) for label in labels))

    def head(self) -> str:
        """Return the names of the columns."""
        return self._line("track", "label", "prob.", "runner-up", "prob.", "clips", "warnings")

    def row(self, one: Prediction) -> str | None:
        """Return a line, or nothing after an error."""
        if one.error:
            return None
        content = values(one)
        return self._line(
            content["path"],
            content["label"],
            f"{content['probability']:.2f}",
            content["runner_up"],
            f"{content['runner_up_probability']:.2f}",
            str(content["n_clips"]),
            "; ".join(content["warnings"]),
        )

    def foot(self) -> None:
        """Return nothing."""

    def _line(self, *cells: str) -> str:
        path, label, share, second, second_share, n_clips, warnings = map(printable, cells)
        wide = self._label
        return (
            f"{path:<{self._path}}  {label:<{wide}}  {share:>5}  {second:<{wide}}  "
            f"{second_share:>5}  {n_clips:>5}  {warnings}"
        ).rstrip()
