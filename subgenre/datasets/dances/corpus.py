"""From the tune books that music21 installs to tunes: find, choose, parse, check.

music21 tokenizes the ABC text; this module only prepares that text, lays the tokens out on a
time line and leaves out what it cannot trust. A tune is written straight through: repeats are not
played, and of alternative endings only the first is kept, because the second would follow the
first as one closing bar too many. A closing bar that waits for the pickup of the next strain is
filled with a rest, so that bars keep their distance; the last bar may lack the tune's own pickup,
which stands at onset 0, so that the tune can be played again from its end without a gap.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path

from music21 import common
from music21.abcFormat import ABCBar, ABCChord, ABCHandler, ABCNote
from music21.pitch import Pitch
from tqdm.auto import tqdm

from subgenre.datasets.dances.tunes import Note, Tune
from subgenre.errors import DataError

CORPUS_VERSION = 1
"""Raised whenever tunes are read or joined into families differently: caches depend on it."""

BOOKS = {
    "oneills1850": "O'Neill 1903",
    "ryansMammoth": "Ryan 1883",
    "airdsAirs": "Aird 1778",
}
"""Folder of each book in music21's corpus, and the name of its collection."""

ONEILL_SECTIONS = {
    "jig": range(701, 1116),
    "slip jig": range(1116, 1176),
    "reel": range(1176, 1556),
    "hornpipe": range(1556, 1781),
}
"""O'Neill's *Music of Ireland* is ordered by dance; these are the printed tune numbers."""

METRES = {
    "hornpipe": {"2/2", "2/4", "4/4"},
    "jig": {"6/8"},
    "march": {"2/2", "2/4", "4/4", "6/8"},
    "reel": {"2/2", "2/4", "4/4"},
    "slip jig": {"9/8"},
    "strathspey": {"2/2", "4/4"},
}
"""The metres a dance can stand in; another one contradicts the dance's name."""

MIN_BARS = 8
MAX_WRONG_BARS = 0.2  # share of bars with a wrong length, above which a transcription is not used

NO_TYPE = "no type, or none of the six"
CONFLICT = "number, field and title name different types"
WRONG_METRE = "the metre contradicts the type"
METRE_CHANGES = "the metre changes"
UNREADABLE = "cannot be parsed"
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
# a hint of Ryan's to dancers, not the type
_ALSO_A_CLOG = re.compile(r"\(can be used as a clog\.?\)", re.I)


class _LeftOutError(Exception):
    """A tune is not used; the argument is the reason that the report counts."""


@dataclass(frozen=True)
class ReadingReport:
    """What was read and what was not.

    Attributes
    ----------
    kept : mapping of (collection, label) to int
        Tunes kept.
    left_out : mapping of str to int
        Tunes left out, by reason.
    bars, wrong_bars : int
        Bars of the parsed tunes, before `MAX_WRONG_BARS` is applied, and how many of them do not
        add up to the metre.
    """

    kept: Mapping[tuple[str, str], int]
    left_out: Mapping[str, int]
    bars: int
    wrong_bars: int

    @property
    def right_bars(self) -> float:
        """Share of bars whose notes add up to the metre, 0 to 1."""
        return 1.0 - self.wrong_bars / max(self.bars, 1)


@dataclass(frozen=True)
class AbcText:
    """One tune as text: the header's fields in order, and the lines of music after them."""

    name: str
    book: str
    fields: tuple[tuple[str, str], ...]
    body: tuple[str, ...]

    def all(self, letter: str) -> list[str]:
        """Return the values of every field named `letter`."""
        return [value for key, value in self.fields if key == letter]

    def last(self, letter: str, default: str = "") -> str:
        """Return the value that counts: the tune's own, else the file header's, else `default`."""
        return (self.all(letter) or [default])[-1]

    @property
    def metre(self) -> str:
        """The metre as a fraction."""
        return _fraction(self.last("M", "4/4"))


@dataclass(frozen=True)
class Event:
    """A note or rest: `length` in quarter notes, music21's `pitch` name or "" for a rest."""

    length: Fraction
    pitch: str
    tied: bool


@dataclass
class Bar:
    """What stands between two bar lines.

    Attributes
    ----------
    opens : bool
        Whether a double bar or repeat sign stands before it: it begins a strain.
    ending : int
        1 or 2 where an alternative ending begins, else 0.
    events : list of Event
        In order.
    """

    opens: bool = False
    ending: int = 0
    events: list[Event] = field(default_factory=list)

    @property
    def length(self) -> Fraction:
        """Sum of the lengths, in quarter notes."""
        return sum((event.length for event in self.events), Fraction(0))


