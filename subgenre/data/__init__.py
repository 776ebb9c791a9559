"""Sources of labelled music, found by name."""

import importlib
import os
from contextlib import suppress
from dataclasses import replace

from subgenre.config import DataConfig
from subgenre.data.dataset import Dataset, Listing, Track, source_of
from subgenre.data.names import OPTIONS, PUBLISHED, SOURCES, DatasetName
from subgenre.plumbing.errors import DataError, ParameterError, SubgenreError
from subgenre.plumbing.files import expanded, listed, trouble
from subgenre.plumbing.spelling import cure
from subgenre.plumbing.text import printable


def load_music(data: DataConfig, strict: bool = False, progress: bool = True) -> Dataset:
    """Return the data set that a configuration names.

    Parameters
    ----------
    data : DataConfig
        ``data.dataset`` is ``dances``, or as for `list_files`.
    strict : bool
        Raise at the first file that cannot be used, instead of skipping it.
    progress : bool
        Show a progress bar while something must be prepared.
    """
    if data.dataset == PUBLISHED:
        from subgenre.data.dances import Dances

        return Dances.load(data.clips_per_class, data.extra_clips_per_class, progress)
    from subgenre.data.files.audio_files import AudioFiles

    return AudioFiles.load(list_files(data.dataset), data, strict, progress)


def list_files(text: str) -> Listing:
    """Return what a source of audio files lists, before any of them is opened.

    Parameters
    ----------
    text : str
        A folder with one sub-folder per class, a manifest ``.csv``, or one of `SOURCES` and a path.
    """
    from subgenre.data.files.sources import in_one_form, twins

    name = DatasetName.parse(text)
    path = expanded(name.path)
    own = "manifest" if path.suffix.lower() == ".csv" else ""
    source = name.scheme or ("folder" if name.path and os.path.isdir(path) else own)
    if not source or str(name) != name.source:
        there = os.path.exists(path)
        why = "is none: correct it" if there else f"is none ({trouble(path)}): {cure(path)}"
        forms = ", ".join(f"{one}:PATH" for one in SOURCES)
        raise ParameterError(
            f"Expected dataset to be {PUBLISHED}, a folder with one sub-folder per class, a "
            f"manifest .csv, or one of {forms}, without {', '.join(OPTIONS)}; got "
            f"{printable(text)!r}, which {why}."
        )
    module = importlib.import_module(f"subgenre.data.files.sources.{source}")
    try:
        found: Listing = module.listing(name)
    except DataError as error:
        for folder in listed(path)[0] if os.path.isdir(path) else ():
            with suppress(SubgenreError):
                module.listing(replace(name, path=str(folder)))
                error.args = (f"{str(error).rstrip('.')}, or name {printable(folder)} instead",)
                break
        raise
    entries = in_one_form(found.entries)
    classes = twins("class", (entry.label for entry in entries))
    groups = twins("group", (entry.group for entry in entries if entry.group != entry.name))
    return replace(found, entries=tuple(entries), notes=(*found.notes, *classes, *groups))


__all__ = ["Dataset", "Track", "list_files", "load_music", "source_of"]
