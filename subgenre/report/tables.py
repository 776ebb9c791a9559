"""From records to the tables of the book: tidy rows, and scores beside the paper's."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from IPython.display import Markdown
from pandas.io.formats.style import Styler
from pandas.io.formats.style_render import CSSDict

from subgenre.config import digest
from subgenre.data.dataset import SETS, Dataset
from subgenre.models.scores import METRICS
from subgenre.report.paper import PRINTED_F1, Printed
from subgenre.study.experiments import MODEL_TITLES, Cell
from subgenre.study.intervals import bootstrap_interval, is_cut, tested_by, track_rows
from subgenre.study.records import Record, Store
from subgenre.study.runner import Result

if TYPE_CHECKING:  # the tables of the experiments need no TensorFlow
    import keras

COLUMNS = (
    "experiment",
    "model",
    "factor",
    "level",
    "split",
    "metric",
    "mean",
    "ci_low",
    "ci_high",
    "n_seeds",
    "epochs",
)
WRAPPED: list[CSSDict] = [
    {"selector": "th", "props": "white-space: normal; text-align: left; vertical-align: top"},
    {"selector": "td", "props": "white-space: pre-line; text-align: left; vertical-align: top"},
    {"selector": "td, th", "props": "padding: 0.45rem 0.5rem"},
]
"""Lines break within cells, so that wide tables fit the page."""
WORDY: list[CSSDict] = [*WRAPPED, {"selector": "td:last-child", "props": "min-width: 8.5rem"}]
"""The same where the last column holds sentences."""
METRIC_TITLES = {
    "macro_f1": "macro F1",
    "accuracy": "accuracy",
    "track_macro_f1": "macro F1 by track",
    "track_accuracy": "accuracy by track",
}


def tidy(result: Result) -> pd.DataFrame:
    """Return one row per cell, set and metric, with the columns `COLUMNS` and ``n_diverged``.

    The interval is given for the test set of cells with two seeds or more; it is empty otherwise.
    Where tracks were cut into clips, there are rows for whole tracks too.
    """
    rows = [row for cell in result.cells for row in _rows(cell, result.of(cell), result.clips)]
    if is_cut(result.clips):
        rows += [row for cell in result.cells for row in _track_rows(cell, result)]
    return pd.DataFrame(rows, columns=[*COLUMNS, "n_diverged"])


def _rows(cell: Cell, records: Sequence[Record], clips: pd.DataFrame) -> Iterable[tuple]:
    tested = [tested_by(record, clips) for record in records]
    for part in SETS:
        for metric in METRICS:
            mean = float(np.mean([record.scores[part][metric] for record in records]))
            n_classes = len(records[0].data["labels"])
            interval = bootstrap_interval(tested, metric, n_classes) if part == "test" else None
            low, high = interval or (np.nan, np.nan)
            yield _row(cell, records, part, metric, (mean, low, high))


def _track_rows(cell: Cell, result: Result) -> Iterable[tuple]:
    records = result.of(cell)
    for metric, *score in track_rows(records, result.clips):
        yield _row(cell, records, "test", metric, tuple(score))


def _row(
    cell: Cell, records: Sequence[Record], part: str, metric: str, score: tuple[float, ...]
) -> tuple:
    epochs = records[0].config.get("training", {}).get("epochs", 0)  # baselines have none
    n_diverged = sum(record.diverged for record in records)
    name = (cell.experiment, cell.model, cell.factor, cell.level)
    return (*name, part, metric, *score, len(records), epochs, n_diverged)


def stored_rows(cells: Sequence[Cell], store: Store) -> pd.DataFrame:
    """Return the tidy rows of those cells whose every run has a record in `store`.

    Nothing is trained and no data set is read.
    """
    records = store.find(config for cell in cells for config in cell.configs)
    done = tuple(cell for cell in cells if all(config in records for config in cell.configs))
    by_data: dict[str, list[Cell]] = {}
    for cell in done:
        by_data.setdefault(records[cell.configs[0]].data["fingerprint"], []).append(cell)
    parts = [
        tidy(Result(tuple(some), records, store.clips(fingerprint)))
        for fingerprint, some in by_data.items()
    ]
    return pd.concat(parts) if parts else pd.DataFrame(columns=[*COLUMNS, "n_diverged"])


def settings(result: Result) -> Styler:
    """Return what all runs of an experiment share, and how many runs there are."""
    first = result.records[result.cells[0].configs[0]]
    data, training = first.config["data"], first.config["training"]
    snr = "none added" if data["snr_db"] is None else f"{data['snr_db']:g} dB"
    n_clips = first.data["n_clips"]
    rows = {
        "data set": f"{data['dataset']}, {len(first.data['labels'])} classes",
        "clips (train, validation, test)": ", ".join(str(n_clips[name]) for name in SETS),
        "signal-to-noise ratio": snr,
        "epochs": training["epochs"],
        "batch size": training["batch_size"],
        "seeds": len(result.cells[0].configs),
        "runs": len(result.records),
        "runs that diverged": sum(record.diverged for record in result.records.values()),
        "training time, all runs": f"{_training_seconds(result) / 60:.1f} min",
    }
    return two_columns(rows, "Settings that all runs of this experiment share.")


def _training_seconds(result: Result) -> float:
    return sum(record.seconds["all"] for record in result.records.values())


def comparison(
    result: Result,
    metric: str = "macro_f1",
    parts: Sequence[str] = ("test",),
    printed: Printed | None = None,
) -> Styler:
    """Return a table with a row per level (and set), and per model our score and the paper's.

    Parameters
    ----------
    result : Result
        An experiment's records.
    metric : {'macro_f1', 'accuracy'}
        What to show.
    parts : sequence of {'train', 'validation', 'test'}
        Which sets get a row.
    printed : Printed, optional
        The paper's numbers; its F1 table of this experiment unless given.

    Returns
    -------
    Styler
        The best test score of each model is bold; ``–`` marks what the paper does not print.
    """
    rows = tidy(result)
    rows = rows[(rows["metric"] == metric) & rows["split"].isin(parts)]
    paper = PRINTED_F1[result.cells[0].experiment] if printed is None else printed
    lines = {}
    for (level, part), some in rows.groupby(["level", "split"], sort=False):
        name = (level, part) if len(parts) > 1 else (level,)
        lines[name] = _line(some, str(level), str(part), paper)
    columns = pd.MultiIndex.from_product([MODEL_TITLES.values(), ["here", "paper"]])
    index = pd.MultiIndex.from_tuples(lines) if len(parts) > 1 else [name[0] for name in lines]
    frame = pd.DataFrame(list(lines.values()), index=index, columns=columns)
    best = _best_cells(rows, list(lines), len(parts) > 1)
    css = pd.DataFrame("", index=frame.index, columns=frame.columns)
    for name, model in best:
        css.loc[name, (MODEL_TITLES[model], "here")] = "font-weight: bold"
    return page_table(frame, "").set_table_styles(WRAPPED).apply(lambda _: css, axis=None)


def _line(some: pd.DataFrame, level: str, part: str, paper: Printed) -> list[str]:
    line = []
    for model in MODEL_TITLES:
        row = some[some["model"] == model].iloc[0]
        printed = paper.get((level, model, part))
        line += [score_text(row), "–" if printed is None else f"{printed:.2f}"]
    return line


def score_text(row: pd.Series) -> str:
    """Return a score as ``0.62 [0.58, 0.66]``, without brackets for a single seed.

    The space within the brackets does not break, so that a narrow cell puts them on a line.
    """
    text = f"{row['mean']:.2f}"
    if np.isfinite(row["ci_low"]):
        text += f" [{row['ci_low']:.2f},\N{NO-BREAK SPACE}{row['ci_high']:.2f}]"
    return f"{text} ({row['n_diverged']} diverged)" if row["n_diverged"] else text


def _best_cells(rows: pd.DataFrame, names: list[tuple], with_set: bool) -> list[tuple]:
    """Return (row name, model) of each model's best test score."""
    tests = rows[rows["split"] == "test"]
    best = tests.loc[tests.groupby("model")["mean"].idxmax()]
    return [
        ((row["level"], "test") if with_set else row["level"], row["model"])
        for _, row in best.iterrows()
    ]


