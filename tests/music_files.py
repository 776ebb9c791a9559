"""Small audio files of every kind, sound and unsound, that tests write for themselves."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import soundfile

RATE = 16_000
FORMATS = (".wav", ".flac", ".ogg", ".mp3", ".au", ".aiff")
CODECS = {".m4a": "aac", ".aac": "aac", ".wma": "wmav2", ".webm": "libopus", ".mp4": "alac"}
"""Of formats that libsndfile does not read."""
CONTAINERS = {".m4a": "mp4", ".aac": "adts", ".wma": "asf", ".mka": "matroska"}
NAMES = ("Ärger über Öl", "夜の歌", "a#b#1", "<b title='x'>bold &amp;", "two\nlines", "it's 100 %",
         " lead")  # fmt: skip


def tune(seed: int, seconds: float = 6.0, rate: int = RATE) -> np.ndarray:
    """Return a random melody, four notes a second [shape=(n_samples,), float32]."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * rate)) / rate
    pitches = 220 * 2 ** (rng.integers(0, 25, int(4 * seconds) + 1) / 12)
    pitch = pitches[(4 * time).astype(int)]
    decay = np.exp(-6 * (time % 0.25))
    phase = 2 * np.pi * np.cumsum(pitch) / rate
    tones = sum(np.sin(k * phase) / k for k in range(1, 6))
    return (0.2 * decay * tones + 0.01 * rng.standard_normal(len(time))).astype(np.float32)


def write(path: Path, audio: np.ndarray, rate: int = RATE, **options: str) -> Path:
    """Write audio in the format of the path's extension; that of ``.mp3.wav`` is the first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix in CODECS:
        return encode(path, audio, rate)
    container = options.pop("format", path.suffix.lstrip(".").upper())
    soundfile.write(path, audio, rate, format=container, **options)
    return path


def encode(path: Path, audio: np.ndarray, rate=RATE, quality=0, piped=False, **options) -> Path:
    """Write audio by FFmpeg's libraries, without noise that every decoding draws anew."""
    codec = {".flac": "flac", ".ogg": "libopus", **CODECS}.get(path.suffix, "libmp3lame")
    container = CONTAINERS.get(path.suffix, path.suffix[1:])
    layout = "mono" if audio.ndim == 1 else "stereo"
    with ExitStack() as stack:
        out = stack.enter_context(path.open("wb"))
        target = SimpleNamespace(write=out.write) if piped else out
        file = stack.enter_context(av.open(target, "w", format=container, options=options))
        settings = {"aac_pns": "0"} if codec == "aac" else {}
        stream = file.add_stream(codec, rate=rate, layout=layout, options=settings)
        context, stream.bit_rate = stream.codec_context, 64_000
        if quality:  # the bit rate varies
            context.qscale, context.global_quality = True, 118 * quality
        samples = np.ascontiguousarray(np.atleast_2d(audio.T), np.float32)
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout=layout)
        frame.sample_rate, frame.pts = rate, 0
        for part in (frame, None):  # a header that comes before the end knows no length
            file.mux(stream.encode(part))
    return path


def write_uncounted(path: Path, audio: np.ndarray, rate: int = RATE, cover: int = 0, **options):
    """Write an MP3 that does not count its frames, after a tag with a picture of so many bytes."""
    encode(path, audio, rate, write_xing="0", id3v2_version="0", **options)
    size = bytes(cover >> shift & 127 for shift in (21, 14, 7, 0))
    path.write_bytes((b"ID3\3\0\0" + size + bytes(cover) if cover else b"") + path.read_bytes())
    return path


def overwrite(path: Path, marker: bytes, offset: int, value: bytes) -> Path:
    """Overwrite the bytes at some place after a marker in a file."""
    content = path.read_bytes()
    at = content.index(marker) + offset
    path.write_bytes(content[:at] + value + content[at + len(value) :])
    return path


