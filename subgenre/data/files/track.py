"""From a file to its clips, by the same rules for a study and for an answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from subgenre.config import MIN_CLIP_SECONDS, DataConfig
from subgenre.data.dataset import FileInfo
from subgenre.data.features import log_mel
from subgenre.data.files.inspection import Inspection
from subgenre.data.files.reading import AudioFileError, fitted, resampled

END_TOLERANCE = 0.1
"""Seconds that the last clip may lack, filled with silence: nominal 30 s are often 29.98."""
MAX_SILENT_SHARE = 0.5
"""Clips with more silence than this are left out."""


@dataclass(frozen=True)
class Cut:
    """Starts of the clips in seconds, by their numbers; or the reason why there are none."""

    starts: Mapping[int, float] = field(default_factory=dict)
    reason: str = ""
    notes: tuple[str, ...] = ()


def cut(
    info: FileInfo, clip_seconds: float, hop: float, start: float = 0.0, end: float | None = None
) -> Cut:
    """Cut a file, or its stretch from `start` to `end`, into clips that are not mostly silent.

    The incomplete clip at the end is dropped. Numbers are those of all clips.
    """
    if info.problem:
        return Cut(reason=info.problem)
    if start >= info.duration:
        after = f"{start:g} s, the file has {info.duration:.1f} s"
        return Cut(reason=f"starts after its end: {after}")
    seconds = (info.duration if end is None else min(end, info.duration)) - start
    starts = start + clip_starts(seconds, clip_seconds, hop)
    if not len(starts):
        return Cut(reason=f"shorter than a clip: {seconds:.1f} s, a clip has {clip_seconds:g} s")
    audible = {
        number: one
        for number, one in enumerate(starts.tolist())
        if info.silent_share(one, one + clip_seconds) <= MAX_SILENT_SHARE
    }
    if not audible:
        return Cut(reason=f"silent: more than {MAX_SILENT_SHARE:.0%} of each clip")
    notes = []
    if n_silent := len(starts) - len(audible):
        notes.append(f"{n_silent} of {len(starts)} clips are left out: mostly silent")
    if end is not None and end > info.duration + END_TOLERANCE:
        notes.append(f"ends after the file: {end:g} s, the file has {info.duration:.1f} s")
    return Cut(audible, notes=tuple(notes))


def clip_starts(duration: float, clip_seconds: float, hop_seconds: float) -> np.ndarray:
    """Return where the clips of a track start, in seconds [shape=(n_clips,)]; none if too short."""
    room = duration - clip_seconds + END_TOLERANCE
    return hop_seconds * np.arange(0 if room < 0 else 1 + int(room / hop_seconds))


@dataclass(frozen=True)
class TrackClips:
    """One track as a network reads it.

    Attributes
    ----------
    log_mels : np.ndarray [shape=(n_clips, n_frames, n_mels)]
        In dB.
    starts : np.ndarray [shape=(n_clips,)]
        Of the clips, in seconds.
    clip_seconds : float
        Length of each; shorter than in training if the whole track is.
    duration : float
        Of the track, in seconds.
    sample_rate : int
        Of the file, in Hz.
    notes : tuple of str
        What is odd about the file, and what of it is left out.
    """

    log_mels: np.ndarray
    starts: np.ndarray
    clip_seconds: float
    duration: float
    sample_rate: int
    notes: tuple[str, ...] = ()


def track_clips(path: Path, config: DataConfig) -> TrackClips:
    """Return the clips of an audio file as log-mel spectrograms, decoding it once, in blocks.

    They are those that a study cuts, without noise; but a track that is shorter than a clip is
    one shorter clip, from `subgenre.config.MIN_CLIP_SECONDS` on.

    Raises
    ------
    AudioFileError
        If a study would not use the file, for the same reason.
    """
    inspection = Inspection(path, identify=False)
    log_mels = _log_mels(inspection, config)
    info = inspection.result()
    seconds = _clip_seconds(info.duration, config)
    found = cut(info, seconds, config.clip_hop_seconds)
    if found.reason:
        raise AudioFileError(path, found.reason)
    return TrackClips(
        np.stack([log_mels[number] for number in found.starts]),
        np.array(list(found.starts.values())),
        seconds,
        info.duration,
        info.sample_rate,
        (*info.notes, *found.notes),
    )


def _clip_seconds(duration: float, config: DataConfig) -> float:
    """Return the length of the clips of a track; that of a study if it is long or far too short."""
    if MIN_CLIP_SECONDS <= duration + END_TOLERANCE < config.clip_seconds:
        return max(duration, MIN_CLIP_SECONDS)
    return config.clip_seconds


def _log_mels(inspection: Inspection, config: DataConfig) -> dict[int, np.ndarray]:
    """Return the spectrogram of each clip by its number, silent ones too."""
    hop, features = config.clip_hop_seconds, config.features
    log_mels: dict[int, np.ndarray] = {}
    parts: dict[int, list[np.ndarray]] = {}  # of the clips that have begun, and not ended
    position = begun = rate = 0

    def spectrogram(number: int, seconds: float) -> np.ndarray:
        # Resampled from its own first sample on, as in training.
        audio = resampled(parts.pop(number), rate, features.sample_rate)
        return log_mel(fitted(audio, round(seconds * features.sample_rate)), features)

    for block in inspection.blocks():
        assert inspection.header
        rate = inspection.header.sample_rate
        end = position + len(block)
        while round(begun * hop * rate) < end:
            parts[begun] = []
            begun += 1
        for number in list(parts):
            first, last = (round((number * hop + s) * rate) for s in (0, config.clip_seconds))
            parts[number].append(block[max(first - position, 0) : last - position])
            if last <= end:
                log_mels[number] = spectrogram(number, config.clip_seconds)
        position = end
    if position:
        seconds = _clip_seconds(position / rate, config)
        for number in range(len(log_mels), len(clip_starts(position / rate, seconds, hop))):
            log_mels[number] = spectrogram(number, seconds)
    return log_mels
