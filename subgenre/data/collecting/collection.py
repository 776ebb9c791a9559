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

import re
import shutil
import tempfile
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import yaml
from tqdm import tqdm

from subgenre.config import digest
from subgenre.data.collecting import spotdl
from subgenre.data.collecting.spotdl import Song
from subgenre.data.dataset import Remark
from subgenre.data.files.skipped import write_csv
from subgenre.plumbing.errors import DataError, ParameterError, StorageError
from subgenre.plumbing.files import as_there, written_aside

MANIFEST = "manifest.csv"
MISSING = "missing.csv"
LIST = "{desc} [{elapsed}{postfix}]"  # a line of its own
#: An interruption loses at most so many songs; starting spotdl takes seconds.
SONGS_PER_BATCH = 20
_URL, _LIST = re.compile("https?://"), re.compile(r"https?://|.*\.spotdl$")
_FOLDER = re.compile(r'(?![ .])[^/\\:*?"<>|]+(?<![ .])')  # names that every system takes


class Collected(NamedTuple):
    """The manifest of the songs that are there, and what could not be had, as in `missing.csv`."""

    manifest: Path
    n_tracks: int
    missing: tuple[Remark, ...]


def collect(playlists: Path, output: Path, progress: bool = True) -> Collected:
    """Fetch the songs of playlists, and write the manifest of what is there.

    A failing playlist or class is among what is missing; the others are collected.

    `playlists` is as for `read_playlists`; `output` becomes a folder with a sub-folder of MP3 files
    per class, `manifest.csv` and `missing.csv`.
    """
    sources = read_playlists(playlists)
    spotdl.program()
    missing: list[Remark] = []
    try:
        output.mkdir(parents=True, exist_ok=True)
        for stale in output.glob(".incoming-*"):  # a killed collection's, perhaps half written
            shutil.rmtree(stale, ignore_errors=True)
        songs = _songs(sources, playlists.parent, output, missing, progress)
        for label, of_class in songs.items():
            missing += _fetch(label, of_class, output, progress)
        return _written(songs, output, missing)
    except OSError as error:
        raise StorageError(
            f"Expected to write below {output}, but that failed ({error.strerror or error}): free "
            "disk space or rights there, and start again."
        ) from error


def read_playlists(path: Path) -> dict[str, list[str]]:
    """Return the playlists of each class, each once, from a YAML file.

    Under each class it has a list of playlists' URLs, or of ``.spotdl`` files relative to it.
    """
    try:
        # This loader leaves text as it is: 007, on and 1e3 are names.
        content = yaml.load(path.read_text(encoding="utf-8-sig"), yaml.BaseLoader)
        if not isinstance(content, dict) or not content:
            raise ValueError(f"it holds {type(content).__name__}")
        for label, lists in content.items():
            content[label] = lists = [lists] if isinstance(lists, str) else lists
            if not (label.isprintable() and _FOLDER.fullmatch(label)):
                raise ValueError(f"no folder can be called {label!r}, as the class is")
            if not (isinstance(lists, list) and lists and all(map(_LIST.match, map(str, lists)))):
                raise ValueError(f"{label!r} has no list of URLs or .spotdl files, but {lists!r}")
        if len({unicodedata.normalize("NFC", one).casefold() for one in content}) < len(content):
            raise ValueError(f"some of {', '.join(content)} differ by no more than case")
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ParameterError(
            f"Expected {path} to be a YAML file of classes and their playlists, but "
            f"{' '.join(str(error).split())}: write 'house:' and below it '- https://...'."
        ) from error
    return {label: list(dict.fromkeys(lists)) for label, lists in content.items()}


def _songs(
    sources: dict[str, list[str]], beside: Path, output: Path, missing: list[Remark], progress: bool
) -> dict[str, list[Song]]:
    """Return the songs of each class; those of several classes, and lost lists, are missing."""
    by_id: dict[str, dict[str, Song]] = defaultdict(dict)  # then by class
    for label, source in ((label, one) for label, of_class in sources.items() for one in of_class):
        name = f"{label}: {source}"
        try:
            with tqdm(desc=name, bar_format=LIST, disable=not progress) as bar:
                place = _list_of(source, beside, output, bar.set_postfix_str)
                songs, n_unusable = spotdl.read_list(place)
                bar.set_postfix_str(f"{len(songs)} songs")
        except DataError as error:
            missing.append(Remark(name, str(error)))
            continue
        if n_unusable:
            missing.append(Remark(name, f"{n_unusable} of its entries name no song"))
        for song in songs:
            by_id[song.song_id].setdefault(label, song)
    own: dict[str, list[Song]] = {label: [] for label in sources}
    for classes in by_id.values():
        (label, song), *others = classes.items()
        if others:
            reason = f"ambiguous: it is in the lists of {' and '.join(classes)}"
            missing.append(Remark(_name(label, song), reason))
        else:
            own[label].append(song)
    return own


def _list_of(source: str, beside: Path, output: Path, said: spotdl.Said) -> Path:
    """Return the path of a list, after saving it if it is a playlist's and not there yet."""
    if not _URL.match(source):
        return as_there(beside / source)
    path = output / ".lists" / f"{digest(source)}.spotdl"
    if not path.is_file():
        with written_aside(path) as part:
            spotdl.save_list(source, part, said)
    return path


def _fetch(label: str, songs: Sequence[Song], output: Path, progress: bool) -> list[Remark]:
    """Fetch the songs of a class that are not there yet, and return those that could not be had."""
    wanted = [song for song in songs if not (output / _file(label, song)).is_file()]
    reasons: dict[str, str] = {}
    with tqdm(desc=label, total=len(wanted), unit="song", disable=not (progress and wanted)) as bar:
        for start in range(0, len(wanted), SONGS_PER_BATCH):
            batch = wanted[start : start + SONGS_PER_BATCH]
            try:
                with tempfile.TemporaryDirectory(prefix=".incoming-", dir=output) as folder:
                    files, said = spotdl.download(batch, Path(folder), bar.set_postfix_str)
                    for file in files:
                        (output / label).mkdir(exist_ok=True)
                        file.replace(output / label / file.name)
            except DataError as error:  # the program, the network or the disk: not these songs
                reasons |= dict.fromkeys((song.url for song in wanted[start:]), str(error))
                break
            reasons |= said
            bar.update(len(batch))
    lost = [song for song in wanted if not (output / _file(label, song)).is_file()]
    silent = "spotdl gave no reason"
    return [Remark(_name(label, song), reasons.get(song.url, silent)) for song in lost]


def _file(label: str, song: Song) -> str:
    return f"{label}/{song.song_id}.mp3"


def _name(label: str, song: Song) -> str:
    return f"{label}: {song.artist or 'unknown artist'} - {song.title or song.song_id}"


def _written(songs: dict[str, list[Song]], output: Path, missing: list[Remark]) -> Collected:
    rows = [
        (_file(label, song), label, song.artist or song.song_id, song.title, song.playlist)
        for label, of_class in songs.items()
        for song in of_class
        if (output / _file(label, song)).is_file()
    ]
    write_csv(output / MISSING, [("name", "reason"), *((one.name, one.reason) for one in missing)])
    if not rows:
        raise DataError(
            f"Expected at least one song; got none ({missing[0].name}: {missing[0].reason}): see "
            f"{output / MISSING}, and start again."
        )
    write_csv(output / MANIFEST, [("path", "label", "group", "title", "collection"), *rows])
    return Collected(output / MANIFEST, len(rows), tuple(missing))
