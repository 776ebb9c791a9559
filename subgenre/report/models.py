"""Drawings of the networks, made from the Keras models themselves."""

import textwrap

import keras
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from subgenre.report.figures import INK, OKABE_ITO, PageFigure

BOX_WIDTH, BOX_HEIGHT = 0.9, 0.66
LINE_WIDTH = 46  # characters that fit into a box, whichever font the browser has
COLOURS = {"convolution": OKABE_ITO[0], "recurrent": OKABE_ITO[1], "Dense": OKABE_ITO[3]}


def architecture(model: keras.Model) -> Figure:
    """Draw a network from top to bottom, a box per block with its layers, shape and weights.

    Layers that `subgenre.models.networks` names alike up to the first ``_`` form one block.

    Parameters
    ----------
    model : keras.Model
        Built by `subgenre.models.networks.build_model`.
    """
    blocks = _blocks(model)
    parents = _parents(model, blocks)
    depth: dict[str, int] = {}
    for name in blocks:  # Keras lists layers after those they read
        depth[name] = 1 + max((depth[parent] for parent in parents[name]), default=-1)
    lane = _lanes(blocks, depth)
    place = {name: (lane[name], -_row(name, depth, parents)) for name in blocks}
    n_rows, n_lanes = max(depth.values()) + 1, max(lane.values()) + 1
    figure = PageFigure(figsize=(4.4 * n_lanes, 0.85 * n_rows), layout="constrained")
    axes = figure.subplots()
    for name, members in blocks.items():
        for parent in sorted(parents[name]):  # a set, whose order varies
            _draw_arrow(axes, place[parent], place[name])
        _draw_box(axes, place[name], members)
    axes.set(xlim=(-0.5, n_lanes - 0.5), ylim=(0.5 - n_rows, 0.5))
    axes.axis("off")
    return figure


def _block_of(layer: keras.layers.Layer) -> str:
    return "log" if isinstance(layer, keras.layers.InputLayer) else layer.name.split("_")[0]


def _blocks(model: keras.Model) -> dict[str, list[keras.layers.Layer]]:
    """Group the layers by block, in the order of the network."""
    blocks: dict[str, list[keras.layers.Layer]] = {}
    for layer in model.layers:
        blocks.setdefault(_block_of(layer), []).append(layer)
    return blocks


def _parents(
    model: keras.Model, blocks: dict[str, list[keras.layers.Layer]]
) -> dict[str, set[str]]:
    """Return the blocks that each block reads."""
    parents: dict[str, set[str]] = {name: set() for name in blocks}
    for layer in model.layers:
        tensors = layer.input if isinstance(layer.input, list) else [layer.input]
        for tensor in tensors:
            source = _block_of(tensor._keras_history.operation)
            if source != _block_of(layer):
                parents[_block_of(layer)].add(source)
    return parents


def _lanes(blocks: dict[str, list[keras.layers.Layer]], depth: dict[str, int]) -> dict[str, int]:
    """Put blocks of one depth beside each other; the recurrent branch stands on the right."""
    taken: dict[int, int] = {}
    lane = {}
    for name in sorted(blocks, key=lambda name: name == "rnn"):
        lane[name] = taken.get(depth[name], 0)
        taken[depth[name]] = lane[name] + 1
    return lane


def _row(name: str, depth: dict[str, int], parents: dict[str, set[str]]) -> float:
    """Return where a block stands: in the middle between what it reads and what reads it."""
    before = [depth[parent] for parent in parents[name]]
    after = [depth[child] for child, read in parents.items() if name in read]
    return (max(before) + min(after)) / 2 if before and after else depth[name]


def _draw_box(axes: Axes, at: tuple[float, float], members: list[keras.layers.Layer]) -> None:
    x, y = at
    kinds = {type(layer).__name__ for layer in members}
    kinds |= {"recurrent"} if kinds & {"GRU", "LSTM", "Bidirectional"} else set()
    kinds |= {"convolution"} if kinds & {"Conv1D", "Conv2D"} else set()
    colour = next((COLOURS[kind] for kind in COLOURS if kind in kinds), INK)
    corner = (x - BOX_WIDTH / 2, y - BOX_HEIGHT / 2)
    axes.add_patch(
        FancyBboxPatch(
            corner,
            BOX_WIDTH,
            BOX_HEIGHT,
            boxstyle="round,pad=0,rounding_size=0.06",
            edgecolor=colour,
            facecolor=(*to_rgb(colour), 0.12),
            linewidth=1.5,
        )
    )
    axes.text(x, y, "\n".join(_lines(members)), ha="center", va="center", fontsize=9)


def _draw_arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    style = {"arrowstyle": "-|>", "color": INK, "linewidth": 1, "shrinkA": 0, "shrinkB": 0}
    tail, head = (start[0], start[1] - BOX_HEIGHT / 2), (end[0], end[1] + BOX_HEIGHT / 2)
    if end[0] > start[0]:  # to the next lane: leave to the right, arrive from above
        tail = (start[0] + BOX_WIDTH / 2, start[1])
        style["connectionstyle"] = "angle,angleA=0,angleB=90,rad=6"
    elif end[0] < start[0]:  # back again: leave below, arrive from the right
        head = (end[0] + BOX_WIDTH / 2, end[1])
        style["connectionstyle"] = "angle,angleA=-90,angleB=0,rad=6"
    axes.annotate("", xy=head, xytext=tail, arrowprops=style)


def _lines(members: list[keras.layers.Layer]) -> list[str]:
    """Describe a block: what its layers do, the shape that leaves it, its number of weights."""
    lines = [line for layer in members if (line := _describe(layer))]
    shape = " × ".join(str(size) for size in members[-1].output.shape[1:])
    weights = sum(layer.count_params() for layer in members)
    layers = textwrap.wrap(", ".join(lines), LINE_WIDTH)
    return [*layers, f"{shape}, {weights:,} weights" if weights else shape]


def _describe(layer: keras.layers.Layer) -> str:
    kind = type(layer).__name__
    if kind in ("Conv1D", "Conv2D"):
        return f"conv {_size(layer.kernel_size)} ({layer.filters})"
    if kind.startswith(("MaxPooling", "AveragePooling")):
        return f"{'max' if kind.startswith('Max') else 'mean'} pool {_size(layer.pool_size)}"
    if kind in ("GRU", "LSTM"):
        return f"{kind} {layer.units}"
    if kind == "Bidirectional":
        return f"{type(layer.forward_layer).__name__} {layer.forward_layer.units}, both ways"
    plain = {
        "InputLayer": "log-mel + flux",
        "BatchNormalization": "batch norm",
        "GlobalAveragePooling1D": "average",
        "GlobalAveragePooling2D": "average",
        "Concatenate": "concatenate",
        "Dense": "softmax",
    }
    return plain.get(kind, "")


def _size(sizes: tuple[int, ...]) -> str:
    return "\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}".join(str(size) for size in sizes)
