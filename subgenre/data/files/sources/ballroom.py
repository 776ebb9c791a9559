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
from subgenre.data.files.sources import contents, of_class_folders, of_two_classes, remarks
from subgenre.data.names import DatasetName

_STEMS = """
    AnaBelen_Veneo-11 Chrisanne2-12 Fire-08 Fire-09 Latin_Jam2-05 Latin_Jam2-13
    Secret_Garden-01 Media-104705 AnaBelen_Veneo-03 AnaBelen_Veneo-15
    Ballroom_Magic-03 Ballroom_Magic-18 Latin_Jam-04 Latin_Jam-13 Latin_Jam-08 Latin_Jam-14
    Latin_Jam-06 Latin_Jam-15 Latin_Jam2-02 Latin_Jam2-14 Latin_Jam2-07 Latin_Jam2-15
    Latin_Jam3-02 Media-103414 Media-103402 Media-103415
"""
_NAMES = [stem if "Media" in stem else f"Albums-{stem}" for stem in _STEMS.split()]
REPLICAS = [*zip(_NAMES[::2], _NAMES[1::2], strict=True)]
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
    styles = filter(os.path.isdir, contents(root))
    entries, skipped = of_class_folders(folder, styles, _entry)
    replicas = _replicas({entry.path.stem: entry for entry in entries})
    skipped |= sorted(replicas.items())
    entries = [entry for entry in entries if entry.name not in replicas]
    return of_two_classes(
        Listing(str(name), tuple(entries), remarks(skipped), CITATION, LICENCE),
        f"folders of .wav files for two dance styles or more in {root}, such as Waltz and Tango",
        "name the folder that holds BallroomData",
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
    for first, second in ([by_stem.get(stem) for stem in stems] for stems in REPLICAS):
        if not first or not second:
            continue
        if first.label == second.label:
            reasons[second.name] = f"replica: the same recording as {first.name}"
        else:
            reasons[first.name] = f"replica in another style: {second.name}"
            reasons[second.name] = f"replica in another style: {first.name}"
    return reasons
