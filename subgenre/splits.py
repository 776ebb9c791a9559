"""Train, validation and test sets that never share a group."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from subgenre.errors import DataError

N_FOLDS = 5
"""One fold tests, one validates, three train: 60, 20 and 20 %."""
MIN_GROUPS = 3
"""A class needs a group in each of the three sets."""


@dataclass(frozen=True)
class Split:
    """Indices of the clips of each set [shape=(n_clips_of_the_set,)], sorted."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


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
        About 60 % train, 20 % validation, 20 % test.

    Raises
    ------
    DataError
        If a class has fewer than `MIN_GROUPS` groups, or there is only one class.
    """
    y, g = np.asarray(labels), np.asarray(groups)
    n_groups = {label: len(set(g[y == label])) for label in sorted(set(labels))}
    if len(n_groups) < 2:
        raise DataError(
            f"Expected at least two classes; got {list(n_groups)}: add music of others."
        )
    rarest = min(n_groups, key=lambda label: n_groups[label])
    if n_groups[rarest] < MIN_GROUPS:
        raise DataError(
            f"Expected at least {MIN_GROUPS} groups in every class, so that training, validation "
            f"and test each hold one; class {rarest!r} has {n_groups[rarest]}: add music to it, "
            "raise clips_per_class, or leave the class out."
        )
    folds = StratifiedGroupKFold(min(N_FOLDS, n_groups[rarest]), shuffle=True, random_state=seed)
    parts = [held_out for _, held_out in folds.split(np.zeros(len(y)), y, g)]
    return Split(train=np.sort(np.concatenate(parts[2:])), validation=parts[1], test=parts[0])
