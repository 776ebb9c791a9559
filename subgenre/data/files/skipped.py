"""What a data set leaves out, and what is odd in it: in words for a terminal, and as a file."""

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from subgenre.data.dataset import Dataset
from subgenre.plumbing.files import written_aside
from subgenre.plumbing.text import printable

SKIPPED_FILE = "skipped.csv"  # the whole list, beside the records of a study
MOST_NOTES = 20  # on a terminal; what is beyond is counted


def cap_in_words(music: Dataset) -> str:
    """Say how many clips the profile's number of clips per class leaves out; empty if none."""
    used = Counter(track.label for track in music.tracks)
    there = music.report.get("clips", {})
    spare = {label: n - used[label] for label, n in there.items() if n > used[label]}
    if not spare:
        return ""
    n_used, n_spare = len(music.tracks), sum(spare.values())
    classes = "1 class" if len(spare) == 1 else f"{len(spare)} classes"
    return (
        f"{n_spare:,} of {n_used + n_spare:,} usable clips, because the profile takes at most "
        f"{max(used[label] for label in spare):,} of each class; that concerns {classes}"
    )


def in_lines(music: Dataset, whole_list: str) -> Iterator[str]:
    """Yield a line for all that is skipped, and for the first notes; `whole_list` has them all."""
    for one in music.skipped:
        yield f"skipped: {printable(one.name)}: {printable(one.reason)}"
    for one in music.notes[:MOST_NOTES]:
        yield f"note: {printable(one.name)}: {printable(one.reason)}"
    if len(music.notes) > MOST_NOTES:
        yield f"note: and {len(music.notes) - MOST_NOTES:,} more, see {whole_list}"
    if cap := cap_in_words(music):
        yield f"left out: {cap}"


def write_list(music: Dataset, folder: Path) -> Path:
    """Write all that is skipped or noted into `folder`, and return the path of the list."""
    path = folder / SKIPPED_FILE
    with written_aside(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["what", "why", "kind"])
        for kind, some in (("skipped", music.skipped), ("noted", music.notes)):
            table.writerows((printable(one.name), printable(one.reason), kind) for one in some)
    return path
