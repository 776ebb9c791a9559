"""A tune as the study knows it: notes on a time line of quarter notes, bars and strains."""

from dataclasses import dataclass

# The six dance types, in the order of their class numbers.
LABELS = ("hornpipe", "jig", "march", "reel", "slip jig", "strathspey")


@dataclass(frozen=True)
class Note:
    """One note: `onset` and `duration` in quarter notes, `midi` pitch number."""

    onset: float
    duration: float
    midi: int


@dataclass(frozen=True)
class Tune:
    """One tune of a book, repeats not written out.

    Attributes
    ----------
    notes : tuple of Note
        By onset, without rests and grace notes. Onset 0 is the first note or rest of the tune.
    bars, strains : tuple of float
        Onsets of the full bars, in quarter notes; a pickup lies before the first one. Of each
        strain, the onset of its first full bar.
    length : float
        End of the tune, in quarter notes.
    """

    tune_id: str  # book and number or name, such as "oneill-0701"
    title: str
    label: str
    collection: str  # the book, such as "O'Neill 1903"
    metre: str  # such as "6/8"; common time is "4/4", cut time "2/2"
    tonic: int  # pitch class, C = 0
    notes: tuple[Note, ...]
    bars: tuple[float, ...]
    strains: tuple[float, ...]
    length: float

    @property
    def bar_length(self) -> float:
        """Length of a full bar in quarter notes."""
        beats, unit = (int(part) for part in self.metre.split("/"))
        return 4.0 * beats / unit
