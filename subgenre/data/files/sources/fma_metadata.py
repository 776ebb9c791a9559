"""The two tables of FMA's metadata that say what a track is: ``tracks.csv`` and ``genres.csv``."""

import csv
import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pandas as pd

from subgenre.data.dataset import Remark
from subgenre.plumbing.errors import DataError

_COLUMNS = (
    "track.genres", "track.title", "artist.id", "artist.name", "set.split", "set.subset",
)  # fmt: skip
_LIST = re.compile(r"\[[\d, ]*\]")


@dataclass(frozen=True)
class Genre:
    """A genre's title and the number of the one above it, 0 for none."""

    title: str
    parent: int


@dataclass(frozen=True)
class Row:
    """What `tracks.csv` says of one track.

    Attributes
    ----------
    track_id : int
    genres : tuple of int
        As its artist gave them, without those above them.
    title, artist : str
        Empty if unknown.
    artist_id : int or None
    split : str
        ``training``, ``validation`` or ``test``.
    """

    track_id: int
    genres: tuple[int, ...]
    title: str
    artist: str
    artist_id: int | None
    split: str


def read_genres(path: Path) -> dict[int, Genre]:
    """Read the genre tree.

    Raises
    ------
    DataError
        If the file is missing or is another table.
    """
    try:
        table = pd.read_csv(path, usecols=["genre_id", "parent", "title"], encoding="utf-8")
        numbers, parents = (table[name].astype(int) for name in ("genre_id", "parent"))
        rows = zip(numbers, table["title"].astype(str), parents, strict=True)
        return {number: Genre(title, parent) for number, title, parent in rows}
    except (OSError, ValueError) as error:  # pandas' own errors are ValueErrors
        raise _other_form(path, "genre_id, parent and title", error) from error


def read_tracks(path: Path, subsets: Collection[str]) -> tuple[list[Row], list[Remark]]:
    """Read the tracks of some subsets, in the order of their numbers.

    Parameters
    ----------
    path : Path
        The table with the two rows of names, such as ``track`` over ``genres``.
    subsets : collection of str
        Values of ``set.subset``; ``full`` takes the tracks that are in none of the smaller ones.

    Returns
    -------
    rows : list of Row
    skipped : list of Remark
        Rows that do not say their genres.

    Raises
    ------
    DataError
        If the file is missing or is another table.
    """
    try:
        table = _table(path)
    except (OSError, ValueError, csv.Error) as error:
        raise _other_form(path, ", ".join(_COLUMNS), error) from error
    kept = table[table["set.subset"].isin(list(subsets)) | ("full" in subsets)]
    rows, skipped = [], []
    for track_id, *cells in kept.itertuples():
        genres, title, artist_id, artist, split, _ = cells
        if not track_id.isdecimal() or not _LIST.fullmatch(genres):
            skipped.append(Remark(f"tracks.csv, track {track_id}", "its genres are not a list"))
            continue
        numbers = tuple(int(number) for number in re.findall(r"\d+", genres))
        known = int(artist_id) if artist_id.isdecimal() else None
        rows.append(Row(int(track_id), numbers, title, artist, known, split))
    return sorted(rows, key=lambda row: row.track_id), skipped


def _table(path: Path) -> pd.DataFrame:
    with path.open(encoding="utf-8", newline="") as lines:
        upper, lower, third = islice(csv.reader(lines), 3)
    names = [".".join(pair) for pair in zip(upper, lower, strict=True)]
    missing = [name for name in _COLUMNS if name not in names]
    if missing:
        raise ValueError(f"it lacks {', '.join(missing)}")
    header = 3 if third[0] == "track_id" else 2  # a row that holds the name of the first column
    return pd.read_csv(
        path,
        skiprows=header,
        names=["track_id", *names[1:]],
        usecols=["track_id", *_COLUMNS],
        index_col="track_id",
        dtype=str,
        keep_default_na=False,  # an artist may be called "None"
        encoding="utf-8",
    )[list(_COLUMNS)]


def _other_form(path: Path, columns: str, error: Exception) -> DataError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return DataError(
        f"Expected {path} to be FMA's table with {columns}, but "
        f"{' '.join(reason.split()) or type(error).__name__}: unpack fma_metadata.zip from "
        "https://github.com/mdeff/fma anew."
    )
