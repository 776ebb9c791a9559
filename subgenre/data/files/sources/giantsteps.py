"""The GiantSteps data sets: previews of electronic dance music from Beatport, with its genres.

There are two of one form, for tempo and for key, with some 660 and 600 previews of two minutes.

References
----------
https://github.com/GiantSteps/giantsteps-tempo-dataset,
https://github.com/GiantSteps/giantsteps-key-dataset
"""

import os
from pathlib import Path

from subgenre.data.dataset import Entry, Listing, Remark
from subgenre.data.spec import contents, parse_spec
from subgenre.plumbing.errors import DataError

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


def listing(spec: str) -> Listing:
    """List the previews of a GiantSteps data set that have a genre and audio.

    Parameters
    ----------
    spec : str
        The folder that holds ``annotations/genre`` with files such as ``1234.LOFI.genre``, and
        ``audio`` with ``1234.LOFI.mp3``. There are no options.

    Raises
    ------
    DataError
        If these folders are missing or cannot be listed, or there are fewer than two genres.
    """
    folder, _ = parse_spec("giantsteps", spec, {})
    annotations, audio = folder / "annotations" / "genre", folder / "audio"
    for place in (annotations, audio):
        if not os.path.isdir(place):
            raise DataError(
                f"Expected the folder {place}, but there is none: name a clone of a GiantSteps "
                "data set, after its script audio_dl.sh has fetched the audio."
            )
    genres = [path for path in contents(annotations) if path.suffix == ".genre"]
    found = [_entry(folder, path, audio) for path in genres]
    entries = [one for one in found if isinstance(one, Entry)]
    skipped = [one for one in found if isinstance(one, Remark)]
    annotated = {entry.path.stem for entry in entries} | {Path(one.name).stem for one in skipped}
    skipped += [
        Remark(path.relative_to(folder).as_posix(), "no file in annotations/genre says its genre")
        for path in contents(audio)
        if path.suffix.lower() in _SUFFIXES and path.stem not in annotated
    ]
    labels = sorted({entry.label for entry in entries})
    if len(labels) < 2:
        raise DataError(
            f"Expected audio of at least two genres in {audio}; got {labels}: run the data set's "
            "script audio_dl.sh."
        )
    return Listing(f"giantsteps:{spec}", tuple(entries), tuple(skipped), CITATION, LICENCE)


def _entry(folder: Path, annotation: Path, audio: Path) -> Entry | Remark:
    name = annotation.relative_to(folder).as_posix()
    try:
        label = " ".join(annotation.read_text(encoding="utf-8-sig").split())
    except (OSError, UnicodeDecodeError):
        return Remark(name, "cannot be read as text")
    if not label:
        return Remark(name, "says no genre")
    files = [audio / f"{annotation.stem}{suffix}" for suffix in _SUFFIXES]
    path = next((path for path in files if os.path.isfile(path)), None)
    if path is None:
        return Remark(name, f"no audio: there is no audio/{files[0].name}")
    stem = annotation.stem
    return Entry(
        path=path,
        label=label,
        group=stem,
        name=path.relative_to(folder).as_posix(),
        title=stem.removesuffix(".LOFI"),
        collection="Beatport",
    )
