"""Pictures that answer: a hover shows values, names switch series, a drag moves.

Each is a still figure of `subgenre.report.figures`, which paper and notebooks show, and the same
numbers as specifications of Vega-Lite beside it, from which ``book/static/charts.js`` draws.
"""

import base64
import html
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from subgenre.data.drawing import INK, OKABE_ITO
from subgenre.report import figures
from subgenre.report.tables import PAPER
from subgenre.study import intervals
from subgenre.study.experiments import MODEL_TITLES, UNTRAINED
from subgenre.study.records import Record
from subgenre.study.runner import Result

DIGITS = 3  # of what a hover shows
CURVES, ROW, FIELD, SMALL_FIELD = 220, 16, 36, 18  # heights, in pixels
BLUES = ["rgba(0, 114, 178, 0.06)", "rgba(0, 114, 178, 0.8)"]  # under text of either theme
SHOWN = "indexof(hidden, datum.series) < 0"  # the page's script sets the names that are hidden
PARTS = {"training": "", "validation": "val_"}  # prefixes of a record's history


@dataclass(frozen=True, repr=False)
class Chart:
    """A still figure, and the panels that a page's script draws in its place."""

    still: Figure
    said: str  #: what is to be seen, for those who cannot
    panels: Sequence[alt.LayerChart]
    series: Iterable[str] = ()  #: names to switch on and off, in the order of their colours

    def _repr_html_(self) -> str:
        image = io.BytesIO()
        self.still.savefig(image, format="svg", metadata={"Date": None})
        source = f"data:image/svg+xml;base64,{base64.b64encode(image.getvalue()).decode()}"
        panels = [one.to_dict() for one in self.panels]
        colors = dict(zip(self.series, OKABE_ITO, strict=False))
        content = {"series": colors, "panels": panels}
        # A "<" of a class's name could end the script; its number in JSON cannot.
        text = json.dumps(content, separators=(",", ":")).replace("<", "\\u003c")
        return (
            f'<div class="chart"><img alt="{html.escape(self.said)}" src="{source}">'
            f'<script type="application/json" class="chart">{text}</script></div>'
        )


def learning_curves(result: Result, history: str = "accuracy") -> Chart:
    """Return `figures.learning_curves`, of which each level can be switched."""
    name = f"validation {figures.HISTORY_TITLES[history]}"
    frames = [
        _by_epoch(result.of(cell), f"val_{history}", MODEL_TITLES[cell.model], name, cell.level)
        for cell in result.cells
    ]
    said = f"{name.capitalize()} by epoch: a panel a network, a line a level, a band from the "
    return curves(figures.learning_curves(result, history), frames, f"{said}lowest to the highest.")


def learning_process(result: Result, level: str) -> Chart:
    """Return `figures.learning_process`, loss and accuracy in panels of their own."""
    cells = [cell for cell in result.cells if cell.level == level]
    of_network = {MODEL_TITLES[cell.model]: result.of(cell) for cell in cells}
    return _process(figures.learning_process(result, level), of_network)


def run_curves(record: Record) -> Chart:
    """Return `figures.run_curves`, loss and accuracy in panels of their own."""
    return _process(figures.run_curves(record), {"": [record]})


def _process(still: Figure, of_network: Mapping[str, Sequence[Record]]) -> Chart:
    frames = [
        _by_epoch(records, f"{prefix}{name}", title, figures.HISTORY_TITLES[name], part)
        for name, (title, records) in product(("loss", "accuracy"), of_network.items())
        for part, prefix in PARTS.items()
    ]
    return curves(still, frames, "Loss and accuracy by epoch, in training and in validation.")


def _by_epoch(records: Sequence[Record], key: str, *about: str) -> pd.DataFrame:
    """Return the mean over runs, the lowest and the highest at each epoch that a run has."""
    values = pd.DataFrame([record.history[key] for record in records]).T.dropna(how="all")
    ends = {"lowest": values.min(axis=1), "highest": values.max(axis=1)}
    own = dict(zip(("panel", "name", "series"), about, strict=True))
    return pd.DataFrame({**own, "epoch": values.index + 1, "mean": values.mean(axis=1), **ends})


def curves(still: Figure, frames: Sequence[pd.DataFrame], said: str) -> Chart:
    """Return a chart of lines; a hover shows where all of them are.

    The frames have the columns panel, name (of the vertical axis), series, one named as the
    horizontal axis is, mean, and lowest and highest, the ends of a band.
    """
    frame: Any = pd.concat(frames)
    series, x = frame["series"].unique().tolist(), frame.columns[3]
    across = alt.X(f"{x}:Q", scale=alt.Scale(domain=[frame[x].min(), frame[x].max()]))
    tips = [alt.Tooltip(f"{x}:Q"), *(alt.Tooltip(f"{one}:Q", format=".3f") for one in series)]
    near = alt.selection_point(name="near", nearest=True, on="pointerover", fields=[x], empty=False)
    seen = alt.condition(near, alt.value(0.5), alt.value(0))
    panels = []
    for (title, name), some in frame.groupby(["panel", "name"], sort=False):
        ends = frame.loc[frame["name"] == name, ["lowest", "highest"]].to_numpy()
        scale = alt.Scale(domain=[ends.min(), ends.max()])
        y, low = (alt.Y(f"{one}:Q", title=name, scale=scale) for one in ("mean", "lowest"))
        panel = _panel(some.iloc[:, 2:], title, CURVES).encode(x=across)
        shown = panel.transform_filter(SHOWN).encode(y=y, color=_colors(series))
        rule = panel.transform_pivot("series", value="mean", groupby=[x]).mark_rule(color=INK)
        layers = [
            shown.mark_area(opacity=0.15, clip=True).encode(y=low, y2="highest:Q"),
            shown.mark_line(clip=True),
            rule.encode(opacity=seen, tooltip=tips).add_params(near),
        ]
        panels.append(_layered(layers, "x", "y"))
    return Chart(still, said, panels, series)


