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
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import soundfile

from subgenre.config import one_of
from subgenre.data.dataset import SETS, Entry, Listing, Remark
from subgenre.data.files.sources import of_class_folders, of_two_classes
from subgenre.data.names import DatasetName
from subgenre.plumbing.errors import DataError
from subgenre.plumbing.files import expanded

GENRES = (
    "blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock"
)  # fmt: skip
#: The files of the fault-filtered split, and how many excerpts each names.
LISTS = ("train_filtered.txt", "valid_filtered.txt", "test_filtered.txt")
N_LISTED = {"train": 443, "validation": 197, "test": 290}

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
_NAME = re.compile(rf"({'|'.join(GENRES)})\.\d{{5}}")
_SUFFIXES = (".au", ".wav")  # as published, and as mostly passed on


def listing(name: DatasetName) -> Listing:
    """List the excerpts in a folder that holds ``genres``, ``genres_original`` or the genres.

    The option ``split`` is *filtered* for the fault-filtered split, or *none*; ``lists`` is the
    folder of that split's files unless they lie beside the audio.
    """
    options = name.own_options(split="none", lists="")
    one_of("option split", options["split"], ("none", "filtered"))
    folder = name.directory()
    roots = [folder, folder / "genres", folder / "genres_original"]
    of_genres = [root for root in roots if any(os.path.isdir(root / genre) for genre in GENRES)]
    root = (of_genres or roots)[0]
    genres = filter(os.path.exists, (root / genre for genre in GENRES))
    found = of_class_folders(folder, genres, _entry)
    licence, notes = f"{LICENCE} Caution: {UNFILTERED}", [Remark("the data set", UNFILTERED)]
    if options["split"] == "filtered":
        given = expanded(options["lists"])
        sets = _sets([given, folder / given] if options["lists"] else [folder, root, root.parent])
        licence, notes = LICENCE, []
        if (there := dict(Counter(sets.values()))) != N_LISTED:
            why = f"not the published ones: they name {there} excerpts instead of {N_LISTED}"
            notes = [Remark("lists of the fault-filtered split", why)]
        for one in [one for one in found.values() if isinstance(one, Entry)]:
            found[one.name] = "left out of the fault-filtered split"
            if part := sets.pop(one.group, None):
                found[one.name] = replace(one, split=part)
        for stem, part in sorted(sets.items()):
            found[stem] = f"not there: the fault-filtered split puts it in {part}"
    expected = f"excerpts of two genres in {root}, named as blues/blues.00000.au or .wav"
    advice = "name the folder that holds GTZAN's folders, blues and so on"
    return of_two_classes(name, found, (CITATION, licence), expected, advice, notes)


def _entry(path: Path, name: str) -> Entry | str:
    stem, named = path.stem, _NAME.fullmatch(path.stem)
    if not named or named[1] != path.parent.name or path.suffix.lower() not in _SUFFIXES:
        return "not named as GTZAN's excerpts are"
    if path.suffix.lower() != _SUFFIXES[0] and os.path.isfile(path.with_suffix(_SUFFIXES[0])):
        return f"second format: the same excerpt as {Path(name).with_suffix(_SUFFIXES[0])}"
    if stem == "jazz.00054":
        try:
            soundfile.info(path)
        except RuntimeError:
            return "cannot be read: nor can it in the common copy of GTZAN"
    return Entry(path, named[1], stem, name, title=stem, collection="GTZAN")


def _sets(places: Sequence[Path]) -> dict[str, str]:
    """Return the set of each excerpt that the split's files name."""
    whole = (one for one in places if all(os.path.isfile(one / name) for name in LISTS))
    place = next(whole, places[0])
    sets: dict[str, str] = {}
    for part, name in zip(SETS, LISTS, strict=True):
        try:
            for line in (place / name).read_text(encoding="utf-8-sig").split():
                if (stem := _stem(line)) in sets:
                    raise ValueError(f"{stem} again")
                sets[stem] = part
        except (OSError, ValueError) as error:
            raise DataError(
                f"Expected {place / name} to name excerpts as blues/blues.00029.wav, one per line, "
                f"and each excerpt once in all lists; got {error}: get {', '.join(LISTS)} from "
                "https://github.com/coreyker/dnn-mgr or "
                "https://github.com/jongpillee/music_dataset_split, or write ?lists=FOLDER."
            ) from error
    return sets


def _stem(line: str) -> str:
    """Read a name such as ``blues/blues.00029.wav``, or a number from 1 in alphabetical order."""
    if named := _NAME.search(line):
        return named[0]
    number = int(line) - 1 if line.isdecimal() else -1
    if not 0 <= number < 100 * len(GENRES):
        raise ValueError(repr(line))
    return f"{GENRES[number // 100]}.{number % 100:05d}"
