"""A data set for others: the clips as audio files, with labels, groups and sets beside them."""

import io
from collections import defaultdict
from pathlib import Path

import soundfile
from tqdm import tqdm

from subgenre.config import DataConfig
from subgenre.data.clips import noisy_audio
from subgenre.data.dataset import SETS, Dataset
from subgenre.data.files.skipped import write_csv
from subgenre.data.splits import Split
from subgenre.plumbing.files import written_aside
from subgenre.plumbing.text import safe_name

COLUMNS = ("label", "group", "split", "title", "collection", "track_id")


def export(dataset: Dataset, config: DataConfig, split: Split, folder: Path) -> None:
    """Write every clip as ``folder/SET/LABEL/TRACK.wav``, as networks hear it in its set.

    The folder of each set has a ``metadata.csv``, as Hugging Face's ``audiofolder`` wants it, and
    ``folder/manifest.csv`` lists all clips, as `subgenre.data.list_files` wants it. Labels and
    names of tracks are the user's words: what has no place in a file's name is replaced, and names
    that would be the same then are numbered.
    """
    rate, every = config.features.sample_rate, (*dataset.tracks, *dataset.extra)
    taken: dict[str | None, set[str]] = defaultdict(set)  # by label; under None the labels' own
    folders = {label: safe_name(label, taken[None], "class") for label in dataset.labels}
    manifest: list[list[str]] = []
    for name in SETS:
        listed = []
        for track in tqdm([every[row] for row in getattr(split, name)], f"audio to {name}"):
            stem = safe_name(track.track_id.replace("/", "-"), taken[track.label])
            file = f"{folders[track.label]}/{stem}.wav"
            audio = noisy_audio(dataset.audio(track, rate), track, rate, config.snr_db, name)
            wav = io.BytesIO()  # soundfile does not say that a disk is full
            soundfile.write(wav, audio, rate, format="WAV", subtype="PCM_16")
            with written_aside(folder / name / file) as part:
                part.write_bytes(wav.getvalue())
            about = vars(track) | {"split": name}
            listed.append([file, *(about[column] for column in COLUMNS)])
        write_csv(folder / name / "metadata.csv", [["file_name", *COLUMNS], *listed])
        manifest += [[f"{name}/{file}", *rest] for file, *rest in listed]
    write_csv(folder / "manifest.csv", [["path", *COLUMNS], *manifest])
