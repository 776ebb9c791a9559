from dataclasses import replace

import numpy as np
import pytest

from subgenre.data.dances import families
from subgenre.data.dances.tunes import Note, Tune

SCALE = np.array([0, 2, 4, 5, 7, 9, 11, 12])


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def tune(rng, name="a"):
    """Return a tune of 16 bars of eight eighths, in two strains."""
    midi = 62 + rng.choice(SCALE, 128)
    bars = tuple(4.0 * bar for bar in range(16))
    notes = tuple(Note(i / 2, 0.5, int(pitch)) for i, pitch in enumerate(midi))
    return Tune(name, name, "reel", "Book", "4/4", 2, notes, bars, (bars[0], bars[8]), 64.0)


def with_pitches(one, pitches, name="copy", **changes):
    notes = tuple(note._replace(midi=int(p)) for note, p in zip(one.notes, pitches, strict=True))
    return replace(one, notes=notes, **{"tune_id": name, "title": name} | changes)


def pitches_of(one):
    return np.array([note.midi for note in one.notes])


def transposed(one, steps, name="copy", **changes):
    tonic = (one.tonic + steps) % 12
    return with_pitches(one, pitches_of(one) + steps, name, tonic=tonic, **changes)


def varied(one, share, **changes):
    """Return the tune with another note in about `share` of its places."""
    return with_pitches(
        one, pitches_of(one) + (np.random.default_rng(1).random(128) < share), **changes
    )


def halved(one):
    """Return the tune in 2/4 and sixteenths."""
    notes = tuple(Note(note.onset / 2, note.duration / 2, note.midi) for note in one.notes)
    bars, strains = (tuple(np.array(times) / 2) for times in (one.bars, one.strains))
    copy = replace(one, metre="2/4", notes=notes, bars=bars, strains=strains, length=32.0)
    return replace(copy, tune_id="copy", title="copy")


def strain_moved(one):
    """Return another tune whose second strain is the first of this one."""
    other = 62 + np.random.default_rng(2).choice(SCALE, 64)
    return with_pitches(one, [*other, *pitches_of(one)[:64]])


JOINED = {
    "key": lambda one: transposed(one, 5),
    "notation": halved,
    "notes": lambda one: varied(one, 0.1),
    "a wrong key field": lambda one: replace(one, tonic=9, tune_id="copy", title="copy"),
    "a strain elsewhere": strain_moved,
    "more notes, the same title": lambda one: varied(one, 0.4, title="ONE -- REEL."),
}
APART = {
    "more notes": lambda one: varied(one, 0.4),
    "other notes": lambda one: tune(np.random.default_rng(8), "other"),
    "bars that divide differently": lambda one: replace(one, metre="3/2", tune_id="copy"),
}


@pytest.mark.parametrize("kind", [*JOINED, *APART])
def test_a_tune_joins_its_copies_and_no_other(rng, kind):
    one = tune(rng, "one")
    numbers = families.tune_families([one, (JOINED | APART)[kind](one)])
    assert len(set(numbers)) == (1 if kind in JOINED else 2)


def test_no_tunes_and_tunes_without_strain_heads_are_fine(rng):
    assert len(families.tune_families([])) == 0
    assert len(families.tune_families([replace(tune(rng), strains=())])) == 1


def test_a_family_is_named_after_its_first_member_and_dropped_if_types_conflict(rng):
    one, two = tune(rng, "one"), tune(rng, "two")
    kept, dropped = families.resolve([one, two, transposed(one, 2, "three")])
    assert [name for _, name in kept] == ["family:one", "family:two", "family:one"]
    assert dropped == 0
    assert families.resolve([one, two, transposed(one, 3, label="hornpipe")]) == (
        [(two, "family:two")],
        1,
    )


@pytest.mark.parametrize(
    ("one", "other", "plain"),
    [
        ("Kerry Cobbler, The", "The Kerry Cobbler", "kerrycobbler"),
        ("FISHER'S -- HORNPIPE", "Fishers Hornpipe (2nd Setting)", "fishers"),
        ("Miss Bain's Strathsy.", "Miss Bain's Reel", "missbains"),
        ("A Strathspey.", "Quick Step", ""),  # only the names of types
    ],
)
def test_titles_that_only_differ_in_spelling_are_one(one, other, plain):
    assert families.normalized_title(one) == families.normalized_title(other) == plain


def test_contour_holds_notes_and_counts_from_the_tonic(rng):
    bar = (Note(0, 1, 62), Note(2, 2, 69))  # D, a rest, A: in D
    assert families.contour(replace(tune(rng), notes=bar), [0.0]).tolist() == [0] * 12 + [7] * 12
    assert [len(head) for head in families.strain_heads(tune(rng))] == [4, 4]  # bars


def test_similar_pairs_equals_the_plain_comparison(rng):
    contours = rng.integers(0, 12, (40, 96)).astype(np.int8)
    contours[7] = (contours[3] + 4) % 12
    pairs, equal = families.similar_pairs(contours, 0.2)
    for (i, j), share in zip(pairs, equal, strict=True):
        plain = max(np.mean((contours[i] + shift) % 12 == contours[j]) for shift in range(12))
        assert i < j
        assert share == pytest.approx(plain)
    assert [3, 7] in pairs.tolist()