def best_levels(result: Result, metric: str = "accuracy") -> pd.DataFrame:
    """Return, per model, the level that validated best and its test score.

    The test set chooses nothing.

    Returns
    -------
    DataFrame
        A row per model with the columns of `tidy`.
    """
    rows = tidy(result)
    rows = rows[rows["metric"] == metric]
    validated = rows[rows["split"] == "validation"]
    best = validated.loc[validated.groupby("model")["mean"].idxmax(), ["model", "level"]]
    tests = rows[rows["split"] == "test"].merge(best, on=["model", "level"])
    return tests


def best_optimizers(result: Result, printed: Printed) -> Styler:
    """Return Table 2: each model's test accuracy with the optimizer that validated best."""
    best = {row["model"]: row for _, row in best_levels(result).iterrows()}
    of_paper = {model: (level, score) for (level, model, _), score in printed.items()}
    lines = [
        (title, best[model]["level"], score_text(best[model]), *of_paper[model])
        for model, title in MODEL_TITLES.items()
    ]
    columns = [
        "model",
        "optimizer here",
        "accuracy here",
        "optimizer in the paper",
        "accuracy there",
    ]
    frame = pd.DataFrame(lines, columns=columns)
    caption = "Test accuracy of each network with its best optimizer."
    table = page_table(frame, caption).hide(axis="index").set_table_styles(WRAPPED)
    return table.format({"accuracy there": "{:.2f}"})


