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

from subgenre.data.drawing import DARK, INK, OKABE_ITO, PageFigure
from subgenre.data.drawing import use_style as use_style  # which every page calls
from subgenre.report.tables import PAPER, score_estimate
from subgenre.study.experiments import COMMON, MODEL_TITLES, UNTRAINED, Cell
from subgenre.study.intervals import Tested, confusion, tested_by
from subgenre.study.records import Record
from subgenre.study.runner import Result

HISTORY_TITLES = {"loss": "loss (nats)", "accuracy": "accuracy", "macro_f1": "macro F1"}
MOST_WITH_VALUES = 12  # classes of a confusion matrix with room for numbers in its cells
MOST_CLASSES = 30  # of which the names can be read
LONGEST_LABEL = 32  # letters of a class name on an axis
WHITE_FROM = 0.68  # share in a confusion matrix from which its blue is so dark
OFF_SCALE: dict[str, Any] = {"fontsize": 10, "va": "center", "annotation_clip": False}


def _draw_curve(axes: Axes, records: Sequence[Record], name: str, **style: Any) -> None:
    """Draw the mean over seeds against the epoch, with a light band of the middle half of them."""
    # A row per epoch; where a seed has diverged, it has none any more.
    values = pd.DataFrame([record.history[name] for record in records]).T.dropna(how="all")
    epochs = values.index + 1
    marker = "." if len(epochs) < 12 else ""  # with more, dashed lines look solid
    (line,) = axes.plot(epochs, values.mean(axis=1), marker=marker, **style)
    if len(records) > 1:
        low, high = values.quantile(0.25, axis=1), values.quantile(0.75, axis=1)
        axes.fill_between(epochs, low, high, color=line.get_color(), alpha=0.12, linewidth=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))


def learning_curves(result: Result, history: str = "accuracy") -> Figure:
    """Draw one of `HISTORY_TITLES` by epoch in validation: a panel a network, a colour a level."""
    figure = PageFigure(figsize=(11, 3.8), layout="constrained")
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
    """Draw each run's test macro F1 (a cross if diverged), the means and the paper's numbers.

    There is a row of panels an experiment. A thin line links the runs of one seed. The scale is
    that of levels that train; what lies off it is written at its edge.
    """
    grids: dict[str, dict[str, list[Cell]]] = {}  # by experiment and network, in order
    for cell in result.cells:
        grids.setdefault(cell.experiment, {}).setdefault(cell.model, []).append(cell)
    n, heights = len(grids), [len(grid["cnn"]) for grid in grids.values()]
    figure = PageFigure(figsize=(11, 0.8 + 0.4 * n + 0.5 * sum(heights)), layout="constrained")
    look: dict[str, Any] = {"sharex": True, "squeeze": False, "height_ratios": heights}
    panels = figure.subplots(n, 3, sharey="row", **look)
    trained = [cell for cell in result.cells if (cell.experiment, cell.level) not in UNTRAINED]
    scores = [one.scores["test"]["macro_f1"] for cell in trained for one in result.of(cell)]
    panels[0][0].set_xlim(min(scores) - 0.02, max(scores) + 0.02)
    for row, grid in zip(panels, grids.values(), strict=True):
        for axes, cells in zip(row, grid.values(), strict=True):
            _draw_seeds(axes, result, cells)
        row[0].set(yticks=range(len(cells)), yticklabels=[cell.level for cell in cells])
        row[0].invert_yaxis()
    for axes, title in zip(panels[0], MODEL_TITLES.values(), strict=True):
        axes.set_title(title)
    for axes in panels[-1]:
        axes.set_xlabel("test macro F1")
    marks = [one.get_legend_handles_labels() for one in panels.ravel()]
    named = {label: mark for some in marks for mark, label in zip(*some, strict=True)}
    figure.legend(named.values(), named, loc="outside lower center", ncols=len(named))
    return figure


def _draw_seeds(axes: Axes, result: Result, cells: Sequence[Cell]) -> None:
    """Draw one network's runs, a row of points around a height for each level."""
    records = [result.of(cell) for cell in cells]
    scores = np.array([[one.scores["test"]["macro_f1"] for one in some] for some in records])
    diverged = np.array([[one.diverged for one in some] for some in records])
    n_runs, low = scores.shape[1], axes.get_xlim()[0]
    offsets = np.linspace(-0.25, 0.25, n_runs + 2)[1:-1]  # one run: the middle
    heights = np.arange(len(cells))[:, None] + offsets
    thin: dict[str, Any] = {"color": OKABE_ITO[0], "linewidth": 0.6, "alpha": 0.35, "zorder": 1}
    for run in range(n_runs if n_runs > 1 else 0):
        seen = scores[:, run] >= low  # the line passes by what is off the scale
        axes.plot(scores[seen, run], heights[seen, run], **thin)
    for some, marker, label in ((~diverged, "o", "a run"), (diverged, "x", "")):
        look: dict[str, Any] = {"color": OKABE_ITO[0], "markersize": 4, "label": label}
        axes.plot(scores[some], heights[some], marker, **look)
    for place, (cell, mean) in enumerate(zip(cells, scores.mean(axis=1), strict=True)):
        if n_runs > 1:
            ends = [place - 0.35, place + 0.35]
            axes.plot([mean] * 2, ends, color=OKABE_ITO[3], linewidth=2, label="mean")
        _at_edge(axes, mean, place - 0.2, OKABE_ITO[0])
        printed = PAPER.get(("macro_f1", cell.experiment, cell.level, cell.model, "test"), np.nan)
        if np.isfinite(printed):
            axes.plot(printed, place, "D", color=INK, mfc="none", ms=8, mew=1.5, label="the paper")
            _at_edge(axes, printed, place + 0.2, INK)


