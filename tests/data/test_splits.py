import numpy as np
import pytest

from subgenre.data.dataset import Track
from subgenre.data.splits import N_FOLDS, split_by_group, split_of
from subgenre.plumbing.errors import DataError


def sized(**sizes):
    """Return classes of groups with so many clips each, whatever the seed."""
    named = [(label, f"{label} {i}", n) for label in sizes for i, n in enumerate(sizes[label])]
    labels, groups, repeats = (np.array(column) for column in zip(*named, strict=True))
    return lambda seed: (np.repeat(labels, repeats), np.repeat(groups, repeats))


def drawn(seed):
    """Draw four classes of 6 to 40 groups of 1 to 5 clips, in any order."""
    rng = np.random.default_rng(seed)
    sizes = {label: rng.integers(1, 6, rng.integers(6, 41)) for label in "abcd"}
    labels, groups = sized(**sizes)(seed)
    order = rng.permutation(len(labels))
    return labels[order], groups[order]


def shared(*sizes):
    """Return groups that each hold so many clips of each of four classes, whatever the seed."""
    groups = np.repeat(np.arange(len(sizes)).astype(str), sizes)
    return lambda seed: (np.repeat(list("abcd"), len(groups)), np.tile(groups, 4))


SIXTY = np.random.default_rng(3).integers(1, 20, (60, 3))
MUSIC = {  # what is split, and the least and the largest share that may train
    "drawn": (drawn, 0.54, 0.66),
    "3 groups": (sized(many=[1] * 60, few=[1] * 3), 0.3, 0.7),
    "4 groups": (sized(many=[1] * 60, few=[1] * 4), 0.5, 0.7),
    "5 rare clips": (sized(common=[1] * 500, rare=[1] * 5), 0.59, 0.61),
    "60 classes of 3": (sized(**{f"{i}": row for i, row in enumerate(SIXTY)}), 0.3, 0.8),
    "one large group": (sized(a=[56, 1, 1, 1, 1], b=[56, 1, 1, 1, 1]), 0.91, 1),
    "fewer folds": (sized(a=[3, 3, 3, 4], b=[8, 4, 4]), 0.5, 0.7),
    "three alike": (sized(a=[10] * 3, b=[10] * 3), 1 / 3, 1 / 3),
    "unequal": (sized(rare=[4, 3, 3], common=[2] * 50), 0.5, 0.7),
    "classes share groups": (shared(*range(1, 21)), 0.5, 0.7),
    "and one is large": (shared(42, 17, 4), 2 / 3, 2 / 3),
}


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("kind", MUSIC)
def test_a_split_is_a_partition_that_cuts_no_group_and_lacks_no_class(kind, seed):
    make, low, high = MUSIC[kind]
    labels, groups = make(seed)
    rows = list(vars(split_by_group(labels, groups, seed)).values())
    assert sorted(np.concatenate(rows)) == list(range(len(labels)))
    assert sum(len(set(groups[some])) for some in rows) == len(set(groups))
    for some in rows:
        assert set(labels[some]) == set(labels) and np.all(np.diff(some) > 0)
    shares = [len(some) / len(labels) for some in rows]
    assert low <= shares[0] <= high and (kind != "drawn" or shares[2] > 0.14 < shares[1])


@pytest.mark.parametrize("kind", ["drawn", "5 rare clips", "classes share groups"])
def test_seeds_in_a_row_test_every_clip_once_and_then_clips_are_dealt_anew(kind):
    labels, groups = MUSIC[kind][0](0)
    splits = [split_by_group(labels, groups, seed) for seed in range(2 * N_FOLDS)]
    for turn in (splits[:N_FOLDS], splits[N_FOLDS:]):
        for name in ("validation", "test"):
            rows = np.concatenate([getattr(split, name) for split in turn])
            assert sorted(rows) == list(range(len(labels)))
    assert len({tuple(split.test) for split in splits}) == 2 * N_FOLDS


@pytest.mark.parametrize("seed", range(3))
def test_the_published_classes_stay_balanced(dances, seed):
    for rows in vars(split_of(dances.tracks, seed)).values():
        _, counts = np.unique([dances.tracks[row].label for row in rows], return_counts=True)
        np.testing.assert_allclose(counts / len(rows), 1 / 6, atol=0.03)


def tracks_of(labels, groups):
    return [Track(f"{i}", *pair) for i, pair in enumerate(zip(labels, groups, strict=True))]


TRACKS = tracks_of(["a", "b"] * 6, [f"group {i // 4}" for i in range(12)])
GIVEN = {f"{i}": ("train", "test", "validation")[i // 4] for i in range(12)}
TRIOS = [(1, 2, 3), (1, 2, 4), (1, 3, 4), (2, 3, 4)]  # groups of each class; would need four sets


def test_a_given_split_is_obeyed_and_else_the_seed_decides_alone():
    split = split_of(TRACKS, 0, GIVEN)
    assert {f"{row}": name for name, rows in vars(split).items() for row in rows} == GIVEN
    tracks = tracks_of(*drawn(1))
    first, again, other = (split_of(tracks, *how).test for how in ((5, {}), (5, None), (6,)))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("tracks", "given", "named"),
    [
        (tracks_of(["x"] * 9 + ["few"] * 9, "abcdefghixxxxxyyyy"), {}, "class 'few' has 2"),
        (tracks_of(np.repeat(range(4), 3), np.ravel(TRIOS)), {}, "tie no classes"),
        (tracks_of(["only"] * 9, "abcdefghi"), {}, r"two classes; got \['only'\]"),
        ([], {}, r"two classes; got \[\]"),
        (TRACKS[::2], GIVEN, "two classes"),
        (TRACKS, GIVEN | {"3": "test"}, "in train and its group 'group 0' in test"),
        (TRACKS, GIVEN | {"3": "none"}, "its group 'group 0' in none"),
        (TRACKS, GIVEN | {"5": "exam"}, "'5' in exam"),
        (TRACKS, GIVEN | dict.fromkeys(["8", "9", "10"], "train"), "'group 2' in validation"),
        (TRACKS[:8], GIVEN, "no clip of 'a' in validation"),
    ],
)
def test_what_cannot_be_split_or_breaks_the_rules_is_refused(tracks, given, named):
    with pytest.raises(DataError, match=named):
        split_of(tracks, 0, given)
