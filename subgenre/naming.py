"""Names of data sets: what a user writes, what of it is an option, where its study lives."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from subgenre.config import DataConfig, digest, number
from subgenre.errors import ParameterError

PUBLISHED = "dances"
"""The data set of the published report."""
SOURCES = ("fma", "gtzan", "ballroom", "giantsteps")
"""What may stand before a colon and a path."""
CLEAN = "none"
"""The value of ``snr_db`` that adds no noise."""
PUBLISHED_SNR_DB = 0.0
OPTIONS = ("clip_seconds", "clip_hop_seconds", "snr_db")


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
        If an option is not a number, or `dances` is asked for other clips.
    """
    source, options = _own_options(dataset)
    default = PUBLISHED_SNR_DB if source.partition("?")[0] == PUBLISHED else None
    seconds = _seconds("clip_seconds", options, DataConfig.clip_seconds)
    config = DataConfig(
        dataset=_absolute(source),
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
    return config


def canonical(dataset: str) -> str:
    """Return the name with its path made absolute, so that it means the same everywhere."""
    source, options = _own_options(dataset)
    return _with_options(_absolute(source), options)


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
    path = name.partition("?")[0] if not Path(name).exists() else name
    stem = re.sub(r"[^0-9a-z]+", "-", Path(path).stem.lower()).strip("-") or "music"
    return f"{stem}-{digest(name)[:8]}"


def _own_options(dataset: str) -> tuple[str, dict[str, str]]:
    """Take the options that every data set has off a name."""
    path, mark, query = dataset.rpartition("?")
    if not mark or Path(dataset).expanduser().exists():  # a folder's name may hold a question mark
        return dataset, {}
    pairs = dict(parse_qsl(query, keep_blank_values=True))
    own = {name: value for name, value in pairs.items() if name in OPTIONS}
    others = {name: value for name, value in pairs.items() if name not in OPTIONS}
    if not pairs:
        return dataset, {}
    return _with_options(path, others), own


def _with_options(source: str, options: Mapping[str, str]) -> str:
    if not options:
        return source
    return f"{source}{'&' if '?' in source else '?'}{urlencode(options)}"


def _absolute(source: str) -> str:
    """Make the path in a name absolute; a name without a path stays as it is."""
    if source == PUBLISHED or source.startswith(f"{PUBLISHED}?"):
        return source
    scheme, colon, rest = source.partition(":")
    head, spec = (f"{scheme}:", rest) if colon and scheme in SOURCES else ("", source)
    if Path(spec).expanduser().exists():
        path, options = spec, ""
    else:
        path, mark, query = spec.partition("?")
        options = mark + query
    there = Path(path).expanduser()
    return f"{head}{there.resolve() if there.exists() else path}{options}"


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
