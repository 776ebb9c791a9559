"""The YAML file that says which playlists make which class."""

import re
import unicodedata
from pathlib import Path

import yaml

from subgenre.plumbing.errors import ParameterError

_FOLDER = re.compile(r'(?![ .])[^/\\:*?"<>|]+(?<![ .])')  # names that every system takes


def is_url(source: str) -> bool:
    """Return whether a playlist is named by its address."""
    return source.startswith(("https://", "http://"))


def read_playlists(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the playlists of each class, each once, from a YAML file.

    Under each class it has a list of playlists' URLs, or of ``.spotdl`` files relative to it.
    """
    try:
        # This loader leaves text as it is: 007, on and 1e3 are names.
        content = yaml.load(path.read_text(encoding="utf-8-sig"), yaml.BaseLoader)
        if not isinstance(content, dict) or not content:
            raise ValueError(f"it holds {type(content).__name__}")
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ParameterError(
            f"Expected {path} to be a YAML file of classes and their playlists, but "
            f"{' '.join(str(error).split())}: write 'house:' and below it '- https://...'."
        ) from error
    sources = {}
    for label, of_class in content.items():
        lists = [of_class] if isinstance(of_class, str) else of_class
        if not (label.isprintable() and _FOLDER.fullmatch(label)):
            raise ParameterError(
                f"Expected the classes of {path} to be names that a folder can have; got "
                f"{label!r}: write it without slashes, marks and dots at its ends."
            )
        if not isinstance(lists, list) or not lists or not all(map(_is_playlist, lists)):
            raise ParameterError(
                f"Expected a list of URLs or .spotdl files for {label!r} in {path}; got {lists!r}: "
                "write each as '- https://...' or '- name.spotdl'."
            )
        sources[label] = tuple(dict.fromkeys(lists))
    if len({unicodedata.normalize("NFC", label).casefold() for label in sources}) < len(content):
        raise ParameterError(
            f"Expected classes of {path} that differ by more than case; got {', '.join(sources)}: "
            "rename one, since some file systems take their folders for one."
        )
    return sources


def _is_playlist(source: object) -> bool:
    return isinstance(source, str) and (is_url(source) or source.endswith(".spotdl"))
