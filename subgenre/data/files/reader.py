"""Audio files opened and read block by block, whatever their format; errors in one sentence.

libsndfile reads WAV, FLAC, OGG, MP3, AU, AIFF and more. What it cannot read goes to audioread,
which asks FFmpeg or the system's own decoder: M4A, for example.
"""

import os
import re
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import Protocol

import audioread
import numpy as np
import soundfile

from subgenre.plumbing.errors import DataError
from subgenre.plumbing.text import printable
from subgenre.plumbing.workers import silent_terminal

BLOCK_FRAMES = 2**18
"""Frames decoded at a time, 6 s at 44.1 kHz: memory stays small however long the file is."""
UNKNOWN_SIZE = 0x7FFF0000
"""Programs that write WAV to a pipe put at least this where the size of the samples belongs."""
MAX_SAMPLE_RATE = 768_000
"""In Hz; no audio file has more, and a header that says so would make buffers of gigabytes."""
MAX_CHANNELS = 1024
"""As libsndfile has it."""

_one_at_a_time = threading.RLock()  # the terminal can be silenced once, not by two threads


@dataclass(frozen=True)
class AudioInfo:
    """What the header of an audio file says.

    Attributes
    ----------
    duration : float
        Of the audio that the file can hold, in seconds.
    promised : float
        What the header promises, in seconds; more than `duration` if the file was cut off.
    sample_rate : int
        In Hz.
    channels : int
    format, subtype : str
        Container and encoding as soundfile spells them, such as ``"WAV"`` and ``"PCM_16"``.
    """

    duration: float
    promised: float
    sample_rate: int
    channels: int
    format: str
    subtype: str


class AudioFileError(DataError):
    """One audio file cannot be used; `reason` says why in a few words, for lists of such files."""

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason


def unforeseen(error: Exception) -> str:
    """Return the reason why a file cannot be used, for lists, after an error nobody thought of.

    Parameters
    ----------
    error : Exception
        While reading the file.
    """
    last = printable(traceback.format_exception_only(error)[-1].strip())
    return f"cannot be decoded: {last:.200}"


class Reader(Protocol):
    """An open audio file."""

    info: AudioInfo

    def blocks(self, start: float, seconds: float | None) -> Iterator[np.ndarray]:
        """Yield the stretch [shape=(n_frames, n_channels), float32] block by block."""
        ...


class _SoundFileReader:
    def __init__(self, file: soundfile.SoundFile) -> None:
        self._file = file
        rate = file.samplerate
        duration = file.frames / rate
        promised = duration * _promised_share(file.extra_info)
        self.info = AudioInfo(duration, promised, rate, file.channels, file.format, file.subtype)

    def blocks(self, start: float, seconds: float | None) -> Iterator[np.ndarray]:
        rate = self.info.sample_rate
        first = round(start * rate)
        if first:
            self._file.seek(min(first, self._file.frames))
        left = sys.maxsize if seconds is None else round((start + seconds) * rate) - first
        while left > 0:
            block = self._file.read(min(left, BLOCK_FRAMES), dtype="float32", always_2d=True)
            if not len(block):
                return
            left -= len(block)
            yield block


def _promised_share(header_log: str) -> float:
    """Return how many times the samples present the header announces; libsndfile logs both."""
    sizes = re.search(r"(?:data|SSND|Data Size) *: (\d+) \(should be (\d+)\)", header_log)
    announced, present = map(int, sizes.groups()) if sizes else (0, 0)
    return announced / present if 0 < present < announced < UNKNOWN_SIZE else 1.0


class _AudioreadReader:
    def __init__(self, file: audioread.AudioFile, suffix: str) -> None:
        self._file = file
        rate, seconds = file.samplerate, float(file.duration)
        self.info = AudioInfo(seconds, seconds, rate, file.channels, suffix.upper(), "")

    def blocks(self, start: float, seconds: float | None) -> Iterator[np.ndarray]:
        """Yield the stretch; what lies before it is decoded too, for there is no seeking."""
        rate, channels = self.info.sample_rate, self.info.channels
        first = round(start * rate)
        end = sys.maxsize if seconds is None else round((start + seconds) * rate)
        position, rest = 0, b""
        for buffer in self._file:
            samples = rest + bytes(buffer)  # blocks end anywhere, also within a frame
            n_bytes = len(samples) - len(samples) % (2 * channels)
            rest = samples[n_bytes:]
            frames = np.frombuffer(samples[:n_bytes], "<i2").reshape(-1, channels)
            wanted = frames[max(first - position, 0) : max(end - position, 0)]
            position += len(frames)
            if len(wanted):
                yield wanted.astype(np.float32) / 2**15
            if position >= end:
                return