def read_tunes(progress: bool = True) -> tuple[list[Tune], ReadingReport]:
    """Read the dance tunes of the three books.

    Parameters
    ----------
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    tunes : list of Tune
        In a fixed order: by book, file and place in the file.
    report : ReadingReport
        How many tunes were kept, and why the others were not.

    Raises
    ------
    DataError
        If music21 was installed without its corpus.
    """
    tunes: list[Tune] = []
    left_out: Counter[str] = Counter()
    checked: Counter[str] = Counter()
    names: Counter[str] = Counter()
    texts = list(_texts(corpus_dir()))
    for text in tqdm(texts, desc="Reading tune books", unit="tune", disable=not progress):
        names[text.name] += 1
        version = "" if names[text.name] == 1 else f"-{names[text.name]}"
        try:
            tunes.append(_tune(text, text.name + version, dance_type(text), checked))
        except _LeftOutError as reason:
            left_out[str(reason)] += 1
    kept = Counter((tune.collection, tune.label) for tune in tunes)
    return tunes, ReadingReport(kept, left_out, checked["bars"], checked["wrong"])


def corpus_dir() -> Path:
    """Return the folder of music21's corpus.

    Raises
    ------
    DataError
        If one of the tune books is not there.
    """
    folder = Path(common.getCorpusFilePath())
    missing = [book for book in BOOKS if not any((folder / book).glob("*.abc"))]
    if missing:
        raise DataError(
            f"Expected music21's tune books {', '.join(BOOKS)} in {folder}, but "
            f"{', '.join(missing)} cannot be found: music21 was installed without its corpus, so "
            "reinstall it with `pip install --force-reinstall music21`."
        )
    return folder


def _texts(folder: Path) -> Iterator[AbcText]:
    for book in BOOKS:
        for path in sorted((folder / book).glob("*.abc")):
            yield from split_tunes(_decoded(path.read_bytes()), book, path.stem)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def split_tunes(text: str, book: str, stem: str) -> list[AbcText]:
    """Split a file into its tunes, each with the fields it inherits from the file's header.

    Parameters
    ----------
    text : str
        The file.
    book : str
        One of `BOOKS`.
    stem : str
        The file's name without suffix; it names the tunes of a book with one tune a file.
    """
    header, *blocks = re.split(r"(?m)^(?=X:)", text.replace("\r", ""))
    inherited = [item for item in map(_field, header.splitlines()) if item and item[0] in "MLR"]
    tunes = []
    for block in blocks:
        fields, lines = list(inherited), block.splitlines()
        while lines:
            item = _field(lines.pop(0))
            if item:
                fields.append(item)
            if item and item[0] == "K":  # by the standard, the key ends the header
                break
        number = int(re.sub(r"\D", "", dict(fields)["X"]) or 0)
        tunes.append(AbcText(_name(book, number, stem), book, tuple(fields), tuple(lines)))
    return tunes


def _field(line: str) -> tuple[str, str] | None:
    # "A:|" is music: a note before a repeat sign
    match = re.match(r"([A-Za-z]):(?![|:])\s*([^%]*)", line)
    return (match[1], match[2].strip()) if match else None


def _name(book: str, number: int, stem: str) -> str:
    if book == "ryansMammoth":  # one tune a file, all of them numbered 1
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", stem)
        return "ryan-" + re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")
    return f"{'oneill' if book == 'oneills1850' else 'aird'}-{number:04d}"


def _fraction(metre: str) -> str:
    return {"C": "4/4", "C|": "2/2"}.get(metre.strip(), metre.strip())


def dance_type(text: AbcText) -> str:
    """Return the dance type that number, ``R:`` field, title and metre agree on.

    "Jig" alone is generic: in 9/8 it is a slip jig. Other disagreement leaves the tune out.
    """
    found = set(_named_types(text))
    if text.metre == "9/8" and "jig" in found:
        found = found - {"jig"} | {"slip jig"}
    if len(found) > 1:
        raise _LeftOutError(CONFLICT)
    if not found or found == {"other"}:
        raise _LeftOutError(NO_TYPE)
    label = found.pop()
    if text.metre not in METRES[label]:
        raise _LeftOutError(WRONG_METRE)
    return label


def _named_types(text: AbcText) -> Iterator[str]:
    titles = " / ".join(text.all("T"))
    if text.book == "oneills1850":
        number = int(text.name[-4:])
        section = [label for label, numbers in ONEILL_SECTIONS.items() if number in numbers]
        yield from section
        # inside a section "The First of March" is only a name
        titles = "" if section else " / ".join(re.findall(r"\bmarch$", titles, re.I | re.M))
    elif text.book == "ryansMammoth":  # only what follows a dash is the type
        titles = " / ".join(re.findall(r"-\s*(.*)", _ALSO_A_CLOG.sub("", titles)))
    for words in (titles, " / ".join(text.all("R"))):
        yield from (kind for kind, word in _TYPE_WORDS.items() if re.search(word, words, re.I))