def counts_table(counts: pd.DataFrame, caption: str) -> Styler:
    """Return a table of whole numbers under a caption."""
    frame = counts.rename_axis(index=None, columns=None)
    return page_table(frame, caption).format("{:,}")


def source(dataset: Dataset) -> Markdown:
    """Return a data set's citation, licence note and fingerprint."""
    return Markdown(
        f"**Cite:** {dataset.citation}\n\n**Licence:** {dataset.licence}\n\n"
        f"**Fingerprint:** `{dataset.fingerprint}`"
    )


def model_sizes(models: Mapping[str, "keras.Model"]) -> Styler:
    """Return a table of the networks' trainable weights and of the shapes they read."""
    lines = [
        (
            MODEL_TITLES[name],
            " × ".join(str(size) for size in model.input_shape[1:]),
            n_weights(model),
        )
        for name, model in models.items()
    ]
    frame = pd.DataFrame(lines, columns=["model", "input (frames × bands × channels)", "weights"])
    table = page_table(frame, "Size of the three networks.")
    return table.hide(axis="index").format({"weights": "{:,}"})


def n_weights(model: "keras.Model") -> int:
    """Return the number of weights that training changes."""
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


def clips_and_tracks(result: Result) -> Styler:
    """Return the test scores of each network's clips and, where tracks were cut, of its tracks."""
    rows = tidy(result)
    rows = rows[rows["split"] == "test"]
    lines = {
        f"{MODEL_TITLES[cell.model]}, {cell.level}": {
            METRIC_TITLES[row["metric"]]: score_text(row)
            for _, row in rows[
                (rows["model"] == cell.model) & (rows["level"] == cell.level)
            ].iterrows()
        }
        for cell in result.cells
    }
    frame = pd.DataFrame.from_dict(lines, orient="index")
    caption = "Test scores of clips, and of whole tracks where there are several."
    return page_table(frame, caption).set_table_styles(WRAPPED)


def first_of_each_class(dataset: Dataset, most: int) -> list[int]:
    """Return the row of the first clip of each class, of at most so many classes."""
    first: dict[str, int] = {}
    for row, track in enumerate(dataset.tracks):
        first.setdefault(track.label, row)
    return list(first.values())[:most]


def two_columns(rows: Mapping[str, object], caption: str) -> Styler:
    """Return settings and their values as a table."""
    frame = pd.DataFrame({"setting": list(rows), "value": [str(value) for value in rows.values()]})
    return page_table(frame, caption).hide(axis="index")


def page_table(frame: pd.DataFrame, caption: str) -> Styler:
    """Return `frame` styled like every table of the book, and the same at every run."""
    style = Styler(frame, uuid=digest([caption, list(map(str, frame.columns))]), cell_ids=False)
    return style.set_table_attributes('class="dataframe"').set_caption(caption)
