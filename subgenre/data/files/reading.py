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
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from stat import S_ISREG

import av
import numpy as np
import soundfile
import soxr
from av.container import InputContainer

from subgenre.plumbing.errors import DataError
from subgenre.plumbing.text import printable
from subgenre.plumbing.workers import silent_terminal

DECODING_VERSION = 1
"""Raised whenever `decode` gives other samples: caches of clips depend on it."""
RESAMPLING = "HQ"
"""librosa's ``soxr_hq``."""
BLOCK_FRAMES = 2**18
"""Frames decoded at a time, 6 s at 44.1 kHz: memory stays small however long the file is."""
FFMPEG_BLOCK_FRAMES = 2**14
PREROLL_SECONDS = 0.5
"""Decoded before a stretch that is reached by a seek: transforms overlap, MP3 keeps a reservoir."""
GUESSED_LENGTH = 0x100
"""FFmpeg's AVFMT_GENERIC_INDEX: the format has no index, and its length is a guess."""
UNKNOWN_SIZE = 0x7FFF0000
"""Programs that write WAV to a pipe put at least this where the size of the samples belongs."""
MAX_SAMPLE_RATE = 768_000
"""In Hz; no audio file has more, and a header that says so would make buffers of gigabytes."""
MAX_CHANNELS = 1024
"""As libsndfile has it."""
LOCAL = {"protocol_whitelist": "file"}
"""A playlist that poses as music fetches nothing."""
NOT_FINITE = "NaN or infinite samples"
CANNOT_OPEN = (soundfile.SoundFileError, TypeError, RuntimeError, OSError)
CANNOT_DECODE = (soundfile.SoundFileError, av.FFmpegError, RuntimeError, OSError, ValueError)

_one_at_a_time = threading.Lock()  # the terminal can be silenced once, not by two threads


@dataclass(frozen=True)
class AudioInfo:
    """What the header of an audio file says.

    Attributes
    ----------
    promised : float
        Length in seconds, of which there is less if the file was cut off; 0 if it is not said.
    sample_rate : int
        In Hz.
    channels : int
    format, subtype : str
        Container and encoding as soundfile spells them, such as ``"WAV"`` and ``"PCM_16"``.
    """

    promised: float
    sample_rate: int
    channels: int
    format: str
    subtype: str


