from fractions import Fraction

import numpy as np
import pytest

from subgenre.data.dances import abc_notation as abc
from subgenre.data.dances.tunes import Note


def bars_of(music, key="C"):
    fields = (("M", "4/4"), ("L", "1/8"), ("K", key))
    return abc.parse_bars(abc.AbcText("snippet", "book", fields, tuple(music.splitlines())))


def laid(music, key="C"):
    return abc.laid_out(bars_of(music, key), Fraction(4))


BROKEN = (  # a rhythm, whatever stands beside its sign
    "c>d e<f", "(c>d) (e<f)", "(c>(d e)<f)", "uc>vd ue<vf", 'c>"4"d "0"e<"1"f', "c>Td ~e<.f",
    "c>{g}d !f!e<f", "c > d e < f", "c>d`e<f",
)  # fmt: skip
LENGTHS = dict.fromkeys(BROKEN, (0.75, 0.25, 0.25, 0.75)) | {
    "(3cde (fg)": [1 / 3, 1 / 3, 1 / 3, 0.5, 0.5],  # a tuplet, and a slur
    "c2 c/ c3/2 c// c/4": [1.0, 0.25, 0.75, 0.125, 0.125],
    "c2-d2": [1.0, 1.0],  # a slur marked as a tie
}


@pytest.mark.parametrize("music", LENGTHS)
def test_note_lengths(music):
    assert [note.duration for note in laid(music)[0]] == pytest.approx(LENGTHS[music])


@pytest.mark.parametrize(
    ("music", "key", "pitches"),
    [
        ("f c | =f f ^g g | f g", "D", [78, 73, 77, 77, 80, 80, 78, 79]),
        ("F B e", "G minor", [65, 70, 75]),
        ("c, c C C,", "A mixolydian", [61, 73, 61, 49]),
        ("[Gceg]2 +CE+", "C", [79, 64]),  # the top notes of chords
        ("[V:1] c4 d4 |\n[V:2] E8 |\n[V:1] e8 |]", "C", [72, 74, 76]),  # the first of two voices
    ],
)
def test_pitches(music, key, pitches):
    assert [note.midi for note in laid(music, key)[0]] == pitches


def test_ties_join_notes_and_hold_the_accidental():
    notes, *_ = laid("C4 ^c4- | c2 c2 z4")
    assert notes == (Note(0, 2, 60), Note(2, 3, 73), Note(5, 1, 72))


@pytest.mark.parametrize(
    ("music", "strains", "length"),
    [  # the pickup and the bar it completes make whole bars
        ("G | c4 c4 | d4 d3 |]", (0.5,), 8),
        ("G | c8 | d4 d3 :|\n|: A | e8 | f4 f3 :: g8 | a4 a3 :|", (0.5, 8.5, 16.5), 24),
    ],
)
def test_repeat_signs_open_strains_and_bars_keep_their_distance(music, strains, length):
    assert laid(music)[1:] == (tuple(np.arange(0.5, length, 4)), strains, length)


@pytest.mark.parametrize("second", [":|2 e8 ||", ":|2 e8 |", ":|[2 e8 |]", ":|\n[2 e8 |:"])
def test_of_two_endings_the_first_is_kept(second):
    notes, _, strains, _ = laid(f"|: c8 |1 d8 {second} f8 |]")
    assert ([note.midi for note in notes], strains) == ([72, 74, 77], (0, 8))


@pytest.mark.parametrize(
    ("music", "reason"),
    [("c8 | [M:3/4] c6 |", abc.METRE_CHANGES)]
    + [(text, abc.UNREADABLE) for text in ("", "% only a remark", "c8 | [ce", "c/0")],
)
def test_other_metres_and_text_without_readable_music_are_refused(music, reason):
    with pytest.raises(abc.LeftOutError, match=reason):
        bars_of(music)


def test_keys_and_fields_are_read():
    keys = {"G": 7, "F#m": 6, "Bb": 10, "A dorian": 9, "Cb": 11, "HP": 9, "none": 0}
    assert {key: abc.tonic_of(key) for key in keys} == keys
    fields = {"M:6/8": ("M", "6/8"), "T: A Reel % ours": ("T", "A Reel"), "A:|": None, "c8 |": None}
    assert {line: abc.information_field(line) for line in fields} == fields


def test_bars_cut_by_a_strain_need_not_be_full():
    whole = abc.whole_bars(bars_of("G | c8 | d6 | e4 f3 :|\n|: A | f8 | g4 a3 |]"), Fraction(4))
    assert [bar.length for bar in whole] == [4, 3, 4]  # the bar of d is wrong, no strain cuts it
