"""The Free Music Archive's data set FMA: subgenres are the leaves below a genre of its tree.

Its metadata give every track a list of genres from a tree of 161, an artist, and a side of an
official split that is filtered by artist.

References
----------
M. Defferrard, K. Benzi, P. Vandergheynst, X. Bresson, FMA: A Dataset For Music Analysis,
ISMIR 2017, https://arxiv.org/abs/1612.01840, https://github.com/mdeff/fma
"""

import itertools
import os
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from subgenre.config import one_of, whole
from subgenre.data.dataset import SETS, Entry, Listing
from subgenre.data.files.sources import of_two_classes, remarks, sifted
from subgenre.data.files.sources.fma_metadata import Genre, Row, read_genres, read_tracks
from subgenre.data.names import DatasetName
from subgenre.plumbing.errors import DataError, ParameterError

SIZES = ("small", "medium", "large", "full")
"""Each holds the ones before it; ``full`` has whole tracks, the others clips of 30 s."""

NO_AUDIO = frozenset({99134, 108925, 133297})
"""Clips that are known to hold no audio; others are known to be short, which their length tells."""

CITATION = (
    "M. Defferrard, K. Benzi, P. Vandergheynst, X. Bresson, FMA: A Dataset For Music Analysis, "
    "18th International Society for Music Information Retrieval Conference, 2017."
)
LICENCE = (
    "The metadata are under CC BY 4.0. Each track is under the licence that its artist chose, "
    "mostly a Creative Commons one: see the column track.license. The set is meant for research."
)
_OFFICIAL = {"training": "train", "validation": "validation", "test": "test"}


def listing(name: DatasetName) -> Listing:
    """List the tracks of FMA whose genres say one subgenre of the chosen parent.

    The folder holds ``fma_metadata`` and ``fma_small``, ``fma_medium``, ``fma_large`` or
    ``fma_full``; options are ``parent`` (title or number of a genre, *Electronic*), ``size`` (the
    one that is there), ``split`` (*official*, or *none* for splits of one's own) and ``min_tracks``
    (20). A genre below the parent is in use if at least ``min_tracks`` tracks carry it or a genre
    below it; a class is a genre in use with none in use below it. A track with two classes is
    ambiguous and left out, as is one that stays above the classes.

    Raises
    ------
    ParameterError
        If an option is unknown or has an impossible value.
    DataError
        If the metadata or the audio folder are missing or of another form, or there are fewer
        than two classes.
    """
    options = name.own_options(parent="Electronic", size="", split="official", min_tracks="20")
    one_of("option split", options["split"], ("official", "none"))
    given = options["min_tracks"]
    least = whole("option min_tracks", int(given) if given.isdecimal() else given, 1)
    folder = name.directory()
    size = _size(folder, options["size"])
    genres = read_genres(folder / "fma_metadata" / "genres.csv")
    parent = _genre_named(genres, options["parent"])
    subsets = SIZES[: SIZES.index(size) + 1]
    rows, skipped = read_tracks(folder / "fma_metadata" / "tracks.csv", subsets)
    entries, more = _of_classes(rows, genres, parent, least, folder, size)
    skipped |= more
    as_said = options["split"] == "official"
    entries, more = _officially_split(entries) if as_said else (_unsplit(entries), {})
    skipped |= more
    return of_two_classes(
        Listing(str(name), tuple(entries), remarks(skipped), CITATION, LICENCE),
        f"at least two subgenres of {genres[parent].title} with {least} tracks each in fma_{size}",
        "choose another parent, a larger size or a smaller min_tracks",
    )


