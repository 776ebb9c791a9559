"""What every source of labelled music is to the study, and what it lists before that."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np

SetName = Literal["train", "validation", "test"]
SETS: tuple[SetName, ...] = ("train", "validation", "test")  # what music is divided into


@dataclass(frozen=True)
class Track:
    """One labelled piece of audio."""

    track_id: str  # unique within its data set
    label: str
    group: str  # what a split never cuts: tune family, artist, album
    title: str = ""
    collection: str = ""  # where it comes from: book, label, playlist


def source_of(track_id: str) -> str:
    """Return the name of what a clip was cut from: ``"song.mp3"`` for ``"song.mp3#2"``."""
    return re.sub(r"#\d+$", "", track_id)


@dataclass(frozen=True)
class Remark:
    """A file, a row or a class, and why it cannot be used or is odd, in words for people."""

    name: str
    reason: str
    path: Path | None = field(default=None, compare=False)  # what was tried


@dataclass(frozen=True)
class FileInfo:
    """What decoding a whole file has shown."""

    problem: str | None = None  # why it cannot be used: a kind, a colon, the details
    notes: tuple[str, ...] = ()  # what is odd and does no harm
    duration: float = 0.0  # seconds that can be decoded
    sample_rate: int = 0
    channels: int = 0
    format: str = ""  # the container
    subtype: str = ""  # the encoding
    bytes_hash: str = ""  # the same for the same file
    samples_hash: str = ""  # the same for the same samples in whatever lossless container
    fingerprint: str = ""  # similar for the same recording, see `subgenre.data.files.duplicates`
    silences: tuple[tuple[int, int], ...] = ()  # (start, end) in whole seconds

    def silent_share(self, start: float, end: float) -> float:
        """Return how much of a stretch, given in seconds, has no sound."""
        return sum(max(0.0, min(end, b) - max(start, a)) for a, b in self.silences) / (end - start)


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """Labelled music, in a fixed order; a source of music adds `fingerprint` and `audio`."""

    name: str
    tracks: tuple[Track, ...]
    labels: tuple[str, ...]  # of class 0, 1, ...
    extra: tuple[Track, ...] = ()  # further tracks, which only train
    clip_seconds: float  # length of every track's audio
    what: str = "recordings"  # that the tracks are
    citation: str = ""  # whom to cite
    licence: str = ""  # what may be done with the music
    splits: Mapping[str, str] = field(default_factory=dict)  # by track_id, if the source says so
    skipped: tuple[Remark, ...] = ()  # what cannot be used, and why
    notes: tuple[Remark, ...] = ()  # what is odd, but used
    report: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # what was read, left out
    info: Mapping[str, FileInfo] = field(default_factory=dict)  # of each file

    @property
    def fingerprint(self) -> str:
        """Hash of all that determines labels, groups and audio."""
        raise NotImplementedError

    def audio(self, track: Track, sample_rate: int) -> np.ndarray:
        """Return the clean audio of `track` [shape=(n_samples,), float32, within ±1]."""
        raise NotImplementedError

    def part(self, tracks: Sequence[Track]) -> Self:
        """Return this data set with only `tracks`, cheap to send to another process."""
        rest: dict[str, Any] = {"splits": {}, "skipped": (), "notes": (), "report": {}, "info": {}}
        return replace(self, tracks=tuple(tracks), extra=(), **rest)


@dataclass(frozen=True)
class Entry:
    """One audio file, or a stretch of one, with what the source says of it; see also `Track`."""

    path: Path
    label: str
    group: str
    name: str  # unique and the same on every machine: the path below the source's folder
    title: str = ""
    collection: str = ""
    start: float | None = None  # in seconds; None for the start of the file
    end: float | None = None
    split: str | None = None  # the set, if the source itself decides it


@dataclass(frozen=True)
class Listing:
    """All that a source lists, in a fixed order, what it rules out itself and what is odd."""

    name: str
    entries: tuple[Entry, ...]
    skipped: tuple[Remark, ...] = ()
    citation: str = ""
    licence: str = ""
    notes: tuple[Remark, ...] = ()
