"""From records to the tables of the book: tidy rows, and scores beside the paper's.

The paper is Feng and Feng 2021. Its Table 1 does not say with which learning rate Adadelta ran; the
validation rows of Table 3 are the same for both of its models, most likely a slip.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from IPython.display import Markdown
from pandas.io.formats.style import Styler
from pandas.io.formats.style_render import CSSDict
from sklearn.metrics import f1_score

from subgenre.config import Config, digest
from subgenre.data.dataset import SETS, source_of
from subgenre.models.scores import METRICS, scores
from subgenre.plumbing.text import listed, printable
from subgenre.study.experiments import MODEL_TITLES, Cell
from subgenre.study.intervals import Estimate, estimate, tested_by
from subgenre.study.records import Store
from subgenre.study.runner import Result

NBSP = "\N{NO-BREAK SPACE}"
_CELL = ("experiment", "model", "factor", "level")
COLUMNS = (*_CELL, "split", "metric", "mean", "ci_low", "ci_high", "n_seeds", "epochs")
#: Lines break within cells, so that wide tables fit the page.
WRAPPED: tuple[CSSDict, ...] = (
    {"selector": "th", "props": "white-space: normal; text-align: left; vertical-align: top"},
    {"selector": "td", "props": "white-space: pre-line; text-align: left; vertical-align: top"},
    {"selector": "td, th", "props": "padding: 0.45rem 0.5rem"},
)
# The last column holds sentences.
WORDY: tuple[CSSDict, ...] = (*WRAPPED, {"selector": "td:last-child", "props": "min-width: 8.5rem"})
METRIC_TITLES = {
    "macro_f1": "macro F1",
    "accuracy": "accuracy",
    "track_macro_f1": "macro F1 by track",
    "track_accuracy": "accuracy by track",
}
#: What Tables 1 to 4 of the paper print, by metric, experiment, level, model and set.
PAPER = pd.read_csv(
    Path(__file__).with_name("paper.csv"),
    index_col=["metric", "experiment", "level", "model", "set"],
)["score"]


def tidy(result: Result) -> pd.DataFrame:
    """Return a row per cell, set and metric, and per track if cut: `COLUMNS` and ``n_diverged``.

    There is an interval, else NaN, for scores of two runs or more.
    """
    rows = []
    for cell in result.cells:
        records = result.of(cell)
        name = [getattr(cell, part) for part in _CELL]
        epochs = records[0].config.get("training", {}).get("epochs", 0)  # baselines have none
        counts = (len(records), epochs, sum(record.diverged for record in records))
        rows += [(*name, *score, *counts) for score in _scores(result, cell)]
    return pd.DataFrame(rows, columns=[*COLUMNS, "n_diverged"])


def _scores(result: Result, cell: Cell) -> Iterator[tuple]:
    """Yield set, metric, mean over runs and ends of the interval; last those of whole tracks."""
    clips, records = result.clips, result.of(cell)
    of_runs = {one: result.scores(cell, *one) for one in product(SETS, METRICS)}
    if clips["track_id"].map(source_of).duplicated().any():
        tested = [tested_by(one, clips, tracks=True) for one in records]
        n_classes = len(records[0].data["labels"])
        found = pd.DataFrame([scores(one.y_true, one.y_pred, n_classes) for one in tested])
        of_runs |= {("test", f"track_{name}"): found[name].to_numpy() for name in METRICS}
    for name, values in of_runs.items():
        one = estimate(values, result.test_to_train)
        yield (*name, one.mean, max(one.low, 0), min(one.high, 1))  # no score lies beyond


def score_estimate(result: Result, cell: Cell, metric: str = "macro_f1") -> Estimate:
    """Return a cell's mean test score and its interval."""
    return estimate(result.scores(cell, metric=metric), result.test_to_train)


def stored_rows(cells: Iterable[Cell], store: Store) -> pd.DataFrame:
    """Return the tidy rows of those cells whose every run has a record; no music is read."""
    grid = list(cells)
    records = store.find(config for cell in grid for config in cell.configs)
    by_data: dict[str, list[Cell]] = {}
    for cell in grid:
        if all(config in records for config in cell.configs):
            by_data.setdefault(records[cell.configs[0]].data["fingerprint"], []).append(cell)
    parts = [
        tidy(Result(tuple(some), records, store.clips(fingerprint)))
        for fingerprint, some in by_data.items()
    ]
    return pd.concat(parts) if parts else pd.DataFrame(columns=[*COLUMNS, "n_diverged"])


