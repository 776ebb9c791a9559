"""Pictures that answer: a hover shows values, names switch series, a drag moves.

Each is made of specifications of Vega-Lite. A page's script, ``book/static/charts.js``, draws them;
notebooks and paper show the still picture beside them, drawn from the same.
"""

import base64
import html
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import vl_convert

from subgenre.data.drawing import INK, OKABE_ITO
from subgenre.report.tables import PAPER, score_estimate
from subgenre.study import intervals
from subgenre.study.experiments import COMMON, MODEL_TITLES, Cell
from subgenre.study.records import Record
from subgenre.study.runner import Result

HISTORY_TITLES = {"loss": "loss (nats)", "accuracy": "accuracy", "macro_f1": "macro F1"}
MEAN = ("mean", "lowest", "highest")  #: columns of a curve and the ends of its band
DIGITS = 3  # of what a hover shows
WIDTH, CURVES, ROW, FIELD, SMALL_FIELD = 720, 220, 40, 40, 18  # in pixels
COLUMNS = 3  # most panels beside one another
FEW = 5  # places along an axis that each have a tick, and lines a point
MOST_WITH_VALUES = 12  # classes of a confusion matrix with room for numbers in its cells
MOST_CLASSES = 30  # of which the names can be read
BLUES = ["rgba(0, 114, 178, 0.06)", "rgba(0, 114, 178, 0.8)"]  # under text of either theme
SHOWN = "indexof(hidden, datum.series) < 0"  # the page's script sets the names that are hidden
PARTS = {"training": "", "validation": "val_"}  # prefixes of a record's history
MARKS = {"a run": OKABE_ITO[0], "mean": OKABE_ITO[3], "the paper": INK}
TEXT = {"labelColor": INK, "titleColor": INK, "labelFontSize": 13, "titleFontSize": 13}
STILL = {
    "aria": False,  # a word for each mark would be most of the picture
    "axis": {**TEXT, "titleFontWeight": "normal", "domainColor": INK, "gridColor": "#8884"},
    **{"title": {"color": INK, "fontSize": 14}, "text": {"color": INK}, "view": {"stroke": None}},
}


@dataclass(frozen=True, repr=False)
class Chart:
    """Panels, and what is to be seen in them."""

    said: str  #: for those who cannot see it
    panels: Sequence[alt.LayerChart]
    series: Mapping[str, str] = field(default_factory=dict)  #: to switch; their colours

    def stills(self) -> list[str]:
        """Return each panel as SVG."""
        look: dict[str, Any] = {"background": None, "config": STILL}
        width = WIDTH // min(len(self.panels), COLUMNS)
        sized = (one.properties(width=width).to_dict() for one in self.panels)
        return [vl_convert.vegalite_to_svg({**one, **look}) for one in sized]

    def _repr_html_(self) -> str:
        tag = '<img style="width: {}%" alt="{}" src="{}">'
        square = '<span style="color: {}">■</span> {}'
        names = [square.format(color, html.escape(one)) for one, color in self.series.items()]
        addresses = [
            f"data:image/svg+xml;base64,{base64.b64encode(one.encode()).decode()}"
            for one in self.stills()
        ]
        said = [html.escape(self.said), *[""] * len(addresses)]  # once for all panels
        share = 99 // min(len(addresses), COLUMNS)
        images = "".join(tag.format(share, *one) for one in zip(said, addresses, strict=False))
        fit = {"autosize": {"type": "fit-x", "contains": "padding"}}
        panels = [{**one.to_dict(), **fit} for one in self.panels]
        content = {"series": dict(self.series), "panels": panels}
        # A "<" of a class's name could end the script; its number in JSON cannot.
        text = json.dumps(content, separators=(",", ":")).replace("<", "\\u003c")
        return (
            f'<div class="chart"><div class="still">{images}<p>{" &ensp; ".join(names)}</p></div>'
            f'<script type="application/json" class="chart">{text}</script></div>'
        )


def learning_curves(result: Result, history: str = "accuracy") -> Chart:
    """Return one of `HISTORY_TITLES` by epoch in validation: a panel a network, a line a level."""
    name = f"validation {HISTORY_TITLES[history]}"
    frames = [
        _by_epoch(result.of(cell), f"val_{history}", MODEL_TITLES[cell.model], name, cell.level)
        for cell in result.cells
    ]
    said = f"{name.capitalize()} by epoch: a panel a network, a line a level, a band from the "
    return curves(frames, f"{said}lowest to the highest.")


def learning_process(result: Result, level: str) -> Chart:
    """Return loss and accuracy by epoch at one level, a panel each per network."""
    cells = [cell for cell in result.cells if cell.level == level]
    return _process({MODEL_TITLES[cell.model]: result.of(cell) for cell in cells})


def run_curves(record: Record) -> Chart:
    """Return loss and accuracy of one run by epoch, a panel each."""
    return _process({"": [record]})


