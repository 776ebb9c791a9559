from collections.abc import Sequence

import toy

from subgenre.models.baselines import METHODS, SCORE_READERS
from subgenre.report import baselines
from subgenre.study.baselines import baseline_cells
from subgenre.study.places import Study
from subgenre.study.runner import Result

SVMS = [name for name in METHODS if "SVM" in name]


def made(profile: str, scores: Sequence[float], names: Sequence[str] = tuple(METHODS)):
    """Return hand-made baselines with these test macro F1 and a tenth of the answers wrong."""
    cells = tuple(baseline_cells(Study.of(profile, "toy"), names))
    records = {
        config: toy.record(config, score, answers=[*toy.TRUE[:-1], 0], history={})
        for cell, score in zip(cells, scores, strict=False)
        for config in cell.configs
    }
    return Result(cells, records, toy.CLIPS)


def networks(profile: str):
    by_model = {"cnn": 0.3, "crnn": 0.6, "cnn_rnn": 0.5}
    return toy.result("optimizers", profile, lambda config: by_model[config.model.name])


SCORES = (0.1, 0.2, 0.4, 0.55, 0.65, 0.8)


def test_the_table_puts_networks_between_hearing_and_reading():
    table = baselines.table(made("paper", SCORES), networks("paper")).data
    heard, read = list(METHODS)[:3], list(METHODS)[3:]
    assert table["method"].tolist() == [*heard, "CNN", "CRNN", "CNN-RNN", *read]
    own = table.set_index("method")
    assert own.loc["CRNN", "macro F1, test"].startswith("0.60")
    assert own.loc[SVMS[1], "macro F1, test"].startswith("0.40 [")
    assert own.loc[SVMS[1], "macro F1, train"] == "0.60"
    assert own.loc["metre oracle", "knows of a clip"] == "the metre, as it can be heard"


def test_a_single_seed_has_no_interval():
    table = baselines.table(made("smoke", SCORES), networks("smoke")).data
    assert not table["macro F1, test"].str.contains("[", regex=False).any()
    text = baselines.hearing(made("smoke", SCORES), networks("smoke")).data
    assert "single seed" in text and "lies wholly" not in text


def test_the_sentences_compare_with_what_hears_and_what_reads():
    text = baselines.hearing(made("paper", SCORES), networks("paper")).data
    assert f"*{SVMS[1]}* scores highest: macro F1 0.40. 2 of the 3 networks score higher" in text
    assert "The CRNN is 0.20 above it, the CNN 0.10 below it." in text
    text = baselines.reading(made("paper", SCORES), networks("paper")).data
    assert "0.05 above the first line, 0.05 below the second and 0.20 below the third" in text


def test_the_methods_are_named_with_what_is_chosen():
    table = baselines.methods(made("smoke", SCORES)).data
    assert table["method"].tolist() == list(METHODS)
    assert "gamma" in table["chosen on the validation set"][1]


def test_lines_that_read_the_score_are_said_to_be_left_out_where_there_is_none():
    heard = [name for name in METHODS if name not in SCORE_READERS]
    assert "left out" in baselines.reading(made("smoke", SCORES, heard), networks("smoke")).data
