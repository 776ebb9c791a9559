import re
from collections import Counter

import numpy as np
import pytest

from subgenre.errors import DataError
from subgenre.splits import split_by_group

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