def _of_classes(
    rows: list[Row], genres: dict[int, Genre], parent: int, least: int, folder: Path, size: str
) -> tuple[list[Entry], dict[str, str]]:
    """Return the tracks of the classes, and the tracks and genres that are left out, with why."""
    above = _paths(genres, parent)
    n_same = Counter(genres[genre].title for genre in above)
    titles = {
        genre: genres[genre].title + (f" ({genre})" if n_same[genres[genre].title] > 1 else "")
        for genre in above
    }
    carried = [set().union(*(above.get(genre, ()) for genre in row.genres)) for row in rows]
    counts = Counter(itertools.chain.from_iterable(carried))
    in_use = {genre for genre in above if counts[genre] >= least}
    classes = in_use - {genres[genre].parent for genre in in_use}
    found = {}
    for row, below in zip(rows, carried, strict=True):
        if below or parent in row.genres:
            labels = [titles[genre] for genre in sorted(below & classes)]
            track = f"fma_{size}/{row.track_id // 1000:03d}/{row.track_id:06d}.mp3"
            found[track] = _entry(row, labels, folder, track, size)
    entries, skipped = sifted(found)
    for genre, n in sorted(counts.items()):
        if n < least:
            few = f"too few tracks: {n}, where a class takes {least}"
            skipped[titles[genre]] = f"{few}; they count for the genre above"
    of_class = Counter(entry.label for entry in entries)  # after the ambiguous ones have gone
    small = {
        label: f"too few tracks: {n} name no other class; a class takes {least}"
        for label, n in sorted(of_class.items())
        if n < least
    }
    return [entry for entry in entries if entry.label not in small], skipped | small


def _paths(genres: Mapping[int, Genre], parent: int) -> dict[int, frozenset[int]]:
    """Return each genre below the parent with all between the two, itself included."""
    above: dict[int, frozenset[int]] = {}
    waiting = [(parent, frozenset[int]())]
    for genre, path in waiting:  # it grows
        for child, (_, its_parent) in genres.items():
            if its_parent == genre and child not in above and child != parent:  # no circles
                above[child] = path | {child}
                waiting.append((child, above[child]))
    return above


def _entry(row: Row, labels: Sequence[str], folder: Path, name: str, size: str) -> Entry | str:
    """Return a track, or the reason why it is left out."""
    if size != "full" and row.track_id in NO_AUDIO:
        return "this clip of FMA is known to hold no audio"
    if not labels:
        return "its genres name none of the classes"
    if len(labels) > 1:
        return f"ambiguous: its genres name {' and '.join(labels)}"
    return Entry(
        path=folder / name,
        label=labels[0],
        group=f"artist {int(row.artist_id)}" if row.artist_id.isdecimal() else name,
        name=name,
        title=": ".join(filter(None, (row.artist, row.title))),
        collection=f"FMA {size}",
        split=_OFFICIAL.get(row.split),
    )


def _unsplit(entries: list[Entry]) -> list[Entry]:
    return [replace(entry, split=None) for entry in entries]


def _officially_split(entries: list[Entry]) -> tuple[list[Entry], dict[str, str]]:
    """Keep the official sides, unless these cut a group or are not said."""
    of_group, of_label = defaultdict(set), defaultdict(set)
    for entry in entries:
        of_group[entry.group].add(entry.split)
        of_label[entry.label].add(str(entry.split))
    cut = sorted(group for group, parts in of_group.items() if len(parts) > 1)
    unsaid = sum(entry.split is None for entry in entries)
    if cut or unsaid:
        why = f"cuts {len(cut)} artists, such as {cut[0]}" if cut else f"lacks {unsaid} tracks"
        return _unsplit(entries), {"set.split": f"official split not used: it {why}"}
    partial = {
        label: f"not in every set: the official split has it in {' and '.join(sorted(parts))}"
        for label, parts in sorted(of_label.items())
        if len(parts) < len(SETS)
    }
    return [entry for entry in entries if entry.label not in partial], partial


def _genre_named(genres: Mapping[int, Genre], name: str) -> int:
    named = {number: {str(number), genre.title.casefold()} for number, genre in genres.items()}
    found = [number for number, names in named.items() if name.casefold() in names]
    if not found:
        parents = {genre.parent for genre in genres.values()} & genres.keys()
        one_of("option parent", name, sorted(genres[number].title for number in parents))
    if len(found) > 1:
        raise ParameterError(
            f"Expected parent to name one genre of FMA; {name!r} names {found}: give its number."
        )
    return found[0]


def _size(folder: Path, given: str) -> str:
    if given:
        one_of("option size", given, SIZES)
    asked = [given] if given else SIZES
    there = [size for size in asked if os.path.isdir(folder / f"fma_{size}")]
    if len(there) != 1:
        raise DataError(
            f"Expected one audio folder, fma_{' or fma_'.join(asked)}, in {folder}; got those of "
            f"{there}: unpack it from https://github.com/mdeff/fma, or choose by ?size=small."
        )
    return there[0]
