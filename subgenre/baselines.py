"""What a score must beat to mean anything."""

from collections.abc import Sequence

import numpy as np
from sklearn.dummy import DummyClassifier

from subgenre.evaluation import accuracy, macro_f1


def majority_scores(
    labels: np.ndarray, test_rows: Sequence[int], classes: Sequence[str]
) -> dict[str, float]:
    """Score the answer that is always the commonest class outside the test set.

    Parameters
    ----------
    labels : np.ndarray of str [shape=(n_clips,)]
        Class of every clip.
    test_rows : sequence of int
        Which clips are tested.
    classes : sequence of str
        All classes, in the order of their numbers.

    Returns
    -------
    dict
        ``accuracy`` and ``macro_f1``.
    """
    y = np.array([list(classes).index(label) for label in labels])
    tested = np.zeros(len(y), dtype=bool)
    tested[list(test_rows)] = True
    majority = DummyClassifier(strategy="most_frequent").fit(
        np.zeros((sum(~tested), 1)), y[~tested]
    )
    predicted = majority.predict(np.zeros((sum(tested), 1)))
    return {
        "accuracy": accuracy(y[tested], predicted),
        "macro_f1": macro_f1(y[tested], predicted, len(classes)),
    }
