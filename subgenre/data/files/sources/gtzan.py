"""GTZAN: a thousand excerpts of 30 s in ten *genres*, known for its faults.

It holds repetitions, mislabelled and distorted excerpts, and several of one artist or even one
recording; scores on it mean little unless the fault-filtered split is used. Its classes are
genres: it can test this study's machinery, and says nothing of subgenres.

References
----------
B. L. Sturm, The GTZAN dataset: Its contents, its faults, their effects on evaluation, and its
future use, https://arxiv.org/abs/1306.1461, 2013
"""

import os
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from subgenre.config import one_of
from subgenre.data.dataset import SETS, Entry, Listing, Remark
from subgenre.data.spec import parse_spec
from subgenre.plumbing.errors import DataError
from subgenre.plumbing.files import expanded, listed

GENRES = (
    "blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock"
)  # fmt: skip
EXCERPTS_PER_GENRE = 100
LISTS = {
    "train": ("train_filtered.txt", 443),
    "validation": ("valid_filtered.txt", 197),
    "test": ("test_filtered.txt", 290),
}
"""The file of each set of the fault-filtered split, and how many excerpts it names."""

CITATION = (
    "G. Tzanetakis, P. Cook, Musical genre classification of audio signals, IEEE Transactions on "
    "Speech and Audio Processing 10(5), 2002; its faults: B. L. Sturm, The GTZAN dataset, arXiv "
    "1306.1461, 2013; the fault-filtered split: C. Kereliuk, B. L. Sturm, J. Larsen, Deep "
    "Learning and Music Adversaries, IEEE Transactions on Multimedia 17(11), 2015."
)
LICENCE = (
    "The excerpts are of commercial recordings and carry no licence; the set has been passed on "
    "for research. Its classes are genres, not subgenres."
)
UNFILTERED = (
    "GTZAN is used unfiltered: it repeats recordings and artists, so that training and test share "
    "music and scores come out too high; write gtzan:PATH?split=filtered instead."
)
_DEFAULTS = {"split": "none", "lists": ""}
_NAME = re.compile(rf"({'|'.join(GENRES)})\.(\d{{5}})")
_SUFFIXES = (".au", ".wav")  # as published, and as mostly passed on
_JAZZ_54 = "jazz.00054"


def listing(spec: str) -> Listing:
    """List the excerpts of GTZAN.

    Parameters
    ----------
    spec : str
        The folder that holds ``genres`` or ``genres_original``, or the genres themselves, and the
        options ``split`` (*filtered* for the fault-filtered split, or *none*) and ``lists``, the
        folder of that split's files unless they lie beside the audio.

    Raises
    ------
    ParameterError
        If an option is unknown or has an impossible value.
    DataError
        If there are no such folders, or the files of the split are missing or contradict each
        other.
    """
    folder, options = parse_spec("gtzan", spec, _DEFAULTS)
    one_of("option split", options["split"], ("none", "filtered"))
    root = _root(folder)
    entries, skipped = _excerpts(folder, root)
    licence, notes = LICENCE, []
    if options["split"] == "filtered":
        given = expanded(options["lists"])
        sets = _lists([given, folder / given] if options["lists"] else [folder, root, root.parent])
        notes += _other_lists(sets)
        entries, more = _filtered(entries, sets)
        skipped += more
    else:
        notes.append(Remark("the data set", UNFILTERED))
        licence = f"{LICENCE} Caution: {UNFILTERED}"
    if len({entry.label for entry in entries}) < 2:
        raise DataError(
            f"Expected excerpts of at least two genres in {root}, named as blues/blues.00000.au "
            f"or .wav; got {len(entries)}: name GTZAN's own folder."
        )
    return Listing(f"gtzan:{spec}", tuple(entries), tuple(skipped), CITATION, licence, tuple(notes))


def _root(folder: Path) -> Path:
    for root in (folder, folder / "genres", folder / "genres_original"):
        if any(os.path.isdir(root / genre) for genre in GENRES):
            return root
    raise DataError(
        f"Expected GTZAN's folders {', '.join(GENRES[:3])} ... in {folder}, or in genres or "
        "genres_original below it, but there are none: name the folder that holds them."
    )


