"""The GiantSteps data sets: previews of electronic dance music from Beatport, with its genres.

There are two of one form, for tempo and for key, with some 660 and 600 previews of two minutes.

References
----------
https://github.com/GiantSteps/giantsteps-tempo-dataset,
https://github.com/GiantSteps/giantsteps-key-dataset
"""

import os
from pathlib import Path

from subgenre.data.dataset import Entry, Listing
from subgenre.data.files.sources import contents, of_two_classes
from subgenre.data.names import DatasetName

CITATION = (
    "P. Knees, Á. Faraldo, P. Herrera, R. Vogl, S. Böck, F. Hörschläger, M. Le Goff, Two data "
    "sets for tempo estimation and key detection in electronic dance music annotated from user "
    "corrections, 16th International Society for Music Information Retrieval Conference, 2015."
)
LICENCE = (
    "The annotations are given away for research. The audio are previews of commercial "
    "recordings, fetched by each user. The genres are those that Beatport sells them under. "
    "Artists are not said, so that training and test may share some."
)
_SUFFIXES = (".mp3", ".wav")  # as fetched, and as the sets' own script converts them


def listing(name: DatasetName) -> Listing:
    """List the previews of a GiantSteps data set that have a genre and audio.

    The folder holds ``annotations/genre/1234.LOFI.genre`` and ``audio/1234.LOFI.mp3``.
    """
    name.own_options()
    folder = name.directory()
    audio = folder / "audio"
    genres = contents(folder / "annotations" / "genre")
    said = {path.stem: path for path in genres if path.suffix == ".genre"}
    found = {f"annotations/genre/{path.name}": _entry(path, audio) for path in said.values()}
    for path in contents(audio):
        if path.suffix.lower() in _SUFFIXES and path.stem not in said:
            found[f"audio/{path.name}"] = "no file in annotations/genre says its genre"
    expected, advice = f"audio of two genres in {audio}", "run the data set's script audio_dl.sh"
    return of_two_classes(name, found, (CITATION, LICENCE), expected, advice)


def _entry(annotation: Path, audio: Path) -> Entry | str:
    """Return the preview of an annotation, or the reason why there is none."""
    try:
        label = " ".join(annotation.read_text(encoding="utf-8-sig").split())
    except (OSError, UnicodeDecodeError):
        return "cannot be read as text"
    if not label:
        return "says no genre"
    stem = annotation.stem
    for path in (audio / f"{stem}{suffix}" for suffix in _SUFFIXES):
        if os.path.isfile(path):
            title = stem.removesuffix(".LOFI")
            return Entry(path, label, stem, f"audio/{path.name}", title, "Beatport")
    return f"no audio: there is no audio/{stem}{_SUFFIXES[0]}"
