import pytest

from subgenre.config import MODELS, PROFILES
from subgenre.data.names import DatasetName
from subgenre.plumbing.errors import ParameterError
from subgenre.report.tables import PAPER
from subgenre.study import experiments
from subgenre.study.experiments import EXPERIMENTS, TUNING, cells, common_config, experiments_of
from subgenre.study.places import Study

FACTORS = {
    "optimizers": {"optimizer", "learning_rate"},
    "regularization": {"dropout", "batch_normalization", "dropout_first"},
    "initialization": {"kernel_initializer"},
    "train_sizes": {"train_size"},
    "learning_rates": {"optimizer", "learning_rate"},
    "batch_sizes": {"batch_size"},
    "widths": {"width"},
    "dropouts": {"dropout"},
    "targets": {"label_smoothing"},
    "augmentations": {"crop", "band_shift", "time_mask", "frequency_mask"},
}


def leaves(content):
    for name, value in content.items():
        yield from leaves(value) if isinstance(value, dict) else [(name, value)]


@pytest.mark.parametrize("name", [*EXPERIMENTS, *TUNING])
def test_a_grid_has_all_levels_networks_and_seeds_and_changes_one_factor_of_the_common_one(name):
    grid, common = cells(name, Study.of("paper")), common_config(Study.of("paper"))
    levels, usual = {**EXPERIMENTS, **TUNING}[name], dict(leaves(common.as_dict()))
    assert [(one.level, one.model) for one in grid] == [(a, b) for a in levels for b in MODELS]
    for cell in grid:
        assert [config.seed for config in cell.configs] == list(PROFILES["paper"].seeds)
        assert {config.model.name for config in cell.configs} == {cell.model}
    configs = {config for cell in grid for config in cell.configs}
    assert common in configs and len(configs) == len(PROFILES["paper"].seeds) * len(grid)
    for config in configs:
        changed = {field for field, value in leaves(config.as_dict()) if value != usual[field]}
        assert changed <= FACTORS[name] | {"name", "seed"}


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_the_profile_says_how_much_and_which_experiments(profile):
    config = common_config(Study(profile, DatasetName.parse("toy")), seed=7)
    assert config.training.epochs == profile.epochs
    assert config.data.clips_per_class == profile.clips_per_class
    assert (config.data.dataset, config.seed) == ("toy", 7)
    extra = [Study.of(profile.name, one).data.extra_clips_per_class for one in ("dances", ".")]
    assert extra == [profile.extra_clips_per_class, 0]
    own = tuple(TUNING if profile.name == "tuning" else EXPERIMENTS)
    assert experiments_of(profile) == own and experiments_of(profile, own[1:]) == own[1:]
    with pytest.raises(ParameterError, match="tempo"):
        experiments_of(profile, ["tempo"])


def test_each_experiment_has_the_common_setting_once_and_by_that_name():
    common = common_config(Study.of())
    for name, levels in EXPERIMENTS.items():
        named = {cell.level for cell in cells(name, Study.of()) if common in cell.configs}
        assert named == levels.keys() & set(experiments.COMMON) and len(named) == 1
    assert all(level in EXPERIMENTS[name] for name, level in experiments.UNTRAINED)


def test_what_the_paper_prints_stands_in_the_grid():
    assert set(MODELS) == set(experiments.MODEL_TITLES)
    for name, level, model in {key[1:4] for key in PAPER.index}:
        assert (level, model) in {(cell.level, cell.model) for cell in cells(name, Study.of())}
