from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from subgenre.data.dances import abc_notation as abc
from subgenre.data.dances import corpus
from subgenre.data.dances.tunes import LABELS, Note


def bars_of(music, key="C"):
    fields = (("M", "4/4"), ("L", "1/8"), ("K", key))
    return abc.parse_bars(abc.AbcText("snippet", "book", fields, tuple(music.splitlines())))


def laid(music, key="C"):
    return abc.laid_out(bars_of(music, key), Fraction(4))


def test_note_lengths_are_read():
    broken = (  # a rhythm, whatever stands beside its sign
        "c>d e<f", "(c>d) (e<f)", "(c>(d e)<f)", "uc>vd ue<vf", 'c>"4"d "0"e<"1"f', "c>Td ~e<.f",
        "c>{g}d !f!e<f", "c > d e < f", "c>d`e<f",
    )  # fmt: skip
    lengths = {music: [0.75, 0.25, 0.25, 0.75] for music in broken} | {
        "(3cde (fg)": [1 / 3, 1 / 3, 1 / 3, 0.5, 0.5],  # a tuplet, and a slur
        "c2 c/ c3/2 c// c/4": [1.0, 0.25, 0.75, 0.125, 0.125],
        "c2-d2": [1.0, 1.0],  # a slur marked as a tie
    }
    assert {music: [note.duration for note in laid(music)[0]] for music in lengths} == lengths


def test_pitches_are_read():
    pitches = {  # of music in a key
        ("f c | =f f ^g g | f g", "D"): [78, 73, 77, 77, 80, 80, 78, 79],
        ("F B e", "G minor"): [65, 70, 75],
        ("c, c C C,", "A mixolydian"): [61, 73, 61, 49],
        ("[Gceg]2 +CE+", "C"): [79, 64],  # the top notes of chords
        ("[V:1] c4 d4 |\n[V:2] E8 |\n[V:1] e8 |]", "C"): [72, 74, 76],  # the first of two voices
    }
    assert {music: [note.midi for note in laid(*music)[0]] for music in pitches} == pitches


def test_ties_join_notes_and_hold_the_accidental():
    notes, *_ = laid("C4 ^c4- | c2 c2 z4")
    assert notes == (Note(0, 2, 60), Note(2, 3, 73), Note(5, 1, 72))


def test_repeat_signs_open_strains_and_bars_keep_their_distance():
    for music, strains, length in (  # the pickup and the bar it completes make whole bars
        ("G | c4 c4 | d4 d3 |]", (0.5,), 8),
        ("G | c8 | d4 d3 :|\n|: A | e8 | f4 f3 :: g8 | a4 a3 :|", (0.5, 8.5, 16.5), 24),
    ):
        assert laid(music)[1:] == (tuple(np.arange(0.5, length, 4)), strains, length)


def test_of_two_endings_the_first_is_kept():
    for second in (":|2 e8 ||", ":|2 e8 |", ":|[2 e8 |]", ":|\n[2 e8 |:"):
        notes, _, strains, _ = laid(f"|: c8 |1 d8 {second} f8 |]")
        assert ([note.midi for note in notes], strains) == ([72, 74, 77], (0, 8)), second


def test_bars_cut_by_a_strain_need_not_be_full():
    whole = abc.whole_bars(bars_of("G | c8 | d6 | e4 f3 :|\n|: A | f8 | g4 a3 |]"), Fraction(4))
    assert [bar.length for bar in whole] == [4, 3, 4]  # the bar of d is wrong, no strain cuts it


def test_other_metres_and_text_without_readable_music_are_refused():
    refused = dict.fromkeys(("", "% only a remark", "c8 | [ce", "c/0"), abc.UNREADABLE)
    for music, reason in (refused | {"c8 | [M:3/4] c6 |": abc.METRE_CHANGES}).items():
        with pytest.raises(abc.LeftOutError, match=reason):
            bars_of(music)


def test_keys_and_fields_are_read():
    keys = {"G": 7, "F#m": 6, "Bb": 10, "A dorian": 9, "Cb": 11, "HP": 9, "none": 0}
    assert {key: abc.tonic_of(key) for key in keys} == keys
    fields = {"M:6/8": ("M", "6/8"), "T: A Reel % ours": ("T", "A Reel"), "A:|": None, "c8 |": None}
    assert {line: abc.information_field(line) for line in fields} == fields


def test_length_and_metre_come_from_the_files_header():
    text = "L:1/16\nM:C|\n\nX:1\nT:One\nK:D\nA4|\n\nX:2\nT:Two\nL:1/8\nK:Em\nA4|\n"
    one, two = corpus.split_tunes(text, "airdsAirs", "book")
    assert (one.last("L"), two.last("L"), one.metre) == ("1/16", "1/8", "2/2")
    assert (one.name, two.name) == ("aird-0001", "aird-0002")


@pytest.mark.parametrize(
    ("book", "number", "title", "kind", "metre", "expected"),
    [
        ("oneills1850", 701, "The Butcher's March", "", "6/8", "jig"),
        ("oneills1850", 1801, "Brian Boru's March", "", "6/8", "march"),
        ("ryansMammoth", 1, "Devil's Dream -- REEL", "reel", "2/4", "reel"),
        ("ryansMammoth", 1, "Roaring Willie's -- Jig", "slip jig", "9/8", "slip jig"),
        ("airdsAirs", 7, "Quick Step 15th. Regt.", "", "4/4", "march"),
        ("airdsAirs", 7, "Miss Bain's Strathsy.", "", "4/4", "strathspey"),
        ("ryansMammoth", 1, "A -- Jig", "reel", "2/4", corpus.CONFLICT),
        ("ryansMammoth", 1, "A -- Jig", "jig", "2/4", corpus.WRONG_METRE),
        ("ryansMammoth", 1, "A -- Slip Jig", "slip jig", "6/8", corpus.WRONG_METRE),
        ("ryansMammoth", 1, "A -- Clog", "", "4/4", corpus.NO_TYPE),
    ],
)
def test_a_tune_has_a_type_or_a_reason_to_be_left_out(book, number, title, kind, metre, expected):
    text = f"X:{number}\nT:{title}\nR:{kind}\nM:{metre}\nK:C\n"
    try:
        told = corpus.dance_type(*corpus.split_tunes(text, book, "Name"))
    except abc.LeftOutError as reason:
        told = str(reason)
    assert told == expected


def test_no_tune_is_dropped_silently_and_each_has_a_name_and_is_well_formed(books):
    tunes, left_out, checked = books
    counts = Counter(tune.label for tune in tunes)
    expected = dict(zip(LABELS, (591, 664, 155, 834, 121, 111), strict=True))
    assert counts == pytest.approx(expected, rel=0.1)
    assert len(tunes) + left_out.total() == len(list(corpus._texts()))
    assert checked["wrong"] < 0.01 * checked["bars"]
    ids = {tune.tune_id for tune in tunes}
    assert len(ids) == len(tunes) and "oneill-0701" in ids
    for tune in tunes:
        assert len(tune.bars) >= corpus.MIN_BARS
        assert set(tune.strains) <= set(tune.bars)
        onsets, durations, pitches = np.array(tune.notes).T
        assert np.all((onsets + durations)[:-1] <= onsets[1:] + 1e-9), tune.tune_id
        assert onsets[-1] + durations[-1] <= tune.length + 1e-9
        assert 50 < pitches.mean() < 95, tune.tune_id