def settings(result: Result) -> Styler:
    """Return what all runs of an experiment share, and how many runs there are."""
    records = result.records.values()
    first = result.of(result.cells[0])[0]
    data, training = first.config["data"], first.config["training"]
    snr = "none added" if data["snr_db"] is None else f"{data['snr_db']:g} dB"
    sizes = pd.DataFrame([one.data["n_clips"] for one in records]).agg(["min", "max"])
    n_clips = ("–".join(dict.fromkeys(f"{n:,}" for n in sizes[name])) for name in SETS)
    rows = {
        "data set": f"{data['dataset']}, {len(first.data['labels'])} classes",
        "clips (train; validation; test)": "; ".join(n_clips),
        "signal-to-noise ratio": snr,
        "epochs, batch size": f"{training['epochs']}, {training['batch_size']}",
        "runs of each network and setting": len(result.cells[0].configs),
        "runs, and how many diverged": f"{len(records)}, {sum(one.diverged for one in records)}",
        "training time, all runs": f"{sum(one.seconds['all'] for one in records) / 60:.1f} min",
    }
    caption = "Settings that all runs of this experiment share."
    return page_table(list(rows.items()), caption, ("setting", "value"))


def comparison(result: Result, caption: str, parts: Sequence[str] = ("test",)) -> Styler:
    """Return macro F1: a row per level (and set of `parts`), per network our score and the paper's.

    The best test score of each network is bold; ``–`` marks what the paper does not print, and
    where it prints nothing at all there is no column.
    """
    rows = tidy(result).query("metric == 'macro_f1' and split in @parts")
    best = set(rows.query("split == 'test'").groupby("model")["mean"].idxmax())
    lines: dict[object, list[str]] = {}
    bold = []
    for (level, part), some in rows.groupby(["level", "split"], sort=False):
        line = lines.setdefault((level, part) if len(parts) > 1 else level, [])
        for _, row in some.iterrows():  # network by network
            printed = PAPER.get(("macro_f1", row["experiment"], level, row["model"], part))
            line += [score_text(row), "–" if printed is None else f"{printed:.2f}"]
        bold.append([flag for number in some.index for flag in (number in best, False)])
    columns = pd.MultiIndex.from_product([MODEL_TITLES.values(), ["here", "paper"]])
    frame = pd.DataFrame(list(lines.values()), pd.Index(list(lines)), columns)
    shown = (frame != "–").any().to_numpy()
    frame = frame.loc[:, shown]
    if len(frame.columns) == len(MODEL_TITLES):  # nothing to stand beside "here"
        frame = frame.droplevel(1, axis=1)
    return page_table(frame, caption, index=True, css=WRAPPED, bold=np.array(bold)[:, shown])


def certainty(result: Result) -> Markdown:
    """Say what an experiment's scores lie above, and what the brackets beside them hold."""
    shares = result.clips["label"].value_counts(normalize=True)
    floor = 2 * shares.max() / (1 + shares.max()) / len(shares)  # its recall is 1, others' F1 is 0
    n_runs = len(result.cells[0].configs)
    said = f"Brackets hold 95 % intervals over {n_runs} runs."
    if n_runs == 1:
        said = "This is a single seed, so there is no interval; another could change the order."
    if failed := hardly_trained(result):
        said += f" Hardly trained, by macro F1 on training clips: {listed(failed)}."
    return Markdown(f"One answer to all would score about {floor:.2f}. {said}")


def hardly_trained(result: Result) -> list[str]:
    """Name the runs whose macro F1 on training clips is below half of their network's median."""
    found: dict[Config, str] = {}  # a cell may stand in several experiments
    for cell in result.trained:
        scores, name = result.scores(cell, "train"), f"{MODEL_TITLES[cell.model]}, *{cell.level}*"
        alike = [one for one in result.trained if one.model == cell.model]
        usual = np.median([result.scores(one, "train") for one in alike])
        for one, score in zip(cell.configs, scores, strict=True):
            if score < usual / 2:
                found[one] = f"{name}, seed {one.seed} ({score:.2f}, the median {usual:.2f})"
    return [*found.values()]


def score_text(row: pd.Series) -> str:
    """Return a score as ``0.62 [0.58, 0.66]``, without brackets for a single seed."""
    text = f"{row['mean']:.2f}"
    if np.isfinite(row["ci_low"]):
        text += f" [{row['ci_low']:.2f},{NBSP}{row['ci_high']:.2f}]"  # brackets on one line
    return f"{text} ({row['n_diverged']} diverged)" if row["n_diverged"] else text


