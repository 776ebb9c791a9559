"""Let numpydoc's ``first, second : type`` stand in lists of attributes, as in parameters."""

import re

from sphinx.application import Sphinx

JOINED_NAMES = re.compile(r"^\s*\w+(, \w+)+(?= : |$)")


def join_names(
    app: Sphinx, what: str, name: str, subject: object, options: object, lines: list[str]
) -> None:
    """Take the blanks out of joined names: Sphinx reads the first word as a type otherwise."""
    if what in ("class", "exception"):
        lines[:] = [JOINED_NAMES.sub(lambda m: m[0].replace(", ", ","), line) for line in lines]


def setup(app: Sphinx) -> dict[str, bool]:
    """Run before napoleon, which has the default priority of 500."""
    app.connect("autodoc-process-docstring", join_names, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
