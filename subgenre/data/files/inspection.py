"""Every audio file is decoded from start to end, and judged in passing: for a study or an answer.

Files are streamed, so memory stays small for long files and for many. What was found for a study
is kept in the cache by path, number, size and times of change: a second one decodes nothing again.
"""

import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from subgenre.config import digest
from subgenre.data.dataset import FileInfo
from subgenre.data.files.duplicates import Fingerprinter
from subgenre.data.files.libraries import ogg_faults
from subgenre.data.files.reading import NOT_FINITE, AudioFileError, averaged, opened, unforeseen
from subgenre.plumbing.files import CACHE_VARIABLE, cache_dir, usable_dir, written_aside
from subgenre.plumbing.workers import in_parallel

INSPECTION_VERSION = 4  # raised whenever `Inspection` says something else of the same file
SILENT_PEAK = 1e-4  # -80 dB of full scale: below it, noise would be all there is
TRUNCATED_SHARE = 0.9  # of the promised length; a file with less is not used
WHOLE_SHARE = 0.995  # of the promised length; with less the end is lost, for lengths are inexact
FILES_WITHOUT_WORKERS = 24  # for so few, starting processes takes longer than decoding
#: Containers, and the extensions that fit them.
SAME_KIND = (
    *({"wav", "wavex", "wave", "bwf", "rf64"}, {"flac"}, {"ogg", "oga", "opus"}),
    *({"mp3", "mp2", "mpga"}, {"au", "snd"}, {"aiff", "aif", "aifc"}),
)


class Inspection:
    """A tee: whoever pulls `blocks` has the file judged in the same pass.

    With `identify`, the hashes and the fingerprint that find copies are taken, too. `header` is
    what the file says of itself; its sample rate is 0 until there is a block.
    """

    def __init__(self, path: Path, identify: bool = True) -> None:
        self._path = path
        self._identify = identify
        self.header = FileInfo()
        self._stopped = ""  # why decoding did
        self._n_frames = 0
        self._peak = 0.0  # of any channel
        self._cancels = False  # whether channels sound that are silent when they are averaged
        self._silent: list[bool] = []  # for each second, channels averaged
        self._rest = np.zeros(0, np.float32)  # of the second that is not complete
        self._lost: list[float] = []  # seconds that cannot be decoded

    @property
    def duration(self) -> float:
        """Seconds decoded so far."""
        return self._n_frames / self.header.sample_rate if self._n_frames else 0.0

    def blocks(self) -> Iterator[np.ndarray]:
        """Yield the whole file, mono [shape=(n_samples,), dtype=float32], up to any damage."""
        try:
            with opened(self._path) as (self.header, blocks):
                if self._identify:
                    shape = f"{self.header.sample_rate} {self.header.channels}"
                    self._samples = hashlib.blake2b(shape.encode(), digest_size=16)
                    self._fingerprinter = Fingerprinter(self.header.sample_rate)
                for block in blocks(self._lost):
                    yield self._judged(block)
        except AudioFileError as error:
            self._stopped = error.reason

    def _judged(self, block: np.ndarray) -> np.ndarray:
        self._peak = np.max([self._peak, block.max(), -block.min()]).item()
        if not np.isfinite(self._peak):
            raise AudioFileError(self._path, NOT_FINITE)
        mono = averaged(block)
        if self._identify:
            self._samples.update(np.ascontiguousarray(block).data)
            self._fingerprinter.add(mono)
        rate, samples = self.header.sample_rate, np.concatenate([self._rest, mono])
        if whole := len(samples) // rate * rate:
            self._silent += _are_silent(samples[:whole].reshape(-1, rate))
        self._rest = samples[whole:].copy()
        if block.shape[1] > 1 and all(self._silent):
            self._cancels |= bool(np.ptp(block, axis=0).max() >= SILENT_PEAK)
        self._n_frames += len(mono)
        return mono

    def result(self) -> FileInfo:
        """Return what the file is and what is wrong with it, once `blocks` has ended."""
        if not self.header.sample_rate:
            return FileInfo(problem=self._stopped)
        if len(self._rest):
            self._silent += _are_silent(self._rest[np.newaxis])
        good = self.duration - sum(self._lost)
        found: dict[str, Any] = {"problem": self._problem(good), "notes": (*self._notes(good),)}
        if self._identify:
            with self._path.open("rb") as file:
                content = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16))
            found["bytes_hash"] = content.hexdigest()
            found["samples_hash"] = self._samples.hexdigest()
            found["fingerprint"] = self._fingerprinter.result()
        edges = np.flatnonzero(np.diff([False, *self._silent, False])).tolist()
        silences = tuple(zip(edges[::2], edges[1::2], strict=True))
        return replace(self.header, duration=self.duration, silences=silences, **found)

    def _problem(self, decoded: float) -> str | None:
        whole = max(self.duration, self.header.duration)
        if self._stopped == NOT_FINITE:
            return NOT_FINITE
        if decoded < TRUNCATED_SHARE * whole:
            return f"truncated: {decoded:.1f} of {whole:.1f} s can be decoded"
        if not self.duration:
            return "zero length: the file holds no samples"
        if not all(self._silent):
            return None
        if self._cancels:
            return "silent: its channels cancel out when they are averaged"
        return "silent: no sample reaches -80 dB of full scale"

    def _notes(self, decoded: float) -> Iterator[str]:
        kind, suffix = self.header.format, self._path.suffix
        if any(kind.lower() in same and suffix[1:].lower() not in same for same in SAME_KIND):
            yield f"the extension {suffix!r} does not fit the content, {kind}"
        is_cut = kind == "OGG" and ogg_faults(self._path, self._path.stat().st_mtime_ns)[1]
        if sum(self._lost):
            yield f"damaged: {decoded:.1f} s can be decoded, with faults"
        elif is_cut or self._stopped or self._lost or decoded < WHOLE_SHARE * self.header.duration:
            yield f"its end is missing: {decoded:.1f} s can be decoded"
        if self._peak > 1:
            yield f"samples beyond full scale (peak {self._peak:.2f}): clips are scaled down"


