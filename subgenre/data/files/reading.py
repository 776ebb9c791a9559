"""Audio files in, samples out, block by block whatever the format; errors in one sentence.

libsndfile reads WAV, FLAC, OGG, MP3, AU, AIFF and more. What it cannot read goes to FFmpeg's
libraries, which PyAV brings along: M4A, AAC, WMA and WebM, for example.
"""

import itertools
import os
import re
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from stat import S_ISREG

import av
import numpy as np
import soundfile
import soxr

from subgenre.data.dataset import FileInfo
from subgenre.plumbing.errors import DataError
from subgenre.plumbing.text import printable
from subgenre.plumbing.workers import silent_terminal

DECODING_VERSION = 1
"""Raised whenever `decode` gives other samples: caches of clips depend on it."""
RESAMPLING = "HQ"
"""librosa's ``soxr_hq``."""
BLOCK_FRAMES = 2**18
"""Frames decoded at a time, 6 s at 44.1 kHz: memory stays small however long the file is."""
PREROLL_SECONDS = 0.5
"""Decoded before a stretch that is reached by a seek: transforms overlap, MP3 keeps a reservoir."""
UNKNOWN_SIZE = 0x7FFF0000
"""Programs that write WAV to a pipe put at least this where the size of the samples belongs."""
MAX_SAMPLE_RATE = 768_000
"""In Hz; no audio file has more, and a header that says so would make buffers of gigabytes."""
NOT_FINITE = "NaN or infinite samples"
FAILURES = (soundfile.SoundFileError, av.FFmpegError, RuntimeError, OSError, ValueError, TypeError)
"""What the libraries raise."""

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
def opened(path: Path) -> Iterator[tuple[FileInfo, Callable[..., Iterator[np.ndarray]]]]:
    """Open an audio file for reading.

    Yields
    ------
    header : FileInfo
        Its duration is what the header promises, 0 if that says nothing.
    blocks : callable
        Yields a stretch of so many seconds from a start on, or the whole file, block by block
        [shape=(n_frames, n_channels), dtype=float32].

    Raises
    ------
    AudioFileError
        If the file cannot be opened, is no audio that the libraries can decode, its header claims
        what no audio file has, or decoding fails on the way.
    """
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode):  # a pipe, for one, would wait for ever
            raise AudioFileError(path, "not a file")
        path.open("rb").close()
    except (OSError, ValueError) as error:  # a link to itself, no permission; a zero byte
        reason = getattr(error, "strerror", None) or "no name that a file can have"
        raise AudioFileError(path, f"unreadable: {reason}") from error
    if not status.st_size:
        raise AudioFileError(path, "empty: 0 bytes")
    with ExitStack() as stack:
        try:
            with _one_at_a_time, silent_terminal():
                # libsndfile takes bytes where names are bytes, and so opens names of any encoding.
                name = str(path) if sys.platform == "win32" else os.fsencode(path)
                file = stack.enter_context(soundfile.SoundFile(name))
            rate, channels, format_, subtype = (
                file.samplerate,
                file.channels,
                file.format,
                file.subtype,
            )
            promised = file.frames / rate * _promised_share(file.extra_info)
            read = partial(_by_libsndfile, file)
        except FAILURES:
            try:  # a playlist that poses as music fetches nothing
                options = {"protocol_whitelist": "file"}
                container = stack.enter_context(av.open(f"file:{path}", options=options))
                audio = container.streams.audio[0].codec_context
                rate, channels, subtype = audio.sample_rate, audio.channels, audio.name.upper()
            except (*FAILURES, LookupError, AttributeError) as error:  # no music, or no decoder
                raise AudioFileError(path, "not audio that can be decoded here") from error
            guessed = container.format.flags & 0x100  # AVFMT_GENERIC_INDEX: it has no index
            promised = 0.0 if guessed else (container.duration or 0) / av.time_base
            format_ = path.suffix.lstrip(".").upper()
            read = partial(_by_ffmpeg, container)
        if not (1 <= rate <= MAX_SAMPLE_RATE and channels):
            raise AudioFileError(path, f"damaged: impossible sample rate {rate}")
        header = FileInfo(
            duration=promised, sample_rate=rate, channels=channels, format=format_, subtype=subtype
        )
        yield header, partial(_stretch, path, rate, read)


