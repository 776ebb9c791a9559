"""The networks: drawings made from the Keras models themselves, and their sizes."""

import math
import textwrap
from collections.abc import Mapping

import keras
from IPython.display import Markdown
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from pandas.io.formats.style import Styler

from subgenre.data import load_music
from subgenre.models.networks import study_models
from subgenre.report.figures import INK, OKABE_ITO, PageFigure
from subgenre.report.tables import NBSP, page_table
from subgenre.study.experiments import MODEL_TITLES, common_config
from subgenre.study.places import Study

BOX_WIDTH, BOX_HEIGHT = 0.9, 0.66
LINE_WIDTH = 46  # characters that fit into a box, whichever font the browser has
COLOURS = {"Conv": OKABE_ITO[0], "GRU": OKABE_ITO[1], "LSTM": OKABE_ITO[1], "Bi": OKABE_ITO[1]}
COLOURS |= {"Dense": OKABE_ITO[3]}
PLAIN = {
    "InputLayer": "log-mel + flux",
    "BatchNormalization": "batch norm",
    "GlobalAveragePooling1D": "average",
    "Concatenate": "concatenate",
    "Dense": "softmax",
}
"""Layers that one word describes; those that are not here are not worth one."""
Place = tuple[float, float]


def study_networks(study: Study) -> dict[str, keras.Model]:
    """Return the networks as a study trains them, by name."""
    config = common_config(study)
    music = load_music(config.data, progress=False)
    return study_models(config, music.clip_seconds, len(music.labels))


def architecture(model: keras.Model) -> Figure:
    """Draw a network from top to bottom, a box per block with its layers, shape and weights.

    Layers that `subgenre.models.networks` names alike up to the first ``_`` form one block.
    """
    blocks: dict[str, list[keras.layers.Layer]] = {}
    parents: dict[str, set[str]] = {}
    depth: dict[str, int] = {}
    for layer in model.layers:  # in the order of the network
        blocks.setdefault(name := _block_of(layer), []).append(layer)
        tensors = layer.input if isinstance(layer.input, list) else [layer.input]
        read = {_block_of(tensor._keras_history.operation) for tensor in tensors} - {name}
        parents[name] = parents.get(name, set()) | read
        depth[name] = 1 + max((depth[parent] for parent in parents[name]), default=-1)
    places = _places(parents, depth)
    n_rows, n_lanes = max(depth.values()) + 1, 1 + max(x for x, _ in places.values())
    figure = PageFigure(figsize=(4.4 * n_lanes, 0.85 * n_rows), layout="constrained")
    axes = figure.subplots()
    for name, members in blocks.items():
        for parent in sorted(parents[name]):  # a set, whose order varies
            _draw_arrow(axes, places[parent], places[name])
        _draw_box(axes, places[name], members)
    axes.set(xlim=(-0.5, n_lanes - 0.5), ylim=(0.5 - n_rows, 0.5))
    axes.axis("off")
    return figure


def _block_of(layer: keras.layers.Layer) -> str:
    return str(layer.name).split("_")[0]


def _places(parents: Mapping[str, set[str]], depth: Mapping[str, int]) -> dict[str, Place]:
    """Put a recurrent branch into a second lane, in the middle of what it stands between."""
    places: dict[str, Place] = {}
    for name in parents:
        before = [depth[parent] for parent in parents[name]]
        after = [depth[child] for child, read in parents.items() if name in read]
        row = (max(before) + min(after)) / 2 if before and after else depth[name]
        beside = name == "rnn" and list(depth.values()).count(depth[name]) > 1
        places[name] = (int(beside), -row)
    return places


def _draw_box(axes: Axes, at: Place, members: list[keras.layers.Layer]) -> None:
    kinds = [type(layer).__name__ for layer in members]
    colour = next(
        (c for start, c in COLOURS.items() if any(k.startswith(start) for k in kinds)), INK
    )
    corner = (at[0] - BOX_WIDTH / 2, at[1] - BOX_HEIGHT / 2)
    style = {"edgecolor": colour, "facecolor": (*to_rgb(colour), 0.12), "linewidth": 1.5}
    shape = "round,pad=0,rounding_size=0.06"
    axes.add_patch(FancyBboxPatch(corner, BOX_WIDTH, BOX_HEIGHT, boxstyle=shape, **style))
    lines = textwrap.wrap(", ".join(filter(None, map(_describe, members))), LINE_WIDTH)
    size, weights = _sizes(members[-1].output.shape[1:]), sum(one.count_params() for one in members)
    lines.append(f"{size}, {weights:,} weights" if weights else size)
    axes.text(*at, "\n".join(lines), ha="center", va="center", fontsize=9)


def _draw_arrow(axes: Axes, start: Place, end: Place) -> None:
    style = {"arrowstyle": "-|>", "color": INK, "linewidth": 1, "shrinkA": 0, "shrinkB": 0}
    tail, head = (start[0], start[1] - BOX_HEIGHT / 2), (end[0], end[1] + BOX_HEIGHT / 2)
    if end[0] > start[0]:  # to the next lane: leave to the right, arrive from above
        tail = (start[0] + BOX_WIDTH / 2, start[1])
        style["connectionstyle"] = "angle,angleA=0,angleB=90,rad=6"
    elif end[0] < start[0]:  # back again: leave below, arrive from the right
        head = (end[0] + BOX_WIDTH / 2, end[1])
        style["connectionstyle"] = "angle,angleA=-90,angleB=0,rad=6"
    axes.annotate("", xy=head, xytext=tail, arrowprops=style)


def _describe(layer: keras.layers.Layer) -> str:
    kind = type(layer).__name__
    if kind.startswith("Conv"):
        return f"conv {_sizes(layer.kernel_size, NBSP)} ({layer.filters})"
    if kind.startswith(("MaxPooling", "AveragePooling")):
        return f"{'max' if kind.startswith('Max') else 'mean'} pool {_sizes(layer.pool_size, NBSP)}"
    if kind == "Bidirectional":
        return f"{_describe(layer.forward_layer)}, both ways"
    return PLAIN.get(kind, f"{kind} {layer.units}" if hasattr(layer, "units") else "")


def _sizes(sizes: tuple[int, ...], space: str = " ") -> str:
    return f"{space}×{space}".join(map(str, sizes))


def sizes_table(models: Mapping[str, keras.Model]) -> Styler:
    """Return a table of the networks' trainable weights and of the shapes they read."""
    lines = [
        (MODEL_TITLES[name], _sizes(model.input_shape[1:]), f"{_n_weights(model):,}")
        for name, model in models.items()
    ]
    columns = ("model", "input (frames × bands × channels)", "weights")
    return page_table(lines, "Size of the three networks.", columns)


def sizes(models: Mapping[str, keras.Model]) -> Markdown:
    """Say how far apart the networks' sizes are."""
    weights = {MODEL_TITLES[name]: _n_weights(model) for name, model in models.items()}
    small, *_, large = sorted(weights, key=weights.__getitem__)
    return Markdown(
        f"The largest, the {large}, has {weights[large] / weights[small] - 1:.0%} more weights "
        f"than the smallest, the {small}."
    )


def _n_weights(model: keras.Model) -> int:
    return sum(math.prod(weight.shape) for weight in model.trainable_weights)