def _at_edge(axes: Axes, score: float, height: float, color: str) -> None:
    """Write a score that lies off the scale at the edge that it lies beyond, with an arrow."""
    low, high = axes.get_xlim()
    if score < low:
        axes.annotate(f"◂ {score:.2f}", (low, height), color=color, ha="left", **OFF_SCALE)
    elif score > high:
        axes.annotate(f"{score:.2f} ▸", (high, height), color=color, ha="right", **OFF_SCALE)


def size_curve(result: Result) -> Figure:
    """Draw each network's test macro F1 against the share of the music that trains."""
    figure = PageFigure(figsize=(7, 4.2), layout="constrained")
    axes = figure.subplots()
    for number, (model, title) in enumerate(MODEL_TITLES.items()):
        cells = [cell for cell in result.cells if cell.model == model]
        shares = np.array([float(cell.level.removesuffix("%")) for cell in cells])
        estimates = [score_estimate(result, cell) for cell in cells]
        means = np.array([one.mean for one in estimates])
        reach = np.array([one.high - one.mean for one in estimates])
        where = shares * 1.03 ** (number - 1)  # side by side, or bars would hide one another
        axes.errorbar(where, means, reach, marker="o", capsize=3, label=title)
    axes.set(xscale="log", xlabel="families that train, of all (%)", ylabel="test macro F1")
    axes.set_xticks(shares, [f"{share:g}" for share in shares])
    axes.minorticks_off()
    axes.legend()
    return figure


def learning_process(result: Result, level: str) -> Figure:
    """Draw loss (left axis) and accuracy (right) by epoch at one level, a panel per network."""
    figure = PageFigure(figsize=(11, 3.8), layout="constrained")
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
        for prefix, dashes, of in (("", (0, (4, 2)), "training"), ("val_", "-", "validation")):
            style: dict[str, Any] = {"color": color, "label": f"{of} {name}"}
            style |= {"linestyle": dashes, "linewidth": 2.2 if prefix else 1.2}
            _draw_curve(side, records, f"{prefix}{name}", **style)
        side.set_ylabel(HISTORY_TITLES[name], color=color)
    axes.set(title=title, xlabel="epoch", ylim=(0, None))
    right.set_ylim(0, 1)
    return [*axes.get_legend_handles_labels()[0], *right.get_legend_handles_labels()[0]]


def confusion_figure(tested: Sequence[Tested], labels: Sequence[str]) -> Figure:
    """Draw the confusion matrix over seeds, of very many classes the most confused ones."""
    n_shown = min(len(labels), MOST_CLASSES)
    few = n_shown <= MOST_WITH_VALUES
    size = (6, 5) if few else (2 + 0.3 * n_shown, 1 + 0.3 * n_shown)
    figure = PageFigure(figsize=size, layout="constrained")
    _draw_confusion(figure.subplots(), tested, labels)
    return figure


def confusion_by_network(result: Result) -> Figure:
    """Draw the confusion matrix of each network in the common setting, over all its runs."""
    figure = PageFigure(figsize=(11, 4.2), layout="constrained")
    cells = [cell for cell in result.cells if cell.level in COMMON][: len(MODEL_TITLES)]
    for axes, cell in zip(figure.subplots(1, len(cells), sharey=True), cells, strict=True):
        records = result.of(cell)
        tested = [tested_by(one, result.clips) for one in records]
        _draw_confusion(axes, tested, records[0].data["labels"])
        axes.set_title(MODEL_TITLES[cell.model])
        axes.label_outer()
    return figure


def _draw_confusion(axes: Axes, tested: Sequence[Tested], labels: Sequence[str]) -> None:
    counts = confusion(tested, len(labels))
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    wrong = counts.sum(axis=0) + counts.sum(axis=1) - 2 * np.diag(counts)
    shown = np.sort(np.argsort(-wrong, kind="stable")[:MOST_CLASSES])
    few = len(shown) <= MOST_WITH_VALUES
    names = [labels[one] for one in shown]
    names = [n if len(n) <= LONGEST_LABEL else f"{n[: LONGEST_LABEL - 1]}…" for n in names]
    matrix = ConfusionMatrixDisplay(shares[np.ix_(shown, shown)], display_labels=names)
    look = {"cmap": "Blues", "values_format": ".2f", "xticks_rotation": 35 if few else 90}
    matrix.plot(ax=axes, include_values=few, colorbar=not few, im_kw={"vmin": 0, "vmax": 1}, **look)
    for text in axes.texts:  # readable on its cell, which is the same in either theme
        text.set(color="white" if float(text.get_text()) > WHITE_FROM else DARK, fontsize=11)
    axes.set(xlabel="answer", ylabel="true class")
    if len(shown) < len(labels):
        axes.set_title(f"the {len(shown)} of {len(labels)} classes with the most wrong answers")
