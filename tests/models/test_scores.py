import numpy as np
import pytest

from subgenre.models.scores import by_class, by_track, macro_f1, scores


def test_scores_are_of_all_classes():
    """A class that is neither there nor predicted counts as 0 in macro F1."""
    assert scores([0, 1, 1, 1], [0, 1, 1, 0], 2)["accuracy"] == 0.75
    assert macro_f1([0, 1], [0, 1], 4) == 0.5


def test_each_class_has_its_own_scores_and_one_that_is_not_there_has_0():
    found = by_class(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1]), ["jig", "reel", "waltz"])
    assert found["jig"] == pytest.approx([1, 2 / 3, 0.8, 3])
    assert found["reel"] == pytest.approx([0.5, 1, 2 / 3, 1]) and found["waltz"] == [0, 0, 0, 0]


def test_a_tracks_answer_is_the_mean_of_its_clips():
    names = ["b.mp3#0", "a.mp3#0", "b.mp3#1", "C# minor#0", "oneill-0701/0"]
    probabilities = np.array([[0.2, 0.8], [1, 0], [0.8, 0.2], [0.5, 0.5], [0, 1]])
    first, means = by_track(names, probabilities)
    assert [names[row] for row in first] == [names[3], names[1], names[0], names[4]]
    assert means == pytest.approx(np.array([[0.5, 0.5], [1, 0], [0.5, 0.5], [0, 1]]))
