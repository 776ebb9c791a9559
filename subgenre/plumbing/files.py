"""Where files live, what users' paths lead to, and how files are written: never half."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import platformdirs

from subgenre.plumbing.errors import ParameterError, StorageError
from subgenre.plumbing.text import printable

CACHE_VARIABLE = "SUBGENRE_CACHE"


def cache_dir() -> Path:
    """Return the folder of everything that can be computed again (``SUBGENRE_CACHE`` moves it)."""
    given = os.environ.get(CACHE_VARIABLE)
    return Path(given) if given else platformdirs.user_cache_path("subgenre")


def usable_dir(path: Path, variable: str) -> Path:
    """Return a folder, made if needed, where files can be written; else raise a `StorageError`.

    `variable` is what a user sets to move it, an environment variable or an option.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            return path
    except OSError as error:
        raise StorageError(
            f"Expected a folder that can be written, but {path} cannot ({error.strerror}): "
            f"free it, or set {variable} to another folder."
        ) from error


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; rename it to `path` when the block ends well.

    What cannot be written is a `StorageError`.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        part.replace(path)
    except OSError as error:
        raise StorageError(
            f"Expected to write {path}, but that failed ({error.strerror or error}): "
            "free disk space or rights there, and start again."
        ) from error
    finally:
        with suppress(OSError):  # below a file there is nothing to remove
            part.unlink()


def expanded(text: str) -> Path:
    """Return the path that a user wrote; a home of nobody known here is a `ParameterError`."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise ParameterError(
            f"Expected a path; {printable(text)} begins with the home of a user who is not known "
            "here: write the whole path."
        ) from None


def trouble(path: Path) -> str:
    """Return why `path` cannot be seen, or a folder there not be searched; empty if it can."""
    try:
        if os.path.isdir(path):
            os.scandir(f"{path}/.").close()  # the rights to list it, and to enter it
        else:
            path.stat()
    except OSError as error:
        return error.strerror or str(error)
    except ValueError as error:  # a zero byte
        return str(error)
    return ""


def listed(folder: Path) -> tuple[list[Path], str]:
    """Return what lies in a folder and is not hidden, sorted, and why it cannot be listed."""
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith(".")), ""
    except OSError as error:
        return [], error.strerror or str(error)