def _are_silent(seconds: np.ndarray) -> list[bool]:
    """Tell it of each second [shape=(n_seconds, n_samples)]; what changes slowly is no sound."""
    pieces = seconds.reshape(len(seconds), math.gcd(seconds.shape[1], 25), -1)  # 40 ms, 25 Hz
    low, high, mean = pieces.min(axis=2), pieces.max(axis=2), pieces.mean(axis=2)
    level = np.minimum(np.maximum(high, -low), np.maximum(high - mean, mean - low))
    return (level.max(axis=1) < SILENT_PEAK).tolist()


def inspect_file(path: Path) -> FileInfo:
    """Decode one file from start to end and return what it is and what is wrong with it.

    Whatever happens: an error that nobody foresaw is a problem of this file alone.
    """
    try:
        inspection = Inspection(path)
        for _ in inspection.blocks():
            pass
        return inspection.result()
    except Exception as error:  # one strange file must not end the study of all the others
        return FileInfo(problem=unforeseen(error))


def inspect_files(
    paths: Sequence[Path], n_workers: int | None = None, progress: bool = True
) -> dict[Path, FileInfo]:
    """Decode every file once, in parallel, unless the cache knows it already.

    What is found is in the order of `paths`, with a reason for each that is no audio file.
    """
    folder = usable_dir(cache_dir() / "inspection", CACHE_VARIABLE)
    places = {path: _place(folder, path) for path in paths}
    known = {path: _remembered(place) for path, place in places.items()}
    new = [path for path, info in known.items() if info is None]
    few = len(new) <= FILES_WITHOUT_WORKERS
    found = map(inspect_file, new) if few else in_parallel(inspect_file, zip(new), n_workers)
    bar = tqdm(found, "inspecting audio", len(new), disable=not (progress and new))
    for path, info in zip(new, bar, strict=True):
        known[path] = info
        if info.sample_rate:  # what could not be opened gets another chance
            with written_aside(places[path]) as part:
                part.write_text(json.dumps(asdict(info)))
    return {path: info for path, info in known.items() if info is not None}


def _place(folder: Path, path: Path) -> Path:
    """Return where the cache keeps what is known of a file in its present state."""
    try:
        status = path.stat()
        changed = [status.st_mtime_ns, status.st_ctime_ns]  # only the first can be set at will
        state = [str(path.absolute()), status.st_ino, status.st_size, *changed, INSPECTION_VERSION]
    except (OSError, ValueError):  # no such file
        state = []
    return folder / f"{digest(state)}.json"


def _remembered(place: Path) -> FileInfo | None:
    try:
        content = json.loads(place.read_text())
        silences = tuple(map(tuple, content.pop("silences")))
        return FileInfo(notes=tuple(content.pop("notes")), silences=silences, **content)
    except (OSError, ValueError, KeyError, TypeError):
        return None  # a damaged entry is written anew
