"""What other people's collections of audio files look like, a module each.

A source makes each thing that it finds an `Entry`, or a reason why it is none.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from subgenre.data.dataset import Entry, Remark
from subgenre.plumbing.errors import DataError
from subgenre.plumbing.files import listed
from subgenre.plumbing.text import printable


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
        named = {path.relative_to(folder).as_posix(): path for path in paths}
        found |= {name: entry(path, name) for name, path in named.items()}
        if why:
            found[one.relative_to(folder).as_posix()] = f"unreadable: {why}"
    return sifted(found)


def remarks(reasons: Mapping[str, str]) -> tuple[Remark, ...]:
    """Return reasons as a listing has them."""
    return tuple(Remark(name, reason) for name, reason in reasons.items())


def require_two_classes(entries: Iterable[Entry], expected: str, advice: str) -> None:
    """Raise a `DataError` for entries of fewer than two classes."""
    labels = sorted({entry.label for entry in entries})
    if len(labels) < 2:
        raise DataError(f"Expected {expected}; got {labels}: {advice}")
