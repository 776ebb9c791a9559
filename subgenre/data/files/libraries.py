"""What two libraries read: libsndfile, and FFmpeg's; and where the first stops short.

libsndfile ends where it believes that a file ends, and gives up at the first damage. FFmpeg decodes
packet by packet, leaves out those that it cannot decode, and tells by its clock what they lasted.
"""

import itertools
import mmap
import os
import re
import sys
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
import numpy as np
import soundfile

Blocks = Iterator[np.ndarray]  # of samples [shape=(n_frames, n_channels), dtype=float32]
PREROLL_SECONDS = 0.5  # decoded after a seek and before the stretch: frames depend on earlier ones
GAP_SECONDS = (0.02, 60.0)  # clocks are less exact; what would last longer is a broken clock
LOUDEST = 8.0  # after damage, what is 12 dB beyond full scale is no music
UNKNOWN_SIZE = 0x7FFF0000  # at least this is the size in WAV headers that were written to a pipe
UNKNOWN_FRAMES = 2**36 - 1  # the largest number in a FLAC header, 18 days: nobody knows the length
GUESS_TOLERANCE = 0.005  # of the size: headers of containers are small
SPARE_SECONDS = 0.1  # what a header counts may differ by so much from what is there
SIZES = re.compile(r"(?:data|SSND|Data Size) *: (\d+) \(should be (\d+)\)")  # libsndfile's log
REVERSED_BITS = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
#: In the first frame of an MP3: how many there are.
COUNT = re.compile(
    rb"(?:Xing|Info)\0\0\0[\1\3\5\7\x09\x0b\x0d\x0f](.{4})|VBRI.{10}(.{4})", re.DOTALL
)


@lru_cache(256)
def ogg_faults(path: Path, _modified: int) -> tuple[bool, bool]:
    """Tell whether libsndfile misses music in an Ogg file, and whether its end is missing.

    It skips damaged pages (RFC 3533: their checksum is that of zlib with all bits reversed, and
    without its inversions), and stops after the first of several streams.
    """
    flags = 0
    with path.open("rb") as file:
        while head := file.read(27):
            table = file.read(head[-1])
            page = head + table + file.read(sum(table))
            if len(page) < 27 + len(table) + sum(table):
                break
            blank = (page[:22] + bytes(4) + page[26:]).translate(REVERSED_BITS)
            checksum = zlib.crc32(blank, 0xFFFFFFFF) ^ 0xFFFFFFFF
            if page[22:26] != checksum.to_bytes(4, "big").translate(REVERSED_BITS):
                return not flags & 4, False  # what follows the last page is none
            if flags & 4:  # another stream follows
                return True, False
            flags = head[5]
    return False, not flags & 4


def open_sound_file(path: Path) -> soundfile.SoundFile:
    """Open a file by libsndfile, whatever the encoding of its name."""
    return soundfile.SoundFile(str(path) if sys.platform == "win32" else os.fsencode(path))


def open_media(path: Path) -> Any:
    """Open a file by FFmpeg; a playlist fetches nothing, and a length is no limit."""
    with path.open("rb") as opened:
        kind = opened.read(4)
        if kind not in (b"RF64", b".snd"):
            return av.open(f"file:{path}", options={"protocol_whitelist": "file"})
        content = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_COPY)
    if kind == b".snd":
        content[8:12] = b"\xff" * 4  # the length is not known
    else:
        place = content.find(b"ds64")  # the lengths; without them it is a WAV
        content[:4], content[place : place + 4] = b"RIFF", b"JUNK"
    return av.open(content)


def sound_file_length(path: Path, file: soundfile.SoundFile) -> tuple[float, bool]:
    """Return how many seconds the header promises, and whether libsndfile reads to the end."""
    if not 0 < file.frames < UNKNOWN_FRAMES:
        return 0.0, False
    seconds = file.frames / file.samplerate
    modified = path.stat().st_mtime_ns
    if not file.subtype.startswith("MPEG"):
        sizes = SIZES.search(file.extra_info)
        announced, present = map(int, sizes.groups()) if sizes else (0, 0)
        is_cut = 0 < present < announced < UNKNOWN_SIZE
        is_whole = file.format != "OGG" or not ogg_faults(path, modified)[0]
        return seconds * (announced / present if is_cut else 1), is_whole
    n_frames, packets = _mp3_frames(path, modified)
    counted = n_frames * (1152 if file.samplerate >= 32_000 else 576) / file.samplerate
    is_whole = max(seconds, counted) + SPARE_SECONDS > packets
    return min(seconds, counted), is_whole  # the first is without what encoders pad


