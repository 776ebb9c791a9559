from collections import Counter

import numpy as np
import pytest

from subgenre.data.dances import corpus
from subgenre.data.dances.abc_notation import LeftOutError
from subgenre.data.dances.tunes import LABELS


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
    except LeftOutError as reason:
        told = str(reason)
    assert told == expected


def test_nothing_is_dropped_silently_and_bars_add_up_to_the_metre(books):
    tunes, left_out, checked = books
    counts = Counter(tune.label for tune in tunes)
    expected = dict(zip(LABELS, (591, 664, 155, 834, 121, 111), strict=True))
    assert counts == pytest.approx(expected, rel=0.1)
    assert len(tunes) + left_out.total() == len(list(corpus._texts()))
    assert checked["wrong"] < 0.01 * checked["bars"]


def test_every_tune_has_a_name_of_its_own_and_is_well_formed(books):
    ids = {tune.tune_id for tune in books[0]}
    assert len(ids) == len(books[0]) and "oneill-0701" in ids
    for tune in books[0]:
        assert len(tune.bars) >= corpus.MIN_BARS
        assert set(tune.strains) <= set(tune.bars)
        assert 0 <= tune.tonic < 12
        onsets, durations, pitches = np.array(tune.notes).T
        assert np.all((onsets + durations)[:-1] <= onsets[1:] + 1e-9), tune.tune_id
        assert onsets[-1] + durations[-1] <= tune.length + 1e-9
        assert 50 < pitches.mean() < 95, tune.tune_id
