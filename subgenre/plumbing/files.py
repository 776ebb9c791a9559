"""Where files live, what users' paths lead to, and how files are written: never half."""

import os
import secrets
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

import platformdirs

from subgenre.plumbing.errors import ParameterError, StorageError
from subgenre.plumbing.text import printable

CACHE_VARIABLE = "SUBGENRE_CACHE"


def cache_dir() -> Path:
    """Return the folder of everything that can be computed again (``SUBGENRE_CACHE`` moves it)."""
    return Path(os.environ.get(CACHE_VARIABLE) or platformdirs.user_cache_path("subgenre"))


def usable_dir(path: Path, variable: str) -> Path:
    """Return a folder where files can be written, made if needed; `variable` is what moves it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            for lock in path.glob(".*.lock"):
                with suppress(OSError), lock.open("r+") as held:
                    if _is_locked(held):  # so whoever wrote aside was killed
                        _remove_all(lock.with_suffix(".part"))
        return path
    except OSError as error:
        raise StorageError(
            f"Expected a folder that can be written, but {path} cannot ({error.strerror}): "
            f"free it, or set {variable} to another folder."
        ) from error


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; rename it to `path` when the block ends well.

    The block may make a file or a folder there; no other process has the same path, not even one
    of the same number in another container. What cannot be written is a `StorageError`, other
    errors of the block are its own.
    """
    part = path.with_name(f".{path.name[:60]}.{secrets.token_hex(4)}.part")
    lock = part.with_suffix(".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with lock.open("w") as held:
            _is_locked(held)
            yield part
            if path.is_dir():  # which nothing can replace
                with suppress(FileNotFoundError):  # another process was faster
                    path.rename(part.with_suffix(".old"))
            part.replace(path)
    except OSError as error:
        place = Path(error.filename or path)
        if place not in (path, *path.parents) and part.stem not in str(place):
            raise  # the trouble is with another file
        raise StorageError(
            f"Expected to write {path}, but that failed ({error.strerror or error}): "
            "free disk space or rights there, and start again."
        ) from error
    finally:
        _remove_all(part)


def _is_locked(file: TextIO) -> bool:
    """Lock a file until it is closed or its process ends, and tell whether that was possible."""
    with suppress(ImportError, OSError):  # on Windows leftovers stay
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def _remove_all(part: Path) -> None:
    for path in (part, part.with_suffix(".old"), part.with_suffix(".lock")):
        shutil.rmtree(path, ignore_errors=True)
        with suppress(OSError):  # a file; or there is nothing
            path.unlink()


def expanded(text: str) -> Path:
    """Return the path that a user wrote; a home of nobody known here is a `ParameterError`."""
    try:
        return as_there(Path(text).expanduser())
    except RuntimeError:
        raise ParameterError(
            f"Expected a path; {printable(text)} begins with the home of a user who is not known "
            "here: write the whole path."
        ) from None


def as_there(path: Path) -> Path:
    """Return a path in the Unicode form in which it is there, if it is: é may be two characters."""
    if str(path).isascii() or os.path.exists(path):
        return path
    found = [Path(path.anchor)]  # folders in both forms may stand side by side
    for part in path.parts[len(found[0].parts) :]:
        forms = (unicodedata.normalize(form, part) for form in ("NFC", "NFD"))
        there = (folder / form for form in (part, *forms) for folder in found)
        found = list(filter(os.path.exists, there))
    return found[0] if found else path


def trouble(path: Path) -> str:
    """Return why `path` cannot be seen, or a folder there not be searched; empty if it can."""
    try:
        if os.path.isdir(path):
            os.scandir(f"{path}/.").close()  # the rights to list it, and to enter it
        else:
            path.stat()
    except (OSError, ValueError) as error:  # of a zero byte
        return getattr(error, "strerror", None) or str(error)
    return ""


def listed(folder: Path) -> tuple[list[Path], str]:
    """Return what lies in a folder and is not hidden, sorted, and why it cannot be listed."""
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith(".")), ""
    except OSError as error:
        return [], error.strerror or str(error)
