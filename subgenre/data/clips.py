"""From a data set to log-mel spectrograms on disk: once, in parallel, memory-mapped.

The cache is keyed by everything that determines its content: the data set's fingerprint, the
feature settings, the signal-to-noise ratio. Each clip is kept twice, under training noise and
under test noise, because which of the two it needs depends on the split of the run.
"""

import json
import shutil
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import soundfile
from tqdm import tqdm

from subgenre.config import DataConfig, digest
from subgenre.data.dataset import Dataset, Track
from subgenre.data.features import LOG_MEL_VERSION, log_mel
from subgenre.data.noise import NOISE_VERSION, Partition, add_noise, noise_bank
from subgenre.plumbing.errors import ParameterError
from subgenre.plumbing.files import CACHE_VARIABLE, cache_dir, usable_dir, written_aside
from subgenre.plumbing.text import safe_name
from subgenre.plumbing.workers import in_parallel

PARTITIONS: tuple[Partition, Partition] = ("train", "test")
NOISE_OF: Mapping[str, Partition] = {"train": "train", "validation": "train", "test": "test"}
"""Which noise each set is heard under: nothing is chosen by the noise it is tested under."""
TRACKS_PER_TASK = 16


@dataclass(frozen=True)
class Clips:
    """Labelled log-mel spectrograms on disk.

    Attributes
    ----------
    folder : Path
        Holds ``train.npy`` and ``test.npy``, named by the noise in them.
    tracks : tuple of Track
        Track ``i`` belongs to row ``i`` of both arrays.
    labels : tuple of str
        The classes.
    fingerprint : str
        Of the data set.
    splits : mapping of str to str
        Set of each clip by its ``track_id``, if the source gives them; else empty.
    """

    folder: Path
    tracks: tuple[Track, ...]
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

    Parameters
    ----------
    dataset : Dataset
        Labelled music.
    config : DataConfig
        Feature settings and signal-to-noise ratio.
    n_workers : int, optional
        Processes to use; one per core unless given.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Clips

    Raises
    ------
    StorageError
        If the cache folder cannot be used.
    """
    noise = None if config.snr_db is None else NOISE_VERSION
    how = [asdict(config.features), LOG_MEL_VERSION, config.snr_db, noise]
    key = digest([dataset.fingerprint, *how])
    folder = usable_dir(cache_dir() / "features", CACHE_VARIABLE) / key
    clips = Clips(
        folder, tuple(dataset.tracks), dataset.labels, dataset.fingerprint, dataset.splits
    )
    if not _is_whole(folder):
        _compute(dataset, config, folder, n_workers, progress)
    return clips


def _is_whole(folder: Path) -> bool:
    """Tell whether the cache entry is there and undamaged; say so if it is damaged."""
    if not folder.is_dir():
        return False
    try:
        checksums = json.loads((folder / "checksums.json").read_text())
        sound = all(_checksum(folder / f"{name}.npy") == checksums[name] for name in PARTITIONS)
    except (OSError, ValueError, KeyError):
        sound = False
    if not sound:
        tqdm.write(f"The cached spectrograms in {folder} are damaged: computing them anew.")
    return sound


def _checksum(path: Path) -> int:
    return zlib.crc32(np.memmap(path, mode="r").data)


def _compute(
    dataset: Dataset, config: DataConfig, folder: Path, n_workers: int | None, progress: bool
) -> None:
    tracks = dataset.tracks
    features = config.features
    shape = (len(tracks), features.n_frames(dataset.clip_seconds), features.n_mels)
    with written_aside(folder) as part:
        part.mkdir()
        try:
            arrays = {
                name: np.lib.format.open_memmap(part / f"{name}.npy", "w+", np.float32, shape)
                for name in PARTITIONS
            }
            bar = tqdm(total=len(tracks), desc=f"log-mel of {dataset.name}", disable=not progress)
            for first, result in _in_parallel(dataset, config, n_workers):
                for name, log_mels in zip(PARTITIONS, result, strict=True):
                    arrays[name][first : first + len(log_mels)] = log_mels
                bar.update(len(result[0]))
            bar.close()
            for array in arrays.values():
                array.flush()
            checksums = {name: _checksum(part / f"{name}.npy") for name in PARTITIONS}
            (part / "checksums.json").write_text(json.dumps(checksums))
            shutil.rmtree(folder, ignore_errors=True)  # a damaged entry
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise


def _in_parallel(
    dataset: Dataset, config: DataConfig, n_workers: int | None
) -> Iterator[tuple[int, tuple[np.ndarray, np.ndarray]]]:
    """Yield (index of the first track, spectrograms under training and test noise) in order."""
    starts = range(0, len(dataset.tracks), TRACKS_PER_TASK)
    batches = [dataset.tracks[start : start + TRACKS_PER_TASK] for start in starts]
    calls = ((dataset.part(batch), config) for batch in batches)
    yield from zip(starts, in_parallel(_log_mels, calls, n_workers), strict=True)


def _log_mels(dataset: Dataset, config: DataConfig) -> tuple[np.ndarray, np.ndarray]:
    """Compute the spectrograms of a few tracks; runs in a worker."""
    rate = config.features.sample_rate
    if config.snr_db is None:  # the same for every partition
        clean = np.stack([log_mel(dataset.audio(t, rate), config.features) for t in dataset.tracks])
        return clean, clean
    under: dict[Partition, list[np.ndarray]] = {name: [] for name in PARTITIONS}
    for track in dataset.tracks:
        clean = dataset.audio(track, rate)
        for name in PARTITIONS:
            noisy = noisy_audio(clean, track, rate, config.snr_db, name)
            under[name].append(log_mel(noisy, config.features))
    return np.stack(under["train"]), np.stack(under["test"])


def noisy_audio(
    clean: np.ndarray, track: Track, sample_rate: int, snr_db: float | None, partition: Partition
) -> np.ndarray:
    """Return `clean` under its own excerpt of the noise of `partition`.

    Parameters
    ----------
    clean : np.ndarray [shape=(n_samples,)]
        The track's audio.
    track : Track
        Its name seeds the choice of the excerpt.
    sample_rate : int
        In Hz.
    snr_db : float or None
        In dB; None returns `clean` itself.
    partition : {'train', 'test'}
        Which noise bank.

    Returns
    -------
    np.ndarray [shape=(n_samples,), dtype=float32]
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
    """Return one clip of `dataset` as the networks would hear it in the test set.

    Parameters
    ----------
    dataset : Dataset
    config : DataConfig
        Feature settings and signal-to-noise ratio.
    row : int
        Which track.

    Raises
    ------
    ParameterError
        If there is no such row.
    """
    if not 0 <= row < len(dataset.tracks):
        raise ParameterError(
            f"Expected a clip's row between 0 and {len(dataset.tracks) - 1}; got {row}: change it."
        )
    track, rate = dataset.tracks[row], config.features.sample_rate
    clean = dataset.audio(track, rate)
    noisy = noisy_audio(clean, track, rate, config.snr_db, "test")
    return ExampleClip(
        track, clean, noisy, log_mel(clean, config.features), log_mel(noisy, config.features)
    )


def write_audio(dataset: Dataset, config: DataConfig, folder: Path) -> None:
    """Write every clip of `dataset`, under test noise, as ``folder/label/track_id.wav``.

    Labels and names of tracks are the user's words: what has no place in a file's name is replaced,
    and names that would be the same then are numbered.

    Raises
    ------
    StorageError
        If the folder cannot be written.
    """
    rate = config.features.sample_rate
    for track, path in zip(tqdm(dataset.tracks, "audio"), _paths(dataset, folder), strict=True):
        noisy = noisy_audio(dataset.audio(track, rate), track, rate, config.snr_db, "test")
        with written_aside(path) as part:
            soundfile.write(part, noisy, rate, format="WAV", subtype="PCM_16")


def _paths(dataset: Dataset, folder: Path) -> Iterator[Path]:
    """Yield a path of its own below `folder` for each track."""
    labels: set[str] = set()
    folders = {label: folder / safe_name(label, labels, "class") for label in dataset.labels}
    taken: dict[str, set[str]] = {label: set() for label in folders}
    for track in dataset.tracks:
        name = safe_name(track.track_id.replace("/", "-"), taken[track.label])
        yield folders[track.label] / f"{name}.wav"
