"""Names of data sets: what a user writes, what of it is an option, where its study lives."""

import os
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from urllib.parse import parse_qsl, urlencode

from subgenre.config import DataConfig, digest, number, one_of
from subgenre.plumbing.errors import ParameterError
from subgenre.plumbing.paths import exists, expanded, is_dir
from subgenre.plumbing.text import printable

PUBLISHED = "dances"
"""The data set of the published report."""
SOURCES = ("fma", "gtzan", "ballroom", "giantsteps")
"""What may stand before a colon and a path."""
CLEAN = "none"
"""The value of ``snr_db`` that adds no noise."""
PUBLISHED_SNR_DB = 0.0
OPTIONS = ("clip_seconds", "clip_hop_seconds", "snr_db")
"""What may stand behind the question mark of every name."""
PATH_OPTIONS = {"lists"}
"""Options of sources that name a folder."""
MAX_STEM_CHARACTERS = 80
"""Of a study's folder: systems take names of some 255 bytes, and a book adds to them."""


def data_config(dataset: str, clips_per_class: int) -> DataConfig:
    """Return the data configuration that a data set's name stands for.

    Parameters
    ----------
    dataset : str
        As a user writes it: ``dances``, a folder, a ``.csv`` manifest, or ``source:path``; after a
        question mark the options `OPTIONS`, as in ``music?clip_seconds=5&snr_db=6``, beside those
        that the source itself has.
    clips_per_class : int
        Upper bound on the clips of each class.

    Returns
    -------
    DataConfig
        Noise is added to `dances` at 0 dB and to other music only if it is asked for.

    Raises
    ------
    ParameterError
        If an option is unknown, given twice or impossible, or `dances` is asked for other clips.
    """
    name = _parsed(dataset)
    options = name.own
    default = PUBLISHED_SNR_DB if name.source == PUBLISHED else None
    seconds = _seconds("clip_seconds", options, DataConfig.clip_seconds)
    config = DataConfig(
        dataset=name.source,
        clips_per_class=clips_per_class,
        snr_db=_snr_db(options["snr_db"]) if "snr_db" in options else default,
        clip_seconds=seconds,
        clip_hop_seconds=_seconds("clip_hop_seconds", options, seconds),
    )
    if config.dataset == PUBLISHED and seconds != DataConfig.clip_seconds:
        raise ParameterError(
            f"Expected clips of {DataConfig.clip_seconds:g} s from {PUBLISHED}; got "
            f"{seconds:g}: leave clip_seconds out."
        )
    _check_noise(config)
    return config


def canonical(dataset: str) -> str:
    """Return the name with its path made absolute, so that it means the same everywhere.

    Options are sorted and their numbers written in one way, so that ``?snr_db=6&clip_seconds=5.0``
    and ``?clip_seconds=5&snr_db=6`` are one data set.
    """
    name = _parsed(dataset)
    return _with_options(name.place, name.options)


def study_name(dataset: str) -> str:
    """Return the name of a folder for the study of `dataset`: readable, and its own.

    Parameters
    ----------
    dataset : str
        As a user writes it.
    """
    name = canonical(dataset)
    if name == PUBLISHED:
        return PUBLISHED
    plain = re.sub(r"[^0-9a-z]+", "-", Path(_parsed(dataset).place).stem.lower()).strip("-")
    return f"{plain[:MAX_STEM_CHARACTERS] or 'music'}-{digest(name)[:8]}"


def public_name(dataset: str) -> str:
    """Return a data set's name without the folders above it, which are nobody else's business.

    Parameters
    ----------
    dataset : str
        As a user writes it: ``/music/dub`` becomes ``dub``, and
        ``gtzan:/music/gtzan?split=filtered&lists=/lists`` becomes ``gtzan:gtzan?split=filtered``.
    """
    name = _parsed(dataset)
    shown = {key: value for key, value in name.options.items() if key not in PATH_OPTIONS}
    last = printable(PurePath(name.path).name) or "music"  # as of "/", which has no name
    return _with_options(name.head + last, shown)


@dataclass(frozen=True)
class _Name:
    """A name in its parts: ``fma:`` or nothing, a path, what follows the question mark."""

    head: str
    path: str
    options: Mapping[str, str]

    @property
    def place(self) -> str:
        """The name without options."""
        return self.head + self.path

    @property
    def own(self) -> dict[str, str]:
        """The options that every data set has."""
        return {name: value for name, value in self.options.items() if name in OPTIONS}

    @property
    def source(self) -> str:
        """The name with the options of the source itself, without those of every data set."""
        others = {name: value for name, value in self.options.items() if name not in OPTIONS}
        return _with_options(self.place, others)


def _parsed(dataset: str) -> _Name:
    scheme, colon, rest = dataset.partition(":")
    head, spec = (f"{scheme}:", rest) if colon and scheme in SOURCES else ("", dataset)
    path, mark, query = spec.rpartition("?")
    if not mark or exists(expanded(spec)):  # a folder's name may hold a question mark
        return _Name(head, _absolute(head, spec), {})
    pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
    unknown = [name for name, _ in pairs if name not in OPTIONS]
    if not head and (unknown or not pairs):  # what a source has of its own is checked by it
        if path != PUBLISHED and not (path and exists(expanded(path))):
            return _Name("", spec, {})  # a path that is not there, question mark and all
        one_of(f"the option of {printable(path)}", unknown[0] if unknown else "", OPTIONS)
    twice = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
    if twice:
        raise ParameterError(
            f"Expected the option {printable(twice[0])} once; got {query!r}: leave one of them out."
        )
    options = {name: _normal(name, value) for name, value in sorted(pairs)}
    return _Name(head, _absolute(head, path), options)


def _with_options(source: str, options: Mapping[str, str]) -> str:
    return f"{source}?{urlencode(options, errors='surrogateescape')}" if options else source


def _absolute(head: str, path: str) -> str:
    """Make a path absolute; what is none stays as it is."""
    place = expanded(path)
    if not path or (path == PUBLISHED and not head) or not exists(place):
        return path
    if is_dir(place):
        return os.path.realpath(place)
    # A manifest may be a link to another place, but its music lies beside the link.
    return str(Path(os.path.realpath(place.parent)) / place.name)


def _normal(name: str, value: str) -> str:
    """Write the value of an option of every data set in one way: 5 for 5.0 and 05."""
    if name not in OPTIONS or (name == "snr_db" and value == CLEAN):
        return value
    given = _float(name, value)
    return str(int(given)) if given.is_integer() else repr(given)


def _check_noise(config: DataConfig) -> None:
    if config.snr_db is None:
        return
    from subgenre.data.noise import BANK_SECONDS  # brings scipy along

    if config.clip_seconds > BANK_SECONDS:
        raise ParameterError(
            f"Expected clip_seconds of at most {BANK_SECONDS} s with noise, as there is no more of "
            f"it; got {config.clip_seconds:g} s and snr_db {config.snr_db:g}: shorten the clips, "
            "or leave snr_db out."
        )


def _seconds(name: str, options: Mapping[str, str], default: float) -> float:
    if name not in options:
        return default
    return number(name, _float(name, options[name]))


def _snr_db(text: str) -> float | None:
    return None if text == CLEAN else _float("snr_db", text)


def _float(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ParameterError(
            f"Expected {name} to be a number; got {text!r}: write it as in {name}=6."
        ) from None