def _tune(text: AbcText, tune_id: str, label: str, checked: Counter[str]) -> Tune:
    bars, bar_length = parse_bars(text), 4 * Fraction(text.metre)
    inner = [bar for i, bar in enumerate(bars) if not _is_part(bars, i, bar_length)]
    wrong = sum(bar.length != bar_length for bar in inner)
    checked.update(bars=len(inner), wrong=wrong)
    if wrong > MAX_WRONG_BARS * len(inner):
        raise _LeftOutError(BAD_BARS)
    score = laid_out(bars, bar_length)
    if len(score.bars) < MIN_BARS:
        raise _LeftOutError(TOO_SHORT)
    return Tune(
        tune_id=tune_id,
        title=(text.all("T") or [tune_id])[0],
        label=label,
        collection=BOOKS[text.book],
        metre=text.metre,
        tonic=tonic(text.last("K", "C")),
        notes=tuple(score.notes),
        bars=tuple(float(onset) for onset in score.bars),
        strains=tuple(float(onset) for onset in score.strains),
        length=float(score.length),
    )


def tonic(key: str) -> int:
    """Return the pitch class [0..11, C = 0] of an ABC key such as ``"F#m"`` or ``"A dorian"``."""
    if key.lower().startswith("hp"):  # the Highland pipes' scale is on A
        return 9
    match = re.match(r"([A-Ga-g])([#b]?)", key)
    if not match:
        return 0
    step = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}[match[1].upper()]
    return (step + {"": 0, "#": 1, "b": -1}[match[2]]) % 12


def parse_bars(text: AbcText) -> list[Bar]:
    """Return what stands between the bar lines, first endings only.

    A pickup, and a bar that a repeat sign cuts, is shorter than the others.
    """
    music = melody(text.body)
    if {_fraction(value) for value in re.findall(r"(?m)^M:(.*)$", music)} - {text.metre}:
        raise _LeftOutError(METRE_CHANGES)
    unit = f"L:{text.last('L')}\n" if text.last("L") else ""
    # accidentals last to the bar line only from version 2 on, and these books mean it so
    handler = ABCHandler(abcVersion=(2, 1, 0))
    try:
        handler.process(f"M:{text.metre}\n{unit}K:{text.last('K', 'C')}\n{music}\n")
    except Exception as error:  # music21 raises many kinds for text that is not ABC
        raise _LeftOutError(UNREADABLE) from error
    bars = _first_endings(_bars(handler.tokens))
    if not bars:
        raise _LeftOutError(UNREADABLE)
    return bars


def melody(body: Iterable[str]) -> str:
    """Return the lines of ABC music without all that is not melody, metre, unit or key.

    music21 applies ``>`` and ``<`` only between notes that touch it: a slur, a bowing mark or a
    fingering beside it would lose the broken rhythm, and with it two durations.
    """
    lines = []
    text = re.sub(r"\[([MKL]):([^]]*)\]", r"\n\1:\2\n", "\n".join(body))  # fields inside a line
    for line in text.splitlines():
        item = _field(line)
        if item:
            lines += [":".join(item)] if item[0] in "MKL" else []
        elif not re.match(r"\s*\[V:(?!1\])", line):  # of several voices the first
            for pattern, replacement in _CLEANING:
                line = pattern.sub(replacement, line)
            lines.append(line)
    return "\n".join(lines)


def _uniform_bar_line(match: re.Match[str]) -> str:
    double = any(sign in match[1] for sign in (":", "||", "]", "[|"))
    ending = f"[{min(int(match[2]), 2)} " if match[2] else ""
    return (" || " if double else " | ") + ending


_CLEANING: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    (re.compile(r'"[^"]*"'), ""),  # fingerings and remarks
    (re.compile(r"%.*|\\\s*$"), ""),  # comments, line continuations
    (re.compile(r"\{[^}]*\}"), ""),  # grace notes take no time
    (re.compile(r"![^!\s|]{1,12}!"), ""),  # decorations by name
    (re.compile(r"\[[A-Za-z]:[^]]*\]"), ""),  # other fields inside the line
    (re.compile(r"\+([A-Ga-g][^+|]*)\+"), r"[\1]"),  # a chord as it was once written
    (re.compile(r"y\d*"), ""),  # room between notes
    (re.compile(r"[xZ]"), "z"),
    (re.compile(r"\((?!\d)|[^]A-Ga-gz0-9/,'^_=<>|[(:\s-]"), ""),  # slurs, bowing, ornaments
    (re.compile(r"(\[?:*\|[|:\]]*|::+)(?:\s*\[(?=\d))?(?:(\d)[-,\d]*)?"), _uniform_bar_line),
    (re.compile(r"-([<>]+)|([<>]+)-"), r"\1\2"),  # a tie beside a broken rhythm would lose it
]


