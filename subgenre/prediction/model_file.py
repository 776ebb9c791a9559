"""A trained network as one ``.keras`` file that carries its own description, and is data only.

The file is Keras's own zip archive with one more member, ``subgenre.json``. Plain
``keras.saving.load_model`` reads it too, and overlooks that member. Here the network is not built
from what the file says of it: the description names one of our own networks, which is built
anew, and only numbers are read into it. Nothing in the file is ever run or imported.
"""

import io
import json
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from subgenre.config import RECIPE
from subgenre.plumbing.errors import SubgenreError
from subgenre.plumbing.files import written_aside

SUFFIX = ".keras"
"""Keras itself refuses to load files of other names."""
FORMAT = 1
"""Version of the description; raise it when a field comes or goes."""
DESCRIPTION = "subgenre.json"
NETWORK = "config.json"
WEIGHTS = "model.weights.h5"
MAX_BYTES = {DESCRIPTION: 2**20, "metadata.json": 2**20, NETWORK: 2**22, WEIGHTS: 2**28}
"""The members of a model file; larger ones are refused unread (our networks need 1 MiB)."""
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""Date of every member, so that the same network always gives the same file."""
BUILT_IN = {
    "keras.layers.AveragePooling2D",
    "keras.layers.BatchNormalization",
    "keras.layers.Bidirectional",
    "keras.layers.Concatenate",
    "keras.layers.Conv1D",
    "keras.layers.Conv2D",
    "keras.layers.Dense",
    "keras.layers.Dropout",
    "keras.layers.ELU",
    "keras.layers.GRU",
    "keras.layers.GlobalAveragePooling1D",
    "keras.layers.InputLayer",
    "keras.layers.LSTM",
    "keras.layers.MaxPooling1D",
    "keras.layers.MaxPooling2D",
    "keras.layers.Reshape",
    "keras.initializers.GlorotNormal",
    "keras.initializers.GlorotUniform",
    "keras.initializers.Ones",
    "keras.initializers.Orthogonal",
    "keras.initializers.RandomNormal",
    "keras.initializers.RandomUniform",
    "keras.initializers.Zeros",
    "keras.DTypePolicy",
    "keras.src.models.functional.Functional",
    "None.__keras_tensor__",
}
"""All that our networks consist of, as module and class; None is no module."""


class ModelFileError(SubgenreError):
    """A file is not a model that can be used."""


@dataclass(frozen=True)
class ModelFile:
    """What a model file holds.

    Attributes
    ----------
    path : Path
    description : dict
        What ``subgenre.json`` says, not yet checked beyond being an object of this version.
    weights : bytes
        An HDF5 file.
    """

    path: Path
    description: dict[str, Any]
    weights: bytes

    def load_weights(self, network: keras.Model) -> None:
        """Read the weights into `network`.

        Raises
        ------
        ModelFileError
            If they are damaged, or are those of another network.
        """
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / WEIGHTS
            path.write_bytes(self.weights)
            try:
                with warnings.catch_warnings():
                    # Keras only warns of a layer without weights, and leaves it untrained.
                    warnings.filterwarnings("error", message="Skipping")
                    network.load_weights(path)
            except Exception as error:  # whatever Keras and HDF5 make of damaged content
                raise unusable(self.path, "its weights are not those of its network") from error
        if not all(np.isfinite(values).all() for values in network.get_weights()):
            raise unusable(self.path, "some of its weights are not numbers")


def unusable(path: Path, reason: str) -> ModelFileError:
    """Return the error that says why `path` cannot be used as a model."""
    return ModelFileError(
        f"Expected {path} to be a model that 'subgenre train' wrote, but {reason}: name another "
        "file, or train the model again."
    )


def write_model(path: Path, network: keras.Model, description: dict[str, Any]) -> None:
    """Write `network` and its description as one file, aside first.

    Parameters
    ----------
    path : Path
        Its name ends in ``.keras``.
    network : keras.Model
        Weights and architecture are kept, the state of an optimizer is not.
    description : dict
        Plain values, for JSON.

    Raises
    ------
    ModelFileError
        If the name has another ending.
    StorageError
        If the file cannot be written.
    """
    require_suffix(path)
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / f"model{SUFFIX}"
        network.save(plain)
        with zipfile.ZipFile(plain) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    members[NETWORK] = _json(_numbered(json.loads(members[NETWORK])))
    members["metadata.json"] = _json({"keras_version": keras.__version__})
    own = {"format": FORMAT, "recipe": RECIPE, **description}
    members[DESCRIPTION] = _json(own, indent=1)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, LONG_AGO), content)
    with written_aside(path) as part:
        part.write_bytes(buffer.getvalue())


def _json(content: object, indent: int | None = None) -> bytes:
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=indent).encode()


def _numbered(network: dict[str, Any]) -> dict[str, Any]:
    """Give numbers to the objects that Keras names by their addresses in memory."""
    numbers: dict[int, int] = {}
    for one in _objects(network):
        if "shared_object_id" in one:
            one["shared_object_id"] = numbers.setdefault(one["shared_object_id"], len(numbers))
    return network


def require_suffix(path: Path) -> None:
    """Raise unless `path` can be the name of a model file.

    Raises
    ------
    ModelFileError
        If it does not end in ``.keras``.
    """
    if path.suffix != SUFFIX:
        raise ModelFileError(
            f"Expected the name of a model file to end in {SUFFIX}; got {path.name!r}: "
            f"write {path.stem}{SUFFIX}, say."
        )


def read_model(path: Path) -> ModelFile:
    """Read and check a model file without building anything from it.

    Raises
    ------
    ModelFileError
        If there is no such file, or it is damaged, foreign, of another version, or its network
        has a layer that ours do not have.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = {name: _member(archive, name, path) for name in (NETWORK, WEIGHTS)}
            if DESCRIPTION not in archive.namelist():
                raise unusable(path, "it is a Keras file without the classes and settings of one")
            members[DESCRIPTION] = _member(archive, DESCRIPTION, path)
    except FileNotFoundError as error:
        raise unusable(path, "there is no such file") from error
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise unusable(path, "it is damaged, or no model file at all") from error
    except OSError as error:
        raise unusable(path, f"it cannot be read ({error.strerror or error})") from error
    except (RuntimeError, NotImplementedError, ValueError) as error:  # encrypted, odd compression
        raise unusable(path, f"it is not packed as one ({error})") from error
    _check_network(_object(members[NETWORK], NETWORK, path), path)
    description = _object(members[DESCRIPTION], DESCRIPTION, path)
    versions = (description.get("format"), description.get("recipe"))
    if versions != (FORMAT, RECIPE):
        raise unusable(path, "another version of subgenre wrote it")
    return ModelFile(path, description, members[WEIGHTS])


