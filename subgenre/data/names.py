"""Names of data sets, parsed once: what a user writes becomes a value that all else takes."""

import os
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath
from urllib.parse import parse_qsl, urlencode

from subgenre.config import DataConfig, digest, number, one_of
from subgenre.plumbing.errors import ParameterError
from subgenre.plumbing.files import expanded
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


@dataclass(frozen=True)
class DatasetName:
    """A data set's name in its parts; `str` gives it with its path made absolute.

    Attributes
    ----------
    scheme : str
        One of `SOURCES`; empty for `dances`, a folder or a manifest.
    path : str
        Absolute if there is something at it; else as it was written.
    options : mapping of str to str
        Sorted, their numbers written in one way, so that equal data sets have equal names.
    """

    scheme: str
    path: str
    options: Mapping[str, str]

    @classmethod
    def parse(cls, text: str) -> "DatasetName":
        """Return the name that a user wrote.

        Parameters
        ----------
        text : str
            ``dances``, a folder, a ``.csv`` manifest, or ``source:path``; after a question mark the
            options `OPTIONS`, as in ``music?clip_seconds=5&snr_db=6``, beside those that the
            source itself has.

        Raises
        ------
        ParameterError
            If an option is unknown or given twice.
        """
        scheme, colon, rest = text.partition(":")
        scheme, spec = (scheme, rest) if colon and scheme in SOURCES else ("", text)
        path, mark, query = spec.rpartition("?")
        if not mark or os.path.exists(expanded(spec)):  # a folder's name may hold a question mark
            return cls(scheme, _absolute(scheme, spec), {})
        pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
        unknown = [name for name, _ in pairs if name not in OPTIONS]
        if not scheme and (unknown or not pairs):  # what a source has of its own is checked by it
            if path != PUBLISHED and not (path and os.path.exists(expanded(path))):
                return cls("", spec, {})  # a path that is not there, question mark and all
            one_of(f"the option of {printable(path)}", unknown[0] if unknown else "", OPTIONS)
        twice = [name for name, n in Counter(name for name, _ in pairs).items() if n > 1]
        if twice:
            raise ParameterError(
                f"Expected the option {printable(twice[0])} once; got {query!r}: leave one of them "
                "out."
            )
        options = {name: _normal(name, value) for name, value in sorted(pairs)}
        return cls(scheme, _absolute(scheme, path), options)

    def __str__(self) -> str:
        return _with_options(self.place, self.options)

    @property
    def is_published(self) -> bool:
        """Whether it is the data set of the published report, as that has it."""
        return str(self) == PUBLISHED

    @property
    def place(self) -> str:
        """The name without options."""
        return f"{self.scheme}:{self.path}" if self.scheme else self.path

    @property
    def source(self) -> str:
        """The name with the options of the source itself, without those of every data set."""
        own = {name: value for name, value in self.options.items() if name not in OPTIONS}
        return _with_options(self.place, own)

    @property
    def public(self) -> str:
        """The name without the folders above it, which are nobody else's business.

        ``/music/dub`` becomes ``dub``, and ``gtzan:/music/gtzan?split=filtered&lists=/lists``
        becomes ``gtzan:gtzan?split=filtered``.
        """
        shown = {key: value for key, value in self.options.items() if key not in PATH_OPTIONS}
        last = printable(PurePath(self.path).name) or "music"  # as of "/", which has no name
        return _with_options(f"{self.scheme}:{last}" if self.scheme else last, shown)

    @cached_property
    def folder(self) -> str:
        """A name for a folder of its own: readable, and no other data set's."""
        if self.is_published:
            return PUBLISHED
        plain = re.sub(r"[^0-9a-z]+", "-", Path(self.place).stem.lower()).strip("-")
        return f"{plain[:MAX_STEM_CHARACTERS] or 'music'}-{digest(str(self))[:8]}"

    def config(self, clips_per_class: int) -> DataConfig:
        """Return the data configuration that the name stands for.

        Parameters
        ----------
        clips_per_class : int
            Upper bound on the clips of each class.

        Returns
        -------
        DataConfig
            Noise is added to `dances` at 0 dB and to other music only if it is asked for.

        Raises
        ------
        ParameterError
            If an option is impossible, or `dances` is asked for other clips.
        """
        source = self.source
        default = PUBLISHED_SNR_DB if source == PUBLISHED else None
        seconds = self._seconds("clip_seconds", DataConfig.clip_seconds)
        if source == PUBLISHED and seconds != DataConfig.clip_seconds:
            raise ParameterError(
                f"Expected clips of {DataConfig.clip_seconds:g} s from {PUBLISHED}; got "
                f"{seconds:g}: leave clip_seconds out."
            )
        config = DataConfig(
            dataset=source,
            clips_per_class=clips_per_class,
            snr_db=_snr_db(self.options["snr_db"]) if "snr_db" in self.options else default,
            clip_seconds=seconds,
            clip_hop_seconds=self._seconds("clip_hop_seconds", seconds),
        )
        _check_noise(config)
        return config

    def _seconds(self, name: str, default: float) -> float:
        given = self.options.get(name)
        return default if given is None else number(name, _float(name, given))


def _with_options(source: str, options: Mapping[str, str]) -> str:
    return f"{source}?{urlencode(options, errors='surrogateescape')}" if options else source


def _absolute(scheme: str, path: str) -> str:
    """Make a path absolute; what is none stays as it is."""
    place = expanded(path)
    if not path or (path == PUBLISHED and not scheme) or not os.path.exists(place):
        return path
    if os.path.isdir(place):
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


def _snr_db(text: str) -> float | None:
    return None if text == CLEAN else _float("snr_db", text)


def _float(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ParameterError(
            f"Expected {name} to be a number; got {text!r}: write it as in {name}=6."
        ) from None
