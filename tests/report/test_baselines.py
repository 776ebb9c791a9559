import toy

from subgenre.models.baselines import METHODS, SCORE_READERS
from subgenre.report import baselines
from subgenre.study.baselines import baseline_cells
from subgenre.study.places import Study
from subgenre.study.runner import Result

SVM = "MFCC + onset autocorrelation + SVM"


def scores(names=tuple(METHODS)):
    """Return rows of baselines that score 0.1, 0.2, 0.4 and more, and of three networks."""
    cells = tuple(baseline_cells(Study.of("smoke", "toy"), names))
    by_name = dict(zip(METHODS, (0.1, 0.2, 0.4, 0.55, 0.65, 0.8), strict=True))
    records = {one: toy.record(one, by_name[cell.level]) for cell in cells for one in cell.configs}
    by_model = {"cnn": 0.3, "crnn": 0.6, "cnn_rnn": 0.5}
    networks = toy.result("optimizers", "smoke", lambda config: by_model[config.model.name])
    return baselines.scores(Result(cells, records, toy.CLIPS), networks)


def test_networks_stand_between_methods_without_and_with_the_score():
    methods = baselines.scores_table(scores()).data["method"].tolist()
    assert methods == [*list(METHODS)[:3], "CNN", "CRNN", "CNN-RNN", *SCORE_READERS]


def test_networks_are_compared_with_what_knows_the_same_clips_and_with_what_reads_the_score():
    text = baselines.reading(scores()).data
    assert f"*{SVM}* scores highest: macro F1 0.40. 2 of the 3 networks score higher." in text
    assert "The CRNN (0.60) is 0.20 above it, the CNN 0.10 below it." in text
    assert "0.05 above the *metre oracle* (0.55), 0.05 below the *printed metre oracle*" in text
    assert "single seed" in text


def test_music_without_a_score_has_no_such_lines():
    rows = scores([name for name in METHODS if name not in SCORE_READERS])
    assert baselines.scores_table(rows).data["method"].iloc[-1] == "CNN-RNN"
    assert "oracle" not in baselines.reading(rows).data