def _member(archive: zipfile.ZipFile, name: str, path: Path) -> bytes:
    """Return the content of a member, after a look at the size that it says it has."""
    try:
        info = archive.getinfo(name)
    except KeyError:
        raise unusable(path, f"it has no {name}") from None
    if info.file_size > MAX_BYTES[name]:
        raise unusable(path, f"its {name} has {info.file_size} bytes")
    return archive.read(info)


def _object(text: bytes, name: str, path: Path) -> dict[str, Any]:
    """Return the JSON object in `text`."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise unusable(path, f"its {name} is not JSON") from error
    if not isinstance(content, dict):
        raise unusable(path, f"its {name} is not an object")
    return content


def _check_network(network: dict[str, Any], path: Path) -> None:
    """Refuse a network with any part that ours do not have, such as a Lambda layer."""
    for one in _objects(network):
        name = f"{one.get('module')}.{one['class_name']}"
        if name not in BUILT_IN:
            raise unusable(path, f"its network has a part that ours do not have ({name:.80})")


def _objects(content: object) -> Iterator[dict[str, Any]]:
    """Yield every Keras object within `content`, however deep."""
    waiting = [content]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting.extend(one.values())
            if "class_name" in one:
                yield one
        elif isinstance(one, list):
            waiting.extend(one)
