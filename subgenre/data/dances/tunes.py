"""A tune as the study knows it: notes on a time line of quarter notes, bars and strains."""

from dataclasses import dataclass

LABELS = ("hornpipe", "jig", "march", "reel", "slip jig", "strathspey")
"""The six dance types, in the order of their class numbers."""


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
    tune_id : str
        Book and number or name, for example ``"oneill-0701"``.
    title : str
        As printed in the book.
    label : str
        One of `LABELS`.
    collection : str
        The book, for example ``"O'Neill 1903"``.
    metre : str
        As printed, for example ``"6/8"``; common time is ``"4/4"``, cut time ``"2/2"``.
    tonic : int
        Pitch class of the key's tonic, C = 0.
    notes : tuple of Note
        By onset, without rests and grace notes. Onset 0 is the first note or rest of the tune.
    bars : tuple of float
        Onsets of the full bars, in quarter notes; a pickup lies before the first one.
    strains : tuple of float
        Onsets of the first full bar of each strain; a subset of `bars`.
    length : float
        End of the tune, in quarter notes.
    """

    tune_id: str
    title: str
    label: str
    collection: str
    metre: str
    tonic: int
    notes: tuple[Note, ...]
    bars: tuple[float, ...]
    strains: tuple[float, ...]
    length: float

    @property
    def bar_length(self) -> float:
        """Length of a full bar in quarter notes."""
        beats, unit = (int(part) for part in self.metre.split("/"))
        return 4.0 * beats / unit