def _bars(tokens: Iterable[object]) -> list[Bar]:
    bars, current = [], Bar(opens=True)
    for token in tokens:
        if isinstance(token, ABCNote) and not token.inGrace:
            current.events.append(_event(token))
        elif isinstance(token, ABCBar):
            if current.events:
                bars.append(current)
                current = Bar()
            current.opens |= token.src == "||"
            current.ending = {"[1": 1, "[2": 2}.get(token.src, current.ending)
    return bars + [current] * bool(current.events)


def _event(token: ABCNote) -> Event:
    length = Fraction(token.quarterLength).limit_denominator(1024)
    if token.activeTuplet is not None:
        length *= Fraction(token.activeTuplet.tupletMultiplier()).limit_denominator(64)
    pitch = token.pitchName or ""
    if isinstance(token, ABCChord):  # the melody is on top
        names = [note.pitchName for note in token.subTokens if isinstance(note, ABCNote)]
        pitch = max((name for name in names if name), key=_midi, default="")
    return Event(length, pitch, token.tie in ("start", "continue"))


@cache
def _midi(name: str) -> int:
    return int(Pitch(name).midi)


def _first_endings(bars: list[Bar]) -> list[Bar]:
    """Drop second endings: they end with the strain, or are as long as the first."""
    kept: list[Bar] = []
    ending, first, to_drop = 0, 0, 0
    for bar in bars:
        if bar.ending == 1:
            first = 0
        if bar.ending == 2:
            to_drop = first
        elif bar.opens:
            to_drop = 0
        ending = bar.ending or (0 if bar.opens else ending)
        first += ending == 1
        if ending == 2 and to_drop > 0:
            to_drop -= 1
            continue
        bar.opens |= ending == 2 and bar.ending != 2  # the first bar after it
        ending = 0 if ending == 2 else ending
        kept.append(bar)
    return kept


def _is_part(bars: list[Bar], index: int, bar_length: Fraction) -> bool:
    """Tell whether a bar is short because a strain begins or ends in it."""
    closes = index + 1 == len(bars) or bars[index + 1].opens
    return bars[index].length < bar_length and (bars[index].opens or closes)


@dataclass
class Score:
    """Bars on a time line; the fields are those of `Tune`."""

    notes: list[Note] = field(default_factory=list)
    bars: list[Fraction] = field(default_factory=list)
    strains: list[Fraction] = field(default_factory=list)
    length: Fraction = Fraction(0)
    tied: str = ""  # the pitch a tie reaches out from


def laid_out(bars: list[Bar], bar_length: Fraction) -> Score:
    """Lay bars out in time.

    A closing bar and the pickup that follows it make one full bar, of which a rest fills what the
    two leave; after the last bar the tune's own pickup follows, as if it were played again.

    Parameters
    ----------
    bars : list of Bar
        As `parse_bars` returns them.
    bar_length : Fraction
        Length of a full bar, in quarter notes.
    """
    score, opened = Score(), False
    for index, bar in enumerate(bars):
        following = bars[(index + 1) % len(bars)]
        closes = following.opens and not bar.opens
        pickup = following.length if following.length < bar_length else Fraction(0)
        rest = bar_length - bar.length - pickup if closes else Fraction(0)
        opened |= bar.opens
        if bar.length == bar_length or (closes and bar.length < bar_length and rest >= 0):
            score.bars.append(score.length)
            score.strains += [score.length] * opened
            opened = False
        _place(bar, score)
        score.length += max(rest, Fraction(0))
    return score


def _place(bar: Bar, score: Score) -> None:
    """Append the bar's notes to the score; tied ones grow the note before."""
    for event in bar.events:
        tied, score.tied = score.tied, event.pitch if event.tied else ""
        if event.pitch and _staff_line(tied) == _staff_line(event.pitch):
            before = score.notes.pop()  # an accidental holds on over the tie
            duration = before.duration + float(event.length)
            score.notes.append(Note(before.onset, duration, before.midi))
        elif event.pitch:
            onset, duration = float(score.length), float(event.length)
            score.notes.append(Note(onset, duration, _midi(event.pitch)))
        score.length += event.length


def _staff_line(pitch: str) -> str:
    return re.sub(r"[#n-]", "", pitch)
