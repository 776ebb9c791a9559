"""The Ballroom data set: 698 excerpts of 30 s in eight dance styles, with known replicas.

References
----------
The replicas were found by B. L. Sturm; F. Krebs, S. Böck, G. Widmer list them with their beat
annotations: https://github.com/CPJKU/BallroomAnnotations
"""

import os
import re
from pathlib import Path

from subgenre.data.dataset import Entry, Listing
from subgenre.data.files.sources import contents, of_class_folders, of_two_classes
from subgenre.data.names import DatasetName

_ALBUM = "Albums-"
_STEMS = """
    AnaBelen_Veneo-11 Chrisanne2-12 Fire-08 Fire-09 Latin_Jam2-05 Latin_Jam2-13
    Secret_Garden-01 Media-104705 AnaBelen_Veneo-03 AnaBelen_Veneo-15
    Ballroom_Magic-03 Ballroom_Magic-18 Latin_Jam-04 Latin_Jam-13 Latin_Jam-08 Latin_Jam-14
    Latin_Jam-06 Latin_Jam-15 Latin_Jam2-02 Latin_Jam2-14 Latin_Jam2-07 Latin_Jam2-15
    Latin_Jam3-02 Media-103414 Media-103402 Media-103415
"""
#: Four pairs of the same excerpt, then nine of the same recording, without ``Albums-``.
REPLICAS = [*zip(_STEMS.split()[::2], _STEMS.split()[1::2], strict=True)]

CITATION = (
    "F. Gouyon, A. Klapuri, S. Dixon, M. Alonso, G. Tzanetakis, C. Uhle, P. Cano, An experimental "
    "comparison of audio tempo induction algorithms, IEEE Transactions on Audio, Speech and "
    "Language Processing 14(5), 2006; its replicas: F. Krebs, S. Böck, G. Widmer, Rhythmic "
    "Pattern Modeling for Beat and Downbeat Tracking in Musical Audio, 14th International Society "
    "for Music Information Retrieval Conference, 2013."
)
LICENCE = (
    "The excerpts are previews of commercial recordings and carry no licence; the set has been "
    "passed on for research. Dances have set tempi: a model may learn the tempo alone."
)


def listing(name: DatasetName) -> Listing:
    """List the excerpts in a folder that holds ``BallroomData``, or the styles themselves.

    The three kinds of rumba are one class, as they are in the literature. A group is an album;
    excerpts whose album is not known are groups of their own. Of two replicas the first is
    kept, and none if their styles differ.
    """
    name.own_options()
    folder = name.directory()
    root = next(filter(os.path.isdir, (folder / "BallroomData", folder)))
    found = of_class_folders(folder, filter(os.path.isdir, contents(root)), _entry)
    entries = (one for one in found.values() if isinstance(one, Entry))
    by_stem = {entry.title.removeprefix(_ALBUM): entry for entry in entries}
    for one, other in REPLICAS:
        first, second = by_stem.get(one), by_stem.get(other)
        if first and second and first.label == second.label:
            found[second.name] = f"replica: the same recording as {first.name}"
        elif first and second:
            found[first.name] = f"replica in another style: {second.name}"
            found[second.name] = f"replica in another style: {first.name}"
    expected = f"folders of .wav files for two dance styles or more in {root}, as Waltz and Tango"
    advice = "name the folder that holds BallroomData"
    return of_two_classes(name, found, (CITATION, LICENCE), expected, advice)


def _entry(path: Path, name: str) -> Entry | str:
    if path.suffix.lower() != ".wav":
        return "not a .wav file, as the excerpts are"
    style, album = path.parent.name, re.fullmatch(rf"({_ALBUM}(.+))-\d+", path.stem)
    label = re.sub("^Rumba-(American|International|Misc)$", "Rumba", style, flags=re.I)
    group, collection = album.groups() if album else (path.stem, "Media")
    return Entry(path, label, group, name, path.stem, collection.replace("_", " "))
