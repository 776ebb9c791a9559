"""The book's figures of runs and experiments."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from sklearn.metrics import ConfusionMatrixDisplay

from subgenre.data.drawing import OKABE_ITO, PageFigure
from subgenre.data.drawing import use_style as use_style  # which every page calls
from subgenre.study.experiments import MODEL_TITLES, UNTRAINED, Cell
from subgenre.study.intervals import Tested, confusion
from subgenre.study.records import Record
from subgenre.study.runner import Result

HISTORY_TITLES = {"loss": "loss (nats)", "accuracy": "accuracy", "macro_f1": "macro F1"}
MOST_WITH_VALUES = 12  # classes of a confusion matrix with room for numbers in its cells
MOST_CLASSES = 30  # of which the names can be read
LONGEST_LABEL = 32  # letters of a class name on an axis


def _draw_curve(axes: Axes, records: Sequence[Record], name: str, **style: Any) -> None:
    """Draw the mean over seeds against the epoch, with a band from the lowest to the highest."""
    # A row per epoch; where a seed has diverged, it has none any more.
    values = pd.DataFrame([record.history[name] for record in records]).T.dropna(how="all")
    epochs = values.index + 1
    marker = "." if len(epochs) < 12 else ""  # with more, dashed lines look solid
    (line,) = axes.plot(epochs, values.mean(axis=1), marker=marker, **style)
    if len(records) > 1:
        low, high = values.min(axis=1), values.max(axis=1)
        axes.fill_between(epochs, low, high, color=line.get_color(), alpha=0.15, linewidth=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))


def learning_curves(result: Result, history: str = "accuracy") -> Figure:
    """Draw one of `HISTORY_TITLES` by epoch in validation: a panel a network, a colour a level."""
    figure = PageFigure(figsize=(11, 3.4), layout="constrained")
    panels = figure.subplots(1, 3, sharey=True)
    for axes, (model, title) in zip(panels, MODEL_TITLES.items(), strict=True):
        for cell in result.cells:
            if cell.model == model:
                _draw_curve(axes, result.of(cell), f"val_{history}", label=cell.level)
        axes.set(title=title, xlabel="epoch")
    panels[0].set_ylabel(f"validation {HISTORY_TITLES[history]}")
    named = panels[0].get_legend_handles_labels()
    figure.legend(*named, loc="outside lower center", ncols=len(named[0]))
    return figure


def seed_scores(result: Result) -> Figure:
    """Draw each seed's test macro F1 (a cross if diverged) and their mean: a row an experiment."""
    grids: dict[str, dict[str, list[Cell]]] = {}  # by experiment and network, in order
    for cell in result.cells:
        grids.setdefault(cell.experiment, {}).setdefault(cell.model, []).append(cell)
    n, heights = len(grids), [len(grid["cnn"]) for grid in grids.values()]
    figure = PageFigure(figsize=(11, 1.1 * n + 0.42 * sum(heights)), layout="constrained")
    look: dict[str, Any] = {"sharex": True, "squeeze": False, "height_ratios": heights}
    panels = figure.subplots(n, 3, sharey="row", **look)
    for row, grid in zip(panels, grids.values(), strict=True):
        for axes, (model, cells) in zip(row, grid.items(), strict=True):
            for position, cell in enumerate(cells):
                _draw_seeds(axes, position, result.of(cell))
            axes.set(title=MODEL_TITLES[model], yticks=range(len(cells)))
            axes.set_yticklabels([cell.level for cell in cells])
        row[0].invert_yaxis()
    trained = [cell for cell in result.cells if (cell.experiment, cell.level) not in UNTRAINED]
    scores = [one.scores["test"]["macro_f1"] for cell in trained for one in result.of(cell)]
    for axes in panels[-1]:  # an untrained network would take up most of the scale
        axes.set(xlabel="test macro F1", xlim=(min(scores) - 0.02, max(scores) + 0.02))
    return figure


