"""Where files live, and how they are written: aside first, then renamed, never half."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import platformdirs

from subgenre.plumbing.errors import StorageError

CACHE_VARIABLE = "SUBGENRE_CACHE"


def cache_dir() -> Path:
    """Return the folder of everything that can be computed again (``SUBGENRE_CACHE`` moves it)."""
    given = os.environ.get(CACHE_VARIABLE)
    return Path(given) if given else platformdirs.user_cache_path("subgenre")


def usable_dir(path: Path, variable: str) -> Path:
    """Create `path` if needed and make sure that files can be written there.

    Parameters
    ----------
    path : Path
        The folder.
    variable : str
        Name of the environment variable that moves it, for the error's advice.

    Raises
    ------
    StorageError
        If the folder cannot be created or written to.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise StorageError(
            f"Expected a folder that can be written, but {path} cannot ({error.strerror}): "
            f"free it, or set {variable} to another folder."
        ) from error
    return path


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; rename it to `path` when the block ends well.

    Raises
    ------
    StorageError
        If the folder or the file cannot be written.
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
