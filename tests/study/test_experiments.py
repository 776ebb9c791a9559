import pytest

from subgenre.config import MODELS, PROFILES
from subgenre.data.names import DatasetName
from subgenre.plumbing.errors import ParameterError
from subgenre.report.paper import PRINTED_F1
from subgenre.study import experiments
from subgenre.study.experiments import EXPERIMENTS, TUNING, cells, common_config, experiments_of
from subgenre.study.places import Study

FACTORS = {
    "optimizers": {"optimizer", "learning_rate"},
    "regularization": {"dropout", "batch_normalization", "dropout_first"},
    "initialization": {"kernel_initializer"},
    "learning_rates": {"optimizer", "learning_rate"},
    "batch_sizes": {"batch_size"},
    "widths": {"width"},
    "augmentations": {"crop", "band_shift", "time_mask", "frequency_mask"},
}
every_grid = pytest.mark.parametrize("name", [*EXPERIMENTS, *TUNING])


def configs(experiment, profile="quick"):
    return {config for cell in cells(experiment, Study.of(profile)) for config in cell.configs}


def leaves(content):
    for name, value in content.items():
        yield from leaves(value) if isinstance(value, dict) else [(name, value)]


@every_grid
def test_a_grid_has_a_cell_for_each_level_and_model_and_a_run_for_each_seed(name):
    grid = cells(name, Study.of("paper"))
    levels = {**EXPERIMENTS, **TUNING}[name].levels
    assert [(one.level, one.model) for one in grid] == [(a, b) for a in levels for b in MODELS]
    for cell in grid:
        assert [config.seed for config in cell.configs] == list(PROFILES["paper"].seeds)
        assert {config.model.name for config in cell.configs} == {cell.model}
    assert len(configs(name, "paper")) == 5 * len(grid)


def test_experiments_share_the_runs_of_the_common_setting():
    per_experiment = [configs(name) for name in EXPERIMENTS]
    assert len(set.union(*per_experiment)) == 33
    assert {config.model.name for config in set.intersection(*per_experiment)} == set(MODELS)


@every_grid
def test_runs_differ_from_the_common_setting_which_is_one_of_them_in_a_factor_alone(name):
    common = dict(leaves(common_config(Study.of("quick")).as_dict()))
    assert common_config(Study.of("quick")) in configs(name)
    for config in configs(name):
        changed = {field for field, value in leaves(config.as_dict()) if value != common[field]}
        assert changed <= FACTORS[name] | {"name"}


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_the_profile_says_how_much_and_which_experiments(profile):
    config = common_config(Study(profile, DatasetName.parse("toy")), seed=7)
    assert config.training.epochs == profile.epochs
    assert config.data.clips_per_class == profile.clips_per_class
    assert (config.data.dataset, config.seed) == ("toy", 7)
    own = tuple(TUNING if profile.name == "tuning" else EXPERIMENTS)
    assert experiments_of(profile) == own and experiments_of(profile, own[1:]) == own[1:]
    with pytest.raises(ParameterError, match="tempo"):
        experiments_of(profile, ["tempo"])


def test_what_the_paper_prints_stands_in_the_grid():
    assert set(MODELS) == set(experiments.MODEL_TITLES)
    for name, printed in PRINTED_F1.items():
        assert {(level, model) for level, model, _ in printed} <= {
            (cell.level, cell.model) for cell in cells(name, Study.of())
        }
