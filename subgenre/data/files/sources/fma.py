"""The Free Music Archive's data set FMA: subgenres are the leaves below a genre of its tree.

Its metadata give every track a list of genres from a tree of 161, an artist, and a side of an
official split that is filtered by artist.

References
----------
M. Defferrard, K. Benzi, P. Vandergheynst, X. Bresson, FMA: A Dataset For Music Analysis,
ISMIR 2017, https://arxiv.org/abs/1612.01840, https://github.com/mdeff/fma
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from subgenre.config import one_of
from subgenre.data.dataset import SETS, Entry, Listing, Remark
from subgenre.data.files.sources.fma_metadata import Genre, Row, read_genres, read_tracks
from subgenre.data.spec import parse_spec, whole_option
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
_DEFAULTS = {"parent": "Electronic", "size": "", "split": "official", "min_tracks": "20"}


def listing(spec: str) -> Listing:
    """List the tracks of FMA whose genres say one subgenre of the chosen parent.

    A genre below the parent is in use if at least ``min_tracks`` tracks carry it or a genre below
    it; a class is a genre in use with none in use below it. A track with two classes is ambiguous
    and left out, as is one that stays above the classes.

    Parameters
    ----------
    spec : str
        The folder that holds ``fma_metadata`` and ``fma_small``, ``fma_medium``, ``fma_large`` or
        ``fma_full``, and the options ``parent`` (title or number of a genre, *Electronic*),
        ``size`` (the one that is there), ``split`` (*official*, or *none* for splits of one's own)
        and ``min_tracks`` (20).

    Raises
    ------
    ParameterError
        If an option is unknown or has an impossible value.
    DataError
        If the metadata or the audio folder are missing or of another form, or there are fewer
        than two classes.
    """
    folder, options = parse_spec("fma", spec, _DEFAULTS)
    one_of("option split", options["split"], ("official", "none"))
    size = _size(folder, options["size"])
    least = whole_option("min_tracks", options["min_tracks"])
    genres = read_genres(folder / "fma_metadata" / "genres.csv")
    parent = _genre_named(genres, options["parent"])
    rows, skipped = read_tracks(folder / "fma_metadata" / "tracks.csv", SIZES[: _rank(size)])
    tree = _Tree.of(genres, parent, rows, least)
    found = [_entry(folder, size, row, tree) for row in rows]
    skipped += [one for one in found if isinstance(one, Remark)]
    entries, more = _large_enough([one for one in found if isinstance(one, Entry)], least)
    skipped += [*tree.skipped(least), *more]
    if options["split"] == "official":
        entries, more = _officially_split(entries, {_name(size, row): row.split for row in rows})
        skipped += more
    if len({entry.label for entry in entries}) < 2:
        raise DataError(
            f"Expected at least two subgenres of {genres[parent].title} with {least} tracks each "
            f"in fma_{size}; got {sorted({entry.label for entry in entries})}: choose another "
            "parent, a larger size or a smaller min_tracks."
        )
    return Listing(f"fma:{spec}", tuple(entries), tuple(skipped), CITATION, LICENCE)


@dataclass(frozen=True)
class _Tree:
    """The part of the genre tree below the parent, and which of it are classes.

    Attributes
    ----------
    parent : int
    above : mapping of int to frozenset of int
        Each genre below the parent with all between the two, itself included.
    counts : mapping of int to int
        Tracks that carry the genre or one below it.
    titles : mapping of int to str
        Unique, for people.
    classes : frozenset of int
    """

    parent: int
    above: Mapping[int, frozenset[int]]
    counts: Mapping[int, int]
    titles: Mapping[int, str]
    classes: frozenset[int]

    @classmethod
    def of(
        cls, genres: Mapping[int, Genre], parent: int, rows: Iterable[Row], least: int
    ) -> "_Tree":
        above = _paths(genres, parent)
        counts = Counter(
            genre for row in rows for genre in frozenset[int]().union(*_carried(row, above))
        )
        in_use = {genre for genre in above if counts[genre] >= least}
        with_children = {genres[genre].parent for genre in in_use}
        same = Counter(genres[genre].title for genre in above)
        titles = {
            genre: genres[genre].title + (f" ({genre})" if same[genres[genre].title] > 1 else "")
            for genre in above
        }
        return cls(parent, above, counts, titles, frozenset(in_use - with_children))

    def skipped(self, least: int) -> list[Remark]:
        """Return the genres that have tracks, but too few to count."""
        return [
            Remark(
                self.titles[genre],
                f"too few tracks: {count}, where a class takes {least}; they count for the genre "
                "above",
            )
            for genre, count in sorted(self.counts.items())
            if count < least
        ]


def _paths(genres: Mapping[int, Genre], parent: int) -> dict[int, frozenset[int]]:
    children = defaultdict(list)
    for number, genre in genres.items():
        children[genre.parent].append(number)
    above: dict[int, frozenset[int]] = {}
    waiting = [(child, frozenset[int]()) for child in children[parent]]
    while waiting:
        number, path = waiting.pop()
        if number not in above and number != parent:  # a tree that bites its tail ends here
            above[number] = path | {number}
            waiting += [(child, above[number]) for child in children[number]]
    return dict(sorted(above.items()))


def _carried(row: Row, above: Mapping[int, frozenset[int]]) -> list[frozenset[int]]:
    return [above[genre] for genre in row.genres if genre in above]


def _entry(folder: Path, size: str, row: Row, tree: _Tree) -> Entry | Remark | None:
    """Return what becomes of a track; None if it has nothing to do with the parent."""
    carried = frozenset[int]().union(*_carried(row, tree.above))
    if not carried and tree.parent not in row.genres:
        return None
    name, classes = _name(size, row), sorted(carried & tree.classes)
    titles = [tree.titles[genre] for genre in classes]
    if size != "full" and row.track_id in NO_AUDIO:
        return Remark(name, "this clip of FMA is known to hold no audio")
    if not titles:
        return Remark(name, "its genres name none of the classes")
    if len(titles) > 1:
        return Remark(name, f"ambiguous: its genres name {' and '.join(titles)}")
    return Entry(
        path=folder / name,
        label=titles[0],
        group=name if row.artist_id is None else f"artist {row.artist_id}",
        name=name,
        title=": ".join(filter(None, (row.artist, row.title))),
        collection=f"FMA {size}",
    )


def _name(size: str, row: Row) -> str:
    digits = f"{row.track_id:06d}"
    return f"fma_{size}/{digits[:3]}/{digits}.mp3"


def _large_enough(entries: list[Entry], least: int) -> tuple[list[Entry], list[Remark]]:
    """Leave out the classes that have too few tracks after the ambiguous ones have gone."""
    counts = Counter(entry.label for entry in entries)
    skipped = [
        Remark(label, f"too few tracks: {count} name no other class; a class takes {least}")
        for label, count in sorted(counts.items())
        if count < least
    ]
    return [entry for entry in entries if counts[entry.label] >= least], skipped


def _officially_split(
    entries: list[Entry], splits: Mapping[str, str]
) -> tuple[list[Entry], list[Remark]]:
    """Put the entries on the official sides, unless these cut a group or are not said."""
    split = [replace(entry, split=_OFFICIAL.get(splits[entry.name])) for entry in entries]
    sides, sets = defaultdict(set), defaultdict(set)
    for entry in split:
        sides[entry.group].add(entry.split)
        sets[entry.label].add(entry.split)
    cut = sorted(group for group, parts in sides.items() if len(parts) > 1)
    unsaid = sum(entry.split is None for entry in split)
    if cut or unsaid:
        why = f"cuts {len(cut)} artists, such as {cut[0]}" if cut else f"lacks {unsaid} tracks"
        return entries, [Remark("set.split", f"official split not used: it {why}")]
    partial = {label: parts for label, parts in sets.items() if len(parts) < len(SETS)}
    skipped = [
        Remark(
            label,
            "not in every set: the official split has it in "
            + " and ".join(sorted(map(str, parts))),
        )
        for label, parts in sorted(partial.items())
    ]
    return [entry for entry in split if entry.label not in partial], skipped


def _genre_named(genres: Mapping[int, Genre], name: str) -> int:
    if name.isdecimal() and int(name) in genres:
        return int(name)
    found = [key for key, genre in genres.items() if genre.title.casefold() == name.casefold()]
    if len(found) > 1:
        raise ParameterError(
            f"Expected parent to name one genre of FMA; {name!r} names {found}: give its number."
        )
    if not found:
        parents = {genre.parent for genre in genres.values()}
        titles = [genre.title for number, genre in genres.items() if number in parents]
        one_of("option parent", name, sorted(titles))
        raise ParameterError(
            f"Expected parent to be a genre with others below it; got {name!r}: choose another."
        )
    return found[0]


def _rank(size: str) -> int:
    return SIZES.index(size) + 1


def _size(folder: Path, given: str) -> str:
    if given:
        one_of("option size", given, SIZES)
    there = [size for size in SIZES if (folder / f"fma_{size}").is_dir()]
    if given in there:
        return given
    if given or not there:
        wanted = f"fma_{given}" if given else "fma_small, fma_medium, fma_large or fma_full"
        raise DataError(
            f"Expected the audio folder {wanted} in {folder}, but it is not there: unpack the "
            "archive from https://github.com/mdeff/fma beside fma_metadata."
        )
    if len(there) > 1:
        raise ParameterError(
            f"Expected one audio folder in {folder}, or the option size; got "
            f"{', '.join(f'fma_{size}' for size in there)}: write ?size={there[0]}."
        )
    return there[0]
