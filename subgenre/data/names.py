"""Names of data sets, parsed once: what a user writes becomes a value that all else takes."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import parse_qsl, urlencode

from subgenre.config import CROWD_SECONDS, DataConfig, digest, one_of, unfit
from subgenre.plumbing.errors import DataError
from subgenre.plumbing.files import expanded, trouble
from subgenre.plumbing.spelling import cure
from subgenre.plumbing.text import printable

#: The data set of the published report.
PUBLISHED = "dances"
#: What may stand before a colon and a path.
SOURCES = ("fma", "gtzan", "ballroom", "giantsteps")
#: What may stand behind the question mark of every name.
OPTIONS = ("clip_seconds", "clip_hop_seconds", "snr_db")
CLEAN = "none"  # the snr_db that adds no noise
PATH_OPTIONS = {"lists"}  # options of sources that name a folder
MAX_STEM_CHARACTERS = 80  # systems take names of some 255 bytes, and a book adds to them


@dataclass(frozen=True)
class DatasetName:
    """A data set's name in its parts, equal for equal data sets; `str` joins them again.

    The scheme is one of `SOURCES`, or empty for `dances`, a folder or a manifest; the path is
    absolute if there is something at it; options are sorted, their numbers written in one way.
    """

    scheme: str
    path: str
    options: Mapping[str, str]

    @classmethod
    def parse(cls, text: str) -> "DatasetName":
        """Return the name that a user wrote, as in ``music?clip_seconds=5&snr_db=6``.

        Parameters
        ----------
        text : str
            ``dances``, a folder, a ``.csv`` manifest, or ``source:path``, taken literally; after a
            question mark `OPTIONS` and those of the source itself, as in a URL.
        """
        scheme, colon, rest = text.partition(":")
        scheme, spec = (scheme, rest) if colon and scheme in SOURCES else ("", text)
        path, mark, query = spec.rpartition("?")
        if not mark or os.path.exists(expanded(spec)):  # a folder's name may hold a question mark
            return cls(scheme, _absolute(scheme, spec), {})
        pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
        names = [name for name, _ in pairs]
        unknown = [name for name in names if name not in OPTIONS]
        if not scheme and (unknown or not pairs):  # what a source has of its own is checked by it
            if path != PUBLISHED and not (path and os.path.exists(expanded(path))):
                return cls("", spec, {})  # a path that is not there, question mark and all
            one_of(f"the option of {printable(path)}", unknown[0] if unknown else "", OPTIONS)
        if twice := [name for name in names if names.count(name) > 1]:
            raise unfit(f"the option {printable(twice[0])}", "once", query)
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
        return _with_options(self.place, self._own)

    @property
    def _own(self) -> dict[str, str]:
        return {name: value for name, value in self.options.items() if name not in OPTIONS}

    @property
    def public(self) -> str:
        """The name without the folders above it, which are nobody else's business."""
        shown = {key: value for key, value in self.options.items() if key not in PATH_OPTIONS}
        last = printable(PurePath(self.path).name) or "music"  # as of "/", which has no name
        return _with_options(f"{self.scheme}:{last}" if self.scheme else last, shown)

    @property
    def folder(self) -> str:
        """A name for a folder of its own: readable, and no other data set's."""
        if self.is_published:
            return PUBLISHED
        plain = re.sub(r"[^0-9a-z]+", "-", Path(self.place).stem.lower()).strip("-")
        return f"{plain[:MAX_STEM_CHARACTERS] or 'music'}-{digest(str(self))[:8]}"

    def directory(self) -> Path:
        """Return the folder that the music is in, or raise a `DataError` if it may not be read."""
        folder = expanded(self.path)
        if why := trouble(folder) or ("" if self.path and os.path.isdir(folder) else "no folder"):
            raise DataError(
                f"Expected {self.scheme and f'{self.scheme}: to be followed by '}a folder that can "
                f"be read; got {printable(self.path)!r} ({why}): {cure(folder)}."
            )
        return folder

    def own_options(self, **defaults: str) -> dict[str, str]:
        """Return the options of the source itself: what is given, else their `defaults`."""
        for name, value in self._own.items():
            one_of(f"the option of {self.scheme}", name, (*defaults, *OPTIONS))
            if not value:
                raise unfit(f"the option {name}", f"to have a value, as in {name}=small", value)
        return defaults | self._own

    def config(self, clips_per_class: int, extra_clips_per_class: int = 0) -> DataConfig:
        """Return the data configuration that the name stands for; `dances` is noisy unasked."""
        published = self.source == PUBLISHED
        given: dict[str, Any] = {"snr_db": 0.0 if published else None}
        given["extra_clips_per_class"] = extra_clips_per_class if published else 0
        for name in filter(self.options.get, OPTIONS):
            value = self.options[name]
            given[name] = None if value == CLEAN else float(value)
        given.setdefault("clip_hop_seconds", given.get("clip_seconds", DataConfig.clip_seconds))
        config = DataConfig(self.source, clips_per_class, **given)
        if published and config.clip_seconds != DataConfig.clip_seconds:
            wanted = f"to be {DataConfig.clip_seconds:g} or left out for {PUBLISHED}"
            raise unfit("clip_seconds", wanted, config.clip_seconds)
        if config.snr_db is not None and config.clip_seconds > CROWD_SECONDS:
            wanted = f"to be at most {CROWD_SECONDS} s with noise, so without snr_db if longer"
            raise unfit("clip_seconds", wanted, config.clip_seconds)
        return config


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
    try:
        return repr(float(value) + 0.0).removesuffix(".0")  # without the sign of a 0
    except ValueError:
        raise unfit(name, f"to be a number, as in {name}=6", value) from None
