"""From a data set to log-mel spectrograms on disk: once, in parallel, memory-mapped.

The cache is keyed by everything that determines its content. Each clip is kept twice, under
training noise and under test noise, for which of the two it needs depends on the run's split.
"""

import io
import json
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import soundfile
from tqdm import tqdm

from subgenre.config import DataConfig, digest, unfit
from subgenre.data.dataset import Dataset, Track
from subgenre.data.features import LOG_MEL_VERSION, log_mel
from subgenre.data.noise import NOISE_VERSION, Partition, add_noise, noise_bank
from subgenre.plumbing.errors import SubgenreError
from subgenre.plumbing.files import CACHE_VARIABLE, cache_dir, usable_dir, written_aside
from subgenre.plumbing.text import safe_name
from subgenre.plumbing.workers import WORKERS_VARIABLE, in_parallel

PARTITIONS: tuple[Partition, Partition] = ("train", "test")
# Which noise each set is under: nothing is chosen by the noise that it is tested under.
NOISE_OF: Mapping[str, Partition] = {"train": "train", "validation": "train", "test": "test"}
TRACKS_PER_TASK = 16
CHECKSUMS = "checksums.json"


@dataclass(frozen=True)
class Clips:
    """Labelled log-mel spectrograms on disk; what else there is comes from the data set."""

    folder: Path  # holds train.npy and test.npy, named by the noise in them
    tracks: tuple[Track, ...]  # track i belongs to row i of both arrays
    labels: tuple[str, ...]
    fingerprint: str
    splits: Mapping[str, str] = field(default_factory=dict)

    def log_mels(self, noise: Partition) -> np.ndarray:
        """Return all clips under that noise [shape=(n_clips, n_frames, n_mels)], memory-mapped."""
        return np.load(self.folder / f"{noise}.npy", mmap_mode="r")

    def class_numbers(self) -> np.ndarray:
        """Return the class number of every clip [shape=(n_clips,)]."""
        return np.array([self.labels.index(track.label) for track in self.tracks])


def prepare(
    dataset: Dataset, config: DataConfig, n_workers: int | None = None, progress: bool = True
) -> Clips:
    """Return the log-mel spectrograms of `dataset`, computed if the cache does not hold them.

    There is a process per core unless `n_workers` is given; a cache folder that cannot be used is a
    `StorageError`.
    """
    noise = [config.snr_db, None if config.snr_db is None else NOISE_VERSION]
    key = digest([dataset.fingerprint, asdict(config.features), LOG_MEL_VERSION, *noise])
    folder = usable_dir(cache_dir() / "features", CACHE_VARIABLE) / key
    if not _is_whole(folder):
        _compute(dataset, config, folder, n_workers, progress)
    return Clips(folder, dataset.tracks, dataset.labels, dataset.fingerprint, dataset.splits)


def _is_whole(folder: Path) -> bool:
    """Tell whether the cache entry is there and undamaged; say so if it is damaged."""
    with suppress(OSError, ValueError):
        if json.loads((folder / CHECKSUMS).read_text()) == _checksums(folder):
            return True
    if folder.is_dir():
        tqdm.write(f"The cached spectrograms in {folder} are damaged: computing them anew.")
    return False


def _checksums(folder: Path) -> dict[str, int]:
    bytes_of = {name: np.memmap(folder / f"{name}.npy", mode="r") for name in PARTITIONS}
    return {name: zlib.crc32(values.data) for name, values in bytes_of.items()}


def _compute(
    dataset: Dataset, config: DataConfig, folder: Path, n_workers: int | None, progress: bool
) -> None:
    tracks, features = dataset.tracks, config.features
    shape = (len(tracks), features.n_frames(dataset.clip_seconds), features.n_mels)
    header = {"descr": np.dtype(np.float32).str, "fortran_order": False, "shape": shape}
    tasks = (tracks[i : i + TRACKS_PER_TASK] for i in range(0, len(tracks), TRACKS_PER_TASK))
    calls = ((dataset.part(of_task), config) for of_task in tasks)
    bar = tqdm(total=len(tracks), desc=f"log-mel of {dataset.name}", disable=not progress)
    with written_aside(folder) as part, bar:
        part.mkdir()
        for name in PARTITIONS:
            with (part / f"{name}.npy").open("wb") as file:
                np.lib.format.write_array_header_1_0(file, header)
        for log_mels in _computed(calls, n_workers):
            for name, of_task in log_mels.items():
                # Through a memory map, a disk that is full would end the process.
                with (part / f"{name}.npy").open("ab") as file:
                    file.write(of_task.tobytes())
            bar.update(len(of_task))
        (part / CHECKSUMS).write_text(json.dumps(_checksums(part)))


