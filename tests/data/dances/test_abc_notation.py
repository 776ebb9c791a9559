from fractions import Fraction

import numpy as np
import pytest

from subgenre.data.dances.abc_notation import (
    METRE_CHANGES,
    UNREADABLE,
    AbcText,
    LeftOutError,
    TimeLine,
    information_field,
    laid_out,
    parse_bars,
    tonic,
    whole_bars,
)
from subgenre.data.dances.tunes import Note


def text_of(music: str, key: str = "C") -> AbcText:
    fields = (("M", "4/4"), ("L", "1/8"), ("K", key))
    return AbcText("snippet", "book", fields, tuple(music.splitlines()))


def laid(music: str, key: str = "C") -> TimeLine:
    return laid_out(parse_bars(text_of(music, key)), Fraction(4))


def durations(music: str) -> list[float]:
    return [note.duration for note in laid(music).notes]


def pitches(music: str, key: str = "C") -> list[int]:
    return [note.midi for note in laid(music, key).notes]


@pytest.mark.parametrize(
    "music",
    ["c>d e<f", "(c>d) (e<f)", "(c>(d e)<f)", "uc>vd ue<vf", 'c>"4"d "0"e<"1"f', "c>Td ~e<.f",
     "c>{g}d !f!e<f", "c > d e < f", "c>d`e<f"],
)  # fmt: skip
def test_broken_rhythm_survives_whatever_stands_beside_it(music):
    assert durations(music) == [0.75, 0.25, 0.25, 0.75]


def test_tuplets_and_slurs_are_told_apart():
    assert durations("(3cde (fg)") == pytest.approx([1 / 3] * 3 + [0.5] * 2)


def test_note_lengths():
    assert durations("c2 c/ c3/2 c// c/4") == [1.0, 0.25, 0.75, 0.125, 0.125]


def test_key_signature_accidentals_and_bar_lines():
    assert pitches("f c | =f f ^g g | f g", key="D") == [78, 73, 77, 77, 80, 80, 78, 79]
    assert pitches("F B e", key="G minor") == [65, 70, 75]
    assert pitches("c, c C C,", key="A mixolydian") == [61, 73, 61, 49]


def test_ties_join_notes_and_hold_the_accidental():
    notes = laid("C4 ^c4- | c2 c2 z4").notes
    assert notes == [Note(0, 2, 60), Note(2, 3, 73), Note(5, 1, 72)]


def test_slurs_marked_as_ties_do_not_join():
    assert durations("c2-d2") == [1.0, 1.0]


def test_a_chord_is_its_top_note():
    assert pitches("[Gceg]2 +CE+") == [79, 64]


def test_the_first_bar_follows_the_pickup():
    time_line = laid("G | c4 c4 | d4 d3 |]")
    assert [float(bar) for bar in time_line.bars] == [0.5, 4.5]
    assert [float(strain) for strain in time_line.strains] == [0.5]
    assert time_line.length == 8  # the pickup and the bar it completes make whole bars


def test_repeat_signs_open_strains_and_bars_keep_their_distance():
    time_line = laid("G | c8 | d4 d3 :|\n|: A | e8 | f4 f3 :: g8 | a4 a3 :|")
    assert [float(strain) for strain in time_line.strains] == [0.5, 8.5, 16.5]
    assert np.allclose(np.diff([float(bar) for bar in time_line.bars]), 4)


@pytest.mark.parametrize("second", [":|2 e8 ||", ":|2 e8 |", ":|[2 e8 |]", ":|\n[2 e8 |:"])
def test_of_two_endings_the_first_is_kept(second):
    time_line = laid(f"|: c8 |1 d8 {second} f8 |]")
    assert [note.midi for note in time_line.notes] == [72, 74, 77]
    assert [float(strain) for strain in time_line.strains] == [0, 8]


def test_only_the_first_voice_is_read():
    assert pitches("[V:1] c4 d4 |\n[V:2] E8 |\n[V:1] e8 |]") == [72, 74, 76]


def test_a_metre_that_changes_is_refused():
    with pytest.raises(LeftOutError, match=METRE_CHANGES):
        laid("c8 | [M:3/4] c6 |")


@pytest.mark.parametrize(("key", "expected"), [("G", 7), ("F#m", 6), ("Bb", 10), ("A dorian", 9)])
def test_tonic(key, expected):
    assert tonic(key) == expected


@pytest.mark.parametrize("music", ["", "% only a remark", "c8 | [ce", "c/0"])
def test_text_without_readable_music_is_refused(music):
    with pytest.raises(LeftOutError, match=UNREADABLE):
        parse_bars(text_of(music))


@pytest.mark.parametrize(
    ("line", "expected"),
    [("M:6/8", ("M", "6/8")), ("T: A Reel % ours", ("T", "A Reel")), ("A:|", None), ("c8 |", None)],
)
def test_fields_are_told_from_music(line, expected):
    assert information_field(line) == expected


def test_bars_cut_by_a_strain_need_not_be_full():
    bars = parse_bars(text_of("G | c8 | d6 | e4 f3 :|\n|: A | f8 | g4 a3 |]"))
    whole = whole_bars(bars, Fraction(4))
    assert [bar.length for bar in whole] == [4, 3, 4]  # the bar of d is wrong, no strain cuts it
