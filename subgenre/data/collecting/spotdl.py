"""The external program spotdl: what it is asked for, and how its answers are read.

It saves a playlist as a ``.spotdl`` list, a JSON file, and finds each song of a list elsewhere. It
ends with exit code 0 even if it found no song at all, and writes audio files in place, so only
files of a call that came to its end are taken.

References
----------
https://spotdl.readthedocs.io
"""

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from subgenre.plumbing.errors import DataError, SubgenreError

SECONDS_PER_LIST = 900
SECONDS_PER_SONG = 180
"""After that long spotdl is taken to hang."""
MAX_WORDS = 300
"""Characters of what spotdl says when it fails."""

_SONG_ID = re.compile(r"[\w-]+")
_ERROR = re.compile(r"(https?://\S+) - (.+)")
_EXCEPTION = re.compile(r"^\s*\w+(?:Error|Exception): ", re.MULTILINE)
_FRAMES = re.compile(r"[\u2500-\u257f]+|\x1b\[[0-9;]*m")  # drawn around tracebacks, and colours


@dataclass(frozen=True)
class Song:
    """What a ``.spotdl`` list says of a song.

    Attributes
    ----------
    song_id : str
        Names its audio file.
    title, artist, url, playlist : str
        Empty if the list does not say them.
    data : dict
        All that the list says, for spotdl.
    """

    song_id: str
    title: str
    artist: str
    url: str
    playlist: str
    data: dict[str, Any] = field(repr=False)


def program() -> str:
    """Return the path of the program.

    Raises
    ------
    SubgenreError
        If it is not installed.
    """
    path = shutil.which("spotdl")
    if path is None:
        raise SubgenreError(
            "Expected the program spotdl on PATH, but there is none: install it with 'pip install "
            "spotdl', better in an environment of its own, and FFmpeg with it."
        )
    return path


def read_list(path: Path) -> tuple[list[Song], int]:
    """Read a ``.spotdl`` list.

    Returns
    -------
    songs : list of Song
        Each once, in the list's order.
    n_unusable : int
        Entries without a song's name.

    Raises
    ------
    DataError
        If the file cannot be read or is not such a list.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise DataError(
            f"Expected {path} to be a list that spotdl saved, but {error}: save it anew."
        ) from error
    if not isinstance(rows, list):
        raise DataError(
            f"Expected {path} to be a list of songs; got {type(rows).__name__}: save it anew."
        )
    found = [_song(row) for row in rows]
    songs: dict[str, Song] = {}
    for song in filter(None, found):
        songs.setdefault(song.song_id, song)
    return list(songs.values()), found.count(None)


def _song(row: object) -> Song | None:
    if not isinstance(row, dict):  # spotdl writes null for what it did not find
        return None
    said = {name: value for name, value in row.items() if value}
    song_id, artists = str(said.get("song_id", "")), said.get("artists")
    first = (artists[0] or "") if isinstance(artists, list) and artists else ""
    if not _SONG_ID.fullmatch(song_id):
        return None
    texts = (said.get("name", ""), said.get("artist", first), said.get("url", ""))
    title, artist, url = (" ".join(str(text).split()) for text in texts)
    return Song(song_id, title, artist, url, " ".join(str(said.get("list_name", "")).split()), row)


def save_list(url: str) -> str:
    """Return the ``.spotdl`` list of a playlist, as text.

    Raises
    ------
    DataError
        If spotdl fails, or leaves no list or an empty one.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "playlist.spotdl"
        _run(["save", url, "--save-file", path.name], Path(folder), SECONDS_PER_LIST)
        songs, _ = read_list(path)
        if not songs:
            raise DataError(f"Expected songs in {url}; got none: look at the playlist.")
        return path.read_text(encoding="utf-8-sig")


def download(songs: Sequence[Song], folder: Path) -> tuple[dict[str, Path], dict[str, str]]:
    """Fetch the audio of songs as MP3 files into an empty folder.

    Returns
    -------
    files : dict of str to Path
        By the songs' identifiers, for those that were had.
    reasons : dict of str to str
        What spotdl says of the others, by URL.

    Raises
    ------
    DataError
        If spotdl fails as a whole; what it left in the folder may be half written.
    """
    (folder / "songs.spotdl").write_text(
        json.dumps([song.data for song in songs], ensure_ascii=False), encoding="utf-8"
    )
    # Names relative to the folder: braces in the folder's own name would be taken for a template.
    asked = ["download", "songs.spotdl", "--output", "{track-id}.{output-ext}"]
    asked += ["--format", "mp3", "--save-errors", "errors.txt"]
    _run(asked, folder, SECONDS_PER_SONG * len(songs))
    files = {song.song_id: folder / f"{song.song_id}.mp3" for song in songs}
    errors = folder / "errors.txt"
    if not errors.is_file():  # written last, with or without errors; interrupted, it ends with 0
        raise DataError("Expected spotdl to end, but it was interrupted: start again.")
    there = {key: path for key, path in files.items() if path.is_file() and path.stat().st_size}
    return there, _reasons(errors)


def _reasons(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return {named[1]: named[2].strip() for line in lines if (named := _ERROR.match(line))}


def _run(arguments: list[str], folder: Path, seconds: float) -> None:
    """Run spotdl to its end, its words kept in a file: it may leave children that hold a pipe."""
    log = folder / "spotdl.log"
    try:
        with log.open("wb") as output:
            code = subprocess.run(
                [program(), *arguments],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=seconds,
                check=False,
            ).returncode
    except subprocess.TimeoutExpired as error:
        raise DataError(
            f"Expected spotdl {arguments[0]} to end within {seconds:.0f} s, but it hung: "
            "try again later."
        ) from error
    except OSError as error:
        raise DataError(
            f"Expected to start spotdl, but that failed ({error.strerror}): install it anew."
        ) from error
    if code:
        end = f"with exit code {code}" if code > 0 else f"by signal {-code}"
        words = _last_words(log.read_text(encoding="utf-8", errors="replace"))
        raise DataError(
            f"Expected spotdl to {arguments[0]} {arguments[1]}, but it ended {end}: {words}"
        )


def _last_words(log: str) -> str:
    """Return what went wrong: the last exception, wrapped to any width, or else the last line."""
    text = _FRAMES.sub(" ", log)
    named = list(_EXCEPTION.finditer(text))
    lines = [line for line in text.splitlines() if line.strip()]
    said = text[named[-1].start() :] if named else lines[-1] if lines else "it said nothing"
    return " ".join(said.split())[:MAX_WORDS]
