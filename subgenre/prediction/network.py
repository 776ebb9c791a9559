"""The networks in NumPy: what Keras trained answers here, to the last digits, without Keras.

Keras takes seconds to start, an answer takes milliseconds. The structure comes from Keras's own
description of the network, so that there is no second one to keep; the page that listens to a song
in the browser runs the same layers.

A file may come from anybody, so nothing in it is run or imported. Of the description only names,
connections and the settings in `SETTINGS` are read, for all else is alike in all our networks. Of
the weights only arrays are read that lie in the file itself and are as large as they say.
"""

import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.special import expit, softmax
from threadpoolctl import threadpool_limits

CLIPS_AT_ONCE = 8  # their windows fill some 7 MB
#: The settings of layers that are read; all others are alike in our networks.
SETTINGS = ("batch_shape", "strides", "pool_size", "target_shape", "epsilon")


@dataclass(frozen=True)
class Layer:
    """One layer in Keras's terms, with its weights in Keras's order, forward before backward."""

    kind: str  # its class; of a bidirectional one "Bidirectional GRU", say
    name: str
    inputs: tuple[str, ...]  # names of layers before it
    settings: Mapping[str, Any]  # those that are read
    weights: tuple[np.ndarray, ...]  # float32; of normalization a factor and an offset


def read_network(architecture: str, weights: bytes) -> tuple[Layer, ...]:
    """Return the layers of a network from Keras's ``config.json`` and ``model.weights.h5``.

    They are in an order in which they can be computed; the last one is the answer. Dropout, which
    is of training alone, is left out. What is no network of ours raises some `Exception`, here or
    when it is run.
    """
    arrays, counts = _arrays(weights), Counter[str]()
    layers, same = list[Layer](), dict[str, str]()
    for one in json.loads(architecture)["config"]["layers"]:
        kind, name, config = one["class_name"], one["name"], one["config"]
        settings = {setting: config[setting] for setting in SETTINGS if setting in config}
        inputs = tuple(same.get(before, before) for before in _inputs(one["inbound_nodes"]))
        # Keras names groups by the kind of layer and numbers them, whatever the layers' own names.
        group = re.sub("(?<=[a-z])(?=[A-Z])", "_", kind).lower()
        place = f"layers/{group}" + (f"_{counts[group]}" if counts[group] else "")
        counts[group] += 1
        places = [f"{place}/cell" if kind in CELLS else place]
        if kind == "Bidirectional":
            kind = f"{kind} {config['layer']['class_name']}"
            places = [f"{place}/{side}_layer/cell" for side in ("forward", "backward")]
        own = tuple(array for place in places for array in arrays.get(place, ()))
        if kind == "BatchNormalization":
            gain, offset, mean, variance = own
            gain = gain / np.sqrt(variance + settings.pop("epsilon"))
            own = gain, offset - mean * gain
        if kind == "Dropout":
            (same[name],) = inputs
        else:
            layers.append(Layer(kind, name, inputs, settings, own))
    return tuple(layers)


def _inputs(nodes: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the names of the layers that one is called with, once, or raise a `ValueError`."""
    if not nodes:
        return ()
    (node,) = nodes
    (given,) = node["args"]
    tensors = given if isinstance(given, list) else [given]
    return tuple(one["config"]["keras_history"][0] for one in tensors)


def _arrays(weights: bytes) -> dict[str, list[np.ndarray]]:
    """Return the arrays of each layer by its group's name, in their order."""
    found: dict[str, list[np.ndarray]] = defaultdict(list)

    def take(name: str, one: h5py.Group | h5py.Dataset) -> None:
        if isinstance(one, h5py.Dataset):
            if one.external or one.id.get_storage_size() != one.nbytes:
                raise ValueError("its weights lie elsewhere, or are packed")
            found[name.rpartition("/vars/")[0]].append(one[()].astype(np.float32))

    with h5py.File(io.BytesIO(weights)) as file:
        file.visititems(take)  # by name, numbers of one digit; it follows no link
    return found


def answers(layers: Iterable[Layer], x: np.ndarray) -> np.ndarray:
    """Return class probabilities [shape=(n_clips, n_classes), float32] for a network's input.

    That is what `subgenre.data.features.network_input` gives
    [shape=(n_clips, n_frames, n_bands, 2)].
    """
    found = []
    with threadpool_limits(1, "blas"):  # for matrices this small another thread is a brake
        for first in range(0, len(x), CLIPS_AT_ONCE):
            part = x[first : first + CLIPS_AT_ONCE].astype(np.float32)
            values: dict[str, np.ndarray] = {}
            for layer in layers:
                given = [values[name] for name in layer.inputs] or [part]
                values[layer.name] = _output(layer, *given)
            found.append(values[layer.name])
    return np.concatenate(found)


def _output(layer: Layer, x: np.ndarray, *others: np.ndarray) -> np.ndarray:
    """Return what a layer makes of its inputs, mostly [shape=(n_clips, n_steps, n_channels)]."""
    settings, weights = layer.settings, layer.weights
    match layer.kind.split():
        case ["Conv2D" | "Conv1D"]:
            return _convolved(x, settings["strides"], *weights)
        case ["MaxPooling2D" | "MaxPooling1D"]:
            return _pools(x, settings["pool_size"]).max(axis=-2)
        case ["AveragePooling2D"]:
            return _pools(x, settings["pool_size"]).mean(axis=-2)
        case ["Reshape"]:
            return x.reshape(len(x), *settings["target_shape"])
        case ["Concatenate"]:
            return np.concatenate([x, *others], axis=-1)
        case ["BatchNormalization"]:
            return x * weights[0] + weights[1]
        case ["ELU"]:
            return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))
        case ["GRU" | "LSTM" as cell]:
            return CELLS[cell](x, *weights)
        case ["Bidirectional", cell]:
            half = len(weights) // 2
            back = CELLS[cell](x[:, ::-1], *weights[half:])[:, ::-1]
            return np.concatenate([CELLS[cell](x, *weights[:half]), back], axis=-1)
        case ["GlobalAveragePooling1D"]:
            return x.mean(axis=1)
        case ["Dense"]:
            return softmax(x @ weights[0] + weights[1], axis=-1)
        case ["InputLayer"]:
            return x
    raise ValueError(f"its layer {layer.kind!r:.40} is none of ours")


