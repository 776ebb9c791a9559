"""A manifest: a CSV with the columns ``path,label,group[,start,end,split,title,collection]``.

Paths are relative to the file. The group is what a split never cuts: artist, album, track. A row
may name a stretch of a file by ``start`` and ``end`` in seconds, and the set it belongs to.
"""

import csv
import itertools
import math
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from subgenre.data.dataset import SETS, Entry, Listing, Remark
from subgenre.data.files.sources.folder import CITATION, LICENCE
from subgenre.plumbing.errors import DataError
from subgenre.plumbing.files import expanded
from subgenre.plumbing.text import printable

REQUIRED = ("path", "label")
OPTIONAL = ("group", "start", "end", "split", "title", "collection")


def listing(path: str) -> Listing:
    """List the rows of a manifest.

    Parameters
    ----------
    path : str
        A CSV file in UTF-8, with or without byte-order mark, with line ends of any kind.

    Returns
    -------
    Listing
        Rows that cannot be used are skipped, with their number (the header is row 1) and reason.

    Raises
    ------
    DataError
        If the file cannot be read, lacks a column, or its rows contradict each other: overlapping
        stretches of one file in different groups or sets, a group in two sets.
    """
    place = expanded(path)
    entries: list[tuple[int, Entry]] = []
    skipped = []
    seen: dict[tuple, int] = {}
    for number, row in _rows(place):
        made = _entry(row, place.parent)
        if isinstance(made, Entry):
            same = (os.path.realpath(made.path), made.start, made.end, made.label)
            first = seen.setdefault(same, number)
            if first == number:
                entries.append((number, made))
                continue
            made = f"repeats row {first}"
        skipped.append(Remark(f"row {number}: {printable(row.get('path', ''))}", made))
    _check_groups(entries)
    _check_overlaps(entries)
    return Listing(path, tuple(entry for _, entry in entries), tuple(skipped), CITATION, LICENCE)


def _rows(place: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row's number and its fields by column; blank rows are passed over."""
    number = 0
    try:
        with place.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)  # an open quote must not swallow rows
            header = [name.strip().lower() for name in next(reader, [])]
            number = 1
            _check_columns(place, header)
            for number, fields in enumerate(reader, start=2):
                if any(field.strip() for field in fields):
                    row = dict(zip(header, map(str.strip, fields), strict=False))
                    yield number, row if len(fields) <= len(header) else row | {"": "more"}
    except OSError as error:
        raise DataError(
            f"Expected a manifest that can be read; {printable(place)} cannot ({error.strerror}): "
            "correct the path."
        ) from error
    except csv.Error as error:
        raise DataError(
            "Expected the quotes of a manifest in pairs, each pair around a whole field; row "
            f"{number + 1} of {printable(place)} breaks this ({error}): close its quote, or write "
            "a quote inside a quoted field twice."
        ) from error
    except ValueError as error:  # no UTF-8; a zero byte in the path
        raise DataError(
            f"Expected a manifest as CSV in UTF-8; {printable(place)} is not ({error}): save it as "
            "'CSV UTF-8'."
        ) from error


def _check_columns(place: Path, header: Sequence[str]) -> None:
    missing = [name for name in REQUIRED if name not in header]
    twice = [name for name in (*REQUIRED, *OPTIONAL) if header.count(name) > 1]
    if missing or twice:
        wrong = f"no column {missing[0]!r}" if missing else f"two columns {twice[0]!r}"
        raise DataError(
            f"Expected the columns {', '.join(REQUIRED)} and perhaps {', '.join(OPTIONAL)}, "
            f"separated by commas; {printable(place)} has {wrong}, only "
            f"{printable(', '.join(header)) or 'an empty first line'}: correct its first line."
        )


def _entry(row: dict[str, str], folder: Path) -> Entry | str:
    """Return the entry of a row, or the reason why there is none."""
    if "" in row:
        return "more fields than columns: quote what holds a comma"
    name, label, split = (row.get(column, "") for column in ("path", "label", "split"))
    if not name or not label:
        return f"no {'label' if name else 'path'}"
    if split and split.lower() not in SETS:
        return f"unknown split {printable(split)}: it is none of {', '.join(SETS)}"
    try:
        start, end = (_seconds(row.get(column, "")) for column in ("start", "end"))
    except ValueError as error:
        return f"start or end is not a time in seconds: {error}"
    if end is not None and end <= (start or 0.0):
        return f"ends before it starts: start {start or 0:g} s, end {end:g} s"
    path = _found(folder, name)
    if isinstance(path, str):
        return path
    name = printable(os.path.normpath(name.replace("\\", "/")).replace(os.sep, "/"))
    stretch = "" if start is None and end is None else f"@{start or 0:g}-{_text(end)}"
    return Entry(
        path=path,
        label=printable(label),
        group=printable(row.get("group", "")) or name,
        name=name + stretch,
        title=printable(row.get("title", "")) or path.stem,
        collection=printable(row.get("collection", "")),
        start=start,
        end=end,
        split=split.lower() or None,
    )


def _seconds(text: str) -> float | None:
    if not text:
        return None
    value = float(text)
    if not math.isfinite(value) or value < 0:
        raise ValueError(text)
    return value


def _text(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:g}"


def _found(folder: Path, name: str) -> Path | str:
    """Return the file, or why there is none; backslashes from Windows are understood elsewhere."""
    reason = "no such file"
    for spelling in (name, name.replace("\\", "/")):
        try:
            path = folder / expanded(spelling)
            path.stat()
        except (FileNotFoundError, NotADirectoryError, ValueError):  # or a zero byte; no such user
            continue
        except OSError as error:
            reason = f"unreadable: {error.strerror}"
        else:
            return path
    return reason


def _check_groups(entries: Sequence[tuple[int, Entry]]) -> None:
    first: dict[str, tuple[int, Entry]] = {}
    for number, entry in entries:
        before, other = first.setdefault(entry.group, (number, entry))
        if other.split != entry.split and entry.split and other.split:
            raise DataError(
                f"Expected each group in one set; group {entry.group!r} is in {other.split} "
                f"(row {before}) and in {entry.split} (row {number}): put it all in one of them."
            )


def _check_overlaps(entries: Sequence[tuple[int, Entry]]) -> None:
    by_file: dict[str, list[tuple[int, Entry]]] = defaultdict(list)
    for number, entry in entries:
        by_file[os.path.realpath(entry.path)].append((number, entry))
    for rows in by_file.values():
        rows.sort(key=lambda row: row[1].start or 0.0)
        for (number, entry), (later, other) in itertools.combinations(rows, 2):
            if (other.start or 0.0) >= (math.inf if entry.end is None else entry.end):
                continue
            if (entry.group, entry.split) != (other.group, other.split):
                raise DataError(
                    f"Expected stretches of one file in different groups or sets not to overlap; "
                    f"rows {number} and {later} of {entry.name} do: give both the same group "
                    "and split, or correct their times."
                )
