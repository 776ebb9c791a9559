"""What every source of labelled music offers to the study."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np

from subgenre.data.listing import Skipped

if TYPE_CHECKING:  # a data set without files needs no audio library
    from subgenre.data.files.inspection import FileInfo


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


class Dataset(Protocol):
    """Labelled music behind one small protocol.

    Attributes
    ----------
    name : str
        The name used on the command line and in records.
    tracks : sequence of Track
        In a fixed order; everything per track follows it.
    labels : tuple of str
        The classes in a fixed order; class ``i`` is ``labels[i]``.
    clip_seconds : float
        Length of every track's audio, in seconds.
    fingerprint : str
        Hash of all that determines labels, groups and audio.
    citation, licence : str
        Whom to cite, and what may be done with the music.
    splits : mapping of str to str
        By ``track_id``, if the source says which set each track belongs to; else empty.
    skipped, notes : sequence of Skipped
        What cannot be used, and why; what is odd, but used.
    report : mapping of str to mapping
        Counts of what was read, and of what was left out by reason.
    info : mapping of str to FileInfo
        What was found in each file, by its name; empty if the music is not kept in files.
    """

    @property
    def name(self) -> str: ...  # noqa: D102 - described above, as are the others
    @property
    def tracks(self) -> Sequence[Track]: ...  # noqa: D102
    @property
    def labels(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def clip_seconds(self) -> float: ...  # noqa: D102
    @property
    def fingerprint(self) -> str: ...  # noqa: D102
    @property
    def citation(self) -> str: ...  # noqa: D102
    @property
    def licence(self) -> str: ...  # noqa: D102
    @property
    def splits(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def skipped(self) -> Sequence[Skipped]: ...  # noqa: D102
    @property
    def notes(self) -> Sequence[Skipped]: ...  # noqa: D102
    @property
    def report(self) -> Mapping[str, Mapping[str, int]]: ...  # noqa: D102
    @property
    def info(self) -> "Mapping[str, FileInfo]": ...  # noqa: D102

    def audio(self, track: Track, sample_rate: int) -> np.ndarray:
        """Return the clean audio of `track` [shape=(n_samples,), float32, within ±1]."""
        ...

    def part(self, tracks: Sequence[Track]) -> Self:
        """Return this data set with only `tracks`, cheap to send to another process."""
        ...