def seed_scores(result: Result) -> Chart:
    """Return `figures.seed_scores` as one panel, in which a hover marks the runs of a seed.

    Beside are the means, as bars, and what the paper printed, as diamonds.
    """
    trained = [cell for cell in result.cells if (cell.experiment, cell.level) not in UNTRAINED]
    scores = [one.scores["test"]["macro_f1"] for cell in trained for one in result.of(cell)]
    scale = alt.Scale(domain=[min(scores) - 0.02, max(scores) + 0.02])
    rows = [
        {"level": cell.level, "series": MODEL_TITLES[cell.model], "seed": one.config["seed"]}
        | {"score": one.scores["test"]["macro_f1"]}
        | {"paper": PAPER.get(("macro_f1", cell.experiment, cell.level, cell.model, "test"))}
        for cell in result.cells
        for one in result.of(cell)
    ]
    levels, networks = list(dict.fromkeys(row["level"] for row in rows)), [*MODEL_TITLES.values()]
    panel = _panel(pd.DataFrame(rows), "", ROW * len(levels) * (len(networks) + 1))
    y, offset = alt.Y("level:N", title=None, sort=levels), alt.YOffset("series:N", sort=networks)
    shown = panel.transform_filter(SHOWN).encode(y=y, yOffset=offset, color=_colors(networks))
    run = alt.selection_point(name="run", fields=["seed", "series"], on="pointerover", empty=False)
    size = alt.condition(run, alt.value(130), alt.value(45))
    ofs = ("score", "mean(score)", "mean(paper)")
    dot, mean, paper = (alt.X(f"{of}:Q", title="test macro F1", scale=scale) for of in ofs)
    told = [[alt.Tooltip(f"{of}:Q", format=".3f"), "level:N", "series:N"] for of in ofs]
    layers = [  # the first one's axis is that which moves
        shown.mark_circle(opacity=0.6, clip=True).encode(x=dot, size=size).add_params(run),
        shown.mark_tick(thickness=3, clip=True).encode(x=mean, tooltip=told[1]),
        shown.mark_point(shape="diamond", size=90, clip=True).encode(x=paper, tooltip=told[2]),
    ]
    said = "Test macro F1: a row a setting and network, a dot a run, a bar the mean of its runs."
    return Chart(figures.seed_scores(result), said, [_layered(layers, "x")], networks)


def confusion(tested: Sequence[intervals.Tested], labels: Sequence[str]) -> Chart:
    """Return `figures.confusion_figure` with all classes; a hover shows counts."""
    counts, names = intervals.confusion(tested, len(labels)), [*labels]
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    true, answer = np.nonzero(counts)
    about = {"true class": np.array(names)[true], "answer": np.array(names)[answer]}
    frame = pd.DataFrame({**about, "clips": counts[true, answer], "share": shares[true, answer]})
    few = len(names) <= figures.MOST_WITH_VALUES
    x = alt.X("answer:N", sort=names, axis=alt.Axis(labelAngle=-35))
    shown = _panel(frame, "", (FIELD if few else SMALL_FIELD) * len(names))
    shown = shown.encode(x=x, y=alt.Y("true class:N", sort=names))
    blue = alt.Color("share:Q", legend=None, scale=alt.Scale(domain=[0, 1], range=BLUES))
    text = shown.mark_text(fontSize=13).encode(text=alt.Text("share:Q", format=".2f"))
    panel = _layered([shown.mark_rect().encode(color=blue), *[text] * few])
    said = "Of the test clips of each true class (row), the share that got each answer (column)."
    return Chart(figures.confusion_figure(tested, labels), said, [panel])


def _panel(frame: pd.DataFrame, title: str, height: int) -> alt.Chart:
    """Return rows without marks, of which a hover shows all columns."""
    rows = json.loads(frame.to_json(orient="records", double_precision=DIGITS))
    tips = [alt.Tooltip(field=str(name)) for name in frame]
    chart = alt.Chart(alt.InlineData(rows), title=title, width="container", height=height)
    return chart.encode(tooltip=tips)


def _colors(series: Sequence[str]) -> alt.Color:
    scale = alt.Scale(domain=[*series], range=[*OKABE_ITO[: len(series)]])
    return alt.Color("series:N", legend=None, scale=scale)


def _layered(layers: Sequence[alt.Chart], *moved: str) -> alt.LayerChart:
    """Stack layers; a drag moves axes, Ctrl and the wheel zoom, for the wheel moves the page."""
    params = [alt.param(name="hidden", value=[])]
    if moved:
        zoom = "wheel![event.ctrlKey || event.metaKey]"
        how: dict[str, Any] = {"bind": "scales", "encodings": [*moved], "zoom": zoom}
        params.append(alt.selection_interval(name="scales", **how))
    fit = alt.AutoSizeParams(type="fit-x", contains="padding")
    whole: Any = alt.layer(*layers).add_params(*params)
    return whole.properties(autosize=fit)
