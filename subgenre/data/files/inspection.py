"""Every audio file is decoded from start to end, and judged in passing: for a study or an answer.

Files are streamed, so memory stays small for long files and for many. What was found for a study
is kept in the cache by path, size and time of change: a second one decodes nothing again.
"""

import dataclasses
import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from subgenre.config import digest
from subgenre.data.dataset import FileInfo
from subgenre.data.files.duplicates import Fingerprinter
from subgenre.data.files.reading import (
    NOT_FINITE,
    AudioFileError,
    AudioInfo,
    averaged,
    opened,
    unforeseen,
)
from subgenre.plumbing.files import CACHE_VARIABLE, cache_dir, usable_dir, written_aside
from subgenre.plumbing.workers import in_parallel

SILENT_PEAK = 1e-4
"""-80 dB of full scale: below it there is nothing to hear, and noise would be all there is."""
INSPECTION_VERSION = 3
"""Raised whenever `Inspection` says something else of the same file."""
TRUNCATED_SHARE = 0.9
"""A file of which less than this share of the promised length can be decoded is not used."""
WHOLE_SHARE = 0.995
"""A file of which less than this share can be decoded has lost its end; lengths are inexact."""
FILES_WITHOUT_WORKERS = 24
"""For so few files, starting processes takes longer than decoding."""
SUFFIXES = {
    "WAV": {".wav", ".wave", ".bwf"},
    "WAVEX": {".wav", ".wave"},
    "RF64": {".wav", ".rf64"},
    "FLAC": {".flac"},
    "OGG": {".ogg", ".oga", ".opus"},
    "MP3": {".mp3", ".mp2", ".mpga"},
    "AU": {".au", ".snd"},
    "AIFF": {".aif", ".aiff", ".aifc"},
}
"""File name extensions that fit a container."""


class Inspection:
    """A tee: whoever pulls `blocks` has the file judged in the same pass.

    Parameters
    ----------
    path : Path
        Of any file.
    identify : bool
        Also take the hashes and the fingerprint that find copies.

    Attributes
    ----------
    header : AudioInfo or None
        None before the first of the blocks, or if there is none.
    """

    def __init__(self, path: Path, identify: bool = True) -> None:
        self.header: AudioInfo | None = None
        self._path = path
        self._identify = identify
        self._stopped = ""  # why decoding did
        self._n_frames = 0
        self._peak = 0.0  # of any channel
        self._peaks: list[float] = []  # of each second, channels averaged
        self._samples = hashlib.blake2b(digest_size=16)
        self._fingerprinter: Fingerprinter | None = None

    def blocks(self) -> Iterator[np.ndarray]:
        """Yield the whole file, mono [shape=(n_samples,), dtype=float32], up to any damage."""
        try:
            with opened(self._path) as reader:
                self.header = reader.info
                if self._identify:
                    self._samples.update(
                        f"{reader.info.sample_rate} {reader.info.channels}".encode()
                    )
                    self._fingerprinter = Fingerprinter(reader.info.sample_rate)
                for block in reader.blocks():
                    yield self._judged(block, reader.info.sample_rate)
        except AudioFileError as error:
            self._stopped = error.reason

    def _judged(self, block: np.ndarray, rate: int) -> np.ndarray:
        peak = float(np.max(np.abs(block)))
        if not np.isfinite(peak):
            raise AudioFileError(self._path, NOT_FINITE)
        self._peak = max(self._peak, peak)
        mono = averaged(block)
        if self._fingerprinter:
            self._samples.update(np.ascontiguousarray(block).data)
            self._fingerprinter.add(mono)
        into = self._n_frames % rate  # frames of the second that an earlier block began
        starts = np.union1d([0], np.arange((rate - into) % rate, len(mono), rate))
        peaks = np.maximum.reduceat(np.abs(mono), starts).tolist()
        if into:
            self._peaks[-1] = max(self._peaks[-1], peaks.pop(0))
        self._peaks += peaks
        self._n_frames += len(block)
        return mono

    def result(self) -> FileInfo:
        """Return what the file is and what is wrong with it, once `blocks` has ended."""
        header = self.header
        if header is None:
            return FileInfo(problem=self._stopped)
        duration = self._n_frames / header.sample_rate
        info = FileInfo(
            problem=self._problem(duration, header.promised),
            notes=tuple(self._notes(duration, header)),
            duration=duration,
            sample_rate=header.sample_rate,
            channels=header.channels,
            format=header.format,
            subtype=header.subtype,
            silences=_silences(self._peaks),
        )
        if not self._fingerprinter:
            return info
        with self._path.open("rb") as file:
            content = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16))
        return dataclasses.replace(
            info,
            bytes_hash=content.hexdigest(),
            samples_hash=self._samples.hexdigest(),
            fingerprint=self._fingerprinter.result(),
        )

    def _problem(self, duration: float, promised: float) -> str | None:
        if self._stopped == NOT_FINITE:
            return NOT_FINITE
        if duration < TRUNCATED_SHARE * promised:
            return f"truncated: {duration:.1f} of {promised:.1f} s can be decoded"
        if not duration:
            return "zero length: the file holds no samples"
        if self._peak < SILENT_PEAK:
            return "silent: no sample reaches -80 dB of full scale"
        if max(self._peaks) < SILENT_PEAK:
            return "silent: its channels cancel out when they are averaged"
        return None

    def _notes(self, duration: float, header: AudioInfo) -> Iterator[str]:
        suffix = self._path.suffix
        if suffix.lower() not in SUFFIXES.get(header.format, {suffix.lower()}):
            yield f"the extension {suffix!r} does not fit the content, {header.format}"
        lost = self._stopped or duration < WHOLE_SHARE * header.promised
        if lost or (header.format == "OGG" and _ogg_is_cut(self._path)):
            yield f"its end is missing: {duration:.1f} s can be decoded"
        if self._peak > 1:
            yield f"samples beyond full scale (peak {self._peak:.2f}): clips are scaled down"


