"""What a data set leaves out, and what is odd in it: in words for a terminal, and as a file."""

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from subgenre.data.dataset import Dataset
from subgenre.plumbing.files import written_aside
from subgenre.plumbing.text import printable

SKIPPED_FILE = "skipped.csv"
"""The whole list, beside the records of a study."""
COLUMNS = ("what", "why", "kind")
MOST_NOTES = 20
"""Lines of notes on a terminal; what is beyond is counted."""


def spare_clips(music: Dataset) -> dict[str, int]:
    """Return how many clips of each class could be used, but are beyond the profile's number.

    Classes of which every clip is used have no entry.
    """
    there = music.report.get("clips", {})
    used = Counter(track.label for track in music.tracks)
    return {label: n - used[label] for label, n in there.items() if n > used[label]}


def cap_in_words(music: Dataset) -> str:
    """Say how many clips the profile's number of clips per class leaves out; empty if none."""
    spare = spare_clips(music)
    if not spare:
        return ""
    n_used, n_spare = len(music.tracks), sum(spare.values())
    cap = max(Counter(t.label for t in music.tracks if t.label in spare).values())
    classes = "1 class" if len(spare) == 1 else f"{len(spare)} classes"
    return (
        f"{n_spare:,} of {n_used + n_spare:,} usable clips, because the profile takes at most "
        f"{cap:,} of each class; that concerns {classes}"
    )


def in_lines(music: Dataset, whole_list: str) -> Iterator[str]:
    """Yield a line for all that is skipped, for the first of the notes, and for the rest.

    Parameters
    ----------
    music : Dataset
    whole_list : str
        Where all notes can be read.
    """
    for one in music.skipped:
        yield f"skipped: {printable(one.name)}: {printable(one.reason)}"
    for one in music.notes[:MOST_NOTES]:
        yield f"note: {printable(one.name)}: {printable(one.reason)}"
    if len(music.notes) > MOST_NOTES:
        yield f"note: and {len(music.notes) - MOST_NOTES:,} more, see {whole_list}"
    if spare_clips(music):
        yield f"left out: {cap_in_words(music)}"


def write_list(music: Dataset, folder: Path) -> Path:
    """Write all that is skipped or noted into `folder` as `SKIPPED_FILE`, and return its path.

    Parameters
    ----------
    music : Dataset
    folder : Path
        Of the records of the study on it.

    Raises
    ------
    StorageError
        If it cannot be written.
    """
    path = folder / SKIPPED_FILE
    kinds = {"skipped": music.skipped, "noted": music.notes}
    with written_aside(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for kind, some in kinds.items():
            table.writerows((printable(one.name), printable(one.reason), kind) for one in some)
    return path