@lru_cache(256)
def _mp3_frames(path: Path, _modified: int) -> tuple[int, float]:
    """Return how many frames an MP3 counts, 0 if none, and the seconds of those that are there."""
    duration, found = 0, None
    with open_media(path) as media, path.open("rb") as opened, suppress(av.FFmpegError):
        stream = media.streams.audio[0]
        for packet in media.demux(stream):  # none is decoded
            if not duration:
                opened.seek(max(0, packet.pos - 2**12))  # the count is in or before the first one
                found = COUNT.search(opened.read(2**13))
            duration += packet.duration or 0
    n_frames = int.from_bytes(found[1] or found[2], "big") if found else 0
    return n_frames, float(duration * stream.time_base)


def media_length(media: Any) -> float:
    """Return how many seconds the header promises; a guess from the file's size promises none."""
    seconds, stream = (media.duration or 0) / av.time_base, media.streams.audio[0]
    is_guess = abs(seconds * (stream.bit_rate or 0) / 8 / media.size - 1) < GUESS_TOLERANCE
    has_index = stream.frames or not media.format.flags & 0x100  # AVFMT_GENERIC_INDEX
    return seconds if stream.frames or (has_index and not is_guess) else 0.0


def by_libsndfile(file: Any, first: int, end: int, size: int, counted: bool) -> Blocks:
    """Yield what lies between two frames, `size` at a time, of a file that counts them or not."""
    skipped = 0 if counted else min(first, round(PREROLL_SECONDS * file.samplerate))
    if first:  # a seek to 0 would change the first samples of an MP3
        first = file.seek(min(first - skipped, file.frames))
    while len(block := file.read(min(end - first, size), "float32", always_2d=True)):
        first += len(block)
        yield block[skipped:]
        skipped = 0


def by_ffmpeg(media: Any, first: int, end: int, seekable: bool, lost: list[float]) -> Blocks:
    """Yield what lies between two frames; what cannot be decoded is silent.

    The seconds that are lost are added to `lost`, 0 where they are not known.
    """
    stream = media.streams.audio[0]
    rate, channels = stream.codec_context.sample_rate, stream.codec_context.channels
    frames, head, position = _frames(media, lost), None, 0
    if seekable and first > 2 * PREROLL_SECONDS * rate:
        head = next(frames)  # the clock of the file starts with it
        seconds = first / rate - PREROLL_SECONDS
        media.seek(head.pts + int(seconds / stream.time_base), stream=stream)
        frames = _frames(media, lost)
        if not (start := next((frame for frame in frames if frame.pts is not None), None)):
            return
        position = _position(start, head)
        frames = itertools.chain([start], frames)
    for part in _without_gaps(frames, head, position, lost):
        block = part.to_ndarray() if isinstance(part, av.AudioFrame) else np.zeros(part, np.float32)
        block = block.reshape(-1, channels)
        wanted = block[max(first - position, 0) : max(end - position, 0)]
        position += len(block)
        if len(wanted):
            yield wanted
        if position >= end:
            return


def _frames(media: Any, lost: list[float]) -> Iterator[Any]:
    """Yield the frames that can be decoded."""
    packets = media.demux(media.streams.audio[0])
    while True:
        try:
            yield from next(packets).decode()
        except StopIteration:
            return
        except av.FFmpegError:
            lost.append(0.0)  # of what length, only the clock will tell


def _without_gaps(
    frames: Iterator[Any], head: Any, position: int, lost: list[float]
) -> Iterator[Any]:
    """Yield frames of one format, and the numbers of values that are missing between them."""
    resampler = av.AudioResampler(format="flt", frame_size=2**14)
    for frame in frames:
        head = head or frame
        if lost and frame.format.name.startswith("flt") and np.ptp(frame.to_ndarray()) > LOUDEST:
            continue
        is_timed = frame.pts is not None and head.pts is not None
        gap = _position(frame, head) - position if is_timed else 0
        if GAP_SECONDS[0] < gap / frame.sample_rate < GAP_SECONDS[1]:
            yield from resampler.resample(None)
            yield gap * frame.layout.nb_channels
            resampler = av.AudioResampler(format="flt", frame_size=2**14)
            lost.append(gap / frame.sample_rate)
            position += gap
        position += frame.samples
        yield from resampler.resample(frame)
    yield from resampler.resample(None)


def _position(frame: Any, head: Any) -> int:
    """Return how many samples lie before `frame`; `head` is the first of the file.

    Some clocks tick in milliseconds, so whole frames are counted where all have one size.
    """
    samples = (frame.pts - head.pts) * frame.time_base * frame.sample_rate
    whole = round((samples - head.samples) / frame.samples) * frame.samples + head.samples
    is_exact = abs(whole - samples) <= frame.time_base * frame.sample_rate
    return whole if is_exact else round(samples)
