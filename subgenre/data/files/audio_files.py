"""Audio files of any listing as a data set: inspected, without copies, cut into clips."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from subgenre.config import DataConfig, digest
from subgenre.data.dataset import Dataset, Listing, Track
from subgenre.data.files.inspection import inspect_files
from subgenre.data.files.reading import DECODING_VERSION, decode, fitted
from subgenre.data.files.selection import (
    END_TOLERANCE,
    Clip,
    Sieve,
    choose,
    cut,
    usable_entries,
    without_copies,
    without_small_classes,
)
from subgenre.data.names import SOURCES
from subgenre.data.splits import split_of
from subgenre.plumbing.errors import DataError
from subgenre.plumbing.text import printable


@dataclass(frozen=True)
class Place:
    """Where the audio of a clip is: a file, named also by the hash of its bytes, and a start."""

    path: Path
    start: float
    bytes_hash: str


@dataclass(frozen=True, kw_only=True)
class AudioFiles(Dataset):
    """Clips of audio files.

    Tracks are in the order of the listing; ``track_id`` is the file's name below the source's
    folder, ``#`` and the clip's number. `info` is of the files that are used, by their entries'
    names.

    Attributes
    ----------
    places : mapping of str to Place
        By ``track_id``.
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
            If fewer than two classes can be used, given splits contradict the groups, or, with
            `strict`, anything cannot be used.
        StorageError
            If the cache folder cannot be used.
        """
        sieve = Sieve(strict, notes=list(listing.notes))
        if listing.name.partition(":")[0] in SOURCES:
            sieve.skipped += listing.skipped  # what a published set is known to lack
        else:
            for one in listing.skipped:
                sieve.skip(one.name, one.reason)
        paths = list(dict.fromkeys(entry.path for entry in listing.entries))
        infos = inspect_files(paths, progress=progress)
        entries = usable_entries(listing.entries, infos, sieve)
        entries = without_copies(entries, infos, sieve)
        clips = without_small_classes(cut(entries, infos, data, sieve), sieve)
        chosen = choose(clips, data.clips_per_class)
        music = cls(
            name=listing.name,
            tracks=tuple(_track(clip) for clip in chosen),
            labels=tuple(sorted({clip.entry.label for clip in chosen})),
            clip_seconds=data.clip_seconds,
            places={
                clip.track_id: Place(clip.entry.path, clip.start, infos[clip.entry.path].bytes_hash)
                for clip in chosen
            },
            splits={clip.track_id: clip.entry.split for clip in chosen if clip.entry.split},
            citation=listing.citation,
            licence=listing.licence,
            skipped=tuple(sieve.skipped),
            notes=tuple(sieve.notes),
            report=_report(clips, len(clips) - len(chosen), data.clips_per_class, sieve),
            info={clip.entry.name: infos[clip.entry.path] for clip in chosen},
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

        Parameters
        ----------
        track : Track
            One of `tracks`.
        sample_rate : int
            In Hz.

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


def _track(clip: Clip) -> Track:
    entry = clip.entry
    return Track(clip.track_id, entry.label, entry.group, entry.title, entry.collection)


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
