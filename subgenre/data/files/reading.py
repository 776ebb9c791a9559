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
from typing import Any

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
BLOCK_FRAMES = 2**18  # decoded at a time, 6 s at 44.1 kHz: memory stays small for any file
MAX_SAMPLE_RATE = 768_000  # in Hz; a header that says more would make buffers of gigabytes
UNKNOWN_SIZE = 0x7FFF0000  # at least this is the size in WAV headers that were written to a pipe
PREROLL_SECONDS = 0.5  # decoded after a seek and before the stretch: frames depend on earlier ones
NOT_FINITE = "NaN or infinite samples"
FAILURES = (
    *(soundfile.SoundFileError, av.FFmpegError, OSError, RuntimeError, ValueError, TypeError),
    *(LookupError, AttributeError),  # of a file without music, or without a decoder for it
)

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
        Yields the stretch from `start` on, of so many `seconds` or to the end, block by block
        [shape=(n_frames, n_channels), dtype=float32].

    Raises
    ------
    AudioFileError
        If the file cannot be opened, is no audio that the libraries can decode, its header claims
        what no audio file has, or decoding fails on the way.
    """
    _require_content(path)
    with ExitStack() as stack:
        try:
            with _library(path, "not for libsndfile"):
                # It takes bytes where names are bytes, and so opens names of any encoding.
                name = str(path) if sys.platform == "win32" else os.fsencode(path)
                file = stack.enter_context(soundfile.SoundFile(name))
            read = partial(_by_libsndfile, file)
            rate, channels = file.samplerate, file.channels
            promised = file.frames / rate * _promised_share(file.extra_info)
            container, encoding = file.format, file.subtype
        except AudioFileError:
            with _library(path, "not audio that can be decoded here"):
                only_files = {"protocol_whitelist": "file"}  # a playlist fetches nothing
                media = stack.enter_context(av.open(f"file:{path}", options=only_files))
                audio = media.streams.audio[0].codec_context
                rate, channels = audio.sample_rate, audio.channels
                container, encoding = path.suffix.lstrip(".").upper(), audio.name.upper()
            read = partial(_by_ffmpeg, media)
            is_guess = media.format.flags & 0x100  # AVFMT_GENERIC_INDEX: there is no index
            promised = 0.0 if is_guess else (media.duration or 0) / av.time_base
        if not (1 <= rate <= MAX_SAMPLE_RATE and channels):
            raise AudioFileError(path, f"damaged: impossible sample rate {rate}")

        def blocks(start: float = 0.0, seconds: float | None = None) -> Iterator[np.ndarray]:
            end = sys.maxsize if seconds is None else round((start + seconds) * rate)
            some = read(round(start * rate), end)
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


def _by_ffmpeg(media: Any, first: int, end: int) -> Iterator[np.ndarray]:
    stream = media.streams.audio[0]
    context, head, position = stream.codec_context, None, 0
    if first > 2 * PREROLL_SECONDS * context.sample_rate:
        head = next(media.decode(stream))  # the clock of the file starts with it
        seconds = first / context.sample_rate - PREROLL_SECONDS
        media.seek(head.pts + int(seconds / stream.time_base), stream=stream)
    resampler = av.AudioResampler(format="flt", frame_size=2**14)
    for frame in itertools.chain(media.decode(stream), [None]):  # the last empties the resampler
        if head:
            position, head = _position(frame, head), None
        for part in resampler.resample(frame):
            block = part.to_ndarray().reshape(-1, context.channels)
            wanted = block[max(first - position, 0) : max(end - position, 0)]
            position += len(block)
            if len(wanted):
                yield wanted
            if position >= end:
                return


def _position(frame: Any, head: Any) -> int:
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
    stream = soxr.ResampleStream(from_rate, to_rate, 1, "float32", "HQ")  # librosa's soxr_hq
    parts = [stream.resample_chunk(np.ascontiguousarray(block, np.float32)) for block in blocks]
    return np.concatenate([empty, *parts, stream.resample_chunk(empty, last=True)])
