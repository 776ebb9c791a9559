"""The Free Music Archive's data set FMA: subgenres are the leaves below a genre of its tree.

Its metadata give every track a list of genres from a tree of 161, an artist, and a side of an
official split that is filtered by artist.

References
----------
M. Defferrard, K. Benzi, P. Vandergheynst, X. Bresson, FMA: A Dataset For Music Analysis,
ISMIR 2017, https://arxiv.org/abs/1612.01840, https://github.com/mdeff/fma
"""

import itertools
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from subgenre.config import one_of, unfit, whole
from subgenre.data.dataset import SETS, Entry, Listing
from subgenre.data.files.sources import Found, of_two_classes
from subgenre.data.names import DatasetName
from subgenre.plumbing.errors import DataError
from subgenre.plumbing.spelling import cure

#: Each holds the ones before it; ``full`` has whole tracks, the others clips of 30 s.
SIZES = ("small", "medium", "large", "full")
#: Clips that are known to hold no audio; others are known to be short, which their length tells.
NO_AUDIO = frozenset({"099134", "108925", "133297"})

CITATION = (
    "M. Defferrard, K. Benzi, P. Vandergheynst, X. Bresson, FMA: A Dataset For Music Analysis, "
    "18th International Society for Music Information Retrieval Conference, 2017."
)
LICENCE = (
    "The metadata are under CC BY 4.0. Each track is under the licence that its artist chose, "
    "mostly a Creative Commons one: see the column track.license. The set is meant for research."
)
_OFFICIAL = {"training": "train", "validation": "validation", "test": "test"}
_GENRES = ["genre_id", "parent", "title"]
_TRACKS = [
    "track_id", "track.genres", "track.title", "artist.id", "artist.name", "set.split", "set.subset"
]  # fmt: skip


class Genre(NamedTuple):
    """A genre's title and the number of the one above it, 0 for none."""

    title: str
    parent: int


def listing(name: DatasetName) -> Listing:
    """List the tracks of FMA whose genres say one subgenre of the chosen parent.

    The folder holds ``fma_metadata`` and ``fma_small``, ``fma_medium``, ``fma_large`` or
    ``fma_full``; options are ``parent`` (title or number of a genre, *Electronic*), ``size`` (the
    one that is there), ``split`` (*official*, or *none* for splits of one's own) and ``min_tracks``
    (20). A genre below the parent is in use if at least ``min_tracks`` tracks carry it or a genre
    below it; a class is a genre in use with none in use below it. A track with two classes is
    ambiguous and left out, as is one that stays above the classes.
    """
    options = name.own_options(parent="Electronic", size="", split="official", min_tracks="20")
    one_of("option split", options["split"], ("official", "none"))
    given = options["min_tracks"]
    least = whole("option min_tracks", int(given) if given.isdecimal() else given, 1)
    folder = name.directory()
    size = _size(folder, options["size"])
    with _table(folder / "fma_metadata" / "genres.csv", _GENRES, 1) as table:
        genres = {int(number): Genre(title, int(above)) for number, above, title in table}
    parent = _genre_named(genres, options["parent"])
    found = _of_classes(_read_tracks(folder, size), genres, parent, least)
    found = _with_sides(found, options["split"] == "official")
    expected = f"two subgenres of {genres[parent].title} with {least} tracks each in fma_{size}"
    advice = "choose another parent, a larger size or a smaller min_tracks"
    return of_two_classes(name, found, (CITATION, LICENCE), expected, advice)


def _read_tracks(folder: Path, size: str) -> list[tuple[Entry, list[int]]]:
    """Return the tracks up to a size, yet without classes, with their genres."""
    tracks, subsets = [], SIZES[: SIZES.index(size) + 1]
    with _table(folder / "fma_metadata" / "tracks.csv", _TRACKS, 2) as table:
        for number, genres, title, artist_id, artist, split, subset in table:
            if subset not in subsets and size != "full":  # which has tracks that are in no subset
                continue
            name = f"fma_{size}/{int(number) // 1000:03d}/{int(number):06d}.mp3"
            group = f"artist {int(artist_id)}" if artist_id.isdecimal() else name
            title = ": ".join(filter(None, (artist, title)))
            side = _OFFICIAL.get(split)
            entry = Entry(folder / name, "", group, name, title, f"FMA {size}", split=side)
            tracks.append((entry, [*map(int, json.loads(genres))]))
    return sorted(tracks, key=lambda track: int(track[0].path.stem))