def _windows(x: np.ndarray, size: Sequence[int], strides: Sequence[int]) -> np.ndarray:
    """Return a view of windows over the axes between clips and channels, before the channels."""
    axes = tuple(range(1, 1 + len(size)))
    seen = sliding_window_view(x, tuple(size), axes)  # (b, steps..., channels, sizes...)
    seen = np.moveaxis(seen, 1 + len(size), -1)
    return seen[:, *(slice(None, None, step) for step in strides)]


def _convolved(x: np.ndarray, strides: Sequence[int], kernel: np.ndarray, *bias: np.ndarray) -> Any:
    """Multiply each window with the kernel, as one matrix; ends are padded as Keras's "same"."""
    *size, _, n_filters = kernel.shape
    edges = [(0, 0)]
    for n, width, step in zip(x.shape[1:-1], size, strides, strict=True):
        lacking = max(0, (-(-n // step) - 1) * step + width - n)
        edges.append((lacking // 2, lacking - lacking // 2))
    seen = _windows(np.pad(x, [*edges, (0, 0)]), size, strides)
    x = seen.reshape(*seen.shape[: len(edges)], -1) @ kernel.reshape(-1, n_filters)
    return x + bias[0] if bias else x


def _pools(x: np.ndarray, size: Sequence[int]) -> np.ndarray:
    """Return the values of each pool, which do not overlap, along the last axis but one."""
    seen = _windows(x, size, size)
    return seen.reshape(*seen.shape[: 1 + len(size)], -1, x.shape[-1])


def _gru(x: np.ndarray, kernel: np.ndarray, recurrent: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Return the states at every step [shape=(n_clips, n_steps, n_units)]; resets come last."""
    n_units = len(recurrent)
    given, state = x @ kernel + bias[0], np.zeros((len(x), n_units), np.float32)
    states = np.empty((*x.shape[:2], n_units), np.float32)
    for step in range(x.shape[1]):
        now, before = given[:, step], state @ recurrent + bias[1]
        gates = expit(now[:, : 2 * n_units] + before[:, : 2 * n_units])
        update, reset = np.split(gates, 2, axis=1)
        new = np.tanh(now[:, 2 * n_units :] + reset * before[:, 2 * n_units :])
        states[:, step] = state = update * state + (1 - update) * new
    return states


def _lstm(x: np.ndarray, kernel: np.ndarray, recurrent: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Return the states at every step [shape=(n_clips, n_steps, n_units)]."""
    n_units = len(recurrent)
    given, state = x @ kernel + bias, np.zeros((len(x), n_units), np.float32)
    cell, states = state, np.empty((*x.shape[:2], n_units), np.float32)
    for step in range(x.shape[1]):
        enter, keep, new, leave = np.split(given[:, step] + state @ recurrent, 4, axis=1)
        cell = expit(keep) * cell + expit(enter) * np.tanh(new)
        states[:, step] = state = expit(leave) * np.tanh(cell)
    return states


CELLS = {"GRU": _gru, "LSTM": _lstm}
