"""From playlists to a data set: the paper's way of collecting, by the external program spotdl.

Lists are saved first, of all classes, so that a song in the lists of two of them is known as
ambiguous before it is fetched. Then audio comes in batches that are moved to their place when they
are whole. What is there is not fetched again, and what is missing is tried again: a collection that
was interrupted goes on where it stopped.

References
----------
M. Feng, W. Feng, Evaluation of parallel and sequential deep learning models for music subgenre
classification, Mathematical Foundations of Computing, 2021, https://doi.org/10.3934/mfc.2021008
"""

import csv
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from subgenre.config import digest
from subgenre.data.collecting import spotdl
from subgenre.data.collecting.playlists import is_url, read_playlists
from subgenre.data.collecting.spotdl import Song
from subgenre.data.dataset import Remark
from subgenre.plumbing.errors import DataError, StorageError
from subgenre.plumbing.files import written_aside

MANIFEST = "manifest.csv"
MISSING = "missing.csv"
COLUMNS = ("path", "label", "group", "title", "collection")
SONGS_PER_BATCH = 20
"""An interruption loses at most so many songs; starting spotdl takes seconds."""


@dataclass(frozen=True)
class Collected:
    """What a collection came to.

    Attributes
    ----------
    manifest : Path
        One row per song that is there; a data set by this name.
    n_tracks : int
    missing : tuple of Remark
        What could not be had, and why; the same is in `missing.csv` beside the manifest.
    """

    manifest: Path
    n_tracks: int
    missing: tuple[Remark, ...]


def collect(playlists: Path, output: Path, progress: bool = True) -> Collected:
    """Fetch the songs of playlists, and write the manifest of what is there.

    Parameters
    ----------
    playlists : Path
        A YAML file: under each class a list of playlists' URLs, or of ``.spotdl`` files relative
        to it.
    output : Path
        Becomes a folder with one sub-folder of MP3 files per class, `manifest.csv` and
        `missing.csv`.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Collected
        A failing playlist or class is among what is missing; the others are collected.

    Raises
    ------
    ParameterError
        If the YAML file is of another form.
    SubgenreError
        If spotdl is not installed.
    DataError
        If no song at all is there in the end.
    StorageError
        If the folder cannot be written.
    """
    sources = read_playlists(playlists)
    spotdl.program()
    missing: list[Remark] = []
    try:
        output.mkdir(parents=True, exist_ok=True)
        for stale in output.glob(".incoming-*"):  # a killed collection's, perhaps half written
            shutil.rmtree(stale, ignore_errors=True)
        songs = _unambiguous(_songs(sources, playlists.parent, output, missing), missing)
        for label, of_class in songs.items():
            missing += _fetch(label, of_class, output, progress)
        return _written(songs, output, missing)
    except OSError as error:
        raise StorageError(
            f"Expected to write below {output}, but that failed ({error.strerror or error}): free "
            "disk space or rights there, and start again."
        ) from error


def _songs(
    sources: Mapping[str, Sequence[str]], beside: Path, output: Path, missing: list[Remark]
) -> dict[str, dict[str, Song]]:
    """Return the songs of each class by their identifiers; a list that cannot be had is missing."""
    songs: dict[str, dict[str, Song]] = {label: {} for label in sources}
    for label, of_class in sources.items():
        for source in of_class:
            try:
                found, n_unusable = spotdl.read_list(_list_of(source, beside, output))
            except DataError as error:
                missing.append(Remark(f"{label}: {source}", str(error)))
                continue
            for song in found:
                songs[label].setdefault(song.song_id, song)
            if n_unusable:
                reason = f"{n_unusable} of its entries name no song"
                missing.append(Remark(f"{label}: {source}", reason))
    return songs


def _list_of(source: str, beside: Path, output: Path) -> Path:
    """Return the path of a list, after saving it if it is a playlist's and not there yet."""
    if not is_url(source):
        return beside / source
    path = output / ".lists" / f"{digest(source)}.spotdl"
    if not path.is_file():
        text = spotdl.save_list(source)
        with written_aside(path) as part:
            part.write_text(text, encoding="utf-8")
    return path


def _unambiguous(
    songs: Mapping[str, dict[str, Song]], missing: list[Remark]
) -> dict[str, dict[str, Song]]:
    """Leave out the songs that the lists of several classes hold."""
    classes = defaultdict(list)
    for label, of_class in songs.items():
        for song_id in of_class:
            classes[song_id].append(label)
    for song_id, labels in classes.items():
        if len(labels) > 1:
            reason = f"ambiguous: it is in the lists of {' and '.join(labels)}"
            missing.append(Remark(_name(labels[0], songs[labels[0]][song_id]), reason))
    return {
        label: {key: song for key, song in of_class.items() if len(classes[key]) == 1}
        for label, of_class in songs.items()
    }


def _fetch(label: str, songs: Mapping[str, Song], output: Path, progress: bool) -> list[Remark]:
    """Fetch the songs of a class that are not there yet, and return those that could not be had."""
    wanted = [song for song in songs.values() if not _audio(output, label, song).is_file()]
    reasons: dict[str, str] = {}
    bar = tqdm(desc=label, total=len(wanted), unit="song", disable=not progress or not wanted)
    with bar:
        for start in range(0, len(wanted), SONGS_PER_BATCH):
            batch = wanted[start : start + SONGS_PER_BATCH]
            try:
                reasons |= _fetch_batch(label, batch, output)
            except DataError as error:  # the program, the network or the disk: not these songs
                reasons |= dict.fromkeys((song.song_id for song in wanted[start:]), str(error))
                break
            bar.update(len(batch))
    return [
        Remark(_name(label, song), reasons.get(song.song_id, "spotdl gave no reason"))
        for song in wanted
        if not _audio(output, label, song).is_file()
    ]


def _fetch_batch(label: str, batch: Sequence[Song], output: Path) -> dict[str, str]:
    """Fetch songs aside, move what came, and return the reasons for the rest."""
    with tempfile.TemporaryDirectory(prefix=".incoming-", dir=output) as folder:
        files, reasons = spotdl.download(batch, Path(folder))
        for song in batch:
            if song.song_id in files:
                place = _audio(output, label, song)
                place.parent.mkdir(exist_ok=True)
                files[song.song_id].replace(place)
    return {song.song_id: reasons[song.url] for song in batch if song.url in reasons}


def _audio(output: Path, label: str, song: Song) -> Path:
    return output / label / f"{song.song_id}.mp3"


def _name(label: str, song: Song) -> str:
    return f"{label}: {song.artist or 'unknown artist'} - {song.title or song.song_id}"


def _written(
    songs: Mapping[str, Mapping[str, Song]], output: Path, missing: Sequence[Remark]
) -> Collected:
    rows = [
        {
            "path": f"{label}/{song.song_id}.mp3",
            "label": label,
            "group": song.artist or song.song_id,
            "title": song.title,
            "collection": song.playlist,
        }
        for label, of_class in songs.items()
        for song in of_class.values()
        if _audio(output, label, song).is_file()
    ]
    lost = [{"name": one.name, "reason": one.reason} for one in missing]
    _write_csv(output / MISSING, ("name", "reason"), lost)
    if not rows:
        first = f" ({missing[0].name}: {missing[0].reason})" if missing else ""
        raise DataError(
            f"Expected at least one song; got none{first}: see {output / MISSING}, and start again."
        )
    _write_csv(output / MANIFEST, COLUMNS, rows)
    return Collected(output / MANIFEST, len(rows), tuple(missing))


def _write_csv(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    with written_aside(path) as part, part.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
