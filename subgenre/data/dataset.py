"""What every source of labelled music is to the study, and what it lists before that."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import numpy as np

SETS = ("train", "validation", "test")  # what music is divided into


@dataclass(frozen=True)
class Track:
    """One labelled piece of audio."""

    track_id: str  # unique within its data set
    label: str
    group: str  # what a split never cuts: tune family, artist, album
    title: str = ""
    collection: str = ""  # where it comes from: book, label, playlist


def source_of(track_id: str) -> str:
    """Return the name of what a clip was cut from: ``"song.mp3"`` for ``"song.mp3#2"``.

    Names without a number at the end, such as those of `dances`, stay as they are.
    """
    return re.sub(r"#\d+$", "", track_id)


@dataclass(frozen=True)
class Remark:
    """A file, a row or a class, and why it cannot be used or is odd, in words for people."""

    name: str
    reason: str
    path: Path | None = field(default=None, compare=False)  # what was tried


@dataclass(frozen=True)
class FileInfo:
    """What decoding a whole file has shown.

    Attributes
    ----------
    problem, notes : str or None, tuple of str
        Why the file cannot be used: a kind, a colon, the details; what is odd and does no harm.
    duration, sample_rate : float, int
        Seconds that can be decoded, and the rate in Hz.
    bytes_hash, samples_hash : str
        The same for the same file, and for the same samples in whatever lossless container.
    fingerprint : str
        Similar for the same recording, see `subgenre.data.files.duplicates`.
    silences : tuple of tuple
        Stretches without sound, (start, end) in whole seconds.
    """

    problem: str | None = None
    notes: tuple[str, ...] = ()
    duration: float = 0.0
    sample_rate: int = 0
    channels: int = 0
    format: str = ""  # the container
    subtype: str = ""  # the encoding
    bytes_hash: str = ""
    samples_hash: str = ""
    fingerprint: str = ""
    silences: tuple[tuple[int, int], ...] = ()

    def silent_share(self, start: float, end: float) -> float:
        """Return how much of a stretch, given in seconds, has no sound."""
        silent = sum(max(0.0, min(end, b) - max(start, a)) for a, b in self.silences)
        return silent / (end - start)


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """Labelled music; a source of music adds `fingerprint` and `audio`.

    Attributes
    ----------
    tracks, labels : tuple
        In a fixed order; everything per track follows it, and class ``i`` is ``labels[i]``.
    splits : mapping of str to str
        Set of each track by its ``track_id``, if the source says so; else empty.
    skipped, notes : tuple of Remark
        What cannot be used, and why; what is odd, but used.
    report, info : mapping
        Counts of what was read, and of what was left out by reason; what was found in each file.
    """

    name: str
    tracks: tuple[Track, ...]
    labels: tuple[str, ...]
    clip_seconds: float  # length of every track's audio
    citation: str = ""  # whom to cite
    licence: str = ""  # what may be done with the music
    splits: Mapping[str, str] = field(default_factory=dict)
    skipped: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()
    report: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    info: Mapping[str, FileInfo] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """Hash of all that determines labels, groups and audio."""
        raise NotImplementedError

    def audio(self, track: Track, sample_rate: int) -> np.ndarray:
        """Return the clean audio of `track` [shape=(n_samples,), float32, within ±1]."""
        raise NotImplementedError

    def part(self, tracks: Sequence[Track]) -> Self:
        """Return this data set with only `tracks`, cheap to send to another process."""
        return replace(self, tracks=tuple(tracks), skipped=(), notes=(), report={}, info={})


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
