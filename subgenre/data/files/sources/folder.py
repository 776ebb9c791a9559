"""A folder with one sub-folder per class: ``music/dub techno/Some Artist/Album/track.mp3``.

The first folder inside a class names the group, which should be the artist; a file directly in
the class folder is a group of its own. The second folder inside names the collection.
"""

import errno
import os
from pathlib import Path

from subgenre.data.dataset import Entry, Listing, Remark
from subgenre.data.files.sources import ASIDE, contents, of_two_classes
from subgenre.data.files.walk import AUDIO_SUFFIXES, COMPANION_SUFFIXES, walk
from subgenre.data.names import DatasetName
from subgenre.plumbing.text import printable

CITATION = "Music of your own: name its artists where you show results."
LICENCE = (
    "The files are read where they are. The pages hold excerpts of them, so ask what the rights "
    "to the music allow before you publish pages."
)


def listing(name: DatasetName) -> Listing:
    """List the audio files of a folder with one sub-folder per class.

    `COMPANION_SUFFIXES` are passed over; other files that are not audio by their names are skipped.
    """
    root = name.directory()
    walked = walk(root, set())
    files = [path for path in walked.files if path.suffix.lower() not in COMPANION_SUFFIXES]
    found = {_name(path, root): _entry(path, root) for path in files}
    found |= {_name(path, root): f"unreadable: {why}" for path, why in walked.closed.items()}
    for path in walked.repeated:
        found[_name(path, root)] = "a link to a folder that is listed elsewhere"
    used = {entry.label for entry in found.values() if isinstance(entry, Entry)}
    for path in contents(root):
        if os.path.isdir(path) and path not in walked.aside and printable(path.name) not in used:
            found.setdefault(printable(path.name), "a class folder without audio")
    found = dict(sorted(found.items()))
    notes = [Remark(_name(path, root), ASIDE) for path in walked.aside]
    expected = f"audio files of two classes in sub-folders of {printable(root)}"
    advice = "sort the files into sub-folders named by their class"
    return of_two_classes(name, found, (CITATION, LICENCE), expected, advice, notes)


def _name(path: Path, root: Path) -> str:
    return printable(path.relative_to(root).as_posix())


def _entry(path: Path, root: Path) -> Entry | str:
    """Return a file as music of a class, or the reason why it is none."""
    try:
        path.stat()
    except OSError as error:
        broken = error.errno in (errno.ENOENT, errno.ELOOP)
        return "a broken link" if broken else f"unreadable: {error.strerror}"
    suffix = path.suffix.lower()
    if suffix not in AUDIO_SUFFIXES:
        return f"not an audio file: its extension is {printable(suffix) or 'missing'}"
    if path.parent == root:
        return "outside the class folders"
    name = _name(path, root)
    label, *folders = name.split("/")[:-1]
    group = folders[0] if folders else name
    collection = folders[1] if len(folders) > 1 else label
    return Entry(path, label, group, name, printable(path.stem), collection)
