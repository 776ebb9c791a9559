"""The networks: drawings made from the Keras models themselves, and their sizes."""

import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

import keras
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from pandas.io.formats.style import Styler

from subgenre.data import load_music
from subgenre.data.drawing import INK, OKABE_ITO, PageFigure
from subgenre.models.augmentation import cropped_frames
from subgenre.models.networks import study_models
from subgenre.report.tables import NBSP, WRAPPED, page_table
from subgenre.study.comparisons import Answer, Comparison
from subgenre.study.experiments import COMMON, MODEL_TITLES, common_config
from subgenre.study.intervals import estimate
from subgenre.study.places import Study
from subgenre.study.runner import Result

BOX_WIDTH, LANE_INCHES = 0.92, 2.75  # two lanes can be read on a telephone
LINE_WIDTH, LINE_INCHES = 27, 0.21  # characters that fit into a box, whichever font the browser has
GAP = 1.3  # lines between two boxes
#: What is said of a layer, whether 1D or 2D; those that are not here are not worth a word.
TEXTS = {
    "InputLayer": "log-mel + flux",
    "Conv": "conv {size} ({layer.filters})",
    "MaxPooling": "max pool {size}",
    "AveragePooling": "beside it mean pool {size}",
    "BatchNormalization": "batch norm",
    "ELU": "ELU",
    "Dropout": "dropout {layer.rate:g}",
    "GRU": "GRU {layer.units}",
    "LSTM": "LSTM {layer.units}",
    "GlobalAveragePooling": "average",
    "Concatenate": "concatenate",
    "Dense": "softmax",
}
#: Of a block, by the first of these words that is said of it.
COLOURS = {"conv": OKABE_ITO[0], "GRU": OKABE_ITO[1], "LSTM": OKABE_ITO[1], "softmax": OKABE_ITO[3]}
Place = tuple[float, float]


def study_networks(study: Study) -> dict[str, keras.Model]:
    """Return the networks as a study trains them, by name."""
    config = common_config(study)
    music = load_music(config.data, progress=False)
    return study_models(config, music.clip_seconds, len(music.labels))


def architecture(model: keras.Model, frame_seconds: float) -> Figure:
    """Draw a network, a box per block: the layers that are named alike up to the first ``_``."""
    blocks: dict[str, list[keras.layers.Layer]] = {}
    parents: dict[str, set[str]] = {}
    depth: dict[str, int] = {}
    for layer in model.layers:  # in the order of the network
        blocks.setdefault(name := _block_of(layer), []).append(layer)
        read = set(map(_block_of, _read_by(layer))) - {name}
        parents[name] = parents.get(name, set()) | read
        depth[name] = 1 + max((depth[parent] for parent in parents[name]), default=-1)
    fields = _fields(model)
    texts = {name: _lines(some, fields, frame_seconds) for name, some in blocks.items()}
    n_rows = max(depth.values()) + 1
    tall = [max(len(texts[one]) for one in blocks if depth[one] == row) for row in range(n_rows)]
    ends = np.cumsum([0.0, *(lines + 0.8 + GAP for lines in tall)])
    middles = -(ends[:-1] + ends[1:]) / 2
    places = {name: (0.0, float(middles[row])) for name, row in depth.items()}
    if model.name == "cnn_rnn":  # its recurrent branch stands beside the other
        places |= {name: (1.0, at[1]) for name, at in places.items() if name.startswith("rnn")}
    n_lanes = 1 + max(x for x, _ in places.values())
    size = (LANE_INCHES * n_lanes, LINE_INCHES * ends[-1])
    figure = PageFigure(figsize=size, layout="constrained")
    axes = figure.subplots()
    axes.set(xlim=(-0.5, n_lanes - 0.5), ylim=(-ends[-1], 0))
    axes.axis("off")
    heights = {name: len(texts[name]) + 0.8 for name in blocks}
    for name in blocks:
        for parent in sorted(parents[name]):  # a set, whose order varies
            _draw_arrow(axes, (places[parent], heights[parent]), (places[name], heights[name]))
        _draw_box(axes, places[name], heights[name], texts[name])
    return figure


def _block_of(layer: keras.layers.Layer) -> str:
    return str(layer.name).split("_")[0]


def _read_by(layer: keras.layers.Layer) -> list[keras.layers.Layer]:
    """Return the layers whose outputs a layer reads; an input reads none."""
    tensors = layer.input if isinstance(layer.input, list) else [layer.input]
    return [tensor._keras_history.operation for tensor in tensors]


def _lines(
    members: list[keras.layers.Layer], fields: dict[str, "Field"], frame_s: float
) -> list[str]:
    """Return what a block does, the shape that leaves it, its weights and how far it hears."""
    said = ", ".join(filter(None, map(_describe, members)))
    weights = sum(one.count_params() for one in members)
    lines = [*textwrap.wrap(said, LINE_WIDTH), f"gives {_sizes(members[-1].output.shape[1:])}"]
    lines += [f"{weights:,} weights"] * (weights > 0)
    heard = [fields[one.name] for one in members if 1 < fields[one.name][0] < np.inf]
    return [*lines, *(f"hears {_heard(one, frame_s)}" for one in heard[-1:])]