def _excerpts(folder: Path, root: Path) -> tuple[list[Entry], list[Remark]]:
    entries: dict[str, Entry] = {}
    paths, skipped = _files(folder, root)
    for path in sorted(paths):
        name, stem = path.relative_to(folder).as_posix(), path.stem
        named = _NAME.fullmatch(stem)
        if not named or named[1] != path.parent.name or path.suffix.lower() not in _SUFFIXES:
            skipped.append(Remark(name, "not named as GTZAN's excerpts are"))
        elif stem in entries:
            skipped.append(Remark(name, f"second format: the same excerpt as {entries[stem].name}"))
        elif stem == _JAZZ_54 and not _opens(path):
            skipped.append(Remark(name, "cannot be read: nor can it in the common copy of GTZAN"))
        else:
            entries[stem] = Entry(path, named[1], stem, name, title=stem, collection="GTZAN")
    return list(entries.values()), skipped


def _files(folder: Path, root: Path) -> tuple[list[Path], list[Remark]]:
    """Return what lies in the genres' folders, and which of these cannot be read."""
    paths: list[Path] = []
    skipped = []
    for genre in (root / genre for genre in GENRES):
        inside, why = listed(genre)
        paths += inside
        if why and os.path.exists(genre):
            skipped.append(Remark(genre.relative_to(folder).as_posix(), f"unreadable: {why}"))
    return paths, skipped


def _opens(path: Path) -> bool:
    import soundfile

    try:
        return soundfile.info(str(path)).frames > 0
    except (OSError, RuntimeError):  # libsndfile's errors are RuntimeErrors
        return False


def _lists(places: list[Path]) -> dict[str, str]:
    """Return the set of each excerpt that the split's files name."""
    files = [name for name, _ in LISTS.values()]
    place = next((place for place in places if all(os.path.isfile(place / f) for f in files)), None)
    if place is None:
        raise DataError(
            f"Expected {', '.join(files)} in {places[0]}, but they are not all there: get these "
            "lists of the fault-filtered split from https://github.com/coreyker/dnn-mgr or "
            "https://github.com/jongpillee/music_dataset_split, and lay them beside the audio or "
            "name their folder with the option lists."
        )
    sets: dict[str, str] = {}
    for part in SETS:
        path = place / LISTS[part][0]
        stems = _stems(path)
        twice = sorted(set(stems) & set(sets))
        if twice:
            raise DataError(
                f"Expected each excerpt in one list; got {twice[0]} in {path.name} and in that of "
                f"{sets[twice[0]]}: get the lists anew."
            )
        sets |= dict.fromkeys(stems, part)
    return sets


def _other_lists(sets: Mapping[str, str]) -> list[Remark]:
    """Return a note if the sets are not those that were published."""
    there, published = Counter(sets.values()), {part: n for part, (_, n) in LISTS.items()}
    if there == published:
        return []
    counts = [f"{there[part]} instead of {published[part]} for {part}" for part in SETS]
    reason = f"not the published ones: they name {', '.join(counts)}"
    return [Remark("lists of the fault-filtered split", reason)]


def _stems(path: Path) -> list[str]:
    """Read names such as ``blues/blues.00029.wav``, or numbers from 1 in alphabetical order."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            f"Expected {path} to be a text file that can be read, but {error}: get it anew."
        ) from error
    stems = []
    for line in lines:
        named = _NAME.search(line)
        if named:
            stems.append(f"{named[1]}.{named[2]}")
        elif line.isdecimal() and 1 <= int(line) <= len(GENRES) * EXCERPTS_PER_GENRE:
            genre, number = divmod(int(line) - 1, EXCERPTS_PER_GENRE)
            stems.append(f"{GENRES[genre]}.{number:05d}")
        else:
            raise DataError(
                f"Expected {path} to name excerpts as blues/blues.00029.wav, one per line; got "
                f"{line!r}: get the list anew."
            )
    repeated = [stem for stem, count in Counter(stems).items() if count > 1]
    if repeated:
        raise DataError(
            f"Expected each excerpt once in {path}; got {repeated[0]} more often: get it anew."
        )
    return stems


def _filtered(entries: list[Entry], sets: Mapping[str, str]) -> tuple[list[Entry], list[Remark]]:
    there = {entry.group for entry in entries}
    kept = [replace(entry, split=sets[entry.group]) for entry in entries if entry.group in sets]
    skipped = [
        Remark(entry.name, "left out of the fault-filtered split")
        for entry in entries
        if entry.group not in sets
    ]
    skipped += [
        Remark(stem, f"not there: the fault-filtered split puts it in {part}")
        for stem, part in sorted(sets.items())
        if stem not in there
    ]
    return kept, skipped
