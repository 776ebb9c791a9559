"""A manifest: a CSV with the columns ``path,label,group[,start,end,split,title,collection]``.

Paths are relative to the file. The group is what a split never cuts: artist, album, track. A row
may name a stretch of a file by ``start`` and ``end`` in seconds, and the set it belongs to.
"""

import csv
import itertools
import math
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from subgenre.data.dataset import SETS, Entry, Listing, Remark
from subgenre.data.files.sources import in_one_form
from subgenre.data.files.sources.folder import CITATION, LICENCE
from subgenre.data.names import DatasetName
from subgenre.plumbing.errors import DataError, ParameterError
from subgenre.plumbing.files import as_there, expanded
from subgenre.plumbing.spelling import cure
from subgenre.plumbing.text import printable

REQUIRED = ("path", "label")
OPTIONAL = ("group", "start", "end", "split", "title", "collection")
_TEXTS = ("label", "group", "title", "collection")
SPLITS = dict.fromkeys(("val", "valid", "dev", "development", "devel"), "validation")
SPLITS |= {"training": "train", "testing": "test"}
"""Other words for the sets."""


def listing(name: DatasetName) -> Listing:
    """List the rows of a manifest: a CSV file in UTF-8, with line ends of any kind.

    Rows that cannot be used are skipped, with their number (the header is row 1) and reason.
    They must not contradict each other: overlapping stretches of one file in different groups or
    sets, or a group in two sets, are a `DataError`.
    """
    place = expanded(name.path)
    header, *rows = ([*map(str.strip, row)] for row in _rows(place) or [[]])
    columns = _columns(place, header, rows)
    made: dict[int, Entry] = {}
    skipped: list[Remark] = []
    seen: dict[tuple, int] = {}
    for number, fields in enumerate(rows, start=2):
        row = dict.fromkeys((*REQUIRED, *OPTIONAL), "") | dict(zip(columns, fields, strict=False))
        path = _path(place.parent, row["path"])
        one = _entry(row, path)
        if any(fields[len(columns) :]):  # what is empty comes of a comma at the end
            one = "more fields than columns: quote what holds a comma"
        if isinstance(one, Entry):
            stretch = (os.path.realpath(path), one.start, one.end, one.label)
            if (before := seen.setdefault(stretch, number)) != number:
                one = f"repeats row {before}"
        if isinstance(one, Entry):
            made[number] = one
        elif any(fields):  # blank rows are passed over
            skipped.append(Remark(f"row {number}: {printable(row['path'])}", one, path))
    entries = dict(zip(made, in_one_form(made.values()), strict=True))
    _check_groups(entries)
    _check_overlaps(entries)
    return Listing(str(name), tuple(entries.values()), tuple(skipped), CITATION, LICENCE)


def _rows(place: Path) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        with place.open(encoding="utf-8-sig", newline="") as file:
            rows.extend(csv.reader(file, strict=True))  # an open quote must not swallow rows
        return rows
    except OSError as error:
        why, advice = error.strerror, cure(place)
    except csv.Error as error:
        why, advice = f"row {len(rows) + 1}: {error}", "close its quote, and double those inside"
    except ValueError as error:  # no UTF-8; a zero byte in the path
        why, advice = str(error), "save it as 'CSV UTF-8'"
    raise DataError(f"Expected a manifest; {printable(place)} is none ({why}): {advice}.")


def _columns(place: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the columns' names, empty for what is to be ignored."""
    columns = [*map(str.lower, header)]
    some = [row for row in rows if any(row)]
    if some and all(len(row) == len(header) + 1 and row[0].isdecimal() for row in some):
        columns = ["", *columns]  # R names its column of numbers by nothing, not even a comma
    wrong = [f"no column {name!r}" for name in REQUIRED if name not in columns]
    wrong += [f"two columns {name!r}" for name in REQUIRED + OPTIONAL if columns.count(name) > 1]
    if wrong:
        there = printable(", ".join(columns)) or "an empty first line"
        raise DataError(
            f"Expected the columns {', '.join(REQUIRED)} and perhaps {', '.join(OPTIONAL)}, "
            f"separated by commas; {printable(place)} has {wrong[0]}, only {there:.200}: "
            "correct its first line."
        )
    return columns


def _entry(row: Mapping[str, str], path: Path) -> Entry | str:
    """Return the entry of a row, or the reason why there is none."""
    name, split = row["path"], SPLITS.get(row["split"].lower(), row["split"].lower())
    if not name or not row["label"]:
        return f"no {'label' if name else 'path'}"
    if split and split not in SETS:
        return f"unknown split: {printable(row['split'])} is none of {', '.join(SETS)}"
    try:
        start, end = _seconds(row["start"]), _seconds(row["end"])
    except ValueError as error:
        return f"start or end is not a time in seconds: {error}"
    if end is not None and end <= (start or 0.0):
        return f"ends before it starts: start {start or 0:g} s, end {end:g} s"
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):  # or a zero byte
        return "no such file"
    except OSError as error:
        return f"unreadable: {error.strerror}"
    name = printable(os.path.normpath(name.replace("\\", "/")).replace(os.sep, "/"))
    whole = start is None and end is None
    stretch = "" if whole else f"@{start or 0:g}-{'' if end is None else f'{end:g}'}"
    label, group, title, more = (printable(row[one]) for one in _TEXTS)
    about = (label, group or name, f"{name}{stretch}", title or path.stem, more)
    return Entry(path, *about, start, end, split or None)


def _seconds(text: str) -> float | None:
    value = float(text) if text else None
    if value is not None and not 0 <= value < math.inf:
        raise ValueError(text)
    return value


def _path(folder: Path, name: str) -> Path:
    """Return where a row says that the file is; backslashes from Windows are understood elsewhere.

    The names may be there in another Unicode form.
    """
    for spelling in (name, name.replace("\\", "/")):
        with suppress(ParameterError):  # ~ of a user who is not known
            name = str(expanded(spelling))
        path = as_there(folder / name)
        if os.path.exists(path):
            break
    return path


def _check_groups(entries: Mapping[int, Entry]) -> None:
    first: dict[str, int] = {}
    for number, entry in entries.items():
        before = first.setdefault(entry.group, number) if entry.split else number
        if entries[before].split != entry.split:
            raise DataError(
                f"Expected each group in one set; group {entry.group!r} is in "
                f"{entries[before].split} (row {before}) and in {entry.split} (row {number}): put "
                "it all in one of them."
            )


def _check_overlaps(entries: Mapping[int, Entry]) -> None:
    by_file = defaultdict(list)
    for number, entry in sorted(entries.items(), key=lambda item: item[1].start or 0.0):
        by_file[os.path.realpath(entry.path)].append((number, entry))
    for rows in by_file.values():
        for (number, entry), (later, other) in itertools.combinations(rows, 2):
            apart = entry.end is not None and entry.end <= (other.start or 0.0)
            if not apart and (entry.group, entry.split) != (other.group, other.split):
                raise DataError(
                    f"Expected stretches of one file in different groups or sets not to overlap; "
                    f"rows {number} and {later} of {entry.name} do: give both the same group "
                    "and split, or correct their times."
                )
