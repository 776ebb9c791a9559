"""The external program spotdl: what it is asked for, and how its answers are read.

It saves a playlist as a ``.spotdl`` list, a JSON file, and finds each song of a list elsewhere. It
ends with exit code 0 even if it found no song at all, and writes audio files in place, so only
files of a call that came to its end are taken.

References
----------
https://spotdl.readthedocs.io
"""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL, STDOUT
from typing import Any, NamedTuple

from subgenre.plumbing.errors import DataError, SubgenreError
from subgenre.plumbing.spelling import cure

SECONDS_PER_LIST = 900
#: After that long spotdl is taken to hang.
SECONDS_PER_SONG = 180
#: How often its last words are shown, and how many characters of them.
SECONDS_PER_LOOK, SHOWN_WORDS = 1, 60
#: Characters of what spotdl says when it fails, and bytes they are looked for in.
MAX_WORDS, MAX_LOG = 300, 20_000
Said = Callable[[str], object]

_ERROR = re.compile(r"^(https?://\S+) - (.+?)\s*$", re.MULTILINE)
_EXCEPTION = re.compile(r"^\s*\w+(?:Error|Exception): ", re.MULTILINE)
# Seconds that a service asks to wait.
_WAIT = re.compile(r"(?i)(?:retry.{,30}(?:after|in)|wait(?:ing)?(?: for)?)\W{1,3}(\d+)")
_FRAMES = re.compile(r"[\u2500-\u257f]+|\x1b\[[0-9;]*m")  # drawn around tracebacks, and colours


class Song(NamedTuple):
    """What a ``.spotdl`` list says of a song: all of it, and texts, empty where it says nothing."""

    data: dict[str, Any]
    song_id: str
    title: str
    artist: str
    url: str
    playlist: str


def program() -> str:
    """Return the path of the program, or raise a `SubgenreError` if it is not installed."""
    if path := shutil.which("spotdl"):
        return path
    raise SubgenreError(
        "Expected the program spotdl on PATH, but there is none: install it with 'pip install "
        "spotdl', better in an environment of its own, and FFmpeg with it."
    )


def read_list(path: Path) -> tuple[list[Song], int]:
    """Return the songs of a ``.spotdl`` list, at least one, and how many entries name no song."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8-sig"))
        if not isinstance(rows, list):
            raise ValueError(f"it is a {type(rows).__name__}")
    except (OSError, ValueError) as error:
        advice = cure(path) if isinstance(error, FileNotFoundError) else "save it anew"
        raise DataError(f"Expected spotdl's list in {path}, but {error}: {advice}.") from error
    songs = [song for song in map(_song, rows) if song]
    if not songs:
        raise DataError(f"Expected songs in {path}; got none: look at the playlist.")
    return songs, len(rows) - len(songs)


def _song(row: Any) -> Song | None:
    said = {key: value for key, value in row.items() if value} if isinstance(row, dict) else {}
    if isinstance(artists := said.get("artists"), list):
        said.setdefault("artist", artists[0] or "")
    keys = ("song_id", "name", "artist", "url", "list_name")
    texts = [" ".join(str(said.get(key, "")).split()) for key in keys]
    # spotdl writes null for what it did not find.
    return Song(row, *texts) if re.fullmatch(r"[\w-]+", texts[0]) else None


def save_list(url: str, path: Path, said: Said) -> None:
    """Save the ``.spotdl`` list of a playlist; `said` gets the program's last words on the way."""
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder) / "playlist.spotdl"
        _run(["save", url, "--save-file", saved.name], Path(folder), SECONDS_PER_LIST, said)
        read_list(saved)  # so a playlist without songs is asked for again
        shutil.copyfile(saved, path)


def download(songs: Sequence[Song], folder: Path, said: Said) -> tuple[list[Path], dict[str, str]]:
    """Fetch the audio of songs into an empty folder; `said` as for `save_list`.

    Returns
    -------
    files : list of Path
        Named ``song_id.mp3``, of those songs that were had.
    reasons : dict of str to str
        What spotdl says of the others, by URL.

    Raises
    ------
    DataError
        If spotdl fails as a whole; what it left in the folder may be half written.
    """
    asked_for = json.dumps([song.data for song in songs], ensure_ascii=False)
    (folder / "songs.spotdl").write_text(asked_for, encoding="utf-8")
    # Names relative to the folder: braces in the folder's own name would be taken for a template.
    asked = ["download", "songs.spotdl", "--output", "{track-id}.{output-ext}"]
    asked += ["--format", "mp3", "--save-errors", "errors.txt"]
    _run(asked, folder, SECONDS_PER_SONG * len(songs), said)
    errors = folder / "errors.txt"
    if not errors.is_file():  # written last, with or without errors; interrupted, it ends with 0
        raise DataError("Expected spotdl to end, but it was interrupted: start again.")
    reasons = dict(_ERROR.findall(errors.read_text(encoding="utf-8", errors="replace")))
    files = [folder / f"{song.song_id}.mp3" for song in songs]
    return [path for path in files if path.is_file() and path.stat().st_size], reasons


def _run(arguments: list[str], folder: Path, seconds: float, said: Said) -> None:
    """Run spotdl to its end, its words kept in a file: it may leave children that hold a pipe."""
    command, log = [program(), *arguments], folder / "spotdl.log"
    at_once = os.environ | {"PYTHONUNBUFFERED": "1"}  # or its words are lost when it is ended
    why, end = "", time.monotonic() + seconds
    try:
        with log.open("wb") as output, subprocess.Popen(
            command, cwd=folder, stdin=DEVNULL, stdout=output, stderr=STDOUT, env=at_once,
            start_new_session=True,
        ) as process:  # fmt: skip
            try:
                while process.poll() is None and not why:
                    with suppress(subprocess.TimeoutExpired):
                        process.wait(SECONDS_PER_LOOK)
                    words = _last_words(log)
                    said(words[:SHOWN_WORDS])
                    asked = max(map(int, _WAIT.findall(words)), default=0)
                    if process.returncode is None and time.monotonic() + asked > end:
                        waits = f"asks to wait {asked} s" if asked else f"hung for {seconds:.0f} s"
                        why = f"{waits}, its last words: {words}; try again later."
            finally:
                process.kill()
                with suppress(OSError, AttributeError):  # nobody is left; Windows has no groups
                    os.killpg(process.pid, signal.SIGKILL)
        if not why and process.returncode:
            why = f"ended with exit code {process.returncode}: {_last_words(log)}"
    except OSError as error:
        why = f"could not be started ({error.strerror}): install it anew."
    if why:
        raise DataError(f"Expected spotdl to {arguments[0]} {arguments[1]}, but it {why}")


def _last_words(log: Path) -> str:
    """Return what went wrong: the last exception, wrapped to any width, or else two lines."""
    said = log.read_bytes()[-MAX_LOG:].decode(errors="replace")
    text = _FRAMES.sub(" ", said).strip() or "it said nothing"
    named = list(_EXCEPTION.finditer(text))
    said = text[named[-1].start() :] if named else " ".join(text.splitlines()[-2:])
    return " ".join(said.split())[:MAX_WORDS]
