from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from subgenre.data.dances import corpus
from subgenre.data.dances.abc_notation import LeftOutError
from subgenre.data.dances.tunes import LABELS
from subgenre.plumbing.errors import DataError


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
    with pytest.raises(LeftOutError, match=reason):
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
