"""Audio files of any listing as a data set: inspected, without copies, cut into clips.

Entries and clips are tables; a rule gives a reason per row, none for a row that stays.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from subgenre.config import DataConfig, digest
from subgenre.data.dataset import SETS, Dataset, Entry, FileInfo, Listing, Remark, Track
from subgenre.data.files.duplicates import same_recordings
from subgenre.data.files.inspection import inspect_files
from subgenre.data.files.reading import DECODING_VERSION, decode, fitted
from subgenre.data.files.track import END_TOLERANCE, cut
from subgenre.data.names import SOURCES
from subgenre.data.splits import MIN_GROUPS, split_of
from subgenre.plumbing.errors import DataError
from subgenre.plumbing.text import printable


class Place(NamedTuple):
    """Where the audio of a clip is: a file, named also by the hash of its bytes, and a start."""

    path: Path
    start: float
    bytes_hash: str


class Clip(NamedTuple):
    """A stretch of a listed file, `start` in seconds from the file's beginning."""

    entry: Entry
    number: int
    start: float

    @property
    def track_id(self) -> str:
        """Name of the entry and number of the clip."""
        return f"{self.entry.name}#{self.number}"


@dataclass
class Sieve:
    """Collects what cannot be used, and what is odd but used; a strict one stops at the first."""

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

    def without(self, rows: Iterable[Entry], reasons: Iterable[str | None]) -> list[Entry]:
        """Skip the rows that have a reason, and return the others."""
        kept = []
        for row, reason in zip(rows, reasons, strict=True):
            if reason:
                self.skip(row.name, reason)
            else:
                kept.append(row)
        return kept

    def note(self, rows: Iterable[Entry], notes: Iterable[Iterable[str]]) -> None:
        """Keep what is odd about each row."""
        self.notes += [
            Remark(row.name, one) for row, some in zip(rows, notes, strict=True) for one in some
        ]

    def counts(self) -> dict[str, int]:
        """Return how many were left out, by the reason's words before a colon."""
        return dict(Counter(one.reason.partition(":")[0] for one in self.skipped).most_common())


