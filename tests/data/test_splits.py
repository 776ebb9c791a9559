import re
from collections import Counter

import numpy as np
import pytest

from subgenre.data.dataset import Track
from subgenre.data.splits import given_split, split_by_group, split_of
from subgenre.plumbing.errors import DataError

SETS = ("train", "validation", "test")


def music(rng, n_classes=4):
    """Draw labels and groups: classes of 6 to 40 groups of 1 to 5 clips, in any order."""
    labels, groups = [], []
    for label in range(n_classes):
        for group in range(rng.integers(6, 41)):
            size = rng.integers(1, 6)
            labels += [f"class {label}"] * size
            groups += [f"{label}/{group}"] * size
    order = rng.permutation(len(labels))
    return np.array(labels)[order], np.array(groups)[order]


def parts(split):
    return {name: getattr(split, name) for name in SETS}


@pytest.mark.parametrize("seed", range(25))
def test_a_split_is_a_partition_that_cuts_no_group_and_lacks_no_class(seed):
    labels, groups = music(np.random.default_rng(seed))
    rows = parts(split_by_group(labels, groups, seed))
    assert sorted(np.concatenate(list(rows.values()))) == list(range(len(labels)))
    assert max(Counter(group for r in rows.values() for group in set(groups[r])).values()) == 1
    for some in rows.values():
        assert set(labels[some]) == set(labels)
        assert np.all(np.diff(some) > 0)


@pytest.mark.parametrize("seed", range(10))
def test_the_sets_hold_about_60_20_and_20_percent(seed):
    labels, groups = music(np.random.default_rng(seed))
    rows = parts(split_by_group(labels, groups, seed))
    shares = [len(some) / len(labels) for some in rows.values()]
    np.testing.assert_allclose(shares, [0.6, 0.2, 0.2], atol=0.06)


@pytest.mark.parametrize("n_groups", [3, 4, 5])
@pytest.mark.parametrize("seed", range(5))
def test_few_groups_are_enough_if_each_set_can_have_one(seed, n_groups):
    labels = np.repeat(["many", "few"], [60, n_groups])
    groups = [f"{label}{i}" for i, label in enumerate(labels)]
    for some in parts(split_by_group(labels, groups, seed)).values():
        assert set(labels[some]) == {"many", "few"}


def test_groups_of_several_classes_are_not_cut_either():
    rng = np.random.default_rng(0)
    labels, groups = rng.choice(["a", "b"], 300), rng.integers(60, size=300).astype(str)
    rows = parts(split_by_group(labels, groups, 0))
    assert sum(len(set(groups[some])) for some in rows.values()) == len(set(groups))


def test_the_seed_decides():
    labels, groups = music(np.random.default_rng(1))
    first, again, other = (split_by_group(labels, groups, seed).test for seed in (5, 5, 6))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_class_with_too_few_groups_is_named():
    labels = ["many"] * 9 + ["few"] * 9
    groups = [*"abcdefghi", *"xxxxxyyyy"]
    with pytest.raises(DataError, match="class 'few' has 2"):
        split_by_group(labels, groups, 0)


@pytest.mark.parametrize("labels", [[], ["only"] * 9])
def test_fewer_than_two_classes_are_refused(labels):
    got = re.escape(str(labels[:1]))
    with pytest.raises(DataError, match=f"at least two classes; got {got}"):
        split_by_group(labels, list("abcdefghi")[: len(labels)], 0)


@pytest.mark.parametrize("seed", range(3))
def test_no_tune_family_is_on_two_sides_and_classes_stay_balanced(dances, seed):
    labels = np.array([track.label for track in dances.tracks])
    families = np.array([track.group for track in dances.tracks])
    rows = parts(split_by_group(labels, families, seed))
    assert sum(len(set(families[some])) for some in rows.values()) == len(set(families))
    for some in rows.values():
        _, counts = np.unique(labels[some], return_counts=True)
        np.testing.assert_allclose(counts / len(some), 1 / 6, atol=0.03)


@pytest.mark.parametrize("n_rare", [3, 4, 5])
@pytest.mark.parametrize("seed", range(3))
def test_a_rare_class_does_not_shrink_the_training_set(seed, n_rare):
    labels = np.repeat(["common", "rare"], [100 * n_rare, n_rare])
    groups = np.arange(len(labels)).astype(str)
    rows = parts(split_by_group(labels, groups, seed))
    for some in rows.values():
        assert set(labels[some]) == {"common", "rare"}
    assert len(rows["train"]) == pytest.approx(0.6 * len(labels), abs=3)


