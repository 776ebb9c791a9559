"""Names of files and words of users, made fit for any terminal, page or file system."""

import codecs
import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import chain, count
from pathlib import Path
from typing import Any, TextIO

LONGEST_NAME, LONGEST_NAME_BYTES = 80, 200  # fit for any file system, with ending and number


def printable(text: Path | str) -> str:
    r"""Return a text as one printable line: control characters and stray bytes are escaped.

    Ordinary names stay as they are; a line end becomes ``\n``. HTML is escaped where it is written.
    """
    decoded = str(text).encode("utf-8", "backslashreplace").decode()
    return "".join(mark if mark.isprintable() else repr(mark)[1:-1] for mark in decoded)


def plain(text: str) -> str:
    """Return a user's words as Markdown that shows them and means nothing else."""
    return re.sub(r"([][\\`*_{}()<>#+!|$~^&@:])", r"\\\1", printable(text))


def safe_name(text: str, taken: set[str], default: str = "track") -> str:
    """Return a file name for `text` that no system objects to, without folders, and take it.

    The text may hold anything, ``../`` among it; where nothing of it can stand in a name there is
    the `default`. A name that is `taken`, in lower case, gets a number; the new one is added there.
    """
    plain = re.sub(r"[^\w.-]+", "_", unicodedata.normalize("NFC", text)).strip("._")
    short = plain[:LONGEST_NAME].encode()[:LONGEST_NAME_BYTES].decode(errors="ignore")
    stem = short.rstrip("._") or default
    names = chain([stem], (f"{stem}-{number}" for number in count(2)))
    name = next(one for one in names if one.lower() not in taken)  # as some file systems compare
    taken.add(name.lower())
    return name


def csv_line(values: Iterable[object]) -> str:
    """Return values as a line of CSV, without its end."""
    line = io.StringIO()
    csv.writer(line).writerow(values)  # its own line end makes every Python quote both characters
    return line.getvalue().removesuffix("\r\n")


def escape_what_cannot_be_written(stream: TextIO) -> None:
    r"""Let a terminal or file without all letters show JSON's escapes, as ``\u591c``, instead."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="subgenre.escape")


def listed(names: Sequence[str]) -> str:
    """Return ``a``, ``a and b`` or ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _escaped(error: Any) -> tuple[str, int]:
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


codecs.register_error("subgenre.escape", _escaped)
