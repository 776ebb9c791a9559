"""From listed files to clips: what can be used, without copies, a fair choice of each class."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np

from subgenre.config import DataConfig, digest
from subgenre.data.dataset import SETS, Entry, FileInfo, Remark
from subgenre.data.files.duplicates import same_recordings
from subgenre.data.splits import MIN_GROUPS
from subgenre.plumbing.errors import DataError
from subgenre.plumbing.text import printable

END_TOLERANCE = 0.1
"""Seconds that the last clip may lack, filled with silence: nominal 30 s are often 29.98."""
MAX_SILENT_SHARE = 0.5
"""Clips with more silence than this are left out."""

T = TypeVar("T")
Infos = Mapping[Path, FileInfo]


@dataclass
class Sieve:
    """Collects what cannot be used, with reasons.

    Attributes
    ----------
    strict : bool
        Stop at the first.
    skipped, notes : list of Remark
        What is left out; and what is odd, but used.
    """

    strict: bool = False
    skipped: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)

    def skip(self, name: str, reason: str) -> None:
        """Leave something out.

        Raises
        ------
        DataError
            If the sieve is strict.
        """
        if self.strict:
            raise DataError(
                f"Expected only music that can be used (strict); {printable(name)} cannot "
                f"({printable(reason)}): repair or remove it, or allow what is bad to be skipped."
            )
        self.skipped.append(Remark(name, reason))

    def counts(self) -> dict[str, int]:
        """Return how many were left out, by the reason's words before a colon."""
        return dict(Counter(one.reason.partition(":")[0] for one in self.skipped).most_common())


@dataclass(frozen=True)
class Clip:
    """A stretch of a listed file, `start` in seconds from the file's beginning."""

    entry: Entry
    number: int
    start: float

    @property
    def track_id(self) -> str:
        """Name of the entry and number of the clip."""
        return f"{self.entry.name}#{self.number}"


def usable_entries(entries: Iterable[Entry], infos: Infos, sieve: Sieve) -> list[Entry]:
    """Return the entries whose file has no problem, each name and each stretch once."""
    entries = [entry for entry in entries if not _has_problem(entry, infos, sieve)]
    labels: dict[tuple, set[str]] = defaultdict(set)
    for entry in entries:
        labels[entry.path, entry.start, entry.end].add(entry.label)
    names: set[str] = set()
    stretches: set[tuple] = set()
    kept = []
    for entry in entries:
        stretch = (entry.path, entry.start, entry.end)
        if len(labels[stretch]) > 1:
            sieve.skip(entry.name, f"several labels: {', '.join(sorted(labels[stretch]))}")
        elif stretch in stretches or entry.name in names:
            sieve.skip(entry.name, "listed twice")
        else:
            kept.append(entry)
        stretches.add(stretch)
        names.add(entry.name)
    return kept


def _has_problem(entry: Entry, infos: Infos, sieve: Sieve) -> bool:
    info = infos[entry.path]
    if info.problem is not None:
        sieve.skip(entry.name, info.problem)
        return True
    sieve.notes += [Remark(entry.name, note) for note in info.notes]
    return False


