import pytest
import toy

from subgenre.plumbing.errors import ParameterError
from subgenre.report import tuning
from subgenre.study.experiments import TUNING, TUNING_PROFILE, cells
from subgenre.study.places import Study
from subgenre.study.records import Store


def put(name, score=lambda config: 0.5, leave_out=0):
    """Record a grid with the test macro F1 `score`; validation lies 0.1 higher."""
    study = Study.of(TUNING_PROFILE)
    configs = [config for cell in cells(name, study) for config in cell.configs]
    for config in configs[leave_out:]:
        Store.of(study).put(toy.record(config, score(config)).to_bytes())


def by_batch(config):
    return {32: 0.3, 64: 0.5, 128: 0.4}[config.training.batch_size]


@pytest.fixture(autouse=True)
def own_results(results):
    return results


def test_validation_scores_alone_choose():
    put("batch_sizes", by_batch)
    scores = tuning.validation_scores("batch_sizes")
    assert scores.index.tolist() == ["32 clips", "64 clips", "128 clips"]
    assert scores["mean"].tolist() == pytest.approx([0.4, 0.6, 0.5])
    assert scores["chosen"].tolist() == [False, True, False]
    text = tuning.sentence("batch_sizes").data
    assert "*64 clips* validates best" in text and "The study uses" not in text


def test_one_rate_per_optimizer_is_used():
    put("learning_rates")
    scores = tuning.validation_scores("learning_rates")
    used = scores.index[scores["chosen"]]
    assert [level.split(",")[0] for level in used] == ["Adam", "RMSprop", "Adadelta"]


def test_missing_records_and_unknown_grids_are_said_and_nothing_is_trained():
    put("widths", leave_out=1)
    assert "8 of all 48 runs have records" in tuning.budget().data
    for name in TUNING:
        assert "no records" in tuning.table(name).data
        assert tuning.sentence(name).data == ""
    with pytest.raises(ParameterError, match="tempo"):
        tuning.table("tempo")