class AudioFileError(DataError):
    """The audio file at `path` cannot be used; `reason` is a kind, and details after a colon."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)  # as pickle gives them back
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


class Reader:
    """An open audio file, whose header says `info`."""

    def __init__(self, path: Path, info: AudioInfo, read: partial[Iterator[np.ndarray]]) -> None:
        self.info = info
        self._path = path
        self._read = read

    def blocks(self, start: float = 0.0, seconds: float | None = None) -> Iterator[np.ndarray]:
        """Yield a stretch, or all from `start` on, as [shape=(n_frames, n_channels), float32].

        Raises
        ------
        AudioFileError
            If decoding fails; what could be decoded came before.
        """
        first = round(start * self.info.sample_rate)
        end = sys.maxsize if seconds is None else round((start + seconds) * self.info.sample_rate)
        blocks = self._read(first, end - first)
        while True:
            try:
                with _one_at_a_time, silent_terminal():
                    block = next(blocks, None)
            except CANNOT_DECODE as error:
                raise AudioFileError(self._path, "damaged: decoding fails") from error
            if block is None:
                return
            yield block


@contextmanager
def opened(path: Path) -> Iterator[Reader]:
    """Open an audio file for reading.

    Raises
    ------
    AudioFileError
        If the file cannot be opened, is no audio that the libraries can decode, or its header
        claims what no audio file has.
    """
    _require_content(path)
    with ExitStack() as stack:
        try:
            with _one_at_a_time, silent_terminal():
                # libsndfile takes bytes where names are bytes, and so opens names of any encoding.
                name = str(path) if sys.platform == "win32" else os.fsencode(path)
                file = stack.enter_context(soundfile.SoundFile(name))
            promised = file.frames / file.samplerate * _promised_share(file.extra_info)
            info = AudioInfo(promised, file.samplerate, file.channels, file.format, file.subtype)
            read = partial(_by_libsndfile, file)
        except CANNOT_OPEN:
            try:
                container = stack.enter_context(av.open(f"file:{path}", options=LOCAL))
                info = _info_of(container, path)
            except (av.FFmpegError, *CANNOT_OPEN, LookupError, AttributeError) as error:
                raise AudioFileError(path, "not audio that can be decoded here") from error
            read = partial(_by_ffmpeg, container)
        for name, value, highest in (
            ("sample rate", info.sample_rate, MAX_SAMPLE_RATE),
            ("number of channels", info.channels, MAX_CHANNELS),
        ):
            if not 1 <= value <= highest:  # all that follows relies on both
                raise AudioFileError(path, f"damaged: impossible {name} {value}")
        yield Reader(path, info, read)


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


def _promised_share(header_log: str) -> float:
    """Return how many times the samples present the header announces; libsndfile logs both."""
    sizes = re.search(r"(?:data|SSND|Data Size) *: (\d+) \(should be (\d+)\)", header_log)
    announced, present = map(int, sizes.groups()) if sizes else (0, 0)
    return announced / present if 0 < present < announced < UNKNOWN_SIZE else 1.0


def _by_libsndfile(file: soundfile.SoundFile, first: int, n_frames: int) -> Iterator[np.ndarray]:
    if first:  # even one to 0 changes the first samples of an MP3
        file.seek(min(first, file.frames))
    while n_frames > 0:
        block = file.read(min(n_frames, BLOCK_FRAMES), dtype="float32", always_2d=True)
        if not len(block):
            return
        n_frames -= len(block)
        yield block


def _info_of(container: InputContainer, path: Path) -> AudioInfo:
    stream = container.streams.audio[0]
    known = container.duration and not container.format.flags & GUESSED_LENGTH
    return AudioInfo(
        promised=container.duration / av.time_base if known else 0.0,
        sample_rate=stream.codec_context.sample_rate,
        channels=stream.codec_context.channels,
        format=path.suffix.lstrip(".").upper(),
        subtype=stream.codec_context.name.upper(),
    )


def _by_ffmpeg(container: InputContainer, first: int, n_frames: int) -> Iterator[np.ndarray]:
    """Yield the stretch; a far one is reached by the clock of the file, from `head` on."""
    stream = container.streams.audio[0]
    rate, channels = stream.codec_context.sample_rate, stream.codec_context.channels
    resampler = av.AudioResampler(format="flt", frame_size=FFMPEG_BLOCK_FRAMES)
    decoded = container.decode(stream)
    position = 0
    if first > 2 * PREROLL_SECONDS * rate:
        head = next(decoded)
        seconds = first / rate - PREROLL_SECONDS
        container.seek(head.pts + int(seconds / stream.time_base), stream=stream)
        decoded = container.decode(stream)
        frame = next(decoded)
        position = _position(frame, head, rate)
        decoded = itertools.chain([frame], decoded)
    for frame in itertools.chain(decoded, [None]):
        for part in resampler.resample(frame):
            block = part.to_ndarray().reshape(-1, channels)
            wanted = block[max(first - position, 0) : max(first + n_frames - position, 0)]
            position += len(block)
            if len(wanted):
                yield wanted
            if position >= first + n_frames:
                return


def _position(frame: av.AudioFrame, head: av.AudioFrame, rate: int) -> int:
    """Return how many samples lie before `frame`; `head` is the first of the file.

    Some clocks tick in milliseconds, so that whole frames are counted where their size is fixed.
    """
    seconds = (frame.pts - head.pts) * frame.time_base
    whole = round((seconds * rate - head.samples) / frame.samples) * frame.samples + head.samples
    exact = abs(whole - seconds * rate) <= rate * frame.time_base
    return whole if exact else round(seconds * rate)


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
    with opened(path) as reader:
        mono = map(averaged, reader.blocks(start, seconds))
        audio = resampled(mono, reader.info.sample_rate, sample_rate)
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
