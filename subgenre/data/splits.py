"""Train, validation and test sets that never share a group."""

import itertools
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from subgenre.data.dataset import SETS, Track
from subgenre.plumbing.errors import DataError

N_FOLDS = 5
"""One fold tests, one validates, three train: 60, 20 and 20 %."""
MIN_GROUPS = 3
"""A class needs a group in each of the three sets."""
MIN_TRAIN_SHARE = 0.5
"""Of the clips of each class: a group that holds most of them trains rather than tests."""


@dataclass(frozen=True)
class Split:
    """Indices of the clips of each set [shape=(n_clips_of_the_set,)], sorted."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def split_of(tracks: Sequence[Track], seed: int, given: Mapping[str, str] | None = None) -> Split:
    """Split clips as their source says, or else by group.

    Parameters
    ----------
    tracks : sequence of Track
        The clips.
    seed : int
        Shuffles the groups; without effect on a split that is given.
    given : mapping of str to str, optional
        Set of each clip, ``train``, ``validation`` or ``test``, by its ``track_id``.

    Raises
    ------
    DataError
        If the clips cannot be split, or the given split cuts a group, lacks a class in a set, or
        is given for some clips only.
    """
    labels = [track.label for track in tracks]
    groups = [track.group for track in tracks]
    if not given:
        return split_by_group(labels, groups, seed)
    return given_split(labels, groups, [given.get(track.track_id) for track in tracks])


def given_split(labels: Sequence[str], groups: Sequence[str], given: Sequence[str | None]) -> Split:
    """Return the split that is given, if it keeps the rules.

    Parameters
    ----------
    labels, groups : sequence of str
        Class and group of each clip.
    given : sequence of str or None
        Set of each clip: ``train``, ``validation`` or ``test``.

    Raises
    ------
    DataError
        If it cuts a group, lacks a class in a set, or is given for some clips only.
    """
    _check_classes(labels)
    sides: dict[str, str] = {}
    for group, side in zip(groups, given, strict=True):
        if side not in SETS:
            n_given = sum(one in SETS for one in given)
            raise DataError(
                f"Expected every clip to be given one of the sets {', '.join(SETS)}, or none to "
                f"be; got {n_given} of {len(given)}: complete the splits, or leave them all out."
            )
        if sides.setdefault(group, side) != side:
            raise DataError(
                f"Expected each group in one set; group {group!r} is in {sides[group]} and in "
                f"{side}: put it all in one of them."
            )
    sets = np.asarray(given)
    split = Split(*(np.flatnonzero(sets == name) for name in SETS))
    missing = _missing(split, np.asarray(labels))
    if missing:
        raise DataError(
            f"Expected every class in each set; the given split has no clip of {missing[0]!r} in "
            f"{missing[1]}: add one, leave the class out, raise clips_per_class, or give no split."
        )
    return split


def split_by_group(labels: Sequence[str], groups: Sequence[str], seed: int) -> Split:
    """Split clips by group, stratified by class, differently for each seed.

    Parameters
    ----------
    labels : sequence of str
        Class of each clip.
    groups : sequence of str
        Group of each clip (tune family, artist, ...), never cut.
    seed : int
        Shuffles the groups.

    Returns
    -------
    Split
        About 60 % train, 20 % validation, 20 % test; other shares where groups are few or very
        unequal, but train at least `MIN_TRAIN_SHARE` of each class if a choice of folds allows it.

    Raises
    ------
    DataError
        If a class has fewer than `MIN_GROUPS` groups, or there is only one class.
    """
    _check_classes(labels)
    y, g = np.asarray(labels), np.asarray(groups)
    n_groups = {label: len(set(g[y == label])) for label in sorted(set(labels))}
    rarest = min(n_groups, key=lambda label: n_groups[label])
    if n_groups[rarest] < MIN_GROUPS:
        raise DataError(
            f"Expected at least {MIN_GROUPS} groups in every class, so that training, validation "
            f"and test each hold one; class {rarest!r} has {n_groups[rarest]}: add music to it, "
            "raise clips_per_class, or leave the class out."
        )
    found = []
    for n_folds in range(N_FOLDS, MIN_GROUPS - 1, -1):
        split = _split_by_folds(y, g, n_folds, seed)
        if split and _train_share(split, y) >= MIN_TRAIN_SHARE:
            return split
        if split:
            found.append(split)
    if found:
        return max(found, key=lambda split: len(split.train))
    raise DataError(
        "Expected classes whose groups can be divided into training, validation and test; got "
        f"groups that tie classes such as {rarest!r} together: add groups to it, or leave it out."
    )


def _split_by_folds(y: np.ndarray, g: np.ndarray, n_folds: int, seed: int) -> Split | None:
    """Return the first choice of a test and a validation fold that trains enough of each class.

    Where every class has enough groups that is the first fold and the second. If none trains
    `MIN_TRAIN_SHARE`, it is the choice that trains most. None if all leave a set without a class,
    as with more folds than there are groups.
    """
    if min(max(np.unique(y, return_counts=True)[1]), len(set(g))) < n_folds:
        return None  # scikit-learn refuses
    # Imported here: processes that only decode the clips of a data set do without it.
    from sklearn.model_selection import StratifiedGroupKFold

    folds = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of classes rarer than folds: checked here
        parts = [held_out for _, held_out in folds.split(np.zeros(len(y)), y, g)]
    best, most = None, 0.0
    for test, validation in itertools.permutations(range(n_folds), 2):
        train = [part for i, part in enumerate(parts) if i not in (test, validation)]
        split = Split(np.sort(np.concatenate(train)), parts[validation], parts[test])
        share = 0.0 if _missing(split, y) else _train_share(split, y)
        if share >= MIN_TRAIN_SHARE:
            return split
        if share > most:
            best, most = split, share
    return best


def _train_share(split: Split, labels: np.ndarray) -> float:
    """Return the share of its clips that train, of the class of which the fewest do."""
    shares = (np.isin(np.flatnonzero(labels == one), split.train).mean() for one in set(labels))
    return float(min(shares))


def _check_classes(labels: Sequence[str]) -> None:
    classes = sorted(set(labels))
    if len(classes) < 2:
        raise DataError(f"Expected at least two classes; got {classes}: add music of others.")


def _missing(split: Split, labels: np.ndarray) -> tuple[str, str] | None:
    """Return a class and the set that lacks it, if there is one."""
    for name in SETS:
        absent = sorted(set(labels) - set(labels[getattr(split, name)]))
        if absent:
            return str(absent[0]), name
    return None