def _process(of_network: Mapping[str, Sequence[Record]]) -> Chart:
    frames = [
        _by_epoch(records, f"{prefix}{name}", title, HISTORY_TITLES[name], part)
        for name, (title, records) in product(("loss", "accuracy"), of_network.items())
        for part, prefix in PARTS.items()
    ]
    return curves(frames, "Loss and accuracy by epoch, in training and in validation.")


def _by_epoch(records: Sequence[Record], key: str, *about: str) -> pd.DataFrame:
    """Return the mean over runs, the lowest and the highest at each epoch that a run has."""
    values = pd.DataFrame([record.history[key] for record in records]).T.dropna(how="all")
    ends = {"lowest": values.min(axis=1), "highest": values.max(axis=1)}
    own = dict(zip(("panel", "name", "series"), about, strict=True))
    return pd.DataFrame({**own, "epoch": values.index + 1, "mean": values.mean(axis=1), **ends})


def size_curve(result: Result) -> Chart:
    """Return each network's test macro F1 against the share of the music that trains."""
    rows = []
    for cell in result.cells:
        one, share = score_estimate(result, cell), float(cell.level.removesuffix("%"))
        about = ("", "test macro F1", MODEL_TITLES[cell.model], share)
        rows.append((*about, one.mean, one.low, one.high))
    columns = ("panel", "name", "series", "families that train, of all (%)", *MEAN)
    said = "Test macro F1 against the share of families that train, a line a network."
    return curves([pd.DataFrame(rows, columns=columns)], said, is_log=True)


def curves(frames: Sequence[pd.DataFrame], said: str, is_log: bool = False) -> Chart:
    """Return a chart of lines; a hover shows where all of them are.

    The frames have the columns panel, name (of the vertical axis), series, one named as the
    horizontal axis is, which may be logarithmic, and `MEAN`.
    """
    frame: Any = pd.concat(frames)
    series, x = frame["series"].unique().tolist(), frame.columns[3]
    colors = dict(zip(series, OKABE_ITO, strict=False))
    scale = alt.Scale(domain=[frame[x].min(), frame[x].max()], type="log" if is_log else "linear")
    few = frame[x].nunique() <= FEW
    axis = alt.Axis(values=frame[x].unique().tolist() if few else alt.Undefined)
    across = alt.X(f"{x}:Q", scale=scale, axis=axis)
    tips = [alt.Tooltip(f"{x}:Q"), *(alt.Tooltip(f"{one}:Q", format=".3f") for one in series)]
    near = alt.selection_point(name="near", nearest=True, on="pointerover", fields=[x], empty=False)
    seen = alt.condition(near, alt.value(0.5), alt.value(0))
    panels = []
    for (title, name), some in frame.groupby(["panel", "name"], sort=False):
        ends = frame.loc[frame["name"] == name, [*MEAN]].to_numpy()
        scale = alt.Scale(domain=[np.nanmin(ends), np.nanmax(ends)])
        y, low = (alt.Y(f"{one}:Q", title=name, scale=scale) for one in ("mean", "lowest"))
        panel = bare(some.iloc[:, 2:], title, CURVES).encode(x=across)
        shown = panel.transform_filter(SHOWN).encode(y=y, color=coloured(colors))
        rule = panel.transform_pivot("series", value="mean", groupby=[x]).mark_rule(color=INK)
        layers = [
            shown.mark_area(opacity=0.15, clip=True).encode(y=low, y2="highest:Q"),
            shown.mark_line(clip=True, point=few),
            rule.encode(opacity=seen, tooltip=tips).add_params(near),
        ]
        panels.append(stacked(layers, "x", "y"))
    return Chart(said, panels, colors)


def seed_scores(result: Result) -> Chart:
    """Return each run's test macro F1, the means and the paper's numbers, a panel a network.

    A thin line links the runs of one seed. The scale is that of levels that train; what else lies
    off it is written at its edge.
    """
    scores = np.concatenate([result.scores(cell) for cell in result.trained])
    low, high = scores.min() - 0.02, scores.max() + 0.02
    x = alt.X("score:Q", title="test macro F1").scale(domain=[low, high]).axis(tickCount=3)
    panels = []
    for model, title in MODEL_TITLES.items():
        cells = [cell for cell in result.cells if cell.model == model]
        frame, levels = _seed_rows(result, cells), [cell.level for cell in cells]
        tips: list[Any] = [alt.Tooltip("score:Q", format=".3f"), "level:N", "series:N", "seed:N"]
        panel = bare(frame, title, ROW * len(levels)).transform_filter(SHOWN)
        y = alt.Y("level:N", title=None, sort=levels)
        panel = panel.encode(x=x, y=y, color=coloured(MARKS), tooltip=tips)
        run, mean, paper = (panel.transform_filter(f"datum.series == '{one}'") for one in MARKS)
        dot = run.transform_filter(f"datum.score > {low}").encode(yOffset="seed:O")
        sides: Any = (f"< {low}", 0, "left"), (f"> {high}", "width", "right")
        off = [
            one.transform_filter(f"datum.score {beyond}")
            .encode(x=alt.value(place), text=alt.Text("score:Q", format=".2f"))
            .mark_text(align=align, dy=dy, fontSize=12)
            for one, dy in ((mean, -8), (paper, 8))
            for beyond, place, align in sides
        ]
        layers = [
            dot.mark_line(strokeWidth=0.6, opacity=0.4).encode(detail=["seed:O", "experiment:N"]),
            dot.mark_circle(size=40, clip=True),
            mean.mark_tick(thickness=3, size=24, clip=True),
            paper.mark_point(shape="diamond", size=90, clip=True),
            *off,
        ]
        panels.append(stacked(layers, "x"))
    said = "Test macro F1: a panel a network, a row a setting, a dot a run, a bar their mean."
    return Chart(said, panels, MARKS)


