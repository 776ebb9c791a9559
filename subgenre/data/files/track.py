"""Audio files as a trained network hears them: cut into clips as in training, a block at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from subgenre.config import MIN_CLIP_SECONDS, DataConfig
from subgenre.data.features import log_mel
from subgenre.data.files.inspection import (
    TRUNCATED_SHARE,
    WHOLE_SHARE,
    end_is_missing,
    missing_end,
)
from subgenre.data.files.listener import SILENT_PEAK
from subgenre.data.files.reader import AudioFileError, AudioInfo, opened
from subgenre.data.files.reading import decode, fitted, probe
from subgenre.data.files.selection import END_TOLERANCE, MAX_SILENT_SHARE, clip_starts
from subgenre.plumbing.text import printable

BLOCK_SECONDS = 600
"""Audio of one track that is in memory at a time, about: 38 MB at 16 kHz."""


@dataclass(frozen=True)
class TrackClips:
    """One track as the network hears it.

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
        What of the track is not heard.
    """

    log_mels: np.ndarray
    starts: np.ndarray
    clip_seconds: float
    duration: float
    sample_rate: int
    notes: tuple[str, ...] = ()


def track_clips(path: Path, config: DataConfig) -> TrackClips:
    """Return the clips of an audio file as log-mel spectrograms.

    Parameters
    ----------
    path : Path
        An audio file of at least `subgenre.config.MIN_CLIP_SECONDS`.
    config : DataConfig
        Length and hop of the clips, feature settings; no noise is added.

    Raises
    ------
    AudioFileError
        If the file cannot be decoded, is silent or too short.
    """
    header = probe(path)
    duration = header.duration
    if duration < MIN_CLIP_SECONDS:
        raise _unusable(path, f"too short: {duration:.2f} s, {MIN_CLIP_SECONDS:g} s are needed")
    _require_whole(path, duration, header.promised)
    whole = duration + END_TOLERANCE >= config.clip_seconds
    clip_seconds = config.clip_seconds if whole else duration
    starts = clip_starts(duration, clip_seconds, config.clip_hop_seconds)
    found = list(_log_mels(path, config, starts, clip_seconds))
    if not found:
        raise _unusable(path, f"truncated: not even {clip_seconds:.1f} s can be decoded")
    audible = [row for row, log_mel_ in enumerate(found) if log_mel_ is not None]
    if not audible:
        raise _unusable(path, f"silent: more than {MAX_SILENT_SHARE:.0%} of each clip")
    ends = float(starts[len(found) - 1]) + clip_seconds
    notes = list(_end_notes(path, header, ends, all_clips=len(found) == len(starts)))
    if len(audible) < len(found):
        n_silent = len(found) - len(audible)
        notes.insert(0, f"{n_silent} of {len(found)} clips are left out: mostly silent")
    log_mels = np.stack([one for one in found if one is not None])
    rate = header.sample_rate
    return TrackClips(log_mels, starts[audible], clip_seconds, duration, rate, tuple(notes))


def _end_notes(path: Path, header: AudioInfo, ends: float, all_clips: bool) -> Iterator[str]:
    """Yield a note if the end of a file is missing, of which clips were decoded up to `ends`."""
    until = min(header.duration, _decodable_until(path, header, ends))
    if not all_clips:
        _require_whole(path, until, header.duration)
    if not all_clips or end_is_missing(path, header, until):
        yield missing_end(until)


def _decodable_until(path: Path, header: AudioInfo, ends: float) -> float:
    """Return up to which second a file can be decoded, at least; its clips are, up to `ends`.

    A header may promise more than there is, and what is missing may lie after the last clip.
    """
    if ends >= WHOLE_SHARE * header.promised:
        return ends
    try:
        with opened(path) as reader:
            for block in reader.blocks(ends, None):
                ends += len(block) / header.sample_rate
    except AudioFileError:
        pass  # it ends where decoding fails
    return ends


def _require_whole(path: Path, seconds: float, promised: float) -> None:
    if seconds < TRUNCATED_SHARE * promised:
        raise _unusable(path, f"truncated: {seconds:.1f} of {promised:.1f} s can be decoded")


def _unusable(path: Path, reason: str) -> AudioFileError:
    return AudioFileError(
        f"Expected music; {printable(path)} is {reason}: name another file.", reason
    )


def _log_mels(
    path: Path, config: DataConfig, starts: np.ndarray, clip_seconds: float
) -> Iterator[np.ndarray | None]:
    """Yield the spectrogram of each clip; None for one that is mostly silent."""
    rate = config.features.sample_rate
    for clip in _clips(path, rate, starts, clip_seconds):
        per_second = np.abs(clip[: len(clip) // rate * rate]).reshape(-1, rate).max(axis=1)
        silent = np.mean(per_second < SILENT_PEAK) > MAX_SILENT_SHARE
        yield None if silent else log_mel(fitted(clip, len(clip)), config.features)


def _clips(
    path: Path, sample_rate: int, starts: np.ndarray, clip_seconds: float
) -> Iterator[np.ndarray]:
    """Yield the audio of each clip, decoding a stretch of many clips at a time."""
    length = round(clip_seconds * sample_rate)
    hop = starts[1] if len(starts) > 1 else clip_seconds
    n_at_once = max(1, int(BLOCK_SECONDS / hop))
    for first in range(0, len(starts), n_at_once):
        some = starts[first : first + n_at_once]
        seconds = float(some[-1] - some[0]) + clip_seconds
        try:
            audio = decode(path, sample_rate, float(some[0]), seconds)
        except AudioFileError:
            if not first:
                raise
            return  # what came before is enough for an answer, and the rest is reported missing
        for start in some - some[0]:
            clip = audio[round(start * sample_rate) :][:length]
            if length - len(clip) > 2 * END_TOLERANCE * sample_rate:
                return  # the file ends before its header says
            yield np.pad(clip, (0, length - len(clip)))
