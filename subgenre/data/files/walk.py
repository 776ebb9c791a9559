"""One walk through folders of music, for data sets and for predictions."""

import os
import re
from pathlib import Path
from typing import NamedTuple

# File name extensions of audio; whether it can be decoded is found out by opening it.
AUDIO_SUFFIXES = (
    ".wav", ".wave", ".bwf", ".rf64", ".w64", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".mp2",
    ".mpga", ".au", ".snd", ".aif", ".aiff", ".aifc", ".caf", ".m4a", ".m4b", ".mp4", ".aac",
    ".alac", ".wma", ".ape", ".wv", ".mpc", ".mka", ".webm", ".ac3", ".3gp"
)  # fmt: skip
# Artwork, texts, playlists: what lies beside music and is passed over without a word.
COMPANION_SUFFIXES = (
    ".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".svg", ".pdf", ".txt",
    ".md", ".rtf", ".htm", ".html", ".nfo", ".log", ".lrc", ".cue", ".m3u", ".m3u8", ".pls",
    ".xspf", ".xml", ".json", ".jsonl", ".yml", ".yaml", ".csv", ".tsv", ".ini", ".db", ".url",
    ".webloc", ".sfv", ".md5", ".sha1", ".spotdl", ".asd"
)  # fmt: skip


# Bins, snapshots and thumbnails of Windows, macOS, Linux and makers of network storage; the
# last two are words of music if not all is in capitals.
SIDE_FOLDERS = re.compile(
    r"(?i:[#@]recycle|[#@~]snapshot|[#@]recently-snapshot|@eadir|@tmp|@share(bin|snap)|@__thumb"
    r"|\$recycle\.bin|recycle\.bin|system volume information|lost\+found|lost\.dir|found\.\d{3}"
    r"|__macosx|network trash folder|temporary items|thevolumesettingsfolder|trash-\d+)"
    r"|RECYCLER|RECYCLED"
)


class Walked(NamedTuple):
    """Files, those of a folder before those of its sub-folders, in order; and what is not entered.

    Closed folders cannot be listed, for the reason given; repeated ones are links to folders that
    are visited at another place; those aside are bins and the like, `SIDE_FOLDERS`.
    """

    files: list[Path]
    closed: dict[Path, str]
    repeated: list[Path]
    aside: list[Path]


def walk(root: Path, seen: set[tuple[int, int]]) -> Walked:
    """Visit every real folder below `root` once, but for hidden ones.

    Parameters
    ----------
    seen : set of tuple of int
        Device and number of folders visited before; those visited now are added.
    """
    found = Walked([], {}, [], [])

    def note(error: OSError) -> None:
        found.closed[Path(error.filename)] = error.strerror or str(error)

    waiting = [root]
    for top in waiting:  # it grows: links wait at its end, so that their targets keep their places
        for here, folders, names in os.walk(top, onerror=note):
            folder, visible = Path(here), sorted(n for n in folders if not n.startswith("."))
            folders.clear()
            try:
                status = folder.stat()
            except OSError as error:  # gone meanwhile
                note(error)
                continue
            if (status.st_dev, status.st_ino) in seen:
                found.repeated.append(folder)
                continue
            seen.add((status.st_dev, status.st_ino))
            found.aside.extend(folder / n for n in visible if SIDE_FOLDERS.fullmatch(n))
            folders += (n for n in visible if not SIDE_FOLDERS.fullmatch(n))
            waiting += filter(os.path.islink, (folder / name for name in folders))  # never raises
            found.files.extend(folder / n for n in sorted(names) if not n.startswith("."))
    return found
