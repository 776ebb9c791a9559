"""What is wrong with a path that leads nowhere, and names that look the same."""

import html
import os
import re
import unicodedata
from pathlib import Path
from urllib.parse import unquote

from subgenre.plumbing.files import listed
from subgenre.plumbing.text import printable

#: How a part of a path begins that can be right nowhere, and what to do about it.
MISSPELT = {
    r"file:": "write the path alone, without 'file:'",
    r"[a-z][\w+.-]+:/": "fetch the file, and write the path where it is then",
    r"[a-z]:|\\\\|/": "write where the file is on this system, without a drive of Windows",
    r"[^/]*(?:\$\{|%[a-z_]{3,}%)|\$\w": "write out the variable, for it is not replaced here",
    r"~": "write the whole path instead of ~",
}
_MARKS = re.compile(r"[\s_'\"`\u00b4\u200b-\u201f\u2212\ufeff-]+")  # spaces, quotes, dashes


def looks(name: str) -> str:
    """Return the same text for names that look the same: case, spaces, quotes, dashes."""
    return _MARKS.sub(" ", unicodedata.normalize("NFKC", name).casefold()).strip()


def cure(path: Path, otherwise: str = "correct the path") -> str:
    """Return what to do about a path that leads nowhere; `otherwise` if nobody knows."""
    here = next((one for one in path.parents if os.path.isdir(one)), path)
    rest = path.relative_to(here)
    written = path.as_posix() if path.anchor == "//" else rest.as_posix()
    for beginning, advice in MISSPELT.items():
        if re.search(f"(?:^|/)(?:{beginning})", written, re.IGNORECASE):
            return advice
    beside, wanted = listed(here)[0], rest.parts[0] if rest.parts else ""
    decoded, stem = (lambda name: html.unescape(unquote(name))), (lambda name: Path(name).stem)
    for told in (str, decoded, stem)[: 4 - len(rest.parts)]:
        for one in beside:
            if looks(told(one.name)) == looks(told(wanted)):
                return f"write {printable(one.name)!r} for {printable(wanted)!r}, as it is called"
    for folder in (*filter(os.path.isdir, beside), here, here.parent, Path.cwd()):
        for first in range(len(rest.parts)):
            found = folder.joinpath(*rest.parts[first:])
            if os.path.exists(found):
                return f"correct the path or move the music, for there is {printable(found)}"
    return otherwise
