"""What follows the name of a source: ``/data/fma?parent=Rock&size=large``, a folder and options."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl

from subgenre.config import one_of
from subgenre.data.names import OPTIONS
from subgenre.plumbing.errors import DataError, ParameterError
from subgenre.plumbing.files import expanded, listed, trouble
from subgenre.plumbing.text import printable


def parse_spec(source: str, spec: str, defaults: Mapping[str, str]) -> tuple[Path, dict[str, str]]:
    """Return the folder and the options of a data set's name.

    Parameters
    ----------
    source : str
        Name of the source, for errors: ``"fma"``.
    spec : str
        What follows ``fma:``, a folder and perhaps a question mark with options as in a URL. The
        folder is taken literally; in the options ``+`` or ``%20`` is a space and ``%26`` an ``&``.
    defaults : mapping of str to str
        The options that the source has, and their values where none is given.

    Returns
    -------
    folder : Path
    options : dict of str to str

    Raises
    ------
    ParameterError
        If an option is unknown, given twice or has no value.
    DataError
        If there is no such folder, or it may not be read.
    """
    if os.path.isdir(expanded(spec)):  # a folder's name may hold a question mark
        text, query = spec, ""
    else:
        text, _, query = spec.rpartition("?") if "?" in spec else (spec, "", "")
    folder = expanded(text)
    why = trouble(folder) if text else ""
    if why or not text or not os.path.isdir(folder):
        raise DataError(
            f"Expected {source}: to be followed by a folder; got {printable(text)!r}, which is "
            f"none{why and f' that can be read ({why})'}: write {source}:/path/to/{source}."
        )
    return folder, {**defaults, **_options(source, query, tuple(defaults))}


def contents(folder: Path) -> list[Path]:
    """Return what lies in a folder that a data set cannot do without, but for hidden files.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    DataError
        If it cannot be listed.
    """
    paths, why = listed(folder)
    if why:
        raise DataError(
            f"Expected a folder that can be listed; {printable(folder)} cannot ({why}): check its "
            "permissions."
        )
    return paths


def whole_option(name: str, text: str, low: int = 1) -> int:
    """Return an option's value as an int of at least `low`.

    Raises
    ------
    ParameterError
        If it is something else.
    """
    if not text.isdecimal() or int(text) < low:
        raise ParameterError(
            f"Expected option {name} to be a whole number of at least {low}; got {text!r}: "
            "change it."
        )
    return int(text)


def _options(source: str, query: str, known: tuple[str, ...]) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            query, keep_blank_values=True, strict_parsing=bool(query), errors="surrogateescape"
        )
    except ValueError:
        pairs = [(query, "")]
    if pairs and not known:
        raise ParameterError(
            f"Expected no options of {source} but {', '.join(OPTIONS)}; got {query!r}: leave it "
            "out, or correct its name."
        )
    options: dict[str, str] = {}
    for name, value in pairs:
        if not value:
            raise ParameterError(
                f"Expected the options of {source} as in ?{known[0]}=value; got {query!r}: "
                "write name=value, joined by &."
            )
        # What every data set has is taken off before: here it is an error, but good advice.
        one_of(f"the option of {source}", name, known if name in OPTIONS else (*known, *OPTIONS))
        if name in options:
            raise ParameterError(
                f"Expected the option {name} once; got {query!r}: leave one of them out."
            )
        options[name] = value
    return options
