"""What a source says about its music before any audio is opened: files, classes, groups."""

from dataclasses import dataclass, field
from pathlib import Path

SPLITS = ("train", "validation", "test")


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
class Skipped:
    """A file, a row or a class that cannot be used, or is odd, and why, in words for people."""

    name: str
    reason: str


@dataclass(frozen=True)
class Listing:
    """All that a source lists.

    Attributes
    ----------
    name : str
        The data set's name, as the user gave it.
    entries : tuple of Entry
        In a fixed order.
    skipped : tuple of Skipped
        What the source itself rules out.
    citation, licence : str
        Whom to cite, and what may be done with the music.
    notes : tuple of Skipped
        What is odd about the source, and used all the same.
    """

    name: str
    entries: tuple[Entry, ...]
    skipped: tuple[Skipped, ...] = field(default=())
    citation: str = ""
    licence: str = ""
    notes: tuple[Skipped, ...] = field(default=())
