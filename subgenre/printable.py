"""Names of files and words of users, made fit for one line of any terminal or page."""

from pathlib import Path


def printable(text: Path | str) -> str:
    r"""Return a text as one printable line: control characters and stray bytes are escaped.

    Parameters
    ----------
    text : Path or str
        For example a file name, which may hold a line end or bytes that are no text at all.

    Returns
    -------
    str
        The same for ordinary names; ``"a\\nb"`` for a name with a line end. HTML characters stay:
        they are escaped where they reach HTML.
    """
    decoded = str(text).encode("utf-8", "backslashreplace").decode()
    return "".join(mark if mark.isprintable() else repr(mark)[1:-1] for mark in decoded)
