"""What other people's collections of audio files look like, a module each.

A source makes each thing that it finds an `Entry`, or a reason why it is none.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from subgenre.data.dataset import Entry, Listing, Remark
from subgenre.data.files.skipped import too_little
from subgenre.data.files.walk import SIDE_FOLDERS
from subgenre.plumbing.errors import DataError
from subgenre.plumbing.files import listed
from subgenre.plumbing.spelling import looks
from subgenre.plumbing.text import printable

ASIDE = "passed over: a bin or side folder of a system"


def contents(folder: Path) -> list[Path]:
    """Return what lies in a folder that a data set cannot do without, but for hidden files."""
    paths, why = listed(folder)
    if why:
        raise DataError(
            f"Expected a folder that can be listed; {printable(folder)} cannot ({why}): name the "
            "data set's own folder, or check its permissions."
        )
    return paths


def sifted(found: Mapping[str, Entry | str]) -> tuple[list[Entry], dict[str, str]]:
    """Part entries from reasons; these stay with their names."""
    reasons = {name: one for name, one in found.items() if isinstance(one, str)}
    return [one for one in found.values() if isinstance(one, Entry)], reasons


def of_class_folders(
    folder: Path, classes: Iterable[Path], entry: Callable[[Path, str], Entry | str]
) -> tuple[list[Entry], dict[str, str]]:
    """Sift what `entry` makes of each file of the classes, named below the data set's folder."""
    found: dict[str, Entry | str] = {}
    for one in classes:
        paths, why = listed(one)
        why = why and f"unreadable: {why}"
        if SIDE_FOLDERS.fullmatch(one.name):
            paths, why = [], ASIDE
        named = {path.relative_to(folder).as_posix(): path for path in paths}
        found |= {name: entry(path, name) for name, path in named.items()}
        if why:
            found[one.relative_to(folder).as_posix()] = why
    return sifted(found)


def remarks(reasons: Mapping[str, str]) -> tuple[Remark, ...]:
    """Return reasons as a listing has them."""
    return tuple(Remark(name, reason) for name, reason in reasons.items())


def in_one_form(entries: Iterable[Entry]) -> list[Entry]:
    """Spell labels and groups that differ in their Unicode form alone as the first of them."""
    first: dict[str, str] = {}

    def one(text: str) -> str:
        return first.setdefault(unicodedata.normalize("NFC", text), text)

    return [replace(entry, label=one(entry.label), group=one(entry.group)) for entry in entries]


def twins(kind: str, names: Iterable[str]) -> Iterator[Remark]:
    """Yield names of classes or groups that look like another one's."""
    first: dict[str, str] = {}
    for name in sorted(set(names)):
        if (other := first.setdefault(looks(name), name)) != name:
            yield Remark(name, f"another {kind} that looks the same: {other}")


def of_two_classes(found: Listing, expected: str, advice: str) -> Listing:
    """Return what a source has found, or raise a `TooLittleError` for fewer than two classes."""
    labels = sorted({entry.label for entry in found.entries})
    if len(labels) < 2:
        raise too_little(expected, labels, advice, found.skipped, notes=found.notes)
    return found