def _draw_seeds(axes: Axes, position: int, records: Sequence[Record]) -> None:
    """Draw one level's seeds around a height, and their mean as a line across them."""
    scores = np.array([record.scores["test"]["macro_f1"] for record in records])
    diverged = np.array([record.diverged for record in records])
    heights = position + np.linspace(-0.25, 0.25, len(records) + 2)[1:-1]  # one seed: the middle
    if len(scores) > 1:
        axes.plot([scores.mean()] * 2, [position - 0.35, position + 0.35], color=OKABE_ITO[3])
    for some, marker in ((~diverged, "o"), (diverged, "x")):
        axes.plot(scores[some], heights[some], marker, color=OKABE_ITO[0], markersize=4)


def learning_process(result: Result, level: str) -> Figure:
    """Draw loss (left axis) and accuracy (right) by epoch at one level, a panel per network."""
    figure = PageFigure(figsize=(11, 3.4), layout="constrained")
    cells = [cell for cell in result.cells if cell.level == level]
    for axes, cell in zip(figure.subplots(1, 3, sharey=True), cells, strict=True):
        handles = _two_axes(axes, result.of(cell), MODEL_TITLES[cell.model])
    figure.legend(handles=handles, loc="outside lower center", ncols=4)
    return figure


def run_curves(record: Record) -> Figure:
    """Draw loss (left axis) and accuracy (right) of one run."""
    figure = PageFigure(figsize=(6.5, 3.6), layout="constrained")
    axes = figure.subplots()
    handles = _two_axes(axes, [record], "")
    figure.legend(handles=handles, loc="outside lower center", ncols=2)
    return figure


def _two_axes(axes: Axes, records: Sequence[Record], title: str) -> list[Artist]:
    """Draw loss on the left axis and accuracy on a right one; return the legend's handles."""
    right = axes.twinx()
    right.spines["right"].set_visible(True)
    for side, name, color in ((axes, "loss", OKABE_ITO[3]), (right, "accuracy", OKABE_ITO[0])):
        for prefix, dashes, of in (("", "--", "training"), ("val_", "-", "validation")):
            style = {"color": color, "linestyle": dashes, "label": f"{of} {name}"}
            _draw_curve(side, records, f"{prefix}{name}", **style)
        side.set_ylabel(HISTORY_TITLES[name], color=color)
    axes.set(title=title, xlabel="epoch", ylim=(0, None))
    right.set_ylim(0, 1)
    return [*axes.get_legend_handles_labels()[0], *right.get_legend_handles_labels()[0]]


def confusion_figure(tested: Sequence[Tested], labels: Sequence[str]) -> Figure:
    """Draw the confusion matrix over seeds, of very many classes the most confused ones."""
    counts = confusion(tested, len(labels))
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    wrong = counts.sum(axis=0) + counts.sum(axis=1) - 2 * np.diag(counts)
    shown = np.sort(np.argsort(-wrong, kind="stable")[:MOST_CLASSES])
    few = len(shown) <= MOST_WITH_VALUES
    size = (6, 5) if few else (2 + 0.3 * len(shown), 1 + 0.3 * len(shown))
    figure = PageFigure(figsize=size, layout="constrained")
    axes = figure.subplots()
    names = [labels[one] for one in shown]
    names = [n if len(n) <= LONGEST_LABEL else f"{n[: LONGEST_LABEL - 1]}…" for n in names]
    matrix = ConfusionMatrixDisplay(shares[np.ix_(shown, shown)], display_labels=names)
    look = {"cmap": "Blues", "values_format": ".2f", "xticks_rotation": 35 if few else 90}
    matrix.plot(ax=axes, include_values=few, colorbar=not few, **look)
    axes.set(xlabel="answer", ylabel="true class")
    if len(shown) < len(labels):
        axes.set_title(f"the {len(shown)} of {len(labels)} classes with the most wrong answers")
    return figure