@dataclass(frozen=True, kw_only=True)
class AudioFiles(Dataset):
    """Clips of audio files.

    Tracks are in the order of the listing; ``track_id`` is the file's name below the source's
    folder, ``#`` and the clip's number. `info` is of the files that are used, by their entries'
    names; `places` is by ``track_id``.
    """

    places: Mapping[str, Place]

    @classmethod
    def load(
        cls, listing: Listing, data: DataConfig, strict: bool = False, progress: bool = True
    ) -> "AudioFiles":
        """Inspect the listed files and choose the clips.

        Parameters
        ----------
        listing : Listing
            Of any source.
        data : DataConfig
            Length and hop of the clips, and how many of each class.
        strict : bool
            Stop at the first thing that cannot be used, instead of skipping it; but for what a
            published data set itself leaves out.
        progress : bool
            Show a progress bar while files are decoded.

        Raises
        ------
        DataError
            If fewer than two classes can be used, or given splits contradict the groups.
        """
        sieve = Sieve(strict, notes=list(listing.notes))
        if listing.name.partition(":")[0] in SOURCES:
            sieve.skipped += listing.skipped  # what a published set is known to lack
        else:
            for one in listing.skipped:
                sieve.skip(one.name, one.reason)
        entries: Sequence[Entry] = listing.entries
        infos = inspect_files(list(dict.fromkeys(one.path for one in entries)), progress=progress)
        entries = sieve.without(entries, [infos[one.path].problem for one in entries])
        sieve.note(entries, [infos[one.path].notes for one in entries])
        entries = sieve.without(entries, _repeated(entries))
        entries = sieve.without(entries, _copies(entries, infos))
        length, hop = data.clip_seconds, data.clip_hop_seconds
        cuts = [cut(infos[one.path], length, hop, one.start or 0, one.end) for one in entries]
        sieve.without(entries, [one.reason for one in cuts])
        sieve.note(entries, [one.notes for one in cuts])
        clips = [
            Clip(entry, number, start)
            for entry, found in zip(entries, cuts, strict=True)
            for number, start in found.starts.items()
        ]
        clips = _without_small_classes(clips, sieve)
        chosen = choose(clips, data.clips_per_class)
        used = {one.track_id: one.entry for one in chosen}
        music = cls(
            name=listing.name,
            tracks=tuple(
                Track(track_id, one.label, one.group, one.title, one.collection)
                for track_id, one in used.items()
            ),
            labels=tuple(sorted({one.label for one in used.values()})),
            clip_seconds=data.clip_seconds,
            places={
                one.track_id: Place(one.entry.path, one.start, infos[one.entry.path].bytes_hash)
                for one in chosen
            },
            splits={track_id: one.split for track_id, one in used.items() if one.split},
            citation=listing.citation,
            licence=listing.licence,
            skipped=tuple(sieve.skipped),
            notes=tuple(sieve.notes),
            report=_report(clips, len(clips) - len(chosen), data.clips_per_class, sieve),
            info={one.name: infos[one.path] for one in used.values()},
        )
        split_of(music.tracks, seed=0, given=music.splits)  # better refused now than in training
        return music

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the files' bytes, the clips' places in them, names, labels, groups, splits."""
        clips = [
            [track.track_id, track.label, track.group, place.start, place.bytes_hash]
            for track in self.tracks
            for place in [self.places[track.track_id]]
        ]
        return digest([clips, dict(self.splits), self.clip_seconds, DECODING_VERSION])

    def audio(self, track: Track, sample_rate: int) -> np.ndarray:
        """Decode the clip `track` [shape=(n_samples,), float32, within ±1].

        Raises
        ------
        DataError
            If the file is gone, or has changed since it was inspected.
        """
        place = self.places[track.track_id]
        audio = decode(place.path, sample_rate, place.start, self.clip_seconds)
        n_samples = round(self.clip_seconds * sample_rate)
        if len(audio) < n_samples - 2 * END_TOLERANCE * sample_rate:
            raise DataError(
                f"Expected {self.clip_seconds:g} s of audio from {place.start:g} s on in "
                f"{printable(place.path)}; got {len(audio) / sample_rate:.1f} s, so the file has "
                "changed since the study began: start again."
            )
        return fitted(audio, n_samples)

    def part(self, tracks: Sequence[Track]) -> "AudioFiles":
        """Return the data set with only `tracks`, cheap to send to another process."""
        ids = [track.track_id for track in tracks]
        return replace(
            super().part(tracks),
            places={one: self.places[one] for one in ids},
            splits={one: self.splits[one] for one in ids if one in self.splits},
        )


def _repeated(entries: Sequence[Entry]) -> Iterator[str]:
    """Yield a reason for each name and each stretch that was there before, or has two labels."""
    labels = defaultdict(set)
    for one in entries:
        labels[one.path, one.start, one.end].add(one.label)
    seen: set[Hashable] = set()
    for one in entries:
        stretch = (one.path, one.start, one.end)
        if len(labels[stretch]) > 1:
            yield f"several labels: {', '.join(sorted(labels[stretch]))}"
        else:
            yield "listed twice" if {stretch, one.name} & seen else ""
        seen |= {stretch, one.name}


def _copies(entries: Sequence[Entry], infos: Mapping[Path, FileInfo]) -> list[str]:
    """Return a reason for each copy of a recording; for all of them if their labels disagree."""
    by_path: dict[Path, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_path[entry.path].append(entry)
    paths = list(by_path)
    groups = same_recordings([infos[path] for path in paths])
    reasons: dict[Path, str] = {}
    for rows in groups:
        copies = [by_path[paths[row]] for row in rows]
        labels = {frozenset(entry.label for entry in some) for some in copies}
        if len(labels) > 1:
            told = ", ".join(sorted(set().union(*labels)))
            names = " and ".join(some[0].name for some in copies[:2])
            reason = f"same recording under several labels: {names} ({told})"
        else:
            reason = f"copy: same recording as {copies.pop(0)[0].name}"
        reasons |= {some[0].path: reason for some in copies}
    return [reasons.get(entry.path, "") for entry in entries]


def _without_small_classes(clips: Sequence[Clip], sieve: Sieve) -> list[Clip]:
    """Return the clips of classes that can stand in training, validation and test."""
    by_label: dict[str, list[Entry]] = defaultdict(list)
    for clip in clips:
        by_label[clip.entry.label].append(clip.entry)
    reasons = {label: _too_small(entries) for label, entries in sorted(by_label.items())}
    for label, reason in reasons.items():
        if reason:
            sieve.skip(label, reason)
    n_kept = sum(not reason for reason in reasons.values())
    if n_kept < 2:
        left_out = "; ".join(f"{n} × {reason}" for reason, n in sieve.counts().items())
        raise DataError(
            f"Expected at least two classes with {MIN_GROUPS} groups of usable music each; got "
            f"{n_kept} (left out: {printable(left_out) or 'nothing'}): add music."
        )
    return [clip for clip in clips if not reasons[clip.entry.label]]


def _too_small(entries: Sequence[Entry]) -> str:
    """Return why a class of these clips cannot be split into three sets; empty if it can."""
    sides = {entry.split for entry in entries} - {None}
    if sides:
        missing = [side for side in SETS if side not in sides]
        return f"a class without music for {' and '.join(missing)}" if missing else ""
    n_groups = len({entry.group for entry in entries})
    if n_groups >= MIN_GROUPS:
        return ""
    return f"a class with too few groups: {n_groups} of the {MIN_GROUPS} that are needed"


def choose(clips: Sequence[Clip], clips_per_class: int) -> list[Clip]:
    """Choose clips of each class: every group once, then every group once more, and so on.

    Within a group its tracks take turns. Hashes of the names shuffle, so that a small choice is
    spread over the music; the result is in the order of `clips`.
    """
    rows = sorted(clips, key=lambda one: (digest(one.entry.name), digest(one.track_id)))
    rows = _in_turn(rows, lambda one: one.entry.name)
    sides = {_group(one): one.entry.split for one in reversed(rows)}  # of the first of each
    order = {}
    seen: set[Hashable] = set()
    for label, group in sorted(sides, key=lambda one: digest(one[1])):
        side = (label, sides[label, group])
        # The smallest choice needs a group of each given side.
        order[label, group] = (side[1] is None or side in seen, len(order))
        seen.add(side)
    rows = _in_turn(sorted(rows, key=lambda one: order[_group(one)]), _group)
    n_chosen: Counter[str] = Counter()
    chosen = set()
    for one in rows:
        if n_chosen[one.entry.label] < clips_per_class:
            chosen.add(one.track_id)
        n_chosen[one.entry.label] += 1
    return [one for one in clips if one.track_id in chosen]


def _group(clip: Clip) -> tuple[str, str]:
    return clip.entry.label, clip.entry.group


def _in_turn(clips: Iterable[Clip], key: Callable[[Clip], Hashable]) -> list[Clip]:
    """Return the first clip of every key, then the second of every one, and so on."""
    turn: Counter[Hashable] = Counter()
    turns = []
    for clip in clips:
        turns.append((turn[key(clip)], clip))
        turn[key(clip)] += 1
    return [clip for _, clip in sorted(turns, key=lambda pair: pair[0])]


def _report(
    clips: Sequence[Clip], n_spare: int, clips_per_class: int, sieve: Sieve
) -> dict[str, dict[str, int]]:
    files = {(clip.entry.label, clip.entry.name) for clip in clips}
    spare = {f"clips beyond the {clips_per_class} of each class": n_spare} if n_spare else {}
    return {
        "read": dict(sorted(Counter(label for label, _ in files).items())),
        "clips": dict(sorted(Counter(clip.entry.label for clip in clips).items())),
        "left out": sieve.counts() | spare,
    }