def _silences(peaks: Sequence[float]) -> tuple[tuple[int, int], ...]:
    """Return stretches without sound, (start, end) in whole seconds, from the peak of each."""
    silent = np.array([False, *(peak < SILENT_PEAK for peak in peaks), False])
    edges = np.flatnonzero(np.diff(silent)).tolist()
    return tuple(zip(edges[::2], edges[1::2], strict=True))


def _ogg_is_cut(path: Path) -> bool:
    """Tell whether the last page of an Ogg file lacks the mark of the last page (RFC 3533)."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 2**16))
        tail = file.read()
    page = tail.rfind(b"OggS")
    return page < 0 or not tail[page + 5 : page + 6] or not tail[page + 5] & 4


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

    Parameters
    ----------
    paths : sequence of Path
        Audio files; any that are none are reported, too.
    n_workers : int, optional
        Processes to use; one per core unless given.
    progress : bool
        Show a progress bar.

    Returns
    -------
    dict of Path to FileInfo
        In the order of `paths`.
    """
    folder = usable_dir(cache_dir() / "inspection", CACHE_VARIABLE)
    places = {path: _place(folder, path) for path in paths}
    known = {path: _remembered(place) for path, place in places.items()}
    unknown = [path for path, info in known.items() if info is None]
    if len(unknown) <= FILES_WITHOUT_WORKERS:
        n_workers = 1
    with tqdm(
        total=len(unknown), desc="inspecting audio", disable=not (progress and unknown)
    ) as bar:
        found = in_parallel(inspect_file, zip(unknown), n_workers)
        for path, info in zip(unknown, found, strict=True):
            known[path] = info
            place = places[path]
            if place and info.sample_rate:  # what could not be opened gets another chance
                with written_aside(place) as part:
                    part.write_text(json.dumps(dataclasses.asdict(info)))
            bar.update()
    return {path: info for path, info in known.items() if info is not None}


def _place(folder: Path, path: Path) -> Path | None:
    """Return where the cache keeps what is known of a file; None if there is no such file."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    state = [str(path.absolute()), status.st_size, status.st_mtime_ns, INSPECTION_VERSION]
    return folder / f"{digest(state)}.json"


def _remembered(place: Path | None) -> FileInfo | None:
    if place is None or not place.is_file():
        return None
    try:
        content = json.loads(place.read_text())
        silences = tuple((int(start), int(end)) for start, end in content.pop("silences"))
        return FileInfo(**content | {"notes": tuple(content["notes"])}, silences=silences)
    except (OSError, ValueError, KeyError, TypeError):
        return None  # a damaged entry is written anew