@pytest.mark.parametrize("n_groups", [3, 5])
def test_sixty_small_classes_can_be_split(n_groups):
    rng = np.random.default_rng(n_groups)
    sizes = rng.integers(1, 20, 60 * n_groups)
    labels = np.repeat([f"class {i // n_groups}" for i in range(60 * n_groups)], sizes)
    groups = np.repeat(np.arange(60 * n_groups).astype(str), sizes)
    for some in parts(split_by_group(labels, groups, 0)).values():
        assert len(set(labels[some])) == 60


@pytest.mark.parametrize("seed", range(5))
def test_a_group_that_holds_most_clips_trains(seed):
    labels = [label for label in ("a", "b") for _ in range(60)]
    groups = [f"{label} {max(0, i - 55)}" for label in ("a", "b") for i in range(60)]
    split = split_by_group(labels, groups, seed)
    assert len(split.train) >= 2 * 55


def test_without_a_choice_that_trains_enough_the_best_is_taken():
    # "a" and "b" fall apart into three groups each, so there is one group of each in a set
    labels = [label for label in ("a", "b") for _ in range(30)]
    groups = [f"{label} {i // 10}" for label in ("a", "b") for i in range(30)]
    assert [len(some) for some in parts(split_by_group(labels, groups, 0)).values()] == [20] * 3


@pytest.mark.parametrize("seed", range(5))
def test_a_rare_class_of_unequal_groups_does_not_shrink_the_training_set(seed):
    labels = ["rare"] * 10 + ["common"] * 100
    groups = [f"rare {group}" for group in (0, 0, 0, 0, 1, 1, 1, 2, 2, 2)]
    groups += [f"common {i % 50}" for i in range(100)]
    assert len(split_by_group(labels, groups, seed).train) >= 55


@pytest.mark.parametrize("seed", range(5))
def test_a_large_group_of_all_classes_trains(seed):
    sizes = {"large": 42, "middle": 17, "small": 4}
    groups = [group for _ in range(4) for group, n in sizes.items() for _ in range(n)]
    labels = [f"class {i}" for i in range(4) for _ in range(sum(sizes.values()))]
    split = split_by_group(labels, groups, seed)
    assert {groups[row] for row in split.train} == {"large"}


def test_groups_that_tie_classes_together_are_refused():
    trios = [(1, 2, 3), (1, 2, 4), (1, 3, 4), (2, 3, 4)]  # would need four sets
    labels = [f"class {i}" for i in range(4) for _ in range(3)]
    groups = [str(group) for trio in trios for group in trio]
    with pytest.raises(DataError, match="tie classes"):
        split_by_group(labels, groups, 0)


GIVEN_LABELS = ["a", "b"] * 6
GIVEN_GROUPS = [f"group {i // 4}" for i in range(12)]
GIVEN = ["train"] * 4 + ["test"] * 4 + ["validation"] * 4


@pytest.mark.parametrize("seed", range(3))
def test_a_given_split_is_obeyed_by_every_seed(seed):
    tracks = [
        Track(f"{i}", label, group)
        for i, (label, group) in enumerate(zip(GIVEN_LABELS, GIVEN_GROUPS, strict=True))
    ]
    given = {track.track_id: side for track, side in zip(tracks, GIVEN, strict=True)}
    rows = parts(split_of(tracks, seed, given))
    assert {name: some.tolist() for name, some in rows.items()} == {
        "train": [0, 1, 2, 3], "validation": [8, 9, 10, 11], "test": [4, 5, 6, 7]
    }  # fmt: skip


def test_without_given_sets_tracks_are_split_by_group():
    labels, groups = music(np.random.default_rng(1))
    tracks = [Track(f"{i}", *pair) for i, pair in enumerate(zip(labels, groups, strict=True))]
    for given in (None, {}):
        for one, other in zip(
            parts(split_of(tracks, 5, given)).values(),
            parts(split_by_group(labels, groups, 5)).values(),
            strict=True,
        ):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({3: "test"}, "group 'group 0' is in train and in test"),
        ({3: None}, "got 11 of 12: complete"),
        ({3: "exam"}, "got 11 of 12: complete"),
        (dict.fromkeys(range(8, 12), "train"), "no clip of 'a' in validation"),
    ],
)
def test_a_given_split_that_breaks_the_rules_is_refused(changes, message):
    given = [changes.get(i, side) for i, side in enumerate(GIVEN)]
    with pytest.raises(DataError, match=message):
        given_split(GIVEN_LABELS, GIVEN_GROUPS, given)


def test_a_given_split_of_one_class_is_refused():
    with pytest.raises(DataError, match="at least two classes"):
        given_split(["a"] * 12, GIVEN_GROUPS, GIVEN)
