"""A tune as the study knows it: notes on a time line of quarter notes, bars and strains."""

from dataclasses import dataclass
from typing import NamedTuple

# The six dance types, in the order of their class numbers.
LABELS = ("hornpipe", "jig", "march", "reel", "slip jig", "strathspey")


class Note(NamedTuple):
    """One note: `onset` and `duration` in quarter notes, `midi` pitch number."""

    onset: float
    duration: float
    midi: int


@dataclass(frozen=True)
class Tune:
    """One tune of a book, repeats not written out; times in quarter notes, from its first note."""

    tune_id: str  # book and number or name, such as "oneill-0701"
    title: str
    label: str
    collection: str  # the book, such as "O'Neill 1903"
    metre: str  # such as "6/8"; common time is "4/4", cut time "2/2"
    tonic: int  # pitch class, C = 0
    notes: tuple[Note, ...]  # by onset, without rests and grace notes
    bars: tuple[float, ...]  # onsets of the full bars
    strains: tuple[float, ...]  # of each strain the onset of its first full bar
    length: float  # end of the tune

    @property
    def bar_length(self) -> float:
        """Of a full bar."""
        beats, unit = (int(part) for part in self.metre.split("/"))
        return 4.0 * beats / unit
