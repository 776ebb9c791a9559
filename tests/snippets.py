"""Two short tunes that several test modules play: eighth notes only, by hand."""

from subgenre.data.dances.tunes import Note, Tune

REEL_BARS = ((62, 66, 69, 66, 71, 69, 66, 69), (64, 67, 71, 67, 76, 74, 73, 71))
JIG_BARS = ((67, 71, 74, 74, 71, 67), (69, 72, 76, 74, 72, 69))


def make_tune(bars, metre, tonic, pickup=()):
    pitches = [*pickup, *(pitch for bar in bars for pitch in bar)]
    notes = tuple(Note(0.5 * i, 0.5, pitch) for i, pitch in enumerate(pitches))
    first, length = 0.5 * len(pickup), 0.5 * len(bars[0])
    starts = tuple(first + length * i for i in range(len(bars)))
    return Tune("t", "T", "reel", "book", metre, tonic, notes, starts, (first,), 0.5 * len(pitches))


REEL = make_tune(REEL_BARS * 4, "4/4", 2)
JIG = make_tune(JIG_BARS * 4, "6/8", 7)
