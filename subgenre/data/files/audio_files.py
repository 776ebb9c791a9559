"""Audio files of any listing as a data set: inspected, without copies, cut into clips.

Entries and clips are tables; a rule gives a reason per row, none for a row that stays.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from subgenre.config import DataConfig, digest
from subgenre.data.dataset import SETS, Dataset, Entry, FileInfo, Listing, Remark, Track, source_of
from subgenre.data.files.duplicates import same_recordings
from subgenre.data.files.inspection import inspect_files
from subgenre.data.files.reading import DECODING_VERSION, decode, fitted
from subgenre.data.files.skipped import too_little
from subgenre.data.files.track import END_TOLERANCE, cut
from subgenre.data.names import SOURCES
from subgenre.data.splits import MIN_GROUPS, split_of
from subgenre.plumbing.errors import DataError
from subgenre.plumbing.text import printable

Infos = Mapping[Path, FileInfo]
Noted = list[Remark]


class Clip(NamedTuple):
    """A row of the table of clips: where its audio is, and its set if the source gives one."""

    track: Track
    path: Path
    start: float  # in seconds
    bytes_hash: str  # of the file
    split: str | None


@dataclass(frozen=True, kw_only=True)
class AudioFiles(Dataset):
    """Clips of audio files.

    Tracks are in the order of the listing; ``track_id`` is the file's name below the source's
    folder, ``#`` and the clip's number. `info` is of the files that are used, by their entries'
    names; `clips` are by ``track_id``.
    """

    clips: Mapping[str, Clip]

    @classmethod
    def load(
        cls, listing: Listing, data: DataConfig, strict: bool = False, progress: bool = True
    ) -> "AudioFiles":
        """Inspect the listed files and choose the clips.

        With `strict`, the first thing that cannot be used is an error instead of being skipped,
        but for what a published data set is known to lack.

        Raises
        ------
        DataError
            If fewer than two classes can be used, or given splits contradict the groups.
        """
        published = listing.name.partition(":")[0] in SOURCES
        known, unknown = (listing.skipped, ()) if published else ((), listing.skipped)
        skipped, notes = [*unknown], [*listing.notes]
        _require_none(skipped, strict)
        infos = inspect_files([entry.path for entry in listing.entries], progress=progress)
        clips = _usable_clips(listing.entries, infos, data, skipped, notes)
        _require_none(skipped, strict)
        if (n_classes := len({one.track.label for one in clips})) < 2:
            expected = f"at least two classes with {MIN_GROUPS} groups of usable music each"
            advice = "unpack all of the data set" if published else "add music"
            raise too_little(expected, n_classes, advice, skipped, known, notes)
        skipped[:0] = known
        chosen = choose(clips, data.clips_per_class)
        files = {(one.track.label, source_of(one.track.track_id)) for one in clips}
        left_out = Counter(one.reason.partition(":")[0] for one in skipped)
        report = {
            "read": dict(sorted(Counter(label for label, _ in files).items())),
            "clips": dict(sorted(Counter(one.track.label for one in clips).items())),
            "left out": dict(left_out.most_common()),
        }
        if n_spare := len(clips) - len(chosen):
            report["left out"][f"clips beyond the {data.clips_per_class} of each class"] = n_spare
        music = cls(
            name=listing.name,
            tracks=tuple(one.track for one in chosen),
            labels=tuple(sorted({one.track.label for one in chosen})),
            clip_seconds=data.clip_seconds,
            clips={one.track.track_id: one for one in chosen},
            splits={one.track.track_id: one.split for one in chosen if one.split},
            citation=listing.citation,
            licence=listing.licence,
            skipped=tuple(skipped),
            notes=tuple(notes),
            report=report,
            info={source_of(one.track.track_id): infos[one.path] for one in chosen},
        )
        split_of(music.tracks, seed=0, given=music.splits)  # better refused now than in training
        return music

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the files' bytes, the clips' places in them, names, labels, groups, splits."""
        clips = [self.clips[track.track_id] for track in self.tracks]
        rows = [[t.track_id, t.label, t.group, start, file] for t, _, start, file, _ in clips]
        return digest([rows, dict(self.splits), self.clip_seconds, DECODING_VERSION])

    def audio(self, track: Track, sample_rate: int) -> np.ndarray:
        """Decode the clip `track` [shape=(n_samples,), float32, within ±1].

        A file that is gone, or has changed since it was inspected, raises a `DataError`.
        """
        clip = self.clips[track.track_id]
        audio = decode(clip.path, sample_rate, clip.start, self.clip_seconds)
        n_samples = round(self.clip_seconds * sample_rate)
        if len(audio) < n_samples - 2 * END_TOLERANCE * sample_rate:
            raise DataError(
                f"Expected audio from {clip.start:g} s on in {printable(clip.path)}; got "
                "too little, so the file has changed since the study began: start again."
            )
        return fitted(audio, n_samples)

    def part(self, tracks: Sequence[Track]) -> "AudioFiles":
        """Return the data set with only `tracks`, cheap to send to another process."""
        clips = {track.track_id: self.clips[track.track_id] for track in tracks}
        return replace(super().part(tracks), clips=clips)