def _computed(calls: Iterator[tuple], n_workers: int | None) -> Iterator[dict]:
    """Yield the spectrograms of each call; what a worker lacks is not the fault of our folder."""
    try:
        yield from in_parallel(_log_mels, calls, n_workers)
    except OSError as error:
        raise SubgenreError(
            f"Expected to compute spectrograms, but a worker failed ({error}): mend that and start "
            f"again; {WORKERS_VARIABLE}=1 needs the least of everything."
        ) from error


def _log_mels(dataset: Dataset, config: DataConfig) -> dict[Partition, np.ndarray]:
    """Return a few tracks' spectrograms under each noise [shape=(n_tracks, n_frames, n_mels)]."""
    rate = config.features.sample_rate
    images: dict[Partition, np.ndarray] = {}
    tracks = [(track, dataset.audio(track, rate)) for track in dataset.tracks]
    for noise in PARTITIONS if config.snr_db is not None else PARTITIONS[:1]:
        noisy = (noisy_audio(clean, track, rate, config.snr_db, noise) for track, clean in tracks)
        images[noise] = np.stack([log_mel(audio, config.features) for audio in noisy])
    return dict.fromkeys(PARTITIONS, images["train"]) | images  # without noise both are the same


def noisy_audio(
    clean: np.ndarray, track: Track, sample_rate: int, snr_db: float | None, partition: Partition
) -> np.ndarray:
    """Return `clean` [shape=(n_samples,)] under its own excerpt of a noise, float32.

    The track's name seeds the choice of the excerpt; an `snr_db` of None returns `clean` itself.
    """
    if snr_db is None:
        return clean
    rng = np.random.default_rng(int(digest([track.track_id, partition]), 16))
    return add_noise(clean, snr_db, noise_bank(partition, sample_rate), rng)


@dataclass(frozen=True)
class ExampleClip:
    """One clip to look at and listen to, clean and under test noise."""

    track: Track
    clean: np.ndarray
    noisy: np.ndarray
    clean_log_mel: np.ndarray
    noisy_log_mel: np.ndarray


def example_clip(dataset: Dataset, config: DataConfig, row: int) -> ExampleClip:
    """Return the clip of a track by its number, as the networks get it in the test set."""
    if not 0 <= row < len(dataset.tracks):
        raise unfit("a clip's row", f"to be between 0 and {len(dataset.tracks) - 1}", row)
    track, features = dataset.tracks[row], config.features
    clean = dataset.audio(track, features.sample_rate)
    noisy = noisy_audio(clean, track, features.sample_rate, config.snr_db, "test")
    return ExampleClip(track, clean, noisy, log_mel(clean, features), log_mel(noisy, features))


def write_audio(dataset: Dataset, config: DataConfig, folder: Path) -> None:
    """Write every clip of `dataset`, under test noise, as ``folder/label/track_id.wav``.

    Labels and names of tracks are the user's words: what has no place in a file's name is replaced,
    and names that would be the same then are numbered.
    """
    rate = config.features.sample_rate
    taken: dict[str | None, set[str]] = defaultdict(set)  # by label; under None the labels' own
    folders = {label: folder / safe_name(label, taken[None], "class") for label in dataset.labels}
    for track in tqdm(dataset.tracks, "audio"):
        name = safe_name(track.track_id.replace("/", "-"), taken[track.label])
        noisy = noisy_audio(dataset.audio(track, rate), track, rate, config.snr_db, "test")
        wav = io.BytesIO()  # soundfile does not say that a disk is full
        soundfile.write(wav, noisy, rate, format="WAV", subtype="PCM_16")
        with written_aside(folders[track.label] / f"{name}.wav") as part:
            part.write_bytes(wav.getvalue())