@contextmanager
def opened(path: Path) -> Iterator[Reader]:
    """Open an audio file for reading; whatever goes wrong within the block becomes one sentence.

    Parameters
    ----------
    path : Path
        Any audio file.

    Yields
    ------
    Reader
        With ``info`` and ``blocks(start, seconds)``.

    Raises
    ------
    DataError
        If the file cannot be opened, is no audio that the libraries can decode, or its header
        claims what no audio file has.
    """
    _check_readable(path)
    with _one_at_a_time, silent_terminal():
        try:
            # libsndfile takes bytes where names are bytes, and so opens names of any encoding.
            name = str(path) if sys.platform == "win32" else os.fsencode(path)
            file = soundfile.SoundFile(name)
        except (soundfile.SoundFileError, TypeError, RuntimeError, OSError):
            with _errors_in_words(path), closing(_audioread(path)) as other:
                _check_header(path, other.samplerate, other.channels)
                yield _AudioreadReader(other, path.suffix.lstrip("."))
        else:
            with _errors_in_words(path), file:
                _check_header(path, file.samplerate, file.channels)
                yield _SoundFileReader(file)


def _check_readable(path: Path) -> None:
    """Raise unless `path` is a file with content; a pipe, for one, would wait for ever."""
    try:
        status = path.stat()
        if S_ISREG(status.st_mode):
            path.open("rb").close()
    except OSError as error:  # a link to itself, no such file, no permission
        raise AudioFileError(
            f"Expected an audio file that can be opened; {printable(path)} cannot "
            f"({error.strerror or error}): check its name and its permissions.",
            f"unreadable: {error.strerror or error}",
        ) from error
    except ValueError as error:  # a zero byte in the name
        raise AudioFileError(
            f"Expected the name of an audio file; got {printable(path)}: correct the name.",
            "unreadable: no name that a file can have",
        ) from error
    if not S_ISREG(status.st_mode):
        raise AudioFileError(
            f"Expected an audio file; {printable(path)} is not a file: name one.", "not a file"
        )
    if not status.st_size:
        raise AudioFileError(
            f"Expected an audio file; {printable(path)} is empty (0 bytes): fetch it again.",
            "empty: 0 bytes",
        )


def _check_header(path: Path, sample_rate: int, channels: int) -> None:
    """Raise if a damaged header claims what no file has; all that follows relies on both."""
    for name, value, highest in (
        ("sample rate", sample_rate, MAX_SAMPLE_RATE),
        ("number of channels", channels, MAX_CHANNELS),
    ):
        if not 1 <= value <= highest:
            raise AudioFileError(
                f"Expected a {name} from 1 to {highest}; {printable(path)} claims {value}, so its "
                "header is damaged: fetch it again or remove it.",
                f"damaged: impossible {name} {value}",
            )


def _audioread(path: Path) -> audioread.AudioFile:
    try:
        return audioread.audio_open(str(path))
    except (audioread.DecodeError, OSError, EOFError, ValueError) as error:
        raise AudioFileError(
            "Expected audio (WAV, FLAC, OGG, MP3, AU; M4A where FFmpeg is installed); "
            f"{printable(path)} is none that can be decoded: convert it, or leave it out.",
            "not audio that can be decoded here",
        ) from error


@contextmanager
def _errors_in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except (soundfile.SoundFileError, audioread.DecodeError, RuntimeError, OSError) as error:
        raise AudioFileError(
            f"Expected sound audio data; {printable(path)} is damaged, decoding it fails: fetch it "
            "again or remove it.",
            "damaged: decoding fails",
        ) from error
