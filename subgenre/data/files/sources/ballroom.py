"""The Ballroom data set: 698 excerpts of 30 s in eight dance styles, with known replicas.

References
----------
The replicas were found by B. L. Sturm; F. Krebs, S. Böck, G. Widmer list them with their beat
annotations: https://github.com/CPJKU/BallroomAnnotations
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from subgenre.data.dataset import Entry, Listing
from subgenre.data.files.sources import ASIDE, contents, listing_of, of_class_folders
from subgenre.data.files.walk import SIDE_FOLDERS
from subgenre.data.names import DatasetName

REPLICAS = (
    ("Albums-AnaBelen_Veneo-11", "Albums-Chrisanne2-12"),
    ("Albums-Fire-08", "Albums-Fire-09"),  # a cha-cha-cha and a samba
    ("Albums-Latin_Jam2-05", "Albums-Latin_Jam2-13"),
    ("Albums-Secret_Garden-01", "Media-104705"),
    ("Albums-AnaBelen_Veneo-03", "Albums-AnaBelen_Veneo-15"),
    ("Albums-Ballroom_Magic-03", "Albums-Ballroom_Magic-18"),
    ("Albums-Latin_Jam-04", "Albums-Latin_Jam-13"),
    ("Albums-Latin_Jam-08", "Albums-Latin_Jam-14"),
    ("Albums-Latin_Jam-06", "Albums-Latin_Jam-15"),
    ("Albums-Latin_Jam2-02", "Albums-Latin_Jam2-14"),
    ("Albums-Latin_Jam2-07", "Albums-Latin_Jam2-15"),
    ("Albums-Latin_Jam3-02", "Media-103414"),
    ("Media-103402", "Media-103415"),
)
"""Four pairs of the same excerpt, then nine of the same recording."""

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
_RUMBA = re.compile(r"Rumba-(?:American|International|Misc)", re.I)
_ALBUM = re.compile(r"Albums-(.+)-\d+")


def listing(name: DatasetName) -> Listing:
    """List the excerpts in a folder that holds ``BallroomData``, or the styles themselves.

    The three kinds of rumba are one class, as they are in the literature. A group is an album;
    excerpts whose album is not known are groups of their own. Of two replicas the first is
    kept, and none if their styles differ.

    Raises
    ------
    DataError
        If it cannot be listed, or there are fewer than two styles in it.
    """
    name.own_options()
    folder = name.directory()
    inner = folder / "BallroomData"
    root = inner if os.path.isdir(inner) else folder
    folders = [path for path in contents(root) if os.path.isdir(path)]
    aside = [path for path in folders if SIDE_FOLDERS.fullmatch(path.name)]
    styles = [path for path in folders if path not in aside]
    entries, skipped = of_class_folders(folder, styles, _entry)
    replicas = _replicas({entry.path.stem: entry for entry in entries})
    skipped |= sorted(replicas.items())
    entries = [entry for entry in entries if entry.name not in replicas]
    return listing_of(
        *(name, entries, skipped, (CITATION, LICENCE)),
        f"folders of .wav files for two dance styles or more in {root}, such as Waltz and Tango",
        "name the folder that holds BallroomData",
        {path.name: ASIDE for path in aside},
    )


def _entry(path: Path, name: str) -> Entry | str:
    if path.suffix.lower() != ".wav":
        return "not a .wav file, as the excerpts are"
    style, album = path.parent.name, _ALBUM.fullmatch(path.stem)
    return Entry(
        path=path,
        label="Rumba" if _RUMBA.fullmatch(style) else style,
        group=f"Albums-{album[1]}" if album else path.stem,
        name=name,
        title=path.stem,
        collection=album[1].replace("_", " ") if album else "Media",
    )


def _replicas(by_stem: Mapping[str, Entry]) -> dict[str, str]:
    """Return the excerpts that go, by their names, and why."""
    reasons = {}
    for stems in REPLICAS:
        if not all(stem in by_stem for stem in stems):
            continue
        first, second = (by_stem[stem] for stem in stems)
        if first.label == second.label:
            reasons[second.name] = f"replica: the same recording as {first.name}"
        else:
            reasons[first.name] = f"replica in another style: {second.name}"
            reasons[second.name] = f"replica in another style: {first.name}"
    return reasons
