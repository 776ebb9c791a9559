"""What other people's collections of audio files look like, a module each.

A source makes each thing that it finds an `Entry`, or a reason why it is none.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from subgenre.data.dataset import Entry, Listing, Remark
from subgenre.data.files.skipped import Remarks, too_little
from subgenre.data.files.walk import SIDE_FOLDERS
from subgenre.data.names import DatasetName
from subgenre.plumbing.errors import DataError
from subgenre.plumbing.files import listed
from subgenre.plumbing.spelling import looks
from subgenre.plumbing.text import printable

ASIDE = "passed over: a bin or side folder of a system"
Found = dict[str, Entry | str]
About = tuple[str, str]  # whom to cite, and the licence


def contents(folder: Path) -> list[Path]:
    """Return what lies in a folder that a data set cannot do without, but for hidden files."""
    paths, why = listed(folder)
    if why:
        raise DataError(
            f"Expected a folder that can be listed; {printable(folder)} cannot ({why}): name the "
            "data set's own folder, or check its permissions."
        )
    return paths


def of_class_folders(
    folder: Path, classes: Iterable[Path], entry: Callable[[Path, str], Entry | str]
) -> Found:
    """Return what `entry` makes of each file of the classes, by its name below `folder`."""
    found: Found = {}
    for one in classes:
        name = one.relative_to(folder).as_posix()
        paths, why = listed(one)
        if SIDE_FOLDERS.fullmatch(one.name):
            found[name] = ASIDE
        elif why:
            found[name] = f"unreadable: {why}"
        else:
            names = [f"{name}/{path.name}" for path in paths]
            found |= zip(names, map(entry, paths, names), strict=True)
    return found


def of_two_classes(
    name: DatasetName, found: Found, about: About, expected: str, advice: str, notes: Remarks = ()
) -> Listing:
    """Return what a source has found, or raise a `TooLittleError` for fewer than two classes."""
    entries = [one for one in found.values() if isinstance(one, Entry)]
    skipped = [Remark(what, why) for what, why in found.items() if isinstance(why, str)]
    labels = sorted({entry.label for entry in entries})
    if len(labels) < 2:
        raise too_little(expected, labels, advice, skipped, (), notes)
    return Listing(str(name), tuple(entries), tuple(skipped), *about, tuple(notes))


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
