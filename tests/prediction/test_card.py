from dataclasses import replace

import drawn
import pytest

from subgenre.prediction.calibration import Reliability
from subgenre.prediction.card import card


@pytest.fixture(scope="module")
def classifier():
    one = drawn.classifier("crnn")
    plain = Reliability(20, 0.55, 0.81, 0.26, 0.9, [])
    about = replace(
        one.about,
        labels=["jig", "<b>|reel", *one.about.labels[2:]],
        music={"what": "toys, made of wood", "cite": "", "licence": "None needed."},
        n_clips={"train": 1234, "validation": 30, "test": 20},
        scores={
            "test": {"accuracy": 0.55, "macro_f1": 0.5, "track_accuracy": 0.6},
            "majority (jig)": {"accuracy": 0.2, "macro_f1": 0.1, "track_accuracy": 0.2},
        },
        by_class={"jig": [0.25, 0.5, 1 / 3, 8], "<b>|reel": [1.0, 0.75, 0.857, 12]},
        reliabilities={"test": plain, "test, scaled": replace(plain, confidence=0.58)},
    )
    return replace(one, about=about)


def test_people_read_all_that_the_model_knows_of_itself(classifier):
    text = card(classifier, "m.keras")
    n_weights = sum(one.size for layer in classifier.network for one in layer.weights)
    for said in (
        f"{n_weights:,} weights",
        "10 s at a time",
        "Toys, made of wood (toy): 1,234 clips",
        "0 dB",
        "| jig | 0.250 | 0.500 | 0.333 | 8 |",
        r"| \<b\>\|reel | 1.000 | 0.750 | 0.857 | 12 |",
        r"| majority \(jig\) | 0.200 | 0.100 | 0.200 |",
        "a share of 0.55 is answered right, at a mean probability of the answers of\n0.58",
        "predict --model m.keras",
        "`fingerprint`",
        "keras 0",
    ):
        assert said in text
    assert "{" not in text
