from dataclasses import replace

import numpy as np
import pytest
from snippets import make_tune

from subgenre.data.dances import families
from subgenre.data.dances.tunes import Note

SCALE = np.array([0, 2, 4, 5, 7, 9, 11, 12])


def drawn(seed):
    """Return a tune of 16 bars of eight eighths, in two strains."""
    bars = 62 + np.random.default_rng(seed).choice(SCALE, (16, 8))
    one = make_tune(bars.tolist(), "4/4", 2)
    return replace(one, tune_id=f"{seed}", title=f"{seed}", strains=(0.0, 32.0))


ONE, TWO = drawn(1), drawn(2)
PITCHES, OTHERS = (np.array(one.notes, int)[:, 2] for one in (ONE, TWO))


def copy(pitches=PITCHES, seconds=1.0, **changes):
    """Return a tune of other pitches, names or notation with the rhythm of the first one."""
    notes = zip(ONE.notes, pitches, strict=True)
    notes = tuple(Note(seconds * n.onset, seconds * n.duration, int(p)) for n, p in notes)
    return replace(ONE, notes=notes, **{"tune_id": "copy", "title": "copy"} | changes)


def varied(share):
    """Return other pitches in about that share of the places."""
    return PITCHES + (np.random.default_rng(1).random(128) < share)


def strain(n_other):
    """Return a tune whose second strain begins as the first one's, but for so many of 32 notes."""
    return copy([*OTHERS[:64], *(PITCHES[:64] + (np.arange(64) < n_other))])


HALVES = {"bars": tuple(np.arange(0, 32, 2.0)), "strains": (0.0, 16.0), "length": 32.0}
JOINED = {
    "key": copy(PITCHES + 5, tonic=7),
    "wrong key": copy(tonic=9),
    "in sixteenths": copy(seconds=0.5, metre="2/4", **HALVES),
    "some notes": copy(varied(0.1)),
    "strain elsewhere": strain(0),
    "most of a strain": strain(8),
    "more notes, same title": copy(varied(0.4), title="1 -- REEL."),
}
APART = {
    "more notes": copy(varied(0.4)),
    "less of a strain": strain(9),
    "all notes": TWO,
    "bars that divide differently": copy(metre="8/8"),
}


@pytest.mark.parametrize("kind", [*JOINED, *APART])
def test_a_tune_joins_its_copies_and_no_other(kind):
    numbers = families.tune_families([ONE, (JOINED | APART)[kind]])
    assert len(set(numbers)) == (1 if kind in JOINED else 2)


def test_a_family_is_named_after_its_first_member_and_dropped_if_types_conflict():
    tunes, names = [ONE, replace(TWO, strains=()), copy()], ["family:1", "family:2", "family:1"]
    assert families.resolve(tunes) == (list(zip(tunes, names, strict=True)), 0)
    assert families.resolve([*tunes[:2], copy(label="hornpipe")]) == ([(tunes[1], "family:2")], 1)
    assert families.resolve([]) == ([], 0)


def test_titles_that_only_differ_in_spelling_are_one():
    for one, other, plain in (
        ("Kerry Cobbler, The", "The Kerry Cobbler", "kerycobler"),
        ("FISHER'S -- HORNPIPE", "Fishers Hornpipe (2nd Setting)", "fisher"),
        ("Miss Bain's Strathsy.", "Miss Bain's Reel", "misbain"),
        ("Lannigan's Ball", "LANIGAN'S BALL -- JIG", "laniganbal"),
        ("A Strathspey.", "Quick Step", ""),  # only the names of types
    ):
        assert families.normalized_title(one) == families.normalized_title(other) == plain


def test_known_copies_in_the_books_are_one_family_and_two_names_of_one_melody_are_dropped(
    dances, books
):
    family = {tune.tune_id: name for tune, name in dances.tunes}
    assert family["oneill-0858"] == family["ryan-lanigans-ball-jig"]
    assert family["oneill-1535"] == family["ryan-jolly-tinkers-reel"]
    names = ("BLUEHILL", "OAK HILL")
    both = [one for one in books[0] if any(name in one.title.upper() for name in names)]
    assert {tune.label for tune in both} == {"hornpipe", "reel"}
    assert len(set(families.tune_families(both))) == 1
    assert not family.keys() & {tune.tune_id for tune in both}


def test_contour_holds_notes_and_counts_from_the_tonic():
    bar = (Note(0, 1, 62), Note(2, 2, 69))  # D, a rest, A: in D
    assert families.contour(replace(ONE, notes=bar), [0.0]).tolist() == [0] * 12 + [7] * 12


def test_similar_pairs_equals_the_plain_comparison():
    contours = np.random.default_rng(7).integers(0, 12, (40, 96)).astype(np.int8)
    contours[7] = (contours[3] + 4) % 12
    pairs, equal = families.similar_pairs(contours, 0.2)
    for (i, j), share in zip(pairs, equal, strict=True):
        plain = max(np.mean((contours[i] + shift) % 12 == contours[j]) for shift in range(12))
        assert i < j and share == pytest.approx(plain)
    assert [3, 7] in pairs.tolist()
