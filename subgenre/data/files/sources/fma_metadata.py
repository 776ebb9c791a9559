"""The two tables of FMA's metadata that say what a track is: ``tracks.csv`` and ``genres.csv``."""

import csv
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from subgenre.plumbing.errors import DataError
from subgenre.plumbing.spelling import cure

_GENRES = ["genre_id", "parent", "title"]
_TRACKS = [
    "track_id", "track.genres", "track.title", "artist.id", "artist.name", "set.split", "set.subset"
]  # fmt: skip
_LIST = re.compile(r"\[[\d, ]*\]")


class Genre(NamedTuple):
    """A genre's title and the number of the one above it, 0 for none."""

    title: str
    parent: int


class Row(NamedTuple):
    """What `tracks.csv` says of one track: the genres without those above them, "" if unknown."""

    track_id: int
    genres: tuple[int, ...]
    title: str
    artist_id: str
    artist: str
    split: str


def read_genres(path: Path) -> dict[int, Genre]:
    """Return the genre tree, by the genres' numbers."""
    with _of_form(path, _GENRES):
        rows = _table(path, _GENRES, 1).itertuples(index=False)
        return {int(number): Genre(title, int(parent)) for number, parent, title in rows}


def read_tracks(path: Path, subsets: Collection[str]) -> tuple[list[Row], dict[str, str]]:
    """Return the tracks of some subsets, in the order of their numbers, and rows without genres.

    Parameters
    ----------
    path : Path
        The table with the two rows of names, such as ``track`` over ``genres``.
    subsets : collection of str
        Values of ``set.subset``; ``full`` takes the tracks that are in none of the smaller ones.
    """
    with _of_form(path, _TRACKS):
        table = _table(path, _TRACKS, 2)
    rows, skipped = [], {}
    for track_id, genres, *said, subset in table.itertuples(index=False):
        if subset not in subsets and "full" not in subsets:
            continue
        if track_id.isdecimal() and _LIST.fullmatch(genres):
            numbers = tuple(map(int, re.findall(r"\d+", genres)))
            rows.append(Row(int(track_id), numbers, *said))
        else:
            skipped[f"tracks.csv, track {track_id}"] = "its genres are not a list"
    return sorted(rows, key=lambda row: row.track_id), skipped


def _table(path: Path, columns: list[str], n_names: int) -> pd.DataFrame:
    """Read columns as text from below `n_names` rows that together hold their names."""
    with path.open(encoding="utf-8", newline="") as lines:
        *names, third = islice(csv.reader(lines), n_names + 1)
    header = [".".join(filter(None, parts)) or "track_id" for parts in zip(*names, strict=True)]
    if missing := [name for name in columns if name not in header]:
        raise ValueError(f"it lacks {', '.join(missing)}")
    return pd.read_csv(
        path,
        skiprows=n_names + (third[0] == "track_id"),  # a row with the name of the first column
        names=header,
        usecols=columns,
        dtype=str,
        keep_default_na=False,  # an artist may be called "None"
        encoding="utf-8",
    )[columns]


@contextmanager
def _of_form(path: Path, columns: list[str]) -> Iterator[None]:
    """Say in one sentence that a table is missing or is another one."""
    try:
        yield
    except (OSError, ValueError, csv.Error) as error:  # pandas' own errors are ValueErrors
        advice = "unpack fma_metadata.zip from https://github.com/mdeff/fma anew"
        if isinstance(error, FileNotFoundError):
            advice = f"{cure(path)}, or {advice}"
        raise DataError(
            f"Expected {path} to be FMA's table with {', '.join(columns)}, but "
            f"{' '.join(str(error).split()) or type(error).__name__}: {advice}."
        ) from error