def without_copies(entries: Sequence[Entry], infos: Infos, sieve: Sieve) -> list[Entry]:
    """Return the entries without copies of a recording; without all of them if labels disagree."""
    by_path: dict[Path, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_path[entry.path].append(entry)
    paths = list(by_path)
    found = [infos[path] for path in paths]
    groups = same_recordings(
        [(info.bytes_hash, info.samples_hash) for info in found],
        [info.fingerprint for info in found],
        [info.duration for info in found],
    )
    reasons: dict[Path, str] = {}
    for copies in groups:
        first, *others = (paths[row] for row in copies)
        labels = {frozenset(entry.label for entry in by_path[paths[row]]) for row in copies}
        if len(labels) > 1:
            told = ", ".join(sorted(set().union(*labels)))
            names = " and ".join(by_path[paths[row]][0].name for row in copies[:2])
            reasons |= {
                paths[row]: f"same recording under several labels: {names} ({told})"
                for row in copies
            }
        else:
            reasons |= {
                path: f"copy: same recording as {by_path[first][0].name}" for path in others
            }
    for entry in entries:
        if entry.path in reasons:
            sieve.skip(entry.name, reasons[entry.path])
    return [entry for entry in entries if entry.path not in reasons]


def cut(entries: Iterable[Entry], infos: Infos, data: DataConfig, sieve: Sieve) -> list[Clip]:
    """Cut every entry into clips; the incomplete one at its end is dropped."""
    clips = []
    for entry in entries:
        info = infos[entry.path]
        start = entry.start or 0.0
        end = info.duration if entry.end is None else min(entry.end, info.duration)
        if start >= info.duration:
            sieve.skip(
                entry.name, f"starts after its end: {start:g} s, the file has {info.duration:.1f} s"
            )
            continue
        starts = start + clip_starts(end - start, data.clip_seconds, data.clip_hop_seconds)
        if not len(starts):
            sieve.skip(
                entry.name,
                f"shorter than a clip: {end - start:.1f} s, a clip has {data.clip_seconds:g} s",
            )
            continue
        audible = _audible(entry, starts.tolist(), info, data.clip_seconds, sieve)
        if audible and entry.end is not None and entry.end > info.duration + END_TOLERANCE:
            note = f"ends after the file: {entry.end:g} s, the file has {info.duration:.1f} s"
            sieve.notes.append(Remark(entry.name, note))
        clips += audible
    return clips


def clip_starts(duration: float, clip_seconds: float, hop_seconds: float) -> np.ndarray:
    """Return where the clips of a track start, in seconds [shape=(n_clips,)]; none if too short."""
    room = duration - clip_seconds + END_TOLERANCE
    return hop_seconds * np.arange(0 if room < 0 else 1 + int(room / hop_seconds))


def _audible(
    entry: Entry, starts: list[float], info: FileInfo, seconds: float, sieve: Sieve
) -> list[Clip]:
    """Return the clips that are not mostly silent; numbers stay those of all."""
    clips = [
        Clip(entry, number, start)
        for number, start in enumerate(starts)
        if info.silent_share(start, start + seconds) <= MAX_SILENT_SHARE
    ]
    if not clips:
        sieve.skip(entry.name, f"silent: more than {MAX_SILENT_SHARE:.0%} of each clip")
    elif len(clips) < len(starts):
        note = f"{len(starts) - len(clips)} of {len(starts)} clips are left out: mostly silent"
        sieve.notes.append(Remark(entry.name, note))
    return clips


def without_small_classes(clips: Sequence[Clip], sieve: Sieve) -> list[Clip]:
    """Return the clips of classes that can stand in training, validation and test.

    Raises
    ------
    DataError
        If fewer than two classes remain.
    """
    by_label: dict[str, list[Clip]] = defaultdict(list)
    for clip in clips:
        by_label[clip.entry.label].append(clip)
    kept = set()
    for label, members in sorted(by_label.items()):
        reason = _too_small(members)
        if reason:
            sieve.skip(label, reason)
        else:
            kept.add(label)
    if len(kept) < 2:
        left_out = "; ".join(f"{n} × {reason}" for reason, n in sieve.counts().items())
        raise DataError(
            f"Expected at least two classes with {MIN_GROUPS} groups of usable music each; got "
            f"{len(kept)} (left out: {printable(left_out) or 'nothing'}): add music."
        )
    return [clip for clip in clips if clip.entry.label in kept]


def _too_small(clips: Sequence[Clip]) -> str:
    """Return why a class of these clips cannot be split into three sets; empty if it can."""
    sides = {clip.entry.split for clip in clips} - {None}
    if sides:
        missing = [side for side in SETS if side not in sides]
        return f"a class without music for {' and '.join(missing)}" if missing else ""
    n_groups = len({clip.entry.group for clip in clips})
    if n_groups >= MIN_GROUPS:
        return ""
    return f"a class with too few groups: {n_groups} of the {MIN_GROUPS} that are needed"


def choose(clips: Sequence[Clip], clips_per_class: int) -> list[Clip]:
    """Choose clips of each class: every group once, then every group once more, and so on.

    Within a group its tracks take turns. Hashes of the names shuffle, so that a small choice is
    spread over the music; the result is in the order of `clips`.
    """
    tree: dict[str, dict[str, dict[str, list[Clip]]]] = {}
    for clip in clips:
        groups = tree.setdefault(clip.entry.label, {})
        groups.setdefault(clip.entry.group, {}).setdefault(clip.entry.name, []).append(clip)
    chosen: set[str] = set()
    for groups in tree.values():
        turns = [
            _in_turn([sorted(tracks[name], key=_hash) for name in sorted(tracks, key=digest)])
            for _, tracks in sorted(groups.items(), key=lambda item: digest(item[0]))
        ]
        turns = _each_side_first(turns)
        chosen |= {clip.track_id for clip in _in_turn(turns)[:clips_per_class]}
    return [clip for clip in clips if clip.track_id in chosen]


def _hash(clip: Clip) -> str:
    return digest(clip.track_id)


def _in_turn(rows: Sequence[Sequence[T]]) -> list[T]:
    """Return the first of every row, then the second of every row, and so on."""
    columns = itertools.zip_longest(*rows)
    return [item for column in columns for item in column if item is not None]


def _each_side_first(groups: list[list[Clip]]) -> list[list[Clip]]:
    """Move one group of each given split to the front: the smallest choice needs all three."""
    seen: set[str | None] = {None}
    first: list[list[Clip]] = []
    rest: list[list[Clip]] = []
    for group in groups:
        side = group[0].entry.split
        (rest if side in seen else first).append(group)
        seen.add(side)
    return first + rest
