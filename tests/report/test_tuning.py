import pytest
import toy
from IPython.display import Markdown

from subgenre.plumbing.errors import SubgenreError
from subgenre.report import tuning
from subgenre.study.experiments import TUNING, TUNING_PROFILE, cells
from subgenre.study.places import Study
from subgenre.study.records import Store


def put(name, score, leave_out=0):
    """Record a grid with the test macro F1 `score`; validation lies 0.1 higher."""
    store = Store.of(Study.of(TUNING_PROFILE))
    store.put_clips("toy", toy.TRACKS)
    configs = [config for cell in cells(name, Study.of(TUNING_PROFILE)) for config in cell.configs]
    for config in configs[leave_out:]:
        store.put(toy.record(config, score(config)).to_bytes())


def by_batch(config):
    return {32: 0.3, 64: 0.5, 128: 0.4}[config.training.batch_size]


@pytest.fixture(autouse=True)
def own_results(results):
    return results


def test_validation_scores_alone_are_shown_with_their_mean():
    put("batch_sizes", by_batch)
    scores = tuning.validation_scores(tuning.stored_grid("batch_sizes"))
    assert scores.index.tolist() == ["32 clips", "64 clips", "128 clips"]
    assert scores["mean"].tolist() == pytest.approx([0.4, 0.6, 0.5])
    assert "0.600" in tuning.table("batch_sizes").to_html()


def test_what_the_study_uses_is_bold_and_said():
    put("batch_sizes", by_batch)
    chosen = tuning.validation_scores(tuning.stored_grid("batch_sizes"))["chosen"]
    assert chosen[chosen].index.tolist() == ["64 clips"]
    assert "*64 clips* validates best" in tuning.sentence("batch_sizes").data
    assert "The study uses" not in tuning.sentence("batch_sizes").data


def test_a_better_level_that_is_not_used_is_admitted():
    put("batch_sizes", lambda config: 1.1 - by_batch(config))
    text = tuning.sentence("batch_sizes").data
    assert "*32 clips* validates best" in text
    assert "The study uses *64 clips*, 0.200 below it" in text


def test_one_rate_per_optimizer_is_used():
    put("learning_rates", lambda config: 0.5)
    scores = tuning.validation_scores(tuning.stored_grid("learning_rates"))
    used = scores.index[scores["chosen"]]
    assert [level.split(",")[0] for level in used] == ["Adam", "RMSprop", "Adadelta"]


def test_missing_records_are_said_and_nothing_is_trained(own_results):
    put("widths", lambda config: 0.5, leave_out=1)
    assert tuning.stored_grid("widths") is None
    for name in TUNING:
        shown = tuning.table(name)
        assert isinstance(shown, Markdown) and "no records" in shown.data
        assert tuning.sentence(name).data == ""


def test_the_budget_is_equal_and_counted():
    put("batch_sizes", by_batch)
    text = tuning.budget().data
    assert "16 runs of 20 epochs with seed 0" in text
    assert "9 of all 48 runs have records" in text


def test_an_unknown_grid_is_refused():
    with pytest.raises(SubgenreError, match="batch_sizes"):
        tuning.table("tempo")
