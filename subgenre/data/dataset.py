"""What every source of labelled music is to the study, and what it lists before that."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import numpy as np

SETS = ("train", "validation", "test")
"""What music is divided into."""


@dataclass(frozen=True)
class Track:
    """One labelled piece of audio.

    Attributes
    ----------
    track_id : str
        Unique name within its data set.
    label : str
        The class, for example ``"slip jig"``.
    group : str
        What a split never cuts: tune family, artist, album.
    title : str
        For people.
    collection : str
        Where it comes from: book, label, playlist.
    """

    track_id: str
    label: str
    group: str
    title: str = ""
    collection: str = ""


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
    problem : str or None
        Why the file cannot be used: a kind, a colon, the details. None if it can be.
    notes : tuple of str
        What is odd about it and does no harm.
    duration : float
        Seconds that can be decoded.
    sample_rate : int
        In Hz.
    channels : int
    format, subtype : str
        Container and encoding.
    bytes_hash : str
        The same for the same file.
    samples_hash : str
        The same for the same samples, in whatever lossless container.
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
    format: str = ""
    subtype: str = ""
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
    name : str
        The name used on the command line and in records.
    tracks : tuple of Track
        In a fixed order; everything per track follows it.
    labels : tuple of str
        The classes in a fixed order; class ``i`` is ``labels[i]``.
    clip_seconds : float
        Length of every track's audio, in seconds.
    citation, licence : str
        Whom to cite, and what may be done with the music.
    splits : mapping of str to str
        Set of each track by its ``track_id``, if the source says so; else empty.
    skipped, notes : tuple of Remark
        What cannot be used, and why; what is odd, but used.
    report : mapping of str to mapping
        Counts of what was read, and of what was left out by reason.
    info : mapping of str to FileInfo
        What was found in each file, by its name; empty if the music is not kept in files.
    """

    name: str
    tracks: tuple[Track, ...]
    labels: tuple[str, ...]
    clip_seconds: float
    citation: str = ""
    licence: str = ""
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
    """One audio file, or a stretch of one, with what the source says of it.

    Attributes
    ----------
    path : Path
        The audio file.
    label : str
        The class.
    group : str
        What a split never cuts: artist, album, track.
    name : str
        Unique within the source and the same on every machine: the path below the source's folder.
    title, collection : str
        For people; the collection is where it comes from, such as an album or a playlist.
    start, end : float or None
        In seconds; None for the start or the end of the file.
    split : {'train', 'validation', 'test'} or None
        The side that the source itself puts it on, if it does.
    """

    path: Path
    label: str
    group: str
    name: str
    title: str = ""
    collection: str = ""
    start: float | None = None
    end: float | None = None
    split: str | None = None


@dataclass(frozen=True)
class Listing:
    """All that a source lists.

    Attributes
    ----------
    name : str
        The data set's name, as the user gave it.
    entries : tuple of Entry
        In a fixed order.
    skipped : tuple of Remark
        What the source itself rules out.
    citation, licence : str
        Whom to cite, and what may be done with the music.
    notes : tuple of Remark
        What is odd about the source, and used all the same.
    """

    name: str
    entries: tuple[Entry, ...]
    skipped: tuple[Remark, ...] = field(default=())
    citation: str = ""
    licence: str = ""
    notes: tuple[Remark, ...] = field(default=())
