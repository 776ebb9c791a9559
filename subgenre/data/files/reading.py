"""Audio files in, samples out, block by block whatever the format; errors in one sentence.

libsndfile reads WAV, FLAC, OGG, MP3, AU, AIFF and more. What it cannot read goes to FFmpeg's
libraries, which PyAV brings along: M4A, AAC, WMA and WebM, for example.
"""

import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from stat import S_ISREG

import av
import numpy as np
import soxr

from subgenre.data.dataset import FileInfo
from subgenre.data.files import libraries
from subgenre.data.files.libraries import Blocks, by_ffmpeg, by_libsndfile
from subgenre.plumbing.errors import DataError
from subgenre.plumbing.text import printable
from subgenre.plumbing.workers import silent_terminal

DECODING_VERSION = 1  # raised whenever `decode` gives other samples: caches of clips depend on it
BLOCK_FRAMES = 2**18  # decoded at a time, 6 s at 44.1 kHz: memory stays small for any file
MAX_SAMPLE_RATE = 768_000  # in Hz; a header that says more would make buffers of gigabytes
NOT_FINITE = "NaN or infinite samples"
FAILURES: tuple[type[Exception], ...] = (av.FFmpegError, OSError, RuntimeError, ValueError)
FAILURES += (TypeError, LookupError, AttributeError)  # of a file without music, or a decoder for it

_one_at_a_time = threading.Lock()  # the terminal can be silenced once, not by two threads


class AudioFileError(DataError):
    """The audio file at `path` cannot be used; `reason` is a kind, and details after a colon."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)  # as unpickling gives them back
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return (
            f"Expected music that can be decoded; {printable(self.path)} cannot be used "
            f"({printable(self.reason)}): fetch or export it again, or leave it out."
        )


def unforeseen(error: Exception) -> str:
    """Return the reason why a file cannot be used after an error that nobody thought of."""
    last = printable(traceback.format_exception_only(error)[-1].strip())
    return f"cannot be decoded: {last:.200}"


@contextmanager
def opened(path: Path) -> Iterator[tuple[FileInfo, Callable[..., Blocks]]]:
    """Open an audio file; an `AudioFileError` says why it cannot be opened, or decoded at all.

    Yields
    ------
    header : FileInfo
        Its duration is what the header promises: 0 if that says nothing, or only estimates.
    blocks : callable
        Yields the stretch from `start` on, of so many `seconds` or to the end, block by block
        [shape=(n_frames, n_channels), dtype=float32]. What cannot be decoded is silent, or left
        out where there is no clock; its lengths in seconds are added to the list `lost`, its first
        argument.
    """
    _require_content(path)
    with ExitStack() as stack:
        media, is_read_whole = None, False
        try:
            with _library(path, "not for libsndfile"):
                file = stack.enter_context(libraries.open_sound_file(path))
                promised, is_read_whole = libraries.sound_file_length(path, file)
            rate, channels = file.samplerate, file.channels
            container, encoding = file.format, file.subtype
        except AudioFileError:
            with _library(path, "not audio that can be decoded here"):
                media = stack.enter_context(libraries.open_media(path))
                audio = media.streams.audio[0].codec_context
                promised = libraries.media_length(media)
            rate, channels = audio.sample_rate, audio.channels
            container, encoding = path.suffix.lstrip(".").upper(), audio.name.upper()
        if not (1 <= rate <= MAX_SAMPLE_RATE and channels):
            raise AudioFileError(path, f"damaged: impossible sample rate {rate}")

        def samples(first: int, end: int, lost: list[float]) -> Blocks:
            if is_read_whole:
                try:
                    for block in by_libsndfile(file, first, end, BLOCK_FRAMES, promised > 0):
                        yield block
                        first += len(block)
                    return
                except FAILURES:  # costs a block; frame by frame, the other library loses less
                    lost.append(0.0)
            source = media or stack.enter_context(libraries.open_media(path))
            # In some files seeks only come near: in streams that are joined, and by a table.
            is_seekable = source.format.name not in ({"ogg", "mp3"} if promised else {"ogg"})
            yield from by_ffmpeg(source, first, end, is_seekable, lost)

        def blocks(lost: list[float], start: float = 0.0, seconds: float | None = None) -> Blocks:
            end = sys.maxsize if seconds is None else round((start + seconds) * rate)
            some = samples(round(start * rate), end, lost)
            while True:
                with _library(path, "damaged: decoding fails"):
                    block = next(some, None)
                if block is None:
                    return
                yield block

        yield FileInfo(None, (), promised, rate, channels, container, encoding), blocks


def _require_content(path: Path) -> None:
    """Raise unless `path` is a file with content; a pipe, for one, would wait for ever."""
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode):
            raise AudioFileError(path, "not a file")
        path.open("rb").close()
    except (OSError, ValueError) as error:  # a link to itself, no permission; a zero byte
        reason = getattr(error, "strerror", None) or "no name that a file can have"
        raise AudioFileError(path, f"unreadable: {reason}") from error
    if not status.st_size:
        raise AudioFileError(path, "empty: 0 bytes")


@contextmanager
def _library(path: Path, reason: str) -> Iterator[None]:
    """Keep a library off the terminal for one call; what it raises becomes one sentence."""
    try:
        with _one_at_a_time, silent_terminal():
            yield
    except FAILURES as error:
        raise AudioFileError(path, reason) from error


def decode(
    path: Path, sample_rate: int, start: float = 0.0, seconds: float | None = None
) -> np.ndarray:
    """Return a stretch of an audio file, mono [shape=(n_samples,), dtype=float32], at another rate.

    Only the stretch is held in memory; it is shorter than `seconds` if the file ends before.
    Samples are returned as they are, so that a file in floating point may exceed ±1.

    Raises
    ------
    AudioFileError
        If the file cannot be decoded, holds values that are not finite, or nothing after `start`.
    """
    with opened(path) as (header, blocks):
        mono = map(averaged, blocks([], start, seconds))
        audio = resampled(mono, header.sample_rate, sample_rate)
    if not len(audio):
        raise AudioFileError(path, f"no audio after {start:g} s")
    if not np.all(np.isfinite(audio)):
        raise AudioFileError(path, NOT_FINITE)
    return audio


def averaged(block: np.ndarray) -> np.ndarray:
    """Return the mean of the channels of [shape=(n_frames, n_channels)]; a view of a single one."""
    if block.shape[1] == 1:
        return block[:, 0]
    if block.shape[1] == 2:  # the same numbers as those of np.mean, in a fifth of the time
        return (block[:, 0] + block[:, 1]) / 2
    return np.mean(block, axis=1)


def fitted(audio: np.ndarray, n_samples: int) -> np.ndarray:
    """Return audio of that length, cut or filled with silence, divided by a peak beyond ±1."""
    exact = np.zeros(n_samples, np.float32)
    exact[: len(audio)] = audio[:n_samples]
    return exact / max(np.float32(1), np.max(np.abs(exact)))


def resampled(blocks: Iterable[np.ndarray], from_rate: int, to_rate: int) -> np.ndarray:
    """Join consecutive blocks of mono audio [dtype=float32] at another sample rate."""
    empty = np.zeros(0, np.float32)
    if from_rate == to_rate:
        return np.concatenate([empty, *blocks])
    stream = soxr.ResampleStream(from_rate, to_rate, 1, "float32", "HQ")  # librosa's soxr_hq
    parts = [stream.resample_chunk(np.ascontiguousarray(block, np.float32)) for block in blocks]
    return np.concatenate([empty, *parts, stream.resample_chunk(empty, last=True)])