def _require_none(skipped: Sequence[Remark], strict: bool) -> None:
    if strict and skipped:
        raise DataError(
            f"Expected only music that can be used (strict); {printable(skipped[0].name)} cannot "
            f"({printable(skipped[0].reason)}): repair or remove it, or allow what is bad to be "
            "skipped."
        )


def _usable_clips(
    entries: Sequence[Entry], infos: Infos, data: DataConfig, skipped: Noted, notes: Noted
) -> list[Clip]:
    """Return the clips of all classes that are large enough; add to what is skipped, or odd."""

    def without(entries: Sequence[Entry], reasons: Iterable[str | None]) -> list[Entry]:
        rows = list(zip(entries, reasons, strict=True))
        skipped.extend(Remark(one.name, reason, one.path) for one, reason in rows if reason)
        return [one for one, reason in rows if not reason]

    entries = without(entries, (infos[one.path].problem for one in entries))
    notes += [Remark(one.name, note) for one in entries for note in infos[one.path].notes]
    entries = without(entries, _repeated(entries))
    entries = without(entries, _copies(entries, infos))
    clips, reasons = [], []
    for one in entries:
        info = infos[one.path]
        found = cut(info, data.clip_seconds, data.clip_hop_seconds, one.start or 0.0, one.end)
        reasons.append(found.reason)
        notes += [Remark(one.name, note) for note in found.notes]
        for number, start in found.starts.items():
            track = Track(f"{one.name}#{number}", one.label, one.group, one.title, one.collection)
            clips.append(Clip(track, one.path, start, info.bytes_hash, one.split))
    without(entries, reasons)
    small = {one.name: one for one in _small_classes(clips)}
    skipped += small.values()
    return [clip for clip in clips if clip.track.label not in small]


def _repeated(entries: Sequence[Entry]) -> Iterator[str]:
    """Yield a reason for each stretch with several labels, and each that was there before."""
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


def _copies(entries: Sequence[Entry], infos: Infos) -> list[str]:
    """Return a reason for each copy of a recording; for all of them if their labels disagree."""
    labels: dict[Path, set[str]] = defaultdict(set)
    names: dict[Path, str] = {}
    for entry in entries:
        labels[entry.path].add(entry.label)
        names.setdefault(entry.path, entry.name)
    paths = [*names]
    reasons: dict[Path, str] = {}
    for rows in same_recordings([infos[path] for path in paths]):
        copies = [paths[row] for row in rows]
        told = sorted(set().union(*(labels[path] for path in copies)))
        if any(len(labels[path]) < len(told) for path in copies):
            two = " and ".join(names[path] for path in copies[:2])
            reason = f"same recording under several labels: {two} ({', '.join(told)})"
        else:
            reason = f"copy: same recording as {names[copies.pop(0)]}"
        reasons |= dict.fromkeys(copies, reason)
    return [reasons.get(entry.path, "") for entry in entries]


def _small_classes(clips: Sequence[Clip]) -> Iterator[Remark]:
    """Yield the classes that cannot stand in training, validation and test, and why."""
    by_label: dict[str, list[Clip]] = defaultdict(list)
    for clip in clips:
        by_label[clip.track.label].append(clip)
    for label, some in sorted(by_label.items()):
        sides = {clip.split for clip in some} - {None}
        missing = " and ".join(side for side in SETS if side not in sides)
        n_groups = len({clip.track.group for clip in some})
        if sides and missing:
            yield Remark(label, f"a class without music for {missing}")
        elif not sides and n_groups < MIN_GROUPS:
            few = f"{n_groups} of the {MIN_GROUPS} that are needed"
            yield Remark(label, f"a class with too few groups: {few}")


def choose(clips: Sequence[Clip], clips_per_class: int) -> list[Clip]:
    """Choose clips of each class: every group once, then every group once more, and so on.

    Within a group its tracks take turns. Hashes of the names shuffle, so that a small choice is
    spread over the music; the result is in the order of `clips`.
    """
    table = pd.DataFrame([one.track for one in clips], dtype=object)
    table["split"] = [one.split for one in clips]
    table["name"] = table["track_id"].map(source_of)
    hashes = table[["group", "name", "track_id"]].map(digest).add_prefix("hashed ")
    table = table.join(hashes).sort_values("hashed track_id")
    table["turn"] = table.groupby("name").cumcount()
    table = table.sort_values(["turn", "hashed name"])
    table["turn"] = table.groupby(["label", "group"]).cumcount()
    table = table.sort_values(["turn", "hashed group"])
    # The smallest choice needs all given sides: the first group of each comes first.
    opens = (table["turn"] == 0) & table["split"].notna() & ~table.duplicated(["label", "split"])
    table["later"] = ~opens.groupby([table["label"], table["group"]]).transform("any")
    table = table.sort_values(["turn", "later", "hashed group"])
    return [clips[row] for row in sorted(table.groupby("label").head(clips_per_class).index)]
