"""What a data set leaves out, and what is odd in it: in words for a terminal, and as a file."""

import csv
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from subgenre.config import MIN_CLIP_SECONDS
from subgenre.data.dataset import SETS, Dataset, Remark
from subgenre.plumbing.errors import TooLittleError
from subgenre.plumbing.files import written_aside
from subgenre.plumbing.spelling import cure
from subgenre.plumbing.text import printable

SKIPPED_FILE = "skipped.csv"  # the whole list, beside the records of a study
MOST_LINES, MOST_ALIKE = 20, 5  # on a terminal, in all and for one reason; the rest is counted
SHORT = "shorter than a clip"
ADVICE = {
    "unreadable": "see to the rights to read it",
    "start or end": "write times in seconds, 11 for 0:11 and 0.5 for 0,5",
    "more fields": "quote what holds a comma, and write 0.5 for 0,5",
    "unknown split": f"write one of {', '.join(SETS)}",
    "a class with too few groups": "add music by others to each class",
    "a class without music for": "put music of each class into all three sets",
    "several labels": "give each stretch of music one label",
    "same recording under": "give each recording one label",
    **dict.fromkeys(
        ("empty", "zero length", "silent", "NaN", "not audio", "truncated", "damaged", "cannot be"),
        "fetch or export these files anew",
    ),
}
"""What to do, by how a reason begins; on all others the source has advice."""


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
    """Yield a line for what is skipped or noted, or for its reason; `whole_list` has it all."""
    for word, remarks in (("skipped", music.skipped), ("note", music.notes)):
        lines = [line for alike in _by_reason(remarks) for line in _told(alike)]
        yield from (f"{word}: {line}" for line in lines[:MOST_LINES])
        if len(remarks) > len(lines[:MOST_LINES]):
            yield f"{word}: {len(remarks):,} in all, see {whole_list}"
    if cap := cap_in_words(music):
        yield f"left out: {cap}"


def _by_reason(remarks: Iterable[Remark]) -> list[list[Remark]]:
    """Return remarks by the kind of their reason, the commonest first."""
    kinds: dict[str, list[Remark]] = defaultdict(list)
    for one in remarks:
        kinds[_kind(one)].append(one)
    return sorted(kinds.values(), key=len, reverse=True)


def _kind(remark: Remark) -> str:
    """Return the words before a colon, without numbers."""
    return printable(re.sub(r"\d[\d.,]*", "…", remark.reason.partition(":")[0]))


def _told(alike: Sequence[Remark]) -> Iterator[str]:
    shown = alike if len(alike) <= MOST_ALIKE else alike[:1]
    count = "" if shown is alike else f"{len(alike):,} × {_kind(alike[0])}, such as "
    yield from (f"{count}{_line(one)}" for one in shown)


def _line(remark: Remark) -> str:
    return f"{printable(remark.name)}: {printable(remark.reason)}"


def too_little(
    expected: str,
    got: object,
    advice: str,
    skipped: Sequence[Remark],
    known: Sequence[Remark] = (),
    notes: Sequence[Remark] = (),
) -> TooLittleError:
    """Return the error of a set with fewer than two classes: its commonest reason, and the cure.

    Parameters
    ----------
    expected, got : str, object
        Two classes of what, and what there is.
    advice : str
        On reasons without advice of their own.
    skipped, known, notes : sequence of Remark
        What was left out; what was sure to be, and so is no reason unless it is the only one.
    """
    why = ""
    if kinds := _by_reason(skipped or known):
        counts = "; ".join(f"{len(alike):,} × {_kind(alike[0])}" for alike in kinds[:MOST_ALIKE])
        one = kinds[0][0]
        is_there = one.path is None or os.path.exists(one.path)
        tried = "" if is_there else f", tried at {printable(str(one.path))}"
        why = f" (left out: {counts}, for example {_line(one)}{tried})"
        advice = _advice(kinds[0], advice)
    said = f"Expected {expected}; got {got}{why}: {advice}"
    return TooLittleError(said, (*known, *skipped), notes)


def _advice(alike: Sequence[Remark], otherwise: str) -> str:
    """Return what to do about the reason that these share."""
    path, reason = alike[0].path, alike[0].reason
    if path and "no such file" in reason.lower():
        return cure(path, f"correct the path, or {otherwise}")
    if reason.startswith(SHORT):
        found = [re.search(r": ([\d.]+) s", one.reason) for one in alike]
        seconds = sorted(float(one[1]) for one in found if one)[len(found) // 10]
        shorter = max(MIN_CLIP_SECONDS, seconds)
        return f"ask for shorter clips by ?clip_seconds={shorter:g} behind the data set's name"
    return next((said for begin, said in ADVICE.items() if reason.startswith(begin)), otherwise)


def write_list(music: Dataset | TooLittleError, folder: Path) -> Path:
    """Write all that is skipped or noted into `folder`, and return the path of the list."""
    path = folder / SKIPPED_FILE
    with written_aside(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["what", "why", "kind"])
        for kind, some in (("skipped", music.skipped), ("noted", music.notes)):
            table.writerows((printable(one.name), printable(one.reason), kind) for one in some)
    return path
