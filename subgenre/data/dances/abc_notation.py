"""From the ABC text of one tune to its notes, bars and strains on a time line.

music21 tokenizes the text; this module prepares it for that and lays the tokens out. A tune is
written straight through: repeats are not played, and of alternative endings only the first is
kept, because the second would follow the first as one closing bar too many. The notation is
described in the ABC music standard 2.1, https://abcnotation.com/wiki/abc:standard.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from music21.abcFormat import ABCBar, ABCChord, ABCHandler, ABCNote
from music21.pitch import Pitch

from subgenre.data.dances.tunes import Note
from subgenre.plumbing.errors import DataError

METRE_CHANGES = "the metre changes"
UNREADABLE = "cannot be parsed"


class LeftOutError(DataError):
    """A tune is not used; the message is only the reason, under which a report counts it."""


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


class Event(NamedTuple):
    """A note or rest."""

    length: Fraction  # in quarter notes
    pitch: str  # as music21 names it, "" for a rest
    tied: bool  # to the note after it


@dataclass
class Bar:
    """What stands between two bar lines."""

    opens: bool = False  # a strain: a double bar or repeat sign stands before it
    ending: int = 0  # 1 or 2 where an alternative ending begins
    events: list[Event] = field(default_factory=list)

    @property
    def length(self) -> Fraction:
        """In quarter notes."""
        return sum((event.length for event in self.events), Fraction(0))


def information_field(line: str) -> tuple[str, str] | None:
    """Return the letter and the value of a field such as ``"M:6/8"``, or None for other lines."""
    # "A:|" is music: a note before a repeat sign
    match = re.match(r"([A-Za-z]):(?![|:])\s*([^%]*)", line)
    return (match[1], match[2].strip()) if match else None


def _fraction(metre: str) -> str:
    return {"C": "4/4", "C|": "2/2"}.get(metre.strip(), metre.strip())


def tonic_of(key: str) -> int:
    """Return the pitch class [0..11, C = 0] of an ABC key such as ``"F#m"`` or ``"A dorian"``."""
    # the Highland pipes' scale, "HP", is on A
    match = re.match(r"([A-Ga-g])([#b]?)", "A" if key[:2].lower() == "hp" else key)
    return _midi(match[1].upper() + match[2].replace("b", "-")) % 12 if match else 0


def parse_bars(text: AbcText) -> list[Bar]:
    """Return what stands between the bar lines, first endings only; pickups are shorter bars.

    A metre that changes, or text that is not ABC music, is a `LeftOutError`.
    """
    music = melody(text.body)
    if {_fraction(value) for value in re.findall(r"(?m)^M:(.*)$", music)} - {text.metre}:
        raise LeftOutError(METRE_CHANGES)
    unit = f"L:{text.last('L')}\n" if text.last("L") else ""
    # accidentals last to the bar line only from version 2 on, and these books mean it so
    handler = ABCHandler(abcVersion=(2, 1, 0))
    try:
        handler.process(f"M:{text.metre}\n{unit}K:{text.last('K', 'C')}\n{music}\n")
    except Exception as error:  # music21 raises many kinds for text that is not ABC
        raise LeftOutError(UNREADABLE) from error
    bars = _first_endings(_bars(handler.tokens))
    if not bars:
        raise LeftOutError(UNREADABLE)
    return bars


def melody(body: Iterable[str]) -> str:
    """Return the lines of ABC music without all that is not melody, metre, unit or key.

    music21 would lose a broken rhythm, ``>`` or ``<``, with a slur or a bowing mark beside it.
    """
    lines = []
    text = re.sub(r"\[([MKL]):([^]]*)\]", r"\n\1:\2\n", "\n".join(body))  # fields inside a line
    for line in text.splitlines():
        item = information_field(line)
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
        ending = bar.ending or (0 if bar.opens else ending)
        first = first * (bar.ending != 1) + (ending == 1)
        to_drop = first if bar.ending == 2 else 0 if bar.opens else to_drop
        if ending == 2 and to_drop > 0:
            to_drop -= 1
            continue
        bar.opens |= ending == 2 and bar.ending != 2  # the first bar after it
        ending = 0 if ending == 2 else ending
        kept.append(bar)
    return kept


def whole_bars(bars: Sequence[Bar], bar_length: Fraction) -> list[Bar]:
    """Return the bars that should be full: all but those cut where a strain begins or ends."""
    pairs = zip(bars, [*bars[1:], Bar(opens=True)], strict=True)  # the end closes the last strain
    return [bar for bar, after in pairs if bar.length >= bar_length or not bar.opens | after.opens]


TimeLine = tuple[tuple[Note, ...], tuple[float, ...], tuple[float, ...], float]


def laid_out(bars: list[Bar], bar_length: Fraction) -> TimeLine:
    """Lay bars out in time, as the last four fields of a `Tune`: notes, bars, strains, length.

    A closing bar and the pickup that follows it make one full bar, of which a rest fills what the
    two leave; after the last bar the tune's own pickup, at onset 0, follows, as if it were played
    again.
    """
    notes: list[Note] = []
    full, strains, now, opened, tied = [], [], Fraction(0), False, ""
    for bar, following in zip(bars, [*bars[1:], bars[0]], strict=True):
        closes = following.opens and not bar.opens
        pickup = following.length if following.length < bar_length else 0
        rest = bar_length - bar.length - pickup if closes else Fraction(0)
        opened |= bar.opens
        if bar.length == bar_length or (closes and bar.length < bar_length and rest >= 0):
            full.append(float(now))
            strains += [float(now)] * opened
            opened = False
        for event in bar.events:
            line = re.sub(r"[#n-]", "", event.pitch)  # of the staff
            if event.pitch:
                note = Note(float(now), float(event.length), _midi(event.pitch))
                if line == tied:  # an accidental holds on over the tie
                    before = notes.pop()
                    note = before._replace(duration=before.duration + note.duration)
                notes.append(note)
            tied = line if event.tied else ""
            now += event.length
        now += max(rest, Fraction(0))
    return tuple(notes), tuple(full), tuple(strains), float(now)