def _draw_box(axes: Axes, at: Place, height: float, lines: list[str]) -> None:
    said = "\n".join(lines)
    colour = next((colour for word, colour in COLOURS.items() if word in said), INK)
    style: dict[str, Any] = {"edgecolor": colour, "facecolor": (*to_rgb(colour), 0.12)}
    style |= {"boxstyle": "round,pad=0,rounding_size=0.06", "linewidth": 1.5}
    style |= {"mutation_aspect": LANE_INCHES / LINE_INCHES}
    corner = (at[0] - BOX_WIDTH / 2, at[1] - height / 2)
    axes.add_patch(FancyBboxPatch(corner, BOX_WIDTH, height, **style))
    axes.text(*at, said, ha="center", va="center", fontsize=11, linespacing=1.2)


def _draw_arrow(axes: Axes, of: tuple[Place, float], to: tuple[Place, float]) -> None:
    """Draw an arrow from one box to another, given as their middles and heights."""
    (start, above), (end, below) = of, to
    style = {"arrowstyle": "-|>", "color": INK, "linewidth": 1, "shrinkA": 0, "shrinkB": 0}
    tail, head = (start[0], start[1] - above / 2), (end[0], end[1] + below / 2)
    if end[0] > start[0]:  # to the next lane: leave to the right, arrive from above
        tail = (start[0] + BOX_WIDTH / 2, start[1])
        style["connectionstyle"] = "angle,angleA=0,angleB=90,rad=6"
    elif end[0] < start[0]:  # back again: leave below, arrive from the right
        head = (end[0] + BOX_WIDTH / 2, end[1])
        style["connectionstyle"] = "angle,angleA=-90,angleB=0,rad=6"
    axes.annotate("", xy=head, xytext=tail, arrowprops=style)


def _describe(layer: keras.layers.Layer) -> str:
    if isinstance(layer, keras.layers.Bidirectional):
        return f"{_describe(layer.forward_layer)}, both ways"
    size = getattr(layer, "kernel_size", getattr(layer, "pool_size", ()))
    kind = type(layer).__name__.rstrip("12D")
    return TEXTS.get(kind, "").format(layer=layer, size=_sizes(size, NBSP))


def _sizes(sizes: Iterable[int], space: str = " ") -> str:
    return f"{space}×{space}".join(map(str, sizes))


def sizes_table(models: Mapping[str, keras.Model], study: Study) -> Styler:
    """Return a table of the networks' weights, what they read, and what one step hears of it."""
    crop, frame_s, lines = common_config(study).training.crop, frame_seconds(study), []
    for name, model in models.items():
        fields = _fields(model)
        pools = (one for one in model.layers if fields[one.name][0] == np.inf)
        ends = (fields[read.name] for one in pools for read in _read_by(one))
        finite = (end for end in ends if end[0] < np.inf)  # what is averaged, not what follows
        heard = "\n".join(f"{end[0]} frames ({_heard(end, frame_s)})" for end in finite)
        size, weights = _sizes(model.input_shape[1:]), f"{model.count_params():,}"
        lines.append((MODEL_TITLES[name], size, weights, heard))
        whole_s = model.input_shape[1] * frame_s
        excerpt_s = cropped_frames(model.input_shape[1], crop) * frame_s
    columns = ("model", "input (frames × bands × channels)", "weights", "heard by one step")
    caption = (
        "Size of the three networks, and what one step hears before the average over time. "
        f"Training hears excerpts of {excerpt_s:.1f} s, a test all {whole_s:.1f} s."
    )
    return page_table(lines, caption, columns, css=WRAPPED)


def frame_seconds(study: Study) -> float:
    """Return the seconds from one frame of a study's spectrograms to the next."""
    return study.data.features.hop_length / study.data.features.sample_rate


Field = tuple[float, int, str]
"""The frames that a step of a layer hears, infinite after an average over time; those from one
step to the next; and whether they are heard through a memory, which has no bound."""


def _heard(field: Field, frame_s: float) -> str:
    """Return what is heard as ``5.7 s, then a memory``."""
    return f"{field[0] * frame_s:.1f} s{field[2]}"


def _fields(model: keras.Model) -> dict[str, Field]:
    """Return what a step of each layer hears, by the layer's name."""
    found: dict[str, Field] = {}
    for layer in model.layers:
        frames, step, memory = max((found[one.name] for one in _read_by(layer)), default=(1, 1, ""))
        if isinstance(layer, keras.layers.RNN | keras.layers.Bidirectional):
            memory = ", then a memory"
        if isinstance(layer, keras.layers.GlobalAveragePooling1D):
            frames = np.inf
        size = getattr(layer, "kernel_size", getattr(layer, "pool_size", (1,)))
        frames, stride = frames + (size[0] - 1) * step, getattr(layer, "strides", (1,))[0]
        found[layer.name] = frames, step * stride, memory
    return found


#: What a part is, by the answer to what is lost without it.
MISSED: Mapping[Answer, str] = {
    "holds": "missed are",
    "reversed": "better away are",
    "practically equal": "not missed are",
    "cannot be told": "missed or not, which cannot be told, are",
}


def losses(result: Result) -> pd.DataFrame:
    """Return what networks of the common setting score (macro F1) intact and with a part taken."""
    rows = {}
    for cell in (one for one in result.cells if one.level in COMMON):
        records, intact = result.of(cell), result.scores(cell)
        for name in records[0].ablated:
            without = np.array([one.ablated[name] for one in records])
            lost = Comparison(estimate(intact - without, result.test_to_train))
            scores = [f"{one.mean():.2f}" for one in (intact, without)]
            rows[f"{MODEL_TITLES[cell.model]}, {name}"] = [*scores, lost]
    return pd.DataFrame.from_dict(rows, orient="index", columns=["intact", "without", "lost"])
