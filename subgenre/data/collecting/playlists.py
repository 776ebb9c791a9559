"""The YAML file that says which playlists make which class."""

from pathlib import Path
from typing import Any

import yaml

from subgenre.plumbing.errors import ParameterError

_BARRED = set('/\\:*?"<>|\0')


def is_url(source: str) -> bool:
    """Return whether a playlist is named by its address."""
    return source.startswith(("https://", "http://"))


def read_playlists(path: Path) -> dict[str, tuple[str, ...]]:
    """Read which playlists make which class.

    Parameters
    ----------
    path : Path
        Under each class a list of playlists' URLs, or of ``.spotdl`` files relative to it.

    Returns
    -------
    dict of str to tuple of str
        The playlists of each class, each once.

    Raises
    ------
    ParameterError
        If the file cannot be read or is of another form.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ParameterError(
            f"Expected {path} to be a YAML file, but {' '.join(str(error).split())}: mend it."
        ) from error
    if not isinstance(content, dict) or not content:
        raise ParameterError(
            f"Expected {path} to map classes to lists of playlists; got "
            f"{type(content).__name__}: write 'house:' and below it '- https://...'."
        )
    sources = {_label(path, label): _sources(path, label, of) for label, of in content.items()}
    if len({label.casefold() for label in sources}) < len(content):
        raise ParameterError(
            f"Expected classes of {path} that differ by more than case; got {', '.join(sources)}: "
            "rename one, since some file systems take their folders for one."
        )
    return sources


def _label(path: Path, label: Any) -> str:
    """Return a class's name, which has to be one of a folder too, on every system."""
    text = str(label) if isinstance(label, str | int | float) else ""
    text = "" if isinstance(label, bool) else text  # YAML reads on, off, yes and no as these
    if not text or text != text.strip(" .") or _BARRED & set(text) or not text.isprintable():
        raise ParameterError(
            f"Expected the classes of {path} to be names that a folder can have; got {label!r}: "
            "quote it, or write it without slashes, marks and dots at its ends."
        )
    return text


def _sources(path: Path, label: Any, sources: Any) -> tuple[str, ...]:
    listed = [sources] if isinstance(sources, str) else sources
    if not isinstance(listed, list) or not listed:
        raise ParameterError(
            f"Expected a list of playlists for {label!r} in {path}; got {listed!r}: write each as "
            "'- https://...' or '- name.spotdl'."
        )
    for source in listed:
        if not isinstance(source, str) or not (is_url(source) or source.endswith(".spotdl")):
            raise ParameterError(
                f"Expected the playlists of {label!r} in {path} to be URLs or .spotdl files; got "
                f"{source!r}: change it."
            )
    return tuple(dict.fromkeys(listed))
