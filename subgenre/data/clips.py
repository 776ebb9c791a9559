"""From a data set to log-mel spectrograms on disk: once, in parallel, memory-mapped.

The cache is keyed by everything that determines its content. Each clip is kept under the noise of
each set, for which of them it needs depends on the run's split.
"""

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from subgenre.config import DataConfig, digest, unfit
from subgenre.data.dataset import SETS, Dataset, SetName, Track
from subgenre.data.features import LOG_MEL_VERSION, log_mel
from subgenre.data.noise import N_CROWDS, NOISE_VERSION, add_noise, crowd
from subgenre.data.splits import Split, some_groups, split_of
from subgenre.plumbing.errors import SubgenreError
from subgenre.plumbing.files import CACHE_VARIABLE, cache_dir, usable_dir, written_aside
from subgenre.plumbing.workers import WORKERS_VARIABLE, in_parallel

TRACKS_PER_TASK = 16
CHECKSUMS = "checksums.json"


@dataclass(frozen=True)
class Clips:
    """Labelled log-mel spectrograms on disk; what else there is comes from the data set."""

    folder: Path  # holds train.npy, and two more if the sets are under noises of their own
    tracks: tuple[Track, ...]  # track i belongs to row i of all arrays
    labels: tuple[str, ...]
    fingerprint: str
    splits: Mapping[str, str] = field(default_factory=dict)
    extra: tuple[Track, ...] = ()  # their rows are the last of train.npy

    def log_mels(self, name: str) -> np.ndarray:
        """Return clips under a set's noise [shape=(n_clips, n_frames, n_mels)], memory-mapped.

        The extra ones are only there for training.
        """
        path = self.folder / f"{name}.npy"
        return np.load(path if path.exists() else self.folder / "train.npy", mmap_mode="r")

    def class_numbers(self) -> np.ndarray:
        """Return the class number of every clip, the extra ones last [shape=(n_clips,)]."""
        return np.array([self.labels.index(one.label) for one in (*self.tracks, *self.extra)])

    def split(self, seed: int, train_size: float = 1.0) -> Split:
        """Return the rows of each set, as the seed draws it; the extra ones train if they may.

        None that shares a group with a clip of another set does. A `train_size` below 1 leaves that
        share of each class's training groups; a smaller one leaves some of the same.
        """
        split, every = split_of(self.tracks, seed, self.splits), (*self.tracks, *self.extra)
        held = {every[row].group for row in (*split.validation, *split.test)}
        free = [row for row in range(len(self.tracks), len(every)) if every[row].group not in held]
        train = np.append(split.train, np.array(free, int))
        train = some_groups([every[row] for row in train], train, train_size, seed)
        return replace(split, train=train)


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
    known = dataset.labels, dataset.fingerprint, dataset.splits
    return Clips(folder, dataset.tracks, *known, dataset.extra)


def _is_whole(folder: Path) -> bool:
    """Tell whether the cache entry is there and undamaged; say so if it is damaged."""
    with suppress(OSError, ValueError):
        if json.loads((folder / CHECKSUMS).read_text()) == _checksums(folder):
            return True
    if folder.is_dir():
        tqdm.write(f"The cached spectrograms in {folder} are damaged: computing them anew.")
    return False


def _checksums(folder: Path) -> dict[str, int]:
    return {one.stem: zlib.crc32(np.memmap(one, mode="r").data) for one in folder.glob("*.npy")}


def _compute(
    dataset: Dataset, config: DataConfig, folder: Path, n_workers: int | None, progress: bool
) -> None:
    features, names = config.features, SETS if config.snr_db is not None else SETS[:1]
    image = features.n_frames(dataset.clip_seconds), features.n_mels
    calls = (
        (dataset.part(tracks[i : i + TRACKS_PER_TASK]), config, under)
        for tracks, under in ((dataset.tracks, names), (dataset.extra, SETS[:1]))
        for i in range(0, len(tracks), TRACKS_PER_TASK)
    )
    n_extra = len(dataset.extra)
    n_tracks = len(dataset.tracks) + n_extra
    bar = tqdm(total=n_tracks, desc=f"log-mel of {dataset.name}", disable=not progress)
    with written_aside(folder) as part, bar:
        part.mkdir()
        for name in names:
            shape = (n_tracks if name == "train" else n_tracks - n_extra, *image)
            header = {"descr": np.dtype(np.float32).str, "fortran_order": False, "shape": shape}
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
        yield from in_parallel(_log_mels, calls, n_workers, anywhere=True)
    except OSError as error:
        raise SubgenreError(
            f"Expected to compute spectrograms, but a worker failed ({error}): mend that and start "
            f"again; {WORKERS_VARIABLE}=1 needs the least of everything."
        ) from error


def _log_mels(
    dataset: Dataset, config: DataConfig, sets: Sequence[SetName]
) -> dict[SetName, np.ndarray]:
    """Return a few tracks' spectrograms under each noise [shape=(n_tracks, n_frames, n_mels)]."""
    rate = config.features.sample_rate
    images: dict[SetName, np.ndarray] = {}
    tracks = [(track, dataset.audio(track, rate)) for track in dataset.tracks]
    for noise in sets:
        noisy = (noisy_audio(clean, track, rate, config.snr_db, noise) for track, clean in tracks)
        images[noise] = np.stack([log_mel(audio, config.features) for audio in noisy])
    return images


def noisy_audio(
    clean: np.ndarray, track: Track, sample_rate: int, snr_db: float | None, name: SetName
) -> np.ndarray:
    """Return `clean` [shape=(n_samples,)] under its own excerpt of a noise, float32.

    The track's name seeds the choice of the excerpt; an `snr_db` of None returns `clean` itself.
    """
    if snr_db is None:
        return clean
    rng = np.random.default_rng(int(digest([track.track_id, name]), 16))
    number = int(rng.integers(N_CROWDS[name]))
    return add_noise(clean, snr_db, crowd(name, number, sample_rate), rng)


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
