"""A folder with one sub-folder per class: ``music/dub techno/Some Artist/Album/track.mp3``.

The first folder inside a class names the group, which should be the artist; a file directly in
the class folder is a group of its own. The second folder inside names the collection.
"""

import errno
import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from subgenre.data.dataset import Entry, Listing, Remark
from subgenre.plumbing.errors import DataError
from subgenre.plumbing.files import expanded, trouble
from subgenre.plumbing.text import printable

AUDIO_SUFFIXES = (
    ".wav", ".wave", ".bwf", ".rf64", ".w64", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".mp2",
    ".mpga", ".au", ".snd", ".aif", ".aiff", ".aifc", ".caf", ".m4a", ".m4b", ".mp4", ".aac",
    ".alac", ".wma", ".ape", ".wv", ".mpc", ".mka", ".webm", ".ac3", ".3gp"
)  # fmt: skip
"""File name extensions of audio; whether it can be decoded is found out by opening it."""
COMPANION_SUFFIXES = (
    ".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".svg", ".pdf", ".txt",
    ".md", ".rtf", ".htm", ".html", ".nfo", ".log", ".lrc", ".cue", ".m3u", ".m3u8", ".pls",
    ".xspf", ".xml", ".json", ".jsonl", ".yml", ".yaml", ".csv", ".tsv", ".ini", ".db", ".url",
    ".webloc", ".sfv", ".md5", ".sha1", ".spotdl", ".asd"
)  # fmt: skip
"""Artwork, texts, playlists: what lies beside music and is passed over without a word."""
CITATION = "Music of your own: name its artists where you show results."
LICENCE = (
    "The files are read where they are. The pages hold excerpts of them, so ask what the rights "
    "to the music allow before you publish pages."
)


def listing(path: str) -> Listing:
    """List the audio files of a folder with one sub-folder per class.

    Hidden files and `COMPANION_SUFFIXES` are passed over; other files that are not audio by their
    names are reported as skipped. Links are followed; a folder is listed once, in its own place
    rather than where a link leads to it.

    Parameters
    ----------
    path : str
        The folder.

    Raises
    ------
    DataError
        If there is no such folder, it may not be read, or it lacks sub-folders with audio for two
        classes.
    """
    root = expanded(path)
    why = trouble(root)
    if why or not os.path.isdir(root):
        raise DataError(
            f"Expected a folder with one sub-folder per class; {printable(path)} is no folder"
            f"{why and f' that can be read ({why})'}: correct the path."
        )
    walk = _Walk(root)
    walk.go()
    classes = sorted({entry.label for entry in walk.entries})
    if len(classes) < 2:
        closed = [one for one in walk.skipped if one.reason.startswith("unreadable")]
        also = f" ({closed[0].name} is {closed[0].reason})" if closed else ""
        raise DataError(
            "Expected a folder with one sub-folder of audio files per class, at least two; "
            f"{printable(path)} has {len(walk.labels)} sub-folders, {len(classes)} with audio"
            f"{also}: sort the files into sub-folders named by their class."
        )
    told = {one.name for one in walk.skipped}
    for label in walk.labels:
        if label not in classes and label not in told:
            walk.skipped.append(Remark(label, "a class folder without audio"))
    entries = sorted(walk.entries, key=lambda entry: entry.name)
    skipped = sorted(walk.skipped, key=lambda one: one.name)
    return Listing(path, tuple(entries), tuple(skipped), CITATION, LICENCE)


@dataclass
class _Walk:
    """Visits every real folder once: first those that no link leads to, then the links' targets."""

    root: Path
    entries: list[Entry] = field(default_factory=list)
    skipped: list[Remark] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)

    def go(self) -> None:
        seen = set()
        waiting: deque[tuple[Path, tuple[str, ...]]] = deque([(self.root, ())])
        while waiting:
            folder, parts = waiting.popleft()
            try:
                status = folder.stat()
                items = sorted(folder.iterdir())
            except OSError as error:  # no permission; a link to itself
                self._skip(parts, f"unreadable: {error.strerror}")
                continue
            if (status.st_dev, status.st_ino) in seen:
                self._skip(parts, "a link to a folder that is listed elsewhere")
                continue
            seen.add((status.st_dev, status.st_ino))
            for path in items:
                if path.name.startswith("."):
                    continue
                if os.path.isdir(path):
                    # Links wait at the end: their targets keep their own places.
                    add = waiting.append if path.is_symlink() else waiting.appendleft
                    add((path, (*parts, path.name)))
                    if not parts:
                        self.labels.append(printable(path.name))
                else:
                    self._file(path, (*parts, path.name))

    def _file(self, path: Path, parts: tuple[str, ...]) -> None:
        suffix = path.suffix.lower()
        if suffix in COMPANION_SUFFIXES:
            return
        why = _unreadable(path)
        if why:
            self._skip(parts, why)
        elif suffix not in AUDIO_SUFFIXES:
            self._skip(
                parts, f"not an audio file: its extension is {printable(suffix) or 'missing'}"
            )
        elif len(parts) == 1:
            self._skip(parts, "outside the class folders")
        else:
            self.entries.append(_entry(path, parts))

    def _skip(self, parts: tuple[str, ...], reason: str) -> None:
        self.skipped.append(Remark("/".join(_readable(parts)), reason))


def _unreadable(path: Path) -> str:
    """Return why what a folder lists cannot be seen; empty if it can."""
    try:
        path.stat()
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ELOOP):
            return "a broken link"
        return f"unreadable: {error.strerror}"
    return ""


def _entry(path: Path, parts: tuple[str, ...]) -> Entry:
    label, *folders, _ = _readable(parts)
    name = "/".join(_readable(parts))
    group = folders[0] if folders else name
    collection = folders[1] if len(folders) > 1 else label
    return Entry(path, label, group, name, title=printable(path.stem), collection=collection)


def _readable(parts: tuple[str, ...]) -> Iterator[str]:
    return (printable(part) for part in parts)