def _seed_rows(result: Result, cells: Sequence[Cell]) -> pd.DataFrame:
    """Return a row per run, per mean of a cell, and per number that the paper printed."""
    rows = []
    for cell in cells:
        about = {"level": cell.level, "experiment": cell.experiment}
        runs = result.scores(cell)
        for config, score in zip(cell.configs, runs, strict=True):
            rows.append({**about, "series": "a run", "seed": config.seed, "score": score})
        rows.append({**about, "series": "mean", "score": np.mean(runs)})
        printed = PAPER.get(("macro_f1", cell.experiment, cell.level, cell.model, "test"), np.nan)
        rows.append({**about, "series": "the paper", "score": printed})
    return pd.DataFrame(rows).dropna(subset="score")


def confusion_by_network(result: Result) -> Chart:
    """Return the confusion matrix of each network in the common setting, over all its runs."""
    cells = [cell for cell in result.cells if cell.level in COMMON][: len(MODEL_TITLES)]
    tested = {
        MODEL_TITLES[one.model]: [intervals.tested_by(run, result.clips) for run in result.of(one)]
        for one in cells
    }
    return confusion(tested, next(iter(result.records.values())).data["labels"])


def confusion(of_network: Mapping[str, Sequence[intervals.Tested]], labels: Sequence[str]) -> Chart:
    """Return confusion matrices, of very many classes the most confused ones; a panel a title."""
    panels = []
    for title, tested in of_network.items():
        counts = intervals.confusion(tested, len(labels))
        wrong = counts.sum(axis=0) + counts.sum(axis=1) - 2 * np.diag(counts)
        kept = np.sort(np.argsort(-wrong, kind="stable")[:MOST_CLASSES])
        shares = (counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))[np.ix_(kept, kept)]
        names = [labels[one] for one in kept]
        true, answer = np.nonzero(counts[np.ix_(kept, kept)])
        about = {"true class": np.array(names)[true], "answer": np.array(names)[answer]}
        about |= {"clips": counts[kept[true], kept[answer]], "share": shares[true, answer]}
        few = len(names) <= MOST_WITH_VALUES
        x = alt.X("answer:N", sort=names, axis=alt.Axis(labelAngle=-35))
        shown = bare(pd.DataFrame(about), title, (FIELD if few else SMALL_FIELD) * len(names))
        shown = shown.encode(x=x, y=alt.Y("true class:N", sort=names))
        blue = alt.Color("share:Q", legend=None, scale=alt.Scale(domain=[0, 1], range=BLUES))
        numbers = shown.encode(text=alt.Text("share:Q", format=".2f"))
        light, dark = (numbers.transform_filter(f"datum.share {one} 0.5") for one in ("<", ">="))
        text = [light.mark_text(fontSize=12), dark.mark_text(fontSize=12, color="white")]
        panels.append(stacked([shown.mark_rect().encode(color=blue), *(text if few else [])]))
    said = "Of the test clips of each true class (row), the share that got each answer (column)."
    if len(labels) > MOST_CLASSES:
        said += f" The {MOST_CLASSES} of {len(labels)} classes with the most wrong answers."
    return Chart(said, panels)


def bare(frame: pd.DataFrame, title: str, height: int) -> alt.Chart:
    """Return rows without marks, of which a hover shows all columns."""
    rows = json.loads(frame.to_json(orient="records", double_precision=DIGITS))
    chart = alt.Chart(alt.InlineData(rows), title=title, width="container", height=height)
    return chart.encode(tooltip=[alt.Tooltip(field=str(name)) for name in frame])


def coloured(series: Mapping[str, str]) -> alt.Color:
    """Return the colours of series; their names stand in the chart's own legend."""
    scale = alt.Scale(domain=[*series], range=[*series.values()])
    return alt.Color("series:N", legend=None, scale=scale)


def stacked(layers: Iterable[alt.Chart], *moved: str) -> alt.LayerChart:
    """Stack layers; a drag moves axes, Ctrl and the wheel zoom, for the wheel moves the page."""
    params = [alt.param(name="hidden", value=[])]
    if moved:
        zoom = "wheel![event.ctrlKey || event.metaKey]"
        how: dict[str, Any] = {"bind": "scales", "encodings": [*moved], "zoom": zoom}
        params.append(alt.selection_interval(name="scales", **how))
    whole: Any = alt.layer(*layers)
    return whole.add_params(*params)
