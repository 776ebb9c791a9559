"""From a file to its clips, by the same rules for a study and for an answer."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from subgenre.config import MIN_CLIP_SECONDS, DataConfig
from subgenre.data.dataset import FileInfo
from subgenre.data.features import log_mel
from subgenre.data.files.inspection import Inspection
from subgenre.data.files.reading import AudioFileError, fitted, resampled

END_TOLERANCE = 0.1  # s that the last clip may lack, filled with silence: 30 s are often 29.98
MAX_SILENT_SHARE = 0.5  # clips with more silence are left out


class Cut(NamedTuple):
    """Starts of the clips in seconds, by their numbers; or the reason why there are none."""

    starts: Mapping[int, float]
    reason: str = ""
    notes: tuple[str, ...] = ()


def cut(
    info: FileInfo, clip_seconds: float, hop: float, start: float = 0.0, end: float | None = None
) -> Cut:
    """Cut a file, or its stretch from `start` to `end`, into clips that are not mostly silent.

    The incomplete clip at the end is dropped. Numbers are those of all clips.
    """
    if info.problem:
        return Cut({}, info.problem)
    length = f"the file has {info.duration:.1f} s"
    if start >= info.duration:
        return Cut({}, f"starts after its end: {start:g} s, {length}")
    seconds = (info.duration if end is None else min(end, info.duration)) - start
    starts = start + clip_starts(seconds, clip_seconds, hop)
    if not len(starts):
        return Cut({}, f"shorter than a clip: {seconds:.1f} s, a clip has {clip_seconds:g} s")
    sounds = [info.silent_share(one, one + clip_seconds) <= MAX_SILENT_SHARE for one in starts]
    audible = {number: one for number, one in enumerate(starts.tolist()) if sounds[number]}
    if not audible:
        return Cut({}, f"silent: more than {MAX_SILENT_SHARE:.0%} of each clip")
    notes = []
    if n_silent := len(starts) - len(audible):
        notes.append(f"{n_silent} of {len(starts)} clips are left out: mostly silent")
    if end is not None and end > info.duration + END_TOLERANCE:
        notes.append(f"ends after the file: {end:g} s, {length}")
    return Cut(audible, notes=tuple(notes))


def clip_starts(duration: float, clip_seconds: float, hop_seconds: float) -> np.ndarray:
    """Return where the clips of a track start, in seconds [shape=(n_clips,)]; none if too short."""
    room = duration - clip_seconds + END_TOLERANCE
    return hop_seconds * np.arange(0 if room < 0 else 1 + int(room / hop_seconds))


class TrackClips(NamedTuple):
    """One track as a network reads it; its notes tell what is odd, and what of it is left out."""

    log_mels: np.ndarray  #: [shape=(n_clips, n_frames, n_mels)] in dB
    starts: np.ndarray  #: of the clips, in seconds [shape=(n_clips,)]
    clip_seconds: float  #: length of each; shorter than in training if the whole track is
    duration: float  #: of the track, in seconds
    sample_rate: int  #: of the file, in Hz
    notes: tuple[str, ...] = ()


def track_clips(path: Path, config: DataConfig) -> TrackClips:
    """Return the clips of an audio file as log-mel spectrograms, decoding it once, in blocks.

    They are those of a study, without noise; but a track that is shorter than a clip is one
    shorter clip, from `subgenre.config.MIN_CLIP_SECONDS` on.

    Raises
    ------
    AudioFileError
        If a study would not use the file, for the same reason.
    """
    inspection = Inspection(path, identify=False)
    hop, features = config.clip_hop_seconds, config.features
    log_mels: list[np.ndarray] = []
    for clip in _clips(inspection, config):
        seconds = _clip_seconds(inspection.duration, config)
        if len(log_mels) < len(clip_starts(inspection.duration, seconds, hop)):
            # Resampled from the clip's own start on, as in training.
            audio = resampled([clip], inspection.header.sample_rate, features.sample_rate)
            audio = fitted(audio, round(seconds * features.sample_rate))
            log_mels.append(log_mel(audio, features))
    info = inspection.result()
    seconds = _clip_seconds(info.duration, config)
    starts, reason, notes = cut(info, seconds, hop)
    if reason:
        raise AudioFileError(path, reason)
    images = np.stack([log_mels[number] for number in starts])
    about = seconds, info.duration, info.sample_rate, (*info.notes, *notes)
    return TrackClips(images, np.array([*starts.values()]), *about)


def _clip_seconds(duration: float, config: DataConfig) -> float:
    """Return the length of a track's clips, which is a study's if the track is far too short."""
    if MIN_CLIP_SECONDS <= duration + END_TOLERANCE < config.clip_seconds:
        return max(duration, MIN_CLIP_SECONDS)
    return config.clip_seconds


def _clips(inspection: Inspection, config: DataConfig) -> Iterator[np.ndarray]:
    """Yield each clip as soon as it is there, and then the incomplete ones [shape=(n_samples,)]."""
    audio, position, n_clips = np.zeros(0, np.float32), 0, 0

    def place(seconds: float) -> int:
        """Return where the next clip's part from `seconds` on is in `audio`."""
        start = n_clips * config.clip_hop_seconds
        return round((start + seconds) * inspection.header.sample_rate) - position

    for block in inspection.blocks():
        audio = np.concatenate([audio, block])
        while place(config.clip_seconds) <= len(audio):
            yield audio[place(0) : place(config.clip_seconds)]
            n_clips += 1
        n_passed = min(place(0), len(audio))
        audio, position = audio[n_passed:], position + n_passed
    while place(0) < len(audio):
        yield audio[place(0) :]
        n_clips += 1
