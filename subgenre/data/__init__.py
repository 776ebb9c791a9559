"""Sources of labelled music, found by name."""

import importlib
import os
from dataclasses import replace

from subgenre.config import DataConfig
from subgenre.data.dataset import Dataset, Listing, Track, source_of
from subgenre.data.names import PUBLISHED, SOURCES
from subgenre.plumbing.errors import ParameterError
from subgenre.plumbing.files import expanded, trouble
from subgenre.plumbing.text import printable


def load_music(data: DataConfig, strict: bool = False, progress: bool = True) -> Dataset:
    """Return the data set that a configuration names.

    Parameters
    ----------
    data : DataConfig
        ``data.dataset`` is ``dances``, a folder with one sub-folder per class, a manifest
        ``.csv``, or one of ``fma:``, ``gtzan:``, ``ballroom:``, ``giantsteps:`` and a path.
    strict : bool
        Raise at the first file that cannot be used, instead of skipping it.
    progress : bool
        Show a progress bar while something must be prepared.

    Raises
    ------
    ParameterError
        If there is no such data set.
    DataError
        If its music cannot be read, or there is too little of it.
    """
    if data.dataset == PUBLISHED:
        from subgenre.data.dances import Dances

        return Dances.load(data.clips_per_class, progress=progress)
    from subgenre.data.files.audio_files import AudioFiles

    return AudioFiles.load(list_files(data.dataset), data, strict, progress)


def list_files(name: str) -> Listing:
    """Return what a source of audio files lists, before any of them is opened.

    Parameters
    ----------
    name : str
        As for `load_music`, but for ``dances``.

    Raises
    ------
    ParameterError
        If it names no source.
    DataError
        If the source cannot be read.
    """
    scheme, colon, spec = name.partition(":")
    if colon and scheme in SOURCES:
        source, argument = scheme, spec
    else:
        source, argument = _kind_of_path(name), name
    listing: Listing = importlib.import_module(f"subgenre.data.files.sources.{source}").listing(
        argument
    )
    return replace(listing, name=name)


def _kind_of_path(name: str) -> str:
    path = expanded(name)
    if name and os.path.isdir(path):
        return "folder"
    if path.suffix.lower() == ".csv":
        return "manifest"
    why = "is none" if not name or os.path.exists(path) else f"is none ({trouble(path)})"
    forms = ", ".join(f"{one}:PATH" for one in SOURCES)
    raise ParameterError(
        f"Expected dataset to be {PUBLISHED}, a folder with one sub-folder per class, a "
        f"manifest .csv, or one of {forms}; got {printable(name)!r}, which {why}: correct it."
    )


__all__ = [
    "Dataset",
    "Track",
    "list_files",
    "load_music",
    "source_of",
]
