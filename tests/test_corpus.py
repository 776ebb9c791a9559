from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from subgenre.datasets.dances import corpus
from subgenre.datasets.dances.tunes import LABELS, Note
from subgenre.errors import DataError

HEADER = "X:1\nT:Snippet\nM:4/4\nL:1/8\n"


def score_of(music: str, header: str = HEADER, key: str = "C") -> corpus.Score:
    (text,) = corpus.split_tunes(f"{header}K:{key}\n{music}\n", "ryansMammoth", "Snippet")
    beats, unit = (int(part) for part in text.metre.split("/"))
    return corpus.laid_out(corpus.parse_bars(text), corpus.Fraction(4 * beats, unit))


def durations(music: str) -> list[float]:
    return [note.duration for note in score_of(music).notes]


def pitches(music: str, key: str = "C") -> list[int]:
    return [note.midi for note in score_of(music, key=key).notes]


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
    notes = score_of("C4 ^c4- | c2 c2 z4").notes
    assert notes == [Note(0, 2, 60), Note(2, 3, 73), Note(5, 1, 72)]


def test_slurs_marked_as_ties_do_not_join():
    assert durations("c2-d2") == [1.0, 1.0]


def test_a_chord_is_its_top_note():
    assert pitches("[Gceg]2 +CE+") == [79, 64]


def test_the_first_bar_follows_the_pickup():
    score = score_of("G | c4 c4 | d4 d3 |]")
    assert [float(bar) for bar in score.bars] == [0.5, 4.5]
    assert [float(strain) for strain in score.strains] == [0.5]
    assert score.length == 8  # the pickup and the bar it completes make whole bars


def test_repeat_signs_open_strains_and_bars_keep_their_distance():
    score = score_of("G | c8 | d4 d3 :|\n|: A | e8 | f4 f3 :: g8 | a4 a3 :|")
    assert [float(strain) for strain in score.strains] == [0.5, 8.5, 16.5]
    assert np.allclose(np.diff([float(bar) for bar in score.bars]), 4)


@pytest.mark.parametrize("second", [":|2 e8 ||", ":|2 e8 |", ":|[2 e8 |]", ":|\n[2 e8 |:"])
def test_of_two_endings_the_first_is_kept(second):
    score = score_of(f"|: c8 |1 d8 {second} f8 |]")
    assert [note.midi for note in score.notes] == [72, 74, 77]
    assert [float(strain) for strain in score.strains] == [0, 8]


def test_only_the_first_voice_is_read():
    assert pitches("[V:1] c4 d4 |\n[V:2] E8 |\n[V:1] e8 |]") == [72, 74, 76]


def test_length_and_metre_come_from_the_files_header():
    text = "L:1/16\nM:C|\n\nX:1\nT:One\nK:D\nA4|\n\nX:2\nT:Two\nL:1/8\nK:Em\nA4|\n"
    one, two = corpus.split_tunes(text, "airdsAirs", "book")
    assert (one.last("L"), two.last("L"), one.metre) == ("1/16", "1/8", "2/2")
    assert (one.name, two.name) == ("aird-0001", "aird-0002")


def test_a_metre_that_changes_is_refused():
    with pytest.raises(Exception, match="metre changes"):
        score_of("c8 | [M:3/4] c6 |")


@pytest.mark.parametrize(("key", "expected"), [("G", 7), ("F#m", 6), ("Bb", 10), ("A dorian", 9)])
def test_tonic(key, expected):
    assert corpus.tonic(key) == expected


@pytest.mark.parametrize(
    ("book", "number", "title", "kind", "metre", "expected"),
    [
        ("oneills1850", 701, "The Butcher's March", "", "6/8", "jig"),
        ("oneills1850", 1801, "Brian Boru's March", "", "6/8", "march"),
        ("ryansMammoth", 1, "Devil's Dream -- REEL", "reel", "2/4", "reel"),
        ("ryansMammoth", 1, "Roaring Willie's -- Jig", "slip jig", "9/8", "slip jig"),
        ("airdsAirs", 7, "Quick Step 15th. Regt.", "", "4/4", "march"),
        ("airdsAirs", 7, "Miss Bain's Strathsy.", "", "4/4", "strathspey"),
    ],
)
def test_dance_type(book, number, title, kind, metre, expected):
    text = f"X:{number}\nT:{title}\nR:{kind}\nM:{metre}\nK:C\n"
    assert corpus.dance_type(corpus.split_tunes(text, book, "Name")[0]) == expected


@pytest.mark.parametrize(
    ("title", "kind", "metre", "reason"),
    [
        ("A -- Jig", "reel", "2/4", corpus.CONFLICT),
        ("A -- Jig", "jig", "2/4", corpus.WRONG_METRE),
        ("A -- Slip Jig", "slip jig", "6/8", corpus.WRONG_METRE),
        ("A -- Clog", "", "4/4", corpus.NO_TYPE),
    ],
)
def test_contradictions_leave_a_tune_out(title, kind, metre, reason):
    text = f"X:1\nT:{title}\nR:{kind}\nM:{metre}\nK:C\n"
    with pytest.raises(Exception, match=reason):
        corpus.dance_type(corpus.split_tunes(text, "ryansMammoth", "Name")[0])


def test_a_missing_corpus_is_one_clear_sentence(monkeypatch, tmp_path: Path):
    monkeypatch.setattr(corpus.common, "getCorpusFilePath", lambda: tmp_path)
    with pytest.raises(DataError, match="without its corpus, so reinstall it"):
        corpus.read_tunes(progress=False)


def test_the_books_hold_enough_of_every_class(books):
    counts = Counter(tune.label for tune in books[0])
    expected = {"reel": 834, "hornpipe": 591, "jig": 664, "march": 155, "strathspey": 111}
    for label, count in {**expected, "slip jig": 121}.items():
        assert 0.9 * count <= counts[label] <= 1.1 * count, label
    assert set(counts) == set(LABELS)


def test_nothing_is_dropped_silently(books):
    tunes, report = books
    texts = list(corpus._texts(corpus.corpus_dir()))
    assert sum(report.kept.values()) == len(tunes)
    assert len(tunes) + sum(report.left_out.values()) == len(texts)


def test_bars_add_up_to_the_metre(books):
    assert books[1].right_bars > 0.99


def test_tune_ids_are_unique(books):
    ids = [tune.tune_id for tune in books[0]]
    assert len(set(ids)) == len(ids)
    assert "oneill-0701" in ids


def test_every_tune_is_well_formed(books):
    for tune in books[0]:
        assert len(tune.bars) >= corpus.MIN_BARS
        assert set(tune.strains) <= set(tune.bars)
        assert 0 <= tune.tonic < 12
        onsets = np.array([note.onset for note in tune.notes])
        ends = onsets + [note.duration for note in tune.notes]
        assert np.all(ends[:-1] <= onsets[1:] + 1e-9), tune.tune_id
        assert ends[-1] <= tune.length + 1e-9
        assert 50 < np.mean([note.midi for note in tune.notes]) < 95, tune.tune_id
