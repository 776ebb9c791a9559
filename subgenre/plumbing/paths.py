"""Paths as users write them: asked about without errors, wherever they lead.

A path may lead through a folder that this user may not enter, be longer than the system allows or
name the home of nobody. `pathlib` raises for these, and for others in other versions of Python.
"""

import os
from pathlib import Path
from stat import S_ISDIR

from subgenre.plumbing.errors import ParameterError
from subgenre.plumbing.text import printable


def expanded(text: str) -> Path:
    """Return the path that a text names, with ``~`` as the user's home.

    Parameters
    ----------
    text : str
        A path as a user writes it.

    Raises
    ------
    ParameterError
        If it begins with the home of a user who is not known here.
    """
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise ParameterError(
            f"Expected a path; {printable(text)} begins with the home of a user who is not known "
            "here: write the whole path."
        ) from None


def exists(path: Path) -> bool:
    """Tell whether there is something at `path` that this user can see."""
    return _mode(path) is not None


def is_dir(path: Path) -> bool:
    """Tell whether there is a folder at `path` that this user can see."""
    mode = _mode(path)
    return mode is not None and S_ISDIR(mode)


def is_file(path: Path) -> bool:
    """Tell whether there is something other than a folder at `path` that this user can see."""
    mode = _mode(path)
    return mode is not None and not S_ISDIR(mode)


def trouble(path: Path) -> str:
    """Return why `path` cannot be seen, or a folder there not be searched; empty if it can.

    Parameters
    ----------
    path : Path
        For example a folder without the right to list it, or to enter it.

    Returns
    -------
    str
        The system's words: ``"Permission denied"``.
    """
    try:
        if S_ISDIR(path.stat().st_mode):
            with os.scandir(path):  # the right to list it
                os.stat(f"{path}/.")  # noqa: PTH116 - the right to enter it; a Path drops the dot
    except OSError as error:
        return error.strerror or str(error)
    except ValueError as error:  # a zero byte
        return str(error)
    return ""


def listed(folder: Path) -> tuple[list[Path], str]:
    """Return what lies in a folder and is not hidden, and why it cannot be listed.

    Parameters
    ----------
    folder : Path
        Any.

    Returns
    -------
    paths : list of Path
        Sorted; empty if the folder cannot be listed.
    why : str
        The system's words; empty if it can.
    """
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        return [], error.strerror or str(error)
    return [path for path in paths if not path.name.startswith(".")], ""


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except (OSError, ValueError):  # not there, no permission, too long; a zero byte
        return None
