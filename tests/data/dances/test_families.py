import dataclasses

import numpy as np
import pytest

from subgenre.data.dances.families import (
    contour,
    normalized_title,
    resolve,
    similar_pairs,
    strain_heads,
    tune_families,
)
from subgenre.data.dances.tunes import Note, Tune

SCALE = np.array([0, 2, 4, 5, 7, 9, 11, 12])


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def tune(rng: np.random.Generator, tune_id: str = "a", title: str = "", bars: int = 16) -> Tune:
    """Return a tune of `bars` bars of eight eighths, in two strains."""
    midi = 62 + rng.choice(SCALE, 8 * bars)
    notes = tuple(Note(i / 2, 0.5, int(pitch)) for i, pitch in enumerate(midi))
    onsets = tuple(4.0 * bar for bar in range(bars))
    strains = (onsets[0], onsets[bars // 2])
    title = title or tune_id
    length = 4.0 * bars
    return Tune(tune_id, title, "reel", "Book", "4/4", 2, notes, onsets, strains, length)


def transposed(original: Tune, steps: int, tune_id: str) -> Tune:
    notes = tuple(Note(n.onset, n.duration, n.midi + steps) for n in original.notes)
    tonic = (original.tonic + steps) % 12
    return dataclasses.replace(original, notes=notes, tonic=tonic, tune_id=tune_id, title=tune_id)


def halved(original: Tune, tune_id: str) -> Tune:
    """Return the tune in 2/4 and sixteenths."""
    notes = tuple(Note(n.onset / 2, n.duration / 2, n.midi) for n in original.notes)
    bars = tuple(bar / 2 for bar in original.bars)
    strains = tuple(bar / 2 for bar in original.strains)
    changed = dataclasses.replace(original, metre="2/4", notes=notes, bars=bars, strains=strains)
    return dataclasses.replace(changed, length=original.length / 2, tune_id=tune_id, title=tune_id)


def varied(original: Tune, share: float, rng: np.random.Generator, **fields: str) -> Tune:
    """Return the tune with another note in `share` of its places."""
    change = rng.random(len(original.notes)) < share
    notes = tuple(
        dataclasses.replace(note, midi=note.midi + int(other))
        for note, other in zip(original.notes, change, strict=True)
    )
    return dataclasses.replace(original, notes=notes, **fields)


def test_a_tune_joins_its_transposed_renotated_and_varied_copies(rng):
    one = tune(rng, "one")
    copies = [transposed(one, 5, "key"), halved(one, "metre"), varied(one, 0.1, rng, title="x")]
    assert len(set(tune_families([one, *copies]))) == 1


def test_a_wrong_key_field_does_not_hide_a_copy(rng):
    one = tune(rng, "one")
    wrong = dataclasses.replace(one, tonic=(one.tonic + 7) % 12, tune_id="two", title="two")
    assert len(set(tune_families([one, wrong]))) == 1


def test_different_tunes_stay_apart(rng):
    tunes = [tune(rng, name) for name in "abcdefgh"]
    assert len(set(tune_families(tunes))) == len(tunes)


def test_no_tunes_and_tunes_without_strain_heads_are_fine(rng):
    headless = dataclasses.replace(tune(rng), strains=())
    assert len(tune_families([])) == 0
    assert len(tune_families([headless])) == 1


def test_a_shared_strain_joins_wherever_it_stands(rng):
    one, two = tune(rng, "one"), tune(rng, "two")
    swapped = tuple(
        dataclasses.replace(note, midi=one.notes[(i + 64) % 128].midi)
        for i, note in enumerate(two.notes)
    )
    two = dataclasses.replace(two, notes=swapped)
    assert len(set(tune_families([one, two]))) == 1


def test_less_agreement_is_enough_under_one_title(rng):
    one = tune(rng, "one", title="The Boyne Hunt")
    same = varied(one, 0.4, rng, tune_id="two", title="BOYNE HUNT -- REEL.")
    other = dataclasses.replace(same, title="Lord McDonald")
    assert len(set(tune_families([one, same]))) == 1
    assert len(set(tune_families([one, other]))) == 2


def test_tunes_whose_bars_divide_differently_are_not_compared(rng):
    one = tune(rng, "one")
    other = dataclasses.replace(one, metre="3/2", tune_id="two")
    assert len(set(tune_families([one, other]))) == 2


def test_families_with_conflicting_types_are_dropped_and_counted(rng):
    one, alone = tune(rng, "one"), tune(rng, "alone")
    twin = dataclasses.replace(transposed(one, 3, "twin"), label="hornpipe")
    kept, dropped = resolve([one, alone, twin])
    assert kept == [(alone, "family:alone")]
    assert dropped == 1


def test_a_family_is_named_after_its_first_member(rng):
    one = tune(rng, "one")
    kept, dropped = resolve([one, tune(rng, "two"), transposed(one, 2, "three")])
    assert [name for _, name in kept] == ["family:one", "family:two", "family:one"]
    assert dropped == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kerry Cobbler, The", "The Kerry Cobbler"),
        ("FISHER'S -- HORNPIPE", "Fishers Hornpipe (2nd Setting)"),
        ("Miss Bain's Strathsy.", "Miss Bain's Reel"),
    ],
)
def test_titles_that_only_differ_in_spelling_are_one(one, other):
    assert normalized_title(one) == normalized_title(other) != ""


def test_a_title_that_only_names_a_type_says_nothing():
    assert normalized_title("A Strathspey.") == normalized_title("Quick Step") == ""


def test_contour_holds_notes_and_counts_from_the_tonic(rng):
    bar = (Note(0, 1, 62), Note(2, 2, 69))  # D, a rest, A: in D
    one = dataclasses.replace(tune(rng), notes=bar)
    assert contour(one, [0.0]).tolist() == [0] * 12 + [7] * 12


def test_similar_pairs_equals_the_plain_comparison(rng):
    contours = rng.integers(0, 12, (40, 96)).astype(np.int8)
    contours[7] = (contours[3] + 4) % 12
    pairs, equal = similar_pairs(contours, 0.2)
    for (i, j), share in zip(pairs, equal, strict=True):
        plain = max(np.mean((contours[i] + shift) % 12 == contours[j]) for shift in range(12))
        assert i < j
        assert share == pytest.approx(plain)
    assert (3, 7) in {tuple(pair) for pair in pairs.tolist()}


def test_strain_heads_are_four_bars(rng):
    assert [len(head) for head in strain_heads(tune(rng))] == [4, 4]