def _stretch(
    path: Path,
    rate: int,
    read: Callable[[int, int], Iterator[np.ndarray]],
    start: float = 0.0,
    seconds: float | None = None,
) -> Iterator[np.ndarray]:
    first = round(start * rate)
    end = sys.maxsize if seconds is None else round((start + seconds) * rate)
    blocks = read(first, end)
    while True:
        try:
            with _one_at_a_time, silent_terminal():
                block = next(blocks, None)
        except FAILURES as error:
            raise AudioFileError(path, "damaged: decoding fails") from error
        if block is None:
            return
        yield block


def _promised_share(header_log: str) -> float:
    """Return how many times the samples present the header announces; libsndfile logs both."""
    sizes = re.search(r"(?:data|SSND|Data Size) *: (\d+) \(should be (\d+)\)", header_log)
    announced, present = map(int, sizes.groups()) if sizes else (0, 0)
    return announced / present if 0 < present < announced < UNKNOWN_SIZE else 1.0


def _by_libsndfile(file: soundfile.SoundFile, first: int, end: int) -> Iterator[np.ndarray]:
    if first:  # a seek to 0 would change the first samples of an MP3
        first = file.seek(min(first, file.frames))
    while len(block := file.read(min(end - first, BLOCK_FRAMES), "float32", always_2d=True)):
        first += len(block)
        yield block


def _by_ffmpeg(
    container: av.container.InputContainer, first: int, end: int
) -> Iterator[np.ndarray]:
    stream = container.streams.audio[0]
    rate, channels = stream.codec_context.sample_rate, stream.codec_context.channels
    resampler = av.AudioResampler(format="flt", frame_size=2**14)
    head, position = None, 0
    if first > 2 * PREROLL_SECONDS * rate:
        head = next(container.decode(stream))  # the clock of the file starts with it
        seconds = first / rate - PREROLL_SECONDS
        container.seek(head.pts + int(seconds / stream.time_base), stream=stream)
    for frame in itertools.chain(container.decode(stream), [None]):
        if head:
            position, head = _position(frame, head), None
        for part in resampler.resample(frame):
            block = part.to_ndarray().reshape(-1, channels)
            wanted = block[max(first - position, 0) : max(end - position, 0)]
            position += len(block)
            if len(wanted):
                yield wanted
            if position >= end:
                return


def _position(frame: av.AudioFrame, head: av.AudioFrame) -> int:
    """Return how many samples lie before `frame`; `head` is the first of the file.

    Some clocks tick in milliseconds, so whole frames are counted where all have one size.
    """
    samples = (frame.pts - head.pts) * frame.time_base * frame.sample_rate
    whole = round((samples - head.samples) / frame.samples) * frame.samples + head.samples
    is_exact = abs(whole - samples) <= frame.time_base * frame.sample_rate
    return whole if is_exact else round(samples)


def decode(
    path: Path, sample_rate: int, start: float = 0.0, seconds: float | None = None
) -> np.ndarray:
    """Return a stretch of an audio file, mono, at another sample rate.

    Only the stretch is held in memory. Samples are returned as they are, so that a file in
    floating point may exceed ±1.

    Parameters
    ----------
    path : Path
        Any audio file.
    sample_rate : int
        In Hz.
    start, seconds : float
        To the end of the file unless given.

    Returns
    -------
    np.ndarray [shape=(n_samples,), dtype=float32]
        Shorter than `seconds` if the file ends before.

    Raises
    ------
    AudioFileError
        If the file cannot be decoded, holds values that are not finite, or nothing after `start`.
    """
    with opened(path) as (header, blocks):
        mono = map(averaged, blocks(start, seconds))
        audio = resampled(mono, header.sample_rate, sample_rate)
    if not len(audio):
        raise AudioFileError(path, f"no audio after {start:g} s")
    if not np.all(np.isfinite(audio)):
        raise AudioFileError(path, NOT_FINITE)
    return audio


def averaged(block: np.ndarray) -> np.ndarray:
    """Return the mean of the channels of [shape=(n_frames, n_channels)]; a view of a single one."""
    n_channels = block.shape[1]
    if n_channels == 1:
        return block[:, 0]
    if n_channels == 2:  # the same numbers as those of np.mean, in a fifth of the time
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
    stream = soxr.ResampleStream(from_rate, to_rate, 1, dtype="float32", quality=RESAMPLING)
    parts = [stream.resample_chunk(np.ascontiguousarray(block, np.float32)) for block in blocks]
    return np.concatenate([empty, *parts, stream.resample_chunk(empty, last=True)])