def damage(path: Path, share: float, n_bytes: int = 1500) -> Path:
    """Overwrite some bytes, that far into a file."""
    noise = np.random.default_rng(0).bytes(n_bytes)
    return overwrite(path, b"", int(share * path.stat().st_size), noise)


def write_tune(path: Path, seed: int, seconds: float = 6.0, **options: str) -> Path:
    return write(path, tune(seed, seconds), **options)


def write_parts(path: Path, *parts: np.ndarray | float) -> Path:
    """Write audio; a number stands for so many seconds of silence."""
    audio = (np.zeros(round(RATE * one)) if np.isscalar(one) else one for one in parts)
    return write(path, np.concatenate([*audio]))


def cut(path: Path, share: float = 0.4) -> Path:
    """Keep only the first bytes of a file."""
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    return path


def with_rate(path: Path, rate: int) -> Path:
    """Put another sample rate into the header of a WAV file."""
    return overwrite(path, b"fmt ", 12, rate.to_bytes(4, "little"))


NAN, INFINITE = np.r_[tune(1), np.nan], np.r_[tune(1), np.inf]
OPPOSITE = np.stack([tune(2), -tune(2)], 1)
BAD: dict[str, tuple[str, Callable[[Path], object]]] = {
    # name: (how the reason begins, what writes the file)
    "empty.wav": ("empty", lambda path: path.write_bytes(b"")),
    "zero.wav": ("zero length", lambda path: write(path, np.zeros(0))),
    "silent.flac": ("silent", lambda path: write(path, np.zeros(6 * RATE))),
    "opposite.wav": ("silent: its channels cancel", lambda path: write(path, OPPOSITE)),
    "nan.wav": ("NaN or infinite", lambda path: write(path, NAN, subtype="FLOAT")),
    "infinite.wav": ("NaN or infinite", lambda path: write(path, INFINITE, subtype="FLOAT")),
    "text.mp3": ("not audio", lambda path: path.write_text("no music " * 999)),
    "noise.ogg": ("not audio", lambda path: path.write_bytes(bytes(range(256)) * 99)),
    "rate.wav": ("damaged: impossible", lambda path: with_rate(write_tune(path, 7), 768_001)),
    "cut.wav": ("truncated", lambda path: cut(write_tune(path, 3))),
    "cut.flac": ("truncated", lambda path: cut(write_tune(path, 4))),
    "cut.mp3": ("truncated", lambda path: cut(write_tune(path, 5))),
    "cut.webm": ("truncated", lambda path: cut(write_tune(path, 8))),
    "cut.m4a": ("not audio", lambda path: cut(write_tune(path, 9))),  # its index was at the end
    "cut.au": ("truncated", lambda path: cut(write_tune(path, 6))),
}

FINE: dict[str, tuple[str, Callable[[Path], object]]] = {
    # name: (what is noted, what writes the file)
    "stereo.wav": ("", lambda path: write(path, np.stack([tune(11), tune(12)], 1))),
    "telephone.wav": ("", lambda path: write(path, tune(13, rate=8000), 8000)),
    "deep.flac": ("", lambda path: write(path, tune(14), subtype="PCM_24")),
    "float.wav": ("beyond full scale", lambda path: write(path, 4 * tune(15), subtype="FLOAT")),
    "high.wav": ("", lambda path: write(path, tune(16, rate=96_000), 96_000)),
    "mislabelled.mp3": ("does not fit", lambda path: write(path, tune(17), format="WAV")),
    "lossless.mp4": ("", lambda path: write_tune(path, 19)),
    "SHOUTED.WAV": ("", lambda path: write(path, tune(18), format="WAV")),
}


def write_classes(
    root: Path, labels=("dub", "house"), n_files=3, seconds=2.5, suffixes=FORMATS, seed=0
) -> Path:
    """Write a folder with `n_files` different tunes in every class, formats in turn."""
    for i, label in enumerate(labels):
        for j in range(n_files):
            path = root / label / f"tune {j}{suffixes[j % len(suffixes)]}"
            write_tune(path, seed + 1000 * i + j, seconds)
    return root
