"""Two short tunes that several test modules play: eighth notes only, by hand."""

from subgenre.data.dances.tunes import Note, Tune

REEL_BARS = ((62, 66, 69, 66, 71, 69, 66, 69), (64, 67, 71, 67, 76, 74, 73, 71))
JIG_BARS = ((67, 71, 74, 74, 71, 67), (69, 72, 76, 74, 72, 69))


def make_tune(bars, metre, tonic, pickup=(), step=0.5):
    pitches = [*pickup, *(pitch for bar in bars for pitch in bar)]
    notes = tuple(Note(step * i, step, pitch) for i, pitch in enumerate(pitches))
    starts = tuple(step * (len(pickup) + len(bars[0]) * i) for i in range(len(bars)))
    ends = starts[:1], step * len(pitches)
    return Tune("t", "T", "reel", "book", metre, tonic, notes, starts, *ends)


REEL = make_tune(REEL_BARS * 4, "4/4", 2)
JIG = make_tune(JIG_BARS * 4, "6/8", 7)
