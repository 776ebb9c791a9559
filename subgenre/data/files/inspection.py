"""Every audio file is opened and decoded once, before a study relies on it.

Files are streamed, so memory stays small for long files and for many. What was found is kept in
the cache by path, size and time of change: a second study decodes nothing again.
"""

import dataclasses
import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from tqdm import tqdm

from subgenre.config import digest
from subgenre.data.dataset import FileInfo
from subgenre.data.files.listener import SILENT_PEAK, Listener
from subgenre.data.files.reader import AudioFileError, AudioInfo, opened, unforeseen
from subgenre.plumbing.files import CACHE_VARIABLE, cache_dir, usable_dir, written_aside
from subgenre.plumbing.workers import in_parallel

INSPECTION_VERSION = 2
"""Raised whenever `inspect_file` says something else of the same file."""
TRUNCATED_SHARE = 0.9
"""A file of which less than this share of the promised length can be decoded is not used."""
WHOLE_SHARE = 0.995
"""A file of which less than this share can be decoded has lost its end; lengths are inexact."""
FILES_PER_TASK = 4
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

    Raises
    ------
    StorageError
        If the cache folder cannot be used.
    """
    folder = usable_dir(cache_dir() / "inspection", CACHE_VARIABLE)
    places = {path: _place(folder, path) for path in paths}
    known = {path: _remembered(place) for path, place in places.items()}
    unknown = [path for path, info in known.items() if info is None]
    with tqdm(
        total=len(unknown), desc="inspecting audio", disable=not (progress and unknown)
    ) as bar:
        for path, info in _inspected(unknown, n_workers):
            known[path] = info
            place = places[path]
            if place is not None and info.sample_rate:  # FFmpeg may be there the next time
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


def _inspected(paths: list[Path], n_workers: int | None) -> Iterator[tuple[Path, FileInfo]]:
    if len(paths) <= FILES_WITHOUT_WORKERS or n_workers == 1:
        yield from ((path, inspect_file(path)) for path in paths)
        return
    calls = ((paths[i : i + FILES_PER_TASK],) for i in range(0, len(paths), FILES_PER_TASK))
    for some in in_parallel(_inspect_some, calls, n_workers, in_order=False):
        yield from some


def _inspect_some(paths: list[Path]) -> list[tuple[Path, FileInfo]]:
    return [(path, inspect_file(path)) for path in paths]


def inspect_file(path: Path) -> FileInfo:
    """Decode one file from start to end and return what it is and what is wrong with it.

    Parameters
    ----------
    path : Path
        Of any file.

    Returns
    -------
    FileInfo
        Whatever happens: an error that nobody foresaw is a problem of this file alone.
    """
    try:
        return _described(path)
    except Exception as error:  # one strange file must not end the study of all the others
        return FileInfo(problem=unforeseen(error))


def _described(path: Path) -> FileInfo:
    listener = Listener()
    try:
        with opened(path) as reader:
            listener.listen(reader)
        stopped, reason = False, ""
    except AudioFileError as error:
        stopped, reason = True, error.reason
    info = listener.info
    if info is None:
        return FileInfo(problem=reason)
    try:
        with path.open("rb") as file:
            bytes_hash = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16))
    except OSError as error:  # removed meanwhile
        return FileInfo(problem=f"unreadable: {error.strerror}")
    return FileInfo(
        problem=_problem(listener, info),
        notes=tuple(_notes(path, listener, info, stopped)),
        duration=listener.duration,
        sample_rate=info.sample_rate,
        channels=info.channels,
        format=info.format,
        subtype=info.subtype,
        bytes_hash=bytes_hash.hexdigest(),
        samples_hash=listener.samples.hexdigest(),
        fingerprint=listener.fingerprint,
        silences=listener.silences,
    )


def _problem(heard: Listener, info: AudioInfo) -> str | None:
    if not heard.finite:
        return "NaN or infinite samples"
    if info.promised > 0 and heard.duration < TRUNCATED_SHARE * info.promised:
        return f"truncated: {heard.duration:.1f} of {info.promised:.1f} s can be decoded"
    if not heard.duration:
        return "zero length: the file holds no samples"
    if heard.peak < SILENT_PEAK:
        return "silent: no sample reaches -80 dB of full scale"
    if max(heard.peaks) < SILENT_PEAK:
        return "silent: its channels cancel out when they are averaged"
    return None


def _notes(path: Path, heard: Listener, info: AudioInfo, stopped: bool) -> Iterator[str]:
    suffixes = SUFFIXES.get(info.format)
    if suffixes and path.suffix.lower() not in suffixes:
        yield f"the extension {path.suffix!r} does not fit the content, {info.format}"
    if stopped or end_is_missing(path, info, heard.duration):
        yield missing_end(heard.duration)
    if heard.peak > 1:
        yield f"samples beyond full scale (peak {heard.peak:.2f}): clips are scaled down"


def end_is_missing(path: Path, info: AudioInfo, seconds: float) -> bool:
    """Tell whether a file lacks its end.

    Parameters
    ----------
    path : Path
        Of the file.
    info : AudioInfo
        What its header says.
    seconds : float
        What of it can be decoded.
    """
    return seconds < WHOLE_SHARE * info.promised or _ogg_is_cut(path, info)


def missing_end(seconds: float) -> str:
    """Return the note on a file that lacks its end, of which so many seconds can be decoded."""
    return f"its end is missing: {seconds:.1f} s can be decoded"


def _ogg_is_cut(path: Path, info: AudioInfo) -> bool:
    """Tell whether the last page of an Ogg file lacks the mark of the last page (RFC 3533)."""
    if info.format != "OGG":
        return False
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 2**16))
        tail = file.read()
    page = tail.rfind(b"OggS")
    return page < 0 or not tail[page + 5 : page + 6] or not tail[page + 5] & 4
