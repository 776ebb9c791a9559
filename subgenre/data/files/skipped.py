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
Remarks = Sequence[Remark]
ADVICE = {
    "unreadable": "see to the rights to read it",
    "start or end": "write times in seconds, 11 for 0:11 and 0.5 for 0,5",
    "more fields": "quote what holds a comma, and write 0.5 for 0,5",
    "unknown split": f"write one of {', '.join(SETS)}",
    "a class with too few groups": "add music by others to each class",
    "a class without music for": "put music of each class into all three sets",
    "several labels": "give each stretch of music one label",
    "same recording under": "give each recording one label",
}
_BAD = ("empty", "zero length", "silent", "NaN", "not audio", "truncated", "damaged", "cannot be")
ADVICE |= dict.fromkeys(_BAD, "fetch or export these files anew")
"""What to do, by how a reason begins; on all others the source has advice."""


def cap_in_words(music: Dataset) -> str:
    """Say how many clips the profile's number of clips per class leaves out; empty if none."""
    used = Counter(track.label for track in music.tracks)
    spare = Counter(music.report.get("clips", {})) - used
    if not spare:
        return ""
    classes = "1 class" if len(spare) == 1 else f"{len(spare)} classes"
    most = max(used[label] for label in spare)
    return (
        f"{spare.total():,} of {(used + spare).total():,} usable clips, because the profile takes "
        f"at most {most:,} of each class; that concerns {classes}"
    )


def in_lines(music: Dataset, whole_list: str) -> Iterator[str]:
    """Yield a line for what is skipped or noted, or for its reason; `whole_list` has it all."""
    for word, remarks in (("skipped", music.skipped), ("note", music.notes)):
        lines: list[str] = []
        for kind, alike in _by_reason(remarks).items():
            few = len(alike) <= MOST_ALIKE
            count = "" if few else f"{len(alike):,} × {kind}, such as "
            lines += (f"{count}{_line(one)}" for one in (alike if few else alike[:1]))
        yield from (f"{word}: {line}" for line in lines[:MOST_LINES])
        if len(remarks) > len(lines[:MOST_LINES]):
            yield f"{word}: {len(remarks):,} in all, see {whole_list}"
    if cap := cap_in_words(music):
        yield f"left out: {cap}"


def _by_reason(remarks: Iterable[Remark]) -> dict[str, list[Remark]]:
    """Return remarks by their reason's words before a colon, without numbers; commonest first."""
    kinds: dict[str, list[Remark]] = defaultdict(list)
    for one in remarks:
        kinds[printable(re.sub(r"\d[\d.,]*", "…", one.reason.partition(":")[0]))].append(one)
    return dict(sorted(kinds.items(), key=lambda kind: len(kind[1]), reverse=True))


def _line(remark: Remark) -> str:
    return f"{printable(remark.name)}: {printable(remark.reason)}"


def too_little(
    expected: str, got: object, advice: str, skipped: Remarks, known: Remarks, notes: Remarks
) -> TooLittleError:
    """Return the error of a set with fewer than two classes: its commonest reason, and the cure.

    `advice` is on reasons without their own; what was `known` to be left out is no reason unless
    it is the only one.
    """
    why = ""
    if kinds := _by_reason(skipped or known):
        counts = [f"{len(alike):,} × {kind}" for kind, alike in kinds.items()]
        commonest = next(iter(kinds.values()))
        one = commonest[0]
        is_there = one.path is None or os.path.exists(one.path)
        tried = "" if is_there else f", tried at {printable(str(one.path))}"
        why = f" (left out: {'; '.join(counts[:MOST_ALIKE])}, for example {_line(one)}{tried})"
        advice = _advice(commonest, advice)
    message = f"Expected {expected}; got {got}{why}: {advice}"
    return TooLittleError(message, (*known, *skipped), notes)


def _advice(alike: Sequence[Remark], otherwise: str) -> str:
    """Return what to do about the reason that these share."""
    path, reason = alike[0].path, alike[0].reason
    if path and "no such file" in reason.lower():
        return cure(path, f"correct the path, or {otherwise}")
    if reason.startswith("shorter than a clip"):
        seconds = sorted(float(re.findall(r": ([\d.]+) s", one.reason)[0]) for one in alike)
        shorter = max(MIN_CLIP_SECONDS, seconds[len(seconds) // 10])
        return f"ask for shorter clips by ?clip_seconds={shorter:g} behind the data set's name"
    return next((said for begin, said in ADVICE.items() if reason.startswith(begin)), otherwise)


def write_list(music: Dataset | TooLittleError, folder: Path) -> Path:
    """Write all that is skipped or noted into `folder`, and return the path of the list."""
    rows = [("what", "why", "kind")]
    for kind, some in (("skipped", music.skipped), ("noted", music.notes)):
        rows += ((printable(one.name), printable(one.reason), kind) for one in some)
    write_csv(folder / SKIPPED_FILE, rows)
    return folder / SKIPPED_FILE


def write_csv(path: Path, rows: Iterable[Sequence[str]]) -> None:
    """Write rows in UTF-8, all or none."""
    with written_aside(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
