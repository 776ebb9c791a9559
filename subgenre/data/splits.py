"""Train, validation and test sets that never share a group; seed by seed another fold tests."""

import itertools
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from subgenre.data.dataset import SETS, Track
from subgenre.plumbing.errors import DataError

N_FOLDS = 5  # one tests, one validates, three train: 60, 20 and 20 %
MIN_GROUPS = 3  # of a class, one for each set
MIN_TRAIN_SHARE = 0.5  # of each class: a group that holds most clips trains rather than tests


@dataclass(frozen=True)
class Split:
    """Indices of the clips of each set [shape=(n_clips_of_the_set,)], sorted."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def split_of(tracks: Sequence[Track], seed: int, given: Mapping[str, str] | None = None) -> Split:
    """Split clips as `given` has it by their ``track_id``, or else with `split_by_group`.

    A given split that cuts a group, lacks a class in a set or says nothing of some clips is a
    `DataError`.
    """
    labels, groups = [track.label for track in tracks], [track.group for track in tracks]
    if not given:
        return split_by_group(labels, groups, seed)
    classes, y = _classes(labels)
    names = [given.get(track.track_id, "none") for track in tracks]
    set_of = dict(zip(groups, names, strict=True))
    for track, name in zip(tracks, names, strict=True):
        if name not in SETS or name != set_of[track.group]:
            raise DataError(
                f"Expected each clip in one of {', '.join(SETS)}, and a group in one; got "
                f"{track.track_id!r} in {name} and its group {track.group!r} in "
                f"{set_of[track.group]}: complete the given split, or leave it out."
            )
    sets = np.array([SETS.index(name) for name in names])
    for absent, label in np.argwhere(_counts(sets, y) == 0):
        raise DataError(
            f"Expected every class in each set; got no clip of {classes[label]!r} in "
            f"{SETS[absent]}: add one, raise clips_per_class, leave it out, or give no split."
        )
    return _split(sets)


def split_by_group(labels: Sequence[str], groups: Sequence[str], seed: int) -> Split:
    """Split clips by group (tune family, artist, ...), stratified by class, as the seed draws it.

    About 60 % train, 20 % validate and 20 % test; other shares where groups are few or very
    unequal, but at least `MIN_TRAIN_SHARE` of each class trains if a choice of folds allows it. One
    class alone, or no choice that leaves each set a group of every class, is a `DataError`.
    """
    (classes, y), g = _classes(labels), np.asarray(groups)
    found = []
    for n_folds in range(N_FOLDS, MIN_GROUPS - 1, -1):
        choices = _choices(y, g, n_folds, seed)
        # the first that trains enough of each class, or else the one that trains most of it
        share, sets = max(choices, key=lambda one: min(one[0], MIN_TRAIN_SHARE), default=(0, y))
        if share >= MIN_TRAIN_SHARE:
            return _split(sets)
        found += [sets] * (share > 0)
    if not found:
        n_groups = [len(set(g[y == number])) for number in range(len(classes))]
        raise DataError(
            f"Expected at least {MIN_GROUPS} groups of every class, one for each set, that tie no "
            f"classes together; class {classes[np.argmin(n_groups)]!r} has {min(n_groups)}: add "
            "music, raise clips_per_class, or leave it out."
        )
    return _split(max(found, key=lambda sets: np.sum(sets == 0)))


def some_groups(tracks: Sequence[Track], rows: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Return the `rows` of `tracks` [shape=(n_tracks,)] in a share of each class's groups."""
    groups = sorted({(track.label, track.group) for track in tracks})
    order = np.random.default_rng(seed).permutation(len(groups))
    kept: set[tuple[str, str]] = set()
    for label in {track.label for track in tracks}:
        own = [groups[i] for i in order if groups[i][0] == label]
        kept.update(own[: max(1, round(share * len(own)))])
    return rows[[(track.label, track.group) in kept for track in tracks]]


def _choices(
    y: np.ndarray, g: np.ndarray, n_folds: int, seed: int
) -> Iterator[tuple[float, np.ndarray]]:
    """Yield each choice of folds as sets, after its least trained class's share; 0 if one lacks."""
    if min(np.bincount(y).max(), len(set(g))) < n_folds:
        return  # scikit-learn refuses
    from sklearn.model_selection import StratifiedGroupKFold  # not needed to decode clips

    folds = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed // n_folds)
    fold_of = np.empty(len(y), int)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of classes rarer than folds
        for number, (_, held_out) in enumerate(folds.split(y, y, g)):
            fold_of[held_out] = number
    # Seed by seed the next fold tests, and then the clips are dealt anew.
    for turn, next_to in itertools.product(range(n_folds), range(1, n_folds)):
        test = (seed + turn) % n_folds
        validation = (test + next_to) % n_folds
        sets = np.select([fold_of == test, fold_of == validation], [2, 1], 0)
        counts = _counts(sets, y)
        yield float((counts[0] / counts.sum(axis=0)).min() * counts.all()), sets


def _classes(labels: Sequence[str]) -> tuple[list[str], np.ndarray]:
    """Return the classes, sorted, and the number of each clip's class."""
    classes, y = np.unique(labels, return_inverse=True)
    if len(classes) < 2:
        raise DataError(f"Expected at least two classes; got {classes.tolist()}: add others.")
    return classes.tolist(), y


def _counts(sets: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Count the clips of each set and class [shape=(3, n_classes)]."""
    return np.stack([np.bincount(y[sets == i], minlength=y.max() + 1) for i in range(len(SETS))])


def _split(sets: np.ndarray) -> Split:
    return Split(*(np.flatnonzero(sets == number) for number in range(len(SETS))))
