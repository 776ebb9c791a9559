"""From the tune books that music21 installs to tunes: find, choose, check.

The dance type is decided, and what cannot be trusted is left out and counted.
"""

import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from music21 import common
from tqdm import tqdm

from subgenre.data.dances import abc_notation
from subgenre.data.dances.abc_notation import AbcText, LeftOutError, information_field
from subgenre.data.dances.tunes import Tune
from subgenre.plumbing.errors import DataError

# Folder of each book in music21's corpus, and the name of its collection.
BOOKS = {"oneills1850": "O'Neill 1903", "ryansMammoth": "Ryan 1883", "airdsAirs": "Aird 1778"}
# O'Neill's *Music of Ireland* is ordered by dance; these are the printed tune numbers.
ONEILL_SECTIONS = {
    "jig": range(701, 1116),
    "slip jig": range(1116, 1176),
    "reel": range(1176, 1556),
    "hornpipe": range(1556, 1781),
}
# The metres a dance can stand in; another one contradicts the dance's name.
METRES = {
    "hornpipe": {"2/2", "2/4", "4/4"},
    "jig": {"6/8"},
    "march": {"2/2", "2/4", "4/4", "6/8"},
    "reel": {"2/2", "2/4", "4/4"},
    "slip jig": {"9/8"},
    "strathspey": {"2/2", "4/4"},
}
MIN_BARS = 8
MAX_WRONG_BARS = 0.2  # share of bars with a wrong length, above which a transcription is not used

NO_TYPE = "no type, or none of the six"
CONFLICT = "number, field and title name different types"
WRONG_METRE = "the metre contradicts the type"
BAD_BARS = "too many bars of a wrong length"
TOO_SHORT = f"fewer than {MIN_BARS} full bars"

_TYPE_WORDS = {
    "slip jig": r"slip[- ]?(?:jig|gigg?)",
    "jig": r"(?<!slip)(?<!slip[- ])(?:jigg?|gigg)\b",
    "reel": r"\breels?\b",
    "hornpipe": r"\bhornpipe",
    "strathspey": r"\bstraths",
    "march": r"\bmarche?\b|\bquick ?step",
    "other": r"\b(?:clog|fling|slide|waltz|air|walk-?around|gavotte|minuet)\b",
}


def read_tunes(progress: bool = True) -> tuple[list[Tune], Counter[str], Counter[str]]:
    """Read the dance tunes of the three books, by book, file and place in the file.

    Returns with them how many are left out, by reason, and how many "bars" were seen, and "wrong"
    ones, which do not add up to the metre.
    """
    tunes: list[Tune] = []
    left_out, checked, names = Counter[str](), Counter[str](), Counter[str]()
    for text in tqdm(list(_texts()), "Reading tune books", unit="tune", disable=not progress):
        names[text.name] += 1
        version = "" if names[text.name] == 1 else f"-{names[text.name]}"
        try:
            tunes.append(_tune(text, text.name + version, dance_type(text), checked))
        except LeftOutError as reason:
            left_out[str(reason)] += 1
    return tunes, left_out, checked


def _texts() -> Iterator[AbcText]:
    """Yield the tunes of the books as text; raise `DataError` if one of them is not installed."""
    folder = Path(common.getCorpusFilePath())
    for book in BOOKS:
        paths = sorted((folder / book).glob("*.abc"))
        if not paths:
            raise DataError(
                f"Expected music21's tune books in {folder}, got none of {book}: install its "
                "corpus, too, with `pip install --force-reinstall music21`."
            )
        for path in paths:
            yield from split_tunes(path.read_bytes().decode(errors="replace"), book, path.stem)


def split_tunes(text: str, book: str, stem: str) -> Iterator[AbcText]:
    """Yield the tunes of a file named `stem`, each with the fields it inherits from its header."""
    header, *blocks = re.split(r"(?m)^(?=X:)", text.replace("\r", ""))
    above = [item for item in map(information_field, header.splitlines()) if item]
    inherited = [item for item in above if item[0] in "MLR"]
    for block in blocks:
        fields, lines = list(inherited), iter(block.splitlines())
        for line in lines:
            item = information_field(line)
            fields += [item] if item else []
            if item and item[0] == "K":  # by the standard, the key ends the header
                break
        number = int(re.sub(r"\D", "", dict(fields)["X"]) or 0)
        name = f"{'oneill' if book == 'oneills1850' else 'aird'}-{number:04d}"
        if book == "ryansMammoth":  # one tune a file, all of them numbered 1
            words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", stem)
            name = "ryan-" + re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")
        yield AbcText(name, book, tuple(fields), tuple(lines))


def dance_type(text: AbcText) -> str:
    """Return the dance type that number, ``R:`` field, title and metre agree on, or raise."""
    found = set(_named_types(text))
    if text.metre == "9/8" and "jig" in found:  # which alone is generic
        found = found - {"jig"} | {"slip jig"}
    label, *others = found or {"other"}
    if others or label == "other":
        raise LeftOutError(CONFLICT if others else NO_TYPE)
    if text.metre not in METRES[label]:
        raise LeftOutError(WRONG_METRE)
    return label


def _named_types(text: AbcText) -> Iterator[str]:
    titles = " / ".join(text.all("T"))
    if text.book == "oneills1850":
        number = int(text.name[-4:])
        section = [label for label, numbers in ONEILL_SECTIONS.items() if number in numbers]
        yield from section
        # inside a section "The First of March" is only a name
        titles = "" if section else " / ".join(re.findall(r"\bmarch$", titles, re.I | re.M))
    elif text.book == "ryansMammoth":  # what follows a dash is the type, but for hints to dancers
        titles = re.sub(r"(?i)\(can be used as a clog\.?\)", "", titles)
        titles = " / ".join(re.findall(r"-\s*(.*)", titles))
    for words in (titles, " / ".join(text.all("R"))):
        yield from (kind for kind, word in _TYPE_WORDS.items() if re.search(word, words, re.I))


def _tune(text: AbcText, tune_id: str, label: str, checked: Counter[str]) -> Tune:
    bars, bar_length = abc_notation.parse_bars(text), 4 * Fraction(text.metre)
    whole = abc_notation.whole_bars(bars, bar_length)
    wrong = sum(bar.length != bar_length for bar in whole)
    checked.update(bars=len(whole), wrong=wrong)
    if wrong > MAX_WRONG_BARS * len(whole):
        raise LeftOutError(BAD_BARS)
    time_line = abc_notation.laid_out(bars, bar_length)
    if len(time_line[1]) < MIN_BARS:
        raise LeftOutError(TOO_SHORT)
    title = (text.all("T") or [tune_id])[0]
    tonic = abc_notation.tonic_of(text.last("K", "C"))
    return Tune(tune_id, title, label, BOOKS[text.book], text.metre, tonic, *time_line)