def _of_classes(
    tracks: list[tuple[Entry, list[int]]], genres: dict[int, Genre], parent: int, least: int
) -> Found:
    """Return the tracks below the parent, and the genres that are no class, with why."""
    above = {genre: _path(genre, genres, parent) for genre in genres}
    titles = {genre: genres[genre].title for genre, path in above.items() if path}
    same = {title for title, n in Counter(titles.values()).items() if n > 1}
    titles |= {one: f"{title} ({one})" for one, title in titles.items() if title in same}
    carried = [set().union(*(above.get(genre, ()) for genre in said)) for _, said in tracks]
    counts = Counter(itertools.chain.from_iterable(carried))
    in_use = {genre for genre in above if counts[genre] >= least}
    classes = in_use - {genres[genre].parent for genre in in_use}
    found: Found = {}
    for (track, said), below in zip(tracks, carried, strict=True):
        if below or parent in said:
            found[track.name] = _labelled(track, [titles[one] for one in sorted(below & classes)])
    for genre in sorted(counts.keys() - in_use):
        few = f"too few tracks: {counts[genre]}, where a class takes {least}"
        found[titles[genre]] = f"{few}; they count for the genre above"
    of_class = Counter(one.label for one in found.values() if isinstance(one, Entry))
    few = f"name no other class; a class takes {least}"
    small = {one: f"too few tracks: {n} {few}" for one, n in of_class.items() if n < least}
    return _without(found, small)


def _without(found: Found, classes: dict[str, str]) -> Found:
    """Leave out classes, for which there are reasons."""
    gone = {one.name for one in found.values() if isinstance(one, Entry) and one.label in classes}
    return {name: one for name, one in found.items() if name not in gone} | classes


def _path(genre: int, genres: dict[int, Genre], parent: int) -> list[int]:
    """Return the genres from one up to the parent, without this; none if it is not below it."""
    path: list[int] = []
    while genre != parent:
        if genre not in genres or genre in path:  # the top, or a circle
            return []
        path.append(genre)
        genre = genres[genre].parent
    return path


def _labelled(track: Entry, labels: list[str]) -> Entry | str:
    """Return a track with its class, or the reason why it is left out."""
    if track.path.stem in NO_AUDIO and track.collection != "FMA full":
        return "this clip of FMA is known to hold no audio"
    if not labels:
        return "its genres name none of the classes"
    if len(labels) > 1:
        return f"ambiguous: its genres name {' and '.join(labels)}"
    return replace(track, label=labels[0])


def _with_sides(found: Found, official: bool) -> Found:
    """Keep the official sides, unless these are not wanted, cut a group or are not said."""
    entries = [one for one in found.values() if isinstance(one, Entry)]
    of_group, of_label = defaultdict(set), defaultdict(set)
    for one in entries:
        of_group[one.group].add(one.split)
        of_label[one.label].add(str(one.split))
    cut = sorted(group for group, sides in of_group.items() if len(sides) > 1)
    unsaid = sum(one.split is None for one in entries)
    if official and not cut and not unsaid:
        why = "not in every set: the official split has it in "
        partial = {one: sides for one, sides in of_label.items() if len(sides) < len(SETS)}
        return _without(found, {one: why + " and ".join(sorted(partial[one])) for one in partial})
    found |= {one.name: replace(one, split=None) for one in entries}
    if official:
        why = f"cuts {len(cut)} artists, such as {cut[0]}" if cut else f"lacks {unsaid} tracks"
        found["set.split"] = f"official split not used: it {why}"
    return found


def _genre_named(genres: dict[int, Genre], name: str) -> int:
    wanted = name.casefold()
    found = [one for one, (title, _) in genres.items() if wanted in (str(one), title.casefold())]
    if not found:
        parents = {genre.parent for genre in genres.values()} & genres.keys()
        one_of("option parent", name, sorted(genres[number].title for number in parents))
    if len(found) > 1:
        raise unfit("the option parent", f"to be one of the numbers {found}, of one title", name)
    return found[0]


def _size(folder: Path, given: str) -> str:
    one_of("option size", given or "full", SIZES)
    asked = [given] if given else SIZES
    there = [size for size in asked if os.path.isdir(folder / f"fma_{size}")]
    if len(there) != 1:
        raise DataError(
            f"Expected one audio folder, fma_{' or fma_'.join(asked)}, in {folder}; got those of "
            f"{there}: unpack it from https://github.com/mdeff/fma, or choose by ?size=small."
        )
    return there[0]


@contextmanager
def _table(path: Path, columns: list[str], n_names: int) -> Iterator[Iterator[tuple]]:
    """Yield rows of text from below `n_names` rows that together hold the columns' names.

    What is wrong with the table, also in the block, is said in one sentence.
    """
    text: Any = {"dtype": str, "keep_default_na": False}  # an artist may be called "None"
    try:
        head = pd.read_csv(path, header=None, nrows=n_names, **text)
        names = [".".join(filter(None, one)) or "track_id" for one in head.T.to_numpy()]
        table = pd.read_csv(path, skiprows=n_names, names=names, usecols=columns, **text)
        table = table[table[columns[0]] != "track_id"]  # a row with the first column's name
        yield table[columns].itertuples(index=False, name=None)
    except (OSError, ValueError) as error:  # pandas' own errors are ValueErrors
        advice = "unpack fma_metadata.zip from https://github.com/mdeff/fma anew"
        if isinstance(error, FileNotFoundError):
            advice = f"{cure(path)}, or {advice}"
        raise DataError(
            f"Expected {path} to be FMA's table with {', '.join(columns)}, but "
            f"{' '.join(str(error).split()) or type(error).__name__}: {advice}."
        ) from error