def per_class(result: Result, caption: str) -> Styler:
    """Return the test F1 of each class, as a mean over runs: a column a level, rows by network.

    Of a single level it has a column a network.
    """
    columns, labels = {}, next(iter(result.records.values())).data["labels"]
    of_class: dict[str, Any] = {"labels": range(len(labels)), "average": None, "zero_division": 0}
    for cell in result.cells:
        tested = [tested_by(record, result.clips) for record in result.of(cell)]
        found = [f1_score(one.y_true, one.y_pred, **of_class) for one in tested]
        columns[cell.level, MODEL_TITLES[cell.model]] = np.mean(found, axis=0)
    frame = pd.DataFrame(columns, list(map(printable, labels)))
    (first, *others) = frame.columns.unique(0)
    table = frame.stack(1, future_stack=True) if others else frame[first]
    return page_table(pd.DataFrame(table), caption, index=True, css=WRAPPED, formats="{:.2f}")


def by_collection(result: Result, caption: str) -> Styler | Markdown:
    """Return the share of each answer by true class and collection, over all runs."""
    books, parts = result.clips["collection"].map(printable).to_numpy(), []
    if len(set(books)) == 1:
        return Markdown("*This music is not from several collections.*")
    for record in result.records.values():
        one, labels = tested_by(record, result.clips), list(map(printable, record.data["labels"]))
        where = {"class": np.take(labels, one.y_true), "collection": books[record.test_clips]}
        parts.append(pd.DataFrame({**where, "answer": np.take(labels, one.y_pred)}))
    rows = pd.concat(parts)
    sizes = rows.groupby(["class", "collection"])["answer"].transform("size")
    rows["collection"] += sizes.map(" ({:,})".format)
    shares = pd.crosstab([rows["class"], rows["collection"]], rows["answer"], normalize="index")
    return page_table(shares, caption, index=True, css=WRAPPED, formats="{:.2f}")


def best_optimizers(result: Result) -> Styler:
    """Return Table 2: each network's test accuracy with the optimizer that validated best."""
    rows = tidy(result).query("metric == 'accuracy'").set_index("level")
    lines = []
    for (_, level, model, _), printed in PAPER["accuracy"].items():
        best = rows.query("model == @model and split == 'validation'")["mean"].idxmax()
        row = rows.query("model == @model and split == 'test' and level == @best").iloc[0]
        lines.append((MODEL_TITLES[model], best, score_text(row), level, f"{printed:.2f}"))
    caption = "Test accuracy of each network with its best optimizer."
    here, paper = ("optimizer here", "accuracy here"), ("optimizer in the paper", "accuracy there")
    return page_table(lines, caption, ("model", *here, *paper), css=WRAPPED)


def clips_and_tracks(result: Result) -> Styler:
    """Return the test scores of each network's clips and, where tracks were cut, of its tracks."""
    lines: dict[str, dict[str, str]] = {}
    for _, row in tidy(result).query("split == 'test'").iterrows():
        line = lines.setdefault(f"{MODEL_TITLES[row['model']]}, {row['level']}", {})
        line[METRIC_TITLES[row["metric"]]] = score_text(row)
    frame = pd.DataFrame.from_dict(lines, orient="index")
    caption = "Test scores of clips, and of whole tracks where there are several."
    return page_table(frame, caption, index=True, css=WRAPPED)


def page_table(
    lines: pd.DataFrame | Sequence[Sequence[object]],
    caption: str,
    columns: list[str] | tuple[str, ...] | None = None,
    *,
    index: bool = False,
    css: Sequence[CSSDict] = (),
    formats: str | dict[Any, Any] | None = None,
    bold: np.ndarray | Sequence[Sequence[bool]] | None = None,
) -> Styler:
    """Return lines styled like every table of the book, escaped, and the same at every run.

    Wide tables have the `css` `WRAPPED` or `WORDY`; `formats` are ``"{:.2f}"``, say, or by column.
    """
    frame = lines if isinstance(lines, pd.DataFrame) else pd.DataFrame(lines, columns=columns)
    style = Styler(frame, uuid=digest([caption, list(map(str, frame.columns))]), cell_ids=False)
    style = style.set_table_attributes('class="dataframe"').set_caption(caption)
    style = style.set_table_styles(list(css)).format(formats, escape="html")
    style = style.format_index(escape="html")
    if bold is not None:
        style = style.apply(lambda _: np.where(bold, "font-weight: bold", ""), axis=None)
    return style if index else style.hide(axis="index")
